//! Pictures drawn band by band, and grey turned into dots row by row.

use core::convert::Infallible;

use embedded_graphics::framebuffer::{Framebuffer, buffer_size};
use embedded_graphics::image::{Image, ImageRaw};
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_10X20;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::pixelcolor::raw::{BigEndian, RawU1};
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::{Circle, PrimitiveStyle, Rectangle};
use embedded_graphics::text::Text;
use embedded_pos::ErrorType;
use embedded_pos::printer::dither::{Dither, Method};
use embedded_pos::printer::{
    AsyncPrinter, Banded, Completion, Item, Paper, Printer, Status, print_banded,
    print_banded_async,
};
use proptest::prelude::*;

/// Collects the rows of the pictures that it is given.
#[derive(Default)]
struct Collector {
    rows: Vec<u8>,
    bands: Vec<usize>,
}

impl ErrorType for Collector {
    type Error = embedded_pos::ErrorKind;
}

impl Collector {
    fn take(&mut self, item: &Item<'_>) -> Result<(), embedded_pos::ErrorKind> {
        match item {
            Item::Raster(raster) if raster.width > 0 => {
                self.bands.push(raster.rows.len() / usize::from(raster.width.div_ceil(8)));
                self.rows.extend(raster.rows);
                Ok(())
            }
            _ => Err(embedded_pos::ErrorKind::Argument),
        }
    }
}

impl Printer for Collector {
    fn paper(&self) -> Paper {
        Paper { dots: 384, columns: 32 }
    }
    fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error> {
        self.take(item)
    }
    fn poll_printed(&mut self) -> nb::Result<Completion, Self::Error> {
        Ok(Completion::Unproven)
    }
    fn status(&mut self) -> Result<Status, Self::Error> {
        Ok(Status::ONLINE)
    }
}

impl AsyncPrinter for Collector {
    fn paper(&self) -> Paper {
        Printer::paper(self)
    }
    async fn print(&mut self, item: &Item<'_>) -> Result<(), Self::Error> {
        self.take(item)
    }
    async fn printed(&mut self) -> Result<Completion, Self::Error> {
        Ok(Completion::Unproven)
    }
    async fn status(&mut self) -> Result<Status, Self::Error> {
        Ok(Status::ONLINE)
    }
}

/// Anything that can be seen: over the edges, filled, copied, cleared, erased.
fn draw(target: &mut impl DrawTarget<Color = BinaryColor, Error = Infallible>) {
    let on = PrimitiveStyle::with_fill(BinaryColor::On);
    let off = PrimitiveStyle::with_fill(BinaryColor::Off);
    let line = PrimitiveStyle::with_stroke(BinaryColor::On, 3);
    let pixels = |count| (0..count).map(|i| BinaryColor::from(i * i % 7 < 3));
    target.clear(BinaryColor::On).unwrap();
    for (x, y, width, height, style) in [
        (3, 2, 94, 80, &off),
        (-5, -7, 20, 20, &on),
        (90, 90, 30, 30, &on),
        (8, 8, 8, 8, &on),
        (17, 30, 5, 41, &on),
        (19, 33, 1, 3, &off),
        (20, 20, 0, 9, &on),
    ] {
        let area = Rectangle::new(Point::new(x, y), Size::new(width, height));
        area.into_styled(*style).draw(target).unwrap();
    }
    Circle::new(Point::new(40, 5), 60).into_styled(line).draw(target).unwrap();
    for (x, y) in [(-9, -3), (30, 60), (70, 88), (200, 3)] {
        let area = Rectangle::new(Point::new(x, y), Size::new(37, 21));
        target.fill_contiguous(&area, pixels(37 * 21)).unwrap();
    }
    let image: ImageRaw<'_, BinaryColor> = ImageRaw::new(&[0xA5, 0x0F, 0x5A, 0xF0], 16);
    Image::new(&image, Point::new(61, 50)).draw(target).unwrap();
    let style = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
    Text::new("fine 200.00", Point::new(-4, 70), style).draw(target).unwrap();
}

type Whole =
    Framebuffer<BinaryColor, RawU1, BigEndian, 101, 97, { buffer_size::<BinaryColor>(101, 97) }>;

#[test]
fn a_picture_drawn_in_bands_is_the_picture() {
    let mut whole = Whole::new();
    draw(&mut whole);
    for rows in [1, 2, 7, 8, 11, 24, 47, 48, 64, 97, 200] {
        let mut printer = Collector::default();
        let mut buffer = vec![0xEE; 13 * rows];
        print_banded(&mut printer, 101, 97, &mut buffer, |band| draw(band)).unwrap();
        assert_eq!(printer.rows, whole.data(), "{rows} rows");
        let (last, others) = printer.bands.split_last().unwrap();
        assert!(last <= &rows);
        let line = if rows >= 24 { 24 } else { 8.min(rows) };
        assert!(others.iter().all(|band| band % line == 0 || rows < 8), "{:?}", printer.bands);
    }
}

#[test]
fn async_is_the_same() {
    let mut whole = Whole::new();
    draw(&mut whole);
    let mut printer = Collector::default();
    let mut buffer = [0; 13 * 24];
    let printing = print_banded_async(&mut printer, 101, 97, &mut buffer, |band| draw(band));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let done = std::pin::pin!(printing).poll(&mut context);
    assert_eq!(done, std::task::Poll::Ready(Ok(())));
    assert_eq!(printer.rows, whole.data());
}

#[test]
fn a_buffer_for_less_than_a_row_is_refused() {
    for length in [0, 1, 12] {
        let mut printer = Collector::default();
        let drawn = print_banded(&mut printer, 101, 97, &mut vec![0; length], |_| panic!("drawn"));
        assert_eq!(drawn, Err(embedded_pos::ErrorKind::Argument));
    }
    let mut printer = Collector::default();
    assert_eq!(print_banded(&mut printer, 101, 0, &mut [], |_| panic!("drawn")), Ok(()));
}

/// Every row once, in order, with its number.
#[test]
fn rows_come_once() {
    let mut buffer = [0; 13 * 30];
    let mut picture = Banded::new(101, 97, &mut buffer);
    let mut seen = Vec::new();
    while let Some(raster) = picture.next_band(|band| {
        let rows = band.rows();
        let numbers: Vec<u16> = band
            .rows_mut()
            .map(|(y, row)| {
                assert_eq!(row.len(), 13);
                y
            })
            .collect();
        assert_eq!(numbers, rows.collect::<Vec<_>>());
        seen.extend(numbers);
    }) {
        assert_eq!(raster.width, 101);
    }
    assert_eq!(seen, (0..97).collect::<Vec<_>>());
}

/// The whole picture at once, as it stands in the books: black dots are true.
fn reference(method: Method, width: usize, grey: &[u8]) -> Vec<bool> {
    let height = grey.len() / width.max(1);
    if method == Method::Ordered {
        // Bayer: each matrix is four of the one before, of half the size.
        let mut matrix = vec![vec![0]];
        for _ in 0..3 {
            let n = matrix.len();
            let quarter = |x: usize, y: usize| [[0, 2], [3, 1]][y / n][x / n];
            matrix = (0..2 * n)
                .map(|y| (0..2 * n).map(|x| 4 * matrix[y % n][x % n] + quarter(x, y)).collect())
                .collect();
        }
        let black = |(i, level): (usize, &u8)| {
            i32::from(*level) < 4 * matrix[i / width % 8][i % width % 8] + 2
        };
        return grey.iter().enumerate().map(black).collect();
    }
    let mut levels: Vec<i32> = grey.iter().map(|level| i32::from(*level)).collect();
    let mut dots = vec![false; grey.len()];
    for y in 0..height {
        for x in 0..width {
            let value = levels[y * width + x];
            let black = value < 128;
            dots[y * width + x] = black;
            let error = if black { value } else { value - 255 };
            let mut give = |dx: isize, dy: usize, part: i32| {
                let x = x.checked_add_signed(dx).filter(|x| *x < width);
                if let (Some(x), true) = (x, y + dy < height) {
                    levels[(y + dy) * width + x] += part;
                }
            };
            if method == Method::Atkinson {
                for (dx, dy) in [(1, 0), (2, 0), (-1, 1), (0, 1), (1, 1), (0, 2)] {
                    give(dx, dy, error / 8);
                }
            } else {
                let [a, b, c] = [7, 3, 5].map(|part| error * part / 16);
                give(1, 0, a);
                give(-1, 1, b);
                give(0, 1, c);
                give(1, 1, error - a - b - c);
            }
        }
    }
    dots
}

fn dithered(method: Method, width: u16, grey: &[u8]) -> Vec<bool> {
    let mut errors = vec![77; Dither::state(method, width)];
    let mut dither = Dither::new(method, width, &mut errors);
    let width = usize::from(width);
    let mut dots = Vec::new();
    for row in grey.chunks_exact(width) {
        let mut packed = vec![0xFF; width.div_ceil(8)];
        dither.row(row, &mut packed);
        assert!((width..8 * packed.len()).all(|x| packed[x / 8] << (x % 8) & 0x80 == 0));
        dots.extend((0..width).map(|x| packed[x / 8] << (x % 8) & 0x80 != 0));
    }
    dots
}

const METHODS: [Method; 3] = [Method::Ordered, Method::FloydSteinberg, Method::Atkinson];

proptest! {
    #[test]
    fn rows_as_they_come_give_the_whole_picture(
        (width, grey) in (1_u16..70, 0_usize..30).prop_flat_map(|(width, height)| {
            (Just(width), proptest::collection::vec(any::<u8>(), usize::from(width) * height))
        }),
        method in proptest::sample::select(METHODS.to_vec()),
    ) {
        prop_assert_eq!(dithered(method, width, &grey), reference(method, width.into(), &grey));
    }
}

#[test]
fn the_mean_stays() {
    for level in (0..=255_u8).step_by(5) {
        let black = |method| {
            let dots = dithered(method, 128, &vec![level; 128 * 128]);
            dots.iter().filter(|black| **black).count() as f64 / f64::from(128 * 128)
        };
        let wanted = 1.0 - f64::from(level) / 255.0;
        assert!((black(Method::Ordered) - wanted).abs() < 0.01, "{level}");
        assert!((black(Method::FloydSteinberg) - wanted).abs() < 0.01, "{level}");
        // A quarter of the error is dropped: more contrast, but the right way.
        assert!((black(Method::Atkinson) - wanted).abs() < 0.15, "{level}");
    }
    for method in METHODS {
        assert!(dithered(method, 16, &[0; 256]).iter().all(|black| *black));
        assert!(dithered(method, 16, &[255; 256]).iter().all(|black| !*black));
    }
}

/// A gradient on paper, through a band, with three rows of memory.
#[test]
fn a_grey_picture_is_printed_through_a_band() {
    let grey: Vec<u8> = (0..384 * 100).map(|i| (i % 384 * 255 / 383) as u8).collect();
    let mut source = grey.chunks_exact(384);
    let mut errors = [0; Dither::state(Method::FloydSteinberg, 384)];
    let mut dither = Dither::new(Method::FloydSteinberg, 384, &mut errors);
    let mut printer = Collector::default();
    print_banded(&mut printer, 384, 100, &mut [0; 48 * 24], |band| {
        band.rows_mut().for_each(|(_, row)| dither.row(source.next().unwrap(), row));
    })
    .unwrap();
    let dots = reference(Method::FloydSteinberg, 384, &grey);
    assert!((0..dots.len()).all(|i| dots[i] == (printer.rows[i / 8] << (i % 8) & 0x80 != 0)));
}

#[test]
fn errors_for_a_narrower_picture_are_no_panic() {
    for method in METHODS {
        for length in 0..20 {
            let mut errors = vec![0; length];
            let mut dither = Dither::new(method, 16, &mut errors);
            let mut dots = [0; 2];
            (0..5).for_each(|_| dither.row(&[0; 16], &mut dots));
            assert_eq!(dots, [0xFF; 2]);
            dither.row(&[0; 3], &mut dots[..1]);
            assert_eq!(dots[0], 0xE0, "what is missing is white");
        }
    }
}
