use core::marker::PhantomData;

use super::Event;
use super::driver::{Driver, Held};
use super::link::Family;
use super::script::Script;
use super::session::Session;
use crate::port::{Instant, Line, Told};

/// The speed of the line, and what the module may have instead.
#[derive(Debug)]
pub struct Speed {
    baud: u32,
    /// Nobody knows which of the two it is.
    other: Option<u32>,
    /// The port is still to be set.
    retune: bool,
}

impl Speed {
    /// That of the port.
    pub(super) const fn new(baud: u32) -> Self {
        Self { baud, other: None, retune: false }
    }

    /// In bits a second.
    pub(super) const fn baud(&self) -> u32 {
        self.baud
    }

    /// What the port is to be set to, once.
    pub(super) fn retune(&mut self) -> Option<u32> {
        core::mem::take(&mut self.retune).then_some(self.baud)
    }

    /// The module may have this one, if it is not in doubt anyway.
    pub(super) fn suspect(&mut self, other: u32) {
        if self.baud != other {
            self.other.get_or_insert(other);
        }
    }

    /// A session could be opened: this is the speed.
    pub(super) fn settle(&mut self) {
        self.other = None;
    }

    /// Nobody answers at this speed: the other one is next, if there is one.
    pub(super) fn swap(&mut self) {
        if let Some(other) = &mut self.other {
            core::mem::swap(other, &mut self.baud);
            self.retune = true;
        }
    }
}

/// Why a speed is not the module's.
#[derive(Clone, Copy, Debug)]
pub enum Miss {
    /// No module has this one.
    Baud(u32),
    /// The module did not take it.
    NotTaken,
    /// None is.
    Nowhere,
}

/// A family whose modules can be told to change their speed.
///
/// While nobody knows which of two speeds the module has, its opening tries
/// both.
pub trait Tunes: Family {
    /// The speeds that a module can have.
    const SPEEDS: &'static [u32];

    /// The speed, and the doubt about it.
    fn speed(&self) -> &Speed;

    /// The speed, and the doubt about it.
    fn speed_mut(&mut self) -> &mut Speed;

    /// Tells the module in a session, or goes on with it; why it refused, if it
    /// did.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; the line's fault.
    fn change(
        &mut self,
        baud: u32,
        now: Instant,
    ) -> nb::Result<Result<(), Self::Fault>, Self::Fault>;

    /// Asks once, at this speed only, whether somebody is there.
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; the line's fault.
    fn call(&mut self, now: Instant) -> nb::Result<(), Self::Fault>;

    /// The fault that says so.
    fn miss(miss: Miss) -> Self::Fault;
}

impl<L: Tunes> Session<'_, L> {
    fn speed(&mut self) -> &mut Speed {
        self.link.speed_mut()
    }

    /// Sets the port to the speed; `WouldBlock` for that, once.
    fn tune<T>(&mut self) -> nb::Result<T, L::Fault> {
        let baud = self.link.speed().baud();
        self.link.core_mut().set(Line::Baud(baud))
    }
}

/// Changes the speed of module and port.
///
/// Whatever becomes of the answer, a session is opened at the new speed; if
/// nobody answers there, at the old one. Until one of them is proven, in this
/// call or another one, neither is forgotten.
#[derive(Debug)]
pub struct SetBaud<L: Tunes> {
    new: u32,
    step: Step,
    /// Why it may not have been taken.
    refused: Option<L::Fault>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Begin,
    Send,
    Prove,
}

impl<L: Tunes> SetBaud<L> {
    const fn new(new: u32) -> Self {
        Self { new, step: Step::Begin, refused: None }
    }

    fn advance(&mut self, session: &mut Session<'_, L>) -> nb::Result<(), L::Fault> {
        loop {
            match self.step {
                Step::Begin => self.begin(session)?,
                Step::Send => {
                    self.send(session)?;
                    session.close();
                    self.step = Step::Prove;
                }
                Step::Prove => {
                    session.open()?;
                    let fault = self.refused.unwrap_or(L::miss(Miss::NotTaken));
                    let taken = session.speed().baud() == self.new;
                    return if taken { Ok(()) } else { Err(fault.into()) };
                }
            }
        }
    }

    /// A port whose speed cannot be set is found out before anything is sent.
    fn begin(&mut self, session: &mut Session<'_, L>) -> nb::Result<(), L::Fault> {
        if !L::SPEEDS.contains(&self.new) {
            return Err(L::miss(Miss::Baud(self.new)).into());
        }
        session.open()?;
        self.step = Step::Send;
        session.tune()
    }

    fn send(&mut self, session: &mut Session<'_, L>) -> nb::Result<(), L::Fault> {
        session.speed().other = Some(self.new);
        let told = session.speak(|link, now| link.change(self.new, now));
        let (refused, moved) = match told {
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            Err(nb::Error::Other(fault)) => (Some(fault), L::is_line(fault)),
            Ok(taken) => (taken.err(), taken.is_ok()),
        };
        self.refused = refused;
        if moved {
            session.speed().swap();
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

/// Looks for the module at each of its speeds, once.
#[derive(Debug)]
pub struct Recover<L> {
    /// Speeds that were begun with.
    begun: usize,
    before: Option<u32>,
    seek: Seek,
    family: PhantomData<L>,
}

#[derive(Clone, Copy, Debug)]
enum Seek {
    Next,
    Call,
    Open,
    GiveUp,
}

impl<L: Tunes> Recover<L> {
    const fn new() -> Self {
        Self { begun: 0, before: None, seek: Seek::Next, family: PhantomData }
    }

    fn advance(&mut self, session: &mut Session<'_, L>) -> nb::Result<u32, L::Fault> {
        loop {
            match self.seek {
                Seek::Next => self.next(session)?,
                Seek::Call => match session.link.call(session.now()) {
                    Ok(()) => self.seek = Seek::Open,
                    Err(nb::Error::Other(fault)) if L::is_line(fault) => self.seek = Seek::Next,
                    Err(error) => return Err(error),
                },
                Seek::Open => {
                    session.open()?;
                    return Ok(session.speed().baud());
                }
                Seek::GiveUp => return Err(L::miss(Miss::Nowhere).into()),
            }
        }
    }

    /// The next speed; behind the last one, that from before again.
    fn next(&mut self, session: &mut Session<'_, L>) -> nb::Result<(), L::Fault> {
        let before = *self.before.get_or_insert(session.speed().baud());
        session.close();
        let next = L::SPEEDS.get(self.begun).copied();
        self.begun = self.begun.saturating_add(1);
        self.seek = if next.is_some() { Seek::Call } else { Seek::GiveUp };
        *session.speed() = Speed::new(next.unwrap_or(before));
        session.tune()
    }
}

impl<L: Tunes> Script for Recover<L> {
    type Link = L;
    type Output = u32;

    fn run(&mut self, session: &mut Session<'_, L>) -> nb::Result<Told<u32, Event>, L::Fault> {
        self.advance(session).map(Told::Done)
    }
}

impl<P, L: Tunes> Driver<P, L> {
    /// Changes the speed of module and port, in bits a second, and proves it by
    /// a session.
    ///
    /// If the module does not take it, the call fails and the old speed stands.
    /// Whatever is lost on the way, also if this is dropped half way, each call
    /// tries both speeds until one is proven.
    ///
    /// Fails with [`CallError::Line`](crate::port::CallError::Line) if the port
    /// cannot be set, before anything is sent.
    pub fn set_baud(&mut self, baud: u32) -> Held<'_, P, SetBaud<L>> {
        self.hold(SetBaud::new(baud))
    }

    /// Looks for the module at each speed that it can have, where the host was
    /// started anew and the module was not; which one it is. If it is at none,
    /// the port is as it was.
    pub fn recover(&mut self) -> Held<'_, P, Recover<L>> {
        self.hold(Recover::new())
    }

    /// The speed, as far as the driver knows.
    pub fn baud(&self) -> u32 {
        self.link().speed().baud()
    }
}
