use std::string::String;
use std::vec::Vec;

use super::key::SessionKey;
use crate::sim::card::applet::wire::{pin_block, tlv};

/// A command of an issuer script (EMV Book 3, 6.5; PUT DATA and the ways of
/// [`ChangePin`](Self::ChangePin) are those of the payment systems).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ScriptCommand {
    /// PIN CHANGE/UNBLOCK: another PIN, enciphered, as a block of format 2,
    /// and all its tries.
    ChangePin(String),
    /// PIN CHANGE/UNBLOCK: all tries again.
    UnblockPin,
    /// APPLICATION BLOCK.
    BlockApplication,
    /// APPLICATION UNBLOCK.
    UnblockApplication,
    /// CARD BLOCK.
    BlockCard,
    /// PUT DATA: the value of an element of two bytes of tag.
    PutData(u16, Vec<u8>),
    /// These bytes, as they are.
    Raw(Vec<u8>),
}

/// A script that an issuer sends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Script {
    /// Whether the card gets it before the second GENERATE AC, in template `71`,
    /// or after, in `72`.
    pub before: bool,
    /// Issuer Script Identifier, `9F18`.
    pub identifier: Option<[u8; 4]>,
    /// What the card has to do.
    pub commands: Vec<ScriptCommand>,
}

/// What a script's commands are made with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sealing {
    pub(super) integrity: SessionKey,
    pub(super) confidentiality: SessionKey,
    pub(super) counter: u16,
    pub(super) cryptogram: [u8; 8],
    /// A bit in each MAC is another.
    pub(super) spoiled: bool,
}

impl Script {
    /// A script with these commands before the second GENERATE AC (`71`).
    #[must_use]
    pub fn before(commands: impl Into<Vec<ScriptCommand>>) -> Self {
        Self { before: true, identifier: Some([0, 0, 0, 1]), commands: commands.into() }
    }

    /// A script with these commands after the second GENERATE AC (`72`).
    #[must_use]
    pub fn after(commands: impl Into<Vec<ScriptCommand>>) -> Self {
        Self { before: false, identifier: Some([0, 0, 0, 2]), commands: commands.into() }
    }

    /// The template of the response (EMV Book 3, 10.10).
    pub(super) fn template(&self, sealing: &Sealing) -> Vec<u8> {
        let identifier = self.identifier.map(|bytes| tlv(&[0x9F, 0x18], &bytes));
        let commands = self.commands.iter().map(|command| tlv(&[0x86], &command.sealed(sealing)));
        let content: Vec<u8> = identifier.into_iter().chain(commands).flatten().collect();
        tlv(&[if self.before { 0x71 } else { 0x72 }], &content)
    }
}

impl ScriptCommand {
    fn sealed(&self, sealing: &Sealing) -> Vec<u8> {
        let (header, data) = match self {
            Self::ChangePin(pin) => {
                ([0x84, 0x24, 0x00, 0x02], sealing.confidentiality.encipher(&pin_block(pin)))
            }
            Self::UnblockPin => ([0x84, 0x24, 0x00, 0x00], Vec::new()),
            Self::BlockApplication => ([0x84, 0x1E, 0x00, 0x00], Vec::new()),
            Self::UnblockApplication => ([0x84, 0x18, 0x00, 0x00], Vec::new()),
            Self::BlockCard => ([0x84, 0x16, 0x00, 0x00], Vec::new()),
            Self::PutData(tag, value) => {
                let [high, low] = tag.to_be_bytes();
                ([0x04, 0xDA, high, low], value.clone())
            }
            Self::Raw(bytes) => return bytes.clone(),
        };
        let [class, instruction, p1, p2] = header;
        let length = u8::try_from(data.len().saturating_add(8)).unwrap_or(u8::MAX);
        let header = [class, instruction, p1, p2, length];
        let mut mac =
            sealing.integrity.script_mac(header, sealing.counter, sealing.cryptogram, &data);
        if let (true, [.., byte]) = (sealing.spoiled, &mut mac) {
            *byte ^= 0x01;
        }
        [&header[..], &data, &mac].concat()
    }
}
