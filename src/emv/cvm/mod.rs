//! Cardholder verification (EMV Book 3, 10.5; Book 4, 6.3.4).
//!
//! The card has a [list](CvmList) of what its issuer wants: a PIN, a signature,
//! nothing, each in which case and what then if it was not successful.
//! [`Verification`] walks over it. It does no I/O: it says which PIN is wanted,
//! is told what came of it, and ends with the CVM Results `9F34`. Each bit of the
//! [`Tvr`](super::Tvr) that it sets has a [rule](super::Rule) behind it.
//!
//! ```
//! use embedded_pos::civil::{CivilTime, Date};
//! use embedded_pos::emv::cvm::{CvmNext, Performed, Verification};
//! use embedded_pos::emv::{Amount, Findings, Payment, Store, Tag, Terminal, Tvr};
//!
//! // A terminal with a PIN pad, for the card and for the issuer.
//! let capabilities = embedded_pos::emv::Capabilities::from_bytes([0xE0, 0xF8, 0xC8]);
//! let terminal = Terminal { capabilities, ..Terminal::CHINA };
//! # let now = CivilTime::new(Date::new(2025, 3, 1).unwrap(), 10, 15, 30).unwrap();
//! # let amount = Amount::from_minor(200_00).unwrap();
//! let payment = Payment::yuan(amount, now, 1, [0xB8, 0x1C, 0xCF, 0x08]);
//!
//! // What the card said: it has a CVM list, and it is: a PIN in the clear to the
//! // card; if that is not successful, a PIN for the issuer.
//! let mut memory = [0; 256];
//! let mut store = Store::new(&mut memory);
//! store.set(Tag::AIP, &[0x10, 0x00])?;
//! store.set(Tag::CVM_LIST, &[0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0x03, 0x02, 0x03])?;
//!
//! let mut findings = Findings::new();
//! let (mut walk, next) = Verification::begin(&store, &terminal, &payment, &mut findings)?;
//! assert_eq!(next, CvmNext::OfflinePin { enciphered: false });
//! let next = walk.went(&store, &terminal, &payment, Performed::TryLimitExceeded, &mut findings);
//! assert_eq!(next, CvmNext::OnlinePin);
//! let next = walk.went(&store, &terminal, &payment, Performed::OnlineEntered, &mut findings);
//! assert_eq!(next, CvmNext::Done([0x02, 0x03, 0x00]));
//! assert_eq!(findings.tvr(), Tvr::PIN_TRY_LIMIT | Tvr::ONLINE_PIN);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it does where the books leave it open
//!
//! - *Under* and *over* an amount are meant: an amount that is X is neither.
//! - Cash is Transaction Type `01` and `17`, cashback is `09` or an Amount, Other.
//!   Somebody attends to a terminal of type x1 to x3.
//! - A PIN that was [bypassed](Performed::Bypassed) is for the rest of the
//!   payment, as Book 4, 6.3.4.3, lets a terminal have it. So is a PIN pad that
//!   does not work. Both count as a CVM that was performed and failed: the
//!   results name it.
//! - A method with b8 set, which is reserved, is the method without.
//! - The biometric methods of EMV 4.4 (`06` to `0D`) are not known: their bit is
//!   "unrecognised CVM".
//!
//! # PINs
//!
//! A PIN that the card verifies comes as a [`Pin`], which takes digits and gives
//! none back, and leaves as a [`SecretCommand`], which can be sent and nothing
//! else. A PIN that the issuer verifies comes as a [`PinBlock`], enciphered, from
//! a PIN pad with keys or by [`PinBlock::iso0`] and [`PinBlock::iso4`] from a
//! key of this processor. [`PinEntry`] is any PIN pad. What the caller hands in
//! (a cipher, a card reader, a random number generator) is trusted: a cipher sees
//! what it enciphers.
//!
//! # When it does not work
//!
//! | symptom | likely cause |
//! | --- | --- |
//! | results `3F0001` | no rule counted: look at the list with `inspect cvm-list`, at [`Terminal::capabilities`](super::Terminal::capabilities) and at the Application Currency Code `9F42` |
//! | "PIN pad not present" is set, and there is one | the list asks for a kind of PIN that the capabilities do not have |
//! | the host cannot read a PIN block of format 0 | it takes another card number: the last twelve digits before the check digit, from `5A` |

mod block;
mod choice;
mod circumstances;
mod entry;
mod list;
mod pin;
mod secret;

pub use block::{KeySerial, PinBlock, PinFormat};
pub use choice::{CvmNext, Performed, Verification};
#[cfg(feature = "async")]
pub use entry::AsyncPinEntry;
pub use entry::{Entered, PinEntry, PinRequest};
pub use list::{CvmCondition, CvmFault, CvmList, CvmMethod, CvmRule};
pub use pin::{Pin, PinFault};
pub use secret::SecretCommand;
pub(crate) use secret::Verified;
