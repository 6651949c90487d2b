use std::collections::VecDeque;
use std::fmt;
use std::vec::Vec;

use super::{Command, Condition, Module, Script, Unable};
use crate::port::{Duration, Instant};
use crate::sim::Device;

/// A line of a script that the module could not do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Failure {
    /// From 1.
    pub line: usize,
    /// Why not.
    pub why: Unable,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

impl std::error::Error for Failure {}

/// A module with which things happen by the script, as time passes.
///
/// More scripts can be [played](Self::play) while it runs; each starts when the
/// time is looked at next, and they go on side by side. Nothing depends on how
/// often the module is polled: every command is done at its own time.
#[derive(Debug)]
pub struct Scripted<M> {
    /// The module.
    pub module: M,
    plays: Vec<Play>,
    /// Until when nothing arrives of what it says.
    silent: Instant,
    heard: Vec<u8>,
    failures: Vec<Failure>,
}

/// What is left of a script.
#[derive(Debug)]
struct Play {
    /// When the next command is done; `None` before the first look.
    due: Option<Instant>,
    begun: bool,
    steps: VecDeque<(usize, Command)>,
}

impl<M: Module> Scripted<M> {
    /// A module with which nothing happens.
    pub const fn new(module: M) -> Self {
        Self {
            module,
            plays: Vec::new(),
            silent: Instant::ZERO,
            heard: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// The same with a script.
    #[must_use]
    pub fn playing(mut self, script: Script) -> Self {
        self.play(script);
        self
    }

    /// Starts a script.
    pub fn play(&mut self, script: Script) {
        self.plays.push(Play { due: None, begun: false, steps: script.steps.into() });
    }

    /// Whether all scripts are over.
    pub fn is_over(&self) -> bool {
        self.plays.is_empty()
    }

    /// The lines that the module could not do, since this was last asked.
    pub fn failures(&mut self) -> Vec<Failure> {
        core::mem::take(&mut self.failures)
    }

    /// Does what is due by `now`, each at its time.
    fn run(&mut self, now: Instant) {
        for play in &mut self.plays {
            play.due.get_or_insert(now);
        }
        // Ends: a command is removed or its counter goes down, and `STOP`
        // and the ends of scripts only make less.
        while let Some(first) = self.first(now) {
            let mut play = self.plays.remove(first);
            if let Some((line, command)) = play.steps.pop_front() {
                play.begun = true;
                let at = play.due.unwrap_or(now);
                self.listen(at);
                if let Err(why) = self.perform(&mut play, line, command, at) {
                    self.failures.push(Failure { line, why });
                }
                self.plays.insert(first.min(self.plays.len()), play);
            }
        }
    }

    /// The script that is due first.
    fn first(&self, now: Instant) -> Option<usize> {
        let due = self.plays.iter().enumerate().filter(|(_, play)| play.due <= Some(now));
        due.min_by_key(|(_, play)| play.due).map(|(at, _)| at)
    }

    fn perform(
        &mut self,
        play: &mut Play,
        line: usize,
        command: Command,
        at: Instant,
    ) -> Result<(), Unable> {
        match command {
            Command::Tap { finger, times, down } => {
                self.module.place(&finger, Condition::Good)?;
                let up = Duration::from_micros(down.as_micros() / 3 * 2);
                if times > 1 {
                    play.next(line, Command::Tap { finger, times: times - 1, down });
                }
                play.next(line, Command::Wait(up));
                play.next(line, Command::Lift);
                play.next(line, Command::Wait(down));
            }
            Command::Place { finger, condition } => {
                self.module.place(&condition.name(&finger), condition)?;
            }
            Command::Lift => self.module.lift(),
            Command::Store { slot, finger, condition } => {
                self.module.store(slot, &condition.name(&finger), condition)?;
            }
            Command::Erase { slot } => self.module.erase(slot)?,
            Command::Power => {
                self.silent = Instant::ZERO;
                self.module.power(at);
            }
            Command::Silence(None) => self.silent = Instant::FAR_FUTURE,
            Command::Silence(Some(length)) => self.silent = at + length,
            Command::Babble(bytes) => self.heard.extend(bytes),
            Command::Fault(when, how) => self.module.fault(when, how)?,
            Command::Wait(length) => play.due = Some(at + length),
            // One that was typed behind it has not begun.
            Command::Stop => self.plays.retain(|other| !other.begun),
        }
        Ok(())
    }

    /// Hears what the module says by then.
    fn listen(&mut self, at: Instant) {
        let said = self.module.transmit(at);
        if at >= self.silent {
            self.heard.extend(said);
        }
    }
}

impl Play {
    /// Does this before the rest.
    fn next(&mut self, line: usize, command: Command) {
        self.steps.push_front((line, command));
    }
}

impl<M: Module> Device for Scripted<M> {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.run(now);
        self.module.receive(bytes, now);
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.run(now);
        self.listen(now);
        core::mem::take(&mut self.heard)
    }
}
