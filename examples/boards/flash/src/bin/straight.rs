//! The same eight commands written straight: the least that works when nothing
//! goes wrong. It waits without end, takes any answer for the one it wants, and
//! does check the sum.
#![no_std]
#![no_main]

use embedded_pos::nb;
use embedded_pos::port::Port;
use flash::{Uart, unknown, wanted};

struct Straight {
    port: Uart,
    address: u32,
    answer: [u8; 32],
}

impl Straight {
    fn byte(&mut self) -> u8 {
        let mut byte = [0];
        let _ = nb::block!(self.port.try_read(&mut byte));
        byte[0]
    }

    fn send(&mut self, byte: u8, sum: &mut u16) {
        *sum = sum.wrapping_add(byte.into());
        let _ = nb::block!(self.port.try_write(&[byte]));
    }

    /// Sends a command; the content of the answer, if the module did it.
    #[inline(never)]
    fn ask(&mut self, content: &[u8]) -> Option<&[u8]> {
        let mut sum = 0;
        for byte in [0xEF, 0x01].into_iter().chain(self.address.to_be_bytes()) {
            self.send(byte, &mut sum);
        }
        sum = 0;
        for byte in [1, 0, content.len() as u8 + 2].into_iter().chain(content.iter().copied()) {
            self.send(byte, &mut sum);
        }
        let [high, low] = sum.to_be_bytes();
        self.send(high, &mut 0);
        self.send(low, &mut 0);
        self.answer()
    }

    fn answer(&mut self) -> Option<&[u8]> {
        let mut head = [0; 9];
        for byte in &mut head {
            *byte = self.byte();
        }
        let [0xEF, 1, a, b, c, d, pid @ 7, high, length] = head else { return None };
        if u32::from_be_bytes([a, b, c, d]) != self.address || high != 0 {
            return None;
        }
        let length = usize::from(length).checked_sub(2)?;
        let mut sum = u16::from(pid) + u16::from(head[8]);
        for at in 0..length {
            let byte = self.byte();
            *self.answer.get_mut(at)? = byte;
            sum = sum.wrapping_add(byte.into());
        }
        let given = u16::from_be_bytes([self.byte(), self.byte()]);
        let (&code, results) = self.answer.get(..length)?.split_first()?;
        (code == 0 && sum == given).then_some(results)
    }

    fn done(&mut self, content: &[u8]) -> bool {
        self.ask(content).is_some()
    }
}

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let mut zfm = Straight { port: Uart, address: unknown(), answer: [0; 32] };
    let [a, b, c, d] = unknown().to_be_bytes();
    let [high, low] = (unknown() as u16).to_be_bytes();
    wanted(zfm.done(&[0x13, a, b, c, d]).into());
    wanted(zfm.done(&[0x01]).into());
    wanted(zfm.done(&[0x02, low]).into());
    wanted(zfm.done(&[0x05]).into());
    wanted(zfm.done(&[0x06, 1, high, low]).into());
    wanted(match zfm.ask(&[0x04, 1, 0, 0, high, low]) {
        Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]),
        _ => 0,
    });
    wanted(zfm.done(&[0x0C, high, low, 0, 1]).into());
    wanted(match zfm.ask(&[0x1D]) {
        Some(&[high, low]) => u16::from_be_bytes([high, low]).into(),
        _ => 0,
    });
}
