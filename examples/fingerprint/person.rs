//! The person at the simulated sensor.

use embedded_pos::fingerprint::Enrolment;
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::sim::Simulated;
use embedded_pos::sim::fingerprint::script::{Condition, Module, Unable};

use crate::common::profile::Profile;
use crate::common::{AnyPort, erased};

pub struct Person {
    module: Simulated<Box<dyn Module + Send>>,
    finger: String,
}

impl Person {
    /// At a module that knows `anna` and `bert`.
    pub fn new(profile: Profile, finger: &str) -> Self {
        let module = Simulated::new(profile.module());
        let person = Self { module, finger: finger.into() };
        for (slot, name) in [(1, "anna"), (2, "bert")] {
            sure(person.module.device().store(slot, name, Condition::Good));
        }
        person.place();
        person
    }

    pub fn port(&self) -> AnyPort {
        erased(self.module.port(SystemClock::new()))
    }

    fn place(&self) {
        if self.finger != "none" {
            sure(self.module.device().place(&self.finger, Condition::Good));
        }
    }

    /// Does as told.
    pub fn does(&self, step: Enrolment) {
        match step {
            Enrolment::Place(_) => self.place(),
            Enrolment::Lift => self.module.device().lift(),
            _ => {}
        }
    }
}

/// Every family has slots 1 and 2, and knows a good finger.
fn sure(done: Result<(), Unable>) {
    if let Err(unable) = done {
        eprintln!("simulator: {unable}");
    }
}
