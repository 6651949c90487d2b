//! The SDT driver against a simulated reader with a decoder of its own.

mod memory;

use embedded_pos::port::adapter::WithBaud;
use embedded_pos::port::middleware::{FaultInjector, FaultPlan, Faults};
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Instant, Line, Port, Told};
use embedded_pos::scan::document::card::{IdText, NewestAddress};
use embedded_pos::scan::document::sdt::{Code, Command, Config, Fault, SamId, Sdt, Timing};
use embedded_pos::scan::document::{IdReader, Part, ReadsAddress, ReadsBiometrics};
use embedded_pos::sim::documents::card::{
    Card, foreigner_2017, foreigner_2023, permit, resident, utf16,
};
use embedded_pos::sim::id_reader::SdtReader;
use embedded_pos::sim::{Fault as Line_, SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{Error, ErrorKind, nb};

type Wire = SimPort<SdtReader, VirtualClock>;
type Failure = CallError<Fault, Unplugged>;

const SECOND: Duration = Duration::from_secs(1);

struct Bench {
    reader: Simulated<SdtReader>,
    clock: VirtualClock,
    driver: Sdt<Wire>,
}

/// What came of a reading: text, photo, fingerprints.
type Got = (IdText, Vec<u8>, Vec<u8>);

impl Bench {
    fn new(reader: SdtReader, config: Config, chunk: usize) -> Self {
        let reader = Simulated::new(reader);
        // Coarser than usual: the tests are many.
        let clock = VirtualClock::in_steps(Duration::from_millis(1));
        let driver = Sdt::new(reader.port(clock.clone()).chunked(chunk), config);
        Self { reader, clock, driver }
    }

    /// With a card on it that was reported.
    fn with(card: &Card, chunk: usize) -> Self {
        let mut bench = Self::new(SdtReader::new(), Config::new(), chunk);
        bench.reader.device().lay(card);
        bench.card().unwrap();
        bench
    }

    fn card(&mut self) -> Result<(), Failure> {
        // Long enough to ask again.
        self.driver.card(Duration::from_secs(5)).wait(&mut self.clock)
    }

    fn read(&mut self) -> Result<IdText, Failure> {
        let mut text = IdText::new();
        let read = self.driver.read(&mut text).wait(&mut self.clock);
        assert!(read.is_ok() || *text.as_bytes() == [0; 256], "something is left of it");
        read.map(|()| text)
    }

    fn read_all(&mut self) -> Result<Got, Failure> {
        let (mut text, mut photo, mut finger) = (IdText::new(), vec![], vec![]);
        let mut call = self.driver.read_fingerprints(&mut text);
        while let Told::Event(piece) = call.next(&mut self.clock)? {
            let to = match piece.part() {
                Part::Photo => &mut photo,
                Part::Fingerprint => &mut finger,
            };
            // The line may have failed in the middle, and it begins again.
            to.truncate(piece.offset().into());
            assert_eq!(to.len(), usize::from(piece.offset()));
            to.extend_from_slice(piece.as_bytes());
        }
        drop(call);
        Ok((text, photo, finger))
    }

    fn now(&mut self) -> Instant {
        Clock::now(&mut self.clock)
    }

    fn commands(&self) -> Vec<Vec<u8>> {
        self.reader.device().commands().to_vec()
    }
}

fn cards() -> [Card; 4] {
    [
        resident("测试一"),
        permit("测试二"),
        foreigner_2017("TEST, PERSON THREE"),
        foreigner_2023("TEST, PERSON WITH A NAME THAT GOES ON BEYOND"),
    ]
}

#[test]
fn a_card_is_found_selected_and_read() {
    for card in cards() {
        for chunk in [1, 7, 64] {
            let mut bench = Bench::with(&card, chunk);
            assert_eq!(bench.commands(), [vec![0x20, 1], vec![0x20, 2]]);
            assert_eq!(bench.read().unwrap().as_bytes(), &card.text());
            let (text, photo, finger) = bench.read_all().unwrap();
            assert_eq!(text.as_bytes(), &card.text());
            assert!(photo == card.photo && finger == card.fingerprint);
        }
    }
}

#[test]
fn fingerprints_have_three_lengths() {
    for (len, reply) in [(1024, 2_321), (512, 1_809), (0, 1_297)] {
        let card = resident("测试一").fingerprints(len);
        let mut bench = Bench::with(&card, 64);
        let (_, photo, finger) = bench.read_all().unwrap();
        assert_eq!((photo.len(), finger.len()), (1024, len));
        assert_eq!(5 + 2 + 3 + 6 + 256 + photo.len() + finger.len() + 1, reply);
    }
}

#[test]
fn the_newest_address() {
    let mut bench = Bench::with(&resident("测试一").moved("某省某市新路2号"), 64);
    let mut address = NewestAddress::new();
    assert_eq!(bench.driver.newest_address(&mut address).wait(&mut bench.clock), Ok(true));
    assert_eq!(address.text().to_utf8(&mut [0; 105]), Ok("某省某市新路2号"));
    bench.reader.device().lift();
    bench.driver.removal(SECOND).wait(&mut bench.clock).unwrap();
    bench.reader.device().lay(&resident("测试二"));
    bench.card().unwrap();
    assert_eq!(bench.driver.newest_address(&mut address).wait(&mut bench.clock), Ok(false));
    assert!(address.text().is_empty());
}

#[test]
fn the_reader_says_who_it_is() {
    let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
    bench.driver.init().wait(&mut bench.clock).unwrap();
    let id: SamId = bench.driver.sam_id().wait(&mut bench.clock).unwrap();
    assert_eq!(id.to_string(), "05.01-20197298-0000000007-0000000009");
    bench.driver.reset().wait(&mut bench.clock).unwrap();
    assert_eq!(bench.commands(), [[0x11, 0xFF], [0x12, 0xFF], [0x10, 0xFF]]);
}

#[test]
fn nothing_is_read_before_a_card_was_reported() {
    let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
    assert_eq!(bench.read().unwrap_err(), CallError::Device(Fault::NoCard));
    let nobody = bench.driver.card(SECOND).wait(&mut bench.clock).unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::Absent);
    assert!(bench.now().since(Instant::ZERO) < SECOND + SECOND);
    assert!(!bench.commands().contains(&vec![0x30, 1]));
}

/// The status words of the documents, in answer to each command.
#[test]
fn every_status_is_typed_and_raw() {
    for (raw, code, kind) in [
        (0x10, Code::Checksum, ErrorKind::Line),
        (0x11, Code::Length, ErrorKind::Line),
        (0x21, Code::Command, ErrorKind::Unsupported),
        (0x23, Code::NotPermitted, ErrorKind::Refused),
        (0x24, Code::Unknown, ErrorKind::Protocol),
        (0x31, Code::CardRejectsReader, ErrorKind::Refused),
        (0x32, Code::ReaderRejectsCard, ErrorKind::Refused),
        (0x33, Code::NotVerified, ErrorKind::Refused),
        (0x40, Code::WrongCard, ErrorKind::Refused),
        (0x41, Code::ReadFailed, ErrorKind::Retry),
        (0x47, Code::NoRandom, ErrorKind::Retry),
        (0x60, Code::SelfTest, ErrorKind::Hardware),
        (0x66, Code::Unauthorised, ErrorKind::Refused),
        (0x91, Code::NoContent, ErrorKind::Absent),
        (0x55, Code::Other(0x55), ErrorKind::Protocol),
    ] {
        let mut bench = Bench::with(&resident("测试一"), 64);
        bench.reader.device().force([0x69, 0x82, raw]);
        let read = bench.read();
        if kind == ErrorKind::Line {
            // It is asked for again, and goes well then.
            assert!(read.is_ok());
            assert_eq!(bench.commands().iter().filter(|sent| **sent == [0x30, 1]).count(), 2);
            continue;
        }
        let error = read.unwrap_err();
        let CallError::Device(Fault::Refused { command, status }) = error else {
            panic!("{raw:02X}: {error:?}");
        };
        assert_eq!((command, status.code()), (Command::Read, code));
        assert_eq!(status.bytes(), [0x69, 0x82, raw]);
        assert_eq!(error.kind(), kind, "{raw:02X}");
    }
}

#[test]
fn a_card_that_could_not_be_selected_is_found_again() {
    let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
    bench.reader.device().lay(&resident("测试一"));
    let mut clock = bench.clock.clone();
    let mut call = bench.driver.card(SECOND);
    let result = loop {
        let mut device = bench.reader.device();
        if device.commands().last().is_some_and(|last| *last == [0x20, 1])
            && device.commands().len() == 1
        {
            device.force([0, 0, 0x81]);
        }
        drop(device);
        match call.poll(Clock::now(&mut clock)) {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            Err(nb::Error::Other(error)) => break Err(error),
            Ok(()) => break Ok(()),
        }
    };
    result.unwrap();
    // The selection may have been good and its reply false: that is looked at.
    let commands = bench.commands();
    assert_eq!(commands[..3], [[0x20, 1], [0x20, 2], [0x30, 3]]);
    bench.read().unwrap();
}

#[test]
fn a_card_whose_selection_nobody_heard_is_read_all_the_same() {
    for lost in
        [Line_::Silence, Line_::WrongCheck, Line_::LostByte(6), Line_::Late(SECOND + SECOND)]
    {
        let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
        bench.reader.device().lay(&resident("测试一"));
        // The second reply is that to the selection.
        bench.reader.device().outbox.inject(Line_::Noise(vec![]));
        bench.reader.device().outbox.inject(lost.clone());
        bench.driver.card(SECOND).wait(&mut bench.clock).unwrap_or_else(|e| panic!("{lost:?} {e}"));
        assert_eq!(bench.read().unwrap().as_bytes(), &resident("测试一").text(), "{lost:?}");
    }
}

#[test]
fn a_card_that_was_selected_before_has_to_be_lifted() {
    let mut bench = Bench::with(&resident("测试一"), 64);
    // The host starts anew.
    let port = bench.driver.release();
    bench.driver = Sdt::new(port, Config::new());
    assert_eq!(bench.card().unwrap_err(), CallError::Device(Fault::NoCard));
    bench.reader.device().lay(&resident("测试一"));
    bench.card().unwrap();
    // Selecting fails, and the card is not found again: it is said.
    let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
    bench.reader.device().knows_addresses(false);
    bench.reader.device().lay(&resident("测试一"));
    let silent = [Line_::Noise(vec![]), Line_::Silence];
    silent.into_iter().for_each(|fault| bench.reader.device().outbox.inject(fault));
    let error = bench.card().unwrap_err();
    assert_eq!((error, error.kind()), (CallError::Device(Fault::Lift), ErrorKind::Retry));
    assert!(error.to_string().contains("lifted"));
}

#[test]
fn a_card_lifted_in_the_middle_is_an_error_and_no_text() {
    let card = resident("测试一");
    for bytes in (0..1_295).step_by(37).chain([1, 5, 6, 7, 10, 1_294]) {
        let mut bench = Bench::with(&card, 64);
        let begun = bench.now();
        bench.reader.device().lift_after(bytes);
        let error = bench.read().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Retry, "{bytes}: {error}");
        assert!(bench.now().since(begun) < Duration::from_secs(8), "{bytes}");
        assert!(!bench.driver.has_card());
        // The next card is read.
        bench.reader.device().lay(&permit("测试二"));
        bench.card().unwrap();
        assert_eq!(bench.read().unwrap().as_bytes(), &permit("测试二").text());
    }
}

#[test]
fn lengths_that_no_document_has_are_an_error() {
    for lengths in [[255, 1025, 0], [256, 1023, 0], [0, 0, 0], [0xFFFF, 0xFFFF, 0xFFFF]] {
        let mut bench = Bench::with(&resident("测试一"), 64);
        bench.reader.device().declare(lengths);
        let error = bench.read().unwrap_err();
        assert!(matches!(error, CallError::Device(Fault::Lengths(_))), "{error}");
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(bench.read().is_ok());
    }
}

#[test]
fn a_late_reply_is_not_taken_for_another() {
    // The reply to the search comes when the selection is waited for, and is
    // passed over; what an answer of the same length says is told.
    let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
    bench.reader.device().lay(&resident("测试一"));
    bench.reader.device().outbox.inject(Line_::Late(Duration::from_millis(1_500)));
    bench.card().unwrap();
    assert_eq!(bench.read().unwrap().as_bytes(), &resident("测试一").text());

    // A reading is dropped; another card is laid on.
    let mut bench = Bench::with(&resident("测试一"), 64);
    bench.reader.device().outbox.inject(Line_::Late(Duration::from_millis(100)));
    let mut text = IdText::new();
    let mut clock = bench.clock.clone();
    let mut call = bench.driver.read(&mut text);
    for _ in 0..20 {
        let polled = call.poll(Clock::now(&mut clock));
        assert_eq!(polled, Err(nb::Error::WouldBlock));
        clock.advance(Duration::from_millis(1));
    }
    drop(call);
    bench.reader.device().lay(&permit("测试二"));
    bench.driver.removal(Duration::from_millis(50)).wait(&mut bench.clock).unwrap();
    bench.card().unwrap();
    assert_eq!(bench.read().unwrap().as_bytes(), &permit("测试二").text());
}

/// Every byte of every reply of a session dropped, doubled, flipped or held up
/// once: the session succeeds with the right data, or ends in an error within
/// its time and with no data.
#[test]
fn no_fault_of_the_line_makes_wrong_data() {
    const LENGTHS: [usize; 3] = [15, 19, 2_321];
    let card = resident("测试一").moved("某省某市新路2号");
    let (mut sessions, mut failed) = (0, 0);
    for (reply, len) in LENGTHS.into_iter().enumerate() {
        // Text, photo and fingerprints are the same all along: samples will do.
        let bytes = (0..len).filter(|at| *at < 24 || at % 29 == 0 || *at > len - 4);
        for at in bytes {
            let late = Line_::Late(Duration::from_millis(at as u64 * 3));
            let flips = [1, 0x80].map(|mask| Line_::Flipped(at, mask));
            let others = [Line_::LostByte(at), Line_::DoubledByte(at), late];
            for fault in flips.into_iter().chain(others) {
                let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
                bench.reader.device().lay(&card);
                let before = (0..reply).map(|_| Line_::Noise(vec![]));
                let faults: Vec<_> = before.chain([fault.clone()]).collect();
                faults.into_iter().for_each(|fault| bench.reader.device().outbox.inject(fault));
                let result = bench.card().and_then(|()| bench.read_all());
                sessions += 1;
                match result {
                    Ok((text, photo, finger)) => assert!(
                        *text.as_bytes() == card.text()
                            && photo == card.photo
                            && finger == card.fingerprint,
                        "wrong data after {fault:?} in {reply}"
                    ),
                    Err(_) => failed += 1,
                }
                let took = bench.now().since(Instant::ZERO);
                assert!(took < Duration::from_secs(16), "{fault:?} in {reply} took {took:?}");
            }
        }
    }
    assert_eq!(failed, 0, "of {sessions} sessions");
}

/// A session over a line that breaks in this way.
fn over_a_broken_line(plan: FaultPlan) {
    let card = resident("测试一");
    let reader = Simulated::new(SdtReader::new());
    reader.device().lay(&card);
    let mut clock = VirtualClock::in_steps(Duration::from_millis(1));
    let port = FaultInjector::new(reader.port(clock.clone()), clock.clone(), plan);
    let mut driver = Sdt::new(port, Config::new());
    let mut text = IdText::new();
    driver
        .card(Duration::from_secs(5))
        .wait(&mut clock)
        .unwrap_or_else(|error| panic!("{plan:?}: {error}"));
    driver.read(&mut text).wait(&mut clock).unwrap_or_else(|error| panic!("{plan:?}: {error}"));
    assert_eq!(text.as_bytes(), &card.text());
    assert!(clock.now().since(Instant::ZERO) < Duration::from_secs(16), "{plan:?}");
}

#[test]
fn faults_on_the_way_to_the_reader_are_survived() {
    let outbound = Faults::DROP | Faults::FLIP | Faults::INSERT | Faults::DUPLICATE;
    let (inbound, delay) = (Faults::empty(), Duration::ZERO);
    for seed in 0..100 {
        let (one_in, apart, at_most) = (12, 30, 2);
        let plan = FaultPlan { seed, inbound, outbound, one_in, apart, at_most, delay };
        over_a_broken_line(plan);
    }
}

/// Shorter than what breaks a reply off, and longer: then its rest comes when
/// it is asked for again.
#[test]
fn a_line_that_stands_still_in_a_reply_is_waited_for_or_asked_again() {
    let (inbound, outbound) = (Faults::DELAY, Faults::empty());
    for delay in [60, 130, 400].map(Duration::from_millis) {
        for seed in 0..30 {
            let (one_in, apart, at_most) = (200, 300, 2);
            let plan = FaultPlan { seed, inbound, outbound, one_in, apart, at_most, delay };
            over_a_broken_line(plan);
        }
    }
}

#[test]
fn nothing_of_a_person_shows() {
    let card = resident("测试一");
    let mut bench = Bench::with(&card, 64);
    let mut text = IdText::new();
    let mut call = bench.driver.read_photo(&mut text);
    let Told::Event(piece) = call.next(&mut bench.clock).unwrap() else { panic!() };
    assert_eq!(format!("{piece:?}"), "Piece(Photo, 64 bytes at 0)");
    // What is ours of it; in front is the simulated reader, with the card.
    let shown = format!("{call:?}");
    let ours = shown.rsplit_once("pending: ").unwrap().1;
    assert!(ours.contains("IdText(Resident)"), "{ours}");
    let [first, second, ..] = card.photo[..] else { panic!() };
    assert!(!ours.contains(&format!("{first}, {second}")) && !ours.contains("测"), "{ours}");
}

#[test]
fn a_reader_that_is_dead_or_babbles_is_given_up_in_time() {
    let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
    bench.reader.device().mute(true);
    let error = bench.driver.init().wait(&mut bench.clock).unwrap_err();
    assert_eq!(error, CallError::Device(Fault::NoReply(Command::Status)));
    assert!(bench.now().since(Instant::ZERO) < Duration::from_secs(3));
    bench.reader.unplug();
    assert_eq!(bench.driver.init().wait(&mut bench.clock), Err(CallError::Port(Unplugged)));
    bench.reader.plug();
    bench.reader.device().mute(false);
    bench.driver.init().wait(&mut bench.clock).unwrap();
    bench.reader.device().outbox.inject(Line_::Noise(vec![0xAA; 500]));
    bench.driver.init().wait(&mut bench.clock).unwrap();
}

#[test]
fn an_oem_reader_does_it_in_one_command() {
    for chunk in [1, 64] {
        let mut bench = Bench::new(SdtReader::oem(), Config::oem(), chunk);
        bench.driver.init().wait(&mut bench.clock).unwrap();
        assert_eq!(bench.card().unwrap_err().kind(), ErrorKind::Absent);
        let card = resident("测试一");
        bench.reader.device().lay(&card);
        bench.card().unwrap();
        assert_eq!(bench.read().unwrap().as_bytes(), &card.text());
        let unsupported = bench.driver.sam_id().wait(&mut bench.clock).unwrap_err();
        assert_eq!(unsupported, CallError::Device(Fault::Unsupported(Command::SamId)));
        assert_eq!(unsupported.kind(), ErrorKind::Unsupported);
        assert!(bench.read_all().is_err_and(|error| error.kind() == ErrorKind::Unsupported));
        let lying = bench.driver.removal(SECOND).wait(&mut bench.clock).unwrap_err();
        assert_eq!(lying, CallError::Device(Fault::NotLifted));
        bench.reader.device().lift();
        bench.driver.removal(SECOND).wait(&mut bench.clock).unwrap();
        let last = bench.commands().pop().unwrap();
        assert_eq!(last, [0xCA, 1, 1]);
        // Lifted between being reported and being read.
        bench.reader.device().lay(&card);
        bench.card().unwrap();
        bench.reader.device().lift();
        assert_eq!(bench.read().unwrap_err().kind(), ErrorKind::Absent);
        // Another one in its place, which the reader alone does not notice.
        for other in [foreigner_2023("TEST ONE"), permit("测试二")] {
            bench.reader.device().lay(&card);
            bench.card().unwrap();
            bench.reader.device().lay(&other);
            bench.driver.removal(SECOND).wait(&mut bench.clock).unwrap();
            bench.card().unwrap();
            assert_eq!(bench.read().unwrap().as_bytes(), &other.text());
            bench.reader.device().lift();
            bench.driver.removal(SECOND).wait(&mut bench.clock).unwrap();
        }
        for fault in [Line_::WrongCheck, Line_::LostByte(20), Line_::DoubledByte(2)] {
            bench.reader.device().lay(&card);
            bench.card().unwrap();
            bench.reader.device().outbox.inject(fault);
            assert_eq!(bench.read().unwrap().as_bytes(), &card.text());
            bench.reader.device().lift();
            bench.driver.removal(SECOND).wait(&mut bench.clock).unwrap();
        }
    }
}

/// An OEM reader looks for a card by reading its number.
#[test]
fn the_number_of_a_card_that_is_not_lifted_is_not_kept() {
    for chunk in [1, 64] {
        let mut bench = Bench::new(SdtReader::oem(), Config::oem(), chunk);
        let card = resident("测试一");
        bench.reader.device().lay(&card);
        let lying = bench.driver.removal(SECOND).wait(&mut bench.clock).unwrap_err();
        assert_eq!(lying, CallError::Device(Fault::NotLifted));
        let number = utf16(&card.number, 36);
        assert!(number.windows(8).all(|part| !memory::holds(&bench.driver, part)));
    }
}

/// Neither a reader that is dead nor one whose speed is in doubt is asked
/// again after the time.
#[test]
fn a_wait_for_a_card_is_not_lengthened_by_retries() {
    let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
    bench.reader.device().mute(true);
    let error = bench.driver.card(Duration::from_millis(100)).wait(&mut bench.clock).unwrap_err();
    assert_eq!(error, CallError::Device(Fault::NoReply(Command::Find)));
    assert_eq!(bench.commands().len(), 1);
    let begun = bench.now();
    let patient = bench.driver.card(Duration::from_secs(60)).wait(&mut bench.clock).unwrap_err();
    assert_eq!(patient, error);
    assert_eq!(bench.commands().len(), 1 + usize::from(Timing::new().attempts));
    assert!(bench.now().since(begun) < Duration::from_secs(60));
}

type SetWire = Box<dyn FnMut(&mut Wire, u32) -> Result<(), Unplugged>>;
type Tuned = Sdt<WithBaud<Wire, SetWire>>;

/// A driver whose port can be set to another speed; a wrong one is noise.
fn tuned(reader: SdtReader) -> (Simulated<SdtReader>, VirtualClock, Tuned) {
    let reader = Simulated::new(reader);
    let clock = VirtualClock::in_steps(Duration::from_millis(1));
    let set = reader.clone();
    let set: SetWire = Box::new(move |_, baud| {
        set.device().hears_at(baud);
        Ok(())
    });
    let port = WithBaud::new(reader.port(clock.clone()), set);
    (reader, clock, Sdt::new(port, Config::new()))
}

#[test]
fn the_speed_is_changed_and_proven() {
    for baud in [57_600, 38_400, 19_200, 9_600, 115_200] {
        let (reader, mut clock, mut driver) = tuned(SdtReader::new());
        driver.set_baud(baud).wait(&mut clock).unwrap();
        assert_eq!((reader.device().baud(), driver.baud()), (baud, baud));
        driver.init().wait(&mut clock).unwrap();
    }
    // The port of the other tests cannot be set: nothing is sent.
    let mut bench = Bench::new(SdtReader::new(), Config::new(), 64);
    let error = bench.driver.set_baud(9_600).wait(&mut bench.clock).unwrap_err();
    assert_eq!(error, CallError::Line(Line::Baud(115_200)));
    let error = bench.driver.set_baud(28_800).wait(&mut bench.clock).unwrap_err();
    assert_eq!(error, CallError::Device(Fault::Speed(28_800)));
    assert!(bench.commands().is_empty());
}

#[test]
fn a_speed_that_is_not_taken_is_taken_back() {
    let (reader, mut clock, mut driver) = tuned(SdtReader::new());
    reader.device().takes_speeds(false);
    let error = driver.set_baud(9_600).wait(&mut clock).unwrap_err();
    assert_eq!(error, CallError::Device(Fault::SpeedNotTaken));
    assert_eq!(driver.baud(), 115_200);
    driver.init().wait(&mut clock).unwrap();
    // A reader that refuses.
    reader.device().force([0, 0, 0x21]);
    assert_eq!(driver.set_baud(9_600).wait(&mut clock).unwrap_err().kind(), ErrorKind::Unsupported);
    driver.init().wait(&mut clock).unwrap();
}

#[test]
fn a_change_of_speed_dropped_anywhere_leaves_a_reader_that_is_found() {
    for polls in 0..60 {
        let (reader, mut clock, mut driver) = tuned(SdtReader::new());
        let mut call = driver.set_baud(9_600);
        for _ in 0..polls {
            if call.poll(Clock::now(&mut clock)).is_ok() {
                break;
            }
            clock.advance(Duration::from_millis(1));
        }
        drop(call);
        driver.init().wait(&mut clock).unwrap_or_else(|error| panic!("{polls}: {error}"));
        assert_eq!(driver.baud(), reader.device().baud(), "{polls}");
    }
}

#[test]
fn a_reader_of_unknown_speed_is_looked_for() {
    for baud in [115_200, 57_600, 38_400, 19_200, 9_600] {
        let (reader, mut clock, mut driver) = tuned(SdtReader::new());
        reader.device().runs_at(baud);
        assert_eq!(driver.recover().wait(&mut clock), Ok(baud));
        assert_eq!(driver.baud(), baud);
    }
    let (reader, mut clock, mut driver) = tuned(SdtReader::new());
    reader.device().mute(true);
    let error = driver.recover().wait(&mut clock).unwrap_err();
    assert_eq!((error, driver.baud()), (CallError::Device(Fault::Nowhere), 115_200));
}

#[test]
fn a_lying_card_is_reported_once_and_can_be_read_again() {
    for again in [false, true] {
        let reader = Simulated::new(SdtReader::new());
        reader.device().finds_again(again);
        let clock = VirtualClock::new();
        let driver = Sdt::new(reader.port(clock.clone()), Config::new());
        let mut id = Clocked::new(driver, clock.clone());
        let poll = |id: &mut Clocked<_, _, _>, millis| {
            for _ in 0..millis {
                match IdReader::poll_card(id) {
                    Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
                    other => return other.map(|()| true),
                }
            }
            Ok(false)
        };
        assert_eq!(poll(&mut id, 1_000), Ok(false));
        reader.device().lay(&resident("测试一").moved("新路"));
        assert_eq!(poll(&mut id, 1_000), Ok(true));
        assert_eq!(poll(&mut id, 2_000), Ok(false), "it is reported once");
        let (mut text, mut pieces) = (IdText::new(), 0);
        id.read(&mut text).unwrap();
        id.read_photo(&mut text, &mut |piece| pieces += piece.as_bytes().len()).unwrap();
        assert_eq!((text.as_bytes(), pieces), (&resident("测试一").text(), 1_024));
        id.read_fingerprints(&mut text, &mut |piece| pieces += piece.as_bytes().len()).unwrap();
        assert_eq!(pieces, 3 * 1_024);
        assert_eq!(id.newest_address(&mut NewestAddress::new()), Ok(true));
        assert_eq!(id.poll_removal(), Err(nb::Error::WouldBlock));
        // Another one in its place, before anybody looked.
        reader.device().lay(&permit("测试二"));
        assert_eq!(poll(&mut id, 1_000), Ok(true), "it is another one");
        id.read(&mut text).unwrap();
        assert_eq!(text.as_bytes(), &permit("测试二").text());
        reader.device().lift();
        let gone = (0..1_000).any(|_| {
            clock.advance(Duration::from_millis(1));
            id.poll_removal() == Ok(())
        });
        assert!(gone);
    }
}

/// Whatever ends a reading, what came of the text is not left for the caller.
#[test]
fn a_reading_that_was_dropped_or_lost_its_port_leaves_no_text() {
    for unplugs in [false, true] {
        let mut begun = 0;
        for polls in (1..).step_by(7) {
            let mut bench = Bench::with(&resident("测试一"), 16);
            let mut text = IdText::new();
            let mut clock = bench.clock.clone();
            let mut call = bench.driver.read(&mut text);
            let over = (0..polls).any(|_| {
                clock.advance(Duration::from_millis(1));
                call.poll(Clock::now(&mut clock)) != Err(nb::Error::WouldBlock)
            });
            if over {
                break;
            }
            if unplugs {
                bench.reader.unplug();
                let error = call.poll(Clock::now(&mut clock)).unwrap_err();
                assert!(matches!(error, nb::Error::Other(CallError::Port(_))), "{error:?}");
            }
            drop(call);
            begun += 1;
            assert!(*text.as_bytes() == [0; 256], "{unplugs}, {polls}: something is left of it");
        }
        assert!(begun > 20, "{begun}");
    }
}

/// A line on which a good reply is followed by noise without end.
struct Babble {
    reply: Vec<u8>,
}

impl embedded_pos::ErrorType for Babble {
    type Error = Unplugged;
}

impl Port for Babble {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        let from = if self.reply.is_empty() { 0x55 } else { self.reply.remove(0) };
        buf.iter_mut().take(1).for_each(|to| *to = from);
        Ok(1)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        self.reply = vec![0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 4, 0, 0, 0x90, 0x94];
        Ok(bytes.len())
    }
}

#[test]
fn a_line_that_babbles_behind_a_reply_does_not_hold_the_call() {
    let mut driver = Sdt::new(Babble { reply: vec![] }, Config::new());
    let mut call = driver.init();
    // A minute.
    let ended =
        (0..60_000).find_map(|ms| match call.poll(Instant::ZERO + Duration::from_millis(ms)) {
            Err(nb::Error::WouldBlock) => None,
            other => Some(other),
        });
    assert_eq!(
        ended,
        Some(Err(nb::Error::Other(CallError::Device(Fault::Garbled(Command::Status)))))
    );
}
