//! Star's language: the bytes of each item, and what its printers answer.

use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{Refusal, Timed};
use embedded_pos::printer::star::{Asb, Encoder, Profile, Star};
use embedded_pos::printer::symbol::{Barcode, SymbolFault, TextPosition};
use embedded_pos::printer::{
    Align, Completion, Drawer, Emphasis, Item, Printer, QrLevel, Raster, Status, Style,
};
use embedded_pos::sim::printer::{Event, Model, StarPrinter};
use embedded_pos::sim::{Fault as LineFault, Simulated, VirtualClock};

fn encode_with(profile: &'static Profile, items: &[Item<'_>]) -> Vec<u8> {
    let mut encoder = Encoder::new(profile);
    let mut bytes = Vec::new();
    for item in items {
        let mut job = encoder.begin(item).unwrap();
        while !job.is_done() {
            let mut out = [0; Encoder::SLICE];
            let slice = encoder.fill(&mut job, &mut out);
            bytes.extend(&out[..slice.len]);
        }
    }
    bytes
}

fn encode(items: &[Item<'_>]) -> Vec<u8> {
    encode_with(&Profile::STAR_80MM, items)
}

/// The bytes of tests/vectors/star/commands.txt, by name.
fn vector(name: &str) -> Vec<u8> {
    let line = include_str!("vectors/star/commands.txt")
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .unwrap_or_else(|| panic!("no vector {name}"));
    line.split_whitespace().map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect()
}

#[test]
fn items_are_the_bytes_of_the_manuals() {
    let emphasis = Emphasis::BOLD | Emphasis::UNDERLINE | Emphasis::INVERSE;
    let all = Style { emphasis, width: 2, height: 3, ..Style::NORMAL };
    let digits = "1234567890123456789012345678901234";
    let dots = Raster { width: 12, rows: &[0xFF, 0xFF, 0x80, 0x00] };
    for (name, items) in [
        ("text", &[Item::Text("津A 罚款\n")][..]),
        ("title", &[Item::Style(Style::TITLE)]),
        ("all", &[Item::Style(all)]),
        ("normal", &[Item::Style(Style::NORMAL)]),
        ("center", &[Item::Align(Align::Center)]),
        ("feed", &[Item::Feed(3)]),
        ("feed after text", &[Item::Text("a"), Item::Feed(3)]),
        ("feed far", &[Item::Feed(255)]),
        ("qr", &[Item::Qr { data: b"hello", module: 6, level: QrLevel::M }]),
        ("code128", &[Item::Barcode(Barcode::code128("A%1", 80))]),
        ("code128 of 34 digits", &[Item::Barcode(Barcode::code128(digits, 64))]),
        ("ean13", &[Item::Barcode(Barcode::ean13("4006381333931", 60))]),
        ("raster", &[Item::Raster(dots)]),
        ("cut", &[Item::Cut]),
    ] {
        assert_eq!(encode(items), vector(name), "{name}");
    }
    assert_eq!(Encoder::PROLOGUE.to_vec(), vector("prologue"));
    let narrow = |items| encode_with(&Profile::STAR_58MM, items);
    assert_eq!(narrow(&[Item::Cut]), vector("tear off"));
}

#[test]
fn refusals_name_the_reason() {
    let encoder = Encoder::new(&Profile::STAR_58MM);
    let refused = |item: &Item<'_>| encoder.begin(item).unwrap_err();
    let style = |width, height| Item::Style(Style { width, height, ..Style::NORMAL });
    let qr = |data, module| Item::Qr { data, module, level: QrLevel::L };
    let bar = |data| Item::Barcode(Barcode::code128(data, 80));
    assert_eq!(refused(&style(0, 1)), Refusal::Style);
    assert_eq!(refused(&style(7, 1)), Refusal::Style);
    assert_eq!(refused(&qr(b"x", 9)), Refusal::Symbol(SymbolFault::Option));
    assert_eq!(refused(&qr(b"", 4)), Refusal::Symbol(SymbolFault::Empty));
    assert_eq!(refused(&qr(b"a\x1B\x06\x18", 4)), Refusal::Symbol(SymbolFault::RealTime));
    assert_eq!(
        refused(&qr(&[b'x'; 600], 8)),
        Refusal::Symbol(SymbolFault::TooWide { dots: 8 * 85 })
    );
    assert_eq!(refused(&bar("ab\u{1E}")), Refusal::Symbol(SymbolFault::Character { at: 2 }));
    assert_eq!(refused(&bar("")), Refusal::Symbol(SymbolFault::Empty));
    assert_eq!(
        refused(&bar("fifteen letters")),
        Refusal::Symbol(SymbolFault::TooWide { dots: 2 * (11 * 17 + 13) })
    );
    let above = Barcode::ean13("4006381333931", 60).with_text(TextPosition::Above);
    assert_eq!(refused(&Item::Barcode(above)), Refusal::Unsupported);
    assert_eq!(refused(&Item::Barcode(Barcode::codabar("A1A", 60))), Refusal::NoSymbol);
    assert_eq!(refused(&Item::Drawer(Drawer::FIRST)), Refusal::NoDrawer);
    let raster = Item::Raster(Raster { width: 385, rows: &[] });
    assert_eq!(refused(&raster), Refusal::RasterWidth);
    assert!(matches!(refused(&Item::Text("王㐀")), Refusal::Text(u) if u.at == 3));
}

/// ESC ACK begins what is executed at once: a status request, or a reset.
#[test]
fn pictures_hold_no_command_that_is_executed_at_once() {
    let rows: Vec<u8> = [0x1B, 0x06, 0x18, 0x1B, 0x06, 0x01].repeat(16);
    let bytes = encode(&[Item::Raster(Raster { width: 48, rows: &rows })]);
    assert!(!bytes.windows(2).any(|pair| pair == [0x1B, 0x06]));
    let added: u32 = bytes[9..].iter().zip(&rows).map(|(a, b)| (a ^ b).count_ones()).sum();
    assert_eq!(added, 32, "one dot each");
}

#[test]
fn a_status_says_how_long_it_is() {
    let decoded = |bytes: &[u8]| Asb::decode(bytes).map(|asb| asb.status());
    // Nine bytes as TSP700II sends them, seven as the older.
    let ready = Some(Status::ONLINE);
    assert_eq!(decoded(&[0x23, 0x06, 0, 0, 0, 0, 0, 0, 0]), ready);
    assert_eq!(decoded(&[0x0F, 0x02, 0, 0, 0, 0, 0]), ready);
    assert_eq!(decoded(&[0x23, 0x86, 0, 0, 0, 0, 0, 0, 0]), ready, "on a network");
    assert_eq!(decoded(&[0x23, 0x06, 0, 0, 0, 0, 0, 0]), None, "too short");
    assert_eq!(decoded(&[0x23, 0x06, 0, 0, 0, 0, 0, 0, 1]), None, "fixed bits");
    assert_eq!(decoded(&[0; 9]), None);
    assert_eq!(decoded(&[0xFF; 15]), None);
    for (at, bit, flag) in [
        (2, 0x20, Status::COVER_OPEN),
        (3, 0x40, Status::OVERHEATED),
        (3, 0x20, Status::FATAL),
        (3, 0x08, Status::CUTTER_ERROR),
        (3, 0x04, Status::RECOVERABLE),
        (4, 0x40, Status::RECOVERABLE),
        (4, 0x04, Status::RECOVERABLE),
        (5, 0x08, Status::PAPER_OUT),
        (5, 0x04, Status::PAPER_LOW),
    ] {
        let mut bytes = [0x23, 0x06, 0, 0, 0, 0, 0, 0, 0];
        bytes[at] = bit;
        assert_eq!(decoded(&bytes), Some(Status::ONLINE | flag), "{at} {bit:02X}");
    }
    assert_eq!(decoded(&[0x23, 0x06, 0x08, 0, 0, 0, 0, 0, 0]), Some(Status::empty()));
}

type Driver = Clocked<
    Star<embedded_pos::sim::SimPort<StarPrinter, VirtualClock>, Timed>,
    VirtualClock,
    embedded_pos::printer::star::Finish<Timed, Encoder>,
>;

fn setup() -> (Simulated<StarPrinter>, Driver, VirtualClock) {
    let clock = VirtualClock::new();
    let sim = Simulated::new(StarPrinter::new(Model::STAR_80MM));
    let port = sim.port(clock.clone()).paced(115_200);
    let driver = Star::new(port, Timed, &Profile::STAR_80MM);
    (sim, Clocked::new(driver, clock.clone()), clock)
}

fn printed(printer: &mut Driver, clock: &VirtualClock) -> Result<Completion, String> {
    loop {
        match printer.poll_printed() {
            Ok(completion) => return Ok(completion),
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            Err(nb::Error::Other(error)) => return Err(error.to_string()),
        }
    }
}

/// The proof comes when the last row is out, not before.
#[test]
fn the_print_end_proves_it() {
    let (sim, mut printer, mut clock) = setup();
    let start = clock.now();
    (0..20).for_each(|_| printer.print(&Item::Text("罚款二百元\n")).unwrap());
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert!(sim.device().is_idle());
    assert!(clock.now().since(start) >= Model::STAR_80MM.dot_row.times(20 * 24));
}

/// Of a request that was given up, the answer proves nothing later.
#[test]
fn a_late_proof_is_not_taken_for_the_next() {
    let (sim, mut printer, clock) = setup();
    printer.print(&Item::Text("一\n")).unwrap();
    sim.device().outbox.inject(LineFault::Late(Duration::from_secs(10)));
    let unproven = printed(&mut printer, &clock);
    assert!(unproven.is_err() || unproven == Ok(Completion::Unproven), "{unproven:?}");
    (0..30).for_each(|_| printer.print(&Item::Text("二\n")).unwrap());
    clock.advance(Duration::from_secs(3));
    match printed(&mut printer, &clock) {
        Ok(Completion::Proven) => assert!(sim.device().is_idle()),
        other => assert!(other.is_err() || other == Ok(Completion::Unproven), "{other:?}"),
    }
}

#[test]
fn the_title_is_in_the_middle_of_the_paper() {
    let items = [Item::Align(Align::Center), Item::Style(Style::TITLE), Item::Text("罚款\n")];
    let printer = StarPrinter::decoded(Model::STAR_80MM, &encode(&items));
    let style = printer.events().iter().find_map(|event| match event {
        Event::Text { text, style, align } => Some((text.clone(), *style, *align)),
        _ => None,
    });
    let (text, style, align) = style.unwrap();
    assert_eq!((text.as_str(), style.width, style.height, align), ("罚款", 2, 2, Align::Center));
    let bitmap = printer.bitmap();
    let columns: Vec<usize> =
        (0..576).filter(|x| (0..bitmap.height()).any(|y| bitmap.dot(*x, y))).collect();
    assert!(columns[0] >= 240 && *columns.last().unwrap() < 336, "{columns:?}");
}
