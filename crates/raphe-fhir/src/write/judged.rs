//! What was made of it: the answer, the findings, the criteria, the program.
//!
//! One RiskAssessment holds the verdict, what to do and what was not assessed; a DetectedIssue each finding; Observations
//! urgency, criteria, questionnaire scores and the modeled synapse. All of them are `preliminary`: a program worked them out, and
//! a person who answers for it has not looked yet. None is a measurement, so each has the category `urn:raphe:judged` and a code of our
//! own, by which a reader, this one too, leaves them out of what was seen.
//!
//! To add a result: a risk is one more [`Prediction`] in [`Writing::predictions`], with [`percent`] for its range; a score
//! one more Observation in [`Writing::results`], made by [`Writing::judged_observation`].

use super::{
    bundle::{Writing, to},
    codes::{ABSENT, ACT, AGENT, JUDGED, LIKELY, LOINC, OWN, coding, concept, named, quantity, words},
    model::{
        Agent, Annotation, Component, Concept, DetectedIssue, Device, DeviceName, DeviceVersion, Entity,
        Evidence, Identifier, Issue, Mitigation, Narrative, Observation, OperationOutcome, Prediction,
        Provenance, Range, Reference, Resource, RiskAssessment,
    },
};
use raphe::{
    assess::{Assessment, CriterionResult, Finding, Verdict},
    care::ScoreSeen,
    criteria::Truth,
    knowledge::{
        Citation,
        schema::{Level, Urgency},
    },
    report::{self, Report},
    timeline::{Name, Notice, Origin, Timeline, Weight},
    units::Interval,
};
use std::collections::BTreeSet;

/// What is judged with: who, of whom, when.
struct Ground<'g> {
    assessment: &'g Assessment,
    device: Reference,
    at: String,
}

impl Writing<'_> {
    /// Writes what was made of a timeline, whose own resources are written already.
    pub(super) fn judged(&mut self, assessment: &Assessment, report: &Report, timeline: &Timeline) {
        let device = to(&self.add(Resource::Device(device(&assessment.knowledge))));
        let ground = Ground { assessment, device, at: self.moment(assessment.as_of) };
        let basis = self.basis(timeline);
        let risk = self.risk(&ground, report, &basis);
        let mut targets = vec![self.add(Resource::RiskAssessment(risk))];
        for finding in &assessment.findings {
            let issue = self.issue(finding, &ground);
            targets.push(self.add(Resource::DetectedIssue(issue)));
        }
        for observation in self.results(&ground) {
            targets.push(self.add(Resource::Observation(Box::new(observation))));
        }
        self.notices.extend(assessment.notices.iter().cloned());
        targets.extend(self.said());
        let provenance = Provenance {
            target: targets.iter().map(|address| to(address)).collect(),
            // The moment that was judged: a Bundle is the same whenever it is written.
            recorded: Some(ground.at.clone()),
            agent: vec![Agent {
                kind: Some(concept(AGENT, "assembler", Some("Assembler"))),
                who: Some(ground.device.clone()),
            }],
            entity: basis
                .into_iter()
                .map(|what| Entity { role: Some("source".to_owned()), what: Some(what) })
                .collect(),
            id: None,
        };
        self.add(Resource::Provenance(provenance));
    }

    /// Every resource that the answer rests on.
    fn basis(&self, timeline: &Timeline) -> Vec<Reference> {
        let mut basis = self.inputs();
        if basis.is_empty() {
            let origins: BTreeSet<&Origin> = timeline.entries.iter().map(|entry| &entry.origin).collect();
            basis = self.behind(origins);
        }
        basis
    }

    fn risk(&self, ground: &Ground<'_>, report: &Report, basis: &[Reference]) -> RiskAssessment {
        let assessment = ground.assessment;
        let note = |text: String| Annotation { text: Some(text) };
        let mut notes: Vec<Annotation> = assessment
            .reasons
            .iter()
            .map(|reason| {
                note(format!("{}: {}", report::urgency_word(reason.urgency), report::standing(reason)))
            })
            .collect();
        notes.extend(assessment.rivals.iter().map(|rival| {
            let leads = if rival.leads { " fits better than serotonin toxicity" } else { "" };
            note(format!("What it could be: {}{leads}. {}", rival.name, rival.tell_apart))
        }));
        notes.extend(
            assessment
                .not_assessed
                .iter()
                .map(|item| note(format!("Not assessed: {} ({})", item.text, item.reason))),
        );
        notes.push(note(report.footer.clone()));
        let mut todo: Vec<String> = Vec::new();
        if assessment.suicide_path {
            todo.extend(report::crisis_lines(&assessment.help));
        }
        todo.extend(assessment.advice.iter().map(|advice| match advice.when.as_str() {
            "" => advice.says.clone(),
            when => format!("{when}: {}", advice.says),
        }));
        RiskAssessment {
            text: Some(narrative(&report.headline)),
            status: Some("preliminary".to_owned()),
            method: Some(Concept {
                coding: vec![coding(&format!("{OWN}method"), "assess", None)],
                text: Some(format!(
                    "raphe {} with knowledge {}: published criteria, labels and studies; a simulation explains",
                    env!("CARGO_PKG_VERSION"),
                    assessment.knowledge
                )),
            }),
            code: Some(named(JUDGED, "serotonin", "Is serotonin likely too high, too low or neither?")),
            subject: self.subject.clone(),
            occurrence_date_time: Some(ground.at.clone()),
            performer: Some(ground.device.clone()),
            basis: basis.to_vec(),
            prediction: self.predictions(assessment),
            mitigation: (!todo.is_empty()).then(|| todo.join("\n")),
            note: notes,
            id: None,
        }
    }

    /// The verdict, and each risk that has a number.
    fn predictions(&self, assessment: &Assessment) -> Vec<Prediction> {
        let balance = &assessment.balance;
        let (code, outcome) = match balance.verdict {
            Verdict::TooHigh => ("too_high", "serotonin likely too high"),
            Verdict::TooLow => ("too_low", "features that the article calls low serotonin"),
            Verdict::Neither => ("neither", "neither too high nor too low"),
            Verdict::Unclear => ("unclear", "unclear"),
        };
        // Only what is said as likely has a word of HL7's for it; nothing is ever called a low risk.
        let likely = match balance.verdict {
            Verdict::TooHigh => Some(concept(LIKELY, "high", Some("High likelihood"))),
            _ => None,
        };
        let verdict = Prediction {
            outcome: Some(named(&format!("{OWN}verdict"), code, outcome)),
            qualitative_risk: likely,
            rationale: Some(balance.because.clone()),
            ..Prediction::default()
        };
        // What was counted elsewhere, of the exposure and before any sign; of an overdose it is for those who treat it.
        let counted = assessment.risk.iter().filter(|risk| risk.overdose.is_none()).map(|risk| Prediction {
            outcome: Some(named(
                &format!("{OWN}risk"),
                &risk.id,
                "serotonin toxicity, of the exposure, before any sign",
            )),
            probability_range: Some(percent(risk.p)),
            rationale: Some(format!("Counted in: {}", self.sourced(&risk.reference_class, &risk.citations))),
            ..Prediction::default()
        });
        [verdict].into_iter().chain(counted).collect()
    }

    fn issue(&self, finding: &Finding, ground: &Ground<'_>) -> DetectedIssue {
        let behind = self.behind(&finding.because);
        let medicines: Vec<Reference> =
            behind.iter().filter(|reference| !self.is_observed(reference)).cloned().collect();
        let (code, display) = match finding.kind.as_str() {
            "dose" => ("DOSEH", "High Dose Alert"),
            _ if finding.substances.len() > 1 => ("DRG", "Drug Interaction Alert"),
            _ => ("DACT", "drug action detected issue"),
        };
        let severity = match finding.level {
            Level::Contraindicated | Level::Major => Some("high"),
            Level::Moderate => Some("moderate"),
            Level::Minor | Level::Info => Some("low"),
            Level::NoneKnown => None,
        };
        let names: Vec<&str> =
            finding.substances.iter().map(|id| self.knowledge.substance_name(id)).collect();
        let level = report::level_word(finding.level);
        let text = format!("{}: {level} ({})", names.join(" with "), finding.kind);
        let evidence = |text: String, detail: Vec<Reference>| Evidence { code: vec![words(text)], detail };
        let mut proof = vec![evidence(self.sourced(finding.claim.says(), finding.claim.citations()), behind)];
        proof.extend(finding.views.iter().map(|view| {
            let said = format!("{} ({}): {}", view.by, report::level_word(view.level), view.says);
            evidence(self.sourced(&said, [&view.citation]), Vec::new())
        }));
        let first = finding.claim.citations().first();
        DetectedIssue {
            identifier: vec![Identifier {
                system: Some(format!("{OWN}finding")),
                value: Some(finding.id.clone()),
            }],
            status: Some("preliminary".to_owned()),
            code: Some(Concept { text: Some(text), ..concept(ACT, code, Some(display)) }),
            severity: severity.map(str::to_owned),
            patient: self.subject.clone(),
            identified_date_time: Some(ground.at.clone()),
            author: Some(ground.device.clone()),
            implicated: medicines,
            evidence: proof,
            detail: Some(
                [finding.claim.says()]
                    .into_iter()
                    .chain(finding.timing.iter().map(String::as_str))
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            reference: first.and_then(|citation| self.address(citation)),
            // An action there is one that was taken: this one is only advised.
            mitigation: finding
                .advice
                .iter()
                .map(|advice| Mitigation { action: Some(words(format!("Advised, not done yet: {advice}"))) })
                .collect(),
            id: None,
        }
    }

    /// A sentence with its sources.
    fn sourced<'c>(&self, says: &str, citations: impl IntoIterator<Item = &'c Citation>) -> String {
        let lines: Vec<String> =
            citations.into_iter().map(|citation| report::source_line(self.knowledge, citation)).collect();
        let says = says.trim_end_matches('.');
        let sources = if lines.is_empty() { String::new() } else { format!(" Source: {}", lines.join("; ")) };
        format!("{says}.{sources}")
    }

    /// Where a source is found.
    fn address(&self, citation: &Citation) -> Option<String> {
        let reference = self.knowledge.reference(&citation.cite)?;
        let doi = reference.doi.as_ref().map(|doi| format!("https://doi.org/{doi}"));
        let pubmed =
            || reference.pmid.as_ref().map(|pmid| format!("https://pubmed.ncbi.nlm.nih.gov/{pmid}/"));
        doi.or_else(|| reference.url.clone())
            .or_else(pubmed)
            .filter(|address| !address.contains(char::is_whitespace))
    }

    /// Urgency, criteria, severity and the modeled synapse.
    fn results(&self, ground: &Ground<'_>) -> Vec<Observation> {
        let assessment = ground.assessment;
        let mut all = vec![self.urgency(ground)];
        all.extend(assessment.criteria.iter().map(|result| self.criterion(result, ground)));
        if let Some(severity) = &assessment.severity {
            all.push(Observation {
                value_codeable_concept: Some(named(
                    &format!("{OWN}severity"),
                    &severity.id,
                    severity.name.clone(),
                )),
                derived_from: self.observed_behind(&severity.lines),
                ..self.judged_observation("severity", "severity, if it is serotonin toxicity", ground)
            });
        }
        all.extend(assessment.care.scores.iter().filter_map(|score| self.scored(score, ground)));
        // What an overdose does is for those who treat it, by other means than a Bundle.
        if let Some(fold) = assessment.synapse.fold_change.filter(|_| !assessment.has_overdose()) {
            all.push(self.modeled("serotonin-fold-change", "now", fold, ground));
            let peak = assessment.synapse.peak_fold_change_24h;
            all.extend(peak.map(|peak| {
                self.modeled("serotonin-peak-fold-change-24h", "highest of 24 hours", peak, ground)
            }));
        }
        all
    }

    /// The total of a questionnaire, as the answers give it.
    fn scored(&self, score: &ScoreSeen, ground: &Ground<'_>) -> Option<Observation> {
        let form = self.knowledge.find_questionnaire(&score.questionnaire)?;
        let mut observation = self.judged_observation("score", &form.name, ground);
        let code = observation.code.get_or_insert_default();
        code.coding.extend(form.loinc.iter().map(|loinc| coding(LOINC, loinc, None)));
        Some(Observation {
            value_quantity: Some(quantity(f64::from(score.total?), "score", "{score}")),
            derived_from: self.observed_behind(&score.lines),
            ..observation
        })
    }

    /// An observation that a program made, without its value.
    fn judged_observation(&self, code: &str, text: &str, ground: &Ground<'_>) -> Observation {
        Observation {
            status: Some("preliminary".to_owned()),
            category: vec![concept(JUDGED, "judged", None)],
            code: Some(named(JUDGED, code, text)),
            subject: self.subject.clone(),
            effective_date_time: Some(ground.at.clone()),
            device: Some(ground.device.clone()),
            ..Observation::default()
        }
    }

    fn urgency(&self, ground: &Ground<'_>) -> Observation {
        let urgency = ground.assessment.urgency;
        let code = match urgency {
            Urgency::Emergency => "emergency",
            Urgency::Urgent => "urgent",
            Urgency::Prompt => "prompt",
            Urgency::Watch => "watch",
            Urgency::None => "none",
        };
        let suicide = ground.assessment.suicide_path.then(|| Component {
            code: Some(named(JUDGED, "suicide-path", "something points to suicide")),
            value_boolean: Some(true),
            ..Component::default()
        });
        Observation {
            value_codeable_concept: Some(named(
                &format!("{OWN}urgency"),
                code,
                report::urgency_word(urgency),
            )),
            component: suicide.into_iter().collect(),
            derived_from: self
                .observed_behind(ground.assessment.reasons.iter().flat_map(|reason| &reason.because)),
            ..self.judged_observation("urgency", "how soon to act", ground)
        }
    }

    fn criterion(&self, result: &CriterionResult, ground: &Ground<'_>) -> Observation {
        let sign = |id: &String| {
            let sign = self.knowledge.sign(id);
            let text = sign.map_or_else(|| id.replace('_', " "), |sign| sign.name.clone());
            self.sign_code(&Name { text, column: 1, id: Some(id.clone()) })
        };
        let found = result.because.iter().map(|id| Component {
            code: Some(sign(id)),
            value_boolean: Some(true),
            ..Component::default()
        });
        let open =
            result.would_decide.iter().filter(|id| !result.because.contains(*id)).map(|id| Component {
                code: Some(sign(id)),
                data_absent_reason: Some(concept(ABSENT, "not-performed", Some("Not Performed"))),
                ..Component::default()
            });
        let undecided = Concept {
            text: Some("cannot be decided; the parts say what would decide".to_owned()),
            ..concept(ABSENT, "unknown", Some("Unknown"))
        };
        let met = match result.verdict {
            Truth::True => Some(true),
            Truth::False => Some(false),
            Truth::Unknown => None,
        };
        let proviso = result.proviso.iter().map(|text| Annotation { text: Some(text.clone()) });
        let rules = (!result.rules.is_empty())
            .then(|| Annotation { text: Some(format!("Met: {}", result.rules.join(", "))) });
        Observation {
            value_boolean: met,
            data_absent_reason: met.is_none().then_some(undecided),
            note: rules.into_iter().chain(proviso).collect(),
            method: Some(words(self.sourced(&result.limits, &result.citations))),
            derived_from: self.observed_behind(&result.lines),
            component: found.chain(open).collect(),
            ..self.judged_observation(&result.id, &result.name, ground)
        }
    }

    /// A number of the modeled synapse, with the range of nine in ten people.
    fn modeled(&self, code: &str, when: &str, fold: Interval, ground: &Ground<'_>) -> Observation {
        let times = |value: f64| quantity(rounded(value), "times the own level without any medicine", "1");
        let end = |code: &str, text: &str, value: f64| Component {
            code: Some(named(JUDGED, code, text)),
            value_quantity: Some(times(value)),
            ..Component::default()
        };
        let text =
            format!("serotonin outside the nerve cells, modeled, {when}: no measurement and no diagnosis");
        Observation {
            value_quantity: Some(times(fold.median)),
            method: Some(words(
                "simulation of virtual people with a model that rests on experiments in rats; it changes no urgency",
            )),
            component: vec![
                end("p5", "one in twenty people lies below", fold.p5),
                end("p95", "one in twenty people lies above", fold.p95),
            ],
            ..self.judged_observation(code, &text, ground)
        }
    }

    fn observed_behind<'o>(&self, origins: impl IntoIterator<Item = &'o Origin>) -> Vec<Reference> {
        self.behind(origins).into_iter().filter(|reference| self.is_observed(reference)).collect()
    }

    /// Writes the notices, where there are any.
    pub(super) fn said(&mut self) -> Option<String> {
        if self.notices.is_empty() {
            return None;
        }
        let issue = self.notices.iter().map(issue_of).collect();
        Some(self.add(Resource::OperationOutcome(OperationOutcome { id: None, issue })))
    }
}

/// A share as FHIR wants it: in percent, at most a hundred.
fn percent(share: Interval) -> Range {
    let of = |share: f64| Some(quantity((share * 100.0).clamp(0.0, 100.0), "%", "%"));
    Range { low: of(share.p5), high: of(share.p95) }
}

/// Two digits: more would claim what nobody knows.
fn rounded(value: f64) -> f64 {
    raphe::units::two_digits(value).parse().unwrap_or(value)
}

fn issue_of(notice: &Notice) -> Issue {
    let (severity, code) = match notice.weight {
        Weight::Error => ("error", "not-supported"),
        Weight::Warning => ("warning", "incomplete"),
        Weight::Info => ("information", "informational"),
    };
    let place = notice.place.map_or(String::new(), |place| format!("line {}: ", place.line));
    Issue {
        severity: Some(severity.to_owned()),
        code: Some(code.to_owned()),
        details: Some(words(format!("{place}{}", notice.says))),
        diagnostics: notice.help.clone(),
    }
}

fn device(knowledge: &str) -> Device {
    let version =
        |of: &str, value: &str| DeviceVersion { kind: Some(words(of)), value: Some(value.to_owned()) };
    Device {
        status: Some("active".to_owned()),
        device_name: vec![DeviceName {
            name: Some("raphe".to_owned()),
            kind: Some("user-friendly-name".to_owned()),
        }],
        kind: Some(words("decision support software")),
        version: vec![version("engine", env!("CARGO_PKG_VERSION")), version("knowledge", knowledge)],
        note: vec![Annotation {
            text: Some(
                "Supports a decision and is no diagnosis: it does not replace an examination.".to_owned(),
            ),
        }],
        id: None,
    }
}

/// The first lines of the report, as a person reads them.
fn narrative(lines: &[String]) -> Narrative {
    let paragraphs: String = lines.iter().map(|line| format!("<p>{}</p>", escaped(line))).collect();
    Narrative {
        status: Some("generated".to_owned()),
        div: Some(format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{paragraphs}</div>")),
    }
}

/// Text in XHTML: what it has no place for is a mark.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_range_in_percent() {
        let range = percent(Interval { median: 0.1, p5: 0.05, p95: 1.2 });
        let value =
            |end: Option<super::super::model::Quantity>| end.and_then(|end| end.value).map(|value| value.0);
        assert_eq!((value(range.low), value(range.high)), (Some(5.0), Some(100.0)));
    }

    #[test]
    fn a_narrative_is_escaped() {
        let div = narrative(&["a <b> & \"c\"\u{1}".to_owned()]).div.unwrap_or_default();
        assert_eq!(
            div,
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &lt;b&gt; &amp; &quot;c&quot;\u{fffd}</p></div>"
        );
    }
}
