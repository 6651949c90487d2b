use mockall::mock;

use crate::terminal::payment::{Charge, Reply, Reversal, Sale, Undo};
use crate::terminal::{
    Acquirer, NumberBlock, OrderKey, Platform, Record, RecordSink, RecordStore, Seq, Series,
    Standing, Subject, Vehicle, Violation,
};
use crate::{ErrorKind, ErrorType};

mock! {
    /// A mock of [`Backend`](crate::terminal::Backend): of both its halves.
    #[derive(Debug)]
    pub Backend {}

    impl ErrorType for Backend {
        type Error = ErrorKind;
    }

    impl Platform for Backend {
        fn violations(
            &mut self,
            subject: &Subject,
            list: &mut [Option<Violation>],
        ) -> Result<usize, ErrorKind>;
        fn inspection(&mut self, vehicle: &Vehicle) -> Result<Standing, ErrorKind>;
        fn insurance(&mut self, vehicle: &Vehicle) -> Result<Standing, ErrorKind>;
        fn numbers(&mut self, series: Series) -> Result<NumberBlock, ErrorKind>;
        fn upload(&mut self, seq: Seq, record: &Record) -> Result<Seq, ErrorKind>;
    }

    impl Acquirer for Backend {
        fn chip_response(&mut self, key: OrderKey, out: &mut [u8]) -> usize;
        fn pay<'a>(&mut self, sale: Sale<'a>) -> Result<Reply, ErrorKind>;
        fn show(&mut self, charge: Charge, code: &mut [u8]) -> Result<usize, ErrorKind>;
        fn query(&mut self, key: OrderKey) -> Result<Reply, ErrorKind>;
        fn cancel(&mut self, key: OrderKey) -> Result<Undo, ErrorKind>;
        fn close(&mut self, key: OrderKey) -> Result<Undo, ErrorKind>;
        fn reverse(&mut self, reversal: &Reversal) -> Result<Undo, ErrorKind>;
    }
}

mock! {
    /// A mock of [`RecordSink`] and [`RecordStore`].
    #[derive(Debug)]
    pub RecordSink {}

    impl ErrorType for RecordSink {
        type Error = ErrorKind;
    }

    impl RecordSink for RecordSink {
        fn reserve(&mut self, records: usize) -> Result<(), ErrorKind>;
        fn append(&mut self, record: &Record) -> Result<Seq, ErrorKind>;
    }

    impl RecordStore for RecordSink {
        fn replay(&mut self, each: &mut dyn FnMut(Seq, &Record)) -> Result<(), ErrorKind>;
        fn unsent(&mut self) -> Result<Option<(Seq, Record)>, ErrorKind>;
        fn ack_up_to(&mut self, seq: Seq) -> Result<(), ErrorKind>;
    }
}
