//! Simulated devices with somebody beside them.

use embedded_pos::port::{Duration, Instant};
use embedded_pos::sim::Device;
use embedded_pos::sim::camera::VzenithCamera;
use embedded_pos::sim::card::CcidReader;
use embedded_pos::sim::fingerprint::R503Module;
use embedded_pos::sim::scanner::Gm65Module;

use crate::common::stage;

/// How long a person takes to react.
const REACTION: Duration = Duration::from_millis(300);

/// What a person does with a device, looked at whenever it is polled.
pub trait Person<D>: Send {
    fn attend(&mut self, device: &mut D, now: Instant);

    /// The host spoke to the device.
    fn heard(&mut self, _now: Instant) {}
}

/// A device and a person.
pub struct Attended<D, P> {
    pub device: D,
    pub person: P,
}

impl<D: Device, P: Person<D>> Device for Attended<D, P> {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.person.attend(&mut self.device, now);
        self.person.heard(now);
        self.device.receive(bytes, now);
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.person.attend(&mut self.device, now);
        self.device.transmit(now)
    }
}

/// Taps the sensor with a finger, again and again.
pub struct Tapper {
    pub finger: String,
}

impl Person<R503Module> for Tapper {
    fn attend(&mut self, sensor: &mut R503Module, now: Instant) {
        const PERIOD: u64 = 2_000;
        if now.as_micros() / 1_000 % PERIOD < PERIOD * 3 / 5 {
            sensor.place(&self.finger);
        } else {
            sensor.lift();
        }
    }
}

/// Shows one code after the other: one whenever the engine looks, once the host
/// left it alone.
#[derive(Default)]
pub struct Shower {
    pub codes: Vec<String>,
    next: usize,
    heard: Option<Instant>,
    shown: bool,
}

impl Shower {
    pub fn new(codes: Vec<String>) -> Self {
        Self { codes, ..Self::default() }
    }
}

impl Person<Gm65Module> for Shower {
    fn attend(&mut self, engine: &mut Gm65Module, now: Instant) {
        if !engine.is_looking() {
            self.shown = false;
            engine.withdraw();
        } else if !self.shown && self.heard.is_some_and(|heard| heard + REACTION <= now) {
            if let Some(code) = self.codes.get(self.next % self.codes.len().max(1)) {
                engine.present(code.as_bytes(), stage::symbology(code));
            }
            self.next += 1;
            self.shown = true;
        }
    }

    fn heard(&mut self, now: Instant) {
        self.heard = Some(now);
    }
}

/// Drives past, every few seconds, once somebody watches.
pub struct Motorist {
    pub plate: String,
    pub next: Option<Instant>,
}

impl Person<VzenithCamera> for Motorist {
    fn attend(&mut self, camera: &mut VzenithCamera, now: Instant) {
        const PERIOD: Duration = Duration::from_secs(5);
        if !camera.is_subscribed() {
            self.next = None;
            return;
        }
        let next = *self.next.get_or_insert(now + REACTION);
        if next <= now {
            camera.pass(&stage::pass(&self.plate));
            self.next = Some(now + PERIOD);
        }
    }
}

/// Puts a card in when there is none, and takes it out when it lost its power.
#[derive(Default)]
pub struct Payer {
    used: bool,
    back: Instant,
}

impl Person<CcidReader> for Payer {
    fn attend(&mut self, reader: &mut CcidReader, now: Instant) {
        const AWAY: Duration = Duration::from_secs(3);
        let inside = reader.card().is_some();
        if inside && reader.is_powered() {
            self.used = true;
        } else if inside && self.used {
            reader.remove();
            self.used = false;
            self.back = now + AWAY;
        } else if !inside && self.back <= now {
            reader.insert(stage::card());
        }
    }
}

/// Nobody has to be there, or somebody else plays the person.
pub struct Nobody;

impl<D> Person<D> for Nobody {
    fn attend(&mut self, _device: &mut D, _now: Instant) {}
}
