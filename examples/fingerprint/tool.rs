//! A sensor of whatever family, as the program sees it.

use std::fmt;

use embedded_pos::fingerprint::{
    Capabilities, Driver, Enrolment, Family, FingerprintSensor, Geometry, Identified, Identifies,
    ImageSink, Images, Imaging, Library, Match, Pending, SensorId, Slot, TemplateTransfer,
    Transfers,
};
use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{CallError, Clock, Clocked, Duration};
use embedded_pos::{Error, ErrorKind, ErrorType};

use crate::common::{AnyError, AnyPort};

/// How long a person is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a command failed, and what to do about it.
#[derive(Clone, Debug)]
pub struct Failure {
    kind: ErrorKind,
    text: String,
    pub remedy: Option<&'static str>,
}

impl Failure {
    pub fn new(kind: ErrorKind, text: impl Into<String>, remedy: &'static str) -> Self {
        Self { kind, text: text.into(), remedy: Some(remedy) }
    }

    pub fn unsupported(what: &str) -> Self {
        let text = format!("this module, or its driver, has no {what}");
        Self::new(ErrorKind::Unsupported, text, "is it another `--model`?")
    }

    fn nobody() -> Self {
        Self::new(ErrorKind::Absent, "no finger on the sensor", "lay it down within twenty seconds")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}

impl Error for Failure {
    fn kind(&self) -> ErrorKind {
        self.kind
    }
}

/// A family's faults, and what to do about them that their kind does not say.
pub trait Remedy: Error {
    fn remedy(&self) -> Option<&'static str> {
        match self.kind() {
            ErrorKind::Argument => Some("`count` says how many slots there are"),
            ErrorKind::Absent => Some("lay it down within twenty seconds"),
            ErrorKind::Unsupported => Some("is it another `--model`?"),
            _ => None,
        }
    }
}

impl<F: Remedy> From<CallError<F, AnyError>> for Failure {
    fn from(error: CallError<F, AnyError>) -> Self {
        let remedy = match &error {
            CallError::Device(fault) => fault.remedy(),
            _ => None,
        };
        Self { kind: error.kind(), text: error.to_string(), remedy }
    }
}

/// What every model can do or says that it cannot.
pub trait Tool: FingerprintSensor<Error = Failure> {
    fn list(&mut self) -> Result<Vec<Slot>, Failure>;

    fn info(&mut self) -> Result<Vec<(&'static str, String)>, Failure>;

    fn templates(&mut self) -> Option<&mut dyn TemplateTransfer<Error = Failure>> {
        None
    }

    fn images(&mut self) -> Option<&mut dyn Imaging<Error = Failure>> {
        None
    }

    fn identity(&mut self) -> Option<&mut dyn Identified<Error = Failure>> {
        None
    }

    fn light(&mut self, _light: crate::args::Light) -> Result<(), Failure> {
        Err(Failure::unsupported("light"))
    }

    fn set_baud(&mut self, _baud: u32) -> Result<(), Failure> {
        Err(Failure::unsupported("speed that can be set"))
    }

    fn set_password(&mut self, _new: u32) -> Result<(), Failure> {
        Err(Failure::unsupported("password"))
    }
}

type Joined<L> = Clocked<
    Driver<AnyPort, L>,
    SystemClock,
    Pending<<L as Family>::Identify, <L as Family>::Enrol>,
>;

/// A driver of one family, its errors made [`Failure`]s.
pub struct Sensor<L: Family>(pub Joined<L>);

impl<L: Family> Sensor<L> {
    pub fn new(driver: Driver<AnyPort, L>) -> Self {
        Self(Clocked::new(driver, SystemClock::new()))
    }
}

impl<L: Family> ErrorType for Sensor<L> {
    type Error = Failure;
}

impl<L: Family> FingerprintSensor for Sensor<L>
where
    L::Fault: Remedy,
{
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn library(&mut self) -> Result<Library, Failure> {
        Ok(self.0.library()?)
    }

    fn poll_identify(&mut self) -> nb::Result<Option<Match>, Failure> {
        self.0.poll_identify().map_err(|error| error.map(Failure::from))
    }

    fn poll_verify(&mut self, slot: Slot) -> nb::Result<Option<Match>, Failure> {
        self.0.poll_verify(slot).map_err(|error| error.map(Failure::from))
    }

    fn poll_enrol(&mut self, slot: Slot) -> nb::Result<Enrolment, Failure> {
        self.0.poll_enrol(slot).map_err(|error| error.map(Failure::from))
    }

    fn delete(&mut self, slot: Slot) -> Result<(), Failure> {
        Ok(self.0.delete(slot)?)
    }
}

impl<L: Transfers> TemplateTransfer for Sensor<L>
where
    L::Fault: Remedy,
{
    fn template_size(&mut self) -> Result<usize, Failure> {
        Ok(self.0.template_size()?)
    }

    fn read_template(&mut self, slot: Slot, buffer: &mut [u8]) -> Result<usize, Failure> {
        Ok(self.0.read_template(slot, buffer)?)
    }

    fn write_template(&mut self, slot: Slot, template: &[u8]) -> Result<(), Failure> {
        Ok(self.0.write_template(slot, template)?)
    }
}

impl<L: Images> Imaging for Sensor<L>
where
    L::Fault: Remedy,
{
    fn image(&mut self, sink: &mut dyn ImageSink) -> Result<Geometry, Failure> {
        Ok(self.0.image(sink)?)
    }
}

impl<L: Identifies> Identified for Sensor<L>
where
    L::Fault: Remedy,
{
    fn sensor_id(&mut self) -> Result<SensorId, Failure> {
        Ok(self.0.sensor_id()?)
    }

    fn interruptions(&self) -> u32 {
        self.0.interruptions()
    }
}

/// Polls until it ends, or nobody came.
pub fn patiently<T>(mut poll: impl FnMut() -> nb::Result<T, Failure>) -> Result<T, Failure> {
    let mut clock = SystemClock::new();
    let until = clock.now() + PATIENCE;
    loop {
        match poll() {
            Ok(done) => return Ok(done),
            Err(nb::Error::Other(failure)) => return Err(failure),
            Err(nb::Error::WouldBlock) if clock.now() >= until => return Err(Failure::nobody()),
            Err(nb::Error::WouldBlock) => clock.idle(until),
        }
    }
}
