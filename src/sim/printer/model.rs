use crate::port::Duration;

/// How a printer holds the host up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flow {
    /// By its BUSY line only.
    Busy,
    /// By XON and XOFF too.
    XonXoff,
}

/// What a printer does with bytes while it is offline.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Offline {
    /// It is busy.
    Busy,
    /// Keeps them until its buffer is full, and is busy only then.
    Keeps,
    /// Loses them, and is not busy.
    Swallows,
}

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
    /// Has automatic status (`GS a`).
    pub automatic: bool,
    /// What `GS I` and `GS g 2` are answered with: maker, model and serial
    /// number; if there is one, it takes `DLE DC4 8` too.
    pub identity: Option<(&'static str, &'static str, &'static str)>,
    /// How it holds the host up.
    pub flow: Flow,
    /// What it does with bytes while it is offline.
    pub offline: Offline,
    /// It keeps its buffer when the cover is opened.
    pub keeps_when_opened: bool,
    /// What it sends when it was switched on.
    pub greeting: Option<u8>,
    /// From power to the first answer.
    pub boot: Duration,
    /// Has the sleep mode of the CSN-A2 class (`ESC 8`).
    pub sleeps: bool,
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
        automatic: false,
        identity: None,
        flow: Flow::Busy,
        offline: Offline::Keeps,
        keeps_when_opened: true,
        greeting: None,
        boot: Duration::from_millis(800),
        sleeps: false,
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
        automatic: true,
        identity: Some(("EPSON", "TM-m30", "X4E5012345")),
        flow: Flow::Busy,
        offline: Offline::Keeps,
        keeps_when_opened: true,
        greeting: None,
        boot: Duration::from_millis(1_500),
        sleeps: false,
        cutter: Some(100),
        answer: Duration::from_millis(1),
    };

    /// The mechanism of the CSN-A2 class: no process numbers, a sleep mode.
    pub const CSN_A2: Self = Self { sleeps: true, ..Self::CLONE_58MM };

    /// An 80 mm printer of Star's kind.
    pub const STAR_80MM: Self =
        Self { line_spacing: 32, units_per_dot: 1, chinese: true, ..Self::EPSON_80MM };

    /// A 58 mm printer of Star's kind with a tear bar.
    pub const STAR_58MM: Self = Self { dots: 384, cutter: None, ..Self::STAR_80MM };

    /// A belt printer of 58 mm that speaks CPCL.
    pub const BELT_58MM: Self = Self { buffer: 8192, ..Self::CLONE_58MM };

    /// A belt printer of 80 mm that speaks CPCL.
    pub const BELT_80MM: Self = Self { dots: 576, ..Self::BELT_58MM };

    /// The same, without end: for decoding a file.
    #[must_use]
    pub const fn instant(self) -> Self {
        let none = Duration::ZERO;
        Self { buffer: usize::MAX, dot_row: none, feed_row: none, answer: none, ..self }
    }
}
