use std::fmt;

/// What was done to the mechanism that its manual forbids.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Violation {
    /// The bus is faster than the head.
    Clock(u32),
    /// So many bits were shifted when they were latched.
    Bits(usize),
    /// The latch came so many ns after the last bit.
    LatchSetup(u64),
    /// The latch was so many ns long.
    LatchWidth(u64),
    /// A bit came so many ns after the latch.
    LatchHold(u64),
    /// Data were latched while a strobe was on.
    LatchedHot,
    /// The strobe came so many ns after the latch.
    StrobeWait(u64),
    /// A strobe was on for so many ns.
    TooLong(u64),
    /// So many dots were on.
    TooMany(usize),
    /// So many amperes flowed.
    Current(f64),
    /// It was heated with such a voltage, idle.
    Voltage(f64),
    /// It was heated without paper, or with the platen open.
    Bare,
    /// It was heated above 80 C.
    Hot(f64),
    /// The coils went to no step next to the last one: eighths of a cycle.
    Phase(u8),
    /// A step after rest, so many ns after the coils were on.
    Unsettled(u64),
    /// A step of so many steps a second was too fast after the one before.
    LostStep(f64),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
