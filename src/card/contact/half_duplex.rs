use core::fmt;

use zeroize::Zeroize;

use super::SmartcardPhy;
use crate::port::{Clock, Convention, Framing, Instant, Port};
use crate::{Error, ErrorKind, ErrorType};

/// A plain UART as a [`SmartcardPhy`]: any half-duplex [`Port`] whose
/// [speed](crate::port::SetBaud) and parity can be set.
///
/// | what a card needs | how it is had |
/// | --- | --- |
/// | etu | baud rate clock · D/F, to be met within 2 % |
/// | 12 etu from character to character | 8 data bits, parity, 2 stop bits |
/// | extra guard time | one byte at a time, by the clock |
/// | inverse convention | bytes turned over, parity odd |
/// | one wire | our own characters are skipped, if they are [heard](Self::new): as many as were sent, and what came before them is dropped |
/// | parity errors | the port's errors of kind `Line`: the character is missing |
/// | error signal of T=0 | **not there**: a plain UART neither gives nor sees it. A character that came wrong ends a T=0 exchange; one that the card refused is not sent again |
///
/// So: T=1 in full, T=0 while no character is damaged.
///
/// **8E2 and the card's 11 etu.** With two stop bits most receivers still take a
/// character 11 etu after the one before, for they look at the first stop bit
/// only; an STM32 in smart-card mode with 1.5 stop bits does not, a plain USART
/// does. A UART that does not needs a [`SmartcardPhy`] of its own: with one stop
/// bit, characters of ours would be 11 etu apart, which few cards allow.
///
/// **Inverse cards.** The first character is taken in the convention of the card
/// before, direct at first. If it is none of that convention, or comes with
/// wrong parity, the other one holds, and parity is changed in the one and a
/// half etu that are left before the next: poll as often as that, or have the
/// warm reset, which then begins in the right convention, put it right.
#[derive(Debug)]
pub struct HalfDuplex<P, C> {
    port: P,
    clock: C,
    echo: bool,
    framing: Framing,
    /// The convention in use, and whether it is sure.
    convention: Convention,
    sure: bool,
    /// Characters of ours still to be heard.
    heard: usize,
    /// When the next character may be sent.
    free_at: Instant,
    flaws: u8,
    /// Errors of the port in a row.
    errors: u8,
}

/// What a plain UART failed with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum HalfDuplexError<E> {
    /// The port.
    Port(E),
    /// The port cannot be set to this speed.
    Speed(u32),
    /// The port's parity cannot be changed: no card with inverse convention.
    Parity,
}

impl<E: Error> Error for HalfDuplexError<E> {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Port(error) => error.kind(),
            Self::Speed(_) | Self::Parity => ErrorKind::Unsupported,
        }
    }
}

impl<E: Error> core::error::Error for HalfDuplexError<E> {}

impl<E: fmt::Display> fmt::Display for HalfDuplexError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(error) => error.fmt(f),
            Self::Speed(baud) => write!(f, "the UART cannot be set to {baud} baud"),
            Self::Parity => f.write_str("the parity of the UART cannot be changed"),
        }
    }
}

/// So many errors in a row are no damaged characters: the line is gone.
const GONE: u8 = 64;

/// How many bytes the port is given at once: they cannot be taken back.
const CHUNK: usize = 8;

impl<P, C> HalfDuplex<P, C> {
    /// No I/O. `echo`: what is sent is heard, as it is with RX and TX on one
    /// wire.
    pub const fn new(port: P, clock: C, echo: bool) -> Self {
        Self {
            port,
            clock,
            echo,
            framing: Framing::initial(0),
            convention: Convention::Direct,
            sure: false,
            heard: 0,
            free_at: Instant::ZERO,
            flaws: 0,
            errors: 0,
        }
    }

    /// Gives both back.
    pub fn release(self) -> (P, C) {
        (self.port, self.clock)
    }

    fn flaw(&mut self) {
        self.flaws = self.flaws.saturating_add(1);
    }
}

impl<P: Port, C> HalfDuplex<P, C> {
    /// Sets the parity of a convention.
    fn turn_to(&mut self, convention: Convention) -> Result<(), HalfDuplexError<P::Error>> {
        self.convention = convention;
        let odd = convention == Convention::Inverse;
        let can = match self.port.baud() {
            Some(setter) => setter.set_parity(odd).map_err(HalfDuplexError::Port)?,
            None => false,
        };
        // A UART that is 8E2 anyhow is right for direct cards.
        if can || !odd { Ok(()) } else { Err(HalfDuplexError::Parity) }
    }

    /// The first character after a reset: it tells the convention.
    fn first(&mut self, raw: Option<u8>) -> Result<u8, HalfDuplexError<P::Error>> {
        let (ts, other) = match self.convention {
            Convention::Direct => (0x3B, Convention::Inverse),
            Convention::Inverse => (0x3F, Convention::Direct),
        };
        self.sure = true;
        let known = raw.map(|raw| self.convention.on_the_wire(raw));
        match (known, raw.map(|raw| other.on_the_wire(raw))) {
            (Some(byte), _) if byte == ts => Ok(byte),
            // It came in the other convention; with its parity checked nothing
            // but that is known.
            (_, None | Some(0x3B | 0x3F)) => {
                self.turn_to(other)?;
                Ok(if ts == 0x3B { 0x3F } else { 0x3B })
            }
            (byte, _) => Ok(byte.unwrap_or(0)),
        }
    }

    /// A character was damaged, or the port failed.
    fn failed(&mut self, error: P::Error) -> nb::Result<(), HalfDuplexError<P::Error>> {
        self.errors = self.errors.saturating_add(1);
        if error.kind() != ErrorKind::Line || self.errors >= GONE {
            return Err(nb::Error::Other(HalfDuplexError::Port(error)));
        }
        if self.heard > 0 {
            self.heard -= 1;
        } else if self.sure {
            self.flaw();
        } else {
            return Ok(());
        }
        Err(nb::Error::WouldBlock)
    }
}

impl<P: Port, C> HalfDuplex<P, C> {
    /// Forgets what came in.
    fn discard(&mut self) -> Result<(), HalfDuplexError<P::Error>> {
        let mut old = [0; CHUNK];
        // Ends: a UART holds no more than this, and a line that never falls
        // silent is found out by who reads it.
        for _ in 0..GONE {
            match self.port.try_read(&mut old) {
                Ok(_) => {}
                Err(nb::Error::WouldBlock) => break,
                Err(nb::Error::Other(error)) if error.kind() == ErrorKind::Line => {}
                Err(nb::Error::Other(error)) => return Err(HalfDuplexError::Port(error)),
            }
        }
        old.zeroize();
        Ok(())
    }
}

impl<P: Port, C> ErrorType for HalfDuplex<P, C> {
    type Error = HalfDuplexError<P::Error>;
}

impl<P: Port, C: Clock> Port for HalfDuplex<P, C> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        // The first character alone: those behind it may be of the other
        // convention.
        let room = if self.sure || self.heard > 0 { buf.len() } else { 1 };
        let buf = buf.get_mut(..room).unwrap_or_default();
        let n = match self.port.try_read(buf) {
            Ok(n) => n,
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            Err(nb::Error::Other(error)) => {
                self.failed(error)?;
                let byte = self.first(None)?;
                buf.iter_mut().take(1).for_each(|slot| *slot = byte);
                return Ok(1);
            }
        };
        self.errors = 0;
        let ours = n.min(self.heard);
        self.heard -= ours;
        buf.copy_within(ours..n, 0);
        // What was sent can be a PIN; it does not stay in the caller's buffer.
        buf.get_mut(n - ours..n).unwrap_or_default().zeroize();
        if ours == n {
            return Err(nb::Error::WouldBlock);
        }
        for slot in buf.iter_mut().take(n - ours) {
            *slot = if self.sure {
                self.convention.on_the_wire(*slot)
            } else {
                self.first(Some(*slot))?
            };
        }
        Ok(n - ours)
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        let now = self.clock.now();
        if now < self.free_at {
            return Err(nb::Error::WouldBlock);
        }
        // What the card said while nobody listened would be skipped in the
        // place of an echo, and the echo taken for the card's.
        if self.echo && self.heard == 0 {
            self.discard()?;
        }
        // The UART's own characters are 12 etu.
        let guard = self.framing.guard().max(12);
        let paced = guard > 12;
        let mut chunk = [0; CHUNK];
        let most = if paced { 1 } else { CHUNK };
        let mut len = 0;
        for (slot, byte) in chunk.iter_mut().zip(bytes).take(most) {
            *slot = self.convention.on_the_wire(*byte);
            len += 1;
        }
        let written = self.port.try_write(chunk.get(..len).unwrap_or_default());
        // It can be part of a PIN.
        chunk.zeroize();
        let n = written.map_err(|error| error.map(HalfDuplexError::Port))?;
        if self.echo {
            self.heard = self.heard.saturating_add(n);
        }
        let sent = u32::try_from(n).unwrap_or(0);
        self.free_at = now + self.framing.etu(sent * guard);
        Ok(n)
    }
}

impl<P: Port, C: Clock> SmartcardPhy for HalfDuplex<P, C> {
    fn configure(&mut self, framing: &Framing) -> Result<(), Self::Error> {
        let baud = framing.baud();
        if baud != self.framing.baud() {
            let setter = self.port.baud().ok_or(HalfDuplexError::Speed(baud))?;
            setter.set_baud(baud).map_err(HalfDuplexError::Port)?;
        }
        self.framing = *framing;
        let convention = framing.convention.unwrap_or(self.convention);
        if !self.sure || convention != self.convention {
            self.turn_to(convention)?;
        }
        self.sure = framing.convention.is_some();
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Self::Error> {
        self.discard()?;
        // What is on its way out will still be heard.
        let (now, character) = (self.clock.now(), self.framing.etu(12));
        self.heard = match self.echo {
            true => (1..=CHUNK).rev().find(|n| now + character.times(*n as u64 - 1) < self.free_at),
            false => None,
        }
        .unwrap_or(0);
        (self.flaws, self.errors) = (0, 0);
        Ok(())
    }

    fn is_sending(&mut self) -> bool {
        self.clock.now() < self.free_at
    }

    fn flaws(&mut self) -> u8 {
        core::mem::take(&mut self.flaws)
    }
}
