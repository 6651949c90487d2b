use crate::ErrorType;
use crate::card::CardReader;
use crate::port::{CallError, Clock, Clocked, Port};

use super::{Contactless, DriverFault, Fault, FrontEnd, Look, Talk};

/// What the class traits of a contactless reader fail with: `F` is the fault of
/// the front end, `E` the error of the port.
pub type Error<F, E> = CallError<DriverFault<F>, E>;

/// The driver joined with its clock: what [`CardReader`] is implemented for.
pub type Reader<P, F, C> = Clocked<Contactless<P, F>, C, Talk<Look, F>>;

impl<P: Port, F: FrontEnd, C> ErrorType for Reader<P, F, C> {
    type Error = Error<F::Fault, P::Error>;
}

/// Copies to the front of the caller's buffer.
pub(super) fn hand_over<F, E>(bytes: &[u8], buf: &mut [u8]) -> Result<usize, Error<F, E>> {
    let short = Fault::Buffer { needed: bytes.len() };
    buf.get_mut(..bytes.len())
        .ok_or(CallError::Device(DriverFault::Card(short)))?
        .copy_from_slice(bytes);
    Ok(bytes.len())
}

impl<P, F: FrontEnd> Contactless<P, F> {
    /// The constructed ATR of the active card.
    pub(super) fn atr(&self) -> &[u8] {
        self.identity().map_or(&[], |card| card.atr())
    }
}

impl<P: Port, F: FrontEnd, C: Clock> Reader<P, F, C> {
    fn poll_field(&mut self, wanted: bool) -> nb::Result<(), Error<F::Fault, P::Error>> {
        let present = self.poll_with(
            |_| Talk::new(Look::new(true)),
            |reader, look, now| reader.channel.poll(look, &mut reader.link, now),
        )?;
        if present == wanted { Ok(()) } else { Err(nb::Error::WouldBlock) }
    }
}

impl<P: Port, F: FrontEnd, C: Clock> CardReader for Reader<P, F, C> {
    fn poll_inserted(&mut self) -> nb::Result<(), Self::Error> {
        self.poll_field(true)
    }

    fn poll_removed(&mut self) -> nb::Result<(), Self::Error> {
        self.poll_field(false)
    }

    fn activate(&mut self, atr: &mut [u8]) -> Result<usize, Self::Error> {
        let (reader, clock) = self.parts();
        reader.activate().wait(clock)?;
        hand_over(reader.atr(), atr)
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
