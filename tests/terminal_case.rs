//! Whole cases against the simulated backend.

mod terminal_support;

use embedded_pos::ErrorKind;
use embedded_pos::port::Instant;
use embedded_pos::sim::backend::{NetFault, Payer};
use embedded_pos::sim::records::SinkFault;
use embedded_pos::terminal::payment::{Method, Outcome as PaymentOutcome, Wallet};
use embedded_pos::terminal::{
    Case, Choice, Confirmation, Delivery, Event, Fault, Fen, Finding, Paper, Printing, Query,
    Rights, Seq, Settlement, Signature, Step, Subject, Tender,
};
use terminal_support::*;

const CARD: Method = Method::Card;
const METHODS: [Method; 7] = [
    Method::Card,
    Method::Scanned(Wallet::WeChat),
    Method::Scanned(Wallet::Alipay),
    Method::Scanned(Wallet::UnionPay),
    Method::Shown(Wallet::WeChat),
    Method::Shown(Wallet::Alipay),
    Method::Shown(Wallet::UnionPay),
];

#[test]
fn every_method_pays_once_and_everything_is_kept() {
    for method in METHODS {
        let mut world = World::new();
        let outcome = world.run(&Script::paying(&[method]));
        let Settlement::Paid(paid) = outcome.settlement else { panic!("{method:?} {outcome:?}") };
        assert!(outcome.uploaded && !outcome.withdrawn);
        assert_eq!(world.backend.bank.charged(paid.key), 20_000);
        assert_eq!(world.backend.bank.charges(paid.key.purchase()), 1);
        assert_eq!(
            world.kinds(),
            [
                "attempt-counted",
                "signed-in",
                "identified",
                "queried",
                "queried",
                "queried",
                "confirmed",
                "decided",
                "payment-intended",
                "payment-approved",
                "printed",
                "printed",
                "printed",
                "signature",
                "delivery",
                "finished",
            ]
        );
        let archived: Vec<_> =
            world.backend.authority.archive().map(|(_, record)| *record).collect();
        assert_eq!(archived, world.sink.records(), "the archive has every record once, in order");
        assert_eq!(world.shown.is_empty(), !matches!(method, Method::Shown(_)));
    }
}

#[test]
fn the_steps_come_in_the_order_of_the_law() {
    let mut world = World::new();
    world.run(&Script::paying(&[CARD]));
    let mut steps = world.steps;
    steps.retain(|step| step != "Append");
    assert_eq!(
        steps,
        [
            "Identify", "Query", "Query", "Query", "Choose", "Confirm", "Number", "Tender", "Ask",
            "Complete", "Print", "Print", "Print", "Sign", "Deliver", "Upload", "Done",
        ]
    );
}

#[test]
fn papers_say_what_was_decided_and_paid() {
    let mut world = World::new();
    let mut script = Script::paying(&[CARD]);
    script.confirmation = Confirmation::Contested(note("称未看到标志"));
    let outcome = world.run(&script);
    let number = outcome.number.unwrap().to_string();
    let [(Paper::Decision, 1, decision), (Paper::Slip, 1, slip), (Paper::Receipt, 1, receipt)] =
        &world.papers[..]
    else {
        panic!("{:?}", world.papers)
    };
    for wanted in [
        &*format!("编号：{number}\n"),
        "津A12345",
        "张三",
        "违反规定停放车辆（代码1039）",
        "第五十六条",
        "罚款 | 200.00元",
        "称未看到标志",
        "罚款已当场以银行卡缴纳",
        "李警官",
        "警号：010101",
    ] {
        assert!(decision.contains(wanted), "{wanted} in {decision}");
    }
    assert!(!decision.contains("15日内缴纳"));
    assert!(slip.contains("622202*********0000"), "{slip}");
    assert!(slip.contains("RMB 200.00") && slip.contains("授权码： | A00001"), "{slip}");
    assert!(receipt.contains("大写：贰佰元整"), "{receipt}");
    assert!(!receipt.contains("622202"), "{receipt}");
    for paper in [decision, slip, receipt] {
        assert!(!paper.contains(PAN) && paper.ends_with("[cut]\n"));
    }
}

#[test]
fn no_record_holds_a_secret() {
    for method in METHODS {
        let mut world = World::new();
        world.run(&Script::paying(&[method]));
        let records = world.records_as_text() + &format!("{:?}", world.sink.records());
        for secret in [PAN, WECHAT_CODE, ALIPAY_CODE, UNIONPAY_CODE] {
            assert!(!records.contains(secret), "{secret} is in a record");
        }
        assert_eq!(records.contains("622202*********0000"), method == CARD);
    }
}

#[test]
fn pay_later() {
    let mut world = World::new();
    let outcome = world.run(&Script::paying(&[]));
    assert_eq!(outcome.settlement, Settlement::Deferred);
    let [(Paper::Decision, 1, decision)] = &world.papers[..] else { panic!("{:?}", world.papers) };
    assert!(decision.contains("15日内缴纳") && decision.contains("[qr 1201011"), "{decision}");
    assert!(world.kinds().contains(&"deferred"));
    assert_eq!(world.backend.bank.messages(), 0);
}

#[test]
fn a_declined_card_then_a_wallet() {
    let mut world = World::new();
    world.backend.bank.expect(Payer::Refused("51"));
    let outcome = world.run(&Script::paying(&[CARD, Method::Scanned(Wallet::WeChat)]));
    let Settlement::Paid(paid) = outcome.settlement else { panic!("{outcome:?}") };
    assert_eq!(paid.key.attempt(), 2);
    assert_eq!(world.backend.bank.charges(paid.key.purchase()), 1);
    assert!(world.records_as_text().contains("kind=payment-declined"));
}

#[test]
fn the_card_refuses_what_the_host_approved() {
    let mut world = World::new();
    let mut script = Script::paying(&[CARD]);
    script.card_agrees = false;
    let outcome = world.run(&script);
    assert_eq!(outcome.settlement, Settlement::Deferred);
    let records = world.records_as_text();
    assert!(records.contains("doubt=card-refused code=06"), "{records}");
    assert!(records.contains("kind=payment-reversed"), "{records}");
}

#[test]
fn a_wallet_that_never_pays_is_cancelled_and_a_code_that_is_shown_is_closed() {
    for method in [Method::Scanned(Wallet::Alipay), Method::Shown(Wallet::WeChat)] {
        let mut world = World::new();
        world.backend.bank.expect(Payer::Never);
        let started = world.at;
        let outcome = world.run(&Script::paying(&[method]));
        assert_eq!(outcome.settlement, Settlement::Deferred, "{method:?}");
        assert!(world.kinds().contains(&"payment-closed"));
        let waited = world.at.since(started).as_millis() / 1_000;
        let expected = if matches!(method, Method::Shown(_)) { 300..310 } else { 60..70 };
        assert!(expected.contains(&waited), "{method:?} took {waited} s");
    }
}

#[test]
fn a_success_just_before_closing_wins() {
    let mut world = World::new();
    world.backend.bank.expect(Payer::PaysAtClosing);
    let outcome = world.run(&Script::paying(&[Method::Shown(Wallet::Alipay)]));
    let Settlement::Paid(paid) = outcome.settlement else { panic!("{outcome:?}") };
    assert_eq!(world.backend.bank.charged(paid.key), 20_000);
}

#[test]
fn a_payer_who_calls_it_off_pays_by_card() {
    for method in [
        Method::Scanned(Wallet::WeChat),
        Method::Scanned(Wallet::Alipay),
        Method::Shown(Wallet::Alipay),
    ] {
        let mut world = World::new();
        world.backend.bank.expect(Payer::Never);
        let mut script = Script::paying(&[method, CARD]);
        script.abandons = true;
        let started = world.at;
        let outcome = world.run(&script);
        let Settlement::Paid(paid) = outcome.settlement else { panic!("{outcome:?}") };
        assert_eq!((paid.method, paid.key.attempt()), (CARD, 2));
        assert_eq!(world.backend.bank.charges(paid.key.purchase()), 1);
        // WeChat Pay takes no reverse before 15 s are over.
        let waited = world.at.since(started).as_millis() / 1_000;
        let wechat = method == Method::Scanned(Wallet::WeChat);
        assert!(if wechat { (15..17).contains(&waited) } else { waited < 5 }, "{waited}");
    }
}

#[test]
fn a_case_fits_a_small_stack() {
    assert!(size_of::<Case<'_>>() <= 2_048, "{} bytes", size_of::<Case<'_>>());
    let record = size_of::<embedded_pos::terminal::Record>();
    assert!(record <= 512, "{record} bytes");
}

#[test]
fn nothing_answers_any_more() {
    for method in METHODS {
        let mut world = World::new();
        for _ in 0..400 {
            world.backend.bank.inject(NetFault::AnswerLost);
        }
        let mut script = Script::paying(&[method, CARD]);
        script.signature = Signature::Signed;
        let outcome = world.run(&script);
        let Settlement::Unresolved(key) = outcome.settlement else {
            panic!("{method:?} {outcome:?}")
        };
        // No second attempt, no receipt.
        assert_eq!(key.attempt(), 1);
        let [(Paper::Decision, 1, decision)] = &world.papers[..] else { panic!() };
        // It may be paid by now: nobody is told to pay again.
        assert!(decision.contains("请勿重复缴纳") && decision.contains(key.as_str()), "{decision}");
        assert!(!decision.contains("15日内缴纳") && !decision.contains("[qr"), "{decision}");
        assert!(decision.contains("罚款 | 200.00元"), "{decision}");
        // When the host is back, the terminal goes on.
        world.backend.bank.heal();
        let [resolved] = &world.recover()[..] else { panic!("one payment is open") };
        let charged = world.backend.bank.charged(key) > 0;
        assert_eq!(matches!(resolved, PaymentOutcome::Approved(_)), charged, "{method:?}");
        assert!(!matches!(resolved, PaymentOutcome::Unresolved(_)));
        assert!(world.recover().is_empty());
        // The records of the rest of the case and of the payment's end are
        // told apart: an archive that stores each once loses none.
        let names = world.sink.records().iter().map(|record| (record.case, record.line));
        let unique: std::collections::BTreeSet<_> = names.collect();
        assert_eq!(unique.len(), world.sink.records().len(), "{method:?}");
    }
}

#[test]
fn each_message_of_each_method_fails_once_in_each_way() {
    let faults = [
        NetFault::RequestLost,
        NetFault::AnswerLost,
        NetFault::Delayed(0),
        NetFault::Delayed(1),
        NetFault::Delayed(3),
        NetFault::OtherOrder,
        NetFault::OtherAmount,
        NetFault::Garbled,
    ];
    for method in METHODS {
        for fault in faults {
            for message in 0..4 {
                let mut world = World::new();
                for _ in 0..message {
                    world.backend.bank.inject(None);
                }
                world.backend.bank.inject(fault);
                world.backend.bank.expect(Payer::AsksPassword(2));
                let outcome = world.run(&Script::paying(&[method, CARD]));
                world.backend.bank.deliver();
                never_twice(&world, &outcome.settlement, &format!("{method:?} {fault:?}"));
            }
        }
    }
}

fn never_twice(world: &World, settlement: &Settlement, what: &str) {
    let mut records = world.sink.records().iter();
    let purchase = records.find_map(|record| record.event.order());
    let charges = purchase.map_or(0, |key| world.backend.bank.charges(key.purchase()));
    match settlement {
        Settlement::Paid(paid) => {
            assert_eq!(charges, 1, "{what}");
            assert_eq!(world.backend.bank.charged(paid.key), 20_000, "{what}");
        }
        Settlement::Unresolved(_) => assert!(charges <= 1, "{what}"),
        _ => assert_eq!(charges, 0, "{what}"),
    }
}

#[test]
fn two_hundred_seeds_of_trouble() {
    let (mut paid, mut other) = (0, 0);
    for seed in 0..200 {
        let method = METHODS[seed as usize % METHODS.len()];
        let mut world = World::new();
        world.backend.bank.seed(seed);
        world.backend.authority.seed(seed);
        let outcome = world.run(&Script::paying(&[method, CARD]));
        world.backend.bank.deliver();
        never_twice(&world, &outcome.settlement, &format!("seed {seed}"));
        match outcome.settlement {
            Settlement::Paid(_) => paid += 1,
            _ => other += 1,
        }
        // What the archive has is what the terminal kept, once each.
        for (seq, record) in world.backend.authority.archive() {
            assert_eq!(world.sink.records()[seq.0 as usize - 1], *record, "seed {seed}");
        }
        assert!(world.sink.acked() <= world.backend.authority.archive().count());
    }
    assert!(paid > 100 && other > 0, "{paid} {other}");
}

#[test]
fn a_sink_that_fails_at_each_record() {
    for fault in [SinkFault::Lost, SinkFault::KeptUnsaid] {
        for appends in 0..16 {
            let mut world = World::new();
            let roster = roster();
            let rules = rules();
            let session = world.sign_in(&roster, 1);
            world.sink.fail_after(appends, fault);
            let case = world.next_case();
            let mut case = Case::new(&rules, session, case).unwrap();
            let outcome = world.drive(&mut case, Script::paying(&[CARD]));
            never_twice(&world, &outcome.settlement, "sink");
            assert!(matches!(outcome.settlement, Settlement::Paid(_)));
            let mut lines: Vec<_> =
                world.sink.records().iter().map(|record| (record.case, record.line)).collect();
            lines.dedup();
            let count = lines.len();
            lines.sort_unstable();
            lines.dedup();
            assert_eq!(lines.len(), count, "only a record tried again comes twice, in a row");
        }
    }
}

#[test]
fn a_power_cut_after_each_record_then_the_fine_is_settled() {
    let fine_paid_once = |cut: usize| {
        let mut world = World::new();
        let (rules, roster) = (rules(), roster());
        let session = world.sign_in(&roster, 1);
        let before = world.sink.records().len();
        let case = world.next_case();
        let mut case = Case::new(&rules, session, case).unwrap();
        let reached = until_record(&mut world, &mut case, before + cut);
        // The terminal starts again; the case is forgotten.
        world.at = Instant::from_micros(0);
        world.recover();
        let decided = world.sink.records().iter().find_map(|record| match record.event {
            Event::Decided(decision) => Some(decision),
            _ => None,
        });
        let Some(decision) = decided else { return reached };
        assert!(world.decisions.left() < 10);
        let due = embedded_pos::terminal::Decided {
            number: decision.number,
            delivered: world.today,
            fine: decision.fine,
        };
        world.backend.authority.accuse(&vehicle(), violation(Some(due)));
        let mut script = Script::paying(&[CARD]);
        script.choice = Plan::First;
        let outcome = world.run(&script);
        assert!(matches!(outcome.settlement, Settlement::Paid(_)), "cut {cut}: {outcome:?}");
        assert_eq!(world.papers.last().map(|(paper, ..)| *paper), Some(Paper::Receipt));
        never_twice(&world, &outcome.settlement, &format!("cut after {cut} records"));
        reached
    };
    let cuts = (1..).take_while(|cut| fine_paid_once(*cut)).count();
    assert_eq!(cuts, 14);
}

/// Runs a case until the sink has so many records; false if it ends before.
fn until_record(world: &mut World, case: &mut Case<'_>, records: usize) -> bool {
    let mut list = [None; 4];
    loop {
        let now = world.now();
        if world.sink.records().len() >= records {
            return true;
        }
        match case.step(now) {
            Step::Append(entry) => {
                let kept = entry.append(&mut world.sink).unwrap();
                case.appended(kept, now).unwrap();
            }
            Step::Identify => case.identified(subject(), now).unwrap(),
            Step::Query(query) => {
                let finding = query.ask(&mut world.backend, case.subject(), &mut list);
                case.queried(finding, now).unwrap();
            }
            Step::Choose => {
                let choice = Choice::Penalty {
                    behaviour: "1039",
                    time: now.civil,
                    place: place(),
                    violation: None,
                };
                case.chosen(choice, now).unwrap();
            }
            Step::Confirm => case.confirmed(Confirmation::Agreed, now).unwrap(),
            Step::Number(_) => case.numbered(world.decisions.take().unwrap(), now).unwrap(),
            Step::Tender { .. } => case.tendered(Tender::Now(CARD), now).unwrap(),
            Step::Ask(request) => {
                let answer = world.ask(request);
                case.answered(answer, now).unwrap();
            }
            Step::Complete(_) => case.completed(true, now).unwrap(),
            Step::Print { .. } => case.printed(Printing::Proven, now).unwrap(),
            Step::Sign => case.signed(Signature::Signed, now).unwrap(),
            Step::Deliver => case.delivered(Delivery::Accepted, now).unwrap(),
            Step::Upload { .. } => case.uploaded(None).unwrap(),
            Step::Done(_) => return false,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_old_decision_is_settled_with_its_fee() {
    let mut world = World::new();
    // Delivered 20 days ago: five days late.
    world.backend.authority.accuse(&vehicle(), violation(Some(decided(date(2026, 2, 10)))));
    let mut script = Script::paying(&[Method::Scanned(Wallet::WeChat)]);
    script.choice = Plan::First;
    let outcome = world.run(&script);
    let Settlement::Paid(paid) = outcome.settlement else { panic!("{outcome:?}") };
    assert_eq!(paid.approval.amount, Fen::yuan(230));
    assert_eq!(outcome.number, None);
    let papers: Vec<_> = world.papers.iter().map(|(paper, ..)| *paper).collect();
    assert_eq!(papers, [Paper::Slip, Paper::Receipt]);
    let receipt = &world.papers[1].2;
    assert!(receipt.contains("加处罚款 | 30.00元") && receipt.contains("合计 | 230.00元"));
    assert!(!world.steps.contains(&"Sign".to_string()));
    // Another try, next day, before the server knows: nothing is charged.
    world.today = date(2026, 3, 3);
    let messages = world.backend.bank.messages();
    let again = world.run(&script);
    assert_eq!(again.settlement, Settlement::Paid(paid));
    assert_eq!(world.backend.bank.messages(), messages);
    let receipt = &world.papers.last().unwrap().2;
    assert!(receipt.contains("加处罚款 | 30.00元"), "{receipt}");
    // The record says what was due when it was paid, as the receipt does.
    let records = world.records_as_text();
    assert_eq!(records.matches("kind=claimed").count(), 2);
    assert_eq!(records.matches("late_fee=30.00").count(), 2, "{records}");
}

#[test]
fn a_claim_of_nothing_charges_nothing() {
    let mut world = World::new();
    let warning = embedded_pos::terminal::Decided { fine: Fen::ZERO, ..decided(date(2026, 2, 10)) };
    world.backend.authority.accuse(&vehicle(), violation(Some(warning)));
    let mut script = Script::paying(&[CARD]);
    script.choice = Plan::First;
    let outcome = world.run(&script);
    assert_eq!(outcome.settlement, Settlement::NotDue);
    assert_eq!(world.backend.bank.messages(), 0);
    assert!(world.papers.is_empty());
}

#[test]
fn an_undecided_violation_gets_its_decision() {
    let mut world = World::new();
    world.backend.authority.accuse(&vehicle(), violation(None));
    let mut script = Script::paying(&[CARD]);
    script.choice = Plan::First;
    let outcome = world.run(&script);
    assert!(matches!(outcome.settlement, Settlement::Paid(_)));
    let records = world.records_as_text();
    assert!(records.contains("violation=1201011234567890"), "{records}");
    assert!(records.contains("violations=1"), "{records}");
}

#[test]
fn a_warning_costs_nothing() {
    let mut world = World::new();
    let mut script = Script::paying(&[]);
    script.choice = Plan::Penalty("1240");
    let outcome = world.run(&script);
    assert_eq!(outcome.settlement, Settlement::NotDue);
    let [(Paper::Decision, 1, decision)] = &world.papers[..] else { panic!("{:?}", world.papers) };
    assert!(decision.contains("警告") && !decision.contains("罚款 |"), "{decision}");
}

#[test]
fn a_measure_has_its_own_paper_and_number() {
    let mut world = World::new();
    let mut script = Script::paying(&[]);
    script.choice = Plan::Measure;
    let outcome = world.run(&script);
    assert_eq!(outcome.settlement, Settlement::NotDue);
    assert_eq!(outcome.number.map(|number| number.to_string().remove(6)), Some('2'));
    let [(Paper::Measure, 1, paper)] = &world.papers[..] else { panic!("{:?}", world.papers) };
    for wanted in ["扣留机动车驾驶证", "2026-03-17前", "违法处理窗口"] {
        assert!(paper.contains(wanted), "{wanted} in {paper}");
    }
    assert!(world.kinds().contains(&"measured"));
}

#[test]
fn nothing_to_do_still_leaves_a_record() {
    let mut world = World::new();
    let mut script = Script::paying(&[]);
    script.choice = Plan::Nothing;
    let outcome = world.run(&script);
    assert_eq!((outcome.number, outcome.uploaded), (None, true));
    assert_eq!(world.kinds().last(), Some(&"finished"));
}

#[test]
fn refusals_are_noted_by_the_officer() {
    let mut world = World::new();
    let mut script = Script::paying(&[]);
    script.signature = Signature::Refused(note("当事人拒绝签名"));
    script.delivery = Delivery::Refused(note("当事人拒收，已告知"));
    world.run(&script);
    let records = world.records_as_text();
    assert!(records.contains("kind=signature signed=false note=当事人拒绝签名"), "{records}");
    assert!(records.contains("kind=delivery accepted=false note=当事人拒收，已告知"), "{records}");
    assert!(records.contains("officer=010101 kind=delivery"));
    assert_eq!(embedded_pos::terminal::Note::new("  "), Err(Fault::Empty));
}

#[test]
fn a_printer_that_fails_prints_a_marked_copy() {
    let mut world = World::new();
    let mut script = Script::paying(&[]);
    script.printing = vec![Printing::Failed(ErrorKind::Absent), Printing::Unproven];
    world.run(&script);
    let [(_, 1, first), (_, 2, second)] = &world.papers[..] else { panic!("{:?}", world.papers) };
    assert!(!first.contains("重打印") && second.contains("重打印 第2份"), "{second}");
    let records = world.records_as_text();
    assert!(records.contains("paper=decision copy=1 printing=failed"), "{records}");
    assert!(records.contains("paper=decision copy=2 printing=unproven"), "{records}");
}

#[test]
fn without_a_network_the_decision_stands_and_the_records_wait() {
    let mut world = World::new();
    world.backend.authority.set_offline(true);
    let outcome = world.run(&Script::paying(&[]));
    assert!(!outcome.uploaded);
    assert_eq!(world.backend.authority.archive().count(), 0);
    assert!(world.records_as_text().contains("answered=false"));
    world.backend.authority.set_offline(false);
    let last = u32::try_from(world.sink.records().len()).unwrap();
    assert_eq!(world.upload(Seq(last)), Some(Seq(last)));
    assert_eq!(world.backend.authority.archive().count(), world.sink.records().len());
}

/// A case at the step where the officer chooses.
fn at_choose<'a>(
    world: &mut World,
    rules: &'a embedded_pos::terminal::Rules<'a>,
    session: embedded_pos::terminal::Session<'a>,
) -> Case<'a> {
    let number = world.next_case();
    let mut case = Case::new(rules, session, number).unwrap();
    loop {
        let now = world.now();
        match case.step(now) {
            Step::Append(entry) => {
                let kept = entry.append(&mut world.sink).unwrap();
                case.appended(kept, now).unwrap();
            }
            Step::Identify => case.identified(subject(), now).unwrap(),
            Step::Query(_) => case.queried(Finding::Violations(0), now).unwrap(),
            _ => return case,
        }
    }
}

fn penalty(behaviour: &str, now: embedded_pos::terminal::Moment) -> Choice<'_> {
    Choice::Penalty { behaviour, time: now.civil, place: place(), violation: None }
}

#[test]
fn the_role_decides_what_may_be_issued() {
    let mut world = World::new();
    let (rules, roster) = (rules(), roster());
    let session = world.sign_in(&roster, 3);
    let mut case = at_choose(&mut world, &rules, session);
    let now = world.now();
    let refused = case.chosen(penalty("1039", now), now);
    assert_eq!(refused, Err(Fault::NotPermitted(Rights::PENALTY)));
    let settle = Choice::Settle(decided(date(2026, 2, 10)));
    assert_eq!(case.chosen(settle, now), Err(Fault::NotPermitted(Rights::COLLECT)));
    case.chosen(Choice::Nothing, now).unwrap();
}

#[test]
fn the_table_decides_what_it_costs() {
    let mut world = World::new();
    let (rules, roster) = (rules(), roster());
    let session = world.sign_in(&roster, 1);
    let mut case = at_choose(&mut world, &rules, session);
    let now = world.now();
    assert_eq!(case.chosen(penalty("9999", now), now), Err(Fault::UnknownBehaviour));
    assert_eq!(case.chosen(penalty("1636", now), now), Err(Fault::AboveLimit));
    let time = embedded_pos::terminal::CivilTime::new(date(2022, 3, 31), 8, 0, 0).unwrap();
    let old = Choice::Penalty { behaviour: "1039", time, place: place(), violation: None };
    assert_eq!(case.chosen(old, now), Err(Fault::NotInForce));
    case.chosen(penalty("1039", now), now).unwrap();
    assert_eq!(case.due(), Fen::yuan(200));
}

#[test]
fn a_number_that_was_taken_is_voided_by_a_supervisor_only() {
    for (slot, allowed) in [(1, false), (4, true)] {
        let mut world = World::new();
        let (rules, roster) = (rules(), roster());
        let session = world.sign_in(&roster, slot);
        let mut case = at_choose(&mut world, &rules, session);
        let now = world.now();
        case.chosen(penalty("1039", now), now).unwrap();
        case.confirmed(Confirmation::Agreed, now).unwrap();
        while let Step::Append(entry) = case.step(now) {
            let kept = entry.append(&mut world.sink).unwrap();
            case.appended(kept, now).unwrap();
        }
        case.numbered(world.decisions.take().unwrap(), now).unwrap();
        while let Step::Append(entry) = case.step(now) {
            let kept = entry.append(&mut world.sink).unwrap();
            case.appended(kept, now).unwrap();
        }
        let withdrawn = case.withdraw(note("车牌识别有误"), now);
        if allowed {
            withdrawn.unwrap();
            let outcome = world.drive(&mut case, Script::paying(&[]));
            assert!(outcome.withdrawn && outcome.number.is_some());
            assert!(world.records_as_text().contains("kind=voided number=1201011000000001"));
            assert!(world.papers.is_empty());
        } else {
            assert_eq!(withdrawn, Err(Fault::NotPermitted(Rights::VOID)));
            assert!(matches!(case.step(now), Step::Tender { .. }));
        }
    }
}

#[test]
fn out_of_order_changes_nothing() {
    let mut world = World::new();
    let (rules, roster) = (rules(), roster());
    let session = world.sign_in(&roster, 1);
    let number = world.next_case();
    let mut case = Case::new(&rules, session, number).unwrap();
    let now = world.now();
    assert_eq!(case.chosen(Choice::Nothing, now), Err(Fault::OutOfOrder));
    assert_eq!(case.uploaded(None), Err(Fault::OutOfOrder));
    assert_eq!(case.completed(true, now), Err(Fault::OutOfOrder));
    assert_eq!(case.abandon(now), Err(Fault::OutOfOrder));
    let nobody = Subject { vehicle: None, driver: None };
    assert_eq!(case.identified(nobody, now), Err(Fault::NoSubject));
    case.identified(subject(), now).unwrap();
    // The record is to be kept first.
    assert_eq!(case.queried(Finding::Violations(0), now), Err(Fault::OutOfOrder));
    // And it must be this one.
    let other = world.next_case();
    let mut stranger = Case::new(&rules, session, other).unwrap();
    stranger.identified(subject(), now).unwrap();
    let Step::Append(entry) = stranger.step(now) else { panic!() };
    let kept = entry.append(&mut world.sink).unwrap();
    assert_eq!(case.appended(kept, now), Err(Fault::WrongEntry));
    let Step::Append(entry) = case.step(now) else { panic!() };
    let kept = entry.append(&mut world.sink).unwrap();
    case.appended(kept, now).unwrap();
    assert!(matches!(case.step(now), Step::Query(Query::Violations)));
}

#[test]
fn decision_numbers_never_come_twice() {
    let mut world = World::new();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..10 {
        let outcome = world.run(&Script::paying(&[]));
        assert!(seen.insert(outcome.number.unwrap().to_string()));
    }
    assert_eq!(world.decisions.take(), Err(Fault::Exhausted));
    // After a restart the block is told what the records know.
    let first = embedded_pos::terminal::DecisionNumber::new("1201011000000001").unwrap();
    let mut block = embedded_pos::terminal::NumberBlock::new(first, 12);
    for record in world.sink.records() {
        record.event.number().into_iter().for_each(|number| block.used(number));
    }
    assert_eq!(block.take().unwrap().number().to_string(), "1201011000000011");
    assert_eq!(block.left(), 1);
}

#[test]
fn a_decision_waits_for_the_finger_of_the_same_officer_and_uses_it_up() {
    let mut world = World::new();
    let roster = roster();
    let rules = embedded_pos::terminal::Rules { authorise: true, ..rules() };
    let (session, early) = world.lay_finger(&roster, 1);
    let mut case = at_choose(&mut world, &rules, session);
    world.at += embedded_pos::port::Duration::from_secs(1);
    let now = world.now();
    case.chosen(penalty("1039", now), now).unwrap();
    case.confirmed(Confirmation::Agreed, now).unwrap();
    while let Step::Append(entry) = case.step(now) {
        let kept = entry.append(&mut world.sink).unwrap();
        case.appended(kept, now).unwrap();
    }
    assert!(matches!(case.step(now), Step::Authorise));
    let refused = case.numbered(world.decisions.take().unwrap(), now);
    assert_eq!(refused, Err(Fault::OutOfOrder));
    // The finger of the sign-in was laid before; another officer's is another's.
    let authorised = case.authorised(early.into_authorisation().unwrap(), now);
    assert_eq!(authorised, Err(Fault::NotAuthorised));
    let (_, other) = world.lay_finger(&roster, 4);
    let authorised = case.authorised(other.into_authorisation().unwrap(), now);
    assert_eq!(authorised, Err(Fault::NotAuthorised));
    let (_, good) = world.lay_finger(&roster, 2);
    case.authorised(good.into_authorisation().unwrap(), now).unwrap();
    let outcome = world.drive(&mut case, Script::paying(&[]));
    assert!(outcome.number.is_some());
    assert!(world.records_as_text().contains("kind=authorised slot=2 score=90 method=1:N"));
}
