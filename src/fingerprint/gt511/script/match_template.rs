use core::fmt;

use super::matching::{NO_SCORE, missed};
use super::{Ask, Command};
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::gt511::command::{IdentifyTemplate, TEMPLATE, VerifyTemplate};
use crate::fingerprint::gt511::fault::Fault;
use crate::fingerprint::gt511::session::{Link, Session};
use crate::fingerprint::script::Script;
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
    Search(Ask<IdentifyTemplate>),
    Compare(Ask<VerifyTemplate>),
    Confirm(Ask<VerifyTemplate>),
}

impl State {
    const fn first(slot: Option<Slot>) -> Self {
        match slot {
            None => Self::Search(Ask::new(IdentifyTemplate)),
            Some(slot) => Self::Compare(Ask::new(VerifyTemplate(slot))),
        }
    }
}

impl<'b> MatchTemplate<'b> {
    pub(in crate::fingerprint::gt511) const fn new(slot: Option<Slot>, template: &'b [u8]) -> Self {
        Self { slot, template, state: State::first(slot), gone: Meter::of(Some(TEMPLATE)) }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
        if let Some(slot) = self.slot {
            session.check(slot)?;
        }
        if self.template.len() != TEMPLATE {
            return Err(Fault::Template(self.template.len()).into());
        }
        loop {
            let cargo = Cargo::Out(self.template, &mut self.gone.done);
            let (hit, sure) = match &mut self.state {
                State::Search(search) => match search.carry(session, cargo)? {
                    Ok(slot) => (Some(in_library(slot, session)?), false),
                    Err(nack) => (missed::<IdentifyTemplate>(nack)?, false),
                },
                State::Compare(compare) => (fits(compare, session, cargo)?, false),
                State::Confirm(confirm) => {
                    let slot = confirm.command.0;
                    let hit = fits(confirm, session, cargo)?;
                    (Some(hit.ok_or(Fault::Unconfirmed(slot))?), true)
                }
            };
            match hit {
                Some(slot) if !sure => self.state = State::Confirm(Ask::new(VerifyTemplate(slot))),
                hit => return Ok(hit.map(|slot| Match { slot, score: NO_SCORE })),
            }
        }
    }

    fn again(&mut self) {
        self.state = State::first(self.slot);
    }
}

fn fits(
    compare: &mut Ask<VerifyTemplate>,
    session: &mut Session<'_>,
    cargo: Cargo<'_>,
) -> nb::Result<Option<Slot>, Fault> {
    let slot = compare.command.0;
    match compare.carry(session, cargo)? {
        Ok(()) => Ok(Some(slot)),
        Err(nack) => Ok(missed::<VerifyTemplate>(nack)?),
    }
}

fn in_library(slot: Slot, session: &mut Session<'_>) -> Result<Slot, Fault> {
    if session.check(slot).is_ok() {
        return Ok(slot);
    }
    session.close();
    Err(Fault::OutOfStep(IdentifyTemplate::CODE))
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
