use std::format;
use std::string::String;
use std::vec::Vec;

use super::{FingerprintStimulus, Outcome, Report, expect};
use crate::fingerprint::{Geometry, ImageSink, Imaging};
use crate::{Error, ErrorKind};

/// Checks what [`Imaging`] promises.
pub fn imaging(device: &mut impl Imaging, hand: &mut impl FingerprintStimulus) -> Report {
    let mut report = Report::new();
    hand.lift();
    let (film, image) = take(device);
    let nothing = expect(&image, &Err(ErrorKind::Absent)).and_then(|()| film.is_blank());
    report.check("without a finger there is no image", nothing);
    hand.place(0);
    let (first, image) = take(device);
    report.check("an image has the rows and the shape that are told", first.is_whole(image));
    report.check("an image is not all of one shade", first.shows_something());
    hand.place(1);
    let (second, image) = take(device);
    let other = second.is_whole(image).and_then(|()| first.differs(&second));
    report.check("the image of another finger is another one", other);
    hand.lift();
    report
}

fn take(device: &mut impl Imaging) -> (Film, Result<Geometry, ErrorKind>) {
    let mut film = Film::default();
    let image = device.image(&mut film);
    (film, image.map_err(|error| error.kind()))
}

#[derive(Default)]
struct Film {
    shapes: Vec<Geometry>,
    rows: Vec<Vec<u8>>,
    /// A row came before the shape.
    early: bool,
}

impl ImageSink for Film {
    fn begin(&mut self, geometry: Geometry) {
        self.shapes.push(geometry);
    }

    fn row(&mut self, pixels: &[u8]) {
        self.early |= self.shapes.is_empty();
        self.rows.push(pixels.into());
    }
}

impl Film {
    fn is_blank(&self) -> Outcome {
        expect(&(self.shapes.len(), self.rows.len()), &(0, 0))
    }

    fn is_whole(&self, image: Result<Geometry, ErrorKind>) -> Outcome {
        let shape = image.map_err(|kind| format!("{kind}"))?;
        if self.early || self.shapes != [shape] {
            return Err(format!("{:?} instead of one {shape}", self.shapes));
        }
        expect(&self.rows.len(), &shape.height.into())?;
        match self.rows.iter().find(|row| row.len() != usize::from(shape.width)) {
            Some(row) => Err(format!("a row of {}", row.len())),
            None => Ok(()),
        }
    }

    fn shows_something(&self) -> Outcome {
        let mut pixels = self.rows.iter().flatten();
        let first = pixels.next();
        let varied = pixels.any(|pixel| Some(pixel) != first);
        if varied { Ok(()) } else { Err(format!("all {first:?}")) }
    }

    fn differs(&self, other: &Self) -> Outcome {
        if self.rows == other.rows { Err(String::from("it is the same")) } else { Ok(()) }
    }
}
