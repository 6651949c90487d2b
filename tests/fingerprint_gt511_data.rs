//! GT-511: templates, images, the speed, and what the module says it is,
//! against the simulated module and one that misbehaves in each step.

mod fingerprint_common;

use embedded_pos::conformance::{imaging, template_transfer};
use embedded_pos::fingerprint::gt511::command::{Command, GetImage, GetTemplate, SetTemplate};
use embedded_pos::fingerprint::gt511::{Config, Fault, Gt511, Link, Nack, Timing};
use embedded_pos::fingerprint::{
    AsyncIdentified, AsyncImaging, AsyncTemplateTransfer, Capabilities, Event, Geometry,
    Identified, Match, Progress, Slot,
};
use embedded_pos::nb;
use embedded_pos::port::adapter::WithBaud;
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Line, Told};
use embedded_pos::sim::fingerprint::{Gt511Misbehaviour as Misbehaviour, Gt511Module};
use embedded_pos::sim::{
    Fault as LineFault, SimPort, Simulated, Unplugged, VirtualClock, block_on,
};
use embedded_pos::{Error, ErrorKind};
use fingerprint_common::bench::{self, Film, device, drop_after, hit};

type Bench = bench::Bench<Gt511Module, Link>;

const TEMPLATE: usize = 498;
const IMAGE: usize = 258 * 202;

fn config(retries: u8) -> Config {
    let three = Duration::from_secs(3);
    let timing = Timing { finger: three, lift: three, ..Timing::DEFAULT };
    Config { retries, timing, ..Config::gt511c3() }
}

/// Anna is enrolled in 3 and Bert in 12; the driver is in session.
fn crowd(retries: u8) -> Bench {
    let port = |port| Gt511::new(port, config(retries));
    let mut bench = Bench::new(Gt511Module::new(), usize::MAX, port).crowded();
    assert_eq!(bench.identify(), Ok(hit(12)));
    bench
}

fn read(bench: &mut Bench, slot: u16, buffer: &mut [u8]) -> Result<usize, bench::Failure<Link>> {
    bench.driver.read_template(Slot(slot), buffer).wait(&mut bench.clock)
}

fn write(bench: &mut Bench, slot: u16, template: &[u8]) -> Result<(), bench::Failure<Link>> {
    bench.driver.write_template(Slot(slot), template).wait(&mut bench.clock)
}

fn image(bench: &mut Bench) -> (Film, Result<Geometry, bench::Failure<Link>>) {
    let mut film = Film::default();
    let image = bench.driver.image(&mut film).wait(&mut bench.clock);
    (film, image)
}

// Templates.

#[test]
fn a_template_is_read_byte_by_byte_and_moved_to_another_module() {
    let mut bench = crowd(0);
    let mut buffer = [0; TEMPLATE + 2];
    assert_eq!(read(&mut bench, 3, &mut buffer), Ok(TEMPLATE));
    assert_eq!(buffer[..TEMPLATE], Gt511Module::template("anna"));
    assert_eq!(buffer[TEMPLATE..], [0, 0]);
    let mut other = Bench::new(Gt511Module::new(), 3, |port| Gt511::new(port, config(0)));
    write(&mut other, 7, &buffer[..TEMPLATE]).unwrap();
    assert_eq!(other.module.device().stored(7), Some("anna"));
    other.module.device().place("anna");
    assert_eq!(other.identify(), Ok(hit(7)));
    assert!(bench.driver.capabilities().contains(Capabilities::TEMPLATES | Capabilities::IMAGE));
}

#[test]
fn a_wrong_size_is_an_error_before_the_first_byte() {
    let mut bench = crowd(0);
    let sent = bench.module.device().commands().len();
    let mut small = [7; TEMPLATE - 1];
    let fault = device(read(&mut bench, 3, &mut small));
    assert_eq!((fault, fault.kind()), (Fault::Room(TEMPLATE), ErrorKind::Argument));
    for bytes in [0, 1, TEMPLATE - 1, TEMPLATE + 1] {
        let fault = device(write(&mut bench, 5, &vec![0; bytes]));
        assert_eq!((fault, fault.kind()), (Fault::Template(bytes), ErrorKind::Argument));
    }
    assert_eq!(device(read(&mut bench, 200, &mut [0; TEMPLATE])), Fault::Slot(Slot(200)));
    assert_eq!(device(write(&mut bench, 200, &[0; TEMPLATE])), Fault::Slot(Slot(200)));
    assert_eq!(bench.module.device().commands().len(), sent);
}

#[test]
fn what_is_not_there_or_may_not_be() {
    let mut bench = crowd(0);
    let fault = device(read(&mut bench, 4, &mut [0; TEMPLATE]));
    assert_eq!((fault, fault.kind()), (Fault::Empty(Slot(4)), ErrorKind::Absent));
    let anna = Gt511Module::template("anna");
    assert_eq!(device(write(&mut bench, 3, &anna)), Fault::Occupied(Slot(3)));
    assert_eq!(device(write(&mut bench, 4, &anna)), Fault::Duplicate(hit(3).unwrap()));
    let nobody = device(write(&mut bench, 4, &[9; TEMPLATE]));
    assert_eq!(nobody, Fault::Refused(SetTemplate::CODE, Nack::EnrolFailed));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn what_was_kept_wrongly_is_deleted_again() {
    let mut bench = crowd(0);
    bench.module.device().garble();
    let unlike = device(write(&mut bench, 4, &Gt511Module::template("cleo")));
    assert_eq!(unlike, Fault::Unlike(Slot(4)));
    assert_eq!(bench.module.device().stored(4), None);
}

#[test]
fn each_byte_of_a_data_packet_matters() {
    for index in 0..TEMPLATE + 6 {
        for fault in [
            LineFault::Flipped(index, 0x10),
            LineFault::LostByte(index),
            LineFault::DoubledByte(index),
        ] {
            let mut bench = crowd(0);
            bench.module.device().misbehave_on(0x70, Misbehaviour::Data(fault.clone()));
            let mut buffer = [7; TEMPLATE];
            let result = read(&mut bench, 3, &mut buffer);
            assert!(bench.module.device().has_misbehaved());
            match result {
                // A byte twice may be the one behind it: then it is right.
                Ok(_) => assert_eq!(buffer[..], Gt511Module::template("anna"), "{fault:?}"),
                Err(_) => assert_eq!(buffer, [0; TEMPLATE], "{fault:?}"),
            }
            // And the next one is.
            assert_eq!(read(&mut bench, 3, &mut buffer), Ok(TEMPLATE), "{fault:?}");
            assert_eq!(buffer[..], Gt511Module::template("anna"), "{fault:?}");
        }
    }
}

fn data_faults() -> Vec<Misbehaviour> {
    use LineFault::*;
    let late = |millis| Misbehaviour::Data(Late(Duration::from_millis(millis)));
    let mut rows = vec![
        Misbehaviour::Data(WrongCheck),
        Misbehaviour::Data(Silence),
        Misbehaviour::Data(Noise(vec![0x5A])),
        Misbehaviour::Data(Noise(vec![0x55, 0xAA, 1, 0, 0, 0, 0, 0, 0x30, 0, 0x30, 1])),
        Misbehaviour::Data(Repeated),
        late(300),
        late(2_000),
        late(8_000),
    ];
    rows.extend([0, 1, 3, 4, 5, 63, 64, 250, 497, 500, 503].map(Misbehaviour::Short));
    rows
}

#[test]
fn a_template_is_whole_or_an_error_whatever_happens_to_its_data() {
    for how in data_faults() {
        for retries in [0, 2] {
            let mut bench = crowd(retries);
            bench.module.device().misbehave_on(0x70, how.clone());
            let mut buffer = [7; TEMPLATE];
            match read(&mut bench, 3, &mut buffer) {
                Ok(_) => assert_eq!(buffer[..], Gt511Module::template("anna"), "{how:?}"),
                Err(_) => assert_eq!(buffer, [0; TEMPLATE], "{how:?}"),
            }
            bench.clock.advance(Duration::from_secs(9));
            let _ = read(&mut bench, 3, &mut buffer);
            assert_eq!(read(&mut bench, 3, &mut buffer), Ok(TEMPLATE), "{how:?}");
        }
    }
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
        rows.extend([Before(true, 0, gap), Before(false, 0x1003, gap), Before(false, 0x1004, gap)]);
        rows.extend([Stale(0x70, gap), Stale(0x21, gap), Stale(0x01, gap)]);
    }
    rows.extend([Instead(false, 0x1006), Instead(true, 1), PowerCycle]);
    rows
}

#[test]
fn what_is_written_is_there_or_it_is_an_error() {
    let cleo = Gt511Module::template("cleo");
    for how in reply_faults() {
        for nth in 0..7 {
            for retries in [0, 2] {
                let mut bench = crowd(retries);
                bench.module.device().misbehave_after(nth, how.clone());
                let written = write(&mut bench, 4, &cleo);
                let row = format!("{how:?}, reply {nth}, {written:?}");
                if written.is_ok() {
                    assert_eq!(bench.module.device().stored(4), Some("cleo"), "{row}");
                }
                assert_ne!(
                    written.as_ref().map_err(|error| error.kind()),
                    Err(ErrorKind::Argument)
                );
                assert_eq!(bench.module.device().stored(12), Some("bert"), "{row}");
                bench.clock.advance(Duration::from_secs(9));
                let _ = bench.count();
                bench.count().expect(&row);
            }
        }
    }
}

#[test]
fn no_fault_makes_another_template_of_it() {
    for how in reply_faults() {
        for nth in 0..4 {
            let mut bench = crowd(2);
            let mut buffer = [0; TEMPLATE];
            read(&mut bench, 12, &mut buffer).unwrap();
            bench.module.device().misbehave_after(nth, how.clone());
            if read(&mut bench, 3, &mut buffer).is_ok() {
                assert_eq!(buffer[..], Gt511Module::template("anna"), "{how:?}, reply {nth}");
            }
        }
    }
}

#[test]
fn a_transfer_can_be_dropped_at_every_step() {
    let cleo = Gt511Module::template("cleo");
    for turns in (0..).step_by(5) {
        let mut bench = slow();
        let mut buffer = [7; TEMPLATE];
        let call = bench.driver.read_template(Slot(3), &mut buffer);
        let read_done = drop_after(turns, call, &mut bench.clock, |_| {});
        let expected = if read_done { Gt511Module::template("anna") } else { vec![0; TEMPLATE] };
        assert_eq!(buffer[..], expected, "after {turns} turns");
        assert_eq!(bench.count(), Ok(2), "after {turns} turns");
        let call = bench.driver.write_template(Slot(4), &cleo);
        let done = drop_after(turns, call, &mut bench.clock, |_| {});
        assert_eq!(bench.identify(), Ok(hit(12)), "after {turns} turns");
        if done && read_done {
            assert_eq!(bench.module.device().stored(4), Some("cleo"));
            return;
        }
    }
}

/// Both directions at the speed of the line, 115 200 baud.
fn slow() -> Bench {
    let mut module = Gt511Module::new().paced();
    module.runs_at(115_200);
    let config = Config { baud: 115_200, ..config(0) };
    let mut bench = Bench::new(module, usize::MAX, |port| Gt511::new(port.paced(115_200), config));
    bench = bench.crowded();
    assert_eq!(bench.identify(), Ok(hit(12)));
    bench
}

#[test]
fn progress_is_told_up_to_the_end() {
    let mut bench = slow();
    let mut buffer = [0; TEMPLATE];
    let mut call = bench.driver.read_template(Slot(3), &mut buffer);
    let mut told = Vec::new();
    while let Told::Event(event) = call.next(&mut bench.clock).unwrap() {
        let Event::Progress(Progress { done, total }) = event else { panic!("{event:?}") };
        assert_eq!(total, Some(498));
        told.push(done);
    }
    assert!(told.len() > 4 && told.is_sorted() && told.last() == Some(&498), "{told:?}");
}

#[test]
fn a_template_takes_the_time_of_the_line() {
    let mut bench = slow();
    let begun = bench.now();
    read(&mut bench, 3, &mut [0; TEMPLATE]).unwrap();
    // Two commands, two answers, a data packet; and what the driver waits.
    let line = Duration::of_bytes(4 * 12 + 504, 10, 115_200);
    let took = bench.now() - begun;
    assert!(took > line && took < line + Duration::from_millis(25), "{took:?} of {line:?}");
}

#[test]
fn a_template_is_made_of_the_finger_that_is_there() {
    let mut bench = crowd(0);
    let mut buffer = [0; TEMPLATE];
    bench.module.device().place("cleo");
    let made = bench.driver.make_template(&mut buffer).wait(&mut bench.clock);
    assert_eq!(made, Ok(TEMPLATE));
    assert_eq!(buffer[..], Gt511Module::template("cleo"));
    assert_eq!(bench.count(), Ok(2));
    bench.module.device().lift();
    let made = bench.driver.make_template(&mut buffer).wait(&mut bench.clock);
    assert_eq!(device(made), Fault::NoFinger);
}

fn verify_template(bench: &mut Bench, slot: u16, of: &str) -> Option<Match> {
    let template = Gt511Module::template(of);
    let call = bench.driver.verify_template(Slot(slot), &template);
    call.wait(&mut bench.clock).unwrap()
}

fn identify_template(bench: &mut Bench, of: &str) -> Result<Option<Match>, bench::Failure<Link>> {
    let template = Gt511Module::template(of);
    bench.driver.identify_template(&template).wait(&mut bench.clock)
}

#[test]
fn a_template_that_is_sent_matches_its_own_and_no_other() {
    let mut bench = crowd(0);
    assert_eq!(identify_template(&mut bench, "anna"), Ok(hit(3)));
    assert_eq!(identify_template(&mut bench, "cleo"), Ok(None));
    assert_eq!(verify_template(&mut bench, 12, "bert"), hit(12));
    assert_eq!(verify_template(&mut bench, 12, "anna"), None);
    assert_eq!(verify_template(&mut bench, 13, "anna"), None);
    let short = bench.driver.identify_template(&[0; 5]).wait(&mut bench.clock);
    assert_eq!(device(short), Fault::Template(5));
    bench.driver.clear().wait(&mut bench.clock).unwrap();
    assert_eq!(identify_template(&mut bench, "anna"), Ok(None));
}

#[test]
fn no_fault_makes_a_template_match() {
    for how in
        reply_faults().into_iter().chain([3, 12].map(|slot| Misbehaviour::Instead(true, slot)))
    {
        for nth in 0..8 {
            for (of, own) in [("anna", hit(3)), ("cleo", None)] {
                let mut bench = crowd(2);
                bench.module.device().misbehave_after(nth, how.clone());
                if let Ok(found) = identify_template(&mut bench, of) {
                    assert_eq!(found, own, "{how:?}, reply {nth}");
                }
            }
        }
    }
}

// Images.

#[test]
fn an_image_comes_row_by_row() {
    let mut bench = crowd(0);
    bench.module.device().place("anna");
    let (film, image) = image(&mut bench);
    let shape = Geometry { width: 258, height: 202, dpi: None };
    assert_eq!((image, &film.shapes[..]), (Ok(shape), &[shape][..]));
    assert_eq!(film.rows.concat(), Gt511Module::image("anna"));
    let mut raw = Film::default();
    bench.module.device().lift();
    bench.driver.raw_image(&mut raw).wait(&mut bench.clock).unwrap();
    assert_eq!((raw.rows.len(), raw.rows.concat()), (120, Gt511Module::raw_image("")));
}

#[test]
fn without_a_finger_there_is_no_image() {
    let mut bench = crowd(0);
    bench.module.device().lift();
    let (film, image) = image(&mut bench);
    assert_eq!((film, device(image)), (Film::default(), Fault::NoFinger));
}

#[test]
fn a_damaged_image_is_an_error_and_never_whole() {
    let last = IMAGE + 5;
    for index in [0, 3, 4, 5, 300, 40_000, IMAGE - 1, IMAGE + 3, IMAGE + 4, last] {
        for fault in [LineFault::Flipped(index, 1), LineFault::LostByte(index)] {
            let mut bench = crowd(0);
            bench.module.device().misbehave_on(0x62, Misbehaviour::Data(fault.clone()));
            let (film, image) = image(&mut bench);
            assert_eq!(device(image), Fault::Damaged(GetImage::CODE), "{fault:?}");
            assert!(film.rows.len() < 202, "{fault:?}");
            assert_eq!(bench.identify(), Ok(hit(12)), "{fault:?}");
        }
    }
}

#[test]
fn an_image_is_tried_again_only_before_its_first_row() {
    for (index, whole) in [(0, true), (3, true), (9_000, false)] {
        let mut bench = crowd(2);
        let flip = Misbehaviour::Data(LineFault::Flipped(index, 1));
        bench.module.device().misbehave_on(0x62, flip);
        let (film, image) = image(&mut bench);
        assert_eq!((image.is_ok(), film.rows.len() == 202), (whole, whole), "{index}");
        assert!(film.shapes.len() <= 1);
    }
}

#[test]
fn a_dropped_image_goes_on_by_itself_and_is_waited_out() {
    for turns in [30, 300, 800, 2_000, 4_000] {
        let mut bench = slow();
        let mut film = Film::default();
        let call = bench.driver.image(&mut film);
        assert!(!drop_after(turns, call, &mut bench.clock, |_| {}), "{turns}");
        assert_eq!(bench.count(), Ok(2), "after {turns} ms");
        let (film, image) = image(&mut bench);
        assert!(image.is_ok() && film.rows.concat() == Gt511Module::image("bert"));
    }
}

#[test]
fn an_image_that_drips_is_given_up() {
    // A byte each 40 ms is no pause inside a packet, but 35 minutes in all.
    let mut bench = crowd(0);
    let begun = bench.now();
    bench.module.device().misbehave_on(0x62, Misbehaviour::Drip(Duration::from_millis(40)));
    let (_, image) = image(&mut bench);
    assert_eq!(device(image), Fault::Timeout(GetImage::CODE));
    assert!(bench.now() - begun < Duration::from_secs(115), "{:?}", bench.now() - begun);
}

// The class.

#[test]
fn transfers_and_images_keep_their_promises() {
    let bench = Bench::new(Gt511Module::new(), 13, |port| Gt511::new(port, config(2)));
    let (mut sensor, mut hand) = bench.sensor();
    let report = template_transfer(&mut sensor, &mut hand);
    assert!(report.passed(), "{report}");
    let report = imaging(&mut sensor, &mut hand);
    assert!(report.passed(), "{report}");
}

#[test]
fn the_module_says_which_one_it_is() {
    let bench = crowd(0);
    let (mut sensor, hand) = bench.sensor();
    let id = sensor.sensor_id().unwrap();
    assert!(id.is_unique() && id.bytes().starts_with(b"SIM-GT511C3-0001"), "{id}");
    assert_eq!(sensor.interruptions(), 0);
    hand.module.device().replace(*b"SIM-GT511C3-0002");
    assert_eq!(device(sensor.sensor_id()), Fault::Replaced);
    assert_eq!(sensor.interruptions(), 1);
    assert!(sensor.sensor_id().unwrap().bytes().starts_with(b"SIM-GT511C3-0002"));
    hand.module.device().replace([0xFF; 16]);
    assert_eq!(device(sensor.sensor_id()), Fault::Replaced);
    assert!(!sensor.sensor_id().unwrap().is_unique());
    hand.module.device().misbehave_on(0x20, Misbehaviour::Line(LineFault::Silence));
    let _ = embedded_pos::fingerprint::FingerprintSensor::library(&mut sensor);
    assert_eq!(sensor.interruptions(), 3);
}

#[test]
fn the_async_twins_do_the_same() {
    let (module, clock) = (Simulated::new(Gt511Module::new()), VirtualClock::new());
    module.device().store(3, "anna");
    module.device().place("anna");
    let driver = Gt511::new(module.port(clock.clone()).chunked(7), config(0));
    let mut sensor: Clocked<_, _> = Clocked::new(driver, clock);
    block_on(async {
        let mut buffer = [0; TEMPLATE];
        assert_eq!(sensor.template_size().await.unwrap(), TEMPLATE);
        assert_eq!(sensor.read_template(Slot(3), &mut buffer).await.unwrap(), TEMPLATE);
        assert_eq!(buffer[..], Gt511Module::template("anna"));
        module.device().store(3, "bert");
        sensor.write_template(Slot(5), &buffer).await.unwrap();
        assert_eq!(module.device().stored(5), Some("anna"));
        let mut film = Film::default();
        sensor.image(&mut film).await.unwrap();
        assert_eq!(film.rows.concat(), Gt511Module::image("anna"));
        assert!(sensor.sensor_id().await.unwrap().is_unique());
        let (driver, timer) = sensor.parts();
        let line = driver.set_baud(115_200).run(timer).await;
        assert!(matches!(line, Err(CallError::Line(Line::Baud(9_600)))));
        assert_eq!(module.device().baud(), 9_600);
        assert_eq!(driver.count().run(timer).await.unwrap().stored, 2);
    });
}

// The speed.

type Wire = SimPort<Gt511Module, VirtualClock>;
type SetWire = Box<dyn FnMut(&mut Wire, u32) -> Result<(), Unplugged>>;

struct Tuned {
    module: Simulated<Gt511Module>,
    clock: VirtualClock,
    driver: Gt511<WithBaud<Wire, SetWire>>,
}

/// Port and module at these speeds.
fn tuned(port: u32, module: u32) -> Tuned {
    let sim = Simulated::new(Gt511Module::new());
    let clock = VirtualClock::in_steps(Duration::from_millis(1));
    sim.device().hears_at(port);
    sim.device().runs_at(module);
    sim.device().store(3, "anna");
    let set = sim.clone();
    let set: SetWire = Box::new(move |_, baud| {
        set.device().hears_at(baud);
        Ok(())
    });
    let wire = WithBaud::new(sim.port(clock.clone()), set);
    let driver = Gt511::new(wire, Config { baud: port, ..config(2) });
    Tuned { module: sim, clock, driver }
}

impl Tuned {
    fn set(&mut self, baud: u32) -> Result<(), bench::Failure<Link>> {
        self.driver.set_baud(baud).wait(&mut self.clock)
    }

    /// The module's speed, and whether the host understands it.
    fn state(&mut self) -> (u32, Result<u16, bench::Failure<Link>>) {
        let baud = self.module.device().baud();
        (baud, self.count())
    }

    fn count(&mut self) -> Result<u16, bench::Failure<Link>> {
        Ok(self.driver.count().wait(&mut self.clock)?.stored)
    }
}

#[test]
fn the_speed_changes_on_both_sides() {
    let mut tuned = tuned(9_600, 9_600);
    for baud in [115_200, 19_200, 38_400, 57_600, 9_600] {
        assert_eq!(tuned.set(baud), Ok(()));
        assert_eq!(tuned.state(), (baud, Ok(1)));
    }
    let sent = tuned.module.device().commands().len();
    let fault = device(tuned.set(14_400));
    assert_eq!((fault, fault.kind()), (Fault::Baud(14_400), ErrorKind::Argument));
    assert_eq!(tuned.module.device().commands().len(), sent);
}

#[test]
fn a_port_that_cannot_be_set_is_found_out_before_anything_is_sent() {
    let mut bench = crowd(0);
    let set = bench.driver.set_baud(115_200).wait(&mut bench.clock);
    assert_eq!(set, Err(CallError::Line(Line::Baud(9_600))));
    assert!(!bench.module.device().commands().contains(&0x04));
    assert_eq!(bench.count(), Ok(2));
}

#[test]
fn a_refused_speed_leaves_the_old_one() {
    let mut tuned = tuned(9_600, 9_600);
    tuned.module.device().misbehave_on(0x04, Misbehaviour::Line(LineFault::Silence));
    // The answer is lost, but the speed has changed.
    assert_eq!(tuned.set(57_600), Ok(()));
    assert_eq!(tuned.state(), (57_600, Ok(1)));
    tuned.module.device().misbehave_on(0x04, Misbehaviour::PowerCycle);
    assert_eq!(device(tuned.set(19_200)).kind(), ErrorKind::Timeout);
    assert_eq!(tuned.state(), (9_600, Ok(1)));
}

#[test]
fn whatever_happens_to_a_reply_host_and_module_have_the_same_speed() {
    for how in reply_faults() {
        for nth in 0..7 {
            let mut tuned = tuned(9_600, 9_600);
            assert_eq!(tuned.count(), Ok(1));
            tuned.module.device().misbehave_after(nth, how.clone());
            let set = tuned.set(115_200);
            let row = format!("{how:?}, reply {nth}: {set:?}");
            if set.is_ok() && how != Misbehaviour::PowerCycle {
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
        let mut tuned = tuned(9_600, 9_600);
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
fn a_module_that_lost_power_is_found_at_its_first_speed() {
    let mut tuned = tuned(9_600, 9_600);
    tuned.set(115_200).unwrap();
    tuned.module.device().power_cycle();
    assert_eq!(tuned.count(), Ok(1));
    assert_eq!(tuned.set(115_200), Ok(()));
}

#[test]
fn a_module_at_any_speed_is_found_again() {
    for baud in [9_600, 19_200, 38_400, 57_600, 115_200] {
        let mut tuned = tuned(57_600, baud);
        let found = tuned.driver.recover().wait(&mut tuned.clock);
        assert_eq!((found, tuned.count()), (Ok(baud), Ok(1)));
    }
    let mut tuned = tuned(57_600, 230_400);
    let begun = tuned.clock.now();
    let fault = device(tuned.driver.recover().wait(&mut tuned.clock));
    assert_eq!(fault.kind(), ErrorKind::Timeout);
    assert!(tuned.clock.now().since(begun) < Duration::from_secs(12));
    // The port is as it was.
    tuned.module.device().runs_at(57_600);
    assert_eq!(tuned.count(), Ok(1));
}

// Hostile.

#[test]
fn a_full_library_refuses_an_enrolment() {
    let module = Gt511Module::new().with_capacity(2);
    let mut bench = Bench::new(module, usize::MAX, |port| Gt511::new(port, config(0)));
    bench.module.device().store(0, "anna");
    bench.module.device().store(1, "bert");
    assert_eq!(device(bench.enrol(1, "cleo")), Fault::Occupied(Slot(1)));
    // The configured library is larger: it is an error, and nothing is stored.
    assert!(bench.enrol(2, "cleo").is_err());
    assert_eq!(bench.count(), Ok(2));
    bench.module.device().place("cleo");
    assert_eq!(bench.identify(), Ok(None));
}

#[test]
fn an_empty_library_is_nothing_to_delete() {
    for command in [0x21, 0x40] {
        let mut bench = crowd(0);
        bench.module.device().misbehave_on(command, Misbehaviour::Instead(false, 0x100A));
        // The module says that it is empty; that it deletes nothing is no error.
        let deleted = bench.driver.delete(Slot(5)).wait(&mut bench.clock);
        assert_eq!(deleted, Ok(()), "{command:02X}h");
    }
    let mut bench = crowd(0);
    bench.driver.clear().wait(&mut bench.clock).unwrap();
    bench.driver.clear().wait(&mut bench.clock).unwrap();
    bench.driver.delete(Slot(3)).wait(&mut bench.clock).unwrap();
}

#[test]
fn a_light_that_went_out_lifts_no_finger() {
    // With the light off the module sees no finger, lifted or not.
    let mut bench = crowd(0);
    let module = bench.module.clone();
    let mut call = bench.driver.enrol(Slot(5));
    let mut places = 0;
    let result = loop {
        match call.next(&mut bench.clock) {
            Ok(Told::Event(Event::Enrolment(step))) => {
                let step = format!("{step:?}");
                if step.starts_with("Place") {
                    places += 1;
                    module.device().place("cleo");
                }
                if step == "Lift" {
                    module.device().power_cycle();
                }
            }
            Ok(Told::Event(_)) => {}
            Ok(Told::Done(())) => panic!("enrolled without a lift"),
            Err(error) => break error,
        }
    };
    assert!(places <= 2, "{result:?}");
    assert_eq!(module.device().stored(5), None);
}

#[test]
fn whether_a_slot_is_in_use_is_told() {
    let mut bench = crowd(0);
    let held = [3, 4].map(|slot| bench.driver.holds(Slot(slot)).wait(&mut bench.clock));
    assert_eq!(held, [Ok(true), Ok(false)]);
    let beyond = bench.driver.holds(Slot(200)).wait(&mut bench.clock);
    assert_eq!(device(beyond), Fault::Slot(Slot(200)));
    let asked = bench.driver.ask(GetTemplate(Slot(3))).wait(&mut bench.clock);
    assert_eq!(asked, Ok(()), "data of no interest are passed over");
    assert!(bench.driver.ask(SetTemplate(Slot(9))).wait(&mut bench.clock).is_err());
    assert_eq!(bench.count(), Ok(2));
}
