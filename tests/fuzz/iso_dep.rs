//! Blocks of ISO-DEP, and what a transfer makes of whatever a card answers.

use embedded_pos::card::contactless::iso_dep::{
    Block, Heard, Limits, Next, Session, Transfer, WrongBlock,
};
use embedded_pos::port::Duration;

/// The first byte chooses the session, those behind are answers: a length, then
/// so many bytes; 0 is silence, and what is over 250 garbled.
pub fn run(data: &[u8]) {
    if let Ok(block) = Block::decode(data) {
        let mut out = [0; 512];
        let len = block.encode(&mut out).unwrap_or(0);
        assert!(len == data.len() || data.len() > out.len());
    }
    let Some((kind, mut rest)) = data.split_first() else { return };
    let wrong_block = if kind & 1 == 0 { WrongBlock::Repeat } else { WrongBlock::Fail };
    let mut session = Session::new(Limits { wrong_block, ..Limits::DEFAULT });
    let cid = (kind & 2 != 0).then_some(3);
    session.reset([16, 40, 256, 5_000][usize::from(kind >> 2 & 3)], kind >> 4, cid);
    let mut waited = Duration::ZERO;
    while !rest.is_empty() {
        let command: Vec<u8> = (0..100).collect();
        let transfer = match rest[0] & 7 {
            0 => Transfer::presence(&session),
            1 => Transfer::deselect(&session),
            _ => Transfer::command(&mut session, &command).unwrap(),
        };
        rest = exchange(&mut session, transfer, rest, &mut waited);
    }
}

/// Plays answers until they are used up or it is over.
fn exchange<'a>(
    session: &mut Session,
    mut transfer: Transfer,
    mut rest: &'a [u8],
    waited: &mut Duration,
) -> &'a [u8] {
    let mut out = [0; 256];
    loop {
        let len = transfer.block(session, &mut out);
        let block = Block::decode(&out[..len]).expect("a block of ours is one");
        assert!(!block.inf.is_empty() || len <= 2);
        let Some((length, answers)) = rest.split_first() else { return &[] };
        let heard = match *length {
            0 => Heard::Silence,
            251.. => Heard::Garbled,
            len => Heard::Block(&answers[..usize::from(len).min(answers.len())]),
        };
        let used = if let Heard::Block(bytes) = heard { bytes.len() } else { 0 };
        rest = &answers[used..];
        match transfer.heard(session, heard) {
            Next::Transmit { wait } => {
                assert!(wait <= Duration::from_millis(4_953), "{wait:?}");
                *waited = *waited + wait;
            }
            Next::Done(result) => {
                let response = session.response().len();
                assert!(result.is_err() || response == 0 || response >= 2);
                return rest;
            }
        }
    }
}
