//! The MFRC522 on the model of its registers.

mod front_ends;

use embedded_pos::card::contactless::{Heard, Operation, Technology};
use embedded_pos::card::reader::I2cPort;
use embedded_pos::card::reader::mfrc522::{Chip, Errors, Fault, Settings};
use embedded_pos::port::Duration;
use embedded_pos::port::adapter::SpiTransfers;
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::card::{
    BusFault, Disturbance, Echo, IsoDepCard, Mfrc522Model, OnI2c, OnSpi,
};
use front_ends::{Mirror, bench, suite};

type Bench = front_ends::Bench<Chip, SpiTransfers<OnSpi<Mfrc522Model>>>;

fn with(model: Mfrc522Model, config: Settings) -> (Bench, OnSpi<Mfrc522Model>) {
    bench(model, Chip::new(config))
}

/// One that is initialised, with its field on.
fn ready(config: Settings, technology: Technology) -> (Bench, OnSpi<Mfrc522Model>) {
    let (mut bench, bus) = with(Mfrc522Model::new(), config);
    bench.init().unwrap();
    bench.field(technology).unwrap();
    (bench, bus)
}

fn ready_a() -> (Bench, OnSpi<Mfrc522Model>) {
    ready(Settings::MFRC522, Technology::A)
}

#[test]
fn a_card_answers_wupa_anticollision_select_and_rats() {
    suite::a_card_answers_wupa_anticollision_select_and_rats::<Mfrc522Model>();
}

#[test]
fn nothing_in_the_field_is_silence_in_time() {
    suite::nothing_in_the_field_is_silence_in_time::<Mfrc522Model>();
}

#[test]
fn two_cards_collide_at_the_bit_where_they_differ() {
    suite::two_cards_collide_at_the_bit_where_they_differ::<Mfrc522Model>();
}

#[test]
fn cards_with_other_uid_lengths_collide_in_atqa() {
    suite::cards_with_other_uid_lengths_collide_in_atqa::<Mfrc522Model>();
}

#[test]
fn a_second_collision_is_counted_from_the_alignment() {
    suite::a_second_collision_is_counted_from_the_alignment::<Mfrc522Model>();
}

#[test]
fn frames_of_every_length_pass_both_ways() {
    suite::frames_of_every_length_pass_both_ways::<Mfrc522Model>();
}

#[test]
fn errors_of_the_line_are_told_apart_from_silence() {
    suite::errors_of_the_line_are_told_apart_from_silence::<Mfrc522Model>();
}

#[test]
fn rates_are_set_in_both_directions() {
    suite::rates_are_set_in_both_directions::<Mfrc522Model>();
}

#[test]
fn noise_is_waited_through() {
    suite::noise_is_waited_through::<Mfrc522Model>();
}

#[test]
fn an_operation_can_be_abandoned_anywhere() {
    suite::an_operation_can_be_abandoned_anywhere::<Mfrc522Model>();
}

#[test]
fn initialises_and_tells_its_version() {
    for version in [0x92, 0x91, 0x90, 0x88, 0xB2, 0x12, 0x15, 0x82] {
        let model = Mfrc522Model::new().with_version(version);
        let (mut bench, bus) = with(model, Settings::MFRC522);
        assert_eq!(bench.init(), Ok(Heard::Silence));
        assert_eq!(bench.chip.version(), version);
        assert_eq!(bus.chip().violations(), [""; 0]);
        assert!(!bus.chip().air.is_on());
    }
}

#[test]
fn says_that_no_chip_is_there() {
    for byte in [0x00, 0xFF] {
        let (mut bench, bus) = with(Mfrc522Model::new(), Settings::MFRC522);
        bus.break_off(Some(BusFault::Nobody(byte)));
        assert_eq!(bench.init(), Err(Fault::NotThere { version: byte }));
        assert!(bench.now().as_micros() < 60_000);
    }
}

#[test]
fn a_loop_that_is_too_slow_garbles_and_never_cuts_unseen() {
    let long: Vec<u8> = (0..254).collect();
    let (mut bench, bus) = ready_a();
    let card = Mirror::new(Technology::A, &[1]).shared();
    bus.chip().air.add(card.clone());
    // The FIFO is empty after 5.4 ms.
    bench.slowness = Duration::from_millis(10);
    assert_eq!(bench.exchange(&long, 20_000), Ok(Heard::Garbled));
    assert!(bench.chip.errors().contains(Errors::WRITE));
    assert_eq!(card.lock().unwrap().heard.len(), 0);

    let (mut bench, bus) = ready_a();
    bus.chip().air.add(Mirror::new(Technology::A, &long));
    bench.slowness = Duration::from_millis(10);
    assert_eq!(bench.exchange(&[1], 20_000), Ok(Heard::Garbled));
    assert!(bench.chip.errors().contains(Errors::OVERFLOW));
}

#[test]
fn a_chip_for_type_a_hears_no_card_of_type_b() {
    let (mut bench, bus) = ready(Settings::MFRC522, Technology::B);
    bus.chip().air.add(Mirror::new(Technology::B, &[1]));
    assert_eq!(bench.exchange(&[5, 0, 8], 5_000), Ok(Heard::Silence));
    assert_eq!(bus.chip().violations(), [""; 0]);
}

#[test]
fn a_chip_that_was_reset_or_is_gone_or_too_hot_is_told() {
    let (mut bench, bus) = ready_a();
    let now = bench.now();
    bus.chip().brown_out(now);
    assert_eq!(bench.exchange(&[1], 5_000), Err(Fault::Lost));
    for byte in [0x00, 0xFF] {
        let (mut bench, bus) = ready_a();
        bus.break_off(Some(BusFault::Nobody(byte)));
        assert_eq!(bench.exchange(&[1], 5_000), Err(Fault::NotThere { version: byte }));
        bus.break_off(None);
        assert_eq!(bench.init(), Ok(Heard::Silence));
    }
    let (mut bench, bus) = ready_a();
    bus.chip().set_hot(true);
    assert_eq!(bench.exchange(&[1], 5_000), Err(Fault::Hot));
}

#[test]
fn sleeps_while_the_field_is_off() {
    let config = Settings { power_down: true, ..Settings::MFRC522 };
    let (mut bench, bus) = ready(config, Technology::A);
    bus.chip().air.add(IsoDepCard::type_a(Echo));
    bench.operate(Operation::Field(false)).unwrap();
    bench.clock.advance(Duration::from_millis(6));
    bench.field(Technology::A).unwrap();
    assert_eq!(bench.bits(&[0x52], 7, false), Ok(Heard::Frame));
    assert_eq!(bus.chip().violations(), [""; 0]);
}

#[test]
fn what_the_error_register_says_can_be_read() {
    let cases = [
        (Disturbance::Flipped(3), Errors::CRC),
        (Disturbance::Broken, Errors::PARITY),
        (Disturbance::Lost, Errors::empty()),
    ];
    for (disturbance, errors) in cases {
        let (mut bench, bus) = ready_a();
        bus.chip().air.add(Mirror::new(Technology::A, &[1, 2, 3]));
        bus.chip().air.disturb(1, disturbance);
        let _ = bench.exchange(&[0x55], 5_000);
        assert_eq!(bench.chip.errors(), errors);
    }
}

#[test]
fn does_the_same_on_i2c() {
    let clock = VirtualClock::new();
    let bus = OnSpi::new(Mfrc522Model::new(), clock.clone());
    let port = I2cPort::mfrc522(OnI2c::mfrc522(bus.clone()), 0x28);
    let mut bench = front_ends::Bench::new(Chip::new(Settings::MFRC522), port, &clock);
    bench.init().unwrap();
    bench.field(Technology::A).unwrap();
    let card = Mirror::new(Technology::A, &[3; 200]).shared();
    bus.chip().air.add(card.clone());
    assert_eq!(bench.exchange(&[9; 200], 5_000), Ok(Heard::Frame));
    assert_eq!(bench.frame.bytes(), [3; 200]);
    assert_eq!(card.lock().unwrap().heard, [[9; 200]]);
    assert_eq!(bus.chip().violations(), [""; 0]);
}
