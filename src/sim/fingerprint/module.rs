use std::collections::{BTreeMap, VecDeque};
use std::string::String;
use std::vec::Vec;

use super::codec::{Request, acknowledge, next_request};
use super::misbehaviour::{Misbehaviour, When};
use super::running::Running;
use super::transfer::Data;
use crate::port::{Duration, Instant};
use crate::sim::{Device, Outbox};

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
    /// It is none, but a copy of one. Only a Synochip module knows.
    Fake,
    /// It is none, but the print that the one before left. Only a Synochip
    /// module knows.
    Residue,
}

/// Whose commands a module understands, by the manual's meaning of each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Zfm20,
    R503,
    R503V12,
    Synochip,
}

impl Kind {
    pub(super) fn is_grow(self) -> bool {
        matches!(self, Self::R503 | Self::R503V12)
    }
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

/// A simulated module of the EF 01 family: fingers have names, and match by
/// them. It takes a command as its own manual means it, whoever's it is.
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
    pub(super) kind: Kind,
    pub(super) capacity: u16,
    pub(super) library: BTreeMap<u16, String>,
    pub(super) finger: Option<(String, Skin)>,
    pub(super) image: Option<(String, Skin)>,
    /// Features of captures 1 to 6.
    pub(super) features: [Option<String>; 6],
    pub(super) model: Option<String>,
    pub(super) light: Option<[u8; 4]>,
    pub(super) notepad: BTreeMap<u8, Vec<u8>>,
    pub(super) serial: [u8; 8],
    pub(super) level: u8,
    pub(super) packet: u8,
    /// In units of 9600 baud; and when it changes, to what.
    pub(super) baud: u8,
    pub(super) faster: Option<(Instant, u8)>,
    /// The speed of the host, if it matters.
    pub(super) host: Option<u32>,
    pub(super) asleep: bool,
    /// It was touched in its sleep.
    pub(super) touched: bool,
    pub(super) refused: Option<(u8, u8)>,
    /// What it goes on with by itself.
    pub(super) running: Option<Running>,
    pub(super) data: Data,
    seed: u32,
    pub(super) inbox: Vec<u8>,
    pub(super) outbox: Outbox,
    /// What is to go wrong, with the reply to which command or with which of
    /// the next replies.
    pub(super) faults: VecDeque<(When, Misbehaviour)>,
    pub(super) last: BTreeMap<u8, Vec<u8>>,
    pub(super) commands: Vec<u8>,
    pub(super) claims: Vec<Claim>,
    /// When the host was last heard.
    heard: Instant,
}

/// A command that stands still for so long is given up.
const GAP: Duration = Duration::from_millis(20);

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
            kind: Kind::R503,
            capacity: 200,
            library: BTreeMap::new(),
            finger: None,
            image: None,
            features: Default::default(),
            model: None,
            light: None,
            notepad: BTreeMap::new(),
            serial: *b"SIM00001",
            level: 3,
            packet: 2,
            baud: 6,
            faster: None,
            host: None,
            asleep: false,
            touched: false,
            refused: None,
            running: None,
            data: Data::new(768, 192, 192),
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

    /// The same: an R503 by its manual V1.1.
    #[must_use]
    pub fn r503() -> Self {
        Self::new()
    }

    /// An R503 by its manual V1.2.2: enrols and identifies by itself.
    #[must_use]
    pub fn r503_v12() -> Self {
        Self { kind: Kind::R503V12, ..Self::new() }
    }

    /// The same as a ZFM-20: two buffers, no light, no handshake.
    #[must_use]
    pub fn zfm20() -> Self {
        let data = Data::new(512, 256, 288);
        Self { kind: Kind::Zfm20, capacity: 162, data, ..Self::new() }
    }

    /// A Synochip module, as in an M5 unit: some opcodes mean something else.
    #[must_use]
    pub fn synochip() -> Self {
        Self { kind: Kind::Synochip, capacity: 100, ..Self::new() }
    }

    /// The same with another serial number.
    #[must_use]
    pub fn with_serial(mut self, serial: [u8; 8]) -> Self {
        self.serial = serial;
        self
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

    /// Loses power and gets it back.
    pub fn power_cycle(&mut self, now: Instant) {
        self.forget();
        self.outbox.clear();
        self.outbox.push(now, Duration::from_millis(50), [0x55]);
    }

    pub(super) fn forget(&mut self) {
        self.unlocked = self.password == 0;
        self.image = None;
        self.features = Default::default();
        self.model = None;
        self.running = None;
        self.asleep = false;
        self.inbox.clear();
    }

    fn is_understood(&self) -> bool {
        self.host.is_none_or(|host| host == self.baud())
    }

    /// What happens by itself as time goes by.
    fn pass_time(&mut self, now: Instant) {
        if let Some((_, baud)) = self.faster.take_if(|(at, _)| *at <= now) {
            self.baud = baud;
        }
        if core::mem::take(&mut self.touched) && self.kind == Kind::Synochip {
            self.outbox.push(now, Duration::ZERO, acknowledge(self.address, &[0xFF]));
        }
        self.run_on(now);
    }

    fn work(&mut self, request: &Request, now: Instant) {
        self.commands.push(request.opcode);
        // What it goes on with by itself is only to be cancelled.
        if self.running.is_some() && request.opcode != 0x30 {
            return;
        }
        let free = matches!(request.opcode, 0x13 | 0x40);
        let refused = self.refused.take_if(|(opcode, _)| *opcode == request.opcode);
        let reply = match (refused, self.unlocked || free) {
            (Some((_, code)), _) => Some((code, Vec::new(), 2)),
            (None, true) => self.obey(request.opcode, &request.parameters, now),
            (None, false) => Some((0x21, Vec::new(), 2)),
        };
        let Some((code, results, millis)) = reply else { return };
        let mut content = std::vec![code];
        content.extend(results);
        let delay = Duration::from_millis(millis);
        self.answer(request.opcode, &content, delay, now);
        if code == 0 {
            self.follow(request.opcode, &request.parameters, delay, now);
        }
        if request.opcode == 0x3D && self.kind.is_grow() {
            self.forget();
            self.outbox.push(now, delay + Duration::from_millis(40), [0x55]);
        }
    }

    pub(super) fn next_random(&mut self) -> u32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        self.seed
    }
}

impl Device for R503Module {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.pass_time(now);
        if self.asleep || !self.is_understood() {
            return;
        }
        if now.since(self.heard) > GAP {
            self.inbox.clear();
        }
        self.heard = now;
        if self.is_resting(now) {
            return;
        }
        self.inbox.extend(bytes);
        while !self.take_data(now)
            && let Some(request) = next_request(&mut self.inbox)
        {
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
        let understood = self.is_understood();
        let mut bytes = self.outbox.take(now);
        if !understood {
            bytes.iter_mut().for_each(|byte| *byte = byte.rotate_left(3) ^ 0x5A);
        }
        self.pass_time(now);
        bytes
    }
}
