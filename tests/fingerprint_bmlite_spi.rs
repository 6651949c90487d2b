//! BM-Lite on SPI: the module's end of the bus looks at each transaction.

mod fingerprint_common;

use embedded_pos::fingerprint::bmlite::{BmLite, Config, SpiPort, SpiPortError};
use embedded_pos::fingerprint::{AsyncFingerprintSensor, AsyncTemplateTransfer, Enrolment, Slot};
use embedded_pos::port::{CallError, Clocked, Duration, Port};
use embedded_pos::sim::fingerprint::{BmLiteMisbehaviour, BmLiteModule, BmLiteReady, BmLiteSpi};
use embedded_pos::sim::{Fault, Simulated, VirtualClock, block_on};
use embedded_pos::{Error, ErrorKind, nb};
use fingerprint_common::bench::{hit, obedient, vector};

struct Bench {
    module: Simulated<BmLiteModule>,
    bus: BmLiteSpi,
    clock: VirtualClock,
    driver: BmLite<SpiPort<BmLiteSpi, BmLiteReady>>,
}

/// Anna is in slot 3 and on the sensor.
fn bench(config: Config) -> Bench {
    let (module, clock) = (Simulated::new(BmLiteModule::new()), VirtualClock::new());
    module.device().store(3, "anna");
    module.device().place("anna");
    let bus = BmLiteSpi::new(module.clone(), clock.clone());
    let driver = BmLite::new(SpiPort::new(bus.clone(), bus.ready()), config);
    Bench { module, bus, clock, driver }
}

const NONE: [String; 0] = [];

#[test]
fn all_goes_as_on_a_uart_and_the_bus_has_no_complaints() {
    let mut bench = bench(Config { retries: 0, ..Config::new(50) });
    assert_eq!(bench.driver.identify().wait(&mut bench.clock), Ok(hit(3)));
    let anna = bench.module.device().template_of("anna");
    let mut buffer = [0; 1200];
    let size = bench.driver.read_template(Slot(3), &mut buffer).wait(&mut bench.clock);
    assert_eq!(&buffer[..size.unwrap()], anna);
    bench.driver.delete(Slot(3)).wait(&mut bench.clock).unwrap();
    bench.driver.write_template(Slot(7), &anna).wait(&mut bench.clock).unwrap();
    assert_eq!(bench.driver.identify().wait(&mut bench.clock), Ok(hit(7)));
    assert_eq!(bench.bus.complaints(), NONE);
    let (sent, acknowledged) = bench.module.device().acknowledged();
    assert_eq!(sent, acknowledged);
}

#[test]
fn nothing_is_read_while_the_pin_is_low() {
    let Bench { module, bus, clock, driver } = bench(Config::new(50));
    let mut port = driver.release();
    let mut buf = [0; 64];
    assert_eq!(port.try_read(&mut buf), Err(nb::Error::WouldBlock));
    // A frame of ten bytes and a check, from a module nobody asked.
    module.device().say(&[3, 0, 0, 0], Default::default());
    assert_eq!(port.try_read(&mut buf), Ok(4));
    assert_eq!(buf[..4], [0, 0, 10, 0]);
    // The pin is low between the parts.
    assert_eq!(port.try_read(&mut buf), Err(nb::Error::WouldBlock));
    clock.advance(Duration::from_millis(1));
    // The second part is read whole, however little is taken of it.
    assert_eq!(port.try_read(&mut buf[..3]), Ok(3));
    assert_eq!(port.try_read(&mut buf), Ok(11));
    assert_eq!(port.try_read(&mut buf), Err(nb::Error::WouldBlock));
    assert_eq!(bus.complaints(), NONE);
}

#[test]
fn a_frame_that_was_not_read_to_its_end_does_not_shift_the_next() {
    let Bench { module, bus, clock, driver } = bench(Config::new(50));
    let mut port = driver.release();
    let mut buf = [0; 64];
    module.device().say(&[3, 0, 0, 0], Default::default());
    assert_eq!(port.try_read(&mut buf), Ok(4));
    // The module loses power, and the rest with it; the host asks anew.
    bus.lose();
    let version = vector(include_str!("vectors/bmlite/frames.txt"));
    assert_eq!(port.try_write(&version), Ok(version.len()));
    clock.advance(Duration::from_millis(1));
    assert_eq!(port.try_read(&mut buf), Ok(4));
    assert_eq!((&buf[..4], bus.complaints()), (&[0x7F, 0xFF, 0x01, 0x7F][..], vec![]));
}

#[test]
fn a_bus_that_fails_is_a_line_error() {
    let mut bench = bench(Config::new(50));
    bench.bus.set_broken(true);
    let error = bench.driver.count().wait(&mut bench.clock).unwrap_err();
    assert!(matches!(error, CallError::Port(SpiPortError::Bus(_))));
    assert_eq!(error.kind(), ErrorKind::Line);
    bench.bus.set_broken(false);
    assert_eq!(bench.driver.count().wait(&mut bench.clock).unwrap().stored, 1);
}

#[test]
fn what_the_bus_garbles_is_survived() {
    let faults = [
        Fault::WrongCheck,
        Fault::Flipped(2, 0x10),
        Fault::Flipped(20, 1),
        Fault::Silence,
        Fault::Repeated,
        Fault::Noise(vec![0xFF; 8]),
    ];
    for fault in faults {
        for nth in 0..10 {
            let mut bench = bench(Config::new(50));
            let how = BmLiteMisbehaviour::Line(fault.clone());
            bench.module.device().misbehave_after(nth, how);
            let found = bench.driver.identify().wait(&mut bench.clock);
            assert_eq!(found, Ok(hit(3)), "{fault:?}, answer {nth}");
        }
    }
}

#[test]
fn the_async_twin_does_the_same() {
    let Bench { module, bus, clock, driver } = bench(Config::new(50));
    let mut sensor: Clocked<_, _> = Clocked::new(driver, clock);
    block_on(async {
        assert_eq!(sensor.identify().await.unwrap(), hit(3));
        let mut last = None;
        let mut person = obedient(&module, |_| "cleo");
        let told = |step| {
            last = Some(step);
            person(step);
        };
        sensor.enrol(Slot(8), told).await.unwrap();
        assert_eq!(last, Some(Enrolment::Stored(Slot(8))));
        let mut buffer = [0; 1200];
        let size = sensor.read_template(Slot(8), &mut buffer).await.unwrap();
        assert_eq!(&buffer[..size], module.device().template_of("cleo"));
    });
    assert_eq!(bus.complaints(), NONE);
}

#[test]
fn the_bus_does_complain() {
    use embedded_hal::spi::{Operation, SpiDevice};
    let Bench { module, mut bus, .. } = bench(Config::new(50));
    bus.read(&mut [0; 4]).unwrap();
    module.device().say(&[3, 0, 0, 0], Default::default());
    bus.read(&mut [0; 18]).unwrap();
    bus.write(&[0, 0, 10, 0, 4]).unwrap();
    bus.transaction(&mut [Operation::Write(&[1]), Operation::Read(&mut [0])]).unwrap();
    assert_eq!(bus.complaints().len(), 4);
}
