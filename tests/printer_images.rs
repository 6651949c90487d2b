//! Pictures in every form that a printer takes them in, on paper dot by dot;
//! logos that it keeps.

use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{
    Encoder, EscPos, Finish, Logos, Profile, RasterForm, Refusal, Timed,
};
use embedded_pos::printer::{Align, Completion, Item, Logo, Printer, Raster};
use embedded_pos::sim::printer::{Bitmap, EscPosPrinter, Event, Model};
use embedded_pos::sim::{SimPort, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

const FORMS: [RasterForm; 5] = [
    RasterForm::Rows,
    RasterForm::Graphics,
    RasterForm::Dc2,
    RasterForm::Columns24,
    RasterForm::Columns8,
];

fn profile(raster: RasterForm, band: u8, dots: u16) -> &'static Profile {
    let mut profile = Profile { raster, band, ..Profile::CLONE_58MM };
    profile.paper.dots = dots;
    Box::leak(Box::new(profile))
}

fn encode(profile: &'static Profile, items: &[Item<'_>]) -> Vec<u8> {
    let mut encoder = Encoder::new(profile);
    let mut bytes = Vec::new();
    for item in items {
        let mut job = encoder.begin(item).unwrap();
        while !job.is_done() {
            let mut out = [0; Encoder::SLICE];
            let slice = encoder.fill(&mut job, &mut out);
            assert!(slice.len > 0 || job.is_done(), "{item:?} stands still");
            bytes.extend(&out[..slice.len]);
        }
    }
    bytes
}

fn paper(dots: u16, bytes: &[u8]) -> EscPosPrinter {
    let model = Model { dots: dots.into(), ..Model::CLONE_58MM };
    let printer = EscPosPrinter::decoded(model, bytes);
    assert!(printer.incomplete().is_empty(), "{:02X?}", printer.incomplete());
    for event in printer.events() {
        let meant = matches!(event, Event::Image { .. } | Event::Feed { .. } | Event::Text { .. });
        assert!(meant, "{event:?}");
    }
    printer
}

fn has_real_time(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| matches!(pair, [0x10, 0x04 | 0x05 | 0x14]))
}

fn dot(raster: Raster<'_>, x: usize, y: usize) -> bool {
    let stride = usize::from(raster.width.div_ceil(8));
    x < raster.width.into()
        && raster.rows.get(y * stride + x / 8).is_some_and(|byte| byte << (x % 8) & 0x80 != 0)
}

/// Compares the paper with the picture: how many dots were added, each beside a
/// black one. A printer places whole bytes, so that is what is centred.
fn added(paper: &Bitmap, raster: Raster<'_>, align: Align, pitch: usize) -> usize {
    let stride = usize::from(raster.width.div_ceil(8));
    let room = paper.width().saturating_sub(8 * stride);
    let left = match align {
        Align::Left => 0,
        Align::Center => room / 2,
        Align::Right => room,
    };
    let rows = raster.rows.len() / stride;
    let source =
        |x: usize, y: usize| x >= left && y < pitch * rows && dot(raster, x - left, y / pitch);
    let mut added = 0;
    for y in 0..paper.height().max(pitch * rows) {
        for x in 0..paper.width() {
            let (is, was) = (paper.dot(x, y), source(x, y));
            assert!(is || !was, "dot {x}, {y} is missing");
            if is && !was {
                let beside = |dx: isize, dy: isize| {
                    let (x, y) = (x.checked_add_signed(dx), y.checked_add_signed(dy));
                    x.zip(y).is_some_and(|(x, y)| source(x, y))
                };
                let (high, one) = (pitch.cast_signed(), 1);
                let touches = beside(one, 0) || beside(0, high);
                assert!(touches, "dot {x}, {y} was added, beside nothing");
                added += 1;
            }
        }
    }
    added
}

/// Prints a picture, and a line after it that must not have moved.
fn check(form: RasterForm, band: u8, dots: u16, align: Align, raster: Raster<'_>) -> usize {
    let profile = profile(form, band, dots);
    let items = [Item::Align(align), Item::Raster(raster), Item::Align(Align::Left)];
    let bytes = encode(profile, &[&items[..], &[Item::Text("x\ny\n")]].concat());
    assert!(!has_real_time(&bytes), "{bytes:02X?}");
    let printer = paper(dots, &bytes);
    assert!(printer.text().ends_with("x\ny\n"));
    let rows = raster.rows.len() / usize::from(raster.width.div_ceil(8));
    let (line, pitch) = match form {
        RasterForm::Columns24 => (24, 1),
        RasterForm::Columns8 => (8, 3),
        _ => (1, 1),
    };
    // Two lines of text of 30 rows, as before the picture.
    let height = printer.bitmap().height() - 60;
    assert!(height >= pitch * rows && height <= pitch * rows.next_multiple_of(line), "{height}");
    let picture = encode(profile, &items);
    added(paper(dots, &picture).bitmap(), raster, align, pitch)
}

#[test]
fn every_form_puts_every_dot_on_paper() {
    let rows: Vec<u8> = (0..120 * 10_u32).map(|i| if i % 70 < 45 { 0 } else { 0x81 }).collect();
    for form in FORMS {
        for align in [Align::Left, Align::Center, Align::Right] {
            let raster = Raster { width: 80, rows: &rows };
            assert_eq!(check(form, 24, 384, align, raster), 0, "{form:?} {align:?}");
        }
    }
}

/// The commands of the manuals, once.
#[test]
fn forms_are_the_bytes_of_the_manuals() {
    let rows = [0x80, 0x40, 0x20, 0x00];
    let raster = Item::Raster(Raster { width: 8, rows: &rows });
    let bytes = |form| encode(profile(form, 24, 384), &[raster]);
    assert_eq!(bytes(RasterForm::Rows), b"\x1Dv0\0\x01\0\x03\0\x80\x40\x20\x1BJ\x01");
    assert_eq!(bytes(RasterForm::Dc2), b"\x12*\x03\x01\x80\x40\x20\x1BJ\x01");
    assert_eq!(
        bytes(RasterForm::Graphics),
        b"\x1D(L\x0D\0\x30\x70\x30\x01\x01\x31\x08\0\x03\0\x80\x40\x20\x1D(L\x02\0\x30\x32\x1BJ\x01"
    );
    assert_eq!(
        bytes(RasterForm::Columns24),
        b"\x1B3\x18\x1B*\x21\x08\0\x80\0\0\x40\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0A\x1B3\x1E"
    );
    assert_eq!(
        bytes(RasterForm::Columns8),
        b"\x1B3\x18\x1B*\x01\x08\0\x80\x40\x20\0\0\0\0\0\x0A\x1B3\x1E"
    );
}

/// Every header that a band can have on a wide paper, and rows of commands.
#[test]
fn pictures_of_real_time_commands_are_harmless() {
    let commands = [0x10, 0x04, 0x01, 0x10, 0x05, 0x02, 0x10, 0x14, 0x01, 0x10, 0x10, 0x14];
    for form in FORMS {
        for stride in 1..=25 {
            for height in [1, 16, 17] {
                let rows: Vec<u8> =
                    commands.iter().copied().cycle().take(stride * height).collect();
                for narrower in [0, 3] {
                    let width = u16::try_from(8 * stride).unwrap() - narrower;
                    let raster = Raster { width, rows: &rows };
                    for align in [Align::Left, Align::Center, Align::Right] {
                        check(form, 255, 208, align, raster);
                    }
                }
            }
        }
    }
    // Upright: the columns are the commands.
    let mut rows = [0; 24];
    for (x, byte) in commands[..8].iter().enumerate() {
        (0..8).filter(|y| byte << y & 0x80 != 0).for_each(|y| rows[y] |= 0x80 >> x);
    }
    let raster = Raster { width: 8, rows: &rows[..8] };
    assert_eq!(check(RasterForm::Columns8, 24, 384, Align::Left, raster), 2 * 3 + 3);
}

/// A picture that is larger than two bytes of length tell.
#[test]
fn graphics_of_more_than_64_kilobytes() {
    let rows: Vec<u8> = (0..300 * 255_u32).map(|i| (i % 251) as u8 | 1).collect();
    let raster = Raster { width: 2_400, rows: &rows };
    let bytes = encode(profile(RasterForm::Graphics, 255, 2_400), &[Item::Raster(raster)]);
    assert!(bytes.starts_with(b"\x1D8L\xDE\x2A\x01\x00"), "{:02X?}", &bytes[..8]);
    assert_eq!(added(paper(2_400, &bytes).bitmap(), raster, Align::Left, 1), 0);
}

#[test]
fn margins_are_left_out_wherever_the_line_stands() {
    let mut rows = vec![0; 48 * 40];
    (0..40).for_each(|row| rows[48 * row + 20..48 * row + 30].fill(0xAA));
    let raster = Item::Raster(Raster { width: 384, rows: &rows });
    for (align, sent) in [(Align::Left, 30), (Align::Center, 12), (Align::Right, 28)] {
        rows_of(align, raster, sent);
    }
    fn rows_of(align: Align, raster: Item<'_>, sent: usize) {
        let bytes = encode(profile(RasterForm::Rows, 40, 384), &[Item::Align(align), raster]);
        assert_eq!(bytes.len(), 3 + 8 + 40 * sent, "{align:?}");
    }
}

fn any_picture() -> impl Strategy<Value = (u16, Vec<u8>)> {
    let byte = prop_oneof![
        3 => Just(0_u8),
        3 => prop_oneof![Just(0x10_u8), Just(0x04), Just(0x05), Just(0x14)],
        2 => any::<u8>(),
    ];
    (1_u16..=400, 0_usize..70).prop_flat_map(move |(width, height)| {
        let stride = usize::from(width.div_ceil(8));
        // Whole rows are blank now and then.
        let row = prop_oneof![
            1 => Just(vec![0; stride]),
            2 => proptest::collection::vec(byte.clone(), stride),
        ];
        let rows = proptest::collection::vec(row, height);
        (Just(width), rows.prop_map(|rows| rows.concat()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_picture_on_any_printer(
        (width, rows) in any_picture(),
        form in proptest::sample::select(FORMS.to_vec()),
        align in proptest::sample::select(vec![Align::Left, Align::Center, Align::Right]),
        band in 1_u8..=255,
    ) {
        check(form, band, 400, align, Raster { width, rows: &rows });
    }
}

type Sim = Simulated<EscPosPrinter>;
type Driver =
    Clocked<EscPos<SimPort<EscPosPrinter, VirtualClock>, Timed>, VirtualClock, Finish<Timed>>;

fn setup(model: Model, profile: &'static Profile) -> (Sim, Driver, VirtualClock) {
    let mut clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(model));
    let mut driver = EscPos::new(sim.port(clock.clone()).paced(115_200), Timed, profile);
    driver.init().wait(&mut clock).unwrap();
    (sim, Clocked::new(driver, clock.clone()), clock)
}

fn epson() -> (Sim, Driver, VirtualClock) {
    setup(Model::EPSON_80MM, &Profile::EPSON_80MM)
}

fn printed(printer: &mut Driver, clock: &VirtualClock) -> Completion {
    for _ in 0..60_000 {
        match printer.poll_printed() {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            done => return done.unwrap(),
        }
    }
    panic!("no end");
}

fn picture(stride: usize, height: usize) -> Vec<u8> {
    (0..stride * height).map(|i| (i * 37 % 251) as u8 & 0xEF | 1).collect()
}

/// What is on the paper at the left, from this row on.
fn stands(sim: &Sim, raster: Raster<'_>, top: usize) -> bool {
    let device = sim.device();
    let height = raster.rows.len() / usize::from(raster.width.div_ceil(8));
    (0..height).all(|y| {
        (0..raster.width.into()).all(|x| device.bitmap().dot(x, top + y) == dot(raster, x, y))
    })
}

#[test]
fn a_logo_with_a_key_is_kept_listed_printed_and_deleted() {
    let (sim, mut printer, mut clock) = epson();
    let rows = picture(10, 50);
    let raster = Raster { width: 80, rows: &rows };
    let (key, other) = (Logo::Key(*b"G1"), Logo::Key(*b"~ "));
    let capacity = printer.driver_mut().logo_capacity().wait(&mut clock);
    assert_eq!(capacity, Ok(65_536));
    for logo in [other, key, key] {
        let kept = printer.driver_mut().keep_logo(logo, raster).wait(&mut clock);
        assert_eq!(kept, Ok(Completion::Proven));
    }
    assert_eq!(printer.driver_mut().logo_room().wait(&mut clock), Ok(65_536 - 1_000));
    let mut keys = [[0; 2]; 1];
    assert_eq!(printer.driver_mut().logo_keys(&mut keys).wait(&mut clock), Ok(2));
    assert_eq!(keys, [*b"G1"]);
    sim.device().power_cycle();
    printer.driver_mut().init().wait(&mut clock).unwrap();
    printer.print(&Item::Logo(key)).unwrap();
    assert_eq!(printed(&mut printer, &clock), Completion::Proven);
    assert!(stands(&sim, raster, 0));
    assert_eq!(printer.driver_mut().delete_logo(key).wait(&mut clock), Ok(Completion::Proven));
    assert_eq!(printer.driver_mut().logo_keys(&mut keys).wait(&mut clock), Ok(1));
    assert_eq!(keys, [*b"~ "]);
    assert_eq!(printer.driver_mut().delete_logos().wait(&mut clock), Ok(Completion::Proven));
    assert_eq!(printer.driver_mut().logo_keys(&mut keys).wait(&mut clock), Ok(0));
    assert_eq!(sim.device().logo_writes(), 3 + 1 + 1 + 1, "kept, replaced, deleted");
    assert_eq!(sim.device().lost(), 0);
}

#[test]
fn more_keys_than_a_block_takes() {
    let (_, mut printer, mut clock) = epson();
    let raster = Raster { width: 8, rows: &[0xFF] };
    for n in 0..81 {
        let kept = printer.driver_mut().keep_logo(Logo::Key([b'K', b' ' + n]), raster);
        assert_eq!(kept.wait(&mut clock), Ok(Completion::Proven));
    }
    let mut keys = [[0; 2]; 100];
    assert_eq!(printer.driver_mut().logo_keys(&mut keys).wait(&mut clock), Ok(81));
    assert!((0..81).zip(&keys).all(|(n, key)| *key == [b'K', b' ' + n]));
    assert_eq!(keys[81], [0; 2]);
    printer.print(&Item::Text("x\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Completion::Proven);
}

#[test]
fn a_logo_for_which_there_is_no_room_is_told() {
    let (sim, mut printer, mut clock) = epson();
    let rows = picture(72, 900);
    let raster = Raster { width: 576, rows: &rows };
    let (key, other) = (Logo::Key(*b"G1"), Logo::Key(*b"G2"));
    let kept = printer.driver_mut().keep_logo(key, raster).wait(&mut clock);
    assert_eq!(kept, Ok(Completion::Proven));
    let error = printer.driver_mut().keep_logo(other, raster).wait(&mut clock).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(sim.device().lost(), 0);
}

#[test]
fn a_logo_with_a_number_outlives_the_restart_that_it_takes() {
    let (sim, mut printer, mut clock) = setup(Model::CLONE_58MM, &Profile::CLONE_58MM);
    let rows = picture(10, 50);
    let raster = Raster { width: 80, rows: &rows };
    printer.print(&Item::Align(Align::Center)).unwrap();
    let kept = printer.driver_mut().keep_logo(Logo::Number(1), raster).wait(&mut clock);
    assert_eq!(kept, Ok(Completion::Unproven));
    sim.device().power_cycle();
    printer.driver_mut().init().wait(&mut clock).unwrap();
    printer.print(&Item::Logo(Logo::Number(1))).unwrap();
    printer.print(&Item::Text("津\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Completion::Proven);
    assert!(stands(&sim, raster, 0));
    let device = sim.device();
    assert_eq!((device.lost(), device.logo_writes()), (0, 1));
    assert!(device.text().ends_with("津\n"));
}

#[test]
fn logos_that_a_printer_cannot_have_are_refused() {
    static NONE: Profile = Profile { logos: Logos::None, ..Profile::CLONE_58MM };
    let refused = |profile, logo| Encoder::new(profile).begin(&Item::Logo(logo)).unwrap_err();
    let (clone, epson) = (&Profile::CLONE_58MM, &Profile::EPSON_80MM);
    assert_eq!(refused(&NONE, Logo::Number(1)), Refusal::NoLogo);
    assert_eq!(refused(clone, Logo::Key(*b"G1")), Refusal::NoLogo);
    assert_eq!(refused(clone, Logo::Number(0)), Refusal::LogoKey);
    assert_eq!(refused(epson, Logo::Number(1)), Refusal::NoLogo);
    assert_eq!(refused(epson, Logo::Key([0x1F, b'a'])), Refusal::LogoKey);
    let (_, mut printer, mut clock) = setup(Model::CLONE_58MM, clone);
    let raster = Raster { width: 8, rows: &[1] };
    let mut refused = |logo, raster| {
        let keep = printer.driver_mut().keep_logo(logo, raster).wait(&mut clock);
        keep.unwrap_err().to_string()
    };
    assert_eq!(refused(Logo::Number(2), raster), Refusal::LogoKey.to_string());
    let empty = Raster { width: 8, rows: &[] };
    assert_eq!(refused(Logo::Number(1), empty), Refusal::RasterRows.to_string());
    let high = Raster { width: 8, rows: &[1; 2_305] };
    assert_eq!(refused(Logo::Number(1), high), Refusal::RasterRows.to_string());
    let mut clock = VirtualClock::new();
    let keys = printer.driver_mut().logo_keys(&mut []).wait(&mut clock).unwrap_err();
    assert_eq!(keys.kind(), ErrorKind::Unsupported);
}

/// In every form, at any speed, into 256 bytes of buffer.
#[test]
fn timed_flow_control_never_outruns_the_buffer() {
    let rows: Vec<u8> = (0..48 * 90_u32).map(|i| (i * 37 % 251) as u8 & 0xEF).collect();
    for form in FORMS {
        for (baud, band) in [(9_600, 24), (115_200, 24), (115_200, 255), (921_600, 24)] {
            let timing = Profile::CLONE_58MM.timing.at_baud(baud);
            let profile: &Profile =
                Box::leak(Box::new(Profile { timing, ..*profile(form, band, 384) }));
            let clock = VirtualClock::new();
            let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
            let port = sim.port(clock.clone()).paced(baud);
            let mut printer = Clocked::new(EscPos::new(port, Timed, profile), clock.clone());
            printer.print(&Item::Raster(Raster { width: 384, rows: &rows })).unwrap();
            printer.print(&Item::Text("完\n")).unwrap();
            assert_eq!(printed(&mut printer, &clock), Completion::Proven, "{form:?} {baud}");
            let device = sim.device();
            assert_eq!(device.lost(), 0, "{form:?} {baud} {band}");
            assert!(device.is_idle() && device.text().ends_with("完\n"));
        }
    }
}

/// Dropped at every byte: the next line is printed, whatever was begun.
#[test]
fn a_dropped_call_does_not_garble_the_next() {
    let rows: Vec<u8> = (0..10 * 14_u32).map(|i| (i * 31 % 253) as u8 | 1).collect();
    let raster = Raster { width: 80, rows: &rows };
    for form in FORMS {
        let profile = profile(form, 12, 384);
        for turns in (0..300).step_by(3) {
            let (sim, mut printer, mut clock) = setup(Model::CLONE_58MM, profile);
            let item = Item::Raster(raster);
            let mut call = printer.driver_mut().print(&item);
            for _ in 0..turns {
                let _ = call.poll(clock.now());
                clock.advance(Duration::from_micros(87));
            }
            drop(call);
            printer.print(&Item::Text("完\ndone\n")).unwrap();
            assert_eq!(printed(&mut printer, &clock), Completion::Proven, "{turns}");
            let device = sim.device();
            let text = device.text();
            assert!(text.ends_with("完\ndone\n"), "{form:?} {turns}: {text}");
            let meant = |event: &Event| {
                matches!(event, Event::Text { .. } | Event::Feed { .. } | Event::Image { .. })
            };
            assert!(device.events().iter().all(meant), "{form:?} {turns}: {:?}", device.events());
            let last = Event::Feed { dots: 30 };
            assert_eq!(device.events().last(), Some(&last), "{form:?} {turns}: the spacing");
            assert_eq!(device.lost(), 0);
        }
    }
}

#[test]
fn a_dropped_logo_does_not_garble_the_next() {
    let rows = picture(4, 30);
    let raster = Raster { width: 32, rows: &rows };
    let number = (Model::CLONE_58MM, &Profile::CLONE_58MM, Logo::Number(1));
    let key = (Model::EPSON_80MM, &Profile::EPSON_80MM, Logo::Key(*b"G1"));
    for (model, profile, logo) in [number, key] {
        for turns in (0..260).step_by(5) {
            let (sim, mut printer, mut clock) = setup(model, profile);
            let mut call = printer.driver_mut().keep_logo(logo, raster);
            for _ in 0..turns {
                let _ = call.poll(clock.now());
                clock.advance(Duration::from_micros(87));
            }
            drop(call);
            // Its end may be what the printer was waiting for to start anew.
            let _ = printer.driver_mut().init().wait(&mut clock);
            clock.advance(profile.timing.keep);
            printer.driver_mut().init().wait(&mut clock).unwrap();
            printer.print(&Item::Text("完\n")).unwrap();
            assert_eq!(printed(&mut printer, &clock), Completion::Proven, "{turns}");
            assert!(sim.device().text().ends_with("完\n"), "{turns}");
            let kept = printer.driver_mut().keep_logo(logo, raster).wait(&mut clock);
            let wanted =
                if let Logo::Key(_) = logo { Completion::Proven } else { Completion::Unproven };
            assert_eq!(kept, Ok(wanted), "{turns}");
            let top = sim.device().bitmap().height();
            printer.print(&Item::Logo(logo)).unwrap();
            printed(&mut printer, &clock);
            assert!(stands(&sim, raster, top), "{turns}");
        }
    }
}
