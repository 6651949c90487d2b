//! Settings that host and module must have alike: changed, proven, rolled back,
//! found again.

mod fingerprint_common;

use embedded_pos::fingerprint::zfm::command::PacketSize;
use embedded_pos::fingerprint::zfm::{
    Candidates, Config, Confirmation, Fault, Password, Recovered, Zfm,
};
use embedded_pos::nb;
use embedded_pos::port::adapter::WithBaud;
use embedded_pos::port::{CallError, Clock, Duration, Line};
use embedded_pos::sim::fingerprint::{Misbehaviour, R503Module};
use embedded_pos::sim::{Fault as LineFault, SimPort, Simulated, Unplugged, VirtualClock};
use fingerprint_common::{Failure, Module, bench, bench_of, clock};

type Wire = SimPort<R503Module, VirtualClock>;
type SetWire = Box<dyn FnMut(&mut Wire, u32) -> Result<(), Unplugged>>;

/// A driver whose port can be set to another speed; wrong ones are not
/// understood.
struct Tuned {
    module: Module,
    clock: VirtualClock,
    driver: Zfm<WithBaud<Wire, SetWire>>,
}

fn tuned_to(baud: u32, module: R503Module, config: Config) -> Tuned {
    let (module, clock) = (Simulated::new(module), clock());
    module.device().hears_at(baud);
    let set = module.clone();
    let set: SetWire = Box::new(move |_, baud| {
        set.device().hears_at(baud);
        Ok(())
    });
    let driver = Zfm::new(WithBaud::new(module.port(clock.clone()), set), config);
    Tuned { module, clock, driver }
}

fn tuned() -> Tuned {
    tuned_to(57_600, R503Module::r503(), Config::r503(Password::FACTORY))
}

impl Tuned {
    fn count(&mut self) -> Result<u16, Failure> {
        Ok(self.driver.count().wait(&mut self.clock)?.stored)
    }

    fn change(&mut self, what: What) -> Result<(), Failure> {
        match what {
            What::Password => self.driver.set_password(Password::new(99)).wait(&mut self.clock),
            What::Address => self.driver.set_address(0x0102_0304).wait(&mut self.clock),
            What::Baud => self.driver.set_baud(115_200).wait(&mut self.clock),
        }
    }

    /// Whether the new value is in force in the module.
    fn is_changed(&self, what: What) -> bool {
        let device = self.module.device();
        match what {
            What::Password => device.password() == 99,
            What::Address => device.address() == 0x0102_0304,
            What::Baud => device.baud() == 115_200,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum What {
    Password,
    Address,
    Baud,
}

const ALL: [(What, u8); 3] = [(What::Password, 0x12), (What::Address, 0x15), (What::Baud, 0x0E)];

#[test]
fn a_change_is_proven_before_the_old_is_forgotten() {
    for (what, opcode) in ALL {
        let mut tuned = tuned();
        tuned.change(what).unwrap();
        assert!(tuned.is_changed(what), "{what:?}");
        let commands = tuned.module.device().commands().to_vec();
        let at = commands.iter().position(|command| *command == opcode).unwrap();
        assert_eq!(commands[at..], [opcode, 0x13, 0x14, 0x0F], "{what:?}");
        assert_eq!(tuned.count(), Ok(0), "{what:?}");
    }
}

#[test]
fn whatever_becomes_of_an_answer_host_and_module_agree() {
    let faults = [
        Misbehaviour::Line(LineFault::Silence),
        Misbehaviour::Line(LineFault::WrongCheck),
        Misbehaviour::Line(LineFault::Late(Duration::from_millis(2_500))),
        Misbehaviour::Line(LineFault::Repeated),
        Misbehaviour::Line(LineFault::LostByte(3)),
        Misbehaviour::Address(7),
        Misbehaviour::Instead(vec![0x18]),
        Misbehaviour::Before(vec![0x00], Duration::from_millis(300)),
        Misbehaviour::Before(vec![0x18], Duration::from_millis(300)),
        Misbehaviour::PowerCycle,
    ];
    for (what, _) in ALL {
        for how in &faults {
            for nth in 0..8 {
                let mut tuned = tuned();
                tuned.module.device().misbehave_after(nth, how.clone());
                let result = tuned.change(what);
                let row = format!("{what:?}, {how:?}, reply {nth}: {result:?}");
                if result.is_ok() {
                    assert!(tuned.is_changed(what), "{row}");
                }
                // In whichever state it is, the driver finds it.
                tuned.clock.advance(Duration::from_secs(3));
                let _ = tuned.count();
                let _ = tuned.count();
                assert_eq!(tuned.count(), Ok(0), "{row}");
            }
        }
    }
}

#[test]
fn a_line_that_dies_on_the_way_leaves_no_doubt_once_it_is_back() {
    for (what, opcode) in ALL {
        // The command arrives, or it does not; its answer never does.
        for arrives in [true, false] {
            let mut tuned = tuned();
            assert_eq!(tuned.count(), Ok(0));
            let silence = || Misbehaviour::Line(LineFault::Silence);
            let answers = if arrives { silence() } else { Misbehaviour::Instead(vec![0x01]) };
            tuned.module.device().misbehave_on(opcode, answers);
            for _ in 0..12 {
                tuned.module.device().misbehave_on(0x13, silence());
            }
            let result = tuned.change(what);
            assert!(result.is_err(), "{what:?}");
            for _ in 0..20 {
                if tuned.module.device().has_misbehaved() {
                    break;
                }
                let _ = tuned.count();
            }
            assert_eq!(tuned.count(), Ok(0), "{what:?}");
            let config = tuned.driver.config();
            let changed = tuned.is_changed(what);
            match what {
                What::Password => assert_eq!(config.password == Password::new(99), changed),
                What::Address => assert_eq!(config.address == 0x0102_0304, changed),
                What::Baud => {}
            }
        }
    }
}

#[test]
fn a_change_dropped_at_any_step_leaves_no_doubt() {
    for (what, _) in ALL {
        for steps in 0..160 {
            let mut tuned = tuned();
            let clock = tuned.clock.clone();
            let poll = |poll: &mut dyn FnMut(&mut VirtualClock) -> bool| {
                let mut clock = clock.clone();
                for _ in 0..steps {
                    if poll(&mut clock) {
                        break;
                    }
                    clock.advance(Duration::from_millis(1));
                }
            };
            let driver = &mut tuned.driver;
            let mut call = match what {
                What::Password => driver.set_password(Password::new(99)),
                What::Address => driver.set_address(0x0102_0304),
                What::Baud => driver.set_baud(115_200),
            };
            poll(&mut |clock| call.poll(clock.now()) != Err(nb::Error::WouldBlock));
            drop(call);
            let _ = tuned.count();
            assert_eq!(tuned.count(), Ok(0), "{what:?}, dropped after {steps} ms");
        }
    }
}

#[test]
fn a_module_that_refuses_keeps_the_old() {
    for (what, opcode) in ALL {
        let mut tuned = tuned();
        assert_eq!(tuned.count(), Ok(0));
        let (password, address, baud) = {
            let device = tuned.module.device();
            (device.password(), device.address(), device.baud())
        };
        tuned.module.device().refuse(opcode, 0x18);
        // An answer from the old address says that much by itself.
        let not_taken = CallError::Device(Fault::NotTaken(opcode));
        let refused = CallError::Device(Fault::Refused(opcode, Confirmation::FlashFailed));
        let expected = if let What::Address = what { not_taken } else { refused };
        assert_eq!(tuned.change(what), Err(expected), "{what:?}");
        assert_eq!(tuned.count(), Ok(0), "{what:?}");
        let device = tuned.module.device();
        assert_eq!((device.password(), device.address(), device.baud()), (password, address, baud));
        drop(device);
        // It says that it does, and does not.
        tuned.module.device().refuse(opcode, 0x00);
        assert_eq!(tuned.change(what), Err(not_taken), "{what:?}");
        assert_eq!(tuned.count(), Ok(0), "{what:?}");
    }
}

#[test]
fn a_port_that_cannot_be_set_is_found_out_before_the_module_is_told() {
    let mut bench = bench();
    let result = bench.driver.set_baud(115_200).wait(&mut bench.clock);
    assert_eq!(result, Err(CallError::Line(Line::Baud(57_600))));
    assert!(!bench.module.device().commands().contains(&0x0E));
    assert_eq!(bench.count(), Ok(0));
    for baud in [0, 9_601, 28_800, 2_000_000] {
        let result = bench.driver.set_baud(baud).wait(&mut bench.clock);
        assert_eq!(result, Err(CallError::Device(Fault::Value(0x0E))), "{baud}");
    }
}

#[test]
fn level_and_packet_size_are_read_back() {
    let mut bench = bench();
    let clock = &mut bench.clock;
    bench.driver.set_level(5).wait(clock).unwrap();
    bench.driver.set_packet(PacketSize(3)).wait(clock).unwrap();
    let device = bench.module.device();
    assert_eq!((device.level(), device.packet()), (5, 3));
    drop(device);
    bench.module.device().refuse(0x0E, 0x00);
    let result = bench.driver.set_level(2).wait(clock);
    assert_eq!(result, Err(CallError::Device(Fault::NotTaken(0x0E))));
}

fn lost() -> R503Module {
    let mut module = R503Module::r503().with_address(0xA1B2_C3D4).with_password(7);
    module.runs_at(115_200);
    module
}

const BAUDS: [u32; 4] = [57_600, 9_600, 115_200, 38_400];

#[test]
fn a_lost_module_is_found_again() {
    let passwords = [Password::FACTORY, Password::new(3), Password::new(7)];
    let candidates =
        Candidates { bauds: &BAUDS, addresses: &[u32::MAX, 0xA1B2_C3D4], passwords: &passwords };
    let mut tuned = tuned_to(57_600, lost(), Config::r503(Password::FACTORY));
    assert!(tuned.count().is_err());
    let begun = tuned.clock.now();
    let found = tuned.driver.recover(candidates).wait(&mut tuned.clock);
    let expected = Recovered { baud: Some(115_200), address: 0xA1B2_C3D4, password: 2 };
    assert_eq!(found, Ok(expected));
    assert!(tuned.clock.now().since(begun) < Duration::from_secs(20));
    assert_eq!(tuned.count(), Ok(0));
}

#[test]
fn what_cannot_be_found_leaves_all_as_it_was() {
    let passwords = [Password::FACTORY];
    let candidates = Candidates { bauds: &BAUDS, addresses: &[1, 2], passwords: &passwords };
    let mut tuned = tuned_to(57_600, lost(), Config::r503(Password::new(5)));
    let found = tuned.driver.recover(candidates).wait(&mut tuned.clock);
    assert_eq!(found, Err(CallError::Device(Fault::Nowhere)));
    let config = tuned.driver.config();
    assert!(config.address == u32::MAX && config.password == Password::new(5));
    *tuned.module.device() = R503Module::r503().with_password(5);
    tuned.module.device().hears_at(57_600);
    assert_eq!(tuned.count(), Ok(0));
}

#[test]
fn a_module_without_its_password_is_at_least_found() {
    let candidates = Candidates { bauds: &BAUDS, addresses: &[0xA1B2_C3D4], passwords: &[] };
    let mut tuned = tuned_to(57_600, lost(), Config::r503(Password::new(5)));
    let found = tuned.driver.recover(candidates).wait(&mut tuned.clock);
    assert_eq!(found, Err(CallError::Device(Fault::Password)));
    assert_eq!(tuned.driver.config().address, 0xA1B2_C3D4);
}

#[test]
fn without_speeds_a_plain_port_will_do() {
    let candidates = Candidates { bauds: &[], addresses: &[3, 4], passwords: &[] };
    let mut bench =
        bench_of(R503Module::new().with_address(4), Config::r503(Password::FACTORY), usize::MAX);
    let found = bench.driver.recover(candidates).wait(&mut bench.clock);
    assert_eq!(found, Ok(Recovered { baud: None, address: 4, password: 0 }));
    let nobody = Candidates { bauds: &[], addresses: &[5], passwords: &[] };
    bench.module.unplug();
    let found = bench.driver.recover(nobody).wait(&mut bench.clock);
    assert!(matches!(found, Err(CallError::Port(_))));
}
