use super::{AfterResynch, Block, BlockError, Cause, Control, Fault, Heard, Next, Pcb, Session};

/// The node address of both sides (11.3.2.1): none was agreed.
const NAD: u8 = 0;

/// What is transferred.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Job {
    /// The command in the session.
    Command,
    /// The largest information field we take.
    Ifs(u8),
}

/// The block sent last; it is made again to be sent again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sent {
    I,
    R(Cause),
    Request(Control),
    Response(Control, u8),
}

/// The host's side of T=1, block by block: no bytes, no time
/// (ISO/IEC 7816-3:2006, 11.6).
///
/// One transfer carries one command and its response, or one S(IFS request).
/// Whatever moves whole blocks can carry it: a byte line
/// ([`Link`](super::Link)), a reader whose command carries a block.
#[derive(Clone, Copy, Debug)]
pub struct Transfer {
    job: Job,
    sent: Sent,
    /// Where the I-block in the air begins in the command, and its length.
    at: usize,
    chunk: usize,
    /// The card has begun to answer.
    receiving: bool,
    /// The card gave up the chain; what comes next tells how it goes on.
    aborted: bool,
    /// The first thing sent is a resynchronisation.
    opening: bool,
    /// The response did not fit.
    too_long: bool,
    /// Blocks in a row that were not free of errors.
    failures: u8,
    /// Blocks sent again because the card asked, without progress.
    repeats: u8,
    resynchs: u8,
    patience: u16,
    /// Something came at least once.
    answered: bool,
}

impl Transfer {
    /// A transfer of a command APDU that is kept, of 261 bytes at most, with a
    /// response of 258. The first step is to [transmit](Self::block), one block
    /// waiting time.
    ///
    /// # Errors
    /// [`Fault::Command`], [`Fault::Unsettled`].
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
        Self::new(session, Job::Command)
    }

    /// A transfer that tells the card the largest information field we take,
    /// 1 to 254 (11.4.2). If the card does not understand it, it ends well all
    /// the same, after a resynchronisation, with what was before.
    ///
    /// # Errors
    /// [`Fault::Unsettled`].
    pub fn ifs(session: &mut Session, ifsd: u8) -> Result<Self, Fault> {
        Self::new(session, Job::Ifs(ifsd.clamp(1, 254)))
    }

    fn new(session: &mut Session, job: Job) -> Result<Self, Fault> {
        if session.unsettled && session.limits.resynchs == 0 {
            // What comes next can be the response to the command before.
            session.finish(false);
            return Err(Fault::Unsettled);
        }
        let mut transfer = Self {
            job,
            sent: Sent::I,
            at: 0,
            chunk: 0,
            receiving: false,
            aborted: false,
            opening: session.unsettled,
            too_long: false,
            failures: 0,
            repeats: 0,
            resynchs: 0,
            patience: session.limits.patience,
            answered: false,
        };
        transfer.sent = transfer.first(session);
        if transfer.opening {
            transfer.resynchs = 1;
            transfer.sent = Sent::Request(Control::Resynch);
        }
        session.unsettled = true;
        Ok(transfer)
    }

    /// Writes the block to be sent to the front of `out`, which holds at least
    /// [`Block::MAX`] bytes; returns its length.
    #[must_use]
    pub fn block(&self, session: &Session, out: &mut [u8]) -> usize {
        self.block_of(session, None, out)
    }

    /// The same of a command that is lent.
    pub(in crate::card) fn block_of(
        &self,
        session: &Session,
        command: Option<&[u8]>,
        out: &mut [u8],
    ) -> usize {
        let ifsd = match self.job {
            Job::Ifs(ifsd) => ifsd,
            Job::Command => 0,
        };
        let (value, pcb) = match self.sent {
            Sent::I => {
                let pcb = Pcb::I { ns: session.ns, more: !self.is_last(session) };
                let command = command.unwrap_or(session.pair.command());
                let inf = command.get(self.at..self.at + self.chunk).unwrap_or_default();
                return Block { nad: NAD, pcb, inf }.encode(session.edc, out).unwrap_or(0);
            }
            Sent::R(cause) => (None, Pcb::R { nr: session.nr, cause }),
            Sent::Request(Control::Ifs) => (Some(ifsd), Pcb::Request(Control::Ifs)),
            Sent::Request(control) => (None, Pcb::Request(control)),
            Sent::Response(Control::Abort, _) => (None, Pcb::Response(Control::Abort)),
            Sent::Response(control, value) => (Some(value), Pcb::Response(control)),
        };
        Block { nad: NAD, pcb, inf: value.as_slice() }.encode(session.edc, out).unwrap_or(0)
    }

    /// Whether [`block`](Self::block) is a request to resynchronise. What is
    /// still on its way from the card is then of no use any more; a line does
    /// well to let it pass first.
    #[must_use]
    pub fn is_resynch(&self) -> bool {
        self.sent == Sent::Request(Control::Resynch)
    }

    /// What to do after what came in answer to the block.
    pub fn heard(&mut self, session: &mut Session, heard: Heard<'_>) -> Next {
        self.answered |= heard != Heard::Silence;
        let block = match heard {
            Heard::Silence => return self.failed(session, Cause::Other),
            Heard::Garbled => return self.failed(session, Cause::Check),
            Heard::Block(bytes) => match Block::decode(bytes, session.edc) {
                Ok(block) if block.nad == NAD => block,
                Err(BlockError::Check) => return self.failed(session, Cause::Check),
                Ok(_) | Err(_) => return self.failed(session, Cause::Other),
            },
        };
        let value = block.inf.first().copied().unwrap_or(0);
        match block.pcb {
            Pcb::I { ns, more } => self.information(session, ns, more, block.inf),
            Pcb::R { nr, .. } => self.ready(session, nr),
            Pcb::Request(control) => self.request(session, control, value),
            Pcb::Response(control) => self.response(session, control, value),
        }
    }

    /// Gives up what cannot go on, because what carries the blocks fails. The
    /// next transfer begins with a resynchronisation.
    pub fn abandon(self, session: &mut Session) {
        session.finish(false);
    }

    fn is_last(&self, session: &Session) -> bool {
        self.at + self.chunk >= session.pair.command_len()
    }

    /// The first block of the job.
    fn first(&mut self, session: &Session) -> Sent {
        match self.job {
            Job::Ifs(_) => Sent::Request(Control::Ifs),
            Job::Command => self.chunk_from(session, 0),
        }
    }

    fn chunk_from(&mut self, session: &Session, at: usize) -> Sent {
        self.at = at;
        self.chunk = session.pair.command_len().saturating_sub(at).min(session.ifsc.into());
        Sent::I
    }

    fn send(&mut self, sent: Sent) -> Next {
        self.sent = sent;
        Next::Transmit { waits: 1 }
    }

    fn finish(&mut self, session: &mut Session, result: Result<(), Fault>) -> Next {
        session.finish(true);
        if result.is_err() {
            session.pair.forget_response();
        }
        Next::Done(result)
    }

    fn give_up(&mut self, session: &mut Session, fault: Fault) -> Next {
        session.finish(false);
        Next::Done(Err(fault))
    }

    /// An I-block came: rules 2.1 and 5.
    fn information(&mut self, session: &mut Session, ns: bool, more: bool, inf: &[u8]) -> Next {
        let ours_is_over = self.receiving || self.aborted || self.is_last(session);
        if matches!(self.sent, Sent::Request(_)) || !ours_is_over || ns != session.nr {
            return self.failed(session, Cause::Other);
        }
        if !self.receiving {
            session.ns = !session.ns;
        }
        session.nr = !ns;
        (self.receiving, self.aborted) = (true, false);
        self.progress();
        match (session.pair.append(inf), more) {
            (true, true) if inf.is_empty() && !self.spend(1) => {
                self.give_up(session, Fault::KeepsAsking)
            }
            (true, true) => self.send(Sent::R(Cause::None)),
            (false, true) => {
                self.too_long = true;
                self.send(Sent::Request(Control::Abort))
            }
            (true, false) if session.came() < 2 => self.finish(session, Err(Fault::NoStatus)),
            (true, false) => self.finish(session, Ok(())),
            (false, false) => self.finish(session, Err(Fault::ResponseTooLong)),
        }
    }

    /// An R-block came: rules 2.2, 5 and 7.
    fn ready(&mut self, session: &mut Session, nr: bool) -> Next {
        if matches!(self.sent, Sent::Request(_)) {
            return self.failed(session, Cause::Other);
        }
        if self.aborted {
            // The card gives the right to send back (rule 9).
            session.ns = nr;
            return self.finish(session, Err(Fault::Aborted));
        }
        if !self.receiving && nr != session.ns && !self.is_last(session) {
            self.progress();
            session.ns = nr;
            let next = self.chunk_from(session, self.at + self.chunk);
            return self.send(next);
        }
        // Free of errors, so it does not count as a failure (rule 7.4.2), but
        // the card must not go on like this.
        self.failures = 0;
        self.repeats = self.repeats.saturating_add(1);
        if self.repeats > session.limits.attempts {
            return self.resynchronise(session);
        }
        let again = match self.sent {
            _ if !self.receiving && nr == session.ns => Sent::I,
            Sent::R(cause) => Sent::R(cause),
            _ => Sent::R(Cause::Other),
        };
        self.send(again)
    }

    /// An S(... request) came: rules 3, 4 and 9.
    fn request(&mut self, session: &mut Session, control: Control, value: u8) -> Next {
        let waits = match (control, value) {
            // Only the host resynchronises (rule 6.1).
            (Control::Resynch, _) | (Control::Ifs, 0 | 0xFF) => {
                return self.failed(session, Cause::Other);
            }
            _ if matches!(self.sent, Sent::Request(_)) => {
                return self.failed(session, Cause::Other);
            }
            (Control::Wtx, multiplier) => multiplier.clamp(1, session.limits.extension.max(1)),
            (Control::Ifs | Control::Abort, _) => 1,
        };
        if !self.spend(waits) {
            return self.give_up(session, Fault::KeepsAsking);
        }
        self.progress();
        match control {
            Control::Ifs => session.ifsc = value,
            Control::Abort => {
                self.aborted = true;
                session.pair.forget_response();
            }
            Control::Wtx | Control::Resynch => {}
        }
        self.sent = Sent::Response(control, value);
        Next::Transmit { waits }
    }

    /// An S(... response) came.
    fn response(&mut self, session: &mut Session, control: Control, value: u8) -> Next {
        match (self.sent, control, self.job) {
            (Sent::Request(Control::Resynch), Control::Resynch, _) => self.restart(session),
            (Sent::Request(Control::Ifs), Control::Ifs, Job::Ifs(ifsd)) if value == ifsd => {
                session.ifsd = ifsd;
                self.finish(session, Ok(()))
            }
            (Sent::Request(Control::Abort), Control::Abort, _) => {
                self.finish(session, Err(Fault::ResponseTooLong))
            }
            _ => self.failed(session, Cause::Other),
        }
    }

    /// What came was not free of errors, or nothing came: rules 7.1 to 7.4.
    fn failed(&mut self, session: &mut Session, cause: Cause) -> Next {
        if self.aborted {
            return self.give_up(session, Fault::Aborted);
        }
        self.failures = self.failures.saturating_add(1);
        let again = match self.sent {
            Sent::I | Sent::Response(..) => Sent::R(cause),
            Sent::Request(Control::Resynch) => return self.resynchronise(session),
            again => again,
        };
        if self.failures >= session.limits.attempts {
            return self.resynchronise(session);
        }
        self.send(again)
    }

    /// Rule 6.
    fn resynchronise(&mut self, session: &mut Session) -> Next {
        if self.resynchs >= session.limits.resynchs {
            let fault = if self.answered { Fault::Garbled } else { Fault::Silent };
            return self.give_up(session, fault);
        }
        self.resynchs += 1;
        self.send(Sent::Request(Control::Resynch))
    }

    /// The protocol is where it is after a reset.
    fn restart(&mut self, session: &mut Session) -> Next {
        session.resynchronised();
        let opening = core::mem::take(&mut self.opening);
        let unfinished = !self.receiving && !self.is_last(session);
        self.receiving = false;
        self.progress();
        match (self.job, session.limits.after_resynch) {
            _ if opening => {}
            _ if self.too_long => return self.finish(session, Err(Fault::ResponseTooLong)),
            (Job::Ifs(_), _) => return self.finish(session, Ok(())),
            (Job::Command, AfterResynch::Repeat) => {}
            (Job::Command, AfterResynch::Report) if unfinished => {}
            (Job::Command, AfterResynch::Report) => {
                return self.finish(session, Err(Fault::Resynchronised));
            }
        }
        let first = self.first(session);
        self.send(first)
    }

    fn progress(&mut self) {
        self.failures = 0;
        self.repeats = 0;
    }

    /// Whether there is patience left for this many waiting times.
    fn spend(&mut self, waits: u8) -> bool {
        let left = self.patience.checked_sub(waits.into());
        self.patience = left.unwrap_or(0);
        left.is_some()
    }
}
