//! The simulated issuer and its card: cryptograms, proofs, and who believes whom.

mod emv_issuer_support;

use std::collections::BTreeSet;

use embedded_pos::sim::Draw;
use embedded_pos::sim::card::pki::Pki;
use embedded_pos::sim::card::{
    Application as _, Authentication, CardApplication, EmvApplet, Layout, Misbehaviour,
    Personalisation, Risk,
};
use embedded_pos::sim::issuer::{Issuer, Scheme};
use emv_issuer_support::{PAN, Session, elements, parts};

fn debit() -> CardApplication {
    CardApplication::new(1, "UnionPay Debit", 1)
}

fn session(application: CardApplication) -> Session {
    Session::new(Personalisation::of(application))
}

#[test]
fn every_scheme_goes_from_the_request_to_the_certificate() {
    for scheme in Scheme::ALL {
        for layout in [Layout::Values, Layout::Elements] {
            let application = CardApplication { scheme, layout, mutual: true, ..debit() };
            let external = application.clone();
            let mut session = session(external);
            session.ask();
            assert_eq!(session.known[&0x9F10][2], scheme.version());
            assert_eq!(session.authenticate(), 0x9000, "{scheme:?}");
            assert_eq!(session.generate_second(0x40).information, 0x40, "{scheme:?}");
            assert_eq!(session.kind(), Some(0x40), "{scheme:?}");

            let internal = application.without_external_authenticate();
            let mut session = Session::new(Personalisation::of(internal));
            session.ask();
            assert_eq!(session.generate_second(0x40).information, 0x40, "{scheme:?}");
            assert_eq!(session.kind(), Some(0x40), "{scheme:?}");
        }
    }
}

#[test]
fn card_numbers_of_every_length_have_their_own_keys() {
    for pan in ["6200000000004", "6200000000000005", "62000000000000003", "6200000000000000003"] {
        for scheme in [Scheme::TRIPLE_DES, Scheme::AES] {
            let application = CardApplication { scheme, ..debit() };
            let personal = Personalisation { pan: pan.into(), ..Personalisation::of(application) };
            let mut session = Session::new(personal);
            session.begin();
            session.generate(0x80);
            let field = session.field_55();
            assert_eq!(session.issuer.verify(pan, 1, &field), Some(0x80), "{pan}");
            assert_eq!(session.issuer.verify(pan, 2, &field), None, "{pan}");
            assert_eq!(session.issuer.verify("6200000000000013", 1, &field), None, "{pan}");
        }
    }
}

#[test]
fn a_transaction_counter_is_taken_once() {
    let mut session = session(debit());
    session.begin();
    session.generate(0x80);
    let first = session.field_55();
    let before = session.card.clone();
    assert!(session.go_online());
    // The same again, and what a copy of the card makes of another amount.
    assert!(!session.go_online());
    assert_eq!(session.known[&0x8A], b"05");
    assert!(!session.known.contains_key(&0x91));
    assert!(!session.issuer.clone().authorise(PAN, 1, &first).approved);
    session.card = before;
    session.reset().begin();
    session.generate(0x80);
    assert!(session.go_online());
    session.card.misbehave(Misbehaviour::Counter(2));
    session.reset().begin();
    session.generate(0x80);
    assert_eq!(session.kind(), Some(0x80));
    assert!(!session.go_online());
    // Settlement may ask again for what it has.
    assert_eq!(session.issuer.verify(PAN, 1, &first), Some(0x80));
    // A card that is given out anew begins anew.
    let card = EmvApplet::new(Personalisation::default(), &session.issuer);
    let mut session = Session::with(card, session.issuer.clone());
    session.ask();
}

#[test]
fn a_false_cryptogram_is_refused() {
    let mut session = session(debit());
    session.card.misbehave(Misbehaviour::FalseCryptogram);
    session.begin();
    session.generate(0x80);
    assert_eq!(session.kind(), None);
    assert!(!session.go_online());
    assert_eq!(session.known[&0x8A], b"05");
}

#[test]
fn what_is_no_field_55_is_refused() {
    let issuer = Issuer::default();
    for field in [&b""[..], b"\x9F", b"\x9F\x26\x08", b"\x9F\x10\x01\x07", b"\x9F\x27\x01\x80"] {
        assert_eq!(issuer.verify(PAN, 1, field), None);
        let answer = issuer.authorise(PAN, 1, field);
        assert_eq!((answer.approved, answer.arc, answer.field_55), (false, *b"05", Vec::new()));
    }
}

#[test]
fn a_card_status_update_is_carried_out_when_it_is_proven() {
    let application = CardApplication { scheme: Scheme::TRIPLE_DES_STATUS, ..debit() };
    let card = |bits: [u8; 4]| {
        let mut session = Session::new(Personalisation::of(application.clone()).with_pin("1234"));
        session.issuer.update_status(bits);
        session.ask();
        session
    };
    // Tries of the PIN.
    let mut of_pin = card([0x01, 0x10, 0, 0]);
    assert_eq!(of_pin.authenticate(), 0x9000);
    assert_eq!(of_pin.card.personal().pin.as_ref().unwrap().tries, 1);
    // The application, and the card.
    let mut of_application = card([0, 0x20, 0, 0]);
    assert_eq!(of_application.authenticate(), 0x9000);
    assert_eq!(of_application.generate_second(0x40).information, 0x00);
    assert!(of_application.card.personal().applications[0].blocked);
    let mut of_card = card([0, 0x40, 0, 0]);
    assert_eq!(of_card.authenticate(), 0x9000);
    of_card.card.reset();
    assert_eq!(parts(&of_card.card.process(emv_issuer_support::SELECT)).1, 0x6A81);
    // Not from somebody else.
    let mut forged = card([0x01, 0x70, 0, 0]);
    forged.known.get_mut(&0x91).unwrap()[6] ^= 0x01;
    assert_eq!(forged.authenticate(), 0x6300);
    assert_eq!(forged.card.personal().pin.as_ref().unwrap().tries, 3);
    assert!(!forged.card.personal().applications[0].blocked);
    // An issuer that does not approve has no TC.
    let mut declined = Session::new(Personalisation::of(application.clone()));
    declined.issuer.answer(*b"51");
    declined.begin();
    declined.generate(0x80);
    assert!(!declined.go_online());
    assert_eq!(declined.authenticate(), 0x9000);
    assert_eq!(declined.generate_second(0x40).information, 0x00);
}

#[test]
fn the_card_says_in_its_results_what_happened() {
    let results = |session: &Session| session.known[&0x9F10][4..7].to_vec();
    let mut session = Session::new(Personalisation::default().with_pin("1234"));
    session.begin();
    session.generate(0x80);
    assert_eq!(results(&session), [0xA0, 0x10, 0x00]);
    assert!(session.go_online());
    session.authenticate();
    session.generate_second(0x40);
    assert_eq!(results(&session), [0x60, 0x00, 0x00]);

    // A wrong PIN, and an issuer that is none.
    session.reset().begin();
    let wrong = b"\x24\x99\x99\xFF\xFF\xFF\xFF\xFF";
    assert_eq!(session.status([0x00, 0x20, 0, 0x80], wrong, false), 0x63C2);
    session.generate(0x80);
    assert_eq!(results(&session), [0xA6, 0x00, 0x00]);
    session.issuer.forge();
    assert!(session.go_online());
    assert_eq!(session.authenticate(), 0x6300);
    session.generate_second(0x00);
    assert_eq!(results(&session), [0x2E, 0x00, 0x00]);
    assert_eq!(session.kind(), Some(0x00));

    // Nobody there.
    session.reset().begin();
    session.generate(0x80);
    session.known.insert(0x8A, b"Z3".to_vec());
    session.generate_second(0x00);
    assert_eq!(results(&session), [0x21, 0x04, 0x00]);
}

/// What it answers to a request for a TC of this amount in yuan.
fn asked(session: &mut Session, yuan: u64) -> u8 {
    session.reset();
    let digits = format!("{:012}", yuan * 100);
    let bytes = (0..6).map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap());
    session.known.insert(0x9F02, bytes.collect());
    session.begin();
    session.generate(0x40).information
}

#[test]
fn the_card_has_limits_of_its_own() {
    let with = |risk| session(CardApplication { risk, ..debit() });
    let mut without = with(Risk::default());
    assert_eq!([asked(&mut without, 1), asked(&mut without, 99_999)], [0x40, 0x40]);

    let mut by_amount =
        with(Risk { online_above: Some(20_000), decline_above: Some(100_000), ..Risk::default() });
    let kinds = [200, 201, 1000, 1001].map(|yuan| asked(&mut by_amount, yuan));
    assert_eq!(kinds, [0x40, 0x80, 0x80, 0x00]);

    let mut by_count =
        with(Risk { online_after: Some(2), decline_after: Some(2), ..Risk::default() });
    let kinds = [1, 1, 1].map(|yuan| asked(&mut by_count, yuan));
    assert_eq!(kinds, [0x40, 0x40, 0x80]);
    // Unable to go online: the terminal would approve, the card does not.
    by_count.known.insert(0x8A, b"Y3".to_vec());
    assert_eq!(by_count.generate_second(0x40).information, 0x00);
    // Its issuer makes them begin anew.
    assert_eq!(asked(&mut by_count, 1), 0x80);
    assert!(by_count.go_online());
    assert_eq!(by_count.authenticate(), 0x9000);
    assert_eq!(by_count.generate_second(0x40).information, 0x40);
    assert_eq!(by_count.send([0x80, 0xCA, 0x9F, 0x13], &[], true).0, [0x9F, 0x13, 2, 0, 4]);
    assert_eq!(asked(&mut by_count, 1), 0x40);

    let mut in_all = with(Risk { online_above_in_all: Some(10_000), ..Risk::default() });
    assert_eq!([60, 40, 1].map(|yuan| asked(&mut in_all, yuan)), [0x40, 0x40, 0x80]);

    let mut new = with(Risk { first_online: true, ..Risk::default() });
    assert_eq!(asked(&mut new, 1), 0x80);
    let used = CardApplication { risk: Risk { first_online: true, ..Risk::default() }, ..debit() };
    let used = Personalisation { counter: 7, last_online: 5, ..Personalisation::of(used) };
    assert_eq!(asked(&mut Session::new(used), 1), 0x40);
}

#[test]
fn data_of_the_memory_can_be_asked_for() {
    let application = debit().with(0x9F4F, b"\x9A\x03\x9F\x02\x06");
    let personal =
        Personalisation { counter: 41, last_online: 39, ..Personalisation::of(application) };
    let mut session = Session::new(personal.with_pin("123456"));
    let get = |session: &mut Session, tag: u16| {
        let [high, low] = tag.to_be_bytes();
        session.send([0x80, 0xCA, high, low], &[], true)
    };
    assert_eq!(get(&mut session, 0x9F36), (vec![], 0x6985));
    session.begin();
    for (tag, value) in [
        (0x9F36, &[0, 42][..]),
        (0x9F13, &[0, 39]),
        (0x9F17, &[3]),
        (0x9F4F, b"\x9A\x03\x9F\x02\x06"),
    ] {
        let (answer, status) = get(&mut session, tag);
        assert_eq!((elements(&answer), status), (vec![(tag.into(), value.to_vec())], 0x9000));
    }
    assert_eq!(get(&mut session, 0x9F4D).1, 0x6A88);
    assert!(!session.known.contains_key(&0x9F4F));
    // At its end, a counter stays.
    let personal = Personalisation { counter: 0xFFFF, ..Personalisation::default() };
    let mut spent = Session::new(personal);
    spent.card.process(emv_issuer_support::SELECT);
    let options = b"\x83\x08\x01\x56\x00\x00\x00\x02\x00\x00";
    assert_eq!(spent.status([0x80, 0xA8, 0, 0], options, true), 0x6985);
}

#[test]
fn the_answer_to_select_has_what_it_was_given() {
    let fci = |application: CardApplication| {
        let mut session = session(application);
        let (fci, status) = parts(&session.card.process(emv_issuer_support::SELECT));
        assert_eq!(status, 0x9000);
        session.open();
        session.read();
        assert!(!session.known.contains_key(&0x9F12));
        let fci = elements(&elements(&fci)[0].1);
        elements(&fci[1].1).into_iter().map(|(tag, value)| (tag, value.len())).collect::<Vec<_>>()
    };
    let default = [(0x50, 14), (0x87, 1), (0x9F38, 6), (0x5F2D, 4)];
    assert_eq!(fci(debit()), default);
    let application = debit().with(0x9F11, &[1]).with(0x9F12, b"Debit").with(0x5F2D, b"");
    let own = [(0x50, 14), (0x87, 1), (0x9F38, 6), (0x9F11, 1), (0x9F12, 5)];
    assert_eq!(fci(application), own);
}

#[test]
fn a_card_misbehaves_as_it_is_told() {
    let application = debit().authenticated(Authentication::Combined, Pki::default());
    let told = |how: Misbehaviour| {
        let mut card = EmvApplet::new(Personalisation::of(application.clone()), &Issuer::default());
        card.misbehave(how);
        card.process(emv_issuer_support::SELECT);
        card.process(b"\x80\xA8\x00\x00\x0A\x83\x08\x01\x56\x00\x00\x00\x02\x00\x00\x00")
    };
    // Nothing happens at another command.
    let right = told(Misbehaviour::Status(2, 0x6F00));
    assert_eq!(right[..6], [0x77, 0x16, 0x82, 0x02, 0x3D, 0x00]);
    assert_eq!(told(Misbehaviour::Status(1, 0x6F00)), [0x6F, 0x00]);
    let doubled = told(Misbehaviour::Doubled(1));
    assert_eq!(doubled[..10], [0x77, 0x1A, 0x82, 2, 0x3D, 0, 0x82, 2, 0x3D, 0]);
    assert_eq!(doubled[10..], right[6..]);
    let padded = told(Misbehaviour::Padded(1, 2));
    assert_eq!(padded.len(), right.len() + 2);
    assert_eq!(padded[padded.len() - 4..], [0, 0, 0x90, 0x00]);
    let random = told(Misbehaviour::Random(1, 7));
    assert_eq!(random, told(Misbehaviour::Random(1, 7)));
    assert_ne!(random, told(Misbehaviour::Random(1, 8)));
    assert!(random.len() <= 258);
    assert!(told(Misbehaviour::Removed(1)).is_empty());
}

/// A command at random, mostly one of the card's, sometimes of no form at all.
fn any_command(draw: &mut Draw) -> Vec<u8> {
    let headers: [[u8; 4]; 14] = [
        [0x00, 0xA4, 0x04, 0x00],
        [0x80, 0xA8, 0x00, 0x00],
        [0x00, 0xB2, 0x01, 0x14],
        [0x80, 0xAE, 0x90, 0x00],
        [0x80, 0xAE, 0x50, 0x00],
        [0x00, 0x88, 0x00, 0x00],
        [0x00, 0x82, 0x00, 0x00],
        [0x00, 0x84, 0x00, 0x00],
        [0x00, 0x20, 0x00, 0x80],
        [0x00, 0x20, 0x00, 0x88],
        [0x84, 0x24, 0x00, 0x02],
        [0x84, 0x1E, 0x00, 0x00],
        [0x04, 0xDA, 0x9F, 0x58],
        [0x80, 0xCA, 0x9F, 0x36],
    ];
    let byte = |draw: &mut Draw| draw.number().to_le_bytes()[0];
    let mut header = *draw.one_of(&headers).unwrap();
    if draw.below(8) == 0 {
        header[draw.below(4)] = byte(draw);
    }
    let length = *draw.one_of(&[0, 4, 8, 10, 16, 29, 49, 128, 255]).unwrap();
    let data: Vec<u8> = (0..length).map(|_| byte(draw)).collect();
    let mut command = emv_issuer_support::command(header, &data, draw.below(2) == 0);
    if draw.below(8) == 0 {
        command.truncate(draw.below(command.len() + 1));
    }
    command
}

#[test]
fn a_card_answers_whatever_it_is_sent() {
    let application = debit().authenticated(Authentication::Combined, Pki::default());
    let personal = Personalisation::of(application).with_pin("1234");
    let mut draw = Draw::new(7);
    let mut refused = BTreeSet::new();
    for round in 0..200 {
        let mut session = Session::new(personal.clone());
        // From every place in a transaction.
        match round % 4 {
            0 => {}
            1 => session.begin().card.reset(),
            2 => drop(session.begin()),
            _ => drop(session.ask()),
        }
        for _ in 0..20 {
            let command = any_command(&mut draw);
            let (data, status) = parts(&session.card.process(&command));
            assert!(data.len() <= 256, "{command:02X?}");
            assert!(data.is_empty() || matches!(status, 0x9000 | 0x6283), "{command:02X?}");
            refused.insert(status);
        }
        // Nobody changes it without the key of its issuer.
        let mut after = session.card.personal().clone();
        after.pin.as_mut().unwrap().tries = 3;
        assert_eq!(after, personal);
    }
    let wanted = [0x6300, 0x63C2, 0x6700, 0x6985, 0x6988, 0x6A82, 0x6A86, 0x6D00, 0x6E00, 0x9000];
    assert!(wanted.iter().all(|status| refused.contains(status)), "{refused:04X?}");
}
