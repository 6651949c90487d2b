//! What a GT-511 gives out and takes besides matches: templates, images, its
//! number, its speed; and what becomes of that when the line fails.

mod fingerprint_common;

use embedded_pos::fingerprint::gt511::command::{IMAGE, RAW_IMAGE, SetTemplate, TEMPLATE};
use embedded_pos::fingerprint::gt511::{Config, Fault, Gt511, Link, SPEEDS};
use embedded_pos::fingerprint::{
    AsyncIdentified, AsyncImaging, AsyncTemplateTransfer, Capabilities, Event, Geometry,
    Identified, ImageSink, Imaging, Match, Progress, Slot, TemplateTransfer,
};
use embedded_pos::port::adapter::WithBaud;
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Line, Told};
use embedded_pos::sim::fingerprint::{Gt511Misbehaviour as Misbehaviour, Gt511Module, Skin};
use embedded_pos::sim::{
    Fault as LineFault, SimPort, Simulated, Unplugged, VirtualClock, block_on,
};
use embedded_pos::{Error, ErrorKind};
use fingerprint_common::bench::{self, device, drop_after, drop_future_after, hit};

const OPEN: u8 = 0x01;
const CHANGE: u8 = 0x04;
const GET: u8 = 0x70;
const SET: u8 = 0x71;
const IMAGING: u8 = 0x62;

type Bench = bench::Bench<Gt511Module, Link>;

/// Anna is in slot 3, Bert in slot 12 and on the sensor; in session.
fn bench_of(module: Gt511Module, retries: u8, chunk: usize) -> Bench {
    let config = Config { retries, ..Config::gt511c3() };
    let mut bench = Bench::new(module, chunk, |port| Gt511::new(port, config)).crowded();
    assert_eq!(bench.count(), Ok(2));
    bench
}

fn bench(retries: u8) -> Bench {
    bench_of(Gt511Module::new(), retries, usize::MAX)
}

/// Reads a template into a buffer with something else in it.
fn read(bench: &mut Bench, slot: u16) -> (Result<usize, bench::Failure<Link>>, Vec<u8>) {
    let mut buffer = vec![0xA5; 600];
    let size = bench.driver.read_template(Slot(slot), &mut buffer).wait(&mut bench.clock);
    (size, buffer)
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
        assert_eq!(Some(pixels.len()), self.geometry.map(|geometry| geometry.width.into()));
        self.pixels.extend(pixels);
    }
}

#[test]
fn it_can_do_what_it_says() {
    use Capabilities as C;
    let all = C::LIST | C::DUPLICATES | C::TEMPLATES | C::IMAGE | C::UNIQUE | C::BAUD;
    assert_eq!(bench(2).driver.capabilities(), all);
}

#[test]
fn a_template_moves_from_slot_to_slot_in_any_pieces() {
    for chunk in [1, 7, 63, 64, 65, usize::MAX] {
        let mut bench = bench_of(Gt511Module::new(), 0, chunk);
        let anna = Gt511Module::template_of("anna");
        let (size, buffer) = read(&mut bench, 3);
        assert_eq!(size, Ok(TEMPLATE));
        assert!(buffer[..TEMPLATE] == anna && buffer[TEMPLATE..] == [0xA5; 102]);
        bench.driver.delete(Slot(3)).wait(&mut bench.clock).unwrap();
        bench.driver.write_template(Slot(9), &anna).wait(&mut bench.clock).unwrap();
        bench.module.device().place("anna");
        assert_eq!(bench.identify(), Ok(hit(9)));
    }
}

#[test]
fn a_transfer_tells_how_far_it_is_and_takes_the_time_of_the_line() {
    let mut bench = bench_of(Gt511Module::new().paced(), 0, usize::MAX);
    let mut buffer = [0; TEMPLATE];
    let begun = bench.now();
    let mut call = bench.driver.read_template(Slot(3), &mut buffer);
    let mut told = Vec::new();
    while let Told::Event(event) = call.next(&mut bench.clock).unwrap() {
        let Event::Progress(Progress { done, total: Some(498) }) = event else {
            panic!("{event:?}")
        };
        told.push(done);
    }
    drop(call);
    assert_eq!(told, [64, 128, 192, 256, 320, 384, 448, 498]);
    assert!(bench.now() - begun > Duration::from_millis(520));
}

#[test]
fn a_wrong_size_or_slot_is_an_error_before_the_first_byte() {
    let mut bench = bench(2);
    let mut clock = bench.clock.clone();
    let asked = bench.module.device().commands().len();
    let mut small = [0xA5; TEMPLATE - 1];
    let fault = device(bench.driver.read_template(Slot(3), &mut small).wait(&mut clock));
    assert_eq!((fault, fault.kind()), (Fault::Room(TEMPLATE), ErrorKind::Argument));
    let fault = device(bench.driver.make_template(&mut small).wait(&mut clock));
    assert_eq!(fault, Fault::Room(TEMPLATE));
    for bytes in [0, TEMPLATE - 1, TEMPLATE + 1] {
        let fault = device(bench.driver.write_template(Slot(7), &vec![0; bytes]).wait(&mut clock));
        assert_eq!((fault, fault.kind()), (Fault::Template(bytes), ErrorKind::Argument));
    }
    let fault = device(bench.driver.write_template(Slot(200), &[0; TEMPLATE]).wait(&mut clock));
    assert_eq!(fault, Fault::Slot(Slot(200)));
    assert_eq!(device(read(&mut bench, 200).0), Fault::Slot(Slot(200)));
    assert_eq!(bench.module.device().commands().len(), asked);
}

#[test]
fn what_is_not_there_is_not_read_and_what_is_none_is_not_written() {
    let mut bench = bench(2);
    let mut clock = bench.clock.clone();
    let (result, buffer) = read(&mut bench, 5);
    let fault = device(result);
    assert_eq!((fault, fault.kind()), (Fault::Empty(Slot(5)), ErrorKind::Absent));
    assert!(buffer == [0; 600]);
    let cleo = Gt511Module::template_of("cleo");
    let fault = device(bench.driver.write_template(Slot(3), &cleo).wait(&mut clock));
    assert_eq!((fault, fault.kind()), (Fault::Occupied(Slot(3)), ErrorKind::Refused));
    let fault = device(bench.driver.write_template(Slot(7), &[1; TEMPLATE]).wait(&mut clock));
    assert_eq!(fault.kind(), ErrorKind::Refused);
    let anna = Gt511Module::template_of("anna");
    let fault = device(bench.driver.write_template(Slot(7), &anna).wait(&mut clock));
    assert_eq!(fault, Fault::Duplicate(Match { slot: Slot(3), score: 0 }));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_template_is_made_of_the_finger_on_the_sensor() {
    let mut bench = bench(2);
    let mut clock = bench.clock.clone();
    let mut buffer = [0; TEMPLATE];
    assert_eq!(bench.driver.make_template(&mut buffer).wait(&mut clock), Ok(TEMPLATE));
    assert!(buffer[..] == Gt511Module::template_of("bert"));
    bench.module.device().lift();
    assert_eq!(device(bench.driver.make_template(&mut buffer).wait(&mut clock)), Fault::NoFinger);
    assert!(buffer == [0; TEMPLATE]);
}

/// Ways in which the answers of a transfer can go wrong.
fn rows() -> Vec<Misbehaviour> {
    use LineFault::*;
    let late = Late(Duration::from_secs(5));
    let faults = [
        WrongCheck,
        Flipped(7, 0x40),
        LostByte(5),
        DoubledByte(6),
        Silence,
        Noise(vec![0xA5, 0x55, 0xAA, 1, 0]),
        Repeated,
        late,
    ];
    let mut rows: Vec<_> = faults.iter().cloned().map(Misbehaviour::Line).collect();
    rows.extend(faults.iter().cloned().map(Misbehaviour::Data));
    rows.extend([LostByte(300), Flipped(2, 1), Flipped(300, 8)].map(Misbehaviour::Data));
    rows.extend(faults.map(Misbehaviour::Second));
    rows.extend([
        Misbehaviour::Short(250),
        Misbehaviour::Short(503),
        Misbehaviour::Stale(GET, Duration::ZERO),
        Misbehaviour::Stale(0x21, Duration::from_millis(300)),
        Misbehaviour::Before(true, 0, Duration::ZERO),
        Misbehaviour::Before(false, 0x1004, Duration::from_millis(300)),
        Misbehaviour::Instead(true, 7),
        Misbehaviour::Instead(true, 0),
        Misbehaviour::Instead(false, 0x1006),
        Misbehaviour::PowerCycle,
    ]);
    rows
}

/// Whatever is still to go wrong or to come, goes and comes.
fn settle(bench: &mut Bench) {
    for _ in 0..3 {
        bench.clock.advance(Duration::from_secs(6));
        let _ = bench.count();
    }
    assert_eq!(bench.verify(12), Ok(hit(12)));
}

#[test]
fn a_template_is_read_undamaged_or_not_at_all() {
    let anna = Gt511Module::template_of("anna");
    let mut whole = 0;
    for how in rows() {
        for (nth, retries) in (0..3).flat_map(|nth| [(nth, 0), (nth, 2)]) {
            let mut bench = bench(retries);
            bench.module.device().misbehave_after(nth, how.clone());
            // What may come again is another's.
            let _ = read(&mut bench, 12);
            let (size, buffer) = read(&mut bench, 3);
            whole += usize::from(size.is_ok());
            match size {
                Ok(size) => assert!(buffer[..size] == anna, "{how:?}, answer {nth}"),
                Err(_) => assert!(buffer == [0; 600], "{how:?}, answer {nth}"),
            }
            settle(&mut bench);
            assert_eq!(read(&mut bench, 3).0, Ok(TEMPLATE), "{how:?}, answer {nth}");
        }
    }
    assert!(whole > 150, "{whole}");
}

#[test]
fn a_template_is_written_whole_or_the_fault_is_told() {
    let cleo = Gt511Module::template_of("cleo");
    let mut written = 0;
    for how in rows() {
        for (nth, retries) in (0..6).flat_map(|nth| [(nth, 0), (nth, 2)]) {
            let mut bench = bench(retries);
            bench.module.device().misbehave_after(nth, how.clone());
            let result = bench.driver.write_template(Slot(7), &cleo).wait(&mut bench.clock);
            written += usize::from(result.is_ok());
            {
                let module = bench.module.device();
                let stored = module.stored(7);
                assert!(stored.is_none_or(|finger| finger == "cleo"), "{how:?}, answer {nth}");
                assert!(stored.is_some() || result.is_err(), "{how:?}, answer {nth}");
                assert_eq!((module.stored(3), module.stored(12)), (Some("anna"), Some("bert")));
            }
            // What came in time, or not at all, and is no lie, is overcome.
            let late = format!("{how:?}").contains("Late");
            if retries > 0 && !late && how != Misbehaviour::Instead(true, 0) {
                assert_eq!(result, Ok(()), "{how:?}, answer {nth}");
            }
            settle(&mut bench);
        }
    }
    assert!(written > 150, "{written}");
}

#[test]
fn a_second_answer_that_is_lost_writes_nothing_twice() {
    let cleo = Gt511Module::template_of("cleo");
    let mut bench = bench(2);
    bench.module.device().misbehave_on(SET, Misbehaviour::Second(LineFault::Silence));
    bench.driver.write_template(Slot(7), &cleo).wait(&mut bench.clock).unwrap();
    let sent = bench.module.device().commands().iter().filter(|code| **code == SET).count();
    assert_eq!(sent, 1);
}

#[test]
fn what_is_read_back_is_compared() {
    let cleo = Gt511Module::template_of("cleo");
    let mut bench = bench(0);
    let module = bench.module.clone();
    let mut call = bench.driver.write_template(Slot(7), &cleo);
    // As soon as it is there, it is another's.
    let fault = loop {
        if module.device().stored(7).is_some() {
            module.device().store(7, "dora");
        }
        match call.poll(bench.clock.now()) {
            Err(embedded_pos::nb::Error::WouldBlock) => {
                bench.clock.advance(Duration::from_millis(1));
            }
            Err(embedded_pos::nb::Error::Other(fault)) => break fault,
            Ok(()) => panic!("another's template"),
        }
    };
    assert_eq!(fault, CallError::Device(Fault::Unlike(Slot(7))));
    assert_eq!(fault.kind(), ErrorKind::Refused);
}

#[test]
fn images_come_row_by_row() {
    for chunk in [64, 1000, usize::MAX] {
        let mut bench = bench_of(Gt511Module::new(), 0, chunk);
        let mut film = Film::default();
        let geometry = bench.driver.image(&mut film).wait(&mut bench.clock).unwrap();
        assert_eq!((geometry, geometry.pixels(), film.geometry), (IMAGE, 52_116, Some(IMAGE)));
        assert!(film.pixels == Gt511Module::image_of("bert"));
        let mut film = Film::default();
        let geometry = bench.driver.raw_image(&mut film).wait(&mut bench.clock).unwrap();
        assert_eq!(
            (geometry, geometry.pixels(), film.geometry),
            (RAW_IMAGE, 19_200, Some(geometry))
        );
        assert!(film.pixels == Gt511Module::raw_image_of(Some("bert")));
        bench.module.device().lift();
        let mut film = Film::default();
        bench.driver.raw_image(&mut film).wait(&mut bench.clock).unwrap();
        assert!(film.pixels == Gt511Module::raw_image_of(None));
    }
}

#[test]
fn there_is_no_image_of_nobody_or_of_a_bad_finger() {
    let mut bench = bench(2);
    bench.module.device().place_badly("bert", Skin::Wet);
    let result = bench.driver.image(Film::default()).wait(&mut bench.clock);
    assert_eq!(device(result).kind(), ErrorKind::Retry);
    bench.module.device().lift();
    let fault = device(bench.driver.image(Film::default()).wait(&mut bench.clock));
    assert_eq!((fault, fault.kind()), (Fault::NoFinger, ErrorKind::Absent));
}

#[test]
fn an_image_that_is_good_is_that_of_the_finger() {
    let bert = Gt511Module::image_of("bert");
    let mut whole = 0;
    for how in rows() {
        for retries in [0, 2] {
            let mut bench = bench(retries);
            bench.module.device().misbehave_on(IMAGING, how.clone());
            let mut film = Film::default();
            let result = bench.driver.image(&mut film).wait(&mut bench.clock);
            whole += usize::from(result.is_ok());
            assert!(film.pixels == bert || result.is_err(), "{how:?}");
            settle(&mut bench);
        }
    }
    assert!(whole > 10, "{whole}");
}

#[test]
fn of_an_image_that_fails_at_its_end_the_last_row_is_kept_back() {
    let mut bench = bench(2);
    let damaged = Misbehaviour::Data(LineFault::Flipped(30_000, 0x10));
    bench.module.device().misbehave_on(IMAGING, damaged);
    let mut film = Film::default();
    let result = bench.driver.image(&mut film).wait(&mut bench.clock);
    assert_eq!(device(result), Fault::Damaged(0x62));
    assert_eq!(film.pixels.len(), 52_116 - 258);
}

#[test]
fn a_transfer_can_be_dropped_at_every_step() {
    let (anna, cleo) = (Gt511Module::template_of("anna"), Gt511Module::template_of("cleo"));
    let mut over = [false; 2];
    for turns in (0..).step_by(29) {
        let mut bench = bench_of(Gt511Module::new().paced(), 2, usize::MAX);
        let mut clock = bench.clock.clone();
        let mut buffer = vec![0xA5; 600];
        let call = bench.driver.read_template(Slot(3), &mut buffer);
        over[0] = drop_after(turns, call, &mut clock, |_| {});
        assert!(if over[0] { buffer.starts_with(&anna) } else { buffer == [0; 600] });
        assert_eq!(bench.verify(12), Ok(hit(12)), "after {turns} turns");
        let call = bench.driver.write_template(Slot(7), &cleo);
        over[1] = drop_after(turns, call, &mut clock, |_| {});
        assert_eq!(bench.verify(12), Ok(hit(12)), "after {turns} turns");
        let stored = bench.module.device().stored(7).map(str::to_owned);
        assert!(stored.as_deref().is_none_or(|finger| finger == "cleo"));
        if over == [true; 2] {
            assert_eq!(stored.as_deref(), Some("cleo"));
            return;
        }
    }
}

#[test]
fn after_an_image_that_was_dropped_the_next_call_waits_for_its_end() {
    for turns in [300, 2_000] {
        let module = Gt511Module::new().paced();
        let mut bench = bench_of(module, 2, usize::MAX);
        let mut clock = bench.clock.clone();
        assert!(!drop_after(turns, bench.driver.image(Film::default()), &mut clock, |_| {}));
        let begun = bench.now();
        assert_eq!(bench.verify(12), Ok(hit(12)));
        let took = bench.now() - begun;
        assert!(took > Duration::from_secs(50) && took < Duration::from_secs(58), "{took:?}");
    }
}

#[test]
fn the_class_has_it_all_and_its_async_twin_too() {
    let (sensor, hand) = bench(2).sensor();
    let mut sensor = sensor;
    let cleo = Gt511Module::template_of("cleo");
    let mut buffer = [0; TEMPLATE];
    assert_eq!(sensor.template_size(), Ok(TEMPLATE));
    assert_eq!(sensor.read_template(Slot(3), &mut buffer), Ok(TEMPLATE));
    sensor.write_template(Slot(7), &cleo).unwrap();
    let mut film = Film::default();
    assert_eq!(sensor.image(&mut film), Ok(IMAGE));
    let id = sensor.sensor_id().unwrap();
    assert!(id.is_unique() && id.bytes().starts_with(b"SIM-GT511C3-0001"));
    assert_eq!(sensor.interruptions(), 0);
    assert_eq!(hand.module.device().stored(7), Some("cleo"));

    let module = Simulated::new(Gt511Module::new());
    module.device().store(3, "anna");
    module.device().place("bert");
    let clock = VirtualClock::in_steps(Duration::from_millis(1));
    let driver = Gt511::new(module.port(clock.clone()).chunked(50), Config::gt511c3());
    let mut sensor: Clocked<_, _> = Clocked::new(driver, clock);
    block_on(async {
        let mut buffer = [0; TEMPLATE];
        assert_eq!(sensor.template_size().await, Ok(TEMPLATE));
        assert_eq!(sensor.read_template(Slot(3), &mut buffer).await, Ok(TEMPLATE));
        assert!(buffer[..] == Gt511Module::template_of("anna"));
        sensor.write_template(Slot(7), &cleo).await.unwrap();
        let mut film = Film::default();
        assert_eq!(sensor.image(&mut film).await, Ok(IMAGE));
        assert!(film.pixels == Gt511Module::image_of("bert"));
        assert!(sensor.sensor_id().await.unwrap().is_unique());
    });
    let mut erased = [0xA5; TEMPLATE];
    assert_eq!(drop_future_after(3, sensor.read_template(Slot(3), &mut erased)), None);
    assert!(erased == [0; TEMPLATE]);
    assert_eq!(block_on(sensor.template_size()), Ok(TEMPLATE));
}

#[test]
fn which_module_it_is_and_that_it_may_be_another() {
    let mut bench = bench(2);
    let mut clock = bench.clock.clone();
    let first = bench.driver.sensor_id().wait(&mut clock).unwrap();
    assert_eq!((first.is_unique(), bench.driver.interruptions()), (true, 0));
    bench.module.device().replace(*b"SIM-GT511C3-0002");
    let second = bench.driver.sensor_id().wait(&mut clock).unwrap();
    assert!(second != first && bench.driver.interruptions() == 1);
    // Found out by an opening.
    bench.module.device().replace(*b"SIM-GT511C3-0003");
    assert_eq!(device(bench.driver.init().wait(&mut clock)), Fault::Replaced);
    assert_eq!(bench.driver.interruptions(), 2);
    bench.module.device().misbehave_on(0x20, Misbehaviour::Line(LineFault::Silence));
    assert_eq!(bench.count(), Ok(2));
    assert_eq!(bench.driver.interruptions(), 3);
    for blank in [0x00, 0xFF, b'0'] {
        bench.module.device().replace([blank; 16]);
        assert!(!bench.driver.sensor_id().wait(&mut clock).unwrap().is_unique());
    }
}

// Its speed.

type Wire = SimPort<Gt511Module, VirtualClock>;
type SetWire = Box<dyn FnMut(&mut Wire, u32) -> Result<(), Unplugged>>;

/// A driver whose port can be set to another speed.
struct Tuned {
    module: Simulated<Gt511Module>,
    clock: VirtualClock,
    driver: Gt511<WithBaud<Wire, SetWire>>,
}

fn tuned_to(host: u32, module: Gt511Module) -> Tuned {
    let clock = VirtualClock::in_steps(Duration::from_millis(1));
    let module = Simulated::new(module);
    module.device().hears_at(host);
    let set = module.clone();
    let set: SetWire = Box::new(move |_, baud| {
        set.device().hears_at(baud);
        Ok(())
    });
    let port = WithBaud::new(module.port(clock.clone()), set);
    let driver = Gt511::new(port, Config { baud: host, ..Config::gt511c3() });
    Tuned { module, clock, driver }
}

impl Tuned {
    fn count(&mut self) -> Result<u16, CallError<Fault, Unplugged>> {
        Ok(self.driver.count().wait(&mut self.clock)?.stored)
    }

    fn set(&mut self, baud: u32) -> Result<(), CallError<Fault, Unplugged>> {
        self.driver.set_baud(baud).wait(&mut self.clock)
    }

    fn agree(&self) -> bool {
        self.driver.baud() == self.module.device().baud()
    }
}

#[test]
fn every_speed_can_be_set_however_the_module_answers() {
    let modules = [Gt511Module::new(), Gt511Module::new().paced()];
    for module in modules.into_iter().chain([Gt511Module::new().switching_first()]) {
        let mut tuned = tuned_to(9_600, module);
        for baud in SPEEDS.into_iter().chain(SPEEDS.into_iter().rev()) {
            assert_eq!(tuned.set(baud), Ok(()), "{baud}");
            assert!(tuned.agree() && tuned.driver.baud() == baud);
            assert_eq!(tuned.count(), Ok(0));
        }
        let fault = device(tuned.set(250_000));
        assert_eq!((fault, fault.kind()), (Fault::Baud(250_000), ErrorKind::Argument));
    }
}

#[test]
fn a_speed_that_is_refused_leaves_the_old_one() {
    let mut tuned = tuned_to(9_600, Gt511Module::new());
    for how in [Misbehaviour::Instead(false, 0x1002), Misbehaviour::Line(LineFault::Silence)] {
        tuned.module.device().misbehave_on(CHANGE, how);
        let _ = tuned.set(57_600);
        assert!(tuned.agree());
        assert_eq!(tuned.count(), Ok(0));
        assert!(tuned.agree());
        tuned.set(9_600).unwrap();
    }
}

#[test]
fn a_line_that_dies_on_the_way_leaves_no_doubt_once_it_is_back() {
    for nth in 0..8 {
        for lost in [1, 2, 5, 9] {
            let mut tuned = tuned_to(9_600, Gt511Module::new());
            for _ in 0..lost {
                let silence = Misbehaviour::Line(LineFault::Silence);
                tuned.module.device().misbehave_after(nth, silence);
            }
            let result = tuned.set(115_200);
            if result.is_ok() {
                assert!(tuned.agree() && tuned.driver.baud() == 115_200);
            }
            while !tuned.module.device().has_misbehaved() {
                let _ = tuned.count();
            }
            assert_eq!(tuned.count(), Ok(0), "after {nth}, {lost} lost");
            assert!(tuned.agree());
        }
    }
}

#[test]
fn dropped_at_every_step_the_speed_is_found_again() {
    for turns in 0..200 {
        let mut tuned = tuned_to(9_600, Gt511Module::new());
        let call = &mut tuned.driver.set_baud(115_200);
        let mut over = false;
        for _ in 0..turns {
            over = over || call.poll(tuned.clock.now()).is_ok();
            if over {
                break;
            }
            tuned.clock.advance(Duration::from_millis(1));
        }
        assert_eq!(tuned.count(), Ok(0), "after {turns} turns");
        assert!(tuned.agree(), "after {turns} turns");
        if over {
            return;
        }
    }
    panic!("never over");
}

#[test]
fn a_module_that_lost_power_is_found_at_the_speed_of_a_power_up() {
    let mut tuned = tuned_to(9_600, Gt511Module::new());
    tuned.set(115_200).unwrap();
    tuned.module.device().power_cycle();
    assert_eq!(tuned.count(), Ok(0));
    assert_eq!((tuned.driver.baud(), tuned.agree()), (9_600, true));
    assert!(tuned.driver.interruptions() > 0);
}

#[test]
fn a_module_is_found_at_whatever_speed_it_has() {
    for baud in SPEEDS {
        for host in SPEEDS {
            let mut tuned = tuned_to(host, Gt511Module::new().at_baud(baud));
            assert_eq!(tuned.driver.recover().wait(&mut tuned.clock), Ok(baud));
            assert_eq!(tuned.count(), Ok(0));
        }
    }
    let mut tuned = tuned_to(38_400, Gt511Module::new());
    for _ in 0..20 {
        let silence = Misbehaviour::Line(LineFault::Silence);
        tuned.module.device().misbehave_on(OPEN, silence);
    }
    let fault = device(tuned.driver.recover().wait(&mut tuned.clock));
    assert_eq!((fault, fault.kind()), (Fault::Nowhere, ErrorKind::Timeout));
    assert_eq!(tuned.driver.baud(), 38_400);
}

#[test]
fn a_command_that_needs_data_and_has_none_ends() {
    let mut bench = bench(2);
    let asked = bench.driver.ask(SetTemplate(Slot(9))).wait(&mut bench.clock);
    assert_eq!(device(asked), Fault::Timeout(SET.into()));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_port_without_speeds_is_found_out_before_anything_is_sent() {
    let mut bench = bench(2);
    let result = bench.driver.set_baud(57_600).wait(&mut bench.clock);
    assert_eq!(result, Err(CallError::Line(Line::Baud(9_600))));
    assert!(!bench.module.device().commands().contains(&CHANGE));
    assert_eq!(bench.count(), Ok(2));
}
