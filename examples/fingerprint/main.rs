//! Works with a fingerprint sensor of any family:
//! `fingerprint --port P --model M enrol 3 | identify | verify 3 | list | ..`.

#[macro_use]
#[path = "../common/mod.rs"]
mod common;

mod args;
mod backup;
mod families;
mod person;
mod probe;
mod tool;

use std::path::Path;
use std::process::ExitCode;

use args::{Args, Light, Model, What};
use backup::Backup;
use clap::Parser;
use common::profile::Profile;
use common::trace::{Protocol, traced};
use common::{AnyPort, PortName, advice};
use embedded_pos::fingerprint::{Enrolment, Match, Pgm, Slot};
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::{Error as _, ErrorKind};
use person::Person;
use probe::Found;
use tool::{Failure, Tool, patiently};

/// What the program has in hand.
struct Desk {
    sensor: Box<dyn Tool>,
    profile: Profile,
    person: Person,
}

impl Desk {
    fn run(&mut self, what: &What) -> Result<ExitCode, Failure> {
        let Self { sensor, .. } = self;
        match what {
            What::Probe => {}
            What::Enrol { slot } => self.enrol(Slot(*slot))?,
            What::Identify => {
                eprintln!("lay the finger on the sensor");
                return patiently(|| sensor.poll_identify()).map(show);
            }
            What::Verify { slot } => {
                eprintln!("lay the finger on the sensor");
                return patiently(|| sensor.poll_verify(Slot(*slot))).map(show);
            }
            What::List => sensor.list()?.iter().for_each(|slot| say!("{slot}")),
            What::Delete { slot } => {
                sensor.delete(Slot(*slot))?;
                say!("deleted {}", Slot(*slot));
            }
            What::Count => {
                let library = sensor.library()?;
                say!("{} of {}", library.stored, library.capacity);
            }
            What::Info => self.info()?,
            What::Backup { file } => self.backup(file)?,
            What::Restore { file } => self.restore(file)?,
            What::Image { file } => self.image(file)?,
            What::Led { colour, mode } => {
                sensor.light(Light { colour: *colour, mode: *mode })?;
            }
            What::Baud { baud } => {
                sensor.set_baud(*baud)?;
                say!("{baud} baud");
            }
            What::Password { new, .. } => {
                sensor.set_password(*new)?;
                say!("password changed");
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn enrol(&mut self, slot: Slot) -> Result<(), Failure> {
        loop {
            let step = patiently(|| self.sensor.poll_enrol(slot))?;
            match step {
                Enrolment::Place(n) => eprintln!("lay the finger on the sensor ({n})"),
                Enrolment::Lift => eprintln!("lift the finger"),
                Enrolment::Poor(quality) => eprintln!("not good enough: {quality}"),
                Enrolment::Stored(slot) => {
                    say!("stored in {slot}");
                    return Ok(());
                }
                _ => {}
            }
            self.person.does(step);
        }
    }

    fn info(&mut self) -> Result<(), Failure> {
        let library = self.sensor.library()?;
        say!("{:12} {}", "model", self.profile.name());
        say!("{:12} {}", "capacity", library.capacity);
        for (name, value) in self.sensor.info()? {
            say!("{name:12} {value}");
        }
        let able = self.sensor.capabilities();
        let able: Vec<String> = able.iter_names().map(|(name, _)| name.to_lowercase()).collect();
        say!("{:12} {}", "can", able.join(", "));
        if let Some(sensor) = self.sensor.identity() {
            let id = sensor.sensor_id()?;
            say!("{:12} {id}{}", "identity", if id.is_unique() { "" } else { " (not unique)" });
        }
        Ok(())
    }

    fn backup(&mut self, path: &Path) -> Result<(), Failure> {
        let slots = self.sensor.list()?;
        let sensor = self.sensor.templates().ok_or_else(|| Failure::unsupported("transfer"))?;
        let mut buffer = vec![0; sensor.template_size()?];
        let mut templates = Vec::new();
        for slot in slots {
            let size = sensor.read_template(slot, &mut buffer)?;
            templates.push((slot, buffer.get(..size).unwrap_or_default().to_vec()));
        }
        let backup = Backup { model: self.profile.name(), templates };
        backup.save(path).map_err(|error| file_failure(path, &error))?;
        say!("{} templates in {}", backup.templates.len(), path.display());
        eprintln!("they are somebody's fingers, for life, and not encrypted: seal the file");
        Ok(())
    }

    fn restore(&mut self, path: &Path) -> Result<(), Failure> {
        let backup = Backup::load(path).map_err(|error| file_failure(path, &error))?;
        if backup.model != self.profile.name() {
            let text = format!("the templates are those of a {}", backup.model);
            return Err(Failure::new(ErrorKind::Argument, text, "give `--model`, if that is it"));
        }
        let sensor = self.sensor.templates().ok_or_else(|| Failure::unsupported("transfer"))?;
        for (slot, template) in &backup.templates {
            sensor.write_template(*slot, template)?;
            say!("restored {slot}");
        }
        Ok(())
    }

    fn image(&mut self, path: &Path) -> Result<(), Failure> {
        let sensor = self.sensor.images().ok_or_else(|| Failure::unsupported("images"))?;
        eprintln!("lay the finger on the sensor");
        // Whole, before a file is made: an image that fails leaves none.
        let mut bytes = Vec::new();
        let geometry = patiently(|| {
            bytes.clear();
            let mut pgm = Pgm(|more: &[u8]| bytes.extend_from_slice(more));
            sensor.image(&mut pgm).map_err(|failure| match failure.kind() {
                ErrorKind::Absent => nb::Error::WouldBlock,
                _ => nb::Error::Other(failure),
            })
        })?;
        std::fs::write(path, bytes).map_err(|error| file_failure(path, &error))?;
        say!("{geometry} in {}", path.display());
        Ok(())
    }
}

fn file_failure(path: &Path, error: &std::io::Error) -> Failure {
    let text = format!("{}: {error}", path.display());
    Failure::new(ErrorKind::Argument, text, "give another file")
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
    match failure.remedy {
        Some(remedy) => format!("fingerprint sensor at {port}: {failure}; {remedy}"),
        None => advice("fingerprint sensor", port, failure),
    }
}

fn show_found(found: &Found) {
    say!("{:12} {}", "family", found.family);
    say!("{:12} {}", "model", found.profile.name());
    match found.baud {
        Some(baud) => say!("{:12} {baud} baud", "speed"),
        None => say!("{:12} none on this port", "speed"),
    }
    say!("{:12} {}", "says", found.told);
}

/// What is on the line, or the exit code when that is all or nothing.
fn find(port: &mut AnyPort, args: &Args, own: u32) -> Result<Profile, ExitCode> {
    match probe::probe(port, own, args.access()) {
        Ok(Some(found)) => {
            show_found(&found);
            match args.what {
                What::Probe => Err(ExitCode::SUCCESS),
                _ => Ok(found.profile),
            }
        }
        Ok(None) => {
            let help = "check power, wires, and whether TXD and RXD are exchanged";
            eprintln!("fingerprint sensor at {}: no known module answers; {help}", args.port);
            Err(ExitCode::from(1))
        }
        Err(error) => {
            eprintln!("{}", advice("fingerprint sensor", &args.port, &error));
            Err(ExitCode::from(2))
        }
    }
}

fn protocol(profile: Profile) -> Protocol {
    match profile {
        Profile::R503 | Profile::R503V12 | Profile::Zfm20 | Profile::Synochip => Protocol::Zfm,
        Profile::Gt511c3 | Profile::Gt521f52 => Protocol::Gt511,
        Profile::Waveshare | Profile::Fpc1020a => Protocol::F5,
        Profile::Sfm => Protocol::Sfm,
        Profile::Bmlite => Protocol::BmLite,
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    let named = match args.model {
        Model::Is(profile) => profile,
        Model::Probe => Profile::R503,
    };
    let person = Person::new(named, &args.finger);
    let mut port = match args.port.open(named.baud(), || person.port()) {
        Ok(port) => port,
        Err(error) => {
            let error = common::open_error(error);
            eprintln!("{}", advice("fingerprint sensor", &args.port, &error));
            return ExitCode::from(2);
        }
    };
    let searched = matches!(args.model, Model::Probe) || matches!(args.what, What::Probe);
    let own = args.port.baud().unwrap_or(named.baud());
    let profile = match searched.then(|| find(&mut port, &args, own)) {
        None => named,
        Some(Ok(profile)) => profile,
        Some(Err(code)) => return code,
    };
    let port = traced(port, args.trace, "fingerprint", protocol(profile), SystemClock::new());
    let sensor = families::open(profile, port, args.access());
    let mut desk = Desk { sensor, profile, person };
    desk.run(&args.what).unwrap_or_else(|failure| {
        eprintln!("{}", explain(&args.port, &failure));
        ExitCode::from(2)
    })
}
