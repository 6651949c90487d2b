#[cfg(feature = "async")]
use embedded_io_async::{Read, Write};

use super::driver::Driver;
use super::link::Family;
use super::script::Script;
use super::{Event, Held, Pending, Slot};
use crate::ErrorType;
#[cfg(feature = "async")]
use crate::port::Timer;
use crate::port::{Clock, Clocked, Port, Told};

/// How far a transfer is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Progress {
    /// Bytes that are there and checked.
    pub done: u32,
    /// Bytes in all; `None` while nobody knows.
    pub total: Option<u32>,
}

/// Counts a transfer, and what of it was told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Meter {
    pub(super) done: usize,
    pub(super) total: Option<usize>,
    told: usize,
}

impl Meter {
    pub(super) const fn of(total: Option<usize>) -> Self {
        Self { done: 0, total, told: 0 }
    }

    /// Tells what was done meanwhile, while there is nothing else to do.
    pub(super) fn tell<T, F>(
        &mut self,
        result: nb::Result<Told<T, Event>, F>,
    ) -> nb::Result<Told<T, Event>, F> {
        if !matches!(result, Err(nb::Error::WouldBlock)) || self.told == self.done {
            return result;
        }
        self.told = self.done;
        let count = |bytes| u32::try_from(bytes).unwrap_or(u32::MAX);
        let progress = Progress { done: count(self.done), total: self.total.map(count) };
        Ok(Told::Event(Event::Progress(progress)))
    }
}

/// A sensor whose templates can be read out and written: to back a library up,
/// or to move it to another module of the same model.
///
/// A template is opaque, belongs to its model, and is a person's for life: keep
/// it sealed and the buffer zeroised.
pub trait TemplateTransfer: ErrorType {
    /// The size of a template in bytes, as far as it is known before one was
    /// read: the room to give to [`read_template`](Self::read_template).
    ///
    /// # Errors
    /// The line or the sensor failed.
    fn template_size(&mut self) -> Result<usize, Self::Error>;

    /// Reads the template in a slot out, into the beginning of `buffer`; how
    /// many bytes it has. Nothing of it is in the buffer unless all of it came
    /// undamaged.
    ///
    /// # Errors
    /// Kind [`Argument`] when there is no such slot, or when the buffer is too
    /// small, before the first byte of it is written. Kind [`Absent`] when
    /// there is no template in the slot; else the line or the sensor failed.
    ///
    /// [`Absent`]: crate::ErrorKind::Absent
    /// [`Argument`]: crate::ErrorKind::Argument
    fn read_template(&mut self, slot: Slot, buffer: &mut [u8]) -> Result<usize, Self::Error>;

    /// Writes a template into an empty slot and makes sure that it is there.
    ///
    /// # Errors
    /// Kind [`Argument`](crate::ErrorKind::Argument) when there is no such slot
    /// or the template has not the size of this model's; then nothing was sent.
    /// Kind [`Refused`](crate::ErrorKind::Refused) when the slot is in use or
    /// the module does not take the template; else the line or the sensor
    /// failed, and the slot may be in use.
    fn write_template(&mut self, slot: Slot, template: &[u8]) -> Result<(), Self::Error>;
}

impl<T: TemplateTransfer + ?Sized> TemplateTransfer for &mut T {
    fn template_size(&mut self) -> Result<usize, Self::Error> {
        T::template_size(self)
    }

    fn read_template(&mut self, slot: Slot, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        T::read_template(self, slot, buffer)
    }

    fn write_template(&mut self, slot: Slot, template: &[u8]) -> Result<(), Self::Error> {
        T::write_template(self, slot, template)
    }
}

/// [`TemplateTransfer`], async.
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncTemplateTransfer: ErrorType {
    /// As [`TemplateTransfer::template_size`].
    ///
    /// # Errors
    /// As [`TemplateTransfer::template_size`].
    async fn template_size(&mut self) -> Result<usize, Self::Error>;

    /// As [`TemplateTransfer::read_template`].
    ///
    /// # Errors
    /// As [`TemplateTransfer::read_template`].
    async fn read_template(&mut self, slot: Slot, buffer: &mut [u8]) -> Result<usize, Self::Error>;

    /// As [`TemplateTransfer::write_template`].
    ///
    /// # Errors
    /// As [`TemplateTransfer::write_template`].
    async fn write_template(&mut self, slot: Slot, template: &[u8]) -> Result<(), Self::Error>;
}

#[cfg(feature = "async")]
impl<T: AsyncTemplateTransfer + ?Sized> AsyncTemplateTransfer for &mut T {
    async fn template_size(&mut self) -> Result<usize, Self::Error> {
        T::template_size(self).await
    }

    async fn read_template(&mut self, slot: Slot, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        T::read_template(self, slot, buffer).await
    }

    async fn write_template(&mut self, slot: Slot, template: &[u8]) -> Result<(), Self::Error> {
        T::write_template(self, slot, template).await
    }
}

/// A family whose templates can be read out and written.
///
/// The scripts tell [`Event::Progress`](super::Event::Progress). One that is
/// dropped is cancelled: the next command sees to it that the module is too.
pub trait Transfers: Family {
    /// Asks for the size of a template.
    type Size: Script<Link = Self, Output = usize>;
    /// Reads a template out.
    type ReadTemplate<'b>: Script<Link = Self, Output = usize>;
    /// Writes a template and makes sure of it.
    type WriteTemplate<'b>: Script<Link = Self, Output = ()>;

    /// As [`TemplateTransfer::template_size`].
    fn template_size() -> Self::Size;

    /// As [`TemplateTransfer::read_template`].
    fn read_template(slot: Slot, buffer: &mut [u8]) -> Self::ReadTemplate<'_>;

    /// As [`TemplateTransfer::write_template`].
    fn write_template(slot: Slot, template: &[u8]) -> Self::WriteTemplate<'_>;
}

impl<P, L: Transfers> Driver<P, L> {
    /// As [`TemplateTransfer::template_size`].
    pub fn template_size(&mut self) -> Held<'_, P, L::Size> {
        self.hold(L::template_size())
    }

    /// As [`TemplateTransfer::read_template`].
    pub fn read_template<'a>(
        &'a mut self,
        slot: Slot,
        buffer: &'a mut [u8],
    ) -> Held<'a, P, L::ReadTemplate<'a>> {
        self.hold(L::read_template(slot, buffer))
    }

    /// As [`TemplateTransfer::write_template`].
    pub fn write_template<'a>(
        &'a mut self,
        slot: Slot,
        template: &'a [u8],
    ) -> Held<'a, P, L::WriteTemplate<'a>> {
        self.hold(L::write_template(slot, template))
    }
}

impl<P: Port, L: Transfers, C: Clock> TemplateTransfer
    for Clocked<Driver<P, L>, C, Pending<L::Identify, L::Enrol>>
{
    fn template_size(&mut self) -> Result<usize, Self::Error> {
        let (driver, clock) = self.parts();
        driver.template_size().wait(clock)
    }

    fn read_template(&mut self, slot: Slot, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let (driver, clock) = self.parts();
        driver.read_template(slot, buffer).wait(clock)
    }

    fn write_template(&mut self, slot: Slot, template: &[u8]) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.write_template(slot, template).wait(clock)
    }
}

#[cfg(feature = "async")]
impl<P: Read + Write, L: Transfers, T: Timer> AsyncTemplateTransfer for Clocked<Driver<P, L>, T> {
    async fn template_size(&mut self) -> Result<usize, Self::Error> {
        let (driver, timer) = self.parts();
        driver.template_size().run(timer).await
    }

    async fn read_template(&mut self, slot: Slot, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let (driver, timer) = self.parts();
        driver.read_template(slot, buffer).run(timer).await
    }

    async fn write_template(&mut self, slot: Slot, template: &[u8]) -> Result<(), Self::Error> {
        let (driver, timer) = self.parts();
        driver.write_template(slot, template).run(timer).await
    }
}
