use super::config::Config;
use super::order::Order;
use super::packet::Opcode;
use super::parameter::{Parameter, Value};
use super::protocol::Protocol;
use super::reply::{Capabilities, Event, Revision};
use super::script::{self, Inquiry, Work};
use crate::scan::engine::reader::{Held, Reader};

/// The driver of an SSI engine on the port `P`, for codes of up to `N` bytes.
///
/// ```
/// use embedded_pos::port::Duration;
/// use embedded_pos::scan::engine::ssi::{Config, Ssi};
/// use embedded_pos::sim::scanner::{SsiEngine, SsiLayout, SsiLong};
/// use embedded_pos::sim::{Simulated, VirtualClock};
///
/// let engine = Simulated::new(SsiEngine::new(SsiLayout::Classic, SsiLong::Continued));
/// let mut clock = VirtualClock::new();
/// let mut driver: Ssi<_> = Ssi::new(engine.port(clock.clone()), Config::new());
/// driver.init().wait(&mut clock)?;
/// assert!(driver.revision().as_bytes().starts_with(b"PAAAES00"));
///
/// driver.start().wait(&mut clock)?;
/// engine.device().present(b"6901234567892", 0x0B);
/// let scan = driver.scan(Duration::from_secs(10)).wait(&mut clock)?;
/// assert_eq!(scan.symbology, Some(*b"E0"));
/// assert_eq!(driver.payload().unwrap().1, b"6901234567892");
/// # Ok::<(), embedded_pos::port::CallError<_, _>>(())
/// ```
pub type Ssi<P, const N: usize = 512> = Reader<P, Protocol, N>;

impl<P, const N: usize> Ssi<P, N> {
    /// A driver over `port`. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        Self::speaking(port, Protocol::new(config))
    }

    /// What the engine said about its software at the last `init`.
    pub const fn revision(&self) -> &Revision {
        script::revision(self.language())
    }

    /// The oldest event that was not asked for yet; four wait. They come while
    /// codes are waited for and commands are answered.
    pub fn event(&mut self) -> Option<Event> {
        self.language_mut().event()
    }

    fn work(&mut self, orders: &[Order]) -> Held<'_, P, Work, Protocol, N> {
        let work = Work::orders(&self.language().config, orders);
        self.hold(work)
    }

    /// What the engine can do.
    pub fn capabilities(&mut self) -> Held<'_, P, Inquiry<Capabilities>, Protocol, N> {
        let inquiry = Inquiry::capabilities(&self.language().config);
        self.hold(inquiry)
    }

    /// What a parameter of a byte or a word holds.
    pub fn parameter(&mut self, parameter: Parameter) -> Held<'_, P, Inquiry<Value>, Protocol, N> {
        let inquiry = Inquiry::parameter(&self.language().config, parameter);
        self.hold(inquiry)
    }

    /// Sets a parameter, unless it is so already, and asks whether it is kept;
    /// [permanently](Config::persist) or until power is lost.
    pub fn set(&mut self, parameter: Parameter, value: Value) -> Held<'_, P, Work, Protocol, N> {
        let work = Work::set(&self.language().config, (parameter, value));
        self.hold(work)
    }

    /// Gives all parameters their defaults, for good, and then does what `init`
    /// does. The speed of the line may be another afterwards.
    pub fn defaults(&mut self) -> Held<'_, P, Work, Protocol, N> {
        let first = [Order::Plain(Opcode::PARAM_DEFAULTS)];
        let work = Work::init(&self.language().config, &first);
        self.hold(work)
    }

    /// Sounds a beep of the guide's table of beep codes, 00 to 1A (the limit is
    /// remembered); another is refused with [`Denied`](super::Cause::Denied).
    pub fn beep(&mut self, code: u8) -> Held<'_, P, Work, Protocol, N> {
        self.work(&[Order::With(Opcode::BEEP, code)])
    }

    /// Switches lamps, one a bit; bit 0 is that of a good read.
    pub fn led(&mut self, lamps: u8, on: bool) -> Held<'_, P, Work, Protocol, N> {
        self.work(&[script::led(lamps, on)])
    }

    /// Switches the aiming pattern.
    pub fn aim(&mut self, on: bool) -> Held<'_, P, Work, Protocol, N> {
        self.work(&[script::aim(on)])
    }

    /// Switches the light.
    pub fn illuminate(&mut self, on: bool) -> Held<'_, P, Work, Protocol, N> {
        self.work(&[script::illumination(on)])
    }

    /// Lets the engine scan, or does not let it, whatever triggers it.
    pub fn enable(&mut self, on: bool) -> Held<'_, P, Work, Protocol, N> {
        let opcode = if on { Opcode::SCAN_ENABLE } else { Opcode::SCAN_DISABLE };
        self.work(&[Order::Plain(opcode)])
    }

    /// Has the engine drop what it has read and not sent.
    pub fn flush(&mut self) -> Held<'_, P, Work, Protocol, N> {
        self.work(&[Order::Plain(Opcode::FLUSH_QUEUE)])
    }

    /// Sends the engine to sleep. The next command wakes it.
    pub fn sleep(&mut self) -> Held<'_, P, Work, Protocol, N> {
        self.work(&[Order::Plain(Opcode::SLEEP)])
    }
}
