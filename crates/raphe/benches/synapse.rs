//! The synapse alone: people under a medicine that is taken once a day, in simulated person-days a second.
//!
//! `bench/synapse_peer` sets the same beside another simulator.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use raphe::{knowledge::Knowledge, population::Population, synapse::throughput};
use std::hint::black_box;

fn bench(criterion: &mut Criterion) {
    let knowledge = Knowledge::bundled();
    let mut group = criterion.benchmark_group("synapse");
    group.sample_size(20);
    for people in [8, 200] {
        group.throughput(Throughput::Elements(u64::from(people) * 42));
        group.bench_with_input(BenchmarkId::new("42 days, hourly", people), &people, |bencher, people| {
            let people = throughput::people(&knowledge, Population { seed: 1, people: *people });
            bencher.iter(|| throughput::hourly(black_box(&people), 42, 1e-4));
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
