use core::fmt;

use super::{ApduError, Chain};

/// A command APDU (ISO/IEC 7816-4:2013, 5.1), short or extended.
///
/// It borrows its data, which can be a secret; `Debug` shows the header and
/// lengths only.
///
/// ```
/// use embedded_pos::card::Command;
///
/// let select = Command::new(0x00, 0xA4, 0x04, 0x00).data(b"1PAY.SYS.DDF01").expect(256);
/// let mut buf = [0; Command::MAX];
/// let apdu = select.write_to(&mut buf)?;
/// assert_eq!(apdu[..5], [0x00, 0xA4, 0x04, 0x00, 14]);
/// assert_eq!(apdu.last(), Some(&0x00));
/// assert_eq!(Command::parse(apdu)?, select);
/// # Ok::<(), embedded_pos::card::ApduError>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
#[must_use]
pub struct Command<'a> {
    header: [u8; 4],
    data: &'a [u8],
    expected: u32,
    extended: bool,
}

/// Whether a command has data, whether it expects some, and how long its
/// lengths are (ISO/IEC 7816-3:2006, 12.1.3).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Case {
    /// 1: neither.
    One,
    /// 2S: expects data.
    ShortTwo,
    /// 3S: has data.
    ShortThree,
    /// 4S: both.
    ShortFour,
    /// 2E: expects data, Le has three bytes.
    ExtendedTwo,
    /// 3E: has data, Lc has three bytes.
    ExtendedThree,
    /// 4E: both, Lc has three bytes and Le two.
    ExtendedFour,
}

impl<'a> Command<'a> {
    /// The longest short command: header, Lc, 255 bytes, Le.
    pub const MAX: usize = 4 + 1 + 255 + 1;

    /// The longest extended command.
    pub const MAX_EXTENDED: usize = 4 + 3 + 65_535 + 2;

    /// Case 1: no data, nothing expected but a status word.
    pub const fn new(cla: u8, ins: u8, p1: u8, p2: u8) -> Self {
        Self { header: [cla, ins, p1, p2], data: &[], expected: 0, extended: false }
    }

    /// With data, at most 255 bytes, or 65 535 in an extended command: cases 3
    /// and 4. Empty data is none.
    pub const fn data(mut self, data: &'a [u8]) -> Self {
        self.data = data;
        self
    }

    /// With up to `expected` bytes of data in the response, at most 256, or
    /// 65 536 in an extended command, which mean as many as there are: cases 2
    /// and 4.
    pub const fn expect(mut self, expected: u32) -> Self {
        self.expected = expected;
        self
    }

    /// With extended lengths, also where short ones would do. Only for a card
    /// that says it takes them: in its historical bytes, or in EF.ATR/INFO
    /// (ISO/IEC 7816-4:2013, 12.1.1.9).
    pub const fn extended(mut self) -> Self {
        self.extended = true;
        self
    }

    /// Takes a command apart.
    ///
    /// # Errors
    /// It is shorter than a header, or its lengths are not those of its bytes.
    pub fn parse(command: &'a [u8]) -> Result<Self, ApduError> {
        let (header, body) = command.split_first_chunk().ok_or(ApduError::Header)?;
        let (data, expected, extended) = match body {
            [] => (&[][..], 0, false),
            [le] => (&[][..], most(u32::from(*le), 256), false),
            [0, high, low] => {
                (&[][..], most(u32::from(u16::from_be_bytes([*high, *low])), 65_536), true)
            }
            [0, high, low, rest @ ..] => {
                let (data, expected) = split(rest, u16::from_be_bytes([*high, *low]), true)?;
                (data, expected, true)
            }
            [lc, rest @ ..] => {
                let (data, expected) = split(rest, (*lc).into(), false)?;
                (data, expected, false)
            }
        };
        Ok(Self { header: *header, data, expected, extended })
    }

    /// CLA, INS, P1 and P2.
    #[must_use]
    pub const fn header(&self) -> [u8; 4] {
        self.header
    }

    /// The data, which can be a secret.
    #[must_use]
    pub const fn reveal(&self) -> &'a [u8] {
        self.data
    }

    /// How many bytes of data the response may have; 256 and 65 536 mean as
    /// many as there are.
    #[must_use]
    pub const fn expected(&self) -> u32 {
        self.expected
    }

    /// Its case.
    #[must_use]
    pub const fn case(&self) -> Case {
        match (self.data.is_empty(), self.expected == 0, self.extended) {
            (true, true, _) => Case::One,
            (true, false, false) => Case::ShortTwo,
            (false, true, false) => Case::ShortThree,
            (false, false, false) => Case::ShortFour,
            (true, false, true) => Case::ExtendedTwo,
            (false, true, true) => Case::ExtendedThree,
            (false, false, true) => Case::ExtendedFour,
        }
    }

    /// The command in parts of at most `part` bytes of data each, at least 1
    /// and at most 255: command chaining (ISO/IEC 7816-4:2013, 5.3.3). All but
    /// the last have b5 of CLA set and expect nothing; to be sent in turn, each
    /// after 9000 to the one before.
    pub const fn chain(&self, part: u8) -> Chain<'a> {
        Chain::new(*self, part)
    }

    pub(super) const fn part(&self, data: &'a [u8], last: bool) -> Self {
        let [cla, ins, p1, p2] = self.header;
        let cla = if last { cla } else { cla | 0x10 };
        let expected = if last { self.expected } else { 0 };
        Self { header: [cla, ins, p1, p2], data, expected, extended: false }
    }

    /// Writes the command to the front of `buf` and returns it.
    ///
    /// # Errors
    /// More data than 255 bytes, or more expected than 256, without
    /// [`extended`](Self::extended); more than 65 535 and 65 536 with it. A `buf`
    /// that is too short ([`Command::MAX`] never is for a short command).
    pub fn write_to<'b>(&self, buf: &'b mut [u8]) -> Result<&'b [u8], ApduError> {
        let (has, wants) = (!self.data.is_empty(), self.expected > 0);
        let (most_data, most_expected) = if self.extended { (65_535, 65_536) } else { (255, 256) };
        if self.data.len() > most_data || self.expected > most_expected {
            return Err(ApduError::TooLong);
        }
        let [lc_low, lc_high, ..] = self.data.len().to_le_bytes();
        // What says "as many as there are" is one more than fits, so 0.
        let [le_low, le_high, ..] = self.expected.to_le_bytes();
        let (lc, le) = ([0, lc_high, lc_low], [0, le_high, le_low]);
        let (lc, le): (&[u8], &[u8]) = match (self.extended, has) {
            (false, _) => (&[lc_low], &[le_low]),
            (true, true) => (&lc, &[le_high, le_low]),
            (true, false) => (&lc, &le),
        };
        let lc = if has { lc } else { &[] };
        let le = if wants { le } else { &[] };
        let mut len = 0;
        for part in [&self.header, lc, self.data, le] {
            let end = len + part.len();
            buf.get_mut(len..end).ok_or(ApduError::Buffer)?.copy_from_slice(part);
            len = end;
        }
        Ok(buf.get(..len).unwrap_or_default())
    }
}

/// An Le of 0 is one more than what fits.
const fn most(le: u32, most: u32) -> u32 {
    if le == 0 { most } else { le }
}

/// Data and Le behind an Lc; an Lc of 0 is none.
fn split(rest: &[u8], lc: u16, extended: bool) -> Result<(&[u8], u32), ApduError> {
    let (data, le) = rest.split_at_checked(lc.into()).ok_or(ApduError::Length)?;
    let expected = match (le, extended) {
        ([], _) => 0,
        ([le], false) => most(u32::from(*le), 256),
        ([high, low], true) => most(u16::from_be_bytes([*high, *low]).into(), 65_536),
        _ => return Err(ApduError::Length),
    };
    if data.is_empty() { Err(ApduError::Length) } else { Ok((data, expected)) }
}

impl fmt::Debug for Command<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cla, ins, p1, p2] = self.header;
        let (lc, le) = (self.data.len(), self.expected);
        write!(f, "Command({cla:02X} {ins:02X} {p1:02X} {p2:02X}, {lc} bytes, expects {le})")
    }
}
