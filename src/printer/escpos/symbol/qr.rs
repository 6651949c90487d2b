use super::super::encoder::{Encoder, Out};
use super::super::job::Owed;
use super::super::part::Qr;
use super::super::profile::Profile;
use super::super::refusal::Refusal;
use super::super::work::Work;
use super::{command, harmless_parts};
use crate::printer::symbol::{SymbolFault, Symbols, qr_fits};

/// How a printer is told to make a QR code.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum QrCommand {
    /// `GS ( k`, which stores it and prints it then.
    Store,
    /// `ESC Z` of some 58 mm and 80 mm clones; 1 to 8 dots a module.
    EscZ,
    /// `GS k 97` of Cashino's modules: versions to 17, and modules of the
    /// printer's own size, which the item's is to be.
    GsK97,
}

/// A QR code that the printer makes.
#[derive(Clone, Debug)]
pub enum NativeQr<'a> {
    /// It is stored, and printed then. Left in the middle, the rest of what is
    /// stored is filled up, and nothing is printed.
    #[doc(hidden)]
    Stored { settings: Option<[u8; 33]>, data: &'a [u8], rows: u16 },
    /// In one command. It goes out in one piece, for half of one would be
    /// printed as another: data of up to 89 bytes.
    #[doc(hidden)]
    OnePiece { header: [u8; 7], data: &'a [u8], rows: u16 },
}

impl<'a> NativeQr<'a> {
    const LONGEST: usize = Encoder::SLICE - 7;

    /// In the form that the printer has.
    pub(in super::super) fn new(
        code: Qr<'a>,
        profile: &Profile,
        paper: u16,
    ) -> Result<Self, Refusal> {
        let Qr { data, module, level } = code;
        let modules = qr_fits(data, level, module, paper)?;
        let rows = modules.saturating_mul(module.into());
        let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
        let header = match (profile.qr, module) {
            _ if !profile.symbols.contains(Symbols::QR) => return Err(Refusal::NoSymbol),
            (QrCommand::Store, _) => {
                let settings = command::store_qr(module, level, length);
                harmless_parts(&settings, data)?;
                return Ok(Self::Stored { settings: Some(settings), data, rows });
            }
            (QrCommand::EscZ, 9..) => return Err(SymbolFault::Option.into()),
            (QrCommand::EscZ, _) => command::esc_z(module, level, length),
            (QrCommand::GsK97, _) => command::gs_k_97(level, length),
        };
        if data.len() > Self::LONGEST || (profile.qr == QrCommand::GsK97 && modules > 85) {
            return Err(SymbolFault::TooLong.into());
        }
        harmless_parts(&header, data)?;
        Ok(Self::OnePiece { header, data, rows })
    }

    pub(super) const fn rows(&self) -> u16 {
        match self {
            Self::Stored { rows, .. } | Self::OnePiece { rows, .. } => *rows,
        }
    }

    pub(in super::super) fn owed(&self) -> Owed {
        match self {
            Self::Stored { settings: None, data, .. } => {
                Owed { bytes: data.len(), ..Owed::NOTHING }
            }
            _ => Owed::NOTHING,
        }
    }

    /// Whether all of it is written.
    pub(in super::super) fn write(&mut self, out: &mut Out<'_>) -> bool {
        let work = Work { symbols: 1, ..Work::printing(self.rows().into()) };
        let done = match self {
            Self::Stored { settings, data, .. } => {
                if settings.is_some_and(|settings| !out.put(&settings)) {
                    return false;
                }
                *settings = None;
                let (fits, others) = data.split_at_checked(out.room()).unwrap_or((data, &[]));
                *data = others;
                out.put(fits) && others.is_empty() && out.put(&command::print(command::Kind::Qr))
            }
            Self::OnePiece { header, data, .. } => out.put_all(&[header, data]),
        };
        done && out.working(work)
    }
}
