//! CPCL: the lines of each item, and what its printers answer.

use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::cpcl::{Cpcl, Encoder, Finish, Inquiry, Profile};
use embedded_pos::printer::escpos::{Cutter, Profile as Printed, Refusal, Timed};
use embedded_pos::printer::symbol::{Barcode, SymbolFault};
use embedded_pos::printer::{
    Align, Completion, Emphasis, Item, Printer, QrLevel, Raster, Status, Style,
};
use embedded_pos::sim::printer::{CpclPrinter, Event, Model};
use embedded_pos::sim::{SimPort, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind};

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
    encode_with(&Profile::BELT_58MM, items)
}

static DIGITS: Profile = Profile { binary: false, ..Profile::BELT_58MM };

/// A form of tests/vectors/cpcl/forms.txt, by name.
fn vector(name: &str) -> String {
    let forms = include_str!("vectors/cpcl/forms.txt");
    let lines = forms.lines().skip_while(|line| line.strip_prefix("# ") != Some(name)).skip(1);
    let lines: Vec<&str> = lines.take_while(|line| !line.starts_with("# ")).collect();
    assert!(!lines.is_empty(), "no vector {name}");
    lines.iter().map(|line| format!("{line}\r\n")).collect()
}

fn styled(emphasis: Emphasis) -> Item<'static> {
    Item::Style(Style { emphasis, ..Style::NORMAL })
}

#[test]
fn items_are_the_lines_of_the_manuals() {
    let dots = Raster { width: 12, rows: &[0xFF, 0xFF, 0x80, 0x00] };
    let center = Item::Align(Align::Center);
    for (name, items) in [
        ("text", &[Item::Text("Total "), Item::Text("12.50\n")][..]),
        ("title", &[center, Item::Style(Style::TITLE), Item::Text("RECEIPT\n")]),
        ("columns", &[Item::Columns("A", "B")]),
        (
            "emphasis",
            &[
                Item::Text("a"),
                styled(Emphasis::UNDERLINE),
                Item::Text("b"),
                styled(Emphasis::INVERSE | Emphasis::BOLD),
                Item::Text("c\n"),
            ],
        ),
        ("command in text", &[Item::Text("! U1 SETBOLD 2\rPRINT\n")]),
        ("feed", &[Item::Feed(3)]),
        ("tear off", &[Item::Cut]),
        ("qr", &[center, Item::Qr { data: b"hello", module: 4, level: QrLevel::M }]),
        ("code128", &[center, Item::Barcode(Barcode::code128("A{1", 64))]),
        ("ean13", &[Item::Barcode(Barcode::ean13("4006381333931", 60))]),
        ("picture", &[Item::Raster(dots)]),
    ] {
        let bytes = encode_with(&DIGITS, items);
        assert_eq!(String::from_utf8_lossy(&bytes), vector(name), "{name}");
    }
    assert_eq!(Encoder::PROLOGUE, b"! 0 200 200 1 1\r\nABORT\r\n");
}

#[test]
fn a_binary_picture_is_half_as_long_and_without_esc() {
    let rows = [0x1B, 0x68, 0x0D, 0x0A].repeat(12);
    let picture = Item::Raster(Raster { width: 16, rows: &rows });
    let bytes = encode(&[picture]);
    let header = b"! 0 200 200 24 1\r\nPAGE-WIDTH 384\r\nCG 2 24 0 0 ";
    assert_eq!(&bytes[..header.len()], header);
    assert_eq!(&bytes[header.len() + rows.len()..], b"\r\nPRINT\r\n");
    assert!(!bytes.contains(&0x1B));
    let printer = CpclPrinter::decoded(Model::BELT_58MM, &bytes);
    assert_eq!(printer.bitmap().rows()[..2], [0x1F, 0x68], "a dot beside two");
    assert_eq!(printer.bitmap().height(), 24);
}

/// A line that has not been ended is kept: its height is not known yet.
#[test]
fn text_waits_for_the_end_of_its_line() {
    assert_eq!(encode(&[Item::Text("abc")]), b"");
    let both = encode(&[Item::Text("abc"), Item::Style(Style::TITLE), Item::Text("d\n")]);
    assert!(both.starts_with(b"! 0 200 200 48 1\r\n"));
    let text = CpclPrinter::decoded(Model::BELT_58MM, &both).text();
    assert_eq!(text, "abcd\n");
}

/// More runs than a line has room for break it; nothing is lost.
#[test]
fn a_line_of_many_styles_loses_nothing() {
    let items: Vec<Item<'_>> = (0..20)
        .flat_map(|n| {
            let emphasis = if n % 2 == 0 { Emphasis::BOLD } else { Emphasis::empty() };
            [styled(emphasis), Item::Text("汉")]
        })
        .chain([Item::Feed(0)])
        .collect();
    let printer = CpclPrinter::decoded(Model::BELT_58MM, &encode(&items));
    assert_eq!(printer.text().replace('\n', ""), "汉".repeat(20));
    assert!(printer.text().lines().count() <= 4, "{}", printer.text());
}

#[test]
fn refusals_name_the_reason() {
    let encoder = Encoder::new(&Profile::BELT_58MM);
    let refused = |item: &Item<'_>| encoder.begin(item).unwrap_err();
    let qr = |data, module| Item::Qr { data, module, level: QrLevel::L };
    let bar = |data| Item::Barcode(Barcode::code128(data, 80));
    let style = Style { width: 9, ..Style::NORMAL };
    assert_eq!(refused(&Item::Style(style)), Refusal::Style);
    assert_eq!(refused(&qr(b"ok\r\nPRINT", 4)), Refusal::Symbol(SymbolFault::Character { at: 2 }));
    assert_eq!(refused(&qr(b"x", 17)), Refusal::Symbol(SymbolFault::Option));
    assert_eq!(refused(&qr(&[b'x'; 18], 16)), Refusal::Symbol(SymbolFault::TooWide { dots: 400 }));
    assert_eq!(refused(&bar("ab\r\n")), Refusal::Symbol(SymbolFault::Character { at: 2 }));
    assert_eq!(refused(&bar(" ab")), Refusal::Symbol(SymbolFault::Character { at: 0 }));
    assert_eq!(
        refused(&bar("fifteen letters")),
        Refusal::Symbol(SymbolFault::TooWide { dots: 2 * (11 * 17 + 13) })
    );
    assert!(matches!(refused(&Item::Columns("ok", "王㐀")), Refusal::Text(u) if u.at == 3));
    static KNIFE: Profile = Profile {
        printer: Printed { cutter: Cutter::Full { dots: 0 }, ..Profile::BELT_58MM.printer },
        ..Profile::BELT_58MM
    };
    let knife = Encoder::new(&KNIFE).begin(&Item::Cut).unwrap_err();
    assert_eq!((knife, knife.kind()), (Refusal::Unsupported, ErrorKind::Unsupported));
}

#[test]
fn an_inquiry_is_its_bits() {
    let status = |byte| Inquiry::decode(byte).unwrap().status();
    assert_eq!(status(0x00), Status::ONLINE);
    assert_eq!(status(0x02), Status::ONLINE | Status::PAPER_OUT);
    assert_eq!(status(0x04), Status::ONLINE | Status::COVER_OPEN);
    assert!(Inquiry::decode(0x01).unwrap().is_busy());
    assert!(Inquiry::decode(0x08).unwrap().is_battery_low());
    for byte in [0x20, 0x41, 0x80, 0xFF] {
        assert!(Inquiry::decode(byte).is_none(), "{byte:02X}");
    }
}

type Driver =
    Clocked<Cpcl<SimPort<CpclPrinter, VirtualClock>, Timed>, VirtualClock, Finish<Timed, Encoder>>;

fn setup(profile: &'static Profile) -> (Simulated<CpclPrinter>, Driver, VirtualClock) {
    let clock = VirtualClock::new();
    let sim = Simulated::new(CpclPrinter::new(Model::BELT_58MM));
    let port = sim.port(clock.clone()).paced(115_200);
    (sim, Clocked::new(Cpcl::new(port, Timed, profile), clock.clone()), clock)
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

static BELIEVED: Profile = Profile { idle_proves: true, ..Profile::BELT_58MM };
static MUTE: Profile = Profile { status: false, ..Profile::BELT_58MM };

/// A printer that is slower than its profile says is asked until it is idle.
#[test]
fn a_busy_printer_has_not_printed_yet() {
    let clock = VirtualClock::new();
    let slow = Model { dot_row: Duration::from_millis(4), ..Model::BELT_58MM };
    let sim = Simulated::new(CpclPrinter::new(slow));
    let port = sim.port(clock.clone()).paced(115_200);
    let mut printer = Clocked::new(Cpcl::new(port, Timed, &BELIEVED), clock.clone());
    let start = { clock.clone() }.now();
    (0..20).for_each(|_| printer.print(&Item::Text("罚款二百元\n")).unwrap());
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert!(sim.device().is_idle());
    assert!({ clock.clone() }.now().since(start) >= Duration::from_millis(20 * 20 * 4));
}

#[test]
fn one_that_answers_nothing_proves_nothing() {
    let (sim, mut printer, mut clock) = setup(&MUTE);
    let status = printer.driver_mut().init().wait(&mut clock).unwrap();
    assert_eq!(status, Status::empty());
    printer.print(&Item::Text("罚\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Unproven));
    assert_eq!(sim.device().text(), "罚\n");
    assert_eq!(printer.status().unwrap_err().kind(), ErrorKind::Unsupported);
}

/// What a host sends as the rest of a form cannot be gone on with.
#[test]
fn init_gives_up_the_form_of_a_controller_that_restarted() {
    for begun in [&b"! 0 200 200 100 1\r\n"[..], b"! 0 200 200 100 1\r\nT 24 0 0 0 ab"] {
        let (sim, mut printer, mut clock) = setup(&Profile::BELT_58MM);
        embedded_pos::sim::Device::receive(&mut *sim.device(), begun, clock.now());
        printer.driver_mut().init().wait(&mut clock).unwrap();
        printer.print(&Item::Text("完\n")).unwrap();
        printed(&mut printer, &clock).unwrap();
        assert_eq!(sim.device().text(), "完\n");
        let meant = |event: &Event| !matches!(event, Event::Unknown(_));
        assert!(sim.device().events().iter().all(meant));
    }
}
