use super::command::{Flow, OWNER, Order};
use super::fault::Fault;
use super::frame::{Found, Frame, MARK, Parser};
use crate::fingerprint::bulk::{Came, Cargo, END, Incoming, Outgoing, line_time};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};
use crate::port::Duration;

/// Bytes of a long frame that are not counted: the mark in front, the check and
/// the mark behind.
const EDGES: usize = 1 + END;

/// A command and its answer, and the data that go with one of them.
#[derive(Debug)]
pub struct Frames {
    parser: Parser,
    outgoing: Outgoing,
    incoming: Incoming,
    stage: Stage,
    code: u8,
    /// Another number that may stand in the answer.
    alias: Option<u8>,
    flow: Flow,
    /// Bytes of data that come.
    bytes: usize,
    /// Of those so far.
    check: u8,
    /// Whose the data are that go out.
    owner: [u8; OWNER],
    answer: Frame,
    /// For all of the data that come, or for the answer behind those that go.
    time: Duration,
    tail: Duration,
}

/// What is next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// An answer is due.
    Answer,
    /// More data are to be sent.
    Send,
    /// The mark in front of the data is due.
    Mark,
    /// This came instead of it.
    Marked(u8),
    /// More data are due.
    Data,
}

impl Frames {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            outgoing: Outgoing::new(),
            incoming: Incoming::new(),
            stage: Stage::Answer,
            code: 0,
            alias: None,
            flow: Flow::Nowhere,
            bytes: 0,
            check: 0,
            owner: [0; OWNER],
            answer: Frame::new(0, [0; 3]),
            time: Duration::ZERO,
            tail: Duration::ZERO,
        }
    }

    /// Puts a command in, on a line of that speed; how long its answer may
    /// take.
    pub(super) fn begin(&mut self, order: &Order, baud: u32) -> Duration {
        let Order { code, alias, flow, parameters, owner, time } = *order;
        self.outgoing.put(&Frame::new(code, parameters).encode());
        (self.code, self.alias, self.flow) = (code, alias, flow);
        (self.check, self.owner) = (0, owner);
        (self.stage, self.time) = match flow {
            Flow::Down => (Stage::Send, time),
            // As long again, for a module that pauses, or a host that comes late.
            Flow::Up(most) | Flow::UpTo(most) => {
                (Stage::Answer, line_time(most.saturating_add(EDGES).saturating_mul(2), baud))
            }
            Flow::Nowhere => (Stage::Answer, Duration::ZERO),
        };
        if matches!(flow, Flow::Up(_) | Flow::UpTo(_)) {
            self.tail = self.tail.max(self.time);
        }
        time
    }

    /// Puts the next piece of a long frame in, or takes one out.
    pub(super) fn shift(&mut self, cargo: &mut Cargo<'_, Fault>) -> Result<(), Fault> {
        if self.stage != Stage::Send {
            return cargo.take(self.incoming.piece());
        }
        cargo.give(|data| {
            let [a, b, c] = self.owner;
            let check = xor(xor(0, &self.owner), data);
            let (gone, over) = self.outgoing.load(&[MARK, a, b, c], data, [check, MARK]);
            if over {
                self.stage = Stage::Answer;
            }
            gone
        });
        Ok(())
    }

    /// The three bytes of the answer.
    pub(super) const fn answer(&self) -> [u8; 3] {
        self.answer.bytes
    }

    /// No data of a transfer that was given up come any more.
    pub(super) fn settle(&mut self) {
        self.tail = Duration::ZERO;
    }

    fn answered(&mut self, frame: Frame) -> Result<Heard, Fault> {
        if frame.command != self.code && Some(frame.command) != self.alias {
            return Err(Fault::OutOfStep(self.code));
        }
        self.answer = frame;
        let [high, low, status] = frame.bytes;
        self.bytes = usize::from(u16::from_be_bytes([high, low]));
        let fits = match self.flow {
            Flow::Up(wanted) => self.bytes == wanted,
            Flow::UpTo(most) => (1..=most).contains(&self.bytes),
            Flow::Nowhere | Flow::Down => return Ok(Heard::All),
        };
        match (status, fits) {
            (0, true) => {
                self.stage = Stage::Mark;
                Ok(Heard::Part)
            }
            (0, false) => Err(Fault::OutOfStep(self.code)),
            _ => {
                self.settle();
                Ok(Heard::All)
            }
        }
    }

    /// What came behind the answer.
    fn came(&mut self) -> Option<Heard> {
        match self.incoming.take() {
            None => Some(Heard::Nothing),
            Some(Came::Piece) => {
                self.check = xor(self.check, self.incoming.piece());
                Some(Heard::Piece(None))
            }
            Some(Came::End(end)) if end == [self.check, MARK] => {
                self.settle();
                Some(Heard::All)
            }
            Some(Came::End(_)) => None,
        }
    }
}

fn xor(check: u8, bytes: &[u8]) -> u8 {
    bytes.iter().fold(check, |check, byte| check ^ byte)
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
        self.outgoing.bytes()
    }

    fn wipe(&mut self) {
        self.outgoing.wipe();
    }

    fn tail(&self) -> Duration {
        self.tail
    }

    fn push(&mut self, bytes: &[u8]) -> usize {
        match (self.stage, bytes) {
            (Stage::Mark, [mark, ..]) => {
                self.stage = Stage::Marked(*mark);
                1
            }
            (Stage::Marked(_), _) => 0,
            (Stage::Data, _) => self.incoming.push(bytes),
            _ => self.parser.push(bytes),
        }
    }

    fn clear(&mut self) {
        self.parser.clear();
        self.incoming.clear();
    }

    fn is_within_frame(&self) -> bool {
        self.parser.is_within_frame() || self.incoming.is_on()
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
        let damaged = Fault::Damaged(self.code);
        match self.stage {
            Stage::Send => return Ok(Heard::Piece(Some(self.time))),
            Stage::Mark => return Ok(Heard::Nothing),
            Stage::Marked(MARK) => {
                self.incoming.begin(self.bytes);
                self.stage = Stage::Data;
                return Ok(Heard::Turn(Some(self.time)));
            }
            Stage::Marked(_) => return Err(damaged),
            Stage::Data => return self.came().ok_or(damaged),
            Stage::Answer => {}
        }
        match self.parser.take() {
            None => Ok(Heard::Nothing),
            Some(Found::Damaged) => Err(damaged),
            Some(Found::Frame(frame)) => self.answered(frame),
        }
    }
}
