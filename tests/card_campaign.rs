//! Every character of whole sessions, dropped, doubled, flipped, repeated for
//! its parity, or delayed, once: the session gives the right data, or ends in
//! the right error within its deadline; whatever happens, the host keeps guard
//! times and turnaround, and no command is carried out twice.

use std::sync::{Arc, Mutex};

use embedded_pos::card::t0::{self, Fault as T0Fault};
use embedded_pos::card::t1::{self, Edc, Fault as T1Fault};
use embedded_pos::card::{Atr, T1Parameters};
use embedded_pos::port::{Call, CallError, Clock, Duration, Exchange, Instant};
use embedded_pos::sim::card::{
    Application, CardLine, ContactCard, Echo, Mishap, Speaker, T0Card, T0Trick, T1Card,
    T1Characters, Trick,
};
use embedded_pos::sim::{SimPort, Simulated, Unplugged, VirtualClock};

/// An echo that remembers what it carried out.
#[derive(Clone, Default)]
struct Counted(Arc<Mutex<Vec<Vec<u8>>>>);

impl Application for Counted {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        self.0.lock().unwrap().push(command.to_vec());
        Echo.process(command)
    }
}

/// Cases 2, 4, 1 and 3, with the responses an echo gives.
const SESSION: [(&[u8], &[u8]); 5] = [
    (&[0x00, 0xB2, 0x01, 0x0C, 0x05], &[0, 1, 2, 3, 4, 0x90, 0x00]),
    (&[0x00, 0xA4, 0x04, 0x00, 0x03, 0xA1, 0xA2, 0xA3, 0x00], &[0xA1, 0xA2, 0xA3, 0x90, 0x00]),
    // No zeros: four in a row are a sound block of T=1, with nothing in it.
    (&[0x00, 0x04, 0x12, 0x34], &[0x90, 0x00]),
    (&[0x00, 0xD6, 0x00, 0x00, 0x02, 0x51, 0x52], &[0x51, 0x52, 0x90, 0x00]),
    (&[0x00, 0xB2, 0x02, 0x0C, 0x03], &[0, 1, 2, 0x90, 0x00]),
];

type LineTo<C> = Simulated<CardLine<C>>;

/// How a session went: the responses, and what ended it; and how long it took.
struct Went<F> {
    responses: Vec<Vec<u8>>,
    fault: Option<F>,
    took: Duration,
    carried_out: Vec<Vec<u8>>,
    violations: Vec<String>,
    said: Vec<(Speaker, u8)>,
}

impl<F: std::fmt::Debug + Copy> Went<F> {
    /// All the responses right, as far as it came.
    fn is_right(&self, wanted: impl Fn(usize) -> Vec<u8>) -> bool {
        self.responses.iter().enumerate().all(|(n, response)| *response == wanted(n))
    }

    fn is_whole(&self) -> bool {
        self.fault.is_none() && self.responses.len() == SESSION.len()
    }
}

/// Runs the session with a mishap at a character.
fn run<C: ContactCard + 'static, L, X>(
    card: C,
    log: &Counted,
    mishap: Option<(usize, Mishap)>,
    line: impl FnOnce(SimPort<CardLine<C>, VirtualClock>) -> L,
    transmit: impl for<'a> Fn(&'a mut L, &[u8]) -> Call<'a, SimPort<CardLine<C>, VirtualClock>, X>,
    response: impl Fn(&L) -> Vec<u8>,
) -> Went<X::Fault>
where
    X: Exchange,
    X::Fault: std::fmt::Debug + Copy,
{
    let mut clock = VirtualClock::in_steps(Duration::from_micros(500));
    clock.advance(Duration::from_secs(1));
    let device: LineTo<C> = Simulated::new(CardLine::new(card));
    if let Some((at, mishap)) = mishap {
        device.device().mishap(at, mishap);
    }
    let mut host = line(device.port(clock.clone()));
    let began = clock.now();
    let (mut responses, mut fault) = (Vec::new(), None);
    for (command, _) in SESSION {
        let result = transmit(&mut host, command).wait(&mut clock);
        match result {
            Ok(_) => responses.push(response(&host)),
            Err(CallError::Device(what)) => {
                fault = Some(what);
                break;
            }
            Err(CallError::<_, Unplugged>::Port(_) | CallError::Line(_)) => unreachable!(),
        }
    }
    let device = device.device();
    Went {
        responses,
        fault,
        took: clock.now().since(began),
        carried_out: log.0.lock().unwrap().clone(),
        violations: device.violations(),
        said: device.said().to_vec(),
    }
}

fn t0(mishap: Option<(usize, Mishap)>, tricks: &[T0Trick]) -> Went<T0Fault> {
    let log = Counted::default();
    let mut card = T0Card::new(log.clone());
    tricks.iter().for_each(|trick| card.plan(trick.clone()));
    let timing = t0::Timing::new(10, 3_579_545, 372, 1);
    run(
        card,
        &log,
        mishap,
        |port| t0::Line::new(port, timing, t0::Limits::DEFAULT),
        t0::Line::transmit,
        |line| line.response().to_vec(),
    )
}

/// A case 3 command asks for no data; that of the echo stays where it is.
fn t0_wanted(n: usize) -> Vec<u8> {
    if n == 3 { vec![0x61, 0x02] } else { SESSION[n].1.to_vec() }
}

fn t1(mishap: Option<(usize, Mishap)>, tricks: &[Trick], crc: bool, ifsc: u8) -> Went<T1Fault> {
    let log = Counted::default();
    let card = T1Card::new(log.clone()).with_ifsc(ifsc);
    let mut card = if crc { card.with_crc() } else { card };
    tricks.iter().for_each(|trick| card.plan(trick.clone()));
    let parameters = Atr::new(&card.reset()).unwrap().t1();
    assert_eq!(parameters.edc, if crc { Edc::Crc } else { Edc::Lrc });
    let timing = t1::Timing::new(&parameters, 3_579_545, 372, 1);
    run(
        T1Characters::from(card),
        &log,
        mishap,
        |port| {
            let mut line = t1::Line::new(port, timing, t1::Limits::DEFAULT);
            line.reset(&T1Parameters { ifsc, ..parameters }, timing);
            line
        },
        t1::Line::transmit,
        |line| line.response().to_vec(),
    )
}

fn t1_wanted(n: usize) -> Vec<u8> {
    SESSION[n].1.to_vec()
}

/// The ways a card may use its rights in a T=0 session.
fn t0_manners() -> Vec<Vec<T0Trick>> {
    vec![
        vec![],
        vec![T0Trick::Null(2), T0Trick::OneByOne(3), T0Trick::AskAgain],
        vec![T0Trick::OneByOne(2), T0Trick::OneByOne(2), T0Trick::Pieces(1)],
        vec![T0Trick::AskAgain, T0Trick::Null(1), T0Trick::Pieces(2), T0Trick::Null(3)],
    ]
}

#[test]
fn t0_undisturbed() {
    for tricks in t0_manners() {
        let went = t0(None, &tricks);
        assert!(went.is_whole() && went.is_right(t0_wanted), "{:?}", went.responses);
        assert_eq!(went.violations, [""; 0]);
        assert_eq!(went.carried_out.len(), SESSION.len(), "{tricks:?}");
    }
}

/// One character dropped, from either side: the right data, or the card is
/// given up, never wrong data.
#[test]
fn t0_every_character_dropped() {
    for tricks in t0_manners() {
        for at in 0..t0(None, &tricks).said.len() {
            let went = t0(Some((at, Mishap::Dropped)), &tricks);
            assert!(went.is_right(t0_wanted), "{at}: {:02X?}", went.responses);
            let ended = matches!(went.fault, Some(T0Fault::Silent | T0Fault::Garbled));
            // A NULL byte may be lost.
            let null = tricks.iter().any(|trick| matches!(trick, T0Trick::Null(_)));
            assert!(ended || (null && went.is_whole()), "{at}: {:?}", went.fault);
            assert_eq!(went.violations, [""; 0], "{at}");
            assert!(went.took < Duration::from_secs(3), "{at}");
        }
    }
}

/// One character heard twice. What the card hears twice it takes for what it
/// is: nothing in T=0 could tell. What we hear twice is found out.
#[test]
fn t0_every_character_doubled() {
    for tricks in t0_manners() {
        for (at, (who, _)) in t0(None, &tricks).said.into_iter().enumerate() {
            let went = t0(Some((at, Mishap::Doubled)), &tricks);
            assert!(went.took < Duration::from_secs(8), "{at}");
            if who == Speaker::Host {
                continue;
            }
            assert!(went.is_right(t0_wanted), "{at}: {:02X?}", went.responses);
            let ended = matches!(went.fault, Some(T0Fault::Garbled | T0Fault::Silent));
            let null = tricks.iter().any(|trick| matches!(trick, T0Trick::Null(_)));
            assert!(ended || (null && went.is_whole()), "{at}: {:?}", went.fault);
        }
    }
}

/// One character whose parity is wrong: the receiver says so, and it comes
/// again; that is nothing to the protocol.
#[test]
fn t0_every_character_repeated_for_its_parity() {
    for at in 0..t0(None, &[]).said.len() {
        for times in 1..=3 {
            let went = t0(Some((at, Mishap::Repeated(times))), &[]);
            assert!(went.is_whole() && went.is_right(t0_wanted), "{at}: {:?}", went.fault);
            assert_eq!(went.violations, [""; 0], "{at}");
        }
    }
}

/// Late within the work waiting time is not too late; beyond it is.
#[test]
fn t0_every_character_delayed() {
    for tricks in t0_manners() {
        for at in 0..t0(None, &tricks).said.len() {
            let went = t0(Some((at, Mishap::Delayed(Duration::from_millis(900)))), &tricks);
            assert!(went.is_whole() && went.is_right(t0_wanted), "{at}: {:?}", went.fault);
            assert_eq!(went.violations, [""; 0], "{at}");
            let went = t0(Some((at, Mishap::Delayed(Duration::from_secs(3)))), &tricks);
            assert!(went.is_right(t0_wanted), "{at}: {:02X?}", went.responses);
            assert!(went.fault == Some(T0Fault::Silent), "{at}: {:?}", went.fault);
            assert!(went.took < Duration::from_secs(4), "{at}");
        }
    }
}

/// One bit other than it was and nobody noticed: two wrong bits on the wire.
/// It ends, and in time.
#[test]
fn t0_every_character_flipped_unnoticed() {
    for at in 0..t0(None, &[]).said.len() {
        for bit in 0..8 {
            let went = t0(Some((at, Mishap::Flipped(bit))), &[]);
            assert!(went.took < Duration::from_secs(8), "{at}");
        }
    }
}

#[test]
fn t0_every_wrong_procedure_byte_ends_the_session() {
    for byte in 0..=0xFF {
        let went = t0(None, &[T0Trick::Wrong(byte)]);
        assert!(
            went.responses.is_empty()
                || went.is_right(t0_wanted)
                || byte >> 4 == 6
                || byte >> 4 == 9
        );
        assert!(went.took < Duration::from_secs(5), "{byte:02X}");
    }
    for trick in [T0Trick::Missing, T0Trick::Surplus(0x00), T0Trick::Mute] {
        let went = t0(None, &[trick]);
        assert!(went.responses.is_empty() && went.fault.is_some());
    }
}

fn t1_manners() -> Vec<(Vec<Trick>, bool, u8)> {
    vec![
        (vec![], false, 254),
        (vec![], true, 254),
        (vec![Trick::Wtx { multiplier: 2, times: 2 }], false, 3),
        (vec![Trick::Ifs(4), Trick::Wtx { multiplier: 1, times: 1 }], true, 5),
    ]
}

#[test]
fn t1_undisturbed() {
    for (tricks, crc, ifsc) in t1_manners() {
        let went = t1(None, &tricks, crc, ifsc);
        assert!(went.is_whole() && went.is_right(t1_wanted), "{:?}", went.fault);
        assert_eq!(went.violations, [""; 0]);
    }
}

/// One mishap is mended; or reported after a resynchronisation, if our own UART
/// stalls within a block for longer than a card bears; and no command is
/// carried out twice.
#[test]
fn t1_every_character_dropped_doubled_flipped_or_delayed() {
    for (tricks, crc, ifsc) in t1_manners() {
        let mishaps = [
            Mishap::Dropped,
            Mishap::Doubled,
            Mishap::Flipped(0),
            Mishap::Flipped(5),
            Mishap::Flipped(7),
            Mishap::Delayed(Duration::from_millis(3)),
            Mishap::Delayed(Duration::from_millis(100)),
            Mishap::Delayed(Duration::from_secs(2)),
        ];
        let said = t1(None, &tricks, crc, ifsc).said;
        for (at, (who, _)) in said.into_iter().enumerate() {
            for mishap in mishaps {
                let went = t1(Some((at, mishap)), &tricks, crc, ifsc);
                let text = format!(
                    "{mishap:?} at {at} of {tricks:?}: {:?} {:02X?}",
                    went.fault, went.carried_out
                );
                let reported = went.fault == Some(T1Fault::Resynchronised);
                let at_odds = matches!(mishap, Mishap::Delayed(late) if late.as_millis() >= 100);
                assert!(!reported || (at_odds && who == Speaker::Host), "{text}");
                assert!(went.is_right(t1_wanted) && (went.is_whole() || reported), "{text}");
                let carried_out = went.responses.len() + usize::from(reported);
                assert!(went.carried_out.len() <= carried_out, "{text}");
                assert!(went.took < Duration::from_secs(12), "{text}");
            }
        }
    }
}

/// The times of a fast card are kept as those of a slow one: nothing of the
/// host comes within the turnaround.
#[test]
fn the_clock_of_the_line_sees_a_host_that_is_too_early() {
    let mut line = CardLine::new(T0Card::echo());
    use embedded_pos::sim::Device;
    line.receive(&SESSION[0].0[..5], Instant::ZERO);
    let late = Instant::ZERO + Duration::from_millis(30);
    assert!(!line.transmit(late).is_empty());
    line.receive(&[0x00], Instant::ZERO + Duration::from_micros(5_100));
    assert!(!line.violations().is_empty());
}
