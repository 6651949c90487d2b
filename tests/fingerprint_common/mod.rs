//! A simulated module and a driver on its wire.
#![allow(dead_code)]

pub mod bench;

use embedded_pos::fingerprint::Slot;
use embedded_pos::fingerprint::zfm::{Config, Conversation, Fault, Link, Password, Script, Zfm};
use embedded_pos::port::{Call, CallError, Clock, Duration, Told};
use embedded_pos::sim::fingerprint::R503Module;
use embedded_pos::sim::{SimPort, Simulated, Unplugged, VirtualClock};

pub type Module = Simulated<R503Module>;
pub type Driver = Zfm<SimPort<R503Module, VirtualClock>>;
pub type Failure = CallError<Fault, Unplugged>;

pub struct Bench {
    pub module: Module,
    pub clock: VirtualClock,
    pub driver: Driver,
}

pub fn bench() -> Bench {
    bench_of(R503Module::new(), Config::r503(Password::FACTORY), usize::MAX)
}

/// A clock fine enough for a module whose times are milliseconds.
pub fn clock() -> VirtualClock {
    VirtualClock::in_steps(Duration::from_millis(1))
}

pub fn bench_of(module: R503Module, config: Config, chunk: usize) -> Bench {
    let (module, clock) = (Simulated::new(module), clock());
    let driver = Zfm::new(module.port(clock.clone()).chunked(chunk), config);
    Bench { module, clock, driver }
}

impl Bench {
    pub fn identify(&mut self) -> Result<Option<embedded_pos::fingerprint::Match>, Failure> {
        self.driver.identify().wait(&mut self.clock)
    }

    pub fn count(&mut self) -> Result<u16, Failure> {
        Ok(self.driver.count().wait(&mut self.clock)?.stored)
    }

    pub fn now(&self) -> Duration {
        let mut clock = self.clock.clone();
        clock.now().since(embedded_pos::port::Instant::ZERO)
    }

    /// Enrols as a person would who does as told.
    pub fn enrol(&mut self, slot: u16, finger: &str) -> Result<Vec<String>, Failure> {
        let module = self.module.clone();
        let call = self.driver.enrol(Slot(slot));
        told(call, &mut self.clock, |step| match step {
            step if step.contains("Place") => module.device().place(finger),
            step if step.contains("Lift") => module.device().lift(),
            _ => {}
        })
    }
}

pub fn told<S: Script<Link = Link>>(
    mut call: Call<'_, SimPort<R503Module, VirtualClock>, Conversation<S>>,
    clock: &mut VirtualClock,
    mut act: impl FnMut(&str),
) -> Result<Vec<String>, Failure> {
    let mut steps = Vec::new();
    loop {
        match call.next(clock)? {
            Told::Event(event) => {
                let step = format!("{event:?}");
                act(&step);
                steps.push(step);
            }
            Told::Done(_) => return Ok(steps),
        }
    }
}

pub fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.chars().filter(|c| !c.is_whitespace()).collect();
    (0..digits.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap())
        .collect()
}

/// The frames of `tests/vectors/zfm`: name and bytes.
pub fn vectors() -> Vec<(String, Vec<u8>)> {
    include_str!("../vectors/zfm/frames.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut fields = line.split('|').map(str::trim);
            let name = fields.next().unwrap().to_owned();
            (name, bytes(fields.nth(1).unwrap()))
        })
        .collect()
}
