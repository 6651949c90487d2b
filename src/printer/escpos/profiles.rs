use super::graphics::RasterForm;
use super::profile::{
    BarcodeCommands, Beeper, Cutter, Dialect, Extras, Logos, Offline, Profile, Proof, Timing,
};
use super::symbol::QrCommand;
use crate::port::Duration;
use crate::printer::Paper;
use crate::printer::symbol::Symbols;
use crate::printer::text::{Charset, CodePage, Page};

impl Timing {
    /// A 58 mm mechanism of 50 mm/s on a line of 115 200 baud, 8N1.
    const SLOW: Self = Self {
        byte: Duration::of_bytes(1, 10, 115_200),
        dot_row: Duration::from_micros(2_500),
        feed_row: Duration::from_micros(2_100),
        cut: Duration::ZERO,
        symbol: Duration::from_millis(400),
        black_dot: 0,
        busy: Duration::from_millis(1),
        keep: Duration::from_secs(5),
        reply: Duration::from_millis(300),
        quiet: Duration::from_millis(3),
        stall: Duration::from_secs(3),
        proof: Duration::from_secs(3),
        watch: Duration::from_millis(250),
        boot: Duration::from_millis(700),
    };
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
        dialect: Dialect::Epson,
        offline: Offline::Keeps,
        keeps_when_opened: true,
        automatic: 0,
        extras: Extras::empty(),
        beeper: Beeper::None,
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

    /// The CSN-A2 class (Adafruit 597, and what is sold under a dozen names):
    /// 19 200 baud, answers no `DLE EOT`, proves nothing; settings for heat,
    /// density and sleep. Source: its user manual, and Adafruit's library
    /// 5478635, whose times of 30 ms a row suit a weak supply; these suit a good
    /// one.
    pub const CSN_A2: Self = Self {
        charset: Charset::GB2312,
        raster: RasterForm::Dc2,
        statuses: &[],
        extras: Extras::CSN_A2,
        timing: Timing { dot_row: Duration::from_micros(5_000), ..Timing::SLOW.at_baud(19_200) },
        ..Self::BASIC_58MM
    };

    /// POS-5890 and what is like it: [`BASIC_58MM`](Self::BASIC_58MM) with a
    /// drawer and `ESC B`. Source: escpos-printer-db fe07c81.
    pub const POS_5890: Self =
        Self { extras: Extras::DRAWER, beeper: Beeper::EscB, ..Self::BASIC_58MM };

    /// The module that handheld terminals have (5502 command list):
    /// [`CLONE_58MM`](Self::CLONE_58MM) of 60 mm/s with density in levels.
    pub const MODULE_5502: Self =
        Self { extras: Extras::LEVEL, timing: Timing::SLOW.at_speed(60_000), ..Self::CLONE_58MM };

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
        automatic: 0x0E,
        extras: Self::EPSON,
        beeper: Beeper::Epson,
        proof: Proof::ProcessId,
        timing: Timing {
            dot_row: Duration::from_micros(600),
            feed_row: Duration::from_micros(500),
            cut: Duration::from_millis(600),
            ..Timing::SLOW
        },
        ..Self::CLONE_58MM
    };

    const EPSON: Extras = Extras::DRAWER
        .union(Extras::IDENTITY)
        .union(Extras::COUNTERS)
        .union(Extras::RECOVERY)
        .union(Extras::CLEARING)
        .union(Extras::EPSON_TUNING);

    /// TM-m30: [`EPSON_80MM`](Self::EPSON_80MM) of 200 mm/s. Source: Epson's
    /// technical reference guide.
    pub const TM_M30: Self =
        Self { timing: Self::EPSON_80MM.timing.at_speed(200_000), ..Self::EPSON_80MM };

    /// TM-T88V and later: 180 dpi, 512 dots, 42 columns, 300 mm/s. Source:
    /// escpos-printer-db fe07c81, Epson's technical reference guide.
    pub const TM_T88: Self = Self {
        paper: Paper { dots: 512, columns: 42 },
        line_pitch: 30,
        timing: Self::EPSON_80MM.timing.at_speed(270_000),
        ..Self::EPSON_80MM
    };

    /// TM-P20: a belt printer, 58 mm, 384 dots, 100 mm/s, a tear bar. Source:
    /// Epson's technical reference guide.
    pub const TM_P20: Self = Self {
        paper: Paper { dots: 384, columns: 32 },
        cutter: Cutter::TearBar { dots: 96 },
        extras: Self::EPSON.difference(Extras::DRAWER),
        timing: Self::EPSON_80MM.timing.at_speed(100_000),
        ..Self::EPSON_80MM
    };
}
