//! The printers that the examples know by name.

use clap::ValueEnum;
use embedded_pos::printer::symbol::DrawnQr;
use embedded_pos::printer::{cpcl, escpos, star};
use embedded_pos::sim::printer::Model;

/// The languages of printers.
#[derive(Clone, Copy, ValueEnum)]
pub enum Language {
    /// ESC/POS.
    Escpos,
    /// StarPRNT.
    Star,
    /// CPCL, of belt printers.
    Cpcl,
}

/// The kinds of printers.
#[derive(Clone, Copy, ValueEnum)]
pub enum Kind {
    /// 58 mm, 32 columns, GBK, tear bar.
    Clone58,
    /// 58 mm, GB 2312, QR codes are drawn.
    Basic58,
    /// 80 mm, 48 columns, cutter.
    Epson80,
}

impl Kind {
    pub const fn escpos(self) -> &'static escpos::Profile {
        /// It makes no QR codes: we draw them.
        const BASIC: escpos::Profile =
            escpos::Profile { qr_source: Some(&DrawnQr), ..escpos::Profile::BASIC_58MM };
        match self {
            Self::Clone58 => &escpos::Profile::CLONE_58MM,
            Self::Basic58 => &BASIC,
            Self::Epson80 => &escpos::Profile::EPSON_80MM,
        }
    }

    pub const fn star(self) -> &'static star::Profile {
        match self {
            Self::Clone58 | Self::Basic58 => &star::Profile::STAR_58MM,
            Self::Epson80 => &star::Profile::STAR_80MM,
        }
    }

    pub const fn cpcl(self) -> &'static cpcl::Profile {
        match self {
            Self::Clone58 | Self::Basic58 => &cpcl::Profile::BELT_58MM,
            Self::Epson80 => &cpcl::Profile::ZEBRA_80MM,
        }
    }

    pub const fn model(self, language: Language) -> Model {
        match (language, self) {
            (Language::Escpos, Self::Clone58 | Self::Basic58) => Model::CLONE_58MM,
            (Language::Escpos, Self::Epson80) => Model::EPSON_80MM,
            (Language::Star, Self::Clone58 | Self::Basic58) => Model::STAR_58MM,
            (Language::Star, Self::Epson80) => Model::STAR_80MM,
            (Language::Cpcl, Self::Clone58 | Self::Basic58) => Model::BELT_58MM,
            (Language::Cpcl, Self::Epson80) => Model::BELT_80MM,
        }
    }
}
