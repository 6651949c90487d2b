mod cryptogram;
mod files;
mod memory;
mod misbehaviour;
mod personal;
mod pin;
mod risk;
mod script;
mod session;
pub(crate) mod wire;

use std::vec::Vec;

use self::files::Record;
use self::memory::Memory;
pub use self::misbehaviour::Misbehaviour;
pub use self::personal::{
    Authentication, CardApplication, CardPin, Layout, Personalisation, Placement, Risk,
};
use self::session::Session;
use self::wire::Command;
use super::Application;
use super::pki::{Algorithm, Flaw, Signed};
use crate::sim::issuer::{CardKeys, Issuer};

/// A simulated EMV payment card: the application behind its protocol.
///
/// It makes cryptograms with keys of its own that its [`Issuer`] verifies, and
/// verifies the issuer's; it signs with RSA keys that a terminal can follow up
/// to a [certification authority](super::pki); it has a PIN, limits of its own
/// ([`Risk`]) and carries out issuer scripts.
///
/// It decodes commands on its own and is strict: a wrong length, a command out
/// of its order, a bit too many in a header is refused as a card would. Its
/// memory stays when it is reset.
///
/// ```
/// use embedded_pos::sim::card::pki::Pki;
/// use embedded_pos::sim::card::{
///     Application, Authentication, CardApplication, EmvApplet, Personalisation,
/// };
/// use embedded_pos::sim::issuer::Issuer;
///
/// let application = CardApplication::new(1, "UnionPay Debit", 1)
///     .authenticated(Authentication::Combined, Pki::default())
///     .with(0x8E, &[0, 0, 0, 0, 0, 0, 0, 0, 0x44, 0x03, 0x1F, 0x00]);
/// let personal = Personalisation::of(application).with_pin("1234");
/// let mut card = EmvApplet::new(personal, &Issuer::default());
///
/// card.process(b"\x00\xA4\x04\x00\x08\xA0\x00\x00\x03\x33\x01\x01\x01\x00");
/// card.process(b"\x80\xA8\x00\x00\x0A\x83\x08\x01\x56\x00\x00\x00\x02\x00\x00\x00");
/// let wrong = card.process(b"\x00\x20\x00\x80\x08\x24\x43\x21\xFF\xFF\xFF\xFF\xFF");
/// assert_eq!(wrong, [0x63, 0xC2]);
/// let right = card.process(b"\x00\x20\x00\x80\x08\x24\x12\x34\xFF\xFF\xFF\xFF\xFF");
/// assert_eq!(right, [0x90, 0x00]);
/// ```
#[derive(Clone, Debug)]
pub struct EmvApplet {
    personal: Personalisation,
    /// The keys of each application.
    keys: Vec<CardKeys>,
    memory: Memory,
    session: Session,
    /// The records of an application, once they were needed.
    files: Option<((usize, Algorithm), Vec<Record>)>,
    misbehaviour: Vec<Misbehaviour>,
    commands: Vec<Vec<u8>>,
}

impl EmvApplet {
    /// A card that this issuer gave out.
    #[must_use]
    pub fn new(personal: Personalisation, issuer: &Issuer) -> Self {
        let (pan, sequence) = (&personal.pan, personal.pan_sequence);
        issuer.give_out(pan, sequence, personal.counter);
        let keys = |of: &CardApplication| issuer.card_keys(of.scheme.cipher, pan, sequence);
        Self {
            keys: personal.applications.iter().map(keys).collect(),
            memory: Memory::new(&personal),
            personal,
            session: Session::default(),
            files: None,
            misbehaviour: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// Makes it misbehave, on top of how it does already.
    pub fn misbehave(&mut self, how: Misbehaviour) {
        self.misbehaviour.push(how);
        self.files = None;
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

    /// What is written in it now: scripts change it.
    #[must_use]
    pub const fn personal(&self) -> &Personalisation {
        &self.personal
    }

    /// The data and the status word 9000, or another status word alone.
    fn answer(&mut self, bytes: &[u8]) -> Result<Vec<u8>, u16> {
        let command = Command::parse(bytes).ok_or(0x6700_u16)?;
        // A challenge is for the next command alone.
        let challenge = self.session.challenge.take();
        let file = command.header[3] >> 3;
        match command.header {
            [0x00, 0xA4, 0x04, next @ (0 | 2)] => self.select(&command, next == 2),
            [0x00, 0xB2, number, p2] if p2 & 7 == 4 => self.read(&command, file, number),
            [0x80, 0xCA, high, low] => self.get_data(&command, u16::from_be_bytes([high, low])),
            [0x80, 0xA8, 0x00, 0x00] => self.open(&command),
            [0x00, 0x88, 0x00, 0x00] => self.sign(&command),
            [0x00, 0x84, 0x00, 0x00] => self.challenge(&command),
            [0x00, 0x20, 0x00, way @ (0x80 | 0x88)] => self.verify_pin(&command, way, challenge),
            [0x80, 0xAE, asked @ (0x00 | 0x10 | 0x40 | 0x50 | 0x80 | 0x90), 0x00] => {
                self.generate(&command, asked)
            }
            [0x00, 0x82, 0x00, 0x00] => self.authenticate(&command),
            [0x84 | 0x8C, 0x16 | 0x18 | 0x1E, 0x00, 0x00]
            | [0x84 | 0x8C, 0x24, 0x00, 0x00 | 0x02]
            | [0x04 | 0x0C, 0xDA, ..] => self.obey(&command),
            [0x00, 0x20 | 0x82 | 0x84 | 0x88 | 0xA4 | 0xB2, ..]
            | [0x80, 0xA8 | 0xAE, ..]
            | [0x84 | 0x8C, 0x16 | 0x18 | 0x1E | 0x24, ..] => Err(0x6A86),
            [0x00 | 0x04 | 0x0C | 0x80 | 0x84 | 0x8C, ..] => Err(0x6D00),
            _ => Err(0x6E00),
        }
    }

    fn application(&self, index: usize) -> Result<&CardApplication, u16> {
        self.personal.applications.get(index).ok_or(0x6985)
    }

    /// The keys of an application.
    fn keys(&self, index: usize) -> Result<&CardKeys, u16> {
        self.keys.get(index).ok_or(0x6985)
    }

    fn flaws(&self) -> Vec<(Signed, Flaw)> {
        let flaw = |how: &Misbehaviour| match how {
            Misbehaviour::Flawed(signed, flaw) => Some((*signed, *flaw)),
            _ => None,
        };
        self.misbehaviour.iter().filter_map(flaw).collect()
    }

    /// The records of an application.
    fn files(&mut self, index: usize) -> Result<&[Record], u16> {
        let wanted = (index, self.session.algorithm);
        let known = self.files.take_if(|(of, _)| *of == wanted);
        let records = match known {
            Some((_, records)) => records,
            None => self.personal.records(self.application(index)?, &self.flaws(), wanted.1),
        };
        Ok(&self.files.insert((wanted, records)).1)
    }
}

impl Application for EmvApplet {
    fn reset(&mut self) {
        self.session = Session::default();
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
        self.misbehaviour.iter().for_each(|how| how.alter(count, &mut answer));
        answer
    }
}
