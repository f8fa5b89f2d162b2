//! The synapse as a drawing of our own: no chart crate draws cells.
//!
//! Two layouts of the same ten parts, one for narrow and one for wide windows; the style sheet shows the one that fits. Above
//! is the cell that sends, in it the way from tryptophan to serotonin and into a vesicle; below is the cell that receives. A
//! touched part has a thick outline, a hatched edge and its words; an untouched one a thin outline. Colors come from
//! classes, so the drawing follows light, dark, forced colors and paper.

use super::parts::{Part, Place, Touch};
use crate::pages::now::words::{list, percent};
use maud::{Markup, html};

/// Where things are.
struct Layout {
    id: &'static str,
    size: (u32, u32),
    /// Width and height of a part.
    part: (u32, u32),
    /// So many letters fit in a line of one.
    letters: usize,
    /// The sending cell, the receiving cell: x, y, width, height.
    cells: [(u32, u32, u32, u32); 2],
    /// Where the names of the cells and of the gap begin.
    names: [(u32, u32); 3],
    places: [(Place, u32, u32); 10],
    /// Ways that serotonin goes, then the brake.
    ways: &'static [&'static str],
    brake: &'static str,
    /// Serotonin in the gap.
    drops: &'static [(u32, u32)],
}

const WIDE: Layout = Layout {
    id: "synapse-wide",
    size: (960, 640),
    part: (196, 104),
    letters: 24,
    cells: [(20, 12, 920, 308), (20, 540, 920, 90)],
    names: [(44, 40), (170, 426), (44, 616)],
    places: [
        (Place::Tryptophan, 44, 54),
        (Place::Htp, 272, 54),
        (Place::Serotonin, 500, 54),
        (Place::MaoA, 728, 54),
        (Place::Vesicle, 500, 176),
        (Place::Release, 500, 298),
        (Place::Sert, 728, 298),
        (Place::Autoreceptor, 44, 298),
        (Place::Post1A, 272, 490),
        (Place::Post2A, 560, 490),
    ],
    ways: &[
        "M240 106 H268",
        "M468 106 H496",
        "M696 106 H724",
        "M598 158 V172",
        "M598 280 V294",
        "M598 402 V424",
        "M826 452 V406",
        "M142 452 V406",
        "M500 448 L400 486",
        "M640 448 L660 486",
    ],
    brake: "M240 340 C330 340 400 330 494 330",
    drops: &[
        (560, 440),
        (598, 446),
        (632, 438),
        (690, 452),
        (748, 446),
        (790, 456),
        (470, 446),
        (400, 452),
        (320, 444),
        (240, 452),
        (180, 458),
    ],
};

const NARROW: Layout = Layout {
    id: "synapse-narrow",
    size: (340, 848),
    part: (150, 112),
    letters: 17,
    cells: [(4, 8, 332, 508), (4, 764, 332, 78)],
    names: [(18, 32), (102, 664), (18, 834)],
    places: [
        (Place::Tryptophan, 14, 44),
        (Place::Htp, 176, 44),
        (Place::Serotonin, 176, 176),
        (Place::MaoA, 14, 176),
        (Place::Vesicle, 176, 308),
        (Place::Autoreceptor, 14, 308),
        (Place::Release, 176, 456),
        (Place::Sert, 14, 456),
        (Place::Post1A, 14, 700),
        (Place::Post2A, 176, 700),
    ],
    ways: &[
        "M164 100 H172",
        "M251 156 V172",
        "M176 232 H168",
        "M251 288 V304",
        "M251 420 V452",
        "M251 568 V590",
        "M89 606 V572",
        "M89 640 V696",
        "M251 630 V696",
    ],
    brake: "M164 364 H172",
    drops: &[(230, 604), (251, 612), (276, 606), (200, 618), (160, 610), (120, 620), (96, 612), (300, 620)],
};

/// The drawing, twice: the style sheet shows the one that fits.
pub(super) fn draw(parts: &[Part], says: &str) -> Markup {
    html! {
        div.synapse {
            @for layout in [&WIDE, &NARROW] { (layout.draw(parts, says)) }
        }
    }
}

impl Layout {
    fn draw(&self, parts: &[Part], says: &str) -> Markup {
        let (id, (width, height)) = (self.id, self.size);
        let name = |what: &str| format!("{id}-{what}");
        let url = |what: &str| format!("url(#{id}-{what})");
        let words = ["Nerve cell that sends", "Gap between the cells", "Nerve cell that receives"];
        html! {
            svg class=(id) role="img" aria-labelledby=(format!("{} {}", name("title"), name("says"))) viewBox=(format!("0 0 {width} {height}"))
                xmlns="http://www.w3.org/2000/svg" {
                title id=(name("title")) { "The synapse, with the parts that are touched now" }
                desc id=(name("says")) { (says) }
                defs {
                    pattern id=(name("hatch")) width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        line.hatch x1="0" y1="0" x2="0" y2="6" stroke-width="4" {}
                    }
                    marker id=(name("tip")) viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse" {
                        path.tip d="M0 0 L8 4 L0 8 Z" {}
                    }
                    marker id=(name("bar")) viewBox="0 0 4 10" refX="2" refY="5" markerWidth="6" markerHeight="12" orient="auto" {
                        path.tip d="M0 0 H4 V10 H0 Z" {}
                    }
                }
                @for (x, y, wide, high) in self.cells { rect.cell-body x=(x) y=(y) width=(wide) height=(high) rx="26" {} }
                @for ((x, y), word) in self.names.iter().zip(words) { text.where x=(x) y=(y) { (word) } }
                @for way in self.ways { path.way d=(way) marker-end=(url("tip")) {} }
                path.way.brake d=(self.brake) marker-end=(url("bar")) {}
                @for (x, y) in self.drops { circle.drop cx=(x) cy=(y) r="4" {} }
                @for (place, x, y) in self.places {
                    @if let Some(part) = parts.iter().find(|part| part.place == place) {
                        (self.part(part, (x, y), &url("hatch")))
                    }
                }
            }
        }
    }

    fn part(&self, part: &Part, (x, y): (u32, u32), hatch: &str) -> Markup {
        let (width, height) = self.part;
        let lit = !part.touches.is_empty();
        let lines = self.lines(part);
        let class = if lit { "part lit" } else { "part" };
        html! {
            g class=(class) {
                rect.box x=(x) y=(y) width=(width) height=(height) rx="8" {}
                @if lit { rect x=(x + 3) y=(y + 3) width="9" height=(height - 6) fill=(hatch) {} }
                text.name x=(x + 18) y=(y + 20) { (part.place.short()) }
                @for (place, line) in lines.iter().enumerate() {
                    text class=(line.1) x=(x + 18) y=(y + 37 + 16 * place as u32) { (line.0) }
                }
            }
        }
    }

    /// What stands in a part below its name: who, what, how much; in an untouched one what it is. At most five lines.
    fn lines(&self, part: &Part) -> Vec<(String, &'static str)> {
        let mut lines: Vec<(String, &'static str)> = Vec::new();
        let wrap = |text: &str| wrapped(text, self.letters);
        match part.touches.as_slice() {
            [] => lines.extend(wrap(part.place.plain()).into_iter().map(|line| (line, "quiet"))),
            [first, rest @ ..] => {
                let who = wrap(&names(first, self.letters));
                lines.extend(who.into_iter().take(2).map(|line| (line, "who")));
                lines.extend(effect(first).iter().flat_map(|line| wrap(line)).map(|line| (line, "")));
                if !rest.is_empty() {
                    let more: Vec<String> = rest.iter().flat_map(|touch| touch.who.iter().cloned()).collect();
                    let more = format!("also {}", list(&more, "and"));
                    lines.extend(wrap(&more).into_iter().map(|line| (line, "quiet")));
                }
            }
        }
        let room = ((self.part.1 - 26) / 16) as usize;
        if lines.len() > room {
            lines.truncate(room);
            if let Some((line, _)) = lines.last_mut() {
                // The mark takes the place of letters, so that it stays in the box.
                while line.chars().count() + 2 > self.letters {
                    line.pop();
                }
                line.push('…');
            }
        }
        lines
    }
}

/// Who touches a part, as many as fit in two lines.
fn names(touch: &Touch, letters: usize) -> String {
    match touch.who.as_slice() {
        [first, _, ..] if list(&touch.who, "and").len() > letters * 2 => {
            format!("{first} and {} more", touch.who.len() - 1)
        }
        who => list(who, "and"),
    }
}

/// What is done and how much: `blocked 82 %`, `(76 to 88 %)`.
fn effect(touch: &Touch) -> Vec<String> {
    match touch.share {
        Some(share) => {
            // A number stays with its percent.
            let text = percent(share).replace(" %", "\u{a0}%");
            let (middle, range) = text.split_once(" (").unwrap_or((&text, ""));
            let mut lines = vec![format!("{} {middle}", touch.what)];
            lines.extend((!range.is_empty()).then(|| format!("({range}")));
            lines
        }
        None => vec![touch.what.to_owned(), "amount not modeled".to_owned()],
    }
}

/// A text in lines of at most so many letters, cut between words where it can be.
fn wrapped(text: &str, letters: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always one");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= letters {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    for line in &mut lines {
        if line.chars().count() > letters {
            *line = line.chars().take(letters - 1).chain(['…']).collect();
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use raphe::units::Interval;

    #[test]
    fn nothing_stands_outside_the_sheet_and_no_two_parts_overlap() {
        for layout in [&WIDE, &NARROW] {
            let (width, height) = layout.part;
            for (place, x, y) in layout.places {
                assert!(
                    x + width <= layout.size.0 && y + height <= layout.size.1,
                    "{place:?} in {}",
                    layout.id
                );
                for (other, left, top) in layout.places {
                    let apart =
                        x + width <= left || left + width <= x || y + height <= top || top + height <= y;
                    assert!(apart || other == place, "{place:?} over {other:?} in {}", layout.id);
                }
            }
            let places =
                Place::ALL.iter().filter(|place| layout.places.iter().any(|(known, ..)| known == *place));
            assert_eq!(places.count(), Place::ALL.len(), "{}", layout.id);
        }
    }

    #[test]
    fn the_words_of_a_part_fit_in_it() {
        let share = Some(Interval { median: 0.82, p5: 0.76, p95: 0.88 });
        let touch = |who: &[&str]| Touch {
            who: who.iter().map(|name| (*name).to_owned()).collect(),
            what: "turned on in part",
            share,
            citations: Vec::new(),
        };
        let long = ["desmethylvenlafaxine", "dextromethorphan", "clomipramine", "norclomipramine"];
        for layout in [&WIDE, &NARROW] {
            let part = Part { place: Place::Sert, touches: vec![touch(&long), touch(&["tramadol"])] };
            let lines = layout.lines(&part);
            assert!(lines.len() <= 5, "{lines:?}");
            assert!(lines.iter().all(|(line, _)| line.chars().count() <= layout.letters + 1), "{lines:?}");
            assert!(lines.iter().any(|(line, _)| line.contains("82\u{a0}%")), "{lines:?}");
            assert!(lines.iter().any(|(line, _)| line.contains("76 to 88")), "{lines:?}");
        }
    }
}
