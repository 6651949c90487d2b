use super::{Command, nothing};
use crate::fingerprint::Quality;
use crate::fingerprint::zfm::config::Timing;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::port::Duration;

/// Takes an image of the finger on the sensor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GenImg;

impl Command for GenImg {
    const OPCODE: u8 = 0x01;
    const NAME: &'static str = "GenImg";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[
        Confirmation::NoFinger,
        Confirmation::ImageFailed,
        Confirmation::TooDry,
        Confirmation::TooWet,
        Confirmation::ResidualPrint,
    ];
    type Parameters = [u8; 0];
    type Reply = ();

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.capture
    }
}

/// Extracts the features of the image into a character buffer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Img2Tz {
    /// The buffer: 1 or 2 on a ZFM-20, 1 to 6 on an R503.
    pub buffer: u8,
}

impl Img2Tz {
    /// What a refusal says about the capture.
    pub(in crate::fingerprint::zfm) const fn quality(refusal: Confirmation) -> Quality {
        match refusal {
            Confirmation::TooDry => Quality::Dry,
            Confirmation::TooWet => Quality::Wet,
            Confirmation::TooMessy => Quality::Messy,
            Confirmation::TooFewFeatures => Quality::Sparse,
            _ => Quality::Unclear,
        }
    }
}

impl Command for Img2Tz {
    const OPCODE: u8 = 0x02;
    const NAME: &'static str = "Img2Tz";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[
        Confirmation::TooDry,
        Confirmation::TooWet,
        Confirmation::TooMessy,
        Confirmation::TooFewFeatures,
        Confirmation::NoImage,
    ];
    type Parameters = [u8; 1];
    type Reply = ();

    fn parameters(&self) -> [u8; 1] {
        [self.buffer]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.capture
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame};
    use super::*;

    #[test]
    fn frames() {
        // Printed in the manuals.
        assert_frame(&GenImg, "EF01 FFFFFFFF 01 0003 01 0005");
        assert_frame(&Img2Tz { buffer: 1 }, "EF01 FFFFFFFF 01 0004 02 01 0008");
        assert_exact(&GenImg);
        assert_exact(&Img2Tz { buffer: 1 });
    }
}
