//! How long an answer takes: `cargo bench -p raphe`.
//!
//! The questions are those a person asks: two names, one episode, five years of notes. The population is the program's
//! own default of two hundred people. What a start of the program costs besides is measured by `bench/speed`.

use criterion::{Criterion, criterion_group, criterion_main};
use raphe::{
    Timestamp,
    assess::{self, Question},
    check,
    knowledge::Knowledge,
    population::Population,
    timeline::diary,
    units::TimeSpan,
};
use std::{hint::black_box, time::Duration};

#[allow(dead_code, reason = "an example has a main function of its own")]
#[path = "../examples/long_diary.rs"]
mod long_diary;

const SMALL: &str = include_str!("../../../examples/tramadol.raphe");

fn question(as_of: Timestamp) -> Question {
    Question { as_of, horizon: TimeSpan::days(14.0), population: Population { seed: 1, people: 200 } }
}

/// Judges a diary at its own end, from text to assessment.
fn assess(knowledge: &Knowledge, text: &str) -> assess::Assessment {
    let (timeline, _) = diary::read(text.as_bytes());
    let as_of = timeline.end().expect("the diary has a dated entry");
    assess::assess(&timeline, knowledge, &question(as_of))
}

fn answers(criterion: &mut Criterion) {
    let knowledge = Knowledge::bundled();
    let pair = ["phenelzine", "sertraline"].map(str::to_owned);
    let long = long_diary::long_diary(10_000);
    let timeline = diary::read(long.as_bytes()).0;
    let long_question = question(timeline.end().expect("the diary has a dated entry"));

    criterion.bench_function("load_knowledge", |bench| bench.iter(Knowledge::bundled));
    criterion.bench_function("check_pair", |bench| {
        let question = question(Timestamp::UNIX_EPOCH);
        bench.iter(|| {
            check::check(black_box(&pair), None, &knowledge, &question).expect("both have a usual dose")
        });
    });
    criterion.bench_function("assess_small", |bench| bench.iter(|| assess(&knowledge, black_box(SMALL))));
    criterion
        .bench_function("read_10k_lines", |bench| bench.iter(|| diary::read(black_box(long.as_bytes()))));
    criterion.bench_function("assess_10k_lines", |bench| {
        bench.iter(|| assess::assess(black_box(&timeline), &knowledge, &long_question));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).measurement_time(Duration::from_secs(8));
    targets = answers
}
criterion_main!(benches);
