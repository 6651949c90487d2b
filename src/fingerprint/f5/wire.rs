use super::command::Command;
use super::fault::Fault;
use super::frame::{FRAME, Found, Frame, Parser};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};

/// A command and its answer.
#[derive(Debug)]
pub struct Frames {
    parser: Parser,
    outgoing: [u8; FRAME],
    code: u8,
    answer: Frame,
}

impl Frames {
    pub(super) const fn new() -> Self {
        let answer = Frame::new(0, [0; 3]);
        Self { parser: Parser::new(), outgoing: [0; FRAME], code: 0, answer }
    }

    pub(super) fn begin<C: Command>(&mut self, command: &C) {
        self.outgoing = Frame::new(C::CODE, command.parameters()).encode();
        self.code = C::CODE;
    }

    /// The three bytes of the answer.
    pub(super) const fn answer(&self) -> [u8; 3] {
        self.answer.bytes
    }
}

impl Framing for Frames {
    type Fault = Fault;

    fn fault(&self, lapse: Lapse) -> Fault {
        match lapse {
            Lapse::Timeout => Fault::Timeout(self.code),
            Lapse::Damaged => Fault::Damaged(self.code),
            Lapse::OutOfStep => Fault::OutOfStep(self.code),
            Lapse::Babble => Fault::Babble,
        }
    }

    fn command(&self) -> &[u8] {
        &self.outgoing
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
            if let (Found::Frame(_), Silence::Quiet) = (found, silence) {
                return Err(Fault::OutOfStep(self.code));
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<Heard, Fault> {
        match self.parser.take() {
            None => Ok(Heard::Nothing),
            Some(Found::Damaged) => Err(Fault::Damaged(self.code)),
            Some(Found::Frame(frame)) if frame.command != self.code => {
                Err(Fault::OutOfStep(self.code))
            }
            Some(Found::Frame(frame)) => {
                self.answer = frame;
                Ok(Heard::All)
            }
        }
    }
}
