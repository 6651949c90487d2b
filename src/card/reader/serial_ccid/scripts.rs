use crate::card::atr::{DEFAULT_TA1, di, fi};
use crate::card::t1::{self, Heard, Next, Transfer};
use crate::card::{Atr, Tck, pps};
use crate::port::Instant;

use super::Fault;
use super::link::Link;
use super::message::{Icc, ReaderError, Request, Voltage, t1_parameters};
use super::script::{Act, Heeded, Script};

fn ask<T>(link: &mut Link, request: Request, data: &[u8]) -> Act<T> {
    link.compose(request, |_, room| {
        let room = room.get_mut(..data.len()).unwrap_or_default();
        room.copy_from_slice(data.get(..room.len()).unwrap_or_default());
        room.len()
    });
    Act::Ask { wait: link.config.timing.answer, repeatable: true }
}

/// Looks whether a card is in the slot; the output says so.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Not before it is time, unless a card moves.
    pub(super) patient: bool,
}

impl Script for Look {
    type Output = bool;

    fn begin(&mut self, link: &mut Link, now: Instant) -> Act<bool> {
        if self.patient && now < link.look_at && !link.moved {
            return Act::Listen(link.look_at);
        }
        link.moved = false;
        ask(link, Request::SLOT_STATUS, &[])
    }

    fn answered(&mut self, link: &mut Link, answer: Heeded, now: Instant) -> Act<bool> {
        link.look_at = now + link.config.timing.look;
        let icc = match answer {
            // Readers say "mute" of an empty slot.
            Heeded::Failed(icc, ReaderError::Mute) => Ok(icc),
            other => other.done(),
        };
        if icc.is_ok_and(|icc| icc != Icc::Active) {
            link.deactivated();
        }
        Act::Done(icc.map(|icc| icc != Icc::Absent))
    }
}

/// Takes the power from the card.
#[derive(Clone, Copy, Debug)]
pub struct Deactivate;

impl Script for Deactivate {
    type Output = ();

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<()> {
        link.deactivated();
        ask(link, Request::POWER_OFF, &[])
    }

    fn answered(&mut self, _: &mut Link, answer: Heeded, _: Instant) -> Act<()> {
        match answer {
            // What is not there has no power.
            Heeded::Failed(Icc::Absent, _) => Act::Done(Ok(())),
            other => Act::Done(other.done().map(|_| ())),
        }
    }
}

/// Blocks of T=1, each the data of one command to the reader.
#[derive(Clone, Copy, Debug)]
struct Blocks {
    transfer: Transfer,
    waits: u8,
    silences: u8,
}

impl Blocks {
    /// How often in a row the reader may be silent. The card is the reader's
    /// business: a reader that does not tell of a mute card is itself gone.
    const SILENCES: u8 = 3;

    fn new(transfer: Result<Transfer, t1::Fault>) -> Result<Self, Fault> {
        Ok(Self { transfer: transfer?, waits: 1, silences: 0 })
    }

    fn ask<T>(&self, link: &mut Link) -> Act<T> {
        let wait = link.block_wait(self.waits);
        let transfer = self.transfer;
        link.compose(Request::transfer(self.waits), |t1, room| transfer.block(t1, room));
        Act::Ask { wait, repeatable: false }
    }

    fn answered(&mut self, link: &mut Link, answer: Heeded) -> Act<()> {
        let result = match self.heard(link, answer) {
            Ok(Next::Transmit { waits }) => {
                self.waits = waits;
                return self.ask(link);
            }
            Ok(Next::Done(result)) => result.map_err(Fault::from),
            Err(fault) => {
                self.transfer.abandon(&mut link.t1);
                Err(fault)
            }
        };
        match result {
            Err(Fault::Absent | Fault::Inactive) => link.deactivated(),
            _ => link.wipe(),
        }
        Act::Done(result)
    }

    fn heard(&mut self, link: &mut Link, answer: Heeded) -> Result<Next, Fault> {
        let silences = core::mem::take(&mut self.silences);
        let heard = match answer {
            Heeded::Done(_) => return Ok(link.hear(&mut self.transfer)),
            Heeded::Failed(Icc::Absent, _) => return Err(Fault::Absent),
            Heeded::Failed(Icc::Inactive, _) => return Err(Fault::Inactive),
            Heeded::Failed(_, ReaderError::Mute) => Heard::Silence,
            Heeded::Failed(_, ReaderError::Parity | ReaderError::Overrun) | Heeded::Garbled => {
                Heard::Garbled
            }
            Heeded::Silence if silences + 1 < Self::SILENCES => {
                self.silences = silences + 1;
                Heard::Silence
            }
            other => return Err(other.done().err().unwrap_or(Fault::Silent)),
        };
        Ok(self.transfer.heard(&mut link.t1, heard))
    }
}

/// Sends a command APDU; the output is the length of the response.
#[derive(Clone, Copy, Debug)]
pub struct Transmit(Result<Blocks, Fault>);

impl Transmit {
    pub(super) fn new(link: &mut Link, command: &[u8]) -> Self {
        Self(match link.atr {
            None => Err(Fault::Inactive),
            Some(_) => Blocks::new(Transfer::command(&mut link.t1, command)),
        })
    }
}

impl Script for Transmit {
    type Output = usize;

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<usize> {
        match &self.0 {
            Ok(blocks) => blocks.ask(link),
            Err(fault) => Act::Done(Err(*fault)),
        }
    }

    fn answered(&mut self, link: &mut Link, answer: Heeded, _: Instant) -> Act<usize> {
        match &mut self.0 {
            Ok(blocks) => blocks.answered(link, answer).map(|()| link.t1.response().len()),
            Err(fault) => Act::Done(Err(*fault)),
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    PowerOn(Voltage),
    Pps,
    Parameters,
    Ifs(Blocks),
}

/// Gives the card power, resets it, and agrees with it on T=1; the output is
/// the length of the ATR.
#[derive(Clone, Copy, Debug)]
pub struct Activate {
    stage: Stage,
    /// Its answer to reset. The link has it when all is agreed: before, the card
    /// takes no command.
    atr: Option<Atr>,
    /// TA1 of the speed in use.
    ta1: u8,
}

impl Activate {
    pub(super) const fn new(first: Voltage) -> Self {
        Self { stage: Stage::PowerOn(first), atr: None, ta1: DEFAULT_TA1 }
    }

    fn power_on(&mut self, link: &mut Link, voltage: Voltage) -> Act<usize> {
        self.stage = Stage::PowerOn(voltage);
        link.deactivated();
        let act = ask(link, Request::power_on(voltage), &[]);
        match act {
            Act::Ask { repeatable, .. } => Act::Ask { wait: link.config.timing.reset, repeatable },
            other => other,
        }
    }

    fn reset(&mut self, link: &mut Link) -> Result<Act<usize>, Fault> {
        let atr = Atr::new(link.data()).map_err(Fault::Atr)?;
        if matches!(atr.tck(), Tck::Invalid | Tck::Missing) {
            return Err(Fault::Tck);
        }
        let is_t1 = match atr.specific_mode() {
            Some(mode) if mode.implicit => return Err(Fault::ImplicitSpeed),
            Some(mode) => {
                self.ta1 = atr.ta1().unwrap_or(DEFAULT_TA1);
                (mode.protocol == 1).then_some(true)
            }
            None => atr.offers(1).then_some(atr.first_protocol() == 1),
        };
        let is_t1 = is_t1.ok_or(Fault::Protocol { offered: atr.first_protocol() })?;
        // A reserved F or D is for the reader to refuse; only its times are
        // reckoned here.
        let f = fi(self.ta1).unwrap_or(372);
        let d = di(self.ta1).unwrap_or(1);
        link.begin_session(&atr, f, d);
        self.atr = Some(atr);
        Ok(if is_t1 { self.parameters(link, &atr) } else { self.pps(link) })
    }

    fn pps(&mut self, link: &mut Link) -> Act<usize> {
        self.stage = Stage::Pps;
        ask(link, Request::transfer(1), &pps::request(1))
    }

    fn parameters(&mut self, link: &mut Link, atr: &Atr) -> Act<usize> {
        self.stage = Stage::Parameters;
        ask(link, Request::SET_PARAMETERS, &t1_parameters(atr, self.ta1))
    }

    fn ifs(&mut self, link: &mut Link) -> Result<Act<usize>, Fault> {
        let blocks = Blocks::new(Transfer::ifs(&mut link.t1, 254))?;
        self.stage = Stage::Ifs(blocks);
        Ok(blocks.ask(link))
    }

    fn over(&self, link: &mut Link) -> usize {
        link.atr = self.atr;
        self.atr.map_or(0, |atr| atr.as_bytes().len())
    }

    fn next(&mut self, link: &mut Link, answer: Heeded) -> Result<Act<usize>, Fault> {
        match (&mut self.stage, answer) {
            (Stage::PowerOn(_), Heeded::Failed(Icc::Absent, _)) => Err(Fault::Absent),
            (Stage::PowerOn(voltage), Heeded::Failed(_, error)) => match (voltage.lower(), error) {
                (Some(lower), _) => Ok(self.power_on(link, lower)),
                (None, ReaderError::Mute) => Err(Fault::Mute),
                (None, error) => Err(Fault::Reader(error)),
            },
            (Stage::PowerOn(_), answer) => answer.done().and_then(|_| self.reset(link)),
            (Stage::Pps, answer) => {
                answer.done()?;
                let atr = self.atr.ok_or(Fault::Inactive)?;
                match pps::agreed(&pps::request(1), link.data()) {
                    true => Ok(self.parameters(link, &atr)),
                    false => Err(Fault::Pps),
                }
            }
            // A reader that cannot change one of them goes on with its own.
            (Stage::Parameters, Heeded::Done(_))
            | (Stage::Parameters, Heeded::Failed(Icc::Active, ReaderError::Parameter(_))) => {
                self.ifs(link)
            }
            (Stage::Parameters, answer) => Err(answer.done().err().unwrap_or(Fault::Garbled)),
            (Stage::Ifs(blocks), answer) => {
                Ok(blocks.answered(link, answer).map(|()| self.over(link)))
            }
        }
    }
}

impl Script for Activate {
    type Output = usize;

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<usize> {
        self.power_on(link, link.config.voltage)
    }

    fn answered(&mut self, link: &mut Link, answer: Heeded, _: Instant) -> Act<usize> {
        let act = self.next(link, answer).unwrap_or_else(|fault| Act::Done(Err(fault)));
        if matches!(act, Act::Done(Err(_))) {
            link.deactivated();
        }
        act
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::reader::serial_ccid::Config;

    /// However it ends, nothing of a VERIFY stays behind.
    #[test]
    fn a_command_is_wiped_when_its_conversation_ends() {
        let verify = [0x00, 0x20, 0x00, 0x80, 0x03, 0x24, 0x12, 0x34];
        let ends = [
            Heeded::Failed(Icc::Absent, ReaderError::Mute),
            Heeded::Failed(Icc::Inactive, ReaderError::Mute),
            Heeded::Failed(Icc::Active, ReaderError::Protocol),
            Heeded::Fault(Fault::KeepsAsking),
        ];
        for end in ends {
            let mut link = Link::new(Config::DEFAULT);
            link.atr = Some(Atr::new(&[0x3B, 0x80, 0x01, 0x81]).unwrap());
            let mut script = Transmit::new(&mut link, &verify);
            assert!(matches!(script.begin(&mut link, Instant::ZERO), Act::Ask { .. }));
            assert_eq!(link.out.bytes()[15..23], verify);
            let act = script.answered(&mut link, end, Instant::ZERO);
            assert!(matches!(act, Act::Done(Err(_))), "{act:?}");
            assert!(link.out.is_wiped() && link.t1.is_wiped(), "{end:?}");
        }
    }
}
