//! The whole contact kernel against cards that sign for real.

mod emv_support;

use embedded_pos::card::StatusWord;
use embedded_pos::emv::oda::Method;
use embedded_pos::emv::{
    ActionCodes, Amount, Approval, CONFIRMATION, Cid, Decline, FIELD_55, Fault, Instruction,
    Outcome, Payment, Rule, Store, Tag, Terminal, Transaction, Tsi, Tvr, Verdict,
};
use embedded_pos::sim::card::pki::{Flaw, Key, Pki, Signed, Size};
use embedded_pos::sim::card::{
    Authentication, CardApplication, Layout, Misbehaviour, Personalisation, Risk,
};
use embedded_pos::sim::issuer::{Script, ScriptCommand};
use emv_support::{Entry, World, arena, payment, trusting};

const METHODS: [(Authentication, Method); 3] = [
    (Authentication::Static, Method::Sda),
    (Authentication::Dynamic, Method::Dda),
    (Authentication::Combined, Method::Cda),
];
const EVERY: Tvr = Tvr::from_bytes([0xFF; 5]);
/// Whatever is found, the payment is tried offline.
const MILD: ActionCodes = ActionCodes::NONE;
/// A CVM list: no amounts, and these rules.
fn list(rules: &[[u8; 2]]) -> Vec<u8> {
    [&[0; 8][..], rules.as_flattened()].concat()
}

/// A card that is content with everything, authenticated in this way.
fn card(by: Authentication) -> CardApplication {
    CardApplication::new(1, "UnionPay Debit", 1)
        .authenticated(by, Pki::default())
        .with(0x8E, &list(&[[0x1F, 0x00]]))
        .with(0x9F0D, &[0; 5])
        .with(0x9F0E, &[0; 5])
        .with(0x9F0F, &[0; 5])
}

fn terminal() -> Terminal<'static> {
    trusting(&Pki::default(), MILD)
}

/// Plays a payment and looks at what is left of it.
fn look<T>(
    terminal: &Terminal<'_>,
    payment: Payment,
    world: &mut World,
    at: impl FnOnce(Outcome, &Transaction<'_>) -> T,
) -> T {
    let mut arena = arena();
    let mut transaction = Transaction::new(terminal, payment, &mut arena);
    let outcome = world.play(&mut transaction);
    due(world, outcome);
    assert!(world.card.commands().len() <= Transaction::most_commands(terminal));
    at(outcome, &transaction)
}

fn play(world: &mut World) -> (Outcome, Tvr) {
    look(&terminal(), payment(), world, |outcome, transaction| (outcome, transaction.tvr()))
}

/// A reversal is due exactly when the issuer approved and the card did not.
fn due(world: &World, outcome: Outcome) {
    let approved = world.asked == 1 && world.issuer_approved && world.online;
    assert_eq!(outcome.reversal_due, approved && !outcome.is_approved(), "{outcome:?}");
}

fn one(application: CardApplication) -> World {
    World::new(Personalisation::of(application))
}

fn instructions(world: &World) -> Vec<u8> {
    world.card.commands().iter().map(|command| command[1]).collect()
}

/// What GENERATE AC was asked for, in P1.
fn asked(world: &World) -> Vec<u8> {
    let commands = world.card.commands().iter();
    commands.filter(|command| command[1] == 0xAE).map(|command| command[2]).collect()
}

#[test]
fn a_good_card_pays_offline_by_each_method() {
    for (by, method) in METHODS {
        for layout in [Layout::Values, Layout::Elements] {
            let mut world = one(CardApplication { layout, ..card(by) });
            look(&terminal(), payment(), &mut world, |outcome, transaction| {
                assert_eq!(outcome.result, Verdict::Approved(Approval::Offline), "{method:?}");
                assert_eq!(transaction.method_of_authentication(), Some(method));
                assert_eq!(transaction.fault_of_authentication(), None);
                let selected = match method {
                    Method::Sda => Tvr::SDA_SELECTED,
                    _ => Tvr::empty(),
                };
                assert_eq!(transaction.tvr(), selected);
                let done = Tsi::OFFLINE_AUTHENTICATION
                    | Tsi::CARDHOLDER_VERIFICATION
                    | Tsi::TERMINAL_RISK_MANAGEMENT
                    | Tsi::CARD_RISK_MANAGEMENT;
                assert_eq!(transaction.tsi(), done);
                assert_eq!(transaction.data(Tag::ARC), Some(&b"Y1"[..]));
                assert_eq!(transaction.data(Tag::CVM_RESULTS), Some(&[0x1F, 0, 2][..]));
                assert_eq!(
                    transaction.data(Tag::AUTHENTICATION_CODE).is_some(),
                    method == Method::Sda
                );
                assert_eq!(transaction.data(Tag::DYNAMIC_NUMBER).is_some(), method != Method::Sda);
                // The settlement is good.
                let mut field = [0; 255];
                let length = transaction.field_55(FIELD_55, &mut field).unwrap();
                let pan = transaction.pan().unwrap();
                let verified = world_verifies(pan.expose(), &field[..length]);
                assert_eq!(verified, Some(0x40), "{method:?}");
            });
            assert_eq!(world.asked, 0);
            let wanted = if method == Method::Cda { 0x50 } else { 0x40 };
            assert_eq!(asked(&world), [wanted]);
        }
    }
}

fn world_verifies(pan: &str, field: &[u8]) -> Option<u8> {
    embedded_pos::sim::issuer::Issuer::default().verify(pan, 1, field)
}

#[test]
fn both_cryptograms_of_an_online_payment_are_signed() {
    let online = ActionCodes { online: EVERY, ..MILD };
    let application = CardApplication { mutual: true, ..card(Authentication::Combined) };
    let risk = Risk { online_above: Some(1), ..Risk::default() };
    for application in [
        CardApplication { risk, ..application.clone() },
        CardApplication { risk, layout: Layout::Values, ..application },
    ] {
        let mut world = one(application);
        look(&trusting(&Pki::default(), online), payment(), &mut world, |outcome, transaction| {
            assert_eq!(outcome.result, Verdict::Approved(Approval::Online));
            assert_eq!(transaction.fault_of_authentication(), None);
            assert!(transaction.tsi().contains(Tsi::OFFLINE_AUTHENTICATION));
            assert_eq!(transaction.data(Tag::AC).map(<[u8]>::len), Some(8));
        });
        // The card wanted the issuer, the terminal had a TC in mind.
        assert_eq!((asked(&world), world.asked), (vec![0x50, 0x50], 1));
    }
}

#[test]
fn a_flaw_in_a_signature_is_found_and_named_and_its_bit_decides() {
    for (by, method) in METHODS {
        let (bit, signatures) = match method {
            Method::Sda => (Tvr::SDA_FAILED, [Signed::IssuerCertificate, Signed::StaticData]),
            Method::Dda => (Tvr::DDA_FAILED, [Signed::CardCertificate, Signed::DynamicData]),
            Method::Cda => (Tvr::CDA_FAILED, [Signed::IssuerCertificate, Signed::CardCertificate]),
        };
        for signature in signatures {
            for flaw in Flaw::ALL.into_iter().filter(|flaw| flaw.fits(signature)) {
                // What is in the dynamic data need not have its form for DDA, and
                // the length of an exponent is in no list of checks.
                if matches!(flaw, Flaw::DynamicNumber | Flaw::DynamicLength | Flaw::ExponentLength)
                {
                    continue;
                }
                let how = Misbehaviour::Flawed(signature, flaw);
                let mut world = one(card(by)).with(how.clone());
                look(&terminal(), payment(), &mut world, |outcome, transaction| {
                    assert_eq!(outcome.result, Verdict::Approved(Approval::Offline), "{how:?}");
                    assert!(transaction.tvr().contains(bit), "{how:?}");
                    assert!(transaction.fault_of_authentication().is_some(), "{how:?}");
                });
                // No signature is asked for where it cannot be checked.
                assert_eq!(asked(&world), [0x40], "{how:?}");
                let denial = trusting(&Pki::default(), ActionCodes { denial: bit, ..MILD });
                let mut world = one(card(by)).with(how.clone());
                look(&denial, payment(), &mut world, |outcome, transaction| {
                    let declined = Verdict::Declined(Decline::Terminal);
                    assert_eq!(outcome.result, declined, "{how:?}");
                    assert!(transaction.findings().has(Rule::DenialCodes));
                    assert_eq!(transaction.data(Tag::ARC), Some(&b"Z1"[..]));
                });
                assert_eq!(asked(&world), [0x00], "{how:?}");
            }
        }
    }
}

#[test]
fn a_cryptogram_with_a_wrong_signature_pays_nothing() {
    // A cryptogram that is signed and not the card's only its issuer can tell.
    let told = |flaw: &Flaw| flaw.fits(Signed::Cryptogram) && *flaw != Flaw::Cryptogram;
    for flaw in Flaw::ALL.into_iter().filter(told) {
        let how = Misbehaviour::Flawed(Signed::Cryptogram, flaw);
        // A TC: declined at once.
        let mut world = one(card(Authentication::Combined)).with(how.clone());
        let (outcome, tvr) = play(&mut world);
        assert_eq!(outcome.result, Verdict::Declined(Decline::Authentication), "{flaw:?}");
        assert_eq!((tvr, asked(&world)), (Tvr::CDA_FAILED, vec![0x50]), "{flaw:?}");
        // An ARQC: nobody is asked but the card, for an AAC.
        let risk = Risk { online_above: Some(1), ..Risk::default() };
        let application = CardApplication { risk, ..card(Authentication::Combined) };
        let mut world = one(application).with(how);
        let (outcome, tvr) = play(&mut world);
        assert_eq!(outcome.result, Verdict::Declined(Decline::Authentication), "{flaw:?}");
        assert_eq!((tvr, asked(&world)), (Tvr::CDA_FAILED, vec![0x50, 0x00]), "{flaw:?}");
        assert_eq!(world.asked, 0);
    }
}

#[test]
fn a_card_without_what_its_method_needs_has_data_missing() {
    for (by, absent) in [
        (Authentication::Static, 0x93),
        (Authentication::Static, 0x8F),
        (Authentication::Dynamic, 0x90),
        (Authentication::Dynamic, 0x9F46),
        (Authentication::Combined, 0x9F32),
        (Authentication::Combined, 0x9F47),
    ] {
        let (outcome, tvr) = play(&mut one(card(by).with(absent, &[])));
        assert_eq!(outcome.result, Verdict::Approved(Approval::Offline));
        assert!(tvr.contains(Tvr::ICC_DATA_MISSING), "{absent:X}: {tvr:?}");
        let failed = Tvr::SDA_FAILED | Tvr::DDA_FAILED | Tvr::CDA_FAILED;
        assert!(tvr.intersects(failed), "{absent:X}: {tvr:?}");
    }
    // A DDOL without the unpredictable number is as good as none.
    for ddol in [&[0x95, 0x05][..], &[0x9F, 0x37, 0x00], &[0x9F]] {
        let mut world = one(card(Authentication::Dynamic).with(0x9F49, ddol));
        let (_, tvr) = play(&mut world);
        assert_eq!(tvr, Tvr::DDA_FAILED, "{ddol:02X?}");
        assert!(!instructions(&world).contains(&0x88));
    }
}

#[test]
fn an_answer_to_internal_authenticate_that_is_none_ends_the_payment() {
    let mut world = one(card(Authentication::Dynamic));
    play(&mut world);
    let at = instructions(&world).iter().position(|&ins| ins == 0x88).unwrap();
    for reply in [&b"\x69\x85"[..], b"\x90\x00", b"\x77\x00\x90\x00", b"\x80\x05\x90\x00"] {
        let how = Misbehaviour::Reply(at, reply.to_vec());
        let (outcome, _) = play(&mut one(card(Authentication::Dynamic)).with(how));
        assert!(matches!(outcome.result, Verdict::Failed(_)), "{reply:02X?}: {outcome:?}");
    }
}

#[test]
fn the_pin_is_verified_by_the_card() {
    let own_key = Pki { pin: Some(Key::new(Size::Bits1152)), ..Pki::default() };
    for (method, pki) in [(0x01, Pki::default()), (0x04, Pki::default()), (0x04, own_key)] {
        let application = card(Authentication::Dynamic).with(0x8E, &list(&[[method, 0x00]]));
        let application = CardApplication { authentication: Some(pki), ..application };
        let personal = Personalisation::of(application).with_pin("123456");
        let digits = |digits| Entry::Digits(digits);
        for (pins, result, tvr, prompts) in [
            (vec![digits("123456")], 2, Tvr::empty(), vec![(Some(3), false)]),
            (
                vec![digits("1234"), digits("123456")],
                2,
                Tvr::empty(),
                vec![(Some(3), false), (Some(2), true)],
            ),
            (
                vec![digits("0000"), digits("1111"), digits("2222")],
                1,
                Tvr::PIN_TRY_LIMIT | Tvr::VERIFICATION_FAILED,
                vec![(Some(3), false), (Some(2), true), (Some(1), true)],
            ),
            (
                vec![Entry::Bypassed],
                1,
                Tvr::PIN_NOT_ENTERED | Tvr::VERIFICATION_FAILED,
                vec![(Some(3), false)],
            ),
            (
                vec![digits("0000"), Entry::Broken],
                1,
                Tvr::PIN_PAD_ABSENT | Tvr::VERIFICATION_FAILED,
                vec![(Some(3), false), (Some(2), true)],
            ),
        ] {
            let mut world = World::new(personal.clone()).entering(&pins);
            look(&terminal(), payment(), &mut world, |outcome, transaction| {
                assert_eq!(outcome.result, Verdict::Approved(Approval::Offline), "{pins:?}");
                assert_eq!(transaction.tvr(), tvr, "{method}, {pins:?}");
                assert_eq!(transaction.data(Tag::CVM_RESULTS), Some(&[method, 0, result][..]));
            });
            let asked: Vec<_> =
                world.asked_pins.iter().map(|&(_, tries, again)| (tries, again)).collect();
            assert_eq!(asked, prompts);
            let verifies = instructions(&world).iter().filter(|&&ins| ins == 0x20).count();
            let entered = pins.iter().filter(|pin| matches!(pin, Entry::Digits(_))).count();
            assert_eq!(verifies, entered);
            let challenges = instructions(&world).iter().filter(|&&ins| ins == 0x84).count();
            assert_eq!(challenges, if method == 0x04 { pins.len() } else { 0 });
        }
    }
}

#[test]
fn a_blocked_pin_is_not_asked_for() {
    let application = card(Authentication::Static).with(0x8E, &list(&[[0x41, 0x00], [0x1E, 0x00]]));
    let mut personal = Personalisation::of(application).with_pin("1234");
    personal.pin.as_mut().unwrap().tries = 0;
    let mut world = World::new(personal);
    look(&terminal(), payment(), &mut world, |_, transaction| {
        assert_eq!(transaction.tvr(), Tvr::PIN_TRY_LIMIT | Tvr::SDA_SELECTED);
        assert_eq!(transaction.data(Tag::CVM_RESULTS), Some(&[0x1E, 0, 0][..]));
        assert!(transaction.needs_signature());
    });
    assert!(world.asked_pins.is_empty());
}

#[test]
fn an_enciphered_pin_without_a_key_or_a_number_fails() {
    let application = card(Authentication::Dynamic).with(0x8E, &list(&[[0x04, 0x00]]));
    let personal = Personalisation::of(application).with_pin("1234");
    let flaw = Misbehaviour::Flawed(Signed::CardCertificate, Flaw::Hash);
    let mut world = World::new(personal.clone()).with(flaw);
    let (_, tvr) = play(&mut world);
    assert_eq!(tvr, Tvr::VERIFICATION_FAILED | Tvr::DDA_FAILED);
    assert!(world.asked_pins.is_empty());
    let mut world = World::new(personal.clone()).entering(&[Entry::Digits("1234")]);
    play(&mut world);
    let at = instructions(&world).iter().position(|&ins| ins == 0x84).unwrap();
    for reply in [&b"\x6D\x00"[..], b"\x01\x02\x03\x04\x05\x06\x07\x90\x00"] {
        let how = Misbehaviour::Reply(at, reply.to_vec());
        let mut world = World::new(personal.clone()).with(how);
        let (_, tvr) = play(&mut world);
        assert_eq!(tvr, Tvr::VERIFICATION_FAILED);
        assert!(world.asked_pins.is_empty());
    }
}

#[test]
fn a_cardholder_can_end_the_payment_instead_of_entering_a_pin() {
    let application = card(Authentication::Static).with(0x8E, &list(&[[0x01, 0x00]]));
    let personal = Personalisation::of(application).with_pin("1234");
    let mut world = World::new(personal).entering(&[Entry::Cancelled]);
    let (outcome, _) = play(&mut world);
    assert_eq!(outcome.result, Verdict::Failed(Fault::Cancelled));
    assert!(asked(&world).is_empty());
}

#[test]
fn a_card_that_never_runs_out_of_tries_comes_to_an_end() {
    let application = card(Authentication::Static).with(0x8E, &list(&[[0x01, 0x00]]));
    let personal = Personalisation::of(application).with_pin("1234");
    let mut world = World::new(personal.clone()).entering(&[Entry::Digits("0000"); 3]);
    play(&mut world);
    let first = instructions(&world).iter().position(|&ins| ins == 0x20).unwrap();
    let mut world = World::new(personal).entering(&[Entry::Digits("0000"); 40]);
    for at in first..first + 15 {
        world.card.misbehave(Misbehaviour::Status(at, 0x63C3));
    }
    let (outcome, tvr) = play(&mut world);
    assert_eq!(outcome.result, Verdict::Approved(Approval::Offline));
    assert_eq!(tvr, Tvr::VERIFICATION_FAILED | Tvr::SDA_SELECTED);
    assert_eq!(world.asked_pins.len(), 15);
}

#[test]
fn a_pin_for_the_issuer_goes_with_the_request() {
    let application = card(Authentication::Static).with(0x8E, &list(&[[0x02, 0x00]]));
    let online = trusting(&Pki::default(), ActionCodes { online: Tvr::ONLINE_PIN, ..MILD });
    let mut world = one(application).entering(&[Entry::Digits("1234")]);
    look(&online, payment(), &mut world, |outcome, transaction| {
        assert_eq!(outcome.result, Verdict::Approved(Approval::Online));
        assert_eq!(transaction.tvr(), Tvr::ONLINE_PIN | Tvr::SDA_SELECTED);
        assert_eq!(transaction.data(Tag::CVM_RESULTS), Some(&[0x02, 0, 0][..]));
    });
    assert_eq!(world.asked_pins, [(true, None, false)]);
}

#[test]
fn lists_of_the_terminal_are_asked_if_it_has_any() {
    let terminal = Terminal { assessment: true, ..trusting(&Pki::default(), MILD) };
    for (on_file, logged, forced, tvr) in [
        (false, 0, false, Tvr::empty()),
        (true, 0, false, Tvr::EXCEPTION_FILE),
        (false, 80_000, false, Tvr::FLOOR_LIMIT),
        (false, 79_999, true, Tvr::FORCED_ONLINE),
    ] {
        let mut world = one(card(Authentication::Static));
        world.assessment.on_exception_file = on_file;
        world.assessment.logged = Amount::from_minor(logged).unwrap();
        world.assessment.force_online = forced;
        look(&terminal, payment(), &mut world, |_, transaction| {
            assert_eq!(transaction.tvr(), tvr | Tvr::SDA_SELECTED);
        });
    }
}

#[test]
fn the_card_is_asked_for_its_counters() {
    let application = card(Authentication::Static).with(0x9F14, &[0x02]).with(0x9F23, &[0x04]);
    for (counter, last_online, tvr) in [
        (9, 9, Tvr::empty()),
        (12, 10, Tvr::LOWER_OFFLINE_LIMIT),
        (15, 10, Tvr::LOWER_OFFLINE_LIMIT | Tvr::UPPER_OFFLINE_LIMIT),
        (0, 0, Tvr::NEW_CARD),
    ] {
        let personal =
            Personalisation { counter, last_online, ..Personalisation::of(application.clone()) };
        let mut world = World::new(personal);
        let (_, found) = play(&mut world);
        assert_eq!(found, tvr | Tvr::SDA_SELECTED, "{counter}, {last_online}");
        assert_eq!(instructions(&world).iter().filter(|&&ins| ins == 0xCA).count(), 2);
    }
    // One that does not tell them has exceeded both.
    let mut world = one(application.clone());
    play(&mut world);
    let at = instructions(&world).iter().position(|&ins| ins == 0xCA).unwrap();
    for (at, sw) in [(at, 0x6A88), (at + 1, 0x6D00)] {
        let mut world = one(application.clone()).with(Misbehaviour::Status(at, sw));
        let (_, found) = play(&mut world);
        let both = Tvr::LOWER_OFFLINE_LIMIT | Tvr::UPPER_OFFLINE_LIMIT;
        assert!(found.contains(both), "{found:?}");
    }
}

#[test]
fn the_codes_of_acquirer_and_issuer_decide() {
    // Above the floor limit.
    let amount = Amount::from_minor(100_000).unwrap();
    let payment = Payment { amount, ..payment() };
    let bit = Tvr::FLOOR_LIMIT;
    let codes = |denial: bool, online: bool, default: bool| {
        let on = |set| if set { bit } else { Tvr::empty() };
        ActionCodes { denial: on(denial), online: on(online), default: on(default) }
    };
    for (codes, reached, verdict, generated) in [
        (codes(false, false, true), true, Verdict::Approved(Approval::Offline), vec![0x40]),
        (codes(true, true, true), true, Verdict::Declined(Decline::Terminal), vec![0x00]),
        (codes(false, true, true), true, Verdict::Approved(Approval::Online), vec![0x80, 0x40]),
        (codes(false, true, true), false, Verdict::Declined(Decline::NotOnline), vec![0x80, 0x00]),
        (
            codes(false, true, false),
            false,
            Verdict::Approved(Approval::UnableOnline),
            vec![0x80, 0x40],
        ),
    ] {
        for issuers in [false, true] {
            // The same codes, of the card or of the acquirer.
            let mut application = card(Authentication::Static);
            let mut own = MILD;
            if issuers {
                application = application
                    .with(0x9F0E, &codes.denial.to_bytes())
                    .with(0x9F0F, &codes.online.to_bytes())
                    .with(0x9F0D, &codes.default.to_bytes());
            } else {
                own = codes;
            }
            let mut world = one(application);
            world.online = reached;
            look(&trusting(&Pki::default(), own), payment, &mut world, |outcome, transaction| {
                assert_eq!(outcome.result, verdict, "{codes:?}, {reached}");
                let code = match verdict {
                    Verdict::Approved(Approval::Offline) => b"Y1",
                    Verdict::Declined(Decline::Terminal) => b"Z1",
                    Verdict::Approved(Approval::UnableOnline) => b"Y3",
                    Verdict::Declined(Decline::NotOnline) => b"Z3",
                    _ => b"00",
                };
                assert_eq!(transaction.data(Tag::ARC), Some(&code[..]));
            });
            assert_eq!(asked(&world), generated, "{codes:?}, {reached}");
        }
    }
}

#[test]
fn a_terminal_that_is_offline_only_decides_alone() {
    let risk = Risk { online_above: Some(1), ..Risk::default() };
    for (default, cards, verdict, generated) in [
        (Tvr::empty(), Risk::default(), Verdict::Approved(Approval::Offline), vec![0x40]),
        (Tvr::empty(), risk, Verdict::Approved(Approval::UnableOnline), vec![0x40, 0x40]),
        (Tvr::SDA_SELECTED, risk, Verdict::Declined(Decline::Terminal), vec![0x00]),
    ] {
        let codes = ActionCodes { default, ..MILD };
        let terminal = Terminal { kind: 0x23, ..trusting(&Pki::default(), codes) };
        let mut world = one(CardApplication { risk: cards, ..card(Authentication::Static) });
        look(&terminal, payment(), &mut world, |outcome, _| assert_eq!(outcome.result, verdict));
        assert_eq!((asked(&world), world.asked), (generated, 0));
    }
}

#[test]
fn a_card_answers_with_less_than_it_is_asked_for() {
    let risk = Risk { decline_above: Some(1), ..Risk::default() };
    let mut world = one(CardApplication { risk, ..card(Authentication::Combined) });
    let (outcome, _) = play(&mut world);
    assert_eq!(outcome.result, Verdict::Declined(Decline::Card));
    assert_eq!(asked(&world), [0x50]);
    // A card that gives up after the issuer could not be reached.
    let codes = ActionCodes { online: EVERY, ..MILD };
    let risk = Risk { decline_after: Some(0), ..Risk::default() };
    let mut world = one(CardApplication { risk, ..card(Authentication::Static) });
    world.online = false;
    look(&trusting(&Pki::default(), codes), payment(), &mut world, |outcome, _| {
        assert_eq!(outcome.result, Verdict::Declined(Decline::Card));
    });
    // More than it was asked for, or a referral, is a fault.
    for information in [0xC0, 0x40] {
        let mut world = one(card(Authentication::Static)).with(Misbehaviour::First(information));
        look(&trusting(&Pki::default(), codes), payment(), &mut world, |outcome, _| {
            assert!(matches!(outcome.result, Verdict::Failed(Fault::Cryptogram { .. })));
            assert_eq!(outcome.cid, Some(Cid(information)));
        });
    }
}

fn online() -> Terminal<'static> {
    trusting(&Pki::default(), ActionCodes { online: EVERY, ..MILD })
}

#[test]
fn scripts_run_before_and_after_the_last_cryptogram() {
    let put = |tag, value: &[u8]| ScriptCommand::PutData(tag, value.to_vec());
    let raw = ScriptCommand::Raw(vec![0x84, 0xEE, 0, 0, 0]);
    for (before, after, results, tvr) in [
        (vec![put(0x9F14, &[9])], vec![put(0x9F23, &[9])], [0x20, 0x20], Tvr::empty()),
        (vec![raw.clone()], vec![put(0x9F23, &[9])], [0x11, 0x20], Tvr::SCRIPT_FAILED_BEFORE),
        (
            vec![put(0x9F14, &[9])],
            vec![put(0x9F23, &[9]), raw.clone(), put(0x9F23, &[8])],
            [0x20, 0x12],
            Tvr::SCRIPT_FAILED_AFTER,
        ),
    ] {
        let application =
            card(Authentication::Combined).with(0x9F14, &[0x02]).with(0x9F23, &[0x04]);
        let mut world = one(application);
        world.issuer.send(Script::before(before));
        world.issuer.send(Script::after(after));
        let [first, second] = results;
        look(&online(), payment(), &mut world, |outcome, transaction| {
            assert_eq!(outcome.result, Verdict::Approved(Approval::Online));
            assert!(transaction.tsi().contains(Tsi::SCRIPT_PROCESSING));
            let scripts = Tvr::SCRIPT_FAILED_BEFORE | Tvr::SCRIPT_FAILED_AFTER;
            assert_eq!(transaction.tvr() & scripts, tvr);
            let told = [first, 0, 0, 0, 1, second, 0, 0, 0, 2];
            assert_eq!(transaction.data(Tag::SCRIPT_RESULTS), Some(&told[..]));
            assert_eq!(transaction.data(Tag::TVR), Some(&transaction.tvr().to_bytes()[..]));
            let mut field = [0; 128];
            let length = transaction.field_55(CONFIRMATION, &mut field).unwrap();
            assert!(field[..length].ends_with(&told));
        });
    }
}

#[test]
fn scripts_run_whatever_was_decided() {
    let script = || Script::after([ScriptCommand::BlockApplication]);
    // The issuer declines.
    let mut world = one(card(Authentication::Static));
    world.issuer.answer(*b"51");
    world.issuer.send(script());
    look(&online(), payment(), &mut world, |outcome, transaction| {
        assert_eq!(outcome.result, Verdict::Declined(Decline::Issuer));
        assert_eq!(transaction.data(Tag::SCRIPT_RESULTS), Some(&[0x20, 0, 0, 0, 2][..]));
    });
    // The card does.
    let mut world = one(card(Authentication::Static)).with(Misbehaviour::Second(0x00));
    world.issuer.send(script());
    look(&online(), payment(), &mut world, |outcome, transaction| {
        assert_eq!(outcome.result, Verdict::Declined(Decline::CardAfterIssuer));
        assert_eq!(transaction.data(Tag::SCRIPT_RESULTS), Some(&[0x20, 0, 0, 0, 2][..]));
    });
}

#[test]
fn a_card_pulled_from_under_the_last_scripts_has_paid() {
    let put = || ScriptCommand::PutData(0x9F14, vec![9]);
    let script = || Script::after([put(), put()]);
    let card = || one(card(Authentication::Static).with(0x9F14, &[2]));
    let mut world = card();
    world.issuer.send(script());
    world.issuer.send(script());
    look(&online(), payment(), &mut world, |outcome, _| assert!(outcome.is_approved()));
    let last = world.card.commands().len() - 1;
    for (at, results) in [
        (last, [0x20, 0, 0, 0, 2, 0x12, 0, 0, 0, 2]),
        (last - 2, [0x12, 0, 0, 0, 2, 0x00, 0, 0, 0, 2]),
    ] {
        let mut world = card().with(Misbehaviour::Removed(at));
        world.issuer.send(script());
        world.issuer.send(script());
        look(&online(), payment(), &mut world, |outcome, transaction| {
            assert_eq!(outcome.result, Verdict::Approved(Approval::Online));
            assert!(!outcome.reversal_due);
            assert!(transaction.tvr().contains(Tvr::SCRIPT_FAILED_AFTER));
            assert_eq!(transaction.data(Tag::SCRIPT_RESULTS), Some(&results[..]));
        });
    }
}

#[test]
fn a_card_that_asks_for_the_hash_of_the_transaction_gets_it() {
    let cdol1 = [&CardApplication::new(1, "", 1).cdol1[..], &[0x98, 0x14]].concat();
    for (tdol, hashed) in [
        (&[0x9F, 0x02, 0x06][..], "da66180699cf86a08be25d9bf73d22d048382d17"),
        (&[], "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ] {
        let application = CardApplication { cdol1: cdol1.clone(), ..card(Authentication::Static) };
        let mut world = one(application.with(0x97, tdol));
        look(&terminal(), payment(), &mut world, |_, transaction| {
            let hex: String = transaction
                .data(Tag::TC_HASH)
                .unwrap()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(hex, hashed);
            let default = if tdol.is_empty() { Tvr::DEFAULT_TDOL } else { Tvr::empty() };
            assert_eq!(transaction.tvr(), default | Tvr::SDA_SELECTED);
            assert_eq!(transaction.findings().has(Rule::DefaultTdol), tdol.is_empty());
        });
        let commands = world.card.commands();
        let sent = commands.iter().find(|command| command[1] == 0xAE).unwrap();
        assert_eq!(sent.len(), 5 + cdol1_length(&cdol1) + 1);
    }
}

fn cdol1_length(list: &[u8]) -> usize {
    let entries = embedded_pos::emv::Dol::new(list).entries();
    entries.map(|entry| usize::from(entry.unwrap().length)).sum()
}

#[test]
fn the_languages_of_the_cardholder_are_told() {
    let mut world = one(card(Authentication::Static));
    look(&terminal(), payment(), &mut world, |_, transaction| {
        let languages: Vec<_> = transaction.languages().collect();
        assert_eq!(languages, [*b"zh", *b"en"]);
    });
}

#[test]
fn a_file_locator_with_too_many_records_is_refused() {
    let locator = Misbehaviour::Locator([[0x10, 1, 255, 0], [0x18, 1, 1, 0]].concat());
    let mut world = one(card(Authentication::Static)).with(locator);
    for at in 0..400 {
        if at > 4 {
            world.card.misbehave(Misbehaviour::Reply(at, b"\x70\x00\x90\x00".to_vec()));
        }
    }
    let mut arena = arena();
    let terminal = terminal();
    let mut transaction = Transaction::new(&terminal, payment(), &mut arena);
    let mut sent = 0;
    let outcome = loop {
        use embedded_pos::emv::Step;
        use embedded_pos::sim::card::Application as _;
        match transaction.step() {
            Step::Transmit(command) => {
                let answer = world.card.process(command);
                transaction.response(&answer);
                sent += 1;
            }
            Step::Done(outcome) => break outcome,
            step => panic!("{step:?}"),
        }
    };
    assert_eq!(outcome.result, Verdict::Failed(Fault::TooManyRecords));
    assert!((255..=Transaction::most_commands(&terminal)).contains(&sent), "{sent}");
}

#[test]
fn status_words_that_end_a_payment_name_the_command() {
    let mut world = one(card(Authentication::Dynamic));
    play(&mut world);
    let at = instructions(&world).iter().position(|&ins| ins == 0x88).unwrap();
    let mut world = one(card(Authentication::Dynamic)).with(Misbehaviour::Status(at, 0x6985));
    let (outcome, _) = play(&mut world);
    let refused = Fault::Refused(Instruction::InternalAuthenticate, StatusWord(0x6985));
    assert_eq!(outcome.result, Verdict::Failed(refused));
}

/// A payment with all there is: CDA, a PIN enciphered, counters, online, both
/// kinds of scripts.
fn everything() -> World {
    let risk = Risk { online_above: Some(1), ..Risk::default() };
    let application = CardApplication { risk, ..card(Authentication::Combined) }
        .with(0x8E, &list(&[[0x04, 0x00]]))
        .with(0x9F14, &[0x02])
        .with(0x9F23, &[0x04]);
    let personal = Personalisation {
        counter: 5,
        last_online: 4,
        ..Personalisation::of(application).with_pin("1234")
    };
    let mut world = World::new(personal).entering(&[Entry::Digits("0000"), Entry::Digits("1234")]);
    world.issuer.send(Script::before([ScriptCommand::PutData(0x9F14, vec![9])]));
    world.issuer.send(Script::after([ScriptCommand::PutData(0x9F23, vec![9])]));
    world
}

#[test]
fn whatever_happens_at_any_command_the_outcome_is_defined() {
    let terminal = online();
    let mut world = everything();
    let cryptograms = look(&terminal, payment(), &mut world, |outcome, transaction| {
        assert_eq!(outcome.result, Verdict::Approved(Approval::Online));
        assert_eq!(transaction.fault_of_authentication(), None);
        transaction.why().count()
    });
    assert!(cryptograms > 5);
    let last = instructions(&world).iter().rposition(|&ins| ins == 0xAE).unwrap();
    let count = world.card.commands().len();
    for at in 0..count {
        let mut ways = vec![
            Misbehaviour::Removed(at),
            Misbehaviour::Doubled(at),
            Misbehaviour::Padded(at, 3),
            Misbehaviour::Reply(at, Vec::new()),
            Misbehaviour::Reply(at, vec![0x90]),
        ];
        ways.extend(
            [0x9000, 0x6283, 0x63C0, 0x6985, 0x6A81, 0x6A88, 0x6D00, 0x6100, 0x6C10]
                .map(|sw| Misbehaviour::Status(at, sw)),
        );
        ways.extend((0..6).map(|seed| Misbehaviour::Random(at, seed * 97 + at as u64)));
        ways.extend((0..4).map(|cut| Misbehaviour::Cut(at, cut * 5)));
        ways.extend((0..8).map(|flip| Misbehaviour::Flipped(at, flip * 7, 1 << (flip % 8))));
        for how in ways {
            let mut world = everything().with(how.clone());
            world.choices = vec![Some(0); 4];
            look(&terminal, payment(), &mut world, |outcome, _| {
                if let Misbehaviour::Removed(_) = how {
                    assert_eq!(outcome.is_approved(), at > last, "{how:?}: {outcome:?}");
                }
            });
        }
    }
}

#[test]
fn what_it_takes_is_known() {
    let size = size_of::<Transaction<'_>>();
    assert!(size <= 1400, "{size}");
    // What is left of the memory in the largest of these payments.
    let mut world = everything();
    let mut arena = vec![0; Store::ROOM];
    let terminal = online();
    let mut transaction = Transaction::new(&terminal, payment(), &mut arena);
    assert!(world.play(&mut transaction).is_approved());
}
