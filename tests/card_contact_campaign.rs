//! Whole sessions over contact pins, from power to the last response, behind
//! each interface chip; every character, of both sides, goes wrong once. The
//! session gives the right data, or ends in an error of the right kind within
//! its deadline; what moves money is counted at the card.

use std::cell::RefCell;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use embedded_pos::card::contact::reader::{Config, ContactReader, Fault};
use embedded_pos::card::contact::{Contacts, HalfDuplex, Shared, SharedLine};
use embedded_pos::card::reader::tda8007::{self, Tda8007};
use embedded_pos::card::reader::tda8026::{self, Tda8026};
use embedded_pos::card::reader::tda8035::{Chip, PinSlot};
use embedded_pos::card::{t0, t1};
use embedded_pos::port::{CallError, Clock, Duration, Port};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::card::{
    Application, ContactCard, Mishap, SimTda8007, SimTda8026, Socket, Speaker, T0Card, T1Card,
};

/// A purse: it remembers what it carried out, and its answers tell how often.
#[derive(Clone, Default)]
struct Purse {
    log: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Application for Purse {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let mut log = self.log.lock().unwrap();
        log.push(command.to_vec());
        let spent = log.iter().filter(|command| is_money(command)).count() as u8;
        match *command {
            [0x00, 0xA4, 0x04, 0x00, 3, ref name @ ..] => [&name[..3], &[0x90, 0x00]].concat(),
            [0x80, 0xAE, 0x80, 0x01, 4, a, b, c, d, ..] => {
                vec![0x81, spent, a ^ 0x33, b ^ 0x33, c ^ 0x33, d ^ 0x33, 0x90, 0x00]
            }
            [0x80, 0xD2, _, _, 2, _, _] => vec![0x90, 0x00],
            [0x00, 0xB2, ..] => vec![0x70, 0x02, 0x81, spent, 0x55, 0x90, 0x00],
            _ => vec![0x6D, 0x00],
        }
    }
}

/// GENERATE AC, and a debit.
fn is_money(command: &[u8]) -> bool {
    matches!(command, [_, 0xAE | 0xD2, ..])
}

/// Cases 4, 4, 3 and 2, and what a purse says to them. No zeros together: four
/// in a row are a sound block of T=1, with nothing in it.
const SESSION: [(&[u8], &[u8]); 4] = [
    (&[0x00, 0xA4, 0x04, 0x00, 0x03, 0xA1, 0xA2, 0xA3, 0x00], &[0xA1, 0xA2, 0xA3, 0x90, 0x00]),
    (
        &[0x80, 0xAE, 0x80, 0x01, 0x04, 0x51, 0x52, 0x53, 0x54, 0x00],
        &[0x81, 0x01, 0x62, 0x61, 0x60, 0x67, 0x90, 0x00],
    ),
    (&[0x80, 0xD2, 0x01, 0x02, 0x02, 0x12, 0x34], &[0x90, 0x00]),
    (&[0x00, 0xB2, 0x01, 0x0C, 0x05], &[0x70, 0x02, 0x81, 0x02, 0x55, 0x90, 0x00]),
];

/// What is in front of the card.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Front {
    /// Pins.
    Tda8035(Uart),
    /// I2C, and a UART that hears itself on one of the I/O lines.
    Tda8026,
    /// A bus; the chip's own UART.
    Tda8007,
}

/// A plain UART, by what it hears of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Uart {
    Hears,
    /// One character other than the card does.
    Mishears(usize, Mishap),
    Deaf,
}

const FRONTS: [Front; 4] =
    [Front::Tda8035(Uart::Hears), Front::Tda8035(Uart::Deaf), Front::Tda8026, Front::Tda8007];

/// How often the loop comes by: a character takes a millisecond.
const STEP: Duration = Duration::from_micros(400);

/// What the card speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Protocol {
    T0,
    T1,
}

use Protocol::{T0, T1};

/// How a session went, from what the reader said.
#[derive(Debug)]
struct Held {
    atr: Vec<u8>,
    responses: Vec<Vec<u8>>,
    fault: Option<Fault>,
    took: Duration,
}

/// And from what the simulated chip and card know.
#[derive(Debug)]
struct Seen {
    is_powered: bool,
    said: Vec<(Speaker, u8)>,
    violations: Vec<String>,
}

#[derive(Debug)]
struct Went {
    held: Held,
    seen: Seen,
    carried_out: Vec<Vec<u8>>,
}

impl Went {
    fn is_whole(&self) -> bool {
        self.held.fault.is_none() && self.held.responses.len() == SESSION.len()
    }

    /// All the responses right, as far as it came.
    fn is_right(&self) -> bool {
        self.held.responses.iter().zip(SESSION).all(|(response, (_, wanted))| response == wanted)
    }

    /// No command of the session is carried out twice, whatever else the card
    /// may have understood.
    fn is_once(&self) -> bool {
        let times =
            |wanted| self.carried_out.iter().filter(|have| is_command(have, wanted)).count();
        SESSION.iter().all(|(command, _)| times(command) <= 1)
    }

    /// The card carried out the session and nothing else, one command more than
    /// there are responses at most.
    fn is_the_session(&self) -> bool {
        let most = SESSION.len().min(self.held.responses.len() + 1);
        let mut pairs = self.carried_out.iter().zip(SESSION);
        self.carried_out.len() <= most && pairs.all(|(have, (wanted, _))| is_command(have, wanted))
    }
}

/// Over T=0 the card sees no Le after data.
fn is_command(have: &[u8], wanted: &[u8]) -> bool {
    have == wanted || wanted.strip_suffix(&[0]) == Some(have)
}

type Harm = Option<(usize, Mishap)>;

/// Holds a session, and leaves the chip the time to deactivate the card.
fn hold<P: Port<Error: Debug>>(mut reader: ContactReader<P>, mut clock: VirtualClock) -> Held {
    let fault = |error| match error {
        CallError::Device(fault) => Some(fault),
        other => panic!("{other:?}"),
    };
    let began = clock.now();
    let zero = Duration::ZERO;
    let mut held = Held { atr: Vec::new(), responses: Vec::new(), fault: None, took: zero };
    match reader.activate().wait(&mut clock) {
        Ok(_) => held.atr.extend(reader.atr().unwrap().as_bytes()),
        Err(error) => held.fault = fault(error),
    }
    for (command, _) in SESSION {
        if held.fault.is_none() {
            match reader.transmit(command).wait(&mut clock) {
                Ok(_) => held.responses.push(reader.response().to_vec()),
                Err(error) => held.fault = fault(error),
            }
        }
    }
    held.took = clock.now().since(began);
    clock.advance(Duration::from_millis(5));
    held
}

fn over_a_tda8035(card: Box<dyn ContactCard>, harm: Harm, uart: Uart) -> (Held, Seen) {
    let clock = VirtualClock::in_steps(STEP);
    let socket = Socket::tda8035(clock.clone());
    socket.insert(card);
    harm.into_iter().for_each(|(at, mishap)| socket.mishap(None, at, mishap));
    clock.advance(Duration::from_millis(10));
    let pins = socket.pins();
    let supply = (pins.en_5v, pins.en_1v8n);
    let slot = PinSlot::new(pins.cmdvccn, pins.rstin, pins.offn, supply, Chip::TDA8035);
    let (port, echo) = match uart {
        Uart::Hears => (socket.uart(), true),
        Uart::Mishears(n, mishap) => (socket.uart().mishearing(n, mishap), true),
        Uart::Deaf => (socket.uart().without_echo(), false),
    };
    let uart = HalfDuplex::new(port, clock.clone(), echo);
    let reader = ContactReader::new(Contacts::new(uart, slot), Config::emv(4_000_000));
    let held = hold(reader, clock);
    let (said, violations) = (socket.said(), socket.violations());
    (held, Seen { is_powered: socket.is_powered(), said, violations })
}

fn over_a_tda8026(card: Box<dyn ContactCard>, harm: Harm) -> (Held, Seen) {
    let clock = VirtualClock::in_steps(STEP);
    let sim = SimTda8026::new(clock.clone());
    sim.insert(3, card);
    harm.into_iter().for_each(|(at, mishap)| sim.mishap(3, None, at, mishap));
    let chip = RefCell::new(Tda8026::new(sim.i2c()));
    chip.borrow_mut().init().unwrap();
    let line = RefCell::new(SharedLine::new(HalfDuplex::new(sim.uart(2), clock.clone(), true)));
    let port = Shared::new(&line, Tda8026::slot(&chip, tda8026::Number::Three), 3);
    let held = hold(ContactReader::new(port, Config::emv(4_000_000)), clock);
    let (said, violations) = (sim.said(3), sim.violations());
    (held, Seen { is_powered: sim.is_powered(3), said, violations })
}

fn over_a_tda8007(card: Box<dyn ContactCard>, harm: Harm) -> (Held, Seen) {
    let clock = VirtualClock::in_steps(STEP);
    let sim = SimTda8007::new(clock.clone(), 14_745_600);
    sim.insert(1, card);
    harm.into_iter().for_each(|(at, mishap)| sim.mishap(1, None, at, mishap));
    let chip = RefCell::new(Tda8007::new(sim.bus(), tda8007::Divider::Four));
    chip.borrow_mut().init().unwrap();
    let line = RefCell::new(SharedLine::new(Tda8007::uart(&chip)));
    let port = Shared::new(&line, Tda8007::slot(&chip, tda8007::Number::One), 1);
    let held = hold(ContactReader::new(port, Config::emv(14_745_600 / 4)), clock);
    let (said, violations) = (sim.said(1), sim.violations());
    (held, Seen { is_powered: sim.is_powered(1), said, violations })
}

fn run(front: Front, protocol: Protocol, harm: Harm) -> Went {
    let purse = Purse::default();
    let card: Box<dyn ContactCard> = match protocol {
        T0 => T0Card::new(purse.clone()).into(),
        T1 => T1Card::new(purse.clone()).into(),
    };
    let (held, seen) = match front {
        Front::Tda8035(uart) => over_a_tda8035(card, harm, uart),
        Front::Tda8026 => over_a_tda8026(card, harm),
        Front::Tda8007 => over_a_tda8007(card, harm),
    };
    let carried_out = purse.log.lock().unwrap().clone();
    Went { held, seen, carried_out }
}

const fn late(millis: u64) -> Mishap {
    Mishap::Delayed(Duration::from_millis(millis))
}

/// How long the undisturbed session may take longer, by one wait of a T=0 card
/// (1.03 s at most here), or for the rest of an ATR.
const WAIT: Duration = Duration::from_millis(1_100);

/// Every character of a side with this mishap, one session each.
fn each(
    front: Front,
    protocol: Protocol,
    side: Speaker,
    mishap: Mishap,
) -> impl Iterator<Item = (usize, Went, String)> {
    let said = run(front, protocol, None).seen.said;
    let of_side = said.into_iter().enumerate().filter(move |(_, (who, _))| *who == side);
    of_side.map(move |(at, _)| {
        let went = run(front, protocol, Some((at, mishap)));
        let text = format!("{protocol:?}, {front:?}, {side:?}, {mishap:?} at {at}: {went:02X?}");
        assert!(!went.seen.is_powered || went.held.fault.is_none(), "{text}");
        // The ATR of a T=0 card has no check byte.
        let unseen = protocol == T0 && matches!(mishap, Mishap::Flipped(_));
        assert!(unseen || went.held.fault.is_some() || went.held.atr == atr(protocol), "{text}");
        assert!(went.is_once(), "{text}");
        (at, went, text)
    })
}

fn atr(protocol: Protocol) -> Vec<u8> {
    match protocol {
        T0 => T0Card::echo().reset(),
        T1 => T1Card::echo().reset(),
    }
}

#[test]
fn undisturbed() {
    for front in FRONTS {
        for (protocol, characters) in [(T0, 78), (T1, 107)] {
            let went = run(front, protocol, None);
            assert!(went.is_whole() && went.is_right() && went.is_the_session(), "{went:02X?}");
            assert_eq!(went.held.atr, atr(protocol));
            assert_eq!(went.seen.said.len(), characters);
            assert_eq!(went.seen.violations, [""; 0]);
            assert!(went.held.took < Duration::from_millis(220), "{went:?}");
        }
    }
}

/// T=1 mends what happens to one character of the card, and the ATR is asked
/// for again; but a TS that is late is none.
#[test]
fn t1_each_character_of_the_card() {
    use Mishap::{Damaged, Doubled, Dropped, Flipped};
    let mishaps = [Dropped, Damaged, Doubled, Flipped(6), late(3), late(100), late(2_000)];
    for front in FRONTS {
        for mishap in mishaps {
            for (at, went, text) in each(front, T1, Speaker::Card, mishap) {
                let too_late = mishap == late(100) || mishap == late(2_000);
                if at == 0 && too_late {
                    assert_eq!(went.held.fault, Some(Fault::Mute), "{text}");
                } else {
                    assert!(went.is_whole() && went.is_right(), "{text}");
                }
                assert!(went.is_the_session(), "{text}");
                // A card that goes on when it must not is interrupted.
                assert!(went.seen.violations.is_empty() || too_late || mishap == Doubled, "{text}");
                // A block waiting time is 1.6 s.
                assert!(went.held.took < Duration::from_millis(2_000), "{text}");
            }
        }
    }
}

/// And what happens to one character of the host; but by the rules of EMV it
/// gives up after three attempts, if its own UART stalls within a block.
#[test]
fn t1_each_character_of_the_host() {
    use Mishap::{Damaged, Doubled, Dropped, Flipped};
    let mishaps = [Dropped, Damaged, Doubled, Flipped(6), late(3), late(100), late(2_000)];
    for front in FRONTS {
        for mishap in mishaps {
            for (_, went, text) in each(front, T1, Speaker::Host, mishap) {
                let stalls = mishap == late(100) || mishap == late(2_000);
                let given_up = matches!(
                    went.held.fault,
                    Some(Fault::T1(t1::Fault::Garbled | t1::Fault::Silent | t1::Fault::Stalled))
                );
                assert!(went.is_right() && went.is_the_session(), "{text}");
                assert!(went.is_whole() || (stalls && given_up), "{text}");
                assert!(mishap != late(3) || went.seen.violations.is_empty(), "{text}");
                assert!(went.held.took < Duration::from_millis(3_000), "{text}");
            }
        }
    }
}

/// T=0 mends nothing but the ATR: the card is given up at once, or when it has
/// said nothing for a work waiting time.
#[test]
fn t0_each_character_lost_or_damaged() {
    for front in FRONTS {
        for side in [Speaker::Card, Speaker::Host] {
            for mishap in [Mishap::Dropped, Mishap::Damaged] {
                for (at, went, text) in each(front, T0, side, mishap) {
                    let fault = matches!(
                        went.held.fault,
                        Some(Fault::T0(t0::Fault::Garbled | t0::Fault::Silent))
                    );
                    assert_eq!(went.is_whole(), at < 7, "{text}");
                    assert!(went.is_whole() || fault, "{text}");
                    assert!(went.is_right() && went.is_the_session(), "{text}");
                    assert_eq!(went.seen.violations, [""; 0], "{text}");
                    assert!(went.held.took < Duration::from_millis(220) + WAIT, "{text}");
                }
            }
        }
    }
}

/// What the receiver has repeated for its parity, and what is late within the
/// work waiting time, is nothing to T=0. Beyond that the card is given up, or
/// the UART that takes no more.
#[test]
fn t0_each_character_repeated_or_late() {
    for front in FRONTS {
        for side in [Speaker::Card, Speaker::Host] {
            for mishap in [Mishap::Repeated(3), late(3), late(800)] {
                for (at, went, text) in each(front, T0, side, mishap) {
                    if at == 0 && mishap == late(800) {
                        assert_eq!(went.held.fault, Some(Fault::Mute), "{text}");
                        continue;
                    }
                    assert!(went.is_whole() && went.is_right(), "{text}");
                    assert!(went.is_the_session(), "{text}");
                    assert_eq!(went.seen.violations, [""; 0], "{text}");
                }
            }
            for (at, went, text) in each(front, T0, side, late(3_000)) {
                match went.held.fault {
                    None => assert!((1..7).contains(&at) && went.is_whole(), "{text}"),
                    Some(Fault::Mute) => assert_eq!(at, 0, "{text}"),
                    Some(Fault::T0(t0::Fault::Silent | t0::Fault::Stalled)) => {}
                    _ => panic!("{text}"),
                }
                assert!(went.is_right() && went.is_the_session(), "{text}");
                assert!(went.held.took < Duration::from_millis(500) + WAIT, "{text}");
            }
        }
    }
}

/// What the card says twice is found out, for nothing comes where it does not
/// belong; a procedure byte before data of ours is harmless.
#[test]
fn t0_each_character_of_the_card_doubled() {
    for front in FRONTS {
        for (at, went, text) in each(front, T0, Speaker::Card, Mishap::Doubled) {
            let asks_for_data = matches!(at, 12 | 34 | 60);
            if went.is_whole() {
                assert!(at < 7 || asks_for_data, "{text}");
            } else {
                assert_eq!(went.held.fault, Some(Fault::T0(t0::Fault::Garbled)), "{text}");
            }
            assert!(went.is_right() && went.is_the_session(), "{text}");
            assert!(went.seen.violations.is_empty() || asks_for_data, "{text}");
            assert!(went.held.took < Duration::from_millis(220) + WAIT, "{text}");
        }
    }
}

/// What the card hears twice, the host hears twice too if it hears itself, and
/// gives up. The card may have carried out something else by then.
#[test]
fn t0_each_character_of_the_host_doubled_with_an_echo() {
    for front in [Front::Tda8035(Uart::Hears), Front::Tda8026] {
        for (_, went, text) in each(front, T0, Speaker::Host, Mishap::Doubled) {
            assert_eq!(went.held.fault, Some(Fault::T0(t0::Fault::Garbled)), "{text}");
            assert!(went.is_right(), "{text}");
            assert!(went.held.took < Duration::from_millis(220), "{text}");
        }
    }
}

/// What nobody but the card hears twice, nothing in T=0 can tell: the rest of
/// the header or of the data moves by one, its last character is lost on a card
/// that computes already, and what the card says is right for what it heard.
/// These are the cases; the other characters are the last of a header or of
/// data, equal to the next, or of a GET RESPONSE whose parameters the card does
/// not look at. A cryptogram or a MAC over the data tells; T=0 does not.
#[test]
fn t0_each_character_of_the_host_doubled_and_unheard() {
    // Headers and data of SELECT and GENERATE AC; CLA of GET RESPONSE, of the
    // debit, of READ RECORD: refused, or answered with other data.
    const ANOTHER_COMMAND: [usize; 17] =
        [7, 8, 9, 10, 13, 14, 18, 29, 30, 31, 32, 35, 36, 37, 41, 55, 65];
    // INS, P1 and the amount of the debit; INS, P1 and P2 of READ RECORD: the
    // response is that to the command that was meant.
    const ANOTHER_COMMAND_SAME_RESPONSE: [usize; 6] = [56, 57, 61, 66, 67, 68];
    for front in [Front::Tda8035(Uart::Deaf), Front::Tda8007] {
        for (at, went, text) in each(front, T0, Speaker::Host, Mishap::Doubled) {
            let same_response = ANOTHER_COMMAND_SAME_RESPONSE.contains(&at);
            let another = ANOTHER_COMMAND.contains(&at);
            assert!(went.is_whole(), "{text}");
            assert_eq!(went.is_right(), !another, "{text}");
            assert_eq!(went.is_the_session(), !another && !same_response, "{text}");
            assert!(went.held.took < Duration::from_millis(220), "{text}");
        }
    }
}

/// Two wrong bits in a character of T=0 are seen by nobody. It ends in time, and
/// nothing is carried out twice.
#[test]
fn t0_each_character_flipped_unnoticed() {
    for front in FRONTS {
        for side in [Speaker::Card, Speaker::Host] {
            for bit in [0, 6] {
                for (_, went, text) in each(front, T0, side, Mishap::Flipped(bit)) {
                    let fault = matches!(
                        went.held.fault,
                        None | Some(Fault::T0(t0::Fault::Garbled | t0::Fault::Silent))
                    );
                    assert!(fault && went.is_once(), "{text}");
                    assert!(went.held.took < Duration::from_millis(220) + WAIT, "{text}");
                }
            }
        }
    }
}

/// What a UART hears of itself is counted, not looked at. One character too many
/// or too few moves what the card says: T=1 mends that, T=0 gives up.
#[test]
fn each_character_that_is_heard_of_oneself() {
    use Mishap::{Damaged, Doubled, Dropped, Flipped};
    for (protocol, own) in [(T0, 39), (T1, 52)] {
        for mishap in [Dropped, Damaged, Doubled, Flipped(3), late(3)] {
            for n in 0..own {
                let went = run(Front::Tda8035(Uart::Mishears(n, mishap)), protocol, None);
                let text = format!("{protocol:?}, {mishap:?} at {n}: {went:02X?}");
                let fault = matches!(
                    went.held.fault,
                    Some(Fault::T0(t0::Fault::Garbled | t0::Fault::Silent))
                );
                assert!(went.is_whole() || fault, "{text}");
                assert!(went.is_right() && went.is_the_session(), "{text}");
                assert!(went.held.took < Duration::from_millis(220) + WAIT, "{text}");
            }
        }
    }
}
