//! Styles, places on the line and tables: the bytes, and what a printer of its
//! own makes of them.

use embedded_pos::printer::escpos::{Encoder, Profile, Refusal};
use embedded_pos::printer::text::Charset;
use embedded_pos::printer::{Align, Column, Emphasis, Font, Item, Layout, Style, Table};
use embedded_pos::sim::printer::{Bitmap, EscPosPrinter, Event, Model};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

fn encode_with(profile: &'static Profile, items: &[Item<'_>], room: usize) -> Vec<u8> {
    let mut encoder = Encoder::new(profile);
    let mut bytes = Vec::new();
    for item in items {
        let mut job = encoder.begin(item).unwrap_or_else(|refusal| panic!("{item:?}: {refusal}"));
        while !job.is_done() {
            let mut out = vec![0; room];
            let slice = encoder.fill(&mut job, &mut out);
            assert!(slice.len > 0 || job.is_done(), "{item:?} stands still");
            bytes.extend(&out[..slice.len]);
        }
    }
    bytes
}

fn encode(items: &[Item<'_>]) -> Vec<u8> {
    encode_with(&Profile::CLONE_58MM, items, Encoder::SLICE)
}

fn printed(items: &[Item<'_>]) -> EscPosPrinter {
    EscPosPrinter::decoded(Model::CLONE_58MM, &encode(items))
}

fn on_epson(items: &[Item<'_>]) -> EscPosPrinter {
    let bytes = encode_with(&Profile::EPSON_80MM, items, Encoder::SLICE);
    EscPosPrinter::decoded(Model::EPSON_80MM, &[&Encoder::PROLOGUE, bytes.as_slice()].concat())
}

/// The black dots of a column of dots, or of a row.
fn is_blank(paper: &Bitmap, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> bool {
    rows.into_iter().all(|y| columns.clone().all(|x| !paper.dot(x, y)))
}

/// Where the first and the last black dot stand.
fn reach(paper: &Bitmap) -> (usize, usize) {
    let black = |x: &usize| (0..paper.height()).any(|y| paper.dot(*x, y));
    let first = (0..paper.width()).find(black).unwrap();
    (first, (0..paper.width()).rev().find(black).unwrap())
}

const fn with(emphasis: Emphasis) -> Style {
    Style { emphasis, ..Style::NORMAL }
}

/// What is new of a style is sent once, and taken back once.
#[test]
fn rare_styles_are_sent_when_they_change() {
    let common = |style: Style| {
        let lines = u8::from(style.emphasis.contains(Emphasis::UNDERLINE));
        let small = u8::from(style.font == Font::B);
        [
            &[0x1B, b'!', small | lines << 7, 0x1C, b'!', lines << 7, 0x1D, b'!', 0][..],
            &[0x1B, b'E', 0, 0x1B, b'-', lines, 0x1C, b'-', lines, 0x1D, b'B', 0],
        ]
        .concat()
    };
    for (style, on, off) in [
        (with(Emphasis::DOUBLE_STRIKE), &b"\x1BG\x01"[..], &b"\x1BG\x00"[..]),
        (with(Emphasis::UPSIDE_DOWN), b"\x1B{\x01", b"\x1B{\x00"),
        (with(Emphasis::ROTATED), b"\x1BV\x01", b"\x1BV\x00"),
        (with(Emphasis::SMOOTH), b"\x1Db\x01", b"\x1Db\x00"),
        (with(Emphasis::UNDERLINE), b"", b""),
        (Style { font: Font::B, ..Style::NORMAL }, b"\x1BM\x01", b"\x1BM\x00"),
        (
            Style { spacing: 3, ..Style::NORMAL },
            b"\x1B \x03\x1CS\x00\x03",
            b"\x1B \x00\x1CS\x00\x00",
        ),
    ] {
        let items = [Item::Style(style), Item::Style(style), Item::Style(Style::NORMAL)];
        let wanted = [common(style), on.into(), common(style), common(Style::NORMAL), off.into()];
        assert_eq!(encode(&items), wanted.concat(), "{style:?}");
    }
}

#[test]
fn the_printer_has_the_styles_that_were_asked_for() {
    let rare = Emphasis::DOUBLE_STRIKE | Emphasis::SMOOTH | Emphasis::ROTATED;
    let style = Style { font: Font::B, width: 2, height: 3, ..with(rare) };
    let thick = with(Emphasis::UNDERLINE | Emphasis::THICK_UNDERLINE);
    let printer = on_epson(&[
        Item::Style(style),
        Item::Text("罚a\n"),
        Item::Style(thick),
        Item::Text("罚a\n"),
    ]);
    let styles = printer.events().iter().filter_map(|event| match event {
        Event::Text { text, style, .. } => Some((text.as_str(), *style)),
        _ => None,
    });
    let styles: Vec<_> = styles.collect();
    let [(first, turned), (second, lined)] = styles[..] else { panic!("{styles:?}") };
    assert_eq!((first, second), ("罚a", "罚a"));
    assert_eq!((turned.font, turned.width, turned.height, turned.rare), (1, 2, 3, rare));
    assert_eq!((lined.font, lined.underline, lined.rare), (0, true, Emphasis::THICK_UNDERLINE));
}

/// A character upside down is the character, turned by half, at the other end.
#[test]
fn upside_down_lines_begin_at_the_right() {
    let normal = printed(&[Item::Text("罚A\n")]);
    let turned =
        printed(&[Item::Text("x"), Item::Style(with(Emphasis::UPSIDE_DOWN)), Item::Text("罚A\n")]);
    assert_eq!(turned.text(), "x\n罚A\n", "the line before is ended");
    for y in 0..24 {
        for x in 0..384 {
            assert_eq!(turned.bitmap().dot(383 - x, 30 + 23 - y), normal.bitmap().dot(x, y));
        }
    }
}

#[test]
fn turned_characters_take_their_height() {
    let line = "A".repeat(17);
    let rotated = [Item::Style(with(Emphasis::ROTATED)), Item::Text(&line), Item::Text("\n")];
    assert_eq!(printed(&rotated).text(), format!("{}\nA\n", "A".repeat(16)));
    let upright = printed(&[Item::Text("A\n")]);
    let turned = printed(&rotated);
    for y in 0..24 {
        for x in 0..12 {
            assert_eq!(turned.bitmap().dot(23 - y, x), upright.bitmap().dot(x, y));
        }
    }
}

#[test]
fn fonts_and_spacing_change_how_much_a_line_takes() {
    let text = "0123456789".repeat(5);
    let lines = |style: Style| {
        let text = printed(&[Item::Style(style), Item::Text(&text), Item::Text("\n")]).text();
        text.lines().map(str::len).collect::<Vec<_>>()
    };
    assert_eq!(lines(Style::NORMAL), [32, 18]);
    assert_eq!(lines(Style { font: Font::B, ..Style::NORMAL }), [42, 8]);
    assert_eq!(lines(Style { spacing: 4, ..Style::NORMAL }), [24, 24, 2]);
    assert_eq!(lines(Style { spacing: 4, width: 2, ..Style::NORMAL }), [12, 12, 12, 12, 2]);
    let hanzi = [
        Item::Style(Style { font: Font::B, ..Style::NORMAL }),
        Item::Text("罚款罚款罚款罚款罚款罚款罚款0123罚\n"),
    ];
    // 14 hanzi of 24 dots and 4 digits of 9 are 372.
    assert_eq!(printed(&hanzi).text(), "罚款罚款罚款罚款罚款罚款罚款0123\n罚\n");
    let spaced =
        printed(&[Item::Style(Style { spacing: 10, ..Style::NORMAL }), Item::Text("罚款\n")]);
    assert!(is_blank(spaced.bitmap(), 24..34, 0..24) && !is_blank(spaced.bitmap(), 34..58, 0..24));
}

#[test]
fn a_font_or_a_size_that_there_is_not_is_refused() {
    let refused = |style| {
        let encoder = Encoder::new(&Profile::CLONE_58MM);
        encoder.begin(&Item::Style(style)).map(|_| ()).unwrap_err()
    };
    let font_c = refused(Style { font: Font::C, ..Style::NORMAL });
    assert_eq!((font_c, font_c.kind()), (Refusal::Font, ErrorKind::Unsupported));
    assert_eq!(refused(Style { spacing: 33, ..Style::NORMAL }), Refusal::Style);
}

#[test]
fn font_c_is_said_again_where_font_a_or_b_is_said_by_the_size() {
    static THREE: Profile = Profile { fonts: &[12, 9, 8], ..Profile::CLONE_58MM };
    let style = Style { font: Font::C, ..Style::NORMAL };
    let items = [Item::Style(style), Item::Style(Style { width: 2, ..style })];
    let bytes = encode_with(&THREE, &items, Encoder::SLICE);
    let selected = bytes.windows(3).filter(|three| *three == b"\x1BM\x02").count();
    assert_eq!(selected, 2);
}

#[test]
fn layouts_are_the_bytes_of_the_manuals() {
    let layout = |layout| encode(&[Item::Layout(layout)]);
    assert_eq!(layout(Layout::LineSpacing(Some(40))), b"\x1B3\x28");
    assert_eq!(layout(Layout::LineSpacing(None)), b"\x1B2");
    assert_eq!(layout(Layout::Area { left: 100, width: 200 }), b"\x1DL\x64\x00\x1DW\xC8\x00");
    assert_eq!(layout(Layout::Tabs(&[4, 20])), b"\x1BD\x04\x14\x00");
    assert_eq!(layout(Layout::Tab), b"\x09");
    assert_eq!(layout(Layout::At(300)), b"\x1B$\x2C\x01");
    assert_eq!(layout(Layout::Move(16)), b"\x1B\\\x10\x00");
    assert_eq!(layout(Layout::Feed(300)), b"\x1BJ\xFF\x1BJ\x2D");
    let back = [Item::Layout(Layout::At(24)), Item::Layout(Layout::Move(-24))];
    assert_eq!(encode(&back), b"\x1B$\x18\x00\x1B\\\xE8\xFF");
    let epson = |layout| encode_with(&Profile::EPSON_80MM, &[Item::Layout(layout)], 96);
    assert_eq!(epson(Layout::FeedBack(24)), b"\x1BK\x30", "half dots");
    assert_eq!(epson(Layout::LineSpacing(Some(40))), b"\x1B3\x50");
}

#[test]
fn places_that_are_not_on_the_line_are_refused() {
    let encoder = Encoder::new(&Profile::CLONE_58MM);
    let refused = |layout| encoder.begin(&Item::Layout(layout)).map(|_| ()).unwrap_err();
    for layout in [
        Layout::At(384),
        Layout::Move(-1),
        Layout::Move(384),
        Layout::Area { left: 300, width: 85 },
        Layout::Area { left: 0, width: 0 },
        Layout::Area { left: u16::MAX, width: 1 },
        Layout::Tabs(&[0, 4]),
        Layout::Tabs(&[4, 4]),
        Layout::Tabs(&[1; 33]),
        Layout::Tabs(&[8, 16, 20]),
    ] {
        assert_eq!(refused(layout), Refusal::Layout, "{layout:?}");
    }
    assert_eq!(refused(Layout::FeedBack(1)).kind(), ErrorKind::Unsupported);
    let epson = Encoder::new(&Profile::EPSON_80MM);
    let spacing = Item::Layout(Layout::LineSpacing(Some(128)));
    assert_eq!(epson.begin(&spacing).map(|_| ()), Err(Refusal::Layout), "256 half dots");
}

#[test]
fn text_stands_where_it_was_put() {
    let at = |items: &[Item<'_>]| reach(printed(items).bitmap());
    let (first, last) = at(&[Item::Text("A\n")]);
    let moved = |dots| (first + dots, last + dots);
    assert_eq!(at(&[Item::Layout(Layout::At(300)), Item::Text("A\n")]), moved(300));
    let tab = [Item::Layout(Layout::Tab), Item::Layout(Layout::Tab), Item::Text("A\n")];
    assert_eq!(at(&tab), moved(192));
    let tabs = [
        Item::Style(Style { spacing: 2, ..Style::NORMAL }),
        Item::Layout(Layout::Tabs(&[5, 20])),
        Item::Style(Style::NORMAL),
        Item::Layout(Layout::Tab),
        Item::Layout(Layout::Tab),
        Item::Layout(Layout::Move(-7)),
        Item::Text("A\n"),
    ];
    assert_eq!(at(&tabs), moved(20 * 14 - 7));
    let area = [Item::Layout(Layout::Area { left: 100, width: 200 })];
    assert_eq!(at(&[area[0], Item::Text("A\n")]), moved(100));
    assert_eq!(at(&[area[0], Item::Align(Align::Right), Item::Text("A\n")]), moved(288));
    let narrow = printed(&[area[0], Item::Text("12345 12345 12345\n")]);
    assert_eq!(narrow.text(), "12345 12345\n12345\n");
    let rule = printed(&[area[0], Item::Rule]);
    assert_eq!(rule.text(), format!("{}\n", "-".repeat(16)));
}

#[test]
fn what_is_left_of_the_line_after_a_place_is_what_text_is_broken_at() {
    let items = [Item::Layout(Layout::At(240)), Item::Text("twelve chars and more\n")];
    assert_eq!(printed(&items).text(), "twelve chars\nand more\n");
}

#[test]
fn the_paper_moves_as_far_as_it_was_told() {
    let spaced = |dots| {
        let line = Item::Text("A\n");
        printed(&[Item::Layout(Layout::LineSpacing(dots)), line, line]).bitmap().height()
    };
    assert_eq!((spaced(Some(60)), spaced(Some(0)), spaced(None)), (120, 48, 60));
    let feed = printed(&[Item::Text("A"), Item::Layout(Layout::Feed(400)), Item::Text("A\n")]);
    assert_eq!(feed.bitmap().height(), 30 + 400 + 30);
}

#[test]
fn what_follows_a_feed_back_is_printed_over_it() {
    let over = on_epson(&[
        Item::Text("A"),
        Item::Layout(Layout::FeedBack(20)),
        Item::Layout(Layout::FeedBack(14)),
        Item::Layout(Layout::At(120)),
        Item::Text("B\n"),
    ]);
    let beside = on_epson(&[Item::Text("A         B\n")]);
    assert_eq!(over.bitmap(), beside.bitmap());
}

const COLUMNS: &[Column] = &[
    Column { width: 12, align: Align::Left },
    Column { width: 4, align: Align::Right },
    Column { width: 6, align: Align::Center },
    Column { width: 7, align: Align::Right },
];

fn row<'a>(cells: &'a [&'a str]) -> Item<'a> {
    Item::Table(Table { columns: COLUMNS, cells })
}

#[test]
fn tables_are_aligned_and_cut_off_by_columns() {
    let table = printed(&[
        row(&["item", "qty", "tax", "sum"]),
        row(&["违停", "2", "无", "400.00"]),
        row(&["a text that is longer", "12345", "罚款罚款", "罚款罚款"]),
        row(&["", "", "", "end"]),
        row(&["first\nsecond", "1"]),
    ]);
    let lines = [
        "item          qty  tax       sum",
        "违停            2   无    400.00",
        "a text that  1234 罚款罚  罚款罚",
        "                             end",
        "first           1",
    ];
    let text = table.text();
    for (line, wanted) in text.lines().zip(lines) {
        assert_eq!(line, wanted);
    }
    assert_eq!(text.lines().count(), lines.len());
}

/// In a font whose hanzi are not two columns wide, columns still stand below
/// each other.
#[test]
fn tables_stand_straight_in_any_font() {
    let small = Item::Style(Style { font: Font::B, ..Style::NORMAL });
    let left = |cell| {
        let table = printed(&[small, row(&[cell, "", "", "A"])]);
        reach(table.bitmap()).1
    };
    assert_eq!(left(""), left("罚"));
    assert_eq!(left(""), left("罚款罚"));
}

#[test]
fn tables_that_are_too_wide_are_refused() {
    let encoder = Encoder::new(&Profile::CLONE_58MM);
    let refused = |item: &Item<'_>| encoder.begin(item).map(|_| ()).unwrap_err();
    let wide = [Column { width: 16, align: Align::Left }; 2];
    let too_wide = Item::Table(Table { columns: &wide, cells: &[] });
    assert_eq!(refused(&too_wide), Refusal::TableTooWide);
    assert_eq!(refused(&row(&["", "", "", "", ""])), Refusal::TableTooWide);
    assert!(matches!(refused(&row(&["ok", "㐀"])), Refusal::Text(_)));
    let mut doubled = Encoder::new(&Profile::CLONE_58MM);
    doubled.encode(&Item::Style(Style::TITLE), &mut [0; 96]).unwrap();
    assert_eq!(doubled.begin(&row(&[])).map(|_| ()), Err(Refusal::TableTooWide));
}

fn any_items() -> impl Strategy<Value = Vec<(u8, u16, String)>> {
    proptest::collection::vec((any::<u8>(), any::<u16>(), "[ -~罚款元é，\n]{0,40}"), 1..24)
}

fn item<'a>(kind: u8, n: u16, text: &'a str, cells: &'a [&'a str]) -> Item<'a> {
    let [low, high] = n.to_le_bytes();
    let dots = n % 384;
    match kind % 12 {
        0 => Item::Style(Style {
            // A line on its head has its own wrapping nowhere.
            emphasis: Emphasis::from_bits_truncate(low) - Emphasis::UPSIDE_DOWN,
            width: high % 3 + 1,
            height: high / 64 + 1,
            font: if high & 1 == 0 { Font::A } else { Font::B },
            spacing: high % 8,
        }),
        1 => Item::Layout(Layout::At(dots)),
        2 => Item::Layout(Layout::Move((n % 64) as i16 - 32)),
        3 => Item::Layout(Layout::Tab),
        4 => Item::Layout(Layout::Tabs(&[1, 5, 9, 30])),
        5 => Item::Layout(Layout::Area { left: dots / 2, width: 384 - dots / 2 }),
        6 => Item::Layout(Layout::LineSpacing((low > 100).then_some(low))),
        7 => Item::Columns(text, "right"),
        8 => Item::Table(Table { columns: COLUMNS, cells }),
        9 => Item::Layout(Layout::Feed(n % 600)),
        _ => Item::Text(text),
    }
}

proptest! {
    /// Whatever is set: it is decoded without rest; the slices make no
    /// difference; and the printer breaks no line by itself, or else the lines
    /// would be others on wider paper.
    #[test]
    fn any_layout_is_decoded_and_fits(items in any_items()) {
        let texts: Vec<[&str; 2]> = items.iter().map(|(_, _, text)| [text.as_str(), "2"]).collect();
        let items = items.iter().zip(&texts).map(|((kind, n, text), cells)| {
            item(*kind, *n, text, cells)
        });
        let mut encoder = Encoder::new(&Profile::CLONE_58MM);
        let mut buffer = vec![0; 4_000];
        let items: Vec<_> = items.filter(|item| encoder.encode(item, &mut buffer).is_ok()).collect();
        let bytes = encode(&items);
        prop_assert_eq!(&bytes, &encode_with(&Profile::CLONE_58MM, &items, 100_000));
        prop_assert_eq!(&bytes, &encode_with(&Profile::CLONE_58MM, &items, 101));
        let printer = EscPosPrinter::decoded(Model::CLONE_58MM, &bytes);
        prop_assert!(printer.incomplete().is_empty());
        let only = |event: &Event| matches!(event, Event::Text { .. } | Event::Feed { .. });
        prop_assert!(printer.events().iter().all(only), "{:?}", printer.events());
        let area = bytes.windows(2).any(|pair| pair == b"\x1DW");
        let wider = Model { dots: 600, ..Model::CLONE_58MM };
        prop_assert!(area || printer.text() == EscPosPrinter::decoded(wider, &bytes).text());
    }
}

/// A profile without a font for ASCII's neighbours is as lean as it can be.
#[test]
fn one_byte_printers_are_sent_no_two_byte_mode() {
    static ONE: Profile = Profile { charset: Charset::ASCII, ..Profile::CLONE_58MM };
    assert_eq!(Encoder::new(&ONE).prologue(), b"\x1B@\x1BR\x00");
}
