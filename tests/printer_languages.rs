//! Star's language and CPCL: what holds for each of them, and that a document
//! says the same in every language.

use embedded_pos::conformance::{self, PrinterStimulus};
use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{self, Timed};
use embedded_pos::printer::symbol::Barcode;
use embedded_pos::printer::{
    Align, AsyncPrinter, Column, Completion, Emphasis, Item, Printer, QrLevel, Raster, Status,
    Style, Table, cpcl, star,
};
use embedded_pos::sim::printer::{
    Bitmap, CpclPrinter, Dialect, EscPosPrinter, Event, Machine, Model, StarPrinter,
};
use embedded_pos::sim::{Fault as LineFault, SimPort, Simulated, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

/// A person at a simulated printer.
struct Person<D: Dialect> {
    sim: Simulated<Machine<D>>,
    clock: VirtualClock,
}

impl<D: Dialect> PrinterStimulus for Person<D> {
    fn wait(&mut self) {
        self.clock.advance(Duration::from_millis(1));
    }

    fn remove_paper(&mut self) {
        self.sim.device().condition.paper_out = true;
    }

    fn load_paper(&mut self) {
        self.sim.device().load_paper();
        // Until it feeds the new roll.
        self.clock.advance(Duration::from_secs(1));
    }

    fn printed_text(&mut self) -> Option<String> {
        let mut device = self.sim.device();
        let text = device.text();
        device.tear();
        Some(text)
    }
}

fn printed<P: Printer>(printer: &mut P, clock: &VirtualClock) -> Result<Completion, P::Error> {
    let clock = clock.clone();
    loop {
        match printer.poll_printed() {
            Ok(completion) => return Ok(completion),
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            Err(nb::Error::Other(error)) => return Err(error),
        }
    }
}

/// What is no picture, text, code, feed or cut was not meant.
fn meant(event: &Event) -> bool {
    !matches!(
        event,
        Event::Unknown(_)
            | Event::Ignored(_)
            | Event::Drawer
            | Event::NotPrinted(_)
            | Event::Symbol { .. }
    )
}

const COLUMNS: &[Column] = &[
    Column { width: 12, align: Align::Left },
    Column { width: 8, align: Align::Right },
    Column { width: 5, align: Align::Center },
];

const ALL: Emphasis = Emphasis::BOLD.union(Emphasis::UNDERLINE).union(Emphasis::INVERSE);

const URL: &[u8] = b"https://pay.example.cn/12345678901234567890";

fn receipt(rows: &[u8]) -> Vec<Item<'_>> {
    vec![
        Item::Align(Align::Center),
        Item::Style(Style::TITLE),
        Item::Text("罚款收据\n"),
        Item::Style(Style::NORMAL),
        Item::Raster(Raster { width: 96, rows }),
        Item::Align(Align::Left),
        Item::Rule,
        Item::Columns("号牌", "津A12345"),
        Item::Columns("罚款", "￥200.00"),
        Item::Text("机动车违反禁止标线指示，! U1 SETLP 5 2 46；罚款二百元。\n"),
        Item::Style(Style::BOLD),
        Item::Text("Total "),
        Item::Style(Style { emphasis: ALL, width: 2, ..Style::NORMAL }),
        Item::Text("200%\n"),
        Item::Style(Style::NORMAL),
        Item::Feed(2),
        Item::Align(Align::Center),
        Item::Barcode(Barcode::code128("AB-{105}", 64)),
        Item::Barcode(Barcode::ean13("4006381333931", 60)),
        Item::Qr { data: URL, module: 4, level: QrLevel::M },
        Item::Align(Align::Left),
        Item::Table(Table { columns: COLUMNS, cells: &["罚款", "200.00", "x"] }),
        Item::Cut,
    ]
}

/// The lines with something on them, spaces at their ends left out.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}

/// What the codes say.
fn codes(events: &[Event]) -> Vec<String> {
    let code = |event: &Event| match event {
        Event::Qr { data, module, level } => {
            Some(format!("{} {module} {level}", String::from_utf8_lossy(data)))
        }
        Event::Barcode { kind, text, height, .. } => {
            Some(format!("{} {text} {height}", kind.trim_end_matches("-auto")))
        }
        _ => None,
    };
    events.iter().filter_map(code).collect()
}

fn black(bitmap: &Bitmap) -> u32 {
    bitmap.rows().iter().map(|byte| byte.count_ones()).sum()
}

macro_rules! language {
    ($language_mod:ident, $language:ident, $driver:ident, $sim:ident, $profile:ident, $model:ident, $proof:ident) => {
        mod $language_mod {
            use super::*;
            use super::$language::{Encoder, Finish, Profile};

            type Sim = Simulated<$sim>;
            type Port = SimPort<$sim, VirtualClock>;
            type Driver =
                Clocked<$language::$driver<Port, Timed>, VirtualClock, Finish<Timed, Encoder>>;

            fn setup() -> (Sim, Driver, VirtualClock) {
                let mut clock = VirtualClock::new();
                let sim = Simulated::new($sim::new(Model::$model));
                let port = sim.port(clock.clone()).paced(115_200);
                let mut driver = $language::$driver::new(port, Timed, &Profile::$profile);
                assert_eq!(driver.init().wait(&mut clock), Ok(Status::ONLINE));
                (sim, Clocked::new(driver, clock.clone()), clock)
            }

            pub(super) fn encode(items: &[Item<'_>], room: usize) -> Vec<u8> {
                let mut encoder = Encoder::new(&Profile::$profile);
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

            #[test]
            fn our_driver_passes_the_conformance_suite() {
                let (sim, mut printer, clock) = setup();
                let report = conformance::printer(&mut printer, &mut Person { sim, clock });
                assert!(report.passed(), "{report}");
                assert_eq!(report.checks.len(), 9);
            }

            #[test]
            fn a_receipt_loses_nothing_and_is_proven_as_far_as_the_printer_can() {
                let rows = vec![0x1B; 12 * 300];
                let (sim, mut printer, clock) = setup();
                for item in receipt(&rows) {
                    printer.print(&item).unwrap();
                }
                assert_eq!(printed(&mut printer, &clock), Ok(Completion::$proof));
                let device = sim.device();
                assert!(device.is_idle() && device.incomplete().is_empty());
                assert_eq!(device.lost(), 0, "of {} at most", device.fullest());
                assert!(device.events().iter().all(meant), "{:?}", device.events());
            }

            #[test]
            fn the_async_face_prints_the_same() {
                let clock = VirtualClock::new();
                let sim = Simulated::new($sim::new(Model::$model));
                let port = sim.port(clock.clone()).paced(115_200);
                let driver = $language::$driver::new(port, Timed, &Profile::$profile);
                let mut printer = Clocked::new(driver, clock.clone());
                block_on(async {
                    let item = Item::Columns("罚款", "200.00");
                    AsyncPrinter::print(&mut printer, &item).await.unwrap();
                    assert_eq!(printer.printed().await, Ok(Completion::$proof));
                    sim.device().condition.cover_open = true;
                    let status = AsyncPrinter::status(&mut printer).await.unwrap();
                    assert!(!status.is_ready(), "{status}");
                });
                assert!(sim.device().text().starts_with("罚款  "));
            }

            #[test]
            fn no_character_of_unicode_becomes_a_command() {
                let encoder = Encoder::new(&Profile::$profile);
                let printable = ('\0'..=char::MAX).filter(|c| {
                    let mut text = [0; 4];
                    encoder.begin(&Item::Text(c.encode_utf8(&mut text))).is_ok()
                });
                let text: String = printable.filter(|c| *c != '\n').collect();
                let bytes = encode(&[Item::Text(&text), Item::Feed(0)], Encoder::SLICE);
                let printer = $sim::decoded(Model::$model, &bytes);
                let characters = |text: &str| -> String {
                    text.chars().filter(|c| !c.is_control() && *c != ' ').collect()
                };
                assert_eq!(characters(&printer.text()), characters(&text));
                let only_text =
                    |event: &Event| matches!(event, Event::Text { .. } | Event::Feed { .. });
                assert!(printer.events().iter().all(only_text));
            }

            #[test]
            fn a_dropped_call_does_not_garble_the_next() {
                let rows: Vec<u8> = (0..48_u32 * 30).map(|i| (i * 31 % 253) as u8 | 1).collect();
                let items = [
                    Item::Raster(Raster { width: 384, rows: &rows }),
                    Item::Qr { data: URL, module: 4, level: QrLevel::M },
                    Item::Text("机动车违反禁止标线指示机动车违反禁止标线指示机动车\n违反\n"),
                    Item::Style(Style::TITLE),
                    Item::Barcode(Barcode::code128("12010512", 64)),
                    Item::Cut,
                ];
                for item in items {
                    for turns in (0..300).step_by(7) {
                        let (sim, mut printer, clock) = setup();
                        let mut now = clock.clone();
                        let mut call = printer.driver_mut().print(&item);
                        for _ in 0..turns {
                            let _ = call.poll(now.now());
                            now.advance(Duration::from_micros(50));
                        }
                        drop(call);
                        printer.print(&Item::Style(Style::NORMAL)).unwrap();
                        printer.print(&Item::Text("\n完 done\n")).unwrap();
                        assert_eq!(printed(&mut printer, &clock), Ok(Completion::$proof));
                        let device = sim.device();
                        let text = device.text();
                        assert!(text.ends_with("完 done\n"), "{item:?} at {turns}: {text}");
                        assert!(device.events().iter().all(meant), "{:?}", device.events());
                        assert_eq!(device.lost(), 0);
                    }
                }
            }

            #[test]
            fn init_after_a_power_cut_in_a_picture_sends_no_rubbish() {
                let rows = vec![0x5A; 48 * 24];
                for turns in (0..200).step_by(3) {
                    let (sim, mut printer, mut clock) = setup();
                    let item = Item::Raster(Raster { width: 384, rows: &rows });
                    let mut call = printer.driver_mut().print(&item);
                    for _ in 0..turns {
                        let _ = call.poll(clock.now());
                        clock.advance(Duration::from_micros(90));
                    }
                    drop(call);
                    sim.device().power_cycle();
                    printer.driver_mut().init().wait(&mut clock).unwrap();
                    sim.device().tear();
                    printer.print(&Item::Text("完\n")).unwrap();
                    assert_eq!(printed(&mut printer, &clock), Ok(Completion::$proof));
                    assert_eq!(sim.device().text(), "完\n", "{turns}");
                }
            }

            #[test]
            fn a_dead_line_is_never_ready() {
                for stuck in [0x00, 0xFF, 0x55, 0x23] {
                    let (sim, mut printer, mut clock) = setup();
                    sim.device().stuck = Some(stuck);
                    let error = printer.status().unwrap_err();
                    let kinds = [ErrorKind::Protocol, ErrorKind::Timeout];
                    assert!(kinds.contains(&error.kind()), "{stuck:02X}: {error}");
                    assert!(printer.driver_mut().init().wait(&mut clock).is_err());
                }
                let (sim, mut printer, mut clock) = setup();
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
                    LineFault::LostByte(2),
                    LineFault::Flipped(0, 0x80),
                    LineFault::Flipped(0, 0x01),
                    LineFault::Noise(vec![0x00, 0xFF, 0x11]),
                ] {
                    let (sim, mut printer, _) = setup();
                    sim.device().condition.paper_out = true;
                    sim.device().condition.cover_open = true;
                    sim.device().outbox.inject(fault.clone());
                    let status = printer.status();
                    let ready = matches!(status, Ok(status) if status.is_ready());
                    assert!(!ready, "{fault:?}: {status:?}");
                    let status = printer.status().unwrap();
                    let wanted = Status::PAPER_OUT | Status::COVER_OPEN;
                    assert!(status.contains(wanted), "after {fault:?}: {status}");
                }
            }

            /// Noise that looks like an answer, and the answer behind it.
            #[test]
            fn the_answer_behind_what_looks_like_one_is_not_passed_over() {
                for (before, byte) in (0..4).flat_map(|n| (0..=0x1F).map(move |byte| (n, byte))) {
                    let (sim, mut printer, _) = setup();
                    sim.device().condition.cover_open = true;
                    for _ in 0..before {
                        sim.device().outbox.inject(LineFault::Late(Duration::ZERO));
                    }
                    sim.device().outbox.inject(LineFault::Noise(vec![byte]));
                    let status = printer.status();
                    let ready = matches!(status, Ok(status) if status.is_ready());
                    assert!(!ready, "{byte:02X} before answer {before}: {status:?}");
                }
            }

            #[test]
            fn paper_out_in_the_middle_is_told_and_gone_on_from() {
                let rows = vec![0x3C; 12 * 100];
                for left in [1, 40, 130, 200, 500] {
                    let (sim, mut printer, mut clock) = setup();
                    sim.device().paper_ends_after(left);
                    let sent = receipt(&rows).iter().try_for_each(|item| printer.print(item));
                    let error = match sent {
                        Ok(()) => printed(&mut printer, &clock).unwrap_err(),
                        Err(error) => error,
                    };
                    assert_eq!(error.kind(), ErrorKind::Absent, "{left}: {error}");
                    sim.device().load_paper();
                    clock.advance(Duration::from_secs(20));
                    printer.driver_mut().init().wait(&mut clock).unwrap();
                    printer.print(&Item::Text("完\n")).unwrap();
                    assert_eq!(printed(&mut printer, &clock), Ok(Completion::$proof), "{left}");
                    assert!(sim.device().text().ends_with("完\n"), "{left}");
                }
            }

            proptest! {
                #![proptest_config(ProptestConfig::with_cases(64))]

                /// Whatever is printed, the printer sees no command but those
                /// meant, and the slices make no difference.
                #[test]
                fn any_items_are_decoded_without_rest(
                    items in proptest::collection::vec(
                        (any::<u8>(), ".{0,60}", proptest::collection::vec(any::<u8>(), 0..300),
                         any::<u8>()),
                        1..12,
                    )
                ) {
                    let encoder = Encoder::new(&Profile::$profile);
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
                        .chain([Item::Feed(0)])
                        .collect();
                    let bytes = encode(&items, Encoder::SLICE);
                    prop_assert_eq!(&bytes, &encode(&items, 100_000));
                    prop_assert_eq!(&bytes, &encode(&items, 101));
                    let printer = $sim::decoded(Model::$model, &bytes);
                    prop_assert!(printer.incomplete().is_empty());
                    for event in printer.events() {
                        prop_assert!(meant(event), "{event:?}");
                    }
                }

                /// Whatever happens to the answers, the paper and the power:
                /// what is said to be proven stands on the paper.
                #[test]
                fn proof_is_true(
                    faults in proptest::collection::vec((0_u8..8, 0_usize..10, any::<u8>()), 0..8),
                    left in proptest::option::of(1_u32..400),
                    cut in proptest::option::of(0_usize..8),
                ) {
                    let (sim, mut printer, clock) = setup();
                    // A status has no check: a bit that is flipped is believed.
                    let honest = !faults.iter().any(|(kind, ..)| matches!(kind, 5 | 7));
                    for (kind, at, mask) in faults {
                        sim.device().outbox.inject(match kind {
                            0 => LineFault::Silence,
                            1 => LineFault::Late(Duration::from_millis(at as u64 * 100)),
                            2 => LineFault::Noise(vec![mask; at]),
                            3 => LineFault::LostByte(at),
                            4 => LineFault::DoubledByte(at),
                            5 => LineFault::Flipped(at, mask),
                            6 => LineFault::Repeated,
                            _ => LineFault::WrongCheck,
                        });
                    }
                    left.into_iter().for_each(|rows| sim.device().paper_ends_after(rows));
                    let sent = (0..8).try_for_each(|n| {
                        if cut == Some(n) {
                            sim.device().condition.cover_open = true;
                        }
                        printer.print(&Item::Text(&format!("第{n}行 line {n}\n")))
                    });
                    let said = sent.and_then(|()| printed(&mut printer, &clock));
                    if honest && said == Ok(Completion::Proven) {
                        let text = sim.device().text();
                        prop_assert!(sim.device().is_idle());
                        prop_assert_eq!(lines(&text).len(), 8, "{}", text);
                    }
                    let stopped = sim.device().condition;
                    let stands = stopped.cover_open || stopped.paper_out && !sim.device().is_idle();
                    if honest && stands {
                        prop_assert!(said.is_err(), "{:?}", said);
                    }
                }
            }
        }
    };
}

language!(in_star, star, Star, StarPrinter, STAR_80MM, STAR_80MM, Proven);
language!(in_star_58mm, star, Star, StarPrinter, STAR_58MM, STAR_58MM, Proven);
language!(in_zebra, cpcl, Cpcl, CpclPrinter, ZEBRA_80MM, BELT_80MM, Proven);
language!(in_cpcl, cpcl, Cpcl, CpclPrinter, BELT_58MM, BELT_58MM, Unproven);

/// The same document in three languages: the same text, the same codes.
#[test]
fn a_document_says_the_same_in_every_language() {
    let rows = vec![0xF0; 12 * 40];
    let items = receipt(&rows);
    let narrow = [&items[..], &[Item::Feed(0)]].concat();
    let mut encoder = escpos::Encoder::new(&escpos::Profile::CLONE_58MM);
    let mut out = vec![0; 100_000];
    let bytes = narrow.iter().fold(escpos::Encoder::PROLOGUE.to_vec(), |bytes, item| {
        let slice = encoder.encode(item, &mut out).unwrap();
        [&bytes, &out[..slice.len]].concat()
    });
    let by_escpos = EscPosPrinter::decoded(Model::CLONE_58MM, &bytes);
    let by_cpcl = CpclPrinter::decoded(Model::BELT_58MM, &in_cpcl::encode(&narrow, 96));
    assert_eq!(lines(&by_escpos.text()), lines(&by_cpcl.text()));
    assert_eq!(codes(by_escpos.events()), codes(by_cpcl.events()));
    let by_star = StarPrinter::decoded(Model::STAR_80MM, &in_star::encode(&narrow, 96));
    assert_eq!(codes(by_escpos.events()), codes(by_star.events()));
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().concat().replace('-', "");
    assert_eq!(words(&by_escpos.text()), words(&by_star.text()));
    // The same glyphs and the same modules; the gaps between lines differ.
    let dots = [by_escpos.bitmap(), by_cpcl.bitmap()].map(black);
    assert!(dots[0].abs_diff(dots[1]) * 20 < dots[0], "{dots:?}");
}
