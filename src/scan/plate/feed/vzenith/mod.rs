//! 臻识 VisionZenith cameras, and the many that are built on them, over TCP.
//!
//! The camera listens on port 8131. Frames have an 8-byte header: `V`, `Z`, the
//! kind (0 JSON, 1 heartbeat, 2 binary), a number, and the length of what
//! follows, big-endian. A reading is one frame: JSON in GB 2312, a zero byte,
//! and up to two JPEG pictures. Source: 车牌识别一体机TCP通讯协议说明手册 1.0.3
//! of the vendor, and the vendor's `vzenith_tcp_protocol` program for what the
//! manual leaves open (heartbeats, time-outs, numbers of classes and colours).
//! Not tried on a camera yet, by these documents only.
//!
//! The same readings can be pushed by HTTP or MQTT: [`Push`], [`Answer`].
//!
//! # What the driver does
//!
//! - It reads JSON texts of any length and keeps the values that it tells of;
//!   if these have no room, the frame is skipped and told as [`Fault::Long`].
//!   Pictures are never held: they are skipped as they come, or handed over
//!   piece by piece by [`Vzenith::pictures`], right after the reading.
//! - It sends a heartbeat every two seconds while a conversation is held, and
//!   does not answer those of the camera: the camera would answer back. Poll
//!   at least every second or two; a camera that hears nothing closes the
//!   connection.
//! - It finds the next frame after garbage, after a frame whose length lied and
//!   after one that broke off. Frames have no check, so a flipped bit in a text
//!   is not noticed by this protocol (TCP's own check will).
//! - Up to two readings that come while a command waits for its reply are kept
//!   for the next poll; [`Vzenith::lost`] counts those that are lost.
//!
//! # When it does not work
//!
//! | what is seen | what to look at |
//! | --- | --- |
//! | [`Fault::NoAnswer`] to `getsn` | another protocol on this port: try 8131, not 80 or 8557 |
//! | [`Fault::NoAnswer`] to `ivsresult`, but plates come | firmware of 2016: [`Config::confirmed`]`(false)` |
//! | connection closes after some seconds | not polled often enough |
//! | [`Fault::Silent`] | the camera went away without closing; connect anew |
//! | classes or colours are wrong | another vendor's numbers: [`Config::profile`] |
//! | all plates are unreadable, with [`ReadFlags::ENCRYPTED`] | encryption is switched on in the camera |
//!
//! [`ReadFlags::ENCRYPTED`]: crate::scan::plate::ReadFlags::ENCRYPTED
//!
//! ```
//! use embedded_pos::nb::block;
//! use embedded_pos::port::Clocked;
//! use embedded_pos::scan::plate::feed::vzenith::{Config, Vzenith};
//! use embedded_pos::scan::plate::{Colour, PlateCamera};
//! use embedded_pos::sim::camera::{Pass, VzenithCamera};
//! use embedded_pos::sim::{Simulated, VirtualClock};
//!
//! let clock = VirtualClock::new();
//! let device = Simulated::new(VzenithCamera::new());
//! let mut driver = Vzenith::new(device.port(clock.clone()), Config::new());
//! let serial = driver.init().wait(&mut clock.clone())?;
//! assert_eq!(serial.as_str(), "0ba76bc6-e26d52eb");
//!
//! let mut camera = Clocked::new(driver, clock);
//! camera.subscribe()?;
//! device.device().pass(&Pass::new("津A12345").colour(1));
//! let read = block!(camera.poll_plate())?;
//! assert_eq!(read.plate().unwrap().canonical(), "津A12345");
//! assert_eq!(read.colour, Some(Colour::Blue));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
#[cfg(feature = "async")]
mod asynch;
mod command;
mod fault;
mod frame;
mod message;
mod profile;
mod push;
mod session;
mod talk;

pub use super::View;
pub use answer::{Answer, NoRoom};
pub use command::{Command, GetIvsResult, GetSn, IvsResult, Name, Trigger, Views};
pub use fault::Fault;
pub use message::{Message, SerialNumber};
pub use profile::Profile;
pub use push::Push;
pub use session::Session;
pub use talk::{Chunk, Film, Next, Order};

use crate::port::{Call, CallError, Channel, Clock, Clocked, Duration, Port};
use crate::scan::plate::{PlateCamera, PlateRead};
use crate::{Error, ErrorType};

/// The times of the protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Timing {
    /// How often a heartbeat is sent. 2 s in the vendor's program
    /// (`DEFAULT_HEADBEAT_TIMEOUT`).
    pub heartbeat: Duration,
    /// For how long nothing may be heard. The vendor's program takes three
    /// heartbeats, 6 s.
    pub silence: Duration,
    /// By when a reply is there. 5 s in the vendor's program
    /// (`DEFAULT_TIMEOUT`).
    pub reply: Duration,
    /// By when the line takes a command; of our own choice.
    pub send: Duration,
    /// For how long a frame may stop in its middle; of our own choice. Longer
    /// than a retransmission of TCP, and shorter than `heartbeat`: the answers
    /// to heartbeats go on coming when the rest of a frame does not.
    pub gap: Duration,
}

impl Timing {
    /// The vendor's.
    pub const VENDOR: Self = Self {
        heartbeat: Duration::from_secs(2),
        silence: Duration::from_secs(6),
        reply: Duration::from_secs(5),
        send: Duration::from_secs(2),
        gap: Duration::from_millis(1_500),
    };
}

/// How a camera is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Config {
    profile: Profile,
    views: Views,
    confirmed: bool,
    timing: Timing,
}

impl Config {
    /// The vendor's own cameras, without pictures.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            profile: Profile::Vzenith,
            views: Views::None,
            confirmed: true,
            timing: Timing::VENDOR,
        }
    }

    /// Whose numbers the camera uses.
    #[must_use]
    pub const fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Which pictures it is to send.
    #[must_use]
    pub const fn views(mut self, views: Views) -> Self {
        self.views = views;
        self
    }

    /// Whether it confirms `ivsresult`; the manual of 2016 does not say so.
    #[must_use]
    pub const fn confirmed(mut self, confirmed: bool) -> Self {
        self.confirmed = confirmed;
        self
    }

    /// Other times than the vendor's.
    #[must_use]
    pub const fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

/// A driver for these cameras over `P`, a connected socket.
#[derive(Debug)]
pub struct Vzenith<P> {
    channel: Channel<P>,
    session: Session,
    config: Config,
}

impl<P> Vzenith<P> {
    /// A driver. No I/O.
    pub const fn new(port: P, config: Config) -> Self {
        let session = Session::new(config.timing, config.profile);
        Self { channel: Channel::new(port), session, config }
    }

    /// Gives the port back.
    pub fn release(self) -> P {
        self.channel.release()
    }

    fn order<C: Command>(&mut self, command: C) -> Call<'_, P, Order<C>> {
        self.channel.call(&mut self.session, Order::new(command))
    }

    /// Asks for the serial number: whether there is such a camera. Changes
    /// nothing in it.
    pub fn init(&mut self) -> Call<'_, P, Order<GetSn>> {
        self.order(GetSn)
    }

    /// Asks to be told of every reading, with the configured pictures.
    pub fn subscribe(&mut self) -> Call<'_, P, Order<IvsResult>> {
        let Config { views, confirmed, .. } = self.config;
        self.order(IvsResult { enable: true, views, confirmed })
    }

    /// Asks not to be told any more.
    pub fn unsubscribe(&mut self) -> Call<'_, P, Order<IvsResult>> {
        let confirmed = self.config.confirmed;
        self.order(IvsResult { enable: false, views: Views::None, confirmed })
    }

    /// Asks for the last reading, again. One that is told meanwhile is the
    /// last, too, and comes by [`next_plate`](Self::next_plate) all the same; so
    /// does the reply of a camera that does not number its replies.
    pub fn latest(&mut self) -> Call<'_, P, Order<GetIvsResult>> {
        self.order(GetIvsResult { image: self.config.views != Views::None })
    }

    /// Makes the camera look. Ends when that is sent; the reading comes by
    /// [`next_plate`](Self::next_plate), and so does a refusal.
    pub fn trigger(&mut self) -> Call<'_, P, Order<Trigger>> {
        self.order(Trigger)
    }

    /// Waits for the next reading.
    pub fn next_plate(&mut self) -> Call<'_, P, Next> {
        self.channel.call(&mut self.session, Next(()))
    }

    /// Hands over the pictures of a reading, by [`Call::next`] and its like,
    /// and results in how many bytes came.
    ///
    /// They come behind the reading on the line, so this is the time to take
    /// them: any other call skips them, and this one then results in 0.
    pub fn pictures(&mut self, plate: &PlateRead) -> Call<'_, P, Film> {
        self.channel.call(&mut self.session, Film::new(plate))
    }

    /// How many readings were lost while commands waited for replies: there
    /// was no room for them, or their frames could not be read.
    #[must_use]
    pub const fn lost(&self) -> u32 {
        self.session.lost()
    }
}

impl<P: ErrorType, C> ErrorType for Clocked<Vzenith<P>, C, Next> {
    type Error = CallError<Fault, P::Error>;
}

impl<P: Port, C: Clock> PlateCamera for Clocked<Vzenith<P>, C, Next>
where
    P::Error: Error,
{
    fn subscribe(&mut self) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.subscribe().wait(clock)
    }

    fn unsubscribe(&mut self) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.unsubscribe().wait(clock)
    }

    fn trigger(&mut self) -> Result<(), Self::Error> {
        let (driver, clock) = self.parts();
        driver.trigger().wait(clock)
    }

    fn poll_plate(&mut self) -> nb::Result<PlateRead, Self::Error> {
        self.poll_with(
            |_| Next(()),
            |Vzenith { channel, session, .. }, next, now| channel.poll(next, session, now),
        )
    }
}
