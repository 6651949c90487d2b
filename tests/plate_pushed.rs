//! What OpenALPR, Plate Recognizer and 臻识 cameras push.

use embedded_pos::scan::plate::feed::openalpr::OpenAlpr;
use embedded_pos::scan::plate::feed::plate_recognizer::PlateRecognizer;
use embedded_pos::scan::plate::feed::vzenith::{Answer, NoRoom, Profile, Push};
use embedded_pos::scan::plate::feed::{Event, Fault, FaultKind, Feed};
use embedded_pos::scan::plate::matching::{Query, Spelling};
use embedded_pos::scan::plate::{
    Class, Colour, Confidence, EventId, PlateRead, ReadFlags, Reading, Zone,
};
use embedded_pos::sim::Draw;
use embedded_pos::sim::camera::picture;
use embedded_pos::sim::camera::pushed::{self, Alarm};

/// What came: readings and faults, and the bytes of pictures.
#[derive(Debug, Default, PartialEq)]
struct Came {
    reads: Vec<PlateRead>,
    faults: Vec<Fault>,
    heartbeats: usize,
    picture: Vec<u8>,
}

impl Came {
    fn take(&mut self, event: Result<Event<'_>, Fault>) {
        match event {
            Ok(Event::Plate(read)) => self.reads.push(read),
            Ok(Event::Picture(piece)) => {
                assert_eq!(usize::try_from(piece.offset), Ok(self.picture.len()));
                self.picture.extend(piece.bytes);
            }
            Ok(_) => self.heartbeats += 1,
            Err(fault) => self.faults.push(fault),
        }
    }
}

/// Pushes a message in pieces of these sizes, over and over.
fn pieces(feed: &mut impl Feed, message: &[u8], sizes: &[usize]) -> Came {
    let mut came = Came::default();
    let mut rest = message;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (mut piece, later) = rest.split_at((*size).min(rest.len()));
        rest = later;
        loop {
            let (used, event) = feed.push(piece);
            piece = &piece[used..];
            match event {
                Some(event) => came.take(event),
                None => break assert!(piece.is_empty()),
            }
        }
    }
    while let Some(event) = feed.end() {
        came.take(event);
    }
    came
}

/// The same in one piece, byte by byte, and in drawn pieces.
fn all(mut feed: impl Feed, message: &[u8]) -> Came {
    let whole = pieces(&mut feed, message, &[message.len().max(1)]);
    assert_eq!(pieces(&mut feed, message, &[1]), whole);
    let mut draw = Draw::new(1);
    for _ in 0..20 {
        let sizes: Vec<usize> = (0..7).map(|_| 1 + draw.below(90)).collect();
        assert_eq!(pieces(&mut feed, message, &sizes), whole);
    }
    whole
}

fn event(read: &PlateRead) -> String {
    read.event.unwrap().to_string()
}

#[test]
fn openalpr_tells_each_plate_of_a_picture() {
    let plates = [("A12345", "89.130661"), ("B7O", "70"), ("", "1e-3")];
    let message = pushed::openalpr("cam1-17", 1_458_882_234_921, &plates);
    let came = all(OpenAlpr::new([0; 400]), message.as_bytes());
    assert!(came.faults.is_empty());
    let texts: Vec<String> = came.reads.iter().map(|read| read.text.to_string()).collect();
    assert_eq!(texts, ["A12345", "B7O", ""]);
    let events: Vec<String> = came.reads.iter().map(event).collect();
    assert_eq!(events, ["cam1-17", "cam1-17/1", "cam1-17/2"]);
    assert_eq!(came.reads[0].confidence, Some(Confidence { value: 89_130_661, of: 100_000_000 }));
    assert_eq!(came.reads[1].confidence.unwrap().value, 70_000_000);
    assert_eq!(came.reads[2].reading, Reading::NoPlate);
    let time = came.reads[0].time.unwrap();
    assert_eq!((time.seconds, time.micros, time.zone), (1_458_882_234, 921_000, Zone::East(0)));
    // What comes twice is none of what is wanted.
    assert_eq!(came.reads[0].flags, ReadFlags::empty());
    // No plate of China, but it finds one.
    let listed = Spelling::new("津A12345");
    assert_eq!(Query::of(&came.reads[0]).distance(&listed), Some(80));
}

#[test]
fn openalpr_groups_and_heartbeats() {
    let group = br#"{"version":1,"data_type":"alpr_group","epoch_start":1448326208789,
        "epoch_end":1448326210046,"uuids":["a-1","a-2"],"best_plate":{"plate":"A13709",
        "confidence":92.075203,"plate_index":0,"coordinates":[{"x":204,"y":134}],"candidates":
        [{"plate":"A13709","confidence":92.075203},{"plate":"A137O9","confidence":83.3}]},
        "travel_direction":181.75,"best_uuid":"a-1","best_plate_number":"A13709"}"#;
    let came = all(OpenAlpr::new([0; 300]), group);
    assert_eq!((came.reads.len(), came.faults.len()), (1, 0));
    let read = came.reads[0];
    assert_eq!((read.text.to_string().as_str(), event(&read).as_str()), ("A13709", "a-1"));
    assert_eq!(read.codes.direction.unwrap().number(), Some(181));
    assert_eq!(read.time.unwrap().seconds, 1_448_326_208);
    let beat = br#"{"version":1,"data_type":"heartbeat","video_streams":[{"camera_id":1}]}"#;
    assert_eq!(all(OpenAlpr::new([0; 64]), beat).heartbeats, 1);
    let none = pushed::openalpr("x", 1, &[]);
    assert_eq!(all(OpenAlpr::new([0; 64]), none.as_bytes()), Came::default());
}

#[test]
fn plate_recognizer_posts_a_form_with_a_picture() {
    let jpeg = picture(5_000);
    let plates = [("ad12345", "0.901"), ("粤z1234港", "1")];
    let message = pushed::plate_recognizer("cam/1.jpg", &plates, &jpeg);
    let came = all(PlateRecognizer::new([0; 512]), &message);
    assert!(came.faults.is_empty());
    assert_eq!(came.picture, jpeg);
    assert_eq!(came.reads[0].confidence, Some(Confidence { value: 901_000, of: 1_000_000 }));
    assert_eq!(came.reads[0].spelling().to_string(), "AD12345");
    assert_eq!(event(&came.reads[0]), "cam/1.jpg/ad12345");
    assert_eq!(came.reads[0].codes.direction.unwrap().number(), Some(123));
    let plate = came.reads[1].plate().unwrap();
    assert_eq!((plate.class(), plate.to_string().as_str()), (Class::HongKong, "粤Z1234港"));
    assert_eq!(came.reads[1].time.unwrap().to_string(), "2016-03-25T13:03:54.921325+08:00");
    assert_eq!(came.reads[1].pictures.full_name, "cam/1.jpg");
}

#[test]
fn plate_recognizer_posts_json_alone() {
    let message = br#"{"hook":{"event":"recognition"},"data":{"filename":"a","timestamp":
        "2016-03-25T05:03:54Z","results":[{"plate":null,"score":0.5,"vehicle":{"plate":"x"}}]}}"#;
    let came = all(PlateRecognizer::new([0; 256]), message);
    assert_eq!(came.reads.len(), 1);
    assert_eq!(came.reads[0].reading, Reading::NoPlate);
    assert_eq!(came.reads[0].time.unwrap().zone, Zone::East(0));
}

#[test]
fn vzenith_pushes_by_http() {
    let mut alarm = Alarm::new("粤Z9065澳");
    (alarm.codes, alarm.image) = ((14, 4), 100_000);
    let message = alarm.http();
    assert!(message.len() > 130_000);
    let came = all_but_bytes(Push::http(Profile::Vzenith, [0; 768]), message.as_bytes());
    assert_eq!((came.reads.len(), came.faults.len()), (1, 0));
    let read = came.reads[0];
    assert_eq!(read.plate().unwrap().canonical(), "粤Z9065澳");
    assert_eq!((read.class, read.colour), (Some(Class::Macau), Some(Colour::Black)));
    assert_eq!(read.event, Some(EventId::Number(21_085)));
    assert_eq!((read.pictures.full, read.pictures.plate), (100_000, 0));
    assert_eq!((read.time.unwrap().seconds, read.time.unwrap().micros), (1_458_882_234, 921_325));
    assert!(read.is_consistent());
    // The same numbers, by another vendor's table.
    let mut alarm = Alarm::new("津AD12345");
    alarm.codes = (11, 6);
    let came = all(Push::http(Profile::Qianyi, [0; 768]), alarm.http().as_bytes());
    assert_eq!(came.reads[0].class, Some(Class::NewEnergySmall));
    let came = all(Push::http(Profile::Vzenith, [0; 768]), alarm.http().as_bytes());
    assert_eq!(came.reads[0].class, Some(Class::HongKong));
}

/// As [`all`], for long ones.
fn all_but_bytes(mut feed: impl Feed, message: &[u8]) -> Came {
    let whole = pieces(&mut feed, message, &[message.len()]);
    assert_eq!(pieces(&mut feed, message, &[1_460, 3]), whole);
    whole
}

#[test]
fn vzenith_pushes_base64_by_mqtt() {
    for plate in ["津AD12345", "_无_", "WJ津1234X"] {
        let came = all(Push::mqtt(Profile::Vzenith, [0; 768]), Alarm::new(plate).mqtt().as_bytes());
        assert_eq!(came.reads[0].text.to_string(), plate);
        let found = came.reads[0].plate().map(|plate| plate.to_string());
        assert_eq!(found.as_deref(), (plate != "_无_").then_some(plate));
    }
    // Not as it should be: what was sent is kept.
    let plain = Alarm::new("津A12345").http();
    let came = all(Push::mqtt(Profile::Vzenith, [0; 768]), plain.as_bytes());
    assert_eq!(came.reads[0].plate().unwrap().canonical(), "津A12345");
    let alive = br#"{"id":"1","sn":"0ba76bc6-e26d52eb","name":"keep_alive","payload":{}}"#;
    assert_eq!(all(Push::mqtt(Profile::Vzenith, [0; 768]), alive).heartbeats, 1);
    let input = br#"{"AlarmGioIn":{"result":{"TriggerResult":{"source":3,"value":1}}}}"#;
    assert_eq!(all(Push::http(Profile::Vzenith, [0; 768]), input), Came::default());
}

/// A backslash behind a character of UTF-8 is one; in GBK it can be the second
/// half of a character (誠 is D55C).
#[test]
fn backslashes_in_either_charset() {
    let message = |name: &[u8]| {
        let before = br#"{"AlarmInfoPlate":{"deviceName":""#;
        let behind = br#"","result":{"PlateResult":{"license":"\u6d25A12345"}}}}"#;
        [&before[..], name, behind].concat()
    };
    let names: [&[u8]; 8] = [
        "门\\\"".as_bytes(),
        "门\\\\".as_bytes(),
        "东门\\\"".as_bytes(),
        "\u{1F600}\\n".as_bytes(),
        "é\\\"".as_bytes(),
        b"\xD5\\",
        b"\xC3\xC5\xD5\\",
        b"\xE6\\\xD5\\",
    ];
    for name in names {
        let came = all(Push::http(Profile::Vzenith, [0; 768]), &message(name));
        assert!(came.faults.is_empty(), "{name:?}: {:?}", came.faults);
        assert_eq!(came.reads[0].plate().unwrap().canonical(), "津A12345", "{name:?}");
    }
}

#[test]
fn strings_without_end_are_passed_over_and_kept_ones_are_cut() {
    let mut alarm = Alarm::new(&"津A12345".repeat(100));
    let came = all(Push::http(Profile::Vzenith, [0; 768]), alarm.http().as_bytes());
    assert!(came.faults.is_empty() && came.reads[0].text.is_cut());
    alarm.license = "津A12345".into();
    // Room for half of the values.
    let came = all(Push::http(Profile::Vzenith, [0; 60]), alarm.http().as_bytes());
    assert_eq!(came.faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [FaultKind::Long]);
    let file = "x".repeat(5_000);
    let message = pushed::plate_recognizer(&file, &[("a1", "1")], &[]);
    let came = all(PlateRecognizer::new([0; 512]), &message);
    assert!(came.reads[0].pictures.full_name.is_cut());
}

#[test]
fn messages_that_break_off_say_so_and_the_next_is_read() {
    let message = pushed::openalpr("u", 1, &[("A1", "1")]);
    let mut feed = OpenAlpr::new([0; 256]);
    for end in 1..message.len() {
        let came = pieces(&mut feed, &message.as_bytes()[..end], &[64]);
        assert_eq!(came.faults.len(), 1, "at {end}");
        assert_eq!(came.faults[0].kind, FaultKind::Truncated);
        assert!(came.reads.is_empty());
    }
    assert_eq!(pieces(&mut feed, message.as_bytes(), &[64]).reads.len(), 1);
}

#[test]
fn answers() {
    let body = |answer: Answer| {
        let mut buf = [0; Answer::LONGEST];
        let body = answer.write(&mut buf).unwrap();
        let value: serde_json::Value = serde_json::from_slice(body).unwrap();
        value["Response_AlarmInfoPlate"].clone()
    };
    let mut read = PlateRead::new("津A12345".as_bytes());
    assert_eq!(body(Answer::to(&read))["info"], "no");
    assert_eq!(body(Answer::to(&read).open_gate())["info"], "ok");
    read.event = Some(EventId::Number(u64::MAX));
    assert_eq!(body(Answer::to(&read))["plateid"], u64::MAX);
    assert!(body(Answer::to(&read)).get("ContinuePushOffline").is_none());
    read.flags = ReadFlags::OFFLINE;
    let stored = &body(Answer::to(&read))["ContinuePushOffline"];
    assert_eq!((&stored["plateid"], &stored["continue"]), (&u64::MAX.into(), &1.into()));
    let last = body(Answer::to(&read).no_more().open_gate());
    assert_eq!(last["ContinuePushOffline"]["continue"], 0);
    // No answer is longer, and a short buffer is told by how much.
    let needed = Answer::to(&read).write(&mut []).unwrap_err().needed;
    assert!(needed <= Answer::LONGEST);
    for len in 0..needed {
        let mut buf = vec![0; len];
        assert_eq!(Answer::to(&read).write(&mut buf), Err(NoRoom { needed }));
    }
    assert!(Answer::to(&read).write(&mut vec![0; needed]).is_ok());
}
