//! The commands: each a struct with its opcode, its parameters, and what a
//! good answer to it holds.
//!
//! [`Zfm::ask`](super::Zfm::ask) sends one. The manuals are the ZFM-20 User
//! Manual V2.0 and the R503 User Manuals V1.1 and V1.2.2, whose order is kept.

mod capture;
mod library;
mod light;
mod matching;
mod module;

pub use capture::{GenImg, Img2Tz};
pub use library::{
    DeletChar, Empty, Index, LoadChar, ReadIndexTable, RegModel, Store, TempleteNum,
};
pub use light::{AuraLed, Control};
pub use matching::{Hit, Match, Search};
pub use module::{
    CheckSensor, GetRandomCode, HandShake, PacketSize, Parameters, ProductInfo, ReadProdInfo,
    ReadSysPara, SetPwd, Status, VfyPwd,
};

use super::config::{Dialect, Timing};
use super::confirmation::Confirmation;
use crate::port::Duration;

/// A command and what a good answer to it holds.
///
/// An answer does not say which command it answers. Its exact length, and the
/// codes a command can be refused with, are all there is to tell them apart;
/// so both are stated here and neither is bent.
pub trait Command {
    /// The command byte.
    const OPCODE: u8;
    /// The name in the manual.
    const NAME: &'static str;
    /// Whether only modules of the R503 dialect have it.
    const R503_ONLY: bool = false;
    /// Bytes behind the code of a good answer, exactly.
    const REPLY: usize;
    /// The codes it can be refused with, besides those that any can.
    const REFUSALS: &'static [Confirmation];
    /// The parameters' bytes.
    type Parameters: AsRef<[u8]>;
    /// What a good answer says.
    type Reply;

    /// What stands behind the command byte.
    fn parameters(&self) -> Self::Parameters;

    /// Reads what stands behind the code of a good answer; `None` if it cannot
    /// be an answer to this command.
    fn decode(&self, reply: &[u8]) -> Option<Self::Reply>;

    /// How long the answer may take.
    fn time(&self, timing: &Timing) -> Duration {
        timing.reply
    }

    /// Whether a module of this dialect has the command.
    fn is_known_to(&self, dialect: Dialect) -> bool {
        !Self::R503_ONLY || dialect == Dialect::R503
    }
}

/// The name of an opcode in the dialects that this driver speaks.
#[must_use]
pub const fn name(opcode: u8) -> Option<&'static str> {
    Some(match opcode {
        GenImg::OPCODE => GenImg::NAME,
        Img2Tz::OPCODE => Img2Tz::NAME,
        Match::OPCODE => Match::NAME,
        Search::OPCODE => Search::NAME,
        RegModel::OPCODE => RegModel::NAME,
        Store::OPCODE => Store::NAME,
        LoadChar::OPCODE => LoadChar::NAME,
        DeletChar::OPCODE => DeletChar::NAME,
        Empty::OPCODE => Empty::NAME,
        ReadSysPara::OPCODE => ReadSysPara::NAME,
        SetPwd::OPCODE => SetPwd::NAME,
        VfyPwd::OPCODE => VfyPwd::NAME,
        GetRandomCode::OPCODE => GetRandomCode::NAME,
        TempleteNum::OPCODE => TempleteNum::NAME,
        ReadIndexTable::OPCODE => ReadIndexTable::NAME,
        AuraLed::OPCODE => AuraLed::NAME,
        CheckSensor::OPCODE => CheckSensor::NAME,
        ReadProdInfo::OPCODE => ReadProdInfo::NAME,
        HandShake::OPCODE => HandShake::NAME,
        _ => return None,
    })
}

/// Nothing behind the code.
fn nothing(reply: &[u8]) -> Option<()> {
    reply.is_empty().then_some(())
}

/// The two fields of two bytes, big-endian.
fn two_words(reply: &[u8]) -> Option<(u16, u16)> {
    let (first, rest) = reply.split_first_chunk()?;
    Some((u16::from_be_bytes(*first), word(rest)?))
}

fn word(reply: &[u8]) -> Option<u16> {
    reply.try_into().ok().map(u16::from_be_bytes)
}

#[cfg(test)]
mod vector {
    use std::vec::Vec;

    use super::Command;
    use crate::fingerprint::zfm::frame::{Frame, Pid};

    /// Asserts that a command to the factory address is this frame.
    pub(super) fn assert_frame<C: Command>(command: &C, hex: &str) {
        let mut content = [C::OPCODE].to_vec();
        content.extend(command.parameters().as_ref());
        let mut out = [0; 64];
        let len = Frame::new(u32::MAX, Pid::Command, &content).encode(&mut out).unwrap();
        assert_eq!(&out[..len], bytes(hex), "{}", C::NAME);
        assert_eq!(super::name(C::OPCODE), Some(C::NAME));
    }

    /// Asserts that no other length is taken for a good answer.
    pub(super) fn assert_exact<C: Command>(command: &C) {
        for len in 0..64 {
            assert_eq!(command.decode(&[0; 64][..len]).is_some(), len == C::REPLY, "{}", C::NAME);
        }
    }

    pub(super) fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
        let pair = |p: &[char]| u8::from_str_radix(&p.iter().collect::<std::string::String>(), 16);
        digits.chunks(2).map(|p| pair(p).unwrap()).collect()
    }
}
