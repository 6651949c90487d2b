//! Pictures of one bit a dot, as PNG files.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use embedded_pos::sim::printer::Bitmap;

/// Writes what a simulated printer printed.
pub fn paper(path: &Path, paper: &Bitmap) -> io::Result<()> {
    let size = |dots| u32::try_from(dots).map_err(io::Error::other);
    write(path, size(paper.width())?, size(paper.height())?, paper.rows())
}

/// Writes a picture: rows from the top, each of whole bytes, the leftmost dot
/// in the highest bit, 1 is black.
pub fn write(path: &Path, width: u32, height: u32, rows: &[u8]) -> io::Result<()> {
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    // In a PNG, 1 is white.
    let white: Vec<u8> = rows.iter().map(|byte| !byte).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&white)?;
    Ok(writer.finish()?)
}
