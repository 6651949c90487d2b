//! The people, as a script: the driver agrees, pays by card, signs. Who stands
//! at the devices is at their other ends.

use core::fmt;

use embedded_pos::emv::cvm::{Entered, Pin, PinBlock, PinEntry, PinRequest};
use embedded_pos::port::{Clock, Instant};
use embedded_pos::scan::plate::Plate;
use embedded_pos::terminal::payment::Method;
use embedded_pos::terminal::{
    Choice, CivilTime, Confirmation, Date, Delivery, Factor, Fen, Moment, OfficerId, Paper,
    Printing, Signature, Tender, Text, Violation,
};
use embedded_pos::{ErrorKind, ErrorType, nb};
use mps2_an386::{TimerClock, say};

use crate::desk::{Act, Part, World};
use crate::office;

/// There is no PIN pad, and the office's terminal claims none.
pub struct NoPad;

impl ErrorType for NoPad {
    type Error = ErrorKind;
}

impl PinEntry for NoPad {
    fn poll_offline(&mut self, _: &PinRequest<'_>, _: &mut Pin) -> nb::Result<Entered, ErrorKind> {
        Err(nb::Error::Other(ErrorKind::Unsupported))
    }

    fn poll_online(&mut self, _: &PinRequest<'_>) -> nb::Result<Entered<PinBlock>, ErrorKind> {
        Err(nb::Error::Other(ErrorKind::Unsupported))
    }

    fn cancel(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// The people, and the clock.
pub struct People {
    clock: TimerClock,
    tendered: bool,
}

impl People {
    /// The script from its beginning.
    pub const fn new(clock: TimerClock) -> Self {
        Self { clock, tendered: false }
    }
}

/// The wall clock stands still: the board has none.
const TODAY: CivilTime = {
    let Ok(date) = Date::new(2026, 11, 25) else { panic!() };
    let Ok(time) = CivilTime::new(date, 8, 55, 0) else { panic!() };
    time
};

impl World for People {
    fn now(&mut self) -> Moment {
        Moment { at: self.clock.now(), civil: TODAY }
    }

    fn idle(&mut self, until: Instant) {
        self.clock.idle(until);
    }

    fn tell(&mut self, part: Part, line: fmt::Arguments<'_>) {
        say(format_args!("{:11}  {line}", part.name()));
    }

    fn survived(&mut self, part: Part, error: &dyn fmt::Display) {
        self.tell(part, format_args!("! {error}; again"));
    }

    fn ask(&mut self, act: Act) {
        self.tell(Part::Terminal, format_args!("please: {act:?}"));
    }

    fn officer(&mut self) -> OfficerId {
        Text::new(office::ANNA).unwrap_or_default()
    }

    fn second_factor(&mut self, factor: Factor) -> bool {
        self.tell(Part::Terminal, format_args!("{factor:?} entered"));
        true
    }

    fn typed_plate(&mut self) -> Option<Plate> {
        None
    }

    fn choose<'v>(&mut self, violations: &'v [Option<Violation>]) -> Choice<'v> {
        violations.iter().flatten().next().map_or(Choice::Nothing, Choice::about)
    }

    fn confirm(&mut self) -> Confirmation {
        Confirmation::Agreed
    }

    fn tender(&mut self, due: Fen) -> Tender {
        let again = core::mem::replace(&mut self.tendered, true);
        let tender = if again { Tender::Later } else { Tender::Now(Method::Card) };
        self.tell(Part::Terminal, format_args!("{due} yuan due: {tender:?}"));
        tender
    }

    fn show(&mut self, _code: &[u8]) {}

    fn printed(&mut self, _paper: Paper, _printing: Printing) {}

    fn sign(&mut self) -> Signature {
        Signature::Signed
    }

    fn deliver(&mut self) -> Delivery {
        Delivery::Accepted
    }

    fn unpredictable(&mut self) -> [u8; 4] {
        // A product has a random number generator here; the time is guessable.
        let [a, b, c, d, ..] = self.clock.now().as_micros().to_le_bytes();
        [a, b, c, d]
    }
}
