use std::str;
use std::string::{String, ToString};
use std::vec::Vec;

use super::error::{Reason, ScriptError};
use super::{Command, Condition, Misfortune, Script, When};
use crate::port::Duration;
use crate::sim::Fault;

/// The longest time a script can name.
const HOUR: u64 = 3_600_000;

/// The most taps of one command: they are played one by one, however far the
/// clock jumps.
const TAPS: u32 = 10_000;

impl str::FromStr for Script {
    type Err = ScriptError;

    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let mut steps = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            steps.extend(Self::line(line, text)?.steps);
        }
        Ok(Self { steps })
    }
}

impl Script {
    /// A script of one line, of which errors say that it is this one.
    ///
    /// # Errors
    /// It is no command.
    pub fn line(line: usize, text: &str) -> Result<Self, ScriptError> {
        let mut steps = Vec::new();
        let mut words = Words::new(line, text);
        words.statement(&mut steps)?;
        words.end()?;
        Ok(Self { steps })
    }
}

#[derive(Clone, Copy)]
struct Word<'a> {
    column: usize,
    text: &'a str,
}

/// What is left of a line.
struct Words<'a> {
    line: usize,
    words: std::vec::IntoIter<Word<'a>>,
    /// Where the line ends.
    end: usize,
}

impl<'a> Words<'a> {
    fn new(line: usize, text: &'a str) -> Self {
        let mut words = Vec::new();
        let mut column = 1;
        for text in text.split(char::is_whitespace) {
            if text.starts_with('#') {
                break;
            }
            if !text.is_empty() {
                words.push(Word { column, text });
            }
            // A separator is one character.
            column += text.chars().count() + 1;
        }
        let end = words.last().map_or(1, |last| last.column + last.text.chars().count());
        Self { line, words: words.into_iter(), end }
    }

    fn error(&self, column: usize, reason: Reason) -> ScriptError {
        ScriptError { line: self.line, column, reason }
    }

    fn invalid(&self, what: &'static str, word: Word<'_>) -> ScriptError {
        self.error(word.column, Reason::Invalid(what, word.text.into()))
    }

    fn peek(&self) -> Option<Word<'a>> {
        self.words.as_slice().first().copied()
    }

    fn word(&mut self, what: &'static str) -> Result<Word<'a>, ScriptError> {
        self.words.next().ok_or_else(|| self.error(self.end, Reason::Missing(what)))
    }

    fn end(&mut self) -> Result<(), ScriptError> {
        match self.words.next() {
            None => Ok(()),
            Some(word) => Err(self.error(word.column, Reason::Unexpected(word.text.into()))),
        }
    }

    /// The next word, if it has this key: what stands behind the `=`.
    fn value(&mut self, key: &str) -> Option<Word<'a>> {
        let word = self.peek()?;
        let text = word.text.strip_prefix(key)?.strip_prefix('=')?;
        self.words.next();
        Some(Word { column: word.column + key.len() + 1, text })
    }

    fn number<N>(&self, what: &'static str, word: Word<'_>) -> Result<N, ScriptError>
    where
        N: str::FromStr,
    {
        word.text.parse().map_err(|_| self.invalid(what, word))
    }

    fn hex<N: TryFrom<u32>>(&self, what: &'static str, word: Word<'_>) -> Result<N, ScriptError> {
        let number = u32::from_str_radix(word.text, 16).ok();
        number.and_then(|n| N::try_from(n).ok()).ok_or_else(|| self.invalid(what, word))
    }

    fn millis(&self, word: Word<'_>) -> Result<Duration, ScriptError> {
        const WHAT: &str = "a time of 1 to 3600000 ms";
        match self.number(WHAT, word)? {
            millis @ 1..=HOUR => Ok(Duration::from_millis(millis)),
            _ => Err(self.invalid(WHAT, word)),
        }
    }

    fn bytes(&self, word: Word<'_>) -> Result<Vec<u8>, ScriptError> {
        let digits: Option<Vec<u8>> = word
            .text
            .chars()
            .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        match digits {
            Some(digits) if !digits.is_empty() && digits.len().is_multiple_of(2) => {
                Ok(digits.chunks(2).map(|pair| pair.iter().fold(0, |n, d| n << 4 | d)).collect())
            }
            _ => Err(self.invalid("pairs of hexadecimal digits", word)),
        }
    }

    /// `200`, `200 ms` or `2 s`.
    fn time(&mut self) -> Result<Duration, ScriptError> {
        let word = self.word("a time")?;
        let time = self.millis(word)?;
        match self.peek().map(|unit| unit.text) {
            Some("ms") => drop(self.words.next()),
            Some("s") if time.times(1_000) <= Duration::from_millis(HOUR) => {
                self.words.next();
                return Ok(time.times(1_000));
            }
            Some("s") => return Err(self.invalid("a time of 1 to 3600 s", word)),
            _ => {}
        }
        Ok(time)
    }

    fn slot(&mut self) -> Result<u16, ScriptError> {
        const WHAT: &str = "a slot's number";
        let word = self.word(WHAT)?;
        self.number(WHAT, word)
    }

    fn finger(&mut self) -> Result<String, ScriptError> {
        Ok(self.word("the name of a finger")?.text.to_string())
    }

    /// A condition, if one stands there.
    fn condition(&mut self) -> Condition {
        let known = Condition::ALL
            .iter()
            .find(|(name, _)| self.peek().is_some_and(|word| word.text == *name));
        known.map_or(Condition::Good, |(_, condition)| {
            self.words.next();
            *condition
        })
    }

    fn statement(&mut self, steps: &mut Vec<(usize, Command)>) -> Result<(), ScriptError> {
        if self.peek().is_some_and(|word| word.text.eq_ignore_ascii_case("AFTER")) {
            self.words.next();
            steps.push((self.line, Command::Wait(self.time()?)));
        } else if self.peek().is_none() {
            return Ok(());
        }
        steps.push((self.line, self.command()?));
        Ok(())
    }

    fn command(&mut self) -> Result<Command, ScriptError> {
        let word = self.word("a command")?;
        Ok(match word.text.to_ascii_uppercase().as_str() {
            "TAP" => self.tap()?,
            "PLACE" => Command::Place { finger: self.finger()?, condition: self.condition() },
            "LIFT" => Command::Lift,
            "STORE" => self.store()?,
            "ERASE" => Command::Erase { slot: self.slot()? },
            "POWER" => Command::Power,
            "SILENCE" => {
                Command::Silence(self.value("ms").map(|word| self.millis(word)).transpose()?)
            }
            "BABBLE" => {
                let word = self.word("hexadecimal digits")?;
                Command::Babble(self.bytes(word)?)
            }
            "FAULT" => self.fault()?,
            "WAIT" => Command::Wait(self.time()?),
            "STOP" => Command::Stop,
            _ => return Err(self.error(word.column, Reason::UnknownCommand(word.text.into()))),
        })
    }

    fn tap(&mut self) -> Result<Command, ScriptError> {
        const WHAT: &str = "a number of times, 1 to 10000";
        let finger = self.finger()?;
        let mut times = 1;
        if let Some(word) = self.peek().filter(|word| !word.text.contains('=')) {
            self.words.next();
            times = self.number(WHAT, word)?;
            if !(1..=TAPS).contains(&times) {
                return Err(self.invalid(WHAT, word));
            }
        }
        let down = self.value("ms").map(|word| self.millis(word)).transpose()?;
        Ok(Command::Tap { finger, times, down: down.unwrap_or(Duration::from_millis(1_200)) })
    }

    fn store(&mut self) -> Result<Command, ScriptError> {
        let (slot, finger) = (self.slot()?, self.finger()?);
        let word = self.peek();
        match (self.condition(), word) {
            (condition @ (Condition::Good | Condition::Duress), _) => {
                Ok(Command::Store { slot, finger, condition })
            }
            (_, Some(word)) => Err(self.invalid("`duress`, the only kind that is stored", word)),
            (condition, None) => Ok(Command::Store { slot, finger, condition }),
        }
    }

    /// `late cmd=04 ms=1500`: the options in any order.
    fn fault(&mut self) -> Result<Command, ScriptError> {
        let kind = self.word("a kind of fault")?;
        let mut options = Options { own: own_options(kind.text), ..Options::default() };
        while options.take(self)? {}
        let at = options.byte.unwrap_or(0);
        let line = match kind.text {
            "late" => Fault::Late(options.ms.unwrap_or(Duration::from_millis(1_500))),
            "silent" => Fault::Silence,
            "check" => Fault::WrongCheck,
            "lost" => Fault::LostByte(at),
            "double" => Fault::DoubledByte(at),
            "flip" => Fault::Flipped(at, options.mask.unwrap_or(0xFF)),
            "twice" => Fault::Repeated,
            "noise" => Fault::Noise(options.hex.clone().unwrap_or(std::vec![0])),
            _ => return self.misfortune(kind, &options),
        };
        Ok(Command::Fault(options.when(), Misfortune::Line(line)))
    }

    fn misfortune(&self, kind: Word<'_>, options: &Options) -> Result<Command, ScriptError> {
        let how = match kind.text {
            "stale" => {
                let missing = || self.error(self.end, Reason::Missing("`of=` and a command"));
                let gap = options.ms.unwrap_or(Duration::from_millis(20));
                Misfortune::Stale(options.of.ok_or_else(missing)?, gap)
            }
            "foreign" => Misfortune::Foreign,
            "power" => Misfortune::Power,
            _ => return Err(self.invalid("a kind of fault", kind)),
        };
        Ok(Command::Fault(options.when(), how))
    }
}

/// The options that this kind of fault has beside `cmd` and `after`.
fn own_options(kind: &str) -> &'static [&'static str] {
    match kind {
        "late" => &["ms"],
        "lost" | "double" => &["byte"],
        "flip" => &["byte", "mask"],
        "noise" => &["hex"],
        "stale" => &["of", "ms"],
        _ => &[],
    }
}

/// What follows the kind of a fault.
#[derive(Default)]
struct Options {
    own: &'static [&'static str],
    cmd: Option<u16>,
    after: Option<usize>,
    of: Option<u16>,
    ms: Option<Duration>,
    byte: Option<usize>,
    mask: Option<u8>,
    hex: Option<Vec<u8>>,
}

impl Options {
    /// Takes one; whether there was one that belongs here.
    fn take(&mut self, words: &mut Words<'_>) -> Result<bool, ScriptError> {
        const COMMAND: &str = "a command in hexadecimal";
        let own = self.own;
        let mut value = |key| if own.contains(&key) { words.value(key) } else { None };
        if let Some(word) = value("of") {
            self.of = Some(words.hex(COMMAND, word)?);
        } else if let Some(word) = value("ms") {
            self.ms = Some(words.millis(word)?);
        } else if let Some(word) = value("byte") {
            self.byte = Some(words.number("the number of a byte, from 0", word)?);
        } else if let Some(word) = value("mask") {
            self.mask = Some(words.hex("eight bits in hexadecimal", word)?);
        } else if let Some(word) = value("hex") {
            self.hex = Some(words.bytes(word)?);
        } else if self.cmd.is_some() || self.after.is_some() {
            return Ok(false);
        } else if let Some(word) = words.value("cmd") {
            self.cmd = Some(words.hex(COMMAND, word)?);
        } else if let Some(word) = words.value("after") {
            self.after = Some(words.number("a number of replies", word)?);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn when(&self) -> When {
        match self.cmd {
            Some(command) => When::Command(command),
            None => When::After(self.after.unwrap_or(0)),
        }
    }
}
