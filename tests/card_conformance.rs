//! The suite for card readers: passed by ours, failed by broken ones.

use embedded_pos::card::reader::serial_ccid::{self, Config, Level, SerialCcid};
use embedded_pos::card::{CardReader, Command, Response};
use embedded_pos::conformance::{CardStimulus, Report, card};
use embedded_pos::mock::MockCardReader;
use embedded_pos::port::{Clocked, Duration};
use embedded_pos::sim::card::{ApduCard, CcidReader, Exchanges, Held, T1Card, TpduCard};
use embedded_pos::sim::{SimPort, Simulated, VirtualClock};
use embedded_pos::{ErrorKind, ErrorType, nb};

struct Hand {
    device: Simulated<CcidReader>,
    clock: VirtualClock,
    card: fn() -> Held,
}

impl CardStimulus for Hand {
    fn insert(&mut self) {
        self.device.device().insert((self.card)());
    }

    fn remove(&mut self) {
        self.device.device().remove();
    }

    fn pause(&mut self) {
        self.clock.advance(Duration::from_millis(5));
    }
}

type Reader = serial_ccid::Reader<SimPort<CcidReader, VirtualClock>, VirtualClock>;

fn reader(device: CcidReader) -> (Reader, Hand) {
    at_level(device, Level::Tpdu, || T1Card::echo().into())
}

fn at_level(device: CcidReader, level: Level, card: fn() -> Held) -> (Reader, Hand) {
    let clock = VirtualClock::new();
    let device = Simulated::new(device);
    let config = Config { level, ..Config::DEFAULT };
    let driver = SerialCcid::new(device.port(clock.clone()), config);
    (Clocked::new(driver, clock.clone()), Hand { device, clock, card })
}

#[test]
fn the_serial_ccid_reader_keeps_the_promises() {
    for device in [CcidReader::new(), CcidReader::new().without_echo().without_events()] {
        let (mut reader, mut hand) = reader(device);
        let report = card(&mut &mut reader, &mut hand);
        assert!(report.passed(), "{report}");
        assert_eq!(report.checks.len(), 24);
    }
}

#[test]
fn the_serial_ccid_reader_keeps_them_at_every_level() {
    let apdus = || ApduCard::echo().into();
    let short = CcidReader::new().with_level(Exchanges::ShortApdu);
    let extended = CcidReader::new().with_level(Exchanges::ExtendedApdu).with_parts(20);
    for (mut reader, mut hand) in [
        at_level(CcidReader::new(), Level::Tpdu, || TpduCard::echo().into()),
        at_level(short, Level::ShortApdu, apdus),
        at_level(extended, Level::ExtendedApdu, apdus),
    ] {
        let report = card(&mut reader, &mut hand);
        assert!(report.passed(), "{report}");
        assert_eq!(hand.device.device().violations(), [""; 0]);
    }
}

/// A way to break a promise.
#[derive(Clone, Copy)]
enum Defect {
    SeesGhosts,
    SeesNothing,
    NoAtr,
    CutsSilently,
    NoStatusWord,
    TakesAnything,
    WrongKind,
    KeepsPower,
    ForgetsWhere,
    LosesPowerByLooking,
}

struct Broken {
    inner: Reader,
    defect: Defect,
    transmitted: u8,
}

impl ErrorType for Broken {
    type Error = ErrorKind;
}

fn kind<T>(result: Result<T, <Reader as ErrorType>::Error>) -> Result<T, ErrorKind> {
    result.map_err(|error| embedded_pos::Error::kind(&error))
}

impl CardReader for Broken {
    fn poll_inserted(&mut self) -> nb::Result<(), ErrorKind> {
        match self.defect {
            Defect::SeesGhosts => Ok(()),
            Defect::SeesNothing => Err(nb::Error::WouldBlock),
            _ => self.inner.poll_inserted().map_err(|_| nb::Error::WouldBlock),
        }
    }

    fn poll_removed(&mut self) -> nb::Result<(), ErrorKind> {
        if let Defect::LosesPowerByLooking = self.defect {
            let _ = self.inner.deactivate();
        }
        self.inner.poll_removed().map_err(|_| nb::Error::WouldBlock)
    }

    fn activate(&mut self, atr: &mut [u8]) -> Result<usize, ErrorKind> {
        match self.defect {
            Defect::CutsSilently => kind(self.inner.activate(&mut [0; 33])).map(|_| atr.len()),
            Defect::NoAtr => kind(self.inner.activate(atr)).map(|_| 1),
            Defect::WrongKind => self.inner.activate(atr).map_err(|_| ErrorKind::Other),
            _ => kind(self.inner.activate(atr)),
        }
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, ErrorKind> {
        self.transmitted = self.transmitted.wrapping_add(1);
        let sound = command.len() >= 4 && command.len() <= Command::MAX;
        match self.defect {
            Defect::NoStatusWord => kind(self.inner.transmit(command, response)).map(|_| 1),
            Defect::TakesAnything if !sound => Ok(2),
            Defect::ForgetsWhere => {
                let n = kind(self.inner.transmit(command, response))?;
                response[0] = self.transmitted;
                Ok(n)
            }
            _ => kind(self.inner.transmit(command, response)),
        }
    }

    fn deactivate(&mut self) -> Result<(), ErrorKind> {
        match self.defect {
            Defect::KeepsPower => Ok(()),
            _ => kind(self.inner.deactivate()),
        }
    }
}

fn broken(defect: Defect) -> Report {
    let (inner, mut hand) = reader(CcidReader::new());
    card(&mut Broken { inner, defect, transmitted: 0 }, &mut hand)
}

#[test]
fn each_defect_is_named() {
    let cases = [
        (Defect::SeesGhosts, "an empty slot has no card"),
        (Defect::SeesNothing, "a card that is put in is seen"),
        (Defect::NoAtr, "activation gives a sound ATR"),
        (Defect::CutsSilently, "an ATR that does not fit says argument"),
        (Defect::NoStatusWord, "a command is answered with a status word"),
        (Defect::TakesAnything, "what is no command says argument"),
        (Defect::WrongKind, "activation without a card says absent"),
        (Defect::KeepsPower, "a card without power answers no command"),
        (Defect::LosesPowerByLooking, "a look at the slot leaves the card active"),
        (Defect::ForgetsWhere, "the same command gets the same answer"),
    ];
    for (defect, promise) in cases {
        let report = broken(defect);
        assert!(!report.passed());
        assert!(report.failures().any(|check| check.promise == promise), "{promise}:\n{report}");
    }
}

#[test]
fn a_mock_stands_in_for_a_reader() {
    let mut reader = MockCardReader::new();
    reader.expect_poll_inserted().times(1).returning(|| Err(nb::Error::WouldBlock));
    reader.expect_transmit().returning(|_, response| {
        response[..2].copy_from_slice(&[0x6A, 0x82]);
        Ok(2)
    });
    assert_eq!(reader.poll_inserted(), Err(nb::Error::WouldBlock));
    let mut response = [0; Response::MAX];
    let n = reader.transmit(&[0, 0xA4, 4, 0], &mut response).unwrap();
    assert_eq!(Response::new(&response[..n]).unwrap().status().0, 0x6A82);
}
