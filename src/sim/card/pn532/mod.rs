//! A PN532 with its firmware, written from the user manual (UM0701-02) alone.

mod bus;
mod dep;
mod frame;
mod obey;
mod rf;

use std::collections::VecDeque;
use std::format;
use std::string::String;
use std::vec::Vec;

pub use bus::{Pn532I2c, Pn532Irq, Pn532Spi};

use super::Air;
use crate::port::{Duration, Instant};
use crate::sim::{Device, Fault, Outbox};
use frame::{ACK, Parsed, frame, parse};
use rf::Listing;

/// A way for a [`Pn532`] to be other than the manual says, as some chips are.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pn532Quirk {
    /// On I2C it does not acknowledge its address while it has nothing to say,
    /// instead of a status byte 00.
    NacksUntilReady,
    /// On I2C it does not acknowledge the last byte of a frame, and takes it.
    NacksLastByte,
    /// Diagnose 06 says of every card that it is gone (libnfc, of a JCOP31).
    NoPresenceCheck,
}

/// A frame on its way to the host.
#[derive(Clone, Debug)]
struct Leaving {
    at: Instant,
    bytes: Vec<u8>,
}

/// A simulated PN532 with its firmware, over the cards in an [`Air`]. As a
/// [`Device`] it is on HSU; [`Pn532Spi`] and [`Pn532I2c`] are its other buses.
///
/// It decodes what it hears on its own, by the manual, and keeps a list of what
/// the host did wrong: [`violations`](Self::violations).
#[derive(Debug)]
pub struct Pn532 {
    /// The field, and the cards in it.
    pub air: Air,
    quirks: Vec<Pn532Quirk>,
    /// The longest part of a card's answer in one response.
    part: usize,
    asleep: bool,
    /// It sleeps when its response has left.
    dozing: bool,
    /// When it will be awake.
    awake_at: Option<Instant>,
    /// As after power-on: only SAMConfiguration is heard.
    low_battery: bool,
    heard: Vec<u8>,
    leaving: VecDeque<Leaving>,
    faults: VecDeque<Option<Fault>>,
    status_faults: VecDeque<u8>,
    /// On SPI and I2C: a frame was read in part.
    cut: bool,
    /// A command is at work until then.
    busy_until: Instant,
    last_response: Vec<u8>,
    line: Outbox,
    baud: u32,
    host_baud: u32,
    /// The speed to come, when the response is acknowledged.
    next_baud: Option<u32>,
    /// Chips that do not take a new speed.
    stubborn: bool,
    settings: Settings,
    cards: Listing,
    /// Parts of a command APDU so far, and of an answer still to be fetched.
    outgoing: Vec<u8>,
    incoming: Vec<u8>,
    ignored: usize,
    commands: Vec<u8>,
    exchanges: Vec<Vec<u8>>,
    violations: Vec<String>,
}

/// What the host set.
#[derive(Clone, Copy, Debug)]
struct Settings {
    parameters: u8,
    passive_retries: u8,
    raw_wait: Duration,
    irq: bool,
    last_error: u8,
}

impl Settings {
    const RESET: Self = Self {
        parameters: 0x14,
        passive_retries: 0xFF,
        raw_wait: Duration::from_micros(51_200),
        irq: true,
        last_error: 0,
    };
}

impl Default for Pn532 {
    fn default() -> Self {
        Self::new()
    }
}

impl Pn532 {
    /// After power-on, without cards.
    #[must_use]
    pub fn new() -> Self {
        Self {
            air: Air::new(),
            quirks: Vec::new(),
            part: 262,
            asleep: true,
            dozing: false,
            awake_at: None,
            low_battery: true,
            heard: Vec::new(),
            leaving: VecDeque::new(),
            faults: VecDeque::new(),
            status_faults: VecDeque::new(),
            cut: false,
            busy_until: Instant::ZERO,
            last_response: Vec::new(),
            line: Outbox::default(),
            baud: 115_200,
            host_baud: 115_200,
            next_baud: None,
            stubborn: false,
            settings: Settings::RESET,
            cards: Listing::default(),
            outgoing: Vec::new(),
            incoming: Vec::new(),
            ignored: 0,
            commands: Vec::new(),
            exchanges: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// With a quirk, on top of those it has.
    #[must_use]
    pub fn with(mut self, quirk: Pn532Quirk) -> Self {
        self.quirks.push(quirk);
        self
    }

    /// Answers of cards come in parts of so many bytes at most, with MI.
    #[must_use]
    pub fn in_parts(mut self, part: usize) -> Self {
        self.part = part.clamp(1, 262);
        self
    }

    /// It says that it takes a new speed, and keeps the old one.
    #[must_use]
    pub fn stubborn(mut self) -> Self {
        self.stubborn = true;
        self
    }

    /// The next frame to the host is broken so; more than one call, one frame
    /// each.
    pub fn inject(&mut self, fault: Fault) {
        self.faults.push_back(Some(fault));
    }

    /// The frames to the host, this many, are whole before the next fault.
    pub fn spare(&mut self, frames: usize) {
        self.faults.extend(core::iter::repeat_n(None, frames));
    }

    /// The next status bytes on SPI and I2C are these.
    pub fn garble_status(&mut self, bytes: &[u8]) {
        self.status_faults.extend(bytes);
    }

    /// The next commands, this many, are lost.
    pub fn ignore(&mut self, commands: usize) {
        self.ignored = commands;
    }

    /// It loses its power for a moment.
    pub fn lose_power(&mut self, now: Instant) {
        self.air.field(false, now);
        let air = core::mem::take(&mut self.air);
        let (quirks, violations) = (self.quirks.clone(), core::mem::take(&mut self.violations));
        *self = Self { air, quirks, part: self.part, violations, ..Self::new() };
    }

    /// The host's end of HSU has this speed now.
    pub fn set_host_baud(&mut self, baud: u32) {
        self.host_baud = baud;
    }

    /// The speed of HSU.
    #[must_use]
    pub fn baud(&self) -> u32 {
        self.baud
    }

    /// Bytes to the host take their time on the line.
    pub fn pace(&mut self) {
        self.line.pace(self.baud);
    }

    /// The codes of the commands so far.
    #[must_use]
    pub fn commands(&self) -> &[u8] {
        &self.commands
    }

    /// The APDUs that went to a card, each with the answer to it; without one
    /// where the card gave none.
    #[must_use]
    pub fn exchanges(&self) -> &[Vec<u8>] {
        &self.exchanges
    }

    /// Whether it sleeps.
    #[must_use]
    pub fn is_asleep(&self) -> bool {
        self.asleep
    }

    /// What the host did that the manual forbids.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    fn has(&self, quirk: Pn532Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    fn complain(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }

    /// The bus moved: it wakes up, if it sleeps.
    fn rouse(&mut self, now: Instant) {
        if !self.is_awake(now) && self.awake_at.is_none() {
            self.awake_at = Some(now + Duration::from_millis(1));
        }
    }

    /// Whether it hears what is said now.
    fn is_awake(&mut self, now: Instant) -> bool {
        if self.dozing && self.leaving.is_empty() {
            (self.asleep, self.dozing, self.awake_at) = (true, false, None);
        }
        if self.awake_at.is_some_and(|at| now >= at) {
            (self.asleep, self.awake_at) = (false, None);
        }
        !self.asleep
    }

    /// Bytes came; frames in them are obeyed.
    fn hear(&mut self, bytes: &[u8], now: Instant) {
        self.heard.extend(bytes);
        while let Some((frame, used)) = parse(&self.heard) {
            self.heard.drain(..used);
            match frame {
                Parsed::Nothing => {}
                Parsed::Ack => self.acknowledged(now),
                Parsed::Nack => self.repeat(now),
                Parsed::Command(data) => self.command(&data, now),
            }
        }
    }

    /// ACK: ends what it is at, or closes a dialogue.
    fn acknowledged(&mut self, now: Instant) {
        if now < self.busy_until || self.leaving.iter().any(|frame| frame.bytes.len() > 6) {
            self.leaving.clear();
            self.busy_until = now;
        } else if let Some(baud) = self.next_baud.take().filter(|_| !self.stubborn) {
            self.baud = baud;
        }
    }

    /// NACK: the last response once more.
    fn repeat(&mut self, now: Instant) {
        if now < self.busy_until || self.last_response.is_empty() {
            self.complain("NACK without a response");
        }
        let last = self.last_response.clone();
        self.say(last, now + Duration::from_micros(300));
    }

    fn command(&mut self, data: &[u8], now: Instant) {
        let Some((code, data)) = data.split_first() else { return };
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        if self.low_battery && *code != 0x14 {
            return self.complain(format!("command {code:02X} before SAMConfiguration"));
        }
        if !self.leaving.is_empty() || now < self.busy_until {
            self.complain(format!("command {code:02X} while another is at work"));
            self.leaving.clear();
        }
        self.commands.push(*code);
        self.next_baud = None;
        self.say(ACK.to_vec(), now + Duration::from_micros(300));
        let (response, at) = self.obey(*code, data, now + Duration::from_micros(600));
        self.busy_until = at;
        let response = match response {
            Some(data) => frame(&[&[0xD5, code + 1], &data[..]].concat()),
            None => frame(&[0x7F]),
        };
        self.last_response.clone_from(&response);
        self.say(response, at);
    }

    fn say(&mut self, mut bytes: Vec<u8>, mut at: Instant) {
        match self.faults.pop_front().flatten() {
            None => {}
            Some(Fault::Silence) => return,
            Some(Fault::Late(late)) => at += late,
            Some(Fault::WrongCheck) => {
                if let Some(check) = bytes.iter_mut().rev().nth(1) {
                    *check ^= 1;
                }
            }
            Some(Fault::Noise(noise)) => bytes.splice(0..0, noise).for_each(drop),
            Some(Fault::LostByte(index)) if index < bytes.len() => drop(bytes.remove(index)),
            Some(Fault::LostByte(_)) => {}
            Some(Fault::DoubledByte(index)) => {
                if let Some(byte) = bytes.get(index).copied() {
                    bytes.insert(index, byte);
                }
            }
            Some(Fault::Flipped(index, mask)) => {
                if let Some(byte) = bytes.get_mut(index) {
                    *byte ^= mask;
                }
            }
            Some(Fault::Repeated) => self.leaving.push_back(Leaving { at, bytes: bytes.clone() }),
        }
        self.leaving.push_back(Leaving { at, bytes });
    }

    /// The first frame that has left by `now`.
    fn ready(&self, now: Instant) -> Option<&Leaving> {
        self.leaving.front().filter(|frame| now >= frame.at)
    }
}

impl Device for Pn532 {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        for byte in bytes {
            // At another speed nothing comes as it was sent.
            let byte = if self.host_baud == self.baud { *byte } else { byte ^ 0x5A | 0x80 };
            if self.is_awake(now) {
                self.hear(&[byte], now);
            } else if byte == 0x55 {
                self.rouse(now);
            } else if byte != 0x00 {
                self.complain(format!("{byte:02X} while it sleeps"));
                self.rouse(now);
            }
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        while let Some(frame) = self.ready(now).cloned() {
            self.leaving.pop_front();
            self.line.push(now, Duration::ZERO, frame.bytes);
        }
        let mut bytes = self.line.take(now);
        if self.host_baud != self.baud {
            bytes.iter_mut().for_each(|byte| *byte = *byte ^ 0x5A | 0x80);
        }
        bytes
    }
}
