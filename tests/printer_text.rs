//! Text for printers: the table, safety, wrapping.

use embedded_pos::printer::text::{Charset, Piece, Token, Tokens, Wrap, check, columns};
use encoding_rs::{EncoderResult, GB18030};
use proptest::prelude::*;

fn all_chars() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

/// The two bytes that `encoding_rs` has for a character, if it has two.
fn reference(c: char) -> Option<[u8; 2]> {
    let mut text = [0; 4];
    let mut out = [0; 8];
    let mut encoder = GB18030.new_encoder();
    let text = c.encode_utf8(&mut text);
    let (result, _, written) = encoder.encode_from_utf8_without_replacement(text, &mut out, true);
    match result {
        EncoderResult::InputEmpty => out[..written].try_into().ok(),
        _ => None,
    }
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
        assert_eq!(ours(c, Charset::GB18030), reference(c), "{c:?} U+{:04X}", u32::from(c));
        agreed += usize::from(reference(c).is_some());
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

/// What no byte of a text may be: a control code, in either half.
fn is_harmless(token: Token<'_>) -> bool {
    match token {
        Token::Plain(plain) => plain.bytes().iter().all(|byte| (0x20..=0x7E).contains(byte)),
        Token::Hanzi(hanzi) => {
            let [lead, trail] = *hanzi.bytes() else { return false };
            (0x81..=0xFE).contains(&lead) && matches!(trail, 0x40..=0x7E | 0x80..=0xFE)
        }
        Token::Letter(letter) => matches!(letter.bytes(), [0x80..=0xFF]),
        Token::Drawn(_) | Token::NewLine => true,
    }
}

#[test]
fn every_character_of_unicode_is_printed_left_out_or_named() {
    for c in all_chars() {
        let text = format!("a{c}b");
        let tokens: Vec<_> = Tokens::new(&text, Charset::GB18030).collect();
        assert!(tokens.iter().flatten().all(|token| is_harmless(*token)), "{c:?}");
        match check(&text, Charset::GB18030) {
            Ok(()) if c == '\n' => assert!(tokens.contains(&Ok(Token::NewLine))),
            Ok(()) if c.is_control() => assert_eq!(columns(&text, Charset::GB18030), Ok(2)),
            Ok(()) if c.is_ascii() => assert_eq!(columns(&text, Charset::GB18030), Ok(3)),
            Ok(()) => assert_eq!(columns(&text, Charset::GB18030), Ok(4), "{c:?}"),
            Err(unprintable) => {
                assert_eq!((unprintable.character, unprintable.at), (c, 1));
                assert!(!c.is_ascii());
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
                let mut character = String::with_capacity(8);
                let bytes = hanzi.bytes().to_vec();
                let mut buffer = [0; 8];
                let mut decoder = GB18030.new_decoder_without_bom_handling();
                let (_, _, n, _) = decoder.decode_to_utf8(&bytes, &mut buffer, true);
                character.push_str(std::str::from_utf8(&buffer[..n]).unwrap());
                line.push_str(&character);
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

    #[test]
    fn tokens_of_any_text_are_harmless(text in any::<String>()) {
        for token in Tokens::new(&text, Charset::GB18030).flatten() {
            prop_assert!(is_harmless(token));
        }
    }
}
