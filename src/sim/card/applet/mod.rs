mod personal;
pub(crate) mod wire;

use std::vec::Vec;

pub use personal::{CardApplication, Layout, Personalisation};

use self::wire::{Command, answered, tlv};
use super::Application;
use crate::sim::issuer::{CRYPTOGRAM_DATA, Issuer, mac};

/// A way for an [`EmvApplet`] to misbehave. Commands are counted from 0, from
/// the reset.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Misbehaviour {
    /// The card is blocked: it refuses every SELECT.
    Blocked,
    /// It says that these are its files.
    Locator(Vec<u8>),
    /// Its first cryptogram has this information, whatever was asked for.
    First(u8),
    /// Its second has.
    Second(u8),
    /// It believes no issuer.
    Distrusting,
    /// It is taken out before this command: from there on, no answer comes.
    Removed(usize),
    /// It answers this command with these bytes.
    Reply(usize, Vec<u8>),
    /// In the answer to this command, the byte at this index is XORed with
    /// this mask.
    Flipped(usize, usize, u8),
    /// The answer to this command ends after so many bytes.
    Cut(usize, usize),
}

/// A simulated EMV payment card: the application behind its protocol. It makes
/// cryptograms with a key of its own that its [`Issuer`] verifies, and verifies
/// the issuer's.
///
/// It decodes commands on its own and is strict: a wrong length, a command out
/// of its order, a bit too many in a header is refused as a card would.
#[derive(Clone, Debug)]
pub struct EmvApplet {
    personal: Personalisation,
    key: [u8; 16],
    misbehaviour: Vec<Misbehaviour>,
    commands: Vec<Vec<u8>>,
    counter: u16,
    at: At,
    arqc: [u8; 8],
    trusted: Option<bool>,
}

/// How far a session is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum At {
    Start,
    Directory,
    Selected(usize),
    Opened(usize),
    Asked(usize),
    Done,
}

impl EmvApplet {
    /// A card that this issuer gave out.
    #[must_use]
    pub fn new(personal: Personalisation, issuer: &Issuer) -> Self {
        let key = issuer.card_key(&personal.pan, personal.pan_sequence);
        Self {
            personal,
            key,
            misbehaviour: Vec::new(),
            commands: Vec::new(),
            counter: 0,
            at: At::Start,
            arqc: [0; 8],
            trusted: None,
        }
    }

    /// Makes it misbehave, on top of how it does already.
    pub fn misbehave(&mut self, how: Misbehaviour) {
        self.misbehaviour.push(how);
    }

    /// The commands that came since the reset.
    #[must_use]
    pub fn commands(&self) -> &[Vec<u8>] {
        &self.commands
    }

    /// Whether it was taken out.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        let count = self.commands.len();
        self.misbehaviour.iter().any(|how| matches!(how, Misbehaviour::Removed(at) if *at < count))
    }

    /// The data and the status word 9000, or another status word alone.
    fn answer(&mut self, bytes: &[u8]) -> Result<Vec<u8>, u16> {
        let command = Command::parse(bytes).ok_or(0x6700_u16)?;
        let file = command.header[3] >> 3;
        match command.header {
            [0x00, 0xA4, 0x04, next @ (0 | 2)] => self.select(&command, next == 2),
            [0x00, 0xB2, number, p2] if p2 & 7 == 4 => self.read(&command, file, number),
            [0x80, 0xA8, 0x00, 0x00] => self.open(&command),
            [0x80, 0xAE, asked @ (0x00 | 0x40 | 0x80), 0x00] => self.generate(&command, asked),
            [0x00, 0x82, 0x00, 0x00] => self.authenticate(&command),
            [0x00, 0xA4 | 0xB2 | 0x82, ..] | [0x80, 0xA8 | 0xAE, ..] => Err(0x6A86),
            [0x00 | 0x80, ..] => Err(0x6D00),
            _ => Err(0x6E00),
        }
    }

    fn select(&mut self, command: &Command<'_>, next: bool) -> Result<Vec<u8>, u16> {
        if self.misbehaviour.contains(&Misbehaviour::Blocked) {
            return Err(0x6A81);
        }
        if !command.expects || !(5..=16).contains(&command.data.len()) {
            return Err(0x6700);
        }
        if self.personal.directory && command.data == b"1PAY.SYS.DDF01" {
            self.at = At::Directory;
            let own = [tlv(&[0x88], &[1]), tlv(&[0x5F, 0x2D], b"zhen")].concat();
            return Ok(tlv(&[0x6F], &[tlv(&[0x84], command.data), tlv(&[0xA5], &own)].concat()));
        }
        let from = match self.at {
            At::Selected(index) if next => index + 1,
            _ if next => return Err(0x6A82),
            _ => 0,
        };
        let mut applications = self.personal.applications.iter().enumerate().skip(from);
        let found = applications.find(|(_, known)| known.name.starts_with(command.data));
        let (index, known) = found.ok_or(0x6A82_u16)?;
        let fci = known.fci();
        self.at = At::Selected(index);
        Ok(fci)
    }

    /// Whether what was selected is blocked; SELECT answers with its data all
    /// the same.
    fn is_invalidated(&self) -> bool {
        matches!(self.at, At::Selected(index) if self.application(index).is_ok_and(|known| known.blocked))
    }

    fn application(&self, index: usize) -> Result<&CardApplication, u16> {
        self.personal.applications.get(index).ok_or(0x6985)
    }

    fn read(&mut self, command: &Command<'_>, file: u8, number: u8) -> Result<Vec<u8>, u16> {
        if !command.expects || !command.data.is_empty() {
            return Err(0x6700);
        }
        let content = match self.at {
            At::Directory if file == 1 => {
                let index = usize::from(number).checked_sub(1).ok_or(0x6A83_u16)?;
                self.personal.applications.get(index).map(CardApplication::entry)
            }
            At::Opened(index) => {
                let records = self.personal.records(self.application(index)?);
                let mut records = records.into_iter();
                records.find(|record| (record.0, record.1) == (file, number)).map(|found| found.2)
            }
            _ => return Err(0x6985),
        };
        content.map(|content| tlv(&[0x70], &content)).ok_or(0x6A83)
    }

    fn open(&mut self, command: &Command<'_>) -> Result<Vec<u8>, u16> {
        let At::Selected(index) = self.at else { return Err(0x6985) };
        let application = self.application(index)?.clone();
        let [0x83, rest @ ..] = command.data else { return Err(0x6A80) };
        let data = match *rest {
            [0x81, length, ref data @ ..] if data.len() == usize::from(length) => data,
            [length, ref data @ ..] if data.len() == usize::from(length) => data,
            _ => return Err(0x6A80),
        };
        answered(application.pdol.as_deref().unwrap_or_default(), data).ok_or(0x6A80_u16)?;
        if application.blocked || application.unwilling {
            return Err(0x6985);
        }
        self.counter += 1;
        self.at = At::Opened(index);
        let locator = self.locator(&application);
        Ok(match application.layout {
            Layout::Values => tlv(&[0x80], &[&application.profile[..], &locator].concat()),
            Layout::Elements => {
                let elements = [tlv(&[0x82], &application.profile), tlv(&[0x94], &locator)];
                tlv(&[0x77], &elements.concat())
            }
        })
    }

    fn locator(&self, application: &CardApplication) -> Vec<u8> {
        let false_one = self.misbehaviour.iter().find_map(|how| match how {
            Misbehaviour::Locator(bytes) => Some(bytes.clone()),
            _ => None,
        });
        false_one.unwrap_or_else(|| {
            let records = self.personal.records(application);
            records.iter().flat_map(|&(file, number, _)| [file << 3, number, number, 0]).collect()
        })
    }

    fn generate(&mut self, command: &Command<'_>, asked: u8) -> Result<Vec<u8>, u16> {
        let (index, first) = match self.at {
            At::Opened(index) => (index, true),
            At::Asked(index) => (index, false),
            _ => return Err(0x6985),
        };
        let application = self.application(index)?.clone();
        let list = if first { &application.cdol1 } else { &application.cdol2 };
        let told = answered(list, command.data).filter(|_| command.expects).ok_or(0x6700_u16)?;
        let information =
            if first { self.first(asked) } else { self.second(asked, &told, &application) };
        self.at = if first && information & 0xC0 == 0x80 { At::Asked(index) } else { At::Done };
        Ok(self.cryptogram(&application, information, &told))
    }

    fn first(&self, asked: u8) -> u8 {
        let told = self.misbehaviour.iter().find_map(|how| match how {
            Misbehaviour::First(information) => Some(*information),
            _ => None,
        });
        told.unwrap_or(asked)
    }

    /// Decides at the end: bit 4 with reason 3 says that the issuer did not
    /// prove to be the issuer.
    fn second(&mut self, asked: u8, told: &[(u32, Vec<u8>)], application: &CardApplication) -> u8 {
        if let Some(data) = value(told, 0x91).filter(|data| data.iter().any(|&byte| byte != 0)) {
            self.trusted = Some(self.verify(data));
        }
        let told = self.misbehaviour.iter().find_map(|how| match how {
            Misbehaviour::Second(information) => Some(*information),
            _ => None,
        });
        match told {
            Some(information) => information,
            None if application.mutual && self.trusted != Some(true) => 0x0B,
            None => asked,
        }
    }

    fn cryptogram(
        &mut self,
        application: &CardApplication,
        information: u8,
        told: &[(u32, Vec<u8>)],
    ) -> Vec<u8> {
        let counter = self.counter.to_be_bytes();
        let issuer_data = [0x07, 0x01, 0x01, 0x03, information, 0x00, 0x00, 0x01];
        let values = CRYPTOGRAM_DATA.iter().filter_map(|&tag| value(told, tag));
        let input: Vec<u8> = values.flatten().copied().collect();
        let kind = [information & 0xC0];
        let parts = [&kind[..], &input, &application.profile, &counter, &issuer_data];
        let cryptogram = mac(&self.key, &parts);
        if information & 0xC0 == 0x80 {
            self.arqc = cryptogram;
        }
        match application.layout {
            Layout::Values => {
                let values = [&[information][..], &counter, &cryptogram, &issuer_data].concat();
                tlv(&[0x80], &values)
            }
            Layout::Elements => {
                let elements = [
                    tlv(&[0x9F, 0x27], &[information]),
                    tlv(&[0x9F, 0x36], &counter),
                    tlv(&[0x9F, 0x26], &cryptogram),
                    tlv(&[0x9F, 0x10], &issuer_data),
                ];
                tlv(&[0x77], &elements.concat())
            }
        }
    }

    fn authenticate(&mut self, command: &Command<'_>) -> Result<Vec<u8>, u16> {
        let At::Asked(index) = self.at else { return Err(0x6985) };
        if self.application(index)?.profile[0] & 0x04 == 0 || self.trusted.is_some() {
            return Err(0x6985);
        }
        if command.expects || !(8..=16).contains(&command.data.len()) {
            return Err(0x6700);
        }
        let trusted = self.verify(command.data);
        self.trusted = Some(trusted);
        if trusted { Ok(Vec::new()) } else { Err(0x6300) }
    }

    /// The issuer proves itself by a code over the ARQC and its own response
    /// code, followed by that response code.
    fn verify(&self, data: &[u8]) -> bool {
        let parts = data.split_at_checked(8);
        let proven = parts.is_some_and(|(code, arc)| code == mac(&self.key, &[&self.arqc, arc]));
        proven && !self.misbehaviour.contains(&Misbehaviour::Distrusting)
    }
}

impl Application for EmvApplet {
    fn reset(&mut self) {
        self.at = At::Start;
        self.trusted = None;
        self.commands.clear();
    }

    /// An answer of no bytes: the card was taken out.
    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let count = self.commands.len();
        self.commands.push(command.to_vec());
        if self.is_removed() {
            return Vec::new();
        }
        let (mut answer, sw) = match self.answer(command) {
            Ok(data) => (data, if self.is_invalidated() { 0x6283 } else { 0x9000_u16 }),
            Err(sw) => (Vec::new(), sw),
        };
        answer.extend(sw.to_be_bytes());
        for how in &self.misbehaviour {
            match how {
                Misbehaviour::Reply(at, bytes) if *at == count => answer.clone_from(bytes),
                Misbehaviour::Cut(at, length) if *at == count => answer.truncate(*length),
                Misbehaviour::Flipped(at, index, mask) if *at == count => {
                    answer.get_mut(*index).into_iter().for_each(|byte| *byte ^= mask);
                }
                _ => {}
            }
        }
        answer
    }
}

fn value(told: &[(u32, Vec<u8>)], tag: u32) -> Option<&Vec<u8>> {
    told.iter().find(|(known, _)| *known == tag).map(|(_, value)| value)
}
