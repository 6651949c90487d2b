use core::fmt;

/// Text that is not Base64 (RFC 4648, section 4, with padding).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Base64Error {
    /// Which character.
    pub offset: usize,
    /// What is wrong with it.
    pub what: Base64What,
}

/// What is wrong with text that is not Base64.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Base64What {
    /// It is none of the 64, or padding is too early.
    Character,
    /// The text ends where a character or padding must follow.
    Cut,
    /// The last character has bits that no byte takes up.
    Bits,
}

impl fmt::Display for Base64Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            Base64What::Character => "no character of Base64",
            Base64What::Cut => "the Base64 ends too early",
            Base64What::Bits => "bits of Base64 that no byte takes up",
        };
        write!(f, "at character {}: {what}", self.offset)
    }
}

/// The bytes that the text stands for, one at a time. After an error it ends.
pub(crate) struct Base64<'a> {
    text: &'a [u8],
    at: usize,
    /// What is not given out yet: the low `open` bits.
    bits: u32,
    open: u32,
}

impl<'a> Base64<'a> {
    pub(crate) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, bits: 0, open: 0 }
    }

    /// What follows the last character of the 64 must be the padding and
    /// nothing else.
    fn end(&mut self) -> Option<Result<u8, Base64Error>> {
        let (at, rest) = (self.at, self.text.get(self.at..).unwrap_or_default());
        let (bits, open) = (self.bits, self.open);
        *self = Self::new(&[]);
        let error = |offset, what| Some(Err(Base64Error { offset, what }));
        let padding: &[u8] = match open {
            0 => b"",
            2 => b"=",
            4 => b"==",
            _ => b"?", // One character alone stands for no byte.
        };
        let same = rest.iter().zip(padding).take_while(|(a, b)| a == b).count();
        match (rest.get(same), padding.get(same)) {
            (Some(_), _) => error(at + same, Base64What::Character),
            (None, Some(_)) => error(at + same, Base64What::Cut),
            (None, None) if bits & ((1 << open) - 1) != 0 => error(at - 1, Base64What::Bits),
            (None, None) => None,
        }
    }
}

impl Iterator for Base64<'_> {
    type Item = Result<u8, Base64Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(value) = self.text.get(self.at).and_then(|byte| sextet(*byte)) {
            self.at += 1;
            self.bits = self.bits << 6 | value;
            self.open += 6;
            if self.open >= 8 {
                self.open -= 8;
                let [.., byte] = (self.bits >> self.open).to_be_bytes();
                return Some(Ok(byte));
            }
        }
        self.end()
    }
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn decoded(text: &str) -> Result<Vec<u8>, Base64Error> {
        Base64::new(text.as_bytes()).collect()
    }

    /// RFC 4648, section 10.
    #[test]
    fn the_vectors_of_the_rfc() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decoded(text), Ok(bytes.as_bytes().to_vec()));
        }
    }

    #[test]
    fn errors_say_where() {
        for (text, offset, what) in [
            ("Z", 1, Base64What::Cut),
            ("Zg", 2, Base64What::Cut),
            ("Zg=", 3, Base64What::Cut),
            ("Zg===", 4, Base64What::Character),
            ("Zg==Zg==", 4, Base64What::Character),
            ("Zh==", 1, Base64What::Bits),
            ("Zm9=", 2, Base64What::Bits),
            ("Zm9v=", 4, Base64What::Character),
            ("Z===", 1, Base64What::Character),
            ("Zm 9", 2, Base64What::Character),
            ("Zm-_", 2, Base64What::Character),
        ] {
            assert_eq!(decoded(text), Err(Base64Error { offset, what }), "{text}");
        }
    }
}
