//! Fees, numbers, texts and templates.

mod terminal_support;

use embedded_pos::printer::symbol::Barcode;
use embedded_pos::printer::{Align, Item, QrLevel, Style};
use embedded_pos::terminal::papers::{DECISION, MEASURE, RECEIPT, SLIP};
use embedded_pos::terminal::{
    DecisionNumber, Fen, Field, Line, MaskedPan, Note, NumberBlock, OrderKey, Template,
    TemplateFault, TemplateProblem, Text, fee,
};
use proptest::prelude::*;

proptest! {
    #[test]
    fn the_late_fee_is_three_per_cent_a_day_from_day_16(fine in any::<u32>(), days in 0..400_u32) {
        let fine = Fen(fine.into());
        let fee = fee::late_fee(fine, days);
        let late = u64::from(days.saturating_sub(15));
        prop_assert_eq!(fee, Fen((fine.0 * 3 * late / 100).min(fine.0)));
        prop_assert!(fee <= fine);
    }

    #[test]
    fn the_late_fee_never_falls(fine in any::<u64>(), days in any::<u32>(), more in any::<u32>()) {
        let fee = fee::late_fee(Fen(fine), days);
        prop_assert!(fee <= fee::late_fee(Fen(fine), days.saturating_add(more)));
        prop_assert!(fee <= fee::late_fee(Fen(fine.saturating_add(1)), days));
        prop_assert!(fee.0 <= fine);
        if days >= 15 + 34 {
            prop_assert_eq!(fee.0, fine);
        }
    }

    #[test]
    fn the_late_fee_is_exact_to_the_fen(yuan in 0..100_000_u32, late in 0..33_u32) {
        // Three per cent of whole yuan are whole fen: nothing is rounded away.
        let fee = fee::late_fee(Fen::yuan(yuan), 15 + late);
        prop_assert_eq!(fee.0, u64::from(yuan) * 3 * u64::from(late));
    }

    #[test]
    fn texts_take_what_fits(text in any::<String>()) {
        let taken = Text::<24>::new(&text);
        let fits = text.len() <= 24 && !text.chars().any(char::is_control);
        prop_assert_eq!(taken.is_ok(), fits);
        if let Ok(taken) = taken {
            prop_assert_eq!(taken.as_str(), text.as_str());
        }
        let _ = (Note::new(&text), MaskedPan::new(&text), DecisionNumber::new(&text));
        let _ = text.parse::<OrderKey>();
    }

    #[test]
    fn a_masked_number_shows_ten_digits(digits in "[0-9]{13,19}") {
        let shown = MaskedPan::new(&digits).unwrap().to_string();
        prop_assert_eq!(shown.len(), digits.len());
        prop_assert_eq!(shown.bytes().filter(u8::is_ascii_digit).count(), 10);
        prop_assert_eq!(&shown[..6], &digits[..6]);
        prop_assert_eq!(&shown[shown.len() - 4..], &digits[digits.len() - 4..]);
    }

    #[test]
    fn blocks_give_each_number_once(first in 0..9_999_999_u64, count in 0..50_u32, known in 0..60_u64) {
        let number = |value: u64| DecisionNumber::new(&format!("{value:016}")).unwrap();
        let mut block = NumberBlock::new(number(first), count);
        block.used(number(first + known));
        let skipped = if known < u64::from(count) { known + 1 } else { 0 };
        let given: Vec<u64> =
            core::iter::from_fn(|| block.take().ok()).map(|taken| taken.number().value()).collect();
        let expected: Vec<u64> = (first + skipped..first + u64::from(count)).collect();
        prop_assert_eq!(given, expected);
    }

    #[test]
    fn no_template_panics(text in any::<String>(), scratch in 0..64_usize) {
        let lines = [Line::Text(&text), Line::Columns(&text, &text), Line::When(&text, &Line::Rule)];
        let fields = |name: &str| (name.len() < 3).then_some(Field::Text("天津"));
        let mut scratch = vec![0; scratch];
        let mut page = Template(&lines).render(&fields, &mut scratch);
        while !matches!(page.next_item(), Ok(None)) {}
    }
}

#[test]
fn numbers_end_with_their_digits() {
    let mut block = NumberBlock::new(DecisionNumber::new("98").unwrap(), 5);
    assert_eq!(block.take().unwrap().number().to_string(), "98");
    assert_eq!(block.take().unwrap().number().to_string(), "99");
    assert!(block.take().is_err(), "100 has three digits");
    assert!(DecisionNumber::new("").is_err());
    assert!(DecisionNumber::new("12345678901234567").is_err());
    assert!(DecisionNumber::new("12a").is_err());
    assert_eq!(DecisionNumber::new("007").unwrap().to_string(), "007");
    assert_eq!(&*DecisionNumber::new("007").unwrap().text(), "007");
}

fn fields(name: &str) -> Option<Field<'static>> {
    match name {
        "a" => Some(Field::Text("甲")),
        "fine" => Some(Field::Money(Fen(12_345))),
        "none" => Some(Field::Empty),
        _ => None,
    }
}

fn first(line: Line<'_>, scratch: usize) -> Result<String, TemplateFault> {
    let lines = [line];
    let mut scratch = vec![0; scratch];
    let mut page = Template(&lines).render(&fields, &mut scratch);
    page.next_item().map(|item| format!("{item:?}"))
}

#[test]
fn placeholders() {
    let text = |text| first(Line::Text(text), 64);
    let item = |text| Ok(format!("{:?}", Some(Item::Text(text))));
    assert_eq!(text("{a}：{fine}元"), item("甲：123.45元\n"));
    assert_eq!(text("{{a}} }}{{"), item("{a} }{\n"));
    let fault = |problem, offset| Err(TemplateFault { problem, line: 0, offset });
    assert_eq!(text("罚款{nothing}"), fault(TemplateProblem::Unknown, 6));
    assert_eq!(text("x{none}"), fault(TemplateProblem::Missing, 1));
    assert_eq!(text("{a"), fault(TemplateProblem::Brace, 0));
    assert_eq!(text("a}"), fault(TemplateProblem::Brace, 1));
    assert_eq!(text("{}"), fault(TemplateProblem::Unknown, 0));
    assert_eq!(first(Line::Text("12345"), 6), item("12345\n"));
    assert_eq!(first(Line::Text("123456"), 6), fault(TemplateProblem::TooLong, 6));
    assert_eq!(first(Line::Text("12{fine}"), 7), fault(TemplateProblem::TooLong, 2));
    let said = TemplateFault { problem: TemplateProblem::Missing, line: 3, offset: 7 };
    assert_eq!(said.to_string(), "template line 3, byte 7: the field is empty");
}

#[test]
fn lines_become_items() {
    let lines = [
        Line::Align(Align::Center),
        Line::Style(Style::BOLD),
        Line::Columns("{a}", "{fine}"),
        Line::When("none", &Line::Text("{none}")),
        Line::When("a", &Line::When("none", &Line::Rule)),
        Line::When("a", &Line::Barcode(Barcode::code128("{fine}", 60))),
        Line::Qr { data: "q{fine}", module: 4, level: QrLevel::M },
        Line::Feed(2),
        Line::Cut,
    ];
    let mut scratch = [0; 32];
    let mut page = Template(&lines).render(&fields, &mut scratch);
    let expected = [
        Item::Align(Align::Center),
        Item::Style(Style::BOLD),
        Item::Columns("甲", "123.45"),
        Item::Barcode(Barcode::code128("123.45", 60)),
        Item::Qr { data: b"q123.45", module: 4, level: QrLevel::M },
        Item::Feed(2),
        Item::Cut,
    ];
    for wanted in expected {
        assert_eq!(page.next_item().unwrap(), Some(wanted));
    }
    assert_eq!(page.next_item().unwrap(), None);
}

#[test]
fn a_fault_names_the_line_and_the_rest_can_be_printed() {
    let lines = [Line::Rule, Line::When("none", &Line::Rule), Line::Text("{x}"), Line::Cut];
    let mut scratch = [0; 8];
    let mut page = Template(&lines).render(&fields, &mut scratch);
    assert_eq!(page.next_item().unwrap(), Some(Item::Rule));
    let fault = TemplateFault { problem: TemplateProblem::Unknown, line: 2, offset: 0 };
    assert_eq!(page.next_item(), Err(fault));
    assert_eq!(page.next_item().unwrap(), Some(Item::Cut));
}

#[test]
fn standard_papers_name_only_fields_a_case_has() {
    // Every field is there, so only an unknown name or a brace can fail.
    let rules = terminal_support::rules();
    let roster = terminal_support::roster();
    let mut world = terminal_support::World::new();
    let session = world.sign_in(&roster, 1);
    let case = embedded_pos::terminal::Case::new(&rules, session, 9).unwrap();
    for template in [DECISION, MEASURE, SLIP, RECEIPT] {
        let mut scratch = [0; 512];
        let mut page = template.render(&case, &mut scratch);
        loop {
            match page.next_item() {
                Ok(None) => break,
                Ok(Some(_)) => {}
                Err(TemplateFault { problem, line, .. }) => {
                    assert_eq!(problem, TemplateProblem::Missing, "line {line}");
                }
            }
        }
    }
}
