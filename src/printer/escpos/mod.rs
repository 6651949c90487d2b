//! ESC/POS.

mod ask;
mod command;
mod driver;
mod encoder;
mod fault;
mod finish;
mod flow;
mod init;
mod job;
mod link;
mod print;
mod profile;
mod raster;
mod refusal;
mod symbol;
mod work;

pub use ask::Ask;
pub use driver::EscPos;
pub use encoder::{Encoder, Slice};
pub use fault::Fault;
pub use finish::Finish;
pub use flow::{BusyPin, Flow, Gate, Timed, Unpaced};
pub use init::Init;
pub use job::Job;
pub use link::Link;
pub use print::Print;
pub use profile::{Cutter, Profile, Proof, Timing};
pub use refusal::Refusal;
pub use work::{Load, Work};
