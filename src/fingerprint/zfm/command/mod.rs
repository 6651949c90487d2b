//! The commands: each a struct with its opcode, its parameters, and what a
//! good answer to it holds.
//!
//! [`Zfm::ask`](super::Zfm::ask) sends one, if the module's [`Dialect`] has it.
//! The manuals are the ZFM-20 User Manual V2.0, the R503 User Manuals V1.1 and
//! V1.2.2, and the M5 Unit Fingerprint control protocol V1.0. Opcodes that
//! stand in no manual but in the headers of libraries for these modules say so.
//!
//! What is not here: D0h to D7h (the co-processor of the M5 unit: sleep time,
//! work mode, status, version) and E0h to E4h (keys, encrypted templates and
//! search), whose layouts are not published, and 3Bh, which restores a
//! module's factory settings and is in a header only.

/// A command without parameters whose good answer holds nothing: the most part
/// of them.
macro_rules! bare {
    (
        $(#[$doc:meta])*
        $name:ident($opcode:literal, $text:literal, $dialects:ident)
        takes $time:ident, refused as [$($refusal:ident),*]
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub struct $name;

        impl crate::fingerprint::zfm::command::Command for $name {
            const OPCODE: u8 = $opcode;
            const NAME: &'static str = $text;
            const DIALECTS: crate::fingerprint::zfm::Dialects =
                crate::fingerprint::zfm::Dialects::$dialects;
            const REPLY: usize = 0;
            const REFUSALS: &'static [crate::fingerprint::zfm::Confirmation] =
                &[$(crate::fingerprint::zfm::Confirmation::$refusal),*];
            type Parameters = [u8; 0];
            type Reply = ();

            fn parameters(&self) -> [u8; 0] {
                []
            }

            fn decode(&self, reply: &[u8]) -> Option<()> {
                reply.is_empty().then_some(())
            }

            fn time(
                &self,
                timing: &crate::fingerprint::zfm::Timing,
            ) -> crate::port::Duration {
                timing.$time
            }
        }
    };
}

mod auto;
mod capture;
mod label;
mod library;
mod light;
mod matching;
mod module;
mod notepad;
mod parameters;
pub mod synochip;
mod transfer;

pub use auto::{AutoEnroll, AutoIdentify};
pub use capture::{
    GenImg, GenImgFree, GetEnrollImage, GetImageEx, GetImageInfo, ImageInfo, Img2Tz,
};
pub use label::{GetAlgVer, GetChipSn, GetFwVer, ProductInfo, ReadProdInfo};
pub use library::{
    DeletChar, Empty, Index, LoadChar, ReadIndexTable, RegModel, Store, TempleteNum,
};
pub use light::{AuraLed, Control, ControlBln, LedOff, LedOn};
pub use matching::{HighSpeedSearch, Hit, Match, Search, SearchNow};
pub use module::{
    Cancel, CheckSensor, ControlPort, Echo, GetRandomCode, HandShake, SetAdder, SetPwd, SoftRst,
    Standby, VfyPwd,
};
pub use notepad::{Note, ReadNotepad, WriteNotepad};
pub use parameters::{PacketSize, Parameters, ReadSysPara, Register, Status, WriteReg};

pub use transfer::{DownChar, DownImage, ReadInfPage, UpChar, UpImage};

use core::fmt;

use zeroize::Zeroize;

use super::bulk::Flow;
use super::config::Timing;
use super::confirmation::Confirmation;
use super::dialect::{Dialect, Dialects, Profile};
use crate::fingerprint::Event;
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
    /// Whose modules have it. To others it is never sent: they may take it for
    /// another one.
    const DIALECTS: Dialects = Dialects::all();
    /// Bytes behind the code of a good answer, exactly.
    const REPLY: usize;
    /// The code of a good answer.
    const GOOD: Confirmation = Confirmation::Ok;
    /// The codes it can be refused with, besides those that any can.
    const REFUSALS: &'static [Confirmation];
    /// Whether the module goes on with it by itself until it is done or
    /// cancelled. Such a one is not sent a second time by itself either.
    const RUNS: bool = false;
    /// Which way data packets go behind a good answer.
    const FLOW: Flow = Flow::Nowhere;
    /// The parameters' bytes.
    type Parameters: AsRef<[u8]>;
    /// What a good answer says.
    type Reply;

    /// What stands behind the command byte.
    fn parameters(&self) -> Self::Parameters;

    /// Reads what stands behind the code of a good answer; `None` if it cannot
    /// be an answer to this command.
    fn decode(&self, reply: &[u8]) -> Option<Self::Reply>;

    /// Whether a good answer is only a step, with others to follow: its rank,
    /// which grows from step to step, and what it tells.
    fn step(reply: &[u8]) -> Option<(u8, Option<Event>)> {
        let _ = reply;
        None
    }

    /// How long the answer may take.
    fn time(&self, timing: &Timing) -> Duration {
        timing.reply
    }

    /// Whether the parameters are within what modules of this dialect have.
    fn fits(&self, profile: &Profile) -> bool {
        let _ = profile;
        true
    }

    /// Which address the answer comes from.
    fn answered_from(&self, address: u32) -> u32 {
        address
    }

    /// What a refusal comes to that says: it is so already.
    fn already(&self, refusal: Confirmation) -> Option<Self::Reply> {
        let _ = refusal;
        None
    }

    /// Whether a module of this dialect has the command.
    fn is_known_to(&self, dialect: Dialect) -> bool {
        Self::DIALECTS.contains(dialect.into())
    }
}

/// What all commands of one type have in common.
pub(super) struct Terms {
    pub(super) opcode: u8,
    pub(super) reply: usize,
    pub(super) good: Confirmation,
    pub(super) refusals: &'static [Confirmation],
    pub(super) runs: bool,
    pub(super) flow: Flow,
    pub(super) step: Step,
}

/// What a good answer tells that is only a step: see [`Command::step`].
pub(super) type Step = fn(&[u8]) -> Option<(u8, Option<Event>)>;

impl Terms {
    pub(super) const fn of<C: Command>() -> &'static Self {
        &const {
            Self {
                opcode: C::OPCODE,
                reply: C::REPLY,
                good: C::GOOD,
                refusals: C::REFUSALS,
                runs: C::RUNS,
                flow: C::FLOW,
                step: C::step,
            }
        }
    }
}

/// A command without its type. What sends a command and judges its answer is
/// told this, and so is there once, not for each type.
pub(super) trait Order {
    fn terms(&self) -> &'static Terms;
    fn put(&self, put: &mut dyn FnMut(&[u8]));
    fn time(&self, timing: &Timing) -> Duration;
    fn fits(&self, profile: &Profile) -> bool;
    fn answered_from(&self, address: u32) -> u32;
    fn is_known_to(&self, dialect: Dialect) -> bool;
}

impl<C: Command> Order for C {
    fn terms(&self) -> &'static Terms {
        Terms::of::<C>()
    }

    fn put(&self, put: &mut dyn FnMut(&[u8])) {
        put(self.parameters().as_ref());
    }

    fn time(&self, timing: &Timing) -> Duration {
        Command::time(self, timing)
    }

    fn fits(&self, profile: &Profile) -> bool {
        Command::fits(self, profile)
    }

    fn answered_from(&self, address: u32) -> u32 {
        Command::answered_from(self, address)
    }

    fn is_known_to(&self, dialect: Dialect) -> bool {
        Command::is_known_to(self, dialect)
    }
}

/// Parameters that are nobody's business: they do not show, and are erased when
/// dropped.
pub struct Secret<const N: usize>([u8; N]);

impl<const N: usize> AsRef<[u8]> for Secret<N> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<const N: usize> Drop for Secret<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Opcode, whose modules have it, name.
type Row = (u8, Dialects, &'static str);

const fn row<C: Command>() -> Row {
    (C::OPCODE, C::DIALECTS, C::NAME)
}

const TABLE: [Row; 50] = [
    row::<GenImg>(),
    row::<Img2Tz>(),
    row::<Match>(),
    row::<Search>(),
    row::<RegModel>(),
    row::<Store>(),
    row::<LoadChar>(),
    row::<UpChar>(),
    row::<DownChar>(),
    row::<UpImage>(),
    row::<DownImage>(),
    row::<DeletChar>(),
    row::<Empty>(),
    row::<WriteReg>(),
    row::<ReadSysPara>(),
    row::<SetPwd>(),
    row::<VfyPwd>(),
    row::<GetRandomCode>(),
    row::<SetAdder>(),
    row::<ReadInfPage>(),
    row::<ControlPort>(),
    row::<WriteNotepad>(),
    row::<ReadNotepad>(),
    row::<HighSpeedSearch>(),
    row::<TempleteNum>(),
    row::<ReadIndexTable>(),
    row::<GetImageEx>(),
    row::<GetEnrollImage>(),
    row::<Cancel>(),
    row::<AutoEnroll>(),
    row::<synochip::AutoEnroll>(),
    row::<AutoIdentify>(),
    row::<synochip::AutoIdentify>(),
    row::<Standby>(),
    row::<GetChipSn>(),
    row::<AuraLed>(),
    row::<synochip::HandShake>(),
    row::<CheckSensor>(),
    row::<GetAlgVer>(),
    row::<GetFwVer>(),
    row::<ReadProdInfo>(),
    row::<ControlBln>(),
    row::<SoftRst>(),
    row::<GetImageInfo>(),
    row::<SearchNow>(),
    row::<HandShake>(),
    row::<LedOn>(),
    row::<LedOff>(),
    row::<GenImgFree>(),
    row::<Echo>(),
];

pub(super) fn all() -> impl Iterator<Item = Row> {
    TABLE.into_iter()
}

/// The name of an opcode in a dialect.
#[must_use]
pub fn name(opcode: u8, dialect: Dialect) -> Option<&'static str> {
    all().find(|row| row.0 == opcode && row.1.contains(dialect.into())).map(|row| row.2)
}

/// The names of an opcode, one for each meaning it has.
pub fn names(opcode: u8) -> impl Iterator<Item = &'static str> {
    all().filter(move |row| row.0 == opcode).map(|row| row.2)
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
        assert!(super::names(C::OPCODE).any(|name| name == C::NAME), "{}", C::NAME);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_opcode_has_two_meanings_in_one_dialect() {
        for (at, row) in TABLE.iter().enumerate() {
            let rest = &TABLE[at + 1..];
            assert!(!rest.iter().any(|o| o.0 == row.0 && o.1.intersects(row.1)), "{}", row.2);
        }
        assert_eq!(name(0x35, Dialect::R503), Some("AuraLedConfig"));
        assert_eq!(name(0x35, Dialect::Synochip), Some("HandShake"));
        assert_eq!(name(0x35, Dialect::Zfm20), None);
    }
}
