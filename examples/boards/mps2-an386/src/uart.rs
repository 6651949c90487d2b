use core::fmt;

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::NVIC;
use embedded_io::{ErrorKind, ErrorType, Read, ReadReady, Write, WriteReady};

use crate::PERIPHERAL_HZ;
use crate::registers::Registers;

// Cortex-M System Design Kit (DDI 0479), APB UART, programmer's model.
const DATA: usize = 0x00;
const STATE: usize = 0x04;
const CTRL: usize = 0x08;
const INTSTATUS: usize = 0x0C;
const BAUDDIV: usize = 0x10;

const STATE_TX_FULL: u32 = 1 << 0;
const STATE_RX_FULL: u32 = 1 << 1;
const STATE_RX_OVERRUN: u32 = 1 << 3;
/// Transmitter, receiver, and an interrupt of each.
const CTRL_ALL: u32 = 0b1111;
/// Transmitted, received. Clearing the other two would clear the overruns.
const INTSTATUS_BYTES: u32 = 0b0011;
/// The smallest divider the block works with.
const MIN_DIVIDER: u32 = 16;

/// Where the five UARTs are, and the numbers of their receive interrupts (AN386,
/// memory map and interrupt assignment). A transmit interrupt has the next.
const UARTS: [(usize, u16); 5] =
    [(0x4000_4000, 0), (0x4000_5000, 2), (0x4000_6000, 4), (0x4000_7000, 18), (0x4000_9000, 20)];

/// A CMSDK APB UART: one byte of buffer in each direction, no flow control.
///
/// On a real line that is enough only while somebody polls at least once a
/// byte time. QEMU holds bytes back until the buffer is free.
#[derive(Debug)]
pub struct Uart {
    registers: Registers,
}

impl Uart {
    /// All five, once: see [`Board::take`](crate::Board::take).
    pub(crate) fn all() -> [Self; UARTS.len()] {
        // SAFETY: the addresses are the board's, and the registers the model's.
        UARTS.map(|(base, _)| Self { registers: unsafe { Registers::at(base) } })
    }

    /// Switches the UART on, 8N1, with interrupts that end a wait.
    pub fn start(&mut self, baud: u32) {
        let divider = (PERIPHERAL_HZ / baud.max(1)).max(MIN_DIVIDER);
        self.registers.write(BAUDDIV, divider);
        self.registers.write(CTRL, CTRL_ALL);
    }

    fn state(&self, bit: u32) -> bool {
        self.registers.read(STATE) & bit != 0
    }
}

/// A byte came in before the one before it was fetched, and was lost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Overrun;

impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a byte was lost: poll more often, or lower the speed")
    }
}

impl core::error::Error for Overrun {}

impl embedded_io::Error for Overrun {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl ErrorType for Uart {
    type Error = Overrun;
}

impl ReadReady for Uart {
    fn read_ready(&mut self) -> Result<bool, Overrun> {
        Ok(self.state(STATE_RX_FULL | STATE_RX_OVERRUN))
    }
}

impl Read for Uart {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Overrun> {
        let Some(slot) = buf.first_mut() else { return Ok(0) };
        while !self.read_ready()? {}
        if self.state(STATE_RX_OVERRUN) {
            self.registers.write(STATE, STATE_RX_OVERRUN);
            return Err(Overrun);
        }
        *slot = self.registers.read(DATA).to_le_bytes()[0];
        Ok(1)
    }
}

impl WriteReady for Uart {
    fn write_ready(&mut self) -> Result<bool, Overrun> {
        Ok(!self.state(STATE_TX_FULL))
    }
}

impl Write for Uart {
    fn write(&mut self, buf: &[u8]) -> Result<usize, Overrun> {
        let Some(byte) = buf.first() else { return Ok(0) };
        while !self.write_ready()? {}
        self.registers.write(DATA, u32::from(*byte));
        Ok(1)
    }

    fn flush(&mut self) -> Result<(), Overrun> {
        while !self.write_ready()? {}
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct Irq(u16);

// SAFETY: the number is the device's own, from `UARTS`, and does not change.
unsafe impl InterruptNumber for Irq {
    fn number(self) -> u16 {
        self.0
    }
}

fn irqs() -> impl Iterator<Item = Irq> {
    UARTS.into_iter().flat_map(|(_, receive)| [Irq(receive), Irq(receive + 1)])
}

/// Lets the interrupts of all UARTs end a `wfi`.
pub(crate) fn wake_on_bytes() {
    for irq in irqs() {
        // SAFETY: the processor masks all interrupts; no code depends on this
        // one being masked.
        unsafe { NVIC::unmask(irq) }
    }
}

/// Forgets the interrupts so far. The bytes stay to be read.
pub(crate) fn acknowledge() {
    for uart in Uart::all() {
        uart.registers.write(INTSTATUS, INTSTATUS_BYTES);
    }
    irqs().for_each(NVIC::unpend);
}
