//! The async twins: a payment over hosts and a sink that are awaited.

use embedded_pos::port::Instant;
use embedded_pos::sim::backend::{Backend, NetFault};
use embedded_pos::sim::block_on;
use embedded_pos::sim::records::MemorySink;
use embedded_pos::terminal::payment::{
    Charge, ChipCard, History, Means, Method, Outcome, Reply, Reversal, Sale, Secret, Step, Timing,
    Undo,
};
use embedded_pos::terminal::{
    Acquirer, AsyncAcquirer, AsyncRecordSink, CivilTime, Date, DecisionNumber, Docket, Fen, Moment,
    OrderKey, Record, RecordSink, Seq, TerminalId,
};
use embedded_pos::{ErrorKind, ErrorType};

struct Awaited<T>(T);

impl<T: ErrorType> ErrorType for Awaited<T> {
    type Error = T::Error;
}

impl AsyncRecordSink for Awaited<MemorySink> {
    async fn reserve(&mut self, records: usize) -> Result<(), ErrorKind> {
        self.0.reserve(records)
    }

    async fn append(&mut self, record: &Record) -> Result<Seq, ErrorKind> {
        self.0.append(record)
    }
}

impl AsyncAcquirer for Awaited<Backend> {
    async fn pay(&mut self, sale: Sale<'_>) -> Result<Reply, ErrorKind> {
        self.0.pay(sale)
    }

    async fn show(&mut self, charge: Charge, code: &mut [u8]) -> Result<usize, ErrorKind> {
        self.0.show(charge, code)
    }

    async fn query(&mut self, key: OrderKey) -> Result<Reply, ErrorKind> {
        self.0.query(key)
    }

    async fn cancel(&mut self, key: OrderKey) -> Result<Undo, ErrorKind> {
        self.0.cancel(key)
    }

    async fn close(&mut self, key: OrderKey) -> Result<Undo, ErrorKind> {
        self.0.close(key)
    }

    async fn reverse(&mut self, reversal: &Reversal) -> Result<Undo, ErrorKind> {
        self.0.reverse(reversal)
    }
}

async fn pay(hosts: &mut Awaited<Backend>, sink: &mut Awaited<MemorySink>) -> Outcome {
    let civil = CivilTime::new(Date::new(2026, 3, 2).unwrap(), 8, 5, 0).unwrap();
    let mut now = Moment { at: Instant::ZERO, civil };
    let number = DecisionNumber::new("1201011500000007").unwrap();
    let history = History::new(TerminalId::new("TJ000123").unwrap(), number);
    let purchase = history.purchase(Fen::yuan(200)).unwrap();
    let intent = purchase.intend(Method::Card, Docket::new(1, None), now);
    let kept = intent.entry().append_async(sink).await.unwrap();
    let mut payment = intent.send(kept, Timing::PUBLISHED, now).unwrap();
    loop {
        match payment.step(now) {
            Step::Append(entry) => {
                let kept = entry.append_async(sink).await.unwrap();
                payment.appended(&kept).unwrap();
            }
            Step::Ask(request) => {
                let secret = Secret::new(b"6222020000000000000");
                let mut means = Means::Card(ChipCard::new(secret, secret));
                let answer = request.ask_async(hosts, &mut means).await;
                payment.answered(answer, now).unwrap();
            }
            Step::Complete(_) => payment.completed(true, now).unwrap(),
            Step::Wait { until } => now.at = until,
            Step::Done => return payment.into_outcome().unwrap(),
        }
    }
}

#[test]
fn paid_and_reversed() {
    let (mut hosts, mut sink) = (Awaited(Backend::new()), Awaited(MemorySink::new()));
    let outcome = block_on(pay(&mut hosts, &mut sink));
    assert!(matches!(outcome, Outcome::Approved(_)));
    assert_eq!(sink.0.records().len(), 2);

    let (mut hosts, mut sink) = (Awaited(Backend::new()), Awaited(MemorySink::new()));
    hosts.0.bank.inject(NetFault::AnswerLost);
    let Outcome::Unpaid(unpaid) = block_on(pay(&mut hosts, &mut sink)) else { panic!("unpaid") };
    assert_eq!(hosts.0.bank.charged(unpaid.key()), 0);
    assert_eq!(sink.0.records().len(), 3);
}
