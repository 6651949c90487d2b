//! The block ciphers, and the ways EMV chains them (Book 2, annex A1.1 and A1.2).

use std::vec::Vec;

use aes::Aes128;
use cmac::{Cmac, Mac};
use des::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use des::{Des, TdesEde2};

/// A block cipher of EMV, with keys of 16 bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cipher {
    /// Triple DES with two keys, blocks of eight bytes.
    TripleDes,
    /// AES-128.
    Aes,
}

impl Cipher {
    /// The length of a block.
    pub(super) const fn block(self) -> usize {
        match self {
            Self::TripleDes => 8,
            Self::Aes => 16,
        }
    }

    /// Enciphers a block in place; of a wrong length, it stays.
    fn encipher_block(self, key: &[u8; 16], block: &mut [u8]) {
        match self {
            Self::TripleDes => {
                let cipher = TdesEde2::new(&(*key).into());
                block.try_into().into_iter().for_each(|block| cipher.encrypt_block(block));
            }
            Self::Aes => {
                let cipher = Aes128::new(&(*key).into());
                block.try_into().into_iter().for_each(|block| cipher.encrypt_block(block));
            }
        }
    }

    fn decipher_block(self, key: &[u8; 16], block: &mut [u8]) {
        match self {
            Self::TripleDes => {
                let cipher = TdesEde2::new(&(*key).into());
                block.try_into().into_iter().for_each(|block| cipher.decrypt_block(block));
            }
            Self::Aes => {
                let cipher = Aes128::new(&(*key).into());
                block.try_into().into_iter().for_each(|block| cipher.decrypt_block(block));
            }
        }
    }

    /// Each block for itself; the data are whole blocks.
    pub(super) fn ecb(self, key: &[u8; 16], data: &mut [u8]) {
        data.chunks_mut(self.block()).for_each(|block| self.encipher_block(key, block));
    }

    /// Cipher block chaining from zeros, with padding.
    pub(super) fn cbc(self, key: &[u8; 16], data: &[u8]) -> Vec<u8> {
        let mut chained = padded(data, self.block());
        let mut last = std::vec![0; self.block()];
        for block in chained.chunks_mut(self.block()) {
            block.iter_mut().zip(&last).for_each(|(byte, last)| *byte ^= last);
            self.encipher_block(key, block);
            last.copy_from_slice(block);
        }
        chained
    }

    /// Takes [`cbc`](Self::cbc) back; `None` when the padding is none.
    pub(super) fn undo_cbc(self, key: &[u8; 16], chained: &[u8]) -> Option<Vec<u8>> {
        let mut last = std::vec![0; self.block()];
        let mut data = Vec::new();
        for block in chained.chunks_exact(self.block()) {
            let mut clear = block.to_vec();
            self.decipher_block(key, &mut clear);
            data.extend(clear.iter().zip(&last).map(|(byte, last)| byte ^ last));
            last.copy_from_slice(block);
        }
        let end = data.iter().rposition(|&byte| byte != 0)?;
        let whole = chained.len().is_multiple_of(self.block()) && data.get(end) == Some(&0x80);
        data.truncate(end);
        whole.then_some(data)
    }

    /// Eight bytes: ISO/IEC 9797-1 algorithm 3 with DES, padding method 2; the
    /// first half of CMAC with AES.
    pub(super) fn mac(self, key: &[u8; 16], data: &[u8]) -> [u8; 8] {
        match self {
            Self::TripleDes => retail_mac(key, data),
            Self::Aes => {
                let mut mac = Cmac::<Aes128>::new(&(*key).into());
                mac.update(data);
                let [a, b, c, d, e, f, g, h, ..] = <[u8; 16]>::from(mac.finalize().into_bytes());
                [a, b, c, d, e, f, g, h]
            }
        }
    }
}

fn retail_mac(key: &[u8; 16], data: &[u8]) -> [u8; 8] {
    let halves = key.as_chunks::<8>().0;
    let [left, right] = [halves.first(), halves.last()]
        .map(|half| Des::new(&half.copied().unwrap_or_default().into()));
    let mut chain = Block::<Des>::from([0; 8]);
    for block in padded(data, 8).chunks(8) {
        chain.iter_mut().zip(block).for_each(|(byte, next)| *byte ^= next);
        left.encrypt_block(&mut chain);
    }
    right.decrypt_block(&mut chain);
    left.encrypt_block(&mut chain);
    chain.into()
}

/// ISO/IEC 9797-1 padding method 2: `80`, then zeros up to whole blocks.
fn padded(data: &[u8], block: usize) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(block), 0);
    padded
}
