//! A bare mechanism, simulated pin by pin.

use std::error::Error;
use std::path::Path;

use clap::ValueEnum;
use embedded_pos::port::{Clock, Clocked, Duration};
use embedded_pos::printer::head::{Config, Head, Profile};
use embedded_pos::printer::symbol::DrawnQr;
use embedded_pos::printer::{Item, Printer};
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::head::{Model, SimHead};

use crate::common::png;

/// A mechanism of 384 dots.
#[derive(Clone, Copy, ValueEnum)]
pub enum Mechanism {
    /// Seiko LTP02-245: one strobe, 45 dots at once.
    Ltp02,
    /// Seiko LTP1245.
    Ltp1245,
    /// Fujitsu FTP-628.
    Ftp628,
    /// APS SS205.
    Ss205,
}

impl Mechanism {
    const fn parts(self) -> (Model, &'static Profile) {
        match self {
            Self::Ltp02 => (Model::LTP02_245, &Profile::LTP02_245),
            Self::Ltp1245 => (Model::LTP1245, &Profile::LTP1245),
            Self::Ftp628 => (Model::FTP_628, &Profile::FTP_628),
            Self::Ss205 => (Model::SS205, &Profile::SS205),
        }
    }
}

/// Prints items with a mechanism at 7.2 V and 25 C; what came of it.
pub fn print(
    mechanism: Mechanism,
    items: &[Item<'_>],
    png: Option<&Path>,
) -> Result<String, Box<dyn Error>> {
    let (model, profile) = mechanism.parts();
    let mut clock = VirtualClock::in_steps(Duration::from_micros(20));
    let sim = SimHead::new(model, clock.clone());
    let (io, motor, sense, font) = sim.parts(profile);
    let config = Config { qr: Some(&DrawnQr), ..Config::DEFAULT };
    let head = Head::new(io, motor, sense, font, profile, config);
    let mut printer = Clocked::new(head, clock.clone());
    for item in items {
        printer.print(item)?;
    }
    while let Err(error) = printer.poll_printed() {
        match error {
            embedded_pos::nb::Error::WouldBlock => clock.advance(Duration::from_millis(1)),
            embedded_pos::nb::Error::Other(fault) => return Err(fault.into()),
        }
    }
    let mut device = sim.device();
    if let Some(violation) = device.violations().first() {
        return Err(format!("the mechanism would object: {violation}").into());
    }
    let bitmap = device.bitmap();
    if let Some(path) = png {
        png::paper(path, &bitmap).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let seconds = clock.now().as_micros() as f64 / 1e6;
    let speed = bitmap.height() as f64 / 8.0 / seconds;
    let (rows, strobes) = (bitmap.height(), device.strobes());
    assert!(device.is_safe(), "a strobe or a coil is on");
    Ok(format!("printed: {rows} rows, {strobes} strobes, {seconds:.2} s, {speed:.1} mm/s"))
}
