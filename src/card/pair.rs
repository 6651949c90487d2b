use core::fmt;

use zeroize::Zeroize;

use super::{Command, Response};
use crate::port::Duration;

/// A command APDU on its way and the response to it: what the protocols have
/// in common. Wiped when dropped.
///
/// It keeps a short one. Of what the caller [lends](Lent), it keeps of the
/// command the length alone, and of the response the piece that came last.
pub(super) struct Pair {
    command: [u8; Command::MAX],
    command_len: usize,
    response: [u8; Response::MAX],
    response_len: usize,
    /// How much of the response came before that.
    handed_on: usize,
}

impl Pair {
    pub(super) const fn new() -> Self {
        Self {
            command: [0; Command::MAX],
            command_len: 0,
            response: [0; Response::MAX],
            response_len: 0,
            handed_on: 0,
        }
    }

    pub(super) fn command(&self) -> &[u8] {
        self.command.get(..self.command_len).unwrap_or_default()
    }

    /// How long the command is, kept or lent.
    pub(super) const fn command_len(&self) -> usize {
        self.command_len
    }

    pub(super) fn response(&self) -> &[u8] {
        self.response.get(..self.response_len).unwrap_or_default()
    }

    /// How long the response is so far, kept or handed on.
    pub(super) const fn came(&self) -> usize {
        self.handed_on + self.response_len
    }

    /// Takes a command in; `false` when it does not fit.
    pub(super) fn load(&mut self, command: &[u8]) -> bool {
        self.forget_command();
        let Some(room) = self.command.get_mut(..command.len()) else { return false };
        room.copy_from_slice(command);
        self.command_len = command.len();
        true
    }

    /// The same, or of a command that is lent only how long it is; `false` when
    /// it is longer than a short one and not extended.
    pub(super) fn begin(&mut self, command: &[u8], lent: bool) -> bool {
        if !lent {
            return self.load(command);
        }
        self.forget_command();
        self.command_len = command.len();
        command.len() <= Command::MAX || is_extended(command)
    }

    /// Appends to the response; `false` when it does not fit.
    pub(super) fn append(&mut self, bytes: &[u8]) -> bool {
        let end = self.response_len + bytes.len();
        if self.handed_on + end > Response::MAX_EXTENDED {
            return false;
        }
        let Some(room) = self.response.get_mut(self.response_len..end) else { return false };
        room.copy_from_slice(bytes);
        self.response_len = end;
        true
    }

    /// Hands what came on to the caller, if he has lent room for it. Returns how
    /// long the response is so far; as an error if the room is too short for it.
    #[inline(never)]
    pub(super) fn hand_on(&mut self, lent: &mut Option<Lent<'_>>) -> Result<usize, usize> {
        let came = self.came();
        let Some(lent) = lent else { return Ok(came) };
        let room = lent.response.get_mut(self.handed_on..).unwrap_or_default();
        room.iter_mut().zip(self.response()).for_each(|(room, byte)| *room = *byte);
        self.forget_response();
        self.handed_on = came;
        if came > lent.response.len() { Err(came) } else { Ok(came) }
    }

    /// Not inlined, as those below: it is asked for in many places.
    #[inline(never)]
    pub(super) fn forget_command(&mut self) {
        forget(&mut self.command);
        self.command_len = 0;
    }

    #[inline(never)]
    pub(super) fn forget_response(&mut self) {
        forget(&mut self.response);
        (self.response_len, self.handed_on) = (0, 0);
    }

    pub(super) fn wipe(&mut self) {
        self.forget_command();
        self.forget_response();
    }

    #[cfg(test)]
    pub(super) fn is_wiped(&self) -> bool {
        self.command == [0; Command::MAX] && self.response == [0; Response::MAX]
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        self.wipe();
    }
}

#[inline(never)]
pub(super) fn forget(bytes: &mut [u8]) {
    bytes.zeroize();
}

/// A long command has three bytes of Lc (ISO/IEC 7816-3:2006, 12.1.3), and two
/// of Le or none.
pub(super) fn is_extended(command: &[u8]) -> bool {
    let [_, _, _, _, 0, high, low, data @ ..] = command else { return false };
    let lc = u16::from_be_bytes([*high, *low]).into();
    matches!(data.len().checked_sub(lc), Some(0 | 2))
}

/// The caller's command APDU, and his room for the response: of any length, for
/// as long as the exchange lasts. `Debug` shows their lengths.
pub(super) struct Lent<'a> {
    pub(super) command: &'a [u8],
    pub(super) response: &'a mut [u8],
}

impl Lent<'_> {
    /// The command, if one is lent.
    pub(super) fn command(lent: &Option<Self>) -> Option<&[u8]> {
        lent.as_ref().map(|lent| lent.command)
    }

    /// What a command and the response that there is room for may take longer than
    /// a short command and its response, if each byte takes this long.
    #[inline(never)]
    pub(super) fn takes_longer(lent: &Option<Self>, byte: Duration) -> Duration {
        let Some(lent) = lent else { return Duration::ZERO };
        let room = lent.response.len().min(Response::MAX_EXTENDED);
        let more = (lent.command.len() + room).saturating_sub(Command::MAX + Response::MAX);
        byte.times(u64::try_from(more).unwrap_or(u64::MAX))
    }
}

impl fmt::Debug for Lent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lent({} bytes, room for {})", self.command.len(), self.response.len())
    }
}
