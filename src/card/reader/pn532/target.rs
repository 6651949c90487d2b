use core::fmt;

use zeroize::Zeroize;

use crate::card::Atr;

use super::Fault;

/// Up to `N` bytes that belong to a card: not shown, wiped when dropped.
#[derive(Clone, Eq, PartialEq)]
struct Bytes<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Bytes<N> {
    /// What does not fit is left out.
    fn new(from: &[u8]) -> Self {
        let mut bytes = [0; N];
        let len = from.len().min(N);
        bytes.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        Self { bytes, len }
    }

    fn get(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl<const N: usize> Drop for Bytes<N> {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// A card of type A, as InListPassiveTarget tells of it.
#[derive(Clone, Eq, PartialEq)]
pub struct TypeA {
    number: u8,
    atqa: u16,
    sak: u8,
    uid: Bytes<10>,
    ats: Bytes<20>,
}

impl TypeA {
    /// ATQA (SENS_RES).
    #[must_use]
    pub const fn atqa(&self) -> u16 {
        self.atqa
    }

    /// SAK (SEL_RES).
    #[must_use]
    pub const fn sak(&self) -> u8 {
        self.sak
    }

    /// The UID (NFCID1): 4, 7 or 10 bytes.
    #[must_use]
    pub fn uid(&self) -> &[u8] {
        self.uid.get()
    }

    /// The answer to select (ISO/IEC 14443-4:2018, 5.2), with its length byte:
    /// of a card that has such a protocol. The first 20 bytes, which are all
    /// if it keeps to 15 historical bytes.
    #[must_use]
    pub fn ats(&self) -> &[u8] {
        self.ats.get()
    }

    /// The historical bytes of the ATS, and TA1: which bit rates it can.
    fn ats_parts(&self) -> Option<(&[u8], Option<u8>)> {
        let (len, rest) = self.ats().split_first()?;
        let rest = rest.get(..usize::from(*len).checked_sub(1)?.min(rest.len()))?;
        let Some((format, mut rest)) = rest.split_first() else { return Some((&[], None)) };
        let mut rates = None;
        for (bit, rate) in [(0x10, true), (0x20, false), (0x40, false)] {
            if format & bit != 0 {
                let (first, others) = rest.split_first()?;
                rates = if rate { Some(*first) } else { rates };
                rest = others;
            }
        }
        Some((rest, rates))
    }
}

/// A card of type B, as InListPassiveTarget tells of it.
#[derive(Clone, Eq, PartialEq)]
pub struct TypeB {
    number: u8,
    atqb: Bytes<12>,
    attrib: Bytes<8>,
}

impl TypeB {
    /// ATQB (ISO/IEC 14443-3:2018, 7.9): 50, PUPI, application data, protocol
    /// information.
    #[must_use]
    pub fn atqb(&self) -> &[u8] {
        self.atqb.get()
    }

    /// The answer to ATTRIB; its first byte is MBLI and CID.
    #[must_use]
    pub fn attrib(&self) -> &[u8] {
        self.attrib.get()
    }
}

/// A card in the field. What names it, UID or PUPI, is not in `Debug`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Target {
    /// ISO/IEC 14443-3 type A.
    A(TypeA),
    /// ISO/IEC 14443-3 type B.
    B(TypeB),
}

impl Target {
    /// Its number, for commands that name one: 1 or 2.
    #[must_use]
    pub const fn number(&self) -> u8 {
        match self {
            Self::A(TypeA { number, .. }) | Self::B(TypeB { number, .. }) => *number,
        }
    }

    /// Whether it says that it speaks ISO/IEC 14443-4, which APDUs need.
    #[must_use]
    pub const fn is_iso_dep(&self) -> bool {
        match self {
            Self::A(card) => card.sak & 0x20 != 0,
            Self::B(_) => true,
        }
    }

    /// Which bit rates besides 106 kbit/s it can: TA1 of the ATS (ISO/IEC
    /// 14443-4:2018, 5.2.4). 0 if it does not say; of a type B card always.
    #[must_use]
    pub fn rates(&self) -> u8 {
        match self {
            Self::A(card) => card.ats_parts().and_then(|(_, rates)| rates).unwrap_or(0),
            Self::B(_) => 0,
        }
    }

    /// The ATR that stands for it (PC/SC part 3, 3.1.3.2.3.1): 3B 8n 80 01,
    /// historical bytes, TCK.
    pub(super) fn atr(&self) -> Result<Atr, Fault> {
        let mut historical = [0; 15];
        let len = match self {
            Self::A(card) => {
                let (bytes, _) = card.ats_parts().ok_or(Fault::Mute)?;
                historical.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
                bytes.len().min(historical.len())
            }
            Self::B(card) => {
                let known = card.atqb().iter().skip(5).take(7);
                historical.iter_mut().zip(known).for_each(|(to, from)| *to = *from);
                if let Some(last) = historical.get_mut(7) {
                    *last = card.attrib().first().map_or(0, |mbli| mbli & 0xF0);
                }
                8
            }
        };
        let [.., n] = len.to_be_bytes();
        let mut atr = [0; Atr::MAX];
        let body = [0x80 | n, 0x80, 0x01].into_iter().chain(historical.into_iter().take(len));
        let mut check = 0;
        let mut room = atr.iter_mut();
        room.by_ref().take(1).for_each(|ts| *ts = 0x3B);
        for (byte, to) in body.zip(room.by_ref()) {
            *to = byte;
            check ^= byte;
        }
        room.take(1).for_each(|tck| *tck = check);
        Atr::new(atr.get(..len + 5).unwrap_or_default()).map_err(|_| Fault::Mute)
    }
}

impl fmt::Debug for TypeA {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypeA")
            .field("number", &self.number)
            .field("atqa", &self.atqa)
            .field("sak", &self.sak)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TypeB {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypeB").field("number", &self.number).finish_non_exhaustive()
    }
}

/// The cards that InListPassiveTarget found: none, one or two.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    targets: [Option<Target>; 2],
}

impl Listed {
    pub(super) const NONE: Self = Self { targets: [None, None] };

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.iter().count()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().flatten()
    }

    /// Takes the data of a response apart (UM0701-02, 7.3.5), of cards of type
    /// A or B.
    pub(super) fn decode(data: &[u8], is_a: bool) -> Option<Self> {
        let (count, mut rest) = data.split_first()?;
        let mut listed = Self::NONE;
        for slot in listed.targets.iter_mut().take((*count).into()) {
            let (target, behind) = if is_a { type_a(rest)? } else { type_b(rest)? };
            *slot = Some(target);
            rest = behind;
        }
        (*count <= 2).then_some(listed)
    }
}

/// Tg, SENS_RES, SEL_RES, length and NFCID1, and the ATS of a card that has
/// one.
fn type_a(data: &[u8]) -> Option<(Target, &[u8])> {
    let (&[number, high, low, sak, uid_len], rest) = data.split_first_chunk()?;
    let (uid, rest) = rest.split_at_checked(uid_len.into())?;
    if !matches!(uid_len, 4 | 7 | 10) {
        return None;
    }
    // A card that was not asked for it, or did not answer, has none: then
    // nothing follows, or the next card.
    let ats_len = match rest.first() {
        Some(len) if sak & 0x20 != 0 => usize::from(*len),
        _ => 0,
    };
    let (ats, rest) = rest.split_at_checked(ats_len)?;
    let atqa = u16::from_be_bytes([high, low]);
    let card = TypeA { number, atqa, sak, uid: Bytes::new(uid), ats: Bytes::new(ats) };
    Some((Target::A(card), rest))
}

/// Tg, ATQB, length and answer to ATTRIB.
fn type_b(data: &[u8]) -> Option<(Target, &[u8])> {
    let (number, rest) = data.split_first()?;
    let (atqb, rest) = rest.split_at_checked(12)?;
    let (len, rest) = rest.split_first()?;
    let (attrib, rest) = rest.split_at_checked((*len).into())?;
    let card = TypeB { number: *number, atqb: Bytes::new(atqb), attrib: Bytes::new(attrib) };
    Some((Target::B(card), rest))
}
