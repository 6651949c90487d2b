//! An answer to reset: the parse, the verdict of a payment terminal, and what
//! host and card come together on.

use embedded_pos::card::Atr;
use embedded_pos::card::atr::{Reset, Verdict};
use embedded_pos::card::pps::{Host, Mode, Pps};

/// What is parsed is what came; an ATR that is none is not accepted; a cold
/// reset is judged no milder than a warm one; what is agreed on was asked for.
pub fn run(data: &[u8]) {
    let cold = matches!(Verdict::of(data, Reset::Cold), Verdict::Accepted(_));
    let warm = Verdict::of(data, Reset::Warm);
    assert!(!cold || matches!(warm, Verdict::Accepted(_)), "cold is milder");
    let Ok(atr) = Atr::new(data) else {
        assert!(matches!(warm, Verdict::Rejected(_)), "no ATR, and accepted");
        return;
    };
    assert_eq!(atr.as_bytes(), data);
    assert!(atr.protocols().count() <= 15);
    let (_, _) = (atr.t1(), atr.wi());
    if let Verdict::Accepted(terms) = warm {
        assert!(atr.offers(terms.protocol) && (0x11..=0x13).contains(&terms.ta1));
    }
    for fastest in [0, 100_000, u32::MAX] {
        let host = Host { protocols: &[0, 1], clock: 3_579_545, fastest };
        match host.meet(&atr) {
            Ok(Mode::Ready { protocol, .. }) => assert!(protocol < 2),
            Ok(Mode::Ask(pps)) => answers(pps, data),
            Err(_) => {}
        }
    }
}

/// The card says what the input does, then what it should.
fn answers(pps: Pps, data: &[u8]) {
    let agreed = pps.agreed(data);
    assert!(agreed.is_none() || data.first() == Some(&0xFF));
    assert!(pps.agreed(pps.request()).is_some());
    assert_eq!(Pps::response_len(pps.request()), Some(pps.request().len()));
}
