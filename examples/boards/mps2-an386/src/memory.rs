use core::fmt;

use cortex_m_rt::STACK_PAINT_VALUE;

// From the linker script of cortex-m-rt. Only the addresses mean something.
unsafe extern "C" {
    static __vector_table: u32;
    static __etext: u32;
    static __srodata: u32;
    static __erodata: u32;
    static __sdata: u32;
    static __edata: u32;
    static __sbss: u32;
    static __ebss: u32;
    static _stack_end: u32;
    static _stack_start: u32;
}

/// What the firmware needs, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Code, with the vector table.
    pub text: usize,
    /// Constants.
    pub rodata: usize,
    /// Variables that start with a value; takes flash and RAM.
    pub data: usize,
    /// Variables that start with zero.
    pub bss: usize,
    /// The most the stack has been so far.
    pub stack: usize,
}

impl Memory {
    /// Measures.
    #[must_use]
    pub fn now() -> Self {
        let between = |start: *const u32, end: *const u32| end.addr() - start.addr();
        Self {
            text: between(&raw const __vector_table, &raw const __etext),
            rodata: between(&raw const __srodata, &raw const __erodata),
            data: between(&raw const __sdata, &raw const __edata),
            bss: between(&raw const __sbss, &raw const __ebss),
            stack: between(first_used(), &raw const _stack_start),
        }
    }
}

/// The deepest word of the stack that no longer has its paint.
fn first_used() -> *const u32 {
    let top = &raw const _stack_start;
    let mut word = &raw const _stack_end;
    // SAFETY: between the two lies the stack, which start-up code painted.
    while word < top && unsafe { word.read_volatile() } == STACK_PAINT_VALUE {
        word = word.wrapping_add(1);
    }
    word
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "memory: .text {} bytes", self.text)?;
        writeln!(f, "memory: .rodata {} bytes", self.rodata)?;
        writeln!(f, "memory: .data {} bytes", self.data)?;
        writeln!(f, "memory: .bss {} bytes", self.bss)?;
        write!(f, "memory: stack {} bytes", self.stack)
    }
}
