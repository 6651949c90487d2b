use core::fmt::{self, Write as _};

#[cfg(feature = "async")]
use embedded_io_async::{Read, Write};
use heapless::{String, Vec};

use super::driver::Driver;
use super::link::Family;
use super::script::Script;
use super::{Held, Pending};
use crate::ErrorType;
#[cfg(feature = "async")]
use crate::port::Timer;
use crate::port::{Clock, Clocked, Port};

/// The widest image of any model, in pixels, with some to spare.
pub(super) const MAX_WIDTH: usize = 320;

/// The shape of an image.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Geometry {
    /// Pixels in a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Pixels to the inch; `None` if the model does not say.
    pub dpi: Option<u16>,
}

impl Geometry {
    /// Pixels in all.
    #[must_use]
    pub const fn pixels(self) -> u32 {
        self.width as u32 * self.height as u32
    }
}

impl fmt::Display for Geometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {}", self.width, self.height)
    }
}

/// Where an image goes, row by row, as it comes.
pub trait ImageSink {
    /// An image of this shape follows.
    fn begin(&mut self, geometry: Geometry);

    /// The next row: a byte a pixel, 0 black to 255 white. Every row is given
    /// once, and in order, also when the transfer had to be repeated. The last
    /// one comes when the image has passed its checks: what lacks it failed.
    fn row(&mut self, pixels: &[u8]);
}

impl<T: ImageSink + ?Sized> ImageSink for &mut T {
    fn begin(&mut self, geometry: Geometry) {
        T::begin(self, geometry);
    }

    fn row(&mut self, pixels: &[u8]) {
        T::row(self, pixels);
    }
}

/// Makes a PGM file (Netpbm, binary, `P5`) of an image: gives its bytes on.
///
/// ```
/// use embedded_pos::fingerprint::{Geometry, ImageSink, Pgm};
///
/// let mut file = Vec::new();
/// let mut pgm = Pgm(|bytes: &[u8]| file.extend_from_slice(bytes));
/// pgm.begin(Geometry { width: 2, height: 1, dpi: None });
/// pgm.row(&[0, 255]);
/// assert_eq!(file, b"P5\n2 1\n255\n\x00\xFF");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pgm<F>(
    /// Takes the file's next bytes.
    pub F,
);

impl<F: FnMut(&[u8])> ImageSink for Pgm<F> {
    fn begin(&mut self, geometry: Geometry) {
        let mut header: String<24> = String::new();
        // Cannot fail: two numbers have ten digits at most.
        let _ = write!(header, "P5\n{} {}\n255\n", geometry.width, geometry.height);
        (self.0)(header.as_bytes());
    }

    fn row(&mut self, pixels: &[u8]) {
        (self.0)(pixels);
    }
}

/// How a module packs its pixels.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Depth {
    /// Two to a byte, the left one in the high half.
    Four,
    /// One to a byte.
    Eight,
}

/// Makes rows of an image's bytes, whatever pieces they come in.
///
/// A transfer that failed half way is begun [again](Self::again): rows that
/// were given out already are then passed over. The last row waits for
/// [`finish`](Self::finish): a check may stand behind all of the pixels.
#[derive(Debug)]
pub struct Rows<S> {
    sink: S,
    geometry: Geometry,
    depth: Depth,
    row: Vec<u8, MAX_WIDTH>,
    /// Rows given out.
    given: u16,
    /// Rows that came, in this attempt.
    came: u16,
    begun: bool,
}

impl<S: ImageSink> Rows<S> {
    /// Rows of this shape; `None` if there are no pixels, or more to a row than
    /// any model has.
    pub fn new(sink: S, geometry: Geometry, depth: Depth) -> Option<Self> {
        let fits = (1..=MAX_WIDTH).contains(&usize::from(geometry.width)) && geometry.height > 0;
        let even = depth == Depth::Eight || geometry.width.is_multiple_of(2);
        (fits && even).then_some(Self {
            sink,
            geometry,
            depth,
            row: Vec::new(),
            given: 0,
            came: 0,
            begun: false,
        })
    }

    /// The shape.
    pub const fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// The bytes that the module sends for it.
    pub const fn bytes(&self) -> u32 {
        match self.depth {
            Depth::Four => self.geometry.pixels() / 2,
            Depth::Eight => self.geometry.pixels(),
        }
    }

    /// The image passed its check: gives the last row out. Its shape, unless a
    /// row is missing.
    pub fn finish(&mut self) -> Option<Geometry> {
        if self.came < self.geometry.height {
            return None;
        }
        self.give();
        Some(self.geometry)
    }

    /// The image comes from its beginning again.
    pub fn again(&mut self) {
        self.row.clear();
        self.came = 0;
    }

    /// Takes the next bytes; whether they belong to the image. What is behind
    /// its last row does not.
    #[must_use]
    pub fn put(&mut self, bytes: &[u8]) -> bool {
        bytes.iter().all(|byte| match self.depth {
            Depth::Four => self.pixel((byte >> 4) * 17) && self.pixel((byte & 15) * 17),
            Depth::Eight => self.pixel(*byte),
        })
    }

    fn pixel(&mut self, pixel: u8) -> bool {
        let width = usize::from(self.geometry.width);
        if self.came == self.geometry.height {
            return false;
        }
        // The row before, which is not the last.
        if self.row.len() == width {
            self.give();
            self.row.clear();
        }
        let fits = self.row.push(pixel).is_ok();
        if self.row.len() == width {
            self.came += 1;
        }
        fits
    }

    fn give(&mut self) {
        if self.came <= self.given {
            return;
        }
        if !core::mem::replace(&mut self.begun, true) {
            self.sink.begin(self.geometry);
        }
        self.given = self.came;
        self.sink.row(&self.row);
    }
}

/// A sensor that gives out images of fingers.
pub trait Imaging: ErrorType {
    /// Takes an image of the finger that is on the sensor, and gives it out. An
    /// error may come after some rows, never after the last one.
    ///
    /// # Errors
    /// Kind [`Absent`](crate::ErrorKind::Absent) when there is no finger;
    /// [`Retry`](crate::ErrorKind::Retry) when there is no clear image; else
    /// the line or the sensor failed.
    fn image(&mut self, sink: &mut dyn ImageSink) -> Result<Geometry, Self::Error>;
}

impl<T: Imaging + ?Sized> Imaging for &mut T {
    fn image(&mut self, sink: &mut dyn ImageSink) -> Result<Geometry, Self::Error> {
        T::image(self, sink)
    }
}

/// [`Imaging`], async.
#[cfg(feature = "async")]
#[allow(async_fn_in_trait, reason = "a single-threaded executor is the rule on a board")]
pub trait AsyncImaging: ErrorType {
    /// As [`Imaging::image`].
    ///
    /// # Errors
    /// As [`Imaging::image`].
    async fn image(&mut self, sink: &mut dyn ImageSink) -> Result<Geometry, Self::Error>;
}

#[cfg(feature = "async")]
impl<T: AsyncImaging + ?Sized> AsyncImaging for &mut T {
    async fn image(&mut self, sink: &mut dyn ImageSink) -> Result<Geometry, Self::Error> {
        T::image(self, sink).await
    }
}

/// A family whose modules give out images.
pub trait Images: Family {
    /// Takes an image and gives it out, row by row; tells
    /// [`Event::Progress`](super::Event::Progress).
    type Image<S: ImageSink>: Script<Link = Self, Output = Geometry>;

    /// As [`Imaging::image`].
    fn image<S: ImageSink>(sink: S) -> Self::Image<S>;
}

impl<P, L: Images> Driver<P, L> {
    /// As [`Imaging::image`].
    pub fn image<S: ImageSink>(&mut self, sink: S) -> Held<'_, P, L::Image<S>> {
        self.hold(L::image(sink))
    }
}

impl<P: Port, L: Images, C: Clock> Imaging
    for Clocked<Driver<P, L>, C, Pending<L::Identify, L::Enrol>>
{
    fn image(&mut self, sink: &mut dyn ImageSink) -> Result<Geometry, Self::Error> {
        let (driver, clock) = self.parts();
        driver.image(sink).wait(clock)
    }
}

#[cfg(feature = "async")]
impl<P: Read + Write, L: Images, T: Timer> AsyncImaging for Clocked<Driver<P, L>, T> {
    async fn image(&mut self, sink: &mut dyn ImageSink) -> Result<Geometry, Self::Error> {
        let (driver, timer) = self.parts();
        driver.image(sink).run(timer).await
    }
}
