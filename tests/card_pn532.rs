//! The PN532 reader against a simulated chip on its three buses.

mod pn532_support;

use std::sync::{Arc, Mutex};

use embedded_pos::card::contactless::{Rate, Rates, Technology};
use embedded_pos::card::reader::pn532::{
    Cause, Config, Fault, I2cPort, Parameters, Pn532, RfItem, SpiPort, Status, Target, WakeUp,
};
use embedded_pos::card::reader::serial_ccid::{self, SerialCcid};
use embedded_pos::card::{AsyncCardReader, CardReader, Tck};
use embedded_pos::conformance::{self, CardStimulus};
use embedded_pos::port::adapter::WithBaud;
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Port};
use embedded_pos::sim::card::{
    Application, CcidReader, EmvApplet, IsoDepCard, Personalisation, PiccTrick, Pn532 as Chip,
    Pn532I2c, Pn532Spi, T1Card,
};
use embedded_pos::sim::issuer::Issuer;
use embedded_pos::sim::{SimPort, Simulated, Unplugged, VirtualClock, block_on};
use embedded_pos::{Error as _, ErrorKind, nb};
use pn532_support::{
    Bench, READ, Shared, UID, Uart, echo, echo_b, fault, hsu, i2c, longest_command, polled_i2c,
    polled_spi, shared, spi,
};

/// A whole session; the APDUs and the answers as the chip had them.
fn session<P: Port>(mut bench: Bench<P>, card: IsoDepCard) -> Vec<Vec<u8>> {
    assert_eq!(bench.look(), Ok(false));
    let card = bench.bring(card);
    assert_eq!(bench.look(), Ok(true));
    let n = bench.activate().unwrap();
    let atr = *bench.reader.atr().unwrap();
    assert_eq!((atr.as_bytes().len(), atr.tck()), (n, Tck::Valid));
    assert_eq!(bench.transmit(&longest_command()).unwrap().len(), 257);
    assert_eq!(bench.look(), Ok(true));
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
    bench.deactivate().unwrap();
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    bench.take(card);
    assert_eq!(bench.look(), Ok(false));
    bench.no_violations();
    let chip = bench.chip.device();
    chip.exchanges().to_vec()
}

#[test]
fn a_session_goes_the_same_on_all_buses() {
    for part in [262, 100, 1] {
        for chunk in [262, 20] {
            let config = Config { chunk, ..Config::DEFAULT };
            let chip = || Chip::new().in_parts(part);
            let log = session(hsu(chip(), config), echo());
            assert_eq!(log.len(), 4);
            assert_eq!(log, session(spi(chip(), config), echo()));
            assert_eq!(log, session(polled_spi(chip(), config), echo()));
            assert_eq!(log, session(i2c(chip(), config), echo()));
            assert_eq!(log, session(polled_i2c(chip(), config), echo()));
            assert_eq!(log, session(hsu(chip(), config), echo_b()));
        }
    }
}

/// An application, and a log of what it was asked and answered.
#[derive(Clone)]
struct Logged(Arc<Mutex<(EmvApplet, Vec<Vec<u8>>)>>);

impl Logged {
    fn new() -> Self {
        let applet = EmvApplet::new(Personalisation::default(), &Issuer::default());
        Self(Arc::new(Mutex::new((applet, Vec::new()))))
    }

    fn log(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().1.clone()
    }
}

impl Application for Logged {
    fn reset(&mut self) {
        self.0.lock().unwrap().0.reset();
    }

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let (applet, log) = &mut *self.0.lock().unwrap();
        let response = applet.process(command);
        log.extend([command.to_vec(), response.clone()]);
        response
    }
}

/// What a terminal reads of a payment card.
fn read_card(reader: &mut impl CardReader) {
    let mut response = [0; 258];
    reader.activate(&mut [0; 33]).unwrap();
    let mut select = b"\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00".to_vec();
    reader.transmit(&select, &mut response).unwrap();
    reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00], &mut response).unwrap();
    select.splice(4.., [0x08, 0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01, 0x00]);
    reader.transmit(&select, &mut response).unwrap();
    reader.transmit(&[0x00, 0xB2, 0x01, 0x14, 0x00], &mut response).unwrap();
    reader.deactivate().unwrap();
}

fn contactless_log<P: Port>(bench: impl Fn(Chip, Config) -> Bench<P>) -> Vec<Vec<u8>> {
    let Bench { reader, chip, clock } = bench(Chip::new(), Config::DEFAULT);
    let application = Logged::new();
    chip.device().air.add(IsoDepCard::type_a(application.clone()).with_uid(&UID));
    read_card(&mut Clocked::new(reader, clock));
    assert_eq!(chip.device().violations(), [""; 0]);
    application.log()
}

#[test]
fn the_card_hears_the_same_as_in_a_contact_reader() {
    let (clock, application) = (VirtualClock::new(), Logged::new());
    let device = Simulated::new(CcidReader::new());
    device.device().insert(T1Card::new(application.clone()));
    let driver = SerialCcid::new(device.port(clock.clone()), serial_ccid::Config::DEFAULT);
    read_card(&mut Clocked::new(driver, clock));
    let contact = application.log();
    assert_eq!(contact.len(), 8);
    assert!(contact[5].len() > 20 && contact[5].ends_with(&[0x90, 0x00]), "{contact:02X?}");
    assert_eq!(contact, contactless_log(hsu));
    assert_eq!(contact, contactless_log(spi));
    assert_eq!(contact, contactless_log(polled_spi));
    assert_eq!(contact, contactless_log(i2c));
    assert_eq!(contact, contactless_log(polled_i2c));
}

struct Hand {
    chip: Simulated<Chip>,
    clock: VirtualClock,
    card: Option<usize>,
    b: bool,
}

impl CardStimulus for Hand {
    fn insert(&mut self) {
        let card = if self.b { echo_b() } else { echo() };
        self.card = Some(self.chip.device().air.add(card));
    }

    fn remove(&mut self) {
        if let Some(card) = self.card.take() {
            self.chip.device().air.remove(card);
        }
    }

    fn pause(&mut self) {
        self.clock.advance(Duration::from_millis(5));
    }
}

fn promises<P: Port>(bench: Bench<P>, b: bool) {
    let Bench { reader, chip, clock } = bench;
    let mut hand = Hand { chip: chip.clone(), clock: clock.clone(), card: None, b };
    let report = conformance::card(&mut Clocked::new(reader, clock), &mut hand);
    assert!(report.passed(), "{report}");
    assert_eq!(report.checks.len(), 24);
    let chip = chip.device();
    assert_eq!((chip.violations(), chip.air.violations()), (&[][..], &[][..]));
}

#[test]
fn it_keeps_the_promises_of_the_trait() {
    for b in [false, true] {
        promises(hsu(Chip::new(), Config::DEFAULT), b);
        promises(polled_spi(Chip::new(), Config::DEFAULT), b);
        promises(i2c(Chip::new(), Config::DEFAULT), b);
    }
    let quirk = embedded_pos::sim::card::Pn532Quirk::NoPresenceCheck;
    promises(hsu(Chip::new().with(quirk), Config::DEFAULT), false);
}

#[test]
fn the_atr_is_that_of_pcsc_part_3() {
    let atr = |card: IsoDepCard| {
        let mut bench = hsu(Chip::new(), Config::DEFAULT);
        bench.bring(card);
        bench.activate().unwrap();
        bench.reader.atr().unwrap().as_bytes().to_vec()
    };
    // "POS" is what the card has for historical bytes.
    let a = [0x3B, 0x83, 0x80, 0x01, b'P', b'O', b'S', 0x83 ^ 0x81 ^ b'P' ^ b'O' ^ b'S'];
    assert_eq!(atr(echo()), a);
    // Application data, protocol information, MBLI.
    let b = [0x3B, 0x88, 0x80, 0x01, 1, 2, 3, 4, 0x00, 0x81, 0x81, 0x00, 0x0D];
    assert_eq!(atr(echo_b()), b);
}

#[test]
fn uids_of_every_length_and_what_is_told_of_a_card() {
    for uid in [&UID[..], &[4, 1, 2, 3, 4, 5, 6], &[4, 1, 2, 3, 4, 5, 6, 7, 8, 9]] {
        let mut bench = polled_i2c(Chip::new(), Config::DEFAULT);
        bench.bring(echo().with_uid(uid));
        bench.activate().unwrap();
        let targets: Vec<_> = bench.reader.listed().iter().cloned().collect();
        let [Target::A(card)] = &targets[..] else { panic!("{targets:?}") };
        assert_eq!((card.uid(), card.sak(), card.ats().len()), (uid, 0x20, 8));
        assert_eq!(card.atqa(), [0x0004, 0x0044, 0x0084][uid.len() / 3 - 1]);
        let shown = format!("{targets:?}");
        assert!(!shown.contains(&format!("{:?}", uid)) && !shown.contains("A1"), "{shown}");
        assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
        bench.no_violations();
    }
}

#[test]
fn several_cards_are_reported() {
    let several = |cards: Vec<IsoDepCard>| {
        let mut bench = hsu(Chip::new(), Config::DEFAULT);
        for card in cards {
            bench.bring(card);
        }
        assert_eq!(bench.look(), Ok(true));
        let fault = bench.activate().unwrap_err();
        assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
        bench.no_violations();
        fault
    };
    let other = || echo().with_uid(&[0x08, 0xA1, 0xB2, 0xD3]);
    assert_eq!(several(vec![echo(), other()]), Fault::SeveralCards { a: 2, b: 0 });
    assert_eq!(several(vec![echo(), echo_b()]), Fault::SeveralCards { a: 1, b: 1 });
    let both = vec![echo(), other(), echo_b()];
    assert_eq!(several(both), Fault::SeveralCards { a: 2, b: 1 });
    assert_eq!(Fault::SeveralCards { a: 2, b: 0 }.kind(), ErrorKind::Retry);
    // All but one away.
    let mut bench = hsu(Chip::new(), Config::DEFAULT);
    let (_, two) = (bench.bring(echo()), bench.bring(other()));
    assert!(bench.activate().is_err());
    bench.take(two);
    assert!(bench.activate().is_ok());
}

/// What a card may do, and what a field does to its blocks, is the chip's
/// affair: it is seen here that ours is a good one.
#[test]
fn cards_that_take_time_or_stumble_are_borne_with() {
    for trick in [
        PiccTrick::Wtx { inf: 0x02, times: 20 },
        PiccTrick::Chunks(7),
        PiccTrick::WrongCheck,
        PiccTrick::LostBlock,
        PiccTrick::Deaf,
    ] {
        let card: Shared = shared(echo());
        let mut bench = hsu(Chip::new(), Config::DEFAULT);
        bench.bring(card.clone());
        bench.activate().unwrap();
        card.lock().unwrap().plan(trick.clone());
        assert_eq!(bench.transmit(&longest_command()).unwrap().len(), 257, "{trick:?}");
        assert_eq!(card.lock().unwrap().planned(), 0);
        assert_eq!(card.lock().unwrap().violations(), [""; 0], "{trick:?}");
        bench.no_violations();
    }
}

#[test]
fn higher_rates_are_used_where_both_can() {
    let at = |ta1: u8, most: Rates| {
        let ats = [0x08, 0x78, ta1, 0x80, 0x02, b'P', b'O', b'S'];
        let card = shared(echo().with_answer(&ats));
        let config = Config { rates: most, ..Config::DEFAULT };
        let mut bench = hsu(Chip::new(), config);
        bench.bring(card.clone());
        bench.activate().unwrap();
        assert_eq!(bench.transmit(&longest_command()).unwrap().len(), 257);
        assert_eq!(card.lock().unwrap().violations(), [""; 0], "{ta1:02X}");
        bench.no_violations();
        card.lock().unwrap().rates()
    };
    let most = |send, receive| Rates { send, receive };
    use Rate::{R106, R212, R424, R848};
    assert_eq!(at(0x77, most(R106, R106)), (R106, R106));
    assert_eq!(at(0x77, most(R848, R848)), (R848, R848));
    assert_eq!(at(0x77, most(R424, R212)), (R424, R212));
    assert_eq!(at(0x13, most(R848, R848)), (R424, R212));
    // The same in both directions only.
    assert_eq!(at(0xF3, most(R848, R848)), (R424, R424));
    assert_eq!(at(0x91, most(R848, R848)), (R212, R212));
    assert_eq!(at(0x80, most(R848, R848)), (R106, R106));
}

#[test]
fn a_card_that_takes_no_apdu_is_seen_and_not_activated() {
    let mut bench = hsu(Chip::new(), Config::DEFAULT);
    let card = bench.bring(echo().with_sak(0x08));
    for _ in 0..3 {
        assert_eq!(bench.look(), Ok(true));
    }
    assert_eq!(bench.activate(), Err(Fault::NotIsoDep { sak: 0x08 }));
    assert_eq!(Fault::NotIsoDep { sak: 0x08 }.kind(), ErrorKind::Unsupported);
    bench.take(card);
    assert_eq!(bench.look(), Ok(false));
    bench.no_violations();
}

#[test]
fn what_is_no_command_is_not_sent() {
    let mut bench = hsu(Chip::new(), Config::DEFAULT);
    bench.bring(echo());
    bench.activate().unwrap();
    for len in [0, 3, 262, 5_000] {
        assert_eq!(bench.transmit(&vec![0; len]), Err(Fault::Command { len }));
    }
    assert_eq!(bench.chip.device().exchanges().len(), 0);
}

#[test]
fn the_commands_of_the_chip() {
    let mut bench = hsu(Chip::new(), Config::DEFAULT);
    // All bit rates, both ways.
    let ats = [0x08, 0x78, 0x77, 0x80, 0x02, b'P', b'O', b'S'];
    bench.bring(echo().with_answer(&ats));
    let Bench { reader, clock, .. } = &mut bench;
    let firmware = reader.init().wait(clock).unwrap();
    assert_eq!((firmware.ic, firmware.version, firmware.support), (0x32, (1, 6), 7));
    assert_eq!(reader.firmware().wait(clock), Ok(firmware));
    reader.diagnose_line().wait(clock).unwrap();
    reader.configure_rf(RfItem::CommunicationRetries(2)).wait(clock).unwrap();
    reader.configure_rf(RfItem::Field { automatic: false, on: true }).wait(clock).unwrap();
    clock.advance(Duration::from_millis(6));
    let listed = reader.list(Technology::A).wait(clock).unwrap();
    assert_eq!((listed.count(), listed.iter().next().map(Target::number)), (1, Some(1)));
    reader.diagnose_presence().wait(clock).unwrap();
    assert_eq!(reader.general_status().wait(clock).unwrap().cards, 1);
    // R(NAK) with the number that is not the card's.
    assert_eq!(reader.communicate_thru(&[0xB2]).wait(clock), Ok(1));
    assert_eq!(reader.response(), [0xA3]);
    reader.deselect(1).wait(clock).unwrap();
    let gone = reader.diagnose_presence().wait(clock).unwrap_err();
    assert_eq!(fault(gone), Fault::Status(Status(0x27)));
    reader.select(1).wait(clock).unwrap();
    // Before any block, as the card wants it.
    let rates = Rates { send: Rate::R212, receive: Rate::R424 };
    reader.set_rates(1, rates).wait(clock).unwrap();
    reader.diagnose_presence().wait(clock).unwrap();
    reader.release_card(1).wait(clock).unwrap();
    assert_eq!(reader.general_status().wait(clock).unwrap().cards, 0);
    let none = fault(reader.select(1).wait(clock).unwrap_err());
    assert!(matches!(none, Fault::Status(status) if status.cause() == Cause::NotAcceptable));
    reader.set_parameters(Parameters::empty()).wait(clock).unwrap();
    reader.configure_rf(RfItem::Field { automatic: false, on: false }).wait(clock).unwrap();
    clock.advance(Duration::from_millis(6));
    // Without RATS the card is there, and mute.
    let listed = reader.list(Technology::A).wait(clock).unwrap();
    assert!(matches!(listed.iter().next(), Some(Target::A(card)) if card.ats().is_empty()));
    assert_eq!(fault(reader.activate().wait(clock).unwrap_err()), Fault::Mute);
    reader.abort().wait(clock).unwrap();
    bench.no_violations();
}

#[test]
fn it_sleeps_and_is_woken_up_on_each_bus() {
    fn sleeps<P: Port>(mut bench: Bench<P>, wake_up: WakeUp) {
        bench.bring(echo());
        bench.activate().unwrap();
        bench.reader.power_down(wake_up).wait(&mut bench.clock).unwrap();
        // It sleeps when somebody looks.
        bench.clock.advance(Duration::from_millis(50));
        assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
        assert_eq!(bench.activate(), Ok(8));
        assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
        bench.no_violations();
    }
    sleeps(hsu(Chip::new(), Config::DEFAULT), WakeUp::HSU);
    sleeps(spi(Chip::new(), Config::DEFAULT), WakeUp::SPI);
    sleeps(polled_spi(Chip::new(), Config::DEFAULT), WakeUp::SPI);
    sleeps(i2c(Chip::new(), Config::DEFAULT), WakeUp::I2C);
    sleeps(polled_i2c(Chip::new(), Config::DEFAULT), WakeUp::I2C);
}

/// HSU with a speed that can be set.
fn tunable(chip: Chip) -> (Pn532<impl Port<Error = Unplugged>>, Simulated<Chip>, VirtualClock) {
    let (clock, chip) = (VirtualClock::new(), Simulated::new(chip));
    let device = chip.clone();
    let set = move |_: &mut Uart, baud: u32| {
        device.device().set_host_baud(baud);
        Ok(())
    };
    let port = WithBaud::new(chip.port(clock.clone()), set);
    (Pn532::new(port, Config::DEFAULT), chip, clock)
}

#[test]
fn the_speed_is_changed_and_proven() {
    for baud in [9_600, 19_200, 115_200, 460_800, 921_600, 1_288_000] {
        let (mut reader, chip, mut clock) = tunable(Chip::new());
        chip.device().air.add(echo());
        reader.activate().wait(&mut clock).unwrap();
        reader.set_baud(baud).wait(&mut clock).unwrap();
        assert_eq!((reader.baud(), chip.device().baud()), (baud, baud));
        // The card stayed active.
        assert_eq!(reader.transmit(&READ).wait(&mut clock), Ok(258));
    }
    let (mut reader, _, mut clock) = tunable(Chip::new());
    let fault = fault(reader.set_baud(100).wait(&mut clock).unwrap_err());
    assert_eq!(fault, Fault::Baud(100));
}

#[test]
fn a_speed_that_is_not_taken_is_rolled_back() {
    let (mut reader, chip, mut clock) = tunable(Chip::new().stubborn());
    chip.device().air.add(echo());
    let fault = fault(reader.set_baud(460_800).wait(&mut clock).unwrap_err());
    assert_eq!((fault, reader.baud()), (Fault::BaudNotTaken, 115_200));
    assert!(reader.activate().wait(&mut clock).is_ok());
    // A port that cannot be set is found out before.
    let mut bench = hsu(Chip::new(), Config::DEFAULT);
    let error = bench.reader.set_baud(9_600).wait(&mut bench.clock);
    assert!(matches!(error, Err(CallError::Line(_))), "{error:?}");
    assert!(bench.look().is_ok());
    assert_eq!(bench.chip.device().commands().iter().filter(|code| **code == 0x10).count(), 0);
}

#[test]
fn a_change_of_speed_may_be_dropped_at_any_step() {
    for polls in (0..2_000).step_by(2) {
        let (mut reader, chip, mut clock) = tunable(Chip::new());
        chip.device().air.add(echo());
        let dropped = {
            let mut call = reader.set_baud(460_800);
            (0..polls).all(|_| {
                clock.advance(Duration::from_micros(300));
                call.poll(clock.now()) == Err(nb::Error::WouldBlock)
            })
        };
        assert!(reader.activate().wait(&mut clock).is_ok(), "{polls}");
        assert_eq!(reader.baud(), chip.device().baud(), "{polls}");
        if !dropped {
            return;
        }
    }
    panic!("the call does not end");
}

async fn read_card_async(reader: &mut impl AsyncCardReader) -> usize {
    let mut response = [0; 258];
    reader.inserted().await.unwrap();
    reader.activate(&mut [0; 33]).await.unwrap();
    let n = reader.transmit(&longest_command(), &mut response).await.unwrap();
    reader.deactivate().await.unwrap();
    n
}

#[test]
fn the_async_twin_does_the_same_on_all_buses() {
    let chip = || {
        let chip = Simulated::new(Chip::new());
        chip.device().air.add(echo());
        chip
    };
    let clock = VirtualClock::new;
    let (a, time) = (chip(), clock());
    let uart: SimPort<Chip, VirtualClock> = a.port(time.clone());
    let mut reader: Clocked<_, _> = Clocked::new(Pn532::new(uart, Config::DEFAULT), time);
    assert_eq!(block_on(read_card_async(&mut reader)), 257);
    for polled in [false, true] {
        let (chip, time) = (chip(), clock());
        let bus = Pn532Spi::new(chip.clone(), time.clone());
        let irq = bus.irq();
        let n = if polled {
            let driver = Pn532::new(SpiPort::polled(bus), Config::DEFAULT);
            block_on(read_card_async(&mut Clocked::<_, _>::new(driver, time)))
        } else {
            let driver = Pn532::new(SpiPort::new(bus, irq), Config::DEFAULT);
            block_on(read_card_async(&mut Clocked::<_, _>::new(driver, time)))
        };
        assert_eq!((n, chip.device().violations()), (257, &[][..]));
    }
    for polled in [false, true] {
        let (chip, time) = (chip(), clock());
        let bus = Pn532I2c::new(chip.clone(), time.clone());
        let irq = bus.irq();
        let n = if polled {
            let driver = Pn532::new(I2cPort::polled(bus), Config::DEFAULT);
            block_on(read_card_async(&mut Clocked::<_, _>::new(driver, time)))
        } else {
            let driver = Pn532::new(I2cPort::new(bus, irq), Config::DEFAULT);
            block_on(read_card_async(&mut Clocked::<_, _>::new(driver, time)))
        };
        assert_eq!((n, chip.device().violations()), (257, &[][..]));
    }
}

/// The simulated chip is no sleeping guard.
#[test]
fn the_chip_does_complain() {
    use embedded_hal::spi::{Operation, SpiDevice as _};
    let clock = VirtualClock::new();
    let chip = Simulated::new(Chip::new());
    let mut bus = Pn532Spi::new(chip.clone(), clock.clone());
    let count = |chip: &Simulated<Chip>| chip.device().violations().len();
    // While it sleeps, and not for long enough.
    bus.transaction(&mut [Operation::Write(&[0x40])]).unwrap();
    assert_eq!(count(&chip), 1);
    clock.advance(Duration::from_millis(2));
    // Before anything is ready; no frame; not SAMConfiguration; odd.
    bus.transaction(&mut [Operation::Write(&[0xC0]), Operation::Read(&mut [0; 6])]).unwrap();
    bus.transaction(&mut [Operation::Write(&[0x80, 0x80])]).unwrap();
    let version = [0x00, 0x00, 0xFF, 0x02, 0xFE, 0xD4, 0x02, 0x2A, 0x00];
    let turned = |bytes: &[u8]| -> Vec<u8> {
        std::iter::once(0x80).chain(bytes.iter().map(|byte| byte.reverse_bits())).collect()
    };
    bus.transaction(&mut [Operation::Write(&turned(&version))]).unwrap();
    bus.transaction(&mut [Operation::Read(&mut [0])]).unwrap();
    assert_eq!(count(&chip), 5);
    // A command without waiting for the acknowledgement of the one before,
    // and a NACK for nothing.
    let sam = [0x00, 0x00, 0xFF, 0x05, 0xFB, 0xD4, 0x14, 0x01, 0x00, 0x01, 0x16, 0x00];
    bus.transaction(&mut [Operation::Write(&turned(&sam))]).unwrap();
    bus.transaction(&mut [Operation::Write(&turned(&version))]).unwrap();
    bus.transaction(&mut [Operation::Write(&turned(&[0, 0, 0xFF, 0xFF, 0, 0]))]).unwrap();
    assert_eq!(count(&chip), 7, "{:?}", chip.device().violations());
}
