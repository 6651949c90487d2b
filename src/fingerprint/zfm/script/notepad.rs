use super::{Event, Script};
use crate::fingerprint::zfm::command::{Command, Note, ReadNotepad, WriteNotepad};
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::Session;
use crate::port::Told;

/// Writes a page of the notepad and reads it back.
#[derive(Clone, Debug)]
pub struct Pin {
    write: WriteNotepad,
    written: bool,
    compare: IsPinned,
}

impl Pin {
    pub(in crate::fingerprint::zfm) fn new(page: u8, note: Note) -> Self {
        let compare = IsPinned::new(page, note.clone());
        Self { write: WriteNotepad { page, note }, written: false, compare }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        if !self.written {
            session.demand(&self.write)?;
            self.written = true;
        }
        match self.compare.advance(session)? {
            true => Ok(()),
            false => Err(Fault::NotTaken(WriteNotepad::OPCODE).into()),
        }
    }
}

impl Script for Pin {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist_from(self, Self::advance, |it| {
            it.written = false;
            it.compare.equal = None;
        })
    }
}

/// Compares a page of the notepad with what it should hold.
#[derive(Clone, Debug)]
pub struct IsPinned {
    page: u8,
    note: Note,
    equal: Option<bool>,
}

impl IsPinned {
    pub(in crate::fingerprint::zfm) const fn new(page: u8, note: Note) -> Self {
        Self { page, note, equal: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<bool, Fault> {
        let equal = match self.equal {
            Some(equal) => equal,
            None => session.demand(&ReadNotepad { page: self.page })? == self.note,
        };
        self.equal = Some(equal);
        session.seal::<ReadNotepad>()?;
        Ok(equal)
    }
}

impl Script for IsPinned {
    type Link = Link;
    type Output = bool;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<bool, Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.equal = None)
    }
}
