//! Exposure alone: people, days and medicines with interactions, in simulated person-days a second.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use raphe::{exposure, knowledge::Knowledge, population::Population, timeline::diary};
use std::hint::black_box;

/// Ten medicines that meet on the same enzymes, for ninety days.
const DIARY: &str = "\
profile born 1960 sex female weight 68 kg smoker
2026-01-01 08:00 start fluoxetine 20 mg daily
2026-01-01 08:00 start clozapine 200 mg daily
2026-01-01 08:00 start metoprolol 100 mg daily
2026-01-01 22:00 start amitriptyline 50 mg nightly
2026-01-01 08:00 start omeprazole 20 mg daily
2026-01-01 08:00 start carbamazepine 400 mg twice daily
2026-01-01 08:00 start risperidone 3 mg daily
2026-01-01 08:00 start tramadol 50 mg three times a day
2026-01-01 08:00 start verapamil 80 mg three times a day
2026-01-01 08:00 start fluvoxamine 50 mg daily
2026-04-01 08:00 note end
";

fn bench(criterion: &mut Criterion) {
    let knowledge = Knowledge::bundled();
    let (timeline, _) = knowledge.resolve(&diary::read(DIARY.as_bytes()).0);
    let as_of = timeline.end().expect("the diary has dates");
    let mut group = criterion.benchmark_group("exposure");
    group.sample_size(20);
    for people in [8, 500] {
        group.throughput(Throughput::Elements(u64::from(people) * 90));
        group.bench_with_input(
            BenchmarkId::new("ten medicines, 90 days", people),
            &people,
            |bencher, people| {
                let population = Population { seed: 1, people: *people };
                bencher.iter(|| exposure::simulate(black_box(&timeline), &knowledge, population, as_of));
            },
        );
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
