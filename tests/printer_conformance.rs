//! The conformance suite: our driver passes, broken ones are found out.

use embedded_pos::conformance::{self, PrinterStimulus, Report};
use embedded_pos::mock::MockPrinter;
use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::escpos::{EscPos, Finish, Profile, Timed, Unpaced};
use embedded_pos::printer::{AsyncPrinter, Completion, Item, Paper, Printer, Status, Style};
use embedded_pos::sim::printer::{EscPosPrinter, Model};
use embedded_pos::sim::{SimPort, Simulated, VirtualClock, block_on};
use embedded_pos::{ErrorKind, ErrorType};

/// A person at a simulated printer.
struct Person {
    sim: Simulated<EscPosPrinter>,
    clock: VirtualClock,
}

impl PrinterStimulus for Person {
    fn wait(&mut self) {
        self.clock.advance(Duration::from_millis(1));
    }

    fn remove_paper(&mut self) {
        self.sim.device().condition.paper_out = true;
    }

    fn load_paper(&mut self) {
        self.sim.device().load_paper();
        // Until it feeds the new roll.
        self.clock.advance(Duration::from_secs(1));
    }

    fn printed_text(&mut self) -> Option<String> {
        let mut device = self.sim.device();
        let text = device.text();
        device.tear();
        Some(text)
    }
}

type Port = SimPort<EscPosPrinter, VirtualClock>;
type Driver = Clocked<EscPos<Port, Timed>, VirtualClock, Finish<Timed>>;

fn setup(model: Model, profile: &'static Profile) -> (Driver, Person) {
    let mut clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(model));
    let mut driver = EscPos::new(sim.port(clock.clone()).paced(115_200), Timed, profile);
    driver.init().wait(&mut clock).unwrap();
    (Clocked::new(driver, clock.clone()), Person { sim, clock })
}

#[test]
fn our_driver_passes() {
    for (model, profile) in [
        (Model::CLONE_58MM, &Profile::CLONE_58MM),
        (Model::CLONE_58MM, &Profile::BASIC_58MM),
        (Model::EPSON_80MM, &Profile::EPSON_80MM),
    ] {
        let (mut printer, mut person) = setup(model, profile);
        let report = conformance::printer(&mut printer, &mut person);
        assert!(report.passed(), "{report}");
        assert_eq!(report.checks.len(), 9);
    }
}

/// A driver with one thing wrong.
struct Broken {
    inner: Driver,
    fault: Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrong {
    /// Text goes out as it is.
    Injects,
    /// It replaces what it does not have.
    Replaces,
    /// Every status is fine.
    AlwaysReady,
    /// Printed as soon as sent.
    Hasty,
    /// Arguments are not looked at.
    TakesAll,
    /// A proof that never comes.
    Endless,
}

impl ErrorType for Broken {
    type Error = <Driver as ErrorType>::Error;
}

impl Printer for Broken {
    fn paper(&self) -> Paper {
        Printer::paper(&self.inner)
    }

    fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error> {
        match (self.fault, item) {
            (Wrong::Injects, Item::Text(text)) if text.contains('\x1D') => {
                Printer::print(&mut self.inner, &Item::Text("kicked\n"))
            }
            (Wrong::Replaces, Item::Text(text)) => {
                let text = text.replace('\u{FFFF}', "?");
                Printer::print(&mut self.inner, &Item::Text(&text))
            }
            (Wrong::TakesAll, Item::Style(style)) if style.width == 0 => Ok(()),
            (_, item) => Printer::print(&mut self.inner, item),
        }
    }

    fn poll_printed(&mut self) -> nb::Result<Completion, Self::Error> {
        match self.fault {
            Wrong::Hasty => Ok(Completion::Unproven),
            Wrong::Endless => Err(nb::Error::WouldBlock),
            _ => self.inner.poll_printed(),
        }
    }

    fn status(&mut self) -> Result<Status, Self::Error> {
        match self.fault {
            Wrong::AlwaysReady => Ok(Status::ONLINE),
            _ => Printer::status(&mut self.inner),
        }
    }
}

fn broken(fault: Wrong) -> Report {
    let (inner, mut person) = setup(Model::CLONE_58MM, &Profile::CLONE_58MM);
    conformance::printer(&mut Broken { inner, fault }, &mut person)
}

#[test]
fn broken_drivers_are_found_out() {
    for (fault, promise) in [
        (Wrong::Injects, "control characters are not sent"),
        (Wrong::Replaces, "a character it does not have is refused, and nothing printed"),
        (Wrong::AlwaysReady, "paper out is reported, and is no success"),
        (Wrong::Hasty, "text is printed, and printing ends"),
        (Wrong::TakesAll, "an argument out of range is refused"),
        (Wrong::Endless, "text is printed, and printing ends"),
    ] {
        let report = broken(fault);
        assert!(!report.passed());
        assert!(report.failures().any(|check| check.promise == promise), "{fault:?}:\n{report}");
    }
}

#[test]
fn the_mock_takes_expectations() {
    let mut printer = MockPrinter::new();
    printer
        .expect_print()
        .withf(|item| matches!(item, Item::Text("津A12345\n")))
        .once()
        .returning(|_| Err(ErrorKind::Absent));
    printer.expect_status().returning(|| Ok(Status::PAPER_OUT));
    assert_eq!(Printer::print(&mut printer, &Item::Text("津A12345\n")), Err(ErrorKind::Absent));
    assert!(!printer.status().unwrap().is_ready());
}

#[test]
fn the_async_face_prints_the_same() {
    async fn receipt<P: AsyncPrinter>(printer: &mut P) -> Result<Completion, P::Error> {
        assert!(printer.status().await?.is_ready());
        printer.print(&Item::Style(Style::BOLD)).await?;
        printer.print(&Item::Columns("罚款", "200.00")).await?;
        printer.printed().await
    }
    let clock = VirtualClock::new();
    let sim = Simulated::new(EscPosPrinter::new(Model::EPSON_80MM));
    let port = sim.port(clock.clone()).paced(115_200);
    let mut driver = EscPos::new(port, Unpaced, &Profile::EPSON_80MM);
    block_on(async {
        driver.init().run(&mut clock.clone()).await.unwrap();
        let mut printer = Clocked::new(driver, clock.clone());
        assert_eq!(receipt(&mut printer).await.unwrap(), Completion::Proven);
        sim.device().condition.cover_open = true;
        assert_eq!(printer.status().await.unwrap(), Status::COVER_OPEN);
    });
    let mut rest = sim.device();
    assert_eq!(rest.text(), format!("罚款{}200.00\n", " ".repeat(38)));
    rest.tear();
    drop(rest);
    assert!(Clock::now(&mut clock.clone()) > embedded_pos::port::Instant::ZERO);
}

/// A future that is dropped anywhere does not garble what follows.
#[test]
fn a_dropped_future_does_not_garble_the_next() {
    use core::future::Future;
    use core::pin::pin;
    use core::task::{Context, Waker};
    let item = Item::Qr {
        data: b"https://pay.example.cn/12345678901234567890",
        module: 4,
        level: embedded_pos::printer::QrLevel::M,
    };
    for polls in (0..400).step_by(7) {
        let clock = VirtualClock::new();
        let sim = Simulated::new(EscPosPrinter::new(Model::CLONE_58MM));
        let port = sim.port(clock.clone()).paced(115_200);
        let driver = EscPos::new(port, Timed, &Profile::CLONE_58MM);
        let mut printer = Clocked::new(driver, clock.clone());
        {
            let mut future = pin!(AsyncPrinter::print(&mut printer, &item));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                if future.as_mut().poll(&mut context).is_ready() {
                    break;
                }
            }
        }
        block_on(AsyncPrinter::print(&mut printer, &Item::Text("完\n"))).unwrap();
        assert_eq!(block_on(printer.printed()).unwrap(), Completion::Proven);
        assert_eq!(sim.device().text(), "完\n", "{polls}");
    }
}
