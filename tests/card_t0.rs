//! T=0: the cases and procedure bytes of ISO/IEC 7816-3:2006, clauses 10 and
//! 12, and the examples of EMV Book 1, Annex A, byte by byte.

use std::collections::VecDeque;

use embedded_pos::card::Command;
use embedded_pos::card::t0::{Fault, Limits, Line, Mapping, Timing};
use embedded_pos::port::{CallError, Clock, Duration, Instant};
use embedded_pos::sim::{self, Device, SimPort, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind, nb};
use proptest::prelude::*;

fn timing() -> Timing {
    Timing::new(10, 3_579_545, 372, 1)
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&String::from_iter(pair), 16).unwrap()).collect()
}

/// A card that follows a script: `> hex` is what it must hear, `< hex` what it
/// says then. It answers 16 etu after the last character, not before.
struct Script {
    lines: VecDeque<&'static str>,
    heard: Vec<u8>,
    said: sim::Outbox,
    wrong: Option<String>,
    /// When the card has said what it had to say.
    quiet: Instant,
}

impl Script {
    fn speak(&mut self, now: Instant) {
        while let Some(text) = self.lines.front().and_then(|line| line.strip_prefix("< ")) {
            let text = hex(text);
            self.said.push(now, timing().turnaround, text);
            self.quiet = now + timing().turnaround;
            self.lines.pop_front();
        }
    }
}

impl Device for Script {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        if now.since(self.quiet) < timing().turnaround && self.quiet > Instant::ZERO {
            self.wrong.get_or_insert(format!("{bytes:02X?} within 16 etu"));
        }
        self.heard.extend(bytes);
        let line = self.lines.front().copied().unwrap_or("nothing");
        let want = line.strip_prefix("> ").map(hex).unwrap_or_default();
        if !want.starts_with(&self.heard) {
            let heard = &self.heard;
            self.wrong.get_or_insert(format!("heard {heard:02X?}, the script says {line}"));
        }
        if want == self.heard {
            self.heard.clear();
            self.lines.pop_front();
            self.speak(now);
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
    fn new(chunk: usize, limits: Limits, lines: &[&'static str]) -> Self {
        let clock = VirtualClock::new();
        let script = Simulated::new(Script {
            lines: lines.iter().copied().collect(),
            heard: Vec::new(),
            said: sim::Outbox::default(),
            wrong: None,
            quiet: Instant::ZERO,
        });
        let line = Line::new(script.port(clock.clone()).chunked(chunk), timing(), limits);
        Self { line, script, clock }
    }

    fn transmit(&mut self, command: &str) -> Result<Vec<u8>, Fault> {
        let result = self.line.transmit(&hex(command)).wait(&mut self.clock);
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

fn play_with(limits: Limits, command: &str, lines: &[&'static str], want: Result<&str, Fault>) {
    for chunk in [1, 2, 3, usize::MAX] {
        let mut stage = Stage::new(chunk, limits, lines);
        assert_eq!(stage.transmit(command), want.map(hex), "chunks of {chunk}");
        stage.over();
    }
}

fn play(command: &str, lines: &[&'static str], want: &str) {
    play_with(Limits::DEFAULT, command, lines, Ok(want));
}

fn fails(command: &str, lines: &[&'static str], want: Fault) {
    play_with(Limits::DEFAULT, command, lines, Err(want));
}

#[test]
fn case_1_has_p3_00() {
    play("00448000", &["> 0044800000", "< 9000"], "9000");
    play("00448000", &["> 0044800000", "< 6A86"], "6A86");
}

#[test]
fn case_1_whose_header_is_acknowledged() {
    play("00448000", &["> 0044800000", "< 44 9000"], "9000");
    play("00448000", &["> 0044800000", "< 60 BB 9000"], "9000");
}

#[test]
fn case_2s_1_le_is_accepted() {
    play("00B2010C03", &["> 00B2010C03", "< B2 700101 9000"], "700101 9000");
}

#[test]
fn case_2s_2_le_is_not_accepted() {
    play("00B2010C03", &["> 00B2010C03", "< 6700"], "6700");
}

#[test]
fn case_2s_3_the_card_tells_the_length() {
    let lines = ["> 00B2010C00", "< 6C04", "> 00B2010C04", "< B2 01020304 9000"];
    play("00B2010C00", &lines, "01020304 9000");
    // It has more than was asked for: only so much is handed on.
    let lines = ["> 00B2010C02", "< 6C04", "> 00B2010C04", "< B2 01020304 9000"];
    play("00B2010C02", &lines, "0102 9000");
}

#[test]
fn case_2s_4_the_data_waits_for_get_response() {
    let lines = ["> 80CA9F3600", "< 6105", "> 00C0000005", "< C0 9F36020001 9000"];
    play("80CA9F3600", &lines, "9F36020001 9000");
}

#[test]
fn case_3s() {
    let lines = ["> 0020008008", "< 20", "> 241234FFFFFFFFFF", "< 9000"];
    play("0020008008 241234FFFFFFFFFF", &lines, "9000");
    let lines = ["> 0020008008", "< 20", "> 241234FFFFFFFFFF", "< 63C2"];
    play("0020008008 241234FFFFFFFFFF", &lines, "63C2");
}

#[test]
fn case_3s_refused_before_the_data() {
    play("0020008002 1234", &["> 0020008002", "< 6983"], "6983");
    // No data was asked for, so 61xx and 6Cxx are nothing but status words.
    play("0020008002 1234", &["> 0020008002", "< 20", "> 1234", "< 6110"], "6110");
    play("0020008002 1234", &["> 0020008002", "< 20", "> 1234", "< 6C10"], "6C10");
}

#[test]
fn case_4s_1_refused() {
    play("00A4040002 A000 00", &["> 00A4040002", "< A4", "> A000", "< 6A82"], "6A82");
}

#[test]
fn case_4s_2_done_without_telling_of_data() {
    let lines = ["> 00A4040002", "< A4", "> A000", "< 9000"];
    play("00A4040002 A000 00", &lines, "9000");
    let iso = Limits { mapping: Mapping::Iso, ..Limits::DEFAULT };
    let fetch = ["> 00C0000003", "< C0 6F0100 9000"];
    play_with(iso, "00A4040002 A000 03", &[&lines[..], &fetch].concat(), Ok("6F0100 9000"));
    let none = ["> 00C0000000", "< 6F00"];
    play_with(iso, "00A4040002 A000 00", &[&lines[..], &none].concat(), Ok("9000"));
}

#[test]
fn case_4s_3_get_response_fetches_it() {
    let lines = ["> 00A4040002", "< A4", "> A000", "< 6103", "> 00C0000003", "< C0 6F0100 9000"];
    play("00A4040002 A000 00", &lines, "6F0100 9000");
    // Le is less than there is: only so much is asked for.
    let lines = ["> 00A4040002", "< A4", "> A000", "< 6103", "> 00C0000002", "< C0 6F01 6101"];
    play("00A4040002 A000 02", &lines, "6F01 6101");
}

#[test]
fn get_response_in_pieces() {
    let lines = [
        "> 00A4040002",
        "< A4",
        "> A000",
        "< 6102",
        "> 00C0000002",
        "< C0 0102 6103",
        "> 00C0000003",
        "< C0 030405 9000",
    ];
    play("00A4040002 A000 00", &lines, "0102030405 9000");
}

/// EMV Book 1, A6: the card prefers to tell the length with 6Cxx.
#[test]
fn get_response_is_asked_again_with_the_length_of_6cxx() {
    let lines = [
        "> 00A4040002",
        "< A4",
        "> A000",
        "< 6100",
        "> 00C0000000",
        "< 6C02",
        "> 00C0000002",
        "< C0 0102 9000",
    ];
    play("00A4040002 A000 00", &lines, "0102 9000");
}

/// EMV Book 1, A7.
#[test]
fn case_4s_with_a_warning_is_fetched_and_the_warning_stands() {
    let lines = [
        "> 00A4040002",
        "< A4",
        "> A000",
        "< 6283",
        "> 00C0000000",
        "< 6C02",
        "> 00C0000002",
        "< C0 6F00 9000",
    ];
    play("00A4040002 A000 00", &lines, "6F00 6283");
    let none = ["> 00A4040002", "< A4", "> A000", "< 63C1", "> 00C0000000", "< 6985"];
    play("00A4040002 A000 00", &none, "63C1");
    let iso = Limits { mapping: Mapping::Iso, ..Limits::DEFAULT };
    play_with(iso, "00A4040002 A000 00", &lines[..4], Ok("6283"));
}

#[test]
fn get_response_goes_to_the_logical_channel_of_the_command() {
    for (command, get_response) in [
        ("> 01A4040001", "> 01C0000001"),
        ("> 13A4040001", "> 03C0000001"),
        ("> 0CA4040001", "> 00C0000001"),
        ("> 45A4040001", "> 45C0000001"),
        ("> 73A4040001", "> 43C0000001"),
        ("> 80A8000001", "> 00C0000001"),
        ("> A0A4000001", "> A0C0000001"),
    ] {
        let ins = if command.contains("A4") { "< A4" } else { "< A8" };
        let lines = [command, ins, "> 83", "< 6101", get_response, "< C0 55 9000"];
        play(&format!("{} 83 00", &command[2..]), &lines, "55 9000");
    }
}

#[test]
fn the_longest_of_each() {
    let data = "5A".repeat(255);
    let sent = Box::leak(format!("> {data}").into_boxed_str());
    let all = "A5".repeat(256);
    let came = Box::leak(format!("< C0 {all} 9000").into_boxed_str());
    let lines = ["> 00DA0000FF", "< DA", sent, "< 6100", "> 00C0000000", came];
    play(&format!("00DA0000FF {data} 00"), &lines, &format!("{all} 9000"));
}

/// Every order of NULL, all and one by one, in both directions.
#[test]
fn procedure_bytes_in_any_order() {
    let sent = [
        &["> 0020008003", "< 20", "> 010203", "< 9000"][..],
        &["> 0020008003", "< DF", "> 01", "< DF", "> 02", "< DF", "> 03", "< 9000"],
        &["> 0020008003", "< DF", "> 01", "< 20", "> 0203", "< 60 60", "< 9000"],
        &["> 0020008003", "< 60 DF", "> 01", "< 60 60 DF", "> 02", "< 60 20", "> 03", "< 60 9000"],
        &["> 0020008003", "< 60", "< 60", "< 20", "> 010203", "< 60 9000"],
    ];
    for lines in sent {
        play("0020008003 010203", lines, "9000");
    }
    let came = [
        "< B2 010203 9000",
        "< 4D 01 4D 02 4D 03 9000",
        "< 4D 01 B2 0203 9000",
        "< 60 4D 01 60 60 4D 02 60 B2 03 60 60 9000",
        "< 60 60 B2 010203 60 9000",
        "< 4D 01 4D 02 B2 03 9000",
    ];
    for line in came {
        play("00B2010C03", &["> 00B2010C03", line], "010203 9000");
    }
}

#[test]
fn a_card_may_end_in_the_middle_of_its_data() {
    play("0020008003 010203", &["> 0020008003", "< DF", "> 01", "< 6581"], "6581");
    play("00B2010C03", &["> 00B2010C03", "< 4D 01 6281"], "01 6281");
}

#[test]
fn wrong_procedure_bytes() {
    for line in ["< 00", "< B3", "< 4C", "< FF", "< 3B"] {
        fails("00B2010C03", &["> 00B2010C03", line], Fault::Garbled);
    }
    // All data is there, and it is asked for or announced once more.
    fails("00B2010C01", &["> 00B2010C01", "< B2 01 B2"], Fault::Garbled);
    fails("00B2010C01", &["> 00B2010C01", "< B2 01 4D"], Fault::Garbled);
    fails("0020008001 01", &["> 0020008001", "< 20", "> 01", "< DF"], Fault::Garbled);
    // A character too many.
    fails("00B2010C01", &["> 00B2010C01", "< B2 01 9000 00"], Fault::Garbled);
    fails("00B2010C02", &["> 00B2010C02", "< B2 0101 02 9000"], Fault::Garbled);
    assert_eq!(Fault::Garbled.kind(), ErrorKind::Line);
}

#[test]
fn missing_bytes() {
    for lines in [
        &["> 00B2010C03"][..],
        &["> 00B2010C03", "< 60"],
        &["> 00B2010C03", "< B2"],
        &["> 00B2010C03", "< B2 01"],
        &["> 00B2010C03", "< B2 010203"],
        &["> 00B2010C03", "< B2 010203 90"],
        &["> 00B2010C03", "< 4D 01"],
    ] {
        fails("00B2010C03", lines, Fault::Silent);
    }
    fails("0020008001 01", &["> 0020008001", "< 20", "> 01"], Fault::Silent);
    assert_eq!(Fault::Silent.kind(), ErrorKind::Timeout);
}

#[test]
fn silence_is_noticed_after_the_work_waiting_time_and_not_before() {
    let mut stage = Stage::new(1, Limits::DEFAULT, &["> 00B2010C03"]);
    assert_eq!(stage.transmit("00B2010C03"), Err(Fault::Silent));
    let work = timing().work;
    assert!(stage.clock.now() > Instant::ZERO + work);
    assert!(stage.clock.now() < Instant::ZERO + work + work);
}

#[test]
fn null_bytes_are_counted() {
    let patient = Limits { patience: 3, ..Limits::DEFAULT };
    let lines = ["> 00B2010C01", "< 60", "< 60 60", "< B2 60 9000"];
    play_with(patient, "00B2010C01", &lines, Ok("60 9000"));
    let lines = ["> 00B2010C01", "< 60 60", "< 60 60"];
    play_with(patient, "00B2010C01", &lines, Err(Fault::KeepsAsking));
    assert_eq!(Fault::KeepsAsking.kind(), ErrorKind::Timeout);
}

#[test]
fn a_card_that_asks_to_be_asked_again_is_given_up() {
    let limits = Limits { follow_ups: 2, ..Limits::DEFAULT };
    let again = ["> 00B2010C00", "< 6C00", "> 00B2010C00", "< 6C00", "> 00B2010C00", "< 6C00"];
    play_with(limits, "00B2010C00", &again, Err(Fault::KeepsAsking));
    let again = ["> 80CA000000", "< 6101", "> 00C0000001", "< 6101", "> 00C0000001", "< 6101"];
    play_with(limits, "80CA000000", &again, Err(Fault::KeepsAsking));
}

#[test]
fn what_cannot_be_carried_is_not_sent() {
    let extended = format!("00B2010C {} 0100 {}", "00", "00".repeat(256));
    for (command, want) in [
        ("", Fault::Command),
        ("00B201", Fault::Command),
        ("0020008003 0102", Fault::Command),
        ("0020008003 010203 00 00", Fault::Command),
        ("0061000000", Fault::Command),
        ("009F000000", Fault::Command),
        // Lc of 00 and an Le.
        ("00B2010C 00 05", Fault::Command),
        ("00B2010C 00 0000 00", Fault::Command),
        // What is kept is short.
        ("00B2010C 00 0101", Fault::Command),
        (&extended, Fault::Command),
    ] {
        fails(command, &[], want);
    }
    assert_eq!(Fault::Command.kind(), ErrorKind::Argument);
    assert_eq!(hex(&extended).len(), 7 + 256);
    assert_eq!(Command::MAX, 261);
}

#[test]
fn after_a_fault_the_card_needs_a_reset() {
    let lines = ["> 00B2010C01", "< 00", "> 00B2010C01", "< B2 55 9000"];
    let mut stage = Stage::new(1, Limits::DEFAULT, &lines);
    assert_eq!(stage.transmit("00B2010C01"), Err(Fault::Garbled));
    assert_eq!(stage.transmit("00B2010C01"), Err(Fault::Unsettled));
    assert_eq!(stage.transmit("00B2010C01"), Err(Fault::Unsettled));
    assert_eq!(Fault::Unsettled.kind(), ErrorKind::Protocol);
    stage.line.reset(timing());
    assert_eq!(stage.transmit("00B2010C01"), Ok(hex("559000")));
    stage.over();
}

#[test]
fn a_call_that_was_dropped_needs_one_too() {
    let lines = ["> 00B2010C01", "< B2 55 9000"];
    let mut stage = Stage::new(1, Limits::DEFAULT, &lines);
    let command = hex("00B2010C01");
    let mut call = stage.line.transmit(&command);
    for _ in 0..5 {
        assert_eq!(call.poll(stage.clock.now()), Err(nb::Error::WouldBlock));
        stage.clock.advance(Duration::from_micros(700));
    }
    drop(call);
    assert_eq!(stage.transmit("00B2010C01"), Err(Fault::Unsettled));
}

#[test]
fn what_came_before_the_command_is_old() {
    let mut stage = Stage::new(1, Limits::DEFAULT, &["> 00B2010C01", "< B2 55 9000"]);
    let now = stage.clock.now();
    stage.script.device().said.push(now, Duration::from_micros(100), vec![0x90, 0x00, 0x55]);
    assert_eq!(stage.transmit("00B2010C01"), Ok(hex("559000")));
    stage.over();
}

#[test]
fn debug_shows_no_command_and_no_response() {
    let lines = ["> 0020008002", "< 20", "> AABB", "< 9000"];
    let mut stage = Stage::new(1, Limits::DEFAULT, &lines);
    assert_eq!(stage.transmit("0020008002 AABB"), Ok(hex("9000")));
    let text = format!("{:?}", stage.line.session());
    assert!(!text.contains("170") && !text.contains("187"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever a card says, it ends, and within the patience we have.
    #[test]
    fn any_answers_end(
        command in prop_oneof![Just("00B2010C00"), Just("00A4040002A00000"), Just("00448000")],
        answers in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..6),
            prop_oneof![Just(vec![0x60]), Just(vec![0xA4]), Just(vec![0xC0, 1, 0x61, 0x01]),
                Just(vec![0x6C, 0x01]), Just(vec![0x61, 0x01]), Just(vec![0xB2])],
        ], 0..60),
        late in 0_u64..1_200,
    ) {
        struct Any { answers: VecDeque<Vec<u8>>, outbox: sim::Outbox, late: Duration }
        impl Device for Any {
            fn receive(&mut self, _: &[u8], now: Instant) {
                let answer = self.answers.pop_front().unwrap_or_default();
                self.outbox.push(now, self.late, answer);
            }
            fn transmit(&mut self, now: Instant) -> Vec<u8> {
                self.outbox.take(now)
            }
        }
        let mut clock = VirtualClock::new();
        let late = Duration::from_millis(late);
        let card = Any { answers: answers.into(), outbox: sim::Outbox::default(), late };
        let port = Simulated::new(card).port(clock.clone());
        let limits = Limits { patience: 20, ..Limits::DEFAULT };
        let mut line = Line::new(port, timing(), limits);
        let _ = line.transmit(&hex(command)).wait(&mut clock);
        prop_assert!(clock.now() < Instant::ZERO + Duration::from_secs(25));
    }
}
