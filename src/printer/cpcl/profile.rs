use crate::port::Duration;
use crate::printer::escpos::{Profile as Printer, Timing};
use crate::printer::text::Charset;

/// What a model of CPCL printer has: a constant, kept in flash.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// Paper, characters, buffer, tear bar and times, as for ESC/POS; what is
    /// said there of `DLE EOT`, proof and motion units does not hold here. A
    /// CPCL printer takes a whole form before it prints: its `buffer` is what
    /// it takes meanwhile.
    pub printer: Printer,
    /// The name of the font with 24 dots a hanzi, 12 an ASCII character:
    /// without spaces, at most 16 characters.
    pub font: &'static str,
    /// Lines sent in each form before text, each ended by CR LF: `COUNTRY
    /// CHINA`, or nothing. At most 64 bytes.
    pub setup: &'static str,
    /// Pictures go out as binary (`CG`), not as hexadecimal digits (`EG`) of
    /// twice the length.
    pub binary: bool,
    /// Whether it answers `ESC h` and `ESC v`.
    pub status: bool,
    /// Whether one that answers that it is ready has printed what it was sent,
    /// as Zebra's manual says of theirs; a clone may answer at once.
    pub idle_proves: bool,
}

impl Profile {
    /// A belt printer of 58 mm as they are made in China: 384 dots, font 24
    /// with GB 18030, pictures as binary; it proves nothing.
    pub const BELT_58MM: Self = Self {
        printer: Printer {
            charset: Charset::GB18030,
            buffer: 2048,
            headroom: 64,
            band: 200,
            timing: Timing { dot_row: Duration::from_micros(2_000), ..Printer::CLONE_58MM.timing },
            ..Printer::CLONE_58MM
        },
        font: "24",
        setup: "",
        binary: true,
        status: true,
        idle_proves: false,
    };

    /// Zebra's belt printers of 80 mm (QLn320, ZQ520) with their Chinese font:
    /// 576 dots.
    pub const ZEBRA_80MM: Self = Self {
        printer: Printer { paper: Printer::EPSON_80MM.paper, ..Self::BELT_58MM.printer },
        font: "GBUNSG24.CPF",
        setup: "COUNTRY CHINA\r\n",
        idle_proves: true,
        ..Self::BELT_58MM
    };
}
