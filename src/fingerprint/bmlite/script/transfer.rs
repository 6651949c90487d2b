use core::fmt;

use zeroize::Zeroize;

use super::holds;
use crate::fingerprint::bmlite::command::Request;
use crate::fingerprint::bmlite::fault::Fault;
use crate::fingerprint::bmlite::outcome::Outcome;
use crate::fingerprint::bmlite::session::{Cargo, Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, Progress, Slot};
use crate::port::Told;

/// How many bytes a template has at most, as it is configured.
#[derive(Clone, Copy, Debug)]
pub struct Size;

impl Script for Size {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        Ok(Told::Done(session.config().template.into()))
    }
}

/// Reads a template out: loads it from the storage, and asks for it.
///
/// The module says how large it is before the first byte. A line fault begins
/// all anew; dropped half way, the buffer is erased.
pub struct ReadTemplate<'b> {
    slot: Slot,
    buffer: &'b mut [u8],
    loaded: bool,
    coming: Coming,
    whole: bool,
}

impl<'b> ReadTemplate<'b> {
    pub(in crate::fingerprint::bmlite) const fn new(slot: Slot, buffer: &'b mut [u8]) -> Self {
        Self { slot, buffer, loaded: false, coming: Coming::NOTHING, whole: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<usize, Fault> {
        if !self.loaded {
            load(session, self.slot)?;
            (self.loaded, self.coming) = (true, Coming::NOTHING);
        }
        let (buffer, coming) = (&mut *self.buffer, &mut self.coming);
        let mut take = |of: u16, piece: &[u8]| {
            let room = buffer.get_mut(..of.into()).ok_or(Fault::Room(of))?;
            coming.take(of, piece, |at, piece| {
                let to = room.get_mut(at..).unwrap_or_default();
                to.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
            });
            Ok(())
        };
        session.transfer(&Request::upload(), Cargo::In(&mut take))?;
        self.whole = true;
        Ok(self.coming.done.into())
    }
}

impl Script for ReadTemplate<'_> {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        let read = session.persist_from(self, Self::advance, |read| read.loaded = false);
        self.coming.tell(read)
    }
}

/// Without the template.
impl fmt::Debug for ReadTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReadTemplate({}, {:?})", self.slot, self.coming)
    }
}

impl Drop for ReadTemplate<'_> {
    fn drop(&mut self) {
        if !self.whole {
            self.buffer.zeroize();
        }
    }
}

/// Takes a template from the storage to work on.
fn load(session: &mut Session<'_>, slot: Slot) -> nb::Result<(), Fault> {
    session.check(slot)?;
    match session.ask(&Request::load(slot))?.outcome {
        Outcome::Ok => Ok(()),
        Outcome::IdNotFound | Outcome::MissingTemplate => Err(Fault::Empty(slot).into()),
        outcome => Err(Fault::Refused(Request::load(slot).command(), outcome).into()),
    }
}

/// How much of an image or a template came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coming {
    done: u16,
    total: u16,
    told: u16,
}

impl Coming {
    pub(super) const NOTHING: Self = Self { done: 0, total: 0, told: 0 };

    /// The next piece, `of` so many bytes, which goes to where it stands.
    pub(super) fn take(&mut self, of: u16, piece: &[u8], put: impl FnOnce(usize, &[u8])) {
        put(self.done.into(), piece);
        let bytes = u16::try_from(piece.len()).unwrap_or(u16::MAX);
        (self.done, self.total) = (self.done.saturating_add(bytes), of);
    }

    /// Tells it while the script would block.
    pub(super) fn tell<T>(
        &mut self,
        result: nb::Result<Told<T, Event>, Fault>,
    ) -> nb::Result<Told<T, Event>, Fault> {
        if !matches!(result, Err(nb::Error::WouldBlock)) || self.told == self.done {
            return result;
        }
        self.told = self.done;
        let progress = Progress { done: self.done.into(), total: Some(self.total.into()) };
        Ok(Told::Event(Event::Progress(progress)))
    }
}

/// Writes a template: gives it to the module, saves it, and reads it back.
///
/// A line fault begins with the template anew; once it may have been saved,
/// with reading it back.
pub struct WriteTemplate<'b> {
    slot: Slot,
    template: &'b [u8],
    state: State,
    back: Coming,
    same: bool,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Is the slot free?
    Look,
    Send,
    Save,
    Load,
    Compare,
    Over,
}

impl<'b> WriteTemplate<'b> {
    pub(in crate::fingerprint::bmlite) const fn new(slot: Slot, template: &'b [u8]) -> Self {
        Self { slot, template, state: State::Look, back: Coming::NOTHING, same: true }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        loop {
            self.state = match self.state {
                State::Look => self.look(session)?,
                State::Send => {
                    let size = self.size(session)?;
                    session.transfer(&Request::download(size), Cargo::Out(self.template))?;
                    State::Save
                }
                State::Save => {
                    session.demand(&Request::save(self.slot))?;
                    State::Load
                }
                State::Load => {
                    load(session, self.slot)?;
                    (self.back, self.same) = (Coming::NOTHING, true);
                    State::Compare
                }
                State::Compare => {
                    self.compare(session)?;
                    State::Over
                }
                State::Over => return Ok(()),
            }
        }
    }

    fn look(&self, session: &mut Session<'_>) -> nb::Result<State, Fault> {
        self.size(session)?;
        if holds(session, self.slot)? {
            return Err(Fault::Occupied(self.slot).into());
        }
        Ok(State::Send)
    }

    /// The size of the template, if one can have it.
    fn size(&self, session: &Session<'_>) -> Result<u16, Fault> {
        let most = session.config().template;
        let size = u16::try_from(self.template.len()).ok();
        let size = size.filter(|size| (1..=most).contains(size));
        size.ok_or(Fault::Template(self.template.len()))
    }

    fn compare(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let (template, back, same) = (self.template, &mut self.back, &mut self.same);
        let mut take = |of: u16, piece: &[u8]| {
            back.take(of, piece, |at, piece| {
                let written = template.get(at..).unwrap_or_default();
                *same &= usize::from(of) == template.len() && written.starts_with(piece);
            });
            Ok(())
        };
        session.transfer(&Request::upload(), Cargo::In(&mut take))?;
        if self.same && usize::from(self.back.done) == template.len() {
            return Ok(());
        }
        Err(Fault::Unlike(self.slot).into())
    }

    fn again(&mut self) {
        self.state = match self.state {
            State::Look => State::Look,
            State::Send => State::Send,
            _ => State::Load,
        };
    }
}

impl Script for WriteTemplate<'_> {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        let written = session.persist_from(self, Self::advance, Self::again);
        self.back.tell(written)
    }
}

/// Without the template.
impl fmt::Debug for WriteTemplate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WriteTemplate({}, {:?})", self.slot, self.state)
    }
}
