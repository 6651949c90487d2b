//! From the contacts of a card to APDUs: the parts that a reader of one's own
//! is made of, where no ready-made reader does it.
//!
//! | part | what it is | trait |
//! | --- | --- | --- |
//! | the I/O contact | a UART in smart-card mode, or a plain one | [`SmartcardPhy`] |
//! | VCC, RST, CLK, presence | an interface chip, or pins | [`CardSlot`] |
//!
//! [`Contacts`] joins the two into a [`Port`](crate::port::Port) whose
//! [`card`](crate::port::Port::card) has the other contacts; a chip with a UART
//! of its own is such a port at once. Protocols run over it as over any port.

mod contacts;
mod half_duplex;
mod phy;
pub mod reader;
mod shared;
mod slot;

pub use crate::port::{CardLines, CardState, Class, Contact, Convention, Framing, SlotFault};
pub use contacts::{Contacts, ContactsError};
pub use half_duplex::{HalfDuplex, HalfDuplexError};
pub use phy::SmartcardPhy;
pub use reader::ContactReader;
pub use shared::{Shared, SharedError, SharedLine};
pub use slot::CardSlot;
