//! From a draft to a plan, once for each question and each state of the diary.

use super::{
    curves,
    draft::{Draft, parted},
};
use crate::desk::Desk;
use jiff::{SignedDuration, Timestamp};
use raphe::{
    exposure::{intake, simulation::Simulation},
    plan::{self, Ask, Plan},
    timeline::Notice,
};
use std::sync::{Arc, OnceLock};

/// Which field something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    From,
    Other,
    OtherDose,
    To,
    ToDose,
    /// None of them alone.
    All,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unasked {
    pub(super) field: Field,
    pub(super) says: String,
    pub(super) help: Option<String>,
}

/// An answer, and of what.
#[derive(Debug)]
pub(super) struct Worked {
    draft: Draft,
    mark: u64,
    as_of: Timestamp,
    /// The plan, or what to mend in the form.
    pub(super) answer: Result<Plan, Unasked>,
    /// The curves behind it, for whoever looks first.
    pub(super) curves: OnceLock<Option<Simulation>>,
}

/// What may be changed: what runs, and what ended not long ago.
pub(super) struct Taken {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) running: bool,
    pub(super) last: Timestamp,
}

/// What ended longer ago is not offered: the slowest metabolite is gone.
const GONE: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Regular medicines of the diary, running ones first.
pub(super) fn taken(desk: &Desk) -> Vec<Taken> {
    let (knowledge, as_of) = (desk.knowledge(), desk.reading.as_of);
    let (uses, _) = intake::uses(&desk.reading.resolved, knowledge, as_of);
    let mut taken: Vec<Taken> = uses
        .iter()
        .filter_map(|one| {
            let spell = one.spells.last()?;
            let substance = knowledge.substance(&one.substance)?;
            (spell.running || as_of.duration_since(spell.last) < GONE).then(|| Taken {
                id: substance.id.clone(),
                name: substance.names.inn.clone(),
                running: spell.running,
                last: spell.last,
            })
        })
        .collect();
    taken.sort_by(|a, b| (!a.running, &a.name).cmp(&(!b.running, &b.name)));
    taken
}

/// The answer to a draft.
pub(super) fn worked(desk: &Desk, draft: &Draft) -> Arc<Worked> {
    let (mark, as_of) = (desk.reading.mark, desk.reading.as_of);
    let known = desk.visit.recall::<Arc<Worked>>();
    if let Some(known) = known
        && (&known.draft, known.mark, known.as_of) == (draft, mark, as_of)
    {
        return known;
    }
    let answer = answer(desk, draft);
    let worked = Arc::new(Worked { draft: draft.clone(), mark, as_of, answer, curves: OnceLock::new() });
    desk.visit.remember(worked.clone());
    worked
}

impl Worked {
    /// Levels, enzymes and serotonin with the steps in the diary; `None` where there is nothing to draw.
    pub(super) fn curves(&self, desk: &Desk) -> Option<&Simulation> {
        let plan = self.answer.as_ref().ok()?;
        self.curves.get_or_init(|| curves::simulate(desk, plan, self.draft.from.is_empty())).as_ref()
    }
}

fn answer(desk: &Desk, draft: &Draft) -> Result<Plan, Unasked> {
    let knowledge = desk.knowledge();
    let unknown = |field: Field, name: &str| Unasked {
        field,
        says: format!("“{name}” was not recognized as a medicine."),
        help: Some(match knowledge.suggest_substance(name).as_slice() {
            [] => "Write the generic name. Nothing is planned for what is not known.".to_owned(),
            some => format!("Did you mean {}?", some.join(" or ")),
        }),
    };
    let missing = |field: Field, says: &str| Unasked { field, says: says.to_owned(), help: None };
    let text = |field: Field, name: &str, dose: &str| -> Result<String, Unasked> {
        let (name, dose) = parted(name, dose);
        if name.is_empty() {
            return Err(missing(field, "Which medicine?"));
        }
        // A colon would part name and dose elsewhere than it was meant.
        match knowledge.find_substance(name) {
            Some(substance) if dose.is_empty() => Ok(substance.id.clone()),
            Some(substance) => Ok(format!("{}:{}", substance.id, dose.replace(':', " "))),
            None => Err(unknown(field, name)),
        }
    };
    let in_diary = !draft.from.is_empty();
    let from = match in_diary {
        true if taken(desk).iter().any(|one| one.id == draft.from) => draft.from.clone(),
        true => return Err(missing(Field::From, "The diary does not say any more that it is taken.")),
        false => text(Field::Other, &draft.other, &draft.other_dose)?,
    };
    let asked = match draft.stop {
        true => Ask::Stop { from: from.clone() },
        false => Ask::Switch { from: from.clone(), to: text(Field::To, &draft.to, &draft.to_dose)? },
    };
    let with = in_diary.then_some(&desk.reading.timeline);
    let answer = plan::plan(&asked, with, knowledge, &desk.question(), true);
    answer.map_err(|notices| wrong(draft, &asked, &notices))
}

/// What the engine refused, at the field that it speaks of.
fn wrong(draft: &Draft, asked: &Ask, notices: &[Notice]) -> Unasked {
    let says: Vec<&str> = notices.iter().map(|notice| notice.says.as_str()).collect();
    let help: Vec<&str> = notices.iter().filter_map(|notice| notice.help.as_deref()).collect();
    let (says, help) = (says.join("; "), help.join("; "));
    let of = |text: &str| says.contains(&format!("in `{text}`"));
    let (from, to) = match asked {
        Ask::Switch { from, to } => (from, Some(to)),
        Ask::Stop { from } => (from, None),
    };
    let field = match () {
        () if to.is_some_and(|to| of(to)) => Field::ToDose,
        () if of(from) => Field::OtherDose,
        () if to.is_some_and(|_| says.contains("are the same medicine")) => Field::To,
        () if draft.from.is_empty() => Field::Other,
        () => Field::From,
    };
    let says = match field {
        Field::ToDose | Field::OtherDose => "This was not read as a dose.".to_owned(),
        Field::To => "Both are the same medicine.".to_owned(),
        _ => show_capital(&says) + ".",
    };
    let help = match field {
        Field::ToDose | Field::OtherDose => "Write a number and a unit, for example 50 mg.".to_owned(),
        _ => help,
    };
    Unasked { field, says, help: (!help.is_empty()).then_some(help) }
}

fn show_capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// The lines that would be written: only of a plan made of the diary, and only where it speaks of now.
pub(super) fn lines(desk: &Desk, plan: &Plan) -> Vec<String> {
    let of_now = desk.reading.preface.is_none();
    let of_diary = desk.visit.recall::<Draft>().is_some_and(|draft| !draft.from.is_empty());
    if of_now && of_diary && desk.withheld().is_none() { plan.lines() } else { Vec::new() }
}

/// A plan without what the model makes of it: where figures are withheld.
pub(super) fn bare(plan: &Plan) -> Plan {
    Plan { modeled: None, ..plan.clone() }
}
