//! Works with an R503 or ZFM-20 fingerprint sensor:
//! `fingerprint --port P enrol 3 | identify | verify 3 | list | delete 3 | ..`.

#[macro_use]
#[path = "../common/mod.rs"]
mod common;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use common::trace::{Protocol, traced};
use common::{AnyError, AnyPort, PortName, advice, erased};
use embedded_pos::fingerprint::zfm::command::{AuraLed, Control};
use embedded_pos::fingerprint::zfm::{Config, Event, Fault, Password, Zfm};
use embedded_pos::fingerprint::{Colour, Enrolment, Match, Slot};
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{CallError, Told};
use embedded_pos::sim::Simulated;
use embedded_pos::sim::fingerprint::R503Module;

/// Works with an R503 or ZFM-20 fingerprint sensor.
///
/// Waits twenty seconds for a finger. Exits 0 when done, with slot and score
/// on a match; 1 on no match; 2 when nobody came, or the sensor, the line or
/// the command failed.
#[derive(Debug, Parser)]
#[command(name = "fingerprint")]
struct Args {
    /// Where the sensor is: `sim`, PATH[@BAUD] of a serial device or
    /// pseudo-terminal, or tcp:HOST:PORT.
    #[arg(long, short, value_name = "P", default_value = "sim")]
    port: PortName,
    /// The sensor's model.
    #[arg(long, value_enum, default_value = "r503")]
    model: Model,
    /// The sensor's address.
    #[arg(long, value_name = "HEX", default_value = "FFFFFFFF", value_parser = hex)]
    address: u32,
    /// The sensor's password.
    #[arg(long, value_name = "HEX", default_value = "0", value_parser = hex, hide_default_value = true)]
    password: u32,
    /// Whose finger is on the simulated sensor. `anna` is enrolled in slot 1,
    /// `bert` in slot 2; `none` leaves it empty.
    #[arg(long, value_name = "NAME", default_value = "anna")]
    finger: String,
    /// Show what crosses the line. Bench use: it shows secrets.
    #[arg(long)]
    trace: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Model {
    R503,
    Zfm20,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Enrols a finger in a free slot.
    Enrol { slot: u16 },
    /// Searches the finger in the whole library.
    Identify,
    /// Compares the finger with one template.
    Verify { slot: u16 },
    /// Lists the slots in use.
    List,
    /// Deletes a template.
    Delete { slot: u16 },
    /// Says how many templates there are, and can be.
    Count,
    /// Says what the sensor is.
    Info,
    /// Sets the ring of light.
    Led {
        #[arg(value_enum)]
        colour: Hue,
        #[arg(value_enum, default_value = "on")]
        mode: Mode,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Hue {
    Red,
    Green,
    Blue,
    Yellow,
    Cyan,
    Purple,
    White,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    On,
    Off,
    Breathe,
    Flash,
    FadeIn,
    FadeOut,
}

impl From<Hue> for Colour {
    fn from(hue: Hue) -> Self {
        match hue {
            Hue::Red => Self::Red,
            Hue::Green => Self::Green,
            Hue::Blue => Self::Blue,
            Hue::Yellow => Self::Yellow,
            Hue::Cyan => Self::Cyan,
            Hue::Purple => Self::Purple,
            Hue::White => Self::White,
        }
    }
}

impl From<Mode> for Control {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::On => Self::On,
            Mode::Off => Self::Off,
            Mode::Breathe => Self::Breathe,
            Mode::Flash => Self::Flash,
            Mode::FadeIn => Self::FadeIn,
            Mode::FadeOut => Self::FadeOut,
        }
    }
}

fn hex(text: &str) -> Result<u32, String> {
    u32::from_str_radix(text, 16).map_err(|_| format!("`{text}` is no 32-bit hexadecimal number"))
}

type Failure = CallError<Fault, AnyError>;

/// The person at the simulated sensor.
struct Person {
    module: Simulated<R503Module>,
    finger: String,
}

impl Person {
    fn new(model: Model, finger: &str) -> Self {
        let module = match model {
            Model::R503 => R503Module::new(),
            Model::Zfm20 => R503Module::zfm20(),
        };
        let person = Self { module: Simulated::new(module), finger: finger.into() };
        person.module.device().store(1, "anna");
        person.module.device().store(2, "bert");
        person.place();
        person
    }

    fn place(&self) {
        if self.finger != "none" {
            self.module.device().place(&self.finger);
        }
    }

    fn does(&self, step: Enrolment) {
        match step {
            Enrolment::Place(_) => self.place(),
            Enrolment::Lift => self.module.device().lift(),
            _ => {}
        }
    }
}

/// What the program has in hand.
struct Desk {
    sensor: Zfm<AnyPort>,
    clock: SystemClock,
    person: Person,
}

impl Desk {
    fn run(&mut self, what: &What) -> Result<ExitCode, Failure> {
        let Self { sensor, clock, .. } = self;
        match *what {
            What::Enrol { slot } => self.enrol(Slot(slot))?,
            What::Identify => {
                eprintln!("lay the finger on the sensor");
                return sensor.identify().wait(clock).map(show);
            }
            What::Verify { slot } => {
                eprintln!("lay the finger on the sensor");
                return sensor.verify(Slot(slot)).wait(clock).map(show);
            }
            What::List => self.list()?,
            What::Delete { slot } => {
                sensor.delete(Slot(slot)).wait(clock)?;
                say!("deleted {}", Slot(slot));
            }
            What::Count => {
                let library = sensor.count().wait(clock)?;
                say!("{} of {}", library.stored, library.capacity);
            }
            What::Info => self.info()?,
            What::Led { colour, mode } => {
                let led =
                    AuraLed { control: mode.into(), speed: 0x80, colour: colour.into(), times: 0 };
                sensor.led(led).wait(clock)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn enrol(&mut self, slot: Slot) -> Result<(), Failure> {
        let mut call = self.sensor.enrol(slot);
        while let Told::Event(event) = call.next(&mut self.clock)? {
            let Event::Enrolment(step) = event else { continue };
            match step {
                Enrolment::Place(n) => eprintln!("lay the finger on the sensor ({n})"),
                Enrolment::Lift => eprintln!("lift the finger"),
                Enrolment::Poor(quality) => eprintln!("not good enough: {quality}"),
                Enrolment::Stored(slot) => say!("stored in {slot}"),
                _ => {}
            }
            self.person.does(step);
        }
        Ok(())
    }

    fn list(&mut self) -> Result<(), Failure> {
        let capacity = self.sensor.count().wait(&mut self.clock)?.capacity;
        for page in 0..capacity.div_ceil(256) {
            let page = u8::try_from(page).unwrap_or(u8::MAX);
            for slot in self.sensor.index(page).wait(&mut self.clock)?.slots() {
                say!("{slot}");
            }
        }
        Ok(())
    }

    fn info(&mut self) -> Result<(), Failure> {
        let parameters = self.sensor.parameters().wait(&mut self.clock)?;
        say!("capacity     {}", parameters.capacity);
        say!("level        {}", parameters.level);
        say!("address      {:08X}", parameters.address);
        say!("speed        {} baud", u32::from(parameters.baud) * 9_600);
        Ok(())
    }
}

fn show(found: Option<Match>) -> ExitCode {
    match found {
        Some(found) => {
            say!("{}, score {}", found.slot, found.score);
            ExitCode::SUCCESS
        }
        None => {
            say!("no match");
            ExitCode::from(1)
        }
    }
}

/// One clear line: the sensor, what is wrong, what to try.
fn explain(port: &PortName, failure: &Failure) -> String {
    let remedy = match failure {
        CallError::Device(Fault::Slot(_)) => "`count` says how many there are",
        CallError::Device(Fault::Occupied(_)) => "take another, or delete it first",
        CallError::Device(Fault::Duplicate(_)) => "delete that first",
        CallError::Device(Fault::NoFinger) => "lay it down within twenty seconds",
        CallError::Device(Fault::Foreign(_)) => "give it with `--address`",
        CallError::Device(Fault::Password) => "give it with `--password`",
        CallError::Device(Fault::Unsupported(_)) => "is it another `--model`?",
        _ => return advice("fingerprint sensor", port, failure),
    };
    format!("fingerprint sensor at {port}: {failure}; {remedy}")
}

fn main() -> ExitCode {
    let args = Args::parse();
    let person = Person::new(args.model, &args.finger);
    let simulated = || erased(person.module.port(SystemClock::new()));
    let port = match args.port.open(57_600, simulated) {
        Ok(port) => port,
        Err(error) => {
            let error = common::open_error(error);
            eprintln!("{}", advice("fingerprint sensor", &args.port, &error));
            return ExitCode::from(2);
        }
    };
    let port = traced(port, args.trace, "fingerprint", Protocol::Zfm, SystemClock::new());
    let password = Password::new(args.password);
    let mut config = match args.model {
        Model::R503 => Config::r503(password),
        Model::Zfm20 => Config::zfm20(password),
    };
    config.address = args.address;
    let mut desk = Desk { sensor: Zfm::new(port, config), clock: SystemClock::new(), person };
    desk.run(&args.what).unwrap_or_else(|failure| {
        eprintln!("{}", explain(&args.port, &failure));
        ExitCode::from(2)
    })
}
