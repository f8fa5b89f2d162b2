//! No number without its range, none where none may be shown, and every touched part in words as well.

use super::{parts::parts, show};
use crate::pages::now::tests::{desk, diaries, escaped};
use raphe::{knowledge::schema::Urgency, report::Voice};

#[test]
fn a_dose_far_too_high_gets_no_figure() {
    let taken = "2026-03-01 start fluoxetine 20 mg daily\n2026-03-20 10:00 take sertraline 5000 mg\n";
    let page = show(&desk(taken, Voice::Person)).0.into_string();
    assert!(page.contains("class=\"withheld\""));
    for figure in ["<figure", "class=\"synapse\"", " % (", " times ("] {
        assert!(!page.contains(figure), "{figure}");
    }
    let clinician = show(&desk(taken, Voice::Clinician)).0.into_string();
    assert!(clinician.contains("<figure") && clinician.contains("class=\"synapse\""));
}

#[test]
fn in_an_emergency_the_model_is_folded_away_and_danger_stands_first() {
    let mut seen = 0;
    for (file, diary) in diaries().into_iter().step_by(4) {
        let desk = desk(&diary, Voice::Person);
        let assessment = desk.assessment();
        if assessment.urgency < Urgency::Urgent {
            continue;
        }
        let page = show(&desk).0.into_string();
        let danger = page.find("class=\"danger\"").unwrap_or_else(|| panic!("{file}: no danger strip"));
        let heading = page.find("<h1>").expect("a heading");
        assert!(danger < heading, "{file}");
        if let (Urgency::Emergency, Some(drawn)) = (assessment.urgency, page.find("class=\"synapse\"")) {
            assert!(page.find("<details class=\"later\">").is_some_and(|folded| folded < drawn), "{file}");
            seen += 1;
        }
    }
    assert!(seen > 3, "{seen}");
}

#[test]
fn every_touched_part_is_drawn_and_told_with_its_source() {
    let diary = "2026-01-01 start sertraline 100 mg daily\n2026-02-01 start buspirone 10 mg twice daily\n\
                 2026-02-10 start mirtazapine 30 mg nightly\n2026-03-10 note well\n";
    let desk = desk(diary, Voice::Clinician);
    let page = show(&desk).0.into_string();
    let touched: Vec<_> = parts(&desk.assessment(), desk.knowledge())
        .into_iter()
        .filter(|part| !part.touches.is_empty())
        .collect();
    assert!(touched.len() >= 3, "{touched:?}");
    // Each of the two layouts draws every touched part as such.
    assert_eq!(page.matches("class=\"part lit\"").count(), 2 * touched.len());
    for part in &touched {
        for touch in &part.touches {
            assert!(!touch.citations.is_empty(), "{touch:?}");
            assert!(page.contains(&escaped(&super::list(&touch.who, "and"))[1..]), "{touch:?}");
            if let Some(share) = touch.share {
                assert!(page.contains(&super::prose(&super::percent(share)).into_string()), "{touch:?}");
            }
        }
    }
}
