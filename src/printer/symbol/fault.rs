use core::fmt;

/// What is wrong with a bar code or a 2D code.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SymbolFault {
    /// No data, or no height.
    Empty,
    /// A character that the code does not have, or not in this place.
    Character {
        /// Its offset.
        at: usize,
    },
    /// Too few characters, or too many.
    Length {
        /// How many there are.
        got: usize,
    },
    /// An odd number of digits in a code of pairs.
    Odd,
    /// A check digit that does not agree with the others.
    CheckDigit {
        /// Its offset.
        at: usize,
        /// The digit that does.
        expected: u8,
    },
    /// A GTIN that has no short form (UPC-E), or whose first digit the code
    /// does not take.
    Gtin,
    /// A GS1 application identifier: not of two to four digits in parentheses,
    /// or what stands after it is not what it says.
    Identifier {
        /// The offset of its parenthesis.
        at: usize,
    },
    /// An option that is out of its range.
    Option,
    /// More data than the code takes, or than the command does.
    TooLong,
    /// Wider than the paper.
    TooWide {
        /// Its width in dots.
        dots: u16,
    },
    /// Data, or a length of data, in which a printer would find a real-time
    /// command (DLE with EOT, ENQ or DC4).
    RealTime,
}

impl fmt::Display for SymbolFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a code without data or height"),
            Self::Character { at } => write!(f, "the code does not take byte {at}"),
            Self::Length { got } => write!(f, "the code does not take {got} characters"),
            Self::Odd => f.write_str("the code takes pairs of digits"),
            Self::CheckDigit { at, expected } => {
                write!(f, "the check digit, byte {at}, should be {expected}")
            }
            Self::Gtin => f.write_str("the code does not take this number"),
            Self::Identifier { at } => write!(f, "the application identifier at byte {at}"),
            Self::Option => f.write_str("an option of the code is out of its range"),
            Self::TooLong => f.write_str("too much data for the code"),
            Self::TooWide { dots } => write!(f, "the code is {dots} dots wide, not on paper"),
            Self::RealTime => {
                f.write_str("the data or their length hold a real-time command (DLE)")
            }
        }
    }
}

impl core::error::Error for SymbolFault {}
