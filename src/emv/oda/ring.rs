use core::fmt;
use core::ops::Deref;

use heapless::Vec;

use super::capk::{Capk, CapkFault};
use super::rsa::MODULUS_MAX;
use crate::civil::Date;

/// Certification authorities' keys that can be changed at run time: at most `N`,
/// some 290 bytes each.
///
/// ```
/// use embedded_pos::emv::oda::{Authorities, Capk, CapkFault, KeyRing};
///
/// let modulus = [0xC1; 128];
/// let key = Capk::new([0xA0, 0x00, 0x00, 0x03, 0x33], 0x08, &modulus, &[0x03]);
/// let mut ring = KeyRing::<4>::new();
/// ring.put(&key)?;
/// // What came over a line, and is not what was sent.
/// let wrong = Capk { checksum: Some([0; 20]), ..key };
/// assert_eq!(ring.put(&wrong), Err(CapkFault::Checksum));
///
/// let keys = ring.keys();
/// let trusted = Authorities { keys: &keys, revoked: &[] };
/// assert_eq!(trusted.find(key.rid, 0x08), Some(&key));
/// # Ok::<(), CapkFault>(())
/// ```
#[derive(Clone)]
pub struct KeyRing<const N: usize>(Vec<Entry, N>);

#[derive(Clone)]
struct Entry {
    rid: [u8; 5],
    index: u8,
    modulus: Vec<u8, MODULUS_MAX, u8>,
    exponent: Vec<u8, 3, u8>,
    expiry: Option<Date>,
    checksum: Option<[u8; 20]>,
}

/// The keys of a [`KeyRing`], lent.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'r, const N: usize> {
    keys: [Capk<'r>; N],
    count: usize,
}

impl<'r, const N: usize> Deref for Keys<'r, N> {
    type Target = [Capk<'r>];

    fn deref(&self) -> &Self::Target {
        self.keys.get(..self.count).unwrap_or_default()
    }
}

impl Entry {
    fn new(key: &Capk<'_>) -> Result<Self, CapkFault> {
        key.check()?;
        Ok(Self {
            rid: key.rid,
            index: key.index,
            modulus: Vec::from_slice(key.modulus).map_err(|_| CapkFault::Full)?,
            exponent: Vec::from_slice(key.exponent).map_err(|_| CapkFault::Full)?,
            expiry: key.expiry,
            checksum: key.checksum,
        })
    }

    fn key(&self) -> Capk<'_> {
        Capk {
            rid: self.rid,
            index: self.index,
            modulus: &self.modulus,
            exponent: &self.exponent,
            expiry: self.expiry,
            checksum: self.checksum,
        }
    }

    fn is(&self, rid: [u8; 5], index: u8) -> bool {
        self.rid == rid && self.index == index
    }
}

impl<const N: usize> KeyRing<N> {
    /// Without a key.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Takes a key in, in place of that with its provider and index if there is
    /// one.
    ///
    /// # Errors
    /// It is no key, its checksum is wrong, or there is no room; then the ring
    /// is as it was.
    pub fn put(&mut self, key: &Capk<'_>) -> Result<(), CapkFault> {
        let entry = Entry::new(key)?;
        match self.0.iter_mut().find(|old| old.is(key.rid, key.index)) {
            Some(old) => *old = entry,
            None => self.0.push(entry).map_err(|_| CapkFault::Full)?,
        }
        Ok(())
    }

    /// Forgets a key; whether there was one.
    pub fn remove(&mut self, rid: [u8; 5], index: u8) -> bool {
        let before = self.0.len();
        self.0.retain(|entry| !entry.is(rid, index));
        self.0.len() < before
    }

    /// The keys, for [`Authorities`](super::Authorities).
    #[must_use]
    pub fn keys(&self) -> Keys<'_, N> {
        let mut keys = [Capk::new([0; 5], 0, &[], &[]); N];
        for (key, entry) in keys.iter_mut().zip(&self.0) {
            *key = entry.key();
        }
        Keys { keys, count: self.0.len() }
    }
}

impl<const N: usize> Default for KeyRing<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> fmt::Debug for KeyRing<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|entry| (entry.rid, entry.index))).finish()
    }
}
