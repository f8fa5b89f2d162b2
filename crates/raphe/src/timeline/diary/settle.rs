//! What the parts of a dose line say together.
//!
//! The walk along the words ([`super::dose`]) leaves an amount, a count, phrases of a schedule, words that were not
//! understood. Here they become one [`DoseLine`], and everything that was filled in, doubtful or not understood is said.

use super::amount::Found;
use super::dose::{Purpose, Reader, Reading, Unwritten, is_joint};
use super::schedule::{self, Part, describe};
use super::words::{Notices, Span, Word, quote};
use crate::timeline::{Amount, Dose, DoseLine, Form, Quantity, Route, Schedule};
use crate::units::{Mass, number};

impl<'a> Reader<'a, '_> {
    /// The dose line; `None`, with a notice, when nothing is named.
    pub(super) fn settle(mut self, purpose: Purpose, notices: &mut Notices) -> Option<Reading> {
        let Some(name) = self.name.clone() else {
            let says = format!("{} names no medicine", quote(self.rest.text));
            notices.error(
                self.rest.trim(),
                says,
                "write the name and the dose, for example `sertraline 50 mg`",
            );
            return None;
        };
        if let Some(word) = several_names(&self.words[name.clone()]) {
            let says = format!("{} may be two medicines", quote(self.span(&name).text));
            notices.warning(word.span, says, "it is read as one name; write a line for each medicine");
        }
        let name = self.span(&name);
        let dose = self.dose(name, purpose, notices);
        let (schedule, most) = self.schedule(purpose, notices);
        let unwritten = Unwritten {
            dose: self.amounts.is_empty(),
            form: self.form.is_none(),
            route: self.route.is_none(),
            schedule: schedule.is_none(),
        };
        let mut line = DoseLine {
            name: name.name(),
            dose,
            form: self.form,
            route: self.route.unwrap_or_else(|| usual_route(self.form)),
            over: self.over,
            schedule,
            up_to: self.up_to.or(most),
            overdose: self.overdose,
        };
        if purpose == Purpose::Start {
            line.schedule = fill_schedule(&line, name, notices);
        }
        self.patch_without_rate(&line, name, notices);
        let leftover = self.report_leftover(purpose, notices);
        let another = self.another.then(|| leftover.join(" "));
        Some(Reading { line, unwritten, another, leftover })
    }

    /// The dose out of an amount and a count of pieces.
    fn dose(&mut self, name: Span<'a>, purpose: Purpose, notices: &mut Notices) -> Dose {
        let found: Vec<Span<'a>> = self.amounts.iter().map(|(_, range)| self.span(range)).collect();
        let text = found.iter().map(|span| span.text).collect::<Vec<_>>().join(" ");
        let unread = |could_mean| Dose::Unread { text: text.clone(), could_mean };
        let whole = self.amounts_span().unwrap_or(name);
        match self.amounts.as_slice() {
            [] => {
                if matches!(purpose, Purpose::Start | Purpose::Take) {
                    let says = format!("no dose is written for {}", quote(name.text));
                    let help =
                        "read as `?`, the usual range; if you know it, write number and unit, as in `50 mg`";
                    notices.warning(name, says, help);
                }
                Dose::Unknown
            }
            [(Found::Unknown, _), ..] => Dose::Unknown,
            [(Found::Unreadable { could_mean, says, help }, _), ..] => {
                notices.error(whole, says.clone(), help.clone());
                unread(*could_mean)
            }
            [(Found::Known { amount: one, .. }, _), (Found::Known { amount: other, .. }, _)] => {
                let help = "write the one dose that was taken, for example `50 mg`";
                notices.error(whole, format!("{} is two doses", quote(&text)), help);
                unread(larger(times(Some(1.0), *one), times(Some(1.0), *other)))
            }
            [(Found::Known { amount, .. }, _), (Found::Pieces(Some(1.0)), _)]
            | [(Found::Pieces(Some(1.0)), _), (Found::Known { amount, .. }, _)] => Dose::Known(*amount),
            [(Found::Known { amount, .. }, _), (Found::Pieces(count), _)]
            | [(Found::Pieces(count), _), (Found::Known { amount, .. }, _)] => {
                notices.error(
                    whole,
                    format!("{} can be read two ways", quote(&text)),
                    several(*count, *amount),
                );
                unread(times(*count, *amount))
            }
            [(Found::Known { amount, .. }, _), (Found::Bare(count), _)]
            | [(Found::Bare(count), _), (Found::Known { amount, .. }, _)] => {
                let count = Some(*count);
                notices.error(
                    whole,
                    format!("{} can be read two ways", quote(&text)),
                    several(count, *amount),
                );
                unread(times(count, *amount))
            }
            [(Found::Known { amount, per_day }, _), ..] => {
                let (amount, per_day) = (*amount, *per_day);
                self.known_dose(amount, per_day, whole, notices).unwrap_or_else(unread)
            }
            [(Found::Pieces(count), _), ..] => {
                let says = format!("{} does not say how much is in one", quote(&text));
                let help = match count {
                    Some(count) => format!("write the strength: `{} x 50 mg`", number(*count)),
                    None => "write how many of what strength, as in `20 x 50 mg`, or `?` if nobody knows"
                        .to_owned(),
                };
                notices.error(whole, says, help);
                unread(None)
            }
            [(Found::Bare(value), range), ..] => {
                let says = format!("{} is a number without a unit", quote(&text));
                notices.error(whole, says, bare_help(*value, range.start == 0));
                unread(None)
            }
        }
    }

    /// A known amount; `Err` with the largest reading when it is a daily total in several doses.
    fn known_dose(
        &mut self,
        amount: Amount,
        per_day: bool,
        found: Span<'a>,
        notices: &mut Notices,
    ) -> Result<Dose, Option<Mass>> {
        if !per_day {
            return Ok(Dose::Known(amount));
        }
        let mass = amount.mass(None, None);
        if self.form == Some(Form::Patch) {
            let hourly = mass.map(|mass| Quantity::MassPerHour(Mass::mg(mass.as_mg() / 24.0)));
            return Ok(Dose::Known(Amount { each: hourly.unwrap_or(amount.each), ..amount }));
        }
        let parts: Vec<Part> = self.parts.iter().map(|(part, _)| part.clone()).collect();
        let several = match schedule::combine(&parts).schedule {
            None | Some(Schedule::TimesADay(1) | Schedule::Nightly) => false,
            Some(Schedule::At(times)) => times.len() > 1,
            Some(_) => true,
        };
        if several {
            let help = "write each dose and how often, for example `150 mg twice daily`";
            notices.error(
                found,
                format!("{} in several doses can be read two ways", quote(found.text)),
                help,
            );
            return Err(mass);
        }
        self.parts.push((Part::Times(1), 0..0));
        Ok(Dose::Known(amount))
    }

    fn schedule(&mut self, purpose: Purpose, notices: &mut Notices) -> (Option<Schedule>, Option<u32>) {
        let mut parts = Vec::new();
        for (part, range) in &self.parts {
            match part {
                Part::Refused(help) => self.refused.push((help, range.clone())),
                part => parts.push((part.clone(), range.clone())),
            }
        }
        let combined = schedule::combine(&parts.iter().map(|(part, _)| part.clone()).collect::<Vec<_>>());
        if let Some(index) = combined.conflict {
            let span = self.span(&parts[index].1);
            let used = combined.schedule.as_ref().map_or(String::new(), describe);
            let says = format!("{} contradicts the schedule before it", quote(span.text));
            notices.warning(span, says, format!("read as {used}; write one schedule a line"));
        }
        if purpose == Purpose::Take && combined.schedule.is_some() {
            let whole = parts
                .iter()
                .find(|(_, range)| !range.is_empty())
                .map_or(self.rest.trim(), |(_, range)| self.span(range));
            let says = format!("a `take` line has no schedule, but {} is one", quote(whole.text));
            let help = "read as a single dose; write `start` for a medicine taken regularly, and the time of a \
                        single dose after the date";
            notices.warning(whole, says, help);
            return (None, None);
        }
        (combined.schedule, combined.up_to)
    }

    fn patch_without_rate(&self, line: &DoseLine, name: Span<'a>, notices: &mut Notices) {
        let Dose::Known(Amount { each: Quantity::Mass(mass), .. }) = line.dose else { return };
        if line.form == Some(Form::Patch) {
            let says = format!("a patch gives its medicine at a rate, and `{mass}` is none");
            notices.warning(
                name,
                says,
                format!("write what it gives in a time: `{mass}/h patch` or `{mass}/24 h patch`"),
            );
        }
    }

    /// Reports what was not understood; the texts.
    fn report_leftover(&self, purpose: Purpose, notices: &mut Notices) -> Vec<String> {
        for (help, range) in &self.refused {
            let span = self.span(range);
            notices.warning(span, format!("{} is not read", quote(span.text)), *help);
        }
        for range in &self.limits {
            let span = self.span(range);
            let help = match purpose {
                Purpose::Take => "write a line for each dose",
                _ => "write a `stop` line for the day it ended",
            };
            notices.warning(span, format!("{} is not read", quote(span.text)), help);
        }
        let runs: Vec<Span<'a>> = self.runs().iter().map(|run| self.span(run)).collect();
        for span in &runs {
            let says = format!("{} was not understood", quote(span.text));
            match self.another {
                true => notices.error(*span, says, "write one medicine and one dose a line"),
                false => notices.warning(*span, says, "write what the line cannot say after `;`"),
            }
        }
        let refused = self.refused.iter().map(|(_, range)| self.span(range));
        runs.iter().copied().chain(refused).map(|span| span.text.to_owned()).collect()
    }
}

/// The word that makes two names of one, if there is one.
fn several_names<'w, 'a>(name: &'w [Word<'a>]) -> Option<&'w Word<'a>> {
    let (_, inner) = name.split_last()?;
    inner.iter().find(|word| word.comma || is_joint(word))
}

/// The mass of so many, at least of one.
fn times(count: Option<f64>, amount: Amount) -> Option<Mass> {
    let mass = matches!(amount.each, Quantity::Mass(_)).then(|| amount.mass(None, None)).flatten()?;
    Some(Mass::mg(mass.as_mg() * count.unwrap_or(1.0).max(1.0)))
}

/// The larger mass, as far as they are known.
fn larger(one: Option<Mass>, other: Option<Mass>) -> Option<Mass> {
    [one, other].into_iter().flatten().max_by(|a, b| a.as_mg().total_cmp(&b.as_mg()))
}

/// What to write for an amount and a count.
fn several(count: Option<f64>, amount: Amount) -> String {
    let Some(count) = count.map(number) else {
        return "write how many of what strength, as in `20 x 50 mg`, or `?` if nobody knows".to_owned();
    };
    match amount.each {
        Quantity::Mass(each) if amount.count == 1.0 => {
            format!("write `{count} x {each}`, or `{each}` if that is all of it")
        }
        _ => format!("write the number and the strength of each, for example `{count} x 50 mg`"),
    }
}

/// What to write for a number without a unit.
fn bare_help(value: f64, leads: bool) -> String {
    let value = number(value);
    match leads {
        true => format!(
            "write the unit, `{value} mg`, or the strength of so many pieces, as in `{value} x 50 mg`"
        ),
        false => format!(
            "a number alone is dangerous, {value} mg and {value} g differ a thousandfold: write `{value} mg` if you mean that"
        ),
    }
}

/// The route of a form, where none is written.
fn usual_route(form: Option<Form>) -> Route {
    match form {
        Some(Form::Patch) => Route::Transdermal,
        Some(Form::Depot) => Route::Im,
        Some(Form::ExtendedRelease | Form::Liquid) | None => Route::Oral,
    }
}

/// The schedule of a `start` line that may have none.
pub(super) fn fill_schedule(line: &DoseLine, name: Span<'_>, notices: &mut Notices) -> Option<Schedule> {
    if line.schedule.is_some() {
        return line.schedule.clone();
    }
    let rate = matches!(line.dose, Dose::Known(Amount { each: Quantity::MassPerHour(_), .. }));
    let says = format!("no schedule is written for {}", quote(name.text));
    match line.form {
        Some(Form::Patch) => Some(Schedule::Continuous),
        _ if rate && line.over.is_none() => Some(Schedule::Continuous),
        Some(Form::Depot) => {
            notices.warning(name, says, "read as one injection; write for example `every 4 weeks`");
            None
        }
        _ => {
            notices.info(
                name,
                says,
                "read as once daily; write for example `daily`, `twice daily` or `nightly`",
            );
            Some(Schedule::TimesADay(1))
        }
    }
}
