use core::fmt;

use zeroize::Zeroizing;

use super::Fault;
use super::bits::Cryptogram;
use super::tlv::Tag;
use crate::card::{Command, Meaning, Response, StatusWord};

/// A command of the contact flow.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Instruction {
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
    /// INTERNAL AUTHENTICATE (EMV Book 3, 6.5.9).
    InternalAuthenticate,
    /// GET DATA (EMV Book 3, 6.5.7) of this element.
    GetData(Tag),
    /// GET CHALLENGE (EMV Book 3, 6.5.6).
    GetChallenge,
    /// VERIFY (EMV Book 3, 6.5.12).
    Verify,
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Select => f.write_str("SELECT"),
            Self::ReadRecord { sfi, record } => write!(f, "READ RECORD {record} of file {sfi}"),
            Self::GetProcessingOptions => f.write_str("GET PROCESSING OPTIONS"),
            Self::GenerateAc(1) => f.write_str("first GENERATE AC"),
            Self::GenerateAc(_) => f.write_str("second GENERATE AC"),
            Self::ExternalAuthenticate => f.write_str("EXTERNAL AUTHENTICATE"),
            Self::InternalAuthenticate => f.write_str("INTERNAL AUTHENTICATE"),
            Self::GetData(tag) => write!(f, "GET DATA of {tag}"),
            Self::GetChallenge => f.write_str("GET CHALLENGE"),
            Self::Verify => f.write_str("VERIFY"),
        }
    }
}

/// The selected file is invalidated: the application is blocked.
pub(crate) const INVALIDATED: StatusWord = StatusWord(0x6283);
/// Function not supported: in answer to SELECT, the card is blocked.
pub(crate) const NOT_SUPPORTED: StatusWord = StatusWord(0x6A81);
/// Record not found: there are no more.
pub(crate) const NOT_FOUND: StatusWord = StatusWord(0x6A83);
/// Conditions of use not satisfied.
pub(crate) const NOT_SATISFIED: StatusWord = StatusWord(0x6985);

/// Takes a response apart into data and status word.
#[inline(never)]
pub(crate) fn status(command: Instruction, response: &[u8]) -> Result<(&[u8], StatusWord), Fault> {
    let response = Response::new(response).map_err(|_| Fault::Short(command))?;
    let sw = response.status();
    match sw.meaning() {
        Meaning::More(_) | Meaning::WrongLength(_) => Err(Fault::Transport(command, sw)),
        _ => Ok((response.data(), sw)),
    }
}

/// The data of a response to a command that succeeded.
#[inline(never)]
pub(crate) fn success(command: Instruction, response: &[u8]) -> Result<&[u8], Fault> {
    match status(command, response)? {
        (data, StatusWord::SUCCESS) => Ok(data),
        (_, sw) => Err(Fault::Refused(command, sw)),
    }
}

/// A command APDU of at most `N` bytes. Its data can hold what the card asked
/// to be told, so it is zeroised.
pub(crate) struct Apdu<const N: usize> {
    pub(super) buf: Zeroizing<[u8; N]>,
    pub(super) len: usize,
}

/// The most data that fit a command.
pub(crate) const MOST: usize = 255;
/// The longest header of a template.
const LONGEST: usize = 3;
/// The most data that fit GET PROCESSING OPTIONS: it has a template around them.
pub(crate) const MOST_OPTIONS: usize = MOST - LONGEST;
/// Any command.
pub(crate) type AnyApdu = Apdu<{ Command::MAX }>;
/// A command of the selection: a name of at most 16 bytes.
pub(crate) type SelectApdu = Apdu<22>;

impl<const N: usize> Apdu<N> {
    pub(crate) fn new() -> Self {
        Self { buf: Zeroizing::new([0; N]), len: 0 }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.buf.get(..self.len).unwrap_or_default()
    }

    /// The data of the command: as a rule, what a list of the card asked for.
    pub(crate) fn data(&self) -> &[u8] {
        let lc = self.buf.get(4).copied().unwrap_or_default();
        self.bytes().get(5..5 + usize::from(lc)).unwrap_or_default()
    }

    /// SELECT by name (EMV Book 1, 11.3.2): the first or only application of
    /// that name, or the next.
    pub(crate) fn select(&mut self, name: &[u8], next: bool) {
        let next = if next { 0x02 } else { 0x00 };
        self.write(&Command::new(0x00, 0xA4, 0x04, next).data(name).expect(256));
    }

    /// READ RECORD (EMV Book 3, 6.5.11.2).
    pub(crate) fn read_record(&mut self, sfi: u8, record: u8) {
        self.write(&Command::new(0x00, 0xB2, record, sfi << 3 | 0b100).expect(256));
    }

    /// GET PROCESSING OPTIONS (EMV Book 3, 6.5.8.2): `answer` writes what the
    /// PDOL asks for in its place, at most [`MOST_OPTIONS`] bytes, and returns
    /// their length.
    pub(crate) fn get_processing_options<E>(
        &mut self,
        answer: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        self.filled([0x80, 0xA8, 0x00, 0x00], |out| {
            let Some((header, rest)) = out.split_first_chunk_mut::<LONGEST>() else { return Ok(0) };
            let length = answer(rest.get_mut(..MOST_OPTIONS).unwrap_or_default())?;
            let count = u8::try_from(length).unwrap_or_default();
            // Template 83, its length in the shortest form.
            *header = [0x83, 0x81, count];
            if count < 0x80 {
                *header = [0x83, count, 0];
                out.copy_within(LONGEST..LONGEST + length, LONGEST - 1);
                return Ok(LONGEST - 1 + length);
            }
            Ok(LONGEST + length)
        })
    }

    /// What the PDOL asked for, in GET PROCESSING OPTIONS: the content of the
    /// template.
    pub(crate) fn options(&self) -> &[u8] {
        match self.data() {
            [_, 0x81, _, content @ ..] => content,
            [_, _, content @ ..] => content,
            _ => &[],
        }
    }

    /// GENERATE AC (EMV Book 3, 6.5.5.2): `answer` writes what the CDOL asks
    /// for in its place. `combined` asks for combined data authentication.
    pub(crate) fn generate_ac<E>(
        &mut self,
        cryptogram: Cryptogram,
        combined: bool,
        answer: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        let combined = if combined { 0x10 } else { 0x00 };
        self.filled([0x80, 0xAE, cryptogram.reference() | combined, 0x00], answer)
    }

    /// INTERNAL AUTHENTICATE (EMV Book 3, 6.5.9.2): `answer` writes what the
    /// DDOL asks for in its place.
    pub(crate) fn internal_authenticate<E>(
        &mut self,
        answer: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        self.filled([0x00, 0x88, 0x00, 0x00], answer)
    }

    /// A command that expects data, with those that `answer` writes, at most
    /// 255 bytes; it returns their length.
    fn filled<E>(
        &mut self,
        [class, instruction, p1, p2]: [u8; 4],
        answer: impl FnOnce(&mut [u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        self.len = 0;
        let Some((header, rest)) = self.buf.split_first_chunk_mut() else { return Ok(()) };
        let room = rest.len().saturating_sub(1).min(MOST);
        let length = answer(rest.get_mut(..room).unwrap_or_default())?;
        let lc = u8::try_from(length).unwrap_or_default();
        *header = [class, instruction, p1, p2, lc];
        // Le is 00. Where there are no data, it stands in the place of Lc.
        rest.iter_mut().skip(length).take(1).for_each(|le| *le = 0x00);
        self.len = if length == 0 { 5 } else { 5 + length + 1 };
        Ok(())
    }

    /// EXTERNAL AUTHENTICATE (EMV Book 3, 6.5.4.2).
    pub(crate) fn external_authenticate(&mut self, data: &[u8]) {
        self.write(&Command::new(0x00, 0x82, 0x00, 0x00).data(data));
    }

    /// GET DATA (EMV Book 3, 6.5.7.2) of an element whose tag has two bytes.
    pub(crate) fn get_data(&mut self, tag: Tag) {
        let [.., p1, p2] = tag.0.to_be_bytes();
        self.write(&Command::new(0x80, 0xCA, p1, p2).expect(256));
    }

    /// GET CHALLENGE (EMV Book 3, 6.5.6.2).
    pub(crate) fn get_challenge(&mut self) {
        self.write(&Command::new(0x00, 0x84, 0x00, 0x00).expect(256));
    }

    /// A command as the issuer made it; whether it fits.
    pub(crate) fn whole(&mut self, command: &[u8]) -> bool {
        let place = self.buf.get_mut(..command.len());
        let fits = place.is_some();
        place.unwrap_or_default().copy_from_slice(if fits { command } else { &[] });
        self.len = if fits { command.len() } else { 0 };
        fits
    }

    /// The callers' data fit; if they did not, nothing would be sent.
    pub(super) fn write(&mut self, command: &Command<'_>) {
        self.len = command.write_to(self.buf.as_mut_slice()).map_or(0, <[u8]>::len);
    }
}

impl<const N: usize> fmt::Debug for Apdu<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Apdu({} bytes)", self.len)
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
        let told = |bytes: &'static [u8]| {
            move |out: &mut [u8]| {
                out[..bytes.len()].copy_from_slice(bytes);
                Ok::<_, ()>(bytes.len())
            }
        };
        apdu.get_processing_options(told(&[0x01, 0x56])).unwrap();
        assert_eq!(apdu.bytes(), [0x80, 0xA8, 0x00, 0x00, 0x04, 0x83, 0x02, 0x01, 0x56, 0x00]);
        assert_eq!(apdu.options(), [0x01, 0x56]);
        apdu.get_processing_options(told(&[])).unwrap();
        assert_eq!(apdu.bytes(), [0x80, 0xA8, 0x00, 0x00, 0x02, 0x83, 0x00, 0x00]);
        let answer = |length| {
            move |out: &mut [u8]| {
                out[..length].fill(0x11);
                Ok::<_, ()>(length)
            }
        };
        apdu.generate_ac(Cryptogram::Arqc, false, answer(1)).unwrap();
        assert_eq!(apdu.bytes(), [0x80, 0xAE, 0x80, 0x00, 0x01, 0x11, 0x00]);
        assert_eq!(apdu.data(), [0x11]);
        apdu.generate_ac(Cryptogram::Arqc, true, answer(1)).unwrap();
        assert_eq!(apdu.bytes()[..4], [0x80, 0xAE, 0x90, 0x00]);
        apdu.generate_ac(Cryptogram::Tc, false, answer(0)).unwrap();
        assert_eq!(apdu.bytes(), [0x80, 0xAE, 0x40, 0x00, 0x00]);
        apdu.generate_ac(Cryptogram::Aac, false, answer(MOST)).unwrap();
        assert_eq!(apdu.bytes()[..5], [0x80, 0xAE, 0x00, 0x00, 0xFF]);
        assert_eq!(apdu.bytes().len(), 261);
        assert_eq!(apdu.bytes()[259..], [0x11, 0x00]);
        apdu.external_authenticate(&[1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(apdu.bytes(), [0x00, 0x82, 0x00, 0x00, 0x08, 1, 2, 3, 4, 5, 6, 7, 8]);
        apdu.internal_authenticate(answer(4)).unwrap();
        assert_eq!(apdu.bytes(), [0x00, 0x88, 0, 0, 4, 0x11, 0x11, 0x11, 0x11, 0x00]);
        assert_eq!(apdu.data(), [0x11; 4]);
        apdu.get_data(Tag::PIN_TRY_COUNTER);
        assert_eq!((apdu.bytes(), apdu.data()), (&[0x80, 0xCA, 0x9F, 0x17, 0x00][..], &[][..]));
        apdu.get_challenge();
        assert_eq!(apdu.bytes(), [0x00, 0x84, 0x00, 0x00, 0x00]);
        assert!(apdu.whole(&[0x84, 0x16, 0, 0, 4, 1, 2, 3, 4]));
        assert_eq!((apdu.bytes().len(), apdu.whole(&[0; 262]), apdu.bytes().len()), (9, false, 0));
    }

    #[test]
    fn a_long_pdol_answer_has_a_long_length() {
        let mut apdu = AnyApdu::new();
        apdu.get_processing_options(|out| {
            out[..128].fill(0x22);
            Ok::<_, ()>(128)
        })
        .unwrap();
        assert_eq!(apdu.options(), [0x22; 128]);
        assert_eq!(apdu.bytes()[..8], [0x80, 0xA8, 0x00, 0x00, 131, 0x83, 0x81, 128]);
        assert_eq!(apdu.bytes().len(), 5 + 131 + 1);
    }
}
