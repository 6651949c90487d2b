//! Machine readable zones, through the public API.

use embedded_pos::civil::Date;
use embedded_pos::scan::document::mrz::{Advice, Format, Mrz, MrzError, Repair, Sex, Zone};
use embedded_pos::scan::document::{Check, DateForm};
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::{MadeZone, ZoneWrong, wrong_zone, zone};
use proptest::prelude::*;

const FORMATS: [Format; 6] =
    [Format::Td1, Format::Td2, Format::Td3, Format::MrvA, Format::MrvB, Format::D1];

const PASSPORT: [&str; 2] = [
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
];

fn parse<'a>(lines: &[&'a str]) -> Result<Mrz<'a>, MrzError> {
    let lines: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    Mrz::parse(&lines)
}

fn read(text: &str) -> Zone {
    Zone::read(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn repairs(text: &str) -> Vec<Repair> {
    read(text).repairs().collect()
}

#[test]
fn specimens_are_read() {
    let mut seen = 0;
    for row in include_str!("vectors/mrz/icao.txt").lines() {
        let (want, zone) = row.split_once('\t').unwrap();
        let lines: Vec<&str> = zone.split('|').collect();
        let mrz = parse(&lines).unwrap();
        let (number, surname) = (mrz.number(), mrz.surname());
        let found = format!("{} {number} {surname}|{}", mrz.format().name(), mrz.given_names());
        assert_eq!(found, want);
        let checks = mrz.checks();
        assert!(checks.agree() && checks.number == Check::Valid, "{zone}: {checks:?}");
        let is_visa = matches!(mrz.format(), Format::MrvA | Format::MrvB);
        assert_eq!(checks.composite == Check::Absent, is_visa);
        assert_eq!(mrz.advice(), Advice::empty(), "{zone}");
        seen += 1;
    }
    assert_eq!(seen, 12);
}

#[test]
fn vectors_hold() {
    let mut seen = 0;
    for vector in include_str!("vectors/mrz/mrz.jsonl").lines() {
        let vector: serde_json::Value = serde_json::from_str(vector).unwrap();
        let (input, want) = (vector["input"].as_str().unwrap(), &vector["want"]);
        let lines: Vec<&str> = input.split('|').collect();
        let mrz = parse(&lines).unwrap();
        assert_eq!(want["format"], mrz.format().name(), "{input}");
        assert_eq!(want["surname"], mrz.surname().to_string(), "{input}");
        assert!(mrz.checks().agree(), "{input}");
        assert_eq!(repairs(input), [Repair::Bars], "{input}");
        seen += 1;
    }
    assert_eq!(seen, 60);
}

#[test]
fn all_fields_of_a_passport() {
    let mrz = parse(&PASSPORT).unwrap();
    assert_eq!((mrz.document_type(), mrz.issuer(), mrz.nationality()), ("P", "UTO", "UTO"));
    assert_eq!((mrz.sex(), mrz.optional(), mrz.optional_2()), (Sex::Female, "ZE184226B", ""));
    assert_eq!(mrz.number().pieces(), ("L898902C3", ""));
    let today = Date::new(2026, 3, 2).unwrap();
    let (birth, expiry) = (mrz.birth().unwrap(), mrz.expiry().unwrap());
    assert_eq!(birth.birth(today), Date::new(1974, 8, 12).ok());
    assert_eq!(birth.in_century(20), Date::new(2074, 8, 12).ok());
    assert_eq!(expiry.expiry(today), Date::new(2012, 4, 15).ok());
    let checks = mrz.checks();
    let all = [checks.number, checks.birth, checks.expiry, checks.optional, checks.composite];
    assert_eq!(all, [Check::Valid; 5]);
}

/// The fields with a check digit: where a character of each stands, and its
/// digit.
#[test]
fn each_check_is_of_its_own_field() {
    for (column, digit, field) in [(1, 9, 0), (14, 19, 1), (22, 27, 2), (29, 42, 3), (44, 43, 4)] {
        for at in [column, digit] {
            let mut second = PASSPORT[1].to_owned();
            if at < second.len() {
                let other = if &second[at..=at] == "3" { "4" } else { "3" };
                second.replace_range(at..=at, other);
            }
            let mrz = parse(&[PASSPORT[0], &second]).unwrap();
            let checks = mrz.checks();
            let all =
                [checks.number, checks.birth, checks.expiry, checks.optional, checks.composite];
            let wrong: Vec<usize> = (0..4).filter(|field| all[*field] == Check::Invalid).collect();
            assert_eq!(wrong, if field < 4 { vec![field] } else { vec![] }, "{second}");
            assert_eq!(checks.composite == Check::Invalid, at < 44, "{second}");
        }
    }
}

#[test]
fn an_empty_personal_number_needs_no_digit() {
    let check = |end: &str| {
        let second = format!("L898902C36UTO7408122F1204159{end}");
        parse(&[PASSPORT[0], &second]).unwrap().checks()
    };
    assert_eq!(check("<<<<<<<<<<<<<<<4").optional, Check::Absent);
    assert_eq!(check("<<<<<<<<<<<<<<04").optional, Check::Valid);
    assert_eq!(check("<<<<<<<<<<<<<<14").optional, Check::Invalid);
    // One that is there needs its own: A of weight 7 has 0, B has 7.
    assert_eq!(check("A<<<<<<<<<<<<<04").optional, Check::Valid);
    assert_eq!(check("A<<<<<<<<<<<<<<4").optional, Check::Invalid);
    assert_eq!(check("B<<<<<<<<<<<<<<4").optional, Check::Invalid);
}

/// Nor is it of the other fields, though the sum of one in ten is 0.
#[test]
fn a_filler_is_no_check_digit_of_a_number_or_a_date() {
    let lines = [
        "I<UTOAAAAAAAAA<<<<<<<<<<<<<<<<",
        "00AA00<F120415<UTO<<<<<<<<<<<<",
        "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
    ];
    let checks = parse(&lines).unwrap().checks();
    assert_eq!((checks.number, checks.birth), (Check::Invalid, Check::Invalid));
    // All fillers: there is no digit, and none is wanted.
    let lines = ["I<UTO<<<<<<<<<<<<<<<<<<<<<<<<<", "<<<<<<<F120415<UTO<<<<<<<<<<<<", lines[2]];
    let checks = parse(&lines).unwrap().checks();
    assert_eq!((checks.number, checks.birth), (Check::Absent, Check::Absent));
}

#[test]
fn names_of_one_part_cut_off_and_odd() {
    let names = |field: &str| {
        let first = format!("P<UTO{field:<<39}");
        let second = PASSPORT[1];
        let mrz = parse(&[&first, second]).unwrap();
        (mrz.surname().to_string(), mrz.given_names().to_string(), mrz.advice())
    };
    let plain = |surname: &str, given: &str| (surname.into(), given.into(), Advice::empty());
    assert_eq!(names("SUKARNO"), plain("SUKARNO", ""));
    assert_eq!(names("VAN<DER<MUELLEN<<LOIS"), plain("VAN DER MUELLEN", "LOIS"));
    let long = "BENNELONG<WOOLOOMOOLOO<WARRANDYTE<WARNA";
    assert_eq!(names(long), (long.replace('<', " "), String::new(), Advice::TRUNCATED));
    let long = "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K";
    let (surname, given, advice) = names(long);
    assert_eq!((&*surname, &*given), ("NILAVADHANANANDA", "CHAYAPA DEJTHAMRONG K"));
    assert_eq!(advice, Advice::TRUNCATED);
    assert_eq!(names("<<ANNA").2, Advice::FILLER);
    assert_eq!(names("ERIKSSON<<<<ANNA"), ("ERIKSSON".into(), "ANNA".into(), Advice::FILLER));
    assert_eq!(names("ER1KSSON<<ANNA").2, Advice::DIGIT);
    assert_eq!(names(""), plain("", ""));
}

#[test]
fn codes_are_not_judged() {
    for code in ["D<<", "UTO", "XXA", "XXB", "RKS", "GBD", "ZZZ", "<<<"] {
        let first = PASSPORT[0].replacen("UTO", code, 1);
        let second = PASSPORT[1].replacen("UTO", code, 1);
        let mrz = parse(&[&first, &second]).unwrap();
        assert_eq!((mrz.issuer(), mrz.nationality()), (code, code));
        assert!(mrz.checks().agree() && mrz.advice().is_empty());
    }
    for (written, sex) in [
        ("M", Sex::Male),
        ("<", Sex::Unspecified),
        ("X", Sex::Other(b'X')),
        ("9", Sex::Other(b'9')),
    ] {
        let mut second = PASSPORT[1].to_owned();
        second.replace_range(20..=20, written);
        assert_eq!(parse(&[PASSPORT[0], &second]).unwrap().sex(), sex);
    }
    let crew = PASSPORT[0].replacen("P<", "X<", 1);
    assert_eq!(parse(&[&crew, PASSPORT[1]]).unwrap().advice(), Advice::TYPE);
}

#[test]
fn days_of_birth_that_are_not_known() {
    for (written, form) in [
        ("7408<<", DateForm::InPart),
        ("74<<<<", DateForm::InPart),
        ("<<<<<<", DateForm::Unknown),
        ("741312", DateForm::NoDate),
        ("74O812", DateForm::NoDate),
    ] {
        let second = PASSPORT[1].replacen("740812", written, 1);
        let birth = parse(&[PASSPORT[0], &second]).unwrap().birth().unwrap();
        assert_eq!((birth.form(), birth.in_century(19)), (form, None));
        assert_eq!(birth.as_bytes(), written.as_bytes());
    }
}

#[test]
fn errors_say_where() {
    let [first, second] = PASSPORT;
    let error = |lines: &[&str]| parse(lines).unwrap_err();
    assert_eq!(error(&[]), MrzError::Lines(0));
    assert_eq!(error(&[first; 4]), MrzError::Lines(4));
    assert_eq!(error(&["I<UTOD231458907<<<<<<<<<<<<<<<"]), MrzError::Lines(1));
    assert_eq!(error(&[first]), MrzError::Length { line: 1, len: 44 });
    assert_eq!(error(&["", second]), MrzError::Length { line: 1, len: 0 });
    assert_eq!(error(&[first, &second[1..]]), MrzError::Length { line: 2, len: 43 });
    assert_eq!(error(&[&first[1..], second]), MrzError::Length { line: 1, len: 43 });
    let odd = second.replace("ZE", "Z ");
    assert_eq!(error(&[first, &odd]), MrzError::Character { line: 2, column: 30 });
    assert_eq!(error(&[&first.to_lowercase(), second]), MrzError::Character { line: 1, column: 1 });
    let text = |text: &str| Zone::read(text.as_bytes()).unwrap_err();
    assert_eq!(text(""), MrzError::Lines(0));
    assert_eq!(text(" \r\n|"), MrzError::Lines(0));
    assert_eq!(text(&format!("{first}\n\n{odd}*")), MrzError::Character { line: 2, column: 45 });
    assert_eq!(text(&format!("{first}\n{second}<")), MrzError::Length { line: 2, len: 45 });
    assert_eq!(text(&"<".repeat(1000)), MrzError::Length { line: 1, len: 1000 });
    assert_eq!(text(&"<\n".repeat(1000)), MrzError::Lines(1000));
}

#[test]
fn text_need_not_be_as_it_is_printed() {
    let [first, second] = PASSPORT;
    assert_eq!(repairs(&format!("{first}\r\n{second}\r\n")), []);
    assert_eq!(repairs(&format!("\n{first}\r\r{second}")), []);
    assert_eq!(repairs(&format!("{first}|{second}")), [Repair::Bars]);
    assert_eq!(repairs(&format!("{first}{second}")), [Repair::Unbroken]);
    assert_eq!(repairs(&format!("{first} \n {second}\t")), [Repair::Spaces]);
    let lower = second.replacen('C', "c", 1);
    assert_eq!(repairs(&format!("{first}\n{lower}")), [Repair::LowerCase { line: 2, column: 8 }]);
    let zone = read(&format!("{first}{second}").to_lowercase());
    assert_eq!(zone.mrz().number().to_string(), "L898902C3");
    assert!(zone.mrz().checks().agree());
    let letters = PASSPORT.concat().chars().filter(char::is_ascii_uppercase).count();
    assert_eq!(zone.repairs().count(), 1 + letters);
}

/// A letter in a date or a check digit, one wrong character in the number.
#[test]
fn confusion_is_repaired_where_a_check_digit_proves_it_and_told() {
    let [first, second] = PASSPORT;
    let at = |column: usize, with: &str| {
        let mut second = second.to_owned();
        second.replace_range(column..column + with.len(), with);
        format!("{first}\n{second}")
    };
    for (column, with) in
        [(5, "O"), (15, "O"), (17, "I"), (21, "I"), (23, "O"), (42, "I"), (43, "O")]
    {
        let text = at(column, with);
        let confused = Repair::Confused { line: 2, column: column + 1 };
        assert_eq!(repairs(&text), [confused], "{text}");
        let zone = read(&text);
        assert!(zone.mrz().checks().agree(), "{text}");
        assert_eq!(zone.mrz().number().to_string(), "L898902C3");
    }
    // All of them in one date.
    assert_eq!(repairs(&at(21, "I2O4I5")).len(), 3);
    // Letters that are none of the two, and names, stay as they are.
    let text = at(14, "S");
    assert_eq!((repairs(&text), read(&text).mrz().checks().birth), (vec![], Check::Invalid));
    let text = PASSPORT.join("\n").replace("ERIKSSON", "ER1KSS0N");
    assert_eq!(repairs(&text), []);
    assert_eq!(read(&text).mrz().advice(), Advice::DIGIT);
}

/// Two characters could be meant: neither is chosen.
#[test]
fn what_is_ambiguous_is_left_alone() {
    // Three of weight 7: each swap changes the sum alike.
    let zone = "I<UTO0AA0AA0AA5<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<0|A<<B".to_owned()
        + &"<".repeat(26);
    for digit in b'0'..=b'9' {
        let zone = zone.replacen("AA5", &format!("AA{}", char::from(digit)), 1);
        let read = read(&zone);
        assert_eq!(repairs(&zone), [Repair::Bars], "{zone}");
        assert_eq!(read.mrz().number().to_string(), "0AA0AA0AA");
    }
}

/// A number whose digit is wrong as printed: the composite digit, which is over
/// both, says that nothing was misread.
#[test]
fn a_composite_digit_that_agrees_forbids_a_repair() {
    let second = "L898902C30UTO7408122F1204159ZE184226B<<<<<18";
    let zone = read(&format!("{}\n{second}", PASSPORT[0]));
    assert_eq!(zone.mrz().number().to_string(), "L898902C3");
    assert_eq!(zone.repairs().count(), 0);
    let checks = zone.mrz().checks();
    assert_eq!((checks.number, checks.composite), (Check::Invalid, Check::Valid));
}

#[test]
fn nothing_of_a_person_shows_in_debug() {
    let text = PASSPORT.concat();
    let zone = read(&text);
    let mrz = zone.mrz();
    let shown = format!(
        "{zone:?} {mrz:?} {:?} {:?} {:?} {:?}",
        mrz.surname(),
        mrz.number(),
        mrz.birth(),
        mrz.checks()
    );
    for secret in ["ERIK", "ANNA", "898902", "0812", "1974", "184226"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

fn same(mrz: &Mrz<'_>, made: &MadeZone) {
    assert_eq!(mrz.format(), made.format);
    assert_eq!(mrz.surname().to_string(), made.surname);
    assert_eq!(mrz.given_names().to_string(), made.given_names);
    assert_eq!(mrz.number().to_string(), made.number);
    assert_eq!((mrz.issuer(), mrz.nationality()), (&*made.issuer, &*made.nationality));
    let written = |date: Option<embedded_pos::scan::document::ShortDate>| {
        date.map_or_else(Vec::new, |date| date.as_bytes().to_vec())
    };
    assert_eq!(written(mrz.birth()), made.birth.as_bytes());
    assert_eq!(written(mrz.expiry()), made.expiry.as_bytes());
    let sex = match &*made.sex {
        "M" => Sex::Male,
        "F" => Sex::Female,
        _ => Sex::Unspecified,
    };
    assert_eq!(mrz.sex(), sex);
    assert_eq!((mrz.optional(), mrz.optional_2()), (&*made.optional, &*made.optional_2));
    let truncated = if made.truncated { Advice::TRUNCATED } else { Advice::empty() };
    assert_eq!(mrz.advice(), truncated);
}

#[test]
fn ten_thousand_of_each_are_read_as_what_they_are_made_of() {
    let mut draw = Draw::new(9303);
    for format in FORMATS {
        let (mut long, mut cut, mut unknown) = (0, 0, 0);
        for _ in 0..10_000 {
            let made = zone(&mut draw, format);
            let lines: Vec<&str> = made.lines.iter().map(String::as_str).collect();
            let mrz = parse(&lines).unwrap_or_else(|error| panic!("{made:?}: {error}"));
            same(&mrz, &made);
            assert!(mrz.checks().agree(), "{made:?} {:?}", mrz.checks());
            let zone = read(&made.lines.concat());
            assert_eq!(zone.repairs().count(), usize::from(format != Format::D1));
            same(&zone.mrz(), &made);
            long += usize::from(mrz.number().is_long());
            cut += usize::from(made.truncated);
            unknown += usize::from(made.birth.contains('<'));
        }
        assert_eq!(long > 1_000, matches!(format, Format::Td1 | Format::Td2), "{long}");
        assert!(cut > 500, "{format:?}: {cut}");
        assert_eq!(unknown > 1_000, format != Format::D1);
    }
}

#[test]
fn ten_thousand_nearly_valid_of_each_are_told_what_is_wrong() {
    let mut draw = Draw::new(42);
    for format in FORMATS {
        for _ in 0..10_000 {
            let (made, wrong) = wrong_zone(&mut draw, format);
            let lines: Vec<&str> = made.lines.iter().map(String::as_str).collect();
            told(parse(&lines), &made, wrong);
        }
    }
}

fn told(found: Result<Mrz<'_>, MrzError>, made: &MadeZone, wrong: ZoneWrong) {
    match wrong {
        ZoneWrong::Character(line, column) => {
            assert_eq!(found, Err(MrzError::Character { line, column }), "{made:?}");
        }
        // A first line of another length is what the others are measured by.
        ZoneWrong::Length(line, len) if line > 1 || len != 36 => {
            assert_eq!(found, Err(MrzError::Length { line, len }), "{made:?}");
        }
        ZoneWrong::Length(..) => {
            assert!(matches!(found, Err(MrzError::Length { line: 2, .. })), "{made:?}");
        }
        ZoneWrong::Number => {
            let checks = found.unwrap().checks();
            assert_eq!(checks.number, Check::Invalid, "{made:?}");
            assert_ne!(checks.composite, Check::Valid, "{made:?}");
        }
        ZoneWrong::Confused(line, column) => {
            let mrz = found.unwrap();
            assert_eq!(mrz.expiry().unwrap().form(), DateForm::NoDate, "{made:?}");
            // The licence has no digit of its own for that day.
            if made.format != Format::D1 {
                assert_eq!(mrz.checks().expiry, Check::Invalid, "{made:?}");
                let zone = read(&made.lines.join("\n"));
                let repairs: Vec<_> = zone.repairs().collect();
                assert_eq!(repairs, [Repair::Confused { line, column }], "{made:?}");
                assert_eq!(zone.mrz().expiry().unwrap().as_bytes(), made.expiry.as_bytes());
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(zone) = Zone::read(&text) {
            prop_assert!(zone.repairs().count() <= 93);
        }
    }

    #[test]
    fn any_zone_is_read(text in "[A-Z0-9<]{88}|[A-Z0-9<]{72}|[A-Z0-9<]{90}") {
        let zone = Zone::read(text.as_bytes()).unwrap();
        let mrz = zone.mrz();
        let _ = (mrz.checks(), mrz.advice(), mrz.number().to_string(), mrz.optional());
        let changed = zone.repairs().filter(|r| matches!(r, Repair::Confused { .. })).count();
        if changed > 0 {
            let width = mrz.format().width();
            let lines: Vec<&[u8]> = text.as_bytes().chunks(width).collect();
            prop_assert!(!Mrz::parse(&lines).unwrap().checks().agree());
        }
    }
}
