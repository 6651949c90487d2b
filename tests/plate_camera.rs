//! The driver of VisionZenith cameras against the simulated one.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use embedded_pos::nb;
use embedded_pos::port::adapter::{StreamPort, SystemClock};
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Instant, Port, Told};
use embedded_pos::scan::plate::feed::vzenith::{
    Config, Fault, Name, Next, Profile, Timing, View, Views, Vzenith,
};
use embedded_pos::scan::plate::{
    AsyncPlateCamera, Class, Code, Colour, Confidence, EventId, PlateCamera, PlateError, PlateRead,
    ReadFlags, ReadTime, Reading, Zone,
};
use embedded_pos::sim::camera::{Pass, VzenithCamera, picture};
use embedded_pos::sim::{
    Device, Fault as Wrong, SimPort, Simulated, Unplugged, VirtualClock, block_on,
};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

type Camera = Simulated<VzenithCamera>;
type Driver = Vzenith<SimPort<VzenithCamera, VirtualClock>>;
type Failure = CallError<Fault, Unplugged>;

struct Bench {
    clock: VirtualClock,
    device: Camera,
    driver: Driver,
}

impl Bench {
    /// A subscribed camera whose bytes come in pieces of `chunk`.
    fn with(config: Config, chunk: usize) -> Self {
        let clock = VirtualClock::new();
        let device = Simulated::new(VzenithCamera::new());
        let port = device.port(clock.clone()).chunked(chunk);
        let mut driver = Vzenith::new(port, config);
        driver.subscribe().wait(&mut clock.clone()).unwrap();
        Self { clock, device, driver }
    }

    fn new() -> Self {
        Self::with(Config::new(), usize::MAX)
    }

    fn pass(&self, pass: &Pass) {
        self.device.device().pass(pass);
    }

    fn next(&mut self) -> Result<PlateRead, Failure> {
        self.driver.next_plate().wait(&mut self.clock.clone())
    }

    fn plate(&mut self) -> String {
        let end = self.clock.now() + Duration::from_secs(60);
        let mut call = self.driver.next_plate();
        let read = loop {
            match call.poll(self.clock.now()) {
                Err(nb::Error::WouldBlock) => self.clock.advance(Duration::from_millis(5)),
                other => break other.unwrap(),
            }
            assert!(self.clock.now() < end, "nothing was told");
        };
        let plate = read.plate().unwrap_or_else(|| panic!("{read:?}"));
        plate.canonical().to_string()
    }

    /// Nothing comes within `seconds`.
    fn nothing(&mut self, seconds: u64) {
        let end = self.clock.now() + Duration::from_secs(seconds);
        let mut call = self.driver.next_plate();
        while self.clock.now() < end {
            assert!(matches!(call.poll(self.clock.now()), Err(nb::Error::WouldBlock)));
            self.clock.advance(Duration::from_millis(50));
        }
    }
}

#[test]
fn init_asks_for_the_serial_number_and_changes_nothing() {
    let clock = VirtualClock::new();
    let device = Simulated::new(VzenithCamera::new());
    let mut driver = Vzenith::new(device.port(clock.clone()), Config::new());
    let serial = driver.init().wait(&mut clock.clone()).unwrap();
    assert_eq!(serial.to_string(), "0ba76bc6-e26d52eb");
    assert_eq!(device.device().commands(), [r#"{"cmd":"getsn"}"#]);
    assert!(!device.device().is_subscribed());
}

#[test]
fn subscribe_asks_for_the_configured_pictures() {
    for (views, image, kind) in [
        (Views::None, false, 0),
        (Views::Full, true, 0),
        (Views::Plate, true, 1),
        (Views::Both, true, 2),
    ] {
        let mut bench = Bench::with(Config::new().views(views), 7);
        let want = format!(
            r#"{{"cmd":"ivsresult","enable":true,"format":"json","image":{image},"image_type":{kind}}}"#
        );
        assert_eq!(bench.device.device().commands(), [want]);
        bench.driver.unsubscribe().wait(&mut bench.clock.clone()).unwrap();
        assert!(!bench.device.device().is_subscribed());
    }
}

#[test]
fn a_reading_is_kept_as_sent_and_understood() {
    let mut bench = Bench::with(Config::new().views(Views::Both), usize::MAX);
    bench.clock.advance(Duration::from_secs(3600 * 5 + 61));
    bench.device.device().transmit(bench.clock.now());
    bench.pass(&Pass::new("津A12345").colour(1).class(1).confidence(93));
    let read = bench.next().unwrap();
    assert_eq!(read.text.as_bytes(), b"\xBD\xF2A12345");
    assert_eq!(read.text.to_string(), "津A12345");
    assert_eq!(read.plate().unwrap().canonical(), "津A12345");
    assert_eq!(read.confidence, Some(Confidence { value: 93, of: 100 }));
    assert_eq!((read.colour, read.codes.colour), (Some(Colour::Blue), Some(Code::Number(1))));
    assert_eq!((read.class, read.codes.class), (Some(Class::Ordinary), Some(Code::Number(1))));
    assert_eq!(
        (read.codes.trigger, read.codes.direction),
        (Some(Code::Number(1)), Some(Code::Number(4)))
    );
    assert_eq!((read.pictures.full, read.pictures.plate), (51_566, 1_103));
    assert_eq!(read.event, Some(EventId::Number(1)));
    assert_eq!(read.flags, ReadFlags::empty());
    assert!(read.is_consistent());
    let time = read.time.unwrap();
    assert_eq!(time.seconds, 1_458_835_200 + 5 * 3600 + 61);
    assert_eq!((time.micros, time.zone), (921_325, Zone::East(480)));
}

#[test]
fn charsets_are_told_apart_by_the_grammar() {
    let mut bench = Bench::new();
    for plate in ["鲁A12345", "使123456", "粤Z1234港", "WJ津1234X", "京A1234警"] {
        bench.pass(&Pass::new(plate));
        assert_eq!(bench.plate(), plate);
        bench.pass(&Pass::new(plate).utf8());
        let read = bench.next().unwrap();
        assert_eq!((read.text.to_string(), read.text.as_bytes()), (plate.into(), plate.as_bytes()));
        assert_eq!(read.plate().unwrap().canonical(), plate);
    }
    // As JSON escapes: the firmware's library can be set to write these.
    bench.pass(&Pass::new(r"\u6d25A\u00b712345"));
    assert_eq!(bench.plate(), "津A12345");
}

#[test]
fn no_plate_is_a_reading_too() {
    let mut bench = Bench::new();
    for pass in [Pass::new("_无_"), Pass::new("_无_").utf8(), Pass::new("")] {
        bench.pass(&pass);
        assert_eq!(bench.next().unwrap().reading, Reading::NoPlate);
    }
    bench.pass(&Pass::new("津A1234"));
    let read = bench.next().unwrap();
    assert!(matches!(read.reading, Reading::Unreadable(PlateError::Short { .. })), "{read:?}");
    bench.pass(&Pass::new("粤Z1234澳|AB1234|ZM1234"));
    let read = bench.next().unwrap();
    assert_eq!(read.plate().unwrap().class(), Class::Macau);
    assert_eq!(read.text.to_string(), "粤Z1234澳|AB1234|ZM1234");
    bench.pass(&Pass::new("津A12345津A12345津A12345津A12345津A12345津A12345"));
    assert!(bench.next().unwrap().text.is_cut());
}

#[test]
fn what_the_camera_saw_may_contradict_the_text() {
    let mut bench = Bench::new();
    bench.pass(&Pass::new("津A12345").colour(5).class(19));
    let read = bench.next().unwrap();
    assert_eq!(
        (read.colour, read.class, read.codes.class),
        (Some(Colour::Green), None, Some(Code::Number(19)))
    );
    assert!(!read.is_consistent());
    bench.pass(&Pass::new("津A12345").class(5));
    assert!(!bench.next().unwrap().is_consistent());
    bench.pass(&Pass::new("津AD12345").colour(5).class(19));
    assert!(bench.next().unwrap().is_consistent());
}

#[test]
fn numbers_mean_what_the_vendor_says() {
    let mut bench = Bench::with(Config::new().profile(Profile::Qianyi), usize::MAX);
    bench.pass(&Pass::new("津A12345D").colour(6).class(12));
    let read = bench.next().unwrap();
    assert_eq!((read.colour, read.class), (Some(Colour::YellowGreen), Some(Class::NewEnergyLarge)));
    for (code, vzenith, qianyi) in [
        (0, None, None),
        (7, Some(Class::Ordinary), Some(Class::ArmedPolice)),
        (11, Some(Class::HongKong), Some(Class::NewEnergySmall)),
        (13, Some(Class::Coach), None),
        (18, Some(Class::Aviation), None),
        (99, None, None),
        (-1, None, None),
    ] {
        assert_eq!(Profile::Vzenith.class(code), vzenith);
        assert_eq!(Profile::Qianyi.class(code), qianyi);
    }
    assert_eq!(Profile::Vzenith.colour(0), None);
}

/// The same bytes give the same readings, in pieces of any size, with pictures
/// to be skipped between.
#[test]
fn pieces_of_any_size_read_alike() {
    let mut first = None;
    for chunk in (1..=24).chain([63, 64, 65, usize::MAX]) {
        let mut bench = Bench::with(Config::new().views(Views::Both), chunk);
        for plate in ["津A12345", "津AD12345", "京A1234警"] {
            bench.pass(&Pass::new(plate).pictures(300, 41));
        }
        let reads: Vec<_> = (0..3).map(|_| bench.next().unwrap()).collect();
        assert_eq!(reads[2].plate().unwrap().class(), Class::Police);
        assert_eq!(*first.get_or_insert(reads.clone()), reads, "{chunk}");
    }
}

#[test]
fn pictures_come_piece_by_piece_or_are_skipped() {
    for chunk in [1, 7, 64, usize::MAX] {
        let mut bench = Bench::with(Config::new().views(Views::Both), chunk);
        bench.pass(&Pass::new("津A12345").pictures(1000, 130));
        bench.pass(&Pass::new("津A54321").pictures(100_000, 0));
        bench.pass(&Pass::new("津A11111").pictures(0, 0));
        let read = bench.next().unwrap();
        let mut clock = bench.clock.clone();
        let (mut full, mut plate) = (Vec::new(), Vec::new());
        let mut call = bench.driver.pictures(&read);
        let count = loop {
            match call.next(&mut clock).unwrap() {
                Told::Done(count) => break count,
                Told::Event(chunk) => {
                    let file = if chunk.view == View::Full { &mut full } else { &mut plate };
                    assert_eq!(chunk.offset as usize, file.len());
                    file.extend_from_slice(chunk.as_bytes());
                }
            }
        };
        assert_eq!(count, 1130);
        assert_eq!(full, picture(1000));
        assert_eq!(plate, picture(130));
        // Asked again, or for another reading's: there are none.
        assert_eq!(bench.driver.pictures(&read).wait(&mut clock), Ok(0));
        // Skipped: 100 KB that look like frames inside.
        assert_eq!(bench.plate(), "津A54321");
        let other = bench.driver.pictures(&read).wait(&mut clock);
        assert_eq!(other, Ok(0));
        assert_eq!(bench.plate(), "津A11111");
    }
}

#[test]
fn a_picture_that_breaks_off_is_told_to_who_asked_for_it() {
    let mut bench = Bench::with(Config::new().views(Views::Full), usize::MAX);
    bench.device.device().cut(2000);
    bench.pass(&Pass::new("津A12345").pictures(10_000, 0));
    let read = bench.next().unwrap();
    let mut clock = bench.clock.clone();
    let result = bench.driver.pictures(&read).wait(&mut clock);
    assert_eq!(result, Err(CallError::Device(Fault::PictureCut)));
    bench.pass(&Pass::new("津A54321").pictures(0, 0));
    assert_eq!(bench.plate(), "津A54321");
    // And who did not ask gets the next reading, after the gap.
    bench.device.device().cut(2000);
    bench.pass(&Pass::new("津A12345").pictures(10_000, 0));
    bench.next().unwrap();
    bench.nothing(4);
    bench.pass(&Pass::new("津A54321").pictures(0, 0));
    assert_eq!(bench.plate(), "津A54321");
}

#[test]
fn heartbeats_go_out_in_time_and_any_number_may_come() {
    let mut bench = Bench::with(Config::new(), 3);
    let before = bench.device.device().heartbeats();
    bench.nothing(21);
    let count = bench.device.device().heartbeats() - before;
    assert!((10..=11).contains(&count), "{count} in 21 s");
    bench.device.device().beat(500);
    bench.pass(&Pass::new("津A12345"));
    bench.device.device().beat(500);
    assert_eq!(bench.plate(), "津A12345");
    bench.nothing(5);
}

#[test]
fn silence_is_noticed_and_polling_goes_on_after_it() {
    let mut bench = Bench::new();
    bench.nothing(3);
    bench.device.device().mute(true);
    let start = bench.clock.now();
    assert_eq!(bench.next(), Err(CallError::Device(Fault::Silent)));
    let waited = bench.clock.now().since(start);
    assert!((4..=7).contains(&(waited.as_millis() / 1000)), "{waited:?}");
    bench.device.device().mute(false);
    bench.nothing(2);
    bench.pass(&Pass::new("津A12345"));
    assert_eq!(bench.plate(), "津A12345");
}

/// Who polls seldom did not hear, which is not the camera's silence.
#[test]
fn a_long_pause_between_polls_is_no_silence() {
    let mut bench = Bench::new();
    bench.pass(&Pass::new("津A12345"));
    bench.clock.advance(Duration::from_secs(3600));
    assert_eq!(bench.plate(), "津A12345");
    bench.clock.advance(Duration::from_secs(3600));
    bench.nothing(5);
}

#[test]
fn readings_between_command_and_reply_are_kept() {
    let mut bench = Bench::new();
    let mut clock = bench.clock.clone();
    bench.pass(&Pass::new("津A11111"));
    bench.pass(&Pass::new("津A22222"));
    bench.driver.init().wait(&mut clock).unwrap();
    assert_eq!(bench.driver.lost(), 0);
    assert_eq!((bench.plate(), bench.plate()), ("津A11111".into(), "津A22222".into()));
    for _ in 0..5 {
        bench.pass(&Pass::new("津A33333"));
    }
    bench.driver.init().wait(&mut clock).unwrap();
    assert_eq!(bench.driver.lost(), 3);
    bench.plate();
    bench.plate();
    bench.nothing(1);
    // One that cannot be read is lost too.
    bench.pass(&Pass::new("津A44444").extra("nonsense"));
    bench.driver.init().wait(&mut clock).unwrap();
    assert_eq!(bench.driver.lost(), 4);
}

#[test]
fn commands_fail_as_they_should() {
    let mut bench = Bench::new();
    let mut clock = bench.clock.clone();
    for (code, kind) in [
        (400, ErrorKind::Refused),
        (401, ErrorKind::Refused),
        (405, ErrorKind::Unsupported),
        (500, ErrorKind::Hardware),
    ] {
        bench.device.device().refuse(code);
        let error = bench.driver.subscribe().wait(&mut clock).unwrap_err();
        let command = Name::IvsResult;
        assert_eq!(error, CallError::Device(Fault::Refused { command, code }));
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains("ivsresult"), "{error}");
    }
    bench.device.device().inject(Wrong::Silence);
    let start = clock.now();
    let error = bench.driver.init().wait(&mut clock).unwrap_err();
    assert_eq!(error, CallError::Device(Fault::NoAnswer(Name::GetSn)));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(clock.now().since(start) >= Timing::VENDOR.reply);
    bench.device.unplug();
    assert_eq!(bench.driver.init().wait(&mut clock), Err(CallError::Port(Unplugged)));
    bench.device.plug();
    bench.driver.init().wait(&mut clock).unwrap();
}

/// The reply to a command that was given up is not taken for that to another.
#[test]
fn late_replies_are_passed_over() {
    let mut bench = Bench::new();
    let mut clock = bench.clock.clone();
    bench.device.device().refuse(500);
    bench.device.device().inject(Wrong::Late(Duration::from_secs(7)));
    let late = bench.driver.init().wait(&mut clock).unwrap_err();
    assert_eq!(late, CallError::Device(Fault::NoAnswer(Name::GetSn)));
    bench.driver.init().wait(&mut clock).unwrap();
    // An old question for the last reading is not a new reading.
    bench.pass(&Pass::new("津A12345"));
    bench.plate();
    bench.device.device().inject(Wrong::Late(Duration::from_secs(7)));
    assert!(bench.driver.latest().wait(&mut clock).is_err());
    bench.nothing(5);
}

#[test]
fn the_last_reading_can_be_asked_for() {
    for anonymous in [false, true] {
        let mut bench = Bench::with(Config::new().views(Views::Full), 50);
        bench.device.device().anonymous(anonymous);
        let mut clock = bench.clock.clone();
        let none = bench.driver.latest().wait(&mut clock).unwrap_err();
        let command = Name::GetIvsResult;
        assert_eq!(none, CallError::Device(Fault::Refused { command, code: 404 }));
        bench.pass(&Pass::new("津A12345").pictures(500, 0));
        assert_eq!(bench.plate(), "津A12345");
        let again = bench.driver.latest().wait(&mut clock).unwrap();
        assert_eq!(again.plate().unwrap().canonical(), "津A12345");
        assert_eq!(again.event, Some(EventId::Number(1)));
        assert_eq!(bench.driver.pictures(&again).wait(&mut clock), Ok(500));
        if anonymous {
            // It might as well have been told unasked.
            assert_eq!(bench.next().unwrap().event, Some(EventId::Number(1)));
        }
        bench.nothing(2);
    }
}

/// A vehicle that goes past while the last reading is asked for is no answer.
#[test]
fn a_reading_told_meanwhile_is_not_lost() {
    for anonymous in [false, true] {
        let mut bench = Bench::new();
        bench.device.device().anonymous(anonymous);
        let mut clock = bench.clock.clone();
        bench.pass(&Pass::new("津A11111"));
        assert_eq!(bench.plate(), "津A11111");
        bench.pass(&Pass::new("津A22222"));
        let latest = bench.driver.latest().wait(&mut clock).unwrap();
        assert_eq!(latest.plate().unwrap().canonical(), "津A22222");
        assert_eq!(bench.plate(), "津A22222");
    }
}

/// A number that once asked for the last reading comes round as a trigger's.
#[test]
fn numbers_come_round() {
    let mut bench = Bench::new();
    let mut clock = bench.clock.clone();
    bench.pass(&Pass::new("津A12345"));
    bench.plate();
    bench.driver.latest().wait(&mut clock).unwrap();
    for _ in 0..254 {
        bench.driver.init().wait(&mut clock).unwrap();
    }
    bench.device.device().mute(true);
    bench.driver.trigger().wait(&mut clock).unwrap();
    bench.device.device().mute(false);
    let number = 2;
    let text = b"{\"PlateResult\":{\"license\":\"\xBD\xF2A54321\"}}";
    let len = u8::try_from(text.len()).unwrap();
    bench.device.device().send(&[&[b'V', b'Z', 0, number, 0, 0, 0, len], &text[..]].concat());
    assert_eq!(bench.plate(), "津A54321");
}

/// What comes between two polls waits in the port: the frame did not stop.
#[test]
fn who_polls_seldom_gets_readings_whole() {
    let mut bench = Bench::with(Config::new().views(Views::Full), 5);
    bench.pass(&Pass::new("津A12345").pictures(200, 0));
    bench.pass(&Pass::new("津A54321").pictures(200, 0));
    let mut seen = Vec::new();
    for _ in 0..60 {
        match bench.driver.next_plate().poll(bench.clock.now()) {
            Ok(read) => seen.extend(read.plate().map(|plate| plate.to_string())),
            Err(error) => assert_eq!(error, nb::Error::WouldBlock),
        }
        bench.clock.advance(Duration::from_secs(3));
    }
    assert_eq!(seen, ["津A12345", "津A54321"]);
}

#[test]
fn a_text_from_a_camera_controls_nothing() {
    let mut bench = Bench::new();
    bench.pass(&Pass::new(r"\u001b[2J津A\u009b12345\n").utf8());
    let read = bench.next().unwrap();
    assert_eq!((read.text.to_string(), read.plate()), ("?[2J津A?12345?".into(), None));
    bench.pass(&Pass::new(r"\u001b[2J津A12345\u007f"));
    assert_eq!(bench.next().unwrap().text.to_string(), "?[2J津A12345?");
}

#[test]
fn trigger_makes_it_look() {
    let mut bench = Bench::new();
    let mut clock = bench.clock.clone();
    bench.device.device().stand(Pass::new("津A12345"));
    bench.driver.trigger().wait(&mut clock).unwrap();
    let read = bench.next().unwrap();
    assert_eq!(read.plate().unwrap().canonical(), "津A12345");
    assert_eq!(read.codes.trigger, Some(Code::Number(4)));
    bench.device.device().refuse(405);
    bench.driver.trigger().wait(&mut clock).unwrap();
    let error = bench.next().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error, CallError::Device(Fault::Refused { command: Name::Trigger, code: 405 }));
}

#[test]
fn firmware_that_does_not_confirm() {
    let clock = VirtualClock::new();
    let device = Simulated::new(VzenithCamera::new());
    device.device().unconfirmed(true);
    let port = device.port(clock.clone());
    let mut driver = Vzenith::new(port, Config::new().confirmed(false));
    driver.subscribe().wait(&mut clock.clone()).unwrap();
    device.device().pass(&Pass::new("津A12345"));
    driver.next_plate().wait(&mut clock.clone()).unwrap();
}

#[test]
fn a_stored_reading_sent_again_has_its_number() {
    let mut bench = Bench::new();
    bench.pass(&Pass::new("津A12345"));
    bench.device.device().resend();
    let (first, again) = (bench.next().unwrap(), bench.next().unwrap());
    assert_eq!((first.event, first.flags), (Some(EventId::Number(1)), ReadFlags::empty()));
    assert_eq!((again.event, again.flags), (Some(EventId::Number(1)), ReadFlags::OFFLINE));
    assert_eq!(first.time, again.time);
}

#[test]
fn of_a_key_that_comes_twice_the_first_counts() {
    let mut bench = Bench::new();
    bench.pass(&Pass::new("津A12345").extra(r#""license":"津A54321","#));
    let read = bench.next().unwrap();
    assert_eq!(read.plate().unwrap().canonical(), "津A54321");
    assert_eq!(read.flags, ReadFlags::REPEATED_KEY);
}

/// What current firmware adds, and what might come: it is passed over.
#[test]
fn unknown_members_are_passed_over() {
    let long = "x".repeat(10_000);
    for extra in [
        r#""car_brand":{"brand":42,"type":255,"year":65535},"#.to_owned(),
        r#""plates":[{"license":"京A00000","type":14,"pos":{"bottom":422}}],"gioouts":[],"#.into(),
        r#""plate_true_width":1.5e3,"feature_code":true,"nothing":null,"#.into(),
        format!(r#""imagePath":"{long}","\u0061\"b\\":"\\\"}}{{","#),
        r#""deviceName":"东门入口乗侓\\","#.to_owned(),
        format!("{}1{}", r#""deep":"#.to_owned() + &"[".repeat(20), "]".repeat(20) + ","),
        format!(r#""blank":{}1,"#, " ".repeat(5000)),
        (0..400).map(|i| format!(r#""k{i}":{i},"#)).collect(),
    ] {
        let mut bench = Bench::with(Config::new(), 61);
        bench.pass(&Pass::new("津A12345").extra(&extra));
        bench.pass(&Pass::new("津A54321"));
        let read = bench.next().unwrap_or_else(|error| panic!("{error} at {extra}"));
        assert_eq!(read.plate().map(|plate| plate.to_string()).as_deref(), Some("津A12345"));
        assert_eq!(read.flags, ReadFlags::empty());
        assert_eq!(bench.plate(), "津A54321", "{extra}");
    }
}

#[test]
fn too_long_and_too_deep_is_told_and_skipped() {
    // Numbers that are longer than anybody's, each under a name that counts.
    let many = ["type", "colorType", "confidence", "direction", "triggerType", "plateid"];
    let many: String =
        many.iter().map(|key| format!(r#""{key}":1{},"#, "0".repeat(1000))).collect();
    let deep = format!("\"deep\":{}1{},", "[".repeat(300), "]".repeat(300));
    for (extra, pictures) in [(&many, 3000), (&deep, 0)] {
        let mut bench = Bench::with(Config::new().views(Views::Full), usize::MAX);
        bench.pass(&Pass::new("津A12345").extra(extra).pictures(pictures, 0));
        bench.pass(&Pass::new("津A54321").pictures(0, 0));
        let error = bench.next().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol);
        match error {
            CallError::Device(Fault::Long { len }) => assert!(len > 6000 && pictures > 0),
            CallError::Device(Fault::Broken { .. }) => assert_eq!(pictures, 0),
            other => panic!("{other}"),
        }
        assert_eq!(bench.plate(), "津A54321");
    }
}

#[test]
fn garbage_and_lost_bytes_cost_no_more_than_their_frame() {
    let noise: Vec<u8> =
        (0..=255).chain(*b"VVZVZ\x07VZ\x01\0\0\0\0\x09VZ\0\0\xFF\0\0\0V").collect();
    for wrong in [
        Wrong::Noise(noise),
        Wrong::Noise(b"VZ".to_vec()),
        Wrong::Noise(b"VZ\0\0\0".to_vec()),
        Wrong::LostByte(0),
        Wrong::LostByte(1),
        Wrong::LostByte(7),
        Wrong::DoubledByte(0),
        Wrong::LostByte(40),
        Wrong::Flipped(2, 0x40),
        Wrong::Flipped(8, 0x01),
    ] {
        for chunk in [1, 5, usize::MAX] {
            let mut bench = Bench::with(Config::new().views(Views::Full), chunk);
            bench.device.device().inject(wrong.clone());
            bench.pass(&Pass::new("津A11111").pictures(200, 0));
            bench.pass(&Pass::new("津A22222").pictures(200, 0));
            bench.pass(&Pass::new("津A33333").pictures(200, 0));
            let mut seen = Vec::new();
            while seen.last().is_none_or(|plate| plate != "津A33333") {
                match bench.next() {
                    Ok(read) => seen.extend(read.plate().map(|plate| plate.to_string())),
                    Err(CallError::Device(Fault::Broken { .. })) => {}
                    Err(error) => panic!("{error} after {seen:?} with {wrong:?}"),
                }
            }
            assert!(seen.contains(&"津A22222".into()), "{seen:?} with {wrong:?} by {chunk}");
        }
    }
}

#[test]
fn a_length_that_lies_costs_no_more_than_its_frame() {
    for lie in [-300, -100, -3, -1, 1, 5, 100, 900_000] {
        for size in [0, 40] {
            let mut bench = Bench::with(Config::new().views(Views::Full), usize::MAX);
            bench.device.device().lie(lie);
            bench.pass(&Pass::new("津A11111").pictures(size, 0));
            bench.pass(&Pass::new("津A22222").pictures(size, 0));
            let mut seen = Vec::new();
            while seen.last().is_none_or(|plate| plate != "津A22222") {
                match bench.next() {
                    Ok(read) => seen.extend(read.plate().map(|plate| plate.to_string())),
                    Err(CallError::Device(Fault::Broken { .. })) => {}
                    Err(error) => panic!("{error} after {seen:?} with {lie}"),
                }
            }
        }
    }
}

#[test]
fn a_frame_may_pause_but_not_for_ever() {
    let mut probe = Bench::new();
    probe.pass(&Pass::new("津A12345"));
    let len = probe.device.device().transmit(probe.clock.now()).len();
    for at in (0..len).step_by(37) {
        let mut bench = Bench::new();
        bench.device.device().split(at, Duration::from_secs(1));
        bench.pass(&Pass::new("津A12345"));
        assert_eq!(bench.plate(), "津A12345", "{at}");
    }
    // Cut short at each length: the next one comes all the same.
    for at in 0..len {
        let mut bench = Bench::new();
        bench.device.device().cut(at);
        bench.pass(&Pass::new("津A12345"));
        let end = bench.clock.now() + Duration::from_secs(4);
        let mut call = bench.driver.next_plate();
        while bench.clock.now() < end {
            match call.poll(bench.clock.now()) {
                Err(nb::Error::WouldBlock) => {}
                Err(nb::Error::Other(CallError::Device(Fault::Broken { .. }))) => break,
                Ok(read) => {
                    // All but the line feed and the zero byte.
                    assert!(at >= len - 2, "{at}: {read:?}");
                    break;
                }
                Err(error) => panic!("{error:?}"),
            }
            bench.clock.advance(Duration::from_millis(100));
        }
        bench.pass(&Pass::new("津A54321"));
        assert_eq!(bench.plate(), "津A54321", "{at}");
    }
}

/// A port that moves one byte at a time, and so many in all.
struct Metered {
    port: SimPort<VzenithCamera, VirtualClock>,
    left: Rc<Cell<usize>>,
}

impl Metered {
    fn pay(&self) -> nb::Result<(), Unplugged> {
        let left = self.left.get().checked_sub(1).ok_or(nb::Error::WouldBlock)?;
        self.left.set(left);
        Ok(())
    }
}

impl embedded_pos::ErrorType for Metered {
    type Error = Unplugged;
}

impl Port for Metered {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Unplugged> {
        self.pay()?;
        self.port.try_read(&mut buf[..1])
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Unplugged> {
        self.pay()?;
        self.port.try_write(&bytes[..1])
    }
}

/// Wherever a call is dropped, the next command works and no reading is lost.
#[test]
fn a_call_may_be_dropped_at_every_byte() {
    for bytes in 0..260 {
        let clock = VirtualClock::new();
        let device = Simulated::new(VzenithCamera::new());
        let left = Rc::new(Cell::new(bytes));
        let port = Metered { port: device.port(clock.clone()), left: Rc::clone(&left) };
        let mut driver = Vzenith::new(port, Config::new());
        let mut call = driver.subscribe();
        while left.get() > 0 && call.poll(clock.clone().now()).is_err() {}
        drop(call);
        left.set(usize::MAX);
        let mut clock = clock;
        driver.init().wait(&mut clock).unwrap_or_else(|error| panic!("{error} at {bytes}"));
        driver.subscribe().wait(&mut clock).unwrap();
        assert!(device.device().commands().iter().all(|text| text.ends_with('}')));
        device.device().pass(&Pass::new("津A12345"));
        let read = driver.next_plate().wait(&mut clock).unwrap();
        assert_eq!(read.plate().unwrap().canonical(), "津A12345");
    }
}

#[test]
fn a_poll_may_be_dropped_at_every_byte() {
    for bytes in 0..1100 {
        let clock = VirtualClock::new();
        let device = Simulated::new(VzenithCamera::new());
        let left = Rc::new(Cell::new(usize::MAX));
        let port = Metered { port: device.port(clock.clone()), left: Rc::clone(&left) };
        let mut driver = Vzenith::new(port, Config::new().views(Views::Full));
        let mut clock = clock;
        driver.subscribe().wait(&mut clock).unwrap();
        device.device().pass(&Pass::new("津A12345").pictures(200, 0));
        left.set(bytes);
        let mut seen = Vec::new();
        let mut call = driver.next_plate();
        while left.get() > 0 && seen.is_empty() {
            seen.extend(call.poll(clock.now()).ok());
        }
        drop(call);
        left.set(usize::MAX);
        driver.init().wait(&mut clock).unwrap();
        if seen.is_empty() {
            seen.push(driver.next_plate().wait(&mut clock).unwrap());
        }
        assert_eq!(seen[0].plate().unwrap().canonical(), "津A12345", "{bytes}");
    }
}

/// No check in a frame tells a flipped bit; but it costs that frame at most.
#[test]
fn flipped_bits_cost_no_more_than_their_frame() {
    let mut probe = Bench::with(Config::new().views(Views::Full), usize::MAX);
    probe.pass(&Pass::new("津A12345").pictures(60, 0));
    let len = probe.device.device().transmit(probe.clock.now()).len();
    for at in 0..len {
        for bit in if at < 8 { 0..8 } else { at % 8..at % 8 + 1 } {
            let mut bench = Bench::with(Config::new().views(Views::Full), usize::MAX);
            bench.device.device().inject(Wrong::Flipped(at, 1 << bit));
            bench.pass(&Pass::new("津A12345").pictures(60, 0));
            // Where the flipped length takes the next one in, it is lost too.
            bench.clock.advance(Duration::from_millis(1));
            let mut seen = Vec::new();
            for _ in 0..100 {
                bench.pass(&Pass::new("津A54321").pictures(60, 0));
                match bench.next() {
                    Ok(read) => seen.extend(read.plate().map(|plate| plate.to_string())),
                    Err(CallError::Device(Fault::Broken { .. } | Fault::Long { .. })) => {}
                    Err(error) => panic!("{error} at {at}.{bit}"),
                }
                if seen.last().is_some_and(|plate| plate == "津A54321") {
                    break;
                }
            }
            assert_eq!(seen.last().map(String::as_str), Some("津A54321"), "{at}.{bit}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever comes, nothing panics, every call ends, and a reading that
    /// comes after the line was quiet is told.
    #[test]
    fn no_bytes_panic(
        pieces in proptest::collection::vec(
            prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..60),
                Just(b"VZ\0\0\0\0\0\x40".to_vec()),
                Just(b"VZ\x02\0\0\0\0\x09".to_vec()),
                Just(b"{\"PlateResult\":{\"license\":\"\xBD\xF2A12345\"}}\0".to_vec()),
                Just(b"[{\"a\":[\"\\u12".to_vec()),
            ],
            0..12,
        ),
        chunk in 1_usize..80,
    ) {
        let mut bench = Bench::with(Config::new(), chunk);
        bench.device.device().send(&pieces.concat());
        let end = bench.clock.now() + Duration::from_secs(5);
        while bench.clock.now() < end {
            let _ = bench.driver.next_plate().poll(bench.clock.now());
            bench.clock.advance(Duration::from_millis(20));
        }
        bench.pass(&Pass::new("津A54321"));
        loop {
            let read = bench.next();
            prop_assert!(!matches!(read, Err(CallError::Device(Fault::Silent))));
            if read.is_ok_and(|read| read.text.as_bytes() == b"\xBD\xF2A54321") {
                break;
            }
        }
    }
}

#[test]
fn a_line_that_takes_nothing_ends_the_call() {
    struct Stuck;
    impl embedded_pos::ErrorType for Stuck {
        type Error = ErrorKind;
    }
    impl embedded_pos::port::Port for Stuck {
        fn try_read(&mut self, _: &mut [u8]) -> nb::Result<usize, ErrorKind> {
            Err(nb::Error::WouldBlock)
        }
        fn try_write(&mut self, _: &[u8]) -> nb::Result<usize, ErrorKind> {
            Err(nb::Error::WouldBlock)
        }
    }
    let mut clock = VirtualClock::new();
    let mut driver = Vzenith::new(Stuck, Config::new());
    for _ in 0..3 {
        let error = driver.init().wait(&mut clock).unwrap_err();
        assert_eq!(error, CallError::Device(Fault::NotSent));
        assert_eq!(driver.next_plate().wait(&mut clock), Err(CallError::Device(Fault::NotSent)));
    }
    assert!(clock.now() < Instant::from_micros(15_000_000));
}

#[test]
fn the_trait_is_whole() {
    let bench = Bench::new();
    let mut camera: Clocked<_, _, Next> = Clocked::new(bench.driver, bench.clock.clone());
    fn use_it(camera: &mut impl PlateCamera, device: &Camera, clock: &mut VirtualClock) {
        let mut camera = camera;
        camera.subscribe().unwrap();
        assert!(matches!(camera.poll_plate(), Err(nb::Error::WouldBlock)));
        device.device().stand(Pass::new("津A12345"));
        // Through the blanket implementation too.
        PlateCamera::trigger(&mut camera).unwrap();
        let read = nb::block!({
            clock.advance(Duration::from_millis(10));
            camera.poll_plate()
        });
        assert_eq!(read.unwrap().plate().unwrap().canonical(), "津A12345");
        camera.unsubscribe().unwrap();
        assert!(!device.device().is_subscribed());
    }
    use_it(&mut camera, &bench.device, &mut bench.clock.clone());
}

/// Over a real socket, by real time.
#[test]
fn it_speaks_over_tcp() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let device = Simulated::new(VzenithCamera::new());
    let served = device.clone();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut port = StreamPort::tcp(stream).unwrap();
        served.serve(&mut port, &mut SystemClock::new()).unwrap();
    });
    let port = StreamPort::connect(address).unwrap();
    let mut clock = SystemClock::new();
    let mut driver = Vzenith::new(port, Config::new().views(Views::Both));
    driver.init().wait(&mut clock).unwrap();
    driver.subscribe().wait(&mut clock).unwrap();
    for plate in ["津A12345", "津AD12345"] {
        device.device().pass(&Pass::new(plate).pictures(100_000, 2_000));
        let read = driver.next_plate().wait(&mut clock).unwrap();
        assert_eq!(read.plate().unwrap().canonical(), plate);
        assert_eq!(driver.pictures(&read).wait(&mut clock).unwrap(), 102_000);
    }
    drop(driver.release());
    server.join().unwrap();
}

#[test]
fn times_are_shown_in_their_zone() {
    let show = |seconds, zone| ReadTime { seconds, micros: 7, zone }.to_string();
    for (seconds, zone, text) in [
        (0, Zone::Unknown, "1970-01-01T00:00:00.000007"),
        (951_782_400, Zone::East(0), "2000-02-29T00:00:00.000007+00:00"),
        (951_868_799, Zone::East(-90), "2000-02-29T22:29:59.000007-01:30"),
        (1_735_660_800, Zone::East(480), "2025-01-01T00:00:00.000007+08:00"),
        (-1, Zone::East(0), "1969-12-31T23:59:59.000007+00:00"),
    ] {
        assert_eq!(show(seconds, zone), text);
    }
    for seconds in [i64::MIN, i64::MAX] {
        show(seconds, Zone::East(i16::MAX));
    }
}

#[test]
fn the_async_twin_reads_the_same() {
    async fn use_it(camera: &mut impl AsyncPlateCamera, device: &Camera) {
        camera.subscribe().await.unwrap();
        device.device().pass(&Pass::new("津A12345"));
        let read = camera.next_plate().await.unwrap();
        assert_eq!(read.plate().unwrap().canonical(), "津A12345");
        device.device().stand(Pass::new("津A54321"));
        camera.trigger().await.unwrap();
        let read = camera.next_plate().await.unwrap();
        assert_eq!(read.plate().unwrap().canonical(), "津A54321");
        camera.unsubscribe().await.unwrap();
        assert!(!device.device().is_subscribed());
    }
    for chunk in [1, 5, usize::MAX] {
        let clock = VirtualClock::new();
        let device = Simulated::new(VzenithCamera::new());
        let driver = Vzenith::new(device.port(clock.clone()).chunked(chunk), Config::new());
        let mut camera: Clocked<_, _> = Clocked::new(driver, clock);
        block_on(use_it(&mut &mut camera, &device));
    }
}

/// A future dropped at any of its polls: the reading is told by the next one.
#[test]
fn a_future_may_be_dropped_at_every_poll() {
    for polls in 0..200 {
        let clock = VirtualClock::new();
        let device = Simulated::new(VzenithCamera::new());
        let driver = Vzenith::new(device.port(clock.clone()).chunked(5), Config::new());
        let mut camera: Clocked<_, _> = Clocked::new(driver, clock);
        block_on(camera.subscribe()).unwrap();
        device.device().pass(&Pass::new("津A12345"));
        let early = {
            let mut future = pin!(camera.next_plate());
            let mut context = Context::from_waker(Waker::noop());
            (0..polls).find_map(|_| match future.as_mut().poll(&mut context) {
                Poll::Ready(read) => Some(read.unwrap()),
                Poll::Pending => None,
            })
        };
        let read = early.unwrap_or_else(|| block_on(camera.next_plate()).unwrap());
        assert_eq!(read.plate().unwrap().canonical(), "津A12345", "{polls}");
    }
}
