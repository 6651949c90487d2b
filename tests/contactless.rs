//! The contactless reader over an ideal front end: activation of both types,
//! several cards, sessions, the class traits.

use std::sync::{Arc, Mutex};

use embedded_pos::card::contactless::{
    Abilities, Config, Contactless, DriverFault, Fault, Frame, Kinds, Rate, Rates, Several,
    Technology,
};
use embedded_pos::card::{Atr, CardReader};
use embedded_pos::conformance::{self, CardStimulus};
use embedded_pos::port::{CallError, Clock, Clocked, Duration};
use embedded_pos::sim::card::{
    Disturbance, Echo, IdealFrontEnd, IdealReader, IsoDepCard, Picc, PiccTrick, Signal,
};
use embedded_pos::sim::{SimPort, Simulated, Unplugged, VirtualClock};
use embedded_pos::{Error, ErrorKind, nb};

type Reader = Contactless<SimPort<IdealReader, VirtualClock>, IdealFrontEnd>;
type Card = Arc<Mutex<IsoDepCard>>;

const READ: [u8; 5] = [0x00, 0xB0, 0x00, 0x00, 0x00];

struct Bench {
    reader: Reader,
    device: Simulated<IdealReader>,
    clock: VirtualClock,
    cards: Vec<Card>,
}

impl Bench {
    fn with(config: Config, front_end: IdealFrontEnd, cards: Vec<IsoDepCard>) -> Self {
        let clock = VirtualClock::new();
        let device = Simulated::new(IdealReader::new());
        let reader = Contactless::over(device.port(clock.clone()), front_end, config);
        let mut bench = Self { reader, device, clock, cards: Vec::new() };
        for card in cards {
            bench.add(card);
        }
        bench
    }

    fn new(config: Config, cards: Vec<IsoDepCard>) -> Self {
        Self::with(config, IdealFrontEnd::new(), cards)
    }

    fn active(config: Config, card: IsoDepCard) -> Self {
        let mut bench = Self::new(config, vec![card]);
        assert_eq!(bench.activate(), Ok(()));
        bench
    }

    fn add(&mut self, card: IsoDepCard) -> usize {
        let card = Arc::new(Mutex::new(card));
        self.cards.push(card.clone());
        self.device.device().air.add(card)
    }

    fn activate(&mut self) -> Result<(), Fault> {
        self.reader.activate().wait(&mut self.clock).map_err(fault)
    }

    fn look(&mut self) -> bool {
        self.reader.look().wait(&mut self.clock).unwrap()
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Fault> {
        let result = self.reader.transmit(command).wait(&mut self.clock);
        result.map_err(fault).map(|_| self.reader.response().to_vec())
    }

    fn deactivate(&mut self) {
        self.reader.deactivate().wait(&mut self.clock).unwrap();
    }

    fn no_violations(&self) {
        assert_eq!(self.device.device().air.violations(), [""; 0]);
        for card in &self.cards {
            assert_eq!(card.lock().unwrap().violations(), [""; 0]);
        }
    }
}

fn fault<F: std::fmt::Debug>(error: CallError<DriverFault<F>, Unplugged>) -> Fault {
    match error {
        CallError::Device(DriverFault::Card(fault)) => fault,
        other => panic!("{other:?}"),
    }
}

fn longest_command() -> Vec<u8> {
    let mut command = vec![0x00, 0xDA, 0x00, 0x00, 255];
    command.extend(0..255);
    command.push(0);
    command
}

#[test]
fn every_kind_of_card_in_a_whole_session() {
    let uids: [&[u8]; 3] =
        [&[1, 2, 3, 4], &[4, 2, 3, 4, 5, 6, 7], &[4, 2, 3, 4, 5, 6, 7, 8, 9, 10]];
    for config in [Config::EMV, Config::ISO] {
        for uid in uids {
            let mut bench = Bench::active(config, IsoDepCard::type_a(Echo).with_uid(uid));
            let card = bench.reader.identity().unwrap();
            assert_eq!((card.technology(), card.uid()), (Technology::A, uid));
            assert_eq!(card.atqa_sak().unwrap().1, 0x20);
            assert_eq!(card.answer(), [0x08, 0x78, 0x00, 0x80, 0x02, b'P', b'O', b'S']);
            session(&mut bench);
        }
        let mut bench = Bench::active(config, IsoDepCard::type_b(Echo));
        let card = bench.reader.identity().unwrap();
        assert_eq!((card.technology(), card.uid()), (Technology::B, &[0x12, 0x34, 0x56, 0x78][..]));
        assert_eq!(card.atqa_sak(), None);
        assert_eq!(card.answer().len(), 12);
        session(&mut bench);
    }
}

fn session(bench: &mut Bench) {
    let atr = Atr::new(bench.reader.identity().unwrap().atr()).unwrap();
    assert_eq!(atr.as_bytes()[2..4], [0x80, 0x01]);
    assert_eq!(bench.transmit(&longest_command()).unwrap().len(), 257);
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
    assert!(bench.look());
    assert_eq!(bench.transmit(&[0, 0xB0, 0, 0, 2]).unwrap(), [0, 1, 0x90, 0]);
    bench.deactivate();
    assert!(!bench.device.device().air.is_on());
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    assert!(bench.reader.identity().is_none());
    bench.no_violations();
}
