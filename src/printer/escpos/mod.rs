//! ESC/POS.

mod command;
mod encoder;
mod flow;
mod job;
mod profile;
mod raster;
mod refusal;
mod symbol;
mod work;

pub use encoder::{Encoder, Slice};
pub use flow::{BusyPin, Flow, Gate, Timed, Unpaced};
pub use job::Job;
pub use profile::{Cutter, Profile, Proof, Timing};
pub use refusal::Refusal;
pub use work::{Load, Work};
