//! Vehicle identification numbers, through the public API.

use embedded_pos::scan::document::Check;
use embedded_pos::scan::document::vin::{Advice, Region, Vin, VinError};
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::{VinWrong, vin as made_vin, wrong_vin};
use proptest::prelude::*;

fn vin(text: &str) -> Vin {
    Vin::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn vectors_hold() {
    let mut seen = (0, 0, 0);
    for vector in include_str!("vectors/vin/vin.jsonl").lines() {
        let vector: serde_json::Value = serde_json::from_str(vector).unwrap();
        let (input, want) = (vector["input"].as_str().unwrap(), &vector["want"]);
        match Vin::parse(input.as_bytes()) {
            Ok(vin) if vin.check() == Check::Valid => {
                assert_eq!(want["check"], "valid", "{input}");
                seen.0 += 1;
            }
            Ok(_) => {
                assert_eq!(want["check"], "invalid", "{input}");
                seen.1 += 1;
            }
            Err(VinError::Letter(at)) => {
                assert_eq!(want["ok"], false, "{input}");
                assert!("IOQ".contains(&input[at..=at]));
                seen.2 += 1;
            }
            Err(error) => panic!("{input}: {error}"),
        }
    }
    assert_eq!(seen, (29, 18, 3));
}

#[test]
fn sections() {
    let vin = vin("lsv5c1s827yhg9922");
    assert_eq!(vin.as_str(), "LSV5C1S827YHG9922");
    assert_eq!((vin.wmi(), vin.vds(), vin.vis()), ("LSV", "5C1S82", "7YHG9922"));
    assert_eq!((vin.last_six(), vin.small_maker()), ("HG9922", None));
    assert_eq!((vin.region(), vin.country()), (Region::Asia, Some("CN")));
    assert_eq!(self::vin("SA9AK3NA0FS388001").small_maker(), Some("388"));
}

#[test]
fn the_check_is_prescribed_by_region() {
    for (text, check, strict) in [
        ("1M8GDM9AXKP042788", Check::Valid, true),
        ("11111111111111111", Check::Valid, true),
        ("WP0ZZZ99ZTS392124", Check::Invalid, false),
        ("LSVHV7YCWXDTGL384", Check::Invalid, true),
        ("JHMLUZZB05CM8N559", Check::Valid, false),
    ] {
        let vin = vin(text);
        assert_eq!((vin.check(), vin.is_check_mandatory()), (check, strict), "{text}");
    }
}

#[test]
fn regions_and_countries() {
    let of = |wmi: &str| {
        let vin = vin(&format!("{wmi:0<17}"));
        (vin.region().name(), vin.country())
    };
    for (wmi, region, country) in [
        ("AAA", "africa", Some("ZA")),
        ("BBB", "africa", None),
        ("HLX", "asia", Some("CN")),
        ("L0A", "asia", Some("CN")),
        ("KMH", "asia", Some("KR")),
        ("KS1", "asia", None),
        ("SNT", "europe", Some("DE")),
        ("TRU", "europe", Some("HU")),
        ("Z69", "europe", Some("RU")),
        ("10A", "north-america", Some("US")),
        ("2HG", "north-america", Some("CA")),
        ("3VW", "north-america", Some("MX")),
        ("7SA", "north-america", Some("US")),
        ("70A", "north-america", Some("US")),
        ("7A8", "oceania", Some("NZ")),
        ("6T1", "oceania", Some("AU")),
        ("93H", "south-america", Some("BR")),
        ("92A", "south-america", None),
        ("000", "south-america", None),
    ] {
        assert_eq!(of(wmi), (region, country), "{wmi}");
    }
}

#[test]
fn years_come_in_pairs() {
    let with = |seventh: char, tenth: char| vin(&format!("1AA000{seventh}00{tenth}0000000"));
    let codes = "ABCDEFGHJKLMNPRSTVWXY123456789";
    for (code, first) in codes.chars().zip(1980..) {
        assert_eq!(with('0', code).years(), Some([first, first + 30]));
        assert_eq!(with('0', code).year_hint(), Some(first));
        assert_eq!(with('A', code).year_hint(), Some(first + 30));
    }
    for code in "UZ0".chars() {
        assert_eq!((with('0', code).years(), with('0', code).year_hint()), (None, None));
        assert_eq!(with('0', code).advice(), Advice::YEAR, "{code}");
    }
    // The rule is North America's.
    assert_eq!(vin("WP0ZZZ99ZTS392124").year_hint(), None);
}

#[test]
fn odd_numbers_are_read_and_told() {
    assert_eq!(vin("11111111111111111").advice(), Advice::REPEATED | Advice::NUMERIC);
    assert_eq!(vin("12345678912345678").advice(), Advice::NUMERIC);
    assert_eq!(vin("A1111111111111111").advice(), Advice::REPEATED);
    assert_eq!(vin("LHG0108U96AHYJ2W9").advice(), Advice::SERIAL);
    assert_eq!(vin("1M8GDM9AXKP042788").advice(), Advice::empty());
    let all = Advice::all().sentences().count();
    assert_eq!(all, Advice::all().iter().count());
}

#[test]
fn errors_say_where() {
    let error = |text: &str| Vin::parse(text.as_bytes()).unwrap_err();
    assert_eq!(error(""), VinError::Length(0));
    assert_eq!(error("1M8GDM9AXKP0427888"), VinError::Length(18));
    assert_eq!(error("1M8GDM9AXKP04278O"), VinError::Letter(16));
    assert_eq!(error("iM8GDM9AXKP042788"), VinError::Letter(0));
    assert_eq!(error("1M8GDM9AXKP04 788"), VinError::Character(13));
}

/// Every wrong digit of another value is found, and every exchange of two
/// neighbours whose values times weights differ.
#[test]
fn wrong_characters_are_found() {
    let right = "1M8GDM9AXKP042788";
    for at in (0..17).filter(|at| *at != 8) {
        for other in b'0'..=b'9' {
            let mut wrong = right.to_owned();
            wrong.replace_range(at..=at, &char::from(other).to_string());
            let found = vin(&wrong).check() == Check::Invalid;
            let same = wrong == right || at == 1 && other == b'4' || at == 3 && other == b'7';
            let same = same || at == 4 && other == b'4' || at == 5 && other == b'4';
            let same = same || at == 7 && other == b'1' || at == 9 && other == b'2';
            let same = same || at == 10 && other == b'7';
            assert_eq!(found, !same, "{wrong}");
        }
    }
}

#[test]
fn ten_thousand_are_read_as_what_they_are_made_of() {
    let mut draw = Draw::new(3779);
    let mut small = 0;
    for _ in 0..10_000 {
        let made = made_vin(&mut draw);
        let vin = vin(&made.text);
        assert_eq!(vin.to_string(), made.text);
        assert_eq!((vin.check(), vin.country()), (Check::Valid, Some(made.country)), "{made:?}");
        assert_eq!(vin.years(), Some(made.years), "{made:?}");
        assert_eq!(vin.small_maker().is_some(), made.small, "{made:?}");
        assert_eq!(vin.is_check_mandatory(), ["CN", "US", "CA"].contains(&made.country));
        assert_eq!(self::vin(&made.text.to_lowercase()), vin);
        small += usize::from(made.small);
    }
    assert!(small > 2_000);
}

#[test]
fn ten_thousand_nearly_valid_ones_are_told_what_is_wrong() {
    let mut draw = Draw::new(16735);
    for _ in 0..10_000 {
        let (text, wrong) = wrong_vin(&mut draw);
        let found = Vin::parse(text.as_bytes());
        match wrong {
            VinWrong::Check => assert_eq!(found.unwrap().check(), Check::Invalid, "{text}"),
            VinWrong::Letter(at) => assert_eq!(found, Err(VinError::Letter(at)), "{text}"),
            VinWrong::Character(at) => assert_eq!(found, Err(VinError::Character(at)), "{text}"),
            VinWrong::Length(len) => assert_eq!(found, Err(VinError::Length(len)), "{text}"),
        }
    }
}

proptest! {
    #[test]
    fn any_seventeen_are_read_or_refused(text in "[A-Za-z0-9]{17}") {
        if let Ok(vin) = Vin::parse(text.as_bytes()) {
            prop_assert!(vin.as_str().eq_ignore_ascii_case(&text));
            let parts = [vin.wmi(), vin.vds(), vin.vis()].concat();
            prop_assert_eq!(&parts, vin.as_str());
            let _ = (vin.region(), vin.country(), vin.check(), vin.years(), vin.advice());
        } else {
            prop_assert!(text.to_uppercase().contains(['I', 'O', 'Q']));
        }
    }
}
