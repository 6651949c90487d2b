use super::{Command, nothing};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::Dialects;
use crate::fingerprint::{Colour, Pattern};

/// Sets the ring of light. Grow's only: to Synochip, 35h is a handshake.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AuraLed {
    /// What the light does.
    pub control: Control,
    /// How fast, 00h to FFh.
    pub speed: u8,
    /// In which colour. V1.1 has red, blue and purple; V1.2.2 all.
    pub colour: Colour,
    /// How often, for breathing and flashing; 0 is for ever.
    pub times: u8,
}

/// What the light does, as Grow and Synochip count it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Control {
    /// Grows and fades.
    Breathe = 0x01,
    /// Goes on and off.
    Flash = 0x02,
    /// Is on.
    On = 0x03,
    /// Is off.
    Off = 0x04,
    /// Comes on slowly.
    FadeIn = 0x05,
    /// Goes off slowly.
    FadeOut = 0x06,
}

impl From<Pattern> for Control {
    fn from(pattern: Pattern) -> Self {
        match pattern {
            Pattern::Off => Self::Off,
            Pattern::On => Self::On,
            Pattern::Breathe => Self::Breathe,
            Pattern::Flash => Self::Flash,
            Pattern::FadeIn => Self::FadeIn,
            Pattern::FadeOut => Self::FadeOut,
        }
    }
}

impl Command for AuraLed {
    const OPCODE: u8 = 0x35;
    const NAME: &'static str = "AuraLedConfig";
    const DIALECTS: Dialects = Dialects::GROW;
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 4];
    type Reply = ();

    fn parameters(&self) -> [u8; 4] {
        let colour = match self.colour {
            Colour::Red => 1,
            Colour::Blue => 2,
            Colour::Purple => 3,
            Colour::Green => 4,
            Colour::Yellow => 5,
            Colour::Cyan => 6,
            Colour::White => 7,
        };
        [self.control as u8, self.speed, colour, self.times]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Sets the light of a Synochip module: from one colour to another. To an R503,
/// 3Ch asks for its label.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ControlBln {
    /// What the light does.
    pub control: Control,
    /// The colour it begins with.
    pub start: Colour,
    /// The colour it ends with.
    pub end: Colour,
    /// How often, for breathing and flashing; 0 is for ever.
    pub times: u8,
}

/// The colours as bits: 1 blue, 2 green, 4 red.
const fn bits(colour: Colour) -> u8 {
    match colour {
        Colour::Blue => 1,
        Colour::Green => 2,
        Colour::Cyan => 3,
        Colour::Red => 4,
        Colour::Purple => 5,
        Colour::Yellow => 6,
        Colour::White => 7,
    }
}

impl Command for ControlBln {
    const OPCODE: u8 = 0x3C;
    const NAME: &'static str = "ControlBLN";
    const DIALECTS: Dialects = Dialects::SYNOCHIP;
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 4];
    type Reply = ();

    fn parameters(&self) -> [u8; 4] {
        [self.control as u8, bits(self.start), bits(self.end), self.times]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

bare! {
    /// Turns the light of the prism on. In libraries' headers only.
    LedOn(0x50, "LedOn", ZFM20)
    takes reply, refused as []
}

bare! {
    /// Turns the light of the prism off. In libraries' headers only.
    LedOff(0x51, "LedOff", ZFM20)
    takes reply, refused as []
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame};
    use super::*;

    #[test]
    fn frames() {
        let led =
            AuraLed { control: Control::Breathe, speed: 0x80, colour: Colour::Blue, times: 0 };
        assert_frame(&led, "EF01 FFFFFFFF 01 0007 35 01 80 02 00 00C0");
        assert_exact(&led);
        // The sums of these are ours.
        let bln =
            ControlBln { control: Control::On, start: Colour::Red, end: Colour::Blue, times: 2 };
        assert_frame(&bln, "EF01 FFFFFFFF 01 0007 3C 03 04 01 02 004E");
        assert_exact(&bln);
        assert_frame(&LedOn, "EF01 FFFFFFFF 01 0003 50 0054");
        assert_frame(&LedOff, "EF01 FFFFFFFF 01 0003 51 0055");
        assert_exact(&LedOn);
        assert_exact(&LedOff);
    }
}
