use super::again;
use crate::card::contactless::{Rate, Rates, Technology};
use crate::card::reader::pn532::Fault;
use crate::card::reader::pn532::command::{self, Request};
use crate::card::reader::pn532::link::Link;
use crate::card::reader::pn532::script::{Act, Deed, Script};
use crate::card::reader::pn532::target::Target;
use crate::port::Instant;

/// Looks for the only card in the field, both types, and activates it; the
/// output is the length of its ATR.
#[derive(Clone, Copy, Debug)]
pub struct Activate {
    stage: Activating,
    /// How many cards of type B answered.
    b: usize,
    /// How often the cards were listed in vain, for the line garbled it.
    spoilt: u8,
}

#[derive(Clone, Copy, Debug)]
enum Activating {
    Off,
    Reset,
    /// Type B first: then the card of type A, if it is the only one, is left
    /// active.
    First,
    A,
    /// Only type B was there, and is activated anew.
    OffAgain,
    ResetAgain,
    B,
    Rates,
    /// It failed with this; the field goes off.
    Failed(Fault),
}

impl Activate {
    pub(in crate::card::reader::pn532) const fn new() -> Self {
        Self { stage: Activating::Off, b: 0, spoilt: 0 }
    }

    fn ask(&mut self, link: &mut Link, stage: Activating) -> Act<usize> {
        self.stage = stage;
        let request = match stage {
            Activating::First | Activating::B => Request::list(Technology::B),
            Activating::A => Request::list(Technology::A),
            _ => Request::field(false),
        };
        Act::ask(link, &request)
    }

    fn next(&mut self, link: &mut Link, now: Instant) -> Result<Act<usize>, Fault> {
        Ok(match self.stage {
            Activating::Off | Activating::OffAgain => {
                link.deactivated();
                self.stage = match self.stage {
                    Activating::Off => Activating::Reset,
                    _ => Activating::ResetAgain,
                };
                Act::Do(Deed::Pause(now + link.config.timing.reset))
            }
            Activating::Reset => self.ask(link, Activating::First),
            Activating::First => {
                self.b = command::type_b(link.reply())?.count();
                self.ask(link, Activating::A)
            }
            Activating::A => {
                link.listed = command::type_a(link.reply())?;
                match (link.listed.count(), self.b) {
                    (0, 0) => return Err(Fault::Absent),
                    (0, 1) => self.ask(link, Activating::OffAgain),
                    (1, 0) => self.found(link)?,
                    (a, b) => return Err(several(a, b)),
                }
            }
            Activating::ResetAgain => self.ask(link, Activating::B),
            Activating::B => {
                link.listed = command::type_b(link.reply())?;
                match link.listed.count() {
                    0 => return Err(Fault::Absent),
                    1 => self.found(link)?,
                    b => return Err(several(0, b)),
                }
            }
            Activating::Rates => {
                command::status(link.reply())?;
                self.over(link)?
            }
            Activating::Failed(fault) => {
                link.field_off(now);
                return Err(fault);
            }
        })
    }

    fn found(&mut self, link: &mut Link) -> Result<Act<usize>, Fault> {
        let card = link.card().ok_or(Fault::Absent)?;
        if let (false, Target::A(a)) = (card.is_iso_dep(), card) {
            return Err(Fault::NotIsoDep { sak: a.sak() });
        }
        card.atr()?;
        let rates = common(link.config.rates, card.rates());
        if rates == Rates::default() {
            return self.over(link);
        }
        self.stage = Activating::Rates;
        let psl = Request::psl(card.number(), rates);
        Ok(Act::ask(link, &psl))
    }

    fn over(&self, link: &mut Link) -> Result<Act<usize>, Fault> {
        let atr = link.card().ok_or(Fault::Absent)?.atr()?;
        link.atr = Some(atr);
        Ok(Act::Done(Ok(atr.as_bytes().len())))
    }
}

/// The highest bit rates that we may use and the card can, by its TA1 (ISO/IEC
/// 14443-4:2018, 5.2.4).
fn common(most: Rates, ta1: u8) -> Rates {
    let highest = |bits: u8, most: Rate| {
        let rates = [(0x04, Rate::R848), (0x02, Rate::R424), (0x01, Rate::R212)];
        let can = |(bit, rate): &(u8, Rate)| bits & bit != 0 && *rate <= most;
        rates.into_iter().find(can).map_or(Rate::R106, |(_, rate)| rate)
    };
    let (send, receive) = (highest(ta1, most.send), highest(ta1 >> 4, most.receive));
    if ta1 & 0x80 == 0 {
        return Rates { send, receive };
    }
    let same = highest(ta1 & ta1 >> 4, send.min(receive));
    Rates { send: same, receive: same }
}

fn several(a: usize, b: usize) -> Fault {
    let count = |cards: usize| u8::try_from(cards).unwrap_or(u8::MAX);
    Fault::SeveralCards { a: count(a), b: count(b) }
}

impl Script for Activate {
    type Output = usize;

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<usize> {
        link.deactivated();
        self.ask(link, Activating::Off)
    }

    fn answered(&mut self, link: &mut Link, answer: Result<(), Fault>, now: Instant) -> Act<usize> {
        let listing = matches!(self.stage, Activating::First | Activating::A | Activating::B);
        if listing && again(answer, &mut self.spoilt) {
            return self.ask(link, Activating::Off);
        }
        match (answer.and_then(|()| self.next(link, now)), self.stage) {
            (Ok(act), _) => act,
            (Err(_), Activating::Failed(fault)) => Act::Done(Err(fault)),
            (Err(fault), _) => {
                link.deactivated();
                self.ask(link, Activating::Failed(fault))
            }
        }
    }
}
