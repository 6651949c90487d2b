use super::{Event, Link, Script, Session, Told};
use crate::fingerprint::zfm::bulk::into;
use crate::fingerprint::zfm::command::{Command, ReadInfPage};
use crate::fingerprint::zfm::fault::Fault;

/// Reads the page in which the module describes itself.
#[derive(Debug)]
pub struct ReadPage<'b> {
    page: &'b mut [u8; ReadInfPage::BYTES],
    done: usize,
    read: bool,
}

impl<'b> ReadPage<'b> {
    pub(in crate::fingerprint::zfm) const fn new(page: &'b mut [u8; ReadInfPage::BYTES]) -> Self {
        Self { page, done: 0, read: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let missing = Fault::Incomplete(ReadInfPage::OPCODE);
        if !self.read {
            let (page, done) = (&mut *self.page, &mut self.done);
            let mut take = |piece: &[u8]| {
                let end = done.saturating_add(piece.len());
                page.get_mut(*done..end).ok_or(missing)?.copy_from_slice(piece);
                *done = end;
                Ok(())
            };
            session.transfer(&ReadInfPage, &mut into(&mut take))?;
            self.read = true;
        }
        session.seal::<ReadInfPage>()?;
        if self.done == ReadInfPage::BYTES { Ok(()) } else { Err(missing.into()) }
    }
}

impl Script for ReadPage<'_> {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist_from(self, Self::advance, |it| (it.done, it.read) = (0, false))
    }
}
