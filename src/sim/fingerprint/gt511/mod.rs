mod data;
mod line;
mod obey;

use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use line::response;

use super::module::{Claim, Skin};
use crate::port::{Duration, Instant};
use crate::sim::{Fault, Outbox};

/// A way for a GT-511C3 to misbehave with one of its replies.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Gt511Misbehaviour {
    /// The line breaks the reply.
    Line(Fault),
    /// The last reply to this command comes again, and this one so much later.
    Stale(u8, Duration),
    /// This response, good or not, with this parameter, comes first, and the
    /// reply so much later.
    Before(bool, u32, Duration),
    /// This response comes instead.
    Instead(bool, u32),
    /// The line breaks the data packet behind the reply; or, where the host
    /// sends one, the reply behind that.
    Data(Fault),
    /// The data packet ends after so many bytes.
    Short(usize),
    /// The data packet comes byte by byte, with such a pause behind each.
    Drip(Duration),
    /// The module loses power instead of replying: all but the library is
    /// forgotten.
    PowerCycle,
}

/// A simulated GT-511C3 or one of its like: fingers have names, and match by
/// them.
///
/// ```
/// use embedded_pos::sim::Simulated;
/// use embedded_pos::sim::fingerprint::Gt511Module;
///
/// let module = Simulated::new(Gt511Module::new());
/// module.device().store(3, "anna");
/// module.device().place("anna");
/// ```
#[derive(Debug)]
pub struct Gt511Module {
    capacity: u16,
    serial: [u8; 16],
    library: BTreeMap<u16, String>,
    finger: Option<(String, Skin)>,
    /// An image is good for one use.
    image: Option<String>,
    enrolment: Option<(u16, Vec<String>)>,
    led: bool,
    /// Its speed, and when it changes to which.
    baud: u32,
    faster: Option<(Instant, u32)>,
    /// The speed of the host, if it matters.
    host: Option<u32>,
    /// The bytes take their time.
    paced: bool,
    /// The command that a data packet is awaited for, and its parameter.
    awaiting: Option<(u8, u32)>,
    /// What is given to those who ask next for a template, instead.
    garbled: bool,
    inbox: Vec<u8>,
    outbox: Outbox,
    faults: VecDeque<(When, Gt511Misbehaviour)>,
    last: BTreeMap<u8, Vec<u8>>,
    commands: Vec<u8>,
    claims: Vec<Claim>,
    heard: Instant,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Command(u8),
    Replies(usize),
}

impl Default for Gt511Module {
    fn default() -> Self {
        Self::new()
    }
}

impl Gt511Module {
    /// A module with room for 200 templates, none stored.
    #[must_use]
    pub fn new() -> Self {
        Self {
            capacity: 200,
            serial: *b"SIM-GT511C3-0001",
            library: BTreeMap::new(),
            finger: None,
            image: None,
            enrolment: None,
            led: false,
            baud: 9_600,
            faster: None,
            host: None,
            paced: false,
            awaiting: None,
            garbled: false,
            inbox: Vec::new(),
            outbox: Outbox::default(),
            faults: VecDeque::new(),
            last: BTreeMap::new(),
            commands: Vec::new(),
            claims: Vec::new(),
            heard: Instant::ZERO,
        }
    }

    /// The same with room for so many templates.
    #[must_use]
    pub fn with_capacity(mut self, capacity: u16) -> Self {
        self.capacity = capacity;
        self
    }

    /// Another module takes its place, with another serial number.
    pub fn replace(&mut self, serial: [u8; 16]) {
        self.serial = serial;
    }

    /// Somebody lays a finger down.
    pub fn place(&mut self, name: &str) {
        self.place_badly(name, Skin::Good);
    }

    /// Somebody lays a finger down that can hardly be read.
    pub fn place_badly(&mut self, name: &str, skin: Skin) {
        self.finger = Some((name.into(), skin));
    }

    /// The finger is lifted.
    pub fn lift(&mut self) {
        self.finger = None;
    }

    /// Puts a template into the library, past the wire.
    pub fn store(&mut self, slot: u16, name: &str) {
        self.library.insert(slot, name.into());
    }

    /// Whose template is in this slot.
    #[must_use]
    pub fn stored(&self, slot: u16) -> Option<&str> {
        self.library.get(&slot).map(String::as_str)
    }

    /// The matches that the module made so far; they have no score.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The commands that it received so far.
    #[must_use]
    pub fn commands(&self) -> &[u8] {
        &self.commands
    }

    /// Whether the light under the glass is on.
    #[must_use]
    pub fn is_lit(&self) -> bool {
        self.led
    }

    /// Misbehaves with the next reply to this command.
    pub fn misbehave_on(&mut self, command: u8, how: Gt511Misbehaviour) {
        self.faults.push_back((When::Command(command), how));
    }

    /// Misbehaves with the reply after so many good ones.
    pub fn misbehave_after(&mut self, replies: usize, how: Gt511Misbehaviour) {
        self.faults.push_back((When::Replies(replies), how));
    }

    /// Whether all that was to go wrong has gone wrong.
    #[must_use]
    pub fn has_misbehaved(&self) -> bool {
        self.faults.is_empty()
    }

    /// Its speed, in bits a second.
    #[must_use]
    pub fn baud(&self) -> u32 {
        self.baud
    }

    /// The host sends and listens at this speed. If the module does not, neither
    /// understands the other. Without this, the speed does not matter.
    pub fn hears_at(&mut self, baud: u32) {
        self.host = Some(baud);
    }

    /// Runs at this speed, in bits a second, as if it had been told to.
    pub fn runs_at(&mut self, baud: u32) {
        self.baud = baud;
        if self.paced {
            self.outbox.pace(baud);
        }
    }

    /// The same, whose bytes take their time at its speed.
    #[must_use]
    pub fn paced(mut self) -> Self {
        self.paced = true;
        self.runs_at(self.baud);
        self
    }

    /// Sends bytes on its own.
    pub fn babble(&mut self, bytes: &[u8], now: Instant) {
        self.outbox.push(now, Duration::ZERO, bytes);
    }

    /// Loses power and gets it back.
    pub fn power_cycle(&mut self) {
        (self.image, self.enrolment, self.led) = (None, None, false);
        (self.awaiting, self.faster) = (None, None);
        self.runs_at(9_600);
        self.inbox.clear();
        self.outbox.clear();
    }

    fn work(&mut self, command: u8, parameter: u32, now: Instant) {
        self.commands.push(command);
        let outcome = self.obey(command, parameter);
        let data = outcome.ok().map(|_| self.data_behind(command, parameter)).unwrap_or_default();
        if outcome.is_ok() && matches!(command, 0x52 | 0x53 | 0x71) {
            self.awaiting = Some((command, parameter));
        }
        let millis = match command {
            0x23..=0x25 => 150,
            0x50 | 0x51 => 40,
            0x60 => 90 + 60 * u64::from(parameter.min(1)),
            _ => 2,
        };
        if let (0x04, Ok(_)) = (command, outcome) {
            // Once the answer is out.
            self.faster = Some((now + Duration::from_millis(20), parameter));
        }
        self.answer(command, response(outcome), data, Duration::from_millis(millis), now);
    }

    fn answer(&mut self, command: u8, good: Vec<u8>, data: Vec<u8>, delay: Duration, now: Instant) {
        let whole = [&good[..], &data].concat();
        let mut before = None;
        match self.fault(command) {
            None => {}
            Some(Gt511Misbehaviour::Line(fault)) => self.outbox.inject(fault),
            Some(Gt511Misbehaviour::Data(fault)) if data.is_empty() => self.outbox.inject(fault),
            Some(Gt511Misbehaviour::Stale(other, gap)) => {
                before = Some((self.last.get(&other).cloned().unwrap_or_default(), gap));
            }
            Some(Gt511Misbehaviour::Before(done, parameter, gap)) => {
                let first = response(if done { Ok(parameter) } else { Err(parameter) });
                before = Some((first, gap));
            }
            Some(Gt511Misbehaviour::Instead(done, parameter)) => {
                let other = response(if done { Ok(parameter) } else { Err(parameter) });
                return self.outbox.push(now, delay, other);
            }
            Some(Gt511Misbehaviour::Data(fault)) => {
                self.outbox.push(now, delay, good);
                self.outbox.inject(fault);
                return self.outbox.push(now, delay, data);
            }
            Some(Gt511Misbehaviour::Short(bytes)) => {
                self.outbox.push(now, delay, good);
                let short: Vec<u8> = data.into_iter().take(bytes).collect();
                return self.outbox.push(now, delay, short);
            }
            Some(Gt511Misbehaviour::Drip(pause)) => {
                self.outbox.push(now, delay, good);
                for (nth, byte) in (0..).zip(data) {
                    self.outbox.push(now, delay + pause.times(nth), [byte]);
                }
                return;
            }
            Some(Gt511Misbehaviour::PowerCycle) => return self.power_cycle(),
        }
        self.last.insert(command, whole.clone());
        let gap = before.as_ref().map_or(Duration::ZERO, |(_, gap)| *gap);
        if let Some((first, _)) = before {
            self.outbox.push(now, delay, first);
        }
        self.outbox.push(now, delay + gap, whole);
    }

    /// What is to go wrong with this reply.
    fn fault(&mut self, command: u8) -> Option<Gt511Misbehaviour> {
        let early = self.awaiting.is_some();
        let due = self.faults.iter().position(|(when, how)| match when {
            When::Command(_) if early && matches!(how, Gt511Misbehaviour::Data(_)) => false,
            When::Command(other) => *other == command,
            When::Replies(left) => *left == 0,
        });
        for (when, _) in &mut self.faults {
            if let When::Replies(left) = when {
                *left = left.saturating_sub(1);
            }
        }
        due.and_then(|at| self.faults.remove(at)).map(|(_, how)| how)
    }
}
