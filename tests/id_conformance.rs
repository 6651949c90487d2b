//! The suite for readers of ID cards: against our driver, and against readers
//! that break one promise each.

mod conformance_support;

use embedded_pos::conformance::{IdReaderStimulus, id_reader};
use embedded_pos::mock::MockIdReader;
use embedded_pos::port::{Clocked, Duration};
use embedded_pos::scan::document::card::{IdText, NewestAddress};
use embedded_pos::scan::document::sdt::{Config, Sdt};
use embedded_pos::scan::document::{
    AsyncIdReader, AsyncReadsAddress, AsyncReadsBiometrics, IdReader,
};
use embedded_pos::sim::documents::card::{foreigner_2023, resident};
use embedded_pos::sim::id_reader::SdtReader;
use embedded_pos::sim::{Simulated, VirtualClock, block_on};
use embedded_pos::{ErrorKind, ErrorType, nb};

struct Hand {
    reader: Simulated<SdtReader>,
    clock: VirtualClock,
}

impl IdReaderStimulus for Hand {
    fn lay(&mut self, second: bool) {
        let card = if second { foreigner_2023("TEST TWO") } else { resident("测试一") };
        self.reader.device().lay(&card);
    }

    fn lift(&mut self) {
        self.reader.device().lift();
    }

    fn pause(&mut self) {
        self.clock.advance(Duration::from_millis(1));
    }
}

#[test]
fn the_sdt_driver_conforms() {
    for oem in [false, true] {
        for chunk in [1, 16, 64] {
            let (reader, config) = match oem {
                false => (SdtReader::new(), Config::new()),
                true => (SdtReader::oem(), Config::oem()),
            };
            let reader = Simulated::new(reader);
            let clock = VirtualClock::in_steps(Duration::from_millis(1));
            let driver = Sdt::new(reader.port(clock.clone()).chunked(chunk), config);
            let mut device = Clocked::new(driver, clock.clone());
            let report = id_reader(&mut device, &mut Hand { reader, clock });
            assert!(report.passed(), "{report}");
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Defects {
    reports_nothing: bool,
    repeats: bool,
    sees_ghosts: bool,
    reads_air: bool,
    keeps_the_first: bool,
    leaves_text: bool,
    forgets: bool,
    never_gone: bool,
}

/// A reader in memory, and the hand above it.
#[derive(Debug, Default)]
struct Paper {
    defects: Defects,
    lying: Option<bool>,
    reported: Option<bool>,
    read: Option<[u8; 256]>,
    reads: u32,
}

#[derive(Clone, Debug, Default)]
struct Shared(std::rc::Rc<std::cell::RefCell<Paper>>);

impl ErrorType for Shared {
    type Error = ErrorKind;
}

impl IdReader for Shared {
    fn poll_card(&mut self) -> nb::Result<(), ErrorKind> {
        let mut paper = self.0.borrow_mut();
        let defects = paper.defects;
        if paper.lying != paper.reported {
            paper.reported = paper.lying;
            let seen = paper.lying.is_some() && !defects.reports_nothing;
            return if seen { Ok(()) } else { Err(nb::Error::WouldBlock) };
        }
        let ghost = defects.sees_ghosts && paper.lying.is_none();
        if ghost || defects.repeats && paper.lying.is_some() {
            return Ok(());
        }
        Err(nb::Error::WouldBlock)
    }

    fn read(&mut self, text: &mut IdText) -> Result<(), ErrorKind> {
        let mut paper = self.0.borrow_mut();
        let defects = paper.defects;
        paper.reads += 1;
        let same = paper.lying == paper.reported && !(defects.forgets && paper.reads > 5);
        let Some(second) = paper.lying.filter(|_| same).or(defects.reads_air.then_some(true))
        else {
            if !defects.leaves_text {
                text.clear();
            }
            return Err(ErrorKind::Absent);
        };
        let card = if second { foreigner_2023("TEST TWO") } else { resident("测试一") }.text();
        let kept = *paper.read.get_or_insert(card);
        *text.as_mut_bytes() = if defects.keeps_the_first { kept } else { card };
        Ok(())
    }

    fn poll_removal(&mut self) -> nb::Result<(), ErrorKind> {
        let paper = self.0.borrow_mut();
        let gone = paper.lying.is_none() && !paper.defects.never_gone;
        if gone { Ok(()) } else { Err(nb::Error::WouldBlock) }
    }
}

impl IdReaderStimulus for Shared {
    fn lay(&mut self, second: bool) {
        self.0.borrow_mut().lying = Some(second);
    }

    fn lift(&mut self) {
        self.0.borrow_mut().lying = None;
    }

    fn pause(&mut self) {}
}

fn broken(defects: Defects) -> Vec<&'static str> {
    let mut paper = Shared::default();
    paper.0.borrow_mut().defects = defects;
    let report = id_reader(&mut paper.clone(), &mut paper);
    report.failures().map(|check| check.promise).collect()
}

#[test]
fn each_broken_promise_is_named() {
    let none = Defects::default();
    let cases = [
        (Defects { reports_nothing: true, ..none }, "a card that is laid on is reported"),
        (Defects { repeats: true, ..none }, "it is reported once"),
        (Defects { sees_ghosts: true, ..none }, "nothing is reported while nothing lies there"),
        (Defects { reads_air: true, ..none }, "without a card, reading fails as absent"),
        (Defects { keeps_the_first: true, ..none }, "what is read of it is its own"),
        (
            Defects { leaves_text: true, ..none },
            "a lifted card is not read, and nothing of it is left",
        ),
        (Defects { forgets: true, ..none }, "what is read of it is its own"),
        (Defects { never_gone: true, ..none }, "lifting it is reported"),
    ];
    conformance_support::each_broken_promise_is_named(broken, none, &cases);
}

#[test]
fn the_async_twin_does_the_same() {
    let reader = Simulated::new(SdtReader::new());
    let clock = VirtualClock::new();
    let driver = Sdt::new(reader.port(clock.clone()).chunked(3), Config::new());
    let mut id: Clocked<_, _> = Clocked::new(driver, clock);
    let card = resident("测试一").moved("新路");
    block_on(async {
        let (mut text, mut photo) = (IdText::new(), vec![]);
        assert!(id.read(&mut text).await.is_err());
        reader.device().lay(&card);
        id.card().await.unwrap();
        id.read(&mut text).await.unwrap();
        assert_eq!(text.as_bytes(), &card.text());
        id.read_photo(&mut text, &mut |piece| photo.extend_from_slice(piece.as_bytes()))
            .await
            .unwrap();
        assert_eq!(photo, card.photo);
        id.read_fingerprints(&mut text, &mut |piece| photo.extend_from_slice(piece.as_bytes()))
            .await
            .unwrap();
        assert_eq!(photo.len(), 3 * 1_024);
        assert!(id.newest_address(&mut NewestAddress::new()).await.unwrap());
        reader.device().lift();
        id.removal().await.unwrap();
    });
}

#[test]
fn the_mock_fills_the_text_in_its_closure() {
    let mut mock = MockIdReader::new();
    mock.expect_poll_card().once().return_once(|| Ok(()));
    mock.expect_read().once().return_once(|text| {
        *text.as_mut_bytes() = resident("测试一").text();
        Ok(())
    });
    mock.poll_card().unwrap();
    let mut text = IdText::new();
    mock.read(&mut text).unwrap();
    assert_eq!(text.card().name().to_utf8(&mut [0; 48]), Ok("测试一"));
}
