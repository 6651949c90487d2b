use bitflags::bitflags;

use super::graphics::RasterForm;
use super::symbol::QrCommand;
use crate::port::Duration;
use crate::printer::Paper;
use crate::printer::symbol::{QrSource, Symbols};
use crate::printer::text::Charset;

/// What a model of printer has and how fast it is: a constant, kept in flash.
///
/// Take the nearest of the profiles here and change what differs:
///
/// ```
/// use embedded_pos::printer::escpos::{Cutter, Profile};
///
/// static OURS: Profile = Profile { cutter: Cutter::TearBar { dots: 90 }, ..Profile::CLONE_58MM };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// The printable width and its columns of font A.
    pub paper: Paper,
    /// The characters of the resident font, and how they are sent.
    pub charset: Charset,
    /// How many dots wide a character of each font is: A, B, C.
    pub fonts: &'static [u8],
    /// How many different characters of a line may be drawn as characters that
    /// the user defines (`FS 2`, `ESC &`), at most 6; with 0 they are drawn as
    /// pictures in the line (`ESC *`), of normal size only.
    pub user_glyphs: u8,
    /// How far it can draw the paper back, in dots (`ESC K`).
    pub feed_back: u8,
    /// From one line of normal text to the next, in dots (`ESC 2`).
    pub line_pitch: u8,
    /// Vertical motion units a dot: what `ESC J` counts in.
    pub units_per_dot: u8,
    /// The receive buffer, in bytes; at least 128.
    pub buffer: u16,
    /// How many bytes may still be sent when BUSY was seen low.
    pub headroom: u8,
    /// How it takes pictures.
    pub raster: RasterForm,
    /// The highest band of a picture sent at once, in dots. Small ones keep
    /// the stream safe on printers that buffer a whole band.
    pub band: u8,
    /// How it keeps logos.
    pub logos: Logos,
    /// The highest page that it sets as a whole (`ESC L`), in dots; 0 if it
    /// does not.
    pub page: u16,
    /// What parts the paper.
    pub cutter: Cutter,
    /// The codes that it makes itself. Other bar codes are drawn.
    pub symbols: Symbols,
    /// How it is told to make bar codes.
    pub barcodes: BarcodeCommands,
    /// How it is told to make QR codes.
    pub qr: QrCommand,
    /// What draws the QR codes that it does not make, at the cost of its
    /// flash; nothing refuses them.
    pub qr_source: Option<&'static dyn QrSource>,
    /// Which of `DLE EOT` 1 to 4 it answers, in the order to ask. Only 1 says
    /// that it is online: without it, a printer is never ready.
    pub statuses: &'static [u8],
    /// What its status bits mean.
    pub dialect: Dialect,
    /// What it does with bytes while it is offline.
    pub offline: Offline,
    /// Whether it keeps its buffer when the cover is opened.
    pub keeps_when_opened: bool,
    /// What it is to tell by itself: the bits of `GS a`, 0 for nothing. Not
    /// with [`Proof::Barrier`]: of a status that lost its first byte, the
    /// others would pass for answers.
    pub automatic: u8,
    /// What it has beyond printing.
    pub extras: Extras,
    /// What beeps.
    pub beeper: Beeper,
    /// How it proves that it has printed.
    pub proof: Proof,
    /// How long things take.
    pub timing: Timing,
}

bitflags! {
    /// The commands for bar codes that a printer takes. A bar code that needs
    /// another is drawn.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct BarcodeCommands: u8 {
        /// Form B of `GS k`, with a length. Without it, form A, which ends
        /// with NUL and knows no more than CODABAR.
        const FORM_B = 1;
        /// `GS h`: the height.
        const HEIGHT = 1 << 1;
        /// `GS w`: dots a module.
        const MODULE = 1 << 2;
        /// `GS H`: where the text stands.
        const TEXT = 1 << 3;
        /// `GS f`: the font of the text. Some clones print it, and rubbish.
        const FONT = 1 << 4;
        /// All but `GS f`.
        const CLONE = (1 << 4) - 1;
    }
}

/// How a printer keeps pictures while it is switched off.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Logos {
    /// It keeps none.
    None,
    /// By keys, each for itself, and says which it has (`GS ( L` functions 64
    /// to 69).
    Keys {
        /// The highest that is kept, in dots: how long printing one may take.
        rows: u16,
    },
    /// By numbers, and replaces all at once (`FS q`, `FS p`).
    Numbers {
        /// The highest that is kept, in dots: how long printing one may take.
        rows: u16,
    },
}

/// What parts the paper.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Cutter {
    /// A bar to tear at, this many dots past the head.
    TearBar {
        /// From the head to the bar.
        dots: u16,
    },
    /// A knife that leaves a bridge. It feeds to the knife itself, and this
    /// many dots more.
    Partial {
        /// Margin below the last line.
        dots: u8,
    },
    /// A knife that cuts through. It feeds to the knife itself, and this many
    /// dots more.
    Full {
        /// Margin below the last line.
        dots: u8,
    },
}

bitflags! {
    /// What a printer has beyond printing.
    #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
    pub struct Extras: u16 {
        /// A connector for a cash drawer (`ESC p`).
        const DRAWER = 1;
        /// It says who it is (`GS I`).
        const IDENTITY = 1 << 1;
        /// It counts what it did (`GS g 2`).
        const COUNTERS = 1 << 2;
        /// It can be told to recover from an error (`DLE ENQ`).
        const RECOVERY = 1 << 3;
        /// Its buffers can be cleared (`DLE DC4 8`).
        const CLEARING = 1 << 4;
        /// The settings of the CSN-A2 class (`ESC 7`, `DC2 #`, `ESC 8`).
        const CSN_A2 = 1 << 5;
        /// Epson's settings (`GS ( K`).
        const EPSON_TUNING = 1 << 6;
        /// Density in levels (`GS |`).
        const LEVEL = 1 << 7;
    }
}

/// What beeps on a printer.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Beeper {
    /// Nothing.
    #[default]
    None,
    /// `ESC ( A` function 48 (Epson): 1 to 63 times, 1 to 25.5 s each.
    Epson,
    /// `ESC B` (clones): 1 to 9 times, 50 to 450 ms each.
    EscB,
    /// BEL: once, as long as it likes.
    Bel,
}

/// Whose meaning the bits of `DLE EOT` have.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Dialect {
    /// Epson's, which most have.
    #[default]
    Epson,
    /// PNP-500: an open door is bit 5 of the second byte (1Ah, 32h, 72h).
    Pnp500,
    /// Mechatro MTP-2100: in the third byte, bit 5 is a hot head and bit 6 a
    /// broken thermistor.
    Mtp2100,
}

/// What a printer does with bytes that come while it is offline.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Offline {
    /// Keeps them in its buffer until that is full.
    #[default]
    Keeps,
    /// Loses them, and is not busy (some, with memory switch 1-3 on).
    Swallows,
}

/// How a printer proves that what it was sent before is printed.
///
/// A printer whose supply broke down has forgotten what it had received; asked
/// after that, it answers as if it had printed it. That is found out if it is
/// silent for longer than [`Timing::watch`] allows; a shorter break is not: see
/// to the supply.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Proof {
    /// It does not.
    None,
    /// `GS r 1` is executed in the order of the stream, so its answer comes
    /// after what stands before. Whatever may still be in the mechanism then
    /// is covered by the paper time and a last look at the status.
    Barrier,
    /// `GS ( H` function 48: it returns a process number when what was sent
    /// before is on paper (Epson from TM-T88IV on).
    ProcessId,
}

/// How long things take.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timing {
    /// One byte on the line: [`Duration::of_bytes`].
    pub byte: Duration,
    /// A row of dots printed.
    pub dot_row: Duration,
    /// A row of dots fed without printing.
    pub feed_row: Duration,
    /// A cut.
    pub cut: Duration,
    /// Making a QR code of what was sent.
    pub symbol: Duration,
    /// A thousand black dots, above the time of their row, in microseconds.
    pub black_dot: u16,
    /// From BUSY rising to its being seen, and from the last byte to BUSY.
    pub busy: Duration,
    /// Writing a logo to the printer's memory, or deleting it.
    pub keep: Duration,
    /// From a real-time request to its answer.
    pub reply: Duration,
    /// Silence between a reply and the next request, so that a doubled reply
    /// is not taken for the next.
    pub quiet: Duration,
    /// How long a printer may refuse to take a byte after the time that what
    /// it has takes.
    pub stall: Duration,
    /// How long after the paper time the proof may come.
    pub proof: Duration,
    /// How long a printer that bytes are sent to may go unheard before it is
    /// asked whether it is there. Less than half of `boot`.
    pub watch: Duration,
    /// The least that it takes from losing its power to answering again.
    pub boot: Duration,
}

impl Timing {
    /// The same times on a line of another speed, 8N1.
    #[must_use]
    pub const fn at_baud(self, baud: u32) -> Self {
        Self { byte: Duration::of_bytes(1, 10, baud), ..self }
    }

    /// The same times with a mechanism of this speed, in micrometres a second,
    /// at 8 dots a millimetre.
    pub(super) const fn at_speed(self, micrometres: u64) -> Self {
        let row = Duration::from_micros(125_000_000 / micrometres);
        Self { dot_row: row, feed_row: row, ..self }
    }
}
