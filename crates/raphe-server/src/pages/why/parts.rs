//! The parts of a synapse that can be touched, and by what they are touched now.
//!
//! A share with its range where the model tells one; else only that a substance acts there, as the knowledge base says of it.

use raphe::{
    assess::Assessment,
    knowledge::{
        Citation, Knowledge,
        schema::{Effect, Substance},
    },
    synapse::engagement::Target,
    units::Interval,
};

/// A place in the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Tryptophan,
    Htp,
    Serotonin,
    Vesicle,
    Release,
    Sert,
    MaoA,
    Autoreceptor,
    Post1A,
    Post2A,
}

impl Place {
    /// All of them, in the order of the way that serotonin goes.
    pub(super) const ALL: [Self; 10] = [
        Self::Tryptophan,
        Self::Htp,
        Self::Serotonin,
        Self::MaoA,
        Self::Vesicle,
        Self::Release,
        Self::Sert,
        Self::Autoreceptor,
        Self::Post1A,
        Self::Post2A,
    ];

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tryptophan => "Tryptophan",
            Self::Htp => "5-HTP",
            Self::Serotonin => "Serotonin",
            Self::Vesicle => "Vesicle",
            Self::Release => "Release",
            Self::Sert => "SERT",
            Self::MaoA => "MAO-A",
            Self::Autoreceptor => "5-HT1A autoreceptor",
            Self::Post1A => "5-HT1A",
            Self::Post2A => "5-HT2A",
        }
    }

    /// Its name where there is little room.
    pub(super) const fn short(self) -> &'static str {
        match self {
            Self::Autoreceptor => "Autoreceptor",
            other => other.name(),
        }
    }

    /// What it is, in a few plain words.
    pub(super) const fn plain(self) -> &'static str {
        match self {
            Self::Tryptophan => "comes from food",
            Self::Htp => "made of tryptophan",
            Self::Serotonin => "made of 5-HTP",
            Self::Vesicle => "stores serotonin",
            Self::Release => "lets it out",
            Self::Sert => "pump: takes it back",
            Self::MaoA => "enzyme: breaks it down",
            Self::Autoreceptor => "brake of the cell itself",
            Self::Post1A => "receptor that receives",
            Self::Post2A => "receptor that receives",
        }
    }

    /// What the model calls it.
    const fn target(self) -> Option<Target> {
        match self {
            Self::Release => Some(Target::Release),
            Self::Sert => Some(Target::Sert),
            Self::MaoA => Some(Target::MaoA),
            Self::Autoreceptor | Self::Post1A => Some(Target::Receptor1A),
            Self::Post2A => Some(Target::Receptor2A),
            _ => None,
        }
    }

    /// Whether what the base says of a substance acts here.
    fn is_touched(self, effect: &Effect) -> bool {
        let (target, action) =
            (effect.target.as_deref().unwrap_or_default(), effect.action.as_deref().unwrap_or_default());
        match self {
            Self::Tryptophan => effect.class == "precursor" && target == "TPH",
            Self::Htp => effect.class == "precursor" && target == "AADC",
            Self::Vesicle => target == "VMAT2",
            Self::Release => target == "SERT" && action == "release",
            Self::Sert => target == "SERT" && action != "release",
            Self::MaoA => target == "MAO-A",
            Self::Autoreceptor | Self::Post1A => target == "5-HT1A",
            Self::Post2A => target == "5-HT2A",
            Self::Serotonin => false,
        }
    }
}

/// What is done to a part.
#[derive(Debug, Clone)]
pub(super) struct Touch {
    /// Who does it, the most important first.
    pub(super) who: Vec<String>,
    /// What: `blocked`.
    pub(super) what: &'static str,
    /// How much of it; `None` where that is not modeled.
    pub(super) share: Option<Interval>,
    /// Where that is from.
    pub(super) citations: Vec<Citation>,
}

/// A part and what is done to it.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) place: Place,
    pub(super) touches: Vec<Touch>,
}

/// Every part, with what touches it.
pub(super) fn parts(assessment: &Assessment, knowledge: &Knowledge) -> Vec<Part> {
    let here = here(assessment, knowledge);
    let part = |place: Place| {
        let modeled = place.target().and_then(|target| {
            let engaged = assessment.synapse.targets.iter().find(|engaged| engaged.target == target)?;
            // What does not reach one in a hundred even in those where it is most is not drawn as touched.
            (engaged.share.p95 >= 0.01 && !engaged.by.is_empty()).then_some(engaged)
        });
        let mut touches = Vec::new();
        let mut told: Vec<&str> = Vec::new();
        if let Some(engaged) = modeled {
            let by = engaged.by.iter().filter(|(_, part)| part.median >= 0.01);
            told = by.map(|(id, _)| id.as_str()).collect();
            let effect = told.first().and_then(|id| {
                let substance = knowledge.substance(id)?;
                substance.mechanisms.iter().find(|effect| place.is_touched(effect))
            });
            touches.push(Touch {
                who: told.iter().map(|id| knowledge.substance_name(id).to_owned()).collect(),
                what: what(place, effect),
                share: Some(engaged.share),
                citations: engaged.citations.clone(),
            });
        }
        for substance in &here {
            let acts = substance.mechanisms.iter().find(|effect| {
                // What holds only above a dose or by one route is the model's to say.
                place.is_touched(effect) && effect.above.is_none() && effect.routes.is_empty()
            });
            let Some(effect) = acts.filter(|_| !told.contains(&substance.id.as_str())) else { continue };
            let potency = effect.potency.iter().map(Citation::from);
            let citations: Vec<Citation> =
                effect.evidence.iter().map(Citation::from).chain(potency).take(3).collect();
            if citations.is_empty() {
                continue;
            }
            let (name, what) = (substance.names.inn.clone(), what(place, Some(effect)));
            touches.push(Touch { who: vec![name], what, share: None, citations });
        }
        Part { place, touches }
    };
    Place::ALL.map(part).into()
}

/// What acts now: what was taken, and what the body makes of it.
fn here<'k>(assessment: &Assessment, knowledge: &'k Knowledge) -> Vec<&'k Substance> {
    let taken = assessment.on_board.iter().map(|item| item.substance.as_str());
    let made = assessment.remaining.iter().map(|left| left.moiety.as_str());
    let mut ids: Vec<&str> = taken.chain(made).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().filter_map(|id| knowledge.substance(id)).collect()
}

/// What a substance does to a part, in a word or two.
fn what(place: Place, effect: Option<&Effect>) -> &'static str {
    let action = effect.and_then(|effect| effect.action.as_deref()).unwrap_or_default();
    match (place, action) {
        (Place::Tryptophan | Place::Htp, _) => "more of it",
        (Place::Release, _) => "driven out",
        (Place::MaoA, _) => "switched off",
        (Place::Vesicle, _) => "emptied",
        (_, "agonist") => "turned on",
        (_, "partial_agonist") => "turned on in part",
        (Place::Autoreceptor | Place::Post1A | Place::Post2A, "") => "occupied",
        _ => "blocked",
    }
}
