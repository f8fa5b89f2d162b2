//! Who it is: a Patient with what the profile says, and no more.

use super::{
    bundle::{Writing, to, unknown},
    codes::{CATEGORY, DIARY, LOINC, coding, concept, named, quantity, words},
    model::{Address, Concept, Extension, Observation, Patient, Quantity, Resource},
};
use raphe::timeline::{Person, Sex, Timeline, Weight};

const ZONE: &str = "http://hl7.org/fhir/StructureDefinition/timezone";

impl Writing<'_> {
    /// Writes a whole diary: the person, the medicines, everything else.
    pub(super) fn of_diary(&mut self, timeline: &Timeline) {
        let person = &timeline.person;
        let zone = person.zone.as_ref().and_then(|zone| zone.iana_name());
        let zone = zone.map(|name| Extension {
            url: ZONE.to_owned(),
            value_code: Some(name.to_owned()),
            value_decimal: None,
        });
        let patient = Patient {
            id: None,
            extension: zone.into_iter().collect(),
            gender: person.sex.map(|sex| if sex == Sex::Female { "female" } else { "male" }.to_owned()),
            birth_date: person.born.map(born),
            address: person
                .country
                .iter()
                .map(|country| Address { country: Some(country.clone()) })
                .collect(),
        };
        self.subject = Some(to(&self.add(Resource::Patient(patient))));
        self.profile(person);
        self.medicines(timeline);
        self.events(timeline);
    }

    /// Refers to the person of a record; one who is not named there is a Patient without data.
    pub(super) fn of_record(&mut self, patient: Option<&str>) {
        self.subject = Some(match patient {
            Some(patient) => to(patient),
            None => to(&self.add(Resource::Patient(Patient::default()))),
        });
    }

    fn profile(&mut self, person: &Person) {
        let measured = [
            (person.weight.map(|mass| quantity(mass.as_kg(), "kg", "kg")), "29463-7", "Body weight"),
            (person.height.map(|length| quantity(length.as_cm(), "cm", "cm")), "8302-2", "Body height"),
        ];
        for (value, code, name) in measured {
            self.fact("vital-signs", concept(LOINC, code, Some(name)), value, None, None);
        }
        let egfr = person.egfr.map(|rate| quantity(rate, "mL/min/1.73 m²", "mL/min/{1.73_m2}"));
        let code = concept(LOINC, "33914-3", None);
        let code = Concept { text: Some("estimated glomerular filtration rate".to_owned()), ..code };
        self.fact("laboratory", code, egfr, None, None);
        if person.smoker {
            let code = self.flag("smoker", "tobacco smoking status", Some("72166-2"));
            self.fact("social-history", code, None, Some(words("Current smoker")), None);
        }
        if person.pregnant {
            let code = self.flag("pregnant", "pregnancy status", Some("82810-3"));
            self.fact("social-history", code, None, Some(words("Pregnant")), None);
        }
        if person.liver_impaired {
            let code = self.flag("liver-impaired", "impaired liver", None);
            self.fact("social-history", code, None, Some(words("Impaired")), None);
        }
        for (gene, phenotype) in &person.genes {
            let code = named(DIARY, "gene", gene.clone());
            self.fact("laboratory", code, None, None, Some(phenotype.clone()));
        }
        if person.zone.as_ref().is_some_and(|zone| zone.iana_name().is_none()) {
            let origin = raphe::timeline::Origin::Line(0);
            self.notice(&origin, Weight::Info, "the time zone has no name", "times keep their offset");
        }
    }

    fn flag(&self, flag: &str, text: &str, loinc: Option<&str>) -> Concept {
        let mut codes: Vec<_> = loinc.map(|code| coding(LOINC, code, None)).into_iter().collect();
        codes.push(coding(DIARY, flag, None));
        Concept { coding: codes, text: Some(text.to_owned()) }
    }

    /// Something of the profile, which has no date.
    fn fact(
        &mut self,
        category: &str,
        code: Concept,
        value_quantity: Option<Quantity>,
        value_codeable_concept: Option<Concept>,
        value_string: Option<String>,
    ) {
        if value_quantity.is_none() && value_codeable_concept.is_none() && value_string.is_none() {
            return;
        }
        let observation = Observation {
            status: Some("final".to_owned()),
            category: vec![concept(CATEGORY, category, None), concept(DIARY, "profile", None)],
            code: Some(code),
            subject: self.subject.clone(),
            effective_absent: Some(unknown()),
            value_quantity,
            value_codeable_concept,
            value_string,
            ..Observation::default()
        };
        self.add(Resource::Observation(Box::new(observation)));
    }
}

/// A date of birth as precise as it was given: the middle of a year, or of a month, stands for the whole of it.
fn born(date: jiff::civil::Date) -> String {
    match (date.month(), date.day()) {
        (7, 2) => format!("{:04}", date.year()),
        (month, 15) => format!("{:04}-{month:02}", date.year()),
        _ => date.to_string(),
    }
}
