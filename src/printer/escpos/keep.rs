use super::command;
use super::fault::Fault;
use super::flow::Flow;
use super::graphics::Form;
use super::job::{Body, Job};
use super::link::Link;
use super::logo::{AskLogos, Question, check};
use super::print::{Sending, Sent};
use super::profile::{Logos, Profile};
use super::raster::Bands;
use super::refusal::Refusal;
use super::wait::Wait;
use crate::port::{Exchange, Instant, Step, StepOf};
use crate::printer::{Completion, Logo, Raster, Status};

/// What is to become of the logos.
#[derive(Debug)]
enum Change<'a> {
    Keep([u8; 2], Job<'a>),
    KeepFirst(Job<'a>),
    Delete([u8; 2]),
    DeleteAll,
}

/// The conversation that makes the printer keep a logo, or delete some.
#[derive(Debug)]
pub struct KeepLogo<'a, F> {
    change: Result<Change<'a>, Refusal>,
    sending: Sending<F>,
    stage: Keeping,
    wait: Wait,
    ask: AskLogos<'a, F>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Keeping {
    Payload,
    Delete,
    Job,
    /// The printer writes its memory and starts anew; it is left alone.
    Restart,
    Prologue,
    Ask,
}

impl<'a> Change<'a> {
    fn keep(logo: Logo, raster: Raster<'a>, profile: &Profile) -> Result<Self, Refusal> {
        /// 288 bytes of a column, at both.
        const ROWS: usize = 2_304;
        let form = match check(logo, profile)? {
            Logo::Key(key) => Form::Keep(key),
            Logo::Number(1) => Form::KeepFirst,
            Logo::Number(_) => return Err(Refusal::LogoKey),
        };
        let bands = Bands::whole(raster, form, profile)?;
        if !matches!(bands.height(), 1..=ROWS) {
            return Err(Refusal::RasterRows);
        }
        let job = Job { ends_line: true, body: Body::Bands(bands), page: None };
        Ok(match logo {
            Logo::Key(key) => Self::Keep(key, job),
            Logo::Number(_) => Self::KeepFirst(job),
        })
    }

    fn delete(logo: Logo, profile: &Profile) -> Result<Self, Refusal> {
        match check(logo, profile)? {
            Logo::Key(key) => Ok(Self::Delete(key)),
            Logo::Number(_) => Err(Refusal::NoLogo),
        }
    }
}

impl<'a, F: Flow> KeepLogo<'a, F> {
    fn new(change: Result<Change<'a>, Refusal>) -> Self {
        let question = match &change {
            Ok(Change::Keep(key, _) | Change::Delete(key)) => Question::Key(*key),
            _ => Question::Keys(&mut []),
        };
        Self {
            change,
            sending: Sending::new(),
            stage: Keeping::Payload,
            wait: Wait::until(Instant::ZERO),
            ask: AskLogos::new(Ok(question)),
        }
    }

    pub(super) fn keep(logo: Logo, raster: Raster<'a>, profile: &Profile) -> Self {
        Self::new(Change::keep(logo, raster, profile))
    }

    pub(super) fn delete(logo: Logo, profile: &Profile) -> Self {
        Self::new(Change::delete(logo, profile))
    }

    pub(super) fn delete_all(profile: &Profile) -> Self {
        let keys = matches!(profile.logos, Logos::Keys { .. });
        Self::new(if keys { Ok(Change::DeleteAll) } else { Err(Refusal::NoLogo) })
    }

    /// Hands the next bytes to the sending, or goes on to what is due.
    fn load(&mut self, link: &mut Link<F>, now: Instant) {
        let keep = link.profile().timing.keep;
        match (self.stage, &mut self.change) {
            (Keeping::Payload, _) if link.complete_payload() => {}
            (Keeping::Payload, Ok(change)) => {
                // A key that is found afterwards is then the new one's.
                match change {
                    Change::Keep(key, _) | Change::Delete(key) => {
                        link.load_bytes(&command::delete_logo(*key));
                    }
                    Change::DeleteAll => link.load_bytes(&command::DELETE_LOGOS),
                    Change::KeepFirst(_) => {}
                }
                self.stage = Keeping::Delete;
            }
            (Keeping::Delete, Ok(change)) => {
                if !matches!(change, Change::KeepFirst(_)) {
                    link.load.working(keep, now);
                }
                self.stage = Keeping::Job;
            }
            (Keeping::Job, Ok(Change::Keep(_, job))) => {
                if !link.refill(job) {
                    self.stage = Keeping::Ask;
                }
            }
            (Keeping::Job, Ok(Change::KeepFirst(job))) => {
                if !link.refill(job) {
                    link.forget(now);
                    self.wait = Wait::until(link.load.done().max(now) + keep);
                    self.stage = Keeping::Restart;
                }
            }
            _ => self.stage = Keeping::Ask,
        }
    }

    /// Whether the list of keys says what it should.
    fn result(&self, asked: Result<u32, Fault>) -> Result<Completion, Fault> {
        let wanted = matches!(self.change, Ok(Change::Keep(..)));
        match asked {
            Ok(found) if (found > 0) == wanted => Ok(Completion::Proven),
            Ok(_) => Err(Fault::NotKept),
            Err(Fault::Silent) => Ok(Completion::Unproven),
            Err(fault) => Err(fault),
        }
    }
}

impl<F: Flow> Exchange for KeepLogo<'_, F> {
    type Link = Link<F>;
    type Output = Completion;
    type Fault = Fault;
    type Event = Status;

    fn step(&mut self, link: &mut Link<F>, now: Instant) -> StepOf<Self> {
        if let Err(refusal) = &self.change {
            return Step::Done(Err(Fault::Refused(*refusal)));
        }
        loop {
            match self.stage {
                Keeping::Restart => match self.wait.goes_on(now) {
                    Some(until) => return Step::Pause { until },
                    None => {
                        link.load_prologue();
                        self.stage = Keeping::Prologue;
                    }
                },
                Keeping::Ask => {
                    return match self.ask.step(link, now) {
                        Step::Done(asked) => Step::Done(self.result(asked)),
                        Step::Send { until } => Step::Send { until },
                        Step::Receive { until } => Step::Receive { until },
                        Step::Pause { until } => Step::Pause { until },
                        Step::Set(line) => Step::Set(line),
                        Step::Event(status) => Step::Event(status),
                    };
                }
                _ => {
                    if let Sent::Wait(step) = self.sending.step(link, now) {
                        return step;
                    }
                    if self.stage == Keeping::Prologue {
                        return Step::Done(Ok(Completion::Unproven));
                    }
                    self.load(link, now);
                }
            }
        }
    }

    fn outgoing<'a>(&'a self, link: &'a Link<F>) -> &'a [u8] {
        match self.stage {
            Keeping::Ask => self.ask.outgoing(link),
            _ => self.sending.outgoing(link),
        }
    }

    fn sent(&mut self, link: &mut Link<F>, n: usize, now: Instant) {
        match self.stage {
            Keeping::Ask => self.ask.sent(link, n, now),
            _ => self.sending.sent(link, n, now),
        }
    }

    fn received(&mut self, link: &mut Link<F>, bytes: &[u8], now: Instant) -> usize {
        match self.stage {
            Keeping::Ask => self.ask.received(link, bytes, now),
            _ => self.sending.received(link, bytes, now),
        }
    }
}
