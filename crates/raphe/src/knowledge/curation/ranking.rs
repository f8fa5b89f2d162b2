//! The differential's points and the course of toxicity.

use crate::{
    knowledge::Knowledge,
    units::{Fraction, TimeSpan},
};

/// The candidate that is no rival.
const ITSELF: &str = "serotonin_toxicity";

pub(super) fn candidate_missing_or_astray(knowledge: &Knowledge) -> Vec<String> {
    let base = knowledge.base();
    let candidates = &base.differential.candidates;
    let mut problems = Vec::new();
    for rival in &base.rivals {
        if !candidates.iter().any(|item| item.id == rival.id) {
            problems.push(format!("differential.toml: the rival `{}` is no candidate", rival.id));
        }
    }
    if !candidates.iter().any(|item| item.id == ITSELF) {
        problems.push(format!("differential.toml: `{ITSELF}` is no candidate"));
    }
    for item in candidates {
        let place = format!("differential.toml: {}", item.id);
        let rival = base.rivals.iter().any(|rival| rival.id == item.id);
        let told = item.name.is_some() && item.tell_apart.is_some();
        match (rival, item.id == ITSELF) {
            (true, _) if item.name.is_some() || item.tell_apart.is_some() || item.due.is_some() => {
                problems.push(format!("{place}: its words stand in rivals.toml"));
            }
            (true, _) => {}
            (false, true) if told => {}
            (false, true) => problems.push(format!("{place}: has no name or nothing that tells it apart")),
            (false, false) => problems.push(format!("{place}: is no rival")),
        }
        if item.excluded_by.is_some() != item.excluded.is_some() {
            problems.push(format!("{place}: a rule that excludes says why, and only one that excludes does"));
        }
    }
    problems
}

pub(super) fn points_out_of_bounds(knowledge: &Knowledge) -> Vec<String> {
    let differential = &knowledge.base().differential;
    let mut problems = Vec::new();
    for clue in &differential.clues {
        let place = format!("differential.toml: {}", clue.id);
        if clue.points.is_empty() {
            problems.push(format!("{place}: speaks for nothing"));
        }
        for (id, points) in &clue.points {
            if !differential.candidates.iter().any(|item| item.id == *id) {
                problems.push(format!("{place}: `{id}` is no candidate"));
            }
            if *points == 0 || points.abs() > 4 {
                problems.push(format!("{place}: {points} points for `{id}` are none or too many"));
            }
        }
        // A share of cases is worth a point a quarter, and counts half.
        if let Some(share) = &clue.share {
            let quarters = share.parse::<Fraction>().map(|share| libm::round(share.as_of_one() * 4.0));
            let points = clue.points.get(ITSELF).copied().map(f64::from);
            match quarters {
                Ok(quarters) if clue.half && points == Some(quarters) => {}
                Ok(quarters) => problems.push(format!(
                    "{place}: {share} of cases is {quarters} points for `{ITSELF}`, counted half"
                )),
                Err(_) => problems.push(format!("{place}: `{share}` is not a share")),
            }
        }
    }
    if differential.ahead < 1 || differential.least < differential.ahead {
        problems.push("differential.toml: `ahead` is at least 1 and `least` no smaller".to_owned());
    }
    problems
}

pub(super) fn course_does_not_read(knowledge: &Knowledge) -> Vec<String> {
    let course = &knowledge.base().course;
    let mut problems = Vec::new();
    for (what, list) in [("onset", &course.onset), ("settling", &course.settling)] {
        if list.is_empty() {
            problems.push(format!("course.toml: {what} has no share"));
        }
        for item in list {
            let read = item.within.parse::<TimeSpan>().is_ok() && item.share.parse::<Fraction>().is_ok();
            if !read {
                let (share, within) = (&item.share, &item.within);
                problems.push(format!("course.toml: {what}: `{share}` within `{within}` does not read"));
            }
        }
    }
    problems
}
