//! What an SFM module gives out and takes besides matches: templates and its
//! number; and what becomes of that when the line fails.

mod fingerprint_common;

use core::num::NonZeroU16;

use embedded_pos::fingerprint::sfm::command::Request;
use embedded_pos::fingerprint::sfm::data::{ETX, RTX, SIX};
use embedded_pos::fingerprint::sfm::{Code, Config, Fault, Link, Sfm};
use embedded_pos::fingerprint::{
    AsyncIdentified, AsyncImaging, AsyncTemplateTransfer, Capabilities, Event, Geometry,
    Identified, ImageSink, Imaging, Progress, Slot, TemplateTransfer,
};
use embedded_pos::port::{Clocked, Duration, Told};
use embedded_pos::sim::fingerprint::{SfmMisbehaviour, SfmModule, Touch};
use embedded_pos::sim::{Fault as LineFault, Simulated, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind};
use fingerprint_common::bench::{self, device, drop_after, drop_future_after, hit};

const SR: u8 = 0x03;
const SS: u8 = 0x04;
const CT: u8 = 0x19;
const DA: u8 = 0x17;

type Bench = bench::Bench<SfmModule, Link>;

fn bench_of(module: SfmModule, retries: u8, chunk: usize) -> Bench {
    let config = Config { retries, ..Config::new() };
    Bench::new(module, chunk, |port| Sfm::new(port, config)).crowded()
}

/// Anna is in slot 3, Bert in slot 12 and on the sensor; in session.
fn bench(retries: u8) -> Bench {
    let mut bench = bench_of(SfmModule::new(), retries, usize::MAX);
    assert_eq!(bench.count(), Ok(2));
    bench
}

fn template(bench: &Bench, finger: &str) -> Vec<u8> {
    bench.module.device().template_of(finger)
}

/// Reads a template into a buffer with something else in it.
fn read(bench: &mut Bench, slot: u16) -> (Result<usize, bench::Failure<Link>>, Vec<u8>) {
    let mut buffer = vec![0xA5; 500];
    let size = bench.driver.read_template(Slot(slot), &mut buffer).wait(&mut bench.clock);
    (size, buffer)
}

fn write(bench: &mut Bench, slot: u16, template: &[u8]) -> Result<(), bench::Failure<Link>> {
    bench.driver.write_template(Slot(slot), template).wait(&mut bench.clock)
}

#[test]
fn it_can_do_what_it_says() {
    use Capabilities as C;
    let all = C::LIST | C::DUPLICATES | C::TEMPLATES | C::IMAGE | C::ALARMS | C::UNIQUE;
    assert_eq!(bench(2).driver.capabilities(), all);
}

/// Reads Anna's template, deletes it, and writes it to another slot.
fn moves(mut bench: Bench) {
    let anna = template(&bench, "anna");
    let size = bench.driver.template_size().wait(&mut bench.clock).unwrap();
    let (read, buffer) = read(&mut bench, 3);
    assert_eq!((read.unwrap(), size), (anna.len(), anna.len()));
    assert_eq!(buffer[..size], anna);
    assert!(buffer[size..].iter().all(|byte| *byte == 0xA5));
    bench.driver.delete(Slot(3)).wait(&mut bench.clock).unwrap();
    write(&mut bench, 9, &anna).unwrap();
    bench.module.device().place("anna");
    assert_eq!(bench.identify(), Ok(hit(9)));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_template_moves_from_slot_to_slot() {
    for size in [256, 384, 498] {
        for chunk in [1, 7, 64, usize::MAX] {
            moves(bench_of(SfmModule::new().with_setting(0x64, size), 0, chunk));
        }
    }
}

#[test]
fn the_same_on_a_network() {
    let config = Config { retries: 0, ..Config::network(NonZeroU16::new(0x0102).unwrap()) };
    for chunk in [1, 7, usize::MAX] {
        let module = SfmModule::new().on_network(0x0102);
        moves(Bench::new(module, chunk, |port| Sfm::new(port, config)).crowded());
    }
}

#[test]
fn a_transfer_tells_how_far_it_is() {
    let mut bench = bench_of(SfmModule::new(), 0, 100);
    let mut buffer = [0; 384];
    let mut call = bench.driver.read_template(Slot(3), &mut buffer);
    let mut told = Vec::new();
    while let Told::Event(event) = call.next(&mut bench.clock).unwrap() {
        let Event::Progress(Progress { done, total: Some(384) }) = event else {
            panic!("{event:?}");
        };
        told.push(done);
    }
    assert!(told.is_sorted() && told.last() == Some(&384), "{told:?}");
}

#[test]
fn a_buffer_that_is_too_small_is_an_error_before_the_first_byte() {
    let mut bench = bench(2);
    let mut small = [0xA5; 383];
    let result = bench.driver.read_template(Slot(3), &mut small).wait(&mut bench.clock);
    let fault = device(result);
    assert_eq!((fault, fault.kind()), (Fault::Room(384), ErrorKind::Argument));
    assert_eq!(small, [0; 383]);
    assert!(!bench.module.device().commands().contains(&RTX));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn what_is_not_there_or_not_one_is_not_read() {
    let mut bench = bench(2);
    let fault = device(read(&mut bench, 5).0);
    assert_eq!((fault, fault.kind()), (Fault::Empty(Slot(5)), ErrorKind::Absent));
    let fault = device(read(&mut bench, 1900).0);
    assert_eq!((fault, fault.kind()), (Fault::Slot(Slot(1900)), ErrorKind::Argument));
    bench.module.device().store(4, "cleo");
    let fault = device(read(&mut bench, 3).0);
    assert_eq!((fault, fault.kind()), (Fault::Several(Slot(3)), ErrorKind::Refused));
    assert!(!bench.module.device().commands().contains(&RTX));
}

#[test]
fn a_template_that_is_none_is_not_written() {
    let mut bench = bench(2);
    for bytes in [0, 383, 385, 70_000] {
        let fault = device(write(&mut bench, 7, &vec![0; bytes]));
        assert_eq!((fault, fault.kind()), (Fault::Template(bytes), ErrorKind::Argument));
    }
    let cleo = template(&bench, "cleo");
    let fault = device(write(&mut bench, 3, &cleo));
    assert_eq!((fault, fault.kind()), (Fault::Occupied(Slot(3)), ErrorKind::Refused));
    assert_eq!(device(write(&mut bench, 1900, &cleo)), Fault::Slot(Slot(1900)));
    assert!(!bench.module.device().commands().contains(&ETX));
    let fault = device(write(&mut bench, 7, &[1; 384]));
    assert_eq!((fault, fault.kind()), (Fault::Refused(ETX, Code::ScanFail), ErrorKind::Refused));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_full_library_takes_no_template() {
    let mut bench = bench_of(SfmModule::new().with_capacity(13), 0, usize::MAX);
    for user in 20..31 {
        bench.module.device().store(user, "dora");
    }
    let cleo = template(&bench, "cleo");
    assert_eq!(device(write(&mut bench, 7, &cleo)), Fault::Refused(ETX, Code::MemoryFull));
}

#[test]
fn what_is_read_back_is_compared_and_another_one_deleted() {
    let mut bench = bench(0);
    let (cleo, dora) = (template(&bench, "cleo"), template(&bench, "dora"));
    bench.module.device().misbehave_on(ETX, SfmMisbehaviour::Keeps(dora));
    let fault = device(write(&mut bench, 7, &cleo));
    assert_eq!((fault, fault.kind()), (Fault::Unlike(Slot(7)), ErrorKind::Refused));
    assert_eq!(bench.module.device().stored(8), None);
    assert_eq!(bench.count(), Ok(2));
}

/// Ways in which the responses of a transfer can go wrong.
fn rows() -> Vec<SfmMisbehaviour> {
    use LineFault::*;
    use SfmMisbehaviour::*;
    let rtx = u32::from(RTX);
    let later = Duration::from_millis(300);
    let mut rows: Vec<_> = [
        WrongCheck,
        Flipped(4, 0x01),
        Flipped(100, 0x40),
        Flipped(398, 0x01),
        LostByte(3),
        LostByte(200),
        LostByte(400),
        DoubledByte(6),
        DoubledByte(200),
        Silence,
        Noise(vec![0xA5]),
        Noise(vec![0x40, RTX, 4, 0, 0, 0]),
        Repeated,
        Late(Duration::from_secs(12)),
    ]
    .map(Line)
    .into();
    for before in [RTX, ETX, SS, SR, CT] {
        rows.extend([Stale(before, Duration::ZERO), Stale(before, later)]);
    }
    rows.extend([
        Before([rtx, 1, 384, 0x61], later),
        Before([rtx, 0x0001_0001, 384, 0x61], Duration::ZERO),
        Instead([1, 384, 0x61]),
        Instead([0x0001_0002, 384, 0x61]),
        Instead([1, 60_000, 0x61]),
        Instead([4, 0, 0x61]),
        Instead([4, 0, 0x62]),
        Instead([4, 0, 0x83]),
        Instead([0, 0, 0x82]),
        Instead([0, 0, 0x80]),
        Instead([0, 0, 0x69]),
        Terminal(9),
        PowerCycle,
    ]);
    rows
}

/// Lets the fault come and go, and what it left over.
fn calm(bench: &mut Bench) {
    for _ in 0..40 {
        if bench.module.device().has_misbehaved() {
            break;
        }
        let _ = bench.count();
    }
    bench.clock.advance(Duration::from_secs(12));
    let _ = bench.count();
    let _ = bench.count();
}

#[test]
fn a_template_is_read_undamaged_or_not_at_all() {
    for how in rows() {
        for (nth, retries) in (0..8).flat_map(|nth| [(nth, 0), (nth, 2)]) {
            let row = format!("{how:?}, response {nth}, {retries} retries");
            let mut bench = bench(retries);
            let anna = template(&bench, "anna");
            assert_eq!(read(&mut bench, 12).0.unwrap(), 384);
            bench.module.device().misbehave_after(nth, how.clone());
            let (size, buffer) = read(&mut bench, 3);
            match size {
                Ok(size) => assert!(buffer[..size] == anna, "{row}"),
                Err(_) => assert!(buffer == [0; 500], "{row}"),
            }
            calm(&mut bench);
            let (size, buffer) = read(&mut bench, 3);
            assert!(size.is_ok() && buffer.starts_with(&anna), "{row}: {size:?}");
        }
    }
}

#[test]
fn each_damaged_byte_of_a_template_is_noticed() {
    for index in 0..13 + 384 + 4 {
        let mut bench = bench(0);
        // What comes with it is the fifth response.
        bench
            .module
            .device()
            .misbehave_after(5, SfmMisbehaviour::Line(LineFault::Flipped(index, 0x20)));
        let (size, buffer) = read(&mut bench, 3);
        assert!(size.is_err() && buffer == [0; 500], "byte {index}");
        assert!(bench.module.device().has_misbehaved());
    }
}

#[test]
fn a_template_is_written_whole_or_it_is_deleted() {
    for how in rows() {
        for (nth, retries) in (0..12).flat_map(|nth| [(nth, 0), (nth, 2)]) {
            let mut bench = bench(retries);
            let cleo = template(&bench, "cleo");
            bench.module.device().misbehave_after(nth, how.clone());
            let written = write(&mut bench, 7, &cleo);
            let row = format!("{how:?}, response {nth}, {retries} retries: {written:?}");
            if written.is_err() {
                calm(&mut bench);
            }
            let module = bench.module.device();
            let stored = written.is_ok().then_some("cleo");
            assert_eq!(module.stored(8), stored, "{row}");
            assert_eq!((module.stored(4), module.stored(13)), (Some("anna"), Some("bert")));
        }
    }
}

#[test]
fn a_transfer_can_be_dropped_at_every_step() {
    for turns in 0.. {
        let mut bench = bench(2);
        let mut clock = bench.clock.clone();
        let (anna, cleo) = (template(&bench, "anna"), template(&bench, "cleo"));
        let mut buffer = vec![0xA5; 384];
        let call = bench.driver.read_template(Slot(3), &mut buffer);
        let read = drop_after(turns, call, &mut clock, |_| {});
        assert!(if read { buffer == anna } else { buffer == [0; 384] });
        assert_eq!(bench.identify(), Ok(hit(12)), "after {turns} turns");
        let call = bench.driver.write_template(Slot(7), &cleo);
        let written = drop_after(turns, call, &mut clock, |_| {});
        assert_eq!(bench.identify(), Ok(hit(12)), "after {turns} turns");
        let stored = bench.module.device().stored(8).map(str::to_owned);
        assert_eq!(stored.as_deref(), written.then_some("cleo"), "after {turns} turns");
        if read && written {
            return;
        }
    }
}

#[test]
fn a_command_does_not_go_without_its_data() {
    let mut bench = bench(2);
    let mut clock = bench.clock.clone();
    for request in [Request::write_template(Slot(7), 384), Request::read_template(Slot(3), 384)] {
        let fault = device(bench.driver.ask(request).wait(&mut clock));
        assert_eq!(fault, Fault::Unsupported(request.command));
        assert_eq!(bench.identify(), Ok(hit(12)));
    }
    assert_eq!(bench.module.device().stored(8), None);
}

#[test]
fn a_module_says_which_one_it_is() {
    for (module, id, unique) in [
        (SfmModule::new(), "0001E240", true),
        (SfmModule::new().with_setting(0x6F, 0), "00000001", false),
        (SfmModule::new().with_setting(0x6F, u32::MAX), "00000001", false),
        (SfmModule::new().without_setting(0x6F), "00000001", false),
    ] {
        let mut bench = bench_of(module, 0, usize::MAX);
        let found = bench.driver.sensor_id().wait(&mut bench.clock).unwrap();
        assert_eq!(found.to_string().trim_start_matches('0'), id.trim_start_matches('0'));
        assert_eq!((found.is_unique(), bench.driver.interruptions()), (unique, 0));
    }
}

#[test]
fn an_exchange_of_modules_is_noticed() {
    let mut bench = bench(2);
    let mut clock = bench.clock.clone();
    bench.driver.sensor_id().wait(&mut clock).unwrap();
    bench.module.device().misbehave_on(SR, SfmMisbehaviour::Line(LineFault::Silence));
    bench.count().unwrap();
    assert_eq!(bench.driver.interruptions(), 1);
    let other = std::mem::take(&mut *bench.module.device());
    *bench.module.device() = other.with_setting(0x6F, 7);
    bench.driver.sensor_id().wait(&mut clock).unwrap();
    assert_eq!(bench.driver.interruptions(), 2);
}

/// The module starts anew between two commands, and an empty library lets
/// everybody in again, as it was saved.
#[test]
fn a_restart_that_was_not_seen_lets_nobody_in() {
    let module = SfmModule::new().with_setting(0x86, 0x31);
    let mut bench = Bench::new(module, usize::MAX, |port| Sfm::new(port, Config::new()));
    assert_eq!(bench.count(), Ok(0));
    bench.module.device().power_cycle();
    bench.module.device().place("cleo");
    assert!(!matches!(bench.verify(3), Ok(Some(_))));
    assert!(!matches!(bench.identify(), Ok(Some(_))));
}

#[test]
fn an_empty_library_can_be_cleared() {
    let mut bench = bench(0);
    bench.module.device().misbehave_on(DA, SfmMisbehaviour::Instead([0, 0, 0x69]));
    bench.driver.clear().wait(&mut bench.clock).unwrap();
}

#[test]
fn generic_code_moves_templates() {
    fn moves<S: TemplateTransfer + Identified>(sensor: &mut S) -> Result<(), S::Error> {
        let mut buffer = vec![0; sensor.template_size()?];
        assert!(sensor.sensor_id()?.is_unique());
        let size = sensor.read_template(Slot(3), &mut buffer)?;
        sensor.write_template(Slot(9), &buffer[..size])
    }
    let (mut sensor, hand) = bench(0).sensor();
    moves(&mut sensor).unwrap();
    assert_eq!(hand.module.device().stored(10), Some("anna"));
}

#[test]
fn the_async_twin_does_the_same_and_can_be_dropped() {
    for polls in (0..).step_by(5) {
        let (module, clock) = (Simulated::new(SfmModule::new()), VirtualClock::new());
        module.device().store(4, "anna");
        let anna = module.device().template_of("anna");
        let driver = Sfm::new(module.port(clock.clone()).chunked(100), Config::new());
        let mut sensor: Clocked<_, _> = Clocked::new(driver, clock);
        let mut buffer = [0xA5; 384];
        let read = drop_future_after(polls, sensor.read_template(Slot(3), &mut buffer));
        assert_eq!(buffer == anna[..], read.is_some());
        let written = drop_future_after(polls, sensor.write_template(Slot(7), &anna));
        block_on(async {
            assert!(sensor.sensor_id().await.unwrap().is_unique());
            assert_eq!(sensor.template_size().await.unwrap(), 384);
        });
        assert_eq!(module.device().stored(8), written.is_some().then_some("anna"));
        if read.is_some() && written.is_some() {
            return;
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
        assert_eq!(pixels.len(), 96);
        self.pixels.extend(pixels);
    }
}

const SHAPE: Geometry = Geometry { width: 96, height: 100, dpi: None };

#[test]
fn an_image_comes_row_by_row() {
    let bert = SfmModule::image_of("bert");
    for chunk in [1, 100, usize::MAX] {
        let mut bench = bench_of(SfmModule::new(), 0, chunk);
        let mut film = Film::default();
        assert_eq!(bench.driver.image(&mut film).wait(&mut bench.clock), Ok(SHAPE));
        assert!(film.geometry == Some(SHAPE) && film.pixels == bert);
        assert_eq!(bench.identify(), Ok(hit(12)));
    }
    let (mut sensor, _hand) = bench(0).sensor();
    let mut film = Film::default();
    assert_eq!(Imaging::image(&mut sensor, &mut film), Ok(SHAPE));
    assert!(film.pixels == bert);
}

#[test]
fn no_image_of_nobody_or_of_a_poor_finger() {
    let mut bench = bench(2);
    for (touch, kind) in [(Touch::Poor, ErrorKind::Retry), (Touch::Fake, ErrorKind::Refused)] {
        bench.module.device().place_so("bert", touch);
        let module = std::mem::take(&mut *bench.module.device());
        *bench.module.device() = module.with_setting(0x98, 0x31);
        let result = bench.driver.image(Film::default()).wait(&mut bench.clock);
        assert_eq!(device(result).kind(), kind);
    }
    bench.module.device().lift();
    let fault = device(bench.driver.image(Film::default()).wait(&mut bench.clock));
    assert_eq!((fault, fault.kind()), (Fault::NoFinger, ErrorKind::Absent));
}

#[test]
fn an_image_is_whole_and_undamaged_or_the_fault_is_told() {
    let bert = SfmModule::image_of("bert");
    let mut good = 0;
    for how in rows() {
        for (nth, retries) in (0..8).flat_map(|nth| [(nth, 0), (nth, 2)]) {
            let row = format!("{how:?}, response {nth}, {retries} retries");
            let mut bench = bench(retries);
            bench.module.device().misbehave_after(nth, how.clone());
            let mut film = Film::default();
            match bench.driver.image(&mut film).wait(&mut bench.clock) {
                Ok(shape) => {
                    assert!(shape == SHAPE && film.pixels == bert, "{row}");
                    good += 1;
                }
                Err(_) => assert!(film.pixels.len() < bert.len(), "{row}"),
            }
            calm(&mut bench);
            assert_eq!(bench.identify(), Ok(hit(12)), "{row}");
        }
    }
    assert!(good > 0);
}

#[test]
fn an_image_can_be_dropped_at_every_step() {
    for turns in (0..).step_by(3) {
        let mut bench = bench_of(SfmModule::new(), 2, 100);
        let mut film = Film::default();
        let call = bench.driver.image(&mut film);
        let over = drop_after(turns, call, &mut bench.clock, |_| {});
        assert_eq!(bench.identify(), Ok(hit(12)), "after {turns} turns");
        if over {
            return;
        }
    }
}

#[test]
fn an_image_comes_async_too() {
    let (module, clock) = (Simulated::new(SfmModule::new()), VirtualClock::new());
    module.device().place("bert");
    let driver = Sfm::new(module.port(clock.clone()).chunked(100), Config::new());
    let mut sensor: Clocked<_, _> = Clocked::new(driver, clock);
    let mut film = Film::default();
    assert_eq!(block_on(AsyncImaging::image(&mut sensor, &mut film)).unwrap(), SHAPE);
    assert!(film.pixels == SfmModule::image_of("bert"));
    assert!(module.device().commands().contains(&SIX));
}
