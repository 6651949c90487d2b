//! A front end driven by hand, below any protocol.
#![allow(dead_code, reason = "each test takes what it needs")]

pub mod suite;

use std::sync::{Arc, Mutex};

use embedded_pos::Error;
use embedded_pos::card::contactless::{
    Frame, FrontEnd, Heard, Operation, Rates, Technology, Wants,
};
use embedded_pos::card::reader::{mfrc522, st25r3916};
use embedded_pos::port::adapter::SpiTransfers;
use embedded_pos::port::{Clock, Duration, Instant, Port};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::card::{Air, Mfrc522Model, OnSpi, Picc, Signal, SpiChip, St25r3916Model};

/// A model and the machine that drives it.
pub trait Modelled: SpiChip + Sized {
    type Chip: FrontEnd<Fault = Self::Fault>;
    type Fault: Error + Copy + PartialEq;

    /// One that does type B too.
    fn new() -> Self;
    fn chip(rates: Rates) -> Self::Chip;
    fn air(&mut self) -> &mut Air;
    fn make_noise(&mut self, after: Duration);
    fn violations(&self) -> Vec<String>;
}

impl Modelled for Mfrc522Model {
    type Chip = mfrc522::Chip;
    type Fault = mfrc522::Fault;

    fn new() -> Self {
        Mfrc522Model::new().with_type_b()
    }

    fn chip(rates: Rates) -> mfrc522::Chip {
        mfrc522::Chip::new(mfrc522::Settings { rates, ..mfrc522::Settings::FM17550 })
    }

    fn air(&mut self) -> &mut Air {
        &mut self.air
    }

    fn make_noise(&mut self, after: Duration) {
        self.make_noise(after);
    }

    fn violations(&self) -> Vec<String> {
        self.violations()
    }
}

impl Modelled for St25r3916Model {
    type Chip = st25r3916::Chip;
    type Fault = st25r3916::Fault;

    fn new() -> Self {
        St25r3916Model::new()
    }

    fn chip(rates: Rates) -> st25r3916::Chip {
        st25r3916::Chip::new(st25r3916::Settings { rates, ..st25r3916::Settings::DEFAULT })
    }

    fn air(&mut self) -> &mut Air {
        &mut self.air
    }

    fn make_noise(&mut self, after: Duration) {
        self.make_noise(after);
    }

    fn violations(&self) -> Vec<String> {
        self.violations()
    }
}

/// A model on its bus, driven by hand.
pub type Driven<M> = (Bench<<M as Modelled>::Chip, SpiTransfers<OnSpi<M>>>, OnSpi<M>);

pub fn bench<M: Modelled>(model: M, chip: M::Chip) -> Driven<M> {
    let clock = VirtualClock::new();
    let bus = OnSpi::new(model, clock.clone());
    (Bench::new(chip, SpiTransfers::new(bus.clone()), &clock), bus)
}

/// One that is initialised, with its field on.
pub fn ready<M: Modelled>(technology: Technology) -> Driven<M> {
    let (mut bench, bus) = bench(M::new(), M::chip(Rates::default()));
    bench.init().unwrap();
    bench.field(technology).unwrap();
    (bench, bus)
}

/// Answers every frame that has a right CRC with other bytes.
pub struct Mirror {
    technology: Technology,
    answer: Vec<u8>,
    pub heard: Vec<Vec<u8>>,
}

impl Mirror {
    pub fn new(technology: Technology, answer: &[u8]) -> Self {
        Self { technology, answer: answer.into(), heard: Vec::new() }
    }

    pub fn shared(self) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(self))
    }
}

impl Picc for Mirror {
    fn field(&mut self, _: bool, _: Instant) {}

    fn hear(&mut self, signal: &Signal, _: Instant) -> Option<(Duration, Signal)> {
        let body = signal.checked().filter(|_| signal.technology == self.technology)?;
        self.heard.push(body.into());
        let answer = Signal::with_crc(self.technology, &self.answer);
        Some((Duration::from_micros(300), answer))
    }
}

pub struct Bench<F, P> {
    pub chip: F,
    pub frame: Frame,
    pub port: P,
    pub clock: VirtualClock,
    /// How late the loop comes back from a pause.
    pub slowness: Duration,
}

impl<F: FrontEnd, P: Port> Bench<F, P> {
    pub fn new(chip: F, port: P, clock: &VirtualClock) -> Self {
        Self { chip, frame: Frame::new(), port, clock: clock.clone(), slowness: Duration::ZERO }
    }

    pub fn now(&mut self) -> Instant {
        self.clock.now()
    }

    /// Goes on until the operation is over.
    pub fn finish(&mut self) -> Result<Heard, F::Fault> {
        let begun = self.clock.now();
        loop {
            let now = self.clock.now();
            assert!(now.since(begun) < Duration::from_secs(10), "it does not end");
            if let Some(outcome) = self.turn(now) {
                return outcome;
            }
        }
    }

    /// Goes on for some steps, or until the operation is over.
    pub fn some(&mut self, steps: usize) {
        for _ in 0..steps {
            let now = self.clock.now();
            if self.turn(now).is_some() {
                break;
            }
        }
    }

    fn turn(&mut self, now: Instant) -> Option<Result<Heard, F::Fault>> {
        match self.chip.step(&mut self.frame, now) {
            Wants::Send { until } => {
                let out = self.chip.outgoing(&self.frame).to_vec();
                assert!(!out.is_empty() && out.len() <= F::MAX_TRANSACTION);
                match self.port.try_write(&out) {
                    Ok(n) => self.chip.sent(n, now),
                    Err(_) => self.clock.advance(until.since(now)),
                }
            }
            Wants::Receive { until } => {
                let mut came = [0; 64];
                match self.port.try_read(&mut came) {
                    Ok(n) => {
                        let used = self.chip.received(&mut self.frame, &came[..n], now);
                        assert_eq!(used, n);
                    }
                    Err(_) => self.clock.advance(until.since(now)),
                }
            }
            Wants::Pause { until } => {
                assert!(until > now);
                self.clock.idle(until);
                self.clock.advance(self.slowness);
            }
            Wants::Done(outcome) => return Some(outcome),
        }
        None
    }

    pub fn init(&mut self) -> Result<Heard, F::Fault> {
        let now = self.clock.now();
        self.chip.init(now);
        self.finish()
    }

    pub fn operate(&mut self, operation: Operation) -> Result<Heard, F::Fault> {
        let now = self.clock.now();
        self.chip.begin(operation, now);
        self.finish()
    }

    /// Modulation and field, and the time that cards want to have it.
    pub fn field(&mut self, technology: Technology) -> Result<Heard, F::Fault> {
        self.operate(Operation::Modulation { technology, rates: Rates::default() })?;
        self.operate(Operation::Field(true))?;
        self.clock.advance(Duration::from_micros(5_100));
        Ok(Heard::Silence)
    }

    pub fn transceive(&mut self, wait: u64) -> Result<Heard, F::Fault> {
        self.operate(Operation::Transceive { wait: Duration::from_micros(wait) })
    }

    /// Sends bytes with CRC.
    pub fn exchange(&mut self, bytes: &[u8], wait: u64) -> Result<Heard, F::Fault> {
        self.frame.send(bytes, true);
        self.transceive(wait)
    }

    /// Sends bits without.
    pub fn bits(&mut self, bytes: &[u8], bits: u16, aligned: bool) -> Result<Heard, F::Fault> {
        self.frame.send_bits(bytes, bits, aligned);
        self.transceive(200)
    }
}
