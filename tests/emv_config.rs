//! Configuration: what is checked, and what is loaded from TLV.

use embedded_pos::civil::Date;
use embedded_pos::emv::oda::{Authorities, Capk};
use embedded_pos::emv::tlv::{Malformed, What, Writer};
use embedded_pos::emv::{
    ActionCodes, Amount, Application, ApplicationFault, ApplicationParameters, Capabilities,
    ConfigFault, ContactlessLimits, Dol, Limits, LoadFault, Tag, Terminal, Tvr, aid,
};
use proptest::prelude::*;

const _: () = Terminal::CHINA.checked();

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn amount(minor: u64) -> Option<Amount> {
    Amount::from_minor(minor)
}

const PARAMETERS: &str = include_str!("vectors/emv_rules/parameters.txt");

#[test]
fn parameters_as_hosts_give_them_out_are_taken_over() {
    let lines: Vec<Vec<u8>> = PARAMETERS.lines().map(bytes).collect();
    assert_eq!(lines.len(), 4);
    let first = ApplicationParameters::from_tlv(&lines[0]).unwrap();
    let expected = Application {
        aid: aid::UNIONPAY_DEBIT,
        partial: true,
        version: 0x0020,
        limits: Limits {
            floor: amount(1).unwrap(),
            threshold: Amount::ZERO,
            target_percent: 99,
            maximum_percent: 99,
        },
        codes: ActionCodes {
            denial: Tvr::SERVICE_NOT_ALLOWED,
            online: Tvr::from_bytes([0xD8, 0x40, 0x04, 0xF8, 0x00]),
            default: Tvr::from_bytes([0xD8, 0x40, 0x00, 0xA8, 0x00]),
        },
        default_ddol: &[0x9F, 0x37, 0x04],
        default_tdol: &[],
    };
    assert_eq!(first.application, expected);
    assert_eq!((first.online_pin, first.electronic_cash), (Some(true), amount(100_000)));
    let limit = amount(100_000);
    let limits = ContactlessLimits { floor: limit, transaction: limit, verification: limit };
    assert_eq!((first.contactless, first.passed_over().count()), (limits, 0));

    let second = ApplicationParameters::from_tlv(&lines[1]).unwrap();
    assert_eq!(second.application.version, 0x0140);
    assert_eq!(second.contactless.transaction, Some(Amount::MAX));
    // The same elements in another order.
    let third = ApplicationParameters::from_tlv(&lines[2]).unwrap();
    assert_eq!(third.application.codes.default.to_bytes(), [0xFC, 0xF0, 0xE4, 0x08, 0x00]);
    assert_eq!(third.application.codes.online.to_bytes(), [0xFC, 0xF8, 0xE4, 0xF8, 0x80]);
    assert_eq!(third.application.limits.maximum_percent, 0);
    let fourth = ApplicationParameters::from_tlv(&lines[3]).unwrap();
    assert_eq!((fourth.application.aid.len(), fourth.online_pin), (7, Some(false)));
}

/// The elements of the first line, as hex, by tag.
fn elements() -> Vec<(u32, String)> {
    let line = bytes(PARAMETERS.lines().next().unwrap());
    let objects = embedded_pos::tlv::Objects::new(&line);
    let hex = |value: &[u8]| value.iter().map(|byte| format!("{byte:02X}")).collect();
    objects.map(|object| object.unwrap()).map(|object| (object.tag.0, hex(object.value))).collect()
}

fn written(elements: &[(u32, String)]) -> Vec<u8> {
    let mut out = [0; 512];
    let mut writer = Writer::new(&mut out);
    for (tag, value) in elements {
        writer.put(Tag(*tag), &bytes(value)).unwrap();
    }
    let length = writer.len();
    out[..length].to_vec()
}

fn fault(elements: &[(u32, String)]) -> LoadFault {
    let line = written(elements);
    let fault = ApplicationParameters::from_tlv(&line).unwrap_err();
    assert!(!fault.to_string().is_empty());
    fault
}

#[test]
fn what_decides_about_money_must_be_there() {
    let whole = elements();
    let needed = [0x9F06, 0x9F08, 0xDF11, 0xDF12, 0xDF13, 0x9F1B, 0xDF15, 0xDF16, 0xDF17].map(Tag);
    for (index, (tag, _)) in whole.iter().enumerate() {
        let mut part = whole.clone();
        part.remove(index);
        let line = written(&part);
        match ApplicationParameters::from_tlv(&line) {
            Ok(_) => assert!(!needed.contains(&Tag(*tag)), "{tag:X}"),
            Err(fault) => {
                assert!(needed.contains(&Tag(*tag)), "{tag:X}");
                // Either tag of the version will do; the terminal's is named.
                let tag = if *tag == 0x9F08 { Tag::VERSION_TERMINAL } else { Tag(*tag) };
                assert_eq!(fault, LoadFault::Missing(tag));
            }
        }
    }
}

#[test]
fn elements_that_cannot_be_are_named_with_their_place() {
    let whole = elements();
    for (tag, value) in [
        (0xDF01, "02"),
        (0xDF01, "0000"),
        (0x9F08, "20"),
        (0xDF11, "D84000A8"),
        (0x9F1B, "000001"),
        (0xDF16, "9A"),
        (0xDF16, "0099"),
        (0xDF18, "31"),
        (0x9F7B, "00000010000A"),
        (0xDF19, "0000100000"),
    ] {
        let index = whole.iter().position(|(known, _)| *known == tag).unwrap();
        let mut changed = whole.clone();
        changed[index].1 = value.into();
        let offset = written(&whole[..index]).len();
        assert_eq!(fault(&changed), LoadFault::Value { tag: Tag(tag), offset }, "{tag:X}");
        // And none of those that are known stands there twice.
        let mut twice = whole.clone();
        twice.push(whole[index].clone());
        let offset = written(&whole).len();
        assert_eq!(fault(&twice), LoadFault::Twice { tag: Tag(tag), offset });
    }
    for (tag, value, wrong) in [
        (0x9F06, "A0000003", ApplicationFault::Identifier),
        (0xDF16, "50", ApplicationFault::Percentages),
        (0xDF15, "00000001", ApplicationFault::Threshold),
        (0xDF14, "9F37", ApplicationFault::DefaultDdol),
    ] {
        let mut changed = whole.clone();
        changed.iter_mut().find(|(known, _)| *known == tag).unwrap().1 = value.into();
        assert_eq!(fault(&changed), LoadFault::Application(wrong));
    }
    let tag = Tag::APPLICATION_VERSION;
    let malformed = Malformed { offset: 17, what: What::Overrun { tag, length: 2, left: 1 } };
    let cut = ApplicationParameters::from_tlv(&written(&whole)[..19]).unwrap_err();
    assert_eq!(cut, LoadFault::Malformed(malformed));
}

#[test]
fn unknown_elements_are_passed_over_and_reported() {
    let mut whole = elements();
    whole.insert(1, (0xDF7D, "01".into()));
    whole.push((0x5F2A, "0156".into()));
    whole.push((0xDF7D, "02".into()));
    let line = written(&whole);
    let parameters = ApplicationParameters::from_tlv(&line).unwrap();
    let passed: Vec<Tag> = parameters.passed_over().collect();
    assert_eq!(passed, [Tag(0xDF7D), Tag::CURRENCY, Tag(0xDF7D)]);
}

/// The terminal's version counts where both are there.
#[test]
fn versions_and_lists_of_parameters() {
    let mut whole = elements();
    whole.push((0x9F09, "0030".into()));
    whole.push((0x97, "9F02069F3704".into()));
    let line = written(&whole);
    let application = ApplicationParameters::from_tlv(&line).unwrap().application;
    assert_eq!((application.version, application.default_tdol.len()), (0x0030, 6));
}

#[test]
fn a_terminal_takes_its_elements() {
    let line = bytes(
        "9F150293119F160F3132333435363738393031323334359F1C085445524D303030319F1E0853455249414C3031\
         9F1A0208409F3303E0F8C89F3501229F4005F000F0A0019F4E055449414E4A9F01060001234567895F2A020156",
    );
    let terminal = Terminal::CHINA.with_tlv(&line).unwrap();
    let expected = Terminal {
        merchant_category: 9311,
        merchant_id: *b"123456789012345",
        terminal_id: *b"TERM0001",
        ifd_serial: *b"SERIAL01",
        country: 840,
        capabilities: Capabilities::from_bytes([0xE0, 0xF8, 0xC8]),
        kind: 0x22,
        additional_capabilities: [0xF0, 0x00, 0xF0, 0xA0, 0x01],
        merchant_name: "TIANJ",
        acquirer: Some(123_456_789),
        ..Terminal::CHINA
    };
    assert_eq!(terminal, expected);
    assert_eq!(terminal.check(), Ok(()));
    assert!(Terminal::passed_over(&line).eq([Tag::CURRENCY]));
    assert_eq!(Terminal::CHINA.with_tlv(&[]), Ok(Terminal::CHINA));
    for (hex, tag, offset) in [
        ("9F1A02A156", Tag::COUNTRY, 0),
        ("9F3501229F3302E0F8", Tag::TERMINAL_CAPABILITIES, 4),
        ("9F4E01FF", Tag::MERCHANT_NAME, 0),
        ("9F01050123456789", Tag::ACQUIRER, 0),
    ] {
        let line = bytes(hex);
        let fault = Terminal::CHINA.with_tlv(&line).unwrap_err();
        assert_eq!(fault, LoadFault::Value { tag, offset }, "{hex}");
    }
    let twice = bytes("9F3501229F350121");
    let fault = LoadFault::Twice { tag: Tag::TERMINAL_TYPE, offset: 4 };
    assert_eq!(Terminal::CHINA.with_tlv(&twice), Err(fault));
}

const MODULUS: [u8; 128] = [0xA1; 128];

const KEY: Capk<'static> = Capk {
    rid: *b"\xA0\x00\x00\x03\x33",
    index: 1,
    modulus: &MODULUS,
    exponent: &[3],
    expiry: match Date::new(2030, 12, 31) {
        Ok(date) => Some(date),
        Err(_) => None,
    },
    checksum: None,
};

#[test]
fn faults_of_a_terminal_are_found() {
    const SOUND: Terminal<'static> = Terminal {
        kind: 0x22,
        capabilities: Capabilities::from_bytes([0xE0, 0xF8, 0xC8]),
        authorities: Authorities { keys: &[KEY], revoked: &[] },
        ..Terminal::CHINA
    };
    const _: () = SOUND.checked();
    let capabilities = Capabilities::from_bytes;
    let twice = [Application::UNIONPAY; 2];
    let bare = [Application { default_ddol: &[0x95, 0x05], ..Application::UNIONPAY }];
    let even = [KEY, Capk { modulus: &[0xA0; 128], index: 2, ..KEY }];
    let short = [Capk { modulus: &[0xA1; 63], ..KEY }];
    let odd_exponent = [Capk { exponent: &[17], ..KEY }];
    let again = [KEY, Capk { index: 2, ..KEY }, KEY];
    let keys = |keys| Terminal { authorities: Authorities { keys, revoked: &[] }, ..SOUND };
    for (terminal, fault) in [
        (Terminal { country: 1000, ..SOUND }, ConfigFault::Country),
        (Terminal { country: 0, ..SOUND }, ConfigFault::Country),
        (Terminal { kind: 0x31, ..SOUND }, ConfigFault::Kind),
        (Terminal { kind: 0x27, ..SOUND }, ConfigFault::Kind),
        (Terminal { acquirer: Some(99_999), ..SOUND }, ConfigFault::Acquirer),
        (Terminal { acquirer: Some(100_000_000_000), ..SOUND }, ConfigFault::Acquirer),
        (Terminal { terminal_id: *b"TJ00 042", ..SOUND }, ConfigFault::TerminalId),
        (Terminal { ifd_serial: [0; 8], ..SOUND }, ConfigFault::SerialNumber),
        (Terminal { merchant_id: [0x80; 15], ..SOUND }, ConfigFault::MerchantId),
        (Terminal { merchant_category: 10_000, ..SOUND }, ConfigFault::MerchantCategory),
        (
            Terminal { capabilities: capabilities([0xC0, 0xF8, 0xC8]), ..SOUND },
            ConfigFault::NoContacts,
        ),
        (
            Terminal { capabilities: capabilities([0xE0, 0x00, 0xC8]), ..SOUND },
            ConfigFault::NoVerification,
        ),
        (
            Terminal { capabilities: capabilities([0xE0, 0xF8, 0x80]), ..SOUND },
            ConfigFault::NoOfflineAuthentication,
        ),
        (Terminal { applications: &[], ..SOUND }, ConfigFault::NoApplications),
        (Terminal { applications: &twice, ..SOUND }, ConfigFault::SameApplication(1)),
        (Terminal { applications: &bare, ..SOUND }, ConfigFault::NoDefaultDdol(0)),
        (keys(&even), ConfigFault::Key(1)),
        (keys(&short), ConfigFault::Key(0)),
        (keys(&odd_exponent), ConfigFault::Key(0)),
        (keys(&again), ConfigFault::SameKey(2)),
    ] {
        assert_eq!(terminal.check(), Err(fault));
        assert!(!fault.to_string().is_empty());
    }
    let numbered = ConfigFault::SameKey(2).to_string();
    assert_eq!(numbered, "a key is there twice (number 2, from 0)");
    // Without a signature of the card no list is wanted of the terminal.
    let online = Terminal {
        kind: 0x21,
        capabilities: capabilities([0x20, 0x08, 0x00]),
        applications: &bare,
        ..SOUND
    };
    assert_eq!(online.check(), Ok(()));
}

#[test]
fn faults_of_an_application_are_found() {
    let sound = Application {
        limits: Limits {
            floor: amount(50_000).unwrap(),
            threshold: amount(49_999).unwrap(),
            target_percent: 10,
            maximum_percent: 99,
        },
        ..Application::UNIONPAY
    };
    assert_eq!(sound.check(), Ok(()));
    let limits = sound.limits;
    let with = |limits| Application { limits, ..sound };
    for (application, fault) in [
        (Application { aid: &[0xA0; 4], ..sound }, ApplicationFault::Identifier),
        (Application { aid: &[0xA0; 17], ..sound }, ApplicationFault::Identifier),
        (with(Limits { maximum_percent: 100, ..limits }), ApplicationFault::Percentages),
        (
            with(Limits { target_percent: 99, maximum_percent: 98, ..limits }),
            ApplicationFault::Percentages,
        ),
        (with(Limits { threshold: limits.floor, ..limits }), ApplicationFault::Threshold),
        (Application { default_ddol: &[0x9F], ..sound }, ApplicationFault::DefaultDdol),
        (Application { default_tdol: &[0x9F, 0x02], ..sound }, ApplicationFault::DefaultTdol),
    ] {
        assert_eq!(application.check(), Err(fault));
        let terminal = Terminal { applications: &[sound, application], ..Terminal::CHINA };
        assert_eq!(terminal.check(), Err(ConfigFault::Application(1, fault)));
    }
}

/// All that is taken over, and what is not.
fn seen<'a>(parameters: &ApplicationParameters<'a>) -> impl PartialEq + use<'a> {
    let ApplicationParameters { application, online_pin, electronic_cash, contactless, .. } =
        *parameters;
    let passed: Vec<Tag> = parameters.passed_over().collect();
    (application, online_pin, electronic_cash, contactless, passed)
}

proptest! {
    #[test]
    fn no_bytes_trip_the_loaders(line in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(parameters) = ApplicationParameters::from_tlv(&line) {
            prop_assert_eq!(parameters.application.check(), Ok(()));
        }
        let _ = Terminal::CHINA.with_tlv(&line).map(|terminal| terminal.check());
    }

    /// One byte of a good line changed: it is refused, or something else comes
    /// of it.
    #[test]
    fn a_changed_byte_is_never_unseen(place in 0_usize..112, byte in any::<u8>()) {
        let line = bytes(PARAMETERS.lines().next().unwrap());
        let mut changed = line.clone();
        changed[place] = byte;
        let whole = ApplicationParameters::from_tlv(&line).unwrap();
        if let Ok(parameters) = ApplicationParameters::from_tlv(&changed) {
            prop_assert_eq!(seen(&parameters) == seen(&whole), line == changed);
        }
    }

    /// What is fed to a hash is what would be sent.
    #[test]
    fn a_list_is_fed_as_it_is_filled(
        entries in proptest::collection::vec((0_usize..5, any::<u8>()), 0..6),
        cut in 0_usize..4,
    ) {
        let tags: [&[u8]; 5] = [b"\x9F\x02", b"\x5A", b"\x95", b"\x70", b"\x9F\x7F"];
        let mut list: Vec<u8> = Vec::new();
        for (tag, length) in entries {
            list.extend_from_slice(tags[tag]);
            list.push(length);
        }
        list.truncate(list.len() - cut.min(list.len()));
        let known = |tag| match tag {
            Tag::AMOUNT => Some(&[0x12; 6][..]),
            Tag::PAN => Some(&[0x62; 8][..]),
            Tag::TVR => Some(&[0xFF; 5][..]),
            Tag::RECORD => Some(&[0x11; 3][..]),
            _ => None,
        };
        let dol = Dol::new(&list);
        let (mut out, mut fed) = ([0; 2048], Vec::new());
        let filled = dol.fill(&mut out, known).ok();
        let result = dol.feed(known, |piece| fed.extend_from_slice(piece));
        prop_assert_eq!(result, dol.check());
        prop_assert_eq!(filled.is_some(), result.is_ok());
        if let Some(length) = filled {
            prop_assert_eq!(&out[..length], &fed[..]);
        }
        for tag in [Tag::AMOUNT, Tag::PAN, Tag::TVR, Tag::RECORD] {
            let asked = dol.entries().any(|entry| entry.is_ok_and(|entry| entry.tag == tag));
            prop_assert_eq!(dol.asks_for(tag), asked);
        }
    }
}
