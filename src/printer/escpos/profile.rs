use bitflags::bitflags;

use super::graphics::RasterForm;
use super::symbol::QrCommand;
use crate::port::Duration;
use crate::printer::Paper;
use crate::printer::symbol::{QrSource, Symbols};
use crate::printer::text::{Charset, CodePage, Page};

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

/// How a printer proves that what it was sent before is printed.
///
/// A printer whose supply broke down has forgotten what it had received; asked
/// after that, it answers as if it had printed it. No answer can tell: see to
/// the supply.
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
}

impl Timing {
    /// A 58 mm mechanism of 50 mm/s on a line of 115 200 baud, 8N1.
    const SLOW: Self = Self {
        byte: Duration::of_bytes(1, 10, 115_200),
        dot_row: Duration::from_micros(2_500),
        feed_row: Duration::from_micros(2_100),
        cut: Duration::ZERO,
        symbol: Duration::from_millis(400),
        busy: Duration::from_millis(1),
        keep: Duration::from_secs(5),
        reply: Duration::from_millis(300),
        quiet: Duration::from_millis(3),
        stall: Duration::from_secs(3),
        proof: Duration::from_secs(3),
    };

    /// The same times on a line of another speed, 8N1.
    #[must_use]
    pub const fn at_baud(self, baud: u32) -> Self {
        Self { byte: Duration::of_bytes(1, 10, baud), ..self }
    }
}

/// The numbers of Epson's command reference, `ESC t`.
const EPSON_PAGES: &[Page] = &[
    Page::code(0, CodePage::PC437),
    Page::code(19, CodePage::PC858),
    Page::code(18, CodePage::PC852),
    Page::code(17, CodePage::PC866),
    Page::code(16, CodePage::WPC1252),
];

impl Profile {
    /// A 58 mm mechanism as it is built into terminals: 384 dots, GBK font,
    /// 256 bytes of buffer, a tear bar, QR codes of its own; `GS r` is
    /// answered in order.
    pub const CLONE_58MM: Self = Self {
        paper: Paper { dots: 384, columns: 32 },
        charset: Charset::GBK.with_pages(&[Page::code(0, CodePage::PC437)]),
        fonts: &[12, 9],
        user_glyphs: 0,
        feed_back: 0,
        line_pitch: 30,
        units_per_dot: 1,
        buffer: 256,
        headroom: 32,
        raster: RasterForm::Rows,
        band: 24,
        logos: Logos::Numbers { rows: 240 },
        page: 0,
        cutter: Cutter::TearBar { dots: 96 },
        symbols: Symbols::COMMON.union(Symbols::QR),
        barcodes: BarcodeCommands::CLONE,
        qr: QrCommand::Store,
        qr_source: None,
        statuses: &[1, 2, 3, 4],
        proof: Proof::Barrier,
        timing: Timing::SLOW,
    };

    /// The cheapest 58 mm printers (POS-5890, ZJ-5870): GB 2312 font, no QR
    /// codes, no proof.
    pub const BASIC_58MM: Self = Self {
        charset: Charset::GB2312,
        symbols: Symbols::COMMON,
        proof: Proof::None,
        ..Self::CLONE_58MM
    };

    /// An 80 mm printer of Epson's kind (TM-T20, TM-m30): 203 dpi, 576 dots, 4 KB of
    /// buffer, a partial cutter, process numbers. Motion units are half a dot.
    pub const EPSON_80MM: Self = Self {
        paper: Paper { dots: 576, columns: 48 },
        charset: Charset::GB18030.with_pages(EPSON_PAGES),
        user_glyphs: 6,
        feed_back: 24,
        line_pitch: 34,
        units_per_dot: 2,
        buffer: 4096,
        headroom: 128,
        raster: RasterForm::Graphics,
        band: 255,
        logos: Logos::Keys { rows: 240 },
        page: 1_662,
        cutter: Cutter::Partial { dots: 8 },
        symbols: Symbols::all(),
        barcodes: BarcodeCommands::all(),
        proof: Proof::ProcessId,
        timing: Timing {
            dot_row: Duration::from_micros(600),
            feed_row: Duration::from_micros(500),
            cut: Duration::from_millis(600),
            ..Timing::SLOW
        },
        ..Self::CLONE_58MM
    };
}
