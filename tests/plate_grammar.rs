//! The grammar of number plates, through the public API.

use embedded_pos::scan::plate::{Advice, Class, Colour, Energy, Plate, PlateError, PlateRead};
use proptest::prelude::*;

fn plate(text: &str) -> Plate {
    Plate::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn gbk(text: &str) -> Vec<u8> {
    let mut bytes = vec![0; 2 * text.len()];
    let mut encoder = encoding_rs::GBK.new_encoder();
    let (result, read, len) = encoder.encode_from_utf8_without_replacement(text, &mut bytes, true);
    assert_eq!((result, read), (encoding_rs::EncoderResult::InputEmpty, text.len()));
    bytes.truncate(len);
    bytes
}

fn codes(text: &str) -> Vec<String> {
    plate(text).hpzl().iter().map(ToString::to_string).collect()
}

/// Every vector: accepted or refused as it says, and of its class.
#[test]
fn vectors_hold() {
    let lines = include_str!("vectors/plate/forms.jsonl").lines();
    let mut seen = (0, 0);
    for line in lines {
        let vector: serde_json::Value = serde_json::from_str(line).unwrap();
        let input = vector["input"].as_str().unwrap();
        let parsed = Plate::parse(input);
        assert_eq!(vector["want"]["ok"], parsed.is_ok(), "{input}: {parsed:?}");
        let Ok(plate) = parsed else {
            seen.1 += 1;
            continue;
        };
        seen.0 += 1;
        let kind = vector["kind"].as_str().unwrap();
        let fits = match plate.class() {
            Class::Ordinary => kind == "ordinary",
            Class::NewEnergySmall => kind == "new_energy_small_DF",
            Class::NewEnergyLarge => kind == "new_energy_large_DF",
            Class::HongKong | Class::Macau => kind == "hk_macao",
            _ => false,
        };
        assert!(fits, "{input} is {:?}, not {kind}", plate.class());
        assert_eq!(plate.canonical(), input);
    }
    assert_eq!(seen, (28, 52));
}

/// A row of each form: text, class, province, issuer, serial, suffix, query
/// key, codes.
type Row = (
    &'static str,
    Class,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("津A12345", Class::Ordinary, "津", "A", "12345", "", "A12345", "02 01 07 08 13 14 06 12"),
    ("津AD12345", Class::NewEnergySmall, "津", "A", "D12345", "", "AD12345", "52"),
    ("津AFB2345", Class::NewEnergySmall, "津", "A", "FB2345", "", "AFB2345", "52"),
    ("津A12345D", Class::NewEnergyLarge, "津", "A", "12345D", "", "A12345D", "51"),
    ("津A1234挂", Class::Trailer, "津", "A", "1234", "挂", "A1234", "15"),
    ("津A1234学", Class::Coach, "津", "A", "1234", "学", "A1234", "16 17"),
    ("津A1234警", Class::Police, "津", "A", "1234", "警", "A1234", "23 24"),
    ("粤Z1A34港", Class::HongKong, "粤", "Z", "1A34", "港", "Z1A34", "26"),
    ("粤Z1234澳", Class::Macau, "粤", "Z", "1234", "澳", "Z1234", "27"),
    ("津A1234试", Class::Test, "津", "A", "1234", "试", "A1234", "18 19 22"),
    ("津A1234超", Class::OverLimit, "津", "A", "1234", "超", "A1234", "22"),
    ("沪A1234领", Class::Consulate, "沪", "A", "1234", "领", "A1234", "04 10"),
    ("沪224A1领", Class::Consulate, "沪", "", "224A1", "领", "224A1", "04 10"),
    ("使123456", Class::Embassy, "", "", "123456", "", "123456", "03 09"),
    ("224A12使", Class::Embassy, "", "", "224A12", "使", "224A12", "03 09"),
    ("津X1234应急", Class::Emergency, "津", "X", "1234", "应急", "X1234", "99"),
    ("津S1234应急", Class::Emergency, "津", "S", "1234", "应急", "S1234", "99"),
    ("京12345应急", Class::Emergency, "京", "", "12345", "应急", "12345", "99"),
    ("WJ津1234X", Class::ArmedPolice, "津", "", "1234X", "", "WJ1234X", "31"),
    ("WJ012345", Class::ArmedPolice, "", "", "012345", "", "WJ012345", "31"),
    ("WJ12345", Class::ArmedPolice, "", "", "12345", "", "WJ12345", "31"),
    ("VA12345", Class::Army, "", "VA", "12345", "", "VA12345", "32"),
    ("民航12345", Class::Aviation, "", "", "12345", "", "12345", "99"),
    ("京A123ABC", Class::Ordinary, "京", "A", "123ABC", "", "A123ABC", "02 01 07 08"),
    ("浙A123456", Class::Ordinary, "浙", "A", "123456", "", "A123456", "02 01 07 08"),
];

#[test]
fn every_form_comes_apart() {
    for (text, class, province, issuer, serial, suffix, hphm, hpzl) in ROWS {
        let plate = plate(text);
        assert_eq!(plate.class(), *class, "{text}");
        let found = plate.province().map(|p| p.character().to_string()).unwrap_or_default();
        assert_eq!(found, *province, "{text}");
        assert_eq!(plate.issuer(), *issuer, "{text}");
        assert_eq!(plate.serial(), *serial, "{text}");
        assert_eq!(plate.suffix().unwrap_or_default(), *suffix, "{text}");
        assert_eq!(plate.hphm(), *hphm, "{text}");
        assert_eq!(codes(text).join(" "), *hpzl, "{text}");
        assert_eq!(plate.canonical(), *text);
    }
}

/// The lengths of the key that the traffic database has for each code.
#[test]
fn the_key_has_the_length_of_its_code() {
    for (text, .., hpzl) in ROWS.iter() {
        let plate = plate(text);
        let want: &[usize] = match hpzl.split(' ').next().unwrap() {
            "01" | "02" if plate.advice().contains(Advice::STYLE_2002) => &[7],
            "01" | "02" | "03" => &[6],
            "04" | "15" | "16" | "18" | "23" | "26" | "27" => &[5],
            "22" => &[5, 6],
            "51" | "52" => &[7],
            _ => continue,
        };
        assert!(want.contains(&plate.hphm().len()), "{text}");
    }
}

#[test]
fn energy_is_told_by_its_letter() {
    for (letter, energy) in [
        ('D', Energy::Electric),
        ('A', Energy::Electric),
        ('B', Energy::Electric),
        ('C', Energy::Electric),
        ('E', Energy::Electric),
        ('F', Energy::Other),
        ('G', Energy::Other),
        ('H', Energy::Other),
        ('J', Energy::Other),
        ('K', Energy::Other),
    ] {
        assert_eq!(plate(&format!("苏A{letter}12345")).energy(), Some(energy));
        let large = plate(&format!("苏A12345{letter}"));
        assert_eq!(large.energy(), Some(energy));
        let announced = !matches!(letter, 'D' | 'F');
        assert_eq!(large.advice().contains(Advice::ENERGY_LETTER), announced);
    }
    assert_eq!(plate("津A12345").energy(), None);
    assert!(Plate::parse("苏AL12345").is_err());
}

#[test]
fn country_codes_of_missions() {
    assert_eq!(plate("使123456").country(), Some(123));
    assert_eq!(plate("224A12使").country(), Some(224));
    assert_eq!(plate("沪301A1领").country(), Some(301));
    assert_eq!(plate("沪A1234领").country(), None);
    assert!(Plate::parse("使423456").is_err());
}

#[test]
fn what_is_written_between_does_not_count() {
    for text in [
        "津·A12345",
        "津A·12345",
        "津A•12345",
        "津A 12345",
        " 津 A-123.45\r\n",
        "津ａ１２３４５",
        "津a12345",
        "津A\u{3000}12345",
        "津A－12345",
    ] {
        assert_eq!(plate(text).canonical(), "津A12345", "{text}");
    }
}

#[test]
fn gbk_and_utf8_read_alike() {
    for (text, ..) in ROWS {
        assert_eq!(Plate::parse_gbk(&gbk(text)), Plate::parse(text), "{text}");
    }
    // 津·Ａ１２３４５
    let wide = b"\xBD\xF2\xA1\xA4\xA3\xC1\xA3\xB1\xA3\xB2\xA3\xB3\xA3\xB4\xA3\xB5";
    assert_eq!(Plate::parse_gbk(wide).unwrap().canonical(), "津A12345");
    // Cut in the middle of a character.
    assert_eq!(Plate::parse_gbk(b"A12345\xBD"), Err(PlateError::Unknown { offset: 6 }));
    assert_eq!(Plate::parse_gbk(b"\xBD\xF2A1234\xFF\xFF"), Err(PlateError::Unknown { offset: 7 }));
}

#[test]
fn a_colour_in_front_is_taken_off() {
    let blue = plate("蓝津A12345");
    assert_eq!((blue.colour(), blue.advice()), (Some(Colour::Blue), Advice::empty()));
    assert_eq!(blue.canonical(), "津A12345");
    assert_eq!(codes("蓝津A12345"), ["02", "08"]);
    assert_eq!(codes("黄津A12345"), ["01", "07", "13"]);
    assert_eq!(plate("黄绿津A12345D").colour(), Some(Colour::YellowGreen));
    assert_eq!(plate("黑粤Z1234港").colour(), Some(Colour::Black));
    assert_eq!(plate("白 使123456").advice(), Advice::COLOUR);
    assert_eq!(plate("绿津A12345").advice(), Advice::COLOUR);
    // 黑 is a province before it is a colour.
    assert_eq!(plate("黑A12345").province().map(|p| p.code()), Some(23));
    assert_eq!(plate("黑A12345").colour(), None);
    assert_eq!(plate("黑VA12345").class(), Class::NewEnergySmall);
    assert_eq!(plate("黑黑A12345").colour(), Some(Colour::Black));
    assert_eq!(Plate::parse("蓝"), Err(PlateError::Short { offset: 3 }));
}

#[test]
fn colours_fit_their_classes() {
    use Colour::{Black, Blue, Green, White, Yellow, YellowGreen};
    for (text, fitting) in [
        ("津A12345", &[Blue, Yellow, Black][..]),
        ("津AD12345", &[Green]),
        ("津A12345D", &[Green, YellowGreen]),
        ("津A1234挂", &[Yellow]),
        ("津A1234学", &[Yellow]),
        ("津A1234警", &[White]),
        ("粤Z1234港", &[Black]),
        ("使123456", &[Black]),
        ("沪A1234领", &[Black]),
        ("津X1234应急", &[White]),
        ("WJ津12345", &[White]),
        ("VA12345", &[White]),
        ("民航12345", &[Green]),
        ("津A1234试", &[Blue, Yellow, White, Black, Green, YellowGreen]),
    ] {
        for colour in [Blue, Yellow, White, Black, Green, YellowGreen] {
            assert_eq!(plate(text).fits(colour), fitting.contains(&colour), "{text} {colour:?}");
        }
    }
}

/// Programs that call each plate of eight characters green are wrong on these
/// (HyperLPR's `code_filter`); a trial plate's colour nobody tells.
#[test]
fn length_is_no_colour() {
    for text in ["津X1234应急", "WJ津1234X", "WJ012345"] {
        assert_eq!(plate(text).canonical().chars().count(), 8);
        assert!(plate(text).fits(Colour::White) && !plate(text).fits(Colour::Green), "{text}");
    }
    assert_eq!(plate("白京A123ABC").advice(), Advice::STYLE_2002);
    for (text, consistent) in
        [("黄津A12345", true), ("绿津A12345", false), ("绿津AD12345", true), ("蓝津A1234警", false)]
    {
        assert_eq!(PlateRead::new(text.as_bytes()).is_consistent(), consistent, "{text}");
    }
}

/// Two letters at any of five places, or of four before a mark, are in order;
/// the third is odd.
#[test]
fn letters_are_counted() {
    for mask in 0_u32..32 {
        let serial: String = (0..5).map(|i| if mask >> i & 1 == 1 { 'B' } else { '7' }).collect();
        let odd = plate(&format!("津A{serial}")).advice().contains(Advice::MANY_LETTERS);
        assert_eq!(odd, mask.count_ones() > 2, "{serial}");
    }
    assert!(plate("津ABBB1挂").advice().contains(Advice::MANY_LETTERS));
    assert_eq!(plate("津ABB11挂").advice(), Advice::empty());
}

#[test]
fn advice_on_issuers_and_on_2002() {
    assert_eq!(plate("宁N12345").advice(), Advice::UNKNOWN_ISSUER);
    assert_eq!(plate("津N12345").advice(), Advice::empty());
    for text in ["京A123ABC", "津BABC123", "津A123456", "粤B123ABC"] {
        assert_eq!(plate(text).advice(), Advice::STYLE_2002, "{text}");
    }
    let sentences: Vec<_> = Advice::all().sentences().collect();
    assert_eq!(sentences.len(), Advice::all().iter().count());
}

/// What widely copied regular expressions let through or refuse wrongly
/// (any-rule #147 to #334, hutool #3979, jaywcjlove #51, `CarValidate`).
#[test]
fn errors_of_public_expressions_are_not_ours() {
    for text in [
        "浙苏H6F681",     // a second province
        "宁AD1234555555", // no end
        "AA12345678",
        "沪A123456", // 2002 style where it never was
        "浙B123ABC",
        "京A1234",   // too short
        "苏Z1234港", // Hong Kong through 粤 only
        "津AI2345",
        "津A1234O",
        "津O12345",
        "津I1234警",
        "津A无2345",
        "临A12345",
        "无牌车",
        "津A1234挂学",
        "挂A12345",
        "WI12345",
        "WJ津1234A", // no branch A
        "IA12345",
        "OA12345",
    ] {
        assert!(Plate::parse(text).is_err(), "{text}");
    }
    for text in [
        "苏AA12345", // new energy beyond D and F
        "京AA12345",
        "京ADA1234", // a letter in second place
        "沪A12345A",
        "WJ京12345",
        "KA12345",
        "粤Z1234港",
    ] {
        plate(text);
    }
}

#[test]
fn errors_say_where() {
    for (text, error) in [
        ("", PlateError::Empty),
        (" ·", PlateError::Empty),
        ("津", PlateError::Short { offset: 3 }),
        ("津A1234", PlateError::Short { offset: 8 }),
        ("津A 1234  ", PlateError::Short { offset: 9 }),
        ("津A12I45", PlateError::Letter { offset: 6 }),
        ("津A12省45", PlateError::Unknown { offset: 6 }),
        ("津A12_45", PlateError::Unknown { offset: 6 }),
        ("津112345", PlateError::Misplaced { offset: 3 }),
        ("沪A·123456", PlateError::Misplaced { offset: 11 }),
        ("宁AD1234555555", PlateError::Long { offset: 10 }),
        ("宁AD12345\n5", PlateError::Long { offset: 11 }),
        ("蓝津A12I45", PlateError::Letter { offset: 9 }),
        ("F蒙35626", PlateError::Misplaced { offset: 1 }),
    ] {
        assert_eq!(Plate::parse(text), Err(error), "{text}");
        assert!(error.to_string().len() > 10 && error.offset() <= text.len());
    }
}

/// A colour in front makes no plate longer.
#[test]
fn what_is_wrong_behind_a_colour_is_told_as_without_it() {
    for (text, wrong) in [
        ("津AD1234挂", PlateError::Misplaced { offset: 9 }),
        ("津AD123456", PlateError::Long { offset: 10 }),
        ("津A12O45", PlateError::Letter { offset: 6 }),
        ("津A123", PlateError::Short { offset: 7 }),
    ] {
        assert_eq!(Plate::parse(text), Err(wrong), "{text}");
        let coloured = Plate::parse(&format!("蓝{text}")).unwrap_err();
        assert_eq!(coloured.offset(), wrong.offset() + 3, "{text}");
        assert_eq!(std::mem::discriminant(&coloured), std::mem::discriminant(&wrong), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = Plate::parse(&text);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        if let Err(error) = Plate::parse_gbk(&bytes) {
            prop_assert!(error.offset() <= bytes.len());
        }
    }

    /// Texts of the alphabet: what is accepted is its own canonical form, and
    /// that is accepted again, without the colour in front.
    #[test]
    fn canonical_is_a_fixed_point(
        text in "[蓝黑]?([京津黑粤使民航]|WJ[津]?|[KV])[A-Z1-4]{0,7}[挂学警港澳使领试超应急D]{0,2}",
    ) {
        if let Ok(plate) = Plate::parse(&text) {
            let canonical = plate.canonical();
            prop_assert!(text.ends_with(canonical.as_str()));
            let again = Plate::parse(&canonical).unwrap();
            prop_assert_eq!(again.canonical(), canonical);
            prop_assert_eq!(again.class(), plate.class());
            prop_assert_eq!(Plate::parse_gbk(&gbk(&text)), Ok(plate));
        }
    }

    #[test]
    fn separators_never_matter(cut in 0_usize..8, separator in "[ .·•-]{1,5}") {
        let mut text: Vec<char> = "津AD12345".chars().collect();
        for (place, c) in separator.chars().enumerate() {
            text.insert(cut + place, c);
        }
        let text: String = text.into_iter().collect();
        prop_assert_eq!(plate(&text).canonical(), "津AD12345");
    }
}
