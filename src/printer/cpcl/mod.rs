mod chunk;
mod command;
mod encoder;
mod inquiry;
mod line;
mod profile;
mod symbol;

pub use super::engine::{Ask, Driver, Finish, Init};
pub use encoder::{Encoder, Job};
pub use inquiry::Inquiry;
pub use profile::Profile;

/// A printer that speaks CPCL.
pub type Cpcl<P, F> = Driver<P, F, Encoder>;

impl<P, F> Cpcl<P, F> {
    /// A driver for the printer behind `port`. No I/O.
    pub const fn new(port: P, flow: F, profile: &'static Profile) -> Self {
        Self::with(port, flow, Encoder::new(profile))
    }
}
