//! Bring-up of a board: join TX and RX of each UART by a wire. Every frame
//! that is sent has to come back. Under QEMU, `cargo run --bin loopback`.
#![no_std]
#![no_main]

use core::convert::Infallible;
use core::fmt;

use cortex_m_rt::entry;
use embedded_pos::port::adapter::IoPort;
use embedded_pos::port::{CallError, Channel, Clock, Duration, Exchange, Instant, Step, StepOf};
use embedded_pos::{Error, ErrorKind};
use mps2_an386::{Board, TimerClock, Uart, finish, say};

const BAUD: u32 = 115_200;
const LEN: usize = 256;

#[entry]
fn main() -> ! {
    finish(Board::take().ok_or(ErrorKind::Busy).and_then(run))
}

fn run(Board { uarts, mut clock }: Board) -> Result<(), ErrorKind> {
    let start = clock.now();
    let mut failed = Ok(());
    for (number, uart) in uarts.into_iter().enumerate() {
        match frame_comes_back(uart, &mut clock) {
            Ok(()) => say(format_args!("uart {number}: {LEN} bytes came back")),
            Err(error) => {
                say(format_args!("uart {number}: {error}"));
                failed = Err(error.kind());
            }
        }
    }
    // Without a running clock the time-outs above could not work.
    if clock.now() == start { Err(ErrorKind::Hardware) } else { failed }
}

fn frame_comes_back(
    mut uart: Uart,
    clock: &mut TimerClock,
) -> Result<(), CallError<Echo, impl Error + use<>>> {
    uart.start(BAUD);
    let mut channel = Channel::new(IoPort::new(uart));
    channel.call(&mut (), Loop::default()).wait(clock)
}

/// What went wrong with the frame.
#[derive(Clone, Copy, Debug)]
enum Echo {
    Missing(usize),
    Wrong(usize),
}

impl fmt::Display for Echo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(at) => write!(f, "byte {at} did not come back; is the wire there?"),
            Self::Wrong(at) => write!(f, "byte {at} came back changed"),
        }
    }
}

impl core::error::Error for Echo {}

impl Error for Echo {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Line
    }
}

/// Sends each byte value once, one at a time for there is no buffer, and
/// compares.
#[derive(Default)]
struct Loop {
    sent: usize,
    back: usize,
    wrong: bool,
    until: Option<Instant>,
}

static FRAME: [u8; LEN] = {
    let mut frame = [0; LEN];
    let mut byte = u8::MAX;
    while byte > 0 {
        frame[byte as usize] = byte;
        byte -= 1;
    }
    frame
};

impl Exchange for Loop {
    type Link = ();
    type Output = ();
    type Fault = Echo;
    type Event = Infallible;

    fn step(&mut self, _link: &mut (), now: Instant) -> StepOf<Self> {
        let until = *self.until.get_or_insert(now + Duration::from_millis(500));
        if self.wrong {
            Step::Done(Err(Echo::Wrong(self.back)))
        } else if self.back == LEN {
            Step::Done(Ok(()))
        } else if now >= until {
            Step::Done(Err(Echo::Missing(self.back)))
        } else if self.sent == self.back {
            Step::Send { until }
        } else {
            Step::Receive { until }
        }
    }

    fn outgoing<'a>(&'a self, _link: &'a ()) -> &'a [u8] {
        FRAME.get(self.sent..=self.sent).unwrap_or(&[])
    }

    fn sent(&mut self, _link: &mut (), n: usize, _now: Instant) {
        self.sent += n;
    }

    fn received(&mut self, _link: &mut (), bytes: &[u8], _now: Instant) -> usize {
        let Some(byte) = bytes.first() else { return 0 };
        self.wrong = FRAME.get(self.back) != Some(byte);
        if !self.wrong {
            self.back += 1;
        }
        1
    }
}
