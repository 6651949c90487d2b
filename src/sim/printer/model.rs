use crate::port::Duration;

/// The simulated hardware.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Model {
    /// Dots across the printable width.
    pub dots: usize,
    /// Bytes of receive buffer.
    pub buffer: usize,
    /// BUSY rises when no more than this many bytes are free.
    pub busy_below: usize,
    /// A row printed.
    pub dot_row: Duration,
    /// A row fed.
    pub feed_row: Duration,
    /// From one line to the next, in dots.
    pub line_spacing: u8,
    /// Motion units a dot.
    pub units_per_dot: u8,
    /// Two-byte characters are on at power-up.
    pub chinese: bool,
    /// Hanzi of four bytes too.
    pub four_bytes: bool,
    /// `GS !` and `ESC !` set the size of hanzi too.
    pub joint_sizes: bool,
    /// Answers `GS r`.
    pub barrier: bool,
    /// Answers `GS ( H`.
    pub process_id: bool,
    /// Dots from the head to the knife, if there is one.
    pub cutter: Option<u8>,
    /// From a request to its answer.
    pub answer: Duration,
}

impl Model {
    /// A 58 mm mechanism of 50 mm/s with 256 bytes of buffer.
    pub const CLONE_58MM: Self = Self {
        dots: 384,
        buffer: 256,
        busy_below: 64,
        dot_row: Duration::from_micros(2_500),
        feed_row: Duration::from_micros(2_000),
        line_spacing: 30,
        units_per_dot: 1,
        chinese: true,
        four_bytes: false,
        joint_sizes: false,
        barrier: true,
        process_id: false,
        cutter: None,
        answer: Duration::from_millis(2),
    };

    /// An 80 mm printer of Epson's kind.
    pub const EPSON_80MM: Self = Self {
        dots: 576,
        buffer: 4096,
        busy_below: 256,
        dot_row: Duration::from_micros(600),
        feed_row: Duration::from_micros(500),
        line_spacing: 34,
        units_per_dot: 2,
        chinese: false,
        four_bytes: false,
        joint_sizes: true,
        barrier: true,
        process_id: true,
        cutter: Some(100),
        answer: Duration::from_millis(1),
    };

    /// The same, without end: for decoding a file.
    #[must_use]
    pub const fn instant(self) -> Self {
        let none = Duration::ZERO;
        Self { buffer: usize::MAX, dot_row: none, feed_row: none, answer: none, ..self }
    }
}
