use core::cell::RefCell;
use core::fmt;

use super::{CardSlot, ContactsError, SmartcardPhy};
use crate::port::{CardLines, CardState, Contact, Duration, Framing, Port};
use crate::{Error, ErrorKind, ErrorType};

/// A UART whose I/O line several slots share, one at a time.
#[derive(Debug)]
pub struct SharedLine<P> {
    phy: P,
    /// Whose it is.
    owner: Option<u8>,
}

impl<P> SharedLine<P> {
    /// A line that nobody has. No I/O.
    pub const fn new(phy: P) -> Self {
        Self { phy, owner: None }
    }

    /// Gives the UART back.
    pub fn release(self) -> P {
        self.phy
    }

    /// Which slot has the line, if one has.
    pub const fn owner(&self) -> Option<u8> {
        self.owner
    }
}

/// All contacts of one of several cards on one I/O line.
///
/// A conversation takes the line, and gives it back when it is over; while one
/// has it, those of the other cards end with [`SharedError::Taken`]. With the
/// blocking face that does not happen. A conversation that was dropped half way
/// keeps the line until its card is talked to again, or
/// [`give_back`](Self::give_back).
#[derive(Debug)]
pub struct Shared<'a, P, S> {
    line: &'a RefCell<SharedLine<P>>,
    slot: S,
    id: u8,
    framing: Option<Framing>,
    /// How often the line could not be given back yet.
    waits: u8,
}

impl<'a, P, S> Shared<'a, P, S> {
    /// Joins a slot to a line. `id` tells it from the others on it. No I/O.
    pub const fn new(line: &'a RefCell<SharedLine<P>>, slot: S, id: u8) -> Self {
        Self { line, slot, id, framing: None, waits: 0 }
    }

    /// The slot, for what only this chip has.
    pub const fn slot_mut(&mut self) -> &mut S {
        &mut self.slot
    }
}

/// What failed: the UART or the slot; or another card has the line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum SharedError<P, S> {
    /// The UART or the slot.
    Contacts(ContactsError<P, S>),
    /// The line is another card's.
    Taken {
        /// Whose.
        by: Option<u8>,
    },
}

impl<P: Error, S: Error> Error for SharedError<P, S> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Contacts(error) => error.kind(),
            Self::Taken { .. } => ErrorKind::Busy,
        }
    }
}

impl<P: Error, S: Error> core::error::Error for SharedError<P, S> {}

impl<P: fmt::Display, S: fmt::Display> fmt::Display for SharedError<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contacts(error) => error.fmt(f),
            Self::Taken { by: Some(by) } => write!(f, "slot {by} has the I/O line"),
            Self::Taken { by: None } => f.write_str("the I/O line was not taken"),
        }
    }
}

impl<P: SmartcardPhy, S: CardSlot> ErrorType for Shared<'_, P, S> {
    type Error = SharedError<P::Error, S::Error>;
}

/// The error of a UART on a shared line.
const fn uart<P, S>(error: P) -> SharedError<P, S> {
    SharedError::Contacts(ContactsError::Phy(error))
}

impl<P: SmartcardPhy, S: CardSlot> Shared<'_, P, S> {
    fn slot(error: S::Error) -> SharedError<P::Error, S::Error> {
        SharedError::Contacts(ContactsError::Slot(error))
    }

    /// The UART, if the line is this card's.
    fn with<T, E>(
        &mut self,
        taken: impl FnOnce(SharedError<P::Error, S::Error>) -> E,
        use_it: impl FnOnce(&mut P) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut line = self.line.borrow_mut();
        match line.owner {
            Some(owner) if owner == self.id => use_it(&mut line.phy),
            by => Err(taken(SharedError::Taken { by })),
        }
    }

    fn is_sending(&self) -> bool {
        self.line.borrow_mut().phy.is_sending()
    }

    fn take(&mut self) -> Result<(), SharedError<P::Error, S::Error>> {
        let owner = self.line.borrow().owner;
        match owner {
            Some(by) if by != self.id => return Err(SharedError::Taken { by: Some(by) }),
            Some(_) => return self.slot.connect(true).map_err(Self::slot),
            None => {}
        }
        // Whoever had it before has taken itself off. If it is unknown whether
        // this card is on it, nobody else may be.
        let connected = self.slot.connect(true).map_err(Self::slot);
        if connected.is_ok() || self.slot.connect(false).is_err() {
            self.line.borrow_mut().owner = Some(self.id);
        }
        connected?;
        let mut line = self.line.borrow_mut();
        line.phy.clear().map_err(uart)?;
        self.framing.map_or(Ok(()), |framing| line.phy.configure(&framing)).map_err(uart)
    }

    /// Gives the line back that a dropped conversation has kept.
    ///
    /// # Errors
    /// The slot could not be taken off the line, or characters of ours are still
    /// on their way to it (kind [`Busy`](crate::ErrorKind::Busy)): the line is
    /// still this card's then.
    pub fn give_back(&mut self) -> Result<(), SharedError<P::Error, S::Error>> {
        if self.line.borrow().owner == Some(self.id) {
            if self.line.borrow_mut().phy.is_sending() {
                return Err(SharedError::Taken { by: Some(self.id) });
            }
            self.slot.connect(false).map_err(Self::slot)?;
            self.line.borrow_mut().owner = None;
        }
        Ok(())
    }
}

impl<P: SmartcardPhy, S: CardSlot> Port for Shared<'_, P, S> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        self.with(nb::Error::Other, |phy| phy.try_read(buf).map_err(|error| error.map(uart)))
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        self.with(nb::Error::Other, |phy| phy.try_write(bytes).map_err(|error| error.map(uart)))
    }

    fn card(&mut self) -> Option<&mut dyn CardLines<Error = Self::Error>> {
        Some(self)
    }
}

impl<P: SmartcardPhy, S: CardSlot> CardLines for Shared<'_, P, S> {
    fn contact(&mut self, wanted: Contact) -> Result<CardState, Self::Error> {
        let mine = self.line.borrow().owner == Some(self.id);
        let flaws = if mine { self.line.borrow_mut().phy.flaws() } else { 0 };
        let state = match wanted {
            Contact::Power { class, low } => {
                self.with(|error| error, |phy| phy.clear().map_err(uart))?;
                self.slot.power(class, low)
            }
            Contact::Reset { low } => {
                self.with(|error| error, |phy| phy.clear().map_err(uart))?;
                self.slot.reset(low)
            }
            Contact::Run => self.slot.run(),
            Contact::Off => {
                self.framing = None;
                self.slot.off()
            }
            Contact::Framing(framing) => {
                self.with(|error| error, |phy| phy.configure(&framing).map_err(uart))?;
                self.framing = Some(framing);
                self.slot.sense()
            }
            Contact::Take => {
                self.take()?;
                self.slot.sense()
            }
            // What is still on its way out is waited for: a quarter of a second,
            // more than a UART holds.
            Contact::Release if mine && self.waits < u8::MAX && self.is_sending() => {
                self.waits += 1;
                return Ok(CardState { wait: Duration::from_millis(1), ..CardState::default() });
            }
            Contact::Release => {
                self.waits = 0;
                self.give_back()?;
                return Ok(CardState::default());
            }
            Contact::Sense => self.slot.sense(),
        };
        Ok(CardState { flaws, ..state.map_err(Self::slot)? })
    }
}
