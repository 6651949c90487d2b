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
//! | [`Step::EnterPin`] | have the cardholder enter a PIN | [`pin`](Transaction::pin), [`online_pin`](Transaction::online_pin), [`pin_bypassed`](Transaction::pin_bypassed), [`pin_pad_failed`](Transaction::pin_pad_failed), [`cancel`](Transaction::cancel) |
//! | [`Step::Verify`] | send the command with the PIN to the card | as after `Transmit` |
//! | [`Step::Assess`] | look at the terminal's own lists | [`assessed`](Transaction::assessed) |
//! | [`Step::GoOnline`] | ask the issuer | [`online`](Transaction::online), [`unable_to_go_online`](Transaction::unable_to_go_online) |
//! | [`Step::Done`] | look at the [`Outcome`] | |
//!
//! Which of them come is up to card and [`Terminal`]: one without PIN
//! capabilities is never told to have a PIN entered, one without
//! [lists](Terminal::assessment) never asked about them.
//!
//! Here against a simulated card and its issuer; on a terminal, `reader` is a
//! driver of [`card`](crate::card), and the issuer is behind the acquirer's
//! host. (The example needs the feature `sim`.)
//!
//! ```
//! # #[cfg(feature = "sim")] {
//! use embedded_pos::card::reader::serial_ccid::{Config, SerialCcid};
//! use embedded_pos::card::{Atr, CardReader, Response};
//! use embedded_pos::civil::{CivilTime, Date};
//! use embedded_pos::emv::cvm::{Entered, Pin, PinEntry};
//! use embedded_pos::emv::{
//!     Amount, Approval, Assessment, Capabilities, FIELD_55, OnlineResponse, Payment, Step, Store,
//!     Terminal, Transaction, Verdict,
//! };
//! use embedded_pos::nb;
//! use embedded_pos::port::Clocked;
//! use embedded_pos::sim::card::{CardApplication, CcidReader, EmvApplet, Personalisation, T1Card};
//! use embedded_pos::sim::issuer::Issuer;
//! use embedded_pos::sim::pin_pad::SimPinPad;
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! // One that can go offline, with a PIN pad.
//! const TERMINAL: Terminal = Terminal {
//!     kind: 0x22,
//!     capabilities: Capabilities::from_bytes([0xE0, 0xF8, 0xC8]),
//!     terminal_id: *b"TJ000042",
//!     ..Terminal::CHINA
//! };
//! // The card wants its PIN to be verified: CVM list with "plaintext PIN, always".
//! let issuer = Issuer::default();
//! let list = [0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0x00];
//! let application = CardApplication::new(1, "UnionPay Debit", 1).with(0x8E, &list);
//! let personal = Personalisation::of(application).with_pin("1234");
//! let device = Simulated::new(CcidReader::new());
//! device.device().insert(T1Card::new(EmvApplet::new(personal, &issuer)));
//! let clock = VirtualClock::new();
//! let port = device.port(clock.clone());
//! let mut reader = Clocked::new(SerialCcid::new(port, Config::DEFAULT), clock);
//! reader.activate(&mut [0; Atr::MAX]).unwrap();
//! let mut pad = SimPinPad::new();
//! pad.types("1234");
//!
//! // 200.00 yuan. The number comes from the terminal's random number generator.
//! let amount = Amount::from_minor(200_00).unwrap();
//! let now = CivilTime::new(Date::new(2025, 3, 1).unwrap(), 10, 15, 30).unwrap();
//! let payment = Payment::yuan(amount, now, 1, [0xB8, 0x1C, 0xCF, 0x08]);
//! let random = |bytes: &mut [u8]| bytes.fill(0x5A);
//!
//! let mut memory = [0; Store::ROOM];
//! let mut transaction = Transaction::new(&TERMINAL, payment, &mut memory);
//! let mut answer = [0; Response::MAX];
//! let outcome = loop {
//!     let sent = match transaction.step() {
//!         Step::Transmit(command) => reader.transmit(command, &mut answer),
//!         Step::Verify(command) => command.transmit(&mut reader, &mut answer),
//!         Step::Choose(_candidates) => {
//!             transaction.choose(0);
//!             continue;
//!         }
//!         Step::EnterPin(request) if request.is_online() => {
//!             match nb::block!(pad.poll_online(&request)) {
//!                 Ok(Entered::Given(block)) => transaction.online_pin(block),
//!                 Ok(Entered::Bypassed) => transaction.pin_bypassed(),
//!                 Ok(_) => transaction.cancel(),
//!                 Err(_) => transaction.pin_pad_failed(),
//!             }
//!             continue;
//!         }
//!         Step::EnterPin(request) => {
//!             let mut pin = Pin::new();
//!             match nb::block!(pad.poll_offline(&request, &mut pin)) {
//!                 // What is no PIN is asked for again.
//!                 Ok(Entered::Given(())) => drop(transaction.pin(&pin, random)),
//!                 Ok(Entered::Bypassed) => transaction.pin_bypassed(),
//!                 Ok(_) => transaction.cancel(),
//!                 Err(_) => transaction.pin_pad_failed(),
//!             }
//!             continue;
//!         }
//!         Step::Assess(_question) => {
//!             transaction.assessed(&Assessment::default());
//!             continue;
//!         }
//!         Step::GoOnline(request) => {
//!             // Write the payment down before it is sent; here it is only sent.
//!             let mut field_55 = [0; 255];
//!             let length = request.field_55(FIELD_55, &mut field_55).unwrap();
//!             let pan = request.pan().unwrap();
//!             let told = issuer.authorise(pan.expose(), 1, &field_55[..length]);
//!             let mut response = match told.approved {
//!                 true => OnlineResponse::approved(told.arc),
//!                 false => OnlineResponse::declined(told.arc),
//!             };
//!             // Whatever field 55 holds, the card must hear what the issuer said.
//!             if let Err(fault) = response.field_55(&told.field_55) {
//!                 eprintln!("field 55 of the response: {fault}");
//!             }
//!             transaction.online(&response);
//!             continue;
//!         }
//!         Step::Done(outcome) => break outcome,
//!     };
//!     match sent {
//!         Ok(length) => transaction.response(&answer[..length]),
//!         // Whether the card acted is not known: it is gone.
//!         Err(_) => transaction.card_removed(),
//!     }
//! };
//! assert_eq!(outcome.result, Verdict::Approved(Approval::Online));
//! assert!(!outcome.reversal_due);
//! assert_eq!(transaction.pan().unwrap().masked().to_string(), "620000******0005");
//! // Why it went online, and why each bit of the results is set.
//! let why: Vec<_> = transaction.why().map(|rule| rule.to_string()).collect();
//! assert!(why.contains(&"cardholder verification was performed".to_owned()));
//! # }
//! ```
//!
//! # What it does
//!
//! 1. **Selection** ([`Selection`]; EMV Book 1, 12): the directory
//!    `1PAY.SYS.DDF01`, and where there is none or it has nothing of use, the
//!    terminal's [applications](Terminal::applications) one after the other,
//!    with partial names. Candidates come in the card's order; an application
//!    that is blocked or unwilling gives way to the next. The cardholder's
//!    [languages](Transaction::languages) are known from here on.
//! 2. **GET PROCESSING OPTIONS and READ RECORD** (Book 3, 10.1 and 10.2): the
//!    PDOL is answered, both layouts are understood, the file locator is
//!    checked, the records are read. What every card must have must be there,
//!    and no primitive twice. Both CDOLs must be answerable before anybody is
//!    asked.
//! 3. **Offline data authentication** ([`oda`]; Book 2, 5 and 6; Book 3, 10.3):
//!    the strongest method that both sides have. CDA is asked for with every TC
//!    and ARQC, in both GENERATE ACs; if the signature of a cryptogram is wrong,
//!    a TC pays nothing, and after an ARQC the card is asked for an AAC at once.
//! 4. **Processing restrictions** ([`rules::restrictions`]; Book 3, 10.4).
//! 5. **Cardholder verification** ([`cvm`]; Book 3, 10.5): PIN Try Counter, PIN
//!    in the clear or enciphered to the card, PIN to the issuer, signature. Where
//!    a PIN goes enciphered, key and number of the card are had before it is
//!    asked for, so that it need not wait in memory.
//! 6. **Terminal risk management** ([`rules`]; Book 3, 10.6): the terminal's
//!    lists, floor limit, selection at random, the card's counters.
//! 7. **Terminal action analysis** ([`rules::first_action`]; Book 3, 10.7) and
//!    **the first GENERATE AC** for a TC, an ARQC or an AAC, with the TC hash
//!    where the card wants it. The card may answer with less.
//! 8. **Online** (Book 3, 10.9): [`OnlineRequest`] has field 55, card number,
//!    track 2 and PIN block. The answer brings the Authorisation Response Code
//!    and the issuer's authentication data, which go to the card by EXTERNAL
//!    AUTHENTICATE where its profile asks for it, and else in the second
//!    GENERATE AC. If the issuer cannot be reached, the default action codes
//!    decide (`Y3`, `Z3`).
//! 9. **Issuer scripts** ([`Script`]; Book 3, 10.10): `71` before the second
//!    GENERATE AC, `72` after it, whatever was decided; their results are in
//!    `9F5B`. A field 55 for the host is made of [`CONFIRMATION`].
//! 10. **The second GENERATE AC** asks for a TC if the issuer approved, and for
//!     an AAC if not.
//! 11. **The outcome** says who approved or declined, and whether a
//!     [reversal](Outcome::reversal_due) is due: the issuer approved, and the
//!     card then refused, broke the protocol, signed wrongly, or was pulled.
//!
//! Every bit of [`Tvr`] and [`Tsi`] was set by a [`Rule`] that names its clause:
//! see [`why`](Transaction::why), and for data authentication
//! [`fault_of_authentication`](Transaction::fault_of_authentication).
//!
//! # What it does not do
//!
//! Contactless payments, which have kernels of their own; the elliptic curves
//! of EMV's XDA. Referrals by the card are refused, as EMV has dropped them. A
//! terminal that leaves something out says so in its
//! [capabilities](Terminal::capabilities), as [`Terminal::CHINA`] does, and the
//! results tell: without offline data authentication, "not performed" is set.
//!
//! # What it takes
//!
//! The memory of the store, [`Store::ROOM`] bytes, and some 1.3 KB for a
//! [`Transaction`] on a 32-bit machine; no allocation. The number of commands to
//! the card is [bounded](Transaction::most_commands).
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
//! | [`Decline::Terminal`] and [`Decline::NotOnline`] | a bit of the [`Tvr`] is one of the action codes: [`why`](Transaction::why) says which rule set it |
//! | data authentication fails for every card of a scheme | the key of its authority is missing or has expired: [`fault_of_authentication`](Transaction::fault_of_authentication) |

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
    Approval, CONFIRMATION, Decline, FIELD_55, OnlineRequest, OnlineResponse, Outcome, Question,
    ResponseFault, Step, Transaction, Verdict,
};
pub use why::{Findings, Rule};
