//! The equations written down: an [`Algebra`] whose numbers are expressions.
//!
//! A [`Symbol`] is a place on a [`Sheet`] on which equal expressions stand once. So a term that has a name is found again
//! wherever the equations use it, and is referred to by that name.

use super::{super::algebra::Algebra, xml::Element};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    f64::consts::LN_2,
    ops::{Add, Div, Mul, Neg, Sub},
};

/// Expressions, each once.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    written: RefCell<Written>,
}

#[derive(Debug, Default)]
struct Written {
    expressions: Vec<Expression>,
    places: BTreeMap<Expression, usize>,
    names: BTreeMap<usize, &'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Expression {
    /// The bits of a number.
    Number(u64),
    Name(&'static str),
    Neg(usize),
    Exp(usize),
    Ln(usize),
    Add(usize, usize),
    Sub(usize, usize),
    Mul(usize, usize),
    Div(usize, usize),
    /// The second where the first is above zero, the third elsewhere.
    IfPositive(usize, usize, usize),
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Symbol<'s> {
    sheet: &'s Sheet,
    place: usize,
}

impl Sheet {
    fn write(&self, expression: Expression) -> Symbol<'_> {
        let mut written = self.written.borrow_mut();
        let next = written.expressions.len();
        let place = *written.places.entry(expression).or_insert(next);
        if place == next {
            written.expressions.push(expression);
        }
        Symbol { sheet: self, place }
    }

    fn read(&self, place: usize) -> Expression {
        self.written.borrow().expressions[place]
    }

    /// What is called so.
    pub(super) fn name(&self, name: &'static str) -> Symbol<'_> {
        self.write(Expression::Name(name))
    }

    fn number(&self, value: f64) -> Symbol<'_> {
        self.write(Expression::Number(value.to_bits()))
    }

    /// From now on an expression is referred to by this name.
    pub(super) fn call(&self, symbol: Symbol<'_>, name: &'static str) {
        self.written.borrow_mut().names.insert(symbol.place, name);
    }

    fn named(&self, place: usize) -> Option<&'static str> {
        self.written.borrow().names.get(&place).copied()
    }

    /// As MathML, with names for the terms in it that have one.
    fn refer(&self, place: usize) -> Element {
        match self.named(place) {
            Some(name) => variable(name),
            None => self.expand(place),
        }
    }

    fn expand(&self, place: usize) -> Element {
        let apply = |operator: &'static str| Element::new("apply").and(Element::new(operator));
        let list =
            |operator, parts: Vec<usize>| apply(operator).all(parts.into_iter().map(|part| self.refer(part)));
        match self.read(place) {
            Expression::Number(bits) => number(f64::from_bits(bits)),
            Expression::Name(name) => variable(name),
            Expression::Neg(a) => list("minus", vec![a]),
            Expression::Exp(a) => list("exp", vec![a]),
            Expression::Ln(a) => list("ln", vec![a]),
            Expression::Sub(a, b) => list("minus", vec![a, b]),
            Expression::Div(a, b) => list("divide", vec![a, b]),
            Expression::Add(..) => list("plus", self.chain(place)),
            Expression::Mul(..) => list("times", self.chain(place)),
            Expression::IfPositive(a, then, otherwise) => {
                let above = apply("gt").and(self.refer(a)).and(number(0.0));
                Element::new("piecewise")
                    .and(Element::new("piece").and(self.refer(then)).and(above))
                    .and(Element::new("otherwise").and(self.refer(otherwise)))
            }
        }
    }

    /// The parts of a sum or product, from left to right.
    fn chain(&self, place: usize) -> Vec<usize> {
        let (mut parts, mut first) = (Vec::new(), place);
        let sum = matches!(self.read(place), Expression::Add(..));
        loop {
            let part = match self.read(first) {
                Expression::Add(a, b) if sum => (a, b),
                Expression::Mul(a, b) if !sum => (a, b),
                _ => break,
            };
            parts.push(part.1);
            first = part.0;
            if self.named(first).is_some() {
                break;
            }
        }
        parts.push(first);
        parts.reverse();
        parts
    }
}

impl Symbol<'_> {
    /// What it stands for, as MathML; terms in it that have a name are referred to.
    pub(super) fn meaning(self) -> Element {
        Element::new("math")
            .with("xmlns", "http://www.w3.org/1998/Math/MathML")
            .with("xmlns:sbml", super::CORE)
            .and(self.sheet.expand(self.place))
    }
}

fn variable(name: &str) -> Element {
    Element::new("ci").text(format_args!(" {name} "))
}

/// Every number in the equations is one without a dimension.
fn number(value: f64) -> Element {
    if value == LN_2 {
        return Element::new("apply").and(Element::new("ln")).and(number(2.0));
    }
    let element = Element::new("cn").with("sbml:units", "dimensionless");
    if value == libm::trunc(value) {
        element.with("type", "integer").text(format_args!(" {value} "))
    } else {
        element.text(format_args!(" {value} "))
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident;)+) => {
        $(impl $trait<f64> for Symbol<'_> {
            type Output = Self;
            fn $method(self, other: f64) -> Self {
                self.$method(self.constant(other))
            }
        })+
    };
}

operators! { Add add; Sub sub; Mul mul; }

impl Add for Symbol<'_> {
    type Output = Self;
    /// `-a + b` is written as `b - a`.
    fn add(self, other: Self) -> Self {
        self.sheet.write(match self.sheet.read(self.place) {
            Expression::Neg(a) => Expression::Sub(other.place, a),
            _ => Expression::Add(self.place, other.place),
        })
    }
}

macro_rules! written_as_they_are {
    ($($trait:ident $method:ident;)+) => {
        $(impl $trait for Symbol<'_> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.sheet.write(Expression::$trait(self.place, other.place))
            }
        })+
    };
}

written_as_they_are! { Sub sub; Mul mul; Div div; }

impl Neg for Symbol<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.sheet.write(Expression::Neg(self.place))
    }
}

impl Algebra for Symbol<'_> {
    fn constant(self, value: f64) -> Self {
        self.sheet.number(value)
    }

    fn exp(self) -> Self {
        self.sheet.write(Expression::Exp(self.place))
    }

    fn ln(self) -> Self {
        self.sheet.write(Expression::Ln(self.place))
    }

    fn positive(self) -> Self {
        self.if_positive(self, || self.constant(0.0))
    }

    fn if_positive(self, then: Self, otherwise: impl FnOnce() -> Self) -> Self {
        self.sheet.write(Expression::IfPositive(self.place, then.place, otherwise().place))
    }
}

#[cfg(test)]
impl Symbol<'_> {
    /// Its value, from what the names in it are worth.
    pub(super) fn value(self, of: &dyn Fn(&str) -> f64) -> f64 {
        let at = |place| Symbol { sheet: self.sheet, place }.value(of);
        match self.sheet.read(self.place) {
            Expression::Number(bits) => f64::from_bits(bits),
            Expression::Name(name) => of(name),
            Expression::Neg(a) => -at(a),
            Expression::Exp(a) => libm::exp(at(a)),
            Expression::Ln(a) => libm::log(at(a)),
            Expression::Add(a, b) => at(a) + at(b),
            Expression::Sub(a, b) => at(a) - at(b),
            Expression::Mul(a, b) => at(a) * at(b),
            Expression::Div(a, b) => at(a) / at(b),
            Expression::IfPositive(a, then, otherwise) => at(if at(a) > 0.0 { then } else { otherwise }),
        }
    }
}
