//! `mockall` mocks of the class traits.
//!
//! A mock is for call expectations: *this method is called once, with that
//! argument*. For behaviour take a [simulator](crate::sim).

mod camera;
mod card;
mod fingerprint;
mod id_reader;
mod pin_entry;
mod printer;
mod scanner;
mod terminal;

pub use camera::MockPlateCamera;
pub use card::MockCardReader;
pub use fingerprint::MockFingerprintSensor;
pub use id_reader::MockIdReader;
pub use pin_entry::MockPinEntry;
pub use printer::MockPrinter;
pub use scanner::MockScanner;
pub use terminal::{MockBackend, MockRecordSink};
