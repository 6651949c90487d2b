//! Pages: what stands where on paper, what is refused, and what a call leaves
//! that was dropped.

use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{Encoder, EscPos, Finish, Profile, RasterForm, Refusal, Timed};
use embedded_pos::printer::symbol::Barcode;
use embedded_pos::printer::{
    Align, Area, Completion, Direction, Item, Logo, Page, Placed, Printer, QrLevel, Raster, Style,
};
use embedded_pos::sim::printer::{Bitmap, EscPosPrinter, Event, Model};
use embedded_pos::sim::{SimPort, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

static EPSON: Profile = Profile::EPSON_80MM;

fn encode(profile: &'static Profile, items: &[Item<'_>]) -> Result<Vec<u8>, Refusal> {
    let mut encoder = Encoder::new(profile);
    let mut bytes = Encoder::PROLOGUE.to_vec();
    for item in items {
        let mut job = encoder.begin(item)?;
        while !job.is_done() {
            let mut out = [0; Encoder::SLICE];
            let slice = encoder.fill(&mut job, &mut out);
            assert!(slice.len > 0 || job.is_done(), "{item:?} stands still");
            bytes.extend(&out[..slice.len]);
        }
    }
    Ok(bytes)
}

fn decoded(bytes: &[u8]) -> EscPosPrinter {
    assert!(!bytes.windows(2).any(|pair| matches!(pair, [0x10, 0x04 | 0x05 | 0x14])));
    let printer = EscPosPrinter::decoded(Model::EPSON_80MM, bytes);
    assert!(printer.incomplete().is_empty());
    let unmeant = |event: &&Event| matches!(event, Event::Unknown(_) | Event::NotPrinted(_));
    assert_eq!(printer.events().iter().find(unmeant), None);
    printer
}

fn area<'a>(direction: Direction, items: &'a [Placed<'a>]) -> Area<'a> {
    Area { x: 40, y: 30, width: 300, height: 200, direction, items }
}

/// Where a dot that the reader sees there stands on the paper.
fn turned(area: &Area<'_>, x: usize, y: usize) -> (usize, usize) {
    let [left, top, width, height] = [area.x, area.y, area.width, area.height].map(usize::from);
    match area.direction {
        Direction::Right => (left + x, top + y),
        Direction::Up => (left + y, top + height - 1 - x),
        Direction::Left => (left + width - 1 - x, top + height - 1 - y),
        Direction::Down => (left + width - 1 - y, top + x),
    }
}

const DIRECTIONS: [Direction; 4] =
    [Direction::Right, Direction::Up, Direction::Left, Direction::Down];

fn black(bitmap: &Bitmap) -> usize {
    bitmap.rows().iter().map(|byte| byte.count_ones() as usize).sum()
}

#[test]
fn a_page_is_the_bytes_of_the_manual() {
    let items = [Placed { x: 5, y: 21, item: Item::Text("A") }];
    let areas =
        [Area { x: 1, y: 2, width: 300, height: 200, direction: Direction::Down, items: &items }];
    let bytes = encode(&EPSON, &[Item::Page(Page { areas: &areas })]).unwrap();
    // Two units a dot along the paper, and so across the area.
    let page = b"\x1BL\x1BW\x01\0\x04\0\x2C\x01\x90\x01\x1BT\x03\x1B$\x0A\0\x1D$\x15\0A\x0C";
    assert_eq!(bytes[Encoder::PROLOGUE.len()..], *page);
}

/// Text as it stands on a line of its own, and a picture, in each direction.
#[test]
fn everything_stands_where_it_was_placed() {
    let line = encode(&EPSON, &[Item::Text("津A12345\n")]).unwrap();
    let line = decoded(&line).bitmap().clone();
    let rows: Vec<u8> = (0..4 * 30_u32).map(|i| (i * 29 % 251) as u8 & 0xEF).collect();
    let raster = Raster { width: 32, rows: &rows };
    for direction in DIRECTIONS {
        let items = [
            Placed { x: 10, y: 60, item: Item::Text("津A12345") },
            Placed { x: 100, y: 120, item: Item::Raster(raster) },
        ];
        let areas = [area(direction, &items)];
        let printer = decoded(&encode(&EPSON, &[Item::Page(Page { areas: &areas })]).unwrap());
        let paper = printer.bitmap();
        assert_eq!(paper.height(), 230);
        let mut dots = 0;
        for (x, y) in
            (0..24).flat_map(|y| (0..108).map(move |x| (x, y))).filter(|(x, y)| line.dot(*x, *y))
        {
            // The base line is three dots above the cell's lower edge.
            let (x, y) = turned(&areas[0], 10 + x, 60 - 21 + y);
            assert!(paper.dot(x, y), "{direction:?}: text");
            dots += 1;
        }
        let source = |x: usize, y: usize| rows[4 * y + x / 8] << (x % 8) & 0x80 != 0;
        for (x, y) in
            (0..30).flat_map(|y| (0..32).map(move |x| (x, y))).filter(|(x, y)| source(*x, *y))
        {
            let (x, y) = turned(&areas[0], 100 + x, 120 - 30 + y);
            assert!(paper.dot(x, y), "{direction:?}: picture");
            dots += 1;
        }
        assert_eq!(black(paper), dots, "{direction:?}: and nothing else");
    }
}

#[test]
fn areas_codes_and_styles() {
    let qr = Item::Qr { data: b"https://pay.example.cn/1", module: 4, level: QrLevel::M };
    let left = [Placed { x: 0, y: 150, item: qr }];
    let right = [
        Placed { x: 0, y: 50, item: Item::Style(Style::TITLE) },
        Placed { x: 0, y: 50, item: Item::Text("罚款") },
        Placed { x: 0, y: 80, item: Item::Style(Style::NORMAL) },
        Placed { x: 0, y: 80, item: Item::Text("200.00") },
        Placed { x: 0, y: 150, item: Item::Barcode(Barcode::code128("1201", 40)) },
    ];
    let areas = [
        Area { x: 0, y: 0, width: 200, height: 180, direction: Direction::Right, items: &left },
        Area {
            x: 250,
            y: 520,
            width: 300,
            height: 180,
            direction: Direction::Right,
            items: &right,
        },
    ];
    let items = [Item::Text("before\n"), Item::Page(Page { areas: &areas }), Item::Text("after\n")];
    let printer = decoded(&encode(&EPSON, &items).unwrap());
    assert_eq!(printer.text(), "before\n罚款200.00after\n");
    assert_eq!(printer.bitmap().height(), 34 + 700 + 34);
    let has = |wanted: fn(&Event) -> bool| printer.events().iter().any(wanted);
    assert!(has(|event| matches!(event, Event::Qr { .. })));
    assert!(has(|event| matches!(event, Event::Barcode { .. })));
    assert!(has(|event| matches!(event, Event::Page { height: 700 })));
    // 520 dots are 1040 units, 10 04 on the wire: half a dot more is the same.
    let ink = (0..576).flat_map(|x| (34..34 + 520).map(move |y| (x, y)));
    assert!({ ink }.all(|(x, y)| x < 200 || !printer.bitmap().dot(x, y)));
}

#[test]
fn what_cannot_stand_in_a_page_is_refused() {
    let refused_in = |profile, placed: Placed<'_>| {
        let items = [placed];
        let areas = [area(Direction::Up, &items)];
        encode(profile, &[Item::Page(Page { areas: &areas })]).map(drop)
    };
    let refused = |item| refused_in(&EPSON, Placed { x: 0, y: 100, item }).unwrap_err();
    for item in [
        Item::Cut,
        Item::Align(Align::Center),
        Item::Columns("a", "b"),
        Item::Feed(1),
        Item::Rule,
        Item::Page(Page { areas: &[] }),
        Item::Text("two\nlines"),
        // 200 dots are 16 columns.
        Item::Text("seventeen columns"),
    ] {
        assert_eq!(refused(item), Refusal::InPage, "{item:?}");
    }
    assert_eq!(refused(Item::Raster(Raster { width: 201, rows: &[] })), Refusal::RasterWidth);
    let high = Item::Raster(Raster { width: 8, rows: &[1; 101] });
    assert_eq!(refused(high), Refusal::PagePlace);
    assert!(matches!(refused(Item::Text("㐀\u{FFFF}")), Refusal::Text(_)));
    assert_eq!(refused(Item::Logo(Logo::Number(1))), Refusal::NoLogo);
    let text = Item::Text("x");
    for (x, y) in [(200, 100), (0, 301)] {
        assert_eq!(refused_in(&EPSON, Placed { x, y, item: text }), Err(Refusal::PagePlace));
    }
    let no_page =
        refused_in(&Profile::CLONE_58MM, Placed { x: 0, y: 100, item: text }).unwrap_err();
    assert_eq!((no_page, no_page.kind()), (Refusal::NoPage, ErrorKind::Unsupported));
    static LINES: Profile = Profile { raster: RasterForm::Columns24, ..Profile::EPSON_80MM };
    let picture = Item::Raster(Raster { width: 8, rows: &[1] });
    assert_eq!(refused_in(&LINES, Placed { x: 0, y: 9, item: picture }), Err(Refusal::InPage));
    for (x, y, width, height) in
        [(0, 0, 0, 9), (0, 0, 9, 0), (500, 0, 77, 9), (0, 1_600, 9, 63), (9, 9, u16::MAX, 9)]
    {
        let areas = [Area { x, y, width, height, direction: Direction::Right, items: &[] }];
        let page = encode(&EPSON, &[Item::Page(Page { areas: &areas })]);
        assert_eq!(page, Err(Refusal::PageArea));
    }
}

type Driver =
    Clocked<EscPos<SimPort<EscPosPrinter, VirtualClock>, Timed>, VirtualClock, Finish<Timed>>;

fn printed(printer: &mut Driver, clock: &VirtualClock) -> Completion {
    for _ in 0..60_000 {
        match printer.poll_printed() {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            done => return done.unwrap(),
        }
    }
    panic!("no end");
}

/// Dropped at every byte: the page is not printed, or all of it, and what comes
/// next stands on a line.
#[test]
fn a_dropped_page_is_given_up() {
    let rows: Vec<u8> = (0..4 * 20_u32).map(|i| (i * 29 % 251) as u8).collect();
    let items = [
        Placed { x: 10, y: 60, item: Item::Text("津A12345") },
        Placed { x: 60, y: 120, item: Item::Raster(Raster { width: 32, rows: &rows }) },
        Placed {
            x: 0,
            y: 150,
            item: Item::Qr { data: b"12345678901234567890", module: 4, level: QrLevel::M },
        },
    ];
    let areas = [area(Direction::Right, &items), area(Direction::Left, &items[..1])];
    let page = Item::Page(Page { areas: &areas });
    let mut whole = 0;
    for turns in 0..340 {
        let mut clock = VirtualClock::new();
        let sim = Simulated::new(EscPosPrinter::new(Model::EPSON_80MM));
        let mut driver = EscPos::new(sim.port(clock.clone()).paced(115_200), Timed, &EPSON);
        driver.init().wait(&mut clock).unwrap();
        let mut call = driver.print(&page);
        for _ in 0..turns {
            let _ = call.poll(clock.now());
            clock.advance(Duration::from_micros(87));
        }
        drop(call);
        let mut printer = Clocked::new(driver, clock.clone());
        printer.print(&Item::Text("完\n")).unwrap();
        assert_eq!(printed(&mut printer, &clock), Completion::Proven, "{turns}");
        let device = sim.device();
        let pages =
            device.events().iter().filter(|event| matches!(event, Event::Page { .. })).count();
        whole += pages;
        assert_eq!(device.bitmap().height(), 34 + 230 * pages, "{turns}");
        assert!(device.text().ends_with("完\n"), "{turns}");
        let unmeant = |event: &&Event| matches!(event, Event::Unknown(_) | Event::NotPrinted(_));
        assert_eq!(device.events().iter().find(unmeant), None, "{turns}");
    }
    assert!(whole > 0 && whole < 340, "{whole} of 340 came to their end");
}

proptest! {
    /// Nothing that is taken is drawn outside its area.
    #[test]
    fn any_page_is_taken_and_stays_in_its_areas(
        places in proptest::collection::vec(
            (0_u16..300, 0_u16..300, any::<bool>(), "[ -~]{0,12}", 1_u16..90), 0..8,
        ),
        (x, y, direction) in (0_u16..277, 0_u16..1_463, 0_usize..4),
    ) {
        let rows = [0x10, 0x14, 0xFF, 0x04].repeat(90);
        let items: Vec<Placed<'_>> = places
            .iter()
            .map(|(x, y, is_text, text, width)| {
                let item = if *is_text {
                    Item::Text(text)
                } else {
                    let stride = usize::from(width.div_ceil(8));
                    Item::Raster(Raster { width: *width, rows: &rows[..stride * 20] })
                };
                Placed { x: *x, y: *y, item }
            })
            .collect();
        let direction = DIRECTIONS[direction];
        let fits = |placed: &Placed<'_>| {
            let items = [*placed];
            let areas = [Area { x, y, ..area(direction, &items) }];
            encode(&EPSON, &[Item::Page(Page { areas: &areas })]).is_ok()
        };
        let items: Vec<Placed<'_>> = items.into_iter().filter(fits).collect();
        let areas = [Area { x, y, ..area(direction, &items) }];
        let printer = decoded(&encode(&EPSON, &[Item::Page(Page { areas: &areas })]).unwrap());
        let (x, y, bitmap) = (usize::from(x), usize::from(y), printer.bitmap());
        // A number that looks like a command is moved by a unit.
        prop_assert!((y + 200..=y + 201).contains(&bitmap.height()));
        for row in 0..bitmap.height() {
            for column in (0..576).filter(|column| bitmap.dot(*column, row)) {
                prop_assert!((x..=x + 300).contains(&column) && (y..=y + 201).contains(&row));
            }
        }
    }
}
