//! What a product's name says: its active ingredients, how much of each, its form.
//!
//! ```text
//! acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet      two ingredients
//! 24 HR venlafaxine 75 MG Extended Release Oral Capsule [Effexor]      one, extended release
//! 72 HR fentanyl 0.025 MG/HR Transdermal System                        one, at a rate
//! ```
//!
//! RxNorm codes of products say nothing by themselves, but their names follow one pattern; package names elsewhere follow
//! it loosely. What is left of a name when strength, salt and form are taken off is looked up in the knowledge base. A
//! name that is not found there stays a named, unknown medicine.

use raphe::{
    knowledge::Knowledge,
    timeline::{Form, Route},
    units::Mass,
};

/// What one piece, or a volume, or an hour holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Strength {
    /// In a tablet, a capsule, an ampule.
    Piece(Mass),
    /// In a milliliter.
    Milliliter(Mass),
    /// Given in an hour.
    Hour(Mass),
}

/// One active ingredient.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// The name to show: of a known substance its own, else as written.
    pub(crate) name: String,
    /// Id in the knowledge base.
    pub(crate) id: Option<String>,
    /// How much of it.
    pub(crate) strength: Option<Strength>,
}

/// A product.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Product {
    /// Its active ingredients, at least one.
    pub(crate) parts: Vec<Part>,
    /// Its form, where it matters.
    pub(crate) form: Option<Form>,
    /// The route that its form stands for.
    pub(crate) route: Option<Route>,
    /// Whether its ingredients were found among other words.
    pub(crate) loose: bool,
}

/// Words of a form: what they say of form and route.
const FORMS: &[(&str, Option<Form>, Option<Route>)] = &[
    ("extended release suspension", Some(Form::Depot), Some(Route::Im)),
    ("extended release injectable", Some(Form::Depot), Some(Route::Im)),
    ("extended release", Some(Form::ExtendedRelease), None),
    ("prolonged release", Some(Form::ExtendedRelease), None),
    ("prolonged-release", Some(Form::ExtendedRelease), None),
    ("modified release", Some(Form::ExtendedRelease), None),
    ("modified-release", Some(Form::ExtendedRelease), None),
    ("sustained release", Some(Form::ExtendedRelease), None),
    ("slow release", Some(Form::ExtendedRelease), None),
    ("controlled release", Some(Form::ExtendedRelease), None),
    ("24 hr", Some(Form::ExtendedRelease), None),
    ("12 hr", Some(Form::ExtendedRelease), None),
    ("transdermal", Some(Form::Patch), Some(Route::Transdermal)),
    ("patch", Some(Form::Patch), Some(Route::Transdermal)),
    ("depot", Some(Form::Depot), Some(Route::Im)),
    ("oral solution", Some(Form::Liquid), Some(Route::Oral)),
    ("oral suspension", Some(Form::Liquid), Some(Route::Oral)),
    ("syrup", Some(Form::Liquid), Some(Route::Oral)),
    ("elixir", Some(Form::Liquid), Some(Route::Oral)),
    ("oral liquid", Some(Form::Liquid), Some(Route::Oral)),
    ("nasal", None, Some(Route::Intranasal)),
    ("inhal", None, Some(Route::Inhaled)),
    ("rectal", None, Some(Route::Rectal)),
    ("suppositor", None, Some(Route::Rectal)),
    ("sublingual", None, Some(Route::Sublingual)),
    ("buccal", None, Some(Route::Buccal)),
    ("intramuscular", None, Some(Route::Im)),
    ("subcutaneous", None, Some(Route::Subcutaneous)),
    ("auto-injector", None, Some(Route::Subcutaneous)),
    ("intravenous", None, Some(Route::Iv)),
    ("infusion", None, Some(Route::Iv)),
    ("injection", None, Some(Route::Iv)),
    ("injectable", None, Some(Route::Iv)),
    ("prefilled syringe", None, Some(Route::Iv)),
];

/// Words that end a name and are not part of it: forms and the like.
const TAIL: &[&str] = &[
    "tablet",
    "tablets",
    "tab",
    "tabs",
    "capsule",
    "capsules",
    "cap",
    "caps",
    "pill",
    "pills",
    "oral",
    "solution",
    "suspension",
    "syrup",
    "elixir",
    "liquid",
    "drops",
    "extended",
    "prolonged",
    "modified",
    "sustained",
    "slow",
    "controlled",
    "delayed",
    "immediate",
    "release",
    "xr",
    "er",
    "sr",
    "xl",
    "mr",
    "cr",
    "la",
    "injection",
    "injectable",
    "infusion",
    "patch",
    "patches",
    "transdermal",
    "system",
    "cream",
    "ointment",
    "gel",
    "spray",
    "nasal",
    "inhaler",
    "inhalation",
    "powder",
    "suppository",
    "suppositories",
    "sublingual",
    "buccal",
    "film",
    "film-coated",
    "coated",
    "chewable",
    "effervescent",
    "disintegrating",
    "orodispersible",
    "dispersible",
    "product",
    "pack",
    "ampoule",
    "ampoules",
    "vial",
    "prefilled",
    "syringe",
    "for",
    "product)",
    "(product)",
    "(medication)",
    "(substance)",
    "(medicinal",
    "topical",
    "ophthalmic",
    "otic",
    "vaginal",
    "lotion",
    "granules",
    "sachet",
    "kit",
];

/// Words behind a name that say its salt, beside those that the knowledge base takes off.
const SALTS: &[&str] = &[
    "hydrochloride",
    "hydrobromide",
    "dihydrochloride",
    "monohydrate",
    "dihydrate",
    "anhydrous",
    "maleate",
    "mesylate",
    "citrate",
    "sulfate",
    "sulphate",
    "succinate",
    "tartrate",
    "bitartrate",
    "fumarate",
    "oxalate",
    "sodium",
    "potassium",
    "calcium",
    "phosphate",
    "besylate",
    "acetate",
    "chloride",
    "hcl",
    "hbr",
    "lactate",
    "nitrate",
    "gluconate",
    "pamoate",
    "tosylate",
    "decanoate",
    "carbonate",
    "hemihydrate",
    "trihydrate",
    "magnesium",
];

impl Product {
    /// Reads the name of a product.
    pub(crate) fn read(text: &str, knowledge: &Knowledge) -> Self {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (plain, brand) = without_brand(&text);
        let lower = plain.to_lowercase();
        let (form, route) = form_of(&lower);
        if plain.contains('{') {
            return Self { parts: named_inside(&text, knowledge), form, route, loose: true };
        }
        let whole = Part::find(plain.trim(), None, knowledge);
        if whole.id.is_some() {
            return Self { parts: vec![whole], form, route, loose: false };
        }
        let (plain, volume) = without_lead(&plain);
        let pieces = pieces(&plain, knowledge);
        let mut parts: Vec<Part> =
            pieces.iter().filter_map(|piece| Part::read(piece, volume, knowledge)).collect();
        if let (true, Some(brand)) = (parts.iter().all(|part| part.id.is_none()), &brand) {
            let branded = Part::find(brand, None, knowledge);
            if branded.id.is_some() {
                let strength = parts.first().and_then(|part| part.strength);
                parts = vec![Part { strength, ..branded }];
            }
        }
        let mut loose = false;
        if parts.iter().all(|part| part.id.is_none()) {
            let inside = named_inside(&text, knowledge);
            loose = inside.iter().any(|part| part.id.is_some());
            if loose {
                let strength = match (parts.as_slice(), inside.len()) {
                    ([one], 1) => one.strength,
                    _ => None,
                };
                parts = inside.into_iter().map(|part| Part { strength, ..part }).collect();
            }
        }
        if parts.is_empty() {
            parts.push(Part { name: text.clone(), id: None, strength: None });
        }
        Self { parts, form, route, loose }
    }

    /// What the words of a form say.
    pub(crate) fn form_from(text: &str) -> (Option<Form>, Option<Route>) {
        form_of(&text.to_lowercase())
    }
}

impl Part {
    /// `venlafaxine 75 MG Extended Release Oral Capsule`.
    fn read(text: &str, volume: Option<f64>, knowledge: &Knowledge) -> Option<Self> {
        let (name, strength) = match strength_in(text) {
            Some((start, strength)) => (&text[..start], strength),
            None => (text, None),
        };
        let strength = match (strength, volume) {
            // `2 ML ondansetron 2 MG/ML`: an ampule of two milliliters.
            (Some(Strength::Milliliter(mass)), Some(volume)) if volume <= 50.0 => {
                Some(Strength::Piece(Mass::mg(mass.as_mg() * volume)))
            }
            (strength, _) => strength,
        };
        let mut words: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
        while words.len() > 1 && words.last().is_some_and(|word| TAIL.contains(&word.to_lowercase().as_str()))
        {
            words.pop();
        }
        let lead = words.iter().take_while(|word| TAIL.contains(&word.to_lowercase().as_str())).count();
        let words = &words[if lead < words.len() { lead } else { 0 }..];
        let name = words.join(" ");
        let open = name.rfind(" (").filter(|at| !name[*at..].contains(')'));
        let name = name[..open.unwrap_or(name.len())].trim_matches([',', '.', ':', '-', ' ']);
        (!name.is_empty()).then(|| Self::find(name, strength, knowledge))
    }

    /// A name looked up, without its salt where need be.
    pub(crate) fn find(name: &str, strength: Option<Strength>, knowledge: &Knowledge) -> Self {
        let mut rest = name;
        loop {
            // A colon would make a code of it.
            if !rest.contains(':')
                && let Some(substance) = knowledge.find_substance(rest)
            {
                return Self { name: substance.names.inn.clone(), id: Some(substance.id.clone()), strength };
            }
            match rest.rsplit_once(' ') {
                Some((before, salt)) if SALTS.contains(&salt.to_lowercase().as_str()) => rest = before,
                _ => return Self { name: name.to_owned(), id: None, strength },
            }
        }
    }
}

/// `tramadol 50 MG Oral Tablet` and `Ultram` of `tramadol 50 MG Oral Tablet [Ultram]`.
fn without_brand(text: &str) -> (String, Option<String>) {
    match (text.find('['), text.rfind(']')) {
        (Some(start), Some(end)) if start < end => {
            let plain = format!("{}{}", &text[..start], &text[end + 1..]);
            (plain.trim().to_owned(), Some(text[start + 1..end].trim().to_owned()))
        }
        _ => (text.to_owned(), None),
    }
}

/// The name without what RxNorm writes before it, and the volume of one piece.
fn without_lead(text: &str) -> (String, Option<f64>) {
    let words: Vec<&str> = text.split(' ').collect();
    let (mut at, mut volume) = (0, None);
    while at < words.len() {
        let unit = words.get(at + 1).map_or(String::new(), |word| word.to_lowercase());
        match words[at].parse::<f64>() {
            Ok(number) if matches!(unit.as_str(), "hr" | "actuat" | "ml" | "month" | "day") => {
                if unit == "ml" {
                    volume = Some(number);
                }
                at += 2;
            }
            Err(_) if words[at].starts_with("NDA") && words[at].len() > 3 => at += 1,
            Err(_) if words[at].eq_ignore_ascii_case("abuse-deterrent") => at += 1,
            _ => break,
        }
    }
    (words[at.min(words.len())..].join(" "), volume)
}

/// The parts of a combination.
fn pieces(text: &str, knowledge: &Knowledge) -> Vec<String> {
    let split = |separator: &str| -> Vec<String> {
        text.split(separator)
            .map(|piece| without_lead(piece.trim()).0)
            .filter(|piece| !piece.is_empty())
            .collect()
    };
    if text.contains(" / ") {
        return split(" / ");
    }
    // Other joints stand in names as well, so they count only between things that are known.
    for separator in [" + ", " and ", " & ", " with ", "/", ", "] {
        let pieces = split(separator);
        let known = |piece: &String| Part::read(piece, None, knowledge).is_some_and(|part| part.id.is_some());
        let sure = if separator == ", " { pieces.iter().all(known) } else { pieces.iter().any(known) };
        if pieces.len() > 1 && sure && pieces.iter().all(|piece| named(piece)) {
            return pieces;
        }
    }
    vec![text.to_owned()]
}

/// Whether a piece begins with a name, not with a number or a unit.
fn named(piece: &str) -> bool {
    let word = piece.split(' ').next().unwrap_or_default();
    let letters = word.chars().count() >= 4 && word.chars().all(|c| c.is_alphabetic() || c == '-');
    letters && crate::timing::hours_in(word).is_none() && mass_unit(&word.to_lowercase()).is_none()
}

/// The substances that a text names among other words.
fn named_inside(text: &str, knowledge: &Knowledge) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut names = knowledge.names_in(text);
    if names.is_empty() {
        names = knowledge.names_in(&text.replace(['-', '/', '+', '{', '}'], " "));
    }
    for name in names {
        let part = Part::find(&name, None, knowledge);
        if !parts.iter().any(|known| known.id == part.id) {
            parts.push(part);
        }
    }
    match parts.is_empty() {
        true => vec![Part { name: text.to_owned(), id: None, strength: None }],
        false => parts,
    }
}

fn form_of(lower: &str) -> (Option<Form>, Option<Route>) {
    let mut form = None;
    let mut route = None;
    for (words, says, by) in FORMS {
        if lower.contains(words) {
            form = form.or(*says);
            route = route.or(*by);
        }
    }
    (form, route)
}

/// Where a strength begins, and what it says; `None` inside where its unit is no mass.
fn strength_in(text: &str) -> Option<(usize, Option<Strength>)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let begins = bytes[at].is_ascii_digit() && (at == 0 || matches!(bytes[at - 1], b' ' | b'('));
        if !begins {
            at += 1;
            continue;
        }
        let rest = &text[at..];
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(rest.len());
        let unit = rest[digits..].trim_start().to_lowercase();
        if let Some(strength) = measured(&rest[..digits], &unit) {
            return Some((at, strength));
        }
        at += digits.max(1);
    }
    None
}

/// Units of mass in milligrams.
pub(crate) fn mass_unit(unit: &str) -> Option<f64> {
    Some(match unit {
        "mg" | "milligram" | "milligrams" => 1.0,
        "g" | "gram" | "grams" | "gm" => 1e3,
        "mcg" | "ug" | "µg" | "μg" | "microgram" | "micrograms" => 1e-3,
        "ng" | "nanogram" | "nanograms" => 1e-6,
        "kg" => 1e6,
        _ => return None,
    })
}

/// What a number and the unit behind it say; `Some(None)` for a strength that is no mass.
fn measured(digits: &str, unit: &str) -> Option<Option<Strength>> {
    let end = unit.find(|c: char| !(c.is_alphabetic() || c == '%')).unwrap_or(unit.len());
    let (first, rest) = unit.split_at(end);
    let number: f64 = digits.replace(',', "").parse().ok()?;
    let Some(factor) = mass_unit(first) else {
        let other =
            matches!(first, "unt" | "iu" | "units" | "unit" | "meq" | "mmol" | "%" | "ml" | "ppm" | "actuat");
        return other.then_some(None);
    };
    let mass = Mass::mg(number * factor);
    let Some(per) = rest.trim_start().strip_prefix('/') else { return Some(Some(Strength::Piece(mass))) };
    let per = per.trim_start();
    let digits = per.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(per.len());
    let of: f64 = if digits == 0 { 1.0 } else { per[..digits].parse().ok()? };
    let unit: String = per[digits..].trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    let each = Mass::mg(mass.as_mg() / of);
    Some(match unit.as_str() {
        _ if of <= 0.0 => None,
        "ml" | "milliliter" => Some(Strength::Milliliter(each)),
        "hr" | "h" | "hour" => Some(Strength::Hour(each)),
        "actuat" | "spray" | "dose" | "tablet" | "tab" | "capsule" => Some(Strength::Piece(each)),
        "d" | "day" => Some(Strength::Hour(Mass::mg(each.as_mg() / 24.0))),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::LazyLock;

    static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(Knowledge::bundled);

    fn parts(text: &str) -> Vec<(String, Option<String>, Option<Strength>)> {
        let product = Product::read(text, &KNOWLEDGE);
        product.parts.into_iter().map(|part| (part.name, part.id, part.strength)).collect()
    }

    #[test]
    fn products_resolve_to_ingredient_and_strength() {
        let piece = |mg| Some(Strength::Piece(Mass::mg(mg)));
        for (text, id, strength) in [
            ("Sertraline 50 MG Oral Tablet", "sertraline", piece(50.0)),
            ("sertraline", "sertraline", None),
            ("sertraline hydrochloride 25 MG Oral Tablet [Zoloft]", "sertraline", piece(25.0)),
            ("24 HR venlafaxine 75 MG Extended Release Oral Capsule", "venlafaxine", piece(75.0)),
            ("tramadol hydrochloride 50 MG Oral Tablet [Ultram]", "tramadol", piece(50.0)),
            ("Ultram", "tramadol", None),
            ("Zoloft 50mg tablets", "sertraline", piece(50.0)),
            ("sertraline 20 MG/ML Oral Solution", "sertraline", Some(Strength::Milliliter(Mass::mg(20.0)))),
            ("2 ML ondansetron 2 MG/ML Injection", "ondansetron", piece(4.0)),
            (
                "72 HR fentanyl 0.025 MG/HR Transdermal System",
                "fentanyl",
                Some(Strength::Hour(Mass::mg(0.025))),
            ),
            (
                "Fentanyl 25 micrograms/hour transdermal patches",
                "fentanyl",
                Some(Strength::Hour(Mass::mg(0.025))),
            ),
            ("0.5 ML sumatriptan 12 MG/ML Auto-Injector", "sumatriptan", piece(6.0)),
            (
                "Fentanyl 25mcg/hour Patch, Extended Release (Apotex)",
                "fentanyl",
                Some(Strength::Hour(Mass::mg(0.025))),
            ),
            ("Form Oxycodone 5 mg", "oxycodone", piece(5.0)),
            ("Citalopram 10mg/5ml oral solution", "citalopram", Some(Strength::Milliliter(Mass::mg(2.0)))),
            ("tramadol hydrochloride anhydrous 50 MG", "tramadol", piece(50.0)),
        ] {
            assert_eq!(
                parts(text).into_iter().map(|(_, id, strength)| (id, strength)).collect::<Vec<_>>(),
                [(Some(id.to_owned()), strength)],
                "{text}"
            );
        }
    }

    #[test]
    fn a_combination_is_each_of_its_ingredients() {
        for text in [
            "acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet",
            "Acetaminophen 325 MG / Oxycodone Hydrochloride 5 MG Oral Tablet [Percocet]",
            "oxycodone and acetaminophen",
        ] {
            let mut ids: Vec<Option<String>> = parts(text).into_iter().map(|(_, id, _)| id).collect();
            ids.sort();
            assert_eq!(ids, [Some("oxycodone".to_owned()), Some("paracetamol".to_owned())], "{text}");
        }
        let strengths: Vec<_> =
            parts("acetaminophen 37.5 MG / tramadol 325 MG").into_iter().map(|part| part.2).collect();
        assert_eq!(
            strengths,
            [Some(Strength::Piece(Mass::mg(37.5))), Some(Strength::Piece(Mass::mg(325.0)))]
        );
    }

    #[test]
    fn an_unknown_one_keeps_its_name() {
        for (text, name) in [
            ("rosuvastatin 10 MG Oral Tablet", "rosuvastatin"),
            ("NDA020503 200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler", "albuterol"),
            (
                "insulin isophane, human 70 UNT/ML / insulin, regular, human 30 UNT/ML Injectable Suspension",
                "insulin isophane, human",
            ),
            ("Penicillin V Potassium 250 MG Oral Tablet", "Penicillin V Potassium"),
            ("Glass of water and a walk", "Glass of water and a walk"),
            ("Simple linctus", "Simple linctus"),
            ("tablet", "tablet"),
            ("5", "5"),
        ] {
            let found = parts(text);
            assert_eq!((found[0].0.as_str(), &found[0].1), (name, &None), "{text}");
        }
    }

    #[test]
    fn the_form_says_how_it_is_taken() {
        let form = |text| (Product::read(text, &KNOWLEDGE).form, Product::read(text, &KNOWLEDGE).route);
        assert_eq!(
            form("24 HR venlafaxine 75 MG Extended Release Oral Capsule").0,
            Some(Form::ExtendedRelease)
        );
        assert_eq!(
            form("fentanyl 0.1 MG/HR Transdermal System"),
            (Some(Form::Patch), Some(Route::Transdermal))
        );
        assert_eq!(form("Ibuprofen 20 MG/ML Oral Suspension").0, Some(Form::Liquid));
        assert_eq!(form("Sumatriptan 20 MG Nasal Spray").1, Some(Route::Intranasal));
        assert_eq!(form("Sertraline 50 MG Oral Tablet"), (None, None));
    }

    #[test]
    fn any_text_gives_at_least_one_part() {
        for text in [
            "",
            " ",
            "[",
            "]",
            "[]",
            "{",
            "/",
            " / ",
            "1",
            "1 MG",
            "1 MG/",
            "1 MG/0 ML",
            "µ 1 µg",
            "ß/ß and ß",
            "1,,, MG",
        ] {
            assert!(!Product::read(text, &KNOWLEDGE).parts.is_empty(), "{text}");
        }
    }
}
