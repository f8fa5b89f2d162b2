//! Fewer points, the same picture: what would not move a line by a quarter of a pixel is left out.

/// What a row of points is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// A line: both ends of what it does matter.
    Line,
    /// The upper edge of a range.
    Upper,
    /// The lower edge of a range.
    Lower,
}

/// The places of points that matter, in order. Points are in pixels and sorted from left to right.
///
/// In each column of a pixel the first, lowest, highest and last stay; of those, all that stray from a straight line between
/// their neighbors (Douglas and Peucker 1973). Where there are more points than anybody could tell apart, columns are wider,
/// and the edge of a range keeps what is outermost, so that the range still holds everything it held.
pub(super) fn keep(points: &[(f64, f64)], edge: Edge) -> Vec<usize> {
    const STRAY: f64 = 0.25;
    let span = points.last().zip(points.first()).map_or(0.0, |(last, first)| last.0 - first.0);
    let crowded = points.len() as f64 > 1.5 * span && points.len() > 8;
    let places = if crowded {
        columns(points, edge, if edge == Edge::Line { 3.0 } else { 6.0 })
    } else {
        columns(points, Edge::Line, 1.0)
    };
    let (Some(&first), Some(&last)) = (places.first(), places.last()) else { return Vec::new() };
    let mut kept = vec![false; places.len()];
    let end = places.len() - 1;
    (kept[0], kept[end]) = (true, true);
    let mut open = vec![(0, end)];
    while let Some((from, to)) = open.pop() {
        let (a, b) = (points[places[from]], points[places[to]]);
        let strays = (from + 1..to).map(|place| (place, stray(points[places[place]], a, b)));
        let worst = strays.fold((from, STRAY), |worst, next| if next.1 > worst.1 { next } else { worst });
        if worst.0 > from {
            kept[worst.0] = true;
            open.push((from, worst.0));
            open.push((worst.0, to));
        }
    }
    let kept: Vec<usize> =
        places.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(place, _)| *place).collect();
    debug_assert!(kept.first() == Some(&first) && kept.last() == Some(&last));
    kept
}

/// First, lowest, highest and last of each column of so many pixels; of an edge only what is outermost, and both ends.
fn columns(points: &[(f64, f64)], edge: Edge, width: f64) -> Vec<usize> {
    let mut places = Vec::new();
    let mut from = 0;
    while from < points.len() {
        let column = (points[from].0 / width).floor();
        let to = from
            + points[from..].iter().take_while(|point| (point.0 / width).floor() == column).count().max(1);
        let by_height = |a: &usize, b: &usize| points[*a].1.total_cmp(&points[*b].1);
        let end = |place: usize| {
            Some(place).filter(|place| edge == Edge::Line || [0, points.len() - 1].contains(place))
        };
        let lowest = (from..to).min_by(by_height).filter(|_| edge != Edge::Upper);
        let highest = (from..to).max_by(by_height).filter(|_| edge != Edge::Lower);
        let ends = [end(from), lowest, highest, end(to - 1)];
        let mut ends: Vec<usize> = ends.into_iter().flatten().collect();
        ends.sort_unstable();
        ends.dedup();
        places.extend(ends);
        from = to;
    }
    places
}

/// How far a point lies from the line between two others.
fn stray(point: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx.hypot(dy);
    if length < 1e-9 {
        return (point.0 - a.0).hypot(point.1 - a.1);
    }
    ((point.0 - a.0) * dy - (point.1 - a.1) * dx).abs() / length
}

/// At most so many places of a list, evenly, with those that must be among them.
pub(super) fn evenly(count: usize, most: usize, must: &[usize]) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    let mut places: Vec<usize> = must.iter().copied().filter(|place| *place < count).collect();
    places.sort_unstable();
    places.dedup();
    places.truncate(most);
    let left = most - places.len();
    let even = (0..left).map(|place| place * (count - 1) / (left.max(2) - 1));
    places.extend(even);
    places.sort_unstable();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_lines_need_two_points_and_spikes_stay() {
        let mut points: Vec<(f64, f64)> = (0..10_000).map(|place| (f64::from(place) * 0.1, 50.0)).collect();
        assert_eq!(keep(&points, Edge::Line), [0, 9999]);
        points[5003].1 = 90.0;
        assert!(keep(&points, Edge::Line).contains(&5003));
        assert!(keep(&points, Edge::Line).len() <= 6, "{:?}", keep(&points, Edge::Line));
        assert_eq!(keep(&[], Edge::Line), Vec::<usize>::new());
        assert_eq!(keep(&[(1.0, 1.0)], Edge::Line), [0]);
    }

    #[test]
    fn no_point_that_was_left_out_strays() {
        let points: Vec<(f64, f64)> = (0..600)
            .map(|place| (f64::from(place), 100.0 + 60.0 * (f64::from(place) / 40.0).sin()))
            .collect();
        let kept = keep(&points, Edge::Line);
        assert!(kept.len() < 200, "{}", kept.len());
        for pair in kept.windows(2) {
            for place in pair[0]..pair[1] {
                assert!(stray(points[place], points[pair[0]], points[pair[1]]) <= 0.25);
            }
        }
    }

    #[test]
    fn few_rows_hold_what_must_be_there() {
        let places = evenly(1000, 60, &[0, 7, 999]);
        assert!(places.len() <= 60 && [0, 7, 999].iter().all(|must| places.contains(must)));
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(evenly(5, 60, &[]), [0, 1, 2, 3, 4]);
    }
}
