use crate::printer::escpos::Refusal;
use crate::printer::symbol::{Barcode, SymbolFault, TextPosition};

/// The bytes of a bar code's data, which are printable ASCII.
///
/// # Errors
/// Others.
pub(in crate::printer) fn printable(data: &str) -> Result<&[u8], SymbolFault> {
    let data = data.as_bytes();
    match data.iter().position(|byte| !matches!(byte, 0x20..=0x7E)) {
        Some(at) => Err(SymbolFault::Character { at }),
        None => Ok(data),
    }
}

/// The width of a CODE128 of so many symbol characters: a start, these and the
/// check of 11 modules each, the stop of 13 (ISO/IEC 15417).
pub(in crate::printer) fn bar_dots(characters: usize, module: u8) -> u16 {
    let modules = u16::try_from(11 * (characters + 2) + 13).unwrap_or(u16::MAX);
    modules.saturating_mul(module.into())
}

/// Whether a bar code has its text beneath.
///
/// # Errors
/// It is to have it elsewhere, or small.
pub(in crate::printer) fn has_text(code: &Barcode<'_>) -> Result<bool, Refusal> {
    match code.text {
        TextPosition::None => Ok(false),
        TextPosition::Below if !code.small_text => Ok(true),
        _ => Err(Refusal::Unsupported),
    }
}
