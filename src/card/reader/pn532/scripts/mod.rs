use super::command::{self, Firmware, Request, WakeUp};
use super::link::Link;
use super::script::{Act, Deed, Script};
use super::{Cause, Fault, Status};
use crate::port::Instant;

mod activate;
mod baud;
mod look;
mod transmit;

pub use activate::Activate;
pub use baud::SetBaud;
pub use look::Look;
pub use transmit::{Thru, Transmit};

/// What the chip is: known when it is set up, and all that this does.
#[derive(Clone, Copy, Debug)]
pub struct Init;

impl Script for Init {
    type Output = Firmware;

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<Firmware> {
        Act::Done(link.firmware.ok_or(Fault::Silent))
    }

    fn answered(&mut self, link: &mut Link, _: Result<(), Fault>, now: Instant) -> Act<Firmware> {
        self.begin(link, now)
    }
}

/// One command; the output is what its response says.
#[derive(Clone, Copy, Debug)]
pub struct Once<T> {
    request: Request,
    decode: fn(&[u8]) -> Result<T, Fault>,
}

impl<T> Once<T> {
    pub(super) const fn new(request: Request, decode: fn(&[u8]) -> Result<T, Fault>) -> Self {
        Self { request, decode }
    }
}

impl<T> Script for Once<T> {
    type Output = T;

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<T> {
        Act::ask(link, &self.request)
    }

    fn answered(&mut self, link: &mut Link, answer: Result<(), Fault>, _: Instant) -> Act<T> {
        Act::Done(answer.and_then(|()| (self.decode)(link.reply())))
    }
}

/// Releases the card and takes the field away.
#[derive(Clone, Copy, Debug)]
pub struct Deactivate {
    released: bool,
}

impl Deactivate {
    pub(super) const fn new() -> Self {
        Self { released: false }
    }
}

impl Script for Deactivate {
    type Output = ();

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<()> {
        link.deactivated();
        Act::ask(link, &Request::RELEASE_ALL)
    }

    fn answered(&mut self, link: &mut Link, answer: Result<(), Fault>, now: Instant) -> Act<()> {
        // What the release says does not matter: without a field no card is
        // active.
        match (answer, core::mem::replace(&mut self.released, true)) {
            (Ok(()), false) => Act::ask(link, &Request::field(false)),
            (answer, _) => {
                link.field_off(now);
                Act::Done(answer)
            }
        }
    }
}

/// Puts the chip to sleep.
#[derive(Clone, Copy, Debug)]
pub struct PowerDown {
    request: Request,
    is_answered: bool,
}

impl PowerDown {
    pub(super) const fn new(wake_up: WakeUp) -> Self {
        Self { request: Request::power_down(wake_up), is_answered: false }
    }
}

impl Script for PowerDown {
    type Output = ();

    fn begin(&mut self, link: &mut Link, _: Instant) -> Act<()> {
        Act::ask(link, &self.request)
    }

    fn answered(&mut self, link: &mut Link, answer: Result<(), Fault>, now: Instant) -> Act<()> {
        if core::mem::replace(&mut self.is_answered, true) {
            // The next command has to wake it up.
            link.settled = false;
            return Act::Done(answer);
        }
        match answer.and_then(|()| command::status(link.reply())) {
            // It takes about 1 ms until it sleeps.
            Ok(()) => {
                link.deactivated();
                Act::Do(Deed::Pause(now + link.config.timing.settle))
            }
            Err(fault) => Act::Done(Err(fault)),
        }
    }
}

/// Whether cards are to be listed again, from a field that was off: twice at
/// most after faults of the line.
fn again(answer: Result<(), Fault>, spoilt: &mut u8) -> bool {
    let of_line = matches!(answer, Err(Fault::Garbled | Fault::Silent | Fault::Unacknowledged));
    *spoilt += u8::from(of_line);
    of_line && *spoilt < 3
}

/// Whether a status says that the card does not answer; other faults of the
/// chip are handed on.
fn gone(status: Result<(), Fault>) -> Result<bool, Fault> {
    match status {
        Ok(()) => Ok(false),
        Err(Fault::Status(status)) if !is_of_chip(status) => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Whether it is the chip that is at fault, not the card.
const fn is_of_chip(status: Status) -> bool {
    matches!(status.cause(), Cause::Overheated | Cause::OverCurrent | Cause::InternalOverflow)
}
