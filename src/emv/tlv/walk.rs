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
    levels: Vec<Objects<'a>, { Walk::MAX_DEPTH }>,
}

impl<'a> Walk<'a> {
    /// How many levels it goes into.
    pub const MAX_DEPTH: usize = 32;

    /// The tree in `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut levels = Vec::new();
        // There is room for one.
        let _ = levels.push(Objects::new(bytes));
        Self { levels }
    }

    fn visit(&mut self, object: Object<'a>) -> Result<Visit<'a>, Malformed> {
        let depth = self.levels.len() - 1;
        if let Some(children) = object.children() {
            let deep = Malformed { offset: object.offset, what: What::TooDeep };
            self.levels.push(children).map_err(|_| deep)?;
        }
        Ok(Visit { depth, object })
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = Result<Visit<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(object) = self.levels.last_mut()?.next() else {
                self.levels.pop();
                continue;
            };
            let visit = object.and_then(|object| self.visit(object));
            if visit.is_err() {
                self.levels.clear();
            }
            return Some(visit);
        }
    }
}

impl core::iter::FusedIterator for Walk<'_> {}

impl fmt::Debug for Walk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Walk({:?})", self.levels.last())
    }
}
