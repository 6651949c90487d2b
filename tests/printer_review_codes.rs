//! What a page, a printable area and a number that reads as a command did to
//! each other.

use embedded_pos::nb;
use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{Encoder, EscPos, Profile, RasterForm, Refusal, Timed};
use embedded_pos::printer::symbol::{Barcode, TextPosition};
use embedded_pos::printer::text::{Dots, GlyphSource};
use embedded_pos::printer::{
    Area, Completion, Direction, Font, Item, Layout, Logo, Page, Placed, Printer, QrLevel, Raster,
    Style,
};
use embedded_pos::sim::printer::{EscPosPrinter, Event, Model};
use embedded_pos::sim::{Simulated, VirtualClock};

static EPSON: Profile = Profile::EPSON_80MM;

fn encode_with(mut encoder: Encoder, items: &[Item<'_>]) -> Result<Vec<u8>, Refusal> {
    let mut bytes = encoder.prologue().to_vec();
    for item in items {
        let mut job = encoder.begin(item)?;
        while !job.is_done() {
            let mut out = [0; Encoder::SLICE];
            let slice = encoder.fill(&mut job, &mut out);
            assert!(slice.len > 0 || job.is_done(), "{item:?} stands still");
            bytes.extend(&out[..slice.len]);
        }
    }
    assert!(!bytes.windows(2).any(|pair| matches!(pair, [0x10, 0x04 | 0x05 | 0x14])));
    Ok(bytes)
}

fn encode(items: &[Item<'_>]) -> Result<Vec<u8>, Refusal> {
    encode_with(Encoder::new(&EPSON), items)
}

fn decoded(bytes: &[u8]) -> EscPosPrinter {
    let printer = EscPosPrinter::decoded(Model::EPSON_80MM, bytes);
    assert!(printer.incomplete().is_empty());
    let unmeant = |event: &&Event| matches!(event, Event::Unknown(_) | Event::NotPrinted(_));
    assert_eq!(printer.events().iter().find(unmeant), None);
    printer
}

/// An area of so many dots as its reader sees it, with an item or two.
fn up<'a>(across: u16, items: &'a [Placed<'a>]) -> Area<'a> {
    Area { x: 0, y: 0, width: 400, height: across, direction: Direction::Up, items }
}

fn in_page(before: &[Item<'_>], across: u16, placed: &[Item<'_>]) -> Result<Vec<u8>, Refusal> {
    let places: Vec<_> = placed.iter().map(|item| Placed { x: 0, y: 300, item: *item }).collect();
    let areas = [up(across, &places)];
    let page = [Item::Page(Page { areas: &areas })];
    encode(&[before, &page].concat())
}

/// A line of a page is as long as its area, not as the paper is wide.
#[test]
fn a_page_is_set_by_its_area() {
    let long = "0123456789".repeat(8);
    let bytes = in_page(&[], 1_000, &[Item::Text(&long)]).unwrap();
    assert!(!bytes.contains(&b'\n'));
    assert!(decoded(&bytes).text().contains(&long));
    let narrow = Item::Layout(Layout::Area { left: 0, width: 100 });
    let qr = Item::Qr { data: &[b'x'; 60], module: 6, level: QrLevel::M };
    let code = Item::Barcode(Barcode::code128("1234567890", 40));
    for item in [qr, code, Item::Text("seventeen columns")] {
        let bytes = in_page(&[narrow], 1_000, &[item]).unwrap();
        assert!(decoded(&bytes).events().iter().any(|e| matches!(e, Event::Page { .. })));
        assert!(in_page(&[], 100, &[item]).is_err(), "{item:?}");
    }
}

/// What fits is found out by the style that the text has there.
#[test]
fn text_of_a_page_is_as_wide_as_its_style() {
    let spaced = Item::Style(Style { spacing: 20, ..Style::NORMAL });
    let text = Item::Text("ten letter");
    assert_eq!(in_page(&[], 160, &[spaced, text]), Err(Refusal::InPage));
    assert!(in_page(&[], 320, &[spaced, text]).is_ok());
    let small = Item::Style(Style { font: Font::B, ..Style::NORMAL });
    assert!(in_page(&[], 90, &[small, text]).is_ok());
    assert_eq!(in_page(&[], 89, &[small, text]), Err(Refusal::InPage));
}

#[derive(Debug)]
struct Names;

impl GlyphSource for Names {
    fn dots(&self, character: char) -> Option<Dots> {
        ('㐀'..'㐠').contains(&character).then_some([[0xAA, 0x55, 0xF0]; 24])
    }
}

/// The printer keeps six of the user's characters; a seventh of a page is
/// refused, not left out.
#[test]
fn a_page_has_as_many_drawn_characters_as_there_are_places() {
    let page = |texts: &[&str]| {
        let places: Vec<_> = (0..)
            .zip(texts)
            .map(|(n, text)| Placed { x: 0, y: 30 + 30 * n, item: Item::Text(text) })
            .collect();
        let areas = [up(500, &places)];
        let encoder = Encoder::new(&EPSON).drawn_by(&Names);
        encode_with(encoder, &[Item::Page(Page { areas: &areas }), Item::Text("㐇㐈㐉\n")])
    };
    assert!(page(&["㐀㐁㐂", "㐃㐄㐅", "㐀㐅"]).is_ok());
    assert!(matches!(page(&["㐀㐁㐂", "㐃㐄㐅", "㐆"]), Err(Refusal::Text(_))));
}

/// A picture that is wider than the printable area loses its right side.
#[test]
fn a_picture_stands_in_the_printable_area() {
    let area = Item::Layout(Layout::Area { left: 50, width: 100 });
    for (width, fits) in [(100, true), (101, false)] {
        let rows = [0xFF; 13 * 8];
        let picture = Item::Raster(Raster { width, rows: &rows });
        let bytes = encode(&[area, picture]);
        assert_eq!(bytes.is_ok(), fits, "{width}");
        if let Ok(bytes) = bytes {
            let paper = decoded(&bytes).bitmap().clone();
            assert_eq!((49..151).filter(|x| paper.dot(*x, 0)).count(), 100);
        } else {
            assert_eq!(bytes, Err(Refusal::RasterWidth));
        }
    }
}

/// 1 040 rows are 10 04 on the wire, whatever the picture's width.
#[test]
fn heights_that_read_as_commands() {
    for height in [1_040_u16, 1_296, 1_039] {
        let rows = vec![0x81; height.into()];
        let raster = Raster { width: 8, rows: &rows };
        for raster_form in [RasterForm::Rows, RasterForm::Graphics] {
            let profile = Profile { raster: raster_form, ..Profile::EPSON_80MM };
            let items = [Placed { x: 9, y: 1_400, item: Item::Raster(raster) }];
            let (width, height) = (500, 1_500);
            let direction = Direction::Right;
            let areas = [Area { x: 0, y: 0, width, height, direction, items: &items }];
            let encoder = Encoder::new(Box::leak(Box::new(profile)));
            let page = [Item::Page(Page { areas: &areas })];
            let printer = decoded(&encode_with(encoder, &page).unwrap());
            let black = printer.bitmap().rows().iter().map(|b| b.count_ones()).sum::<u32>();
            assert_eq!(black, 2 * u32::try_from(rows.len()).unwrap());
        }
        let mut clock = VirtualClock::new();
        let sim = Simulated::new(EscPosPrinter::new(Model::EPSON_80MM));
        let mut driver = EscPos::new(sim.port(clock.clone()), Timed, &EPSON);
        driver.init().wait(&mut clock).unwrap();
        let mut call = driver.keep_logo(Logo::Key(*b"G1"), raster);
        let kept = loop {
            match call.poll(clock.now()) {
                Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
                done => break done,
            }
            assert!(clock.now().as_micros() < 600_000_000, "it does not end");
        };
        assert_eq!(kept, Ok(Completion::Proven));
    }
}

/// The text of a bar code is a part of it, above as beneath.
#[test]
fn a_bar_code_stands_in_a_page_with_its_text() {
    for (text, lines) in
        [(TextPosition::None, 0), (TextPosition::Above, 1), (TextPosition::Both, 2)]
    {
        let code = Item::Barcode(Barcode::ean13("690123456789", 40).with_text(text));
        let page = |y| {
            let places = [Placed { x: 0, y, item: code }];
            let areas = [up(500, &places)];
            encode(&[Item::Page(Page { areas: &areas })]).map(drop)
        };
        assert_eq!(page(40 + 24 * lines), Ok(()));
        assert_eq!(page(39 + 24 * lines), Err(Refusal::PagePlace));
    }
}

/// Pictures in lines set the spacing of lines, and text has its own again:
/// wherever the call is dropped.
#[test]
fn the_spacing_of_text_is_kept() {
    let rows: Vec<u8> = (0..2 * 30_u32).map(|i| (i * 31 % 253) as u8 | 1).collect();
    for raster in [RasterForm::Columns24, RasterForm::Columns8] {
        let profile = Profile { raster, ..Profile::CLONE_58MM };
        let profile: &'static Profile = Box::leak(Box::new(profile));
        for turns in 0..260 {
            let mut clock = VirtualClock::new();
            let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
            let mut driver = EscPos::new(sim.port(clock.clone()).paced(115_200), Timed, profile);
            driver.init().wait(&mut clock).unwrap();
            let mut printer = Clocked::new(driver, clock.clone());
            printer.print(&Item::Layout(Layout::LineSpacing(Some(50)))).unwrap();
            let picture = Item::Raster(Raster { width: 16, rows: &rows });
            let mut call = printer.driver_mut().print(&picture);
            for _ in 0..turns {
                let _ = call.poll(clock.now());
                clock.advance(Duration::from_micros(87));
            }
            drop(call);
            printer.print(&Item::Text("two\nlines\n")).unwrap();
            while printer.poll_printed().is_err() {
                clock.advance(Duration::from_millis(1));
            }
            let device = sim.device();
            assert!(device.text().ends_with("two\nlines\n"), "{turns}");
            assert_eq!(device.events().last(), Some(&Event::Feed { dots: 50 }), "{turns}");
        }
    }
}
