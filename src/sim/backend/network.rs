use std::collections::VecDeque;
use std::vec::Vec;

/// What the network does to one message.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NetFault {
    /// It never arrives.
    RequestLost,
    /// It arrives; the answer does not.
    AnswerLost,
    /// It arrives after so many further messages; its answer is lost.
    Delayed(u8),
    /// It arrives; the answer is about another order.
    OtherOrder,
    /// It arrives; the answer names another amount.
    OtherAmount,
    /// It arrives; the answer cannot be read.
    Garbled,
}

/// The way to a host, for messages `M`.
#[derive(Debug)]
pub(super) struct Network<M> {
    script: VecDeque<Option<NetFault>>,
    seed: Option<u64>,
    under_way: Vec<(u8, M)>,
}

impl<M> Default for Network<M> {
    fn default() -> Self {
        Self { script: VecDeque::new(), seed: None, under_way: Vec::new() }
    }
}

impl<M> Network<M> {
    pub(super) fn script(&mut self, fault: Option<NetFault>) {
        self.script.push_back(fault);
    }

    pub(super) const fn seed(&mut self, seed: u64) {
        self.seed = Some(seed);
    }

    pub(super) fn heal(&mut self) {
        self.script.clear();
        self.seed = None;
    }

    /// What happens to the message that is sent now.
    pub(super) fn fate(&mut self) -> Option<NetFault> {
        self.script.pop_front().unwrap_or_else(|| self.draw())
    }

    /// A fault in every fourth message or so.
    fn draw(&mut self) -> Option<NetFault> {
        let seed = self.seed.as_mut()?;
        // SplitMix64.
        *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        match (mixed ^ (mixed >> 31)) % 24 {
            0 => Some(NetFault::RequestLost),
            1 => Some(NetFault::AnswerLost),
            2 => Some(NetFault::Delayed(1)),
            3 => Some(NetFault::Delayed(3)),
            4 => Some(NetFault::OtherOrder),
            5 => Some(NetFault::Garbled),
            _ => None,
        }
    }

    pub(super) fn delay(&mut self, messages: u8, message: M) {
        self.under_way.push((messages, message));
    }

    /// One more message is sent: those whose time has come arrive before it.
    pub(super) fn arrivals(&mut self) -> Vec<M> {
        let (due, later) =
            self.under_way.drain(..).partition(|(messages, _): &(u8, M)| *messages == 0);
        self.under_way = later;
        for (messages, _) in &mut self.under_way {
            *messages -= 1;
        }
        let due: Vec<(u8, M)> = due;
        due.into_iter().map(|(_, message)| message).collect()
    }

    /// Everything that is still under way arrives.
    pub(super) fn flush(&mut self) -> Vec<M> {
        self.under_way.drain(..).map(|(_, message)| message).collect()
    }
}
