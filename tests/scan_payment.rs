//! Payment codes: merchant- and consumer-presented ones, what each symbology
//! says, what is let through once, and what is drawn by the generators.

mod memory;

use embedded_pos::port::{Duration, Instant};
use embedded_pos::scan::code::cpm::{Base64Error, Base64What, Cpm, CpmError};
use embedded_pos::scan::code::mpm::{
    BuildError, BuildWhat, Builder, Currency, Field, Finding, Initiation, Lengths, Mpm, MpmError,
    MpmWhat, Network, Said, Tip, UnionPay,
};
use embedded_pos::scan::code::{
    Carrier, Encodings, Expect, Kind, OneTime, PaymentCode, Refusal, classify, split_aim,
};
use embedded_pos::scan::document::Check;
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::{
    CodeWrong, CpmWrong, MpmWrong, cpm, mpm, payment_code, wrong_cpm, wrong_mpm, wrong_payment_code,
};
use embedded_pos::tlv::Tag;
use proptest::prelude::*;

/// The sample of the standard, annex B.
const SAMPLE: &str = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304A13A";
/// Of public libraries for Japan and Cambodia.
const JAPAN: &str = "0002010102121313JCB12345678900416MASTER12345678905204531153033925407999.1235802JP5906DONGRI6005TOKYO62240104hoge0504fuga0704piyo6304C343";
const CAMBODIA: &str = "00020101021252044131153137210116372101160123456789ABCDE6010Phnom Penh5913Merchant Shop5802KH540510.005303840622501081234567802090124444446304A0BA";
/// The sample of the standard.
const CONSUMER: &str = "hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRIT0xERVIvRU1WXy0IcnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw==";

const WALLETS: [Kind; 7] = [
    Kind::Wechat,
    Kind::Alipay,
    Kind::UnionPayQr,
    Kind::ECny,
    Kind::JdPay,
    Kind::BestPay,
    Kind::QqWallet,
];

#[test]
fn the_sample_of_the_standard_is_read() {
    assert_eq!((SAMPLE.chars().count(), SAMPLE.len()), (248, 260));
    let code = Mpm::parse(SAMPLE.as_bytes()).unwrap();
    assert_eq!((code.crc(), code.lengths()), (Check::Valid, Lengths::Characters));
    assert_eq!(code.format(), Some("01"));
    assert_eq!(code.initiation(), Some(Initiation::Dynamic));
    let accounts: Vec<_> =
        code.accounts().map(|account| (account.network(), account.guid())).collect();
    let guid = |guid| (Network::Template, Some(guid));
    assert_eq!(accounts, [guid("D15600000000"), guid("D15600000001")]);
    assert_eq!((code.category(), code.country()), (Some("4111"), Some("CN")));
    assert_eq!((code.currency(), code.minor_amount()), (Some(Currency::CNY), Some(2372)));
    assert_eq!(code.tip(), Some(Tip::Ask));
    assert_eq!(code.name(), Some(&b"BEST TRANSPORT"[..]));
    assert_eq!(code.city(), Some(&b"BEIJING"[..]));
    assert_eq!(code.additional(Field::Store), Some(Said::Value(b"1234")));
    assert_eq!(code.additional(Field::Customer), Some(Said::Ask));
    assert_eq!(code.additional(Field::ConsumerData), Some(Said::Value(b"ME")));
    assert_eq!(code.additional(Field::Bill), None);
    let local = code.localised().unwrap();
    assert_eq!((local.language, local.name), (&b"ZH"[..], "最佳运输".as_bytes()));
    assert_eq!(local.city, Some("北京".as_bytes()));
    // An object of nobody's survives.
    assert_eq!(code.get(91).unwrap().objects().get(7).unwrap().value, b"12345678");
    assert_eq!(code.findings().collect::<Vec<_>>(), []);
}

#[test]
fn codes_of_other_countries_are_read() {
    let japan = Mpm::parse(JAPAN.as_bytes()).unwrap();
    assert_eq!((japan.crc(), japan.lengths()), (Check::Valid, Lengths::Either));
    // The yen has no decimals: the code has a part of one.
    assert_eq!((japan.amount().unwrap().text(), japan.minor_amount()), ("999.123", None));
    assert_eq!(japan.amount().unwrap().minor(3), Some(999_123));
    let networks: Vec<_> = japan.accounts().map(|account| account.network()).collect();
    assert_eq!(networks, [Network::Jcb, Network::Mastercard]);
    assert_eq!(japan.findings().collect::<Vec<_>>(), []);

    let cambodia = Mpm::parse(CAMBODIA.as_bytes()).unwrap();
    assert_eq!((cambodia.crc(), cambodia.minor_amount()), (Check::Valid, Some(10_00)));
    let account = cambodia.accounts().next().unwrap();
    assert_eq!(
        account.unionpay(),
        Some(UnionPay { acquirer: "37210116", forwarder: "37210116", merchant: "0123456789ABCDE" })
    );
}

#[test]
fn errors_of_a_merchant_code_say_where() {
    let error = |text: &str| Mpm::parse(text.as_bytes()).unwrap_err();
    let at = |offset, what| MpmError { offset, what };
    assert_eq!(error(""), at(0, MpmWhat::Empty));
    assert_eq!(error("0002"), at(0, MpmWhat::Overrun { id: 0, length: 2, left: 0 }));
    assert_eq!(error("000201x102"), at(6, MpmWhat::Id));
    assert_eq!(error("0002010"), at(6, MpmWhat::Id));
    assert_eq!(error("00020101"), at(8, MpmWhat::Length(1)));
    assert_eq!(error("000201540x"), at(8, MpmWhat::Length(54)));
    // Seven bytes are five characters: neither reading holds ten.
    assert_eq!(error("0002015910A店B店C"), at(6, MpmWhat::Overrun { id: 59, length: 10, left: 9 }));
    assert!(error("0002015910A").to_string().contains("59 claims a length of 10"));
}

#[test]
fn lengths_in_bytes_are_told_from_lengths_in_characters() {
    let characters = "5904测试商户5802CN";
    let bytes = "5912测试商户5802CN";
    for (payload, lengths) in [(characters, Lengths::Characters), (bytes, Lengths::Bytes)] {
        let code = Mpm::parse(payload.as_bytes()).unwrap();
        assert_eq!(code.lengths(), lengths);
        assert_eq!(code.name(), Some("测试商户".as_bytes()));
        assert_eq!(code.country(), Some("CN"));
    }
    // GBK is no UTF-8: there, only bytes can be meant.
    let code = Mpm::parse(b"5904\xB2\xE2\xCA\xD45802CN").unwrap();
    assert_eq!((code.lengths(), code.name()), (Lengths::Bytes, Some(&b"\xB2\xE2\xCA\xD4"[..])));
}

#[test]
fn what_is_not_as_it_should_be_is_found() {
    let findings = |text: &str| Mpm::parse(text.as_bytes()).unwrap().findings().collect::<Vec<_>>();
    let found = findings("010212000201630400005303156530315655020262160504fuga0504fuga");
    assert_eq!(
        found,
        [
            Finding::Missing(2),
            Finding::Missing(52),
            Finding::Missing(58),
            Finding::Missing(59),
            Finding::Missing(60),
            Finding::Missing(56),
            Finding::NotFirst,
            Finding::CrcNotLast(12),
            Finding::Repeated { id: 53, inside: None, offset: 27 },
            Finding::Repeated { id: 5, inside: Some(62), offset: 52 },
        ]
    );
    assert!(found.iter().all(|finding| !finding.to_string().is_empty()));
    let found = findings("00020226031235802cn6002天津");
    assert!(found.contains(&Finding::Form { id: 0, offset: 0 }), "{found:?}");
    assert!(found.contains(&Finding::Form { id: 58, offset: 13 }), "{found:?}");
    let error = MpmError { offset: 12, what: MpmWhat::Length(12) };
    assert!(found.contains(&Finding::Template { id: 26, error }), "{found:?}");
}

/// A sign is no digit, whatever a program's parser says.
#[test]
fn a_number_that_has_not_its_form_is_none() {
    for (payload, id) in [("0002015304+156540510.00", 53), ("0002015303+15", 53)] {
        let code = Mpm::parse(payload.as_bytes()).unwrap();
        assert!(
            code.findings().any(|found| matches!(found, Finding::Form { id: of, .. } if of == id))
        );
        assert_eq!((code.currency(), code.minor_amount()), (None, None), "{payload}");
    }
    // A price of nothing, a percentage of all of it.
    for (payload, id) in [("54040.00", 54), ("56010", 56), ("57010", 57), ("5703100", 57)] {
        let mut found = Mpm::parse(payload.as_bytes()).unwrap().findings();
        assert!(found.any(|found| found == Finding::Form { id, offset: 0 }), "{payload}");
    }
    // The CRC agrees, but is not written as in the standard (4.7.3, annex B).
    let small = SAMPLE.replace("A13A", "a13a");
    let code = Mpm::parse(small.as_bytes()).unwrap();
    let offset = small.len() - 8;
    let found: Vec<_> = code.findings().collect();
    assert_eq!((code.crc(), found), (Check::Valid, vec![Finding::Form { id: 63, offset }]));
    let code = Mpm::parse(b"0002010102+1").unwrap();
    assert_eq!(code.initiation(), None);
}

#[test]
fn amounts_are_in_the_minor_unit() {
    for (text, exponent, minor) in [
        ("23.72", 2, Some(2372)),
        ("23.7", 2, Some(2370)),
        ("23", 2, Some(2300)),
        ("23.", 2, Some(2300)),
        ("23.720", 2, Some(2372)),
        ("23.725", 2, None),
        ("1000", 0, Some(1000)),
        ("1.005", 3, Some(1005)),
        ("0.00", 2, Some(0)),
    ] {
        let payload = format!("54{:02}{text}", text.len());
        let amount = Mpm::parse(payload.as_bytes()).unwrap().amount().unwrap();
        assert_eq!((amount.text(), amount.minor(exponent)), (text, minor));
    }
    for text in [".5", "1,5", "1.2.3", "-1", "", "12345678901234"] {
        let payload = format!("54{:02}{text}", text.len());
        assert_eq!(Mpm::parse(payload.as_bytes()).unwrap().amount(), None, "{text}");
    }
    let exponents = [156, 392, 414, 990, 840].map(|code| Currency(code).exponent());
    assert_eq!(exponents, [2, 0, 3, 4, 2]);
}

/// Of the sample; the CRC was computed by its makers.
#[test]
fn the_sample_of_the_standard_is_made() {
    let mut buf = [0; 260];
    let mut builder = Builder::new(&mut buf, Initiation::Dynamic).unwrap();
    builder.template(29, &[(0, "D15600000000"), (5, "A93FO3230Q")]).unwrap();
    builder.template(31, &[(0, "D15600000001"), (3, "12345678")]).unwrap();
    builder.object(52, "4111").unwrap().object(58, "CN").unwrap();
    builder.object(59, "BEST TRANSPORT").unwrap().object(60, "BEIJING").unwrap();
    builder.template(64, &[(0, "ZH"), (1, "最佳运输"), (2, "北京")]).unwrap();
    builder.object(54, "23.72").unwrap().object(53, "156").unwrap().object(55, "01").unwrap();
    builder
        .template(62, &[(3, "1234"), (6, "***"), (7, "A6008667"), (9, "ME")])
        .unwrap()
        .template(91, &[(0, "A011223344998877"), (7, "12345678")])
        .unwrap();
    assert_eq!(builder.finish().unwrap(), SAMPLE);
}

#[test]
fn a_builder_refuses_and_leaves_no_trace() {
    let mut buf = [0; 40];
    let mut builder = Builder::new(&mut buf, Initiation::Static).unwrap();
    let error = |id, what| BuildError { id, what };
    let refused = |result: Result<&mut Builder<'_>, BuildError>| result.unwrap_err();
    for (id, value, what) in [
        (0, "01", BuildWhat::Id),
        (63, "ABCD", BuildWhat::Id),
        (100, "x", BuildWhat::Id),
        (58, "cn", BuildWhat::Form),
        (59, "", BuildWhat::Form),
        (27, &"x".repeat(100), BuildWhat::TooLong(100)),
        (27, &"x".repeat(25), BuildWhat::Full),
    ] {
        assert_eq!(refused(builder.object(id, value)), error(id, what));
    }
    assert_eq!(refused(builder.template(62, &[(1, "x"), (1, "y")])), error(1, BuildWhat::Repeated));
    // An object that holds none is no template, and one of the builder's own no caller's.
    assert_eq!(refused(builder.template(52, &[(0, "x")])), error(52, BuildWhat::Form));
    assert_eq!(refused(builder.template(63, &[(0, "x")])), error(63, BuildWhat::Id));
    // Nothing is asked for: EMV QRCPS 4.7.
    assert_eq!(refused(builder.object(54, "0.00")), error(54, BuildWhat::Form));
    builder.price(Currency(392), Some(1234)).unwrap();
    assert_eq!(refused(builder.price(Currency(392), None)), error(53, BuildWhat::Repeated));
    assert_eq!(builder.finish().unwrap_err(), error(2, BuildWhat::Missing));
    assert_eq!(&buf[..30], b"000201010211530339254041234\0\0\0");
    for room in 0..12 {
        assert!(Builder::new(&mut [0; 12][..room], Initiation::Static).is_err());
    }
}

#[test]
fn the_consumer_sample_is_read_and_overwritten() {
    let mut buf = [0xAA; 140];
    {
        let code = Cpm::decode(CONSUMER.as_bytes(), &mut buf).unwrap();
        assert_eq!(format!("{code:?}"), "Cpm(124 bytes)");
        assert_eq!(code.version(), Some(*b"01"));
        let aids: Vec<_> = code.applications().map(|application| application.aid()).collect();
        let aid = |last| [0xA0, 0, 0, 0, last, last, last];
        assert_eq!(aids, [Some(&aid(0x55)[..]), Some(&aid(0x66)[..])]);
        let common = code.common().unwrap();
        let pan = common.pan().unwrap();
        assert_eq!(pan.expose(), [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x58]);
        assert!(!format!("{pan:?}{common:?}").contains("12"));
        assert_eq!(common.holder().unwrap().expose(), b"CARDHOLDER/EMV");
        assert_eq!(common.languages(), Some(&b"ruesdeen"[..]));
        let chip = common.cryptogram().unwrap();
        let ac = [0x58, 0x4F, 0xD3, 0x85, 0xFA, 0x23, 0x4B, 0xCC];
        assert_eq!((chip.cryptogram, chip.counter), (Some(&ac[..]), Some(&[0, 1][..])));
        let shown = format!("{chip:?}");
        assert!(!shown.chars().any(|c| c.is_ascii_digit()), "{shown}");
        assert_eq!(chip.unpredictable, Some(&[0x6D, 0x58, 0xEF, 0x13][..]));
        assert_eq!(chip.issuer_data, Some(&[6, 1, 10, 3, 0, 0, 0][..]));
        assert_eq!(common.get(Tag(0x9F99)), None);
        assert_eq!(code.walk().count(), 16);
    }
    assert!(buf[..124].iter().all(|byte| *byte == 0));
}

#[test]
fn errors_of_a_consumer_code_say_where() {
    let mut buf = [0; 512];
    let mut error = |text: &str| Cpm::decode(text.as_bytes(), &mut buf).map(|_| ()).unwrap_err();
    let base64 = |offset, what| CpmError::Base64(Base64Error { offset, what });
    assert_eq!(error(""), CpmError::Format);
    assert_eq!(error("hQVDUFcwMQ=="), CpmError::Format);
    assert_eq!(error("hQVDUFYwMQ="), base64(11, Base64What::Cut));
    assert_eq!(error("hQVDUFYw-Q=="), base64(8, Base64What::Character));
    assert_eq!(error("hQVDUFYwMR=="), base64(9, Base64What::Bits));
    // Without its padding it is cut, and no larger buffer helps.
    for cut in ["hQVDUFYwMQ", "hQVDUFYwMWI"] {
        let mut buf = vec![0; Cpm::room(cut.len())];
        let refused = Cpm::decode(cut.as_bytes(), &mut buf).map(|_| ()).unwrap_err();
        assert_eq!(refused, base64(cut.len(), Base64What::Cut), "{cut}");
    }
    // 85 05 CPV01 61 7F.
    let CpmError::Objects(malformed) = error("hQVDUFYwMWF/") else { panic!() };
    assert_eq!(malformed.offset, 8);
    let mut short = [0xAA; 20];
    let refused = Cpm::decode(CONSUMER.as_bytes(), &mut short).map(|_| ()).unwrap_err();
    assert_eq!(refused, CpmError::Full(126));
    assert!(short.iter().all(|byte| *byte == 0), "the beginning of a refused code is overwritten");
}

fn payment(text: &str) -> PaymentCode {
    PaymentCode::new(text.as_bytes()).unwrap()
}

#[test]
fn a_code_is_let_through_once() {
    let mut guard: OneTime<2> = OneTime::new([3; 16], Duration::from_secs(60));
    let at = |seconds| Instant::ZERO + Duration::from_secs(seconds);
    let mut code = guard.admit(payment("134567890123456789"), at(0)).unwrap();
    assert_eq!(format!("{code:?}").matches("4567").count(), 0);
    assert!(!code.is_spent());
    assert_eq!(code.spend(), Some(&b"134567890123456789"[..]));
    assert_eq!((code.is_spent(), code.spend()), (true, None));
    let refused = |guard: &mut OneTime<2>, text, now| guard.admit(payment(text), now).unwrap_err();
    assert_eq!(refused(&mut guard, "134567890123456789", at(59)), Refusal::Used);
    // Another begins the same; the place for a third is free in time only.
    guard.admit(payment("13456789012345678"), at(30)).unwrap();
    let full = Refusal::Full { until: at(60) };
    assert_eq!(refused(&mut guard, "284567890123456789", at(59)), full);
    guard.admit(payment("284567890123456789"), at(60)).unwrap();
    assert_eq!(refused(&mut guard, "13456789012345678", at(60)), Refusal::Used);
    assert_eq!(format!("{guard:?}"), "OneTime(2 of 2 codes)");
    // Full comes before neither: what was used is told as such.
    assert_eq!(refused(&mut guard, "284567890123456789", at(61)), Refusal::Used);
}

#[test]
fn a_code_that_was_not_sent_may_come_again() {
    let mut guard: OneTime<2> = OneTime::new([3; 16], Duration::from_secs(60));
    let at = |seconds| Instant::ZERO + Duration::from_secs(seconds);
    let text = "134567890123456789";
    let unspent = guard.admit(payment(text), at(0)).unwrap();
    guard.take_back(unspent);
    drop(guard.admit(payment(text), at(1)).unwrap());
    assert_eq!(guard.admit(payment(text), at(2)).unwrap_err(), Refusal::Used, "it was dropped");
    let early = guard.admit(payment("284567890123456789"), at(2)).unwrap();
    let mut late = guard.admit(payment(text), at(61)).unwrap();
    late.spend();
    guard.take_back(late);
    assert_eq!(guard.admit(payment(text), at(62)).unwrap_err(), Refusal::Used, "it was spent");
    // Let through before, and forgotten since: that says nothing of the same
    // code that came later.
    let mut later = guard.admit(payment("284567890123456789"), at(63)).unwrap();
    later.spend();
    guard.take_back(early);
    let again = guard.admit(payment("284567890123456789"), at(64));
    assert_eq!(again.unwrap_err(), Refusal::Used);
}

#[test]
fn a_digest_is_overwritten_when_it_is_forgotten() {
    // HMAC-SHA-256 of the codes by Python's `hmac`, cut to 16 bytes.
    let digests = [
        b"\x7F\x91\x9D\xAF\xAD\xE0\x37\xFC\x90\x33\x8A\xA7\x70\x59\xD3\xA7",
        b"\x10\x14\x42\x9B\xFF\x78\xE7\xFF\x9F\xD7\x4C\xAC\xC2\x41\x00\xB6",
    ];
    let mut guard: OneTime<2> = OneTime::new([3; 16], Duration::from_secs(60));
    let at = |seconds| Instant::ZERO + Duration::from_secs(seconds);
    for code in ["134567890123456789", "284567890123456789"] {
        guard.admit(payment(code), at(0)).unwrap();
    }
    assert!(digests.iter().all(|digest| memory::holds(&guard, *digest)));
    let code = guard.admit(payment("291234567890123456"), at(60)).unwrap();
    assert!(!digests.iter().any(|digest| memory::holds(&guard, *digest)));
    guard.take_back(code);
    assert_eq!(format!("{guard:?}"), "OneTime(0 of 2 codes)");
}

#[test]
fn a_form_is_of_the_kinds_that_payers_show() {
    let kinds = |text| {
        let others = [Kind::EmvCpm, Kind::ResidentId, Kind::PayeeLink];
        let of = |kind: &Kind| payment(text).has_form_of(*kind);
        WALLETS.into_iter().chain(others).filter(of).collect::<Vec<_>>()
    };
    assert_eq!(kinds("134567890123456789"), [Kind::Wechat]);
    assert_eq!(kinds("284567890123456789"), [Kind::Alipay]);
    assert_eq!(kinds(CONSUMER), [Kind::EmvCpm]);
    // One of a person, one of a payee.
    assert_eq!(kinds("000000199001010019"), []);
    assert_eq!(kinds("https://qr.alipay.com/x"), []);
}

#[test]
fn the_symbology_speaks_for_and_against() {
    let says = |payload: &[u8], symbology: &[u8; 2], kind| {
        let found = classify(payload, Some(*symbology), Expect::Any);
        let all: Vec<_> = found.iter().chain(found.ruled_out()).collect();
        all.into_iter().find(|found| found.kind == kind).map(|found| found.carrier)
    };
    let wechat = b"134567890123456789";
    for (symbology, carrier) in [
        (b"C0", Carrier::Usual),
        (b"Q1", Carrier::Usual),
        (b"d1", Carrier::Unusual),
        (b"X0", Carrier::Unsaid),
        (b"E0", Carrier::Against),
    ] {
        assert_eq!(says(wechat, symbology, Kind::Wechat), Some(carrier));
    }
    let found = classify(wechat, Some(*b"E0"), Expect::Payment);
    let unknown = found.iter().next().unwrap();
    assert_eq!(unknown.kind, Kind::Unknown);
    assert!(unknown.reason.contains("symbology"));
    assert_eq!(found.ruled_out().next().unwrap().kind, Kind::Wechat);
    // A number that is both an article's and a licence's.
    let both = b"1240792010866";
    assert_eq!(says(both, b"E0", Kind::Ean13), Some(Carrier::Usual));
    assert_eq!(says(both, b"E0", Kind::LicenceCore), Some(Carrier::Against));
    assert_eq!(says(both, b"C0", Kind::Ean13), Some(Carrier::Against));
    assert_eq!(says(both, b"C0", Kind::LicenceCore), Some(Carrier::Usual));
    assert_eq!(classify(both, None, Expect::Any).iter().count(), 2);
    assert_eq!(says(b"@\n\x1e\rANSI 636", b"L0", Kind::Aamva), Some(Carrier::Usual));
    assert_eq!(says(b"@\n\x1e\rANSI 636", b"Q1", Kind::Aamva), Some(Carrier::Against));
}

#[test]
fn papers_and_links_are_told() {
    let kinds = |payload: &[u8]| -> Vec<&str> {
        classify(payload, None, Expect::Any).iter().map(|found| found.kind.name()).collect()
    };
    assert_eq!(kinds(b"1M8GDM9AXKP042788"), ["vin"]);
    assert_eq!(kinds(b"WP0ZZZ99ZTS392124"), ["vin"]);
    assert_eq!(kinds(b"1M8GDM9AXKP042789"), ["unknown"]);
    assert_eq!(kinds("津A12345".as_bytes()), ["plate"]);
    assert_eq!(kinds(b"\xBD\xF2A12345"), ["plate"]);
    assert_eq!(kinds(b"\x6D\x25\0A\x001\x002\x003\x004\x005"), ["plate"]);
    assert_eq!(kinds(b"\xFF\xFE\x25\x6DA\x001\x002\x003\x004\x005\0"), ["plate"]);
    assert_eq!(
        kinds(b"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"),
        ["mrz"]
    );
    assert_eq!(kinds(b"@\n\x1e\rANSI 636000090002DL"), ["aamva"]);
    assert_eq!(kinds(b"120100000001"), ["archive-number"]);
    assert_eq!(kinds(b"mdoc:owBjMS4w"), ["mdoc"]);
    assert_eq!(kinds(b"]Q1134567890123456789"), ["aim-prefixed"]);
    assert_eq!(split_aim(b"]Q1134"), Some((*b"Q1", &b"134"[..])));
    assert_eq!(split_aim(b"]Q"), None);
    assert_eq!(kinds(b"0112345678901234567"), ["e-cny"]);
    assert_eq!(kinds(b"181234567890123456"), ["jd-pay"]);
    assert_eq!(kinds(b"511234567890123456"), ["bestpay"]);
}

#[test]
fn every_plausible_encoding_is_told() {
    for (bytes, names) in [
        (&b""[..], &["ascii"][..]),
        (b"ABC\r\n\x1D12", &["ascii"]),
        ("罚款".as_bytes(), &["utf-8", "gbk"]),
        ("罚".as_bytes(), &["utf-8"]),
        (b"\xB7\xA3\xBF\xEE", &["gbk"]),
        (b"\xFE\xFF\x6D\x25", &["utf-16be"]),
        (b"\x25\x6D\x41\x00", &["utf-16le"]),
        (b"\x00A\x00B", &["utf-16be"]),
        (b"A\x00B\x00", &["utf-16le"]),
        (b"A\x00B", &["binary"]),
        (b"\xFF", &["binary"]),
        (b"\xFE\xFF\xD8\x00", &["binary"]),
    ] {
        assert_eq!(Encodings::of(bytes).names().collect::<Vec<_>>(), names, "{bytes:?}");
    }
}

#[test]
fn numbers_of_wallets_that_are_drawn_are_told() {
    let mut draw = Draw::new(5);
    for n in 0..10_000 {
        let kind = WALLETS[n % WALLETS.len()];
        let code = payment_code(&mut draw, kind);
        let found = classify(code.as_bytes(), Some(*b"C0"), Expect::Payment);
        let reading = found.expected().next().unwrap();
        assert_eq!((reading.kind, reading.checked), (kind, false), "{code}");
        assert_eq!(reading.carrier, Carrier::Usual);
        let (wrong, fault) = wrong_payment_code(&mut draw, kind);
        let found = classify(wrong.as_bytes(), None, Expect::Payment);
        assert_eq!(found.expected().count(), 0, "{wrong}: {fault:?}");
        assert!(!matches!(fault, CodeWrong::Length(len) if len != wrong.len()));
    }
}

#[test]
fn merchant_codes_that_are_drawn_are_read_as_they_were_made() {
    let mut draw = Draw::new(6);
    let mut ambiguous = 0;
    for _ in 0..10_000 {
        let made = mpm(&mut draw);
        let mut code = Mpm::parse(made.payload.as_bytes()).unwrap();
        if made.in_bytes && code.lengths() == Lengths::Characters {
            code = code.other_reading().unwrap();
            ambiguous += 1;
        }
        assert_eq!(code.crc(), Check::Valid);
        assert_eq!(code.minor_amount(), made.fen);
        let objects: Vec<_> = code
            .objects()
            .map(|object| object.map(|object| (object.id, object.text().unwrap().to_string())))
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(objects[..objects.len() - 1], made.objects);
        let lengths = match (made.payload.is_ascii(), made.in_bytes) {
            (true, _) => Lengths::Either,
            (false, true) => Lengths::Bytes,
            (false, false) => Lengths::Characters,
        };
        assert_eq!(code.lengths(), lengths);
        assert_eq!(code.findings().next(), None, "{}", made.payload);
        let found = classify(made.payload.as_bytes(), Some(*b"Q1"), Expect::Any);
        assert!(found.get(Kind::EmvMpm).unwrap().checked);
    }
    assert!(ambiguous < 100, "{ambiguous}");
}

#[test]
fn merchant_codes_that_are_nearly_valid_are_told() {
    let mut draw = Draw::new(7);
    for _ in 0..10_000 {
        let (payload, wrong) = wrong_mpm(&mut draw);
        let Ok(code) = Mpm::parse(payload.as_bytes()) else {
            assert_eq!(wrong, MpmWrong::Cut, "{payload}");
            continue;
        };
        let found: Vec<_> = code.findings().collect();
        let crc = if wrong == MpmWrong::Crc { Check::Invalid } else { Check::Valid };
        assert_eq!(code.crc(), crc, "{payload}: {wrong:?}");
        let told = match wrong {
            MpmWrong::Crc => found.is_empty(),
            MpmWrong::Missing(id) => found == [Finding::Missing(id)],
            MpmWrong::Repeated(id) => {
                matches!(found[..], [Finding::Repeated { id: of, inside: None, .. }] if of == id)
            }
            MpmWrong::NotFirst => found == [Finding::NotFirst],
            MpmWrong::Form(id) => matches!(found[..], [Finding::Form { id: of, .. }] if of == id),
            MpmWrong::Cut => false,
        };
        assert!(told, "{payload}: {wrong:?}, {found:?}");
    }
}

#[test]
fn consumer_codes_that_are_drawn_are_read_as_they_were_made() {
    let mut draw = Draw::new(8);
    let mut buf = [0; 256];
    for _ in 0..10_000 {
        let made = cpm(&mut draw);
        let code = Cpm::decode(made.text.as_bytes(), &mut buf).unwrap();
        let applications: Vec<_> = code
            .applications()
            .map(|of| {
                (
                    of.aid().unwrap().to_vec(),
                    String::from_utf8(of.label().unwrap().to_vec()).unwrap(),
                )
            })
            .collect();
        assert_eq!(applications, made.applications);
        let common = code.common().unwrap();
        assert_eq!(common.pan().unwrap().expose(), made.pan);
        assert_eq!(common.cryptogram().unwrap().cryptogram, Some(&made.cryptogram[..]));
        let found = classify(made.text.as_bytes(), Some(*b"Q1"), Expect::Payment);
        assert!(found.get(Kind::EmvCpm).unwrap().checked);
    }
}

#[test]
fn consumer_codes_that_are_nearly_valid_are_told() {
    let mut draw = Draw::new(9);
    let mut buf = [0; 256];
    for _ in 0..10_000 {
        let (text, wrong) = wrong_cpm(&mut draw);
        let error = Cpm::decode(text.as_bytes(), &mut buf).map(|_| ()).unwrap_err();
        let told = match (wrong, error) {
            (CpmWrong::Character(at), CpmError::Base64(error)) => {
                error == Base64Error { offset: at, what: Base64What::Character }
            }
            (CpmWrong::Cut, CpmError::Base64(error)) => {
                error.offset + 1 >= text.trim_end_matches('=').len()
            }
            (CpmWrong::Format, CpmError::Format) => true,
            (CpmWrong::Overrun, CpmError::Objects(_)) => true,
            _ => false,
        };
        assert!(told, "{text}: {wrong:?}, {error:?}");
        assert!(classify(text.as_bytes(), None, Expect::Any).get(Kind::EmvCpm).is_none());
        assert!(buf.iter().all(|byte| *byte == 0));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(payload in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut buf = [0; 300];
        let _ = Cpm::decode(&payload, &mut buf).map(|code| code.walk().count());
        let _ = Mpm::parse(&payload).map(|code| (code.findings().count(), code.crc()));
        let _ = Encodings::of(&payload);
    }
}
