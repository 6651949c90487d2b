//! Drivers for plate cameras, by vendor protocol.

pub mod vzenith;
