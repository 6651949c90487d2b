//! The speed of a module, and that of the host's port.

use super::Gm65Module;

impl Gm65Module {
    /// The host's port is set to this speed.
    pub fn hears_at(&mut self, baud: u32) {
        self.host = Some(baud);
    }

    /// It was set to this speed before.
    pub fn runs_at(&mut self, baud: u32) {
        let divisor = u16::try_from(3_000_000 / baud.max(1)).unwrap_or(u16::MAX);
        let [low, high] = divisor.to_le_bytes();
        (self.divisor, self.next_divisor) = (divisor, None);
        self.set(0x2A, low);
        self.set(0x2B, high);
    }

    /// Whether host and module have the same speed, to a twentieth.
    pub(super) fn is_heard(&self) -> bool {
        let speed = 3_000_000 / u32::from(self.divisor.max(1));
        self.host.is_none_or(|host| host.abs_diff(speed) < host / 20)
    }
}
