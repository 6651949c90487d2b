//! A T=0 conversation with a card that says what the input does.

use embedded_pos::card::t0::{Limits, Line, Mapping, Timing};

use super::card_talk::talk;

/// It ends, in any chunks with the same result; what is answered came, or is
/// the status word of the command before. The first byte chooses the command,
/// and how status words are understood.
pub fn run(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let command: &[u8] = match choice & 3 {
        0 => &[0x00, 0xB2, 0x01, 0x0C, 0x00],
        1 => &[0x00, 0xA4, 0x04, 0x00, 0x02, 0xA0, 0x00, 0x00],
        2 => &[0x00, 0x20, 0x00, 0x80, 0x02, 0x12, 0x34],
        _ => &[0x00, 0x44, 0x00, 0x00],
    };
    let mapping = if choice & 4 == 0 { Mapping::Emv } else { Mapping::Iso };
    let limits = Limits { mapping, patience: 20, ..Limits::DEFAULT };
    let timing = Timing::new(10, 3_579_545, 372, 1);
    let once = |chunk| {
        talk(data, chunk, |port, clock| {
            let mut line = Line::new(port, timing, limits);
            let done = line.transmit(command).wait(clock).ok();
            if done.is_none() {
                assert_eq!(line.response(), [], "something is left");
            }
            done.map(|n| line.response()[..n].to_vec())
        })
    };
    let whole = once(usize::MAX);
    assert!(whole == once(1), "the chunks matter");
    let Some(response) = whole else { return };
    assert!((2..=258).contains(&response.len()));
    let (response, status) = response.split_at(response.len() - 2);
    assert!(data.windows(2).any(|two| two == status), "a status made up");
    let mut came = data.iter();
    assert!(response.iter().all(|byte| came.any(|came| came == byte)), "data made up");
}
