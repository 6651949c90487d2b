use std::collections::VecDeque;
use std::vec::Vec;

use crate::port::{Duration, Instant};
use crate::sim::outbox::Outbox;
use crate::sim::wire::Device;

/// What a simulated engine does with what stands at the front of what came.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Heard {
    /// How many bytes it takes; 0 when more are needed to tell.
    pub used: usize,
    /// What it answers.
    pub reply: Vec<u8>,
    /// Whether it looks from now on.
    pub looks: Option<bool>,
    /// It is a command that no driver should ever say: it loses the line or the
    /// engine.
    pub harm: bool,
}

/// What a simulated engine speaks, decoded by its manual.
pub trait Dialect {
    /// Obeys the command at the front of `input`.
    fn hear(&mut self, input: &[u8]) -> Heard;

    /// A code as it leaves; `aim` is its AIM identifier without the `]`.
    fn output(&self, code: &[u8], aim: [u8; 2]) -> Vec<u8>;

    /// Whether the code is a setup code, which is then obeyed.
    fn set_up(&mut self, code: &[u8]) -> bool {
        let _ = code;
        false
    }

    /// Whether it looks without being told.
    fn always_looks(&self) -> bool {
        false
    }

    /// Whether it stops looking when it read a code.
    fn stops_after_code(&self) -> bool {
        true
    }

    /// Power goes off and on.
    fn power_cycle(&mut self) {}
}

/// A simulated scan engine: eyes, a voice, and what can be wrong with them.
#[derive(Debug)]
pub struct Engine<D> {
    /// What it speaks, and what it is set to.
    pub dialect: D,
    input: Vec<u8>,
    heard_at: Instant,
    looks: bool,
    view: VecDeque<(Vec<u8>, [u8; 2])>,
    interruption: Option<(usize, Vec<u8>)>,
    answers_after: Duration,
    harm: u32,
    obeyed: u32,
    /// What is still to leave, and the faults to come.
    pub outbox: Outbox,
}

impl<D: Dialect> Engine<D> {
    /// An engine that speaks so, just switched on.
    #[must_use]
    pub fn speaking(dialect: D) -> Self {
        Self {
            dialect,
            input: Vec::new(),
            heard_at: Instant::ZERO,
            looks: false,
            view: VecDeque::new(),
            interruption: None,
            answers_after: Duration::from_millis(2),
            harm: 0,
            obeyed: 0,
            outbox: Outbox::default(),
        }
    }

    /// Whether it is looking for a code.
    #[must_use]
    pub fn is_looking(&self) -> bool {
        self.looks || self.dialect.always_looks()
    }

    /// How many commands came that no driver should ever say.
    #[must_use]
    pub const fn harm(&self) -> u32 {
        self.harm
    }

    /// How many setup codes it obeyed.
    #[must_use]
    pub const fn obeyed(&self) -> u32 {
        self.obeyed
    }

    /// Holds a code up; `aim` is its AIM identifier without the `]`. It stays
    /// until the engine has read it; several are read one after another.
    pub fn present(&mut self, code: &[u8], aim: [u8; 2]) {
        self.view.push_back((code.into(), aim));
    }

    /// Takes away what is held up.
    pub fn withdraw(&mut self) {
        self.view.clear();
    }

    /// Reads a code in the middle of its next reply, before byte `at` of it.
    pub fn interrupt(&mut self, at: usize, code: &[u8], aim: [u8; 2]) {
        let output = self.dialect.output(code, aim);
        self.interruption = Some((at, output));
    }

    /// How long it takes to answer.
    pub fn answers_after(&mut self, length: Duration) {
        self.answers_after = length;
    }

    /// Power goes off and on.
    pub fn power_cycle(&mut self) {
        self.dialect.power_cycle();
        self.looks = false;
        self.input.clear();
        self.outbox.clear();
    }

    fn look(&mut self, now: Instant) {
        while self.is_looking() {
            let Some((code, aim)) = self.view.pop_front() else { return };
            self.looks &= !self.dialect.stops_after_code();
            if self.dialect.set_up(&code) {
                self.obeyed += 1;
                continue;
            }
            let output = self.dialect.output(&code, aim);
            self.outbox.push(now, Duration::ZERO, output);
        }
    }

    fn answer(&mut self, mut reply: Vec<u8>, now: Instant) {
        if reply.is_empty() {
            return;
        }
        if let Some((at, code)) = self.interruption.take() {
            let at = at.min(reply.len());
            reply.splice(at..at, code);
        }
        self.outbox.push(now, self.answers_after, reply);
    }
}

impl<D: Dialect> Device for Engine<D> {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        // What is left of a command is forgotten.
        if now.since(self.heard_at) > Duration::from_millis(80) {
            self.input.clear();
        }
        self.heard_at = now;
        self.input.extend_from_slice(bytes);
        while !self.input.is_empty() {
            let heard = self.dialect.hear(&self.input);
            if heard.used == 0 {
                return;
            }
            self.input.drain(..heard.used.min(self.input.len()));
            self.looks = heard.looks.unwrap_or(self.looks);
            self.harm += u32::from(heard.harm);
            self.answer(heard.reply, now);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.look(now);
        self.outbox.take(now)
    }
}

/// What a command comes to for one setting: the value to repeat, and the
/// character for the outcome.
pub(super) type Outcome = (std::string::String, u8);

/// Obeys `TAGSUBvalue` items, with `,` before another subtag of the same tag and
/// `;` before another tag, and repeats them with the outcomes put in, as
/// Honeywell's and Newland's manuals have it.
pub(super) fn menu(text: &str, mut obey: impl FnMut(&str, &str) -> Outcome) -> std::string::String {
    let mut echo = std::string::String::new();
    for (group, items) in text.split(';').enumerate() {
        if group > 0 {
            echo.push(';');
        }
        let (tag, items) = items.split_at_checked(3).unwrap_or((items, ""));
        echo.push_str(tag);
        for (place, item) in items.split(',').enumerate() {
            if place > 0 {
                echo.push(',');
            }
            let (sub, value) = item.split_at_checked(3).unwrap_or((item, ""));
            let name = std::format!("{tag}{sub}").to_ascii_uppercase();
            let (said, outcome) = obey(&name, value);
            echo.push_str(sub);
            echo.push_str(&said);
            echo.push(char::from(outcome));
        }
    }
    echo
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newland's manuals, example 1: three settings of Code 11.
    #[test]
    fn a_menu_repeats_its_items_with_the_outcomes() {
        let echo = menu("C11ENA1,MIN12,MAX22", |_, value| (value.into(), 0x06));
        assert_eq!(echo, "C11ENA1\x06,MIN12\x06,MAX22\x06");
        let mut names = Vec::new();
        menu("cbrena?;TRGMOD0", |name, _| {
            names.push(std::string::String::from(name));
            (std::string::String::new(), 0x05)
        });
        assert_eq!(names, ["CBRENA", "TRGMOD"]);
    }
}
