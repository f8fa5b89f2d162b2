//! The model for other simulators: SBML level 3 version 2 core.
//!
//! The mathematics is written by the equations themselves: `model::terms`, `model::rates`, `model::outputs` and
//! `model::derive` run over `symbol::Symbol`s instead of numbers, so there is no second copy that could differ. What
//! stands here is what numbers do not say: units, names in words, and what in biology each symbol is about.
//!
//! ```text
//!   inputs       parameters that change, at rest: set them by a rule or an event; u_r follows u by a rule
//!   parameters   constants with their value, meaning and source
//!   derived      constants by initial assignments, so that a changed parameter is followed; trp0, a root, is a number
//!   states       species (µmol/L) where they are chemicals, parameters elsewhere; rate rules
//!   terms        parameters by assignment rules under the names of the equations; outputs are among them
//! ```
//!
//! All compartments are one nominal liter: the equations balance levels in one volume. Hours, micromoles, liters.

mod symbol;
mod xml;

use super::{
    model::{self, Derived, Inputs, Outputs, Parameters, STATE_SYMBOLS, Synapse, Terms},
    people,
};
use crate::{knowledge::Knowledge, lanes::Lane};
use raphe_knowledge::SynapseParameter;
use symbol::{Sheet, Symbol};
use xml::Element;

const CORE: &str = "http://www.sbml.org/sbml/level3/version2/core";
const PURE: &str = "dimensionless";
const LEVEL: &str = "micromolar";
const FLOW: &str = "micromolar_per_hour";
const RATE: &str = "per_hour";
const HOURS: &str = "hour";

/// A symbol that `synapse.toml` does not explain: unit and meaning.
type Meaning = (&'static str, &'static str, &'static str);

/// States, with the compartment of those that are chemicals.
const STATES: [(Meaning, Option<&str>); model::STATES] = [
    (("trp", LEVEL, "tryptophan in the cell"), Some("terminal")),
    (("pool", LEVEL, "tryptophan in the pool of the cell"), Some("terminal")),
    (("htp", LEVEL, "5-hydroxytryptophan in the cell"), Some("terminal")),
    (("c", LEVEL, "serotonin in the cytosol"), Some("terminal")),
    (("v", LEVEL, "serotonin in vesicles"), Some("vesicles")),
    (("e", LEVEL, "serotonin outside the cells of the forebrain"), Some("outside")),
    (("q", LEVEL, "serotonin in glia"), Some("glia")),
    (("hia", LEVEL, "5-hydroxyindoleacetic acid in the brain"), Some("tissue")),
    (("csf", PURE, "5-hydroxyindoleacetic acid in lumbar fluid, over that at rest"), None),
    (("r", PURE, "serotonin around the cell bodies of the raphe, over that at rest"), None),
    (("MA", PURE, "MAO-A that is not destroyed"), None),
    (("MB", PURE, "MAO-B that is not destroyed"), None),
    (("D", PURE, "sensitivity of the raphe 5-HT1A autoreceptor"), None),
    (("P", PURE, "serotonin in platelets, over that at rest"), None),
    (("TP", PURE, "amount of TPH2, over that at rest"), None),
];

const COMPARTMENTS: [(&str, &str, Option<&str>); 5] = [
    ("terminal", "the neuron and its terminal", Some("GO:0005829")),
    ("vesicles", "synaptic vesicles", Some("GO:0008021")),
    ("outside", "outside the cells of the forebrain", Some("GO:0005576")),
    ("glia", "glia", Some("CL:0000125")),
    ("tissue", "brain tissue as a whole", None),
];

const INPUTS: [Meaning; 19] = [
    ("u", PURE, "reuptake inhibitors at the terminals: sum of free level over Ki"),
    ("u_r", PURE, "reuptake inhibitors at the cell bodies: sum of free level over Ki"),
    ("kinactA", RATE, "rate at which MAO-A is destroyed"),
    ("kinactB", RATE, "rate at which MAO-B is destroyed"),
    ("revA", PURE, "reversible inhibitors of MAO-A: sum of level over Ki"),
    ("revB", PURE, "reversible inhibitors of MAO-B: sum of level over Ki"),
    ("mdma", PURE, "releasers: 1 is a clearly effective recreational exposure to MDMA"),
    ("htp_in", FLOW, "5-hydroxytryptophan that enters the terminals"),
    ("tp", LEVEL, "total tryptophan in plasma"),
    ("lnaa", PURE, "amino acids that compete with it, over their fasting value"),
    ("tph_mult", PURE, "what the amount of TPH2 tends to"),
    ("tph_inh", PURE, "inhibitors of synthesis: level over Ki"),
    ("ago1A", PURE, "agonists of 5-HT1A at the cell bodies: level over K"),
    ("ant1A", PURE, "antagonists of 5-HT1A at the cell bodies: level over K"),
    ("fire_ext", PURE, "what else drives firing"),
    ("ago2A", PURE, "agonists at the receiving 5-HT2A: level over K, times efficacy"),
    ("ant2A", PURE, "antagonists at the receiving 5-HT2A: level over K"),
    ("ago1Ap", PURE, "agonists at the receiving 5-HT1A: level over K, times efficacy"),
    ("ant1Ap", PURE, "antagonists at the receiving 5-HT1A: level over K"),
];

const DERIVED: [Meaning; 15] = [
    ("trp0", LEVEL, "tryptophan at rest; the root where entry balances synthesis and removal, so a number"),
    ("htp0", LEVEL, "5-hydroxytryptophan at rest"),
    ("hia0", LEVEL, "5-hydroxyindoleacetic acid at rest"),
    ("k_leak", RATE, "leak out of the cell"),
    ("k_loss", RATE, "loss from outside"),
    ("k_up", RATE, "uptake into glia"),
    ("kmg", RATE, "breakdown in glia"),
    ("rel_v", FLOW, "release from vesicles at rest"),
    ("Km", LEVEL, "half saturation of the serotonin transporter"),
    ("Vs", FLOW, "capacity of the serotonin transporter"),
    ("Vm", FLOW, "capacity of MAO"),
    ("vmatV", FLOW, "capacity of the vesicular transporter"),
    ("Fm", FLOW, "breakdown by MAO at rest; if it is not above zero, no such synapse can be"),
    ("a0", PURE, "activation of the raphe autoreceptor at rest"),
    ("b0", PURE, "activation of the terminal autoreceptor at rest"),
];

const TERMS: [Meaning; 24] = [
    ("x", PURE, "serotonin outside the cells, over that at rest"),
    ("a", PURE, "activation of the raphe 5-HT1A autoreceptor"),
    ("b", PURE, "activation of the terminal 5-HT1B autoreceptor"),
    ("ln_f", PURE, "logarithm of firing"),
    ("f", PURE, "firing of the raphe, over that at rest"),
    ("S", FLOW, "synthesis"),
    ("vin", FLOW, "entry of tryptophan"),
    ("free", PURE, "share of the serotonin transporter that is free"),
    ("sert", FLOW, "transport back into the cell"),
    ("rrp", PURE, "releasable store, over that at rest"),
    ("brake", PURE, "share of release that the terminal autoreceptor lets through, over that at rest"),
    ("rel", FLOW, "release by firing"),
    ("eA", PURE, "activity of MAO-A"),
    ("eB", PURE, "activity of MAO-B"),
    ("mao", FLOW, "breakdown in the neuron"),
    ("maog", FLOW, "breakdown in glia"),
    ("vmat", FLOW, "transport into vesicles"),
    ("jm", FLOW, "reverse transport by releasers"),
    ("vml", FLOW, "what releasers empty from vesicles"),
    ("leak_c", FLOW, "leak out of the cell"),
    ("aadc", FLOW, "5-hydroxytryptophan to serotonin"),
    ("sr", PURE, "transport around the cell bodies, over all removal there at rest"),
    ("glr", PURE, "other removal around the cell bodies, over all removal there at rest"),
    ("Dinf", PURE, "what the sensitivity of the raphe autoreceptor tends to"),
];

/// Outputs that are not terms.
const OUTPUTS: [Meaning; 2] = [
    ("act1A", PURE, "activation of the receiving 5-HT1A receptor"),
    ("act2A", PURE, "activation of the receiving 5-HT2A receptor"),
];

/// What in biology a symbol is about: qualifier and identifiers.
const ABOUT: &[(&str, &[&str], &[&str])] = &[
    ("bqbiol:is", &["trp", "pool"], &["CHEBI:16828"]),
    ("bqbiol:is", &["htp"], &["CHEBI:17780"]),
    ("bqbiol:is", &["c", "v", "e", "q"], &["CHEBI:28790"]),
    ("bqbiol:is", &["hia"], &["CHEBI:27823"]),
    ("bqbiol:isPropertyOf", &["csf"], &["CHEBI:27823"]),
    ("bqbiol:isPropertyOf", &["r", "P", "x", "c0", "v0", "e0", "q0"], &["CHEBI:28790"]),
    ("bqbiol:isPropertyOf", &["tp", "tp0", "trp0"], &["CHEBI:16828"]),
    ("bqbiol:isPropertyOf", &["htp0", "htp_in"], &["CHEBI:17780"]),
    ("bqbiol:isPropertyOf", &["hia0"], &["CHEBI:27823"]),
    ("bqbiol:isPropertyOf", &["TP", "tph", "tph_km", "tph_ki", "tph_mult", "tph_inh"], &["uniprot:Q8IWU9"]),
    ("bqbiol:isPropertyOf", &["aadc_vmax", "aadc_km"], &["uniprot:P20711"]),
    ("bqbiol:isPropertyOf", &["free", "Km", "Vs", "sig", "u", "u_r"], &["uniprot:P31645"]),
    ("bqbiol:isPropertyOf", &["vmatV", "vmat_k", "vfill"], &["uniprot:Q05940"]),
    ("bqbiol:isPropertyOf", &["MA", "eA", "tA", "kinactA", "revA"], &["uniprot:P21397"]),
    ("bqbiol:isPropertyOf", &["MB", "eB", "tB", "kinactB", "revB", "wB", "wBg"], &["uniprot:P27338"]),
    ("bqbiol:isPropertyOf", &["Vm", "mao_km", "mao", "maog"], &["uniprot:P21397", "uniprot:P27338"]),
    (
        "bqbiol:isPropertyOf",
        &[
            "D", "Dinf", "a", "a0", "K1A", "kap", "kap_ant", "tauD", "EC1A", "act1A", "ago1A", "ant1A",
            "ago1Ap", "ant1Ap",
        ],
        &["uniprot:P08908"],
    ),
    ("bqbiol:isPropertyOf", &["b", "b0", "K1B", "kap_b", "kap_s"], &["uniprot:P28222"]),
    ("bqbiol:isPropertyOf", &["EC2A", "act2A", "ago2A", "ant2A"], &["uniprot:P28223"]),
    ("bqbiol:isVersionOf", &["S", "aadc"], &["GO:0042427"]),
    ("bqbiol:isVersionOf", &["sert"], &["GO:0051610"]),
    ("bqbiol:isVersionOf", &["rel"], &["GO:0060096"]),
    ("bqbiol:isVersionOf", &["vmat"], &["GO:0098700"]),
];

/// Terms of the Systems Biology Ontology.
const ONTOLOGY: &[(&str, &[&str])] = &[
    // Maximal velocity, Michaelis constant, inhibitory constant, steady-state constant, rate of reaction.
    ("SBO:0000186", &["tph", "vmax_in", "aadc_vmax", "Vs", "Vm", "vmatV", "md_J"]),
    ("SBO:0000027", &["tph_km", "km_in", "aadc_km", "vmat_k", "mao_km", "md_k", "Km"]),
    ("SBO:0000261", &["tph_ki"]),
    ("SBO:0000193", &["K1A", "K1B", "EC1A", "EC2A"]),
    ("SBO:0000612", &["S", "vin", "sert", "rel", "mao", "maog", "vmat", "jm", "vml", "leak_c", "aadc"]),
    // Kinetic constant.
    (
        "SBO:0000009",
        &["k_pool_in", "k_pool_out", "k_pool_rem", "k_trp_rem", "k_vl", "kb", "k_hia", "k_csf", "k_r"],
    ),
    ("SBO:0000009", &["k_leak", "k_loss", "k_up", "kmg", "kP", "md_vm", "kinactA", "kinactB"]),
];

/// Works the model is made from that are not the source of a single parameter.
const DESCENT: [&str; 2] = ["doi:10.1186/1742-4682-7-34", "doi:10.1186/s12868-020-00587-z"];

/// The model of the typical synapse as an SBML document.
///
/// The same bytes for the same knowledge and version of the program. libSBML finds nothing to say against it.
#[must_use]
pub fn print(knowledge: &Knowledge) -> String {
    let parameters = people::typical(knowledge);
    let values = parameters.values();
    let mut next = values.iter();
    let synapse = Synapse::of(Parameters::each(|_| Lane::all(next.next().copied().unwrap_or(f64::NAN))));
    let first = |lane: &Lane| lane.0[0];

    let sheet = Sheet::default();
    let equations = Equations::over(&sheet);
    let units = units();
    let compartments = COMPARTMENTS.map(|(id, name, of)| {
        element("compartment", id, name, "SBO:0000290")
            .with("spatialDimensions", 3)
            .with("size", 1)
            .with("units", "litre")
            .with("constant", true)
            .all(of.map(|of| annotation(id, &[("bqbiol:is", vec![of.to_owned()])])))
    });
    let rest = synapse.rest();
    let at_rest = STATES.iter().zip(rest.iter().map(first));
    let species = at_rest.clone().filter_map(|(((id, _, name), place), value)| {
        let species = element("species", id, name, "SBO:0000247")
            .with("compartment", place.as_ref()?)
            .with("initialConcentration", value)
            .with("substanceUnits", "micromole")
            .with("hasOnlySubstanceUnits", false)
            .with("boundaryCondition", false)
            .with("constant", false);
        Some(species.all(about(id)))
    });
    let changing = at_rest
        .filter(|((_, place), _)| place.is_none())
        .map(|((meaning, _), value)| parameter(meaning, Some(value), false));
    let inputs = INPUTS.iter().zip(Inputs::REST.values()).map(|(meaning, value)| {
        let follows = meaning.0 == "u_r";
        parameter(meaning, (!follows).then_some(value), false)
    });
    let given = Parameters::<f64>::SYMBOLS.iter().zip(values).map(|(id, value)| given(knowledge, id, value));
    let derived = DERIVED
        .iter()
        .zip(synapse.d.values())
        .map(|(meaning, value)| parameter(meaning, Some(first(&value)), true));
    let terms = TERMS.iter().chain(&OUTPUTS).map(|meaning| parameter(meaning, None, false));

    let starts = equations
        .starts
        .iter()
        .map(|(id, math)| Element::new("initialAssignment").with("symbol", id).and(math.meaning()));
    let assignments = equations
        .assignments
        .iter()
        .map(|(id, math)| Element::new("assignmentRule").with("variable", id).and(math.meaning()));
    let rates = STATE_SYMBOLS
        .iter()
        .zip(&equations.rates)
        .map(|(id, math)| Element::new("rateRule").with("variable", id).and(math.meaning()));

    let model = Element::new("model")
        .with("metaid", "raphe_synapse_meta")
        .with("id", "raphe_synapse")
        .with("name", "A serotonergic synapse: model R")
        .with("sboTerm", "SBO:0000293")
        .with("substanceUnits", "micromole")
        .with("timeUnits", HOURS)
        .with("volumeUnits", "litre")
        .with("extentUnits", "micromole")
        .and(notes(&[
            &format!("Written by raphe {} from the equations that it computes with.", env!("CARGO_PKG_VERSION")),
            "One serotonergic neuron with its terminal in the forebrain and its cell body in the raphe. It starts at rest; \
             inputs are parameters that change, to be set by rules or events. u_r follows u by a rule: replace the rule \
             for a drug that is not everywhere.",
            "The initial assignments follow a change of any parameter but those that move tryptophan at rest (trp0: tph, \
             tph_km, tph_ki, BH4, vmax_in, km_in, tp0, k_pool_in, k_pool_out, k_pool_rem, k_trp_rem); after such a change \
             set trp0 to the root that it is, or let the model run until it rests.",
            "Most parameters are carried over from earlier models or calibrated to measurements in the rat, as the note of each \
             says. Read what comes out as a comparison with the same person without the drugs; absolute levels are nominal, \
             and single digits are not supported by data. It is no medical advice.",
        ]))
        .and(history(knowledge))
        .and(units)
        .and(Element::new("listOfCompartments").all(compartments))
        .and(Element::new("listOfSpecies").all(species))
        .and(Element::new("listOfParameters").all(changing).all(inputs).all(given).all(derived).all(terms))
        .and(Element::new("listOfInitialAssignments").all(starts))
        .and(Element::new("listOfRules").all(assignments).all(rates));
    let document = Element::new("sbml").with("xmlns", CORE).with("level", 3).with("version", 2).and(model);
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document}")
}

/// The equations over symbols.
struct Equations<'s> {
    /// Derived constants and the states at rest.
    starts: Vec<(&'static str, Symbol<'s>)>,
    /// Terms and outputs, in an order in which each uses only those before it.
    assignments: Vec<(&'static str, Symbol<'s>)>,
    /// Of the states, in their order.
    rates: [Symbol<'s>; model::STATES],
}

impl<'s> Equations<'s> {
    fn over(sheet: &'s Sheet) -> Self {
        let synapse =
            Synapse { p: Parameters::each(|id| sheet.name(id)), d: Derived::each(|id| sheet.name(id)) };
        let states = STATE_SYMBOLS.map(|id| sheet.name(id));
        let inputs = Inputs::each(|id| sheet.name(id));

        let derived = model::derive(&synapse.p, sheet.name("trp0"));
        let starts =
            Derived::<f64>::SYMBOLS.iter().copied().zip(derived.values()).filter(|(id, _)| *id != "trp0");
        let starts: Vec<_> = starts.collect();
        for (id, math) in &starts {
            sheet.call(*math, id);
        }
        let starts = starts.into_iter().chain(STATE_SYMBOLS.into_iter().zip(synapse.rest())).collect();

        let terms = model::terms(&states, &inputs, &synapse);
        let mut assignments: Vec<_> = Terms::<f64>::SYMBOLS.iter().copied().zip(terms.values()).collect();
        for (id, math) in &assignments {
            sheet.call(*math, id);
        }
        let terms = Terms::each(|id| sheet.name(id));
        let told =
            Outputs::<f64>::SYMBOLS.iter().copied().zip(model::outputs(&inputs, &synapse, &terms).values());
        assignments.extend(told.filter(|(id, _)| !Terms::<f64>::SYMBOLS.contains(id)));
        assignments.insert(0, ("u_r", sheet.name("u")));
        Self { starts, assignments, rates: model::rates(&states, &inputs, &synapse, &terms) }
    }
}

fn units() -> Element {
    let unit = |kind, exponent: i32, scale: i32, multiplier: u32| {
        Element::new("unit")
            .with("kind", kind)
            .with("exponent", exponent)
            .with("scale", scale)
            .with("multiplier", multiplier)
    };
    let definition = |id, name, parts: Vec<Element>| {
        Element::new("unitDefinition")
            .with("id", id)
            .with("name", name)
            .and(Element::new("listOfUnits").all(parts))
    };
    let (micromole, per_liter) = (|| unit("mole", 1, -6, 1), || unit("litre", -1, 0, 1));
    let per_hour = || unit("second", -1, 0, 3600);
    Element::new("listOfUnitDefinitions").all([
        definition(HOURS, "h", vec![unit("second", 1, 0, 3600)]),
        definition(RATE, "1/h", vec![per_hour()]),
        definition("micromole", "µmol", vec![micromole()]),
        definition(LEVEL, "µM", vec![micromole(), per_liter()]),
        definition(FLOW, "µM/h", vec![micromole(), per_liter(), per_hour()]),
    ])
}

fn element(kind: &'static str, id: &str, name: &str, ontology: &str) -> Element {
    Element::new(kind)
        .with("metaid", format_args!("{id}_meta"))
        .with("id", id)
        .with("name", name)
        .with("sboTerm", ontology)
}

/// The start of a parameter: what it is called and what it is worth.
fn valued((id, unit, name): &(&str, &str, &str), value: Option<f64>, constant: bool) -> Element {
    let mut element =
        Element::new("parameter").with("metaid", format_args!("{id}_meta")).with("id", id).with("name", name);
    if let Some((term, _)) = ONTOLOGY.iter().find(|(_, ids)| ids.contains(id)) {
        element = element.with("sboTerm", term);
    }
    if let Some(value) = value {
        element = element.with("value", value);
    }
    element.with("units", unit).with("constant", constant)
}

fn parameter(meaning: &Meaning, value: Option<f64>, constant: bool) -> Element {
    valued(meaning, value, constant).all(about(meaning.0))
}

/// A parameter of the base: with its source.
fn given(knowledge: &Knowledge, id: &'static str, value: f64) -> Element {
    let enzyme = |enzyme: &str, means| {
        let facts = knowledge.base().enzymes.iter().find(|facts| facts.id == enzyme);
        (means, HOURS, facts.and_then(|facts| facts.recovery_half_life.first()))
    };
    let (means, unit, best) = match id {
        "tA" => enzyme("MAO-A", "half-life of the return of MAO-A"),
        "tB" => enzyme("MAO-B", "half-life of the return of MAO-B"),
        _ => {
            let parameter = knowledge.base().synapse.iter().find(|parameter| parameter.id == id);
            let means = parameter.map_or("", |parameter| parameter.means.as_str());
            (means, parameter.map_or(PURE, unit), parameter.and_then(|parameter| parameter.value.first()))
        }
    };
    let mut qualified = qualified(id);
    let mut element = valued(&(id, unit, means), Some(value), true);
    if let Some(best) = best {
        let reference = knowledge.reference(&best.cite);
        let source = reference.map(|reference| {
            [
                reference.authors.as_str(),
                reference.title.as_str(),
                reference.year.as_deref().unwrap_or_default(),
            ]
            .join(", ")
        });
        let says = [best.note.clone(), source].into_iter().flatten().collect::<Vec<_>>().join("; source: ");
        element = element.and(notes(&[&says]));
        if let Some(doi) = reference.and_then(|reference| reference.doi.as_ref()) {
            qualified.push(("bqbiol:isDescribedBy", vec![format!("doi:{doi}")]));
        }
    }
    if qualified.is_empty() { element } else { element.and(annotation(id, &qualified)) }
}

fn unit(parameter: &SynapseParameter) -> &'static str {
    let written =
        parameter.value.first().and_then(|value| crate::units::split(&value.value, "a number", "0.18").ok());
    match written.map_or("", |written| written.unit) {
        "µM" => LEVEL,
        "µM/h" => FLOW,
        "1/h" => RATE,
        "h" => HOURS,
        _ => PURE,
    }
}

fn notes(paragraphs: &[&str]) -> Element {
    let body = Element::new("body").with("xmlns", "http://www.w3.org/1999/xhtml");
    Element::new("notes").and(body.all(paragraphs.iter().map(|words| Element::new("p").text(words))))
}

type Qualified = (&'static str, Vec<String>);

fn qualified(id: &str) -> Vec<Qualified> {
    let fitting = ABOUT.iter().filter(|(_, ids, _)| ids.contains(&id));
    fitting.map(|(qualifier, _, of)| (*qualifier, of.iter().map(|of| (*of).to_owned()).collect())).collect()
}

fn about(id: &str) -> Option<Element> {
    let qualified = qualified(id);
    (!qualified.is_empty()).then(|| annotation(id, &qualified))
}

fn annotation(id: &str, qualified: &[Qualified]) -> Element {
    described(id, Vec::new(), qualified)
}

/// Who made the model, and what from.
fn history(knowledge: &Knowledge) -> Element {
    let creator = Element::new("rdf:li").with("rdf:parseType", "Resource").and(
        Element::new("vCard:N")
            .with("rdf:parseType", "Resource")
            .and(Element::new("vCard:Family").text("raphe"))
            .and(Element::new("vCard:Given").text(env!("CARGO_PKG_VERSION"))),
    );
    let creator = Element::new("dcterms:creator").and(Element::new("rdf:Bag").and(creator));
    let mut sources: Vec<String> = knowledge
        .base()
        .synapse
        .iter()
        .filter_map(|parameter| parameter.value.first())
        .filter_map(|value| knowledge.reference(&value.cite)?.doi.as_ref())
        .map(|doi| format!("doi:{doi}"))
        .filter(|doi| !DESCENT.contains(&doi.as_str()))
        .collect();
    sources.sort();
    sources.dedup();
    let qualified = [
        ("bqmodel:isDerivedFrom", DESCENT.map(str::to_owned).to_vec()),
        ("bqbiol:isDescribedBy", sources),
        ("bqbiol:hasTaxon", vec!["taxonomy:9606".to_owned()]),
        ("bqbiol:isVersionOf", vec!["GO:0042428".to_owned()]),
    ];
    described("raphe_synapse", vec![creator], &qualified)
}

fn described(id: &str, first: Vec<Element>, qualified: &[Qualified]) -> Element {
    let description =
        Element::new("rdf:Description").with("rdf:about", format_args!("#{id}_meta")).all(first);
    let description = description.all(qualified.iter().map(|(qualifier, of)| {
        let li = |of: &String| {
            Element::new("rdf:li").with("rdf:resource", format_args!("https://identifiers.org/{of}"))
        };
        Element::new(qualifier).and(Element::new("rdf:Bag").all(of.iter().map(li)))
    }));
    let rdf = Element::new("rdf:RDF")
        .with("xmlns:rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#")
        .with("xmlns:dcterms", "http://purl.org/dc/terms/")
        .with("xmlns:vCard", "http://www.w3.org/2001/vcard-rdf/3.0#")
        .with("xmlns:bqbiol", "http://biomodels.net/biology-qualifiers/")
        .with("xmlns:bqmodel", "http://biomodels.net/model-qualifiers/")
        .and(description);
    Element::new("annotation").and(rdf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn symbols(meanings: &[Meaning]) -> Vec<&'static str> {
        meanings.iter().map(|(id, _, _)| *id).collect()
    }

    #[test]
    fn every_symbol_is_explained_in_its_place() {
        assert_eq!(STATES.map(|((id, _, _), _)| id), STATE_SYMBOLS);
        assert_eq!(symbols(&INPUTS), Inputs::<f64>::SYMBOLS);
        assert_eq!(symbols(&DERIVED), Derived::<f64>::SYMBOLS);
        assert_eq!(symbols(&TERMS), Terms::<f64>::SYMBOLS);
        let printed = print(&Knowledge::bundled());
        for ids in ABOUT.iter().map(|(_, ids, _)| ids).chain(ONTOLOGY.iter().map(|(_, ids)| ids)) {
            for id in *ids {
                assert!(printed.contains(&format!(" id=\"{id}\"")), "{id} is no symbol");
            }
        }
    }

    #[test]
    fn what_is_written_down_is_what_is_computed() {
        let parameters = people::typical(&Knowledge::bundled());
        let values = parameters.values();
        let mut next = values.iter();
        let synapse = Synapse::of(Parameters::each(|_| Lane::all(*next.next().expect("as many"))));
        let mut known: BTreeMap<&str, f64> = BTreeMap::new();
        known.extend(Parameters::<f64>::SYMBOLS.iter().copied().zip(values));
        known.extend(Derived::<f64>::SYMBOLS.iter().copied().zip(synapse.d.values().map(|value| value.0[0])));
        let sheet = Sheet::default();
        let equations = Equations::over(&sheet);
        let close = |ours: f64, theirs: f64| (ours - theirs).abs() <= 1e-13 * theirs.abs().max(1e-3);
        for (id, math) in &equations.starts {
            let value = math.value(&|name| known[name]);
            let state = STATE_SYMBOLS.iter().position(|state| state == id);
            let expected = state.map_or_else(|| known[id], |n| synapse.rest()[n].0[0]);
            assert!(close(value, expected), "{id}: {value} {expected}");
        }
        // Away from rest on both sides of every bend.
        for (drugs, fold) in [(0.0, 0.4), (0.7, 1.9), (3.0, 2.4)] {
            let inputs = Inputs::each(|id| {
                Inputs::REST.for_all().get_mut(id).map_or(Lane::ZERO, |rest| *rest + drugs)
            });
            let inputs = Inputs { u_r: inputs.u, ..inputs };
            let states = synapse.rest().map(|state| state * fold);
            known.extend(Inputs::<f64>::SYMBOLS.iter().copied().zip(inputs.values().map(|value| value.0[0])));
            known.extend(STATE_SYMBOLS.iter().copied().zip(states.map(|value| value.0[0])));
            let terms = model::terms(&states, &inputs, &synapse);
            let told = model::outputs(&inputs, &synapse, &terms);
            let mut expected: BTreeMap<&str, f64> = BTreeMap::from([("u_r", drugs)]);
            expected
                .extend(Terms::<f64>::SYMBOLS.iter().copied().zip(terms.values().map(|value| value.0[0])));
            expected
                .extend(Outputs::<f64>::SYMBOLS.iter().copied().zip(told.values().map(|value| value.0[0])));
            for (id, math) in &equations.assignments {
                let value = math.value(&|name| known[name]);
                assert!(close(value, expected[id]), "{id}: {value} {}", expected[id]);
                known.insert(id, value);
            }
            let rates = model::rates(&states, &inputs, &synapse, &terms);
            for ((id, math), rate) in STATE_SYMBOLS.iter().zip(&equations.rates).zip(rates) {
                let (value, rate) = (math.value(&|name| known[name]), rate.0[0]);
                assert!((value - rate).abs() <= 1e-9 * rate.abs().max(1e-3), "{id}: {value} {rate}");
            }
        }
    }
}
