//! Looking plates up by their key, and by what a camera made of them; the drawn
//! plates that this is tested with.

use std::collections::HashSet;

use embedded_pos::scan::plate::matching::{Difference, Query, Spelling};
use embedded_pos::scan::plate::{Advice, Class, Hpzl, Plate, PlateError, Province};
use embedded_pos::sim::plates::{self, Damage, Wrong};
use embedded_pos::sim::{Draw, plates::Drawn};
use proptest::prelude::*;

const DRAWN: usize = 10_000;

fn drawn(draw: &mut Draw) -> Drawn {
    let classes: Vec<Class> = plates::classes().collect();
    let class = *draw.one_of(&classes).unwrap();
    plates::valid(draw, class)
}

#[test]
fn every_drawn_plate_is_read_as_what_it_was_made_of() {
    let mut draw = Draw::new(1);
    let mut classes = HashSet::new();
    for _ in 0..DRAWN {
        let drawn = drawn(&mut draw);
        let text = &drawn.text;
        let plate = Plate::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(plate.class(), drawn.class, "{text}");
        assert_eq!(plate.province().map(|province| province.character()), drawn.province);
        assert_eq!(plate.issuer(), drawn.issuer.as_str(), "{text}");
        assert_eq!(plate.serial(), drawn.serial.as_str(), "{text}");
        assert_eq!(plate.suffix().unwrap_or_default(), drawn.suffix, "{text}");
        assert_eq!(plate.canonical(), text.as_str());
        let advice = if drawn.trial { Advice::STYLE_2002 } else { Advice::empty() };
        assert_eq!(plate.advice(), advice, "{text}");
        classes.insert(drawn.class);
    }
    assert_eq!(classes.len(), 16);
}

#[test]
fn every_nearly_valid_plate_is_told_for_what_is_wrong() {
    let mut draw = Draw::new(2);
    let mut seen = HashSet::new();
    for _ in 0..DRAWN {
        let near = plates::nearly_valid(&mut draw);
        let (text, at) = (&near.text, near.at);
        let parsed = Plate::parse(text);
        let advice = match near.wrong {
            Wrong::ManyLetters => Some(Advice::MANY_LETTERS),
            Wrong::Energy => Some(Advice::ENERGY_LETTER),
            Wrong::UnknownIssuer => Some(Advice::UNKNOWN_ISSUER),
            Wrong::Colour => Some(Advice::COLOUR),
            _ => None,
        };
        if let Some(advice) = advice {
            assert_eq!(parsed.map(|plate| plate.advice()), Ok(advice), "{text}");
        } else {
            let error = parsed.expect_err(text);
            let expected = match near.wrong {
                Wrong::Letter => PlateError::Letter { offset: at },
                Wrong::Unknown => PlateError::Unknown { offset: at },
                Wrong::Short => PlateError::Short { offset: at },
                Wrong::Long => PlateError::Long { offset: at },
                // The place depends on the form that it follows longest.
                Wrong::Trial => PlateError::Misplaced { offset: error.offset() },
                _ => PlateError::Misplaced { offset: at },
            };
            assert_eq!(error, expected, "{text}: {:?}", near.wrong);
        }
        seen.insert(near.wrong);
    }
    assert_eq!(seen.len(), Wrong::ALL.len());
}

/// A plate's keys lead back to it, and all that a key leads to has that key.
#[test]
fn keys_lead_both_ways() {
    let mut draw = Draw::new(3);
    for _ in 0..DRAWN / 10 {
        let plate = Plate::parse(&drawn(&mut draw).text).unwrap();
        let home = plate.province().or(Province::from_code(12)).unwrap();
        for hpzl in plate.hpzl() {
            let back: Vec<Plate> = Plate::from_key(*hpzl, &plate.hphm(), home).collect();
            assert!(back.contains(&plate), "{plate}, {hpzl} {}: {back:?}", plate.hphm());
            for other in back {
                assert_eq!(other.hphm(), plate.hphm());
                assert!(other.hpzl().contains(hpzl));
            }
        }
    }
}

#[test]
fn keys_of_every_kind() {
    let texts = |code, hphm: &str, province| {
        let province = Province::from_character(province).unwrap();
        let plates = Plate::from_key(Hpzl::new(code).unwrap(), hphm, province);
        plates.map(|plate| plate.canonical().as_str().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(texts(2, "A12345", '津'), "津A12345");
    assert_eq!(texts(2, "a·12345", '津'), "津A12345");
    assert_eq!(texts(2, "A1234", '津'), "");
    assert_eq!(texts(52, "AD12345", '津'), "津AD12345");
    assert_eq!(texts(51, "A12345D", '津'), "津A12345D");
    assert_eq!(texts(2, "AD12345", '津'), "");
    assert_eq!(texts(2, "A123ABC", '津'), "津A123ABC");
    assert_eq!(texts(2, "A123ABC", '沪'), "", "the trial was not there");
    assert_eq!(texts(6, "A123ABC", '津'), "", "nor for these");
    assert_eq!(texts(22, "A1234", '津'), "津A1234试 津A1234超");
    assert_eq!(texts(4, "A1234", '沪'), "沪A1234领");
    assert_eq!(texts(4, "22412", '沪'), "沪22412领");
    assert_eq!(texts(3, "224123", '京'), "使224123 224123使");
    assert_eq!(texts(26, "Z1234", '粤'), "粤Z1234港");
    assert_eq!(texts(26, "Z1234", '苏'), "");
    assert_eq!(texts(31, "WJ1234X", '津'), "WJ津1234X WJ1234X");
    assert_eq!(texts(99, "X1234", '津'), "津X1234应急 民航X1234");
    assert_eq!(texts(15, "津A1234", '津'), "", "the province is no part of the key");
    assert_eq!(texts(15, "A1*34", '津'), "");
    assert_eq!(texts(98, "A12345", '津'), "");
    assert_eq!(Province::all().count(), 31);
    assert!(Province::all().all(|province| Province::from_code(province.code()) == Some(province)));
    assert_eq!(Province::from_character('警'), None);
}

/// What differs, as one line.
fn told(read: &str, listed: &str) -> String {
    let differences =
        Query::new(read).differences(&Spelling::new(listed)).map(|difference| match difference {
            Difference::Changed { place, read, listed, similar } => {
                format!("{place}{read}{}{listed}", if similar { '~' } else { '!' })
            }
            Difference::Missing { place, listed } => format!("{place}-{listed}"),
            Difference::Extra { place, read } => format!("{place}+{read}"),
        });
    differences.collect::<Vec<_>>().join(" ")
}

fn distance(read: &str, listed: &str) -> Option<u16> {
    Query::new(read).limit(500).distance(&Spelling::new(listed))
}

#[test]
fn distances_and_what_differs() {
    for (read, listed, far, what) in [
        ("津A12345", "津A12345", 0, ""),
        ("津a·12345", "津A12345", 0, ""),
        ("津A1Z345", "津A12345", 30, "3Z~2"),
        ("浙A12345", "津A12345", 30, "0浙~津"),
        ("沪A12345", "京A12345", 100, "0沪!京"),
        ("?A12345", "津A12345", 30, "0?~津"),
        ("口A12345", "津A12345", 30, "0?~津"),
        ("A12345", "津A12345", 80, "0-津"),
        ("津A1234", "津A12345", 80, "6-5"),
        ("津A112345", "津A12345", 80, "3+1"),
        ("津A1OO45", "津A10D45", 60, "3O~0 4O~D"),
        ("津A8B345", "津A84345", 100, "3B!4"),
        ("津A9Z34", "津A12345", 210, "29!1 3Z~2 6-5"),
        ("C00D12", "CO0D12", 30, "10~O"),
    ] {
        assert_eq!(told(read, listed), what, "{read} {listed}");
        assert_eq!(distance(read, listed), Some(far), "{read} {listed}");
    }
    assert_eq!(distance("", "津A12345"), None, "560 is too far");
}

/// By the whole table, without a band or an early end.
fn plain(read: &str, listed: &str) -> u32 {
    const ALIKE: [&str; 11] =
        ["0ODQ", "1I", "8B", "2Z", "5S", "48", "津浙沪湘渝", "京琼", "晋鲁", "贵赣", "港澳"];
    let (a, b): (Vec<char>, Vec<char>) = (read.chars().collect(), listed.chars().collect());
    let cost = |x: char, y: char| match (x, y) {
        _ if x == y => 0,
        _ if ALIKE.iter().any(|group| group.contains(x) && group.contains(y)) => 30,
        _ => 100,
    };
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let mut best = if i + j == 0 { 0 } else { u32::MAX };
            if i > 0 {
                best = best.min(table[i - 1][j] + 80);
            }
            if j > 0 {
                best = best.min(table[i][j - 1] + 80);
            }
            if i > 0 && j > 0 {
                best = best.min(table[i - 1][j - 1] + cost(a[i - 1], b[j - 1]));
            }
            table[i][j] = best;
        }
    }
    table[a.len()][b.len()]
}

proptest! {
    /// The band and the early end change nothing, and the differences add up.
    #[test]
    fn distances_are_those_of_the_whole_table(
        read in "[津浙沪京]?[A-E0-9]{0,8}", listed in "[津浙沪京]?[A-E0-9]{0,8}", limit in 0_u16..600,
    ) {
        let (query, entry) = (Query::new(&*read).limit(limit), Spelling::new(&listed));
        let far = plain(&read, &listed);
        let expected = (far <= u32::from(limit)).then_some(far);
        prop_assert_eq!(query.distance(&entry).map(u32::from), expected);
        let sum: u32 = query.differences(&entry).map(|difference| match difference {
            Difference::Changed { similar: true, .. } => 30,
            Difference::Changed { .. } => 100,
            _ => 80,
        }).sum();
        prop_assert_eq!(sum, far);
    }

    #[test]
    fn no_text_panics(read in "\\PC{0,20}", listed in "\\PC{0,20}", sure: Vec<u8>, limit: u16) {
        let query = Query::new(&*read).characters(&sure).limit(limit);
        let entry = Spelling::from_gbk(listed.as_bytes());
        let _ = (query.distance(&entry), query.differences(&entry).count());
        prop_assert_eq!(query.distance(&Spelling::new(&read)), Some(0));
    }
}

#[test]
fn what_the_camera_is_not_sure_of_costs_less() {
    let entry = Spelling::new("津A12345");
    let far = |sure: &[u8]| Query::new("津A12346").characters(sure).distance(&entry);
    assert_eq!(far(&[]), Some(100));
    assert_eq!(far(&[99; 7]), Some(99));
    assert_eq!(far(&[99, 99, 99, 99, 99, 99, 50]), Some(60));
    assert_eq!(far(&[99, 99, 99, 99, 99, 99, 0]), Some(20));
    // A character that was made up.
    let far = |last| {
        let sure = [99, 99, 99, 99, 99, 99, 99, last];
        Query::new("津A123459").characters(&sure).distance(&entry)
    };
    assert_eq!((far(100), far(0)), (Some(80), Some(16)));
}

#[test]
fn the_same_text_comes_first_and_what_has_no_room_is_counted() {
    struct Case(Spelling, u32);
    impl AsRef<Spelling> for Case {
        fn as_ref(&self) -> &Spelling {
            &self.0
        }
    }
    let list = ["津A12B45", "津AI2B45", "津A12845", "沪C99999", "津A1284S"];
    let list: Vec<Case> =
        list.iter().zip(0..).map(|(text, id)| Case(Spelling::new(text), id)).collect();
    let found = Query::new("津A12845").nearest::<_, 3>(&list);
    let ids: Vec<_> = found.iter().map(|near| (near.entry.1, near.distance)).collect();
    assert_eq!(ids, [(2, 0), (0, 30), (4, 30)]);
    assert_eq!(found.left_off(), 1);
    assert_eq!(found.first().unwrap().place, 2);
    assert_eq!(Query::new("津A12845").nearest::<_, 0>(&list).left_off(), 4);
    assert_eq!(Query::new("津A12845").limit(0).matches(&list).count(), 1);
    // An iterator that gives entries away.
    let entries = list.iter().map(|case| case.0);
    assert_eq!(Query::new("津A12845").matches(entries).count(), 4);
}

/// Each plate that was damaged once is found again, nearest or as near as
/// another.
#[test]
fn damaged_plates_are_found() {
    let mut draw = Draw::new(4);
    let mut kinds = [0; 3];
    for _ in 0..DRAWN / 100 {
        let plates: Vec<String> = (0..100).map(|_| drawn(&mut draw).text).collect();
        let list: Vec<Spelling> = plates.iter().map(|text| Spelling::new(text)).collect();
        for (plate, entry) in plates.iter().zip(&list) {
            let (read, damage, _) = plates::damaged(&mut draw, plate);
            let found = Query::new(&*read).nearest::<_, 8>(&list);
            let itself = found.iter().find(|near| near.entry == entry);
            let distance = itself.unwrap_or_else(|| panic!("{read} of {plate}")).distance;
            let most = if damage == Damage::Confused { 30 } else { 80 };
            assert!(distance <= most, "{read} of {plate}: {distance}");
            kinds[damage as usize] += 1;
        }
    }
    assert!(kinds.iter().all(|count| *count > 1_000), "{kinds:?}");
}

#[test]
fn spellings() {
    for (text, spelled) in [
        ("蓝津A12345", "津A12345"),
        ("黄绿津A12345D", "津A12345D"),
        ("黑A12345", "黑A12345"),
        ("黑粤Z1234港", "粤Z1234港"),
        ("白VA12345", "VA12345"),
        ("蓝", ""),
        ("蓝黄A", "黄A"),
        ("黑?A12345", "黑?A12345"),
        ("ａ１－b", "A1B"),
        ("猫a", "?A"),
    ] {
        assert_eq!(Spelling::new(text).to_string(), spelled, "{text}");
    }
    let long = Spelling::new("津A1234567890");
    assert!(long.is_cut() && long.len() == 11 && !Spelling::new("蓝津A123456789").is_cut());
    assert_eq!(
        Spelling::from_gbk(b"\xBD\xF2A1234\xB9\xD2"),
        Plate::parse("津A1234挂").unwrap().into()
    );
    assert!(Spelling::new(" ").is_empty());
}
