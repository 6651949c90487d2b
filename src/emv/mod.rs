//! EMV: TLV, data elements, and the contact payment flow.
//!
//! [`Transaction`] is one payment with one card, from the selection of the
//! application to the card's last word. It does no I/O and reads no clock: it
//! says what to do next, and is resumed with what happened. So the same code
//! runs in a super-loop, under an executor, and in a test without a card.
//!
//! # A payment
//!
//! | step | to do | resume with |
//! | --- | --- | --- |
//! | [`Step::Transmit`] | send the command to the card | [`response`](Transaction::response), [`card_removed`](Transaction::card_removed) |
//! | [`Step::Choose`] | have the cardholder choose an application | [`choose`](Transaction::choose), [`cancel`](Transaction::cancel) |
//! | [`Step::GoOnline`] | ask the issuer | [`online`](Transaction::online), [`unable_to_go_online`](Transaction::unable_to_go_online) |
//! | [`Step::Done`] | look at the [`Outcome`] | |
//!
//! Here against a simulated card and its issuer; on a terminal, `card` is a
//! [`CardReader`](crate::card::CardReader), and the issuer is behind the
//! acquirer's host. (The example needs the feature `sim`.)
//!
//! ```
//! # #[cfg(feature = "sim")] {
//! use embedded_pos::civil::{CivilTime, Date};
//! use embedded_pos::emv::{
//!     Amount, FIELD_55, OnlineResponse, Payment, Step, Store, Terminal, Transaction, Verdict,
//! };
//! use embedded_pos::sim::card::{Application, EmvApplet, Personalisation};
//! use embedded_pos::sim::issuer::Issuer;
//!
//! const TERMINAL: Terminal = Terminal { terminal_id: *b"TJ000042", ..Terminal::CHINA };
//! let issuer = Issuer::default();
//! let mut card = EmvApplet::new(Personalisation::default(), &issuer);
//!
//! // 200.00 yuan. The number comes from the terminal's random number generator.
//! let amount = Amount::from_minor(200_00).unwrap();
//! let now = CivilTime::new(Date::new(2025, 3, 1).unwrap(), 10, 15, 30).unwrap();
//! let payment = Payment::yuan(amount, now, 1, [0xB8, 0x1C, 0xCF, 0x08]);
//!
//! let mut memory = [0; Store::ROOM];
//! let mut transaction = Transaction::new(&TERMINAL, payment, &mut memory);
//! let outcome = loop {
//!     match transaction.step() {
//!         Step::Transmit(command) => {
//!             let response = card.process(command);
//!             transaction.response(&response);
//!         }
//!         Step::Choose(_candidates) => transaction.choose(0),
//!         Step::GoOnline(request) => {
//!             // Write the payment down before it is sent; here it is only sent.
//!             let mut field_55 = [0; 255];
//!             let length = request.field_55(FIELD_55, &mut field_55).unwrap();
//!             let pan = request.pan().unwrap();
//!             let answer = issuer.authorise(pan.expose(), 1, &field_55[..length]);
//!             let mut response = match answer.approved {
//!                 true => OnlineResponse::approved(answer.arc),
//!                 false => OnlineResponse::declined(answer.arc),
//!             };
//!             // Whatever field 55 holds, the card must hear what the issuer said.
//!             if let Err(fault) = response.field_55(&answer.field_55) {
//!                 eprintln!("field 55 of the response: {fault}");
//!             }
//!             transaction.online(&response);
//!         }
//!         Step::Done(outcome) => break outcome,
//!     }
//! };
//! assert_eq!(outcome.result, Verdict::Approved);
//! assert!(!outcome.reversal_due);
//! assert_eq!(transaction.pan().unwrap().masked().to_string(), "620000******0005");
//! # }
//! ```
//!
//! # What it does
//!
//! 1. **Selection** ([`Selection`]; EMV Book 1, 12): the directory
//!    `1PAY.SYS.DDF01`, and where there is none or it has nothing of use, the
//!    terminal's [applications](Terminal::applications) one after the other,
//!    with partial names. Candidates come in the card's order; an application
//!    that is blocked or unwilling gives way to the next.
//! 2. **GET PROCESSING OPTIONS and READ RECORD** (Book 3, 10.1 and 10.2): the
//!    PDOL is answered, both layouts are understood, the file locator is
//!    checked, the records are read. What every card must have must be there,
//!    and no primitive twice. Both CDOLs must be answerable before anybody is
//!    asked.
//! 3. **The first GENERATE AC** asks for an ARQC. A card may decline (AAC). A
//!    TC, which it must not give here, is a fault.
//! 4. **Online** (Book 3, 10.9): [`OnlineRequest`] has field 55, card number
//!    and track 2. The answer brings the Authorisation Response Code and the
//!    issuer's authentication data, which go to the card by EXTERNAL
//!    AUTHENTICATE where its profile asks for it, and else in the second
//!    GENERATE AC.
//! 5. **The second GENERATE AC** asks for a TC if the issuer approved, and for
//!    an AAC if not or if it could not be reached.
//! 6. **The outcome** says whether a [reversal](Outcome::reversal_due) is due:
//!    the issuer approved, and the card then refused, broke the protocol, or
//!    was pulled.
//!
//! # What it does not do
//!
//! Offline data authentication, cardholder verification, processing
//! restrictions, terminal risk management, terminal action analysis and issuer
//! scripts. Nothing pretends to it: in the [`Tvr`] "offline data
//! authentication was not performed" is set, the CVM results say `3F0000`, "no
//! CVM performed" (Book 4, 6.3.4.5), the [`Tsi`] has neither bit, and
//! [`Terminal::CHINA`] claims no such capability. Every payment is authorised
//! online, and one that cannot be is declined: the issuer's host decides on
//! expiry, limits and PIN. A card that asks for a TC hash (`98`) is refused
//! with a fault, for zeros in its place would be a lie.
//!
//! # What a card can and cannot do
//!
//! A card's answers are never trusted. They cannot make it panic, or go on for
//! ever, or overflow: memory is the caller's, of a fixed size, and
//! [`Fault::Full`] says when it is too small. They cannot change what is for
//! the terminal or the issuer to say (the amount, the date, the results):
//! such elements are passed over in whatever record they stand. And what
//! a card is wrong about is named, with the element and the byte it stands at.
//!
//! The card number is a [`Pan`], track 2 a [`Track2`]: they do not show in
//! `Debug`, and are zeroised, as is the memory of the store.
//!
//! # Bytes
//!
//! [`tlv`] reads and writes BER-TLV, [`Dol`] answers data object lists,
//! [`Afl`] goes over a file locator: each on its own as well.
//!
//! # When it does not work
//!
//! | symptom | likely cause |
//! | --- | --- |
//! | [`Fault::Transport`] with `61xx` or `6Cxx` | the reader passes on what T=0 has to deal with; use its APDU mode, or GET RESPONSE and repeat with the right length below this |
//! | [`Fault::NoApplication`] with a good card | its identifier is not in [`Terminal::applications`]: look at the directory with `inspect tlv` |
//! | refused with `6985` at GET PROCESSING OPTIONS | country or currency of the [`Terminal`] is not one the card accepts |
//! | [`Decline::CardAfterIssuer`], reason 3 | the issuer's authentication data did not reach the card as the issuer sent them: field 55 of the response, tag `91` |
//! | [`Fault::Twice`] | the card is wrongly personalised; EMV wants it refused |

mod action;
mod afl;
mod amount;
mod bits;
mod check;
mod command;
pub mod cvm;
mod dol;
mod fault;
mod load;
pub mod oda;
mod pan;
mod profile;
mod restrictions;
mod risk;
pub mod rules;
mod script;
mod select;
mod store;
mod template;
mod track2;
mod transaction;
mod why;

pub use crate::tlv::{self, Tag};
pub use afl::{Afl, AflFault, Record};
pub use amount::{Amount, Currency};
pub use bits::{Aip, Capabilities, Cid, Cryptogram, Tsi, Tvr, UsageControl};
pub use check::{ApplicationFault, ConfigFault};
pub use command::Instruction;
pub use dol::{Dol, DolFault, Entries, Entry};
pub use fault::Fault;
pub use load::{ApplicationParameters, ContactlessLimits, LoadFault};
pub use pan::{Masked, Pan};
pub use profile::{ActionCodes, Application, Limits, Payment, Terminal, aid};
pub use risk::Assessment;
pub use script::{Script, ScriptFault, ScriptOutcome, ScriptResults};
pub use select::{Candidate, SelectStep, Selection};
pub use store::Store;
pub use track2::{Expiry, Track2};
pub use transaction::{
    Decline, FIELD_55, OnlineRequest, OnlineResponse, Outcome, ResponseFault, Step, Transaction,
    Verdict,
};
pub use why::{Findings, Rule};
