//! A contact card is reset, spoken to and switched off without allocation: a
//! counting allocator watches. The card is played from an array.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::convert::Infallible;

use embedded_pos::card::contact::reader::{Config, ContactReader};
use embedded_pos::card::contact::{CardSlot, Contacts, SmartcardPhy};
use embedded_pos::card::{Atr, CardReader};
use embedded_pos::port::{CardState, Class, Clock, Clocked, Framing, Instant, Port};
use embedded_pos::{ErrorType, nb};

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: the system's allocator, and a counter.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: as it came.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as it came.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What the card says, in pieces: the first as RST goes high, each other after
/// so many bytes of the host.
struct Played {
    pieces: &'static [(usize, &'static [u8])],
    heard: usize,
    ready: &'static [u8],
}

impl Played {
    fn next(&mut self) {
        if let [(after, piece), rest @ ..] = self.pieces
            && self.heard >= *after
        {
            (self.ready, self.pieces, self.heard) = (piece, rest, 0);
        }
    }
}

impl ErrorType for Played {
    type Error = Infallible;
}

impl Port for Played {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Infallible> {
        let n = buf.len().min(self.ready.len());
        buf[..n].copy_from_slice(&self.ready[..n]);
        self.ready = &self.ready[n..];
        if n == 0 { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Infallible> {
        self.heard += bytes.len();
        self.next();
        Ok(bytes.len())
    }
}

impl SmartcardPhy for Played {
    fn configure(&mut self, _: &Framing) -> Result<(), Infallible> {
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.next();
        Ok(())
    }

    fn flaws(&mut self) -> u8 {
        0
    }
}

struct Always;

impl ErrorType for Always {
    type Error = Infallible;
}

const ON: CardState = CardState {
    present: true,
    active: true,
    fault: None,
    flaws: 0,
    wait: embedded_pos::port::Duration::ZERO,
    automatic: true,
};

impl CardSlot for Always {
    fn sense(&mut self) -> Result<CardState, Infallible> {
        Ok(ON)
    }

    fn power(&mut self, _: Class, _: u16) -> Result<CardState, Infallible> {
        Ok(ON)
    }

    fn reset(&mut self, _: u16) -> Result<CardState, Infallible> {
        Ok(ON)
    }

    fn run(&mut self) -> Result<CardState, Infallible> {
        Ok(ON)
    }

    fn off(&mut self) -> Result<CardState, Infallible> {
        Ok(ON)
    }
}

struct Ticks(Instant);

impl Clock for Ticks {
    fn now(&mut self) -> Instant {
        self.0
    }

    fn idle(&mut self, until: Instant) {
        self.0 = until;
    }
}

#[test]
fn nothing_is_allocated() {
    let played = Played {
        pieces: &[
            // Switched off first, for the slot says that the card is on.
            (0, &[]),
            (0, &[0x3B, 0xE3, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, b'P', b'O', b'S', 0xA4]),
            // S(IFS) of 254 bytes, agreed to.
            (5, &[0x00, 0xE1, 0x01, 0xFE, 0x1E]),
            (9, &[0x00, 0x00, 0x02, 0x90, 0x00, 0x92]),
        ],
        heard: 0,
        ready: &[],
    };
    let reader = ContactReader::new(Contacts::new(played, Always), Config::emv(4_000_000));
    let mut reader = Clocked::new(reader, Ticks(Instant::ZERO));
    let mut atr = [0; Atr::MAX];
    let mut response = [0; 8];
    let before = COUNT.with(Cell::get);
    let inserted = reader.poll_inserted();
    let activated = reader.activate(&mut atr);
    let answered = reader.transmit(&[0x00, 0xB2, 0x01, 0x0C, 0x00], &mut response);
    let off = reader.deactivate();
    let allocated = COUNT.with(Cell::get) - before;
    assert_eq!(allocated, 0);
    assert_eq!((inserted, activated, answered, off), (Ok(()), Ok(12), Ok(2), Ok(())));
    assert_eq!(response[..2], [0x90, 0x00]);
}
