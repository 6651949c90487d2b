use core::fmt;

use super::Fault;
use crate::emv::Pan;

/// A card number of which only the first six and the last four digits are
/// left: all that may be printed or kept (PCI DSS 3.4.1 and 3.5.1).
///
/// It is made from the number and never holds the rest.
///
/// ```
/// use embedded_pos::terminal::MaskedPan;
///
/// let masked = MaskedPan::new("6222020000000000005")?;
/// assert_eq!(masked.to_string(), "622202*********0005");
/// # Ok::<(), embedded_pos::terminal::Fault>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct MaskedPan {
    first: [u8; 6],
    hidden: u8,
    last: [u8; 4],
}

impl MaskedPan {
    /// Masks a card number.
    ///
    /// # Errors
    /// [`Fault::Malformed`] if it has fewer than 13 digits.
    pub fn of(pan: &Pan) -> Result<Self, Fault> {
        Self::new(pan.expose())
    }

    /// Masks a card number of 13 to 19 digits (ISO/IEC 7812-1). What stands
    /// between the first six and the last four may be masked already, by `*`
    /// or `X`.
    ///
    /// # Errors
    /// [`Fault::Malformed`].
    pub fn new(number: &str) -> Result<Self, Fault> {
        let (first, rest) = number.as_bytes().split_first_chunk().ok_or(Fault::Malformed)?;
        let (middle, last) = rest.split_last_chunk().ok_or(Fault::Malformed)?;
        let shown = first.iter().chain(last).all(u8::is_ascii_digit);
        let masked = middle.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'*' | b'X'));
        match u8::try_from(middle.len()) {
            Ok(hidden @ 3..=9) if shown && masked => {
                Ok(Self { first: *first, hidden, last: *last })
            }
            _ => Err(Fault::Malformed),
        }
    }
}

impl fmt::Display for MaskedPan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&self.first).unwrap_or_default())?;
        for _ in 0..self.hidden {
            f.write_str("*")?;
        }
        f.write_str(core::str::from_utf8(&self.last).unwrap_or_default())
    }
}

impl fmt::Debug for MaskedPan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MaskedPan({self})")
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn lengths() {
        for len in 0..30 {
            let number: std::string::String = "1234567890".chars().cycle().take(len).collect();
            assert_eq!(MaskedPan::new(&number).is_ok(), (13..=19).contains(&len), "{len}");
        }
    }

    #[test]
    fn what_is_shown() {
        let shown = "622202*********0005";
        assert_eq!(MaskedPan::new(shown).unwrap().to_string(), shown);
        assert_eq!(MaskedPan::new("62220*1234560005"), Err(Fault::Malformed));
        assert_eq!(MaskedPan::new("622202=23456-0005"), Err(Fault::Malformed));
    }
}
