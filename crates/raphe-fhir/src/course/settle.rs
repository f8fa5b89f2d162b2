//! From what several resources say of one medicine to one course: which counts when, and what starts, changes and stops.

use super::{Evidence, Ground, Single, Taken, Window};
use crate::notices::Notices;
use jiff::Timestamp;
use raphe::{
    timeline::{Dose, Entry, Event, Name, Origin, Route, Schedule, When},
    units::Mass,
};
use std::collections::{BTreeMap, BinaryHeap};

/// A pause between two supplies that is no stop.
const PAUSE: f64 = 14.0;

/// One stretch of a course.
struct Segment<'w> {
    start: When,
    end: Option<Timestamp>,
    window: &'w Window,
}

impl Taken {
    /// What happened, in starts, changes, stops and single doses.
    pub(super) fn events(mut self, ground: &Ground<'_, '_>, notices: &mut Notices) -> Vec<Entry> {
        self.negate(notices);
        let mut routes: BTreeMap<Route, Vec<Window>> = BTreeMap::new();
        for window in self.windows {
            routes.entry(window.line.route).or_default().push(window);
        }
        for windows in routes.values_mut() {
            windows.sort_by_key(|window| window.start.start);
            report_double(windows, &self.name, notices);
        }
        let segments: Vec<Vec<Segment<'_>>> =
            routes.values().map(|windows| segments(windows, &self.name, notices)).collect();
        let mut entries = Vec::new();
        for (index, route) in segments.iter().enumerate() {
            let others: Vec<&Segment<'_>> = segments
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .flat_map(|(_, route)| route)
                .collect();
            entries.extend(course(route, &others, ground));
        }
        for single in self.singles {
            let of_route = routes.get(&single.line.route).map_or(&[][..], Vec::as_slice);
            if single.given && scheduled(&single, of_route) {
                let help = "it is taken for the scheduled one and not counted twice";
                notices.info(
                    &single.path,
                    "a dose was given while the same dose was scheduled",
                    help,
                    &self.name,
                );
                continue;
            }
            entries.push(Entry {
                when: single.when,
                event: Event::Take(single.line),
                origin: Origin::Fhir(single.origin),
                note: single.note,
            });
        }
        for (when, origin, _) in self.missed {
            let covers = |window: &Window| {
                window.start.start <= when.start && window.end.is_none_or(|end| when.start < end)
            };
            if routes.values().flatten().any(covers) {
                let name = Name { text: self.name.clone(), column: 1, id: None };
                entries.push(Entry {
                    when,
                    event: Event::Miss(name),
                    origin: Origin::Fhir(origin),
                    note: None,
                });
            }
        }
        entries
    }

    /// Takes away what a statement says was not taken.
    fn negate(&mut self, notices: &mut Notices) {
        for from in &self.not_taken {
            for window in &mut self.windows {
                let Some(from) = from else {
                    window.end = Some(window.start.start);
                    continue;
                };
                let runs = window.end.is_none_or(|end| end > *from);
                // A later statement, order or hand-over speaks of a later time.
                if runs && window.start.start <= *from {
                    window.end = Some(*from);
                }
            }
        }
        let before = self.windows.len();
        self.windows.retain(|window| window.end.is_none_or(|end| end > window.start.start));
        if self.windows.len() < before {
            let help = "somebody says that it is not taken";
            notices.info("", "an order or a dispense is not counted", help, &self.name);
        }
    }
}

/// Two people who order the same medicine at the same time.
fn report_double(windows: &[Window], name: &str, notices: &mut Notices) {
    for pair in windows.windows(2) {
        let [one, other] = pair else { continue };
        let both = one.evidence == Evidence::Request && other.evidence == Evidence::Request;
        let apart = one.requester.is_some() && other.requester.is_some() && one.requester != other.requester;
        let overlap = one.end.is_none_or(|end| end > other.start.start);
        if both && apart && overlap && !other.follows && one.origin != other.origin {
            let help = "one course is counted; if both are taken the dose is the sum of them";
            notices.warning(
                &other.path,
                "a medicine is ordered twice at the same time by different people",
                help,
                name,
            );
        }
    }
}

/// Whether a dose is the one that was due.
fn scheduled(single: &Single, windows: &[Window]) -> bool {
    windows.iter().any(|window| {
        let regular = !matches!(window.line.schedule, Some(Schedule::AsNeeded) | None);
        let inside =
            window.start.start <= single.when.start && window.end.is_none_or(|end| single.when.start < end);
        let same = single.line.dose == window.line.dose || matches!(single.line.dose, Dose::Unknown) || {
            let mass = |dose: &Dose| match dose {
                Dose::Known(amount) => amount.mass(None, None).map(Mass::as_mg),
                _ => None,
            };
            mass(&single.line.dose).is_some() && mass(&single.line.dose) == mass(&window.line.dose)
        };
        regular && inside && same
    })
}

/// Which window counts when.
fn segments<'w>(windows: &'w [Window], name: &str, notices: &mut Notices) -> Vec<Segment<'w>> {
    let rank = |window: &Window, index: usize| {
        (matches!(window.line.dose, Dose::Known(_)), window.evidence, window.start.start, index)
    };
    let mut bounds: Vec<Timestamp> = windows.iter().map(|window| window.start.start).collect();
    bounds.extend(windows.iter().filter_map(|window| window.end));
    bounds.sort_unstable();
    bounds.dedup();
    let mut heap = BinaryHeap::new();
    let mut next = 0;
    let mut segments: Vec<Segment<'w>> = Vec::new();
    for (at, bound) in bounds.iter().enumerate() {
        while next < windows.len() && windows[next].start.start <= *bound {
            heap.push((rank(&windows[next], next), next));
            next += 1;
        }
        while heap
            .peek()
            .is_some_and(|(_, index): &(_, usize)| windows[*index].end.is_some_and(|end| end <= *bound))
        {
            heap.pop();
        }
        let Some((_, index)) = heap.peek() else { continue };
        let window = &windows[*index];
        let end = bounds.get(at + 1).copied();
        match segments.last_mut() {
            Some(last) if last.end == Some(*bound) && last.window.line == window.line => last.end = end,
            _ => {
                let whole = window.start.start == *bound;
                let start = if whole {
                    window.start
                } else {
                    When { start: *bound, end: Some(*bound), ..window.start }
                };
                segments.push(Segment { start, end, window });
            }
        }
    }
    // A short pause between two supplies is no stop.
    for index in 1..segments.len() {
        let (Some(end), start) = (segments[index - 1].end, segments[index].start.start) else { continue };
        let pause = start.duration_since(end).as_secs_f64() / 86_400.0;
        // Who says until when it was taken says that it was stopped.
        let supply = segments[index - 1].window.evidence != Evidence::Statement;
        if supply && pause > 0.0 && pause <= PAUSE {
            notices.info(
                &segments[index].window.path,
                "a short pause lies between two supplies",
                "read as taken on",
                name,
            );
            segments[index - 1].end = Some(start);
        }
    }
    segments
}

/// The starts, changes and stops of one route.
fn course(segments: &[Segment<'_>], others: &[&Segment<'_>], ground: &Ground<'_, '_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut before: Option<&Segment<'_>> = None;
    for segment in segments {
        let line = &segment.window.line;
        let goes_on = before.is_some_and(|before| before.end == Some(segment.start.start));
        if let Some(before) = before.filter(|_| !goes_on) {
            entries.extend(stop(before, others, ground));
        }
        let start = match segment.start.start == segment.window.start.start {
            true => segment.start,
            false => ground.clock.whole_day(ground.clock.date_of(segment.start.start)),
        };
        let entry = |event| Entry {
            when: start,
            event,
            origin: Origin::Fhir(segment.window.origin.clone()),
            note: segment.window.note.clone(),
        };
        match goes_on {
            true if before.is_some_and(|before| before.window.line == *line) => {}
            true => entries.push(entry(Event::Change(line.clone()))),
            false => entries.push(entry(Event::Start(line.clone()))),
        }
        before = Some(segment);
    }
    if let Some(last) = before {
        entries.extend(stop(last, others, ground));
    }
    entries
}

/// The stop of a course; it stops every route, so the others that go on are begun again.
fn stop(segment: &Segment<'_>, others: &[&Segment<'_>], ground: &Ground<'_, '_>) -> Vec<Entry> {
    let Some(end) = segment.end else { return Vec::new() };
    let when = ground.clock.whole_day(ground.clock.date_of(end));
    // One origin for all of them: entries of one moment are sorted by it, and the stop must come first.
    let origin = || Origin::Fhir(segment.window.origin.clone());
    let stop = Event::Stop(segment.window.line.name.clone());
    let mut entries = vec![Entry { when, event: stop, origin: origin(), note: None }];
    let running =
        others.iter().filter(|other| other.start.start < end && other.end.is_none_or(|until| until > end));
    entries.extend(running.map(|other| Entry {
        when,
        event: Event::Start(other.window.line.clone()),
        origin: origin(),
        note: None,
    }));
    entries
}
