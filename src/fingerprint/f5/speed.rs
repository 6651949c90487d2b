/// The speed of the line, and what the module may have instead.
#[derive(Debug)]
pub(super) struct Speed {
    baud: u32,
    /// A change is under way: nobody knows which of the two it is.
    other: Option<u32>,
    /// How often the two may still change places.
    swaps: u8,
    /// The port is still to be set.
    retune: bool,
}

/// Both are tried, and the first once more.
const SWAPS: u8 = 2;

impl Speed {
    /// That of the port.
    pub(super) const fn new(baud: u32) -> Self {
        Self { baud, other: None, swaps: SWAPS, retune: false }
    }

    /// In bits a second.
    pub(super) const fn baud(&self) -> u32 {
        self.baud
    }

    /// Another conversation, other tries; whether there is a doubt.
    pub(super) fn renew(&mut self) -> bool {
        self.swaps = SWAPS;
        self.other.is_some()
    }

    /// What the port is to be set to, once.
    pub(super) fn retune(&mut self) -> Option<u32> {
        core::mem::take(&mut self.retune).then_some(self.baud)
    }

    /// The module may have this one from now on.
    pub(super) fn doubt(&mut self, other: u32) {
        self.other = Some(other);
    }

    /// A session could be opened: this is the speed.
    pub(super) fn settle(&mut self) {
        self.other = None;
    }

    /// The other one is tried, if there is one and it was not tried enough.
    pub(super) fn swap(&mut self) -> bool {
        let (Some(other), Some(left)) = (self.other, self.swaps.checked_sub(1)) else {
            return false;
        };
        self.other = Some(core::mem::replace(&mut self.baud, other));
        (self.swaps, self.retune) = (left, true);
        true
    }
}
