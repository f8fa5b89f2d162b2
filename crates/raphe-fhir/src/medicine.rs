//! Which medicine a resource means: by code, by reference, by name.
//!
//! Codes of ingredients (RxNorm, ATC, UNII) resolve through the knowledge base; a product resolves by its name
//! ([`Product`]); a Medication resource by its ingredients. A reference to something that is not in the record keeps
//! the name it is shown by. A medicine is never dropped for want of a code.

use crate::{
    json::{self, Text},
    model::{Concept, Identifier, Medicating, Medication, Quantity, Ratio, Reference},
    notices::Notices,
    outline,
    product::{Part, Product, Strength, mass_unit},
};
use raphe::{knowledge::Knowledge, units::Mass};
use std::collections::{BTreeMap, HashMap};

/// Systems of codes for ingredients, with the prefix that the knowledge base knows each by.
const INGREDIENT_SYSTEMS: [(&str, &str); 4] = [
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "rxnorm"),
    ("http://www.whocc.no/atc", "atc"),
    ("http://fdasis.nlm.nih.gov", "unii"),
    ("urn:oid:2.16.840.1.113883.6.73", "atc"),
];

/// Where references lead to.
#[derive(Debug, Default)]
pub(crate) struct Directory<'a> {
    /// Medications by `Medication/id` and by full address.
    medications: BTreeMap<String, Medication<'a>>,
    /// `Type/id` by full address.
    addresses: HashMap<Text<'a>, String>,
}

impl<'a> Directory<'a> {
    /// Remembers where a resource is found.
    pub(crate) fn place(&mut self, address: Text<'a>, local: &str) {
        if !address.is_empty() && *address != *local {
            self.addresses.insert(address, local.to_owned());
        }
    }

    /// Remembers a Medication.
    pub(crate) fn add(&mut self, local: String, medication: Medication<'a>) {
        self.medications.insert(local, medication);
    }

    /// `Type/id` of a reference, as far as it can be told.
    pub(crate) fn local(&self, reference: &str) -> String {
        if let Some(local) = self.addresses.get(reference) {
            return local.clone();
        }
        let plain = reference.split("/_history/").next().unwrap_or(reference);
        let mut parts = plain.rsplit('/');
        match (parts.next(), parts.next()) {
            (Some(id), Some(kind)) if kind.starts_with(|c: char| c.is_ascii_uppercase()) => {
                format!("{kind}/{id}")
            }
            _ => plain.to_owned(),
        }
    }

    fn medication(&self, reference: &str) -> Option<&Medication<'a>> {
        if let Some(found) = self.medications.get(&self.local(reference)) {
            return Some(found);
        }
        // `Medication?identifier=system|value`, as bulk exports write it.
        let (_, query) = reference.split_once("?identifier=")?;
        let (system, value) =
            query.rsplit_once('|').map_or((None, query), |(system, value)| (Some(system), value));
        self.medications.values().find(|medication| {
            medication.identifier.iter().any(|identifier| {
                identifier.value.as_deref() == Some(value)
                    && system.is_none_or(|system| identifier.system.as_deref() == Some(system))
            })
        })
    }
}

/// Products by the codes and words they were read from: a record orders the same a hundred times.
pub(crate) type Products = BTreeMap<String, Product>;

/// The product that a resource is about.
pub(crate) fn read(
    row: &Medicating<'_>,
    directory: &Directory<'_>,
    knowledge: &Knowledge,
    products: &mut Products,
    path: &str,
    notices: &mut Notices,
) -> Product {
    let concept = row.medication_codeable_concept.as_ref();
    let concept = concept.or(row.medication.as_ref().and_then(|pointer| pointer.concept.as_ref()));
    if let Some(concept) = concept.filter(|concept| concept.shown().is_some()) {
        let codes = concept.coding.iter().filter_map(|coding| coding.code.as_deref());
        let written: Vec<&str> = concept.words().chain(codes).collect();
        let product =
            products.entry(written.join("\n")).or_insert_with(|| of_concept(concept, knowledge)).clone();
        if product.loose {
            let shown = concept.shown().unwrap_or_default();
            notices.info(
                path,
                "a known medicine stands among other words",
                "it is read as that medicine",
                &shown,
            );
        }
        return product;
    }
    let reference = row.medication_reference.as_ref();
    let reference = reference.or(row.medication.as_ref().and_then(|pointer| pointer.reference.as_ref()));
    let found = reference.map(|reference| of_reference(reference, row, directory, knowledge, path, notices));
    found.unwrap_or_else(|| {
        let help = "it is kept as an unknown medicine, so exposure is not known";
        notices.warning(path, "a medicine has neither name nor code", help, "");
        unnamed("medicine without a name")
    })
}

fn unnamed(text: &str) -> Product {
    Product { parts: vec![Part { name: text.to_owned(), id: None, strength: None }], ..Product::default() }
}

fn of_reference(
    reference: &Reference<'_>,
    row: &Medicating<'_>,
    directory: &Directory<'_>,
    knowledge: &Knowledge,
    path: &str,
    notices: &mut Notices,
) -> Product {
    let target = reference.reference.as_deref().unwrap_or_default();
    if let Some(inside) = target.strip_prefix('#') {
        for raw in &row.contained {
            let named = outline::resource_type(raw.get()).as_deref() == Some("Medication");
            if named
                && let Ok((medication, _)) = json::salvage::<Medication<'_>>(raw.get())
                && medication.id.as_deref().is_some_and(|id| id.trim_start_matches('#') == inside)
            {
                return of_medication(&medication, directory, knowledge, 0);
            }
        }
    } else if let Some(medication) = directory.medication(target) {
        return of_medication(medication, directory, knowledge, 0);
    }
    let identifier = |identifier: &Identifier<'_>| identifier.value.as_deref().map(str::to_owned);
    let shown = reference.display.as_deref().map(str::to_owned);
    match shown.or_else(|| reference.identifier.as_ref().and_then(identifier)) {
        Some(name) => {
            let help = "the name in the reference is used; its ingredients and strength are not known";
            notices.info(path, "a Medication is not in the record", help, &name);
            Product::read(&name, knowledge)
        }
        None => {
            let help =
                "it is kept as an unknown medicine, so exposure is not known; export the Medications too";
            notices.warning(
                path,
                "a Medication is not in the record and its reference names none",
                help,
                target,
            );
            unnamed(&match target {
                "" => "medicine without a name".to_owned(),
                target => format!("medicine {target}"),
            })
        }
    }
}

fn of_medication(
    medication: &Medication<'_>,
    directory: &Directory<'_>,
    knowledge: &Knowledge,
    depth: usize,
) -> Product {
    let named = medication.code.as_ref().filter(|code| code.shown().is_some());
    let mut product = named.map(|code| of_concept(code, knowledge)).unwrap_or_default();
    let active = medication.ingredient.iter().filter(|part| part.is_active.is_none_or(|active| active.0));
    let mut parts = Vec::new();
    for ingredient in active {
        let strength = ingredient.strength.as_ref().and_then(strength_of);
        let pointer = ingredient.item.as_ref();
        let concept =
            ingredient.item_codeable_concept.as_ref().or(pointer.and_then(|item| item.concept.as_ref()));
        let reference =
            ingredient.item_reference.as_ref().or(pointer.and_then(|item| item.reference.as_ref()));
        let inner = match (concept, reference) {
            (Some(concept), _) => of_concept(concept, knowledge).parts,
            (None, Some(reference)) => {
                let target = reference.reference.as_deref().unwrap_or_default();
                let id = target.trim_start_matches('#');
                let contained = || {
                    medication.contained.iter().find_map(|raw| {
                        let (inner, _) = json::salvage::<Medication<'_>>(raw.get()).ok()?;
                        let same =
                            inner.id.as_deref().is_some_and(|found| found.trim_start_matches('#') == id);
                        same.then(|| inner.code.as_ref().map(|code| of_concept(code, knowledge).parts))?
                    })
                };
                let outside = || {
                    let inner = directory.medication(target).filter(|_| depth < 4)?;
                    Some(of_medication(inner, directory, knowledge, depth + 1).parts)
                };
                let shown = || Some(Product::read(reference.display.as_deref()?, knowledge).parts);
                contained().or_else(outside).or_else(shown).unwrap_or_default()
            }
            (None, None) => Vec::new(),
        };
        parts.extend(inner.into_iter().map(|part| Part { strength: strength.or(part.strength), ..part }));
    }
    // The ingredients say more than the name, unless none of them is known and the name is.
    let known = |parts: &[Part]| parts.iter().any(|part| part.id.is_some());
    if !parts.is_empty() && (known(&parts) || !known(&product.parts)) {
        product.parts = parts;
    }
    if let Some(words) = medication.form.as_ref().and_then(Concept::shown) {
        let (form, route) = Product::form_from(&words);
        product.form = product.form.or(form);
        product.route = product.route.or(route);
    }
    if product.parts.is_empty() {
        return unnamed("medicine without a name");
    }
    product
}

/// The product that a concept names.
pub(crate) fn of_concept(concept: &Concept<'_>, knowledge: &Knowledge) -> Product {
    let by_code = INGREDIENT_SYSTEMS.iter().find_map(|(system, prefix)| {
        concept
            .codes_in(system)
            .find_map(|code| knowledge.find_substance(&format!("{prefix}:{}", code.trim())))
    });
    let mut best: Option<Product> = None;
    for words in concept.words() {
        let product = Product::read(words, knowledge);
        let worth = |product: &Product| {
            let known = product.parts.iter().filter(|part| part.id.is_some()).count();
            let strengths = product.parts.iter().filter(|part| part.strength.is_some()).count();
            (known > 0, known == product.parts.len(), strengths)
        };
        if best.as_ref().is_none_or(|best| worth(&product) > worth(best)) {
            best = Some(product);
        }
    }
    match (by_code, best) {
        (Some(substance), best) => {
            let id = substance.id.clone();
            let best = best.unwrap_or_default();
            // A name that holds the coded substance says more: its strength, and what is combined with it.
            if best.parts.iter().any(|part| part.id.as_deref() == Some(&*id)) {
                return best;
            }
            let strength = match best.parts.as_slice() {
                [one] => one.strength,
                _ => None,
            };
            let part = Part { name: substance.names.inn.clone(), id: Some(id), strength };
            Product { parts: vec![part], ..best }
        }
        (None, Some(best)) => best,
        (None, None) => unnamed(&match concept.coding.first() {
            Some(coding) => {
                let system = coding.system.as_deref().unwrap_or_default();
                let known =
                    INGREDIENT_SYSTEMS.iter().find(|(uri, _)| *uri == system).map(|(_, prefix)| *prefix);
                let code = coding.code.as_deref().unwrap_or_default();
                format!("{} code {code}", known.unwrap_or("medicine"))
            }
            None => "medicine without a name".to_owned(),
        }),
    }
}

/// A strength as a Medication gives it: so much in one piece, or in a volume.
fn strength_of(ratio: &Ratio<'_>) -> Option<Strength> {
    let unit = |quantity: &Quantity<'_>| unit_of(quantity).to_lowercase();
    let numerator = ratio.numerator.as_ref()?;
    let mass = numerator.value?.0 * mass_unit(&unit(numerator))?;
    let (of, per) = match &ratio.denominator {
        Some(denominator) => (denominator.value.map_or(1.0, |value| value.0), unit(denominator)),
        None => (1.0, String::new()),
    };
    if of <= 0.0 || mass <= 0.0 {
        return None;
    }
    let each = Mass::mg(mass / of);
    Some(match per.as_str() {
        "ml" | "milliliter" => Strength::Milliliter(each),
        "l" | "liter" => Strength::Milliliter(Mass::mg(each.as_mg() / 1e3)),
        "h" | "hr" => Strength::Hour(each),
        "d" => Strength::Hour(Mass::mg(each.as_mg() / 24.0)),
        _ => Strength::Piece(each),
    })
}

/// The unit of a quantity: its code where that is of UCUM, else its words, else its code.
pub(crate) fn unit_of<'q>(quantity: &'q Quantity<'_>) -> &'q str {
    let code = quantity.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let unit = quantity.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty());
    let ucum = quantity.system.as_deref().is_some_and(|system| system.contains("unitsofmeasure"));
    match (ucum, code, unit) {
        (true, Some(code), _) | (_, Some(code), None) => code,
        (_, _, Some(unit)) => unit,
        (_, None, None) => "",
    }
}
