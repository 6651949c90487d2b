//! Messages and readings that are out of the ordinary, and what must not come
//! of them.

use embedded_pos::scan::plate::feed::dahua::Dahua;
use embedded_pos::scan::plate::feed::hikvision::Hikvision;
use embedded_pos::scan::plate::feed::openalpr::OpenAlpr;
use embedded_pos::scan::plate::feed::plate_recognizer::PlateRecognizer;
use embedded_pos::scan::plate::feed::{Event, Feed};
use embedded_pos::scan::plate::matching::{Query, Spelling};
use embedded_pos::scan::plate::{EventId, PlateRead, ReadTime};

/// The readings of a message, without its end.
fn reads(feed: &mut impl Feed, mut bytes: &[u8]) -> Vec<PlateRead> {
    let mut reads = Vec::new();
    loop {
        let (used, event) = feed.push(bytes);
        bytes = &bytes[used..];
        match event {
            None => return reads,
            Some(Ok(Event::Plate(read))) => reads.push(read),
            Some(event) => assert!(event.is_ok(), "{event:?}"),
        }
    }
}

/// A `uuid` is the agent's, 40 characters, the camera and the time.
#[test]
fn openalpr_pictures_with_long_names_are_not_one_event() {
    let event = |millis: u64| {
        let uuid = format!("GEFYJQQZ0VHVKUMHBRP9FE9GYVDQOZCZT0JMHY7D-cam1-{millis}");
        let body = format!(
            r#"{{"data_type":"alpr_results","uuid":"{uuid}","results":[{{"plate":"A12345","plate_index":0}},
            {{"plate":"B12345","plate_index":1}}]}}"#
        );
        let reads = reads(&mut OpenAlpr::new([0; 512]), body.as_bytes());
        assert_eq!(reads[0].event, EventId::text(uuid.as_bytes()));
        assert_eq!(reads[1].event, EventId::text(format!("{uuid}/1").as_bytes()));
        reads[1].event
    };
    assert_ne!(event(1_458_882_234_921), event(1_458_882_299_117));
}

/// Of a string the first 128 bytes are kept: a name that goes on tells nothing
/// apart.
#[test]
fn names_that_are_too_long_to_be_told_apart_are_no_event() {
    let event = |last: char| {
        let body = format!(
            "<EventNotificationAlert><ANPR><licensePlate>津A12345</licensePlate></ANPR>\
            <UUID>{}{last}</UUID></EventNotificationAlert>",
            "x".repeat(128)
        );
        reads(&mut Hikvision::new([0; 2048], [0; 512]), body.as_bytes())[0].event
    };
    assert_eq!((event('1'), event('2')), (None, None));
    let event = |last: char| {
        // 14 Chinese characters are as long.
        let file = format!("{}{last}.jpg", "津".repeat(15));
        let body = format!(r#"{{"data":{{"filename":"{file}","results":[{{"plate":"a1"}}]}}}}"#);
        reads(&mut PlateRecognizer::new([0; 512]), body.as_bytes())[0].event
    };
    assert_eq!((event('1'), event('2')), (None, None));
}

/// No manual has such a list; if one comes, the first alert's `UUID` and time
/// are not those of the second.
#[test]
fn what_the_first_of_a_list_says_is_not_said_of_the_second() {
    let body = r#"[{"dateTime":"2016-03-25T13:03:54+08:00","UUID":"one","ANPR":{"licensePlate":"津A12345"}},
        {"dateTime":"2016-03-25T13:04:54+08:00","UUID":"two","ANPR":{"licensePlate":"津B77777"}}]"#;
    let reads = reads(&mut Hikvision::new([0; 16], [0; 768]), body.as_bytes());
    assert_eq!(reads[0].event, EventId::text(b"one"));
    assert_eq!(reads[1].plate().unwrap().canonical(), "津B77777");
    assert_eq!((reads[1].event, reads[1].time), (None, None));
}

#[test]
fn dahua_json_is_read_behind_blanks() {
    let json = r#"{"Events":[{"TrafficCar":{"PlateNumber":"津A12345"}}]}"#;
    for before in ["", "\r\n", " \n\t", "\u{FEFF}"] {
        let body = format!("--b\r\nContent-Type: text/plain\r\n\r\n{before}{json}\r\n--b--\r\n");
        let reads = reads(&mut Dahua::new([0; 512]), body.as_bytes());
        assert_eq!(reads.len(), 1, "{before:?}");
    }
}

#[test]
fn json_in_a_part_is_read_behind_the_mark_of_utf8() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n\
        \u{FEFF}{\"data\":{\"results\":[{\"plate\":\"a12345\"}]}}\r\n--b--\r\n";
    assert_eq!(reads(&mut PlateRecognizer::new([0; 512]), body.as_bytes()).len(), 1);
}

/// The next boundary comes with the next vehicle.
#[test]
fn a_part_with_a_length_is_told_when_its_last_byte_is_there() {
    let line = "Events[0].TrafficCar.PlateNumber=津A12345";
    let body =
        format!("--b\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{line}", line.len());
    let mut feed = Dahua::new([0; 512]);
    assert_eq!(reads(&mut feed, body.as_bytes()).len(), 1);
    assert_eq!(reads(&mut feed, b"\r\n--b\r\n").len(), 0);
}

/// RFC 2046, 5.1.1: a boundary can have blanks behind it.
#[test]
fn blanks_behind_the_first_boundary_are_none_of_it() {
    for end in [" \r\n", "\t \r\n", " \n"] {
        let part = "Content-Disposition: form-data; name=\"json\"\r\n\r\n\
            {\"data\":{\"results\":[{\"plate\":\"a12345\"}]}}\r\n";
        let body = format!("--b{end}{part}--b\r\n{part}--b--\r\n");
        assert_eq!(reads(&mut PlateRecognizer::new([0; 512]), body.as_bytes()).len(), 2, "{end:?}");
    }
}

#[test]
fn a_day_that_is_in_no_calendar_is_no_time() {
    for text in [
        "0000-00-00 00:00:00",
        "2016-00-25 13:03:54",
        "2016-03-00 13:03:54",
        "2015-02-29 13:03:54",
        "2016-04-31T13:03:54+08:00",
    ] {
        assert_eq!(ReadTime::parse(text), None, "{text}");
    }
    assert!(ReadTime::parse("2016-02-29 13:03:54").is_some());
}

/// Of a text 32 bytes are kept; here they end behind the fourth digit.
#[test]
fn a_long_text_spells_the_plate_that_it_is() {
    let read = PlateRead::new("津·Ａ·１·２·３·４·５".as_bytes());
    assert!(read.text.is_cut());
    assert_eq!(read.plate().unwrap().canonical(), "津A12345");
    assert_eq!(Query::of(&read).distance(&Spelling::new("津A12345")), Some(0));
    assert_eq!(read.text.to_string(), "津·Ａ·１·２·３·４·");
    let read = PlateRead::new("津·Ａ·１·２·３·４·５·６·７".as_bytes());
    assert_eq!((read.plate(), read.spelling().to_string()), (None, "津A1234".into()));
}

/// The second picture has a kind, the first has none.
#[test]
fn pictures_without_a_kind_keep_their_names() {
    let body = "<EventNotificationAlert><ANPR><licensePlate>津A12345</licensePlate><pictureInfoList>\
        <pictureInfo><fileName>detectionPicture.jpg</fileName></pictureInfo>\
        <pictureInfo><fileName>licensePlatePicture.jpg</fileName><type>licensePlatePicture</type>\
        </pictureInfo></pictureInfoList></ANPR></EventNotificationAlert>";
    let read = reads(&mut Hikvision::new([0; 2048], [0; 512]), body.as_bytes())[0];
    assert_eq!(read.pictures.full_name, "detectionPicture.jpg");
    assert_eq!(read.pictures.plate_name, "licensePlatePicture.jpg");
}
