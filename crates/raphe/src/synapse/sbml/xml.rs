//! Elements, attributes and text, printed as XML.

use std::fmt;

/// An element with what is in it.
#[derive(Debug, Clone)]
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    inside: Vec<Inside>,
}

#[derive(Debug, Clone)]
enum Inside {
    Element(Element),
    Text(String),
}

impl Element {
    /// An empty element.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), inside: Vec::new() }
    }

    /// With an attribute.
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    /// With text at its end.
    pub(super) fn text(mut self, text: impl fmt::Display) -> Self {
        self.inside.push(Inside::Text(text.to_string()));
        self
    }

    /// With an element at its end.
    pub(super) fn and(mut self, element: Self) -> Self {
        self.inside.push(Inside::Element(element));
        self
    }

    /// With elements at its end.
    pub(super) fn all(mut self, elements: impl IntoIterator<Item = Self>) -> Self {
        self.inside.extend(elements.into_iter().map(Inside::Element));
        self
    }

    fn print(&self, out: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        write!(out, "{:depth$}<{}", "", self.name)?;
        for (name, value) in &self.attributes {
            write!(out, " {name}=\"{}\"", Escaped(value))?;
        }
        if self.inside.is_empty() {
            return writeln!(out, "/>");
        }
        write!(out, ">")?;
        let alone = self.inside.iter().all(|inside| matches!(inside, Inside::Text(_)));
        if !alone {
            writeln!(out)?;
        }
        for inside in &self.inside {
            match inside {
                Inside::Element(element) => element.print(out, depth + 1)?,
                Inside::Text(text) if alone => write!(out, "{}", Escaped(text))?,
                Inside::Text(text) => writeln!(out, "{}", Escaped(text))?,
            }
        }
        if alone { writeln!(out, "</{}>", self.name) } else { writeln!(out, "{:depth$}</{}>", "", self.name) }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.print(out, 0)
    }
}

/// Text whose markup characters are written as entities; characters that XML does not know are left out.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\t' | '\n' | '\r' | ' '.. => fmt::Write::write_char(out, c)?,
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_words_stays_words() {
        let element = Element::new("p").with("title", "a \"b\"").text("x < y & z\u{1}");
        assert_eq!(element.to_string(), "<p title=\"a &quot;b&quot;\">x &lt; y &amp; z</p>\n");
        assert_eq!(Element::new("a").and(Element::new("b")).to_string(), "<a>\n <b/>\n</a>\n");
    }
}
