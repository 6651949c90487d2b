//! Contact cards, on a line and in a slot where nothing comes right.

use embedded_pos::card::contact::reader::{Config, ContactReader};
use embedded_pos::card::contact::{CardSlot, Contacts, SmartcardPhy};
use embedded_pos::port::{CardState, Class, Duration, Framing};
use embedded_pos::sim::Unplugged;

use super::{Bad, Strict};

impl SmartcardPhy for Bad {
    fn configure(&mut self, _: &Framing) -> Result<(), Unplugged> {
        if matches!(self, Self::Failing) { Err(Unplugged) } else { Ok(()) }
    }

    fn clear(&mut self) -> Result<(), Unplugged> {
        Ok(())
    }

    fn flaws(&mut self) -> u8 {
        0
    }
}

/// A card is there, and never gets on or off.
#[derive(Clone, Copy, Debug)]
struct Numb {
    present: bool,
    active: bool,
    wait: Duration,
}

impl embedded_pos::ErrorType for Numb {
    type Error = Unplugged;
}

impl Numb {
    fn state(self) -> CardState {
        let Self { present, active, wait } = self;
        CardState { present, active, wait, ..CardState::default() }
    }
}

impl CardSlot for Numb {
    fn sense(&mut self) -> Result<CardState, Unplugged> {
        Ok(self.state())
    }

    fn power(&mut self, _: Class, _: u16) -> Result<CardState, Unplugged> {
        Ok(self.state())
    }

    fn reset(&mut self, _: u16) -> Result<CardState, Unplugged> {
        Ok(self.state())
    }

    fn run(&mut self) -> Result<CardState, Unplugged> {
        Ok(self.state())
    }

    fn off(&mut self) -> Result<CardState, Unplugged> {
        Ok(self.state())
    }
}

#[test]
fn a_contact_reader_ends_by_the_times_it_names() {
    let babble = [0x00, 0x3B, 0x3F, 0x60, 0x90, 0xFF].into_iter().map(Bad::Babbling);
    let lines = [Bad::Stuck, Bad::Silent, Bad::Failing].into_iter().chain(babble);
    for bad in lines {
        for (present, active) in [(false, false), (true, false), (true, true)] {
            let slot = Numb { present, active, wait: Duration::from_millis(3) };
            for config in [Config::emv(4_000_000), Config::iso(4_000_000)] {
                let mut reader = ContactReader::new(Contacts::new(bad, slot), config);
                let mut clock = Strict::default();
                // 3B or 3F without end is an answer to reset, of a T=0 card.
                let activated = reader.activate().wait(&mut clock).is_ok();
                assert!(!activated || matches!(bad, Bad::Babbling(0x3B | 0x3F)), "{bad:?}");
                assert!(reader.transmit(&[0; 5]).wait(&mut clock).is_err());
                assert_eq!(reader.look().wait(&mut clock), Ok(present));
                assert!(reader.deactivate().wait(&mut clock).is_ok());
                // Three supplies, a warm reset each, 20 160 etu each at most.
                assert!(clock.now.as_micros() < 20_000_000, "{bad:?} {config:?}");
            }
        }
    }
}
