//! Scan engines of Zebra, Motorola and Symbol, and others that speak their
//! Simple Serial Interface (SSI), among them the Grow GM67.
//!
//! A line of 9 600 baud 8N1 from the factory, 3.3 V on the engines, with RTS and
//! CTS where they are wired. Host and engine (the *decoder*) send each other
//! packets with a check, and say of each whether it was understood.
//!
//! Built from the SE-923, SE955, DS457 and DS8108 guides as far as they were at
//! hand, and from what programs that talk to newer engines were seen to do; not
//! tried on an engine yet. What rests on less than a guide is marked here.
//!
//! # What init does
//!
//! [`Ssi::init`](super::reader::Reader::init) asks for the software's
//! [revision](Ssi::revision), then for the parameters below, writes those that
//! differ, and asks again; then it enables scanning.
//!
//! | parameter | becomes | because |
//! | --- | --- | --- |
//! | EE | 1 | codes come in packets; an engine without it is of no use here |
//! | EC | 0 | **setup codes off**: anybody can print one |
//! | 9F | 1 | packets are acknowledged |
//! | 8A | 8 | the host triggers |
//! | 2D, EB | 0 | nothing is put around the code |
//! | F0 4E | 0 | each packet of several is acknowledged |
//! | 88 | [`Config::session`] | how long a session looks for a code |
//!
//! Those that an engine has not are passed over. They are temporary, unless
//! [`Config::persist`]: so that an engine that lost power is not trusted, they
//! are looked at again at each start. The numbers but 8A, 9F and F0 4E are
//! remembered, not looked up; so are those of symbologies but Code 128.
//!
//! # What cannot be said
//!
//! There is no type here for management (80), with which firmware is loaded, for
//! overwriting the custom defaults (12), or for a change of the parameters on
//! which the line rests ([`Parameter::is_owned`]).
//!
//! # Packets
//!
//! ```text
//! length  opcode  source  status  data ...  check (2)
//! ```
//!
//! The length counts all but the check, 4 to 255. The check is the two's
//! complement of the sum, high byte first. Nothing marks the beginning of a
//! packet: one that is garbled is dropped with all that follows until the line is
//! quiet, and asked for again. So no packet that is printed in a code is ever
//! taken for one.
//!
//! | the engine sends | the host answers |
//! | --- | --- |
//! | what has a wrong check, or breaks off | `CMD_NAK` 1, resend |
//! | `DECODE_DATA`, `EVENT`, `PARAM_SEND`, `LOG_DATA`, 93 | `CMD_ACK` |
//! | `MULTIPACKET_SEGMENT` | `MULTIPACKET_ACK`; the last, `CMD_ACK` |
//! | `SCANNER_INIT` (91) | `HOST_ACK` (96) |
//! | `IMAGE_DATA`, `VIDEO_DATA`, `BATCH_DATA` | `CMD_NAK` 10, not wanted |
//! | a segment that does not follow, a code without a type | `CMD_NAK` 6, denied |
//! | an opcode that is not known | `CMD_NAK` 2; it is survived |
//! | `REPLY_REVISION`, `CAPABILITIES_REPLY`, `CMD_ACK`, `CMD_NAK` | nothing |
//!
//! That 93 and `PARAM_SEND` are acknowledged, and 96, is what other hosts do; the
//! guides say that replies are not. A packet that is marked as sent again
//! (status bit 0) and is the same as the last is acknowledged again and told
//! once, for three times [`Config::resend`].
//!
//! # Two layouts
//!
//! The guides have the type of a code and then the code. Newer engines put flags
//! and a length between them. Which it is is told by whether the length is right,
//! and remembered once a packet fits one layout only: any text does. A binary
//! code can fit both by chance ([`Layout::read`]). Newer engines mark what comes
//! unasked with status bit 5, so theirs is then sure. Without the mark, before
//! the layout is known, it is read as the newer layout and marked truncated. Set
//! [`Config::layout`] if the engine is known.
//!
//! # Long codes
//!
//! A code of more than some 250 bytes comes as packets with status bit 1, or as
//! segments with an index. Packets with the bit have no number. When one is
//! garbled it is told from the one before by its mark and by when it comes; what
//! is left of a code that was given up is refused, and said to be spoilt. Not
//! told is a part that is lost without a trace of it and is the same, byte for
//! byte, as the part before; nor one that the engine sends twice, whole and without
//! the mark: it is in the code twice.
//!
//! # Timing
//!
//! | what | how long | where from |
//! | --- | --- | --- |
//! | reply | 2 s, three times | parameter 155 and *Retries* |
//! | between the bytes of a packet | 100 ms | longer than USB adapters take |
//! | after a command that was not understood | 220 ms | parameter 239: the engine forgets half a packet after 200 ms (remembered) |
//! | a packet comes again | within 2.5 s | parameter 155, and some |
//! | after the byte that wakes | 15 ms | WAKEUP: 10 ms at least, 1 s at most |
//!
//! At 9 600 baud a command without data takes 30 ms, half of it to wake the
//! engine, and a start 80 ms. An engine that is not there costs 6.1 s.
//!
//! # Trying it
//!
//! ```
//! use embedded_pos::port::Clocked;
//! use embedded_pos::scan::{Indicators, Scanner, Signals};
//! use embedded_pos::scan::engine::ssi::{Config, Parameter, Ssi, Value};
//! use embedded_pos::sim::scanner::{SsiEngine, SsiLayout, SsiLong};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let engine = Simulated::new(SsiEngine::new(SsiLayout::Extended, SsiLong::Segments));
//! let mut clock = VirtualClock::new();
//! let mut driver: Ssi<_> = Ssi::new(engine.port(clock.clone()), Config::new());
//! driver.init().wait(&mut clock)?;
//! driver.set(Parameter::AZTEC, Value::Byte(1)).wait(&mut clock)?;
//!
//! let mut scanner = Clocked::new(driver, clock.clone());
//! scanner.start()?;
//! scanner.signal(Signals::AIM, true)?;
//! # Ok::<(), embedded_pos::port::CallError<_, _>>(())
//! ```

mod codes;
mod config;
mod decode;
mod driver;
mod fault;
mod order;
mod packet;
mod parameter;
mod protocol;
mod replies;
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
