use super::Command;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::fingerprint::zfm::dialect::Dialects;

/// Asks for what stands on the module's label. Grow's only: to
/// Synochip, 3Ch sets the light.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadProdInfo;

/// What stands on the module's label. Texts are padded with zeroes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ProductInfo {
    /// The model.
    pub model: [u8; 16],
    /// The batch.
    pub batch: [u8; 4],
    /// The serial number.
    pub serial: [u8; 8],
    /// The hardware's version, major and minor.
    pub hardware: [u8; 2],
    /// The model of the sensor.
    pub sensor: [u8; 8],
    /// Width of an image, in pixels.
    pub width: u16,
    /// Height of an image, in pixels.
    pub height: u16,
    /// Size of a template, in bytes.
    pub template: u16,
    /// Templates the library holds.
    pub capacity: u16,
}

impl Command for ReadProdInfo {
    const OPCODE: u8 = 0x3C;
    const NAME: &'static str = "ReadProdInfo";
    const DIALECTS: Dialects = Dialects::GROW;
    const REPLY: usize = 46;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = ProductInfo;

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<ProductInfo> {
        let (model, rest) = reply.split_first_chunk()?;
        let (batch, rest) = rest.split_first_chunk()?;
        let (serial, rest) = rest.split_first_chunk()?;
        let (hardware, rest) = rest.split_first_chunk()?;
        let (sensor, rest) = rest.split_first_chunk()?;
        let [w0, w1, h0, h1, t0, t1, c0, c1] = rest.try_into().ok()?;
        Some(ProductInfo {
            model: *model,
            batch: *batch,
            serial: *serial,
            hardware: *hardware,
            sensor: *sensor,
            width: u16::from_be_bytes([w0, w1]),
            height: u16::from_be_bytes([h0, h1]),
            template: u16::from_be_bytes([t0, t1]),
            capacity: u16::from_be_bytes([c0, c1]),
        })
    }
}

/// Asks for the version of the matching, a text padded with zeroes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetAlgVer;

impl Command for GetAlgVer {
    const OPCODE: u8 = 0x39;
    const NAME: &'static str = "GetAlgVer";
    const DIALECTS: Dialects = Dialects::GROW;
    const REPLY: usize = 32;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = [u8; 32];

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<[u8; 32]> {
        reply.try_into().ok()
    }
}

/// Asks for the version of the firmware, a text padded with zeroes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetFwVer;

impl Command for GetFwVer {
    const OPCODE: u8 = 0x3A;
    const NAME: &'static str = "GetFwVer";
    const DIALECTS: Dialects = Dialects::GROW;
    const REPLY: usize = 32;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = [u8; 32];

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<[u8; 32]> {
        reply.try_into().ok()
    }
}

/// Asks for the serial number of the chip.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct GetChipSn;

impl Command for GetChipSn {
    const OPCODE: u8 = 0x34;
    const NAME: &'static str = "GetChipSN";
    const DIALECTS: Dialects = Dialects::SYNOCHIP;
    const REPLY: usize = 32;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 1];
    type Reply = [u8; 32];

    fn parameters(&self) -> [u8; 1] {
        [0]
    }

    fn decode(&self, reply: &[u8]) -> Option<[u8; 32]> {
        reply.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame};
    use super::*;

    #[test]
    fn frames() {
        // The sums are ours.
        assert_frame(&GetChipSn, "EF01 FFFFFFFF 01 0004 34 00 0039");
        assert_frame(&GetAlgVer, "EF01 FFFFFFFF 01 0003 39 003D");
        assert_frame(&GetFwVer, "EF01 FFFFFFFF 01 0003 3A 003E");
        assert_frame(&ReadProdInfo, "EF01 FFFFFFFF 01 0003 3C 0040");
        assert_exact(&GetChipSn);
        assert_exact(&GetAlgVer);
        assert_exact(&GetFwVer);
        assert_exact(&ReadProdInfo);
    }
}
