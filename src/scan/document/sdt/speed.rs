use core::convert::Infallible;

use super::command::{Command, SPEEDS};
use super::config::Framing;
use super::fault::Fault;
use super::link::{Link, Sink};
use super::talk::{Heard, Next, Script};
use crate::port::Instant;

/// Finds out which of two speeds the reader has.
#[derive(Debug)]
pub(super) struct Prove {
    /// The second of them is tried.
    swapped: bool,
}

impl Prove {
    pub(super) const fn new() -> Self {
        Self { swapped: false }
    }

    pub(super) fn next(&mut self, link: &mut Link, heard: Heard) -> Next<()> {
        match heard {
            None => Next::Ask(Command::Status),
            Some(Err(fault)) if fault.is_line() => {
                if core::mem::replace(&mut self.swapped, true) {
                    return Next::Done(Err(fault));
                }
                Next::Set(link.swap())
            }
            // Whatever it says, it says it at this speed.
            Some(_) => {
                link.set_baud(link.baud());
                Next::Done(Ok(()))
            }
        }
    }
}

/// Changes the speed of reader and port.
///
/// Whatever becomes of the reply, the reader is asked how it is at the new
/// speed, and if it does not answer there, at the old one. Until one of them
/// is proven, in this call or another one, neither is forgotten.
#[derive(Debug)]
pub struct SetBaud {
    new: u32,
    step: Change,
    prove: Prove,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Begin,
    Tell(u8),
    Told,
    Prove,
}

impl SetBaud {
    pub(super) const fn new(new: u32) -> Self {
        Self { new, step: Change::Begin, prove: Prove::new() }
    }
}

impl Sink for SetBaud {}

impl Script<(), Infallible> for SetBaud {
    fn next(&mut self, link: &mut Link, heard: Heard, _now: Instant) -> Next<()> {
        match self.step {
            Change::Begin => {
                let Some(number) = Link::speed_number(self.new) else {
                    return Next::Done(Err(Fault::Speed(self.new)));
                };
                if link.framing() == Framing::Oem {
                    return Next::Done(Err(Fault::Unsupported(Command::Speed(number))));
                }
                self.step = Change::Tell(number);
                // A port that cannot be set is found out before anything is
                // sent.
                Next::Set(link.baud())
            }
            Change::Tell(number) => {
                self.step = Change::Told;
                link.suspect(self.new);
                Next::Try(Command::Speed(number))
            }
            Change::Told => match heard {
                Some(Err(fault)) if !fault.is_line() => {
                    link.set_baud(link.baud());
                    Next::Done(Err(fault))
                }
                _ => {
                    self.step = Change::Prove;
                    Next::Set(link.swap())
                }
            },
            Change::Prove => match self.prove.next(link, heard) {
                Next::Done(Ok(())) if link.baud() != self.new => {
                    Next::Done(Err(Fault::SpeedNotTaken))
                }
                next => next,
            },
        }
    }
}

/// Looks for the reader at each of its speeds, once.
#[derive(Debug)]
pub struct Recover {
    /// Speeds that were begun with.
    begun: usize,
    before: Option<u32>,
}

impl Recover {
    pub(super) const fn new() -> Self {
        Self { begun: 0, before: None }
    }
}

impl Sink for Recover {}

impl Script<u32, Infallible> for Recover {
    fn next(&mut self, link: &mut Link, heard: Heard, _now: Instant) -> Next<u32> {
        let before = *self.before.get_or_insert(link.baud());
        match heard {
            // Either nothing was asked yet, or the port has just been set.
            None if self.begun > SPEEDS.len() => Next::Done(Err(Fault::Nowhere)),
            None if self.begun > 0 => Next::Try(Command::Status),
            Some(Ok(_)) => Next::Done(Ok(link.baud())),
            Some(Err(fault)) if !fault.is_line() => Next::Done(Ok(link.baud())),
            None | Some(Err(_)) => {
                let next = SPEEDS.get(self.begun).copied().unwrap_or(before);
                self.begun += 1;
                link.set_baud(next);
                Next::Set(next)
            }
        }
    }
}
