//! The mocks, in the place of a backend and a sink.

mod terminal_support;

use embedded_pos::ErrorKind;
use embedded_pos::mock::{MockBackend, MockRecordSink};
use embedded_pos::port::{Duration, Instant};
use embedded_pos::scan::code::{OneTime, PaymentCode, Refusal};
use embedded_pos::sim::records::MemorySink;
use embedded_pos::terminal::payment::{
    Answer, ChipCard, Doubt, History, Means, Method, OrderState, Reply, Request, Sale, Secret,
    Step, Tender, Timing, Wallet,
};
use embedded_pos::terminal::{
    Backend, CivilTime, Date, DecisionNumber, Docket, Fault, Fen, Moment, Payment, Platform, Query,
    RecordSink, Seq, Subject, TerminalId, Text, UploadError, Vehicle, Violation, upload_oldest,
};
use terminal_support::admitted;

fn now() -> Moment {
    let date = Date::new(2026, 3, 2).unwrap();
    Moment { at: Instant::ZERO, civil: CivilTime::new(date, 8, 5, 0).unwrap() }
}

fn started(sink: &mut MockRecordSink, method: Method) -> Payment {
    sink.expect_reserve().times(1).withf(|n| *n == Payment::RECORDS).returning(|_| Ok(()));
    sink.expect_append()
        .times(1)
        .withf(|record| record.event.kind() == "payment-intended")
        .returning(|_| Ok(Seq(1)));
    let number = DecisionNumber::new("1201011500000007").unwrap();
    let history = History::new(TerminalId::new("TJ000123").unwrap(), number);
    let intent =
        history.purchase(Fen::yuan(200)).unwrap().intend(method, Docket::new(1, None), now());
    let kept = intent.entry().append(sink).unwrap();
    intent.send(kept, Timing::PUBLISHED, now()).unwrap()
}

fn charge(payment: &mut Payment) -> Request {
    match payment.step(now()) {
        Step::Ask(request) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_charge_goes_out_once() {
    let mut sink = MockRecordSink::new();
    let mut payment = started(&mut sink, Method::Card);
    let mut backend = MockBackend::new();
    let expects = |sale: &Sale<'_>| {
        sale.charge().amount() == Fen::yuan(200) && matches!(sale.tender(), Tender::Card(_))
    };
    backend.expect_pay().times(1).withf(expects).returning(|_| Err(ErrorKind::Timeout));
    let secret = Secret::new(b"6222020000000000000");
    let mut means = Means::Card(ChipCard::new(secret, secret));
    let answer = charge(&mut payment).ask(&mut backend, &mut means);
    assert_eq!(answer, Answer::Nothing(Doubt::NoAnswer));
    assert!(matches!(payment.step(now()), Step::Wait { .. }), "it is not given out again");
    payment.answered(answer, now()).unwrap();
    assert_eq!(format!("{means:?}").matches("6222").count(), 0);
}

#[test]
fn the_wrong_means_are_not_sent() {
    let mut sink = MockRecordSink::new();
    let mut payment = started(&mut sink, Method::Card);
    // A mock without expectations fails the test if it is called.
    let mut backend = MockBackend::new();
    let mut code = admitted("134567890123456789");
    let mut means = Means::Code(&mut code);
    let answer = charge(&mut payment).ask(&mut backend, &mut means);
    assert!(matches!(answer, Answer::NotSent(_)));
    payment.answered(answer, now()).unwrap();
    let Step::Append(entry) = payment.step(now()) else { panic!("no record") };
    assert_eq!(entry.record().event.kind(), "payment-declined");
}

#[test]
fn a_code_is_sent_once() {
    let mut backend = MockBackend::new();
    backend.expect_pay().times(1).returning(|_| Err(ErrorKind::Timeout));
    let mut code = admitted("134567890123456789");
    for sent in [true, false] {
        let mut sink = MockRecordSink::new();
        let mut payment = started(&mut sink, Method::Scanned(Wallet::WeChat));
        let mut means = Means::Code(&mut code);
        assert!(!format!("{means:?}").contains("4567"));
        let answer = charge(&mut payment).ask(&mut backend, &mut means);
        assert_eq!(answer == Answer::Nothing(Doubt::NoAnswer), sent);
        assert_eq!(matches!(answer, Answer::NotSent(_)), !sent);
    }
}

/// A code is charged to the wallet it is of. What was not sent may be tried
/// again; what was, though no answer came, may not.
#[test]
fn a_code_of_another_wallet_is_not_sent() {
    let mut guard: OneTime<2> = OneTime::new([7; 16], Duration::from_secs(60));
    let scanned = || PaymentCode::new(b"284567890123456789").unwrap();
    for (wallet, sent) in
        [(Wallet::WeChat, false), (Wallet::UnionPay, false), (Wallet::Alipay, true)]
    {
        let (mut sink, mut backend) = (MockRecordSink::new(), MockBackend::new());
        let is_code = |sale: &Sale<'_>| matches!(sale.tender(), Tender::Code(code) if code.expose() == b"284567890123456789");
        backend
            .expect_pay()
            .times(usize::from(sent))
            .withf(is_code)
            .returning(|_| Err(ErrorKind::Timeout));
        let mut payment = started(&mut sink, Method::Scanned(wallet));
        let mut code = guard.admit(scanned(), now().at).unwrap();
        let answer = charge(&mut payment).ask(&mut backend, &mut Means::Code(&mut code));
        assert_eq!(matches!(answer, Answer::NotSent(_)), !sent, "{wallet:?}");
        assert_eq!(code.is_spent(), sent);
        guard.take_back(code);
    }
    assert_eq!(guard.admit(scanned(), now().at).unwrap_err(), Refusal::Used);
}

#[test]
fn a_late_answer_is_out_of_order() {
    let mut sink = MockRecordSink::new();
    let mut payment = started(&mut sink, Method::Card);
    let key = payment.key();
    let _lost = charge(&mut payment);
    let mut late = now();
    late.at += Timing::PUBLISHED.answer;
    // The time of the answer is over: it is recorded, then reversed.
    sink.expect_append().times(1).returning(|_| Ok(Seq(2)));
    let Step::Append(entry) = payment.step(late) else { panic!("no record") };
    let kept = entry.append(&mut sink).unwrap();
    payment.appended(&kept).unwrap();
    let declined = OrderState::Declined(Text::new("51").unwrap());
    let answer = Answer::Reply(Reply { key, state: declined });
    assert!(payment.answered(answer, late).is_err());
    assert!(matches!(payment.step(late), Step::Ask(Request::Reverse(_))));
}

#[test]
fn a_buffer_is_filled_by_length() {
    let mut backend = MockBackend::new();
    backend.expect_violations().returning(|_, list| {
        let number = Text::new("1201011234567890").unwrap();
        let (place, behaviour) = (Text::EMPTY, Text::EMPTY);
        let time = now().civil;
        list[0] = Some(Violation { number, time, place, behaviour, decided: None });
        Ok(1)
    });
    let vehicle = Vehicle {
        plate: Text::EMPTY,
        hpzl: embedded_pos::scan::plate::Hpzl::SMALL,
        hphm: Text::EMPTY,
    };
    let source = embedded_pos::terminal::Source::Typed;
    let subject = Subject { vehicle: Some((vehicle, source)), driver: None };
    let mut list = [None; 4];
    assert_eq!(backend.violations_in(&subject, &mut list).unwrap().len(), 1);
    backend.expect_inspection().returning(|_| Err(ErrorKind::Timeout));
    let finding = Query::Inspection.ask(&mut backend, &subject, &mut list);
    assert_eq!(finding, embedded_pos::terminal::Finding::Unknown(ErrorKind::Timeout));
}

#[test]
fn an_archive_that_acknowledges_another_record_is_not_believed() {
    let mut sink = MockRecordSink::new();
    let record = Docket::new(1, None);
    let number = DecisionNumber::new("1").unwrap();
    let intent = History::new(TerminalId::new("TJ000123").unwrap(), number)
        .purchase(Fen(1))
        .unwrap()
        .intend(Method::Card, record, now());
    let record = *intent.entry().record();
    sink.expect_unsent().returning(move || Ok(Some((Seq(4), record))));
    // Too much would release what was never sent; too little, as a success,
    // would be sent again for ever.
    for acked in [Seq(9), Seq(5), Seq(3)] {
        let mut backend = MockBackend::new();
        backend.expect_upload().returning(move |_, _| Ok(acked));
        assert_eq!(upload_oldest(&mut sink, &mut backend), Err(UploadError::Acknowledged(acked)));
    }
}

/// A mock is a backend, and so is a reference to one.
#[test]
fn mocks_are_backends() {
    fn takes(_: &mut impl Backend) {}
    fn keeps(_: &mut impl RecordSink) {}
    takes(&mut MockBackend::new());
    takes(&mut &mut MockBackend::new());
    keeps(&mut MockRecordSink::new());
}

#[test]
fn the_proof_of_one_payment_is_none_of_another() {
    let intend = |number: &str| {
        let number = DecisionNumber::new(number).unwrap();
        let history = History::new(TerminalId::new("TJ000123").unwrap(), number);
        let purchase = history.purchase(Fen::yuan(200)).unwrap();
        purchase.intend(Method::Card, Docket::new(1, None), now())
    };
    let (kept, other) = (intend("1201011500000007"), intend("1201011500000008"));
    let kept = kept.entry().append(&mut MemorySink::new()).unwrap();
    assert_eq!(other.send(kept, Timing::PUBLISHED, now()).unwrap_err(), Fault::WrongEntry);
}
