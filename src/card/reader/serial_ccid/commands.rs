//! What the reader itself can be told (USB CCID 1.1, 6.1).

use core::mem;

use crate::port::Call;

use super::link::Link;
use super::message::Request;
use super::{Fault, Mechanical, Parameters, SerialCcid, Slot, SpeedUp, Talk, Tell};

/// The clock and the speed of the card (6.1.14).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Rates {
    /// In kilohertz.
    pub clock: u32,
    /// In bits a second.
    pub data: u32,
}

/// The firmware, to a reader of Gemalto (`ccid_serial.c` of libccid).
const FIRMWARE: [u8; 1] = [0x02];

impl<P> SerialCcid<P> {
    fn tell<T: Copy>(
        &mut self,
        request: Request,
        data: &[u8],
        understand: fn(&Link) -> Result<T, Fault>,
    ) -> Call<'_, P, Talk<Tell<T>>> {
        let room = self.link.room().get_mut(..data.len()).ok_or(Fault::Command);
        let data = room.map(|room| {
            room.copy_from_slice(data);
            data.len()
        });
        self.channel.call(&mut self.link, Talk::new(Tell::new(request, data, understand)))
    }

    /// What reader and card have agreed on.
    pub fn parameters(&mut self) -> Call<'_, P, Talk<Tell<Parameters>>> {
        self.tell(Request::GET_PARAMETERS, &[], parameters)
    }

    /// Has the reader go back to the parameters of a card that was just reset;
    /// the output says them.
    pub fn reset_parameters(&mut self) -> Call<'_, P, Talk<Tell<Parameters>>> {
        self.tell(Request::RESET_PARAMETERS, &[], parameters)
    }

    /// Sets the parameters; the output says what the reader made of them.
    /// [`activate`](Self::activate) has set those of the card.
    pub fn set_parameters(&mut self, wanted: &Parameters) -> Call<'_, P, Talk<Tell<Parameters>>> {
        let mut data = [0; 7];
        let len = wanted.write(&mut data);
        let data = data.get(..len).unwrap_or_default();
        self.tell(Request::set_parameters(wanted.protocol()), data, parameters)
    }

    /// Sends the reader a command of its own, at most 261 bytes. The output is
    /// the length of the [answer](Self::answer). It is sent once.
    pub fn escape(&mut self, command: &[u8]) -> Call<'_, P, Talk<Tell<usize>>> {
        self.tell(Request::ESCAPE, command, |link| Ok(link.data().0.len()))
    }

    /// Asks a reader of Gemalto for its firmware; the output is the length of
    /// the [answer](Self::answer), which is text.
    pub fn firmware(&mut self) -> Call<'_, P, Talk<Tell<usize>>> {
        self.escape(&FIRMWARE)
    }

    /// What the last [`escape`](Self::escape) was answered, until the next
    /// call.
    #[must_use]
    pub fn answer(&self) -> &[u8] {
        self.link.data().0
    }

    /// Stops the clock of the card, or has it go on.
    pub fn stop_clock(&mut self, stopped: bool) -> Call<'_, P, Talk<Tell<()>>> {
        self.channel.call(&mut self.link, Talk::new(Tell::plain(Request::clock(stopped))))
    }

    /// Has a reader with a motor or a lock move.
    pub fn mechanical(&mut self, function: Mechanical) -> Call<'_, P, Talk<Tell<()>>> {
        self.channel.call(&mut self.link, Talk::new(Tell::plain(Request::mechanical(function))))
    }

    /// Which CLA a reader that is handed APDUs uses for GET RESPONSE and
    /// ENVELOPE with T=0.
    pub fn set_t0_classes(
        &mut self,
        get_response: u8,
        envelope: u8,
    ) -> Call<'_, P, Talk<Tell<()>>> {
        let request = Request::t0_classes(get_response, envelope);
        self.channel.call(&mut self.link, Talk::new(Tell::plain(request)))
    }

    /// Has the reader give up what it does with the card, as after a call that
    /// was dropped half way.
    pub fn abort(&mut self) -> Call<'_, P, Talk<Tell<()>>> {
        self.channel.call(&mut self.link, Talk::new(Tell::plain(Request::ABORT)))
    }

    /// Sets clock and speed of the card by hand; the output says what the
    /// reader made of them.
    pub fn set_rates(&mut self, rates: Rates) -> Call<'_, P, Talk<Tell<Rates>>> {
        let mut data = [0; 8];
        if let Some((clock, speed)) = data.split_first_chunk_mut() {
            *clock = rates.clock.to_le_bytes();
            speed.copy_from_slice(&rates.data.to_le_bytes());
        }
        self.tell(Request::RATES, &data, |link| match *link.data().0 {
            [a, b, c, d, e, f, g, h] => Ok(Rates {
                clock: u32::from_le_bytes([a, b, c, d]),
                data: u32::from_le_bytes([e, f, g, h]),
            }),
            _ => Err(Fault::Parameters),
        })
    }

    /// Sets a GemCore SIM Pro 2, which starts at 9 600 baud, to 115 200, and the
    /// port with it. Needs a port that can change its speed. A reader that has
    /// that speed already is found too.
    pub fn speed_up(&mut self) -> Call<'_, P, Talk<SpeedUp>> {
        self.channel.call(&mut self.link, Talk::new(SpeedUp::new()))
    }

    /// Turns to another slot; what is known of the one before is in `slot`
    /// then. A card in it stays active.
    ///
    /// ```
    /// use embedded_pos::card::reader::serial_ccid::{Config, SerialCcid, Slot};
    ///
    /// # let port = embedded_pos::sim::Simulated::new(embedded_pos::sim::card::CcidReader::new())
    /// #     .port(embedded_pos::sim::VirtualClock::new());
    /// let mut reader = SerialCcid::new(port, Config::DEFAULT);
    /// let mut other = Slot::new(1); // a security module
    /// reader.swap_slot(&mut other);
    /// assert_eq!(other.number(), 0);
    /// ```
    pub const fn swap_slot(&mut self, slot: &mut Slot) {
        mem::swap(&mut self.link.slot, slot);
    }
}

/// RDR_to_PC_Parameters (6.2.3).
fn parameters(link: &Link) -> Result<Parameters, Fault> {
    let (data, protocol) = link.data();
    Parameters::decode(protocol, data).ok_or(Fault::Parameters)
}
