//! SSI.
mod config;
mod decode;
mod driver;
mod fault;
mod order;
mod packet;
mod parameter;
mod protocol;
mod reply;
mod script;
mod settle;

pub use config::Config;
pub use decode::{Decoded, Layout};
pub use driver::Ssi;
pub use fault::Fault;
pub use order::{Command, Reply};
pub use packet::{Cause, Malformed, Opcode, Packet, Source, Status};
pub use parameter::{Held, Parameter, Settings, Value};
pub use protocol::Protocol;
pub use reply::{Capabilities, Event, Revision};
pub use script::{Inquiry, Work};
