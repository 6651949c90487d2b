use crate::printer::escpos::Refusal;

/// The bytes of a bar code's data, which are printable ASCII.
///
/// # Errors
/// Other data, or none, or no height.
pub(in crate::printer) fn printable(data: &str, height: u8) -> Result<&[u8], Refusal> {
    let data = data.as_bytes();
    match data.iter().position(|byte| !matches!(byte, 0x20..=0x7E)) {
        Some(at) => Err(Refusal::BarData { at }),
        None if data.is_empty() || height == 0 => Err(Refusal::BarEmpty),
        None => Ok(data),
    }
}

/// The width of a CODE128 of so many symbol characters: a start, these and the
/// check of 11 modules each, the stop of 13 (ISO/IEC 15417).
pub(in crate::printer) fn bar_dots(characters: usize, module: u8) -> usize {
    usize::from(module) * (11 * (characters + 2) + 13)
}
