use core::fmt;

use sm2::dsa::Signature;
use sm2::elliptic_curve::ops::{MulByGeneratorVartime, Reduce};
use sm2::elliptic_curve::point::AffineCoordinates;
use sm2::{ProjectivePoint, PublicKey, Scalar};
use sm3::{Digest, Sm3};

/// How long a public key is: X and Y of a point of the curve, 32 bytes each.
pub const KEY_LEN: usize = 64;
/// How long a signature is: r and s, 32 bytes each.
pub const SIGNATURE_LEN: usize = 64;

/// The identifier of every signer (GM/T 0009-2012, 10).
const IDENTIFIER: &[u8] = b"1234567812345678";

/// What stands before the signer's key in its Z: ENTL, the length of the
/// identifier in bits; the identifier; a and b of the curve; X and Y of its
/// generator (GM/T 0003.2-2012, 5.5; GM/T 0003.5-2012).
const BEFORE_KEY: [&[u8]; 6] = [
    &[0x00, 0x80],
    IDENTIFIER,
    b"\xFF\xFF\xFF\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
      \xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFC",
    b"\x28\xE9\xFA\x9E\x9D\x9F\x5E\x34\x4D\x5A\x9E\x4B\xCF\x65\x09\xA7\
      \xF3\x97\x89\xF5\x15\xAB\x8F\x92\xDD\xBC\xBD\x41\x4D\x94\x0E\x93",
    b"\x32\xC4\xAE\x2C\x1F\x19\x81\x19\x5F\x99\x04\x46\x6A\x39\xC9\x94\
      \x8F\xE3\x0B\xBF\xF2\x66\x0B\xE1\x71\x5A\x45\x89\x33\x4C\x74\xC7",
    b"\xBC\x37\x36\xA2\xF4\xF6\x77\x9C\x59\xBD\xCE\xE3\x6B\x69\x21\x53\
      \xD0\xA9\x87\x7C\xC6\x2A\x47\x40\x02\xDF\x32\xE5\x21\x39\xF0\xA0",
];

/// A message that somebody signed with SM2 and SM3, fed piece by piece: however
/// many records a card has, they need not stand in one place.
pub struct Message {
    signer: PublicKey,
    digest: Sm3,
}

impl Message {
    /// An empty message; `None` if the signer's key is no point of the curve.
    #[must_use]
    pub fn new(signer: &[u8; KEY_LEN]) -> Option<Self> {
        let (x, y) = signer.split_at_checked(KEY_LEN / 2)?;
        let mut digest = Sm3::new();
        BEFORE_KEY.iter().for_each(|piece| digest.update(piece));
        digest.update(x);
        digest.update(y);
        // Z, and behind it the message.
        let digest = Sm3::new_with_prefix(digest.finalize());
        Some(Self { signer: point(signer)?, digest })
    }

    /// Takes in the next piece.
    pub fn add(&mut self, piece: &[u8]) {
        self.digest.update(piece);
    }

    /// Whether the signature is the signer's, and of the pieces.
    #[must_use]
    pub fn is_signed(self, signature: &[u8; SIGNATURE_LEN]) -> bool {
        // GM/T 0003.2-2012, 7.1, by its steps. B1, B2: both are from 1 to n - 1.
        let Ok(signature) = Signature::from_bytes(signature.into()) else { return false };
        let (r, s) = (*signature.r(), *signature.s());
        // B3, B4.
        let e = Scalar::reduce(&self.digest.finalize());
        // B5, B6.
        let t = r + s;
        if t == Scalar::ZERO {
            return false;
        }
        let signer = self.signer.to_projective();
        let sum = ProjectivePoint::mul_by_generator_and_mul_add_vartime(&s, &t, &signer);
        let sum = sum.to_affine();
        // B7; where there is an x.
        !bool::from(sum.is_identity()) && r == e + Scalar::reduce(&sum.x())
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").finish_non_exhaustive()
    }
}

/// The key as a point of the curve, if it is one.
fn point(key: &[u8; KEY_LEN]) -> Option<PublicKey> {
    let mut whole = [0x04; 1 + KEY_LEN];
    whole.get_mut(1..)?.copy_from_slice(key);
    PublicKey::from_sec1_bytes(&whole).ok()
}
