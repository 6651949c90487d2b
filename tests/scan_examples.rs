//! The program `scan` with each engine, over a pseudo-terminal on which the
//! engine misbehaves.
#![cfg(unix)]

#[path = "../examples/devices/pty.rs"]
mod pty;

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration as Real;

use embedded_pos::port::adapter::SystemClock;
use embedded_pos::sim::scanner::{
    DatalogicModule, De2120Module, Dialect, Engine, Gm65Module, LineModule, M3yModule, MenuModule,
    NewlandModule, SsiEngine, SsiLayout, SsiLong, Symbology,
};
use embedded_pos::sim::{Device, Fault, Simulated};

const CODE: &[u8] = b"6901234567892";

/// `cargo test` builds the examples, beside the tests; `cargo test --test NAME`
/// does not: then `cargo build --examples` first.
fn scan(arguments: &[&str], port: &Path) -> Output {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().unwrap().with_file_name("examples").join("scan");
    let mut command = Command::new(program);
    command.args(["--seconds", "20", "--classify", "any", "--port"]).arg(port).args(arguments);
    command.output().unwrap()
}

/// Serves the device on a pseudo-terminal, shows the code whenever it looks, and
/// has the program scan it.
fn assert_scans<D: Device + Send + 'static>(
    engine: &str,
    device: Simulated<D>,
    is_looking: fn(&D) -> bool,
    show: fn(&mut D),
    symbology: &str,
) {
    let mut pty = pty::open().unwrap();
    let path = pty.path.clone();
    let served = device.clone();
    std::thread::spawn(move || served.serve(&mut pty.port, &mut SystemClock::new()));
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Real::from_millis(300));
            let mut device = device.device();
            if is_looking(&device) {
                show(&mut device);
            }
        }
    });
    let output = scan(&["--engine", engine], &path);
    let [said, told] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(output.status.success(), "{engine}: {told}");
    let first = format!("{symbology} 13 bytes: 6901234567892");
    assert_eq!(said.lines().next(), Some(first.as_str()), "{engine}: {told}");
    assert!(said.contains("ean13"), "{engine}: {said}");
}

fn assert_engine<D: Dialect + Send + 'static>(name: &str, engine: Engine<D>, symbology: &str) {
    let module = Simulated::new(engine);
    // The third reply is lost on the line and the one after it garbled.
    for fault in
        [Fault::Flipped(99, 0), Fault::Flipped(99, 0), Fault::Silence, Fault::Flipped(0, 8)]
    {
        if name != "line" && name != "datalogic" {
            module.device().outbox.inject(fault);
        }
    }
    let show = |engine: &mut Engine<D>| engine.present(CODE, *b"E0");
    assert_scans(name, module, Engine::is_looking, show, symbology);
}

#[test]
fn de2120() {
    assert_engine("de2120", De2120Module::new(), "]E0");
}

#[test]
fn honeywell() {
    assert_engine("honeywell", MenuModule::new(), "]E0");
}

#[test]
fn newland() {
    assert_engine("newland", NewlandModule::new(), "]E0");
}

#[test]
fn datalogic() {
    assert_engine("datalogic", DatalogicModule::new(), "?");
}

#[test]
fn line() {
    assert_engine("line", LineModule::new(b"", b"\r\n"), "?");
}

#[test]
fn m3y() {
    assert_engine("m3y", M3yModule::new(), "?");
}

#[test]
fn gm65() {
    let module = Simulated::new(Gm65Module::new());
    for fault in [Fault::Flipped(99, 0), Fault::Silence, Fault::WrongCheck] {
        module.device().outbox.inject(fault);
    }
    let is_ready = |module: &Gm65Module| module.is_looking() && module.register(0x60) == 0xE4;
    let show = |module: &mut Gm65Module| module.present(CODE, Symbology::Ean13);
    assert_scans("gm65", module, is_ready, show, "]E0");
}

#[test]
fn ssi() {
    let engine = SsiEngine::new(SsiLayout::Classic, SsiLong::Continued);
    let module = Simulated::new(engine);
    module.device().outbox.inject(Fault::Flipped(99, 0));
    module.device().outbox.inject(Fault::WrongCheck);
    let show = |engine: &mut SsiEngine| engine.present(CODE, 0x0B);
    assert_scans("ssi", module, SsiEngine::is_looking, show, "]E0");
}

#[test]
fn an_engine_that_is_not_there_is_a_clear_line() {
    let pty = pty::open().unwrap();
    let output = scan(&["--engine", "newland"], &pty.path);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("no reply"), "{told}");
}
