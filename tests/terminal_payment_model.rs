//! Every interleaving of a purchase with a misbehaving network, payer, card,
//! sink and power supply, up to a number of faults, against the bank's books.

mod terminal_support;

use embedded_pos::ErrorKind;
use embedded_pos::port::{Duration, Instant};
use embedded_pos::sim::backend::{Bank, NetFault, Payer};
use embedded_pos::sim::records::{MemorySink, SinkFault};
use embedded_pos::terminal::payment::{
    Answer, ChipCard, History, Intent, Means, Method, Outcome, Payment, QrTiming, Replay, Request,
    Secret, Step, Timing, Tries, Unpaid, Wallet,
};
use embedded_pos::terminal::{
    CivilTime, Date, DecisionNumber, Docket, Entry, Event, Fault, Fen, Kept, Moment, OrderKey,
    RecordSink, RecordStore, TerminalId,
};
use terminal_support::admitted;

/// Chooses by a script, and beyond it the first; notes how many there were.
struct Explorer {
    script: Vec<usize>,
    taken: Vec<(usize, usize)>,
    faults: usize,
}

impl Explorer {
    /// One of `options`; all but the first are faults, of which there are only
    /// so many.
    fn choose(&mut self, options: usize) -> usize {
        let options = if self.faults == 0 { 1 } else { options };
        let choice = self.script.get(self.taken.len()).copied().unwrap_or(0);
        assert!(choice < options, "the run depends on more than its script");
        self.faults -= usize::from(choice > 0);
        self.taken.push((choice, options));
        choice
    }

    /// The script of the next run, in depth-first order.
    fn next(&self) -> Option<Vec<usize>> {
        let mut taken = self.taken.clone();
        while let Some((choice, options)) = taken.pop() {
            if choice + 1 < options {
                let mut script: Vec<usize> = taken.iter().map(|(choice, _)| *choice).collect();
                script.push(choice + 1);
                return Some(script);
            }
        }
        None
    }
}

const QR: QrTiming = {
    let few = Tries { most: 2, interval: Duration::from_secs(5) };
    QrTiming {
        poll: few,
        cancel_after: Duration::from_secs(15),
        shown: few,
        close_after: Duration::from_secs(300),
        undo: few,
    }
};
const TIMING: Timing = Timing {
    answer: Duration::from_secs(60),
    reverse: Tries { most: 2, interval: Duration::from_secs(5) },
    wechat: QR,
    alipay: QR,
    unionpay: QR,
};
const AMOUNT: Fen = Fen::yuan(200);
const FATES: [Option<NetFault>; 9] = [
    None,
    Some(NetFault::RequestLost),
    Some(NetFault::AnswerLost),
    Some(NetFault::Delayed(0)),
    Some(NetFault::Delayed(1)),
    Some(NetFault::Delayed(2)),
    Some(NetFault::OtherOrder),
    Some(NetFault::OtherAmount),
    Some(NetFault::Garbled),
];

/// The power is cut here.
#[derive(Debug, Eq, PartialEq)]
struct Cut;

struct World {
    explorer: Explorer,
    bank: Bank,
    sink: MemorySink,
    at: Instant,
    cases: u32,
    /// Charges that were handed out, to see that each is recorded first.
    sent: Vec<OrderKey>,
}

fn terminal() -> TerminalId {
    TerminalId::new("TJ000123").unwrap()
}

fn decision() -> DecisionNumber {
    DecisionNumber::new("1201011500000007").unwrap()
}

impl World {
    fn now(&self) -> Moment {
        let date = Date::new(2026, 3, 2).unwrap();
        Moment { at: self.at, civil: CivilTime::new(date, 8, 5, 0).unwrap() }
    }

    fn cut(&mut self) -> Result<(), Cut> {
        if self.explorer.choose(2) == 1 { Err(Cut) } else { Ok(()) }
    }

    fn append(&mut self, entry: Entry<'_>) -> Result<Kept, Cut> {
        match self.explorer.choose(3) {
            1 => self.sink.fail_after(0, SinkFault::Lost),
            2 => self.sink.fail_after(0, SinkFault::KeptUnsaid),
            _ => {}
        }
        // A sink that failed is tried again.
        let kept = entry.append(&mut self.sink).or_else(|_| entry.append(&mut self.sink)).unwrap();
        self.cut()?;
        Ok(kept)
    }

    fn begin(&mut self, method: Method, unpaid: Option<Unpaid>) -> Result<Option<Payment>, Cut> {
        self.cases += 1;
        let purchase = match unpaid {
            Some(unpaid) => unpaid.again(),
            None => History::read(terminal(), decision(), &mut self.sink).unwrap().purchase(AMOUNT),
        };
        let purchase = match purchase {
            Ok(purchase) => purchase,
            Err(Fault::AlreadyPaid) => return Ok(None),
            Err(fault) => panic!("{fault}"),
        };
        let docket = Docket::new(self.cases, None);
        let intent: Intent = purchase.intend(method, docket, self.now());
        let kept = self.append(intent.entry())?;
        Ok(Some(intent.send(kept, TIMING, self.now()).unwrap()))
    }

    fn ask(&mut self, request: Request) -> Answer {
        if let Request::Pay(charge) | Request::Show(charge) = &request {
            self.sent.push(charge.key());
            let recorded = self.sink.records().iter().any(|record| {
                matches!(record.event, Event::PaymentIntended { key, .. } if key == charge.key())
            });
            assert!(recorded, "{} is sent before it is recorded", charge.key());
        }
        let fate = FATES[self.explorer.choose(FATES.len())];
        self.bank.inject(fate);
        let mut code = [0; 128];
        let mut scanned = admitted(match &request {
            Request::Pay(charge) if charge.method() == Method::Scanned(Wallet::Alipay) => {
                "284567890123456789"
            }
            _ => "134567890123456789",
        });
        let mut means = match &request {
            Request::Pay(charge) if charge.method() == Method::Card => Means::Card(ChipCard::new(
                Secret::new(b"6222020000000000000"),
                Secret::new(&[0x9F, 0x26]),
            )),
            Request::Show(_) => Means::Show(&mut code),
            _ => Means::Code(&mut scanned),
        };
        request.ask(&mut self.bank, &mut means)
    }

    /// Drives a payment to its end.
    fn drive(&mut self, mut payment: Payment) -> Result<Outcome, Cut> {
        for _ in 0..100 {
            let now = self.now();
            match payment.step(now) {
                Step::Append(entry) => {
                    let kept = self.append(entry)?;
                    payment.appended(&kept).unwrap();
                }
                Step::Ask(request) => {
                    self.cut()?;
                    let answer = self.ask(request);
                    self.cut()?;
                    payment.answered(answer, now).unwrap();
                }
                Step::Complete(_) => {
                    let agreed = self.explorer.choose(2) == 0;
                    payment.completed(agreed, now).unwrap();
                }
                Step::Wait { until } => {
                    assert!(until > self.at, "a wait must have an end in the future");
                    self.at = until;
                }
                Step::Done => return Ok(payment.into_outcome().unwrap()),
            }
        }
        panic!("the payment does not end");
    }

    /// What a terminal does after it is switched on: first the open payments,
    /// then what the officer wants. At most two attempts are begun.
    fn run(&mut self, methods: &[Method]) -> Result<(), Cut> {
        let mut replay = Replay::<4>::new();
        self.sink.replay(&mut |_, record| replay.record(record)).unwrap();
        assert!(!replay.is_overflown());
        let now = self.now();
        let mut last = None;
        while let Some(payment) = replay.take(TIMING, now).unwrap() {
            match self.drive(payment)? {
                // No second attempt while the first is not known.
                Outcome::Unresolved(_) => return Ok(()),
                Outcome::Approved(_) => return Ok(()),
                Outcome::Unpaid(unpaid) => last = Some(unpaid),
            }
        }
        for method in methods {
            let Some(payment) = self.begin(*method, last.take())? else { return Ok(()) };
            match self.drive(payment)? {
                Outcome::Unpaid(unpaid) => last = Some(unpaid),
                Outcome::Approved(_) | Outcome::Unresolved(_) => return Ok(()),
            }
        }
        Ok(())
    }

    fn check(&self) {
        let charges = self.sent.first().map_or(0, |key| self.bank.charges(key.purchase()));
        assert!(charges <= 1, "charged {charges} times");
        let ended = |wanted: OrderKey| {
            let mut events = self.sink.records().iter().map(|record| record.event);
            events.rfind(|event| event.order() == Some(wanted))
        };
        for key in &self.sent {
            let charged = self.bank.charged(*key) > 0;
            match ended(*key) {
                Some(Event::PaymentApproved { approval, .. }) => {
                    assert!(charged, "{key} is approved and not charged");
                    assert_eq!(approval.amount, AMOUNT);
                }
                Some(Event::PaymentUnresolved { .. }) => {}
                Some(
                    Event::PaymentDeclined { .. }
                    | Event::PaymentReversed { .. }
                    | Event::PaymentClosed { .. },
                ) => assert!(!charged, "{key} is charged and given up"),
                other => panic!("{key} has no end: {other:?}"),
            }
        }
    }
}

/// How the first attempts of many runs ended.
#[derive(Debug, Default)]
struct Tally {
    runs: usize,
    approved: usize,
    unpaid: usize,
    unresolved: usize,
}

impl Tally {
    fn count(&mut self, world: &World) {
        self.runs += 1;
        let first = world.sent.first().copied();
        let mut events = world.sink.records().iter().map(|record| record.event);
        match events.rfind(|event| event.order().is_some() && event.order() == first) {
            Some(Event::PaymentApproved { .. }) => self.approved += 1,
            Some(Event::PaymentUnresolved { .. }) => self.unresolved += 1,
            Some(_) => self.unpaid += 1,
            None => {}
        }
    }

    /// The runs were many and not all alike: the checks had something to check.
    fn is_telling(&self, faults: usize) -> bool {
        let mixed = self.approved > 50 && self.unpaid > 50;
        // It takes three lost messages to leave a payment unresolved.
        self.runs > 1_000 && mixed && (faults < 3 || self.unresolved > 0)
    }
}

/// Runs all interleavings with up to `faults` faults.
fn explore(tally: &mut Tally, methods: &[Method], payer: Payer, faults: usize) {
    let mut script = Some(Vec::new());
    while let Some(next) = script {
        let explorer = Explorer { script: next, taken: Vec::new(), faults };
        let (bank, sink) = (Bank::new(), MemorySink::new());
        let mut world =
            World { explorer, bank, sink, at: Instant::ZERO, cases: 0, sent: Vec::new() };
        world.bank.expect(payer.clone());
        while world.run(methods) == Err(Cut) {
            // After a start the clock begins anew; the records stay.
            world.at = Instant::ZERO;
        }
        world.bank.deliver();
        world.check();
        tally.count(&world);
        settle(&mut world);
        script = world.explorer.next();
    }
}

/// Once the network is whole, nothing stays unresolved.
fn settle(world: &mut World) {
    world.explorer.faults = 0;
    let _ = world.run(&[]);
    world.bank.deliver();
    world.check();
    let mut replay = Replay::<4>::new();
    world.sink.replay(&mut |_, record| replay.record(record)).unwrap();
    assert_eq!(replay.open().next(), None, "still open over a whole network");
}

const PAYERS: [Payer; 5] =
    [Payer::Pays, Payer::AsksPassword(1), Payer::Never, Payer::PaysAtClosing, Payer::Refused("51")];

fn explore_all(methods: &[Method], payers: &[Payer], faults: usize) {
    let mut tally = Tally::default();
    for payer in payers {
        explore(&mut tally, methods, payer.clone(), faults);
    }
    assert!(tally.is_telling(faults), "{tally:?}");
}

#[test]
fn card_then_code() {
    let methods = [Method::Card, Method::Scanned(Wallet::WeChat)];
    explore_all(&methods, &[Payer::Pays, Payer::Refused("51")], 2);
}

#[test]
fn code_then_card() {
    explore_all(&[Method::Scanned(Wallet::Alipay), Method::Card], &PAYERS, 2);
}

#[test]
fn shown_then_card() {
    explore_all(&[Method::Shown(Wallet::UnionPay), Method::Card], &PAYERS, 2);
}

#[test]
fn three_faults_in_one_card_payment() {
    explore_all(&[Method::Card], &[Payer::Pays], 3);
}

#[test]
fn three_faults_in_one_scanned_payment() {
    let payers = [Payer::AsksPassword(1), Payer::PaysAtClosing];
    explore_all(&[Method::Scanned(Wallet::WeChat)], &payers, 3);
}

#[test]
fn three_faults_in_one_shown_payment() {
    explore_all(&[Method::Shown(Wallet::WeChat)], &[Payer::PaysAtClosing], 3);
}

#[test]
fn the_sink_refuses_a_payment_it_has_no_room_for() {
    let mut sink = MemorySink::with_capacity(Payment::RECORDS - 1);
    let date = Date::new(2026, 3, 2).unwrap();
    let now = Moment { at: Instant::ZERO, civil: CivilTime::new(date, 8, 5, 0).unwrap() };
    let purchase = History::new(terminal(), decision()).purchase(AMOUNT).unwrap();
    let intent = purchase.intend(Method::Card, Docket::new(1, None), now);
    assert_eq!(intent.entry().append(&mut sink), Err(ErrorKind::Refused));
    assert!(sink.records().is_empty());
}

/// Each start costs records: a payment is taken up only with room for its end.
#[test]
fn the_sink_refuses_to_take_a_payment_up_it_has_no_room_for() {
    let mut sink = MemorySink::with_capacity(2 * Payment::RECORDS - 1);
    let date = Date::new(2026, 3, 2).unwrap();
    let now = Moment { at: Instant::ZERO, civil: CivilTime::new(date, 8, 5, 0).unwrap() };
    let purchase = History::new(terminal(), decision()).purchase(AMOUNT).unwrap();
    let intent = purchase.intend(Method::Card, Docket::new(1, None), now);
    intent.entry().append(&mut sink).unwrap();
    let mut kept = 1;
    loop {
        let mut replay = Replay::<1>::new();
        sink.replay(&mut |_, record| replay.record(record)).unwrap();
        let mut payment = replay.take(TIMING, now).unwrap().unwrap();
        let Step::Append(entry) = payment.step(now) else { panic!("no record") };
        // The power is cut each time, after the first record.
        let left = sink.clone().reserve(Payment::RECORDS);
        assert_eq!(entry.append(&mut sink).is_ok(), left.is_ok());
        if left.is_err() {
            break;
        }
        kept += 1;
    }
    assert_eq!(kept, Payment::RECORDS);
    sink.reserve(Payment::RECORDS - 1).unwrap();
}
