use super::ask::Ask;
use super::command;
use super::fault::Fault;
use super::flow::Flow;
use super::link::Link;
use super::print::{Sending, Sent};
use super::profile::Proof;
use super::status::Reply;
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::Status;

/// The conversation that makes the printer's modes known, and asks how it is.
#[derive(Debug)]
pub struct Init<F> {
    sending: Sending<F>,
    stage: Stage,
    ask: Ask<F>,
    wait: Wait,
    /// However many answers come, they are not waited for longer.
    latest: Instant,
    answered: bool,
    process: [u8; 4],
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Begin,
    Payload,
    Header,
    Prologue,
    Ask,
    /// What ends a command that another driver began.
    Flush(Status),
    /// The modes once more, for the first time they may have been a part of
    /// that command.
    Again(Status),
    /// An answer in the order of the stream was asked for. Those to older
    /// questions come before it, and it does not come out of a command that
    /// was begun.
    Question(Status),
    Answers(Status),
    /// The modes once more: the printer is out of the command that another
    /// driver began, and they may have been a part of it.
    Settled(Status),
}

/// No command has more bytes before its payload.
const HEADER: usize = 16;

impl<F: Flow> Init<F> {
    pub(super) const fn new() -> Self {
        Self {
            sending: Sending::new(),
            stage: Stage::Begin,
            ask: Ask::new(),
            wait: Wait::until(Instant::ZERO),
            latest: Instant::ZERO,
            answered: false,
            process: [0; 4],
        }
    }

    /// Hands the next bytes to the sending, or goes on to what comes after.
    fn load(&mut self, link: &mut Link<F>, now: Instant) {
        self.stage = match self.stage {
            Stage::Begin | Stage::Payload if link.complete_payload() => Stage::Payload,
            Stage::Begin | Stage::Payload if link.cold => {
                // The head of a command that another driver began.
                link.load_bytes(&[0; HEADER]);
                Stage::Header
            }
            Stage::Begin | Stage::Payload | Stage::Header => {
                link.load_prologue();
                Stage::Prologue
            }
            Stage::Flush(status) if link.complete_payload() => Stage::Flush(status),
            Stage::Flush(status) => {
                link.load_prologue();
                Stage::Again(status)
            }
            Stage::Again(status) => {
                self.question(link, now);
                Stage::Question(status)
            }
            Stage::Question(status) => {
                let proof = link.profile().timing.proof;
                let until = link.load.done().max(now) + proof;
                self.wait = Wait::until(until);
                self.latest = until + proof;
                Stage::Answers(status)
            }
            _ => Stage::Ask,
        };
    }

    fn question(&mut self, link: &mut Link<F>, now: Instant) {
        match link.profile().proof {
            // Nothing to ask, nothing to wait for.
            Proof::None => self.answered = true,
            Proof::Barrier => link.load_barrier(),
            Proof::ProcessId => {
                self.process = link.next_process(now);
                link.load_bytes(&command::process_id(self.process));
            }
        }
    }

    /// What the printer says of itself, if there is nothing more to find out.
    fn asked(
        &mut self,
        link: &mut Link<F>,
        asked: Result<Status, Fault>,
        now: Instant,
    ) -> Option<StepOf<Self>> {
        let status = match asked {
            Ok(status) if status.is_ready() => status,
            Err(Fault::NoStatus) => Status::empty(),
            asked => return Some(Step::Done(asked)),
        };
        self.stage = match (link.profile().proof, link.cold) {
            (Proof::None, true) => flush(link, status),
            (Proof::None, _) | (Proof::ProcessId, false) => return Some(Step::Done(Ok(status))),
            _ => {
                self.question(link, now);
                Stage::Question(status)
            }
        };
        None
    }

    /// The answers are in, or it was waited long enough for them.
    fn waited(&mut self, link: &mut Link<F>, status: Status) -> Option<StepOf<Self>> {
        if self.answered {
            link.barriers = 0;
        }
        if !link.cold {
            return Some(Step::Done(Ok(status)));
        }
        self.stage = if self.answered { settle(link, status) } else { flush(link, status) };
        None
    }

    /// An answer may be an older one's. So the next is waited for: shortly if
    /// all are there, else as long as one may take; those that have not come
    /// then were lost with the printer's power.
    fn heard(&mut self, link: &mut Link<F>, reply: Reply, now: Instant) {
        match reply {
            Reply::InOrder(_) if link.profile().proof == Proof::Barrier => {
                let timing = &link.profile().timing;
                let wait = if link.barriers == 0 { timing.reply } else { timing.proof };
                self.answered = true;
                if now < self.latest {
                    self.wait = Wait::until(self.latest.min(now + wait));
                }
            }
            Reply::Process(id) if id == self.process => {
                self.answered = true;
                self.wait = Wait::until(now);
            }
            _ => {}
        }
    }
}

/// Nothing is known of what the printer got from another driver.
fn flush<F>(link: &mut Link<F>, status: Status) -> Stage {
    link.cold = false;
    link.owe_longest();
    Stage::Flush(status)
}

fn settle<F>(link: &mut Link<F>, status: Status) -> Stage {
    link.cold = false;
    link.load_prologue();
    Stage::Settled(status)
}

impl<F: Flow> Exchange for Init<F> {
    type Link = Link<F>;
    type Output = Status;
    type Fault = Fault;
    type Event = Status;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        if self.stage == Stage::Begin {
            link.forget(now);
            link.begin_anew();
            self.stage = Stage::Payload;
        }
        if let Some(news) = link.news() {
            return Step::Event(news);
        }
        loop {
            match self.stage {
                Stage::Ask => match self.ask.step(link, now) {
                    Step::Done(asked) => {
                        if let Some(done) = self.asked(link, asked, now) {
                            return done;
                        }
                    }
                    step => return step,
                },
                Stage::Answers(status) => {
                    if let Some(until) = self.wait.goes_on(now) {
                        return Step::Receive { until };
                    }
                    if let Some(done) = self.waited(link, status) {
                        return done;
                    }
                }
                _ => {
                    if let Sent::Wait(step) = self.sending.step(link, now) {
                        return step;
                    }
                    if let Stage::Settled(status) = self.stage {
                        return Step::Done(Ok(status));
                    }
                    self.load(link, now);
                }
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        match self.stage {
            Stage::Ask => self.ask.outgoing(link),
            _ => self.sending.outgoing(link),
        }
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        match self.stage {
            Stage::Ask => self.ask.sent(link, n, now),
            _ => self.sending.sent(link, n, now),
        }
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        match self.stage {
            Stage::Ask => self.ask.received(link, bytes, now),
            Stage::Answers(_) => {
                for byte in bytes {
                    if let Some(reply) = link.hear(*byte) {
                        self.heard(link, reply, now);
                    }
                }
                bytes.len()
            }
            _ => self.sending.received(link, bytes, now),
        }
    }
}
