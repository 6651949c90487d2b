use super::{Command, Meaning, Response};
use crate::card::CardReader;

/// GET RESPONSE may be needed so often for one response: 65 536 bytes, 256 at a
/// time.
const ROUNDS: usize = 256;

/// [`CardReader::transmit`], and what a reader that carries T=0 raw leaves to
/// its caller: after 61xx GET RESPONSE, until the response is whole; after
/// 6Cxx the command again with the right Le, once (ISO/IEC 7816-4:2013, 5.3.4
/// and 5.6). The readers of this crate do so themselves; PC/SC does not.
///
/// 6Cxx says that nothing was done, so that a command with data can be sent
/// again as well, and is. A card that keeps to EMV never asks for that: it answers
/// such a command with 61xx (Book 1, 9.3.1). A command longer than a short one can
/// be ([`Command::MAX`]) is not repeated: there 6Cxx is the result.
///
/// The response, with its last status word, goes to the front of `response`;
/// returns its length.
///
/// # Errors
/// Those of the reader. A `response` that is too short for the parts in it and
/// the next one is the reader's kind [`Argument`](crate::ErrorKind::Argument).
pub fn transmit_whole<R: CardReader + ?Sized>(
    reader: &mut R,
    command: &[u8],
    response: &mut [u8],
) -> Result<usize, R::Error> {
    let mut len = with_right_length(reader, command, response)?;
    // GET RESPONSE is an interindustry command on the same logical channel.
    let cla = match command.first() {
        Some(cla @ 0x40..=0x7F) => 0x40 | cla & 0x0F,
        Some(cla) => cla & 0x03,
        None => 0x00,
    };
    for _ in 0..ROUNDS {
        let Some((have, Meaning::More(more))) = taken(response, len) else { break };
        let get = [cla, 0xC0, 0x00, 0x00, more.to_le_bytes()[0]];
        let rest = response.get_mut(have..).unwrap_or_default();
        let part = with_right_length(reader, &get, rest)?;
        len = have + part;
        // A part without data: the card has nothing more, whatever it says.
        if part <= 2 {
            break;
        }
    }
    Ok(len)
}

/// How much data a response has, and what its status word means.
fn taken(response: &[u8], len: usize) -> Option<(usize, Meaning)> {
    let response = Response::new(response.get(..len)?).ok()?;
    Some((response.data().len(), response.status().meaning()))
}

fn with_right_length<R: CardReader + ?Sized>(
    reader: &mut R,
    command: &[u8],
    response: &mut [u8],
) -> Result<usize, R::Error> {
    let len = reader.transmit(command, response)?;
    let (Some((0, Meaning::WrongLength(right))), Ok(parsed)) =
        (taken(response, len), Command::parse(command))
    else {
        return Ok(len);
    };
    let mut again = zeroize::Zeroizing::new([0; Command::MAX]);
    match parsed.expect(right.into()).write_to(again.as_mut_slice()) {
        Ok(again) if parsed.expected() > 0 => reader.transmit(again, response),
        _ => Ok(len),
    }
}
