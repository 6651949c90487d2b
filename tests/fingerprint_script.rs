//! The script language of the simulated fingerprint modules: what is read, what
//! is refused and where, and that one script is played alike on every family.

use embedded_pos::port::{Clock, Duration, Instant};
use embedded_pos::sim::fingerprint::script::{
    Condition, Failure, Misfortune, Module, Reason, Script, Scripted, Unable, When,
};
use embedded_pos::sim::fingerprint::{BmLiteModule, F5Module, Gt511Module, R503Module, SfmModule};
use embedded_pos::sim::{Device, VirtualClock};
use proptest::prelude::*;

/// A module that writes down what is done with it, and when it is asked.
#[derive(Default)]
struct Diary {
    entries: Vec<String>,
    now: u64,
    says: Vec<u8>,
}

impl Diary {
    fn note(&mut self, text: String) {
        self.entries.push(format!("{} {text}", self.now));
    }
}

impl Device for Diary {
    fn receive(&mut self, bytes: &[u8], _now: Instant) {
        self.says.extend(bytes);
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.now = now.as_micros() / 1_000;
        std::mem::take(&mut self.says)
    }
}

impl Module for Diary {
    fn place(&mut self, finger: &str, condition: Condition) -> Result<(), Unable> {
        self.note(format!("place {finger}, {condition}"));
        Ok(())
    }

    fn lift(&mut self) {
        self.note("lift".into());
    }

    fn store(&mut self, slot: u16, finger: &str, condition: Condition) -> Result<(), Unable> {
        self.note(format!("store {slot} {finger}, {condition}"));
        Ok(())
    }

    fn erase(&mut self, slot: u16) -> Result<(), Unable> {
        self.note(format!("erase {slot}"));
        if slot > 100 { Err(Unable::Slot(slot)) } else { Ok(()) }
    }

    fn fault(&mut self, when: When, how: Misfortune) -> Result<(), Unable> {
        self.note(format!("{when:?} {how:?}"));
        Ok(())
    }

    fn power(&mut self, _now: Instant) {
        self.note("power".into());
    }
}

fn at(millis: u64) -> Instant {
    Instant::from_micros(millis * 1_000)
}

fn script(text: &str) -> Script {
    text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// What happens by a script, looked at every so often.
fn played(text: &str, step: u64) -> Vec<String> {
    let mut module = Scripted::new(Diary::default()).playing(script(text));
    for now in (0..=10_000 / step).map(|n| n * step) {
        module.transmit(at(now));
    }
    assert!(module.is_over() && module.failures().is_empty());
    module.module.entries
}

#[test]
fn commands_are_done_in_order_at_their_times() {
    let text = "
        # a comment
        STORE 3 anna   # another
        tap anna 2 ms=300
        AFTER 1 s PLACE bert wet
        WAIT 100
        LIFT
        ERASE 3
        POWER
    ";
    let expected = [
        "0 store 3 anna, good",
        "0 place anna, good",
        "300 lift",
        "500 place anna, good",
        "800 lift",
        "2000 place bert, wet",
        "2100 lift",
        "2100 erase 3",
        "2100 power",
    ];
    assert_eq!(played(text, 1), expected);
    // However seldom it is looked.
    assert_eq!(played(text, 10_000), expected);
}

#[test]
fn what_is_played_later_runs_beside_it_until_it_is_stopped() {
    let mut module = Scripted::new(Diary::default()).playing(script("TAP anna 10000"));
    module.transmit(at(0));
    module.play(script("PLACE bert\nSTOP"));
    module.transmit(at(700));
    module.transmit(at(60_000));
    assert!(module.is_over());
    assert_eq!(module.module.entries, ["0 place anna, good", "700 place bert, good"]);
}

/// Lines that come in one piece are scripts of their own.
#[test]
fn what_is_typed_behind_a_stop_is_played() {
    let mut module = Scripted::new(Diary::default()).playing(script("TAP anna 10000"));
    module.transmit(at(0));
    module.play(script("STOP"));
    module.play(script("PLACE bert"));
    module.transmit(at(700));
    module.transmit(at(60_000));
    assert!(module.is_over());
    assert_eq!(module.module.entries, ["0 place anna, good", "700 place bert, good"]);
}

#[test]
fn faults_in_full() {
    let said = |text| played(text, 10).join("");
    let late = "0 Command(4) Line(Late(Duration { micros: 1500000 }))";
    assert_eq!(said("FAULT late cmd=04 ms=1500"), late);
    assert_eq!(said("FAULT late ms=1500 cmd=4"), late);
    assert_eq!(said("FAULT flip after=2 byte=11"), "0 After(2) Line(Flipped(11, 255))");
    assert_eq!(said("FAULT flip mask=01"), "0 After(0) Line(Flipped(0, 1))");
    assert_eq!(said("FAULT lost byte=7"), "0 After(0) Line(LostByte(7))");
    assert_eq!(said("FAULT double"), "0 After(0) Line(DoubledByte(0))");
    assert_eq!(said("FAULT noise hex=55AA"), "0 After(0) Line(Noise([85, 170]))");
    assert_eq!(said("FAULT check"), "0 After(0) Line(WrongCheck)");
    assert_eq!(said("FAULT twice"), "0 After(0) Line(Repeated)");
    assert_eq!(said("FAULT silent"), "0 After(0) Line(Silence)");
    let stale = "0 Command(4) Stale(15, Duration { micros: 20000 })";
    assert_eq!(said("FAULT stale of=0F cmd=04"), stale);
    assert_eq!(said("FAULT foreign cmd=4002"), "0 Command(16386) Foreign");
    assert_eq!(said("FAULT power"), "0 After(0) Power");
}

#[test]
fn silence_and_babble() {
    let text = "SILENCE ms=100\nAFTER 500 ms BABBLE 55AA\nSILENCE\nAFTER 1 s POWER";
    let mut module = Scripted::new(Diary::default()).playing(script(text));
    let mut heard = |now, bytes: &[u8]| {
        module.receive(bytes, at(now));
        module.transmit(at(now))
    };
    assert_eq!(heard(0, b"a"), b"");
    assert_eq!(heard(99, b"b"), b"");
    assert_eq!(heard(100, b"c"), b"c");
    assert_eq!(heard(500, b""), [0x55, 0xAA]);
    assert_eq!(heard(1_499, b"d"), b"");
    assert_eq!(heard(1_500, b"e"), b"e");
}

#[test]
fn what_is_no_command_is_told_where() {
    let cases: [(&str, usize, usize, Reason); 16] = [
        ("LIFT\n  JUMP", 2, 3, Reason::UnknownCommand("JUMP".into())),
        ("TAP", 1, 4, Reason::Missing("the name of a finger")),
        ("TAP anna 0", 1, 10, Reason::Invalid("a number of times, 1 to 10000", "0".into())),
        ("TAP änna x", 1, 10, Reason::Invalid("a number of times, 1 to 10000", "x".into())),
        ("PLACE anna soft", 1, 12, Reason::Unexpected("soft".into())),
        ("STORE anna", 1, 7, Reason::Invalid("a slot's number", "anna".into())),
        ("STORE 70000 anna", 1, 7, Reason::Invalid("a slot's number", "70000".into())),
        (
            "STORE 3 anna wet",
            1,
            14,
            Reason::Invalid("`duress`, the only kind that is stored", "wet".into()),
        ),
        ("FAULT odd", 1, 7, Reason::Invalid("a kind of fault", "odd".into())),
        ("FAULT late byte=3", 1, 12, Reason::Unexpected("byte=3".into())),
        ("FAULT late cmd=4 after=1", 1, 18, Reason::Unexpected("after=1".into())),
        ("FAULT late cmd=xy", 1, 16, Reason::Invalid("a command in hexadecimal", "xy".into())),
        ("FAULT stale", 1, 12, Reason::Missing("`of=` and a command")),
        ("BABBLE 5", 1, 8, Reason::Invalid("pairs of hexadecimal digits", "5".into())),
        ("WAIT 99999999", 1, 6, Reason::Invalid("a time of 1 to 3600000 ms", "99999999".into())),
        ("AFTER 2 s AFTER 1 LIFT", 1, 11, Reason::UnknownCommand("AFTER".into())),
    ];
    for (text, line, column, reason) in cases {
        let error = text.parse::<Script>().expect_err(text);
        assert_eq!((error.line, error.column, error.reason), (line, column, reason), "{text}");
    }
}

#[test]
fn a_line_that_the_module_cannot_do_is_told_and_the_rest_is_done() {
    let mut module = Scripted::new(Diary::default()).playing(script("\nERASE 200\nLIFT"));
    module.transmit(at(0));
    assert_eq!(module.failures(), [Failure { line: 2, why: Unable::Slot(200) }]);
    assert_eq!(module.module.entries, ["0 erase 200", "0 lift"]);
    assert!(module.failures().is_empty());
}

/// What each family cannot do of a script.
fn unable(module: impl Module, text: &str) -> Vec<Unable> {
    let mut module = Scripted::new(module).playing(script(text));
    module.transmit(VirtualClock::new().now());
    module.failures().into_iter().map(|failure| failure.why).collect()
}

#[test]
fn every_family_plays_what_it_can_and_says_what_it_cannot() {
    let all = "STORE 3 anna\nPLACE anna wet\nPLACE anna dry\nPLACE anna moving\nLIFT\nERASE 3\n\
               FAULT check\nFAULT stale of=04 cmd=04\nFAULT power\nPOWER";
    assert_eq!(unable(R503Module::new(), all), []);
    assert_eq!(unable(Gt511Module::new(), all), []);
    assert_eq!(unable(F5Module::new(), all), []);
    assert_eq!(unable(BmLiteModule::new(), all), []);
    assert_eq!(unable(SfmModule::new(), all), []);

    let some = "PLACE anna fake\nSTORE 1 anna duress\nSTORE 9999 bert\nFAULT foreign\n\
                FAULT check cmd=1234";
    let fakes = [Unable::Finger(Condition::Fake), Unable::Finger(Condition::Duress)];
    let [slot, command] = [Unable::Slot(9_999), Unable::Command(0x1234)];
    let mut expected = fakes.to_vec();
    expected.extend([slot, command]);
    assert_eq!(unable(R503Module::new(), some), expected);
    expected.insert(3, Unable::Foreign);
    assert_eq!(unable(Gt511Module::new(), some), expected);
    assert_eq!(unable(F5Module::new(), some), expected);
    assert_eq!(unable(SfmModule::new(), some), [command]);
    let bmlite = [fakes[0], fakes[1], Unable::Foreign];
    assert_eq!(unable(BmLiteModule::new(), some), bmlite);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        drop(text.parse::<Script>());
    }

    /// Words of the language in any order; played over a leap of time, it ends.
    #[test]
    fn any_words_are_read_or_refused_and_played(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "TAP", "PLACE", "LIFT", "STORE", "ERASE", "FAULT", "POWER", "SILENCE", "BABBLE",
            "AFTER", "WAIT", "STOP", "anna", "wet", "fake", "duress", "3", "0", "10000", "65536",
            "ms", "s", "ms=1", "ms=3600000", "cmd=04", "of=0F", "byte=11", "late", "stale",
            "55AA", "\n", "#", "=", "cmd=",
        ]), 0..24),
    ) {
        if let Ok(script) = words.join(" ").parse::<Script>() {
            let mut module = Scripted::new(R503Module::new()).playing(script);
            let first = Instant::ZERO;
            module.transmit(first);
            module.receive(&[0xEF], first + Duration::from_secs(1));
            module.transmit(Instant::FAR_FUTURE);
            prop_assert!(module.is_over());
        }
    }
}
