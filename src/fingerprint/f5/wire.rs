use super::bulk::{Bulk, Cargo};
use super::command::{Command, Flow, OWNER};
use super::config::Config;
use super::fault::Fault;
use super::frame::{Found, Frame, Parser};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};
use crate::port::Duration;

/// A command and its answer.
#[derive(Debug)]
pub struct Frames {
    parser: Parser,
    bulk: Bulk,
    code: u8,
    /// Another number that may stand in the answer.
    alias: Option<u8>,
    flow: Flow,
    /// What is still to go out behind the command, and how long the answer may
    /// take then.
    data: Option<([u8; OWNER], Duration)>,
    answer: Frame,
}

impl Frames {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            bulk: Bulk::new(),
            code: 0,
            alias: None,
            flow: Flow::Nowhere,
            data: None,
            answer: Frame::new(0, [0; 3]),
        }
    }

    /// Puts a command in, on a line of that speed; how long its answer may
    /// take.
    pub(super) fn begin<C: Command>(
        &mut self,
        command: &C,
        baud: u32,
        config: &Config,
    ) -> Duration {
        let frame = Frame::new(C::CODE, command.parameters());
        self.bulk.begin(&frame.encode(), C::FLOW, baud);
        (self.code, self.alias, self.flow) = (C::CODE, C::ALIAS, C::FLOW);
        let time = command.time(config);
        self.data = (C::FLOW == Flow::Down).then_some((command.owner(), time));
        time
    }

    pub(super) fn shift(&mut self, cargo: &mut Cargo<'_>) {
        cargo.shift(&mut self.bulk);
    }

    /// The three bytes of the answer. The last piece of the data behind it is
    /// taken out.
    pub(super) fn answer(&self, cargo: &mut Cargo<'_>) -> [u8; 3] {
        cargo.last(&self.bulk);
        self.answer.bytes
    }

    /// No data of a transfer that was given up come any more.
    pub(super) fn settle(&mut self) {
        self.bulk.settle();
    }

    fn answered(&mut self, frame: Frame) -> Result<Heard, Fault> {
        if frame.command != self.code && Some(frame.command) != self.alias {
            return Err(Fault::OutOfStep(self.code));
        }
        self.answer = frame;
        let [high, low, status] = frame.bytes;
        let bytes = usize::from(u16::from_be_bytes([high, low]));
        let fits = match self.flow {
            Flow::Up(wanted) => bytes == wanted,
            Flow::UpTo(most) => (1..=most).contains(&bytes),
            _ => true,
        };
        if status == 0 && !fits {
            return Err(Fault::OutOfStep(self.code));
        }
        self.bulk.expect(bytes);
        Ok(self.bulk.answered(status == 0))
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
        self.bulk.outgoing()
    }

    fn wipe(&mut self) {
        self.bulk.wipe();
    }

    fn tail(&self) -> Duration {
        self.bulk.tail()
    }

    fn push(&mut self, bytes: &[u8]) -> usize {
        if self.bulk.is_coming() { self.bulk.push(bytes) } else { self.parser.push(bytes) }
    }

    fn clear(&mut self) {
        self.parser.clear();
        self.bulk.clear();
    }

    fn is_within_frame(&self) -> bool {
        self.parser.is_within_frame() || self.bulk.is_within()
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
        if self.bulk.is_coming() {
            return self.bulk.judge().ok_or(Fault::Damaged(self.code));
        }
        if let Some((owner, time)) = self.data.take() {
            return Ok(self.bulk.go(owner, time));
        }
        if let Some(heard) = self.bulk.goes_on() {
            return Ok(heard);
        }
        match self.parser.take() {
            None => Ok(Heard::Nothing),
            Some(Found::Damaged) => Err(Fault::Damaged(self.code)),
            Some(Found::Frame(frame)) => self.answered(frame),
        }
    }
}
