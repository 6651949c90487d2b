use core::fmt;

use super::matching::{NO_SCORE, in_library};
use super::{Ask, refused};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::command::{CompareFeatures, CompareFinger, SearchFeatures, TEMPLATE};
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Link, Session};
use crate::fingerprint::script::{Patience, Script, Waiting};
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Event, Match, Slot};
use crate::port::Told;

/// Sends a template to be searched in the library, or compared with one slot; a
/// hit counts only when it fits that slot a second time.
pub struct MatchTemplate<'b> {
    slot: Option<Slot>,
    template: &'b [u8],
    state: State,
    gone: Meter,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Search(Ask<SearchFeatures>),
    Compare(Ask<CompareFeatures>),
    Confirm(Ask<CompareFeatures>),
}

impl State {
    const fn first(slot: Option<Slot>) -> Self {
        match slot {
            None => Self::Search(Ask::new(SearchFeatures)),
            Some(slot) => Self::Compare(Ask::new(CompareFeatures(slot))),
        }
    }
}

impl<'b> MatchTemplate<'b> {
    pub(in crate::fingerprint::f5) const fn new(slot: Option<Slot>, template: &'b [u8]) -> Self {
        Self { slot, template, state: State::first(slot), gone: Meter::of(Some(TEMPLATE)) }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
        if let Some(slot) = self.slot {
            session.check(slot)?;
        }
        sized(self.template)?;
        loop {
            let cargo = Cargo::Out(self.template, &mut self.gone.done);
            self.state = match &mut self.state {
                State::Search(search) => match search.carry(session, cargo)? {
                    Ok(hit) => {
                        in_library::<SearchFeatures>(hit.slot, session)?;
                        State::Confirm(Ask::new(CompareFeatures(hit.slot)))
                    }
                    Err(Ack::NoUser | Ack::Fail) => return Ok(None),
                    Err(ack) => return Err(refused::<SearchFeatures>(ack).into()),
                },
                State::Compare(compare) => match compare.carry(session, cargo)? {
                    Ok(()) => State::Confirm(Ask::new(compare.command)),
                    Err(_) => return Ok(None),
                },
                State::Confirm(confirm) => {
                    let slot = confirm.command.0;
                    confirm.carry(session, cargo)?.map_err(|_| Fault::Unconfirmed(slot))?;
                    return Ok(Some(Match { slot, score: NO_SCORE }));
                }
            }
        }
    }

    fn again(&mut self) {
        self.state = State::first(self.slot);
    }
}

fn sized(template: &[u8]) -> Result<(), Fault> {
    if template.len() == TEMPLATE { Ok(()) } else { Err(Fault::Template(template.len())) }
}

impl Script for MatchTemplate<'_> {
    type Link = Link;
    type Output = Option<Match>;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Option<Match>, Event>, Fault> {
        let found = session.persist_from(self, Self::advance, Self::again);
        self.gone.tell(found)
    }
}

/// Without the bytes, which are a person's.
impl fmt::Debug for MatchTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MatchTemplate").field("state", &self.state).finish_non_exhaustive()
    }
}

/// Waits for a finger and compares it with a template that is sent; it fits
/// only when a second capture fits, too.
pub struct MatchFinger<'b> {
    template: &'b [u8],
    compare: Ask<CompareFinger>,
    /// It fitted once.
    hit: bool,
    waiting: Waiting,
    gone: Meter,
}

impl<'b> MatchFinger<'b> {
    pub(in crate::fingerprint::f5) const fn new(template: &'b [u8]) -> Self {
        let waiting = Waiting::new(Patience::Timed);
        let gone = Meter::of(Some(TEMPLATE));
        Self { template, compare: Ask::new(CompareFinger), hit: false, waiting, gone }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<bool, Fault> {
        sized(self.template)?;
        self.waiting.begin(session.now(), session.config().timing.finger);
        loop {
            let cargo = Cargo::Out(self.template, &mut self.gone.done);
            match (self.compare.carry(session, cargo)?, self.hit) {
                (Ok(()), true) => return Ok(true),
                (Ok(()), false) => self.hit = true,
                (Err(ack), false) if ack.is_nobody() => {
                    self.waiting.again(session.now(), Fault::NoFinger)?;
                }
                (Err(_), _) => return Ok(false),
            }
        }
    }
}

impl Script for MatchFinger<'_> {
    type Link = Link;
    type Output = bool;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<bool, Event>, Fault> {
        let fits = session.persist_from(self, Self::advance, |it| it.hit = false);
        self.gone.tell(fits)
    }
}

/// Without the bytes, which are a person's.
impl fmt::Debug for MatchFinger<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MatchFinger").field("hit", &self.hit).finish_non_exhaustive()
    }
}
