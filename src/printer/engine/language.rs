use core::fmt::Debug;

use super::link::Owed;
use crate::printer::escpos::{Profile, Refusal, Slice};
use crate::printer::{Item, Status};

/// A language that printers speak: items into bytes, slice by slice; what is
/// asked, and what the answers say.
pub trait Language: Sized {
    /// An item that was checked, on its way into bytes.
    type Job<'a>;

    /// What makes words of the bytes that a printer sends.
    type Ear: Default + Debug;

    /// What a printer is sent first.
    const PROLOGUE: &'static [u8];

    /// A request is answered when what stands before it is printed.
    const ANSWERS_IN_ORDER: bool;

    /// What the printer has.
    fn profile(&self) -> &'static Profile;

    /// Checks all of an item and begins it.
    ///
    /// # Errors
    /// Why it cannot be printed.
    fn begin<'a>(&self, item: &Item<'a>) -> Result<Self::Job<'a>, Refusal>;

    /// Writes as much of a job as fits into `out`.
    fn fill(&mut self, job: &mut Self::Job<'_>, out: &mut [u8]) -> Slice;

    /// What the printer expects after what was handed out.
    fn owed(&self, job: &Self::Job<'_>) -> Owed;

    /// The most that a printer may expect of a command that another driver
    /// began, for which it would take what comes next.
    fn longest(&self) -> Owed {
        Owed::NOTHING
    }

    /// The printer is as after power-up.
    fn restart(&mut self);

    /// What asks a printer how it is; nothing, if it does not answer.
    fn request(&self) -> &'static [u8];

    /// What asks it to answer `id` when what stands before is printed.
    fn prove(&self, id: [u8; 2]) -> Option<[u8; 6]>;

    /// Whether a printer that says it is idle has printed everything.
    fn idle_proves(&self) -> bool;

    /// A byte came.
    fn hear(ear: &mut Self::Ear, byte: u8) -> Heard;
}

/// What a byte from a printer completes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heard {
    /// Nothing yet.
    Nothing,
    /// How the printer is, and whether it is at work.
    Status(Status, bool),
    /// All before the request with this number is printed.
    Printed([u8; 2]),
    /// Nothing that is known.
    Noise(u8),
}
