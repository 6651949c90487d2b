use crate::port::{Framing, Port};

/// A UART in smart-card mode: the characters of ISO/IEC 7816-3:2006, clause 7,
/// on the one I/O contact.
///
/// It is a [`Port`]: what is written goes out as characters, what is read came
/// in from the card.
///
/// # Contract
///
/// - Bytes are as the card means them: the convention is the implementor's
///   affair. Until [`Framing::convention`] is known, it is found from the first
///   character (on a UART without conventions 3B is direct, and 03 with wrong
///   parity is inverse, to be handed over as 3F).
/// - What it hears of itself is not read: the line is one wire, and many UARTs
///   (those of STM32 in smart-card mode) hear what they send. Switching the
///   receiver off instead needs care, for a card may answer 11 etu after.
/// - The times between characters of ours are kept ([`Framing::guard`]); those
///   on a change of direction are the protocol's.
/// - A character with wrong parity or framing, and one that was overrun, is
///   dropped and [counted](Self::flaws), not handed over and no error of the
///   port: the protocol sees that it is missing, and knows what to do. With
///   [`Framing::signal`] the hardware has it repeated first, and sends again
///   what the card refuses, three times at most (EMV Book 1, 9.2.3).
/// - Reception copes with 11 etu from character to character for T=1: on an
///   STM32 that is 1 stop bit (0.5 in the receiver), not 1.5 or 2.
///
/// # What hardware has for it
///
/// | | STM32 USART | NXP EMVSIM | SAM USART ISO7816 | TDA8007 | plain UART |
/// | --- | --- | --- | --- | --- | --- |
/// | etu = F/D clocks | BRR | DIVISOR | FI_DI_RATIO | PDR, PSC | baud rate |
/// | guard time | GTPR | TX_GETU | TTGR | GTR | by software |
/// | error signal | NACK | ANACK, ONACK | INACK | PROT, PEC | none |
/// | convention | by software | ICM | INVDATA, MSBF | CONV, AUTOCONV | by software |
/// | own echo | heard | not heard | not heard | not heard | heard on one wire |
///
/// (After the reference manuals' register names; only the last two columns have
/// an implementation here.)
pub trait SmartcardPhy: Port {
    /// Sends what is queued, then sets the characters.
    ///
    /// # Errors
    /// The port's error; kind [`Unsupported`](crate::ErrorKind::Unsupported)
    /// for what the hardware has not. The setting before holds then.
    fn configure(&mut self, framing: &Framing) -> Result<(), Self::Error>;

    /// Forgets what came in, and, where it can, what is still to go out; the
    /// echo of what cannot be stopped is not read. A reset follows, or another
    /// card.
    ///
    /// # Errors
    /// The port's error.
    fn clear(&mut self) -> Result<(), Self::Error>;

    /// Whether characters of ours are still to go out: the line is not handed to
    /// another card then. `false` where [`clear`](Self::clear) stops them.
    fn is_sending(&mut self) -> bool {
        false
    }

    /// How many characters were dropped since this was last asked; 255 for
    /// more.
    fn flaws(&mut self) -> u8;
}

impl<T: SmartcardPhy + ?Sized> SmartcardPhy for &mut T {
    fn configure(&mut self, framing: &Framing) -> Result<(), Self::Error> {
        T::configure(self, framing)
    }

    fn clear(&mut self) -> Result<(), Self::Error> {
        T::clear(self)
    }

    fn is_sending(&mut self) -> bool {
        T::is_sending(self)
    }

    fn flaws(&mut self) -> u8 {
        T::flaws(self)
    }
}
