use super::{Ask, Command};
use crate::fingerprint::Slot;
use crate::fingerprint::bulk::Cargo;
use crate::fingerprint::f5::command::{OWNER, ReadFeatures, id};
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Answer, Session};

/// Features as they come in a long frame, behind whose they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Features<C: Command<Reply = ()>> {
    ask: Ask<C>,
    came: usize,
    owner: [u8; OWNER],
}

impl<C: Command<Reply = ()>> Features<C> {
    pub(super) const fn of(command: C) -> Self {
        Self { ask: Ask::new(command), came: 0, owner: [0; OWNER] }
    }

    /// The answer. Features go to `put`, with the place where they stand.
    pub(super) fn poll(
        &mut self,
        session: &mut Session<'_>,
        put: &mut dyn FnMut(usize, &[u8]),
    ) -> Answer<()> {
        let (came, owner) = (&mut self.came, &mut self.owner);
        let mut take = |piece: &[u8]| {
            let head = OWNER.saturating_sub(*came);
            let (head, features) = piece.split_at_checked(head).unwrap_or((piece, &[]));
            let to = owner.get_mut(*came..).unwrap_or_default();
            to.iter_mut().zip(head).for_each(|(to, from)| *to = *from);
            put(came.saturating_sub(OWNER), features);
            *came = came.saturating_add(piece.len());
            Ok(())
        };
        self.ask.carry(session, Cargo::In(&mut take))
    }
}

impl Features<ReadFeatures> {
    /// Makes sure that they are those of the slot, if anybody's.
    pub(super) fn check(&self, slot: Slot, session: &mut Session<'_>) -> Result<(), Fault> {
        let [high, low, _] = self.owner;
        if [[0, 0], id(slot).to_be_bytes()].contains(&[high, low]) {
            return Ok(());
        }
        session.close();
        Err(Fault::OutOfStep(ReadFeatures::CODE))
    }
}
