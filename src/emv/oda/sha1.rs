//! SHA-1 (FIPS 180-4, 6.1), which EMV prescribes for what is signed with RSA
//! (Book 2, annex B2.2). It is of no use where somebody can choose what is hashed.
//!
//! It is here because it is small: one loop for all rounds, 0.7 KB where
//! libraries that write the rounds out take 3 to 4. What a card has signed is a
//! dozen blocks.

use zeroize::Zeroize;

/// How long a hash is.
pub(crate) const HASH: usize = 20;

/// A hash that is fed piece by piece. Card numbers go through it: what of them
/// is left is zeroised on drop.
pub(crate) struct Sha1 {
    state: [u32; 5],
    /// The block that is being filled.
    block: [u8; 64],
    /// How many bytes came.
    count: usize,
}

impl Sha1 {
    pub(crate) const fn new() -> Self {
        let state = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
        Self { state, block: [0; 64], count: 0 }
    }

    /// Takes in the next piece.
    #[inline(never)]
    pub(crate) fn add(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let room = self.block.get_mut(self.count % 64..).unwrap_or_default();
            let count = piece.len().min(room.len());
            let full = count == room.len();
            for (place, &byte) in room.iter_mut().zip(piece) {
                *place = byte;
            }
            self.count += count;
            if full {
                compress(&mut self.state, &self.block);
            }
            piece = piece.get(count..).unwrap_or_default();
        }
    }

    /// The hash of the pieces.
    pub(crate) fn finish(mut self) -> [u8; HASH] {
        let bits = (self.count as u64) << 3;
        self.add(&[0x80]);
        while self.count % 64 != 56 {
            self.add(&[0x00]);
        }
        self.add(&bits.to_be_bytes());
        let mut hash = [0; HASH];
        for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(self.state) {
            *bytes = word.to_be_bytes();
        }
        hash
    }
}

impl Drop for Sha1 {
    #[inline(never)]
    fn drop(&mut self) {
        self.block.zeroize();
    }
}

/// Takes a block into the state (FIPS 180-4, 6.1.2).
fn compress(state: &mut [u32; 5], block: &[u8; 64]) {
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for (stage, words) in schedule(block).as_chunks::<20>().0.iter().enumerate() {
        for word in words {
            let (mixed, constant) = match stage {
                0 => (d ^ b & (c ^ d), 0x5A82_7999),
                1 => (b ^ c ^ d, 0x6ED9_EBA1),
                2 => (b & c | d & (b | c), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let sum = word.wrapping_add(constant).wrapping_add(mixed).wrapping_add(e);
            (e, d, c) = (d, c, b.rotate_left(30));
            (b, a) = (a, a.rotate_left(5).wrapping_add(sum));
        }
    }
    for (word, added) in state.iter_mut().zip([a, b, c, d, e]) {
        *word = word.wrapping_add(added);
    }
}

/// The words of the rounds: those of the block, and each further one of four
/// before it.
fn schedule(block: &[u8; 64]) -> [u32; 80] {
    let mut words = [0; 80];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    for start in 0..64 {
        let window = words.get_mut(start..).and_then(|words| words.first_chunk_mut());
        if let Some([a, _, b, _, _, _, _, _, c, _, _, _, _, d, _, _, next]) = window {
            *next = (*a ^ *b ^ *c ^ *d).rotate_left(1);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use sha1::Digest as _;

    use super::*;

    fn hash(pieces: &[&[u8]]) -> [u8; HASH] {
        let mut sha = Sha1::new();
        pieces.iter().for_each(|piece| sha.add(piece));
        sha.finish()
    }

    /// FIPS 180's examples.
    #[test]
    fn the_standards_examples() {
        let abc = [
            0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A, 0xBA, 0x3E, 0x25, 0x71, 0x78, 0x50,
            0xC2, 0x6C, 0x9C, 0xD0, 0xD8, 0x9D,
        ];
        assert_eq!(hash(&[b"abc"]), abc);
        assert_eq!(hash(&[b"a", b"", b"bc"]), abc);
        let million = [
            0x34, 0xAA, 0x97, 0x3C, 0xD4, 0xC4, 0xDA, 0xA4, 0xF6, 0x1E, 0xEB, 0x2B, 0xDB, 0xAD,
            0x27, 0x31, 0x65, 0x34, 0x01, 0x6F,
        ];
        assert_eq!(hash(&[&[b'a'; 1000][..]; 1000]), million);
    }

    /// Of every length around a block, in two pieces, as another implementation
    /// has it.
    #[test]
    fn every_length_as_elsewhere() {
        let bytes: [u8; 200] = core::array::from_fn(|at| u8::try_from(at * 7 % 251).unwrap());
        for length in 0..=bytes.len() {
            let wanted: [u8; HASH] = sha1::Sha1::digest(&bytes[..length]).into();
            for cut in [0, length / 3, length] {
                assert_eq!(hash(&[&bytes[..cut], &bytes[cut..length]]), wanted, "{length} {cut}");
            }
        }
    }
}
