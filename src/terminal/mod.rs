//! The violation terminal.

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
pub use officer::{Factor, Officer, OfficerId, Rights, Role, Session};
pub use order::{OrderKey, TerminalId};
pub use payment::{Acquirer, Payment};
pub use penalty::{Penalty, PenaltyTable};
pub use platform::{Backend, Finding, Platform, Query, Series};
pub use record::{Docket, Entry, Kept, Record};
pub use sign_in::{Failures, Finger, LockOut, SignIn, SignInStep};
pub use sink::{RecordSink, RecordStore, Seq};
pub use subject::{Decided, Driver, Source, Standing, Subject, Vehicle, Violation};
pub use template::{Fields, Line, Rendering, Template, TemplateFault, TemplateProblem};
pub use text::{Note, Text};
pub use time::{CivilTime, Date, Moment};
pub use uplink::{UploadError, upload_oldest};
