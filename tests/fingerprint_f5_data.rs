//! F5: templates, images, the list, the speed and the parameters, against the
//! simulated module and one that misbehaves in each step.

mod fingerprint_common;

use embedded_pos::conformance::{imaging, template_transfer};
use embedded_pos::fingerprint::f5::command::{CaptureImage, Command, ReadDuplicates, ReadLevel};
use embedded_pos::fingerprint::f5::command::{ReadFeatures, SetBaud, SetSerial};
use embedded_pos::fingerprint::f5::{Ack, Config, F5, Fault, Link, Permission, Timing};
use embedded_pos::fingerprint::{
    AsyncIdentified, AsyncImaging, AsyncTemplateTransfer, Capabilities, FingerprintSensor,
    Geometry, Identified, ImageSink, Slot,
};
use embedded_pos::nb;
use embedded_pos::port::adapter::WithBaud;
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Line};
use embedded_pos::sim::fingerprint::{F5Misbehaviour as Misbehaviour, F5Module, Skin};
use embedded_pos::sim::{
    Fault as LineFault, SimPort, Simulated, Unplugged, VirtualClock, block_on,
};
use embedded_pos::{Error, ErrorKind};
use fingerprint_common::bench::{self, device, drop_after, hit};

type Bench = bench::Bench<F5Module, Link>;
type Failure = bench::Failure<Link>;

const TEMPLATE: usize = 193;
const IMAGE: usize = 9_800;

fn config(retries: u8) -> Config {
    let three = Duration::from_secs(3);
    let timing = Timing { finger: three, lift: three, ..Timing::DEFAULT };
    Config { retries, timing, ..Config::waveshare() }
}

fn crowd_of(module: F5Module, config: Config) -> Bench {
    let mut bench = Bench::new(module, usize::MAX, |port| F5::new(port, config)).crowded();
    assert_eq!(bench.identify(), Ok(hit(12)));
    bench
}

/// Anna is enrolled in 3 and Bert in 12; the driver is in session.
fn crowd(retries: u8) -> Bench {
    crowd_of(F5Module::new(), config(retries))
}

fn read(bench: &mut Bench, slot: u16, buffer: &mut [u8]) -> Result<usize, Failure> {
    bench.driver.read_template(Slot(slot), buffer).wait(&mut bench.clock)
}

fn write(bench: &mut Bench, slot: u16, template: &[u8]) -> Result<(), Failure> {
    bench.driver.write_template(Slot(slot), template).wait(&mut bench.clock)
}

#[derive(Debug, Default, PartialEq)]
struct Film {
    shapes: Vec<Geometry>,
    rows: Vec<Vec<u8>>,
}

impl ImageSink for Film {
    fn begin(&mut self, geometry: Geometry) {
        self.shapes.push(geometry);
    }

    fn row(&mut self, pixels: &[u8]) {
        self.rows.push(pixels.into());
    }
}

fn image(bench: &mut Bench) -> (Film, Result<Geometry, Failure>) {
    let mut film = Film::default();
    let image = bench.driver.image(&mut film).wait(&mut bench.clock);
    (film, image)
}

/// The pixels of a finger: each half of a byte, spread over 0 to 255.
fn pixels(name: &str) -> Vec<u8> {
    F5Module::image(name).iter().flat_map(|byte| [byte >> 4, byte & 15].map(|p| p * 17)).collect()
}

// Templates.

#[test]
fn a_template_is_read_byte_by_byte_and_moved_to_another_module() {
    let mut bench = crowd(0);
    let mut buffer = [0; TEMPLATE + 2];
    assert_eq!(read(&mut bench, 3, &mut buffer), Ok(TEMPLATE));
    assert_eq!(buffer[..TEMPLATE], F5Module::template("anna"));
    assert_eq!(buffer[TEMPLATE..], [0, 0]);
    let given = Config { permission: Permission::Three, ..config(0) };
    let mut other = Bench::new(F5Module::new(), 3, |port| F5::new(port, given));
    write(&mut other, 7, &buffer[..TEMPLATE]).unwrap();
    assert_eq!(other.module.device().stored(8), Some("anna"));
    other.module.device().place("anna");
    assert_eq!(other.identify(), Ok(hit(7)));
    assert!(bench.driver.capabilities().contains(Capabilities::TEMPLATES | Capabilities::IMAGE));
}

#[test]
fn a_wrong_size_is_an_error_before_the_first_byte() {
    let mut bench = crowd(0);
    let sent = bench.module.device().commands().len();
    let fault = device(read(&mut bench, 3, &mut [7; TEMPLATE - 1]));
    assert_eq!((fault, fault.kind()), (Fault::Room(TEMPLATE), ErrorKind::Argument));
    for bytes in [0, 1, TEMPLATE - 1, TEMPLATE + 1] {
        let fault = device(write(&mut bench, 5, &vec![0; bytes]));
        assert_eq!((fault, fault.kind()), (Fault::Template(bytes), ErrorKind::Argument));
    }
    assert_eq!(device(read(&mut bench, 500, &mut [0; TEMPLATE])), Fault::Slot(Slot(500)));
    assert_eq!(device(write(&mut bench, 500, &[0; TEMPLATE])), Fault::Slot(Slot(500)));
    assert_eq!(bench.module.device().commands().len(), sent);
}

#[test]
fn what_is_not_there_or_may_not_be() {
    let mut bench = crowd(0);
    let fault = device(read(&mut bench, 4, &mut [0; TEMPLATE]));
    assert_eq!((fault, fault.kind()), (Fault::Empty(Slot(4)), ErrorKind::Absent));
    let cleo = F5Module::template("cleo");
    assert_eq!(device(write(&mut bench, 3, &cleo)), Fault::Occupied(Slot(3)));
    let nobody = device(write(&mut bench, 4, &[9; TEMPLATE]));
    assert_eq!(nobody, Fault::Refused(0x41, Ack::Fail));
    bench.module.device().misbehave_on(0x41, Misbehaviour::Instead([0, 0, 7]));
    assert_eq!(device(write(&mut bench, 5, &cleo)), Fault::AlreadyEnrolled);
}

#[test]
fn what_was_kept_wrongly_is_deleted_again() {
    let mut bench = crowd(0);
    bench.module.device().garble();
    let unlike = device(write(&mut bench, 4, &F5Module::template("cleo")));
    assert_eq!(unlike, Fault::Unlike(Slot(4)));
    assert_eq!(bench.module.device().stored(5), None);
}

#[test]
fn features_of_another_template_are_none_of_this_one() {
    // The whole answer to an earlier question comes again, and both checks fit.
    for retries in [0, 2] {
        let mut bench = crowd(retries);
        let mut buffer = [0; TEMPLATE];
        read(&mut bench, 12, &mut buffer).unwrap();
        let stale = Misbehaviour::Stale(0x31, Duration::ZERO);
        bench.module.device().misbehave_on(0x31, stale);
        match read(&mut bench, 3, &mut buffer) {
            Ok(_) => assert_eq!(buffer[..], F5Module::template("anna")),
            Err(_) => assert_eq!(buffer, [0; TEMPLATE]),
        }
    }
}

#[test]
fn each_byte_of_a_long_frame_matters() {
    for index in 0..TEMPLATE + 6 {
        for fault in [
            LineFault::Flipped(index, 0x10),
            LineFault::LostByte(index),
            LineFault::DoubledByte(index),
        ] {
            let mut bench = crowd(0);
            bench.module.device().misbehave_on(0x31, Misbehaviour::Data(fault.clone()));
            let mut buffer = [7; TEMPLATE];
            match read(&mut bench, 3, &mut buffer) {
                // A byte twice may be the one behind it: then it is right.
                Ok(_) => assert_eq!(buffer[..], F5Module::template("anna"), "{fault:?}"),
                Err(_) => assert_eq!(buffer, [0; TEMPLATE], "{fault:?}"),
            }
            assert!(bench.module.device().has_misbehaved());
            assert_eq!(read(&mut bench, 3, &mut buffer), Ok(TEMPLATE), "{fault:?}");
            assert_eq!(buffer[..], F5Module::template("anna"), "{fault:?}");
        }
    }
}

#[test]
fn what_the_check_does_not_notice_the_second_reading_does() {
    for nth in [0, 2] {
        let mut bench = crowd(0);
        bench.module.device().misbehave_after(nth, Misbehaviour::Pair(20, 90, 0x08));
        let mut buffer = [7; TEMPLATE];
        assert_eq!(device(read(&mut bench, 3, &mut buffer)), Fault::Damaged(ReadFeatures::CODE));
        assert_eq!(buffer, [0; TEMPLATE]);
    }
    let mut bench = crowd(2);
    bench.module.device().misbehave_on(0x31, Misbehaviour::Pair(20, 90, 0x08));
    let mut buffer = [7; TEMPLATE];
    assert_eq!(read(&mut bench, 3, &mut buffer), Ok(TEMPLATE));
    assert_eq!(buffer[..], F5Module::template("anna"));
    // In whose they are, it is a template of somebody else.
    bench.module.device().misbehave_on(0x31, Misbehaviour::Pair(2, 50, 0x08));
    assert_eq!(read(&mut bench, 3, &mut buffer), Ok(TEMPLATE));
}

fn data_faults() -> Vec<Misbehaviour> {
    use LineFault::*;
    let late = |millis| Misbehaviour::Data(Late(Duration::from_millis(millis)));
    let mut rows = vec![
        Misbehaviour::Data(WrongCheck),
        Misbehaviour::Data(Silence),
        Misbehaviour::Data(Noise(vec![0xF5])),
        Misbehaviour::Data(Noise(vec![0xF5, 0x31, 0, 0xC4, 0, 0, 0xF5, 0xF5])),
        Misbehaviour::Data(Repeated),
        late(300),
        late(2_000),
        late(8_000),
    ];
    rows.extend([0, 1, 2, 3, 63, 64, 100, 192, 196, 198].map(Misbehaviour::Short));
    rows
}

/// What can go wrong with any reply.
fn reply_faults() -> Vec<Misbehaviour> {
    use LineFault::*;
    use Misbehaviour::*;
    let mut rows = data_faults();
    for fault in [
        WrongCheck,
        Silence,
        LostByte(3),
        DoubledByte(4),
        Repeated,
        Noise(vec![0xA5]),
        Late(Duration::from_millis(400)),
        Late(Duration::from_secs(4)),
    ] {
        rows.push(Line(fault));
    }
    for gap in [Duration::ZERO, Duration::from_millis(300)] {
        rows.extend([Before([0, 0, 0], gap), Before([0, 0, 5], gap), Before([0, 4, 1], gap)]);
        rows.extend([Stale(0x31, gap), Stale(0x0A, gap), Stale(0x09, gap)]);
    }
    rows.extend([Instead([0, 0, 0]), Instead([0, 0, 1]), PowerCycle]);
    rows
}

#[test]
fn a_template_is_whole_or_an_error_whatever_happens() {
    for how in reply_faults() {
        for nth in 0..4 {
            for retries in [0, 2] {
                let mut bench = crowd(retries);
                let mut buffer = [7; TEMPLATE];
                read(&mut bench, 12, &mut buffer).unwrap();
                bench.module.device().misbehave_after(nth, how.clone());
                let row = format!("{how:?}, reply {nth}");
                match read(&mut bench, 3, &mut buffer) {
                    Ok(_) => assert_eq!(buffer[..], F5Module::template("anna"), "{row}"),
                    Err(_) => assert_eq!(buffer, [0; TEMPLATE], "{row}"),
                }
                bench.clock.advance(Duration::from_secs(9));
                let _ = read(&mut bench, 3, &mut buffer);
                assert_eq!(read(&mut bench, 3, &mut buffer), Ok(TEMPLATE), "{row}");
            }
        }
    }
}

#[test]
fn what_is_written_is_there_or_it_is_an_error() {
    let cleo = F5Module::template("cleo");
    for how in reply_faults() {
        for nth in 0..6 {
            for retries in [0, 2] {
                let mut bench = crowd(retries);
                bench.module.device().misbehave_after(nth, how.clone());
                let written = write(&mut bench, 4, &cleo);
                let row = format!("{how:?}, reply {nth}, {written:?}");
                if written.is_ok() {
                    assert_eq!(bench.module.device().stored(5), Some("cleo"), "{row}");
                }
                assert_eq!(bench.module.device().stored(13), Some("bert"), "{row}");
                bench.clock.advance(Duration::from_secs(9));
                let _ = bench.count();
                bench.count().expect(&row);
            }
        }
    }
}

/// Both directions at the speed of the line.
fn slow(baud: u32) -> Bench {
    let mut module = F5Module::new().paced();
    module.runs_at(baud);
    let config = Config { baud, ..config(0) };
    let mut bench = Bench::new(module, usize::MAX, |port| F5::new(port.paced(baud), config));
    bench = bench.crowded();
    assert_eq!(bench.identify(), Ok(hit(12)));
    bench
}

#[test]
fn a_transfer_can_be_dropped_at_every_step() {
    let cleo = F5Module::template("cleo");
    for turns in (0..).step_by(5) {
        let mut bench = slow(115_200);
        let mut buffer = [7; TEMPLATE];
        let call = bench.driver.read_template(Slot(3), &mut buffer);
        let read_done = drop_after(turns, call, &mut bench.clock, |_| {});
        let expected = if read_done { F5Module::template("anna") } else { vec![0; TEMPLATE] };
        assert_eq!(buffer[..], expected, "after {turns} turns");
        assert_eq!(bench.count(), Ok(2), "after {turns} turns");
        let call = bench.driver.write_template(Slot(4), &cleo);
        let done = drop_after(turns, call, &mut bench.clock, |_| {});
        assert_eq!(bench.identify(), Ok(hit(12)), "after {turns} turns");
        if done && read_done {
            assert_eq!(bench.module.device().stored(5), Some("cleo"));
            return;
        }
    }
}

#[test]
fn features_of_the_finger_that_comes() {
    let mut bench = crowd(0);
    let mut buffer = [0; TEMPLATE];
    bench.module.device().place("cleo");
    let captured = bench.driver.capture_template(&mut buffer).wait(&mut bench.clock);
    assert_eq!(captured, Ok(TEMPLATE));
    assert_eq!(buffer[..], F5Module::template("cleo"));
    bench.module.device().place_badly("cleo", Skin::Dry);
    let captured = bench.driver.capture_template(&mut buffer).wait(&mut bench.clock);
    assert_eq!(device(captured).kind(), ErrorKind::Retry);
    bench.module.device().lift();
    let captured = bench.driver.capture_template(&mut buffer).wait(&mut bench.clock);
    assert_eq!((device(captured), buffer), (Fault::NoFinger, [0; TEMPLATE]));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_template_that_is_sent_matches_its_own_and_no_other() {
    // With and without the erratum.
    for module in [F5Module::new(), F5Module::new().misprinted()] {
        let mut bench = crowd_of(module, config(0));
        let mut clock = bench.clock.clone();
        let (anna, cleo) = (F5Module::template("anna"), F5Module::template("cleo"));
        let driver = &mut bench.driver;
        assert_eq!(driver.identify_template(&anna).wait(&mut clock), Ok(hit(3)));
        assert_eq!(driver.identify_template(&cleo).wait(&mut clock), Ok(None));
        assert_eq!(driver.verify_template(Slot(3), &anna).wait(&mut clock), Ok(hit(3)));
        assert_eq!(driver.verify_template(Slot(12), &anna).wait(&mut clock), Ok(None));
        assert_eq!(driver.verify_template(Slot(13), &anna).wait(&mut clock), Ok(None));
        let short = driver.identify_template(&[0; 5]).wait(&mut clock);
        assert_eq!(device(short), Fault::Template(5));
    }
}

#[test]
fn a_finger_is_compared_with_a_template_that_is_sent() {
    let mut bench = crowd(0);
    let bert = F5Module::template("bert");
    assert_eq!(bench.driver.match_finger(&bert).wait(&mut bench.clock), Ok(true));
    bench.module.device().place("anna");
    assert_eq!(bench.driver.match_finger(&bert).wait(&mut bench.clock), Ok(false));
    bench.module.device().lift();
    let nobody = bench.driver.match_finger(&bert).wait(&mut bench.clock);
    assert_eq!(device(nobody), Fault::NoFinger);
}

#[test]
fn no_fault_makes_a_template_match() {
    let hits = [Misbehaviour::Instead([0, 4, 1]), Misbehaviour::Before([0, 13, 1], Duration::ZERO)];
    for how in reply_faults().into_iter().chain(hits) {
        for nth in 0..4 {
            for (of, own) in [("anna", hit(3)), ("cleo", None)] {
                let mut bench = crowd_of(F5Module::new().misprinted(), config(2));
                let template = F5Module::template(of);
                bench.module.device().misbehave_after(nth, how.clone());
                let call = bench.driver.identify_template(&template);
                if let Ok(found) = call.wait(&mut bench.clock) {
                    assert!(found.is_none() || found == own, "{how:?}, reply {nth}: {found:?}");
                }
                let mut bench = crowd(2);
                bench.module.device().misbehave_after(nth, how.clone());
                let fits = bench.driver.match_finger(&template).wait(&mut bench.clock);
                assert_ne!(fits, Ok(true), "{how:?}, reply {nth}: Bert is there");
            }
        }
    }
}

// Images.

#[test]
fn an_image_comes_row_by_row() {
    let mut bench = crowd(0);
    let (film, image) = image(&mut bench);
    let shape = Geometry { width: 140, height: 140, dpi: None };
    assert_eq!((image, &film.shapes[..]), (Ok(shape), &[shape][..]));
    assert_eq!(film.rows.concat(), pixels("bert"));
}

#[test]
fn without_a_finger_there_is_no_image() {
    let mut bench = crowd(0);
    bench.module.device().lift();
    let (film, lifted) = image(&mut bench);
    assert_eq!((film, device(lifted)), (Film::default(), Fault::NoFinger));
    bench.module.device().place_badly("anna", Skin::Wet);
    assert_eq!(device(image(&mut bench).1).kind(), ErrorKind::Retry);
}

#[test]
fn a_damaged_image_is_an_error_and_never_whole() {
    for index in [0, 1, 5, 300, 4_000, IMAGE, IMAGE + 1, IMAGE + 2] {
        for fault in [LineFault::Flipped(index, 1), LineFault::LostByte(index)] {
            let mut bench = crowd(0);
            bench.module.device().misbehave_on(0x24, Misbehaviour::Data(fault.clone()));
            let (film, image) = image(&mut bench);
            assert_eq!(device(image), Fault::Damaged(CaptureImage::CODE), "{fault:?}");
            assert!(film.rows.len() < 140, "{fault:?}");
            assert_eq!(bench.identify(), Ok(hit(12)), "{fault:?}");
        }
    }
}

#[test]
fn an_image_is_tried_again_only_before_its_first_row() {
    for (index, whole) in [(0, true), (4_000, false)] {
        let mut bench = crowd(2);
        let flip = Misbehaviour::Data(LineFault::Flipped(index, 1));
        bench.module.device().misbehave_on(0x24, flip);
        let (film, image) = image(&mut bench);
        assert_eq!((image.is_ok(), film.rows.len() == 140), (whole, whole), "{index}");
    }
}

#[test]
fn a_dropped_image_goes_on_by_itself_and_is_waited_out() {
    for (baud, turns) in [(115_200, 30), (115_200, 150), (115_200, 700), (9_600, 400)] {
        let mut bench = slow(baud);
        let mut film = Film::default();
        let call = bench.driver.image(&mut film);
        assert!(!drop_after(turns, call, &mut bench.clock, |_| {}), "{turns}");
        assert_eq!(bench.count(), Ok(2), "after {turns} ms");
        let (film, image) = image(&mut bench);
        assert!(image.is_ok() && film.rows.concat() == pixels("bert"));
    }
}

#[test]
fn an_image_that_drips_is_given_up() {
    let mut bench = crowd(0);
    let begun = bench.now();
    bench.module.device().misbehave_on(0x24, Misbehaviour::Drip(Duration::from_millis(40)));
    let (_, image) = image(&mut bench);
    assert_eq!(device(image), Fault::Timeout(CaptureImage::CODE));
    assert!(bench.now() - begun < Duration::from_secs(15), "{:?}", bench.now() - begun);
}

// The list.

#[test]
fn the_list_names_each_slot_in_use() {
    let mut bench = crowd(0);
    let list = bench.driver.list().wait(&mut bench.clock).unwrap();
    assert_eq!(list.iter().collect::<Vec<_>>(), [Slot(3), Slot(12)]);
    assert_eq!(list.count(), 2);
    assert!(list.contains(Slot(12)) && !list.contains(Slot(11)) && !list.contains(Slot(65_535)));
    for slot in 0..500 {
        bench::Touched::store(&mut *bench.module.device(), slot, "anna");
    }
    let list = bench.driver.list().wait(&mut bench.clock).unwrap();
    assert_eq!((list.count(), list.iter().count()), (500, 500));
    bench.driver.clear().wait(&mut bench.clock).unwrap();
    assert_eq!(bench.driver.list().wait(&mut bench.clock).unwrap().count(), 0);
}

#[test]
fn a_list_is_right_or_an_error() {
    let mut rows = reply_faults();
    rows.extend((0..11).map(|index| Misbehaviour::Data(LineFault::Flipped(index, 0x02))));
    rows.extend((0..11).map(|index| Misbehaviour::Data(LineFault::LostByte(index))));
    // A length that is none; one that is another's.
    rows.extend([[0, 0, 0], [0, 3, 0], [0, 5, 0], [0xFF, 0xFF, 0]].map(Misbehaviour::Instead));
    for how in rows {
        for retries in [0, 2] {
            let mut bench = crowd(retries);
            bench.module.device().misbehave_on(0x2B, how.clone());
            let list = bench.driver.list().wait(&mut bench.clock);
            if let Ok(list) = list {
                assert_eq!(list.iter().collect::<Vec<_>>(), [Slot(3), Slot(12)], "{how:?}");
            }
            bench.clock.advance(Duration::from_secs(9));
            let _ = bench.count();
            assert_eq!(bench.count(), Ok(2), "{how:?}");
        }
    }
}

#[test]
fn what_the_check_of_a_list_does_not_notice_its_number_may() {
    let mut bench = crowd(0);
    // One more in front, and another permission.
    bench.module.device().misbehave_on(0x2B, Misbehaviour::Pair(2, 5, 0x01));
    let list = bench.driver.list().wait(&mut bench.clock);
    assert_eq!(device(list), Fault::Damaged(0x2B));
    // The second entry is the first one again.
    bench.module.device().store(5, "dora", 1);
    bench.module.device().misbehave_on(0x2B, Misbehaviour::Pair(4, 10, 0x01));
    let list = bench.driver.list().wait(&mut bench.clock);
    assert_eq!(device(list), Fault::Damaged(0x2B));
}

#[test]
fn data_of_another_length_are_not_waited_for() {
    let mut bench = crowd(0);
    let begun = bench.now();
    for (length, code) in [([0xFF, 0xFF, 0], 0x31), ([0, 0xC5, 0], 0x31), ([0, 0, 0], 0x2B)] {
        bench.module.device().misbehave_on(code, Misbehaviour::Instead(length));
        let fault = match code {
            0x31 => device(read(&mut bench, 3, &mut [0; TEMPLATE])),
            _ => device(bench.driver.list().wait(&mut bench.clock)),
        };
        assert_eq!(fault, Fault::OutOfStep(code));
    }
    assert!(bench.now() - begun < Duration::from_secs(1));
}

// The class.

#[test]
fn transfers_and_images_keep_their_promises() {
    let bench = Bench::new(F5Module::new(), 13, |port| F5::new(port, config(2)));
    let (mut sensor, mut hand) = bench.sensor();
    let report = template_transfer(&mut sensor, &mut hand);
    assert!(report.passed(), "{report}");
    let report = imaging(&mut sensor, &mut hand);
    assert!(report.passed(), "{report}");
}

#[test]
fn the_module_says_which_one_it_is() {
    let (mut sensor, hand) = crowd(0).sensor();
    let id = sensor.sensor_id().unwrap();
    assert_eq!((id.is_unique(), id.to_string()), (true, String::from("123456")));
    assert_eq!((sensor.sensor_id().unwrap(), sensor.interruptions()), (id, 0));
    hand.module.device().replace([0, 0, 7]);
    assert_ne!(sensor.sensor_id().unwrap(), id);
    assert_eq!(sensor.interruptions(), 1);
    let (driver, clock) = sensor.parts();
    driver.set_serial(0x00AB_CDEF).wait(clock).unwrap();
    assert_eq!(driver.serial().wait(clock), Ok(0x00AB_CDEF));
    let wide = device(driver.set_serial(1 << 24).wait(clock));
    assert_eq!((wide, wide.kind()), (Fault::Value(SetSerial::CODE), ErrorKind::Argument));
    assert_eq!(sensor.sensor_id().unwrap().to_string(), "ABCDEF");
    assert_eq!(sensor.interruptions(), 1, "it was told to");
    hand.module.device().replace([0xFF; 3]);
    assert!(!sensor.sensor_id().unwrap().is_unique());
    hand.module.device().misbehave_on(0x09, Misbehaviour::Line(LineFault::Silence));
    let _ = sensor.library();
    assert_eq!(sensor.interruptions(), 3);
}

#[test]
fn the_async_twins_do_the_same() {
    let (module, clock) = (Simulated::new(F5Module::new()), VirtualClock::new());
    module.device().store(4, "anna", 1);
    module.device().place("anna");
    let driver = F5::new(module.port(clock.clone()).chunked(7), config(0));
    let mut sensor: Clocked<_, _> = Clocked::new(driver, clock);
    block_on(async {
        let mut buffer = [0; TEMPLATE];
        assert_eq!(sensor.template_size().await.unwrap(), TEMPLATE);
        assert_eq!(sensor.read_template(Slot(3), &mut buffer).await.unwrap(), TEMPLATE);
        assert_eq!(buffer[..], F5Module::template("anna"));
        sensor.write_template(Slot(5), &buffer).await.unwrap();
        assert_eq!(module.device().stored(6), Some("anna"));
        let mut film = Film::default();
        sensor.image(&mut film).await.unwrap();
        assert_eq!(film.rows.concat(), pixels("anna"));
        assert!(sensor.sensor_id().await.unwrap().is_unique());
        let (driver, timer) = sensor.parts();
        let line = driver.set_baud(115_200).run(timer).await;
        assert!(matches!(line, Err(CallError::Line(Line::Baud(19_200)))));
        assert_eq!(driver.count().run(timer).await.unwrap().stored, 2);
    });
}

// Parameters.

#[test]
fn parameters_are_set_and_read_back() {
    let mut bench = crowd(0);
    let mut clock = bench.clock.clone();
    bench.driver.set_level(9).wait(&mut clock).unwrap();
    assert_eq!(bench.module.device().level(), 9);
    assert_eq!(bench.driver.ask(ReadLevel {}).wait(&mut clock), Ok(9));
    let beyond = device(bench.driver.set_level(10).wait(&mut clock));
    assert_eq!((beyond, beyond.kind()), (Fault::Value(0x28), ErrorKind::Argument));
    assert_eq!(bench.module.device().level(), 9);
    bench.driver.set_unique(false).wait(&mut clock).unwrap();
    assert!(!bench.module.device().is_unique());
    assert_eq!(bench.driver.ask(ReadDuplicates {}).wait(&mut clock), Ok(0));
    // It says that it does, and does not.
    bench.module.device().misbehave_on(0x28, Misbehaviour::PowerCycle);
    assert!(bench.driver.set_level(3).wait(&mut clock).is_err());
    bench.driver.sleep().wait(&mut clock).unwrap();
    assert!(bench.module.device().is_asleep());
    assert_eq!(bench.count().unwrap_err().kind(), ErrorKind::Timeout);
    bench.module.device().power_cycle();
    assert_eq!(bench.count(), Ok(2));
}

// The speed.

type Wire = SimPort<F5Module, VirtualClock>;
type SetWire = Box<dyn FnMut(&mut Wire, u32) -> Result<(), Unplugged>>;

struct Tuned {
    module: Simulated<F5Module>,
    clock: VirtualClock,
    driver: F5<WithBaud<Wire, SetWire>>,
}

/// Port and module at these speeds.
fn tuned(port: u32, module: u32) -> Tuned {
    let sim = Simulated::new(F5Module::new());
    let clock = VirtualClock::in_steps(Duration::from_millis(1));
    sim.device().hears_at(port);
    sim.device().runs_at(module);
    sim.device().store(3, "anna", 1);
    let set = sim.clone();
    let set: SetWire = Box::new(move |_, baud| {
        set.device().hears_at(baud);
        Ok(())
    });
    let wire = WithBaud::new(sim.port(clock.clone()), set);
    let driver = F5::new(wire, Config { baud: port, ..config(2) });
    Tuned { module: sim, clock, driver }
}

impl Tuned {
    fn set(&mut self, baud: u32) -> Result<(), Failure> {
        self.driver.set_baud(baud).wait(&mut self.clock)
    }

    /// The module's speed, and whether the host understands it.
    fn state(&mut self) -> (u32, Result<u16, Failure>) {
        let baud = self.module.device().baud();
        (baud, self.count())
    }

    fn count(&mut self) -> Result<u16, Failure> {
        Ok(self.driver.count().wait(&mut self.clock)?.stored)
    }
}

#[test]
fn the_speed_changes_on_both_sides() {
    let mut tuned = tuned(19_200, 19_200);
    for baud in [115_200, 9_600, 38_400, 57_600, 19_200] {
        assert_eq!(tuned.set(baud), Ok(()));
        assert_eq!(tuned.state(), (baud, Ok(1)));
    }
    let sent = tuned.module.device().commands().len();
    let fault = device(tuned.set(14_400));
    assert_eq!((fault, fault.kind()), (Fault::Value(SetBaud::CODE), ErrorKind::Argument));
    assert_eq!(tuned.module.device().commands().len(), sent);
    // Refused, whatever that means for 9600 baud: it is the speed that counts.
    tuned.module.device().misbehave_on(0x21, Misbehaviour::Line(LineFault::Silence));
    assert_eq!(tuned.set(57_600), Ok(()));
    tuned.module.device().misbehave_on(0x21, Misbehaviour::PowerCycle);
    assert!(tuned.set(9_600).is_err());
    assert_eq!(tuned.state(), (57_600, Ok(1)));
}

#[test]
fn whatever_happens_to_a_reply_host_and_module_have_the_same_speed() {
    for how in reply_faults() {
        for nth in 0..5 {
            let mut tuned = tuned(19_200, 19_200);
            assert_eq!(tuned.count(), Ok(1));
            tuned.module.device().misbehave_after(nth, how.clone());
            let set = tuned.set(115_200);
            let row = format!("{how:?}, reply {nth}: {set:?}");
            if set.is_ok() {
                assert_eq!(tuned.module.device().baud(), 115_200, "{row}");
            }
            for _ in 0..4 {
                tuned.clock.advance(Duration::from_secs(9));
                let _ = tuned.count();
            }
            assert_eq!(tuned.count(), Ok(1), "{row}");
        }
    }
}

#[test]
fn a_change_can_be_dropped_at_every_step() {
    for turns in 0.. {
        let mut tuned = tuned(19_200, 19_200);
        let mut call = tuned.driver.set_baud(57_600);
        let mut done = false;
        for _ in 0..turns {
            match call.poll(tuned.clock.now()) {
                Err(nb::Error::WouldBlock) => tuned.clock.advance(Duration::from_millis(1)),
                result => {
                    result.unwrap();
                    done = true;
                    break;
                }
            }
        }
        drop(call);
        assert_eq!(tuned.count(), Ok(1), "after {turns} turns");
        if done {
            assert_eq!(tuned.module.device().baud(), 57_600);
            return;
        }
    }
}

#[test]
fn a_module_at_any_speed_is_found_again() {
    for baud in [9_600, 19_200, 38_400, 57_600, 115_200] {
        let mut tuned = tuned(57_600, baud);
        let found = tuned.driver.recover().wait(&mut tuned.clock);
        assert_eq!((found, tuned.count()), (Ok(baud), Ok(1)));
        assert_eq!(tuned.driver.baud(), baud);
    }
    let mut tuned = tuned(57_600, 9_600);
    for _ in 0..20 {
        tuned.module.device().misbehave_on(0x2E, Misbehaviour::Line(LineFault::Silence));
    }
    let fault = device(tuned.driver.recover().wait(&mut tuned.clock));
    assert_eq!((fault, fault.kind()), (Fault::Nowhere, ErrorKind::Timeout));
    assert_eq!(tuned.driver.baud(), 57_600);
}

// Hostile.

#[test]
fn a_full_library_refuses_an_enrolment() {
    let module = F5Module::new().with_capacity(2);
    let mut bench = Bench::new(module, usize::MAX, |port| F5::new(port, config(0)));
    bench.module.device().store(1, "anna", 1);
    bench.module.device().store(2, "bert", 1);
    assert_eq!(device(bench.enrol(1, "cleo")), Fault::Occupied(Slot(1)));
    // The configured library is larger: it is an error, and nothing is stored.
    assert!(bench.enrol(2, "cleo").is_err());
    bench.module.device().misbehave_on(0x01, Misbehaviour::Instead([0, 0, 4]));
    assert_eq!(device(bench.enrol(2, "cleo")), Fault::Refused(0x01, Ack::Full));
    assert_eq!(bench.count(), Ok(2));
    bench.module.device().place("cleo");
    assert_eq!(bench.identify(), Ok(None));
}

#[test]
fn an_empty_library_is_nothing_to_delete() {
    let mut bench = crowd_of(F5Module::new().strict(), config(0));
    let mut clock = bench.clock.clone();
    for _ in 0..2 {
        bench.driver.clear().wait(&mut clock).unwrap();
        bench.driver.delete(Slot(3)).wait(&mut clock).unwrap();
    }
    bench.module.device().store(3, "anna", 1);
    bench.module.device().misbehave_on(0x05, Misbehaviour::Instead([0, 0, 1]));
    // It did, and said that it failed.
    bench.driver.clear().wait(&mut clock).unwrap();
}

#[test]
fn a_failure_to_delete_all_is_one_if_there_is_something() {
    let mut bench = crowd(0);
    bench.module.device().misbehave_on(0x05, Misbehaviour::Instead([0, 0, 1]));
    // The count that seals that answer, and the one that is asked for then.
    for _ in 0..2 {
        bench.module.device().misbehave_on(0x09, Misbehaviour::Instead([0, 2, 0]));
    }
    let failed = bench.driver.clear().wait(&mut bench.clock);
    assert_eq!(device(failed), Fault::Refused(0x05, Ack::Fail));
    // Done, says the module, and two are left.
    for _ in 0..2 {
        bench.module.device().misbehave_on(0x09, Misbehaviour::Instead([0, 2, 0]));
    }
    let failed = bench.driver.clear().wait(&mut bench.clock);
    assert_eq!(device(failed), Fault::NotTaken(0x05));
}

#[test]
fn a_module_that_still_waits_for_a_finger_is_waited_for() {
    let patient = Config { images: 20, ..config(0) };
    for turns in (0..200).step_by(20) {
        let mut bench = crowd_of(F5Module::new(), patient.clone());
        bench.module.device().lift();
        assert!(!drop_after(turns, bench.driver.identify(), &mut bench.clock, |_| {}));
        assert_eq!(bench.count(), Ok(2), "after {turns} turns");
        bench.module.device().place("anna");
        assert_eq!(bench.identify(), Ok(hit(3)));
    }
}

#[test]
fn a_person_is_given_the_time_to_lift_the_finger() {
    let three = Duration::from_secs(3);
    let timing = Timing { finger: three.times(5), lift: three, ..Timing::DEFAULT };
    let config = Config { timing, ..config(0) };
    let mut bench = Bench::new(F5Module::new(), usize::MAX, |port| F5::new(port, config));
    bench.module.device().place("anna");
    let result = bench.driver.enrol(Slot(1)).wait(&mut bench.clock);
    assert_eq!(device(result), Fault::NotLifted);
    assert!(bench.now() < three.times(2), "{:?}", bench.now());
    let asked = bench.driver.ask(ReadFeatures(Slot(1))).wait(&mut bench.clock);
    assert_eq!(device(asked), Fault::Refused(0x31, Ack::NoUser));
}
