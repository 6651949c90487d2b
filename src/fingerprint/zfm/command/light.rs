use super::{Command, nothing};
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::{Colour, Pattern};

/// Sets the ring of light. R503 only: to other makers, 35h is a handshake.
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

/// What the light does, as the R503 counts it.
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
    const R503_ONLY: bool = true;
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
    }
}
