use super::super::encoder::{Encoder, Out};
use super::super::refusal::Refusal;
use super::super::work::Work;
use super::{command, harmless};
use crate::printer::QrLevel;
use crate::printer::symbol::SymbolFault;

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

/// A QR code in one command. It goes out in one piece, for half of one would
/// be printed as another: data of up to 89 bytes.
#[derive(Clone, Debug)]
pub(in super::super) struct OnePiece<'a> {
    header: [u8; 7],
    data: &'a [u8],
    rows: u16,
}

impl<'a> OnePiece<'a> {
    pub(super) const fn rows(&self) -> u16 {
        self.rows
    }

    const LONGEST: usize = Encoder::SLICE - 7;

    pub(super) fn new(
        form: QrCommand,
        data: &'a [u8],
        module: u8,
        level: QrLevel,
        rows: u16,
    ) -> Result<Self, Refusal> {
        let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
        let header = match (form, module) {
            (QrCommand::EscZ, 9..) => return Err(SymbolFault::Option.into()),
            (QrCommand::EscZ, _) => command::esc_z(module, level, length),
            _ => command::gs_k_97(level, length),
        };
        if data.len() > Self::LONGEST
            || (form == QrCommand::GsK97 && rows / u16::from(module.max(1)) > 85)
        {
            return Err(SymbolFault::TooLong.into());
        }
        harmless(header.into_iter().chain(data.iter().copied()))?;
        Ok(Self { header, data, rows })
    }

    pub(super) fn write(&self, out: &mut Out<'_>) -> bool {
        if out.room() < self.header.len() + self.data.len() {
            return false;
        }
        out.working(Work { symbols: 1, ..Work::printing(self.rows.into()) });
        out.put(&self.header) && out.put(self.data)
    }
}
