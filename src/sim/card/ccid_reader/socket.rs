use std::vec::Vec;

use super::Held;

/// A slot and the card in it.
#[derive(Debug, Default)]
pub(super) struct Socket {
    pub(super) card: Option<Held>,
    pub(super) powered: bool,
    /// Protocol and parameters that were agreed on.
    pub(super) protocol: u8,
    pub(super) parameters: Vec<u8>,
    /// The TA1 that a PPS agreed on.
    pub(super) agreed: Option<u8>,
    /// The parts of a command that came so far, and those of a response that
    /// are still to go.
    pub(super) command: Vec<u8>,
    pub(super) response: Vec<Vec<u8>>,
}

impl Socket {
    /// The parameters before any were set (USB CCID 1.1, 6.1.7): T=0, F 372, D
    /// 1, work waiting integer 10; or T=1, and an IFSC of 32.
    pub(super) fn defaults(&mut self, protocol: u8) {
        self.protocol = protocol;
        self.parameters = match protocol {
            0 => [0x11, 0x00, 0x00, 0x0A, 0x00].into(),
            _ => [0x11, 0x10, 0x00, 0x4D, 0x00, 0x20, 0x00].into(),
        };
    }

    pub(super) fn unpower(&mut self) {
        self.powered = false;
        self.agreed = None;
        self.command.clear();
        self.response.clear();
    }

    /// bmICCStatus: 0 active, 1 inactive, 2 absent.
    pub(super) fn status(&self) -> u8 {
        match (&self.card, self.powered) {
            (None, _) => 2,
            (Some(_), false) => 1,
            (Some(_), true) => 0,
        }
    }
}
