use super::config::Config;
use super::fault::Fault;
use super::order::{Answer, Order, Settings, held};
use super::packet::Status;
use super::parameter::{Parameter, SETTINGS, Setting, Value};
use crate::port::Duration;

/// How many settings one script makes at most.
const WANTS: usize = 24;
/// How long an engine that does not acknowledge is given to store settings.
const STORING: Duration = Duration::from_millis(100);

/// What a parameter is to hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Want {
    pub(super) setting: Setting,
    /// Whether an engine without it is of no use.
    pub(super) is_needed: bool,
}

/// What is to be said next.
#[derive(Debug)]
pub(super) enum Say {
    Ask(Order),
    Tell(Order),
    Wait(Duration),
}

#[derive(Debug)]
enum Stage {
    /// What they hold is to be asked.
    Ask,
    /// What they hold is heard next.
    Compare,
    /// These were written.
    Written(Settings),
    /// These were written without an answer, and time is given.
    Stored(Settings),
    /// What they hold now is heard next; for the second time?
    Verify(Settings, bool),
}

/// Makes settings: asks, writes what differs, asks again.
#[derive(Debug)]
pub(super) struct Settle {
    wants: heapless::Vec<Want, WANTS>,
    from: usize,
    stage: Stage,
    status: Status,
}

impl Settle {
    pub(super) fn new(wants: impl IntoIterator<Item = Want>, config: &Config) -> Self {
        Self {
            wants: wants.into_iter().take(WANTS).collect(),
            from: 0,
            stage: Stage::Ask,
            status: if config.persist { Status::PERMANENT } else { Status::empty() },
        }
    }

    /// What follows; `None` when all is as it is to be.
    pub(super) fn next(&mut self, heard: Option<&Answer>) -> Result<Option<Say>, Fault> {
        match core::mem::replace(&mut self.stage, Stage::Ask) {
            Stage::Ask => Ok(self.ask(Stage::Compare)),
            Stage::Compare => self.compare(settings(heard)),
            Stage::Written(wrote) if heard.is_some() => Ok(self.ask(Stage::Verify(wrote, false))),
            Stage::Written(wrote) => {
                self.stage = Stage::Stored(wrote);
                Ok(Some(Say::Wait(STORING)))
            }
            Stage::Stored(wrote) => Ok(self.ask(Stage::Verify(wrote, false))),
            Stage::Verify(wrote, again) => self.verify(wrote, again, settings(heard)),
        }
    }

    fn wanted(&self) -> impl Iterator<Item = &Want> {
        self.wants.iter().skip(self.from).take(SETTINGS)
    }

    fn ask(&mut self, stage: Stage) -> Option<Say> {
        let parameters: heapless::Vec<Parameter, SETTINGS> =
            self.wanted().map(|want| want.setting.0).collect();
        if parameters.is_empty() {
            return None;
        }
        self.stage = stage;
        Some(Say::Ask(Order::Request(parameters)))
    }

    fn compare(&mut self, held_now: &[Setting]) -> Result<Option<Say>, Fault> {
        let mut changes = Settings::new();
        for Want { setting, is_needed } in self.wanted().copied() {
            match held(held_now, setting.0) {
                None if is_needed => return Err(Fault::Missing(setting.0)),
                Some(now) if now != setting.1 => changes.extend([setting]),
                _ => {}
            }
        }
        if changes.is_empty() {
            return Ok(self.go_on());
        }
        // An engine that does not acknowledge does not until this is set.
        let is_mute = held(&changes, Parameter::HANDSHAKE).is_some();
        self.stage = Stage::Written(changes.clone());
        let order = Order::Set(changes, self.status);
        Ok(Some(if is_mute { Say::Tell(order) } else { Say::Ask(order) }))
    }

    fn go_on(&mut self) -> Option<Say> {
        self.from += SETTINGS;
        self.ask(Stage::Compare)
    }

    /// A late reply to the question before says what was; so the engine is
    /// asked once more before it is believed.
    fn verify(
        &mut self,
        wrote: Settings,
        again: bool,
        held_now: &[Setting],
    ) -> Result<Option<Say>, Fault> {
        let kept = |(parameter, value): Setting| held(held_now, parameter) == Some(value);
        let Some(lost) = wrote.iter().copied().find(|setting| !kept(*setting)) else {
            return Ok(self.go_on());
        };
        if !again {
            return Ok(self.ask(Stage::Verify(wrote, true)));
        }
        let (parameter, wrote) = lost;
        Err(match held(held_now, parameter) {
            Some(holds) => Fault::NotKept { parameter, wrote, holds },
            None => Fault::Missing(parameter),
        })
    }
}

fn settings(heard: Option<&Answer>) -> &[Setting] {
    match heard {
        Some(Answer::Parameters(settings)) => settings,
        _ => &[],
    }
}

/// A parameter of one byte, if the engine has it.
pub(super) const fn want(parameter: Parameter, value: u8) -> Want {
    Want { setting: (parameter, Value::Byte(value)), is_needed: false }
}

/// A setting without which the engine is of no use.
pub(super) const fn need(setting: Setting) -> Want {
    Want { setting, is_needed: true }
}
