//! The ST25R3916 on the model of its registers.

mod front_ends;

use embedded_pos::card::contactless::{Heard, Operation, Technology};
use embedded_pos::card::reader::I2cPort;
use embedded_pos::card::reader::st25r3916::{Chip, Fault, Interrupts, Model, Settings, Supply};
use embedded_pos::port::Duration;
use embedded_pos::port::adapter::SpiTransfers;
use embedded_pos::sim::VirtualClock;
use embedded_pos::sim::card::{BusFault, Echo, IsoDepCard, OnI2c, OnSpi, St25r3916Model};
use front_ends::{Mirror, bench, suite};

type Bench = front_ends::Bench<Chip, SpiTransfers<OnSpi<St25r3916Model>>>;

fn with(model: St25r3916Model) -> (Bench, OnSpi<St25r3916Model>) {
    bench(model, Chip::new(Settings::DEFAULT))
}

/// One that is initialised, with its field on.
fn ready(model: St25r3916Model, technology: Technology) -> (Bench, OnSpi<St25r3916Model>) {
    let (mut bench, bus) = with(model);
    bench.init().unwrap();
    bench.field(technology).unwrap();
    (bench, bus)
}

#[test]
fn a_card_answers_wupa_anticollision_select_and_rats() {
    suite::a_card_answers_wupa_anticollision_select_and_rats::<St25r3916Model>();
}

#[test]
fn nothing_in_the_field_is_silence_in_time() {
    suite::nothing_in_the_field_is_silence_in_time::<St25r3916Model>();
}

#[test]
fn two_cards_collide_at_the_bit_where_they_differ() {
    suite::two_cards_collide_at_the_bit_where_they_differ::<St25r3916Model>();
}

#[test]
fn cards_with_other_uid_lengths_collide_in_atqa() {
    suite::cards_with_other_uid_lengths_collide_in_atqa::<St25r3916Model>();
}

#[test]
fn a_second_collision_is_counted_from_the_alignment() {
    suite::a_second_collision_is_counted_from_the_alignment::<St25r3916Model>();
}

#[test]
fn frames_of_every_length_pass_both_ways() {
    suite::frames_of_every_length_pass_both_ways::<St25r3916Model>();
}

#[test]
fn errors_of_the_line_are_told_apart_from_silence() {
    suite::errors_of_the_line_are_told_apart_from_silence::<St25r3916Model>();
}

#[test]
fn rates_are_set_in_both_directions() {
    suite::rates_are_set_in_both_directions::<St25r3916Model>();
}

#[test]
fn noise_is_waited_through() {
    suite::noise_is_waited_through::<St25r3916Model>();
}

#[test]
fn an_operation_can_be_abandoned_anywhere() {
    suite::an_operation_can_be_abandoned_anywhere::<St25r3916Model>();
}

#[test]
fn initialises_and_tells_who_it_is() {
    for (model, who, revision) in [
        (St25r3916Model::new(), Model::St25r3916, 2),
        (St25r3916Model::new_b(), Model::St25r3916B, 1),
    ] {
        for supply in [Supply::V3, Supply::V5] {
            let chip = Chip::new(Settings { supply, ..Settings::DEFAULT });
            let model = if who == Model::St25r3916 {
                St25r3916Model::new()
            } else {
                St25r3916Model::new_b()
            };
            let (mut bench, bus) = bench(model, chip);
            assert_eq!(bench.chip.model(), None);
            assert_eq!(bench.init(), Ok(Heard::Silence));
            assert_eq!((bench.chip.model(), bench.chip.revision()), (Some(who), revision));
            assert_eq!(bus.chip().violations(), [""; 0]);
        }
        drop(model);
    }
}

#[test]
fn a_3916b_does_what_a_3916_does() {
    for technology in [Technology::A, Technology::B] {
        let (mut bench, bus) = ready(St25r3916Model::new_b(), technology);
        bus.chip().air.add(Mirror::new(technology, &[3; 100]));
        assert_eq!(bench.exchange(&[9; 100], 5_000), Ok(Heard::Frame));
        assert_eq!(bench.frame.bytes(), [3; 100]);
        assert_eq!(bus.chip().violations(), [""; 0]);
    }
}

#[test]
fn says_that_no_chip_or_another_is_there() {
    for identity in [0x00, 0xFF] {
        let (mut bench, bus) = with(St25r3916Model::new());
        bus.break_off(Some(BusFault::Nobody(identity)));
        assert_eq!(bench.init(), Err(Fault::NotThere { identity }));
    }
    // An ST25R3911B says 1 << 3.
    let (mut bench, _bus) = with(St25r3916Model::new().with_identity(0x0C));
    assert_eq!(bench.init(), Err(Fault::NotThere { identity: 0x0C }));
}

#[test]
fn says_that_the_oscillator_does_not_run() {
    let (mut bench, bus) = with(St25r3916Model::new().without_crystal());
    assert_eq!(bench.init(), Err(Fault::Oscillator));
    assert!(bench.now().as_micros() < 30_000);
    assert_eq!(bus.chip().violations(), [""; 0]);
}

#[test]
fn a_foreign_field_is_told_and_ours_stays_off() {
    let (mut bench, bus) = with(St25r3916Model::new());
    bench.init().unwrap();
    bus.chip().set_foreign_field(true);
    assert_eq!(bench.operate(Operation::Field(true)), Err(Fault::ForeignField));
    assert!(!bus.chip().air.is_on());
    bus.chip().set_foreign_field(false);
    bench.init().unwrap();
    assert_eq!(bench.operate(Operation::Field(true)), Ok(Heard::Silence));
    assert!(bus.chip().air.is_on());
    assert_eq!(bus.chip().violations(), [""; 0]);
}

#[test]
fn an_answer_whose_end_is_not_reported_is_garbled() {
    let (mut bench, bus) = ready(St25r3916Model::new(), Technology::A);
    bus.chip().air.add(Mirror::new(Technology::A, &[1]));
    bus.chip().swallow_ends(1);
    assert_eq!(bench.exchange(&[1], 5_000), Ok(Heard::Garbled));
    assert!(bench.chip.interrupts().contains(Interrupts::RECEIVE_START));
    assert_eq!(bench.exchange(&[1], 5_000), Ok(Heard::Frame));
    assert_eq!(bus.chip().violations(), [""; 0]);
}

#[test]
fn a_chip_that_was_reset_or_is_gone_is_told() {
    let (mut bench, bus) = ready(St25r3916Model::new(), Technology::A);
    let now = bench.now();
    bus.chip().brown_out(now);
    assert_eq!(bench.exchange(&[1], 5_000), Err(Fault::Lost));
    for identity in [0x00, 0xFF] {
        let (mut bench, bus) = ready(St25r3916Model::new(), Technology::A);
        bus.break_off(Some(BusFault::Nobody(identity)));
        assert_eq!(bench.exchange(&[1], 5_000), Err(Fault::NotThere { identity }));
        bus.break_off(None);
        assert_eq!(bench.init(), Ok(Heard::Silence));
    }
}

#[test]
fn a_loop_that_is_slow_loses_nothing() {
    let long: Vec<u8> = (0..254).collect();
    let (mut bench, bus) = ready(St25r3916Model::new(), Technology::A);
    bus.chip().air.add(Mirror::new(Technology::A, &long));
    bench.slowness = Duration::from_millis(10);
    assert_eq!(bench.exchange(&long, 20_000), Ok(Heard::Frame));
    assert_eq!(bench.frame.bytes(), long);
    assert_eq!(bus.chip().violations(), [""; 0]);
}

#[test]
fn sleeps_while_the_field_is_off() {
    let chip = Chip::new(Settings { power_down: true, ..Settings::DEFAULT });
    let (mut bench, bus) = bench(St25r3916Model::new(), chip);
    bench.init().unwrap();
    bench.field(Technology::A).unwrap();
    bus.chip().air.add(IsoDepCard::type_a(Echo));
    bench.operate(Operation::Field(false)).unwrap();
    bench.clock.advance(Duration::from_millis(6));
    bench.field(Technology::A).unwrap();
    assert_eq!(bench.bits(&[0x52], 7, false), Ok(Heard::Frame));
    assert_eq!(bus.chip().violations(), [""; 0]);
}

#[test]
fn does_the_same_on_i2c() {
    let clock = VirtualClock::new();
    let bus = OnSpi::new(St25r3916Model::new(), clock.clone());
    let port = I2cPort::st25r3916(OnI2c::st25r3916(bus.clone()));
    let mut bench = front_ends::Bench::new(Chip::new(Settings::DEFAULT), port, &clock);
    bench.init().unwrap();
    bench.field(Technology::A).unwrap();
    let card = Mirror::new(Technology::A, &[3; 200]).shared();
    bus.chip().air.add(card.clone());
    assert_eq!(bench.exchange(&[9; 200], 5_000), Ok(Heard::Frame));
    assert_eq!(bench.frame.bytes(), [3; 200]);
    assert_eq!(card.lock().unwrap().heard, [[9; 200]]);
    assert_eq!(bus.chip().violations(), [""; 0]);
}
