//! Pictures that `print` prints: grey ones, dithered.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use embedded_pos::printer::dither::{Dither, Method};

/// Packed rows of dots.
pub struct Picture {
    pub width: u16,
    pub rows: Vec<u8>,
}

impl Picture {
    /// Of rows of grey, 0 is black.
    fn new(width: u16, grey: &[u8]) -> Self {
        let mut errors = vec![0; Dither::state(Method::Atkinson, width)];
        let mut dither = Dither::new(Method::Atkinson, width, &mut errors);
        let stride = usize::from(width.div_ceil(8));
        let mut rows = Vec::new();
        for row in grey.chunks(width.into()) {
            let at = rows.len();
            rows.resize(at + stride, 0);
            dither.row(row, &mut rows[at..]);
        }
        Self { width, rows }
    }
}

/// A sign made up for the example: a road that leads into the distance.
pub fn logo() -> Picture {
    const SIDE: i32 = 120;
    let pixel = |x: i32, y: i32| {
        let (dx, dy) = (x - SIDE / 2, y - SIDE / 2);
        let (distance, below) = (dx * dx + dy * dy, dy + 20);
        match (distance, below) {
            (3_500.., _) => 255,
            (2_900.., _) => 0,
            (2_600.., _) => 255,
            (_, ..0) => u8::try_from(130 + 2 * (dy + 55)).unwrap_or(255),
            // The line in the middle, and the road.
            _ if dx.abs() <= below / 16 && below % 20 < 12 => 255,
            _ if dx.abs() <= 4 + below * 2 / 3 => 20,
            _ => 190,
        }
    };
    let grey: Vec<u8> = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| pixel(x, y))).collect();
    Picture::new(SIDE as u16, &grey)
}

/// A PNG file, a dot for each pixel.
///
/// # Errors
/// The file, and what is wrong with it.
pub fn read(path: &Path) -> Result<Picture, String> {
    decode(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn decode(path: &Path) -> Result<Picture, Box<dyn Error>> {
    let mut decoder = png::Decoder::new(BufReader::new(File::open(path)?));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let size = reader.output_buffer_size().ok_or("it is too large")?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels)?;
    let samples = frame.color_type.samples();
    let grey: Vec<u8> = pixels[..frame.buffer_size()].chunks(samples).map(grey).collect();
    Ok(Picture::new(u16::try_from(frame.width)?, &grey))
}

/// The brightness of a pixel, in front of white.
fn grey(pixel: &[u8]) -> u8 {
    let (brightness, opaque) = match *pixel {
        [grey] => (u32::from(grey), 255),
        [grey, alpha] => (u32::from(grey), alpha.into()),
        [red, green, blue, ref alpha @ ..] => {
            let sum = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
            (sum / 1000, alpha.first().copied().unwrap_or(255).into())
        }
        [] => (255, 255),
    };
    u8::try_from((brightness * opaque + 255 * (255 - opaque)) / 255).unwrap_or(255)
}
