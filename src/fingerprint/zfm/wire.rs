use core::fmt;

use heapless::Vec;
use zeroize::Zeroize;

use super::command::Command;
use super::fault::Fault;
use super::frame::{Found, Frame, OVERHEAD, Parser, Pid};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};

/// Content of the longest command in the manuals: WriteNotepad, with 32 bytes.
const MAX_COMMAND: usize = 34;

/// The notice of a module that woke by touch (M5): an acknowledgement of
/// nothing.
const WOKEN: [u8; 1] = [0xFF];

/// A command and its answer.
pub(super) struct Frames {
    parser: Parser,
    outgoing: Vec<u8, { MAX_COMMAND + OVERHEAD }>,
    address: u32,
    opcode: u8,
    foreign: Option<u32>,
    woken: bool,
}

impl Frames {
    pub(super) const fn new(address: u32) -> Self {
        Self {
            parser: Parser::new(),
            outgoing: Vec::new(),
            address,
            opcode: 0,
            foreign: None,
            woken: false,
        }
    }

    /// Refuses a command that is longer than any can be.
    pub(super) fn begin<C: Command>(&mut self, command: &C) -> Result<(), Fault> {
        let mut content: Vec<u8, MAX_COMMAND> = Vec::new();
        let unsupported = Fault::Unsupported(C::OPCODE);
        content.push(C::OPCODE).map_err(|_| unsupported)?;
        content.extend_from_slice(command.parameters().as_ref()).map_err(|_| unsupported)?;
        self.write(&Frame::new(self.address, Pid::Command, &content));
        content.zeroize();
        (self.opcode, self.foreign) = (C::OPCODE, None);
        Ok(())
    }

    fn write(&mut self, frame: &Frame<'_>) {
        let mut bytes = [0; MAX_COMMAND + OVERHEAD];
        let len = frame.encode(&mut bytes).unwrap_or(0);
        self.outgoing.clear();
        // Cannot fail: both are of one size.
        let _ = self.outgoing.extend_from_slice(bytes.get(..len).unwrap_or(&[]));
        bytes.zeroize();
    }

    /// The content of the answer, until the next bytes.
    pub(super) fn answer(&self) -> &[u8] {
        self.parser.frame().map_or(&[], |frame| frame.content)
    }

    /// Whether the module said since that it was woken by touch.
    pub(super) fn take_woken(&mut self) -> bool {
        core::mem::take(&mut self.woken)
    }
}

impl Framing for Frames {
    type Fault = Fault;

    fn fault(&self, lapse: Lapse) -> Fault {
        match lapse {
            Lapse::Timeout => self.foreign.map_or(Fault::Timeout(self.opcode), Fault::Foreign),
            Lapse::Damaged => Fault::Damaged(self.opcode),
            Lapse::OutOfStep => Fault::OutOfStep(self.opcode),
            Lapse::Babble => Fault::Babble,
        }
    }

    fn command(&self) -> &[u8] {
        &self.outgoing
    }

    /// The command may hold the password.
    fn wipe(&mut self) {
        self.outgoing.zeroize();
    }

    fn push(&mut self, bytes: &[u8]) -> usize {
        self.parser.push(bytes)
    }

    fn clear(&mut self) {
        self.parser.clear();
    }

    fn is_within_frame(&self) -> bool {
        self.parser.is_within_frame()
    }

    fn discard(&mut self, silence: Silence) -> Result<(), Fault> {
        while let Some(found) = self.parser.take() {
            match (found, silence) {
                (Found::Frame(frame), _) if is_woken(&frame, self.address) => self.woken = true,
                (Found::Frame(frame), Silence::Quiet) if is_from(&frame, self.address) => {
                    return Err(Fault::OutOfStep(self.opcode));
                }
                (Found::Started, Silence::Quiet) => return Err(Fault::Restarted),
                _ => {}
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<Heard, Fault> {
        while let Some(found) = self.parser.take() {
            match found {
                Found::Damaged => return Err(Fault::Damaged(self.opcode)),
                Found::Started => return Err(Fault::Restarted),
                Found::Frame(frame) if is_woken(&frame, self.address) => self.woken = true,
                Found::Frame(frame) if frame.address != self.address => {
                    self.foreign = Some(frame.address);
                }
                // On a line with both directions on one wire, our own command.
                Found::Frame(Frame { pid: Pid::Command, .. }) => {}
                Found::Frame(Frame { pid: Pid::Acknowledge, .. }) => return Ok(Heard::All),
                Found::Frame(_) => return Err(Fault::OutOfStep(self.opcode)),
            }
        }
        Ok(Heard::Nothing)
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frames").field("opcode", &self.opcode).finish_non_exhaustive()
    }
}

/// What the module itself sends: a command is our own, heard back.
fn is_from(frame: &Frame<'_>, address: u32) -> bool {
    frame.address == address && frame.pid != Pid::Command
}

fn is_woken(frame: &Frame<'_>, address: u32) -> bool {
    is_from(frame, address) && frame.pid == Pid::Acknowledge && frame.content == WOKEN
}
