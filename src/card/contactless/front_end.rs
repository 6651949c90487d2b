use core::fmt;

use zeroize::Zeroize;

use crate::Error;
use crate::port::{Duration, Instant};

/// The two kinds of modulation, and of initialisation (ISO/IEC 14443-2).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Technology {
    /// Type A.
    A,
    /// Type B.
    B,
}

impl Technology {
    /// The two check bytes of a standard frame, in the order they are sent
    /// (ISO/IEC 14443-3:2011, Annex B): CRC_A or CRC_B.
    ///
    /// For front ends that leave them to software.
    #[must_use]
    pub fn crc(self, bytes: &[u8]) -> [u8; 2] {
        use crc::{CRC_16_IBM_SDLC, CRC_16_ISO_IEC_14443_3_A, Crc, NoTable};
        const A: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_ISO_IEC_14443_3_A);
        const B: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_SDLC);
        match self {
            Self::A => A.checksum(bytes),
            Self::B => B.checksum(bytes),
        }
        .to_le_bytes()
    }
}

/// A bit rate. One bit of 106 kbit/s takes 128 cycles of the carrier, 9.44 us.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Rate {
    /// 106 kbit/s (fc/128): what every conversation begins with.
    #[default]
    R106,
    /// 212 kbit/s (fc/64).
    R212,
    /// 424 kbit/s (fc/32).
    R424,
    /// 848 kbit/s (fc/16).
    R848,
}

/// Bit rates in both directions.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Rates {
    /// From the reader to the card.
    pub send: Rate,
    /// From the card to the reader.
    pub receive: Rate,
}

/// What a front end can do at most.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Abilities {
    /// The longest frame it takes in or sends, with its check bytes: 16 to
    /// [`Frame::MAX`].
    pub frame: usize,
    /// The highest bit rates; all below are there too.
    pub rates: Rates,
}

impl Abilities {
    /// Whole frames at 106 kbit/s.
    pub const DEFAULT: Self =
        Self { frame: Frame::MAX, rates: Rates { send: Rate::R106, receive: Rate::R106 } };
}

impl Default for Abilities {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// One thing asked of a front end. What is sent, and what came, stands in the
/// [`Frame`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Operation {
    /// Switches the carrier on or off. Ends when it is so; the times that a
    /// card is to have it, or not to have it, are the caller's affair.
    Field(bool),
    /// Sets modulation, framing and bit rates of all frames to come.
    Modulation {
        /// Which kind.
        technology: Technology,
        /// How fast.
        rates: Rates,
    },
    /// Sends the frame and listens for one.
    Transceive {
        /// From the end of our frame until the answer must have begun. An
        /// answer that began in time is listened to until it ends.
        wait: Duration,
    },
}

/// What came of an [`Operation`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Heard {
    /// A frame without errors; it is in the [`Frame`], its CRC checked and
    /// taken off, if it was to have one.
    Frame,
    /// Nothing within the waiting time. Also what [`Operation::Field`] and
    /// [`Operation::Modulation`] end with.
    Silence,
    /// Several cards of type A answered, with different bits.
    Collision {
        /// The first bit that differs, counted as [`Frame::bits`] counts: bit
        /// 0 is the lowest of the first byte in the [`Frame`], and with an
        /// [alignment](Frame::align) the bits left out count too. The bits
        /// before it are in the [`Frame`]; what stands at it and behind it has
        /// no meaning.
        bit: u16,
    },
    /// Something with wrong CRC, parity or framing, or too long. How many
    /// bytes came is in the [`Frame`], if the chip tells. Not to be told before
    /// the waiting time is over: an answer that comes late would be taken for
    /// that to the next frame.
    Garbled,
}

/// What a front end wants next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wants<F> {
    /// Send [`FrontEnd::outgoing`]: one transaction on the bus.
    Send {
        /// When to ask again, sent or not.
        until: Instant,
    },
    /// Hand over what came in: on a full-duplex bus as many bytes as were
    /// sent.
    Receive {
        /// When to ask again, received or not.
        until: Instant,
    },
    /// Let time pass.
    Pause {
        /// When to ask again.
        until: Instant,
    },
    /// The operation is over. After a fault of the chip everything begins
    /// again with [`FrontEnd::init`].
    Done(Result<Heard, F>),
}

/// A bare transceiver chip as a machine without I/O: it is told an
/// [`Operation`], and says which bytes go over its bus and when.
///
/// It knows the chip, and nothing of what the frames mean.
/// `Contactless<P, F>` makes a card reader of it.
///
/// # Contract
///
/// For the implementor:
/// - [`init`](Self::init) and [`begin`](Self::begin) may be called at any
///   time. They abandon what went on: a frame half sent, a card that is
///   answering, bytes of a transaction that were not handed over.
/// - Asked at or after the time it named, [`step`](Self::step) names a later
///   one or ends. So every operation ends.
/// - The frame belongs to the caller until `begin(Transceive)`, to the chip
///   from there to [`Wants::Done`]. It holds what is to be sent until the
///   chip calls [`Frame::listen`], and what came from then on: what was sent
///   must be in the chip by then.
/// - After `init` the field is off.
///
/// For the caller: `init` comes first, again after every fault, of chip or
/// port; `now` never goes back.
pub trait FrontEnd {
    /// What the chip itself can fail with: it is not there, is another one, is
    /// too hot. What a card does is no fault.
    type Fault: Error + Copy;

    /// What it can do at most.
    fn abilities(&self) -> Abilities {
        Abilities::DEFAULT
    }

    /// Begins initialisation: probe, reset, registers. Ends as an operation
    /// does.
    fn init(&mut self, now: Instant);

    /// Begins an operation.
    fn begin(&mut self, operation: Operation, now: Instant);

    /// What to do at `now`.
    fn step(&mut self, frame: &mut Frame, now: Instant) -> Wants<Self::Fault>;

    /// The bytes of one bus transaction, [`MAX_TRANSACTION`](Self::MAX_TRANSACTION)
    /// at most. Not empty after [`Wants::Send`].
    fn outgoing<'a>(&'a self, frame: &'a Frame) -> &'a [u8];

    /// The first `n` bytes of [`outgoing`](Self::outgoing) went out. On SPI
    /// that is all of them; a serial line may take them in parts.
    fn sent(&mut self, n: usize, now: Instant);

    /// Bytes came in, of one transaction all or a part, in order. Returns how
    /// many were used: all, unless the operation ends with them.
    fn received(&mut self, frame: &mut Frame, bytes: &[u8], now: Instant) -> usize;

    /// The longest transaction: an address and a FIFO of 64 bytes.
    const MAX_TRANSACTION: usize = 65;
}

/// A frame out, then the frame that came back (ISO/IEC 14443-3). Not always
/// whole bytes: those of anticollision are bits.
///
/// Both stand in the same place, one after the other: what was sent is gone
/// when the answer begins. `Debug` does not show what is in it; it is wiped
/// when dropped.
pub struct Frame {
    bytes: [u8; Self::MAX],
    bits: u16,
    align: u8,
    crc: bool,
}

impl Frame {
    /// The longest frame, with its check bytes (ISO/IEC 14443-4, table 4:
    /// FSDI 8).
    pub const MAX: usize = 256;

    /// An empty frame.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; Self::MAX], bits: 0, align: 0, crc: false }
    }

    /// To be sent: these bytes. With `crc` two check bytes are appended to
    /// them, and expected and taken off at the end of the answer. Cut at
    /// [`MAX`](Self::MAX).
    pub fn send(&mut self, bytes: &[u8], crc: bool) {
        self.clear();
        self.crc = crc;
        self.push(bytes.get(..Self::MAX).unwrap_or(bytes));
    }

    /// To be sent with its CRC: what `fill` writes to the front of the room it
    /// is given, so many bytes.
    pub(super) fn fill(&mut self, fill: impl FnOnce(&mut [u8]) -> usize) {
        self.clear();
        self.crc = true;
        let len = fill(&mut self.bytes);
        self.set_bytes(len);
    }

    /// To be sent: of these bytes the first `bits` bits, the lowest of each
    /// byte first, without CRC. The answer begins at bit `bits % 8` of its
    /// first byte, as the rest of what was sent does in anticollision.
    pub fn send_bits(&mut self, bytes: &[u8], bits: u16, aligned: bool) {
        self.send(bytes, false);
        self.bits = self.bits.min(bits);
        self.align = if aligned { self.last_bits() } else { 0 };
    }

    /// What is to be sent, or what came; the last byte may be
    /// [partial](Self::last_bits).
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.bits.div_ceil(8))).unwrap_or_default()
    }

    /// How many bits [`bytes`](Self::bytes) are; of an answer with those that
    /// its [alignment](Self::align) leaves out.
    #[must_use]
    pub const fn bits(&self) -> u16 {
        self.bits
    }

    /// How many bits of the last byte count, 1 to 7; 0 for all of it, as the
    /// registers of the chips have it.
    #[must_use]
    pub const fn last_bits(&self) -> u8 {
        (self.bits % 8) as u8
    }

    /// Where in its first byte the answer is to begin: the first bit received
    /// goes to this bit, 0 to 7; the bits below are 0.
    #[must_use]
    pub const fn align(&self) -> u8 {
        self.align
    }

    /// Whether the chip appends a CRC, and expects one.
    #[must_use]
    pub const fn crc(&self) -> bool {
        self.crc
    }

    /// For the chip: all is sent; what follows is the answer.
    pub fn listen(&mut self) {
        let (align, crc) = (self.align, self.crc);
        self.clear();
        (self.align, self.crc) = (align, crc);
    }

    /// For the chip: appends to the answer whole bytes, already aligned;
    /// `false` when they do not fit.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let start = self.bytes().len();
        let Some(room) = self.bytes.get_mut(start..start + bytes.len()) else { return false };
        room.copy_from_slice(bytes);
        self.set_bytes(start + bytes.len());
        true
    }

    /// For the chip: of the last byte of the answer only the lowest `bits`
    /// count, 1 to 7; 0 for all of it.
    pub fn set_last_bits(&mut self, bits: u8) {
        let bytes = self.bytes().len();
        self.set_bytes(bytes);
        if !bits.is_multiple_of(8) && bytes > 0 {
            self.bits -= 8 - u16::from(bits % 8);
        }
    }

    /// For chips that leave the CRC to software: takes the two check bytes off
    /// the end of the answer; `false` if they are wrong or missing.
    pub fn take_crc(&mut self, technology: Technology) -> bool {
        let Some((body, check)) = self.bytes().split_last_chunk() else { return false };
        let (len, right) = (body.len(), technology.crc(body) == *check);
        self.set_bytes(len);
        right
    }

    /// Wipes it.
    pub fn clear(&mut self) {
        self.bytes.zeroize();
        (self.bits, self.align, self.crc) = (0, 0, false);
    }

    fn set_bytes(&mut self, bytes: usize) {
        self.bits = u16::try_from(bytes.min(Self::MAX)).unwrap_or(0) * 8;
    }
}

impl Default for Frame {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.clear();
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("bits", &self.bits)
            .field("align", &self.align)
            .field("crc", &self.crc)
            .finish_non_exhaustive()
    }
}
