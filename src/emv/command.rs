use core::fmt;

use heapless::Vec;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Fault;
use super::bits::Cryptogram;

/// A command of the contact flow.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Command {
    /// SELECT (EMV Book 1, 11.3).
    Select,
    /// READ RECORD (EMV Book 3, 6.5.11).
    ReadRecord {
        /// The short identifier of the file.
        sfi: u8,
        /// The number of the record.
        record: u8,
    },
    /// GET PROCESSING OPTIONS (EMV Book 3, 6.5.8).
    GetProcessingOptions,
    /// GENERATE AC (EMV Book 3, 6.5.5), the first or the second.
    GenerateAc(u8),
    /// EXTERNAL AUTHENTICATE (EMV Book 3, 6.5.4).
    ExternalAuthenticate,
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Select => f.write_str("SELECT"),
            Self::ReadRecord { sfi, record } => write!(f, "READ RECORD {record} of file {sfi}"),
            Self::GetProcessingOptions => f.write_str("GET PROCESSING OPTIONS"),
            Self::GenerateAc(1) => f.write_str("first GENERATE AC"),
            Self::GenerateAc(_) => f.write_str("second GENERATE AC"),
            Self::ExternalAuthenticate => f.write_str("EXTERNAL AUTHENTICATE"),
        }
    }
}

/// The status word at the end of a response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// The selected file is invalidated: the application is blocked.
    pub const INVALIDATED: Self = Self(0x6283);
    /// Function not supported: in answer to SELECT, the card is blocked.
    pub const NOT_SUPPORTED: Self = Self(0x6A81);
    /// Conditions of use not satisfied.
    pub const NOT_SATISFIED: Self = Self(0x6985);
    /// Success.
    pub const OK: Self = Self(0x9000);

    const fn is_transports(self) -> bool {
        matches!(self.0 >> 8, 0x61 | 0x6C)
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// Takes a response apart into data and status word.
pub(crate) fn status(command: Command, response: &[u8]) -> Result<(&[u8], StatusWord), Fault> {
    let (data, sw) = response.split_last_chunk().ok_or(Fault::Short(command))?;
    let sw = StatusWord(u16::from_be_bytes(*sw));
    if sw.is_transports() { Err(Fault::Transport(command, sw)) } else { Ok((data, sw)) }
}

/// The data of a response to a command that succeeded.
pub(crate) fn success(command: Command, response: &[u8]) -> Result<&[u8], Fault> {
    match status(command, response)? {
        (data, StatusWord::OK) => Ok(data),
        (_, sw) => Err(Fault::Refused(command, sw)),
    }
}

/// A command APDU: header, at most `N - 6` bytes of data, lengths. Its data can
/// hold what the card asked to be told, so it is zeroised.
#[derive(Clone, Default, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Apdu<const N: usize>(Vec<u8, N>);

/// The most data that fit a command.
pub(crate) const MOST: usize = 255;
/// Any command.
pub(crate) type AnyApdu = Apdu<{ MOST + 6 }>;
/// A command of the selection: a name of at most 16 bytes.
pub(crate) type SelectApdu = Apdu<22>;

impl<const N: usize> Apdu<N> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// SELECT by name (EMV Book 1, 11.3.2): the first or only application of
    /// that name, or the next.
    pub(crate) fn select(&mut self, name: &[u8], next: bool) {
        self.write([0x00, 0xA4, 0x04, if next { 0x02 } else { 0x00 }], &[name], true);
    }

    /// READ RECORD (EMV Book 3, 6.5.11.2).
    pub(crate) fn read_record(&mut self, sfi: u8, record: u8) {
        self.write([0x00, 0xB2, record, sfi << 3 | 0b100], &[], true);
    }

    /// GET PROCESSING OPTIONS (EMV Book 3, 6.5.8.2): `data` is what the PDOL
    /// asks for, at most 252 bytes.
    pub(crate) fn get_processing_options(&mut self, data: &[u8]) {
        let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
        let template: &[u8] = if length < 0x80 { &[0x83, length] } else { &[0x83, 0x81, length] };
        self.write([0x80, 0xA8, 0x00, 0x00], &[template, data], true);
    }

    /// GENERATE AC (EMV Book 3, 6.5.5.2): `data` is what the CDOL asks for.
    pub(crate) fn generate_ac(&mut self, cryptogram: Cryptogram, data: &[u8]) {
        self.write([0x80, 0xAE, cryptogram.reference(), 0x00], &[data], true);
    }

    /// EXTERNAL AUTHENTICATE (EMV Book 3, 6.5.4.2).
    pub(crate) fn external_authenticate(&mut self, data: &[u8]) {
        self.write([0x00, 0x82, 0x00, 0x00], &[data], false);
    }

    /// Writes header, Lc and data if there are any, and Le. What does not fit
    /// is left out: the callers' data are shorter. What was there before is
    /// zeroised with the rest.
    fn write(&mut self, header: [u8; 4], data: &[&[u8]], le: bool) {
        self.0.clear();
        let length: usize = data.iter().map(|part| part.len()).sum();
        let lc = u8::try_from(length).unwrap_or(u8::MAX);
        let lc: &[u8] = if lc == 0 { &[] } else { &[lc] };
        let le: &[u8] = if le { &[0x00] } else { &[] };
        let front: [&[u8]; 2] = [&header, lc];
        for part in front.into_iter().chain(data.iter().copied()).chain([le]) {
            let _ = self.0.extend_from_slice(part);
        }
    }
}

impl<const N: usize> fmt::Debug for Apdu<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Apdu({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_as_on_the_wire() {
        let mut apdu = AnyApdu::new();
        apdu.select(b"1PAY.SYS.DDF01", false);
        assert_eq!(apdu.bytes(), b"\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00");
        apdu.select(&[0xA0, 0, 0, 3, 0x33], true);
        assert_eq!(apdu.bytes(), b"\x00\xA4\x04\x02\x05\xA0\x00\x00\x03\x33\x00");
        apdu.read_record(5, 2);
        assert_eq!(apdu.bytes(), [0x00, 0xB2, 0x02, 0x2C, 0x00]);
        apdu.get_processing_options(&[0x01, 0x56]);
        assert_eq!(apdu.bytes(), [0x80, 0xA8, 0x00, 0x00, 0x04, 0x83, 0x02, 0x01, 0x56, 0x00]);
        apdu.get_processing_options(&[]);
        assert_eq!(apdu.bytes(), [0x80, 0xA8, 0x00, 0x00, 0x02, 0x83, 0x00, 0x00]);
        apdu.generate_ac(Cryptogram::Arqc, &[0x11]);
        assert_eq!(apdu.bytes(), [0x80, 0xAE, 0x80, 0x00, 0x01, 0x11, 0x00]);
        apdu.external_authenticate(&[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(apdu.bytes(), [0x00, 0x82, 0x00, 0x00, 0x08, 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_long_pdol_answer_has_a_long_length() {
        let mut apdu = AnyApdu::new();
        apdu.get_processing_options(&[0; 128]);
        assert_eq!(apdu.bytes()[..8], [0x80, 0xA8, 0x00, 0x00, 131, 0x83, 0x81, 128]);
        assert_eq!(apdu.bytes().len(), 5 + 131 + 1);
    }
}
