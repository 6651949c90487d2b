//! Engines that take no commands.

use std::vec::Vec;

use super::engine::{Dialect, Engine, Heard};

/// An engine that takes no commands, and always looks.
pub type LineModule = Engine<Between>;

impl LineModule {
    /// One that sends codes between these.
    #[must_use]
    pub fn new(prefix: &[u8], suffix: &[u8]) -> Self {
        let [prefix, suffix] = [prefix, suffix].map(Vec::from);
        Self::speaking(Between { prefix, suffix, has_aim: false })
    }

    /// One that puts the AIM identifier before each code.
    #[must_use]
    pub fn with_aim(mut self) -> Self {
        self.dialect.has_aim = true;
        self
    }
}

/// What it sends.
#[derive(Debug)]
pub struct Between {
    prefix: Vec<u8>,
    suffix: Vec<u8>,
    has_aim: bool,
}

impl Dialect for Between {
    fn hear(&mut self, input: &[u8]) -> Heard {
        // Whatever is said to it is too much.
        Heard { used: input.len(), harm: true, ..Heard::default() }
    }

    fn output(&self, code: &[u8], aim: [u8; 2]) -> Vec<u8> {
        let mut output = self.prefix.clone();
        if self.has_aim {
            output.push(b']');
            output.extend(aim);
        }
        output.extend(code);
        output.extend(&self.suffix);
        output
    }

    fn always_looks(&self) -> bool {
        true
    }
}
