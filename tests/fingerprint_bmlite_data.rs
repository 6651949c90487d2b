//! What a BM-Lite module gives out and takes besides matches: templates,
//! images, its number; and what becomes of that when the line fails.

mod fingerprint_common;

use embedded_pos::fingerprint::bmlite::command::Request;
use embedded_pos::fingerprint::bmlite::{BmLite, Config, Fault, Link, Outcome};
use embedded_pos::fingerprint::{
    AsyncIdentified, AsyncImaging, AsyncTemplateTransfer, Capabilities, Event, Geometry,
    Identified, ImageSink, Imaging, Progress, Slot, TemplateTransfer,
};
use embedded_pos::port::{Clocked, Duration, Told};
use embedded_pos::sim::fingerprint::{BmLiteMisbehaviour, BmLiteModule, Touch};
use embedded_pos::sim::{Fault as LineFault, Simulated, block_on};
use embedded_pos::{Error, ErrorKind};
use fingerprint_common::bench::{self, device, drop_after, drop_future_after, hit};

const TEMPLATE: u16 = 0x0006;
const IMAGE: u16 = 0x0005;
const INFO: u16 = 0x3004;
const STORAGE: u16 = 0x4002;

type Bench = bench::Bench<BmLiteModule, Link>;

fn bench_of(module: BmLiteModule, retries: u8) -> Bench {
    let config = Config { retries, ..Config::new(50) };
    Bench::new(module, usize::MAX, |port| BmLite::new(port, config)).crowded()
}

/// Anna is in slot 3, Bert in slot 12 and on the sensor; in session.
fn bench(retries: u8) -> Bench {
    let mut bench = bench_of(BmLiteModule::new(), retries);
    assert_eq!(bench.count(), Ok(2));
    bench
}

fn template(bench: &Bench, finger: &str) -> Vec<u8> {
    bench.module.device().template_of(finger)
}

/// Reads a template into a buffer with something else in it.
fn read(bench: &mut Bench, slot: u16) -> (Result<usize, bench::Failure<Link>>, Vec<u8>) {
    let mut buffer = vec![0xA5; 1200];
    let size = bench.driver.read_template(Slot(slot), &mut buffer).wait(&mut bench.clock);
    (size, buffer)
}

#[test]
fn it_can_do_what_it_says() {
    use Capabilities as C;
    let all = C::LIST | C::DUPLICATES | C::TEMPLATES | C::IMAGE | C::UNIQUE;
    assert_eq!(bench(2).driver.capabilities(), all);
}

#[test]
fn a_template_moves_from_slot_to_slot() {
    // 471 bytes fill two segments to the brim.
    for (bytes, segment) in [(900, 242), (471, 242), (1100, 17)] {
        let module = BmLiteModule::new().with_templates(bytes).with_segments(segment);
        for module in [module, BmLiteModule::new().with_empty_tail().with_result_first()] {
            let mut bench = bench_of(module, 0);
            let anna = template(&bench, "anna");
            let (size, buffer) = read(&mut bench, 3);
            let size = size.unwrap();
            assert_eq!(&buffer[..size], anna);
            assert!(buffer[size..].iter().all(|byte| *byte == 0xA5));
            bench.driver.delete(Slot(3)).wait(&mut bench.clock).unwrap();
            bench.driver.write_template(Slot(9), &anna).wait(&mut bench.clock).unwrap();
            bench.module.device().place("anna");
            assert_eq!(bench.identify(), Ok(hit(9)));
            let (sent, acknowledged) = bench.module.device().acknowledged();
            assert_eq!(sent, acknowledged);
        }
    }
}

#[test]
fn a_transfer_tells_how_far_it_is() {
    let mut bench = bench(0);
    let mut buffer = [0; 1200];
    let mut call = bench.driver.read_template(Slot(3), &mut buffer);
    let mut told = Vec::new();
    while let Told::Event(event) = call.next(&mut bench.clock).unwrap() {
        told.push(event);
    }
    // Eight bytes of the first segment are the heads of message and argument.
    let at = |done| Event::Progress(Progress { done, total: Some(900) });
    assert_eq!(told, [at(234), at(476), at(718), at(900)]);
}

#[test]
fn a_buffer_that_is_too_small_is_an_error_before_the_first_byte() {
    let mut bench = bench(2);
    let mut small = [0xA5; 899];
    let result = bench.driver.read_template(Slot(3), &mut small).wait(&mut bench.clock);
    let fault = device(result);
    assert_eq!((fault, fault.kind()), (Fault::Room(900), ErrorKind::Argument));
    assert_eq!(small, [0; 899]);
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn what_is_not_there_is_not_read() {
    let mut bench = bench(2);
    let fault = device(read(&mut bench, 5).0);
    assert_eq!((fault, fault.kind()), (Fault::Empty(Slot(5)), ErrorKind::Absent));
    let asked = bench.module.device().commands().len();
    assert_eq!(device(read(&mut bench, 50).0), Fault::Slot(Slot(50)));
    assert_eq!(bench.module.device().commands().len(), asked);
}

#[test]
fn a_template_that_is_none_is_not_written() {
    let mut bench = bench(2);
    let mut clock = bench.clock.clone();
    let asked = bench.module.device().commands().len();
    for bytes in [0, 5121, 70_000] {
        let fault = device(bench.driver.write_template(Slot(7), &vec![0; bytes]).wait(&mut clock));
        assert_eq!((fault, fault.kind()), (Fault::Template(bytes), ErrorKind::Argument));
    }
    assert_eq!(bench.module.device().commands().len(), asked);
    let fault = device(bench.driver.write_template(Slot(3), &[1; 900]).wait(&mut clock));
    assert_eq!((fault, fault.kind()), (Fault::Occupied(Slot(3)), ErrorKind::Refused));
    let fault = device(bench.driver.write_template(Slot(7), &[1; 900]).wait(&mut clock));
    assert_eq!(fault, Fault::Refused(TEMPLATE, Outcome::InvalidFormat));
    assert_eq!((fault.kind(), bench.count()), (ErrorKind::Refused, Ok(2)));
}

#[test]
fn what_is_read_back_is_compared() {
    let mut bench = bench(0);
    let mut clock = bench.clock.clone();
    let (cleo, anna) = (template(&bench, "cleo"), template(&bench, "anna"));
    // The third answer to this command is the one that is read back.
    let mut message = TEMPLATE.to_le_bytes().to_vec();
    message.extend([2, 0, 1, 0x20, 1, 0, 0, 0x0A, 0x10]);
    message.extend(900_u16.to_le_bytes());
    message.extend(anna);
    // Before it, all but the first followed by the version: the list, the
    // template, its saving, its loading.
    bench.module.device().misbehave_after(8, BmLiteMisbehaviour::Instead(message));
    let fault = device(bench.driver.write_template(Slot(7), &cleo).wait(&mut clock));
    assert_eq!((fault, fault.kind()), (Fault::Unlike(Slot(7)), ErrorKind::Refused));
    assert!(bench.module.device().has_misbehaved());
}

/// Ways in which the answers of a transfer can go wrong.
fn rows() -> Vec<BmLiteMisbehaviour> {
    use BmLiteMisbehaviour::*;
    use LineFault::*;
    let mut rows = Vec::new();
    for at in [1, 2, 4] {
        let faults = [
            WrongCheck,
            Flipped(30, 0x40),
            LostByte(12),
            DoubledByte(40),
            Silence,
            Noise(vec![0xA5, 0, 0, 6]),
            Repeated,
            Late(Duration::from_secs(12)),
        ];
        rows.extend(faults.map(|fault| LineAt(at, fault)));
    }
    rows.extend(
        [&[1, 3, 2, 4][..], &[1, 1, 2, 3, 4], &[1, 2, 4], &[2, 3, 4]]
            .map(|order| Order(order.to_vec())),
    );
    rows.extend([
        Acknowledgement(Silence),
        Acknowledgement(Repeated),
        Stale(STORAGE, Duration::ZERO),
        Stale(INFO, Duration::from_millis(300)),
        Instead(vec![6, 0, 1, 0, 1, 0x20, 1, 0, 0]),
        Instead(vec![6, 0, 2, 0, 10, 0x10, 0x84, 3, 1, 2, 3]),
        PowerCycle,
    ]);
    rows
}

#[test]
fn a_template_is_read_undamaged_or_not_at_all() {
    for how in rows() {
        for (nth, retries) in (0..7).flat_map(|nth| [(nth, 0), (nth, 2)]) {
            let mut bench = bench(retries);
            let anna = template(&bench, "anna");
            bench.module.device().misbehave_after(nth, how.clone());
            let (size, buffer) = read(&mut bench, 3);
            match size {
                Ok(size) => assert!(buffer[..size] == anna, "{how:?}, answer {nth}"),
                Err(_) => assert!(buffer == [0; 1200], "{how:?}, answer {nth}"),
            }
            while !bench.module.device().has_misbehaved() {
                let _ = bench.count();
            }
            bench.clock.advance(Duration::from_secs(12));
            let _ = bench.count();
            assert_eq!(read(&mut bench, 3).0.unwrap(), 900, "{how:?}, answer {nth}");
        }
    }
}

#[test]
fn the_order_of_segments_is_enforced() {
    let order = |order: &[usize]| BmLiteMisbehaviour::Order(order.to_vec());
    for (order, fault) in [
        (order(&[1, 3, 2, 4]), Fault::Segment(TEMPLATE)),
        (order(&[1, 1, 2, 3, 4]), Fault::Segment(TEMPLATE)),
        (order(&[2, 3, 4]), Fault::Segment(TEMPLATE)),
        (order(&[1, 2, 3]), Fault::Timeout(TEMPLATE)),
    ] {
        let mut bench = bench(0);
        bench.module.device().misbehave_on(TEMPLATE, order);
        assert_eq!(device(read(&mut bench, 3).0), fault);
    }
}

#[test]
fn a_template_is_written_whole_or_the_fault_is_told() {
    for how in rows() {
        for (nth, retries) in (0..13).flat_map(|nth| [(nth, 0), (nth, 2)]) {
            let mut bench = bench(retries);
            let cleo = template(&bench, "cleo");
            bench.module.device().misbehave_after(nth, how.clone());
            let written = bench.driver.write_template(Slot(7), &cleo).wait(&mut bench.clock);
            let module = bench.module.device();
            let stored = module.stored(7);
            assert!(stored.is_none_or(|finger| finger == "cleo"), "{how:?}, answer {nth}");
            assert!(stored.is_some() || written.is_err(), "{how:?}, answer {nth}");
            assert_eq!((module.stored(3), module.stored(12)), (Some("anna"), Some("bert")));
        }
    }
}

/// Keeps the rows, and that there is one shape.
#[derive(Default)]
struct Film {
    geometry: Option<Geometry>,
    pixels: Vec<u8>,
}

impl ImageSink for Film {
    fn begin(&mut self, geometry: Geometry) {
        assert_eq!(self.geometry.replace(geometry), None);
    }

    fn row(&mut self, pixels: &[u8]) {
        assert_eq!(pixels.len(), 160);
        self.pixels.extend(pixels);
    }
}

#[test]
fn an_image_comes_row_by_row() {
    let mut bench = bench(0);
    let mut film = Film::default();
    let geometry = bench.driver.image(&mut film).wait(&mut bench.clock).unwrap();
    assert_eq!(geometry, Geometry { width: 160, height: 160, dpi: None });
    assert_eq!(film.geometry, Some(geometry));
    assert!(film.pixels == BmLiteModule::image_of("bert"));
}

#[test]
fn no_image_of_nobody_or_of_another_shape() {
    let mut bench = bench(2);
    bench.module.device().place_so("bert", Touch::Poor);
    let result = bench.driver.image(Film::default()).wait(&mut bench.clock);
    assert_eq!(device(result).kind(), ErrorKind::Retry);
    bench.module.device().lift();
    let fault = device(bench.driver.image(Film::default()).wait(&mut bench.clock));
    assert_eq!((fault, fault.kind()), (Fault::NoFinger, ErrorKind::Absent));

    let geometry = Geometry { width: 192, height: 192, dpi: None };
    let config = Config { geometry, ..Config::new(50) };
    let mut bench = Bench::new(BmLiteModule::new(), 64, |port| BmLite::new(port, config)).crowded();
    let mut film = Film::default();
    let fault = device(bench.driver.image(&mut film).wait(&mut bench.clock));
    assert_eq!((fault, fault.kind()), (Fault::Geometry(25_600), ErrorKind::Argument));
    assert!(film.geometry.is_none() && film.pixels.is_empty());
}

#[test]
fn an_image_is_given_out_undamaged_and_each_row_once() {
    let bert = BmLiteModule::image_of("bert");
    for how in rows() {
        for retries in [0, 2] {
            let mut bench = bench(retries);
            bench.module.device().misbehave_on(IMAGE, how.clone());
            let mut film = Film::default();
            let result = bench.driver.image(&mut film).wait(&mut bench.clock);
            assert!(bert.starts_with(&film.pixels), "{how:?}");
            assert_eq!(film.pixels.len() == bert.len(), result.is_ok(), "{how:?}");
            bench.clock.advance(Duration::from_secs(12));
            let _ = bench.count();
            assert_eq!(bench.identify(), Ok(hit(12)), "{how:?}");
        }
    }
}

#[test]
fn a_transfer_can_be_dropped_at_every_step() {
    let mut over = [false; 3];
    for turns in (0..).step_by(13) {
        let mut bench = bench(2);
        let mut clock = bench.clock.clone();
        let (anna, cleo) = (template(&bench, "anna"), template(&bench, "cleo"));
        let mut buffer = vec![0xA5; 1200];
        let call = bench.driver.read_template(Slot(3), &mut buffer);
        over[0] = drop_after(turns, call, &mut clock, |_| {});
        assert!(if over[0] { buffer.starts_with(&anna) } else { buffer == [0; 1200] });
        assert_eq!(bench.identify(), Ok(hit(12)), "after {turns} turns");
        over[1] = drop_after(turns, bench.driver.image(Film::default()), &mut clock, |_| {});
        assert_eq!(bench.identify(), Ok(hit(12)), "after {turns} turns");
        over[2] =
            drop_after(turns, bench.driver.write_template(Slot(7), &cleo), &mut clock, |_| {});
        assert_eq!(bench.identify(), Ok(hit(12)), "after {turns} turns");
        let stored = bench.module.device().stored(7).map(str::to_owned);
        assert!(stored.as_deref().is_none_or(|finger| finger == "cleo"));
        if over == [true; 3] {
            assert_eq!(stored.as_deref(), Some("cleo"));
            return;
        }
    }
}

#[test]
fn asked_for_without_a_sink_an_image_is_passed_over() {
    let mut bench = bench(0);
    let mut clock = bench.clock.clone();
    bench.driver.ask(Request::capture()).wait(&mut clock).unwrap();
    let size = bench.driver.ask(Request::image_size()).wait(&mut clock).unwrap().size;
    let data = bench.driver.ask(Request::image()).wait(&mut clock).unwrap().data;
    assert_eq!((size, data), (Some(25_600), Some(25_600)));
    let (sent, acknowledged) = bench.module.device().acknowledged();
    assert_eq!(sent, acknowledged);
}

#[test]
fn a_segment_left_over_from_a_dropped_call_is_acknowledged_and_no_more() {
    let mut bench = bench(0);
    let mut clock = bench.clock.clone();
    let late = LineFault::Late(Duration::from_millis(100));
    bench.module.device().misbehave_on(TEMPLATE, BmLiteMisbehaviour::LineAt(2, late));
    let mut buffer = [0; 1200];
    let mut call = bench.driver.read_template(Slot(3), &mut buffer);
    assert!(matches!(call.next(&mut clock), Ok(Told::Event(Event::Progress(_)))));
    drop_after(20, call, &mut clock, |_| {});
    assert_eq!(bench.count(), Ok(2));
    let (sent, acknowledged) = bench.module.device().acknowledged();
    assert_eq!(sent, acknowledged);
}

#[test]
fn bytes_of_a_person_do_not_show() {
    let mut bench = bench(0);
    let mut clock = bench.clock.clone();
    let anna = template(&bench, "anna");
    let shown = |text: String| {
        // The port is the simulated module, which hides nothing.
        let (_, text) = text.split_once("link: Link").unwrap();
        let hides = |bytes: &[u8]| !text.contains(format!("{bytes:?}").trim_matches(['[', ']']));
        assert!(anna.windows(4).all(hides));
    };
    let mut buffer = [0; 1200];
    let mut call = bench.driver.read_template(Slot(3), &mut buffer);
    assert!(matches!(call.next(&mut clock), Ok(Told::Event(Event::Progress(_)))));
    shown(format!("{call:?}"));
    drop(call);
    shown(format!("{:?}", bench.driver));
    let mut call = bench.driver.write_template(Slot(7), &anna);
    for _ in 0..150 {
        let _ = call.poll(embedded_pos::port::Clock::now(&mut clock));
        clock.advance(Duration::from_millis(1));
        shown(format!("{call:?}"));
    }
}

#[test]
fn it_says_which_one_it_is_and_whether_it_may_be_another() {
    let mut bench = bench(0);
    let mut clock = bench.clock.clone();
    let id = bench.driver.sensor_id().wait(&mut clock).unwrap();
    assert!(id.is_unique() && id.bytes().starts_with(b"BMLITE-SIM-1"));
    assert_eq!(bench.driver.interruptions(), 0);
    // It falls silent once.
    bench.module.device().misbehave_on(INFO, BmLiteMisbehaviour::Line(LineFault::Silence));
    assert_eq!(device(bench.driver.sensor_id().wait(&mut clock)), Fault::Timeout(INFO));
    assert_eq!(bench.driver.interruptions(), 1);
    assert_eq!(bench.driver.sensor_id().wait(&mut clock), Ok(id));
    assert_eq!(bench.driver.interruptions(), 1);
    // Another one takes its place, in no time.
    *bench.module.device() = BmLiteModule::new().with_unique_id(*b"BMLITE-SIM-2");
    assert_ne!(bench.driver.sensor_id().wait(&mut clock), Ok(id));
    assert_eq!(bench.driver.interruptions(), 2);
}

#[test]
fn cancelled_it_waits_for_nobody() {
    let mut bench = bench(0);
    let mut clock = bench.clock.clone();
    bench.module.device().lift();
    assert!(!drop_after(50, bench.driver.identify(), &mut clock, |_| {}));
    let begun = bench.now();
    bench.driver.cancel().wait(&mut clock).unwrap();
    assert_eq!(bench.count(), Ok(2));
    assert!(bench.now() - begun < Duration::from_millis(500));
}

#[test]
fn reset_it_starts_anew() {
    let mut bench = bench(0);
    let mut clock = bench.clock.clone();
    bench.driver.reset().wait(&mut clock).unwrap();
    // It hears nothing for a while; the opening is tried more than once.
    assert_eq!(bench.identify(), Ok(hit(12)));
    let fault = device(bench.driver.ask(Request::upload()).wait(&mut clock));
    assert_eq!(fault, Fault::Refused(TEMPLATE, Outcome::MissingTemplate));
}

#[test]
fn one_of_its_class_does_the_same() {
    let (mut sensor, hand) = bench(2).sensor();
    let anna = hand.module.device().template_of("anna");
    let mut buffer = vec![0; sensor.template_size().unwrap()];
    assert_eq!(sensor.read_template(Slot(3), &mut buffer), Ok(900));
    assert!(buffer.starts_with(&anna));
    sensor.write_template(Slot(8), &anna).unwrap();
    let mut film = Film::default();
    sensor.image(&mut film).unwrap();
    assert!(film.pixels == BmLiteModule::image_of("bert"));
    assert!(sensor.sensor_id().unwrap().is_unique());
    assert_eq!(Identified::interruptions(&sensor), 0);
}

#[test]
fn the_async_twins_do_the_same_and_can_be_dropped() {
    for polls in (1..).step_by(29) {
        let bench = bench(2);
        let module: Simulated<BmLiteModule> = bench.module;
        let cleo = module.device().template_of("cleo");
        let mut sensor: Clocked<_, _> = Clocked::new(bench.driver, bench.clock);
        let mut buffer = vec![0xA5; 1200];
        let read = drop_future_after(polls, sensor.read_template(Slot(3), &mut buffer));
        assert!(read.is_some() || buffer == [0; 1200]);
        let written = drop_future_after(polls, sensor.write_template(Slot(7), &cleo));
        let shown = drop_future_after(polls, sensor.image(&mut Film::default()));
        assert!(block_on(sensor.sensor_id()).unwrap().is_unique(), "after {polls} polls");
        if let (Some(read), Some(written), Some(shown)) = (read, written, shown) {
            assert_eq!((read, written.is_ok(), shown.is_ok()), (Ok(900), true, true));
            assert_eq!(module.device().stored(7), Some("cleo"));
            assert_eq!(block_on(sensor.template_size()), Ok(5120));
            return;
        }
    }
}
