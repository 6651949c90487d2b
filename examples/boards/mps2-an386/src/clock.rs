use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::asm::wfi;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{SCB, SYST};
use embedded_pos::port::{Clock, Instant};

use crate::registers::Registers;
use crate::{PERIPHERAL_HZ, uart};

// Cortex-M System Design Kit (DDI 0479), APB timer, programmer's model.
const CTRL: usize = 0x00;
const VALUE: usize = 0x04;
const RELOAD: usize = 0x08;
const CTRL_ENABLE: u32 = 1;

// SAFETY: timer 0 of the board (AN386, memory map).
const TIMER: Registers = unsafe { Registers::at(0x4000_0000) };

const TICKS_PER_MICRO: u64 = PERIPHERAL_HZ as u64 / 1_000_000;
/// A wait ends this often at the latest.
const WAKE_HZ: u32 = 1_000;

/// The last count of the timer, and how often it has gone round. No interrupt
/// handler runs on this board, so nothing comes between load and store.
static LAST: AtomicU32 = AtomicU32::new(0);
static ROUNDS: AtomicU32 = AtomicU32::new(0);

/// CMSDK timer 0 as the clock. Copies show the same time.
///
/// The timer goes round in 171 s; the clock must be read once in each.
#[derive(Clone, Copy, Debug)]
pub struct TimerClock(());

impl TimerClock {
    /// Starts the timer, and a tick that ends waits.
    pub(crate) fn start(mut systick: SYST) -> Self {
        TIMER.write(RELOAD, u32::MAX);
        TIMER.write(VALUE, u32::MAX);
        TIMER.write(CTRL, CTRL_ENABLE);
        systick.set_clock_source(SystClkSource::Core);
        systick.set_reload(PERIPHERAL_HZ / WAKE_HZ - 1);
        systick.clear_current();
        systick.enable_interrupt();
        systick.enable_counter();
        Self(())
    }
}

impl Clock for TimerClock {
    fn now(&mut self) -> Instant {
        // It counts down.
        let count = u32::MAX - TIMER.read(VALUE);
        if count < LAST.swap(count, Ordering::Relaxed) {
            ROUNDS.fetch_add(1, Ordering::Relaxed);
        }
        let ticks = (u64::from(ROUNDS.load(Ordering::Relaxed)) << 32) | u64::from(count);
        Instant::from_micros(ticks / TICKS_PER_MICRO)
    }

    /// Sleeps until a byte came or left, at most until the next tick.
    fn idle(&mut self, _until: Instant) {
        // Interrupts are masked: they end the sleep, and no handler runs.
        wfi();
        SCB::clear_pendst();
        uart::acknowledge();
    }
}
