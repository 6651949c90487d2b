use core::fmt;

use crate::card::pair::Lent;
use crate::card::t1::Transfer;
use crate::card::{Response, t0};
use crate::port::Instant;

use super::super::link::Link;
use super::super::message::{Icc, Request};
use super::super::script::{Act, Heeded, Script};
use super::super::slot::Carried;
use super::super::turn::Care;
use super::super::{Fault, ReaderError};
use super::blocks::Blocks;
use super::parts::Parts;

#[derive(Clone, Copy, Debug)]
enum Way {
    T1(Blocks),
    T0(t0::Transfer),
    Apdu(Parts),
}

/// Sends a command APDU; the output is the length of the response.
pub struct Transmit<'a> {
    way: Result<Way, Fault>,
    /// How long the command is.
    len: usize,
    /// Without it, command and response are kept in the link.
    lent: Option<Lent<'a>>,
}

impl<'a> Transmit<'a> {
    /// With a command that is kept.
    pub(in super::super) fn kept(link: &mut Link, command: &[u8]) -> Self {
        let mut way = Self::way(link, command, false);
        if let Carried::Apdu(pair) = &mut link.slot.carried {
            pair.forget_response();
            if !pair.load(command) {
                way = way.and(Err(Fault::Command));
            }
        }
        Self { way, len: command.len(), lent: None }
    }

    /// With the caller's command and room.
    pub(in super::super) fn lent(
        link: &mut Link,
        command: &'a [u8],
        response: &'a mut [u8],
    ) -> Self {
        if let Carried::Apdu(pair) = &mut link.slot.carried {
            pair.forget_response();
        }
        let way = Self::way(link, command, true);
        Self { way, len: command.len(), lent: Some(Lent { command, response }) }
    }

    fn way(link: &mut Link, command: &[u8], lent: bool) -> Result<Way, Fault> {
        if link.slot.atr.is_none() {
            return Err(Fault::Inactive);
        }
        match &mut link.slot.carried {
            Carried::T1(session) => {
                Blocks::new(Transfer::start(session, command, lent)).map(Way::T1)
            }
            Carried::T0(session) => Ok(Way::T0(t0::Transfer::start(session, command, lent)?)),
            Carried::Apdu(_) => Parts::new(link.config.level, command).map(Way::Apdu),
        }
    }

    /// Sends what is to be sent first.
    fn first(&mut self, link: &mut Link) -> Act<usize> {
        let command = Lent::command(&self.lent);
        match &mut self.way {
            Ok(Way::T1(blocks)) => blocks.ask(link, command),
            Ok(Way::T0(transfer)) => tpdu(link, transfer, command),
            Ok(Way::Apdu(parts)) => parts.ask(link, command),
            Err(fault) => Act::Done(Err(*fault)),
        }
    }

    fn next(&mut self, link: &mut Link, answer: Heeded, now: Instant) -> Act<usize> {
        match &mut self.way {
            Ok(Way::T1(blocks)) => blocks.answered(link, answer, &mut self.lent, now),
            Ok(Way::T0(transfer)) => heard(link, transfer, answer, &mut self.lent),
            Ok(Way::Apdu(parts)) => {
                let (command, response) = match &mut self.lent {
                    Some(lent) => (Some(lent.command), Some(&mut *lent.response)),
                    None => (None, None),
                };
                let room = response.as_ref().map_or(Response::MAX, |room| room.len());
                match parts.answered(link, answer, self.len, response) {
                    Ok(None) => parts.next(link, command, self.len),
                    Ok(Some(needed)) if needed > room => Act::Done(Err(Fault::Buffer { needed })),
                    Ok(Some(len)) => Act::Done(Ok(len)),
                    Err(fault) => Act::Done(Err(fault)),
                }
            }
            Err(fault) => Act::Done(Err(*fault)),
        }
    }
}

/// Sends a TPDU of T=0, of a command that is kept, or of this one.
fn tpdu(link: &mut Link, transfer: &t0::Transfer, command: Option<&[u8]>) -> Act<usize> {
    let Link { out, slot, config, .. } = link;
    let Carried::T0(session) = &slot.carried else { return Act::Done(Err(Fault::Inactive)) };
    let room = out.room(config.message);
    let len = match command {
        Some(command) => transfer.tpdu_of(command, room),
        None => transfer.tpdu(session, room),
    };
    link.compose(Request::transfer(1, 0), len);
    let wait = link.config.timing.answer + link.slot.block_wait(1);
    Act::Ask { wait, care: Care::Bare }
}

/// After the answer to a TPDU.
fn heard(
    link: &mut Link,
    transfer: &mut t0::Transfer,
    answer: Heeded,
    lent: &mut Option<Lent<'_>>,
) -> Act<usize> {
    let Link { incoming, slot, .. } = link;
    let Carried::T0(session) = &mut slot.carried else { return Act::Done(Err(Fault::Inactive)) };
    let result = match answer {
        Heeded::Done(_) => {
            let response = incoming.message().map_or(&[][..], |message| message.data);
            let next = transfer.heard(session, response);
            let came = link.slot.hand_on(lent);
            return match next {
                t0::Next::Transmit => tpdu(link, transfer, Lent::command(lent)),
                t0::Next::Done(result) => Act::Done(result.map_err(Fault::T0).and(came)),
            };
        }
        Heeded::Failed(Icc::Active, ReaderError::Mute) => Err(Fault::T0(t0::Fault::Silent)),
        Heeded::Failed(Icc::Inactive, _) => Err(Fault::Inactive),
        other => other.done().map(|_| 0),
    };
    transfer.abandon(session);
    Act::Done(result)
}

impl Script for Transmit<'_> {
    type Output = usize;

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<usize> {
        self.first(link)
    }

    fn answered(&mut self, link: &mut Link, answer: Heeded, now: Instant) -> Act<usize> {
        let act = self.next(link, answer, now);
        match act {
            Act::Done(Err(Fault::Absent | Fault::Inactive)) => link.deactivated(),
            Act::Done(_) => {
                link.wipe();
                if let Carried::Apdu(pair) = &mut link.slot.carried {
                    pair.forget_command();
                    if matches!(act, Act::Done(Err(_))) {
                        pair.forget_response();
                    }
                }
            }
            _ => {}
        }
        act
    }
}

impl fmt::Debug for Transmit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transmit").field("way", &self.way).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Atr;
    use crate::card::reader::serial_ccid::{Config, Level};

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
        let atr = Atr::new(&[0x3B, 0x80, 0x01, 0x81]).unwrap();
        for (level, protocol, at) in
            [(Level::Tpdu, 1, 15), (Level::Tpdu, 0, 12), (Level::ShortApdu, 1, 12)]
        {
            for end in ends {
                let config = Config { level, ..Config::DEFAULT };
                let mut link = Link::new(config);
                link.slot.begin_session(&config, &atr, protocol, 0x11);
                link.slot.atr = Some(atr);
                let mut script = Transmit::kept(&mut link, &verify);
                assert!(matches!(script.begin(&mut link, Instant::ZERO), Act::Ask { .. }));
                assert_eq!(link.out.bytes()[at..at + 8], verify);
                let act = script.answered(&mut link, end, Instant::ZERO);
                assert!(matches!(act, Act::Done(Err(_))), "{act:?}");
                let wiped = match &link.slot.carried {
                    Carried::T1(session) => session.is_wiped(),
                    Carried::T0(session) => session.is_wiped(),
                    Carried::Apdu(pair) => pair.is_wiped(),
                };
                assert!(link.out.is_wiped() && wiped, "{end:?}");
            }
        }
    }
}
