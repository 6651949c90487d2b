use core::fmt;

use heapless::Vec;

use super::{Malformed, Object, Objects, What};

/// An object of a tree and how deep it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Visit<'a> {
    /// In how many others it stands.
    pub depth: usize,
    /// The object.
    pub object: Object<'a>,
}

/// All objects of a tree: each before those in it. After an error it ends.
#[derive(Clone)]
pub struct Walk<'a> {
    bytes: &'a [u8],
    level: Objects<'a>,
    /// Where the levels end that this one stands in. Each goes on where the
    /// one in it ends.
    outer: Vec<usize, { Walk::MAX_DEPTH - 1 }>,
}

impl<'a> Walk<'a> {
    /// How many levels it goes into.
    pub const MAX_DEPTH: usize = 32;

    /// The tree in `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, level: Objects::new(bytes), outer: Vec::new() }
    }

    #[inline]
    fn visit(&mut self, object: Object<'a>) -> Result<Visit<'a>, Malformed> {
        let depth = self.outer.len();
        if let Some(children) = object.children() {
            let deep = Malformed { offset: object.offset, what: What::TooDeep };
            self.outer.push(self.level.end()).map_err(|_| deep)?;
            self.level = children;
        }
        Ok(Visit { depth, object })
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Result<Visit<'a>, Malformed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(object) = self.level.take_next() {
                let visit = object.and_then(|object| self.visit(object));
                if visit.is_err() {
                    self.outer.clear();
                    self.level = Objects::new(&[]);
                }
                return Some(visit);
            }
            self.level = Objects::between(self.bytes, self.level.end(), self.outer.pop()?);
        }
    }
}

impl core::iter::FusedIterator for Walk<'_> {}

impl fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Walk({:?})", self.level)
    }
}
