//! All substances by class, with a filter over every name they have.

use crate::desk::Desk;
use maud::{Markup, html};
use raphe::{
    knowledge::{
        Knowledge, key,
        schema::{Effect, Kind, Mechanism, Serotonergic, Substance},
    },
    report::{html::plain, sheet::Subject},
};
use std::collections::BTreeMap;

/// Substances of one class.
struct Group<'k> {
    title: &'k str,
    /// One sentence on what it does, where it is a class of serotonin.
    says: Option<&'k str>,
    members: Vec<&'k Substance>,
}

/// The page; `wanted` is what was searched for without the script.
pub(super) fn page(desk: &Desk, wanted: Option<&str>) -> Markup {
    let knowledge = desk.knowledge();
    let base = knowledge.base();
    let [raise, doubted, others] = shelves(knowledge);
    html! {
        link rel="stylesheet" href="/assets/substances.css";
        (super::shelves::tabs("/substances"))
        form.finder method="post" action="/substances" role="search" {
            (desk.secret())
            div.field {
                label for="name" { "Find by any name" }
                div.line {
                    input #name name="name" type="search" autocomplete="off" spellcheck="false" maxlength="200"
                        value=(wanted.unwrap_or_default()) aria-describedby="name-hint";
                    button { "Search" }
                }
                p.hint #name-hint { "Generic name, brand, or what people call it." }
            }
            p #found role="status" {}
        }
        @if let Some(wanted) = wanted { (found(knowledge, wanted)) }
        p {
            (base.substances.len()) " substances, " (base.references.len()) " sources, knowledge " (base.version) ". "
            "That something is not listed does not mean that it is safe."
        }
        (groups("Raise serotonin, or act like it", &raise))
        (groups("Doubted: named by some regulator or report, with little behind it", &doubted))
        (groups("Do not act on serotonin themselves, but may matter beside what does", &others))
        script src="/assets/substances.js" defer {}
    }
}

fn groups(title: &str, groups: &[Group<'_>]) -> Markup {
    html! {
        section.class-set {
            h2 { (title) }
            @for group in groups {
                section.class {
                    h3 { (capital(group.title)) }
                    @if let Some(says) = group.says { p.hint { (says) } }
                    ul.names { @for item in &group.members { (member(item, group.says.is_none())) } }
                }
            }
        }
    }
}

/// How many brands stand beside a name; the filter knows all of them.
const BRANDS: usize = 3;

fn member(item: &Substance, classed: bool) -> Markup {
    let mut names: Vec<String> = Subject::Substance(item).names().into_iter().skip(2).map(key).collect();
    names.sort_unstable();
    names.dedup();
    let brands: Vec<&str> = item.names.brands.iter().take(BRANDS).map(String::as_str).collect();
    html! {
        li data-names=(names.join(" ")) {
            a href=(format!("/substances/{}", item.id)) { (item.names.inn) }
            @if classed { " " span.quiet { (item.class) } }
            @else if !brands.is_empty() { " " span.quiet { (brands.join(", ")) } }
        }
    }
}

/// First those that raise serotonin, then those of whom it is doubted, by class; then the others, by where they act.
fn shelves(knowledge: &Knowledge) -> [Vec<Group<'_>>; 3] {
    let base = knowledge.base();
    let mut shelves = [Vec::new(), Vec::new(), Vec::new()];
    // What holds by every route and at any dose goes before what holds only by some.
    let classes = |item: &Substance| -> Option<&Mechanism> {
        let always = |effect: &&Effect| effect.routes.is_empty() && effect.above.is_none();
        let (first, then): (Vec<&Effect>, Vec<&Effect>) = item.mechanisms.iter().partition(always);
        let of = |list: &[&Effect], wanted: Serotonergic| {
            let mut classes = list.iter().filter_map(|effect| knowledge.class(&effect.class));
            classes.find(|class| class.serotonergic == wanted)
        };
        [
            (&first, Serotonergic::Yes),
            (&first, Serotonergic::Disputed),
            (&then, Serotonergic::Yes),
            (&then, Serotonergic::Disputed),
        ]
        .into_iter()
        .find_map(|(list, wanted)| of(list, wanted))
    };
    let living = || base.substances.iter().filter(|item| !item.retired);
    for class in &base.mechanisms {
        let members: Vec<&Substance> =
            living().filter(|item| classes(item).is_some_and(|own| own.id == class.id)).collect();
        let shelf = usize::from(class.serotonergic != Serotonergic::Yes);
        if !members.is_empty() {
            shelves[shelf].push(Group { title: &class.name, says: Some(&class.says), members });
        }
    }
    let mut rest: BTreeMap<(usize, &str), Vec<&Substance>> = BTreeMap::new();
    for item in living().filter(|item| classes(item).is_none()) {
        rest.entry(area(item)).or_default().push(item);
    }
    shelves[2].extend(rest.into_iter().map(|((_, title), members)| Group { title, says: None, members }));
    shelves
}

/// Where a substance acts, by the main groups of the WHO's ATC codes, and the place of that group.
fn area(item: &Substance) -> (usize, &'static str) {
    const AREAS: [(char, &str); 14] = [
        ('N', "mind, nerves and pain"),
        ('C', "heart and blood vessels"),
        ('B', "blood"),
        ('J', "infections"),
        ('P', "infections by parasites"),
        ('A', "stomach, gut and metabolism"),
        ('R', "airways, cold and allergy"),
        ('M', "muscles and joints"),
        ('G', "bladder, womb and sex hormones"),
        ('H', "other hormones"),
        ('L', "cancer and immune system"),
        ('D', "skin"),
        ('S', "eyes and ears"),
        ('V', "other medicines"),
    ];
    let letter = item.codes.atc.first().and_then(|code| code.chars().next());
    let place = AREAS.iter().position(|(known, _)| Some(*known) == letter);
    match (place, item.kind) {
        (_, Kind::Metabolite) => (AREAS.len() + 1, "formed in the body"),
        (Some(place), _) => (place, AREAS[place].1),
        (None, _) => (AREAS.len(), "foods, plants and what is taken without a prescription"),
    }
}

/// What a search found, among everything that the base knows.
fn found(knowledge: &Knowledge, wanted: &str) -> Markup {
    let exact = Subject::find(knowledge, wanted);
    let part = key(wanted);
    let holds = |item: &&Substance| {
        part.chars().count() > 1
            && Subject::Substance(item).names().iter().any(|name| key(name).contains(&part))
            && !exact.iter().any(|found| found.id() == item.id)
    };
    let more: Vec<&Substance> = knowledge.base().substances.iter().filter(holds).collect();
    let none = exact.is_empty() && more.is_empty();
    let near = if none { knowledge.suggest_substance(wanted) } else { Vec::new() };
    html! {
        section.note role="status" {
            h2 { "Found" }
            @if wanted.is_empty() {
                p { "Type a name first." }
            } @else if none {
                p { "Nothing here is called “" (plain(wanted)) "”." }
                @if near.is_empty() { p { "Try the generic name, which stands on the box in small letters." } }
                @else { p { "Did you mean one of these?" } }
            }
            ul {
                @for subject in &exact {
                    li { a href=(super::shelves::path(subject)) { (subject.name()) } " " span.quiet { (subject.kind()) } }
                }
                @for item in &more {
                    li { a href=(format!("/substances/{}", item.id)) { (item.names.inn) } " " span.quiet { (item.class) } }
                }
                @for name in &near {
                    @if let Some(item) = knowledge.find_substance(name) {
                        li { a href=(format!("/substances/{}", item.id)) { (name) } " " span.quiet { (item.class) } }
                    }
                }
            }
        }
    }
}

/// With a capital first letter; abbreviations and codes stay as they are.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
