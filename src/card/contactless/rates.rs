use super::ats::CardRates;
use super::front_end::{Rate, Rates};
use super::link::Core;

/// The highest rate that all have.
fn highest(limit: Rate, has: impl Fn(Rate) -> bool) -> Rate {
    let rates = [Rate::R848, Rate::R424, Rate::R212];
    rates.into_iter().find(|rate| *rate <= limit && has(*rate)).unwrap_or(Rate::R106)
}

/// The highest bit rates that caller, front end and card have.
pub(super) fn agreed(core: &Core, card: CardRates) -> Rates {
    let (wanted, able) = (core.config.rates, core.abilities.rates);
    let send = wanted.send.min(able.send);
    let receive = wanted.receive.min(able.receive);
    if card.same_only() {
        let both = highest(send.min(receive), |rate| card.hears(rate) && card.speaks(rate));
        return Rates { send: both, receive: both };
    }
    Rates {
        send: highest(send, |rate| card.hears(rate)),
        receive: highest(receive, |rate| card.speaks(rate)),
    }
}

/// As PPS1 (ISO/IEC 14443-4:2008, 5.3.3) and the upper half of ATTRIB's second
/// parameter have them: from the card in bits 4 and 3, to it in bits 2 and 1.
pub(super) const fn coded(rates: Rates) -> u8 {
    (rates.receive as u8) << 2 | rates.send as u8
}
