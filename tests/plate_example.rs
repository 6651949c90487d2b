//! The program `camera` with messages that cameras push: from a file, from
//! standard input, and by HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use embedded_pos::sim::Draw;
use embedded_pos::sim::camera::Sight;

/// `cargo test` builds the examples, beside the tests; `cargo test --test NAME`
/// does not: then `cargo build --examples` first.
fn camera(arguments: &[&str]) -> Command {
    let test = std::env::current_exe().unwrap();
    let mut command =
        Command::new(test.parent().unwrap().with_file_name("examples").join("camera"));
    command.args(arguments);
    command
}

#[test]
fn a_message_in_a_file() {
    let sight = Sight::draw(&mut Draw::new(1));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hikvision.form");
    std::fs::write(&path, sight.hikvision_form()).unwrap();
    let path = path.to_str().unwrap();
    let output = camera(&["--vendor", "hikvision", "--file", path]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(said.starts_with(&sight.plate) && said.contains(&sight.uuid()), "{said}");
    // The same is no message of another vendor.
    let output = camera(&["--vendor", "axis", "--file", path]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn messages_by_http_until_so_many_came() {
    let mut server = camera(&["--vendor", "gat1400", "--listen", "0", "--count", "3"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(server.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.trim().rsplit(' ').next().unwrap().to_owned();
    let mut draw = Draw::new(2);
    for count in [1, 2] {
        let sights: Vec<_> = (0..count).map(|_| Sight::draw(&mut draw)).collect();
        let body = Sight::gat1400(&sights);
        let mut stream = TcpStream::connect(&address).unwrap();
        let length = body.len();
        write!(
            stream,
            "POST /VIID/MotorVehicles HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let output = server.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 3);
}
