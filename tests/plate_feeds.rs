//! What plate cameras push, by vendor: messages that were made without the
//! parsers, whole and broken, in any pieces.

use embedded_pos::conformance;
use embedded_pos::scan::plate::feed::axis::Axis;
use embedded_pos::scan::plate::feed::dahua::Dahua;
use embedded_pos::scan::plate::feed::gat1400::Gat1400;
use embedded_pos::scan::plate::feed::hikvision::Hikvision;
use embedded_pos::scan::plate::feed::{Event, FaultKind, Feed, View};
use embedded_pos::scan::plate::{
    Class, Code, Colour, Confidence, EventId, PlateRead, ReadFlags, Reading, Zone,
};
use embedded_pos::sim::Draw;
use embedded_pos::sim::camera::{Sight, picture};

#[allow(clippy::large_enum_variant, reason = "a test")]
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Plate(PlateRead),
    Picture(u16, Option<View>, Vec<u8>),
    Heartbeat,
    Fault(FaultKind, u64),
}

/// What comes of a message that is pushed in pieces of this size.
fn seen(feed: &mut dyn Feed, message: &[u8], piece: usize) -> Vec<Seen> {
    let mut all = Vec::new();
    for mut bytes in message.chunks(piece.max(1)) {
        loop {
            let (used, event) = feed.push(bytes);
            bytes = &bytes[used..];
            match event {
                None => break,
                Some(Ok(event)) => add(&mut all, event),
                Some(Err(fault)) => all.push(Seen::Fault(fault.kind, fault.offset)),
            }
        }
        assert!(bytes.is_empty());
    }
    while let Some(event) = feed.end() {
        match event {
            Ok(event) => add(&mut all, event),
            Err(fault) => all.push(Seen::Fault(fault.kind, fault.offset)),
        }
    }
    all
}

fn add(all: &mut Vec<Seen>, event: Event<'_>) {
    match (event, all.last_mut()) {
        (Event::Plate(read), _) => all.push(Seen::Plate(read)),
        (Event::Heartbeat, _) => all.push(Seen::Heartbeat),
        (Event::Picture(piece), Some(Seen::Picture(number, _, bytes)))
            if *number == piece.picture =>
        {
            assert_eq!(usize::try_from(piece.offset).unwrap(), bytes.len());
            bytes.extend(piece.bytes);
        }
        (Event::Picture(piece), _) => {
            assert_eq!(piece.offset, 0);
            all.push(Seen::Picture(piece.picture, piece.view, piece.bytes.to_vec()));
        }
        (other, _) => panic!("{other:?}"),
    }
}

/// The same of any pieces, once whole and then in many sizes, by one feed.
fn same(feed: &mut dyn Feed, message: &[u8]) -> Vec<Seen> {
    let whole = seen(feed, message, usize::MAX);
    for piece in (1..20).chain([63, 64, 65, 1000]) {
        assert_eq!(seen(feed, message, piece), whole, "in pieces of {piece}");
    }
    whole
}

fn plates(all: &[Seen]) -> Vec<PlateRead> {
    let plates = all.iter().filter_map(|seen| match seen {
        Seen::Plate(read) => Some(*read),
        _ => None,
    });
    plates.collect()
}

fn hikvision() -> Hikvision<[u8; 4096], [u8; 1024]> {
    Hikvision::new([0; 4096], [0; 1024])
}

fn sights(seed: u64, count: usize) -> Vec<Sight> {
    let mut draw = Draw::new(seed);
    (0..count).map(|_| Sight::draw(&mut draw)).collect()
}

/// What every vendor tells alike.
fn assert_seen(read: &PlateRead, sight: &Sight) {
    assert_eq!(read.plate().unwrap().canonical(), *sight.plate);
    assert_eq!(read.reading, PlateRead::new(sight.plate.as_bytes()).reading);
    assert_eq!(read.time.unwrap().seconds, i64::from(sight.seconds));
    assert!(!read.flags.contains(ReadFlags::REPEATED_KEY));
}

fn assert_colour(read: &PlateRead, sight: &Sight) {
    let colour = match sight.colour {
        '蓝' => Colour::Blue,
        '黄' => Colour::Yellow,
        _ => Colour::Black,
    };
    assert_eq!(read.colour, Some(colour));
}

#[test]
fn hikvision_alerts_in_both_namespaces_and_in_json() {
    for sight in sights(1, 12) {
        let xml = ["www.hikvision.com", "www.isapi.org"].map(|space| sight.hikvision(space));
        for message in [&xml[0], &xml[1], &sight.hikvision_json()] {
            let all = seen(&mut hikvision(), message.as_bytes(), 7);
            let [Seen::Plate(read)] = &all[..] else { panic!("{all:?}") };
            // The colour before it makes the plate's own form another one.
            assert_eq!(read.plate().unwrap().canonical(), *sight.plate);
            assert_eq!(read.text.as_bytes(), format!("{}{}", sight.colour, sight.plate).as_bytes());
            assert_colour(read, &sight);
            let least = u32::from(sight.least());
            assert_eq!(read.confidence, Some(Confidence { value: least, of: 100 }));
            assert_eq!(read.characters.as_slice(), sight.sure);
            let time = read.time.unwrap();
            assert_eq!((time.seconds, time.zone), (sight.seconds.into(), Zone::East(480)));
            assert_eq!(read.event, EventId::text(sight.uuid().as_bytes()));
            assert_eq!(read.flags.contains(ReadFlags::OFFLINE), sight.again);
            assert_eq!(read.pictures.plate_name, "licensePlatePicture.jpg");
            assert_eq!(read.pictures.full_name, "detectionPicture.jpg");
            assert_eq!(read.class, Some(Class::Ordinary));
            assert_eq!(read.codes.class, Code::text(b"02TypePersonalized"));
            assert_eq!(read.codes.direction, Code::text(b"forward"));
        }
    }
}

#[test]
fn hikvision_forms_with_pictures_in_any_pieces() {
    let sight = &sights(2, 1)[0];
    let all = same(&mut hikvision(), &sight.hikvision_form());
    let [Seen::Plate(read), plate, full] = &all[..] else { panic!("{all:?}") };
    assert_eq!(read.event, EventId::text(sight.uuid().as_bytes()));
    assert_eq!(*plate, Seen::Picture(0, Some(View::Plate), picture(sight.pictures.1)));
    assert_eq!(*full, Seen::Picture(1, Some(View::Full), picture(sight.pictures.0)));
}

#[test]
fn hikvision_answers_to_polls_of_one_and_of_many() {
    for count in [0, 1, 2, 6] {
        let sights = sights(3, count);
        let all = same(&mut hikvision(), Sight::hikvision_poll(&sights).as_bytes());
        assert_eq!(all.len(), count);
        for (read, sight) in plates(&all).iter().zip(&sights) {
            assert_seen(read, sight);
            assert_eq!(read.event.unwrap().to_string(), format!("{:018}", sight.number));
        }
    }
    let json = r#"{"Plates":{"Plate":{"plateNumber":"津A00001","picName":"5"}}}"#;
    assert_eq!(plates(&seen(&mut hikvision(), json.as_bytes(), 3)).len(), 1);
}

#[test]
fn hikvision_heartbeats_and_other_events() {
    let alert = |kind, state| {
        format!(
            "<EventNotificationAlert><eventType>{kind}</eventType><eventState>{state}</eventState></EventNotificationAlert>"
        )
    };
    let beat = alert("videoloss", "inactive");
    assert_eq!(same(&mut hikvision(), beat.as_bytes()), [Seen::Heartbeat]);
    assert_eq!(same(&mut hikvision(), alert("VMD", "active").as_bytes()), []);
    // A stream of them, one by one, with no form around.
    let both = [beat.as_bytes(), b"\r\n", sights(4, 1)[0].hikvision("a").as_bytes()].concat();
    let all = same(&mut hikvision(), &both);
    assert!(matches!(all[..], [Seen::Heartbeat, Seen::Plate(_)]), "{all:?}");
}

fn told(kind: &str, colour: &str, plate: &str) -> PlateRead {
    let xml = format!(
        "<a:EventNotificationAlert xmlns:a='x'><!-- <ANPR> --><a:ANPR><licensePlate>{plate}</licensePlate>\
         <plateType>{kind}</plateType><plateColor>{colour}</plateColor><empty/></a:ANPR></a:EventNotificationAlert>"
    );
    plates(&seen(&mut hikvision(), xml.as_bytes(), usize::MAX))[0]
}

#[test]
fn hikvision_codes_misspelt_as_they_are() {
    for (code, class) in [
        ("92TypeCivil", Some(Class::Ordinary)),
        ("02TypePersonalized", Some(Class::Ordinary)),
        ("motorola", Some(Class::Ordinary)),
        ("upDownMilitay", Some(Class::Army)),
        ("leftRightMilitay", Some(Class::Army)),
        ("04NewMilitay", Some(Class::Army)),
        ("oneLineArm", Some(Class::ArmedPolice)),
        ("civilAviation", Some(Class::Aviation)),
        ("20", Some(Class::Aviation)),
        ("100", Some(Class::Coach)),
        ("trailer", Some(Class::Trailer)),
        ("103", Some(Class::Consulate)),
        ("newEnergy", None),
        ("tempTravl", None),
        ("0", None),
        ("unknown", None),
    ] {
        let read = told(code, "blue", "津A00001");
        assert_eq!((read.class, read.codes.class), (class, Code::text(code.as_bytes())), "{code}");
    }
    // The camera's word counts before that of the text; where it has none, that.
    assert_eq!(told("0", "white", "蓝津A00001").colour, Some(Colour::White));
    assert_eq!(told("0", "other", "黑津A00001").colour, Some(Colour::Black));
    assert_eq!(told("0", "", "津A00001").colour, None);
}

#[test]
fn xml_texts_are_decoded() {
    let text = |text: &str| told("0", "blue", text).text.to_string();
    assert_eq!(text("&#x6D25;&#65;<![CDATA[0000]]>1"), "津A00001");
    assert_eq!(text("&lt;&gt;&amp;&quot;&apos;&bomb;&#xFFFFFFFF;&"), "<>&\"'&bomb;&#xFFFFFFFF;&");
    assert_eq!(text(" 津A00001\n"), "津A00001");
    assert_eq!(told("0", "", "").reading, Reading::NoPlate);
    assert_eq!(told("0", "", "无车牌").reading, Reading::NoPlate);
    assert!(matches!(told("0", "", "ABC").reading, Reading::Unreadable(_)));
}

#[test]
fn xml_in_gbk_and_in_broken_utf8() {
    let xml = |plate: &[u8]| {
        let before = b"<EventNotificationAlert><ANPR><licensePlate>";
        [&before[..], plate, b"</licensePlate></ANPR></EventNotificationAlert>"].concat()
    };
    let read = |plate| plates(&same(&mut hikvision(), &xml(plate)))[0];
    let gbk = read(b"\xC0\xB6\xBD\xF2A00001");
    assert_eq!(gbk.plate().unwrap().canonical(), "津A00001");
    assert_eq!(gbk.colour, Some(Colour::Blue));
    assert_eq!(read(b"\xE6\xB4A0000").text.as_bytes(), b"\xE6\xB4A0000");
}

#[test]
fn dahua_in_every_form() {
    for sight in sights(5, 12) {
        let one = core::slice::from_ref(&sight);
        let form = |body: String| body.into_bytes();
        for message in [
            Sight::dahua_stream(one),
            form(sight.dahua_lines(0)),
            form(sight.dahua_event()),
            form(Sight::dahua_notify(one)),
        ] {
            let all = seen(&mut Dahua::new([0; 1024]), &message, 5);
            let read = plates(&all)[0];
            assert_seen(&read, &sight);
            assert_colour(&read, &sight);
            let time = read.time.unwrap();
            assert_eq!((time.micros, time.zone), (250_000, Zone::East(480)));
            assert_eq!(read.event, Some(EventId::Number(sight.number.into())));
            // What the scale is, nobody tells.
            assert_eq!(
                read.confidence.map(|sure| (sure.value, sure.of)),
                Some((sight.least().into(), 0))
            );
            assert_eq!(read.codes.trigger, Code::text(b"TrafficJunction"));
            assert_eq!(read.codes.class, Code::text(b"Normal"));
        }
    }
}

#[test]
fn dahua_streams_in_any_pieces_with_heartbeats_and_pictures() {
    let sights = sights(6, 3);
    let mut feed = Dahua::new([0; 1024]);
    let all = same(&mut feed, &Sight::dahua_stream(&sights));
    assert_eq!(all[0], Seen::Heartbeat);
    for (number, (pair, sight)) in all[1..].chunks(2).zip(&sights).enumerate() {
        let [Seen::Plate(read), picture_seen] = pair else { panic!("{pair:?}") };
        assert_seen(read, sight);
        let number = u16::try_from(number).unwrap();
        assert_eq!(*picture_seen, Seen::Picture(number, None, picture(sight.pictures.0)));
    }
    let many: String = sights.iter().enumerate().map(|(at, s)| s.dahua_lines(at)).collect();
    assert_eq!(plates(&same(&mut Dahua::new([0; 2048]), many.as_bytes())).len(), 3);
    let notify = Sight::dahua_notify(&sights);
    assert_eq!(plates(&same(&mut Dahua::new([0; 2048]), notify.as_bytes())).len(), 3);
}

#[test]
fn dahua_times_and_plates_where_something_is_missing() {
    let read = |lines: &str| plates(&same(&mut Dahua::new([0; 1024]), lines.as_bytes()));
    let local = read("Events[0].UTC=1458911034\nEvents[0].TrafficCar.PlateNumber=\n");
    assert_eq!(local[0].time.unwrap().to_string(), "2016-03-25T13:03:54.000000");
    assert_eq!(local[0].reading, Reading::NoPlate);
    let object = "Events[0].Object.ObjectType=Plate\nEvents[0].Object.Text=津A00001\n";
    assert_eq!(read(object)[0].plate().unwrap().canonical(), "津A00001");
    // What is written on the vehicle.
    assert!(read("Events[0].Object.ObjectType=Vehicle\nEvents[0].Object.Text=Audi\n").is_empty());
    assert!(read("Code=VideoMotion;action=Start;index=0\r\n").is_empty());
    let gate = r#"{"Picture":{"Plate":{"PlateNumber":"津A00001","PlateColor":"Blue","Confidence":95},
        "SnapInfo":{"AccurateTime":"2016-03-25 13:03:54.100","Direction":"Obverse"}}}"#;
    let gate = read(gate)[0];
    assert_eq!((gate.colour, gate.time.unwrap().micros), (Some(Colour::Blue), 100_000));
}

#[test]
fn axis_tells_a_vehicle_in_states() {
    for sight in sights(7, 12) {
        let all = same(&mut Axis::new([0; 512]), sight.axis().as_bytes());
        let [Seen::Plate(read)] = &all[..] else { panic!("{all:?}") };
        assert_seen(read, &sight);
        assert_eq!(read.time.unwrap().micros, 250_000);
        let sure = u32::from(sight.least().min(99)) * 10_000;
        if sight.least() < 100 {
            assert_eq!(read.confidence, Some(Confidence { value: sure, of: 1_000_000 }));
        }
        assert_eq!(read.event, EventId::text(sight.number.to_string().as_bytes()));
        assert_eq!(read.codes.trigger, Code::text(b"new"));
        assert_eq!(usize::try_from(read.pictures.plate).unwrap(), sight.pictures.1);
    }
}

#[test]
fn gat1400_vehicles_of_one_message() {
    let sights = sights(8, 4);
    let mut feed = Gat1400::new([0; 3072]);
    let all = same(&mut feed, Sight::gat1400(&sights).as_bytes());
    assert_eq!(all.len(), 4);
    for (read, sight) in plates(&all).iter().zip(&sights) {
        assert_eq!(read.plate().unwrap().canonical(), *sight.plate);
        assert_colour(read, sight);
        assert_eq!((read.class, read.codes.class), (Some(Class::Ordinary), Code::text(b"02")));
        assert_eq!(read.characters.as_slice(), sight.sure);
        assert_eq!(read.event, EventId::text(sight.object().as_bytes()));
        // Local, of a zone that is not told.
        let time = read.time.unwrap();
        assert_eq!((time.seconds - 8 * 3600, time.zone), (sight.seconds.into(), Zone::Unknown));
        let url = read.pictures.full_name.as_str().unwrap();
        assert_eq!(url, format!("http://192.168.1.9:8080/pic?{}", sight.object()));
    }
    let beat = br#"{"KeepaliveObject":{"DeviceID":"12000000001190000001"}}"#;
    assert_eq!(same(&mut feed, beat), [Seen::Heartbeat]);
    let none = br#"{"MotorVehicleListObject":{"MotorVehicleObject":{"HasPlate":"0"}}}"#;
    assert_eq!(plates(&same(&mut feed, none))[0].reading, Reading::NoPlate);
}

#[test]
fn gat1400_codes() {
    for (code, class) in [
        ("01", Some(Class::Ordinary)),
        ("15", Some(Class::Trailer)),
        ("23", Some(Class::Police)),
        ("26", Some(Class::HongKong)),
        ("51", Some(Class::NewEnergyLarge)),
        ("52", Some(Class::NewEnergySmall)),
        ("22", None),
        ("99", None),
        ("x", None),
    ] {
        let text = format!(
            r#"{{"MotorVehicleListObject":{{"MotorVehicleObject":[{{"PlateClass":"{code}","PlateColor":9}}]}}}}"#
        );
        let read = plates(&seen(&mut Gat1400::new([0; 99]), text.as_bytes(), 9))[0];
        assert_eq!((read.class, read.colour), (class, Some(Colour::Green)), "{code}");
        assert_eq!(read.codes.class, Code::text(code.as_bytes()));
    }
}

/// 10 MB of picture go through a few KB, and nothing of it is lost.
#[test]
fn large_pictures_need_no_room() {
    let mut sight = sights(9, 1)[0].clone();
    sight.pictures = (10_000_000, 100);
    let message = sight.hikvision_form();
    let mut feed = hikvision();
    assert!(size_of_val(&feed) < 8 * 1024);
    let all = seen(&mut feed, &message, 1460);
    assert_eq!(all[2], Seen::Picture(1, Some(View::Full), picture(10_000_000)));
    // In base64, in the JSON.
    let all = seen(&mut Gat1400::new([0; 512]), Sight::gat1400(&[sight]).as_bytes(), 1460);
    assert_eq!(plates(&all).len(), 1);
}

#[test]
fn what_is_wrong_is_told_and_the_next_message_is_read() {
    let good = sights(10, 1)[0].hikvision("www.isapi.org");
    for (message, kind, offset) in [
        ("{\"a\":}".to_owned(), FaultKind::Syntax, 5),
        ("hello".into(), FaultKind::Syntax, 0),
        ("<a><b></b>".into(), FaultKind::Truncated, 10),
        ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>".into(), FaultKind::Syntax, 2),
        ("<a b></a>".into(), FaultKind::Syntax, 8),
        ("<a>".repeat(30) + &"</a>".repeat(30), FaultKind::Deep, 209),
        (format!("<a>{}</a>", "x".repeat(5000)), FaultKind::Long, 4096),
        ("[".repeat(30), FaultKind::Deep, 24),
        ("{\"a\":1".into(), FaultKind::Truncated, 6),
    ] {
        let mut feed = hikvision();
        assert_eq!(same(&mut feed, message.as_bytes()), [Seen::Fault(kind, offset)], "{message}");
        assert_eq!(plates(&same(&mut feed, good.as_bytes())).len(), 1);
    }
    let mut feed = Gat1400::new([0; 64]);
    let long = Sight::gat1400(&sights(10, 3));
    let all = same(&mut feed, long.as_bytes());
    assert!(matches!(all[..], [Seen::Fault(FaultKind::Long, _)]), "{all:?}");
}

#[test]
fn a_part_that_is_wrong_costs_no_other() {
    let good = sights(11, 1)[0].hikvision("www.isapi.org");
    for (head, bad, kind) in [
        ("text/xml", "<a", FaultKind::Truncated),
        ("text/xml", "", FaultKind::Truncated),
        ("application/json", "{]", FaultKind::Syntax),
        ("multipart/mixed; boundary=c", "--c\r\n\r\n<a/>\r\n--c--", FaultKind::Nested),
    ] {
        let message = format!(
            "--b\r\nContent-Type: {head}\r\n\r\n{bad}\r\n--b\r\nContent-Type: text/xml\r\n\r\n{good}\r\n--b--"
        );
        let all = same(&mut hikvision(), message.as_bytes());
        assert!(
            matches!(all[..], [Seen::Fault(seen, _), Seen::Plate(_)] if seen == kind),
            "{all:?}"
        );
    }
    // A picture that breaks off, and a part nobody knows.
    let cut = "--b\r\nContent-Type: image/jpeg\r\n\r\nabc";
    let all = same(&mut hikvision(), cut.as_bytes());
    assert_eq!(all[1..], [Seen::Fault(FaultKind::Truncated, 36)]);
    let odd = "--b\r\nContent-Type: application/octet-stream\r\n\r\nabc\r\n--b--";
    assert_eq!(same(&mut hikvision(), odd.as_bytes()), []);
}

#[test]
fn values_that_come_twice_or_are_long_or_missing() {
    let read = |text: &str| plates(&same(&mut Axis::new([0; 512]), text.as_bytes()))[0];
    let twice = read(r#"{"plateText":"津A00001","plateText":"津A00002","carID":3}"#);
    assert_eq!(twice.plate().unwrap().canonical(), "津A00001");
    assert_eq!((twice.flags, twice.event), (ReadFlags::REPEATED_KEY, Some(EventId::Number(3))));
    let long = format!(r#"{{"image":"{0}","plateText":"{0}","carID":"{0}1"}}"#, "x".repeat(9999));
    let long = read(&long);
    // Another name could begin with the same.
    assert_eq!((long.text.is_cut(), long.event), (true, None));
    let long = read(&format!(r#"{{"plateText":"A1","carID":"{}"}}"#, "x".repeat(100)));
    assert!(matches!(long.event, Some(EventId::Text(id)) if id.is_cut()));
    let few = read(r#"{"plateText":""}"#);
    assert_eq!((few.event, few.time, few.confidence), (None, None, None));
    assert!(same(&mut Axis::new([0; 512]), b"{\"carID\":\"1\"}").is_empty());
}

/// Cut anywhere, a message is told as cut or has told all; never more.
#[test]
fn messages_that_break_off_anywhere() {
    let sight = &sights(12, 1)[0];
    let one = core::slice::from_ref(sight);
    let mut short = sight.clone();
    short.pictures = (200, 50);
    let messages: [(&mut dyn Feed, Vec<u8>); 6] = [
        (&mut hikvision(), short.hikvision_form()),
        (&mut hikvision(), Sight::hikvision_poll(one).into_bytes()),
        (&mut hikvision(), sight.hikvision_json().into_bytes()),
        (&mut Dahua::new([0; 1024]), sight.dahua_event().into_bytes()),
        (&mut Axis::new([0; 512]), sight.axis().into_bytes()),
        (&mut Gat1400::new([0; 1024]), Sight::gat1400(core::slice::from_ref(&short)).into_bytes()),
    ];
    for (feed, message) in messages {
        let whole = seen(feed, &message, usize::MAX);
        for end in 0..message.len() {
            let cut = seen(feed, &message[..end], 100);
            assert!(plates(&cut).len() <= 1, "{end}");
            let faults = cut.iter().filter(|seen| matches!(seen, Seen::Fault(..))).count();
            assert!(faults <= 1, "{end}: {cut:?}");
        }
        assert_eq!(seen(feed, &message, usize::MAX), whole);
    }
}

#[test]
fn every_feed_keeps_the_promises_of_all() {
    let sight = &sights(13, 1)[0];
    let two = sights(13, 2);
    let reports = [
        conformance::feed(&mut hikvision(), &sight.hikvision_form()),
        conformance::feed(&mut hikvision(), Sight::hikvision_poll(&two).as_bytes()),
        conformance::feed(&mut hikvision(), sight.hikvision_json().as_bytes()),
        conformance::feed(&mut Dahua::new([0; 1024]), &Sight::dahua_stream(&two)),
        conformance::feed(&mut Dahua::new([0; 1024]), sight.dahua_event().as_bytes()),
        conformance::feed(&mut Axis::new([0; 512]), sight.axis().as_bytes()),
        conformance::feed(&mut Gat1400::new([0; 2048]), Sight::gat1400(&two).as_bytes()),
    ];
    for report in reports {
        assert!(report.passed(), "{:?}", report.failures().collect::<Vec<_>>());
    }
}

/// A feed that does not take all it should, and tells of it.
#[test]
fn the_suite_finds_what_is_broken() {
    struct Lazy(Axis<[u8; 512]>);
    impl Feed for Lazy {
        fn push<'p>(
            &'p mut self,
            bytes: &'p [u8],
        ) -> (usize, Option<Result<Event<'p>, embedded_pos::scan::plate::feed::Fault>>) {
            // The next message begins where the last one ended.
            self.0.push(bytes.get(..bytes.len().min(200)).unwrap_or_default())
        }

        fn end(&mut self) -> Option<Result<Event<'_>, embedded_pos::scan::plate::feed::Fault>> {
            None
        }
    }
    let sight = &sights(13, 1)[0];
    let report = conformance::feed(&mut Lazy(Axis::new([0; 512])), sight.axis().as_bytes());
    assert!(!report.passed());
}
