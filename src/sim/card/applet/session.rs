//! From the selection to the records.

use std::vec::Vec;

use super::wire::{Command, answered, element, tlv};
use super::{Algorithm, CardApplication, EmvApplet, Layout, Misbehaviour, files};

/// What is forgotten when the card is reset.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    pub(super) at: At,
    /// With what it signs in this session.
    pub(super) algorithm: Algorithm,
    /// What came with GET PROCESSING OPTIONS and the first GENERATE AC.
    pub(super) pdol_data: Vec<u8>,
    pub(super) cdol1_data: Vec<u8>,
    /// Unpredictable Number of the terminal, as of the first GENERATE AC.
    pub(super) unpredictable: Vec<u8>,
    /// The first cryptogram, and its kind.
    pub(super) first: Option<([u8; 8], u8)>,
    /// Whether the issuer proved to be the issuer, once that was tried.
    pub(super) trusted: Option<bool>,
    /// Card Status Update of the issuer.
    pub(super) status: Option<[u8; 4]>,
    /// Whether the PIN was right, once it was tried.
    pub(super) verified: Option<bool>,
    pub(super) challenge: Option<[u8; 8]>,
    /// How many script commands were carried out, and whether one was not.
    pub(super) scripts: u8,
    pub(super) script_failed: bool,
}

/// How far a session is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum At {
    #[default]
    Start,
    Directory,
    Selected(usize),
    Opened(usize),
    Asked(usize),
    Done(usize),
}

impl EmvApplet {
    pub(super) fn select(&mut self, command: &Command<'_>, next: bool) -> Result<Vec<u8>, u16> {
        if self.memory.blocked || self.misbehaviour.contains(&Misbehaviour::Blocked) {
            return Err(0x6A81);
        }
        if !command.expects || !(5..=16).contains(&command.data.len()) {
            return Err(0x6700);
        }
        let was = core::mem::take(&mut self.session).at;
        if self.personal.directory && command.data == b"1PAY.SYS.DDF01" {
            self.session.at = At::Directory;
            let own = [tlv(&[0x88], &[1]), tlv(&[0x5F, 0x2D], b"zhen")].concat();
            return Ok(tlv(&[0x6F], &[tlv(&[0x84], command.data), tlv(&[0xA5], &own)].concat()));
        }
        let from = match was {
            At::Selected(index) if next => index + 1,
            _ => 0,
        };
        let mut applications = self.personal.applications.iter().enumerate().skip(from);
        let found = applications.find(|(_, known)| known.name.starts_with(command.data));
        let is_next = matches!(was, At::Selected(_)) || !next;
        let Some((index, known)) = found.filter(|_| is_next) else {
            // What was selected stays so.
            self.session.at = was;
            return Err(0x6A82);
        };
        let fci = known.fci();
        self.session.at = At::Selected(index);
        Ok(fci)
    }

    /// Whether what was selected is blocked; SELECT answers with its data all
    /// the same.
    pub(super) fn is_invalidated(&self) -> bool {
        matches!(self.session.at, At::Selected(index)
            if self.application(index).is_ok_and(|known| known.blocked))
    }

    pub(super) fn read(
        &mut self,
        command: &Command<'_>,
        file: u8,
        number: u8,
    ) -> Result<Vec<u8>, u16> {
        if !command.expects || !command.data.is_empty() {
            return Err(0x6700);
        }
        let content = match self.session.at {
            At::Directory if file == 1 => {
                let index = usize::from(number).checked_sub(1).ok_or(0x6A83_u16)?;
                self.personal.applications.get(index).map(CardApplication::entry)
            }
            At::Opened(index) => {
                let mut records = self.files(index)?.iter();
                let found = records.find(|record| (record.file, record.number) == (file, number));
                found.map(|record| record.content.clone())
            }
            _ => return Err(0x6985),
        };
        content.map(|content| tlv(&[0x70], &content)).ok_or(0x6A83)
    }

    pub(super) fn open(&mut self, command: &Command<'_>) -> Result<Vec<u8>, u16> {
        let At::Selected(index) = self.session.at else { return Err(0x6985) };
        let application = self.application(index)?.clone();
        let [0x83, rest @ ..] = command.data else { return Err(0x6A80) };
        let data = match *rest {
            [0x81, length, ref data @ ..] if data.len() == usize::from(length) => data,
            [length, ref data @ ..] if data.len() == usize::from(length) => data,
            _ => return Err(0x6A80),
        };
        let told = answered(application.pdol.as_deref().unwrap_or_default(), data);
        let told = told.ok_or(0x6A80_u16)?;
        let pki = application.authentication.as_ref();
        self.session.algorithm = pki.map_or(Algorithm::Rsa, |pki| pki.algorithm(&told));
        // At its end the counter stays, and so does the card.
        let counter = self.memory.counter.checked_add(1);
        let counter = counter.filter(|_| !application.blocked && !application.unwilling);
        self.memory.counter = counter.ok_or(0x6985_u16)?;
        if let Some(stuck) = self.misbehaviour.iter().find_map(|how| match how {
            Misbehaviour::Counter(stuck) => Some(*stuck),
            _ => None,
        }) {
            self.memory.counter = stuck;
        }
        self.session.at = At::Opened(index);
        self.session.pdol_data = data.to_vec();
        let locator = self.locator(index)?;
        Ok(match application.layout {
            Layout::Values => tlv(&[0x80], &[&application.profile[..], &locator].concat()),
            Layout::Elements => {
                let elements = [element(0x82, &application.profile), element(0x94, &locator)];
                tlv(&[0x77], &elements.concat())
            }
        })
    }

    fn locator(&mut self, index: usize) -> Result<Vec<u8>, u16> {
        let false_one = self.misbehaviour.iter().find_map(|how| match how {
            Misbehaviour::Locator(bytes) => Some(bytes.clone()),
            _ => None,
        });
        false_one.map_or_else(|| self.files(index).map(files::locator), Ok)
    }
}
