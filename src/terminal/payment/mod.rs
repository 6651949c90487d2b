//! Being paid once: one state machine for cards and QR codes.
//!
//! # What it promises
//!
//! - No message about money leaves before its record is durable:
//!   [`Intent::send`] takes a proof that only [`Entry::append`] makes.
//! - A purchase has one key over all methods. It begins with the [`History`] of
//!   its decision, and a new attempt needs the proof [`Unpaid`] that the last one
//!   charged nothing.
//! - A missing or wrong answer is never taken for a refusal. A card is then
//!   reversed, a scanned code asked for and cancelled, a shown code closed and
//!   asked for once more.
//! - A reversal is never dropped. After some tries the payment is *unresolved*:
//!   people are told, and [`Replay`] takes it up again, before the next
//!   payment and after every start.
//!
//! # A code is used once
//!
//! [`Means::Code`] takes only what a [`OneTime`] let through: a code that was
//! scanned before is refused there, whichever payment it was for. Sending it
//! spends it: if it is handed in again, nothing is sent. An acquirer sees a code
//! in a [`Sale`] alone, which [`Request::ask`] alone makes, for a charge of the
//! wallet that the code's form is of. A code that was not spent is certain not
//! to have been sent, and may be [taken back] and tried again.
//!
//! # Secrets
//!
//! The machine never sees the card number or the payment code: they go from
//! their reader to the [`Acquirer`] as [`Means`], and a record has no place for
//! them.
//!
//! # Troubleshooting
//!
//! - *The terminal waits up to five minutes before a WeChat code that is shown
//!   is given up.* WeChat Pay refuses to close an order that is younger; if
//!   your provider does not, set [`QrTiming::close_after`].
//! - *A payment stays unresolved.* The host refused or never answered the
//!   reversal. It is in the records under its key; compare with the acquirer's
//!   file of the day.
//!
//! [`Entry::append`]: super::Entry::append
//! [`OneTime`]: crate::scan::code::OneTime
//! [taken back]: crate::scan::code::OneTime::take_back

mod acquirer;
mod history;
mod intent;
mod machine;
mod method;
mod react;
mod replay;
mod timing;

pub use acquirer::{
    Acquirer, Answer, Approval, Charge, ChipCard, Means, OrderState, Reply, Request, Reversal,
    Sale, Secret, Tender, Undo,
};
pub use history::History;
pub use intent::{Intent, Purchase, Unpaid};
pub use machine::{Outcome, Paid, Payment, Step};
pub use method::{Code, Doubt, Method, Wallet};
pub use replay::Replay;
pub use timing::{QrTiming, Timing, Tries};
