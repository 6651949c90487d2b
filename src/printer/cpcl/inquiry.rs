use crate::printer::Status;
use crate::printer::engine::Heard;

/// The answer to `ESC h`. CPCL Programming Manual, 11-3.
///
/// ```
/// use embedded_pos::printer::Status;
/// use embedded_pos::printer::cpcl::Inquiry;
///
/// let open = Inquiry::decode(0x14).unwrap();
/// assert_eq!(open.status(), Status::ONLINE | Status::COVER_OPEN);
/// assert!(open.was_reset() && !open.is_busy());
/// assert!(Inquiry::decode(0xFF).is_none());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Inquiry(u8);

impl Inquiry {
    /// The answer, if it is one: `000xxxxx`.
    ///
    /// 00h is a ready printer, and a line that hangs. The driver asks for the
    /// model as well, and believes the one with the other only.
    #[must_use]
    pub fn decode(byte: u8) -> Option<Self> {
        (byte & 0xE0 == 0).then_some(Self(byte))
    }

    /// What it says.
    #[must_use]
    pub fn status(self) -> Status {
        let bit = |mask: u8, flag| if self.0 & mask == 0 { Status::empty() } else { flag };
        Status::ONLINE | bit(0x02, Status::PAPER_OUT) | bit(0x04, Status::COVER_OPEN)
    }

    /// It prints.
    #[must_use]
    pub const fn is_busy(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// The battery is low.
    #[must_use]
    pub const fn is_battery_low(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// It was switched on since that was acknowledged, which the driver does
    /// not do.
    #[must_use]
    pub const fn was_reset(self) -> bool {
        self.0 & 0x10 != 0
    }
}

/// What makes words of a printer's bytes: the model's name, then a status.
#[derive(Debug, Default)]
pub struct Ear {
    named: u8,
    ended: bool,
}

impl Ear {
    /// Of the model, its firmware and its number.
    const SHORTEST: u8 = 3;
}

impl Ear {
    /// A byte came.
    pub(super) fn hear(&mut self, byte: u8) -> Heard {
        match (self.ended, byte) {
            (false, 0x20..=0x7E) => self.named = self.named.saturating_add(1),
            (false, b'\r' | b'\n') if self.named > 0 => {}
            (false, 0) if self.named >= Ear::SHORTEST => self.ended = true,
            (ended, _) => {
                *self = Ear::default();
                return match Inquiry::decode(byte).filter(|_| ended) {
                    Some(inquiry) => Heard::Status(inquiry.status(), inquiry.is_busy()),
                    None => Heard::Noise(byte),
                };
            }
        }
        Heard::Nothing
    }
}
