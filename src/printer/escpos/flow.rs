use embedded_hal::digital::InputPin;

use super::encoder::Encoder;
use super::profile::{Profile, Proof};
use super::work::Load;
use crate::port::Instant;

/// Whether more bytes may be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Gate {
    /// At most this many, at least one.
    Open(usize),
    /// None; look again then.
    Shut(Instant),
    /// None, the printer says; look again then.
    Busy(Instant),
    /// The pin cannot be read.
    Broken,
}

/// Flow control: how the driver avoids outrunning the printer's buffer.
pub trait Flow {
    /// The printer holds us up, so that a printer that stops loses nothing.
    const HOLDS: bool = false;
    /// What the printer says is to be heard before each slice.
    const LISTENS: bool = false;
    /// It goes by answers to `GS r`, which the driver puts into the stream.
    const COUNTS: bool = false;
    /// How fast the printer may be taken to be, if that is what was measured:
    /// per cent of the times in its profile. 100 is as they stand there.
    const FASTEST: u16 = 100;

    /// Whether bytes may be sent now. `load` is what the printer should have
    /// left to do.
    fn gate(&mut self, profile: &Profile, load: &Load, now: Instant) -> Gate;

    /// XON (`true`) or XOFF came.
    fn signal(&mut self, _on: bool) {}

    /// For longer than anything takes, no bytes could be sent, and the printer
    /// says that it is ready. Whether to send a slice all the same: a signal
    /// may have been lost.
    fn stalled(&mut self) -> bool {
        false
    }
}

/// The line holds us up by itself: USB, TCP, or RTS/CTS in hardware.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unpaced;

impl Flow for Unpaced {
    const HOLDS: bool = true;

    fn gate(&mut self, _: &Profile, _: &Load, _: Instant) -> Gate {
        Gate::Open(usize::MAX)
    }
}

/// Three wires and no handshake: by the times of the
/// [`Timing`](super::Timing) table, never more bytes under way than the
/// printer's buffer takes.
///
/// It is as good as the table. A printer that is slower, hot, or on a weak
/// supply loses bytes; make [`dot_row`](super::Timing::dot_row) the slowest
/// it gets. A printer that proved to be slower than the table is given more
/// time from then on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timed;

impl Flow for Timed {
    fn gate(&mut self, profile: &Profile, load: &Load, now: Instant) -> Gate {
        let buffer = usize::from(profile.buffer);
        let room = buffer.saturating_sub(load.unprinted(now));
        // Not for a handful of bytes: they would go out one by one. But the
        // end of a slice is not to wait for its beginning.
        let least = usize::from(profile.headroom).min(buffer.saturating_sub(Encoder::SLICE));
        if room >= least.max(1) { Gate::Open(room) } else { Gate::Shut(load.next_done(now)) }
    }
}

/// [`Timed`], and it learns how fast the printer is from when its proofs come:
/// from four times as slow as its table says to three times as fast.
///
/// Begin with a table that is slow enough, and let it speed up: after each
/// proof by a quarter at most. Time that the printer may have waited counts as
/// its own, so it comes near to the truth from the safe side, the sooner the
/// longer the papers are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Learned;

impl Flow for Learned {
    const FASTEST: u16 = 33;

    fn gate(&mut self, profile: &Profile, load: &Load, now: Instant) -> Gate {
        Timed.gate(profile, load, now)
    }
}

/// Three wires, and a printer that answers `GS r` in the order of the stream:
/// each answer says that what stood before it was read. Never more is under
/// way than the buffer takes, however slow the printer is.
///
/// Needs a profile with a [`Proof`]; without one it is
/// [`Timed`]. A question cannot stand in the middle of a picture's band: keep
/// [`band`](Profile::band) times the bytes of a row below half of the buffer,
/// else a band goes by the times of the table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Credit;

impl Flow for Credit {
    const HOLDS: bool = true;
    const LISTENS: bool = true;
    const COUNTS: bool = true;

    fn gate(&mut self, profile: &Profile, load: &Load, now: Instant) -> Gate {
        // Real-time requests, where they are kept in the buffer.
        const REQUESTS: usize = 12;
        let buffer = usize::from(profile.buffer).saturating_sub(REQUESTS);
        if profile.proof == Proof::None {
            Timed.gate(profile, load, now)
        } else if load.unanswered() <= buffer {
            Gate::Open(usize::MAX)
        } else if load.is_asked() {
            Gate::Busy(now + profile.timing.busy)
        } else {
            Timed.gate(profile, load, now)
        }
    }

    fn stalled(&mut self) -> bool {
        true
    }
}

/// XON/XOFF: the printer sends 13h when its buffer fills up and 11h when there
/// is room again. Needs a line without bytes of its own below 20h from the
/// printer; a lost XON costs one [`Timing::stall`](super::Timing::stall).
#[derive(Clone, Copy, Debug, Default)]
pub struct XonXoff {
    off: bool,
}

impl XonXoff {
    /// For a printer that takes bytes.
    #[must_use]
    pub const fn new() -> Self {
        Self { off: false }
    }
}

impl Flow for XonXoff {
    const HOLDS: bool = true;
    const LISTENS: bool = true;

    fn gate(&mut self, profile: &Profile, load: &Load, now: Instant) -> Gate {
        // The signal is a byte, and another may be on the line before it.
        let reaction = profile.timing.busy + profile.timing.byte.times(2);
        let settled = load.arrived() + reaction;
        match self.off {
            true => Gate::Busy(now + reaction),
            false if now < settled => Gate::Shut(settled),
            false => Gate::Open(profile.headroom.max(1).into()),
        }
    }

    fn signal(&mut self, on: bool) {
        self.off = !on;
    }

    fn stalled(&mut self) -> bool {
        core::mem::replace(&mut self.off, false)
    }
}

/// The printer's BUSY (DTR) line on an input pin; high is busy.
///
/// The pin is read before each slice, when the one before has arrived and the
/// printer has had time to answer it with BUSY; a slice is no longer than the
/// printer's [`headroom`](Profile::headroom).
#[derive(Clone, Copy, Debug)]
pub struct BusyPin<I> {
    pin: I,
}

impl<I> BusyPin<I> {
    /// Takes the pin.
    pub const fn new(pin: I) -> Self {
        Self { pin }
    }

    /// Gives it back.
    pub fn release(self) -> I {
        self.pin
    }
}

impl<I: InputPin> Flow for BusyPin<I> {
    const HOLDS: bool = true;

    fn gate(&mut self, profile: &Profile, load: &Load, now: Instant) -> Gate {
        let settled = load.arrived() + profile.timing.busy;
        if now < settled {
            return Gate::Shut(settled);
        }
        match self.pin.is_high() {
            Ok(false) => Gate::Open(profile.headroom.max(1).into()),
            Ok(true) => Gate::Busy(now + profile.timing.busy),
            Err(_) => Gate::Broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal::digital::{ErrorType, InputPin};

    use super::{BusyPin, Flow, Gate};
    use crate::port::{Duration, Instant};
    use crate::printer::escpos::{Load, Profile};

    /// Never busy.
    struct Low;

    impl ErrorType for Low {
        type Error = core::convert::Infallible;
    }

    impl InputPin for Low {
        fn is_high(&mut self) -> Result<bool, Self::Error> {
            Ok(false)
        }

        fn is_low(&mut self) -> Result<bool, Self::Error> {
            Ok(true)
        }
    }

    /// A port takes bytes before they have left: what the pin says then, it
    /// says without them.
    #[test]
    fn the_pin_is_believed_when_the_printer_has_seen_all() {
        let profile = &Profile::CLONE_58MM;
        let mut load = Load::new();
        load.sent(32, Duration::from_millis(1), Instant::ZERO);
        let settled = Instant::ZERO + Duration::from_millis(32) + profile.timing.busy;
        let mut flow = BusyPin::new(Low);
        assert_eq!(flow.gate(profile, &load, Instant::ZERO), Gate::Shut(settled));
        assert_eq!(flow.gate(profile, &load, settled), Gate::Open(profile.headroom.into()));
    }
}
