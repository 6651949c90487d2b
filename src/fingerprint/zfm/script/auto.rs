use super::{Event, Script};
use crate::fingerprint::zfm::command::{
    AutoEnroll, AutoIdentify, Command, Hit, Img2Tz, ReadIndexTable, synochip,
};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::Dialect;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::{Answer, Session};
use crate::fingerprint::{Enrolment, Match, Slot};
use crate::port::Told;

/// Has the module enrol a finger by itself. The slot is looked at before and
/// after: what the module says is not all there is to it.
#[derive(Clone, Copy, Debug)]
pub struct AutoEnrol {
    slot: Slot,
    state: Enrolling,
}

#[derive(Clone, Copy, Debug)]
enum Enrolling {
    Look,
    Looked { used: bool },
    Run,
    Ran,
    Check,
    Checked { used: bool },
    Over,
}

impl AutoEnrol {
    pub(in crate::fingerprint::zfm) const fn new(slot: Slot) -> Self {
        Self { slot, state: Enrolling::Look }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        loop {
            self.state = match self.state {
                Enrolling::Look => {
                    is_known::<AutoEnroll, synochip::AutoEnroll>(session)?;
                    Enrolling::Looked { used: session.is_used(self.slot)? }
                }
                Enrolling::Looked { used } => {
                    session.seal::<ReadIndexTable>()?;
                    if used {
                        return Err(Fault::Occupied(self.slot).into());
                    }
                    Enrolling::Run
                }
                Enrolling::Run => {
                    enrol(session, self.slot)?.map_err(|code| self.refused(code))?;
                    Enrolling::Ran
                }
                Enrolling::Ran => {
                    session.seal::<AutoEnroll>()?;
                    Enrolling::Check
                }
                Enrolling::Check => Enrolling::Checked { used: session.is_used(self.slot)? },
                Enrolling::Checked { used } => {
                    session.seal::<ReadIndexTable>()?;
                    if !used {
                        return Err(Fault::NotTaken(AutoEnroll::OPCODE).into());
                    }
                    self.state = Enrolling::Over;
                    return Ok(Told::Event(Event::Enrolment(Enrolment::Stored(self.slot))));
                }
                Enrolling::Over => return Ok(Told::Done(())),
            };
        }
    }

    fn refused(&self, code: Confirmation) -> Fault {
        match code {
            Confirmation::MergeFailed => Fault::DifferentFingers,
            Confirmation::SlotInUse => Fault::Occupied(self.slot),
            code => refused::<AutoEnroll>(code),
        }
    }
}

/// In whichever layout the module has.
fn enrol(session: &mut Session<'_>, slot: Slot) -> Answer<()> {
    if session.config().dialect == Dialect::Synochip {
        let (captures, flags) = (session.config().captures(), synochip::Flags::UNIQUE);
        return session.ask(&synochip::AutoEnroll { slot, captures, flags });
    }
    session.ask(&AutoEnroll::strict(slot).ok_or(Fault::Slot(slot))?)
}

/// Before anything is sent: whether the module has the command in any layout.
fn is_known<G: Command, S: Command>(session: &Session<'_>) -> Result<(), Fault> {
    let dialects = G::DIALECTS | S::DIALECTS;
    let known = dialects.contains(session.config().dialect.into());
    if known { Ok(()) } else { Err(Fault::Unsupported(G::OPCODE)) }
}

/// What a refusal of the module comes to.
fn refused<C: Command>(code: Confirmation) -> Fault {
    match (code, Img2Tz::quality(code)) {
        (Confirmation::TimedOut | Confirmation::NoFinger, _) => Fault::NoFinger,
        (_, Some(quality)) => Fault::Poor(quality),
        (code, None) => Fault::Refused(C::OPCODE, code),
    }
}

impl Script for AutoEnrol {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        loop {
            match self.advance(session) {
                Err(nb::Error::Other(fault)) => {
                    let again = match self.state {
                        Enrolling::Look | Enrolling::Looked { .. } => Enrolling::Look,
                        Enrolling::Check | Enrolling::Checked { .. } => Enrolling::Check,
                        // It cannot be told whether the module goes on.
                        _ => return Err(fault.into()),
                    };
                    session.forgive(fault)?;
                    self.state = again;
                }
                result => return result,
            }
        }
    }
}

/// Has the module wait for a finger and search it by itself. A hit counts only
/// when the finger, which has to stay, hits the same slot once more.
#[derive(Clone, Copy, Debug)]
pub struct AutoSearch {
    slot: Option<Slot>,
    level: u8,
    state: Searching,
}

#[derive(Clone, Copy, Debug)]
enum Searching {
    First,
    Seal(Option<Hit>),
    Second(Hit),
    Confirm(Hit),
}

impl AutoSearch {
    pub(in crate::fingerprint::zfm) const fn new(slot: Option<Slot>, level: u8) -> Self {
        Self { slot, level, state: Searching::First }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
        loop {
            self.state = match self.state {
                Searching::First => {
                    is_known::<AutoIdentify, synochip::AutoIdentify>(session)?;
                    if let Some(slot) = self.slot {
                        session.check(slot)?;
                    }
                    Searching::Seal(self.search(session, self.slot)?)
                }
                Searching::Seal(hit) => {
                    session.seal::<AutoIdentify>()?;
                    match hit {
                        Some(hit) => Searching::Second(hit),
                        None => return Ok(None),
                    }
                }
                Searching::Second(hit) => self.confirm(session, hit)?,
                Searching::Confirm(Hit { page, score }) => {
                    session.seal::<AutoIdentify>()?;
                    return Ok(Some(Match { slot: Slot(page), score }));
                }
            };
        }
    }

    fn confirm(&self, session: &mut Session<'_>, hit: Hit) -> nb::Result<Searching, Fault> {
        let slot = Slot(hit.page);
        match self.search(session, Some(slot)) {
            Ok(Some(again)) if again.page == hit.page => Ok(Searching::Confirm(hit)),
            Ok(_) | Err(nb::Error::Other(Fault::NoFinger | Fault::Poor(_))) => {
                Err(Fault::Unconfirmed(slot).into())
            }
            Err(error) => Err(error),
        }
    }

    /// In whichever layout the module has; all of the library, or one slot.
    fn search(
        &self,
        session: &mut Session<'_>,
        slot: Option<Slot>,
    ) -> nb::Result<Option<Hit>, Fault> {
        let level = self.level;
        let answer = if session.config().dialect == Dialect::Synochip {
            let flags = synochip::Flags::empty();
            session.ask(&synochip::AutoIdentify { level, slot, flags })?
        } else {
            let (start, count) = range(session.capacity()?, slot)?;
            session.ask(&AutoIdentify { level, start, count, report: true, tries: 1 })?
        };
        match answer {
            Ok(hit) => Ok(Some(hit)),
            Err(
                Confirmation::NotFound
                | Confirmation::NoMatch
                | Confirmation::LibraryEmpty
                | Confirmation::SlotEmpty
                | Confirmation::TemplateEmpty,
            ) => Ok(None),
            Err(code) => Err(refused::<AutoIdentify>(code).into()),
        }
    }
}

/// What of the library the layout of an R503 can name.
fn range(capacity: u16, slot: Option<Slot>) -> Result<(u8, u8), Fault> {
    match slot {
        Some(slot) => Ok((u8::try_from(slot.0).map_err(|_| Fault::Slot(slot))?, 1)),
        // Part of it would pass for all of it.
        None => {
            let count = u8::try_from(capacity).map_err(|_| Fault::Value(AutoIdentify::OPCODE))?;
            Ok((0, count))
        }
    }
}

impl Script for AutoSearch {
    type Link = Link;
    type Output = Option<Match>;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<Option<Match>, Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.state = Searching::First)
    }
}
