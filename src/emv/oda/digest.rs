use super::sha1::Sha1;

pub(super) use super::sha1::HASH;

/// Hash Algorithm Indicator: SHA-1 (EMV Book 2, annex B2.2).
pub(super) const SHA_1: u8 = 0x01;
/// Public Key Algorithm Indicator: RSA (EMV Book 2, annex B2.1). Chinese cards
/// with SM2 have other certificates, not another indicator in these.
pub(super) const RSA: u8 = 0x01;

/// A hash that is fed piece by piece.
pub(super) struct Digest(Sha1);

impl Digest {
    /// The algorithm of this indicator; `None` if it is unknown.
    pub(super) fn of(indicator: u8) -> Option<Self> {
        (indicator == SHA_1).then(|| Self(Sha1::new()))
    }

    /// Takes in the next piece.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.0.add(piece);
    }

    /// Whether the pieces have this hash.
    pub(super) fn is(self, hash: &[u8]) -> bool {
        self.0.finish() == hash
    }
}
