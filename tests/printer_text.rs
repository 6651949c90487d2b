//! Text for printers: the table, safety, wrapping.

use embedded_pos::printer::escpos::{Encoder, Profile, Refusal};
use embedded_pos::printer::text::{
    Charset, CodePage, Dots, GlyphSource, National, Page, Piece, Token, Tokens, Utf8, Wrap, check,
    columns,
};
use embedded_pos::printer::{Emphasis, Font, Item, Style};
use embedded_pos::sim::printer::{EscPosPrinter, Event, Model};
use encoding_rs::{EncoderResult, Encoding, GB18030};
use proptest::prelude::*;

fn all_chars() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

/// The bytes that `encoding_rs` has for a character.
fn reference(c: char) -> Option<Vec<u8>> {
    let mut text = [0; 4];
    let mut out = [0; 8];
    let mut encoder = GB18030.new_encoder();
    let text = c.encode_utf8(&mut text);
    let (result, _, written) = encoder.encode_from_utf8_without_replacement(text, &mut out, true);
    (result == EncoderResult::InputEmpty).then(|| out[..written].to_vec())
}

/// What a character's bytes are in an encoding.
fn decoded(bytes: &[u8], encoding: &'static Encoding) -> String {
    let mut buffer = [0; 8];
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (_, _, n, _) = decoder.decode_to_utf8(bytes, &mut buffer, true);
    std::str::from_utf8(&buffer[..n]).unwrap().into()
}

fn ours(c: char, charset: Charset) -> Option<[u8; 2]> {
    let mut text = [0; 4];
    match Tokens::new(c.encode_utf8(&mut text), charset).next() {
        Some(Ok(Token::Hanzi(hanzi))) => hanzi.bytes().try_into().ok(),
        _ => None,
    }
}

/// Cells that GB 18030-2005 moved out of the private use area; the 2000
/// edition, and so the fonts of printers, have nothing or something else.
fn moved_since_2000(c: char) -> bool {
    matches!(c, '\u{1E3F}' | '\u{E000}'..='\u{F8FF}')
        || matches!(c, '\u{FE10}'..='\u{FE19}' | '\u{9FB4}'..='\u{9FBB}')
}

#[test]
fn table_agrees_with_encoding_rs_for_all_of_unicode() {
    let mut agreed = 0;
    for c in all_chars().filter(|c| !moved_since_2000(*c)) {
        let two: Option<[u8; 2]> = reference(c).and_then(|bytes| bytes.try_into().ok());
        assert_eq!(ours(c, Charset::GB18030), two, "{c:?} U+{:04X}", u32::from(c));
        agreed += usize::from(two.is_some());
    }
    // 23 940 cells less 2 068 user-defined ones.
    assert_eq!(agreed, 21_872);
}

#[test]
fn charsets_have_their_number_of_characters() {
    let count = |charset| all_chars().filter(|c| ours(*c, charset).is_some()).count();
    assert_eq!(count(Charset::ASCII), 0);
    assert_eq!(count(Charset::GB2312), 6_763 + 682);
    assert_eq!(count(Charset::GBK), 21_791);
    assert_eq!(count(Charset::GB18030), 21_872);
}

/// GB/T 2312-1980 by row and cell.
fn is_gb2312([lead, trail]: [u8; 2]) -> bool {
    let (Some(row), Some(cell)) = (lead.checked_sub(0xA0), trail.checked_sub(0xA0)) else {
        return false;
    };
    match row {
        _ if cell == 0 || cell > 94 => false,
        1 | 3 => true,
        2 => matches!(cell, 17..=66 | 69..=78 | 81..=92),
        4 => cell <= 83,
        5 => cell <= 86,
        6 => matches!(cell, 1..=24 | 33..=56),
        7 => matches!(cell, 1..=33 | 49..=81),
        8 => matches!(cell, 1..=26 | 37..=73),
        9 => matches!(cell, 4..=79),
        55 => cell <= 89,
        16..=87 => true,
        _ => false,
    }
}

#[test]
fn the_small_table_is_the_part_of_the_large_one_that_the_standard_has() {
    for c in all_chars() {
        let part = ours(c, Charset::GBK).filter(|code| is_gb2312(*code));
        assert_eq!(ours(c, Charset::GB2312), part, "{c:?}");
    }
}

/// Code pages that `encoding_rs` decodes.
const PAGES: [(CodePage, &str); 11] = [
    (CodePage::PC866, "ibm866"),
    (CodePage::WPC1250, "windows-1250"),
    (CodePage::WPC1251, "windows-1251"),
    (CodePage::WPC1252, "windows-1252"),
    (CodePage::WPC1253, "windows-1253"),
    (CodePage::WPC1254, "windows-1254"),
    (CodePage::WPC1257, "windows-1257"),
    (CodePage::WPC1258, "windows-1258"),
    (CodePage::ISO8859_2, "iso-8859-2"),
    (CodePage::ISO8859_7, "iso-8859-7"),
    (CodePage::ISO8859_15, "iso-8859-15"),
];

#[test]
fn code_pages_agree_with_encoding_rs_both_ways() {
    for (page, label) in PAGES {
        let pages: &'static [Page] = Box::leak(Box::new([Page::code(0, page)]));
        let charset = Charset::ASCII.with_pages(pages);
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let mut found = 0;
        for byte in 0x80..=0xFF {
            let text = decoded(&[byte], encoding);
            let c = text.chars().next().unwrap();
            if c < '\u{A0}' || ('\u{E000}'..='\u{FFFF}').contains(&c) {
                continue;
            }
            found += 1;
            match Tokens::new(&text, charset).next() {
                Some(Ok(Token::Letter(letter))) => assert_eq!(letter.bytes(), [byte], "{c}"),
                other => panic!("{label} {c}: {other:?}"),
            }
        }
        let ours = ('\u{A0}'..='\u{FFFF}').filter(|c| columns(&c.to_string(), charset).is_ok());
        assert_eq!(ours.count(), found, "{label} has no more");
    }
}

/// The profiles that text is sent in other ways by, and what decodes them.
fn profiles() -> Vec<(&'static Profile, Model)> {
    static FOUR: Profile = Profile { charset: Charset::GB18030_FOUR, ..Profile::CLONE_58MM };
    static MOBILE: Profile = Profile {
        charset: Charset::GBK.with_pages(&[Page::code(0, CodePage::PC437)]).in_utf8(Utf8::Mobile),
        ..Profile::CLONE_58MM
    };
    static EPSON_UTF8: Profile =
        Profile { charset: Charset::GB18030_FOUR.in_utf8(Utf8::Epson), ..Profile::EPSON_80MM };
    static WESTERN: Profile = Profile {
        charset: Charset::ASCII.with_pages(&[
            Page::code(2, CodePage::PC850),
            Page::code(18, CodePage::PC852),
            Page::code(34, CodePage::PC855),
            Page::code(38, CodePage::PC869),
            Page::code(47, CodePage::WPC1253),
            Page::national(National::JAPAN),
        ]),
        ..Profile::EPSON_80MM
    };
    let clone = Model::CLONE_58MM;
    vec![
        (&Profile::CLONE_58MM, clone),
        (&Profile::BASIC_58MM, clone),
        (&FOUR, Model { four_bytes: true, ..clone }),
        (&MOBILE, clone),
        (&Profile::EPSON_80MM, Model::EPSON_80MM),
        (&EPSON_UTF8, Model::EPSON_80MM),
        (&WESTERN, Model::EPSON_80MM),
    ]
}

fn encoded(mut encoder: Encoder, items: &[Item<'_>]) -> Vec<u8> {
    let mut bytes = encoder.prologue().to_vec();
    for item in items {
        let mut job = encoder.begin(item).unwrap_or_else(|refusal| panic!("{item:?}: {refusal}"));
        while !job.is_done() {
            let mut out = [0; Encoder::SLICE];
            let slice = encoder.fill(&mut job, &mut out);
            assert!(slice.len > 0 || job.is_done(), "{item:?} stands still");
            bytes.extend(&out[..slice.len]);
        }
    }
    bytes
}

/// Every scalar value, by every way of sending it, through a decoder that is
/// not ours: what was printed is the text, and nothing else was done.
#[test]
fn no_character_becomes_a_command_whatever_the_charset() {
    for (profile, model) in profiles() {
        let mut text = [0; 4];
        let charset = profile.charset;
        let printable = |c: &char| check(c.encode_utf8(&mut text), charset).is_ok();
        // Planes of hanzi in samples: a decoder that draws takes its time.
        let sampled = |c: &char| *c < '\u{20000}' || u32::from(*c) % 97 == 0;
        let chars = all_chars().filter(|c| *c != '\n' && sampled(c));
        let text: String = chars.filter(printable).collect();
        let bytes = encoded(Encoder::new(profile), &[Item::Text(&text)]);
        let printer = EscPosPrinter::decoded(model, &bytes);
        let only_text = |event: &Event| matches!(event, Event::Text { .. } | Event::Feed { .. });
        assert!(printer.events().iter().all(only_text), "{charset:?}");
        assert!(printer.incomplete().is_empty());
        let paper = |text: &str| text.replace([' ', '\n'], "");
        let wanted: String = text.chars().filter(|c| !c.is_control()).collect();
        assert!(paper(&printer.text()) == paper(&wanted), "{charset:?}");
    }
}

/// What a charset's token is by its bytes, for a decoder: nothing is a control,
/// and nothing else than the character.
fn is_of(token: Token<'_>, c: char, is_utf8: bool) -> bool {
    let mut text = [0; 4];
    let utf8 = c.encode_utf8(&mut text).as_bytes();
    match token {
        Token::Plain(plain) => c.is_ascii_graphic() && plain.bytes() == utf8 || c == ' ',
        Token::NewLine => c == '\n',
        Token::Hanzi(hanzi) if is_utf8 => hanzi.bytes() == utf8 && !c.is_control(),
        Token::Letter(letter) if is_utf8 => letter.bytes() == utf8 && !c.is_control(),
        Token::Hanzi(hanzi) => {
            let form = matches!(
                hanzi.bytes(),
                [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE]
                    | [0x81..=0xFE, b'0'..=b'9', 0x81..=0xFE, b'0'..=b'9']
            );
            form && decoded(hanzi.bytes(), GB18030) == c.to_string()
        }
        Token::Letter(letter) => matches!(letter.bytes(), [0x80..=0xFF | b'#'..=b'~']),
        Token::Drawn(_) => false,
    }
}

#[test]
fn the_bytes_of_every_character_are_its_own_or_it_is_named() {
    for (profile, _) in profiles() {
        let is_utf8 = profile.charset.utf8().is_some();
        for c in all_chars() {
            let mut text = [0; 4];
            match Tokens::new(c.encode_utf8(&mut text), profile.charset).next() {
                None => assert!(c.is_control(), "{c:?}"),
                Some(Ok(token)) => assert!(is_of(token, c, is_utf8), "{c:?}: {token:?}"),
                Some(Err(missing)) => {
                    assert_eq!((missing.character, missing.at), (c, 0));
                    assert!(!c.is_ascii());
                }
            }
        }
    }
}

#[test]
fn a_rare_name_is_named() {
    let error = check("当事人：王㐀𠮷", Charset::GB18030).unwrap_err();
    assert_eq!((error.character, error.at), ('㐀', 15));
    assert_eq!(error.to_string(), "the printer has no '㐀' (U+3400), byte 15 of the text");
    assert!(check("王䶮", Charset::GB18030).is_ok());
    assert_eq!(check("王䶮", Charset::GBK).unwrap_err().character, '䶮');
    assert_eq!(check("王喆", Charset::GB2312).unwrap_err().at, 3);
}

/// The lines, as columns and text: a hanzi as `<XXXX>`.
fn lines(text: &str, limit: u8, column: u8, scale: u8) -> Vec<(usize, String)> {
    let mut lines = vec![(usize::from(column), String::new())];
    for piece in Wrap::new(text, Charset::GB18030, limit, column, scale) {
        let (width, line) = lines.last_mut().unwrap();
        match piece.unwrap() {
            Piece::Plain(plain) => {
                *width += plain.bytes().len() * usize::from(scale);
                line.push_str(std::str::from_utf8(plain.bytes()).unwrap());
            }
            Piece::Hanzi(hanzi) => {
                *width += 2 * usize::from(scale);
                line.push_str(&decoded(hanzi.bytes(), GB18030));
            }
            Piece::Letter(_) | Piece::Drawn(_) => unreachable!("no pages, nobody to draw"),
            Piece::Break => lines.push((0, String::new())),
        }
    }
    lines
}

fn texts(text: &str, limit: u8) -> Vec<String> {
    lines(text, limit, 0, 1).into_iter().map(|(_, line)| line).collect()
}

#[test]
fn lines_break_where_a_reader_expects_it() {
    assert_eq!(texts("罚款二百元整", 8), ["罚款二百", "元整"]);
    assert_eq!(texts("罚款二百", 8), ["罚款二百"], "a full line is one line");
    assert_eq!(texts("罚款二百\n", 8), ["罚款二百", ""]);
    assert_eq!(texts("abc罚款", 6), ["abc罚", "款"], "a hanzi is not split");
    assert_eq!(texts("罚款二百，缴", 8), ["罚款二", "百，缴"], "no comma begins a line");
    assert_eq!(texts("罚款二（百）", 8), ["罚款二", "（百）"], "no bracket ends a line");
    assert_eq!(texts("号1234567", 8), ["号", "1234567"], "a number stays whole");
    assert_eq!(texts("12345，6", 6), ["12345", "，6"], "where it can be helped");
    assert_eq!(texts("ab 123，6", 6), ["ab", "123，6"]);
    assert_eq!(texts("the fine is paid", 9), ["the fine", "is paid"]);
    assert_eq!(texts("123 456 789", 10), ["123 456", "789"], "not without its space");
    assert_eq!(texts("1234567890", 4), ["1234", "5678", "90"], "longer than a line");
    assert_eq!(texts("罚", 1), ["罚"], "wider than the paper");
}

#[test]
fn magnified_characters_take_their_columns() {
    assert_eq!(lines("罚款二百", 9, 0, 2), [(8, "罚款".into()), (8, "二百".into())]);
    assert_eq!(lines("abc", 4, 3, 2), [(3, "".into()), (4, "ab".into()), (2, "c".into())]);
}

proptest! {
    #[test]
    fn no_line_is_too_wide_and_nothing_is_lost(
        text in "[ a-z0-9罚款二百元，。（）\n]{0,80}",
        limit in 4_u8..=48,
        column in 0_u8..=48,
        scale in 1_u8..=2,
    ) {
        let column = column.min(limit);
        let lines = lines(&text, limit, column, scale);
        for (width, line) in &lines {
            prop_assert!(*width <= limit.into(), "{line:?} is {width} wide");
        }
        let printed: String = lines.iter().flat_map(|(_, line)| line.chars()).collect();
        let spaceless = |text: &str| -> String {
            text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect()
        };
        prop_assert_eq!(spaceless(&printed), spaceless(&text));
        // At least half of each broken line is used, but for the space that
        // a word needs.
        prop_assert!(lines.len() <= text.chars().count() + 2);
    }
}

#[test]
fn four_bytes_agree_with_encoding_rs() {
    let mut count = 0;
    for c in all_chars() {
        let mut text = [0; 4];
        let token = Tokens::new(c.encode_utf8(&mut text), Charset::GB18030_FOUR).next();
        let Some(Ok(Token::Hanzi(hanzi))) = token else { continue };
        if hanzi.bytes().len() == 4 {
            assert_eq!(Some(hanzi.bytes()), reference(c).as_deref(), "{c:?}");
            count += 1;
        }
    }
    // Extension A and the end of the block without those of two bytes; planes
    // 2 and 3 without their noncharacters.
    assert_eq!(count, 6_540 + 14 + 68 + 2 * 65_534);
}

#[test]
fn code_pages_are_shifted_to_and_back() {
    let items = [Item::Text("罚¥款 ¥1\n")];
    let clone = encoded(Encoder::new(&Profile::CLONE_58MM), &items);
    let shifted = b"\xB7\xA3\x1C.\x1Bt\x00\x9D\x1C&\xBF\xEE \x1C.\x9D1\n";
    assert_eq!(clone[Encoder::PROLOGUE.len()..], *shifted);
    static CHINA: Profile = Profile {
        charset: Charset::GB2312.with_pages(&[Page::national(National::CHINA)]),
        ..Profile::CLONE_58MM
    };
    let china = encoded(Encoder::new(&CHINA), &items[..1]);
    let set = b"\xB7\xA3\x1C.\x1BR\x0F$\x1BR\x00\x1C&\xBF\xEE \x1C.\x1BR\x0F$\x1BR\x001\n";
    assert_eq!(china[Encoder::PROLOGUE.len()..], *set);
    for (profile, bytes) in [(&Profile::CLONE_58MM, clone), (&CHINA, china)] {
        let printer = EscPosPrinter::decoded(Model::CLONE_58MM, &bytes);
        assert_eq!(printer.text(), "罚¥款 ¥1\n", "{:?}", profile.charset);
    }
    static MOBILE: Profile =
        Profile { charset: Charset::GBK.in_utf8(Utf8::Mobile), ..Profile::CLONE_58MM };
    let utf8 = encoded(Encoder::new(&MOBILE), &[Item::Text("a罚"), Item::Text("款\n")]);
    assert_eq!(utf8[Encoder::PROLOGUE.len()..], *"a\x1B9\x01罚款\n".as_bytes());
}

/// The name of one drawn with dots that hold real-time commands.
struct Names;

const ODD: Dots = {
    // The first columns are 10 04 10, 14 10 05: DLE EOT, DLE DC4, DLE ENQ.
    let mut dots = [[0x00, 0x00, 0x0F]; 24];
    dots[3][0] = 0x80;
    dots[13][0] = 0x80;
    dots[19][0] = 0x80;
    dots[3][0] |= 0x40;
    dots[5][0] |= 0x40;
    dots[11][0] |= 0x40;
    dots[21][0] |= 0x40;
    dots[23][0] |= 0x40;
    dots
};

impl GlyphSource for Names {
    fn dots(&self, character: char) -> Option<Dots> {
        match character {
            '\u{FFFF}' => None,
            '㐀' => Some(ODD),
            other => {
                let [.., a, b] = u32::from(other).to_be_bytes();
                Some([[a, b, 0x81]; 24])
            }
        }
    }
}

/// Of the western kind: one byte a character.
static ONE_BYTE: Profile = Profile { charset: Charset::ASCII, ..Profile::EPSON_80MM };

#[test]
fn a_character_that_the_printer_lacks_is_drawn() {
    let ways: [(&Profile, Model, &[u8]); 3] = [
        (&Profile::CLONE_58MM, Model::CLONE_58MM, b"\x1B*\x21\x18\x00"),
        (&Profile::EPSON_80MM, Model::EPSON_80MM, b"\x1C2\xFE\xA1"),
        (&ONE_BYTE, Model::EPSON_80MM, b"\x1B&\x03AB\x0C"),
    ];
    for (profile, model, command) in ways {
        let encoder = Encoder::new(profile).drawn_by(&Names);
        let bytes = encoded(encoder, &[Item::Text("ab\u{20BB7}c\n")]);
        assert!(bytes.windows(command.len()).any(|window| window == command));
        let printer = EscPosPrinter::decoded(model, &bytes);
        let dots = Names.dots('\u{20BB7}').unwrap();
        for (y, row) in dots.iter().enumerate() {
            let [a, b, c] = *row;
            let row = u32::from_be_bytes([a, b, c, 0]);
            for x in 0..24 {
                let black = row << x & 0x8000_0000 != 0;
                assert_eq!(printer.bitmap().dot(24 + x, y), black, "{x} {y}");
            }
        }
        // What stands behind it is where it was meant to stand.
        let plain = EscPosPrinter::decoded(model, b"    c\n");
        for y in 0..24 {
            for x in 48..60 {
                assert_eq!(printer.bitmap().dot(x, y), plain.bitmap().dot(x, y), "{x} {y}");
            }
        }
        assert_eq!(columns("王㐀", Charset::GBK).unwrap_err().character, '㐀');
        assert!(!printer.events().iter().any(|event| matches!(event, Event::Unknown(_))));
    }
}

#[test]
fn drawn_characters_hold_no_real_time_command() {
    for profile in [&Profile::CLONE_58MM, &Profile::EPSON_80MM, &ONE_BYTE] {
        let bytes = encoded(Encoder::new(profile).drawn_by(&Names), &[Item::Text("㐀\n")]);
        let is_real_time = |pair: &[u8]| matches!(pair, [0x10, 0x04 | 0x05 | 0x14]);
        assert!(!bytes.windows(2).any(is_real_time), "{bytes:02X?}");
        assert!(bytes.windows(3).any(|three| three == [0x10, 0x06, 0x10]), "one dot is added");
    }
}

#[test]
fn at_most_six_are_defined_on_a_line_and_again_on_the_next() {
    let encoder = || Encoder::new(&Profile::EPSON_80MM).drawn_by(&Names);
    let defined = |bytes: &[u8]| bytes.windows(3).filter(|w| *w == b"\x1C2\xFE").count();
    let six = "㐀㐁㐂㐃㐄㐅";
    let again = format!("{six}{six}\n{six}\n");
    assert_eq!(defined(&encoded(encoder(), &[Item::Text(&again)])), 12);
    let lines = [Item::Text(six), Item::Text("㐀㐅\n"), Item::Text("㐆\n")];
    assert_eq!(defined(&encoded(encoder(), &lines)), 7);
    let seven = format!("{six}㐆");
    let Err(Refusal::Text(missing)) = encoder().begin(&Item::Text(&seven)).map(|_| ()) else {
        panic!("there is no place for it");
    };
    assert_eq!((missing.character, missing.at), ('㐆', 18));
    assert!(encoder().begin(&Item::Columns(six, "㐆")).is_err(), "one line");
    assert!(encoder().begin(&Item::Text("㐀\u{FFFF}")).is_err(), "nobody draws it");
    let wraps = "㐀㐁㐂㐃".to_owned() + &"罚".repeat(20) + "㐄㐅㐆㐇";
    assert!(encoder().begin(&Item::Text(&wraps)).is_ok(), "two lines");
}

/// A picture takes no style, so it is not drawn in one that it cannot have.
#[test]
fn a_drawn_character_has_its_style_or_is_refused() {
    let title = Style { emphasis: Emphasis::empty(), ..Style::TITLE };
    let begun = |profile, style| {
        let mut encoder = Encoder::new(profile).drawn_by(&Names);
        encoder.encode(&Item::Style(style), &mut [0; 96]).unwrap();
        encoder.begin(&Item::Text("㐀")).is_ok()
    };
    assert!(!begun(&Profile::CLONE_58MM, title));
    assert!(begun(&Profile::CLONE_58MM, Style::BOLD));
    assert!(begun(&Profile::EPSON_80MM, title));
    assert!(begun(&ONE_BYTE, title));
    assert!(!begun(&ONE_BYTE, Style { font: Font::B, ..Style::NORMAL }));
    let bytes = encoded(
        Encoder::new(&Profile::EPSON_80MM).drawn_by(&Names),
        &[Item::Style(title), Item::Text("㐀\n")],
    );
    let printer = EscPosPrinter::decoded(Model::EPSON_80MM, &bytes);
    let black = |x, y| printer.bitmap().dot(x, y);
    assert!(black(0, 6) && black(1, 7) && !black(0, 8), "the first column, twice as large");
}

#[test]
fn words_with_letters_of_a_code_page_stay_whole() {
    const SPANISH: Charset = Charset::ASCII.with_pages(&[Page::code(16, CodePage::WPC1252)]);
    let lines = |text: &str, limit| {
        let mut lines = vec![String::new()];
        for piece in Wrap::new(text, SPANISH, limit, 0, 1) {
            match piece.unwrap() {
                Piece::Plain(plain) => {
                    let line = lines.last_mut().unwrap();
                    line.push_str(std::str::from_utf8(plain.bytes()).unwrap());
                }
                Piece::Letter(letter) => {
                    let text = decoded(letter.bytes(), encoding_rs::WINDOWS_1252);
                    lines.last_mut().unwrap().push_str(&text);
                }
                Piece::Break => lines.push(String::new()),
                other => panic!("{other:?}"),
            }
        }
        lines
    };
    assert_eq!(lines("el señor Muñoz", 10), ["el señor", "Muñoz"]);
    assert_eq!(lines("el señorío", 8), ["el", "señorío"]);
    assert_eq!(lines("la ñañañaña", 6), ["la", "ñañaña", "ña"], "longer than a line");
    assert_eq!(lines("año año", 7), ["año año"]);
    assert_eq!(lines("año ñu", 5), ["año", "ñu"]);
    assert_eq!(lines("¿qué?", 4), ["¿qué", "?"]);
}
