//! T=1: the scenarios of ISO/IEC 7816-3:2006, Annex A, by number, and what the
//! simulated card can think of beyond them.
//!
//! The numbers were taken from two implementations that name their tests by
//! them: Open-ISO7816-Stack (3 to 24) and libt1prime (1 to 32, for T=1').
//! Scenario 25, where the host gives up its own chain, has no test: this host
//! never does.

use std::collections::VecDeque;

use embedded_pos::card::t1::{AfterResynch, Block, Edc, Fault, Limits, Line, Timing};
use embedded_pos::card::{Response, T1Parameters};
use embedded_pos::port::{CallError, Clock, Duration, Instant};
use embedded_pos::sim::card::{T1Card, T1Line, Trick};
use embedded_pos::sim::{self, Device, SimPort, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind, nb};
use proptest::prelude::*;

/// As the scenarios of the standard go on after a resynchronisation.
const STANDARD: Limits = Limits { after_resynch: AfterResynch::Repeat, ..Limits::DEFAULT };

const COMMAND: [u8; 6] = [0x00, 0xA4, 0x04, 0x00, 0x01, 0xA5];

fn timing() -> Timing {
    Timing::new(&T1Parameters { bwi: 1, cwi: 3, ..T1Parameters::default() }, 3_579_545, 372, 1)
}

/// A block in the notation of the standard, in hexadecimal without check.
/// `I(0,1) 0102`, `R(1)`, `R(0) check`, `S(WTX request) 05`.
fn block(text: &str) -> Vec<u8> {
    let (kind, rest) = text.split_once(')').unwrap();
    let rest = rest.trim();
    let (pcb, inf) = match kind.split_once('(').unwrap() {
        ("I", "0,0") => (0x00, rest),
        ("I", "0,1") => (0x20, rest),
        ("I", "1,0") => (0x40, rest),
        ("I", "1,1") => (0x60, rest),
        ("R", n) => {
            let cause = ["", "check", "other"].iter().position(|cause| *cause == rest).unwrap();
            (0x80 | (n.parse::<u8>().unwrap() << 4) | cause as u8, "")
        }
        ("S", what) => {
            let (name, way) = what.split_once(' ').unwrap();
            let number = ["RESYNCH", "IFS", "ABORT", "WTX"].iter().position(|n| *n == name);
            let way = if way == "request" { 0xC0 } else { 0xE0 };
            (way | number.unwrap() as u8, rest)
        }
        _ => panic!("{text}"),
    };
    let inf: Vec<u8> = (0..inf.len() / 2)
        .map(|i| u8::from_str_radix(&inf[2 * i..2 * i + 2], 16).unwrap())
        .collect();
    let mut bytes = vec![0x00, pcb, inf.len() as u8];
    bytes.extend(inf);
    bytes.push(bytes.iter().fold(0, |sum, byte| sum ^ byte));
    bytes
}

/// A card that follows a script: `> block` is what it must hear, `< block` what
/// it says then, `<x block` the same with a wrong check, `<` alone nothing.
struct Script {
    lines: VecDeque<&'static str>,
    heard: Vec<u8>,
    said: sim::Outbox,
    wrong: Option<String>,
}

impl Device for Script {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.heard.extend(bytes);
        let Some(len) = Block::total(&self.heard, Edc::Lrc).filter(|n| self.heard.len() >= *n)
        else {
            return;
        };
        let heard: Vec<u8> = self.heard.drain(..len).collect();
        let line = self.lines.pop_front().unwrap_or("nothing");
        if line.strip_prefix("> ").map(block).as_ref() != Some(&heard) {
            self.wrong.get_or_insert(format!("heard {heard:02X?}, the script says {line}"));
        }
        let answer = self.lines.pop_front().unwrap_or("<");
        if let Some(text) = answer.strip_prefix("< ") {
            self.said.push(now, Duration::from_millis(2), block(text));
        } else if let Some(text) = answer.strip_prefix("<x ") {
            let mut block = block(text);
            *block.last_mut().unwrap() ^= 0xFF;
            self.said.push(now, Duration::from_millis(2), block);
        }
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.said.take(now)
    }
}

struct Stage {
    line: Line<SimPort<Script, VirtualClock>>,
    script: Simulated<Script>,
    clock: VirtualClock,
}

impl Stage {
    fn new(ifsc: u8, chunk: usize, limits: Limits, lines: &[&'static str]) -> Self {
        let clock = VirtualClock::new();
        let lines = lines.iter().copied().collect();
        let said = sim::Outbox::default();
        let script = Simulated::new(Script { lines, heard: Vec::new(), said, wrong: None });
        let mut line = Line::new(script.port(clock.clone()).chunked(chunk), timing(), limits);
        line.reset(&T1Parameters { ifsc, ..T1Parameters::default() }, timing());
        Self { line, script, clock }
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault> {
        let result = self.line.transmit(command).wait(&mut self.clock);
        result.map_err(fault).map(|n| {
            assert_eq!(n, self.line.response().len());
            self.line.response().to_vec()
        })
    }

    fn over(self) {
        let script = self.script.device();
        assert_eq!(script.wrong, None);
        assert!(script.lines.is_empty(), "not played: {:?}", script.lines);
    }
}

fn fault<E: std::fmt::Debug>(error: CallError<Fault, E>) -> Fault {
    match error {
        CallError::Device(fault) => fault,
        other => panic!("{other:?}"),
    }
}

/// One command through the script, at several chunk sizes.
fn play(ifsc: u8, command: &[u8], lines: &[&'static str], want: Result<&[u8], Fault>) {
    for chunk in [1, 2, 3, usize::MAX] {
        let mut stage = Stage::new(ifsc, chunk, STANDARD, lines);
        assert_eq!(stage.transmit(command), want.map(<[u8]>::to_vec), "chunks of {chunk}");
        stage.over();
    }
}

/// The plain command, answered with 9000 in the end.
fn plays_well(lines: &[&'static str]) {
    play(32, &COMMAND, lines, Ok(&[0x90, 0x00]));
}

#[test]
fn scenario_01_exchange_of_i_blocks() {
    let lines = [
        "> I(0,0) 00A4040001A5",
        "< I(0,0) 6A82",
        "> I(1,0) 00B2010C00",
        "< I(1,0) 70009000",
        "> I(0,0) 00B2020C00",
        "< I(0,0) 6A83",
    ];
    let mut stage = Stage::new(32, usize::MAX, STANDARD, &lines);
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x6A, 0x82]));
    assert_eq!(stage.transmit(&[0, 0xB2, 1, 0x0C, 0]), Ok(vec![0x70, 0x00, 0x90, 0x00]));
    assert_eq!(stage.transmit(&[0, 0xB2, 2, 0x0C, 0]), Ok(vec![0x6A, 0x83]));
    stage.over();
}

#[test]
fn scenario_02_waiting_time_extension() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "< S(WTX request) 02",
        "> S(WTX response) 02",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_03_the_card_tells_its_ifs() {
    let lines =
        ["> I(0,0) 00A4040001A5", "< S(IFS request) 10", "> S(IFS response) 10", "< I(0,0) 9000"];
    let mut stage = Stage::new(32, usize::MAX, STANDARD, &lines);
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    assert_eq!(stage.line.session().ifsc(), 0x10);
    stage.over();
}

#[test]
fn scenario_04_the_host_tells_its_ifs() {
    let lines = [
        "> I(0,0) 00A4040001A5",
        "< I(0,0) 9000",
        "> S(IFS request) 0A",
        "< S(IFS response) 0A",
        "> I(1,0) 00A4040001A5",
        "< I(1,0) 9000",
    ];
    let mut stage = Stage::new(32, usize::MAX, STANDARD, &lines);
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    assert!(stage.line.agree_ifs(10).wait(&mut stage.clock).is_ok());
    assert_eq!(stage.line.session().ifsd(), 10);
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    stage.over();
}

#[test]
fn scenario_05_the_host_chains() {
    let lines =
        ["> I(0,1) 00A4", "< R(1)", "> I(1,1) 0400", "< R(0)", "> I(0,0) 01A5", "< I(0,0) 9000"];
    play(2, &COMMAND, &lines, Ok(&[0x90, 0x00]));
}

#[test]
fn scenario_06_the_card_chains() {
    let lines = [
        "> I(0,0) 00A4040001A5",
        "< I(0,1) 0102",
        "> R(1)",
        "< I(1,1) 0304",
        "> R(0)",
        "< I(0,0) 9000",
        "> I(1,0) 00A4040001A5",
        "< I(1,0) 6985",
    ];
    let mut stage = Stage::new(32, usize::MAX, STANDARD, &lines);
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![1, 2, 3, 4, 0x90, 0x00]));
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x69, 0x85]));
    stage.over();
}

#[test]
fn scenario_07_a_chain_ends_with_an_empty_block() {
    plays_well(&["> I(0,0) 00A4040001A5", "< I(0,1) 9000", "> R(1)", "< I(1,0)"]);
}

#[test]
fn scenario_08_the_command_is_garbled() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "< R(0) check",
        "> I(0,0) 00A4040001A5",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_09_the_response_is_garbled_or_lost() {
    plays_well(&["> I(0,0) 00A4040001A5", "<x I(0,0) 9000", "> R(0) check", "< I(0,0) 9000"]);
    plays_well(&["> I(0,0) 00A4040001A5", "<", "> R(0) other", "< I(0,0) 9000"]);
}

#[test]
fn scenario_10_both_are_garbled() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "<x R(0) check",
        "> R(0) check",
        "< R(0) check",
        "> I(0,0) 00A4040001A5",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_11_the_request_to_repeat_is_garbled() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "<x I(0,0) 9000",
        "> R(0) check",
        "< R(1) check",
        "> R(0) check",
        "< I(0,0) 9000",
    ]);
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "<",
        "> R(0) other",
        "< R(1) check",
        "> R(0) other",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_12_and_so_is_the_answer_to_it() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "<x I(0,0) 9000",
        "> R(0) check",
        "<x R(1) check",
        "> R(0) check",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_13_and_again() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "<x I(0,0) 9000",
        "> R(0) check",
        "<x R(1) check",
        "> R(0) check",
        "< R(1) check",
        "> R(0) check",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_14_the_request_for_time_is_garbled() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "<x S(WTX request) 02",
        "> R(0) check",
        "< S(WTX request) 02",
        "> S(WTX response) 02",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_15_and_so_is_the_request_to_repeat_it() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "<x S(WTX request) 02",
        "> R(0) check",
        "<x S(WTX request) 02",
        "> R(0) check",
        "< S(WTX request) 02",
        "> S(WTX response) 02",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_16_the_cards_ifs_is_garbled() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "<x S(IFS request) 10",
        "> R(0) check",
        "< S(IFS request) 10",
        "> S(IFS response) 10",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_17_and_so_is_the_request_to_repeat_it() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "<x S(IFS request) 10",
        "> R(0) check",
        "<",
        "> R(0) check",
        "< S(IFS request) 10",
        "> S(IFS response) 10",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_18_the_hosts_agreement_is_garbled() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "< S(IFS request) 10",
        "> S(IFS response) 10",
        "< S(IFS request) 10",
        "> S(IFS response) 10",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_19_the_response_after_it_is_garbled() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "< S(IFS request) 10",
        "> S(IFS response) 10",
        "<x I(0,0) 9000",
        "> R(0) check",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_20_and_so_is_the_request_to_repeat_it() {
    plays_well(&[
        "> I(0,0) 00A4040001A5",
        "< S(IFS request) 10",
        "> S(IFS response) 10",
        "<x I(0,0) 9000",
        "> R(0) check",
        "< R(1) check",
        "> R(0) check",
        "< I(0,0) 9000",
    ]);
}

#[test]
fn scenario_21_the_acknowledgement_in_a_chain_is_garbled() {
    let lines = [
        "> I(0,1) 00A404",
        "<x R(1)",
        "> R(0) check",
        "< R(1)",
        "> I(1,0) 0001A5",
        "< I(0,0) 9000",
    ];
    play(3, &COMMAND, &lines, Ok(&[0x90, 0x00]));
}

#[test]
fn scenario_22_a_block_of_the_chain_is_garbled() {
    let lines = [
        "> I(0,1) 00A404",
        "< R(0) check",
        "> I(0,1) 00A404",
        "< R(1)",
        "> I(1,0) 0001A5",
        "< I(0,0) 9000",
    ];
    play(3, &COMMAND, &lines, Ok(&[0x90, 0x00]));
}

#[test]
fn scenario_23_the_acknowledgement_of_the_cards_chain_is_garbled() {
    let lines = [
        "> I(0,0) 00A4040001A5",
        "< I(0,1) 0102",
        "> R(1)",
        "< R(1) check",
        "> R(1)",
        "< I(1,0) 9000",
    ];
    play(32, &COMMAND, &lines, Ok(&[1, 2, 0x90, 0x00]));
}

#[test]
fn scenario_24_and_so_is_the_answer_to_it() {
    let lines = [
        "> I(0,0) 00A4040001A5",
        "< I(0,1) 0102",
        "> R(1)",
        "<x R(1) check",
        "> R(1)",
        "< I(1,0) 9000",
    ];
    play(32, &COMMAND, &lines, Ok(&[1, 2, 0x90, 0x00]));
}

#[test]
fn scenario_26_the_card_gives_up_its_chain() {
    let lines = [
        "> I(0,0) 00A4040001A5",
        "< I(0,1) 0102",
        "> R(1)",
        "< S(ABORT request)",
        "> S(ABORT response)",
        "< R(1)",
        "> I(1,0) 00A4040001A5",
        "< I(1,0) 9000",
    ];
    let mut stage = Stage::new(32, usize::MAX, STANDARD, &lines);
    assert_eq!(stage.transmit(&COMMAND), Err(Fault::Aborted));
    assert_eq!(stage.line.response(), []);
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    stage.over();
}

#[test]
fn scenario_27_the_card_gives_up_the_hosts_chain() {
    let lines = [
        "> I(0,1) 00A4",
        "< R(1)",
        "> I(1,1) 0400",
        "< S(ABORT request)",
        "> S(ABORT response)",
        "< R(0)",
        "> I(0,1) 00A4",
        "< R(1)",
        "> I(1,1) 0400",
        "< R(0)",
        "> I(0,0) 01A5",
        "< I(0,0) 9000",
    ];
    let mut stage = Stage::new(2, usize::MAX, STANDARD, &lines);
    assert_eq!(stage.transmit(&COMMAND), Err(Fault::Aborted));
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    stage.over();
}

/// 254 bytes, then 5 more: one too many for a short response.
#[test]
fn scenario_28_the_host_gives_up_the_cards_chain() {
    let long = Box::leak(format!("< I(0,1) {}", "55".repeat(254)).into_boxed_str());
    let lines = [
        "> I(0,0) 00A4040001A5",
        long,
        "> R(1)",
        "< I(1,1) 0102030405",
        "> S(ABORT request)",
        "< S(ABORT response)",
        "> I(1,0) 00A4040001A5",
        "< I(0,0) 9000",
    ];
    let mut stage = Stage::new(32, usize::MAX, STANDARD, &lines);
    assert_eq!(stage.transmit(&COMMAND), Err(Fault::ResponseTooLong));
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    stage.over();
}

/// The common beginning of 29 to 32: three attempts in vain.
const IN_VAIN: [&str; 6] = [
    "> I(0,0) 00A4040001A5",
    "<x I(0,0) 9000",
    "> R(0) check",
    "<x I(0,0) 9000",
    "> R(0) check",
    "<x I(0,0) 9000",
];

const AGAIN: [&str; 2] = ["> I(0,0) 00A4040001A5", "< I(0,0) 9000"];

fn resynchronises(lines: &[&'static str]) {
    plays_well(&[&IN_VAIN, lines, &AGAIN].concat());
}

#[test]
fn scenario_29_resynchronisation() {
    resynchronises(&["> S(RESYNCH request)", "< S(RESYNCH response)"]);
}

#[test]
fn scenario_30_its_response_is_garbled() {
    resynchronises(&[
        "> S(RESYNCH request)",
        "<x S(RESYNCH response)",
        "> S(RESYNCH request)",
        "< S(RESYNCH response)",
    ]);
}

#[test]
fn scenario_31_its_request_is_garbled() {
    resynchronises(&[
        "> S(RESYNCH request)",
        "< R(0) check",
        "> S(RESYNCH request)",
        "< S(RESYNCH response)",
    ]);
}

#[test]
fn scenario_32_and_so_is_the_complaint() {
    resynchronises(&[
        "> S(RESYNCH request)",
        "<x R(0) check",
        "> S(RESYNCH request)",
        "< S(RESYNCH response)",
    ]);
}

#[test]
fn rule_6_4_three_resynchronisations_then_the_end() {
    let in_vain = ["> S(RESYNCH request)", "<"].repeat(3);
    let lines = [&IN_VAIN[..], &in_vain].concat();
    play(32, &COMMAND, &lines, Err(Fault::Garbled));
}

#[test]
fn a_mute_card_is_told_from_a_garbling_one() {
    let silence = ["> I(0,0) 00A4040001A5", "<", "> R(0) other", "<", "> R(0) other", "<"];
    let in_vain = ["> S(RESYNCH request)", "<"].repeat(3);
    play(32, &COMMAND, &[&silence[..], &in_vain].concat(), Err(Fault::Silent));
    assert_eq!(Fault::Silent.kind(), ErrorKind::Timeout);
}

#[test]
fn without_resynchronisation_as_emv_has_it() {
    let limits = Limits::EMV;
    let mut stage = Stage::new(32, usize::MAX, limits, &IN_VAIN);
    assert_eq!(stage.transmit(&COMMAND), Err(Fault::Garbled));
    stage.over();
}

#[test]
fn a_command_is_not_sent_twice_if_the_caller_says_so() {
    let lines = [&IN_VAIN[..], &["> S(RESYNCH request)", "< S(RESYNCH response)"], &AGAIN].concat();
    let limits = Limits::DEFAULT;
    let mut stage = Stage::new(32, usize::MAX, limits, &lines);
    assert_eq!(stage.transmit(&COMMAND), Err(Fault::Resynchronised));
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    stage.over();
}

/// The log in CCID issue 72: the card is out of step and stays so.
#[test]
fn a_card_that_asks_for_the_wrong_block_for_ever_does_not_hold_us() {
    let lines = [
        "> I(0,0) 00A4040001A5",
        "< I(0,0) 9000",
        "> I(1,0) 00A4040001A5",
        "< R(0) other",
        "> R(1) other",
        "< I(0,0) 6D00",
        "> R(1) other",
        "< R(0) other",
        "> R(1) other",
        "< R(0) other",
        "> R(1) other",
        "< R(0) other",
        "> S(RESYNCH request)",
        "< S(RESYNCH response)",
        "> I(0,0) 00A4040001A5",
        "< I(0,0) 9000",
    ];
    let mut stage = Stage::new(32, usize::MAX, STANDARD, &lines);
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    stage.over();
}

#[test]
fn ifs_unknown_to_the_card_is_done_without() {
    let lines = [
        "> S(IFS request) FE",
        "< R(0) other",
        "> S(IFS request) FE",
        "< R(0) other",
        "> S(IFS request) FE",
        "< R(0) other",
        "> S(RESYNCH request)",
        "< S(RESYNCH response)",
    ];
    let mut stage = Stage::new(32, usize::MAX, STANDARD, &lines);
    assert!(stage.line.agree_ifs(254).wait(&mut stage.clock).is_ok());
    assert_eq!(stage.line.session().ifsd(), 32);
    stage.over();
}

#[test]
fn a_changed_ifs_does_not_change_the_block_in_the_air() {
    let lines = [
        "> I(0,1) 00A404",
        "< S(IFS request) 02",
        "> S(IFS response) 02",
        "< R(0) check",
        "> I(0,1) 00A404",
        "< R(1)",
        "> I(1,1) 0001",
        "< R(0)",
        "> I(0,0) A5",
        "< I(0,0) 9000",
    ];
    play(3, &COMMAND, &lines, Ok(&[0x90, 0x00]));
}

type CardLine = Line<SimPort<T1Line, VirtualClock>>;

fn with_card(
    card: T1Card,
    parameters: T1Parameters,
) -> (CardLine, Simulated<T1Line>, VirtualClock) {
    let clock = VirtualClock::new();
    let card = Simulated::new(T1Line::new(card));
    let mut line = Line::new(card.port(clock.clone()), timing(), STANDARD);
    line.reset(&parameters, timing());
    (line, card, clock)
}

fn big_ifs() -> T1Parameters {
    T1Parameters { ifsc: 254, ..T1Parameters::default() }
}

/// Case 4 with 255 bytes, as long as a short command gets.
fn longest_command() -> Vec<u8> {
    let mut command = vec![0x00, 0xDA, 0x00, 0x00, 255];
    command.extend(0..255);
    command.push(0);
    command
}

fn exchange(line: &mut CardLine, clock: &mut VirtualClock, command: &[u8]) -> Vec<u8> {
    line.transmit(command).wait(clock).unwrap();
    line.response().to_vec()
}

#[test]
fn long_commands_and_responses_at_every_ifsc_and_check() {
    let mut want: Vec<u8> = (0..255).collect();
    want.extend([0x90, 0x00]);
    for ifsc in [1, 2, 7, 16, 32, 253, 254] {
        for crc in [false, true] {
            let card = T1Card::echo().with_ifsc(ifsc);
            let card = if crc { card.with_crc() } else { card };
            let edc = if crc { Edc::Crc } else { Edc::Lrc };
            let parameters = T1Parameters { ifsc, edc, ..T1Parameters::default() };
            let (mut line, card, mut clock) = with_card(card, parameters);
            line.agree_ifs(ifsc.max(20)).wait(&mut clock).unwrap();
            assert_eq!(exchange(&mut line, &mut clock, &longest_command()), want);
            let all = exchange(&mut line, &mut clock, &[0, 0xB2, 1, 0x0C, 0]);
            assert_eq!(all.len(), Response::MAX);
            assert_eq!(card.device().card.violations(), [""; 0]);
        }
    }
}

#[test]
fn every_trick_of_the_card_that_the_protocol_can_mend_is_mended() {
    let tricks = [
        Trick::WrongCheck,
        Trick::LostBlock,
        Trick::Pcb(0x83),
        Trick::Pcb(0x01),
        Trick::WrongNad,
        Trick::Misheard,
        Trick::Ifs(5),
        Trick::Ifs(254),
        Trick::Wtx { multiplier: 1, times: 3 },
        Trick::Wtx { multiplier: 255, times: 2 },
    ];
    for first in &tricks {
        for second in &tricks {
            let (mut line, card, mut clock) = with_card(T1Card::echo(), big_ifs());
            card.device().card.plan(first.clone());
            card.device().card.plan(second.clone());
            let response = exchange(&mut line, &mut clock, &longest_command());
            assert_eq!(response.len(), 257, "{first:?}, {second:?}");
            assert!(response.ends_with(&[254, 0x90, 0x00]));
            let card = card.device();
            assert_eq!(card.card.violations(), [""; 0], "{first:?}, {second:?}");
        }
    }
}

#[test]
fn a_card_out_of_step_is_resynchronised() {
    let (mut line, card, mut clock) = with_card(T1Card::echo(), big_ifs());
    assert_eq!(exchange(&mut line, &mut clock, &COMMAND), [0xA5, 0x90, 0x00]);
    for _ in 0..2 {
        card.device().card.plan(Trick::OutOfStep);
        assert_eq!(exchange(&mut line, &mut clock, &COMMAND), [0xA5, 0x90, 0x00]);
    }
    assert_eq!(line.session().ifsd(), 32);
}

#[test]
fn wtx_is_echoed_but_its_wait_and_number_are_bounded() {
    let (mut line, card, mut clock) = with_card(T1Card::echo(), big_ifs());
    card.device().card.plan(Trick::Wtx { multiplier: 255, times: usize::from(u8::MAX) });
    let result = line.transmit(&COMMAND).wait(&mut clock);
    assert_eq!(result.map_err(fault), Err(Fault::KeepsAsking));
    assert_eq!(card.device().card.violations(), [""; 0]);
    // The next command resynchronises first.
    assert_eq!(exchange(&mut line, &mut clock, &COMMAND), [0xA5, 0x90, 0x00]);
}

#[test]
fn a_card_that_never_answers_is_given_up_in_six_block_waiting_times() {
    let (mut line, card, mut clock) = with_card(T1Card::echo(), big_ifs());
    card.device().card.plan(Trick::Mute);
    let result = line.transmit(&COMMAND).wait(&mut clock);
    assert_eq!(result.map_err(fault), Err(Fault::Silent));
    let block = timing().block;
    assert!(clock.now() > Instant::ZERO + block.times(6));
    assert!(clock.now() < Instant::ZERO + block.times(8));
}

#[test]
fn a_babbling_line_ends() {
    struct Babble;
    impl Device for Babble {
        fn receive(&mut self, _: &[u8], _: Instant) {}
        fn transmit(&mut self, _: Instant) -> Vec<u8> {
            vec![0x55; 64]
        }
    }
    let mut clock = VirtualClock::new();
    let port = Simulated::new(Babble).port(clock.clone());
    let mut line = Line::new(port, timing(), STANDARD);
    let mut call = line.transmit(&COMMAND);
    let result = loop {
        clock.advance(Duration::from_micros(500));
        match call.poll(clock.now()) {
            Err(nb::Error::WouldBlock) => {}
            other => break other,
        }
    };
    assert!(matches!(result, Err(nb::Error::Other(CallError::Device(Fault::Garbled)))));
    assert!(clock.now() < Instant::ZERO + Duration::from_secs(60));
}

#[test]
fn line_faults_are_mended() {
    let faults = [
        sim::Fault::WrongCheck,
        sim::Fault::Late(Duration::from_millis(150)),
        sim::Fault::Late(Duration::from_millis(350)),
        sim::Fault::Silence,
        sim::Fault::Noise(vec![0x55, 0x00, 0xFF]),
        sim::Fault::Noise(vec![0x00]),
        sim::Fault::LostByte(0),
        sim::Fault::LostByte(2),
        sim::Fault::LostByte(9),
        sim::Fault::DoubledByte(1),
        sim::Fault::DoubledByte(5),
        sim::Fault::Repeated,
        sim::Fault::Flipped(2, 0xFF),
    ];
    for fault in &faults {
        for chunk in [1, usize::MAX] {
            let mut clock = VirtualClock::new();
            let card = Simulated::new(T1Line::new(T1Card::echo().with_ifsc(60)));
            let port = card.port(clock.clone()).chunked(chunk);
            let mut line = Line::new(port, timing(), STANDARD);
            for round in 0..3 {
                card.device().outbox.inject(fault.clone());
                let n = line.transmit(&longest_command()).wait(&mut clock);
                assert_eq!(n, Ok(257), "{fault:?}, chunks of {chunk}, round {round}");
                assert_eq!(line.response()[..3], [0, 1, 2]);
            }
        }
    }
}

#[test]
fn a_dropped_call_leaves_a_line_that_can_be_used() {
    for polls in 0..40 {
        let (mut line, _card, mut clock) = with_card(T1Card::echo().with_ifsc(60), big_ifs());
        line.reset(&T1Parameters { ifsc: 60, ..T1Parameters::default() }, timing());
        let mut call = line.transmit(&longest_command());
        for _ in 0..polls {
            let _ = call.poll(clock.now());
            clock.advance(Duration::from_micros(700));
        }
        drop(call);
        let response = exchange(&mut line, &mut clock, &[0, 0xB2, 1, 0x0C, 3]);
        assert_eq!(response, [0, 1, 2, 0x90, 0x00], "dropped after {polls} polls");
    }
}

#[test]
fn what_is_no_short_command_is_not_sent() {
    for len in [0, 3, 262, 1000] {
        let mut stage = Stage::new(32, usize::MAX, STANDARD, &[]);
        assert_eq!(stage.transmit(&vec![0; len]), Err(Fault::Command));
        stage.over();
    }
    assert_eq!(Fault::Command.kind(), ErrorKind::Argument);
}

#[test]
fn debug_shows_no_command_and_no_response() {
    let (mut line, _card, mut clock) = with_card(T1Card::echo(), big_ifs());
    exchange(&mut line, &mut clock, &[0x00, 0x20, 0x00, 0x80, 0x03, 0xAA, 0xBB, 0xCC]);
    let text = format!("{:?}", line.session());
    assert!(!text.contains("170") && !text.contains("187"), "{text}");
}

/// A loop that polls every five milliseconds, and a card whose characters come
/// every 1.2: longer than the character waiting time of 2 is nothing between
/// them, though it looks like it.
#[test]
fn a_loop_that_polls_less_often_than_characters_come_gets_its_block() {
    struct Slow {
        out: VecDeque<(Instant, u8)>,
    }
    impl Device for Slow {
        fn receive(&mut self, bytes: &[u8], now: Instant) {
            assert_eq!(bytes, block("I(0,0) 00A4040001A5"));
            let answer = block("I(0,0) 0102030405060708090A9000");
            let mut at = now + Duration::from_millis(12);
            for byte in answer {
                self.out.push_back((at, byte));
                at += timing().byte;
            }
        }
        fn transmit(&mut self, now: Instant) -> Vec<u8> {
            let due = self.out.iter().take_while(|(at, _)| *at <= now).count();
            self.out.drain(..due).map(|(_, byte)| byte).collect()
        }
    }
    let mut clock = VirtualClock::new();
    let port = Simulated::new(Slow { out: VecDeque::new() }).port(clock.clone());
    let mut line = Line::new(port, timing(), STANDARD);
    let mut call = line.transmit(&COMMAND);
    let result = loop {
        match call.poll(clock.now()) {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(5)),
            other => break other,
        }
    };
    assert_eq!(result, Ok(12));
}

/// The response to the command that was left may still come; without
/// resynchronisation nothing tells it from that to the next.
#[test]
fn without_resynchronisation_a_command_left_half_way_needs_a_reset() {
    let limits = Limits::EMV;
    let lines = ["> I(0,0) 00A4040001A5", "< I(0,0) 6A82", "> I(0,0) 00B2010C00", "< I(0,0) 9000"];
    let mut stage = Stage::new(32, usize::MAX, limits, &lines);
    let mut call = stage.line.transmit(&COMMAND);
    while call.poll(stage.clock.now()) == Err(nb::Error::WouldBlock)
        && stage.script.device().lines.len() == lines.len()
    {
        stage.clock.advance(Duration::from_micros(100));
    }
    drop(call);
    let read = [0x00, 0xB2, 0x01, 0x0C, 0x00];
    assert_eq!(stage.transmit(&read), Err(Fault::Unsettled));
    let ifs = stage.line.agree_ifs(254).wait(&mut stage.clock);
    assert_eq!(ifs.map_err(fault), Err(Fault::Unsettled));
    assert_eq!(stage.transmit(&read), Err(Fault::Unsettled));
    assert_eq!(stage.script.device().lines.len(), 2, "nothing was sent");
    assert_eq!(Fault::Unsettled.kind(), ErrorKind::Protocol);
    // What had come in the meantime is lost with the reset.
    stage.clock.advance(Duration::from_millis(5));
    assert_eq!(stage.script.device().transmit(stage.clock.now()).len(), 6);
    stage.line.reset(&T1Parameters::default(), timing());
    assert_eq!(stage.transmit(&read), Ok(vec![0x90, 0x00]));
    stage.over();
}

#[test]
fn a_command_whose_end_was_not_sent_is_sent_again_in_any_case() {
    let chained = ["> I(0,1) 00A404", "< R(1)", "> I(1,0) 0001A5", "< I(0,0) 9000"];
    let in_vain =
        ["> I(0,1) 00A404", "<x R(1)", "> R(0) check", "<", "> R(0) check", "<x R(0) check"];
    let resynch = ["> S(RESYNCH request)", "< S(RESYNCH response)"];
    let limits = Limits::DEFAULT;
    let mut stage = Stage::new(3, usize::MAX, limits, &[&in_vain[..], &resynch, &chained].concat());
    assert_eq!(stage.transmit(&COMMAND), Ok(vec![0x90, 0x00]));
    stage.over();
    // The end went out: the card may have acted.
    let in_vain = [&chained[..3], &["<", "> R(0) other", "<", "> R(0) other", "<"]].concat();
    let mut stage = Stage::new(3, usize::MAX, limits, &[&in_vain[..], &resynch].concat());
    assert_eq!(stage.transmit(&COMMAND), Err(Fault::Resynchronised));
    stage.over();
}

#[test]
fn a_card_that_was_granted_more_time_is_given_it() {
    struct Busy {
        heard: Vec<Vec<u8>>,
        said: sim::Outbox,
    }
    impl Device for Busy {
        fn receive(&mut self, bytes: &[u8], now: Instant) {
            self.heard.push(bytes.into());
            match self.heard.len() {
                1 => self.said.push(now, timing().block, block("S(WTX request) 05")),
                _ => self.said.push(now, timing().block.times(5), block("I(0,0) 9000")),
            }
        }
        fn transmit(&mut self, now: Instant) -> Vec<u8> {
            self.said.take(now)
        }
    }
    let mut clock = VirtualClock::new();
    let card = Simulated::new(Busy { heard: Vec::new(), said: sim::Outbox::default() });
    let mut line = Line::new(card.port(clock.clone()), timing(), STANDARD);
    assert_eq!(line.transmit(&COMMAND).wait(&mut clock), Ok(2));
    let want = [block("I(0,0) 00A4040001A5"), block("S(WTX response) 05")];
    assert_eq!(card.device().heard, want);
}

/// Rule 6: as after the reset, so with the sizes of the ATR.
#[test]
fn resynchronisation_forgets_what_the_card_told_of_its_ifs() {
    let smaller = [
        "> I(0,0) 00A4040001A5",
        "< S(IFS request) 02",
        "> S(IFS response) 02",
        "<x I(0,0) 9000",
        "> R(0) check",
        "<x I(0,0) 9000",
        "> R(0) check",
        "<x I(0,0) 9000",
    ];
    let resynch = ["> S(RESYNCH request)", "< S(RESYNCH response)"];
    plays_well(&[&smaller[..], &resynch, &AGAIN].concat());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever a card says, it ends, and within the patience we have.
    #[test]
    fn any_answers_end(answers in prop::collection::vec(
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..12),
            (any::<u8>(), prop::collection::vec(any::<u8>(), 0..3)).prop_map(|(pcb, inf)| {
                let mut block = vec![0, pcb, inf.len() as u8];
                block.extend(inf);
                block.push(block.iter().fold(0, |sum, byte| sum ^ byte));
                block
            }),
        ], 0..60)) {
        struct Any { answers: VecDeque<Vec<u8>>, outbox: sim::Outbox }
        impl Device for Any {
            fn receive(&mut self, _: &[u8], now: Instant) {
                let answer = self.answers.pop_front().unwrap_or_default();
                self.outbox.push(now, Duration::from_millis(1), answer);
            }
            fn transmit(&mut self, now: Instant) -> Vec<u8> {
                self.outbox.take(now)
            }
        }
        let mut clock = VirtualClock::new();
        let card = Any { answers: answers.into(), outbox: sim::Outbox::default() };
        let port = Simulated::new(card).port(clock.clone());
        let mut line = Line::new(port, timing(), STANDARD);
        let _ = line.transmit(&COMMAND).wait(&mut clock);
        prop_assert!(clock.now() < Instant::ZERO + Duration::from_secs(120));
    }
}
