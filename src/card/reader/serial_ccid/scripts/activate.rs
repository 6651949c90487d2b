use crate::card::atr::DEFAULT_TA1;
use crate::card::pps::{Host, Mode, Pps};
use crate::card::t1::Transfer;
use crate::card::{Atr, Tck};
use crate::port::Instant;

use super::super::link::Link;
use super::super::message::{Icc, Request};
use super::super::script::{Act, Heeded, Script};
use super::super::slot::Carried;
use super::super::{Fault, Features, Parameters, Preference, ReaderError};
use super::ask;
use super::blocks::Blocks;

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// At the voltage of this index.
    PowerOn(usize),
    Pps(Pps),
    /// The reader is asked what it has agreed on.
    Learn,
    Parameters,
    Ifs(Blocks),
}

/// Gives the card power, resets it, and agrees with it on a protocol; the output
/// is the length of the ATR.
#[derive(Clone, Copy, Debug)]
pub struct Activate {
    stage: Stage,
    /// Its answer to reset. The link has it when all is agreed: before, the card
    /// takes no command.
    atr: Option<Atr>,
    /// The protocol and TA1 of the speed in use.
    protocol: u8,
    ta1: u8,
}

impl Activate {
    pub(in super::super) const fn new() -> Self {
        Self { stage: Stage::PowerOn(0), atr: None, protocol: 0, ta1: DEFAULT_TA1 }
    }

    /// At the first voltage from this index on; `why` nothing is left.
    fn power_on(&mut self, link: &mut Link, index: usize, why: Fault) -> Act<usize> {
        let voltages = link.config.voltages.iter().enumerate().skip(index);
        let Some((index, voltage)) = voltages.filter_map(|(i, v)| Some((i, (*v)?))).next() else {
            return Act::Done(Err(why));
        };
        self.stage = Stage::PowerOn(index);
        link.deactivated();
        let act = ask(link, Request::power_on(voltage), 0);
        match act {
            Act::Ask { care, .. } => Act::Ask { wait: link.config.timing.reset, care },
            other => other,
        }
    }

    fn reset(&mut self, link: &mut Link) -> Result<Act<usize>, Fault> {
        let atr = Atr::new(link.data().0).map_err(Fault::Atr)?;
        if matches!(atr.tck(), Tck::Invalid | Tck::Missing) {
            return Err(Fault::Tck);
        }
        self.atr = Some(atr);
        if link.config.features.contains(Features::NEGOTIATES) {
            self.stage = Stage::Learn;
            return Ok(ask(link, Request::GET_PARAMETERS, 0));
        }
        let pps = match self.meet(link, &atr)? {
            Mode::Ready { protocol, ta1 } => {
                (self.protocol, self.ta1) = (protocol, ta1);
                None
            }
            Mode::Ask(pps) => {
                self.protocol = pps.protocol();
                Some(pps)
            }
        };
        link.slot.begin_session(&link.config, &atr, self.protocol, self.ta1);
        match pps {
            None => Ok(self.parameters(link, &atr)),
            // The reader asks for what it is set to.
            Some(pps) if link.config.features.contains(Features::SENDS_PPS) => {
                self.settled(link, &atr, pps.agreed(pps.request()))
            }
            Some(pps) => {
                self.stage = Stage::Pps(pps);
                let room = link.room().iter_mut().zip(pps.request());
                room.for_each(|(room, byte)| *room = *byte);
                Ok(ask(link, Request::transfer(1, 0), pps.request().len()))
            }
        }
    }

    fn meet(&self, link: &Link, atr: &Atr) -> Result<Mode, Fault> {
        let protocols: &[u8] = match link.config.preference {
            Preference::T0 if atr.offers(0) => &[0],
            Preference::T1 if atr.offers(1) => &[1],
            _ => &[0, 1],
        };
        // What a card insists on is for the reader to refuse.
        let specific = atr.specific_mode();
        let fastest = if specific.is_some() { u32::MAX } else { link.config.fastest };
        let host = Host { protocols, clock: link.config.clock, fastest };
        host.meet(atr).map_err(|_| match specific {
            Some(mode) if mode.implicit => Fault::ImplicitSpeed,
            Some(mode) if mode.protocol < 2 => Fault::Speed,
            _ => Fault::Protocol { offered: atr.first_protocol() },
        })
    }

    /// The speed is settled, unless the card did not agree.
    fn settled(
        &mut self,
        link: &mut Link,
        atr: &Atr,
        ta1: Option<u8>,
    ) -> Result<Act<usize>, Fault> {
        self.ta1 = ta1.ok_or(Fault::Pps)?;
        link.slot.begin_session(&link.config, atr, self.protocol, self.ta1);
        Ok(self.parameters(link, atr))
    }

    fn parameters(&mut self, link: &mut Link, atr: &Atr) -> Act<usize> {
        self.stage = Stage::Parameters;
        let parameters = Parameters::new(atr, self.protocol, self.ta1);
        let len = parameters.write(link.room());
        ask(link, Request::set_parameters(self.protocol), len)
    }

    /// The reader speaks the protocol; with T=1 the card is told how much we
    /// take.
    fn agreed(&mut self, link: &mut Link) -> Result<Act<usize>, Fault> {
        let told = link.config.features.contains(Features::SENDS_IFS);
        let Carried::T1(session) = &mut link.slot.carried else { return Ok(self.over(link)) };
        if told {
            return Ok(self.over(link));
        }
        let blocks = Blocks::new(Transfer::ifs(session, 254))?;
        self.stage = Stage::Ifs(blocks);
        Ok(blocks.ask(link, None))
    }

    fn over(&self, link: &mut Link) -> Act<usize> {
        link.slot.atr = self.atr;
        Act::Done(Ok(self.atr.map_or(0, |atr| atr.as_bytes().len())))
    }

    fn next(&mut self, link: &mut Link, answer: Heeded, now: Instant) -> Result<Act<usize>, Fault> {
        match (&mut self.stage, answer) {
            (Stage::PowerOn(_), Heeded::Failed(Icc::Absent, _)) => Err(Fault::Absent),
            (Stage::PowerOn(index), Heeded::Failed(_, error)) => {
                let next = *index + 1;
                let why =
                    if error == ReaderError::Mute { Fault::Mute } else { Fault::Reader(error) };
                Ok(self.power_on(link, next, why))
            }
            (Stage::PowerOn(_), answer) => answer.done().and_then(|_| self.reset(link)),
            (Stage::Pps(pps), answer) => {
                answer.done()?;
                let (atr, ta1) = (self.atr.ok_or(Fault::Inactive)?, pps.agreed(link.data().0));
                self.settled(link, &atr, ta1)
            }
            (Stage::Learn, answer) => {
                answer.done()?;
                let atr = self.atr.ok_or(Fault::Inactive)?;
                let (data, protocol) = link.data();
                let ta1 = data.first().copied().unwrap_or(DEFAULT_TA1);
                (self.protocol, self.ta1) = (protocol, ta1);
                if protocol > 1 {
                    return Err(Fault::Protocol { offered: protocol });
                }
                link.slot.begin_session(&link.config, &atr, protocol, ta1);
                self.agreed(link)
            }
            // A reader that cannot change one of them goes on with its own.
            (Stage::Parameters, Heeded::Done(_))
            | (Stage::Parameters, Heeded::Failed(Icc::Active, ReaderError::Parameter(_))) => {
                self.agreed(link)
            }
            (Stage::Parameters, answer) => Err(answer.done().err().unwrap_or(Fault::Garbled)),
            (Stage::Ifs(blocks), answer) => match blocks.answered(link, answer, &mut None, now) {
                Act::Done(Ok(_)) => Ok(self.over(link)),
                other => Ok(other),
            },
        }
    }
}

impl Script for Activate {
    type Output = usize;

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<usize> {
        self.power_on(link, 0, Fault::Mute)
    }

    fn answered(&mut self, link: &mut Link, answer: Heeded, now: Instant) -> Act<usize> {
        let act = self.next(link, answer, now).unwrap_or_else(|fault| Act::Done(Err(fault)));
        if matches!(act, Act::Done(Err(_))) {
            link.deactivated();
        }
        act
    }
}
