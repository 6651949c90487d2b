use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use super::{Command, Secret, nothing};
use crate::fingerprint::zfm::config::Timing;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::{Dialects, Profile};
use crate::port::Duration;

/// A page of the notepad, which may be a secret: it does not show, is erased
/// when dropped and compared in constant time.
#[derive(Clone, Eq)]
pub struct Note([u8; Self::LEN]);

impl Note {
    /// Bytes of a page.
    pub const LEN: usize = 32;

    /// A page.
    #[must_use]
    pub const fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl PartialEq for Note {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Note(..)")
    }
}

/// Writes a page of the notepad, over what is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WriteNotepad {
    /// The page; see [`Profile::notepad`](crate::fingerprint::zfm::Profile).
    pub page: u8,
    /// What it is to hold.
    pub note: Note,
}

impl Command for WriteNotepad {
    const OPCODE: u8 = 0x18;
    const NAME: &'static str = "WriteNotepad";
    const DIALECTS: Dialects = Dialects::LATER;
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] =
        &[Confirmation::BadNotepadPage, Confirmation::FlashFailed];
    type Parameters = Secret<{ 1 + Note::LEN }>;
    type Reply = ();

    fn parameters(&self) -> Self::Parameters {
        let mut bytes = [self.page; 1 + Note::LEN];
        bytes.iter_mut().skip(1).zip(self.note.0).for_each(|(to, from)| *to = from);
        Secret(bytes)
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.flash
    }

    fn fits(&self, profile: &Profile) -> bool {
        self.page < profile.notepad
    }
}

/// Reads a page of the notepad.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadNotepad {
    /// The page.
    pub page: u8,
}

impl Command for ReadNotepad {
    const OPCODE: u8 = 0x19;
    const NAME: &'static str = "ReadNotepad";
    const DIALECTS: Dialects = Dialects::LATER;
    const REPLY: usize = Note::LEN;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::BadNotepadPage];
    type Parameters = [u8; 1];
    type Reply = Note;

    fn parameters(&self) -> [u8; 1] {
        [self.page]
    }

    fn decode(&self, reply: &[u8]) -> Option<Note> {
        reply.try_into().ok().map(Note)
    }

    fn fits(&self, profile: &Profile) -> bool {
        self.page < profile.notepad
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame};
    use super::*;

    #[test]
    fn frames() {
        // The manuals give the length, 0024h; the sums are ours.
        let write = WriteNotepad { page: 2, note: Note::new([1; 32]) };
        let hex = std::format!("EF01 FFFFFFFF 01 0024 18 02 {} 005F", "01".repeat(32));
        assert_frame(&write, &hex);
        assert_frame(&ReadNotepad { page: 2 }, "EF01 FFFFFFFF 01 0004 19 02 0020");
        assert_exact(&write);
        assert_exact(&ReadNotepad { page: 2 });
    }
}
