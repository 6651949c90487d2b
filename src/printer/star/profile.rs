use crate::port::Duration;
use crate::printer::escpos::{Cutter, Profile as Printer, Timing};
use crate::printer::text::Charset;

/// What a model of Star's printers has: a constant, kept in flash.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Paper, characters, buffer, cutter and times, as for ESC/POS; what is
    /// said there of `DLE EOT`, proof and motion units does not hold here.
    pub printer: Printer,
    /// Whether it answers `ESC ACK SOH`.
    pub status: bool,
    /// Whether it answers `ESC GS ETX`: its proof that it has printed.
    pub counter: bool,
}

impl Profile {
    /// An 80 mm printer with a partial cutter that speaks `StarPRNT` (mC-Print3,
    /// TSP650II with its emulation set so): 576 dots.
    pub const STAR_80MM: Self = Self {
        printer: Printer { line_pitch: 32, ..Printer::EPSON_80MM },
        status: true,
        counter: true,
    };

    /// A 58 mm printer with a tear bar (SM-L200): 384 dots.
    pub const STAR_58MM: Self = Self {
        printer: Printer {
            charset: Charset::GB18030,
            line_pitch: 32,
            buffer: 4096,
            headroom: 128,
            band: 128,
            cutter: Cutter::TearBar { dots: 96 },
            timing: Timing { dot_row: Duration::from_micros(1_700), ..Printer::CLONE_58MM.timing },
            ..Printer::CLONE_58MM
        },
        status: true,
        counter: true,
    };
}
