//! What plotters draws on: SVG elements that carry class names where others carry colors.
//!
//! Plotters hands its backend a color with every shape. Ours are keys: an [`Inks`] table says which classes, words for the
//! mouse and diary line stand behind each, and `chart.css` says how a class looks in light, in dark, in forced colors and on
//! paper. Plotters counts in whole units, so one unit here is a tenth of a pixel.

use super::words::{cut, plain, wide};
use maud::Escaper;
use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind},
    style::{Color, RGBColor, ShapeStyle, TextStyle},
};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    text_anchor::{HPos, Pos, VPos},
};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt::{self, Arguments, Display, Write},
    rc::Rc,
};

/// The whole drawing, in tenths of a pixel.
pub(super) type Area<'a> = DrawingArea<Paper<'a>, Shift>;
/// Whether it could be drawn; a `String` never refuses.
pub(super) type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<fmt::Error>>;

/// Height of the letters, in pixels, whatever the width of the drawing.
pub(super) const LETTER: f64 = 13.0;
/// Lines of so many points are written as a list, longer ones as a path.
const FEW: usize = 4;
/// From one line of words to the next, in pixels.
pub(super) const LINE: f64 = 17.0;

/// Pixels to what plotters counts in.
pub(super) fn tenths(pixels: f64) -> i32 {
    (pixels.clamp(-1e6, 1e6) * 10.0).round() as i32
}

/// What stands behind a key.
#[derive(Debug, Clone, Default)]
struct Ink {
    class: String,
    title: Option<String>,
    line: Option<usize>,
}

/// The inks in the order of their keys, and the keys of those that are classes alone.
type Rows = (Vec<Ink>, BTreeMap<String, usize>);

/// The table of keys, shared by whoever draws and the paper.
#[derive(Debug, Clone)]
pub(super) struct Inks {
    figure: String,
    table: Rc<RefCell<Rows>>,
}

impl Inks {
    /// An empty table for the figure of this name.
    pub(super) fn new(figure: &str) -> Self {
        Self { figure: figure.to_owned(), table: Rc::default() }
    }

    /// The key of these classes.
    pub(super) fn of(&self, class: &str) -> RGBColor {
        let (inks, known) = &mut *self.table.borrow_mut();
        if let Some(&place) = known.get(class) {
            return key(place);
        }
        inks.push(Ink { class: class.to_owned(), ..Ink::default() });
        known.insert(class.to_owned(), inks.len() - 1);
        key(inks.len() - 1)
    }

    /// The key of one element that says something of its own and may stand for a line of the diary.
    pub(super) fn one(&self, class: &str, title: &str, line: Option<usize>) -> RGBColor {
        let (inks, _) = &mut *self.table.borrow_mut();
        let title = (!title.is_empty()).then(|| title.to_owned());
        inks.push(Ink { class: class.to_owned(), title, line });
        key(inks.len() - 1)
    }

    fn get(&self, color: BackendColor) -> Ink {
        let (r, g, b) = color.rgb;
        let place = usize::from(r) << 16 | usize::from(g) << 8 | usize::from(b);
        self.table.borrow().0.get(place).cloned().unwrap_or_default()
    }
}

/// More elements than three bytes can number share the last key; no drawing comes near it.
fn key(place: usize) -> RGBColor {
    let [_, r, g, b] = (place.min(0xff_ffff) as u32).to_be_bytes();
    RGBColor(r, g, b)
}

/// A shape's style; whether it is filled is the class's affair.
pub(super) fn shape(ink: RGBColor) -> ShapeStyle {
    ink.filled()
}

/// A style for words that start, end or are centered at their place, on their own baseline.
pub(super) fn words(ink: RGBColor, across: HPos) -> TextStyle<'static> {
    let mut style = TextStyle::from(("sans-serif", LETTER * 10.0));
    (style.color, style.pos) = (ink.to_backend_color(), Pos::new(across, VPos::Bottom));
    style
}

/// The backend: it appends elements to a text.
pub(super) struct Paper<'a> {
    out: &'a mut String,
    inks: Inks,
    size: (f64, f64),
}

impl<'a> Paper<'a> {
    /// A sheet of so many pixels.
    pub(super) fn new(out: &'a mut String, inks: &Inks, width: f64, height: f64) -> Self {
        Self { out, inks: inks.clone(), size: (width, height) }
    }

    /// Writes an element; an ink without a class draws nothing.
    fn element(
        &mut self,
        name: &str,
        ink: &Ink,
        attributes: Arguments<'_>,
        inside: &str,
    ) -> Result<(), DrawingErrorKind<fmt::Error>> {
        if ink.class.is_empty() {
            return Ok(());
        }
        self.write(name, ink, attributes, inside).map_err(DrawingErrorKind::DrawingError)
    }

    fn write(&mut self, name: &str, ink: &Ink, attributes: Arguments<'_>, inside: &str) -> fmt::Result {
        let Ink { class, title, line } = ink;
        write!(self.out, "<{name} class=\"{class}\"")?;
        // What hatches a shape is an element of the same drawing, so it cannot come from a class.
        if let Some(fill) = class.split(' ').find(|class| class.starts_with("fill-")) {
            write!(self.out, " fill=\"url(#{}-{fill})\"", self.inks.figure)?;
        }
        if let Some(line) = line {
            write!(self.out, " data-line=\"{line}\"")?;
        }
        write!(self.out, " {attributes}")?;
        if title.is_none() && inside.is_empty() {
            return self.out.write_str("/>");
        }
        self.out.push('>');
        if let Some(title) = title {
            self.out.push_str("<title>");
            write!(Escaper::new(self.out), "{}", plain(title))?;
            self.out.push_str("</title>");
        }
        write!(Escaper::new(self.out), "{}", plain(inside))?;
        write!(self.out, "</{name}>")
    }

    fn path(
        &mut self,
        closed: bool,
        color: BackendColor,
        points: impl IntoIterator<Item = BackendCoord>,
    ) -> Result<(), DrawingErrorKind<fmt::Error>> {
        let points: Vec<BackendCoord> = points.into_iter().collect();
        let ink = self.inks.get(color);
        if points.len() <= FEW {
            let list: Vec<String> =
                points.iter().map(|(x, y)| format!("{},{}", Tenths(*x), Tenths(*y))).collect();
            let list = list.join(" ");
            let name = if closed { "polygon" } else { "polyline" };
            return self.element(name, &ink, format_args!("points=\"{list}\""), "");
        }
        // Each point from the one before, which takes about half the letters.
        let mut way = String::from("m");
        let (mut x, mut y) = (0, 0);
        for (place, point) in points.iter().enumerate() {
            for (axis, step) in [point.0 - x, point.1 - y].into_iter().enumerate() {
                if step >= 0 && (place, axis) != (0, 0) {
                    way.push(' ');
                }
                write!(way, "{}", Tenths(step)).map_err(DrawingErrorKind::DrawingError)?;
            }
            (x, y) = *point;
        }
        if closed {
            way.push('z');
        }
        self.element("path", &ink, format_args!("d=\"{way}\""), "")
    }
}

/// Tenths of a pixel as pixels, in as few letters as that takes.
struct Tenths(i32);

impl Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        match (size / 10, size % 10) {
            (whole, 0) => write!(f, "{sign}{whole}"),
            (0, tenth) => write!(f, "{sign}.{tenth}"),
            (whole, tenth) => write!(f, "{sign}{whole}.{tenth}"),
        }
    }
}

impl DrawingBackend for Paper<'_> {
    type ErrorType = fmt::Error;

    fn get_size(&self) -> (u32, u32) {
        (tenths(self.size.0).unsigned_abs(), tenths(self.size.1).unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<fmt::Error>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<fmt::Error>> {
        Ok(())
    }

    /// Nothing of ours is made of pixels.
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Result<(), DrawingErrorKind<fmt::Error>> {
        Ok(())
    }

    fn blit_bitmap(
        &mut self,
        _: BackendCoord,
        _: (u32, u32),
        _: &[u8],
    ) -> Result<(), DrawingErrorKind<fmt::Error>> {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), DrawingErrorKind<fmt::Error>> {
        self.path(false, style.color(), [from, to])
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<fmt::Error>> {
        self.path(false, style.color(), path)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<fmt::Error>> {
        self.path(true, style.color(), corners)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (x0, y0): BackendCoord,
        (x1, y1): BackendCoord,
        style: &S,
        _: bool,
    ) -> Result<(), DrawingErrorKind<fmt::Error>> {
        let ink = self.inks.get(style.color());
        let (x, y, w, h) = (x0.min(x1), y0.min(y1), (x1 - x0).abs(), (y1 - y0).abs());
        self.element(
            "rect",
            &ink,
            format_args!(
                "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                Tenths(x),
                Tenths(y),
                Tenths(w),
                Tenths(h)
            ),
            "",
        )
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        _: bool,
    ) -> Result<(), DrawingErrorKind<fmt::Error>> {
        let ink = self.inks.get(style.color());
        let radius = Tenths(radius as i32);
        self.element(
            "circle",
            &ink,
            format_args!("cx=\"{}\" cy=\"{}\" r=\"{radius}\"", Tenths(x), Tenths(y)),
            "",
        )
    }

    /// Words stay on the sheet: what would run over its edge is moved in.
    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Result<(), DrawingErrorKind<fmt::Error>> {
        let ink = self.inks.get(style.color());
        let text = &cut(text, self.size.0);
        let room = tenths(wide(text));
        let sheet = tenths(self.size.0);
        let (anchor, before) = match style.anchor().h_pos {
            HPos::Left => ("", 0),
            HPos::Center => (" text-anchor=\"middle\"", room / 2),
            HPos::Right => (" text-anchor=\"end\"", room),
        };
        let x = x.min(sheet - (room - before)).max(before);
        let y = y + match style.anchor().v_pos {
            VPos::Top => tenths(LETTER * 0.78),
            VPos::Center => tenths(LETTER * 0.35),
            VPos::Bottom => 0,
        };
        self.element("text", &ink, format_args!("x=\"{}\" y=\"{}\"{anchor}", Tenths(x), Tenths(y)), text)
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        _: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<fmt::Error>> {
        Ok((tenths(wide(text)).unsigned_abs(), tenths(LETTER).unsigned_abs()))
    }
}
