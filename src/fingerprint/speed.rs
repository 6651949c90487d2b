use super::driver::{Driver, Held};
use super::link::Kin;
use super::script::{Family, Script};
use super::{Event, Session};
use crate::port::{Instant, Line, Told};

/// The speed of the line, and what the module may have instead.
#[derive(Debug)]
pub struct Speed {
    baud: u32,
    /// To which a module falls back that loses power.
    fallback: Option<u32>,
    others: [Option<u32>; 2],
    /// A change is under way: nobody knows which of them it is.
    doubtful: bool,
    /// How often another one may still be tried.
    swaps: u8,
    /// The port is still to be set.
    retune: bool,
    /// The port was set: it can be.
    tunable: bool,
}

/// The new speed, the one after power-up, the old one, and the new one again.
const SWAPS: u8 = 4;

impl Speed {
    /// That of the port; and of a module that was without power, if it does not
    /// keep its own.
    pub(super) const fn new(baud: u32, fallback: Option<u32>) -> Self {
        Self {
            baud,
            fallback,
            others: [None; 2],
            doubtful: false,
            swaps: SWAPS,
            retune: false,
            tunable: false,
        }
    }

    /// In bits a second.
    pub(super) const fn baud(&self) -> u32 {
        self.baud
    }

    /// Another conversation, other tries; whether there is a doubt.
    pub(super) fn renew(&mut self) -> bool {
        self.swaps = SWAPS;
        self.doubtful
    }

    /// What the port is to be set to, once.
    pub(super) fn retune(&mut self) -> Option<u32> {
        core::mem::take(&mut self.retune).then_some(self.baud)
    }

    fn doubt(&mut self, other: u32) {
        let fallback = self.fallback.filter(|fallback| ![self.baud, other].contains(fallback));
        (self.others, self.doubtful, self.tunable) = ([Some(other), fallback], true, true);
    }

    /// A session could be opened: this is the speed.
    fn settle(&mut self) {
        let fallback = self.fallback.filter(|other| self.tunable && *other != self.baud);
        (self.others, self.doubtful) = ([fallback, None], false);
    }

    /// Another one is tried, if there is one and they were not tried enough.
    fn swap(&mut self) -> bool {
        let ([Some(next), after], Some(left)) = (self.others, self.swaps.checked_sub(1)) else {
            return false;
        };
        let before = Some(core::mem::replace(&mut self.baud, next));
        self.others = if after.is_some() { [after, before] } else { [before, None] };
        (self.swaps, self.retune) = (left, true);
        true
    }
}

/// A family whose modules change their speed at a command.
pub trait Tunes: Kin {
    /// The speeds they know, in bits a second.
    const SPEEDS: &'static [u32];

    /// The speed of the line.
    fn speed(&mut self) -> &mut Speed;

    /// Has the module change its speed: whether it says that it does.
    ///
    /// # Errors
    /// `WouldBlock` until it answered; a fault.
    fn change(
        &mut self,
        baud: u32,
        now: Instant,
    ) -> nb::Result<Result<(), Self::Fault>, Self::Fault>;

    /// There is no such speed, or the module did not take it.
    fn speed_fault(baud: u32, known: bool) -> Self::Fault;
}

/// A stage of an opening ended so: at what may be the wrong speed, it is begun
/// anew with another one.
pub(super) fn opened<L: Tunes>(
    link: &mut L,
    result: nb::Result<Option<L::Stage>, L::Fault>,
) -> nb::Result<Option<L::Stage>, L::Fault> {
    match result {
        Ok(None) => link.speed().settle(),
        Err(nb::Error::Other(fault)) if L::is_line(fault) && link.speed().swap() => {
            link.close();
            return Ok(Some(L::FIRST));
        }
        _ => {}
    }
    result
}

impl<P, L: Tunes> Driver<P, L> {
    /// Changes the speed of module and port, in bits a second, and proves it by
    /// a session; else both are as they were. Whatever is lost on the way, also
    /// if this is dropped half way, the next call finds the module at one of
    /// the two speeds, or at the one that it has after power-up.
    ///
    /// Fails with [`CallError::Line`](crate::port::CallError::Line) if the port
    /// cannot be set, before anything is sent.
    pub fn set_baud(&mut self, baud: u32) -> Held<'_, P, SetBaud<L>> {
        self.hold(SetBaud { baud, step: Step::Begin, refused: None })
    }

    /// Looks for the module at every speed it may have, from that of the port
    /// on; which one it is. If it is at none, the port is as it was.
    pub fn recover(&mut self) -> Held<'_, P, Recover<L>> {
        self.hold(Recover { before: None, next: 0, tuned: false, missed: None })
    }
}

/// Changes the speed: see [`Driver::set_baud`].
#[derive(Clone, Copy, Debug)]
pub struct SetBaud<L: Kin> {
    baud: u32,
    step: Step,
    /// Why it may not have been taken.
    refused: Option<<L as Family>::Fault>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Begin,
    Send,
    Prove,
}

impl<L: Tunes> SetBaud<L> {
    fn advance(&mut self, session: &mut Session<'_, L>) -> nb::Result<(), L::Fault> {
        loop {
            match self.step {
                Step::Begin => {
                    if !L::SPEEDS.contains(&self.baud) {
                        return Err(L::speed_fault(self.baud, false).into());
                    }
                    session.open()?;
                    self.step = Step::Send;
                    // A port that cannot be set is found out before anything
                    // is sent.
                    let now = session.link.speed().baud;
                    return session.link.core_mut().set(Line::Baud(now));
                }
                Step::Send => {
                    self.send(session)?;
                    session.close();
                    self.step = Step::Prove;
                }
                Step::Prove => {
                    session.open()?;
                    let not_taken = self.refused.unwrap_or(L::speed_fault(self.baud, true));
                    let taken = session.link.speed().baud == self.baud;
                    return if taken { Ok(()) } else { Err(not_taken.into()) };
                }
            }
        }
    }

    fn send(&mut self, session: &mut Session<'_, L>) -> nb::Result<(), L::Fault> {
        session.link.speed().doubt(self.baud);
        match session.speak(|link, now| link.change(self.baud, now)) {
            Ok(Ok(())) => _ = session.link.speed().swap(),
            Ok(Err(refused)) => self.refused = Some(refused),
            Err(nb::Error::Other(fault)) if L::is_line(fault) => {
                self.refused = Some(fault);
                session.link.speed().swap();
            }
            Err(nb::Error::Other(fault)) => self.refused = Some(fault),
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
        }
        Ok(())
    }
}

impl<L: Tunes> Script for SetBaud<L> {
    type Link = L;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_, L>) -> nb::Result<Told<(), Event>, L::Fault> {
        self.advance(session).map(Told::Done)
    }
}

/// Looks for the module at every speed: see [`Driver::recover`].
#[derive(Clone, Copy, Debug)]
pub struct Recover<L: Kin> {
    /// The speed of the port.
    before: Option<u32>,
    /// Which of the speeds is next; the port's own comes before the first.
    next: usize,
    tuned: bool,
    /// Why the last one was not it.
    missed: Option<<L as Family>::Fault>,
}

impl<L: Tunes> Recover<L> {
    fn advance(&mut self, session: &mut Session<'_, L>) -> nb::Result<u32, L::Fault> {
        loop {
            if !self.tuned {
                self.tuned = true;
                return self.tune(session);
            }
            session.link.speed().tunable = true;
            if let (true, Some(fault)) = (self.is_over(), self.missed) {
                return Err(fault.into());
            }
            match session.open() {
                Err(nb::Error::Other(fault)) if L::is_line(fault) => {
                    (self.tuned, self.missed) = (false, Some(fault));
                }
                result => return result.map(|()| session.link.speed().baud),
            }
        }
    }

    /// All speeds were tried, and the port has its own again.
    fn is_over(&self) -> bool {
        self.next > L::SPEEDS.len().saturating_add(1)
    }

    fn tune<T>(&mut self, session: &mut Session<'_, L>) -> nb::Result<T, L::Fault> {
        let speed = session.link.speed();
        let before = *self.before.get_or_insert(speed.baud);
        let next = self.next.checked_sub(1).and_then(|at| L::SPEEDS.get(at));
        let baud = *next.unwrap_or(&before);
        self.next = self.next.saturating_add(1);
        *speed = Speed::new(baud, speed.fallback);
        session.close();
        session.link.core_mut().set(Line::Baud(baud))
    }
}

impl<L: Tunes> Script for Recover<L> {
    type Link = L;
    type Output = u32;

    fn run(&mut self, session: &mut Session<'_, L>) -> nb::Result<Told<u32, Event>, L::Fault> {
        self.advance(session).map(Told::Done)
    }
}
