//! Contactless readers against hostile cards, lines and chips: no command is
//! carried out twice, and no call is without an end.

mod front_ends;
mod pn532_support;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use embedded_pos::card::contactless::{
    Config, Contactless, DriverFault, Fault, FrontEnd, Rate, Rates, iso_dep,
};
use embedded_pos::card::reader::pn532;
use embedded_pos::port::adapter::SpiTransfers;
use embedded_pos::port::{CallError, Clock, Duration, Instant, Port};
use embedded_pos::sim::card::{
    Air, Application, Disturbance, Echo, IdealFrontEnd, IdealReader, IsoDepCard, Mfrc522Model,
    OnSpi, Picc, PiccTrick, Pn532, Signal, St25r3916Model,
};
use embedded_pos::sim::{self, Simulated, VirtualClock};
use front_ends::Modelled;

/// An application that counts: each GENERATE AC is a transaction of its own,
/// and how often each was carried out is kept.
#[derive(Clone, Default)]
struct Ledger(Arc<Mutex<BTreeMap<Vec<u8>, usize>>>);

impl Ledger {
    fn times(&self, command: &[u8]) -> usize {
        self.0.lock().unwrap().get(command).copied().unwrap_or(0)
    }

    fn booked(&self) -> Vec<(Vec<u8>, usize)> {
        self.0.lock().unwrap().iter().map(|(command, times)| (command.clone(), *times)).collect()
    }
}

/// The cryptogram of a command.
fn cryptogram(command: &[u8]) -> Vec<u8> {
    let amount = command.get(5..7).unwrap_or_default();
    [&[0x77, 0x1E, 0x9F, 0x27], amount, &[0x5A; 24], &[0x90, 0x00]].concat()
}

impl Application for Ledger {
    fn reset(&mut self) {}

    fn process(&mut self, command: &[u8]) -> Vec<u8> {
        *self.0.lock().unwrap().entry(command.to_vec()).or_default() += 1;
        cryptogram(command)
    }
}

/// GENERATE AC number so and so, with so much data.
fn generate_ac(number: u8, data: u8) -> Vec<u8> {
    let mut command = vec![0x80, 0xAE, 0x80, 0x00, data, number, !number];
    command.extend((2..data).map(|n| n ^ number));
    command.push(0);
    command
}

/// What a session may look like to the campaigns.
trait Played {
    fn air<R>(&mut self, with: impl FnOnce(&mut Air) -> R) -> R;
    fn activate(&mut self) -> Result<(), String>;
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, String>;
    fn is_active(&self) -> bool;
    fn now(&mut self) -> Instant;
}

struct Played1<P, F, A> {
    reader: Contactless<P, F>,
    clock: VirtualClock,
    air: A,
}

impl<P: Port, F: FrontEnd, A: FnMut(&mut dyn FnMut(&mut Air))> Played for Played1<P, F, A>
where
    F::Fault: std::fmt::Debug,
    P::Error: std::fmt::Debug,
{
    fn air<R>(&mut self, with: impl FnOnce(&mut Air) -> R) -> R {
        let (mut with, mut result) = (Some(with), None);
        (self.air)(&mut |air| result = with.take().map(|with| with(air)));
        result.unwrap()
    }

    fn activate(&mut self) -> Result<(), String> {
        self.reader.activate().wait(&mut self.clock).map_err(|error| format!("{error:?}"))
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, String> {
        let result = self.reader.transmit(command).wait(&mut self.clock);
        result.map_err(|error| format!("{error:?}")).map(|_| self.reader.response().to_vec())
    }

    fn is_active(&self) -> bool {
        self.reader.identity().is_some()
    }

    fn now(&mut self) -> Instant {
        self.clock.now()
    }
}

fn ideal(config: Config) -> impl Played {
    let clock = VirtualClock::new();
    let device = Simulated::new(IdealReader::new());
    let reader = Contactless::over(device.port(clock.clone()), IdealFrontEnd::new(), config);
    Played1 {
        reader,
        clock,
        air: move |with: &mut dyn FnMut(&mut Air)| with(&mut device.device().air),
    }
}

fn chip<M: Modelled>(config: Config) -> impl Played
where
    M::Fault: std::fmt::Debug,
{
    let clock = VirtualClock::new();
    let bus = OnSpi::new(M::new(), clock.clone());
    let port = SpiTransfers::new(bus.clone());
    let reader = Contactless::over(port, M::chip(config.rates), config);
    Played1 { reader, clock, air: move |with: &mut dyn FnMut(&mut Air)| with(bus.chip().air()) }
}

/// A card that chains (FSCI 2: 29 bytes of a command in a block), and answers
/// in two blocks.
fn chaining(type_b: bool, ledger: &Ledger) -> IsoDepCard {
    let ats = [0x05, 0x72, 0x00, 0x40, 0x02];
    let atqb = [0x50, 1, 2, 3, 4, 0, 0, 0, 0, 0x00, 0x21, 0x41];
    let mut card = match type_b {
        false => IsoDepCard::type_a(ledger.clone()).with_answer(&ats),
        true => IsoDepCard::type_b(ledger.clone()).with_answer(&atqb).with_uid(&[1, 2, 3, 4]),
    };
    card.plan(PiccTrick::Wtx { inf: 0x03, times: 1 });
    card.plan(PiccTrick::Chunks(20));
    card
}

/// A session with so much data in its commands, in which these frames after
/// the activation are disturbed. `false`: it has not so many frames.
fn session(
    mut played: impl Played,
    type_b: bool,
    data: u8,
    disturbances: &[(usize, Disturbance)],
) -> bool {
    let ledger = Ledger::default();
    let card = chaining(type_b, &ledger);
    played.air(|air| air.add(card));
    played.activate().unwrap();
    let base = played.air(|air| air.frames());
    for (frame, disturbance) in disturbances {
        played.air(|air| air.disturb(base + frame, *disturbance));
    }
    let what = format!("{disturbances:?}, type B {type_b}, {data} bytes");
    for number in 0..3 {
        let command = generate_ac(number, data);
        if !played.is_active() {
            played.activate().unwrap();
        }
        let begun = played.now();
        let result = played.transmit(&command);
        let took = played.now().since(begun);
        // FWT is 4.8 ms; what is late is so by 30 ms at most.
        assert!(took < Duration::from_millis(600), "{what}: {took:?}");
        let times = ledger.times(&command);
        assert!(times <= 1, "{what}: {number} carried out {times} times: {result:?}");
        if let Ok(response) = result {
            assert_eq!((times, response), (1, cryptogram(&command)), "{what}");
        }
    }
    assert!(ledger.booked().iter().all(|(_, times)| *times == 1), "{what}");
    let last = disturbances.iter().map(|(frame, _)| *frame).max().unwrap_or(0);
    played.air(|air| air.frames()) - base > last
}

const HOW: [Disturbance; 6] = [
    Disturbance::Lost,
    Disturbance::Broken,
    Disturbance::Flipped(0),
    Disturbance::Flipped(9),
    Disturbance::Late(Duration::from_millis(10)),
    Disturbance::Doubled,
];

/// It leaves a frame in the air that nobody waits for. Two of them are more than
/// block numbers of one bit can tell apart, and no card sends them: it has one
/// answer, and that within its waiting time.
fn strays(how: &Disturbance) -> bool {
    matches!(how, Disturbance::Late(_) | Disturbance::Doubled)
}

/// Every two frames of a session disturbed, each in each way.
fn campaign<B: Played>(
    bench: impl Fn(Config) -> B,
    hows: &[Disturbance],
    data: &[u8],
    span: usize,
) {
    for config in [Config::ISO, Config::EMV] {
        for (type_b, data) in data.iter().flat_map(|data| [(false, *data), (true, *data)]) {
            for (first, one) in (0..).flat_map(|frame| hows.iter().map(move |how| (frame, *how))) {
                if !session(bench(config), type_b, data, &[(first, one)]) {
                    break;
                }
                for second in first + 1..=first + span {
                    for other in hows.iter().filter(|other| !(strays(&one) && strays(other))) {
                        session(bench(config), type_b, data, &[(first, one), (second, *other)]);
                    }
                }
            }
        }
    }
}

#[test]
fn nothing_is_carried_out_twice_over_the_ideal_front_end() {
    campaign(ideal, &HOW, &[2, 40], 3);
}

#[test]
fn nothing_is_carried_out_twice_over_an_mfrc522() {
    campaign(chip::<Mfrc522Model>, &[Disturbance::Lost, Disturbance::Doubled], &[40], 2);
}

#[test]
fn nothing_is_carried_out_twice_over_an_st25r3916() {
    campaign(chip::<St25r3916Model>, &[Disturbance::Lost, Disturbance::Doubled], &[40], 2);
}

/// A card that activates as another does, and then says what it likes.
struct Hostile<S> {
    inner: IsoDepCard,
    says: S,
}

impl<S: FnMut(&[u8]) -> Option<(Duration, Vec<u8>)> + Send> Picc for Hostile<S> {
    fn field(&mut self, on: bool, now: Instant) {
        self.inner.field(on, now);
    }

    fn hear(&mut self, signal: &Signal, now: Instant) -> Option<(Duration, Signal)> {
        if !self.inner.is_active() {
            return self.inner.hear(signal, now);
        }
        let heard = signal.checked()?.to_vec();
        let (delay, answer) = (self.says)(&heard)?;
        Some((delay, Signal::with_crc(signal.technology, &answer)))
    }
}

/// How long a command takes with such a card, and what comes of it.
fn hostile(
    fwi: u8,
    says: impl FnMut(&[u8]) -> Option<(Duration, Vec<u8>)> + Send + 'static,
) -> (Duration, String) {
    let mut played = ideal(Config::ISO);
    let ats = [0x05, 0x78, 0x00, fwi << 4, 0x00];
    let inner = IsoDepCard::type_a(Ledger::default()).with_answer(&ats);
    let card = Hostile { inner, says };
    played.air(|air| air.add(card));
    played.activate().unwrap();
    let begun = played.now();
    let result = played.transmit(&generate_ac(0, 2));
    (played.now().since(begun), format!("{result:?}"))
}

/// FWT MAX, less a little.
const SLOW: Duration = Duration::from_micros(4_940_000);

/// Patience of a minute, in three attempts each, and what is around it.
const MOST: Duration = Duration::from_secs(3 * 60 + 20);

#[test]
fn a_card_that_asks_for_time_for_ever_is_given_up() {
    for (fwi, delay) in [(0, Duration::from_micros(300)), (8, Duration::ZERO), (14, SLOW)] {
        for multiplier in [1, 59] {
            let (took, result) = hostile(fwi, move |_| Some((delay, vec![0xF2, multiplier])));
            assert!(took < MOST, "{fwi} {multiplier}: {took:?}");
            assert!(result.contains("KeepsAsking"), "{result}");
        }
    }
    // Each time only after the third question.
    let mut heard = 0;
    let (took, result) = hostile(14, move |_| {
        heard += 1;
        (heard % 3 == 0).then(|| (SLOW, vec![0xF2, 1]))
    });
    assert!(took < MOST, "{took:?}: {result}");
}

#[test]
fn a_card_that_chains_nothing_for_ever_is_given_up() {
    for delay in [Duration::from_micros(300), SLOW] {
        let mut number = 1;
        let (took, result) = hostile(14, move |_| {
            number ^= 1;
            Some((delay, vec![0x12 | number]))
        });
        assert!(took < MOST, "{took:?}");
        assert!(result.contains("KeepsAsking"), "{result}");
    }
    // Nor is one whose response has no end.
    let mut number = 1;
    let (took, result) = hostile(14, move |_| {
        number ^= 1;
        Some((SLOW, [&[0x12 | number][..], &[0; 200]].concat()))
    });
    assert!(took < MOST, "{took:?}: {result}");
}

#[test]
fn acknowledgements_nobody_asked_for_end() {
    for pcb in [0xA2, 0xA3, 0xC2, 0xB2, 0xE0] {
        let (took, result) = hostile(8, move |_| Some((Duration::from_millis(1), vec![pcb])));
        assert!(took < Duration::from_secs(2), "{pcb:02X} {took:?}: {result}");
        assert!(result.contains("Err"), "{pcb:02X} {result}");
    }
}

/// ATS and ATQB that lie.
#[test]
fn whatever_a_card_says_of_itself_activation_ends() {
    let mut answers: Vec<Vec<u8>> = vec![vec![], vec![0], vec![1], vec![0xFF], vec![2, 0x8F]];
    for t0 in [0x7F, 0x70, 0x0F, 0xFF, 0x18] {
        for tb in [0xFF, 0xEE, 0x0E, 0xF0] {
            answers.push(vec![5, t0, 0xFF, tb, 0xFF]);
            answers.push(vec![4, t0, 0xFF, tb, 0xFF]);
            answers.push(vec![6, t0, 0xFF, tb, 0xFF]);
        }
    }
    for answer in answers {
        for config in [Config::EMV, Config::ISO] {
            let mut played = ideal(config);
            let card = IsoDepCard::type_a(Ledger::default()).with_answer(&answer);
            played.air(|air| air.add(card));
            let begun = played.now();
            let result = played.activate();
            let took = played.now().since(begun);
            assert!(took < Duration::from_secs(70), "{answer:02X?}: {took:?} {result:?}");
            if result.is_ok() {
                let begun = played.now();
                let _ = played.transmit(&generate_ac(0, 2));
                assert!(played.now().since(begun) < MOST, "{answer:02X?}");
            }
        }
    }
}

/// A card taken away between two looks, and another put there, is seen as one
/// that went.
#[test]
fn another_card_in_the_place_of_the_active_one_is_not_it() {
    let clock = VirtualClock::new();
    let device = Simulated::new(IdealReader::new());
    let mut clock_here = clock.clone();
    let mut reader =
        Contactless::over(device.port(clock.clone()), IdealFrontEnd::new(), Config::EMV);
    for same_uid in [true, false] {
        let (old, new) = (Ledger::default(), Ledger::default());
        let key = device.device().air.add(IsoDepCard::type_a(old.clone()));
        reader.activate().wait(&mut clock_here).unwrap();
        device.device().air.remove(key);
        let uid = if same_uid { [0x12, 0x34, 0x56, 0x78] } else { [1, 2, 3, 4] };
        let key = device.device().air.add(IsoDepCard::type_a(new.clone()).with_uid(&uid));
        let result = reader.transmit(&generate_ac(1, 2)).wait(&mut clock_here);
        let silent = DriverFault::Card(Fault::IsoDep(iso_dep::Fault::Silent));
        assert!(matches!(result, Err(CallError::Device(fault)) if fault == silent), "{result:?}");
        assert!(old.booked().is_empty() && new.booked().is_empty());
        device.device().air.remove(key);
    }
}

/// Two cards with one UID activate as one: nothing tells them apart until they
/// answer. Then neither is believed.
fn twins(mut played: impl Played) {
    let ledger = Ledger::default();
    played.air(|air| air.add(IsoDepCard::type_a(ledger.clone())));
    played.air(|air| air.add(IsoDepCard::type_a(Echo)));
    played.activate().unwrap();
    let result = played.transmit(&generate_ac(1, 2));
    assert!(result.is_err(), "{result:02X?}");
    assert_eq!(ledger.times(&generate_ac(1, 2)), 1);
}

#[test]
fn two_cards_with_one_uid_are_not_believed() {
    for config in [Config::EMV, Config::ISO] {
        twins(ideal(config));
        twins(chip::<Mfrc522Model>(config));
        twins(chip::<St25r3916Model>(config));
    }
}

/// Two frames of a PN532 broken in a row, on each bus: what the card did is
/// counted where it is done.
fn pn532_campaign<P: Port>(bench: impl Fn(Pn532) -> pn532_support::Bench<P>, step: usize) {
    let hows = [
        sim::Fault::WrongCheck,
        sim::Fault::Silence,
        sim::Fault::Late(Duration::from_millis(12_000)),
        sim::Fault::Late(Duration::from_millis(40)),
        sim::Fault::Repeated,
        sim::Fault::Flipped(6, 0x40),
        sim::Fault::LostByte(5),
    ];
    for one in &hows {
        for (other, between) in hows.iter().map(|how| (how, 0)) {
            for nth in (0..8).step_by(step) {
                let mut bench = bench(Pn532::new());
                let ledger = Ledger::default();
                bench.bring(IsoDepCard::type_a(ledger.clone()));
                assert!(bench.activate().is_ok());
                bench.chip.device().spare(nth);
                bench.chip.device().inject(one.clone());
                bench.chip.device().spare(between);
                bench.chip.device().inject(other.clone());
                let what = format!("{one:?} at {nth}, {other:?} {between} later");
                for number in 0..3 {
                    let command = generate_ac(number, 2);
                    if bench.reader.atr().is_none() {
                        let _ = bench.activate();
                    }
                    let result = bench.transmit(&command);
                    let times = ledger.times(&command);
                    assert!(times <= 1, "{what}: {number} {times} times: {result:?}");
                    if let Ok(response) = result {
                        assert_eq!((times, response), (1, cryptogram(&command)), "{what}");
                    }
                }
                assert!(ledger.booked().iter().all(|(_, times)| *times == 1), "{what}");
            }
        }
    }
}

#[test]
fn nothing_is_carried_out_twice_over_a_pn532() {
    let config = pn532::Config::DEFAULT;
    pn532_campaign(|chip| pn532_support::hsu(chip, config), 2);
    pn532_campaign(|chip| pn532_support::polled_spi(chip, config), 3);
    pn532_campaign(|chip| pn532_support::polled_i2c(chip, config), 3);
}

/// A call with a PN532 that is dropped anywhere is never carried out again by
/// the next.
#[test]
fn what_was_dropped_is_not_carried_out_later_over_a_pn532() {
    for polls in 0..400 {
        let mut bench = pn532_support::hsu(Pn532::new(), pn532::Config::DEFAULT);
        bench.chip.device().pace();
        let ledger = Ledger::default();
        bench.bring(IsoDepCard::type_a(ledger.clone()));
        bench.activate().unwrap();
        let mut call = bench.reader.transmit(&generate_ac(0, 2));
        for _ in 0..polls {
            bench.clock.advance(Duration::from_micros(200));
            if call.poll(bench.clock.now()).is_ok() {
                return;
            }
        }
        drop(call);
        for number in 1..3 {
            let response = bench.transmit(&generate_ac(number, 2));
            assert_eq!(response, Ok(cryptogram(&generate_ac(number, 2))), "{polls}");
        }
        assert!(ledger.booked().iter().all(|(_, times)| *times == 1), "{polls}");
    }
    panic!("the call does not end");
}

/// Chips whose registers read as nothing, at any moment.
fn dead_bus<M: Modelled>()
where
    M::Fault: std::fmt::Debug,
{
    use embedded_pos::sim::card::BusFault;
    for byte in [0x00, 0xFF, 0x10, 0x20, 0x30, 0x40, 0x7F] {
        for after in [0, 3, 17, 60, 150] {
            let clock = VirtualClock::new();
            let mut now = clock.clone();
            let bus = OnSpi::new(M::new(), clock.clone());
            bus.chip().air().add(IsoDepCard::type_a(Ledger::default()));
            let port = SpiTransfers::new(bus.clone());
            let mut reader = Contactless::over(port, M::chip(Config::EMV.rates), Config::EMV);
            let mut call = reader.activate();
            let mut over = false;
            while bus.transactions() < after && !over {
                over = call.poll(now.now()).is_ok();
                clock.advance(Duration::from_micros(50));
            }
            let begun = now.now();
            bus.break_off(Some(BusFault::Nobody(byte)));
            let result = if over { Ok(()) } else { call.wait(&mut now).map(|_| ()) };
            let took = now.now().since(begun);
            assert!(took < Duration::from_secs(3), "{byte:02X} {after}: {took:?} {result:?}");
            bus.break_off(None);
            reader.activate().wait(&mut now).unwrap();
        }
    }
}

#[test]
fn a_chip_that_dies_ends_every_call() {
    dead_bus::<Mfrc522Model>();
    dead_bus::<St25r3916Model>();
}

/// Type A wants the carrier all but gone up to 424 kbit/s; a modulation index of
/// 12 % is type B's.
#[test]
fn an_st25r3916_modulates_type_a_as_deep_as_its_rate_wants() {
    for (model, rate) in [St25r3916Model::new, St25r3916Model::new_b]
        .into_iter()
        .flat_map(|model| [Rate::R212, Rate::R424, Rate::R848].map(|rate| (model, rate)))
    {
        let rates = Rates { send: rate, receive: rate };
        let mut clock = VirtualClock::new();
        let bus = OnSpi::new(model(), clock.clone());
        let card = IsoDepCard::type_a(Echo).with_answer(&[0x05, 0x78, 0x77, 0x80, 0x00]);
        bus.chip().air.add(card);
        let chip = <St25r3916Model as Modelled>::chip(rates);
        let port = SpiTransfers::new(bus.clone());
        let mut reader = Contactless::over(port, chip, Config::ISO);
        reader.activate().wait(&mut clock).unwrap();
        reader.transmit(&[0, 0xB0, 0, 0, 3]).wait(&mut clock).unwrap();
        assert_eq!(bus.chip().air.log().last().map(|(_, signal)| signal.rate), Some(rate));
        assert_eq!(bus.chip().violations(), [""; 0], "{rate:?}");
    }
}
