//! The violation terminal: an officer signs in, identifies a vehicle or a
//! driver, looks up what is unpaid, issues a penalty, takes the fine, prints the
//! papers, and every record reaches the archive.
//!
//! # How it is built
//!
//! Nothing here does I/O, reads a clock or allocates. Each part is a machine
//! that says what it wants next and is resumed with what came of it:
//!
//! | machine | asks for | ends with |
//! | --- | --- | --- |
//! | [`SignIn`] | the sensor's identity, a finger, a second factor | a [`Session`], or an [`Authorisation`] |
//! | [`Case`] | identification, queries, a choice, the officer's finger anew, a payment, papers, a signature, an upload | an [`Outcome`] |
//! | [`payment::Payment`] | messages to the acquirer | [`payment::Outcome`] |
//!
//! A case drives its payment itself; after a restart, payments without an end
//! are found by [`payment::Replay`] and driven alone.
//!
//! Between asking and going on, every machine wants a record kept: it says
//! `Append`, the program appends the entry to its [`RecordSink`] and returns the
//! proof. There is no other way on, so what happened is durable before the
//! next thing happens: the number before the paper, the intent before the
//! charge, the attempt before the comparison.
//!
//! # What the program brings
//!
//! - the devices: a [`FingerprintSensor`](crate::fingerprint::FingerprintSensor),
//!   a [`Printer`](crate::printer::Printer), what reads plates, licences, cards
//!   and codes;
//! - a [`RecordSink`] (a [`RecordStore`] for what follows a restart), and a
//!   [`Backend`], which is a [`Platform`] (the traffic police) and an
//!   [`Acquirer`] (the money);
//! - data: the roster of [`Officer`]s and what it takes to sign in
//!   ([`Policy`](crate::fingerprint::trust::Policy)), a [`PenaltyTable`], the
//!   templates of the papers ([`papers`] has some to start from), the
//!   [`payment::Timing`];
//! - the time, as a [`Moment`]: one clock to wait by, one to write down.
//!
//! # After every start
//!
//! Replay the records once, before anything else:
//!
//! ```
//! use embedded_pos::sim::records::MemorySink;
//! use embedded_pos::terminal::payment::Replay;
//! use embedded_pos::terminal::{DecisionNumber, Failures, NumberBlock, RecordStore};
//!
//! # let mut store = MemorySink::new();
//! let mut block = NumberBlock::new(DecisionNumber::new("1201011500000001")?, 100);
//! let (mut failures, mut payments, mut last_case) = (Failures::default(), Replay::<4>::new(), 0);
//! store.replay(&mut |_, record| {
//!     failures.record(record); // for `SignIn::new`
//!     payments.record(record); // drive each to its end before the next payment
//!     record.event.number().into_iter().for_each(|number| block.used(number));
//!     last_case = record.case.max(last_case); // the next case is one more
//! })?;
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! A fine whose case was cut off is taken in a new case: [`Choice::Settle`] reads
//! the [history](payment::History) of its decision, so a payment that was made
//! is found and its receipts are printed; nothing is charged twice.
//!
//! # A whole case
//!
//! The loop is the program's own: it knows the devices. Here the officer, the
//! driver and the printer are scripted and the hosts are
//! [simulated](crate::sim::backend).
//!
//! ```
//! use embedded_pos::fingerprint::trust::{Claim, Comparison, Policy, Presence, Reply};
//! use embedded_pos::fingerprint::{Match, SensorId, Slot};
//! use embedded_pos::port::Instant;
//! use embedded_pos::scan::plate::{Hpzl, Plate};
//! use embedded_pos::sim::{backend::Backend, records::MemorySink};
//! use embedded_pos::terminal::payment::{ChipCard, History, Means, Method, Secret, Timing};
//! use embedded_pos::terminal::*;
//!
//! let mut hosts = Backend::new();
//! let mut records = MemorySink::new();
//! let today = Date::new(2026, 3, 2)?;
//! let mut now = Moment { at: Instant::ZERO, civil: CivilTime::new(today, 8, 5, 0)? };
//!
//! // The officer signs in.
//! let officer = Officer {
//!     id: Text::new("010101")?,
//!     name: "李警官",
//!     slots: &[Slot(1)],
//!     role: Role::Officer,
//!     second: None,
//! };
//! let roster = [officer];
//! let policy = Policy { accept_alike: true, ..Policy::STANDARD };
//! let claim = Claim::Is(officer.id);
//! let mut sign_in = SignIn::new(&roster, policy, claim, Failures::default(), 1, now);
//! let session = loop {
//!     match sign_in.step(now) {
//!         SignInStep::Append(entry) => {
//!             let kept = entry.append(&mut records)?;
//!             sign_in.appended(&kept)?;
//!         }
//!         SignInStep::Sensor => {
//!             // `Identified`, and `FingerprintSensor::library`
//!             let id = SensorId::new(b"R503", false);
//!             sign_in.sensor(Ok(Presence { id, interruptions: 0, stored: 1 }))?;
//!         }
//!         SignInStep::Finger(Comparison::Verify(slot)) => {
//!             // `FingerprintSensor::poll_verify`
//!             sign_in.finger(Reply::Match(Match { slot, score: 90 }), 0, now)?;
//!         }
//!         SignInStep::Done(session) => break session,
//!         other => panic!("{other:?}"),
//!     }
//! };
//!
//! // What all cases have in common.
//! let parking = Penalty {
//!     behaviour: "1039",
//!     text: "违反规定停放车辆",
//!     forbidden_by: "《道路交通安全法》第五十六条第一款",
//!     punished_by: "《道路交通安全法》第九十三条第二款",
//!     points: 0,
//!     fine: Fen::yuan(200),
//! };
//! let from = Date::new(2022, 4, 1)?;
//! let penalties = [parking];
//! let rules = Rules {
//!     terminal: TerminalId::new("TJ000123")?,
//!     authority: "和平支队",
//!     table: PenaltyTable { version: 7, from, until: None, limit: Fen::yuan(200), penalties: &penalties },
//!     authorise: false,
//!     timing: Timing::PUBLISHED,
//!     terms: &[],
//! };
//! let mut numbers = hosts.numbers(Series::Decision)?;
//!
//! // The case.
//! let mut case = Case::new(&rules, session, 2)?;
//! let mut list = [None; 16];
//! let mut papers = 0;
//! let outcome = loop {
//!     match case.step(now) {
//!         Step::Append(entry) => {
//!             let kept = entry.append(&mut records)?;
//!             case.appended(kept, now)?;
//!         }
//!         Step::Identify => {
//!             let plate = Plate::parse("津A12345")?; // or `PlateCamera`
//!             let vehicle = Some((Vehicle::new(&plate, Hpzl::SMALL)?, Source::Camera));
//!             case.identified(Subject { vehicle, driver: None }, now)?;
//!         }
//!         Step::Query(query) => {
//!             let finding = query.ask(&mut hosts, case.subject(), &mut list);
//!             case.queried(finding, now)?;
//!         }
//!         Step::Choose => {
//!             let place = Place { code: Text::EMPTY, text: Text::new("南京路")? };
//!             let time = now.civil;
//!             case.chosen(Choice::Penalty { behaviour: "1039", time, place, violation: None }, now)?;
//!         }
//!         Step::Confirm => case.confirmed(Confirmation::Agreed, now)?,
//!         Step::Number(_) => case.numbered(numbers.take()?, now)?,
//!         Step::Recall(terminal, decision) => {
//!             case.recalled(&History::read(terminal, decision, &mut records)?, now)?;
//!         }
//!         Step::Tender { due } => {
//!             assert_eq!(due, Fen::yuan(200));
//!             case.tendered(Tender::Now(Method::Card), now)?;
//!         }
//!         Step::Ask(request) => {
//!             // For a charge, the card's kernel has run to its online request.
//!             let (pan, chip) = (Secret::new(b"6222020000000000000"), Secret::new(&[0x9F, 0x26]));
//!             let answer = request.ask(&mut hosts, &mut Means::Card(ChipCard::new(pan, chip)));
//!             case.answered(answer, now)?;
//!         }
//!         Step::Complete(_) => case.completed(true, now)?, // the second GENERATE AC
//!         Step::Wait { until } => now.at = until,          // or watch the keys
//!         Step::Print { paper, .. } => {
//!             let mut scratch = [0; 512];
//!             let mut page = papers::STANDARD.template(paper).render(&case, &mut scratch);
//!             while let Some(_item) = page.next_item()? {
//!                 // `Printer::print(&_item)`, at the end `Printer::poll_printed`
//!             }
//!             papers += 1;
//!             case.printed(Printing::Proven, now)?;
//!         }
//!         Step::Sign => case.signed(Signature::Signed, now)?,
//!         Step::Deliver => case.delivered(Delivery::Refused(Note::new("拒收")?), now)?,
//!         Step::Upload { upto } => {
//!             let mut acked = None;
//!             while let Ok(Some(seq)) = upload_oldest(&mut records, &mut hosts) {
//!                 acked = Some(seq);
//!             }
//!             assert_eq!(acked, Some(upto));
//!             case.uploaded(acked)?;
//!         }
//!         Step::Done(outcome) => break outcome,
//!         other => panic!("{other:?}"),
//!     }
//! };
//! let Settlement::Paid(paid) = outcome.settlement else { panic!("{outcome:?}") };
//! assert_eq!(hosts.bank.charged(paid.key), 20_000);
//! assert_eq!(papers, 3); // decision, slip, receipt
//! assert!(outcome.uploaded);
//! assert_eq!(hosts.authority.archive().count(), records.records().len());
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Records
//!
//! A [`Record`] is typed; [`Record::visit`] tells its fields with their names,
//! which is all that JSON lines, a log or a table need. No field of any record
//! is for a card number, a track, a PIN block or a payment code; a card is a
//! [`MaskedPan`]. What officers and hosts write into texts is theirs to mind.
//!
//! # Troubleshooting
//!
//! - *[`Fault::OutOfOrder`]*: the last step asked for something else; most often
//!   an `Append` was not answered. The machine is unchanged: call `step` again.
//! - *[`Fault::StillOpen`]*: an earlier payment of the decision has no end yet.
//!   Drive what [`payment::Replay`] finds to its end.
//! - *[`Fault::NotInForce`]*: the penalty table is older or newer than the
//!   violation. Tables have a first day, and a last once a successor is known.
//! - *The terminal asks for the same paper again*: printing failed; the copy is
//!   marked as a reprint. [`Printing::GivenUp`] goes on without.
//! - *The sink refuses a payment*: it has no room for all records the payment may
//!   need. Upload, so that records are acknowledged and their room comes free.

#[cfg(feature = "async")]
mod asynch;
mod case;
mod event;
mod fault;
pub mod fee;
mod field;
mod masked;
mod money;
mod number;
mod officer;
mod order;
pub mod papers;
pub mod payment;
mod penalty;
mod platform;
mod record;
mod sign_in;
mod sink;
mod subject;
mod template;
mod text;
mod time;
mod uplink;

#[cfg(feature = "async")]
pub use asynch::{AsyncAcquirer, AsyncPlatform, AsyncRecordSink};
pub use case::{
    Case, Choice, Confirmation, Decision, Delivery, Measure, MeasureKind, Outcome, Paper, Place,
    Printing, Rules, Settlement, Signature, Step, Tender,
};
pub use event::Event;
pub use fault::Fault;
pub use field::Field;
pub use masked::MaskedPan;
pub use money::{Capital, Fen};
pub use number::{DecisionNumber, NumberBlock, Taken};
pub use officer::{Authorisation, Factor, Officer, OfficerId, Rights, Role, Session};
pub use order::{OrderKey, TerminalId};
pub use payment::{Acquirer, Payment};
pub use penalty::{Penalty, PenaltyTable};
pub use platform::{Backend, Finding, Platform, Query, Series};
pub use record::{Docket, Entry, Kept, Record};
pub use sign_in::{Failures, SignIn, SignInStep};
pub use sink::{RecordSink, RecordStore, Seq};
pub use subject::{Decided, Driver, Source, Standing, Subject, Vehicle, Violation};
pub use template::{Fields, Line, Rendering, Template, TemplateFault, TemplateProblem};
pub use text::{Note, Text};
pub use time::Moment;
pub use uplink::{UploadError, upload_oldest};

pub use crate::civil::{CivilTime, Date};
