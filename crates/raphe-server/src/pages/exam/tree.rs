//! The rules of published criteria, drawn as a railway: whoever gets through to the right end has met them.
//!
//! Each rule is a track. Parts that all have to be there stand one behind the other; of parts any one of which is enough, each
//! has a track of its own beside the others. What is there lets the line through, what is not there breaks it, and what nobody
//! looked for leaves it open. A station says so three times: by its shape, by its filling and in words. On a narrow page the
//! tracks run down instead of across. The shape comes from the rules of the base; nothing here knows a sign.
//!
//! Drawn by hand: no chart crate draws a rule, and the picture is mostly words.

use super::super::words::{capital, listed};
use maud::{Markup, html};
use raphe::{
    criteria::{Truth, subject},
    exam::tree::{Branch, Part, Tree, quantity},
    knowledge::Knowledge,
    report::Voice,
};

/// Names of atoms, in one voice.
#[derive(Clone, Copy)]
pub(super) struct Names<'k> {
    pub(super) knowledge: &'k Knowledge,
    pub(super) voice: Voice,
}

impl Names<'_> {
    /// What an atom is called.
    pub(super) fn atom(self, atom: &str) -> String {
        let plain = || capital(&subject(atom).replace('_', " "));
        match self.knowledge.sign(atom) {
            Some(sign) if self.voice == Voice::Clinician => sign.name.clone(),
            Some(sign) => capital(&sign.lay),
            None if quantity(atom).is_some() => {
                let words = atom.replace(">=", "at least").replace("<=", "at most");
                capital(&words.replace('>', "above").replace('<', "below"))
            }
            None if atom == "fact serotonergic_exposure" => {
                "A medicine or drug that raises serotonin".to_owned()
            }
            None => plain(),
        }
    }

    /// What is known of it, in words.
    pub(super) fn known(self, atom: &str, truth: Truth) -> &'static str {
        match (truth, quantity(atom).is_some(), atom.starts_with("fact ")) {
            (Truth::True, true, _) => "it is",
            (Truth::False, true, _) => "it is not",
            (Truth::Unknown, true, _) => "not measured",
            (Truth::True, _, true) => "taken",
            (Truth::False, _, true) => "not taken",
            (Truth::Unknown, _, true) => "not known",
            (Truth::True, ..) => "there",
            (Truth::False, ..) => "not there",
            (Truth::Unknown, ..) => "not examined",
        }
    }
}

/// What a rule comes to, in words.
pub(super) fn rule_word(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "met",
        Truth::Unknown => "open",
        Truth::False => "ruled out",
    }
}

/// What the tree shows, as a sentence.
pub(super) fn sentence(tree: &Tree) -> String {
    let of = |truth: Truth| -> Vec<String> {
        let rules = tree.rules.iter().filter(|rule| rule.branch.truth.min(tree.given.truth) == truth);
        rules.map(|rule| rule.label.clone()).collect()
    };
    let [met, open, out] = [Truth::True, Truth::Unknown, Truth::False].map(of);
    let part = |labels: &[String], what: &str| {
        (!labels.is_empty()).then(|| format!("{what}: {}", listed(labels, "and")))
    };
    let parts: Vec<String> = [part(&met, "met"), part(&open, "still open"), part(&out, "ruled out")]
        .into_iter()
        .flatten()
        .collect();
    format!("Any one rule is enough. {}.", capital(&parts.join("; ")))
}

/// The tree as a nested list, for who does not see it.
pub(super) fn list(tree: &Tree, names: Names<'_>) -> Markup {
    html! {
        ul.tree-list {
            li { "First: " (part(&tree.given, names)) }
            @for rule in &tree.rules {
                @let truth = rule.branch.truth.min(tree.given.truth);
                li { strong { "Rule " (rule.label) ", " (rule_word(truth)) "." } " " (rule.says)
                    ul { (items(&rule.branch, names)) }
                }
            }
        }
    }
}

/// The parts of a rule as list items; of parts that all count, one after the other.
fn items(branch: &Branch, names: Names<'_>) -> Markup {
    match &branch.part {
        Part::All(parts) => html! { @for one in parts { li { (part(one, names)) } } },
        _ => html! { li { (part(branch, names)) } },
    }
}

fn part(branch: &Branch, names: Names<'_>) -> Markup {
    let title = match &branch.part {
        Part::Atom(atom) => {
            return html! { (names.atom(atom)) ": " strong { (names.known(atom, branch.truth)) } };
        }
        Part::All(_) => "All of these:".to_owned(),
        Part::Any(_) => "Any one of these:".to_owned(),
        Part::AtLeast(n, _) => format!("At least {n} of these:"),
        Part::Not(_) => "Not this:".to_owned(),
    };
    html! { (title) ul { @for one in branch.parts() { li { (part(one, names)) } } } }
}

/// Space between stations, and for a line to leave or join.
const GAP: f64 = 18.0;
const FORK: f64 = 14.0;
/// What a narrow page leaves beside the rails.
const SIDE: f64 = 10.0;
/// Height of a line of words, and about the width of a letter.
const LINE: f64 = 17.0;
const LETTER: f64 = 7.3;
/// A station narrower than this can hold no words.
const LEAST: f64 = 150.0;
const WIDEST: f64 = 215.0;
/// The rails at both sides, and what the label of a rule takes.
const RAIL: f64 = 10.0;
const LABEL: f64 = 84.0;

/// Draws a tree for a place so many pixels wide.
pub(super) fn draw(tree: &Tree, names: Names<'_>, width: f64, id: &str) -> Markup {
    let width = if width.is_finite() { width.clamp(240.0, 1100.0) } else { 960.0 };
    let most = tree.rules.iter().map(|rule| in_a_row(&rule.branch)).max().unwrap_or(1) as f64;
    let room = width - 2.0 * RAIL - LABEL - GAP * (most + 1.0) - 4.0 * FORK;
    let station = (room / most).min(WIDEST);
    let pen = if station >= LEAST {
        Pen { names, across: true, station }
    } else {
        Pen { names, across: false, station: 0.0 }
    };
    let inner =
        (RAIL + if pen.across { LABEL } else { SIDE }, width - RAIL - if pen.across { GAP } else { SIDE });
    let given = pen.size(&tree.given, inner.1 - RAIL);
    let mut y = given.1 + 2.0 * GAP;
    let mut tracks = Vec::new();
    for rule in &tree.rules {
        let head = if pen.across { 0.0 } else { LINE + 6.0 };
        let size = pen.size(&rule.branch, inner.1 - inner.0);
        tracks.push((rule, y, head, size));
        y += head + size.1 + if pen.across { GAP } else { GAP + 12.0 };
    }
    let end = y + 8.0;
    let height = end + 2.0 * LINE + 16.0;
    let truth = tree.truth();
    // Where the left rail ends and the right one begins.
    let into =
        tracks.last().map_or(y, |(_, y, _, size)| if pen.across { y + size.1 / 2.0 } else { y + LINE + 1.0 });
    let leaves = |(_, y, head, size): &(_, f64, f64, (f64, f64))| match pen.across {
        true => y + size.1 / 2.0,
        false => y + head + size.1 + 8.0,
    };
    let out_of = tracks.first().map_or(y, leaves);
    // The line is through from the first rule that is met.
    let met =
        tracks.iter().find(|track| track.0.branch.truth.min(tree.given.truth) == Truth::True).map(leaves);
    let waits = if truth == Truth::True { Truth::Unknown } else { truth };
    html! {
        svg.tree xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {width:.0} {height:.0}"))
            width=(format!("{width:.0}")) height=(format!("{height:.0}")) role="img" aria-labelledby=(format!("{id}-title {id}-desc")) {
            title id=(format!("{id}-title")) { (tree.name) }
            desc id=(format!("{id}-desc")) { (sentence(tree)) " The list below says the same." }
            defs {
                pattern id=(format!("{id}-hatch")) width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    path.hatch d="M0 0V7" {}
                }
            }
            (pen.branch(&tree.given, Place { x: RAIL, y: 2.0, w: given.0.min(inner.1 - RAIL), truth: tree.given.truth }, id))
            // From what was taken down along the left, and down along the right to the end.
            (line(tree.given.truth, &format!("M{RAIL} {:.1}V{into:.1}", given.1 + 2.0)))
            (line(waits, &format!("M{:.1} {out_of:.1}V{:.1}", width - RAIL, met.unwrap_or(end))))
            @if let Some(met) = met { (line(truth, &format!("M{:.1} {met:.1}V{end:.1}", width - RAIL))) }
            @for (rule, y, head, size) in &tracks {
                @let truth = rule.branch.truth.min(tree.given.truth);
                g.rule.(class(truth)) {
                    @if pen.across {
                        @let middle = y + size.1 / 2.0;
                        (line(truth, &format!("M{RAIL} {middle:.1}H{:.1}", inner.0)))
                        text.rule-name x=(format!("{:.1}", RAIL + 8.0)) y=(format!("{:.1}", middle - 6.0)) { (rule.label) }
                        text.rule-state x=(format!("{:.1}", RAIL + 8.0)) y=(format!("{:.1}", middle + 16.0)) { (rule_word(truth)) }
                        (pen.branch(&rule.branch, Place { x: inner.0, y: *y, w: size.0, truth }, id))
                        (line(truth, &format!("M{:.1} {middle:.1}H{:.1}", inner.0 + size.0, width - RAIL)))
                    } @else {
                        @let (top, bottom, middle) = (y + head, y + head + size.1, (inner.0 + inner.1) / 2.0);
                        text.rule-name x=(format!("{:.1}", inner.0)) y=(format!("{:.1}", y + 12.0)) {
                            (rule.label) ": " (rule_word(truth))
                        }
                        (line(truth, &format!("M{RAIL} {:.1}H{middle:.1}V{top:.1}", y + LINE + 1.0)))
                        (pen.branch(&rule.branch, Place { x: inner.0, y: top, w: inner.1 - inner.0, truth }, id))
                        (line(truth, &format!("M{middle:.1} {bottom:.1}V{:.1}H{:.1}", bottom + 8.0, width - RAIL)))
                    }
                }
            }
            g.end.(class(truth)) {
                rect x=(format!("{:.1}", width - RAIL - 200.0)) y=(format!("{end:.1}")) width="208" height=(format!("{:.1}", LINE + 14.0)) rx="4" {}
                text x=(format!("{:.1}", width - RAIL - 96.0)) y=(format!("{:.1}", end + 20.5)) text-anchor="middle" {
                    (match truth { Truth::True => "The criteria are met", Truth::Unknown => "Not decided yet", Truth::False => "The criteria are not met" })
                }
            }
        }
    }
}

/// How many stations stand one behind the other, at most.
fn in_a_row(branch: &Branch) -> usize {
    match &branch.part {
        Part::Atom(_) => 1,
        Part::All(parts) => parts.iter().map(in_a_row).sum(),
        _ => branch.parts().iter().map(in_a_row).max().unwrap_or(1),
    }
}

fn class(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "there",
        Truth::Unknown => "open",
        Truth::False => "out",
    }
}

fn line(truth: Truth, path: &str) -> Markup {
    html! { path.track.(class(truth)) d=(path) {} }
}

/// Where a part is drawn, and whether the line that leads to it is through.
#[derive(Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    w: f64,
    truth: Truth,
}

struct Pen<'k> {
    names: Names<'k>,
    across: bool,
    station: f64,
}

impl Pen<'_> {
    /// How much room a part takes where there is so much width.
    fn size(&self, branch: &Branch, width: f64) -> (f64, f64) {
        let parts = branch.parts();
        match &branch.part {
            Part::Atom(atom) => {
                let width = if self.across { self.station } else { width };
                (width, 12.0 + LINE * (self.words(atom, width).len() + 1) as f64)
            }
            Part::All(_) if self.across => {
                let sizes: Vec<_> = parts.iter().map(|part| self.size(part, width)).collect();
                let gaps = GAP * sizes.len().saturating_sub(1) as f64;
                (sizes.iter().map(|size| size.0).sum::<f64>() + gaps, highest(&sizes))
            }
            Part::All(_) => {
                let heights = parts.iter().map(|part| self.size(part, width).1).sum::<f64>();
                (width, heights + GAP * parts.len().saturating_sub(1) as f64)
            }
            _ if self.across => {
                let sizes: Vec<_> = parts.iter().map(|part| self.size(part, width)).collect();
                let widest = sizes.iter().map(|size| size.0).fold(0.0, f64::max);
                let gaps = 8.0 * sizes.len().saturating_sub(1) as f64;
                (widest + 2.0 * FORK, sizes.iter().map(|size| size.1).sum::<f64>() + gaps + self.head(branch))
            }
            _ => {
                let each = self.beside(parts.len(), width);
                let sizes: Vec<_> = parts.iter().map(|part| self.size(part, each)).collect();
                (width, highest(&sizes) + 2.0 * FORK + self.head(branch))
            }
        }
    }

    /// The width of each of several parts beside each other.
    fn beside(&self, count: usize, width: f64) -> f64 {
        (width - 8.0 * count.saturating_sub(1) as f64) / count.max(1) as f64
    }

    /// What the words over a group take: none where any one is enough.
    fn head(&self, branch: &Branch) -> f64 {
        if matches!(branch.part, Part::Any(_)) { 0.0 } else { LINE }
    }

    fn words(&self, atom: &str, width: f64) -> Vec<String> {
        let most = ((width - 20.0) / LETTER).max(6.0) as usize;
        let mut lines: Vec<String> = Vec::new();
        for word in self.names.atom(atom).split_whitespace() {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    fn branch(&self, branch: &Branch, at: Place, id: &str) -> Markup {
        let size = self.size(branch, at.w);
        match &branch.part {
            Part::Atom(atom) => self.station(atom, branch.truth, at, size, id),
            Part::All(parts) if self.across => {
                let mut x = at.x;
                let middle = at.y + size.1 / 2.0;
                let placed: Vec<(f64, (f64, f64), &Branch)> = parts
                    .iter()
                    .map(|part| {
                        let (here, size) = (x, self.size(part, at.w));
                        x += size.0 + GAP;
                        (here, size, part)
                    })
                    .collect();
                html! {
                    @for (place, (x, size, part)) in placed.iter().enumerate() {
                        @if place > 0 { (line(at.truth, &format!("M{:.1} {middle:.1}h{GAP}", x - GAP))) }
                        (self.branch(part, Place { x: *x, y: middle - size.1 / 2.0, w: size.0, ..at }, id))
                    }
                }
            }
            Part::All(parts) => {
                let mut y = at.y;
                let middle = at.x + at.w / 2.0;
                let placed: Vec<(f64, &Branch)> = parts
                    .iter()
                    .map(|part| {
                        let here = y;
                        y += self.size(part, at.w).1 + GAP;
                        (here, part)
                    })
                    .collect();
                html! {
                    @for (place, (y, part)) in placed.iter().enumerate() {
                        @if place > 0 { (line(at.truth, &format!("M{middle:.1} {:.1}v{GAP}", y - GAP))) }
                        (self.branch(part, Place { y: *y, ..at }, id))
                    }
                }
            }
            _ => self.fork(branch, at, size, id),
        }
    }

    /// Parts beside each other: the line forks before them and joins behind.
    fn fork(&self, branch: &Branch, at: Place, size: (f64, f64), id: &str) -> Markup {
        let parts = branch.parts();
        let head = self.head(branch);
        let says = match branch.part {
            Part::AtLeast(n, _) => Some(format!("at least {n} of these")),
            Part::Not(_) => Some("not this".to_owned()),
            _ => None,
        };
        // A part that is there lets the line through where the line came so far.
        let through = |part: &Branch| if head > 0.0 { at.truth } else { part.truth.min(at.truth) };
        let (mut x, mut y) = (at.x, at.y + head);
        let each = self.beside(parts.len(), at.w);
        let mut placed = Vec::new();
        for part in parts {
            let one = self.size(part, if self.across { at.w - 2.0 * FORK } else { each });
            placed.push((part, x, y, one));
            if self.across { y += one.1 + 8.0 } else { x += each + 8.0 }
        }
        let (middle_x, middle_y) = (at.x + at.w / 2.0, at.y + size.1 / 2.0);
        let low = at.y + size.1;
        html! {
            @if let Some(says) = &says {
                text.rule-state x=(format!("{:.1}", at.x + FORK)) y=(format!("{:.1}", at.y + 12.0)) { (says) }
            }
            @for (part, x, y, one) in &placed {
                @let truth = through(part);
                @if self.across {
                    @let (middle, right) = (y + one.1 / 2.0, at.x + size.0);
                    (line(truth, &format!("M{:.1} {middle_y:.1}V{middle:.1}h{FORK}", at.x)))
                    (self.branch(part, Place { x: x + FORK, y: *y, w: one.0, truth }, id))
                    (line(truth, &format!("M{:.1} {middle:.1}H{right:.1}V{middle_y:.1}", x + FORK + one.0)))
                } @else {
                    @let middle = x + each / 2.0;
                    @let top = y + FORK;
                    (line(truth, &format!("M{middle_x:.1} {y:.1}H{middle:.1}v{FORK}")))
                    (self.branch(part, Place { x: *x, y: top, w: each, truth }, id))
                    (line(truth, &format!("M{middle:.1} {:.1}V{low:.1}H{middle_x:.1}", top + one.1)))
                }
            }
        }
    }

    /// One sign: a full box where it is there, a hatched one with cut corners where it is not, a dashed round one where nobody looked.
    fn station(&self, atom: &str, truth: Truth, at: Place, (w, h): (f64, f64), id: &str) -> Markup {
        let Place { x, y, .. } = at;
        let (right, low) = (x + w, y + h);
        let words = self.words(atom, w);
        let middle = x + w / 2.0;
        let cut = 10.0;
        html! {
            g.station.(class(truth)) data-atom=(atom) {
                @match truth {
                    Truth::True => rect x=(format!("{x:.1}")) y=(format!("{y:.1}")) width=(format!("{w:.1}")) height=(format!("{h:.1}")) rx="3" {},
                    Truth::Unknown => rect x=(format!("{x:.1}")) y=(format!("{y:.1}")) width=(format!("{w:.1}")) height=(format!("{h:.1}")) rx="18" {},
                    Truth::False => {
                        @let corners = format!(
                            "M{:.1} {y:.1}H{:.1}L{right:.1} {:.1}V{:.1}L{:.1} {low:.1}H{:.1}L{x:.1} {:.1}V{:.1}Z",
                            x + cut, right - cut, y + cut, low - cut, right - cut, x + cut, low - cut, y + cut
                        );
                        path.shape d=(corners) {}
                        path.shade d=(corners) fill=(format!("url(#{id}-hatch)")) {}
                    }
                }
                @for (place, words) in words.iter().enumerate() {
                    text x=(format!("{middle:.1}")) y=(format!("{:.1}", y + 18.0 + LINE * place as f64)) text-anchor="middle" { (words) }
                }
                text.known x=(format!("{middle:.1}")) y=(format!("{:.1}", low - 8.0)) text-anchor="middle" {
                    (match truth { Truth::True => "✓ ", Truth::False => "✕ ", Truth::Unknown => "? " }) (self.names.known(atom, truth))
                }
            }
        }
    }
}

fn highest(sizes: &[(f64, f64)]) -> f64 {
    sizes.iter().map(|size| size.1).fold(0.0, f64::max)
}
