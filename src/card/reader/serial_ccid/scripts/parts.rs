use crate::card::apdu::{Case, Command, Response};

use super::super::link::Link;
use super::super::message::Request;
use super::super::script::{Act, Heeded};
use super::super::slot::Carried;
use super::super::turn::Care;
use super::super::{Fault, Level};

/// The place of a part in its APDU (wLevelParameter and bChainParameter: USB
/// CCID 1.1, 6.1.4 and 6.2.1).
mod place {
    pub(super) const WHOLE: u8 = 0x00;
    pub(super) const FIRST: u8 = 0x01;
    pub(super) const LAST: u8 = 0x02;
    pub(super) const MIDDLE: u8 = 0x03;
    /// Nothing: the other side is to go on.
    pub(super) const GO_ON: u8 = 0x10;
}

/// An APDU to a reader that speaks the protocols itself, in as many parts as its
/// messages need; at the level of short APDUs in one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    sent: usize,
    received: usize,
}

impl Parts {
    pub(super) fn new(level: Level, command: &[u8]) -> Result<Self, Fault> {
        let parsed = Command::parse(command).map_err(|_| Fault::Command)?;
        let extended = !matches!(
            parsed.case(),
            Case::One | Case::ShortTwo | Case::ShortThree | Case::ShortFour
        );
        if extended && level != Level::ExtendedApdu {
            return Err(Fault::Command);
        }
        Ok(Self { sent: 0, received: 0 })
    }

    /// Sends the next part of the command: of the caller's, or the one that is
    /// kept.
    pub(super) fn ask(&mut self, link: &mut Link, command: Option<&[u8]>) -> Act<usize> {
        let Link { out, slot, config, .. } = link;
        let command = match (command, &slot.carried) {
            (Some(command), _) => command,
            (None, Carried::Apdu(pair)) => pair.command(),
            (None, _) => return Act::Done(Err(Fault::Inactive)),
        };
        let rest = command.get(self.sent..).unwrap_or_default();
        let room = out.room(config.message);
        let (part, behind) = rest.split_at_checked(room.len()).unwrap_or((rest, &[]));
        room.iter_mut().zip(part).for_each(|(room, byte)| *room = *byte);
        let place = match (self.sent == 0, behind.is_empty()) {
            (true, true) => place::WHOLE,
            (true, false) => place::FIRST,
            (false, true) => place::LAST,
            (false, false) => place::MIDDLE,
        };
        let len = part.len();
        self.sent += len;
        Self::transfer(link, place, len)
    }

    fn transfer(link: &mut Link, place: u8, len: usize) -> Act<usize> {
        link.compose(Request::transfer(0, place), len);
        let wait = link.config.timing.answer + link.slot.block_wait(1);
        Act::Ask { wait, care: Care::Bare }
    }

    /// After the answer to a part: `len` is how long the command is. The
    /// response goes to the front of the caller's buffer, or is kept.
    pub(super) fn answered(
        &mut self,
        link: &mut Link,
        answer: Heeded,
        len: usize,
        response: Option<&mut [u8]>,
    ) -> Result<Option<usize>, Fault> {
        answer.done()?;
        let Link { incoming, slot, .. } = link;
        let message = incoming.message();
        let (data, place) = message.map_or((&[][..], 0), |it| (it.data, it.own[2]));
        if self.sent < len {
            let goes_on = data.is_empty() && place == place::GO_ON;
            return if goes_on { Ok(None) } else { Err(Fault::Chaining) };
        }
        let begins = self.received == 0;
        let over = match (place, begins, data.is_empty()) {
            (place::WHOLE, true, _) | (place::LAST, false, _) => true,
            (place::FIRST, true, false) | (place::MIDDLE, false, false) => false,
            _ => return Err(Fault::Chaining),
        };
        let end = self.received + data.len();
        match (response, &mut slot.carried) {
            (Some(response), _) => {
                let room = response.get_mut(self.received..).unwrap_or_default();
                room.iter_mut().zip(data).for_each(|(room, byte)| *room = *byte);
            }
            (None, Carried::Apdu(pair)) => _ = pair.append(data),
            (None, _) => return Err(Fault::Inactive),
        }
        self.received = end;
        match (over, end) {
            (true, ..2) => Err(Fault::NoStatus),
            (false, Response::MAX_EXTENDED..) => Err(Fault::Chaining),
            _ => Ok(over.then_some(end)),
        }
    }

    /// What to do after an answer that did not end it.
    pub(super) fn next(
        &mut self,
        link: &mut Link,
        command: Option<&[u8]>,
        len: usize,
    ) -> Act<usize> {
        if self.sent < len {
            self.ask(link, command)
        } else {
            Self::transfer(link, place::GO_ON, 0)
        }
    }
}
