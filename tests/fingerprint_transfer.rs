//! What an EF 01 module gives out and takes besides matches: templates and
//! images; and what becomes of that when the line fails.

mod fingerprint_common;

use embedded_pos::conformance::{imaging, template_transfer};
use embedded_pos::fingerprint::zfm::command::{PacketSize, ReadInfPage};
use embedded_pos::fingerprint::zfm::{Config, Dialect, Fault, Link, Password, Zfm};
use embedded_pos::fingerprint::{
    AsyncImaging, AsyncTemplateTransfer, Capabilities, Enrolment, Event, FingerprintSensor,
    Geometry, ImageSink, Imaging, Library, Match, Progress, Slot, TemplateTransfer,
};
use embedded_pos::port::{Clock, Clocked, Duration, Instant, Port, Told};
use embedded_pos::sim::fingerprint::{Misbehaviour, R503Module};
use embedded_pos::sim::{
    Fault as LineFault, SimPort, Simulated, Unplugged, VirtualClock, block_on,
};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};
use fingerprint_common::bench::{self, device, drop_after, drop_future_after};

const LOAD: u8 = 0x07;
const UP: u8 = 0x08;
const DOWN: u8 = 0x09;
const UP_IMAGE: u8 = 0x0A;
const STORE: u8 = 0x06;
const CANCEL: u8 = 0x30;

type Bench = bench::Bench<R503Module, Link>;

fn r503(retries: u8) -> Config {
    Config { retries, ..Config::r503(Password::FACTORY) }
}

fn zfm20(retries: u8) -> Config {
    Config { retries, ..Config::zfm20(Password::FACTORY) }
}

/// Anna is in slot 3, Bert in slot 12 and on the sensor.
fn bench_of(module: R503Module, config: Config) -> Bench {
    Bench::new(module, usize::MAX, |port| Zfm::new(port, config)).crowded()
}

/// The same, in session.
fn bench(retries: u8) -> Bench {
    let mut bench = bench_of(R503Module::new(), r503(retries));
    assert_eq!(bench.count(), Ok(2));
    bench
}

fn template(bench: &Bench, finger: &str) -> Vec<u8> {
    bench.module.device().template(finger)
}

/// Reads a template into a buffer with something else in it.
fn read(bench: &mut Bench, slot: u16) -> (Result<usize, bench::Failure<Link>>, Vec<u8>) {
    let mut buffer = vec![0xA5; 2048];
    let size = bench.driver.read_template(Slot(slot), &mut buffer).wait(&mut bench.clock);
    (size, buffer)
}

fn write(bench: &mut Bench, slot: u16, template: &[u8]) -> Result<(), bench::Failure<Link>> {
    bench.driver.write_template(Slot(slot), template).wait(&mut bench.clock)
}

fn finds_bert(bench: &mut Bench) -> bool {
    bench.module.device().place("bert");
    let found = bench.identify();
    matches!(found, Ok(Some(found)) if found.slot == Slot(12))
}

#[test]
fn it_can_do_what_it_says() {
    for config in [r503(2), zfm20(2)] {
        let bench = bench_of(R503Module::new(), config);
        let both = Capabilities::TEMPLATES | Capabilities::IMAGE;
        assert!(bench.driver.capabilities().contains(both));
    }
    let bench = bench_of(R503Module::synochip(), Config::synochip(Password::FACTORY));
    assert!(!bench.driver.capabilities().contains(Capabilities::IMAGE));
}

#[test]
fn a_template_moves_to_another_module_byte_by_byte() {
    for code in 0..4 {
        // 384 bytes with packets of 256: the last one is not full.
        for bytes in [384, 498, 512, 768, 1536] {
            let module = || R503Module::new().with_packets(code).with_template(bytes);
            let mut from = bench_of(module(), r503(0));
            let anna = template(&from, "anna");
            let (size, buffer) = read(&mut from, 3);
            assert_eq!(size, Ok(bytes.into()));
            assert_eq!(&buffer[..anna.len()], anna);
            assert!(buffer[anna.len()..].iter().all(|byte| *byte == 0xA5));
            let mut to = Bench::new(module(), usize::MAX, |port| Zfm::new(port, r503(0)));
            write(&mut to, 9, &buffer[..anna.len()]).unwrap();
            to.module.device().place("anna");
            assert_eq!(to.identify().unwrap().map(|found| found.slot), Some(Slot(9)));
        }
    }
}

#[test]
fn every_dialect_reads_and_writes() {
    let synochip = Config { retries: 0, ..Config::synochip(Password::FACTORY) };
    let v12 = Config { retries: 0, ..Config::r503_v12(Password::FACTORY) };
    for (module, config) in [
        (R503Module::zfm20 as fn() -> R503Module, zfm20(0)),
        (R503Module::r503_v12, v12),
        (R503Module::synochip, synochip),
    ] {
        let mut bench = bench_of(module(), config);
        let (anna, cleo) = (template(&bench, "anna"), template(&bench, "cleo"));
        let (size, buffer) = read(&mut bench, 3);
        assert_eq!(&buffer[..size.unwrap()], anna);
        write(&mut bench, 7, &cleo).unwrap();
        assert_eq!(bench.module.device().stored(7), Some("cleo"));
        assert!(finds_bert(&mut bench));
    }
}

#[test]
fn the_packets_are_as_the_module_was_set() {
    let mut bench = bench(0);
    for code in [3, 0, 1, 2] {
        let mut clock = bench.clock.clone();
        bench.driver.set_packet(PacketSize(code)).wait(&mut clock).unwrap();
        let (cleo, slot) = (template(&bench, "cleo"), 20 + code);
        write(&mut bench, slot, &cleo).unwrap();
        let (size, buffer) = read(&mut bench, slot);
        assert_eq!(&buffer[..size.unwrap()], cleo);
    }
}

#[test]
fn a_transfer_tells_how_far_it_is() {
    let mut bench = bench(0);
    let mut buffer = [0; 768];
    let mut clock = bench.clock.clone();
    let mut call = bench.driver.read_template(Slot(3), &mut buffer);
    let mut told = Vec::new();
    while let Told::Event(event) = call.next(&mut clock).unwrap() {
        told.push(event);
    }
    drop(call);
    let at = |done| Event::Progress(Progress { done, total: Some(768) });
    assert_eq!(told, [at(128), at(256), at(384), at(512), at(640), at(768)]);
    let mut call = bench.driver.write_template(Slot(7), &buffer);
    let mut told = Vec::new();
    while let Told::Event(event) = call.next(&mut clock).unwrap() {
        told.push(event);
    }
    assert_eq!(told, [at(128), at(256), at(384), at(512), at(640), at(768)]);
}

#[test]
fn what_cannot_go_well_is_an_error_before_the_first_byte() {
    let mut bench = bench(2);
    let mut clock = bench.clock.clone();
    let mut small = [0xA5; 767];
    let fault = device(bench.driver.read_template(Slot(3), &mut small).wait(&mut clock));
    assert_eq!((fault, fault.kind()), (Fault::Room(768), ErrorKind::Argument));
    assert_eq!(small, [0; 767]);
    for bytes in [0, 767, 769, 70_000] {
        let fault = device(write(&mut bench, 7, &vec![1; bytes]));
        assert_eq!((fault, fault.kind()), (Fault::Template(bytes), ErrorKind::Argument));
    }
    let fault = device(write(&mut bench, 3, &[1; 768]));
    assert_eq!((fault, fault.kind()), (Fault::Occupied(Slot(3)), ErrorKind::Refused));
    assert_eq!(device(write(&mut bench, 200, &[1; 768])), Fault::Slot(Slot(200)));
    assert_eq!(device(read(&mut bench, 200).0), Fault::Slot(Slot(200)));
    let fault = device(read(&mut bench, 5).0);
    assert_eq!((fault, fault.kind()), (Fault::Empty(Slot(5)), ErrorKind::Absent));
    let module = bench.module.device();
    assert!(![UP, DOWN, STORE].iter().any(|command| module.commands().contains(command)));
}

#[test]
fn a_size_that_nobody_knows_is_learned_by_reading_twice() {
    let module = || R503Module::zfm20().with_template(640);
    let mut bench = bench_of(module(), zfm20(0));
    let mut clock = bench.clock.clone();
    assert_eq!(bench.driver.template_size().wait(&mut clock), Ok(2048));
    let ups = |bench: &Bench| {
        bench.module.device().commands().iter().filter(|command| **command == UP).count()
    };
    let (size, buffer) = read(&mut bench, 3);
    assert_eq!((size, ups(&bench)), (Ok(640), 2));
    assert!(buffer.starts_with(&template(&bench, "anna")));
    assert_eq!(bench.driver.template_size().wait(&mut clock), Ok(640));
    assert_eq!((read(&mut bench, 3).0, ups(&bench)), (Ok(640), 3));
    assert_eq!(device(write(&mut bench, 7, &[1; 512])), Fault::Template(512));

    // Too small a buffer shows only on the way; the line is free again after.
    let mut bench = bench_of(module(), zfm20(2));
    let mut small = [0; 500];
    let call = bench.driver.read_template(Slot(3), &mut small);
    let fault = device(call.wait(&mut bench.clock));
    assert_eq!((fault, fault.kind()), (Fault::Room(512), ErrorKind::Argument));
    assert!(finds_bert(&mut bench));
}

#[test]
fn a_template_that_the_module_does_not_take_is_not_there() {
    let mut bench = bench(2);
    let fault = device(write(&mut bench, 7, &[0xFF; 768]));
    assert_eq!(fault.kind(), ErrorKind::Refused);
    // What was in the buffer before does not pass for it.
    read(&mut bench, 3).0.unwrap();
    let fault = device(write(&mut bench, 7, &[0xFF; 768]));
    assert_eq!((fault, fault.kind()), (Fault::Incomplete(DOWN), ErrorKind::Line));
    assert_eq!(bench.module.device().stored(7), None);
    assert!(!bench.module.device().commands().contains(&STORE));
}

/// Ways in which a packet, or an acknowledgement, can go wrong.
fn rows() -> Vec<Misbehaviour> {
    use LineFault::*;
    let mut rows = Vec::from(
        [
            WrongCheck,
            Silence,
            Repeated,
            LostByte(0),
            LostByte(8),
            LostByte(30),
            DoubledByte(1),
            DoubledByte(8),
            DoubledByte(30),
            Flipped(0, 0xFF),
            Flipped(3, 1),
            Flipped(6, 0x0A),
            Flipped(7, 1),
            Flipped(8, 0x20),
            Flipped(40, 0x40),
            Noise(vec![0xEF, 1, 0xFF]),
            Noise(vec![0x55]),
            Late(Duration::from_millis(300)),
            Late(Duration::from_secs(2)),
        ]
        .map(Misbehaviour::Line),
    );
    rows.extend([
        Misbehaviour::Address(7),
        Misbehaviour::Pid(2),
        Misbehaviour::Pid(8),
        Misbehaviour::Pid(7),
        Misbehaviour::Pid(1),
        Misbehaviour::Stops,
        Misbehaviour::PowerCycle,
        Misbehaviour::Stale(0x14, Duration::ZERO),
        Misbehaviour::Stale(UP, Duration::ZERO),
        Misbehaviour::Stale(LOAD, Duration::from_millis(5)),
    ]);
    rows
}

/// A fresh bench with that going wrong, in the way `inject` says.
fn campaign(
    line: impl Fn() -> Vec<Bench>,
    inject: impl Fn(&mut R503Module, usize, Misbehaviour),
    count: usize,
    mut judge: impl FnMut(&mut Bench, &str),
) {
    for how in rows() {
        for nth in 0..count {
            for (at, mut bench) in line().into_iter().enumerate() {
                inject(&mut bench.module.device(), nth, how.clone());
                judge(&mut bench, &format!("{how:?}, packet {nth}, bench {at}"));
                let mut clock = bench.clock.clone();
                while !bench.module.device().has_misbehaved() {
                    let _ = bench.count();
                    let _ = read(&mut bench, 3);
                }
                clock.advance(Duration::from_secs(3));
                let _ = bench.driver.init().wait(&mut clock);
                assert!(finds_bert(&mut bench), "{how:?}, packet {nth}, bench {at}: afterwards");
            }
        }
    }
}

/// With a known size and without, with retries and without, in small packets
/// and large.
fn benches() -> Vec<Bench> {
    let mut benches = Vec::new();
    for retries in [0, 2] {
        for code in [0, 2] {
            let module = R503Module::new().with_packets(code).with_template(256);
            benches.push(bench_of(module, r503(retries)));
            let module = R503Module::zfm20().with_packets(code).with_template(256);
            benches.push(bench_of(module, zfm20(retries)));
        }
    }
    for bench in &mut benches {
        assert_eq!(bench.count(), Ok(2));
    }
    benches
}

fn is_read_undamaged_or_not_at_all(bench: &mut Bench, what: &str) {
    let anna = template(bench, "anna");
    let (size, buffer) = read(bench, 3);
    match size {
        Ok(size) => assert!(buffer[..size] == anna, "{what}"),
        Err(_) => assert!(buffer == [0; 2048], "{what}"),
    }
}

#[test]
fn whatever_packet_fails_a_template_is_read_undamaged_or_not_at_all() {
    campaign(benches, R503Module::misbehave_in_packet, 9, is_read_undamaged_or_not_at_all);
}

#[test]
fn whatever_answer_fails_a_template_is_read_undamaged_or_not_at_all() {
    campaign(benches, R503Module::misbehave_after, 9, is_read_undamaged_or_not_at_all);
}

fn is_written_whole_or_the_fault_is_told(bench: &mut Bench, what: &str) {
    let cleo = template(bench, "cleo");
    // Somebody else is in the module's buffers.
    let _ = read(bench, 3);
    let written = write(bench, 7, &cleo);
    let module = bench.module.device();
    let stored = module.stored(7);
    assert!(stored.is_none_or(|finger| finger == "cleo"), "{what}: {stored:?}, {written:?}");
    assert!(stored.is_some() || written.is_err(), "{what}");
    assert_eq!((module.stored(3), module.stored(12)), (Some("anna"), Some("bert")), "{what}");
}

#[test]
fn whatever_packet_fails_a_template_is_written_whole_or_the_fault_is_told() {
    let inject = |module: &mut R503Module, nth, how| module.misbehave_in_packet(nth, how);
    campaign(benches, inject, 9, is_written_whole_or_the_fault_is_told);
}

#[test]
fn whatever_answer_fails_a_template_is_written_whole_or_the_fault_is_told() {
    campaign(benches, R503Module::misbehave_after, 22, is_written_whole_or_the_fault_is_told);
}

#[test]
fn a_packet_that_the_module_misses_is_sent_again() {
    for nth in 0..6 {
        for retries in [0, 1] {
            let mut bench = bench(retries);
            let cleo = template(&bench, "cleo");
            read(&mut bench, 3).0.unwrap();
            bench.module.device().miss_packet(nth);
            let written = write(&mut bench, 7, &cleo);
            assert_eq!(written.is_ok(), retries == 1, "packet {nth}: {written:?}");
            let module = bench.module.device();
            assert_eq!(module.stored(7), (retries == 1).then_some("cleo"));
            // It was noticed before the finger of somebody else was stored.
            let stores = module.commands().iter().filter(|command| **command == STORE);
            assert_eq!(stores.count(), retries.into());
        }
    }
}

#[test]
fn what_is_in_the_slot_afterwards_is_compared() {
    // The module stores, and gives out something else: another finger.
    let mut bench = bench(0);
    let cleo = template(&bench, "cleo");
    let module = bench.module.clone();
    let mut clock = bench.clock.clone();
    let mut call = bench.driver.write_template(Slot(7), &cleo);
    let mut swapped = false;
    let result = loop {
        match call.poll(clock.now()) {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            result => break result,
        }
        let stored = module.device().stored(7).is_some();
        if stored && !std::mem::replace(&mut swapped, stored) {
            module.device().store(7, "anna");
        }
    };
    drop(call);
    let nb::Error::Other(error) = result.unwrap_err() else { panic!() };
    let fault = device::<(), _, _>(Err(error));
    assert_eq!((fault, fault.kind()), (Fault::Unlike(Slot(7)), ErrorKind::Line));
    assert_eq!(bench.module.device().stored(7), None);
}

#[test]
fn a_module_that_needs_a_pause_gets_it() {
    let rest = Duration::from_millis(25);
    for pause in [0, 26] {
        let mut config = r503(0);
        config.timing.pause = Duration::from_millis(pause);
        let mut bench = bench_of(R503Module::new().with_rest(rest), config);
        let cleo = template(&bench, "cleo");
        let written = write(&mut bench, 7, &cleo);
        assert_eq!(written.is_ok(), pause > 25, "{written:?}");
        assert!(finds_bert(&mut bench));
    }
}

#[test]
fn a_module_that_pauses_is_waited_for() {
    let module = R503Module::new().with_pause(Duration::from_millis(400));
    let mut bench = bench_of(module, r503(0));
    assert_eq!(read(&mut bench, 3).0, Ok(768));
    let module = R503Module::new().with_pause(Duration::from_millis(600));
    let mut bench = bench_of(module, r503(0));
    assert_eq!(device(read(&mut bench, 3).0), Fault::Timeout(UP));
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
        self.pixels.extend(pixels);
    }
}

fn pixels(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| [(byte >> 4) * 17, (byte & 15) * 17]).collect()
}

#[test]
fn an_image_comes_row_by_row() {
    for (module, config, shape) in [
        (R503Module::new as fn() -> R503Module, r503(0), (192, 192, Some(508))),
        (R503Module::new, Config { image: None, ..r503(0) }, (192, 192, None)),
        (R503Module::zfm20, zfm20(0), (256, 288, None)),
    ] {
        for code in 0..4 {
            let mut bench = bench_of(module().with_packets(code), config.clone());
            let mut film = Film::default();
            let geometry = bench.driver.image(&mut film).wait(&mut bench.clock).unwrap();
            let (width, height, dpi) = shape;
            assert_eq!(geometry, Geometry { width, height, dpi });
            assert_eq!(film.geometry, Some(geometry));
            assert!(film.pixels == pixels(&bench.module.device().image("bert")));
        }
    }
}

#[test]
fn no_image_of_nobody_or_of_another_shape() {
    let mut bench = bench(2);
    bench.module.device().lift();
    let fault = device(bench.driver.image(Film::default()).wait(&mut bench.clock));
    assert_eq!((fault, fault.kind()), (Fault::NoFinger, ErrorKind::Absent));
    for (width, height) in [(256, 288), (128, 128), (191, 192)] {
        let image = Some(Geometry { width, height, dpi: None });
        let mut bench = bench_of(R503Module::new(), Config { image, ..r503(2) });
        let fault = device(bench.driver.image(Film::default()).wait(&mut bench.clock));
        assert_eq!((fault, fault.kind()), (Fault::Image, ErrorKind::Protocol));
        assert!(finds_bert(&mut bench));
    }
}

/// Small enough for a campaign.
fn small(retries: u8) -> Bench {
    let image = Some(Geometry { width: 32, height: 16, dpi: None });
    let module = R503Module::new().with_packets(0).with_image(32, 16);
    let mut bench = bench_of(module, Config { image, ..r503(retries) });
    assert_eq!(bench.count(), Ok(2));
    bench
}

fn is_shown_undamaged(bench: &mut Bench, what: &str) {
    let bert = pixels(&bench.module.device().image("bert"));
    let mut film = Film::default();
    match bench.driver.image(&mut film).wait(&mut bench.clock) {
        Ok(_) => assert!(film.pixels == bert, "{what}"),
        Err(_) => assert!(film.pixels.len() < bert.len(), "{what}"),
    }
}

#[test]
fn whatever_fails_an_image_is_given_out_undamaged_or_the_fault_is_told() {
    let benches = || vec![small(0), small(2)];
    campaign(benches, R503Module::misbehave_in_packet, 8, is_shown_undamaged);
    campaign(benches, R503Module::misbehave_after, 6, is_shown_undamaged);
}

#[test]
fn rows_given_out_wrong_are_not_passed_over_in_a_repeat() {
    // The second packet is lost unnoticed; then the line fails, and all is sent
    // again.
    for fault in [LineFault::WrongCheck, LineFault::Silence, LineFault::LostByte(20)] {
        for nth in 3..8 {
            let mut bench = small(2);
            let lost = Misbehaviour::Line(LineFault::Silence);
            bench.module.device().misbehave_in_packet(1, lost);
            bench.module.device().misbehave_in_packet(nth, Misbehaviour::Line(fault.clone()));
            let result = bench.driver.image(Film::default()).wait(&mut bench.clock);
            assert_eq!(device(result), Fault::Image, "{fault:?} {nth}");
        }
    }
}

#[test]
fn an_image_goes_to_the_module() {
    for (module, config) in
        [(R503Module::new as fn() -> R503Module, r503(0)), (R503Module::zfm20, zfm20(0))]
    {
        let mut bench = bench_of(module(), config);
        let mut clock = bench.clock.clone();
        let anna = bench.module.device().image("anna");
        bench.driver.write_image(&anna).wait(&mut clock).unwrap();
        assert_eq!(bench.module.device().imaged(), Some("anna"));
        let short = device(bench.driver.write_image(&anna[1..]).wait(&mut clock));
        assert_eq!(short, Fault::Image);
    }
    let mut bench = bench_of(R503Module::new().with_packets(0), r503(0));
    let anna = bench.module.device().image("anna");
    let fault = device(bench.driver.write_image(&anna).wait(&mut bench.clock));
    assert_eq!((fault, fault.kind()), (Fault::Value(0x0B), ErrorKind::Argument));
}

#[test]
fn the_module_describes_itself() {
    let mut bench = bench(0);
    let mut page = [0; ReadInfPage::BYTES];
    bench.driver.read_page(&mut page).wait(&mut bench.clock).unwrap();
    assert!(page.starts_with(b"\x04page"));
    let mut bench = bench_of(R503Module::zfm20(), zfm20(0));
    let fault = device(bench.driver.read_page(&mut page).wait(&mut bench.clock));
    assert_eq!(fault, Fault::Unsupported(0x16));
}

/// At the speed of a line, so that there is something to be dropped.
fn slow(config: &Config, module: fn() -> R503Module) -> Bench {
    let module = module().at_baud(115_200).with_template(512);
    let mut bench = bench_of(module, config.clone());
    assert_eq!(bench.count(), Ok(2));
    bench
}

#[test]
fn a_transfer_can_be_dropped_at_every_step() {
    for (module, config) in
        [(R503Module::new as fn() -> R503Module, r503(2)), (R503Module::zfm20, zfm20(2))]
    {
        let mut over = [false; 3];
        for turns in (0..).step_by(7) {
            let mut bench = slow(&config, module);
            let mut clock = bench.clock.clone();
            let (anna, cleo) = (template(&bench, "anna"), template(&bench, "cleo"));
            let mut buffer = vec![0xA5; 512];
            let call = bench.driver.read_template(Slot(3), &mut buffer);
            over[0] = drop_after(turns, call, &mut clock, |_| {});
            assert!(if over[0] { buffer == anna } else { buffer == [0; 512] });
            assert!(finds_bert(&mut bench), "read, after {turns} turns");
            let call = bench.driver.write_template(Slot(7), &cleo);
            over[1] = drop_after(turns, call, &mut clock, |_| {});
            assert!(finds_bert(&mut bench), "write, after {turns} turns");
            let stored = bench.module.device().stored(7).map(str::to_owned);
            assert!(stored.as_deref().is_none_or(|finger| finger == "cleo"));
            if over[0] && over[1] {
                assert_eq!(stored.as_deref(), Some("cleo"));
                break;
            }
        }
        for turns in (0..).step_by(211) {
            let mut bench = slow(&config, module);
            let mut clock = bench.clock.clone();
            over[2] = drop_after(turns, bench.driver.image(Film::default()), &mut clock, |_| {});
            assert!(finds_bert(&mut bench), "image, after {turns} turns");
            if over[2] {
                break;
            }
        }
    }
}

#[test]
fn what_a_dropped_transfer_still_sends_is_cut_short_or_endured() {
    // An image of a ZFM-20 takes seven seconds.
    for (module, config, cancels, most) in [
        (R503Module::new as fn() -> R503Module, r503(0), 1, 300),
        (R503Module::zfm20, zfm20(0), 0, 7_500),
    ] {
        let mut bench = bench_of(module().at_baud(57_600), config);
        let mut clock = bench.clock.clone();
        bench.count().unwrap();
        assert!(!drop_after(150, bench.driver.image(Film::default()), &mut clock, |_| {}));
        let begun = bench.now();
        assert_eq!(bench.count(), Ok(2));
        let taken = bench.now() - begun;
        assert!(taken < Duration::from_millis(most), "{taken:?}");
        let commands = bench.module.device().commands().to_vec();
        assert_eq!(commands.iter().filter(|command| **command == CANCEL).count(), cancels);
        assert_eq!(commands.iter().filter(|command| **command == UP_IMAGE).count(), 1);
    }
}

#[test]
fn a_dropped_transfer_may_pause_between_its_packets() {
    for pause in [20, 40, 60, 90] {
        let module = R503Module::zfm20().with_pause(Duration::from_millis(pause));
        let mut bench = bench_of(module, zfm20(0));
        let mut clock = bench.clock.clone();
        bench.count().unwrap();
        let mut buffer = [0; 512];
        let call = bench.driver.read_template(Slot(3), &mut buffer);
        assert!(!drop_after(100, call, &mut clock, |_| {}));
        assert_eq!(bench.count(), Ok(2), "{pause}");
    }
}

#[test]
fn any_chunking_gives_the_same() {
    for chunk in [1, 2, 3, 5, 8, 13, 64, 139, usize::MAX] {
        let mut bench =
            Bench::new(R503Module::new(), chunk, |port| Zfm::new(port, r503(0))).crowded();
        let (anna, cleo) = (template(&bench, "anna"), template(&bench, "cleo"));
        let (size, buffer) = read(&mut bench, 3);
        assert_eq!(&buffer[..size.unwrap()], anna, "{chunk}");
        write(&mut bench, 7, &cleo).unwrap();
        let mut film = Film::default();
        bench.driver.image(&mut film).wait(&mut bench.clock).unwrap();
        assert!(film.pixels == pixels(&bench.module.device().image("bert")), "{chunk}");
    }
}

#[test]
fn one_of_its_class_does_the_same() {
    let (mut sensor, hand) = bench(2).sensor();
    let anna = hand.module.device().template("anna");
    let mut buffer = vec![0; sensor.template_size().unwrap()];
    assert_eq!(sensor.read_template(Slot(3), &mut buffer), Ok(768));
    assert_eq!(buffer, anna);
    sensor.write_template(Slot(8), &anna).unwrap();
    let mut film = Film::default();
    sensor.image(&mut film).unwrap();
    assert!(film.pixels == pixels(&hand.module.device().image("bert")));
}

#[test]
fn the_async_twins_do_the_same_and_can_be_dropped() {
    for polls in (1..).step_by(23) {
        let bench = bench(2);
        let module: Simulated<R503Module> = bench.module;
        let cleo = module.device().template("cleo");
        let mut sensor: Clocked<_, _> = Clocked::new(bench.driver, bench.clock);
        let mut buffer = vec![0xA5; 768];
        let read = drop_future_after(polls, sensor.read_template(Slot(3), &mut buffer));
        assert!(read.is_some() || buffer == [0; 768]);
        let written = drop_future_after(polls, sensor.write_template(Slot(7), &cleo));
        let shown = drop_future_after(polls, sensor.image(&mut Film::default()));
        assert_eq!(block_on(sensor.template_size()), Ok(768), "after {polls} polls");
        if let (Some(read), Some(written), Some(shown)) = (read, written, shown) {
            assert_eq!((read, written.is_ok(), shown.is_ok()), (Ok(768), true, true));
            assert_eq!(module.device().stored(7), Some("cleo"));
            return;
        }
    }
}

#[test]
fn nothing_of_a_template_shows() {
    let bench = bench(0);
    let anna = template(&bench, "anna");
    let mut buffer = anna.clone();
    let mut driver = bench.driver;
    let debug = format!("{:?}", driver.write_template(Slot(7), &anna))
        + &format!("{:?}", driver.read_template(Slot(7), &mut buffer));
    assert!(!debug.contains("110"), "{debug}");
    assert!(debug.contains("WriteTemplate") && debug.contains("ReadTemplate"));
}

/// A port that writes down when bytes passed.
struct Watch {
    port: SimPort<R503Module, VirtualClock>,
    clock: VirtualClock,
    read: Vec<(u8, Instant)>,
    written: Vec<(u8, Instant)>,
}

impl ErrorType for Watch {
    type Error = Unplugged;
}

impl Port for Watch {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        let n = self.port.try_read(buf)?;
        let now = self.clock.now();
        self.read.extend(buf[..n].iter().map(|byte| (*byte, now)));
        Ok(n)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        let n = self.port.try_write(bytes)?;
        let now = self.clock.now();
        self.written.extend(bytes[..n].iter().map(|byte| (*byte, now)));
        Ok(n)
    }
}

/// When the bytes of data packets passed, in order.
fn data(bytes: &[(u8, Instant)]) -> Vec<Instant> {
    let (mut rest, mut data) = (bytes, Vec::new());
    while let [_, _, _, _, _, _, (pid, _), (high, _), (low, _), ..] = rest {
        let (frame, more) = rest.split_at(9 + usize::from(*high) * 256 + usize::from(*low));
        if matches!(pid, 2 | 8) {
            data.extend(frame.iter().map(|(_, at)| *at));
        }
        rest = more;
    }
    data
}

/// How much of what the wire can carry it carried, in parts of a thousand.
fn load(passed: &[Instant], baud: u32) -> u64 {
    let [first, .., last] = passed else { panic!("no data") };
    let byte = Duration::of_bytes(1, 10, baud).as_micros();
    let taken = last.since(*first).as_micros() + byte;
    passed.len() as u64 * 10 * 1_000_000 * 1000 / u64::from(baud) / taken
}

#[test]
fn a_transfer_uses_the_wire_to_97_parts_of_a_hundred() {
    for baud in [57_600, 115_200] {
        for code in 0..4 {
            let module = R503Module::new().at_baud(baud).with_packets(code);
            let module = Simulated::new(module);
            module.device().place("bert");
            let clock = VirtualClock::in_steps(Duration::from_micros(50));
            let port = module.port(clock.clone()).paced(baud);
            let watch = Watch { port, clock: clock.clone(), read: Vec::new(), written: Vec::new() };
            let (mut driver, mut clock) = (Zfm::new(watch, r503(0)), clock);
            let cleo = module.device().template("cleo");
            driver.write_template(Slot(3), &cleo).wait(&mut clock).unwrap();
            driver.read_template(Slot(3), &mut [0; 768]).wait(&mut clock).unwrap();
            driver.image(Film::default()).wait(&mut clock).unwrap();
            let watch = driver.release();
            let packet = 32 << code;
            let bytes = |content: usize| content + content.div_ceil(packet) * 11;
            let down = data(&watch.written);
            assert_eq!(down.len(), bytes(768));
            assert!(load(&down, baud) >= 970, "down, {baud}: {}", load(&down, baud));
            // Read back twice, then read, then the image.
            let up = data(&watch.read);
            assert_eq!(up.len(), 3 * bytes(768) + bytes(192 * 192 / 2));
            let (templates, image) = up.split_at(3 * bytes(768));
            for template in templates.chunks(bytes(768)).chain([image]) {
                assert!(load(template, baud) >= 970, "up, {baud}: {}", load(template, baud));
            }
        }
    }
}

#[test]
fn it_keeps_the_promises_of_both_traits() {
    for (module, config) in
        [(R503Module::new as fn() -> R503Module, r503(0)), (R503Module::zfm20, zfm20(0))]
    {
        let bench = Bench::new(module(), usize::MAX, |port| Zfm::new(port, config.clone()));
        let (mut sensor, mut hand) = bench.sensor();
        let report = template_transfer(&mut sensor, &mut hand);
        assert!(report.passed() && report.checks.len() == 8, "{report}");
        let report = imaging(&mut sensor, &mut hand);
        assert!(report.passed() && report.checks.len() == 4, "{report}");
    }
}

/// A driver that passes over what is wrong.
struct Lax<S>(S);

impl<S: ErrorType> ErrorType for Lax<S> {
    type Error = S::Error;
}

impl<S: FingerprintSensor> FingerprintSensor for Lax<S> {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn library(&mut self) -> Result<Library, S::Error> {
        self.0.library()
    }

    fn poll_identify(&mut self) -> nb::Result<Option<Match>, S::Error> {
        self.0.poll_identify()
    }

    fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, S::Error> {
        self.0.poll_verify(slot)
    }

    fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, S::Error> {
        self.0.poll_enrol(slot)
    }

    fn delete(&mut self, slot: Slot) -> Result<(), S::Error> {
        self.0.delete(slot)
    }
}

impl<S: TemplateTransfer> TemplateTransfer for Lax<S> {
    fn template_size(&mut self) -> Result<usize, S::Error> {
        self.0.template_size()
    }

    /// Cuts to the buffer, as libraries do.
    fn read_template(&mut self, slot: Slot, buffer: &mut [u8]) -> Result<usize, S::Error> {
        let mut whole = [0; 768];
        let size = self.0.read_template(slot, &mut whole)?.min(buffer.len());
        buffer[..size].copy_from_slice(&whole[..size]);
        Ok(size)
    }

    /// Does not ask whether it is there.
    fn write_template(&mut self, slot: Slot, template: &[u8]) -> Result<(), S::Error> {
        let _ = self.0.write_template(slot, &template[..template.len().min(512)]);
        Ok(())
    }
}

impl<S: Imaging> Imaging for Lax<S> {
    fn image(&mut self, sink: &mut dyn ImageSink) -> Result<Geometry, S::Error> {
        let mut film = Film::default();
        let image = self.0.image(&mut film);
        let shape = Geometry { width: 192, height: 192, dpi: Some(508) };
        sink.begin(shape);
        film.pixels.chunks(192).skip(1).for_each(|_| sink.row(&[0; 192]));
        image.or(Ok(shape))
    }
}

#[test]
fn a_driver_that_passes_over_what_is_wrong_is_seen() {
    let bench = Bench::new(R503Module::new(), usize::MAX, |port| Zfm::new(port, r503(0)));
    let (sensor, mut hand) = bench.sensor();
    let mut sensor = Lax(sensor);
    let report = template_transfer(&mut sensor, &mut hand);
    let broken: Vec<_> = report.failures().map(|check| check.promise).collect();
    assert_eq!(broken.len(), 5, "{report}");
    let report = imaging(&mut sensor, &mut hand);
    assert_eq!(report.failures().count(), 4, "{report}");
}

#[test]
fn a_dialect_that_cannot_tell_needs_a_shape() {
    let config = Config { dialect: Dialect::Synochip, image: None, ..r503(0) };
    let mut bench = bench_of(R503Module::synochip(), config);
    let fault = device(bench.driver.image(Film::default()).wait(&mut bench.clock));
    assert_eq!(fault, Fault::Image);
}
