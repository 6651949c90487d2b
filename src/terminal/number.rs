use core::fmt;

use super::{Fault, Text};

/// The number of a decision or of a compulsory-measure certificate: up to 16
/// digits (15 in older deployments). How it is built differs by place; the
/// server says it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DecisionNumber {
    digits: u8,
    value: u64,
}

impl DecisionNumber {
    /// Most digits.
    pub const DIGITS: u8 = 16;

    /// Takes a number of 1 to 16 digits; leading zeros are kept.
    ///
    /// # Errors
    /// [`Fault::Malformed`].
    pub fn new(digits: &str) -> Result<Self, Fault> {
        let len = u8::try_from(digits.len()).map_err(|_| Fault::Malformed)?;
        if !(1..=Self::DIGITS).contains(&len) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Fault::Malformed);
        }
        let value = digits.parse().map_err(|_| Fault::Malformed)?;
        Ok(Self { digits: len, value })
    }

    /// The number as a number, without its leading zeros.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.value
    }

    /// The number as text.
    #[must_use]
    pub fn text(self) -> Text<16> {
        use fmt::Write;
        let mut text = heapless::String::<16>::new();
        // Sixteen digits fit.
        let _ = write!(text, "{self}");
        Text::new(&text).unwrap_or_default()
    }

    fn after(self, count: u64) -> Option<Self> {
        let value = self.value.checked_add(count)?;
        (value < 10_u64.pow(self.digits.into())).then_some(Self { value, ..self })
    }
}

impl fmt::Display for DecisionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$}", self.value, width = self.digits.into())
    }
}

/// Numbers that the server granted to this terminal alone, so that papers
/// issued without a network never share one.
///
/// The pointer is kept by the record of the decision, which is durable before
/// anything is printed. After a restart, make the block anew and tell it every
/// number the records know with [`used`](Self::used).
///
/// ```
/// use embedded_pos::terminal::{DecisionNumber, NumberBlock};
///
/// let first = DecisionNumber::new("1201011500000007")?;
/// let mut block = NumberBlock::new(first, 2);
/// assert_eq!(block.take()?.number(), first);
/// assert_eq!(block.take()?.number().to_string(), "1201011500000008");
/// assert!(block.take().is_err());
/// # Ok::<(), embedded_pos::terminal::Fault>(())
/// ```
#[derive(Debug, Eq, PartialEq)]
pub struct NumberBlock {
    first: DecisionNumber,
    taken: u32,
    count: u32,
}

/// A number taken out of a [`NumberBlock`]: made by it alone, spent once.
#[derive(Debug, Eq, PartialEq)]
pub struct Taken(DecisionNumber);

impl Taken {
    /// The number.
    #[must_use]
    pub const fn number(&self) -> DecisionNumber {
        self.0
    }
}

impl NumberBlock {
    /// `count` numbers from `first`, none of them taken.
    #[must_use]
    pub const fn new(first: DecisionNumber, count: u32) -> Self {
        Self { first, taken: 0, count }
    }

    /// The number was used before: it and those before it are not given out.
    /// A number of another block is of no account.
    pub fn used(&mut self, number: DecisionNumber) {
        let offset = number.value.checked_sub(self.first.value);
        let offset = offset.and_then(|offset| u32::try_from(offset).ok());
        if let Some(offset) = offset.filter(|offset| *offset < self.count) {
            self.taken = self.taken.max(offset.saturating_add(1));
        }
    }

    /// How many are left.
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.count - self.taken
    }

    /// Takes the next number.
    ///
    /// # Errors
    /// [`Fault::Exhausted`]: ask the server for another block.
    pub fn take(&mut self) -> Result<Taken, Fault> {
        if self.left() == 0 {
            return Err(Fault::Exhausted);
        }
        let number = self.first.after(self.taken.into()).ok_or(Fault::Exhausted)?;
        self.taken = self.taken.saturating_add(1);
        Ok(Taken(number))
    }
}
