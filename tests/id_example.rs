//! The program `id` against a simulated reader, as two processes on one
//! pseudo-terminal.
#![cfg(unix)]

#[path = "../examples/devices/pty.rs"]
mod pty;

use std::path::PathBuf;
use std::process::Command;

use embedded_pos::port::adapter::SystemClock;
use embedded_pos::sim::Simulated;
use embedded_pos::sim::documents::card::{Card, foreigner_2023, resident};
use embedded_pos::sim::id_reader::SdtReader;

/// `cargo test` builds the examples, beside the tests; `cargo test --test NAME`
/// does not: then `cargo build --examples` first.
fn program() -> Command {
    let test = std::env::current_exe().unwrap();
    Command::new(test.parent().unwrap().with_file_name("examples").join("id"))
}

/// Runs the program against this reader: exit code, output, complaints.
fn run(reader: SdtReader, arguments: &[&str]) -> (i32, String, String) {
    let mut pty = pty::open().unwrap();
    let path = pty.path.clone();
    let device = Simulated::new(reader);
    // Ends with the test: the pseudo-terminal is never closed.
    std::thread::spawn(move || device.serve(&mut pty.port, &mut SystemClock::new()));
    let output = program().arg("--port").arg(path).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn with(mut reader: SdtReader, card: &Card) -> SdtReader {
    reader.lay(card);
    reader
}

#[test]
fn a_card_is_read_and_names_are_hidden() {
    let card = resident("测试一");
    let (code, out, complaint) = run(with(SdtReader::new(), &card), &["read"]);
    assert_eq!(code, 0, "{out}{complaint}");
    assert!(out.starts_with("card      resident ID card\nname      (not shown)\n"), "{out}");
    assert!(
        !out.contains("测试") && !out.contains(&card.number) && !out.contains("试验路"),
        "{out}"
    );
    assert!(out.contains("sex       male\ncheck     valid\nvalid to  2040-01-01\n"), "{out}");
}

#[test]
fn names_are_shown_and_the_photo_is_written() {
    let card = foreigner_2023("TEST, PERSON ONE");
    let photo = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("id-photo.wlt");
    let arguments = ["read", "--show", "--photo", photo.to_str().unwrap()];
    let (code, out, complaint) = run(with(SdtReader::new(), &card), &arguments);
    assert_eq!(code, 0, "{out}{complaint}");
    assert!(out.contains("english   TEST, PERSON ONE\n") && out.contains(&card.number), "{out}");
    assert_eq!(std::fs::read(photo).unwrap(), card.photo);
}

#[test]
fn an_oem_reader_and_one_without_a_card() {
    let reader = with(SdtReader::oem(), &resident("测试一"));
    let (code, out, complaint) = run(reader, &["--oem", "read", "--show"]);
    assert_eq!(code, 0, "{out}{complaint}");
    assert!(out.contains("name      测试一\n"), "{out}");
    let (code, out, complaint) = run(SdtReader::new(), &["read", "--seconds", "1"]);
    assert_eq!((code, out.as_str()), (1, ""), "{complaint}");
    let (code, out, _) = run(SdtReader::new(), &["info"]);
    assert_eq!((code, out.as_str()), (0, "module 05.01-20197298-0000000007-0000000009\n"));
    let mut dead = SdtReader::new();
    dead.mute(true);
    let (code, out, complaint) = run(dead, &["read"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(complaint.contains("no reply to Status; "), "{complaint}");
}
