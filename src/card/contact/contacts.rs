use core::fmt;

use super::{CardSlot, SmartcardPhy};
use crate::port::{CardLines, CardState, Contact, Port, SetBaud};
use crate::{Error, ErrorKind, ErrorType};

/// All contacts of a card: a UART for I/O, and a slot for the rest.
#[derive(Debug)]
pub struct Contacts<P, S> {
    phy: P,
    slot: S,
}

impl<P, S> Contacts<P, S> {
    /// Joins the two. No I/O.
    pub const fn new(phy: P, slot: S) -> Self {
        Self { phy, slot }
    }

    /// Gives both back.
    pub fn release(self) -> (P, S) {
        (self.phy, self.slot)
    }

    /// The slot, for what only this chip has.
    pub const fn slot_mut(&mut self) -> &mut S {
        &mut self.slot
    }
}

/// What failed: the UART or the slot.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ContactsError<P, S> {
    /// The UART.
    Phy(P),
    /// The slot.
    Slot(S),
}

impl<P: Error, S: Error> Error for ContactsError<P, S> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Phy(error) => error.kind(),
            Self::Slot(error) => error.kind(),
        }
    }
}

impl<P: Error, S: Error> core::error::Error for ContactsError<P, S> {}

impl<P: fmt::Display, S: fmt::Display> fmt::Display for ContactsError<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phy(error) => write!(f, "UART: {error}"),
            Self::Slot(error) => write!(f, "slot: {error}"),
        }
    }
}

impl<P: ErrorType, S: ErrorType> ErrorType for Contacts<P, S> {
    type Error = ContactsError<P::Error, S::Error>;
}

impl<P: SmartcardPhy, S: CardSlot> Port for Contacts<P, S> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        self.phy.try_read(buf).map_err(|error| error.map(ContactsError::Phy))
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        self.phy.try_write(bytes).map_err(|error| error.map(ContactsError::Phy))
    }

    /// The speed is set with the [framing](Contact::Framing).
    fn baud(&mut self) -> Option<&mut dyn SetBaud<Error = Self::Error>> {
        None
    }

    fn card(&mut self) -> Option<&mut dyn CardLines<Error = Self::Error>> {
        Some(self)
    }
}

impl<P: SmartcardPhy, S: CardSlot> CardLines for Contacts<P, S> {
    fn contact(&mut self, wanted: Contact) -> Result<CardState, Self::Error> {
        let flaws = self.phy.flaws();
        if let Contact::Power { .. } | Contact::Reset { .. } | Contact::Off = wanted {
            self.phy.clear().map_err(ContactsError::Phy)?;
        }
        let state = match wanted {
            Contact::Power { class, low } => self.slot.power(class, low),
            Contact::Reset { low } => self.slot.reset(low),
            Contact::Run => self.slot.run(),
            Contact::Off => self.slot.off(),
            Contact::Framing(framing) => {
                self.phy.configure(&framing).map_err(ContactsError::Phy)?;
                self.slot.sense()
            }
            // The I/O contact is shared with nobody.
            Contact::Release => return Ok(CardState::default()),
            Contact::Sense | Contact::Take => self.slot.sense(),
        };
        let state = state.map_err(ContactsError::Slot)?;
        Ok(CardState { flaws, ..state })
    }
}
