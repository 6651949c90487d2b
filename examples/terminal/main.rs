//! The violation terminal on the host: one case, from the officer's sign-in to
//! the archive, over the devices' real protocols.

#[macro_use]
#[path = "../common/mod.rs"]
mod common;

mod args;
mod authority;
mod clock;
mod desk;
mod office;
mod parts;
mod payer;
mod people;
mod rig;
mod slip;
mod till;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use args::Args;
use clap::Parser;
use clock::AnyClock;
use common::advice;
use desk::{Part, Stop};
use embedded_pos::terminal::{Event, Field, Outcome, Paper, Record, Settlement};
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
    clear(dir).map_err(|error| format!("{DIR}: {error}"))?;
    let world = People::new(args, clock.clone(), hands, Some(dir))?;
    let mut desk = parts::desk(args, ports, clock, world).map_err(|fault| fault.to_string())?;
    let led = parts::lead(&mut desk);
    let kept = write_records(dir, desk.records.records());
    let outcome = led.map_err(|stop| explain(args, &stop, desk.records.records()))?;
    kept.map_err(|error| format!("{DIR}/records.jsonl: {error}"))?;
    report(&outcome, &desk.world);
    Ok(())
}

/// Removes the papers of an earlier case: what is there is of this one.
fn clear(dir: &Path) -> io::Result<()> {
    for paper in [Paper::Decision, Paper::Slip, Paper::Receipt, Paper::Measure] {
        let picture = people::picture(dir, paper);
        for file in [picture.with_extension("txt"), picture] {
            match fs::remove_file(file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
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

/// One line: what stopped, and whether money was taken before.
fn explain(args: &Args, stop: &Stop, records: &[Record]) -> String {
    let line = match stop.part {
        Part::Records | Part::Backend | Part::Terminal | Part::PinPad => stop.to_string(),
        part => advice(part.name(), rig::name(args, part), stop),
    };
    let paid = |record: &Record| matches!(record.event, Event::PaymentApproved { .. });
    match records.iter().any(paid) {
        false => line,
        true => format!("{line} (the fine is paid and recorded; its papers are owed)"),
    }
}

fn report(outcome: &Outcome, people: &People) {
    say!("");
    if let Some(number) = outcome.number {
        say!("decision {number}");
    }
    match outcome.settlement {
        Settlement::NotDue => say!("nothing was to be paid"),
        Settlement::Paid(paid) => {
            say!("paid {} yuan, order {}", paid.approval.amount, paid.key);
        }
        Settlement::Deferred => say!("not paid here; due within fifteen days"),
        Settlement::Unresolved(key) => {
            say!("payment {key} is unresolved: it is taken up before the next one");
        }
    }
    say!("records: {}", if outcome.uploaded { "all in the archive" } else { "to be sent" });
    for (paper, printing, _) in &people.papers {
        say!("printed {}: {printing:?}", paper.name());
    }
    say!("papers and records are in {DIR}/");
    let faults = &people.hands.faults;
    let faults: Vec<String> =
        faults.iter().map(|(part, count)| format!("{} {}", part.name(), count.get())).collect();
    if !faults.is_empty() {
        say!("faults on the lines: {}", faults.join(", "));
    }
    let survived: Vec<String> =
        people.survived.iter().map(|(part, count)| format!("{part} {count}")).collect();
    if !survived.is_empty() {
        say!("asked again for: {}", survived.join(", "));
    }
}
