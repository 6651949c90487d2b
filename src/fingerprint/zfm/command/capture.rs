use super::{Command, nothing};
use crate::fingerprint::Quality;
use crate::fingerprint::zfm::config::Timing;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::{Dialects, Profile};
use crate::fingerprint::zfm::fault::Fault;
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
        Confirmation::StaticObject,
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
    /// What a refusal says about the capture; `None` if it is about more.
    pub(in crate::fingerprint::zfm) const fn quality(refusal: Confirmation) -> Option<Quality> {
        Some(match refusal {
            Confirmation::TooDry => Quality::Dry,
            Confirmation::TooWet => Quality::Wet,
            Confirmation::TooMessy => Quality::Messy,
            Confirmation::TooFewFeatures | Confirmation::TooSmall | Confirmation::TooSimilar => {
                Quality::Sparse
            }
            Confirmation::ImageFailed | Confirmation::NoImage | Confirmation::MergeFailed => {
                Quality::Unclear
            }
            _ => return None,
        })
    }

    /// What a refusal comes to.
    pub(in crate::fingerprint::zfm) fn fault(refusal: Confirmation) -> Fault {
        Self::quality(refusal).map_or(Fault::Refused(Self::OPCODE, refusal), Fault::Poor)
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
        Confirmation::MergeFailed,
        Confirmation::ResidualPrint,
        Confirmation::TooSimilar,
        Confirmation::TooSmall,
        Confirmation::StaticObject,
        Confirmation::ForeignObject,
    ];
    type Parameters = [u8; 1];
    type Reply = ();

    fn parameters(&self) -> [u8; 1] {
        [self.buffer]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn fits(&self, profile: &Profile) -> bool {
        (1..=profile.captures.1).contains(&self.buffer)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.capture
    }
}

bare! {
    /// Takes an image and says whether it is a poor one.
    GetImageEx(0x28, "GetImageEx", GROW)
    takes capture, refused as [NoFinger, ImageFailed, TooFewFeatures]
}

bare! {
    /// Takes an image for an enrolment.
    GetEnrollImage(0x29, "GetEnrollImage", SYNOCHIP)
    takes capture, refused as
        [NoFinger, ImageFailed, TooDry, TooWet, ResidualPrint, StaticObject]
}

bare! {
    /// Takes an image without light. In libraries' headers only.
    GenImgFree(0x52, "GenImgFree", ZFM20)
    takes capture, refused as [NoFinger, ImageFailed]
}

/// Asks how good the image is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetImageInfo;

/// How good an image is, in per cent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ImageInfo {
    /// How much of the sensor is covered.
    pub area: u8,
    /// Its quality.
    pub quality: u8,
}

impl Command for GetImageInfo {
    const OPCODE: u8 = 0x3D;
    const NAME: &'static str = "GetImageInfo";
    const DIALECTS: Dialects = Dialects::SYNOCHIP;
    const REPLY: usize = 2;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::NoImage];
    type Parameters = [u8; 0];
    type Reply = ImageInfo;

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<ImageInfo> {
        let [area, quality] = reply.try_into().ok()?;
        Some(ImageInfo { area, quality })
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
        // The sums of these are ours.
        assert_frame(&GetImageEx, "EF01 FFFFFFFF 01 0003 28 002C");
        assert_frame(&GetEnrollImage, "EF01 FFFFFFFF 01 0003 29 002D");
        assert_frame(&GenImgFree, "EF01 FFFFFFFF 01 0003 52 0056");
        assert_frame(&GetImageInfo, "EF01 FFFFFFFF 01 0003 3D 0041");
        assert_exact(&GetImageEx);
        assert_exact(&GetEnrollImage);
        assert_exact(&GenImgFree);
        assert_exact(&GetImageInfo);
        assert_exact(&GenImg);
        assert_exact(&Img2Tz { buffer: 1 });
    }
}
