use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use super::codec::{Request, acknowledge, next_request};
use crate::port::{Duration, Instant};
use crate::sim::{Device, Fault, Outbox};

/// How a finger lies on the sensor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Skin {
    /// As it should.
    Good,
    /// Wet: the image is a blot.
    Wet,
    /// Dry: there are hardly any features.
    Dry,
    /// In motion: no image.
    Moving,
}

/// A way for a module to misbehave with one of its replies.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Misbehaviour {
    /// The line breaks the reply.
    Line(Fault),
    /// The last reply to this command comes again, and this one so much later.
    Stale(u8, Duration),
    /// An acknowledgement of this content comes first, and the reply so much
    /// later.
    Before(Vec<u8>, Duration),
    /// An acknowledgement of this content comes instead.
    Instead(Vec<u8>),
    /// The reply names another address.
    Address(u32),
    /// The length field says this; the sum agrees with it.
    Length(u16),
    /// The reply has a length of 0800h and so many bytes.
    Overlong,
    /// The module loses power: 55h instead of the reply, all but the library
    /// and the password forgotten.
    PowerCycle,
}

/// A match that the module made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claim {
    /// Whose finger was on it.
    pub finger: String,
    /// The template.
    pub slot: u16,
    /// How well it fits.
    pub score: u16,
}

/// A simulated R503 (or ZFM-20): fingers have names, and match by them.
///
/// ```
/// use embedded_pos::sim::Simulated;
/// use embedded_pos::sim::fingerprint::R503Module;
///
/// let module = Simulated::new(R503Module::new());
/// module.device().store(3, "anna");
/// module.device().place("anna");
/// ```
#[derive(Debug)]
pub struct R503Module {
    pub(super) address: u32,
    pub(super) password: u32,
    pub(super) unlocked: bool,
    pub(super) simple: bool,
    pub(super) capacity: u16,
    pub(super) library: BTreeMap<u16, String>,
    pub(super) finger: Option<(String, Skin)>,
    pub(super) image: Option<(String, Skin)>,
    /// Features of captures 1 to 6.
    pub(super) features: [Option<String>; 6],
    pub(super) model: Option<String>,
    pub(super) light: Option<[u8; 4]>,
    seed: u32,
    inbox: Vec<u8>,
    outbox: Outbox,
    /// What is to go wrong, with the reply to which command or with which of
    /// the next replies.
    faults: VecDeque<(When, Misbehaviour)>,
    last: BTreeMap<u8, Vec<u8>>,
    commands: Vec<u8>,
    pub(super) claims: Vec<Claim>,
    /// When the host was last heard.
    heard: Instant,
}

/// A command that stands still for so long is given up.
const GAP: Duration = Duration::from_millis(20);

#[derive(Clone, Copy, Debug)]
enum When {
    Command(u8),
    Replies(usize),
}

impl Default for R503Module {
    fn default() -> Self {
        Self::new()
    }
}

impl R503Module {
    /// A module as delivered: 200 templates, none stored, password 0.
    #[must_use]
    pub fn new() -> Self {
        Self {
            address: 0xFFFF_FFFF,
            password: 0,
            unlocked: true,
            simple: false,
            capacity: 200,
            library: BTreeMap::new(),
            finger: None,
            image: None,
            features: Default::default(),
            model: None,
            light: None,
            seed: 0x2545_F491,
            inbox: Vec::new(),
            outbox: Outbox::default(),
            faults: VecDeque::new(),
            last: BTreeMap::new(),
            commands: Vec::new(),
            claims: Vec::new(),
            heard: Instant::ZERO,
        }
    }

    /// The same as a ZFM-20: two buffers, no light, no handshake.
    #[must_use]
    pub fn zfm20() -> Self {
        Self { simple: true, capacity: 162, ..Self::new() }
    }

    /// The same with another address.
    #[must_use]
    pub fn with_address(mut self, address: u32) -> Self {
        self.address = address;
        self
    }

    /// The same, locked with this password.
    #[must_use]
    pub fn with_password(mut self, password: u32) -> Self {
        self.password = password;
        self.unlocked = password == 0;
        self
    }

    /// The same with room for so many templates.
    #[must_use]
    pub fn with_capacity(mut self, capacity: u16) -> Self {
        self.capacity = capacity;
        self
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

    /// The matches that the module made so far.
    #[must_use]
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// The commands that it received so far.
    #[must_use]
    pub fn commands(&self) -> &[u8] {
        &self.commands
    }

    /// Control, speed, colour and times of the light.
    #[must_use]
    pub fn light(&self) -> Option<[u8; 4]> {
        self.light
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> u32 {
        self.password
    }

    /// Misbehaves with the next reply to this command.
    pub fn misbehave_on(&mut self, opcode: u8, how: Misbehaviour) {
        self.faults.push_back((When::Command(opcode), how));
    }

    /// Misbehaves with the reply after so many good ones.
    pub fn misbehave_after(&mut self, replies: usize, how: Misbehaviour) {
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
    pub fn power_cycle(&mut self, now: Instant) {
        self.forget();
        self.outbox.clear();
        self.outbox.push(now, Duration::from_millis(50), [0x55]);
    }

    fn forget(&mut self) {
        self.unlocked = self.password == 0;
        self.image = None;
        self.features = Default::default();
        self.model = None;
        self.inbox.clear();
    }

    fn work(&mut self, request: &Request, now: Instant) {
        self.commands.push(request.opcode);
        let free = matches!(request.opcode, 0x13 | 0x40);
        let (code, results, millis) = match self.unlocked || free {
            true => self.obey(request.opcode, &request.parameters),
            false => (0x21, Vec::new(), 2),
        };
        let mut content = std::vec![code];
        content.extend(results);
        self.answer(request.opcode, &content, Duration::from_millis(millis), now);
    }

    pub(super) fn next_random(&mut self) -> u32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        self.seed
    }

    /// What is to go wrong with this reply.
    fn fault(&mut self, opcode: u8) -> Option<Misbehaviour> {
        let is_due = |(when, _): &(When, Misbehaviour)| match when {
            When::Command(command) => *command == opcode,
            When::Replies(left) => *left == 0,
        };
        let due = self.faults.iter().position(is_due);
        for (when, _) in &mut self.faults {
            if let When::Replies(left) = when {
                *left = left.saturating_sub(1);
            }
        }
        due.and_then(|at| self.faults.remove(at)).map(|(_, how)| how)
    }

    fn answer(&mut self, opcode: u8, content: &[u8], delay: Duration, now: Instant) {
        let good = acknowledge(self.address, content);
        let reply = match self.fault(opcode) {
            None => good.clone(),
            Some(Misbehaviour::Line(fault)) => {
                self.outbox.inject(fault);
                good.clone()
            }
            Some(Misbehaviour::Stale(command, gap)) => {
                let stale = self.last.get(&command).cloned().unwrap_or_default();
                self.outbox.push(now, delay, stale);
                self.outbox.push(now, delay + gap, good.clone());
                Vec::new()
            }
            Some(Misbehaviour::Before(first, gap)) => {
                self.outbox.push(now, delay, acknowledge(self.address, &first));
                self.outbox.push(now, delay + gap, good.clone());
                Vec::new()
            }
            Some(Misbehaviour::Instead(other)) => acknowledge(self.address, &other),
            Some(Misbehaviour::Address(other)) => acknowledge(other, content),
            Some(Misbehaviour::Length(length)) => with_length(&good, length),
            Some(Misbehaviour::Overlong) => overlong(&good),
            Some(Misbehaviour::PowerCycle) => {
                self.forget();
                std::vec![0x55]
            }
        };
        self.last.insert(opcode, good);
        self.outbox.push(now, delay, reply);
    }
}

fn overlong(frame: &[u8]) -> Vec<u8> {
    let mut long = with_length(frame, 0x0800);
    long.resize(9 + 0x0800, 0);
    long
}

/// The frame with another length field, and a sum that agrees.
fn with_length(frame: &[u8], length: u16) -> Vec<u8> {
    let mut bytes = frame.to_vec();
    bytes.splice(7..9, length.to_be_bytes());
    let body = bytes.len().saturating_sub(2);
    let total: u32 = bytes.iter().take(body).skip(6).map(|byte| u32::from(*byte)).sum();
    bytes.splice(body.., total.to_be_bytes().into_iter().skip(2));
    bytes
}

impl Device for R503Module {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        if now.since(self.heard) > GAP {
            self.inbox.clear();
        }
        self.heard = now;
        self.inbox.extend(bytes);
        while let Some(request) = next_request(&mut self.inbox) {
            match request {
                Ok(request) if request.address == self.address => self.work(&request, now),
                Err(address) if address == self.address => {
                    self.answer(0, &[0x01], Duration::from_millis(1), now);
                }
                _ => {}
            }
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.outbox.take(now)
    }
}
