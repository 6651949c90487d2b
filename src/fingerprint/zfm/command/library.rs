use super::{Command, nothing, word};
use crate::fingerprint::Slot;
use crate::fingerprint::zfm::config::Timing;
use crate::fingerprint::zfm::confirmation::Confirmation;
use crate::port::Duration;

/// Makes a template of the features in the buffers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RegModel;

impl Command for RegModel {
    const OPCODE: u8 = 0x05;
    const NAME: &'static str = "RegModel";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] =
        &[Confirmation::MergeFailed, Confirmation::PoorTemplate];
    type Parameters = [u8; 0];
    type Reply = ();

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.search
    }
}

/// Stores the template in a slot, over what is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Store {
    /// The buffer; R503 V1.2.2 wants 1.
    pub buffer: u8,
    /// Where to.
    pub slot: Slot,
}

impl Command for Store {
    const OPCODE: u8 = 0x06;
    const NAME: &'static str = "Store";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[
        Confirmation::PageOutOfRange,
        Confirmation::FlashFailed,
        Confirmation::LibraryFull,
        Confirmation::SlotInUse,
        Confirmation::IllegalData,
    ];
    type Parameters = [u8; 3];
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = self.slot.0.to_be_bytes();
        [self.buffer, high, low]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.flash
    }
}

/// Loads a template from the library.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LoadChar {
    /// The buffer: 2 on a ZFM-20, so that the live features in 1 stay. R503
    /// V1.2.2 has a buffer of its own for it and wants 1.
    pub buffer: u8,
    /// Where from.
    pub slot: Slot,
}

impl Command for LoadChar {
    const OPCODE: u8 = 0x07;
    const NAME: &'static str = "LoadChar";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[
        Confirmation::BadTemplate,
        Confirmation::PageOutOfRange,
        Confirmation::TemplateEmpty,
        Confirmation::SlotEmpty,
    ];
    type Parameters = [u8; 3];
    type Reply = ();

    fn parameters(&self) -> [u8; 3] {
        let [high, low] = self.slot.0.to_be_bytes();
        [self.buffer, high, low]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }
}

/// Deletes templates that stand side by side.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeletChar {
    /// The first.
    pub slot: Slot,
    /// How many.
    pub count: u16,
}

impl Command for DeletChar {
    const OPCODE: u8 = 0x0C;
    const NAME: &'static str = "DeletChar";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] = &[
        Confirmation::DeleteFailed,
        Confirmation::PageOutOfRange,
        Confirmation::FlashFailed,
        Confirmation::LibraryEmpty,
        Confirmation::TemplateEmpty,
        Confirmation::SlotEmpty,
    ];
    type Parameters = [u8; 4];
    type Reply = ();

    fn parameters(&self) -> [u8; 4] {
        let ([a, b], [c, d]) = (self.slot.0.to_be_bytes(), self.count.to_be_bytes());
        [a, b, c, d]
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    /// What is not there is deleted.
    fn already(&self, refusal: Confirmation) -> Option<()> {
        let none =
            [Confirmation::LibraryEmpty, Confirmation::TemplateEmpty, Confirmation::SlotEmpty];
        none.contains(&refusal).then_some(())
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.flash
    }
}

/// Deletes the whole library.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Empty;

impl Command for Empty {
    const OPCODE: u8 = 0x0D;
    const NAME: &'static str = "Empty";
    const REPLY: usize = 0;
    const REFUSALS: &'static [Confirmation] =
        &[Confirmation::ClearFailed, Confirmation::FlashFailed, Confirmation::LibraryEmpty];
    type Parameters = [u8; 0];
    type Reply = ();

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<()> {
        nothing(reply)
    }

    /// What is empty is emptied.
    fn already(&self, refusal: Confirmation) -> Option<()> {
        (refusal == Confirmation::LibraryEmpty).then_some(())
    }

    fn time(&self, timing: &Timing) -> Duration {
        timing.flash
    }
}

/// How many templates are stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TempleteNum;

impl Command for TempleteNum {
    const OPCODE: u8 = 0x1D;
    const NAME: &'static str = "TempleteNum";
    const REPLY: usize = 2;
    const REFUSALS: &'static [Confirmation] = &[];
    type Parameters = [u8; 0];
    type Reply = u16;

    fn parameters(&self) -> [u8; 0] {
        []
    }

    fn decode(&self, reply: &[u8]) -> Option<u16> {
        word(reply)
    }
}

/// Which of 256 slots are in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReadIndexTable {
    /// Which 256: slots from 256 times this.
    pub page: u8,
}

/// Which of 256 slots are in use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Index {
    page: u8,
    bits: [u8; 32],
}

impl Index {
    /// The slots in use, in order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + '_ {
        (0..=u8::MAX)
            .map(|low| Slot(u16::from_be_bytes([self.page, low])))
            .filter(|s| self.holds(*s))
    }

    /// Whether a slot is in use; `false` for one that is not of this page.
    #[must_use]
    pub fn holds(&self, slot: Slot) -> bool {
        let [page, low] = slot.0.to_be_bytes();
        let byte = self.bits.get(usize::from(low / 8)).filter(|_| page == self.page);
        byte.is_some_and(|byte| byte >> (low % 8) & 1 == 1)
    }
}

impl Command for ReadIndexTable {
    const OPCODE: u8 = 0x1F;
    const NAME: &'static str = "ReadIndexTable";
    const REPLY: usize = 32;
    const REFUSALS: &'static [Confirmation] = &[Confirmation::PageOutOfRange];
    type Parameters = [u8; 1];
    type Reply = Index;

    fn parameters(&self) -> [u8; 1] {
        [self.page]
    }

    fn decode(&self, reply: &[u8]) -> Option<Index> {
        Some(Index { page: self.page, bits: reply.try_into().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::super::vector::{assert_exact, assert_frame};
    use super::*;

    #[test]
    fn frames() {
        let slot = Slot(3);
        let (store, load) = (Store { buffer: 1, slot }, LoadChar { buffer: 2, slot });
        let delete = DeletChar { slot, count: 1 };
        assert_frame(&RegModel, "EF01 FFFFFFFF 01 0003 05 0009");
        assert_frame(&store, "EF01 FFFFFFFF 01 0006 06 01 0003 0011");
        assert_frame(&load, "EF01 FFFFFFFF 01 0006 07 02 0003 0013");
        assert_frame(&delete, "EF01 FFFFFFFF 01 0007 0C 0003 0001 0018");
        assert_frame(&Empty, "EF01 FFFFFFFF 01 0003 0D 0011");
        // The sums of these two are printed in the R503 manual.
        assert_frame(&TempleteNum, "EF01 FFFFFFFF 01 0003 1D 0021");
        assert_frame(&ReadIndexTable { page: 0 }, "EF01 FFFFFFFF 01 0004 1F 00 0024");
        assert_exact(&RegModel);
        assert_exact(&store);
        assert_exact(&load);
        assert_exact(&delete);
        assert_exact(&Empty);
        assert_exact(&TempleteNum);
        assert_exact(&ReadIndexTable { page: 0 });
    }

    #[test]
    fn bits_of_the_index_count_from_the_low_end() {
        let mut reply = [0; 32];
        (reply[0], reply[31]) = (0b0000_1001, 0x80);
        let index = ReadIndexTable { page: 1 }.decode(&reply).unwrap();
        assert!(index.slots().eq([Slot(256), Slot(259), Slot(511)]));
        assert!(index.holds(Slot(259)) && !index.holds(Slot(3)) && !index.holds(Slot(258)));
    }
}
