//! How fast a record is read: `cargo bench -p raphe-fhir`.
//!
//! The Bundle is made here, in the proportions of a generator of synthetic records: mostly observations, bills and
//! documents, a few orders. Throughput is printed in bytes of the file on one core; `NDJSON` is the same as lines.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use raphe::knowledge::Knowledge;
use raphe_fhir::{Lines, Record};
use std::{fmt::Write, hint::black_box, time::Duration};

const SUBJECT: &str = r#""subject": {"reference": "urn:uuid:0bc48549-d706-42f0-b4e9-6181afaca906"}"#;

/// One resource of each kind, in its usual share.
fn resource(number: usize) -> String {
    let date = format!(
        "20{:02}-{:02}-{:02}T08:30:00.123+00:00",
        10 + number / 600 % 15,
        1 + number / 50 % 12,
        1 + number % 28
    );
    match number % 40 {
        0 => format!(
            r#"{{"resourceType": "MedicationRequest", "id": "m{number}", "status": "stopped", "intent": "order",
            "medicationCodeableConcept": {{"coding": [{{"system": "http://www.nlm.nih.gov/research/umls/rxnorm",
            "code": "312940", "display": "Sertraline 50 MG Oral Tablet"}}]}}, {SUBJECT}, "authoredOn": "{date}",
            "dosageInstruction": [{{"sequence": 1, "timing": {{"repeat": {{"frequency": 1, "period": 1, "periodUnit": "d"}}}},
            "doseAndRate": [{{"doseQuantity": {{"value": 1}}}}]}}],
            "dispenseRequest": {{"expectedSupplyDuration": {{"value": 30, "unit": "days", "code": "d"}}}}}}"#
        ),
        1..=24 => {
            let (code, display) = [
                ("8867-4", "Heart rate"),
                ("39156-5", "Body mass index (BMI) [Ratio]"),
                ("2339-0", "Glucose [Mass/volume] in Blood"),
                ("8302-2", "Body Height"),
                ("6299-2", "Urea nitrogen [Mass/volume] in Blood"),
                ("2947-0", "Sodium [Moles/volume] in Blood"),
            ][number % 6];
            format!(
                r#"{{"resourceType": "Observation", "id": "o{number}", "status": "final", "category": [{{"coding": [{{
                "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}}]}}],
                "code": {{"coding": [{{"system": "http://loinc.org", "code": "{code}", "display": "{display}"}}], "text": "{display}"}},
                {SUBJECT}, "encounter": {{"reference": "urn:uuid:548b706a-def2-4fec-b190-d5942c8fc60f"}},
                "effectiveDateTime": "{date}", "issued": "{date}", "valueQuantity": {{"value": 101.5, "unit": "/min",
                "system": "http://unitsofmeasure.org", "code": "/min"}}}}"#
            )
        }
        25 | 26 => format!(
            r#"{{"resourceType": "Condition", "id": "c{number}", "clinicalStatus": {{"coding": [{{"code": "resolved"}}]}},
            "code": {{"coding": [{{"system": "http://snomed.info/sct", "code": "444814009", "display": "Viral sinusitis (disorder)"}}]}},
            {SUBJECT}, "onsetDateTime": "{date}", "abatementDateTime": "{date}"}}"#
        ),
        _ => {
            let lines = format!(
                r#"{{"sequence": 1, "text": "{date}", "amount": {{"value": 12.5, "currency": "USD"}}}},"#
            );
            let lines = lines.repeat(12);
            format!(
                r#"{{"resourceType": "ExplanationOfBenefit", "id": "e{number}", {SUBJECT}, "item": [{}]}}"#,
                lines.trim_end_matches(',')
            )
        }
    }
}

fn bundle(resources: usize) -> String {
    let mut text =
        String::from("{\n  \"resourceType\": \"Bundle\", \"type\": \"collection\", \"entry\": [\n");
    for number in 0..resources {
        let comma = if number == 0 { "" } else { "," };
        write!(
            text,
            "{comma}\n    {{\n      \"fullUrl\": \"urn:uuid:{number}\",\n      \"resource\": {}\n    }}",
            resource(number)
        )
        .expect("a text can be written to");
    }
    text.push_str("\n  ]\n}\n");
    text
}

fn reading(criterion: &mut Criterion) {
    let knowledge = Knowledge::bundled();
    let bundle = bundle(20_000);
    let lines: String = (0..20_000).map(|number| resource(number).replace('\n', " ") + "\n").collect();
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Bytes(bundle.len() as u64));
    group.bench_function("open_bundle", |bench| {
        bench.iter(|| Record::open(black_box(bundle.as_bytes())).expect("the Bundle is whole"));
    });
    group.bench_function("bundle", |bench| {
        bench.iter(|| raphe_fhir::read(black_box(bundle.as_bytes()), &knowledge).expect("it is one person"));
    });
    group.throughput(Throughput::Bytes(lines.len() as u64));
    group.bench_function("lines", |bench| {
        bench.iter(|| {
            Lines::new(black_box(lines.as_bytes()), &knowledge)
                .map(|read| read.is_ok())
                .filter(|ok| *ok)
                .count()
        });
    });
    // A real record: RAPHE_BUNDLE=FILE cargo bench -p raphe-fhir
    if let Some(bytes) = std::env::var_os("RAPHE_BUNDLE").and_then(|path| std::fs::read(path).ok()) {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("open_yours", |bench| bench.iter(|| Record::open(black_box(&bytes)).is_ok()));
        group.bench_function("yours", |bench| {
            bench.iter(|| {
                raphe_fhir::read(black_box(&bytes), &knowledge).map(|read| read.timeline.entries.len()).ok()
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(5));
    targets = reading
}
criterion_main!(benches);
