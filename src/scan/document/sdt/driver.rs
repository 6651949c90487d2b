use core::convert::Infallible;

use super::command::Command;
use super::config::Config;
use super::fault::Fault;
use super::link::Link;
use super::person::{Await, Wanted};
use super::script::{AskSamId, Order, Read, ReadAddress, SamId};
use super::speed::{Recover, SetBaud};
use super::talk::Talk;
use crate::port::{Call, CallError, Channel, Clock, Clocked, Duration, Port, Told};
use crate::scan::document::card::{IdText, NewestAddress};
use crate::scan::document::{IdReader, Piece, ReadsAddress, ReadsBiometrics};
use crate::{Error, ErrorType};

/// A conversation that tells nothing on the way.
pub(super) type Quiet<S, T> = Talk<S, T, Infallible>;

/// The driver of an SDT reader on the port `P`.
#[derive(Debug)]
pub struct Sdt<P> {
    channel: Channel<P>,
    link: Link,
}

impl<P> Sdt<P> {
    /// A driver over `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self { channel: Channel::new(port), link: Link::new(&config) }
    }

    /// Gives the port back.
    pub fn release(self) -> P {
        self.channel.release()
    }

    /// Whether a card was reported and is not known to be gone.
    pub const fn has_card(&self) -> bool {
        self.link.card
    }

    /// The speed, as far as the driver knows, in bits a second.
    pub const fn baud(&self) -> u32 {
        self.link.baud()
    }

    fn order(&mut self, command: Command) -> Call<'_, P, Quiet<Order, ()>> {
        self.channel.call(&mut self.link, Talk::new(Order { command }))
    }

    /// Asks the reader how it is. Changes nothing in it.
    pub fn init(&mut self) -> Call<'_, P, Quiet<Order, ()>> {
        self.order(Command::Status)
    }

    /// Resets the reader; it forgets the card.
    pub fn reset(&mut self) -> Call<'_, P, Quiet<Order, ()>> {
        self.order(Command::Reset)
    }

    /// Asks which security module is in the reader.
    pub fn sam_id(&mut self) -> Call<'_, P, Quiet<AskSamId, SamId>> {
        self.channel.call(&mut self.link, Talk::new(AskSamId(())))
    }

    /// Waits so long for a card that is laid on; else fails with
    /// [`Fault::NoCard`]. A question that is open then is waited for, but not
    /// asked again; a card that was found is still selected.
    pub fn card(&mut self, within: Duration) -> Call<'_, P, Quiet<Await, ()>> {
        self.channel.call(&mut self.link, Talk::new(Await::within(Wanted::Card, within)))
    }

    /// Waits so long until the card is lifted; else fails with
    /// [`Fault::NotLifted`]. It ends as [`card`](Self::card) does.
    pub fn removal(&mut self, within: Duration) -> Call<'_, P, Quiet<Await, ()>> {
        self.channel.call(&mut self.link, Talk::new(Await::within(Wanted::Removal, within)))
    }

    fn reading<'a>(
        &'a mut self,
        text: &'a mut IdText,
        command: Command,
        pieces: bool,
    ) -> Call<'a, P, Talk<Read<'a>, (), Piece>> {
        self.channel.call(&mut self.link, Talk::new(Read::new(text, command, pieces)))
    }

    /// Reads the text of the card that was reported.
    pub fn read<'a>(&'a mut self, text: &'a mut IdText) -> Call<'a, P, Talk<Read<'a>, (), Piece>> {
        self.reading(text, Command::Read, false)
    }

    /// Reads text and photo, which is told in pieces by [`Call::next`] and its
    /// like. They are good only if the call ends well; after the line failed
    /// they begin again with offset 0.
    pub fn read_photo<'a>(
        &'a mut self,
        text: &'a mut IdText,
    ) -> Call<'a, P, Talk<Read<'a>, (), Piece>> {
        self.reading(text, Command::Read, true)
    }

    /// Reads text, photo and fingerprints, as [`read_photo`](Self::read_photo).
    pub fn read_fingerprints<'a>(
        &'a mut self,
        text: &'a mut IdText,
    ) -> Call<'a, P, Talk<Read<'a>, (), Piece>> {
        self.reading(text, Command::ReadAll, true)
    }

    /// Reads the address that was added to the card last; whether there is
    /// one.
    pub fn newest_address<'a>(
        &'a mut self,
        address: &'a mut NewestAddress,
    ) -> Call<'a, P, Quiet<ReadAddress<'a>, bool>> {
        self.channel.call(&mut self.link, Talk::new(ReadAddress { address }))
    }

    /// Changes the speed of reader and port, to 115 200, 57 600, 38 400,
    /// 19 200 or 9 600 bits a second, and proves it.
    ///
    /// If the reader does not take it, the call fails and the old speed
    /// stands. Whatever is lost on the way, also if this is dropped half way,
    /// the next call tries both speeds. Whether the reader keeps it without
    /// power, no document says: see [`recover`](Self::recover). Fails with
    /// [`CallError::Line`] if the port cannot be set, before anything is sent.
    pub fn set_baud(&mut self, baud: u32) -> Call<'_, P, Quiet<SetBaud, ()>> {
        self.channel.call(&mut self.link, Talk::new(SetBaud::new(baud)))
    }

    /// Looks for the reader at each of its speeds; which one it is. If it is
    /// at none, the port is as it was.
    pub fn recover(&mut self) -> Call<'_, P, Quiet<Recover, u32>> {
        self.channel.call(&mut self.link, Talk::new(Recover::new()))
    }
}

/// The conversation of a pending poll.
type Pending = Quiet<Await, ()>;

impl<P: ErrorType, C> ErrorType for Clocked<Sdt<P>, C, Pending> {
    type Error = CallError<Fault, P::Error>;
}

impl<P: Port, C: Clock> Clocked<Sdt<P>, C, Pending> {
    /// Goes on waiting, for this: a wait for the other is abandoned.
    fn poll_person(&mut self, wanted: Wanted) -> nb::Result<(), CallError<Fault, P::Error>> {
        let talk = || Talk::new(Await::a_person(wanted));
        self.poll_with(
            |_| talk(),
            |Sdt { channel, link }, pending, now| {
                if pending.script.wanted() != wanted {
                    *pending = talk();
                }
                channel.poll(pending, link, now)
            },
        )
    }
}

impl<P: Port, C: Clock> IdReader for Clocked<Sdt<P>, C, Pending>
where
    P::Error: Error,
{
    fn poll_card(&mut self) -> nb::Result<(), Self::Error> {
        self.poll_person(Wanted::Card)
    }

    fn read(&mut self, text: &mut IdText) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.read(text).wait(clock)
    }

    fn poll_removal(&mut self) -> nb::Result<(), Self::Error> {
        self.poll_person(Wanted::Removal)
    }
}

/// Hands the pieces on until the reading is over.
fn pieces<P: Port>(
    mut call: Call<'_, P, Talk<Read<'_>, (), Piece>>,
    clock: &mut impl Clock,
    piece: &mut dyn FnMut(&Piece),
) -> Result<(), CallError<Fault, P::Error>> {
    // Ends: as the call does.
    while let Told::Event(next) = call.next(clock)? {
        piece(&next);
    }
    Ok(())
}

impl<P: Port, C: Clock> ReadsBiometrics for Clocked<Sdt<P>, C, Pending>
where
    P::Error: Error,
{
    fn read_photo(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        pieces(driver.read_photo(text), clock, piece)
    }

    fn read_fingerprints(
        &mut self,
        text: &mut IdText,
        piece: &mut dyn FnMut(&Piece),
    ) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        pieces(driver.read_fingerprints(text), clock, piece)
    }
}

impl<P: Port, C: Clock> ReadsAddress for Clocked<Sdt<P>, C, Pending>
where
    P::Error: Error,
{
    fn newest_address(&mut self, address: &mut NewestAddress) -> Result<bool, Self::Error> {
        let (driver, clock) = self.parts();
        driver.newest_address(address).wait(clock)
    }
}

#[cfg(feature = "async")]
impl<P> Sdt<P> {
    /// Waits for a person, without end.
    pub(super) fn person(&mut self, wanted: Wanted) -> Call<'_, P, Quiet<Await, ()>> {
        self.channel.call(&mut self.link, Talk::new(Await::a_person(wanted)))
    }
}
