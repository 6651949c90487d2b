use core::ptr;

/// The registers of one peripheral.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registers(usize);

impl Registers {
    /// The block at `base`.
    ///
    /// # Safety
    /// A peripheral whose registers are 32 bits wide is there, and every
    /// offset that is read or written through the block is one of them.
    pub(crate) const unsafe fn at(base: usize) -> Self {
        Self(base)
    }

    pub(crate) fn read(self, offset: usize) -> u32 {
        // SAFETY: `at` demands that a register is there.
        unsafe { ptr::read_volatile((self.0 + offset) as *const u32) }
    }

    pub(crate) fn write(self, offset: usize, value: u32) {
        // SAFETY: `at` demands that a register is there.
        unsafe { ptr::write_volatile((self.0 + offset) as *mut u32, value) }
    }
}
