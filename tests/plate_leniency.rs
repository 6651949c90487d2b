//! What cameras and what carries their messages get wrong, and costs no reading.

use embedded_pos::port::Instant;
use embedded_pos::scan::plate::feed::axis::Axis;
use embedded_pos::scan::plate::feed::dahua::Dahua;
use embedded_pos::scan::plate::feed::gat1400::Gat1400;
use embedded_pos::scan::plate::feed::hikvision::Hikvision;
use embedded_pos::scan::plate::feed::openalpr::OpenAlpr;
use embedded_pos::scan::plate::feed::plate_recognizer::PlateRecognizer;
use embedded_pos::scan::plate::feed::vzenith::{Profile, Push};
use embedded_pos::scan::plate::feed::{Event, FaultKind, Feed};
use embedded_pos::scan::plate::votes::{How, OutcomeFlags, Rules, Votes};
use embedded_pos::scan::plate::{Confidence, EventId, PlateRead};
use embedded_pos::sim::camera::pushed::{self, Alarm};

/// What came of a message: texts, candidates in brackets, and faults.
fn pieces(feed: &mut dyn Feed, message: &[u8], size: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut add = |event: Result<Event<'_>, embedded_pos::scan::plate::feed::Fault>| match event {
        Ok(Event::Plate(read)) => all.push(read.text.to_string()),
        Ok(Event::Candidate(candidate)) => all.push(format!("({})", candidate.text)),
        Ok(_) => {}
        Err(fault) => all.push(format!("{:?}", fault.kind)),
    };
    for mut bytes in message.chunks(size) {
        loop {
            let (used, event) = feed.push(bytes);
            bytes = &bytes[used..];
            let Some(event) = event else { break };
            add(event);
        }
        assert!(bytes.is_empty());
    }
    while let Some(event) = feed.end() {
        add(event);
    }
    all
}

/// The same of any pieces, and twice.
fn told(mut feed: impl Feed, message: &[u8]) -> Vec<String> {
    let whole = pieces(&mut feed, message, message.len());
    for size in (1..80).chain([message.len()]) {
        assert_eq!(pieces(&mut feed, message, size), whole, "{size}");
    }
    whole
}

const PLATE: &str = r#"{"plateText":"津A12345","carID":"7"}"#;

#[test]
fn what_stands_behind_a_message_is_passed_over() {
    let alarm = Alarm::new("津A12345").http();
    for behind in ["\0", "\0\0\r\n", "\r\n"] {
        let message = [alarm.as_bytes(), behind.as_bytes()].concat();
        assert_eq!(told(Push::http(Profile::Vzenith, [0; 768]), &message), ["津A12345"]);
    }
    for behind in ["", "\r\n", "\r\nthat was all\r\n{", "\0", " \r\n\r\n--c\r\n", "\n<html>"] {
        let message =
            format!("--b\r\nContent-Type: application/json\r\n\r\n{PLATE}\r\n--b--{behind}");
        assert_eq!(told(Axis::new([0; 512]), message.as_bytes()), ["津A12345"], "{behind:?}");
    }
}

#[test]
fn two_dashes_at_the_end_of_a_boundary_line_close_nothing() {
    let message = format!(
        "--b\r\nContent-Type: application/json\r\n\r\n{PLATE}\r\n--b x--\r\nContent-Type: \
         application/json\r\n\r\n{PLATE}\r\n--b-x-\r\nContent-Type: \
         application/json\r\n\r\n{PLATE}\r\n--b--"
    );
    assert_eq!(told(Axis::new([0; 512]), message.as_bytes()), ["津A12345"; 3]);
}

/// A length in characters is too short for plates of China.
#[test]
fn a_length_that_is_too_short_cuts_no_text() {
    for text in [PLATE.to_owned(), PLATE.replace(',', ",\r\n  "), PLATE.replace(':', ":\n--")] {
        let whole = told(Axis::new([0; 512]), text.as_bytes());
        for length in 0..=text.len() {
            let part = format!(
                "--b\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{text}"
            );
            let message = format!("{part}\r\n{part}\r\n--b--\r\n");
            let told = told(Axis::new([0; 512]), message.as_bytes());
            assert_eq!(told, [&whole[..], &whole].concat(), "{length}: {text}");
        }
    }
    let text = "<EventNotificationAlert><ANPR><licensePlate>津A12345</licensePlate></ANPR>\
        </EventNotificationAlert>";
    let message = format!(
        "--b\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{text}\r\n--b--\r\n",
        text.chars().count()
    );
    let feed = Hikvision::new([0; 1024], [0; 256]);
    assert_eq!(told(feed, message.as_bytes()), ["津A12345"]);
}

#[test]
fn a_part_that_does_not_say_what_it_is_is_a_text_if_it_begins_like_one() {
    for (body, found) in [
        (PLATE, true),
        (&format!("\r\n {PLATE}"), true),
        ("12", false),
        ("", false),
        ("\u{FFFD}\0JFIF", false),
    ] {
        let message = format!(
            "--b\r\nContent-Disposition: form-data; name=\"event\"\r\n\r\n{body}\r\n--b\r\n\r\n\
             {body}\r\n--b--\r\n"
        );
        let told = told(Axis::new([0; 512]), message.as_bytes());
        assert_eq!(told, vec!["津A12345"; if found { 2 } else { 0 }], "{body:?}");
    }
}

#[test]
fn vehicles_for_which_there_is_room_are_told() {
    let vehicle = |plate: &str, more: &str| format!(r#"{{"PlateNo":"{plate}"{more}}}"#);
    let long = format!(r#","StorageUrl1":"{}""#, "x".repeat(120));
    let list = |vehicles: &[String]| {
        let vehicles = vehicles.join(",");
        format!(r#"{{"MotorVehicleListObject":{{"MotorVehicleObject":[{vehicles}]}}}}"#)
    };
    let three = list(&[vehicle("津A1", &long), vehicle("津B2", &long), vehicle("津C3", &long)]);
    let told_of = |room: usize, text: &str| told(Gat1400::new(vec![0; room]), text.as_bytes());
    assert_eq!(told_of(1024, &three), ["津A1", "津B2", "津C3"]);
    assert_eq!(told_of(400, &three), ["津A1", "津B2", "Long"]);
    assert_eq!(told_of(200, &three), ["津A1", "Long"]);
    assert_eq!(told_of(100, &three), ["Long"]);
    // One that has no room takes none from those behind it.
    let mixed = list(&[vehicle("津A1", ""), vehicle("津B2", &long), vehicle("津C3", "")]);
    assert_eq!(told_of(100, &mixed), ["津A1", "津C3", "Long"]);

    // What is said of all of them once has its room, though it comes last.
    let results = r#"{"plate":"A1","confidence":90},{"plate":"B2","confidence":80}"#;
    let text = format!(r#"{{"results":[{results}],"uuid":"{}"}}"#, "u".repeat(36));
    let mut feed = OpenAlpr::new([0; 60]);
    let (_, first) = feed.push(text.as_bytes());
    let Some(Ok(Event::Plate(read))) = first else { panic!("{first:?}") };
    assert_eq!(read.event, EventId::text(&[b'u'; 36]));
    assert!(matches!(feed.push(b""), (0, Some(Err(fault))) if fault.kind == FaultKind::Long));
    assert_eq!(told(OpenAlpr::new([0; 40]), text.as_bytes()), ["Long"]);
}

#[test]
fn candidates_are_told_behind_their_reading() {
    let results = |plate: &str, others: &[(&str, &str)], score: &str| {
        let others: Vec<String> = others
            .iter()
            .map(|(plate, sure)| format!(r#"{{"plate":"{plate}","{score}":{sure}}}"#))
            .collect();
        format!(r#"{{"plate":"{plate}","{score}":90,"candidates":[{}]}}"#, others.join(","))
    };
    let one = &[("A12345", "90"), ("A1234S", "81.5"), ("AI2345", "7"), ("4", "1"), ("5", "1")];
    for (score, of) in [("confidence", 100_000_000), ("score", 1_000_000)] {
        let list = [results("A12345", one, score), results("B6", &[], score)].join(",");
        let text = format!(r#"{{"results":[{list}],"data":{{"results":[{list}]}}}}"#);
        let expected = ["A12345", "(A1234S)", "(AI2345)", "(4)", "B6"];
        let mut feeds: [Box<dyn Feed>; 2] =
            [Box::new(OpenAlpr::new([0; 512])), Box::new(PlateRecognizer::new([0; 512]))];
        let feed = &mut feeds[usize::from(score == "score")];
        for size in 1..text.len() {
            assert_eq!(pieces(&mut **feed, text.as_bytes(), size), expected);
        }
        let (used, _) = feed.push(text.as_bytes());
        let (_, candidate) = feed.push(&text.as_bytes()[used..]);
        let Some(Ok(Event::Candidate(candidate))) = candidate else { panic!() };
        assert_eq!(candidate.confidence, Some(Confidence { value: 81_500_000, of }));
        assert_eq!(candidate.spelling().to_string(), "A1234S");
    }
}

#[test]
fn dahua_data_can_be_a_list_or_nothing() {
    let event = |plate: &str| format!(r#"{{"TrafficCar":{{"PlateNumber":"{plate}"}},"UTC":5}}"#);
    for (data, plates) in [
        (event("津A12345"), &["津A12345"][..]),
        (format!("[{}]", event("津A12345")), &["津A12345"]),
        (format!("[ {}, {} ]", event("津A12345"), event("津B6")), &["津A12345", "津B6"]),
        ("[]".into(), &[]),
        ("17".into(), &[]),
        ("\"]}\"".into(), &[]),
    ] {
        for around in [("--b\r\nContent-Type: text/plain\r\n\r\n", "\r\n--b--"), ("", "\r\n")] {
            let (before, behind) = around;
            let message =
                format!("{before}Code=TrafficJunction;action=Pulse;index=0;data={data}{behind}");
            let told = told(Dahua::new([0; 512]), message.as_bytes());
            assert_eq!(told, plates, "{message}");
        }
    }
    let mut feed = Dahua::new([0; 512]);
    let message = format!("Code=TrafficGate;action=Pulse;index=0;data=[{}]", event("津A12345"));
    let (_, Some(Ok(Event::Plate(read)))) = feed.push(message.as_bytes()) else { panic!() };
    assert_eq!(read.codes.trigger.unwrap().to_string(), "TrafficGate");
    assert_eq!(read.time.unwrap().seconds, 5);
}

/// Of strings 42 bytes above ASCII are kept, and of names 80.
#[test]
fn a_name_that_is_cut_is_said_to_be_so() {
    for (name, cut) in [
        ("津".repeat(14), false),
        ("津".repeat(15), true),
        ("津".repeat(26), true),
        ("津".repeat(27), true),
        ("n".repeat(80), false),
        ("n".repeat(81), true),
        ("n".repeat(200), true),
    ] {
        let body = pushed::plate_recognizer(&name, &[("ad12345", "0.9")], &[]);
        let mut feed = PlateRecognizer::new([0; 1024]);
        let (_, Some(Ok(Event::Plate(read)))) = feed.push(&body) else { panic!() };
        let kept = read.pictures.full_name;
        assert_eq!(kept.is_cut(), cut, "{name}");
        assert_eq!(kept.as_str(), (!cut).then_some(name.as_str()));
        assert!(name.as_bytes().starts_with(kept.as_bytes()) && !kept.is_empty());
        assert_eq!(kept.to_string().ends_with("..."), cut);
    }
}

#[test]
fn gbk_text_is_not_cut_in_a_character() {
    // A middle dot has two bytes and is spelled as nothing.
    for dots in 14..20 {
        let text = [b"x".to_vec(), b"\xA1\xA4".repeat(dots)].concat();
        let read = PlateRead::new(&text);
        assert_eq!(read.text.is_cut(), text.len() > 32);
        assert_eq!(read.spelling().to_string(), "X");
        assert_eq!(read.text.to_string(), format!("x{}", "·".repeat(dots.min(15))));
    }
    // Half a character that the camera sent is one that cannot be read.
    assert_eq!(PlateRead::new(b"x\xBD").spelling().to_string(), "X?");
}

fn at(millis: u64) -> Instant {
    Instant::from_micros(millis * 1_000)
}

fn read(text: &str, percent: u32) -> PlateRead {
    let mut read = PlateRead::new(text.as_bytes());
    read.confidence = Some(Confidence { value: percent, of: 100 });
    read
}

#[test]
fn the_best_reading_is_the_surest_and_not_the_longest() {
    let rules = Rules { alike: Some(200), ..Rules::new() };
    let mut votes: Votes<2> = Votes::new(rules);
    assert!(votes.add(&read("津A12345", 90), at(0)).best);
    let longer = votes.add(&read("津A123456", 85), at(40));
    assert_eq!((longer.how, longer.best), (How::Joined, false));
    assert!(votes.add(&read("津A12345", 91), at(80)).best);
}

/// A vehicle that had to make room, or was handed over, and is still there.
#[test]
fn a_vehicle_that_was_told_early_is_told_once() {
    let mut votes: Votes<2> = Votes::new(Rules::new());
    let first = votes.add(&read("津A11111", 90), at(0)).ticket;
    votes.add(&read("津B22222", 90), at(100));
    let out = votes.add(&read("津C33333", 90), at(200)).pushed_out.unwrap();
    assert_eq!((out.ticket, out.flags), (first, OutcomeFlags::PUSHED_OUT));
    for millis in (300..9_000).step_by(300) {
        let again = votes.add(&read("津A11111", 90), at(millis));
        assert_eq!((again.how, again.ticket), (How::Repeated, first));
        assert_eq!(again.pushed_out, None);
    }
    let told = core::iter::from_fn(|| votes.take(Instant::FAR_FUTURE)).map(|out| out.ticket);
    assert_eq!(told.collect::<Vec<_>>(), [1, 2]);
    // After a while it is another journey.
    assert_eq!(votes.add(&read("津A11111", 90), at(15_000)).how, How::First);
}

/// A reading is handed from call to call, so that its size counts several times.
#[test]
fn a_reading_takes_some_450_bytes() {
    assert!((400..=450).contains(&size_of::<PlateRead>()), "{}", size_of::<PlateRead>());
}
