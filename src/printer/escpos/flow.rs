use embedded_hal::digital::InputPin;

use super::encoder::Encoder;
use super::profile::Profile;
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
    /// The pin cannot be read.
    Broken,
}

/// Flow control: how the driver avoids outrunning the printer's buffer.
pub trait Flow {
    /// Whether bytes may be sent now. `load` is what the printer should have
    /// left to do.
    fn gate(&mut self, profile: &Profile, load: &Load, now: Instant) -> Gate;
}

/// The line holds us up by itself: USB, TCP, or RTS/CTS in hardware.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unpaced;

impl Flow for Unpaced {
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
/// it gets.
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
    fn gate(&mut self, profile: &Profile, load: &Load, now: Instant) -> Gate {
        let settled = load.arrived() + profile.timing.busy;
        if now < settled {
            return Gate::Shut(settled);
        }
        match self.pin.is_high() {
            Ok(false) => Gate::Open(profile.headroom.max(1).into()),
            Ok(true) => Gate::Shut(now + profile.timing.busy),
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
