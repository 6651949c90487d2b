//! AAMVA payloads of every version, sound and spoilt.

use embedded_pos::scan::document::aamva::{
    Aamva, Country, DayForm, Fault, FaultKind, Height, Issuer, Sex, Standing, Truncation, Version,
};
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::aamva::{Defect, Licence};

type Read = Vec<(String, String, String)>;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn made(licence: &Licence) -> Read {
    let parts = licence.subfiles.iter();
    let elements = parts.flat_map(|part| {
        part.elements.iter().map(|(id, value)| (part.kind.clone(), id.clone(), value.clone()))
    });
    elements.collect()
}

fn read(aamva: &Aamva<'_>) -> Read {
    let elements = aamva.elements();
    let named = elements.map(|of| (text(&of.subfile), of.id().to_string(), text(of.value)));
    named.collect()
}

/// Versions 01 to 11, and two that come after.
fn version(draw: &mut Draw) -> u8 {
    let versions: Vec<u8> = (1..=12).chain([47]).collect();
    *draw.one_of(&versions).unwrap()
}

#[test]
fn ten_thousand_sound_ones_are_what_they_were_made_of() {
    let mut draw = Draw::new(1);
    for _ in 0..10_000 {
        let version = version(&mut draw);
        let licence = Licence::draw(&mut draw, version);
        let payload = licence.payload();
        let aamva =
            Aamva::strict(&payload).unwrap_or_else(|fault| panic!("{fault}: {}", text(&payload)));
        assert_eq!(read(&aamva), made(&licence), "{}", text(&payload));
        assert_eq!((aamva.version().0, text(aamva.iin())), (version, licence.iin.clone()));
        let jurisdiction = (version != 1).then_some(licence.jurisdiction_version);
        assert_eq!(aamva.jurisdiction_version(), jurisdiction);
        let kinds: Vec<_> = aamva.subfiles().map(|part| text(&part.kind)).collect();
        assert_eq!(
            kinds,
            licence.subfiles.iter().map(|part| part.kind.clone()).collect::<Vec<_>>()
        );
        assert!(aamva.elements().all(|element| !element.doubtful));
        assert_eq!(aamva.version().advice().is_some(), version > 11);
    }
}

#[test]
fn ten_thousand_spoilt_ones_are_too_and_say_what_was_wrong() {
    let mut draw = Draw::new(2);
    for turn in 0..10_000 {
        let version = version(&mut draw);
        let licence = Licence::draw(&mut draw, version);
        let defect = Defect::ALL[turn % Defect::ALL.len()];
        let spoilt = licence.spoilt(defect);
        let shown = || format!("{defect:?} {:?}", text(&spoilt.bytes));
        let aamva =
            Aamva::parse(&spoilt.bytes).unwrap_or_else(|fault| panic!("{fault}: {}", shown()));
        assert_eq!(read(&aamva), made(&licence), "{}", shown());
        let refused = Aamva::strict(&spoilt.bytes).expect_err(&shown());
        assert_eq!((refused.kind, refused.at), (spoilt.kind, spoilt.at), "{}", shown());
        let split = matches!(defect, Defect::Spaces | Defect::Bare);
        assert!(split || aamva.elements().all(|element| !element.doubtful), "{}", shown());
        assert!(split || aamva.faults().all(|fault| fault.kind != FaultKind::Ambiguous));
    }
}

/// The rule that the documentation proves: what is not doubtful is true.
#[test]
fn an_id_within_a_value_moves_nothing_without_a_word() {
    let defects = [Defect::Spaces, Defect::Bare, Defect::NoReturns, Defect::LineFeeds];
    let (mut draw, mut surely, mut doubtful) = (Draw::new(3), 0, 0);
    for turn in 0..4_000 {
        let version = version(&mut draw);
        let mut licence = Licence::draw(&mut draw, version);
        licence.tempt(&mut draw);
        let sound = licence.payload();
        assert_eq!(read(&Aamva::strict(&sound).unwrap()), made(&licence));
        let bytes = licence.spoilt(defects[turn % defects.len()]).bytes;
        let aamva = Aamva::parse(&bytes).unwrap();
        let made = made(&licence);
        for element in aamva.elements() {
            let (id, value) = (element.id(), text(element.value));
            let is_true = made.iter().any(|(_, of, is)| (id, &value) == (of.as_str(), is));
            assert!(is_true || element.doubtful, "{id} {value:?} in {}", text(&bytes));
            *if element.doubtful { &mut doubtful } else { &mut surely } += 1;
        }
        let told = aamva.faults().any(|fault| fault.kind == FaultKind::Ambiguous);
        assert!(told || read(&aamva) == made, "{}", text(&bytes));
    }
    // The rule is worth something.
    assert!(surely > 3 * doubtful, "{surely} {doubtful}");
}

const HEAD: &str = "@\n\u{1E}\rANSI ";

/// A payload of one subfile, with the right offset and length.
fn payload(numbers: &str, body: &str) -> Vec<u8> {
    let offset = HEAD.len() + numbers.len() + 10;
    format!("{HEAD}{numbers}{}{offset:04}{:04}{body}", &body[..2], body.len()).into_bytes()
}

fn faults(bytes: &[u8]) -> Vec<(FaultKind, usize)> {
    Aamva::parse(bytes).unwrap().faults().map(|fault| (fault.kind, fault.at)).collect()
}

#[test]
fn mister_madden_has_two_readings() {
    let body = "DLDAQ1DCSMADDENDDENDACPATDDFNDADLEEDDGNDCAMDCBNONEDCDNONEDBD01012020DBB01011990\
                DBA01012030DBC1DAU070 inDAYBRODAG1 RUE STDAIAYTOWNDAJUTDAK123450000  DCF1DCGUSA";
    let bytes = payload("000000100001", body);
    let aamva = Aamva::parse(&bytes).unwrap();
    assert_eq!(aamva.get("DCS"), None);
    let name = aamva.elements().find(|element| element.id() == "DCS").unwrap();
    assert_eq!((name.value, name.doubtful), (&b"MADDENDDEN"[..], true));
    assert_eq!(aamva.get("DAC"), Some(&b"PAT"[..]));
    let told: Vec<_> = aamva.faults().filter(|fault| fault.kind == FaultKind::Ambiguous).collect();
    assert_eq!(told, [Fault { kind: FaultKind::Ambiguous, at: 31 + 11 }]);
    // With its line feeds there is no doubt.
    let lines = "DLDAQ1\nDCSMADDEN\nDDEN\nDACPAT\r";
    let bytes = payload("000000100001", lines);
    assert_eq!(Aamva::strict(&bytes).unwrap().get("DCS"), Some(&b"MADDEN"[..]));
}

#[test]
fn one_line_feed_lost_is_told() {
    let sound = payload("000000100001", "DLDAQ1\nDCSSAMPLE\nDACPAT\nDBB01011990\r");
    let at = sound.windows(4).position(|four| four == b"\nDAC").unwrap();
    let mut spoilt = sound.clone();
    assert_eq!(spoilt.remove(at), b'\n');
    let aamva = Aamva::parse(&spoilt).unwrap();
    assert_eq!(aamva.get("DCS"), None);
    assert_eq!(faults(&spoilt), [(FaultKind::Ambiguous, at), (FaultKind::Length, 27)]);
}

#[test]
fn the_header_of_old_north_carolina_and_of_illinois() {
    // Number of entries left out, another issuer's number, dashes, feet and inches.
    let carolina =
        b"@\n\nAAMVA36004001DL00280069DLDABSAMPLE\nDACPAT\nDADLEE\nDAL1 RUE ST\nDANAYTOWN\n\
        DAONC\nDAP27601\nDAQ1234567\nDAV5-01\nDBA06-05-2019\nDBB06-05-1951\nDBCF\n";
    let aamva = Aamva::parse(carolina).unwrap();
    let kinds: Vec<_> = aamva.faults().map(|fault| (fault.kind, fault.at)).take(5).collect();
    let wanted = [
        (FaultKind::RecordSeparatorLost, 2),
        (FaultKind::LineFeedForReturn, 2),
        (FaultKind::FileType, 3),
        (FaultKind::EntryCountMissing, 16),
        (FaultKind::Offset, 18),
    ];
    assert_eq!(kinds, wanted);
    let card = aamva.card();
    assert_eq!((aamva.version().0, aamva.jurisdiction_version()), (1, None));
    assert_eq!((aamva.iin(), aamva.issuer()), (&b"360040"[..], None));
    assert_eq!((card.name().family, card.name().middle), (Some(&b"SAMPLE"[..]), Some(&b"LEE"[..])));
    assert_eq!(card.address().city, Some(&b"AYTOWN"[..]));
    assert_eq!(card.height(), Some(Height::Inches(61)));
    let birth = card.birth().unwrap();
    assert_eq!(
        (birth.date.unwrap().to_string().as_str(), birth.form),
        ("1951-06-05", Some(DayForm::Dashes))
    );
    assert_eq!((card.sex(), birth.usual), (Some(Sex::Female), false));

    let illinois = payload("6360350201", "IDDAQ1\nDCSSAMPLE\r");
    assert_eq!(faults(&illinois), [(FaultKind::JurisdictionVersionMissing, 17)]);
    let aamva = Aamva::parse(&illinois).unwrap();
    assert_eq!((aamva.issuer().unwrap().short, aamva.get("DAQ")), ("IL", Some(&b"1"[..])));
}

#[test]
fn shapes_of_the_field() {
    // (header up to the file type, its faults)
    let leads: [(&str, &[(FaultKind, usize)]); 8] = [
        ("@\n\u{1E}\r", &[]),
        ("@\n\u{1E}\n", &[(FaultKind::LineFeedForReturn, 3)]),
        ("@\n\u{1E}", &[(FaultKind::ReturnLost, 3)]),
        ("@\n\n", &[(FaultKind::RecordSeparatorLost, 2), (FaultKind::LineFeedForReturn, 2)]),
        ("@\n", &[(FaultKind::RecordSeparatorLost, 2), (FaultKind::ReturnLost, 2)]),
        ("@\r\n\u{1E}\r\n", &[(FaultKind::ReturnLineFeed, 1), (FaultKind::ReturnLineFeed, 5)]),
        ("@|\u{1E}|", &[(FaultKind::PipeForSeparator, 1), (FaultKind::PipeForSeparator, 3)]),
        (
            "@a",
            &[
                (FaultKind::OtherForSeparator, 1),
                (FaultKind::RecordSeparatorLost, 2),
                (FaultKind::ReturnLost, 2),
            ],
        ),
    ];
    for (lead, wanted) in leads {
        let offset = lead.len() + 27;
        let text = format!("{lead}ANSI 000000100001DL{offset:04}0017DLDAQ1\nDCSSAMPLE\r");
        assert_eq!(faults(text.as_bytes()), wanted, "{lead:?}");
        assert_eq!(Aamva::parse(text.as_bytes()).unwrap().get("DCS"), Some(&b"SAMPLE"[..]));
    }
    // LF and CR at the end, an empty subfile, an element that no version has.
    let bytes = b"@\n\x1E\rANSI 000000100002DL00410018ZD00590003DLDAQ1\nDXXSAMPLE\n\rZD\r";
    assert_eq!(faults(bytes), [(FaultKind::EmptyRecord, 41 + 17)]);
    assert_eq!(Aamva::parse(bytes).unwrap().get("DXX"), Some(&b"SAMPLE"[..]));
    // Designators that name what is not there, and nothing at all.
    let cut = b"@\n\x1E\rANSI 000000100002DL00410007ZD00480009DLDAQ1\r";
    assert_eq!(faults(cut), [(FaultKind::SubfileMissing, 31)]);
    let whole = b"@\n\x1E\rANSI 000000100001DL00310007DLDAQ1\rZDZDA1\r";
    assert_eq!(faults(whole), [(FaultKind::SubfileUnlisted, 38)]);
    let twice = payload("000000100001", "DLDAQ1\nDAQ2\r");
    assert_eq!(faults(&twice), [(FaultKind::Repeated, 38)]);
    assert_eq!(Aamva::parse(&twice).unwrap().get("DAQ"), None);
    let values = |of: Aamva<'_>| of.elements().map(|of| text(of.value)).collect::<Vec<_>>();
    assert_eq!(values(Aamva::parse(&twice).unwrap()), ["1", "2"]);
}

/// Two cards read in one go, or by a reader that repeats itself.
#[test]
fn another_payload_behind_it_adds_nothing() {
    let one = payload("000000100001", "DLDAQ1\nDCSSAMPLE\nDBC1\r");
    let other = payload("000000100001", "DLDAQ2\nDCSOTHER\nDAHAPT 2\r");
    for defect in [b"".as_slice(), b"\r", b"\x1E\r", b"\x1E"] {
        let mut both: Vec<u8> = [&one[..], &other[..]].concat();
        let lines = |byte: &mut u8| *byte = if defect.contains(byte) { b'\n' } else { *byte };
        both.iter_mut().for_each(lines);
        let aamva = Aamva::parse(&both).unwrap();
        assert_eq!((aamva.get("DAQ"), aamva.get("DAH")), (Some(&b"1"[..]), None));
        assert!(faults(&both).contains(&(FaultKind::TrailingBytes, one.len())), "{defect:?}");
    }
}

/// A control character that separates nothing else is part of a value.
#[test]
fn a_tab_in_a_street_is_no_separator() {
    let street = payload("000000100001", "DLDAQ1\nDCSSAMPLE\nDAG1\tDAISY LANE\r");
    let aamva = Aamva::strict(&street).unwrap();
    assert_eq!((aamva.get("DAG"), aamva.get("DAI")), (Some(&b"1\tDAISY LANE"[..]), None));
    let tabs: Vec<u8> =
        street.iter().map(|byte| if *byte == b'\n' { b'\t' } else { *byte }).collect();
    assert_eq!(Aamva::parse(&tabs).unwrap().get("DCS"), Some(&b"SAMPLE"[..]));
    assert!(faults(&tabs).iter().all(|fault| fault.0 != FaultKind::LineFeedLost));
}

/// As typed by a keyboard, CR is M. Where the designator says that it is there,
/// it is; otherwise it may be a letter of the name.
#[test]
fn a_typed_return_is_told_from_a_letter() {
    let typed = |length: &str, name: &str| {
        format!("@\n6MANSI 000000100001DL0031{length}DLDAQ1\nDCS{name}").into_bytes()
    };
    let name = |bytes: &[u8]| Aamva::parse(bytes).unwrap().get("DCS").map(<[u8]>::to_vec);
    assert_eq!(name(&typed("0014", "TOMM")).as_deref(), Some(&b"TOM"[..]));
    assert_eq!(name(&typed("0013", "TO\r")).as_deref(), Some(&b"TO"[..]));
    let cut = typed("0014", "TOM");
    assert_eq!(name(&cut), None);
    assert!(faults(&cut).contains(&(FaultKind::Ambiguous, cut.len())));
}

#[test]
fn what_is_no_payload_is_refused_with_its_place() {
    let refused = |bytes: &[u8]| Aamva::parse(bytes).map(|_| ()).unwrap_err();
    for (bytes, kind, at) in [
        (&b""[..], FaultKind::NotAamva, 0),
        (b"@\n\x1E\rANSI ", FaultKind::NotAamva, 0),
        (b"ANSI 63600", FaultKind::Header, 5),
        (b"@\n\x1E\rANSI 0000001000010", FaultKind::Header, 9),
        (b"@\n\x1E\rANSI 000000100001DL", FaultKind::NoSubfile, 21),
        (b"\0@\n\x1E\rAAMVA6360010102", FaultKind::NoSubfile, 20),
    ] {
        assert_eq!(refused(bytes), Fault { kind, at }, "{bytes:?}");
    }
}

#[test]
fn every_beginning_and_every_changed_bit_is_read_or_refused() {
    let mut draw = Draw::new(4);
    let sound = Licence::draw(&mut draw, 11).payload();
    for end in 0..sound.len() {
        let refused = Aamva::strict(&sound[..end]).expect_err("it is cut");
        assert!(refused.at <= end);
    }
    for at in 0..sound.len() * 8 {
        let mut bytes = sound.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        if let Ok(aamva) = Aamva::parse(&bytes) {
            assert!(aamva.faults().all(|fault| fault.at <= bytes.len()));
        }
    }
}

fn card(numbers: &str, elements: &str) -> Vec<u8> {
    payload(numbers, &format!("DL{elements}\r"))
}

#[test]
fn names_of_all_versions() {
    let name = |numbers: &str, elements: &str| {
        let bytes = card(numbers, elements);
        let name = Aamva::strict(&bytes).unwrap().card().name();
        [name.family, name.first, name.middle, name.suffix, name.given, name.full]
            .map(|part| part.map(text).unwrap_or_default())
            .join("|")
    };
    assert_eq!(name("0000000101", "DAASAMPLE,PAT,LEE ANN,JR"), "SAMPLE|PAT|LEE ANN|JR||");
    assert_eq!(name("0000000101", "DAASAMPLE,PAT"), "SAMPLE|PAT||||");
    assert_eq!(name("0000000101", "DAASAMPLE,PAT,,JR"), "SAMPLE|PAT||JR||");
    // No comma: in what order, is not guessed.
    assert_eq!(name("0000000101", "DAAPAT LEE SAMPLE"), "|||||PAT LEE SAMPLE");
    assert_eq!(name("0000000101", "DABSAMPLE \nDACPAT\nDADLEE\nDAESR"), "SAMPLE|PAT|LEE|SR||");
    assert_eq!(name("000000020001", "DCSSAMPLE\nDCTPAT LEE"), "SAMPLE||||PAT LEE|");
    assert_eq!(name("000000090001", "DCSSAMPLE\nDACPAT\nDADNONE\nDCUIV"), "SAMPLE|PAT|NONE|IV||");
}

#[test]
fn days_by_country_and_version() {
    let birth = |numbers: &str, elements: &str| {
        let bytes = card(numbers, elements);
        let day = Aamva::strict(&bytes).unwrap().card().birth();
        day.map(|day| (day.date.map(|date| date.to_string()), day.form, day.usual))
    };
    let read = |date: &str, form, usual| Some((Some(date.to_string()), Some(form), usual));
    let (american, canadian) = (DayForm::MonthFirst, DayForm::YearFirst);
    assert_eq!(birth("636000100001", "DBB12311990"), read("1990-12-31", american, true));
    assert_eq!(birth("636000100001", "DBB19901231"), read("1990-12-31", canadian, false));
    assert_eq!(birth("636012100001", "DBB19901231"), read("1990-12-31", canadian, true));
    assert_eq!(birth("636012100001", "DBB12311990\nDCGUSA"), read("1990-12-31", american, true));
    assert_eq!(birth("6360000101", "DBB19901231"), read("1990-12-31", canadian, true));
    assert_eq!(birth("6360000101", "DBB12-31-1990"), read("1990-12-31", DayForm::Dashes, false));
    for none in ["DBB02301990", "DBBNONE    ", "DBB1231199", "DBB00000000", "DBB13131313"] {
        assert_eq!(birth("636000100001", none), Some((None, None, false)), "{none}");
    }
    assert_eq!(birth("636000100001", "DBB        "), None);
}

#[test]
fn what_else_a_card_says() {
    let bytes = card(
        "636000110001",
        "DAQT1\nDCAD\nDCB \nDBC9\nDAU175 cm\nDDEN\nDDFT\nDDGU\nDDAF\nDDM1\nDDN0\nDBNOTHER\nDCGMEX",
    );
    let aamva = Aamva::strict(&bytes).unwrap();
    let card = aamva.card();
    assert_eq!((card.number(), card.sex()), (Some(&b"T1"[..]), Some(Sex::NotSpecified)));
    assert_eq!(
        (card.height(), card.country()),
        (Some(Height::Centimetres(175)), Some(Country::Mexico))
    );
    let truncation = [Truncation::Whole, Truncation::Truncated, Truncation::Unknown].map(Some);
    assert_eq!((card.truncation(), card.real_id()), (truncation, Some(true)));
    let indicators = [card.commercial(), card.non_domiciled(), card.enhanced(), card.permit()];
    assert_eq!(indicators, [Some(true), Some(false), None, None]);
    assert_eq!(card.driving(), [Some(&b"D"[..]), None, None]);
    let standing = |id| aamva.version().standing(id);
    assert_eq!((standing(b"DBN"), standing(b"DDM")), (Standing::Removed, Standing::Optional));
    assert_eq!((standing(b"DAQ"), standing(b"ZVA")), (Standing::Mandatory, Standing::Jurisdiction));
    assert_eq!(
        (standing(b"DZZ"), Version(7).standing(b"DDM")),
        (Standing::Unknown, Standing::Later)
    );
    let heights =
        [("DAU509", Some(69)), ("DAU5-09", Some(69)), ("DAV5'09\"", Some(69)), ("DAU599", None)];
    for (element, inches) in heights {
        let bytes = self::card("0000000101", element);
        let height = Aamva::strict(&bytes).unwrap().card().height();
        assert_eq!(height, inches.map(Height::Inches), "{element}");
    }
}

#[test]
fn issuers_by_their_number() {
    let short = |iin| Issuer::of(iin).map(|issuer| (issuer.short, issuer.country));
    assert_eq!(short(636_000), Some(("VA", Country::Usa)));
    assert_eq!(short(636_062), Some(("VI", Country::Usa)));
    assert_eq!(short(636_012), Some(("ON", Country::Canada)));
    assert_eq!(short(636_057), Some(("HL", Country::Mexico)));
    assert_eq!(short(604_428), Some(("QC", Country::Canada)));
    assert_eq!(short(604_434), Some(("NT", Country::Canada)));
    assert_eq!((short(604_425), short(636_063), short(0)), (None, None, None));
    let years: Vec<_> = (0..13).map(|number| Version(number).year()).collect();
    assert_eq!((years[1], years[11], years[0], years[12]), (Some(2000), Some(2025), None, None));
}

#[test]
fn nothing_of_a_person_shows_in_debug() {
    let bytes = card("0000000101", "DAQ7777\nDAASAMPLE,PAT\nDAGRUE\nDBB19901231");
    let aamva = Aamva::strict(&bytes).unwrap();
    let card = aamva.card();
    let element = aamva.elements().next();
    let shown = format!(
        "{aamva:?} {card:?} {:?} {:?} {:?} {element:?}",
        card.name(),
        card.address(),
        card.birth()
    );
    for secret in ["7777", "SAMPLE", "RUE", "1990", "55, 55"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
