use super::{Command, nothing};
use crate::fingerprint::zfm::bulk::Flow;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::Dialects;

/// Sends the template, or the features, in a buffer to the host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UpChar {
    /// The buffer.
    pub buffer: u8,
}

impl Command for UpChar {
    const OPCODE: u8 = 0x08;
    const NAME: &'static str = "UpChar";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::TemplateUploadFailed];
    const FLOW: Flow = Flow::Up;
    type Parameters = [u8; 1];
    type Reply = ();

    fn parameters(&self) -> [u8; 1] {
        [self.buffer]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Takes a template from the host into a buffer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DownChar {
    /// The buffer.
    pub buffer: u8,
}

impl Command for DownChar {
    const OPCODE: u8 = 0x09;
    const NAME: &'static str = "DownChar";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::CannotReceive];
    const FLOW: Flow = Flow::Down;
    type Parameters = [u8; 1];
    type Reply = ();

    fn parameters(&self) -> [u8; 1] {
        [self.buffer]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Sends the image to the host: four bits a pixel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UpImage;

impl Command for UpImage {
    const OPCODE: u8 = 0x0A;
    const NAME: &'static str = "UpImage";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] =
        &[Confirmation::ImageUploadFailed, Confirmation::NoImage];
    const FLOW: Flow = Flow::Up;
    type Parameters = [u8; 0];
    type Reply = ();

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Takes an image from the host. An R503 wants packets of 64 bytes or more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DownImage;

impl Command for DownImage {
    const OPCODE: u8 = 0x0B;
    const NAME: &'static str = "DownImage";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::CannotReceive];
    const FLOW: Flow = Flow::Down;
    type Parameters = [u8; 0];
    type Reply = ();

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Sends the page in which the module describes itself: [`Self::BYTES`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadInfPage;

impl ReadInfPage {
    /// Bytes of the page.
    pub const BYTES: usize = 512;
}

impl Command for ReadInfPage {
    const OPCODE: u8 = 0x16;
    const NAME: &'static str = "ReadInfPage";
    const DIALECTS: Dialects = Dialects::LATER;
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::ImageUploadFailed];
    const FLOW: Flow = Flow::Up;
    type Parameters = [u8; 0];
    type Reply = ();

    fn parameters(&self) -> [u8; 0] {
        []
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
        // UpChar's sum stands in a library for the AS608; the others are ours.
        assert_frame(&UpChar { buffer: 1 }, "EF01 FFFFFFFF 01 0004 08 01 000E");
        assert_frame(&DownChar { buffer: 1 }, "EF01 FFFFFFFF 01 0004 09 01 000F");
        assert_frame(&UpImage, "EF01 FFFFFFFF 01 0003 0A 000E");
        assert_frame(&DownImage, "EF01 FFFFFFFF 01 0003 0B 000F");
        assert_frame(&ReadInfPage, "EF01 FFFFFFFF 01 0003 16 001A");
        assert_exact(&UpChar { buffer: 1 });
        assert_exact(&DownChar { buffer: 1 });
        assert_exact(&UpImage);
        assert_exact(&DownImage);
        assert_exact(&ReadInfPage);
    }
}
