//! Driving licences and vehicle licences, their parts and what does not fit.

use embedded_pos::civil::Date;
use embedded_pos::scan::document::card::Expiry;
use embedded_pos::scan::document::licence::{
    Advice, ArchiveError, ArchiveNumber, ClassError, Classes, DrivingLicence, Electronic,
    LicenceVerifier, Month, SecondPage, Term, TermLength, Use, VehicleAdvice, VehicleLicence, date,
};
use embedded_pos::scan::document::{Check, LicenceCore, ResidentId};
use embedded_pos::scan::plate::Plate;
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::licence::{
    LicenceWrong, MadeLicence, core_number, driving_licence, wrong_licence,
};
use embedded_pos::{ErrorKind, ErrorType};

fn day(text: &str) -> Date {
    date(text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn classes_are_read_and_displayed_as_printed() {
    for (text, shown) in [
        ("A1A2D", "A1A2D"),
        ("C1 E", "C1E"),
        ("c1、e", "C1E"),
        ("D, C1", "C1D"),
        ("M/N/P", "MNP"),
        ("A1A2A3B1B2C1C2C3C4C5C6DEFMNP", "A1A2A3B1B2C1C2C3C4C5C6DEFMNP"),
    ] {
        assert_eq!(Classes::parse(text).unwrap().to_string(), shown);
    }
    for (text, error) in [
        ("", ClassError::Empty),
        (" , ", ClassError::Empty),
        ("A", ClassError::Class(0)),
        ("A4", ClassError::Class(0)),
        ("C1C7", ClassError::Class(2)),
        ("D1", ClassError::Class(0)),
        ("C1车", ClassError::Class(2)),
        ("C11", ClassError::Class(2)),
    ] {
        assert_eq!(Classes::parse(text), Err(error), "{text}");
    }
}

/// Annex 1 of order 162, class by class.
#[test]
fn classes_include_what_the_annex_says() {
    for (class, included) in [
        ("A1", "A3B1B2C1C2C3C4M"),
        ("A2", "B1B2C1C2C3C4C6M"),
        ("A3", "C1C2C3C4"),
        ("B1", "C1C2C3C4M"),
        ("B2", "C1C2C3C4M"),
        ("C1", "C2C3C4"),
        ("C2", ""),
        ("C3", "C4"),
        ("C4", ""),
        ("C5", ""),
        ("C6", ""),
        ("D", "EF"),
        ("E", "F"),
        ("F", ""),
        ("M", ""),
        ("N", ""),
        ("P", ""),
    ] {
        let class = Classes::parse(class).unwrap();
        assert_eq!((class.with_included() - class).to_string(), included, "{class}");
        // What is included includes no more than that.
        assert_eq!(class.with_included().with_included(), class.with_included());
    }
    let licence = Classes::parse("A2D").unwrap();
    assert!(licence.covers(Classes::C1 | Classes::E) && !licence.covers(Classes::A1));
}

#[test]
fn dates_in_all_their_forms() {
    for text in [
        "2026-03-02",
        "2026-3-2",
        "2026/3/2",
        "2026年3月2日",
        "20260302",
        "2026/3/02",
        "2026.03.02",
        "2026年03月02日",
    ] {
        assert_eq!(day(text).to_string(), "2026-03-02", "{text}");
    }
    for text in [
        "",
        "2026-03",
        "2026-13-01",
        "2026-02-29",
        "202603022",
        "2026-03-02-01",
        "年月日",
        "2026--2",
        "长期",
    ] {
        assert_eq!(date(text), None, "{text}");
    }
    assert_eq!(Month::find("检验有效期至2026年05月津A(01)").unwrap().to_string(), "2026-05");
    assert_eq!(Month::find("检验有效期至2026年5月"), Month::new(2026, 5));
    // 年 is a word of its own, too.
    for line in
        ["年检合格 检验有效期至2026年05月", "2026年检验有效期至2026年05月", "2年，2026年05月"]
    {
        assert_eq!(Month::find(line), Month::new(2026, 5), "{line}");
    }
    for text in ["", "2026-05", "年月", "6年5月", "2026年13月", "检验年5月", "2026年5"] {
        assert_eq!(Month::find(text), None, "{text}");
    }
    let month = Month::new(2026, 5).unwrap();
    assert!(!month.is_over(day("2026-05-31")) && month.is_over(day("2026-06-01")));
    assert!(month.is_over(day("2027-01-01")));
}

#[test]
fn terms() {
    let term = |from: &str, until: &str| Term {
        from: day(from),
        until: date(until).map_or(Expiry::LongTerm, Expiry::On),
    };
    for (from, until, length) in [
        ("2020-03-02", "2026-03-02", TermLength::SixYears),
        ("2020-03-02", "2030-03-02", TermLength::TenYears),
        ("2020-02-29", "2026-02-28", TermLength::SixYears),
        ("2020-02-29", "2030-03-01", TermLength::TenYears),
        ("2020-03-02", "长期", TermLength::LongTerm),
        ("2020-03-02", "2026-03-01", TermLength::Other),
        ("2026-03-02", "2020-03-02", TermLength::Other),
    ] {
        assert_eq!(term(from, until).length(), length, "{from} {until}");
    }
    let six = term("2020-03-02", "2026-03-02");
    assert!(six.contains(day("2020-03-02")) && six.contains(day("2026-03-02")));
    assert!(!six.contains(day("2020-03-01")) && !six.contains(day("2026-03-03")));
    assert!(term("2020-03-02", "长期").contains(day("2099-01-01")));
}

#[test]
fn archive_numbers() {
    let number = ArchiveNumber::parse(b"120000000001").unwrap();
    assert_eq!((number.area(), number.sequence()), (&b"1200"[..], &b"00000001"[..]));
    assert!(
        number.is_area_known() && !ArchiveNumber::parse(b"990000000001").unwrap().is_area_known()
    );
    assert_eq!(ArchiveNumber::parse(b"12000000000"), Err(ArchiveError::Length(11)));
    assert_eq!(ArchiveNumber::parse(b"12000000000X"), Err(ArchiveError::Character(11)));
    assert_eq!(format!("{number:?}"), "ArchiveNumber(1200..)");
}

#[test]
fn uses_have_letters_and_names() {
    assert_eq!(Use::PRIVATE.name(), Some("非营运"));
    assert_eq!(Use::named("货运"), Some(Use(b'F')));
    assert_eq!(Use::named("危化品运输").map(|usage| usage.0), Some(b'R'));
    assert_eq!((Use(b'Z').name(), Use(0).name(), Use::named("自用")), (None, None, None));
    assert!(
        (b'A'..=b'S').all(|letter| Use::named(Use(letter).name().unwrap()) == Some(Use(letter)))
    );
}

fn read(made: &MadeLicence) -> DrivingLicence {
    let until = match made.until.as_str() {
        "长期" => Expiry::LongTerm,
        until => Expiry::On(day(until)),
    };
    DrivingLicence {
        number: ResidentId::parse(made.number.as_bytes()).unwrap(),
        archive: ArchiveNumber::parse(made.archive.as_bytes()).ok(),
        classes: Classes::parse(&made.classes).unwrap(),
        term: Term { from: day(&made.from), until },
        first_issued: date(&made.first_issued),
        core: LicenceCore::parse(made.core.as_bytes()),
    }
}

#[test]
fn drawn_licences_fit_together() {
    let mut draw = Draw::new(1);
    for _ in 0..2_000 {
        let made = driving_licence(&mut draw);
        let licence = read(&made);
        assert_eq!(licence.advice(licence.term.from), Advice::empty(), "{made:?}");
        assert_eq!(licence.classes.to_string(), made.classes);
        assert_eq!(licence.number.as_bytes(), made.number.as_bytes());
        assert_ne!(licence.term.length(), TermLength::Other);
    }
}

#[test]
fn nearly_valid_licences_are_told_with_what_is_wrong() {
    let mut draw = Draw::new(2);
    for _ in 0..1_000 {
        let (made, wrong) = wrong_licence(&mut draw);
        let licence = read(&made);
        let advice = licence.advice(licence.term.from);
        let wanted = match wrong {
            LicenceWrong::Number => Advice::NUMBER,
            LicenceWrong::Core => Advice::CORE,
            LicenceWrong::Term => Advice::TERM,
            LicenceWrong::FirstIssued => Advice::FIRST_ISSUED,
        };
        assert_eq!(advice, wanted, "{made:?}");
        assert_eq!(advice.sentences().count(), 1);
    }
}

#[test]
fn the_rest_of_what_does_not_fit() {
    let mut licence = read(&driving_licence(&mut Draw::new(3)));
    licence.term = Term { from: day("2020-03-02"), until: Expiry::On(day("2026-03-02")) };
    licence.first_issued = Some(day("2020-03-02"));
    assert_eq!(licence.advice(day("2020-03-01")), Advice::NOT_BEGUN);
    assert_eq!(licence.advice(day("2026-03-03")), Advice::EXPIRED);
    licence.classes = Classes::empty();
    licence.archive = ArchiveNumber::parse(b"990000000001").ok();
    licence.number = ResidentId::parse(b"120000201501010012").unwrap();
    let advice = licence.advice(day("2021-01-01")) - Advice::NUMBER;
    assert_eq!(advice, Advice::NO_CLASS | Advice::ARCHIVE_AREA | Advice::CHILD);
}

#[test]
fn drawn_core_numbers_are_valid() {
    let mut draw = Draw::new(4);
    for _ in 0..1_000 {
        let number = core_number(&mut draw);
        let core = LicenceCore::parse(number.as_bytes()).unwrap();
        assert_eq!(core.check(), Check::Valid, "{number}");
    }
}

#[test]
fn a_vehicle_licence() {
    let licence = VehicleLicence {
        plate: Plate::parse("津A12345").unwrap(),
        kind: "小型轿车",
        owner: "测试一",
        address: "某省某市某区试验路1号",
        usage: Use::PRIVATE,
        model: "试验牌TEST1",
        vin: "LZZZZZZZ0ZZ000001",
        engine: "000001",
        registered: day("2020-05-04"),
        issued: day("2021-05-04"),
        second: SecondPage {
            archive: ArchiveNumber::parse(b"120000000001").ok(),
            seats: Some(5),
            total_mass: Some(1_800),
            size: Some([4_600, 1_800, 1_500]),
            inspected_until: Month::new(2026, 5),
            core: LicenceCore::parse(b"1293456789012"),
            ..SecondPage::default()
        },
    };
    assert_eq!(licence.advice(day("2026-05-31")), VehicleAdvice::empty());
    assert_eq!(licence.advice(day("2026-06-01")), VehicleAdvice::INSPECTION);
    let odd = VehicleLicence {
        usage: Use(b'z'),
        issued: day("2019-05-04"),
        second: SecondPage {
            archive: ArchiveNumber::parse(b"000000000001").ok(),
            core: LicenceCore::parse(b"1203456789012"),
            ..licence.second.clone()
        },
        ..licence.clone()
    };
    let advice = odd.advice(day("2020-01-01"));
    assert_eq!(advice, VehicleAdvice::all() - VehicleAdvice::INSPECTION);
    assert_eq!(advice.sentences().count(), 5);
    let shown = format!("{licence:?}");
    assert!(
        !shown.contains("测试") && !shown.contains("某省") && !shown.contains("LZZ"),
        "{shown}"
    );
}

struct Police;

impl ErrorType for Police {
    type Error = ErrorKind;
}

impl LicenceVerifier for Police {
    type Licence = u8;

    fn verify(&mut self, payload: &[u8]) -> Result<Option<u8>, ErrorKind> {
        match payload {
            [b'S', licence, b'!'] => Ok(Some(*licence)),
            [b'S', ..] => Err(ErrorKind::Refused),
            _ => Ok(None),
        }
    }
}

#[test]
fn an_electronic_licence_is_the_verifiers() {
    assert!(matches!(Electronic::read(b"S7!", &mut Police), Ok(Electronic::Signed(b'7'))));
    assert!(matches!(Electronic::read(b"S7?", &mut Police), Err(ErrorKind::Refused)));
    let unknown = Electronic::read(b"secret", &mut Police).unwrap();
    assert_eq!(format!("{unknown:?}"), "Unknown(6 bytes)");
    assert!(matches!(unknown, Electronic::Unknown(b"secret")));
}
