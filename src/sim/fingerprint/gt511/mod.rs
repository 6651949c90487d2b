mod obey;
mod transfer;

use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use self::transfer::Incoming;
use super::module::{Claim, Skin};
use crate::port::{Duration, Instant};
use crate::sim::{Device, Fault, Outbox};

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
    /// The line breaks the data packet behind the reply.
    Data(Fault),
    /// The data packet behind the reply ends after so many bytes.
    Short(usize),
    /// The line breaks the second reply, that to data.
    Second(Fault),
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
    inbox: Vec<u8>,
    outbox: Outbox,
    faults: VecDeque<(When, Gt511Misbehaviour)>,
    last: BTreeMap<u8, Vec<u8>>,
    commands: Vec<u8>,
    claims: Vec<Claim>,
    heard: Instant,
    incoming: Option<Incoming>,
    baud: u32,
    /// Bytes take their time.
    paced: bool,
    /// The answer to a new speed comes at that.
    switches_first: bool,
    /// When the speed changes, to what.
    faster: Option<(Instant, u32)>,
    /// At which speed the host listens, if that matters.
    host: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Command(u8),
    Replies(usize),
}

/// A command that stands still for so long is given up.
const GAP: Duration = Duration::from_millis(20);

/// What a command comes to: its result, or its error.
type Outcome = Result<u32, u32>;

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
            inbox: Vec::new(),
            outbox: Outbox::default(),
            faults: VecDeque::new(),
            last: BTreeMap::new(),
            commands: Vec::new(),
            claims: Vec::new(),
            heard: Instant::ZERO,
            incoming: None,
            baud: 9_600,
            paced: false,
            switches_first: false,
            faster: None,
            host: None,
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

    /// Takes a template out of the library, past the wire.
    pub fn erase(&mut self, slot: u16) {
        self.library.remove(&slot);
    }

    /// How many templates there is room for.
    #[must_use]
    pub fn capacity(&self) -> u16 {
        self.capacity
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

    /// Sends bytes on its own.
    pub fn babble(&mut self, bytes: &[u8], now: Instant) {
        self.outbox.push(now, Duration::ZERO, bytes);
    }

    /// Loses power and gets it back.
    pub fn power_cycle(&mut self) {
        (self.image, self.enrolment, self.led) = (None, None, false);
        (self.incoming, self.faster) = (None, None);
        self.set_speed(9_600);
        self.inbox.clear();
        self.outbox.clear();
    }

    fn work(&mut self, command: u8, parameter: u32, now: Instant) {
        self.commands.push(command);
        let outcome = self.obey(command, parameter, now);
        let mut good = response(outcome);
        if command == 0x01 && parameter != 0 {
            good.extend(self.info());
        }
        let millis = match command {
            0x23..=0x25 => 150,
            0x50 | 0x51 => 40,
            0x60 => 90 + 60 * u64::from(parameter),
            0x61 | 0x70 => 30,
            _ => 2,
        };
        let data = outcome.ok().map(|_| self.data(command, parameter)).unwrap_or_default();
        self.answer(command, good, data, Duration::from_millis(millis), now);
    }

    fn answer(
        &mut self,
        command: u8,
        good: Vec<u8>,
        mut data: Vec<u8>,
        delay: Duration,
        now: Instant,
    ) {
        let mut broken = None;
        let before = match self.fault(command) {
            None => None,
            Some(Gt511Misbehaviour::Line(fault)) => {
                self.outbox.inject(fault);
                None
            }
            Some(Gt511Misbehaviour::Stale(other, gap)) => {
                Some((self.last.get(&other).cloned().unwrap_or_default(), gap))
            }
            Some(Gt511Misbehaviour::Before(done, parameter, gap)) => {
                Some((response(if done { Ok(parameter) } else { Err(parameter) }), gap))
            }
            Some(Gt511Misbehaviour::Instead(done, parameter)) => {
                let other = response(if done { Ok(parameter) } else { Err(parameter) });
                return self.outbox.push(now, delay, other);
            }
            Some(Gt511Misbehaviour::Data(fault)) => {
                broken = Some(fault);
                None
            }
            Some(Gt511Misbehaviour::Short(bytes)) => {
                data.truncate(bytes);
                None
            }
            Some(Gt511Misbehaviour::Second(fault)) => {
                if let Some(incoming) = &mut self.incoming {
                    incoming.fault = Some(fault);
                }
                None
            }
            Some(Gt511Misbehaviour::PowerCycle) => return self.power_cycle(),
        };
        self.last.insert(command, [&good[..], &data].concat());
        match before {
            None => self.outbox.push(now, delay, good),
            Some((first, gap)) => {
                self.outbox.push(now, delay, first);
                self.outbox.push(now, delay + gap, good);
            }
        }
        if data.is_empty() {
            return;
        }
        if let Some(fault) = broken {
            self.outbox.inject(fault);
        }
        self.outbox.push(now, delay + Duration::from_millis(1), data);
    }

    /// What is to go wrong with this reply.
    fn fault(&mut self, command: u8) -> Option<Gt511Misbehaviour> {
        let due = self.faults.iter().position(|(when, _)| match when {
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

    /// The data packet behind the answer to Open.
    fn info(&self) -> Vec<u8> {
        let mut packet = std::vec![0x5A, 0xA5, 0x01, 0x00];
        packet.extend([0x10, 0x04, 0x14, 0x20, 0, 0x30, 0, 0]);
        packet.extend(self.serial);
        with_sum(packet)
    }
}

fn response(outcome: Outcome) -> Vec<u8> {
    let (code, parameter) = match outcome {
        Ok(result) => (0x30, result),
        Err(error) => (0x31, error),
    };
    let mut packet = std::vec![0x55, 0xAA, 0x01, 0x00];
    packet.extend(parameter.to_le_bytes());
    packet.extend([code, 0x00]);
    with_sum(packet)
}

fn with_sum(mut packet: Vec<u8>) -> Vec<u8> {
    let total: usize = packet.iter().map(|byte| usize::from(*byte)).sum();
    packet.extend(total.to_le_bytes().iter().take(2));
    packet
}

/// Takes the first command out of what came in: number and parameter; `None`
/// until it is whole. `Some(Err)`: its sum is wrong.
fn next_command(inbox: &mut Vec<u8>) -> Option<Result<(u8, u32), ()>> {
    while !inbox.is_empty() && !inbox.starts_with(&[0x55, 0xAA]) && *inbox != [0x55] {
        inbox.remove(0);
    }
    let packet: [u8; 12] = inbox.get(..12)?.try_into().ok()?;
    inbox.drain(..12);
    let good = with_sum(packet.iter().take(10).copied().collect()) == packet;
    let [_, _, 0x01, 0x00, a, b, c, d, command, 0x00, _, _] = packet else { return Some(Err(())) };
    let parameter = [d, c, b, a].iter().fold(0, |n: u32, byte| n << 8 | u32::from(*byte));
    Some(if good { Ok((command, parameter)) } else { Err(()) })
}

impl Device for Gt511Module {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.pass_time(now);
        if !self.is_understood() {
            return;
        }
        let Some(bytes) = self.take_data(bytes, now) else { return };
        if now.since(self.heard) > GAP {
            self.inbox.clear();
        }
        self.heard = now;
        self.inbox.extend(bytes);
        while let Some(command) = next_command(&mut self.inbox) {
            match command {
                Ok((command, parameter)) => self.work(command, parameter, now),
                Err(()) => {
                    let refusal = response(Err(0x1006));
                    self.answer(0, refusal, Vec::new(), Duration::from_millis(1), now);
                }
            }
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.pass_time(now);
        let bytes = self.outbox.take(now);
        if self.is_understood() { bytes } else { Vec::new() }
    }
}
