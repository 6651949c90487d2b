//! The async twins of the terminal's traits.

use super::payment::{Answer, Charge, Means, Reply, Request, Reversal, Sale, Undo};
use super::{
    Finding, NumberBlock, OrderKey, Query, Record, Seq, Series, Standing, Subject, Vehicle,
    Violation,
};
use crate::ErrorType;

/// [`RecordSink`](super::RecordSink), async.
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncRecordSink: ErrorType {
    /// As [`RecordSink::reserve`](super::RecordSink::reserve).
    ///
    /// # Errors
    /// The same.
    async fn reserve(&mut self, records: usize) -> Result<(), Self::Error>;

    /// As [`RecordSink::append`](super::RecordSink::append). A future that is
    /// dropped may have kept the record.
    ///
    /// # Errors
    /// The same.
    async fn append(&mut self, record: &Record) -> Result<Seq, Self::Error>;
}

/// [`Acquirer`](super::Acquirer), async.
///
/// A future that is dropped is an answer that did not come: tell the payment
/// so, with [`Answer::Nothing`].
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncAcquirer: ErrorType {
    /// As [`Acquirer::pay`](super::Acquirer::pay).
    ///
    /// # Errors
    /// The same.
    async fn pay(&mut self, sale: Sale<'_>) -> Result<Reply, Self::Error>;

    /// As [`Acquirer::chip_response`](super::Acquirer::chip_response).
    async fn chip_response(&mut self, key: OrderKey, out: &mut [u8]) -> usize {
        let _ = (key, out);
        0
    }

    /// As [`Acquirer::show`](super::Acquirer::show).
    ///
    /// # Errors
    /// The same.
    async fn show(&mut self, charge: Charge, code: &mut [u8]) -> Result<usize, Self::Error>;

    /// As [`Acquirer::query`](super::Acquirer::query).
    ///
    /// # Errors
    /// The same.
    async fn query(&mut self, key: OrderKey) -> Result<Reply, Self::Error>;

    /// As [`Acquirer::cancel`](super::Acquirer::cancel).
    ///
    /// # Errors
    /// The same.
    async fn cancel(&mut self, key: OrderKey) -> Result<Undo, Self::Error>;

    /// As [`Acquirer::close`](super::Acquirer::close).
    ///
    /// # Errors
    /// The same.
    async fn close(&mut self, key: OrderKey) -> Result<Undo, Self::Error>;

    /// As [`Acquirer::reverse`](super::Acquirer::reverse).
    ///
    /// # Errors
    /// The same.
    async fn reverse(&mut self, reversal: &Reversal) -> Result<Undo, Self::Error>;
}

/// [`Platform`](super::Platform), async.
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncPlatform: ErrorType {
    /// As [`Platform::violations`](super::Platform::violations).
    ///
    /// # Errors
    /// The same.
    async fn violations(
        &mut self,
        subject: &Subject,
        list: &mut [Option<Violation>],
    ) -> Result<usize, Self::Error>;

    /// As [`Platform::inspection`](super::Platform::inspection).
    ///
    /// # Errors
    /// The same.
    async fn inspection(&mut self, vehicle: &Vehicle) -> Result<Standing, Self::Error>;

    /// As [`Platform::insurance`](super::Platform::insurance).
    ///
    /// # Errors
    /// The same.
    async fn insurance(&mut self, vehicle: &Vehicle) -> Result<Standing, Self::Error>;

    /// As [`Platform::numbers`](super::Platform::numbers).
    ///
    /// # Errors
    /// The same.
    async fn numbers(&mut self, series: Series) -> Result<NumberBlock, Self::Error>;

    /// As [`Platform::upload`](super::Platform::upload).
    ///
    /// # Errors
    /// The same.
    async fn upload(&mut self, seq: Seq, record: &Record) -> Result<Seq, Self::Error>;
}

impl Request {
    /// As [`ask`](Self::ask).
    pub async fn ask_async<A: AsyncAcquirer>(
        self,
        acquirer: &mut A,
        means: &mut Means<'_>,
    ) -> Answer {
        match self {
            Self::Show(charge) => match means {
                Means::Show(code) => Answer::of_show(acquirer.show(charge, code).await),
                _ => Answer::NotSent(charge),
            },
            Self::Pay(charge) => match charge.with(means) {
                Ok(sale) => Answer::of_reply(acquirer.pay(sale).await),
                Err(charge) => Answer::NotSent(charge),
            },
            Self::Query(key) => Answer::of_reply(acquirer.query(key).await),
            Self::Cancel(key) => Answer::of_undo(acquirer.cancel(key).await),
            Self::Close(key) => Answer::of_undo(acquirer.close(key).await),
            Self::Reverse(reversal) => Answer::of_undo(acquirer.reverse(&reversal).await),
        }
    }
}

impl Query {
    /// As [`ask`](Self::ask).
    pub async fn ask_async<P: AsyncPlatform>(
        self,
        platform: &mut P,
        subject: &Subject,
        list: &mut [Option<Violation>],
    ) -> Finding {
        match (self, subject.vehicle.as_ref().map(|(vehicle, _)| vehicle)) {
            (Self::Violations, _) => {
                Finding::of_violations(platform.violations(subject, list).await)
            }
            (Self::Inspection, Some(vehicle)) => {
                Finding::of_standing(platform.inspection(vehicle).await)
            }
            (Self::Insurance, Some(vehicle)) => {
                Finding::of_standing(platform.insurance(vehicle).await)
            }
            (Self::Inspection | Self::Insurance, None) => Finding::NO_VEHICLE,
        }
    }
}
