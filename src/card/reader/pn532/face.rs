use crate::ErrorType;
use crate::card::CardReader;
use crate::port::{CallError, Clock, Clocked, Port};

use super::{Fault, Look, Pn532, Talk};

/// What the class traits of this reader fail with.
pub type Error<E> = CallError<Fault, E>;

/// The driver joined with its clock: what [`CardReader`] is implemented for.
pub type Reader<P, C> = Clocked<Pn532<P>, C, Talk<Look>>;

impl<P: Port, C> ErrorType for Reader<P, C> {
    type Error = Error<P::Error>;
}

/// Copies to the front of the caller's buffer.
pub(super) fn hand_over<E>(bytes: &[u8], buf: &mut [u8]) -> Result<usize, Error<E>> {
    let short = CallError::Device(Fault::Buffer { needed: bytes.len() });
    buf.get_mut(..bytes.len()).ok_or(short)?.copy_from_slice(bytes);
    Ok(bytes.len())
}

impl<P: Port, C: Clock> Reader<P, C> {
    fn poll_field(&mut self, wanted: bool) -> nb::Result<(), Error<P::Error>> {
        let present = self.poll_with(
            |_| Talk::new(Look::new()),
            |reader, look, now| reader.channel.poll(look, &mut reader.link, now),
        )?;
        if present == wanted { Ok(()) } else { Err(nb::Error::WouldBlock) }
    }
}

impl<P: Port, C: Clock> CardReader for Reader<P, C> {
    fn poll_inserted(&mut self) -> nb::Result<(), Self::Error> {
        self.poll_field(true)
    }

    fn poll_removed(&mut self) -> nb::Result<(), Self::Error> {
        self.poll_field(false)
    }

    fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error> {
        let (reader, clock) = self.parts();
        reader.activate().wait(clock)?;
        hand_over(reader.atr().map_or(&[], |atr| atr.as_bytes()), atr)
    }

    fn transmit(&mut self, command: &[u8], response: &mut [u8]) -> Result<usize, Self::Error> {
        let (reader, clock) = self.parts();
        reader.transmit_into(command, response).wait(clock)
    }

    fn deactivate(&mut self) -> Result<(), Self::Error> {
        let (reader, clock) = self.parts();
        reader.deactivate().wait(clock)
    }
}
