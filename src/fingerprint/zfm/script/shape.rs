use super::{Ask, Event, Link, Script, Told};
use crate::fingerprint::Geometry;
use crate::fingerprint::zfm::command::{Command, ProductInfo, ReadProdInfo, ReadSysPara};
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::session::Session;

/// The buffer that templates pass through: with [`LoadChar`] the one of an R503
/// V1.2.2 for stored ones, else the first.
///
/// [`LoadChar`]: crate::fingerprint::zfm::command::LoadChar
pub(super) const BUFFER: u8 = 1;

/// The factory setting of modules that do not tell (R308).
const PACKET: u16 = 128;

/// Room for a template of any model: users measured 1536 bytes at most.
const MOST: u16 = 2048;

/// Finds out how large templates, images and data packets are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    label: Ask<ReadProdInfo>,
    parameters: Ask<ReadSysPara>,
}

impl Shape {
    pub(super) const fn new() -> Self {
        Self { label: Ask::new(ReadProdInfo), parameters: Ask::new(ReadSysPara) }
    }

    /// A line fault: the questions are asked anew.
    pub(super) fn again(&mut self) {
        *self = Self::new();
    }

    /// The size of a template; `None` if there is no telling before one was
    /// read.
    pub(super) fn template(&mut self, session: &mut Session<'_>) -> nb::Result<Option<u16>, Fault> {
        if let Some(known) = session.template() {
            return Ok(Some(known));
        }
        let label = self.label(session)?;
        let bytes = label.map(|label| label.template).filter(|bytes| (1..=MOST).contains(bytes));
        if let Some(bytes) = bytes {
            session.learn_template(bytes);
        }
        Ok(bytes)
    }

    /// The shape of an image.
    pub(super) fn image(&mut self, session: &mut Session<'_>) -> nb::Result<Geometry, Fault> {
        if let Some(known) = session.config().image {
            return Ok(known);
        }
        let label = self.label(session)?.ok_or(Fault::Image)?;
        Ok(Geometry { width: label.width, height: label.height, dpi: None })
    }

    /// What stands on the label, if the module can tell.
    fn label(&mut self, session: &mut Session<'_>) -> nb::Result<Option<ProductInfo>, Fault> {
        if !Command::is_known_to(&ReadProdInfo, session.config().dialect) {
            return Ok(None);
        }
        match self.label.advance(session) {
            // Some firmware does not know it.
            Err(nb::Error::Other(Fault::Refused(ReadProdInfo::OPCODE, _))) => Ok(None),
            result => result.map(Some),
        }
    }

    /// The content of a data packet.
    pub(super) fn packet(&mut self, session: &mut Session<'_>) -> nb::Result<u16, Fault> {
        if let Some(known) = session.config().packet {
            return Ok(known);
        }
        match self.parameters.advance(session) {
            Err(nb::Error::Other(Fault::Refused(ReadSysPara::OPCODE, _))) => Ok(PACKET),
            result => Ok(result?.packet.bytes().unwrap_or(PACKET)),
        }
    }
}

/// The room for a template: its size, or more while that is not known.
#[derive(Clone, Copy, Debug)]
pub struct Size(Shape);

impl Size {
    pub(in crate::fingerprint::zfm) const fn new() -> Self {
        Self(Shape::new())
    }
}

impl Script for Size {
    type Link = Link;
    type Output = usize;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<usize, Event>, Fault> {
        let template = |shape: &mut Shape, session: &mut Session<'_>| shape.template(session);
        let told = session.persist_from(&mut self.0, template, Shape::again)?;
        Ok(match told {
            Told::Done(bytes) => Told::Done(bytes.unwrap_or(MOST).into()),
            Told::Event(event) => Told::Event(event),
        })
    }
}
