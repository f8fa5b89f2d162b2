//! Work shared out among the processors.
//!
//! What comes out stands in the order of what was asked, so that nothing depends on how many threads there are.

use std::num::NonZero;

/// How many threads can run side by side.
pub(crate) fn available() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// One answer for each number below `count`, worked out by at most so many threads.
///
/// A thread takes numbers that follow each other, and one after the other they use the same room. The thread that asks does
/// its part: a new one takes time to start, and memory that it does not give back.
pub(crate) fn share<Room: Default, R: Send>(
    count: usize,
    threads: usize,
    one: impl Fn(usize, &mut Room) -> R + Sync,
) -> Vec<R> {
    let each = count.div_ceil(threads.clamp(1, count.max(1)));
    let part = |from: usize| -> Vec<R> {
        let mut room = Room::default();
        (from..(from + each).min(count)).map(|number| one(number, &mut room)).collect()
    };
    std::thread::scope(|scope| {
        let part = &part;
        let others: Vec<_> =
            (each..count).step_by(each.max(1)).map(|from| scope.spawn(move || part(from))).collect();
        let mut answers = part(0);
        for other in others {
            answers.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        answers
    })
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn every_number_is_answered_once_and_in_order() {
        for count in 0..20 {
            for threads in 0..6 {
                let squares = share(count, threads, |number, seen: &mut Vec<usize>| {
                    seen.push(number);
                    assert_eq!(seen.len() + seen[0], number + 1, "a thread takes what follows");
                    number * number
                });
                let expected: Vec<usize> = (0..count).map(|number| number * number).collect();
                assert_eq!(squares, expected, "{count} for {threads}");
            }
        }
    }
}
