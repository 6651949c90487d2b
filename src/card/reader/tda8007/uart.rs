use core::cell::RefCell;

use super::chip::{Bus, GTR, MSR_FCR, PDR, Tda8007, Tda8007Error, UCR1, UCR2, URR_UTR, USR};
use crate::ErrorType;
use crate::card::contact::SmartcardPhy;
use crate::port::{Convention, Framing, Port};

/// UCR1.
const CONV: u8 = 0x01;
const SS: u8 = 0x02;
const LCT: u8 = 0x04;
const TRANSMIT: u8 = 0x08;
const PROT: u8 = 0x10;

/// UCR2.
const PSC: u8 = 0x01;
const CKU: u8 = 0x02;
const AUTOC: u8 = 0x04;

/// MSR.
const READY: u8 = 0x01;
const CRED: u8 = 0x10;
const EMPTY: u8 = 0x40;

/// USR: framing, overrun, parity.
const ERRORS: u8 = 0x0E;

/// FCR: eight characters of buffer; three repetitions (EMV Book 1, 9.2.3).
const EIGHT: u8 = 0x07;
const THREE_TIMES: u8 = 0x30;

/// The UART of a [`Tda8007`], connected to the card that is selected.
///
/// Its buffer does not say which of its characters was damaged: all that are
/// in it are dropped then, which is as good as one for who misses one.
///
/// The last of the bytes that are handed over at once to be written is taken for
/// the last of a message: after it, the chip listens.
#[derive(Debug)]
pub struct Uart<'a, B> {
    chip: &'a RefCell<Tda8007<B>>,
    /// UCR1 but for what changes with every message.
    mode: u8,
    framing: Framing,
    sending: bool,
    flaws: u8,
}

impl<'a, B> Uart<'a, B> {
    pub(super) const fn new(chip: &'a RefCell<Tda8007<B>>) -> Self {
        let framing = Framing::initial(0);
        Self { chip, mode: PROT, framing, sending: false, flaws: 0 }
    }
}

impl<B: Bus> Uart<'_, B> {
    fn flaw(&mut self, n: usize) {
        let n = u8::try_from(n.max(1)).unwrap_or(u8::MAX);
        self.flaws = self.flaws.saturating_add(n);
    }
}

/// The divider and prescaler bits of F/D clocks.
fn divide(framing: &Framing) -> Option<(u8, u8)> {
    let clocks = |prescaler: u32, double: u32| {
        let whole = u32::from(framing.f) * double;
        let part = prescaler * u32::from(framing.d.max(1));
        whole.is_multiple_of(part).then(|| u8::try_from(whole / part).ok()).flatten()
    };
    let ways = [(31, 1, 0), (32, 1, PSC), (31, 2, CKU), (32, 2, PSC | CKU)];
    let mut found = ways.into_iter().filter_map(|(prescaler, double, bits)| {
        Some((clocks(prescaler, double).filter(|divider| *divider > 0)?, bits))
    });
    found.next()
}

impl<B: Bus> ErrorType for Uart<'_, B> {
    type Error = Tda8007Error<B::Error>;
}

impl<B: Bus> Port for Uart<'_, B> {
    fn try_read(&mut self, buf: &mut [u8]) -> nb::Result<usize, Self::Error> {
        let mut chip = self.chip.borrow_mut();
        let mut n = 0;
        for slot in buf.iter_mut() {
            if chip.read(MSR_FCR)? & EMPTY != 0 {
                break;
            }
            *slot = chip.read(URR_UTR)?;
            n += 1;
        }
        // After the buffer: so an error is of what was read, or of what comes.
        let damaged = chip.read(USR)? & ERRORS != 0;
        drop(chip);
        if damaged {
            self.flaw(n);
        }
        if n == 0 || damaged { Err(nb::Error::WouldBlock) } else { Ok(n) }
    }

    fn try_write(&mut self, bytes: &[u8]) -> nb::Result<usize, Self::Error> {
        let [byte, rest @ ..] = bytes else { return Err(nb::Error::WouldBlock) };
        let mut chip = self.chip.borrow_mut();
        let wanted = if self.sending { READY | CRED } else { CRED };
        if chip.read(MSR_FCR)? & wanted != wanted {
            return Err(nb::Error::WouldBlock);
        }
        let last = if rest.is_empty() { LCT } else { 0 };
        if !self.sending || last != 0 {
            chip.write(UCR1, self.mode | TRANSMIT | last)?;
        }
        chip.write(URR_UTR, *byte)?;
        self.sending = !rest.is_empty();
        Ok(1)
    }
}

impl<B: Bus> SmartcardPhy for Uart<'_, B> {
    fn configure(&mut self, framing: &Framing) -> Result<(), Self::Error> {
        let (divider, prescaler) =
            divide(framing).ok_or(Tda8007Error::Speed { f: framing.f, d: framing.d })?;
        let (automatic, convention) = match framing.convention {
            None => (0, SS),
            Some(Convention::Direct) => (AUTOC, CONV),
            Some(Convention::Inverse) => (AUTOC, 0),
        };
        // Without error signal the UART is in the mode of T=1, with any card.
        let protocol = if framing.signal { 0 } else { PROT };
        let fifo = if framing.signal { EIGHT | THREE_TIMES } else { EIGHT };
        (self.mode, self.framing) = (convention | protocol, *framing);
        let mut chip = self.chip.borrow_mut();
        chip.write(PDR, divider)?;
        chip.write(UCR2, prescaler | automatic)?;
        chip.write(GTR, framing.extra)?;
        chip.write(MSR_FCR, fifo)?;
        chip.write(UCR1, self.mode)
    }

    fn clear(&mut self) -> Result<(), Self::Error> {
        (self.sending, self.flaws) = (false, 0);
        self.chip.borrow_mut().reset_uart()?;
        // What the status still tells is of before.
        self.chip.borrow_mut().read(USR)?;
        // The registers are lost with the reset.
        let framing = self.framing;
        self.configure(&framing)
    }

    fn flaws(&mut self) -> u8 {
        core::mem::take(&mut self.flaws)
    }
}
