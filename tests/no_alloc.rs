//! The library allocates nothing: a counting allocator watches it at work.
//!
//! The simulators do allocate. So each conversation is recorded with one first,
//! and the driver then holds it again with a replay, over arrays.

mod emv_support;
mod pn532_support;
mod terminal_support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use embedded_pos::card::contactless::{self, Contactless, FrontEnd};
use embedded_pos::card::reader::mfrc522::{self, Mfrc522};
use embedded_pos::card::reader::pn532::{self, Pn532};
use embedded_pos::card::reader::serial_ccid::{self, SerialCcid};
use embedded_pos::card::reader::st25r3916::{self, St25r3916};
use embedded_pos::card::{Atr, CardReader, Command, Response, T1Parameters, t0, t1};
use embedded_pos::emv::tlv::Walk;
use embedded_pos::emv::{self, FIELD_55, OnlineResponse, Store, Terminal, Transaction};
use embedded_pos::fingerprint::record;
use embedded_pos::fingerprint::trust::{self, Claim, Policy, Presence};
use embedded_pos::fingerprint::zfm::{self, Password, Zfm};
use embedded_pos::fingerprint::{FingerprintSensor, Match, SensorId, Slot};
use embedded_pos::port::adapter::SpiTransfers;
use embedded_pos::port::middleware::{Recorder, Replayer};
use embedded_pos::port::{Clock, Clocked, Duration, Instant, Port};
use embedded_pos::printer::dither::{Dither, Method as Dithering};
use embedded_pos::printer::escpos::{Encoder, EscPos, Profile, Timed};
use embedded_pos::printer::{
    Align, Area, Direction, Item, Page, Placed, Printer, QrLevel, Style, print_banded,
};
use embedded_pos::scan::code::cpm::Cpm;
use embedded_pos::scan::code::mpm::Mpm;
use embedded_pos::scan::code::{Expect, OneTime, PaymentCode, classify};
use embedded_pos::scan::document::aamva::Aamva;
use embedded_pos::scan::document::card::IdText;
use embedded_pos::scan::document::licence::{self, Classes};
use embedded_pos::scan::document::mrz::Zone;
use embedded_pos::scan::document::sdt::{self, Sdt};
use embedded_pos::scan::document::vin::Vin;
use embedded_pos::scan::document::{IdReader, ReadsBiometrics};
use embedded_pos::scan::engine::gm65::{self, Gm65};
use embedded_pos::scan::engine::reader::{Language, Reader};
use embedded_pos::scan::engine::ssi::{self, Ssi};
use embedded_pos::scan::engine::{datalogic, de2120, honeywell, line, m3y, newland};
use embedded_pos::scan::plate::feed::axis::Axis;
use embedded_pos::scan::plate::feed::dahua::Dahua;
use embedded_pos::scan::plate::feed::gat1400::Gat1400;
use embedded_pos::scan::plate::feed::hikvision::Hikvision;
use embedded_pos::scan::plate::feed::vzenith::{Answer, Profile as Numbers, Push};
use embedded_pos::scan::plate::feed::{Event, Feed};
use embedded_pos::scan::plate::matching::{Query, Spelling};
use embedded_pos::scan::plate::votes::{Rules, Votes};
use embedded_pos::scan::plate::{Hpzl, Plate, PlateRead, Province};
use embedded_pos::scan::{Scan, Scanner};
use embedded_pos::sim::camera::Sight;
use embedded_pos::sim::camera::pushed::Alarm;
use embedded_pos::sim::card::{
    CardLine, CcidReader, Echo, EmvApplet, IdealFrontEnd, IdealReader, IsoDepCard, Mfrc522Model,
    OnSpi, Personalisation, SpiChip, St25r3916Model, T0Card, T1Card, T1Characters,
};
use embedded_pos::sim::documents::card::resident;
use embedded_pos::sim::fingerprint::R503Module;
use embedded_pos::sim::id_reader::SdtReader;
use embedded_pos::sim::issuer::Issuer;
use embedded_pos::sim::printer::{EscPosPrinter, Model};
use embedded_pos::sim::scanner::{
    DatalogicModule, De2120Module, Gm65Module, LineModule, M3yModule, MenuModule, NewlandModule,
    SsiEngine, SsiLayout, SsiLong, Symbology,
};
use embedded_pos::sim::{Simulated, VirtualClock};
use embedded_pos::terminal::papers::STANDARD;
use embedded_pos::terminal::payment::{
    Acquirer, Approval, Charge, ChipCard, History, Means, Method, OrderState, Reply, Reversal,
    Sale, Secret, Undo,
};
use embedded_pos::terminal::{
    Case, Choice, Confirmation, DecisionNumber, Delivery, Failures, Fen, Moment, NumberBlock,
    OrderKey, Outcome, Platform, Printing, Record, RecordSink, RecordStore, Seq, Series, Session,
    Settlement, SignIn, SignInStep, Signature, Standing, Step, Subject, Tender, Text, Vehicle,
    Violation, upload_oldest,
};
use embedded_pos::{ErrorKind, ErrorType, nb};
use terminal_support::{PAN, TRACK2, date, decided, place, roster, rules, subject, violation};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // Not there when a thread ends; nothing is watched then.
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: the system's allocator, with a count beside it that does not
// allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Does it, and counts what it allocates in this thread.
fn counted<T>(what: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATIONS.get();
    let result = what();
    (result, ALLOCATIONS.get() - before)
}

/// Does it, and insists that it allocates nothing.
fn frugal<T>(what: impl FnOnce() -> T) -> T {
    let (result, allocations) = counted(what);
    assert_eq!(allocations, 0, "so many allocations");
    result
}

#[test]
fn the_count_counts() {
    assert_eq!(counted(|| black_box(Box::new(1))).1, 1);
    assert_eq!(counted(|| black_box(String::from("a") + "longer than before")).1, 2);
    assert_eq!(counted(|| black_box([0; 100])).1, 0);
}

/// Pushes a message in pieces; how many events came.
fn events(feed: &mut dyn Feed, message: &[u8]) -> usize {
    let mut events = 0;
    for mut bytes in message.chunks(100) {
        loop {
            let (used, event) = feed.push(bytes);
            bytes = &bytes[used..];
            if event.is_none() {
                break;
            }
            events += 1;
        }
    }
    events
}

#[test]
fn what_cameras_push_is_read_in_the_room_given() {
    let sight = Sight::draw(&mut embedded_pos::sim::Draw::new(1));
    let one = std::slice::from_ref(&sight);
    let messages = [
        sight.hikvision_form(),
        Sight::dahua_stream(one),
        sight.axis().into_bytes(),
        Sight::gat1400(one).into_bytes(),
    ];
    let mut feeds: [&mut dyn Feed; 4] = [
        &mut Hikvision::new([0; 4096], [0; 1024]),
        &mut Dahua::new([0; 1024]),
        &mut Axis::new([0; 512]),
        &mut Gat1400::new([0; 1024]),
    ];
    for (feed, message) in feeds.iter_mut().zip(&messages) {
        assert!(frugal(|| events(*feed, message)) > 0);
    }
}

#[test]
fn objects_plates_codes_and_records_are_read_in_place() {
    let record = [
        0x70, 0x1B, 0x61, 0x19, 0x4F, 0x08, 0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01, 0x87,
        0x01, 0x01, 0x50, 0x0A, 0x54, 0x45, 0x53, 0x54, 0x20, 0x44, 0x45, 0x42, 0x49, 0x54,
    ];
    let visits =
        frugal(|| Walk::new(&record).map(|visit| visit.map(|_| ())).filter(Result::is_ok).count());
    assert_eq!(visits, 5);
    let licence = b"@\n\x1E\rANSI 636000100001DL00310017DLDAQ1DCSMADDEN|DBB01011990";
    let read = frugal(|| {
        let aamva = Aamva::parse(licence).ok()?;
        let (name, birth) = (aamva.card().name(), aamva.card().birth());
        Some((aamva.elements().count(), aamva.faults().count(), name, birth))
    });
    assert!(read.is_some_and(|read| read.0 > 0 && read.1 > 0));
    for plate in ["津A12345", "津AD12345", "京A1234警", "粤Z1234港", "津E1234挂", "not a plate"]
    {
        let parsed = frugal(|| black_box(Plate::parse(plate)));
        assert_eq!(parsed.is_ok(), plate != "not a plate");
    }
    let zone = b"I<UTOD23145890<7349<<<<<<<<<<<|34O7127M9507122UTO<<<<<<<<<<<2|A<<B<<<<<<<<<<<<<<<<<<<<<<<<<<";
    assert!(frugal(|| Zone::read(zone).is_ok_and(|zone| zone.mrz().checks().agree())));
    assert!(frugal(|| Vin::parse(b"1M8GDM9AXKP042788").is_ok_and(|vin| vin.country().is_some())));
    let text = IdText::from(resident("测试一").text());
    assert!(frugal(|| text.card().name().to_utf8(&mut [0; 48]).is_ok()));
    assert!(frugal(|| text.card().birth().is_ok() && text.card().resident_id().is_ok()));
    assert!(frugal(|| Classes::parse("A1A2D").is_ok() && licence::date("2026年3月2日").is_some()));
    let payment = b"134567890123456789";
    assert!(frugal(|| classify(payment, None, Expect::Any).iter().count()) > 0);
    let codes = include_str!("vectors/scan/code.jsonl");
    let code = |kind| {
        let line = codes.lines().find(|line| line.contains(kind)).unwrap();
        line.split('"').nth(3).unwrap().as_bytes()
    };
    let merchant = Mpm::parse(code("emv-mpm")).unwrap();
    assert_eq!(frugal(|| (merchant.findings().count(), merchant.minor_amount())), (0, Some(2372)));
    let mut buf = [0; 128];
    let consumer = code("emv-cpm");
    let read = |code: Cpm<'_>| code.applications().filter_map(|of| of.aid()).count();
    assert_eq!(frugal(|| Cpm::decode(consumer, &mut buf).map(read)), Ok(2));
    let mut guard: OneTime<4> = OneTime::new([1; 16], Duration::from_secs(60));
    let mut admit = || {
        let scanned = PaymentCode::new(payment).unwrap();
        guard.admit(scanned, embedded_pos::port::Instant::ZERO).is_ok()
    };
    assert!(frugal(&mut admit));
    assert!(!frugal(admit));
    let hex = include_str!("vectors/fmr/records.txt").lines().nth(1).unwrap();
    let hex = hex.rsplit(' ').next().unwrap();
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    let fingers: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    let minutiae =
        |record: record::Record<'_>| record.views().map(|view| view.minutiae().count()).sum();
    let count: usize = frugal(|| record::Record::new(&fingers).map_or(0, minutiae));
    assert_eq!(
        (count, frugal(|| record::Record::new(&fingers).unwrap().first_note().is_some())),
        (49, true)
    );
}

const ITEMS: [Item<'_>; 8] = [
    Item::Align(Align::Center),
    Item::Style(Style::TITLE),
    Item::Text("罚款收据\n"),
    Item::Style(Style::NORMAL),
    Item::Columns("罚款", "200.00元"),
    Item::Text("行为  不按规定停放机动车，代码 1039，地点 南京路与滨江道交口\n"),
    Item::Qr { data: b"https://example.com/receipt", module: 4, level: QrLevel::M },
    Item::Cut,
];

/// Keys, lists, votes and what is pushed.
#[test]
fn plates_are_looked_up_voted_on_and_pushed_in_place() {
    let home = Province::from_character('津').unwrap();
    assert_eq!(frugal(|| Plate::from_key(Hpzl::SMALL, "A12345", home).count()), 1);
    let list = ["津A12345", "津A12845"].map(Spelling::new);
    let query = frugal(|| Query::new("津A1Z345"));
    let found = frugal(|| query.nearest::<_, 2>(&list));
    assert_eq!(frugal(|| found.iter().flat_map(|near| query.differences(near.entry)).count()), 1);

    let mut votes: Votes<2> = Votes::new(Rules::new());
    let read = PlateRead::new("津A12345".as_bytes());
    frugal(|| (0..3).for_each(|_| _ = votes.add(&read, Instant::ZERO)));
    assert_eq!(frugal(|| votes.take(Instant::FAR_FUTURE)).unwrap().frames, 3);

    let message = Alarm::new("津A12345").mqtt();
    let mut feed = Push::mqtt(Numbers::Vzenith, [0; 768]);
    let read = frugal(|| match feed.push(message.as_bytes()).1 {
        Some(Ok(Event::Plate(read))) => read,
        other => panic!("{other:?}"),
    });
    let mut answer = [0; Answer::LONGEST];
    assert!(frugal(|| Answer::to(&read).write(&mut answer).is_ok()));
}

/// Encodes an item; returns how many bytes it has.
fn encode(encoder: &mut Encoder, item: &Item<'_>) -> usize {
    let mut job = encoder.begin(item).unwrap();
    let (mut buffer, mut len) = ([0; 256], 0);
    while !job.is_done() {
        len += encoder.fill(&mut job, &mut buffer).len;
    }
    len
}

#[test]
fn a_receipt_is_encoded_in_place() {
    let mut encoder = Encoder::new(&Profile::EPSON_80MM);
    let len: usize = frugal(|| ITEMS.iter().map(|item| encode(&mut encoder, item)).sum());
    assert!(len > 100);
}

/// Records `$talk` with a simulated device, and has it replayed; each is handed
/// its part of the rest.
macro_rules! twice {
    ($device:expr, $talk:expr, $first:expr, $second:expr) => {{
        let mut buf = vec![0; 1 << 16];
        let clock = VirtualClock::new();
        let port = Recorder::new($device.port(clock.clone()), clock.clone(), &mut buf);
        let (first, port) = $talk(port, clock, $first);
        let recording = port.release().1;
        let clock = VirtualClock::new();
        let replayer = Replayer::new(clock.clone(), recording);
        let second = $second;
        let (second, port) = frugal(|| $talk(replayer, clock, second));
        assert!(port.is_over(), "all was said again");
        assert_eq!(first, second);
        second
    }};
}

/// The answer that a poll has in the end.
fn poll<T, E: core::fmt::Debug>(
    clock: &VirtualClock,
    mut poll: impl FnMut() -> nb::Result<T, E>,
) -> T {
    for _ in 0..100_000 {
        match poll() {
            Ok(output) => return output,
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_micros(500)),
            Err(nb::Error::Other(error)) => panic!("{error:?}"),
        }
    }
    panic!("the poll does not end");
}

fn identify<P: Port>(port: P, mut clock: VirtualClock, _: ()) -> (Option<Match>, P) {
    let mut driver = Zfm::new(port, zfm::Config::r503(Password::FACTORY));
    driver.init().wait(&mut clock).unwrap();
    let mut sensor = Clocked::new(driver, clock.clone());
    let found = poll(&clock, || sensor.poll_identify());
    (found, sensor.release().0.release())
}

#[test]
fn a_finger_is_identified_in_place() {
    let device = Simulated::new(R503Module::new());
    device.device().store(3, "anna");
    device.device().place("anna");
    assert_eq!(twice!(device, identify, (), ()).unwrap().slot, Slot(3));
}

/// `show` is called when the engine looks.
fn scan<P: Port>(port: P, mut clock: VirtualClock, mut show: impl FnMut()) -> ([u8; 32], P) {
    let mut driver = Gm65::new(port, gm65::Config::new());
    driver.init().wait(&mut clock).unwrap();
    driver.start().wait(&mut clock).unwrap();
    show();
    let mut scanner = Clocked::new(driver, clock.clone());
    let mut payload = [0; 32];
    poll(&clock, || scanner.poll_scan(&mut payload));
    (payload, scanner.release().0.release())
}

#[test]
fn a_code_is_scanned_in_place() {
    let device = Simulated::new(Gm65Module::new());
    let show = || device.device().present(b"134567890123456789", Symbology::Qr);
    assert!(twice!(device, scan, show, || ()).starts_with(b"134567890123456789\0"));
}

/// A code of three packets, and a parameter.
fn scan_ssi<P: Port>(port: P, mut clock: VirtualClock, mut show: impl FnMut()) -> (Scan, P) {
    let mut driver: Ssi<_> = Ssi::new(port, ssi::Config::new());
    driver.init().wait(&mut clock).unwrap();
    driver.set(ssi::Parameter::QR, ssi::Value::Byte(0)).wait(&mut clock).unwrap();
    driver.start().wait(&mut clock).unwrap();
    show();
    let mut scanner = Clocked::new(driver, clock.clone());
    let mut payload = [0; 512];
    let mut scan = poll(&clock, || scanner.poll_scan(&mut payload));
    // The second time is no quicker.
    scan.at = embedded_pos::port::Instant::ZERO;
    (scan, scanner.release().0.release())
}

#[test]
fn a_code_of_several_packets_is_scanned_in_place() {
    let device = Simulated::new(SsiEngine::new(SsiLayout::Extended, SsiLong::Segments));
    let show = || device.device().present(&[0x5A; 500], 0x1C);
    assert_eq!(twice!(device, scan_ssi, show, || ()).len, 500);
}

/// `lay` is called when the reader looks for a card.
fn identify_person<P: Port>(
    port: P,
    clock: VirtualClock,
    mut lay: impl FnMut(),
) -> (([u8; IdText::LEN], usize), P) {
    let mut reader = Clocked::new(Sdt::new(port, sdt::Config::new()), clock.clone());
    lay();
    poll(&clock, || reader.poll_card());
    let (mut text, mut photo) = (IdText::new(), 0);
    reader.read_photo(&mut text, &mut |piece| photo += piece.as_bytes().len()).unwrap();
    ((*text.as_bytes(), photo), reader.release().0.release())
}

#[test]
fn an_id_card_is_read_in_place() {
    let device = Simulated::new(SdtReader::new());
    let card = resident("测试一");
    let (text, photo) = twice!(device, identify_person, || device.device().lay(&card), || ());
    assert_eq!((text, photo), (card.text(), 1_024));
}

fn print<P: Port>(port: P, mut clock: VirtualClock, _: ()) -> (bool, P) {
    let mut printer = EscPos::new(port, Timed, &Profile::CLONE_58MM);
    printer.init().wait(&mut clock).unwrap();
    for item in &ITEMS {
        printer.print(item).wait(&mut clock).unwrap();
    }
    let finished = printer.finish().wait(&mut clock).is_ok();
    (finished, printer.release().0)
}

#[test]
fn a_receipt_is_printed_in_place() {
    let device = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
    assert!(twice!(device, print, (), ()));
}

/// A grey picture and a page, through 1 152 bytes.
fn draw<P: Port>(port: P, clock: VirtualClock, _: ()) -> (bool, P) {
    let mut printer = Clocked::new(EscPos::new(port, Timed, &Profile::EPSON_80MM), clock);
    let mut errors = [0; Dither::state(Dithering::Atkinson, 384)];
    let mut dither = Dither::new(Dithering::Atkinson, 384, &mut errors);
    let mut band = [0; 48 * 24];
    let printed = print_banded(&mut printer, 384, 60, &mut band, |band| {
        band.rows_mut().for_each(|(y, row)| dither.row(&[y as u8 * 4; 384], row));
    });
    let items = [Placed { x: 0, y: 40, item: Item::Text("罚款") }];
    let direction = Direction::Down;
    let areas = [Area { x: 0, y: 0, width: 99, height: 99, direction, items: &items }];
    let page = printer.print(&Item::Page(Page { areas: &areas }));
    (printed.is_ok() && page.is_ok(), printer.release().0.release().0)
}

#[test]
fn pictures_and_pages_are_printed_in_place() {
    let device = Simulated::new(EscPosPrinter::new(Model::EPSON_80MM));
    assert!(twice!(device, draw, (), ()));
}

/// A whole payment: reader, T=1, kernel. `issuer` answers for the issuer.
fn pay<P: Port>(
    port: P,
    clock: VirtualClock,
    issuer: &mut dyn FnMut(&Transaction<'_>) -> OnlineResponse<'static>,
) -> (bool, P) {
    let mut reader = Clocked::new(SerialCcid::new(port, serial_ccid::Config::DEFAULT), clock);
    reader.activate(&mut [0; Atr::MAX]).unwrap();
    let mut arena = [0; Store::ROOM];
    let mut transaction = Transaction::new(&Terminal::CHINA, emv_support::payment(), &mut arena);
    let mut buf = [0; Response::MAX];
    loop {
        match transaction.step() {
            emv::Step::Transmit(command) => {
                let len = reader.transmit(command, &mut buf).unwrap();
                transaction.response(&buf[..len]);
            }
            emv::Step::GoOnline(request) => {
                assert!(request.field_55(FIELD_55, &mut buf).unwrap() > 0);
                let answer = issuer(&transaction);
                transaction.online(&answer);
            }
            emv::Step::Choose(_) => transaction.choose(0),
            emv::Step::EnterPin(_) => transaction.pin_pad_failed(),
            emv::Step::Done(outcome) => {
                let approved = outcome.is_approved();
                reader.deactivate().unwrap();
                return (approved, reader.release().0.release());
            }
            step => panic!("{step:?}"),
        }
    }
}

#[test]
fn a_card_is_charged_in_place() {
    let issuer = Issuer::default();
    let device = Simulated::new(CcidReader::new());
    device.device().insert(T1Card::new(EmvApplet::new(Personalisation::default(), &issuer)));
    let mut answer = None;
    let asked = &mut |transaction: &Transaction<'_>| {
        let given = Box::leak(Box::new(emv_support::authorise(&issuer, transaction)));
        *answer.insert(emv_support::response(given))
    };
    let approved = twice!(device, pay, asked, &mut |_: &Transaction<'_>| answer.unwrap());
    assert!(approved);
}

/// A command over T=0 and the same over T=1, on the card's own line.
fn over_lines<P: Port>(port: P, mut clock: VirtualClock, t1: bool) -> (usize, P) {
    let read = [0, 0xB2, 1, 0x0C, 7];
    if t1 {
        let parameters = T1Parameters { ifsc: 254, ..T1Parameters::default() };
        let timing = t1::Timing::new(&parameters, 3_579_545, 372, 1);
        let mut line = t1::Line::new(port, timing, t1::Limits::DEFAULT);
        line.reset(&parameters, timing);
        line.agree_ifs(254).wait(&mut clock).unwrap();
        (line.transmit(&read).wait(&mut clock).unwrap(), line.release())
    } else {
        let timing = t0::Timing::new(10, 3_579_545, 372, 1);
        let mut line = t0::Line::new(port, timing, t0::Limits::DEFAULT);
        let select = [0, 0xA4, 4, 0, 2, 0x3F, 0, 0];
        line.transmit(&select).wait(&mut clock).unwrap();
        (line.transmit(&read).wait(&mut clock).unwrap(), line.release())
    }
}

#[test]
fn both_protocols_of_contacts_run_in_place() {
    let device = Simulated::new(CardLine::new(T0Card::echo()));
    assert_eq!(twice!(device, over_lines, false, false), 9);
    let device = Simulated::new(CardLine::new(T1Characters::from(T1Card::echo())));
    assert_eq!(twice!(device, over_lines, true, true), 9);
}

/// A session with a contactless card.
fn hold<P: Port>(port: P, clock: VirtualClock, _: ()) -> (usize, P) {
    let driver = Contactless::over(port, IdealFrontEnd::new(), contactless::Config::ISO);
    let mut reader = Clocked::new(driver, clock.clone());
    poll(&clock, || reader.poll_inserted());
    reader.activate(&mut [0; Atr::MAX]).unwrap();
    let mut command = [0x5A; Command::MAX];
    command[4] = 255;
    let len = reader.transmit(&command, &mut [0; Response::MAX]).unwrap();
    reader.deactivate().unwrap();
    (len, reader.release().0.release())
}

#[test]
fn contactless_cards_are_read_in_place() {
    let device = Simulated::new(IdealReader::new());
    let card = IsoDepCard::type_a(Echo).with_answer(&[0x05, 0x72, 0x77, 0x80, 0x02]);
    device.device().air.add(card);
    assert_eq!(twice!(device, hold, (), ()), 257);
}

/// Commands to a card behind a serial CCID reader that is handed this.
fn read_records<P: Port>(
    port: P,
    mut clock: VirtualClock,
    level: serial_ccid::Level,
) -> ((usize, usize), P) {
    let config = serial_ccid::Config { level, ..serial_ccid::Config::DEFAULT };
    let mut reader = SerialCcid::new(port, config);
    reader.activate().wait(&mut clock).unwrap();
    let mut response = [0; 1_026];
    let read = match level {
        serial_ccid::Level::ExtendedApdu => &[0, 0xB0, 0, 0, 0, 4, 0][..],
        _ => &[0, 0xB2, 1, 0x0C, 0],
    };
    let len = reader.transmit_into(read, &mut response).wait(&mut clock).unwrap();
    let select = [0, 0xA4, 4, 0, 2, 0x3F, 0, 0];
    let kept = reader.transmit(&select).wait(&mut clock).unwrap();
    reader.parameters().wait(&mut clock).unwrap();
    reader.deactivate().wait(&mut clock).unwrap();
    ((len, kept), reader.release())
}

#[test]
fn cards_are_read_in_place_at_every_level() {
    use embedded_pos::sim::card::{ApduCard, Exchanges, TpduCard};
    use serial_ccid::Level;

    let t0 = Simulated::new(CcidReader::new());
    t0.device().insert(TpduCard::echo());
    assert_eq!(twice!(t0, read_records, Level::Tpdu, Level::Tpdu), (258, 4));
    let short = Simulated::new(CcidReader::new().with_level(Exchanges::ShortApdu));
    short.device().insert(ApduCard::echo());
    assert_eq!(twice!(short, read_records, Level::ShortApdu, Level::ShortApdu), (258, 4));
    let extended = Simulated::new(CcidReader::new().with_level(Exchanges::ExtendedApdu));
    extended.device().insert(ApduCard::echo());
    let level = Level::ExtendedApdu;
    assert_eq!(twice!(extended, read_records, level, level), (1_026, 4));
}

/// The hosts and the records, in arrays.
struct Office {
    records: [Option<Record>; 64],
    len: usize,
    acked: usize,
    decisions: NumberBlock,
}

impl ErrorType for Office {
    type Error = ErrorKind;
}

impl RecordSink for Office {
    fn reserve(&mut self, records: usize) -> Result<(), ErrorKind> {
        if self.len + records > self.records.len() { Err(ErrorKind::Refused) } else { Ok(()) }
    }

    fn append(&mut self, record: &Record) -> Result<Seq, ErrorKind> {
        self.records[self.len] = Some(*record);
        self.len += 1;
        Ok(Seq(self.len as u32))
    }
}

impl RecordStore for Office {
    fn replay(&mut self, each: &mut dyn FnMut(Seq, &Record)) -> Result<(), ErrorKind> {
        for (seq, record) in (1..).zip(self.records.iter().flatten()) {
            each(Seq(seq), record);
        }
        Ok(())
    }

    fn unsent(&mut self) -> Result<Option<(Seq, Record)>, ErrorKind> {
        let record = self.records.get(self.acked).copied().flatten();
        Ok(record.map(|record| (Seq(self.acked as u32 + 1), record)))
    }

    fn ack_up_to(&mut self, seq: Seq) -> Result<(), ErrorKind> {
        self.acked = seq.0 as usize;
        Ok(())
    }
}

impl Platform for Office {
    fn violations(
        &mut self,
        _subject: &Subject,
        list: &mut [Option<Violation>],
    ) -> Result<usize, ErrorKind> {
        list[0] = Some(violation(None));
        list[1] = Some(violation(Some(decided(date(2026, 2, 2)))));
        Ok(2)
    }

    fn inspection(&mut self, _vehicle: &Vehicle) -> Result<Standing, ErrorKind> {
        Ok(Standing::Until(date(2027, 5, 31)))
    }

    fn insurance(&mut self, _vehicle: &Vehicle) -> Result<Standing, ErrorKind> {
        Ok(Standing::Until(date(2026, 1, 31)))
    }

    fn numbers(&mut self, _series: Series) -> Result<NumberBlock, ErrorKind> {
        Err(ErrorKind::Absent)
    }

    fn upload(&mut self, seq: Seq, _record: &Record) -> Result<Seq, ErrorKind> {
        Ok(seq)
    }
}

impl Acquirer for Office {
    fn pay(&mut self, sale: Sale<'_>) -> Result<Reply, ErrorKind> {
        let charge = sale.charge();
        let approval = Approval {
            amount: charge.amount(),
            reference: Text::new("012345678901").unwrap(),
            authorisation: Text::new("A00001").unwrap(),
            batch: 1,
            trace: 7,
            pan: None,
        };
        Ok(Reply { key: charge.key(), state: OrderState::Paid(approval) })
    }

    fn show(&mut self, _charge: Charge, _code: &mut [u8]) -> Result<usize, ErrorKind> {
        Err(ErrorKind::Unsupported)
    }

    fn query(&mut self, _key: OrderKey) -> Result<Reply, ErrorKind> {
        Err(ErrorKind::Timeout)
    }

    fn cancel(&mut self, _key: OrderKey) -> Result<Undo, ErrorKind> {
        Ok(Undo::Done)
    }

    fn close(&mut self, _key: OrderKey) -> Result<Undo, ErrorKind> {
        Ok(Undo::Done)
    }

    fn reverse(&mut self, _reversal: &Reversal) -> Result<Undo, ErrorKind> {
        Ok(Undo::Done)
    }
}

fn now(clock: &mut VirtualClock) -> Moment {
    clock.advance(Duration::from_millis(10));
    let civil = embedded_pos::terminal::CivilTime::new(date(2026, 3, 2), 8, 0, 0).unwrap();
    Moment { at: clock.now(), civil }
}

fn sign_in<'a>(
    mut sign_in: SignIn<'a>,
    office: &mut Office,
    clock: &mut VirtualClock,
) -> Session<'a> {
    loop {
        let now = now(clock);
        match sign_in.step(now) {
            SignInStep::Append(entry) => {
                let kept = entry.append(office).unwrap();
                sign_in.appended(&kept).unwrap();
            }
            SignInStep::Sensor => {
                let id = SensorId::new(b"sensor", true);
                sign_in.sensor(Ok(Presence { id, interruptions: 0, stored: 1 })).unwrap();
            }
            SignInStep::Finger(_) => {
                let matched = Match { slot: Slot(1), score: 90 };
                sign_in.finger(trust::Reply::Match(matched), 0, now).unwrap();
            }
            SignInStep::Done(session) => return session,
            other => panic!("{other:?}"),
        }
    }
}

fn drive(case: &mut Case<'_>, office: &mut Office, clock: &mut VirtualClock) -> Outcome {
    let mut list = [None; 8];
    loop {
        let now = now(clock);
        match case.step(now) {
            Step::Append(entry) => {
                let kept = entry.append(office).unwrap();
                case.appended(kept, now).unwrap();
            }
            Step::Identify => case.identified(subject(), now).unwrap(),
            Step::Query(query) => {
                let finding = query.ask(office, case.subject(), &mut list);
                case.queried(finding, now).unwrap();
            }
            Step::Choose => {
                let time = now.civil;
                let choice =
                    Choice::Penalty { behaviour: "1039", time, place: place(), violation: None };
                case.chosen(choice, now).unwrap();
            }
            Step::Confirm => case.confirmed(Confirmation::Agreed, now).unwrap(),
            Step::Number(_) => case.numbered(office.decisions.take().unwrap(), now).unwrap(),
            Step::Recall(terminal, number) => {
                let history = History::read(terminal, number, office).unwrap();
                case.recalled(&history, now).unwrap();
            }
            Step::Tender { .. } => case.tendered(Tender::Now(Method::Card), now).unwrap(),
            Step::Ask(request) => {
                let card = ChipCard::new(Secret::new(PAN.as_bytes()), Secret::new(TRACK2));
                let answer = request.ask(office, &mut Means::Card(card));
                case.answered(answer, now).unwrap();
            }
            Step::Complete(_) => case.completed(true, now).unwrap(),
            Step::Print { paper, .. } => {
                let (mut scratch, mut encoder) = ([0; 512], Encoder::new(&Profile::CLONE_58MM));
                let mut page = STANDARD.template(paper).render(case, &mut scratch);
                while let Some(item) = page.next_item().unwrap() {
                    encode(&mut encoder, &item);
                }
                case.printed(Printing::Proven, now).unwrap();
            }
            Step::Sign => case.signed(Signature::Signed, now).unwrap(),
            Step::Deliver => case.delivered(Delivery::Accepted, now).unwrap(),
            Step::Upload { upto } => {
                let mut acked = None;
                while acked.is_none_or(|acked| acked < upto) {
                    acked = upload_oldest(office, &mut nobody_else()).unwrap();
                }
                case.uploaded(acked).unwrap();
            }
            Step::Done(outcome) => return outcome,
            other => panic!("{other:?}"),
        }
    }
}

/// Another office, for what needs two at once.
fn nobody_else() -> Office {
    let first = DecisionNumber::new("1201011500000007").unwrap();
    Office { records: [None; 64], len: 0, acked: 0, decisions: NumberBlock::new(first, 5) }
}

#[test]
fn a_whole_case_is_a_value_that_moves_nothing() {
    let (rules, roster) = (rules(), roster());
    let (mut office, mut clock) = (nobody_else(), VirtualClock::new());
    let outcome = frugal(|| {
        let (claim, failures) = (Claim::Is(roster[0].id), Failures::default());
        let now = now(&mut clock);
        let start = SignIn::new(&roster, Policy::STANDARD, claim, failures, 1, now);
        let session = sign_in(start, &mut office, &mut clock);
        let mut case = Case::new(&rules, session, 2).unwrap();
        drive(&mut case, &mut office, &mut clock)
    });
    let Settlement::Paid(paid) = outcome.settlement else { panic!("{outcome:?}") };
    assert_eq!(paid.approval.amount, Fen::yuan(200));
    assert!(outcome.uploaded && office.len > 10 && office.acked == office.len);
}

fn scan_by<P: Port, L: Language>(
    driver: Reader<P, L, 64>,
    mut clock: VirtualClock,
    mut show: impl FnMut(),
) -> ([u8; 32], P) {
    let mut driver = driver;
    assert!(driver.init().wait(&mut clock).is_ok());
    assert!(driver.start().wait(&mut clock).is_ok());
    show();
    assert!(driver.scan(Duration::from_secs(2)).wait(&mut clock).is_ok());
    let mut payload = [0; 32];
    let (_, code) = driver.payload().unwrap();
    payload[..code.len()].copy_from_slice(code);
    (payload, driver.release())
}

/// One engine after another, each by its own language.
#[test]
fn codes_are_scanned_in_place_by_every_engine() {
    macro_rules! scans {
        ($engine:expr, $language:expr) => {{
            let device = Simulated::new($engine);
            fn by<P: Port>(port: P, clock: VirtualClock, show: impl FnMut()) -> ([u8; 32], P) {
                scan_by(Reader::speaking(port, $language), clock, show)
            }
            let show = || device.device().present(b"6901234567892", *b"E0");
            assert!(twice!(device, by, show, || ()).starts_with(b"6901234567892\0"));
        }};
    }
    scans!(De2120Module::new(), de2120::CaretCommands::new(de2120::Config::new()));
    scans!(MenuModule::new(), honeywell::SerialMenu::new(honeywell::Config::default()));
    scans!(NewlandModule::new(), newland::Unified::new(newland::Config::new()));
    scans!(NewlandModule::new(), newland::Unified::new(newland::Config::new().packed(0)));
    scans!(DatalogicModule::new(), datalogic::HostBytes::new(datalogic::Config::new()));
    scans!(M3yModule::new(), m3y::BccFrames::new(m3y::Config::new()));
    scans!(
        LineModule::new(b"", b"\r"),
        line::Line::new(line::Config::new(line::Framing::ending(b"\r")))
    );
}

/// A contactless card is found and read.
fn tap<P: Port>(port: P, clock: VirtualClock, (): ()) -> (bool, P) {
    let mut reader = Clocked::new(Pn532::new(port, pn532::Config::DEFAULT), clock);
    let mut response = [0; Response::MAX];
    let pending = matches!(reader.poll_inserted(), Err(nb::Error::WouldBlock));
    reader.activate(&mut [0; Atr::MAX]).unwrap();
    let len = reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00], &mut response).unwrap();
    reader.deactivate().unwrap();
    (pending && len == 258, reader.release().0.release())
}

/// The same by a bare front end.
fn held<P: Port, F: FrontEnd>(
    reader: Contactless<P, F>,
    mut clock: VirtualClock,
) -> ([usize; 2], P) {
    let mut reader = reader;
    let atr = reader.activate().wait(&mut clock).is_ok();
    let len = reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00]).wait(&mut clock);
    reader.deactivate().wait(&mut clock).unwrap_or_default();
    ([atr.into(), len.unwrap_or_default()], reader.release())
}

fn by_mfrc522<P: Port>(port: P, clock: VirtualClock, (): ()) -> ([usize; 2], P) {
    held(Mfrc522::new(port, mfrc522::Config::MFRC522), clock)
}

fn by_st25r3916<P: Port>(port: P, clock: VirtualClock, (): ()) -> ([usize; 2], P) {
    held(St25r3916::new(port, st25r3916::Config::DEFAULT), clock)
}

/// A chip on a bus, by the clock it is given.
struct Bused<F>(F);

impl<D: SpiChip, F: Fn() -> D> Bused<F> {
    fn port(&self, clock: VirtualClock) -> SpiTransfers<OnSpi<D>> {
        SpiTransfers::new(OnSpi::new((self.0)(), clock))
    }
}

#[test]
fn a_contactless_card_is_read_by_bare_front_ends_in_place() {
    let mfrc522 = Bused(|| {
        let mut model = Mfrc522Model::new();
        model.air.add(IsoDepCard::type_a(Echo));
        model
    });
    let st25r3916 = Bused(|| {
        let mut model = St25r3916Model::new();
        model.air.add(IsoDepCard::type_b(Echo));
        model
    });
    assert_eq!(twice!(mfrc522, by_mfrc522, (), ()), [1, 258]);
    assert_eq!(twice!(st25r3916, by_st25r3916, (), ()), [1, 258]);
}

#[test]
fn a_contactless_card_is_read_in_place() {
    let device = Simulated::new(embedded_pos::sim::card::Pn532::new());
    device.device().air.add(pn532_support::echo());
    assert!(twice!(device, tap, (), ()));
}
