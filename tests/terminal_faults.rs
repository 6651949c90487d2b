//! The whole case of the example, from sign-in to archive, over the drivers and
//! simulated devices, with every line and every host failing by a seed.

#[allow(dead_code)]
#[path = "../examples/terminal/args.rs"]
mod args;
#[path = "../examples/terminal/authority.rs"]
mod authority;
#[path = "../examples/terminal/clock.rs"]
mod clock;
#[path = "../examples/common/mod.rs"]
mod common;
#[path = "../examples/terminal/desk.rs"]
mod desk;
#[path = "../examples/terminal/office.rs"]
mod office;
#[path = "../examples/terminal/parts.rs"]
mod parts;
#[path = "../examples/terminal/payer.rs"]
mod payer;
#[path = "../examples/terminal/people.rs"]
mod people;
#[path = "../examples/terminal/rig.rs"]
mod rig;
#[path = "../examples/terminal/slip.rs"]
mod slip;
#[path = "../examples/terminal/till.rs"]
mod till;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{panic, thread};

use args::Args;
use clap::Parser;
use clock::AnyClock;
use desk::{Stop, World as _};
use embedded_pos::fingerprint::SensorId;
use embedded_pos::fingerprint::trust::{Attempts, Claim, LockOut, Presence, Reply};
use embedded_pos::port::{Clock, Duration, Instant};
use embedded_pos::sim::backend::Authority;
use embedded_pos::sim::records::{MemorySink, SinkFault};
use embedded_pos::terminal::payment::{History, Method, Replay};
use embedded_pos::terminal::{
    Decision, DecisionNumber, Docket, Event, Failures, Fen, Moment, OrderKey, Outcome, Paper,
    Printing, Record, RecordStore, Settlement, SignIn, SignInStep,
};
use people::People;

const SEEDS: u64 = 200;
const PAYS: [&str; 5] = ["card", "wechat", "alipay", "unionpay", "show"];
const BANKS: [&str; 3] = ["approves", "unheard", "declines"];
/// The longest a case takes: the wait for a code that is shown (180 s), then
/// devices that are asked again and papers that are printed again.
const BOUND: Duration = Duration::from_secs(360);

/// A case that has ended.
struct Run {
    what: String,
    desk: parts::Ours,
    clock: AnyClock,
    outcome: Result<Outcome, Stop>,
}

/// Leads the case of a seed to its end.
fn run(seed: u64) -> Run {
    let pay = PAYS[seed as usize % PAYS.len()];
    let bank = BANKS[seed as usize / PAYS.len() % BANKS.len()];
    lead(format!("terminal --pay {pay} --bank {bank} --faults {seed}"))
}

/// Leads the case of a command line to its end.
fn lead(what: String) -> Run {
    let args = Args::parse_from(what.split(' '));
    let clock = AnyClock::new(true);
    let (ports, hands) = rig::open(&args, &clock).unwrap();
    let world = People::new(&args, clock.clone(), hands, None).unwrap();
    let mut desk = parts::desk(&args, ports, clock.clone(), world).unwrap();
    let outcome = parts::lead(&mut desk);
    Run { what, desk, clock, outcome }
}

impl Run {
    fn events(&self) -> impl DoubleEndedIterator<Item = Event> {
        self.desk.records.records().iter().map(|record| record.event)
    }

    fn orders(&self) -> BTreeSet<OrderKey> {
        self.events().filter_map(|event| event.order()).collect()
    }

    fn decision(&self) -> Option<Decision> {
        self.events().find_map(|event| match event {
            Event::Decided(decision) => Some(decision),
            _ => None,
        })
    }

    /// The last that the records say of a payment.
    fn ending(&self, order: OrderKey) -> Event {
        self.events().rfind(|event| event.order() == Some(order)).unwrap()
    }

    fn ended_in_time(&mut self) {
        let took = self.clock.now().since(Instant::ZERO);
        assert!(took < BOUND, "{} took {} ms", self.what, took.as_millis());
    }

    /// The bank's books against what the records say.
    fn paid_at_most_once(&mut self) {
        self.desk.backend.bank.deliver();
        let orders = self.orders();
        for order in &orders {
            let charges = self.desk.backend.bank.charges(order.purchase());
            assert!(charges <= 1, "{} charged {charges} times", self.what);
        }
        for order in orders {
            let charged = self.desk.backend.bank.charged(order);
            match self.ending(order) {
                Event::PaymentApproved { approval, .. } => {
                    assert_eq!((charged, approval.amount.0), (20_000, 20_000), "{}", self.what);
                }
                Event::PaymentUnresolved { .. } => {}
                Event::PaymentDeclined { .. }
                | Event::PaymentReversed { .. }
                | Event::PaymentClosed { .. } => assert_eq!(charged, 0, "{}", self.what),
                other => panic!("{}: {order} has no end but {other:?}", self.what),
            }
        }
    }

    /// The outcome, the records and the papers tell the same.
    fn tells_one_story(&self, outcome: &Outcome) {
        let what = &self.what;
        let decision = self.decision().expect(what);
        assert_eq!(outcome.number, Some(decision.number), "{what}");
        assert_eq!(self.events().next_back(), Some(Event::Finished), "{what}");
        let approved = self.events().any(|event| matches!(event, Event::PaymentApproved { .. }));
        assert_eq!(approved, matches!(outcome.settlement, Settlement::Paid(_)), "{what}");
        let deferred = self.events().any(|event| event == Event::Deferred);
        assert_eq!(deferred, outcome.settlement == Settlement::Deferred, "{what}");
        let printed = self.events().filter_map(|event| match event {
            Event::Printed { paper, printing, .. } => Some((paper, printing)),
            _ => None,
        });
        let papers = self.desk.world.papers.iter().map(|(paper, printing, _)| (*paper, *printing));
        assert!(printed.eq(papers), "{what}");
        for (paper, _, words) in self.whole_papers() {
            // As it was before it was wrapped.
            let words = words.replace('\n', "");
            let number = format!("{}", decision.number);
            let numbered = matches!(paper, Paper::Decision | Paper::Receipt);
            assert!(!numbered || words.contains(&number), "{what}: {words}");
            let asks = words.contains("15日内缴纳");
            let wanted = *paper == Paper::Decision && outcome.settlement == Settlement::Deferred;
            assert_eq!(asks, wanted, "{what}: {words}");
            match outcome.settlement {
                Settlement::Paid(paid) if *paper != Paper::Decision => {
                    assert!(words.contains(paid.key.as_str()), "{what}: {words}");
                    assert!(words.contains("200.00"), "{what}: {words}");
                }
                _ => assert_eq!(*paper, Paper::Decision, "{what}"),
            }
        }
    }

    /// What came out whole.
    fn whole_papers(&self) -> impl Iterator<Item = &(Paper, Printing, String)> {
        let papers = self.desk.world.papers.iter();
        papers.filter(|(_, printing, _)| matches!(printing, Printing::Proven))
    }

    /// Nothing is kept that must not be, whatever was read and however often.
    fn holds_no_secret(&self) {
        use common::stage::{ALIPAY, UNIONPAY, WECHAT};
        let records = format!("{:?}", self.desk.records.records());
        let pan = embedded_pos::sim::card::Personalisation::default().pan;
        for secret in [&*pan, ALIPAY, UNIONPAY, WECHAT] {
            assert!(!records.contains(secret), "{}: {secret} is in a record", self.what);
        }
    }

    /// The archive has what the terminal kept, once each.
    fn is_archived(&self) {
        let records = self.desk.records.records();
        for (seq, record) in self.desk.backend.authority.archive() {
            assert_eq!(records[seq.0 as usize - 1], *record, "{}", self.what);
        }
        let archived = self.desk.backend.authority.archive().count();
        assert!(self.desk.records.acked() <= archived, "{}", self.what);
    }

    /// After a start over whole lines nothing stays open.
    fn is_taken_up(&mut self) {
        self.desk.backend.bank.heal();
        self.desk.backend.authority.heal();
        let roster = office::roster().unwrap();
        self.desk.take_up(&office::office(&roster).unwrap()).unwrap();
        let mut replay = Replay::<4>::new();
        self.desk.records.replay(&mut |_, record| replay.record(record)).unwrap();
        assert_eq!(replay.open().next(), None, "{}", self.what);
        self.paid_at_most_once();
        let mut lines: Vec<_> =
            self.desk.records.records().iter().map(|record| (record.case, record.line)).collect();
        let count = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), count, "{}: two records have one name", self.what);
    }
}

/// What many runs came to, so that it shows when they are all alike.
#[derive(Debug, Default)]
struct Tally(BTreeMap<&'static str, u32>);

impl Tally {
    fn count(&mut self, run: &Run) {
        let ending = match &run.outcome {
            Ok(Outcome { settlement: Settlement::Paid(_), .. }) => "paid",
            Ok(Outcome { settlement: Settlement::Deferred, .. }) => "deferred",
            Ok(Outcome { settlement: Settlement::Unresolved(_), .. }) => "unresolved",
            Ok(_) => "other",
            Err(_) => "stopped",
        };
        *self.0.entry(ending).or_default() += 1;
        for (part, count) in &run.desk.world.survived {
            *self.0.entry(part).or_default() += count;
        }
    }
}

fn check(seed: u64) -> Tally {
    check_run(run(seed))
}

fn check_run(mut run: Run) -> Tally {
    let mut tally = Tally::default();
    tally.count(&run);
    run.ended_in_time();
    run.paid_at_most_once();
    match run.outcome.clone() {
        Ok(outcome) => run.tells_one_story(&outcome),
        Err(stop) => panic!("{}: {stop}", run.what),
    }
    run.holds_no_secret();
    run.is_archived();
    run.is_taken_up();
    tally
}

/// Runs all seeds on a few threads; each that fails says why.
fn check_all(seeds: u64) -> BTreeMap<&'static str, u32> {
    let next = AtomicU64::new(0);
    let work = || {
        let mut tallies = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds {
                return tallies;
            }
            tallies.push(panic::catch_unwind(|| check(seed)).map_err(|_| seed));
        }
    };
    let tallies: Result<Vec<Tally>, u64> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut all = BTreeMap::new();
    for tally in tallies.expect("a seed that failed") {
        for (what, count) in tally.0 {
            *all.entry(what).or_insert(0) += count;
        }
    }
    all
}

#[test]
fn two_hundred_seeds_of_trouble_with_every_device() {
    let all = check_all(SEEDS);
    for what in ["card", "scanner", "camera", "fingerprint", "backend", "paid", "deferred"] {
        assert!(all.get(what).is_some_and(|count| *count > 0), "no {what}: {all:?}");
    }
    eprintln!("{all:?}");
}

/// Whatever the card does, and the bank: what it charged is what the records and
/// the papers say, and nothing stays open.
#[test]
fn each_card_is_charged_once_or_not_at_all() {
    use clap::ValueEnum as _;
    let mut paid = 0;
    for payer in payer::Payer::value_variants() {
        let card = payer.to_possible_value().unwrap();
        let mut of_bank = [0; 4];
        for (bank, paid) in
            ["approves", "unheard", "declines", "unreachable"].into_iter().zip(&mut of_bank)
        {
            let name = card.get_name();
            let tally = check_run(lead(format!("terminal --card {name} --bank {bank}")));
            *paid = tally.0.get("paid").copied().unwrap_or(0);
        }
        let pays = u32::from(payer.pays());
        assert_eq!(of_bank, [pays, pays, 0, 0], "{payer:?}");
        paid += of_bank.iter().sum::<u32>();
    }
    assert_eq!(paid, 10);
}

/// A desk without faults, and its clock.
fn quiet_desk() -> (parts::Ours, AnyClock) {
    let args = Args::parse_from(["terminal"]);
    let clock = AnyClock::new(true);
    let (ports, hands) = rig::open(&args, &clock).unwrap();
    let world = People::new(&args, clock.clone(), hands, None).unwrap();
    (parts::desk(&args, ports, clock.clone(), world).unwrap(), clock)
}

/// What the store holds when the power goes: `failures` attempts, all failed.
fn fail_to_sign_in(records: &mut MemorySink, now: Moment, failures: u16) {
    let roster = office::roster().unwrap();
    let (claim, none) = (Claim::Is(roster[0].id), Failures::default());
    let mut sign_in = SignIn::new(&roster, office::POLICY, claim, none, 1, now);
    loop {
        match sign_in.step(now) {
            SignInStep::Append(entry) => {
                let kept = entry.append(records).unwrap();
                sign_in.appended(&kept).unwrap();
            }
            SignInStep::Sensor => {
                let id = SensorId::new(b"a serial number", true);
                sign_in.sensor(Ok(Presence { id, interruptions: 0, stored: 2 })).unwrap();
            }
            SignInStep::Finger(_) => sign_in.finger(Reply::NoMatch, 0, now).unwrap(),
            SignInStep::Wait { .. } => break,
            _ => {}
        }
    }
    assert_eq!(sign_in.failures(), Attempts(failures));
}

#[test]
fn a_power_cut_does_not_open_a_terminal_that_is_closed() {
    let (mut desk, mut clock) = quiet_desk();
    fail_to_sign_in(&mut desk.records, desk.world.now(), LockOut::STANDARD.tries);
    let case = desk.next_case().unwrap();
    assert_eq!(case, 2, "the number of the failed sign-in is not used again");
    let roster = office::roster().unwrap();
    desk.sign_in(&office::office(&roster).unwrap(), case).unwrap();
    let waited = clock.now().since(Instant::ZERO);
    assert!(waited >= LockOut::STANDARD.first, "{} ms", waited.as_millis());
}

#[test]
fn a_payment_of_before_the_power_cut_comes_first() {
    let (mut desk, _) = quiet_desk();
    // The intent is kept, and then the power goes.
    let rules = office::office(&[]).unwrap().rules;
    let number = DecisionNumber::new("1201011000000001").unwrap();
    let purchase = History::new(rules.terminal, number).purchase(Fen::yuan(200)).unwrap();
    let order = purchase.key();
    let intent = purchase.intend(Method::Card, Docket::new(7, None), desk.world.now());
    intent.entry().append(&mut desk.records).unwrap();
    parts::lead(&mut desk).unwrap();
    let kinds: Vec<_> = desk.records.records().iter().map(|record| record.event.kind()).collect();
    let at = |kind| kinds.iter().position(|other| *other == kind).unwrap();
    assert!(at("payment-reversed") < at("identified"), "{kinds:?}");
    assert_eq!(desk.backend.bank.charged(order), 0);
    assert_eq!(desk.records.records().last().unwrap().case, 9);
}

#[test]
fn a_block_that_is_granted_twice_gives_no_number_twice() {
    let (mut desk, _) = quiet_desk();
    parts::lead(&mut desk).unwrap();
    // The platform forgets what it granted.
    desk.backend.authority = Authority::new();
    let records = desk.records.records().len();
    parts::lead(&mut desk).unwrap();
    let number = |records: &[Record]| records.iter().find_map(|record| record.event.number());
    let (first, second) = desk.records.records().split_at(records);
    let (first, second) = (number(first).unwrap(), number(second).unwrap());
    assert_eq!(second.value(), first.value() + 1);
}

/// The case is cut off at each record, kept or not, and led anew.
#[test]
fn the_power_is_cut_at_each_record() {
    let mut cuts = 0;
    for append in 0..16 {
        let fault = [SinkFault::Lost, SinkFault::KeptUnsaid][append % 2];
        let (mut desk, mut clock) = quiet_desk();
        desk.records.fail_after(append, fault);
        let first = parts::lead(&mut desk);
        cuts += u32::from(first.is_err());
        // Longer than the scan engine passes the same code over.
        let now = clock.now();
        clock.sleep(now + Duration::from_secs(5));
        let outcome = parts::lead(&mut desk);
        let what = format!("{fault:?} at record {append}");
        let mut run = Run { what, desk, clock, outcome };
        assert!(run.outcome.is_ok(), "{}: {:?}", run.what, run.outcome);
        run.paid_at_most_once();
        run.holds_no_secret();
        run.is_archived();
        run.is_taken_up();
    }
    assert_eq!(cuts, 16, "a case has so many records");
}
