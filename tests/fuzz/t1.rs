//! A T=1 conversation with a card that says what the input does.

use embedded_pos::card::T1Parameters;
use embedded_pos::card::t1::{Block, Edc, Limits, Line, Timing};

use super::card_talk::talk;

/// It ends, in any chunks with the same result; blocks decode to what encodes
/// to them. The first byte chooses the check, the limits and the IFSC.
pub fn run(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let edc = if choice & 1 == 0 { Edc::Lrc } else { Edc::Crc };
    if let Ok(block) = Block::decode(data, edc) {
        let mut out = [0; Block::MAX];
        let len = block.encode(edc, &mut out).unwrap();
        assert_eq!(&out[..len], data);
    }
    let limits = if choice & 2 == 0 { Limits::DEFAULT } else { Limits::EMV };
    let parameters = T1Parameters { ifsc: choice >> 2, bwi: 1, cwi: 3, edc };
    let timing = Timing::new(&parameters, 3_579_545, 372, 1);
    let once = |chunk| {
        talk(data, chunk, |port, clock| {
            let mut line = Line::new(port, timing, limits);
            line.reset(&parameters, timing);
            let command = [0x00, 0xA4, 0x04, 0x00, 0x02, 0xA0, 0x00, 0x00];
            let done = line.transmit(&command).wait(clock).ok();
            done.map(|n| line.response()[..n].to_vec())
        })
    };
    let whole = once(usize::MAX);
    assert!(whole == once(1), "the chunks matter");
    assert!(whole.is_none_or(|response| (2..=258).contains(&response.len())));
}
