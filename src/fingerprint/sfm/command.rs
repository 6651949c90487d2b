//! The commands that the driver sends, and the parameters it sets.

use super::config::Timing;
use super::data::{ETX, RTX, SIX};
use crate::fingerprint::Slot;
use crate::port::Duration;

/// A command as it is sent, without the terminal.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Request {
    /// What is to be done.
    pub command: u8,
    /// A user ID, where the command needs one.
    pub param: u32,
    /// A value, where the command needs one.
    pub size: u32,
    /// An option or the number of a parameter.
    pub flag: u8,
}

/// Finds a finger in the library.
pub const IS: u8 = 0x11;
/// Compares a finger with the templates of a user.
pub const VS: u8 = 0x08;
/// Enrols a finger.
pub const ES: u8 = 0x05;
/// Deletes the templates of a user.
pub const DT: u8 = 0x16;
/// Deletes all templates.
pub const DA: u8 = 0x17;
/// Counts the templates of a user.
pub const CT: u8 = 0x19;
/// Sets a parameter until the power goes.
pub const SW: u8 = 0x01;
/// Keeps the parameters.
pub const SF: u8 = 0x02;
/// Reads a parameter.
pub const SR: u8 = 0x03;
/// Asks how the module is.
pub const SS: u8 = 0x04;
/// Cancels what the module is at.
pub const CA: u8 = 0x60;

/// The name of a command, as far as this driver knows it.
#[must_use]
pub const fn name(command: u8) -> Option<&'static str> {
    Some(match command {
        SW => "SW write system parameter",
        SF => "SF save system parameters",
        SR => "SR read system parameter",
        SS => "SS check system status",
        ES => "ES enrol by scan",
        VS => "VS verify by scan",
        IS => "IS identify by scan",
        DT => "DT delete template",
        DA => "DA delete all templates",
        CT => "CT check user ID",
        CA => "CA cancel",
        RTX => "RTX read template, extended",
        ETX => "ETX enrol by template, extended",
        SIX => "SIX scan image, extended",
        _ => return None,
    })
}

/// ES: looks first whether the finger is enrolled already.
const CHECK_FINGER: u8 = 0x84;

/// The user ID of a slot: user IDs begin with 1.
pub(super) const fn user(slot: Slot) -> u32 {
    // Widening.
    slot.0 as u32 + 1
}

/// The slot of a user ID, if it has one.
pub(super) fn slot(user: u32) -> Option<Slot> {
    u16::try_from(user.checked_sub(1)?).ok().map(Slot)
}

impl Request {
    const fn new(command: u8, param: u32, size: u32, flag: u8) -> Self {
        Self { command, param, size, flag }
    }

    /// Waits for a finger and finds it in the library. Response: user ID and
    /// number of the template, or 69h.
    #[must_use]
    pub const fn identify() -> Self {
        Self::new(IS, 0, 0, 0)
    }

    /// Waits for a finger and compares it with the templates of a slot.
    /// Response: user ID and number of the template, or 6Ah, or 69h.
    #[must_use]
    pub const fn verify(slot: Slot) -> Self {
        Self::new(VS, user(slot), 0, 0)
    }

    /// Waits for a finger and stores it, if it is not in the library yet.
    /// Response: user ID and quality, or 86h.
    #[must_use]
    pub const fn enrol(slot: Slot) -> Self {
        Self::new(ES, user(slot), 0, CHECK_FINGER)
    }

    /// Deletes all templates of a slot. Response: 61h, or 69h.
    #[must_use]
    pub const fn delete(slot: Slot) -> Self {
        Self::new(DT, user(slot), 0, 0)
    }

    /// Deletes all templates.
    #[must_use]
    pub const fn clear() -> Self {
        Self::new(DA, 0, 0, 0)
    }

    /// Counts the templates of a slot. Response: their number, and 6Eh or 61h;
    /// 69h for none.
    #[must_use]
    pub const fn check(slot: Slot) -> Self {
        Self::new(CT, user(slot), 0, 0)
    }

    /// Reads a parameter. Response: its value as `size`.
    #[must_use]
    pub const fn read(parameter: Parameter) -> Self {
        Self::new(SR, 0, 0, parameter.0)
    }

    /// Sets a parameter until the power goes.
    #[must_use]
    pub const fn write(parameter: Parameter, value: u32) -> Self {
        Self::new(SW, 0, value, parameter.0)
    }

    /// Keeps the parameters for the next time the power comes.
    #[must_use]
    pub const fn save() -> Self {
        Self::new(SF, 0, 0, 0)
    }

    /// Asks how the module is. Response: 30h as `param` if it is well and has
    /// nothing to do.
    #[must_use]
    pub const fn status() -> Self {
        Self::new(SS, 0, 0, 0)
    }

    /// Cancels what the module is at. A response to that may come first.
    #[must_use]
    pub const fn cancel() -> Self {
        Self::new(CA, 0, 0, 0)
    }

    /// Whether a finger is waited for, so that there is more than one response.
    pub(super) const fn is_scan(&self) -> bool {
        matches!(self.command, IS | VS | ES | SIX)
    }

    pub(super) const fn time(&self, timing: &Timing) -> Duration {
        match self.command {
            IS | VS | ES | SIX => timing.scan,
            DT | DA | SF => timing.flash,
            _ => timing.reply,
        }
    }
}

/// The number of a system parameter.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Parameter(pub u8);

impl Parameter {
    /// How long the module waits for a finger: 30h plus seconds.
    pub const TIMEOUT: Self = Self(0x62);
    /// Bytes of a template, 384 as delivered.
    pub const TEMPLATE_SIZE: Self = Self(0x64);
    /// How many scans a template has: 30h for one.
    pub const ENROLL_MODE: Self = Self(0x65);
    /// See [`SecurityLevel`].
    pub const SECURITY_LEVEL: Self = Self(0x66);
    /// How the pixels of an image are packed: 30h for a byte each.
    pub const IMAGE_FORMAT: Self = Self(0x6C);
    /// The module's number; on a network, its lower half is the terminal.
    pub const MODULE_ID: Self = Self(0x6D);
    /// Four characters.
    pub const FIRMWARE_VERSION: Self = Self(0x6E);
    /// A number.
    pub const SERIAL_NUMBER: Self = Self(0x6F);
    /// How many templates there are.
    pub const ENROLLED_FINGER: Self = Self(0x73);
    /// For how many more there is room.
    pub const AVAILABLE_FINGER: Self = Self(0x74);
    /// Whether an empty library matches everybody: 30h for no.
    pub const PASS_WHEN_EMPTY: Self = Self(0x86);
    /// See [`FakeDetection`].
    pub const FAKE_DETECTION: Self = Self(0x98);
}

/// A parameter with values that have names.
pub trait Setting: Copy + PartialEq {
    /// Its number.
    const PARAMETER: Parameter;

    /// The number of a value.
    fn value(self) -> u32;

    /// The value of a number.
    fn from_value(value: u32) -> Option<Self>;
}

macro_rules! setting {
    ($(#[$doc:meta])* $name:ident = $parameter:ident { $($(#[$what:meta])* $value:ident = $raw:literal,)* }) => {
        $(#[$doc])*
        #[non_exhaustive]
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        pub enum $name {
            $($(#[$what])* $value = $raw,)*
        }

        impl Setting for $name {
            const PARAMETER: Parameter = Parameter::$parameter;

            fn value(self) -> u32 {
                match self {
                    $(Self::$value => $raw,)*
                }
            }

            fn from_value(value: u32) -> Option<Self> {
                match value {
                    $($raw => Some(Self::$value),)*
                    _ => None,
                }
            }
        }
    };
}

setting! {
    /// How often a stranger may be taken for somebody, in one comparison (false
    /// acceptance rate). Some models know only some: they refuse the others.
    SecurityLevel = SECURITY_LEVEL {
        /// 1 in 10.
        OneIn10 = 0x30,
        /// 1 in 100.
        OneIn100 = 0x31,
        /// 1 in 1000.
        OneIn1000 = 0x32,
        /// 1 in 10 000.
        OneIn10000 = 0x33,
        /// 1 in 100 000.
        OneIn100000 = 0x34,
        /// 1 in 1 000 000.
        OneIn1000000 = 0x35,
        /// 1 in 10 000 000.
        OneIn10000000 = 0x36,
        /// 1 in 100 000 000.
        OneIn100000000 = 0x37,
        /// 3 in 100.
        ThreeIn100 = 0x40,
        /// 3 in 1000.
        ThreeIn1000 = 0x41,
        /// 3 in 10 000.
        ThreeIn10000 = 0x42,
        /// 3 in 100 000.
        ThreeIn100000 = 0x43,
        /// 3 in 1 000 000.
        ThreeIn1000000 = 0x44,
        /// 3 in 10 000 000.
        ThreeIn10000000 = 0x45,
        /// 3 in 100 000 000.
        ThreeIn100000000 = 0x46,
        /// The stricter, the more templates there are. As delivered.
        AutomaticNormal = 0x50,
        /// The same, stricter.
        AutomaticSecure = 0x51,
        /// The same, stricter still.
        AutomaticMoreSecure = 0x52,
    }
}

setting! {
    /// How hard the module looks for fake fingers.
    FakeDetection = FAKE_DETECTION {
        /// Not at all. As delivered.
        Off = 0x30,
        /// A little; where there is only one level, that one.
        Weak = 0x31,
        /// Normally (SFM5060-OH).
        Normal = 0x32,
        /// Hard (SFM5060-OH).
        Strong = 0x33,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::sfm::packet::Packet;

    fn bytes(request: Request) -> std::vec::Vec<u8> {
        let Request { command, param, size, flag } = request;
        Packet { terminal: None, command, param, size, flag }.to_bytes().to_vec()
    }

    #[test]
    fn requests_as_they_stand_on_the_wire() {
        // Computed from the table of the manual: code, fields, sum.
        let cases: [(Request, [u8; 13]); 8] = [
            (Request::identify(), [0x40, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x51, 0x0A]),
            (Request::verify(Slot(2)), [0x40, 8, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0x4B, 0x0A]),
            (Request::enrol(Slot(0)), [0x40, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0x84, 0xCA, 0x0A]),
            (Request::delete(Slot(0xFF)), [0x40, 0x16, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x57, 0x0A]),
            (Request::check(Slot(0)), [0x40, 0x19, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x5A, 0x0A]),
            // As the SDK's own example: SR of the time-out.
            (
                Request::read(Parameter::TIMEOUT),
                [0x40, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0x62, 0xA5, 0x0A],
            ),
            (
                Request::write(Parameter::TIMEOUT, 0x31),
                [0x40, 1, 0, 0, 0, 0, 0x31, 0, 0, 0, 0x62, 0xD4, 0x0A],
            ),
            (Request::cancel(), [0x40, 0x60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xA0, 0x0A]),
        ];
        for (request, wire) in cases {
            assert_eq!(bytes(request), wire, "{request:?}");
        }
    }

    #[test]
    fn user_ids_begin_with_one() {
        assert_eq!((user(Slot(0)), slot(1)), (1, Some(Slot(0))));
        assert_eq!((slot(0), slot(0x1_0000), slot(0x1_0001)), (None, Some(Slot(u16::MAX)), None));
    }

    #[test]
    fn settings_there_and_back() {
        assert_eq!(SecurityLevel::from_value(0x34), Some(SecurityLevel::OneIn100000));
        assert_eq!(SecurityLevel::AutomaticMoreSecure.value(), 0x52);
        assert_eq!(FakeDetection::from_value(0x33), Some(FakeDetection::Strong));
        assert_eq!((SecurityLevel::from_value(0x38), FakeDetection::from_value(0)), (None, None));
    }
}
