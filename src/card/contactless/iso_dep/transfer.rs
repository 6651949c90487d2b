use crate::port::Duration;

use super::session::Open;
use super::{Block, Fault, Pcb, Session, WrongBlock};

/// What came in answer to a block.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Heard<'a> {
    /// These bytes, without CRC.
    Block(&'a [u8]),
    /// Something with a transmission error.
    Garbled,
    /// Nothing, for the whole waiting time.
    Silence,
}

/// What to do next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Send [`Transfer::block`], then listen.
    Transmit {
        /// How long until the answer must have begun.
        wait: Duration,
    },
    /// It is over.
    Done(Result<(), Fault>),
}

/// What is transferred.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Job {
    /// The command in the session.
    Command,
    /// Whether the card is still there.
    Presence,
    /// S(DESELECT).
    Deselect,
}

/// The block sent last; it is made again to be sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sent {
    I,
    Ack,
    Nak,
    Wtx(u8),
    Deselect,
}

/// The reader's side of ISO-DEP, block by block: no bytes on a wire, no time
/// (ISO/IEC 14443-4:2008, 7.5).
///
/// One transfer carries one command and its response, one question whether the
/// card is there, or one S(DESELECT).
#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    job: Job,
    sent: Sent,
    /// Where the I-block in the air begins in the command.
    at: usize,
    /// The card was asked what became of an exchange that was left half way:
    /// what it answers is dropped.
    opening: bool,
    /// The response did not fit.
    too_long: bool,
    /// Frame waiting times to listen for, until a block comes (7.3).
    waits: u8,
    /// Blocks in a row that were not free of errors.
    failures: u8,
    /// Blocks sent again because the card asked, without progress.
    repeats: u8,
    patience: Duration,
    /// Why the last block was no good.
    fault: Fault,
}

impl Transfer {
    /// A transfer of a command APDU that is kept, of 261 bytes at most, with a
    /// response of 258. The first step is to [transmit](Self::block).
    ///
    /// # Errors
    /// [`Fault::Command`].
    pub fn command(session: &mut Session, command: &[u8]) -> Result<Self, Fault> {
        Self::start(session, command, false)
    }

    /// The same; one that is lent is handed to [`block_of`](Self::block_of) each
    /// time, and what came is [handed on](Session::hand_on) after each block.
    pub(in crate::card) fn start(
        session: &mut Session,
        command: &[u8],
        lent: bool,
    ) -> Result<Self, Fault> {
        session.pair.forget_response();
        if command.len() < 4 || !session.pair.begin(command, lent) {
            return Err(Fault::Command);
        }
        let (opening, sent) = match session.open {
            Open::No => (false, Sent::I),
            Open::Sent | Open::Chain => (true, Sent::Nak),
            Open::Receiving => (true, Sent::Ack),
        };
        Ok(Self { opening, ..Self::new(session, Job::Command, sent) })
    }

    /// Asks whether the card is there: R(NAK), which changes nothing
    /// (Annex A.2, method 2). Ends well with any block of it.
    #[must_use]
    pub fn presence(session: &Session) -> Self {
        Self::new(session, Job::Presence, Sent::Nak)
    }

    /// Tells the card that the conversation is over: it halts (8).
    #[must_use]
    pub fn deselect(session: &Session) -> Self {
        Self::new(session, Job::Deselect, Sent::Deselect)
    }

    const fn new(session: &Session, job: Job, sent: Sent) -> Self {
        Self {
            job,
            sent,
            at: 0,
            opening: false,
            too_long: false,
            waits: 1,
            failures: 0,
            repeats: 0,
            patience: session.limits.patience,
            fault: Fault::Silent,
        }
    }

    /// How long to listen after [`block`](Self::block).
    #[must_use]
    pub fn wait(&self, session: &Session) -> Duration {
        match self.job {
            Job::Deselect => Session::wait_deselect(),
            Job::Command | Job::Presence => session.wait(self.waits),
        }
    }

    /// Writes the block to be sent to the front of `out`, which holds at least
    /// as much as the card takes in a frame; returns its length.
    #[must_use]
    pub fn block(&self, session: &mut Session, out: &mut [u8]) -> usize {
        self.block_of(session, None, out)
    }

    /// The same of a command that is lent.
    pub(in crate::card) fn block_of(
        &self,
        session: &mut Session,
        command: Option<&[u8]>,
        out: &mut [u8],
    ) -> usize {
        self.opens(session);
        let number = session.number;
        let wtxm;
        let (pcb, inf) = match self.sent {
            Sent::I => {
                let command = command.unwrap_or(session.pair.command());
                (Pcb::I { number, more: self.more(session) }, self.chunk(session, command))
            }
            Sent::Ack => (Pcb::Ack { number }, &[][..]),
            Sent::Nak => (Pcb::Nak { number }, &[][..]),
            Sent::Deselect => (Pcb::Deselect, &[][..]),
            Sent::Wtx(multiplier) => {
                wtxm = [multiplier];
                (Pcb::Wtx, &wtxm[..])
            }
        };
        Block { pcb, cid: session.cid, inf }.encode(out).unwrap_or(0)
    }

    /// What to do after what came in answer to the block.
    pub fn heard(&mut self, session: &mut Session, heard: Heard<'_>) -> Next {
        let block = match heard {
            Heard::Silence => return self.failed(session, self.fault),
            Heard::Garbled => return self.failed(session, Fault::Garbled),
            Heard::Block(bytes) => match Block::decode(bytes) {
                Ok(block) if block.cid == session.cid => block,
                Ok(_) | Err(_) => return self.wrong(session),
            },
        };
        match (self.job, block.pcb, block.inf) {
            (Job::Deselect, Pcb::Deselect, _) => {
                session.open = Open::No;
                Next::Done(Ok(()))
            }
            (Job::Deselect, ..) => self.wrong(session),
            // Whatever it says, it is there.
            (Job::Presence, ..) => Next::Done(Ok(())),
            (_, Pcb::I { number, more }, inf) => self.information(session, number, more, inf),
            (_, Pcb::Ack { number }, _) => self.acknowledged(session, number),
            // Bits 8 and 7 tell how strong the field is (7.1.1.3).
            (_, Pcb::Wtx, [inf]) => self.more_time(session, inf & 0x3F),
            _ => self.wrong(session),
        }
    }

    /// The part of the command from `at` on, as much as goes into a block.
    fn chunk<'s>(&self, session: &Session, command: &'s [u8]) -> &'s [u8] {
        let end = command.len().min(self.at + session.room());
        command.get(self.at..end).unwrap_or_default()
    }

    fn more(&self, session: &Session) -> bool {
        self.at + session.room() < session.pair.command_len()
    }

    /// An I-block is in the air: what the session has to know of it if nobody
    /// hears its answer.
    fn opens(&self, session: &mut Session) {
        if self.sent == Sent::I {
            let chain = self.at > 0 || self.more(session);
            session.open = if chain { Open::Chain } else { Open::Sent };
        }
    }

    fn send(&mut self, session: &Session, sent: Sent) -> Next {
        self.sent = sent;
        Next::Transmit { wait: self.wait(session) }
    }

    /// A block came that was wanted.
    fn progress(&mut self) {
        (self.failures, self.repeats, self.waits) = (0, 0, 1);
        self.fault = Fault::Silent;
    }

    /// An I-block came: rules 2 and 10, numbering rule B.
    fn information(&mut self, session: &mut Session, number: bool, more: bool, inf: &[u8]) -> Next {
        let ours_is_over = self.opening || session.open == Open::Receiving || !self.more(session);
        if number != session.number || !ours_is_over {
            return self.wrong(session);
        }
        session.number = !number;
        self.progress();
        if !self.opening && !session.pair.append(inf) {
            self.too_long = true;
        }
        if more {
            session.open = Open::Receiving;
            // A card that goes on without saying anything is not heard for ever.
            // Each block can take it all of the waiting time.
            let says = !inf.is_empty() && !self.too_long && !self.opening;
            return match says || self.spend(self.wait(session)) {
                true => self.send(session, Sent::Ack),
                false => self.end(session, Err(Fault::KeepsAsking)),
            };
        }
        session.open = Open::No;
        match (self.opening, self.too_long) {
            (true, _) => self.begin(session),
            (_, true) => self.end(session, Err(Fault::ResponseTooLong)),
            _ if session.pair.came() < 2 => self.end(session, Err(Fault::NoStatus)),
            _ => self.end(session, Ok(())),
        }
    }

    /// What was left half way is over: the command itself.
    fn begin(&mut self, session: &mut Session) -> Next {
        self.opening = false;
        self.send(session, Sent::I)
    }

    /// R(ACK) came: rules 6 and 7. A block is sent again only if the card said
    /// so when asked by R(NAK): an R(ACK) that comes unasked is a late one, and
    /// the card may have the block.
    fn acknowledged(&mut self, session: &mut Session, number: bool) -> Next {
        let ours = number == session.number;
        match (session.open, self.opening) {
            // The card knows nothing of it, or forgot.
            (Open::Sent, true) if !ours => {
                self.progress();
                self.begin(session)
            }
            (Open::Sent | Open::Chain, true) => self.end(session, Err(Fault::Unsettled)),
            (Open::Chain, false) if ours && self.more(session) => {
                self.progress();
                self.at += session.room();
                session.number = !number;
                self.send(session, Sent::I)
            }
            (Open::Sent | Open::Chain, false) if !ours && self.sent == Sent::Nak => {
                // Free of errors, so that it counts for itself.
                self.failures = 0;
                self.repeats += 1;
                match self.repeats < session.limits.attempts {
                    true => self.send(session, Sent::I),
                    false => self.end(session, Err(Fault::Garbled)),
                }
            }
            _ => self.wrong(session),
        }
    }

    /// S(WTX request) came: rule 3, 7.3.
    fn more_time(&mut self, session: &mut Session, multiplier: u8) -> Next {
        if !(1..=59).contains(&multiplier) {
            return self.wrong(session);
        }
        self.progress();
        self.waits = multiplier;
        match self.spend(self.wait(session)) {
            true => self.send(session, Sent::Wtx(multiplier)),
            false => self.end(session, Err(Fault::KeepsAsking)),
        }
    }

    /// Whether there is patience left for this long.
    fn spend(&mut self, time: Duration) -> bool {
        let cost = time.max(Duration::from_millis(5));
        let enough = self.patience >= cost;
        self.patience = self.patience - cost;
        enough
    }

    /// What came is whole, and nothing that may come.
    fn wrong(&mut self, session: &mut Session) -> Next {
        match session.limits.wrong_block {
            WrongBlock::Repeat => self.failed(session, Fault::Protocol),
            WrongBlock::Fail => self.end(session, Err(Fault::Protocol)),
        }
    }

    /// What came was not free of errors, or nothing came: rules 4, 5 and 8.
    fn failed(&mut self, session: &mut Session, fault: Fault) -> Next {
        self.fault = fault;
        self.failures += 1;
        if self.failures >= session.limits.attempts {
            return self.end(session, Err(fault));
        }
        let again = match (self.job, session.open) {
            (Job::Deselect, _) => Sent::Deselect,
            (Job::Command, Open::Receiving) => Sent::Ack,
            _ => Sent::Nak,
        };
        self.send(session, again)
    }

    /// Gives up what lasts too long. The next transfer asks the card first what
    /// became of it.
    pub fn abandon(mut self, session: &mut Session) -> Fault {
        self.end(session, Err(Fault::KeepsAsking));
        Fault::KeepsAsking
    }

    fn end(&mut self, session: &mut Session, result: Result<(), Fault>) -> Next {
        session.pair.forget_command();
        if result.is_err() {
            session.pair.forget_response();
        }
        Next::Done(result)
    }
}
