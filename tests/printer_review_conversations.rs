//! Conversations with printers that once went wrong: each here for good.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Waker};

use embedded_pos::ErrorKind;
use embedded_pos::port::{CallError, Clock, Clocked, Duration, Port};
use embedded_pos::printer::escpos::{EscPos, Fault, Flow, Profile, Timed, Unpaced, XonXoff};
use embedded_pos::printer::job::{Jobs, Outcome, Why};
use embedded_pos::printer::symbol::{Aztec, Barcode, Symbol, Symbols};
use embedded_pos::printer::{
    Area, AsyncPrinter, Completion, Direction, Font, Item, Layout, Page, Placed, QrLevel, Raster,
    Status, Style, Table,
};
use embedded_pos::sim::printer::{EscPosPrinter, Jotter, Model};
use embedded_pos::sim::{Fault as LineFault, SimPort, Simulated, VirtualClock, block_on};

type Sim = Simulated<EscPosPrinter>;
type Driver<F> = EscPos<SimPort<EscPosPrinter, VirtualClock>, F>;

fn ready<F: Flow>(
    model: Model,
    flow: F,
    profile: &'static Profile,
) -> (Sim, Driver<F>, VirtualClock) {
    let mut clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(model));
    let mut driver = EscPos::new(sim.port(clock.clone()).paced(115_200), flow, profile);
    driver.init().wait(&mut clock).unwrap();
    (sim, driver, clock)
}

fn settle(sim: &Sim, clock: &VirtualClock) {
    let mut port = sim.port(clock.clone());
    for _ in 0..20 {
        clock.advance(Duration::from_millis(500));
        let _ = port.try_read(&mut [0; 64]);
    }
}

fn text(dots: u8) -> String {
    format!("{}\n", char::from(b'A' + dots % 26)).repeat(40)
}

/// Dropped at any poll and run again, it was printed again from the start of
/// the item, and passed for one paper.
#[test]
fn a_job_whose_run_was_dropped_is_on_paper_once() {
    let long = text(0);
    let paper = [Item::Text(&long), Item::Qr { data: b"12345", module: 4, level: QrLevel::M }];
    for (printed, polls) in (0..2_000).step_by(97).enumerate() {
        let (sim, driver, clock) = ready(Model::CLONE_58MM, Timed, &Profile::CLONE_58MM);
        let mut printer = Clocked::<_, _>::new(driver, clock.clone());
        let mut jobs = Jobs::new(Jotter::default(), &[]);
        jobs.begin(1).unwrap();
        {
            let mut run = pin!(jobs.run(&mut printer, &paper));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                if run.as_mut().poll(&mut context).is_ready() {
                    return assert!(printed > 3);
                }
            }
        }
        let outcome = block_on(jobs.run(&mut printer, &paper)).unwrap();
        settle(&sim, &clock);
        assert_eq!(outcome, Outcome::Printed, "{polls}");
        assert_eq!(sim.device().text().matches('A').count(), 40, "{polls}: {outcome:?}");
    }
}

/// The item before was left in the middle, and the printer stopped: `resume`
/// left out as much of this one.
#[test]
fn an_item_that_did_not_begin_is_not_gone_on_with() {
    let (first, second) = (text(0).repeat(2), text(1));
    let (sim, mut driver, mut clock) =
        ready(Model::CLONE_58MM, XonXoff::new(), &Profile::CLONE_58MM);
    {
        let mut call = driver.print(&Item::Text(&first));
        for _ in 0..50 {
            let _ = call.poll(clock.now());
            clock.advance(Duration::from_micros(87));
        }
    }
    sim.device().condition.paper_out = true;
    sim.device().outbox.push(clock.now(), Duration::ZERO, [0x13]);
    let stopped = driver.print(&Item::Text(&second)).wait(&mut clock);
    assert!(matches!(stopped, Err(CallError::Device(Fault::Stopped(_)))), "{stopped:?}");
    sim.device().load_paper();
    sim.device().outbox.push(clock.now(), Duration::ZERO, [0x11]);
    assert_eq!(driver.status().wait(&mut clock), Ok(Status::ONLINE));
    sim.device().tear();
    let resumed = driver.resume(&Item::Text(&second)).wait(&mut clock);
    settle(&sim, &clock);
    let there = sim.device().text().matches('B').count();
    assert!(resumed == Err(CallError::Device(Fault::Lost)) || there == 40, "{resumed:?}, {there}");
}

/// Stops that were set in wide characters were set anew in narrow ones.
#[test]
fn tab_stops_are_where_they_were_after_a_restart() {
    let wide = Style { width: 2, font: Font::B, ..Style::NORMAL };
    let before = [
        Item::Style(wide),
        Item::Layout(Layout::Tabs(&[3, 7, 9, 12, 14, 15])),
        Item::Style(Style::NORMAL),
    ];
    let line = [
        Item::Text("a"),
        Item::Layout(Layout::Tab),
        Item::Text("b"),
        Item::Layout(Layout::Tab),
        Item::Text("c\n"),
    ];
    let [whole, restarted] = [false, true].map(|restarts| {
        let (sim, mut driver, mut clock) = ready(Model::EPSON_80MM, Unpaced, &Profile::EPSON_80MM);
        for item in &before {
            driver.print(item).wait(&mut clock).unwrap();
        }
        settle(&sim, &clock);
        if restarts {
            let now = clock.now();
            sim.device().cut_power(now, Duration::from_secs(1));
            assert!(driver.status().wait(&mut clock).is_err());
            clock.advance(Duration::from_secs(4));
        }
        for item in &line {
            driver.print(item).wait(&mut clock).unwrap();
        }
        settle(&sim, &clock);
        sim.device().bitmap().rows().to_vec()
    });
    assert!(whole == restarted);
}

/// What stood on a line of a page passed for a line that is open.
#[test]
fn a_page_that_was_given_up_leaves_an_empty_line() {
    let letters = "x".repeat(40) + "津津津津";
    let items = [
        Placed { x: 0, y: 40, item: Item::Text(&letters) },
        Placed { x: 0, y: 80, item: Item::Text(&letters) },
        Placed { x: 0, y: 120, item: Item::Text(&letters) },
    ];
    let area =
        Area { x: 0, y: 0, width: 576, height: 200, direction: Direction::Right, items: &items };
    let areas = [area];
    for turns in 0..200 {
        let (sim, mut driver, mut clock) = ready(Model::EPSON_80MM, Unpaced, &Profile::EPSON_80MM);
        let mut call = driver.print(&Item::Page(Page { areas: &areas }));
        for _ in 0..turns {
            if call.poll(clock.now()).is_ok() {
                return;
            }
            clock.advance(Duration::from_micros(87));
        }
        drop(call);
        driver.print(&Item::Text("ok\n")).wait(&mut clock).unwrap();
        settle(&sim, &clock);
        // The page as well, when its end was on the way.
        let height = sim.device().bitmap().height();
        assert!(matches!(height, 34 | 234), "{turns}: {height}");
    }
}

/// A status that came before the answer about logos was passed over.
#[test]
fn what_else_is_said_is_heard_while_logos_are_asked_about() {
    let (sim, mut driver, mut clock) = ready(Model::EPSON_80MM, Unpaced, &Profile::EPSON_80MM);
    driver.listen(Duration::from_millis(50)).wait(&mut clock).unwrap();
    let told = vec![0x10, 0x00, 0x03, 0x00];
    sim.device().outbox.inject(LineFault::Noise(told));
    assert!(driver.logo_capacity().wait(&mut clock).unwrap() > 0);
    let heard = driver.listen(Duration::from_millis(50)).wait(&mut clock);
    assert_eq!(heard, Ok(Some(Status::ONLINE | Status::PAPER_LOW)));
}

static AZTEC: Profile =
    Profile { band: 24, page: 0, symbols: Symbols::AZTEC, ..Profile::EPSON_80MM };

/// The host's power was cut in the middle of an Aztec code, or of a picture in
/// a page: the printer took the next paper for the rest of it.
#[test]
fn a_cold_printer_is_freed_of_any_payload() {
    let digits = [b'7'; 3_800];
    let aztec = Aztec { data: &digits, module: 2, compact: false, layers: 0, level: 5 };
    let rows = vec![0x55; 72 * 1_600];
    let placed =
        [Placed { x: 0, y: 1_600, item: Item::Raster(Raster { width: 576, rows: &rows }) }];
    let area =
        Area { x: 0, y: 0, width: 576, height: 1_662, direction: Direction::Right, items: &placed };
    let areas = [area];
    let cases = [
        (&AZTEC, Item::Symbol(Symbol::Aztec(aztec))),
        (&Profile::EPSON_80MM, Item::Page(Page { areas: &areas })),
    ];
    for (profile, item) in cases {
        let (sim, mut driver, mut clock) = ready(Model::EPSON_80MM, Unpaced, profile);
        let mut call = driver.print(&item);
        for _ in 0..200 {
            let polled = call.poll(clock.now());
            assert_eq!(polled, Err(nb::Error::WouldBlock));
            clock.advance(Duration::from_micros(87));
        }
        drop(call);
        drop(driver);
        let port = sim.port(clock.clone()).paced(115_200);
        let mut driver = EscPos::new(port, Unpaced, profile);
        driver.init().wait(&mut clock).unwrap();
        let mut printer = Clocked::<_, _>::new(driver, clock.clone());
        block_on(AsyncPrinter::print(&mut printer, &Item::Text("ok\n"))).unwrap();
        assert_eq!(block_on(printer.printed()), Ok(Completion::Proven));
        assert_eq!(sim.device().text().trim(), "ok");
    }
}

/// A paper without its last bar code or table is not whole; one without a blank
/// picture is.
#[test]
fn items_of_ink_are_known() {
    let outcome = |item: Item<'_>| {
        let (_, driver, clock) = ready(Model::CLONE_58MM, Timed, &Profile::CLONE_58MM);
        let mut printer = Clocked::new(driver, clock);
        let mut jobs = Jobs::new(Jotter::default(), &[]);
        jobs.begin(1).unwrap();
        let paper = [Item::Text("x\n"), item];
        (0..60).find_map(|_| jobs.poll(&mut printer, &paper).ok()).unwrap()
    };
    let why = Why::Failed(ErrorKind::Argument);
    let not = Outcome::NotPrinted { partial: true, why };
    assert_eq!(outcome(Item::Barcode(Barcode::ean13("4006381333932", 60))), not);
    let (columns, rows) = (&[], [0; 100]);
    assert_eq!(outcome(Item::Table(Table { columns, cells: &["a"] })), not);
    let blank = Raster { width: 800, rows: &rows };
    assert_eq!(outcome(Item::Raster(blank)), Outcome::Unknown(why));
}
