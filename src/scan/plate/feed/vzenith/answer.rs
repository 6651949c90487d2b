use core::fmt::{self, Write};

use crate::scan::plate::{EventId, PlateRead, ReadFlags};
use crate::{Error, ErrorKind};

/// The body of the HTTP answer to a pushed reading: without it some cameras take
/// the reading for lost, and send it again and again.
///
/// It opens no gate unless told to: `"info":"ok"` does that.
///
/// ```
/// use embedded_pos::scan::plate::PlateRead;
/// use embedded_pos::scan::plate::feed::vzenith::Answer;
///
/// let mut buf = [0; Answer::LONGEST];
/// let body = Answer::to(&PlateRead::new(b"")).write(&mut buf)?;
/// assert_eq!(body, br#"{"Response_AlarmInfoPlate":{"info":"no","content":"retransfer_stop"}}"#);
/// # Ok::<(), embedded_pos::scan::plate::feed::vzenith::NoRoom>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Answer {
    plate_id: Option<u64>,
    offline: bool,
    open_gate: bool,
    more: bool,
}

impl Answer {
    /// No answer is longer, in bytes.
    pub const LONGEST: usize = 168;

    /// The reading has arrived. Of those that were stored while nobody listened,
    /// the next may come.
    #[must_use]
    pub fn to(read: &PlateRead) -> Self {
        let plate_id = match read.event {
            Some(EventId::Number(number)) => Some(number),
            _ => None,
        };
        let offline = read.flags.contains(ReadFlags::OFFLINE);
        Self { plate_id, offline, open_gate: false, more: true }
    }

    /// Opens the gate that is wired to the camera.
    #[must_use]
    pub const fn open_gate(mut self) -> Self {
        self.open_gate = true;
        self
    }

    /// No more of the stored readings for now.
    #[must_use]
    pub const fn no_more(mut self) -> Self {
        self.more = false;
        self
    }

    /// Writes it, to be sent as `application/json`.
    ///
    /// # Errors
    /// The buffer is too small; what it holds is no answer.
    pub fn write<'b>(&self, buf: &'b mut [u8]) -> Result<&'b [u8], NoRoom> {
        let mut body = Body { buf, len: 0 };
        // Never fails: what has no room is counted.
        let _ = self.put(&mut body);
        let Body { buf, len } = body;
        buf.get(..len).ok_or(NoRoom { needed: len })
    }

    fn put(&self, body: &mut Body<'_>) -> fmt::Result {
        let info = if self.open_gate { "ok" } else { "no" };
        write!(body, r#"{{"Response_AlarmInfoPlate":{{"info":"{info}""#)?;
        body.write_str(r#","content":"retransfer_stop""#)?;
        if let Some(id) = self.plate_id {
            write!(body, r#","plateid":{id}"#)?;
            if self.offline {
                let more = u8::from(self.more);
                write!(body, r#","ContinuePushOffline":{{"plateid":{id},"continue":{more}}}"#)?;
            }
        }
        body.write_str("}}")
    }
}

/// Text, of which is counted what has no room.
struct Body<'b> {
    buf: &'b mut [u8],
    len: usize,
}

impl Write for Body<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let rest = self.buf.iter_mut().skip(self.len);
        rest.zip(text.as_bytes()).for_each(|(to, from)| *to = *from);
        self.len += text.len();
        Ok(())
    }
}

/// The buffer is too small for an [`Answer`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NoRoom {
    /// How many bytes it has.
    pub needed: usize,
}

impl Error for NoRoom {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Argument
    }
}

impl core::error::Error for NoRoom {}

impl fmt::Display for NoRoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer needs {} bytes", self.needed)
    }
}
