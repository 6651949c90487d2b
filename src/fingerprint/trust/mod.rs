//! From what a sensor claims to an authentication that can be trusted.
//!
//! A driver reports that template 7 fits. What makes an authentication of it is
//! here: who says who he is, how often one may try, which sensor may say so, and
//! what may be done with it, how long and how often.
//!
//! ```
//! use embedded_pos::fingerprint::trust::{Claim, Enrolee, Gate, Nonce, Passage, Policy};
//! use embedded_pos::fingerprint::zfm::{Config, Password, R503};
//! use embedded_pos::fingerprint::Slot;
//! use embedded_pos::nb;
//! use embedded_pos::port::{Clock, Clocked, Duration};
//! use embedded_pos::sim::attempts::MemoryAttempts;
//! use embedded_pos::sim::fingerprint::R503Module;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! struct Officer(u32, [Slot; 1]);
//!
//! impl Enrolee for Officer {
//!     type Id = u32;
//!     fn id(&self) -> u32 {
//!         self.0
//!     }
//!     fn slots(&self) -> &[Slot] {
//!         &self.1
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A simulated module with a finger on it; the attempts are kept in flash.
//! let module = Simulated::new(R503Module::new());
//! module.device().store(3, "anna");
//! module.device().place("anna");
//! let mut clock = VirtualClock::new();
//! let port = module.port(clock.clone());
//! let sensor = Clocked::new(R503::new(port, Config::r503(Password::FACTORY)), clock.clone());
//! let attempts = MemoryAttempts::new();
//!
//! let roster = [Officer(12_345, [Slot(3)])];
//! let gate = Gate::new(Policy::STANDARD, &roster, sensor, attempts, clock.now())?;
//! let mut gate = gate.identified(); // this model says which module it is
//!
//! let session = Nonce::new(*b"session 00000017");
//! gate.begin(Claim::Is(12_345), session, clock.now())?;
//! let token = loop {
//!     match gate.poll(&mut clock, |event| println!("for the records: {event:?}")) {
//!         Ok(Passage::Passed(token)) => break token,
//!         Ok(other) => unreachable!("nobody asked for {other:?}"),
//!         Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
//!         Err(nb::Error::Other(error)) => return Err(error.into()),
//!     }
//! };
//! // For one deed of this session, now.
//! let now = clock.now();
//! let evidence = gate.redeem(token, &session, now)?;
//! assert_eq!(evidence.who, 12_345);
//! # Ok(())
//! # }
//! ```
//!
//! [`Authenticator`] is the machine, without I/O; [`Gate`] runs it over a sensor
//! and a store; so does, under the feature `async`, `AsyncGate`. The terminal's [`SignIn`](crate::terminal::SignIn) runs it over
//! records.
//!
//! # Attempts
//!
//! An attempt is one finger of one claim, compared with all templates of who is
//! claimed; it is counted as failed, and the count kept, *before* the first
//! comparison. What comes after decides what becomes of it:
//!
//! | what comes | the attempt |
//! | --- | --- |
//! | a match, and the second factor where there is one | all are forgiven, once that is kept |
//! | no match, a score too low, a wrong second factor, a fake, a print left behind | stays counted |
//! | a match, but the sensor may have been exchanged meanwhile | stays counted |
//! | the line, a time limit, the module failed: an answer may be lost | stays counted |
//! | a power cut, a drop, a person who leaves while an answer is due | stays counted |
//! | a poor capture: the sensor says that it compared nothing | goes on |
//! | the person leaves before the sensor is asked, or after a poor capture | is given back |
//!
//! So cutting line or power after each comparison gains nothing, and a line that
//! fails five times locks as well. Nobody can tell a sensor that still waits from
//! one whose answer is on its way: begin when a finger touches, by the module's
//! touch pin, rather than in order to wait for one.
//!
//! A model that looks twice (SFM, BM-Lite, F5, GT-511) may report a poor second
//! look as poor; it looks a second time only after a first match.
//!
//! By [`LockOut::STANDARD`], after five comes a lock-out of 30 s, doubling to an
//! hour: 35 attempts in an hour, 1 570 in 12.8 days. After a restart a lock-out
//! that ran runs anew. Once a person passed, counting starts again; so does the
//! doubling.
//!
//! # How often a stranger passes
//!
//! At a false acceptance rate *f* for one comparison, a stranger who has *A*
//! attempts at a person with *k* templates passes with a probability of about
//! *A · k · f*; who is searched among *N* templates, with *A · N · f*. With the
//! 1 in 100 000 that the makers of modules claim (nobody here measured it):
//!
//! | | an attempt | an hour, 35 | 12.8 days, 1 570 |
//! | --- | ---: | ---: | ---: |
//! | 1:1, one template | 0.001 % | 0.035 % | 1.6 % |
//! | 1:1, two templates | 0.002 % | 0.07 % | 3.1 % |
//! | 1:N, 200 templates | 0.2 % | 7 % | sure |
//!
//! Android's CDD asks for no more than 0.002 % and for 30 s after five false
//! trials of good captures (excerpts of the texts for Android 8 and 9). FIDO asks
//! that rate times attempts stay below 0.017 in the first 12.8 days (as quoted on
//! fido-dev; the requirement itself was not seen). One template at 0.001 % keeps
//! to that; two need half the rate, or half the attempts; a search among 200 needs
//! 1 in 20 million. So a search is off unless [`Policy::search`] allows it, wants
//! a score, and is best followed by a second factor.
//!
//! # The sensor
//!
//! Before each authentication the sensor says which one it is. Another than
//! [`Policy::sensor`] is refused, and one that cannot be told from others of its
//! model unless [`Policy::accept_alike`] says otherwise. A secret in its notepad
//! can be asked for too ([`Policy::proof`]). Whatever may have been an exchange,
//! a restart or a silence, ends an authentication under way, and voids its token.
//! A library without a template passes nobody.
//!
//! None of that resists somebody with a hand on the wire: identity, secret and
//! match cross it in the clear. Where that is to be feared, put a controller with
//! a key beside the sensor, inside its case.
//!
//! # The token
//!
//! [`Authenticated`] can be made by an authenticator alone and is used up by
//! [`redeem`](Authenticated::redeem): for the nonce that it was asked for, while
//! it is fresh, and as long as the sensor is the same without interruption.
//!
//! # Duress and fakes
//!
//! A fake ends in [`Denied::Fake`], a print left behind in [`Denied::Residue`],
//! for the records and whoever watches them. A finger under duress passes like any
//! other, and [`Evidence::duress`] says so; or it is denied like any other
//! ([`OnDuress::Deny`]). Let no screen, light or sound depend on it, and raise the
//! alarm elsewhere.
#![cfg_attr(
    feature = "sealed",
    doc = r#"
# Sealed templates

A template that leaves the sensor is sealed at once, in place:

```
use embedded_pos::fingerprint::trust::{Binding, OVERHEAD, SealKey, open, seal};
use embedded_pos::fingerprint::{SensorId, Slot};

let key = SealKey::new([7; 32]); // from the secure element
let binding = Binding {
    device: b"TJ000123",
    person: b"012345",
    slot: Slot(3),
    sensor: SensorId::new(b"serial 1", true),
};
let mut buffer = [0x5A; 512 + OVERHEAD]; // `TemplateTransfer::read_template`
let size = seal(&key, &binding, 1, &mut buffer, 512)?;
let template = open(&key, &binding, 1, &mut buffer[..size])?;
assert_eq!(template, [0x5A; 512]);
# Ok::<(), embedded_pos::fingerprint::trust::Refusal>(())
```

| offset | bytes | what |
| ---: | ---: | --- |
| 0 | 3 | `FPT` |
| 3 | 1 | version of the format, 1 |
| 4 | 4 | counter, little-endian |
| 8 | *n* | template, encrypted |
| 8 + *n* | 16 | tag |

AES-256-GCM-SIV (RFC 8452). Nonce: counter (4), slot (2, little-endian), six zero
bytes. Associated data: bytes 0 to 7; the device's name with a byte of length
before it; the person's in the same way; slot (2, little-endian); the sensor's
identity (32); 1 if that is unique, else 0.

This cipher because a board may have no good random numbers: it needs none. Should
a counter ever come twice, as after flash was put back, it shows whether two
templates are the same, where GCM or ChaCha20-Poly1305 would show both. The price
is 10 kB of flash for both directions, on thumbv7em at `opt-level = "s"`.

The counter grows with each sealing on the device and is kept where nobody can put
it back; the last for a slot is the `oldest` that [`open`] accepts. To move a
template to another sensor, open it for the old one and seal it for the new.
"#
)]

mod attempts;
mod authenticator;
mod denied;
mod gate;
mod policy;
mod reply;
#[cfg(feature = "sealed")]
mod sealed;
mod token;
mod trial;

pub use attempts::{AttemptStore, Attempts, LockOut};
pub use authenticator::{Authenticator, Step};
pub use denied::{Audit, Denied};
#[cfg(feature = "async")]
pub use gate::{AsyncGate, Introduction, Named, Nameless};
pub use gate::{Gate, GateError, Passage};
pub use policy::{Claim, Enrolee, OnDuress, Pin, Policy, Search};
pub use reply::{Comparison, OutOfOrder, Reply};
#[cfg(feature = "sealed")]
pub use sealed::{Binding, OVERHEAD, Refusal, SealKey, open, seal};
pub use token::{Authenticated, Evidence, Level, Method, Nonce, Presence, Void};
