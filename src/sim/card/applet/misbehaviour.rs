use std::vec::Vec;

use super::wire::elements;
use crate::sim::Draw;
use crate::sim::card::pki::{Flaw, Signed};

/// A way for an [`EmvApplet`](super::EmvApplet) to misbehave. Commands are
/// counted from 0, from the reset.
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
    /// The answer to this command is this status word alone.
    Status(usize, u16),
    /// The answer to this command is 0 to 258 bytes drawn from this seed.
    Random(usize, u64),
    /// In the answer to this command, the first element of the template is
    /// there twice.
    Doubled(usize),
    /// In the answer to this command, so many zeros stand before the status
    /// word.
    Padded(usize, usize),
    /// Something is wrong in this signature.
    Flawed(Signed, Flaw),
    /// Its cryptograms are not made with its key.
    FalseCryptogram,
    /// It takes the chip's memory of an earlier time for its own: its
    /// transaction counter is this in each transaction.
    Counter(u16),
}

impl Misbehaviour {
    /// What becomes of the answer to a command.
    pub(super) fn alter(&self, count: usize, answer: &mut Vec<u8>) {
        match self {
            Self::Reply(at, bytes) if *at == count => answer.clone_from(bytes),
            Self::Cut(at, length) if *at == count => answer.truncate(*length),
            Self::Flipped(at, index, mask) if *at == count => {
                answer.get_mut(*index).into_iter().for_each(|byte| *byte ^= mask);
            }
            Self::Status(at, status) if *at == count => *answer = status.to_be_bytes().to_vec(),
            Self::Random(at, seed) if *at == count => *answer = random(*seed),
            Self::Doubled(at) if *at == count => double(answer),
            Self::Padded(at, zeros) if *at == count => {
                let end = answer.len().saturating_sub(2);
                let status = answer.split_off(end);
                answer.resize(end + zeros, 0);
                answer.extend(status);
            }
            _ => {}
        }
    }
}

fn random(seed: u64) -> Vec<u8> {
    let mut draw = Draw::new(seed);
    let length = draw.below(259);
    (0..length).map(|_| draw.number().to_be_bytes()[0]).collect()
}

/// Repeats the first element of a template of one with elements; leaves all
/// else as it is.
fn double(answer: &mut Vec<u8>) {
    let end = answer.len().saturating_sub(2);
    let Some((data, status)) = answer.split_at_checked(end) else { return };
    let Some([(outer, content)]) = elements(data).and_then(|found| <[_; 1]>::try_from(found).ok())
    else {
        return;
    };
    let Some((tag, first)) = elements(&content).and_then(|found| found.into_iter().next()) else {
        return;
    };
    let content = [super::wire::element(tag, &first), content].concat();
    *answer = [super::wire::element(outer, &content), status.to_vec()].concat();
}
