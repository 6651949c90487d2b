//! The PN532 reader on lines and buses that break: the right data or the right
//! error, in time, and never a late answer.

mod pn532_support;

use embedded_pos::card::reader::pn532::{Config, Fault, Pn532};
use embedded_pos::port::{Call, Clock, Duration, ErrorOf, Exchange, Port};
use embedded_pos::sim::card::{PiccTrick, Pn532 as Chip, Pn532Quirk};
use embedded_pos::sim::{self, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind};
use pn532_support::broken::{Broken, How, Way};
use pn532_support::{
    Bench, READ, echo, fault, hsu, i2c, longest_command, polled_i2c, polled_spi, shared, spi,
};

/// So many APDUs, each with an answer of its own.
fn apdu(number: u8) -> [u8; 8] {
    [0x00, 0xDA, 0x00, 0x00, 0x02, 0xB0, number, 0x00]
}

fn answer(number: u8) -> Vec<u8> {
    vec![0xB0, number, 0x90, 0x00]
}

/// What may come of a fault of the line.
fn is_of_the_line(fault: Fault) -> bool {
    matches!(fault.kind(), ErrorKind::Timeout | ErrorKind::Line) || fault == Fault::Syntax
}

/// The longest that one call may take: the longest command and twice the
/// answer to its three attempts.
const LONGEST: Duration = Duration::from_secs(15);

/// A session on a line that breaks; how many of its calls failed.
fn broken_session(fault_at: Option<(Way, usize, How)>) -> (usize, [usize; 2]) {
    let mut clock = VirtualClock::in_steps(Duration::from_millis(1));
    let chip = Simulated::new(Chip::new());
    chip.device().air.add(echo());
    let port = Broken::new(chip.port(clock.clone()), clock.clone(), fault_at);
    let counter = port.seen();
    let mut reader = Pn532::new(port, Config::DEFAULT);
    let mut failed = 0;
    for number in 0..3 {
        let start = clock.now();
        if reader.atr().is_none() {
            match reader.activate().wait(&mut clock).map_err(fault) {
                Ok(_) => {}
                Err(fault) => {
                    assert!(is_of_the_line(fault), "{fault_at:?}: {fault}");
                    failed += 1;
                }
            }
        }
        match reader.transmit(&apdu(number)).wait(&mut clock).map_err(fault) {
            Ok(_) => assert_eq!(reader.response(), answer(number), "{fault_at:?}"),
            Err(Fault::Inactive) => {}
            Err(fault) => {
                assert!(is_of_the_line(fault), "{fault_at:?}: {fault}");
                failed += 1;
            }
        }
        let took = clock.now().since(start);
        assert!(took < LONGEST, "{fault_at:?}: {took:?}");
    }
    let seen = *counter.lock().unwrap();
    // Whatever is late has come by now.
    clock.advance(Duration::from_secs(12));
    if reader.atr().is_none() {
        assert!(reader.activate().wait(&mut clock).is_ok(), "{fault_at:?}");
    }
    let last = reader.transmit(&apdu(9)).wait(&mut clock).map_err(fault);
    assert_eq!((last, reader.response()), (Ok(4), &answer(9)[..]), "{fault_at:?}");
    // No APDU went to the card twice.
    let chip = chip.device();
    let commands: Vec<_> = chip.exchanges().iter().filter(|bytes| bytes.len() == 8).collect();
    assert!(commands.windows(2).all(|two| two[0] != two[1]), "{fault_at:?}");
    // What the chip was told is as the line had it: of ACK a NACK, with FF twice.
    let is_inbound = matches!(fault_at, None | Some((Way::In, ..)));
    assert!(!is_inbound || chip.violations().is_empty(), "{fault_at:?}: {:?}", chip.violations());
    (failed, seen)
}

#[test]
fn every_byte_of_a_session_is_broken_once() {
    let (failed, seen) = broken_session(None);
    assert_eq!(failed, 0);
    let late = How::Delayed(Duration::from_millis(12_000));
    let slow = How::Delayed(Duration::from_millis(40));
    let hows = [How::Dropped, How::Doubled, How::Flipped(0x01), How::Flipped(0x80), slow, late];
    let mut failures = 0;
    for (way, bytes) in [(Way::In, seen[0]), (Way::Out, seen[1])] {
        for at in 0..bytes {
            for how in hows {
                let (failed, _) = broken_session(Some((way, at, how)));
                assert!(failed <= 1 || how == late, "{way:?} {at} {how:?}: {failed} calls failed");
                failures += if how == late { 0 } else { failed };
            }
        }
    }
    // Most are mended: not those of an APDU on its way to the card, and of its
    // acknowledgement, which is not sent twice.
    let all = (seen[0] + seen[1]) * (hows.len() - 1);
    assert!(failures * 4 < all, "{failures} of {all}");
}

/// The faults of one frame of the chip, on whichever bus.
fn frame_faults() -> Vec<sim::Fault> {
    vec![
        sim::Fault::WrongCheck,
        sim::Fault::Late(Duration::from_millis(30)),
        sim::Fault::Late(Duration::from_millis(12_000)),
        sim::Fault::Silence,
        sim::Fault::Noise(vec![0xA5, 0x5A, 0x00, 0xFF]),
        sim::Fault::LostByte(0),
        sim::Fault::LostByte(2),
        sim::Fault::LostByte(5),
        sim::Fault::DoubledByte(2),
        sim::Fault::DoubledByte(5),
        sim::Fault::Flipped(2, 0x10),
        sim::Fault::Flipped(3, 0x01),
        sim::Fault::Flipped(4, 0xFF),
        sim::Fault::Flipped(6, 0x40),
    ]
}

/// Each frame of a session is broken once.
fn broken_frames<P: Port>(bench: impl Fn(Chip) -> Bench<P>) {
    for line_fault in frame_faults() {
        for nth in 0..26 {
            let mut bench = bench(Chip::new());
            bench.bring(echo());
            bench.chip.device().spare(nth);
            bench.chip.device().inject(line_fault.clone());
            for number in 0..6 {
                let start = bench.now();
                if bench.reader.atr().is_none() {
                    let activated = bench.activate();
                    assert!(
                        activated.is_ok_and(|n| n == 8) || activated.is_err_and(is_of_the_line)
                    );
                }
                match bench.transmit(&apdu(number)) {
                    Ok(response) => assert_eq!(response, answer(number), "{nth} {line_fault:?}"),
                    Err(Fault::Inactive) => {}
                    Err(fault) => assert!(is_of_the_line(fault), "{nth} {line_fault:?}: {fault}"),
                }
                assert!(bench.now().since(start) < LONGEST, "{nth} {line_fault:?}");
            }
            assert_eq!(bench.transmit(&apdu(7)), Ok(answer(7)), "{nth} {line_fault:?}");
        }
    }
}

#[test]
fn every_frame_of_the_chip_is_broken_once() {
    broken_frames(|chip| hsu(chip, Config::DEFAULT));
    broken_frames(|chip| spi(chip, Config::DEFAULT));
    broken_frames(|chip| polled_i2c(chip, Config::DEFAULT));
}

/// Any status byte but 01 means: not ready.
fn broken_status<P: Port>(bench: impl Fn() -> Bench<P>) {
    for status in [0x00, 0x02, 0x80, 0x81, 0xFF] {
        for times in [1, 5, 100] {
            let mut bench = bench();
            bench.bring(echo());
            assert!(bench.activate().is_ok());
            bench.chip.device().garble_status(&vec![status; times]);
            assert_eq!(bench.transmit(&longest_command()).unwrap().len(), 257);
            bench.no_violations();
        }
    }
}

#[test]
fn a_status_that_is_wrong_is_not_believed() {
    broken_status(|| polled_spi(Chip::new(), Config::DEFAULT));
    broken_status(|| spi(Chip::new(), Config::DEFAULT));
    broken_status(|| polled_i2c(Chip::new(), Config::DEFAULT));
    broken_status(|| i2c(Chip::new(), Config::DEFAULT));
}

#[test]
fn chips_that_are_not_as_the_manual_says() {
    for quirk in [Pn532Quirk::NacksUntilReady, Pn532Quirk::NacksLastByte] {
        let mut bench = polled_i2c(Chip::new().with(quirk), Config::DEFAULT);
        bench.bring(echo());
        assert!(bench.activate().is_ok(), "{quirk:?}");
        assert_eq!(bench.transmit(&longest_command()).unwrap().len(), 257);
        assert_eq!(bench.chip.device().exchanges().len(), 2, "{quirk:?}");
        bench.no_violations();
    }
    let mut bench = hsu(Chip::new().with(Pn532Quirk::NoPresenceCheck), Config::DEFAULT);
    let card = bench.bring(echo());
    assert!(bench.activate().is_ok());
    assert_eq!(bench.look(), Ok(true));
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
    bench.take(card);
    assert_eq!(bench.look(), Ok(false));
}

#[test]
fn a_chip_that_is_not_there_is_noticed() {
    let mut bench = hsu(Chip::new(), Config::DEFAULT);
    bench.chip.device().ignore(usize::MAX);
    let start = bench.now();
    assert_eq!(bench.look(), Err(Fault::Unacknowledged));
    assert_eq!(Fault::Unacknowledged.kind(), ErrorKind::Timeout);
    assert!(bench.now().since(start) < Duration::from_secs(1));
    bench.chip.device().ignore(0);
    bench.bring(echo());
    assert!(bench.activate().is_ok());
    bench.chip.device().ignore(usize::MAX);
    assert_eq!(bench.transmit(&READ), Err(Fault::Unacknowledged));
}

#[test]
fn a_chip_that_lost_its_power_is_set_up_again() {
    let mut bench = hsu(Chip::new(), Config::DEFAULT);
    bench.bring(echo());
    assert!(bench.activate().is_ok());
    let now = bench.now();
    bench.chip.device().lose_power(now);
    assert_eq!(bench.transmit(&READ), Err(Fault::Unacknowledged));
    // The card lost its power too.
    assert_eq!(bench.transmit(&READ), Err(Fault::Absent));
    assert!(bench.activate().is_ok());
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
}

#[test]
fn a_card_that_garbles_or_is_mute_is_told_from_one_that_is_gone() {
    let card = shared(echo());
    let mut bench = hsu(Chip::new(), Config::DEFAULT);
    let number = bench.bring(card.clone());
    assert!(bench.activate().is_ok());
    // Until the field was off.
    card.lock().unwrap().plan(PiccTrick::Mute);
    assert_eq!(bench.transmit(&READ), Err(Fault::Absent));
    assert!(bench.activate().is_ok());
    bench.take(number);
    assert_eq!(bench.transmit(&READ), Err(Fault::Absent));
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    bench.no_violations();
}

/// Polls a call so often, 200 us apart; whether it did not end.
fn dropped<P: Port, X: Exchange>(
    mut call: Call<'_, P, X>,
    clock: &mut VirtualClock,
    polls: usize,
) -> bool
where
    ErrorOf<X, P::Error>: std::fmt::Debug,
{
    (0..polls).all(|_| {
        clock.advance(Duration::from_micros(200));
        call.poll(clock.now()).is_err()
    })
}

#[test]
fn a_call_may_be_dropped_at_any_step() {
    let bench = || {
        let bench = hsu(Chip::new(), Config::DEFAULT);
        bench.chip.device().pace();
        bench.bring(echo());
        bench
    };
    for polls in (0..2_000).step_by(3) {
        let mut bench = bench();
        if !dropped(bench.reader.activate(), &mut bench.clock, polls) {
            break;
        }
        assert!(polls < 1_990, "the call does not end");
        assert_eq!(bench.activate(), Ok(8), "{polls}");
        bench.no_violations();
    }
    let mut bench = bench();
    assert_eq!(bench.activate(), Ok(8));
    for polls in 0..1_000 {
        if !dropped(bench.reader.transmit(&apdu(1)), &mut bench.clock, polls) {
            break;
        }
        assert!(polls < 990, "the call does not end");
        assert_eq!(bench.transmit(&apdu(2)), Ok(answer(2)), "{polls}");
        bench.no_violations();
    }
}
