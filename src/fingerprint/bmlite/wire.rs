use core::fmt;
use core::ops::Range;

use heapless::Vec;
use zeroize::Zeroize;

use super::answer::{Answer, Reader};
use super::command::Request;
use super::config::Timing;
use super::fault::Fault;
use super::frame::{ACK, Found, MAX_FRAME, MAX_SEGMENT, Parser, Segment};
use crate::fingerprint::wire::{Framing, Heard, Lapse, Silence};
use crate::port::Duration;

/// A command and its answer: segments, each acknowledged by the other side.
pub struct Messages {
    parser: Parser,
    reader: Reader,
    silence: Silence,
    /// A segment of the command, or an acknowledgement.
    outgoing: Vec<u8, MAX_FRAME>,
    /// Segments of the command so far, and how many it has.
    given: (u16, u16),
    /// Segments of the answer so far, and how many it has.
    came: (u16, u16),
    /// Where in the last one image or template is.
    data: Range<usize>,
    stage: Stage,
    /// For an acknowledgement, and for the answer.
    times: (Duration, Duration),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// A segment went out and is not acknowledged.
    Sent,
    /// The answer is due, or more of it.
    Answer,
    /// It is there.
    Whole,
}

impl Messages {
    pub(super) const fn new() -> Self {
        Self {
            parser: Parser::new(),
            reader: Reader::new(Request::version()),
            silence: Silence::Settle,
            outgoing: Vec::new(),
            given: (0, 0),
            came: (0, 0),
            data: 0..0,
            stage: Stage::Sent,
            times: (Duration::ZERO, Duration::ZERO),
        }
    }

    /// Begins with a command and the template that follows it, if any; for how
    /// long the acknowledgement is waited for.
    pub(super) fn begin(
        &mut self,
        request: &Request,
        data: &[u8],
        silence: Silence,
        timing: &Timing,
    ) -> Duration {
        (self.reader, self.silence) = (Reader::new(*request), silence);
        let bytes = request.to_bytes().len().saturating_add(data.len());
        // Cannot fail: no template has so many bytes.
        let count = u16::try_from(bytes.div_ceil(MAX_SEGMENT)).unwrap_or(u16::MAX);
        (self.given, self.came, self.data) = ((0, count), (0, 0), 0..0);
        let acknowledge = match silence {
            Silence::Quiet => timing.acknowledge,
            // The module may have to end first what it was at.
            Silence::Settle => timing.reply,
        };
        self.times = (acknowledge, request.time(timing));
        self.load(data);
        acknowledge
    }

    /// Puts the next segment of the command in.
    pub(super) fn load(&mut self, data: &[u8]) {
        let (last, count) = self.given;
        let head = self.reader.request().to_bytes();
        let from = usize::from(last).saturating_mul(MAX_SEGMENT);
        let message = head.iter().chain(data).copied().skip(from);
        let mut data: Vec<u8, MAX_SEGMENT> = message.take(MAX_SEGMENT).collect();
        let number = last.saturating_add(1);
        self.outgoing = Segment { number, count, data: &data }.to_bytes();
        data.zeroize();
        (self.given, self.stage) = ((number, count), Stage::Sent);
    }

    /// The piece of an image or a template that came last, and how many bytes
    /// there are in all.
    pub(super) fn piece(&self) -> (u16, &[u8]) {
        let segment = self.parser.segment();
        let piece = segment.and_then(|segment| segment.data.get(self.data.clone()));
        (self.reader.so_far().data.unwrap_or(0), piece.unwrap_or(&[]))
    }

    /// What was answered. `None`: nothing that makes sense.
    pub(super) fn answer(&self) -> Option<Answer> {
        self.reader.answer()
    }

    const fn command(&self) -> u16 {
        self.reader.request().command()
    }

    fn is_quiet(&self) -> bool {
        self.silence == Silence::Quiet
    }

    fn acknowledged(&mut self) -> Heard {
        let (last, count) = self.given;
        let (acknowledge, answer) = self.times;
        if last < count {
            return Heard::Piece(Some(acknowledge));
        }
        self.stage = Stage::Answer;
        Heard::Turn(Some(answer))
    }

    /// Takes a segment in and acknowledges it.
    fn segment(&mut self) -> Result<Heard, Fault> {
        self.outgoing.clear();
        // Cannot fail: it is empty.
        let _ = self.outgoing.extend_from_slice(&ACK);
        // What is left over from before is not for us.
        if self.stage != Stage::Sent {
            self.collect()?;
        }
        Ok(if self.data.is_empty() { Heard::Turn(None) } else { Heard::Piece(None) })
    }

    /// Adds a segment to the message. Each is to come once, and in order.
    fn collect(&mut self) -> Result<(), Fault> {
        self.data = 0..0;
        let command = self.command();
        let Some(Segment { number, count, data }) = self.parser.segment() else { return Ok(()) };
        let (last, announced) = self.came;
        let next = number == last.saturating_add(1) && number <= count;
        if next && (last == 0 || count == announced) {
            self.came = (number, count);
            self.data = self.reader.put(data);
            if number == count {
                self.stage = Stage::Whole;
            }
            return Ok(());
        }
        self.restart();
        if self.is_quiet() { Err(Fault::Segment(command)) } else { Ok(()) }
    }

    /// Another message begins.
    fn restart(&mut self) {
        self.reader = Reader::new(*self.reader.request());
        (self.came, self.stage) = ((0, 0), Stage::Answer);
    }

    /// What is not due is a fault, unless it is left over from another one.
    fn unexpected(&self, found: Found) -> Result<(), Fault> {
        match found {
            // Two for one frame do no harm.
            Found::Acknowledged => Ok(()),
            _ if !self.is_quiet() => Ok(()),
            Found::Damaged => Err(Fault::Damaged(self.command())),
            Found::Segment => Err(self.fault(Lapse::OutOfStep)),
        }
    }
}

impl Framing for Messages {
    type Fault = Fault;

    fn fault(&self, lapse: Lapse) -> Fault {
        match lapse {
            Lapse::Timeout if self.stage == Stage::Sent => Fault::Unacknowledged(self.command()),
            Lapse::Timeout => Fault::Timeout(self.command()),
            Lapse::Damaged => Fault::Damaged(self.command()),
            Lapse::OutOfStep => Fault::OutOfStep(self.command()),
            Lapse::Babble => Fault::Babble,
        }
    }

    fn command(&self) -> &[u8] {
        &self.outgoing
    }

    /// Commands and answers can hold a template.
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
            if let (Found::Segment, Silence::Quiet) = (found, silence) {
                return Err(self.fault(Lapse::OutOfStep));
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<Heard, Fault> {
        if self.stage == Stage::Whole {
            match self.answer() {
                Some(_) => return Ok(Heard::All),
                None if self.is_quiet() => return Err(self.fault(Lapse::OutOfStep)),
                None => self.restart(),
            }
        }
        while let Some(found) = self.parser.take() {
            match (found, self.stage) {
                (Found::Acknowledged, Stage::Sent) => return Ok(self.acknowledged()),
                (Found::Segment, Stage::Answer) => return self.segment(),
                (Found::Segment, _) if !self.is_quiet() => return self.segment(),
                _ => self.unexpected(found)?,
            }
        }
        Ok(Heard::Nothing)
    }
}

/// Without the bytes, which can be those of a template.
impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages")
            .field("request", self.reader.request())
            .field("stage", &self.stage)
            .field("came", &self.came)
            .finish_non_exhaustive()
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        self.outgoing.zeroize();
    }
}
