//! `mockall` mocks of the class traits.
//!
//! A mock is for call expectations: *this method is called once, with that
//! argument*. For behaviour take a [simulator](crate::sim).

mod printer;

pub use printer::MockPrinter;
mod card;

pub use card::MockCardReader;
mod scanner;

pub use scanner::MockScanner;
mod fingerprint;

pub use fingerprint::MockFingerprintSensor;
mod terminal;

pub use terminal::{MockBackend, MockRecordSink};
mod camera;

pub use camera::MockPlateCamera;
