//! Ports around a port: to watch it, to break it, to record and replay it.
//!
//! Each wraps any [`Port`](super::Port), is one itself, and gives the inner
//! port back with `release`. They can be stacked.

mod fault;
mod record;
mod tracer;

pub use fault::{FaultInjector, FaultPlan, Faults};
pub use record::{Direction, RecordError, Recorder, ReplayError, Replayer};
pub use tracer::{HexTrace, Trace, Tracer};
