//! Every cell is there, none says "safe", and a figure that must not be shown is not.

use super::{pairs, show};
use crate::pages::now::tests::{desk, diaries};
use raphe::report::Voice;

#[test]
fn every_two_have_a_cell_both_ways_and_its_details() {
    let mut known = 0;
    for (file, diary) in diaries() {
        let desk = desk(&diary, Voice::Person);
        let assessment = desk.assessment();
        let members = pairs::members(&desk, &assessment);
        for finding in &assessment.findings {
            for id in &finding.substances {
                assert!(members.iter().any(|(member, _)| member == id), "{file}: {id} is not in the matrix");
            }
        }
        if members.len() < 2 {
            continue;
        }
        let page = show(&desk).0.into_string();
        let table = page.split_once("aria-label=\"Table of every two\"><table>").map_or("", |(_, rest)| rest);
        let table = table.split_once("</table>").map_or("", |(table, _)| table);
        let count = members.len();
        assert_eq!(table.matches("<td class=\"cell ").count(), count * (count - 1), "{file}");
        assert_eq!(table.matches("scope=\"row\"").count(), count, "{file}");
        assert_eq!(table.matches("scope=\"col\"").count(), count, "{file}");
        for (place, (a, _)) in members.iter().enumerate() {
            for (b, _) in &members[place + 1..] {
                let (first, second) = if a <= b { (a, b) } else { (b, a) };
                let anchor = format!("id=\"pair-{first}-{second}\"");
                assert_eq!(page.matches(&anchor).count(), 1, "{file}: {anchor}");
                known += usize::from(!pairs::between(&assessment.findings, a, b).is_empty());
            }
        }
        // Of a pair of which something is known nobody reads that nothing is.
        let unknown = pairs::any_unknown(&assessment, &members);
        assert_eq!(page.contains("That is not the same as safe"), unknown, "{file}");
        assert_eq!(page.contains(raphe::check::NONE_KNOWN), unknown, "{file}");
        assert!(!page.to_lowercase().contains("no interaction<"), "{file}");
    }
    assert!(known > 20, "{known}");
}

#[test]
fn the_report_tells_the_findings_in_their_order() {
    for (file, diary) in diaries() {
        let desk = desk(&diary, Voice::Person);
        let (assessment, report) = (desk.assessment(), desk.report());
        let told = report.sections.iter().find(|section| section.title == pairs::TOLD);
        let items = told.map_or(&[][..], |section| section.items.as_slice());
        assert_eq!(items.len(), assessment.findings.len(), "{file}");
        for (item, finding) in items.iter().zip(&assessment.findings) {
            assert!(item.text.starts_with(finding.claim.says()), "{file}: {}", item.text);
        }
    }
}

#[test]
fn no_days_and_no_shares_of_a_dose_far_too_high() {
    let taken = "2026-03-01 start fluoxetine 20 mg daily\n2026-03-20 10:00 take sertraline 5000 mg\n";
    let page = show(&desk(taken, Voice::Person)).0.into_string();
    assert!(page.contains("class=\"withheld\""));
    assert!(!page.contains(" to clear, ") && !page.contains("Who is still there"));
    let clinician = show(&desk(taken, Voice::Clinician)).0.into_string();
    assert!(clinician.contains(" to clear, "), "who treats it sees them");
}
