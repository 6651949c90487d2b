use core::fmt;

use zeroize::Zeroize;

use super::front_end::Technology;
use super::{Atqb, Ats};

/// What the active card said of itself. It tells whose card it is: it does not
/// show, and is wiped.
pub struct Identity {
    technology: Technology,
    uid: [u8; 10],
    uid_len: usize,
    pub(super) atqa: [u8; 2],
    pub(super) sak: u8,
    /// The ATS or the ATQB.
    answer: [u8; Self::LONGEST],
    answer_len: usize,
    atr: [u8; Self::ATR],
    atr_len: usize,
}

impl Identity {
    /// The ATS with fifteen historical bytes, as many as ISO/IEC 7816-4 has;
    /// what a longer one has more is cut.
    const LONGEST: usize = 20;
    /// TS, T0, TD1, TD2, fifteen historical bytes, TCK.
    const ATR: usize = 20;

    pub(super) const fn new() -> Self {
        Self {
            technology: Technology::A,
            uid: [0; 10],
            uid_len: 0,
            atqa: [0; 2],
            sak: 0,
            answer: [0; Self::LONGEST],
            answer_len: 0,
            atr: [0; Self::ATR],
            atr_len: 0,
        }
    }

    /// Which type it is of.
    #[must_use]
    pub const fn technology(&self) -> Technology {
        self.technology
    }

    /// Its UID (type A: 4, 7 or 10 bytes) or its PUPI (type B: 4 bytes). Phones
    /// and many cards have a new one each time.
    #[must_use]
    pub fn uid(&self) -> &[u8] {
        self.uid.get(..self.uid_len).unwrap_or_default()
    }

    /// ATQA, lower byte first, and SAK of a card of type A.
    #[must_use]
    pub fn atqa_sak(&self) -> Option<([u8; 2], u8)> {
        (self.technology == Technology::A).then_some((self.atqa, self.sak))
    }

    /// The ATS (type A), cut at 20 bytes, or the ATQB (type B), without CRC.
    /// [`Ats`] and [`Atqb`] take them apart.
    #[must_use]
    pub fn answer(&self) -> &[u8] {
        self.answer.get(..self.answer_len).unwrap_or_default()
    }

    /// The ATR that PC/SC part 3 (3.1.3.2.3.1) makes up for a contactless
    /// card: `3B 8n 80 01`, historical bytes, TCK. Those of type A are of its
    /// ATS; of type B application data and protocol info of its ATQB, and its
    /// MBLI.
    #[must_use]
    pub fn atr(&self) -> &[u8] {
        self.atr.get(..self.atr_len).unwrap_or_default()
    }

    pub(super) fn begin(&mut self, technology: Technology) {
        self.clear();
        self.technology = technology;
    }

    /// Appends to the UID; `false` when that is longer than one can be.
    pub(super) fn append(&mut self, part: &[u8]) -> bool {
        let end = self.uid_len + part.len();
        let Some(room) = self.uid.get_mut(self.uid_len..end) else { return false };
        room.copy_from_slice(part);
        self.uid_len = end;
        true
    }

    fn answered(&mut self, bytes: &[u8]) {
        let cut = bytes.get(..Self::LONGEST).unwrap_or(bytes);
        self.answer_len = cut.len();
        self.answer.iter_mut().zip(cut).for_each(|(to, from)| *to = *from);
    }

    /// The ATS came.
    pub(super) fn complete_a(&mut self, ats: &Ats<'_>, bytes: &[u8]) {
        self.answered(bytes);
        self.make_atr(&[ats.historical]);
    }

    /// The ATQB came.
    pub(super) fn complete_b(&mut self, atqb: &Atqb<'_>, bytes: &[u8]) {
        self.begin(Technology::B);
        self.append(atqb.pupi);
        self.answered(bytes);
    }

    /// The answer to ATTRIB came; MBLI is the upper half of its first byte.
    pub(super) fn attached(&mut self, mbli: u8) {
        let atqb = self.answer;
        let historical = atqb.get(5..12).unwrap_or_default();
        self.make_atr(&[historical, &[mbli & 0xF0]]);
    }

    fn make_atr(&mut self, parts: &[&[u8]]) {
        let historical = || parts.iter().copied().flatten().copied().take(15);
        let count = historical().count().to_le_bytes()[0];
        let head = [0x80 | count, 0x80, 0x01];
        let body = || head.into_iter().chain(historical());
        let tck = body().fold(0, |sum, byte| sum ^ byte);
        let all = core::iter::once(0x3B).chain(body()).chain([tck]);
        self.atr_len = 0;
        for (to, from) in self.atr.iter_mut().zip(all) {
            *to = from;
            self.atr_len += 1;
        }
    }

    pub(super) fn clear(&mut self) {
        self.uid.zeroize();
        self.answer.zeroize();
        self.atr.zeroize();
        (self.uid_len, self.answer_len, self.atr_len) = (0, 0, 0);
    }
}

impl Drop for Identity {
    fn drop(&mut self) {
        self.clear();
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("technology", &self.technology).finish_non_exhaustive()
    }
}
