//! What a printer says, in any mixture; flow control against printers of any
//! speed; who the printer is, and how it is tuned.

use embedded_pos::port::{Call, Clock, Clocked, Duration, Exchange, Instant, Told};
use embedded_pos::printer::escpos::{
    BusyPin, Counter, Credit, EscPos, Fault, Finish, Flow, Learned, Profile, Proof, Question,
    Recovery, Refusal, Replies, Reply, Setting, Timed, Unpaced, XonXoff,
};
use embedded_pos::printer::{
    Beep, Completion, Drawer, Item, Printer, QrLevel, Raster, Status, Style,
};
use embedded_pos::sim::printer::{
    BusyLine, EscPosPrinter, Event, Flow as SimFlow, Model, Offline as SimOffline,
};
use embedded_pos::sim::{Device, SimPort, Simulated, VirtualClock};
use embedded_pos::{Error, ErrorKind};
use proptest::prelude::*;

/// One reply as bytes, and what is to be heard; decoded here by hand.
#[derive(Clone, Debug)]
enum Said {
    RealTime(u8),
    InOrder(u8),
    Automatic([u8; 4]),
    Process([u8; 4]),
    Block(Vec<u8>),
    Clear,
    PowerOn,
}

impl Said {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::RealTime(byte) | Self::InOrder(byte) => vec![*byte],
            Self::Automatic(bytes) => bytes.to_vec(),
            Self::Process(id) => [&[0x37, 0x22], &id[..], &[0]].concat(),
            Self::Block(text) => [&[0x5F], &text[..], &[0]].concat(),
            Self::Clear => vec![0x37, 0x25, 0x00],
            Self::PowerOn => vec![0x3B],
        }
    }

    fn heard(&self) -> Vec<Reply> {
        match self {
            Self::RealTime(byte) => vec![Reply::RealTime { n: None, byte: *byte }],
            Self::InOrder(byte) => vec![Reply::InOrder(*byte)],
            Self::Automatic(bytes) => vec![Reply::Automatic(*bytes)],
            Self::Process(id) => vec![Reply::Process(*id)],
            Self::Block(text) => {
                let mut all = vec![Reply::Block { header: 0x5F, id: 0 }];
                all.extend(text.iter().map(|byte| Reply::Data(*byte)));
                all.push(Reply::End);
                all
            }
            Self::Clear => vec![Reply::Block { header: 0x37, id: 0x25 }, Reply::End],
            Self::PowerOn => vec![Reply::PowerOn],
        }
    }
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        any::<u8>().prop_map(|n| Said::RealTime(n & 0x6C | 0x12)),
        any::<u8>().prop_map(|n| Said::InOrder(n & 0x6F)),
        any::<[u8; 4]>().prop_map(|[a, b, c, d]| {
            Said::Automatic([a & 0x6C | 0x10, b & 0x6F, c & 0x6F, d & 0x6F])
        }),
        any::<[u8; 4]>().prop_map(|id| Said::Process(id.map(|n| n % 95 + 0x20))),
        proptest::collection::vec(0x20_u8..0x7F, 0..80).prop_map(Said::Block),
        Just(Said::Clear),
        Just(Said::PowerOn),
    ]
}

proptest! {
    /// Everything a printer says is heard, with XON and XOFF anywhere inside.
    #[test]
    fn replies_are_told_apart(
        said in proptest::collection::vec(said(), 0..20),
        signals in proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..10),
    ) {
        let mut bytes: Vec<u8> = said.iter().flat_map(Said::bytes).collect();
        for (at, on) in &signals {
            bytes.insert(at.index(bytes.len() + 1), if *on { 0x11 } else { 0x13 });
        }
        let mut replies = Replies::new();
        let heard: Vec<_> = bytes.iter().filter_map(|byte| replies.push(*byte)).collect();
        let is_signal = |reply: &Reply| matches!(reply, Reply::Xon | Reply::Xoff);
        prop_assert_eq!(heard.iter().filter(|reply| is_signal(reply)).count(), signals.len());
        let others: Vec<_> = heard.into_iter().filter(|reply| !is_signal(reply)).collect();
        prop_assert_eq!(others, said.iter().flat_map(Said::heard).collect::<Vec<_>>());
        prop_assert!(!replies.is_open() && !replies.broken());
    }

    /// After any rubbish and a silence, the next reply is heard.
    #[test]
    fn rubbish_is_got_over(rubbish: Vec<u8>, said in said()) {
        let mut replies = Replies::new();
        rubbish.iter().for_each(|byte| _ = replies.push(*byte));
        replies.silence();
        let heard: Vec<_> = said.bytes().iter().filter_map(|byte| replies.push(*byte)).collect();
        prop_assert_eq!(heard, said.heard());
    }

    /// Nor does rubbish make a status byte of what is none.
    #[test]
    fn dead_lines_say_nothing(byte in prop_oneof![Just(0x00_u8), Just(0xFF)], n in 1_usize..200) {
        let mut replies = Replies::new();
        replies.awaits(1);
        for _ in 0..n {
            let heard = replies.push(byte);
            let status = matches!(heard, Some(Reply::RealTime { .. } | Reply::Automatic(_)));
            prop_assert!(!status, "{heard:?}");
        }
    }
}

#[test]
fn a_reply_that_breaks_off_is_dropped_and_the_byte_looked_at_anew() {
    let mut replies = Replies::new();
    replies.awaits(4);
    for byte in [0x10, 0x00] {
        assert_eq!(replies.push(byte), None);
    }
    assert_eq!(replies.push(0x12), Some(Reply::RealTime { n: Some(4), byte: 0x12 }));
    assert!(replies.broken());
    assert_eq!(replies.push(0x12), Some(Reply::RealTime { n: None, byte: 0x12 }), "not asked for");
}

type Sim = Simulated<EscPosPrinter>;
type Driver<F> = Clocked<EscPos<SimPort<EscPosPrinter, VirtualClock>, F>, VirtualClock, Finish<F>>;

fn setup<F: Flow>(
    model: Model,
    flow: F,
    profile: &'static Profile,
) -> (Sim, Driver<F>, VirtualClock) {
    let clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(model));
    let port = sim.port(clock.clone()).paced(115_200);
    let mut driver = EscPos::new(port, flow, profile);
    driver.init().wait(&mut clock.clone()).unwrap();
    (sim, Clocked::new(driver, clock.clone()), clock)
}

fn epson() -> (Sim, Driver<Unpaced>, VirtualClock) {
    setup(Model::EPSON_80MM, Unpaced, &Profile::EPSON_80MM)
}

fn printed<F: Flow>(
    printer: &mut Driver<F>,
    clock: &VirtualClock,
) -> Result<Completion, ErrorKind> {
    for _ in 0..200_000 {
        match printer.poll_printed() {
            Err(nb::Error::WouldBlock) => clock.advance(Duration::from_millis(1)),
            Err(nb::Error::Other(error)) => return Err(error.kind()),
            Ok(completion) => return Ok(completion),
        }
    }
    panic!("no end");
}

fn first_event<X: Exchange>(
    mut call: Call<'_, SimPort<EscPosPrinter, VirtualClock>, X>,
    clock: &VirtualClock,
) -> Option<X::Event> {
    match call.next(&mut clock.clone()) {
        Ok(Told::Event(event)) => Some(event),
        Ok(Told::Done(_)) | Err(_) => None,
    }
}

#[test]
fn changes_are_told_without_asking() {
    let (sim, mut printer, clock) = epson();
    let second = Duration::from_secs(1);
    // The first is how it is now.
    assert_eq!(printer.driver_mut().listen(second).wait(&mut clock.clone()), Ok(None));
    sim.device().condition.cover_open = true;
    let told = printer.driver_mut().listen(second).wait(&mut clock.clone()).unwrap();
    assert_eq!(told, Some(Status::COVER_OPEN));
    assert_eq!(printer.driver_mut().listen(second).wait(&mut clock.clone()), Ok(None));
    sim.device().load_paper();
    clock.advance(second);
    assert_eq!(printer.status(), Ok(Status::ONLINE));
    sim.device().condition.paper_low = true;
    let event = first_event(printer.driver_mut().status(), &clock);
    assert_eq!(event, Some(Status::ONLINE | Status::PAPER_LOW));
}

#[test]
fn who_it_is_and_what_it_has_done() {
    let (sim, mut printer, mut clock) = epson();
    let mut ask = |printer: &mut Driver<Unpaced>, question| {
        printer.driver_mut().identify(question).wait(&mut clock)
    };
    let text = |answer: embedded_pos::printer::escpos::Answer| answer.as_str().unwrap().to_owned();
    assert_eq!(text(ask(&mut printer, Question::Model).unwrap()), "TM-m30");
    assert_eq!(text(ask(&mut printer, Question::Maker).unwrap()), "EPSON");
    assert_eq!(text(ask(&mut printer, Question::Serial).unwrap()), "X4E5012345");
    assert_eq!(ask(&mut printer, Question::Type).unwrap().as_bytes(), [0x03]);
    printer.print(&Item::Cut).unwrap();
    let cuts = ask(&mut printer, Question::Counter(Counter::Cuts)).unwrap();
    assert_eq!(cuts.count(), Some(1));
    // In the order of the stream, through a change that is told meanwhile.
    sim.device().condition.paper_low = true;
    assert_eq!(text(ask(&mut printer, Question::Firmware).unwrap()), "1.05 ESC/POS");
    let (_, mut clone, mut clock) = setup(Model::CLONE_58MM, Timed, &Profile::CLONE_58MM);
    let refused = clone.driver_mut().identify(Question::Model).wait(&mut clock).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
}

#[test]
fn errors_are_recovered_from_and_buffers_cleared() {
    let (sim, mut printer, mut clock) = epson();
    sim.device().condition.cutter_stuck = true;
    assert_eq!(printer.status(), Ok(Status::CUTTER_ERROR));
    printer.print(&Item::Text("一\n")).unwrap();
    let status = printer.driver_mut().recover(Recovery::Continue).wait(&mut clock);
    assert_eq!(status, Ok(Status::ONLINE));
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    sim.device().condition.paper_out = true;
    printer.print(&Item::Text("二\n")).unwrap();
    let status = printer.driver_mut().recover(Recovery::Clear).wait(&mut clock);
    assert_eq!(status, Ok(Status::PAPER_OUT));
    sim.device().load_paper();
    printer.print(&Item::Text("三\n")).unwrap();
    // What was dropped is not proven by what comes after.
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Unproven));
    printer.print(&Item::Text("四\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert_eq!(sim.device().text(), "一\n三\n四\n");
}

#[test]
fn drawers_beepers_and_settings() {
    let (sim, mut printer, mut clock) = epson();
    printer.print(&Item::Drawer(Drawer::FIRST)).unwrap();
    printer.print(&Item::Beep(Beep { times: 3, length: Duration::from_secs(1) })).unwrap();
    printer.driver_mut().set(Setting::Darkness(-1)).wait(&mut clock).unwrap();
    printer.print(&Item::Cut).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    let events = sim.device().events().to_vec();
    let density = Event::Ignored(b"\x1D(K\x02\x00\x31\xFF".to_vec());
    let expected = [Event::Drawer, Event::Beep(3), density, Event::Cut { partial: true }];
    assert_eq!(events, expected);
    let refused = printer.driver_mut().set(Setting::Level(2)).wait(&mut clock).unwrap_err();
    let fault = Fault::Refused(Refusal::NoSetting);
    assert_eq!(refused, embedded_pos::port::CallError::Device(fault));
}

#[test]
fn a_sleeping_printer_is_woken() {
    let (sim, mut printer, mut clock) = setup(Model::CSN_A2, Timed, &Profile::CSN_A2);
    printer.print(&Item::Text("一\n")).unwrap();
    printer.driver_mut().set(Setting::Sleep(Duration::from_secs(2))).wait(&mut clock).unwrap();
    clock.advance(Duration::from_secs(10));
    printer.driver_mut().wake().wait(&mut clock).unwrap();
    printer.print(&Item::Text("二\n")).unwrap();
    clock.advance(Duration::from_secs(10));
    printer.print(&Item::Text("三\n")).unwrap();
    clock.advance(Duration::from_secs(10));
    let _ = sim.device().transmit(clock.now());
    assert_eq!(sim.device().text(), "一\n二\n三\n");
}

/// Two lines, a picture in bands, a code, a feed, often enough to overrun any
/// buffer.
fn paper(rows: &[u8], n: usize) -> Vec<Item<'_>> {
    let part = [
        Item::Text("机动车违反禁止标线指示 fined 200 yuan, three points\n"),
        Item::Columns("罚款", "￥200.00"),
        Item::Raster(Raster { width: 48, rows }),
        Item::Style(Style::TITLE),
        Item::Text("合计\n\n\n"),
        Item::Style(Style::NORMAL),
        Item::Qr { data: b"1201051234567890", module: 2, level: QrLevel::L },
        Item::Feed(2),
    ];
    part.into_iter().cycle().take(8 * n).collect()
}

static BANDS: Profile = Profile { band: 4, ..Profile::CLONE_58MM };

/// How many bytes of a paper are lost on a printer of this speed.
fn lost<F: Flow>(
    model: Model,
    parts: usize,
    flow: impl FnOnce(&Sim, &VirtualClock) -> F,
    baud: u32,
) -> (usize, Result<Completion, ErrorKind>) {
    let clock = VirtualClock::in_steps(Duration::from_micros(500));
    let sim = Simulated::new(EscPosPrinter::new(model));
    let port = sim.port(clock.clone()).paced(baud);
    let flow = flow(&sim, &clock);
    let mut driver = EscPos::new(port, flow, &BANDS);
    driver.init().wait(&mut clock.clone()).unwrap();
    let mut printer: Driver<F> = Clocked::new(driver, clock.clone());
    let rows: Vec<u8> = (0..6_u32 * 40).map(|i| (i * 37 % 251) as u8 | 1).collect();
    for item in paper(&rows, parts) {
        if let Err(error) = printer.print(&item) {
            return (sim.device().lost(), Err(error.kind()));
        }
    }
    let completion = printed(&mut printer, &clock);
    (sim.device().lost(), completion)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    /// Whoever hears the printer never outruns its 256 bytes, however slow or
    /// fast it is.
    #[test]
    fn closed_loops_never_outrun_256_bytes(
        row in 300_u64..20_000,
        feed in 200_u64..10_000,
        answer in 0_u64..5,
        baud in prop_oneof![Just(19_200_u32), Just(115_200), Just(460_800)],
        kind in 0_u8..3,
    ) {
        let model = Model {
            dot_row: Duration::from_micros(row),
            feed_row: Duration::from_micros(feed),
            answer: Duration::from_millis(answer),
            flow: SimFlow::XonXoff,
            ..Model::CLONE_58MM
        };
        let (lost, completion) = match kind {
            0 => lost(model, 2, |sim, clock| BusyPin::new(BusyLine::new(sim.clone(), clock.clone())), baud),
            1 => lost(model, 2, |_, _| XonXoff::new(), baud),
            _ => lost(model, 2, |_, _| Credit, baud),
        };
        prop_assert_eq!(lost, 0);
        // One that is many times slower than its profile says may take longer
        // than any proof is waited for.
        let told = matches!(completion, Ok(_) | Err(ErrorKind::Busy));
        prop_assert!(told, "{:?}", completion);
        prop_assert!(row > 4_000 || completion.is_ok(), "{:?}", completion);
    }
}

#[test]
fn a_lost_xon_costs_time_only() {
    let model = Model { flow: SimFlow::XonXoff, ..Model::CLONE_58MM };
    let (sim, mut printer, clock) = setup(model, XonXoff::new(), &Profile::CLONE_58MM);
    for n in 0..30 {
        if n == 10 {
            // Its buffer is empty, so XOFF comes next; XON, after it, is lost.
            printed(&mut printer, &clock).unwrap();
            sim.device().outbox.inject(embedded_pos::sim::Fault::Noise(vec![]));
            sim.device().outbox.inject(embedded_pos::sim::Fault::Silence);
        }
        printer.print(&Item::Text("机动车违反禁止标线指示\n")).unwrap();
    }
    let _ = printed(&mut printer, &clock);
    assert_eq!(sim.device().lost(), 0);
    assert_eq!(sim.device().text().lines().count(), 30);
}

/// Offline without BUSY: the printer loses what it is sent, and that is found.
#[test]
fn a_printer_that_swallows_proves_nothing() {
    static SWALLOWS: Profile = Profile {
        offline: embedded_pos::printer::escpos::Offline::Swallows,
        ..Profile::CLONE_58MM
    };
    let model = Model { offline: SimOffline::Swallows, ..Model::CLONE_58MM };
    let clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(model));
    let pin = BusyPin::new(BusyLine::new(sim.clone(), clock.clone()));
    let mut driver = EscPos::new(sim.port(clock.clone()).paced(115_200), pin, &SWALLOWS);
    driver.init().wait(&mut clock.clone()).unwrap();
    let mut printer = Clocked::new(driver, clock.clone());
    sim.device().paper_ends_after(60);
    let results: Vec<_> =
        (0..40).map(|_| printer.print(&Item::Text("机动车违反禁止标线指示\n"))).collect();
    let error = results.into_iter().find_map(Result::err).unwrap();
    assert_eq!(error.kind(), ErrorKind::Absent);
    sim.device().load_paper();
    assert_eq!(printer.resume(&Item::Text("机动车违反禁止标线指示\n")), Ok(false));
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Unproven));
}

#[test]
fn busy_while_offline_does_not_hang() {
    let model = Model { offline: SimOffline::Busy, ..Model::CLONE_58MM };
    let clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(model));
    let pin = BusyPin::new(BusyLine::new(sim.clone(), clock.clone()));
    let mut driver = EscPos::new(sim.port(clock.clone()), pin, &Profile::CLONE_58MM);
    driver.init().wait(&mut clock.clone()).unwrap();
    let mut printer = Clocked::new(driver, clock.clone());
    sim.device().condition.cover_open = true;
    let start = clock.clone().now();
    // More than what may be sent on the last look at BUSY.
    let text = "机动车违反禁止标线指示\n机动车违反禁止标线指示\n";
    let error = printer.print(&Item::Text(text)).unwrap_err();
    assert_eq!(error.to_string(), "the printer stopped: offline, cover open");
    assert!(clock.clone().now().since(start) < Duration::from_secs(4));
    sim.device().load_paper();
    assert_eq!(printer.resume(&Item::Text(text)), Ok(true));
    assert_eq!(printer.resume(&Item::Text(text)), Ok(true), "there is nothing left");
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Proven));
    assert_eq!(sim.device().text(), text);
}

/// A table three times too slow is made up for, job by job, and never is a
/// byte lost.
#[test]
fn the_timed_model_learns() {
    static SLOW: Profile = {
        let mut timing = Profile::CLONE_58MM.timing;
        timing.dot_row = Duration::from_micros(7_500);
        timing.feed_row = Duration::from_micros(6_000);
        Profile { timing, ..Profile::CLONE_58MM }
    };
    let (sim, mut printer, clock) = setup(Model::CLONE_58MM, Learned, &SLOW);
    let job = |printer: &mut Driver<Learned>| {
        let start = clock.clone().now();
        (0..40).for_each(|_| printer.print(&Item::Text("机动车违反禁止标线指示\n")).unwrap());
        assert_eq!(printed(printer, &clock), Ok(Completion::Proven));
        assert_eq!(sim.device().lost(), 0);
        clock.clone().now().since(start)
    };
    let first = job(&mut printer);
    (0..14).for_each(|_| _ = job(&mut printer));
    let last = job(&mut printer);
    assert!(last.times(2) < first, "{first:?}, then {last:?}");
    let pace = printer.driver().pace();
    assert!((33..50).contains(&pace), "{pace}");
    // Each a quarter at most, and never beyond the bounds.
    sim.device().condition.overheated = true;
    printer.print(&Item::Text("一\n")).unwrap();
    let _ = printed(&mut printer, &clock);
    assert!(printer.driver().pace() <= 400);
}

/// A printer that proves nothing without a status is asked nothing.
#[test]
fn mute_printers_are_timed() {
    static MUTE: Profile = Profile { statuses: &[], proof: Proof::None, ..Profile::CLONE_58MM };
    let model = Model { barrier: false, ..Model::CLONE_58MM };
    let (sim, mut printer, clock) = setup(model, Credit, &MUTE);
    let rows = [0xA5; 6 * 40];
    paper(&rows, 2).iter().for_each(|item| printer.print(item).unwrap());
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Unproven));
    assert_eq!(sim.device().lost(), 0);
}

/// What a printer forgets with its power is set again, and what it may have
/// lost is not proven.
#[test]
fn modes_come_back_after_a_power_cut() {
    let (sim, mut printer, clock) = epson();
    printer.print(&Item::Style(Style::TITLE)).unwrap();
    printer.print(&Item::Text("一\n")).unwrap();
    let now: Instant = clock.clone().now();
    sim.device().cut_power(now, Duration::from_secs(2));
    assert_eq!(printer.status().unwrap_err().kind(), ErrorKind::Timeout);
    clock.advance(Duration::from_secs(5));
    assert_eq!(printer.status(), Ok(Status::ONLINE));
    printer.print(&Item::Text("二\n")).unwrap();
    assert_eq!(printed(&mut printer, &clock), Ok(Completion::Unproven));
    let device = sim.device();
    let Some(Event::Text { text, style, .. }) =
        device.events().iter().rfind(|event| matches!(event, Event::Text { .. }))
    else {
        panic!("{:?}", device.events());
    };
    assert_eq!((text.as_str(), style.width, style.height), ("二", 2, 2));
}
