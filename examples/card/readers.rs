//! The readers, by name, all of one type.

use std::fmt;
use std::str::FromStr;

use embedded_pos::card::reader::pn532::{self, Pn532};
use embedded_pos::card::reader::serial_ccid::{Config, SerialCcid};
use embedded_pos::port::Clocked;
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::sim::Simulated;
use embedded_pos::sim::card::{self, CcidReader, EmvApplet, IsoDepCard, T1Card};

use crate::common::trace::{Protocol, traced};
use crate::common::{self, AnyError, AnyPort, PortName, erase, erased, stage};
use crate::sims::{self, AnyReader, Hand, Sim};

/// A reader on the command line.
#[derive(Clone, Debug)]
pub(crate) enum ReaderName {
    /// A simulated one, in a time of its own.
    Sim(Sim),
    /// A serial CCID reader, or a simulated one.
    Ccid(PortName),
    /// A PN532 on HSU, or a simulated one.
    Pn532(PortName),
    /// One behind PC/SC, whose name has this in it.
    Pcsc(Option<String>),
}

impl FromStr for ReaderName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            _ if text == "pcsc" => Ok(Self::Pcsc(None)),
            Some(("pcsc", name)) => Ok(Self::Pcsc(Some(name.into()))),
            Some(("sim", kind)) => kind.parse().map(Self::Sim),
            Some(("pn532", port)) => port.parse().map(Self::Pn532),
            Some(("serial", path)) => path.parse().map(Self::Ccid),
            _ => text.parse().map(Self::Ccid),
        }
    }
}

impl fmt::Display for ReaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sim(sim) => write!(f, "sim:{}", sim.name()),
            Self::Ccid(port) => port.fmt(f),
            Self::Pn532(port) => write!(f, "pn532:{port}"),
            Self::Pcsc(None) => f.write_str("pcsc"),
            Self::Pcsc(Some(name)) => write!(f, "pcsc:{name}"),
        }
    }
}

impl ReaderName {
    /// Whether reader and card are simulated.
    pub(crate) fn is_simulated(&self) -> bool {
        matches!(self, Self::Sim(_) | Self::Ccid(PortName::Sim) | Self::Pn532(PortName::Sim))
    }

    /// Opens it; no card is needed yet. What is simulated has the payer's card
    /// in it.
    pub(crate) fn open(&self, trace: bool) -> Result<AnyReader, AnyError> {
        self.open_with(trace, stage::applet()).map(|(reader, _)| reader)
    }

    /// The same, with a simulated card that computes this, and what pulls it
    /// out.
    pub(crate) fn open_with(
        &self,
        trace: bool,
        applet: EmvApplet,
    ) -> Result<(AnyReader, Option<Hand>), AnyError> {
        let mut hand: Option<Hand> = None;
        let reader = match self {
            Self::Sim(sim) => {
                let (reader, pulls) = sim.held(applet);
                return Ok((reader, Some(pulls)));
            }
            Self::Ccid(name) => {
                let port = name.open(115_200, || simulated(applet, &mut hand));
                let port = port.map_err(|error| erase(common::open_error(error)))?;
                let port = traced(port, trace, "card", Protocol::Ccid, SystemClock::new());
                let driver = SerialCcid::new(port, Config::DEFAULT);
                sims::erased(Clocked::new(driver, SystemClock::new()))
            }
            Self::Pn532(name) => {
                let port = name.open(115_200, || simulated_pn532(applet, &mut hand));
                let port = port.map_err(|error| erase(common::open_error(error)))?;
                let port = traced(port, trace, "card", Protocol::Pn532, SystemClock::new());
                let driver = Pn532::new(port, pn532::Config::DEFAULT);
                sims::erased(Clocked::new(driver, SystemClock::new()))
            }
            Self::Pcsc(name) => pcsc(name.as_deref())?,
        };
        Ok((reader, hand))
    }
}

fn simulated(applet: EmvApplet, hand: &mut Option<Hand>) -> AnyPort {
    let device = Simulated::new(CcidReader::new());
    device.device().insert(T1Card::new(applet));
    let port = erased(device.port(SystemClock::new()));
    *hand = Some(Box::new(move || drop(device.device().remove())));
    port
}

fn simulated_pn532(applet: EmvApplet, hand: &mut Option<Hand>) -> AnyPort {
    let device = Simulated::new(card::Pn532::new());
    let card = device.device().air.add(IsoDepCard::type_a(applet));
    let port = erased(device.port(SystemClock::new()));
    *hand = Some(Box::new(move || drop(device.device().air.remove(card))));
    port
}

#[cfg(feature = "pcsc")]
fn pcsc(name: Option<&str>) -> Result<AnyReader, AnyError> {
    let reader = embedded_pos::card::reader::pcsc::PcscReader::open(name).map_err(erase)?;
    Ok(sims::erased(reader))
}

#[cfg(not(feature = "pcsc"))]
fn pcsc(_: Option<&str>) -> Result<AnyReader, AnyError> {
    Err(common::failure(
        embedded_pos::ErrorKind::Unsupported,
        "this program was built without `--features pcsc`",
    ))
}
