//! The bytes of each item, and the driver against the simulated printer.

use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{
    BusyPin, Encoder, EscPos, Fault, Finish, Flow, Profile, Proof, Refusal, Timed, Unpaced,
};
use embedded_pos::printer::symbol::{Barcode, SymbolFault};
use embedded_pos::printer::{
    Align, Completion, Emphasis, Item, Printer, QrLevel, Raster, Status, Style,
};
use embedded_pos::sim::printer::{BusyLine, EscPosPrinter, Event, Model};
use embedded_pos::sim::{Fault as LineFault, SimPort, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

fn encode_with(profile: &'static Profile, items: &[Item<'_>], room: usize) -> Vec<u8> {
    let mut encoder = Encoder::new(profile);
    let mut bytes = Vec::new();
    for item in items {
        let mut job = encoder.begin(item).unwrap();
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

/// The bytes of tests/vectors/escpos/commands.txt, by name.
fn vector(name: &str) -> Vec<u8> {
    let line = include_str!("vectors/escpos/commands.txt")
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .unwrap_or_else(|| panic!("no vector {name}"));
    line.split_whitespace().map(|hex| u8::from_str_radix(hex, 16).unwrap()).collect()
}

#[test]
fn items_are_the_bytes_of_the_manuals() {
    let qr = Item::Qr { data: b"https://pay.example.cn/1", module: 6, level: QrLevel::M };
    let dots = Raster { width: 12, rows: &[0xFF, 0xFF, 0x80, 0x00] };
    for (name, items) in [
        ("text", &[Item::Text("津A 罚款\n")][..]),
        ("title", &[Item::Style(Style::TITLE)]),
        ("normal", &[Item::Style(Style::NORMAL)]),
        ("center", &[Item::Align(Align::Center)]),
        ("columns", &[Item::Columns("罚款", "200.00")]),
        ("rule", &[Item::Rule]),
        ("feed", &[Item::Feed(3)]),
        ("feed after text", &[Item::Text("a"), Item::Feed(3)]),
        ("qr", &[qr]),
        ("code128", &[Item::Barcode(Barcode::code128("A{1", 80))]),
        ("code128 of 16 digits", &[Item::Barcode(Barcode::code128("1201051234567890", 80))]),
        ("raster", &[Item::Raster(dots)]),
        ("tear off", &[Item::Cut]),
    ] {
        assert_eq!(encode(items), vector(name), "{name}");
    }
    let cut = encode_with(&Profile::EPSON_80MM, &[Item::Cut], Encoder::SLICE);
    assert_eq!(cut, vector("cut"));
    assert_eq!(Encoder::PROLOGUE.to_vec(), vector("prologue"));
}

/// In one go, in slices, and not at all when there is no room.
#[test]
fn encoding_in_one_go_gives_the_same() {
    let items = [
        Item::Text("plain line\n"),
        Item::Text("and "),
        Item::Text("the rest of it, which is longer than a line\n"),
        Item::Columns("罚款", "200.00"),
        Item::Cut,
    ];
    let mut encoder = Encoder::new(&Profile::CLONE_58MM);
    let mut out = [0; 512];
    let mut length = 0;
    for item in &items {
        let room = encoder.encode(item, &mut []).unwrap_err();
        assert_eq!(room, Refusal::Room, "{item:?}");
        length += encoder.encode(item, &mut out[length..]).unwrap().len;
    }
    assert_eq!(out[..length], encode(&items));
    assert!(encoder.encode(&Item::Text("㐀"), &mut out).is_err());
}

#[test]
fn columns_that_do_not_fit_take_two_lines() {
    let item = Item::Columns("nineteen characters", "fourteen chars");
    let lines = encode(&[item]);
    assert_eq!(lines, b"nineteen characters\n                  fourteen chars\n");
    let fits = Item::Columns("eighteen character", "thirteen char");
    assert_eq!(encode(&[fits]), b"eighteen character thirteen char\n");
}

#[test]
fn refusals_name_the_reason() {
    let encoder = Encoder::new(&Profile::CLONE_58MM);
    let refused = |item: &Item<'_>| encoder.begin(item).unwrap_err();
    let symbol = Refusal::Symbol;
    let style = |width, height| Item::Style(Style { width, height, ..Style::NORMAL });
    let qr = |data, module| Item::Qr { data, module, level: QrLevel::L };
    let bar = |data| Item::Barcode(Barcode::code128(data, 80));
    let raster = |width, rows| Item::Raster(Raster { width, rows });
    assert_eq!(refused(&style(0, 1)), Refusal::Style);
    assert_eq!(refused(&style(1, 9)), Refusal::Style);
    assert_eq!(refused(&qr(b"x", 0)), symbol(SymbolFault::Option));
    assert_eq!(refused(&qr(b"x", 17)), symbol(SymbolFault::Option));
    assert_eq!(refused(&qr(b"", 4)), symbol(SymbolFault::Empty));
    assert_eq!(refused(&qr(&[b'x'; 2954], 1)), symbol(SymbolFault::TooLong));
    assert_eq!(refused(&qr(&[b'x'; 18], 16)), symbol(SymbolFault::TooWide { dots: 400 }));
    assert_eq!(refused(&qr(b"a\x10\x14\x01", 4)), symbol(SymbolFault::RealTime));
    let length_10_04 = refused(&qr(&[b'x'; 0x410 - 3], 2));
    assert_eq!(length_10_04, symbol(SymbolFault::RealTime));
    assert_eq!(refused(&bar("ab津")), symbol(SymbolFault::Character { at: 2 }));
    assert_eq!(refused(&bar("")), symbol(SymbolFault::Empty));
    let fifteen = refused(&bar("fifteen letters"));
    assert_eq!(fifteen, symbol(SymbolFault::TooWide { dots: 2 * (11 * 17 + 13) }));
    assert_eq!(refused(&raster(385, &[])), Refusal::RasterWidth);
    assert_eq!(refused(&raster(0, &[])), Refusal::RasterWidth);
    assert_eq!(refused(&raster(9, &[0; 3])), Refusal::RasterRows);
    let columns = refused(&Item::Columns("ok", "王㐀"));
    assert!(matches!(columns, Refusal::Text(u) if (u.character, u.at) == ('㐀', 3)));
    let basic = Encoder::new(&Profile::BASIC_58MM);
    let no_qr = basic.begin(&qr(b"x", 4)).unwrap_err();
    assert_eq!((no_qr, no_qr.kind()), (Refusal::NoSymbol, ErrorKind::Unsupported));
}

/// A QR code is refused exactly when an encoder of its own finds no version.
#[test]
fn qr_sizes_agree_with_qrcodegen() {
    use qrcodegen::{QrCode, QrCodeEcc, QrSegment};
    let encoder = Encoder::new(&Profile::EPSON_80MM);
    let levels = [
        (QrLevel::L, QrCodeEcc::Low),
        (QrLevel::M, QrCodeEcc::Medium),
        (QrLevel::Q, QrCodeEcc::Quartile),
        (QrLevel::H, QrCodeEcc::High),
    ];
    for (level, theirs) in levels {
        for (filler, step) in [(b'1', 89), (b'A', 53), (b'a', 37)] {
            for length in (1..7_200).step_by(step) {
                let data = vec![filler; length];
                let segments = QrSegment::make_segments(std::str::from_utf8(&data).unwrap());
                let code = QrCode::encode_segments_advanced(
                    &segments,
                    theirs,
                    qrcodegen::Version::MIN,
                    qrcodegen::Version::MAX,
                    Some(qrcodegen::Mask::new(0)),
                    false,
                );
                let item = Item::Qr { data: &data, module: 4, level };
                match (encoder.begin(&item), code) {
                    (Ok(_), Ok(code)) => assert!(code.size() * 4 <= 576),
                    (Err(Refusal::Symbol(SymbolFault::TooWide { dots })), Ok(code)) => {
                        assert_eq!(i32::from(dots), code.size() * 4);
                    }
                    (Err(Refusal::Symbol(SymbolFault::TooLong)), Err(_)) => break,
                    (Err(Refusal::Symbol(SymbolFault::RealTime)), Ok(_)) => {
                        assert!([1_037, 1_293, 5_133].contains(&length))
                    }
                    (ours, theirs) => panic!("{length} x {filler}: {ours:?}, {}", theirs.is_ok()),
                }
            }
        }
    }
}

/// Whether a real-time command stands anywhere in the stream.
fn has_real_time(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| matches!(pair, [0x10, 0x04 | 0x05 | 0x14]))
}

#[test]
fn pictures_hold_no_real_time_command() {
    let rows = [0x10, 0x14, 0x01, 0x10, 0x04, 0x04, 0x10, 0x05];
    for width in [64, 16, 8] {
        let bytes = encode(&[Item::Raster(Raster { width, rows: &rows })]);
        assert!(!has_real_time(&bytes), "{bytes:02X?}");
        let printer = EscPosPrinter::decoded(Model::CLONE_58MM, &bytes);
        assert!(!printer.events().contains(&Event::Drawer));
        // One dot is added for each, no more.
        let black: u32 = printer.bitmap().rows().iter().map(|byte| byte.count_ones()).sum();
        let wanted: u32 = rows.iter().map(|byte| byte.count_ones()).sum();
        assert_eq!(black, wanted + 3);
    }
    for data in ["1604012345678901", "0160401234567890", "16042", "5555516055"] {
        let digits = encode(&[Item::Barcode(Barcode::code128(data, 16))]);
        assert!(!has_real_time(&digits), "{digits:02X?}");
        let printer = EscPosPrinter::decoded(Model::CLONE_58MM, &digits);
        let code = |event: &Event| matches!(event, Event::Barcode { text, .. } if text == data);
        assert!(printer.events().iter().any(code), "{data}: {:?}", printer.events());
    }
}

/// What a picture becomes on paper.
fn on_paper(align: Align, raster: Raster<'_>, profile: &'static Profile) -> Vec<u8> {
    let items = [Item::Align(align), Item::Raster(raster)];
    let bytes = encode_with(profile, &items, Encoder::SLICE);
    EscPosPrinter::decoded(Model::CLONE_58MM, &bytes).bitmap().rows().to_vec()
}

#[test]
fn a_picture_arrives_dot_by_dot_wherever_it_stands() {
    let rows: Vec<u8> = (0..120 * 10).map(|i| if i % 70 < 45 { 0 } else { 0x81 }).collect();
    let raster = Raster { width: 80, rows: &rows };
    for (align, left) in [(Align::Left, 0), (Align::Center, 19), (Align::Right, 38)] {
        let paper = on_paper(align, raster, &Profile::CLONE_58MM);
        let mut expected = Vec::new();
        for row in rows.chunks(10) {
            let mut line = vec![0; 48];
            line[left..left + 10].copy_from_slice(row);
            expected.extend(line);
        }
        assert_eq!(paper, expected, "{align:?}");
    }
}

#[test]
fn blank_rows_and_margins_are_not_sent() {
    let mut rows = vec![0; 48 * 400];
    rows[48 * 200] = 0xFF;
    let bytes = encode(&[Item::Raster(Raster { width: 384, rows: &rows })]);
    assert_eq!(bytes, b"\x1BJ\xC8\x1Dv0\0\x01\0\x01\0\xFF\x1BJ\xC7");
    let half_dots = encode_with(
        &Profile::EPSON_80MM,
        &[Item::Raster(Raster { width: 8, rows: &[0; 130] })],
        Encoder::SLICE,
    );
    assert_eq!(half_dots, b"\x1BJ\xFE\x1BJ\x06", "127 and 3 rows of two units");
}

fn any_item() -> impl Strategy<Value = (u8, String, Vec<u8>, u8)> {
    (any::<u8>(), ".{0,60}", proptest::collection::vec(any::<u8>(), 0..300), any::<u8>())
}

proptest! {
    /// Whatever is printed, the printer sees no command but those meant, and
    /// the slices make no difference.
    #[test]
    fn any_items_are_decoded_without_rest(items in proptest::collection::vec(any_item(), 1..12)) {
        let encoder = Encoder::new(&Profile::CLONE_58MM);
        let items: Vec<Item<'_>> = items
            .iter()
            .map(|(kind, text, bytes, n)| match kind % 10 {
                0 => Item::Style(Style {
                    emphasis: Emphasis::from_bits_truncate(*n),
                    width: n % 8 + 1,
                    height: n / 32 + 1,
                    ..Style::NORMAL
                }),
                1 => Item::Align(Align::Right),
                2 => Item::Columns(text, "right"),
                3 => Item::Rule,
                4 => Item::Feed(*n),
                5 => Item::Qr { data: bytes, module: n % 17, level: QrLevel::L },
                6 => Item::Barcode(Barcode::code128(text, *n)),
                7 => Item::Raster(Raster { width: u16::from(*n), rows: bytes }),
                8 => Item::Cut,
                _ => Item::Text(text),
            })
            .filter(|item| encoder.begin(item).is_ok())
            .collect();
        let bytes = encode(&items);
        prop_assert_eq!(&bytes, &encode_with(&Profile::CLONE_58MM, &items, 100_000));
        prop_assert_eq!(&bytes, &encode_with(&Profile::CLONE_58MM, &items, 101));
        prop_assert!(!has_real_time(&bytes));
        let printer = EscPosPrinter::decoded(Model::CLONE_58MM, &bytes);
        prop_assert!(printer.incomplete().is_empty());
        for event in printer.events() {
            let meant = !matches!(
                event,
                Event::Unknown(_)
                    | Event::Ignored(_)
                    | Event::Drawer
                    | Event::NotPrinted(_)
            );
            prop_assert!(meant, "{event:?}");
        }
    }
}

#[test]
fn no_character_of_unicode_becomes_a_command() {
    let encoder = Encoder::new(&Profile::EPSON_80MM);
    let printable = ('\0'..=char::MAX).filter(|c| {
        let mut text = [0; 4];
        encoder.begin(&Item::Text(c.encode_utf8(&mut text))).is_ok()
    });
    let text: String = printable.filter(|c| *c != '\n').collect();
    let bytes = encode_with(&Profile::EPSON_80MM, &[Item::Text(&text)], Encoder::SLICE);
    let printer = EscPosPrinter::decoded(Model::CLONE_58MM, &bytes);
    let printed: String = printer.text().chars().filter(|c| *c != '\n').collect();
    let wanted: String = text.chars().filter(|c| !c.is_control()).collect();
    assert_eq!(printed.len(), wanted.len());
    assert_eq!(printed.replace(' ', ""), wanted.replace(' ', ""));
    let only_text = |event: &Event| matches!(event, Event::Text { .. } | Event::Feed { .. });
    assert!(printer.events().iter().all(only_text));
}

type Sim = Simulated<EscPosPrinter>;
type Driver<F> = Clocked<EscPos<SimPort<EscPosPrinter, VirtualClock>, F>, VirtualClock, Finish<F>>;

fn setup<F: Flow>(
    model: Model,
    profile: &'static Profile,
    flow: impl FnOnce(&Sim, &VirtualClock) -> F,
) -> (Sim, Driver<F>, VirtualClock) {
    let clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(model));
    let port = sim.port(clock.clone()).paced(115_200);
    let flow = flow(&sim, &clock);
    (sim.clone(), Clocked::new(EscPos::new(port, flow, profile), clock.clone()), clock)
}

fn clone58() -> (Sim, Driver<Timed>, VirtualClock) {
    setup(Model::CLONE_58MM, &Profile::CLONE_58MM, |_, _| Timed)
}

/// Polls until it is over; a minute is too long for any.
fn printed<F: Flow>(
    printer: &mut Driver<F>,
    clock: &VirtualClock,
) -> Result<Completion, <Driver<F> as embedded_pos::ErrorType>::Error> {
    for _ in 0..60_000 {
        match printer.poll_printed() {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            Err(nb::Error::Other(error)) => return Err(error),
            Ok(completion) => return Ok(completion),
        }
    }
    panic!("no end");
}

#[test]
fn init_makes_the_modes_known() {
    let (sim, mut printer, mut clock) = clone58();
    let status = printer.driver_mut().init().wait(&mut clock).unwrap();
    assert_eq!(status, Status::ONLINE);
    printer.print(&Item::Text("罚款\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert_eq!(sim.device().text(), "罚款\n");
}

#[test]
fn a_line_that_is_not_ended_is_printed_before_it_is_proven() {
    let (sim, mut printer, clock) = clone58();
    printer.print(&Item::Text("罚款")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert_eq!(sim.device().text(), "罚款\n");
    assert!(sim.device().is_idle());
    assert_eq!(sim.device().bitmap().height(), 30);
}

#[test]
fn process_numbers_prove_it() {
    let (sim, mut printer, clock) = setup(Model::EPSON_80MM, &Profile::EPSON_80MM, |_, _| Unpaced);
    printer.driver_mut().init().wait(&mut clock.clone()).unwrap();
    for n in 1..4 {
        printer.print(&Item::Text("罚款二百元\n")).unwrap();
        assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
        assert_eq!(sim.device().bitmap().height(), 34 * n);
    }
}

#[test]
fn titles_look_the_same_on_both_kinds() {
    let bytes = encode(&[Item::Style(Style::TITLE), Item::Text("罚A\n")]);
    let styles = |model| -> Vec<_> {
        let printer = EscPosPrinter::decoded(model, &[b"\x1C&", bytes.as_slice()].concat());
        let texts = printer.events().iter().filter_map(|event| match event {
            Event::Text { text, style, .. } => Some((text.clone(), *style)),
            _ => None,
        });
        texts.collect()
    };
    let clone = styles(Model::CLONE_58MM);
    assert_eq!(clone, styles(Model::EPSON_80MM));
    assert!(matches!(&clone[..], [(text, style)]
        if text == "罚A" && style.bold && (style.width, style.height) == (2, 2)));
}

#[test]
fn without_proof_the_paper_time_passes_and_the_status_is_asked() {
    static PLAIN: Profile = Profile { proof: Proof::None, ..Profile::CLONE_58MM };
    let (sim, mut printer, mut clock) = setup(Model::CLONE_58MM, &PLAIN, |_, _| Timed);
    let start = clock.now();
    (0..10).for_each(|_| printer.print(&Item::Text("罚款\n")).unwrap());
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Unproven));
    assert!(clock.now().since(start) >= Duration::from_millis(10 * 24 * 2));
    assert!(sim.device().is_idle());
}

#[test]
fn a_printer_that_proves_nothing_though_its_profile_says_so() {
    let mute = Model { barrier: false, ..Model::CLONE_58MM };
    let (_, mut printer, clock) = setup(mute, &Profile::CLONE_58MM, |_, _| Timed);
    printer.print(&Item::Text("罚款\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Unproven));
}

/// 60 lines, codes and a picture: several times what the buffer takes.
fn long_receipt(printer: &mut impl Printer) {
    let rows: Vec<u8> = (0..48_u32 * 90).map(|i| (i * 37 % 251) as u8).collect();
    for n in 0..20 {
        let line = format!("{n:02} 机动车违反禁止标线指示 罚款200元 记1分\n");
        printer.print(&Item::Text(&line)).unwrap();
    }
    printer.print(&Item::Raster(Raster { width: 384, rows: &rows })).unwrap();
    printer
        .print(&Item::Qr { data: b"https://pay.example.cn/1", module: 6, level: QrLevel::M })
        .unwrap();
    printer.print(&Item::Barcode(Barcode::code128("1201051234567890", 64))).unwrap();
    for n in 0..40 {
        printer.print(&Item::Columns(&format!("{n}"), "罚款 200.00")).unwrap();
    }
    printer.print(&Item::Cut).unwrap();
}

fn survives_a_long_receipt<F: Flow>(
    (sim, mut printer, clock): (Sim, Driver<F>, VirtualClock),
) -> Duration {
    let start = clock.clone().now();
    long_receipt(&mut printer);
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    let device = sim.device();
    assert_eq!(device.lost(), 0, "bytes were lost");
    assert!(device.is_idle());
    assert!(device.text().contains("39                   罚款 200.00\n"));
    let codes = device
        .events()
        .iter()
        .filter(|event| matches!(event, Event::Qr { .. } | Event::Barcode { .. }));
    assert_eq!(codes.count(), 2);
    clock.clone().now().since(start)
}

#[test]
fn without_flow_control_the_buffer_overflows() {
    let (sim, mut printer, _) = setup(Model::CLONE_58MM, &Profile::CLONE_58MM, |_, _| Unpaced);
    long_receipt(&mut printer);
    assert!(sim.device().lost() > 0, "the test of the two flow controls proves nothing");
}

#[test]
fn timed_flow_control_never_outruns_the_buffer() {
    survives_a_long_receipt(clone58());
    // On a slow line, and on a port that takes all at once.
    static SLOW: Profile =
        Profile { timing: Profile::CLONE_58MM.timing.at_baud(9_600), ..Profile::CLONE_58MM };
    let clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
    let port = sim.port(clock.clone()).paced(9_600);
    let printer = Clocked::new(EscPos::new(port, Timed, &SLOW), clock.clone());
    survives_a_long_receipt((sim, printer, clock.clone()));
    let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
    let port = sim.port(clock.clone());
    let printer = Clocked::new(EscPos::new(port, Timed, &Profile::CLONE_58MM), clock.clone());
    survives_a_long_receipt((sim, printer, clock));
}

#[test]
fn the_busy_pin_never_lets_the_buffer_overflow() {
    let pin =
        |sim: &Sim, clock: &VirtualClock| BusyPin::new(BusyLine::new(sim.clone(), clock.clone()));
    survives_a_long_receipt(setup(Model::CLONE_58MM, &Profile::CLONE_58MM, pin));
    // A printer four times as slow as its profile says.
    let slow = Model {
        dot_row: Duration::from_micros(10_000),
        feed_row: Duration::from_micros(8_000),
        ..Model::CLONE_58MM
    };
    let clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(slow));
    let flow = pin(&sim, &clock);
    let port = sim.port(clock.clone());
    let mut printer = Clocked::new(EscPos::new(port, flow, &Profile::CLONE_58MM), clock.clone());
    long_receipt(&mut printer);
    clock.advance(Duration::from_secs(60));
    assert_eq!(sim.device().lost(), 0);
}

#[test]
fn a_large_buffer_is_used() {
    let all_at_once = |model: Model, profile| {
        let (sim, mut printer, mut clock) = setup(model, profile, |_, _| Timed);
        let start = clock.now();
        (0..40).for_each(|_| printer.print(&Item::Text("罚款二百元\n")).unwrap());
        assert_eq!(sim.device().lost(), 0);
        clock.now().since(start)
    };
    let small = all_at_once(Model::CLONE_58MM, &Profile::CLONE_58MM);
    let large = all_at_once(Model::EPSON_80MM, &Profile::EPSON_80MM);
    assert!(large < Duration::from_millis(50), "11 bytes a line at 115 200 baud: {large:?}");
    assert!(small > large);
}

#[test]
fn paper_out_in_the_middle_is_told_and_gone_on_from() {
    let (sim, mut printer, clock) = clone58();
    printer.driver_mut().init().wait(&mut clock.clone()).unwrap();
    sim.device().paper_ends_after(100);
    let mut result = Ok(());
    for n in 0..40 {
        result = printer.print(&Item::Text(&format!("{n} 罚款二百元\n")));
        if result.is_err() {
            break;
        }
    }
    // The look at the printer on the way sees it, and so does the end.
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Absent);
    let error = printed(&mut printer, &clock).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Absent);
    assert_eq!(error.to_string(), "the printer stopped: offline, paper out");
    assert_eq!(printer.status(), Ok(Status::PAPER_OUT));
    sim.device().load_paper();
    assert_eq!(printer.status(), Ok(Status::ONLINE));
}

#[test]
fn paper_out_shuts_the_busy_pin_and_is_told() {
    let (sim, mut printer, clock) = setup(Model::CLONE_58MM, &Profile::CLONE_58MM, |sim, clock| {
        BusyPin::new(BusyLine::new(sim.clone(), clock.clone()))
    });
    sim.device().paper_ends_after(40);
    let results: Vec<_> =
        (0..30).map(|_| printer.print(&Item::Text("机动车违反禁止标线指示\n"))).collect();
    let error = results.into_iter().find_map(Result::err).unwrap();
    assert_eq!(error.kind(), ErrorKind::Absent);
    assert_eq!(sim.device().lost(), 0);
    // A new roll: what was sent comes out whole, and the proof that was asked
    // for in vain is not taken for a new one.
    assert_eq!(printed(&mut printer, &clock).unwrap_err().kind(), ErrorKind::Absent);
    sim.device().load_paper();
    clock.advance(Duration::from_secs(5));
    printer.print(&Item::Text("完\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert!(sim.device().text().ends_with("\n完\n"));
    assert!(sim.device().is_idle());
}

#[test]
fn a_late_proof_is_not_taken_for_the_next() {
    let (sim, mut printer, clock) = clone58();
    printer.print(&Item::Text("一\n")).unwrap();
    sim.device().outbox.inject(LineFault::Late(Duration::from_secs(10)));
    // No answer, and the printer reports no fault.
    let unproven = printed(&mut printer, &clock);
    assert!(unproven.is_err() || unproven == Ok(Completion::Unproven), "{unproven:?}");
    // What holds the answer up holds up those to the looks on the way too.
    for _ in 0..30 {
        if let Err(error) = printer.print(&Item::Text("二\n")) {
            assert_eq!(error.kind(), ErrorKind::Timeout);
        }
    }
    clock.advance(Duration::from_secs(3));
    match printed(&mut printer, &clock) {
        Ok(Completion::Proven) => assert!(sim.device().is_idle()),
        other => assert!(other.is_err() || other == Ok(Completion::Unproven), "{other:?}"),
    }
}

#[test]
fn every_condition_has_its_kind() {
    let (sim, mut printer, clock) = clone58();
    let mut told = |set: fn(&mut EscPosPrinter)| {
        sim.device().condition = Default::default();
        set(&mut sim.device());
        printer.print(&Item::Text("罚\n")).unwrap();
        let status = printer.status().unwrap();
        (status, printed(&mut printer, &clock).map_err(|error| error.kind()))
    };
    assert_eq!(told(|p| p.condition.paper_low = true).0, Status::ONLINE | Status::PAPER_LOW);
    let (status, kind) = told(|p| p.condition.paper_out = true);
    assert_eq!((status, kind), (Status::PAPER_OUT, Err(ErrorKind::Absent)));
    let (status, kind) = told(|p| p.condition.cover_open = true);
    assert_eq!((status, kind), (Status::COVER_OPEN, Err(ErrorKind::Absent)));
    let (status, kind) = told(|p| p.condition.overheated = true);
    assert_eq!((status, kind), (Status::OVERHEATED, Err(ErrorKind::Busy)));
    let (status, kind) = told(|p| p.condition.cutter_stuck = true);
    assert_eq!((status, kind), (Status::CUTTER_ERROR, Err(ErrorKind::Hardware)));
    let (status, kind) = told(|p| p.condition.broken = true);
    assert_eq!((status, kind), (Status::FATAL, Err(ErrorKind::Hardware)));
    let (status, kind) = told(|p| p.condition.feeding = true);
    assert_eq!((status, kind), (Status::FEEDING, Err(ErrorKind::Busy)));
    assert_eq!(told(|_| ()), (Status::ONLINE, Ok(Completion::Proven)));
}

#[test]
fn a_dead_line_is_never_ready() {
    for stuck in [0x00, 0xFF, 0x11, 0x13, 0x55] {
        let (sim, mut printer, mut clock) = clone58();
        sim.device().stuck = Some(stuck);
        let error = printer.status().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert_eq!(error.to_string(), format!("{stuck:02X}h is no printer status"));
        assert!(printer.driver_mut().init().wait(&mut clock).is_err());
    }
    let (sim, mut printer, _) = clone58();
    sim.unplug();
    assert_eq!(printer.status().unwrap_err().kind(), ErrorKind::Line);
    sim.plug();
    assert_eq!(printer.status(), Ok(Status::ONLINE));
}

#[test]
fn silence_ends() {
    let (sim, mut printer, mut clock) = clone58();
    (0..20).for_each(|_| sim.device().outbox.inject(LineFault::Silence));
    let start = clock.now();
    assert_eq!(printer.status().unwrap_err().kind(), ErrorKind::Timeout);
    assert!(clock.now().since(start) < Duration::from_secs(2));
}

#[test]
fn faults_on_the_line_never_make_a_fault_look_ready() {
    for fault in [
        LineFault::Silence,
        LineFault::Late(Duration::from_millis(100)),
        LineFault::Late(Duration::from_millis(350)),
        LineFault::Late(Duration::from_millis(700)),
        LineFault::Repeated,
        LineFault::DoubledByte(0),
        LineFault::LostByte(0),
        LineFault::Flipped(0, 0x80),
        LineFault::Flipped(0, 0x01),
        LineFault::Noise(vec![0x00, 0xFF, 0x11]),
    ] {
        for at in 0..4 {
            let (sim, mut printer, _) = clone58();
            sim.device().condition.paper_out = true;
            sim.device().condition.overheated = true;
            (0..at).for_each(|_| sim.device().outbox.inject(LineFault::Noise(vec![])));
            sim.device().outbox.inject(fault.clone());
            let status = printer.status();
            let wanted = Status::PAPER_OUT | Status::OVERHEATED;
            assert!(status.is_err() || status == Ok(wanted), "{fault:?} at {at}: {status:?}");
            assert_eq!(printer.status(), Ok(wanted), "after {fault:?} at {at}");
        }
    }
}

#[test]
fn a_dropped_call_does_not_garble_the_next() {
    let rows: Vec<u8> = (0..48_u32 * 30).map(|i| (i * 31 % 253) as u8 | 1).collect();
    let items = [
        Item::Raster(Raster { width: 384, rows: &rows }),
        Item::Qr {
            data: b"https://pay.example.cn/12345678901234567890",
            module: 4,
            level: QrLevel::M,
        },
        Item::Text("机动车违反禁止标线指示机动车违反禁止标线指示机动车违反禁止标线指示"),
        Item::Style(Style::TITLE),
        Item::Barcode(Barcode::code128("1201051234567890", 64)),
        Item::Cut,
    ];
    for item in items {
        for turns in (0..400).step_by(13) {
            let (sim, mut printer, mut clock) = clone58();
            printer.driver_mut().init().wait(&mut clock).unwrap();
            let mut call = printer.driver_mut().print(&item);
            for _ in 0..turns {
                let _ = call.poll(clock.now());
                clock.advance(Duration::from_micros(50));
            }
            drop(call);
            printer.print(&Item::Style(Style::NORMAL)).unwrap();
            printer.print(&Item::Text("\n完 done\n")).unwrap();
            assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven), "{turns}");
            let device = sim.device();
            assert!(device.text().ends_with("完 done\n"), "{turns}: {}", device.text());
            let meant = |event: &Event| !matches!(event, Event::Unknown(_) | Event::Drawer);
            assert!(device.events().iter().all(meant), "{turns}");
            assert_eq!(device.lost(), 0);
        }
    }
}

#[test]
fn init_after_a_power_cut_in_a_picture_sends_no_rubbish() {
    let rows = vec![0x1B; 48 * 24];
    for turns in (0..200).step_by(3) {
        let (sim, mut printer, mut clock) = clone58();
        let item = Item::Raster(Raster { width: 384, rows: &rows });
        let mut call = printer.driver_mut().print(&item);
        for _ in 0..turns {
            let _ = call.poll(clock.now());
            clock.advance(Duration::from_micros(90));
        }
        drop(call);
        sim.device().power_cycle();
        printer.driver_mut().init().wait(&mut clock).unwrap();
        printer.print(&Item::Text("完\n")).unwrap();
        assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
        let device = sim.device();
        assert_eq!(device.text(), "完\n");
        let meant = |event: &Event| !matches!(event, Event::Unknown(_) | Event::Drawer);
        assert!(device.events().iter().all(meant), "{:?}", device.events());
    }
}

/// The same bytes in any chunks: the same result.
#[test]
fn replies_may_come_in_any_chunks() {
    for chunk in [1, 2, 64] {
        let clock = VirtualClock::new();
        let sim = Simulated::new(EscPosPrinter::new(Model::EPSON_80MM));
        let port = sim.port(clock.clone()).chunked(chunk);
        let driver = EscPos::new(port, Unpaced, &Profile::EPSON_80MM);
        let mut printer: Driver<Unpaced> = Clocked::new(driver, clock.clone());
        printer.print(&Item::Text("abc\n")).unwrap();
        assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
        assert_eq!(sim.device().text(), "abc\n");
    }
}

/// A pin that nobody releases: the call ends all the same.
#[test]
fn a_busy_pin_that_hangs_ends_the_call() {
    struct High;
    impl embedded_hal::digital::ErrorType for High {
        type Error = core::convert::Infallible;
    }
    impl embedded_hal::digital::InputPin for High {
        fn is_high(&mut self) -> Result<bool, Self::Error> {
            Ok(true)
        }
        fn is_low(&mut self) -> Result<bool, Self::Error> {
            Ok(false)
        }
    }
    let (_, mut printer, mut clock) =
        setup(Model::CLONE_58MM, &Profile::CLONE_58MM, |_, _| BusyPin::new(High));
    let start = clock.now();
    let error = printer.print(&Item::Text("罚\n")).unwrap_err();
    assert_eq!(error, embedded_pos::port::CallError::Device(Fault::Stalled));
    assert!(clock.now().since(start) < Duration::from_secs(4));
}

/// A port that takes nothing: the call ends all the same.
#[test]
fn a_port_that_takes_nothing_ends_the_call() {
    #[derive(Debug)]
    struct Shut;
    impl embedded_pos::ErrorType for Shut {
        type Error = core::convert::Infallible;
    }
    impl embedded_pos::port::Port for Shut {
        fn try_read(&mut self, _: &mut [u8]) -> nb::Result<usize, Self::Error> {
            Err(nb::Error::WouldBlock)
        }
        fn try_write(&mut self, _: &[u8]) -> nb::Result<usize, Self::Error> {
            Err(nb::Error::WouldBlock)
        }
    }
    let mut clock = VirtualClock::new();
    let mut driver = EscPos::new(Shut, Unpaced, &Profile::CLONE_58MM);
    let start = clock.now();
    assert!(driver.print(&Item::Text("罚\n")).wait(&mut clock).is_err());
    assert!(driver.finish().wait(&mut clock).is_err());
    assert!(driver.status().wait(&mut clock).is_err());
    assert!(driver.init().wait(&mut clock).is_err());
    assert!(clock.now().since(start) < Duration::from_secs(20));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    /// Lines of any length with any pauses: no byte is lost, nothing stalls.
    #[test]
    fn timed_flow_control_holds_for_any_lines(
        lines in proptest::collection::vec((0_usize..120, 0_u64..200), 1..40),
        baud in prop_oneof![Just(115_200_u32), Just(921_600)],
    ) {
        let clock = VirtualClock::new();
        let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
        let port = sim.port(clock.clone()).paced(baud);
        // The table says 115 200; a faster line is no excuse.
        let driver = EscPos::new(port, Timed, &Profile::CLONE_58MM);
        let mut printer: Driver<Timed> = Clocked::new(driver, clock.clone());
        for (length, pause) in lines {
            let line = format!("{}\n", "x".repeat(length));
            prop_assert_eq!(printer.print(&Item::Text(&line)), Ok(()));
            clock.advance(Duration::from_millis(pause));
        }
        prop_assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
        prop_assert_eq!(sim.device().lost(), 0);
    }
}

/// Requests are answered as they come in, and stay in no buffer.
#[test]
fn asking_often_does_not_stop_the_printing() {
    let (sim, mut printer, clock) = clone58();
    for _ in 0..60 {
        assert_eq!(printer.status(), Ok(Status::ONLINE));
    }
    printer.print(&Item::Text("罚款\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert_eq!(sim.device().text(), "罚款\n");
}

/// What stood in the port before the printer was asked is no answer: here, a
/// line that was low while the printer was switched on.
#[test]
fn a_byte_from_before_the_question_proves_nothing() {
    let mute = Model { barrier: false, ..Model::CLONE_58MM };
    let (sim, mut printer, clock) = setup(mute, &Profile::CLONE_58MM, |_, _| Timed);
    sim.device().outbox.push(clock.clone().now(), Duration::ZERO, [0x00]);
    printer.print(&Item::Text("罚款\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Unproven));
}

/// A proof that was asked for before the paper ended comes when there is
/// paper again; `init` in between must not make it pass for the next one.
#[test]
fn init_does_not_forget_what_the_printer_still_owes() {
    for (restarted, between) in [(false, 0), (false, 20), (true, 0)] {
        let (sim, mut printer, mut clock) = clone58();
        printer.driver_mut().init().wait(&mut clock).unwrap();
        sim.device().condition.paper_out = true;
        (0..6).for_each(|n| printer.print(&Item::Text(&format!("{n} 罚款\n"))).unwrap());
        assert!(printed(&mut printer, &clock).is_err());
        // These stand between the question of then and that of init.
        (0..between).for_each(|_| printer.print(&Item::Text("二\n")).unwrap());
        sim.device().load_paper();
        if restarted {
            // The controller was; the printer was not.
            let driver =
                EscPos::new(sim.port(clock.clone()).paced(115_200), Timed, &Profile::CLONE_58MM);
            printer = Clocked::new(driver, clock.clone());
        }
        assert!(printer.driver_mut().init().wait(&mut clock).unwrap().is_ready());
        printer.print(&Item::Text("完\n")).unwrap();
        if printed(&mut printer, &clock) == Ok(Completion::Proven) {
            let device = sim.device();
            assert!(device.is_idle() && device.text().ends_with("完\n"), "{}", device.text());
        }
        printer.print(&Item::Text("完\n")).unwrap();
        assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven), "{restarted}");
        assert!(sim.device().is_idle());
    }
}

/// A printer that was switched off answers nothing that it was asked before.
#[test]
fn init_after_a_power_cut_makes_proofs_count_again() {
    let (sim, mut printer, mut clock) = clone58();
    printer.driver_mut().init().wait(&mut clock).unwrap();
    sim.device().condition.paper_out = true;
    printer.print(&Item::Text("罚款\n")).unwrap();
    assert!(printed(&mut printer, &clock).is_err());
    sim.device().power_cycle();
    sim.device().load_paper();
    assert_eq!(printer.driver_mut().init().wait(&mut clock), Ok(Status::ONLINE));
    printer.print(&Item::Text("罚款\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert_eq!(sim.device().text(), "罚款\n");
}

/// The controller restarts, the printer does not: an answer to a number of
/// before is no answer to a number of now.
#[test]
fn process_numbers_differ_after_a_restart() {
    let (sim, mut printer, mut clock) =
        setup(Model::EPSON_80MM, &Profile::EPSON_80MM, |_, _| Unpaced);
    printer.driver_mut().init().wait(&mut clock).unwrap();
    sim.device().condition.paper_out = true;
    (0..40).for_each(|n| printer.print(&Item::Text(&format!("{n}\n"))).unwrap());
    assert!(printed(&mut printer, &clock).is_err());
    let driver = EscPos::new(sim.port(clock.clone()), Unpaced, &Profile::EPSON_80MM);
    let mut printer: Driver<Unpaced> = Clocked::new(driver, clock.clone());
    clock.advance(Duration::from_micros(1_234));
    sim.device().load_paper();
    printer.driver_mut().init().wait(&mut clock).unwrap();
    (0..40).for_each(|_| printer.print(&Item::Text("二\n")).unwrap());
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert!(sim.device().is_idle(), "the number of before was taken");
}

/// White rows that end a picture take their time too.
#[test]
fn a_dropped_picture_is_counted_to_its_end() {
    static HIGH: Profile = Profile { band: 255, ..Profile::CLONE_58MM };
    let rows = [0xA5; 48 * 250];
    for turns in [3, 10, 40, 200] {
        for begins_anew in [false, true] {
            let (sim, mut printer, mut clock) = setup(Model::CLONE_58MM, &HIGH, |_, _| Timed);
            printer.driver_mut().init().wait(&mut clock).unwrap();
            let item = Item::Raster(Raster { width: 384, rows: &rows });
            let mut call = printer.driver_mut().print(&item);
            for _ in 0..turns {
                let _ = call.poll(clock.now());
                clock.advance(Duration::from_micros(90));
            }
            drop(call);
            if begins_anew {
                printer.driver_mut().init().wait(&mut clock).unwrap();
            }
            (0..40).for_each(|_| printer.print(&Item::Text("12345678901234567890\n")).unwrap());
            assert_eq!(sim.device().lost(), 0, "{turns}");
            assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
        }
    }
}

/// A loop that has other things to do finds what came in the meantime.
#[test]
fn polls_may_be_late() {
    for millis in [1, 50, 350, 700, 4_000, 30_000] {
        let (sim, mut printer, clock) = clone58();
        printer.print(&Item::Text("罚款\n")).unwrap();
        let completion = (0..200).find_map(|_| match printer.poll_printed() {
            Err(nb::Error::WouldBlock) => {
                clock.advance(Duration::from_millis(millis));
                None
            }
            other => Some(other),
        });
        assert_eq!(completion, Some(Ok(Completion::Proven)), "every {millis} ms");
        sim.device().condition.paper_out = true;
        let mut driver = printer.release().0;
        let mut call = driver.status();
        let status = (0..200).find_map(|_| match call.poll(clock.clone().now()) {
            Err(nb::Error::WouldBlock) => {
                clock.advance(Duration::from_millis(millis));
                None
            }
            other => Some(other),
        });
        assert_eq!(status, Some(Ok(Status::PAPER_OUT)), "every {millis} ms");
    }
}

/// Prints items on a printer of this buffer, over a port that takes this many
/// bytes before they have left; how many bytes were lost, of those sent.
fn lost_of(
    items: &[Item<'_>],
    model: Model,
    profile: &'static Profile,
    baud: u32,
    pin: bool,
) -> usize {
    let clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(model));
    let port = sim.port(clock.clone()).paced(baud);
    fn run<F: Flow>(mut printer: Driver<F>, items: &[Item<'_>], mut clock: VirtualClock) {
        printer.driver_mut().init().wait(&mut clock).unwrap();
        for item in items {
            assert_eq!(printer.print(item), Ok(()), "{item:?}");
        }
        assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    }
    if pin {
        let flow = BusyPin::new(BusyLine::new(sim.clone(), clock.clone()));
        run(Clocked::new(EscPos::new(port, flow, profile), clock.clone()), items, clock);
    } else {
        run(Clocked::new(EscPos::new(port, Timed, profile), clock.clone()), items, clock);
    }
    assert!(sim.device().is_idle());
    sim.device().lost()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Any items on any buffer at any speed, by the clock and by the pin.
    #[test]
    fn no_flow_control_outruns_any_buffer(
        items in proptest::collection::vec((any::<u8>(), 1_usize..90, any::<u8>()), 1..30),
        buffer in prop_oneof![Just(128_u16), Just(131), Just(256), Just(1000)],
        baud in prop_oneof![Just(2_400_u32), Just(19_200), Just(115_200), Just(921_600)],
        slack in 0_u8..40,
        tall in any::<bool>(),
        pin in any::<bool>(),
    ) {
        let headroom = 1 + slack;
        let band = if tall { 255 } else { 8 };
        let timing = Profile::CLONE_58MM.timing.at_baud(baud);
        let profile: &'static Profile = Box::leak(Box::new(
            Profile { buffer, headroom, band, timing, ..Profile::CLONE_58MM }
        ));
        let model = Model { buffer: buffer.into(), busy_below: headroom.into(), ..Model::CLONE_58MM };
        let rows: Vec<u8> = (0..48 * 90_u32).map(|i| (i * 37 % 251) as u8).collect();
        let text = "机动车违反禁止标线指示 fined 200 ".repeat(3);
        let items: Vec<Item<'_>> = items
            .iter()
            .map(|(kind, length, n)| match kind % 12 {
                0 => Item::Style(Style { width: n % 3 + 1, height: n / 64 + 1, ..Style::NORMAL }),
                1 => Item::Qr { data: &rows[..3 * length], module: 2, level: QrLevel::L },
                2 => Item::Barcode(Barcode::code128("1201051234567890", *n | 1)),
                3 => Item::Raster(Raster { width: 384, rows: &rows[..48 * length] }),
                4 => Item::Feed(n % 8),
                5 => Item::Cut,
                6 => Item::Rule,
                7 => Item::Text("\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"),
                8 => Item::Columns("left", "right"),
                _ => Item::Text(text.get(..3 * (length % 11) + 3).unwrap_or("x\n")),
            })
            .filter(|item| Encoder::new(profile).begin(item).is_ok())
            .collect();
        prop_assert_eq!(lost_of(&items, model, profile, baud, pin), 0);
    }
}

/// Dropped at any byte, on a buffer that takes little more than a slice.
#[test]
fn init_ends_on_a_small_buffer() {
    static SMALL: Profile = Profile { buffer: 128, headroom: 64, ..Profile::CLONE_58MM };
    let model = Model { buffer: 128, ..Model::CLONE_58MM };
    let rows = [0xA5; 48 * 24];
    for turns in 0..120 {
        let (sim, mut printer, mut clock) = setup(model, &SMALL, |_, _| Timed);
        let item = Item::Raster(Raster { width: 384, rows: &rows });
        let mut call = printer.driver_mut().print(&item);
        for _ in 0..turns {
            let _ = call.poll(clock.now());
            clock.advance(Duration::from_micros(90));
        }
        drop(call);
        assert_eq!(printer.driver_mut().init().wait(&mut clock), Ok(Status::ONLINE), "{turns}");
        assert_eq!(sim.device().lost(), 0);
    }
}

/// The answer of then comes while that of now is waited for.
#[test]
fn a_proof_of_before_the_new_roll_is_not_taken_for_the_next() {
    let (sim, mut printer, clock) = clone58();
    sim.device().condition.paper_out = true;
    (0..12).for_each(|n| printer.print(&Item::Text(&format!("{n} 罚款\n"))).unwrap());
    assert!(printed(&mut printer, &clock).is_err());
    sim.device().load_paper();
    (0..3).for_each(|_| printer.print(&Item::Text("完\n")).unwrap());
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    let device = sim.device();
    assert!(device.is_idle() && device.text().ends_with("完\n完\n完\n"), "{}", device.text());
}

/// Some printers take lines into the mechanism's memory, and the question
/// after them.
#[test]
fn an_answer_before_the_paper_time_does_not_count_yet() {
    let hasty = Model { buffer: 256, ..Model::CLONE_58MM.instant() };
    let (_, mut printer, mut clock) = setup(hasty, &Profile::CLONE_58MM, |_, _| Timed);
    let start = clock.now();
    (0..5).for_each(|_| printer.print(&Item::Text("罚款\n")).unwrap());
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert!(clock.now().since(start) >= Duration::from_micros(5 * 24 * 2_500));
}

/// A line that breaks down after the status was asked reads 00h without end.
#[test]
fn answers_without_end_end_the_call() {
    #[derive(Debug, Default)]
    struct Babbler {
        written: Vec<u8>,
        reply: Option<u8>,
    }
    impl embedded_pos::ErrorType for Babbler {
        type Error = core::convert::Infallible;
    }
    impl embedded_pos::port::Port for Babbler {
        fn try_read(&mut self, bytes: &mut [u8]) -> nb::Result<usize, Self::Error> {
            let babbles = self.written.ends_with(b"\x1Dr\x01").then_some(0x00);
            bytes[0] = self.reply.take().or(babbles).ok_or(nb::Error::WouldBlock)?;
            Ok(1)
        }
        fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
            self.written.extend(bytes);
            self.reply = matches!(self.written[..], [.., 0x10, 0x04, _]).then_some(0x12);
            Ok(bytes.len())
        }
    }
    let clock = VirtualClock::new();
    let mut driver = EscPos::new(Babbler::default(), Unpaced, &Profile::CLONE_58MM);
    let mut call = driver.init();
    let ended = (0..400).any(|_| {
        clock.advance(Duration::from_millis(50));
        call.poll(clock.clone().now()).is_ok()
    });
    assert!(ended, "not within 20 s");
}
