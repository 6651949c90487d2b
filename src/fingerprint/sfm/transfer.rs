use super::command::Request;
use super::fault::Fault;
use super::packet::Packet;
use super::script::{Identity, Image, ReadTemplate, Size, WriteTemplate};
use super::session::{Link, Session, done};
use super::wire::Packets;
use crate::fingerprint::link::Family;
use crate::fingerprint::transfer::Meter;
use crate::fingerprint::{Identifies, ImageSink, Images, SensorId, Slot, Transfers};

/// What goes with a command, or comes with its response.
pub(super) enum Cargo<'c> {
    None,
    /// The template that is written.
    Out(&'c [u8], &'c mut Meter),
    /// Takes the next bytes.
    In(&'c mut dyn FnMut(&[u8]) -> Result<(), Fault>),
}

impl Cargo<'_> {
    /// Takes what came out of the frames, or puts the next bytes in.
    pub(super) fn shift(&mut self, request: &Request, packets: &mut Packets) -> Result<(), Fault> {
        match self {
            // A command that does not go without data.
            Self::None => return Err(Fault::Unsupported(request.command)),
            Self::In(take) => packets.take(take)?,
            Self::Out(data, meter) => meter.done = packets.load(data),
        }
        Ok(())
    }
}

impl Session<'_> {
    /// As [`demand`](Self::demand), with what goes or comes behind it.
    pub(super) fn transfer(
        &mut self,
        request: &Request,
        cargo: Cargo<'_>,
    ) -> nb::Result<Packet, Fault> {
        let packet = self.speak(|link, now| link.sealed(request, cargo, now))?;
        done(request, packet).map_err(nb::Error::Other)
    }

    /// The data are not those that were asked for.
    pub(super) fn out_of_step(&mut self, command: u8) -> nb::Error<Fault> {
        self.close();
        Fault::OutOfStep(command).into()
    }
}

impl Identifies for Link {
    type Identity = Identity;

    fn identity() -> Identity {
        Identity::new()
    }
}

impl Link {
    /// The module says that it is this one.
    pub(super) fn recognise(&mut self, id: SensorId) {
        if self.identity.replace(id).is_some_and(|before| before != id) {
            self.core_mut().interrupted();
        }
    }
}

impl Transfers for Link {
    type Size = Size;
    type ReadTemplate<'b> = ReadTemplate<'b>;
    type WriteTemplate<'b> = WriteTemplate<'b>;

    fn template_size() -> Size {
        Size
    }

    fn read_template(slot: Slot, buffer: &mut [u8]) -> ReadTemplate<'_> {
        ReadTemplate::new(slot, buffer)
    }

    fn write_template(slot: Slot, template: &[u8]) -> WriteTemplate<'_> {
        WriteTemplate::new(slot, template)
    }
}

impl Images for Link {
    type Image<S: ImageSink> = Image<S>;

    fn image<S: ImageSink>(sink: S) -> Image<S> {
        Image::new(sink)
    }
}
