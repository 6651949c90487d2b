//! What two drivers make of a template that a simulated R503 sends badly, or
//! is to take. `hzgrow-r502` transfers none.

use std::fmt::Write as _;

use a608_embedded::{FingerprintSensor, SensorBuffer};
use embedded_pos::fingerprint::Slot;
use embedded_pos::fingerprint::zfm::{Config, Password, Zfm};
use embedded_pos::port::Duration;
use embedded_pos::sim::fingerprint::{Misbehaviour, R503Module};
use embedded_pos::sim::{Fault, Simulated, VirtualClock};

use crate::faults::Wire;

const SLOT: u16 = 3;

/// What a transfer came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// All of it, as it is.
    Whole,
    /// An error, and nothing is believed.
    Failed,
    /// Good, it said, of so many bytes that are not the template.
    Wrong(usize),
}

/// One row: what it is, the module, with how much room it is read.
pub struct Row {
    /// In words.
    pub name: &'static str,
    template: u16,
    packets: u8,
    room: usize,
    /// With the packet after so many.
    fault: Option<(usize, Misbehaviour)>,
    /// To the module.
    writes: bool,
}

const PLAIN: Row =
    Row { name: "none", template: 768, packets: 2, room: 768, fault: None, writes: false };

/// All rows.
#[must_use]
pub fn rows() -> Vec<Row> {
    let broken = |name, packet, fault| Row {
        name,
        fault: Some((packet, Misbehaviour::Line(fault))),
        ..PLAIN
    };
    vec![
        PLAIN,
        broken("a data packet lost", 1, Fault::Silence),
        broken("a data packet with a wrong sum", 1, Fault::WrongCheck),
        broken("a byte of a data packet inverted", 1, Fault::Flipped(40, 0xFF)),
        broken("no end packet", 5, Fault::Silence),
        Row {
            name: "384 bytes in packets of 256, written",
            template: 384,
            packets: 3,
            writes: true,
            ..PLAIN
        },
        Row { name: "a buffer for 512 of 768 bytes", room: 512, ..PLAIN },
        Row { name: "512 of 768 bytes, written", room: 512, writes: true, ..PLAIN },
    ]
}

struct Bench {
    module: Simulated<R503Module>,
    clock: VirtualClock,
    template: Vec<u8>,
    buffer: Vec<u8>,
}

impl Bench {
    fn new(row: &Row) -> Self {
        let mut module = R503Module::new().with_template(row.template).with_packets(row.packets);
        let template = module.template("anna");
        if !row.writes {
            module.store(SLOT, "anna");
        }
        if let Some((packet, how)) = row.fault.clone() {
            module.misbehave_in_packet(packet, how);
        }
        let room = row.room.min(row.template.into());
        let buffer = if row.writes { template[..room].to_vec() } else { vec![0; room] };
        let clock = VirtualClock::in_steps(Duration::from_millis(1));
        Self { module: Simulated::new(module), clock, template, buffer }
    }

    /// What was read, by what the driver said of it.
    fn read<E>(&self, result: Result<usize, E>) -> Outcome {
        match result {
            Err(_) => Outcome::Failed,
            Ok(_) if self.buffer == self.template => Outcome::Whole,
            Ok(n) => Outcome::Wrong(n),
        }
    }

    fn written<E>(&self, result: Result<(), E>) -> Outcome {
        let stored = self.module.device().stored(SLOT).map(str::to_owned);
        match (result, stored.as_deref()) {
            (Err(_), _) => Outcome::Failed,
            (Ok(()), Some("anna")) => Outcome::Whole,
            (Ok(()), _) => Outcome::Wrong(self.buffer.len()),
        }
    }
}

/// Ours.
#[must_use]
pub fn ours(row: &Row) -> Outcome {
    let mut bench = Bench::new(row);
    let port = bench.module.port(bench.clock.clone());
    let mut zfm = Zfm::new(port, Config::r503(Password::FACTORY));
    if row.writes {
        let result = zfm.write_template(Slot(SLOT), &bench.buffer).wait(&mut bench.clock);
        return bench.written(result);
    }
    let result = zfm.read_template(Slot(SLOT), &mut bench.buffer).wait(&mut bench.clock);
    bench.read(result)
}

/// The crate `a608_embedded`.
#[must_use]
pub fn a608_embedded(row: &Row) -> Outcome {
    let mut bench = Bench::new(row);
    let wire = Wire::new(&bench.module, &bench.clock);
    let mut sensor = FingerprintSensor::new(wire, [0; 4]);
    sensor.init().expect("a session");
    let buffer = SensorBuffer::char(1);
    if row.writes {
        let sent = sensor.send_fpdata(&bench.buffer, buffer).map_err(|error| format!("{error:?}"));
        // It does not look whether the module took them; storing them shows.
        let kept = sent.and_then(|_| match sensor.store_model(SLOT, 1) {
            Ok(a608_embedded::OK) => Ok(()),
            other => Err(format!("{other:?}")),
        });
        return bench.written(kept);
    }
    assert_eq!(sensor.load_model(SLOT, 1), Ok(a608_embedded::OK));
    let result = sensor.get_fpdata(buffer, &mut bench.buffer);
    bench.read(result)
}

/// The table, in Markdown.
#[must_use]
pub fn table() -> String {
    let mut table =
        "| a template | embedded-pos | a608_embedded 0.1 |\n| --- | --- | --- |".to_owned();
    for row in rows() {
        let _ = write!(table, "\n| {} |", row.name);
        for outcome in [ours(&row), a608_embedded(&row)] {
            let _ = match outcome {
                Outcome::Whole => write!(table, " whole |"),
                Outcome::Failed => write!(table, " error |"),
                Outcome::Wrong(n) => write!(table, " **\"good\", {n} bytes** |"),
            };
        }
    }
    table
}
