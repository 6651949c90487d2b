//! trust
mod attempts;
mod authenticator;
mod denied;
mod gate;
mod policy;
#[cfg(feature = "sealed")]
mod sealed;
mod token;

pub use attempts::{AttemptStore, Attempts, LockOut};
pub use authenticator::{Authenticator, Comparison, OutOfOrder, Reply, Step};
pub use denied::{Audit, Denied};
pub use gate::{Gate, GateError, Passage};
pub use policy::{Claim, Enrolee, OnDuress, Pin, Policy, Search};
#[cfg(feature = "sealed")]
pub use sealed::{Binding, OVERHEAD, Refusal, SealKey, open, seal};
pub use token::{Authenticated, Evidence, Level, Method, Nonce, Presence, Void};
