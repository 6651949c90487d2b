use super::{Ask, refused};
use crate::fingerprint::f5::ack::Ack;
use crate::fingerprint::f5::command::{Command, Compare, Hit, Privilege, Search};
use crate::fingerprint::f5::config::Permission;
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::Session;
use crate::fingerprint::script::{Patience, Waiting};
use crate::fingerprint::{Match, Quality, Slot};

/// The module tells no score.
pub(super) const NO_SCORE: u16 = 0;

/// Waits for a finger, searched in the library or compared with one slot. A hit
/// counts only when a second capture fits that slot too, and when the
/// permission that a search told is the one that is kept there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Matching {
    waiting: Waiting,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Search(Ask<Search>),
    Compare(Ask<Compare>, Slot),
    Permission(Ask<Privilege>, Slot, Permission),
    Confirm(Ask<Compare>, Slot),
}

impl Matching {
    /// Searches all, or compares with one.
    pub(super) const fn new(slot: Option<Slot>, patience: Patience) -> Self {
        let state = match slot {
            None => State::Search(Ask::new(Search)),
            Some(slot) => State::Compare(Ask::new(Compare(slot)), slot),
        };
        Self { waiting: Waiting::new(patience), state }
    }

    pub(super) fn poll(&mut self, session: &mut Session<'_>) -> nb::Result<Option<Match>, Fault> {
        let length = session.config().timing.finger;
        self.waiting.begin(session.now(), length);
        loop {
            self.state = match &mut self.state {
                State::Search(search) => match search.poll(session)? {
                    Ok(Hit { slot, permission }) => {
                        in_library::<Search>(slot, session)?;
                        State::Permission(Ask::new(Privilege(slot)), slot, permission)
                    }
                    Err(ack) if ack.is_nobody() => {
                        self.waiting.again(session.now(), Fault::NoFinger)?;
                        State::Search(Ask::new(Search))
                    }
                    Err(Ack::NoUser) => return Ok(None),
                    Err(Ack::Fail) => return Err(Fault::Poor(Quality::Unclear).into()),
                    Err(ack) => return Err(refused::<Search>(ack).into()),
                },
                State::Compare(compare, slot) => match compare.poll(session)? {
                    Ok(()) => State::Confirm(Ask::new(Compare(*slot)), *slot),
                    Err(ack) if ack.is_nobody() => {
                        self.waiting.again(session.now(), Fault::NoFinger)?;
                        State::Compare(Ask::new(Compare(*slot)), *slot)
                    }
                    Err(_) => return Ok(None),
                },
                State::Permission(kept, slot, told) => match kept.poll(session)? {
                    Ok(kept) if kept == *told => State::Confirm(Ask::new(Compare(*slot)), *slot),
                    _ => return Err(Fault::Unconfirmed(*slot).into()),
                },
                State::Confirm(confirm, slot) => {
                    let slot = *slot;
                    confirm.poll(session)?.map_err(|_| Fault::Unconfirmed(slot))?;
                    return Ok(Some(Match { slot, score: NO_SCORE }));
                }
            }
        }
    }
}

/// A module that names a slot it does not have was not understood.
pub(super) fn in_library<C: Command>(slot: Slot, session: &mut Session<'_>) -> Result<(), Fault> {
    session.check(slot).map_err(|_| {
        session.close();
        Fault::OutOfStep(C::CODE)
    })
}
