use zeroize::Zeroize;

use super::{Command, Response};

/// A command APDU on its way and the response to it: what the protocols have
/// in common. Wiped when dropped.
pub(super) struct Pair {
    command: [u8; Command::MAX],
    command_len: usize,
    response: [u8; Response::MAX],
    response_len: usize,
}

impl Pair {
    pub(super) const fn new() -> Self {
        Self {
            command: [0; Command::MAX],
            command_len: 0,
            response: [0; Response::MAX],
            response_len: 0,
        }
    }

    pub(super) fn command(&self) -> &[u8] {
        self.command.get(..self.command_len).unwrap_or_default()
    }

    pub(super) fn response(&self) -> &[u8] {
        self.response.get(..self.response_len).unwrap_or_default()
    }

    /// Takes a command in; `false` when it does not fit.
    pub(super) fn load(&mut self, command: &[u8]) -> bool {
        self.forget_command();
        let Some(room) = self.command.get_mut(..command.len()) else { return false };
        room.copy_from_slice(command);
        self.command_len = command.len();
        true
    }

    /// Appends to the response; `false` when it does not fit.
    pub(super) fn append(&mut self, bytes: &[u8]) -> bool {
        let end = self.response_len + bytes.len();
        let Some(room) = self.response.get_mut(self.response_len..end) else { return false };
        room.copy_from_slice(bytes);
        self.response_len = end;
        true
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
        self.response_len = 0;
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
