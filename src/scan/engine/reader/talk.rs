use super::fault::Fault;
use super::language::{Bytes, Language, Next, NextOf, Script};
use super::link::Link;
use crate::port::{Exchange, Instant, Step, StepOf};

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// The script is to be asked.
    Ask,
    /// Waiting for the line to be quiet, at most until then.
    Clear { at_most: Instant },
    /// Sending, at most until then.
    Send { until: Instant },
    /// Waiting for the reply, at most until then.
    Reply { until: Instant, since: Instant },
    /// Waiting, listening all the while.
    Pause { until: Instant },
}

/// A conversation that follows a script.
#[derive(Debug)]
pub struct Talk<S, L: Language, const N: usize> {
    /// `None` if the engine cannot do it.
    script: Option<S>,
    /// The command under way, and whether it has a reply.
    command: Option<(L::Command, bool)>,
    bytes: Bytes,
    sent: usize,
    attempt: u8,
    phase: Phase,
}

impl<S: Script<L>, L: Language, const N: usize> Talk<S, L, N> {
    pub(super) const fn new(script: Option<S>) -> Self {
        Self { script, command: None, bytes: Bytes::new(), sent: 0, attempt: 0, phase: Phase::Ask }
    }

    fn is_init(&self) -> bool {
        self.script.as_ref().is_some_and(S::is_init)
    }

    fn proceed(&mut self, link: &mut Link<L, N>, now: Instant) -> StepOf<Self> {
        if self.script.is_none() {
            return Step::Done(Err(Fault::Unsupported));
        }
        if self.is_init() {
            link.ready = false;
        } else if !link.ready {
            return Step::Done(Err(Fault::NotInitialised));
        }
        link.pass(now);
        // Never within a command.
        if self.sent == 0
            && let Some(step) = link.owed(now)
        {
            return step;
        }
        // Ends: a script that only waits for no time at all, or is asked again
        // for nothing, is asked no more than so often.
        for _ in 0..16 {
            if let Some(step) = self.advance(link, now) {
                return step;
            }
        }
        Step::Receive { until: now + link.language.timing().quiet }
    }

    /// Goes on; `None` when there is more to do at once.
    fn advance(&mut self, link: &mut Link<L, N>, now: Instant) -> Option<StepOf<Self>> {
        match self.phase {
            Phase::Ask => {
                let reply = link.take_reply();
                let script = self.script.as_mut()?;
                let next = script.next(&mut link.language, reply);
                return self.follow(next, link, now);
            }
            Phase::Clear { at_most } => return self.clear(link, at_most, now),
            Phase::Send { until } if now >= until => return Some(Step::Done(Err(Fault::NotSent))),
            Phase::Send { until } => return Some(Step::Send { until }),
            Phase::Reply { until, since } => return self.await_reply(link, until, since, now),
            Phase::Pause { until } if now < until => {
                return Some(Step::Receive { until: until.min(link.wakes_at()) });
            }
            Phase::Pause { .. } => self.phase = Phase::Ask,
        }
        None
    }

    fn follow(
        &mut self,
        next: NextOf<S, L>,
        link: &mut Link<L, N>,
        now: Instant,
    ) -> Option<StepOf<Self>> {
        self.attempt = 0;
        self.phase = Phase::Ask;
        match next {
            Next::Ask(command) => self.begin(Some((command, true)), link, now),
            Next::Tell(command) => self.begin(Some((command, false)), link, now),
            Next::Wait(length) => self.phase = Phase::Pause { until: now + length },
            Next::Set(line) => return Some(Step::Set(line)),
            Next::Done(result) => {
                link.ready |= self.is_init() && result.is_ok();
                return Some(Step::Done(result));
            }
        }
        None
    }

    fn begin(&mut self, command: Option<(L::Command, bool)>, link: &mut Link<L, N>, now: Instant) {
        link.expect(None);
        self.command = command;
        if let Some((command, _)) = &self.command {
            self.bytes = link.language.encode(command, self.attempt);
        }
        self.sent = 0;
        let timing = link.language.timing();
        self.phase = Phase::Clear { at_most: now + timing.reply + timing.command_gap };
    }

    fn clear(&mut self, link: &Link<L, N>, at_most: Instant, now: Instant) -> Option<StepOf<Self>> {
        let timing = link.language.timing();
        let quiet = link.heard_at() + timing.quiet;
        let ready = link.forgotten_at().max(quiet.min(at_most));
        if now < ready {
            return Some(Step::Receive { until: ready });
        }
        self.phase = Phase::Send { until: now + timing.send };
        None
    }

    fn await_reply(
        &mut self,
        link: &mut Link<L, N>,
        until: Instant,
        since: Instant,
        now: Instant,
    ) -> Option<StepOf<Self>> {
        if let Some(reply) = link.take_reply() {
            let next = self.script.as_mut()?.next(&mut link.language, Some(reply));
            return self.follow(next, link, now);
        }
        let again = link.take_again();
        if !again && now < until {
            return Some(Step::Receive { until: until.min(link.wakes_at()) });
        }
        if again {
            // What it did not understand may end in the middle of a command.
            link.broken_off = Some(now);
        }
        self.attempt = self.attempt.saturating_add(1);
        if self.attempt < link.language.timing().attempts {
            let command = self.command.take();
            self.begin(command, link, now);
            return None;
        }
        let fault = if link.heard_at() >= since { Fault::Garbled } else { Fault::NoReply };
        link.expect(None);
        let next = self.script.as_mut()?.lost(&mut link.language, fault);
        self.follow(next, link, now)
    }
}

impl<S: Script<L>, L: Language, const N: usize> Exchange for Talk<S, L, N> {
    type Link = Link<L, N>;
    type Output = S::Output;
    type Fault = Fault<L::Fault>;
    type Event = core::convert::Infallible;

    fn step(&mut self, link: &mut Link<L, N>, now: Instant) -> StepOf<Self> {
        let step = self.proceed(link, now);
        link.about_to(step)
    }

    fn outgoing<'a>(&'a self, link: &'a Link<L, N>) -> &'a [u8] {
        match link.answer() {
            [] => self.bytes.as_slice().get(self.sent..).unwrap_or_default(),
            _ if self.sent > 0 => self.bytes.as_slice().get(self.sent..).unwrap_or_default(),
            answer => answer,
        }
    }

    fn sent(&mut self, link: &mut Link<L, N>, n: usize, now: Instant) {
        if self.sent == 0 && !link.answer().is_empty() {
            return link.answered(n, now);
        }
        self.sent += n;
        link.broken_off = Some(now);
        if self.sent < self.bytes.as_slice().len() {
            return;
        }
        link.broken_off = None;
        self.sent = 0;
        self.phase = match &self.command {
            Some((command, true)) => {
                link.expect(Some(command));
                let until = now + link.language.patience(command);
                Phase::Reply { until, since: now }
            }
            _ => Phase::Ask,
        };
    }

    fn received(&mut self, link: &mut Link<L, N>, bytes: &[u8], now: Instant) -> usize {
        link.hear(bytes, now)
    }
}
