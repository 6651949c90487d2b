//! The suites a vendor runs on a new driver.
//!
//! Each suite takes any implementation of a class trait and a stimulus, the
//! hand that inserts the card or lays down the finger: a simulator's handle,
//! or a person who is asked. It does not stop at the first failure and never
//! panics; the [`Report`] names what failed.

mod camera;
mod card;
mod feed;
mod fingerprint;
mod id_reader;
mod pin_entry;
mod printer;
mod scanner;

use std::fmt;
use std::string::String;
use std::vec::Vec;

pub use camera::{PlateCameraStimulus, plate_camera};
pub use card::{CardStimulus, card};
pub use feed::feed;
pub use fingerprint::{FingerprintStimulus, fingerprint, imaging, template_transfer};
pub use id_reader::{IdReaderStimulus, id_reader};
pub use pin_entry::{PinEntryStimulus, pin_entry};
pub use printer::{PrinterStimulus, printer};
pub use scanner::{ScannerStimulus, scanner};

/// What one check found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// The promise that was checked, as one sentence.
    pub promise: &'static str,
    /// What happened instead, if it was broken.
    pub broken: Option<String>,
}

/// The result of a suite.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// The checks, in the order they ran.
    pub checks: Vec<Check>,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records a check: `result` says what happened if the promise was broken.
    pub fn check(&mut self, promise: &'static str, result: Result<(), String>) {
        self.checks.push(Check { promise, broken: result.err() });
    }

    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.broken.is_some())
    }

    /// Whether checks ran and all promises held.
    #[must_use]
    pub fn passed(&self) -> bool {
        !self.checks.is_empty() && self.failures().next().is_none()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Check { promise, broken } in &self.checks {
            match broken {
                None => writeln!(f, "ok      {promise}")?,
                Some(what) => writeln!(f, "BROKEN  {promise}: {what}")?,
            }
        }
        Ok(())
    }
}
