use core::fmt;

use zeroize::Zeroize;

use crate::card::pair::is_extended;
use crate::card::{Atr, Command, Response};
use crate::port::{Duration, Instant};

use super::command::{Firmware, Request};
use super::frame::{Incoming, Outgoing};
use super::target::{Listed, Target};
use super::{Config, Fault};

/// What the driver remembers between conversations.
pub struct Link {
    pub(super) config: Config,
    pub(super) baud: u32,
    /// The chip may have this speed instead.
    pub(super) other_baud: Option<u32>,
    pub(super) out: Outgoing,
    pub(super) incoming: Incoming,
    /// The code of the command sent last.
    code: u8,
    /// The number of the last echo.
    echo: u8,
    /// No answer is owed, and the chip is awake.
    pub(super) settled: bool,
    /// The chip was set up, as far as is known.
    pub(super) firmware: Option<Firmware>,
    /// The cards found last, and the chip's.
    pub(super) listed: Listed,
    pub(super) atr: Option<Atr>,
    /// The command on its way to the card, then its response.
    pub(super) apdu: Apdu,
    /// When to look for a card next.
    pub(super) look_at: Instant,
}

impl Link {
    pub(super) const fn new(config: Config) -> Self {
        Self {
            baud: config.baud,
            other_baud: None,
            config,
            out: Outgoing::new(),
            incoming: Incoming::new(),
            code: 0,
            echo: 0,
            settled: false,
            firmware: None,
            listed: Listed::NONE,
            atr: None,
            apdu: Apdu::new(),
            look_at: Instant::ZERO,
        }
    }

    /// Puts a command into the frame to be sent.
    pub(super) fn compose(&mut self, request: &Request) {
        self.code = request.code;
        self.out.compose(request.code, request.data(), &[]);
    }

    /// A command whose answer is told from all others.
    pub(super) fn echo(&mut self) -> Request {
        self.echo = self.echo.wrapping_add(1);
        Request::line(self.echo)
    }

    /// The same of the next part of the command APDU, which is kept or this one:
    /// as much as fits into a frame, with MI if it is not all.
    pub(super) fn compose_part(&mut self, number: u8, command: Option<&[u8]>) {
        self.code = Request::DATA_EXCHANGE;
        let unsent = self.apdu.unsent_of(command);
        let most = self.config.chunk.clamp(1, Outgoing::ROOM - 1);
        let part = unsent.get(..most).unwrap_or(unsent);
        let more = if part.len() < unsent.len() { 0x40 } else { 0x00 };
        self.out.compose(self.code, &[number | more], part);
        self.apdu.sent += part.len();
    }

    /// The same of bytes for InCommunicateThru.
    pub(super) fn compose_thru(&mut self) {
        self.code = Request::COMMUNICATE_THRU;
        self.out.compose(self.code, &[], self.apdu.unsent_of(None));
        self.apdu.sent = self.apdu.len;
    }

    /// What the code of the response to the command sent last is.
    pub(super) const fn response_code(&self) -> u8 {
        self.code.wrapping_add(1)
    }

    /// The data of the response just found.
    pub(super) fn reply(&self) -> &[u8] {
        self.incoming.data().get(2..).unwrap_or_default()
    }

    /// Takes the data of a response behind its status as a part of the card's
    /// answer; the caller's room for it, if he has lent some.
    pub(super) fn take_part(&mut self, room: Option<&mut [u8]>) -> bool {
        let data = self.incoming.data().get(3..).unwrap_or_default();
        match room {
            Some(room) => self.apdu.hand_on(data, room),
            None => self.apdu.append(data),
        }
    }

    /// How long the command to be sent takes on the line, and a response.
    pub(super) fn line_times(&self) -> (Duration, Duration) {
        // Ten bits a byte; in 32 bits, for the flash of a division in 64.
        let of = |bytes: u32| {
            let micros = bytes.saturating_mul(10_000_000).checked_div(self.baud);
            Duration::from_micros(micros.unwrap_or(u32::MAX).into())
        };
        let len = u32::try_from(self.out.bytes().len()).unwrap_or(0);
        (of(len.saturating_add(16)), of(290))
    }

    /// The only card found.
    pub(super) fn card(&self) -> Option<&Target> {
        let mut cards = self.listed.iter();
        cards.next().filter(|_| cards.next().is_none())
    }

    /// The card is gone, or has no field any more.
    pub(super) fn deactivated(&mut self) {
        self.atr = None;
        self.listed = Listed::NONE;
        self.apdu.wipe();
        self.wipe();
    }

    /// The field is off, and stays so for long enough to reset a card.
    pub(super) fn field_off(&mut self, now: Instant) {
        self.look_at = self.look_at.max(now + self.config.timing.reset);
    }

    /// Wipes what may be secret of the frames.
    pub(super) fn wipe(&mut self) {
        self.out.wipe();
        self.incoming.wipe();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.deactivated();
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("config", &self.config)
            .field("baud", &self.baud)
            .field("firmware", &self.firmware)
            .field("settled", &self.settled)
            .finish_non_exhaustive()
    }
}

/// A command APDU until it is sent, then the response to it.
pub(super) struct Apdu {
    bytes: [u8; Command::MAX],
    len: usize,
    sent: usize,
    /// It is a command so far.
    is_command: bool,
}

impl Apdu {
    const fn new() -> Self {
        Self { bytes: [0; Command::MAX], len: 0, sent: 0, is_command: false }
    }

    /// A command is lent.
    pub(super) fn lend(&mut self, command: &[u8]) -> Result<(), Fault> {
        self.wipe();
        if command.len() < 4 || command.len() > Command::MAX && !is_extended(command) {
            return Err(Fault::Command { len: command.len() });
        }
        (self.len, self.is_command) = (command.len(), true);
        Ok(())
    }

    /// Takes a command in, or bytes for InCommunicateThru.
    pub(super) fn set(&mut self, command: &[u8], shortest: usize) -> Result<(), Fault> {
        self.wipe();
        let wrong = Fault::Command { len: command.len() };
        let room = self.bytes.get_mut(..command.len()).ok_or(wrong)?;
        if command.len() < shortest {
            return Err(wrong);
        }
        room.copy_from_slice(command);
        (self.len, self.is_command) = (command.len(), true);
        Ok(())
    }

    fn unsent_of<'a>(&'a self, command: Option<&'a [u8]>) -> &'a [u8] {
        let unsent = command.unwrap_or(&self.bytes).get(self.sent..self.len);
        if self.is_command { unsent.unwrap_or_default() } else { &[] }
    }

    pub(super) const fn has_unsent(&self) -> bool {
        self.is_command && self.sent < self.len
    }

    /// How long the response is so far.
    pub(super) const fn came(&self) -> usize {
        if self.is_command { 0 } else { self.len }
    }

    /// A part of the response; `false` if it is longer than one can be.
    fn append(&mut self, part: &[u8]) -> bool {
        if core::mem::take(&mut self.is_command) {
            self.wipe();
        }
        let end = self.len.saturating_add(part.len());
        let Some(room) = self.bytes.get_mut(self.len..end).filter(|_| end <= Response::MAX) else {
            return false;
        };
        room.copy_from_slice(part);
        self.len = end;
        true
    }

    /// A part of the response, for the caller's room. What does not fit is lost,
    /// and counted; `false` if it is longer than one can be.
    fn hand_on(&mut self, part: &[u8], room: &mut [u8]) -> bool {
        let at = self.came();
        let room = room.get_mut(at..).unwrap_or_default();
        room.iter_mut().zip(part).for_each(|(room, byte)| *room = *byte);
        (self.len, self.is_command) = (at.saturating_add(part.len()), false);
        self.len <= Response::MAX_EXTENDED
    }

    /// The response.
    pub(super) fn response(&self) -> &[u8] {
        if self.is_command { &[] } else { self.bytes.get(..self.len).unwrap_or_default() }
    }

    pub(super) fn wipe(&mut self) {
        self.bytes.zeroize();
        (self.len, self.sent, self.is_command) = (0, 0, false);
    }

    #[cfg(test)]
    pub(super) fn is_wiped(&self) -> bool {
        self.bytes == [0; Command::MAX]
    }
}
