//! The devices: opened, traced, broken on purpose.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use embedded_pos::port::middleware::{FaultInjector, FaultPlan, Faults};
use embedded_pos::port::{Duration, Port, SetBaud};
use embedded_pos::sim::camera::VzenithCamera;
use embedded_pos::sim::card::CcidReader;
use embedded_pos::sim::fingerprint::R503Module;
use embedded_pos::sim::printer::EscPosPrinter;
use embedded_pos::sim::scanner::Gm65Module;
use embedded_pos::sim::{Device, Fault, Simulated};
use embedded_pos::{ErrorType, nb};

use crate::args::Args;
use crate::clock::AnyClock;
use crate::common::trace::{Protocol, traced};
use crate::common::{AnyError, AnyPort, PortName, advice, erased, open_error, stage};
use crate::desk::Part;

/// The simulated devices that are in this process, for people to handle.
#[derive(Clone, Debug, Default)]
pub struct Hands {
    pub sensor: Option<Simulated<R503Module>>,
    pub printer: Option<Simulated<EscPosPrinter>>,
    pub scanner: Option<Simulated<Gm65Module>>,
    pub reader: Option<Simulated<CcidReader>>,
    pub camera: Option<Simulated<VzenithCamera>>,
    /// How many faults each line was given.
    pub faults: Vec<(Part, Rc<Cell<u32>>)>,
}

/// The lines to the devices.
pub struct Ports {
    pub sensor: AnyPort,
    pub printer: AnyPort,
    pub scanner: AnyPort,
    pub card: AnyPort,
    pub camera: AnyPort,
}

/// What the check of a protocol detects; what it does not is left out. See
/// docs/faults.md.
fn detectable(part: Part) -> (Faults, Faults) {
    let bytes = Faults::DROP | Faults::FLIP | Faults::INSERT | Faults::DUPLICATE;
    let whole = Faults::DELAY | Faults::SPLIT;
    match part {
        // A check in every frame, both ways.
        Part::Fingerprint | Part::Card => (bytes | whole, bytes | whole),
        // Commands have a check; what is scanned has none.
        Part::Scanner => (whole, bytes | whole),
        // A status reply is one byte: without it, it is lost.
        Part::Printer => (whole | Faults::DROP, whole),
        _ => (whole, whole),
    }
}

fn plan(part: Part, seed: u64) -> FaultPlan {
    let (inbound, outbound) = detectable(part);
    FaultPlan {
        seed: seed.wrapping_mul(31).wrapping_add(part as u64 + 1),
        inbound,
        outbound,
        // The sensor's line says least; none is to go without a fault.
        one_in: if part == Part::Fingerprint { 15 } else { 60 },
        // No two in one answer of the sensor: a sum can miss a pair. With a card
        // there are some, to bring more faults than its driver mends; what an
        // XOR misses of them, the issuer's check does not.
        apart: if part == Part::Fingerprint { 64 } else { 0 },
        at_most: 4,
        delay: Duration::from_millis(30),
    }
}

/// Opens all devices. An error is one line for a person.
pub fn open(args: &Args, clock: &AnyClock) -> Result<(Ports, Hands), String> {
    let mut hands = Hands::default();
    let mut opener = Opener { args, clock, faults: Vec::new() };
    let ports = Ports {
        sensor: opener.open(Part::Fingerprint, 57_600, stage::sensor, &mut hands.sensor)?,
        printer: opener.open(Part::Printer, 115_200, stage::printer, &mut hands.printer)?,
        scanner: opener.open(Part::Scanner, 9_600, stage::scanner, &mut hands.scanner)?,
        card: opener.open(Part::Card, 115_200, stage::reader, &mut hands.reader)?,
        camera: opener.open(Part::Camera, 115_200, stage::camera, &mut hands.camera)?,
    };
    if let (Some(_), Some(camera)) = (args.faults, &hands.camera) {
        // Its frames have no check; a lost one is noticed.
        camera.device().inject(Fault::Silence);
    }
    hands.faults = opener.faults;
    Ok((ports, hands))
}

/// Where the device of a part is, by the command line.
pub fn name(args: &Args, part: Part) -> &PortName {
    match part {
        Part::Card => &args.card.port,
        Part::Scanner => &args.scanner,
        Part::Camera => &args.camera,
        Part::Fingerprint => &args.fingerprint,
        Part::Printer => &args.printer,
        _ => &PortName::Sim,
    }
}

/// What is spoken on the line to a part.
const fn protocol(part: Part) -> Protocol {
    match part {
        Part::Fingerprint => Protocol::Zfm,
        Part::Scanner => Protocol::Gm65,
        Part::Card => Protocol::Ccid,
        Part::Camera => Protocol::Vzenith,
        _ => Protocol::EscPos,
    }
}

struct Opener<'a> {
    args: &'a Args,
    clock: &'a AnyClock,
    faults: Vec<(Part, Rc<Cell<u32>>)>,
}

impl Opener<'_> {
    fn open<D: Device + 'static>(
        &mut self,
        part: Part,
        baud: u32,
        make: impl FnOnce() -> D,
        hand: &mut Option<Simulated<D>>,
    ) -> Result<AnyPort, String> {
        let name = name(self.args, part);
        let port = name.open(baud, || {
            let device = Simulated::new(make());
            let port = device.port(self.clock.clone()).paced(baud);
            *hand = Some(device);
            erased(port)
        });
        let port =
            port.map_err(|error: io::Error| advice(part.name(), name, &open_error(error)))?;
        let port = match self.args.faults {
            None => port,
            Some(seed) => {
                let injector = FaultInjector::new(port, self.clock.clone(), plan(part, seed));
                let count = Rc::new(Cell::new(0));
                self.faults.push((part, count.clone()));
                erased(Counted { injector, count })
            }
        };
        let clock = self.clock.clone();
        Ok(traced(port, self.args.trace, part.name(), protocol(part), clock))
    }
}

/// A line that is broken on purpose, and tells how often it was.
struct Counted {
    injector: FaultInjector<AnyPort, AnyClock>,
    count: Rc<Cell<u32>>,
}

impl ErrorType for Counted {
    type Error = AnyError;
}

impl Port for Counted {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, AnyError> {
        let read = self.injector.try_read(buf);
        self.count.set(self.injector.injected());
        read
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, AnyError> {
        let written = self.injector.try_write(bytes);
        self.count.set(self.injector.injected());
        written
    }

    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = AnyError>> {
        self.injector.baud()
    }
}
