use core::fmt::{self, Write};

/// A name out of a zone, its parts divided by `<`. `Display` writes spaces
/// between them, `Debug` shows nothing.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Name<'a>(pub(super) &'a str);

impl<'a> Name<'a> {
    /// As it is written, without the fillers behind it.
    #[must_use]
    pub const fn as_written(self) -> &'a str {
        self.0
    }

    /// The parts, one by one: a hyphen is a filler in a zone, an apostrophe is
    /// left out (ICAO 9303-3, 4.6).
    pub fn parts(self) -> impl Iterator<Item = &'a str> {
        self.0.split('<').filter(|part| !part.is_empty())
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts().enumerate() {
            if at > 0 {
                f.write_char(' ')?;
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(..)")
    }
}

/// The number of a document: nine characters, and the rest of a longer one
/// from the optional data. `Display` writes it whole, `Debug` shows nothing.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Number<'a> {
    pub(super) head: &'a str,
    pub(super) tail: &'a str,
}

impl<'a> Number<'a> {
    /// What stands in the field of the number, and what of it stands in the
    /// optional data; the second is empty in most.
    #[must_use]
    pub const fn pieces(self) -> (&'a str, &'a str) {
        (self.head, self.tail)
    }

    /// Whether it is longer than its field.
    #[must_use]
    pub const fn is_long(self) -> bool {
        !self.tail.is_empty()
    }
}

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.head)?;
        f.write_str(self.tail)
    }
}

impl PartialEq<str> for Number<'_> {
    fn eq(&self, other: &str) -> bool {
        other.strip_prefix(self.head) == Some(self.tail)
    }
}

impl fmt::Debug for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Number(..)")
    }
}
