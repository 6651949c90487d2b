//! The violation terminal on the host: one case, from the officer's sign-in to
//! the archive, over the devices' real protocols.

#[path = "../common/mod.rs"]
mod common;

mod args;
mod clock;
mod desk;
mod office;
mod people;
mod rig;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use args::{Args, Bank};
use clap::Parser;
use clock::AnyClock;
use common::{AnyPort, advice, stage};
use desk::{Desk, Part, Stop};
use embedded_pos::card::reader::serial_ccid::{self, SerialCcid};
use embedded_pos::fingerprint::zfm::{self, Password, Zfm};
use embedded_pos::port::Clocked;
use embedded_pos::printer::escpos::{self, EscPos, Profile, Timed};
use embedded_pos::scan::engine::gm65::{self, Gm65};
use embedded_pos::scan::plate::feed::vzenith::{self, Vzenith};
use embedded_pos::scan::plate::{Hpzl, Plate};
use embedded_pos::sim::backend::{Backend, NetFault, Payer, VehicleFile};
use embedded_pos::sim::records::MemorySink;
use embedded_pos::terminal::{
    CivilTime, Date, Fault, Field, Outcome, Record, Settlement, Standing, Text, Vehicle, Violation,
};
use people::People;
use serde_json::{Map, Value};

/// Where the papers and the records go.
const DIR: &str = "target/terminal";

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            eprintln!("terminal: {line}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let clock = AnyClock::new(args.is_all_simulated());
    let (ports, hands) = rig::open(args, &clock)?;
    let dir = Path::new(DIR);
    let world = People::new(args, clock.clone(), hands, dir)?;
    let mut desk = Desk {
        card: Clocked::new(
            SerialCcid::new(ports.card, serial_ccid::Config::default()),
            clock.clone(),
        ),
        scanner: Clocked::new(Gm65::new(ports.scanner, gm65::Config::new()), clock.clone()),
        camera: Clocked::new(Vzenith::new(ports.camera, vzenith::Config::new()), clock.clone()),
        sensor: Clocked::new(
            Zfm::new(ports.sensor, zfm::Config::r503(Password::FACTORY)),
            clock.clone(),
        ),
        printer: Clocked::new(EscPos::new(ports.printer, Timed, &Profile::CLONE_58MM), clock),
        backend: backend(args).map_err(|fault| fault.to_string())?,
        records: MemorySink::new(),
        world,
    };
    let led = lead(&mut desk);
    let kept = write_records(dir, desk.records.records());
    let outcome = led.map_err(|stop| explain(args, &stop))?;
    kept.map_err(|error| format!("{DIR}/records.jsonl: {error}"))?;
    report(&outcome, &desk.world);
    Ok(())
}

/// A desk with the drivers of this example.
type Ours = Desk<
    Clocked<SerialCcid<AnyPort>, AnyClock, serial_ccid::Talk<serial_ccid::Look>>,
    Clocked<Gm65<AnyPort>, AnyClock, gm65::Await>,
    Clocked<Vzenith<AnyPort>, AnyClock, vzenith::Next>,
    Clocked<Zfm<AnyPort>, AnyClock, zfm::Pending>,
    Clocked<EscPos<AnyPort, Timed>, AnyClock, escpos::Finish<Timed>>,
    Backend,
    MemorySink,
    People,
>;

/// Readies the devices, signs an officer in and leads a case.
fn lead(desk: &mut Ours) -> Result<Outcome, Stop> {
    let Desk { card, scanner, camera, sensor, printer, world, .. } = desk;
    /// Every driver is initialised in the same way; they share no trait for it.
    macro_rules! ready {
        ($part:ident, $device:ident) => {
            desk::retry(world, Part::$part, || {
                let (driver, clock) = $device.parts();
                driver.init().wait(clock)
            })?
        };
    }
    ready!(Fingerprint, sensor);
    ready!(Printer, printer);
    ready!(Scanner, scanner);
    ready!(Card, card);
    if world.wants_camera() {
        ready!(Camera, camera);
    }
    let roster = office::roster()?;
    let office = office::office(&roster)?;
    let session = desk.sign_in(&office, 1)?;
    desk.case(&office, session, 2, &mut None)
}

/// The hosts: what they know of the vehicle, and what the bank does.
fn backend(args: &Args) -> Result<Backend, Fault> {
    let mut backend = Backend::new();
    let plate = Plate::parse(stage::PLATE).map_err(|_| Fault::Malformed)?;
    let vehicle = Vehicle::new(&plate, Hpzl::SMALL)?;
    let file = VehicleFile {
        inspection: Standing::Until(Date::new(2027, 5, 31)?),
        insurance: Standing::Until(Date::new(2027, 3, 14)?),
    };
    backend.authority.register(&vehicle, file);
    backend.authority.accuse(&vehicle, violation()?);
    backend.bank.ask_issuer(stage::issuer());
    match args.bank {
        Bank::Approves => {}
        Bank::Declines => backend.bank.expect(Payer::Refused("51")),
        Bank::Unheard => backend.bank.inject(NetFault::AnswerLost),
    }
    if let Some(seed) = args.faults {
        backend.bank.seed(seed);
        backend.authority.seed(seed);
    }
    Ok(backend)
}

/// What a camera saw last week.
fn violation() -> Result<Violation, Fault> {
    Ok(Violation {
        number: Text::new("1201011900000001")?,
        time: CivilTime::new(Date::new(2026, 11, 18)?, 8, 41, 0)?,
        place: Text::new("和平区南京路与营口道交口")?,
        behaviour: Text::new("1625")?,
        decided: None,
    })
}

/// One JSON object a record.
fn write_records(dir: &Path, records: &[Record]) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let mut file = io::BufWriter::new(fs::File::create(dir.join("records.jsonl"))?);
    for record in records {
        let mut object = Map::new();
        record.visit(&mut |name, field| {
            object.insert(name.into(), json(field));
        });
        writeln!(file, "{}", Value::Object(object))?;
    }
    file.flush()
}

fn json(field: Field<'_>) -> Value {
    match field {
        Field::Empty => Value::Null,
        Field::Number(number) => number.into(),
        Field::Flag(flag) => flag.into(),
        Field::Money(amount) => amount.0.into(),
        other => other.to_string().into(),
    }
}

fn explain(args: &Args, stop: &Stop) -> String {
    match stop.part {
        Part::Records | Part::Backend | Part::Terminal => stop.to_string(),
        part => advice(part.name(), rig::name(args, part), stop),
    }
}

fn report(outcome: &Outcome, people: &People) {
    println!();
    if let Some(number) = outcome.number {
        println!("decision {number}");
    }
    match outcome.settlement {
        Settlement::NotDue => println!("nothing was to be paid"),
        Settlement::Paid(paid) => {
            println!("paid {} yuan, order {}", paid.approval.amount, paid.key);
        }
        Settlement::Deferred => println!("not paid here; due within fifteen days"),
        Settlement::Unresolved(key) => {
            println!("payment {key} is unresolved: it is taken up before the next one");
        }
    }
    println!("records: {}", if outcome.uploaded { "all in the archive" } else { "to be sent" });
    println!("papers and records are in {DIR}/");
    let survived: Vec<String> =
        people.survived.iter().map(|(part, count)| format!("{part} {count}")).collect();
    if !survived.is_empty() {
        println!("survived: {}", survived.join(", "));
    }
}
