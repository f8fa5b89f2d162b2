//! What must hold for every figure, whatever it is given.

use super::*;
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use proptest::prelude::*;
use raphe::units::Interval;
use std::collections::BTreeSet;

const WIDTHS: [u32; 4] = [280, 390, 720, 1280];

fn at(text: &str) -> Timestamp {
    text.parse::<DateTime>().unwrap().to_zoned(zone()).unwrap().timestamp()
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/London").unwrap()
}

fn hours(from: Timestamp, hours: i64) -> Timestamp {
    from + SignedDuration::from_hours(hours)
}

/// Two weeks with the change to summer time inside.
fn fortnight() -> Time {
    let from = at("2026-03-22T09:00");
    Time::new(from, hours(from, 336), zone()).now(at("2026-04-02T14:00"))
}

fn interval(median: f64) -> Interval {
    Interval { median, p5: 1.0 + (median - 1.0) * 0.5, p95: 1.0 + (median - 1.0) * 2.0 }
}

/// A dose every morning.
fn saw(time: &Time, count: i64) -> Vec<(Timestamp, Interval)> {
    let value =
        |hour: i64| 1.0 + 1.5 * (1.0 - (-hour as f64 / 60.0).exp()) * (-((hour % 24) as f64) / 40.0).exp();
    (0..=count).map(|hour| (hours(time.from, hour), interval(value(hour)))).collect()
}

fn band_figure(series: Vec<Series>) -> Bands {
    let mut bands = Bands::new(fortnight(), Scale::log("serotonin, times usual").unit("×"));
    bands.series = series;
    bands.thresholds.push(Threshold::new(4.0, "usual top"));
    bands.marks.push(Mark::new(at("2026-04-03T00:00"), "first safe day"));
    let (from, name) = (at("2026-04-03T00:00"), "safe window".to_owned());
    bands.windows.push(Window { from, to: None, name, tone: Tone::Safe });
    bands
}

fn lane_figure(tracks: Vec<Track>) -> Lanes {
    let mut lanes = Lanes::new(fortnight());
    lanes.tracks = tracks;
    lanes.marks.push(Mark::new(at("2026-03-29T08:00"), "dose doubled"));
    lanes.shapes.push((Shape::Diamond, 3, "opioid".to_owned()));
    lanes
}

fn bar(from: Timestamp, to: Option<Timestamp>, height: f64, label: &str) -> Bar {
    Bar { from, to, height, label: label.to_owned(), line: Some(3) }
}

/// One track of each kind, each made of these moments and values.
fn tracks(points: &[(Timestamp, f64)], name: &str) -> Vec<Track> {
    let ticks = points.iter().enumerate().map(|(place, (at, value))| Tick {
        at: *at,
        shape: [Shape::Dot, Shape::Ring, Shape::Square, Shape::Diamond, Shape::Triangle, Shape::Cross]
            [place % 6],
        strength: (place % 3 > 0).then_some(*value),
        label: name.to_owned(),
        line: Some(place),
    });
    let columns = points.iter().map(|(at, value)| Column {
        from: *at,
        to: at.saturating_add(SignedDuration::from_hours(24)).unwrap(),
        value: *value,
        line: None,
    });
    let scores = points.iter().map(|(at, value)| Point { at: *at, value: *value, line: None });
    let range = points.iter().map(|(at, value)| (*at, interval(*value)));
    let bars = points.iter().enumerate();
    let bars = bars.map(|(place, (at, value))| {
        let to = points.get(place + 1).map(|next| next.0).filter(|to| to >= at);
        bar(*at, to, *value, "50 mg")
    });
    vec![
        Track::new(name, 0, Content::Bars(bars.collect())).note("mg a day"),
        Track::new("Signs", 3, Content::Ticks(ticks.collect())).note("0 to 10"),
        Track::new("Sleep", 2, Content::Columns(Scale::linear("").unit(" h"), columns.collect())),
        Track::new(
            "PHQ-9",
            1,
            Content::Scores(
                Scale::linear("").reach(0.0, 27.0),
                scores.collect(),
                vec![Threshold::new(10.0, name)],
            ),
        ),
        Track::new(
            "Serotonin",
            0,
            Content::Bands(Scale::log("").unit("×"), vec![Series::new(name, range.collect())], vec![]),
        ),
    ]
}

fn fall(name: &str, values: &[f64]) -> Waterfall {
    let mut from = 1.0;
    let steps = values.iter().map(|value| {
        let step = Step::new(name, from, interval(*value));
        from = *value;
        step
    });
    Waterfall {
        scale: Scale::log("times usual").unit("×"),
        start: ("usual".to_owned(), 1.0),
        steps: steps.collect(),
        total: ("now".to_owned(), interval(*values.last().unwrap_or(&1.0))),
    }
}

fn sparkle(points: &[(Timestamp, f64)]) -> Spark {
    Spark {
        time: fortnight(),
        scale: Scale::linear("PHQ-9").reach(0.0, 27.0),
        points: points.to_vec(),
        cutoffs: vec![Threshold::new(10.0, "moderate")],
    }
}

/// Every kind of figure of these points.
fn all(points: &[(Timestamp, f64)], name: &str, width: u32) -> Vec<String> {
    let figure = |id| Figure::new(id, name, name, width);
    let range: Vec<_> = points.iter().map(|(at, value)| (*at, interval(*value))).collect();
    let values: Vec<f64> = points.iter().take(8).map(|point| point.1).collect();
    vec![
        bands(
            &figure("a"),
            &band_figure(vec![Series::new(name, range.clone()), Series::new("b", range).second()]),
        )
        .0,
        lanes(&figure("b"), &lane_figure(tracks(points, name))).0,
        waterfall(&figure("c"), &fall(name, &values)).0,
        spark(&figure("d"), &sparkle(points)).0,
    ]
}

/// The values of an attribute, wherever it stands.
fn attributes<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let open = format!(" {name}=\"");
    let rests = text.split(open.as_str()).skip(1);
    rests.map(|rest| rest.split('"').next().unwrap()).collect()
}

/// What stands between `<` and `>`; markup escapes both everywhere else.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.split('<').skip(1).filter_map(|rest| rest.split('>').next())
}

/// The main drawing: from its tag to its end.
fn drawing(text: &str) -> &str {
    let from = text.find("<svg role=\"img\"").expect("a drawing");
    &text[from..from + text[from..].find("</svg>").expect("its end")]
}

/// Numbers as SVG reads them: a minus or a second point begins the next one.
fn numbers(text: &str) -> Vec<f64> {
    let mut all: Vec<String> = vec![String::new()];
    for c in text.chars() {
        let last = all.last_mut().unwrap();
        match c {
            '-' => all.push("-".to_owned()),
            '.' if last.contains('.') => all.push(".".to_owned()),
            '0'..='9' | '.' => last.push(c),
            _ => all.push(String::new()),
        }
    }
    all.iter().filter(|text| !text.is_empty()).map(|text| text.parse().unwrap()).collect()
}

/// Every corner of every line and shape.
fn corners(drawing: &str) -> Vec<(f64, f64)> {
    let pairs = |numbers: &[f64]| -> Vec<(f64, f64)> {
        assert!(numbers.len().is_multiple_of(2), "{numbers:?}");
        numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let body = &drawing[drawing.find("</defs>").expect("patterns")..];
    let mut all: Vec<(f64, f64)> = Vec::new();
    for list in attributes(body, "points") {
        all.extend(pairs(&numbers(list)));
    }
    for way in attributes(body, "d") {
        assert!(way.starts_with('m'));
        let (mut x, mut y) = (0.0, 0.0);
        for step in pairs(&numbers(way)) {
            (x, y) = (x + step.0, y + step.1);
            all.push((x, y));
        }
    }
    for rect in body.split("<rect ").skip(1).map(|rest| &rest[..rest.find('>').unwrap()]) {
        let rect = format!(" {rect}");
        let [x, y, w, h] =
            ["x", "y", "width", "height"].map(|name| attributes(&rect, name)[0].parse::<f64>().unwrap());
        all.extend([(x, y), (x + w, y + h)]);
    }
    let [xs, ys] = ["cx", "cy"].map(|name| attributes(body, name));
    all.extend(xs.iter().zip(&ys).map(|(x, y)| (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap())));
    let [xs, ys] = ["x", "y"].map(|name| attributes(body, name));
    all.extend(xs.iter().zip(&ys).map(|(x, y)| (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap())));
    all
}

/// What holds for every figure.
fn check(text: &str) {
    for tag in tags(text) {
        let banned = tag.contains(" style=") || tag.contains(" on") || tag.starts_with("script");
        assert!(!banned && !tag.contains("NaN") && !tag.contains("inf"), "{tag}");
    }
    for odd in ["NaN", ">inf", ">-inf"] {
        assert!(!text.contains(odd), "{text}");
    }
    let ids = attributes(text, "id");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    let named = attributes(text, "aria-labelledby");
    for id in named.iter().flat_map(|names| names.split(' ')) {
        assert!(ids.contains(&id), "{id} is not there");
    }
    for fill in text.split("url(#").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        assert!(ids.contains(&fill), "{fill} is not there");
    }
    let drawing = drawing(text);
    let sheet = numbers(attributes(drawing, "viewBox")[0]);
    for (x, y) in corners(drawing) {
        let inside = (-0.05..=sheet[2] + 0.05).contains(&x) && (-0.05..=sheet[3] + 0.05).contains(&y);
        assert!(inside, "{x} {y} lies outside {sheet:?}");
    }
    assert!(text.matches("<tr>").count() <= table::MOST + 1);
}

#[test]
fn golden() {
    let time = fortnight();
    let range = saw(&time, 336);
    let second: Vec<_> =
        range.iter().map(|(at, value)| (*at, value.map(|value| 1.0 + (value - 1.0) * 0.4))).collect();
    let drawn = [
        bands(
            &Figure::new("now", "Serotonin over two weeks", "It has been steady for a week.", 720),
            &band_figure(vec![
                Series::new("sertraline stays", range),
                Series::new("stopped", second).second(),
            ]),
        ),
        lanes(
            &Figure::new("line", "Two weeks", "Sleep fell after the dose was doubled.", 720),
            &lane_figure(tracks(
                &[(time.from, 5.0), (hours(time.from, 60), 9.0), (hours(time.from, 200), 7.5)],
                "Sertraline",
            )),
        ),
        waterfall(
            &Figure::new("why", "Why", "Sertraline does most of it.", 320),
            &fall("Sertraline", &[2.4, 3.9, 3.3]),
        ),
        spark(
            &Figure::new("phq", "PHQ-9", "It fell from 21 to 9.", 200),
            &sparkle(&[(time.from, 21.0), (hours(time.from, 168), 14.0), (hours(time.from, 330), 9.0)]),
        ),
    ];
    for (name, drawn) in ["bands", "lanes", "waterfall", "spark"].into_iter().zip(drawn) {
        check(&drawn.0);
        insta::assert_snapshot!(name, drawn.0.replace("><", ">\n<"));
    }
}

#[test]
fn odd_values_are_gaps_and_never_panic() {
    let from = fortnight().from;
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 0.0, -0.0, -3.0, 1e-300, 2.0];
    let many: Vec<(Timestamp, f64)> = (0..10_000)
        .map(|place| (from + SignedDuration::from_mins(place * 2), 5.0 + (place % 17) as f64))
        .collect();
    let cases: Vec<Vec<(Timestamp, f64)>> = vec![
        vec![],
        vec![(from, 2.0)],
        vec![(from, 2.0), (from, 2.0), (from, 9.0)],
        vec![(from, f64::NAN)],
        odd.iter().enumerate().map(|(place, value)| (hours(from, place as i64 * 9), *value)).collect(),
        odd.iter().map(|value| (from, *value)).collect(),
        vec![
            (Timestamp::MIN, 2.0),
            (Timestamp::MAX.checked_sub(SignedDuration::from_hours(48)).unwrap(), 3.0),
        ],
        vec![
            (hours(from, 3), 2.0),
            (hours(from, 1), 3.0),
            (hours(from, -500), 4.0),
            (hours(from, 5000), 5.0),
        ],
        many,
    ];
    for width in WIDTHS {
        for points in &cases {
            for text in all(points, "Sertraline", width) {
                check(&text);
            }
        }
    }
}

#[test]
fn a_gap_stays_a_gap() {
    let from = fortnight().from;
    let points = |middle: f64| {
        let values = [2.0, 2.2, middle, 2.4, 2.1].into_iter().enumerate();
        values.map(|(place, value)| (hours(from, place as i64 * 48), interval(value))).collect::<Vec<_>>()
    };
    let lines = |middle| {
        let text =
            bands(&Figure::new("a", "a", "a", 720), &band_figure(vec![Series::new("s", points(middle))])).0;
        drawing(&text).matches("class=\"line s0\"").count()
    };
    assert_eq!((lines(2.3), lines(f64::NAN)), (1, 2));
}

#[test]
fn many_points_are_few_letters_and_keep_their_extremes() {
    let time = fortnight();
    let text =
        bands(&Figure::new("a", "a", "a", 720), &band_figure(vec![Series::new("s", saw(&time, 336))])).0;
    assert!(drawing(&text).len() < 12_000, "{}", drawing(&text).len());

    // Ten thousand with one spike: it is drawn, and it is in the table.
    let step = |place: i64| time.from + SignedDuration::from_mins(place * 2);
    let value = |place: i64| if place == 5_003 { 8.76 } else { 2.0 + (place % 2) as f64 * 0.1 };
    let points: Vec<_> = (0..10_000).map(|place| (step(place), interval(value(place)))).collect();
    let mut figure = Bands::new(time.clone(), Scale::linear("level"));
    figure.series.push(Series::new("s", points.clone()));
    let text = bands(&Figure::new("a", "a", "a", 720), &figure).0;
    check(&text);
    assert!(drawing(&text).len() < 30_000, "{}", drawing(&text).len());
    assert!(text.contains("<td>8.8 (4.9 to 17)</td>"));
    figure.series[0].points[5_003].1 = interval(2.0);
    let flat = bands(&Figure::new("a", "a", "a", 720), &figure).0;
    assert_ne!(drawing(&flat), drawing(&text));

    let scores: Vec<_> = points.iter().map(|(at, value)| (*at, value.median)).collect();
    for text in [
        lanes(&Figure::new("b", "b", "b", 720), &lane_figure(tracks(&scores, "s"))).0,
        spark(&Figure::new("c", "c", "c", 200), &sparkle(&scores)).0,
    ] {
        check(&text);
        assert!(text.contains("8.8"), "the spike is not in the table");
        assert!(drawing(&text).len() < 1_200_000, "{}", drawing(&text).len());
    }
}

#[test]
fn names_are_text_and_nothing_else() {
    let name = "<script>alert(1)</script>\"' onload=x & \u{202e}drawkcab\u{0}";
    let from = fortnight().from;
    for width in WIDTHS {
        let mut texts = all(&[(from, 2.0), (hours(from, 50), 3.0)], name, width);
        let mut odd = band_figure(vec![Series::new(name, saw(&fortnight(), 48))]);
        odd.thresholds.push(Threshold::new(3.0, name));
        odd.marks.push(Mark::new(hours(from, 9), name));
        odd.windows.push(Window {
            from,
            to: Some(hours(from, 5)),
            name: name.to_owned(),
            tone: Tone::Danger,
        });
        odd.scale.name = name.to_owned();
        odd.scale.unit = name.to_owned();
        texts.push(bands(&Figure::new(name, name, name, width), &odd).0);
        for text in texts {
            assert!(!text.contains("<script") && text.contains("&lt;script&gt;"), "{text}");
            assert!(!text.contains('\u{202e}') && !text.contains('\u{0}'));
            let ids = attributes(&text, "id");
            assert!(
                ids.iter().all(|id| id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'))
            );
        }
    }
}

#[test]
fn what_matters_does_not_need_color() {
    let time = fortnight();
    let range = saw(&time, 336);
    let series = vec![Series::new("stays", range.clone()), Series::new("stops", range).second()];
    for width in WIDTHS {
        let text = bands(&Figure::new("now", "Title", "It says so.", width), &band_figure(series.clone())).0;
        let drawing = drawing(&text);
        for part in [
            ">now<",
            ">usual top",
            ">first safe day<",
            "url(#now-fill-0)",
            "url(#now-fill-1)",
            "line s1 second",
        ] {
            assert!(drawing.contains(part), "{part} at {width}");
        }
        let legend = &text[text.find("chart-legend").unwrap()..];
        assert!(legend.contains(">stays<") && legend.contains(">stops<"));
        assert!(
            text.contains("<caption") && text.contains("scope=\"col\"") && text.contains("scope=\"row\"")
        );
        assert!(text.contains("safe window"), "in the drawing or in the legend");
    }
}

#[test]
fn elements_know_their_line_of_the_diary_and_say_what_they_are() {
    let from = fortnight().from;
    let bars =
        vec![bar(from, Some(hours(from, 100)), 50.0, "50 mg"), bar(hours(from, 100), None, 100.0, "100 mg")];
    let figure = lane_figure(vec![Track::new("Sertraline", 0, Content::Bars(bars))]);
    let text = lanes(&Figure::new("a", "a", "a", 720), &figure).0;
    let drawing = drawing(&text);
    assert_eq!(drawing.matches("data-line=\"3\"").count(), 3, "one spell, and one before and after now");
    assert!(drawing.contains("<title>Sertraline: 100 mg, from 26 Mar 2026 13:00 on</title>"), "{drawing}");
    let heights: Vec<f64> = drawing
        .split("<rect class=\"bar")
        .skip(1)
        .map(|rest| attributes(&rest[..rest.find('>').unwrap()], "height")[0].parse().unwrap())
        .collect();
    assert!((heights[1] - 2.0 * heights[0]).abs() < 0.2 && heights[1] == heights[2], "{heights:?}");
}

#[test]
fn a_smaller_step_points_left_and_the_words_fit_a_phone() {
    let figure = fall("A medicine with quite a long name that goes on", &[2.4, 1.2]);
    let text = waterfall(&Figure::new("a", "a", "a", 320), &figure).0;
    check(&text);
    let drawing = drawing(&text);
    let corners = |class: &str| {
        let rest = drawing.split(&format!("class=\"step {class}\"")).nth(1).expect(class);
        numbers(attributes(rest, "d")[0])
    };
    // The nose of the arrow is its third corner.
    assert!(corners("raise")[4] > 0.0 && corners("lower")[4] < 0.0);
    assert!(drawing.contains("…") && drawing.contains("× 2.4") && drawing.contains("× 0.5"), "{drawing}");
}

#[test]
fn a_figure_is_drawn_for_its_width() {
    let series = vec![Series::new("s", saw(&fortnight(), 336))];
    for (asked, drawn) in [(0, 280), (390, 390), (u32::MAX, 1600)] {
        let text = bands(&Figure::new("a", "a", "a", asked), &band_figure(series.clone())).0;
        assert!(drawing(&text).contains(&format!("width=\"{drawn}\"")));
    }
    let ticks = |width| {
        let text = bands(&Figure::new("a", "a", "a", width), &band_figure(series.clone())).0;
        drawing(&text).matches("class=\"tick\"").count()
    };
    assert!(ticks(280) < ticks(720) && ticks(720) < ticks(1280));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_points_make_sound_figures(
        points in proptest::collection::vec((-400i64..800, prop_oneof![
            4 => -50.0f64..200.0,
            1 => proptest::num::f64::ANY,
        ]), 0..60),
        width in 0u32..2000,
    ) {
        let from = fortnight().from;
        let points: Vec<_> = points.iter().map(|(hour, value)| (hours(from, *hour), *value)).collect();
        for text in all(&points, "Sertraline", width) {
            check(&text);
        }
    }
}
