//! The programs `devices` and `fingerprint` as two processes on one
//! pseudo-terminal: every command that a family has, on every profile.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// `cargo test` builds the examples, beside the tests; `cargo test --test NAME`
/// does not: then `cargo build --examples` first.
fn program(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    Command::new(test.parent().unwrap().with_file_name("examples").join(name))
}

/// A module that is served.
struct Stage {
    served: Child,
    script: ChildStdin,
    dir: PathBuf,
    profile: &'static str,
    /// What is behind the path of the port.
    speed: &'static str,
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.served.kill());
        drop(self.served.wait());
    }
}

impl Stage {
    fn new(profile: &'static str) -> Self {
        Self::named(profile, profile)
    }

    fn named(profile: &'static str, name: &str) -> Self {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("stage-{name}"));
        drop(std::fs::remove_dir_all(&dir));
        std::fs::create_dir_all(&dir).unwrap();
        let mut served = program("devices")
            .args(["fingerprint", "--profile", profile, "--seconds", "300", "--pty"])
            .arg(dir.join("line"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(served.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");
        let script = served.stdin.take().unwrap();
        Self { served, script, dir, profile, speed: "" }
    }

    /// What people do from now on.
    fn play(&mut self, script: &str) {
        writeln!(self.script, "{script}").unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Runs a command of `fingerprint`: its exit code, output and complaints.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = program("fingerprint")
            .args(["--port", &format!("{}{}", self.file("line").display(), self.speed)])
            .args(["--model", self.profile])
            .args(arguments)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// Asserts exit code and beginning of the output.
    fn says(&self, arguments: &[&str], code: i32, start: &str) -> String {
        let (exit, out, complaint) = self.run(arguments);
        let profile = self.profile;
        assert_eq!(exit, code, "{profile} {arguments:?}: {out}{complaint}");
        assert!(out.starts_with(start), "{profile} {arguments:?}: {out}{complaint}");
        out
    }

    /// Asserts that it fails with exit code 2 and one clear line.
    fn fails(&self, arguments: &[&str], why: &str) {
        let (exit, out, complaint) = self.run(arguments);
        let profile = self.profile;
        assert_eq!((exit, out.as_str()), (2, ""), "{profile} {arguments:?}: {complaint}");
        let last = complaint.lines().last().unwrap_or_default();
        assert!(last.contains(why), "{profile} {arguments:?}: {complaint}");
        assert!(last.contains("; "), "{profile} {arguments:?} gives no advice: {complaint}");
    }
}

/// What every family can.
fn common(stage: &mut Stage, capacity: u16) {
    stage.says(&["count"], 0, &format!("0 of {capacity}\n"));
    // An SFM notices within its second of waiting that the finger was lifted.
    stage.play(&format!("TAP anna 60 ms={}", if stage.profile == "sfm" { 2_400 } else { 900 }));
    stage.says(&["enrol", "3"], 0, "stored in slot 3\n");
    stage.says(&["count"], 0, &format!("1 of {capacity}\n"));
    stage.says(&["list"], 0, "slot 3\n");
    stage.fails(&["enrol", "3"], "slot 3 is in use");
    stage.play("STOP\nPLACE anna");
    stage.says(&["identify"], 0, "slot 3, score ");
    stage.says(&["verify", "3"], 0, "slot 3, score ");
    stage.play("PLACE bert");
    stage.says(&["verify", "3"], 1, "no match\n");
    stage.says(&["identify"], 1, "no match\n");
    stage.fails(&["verify", "60000"], "there is no slot 60000");
    stage.says(&["info"], 0, &format!("model        {}\n", stage.profile));
    stage.says(&["--trace", "delete", "3"], 0, "deleted slot 3\n");
    stage.says(&["list"], 0, "");
    stage.says(&["count"], 0, &format!("0 of {capacity}\n"));
}

fn probed(stage: &Stage, family: &str, model: &str) {
    let found =
        stage.says(&["probe"], 0, &format!("family       {family}\nmodel        {model}\n"));
    assert!(found.contains("speed        "), "{found}");
    let count = stage.run(&["--model", "probe"]);
    assert_eq!(count.0, 2, "a command is wanted");
}

#[test]
fn r503() {
    let mut stage = Stage::new("r503");
    probed(&stage, "EF 01", "r503");
    common(&mut stage, 200);
    stage.says(&["led", "blue", "breathe"], 0, "");
    stage.says(&["password", "0", "12345678"], 0, "password changed\n");
    stage.play("POWER");
    stage.fails(&["count"], "give it with `--password`");
    stage.says(&["--password", "12345678", "count"], 0, "0 of 200\n");
    stage.says(&["password", "12345678", "0"], 0, "password changed\n");
    // What goes wrong on the line is survived, or told.
    stage.play("STORE 7 anna\nPLACE anna\nFAULT flip cmd=04 byte=11\nFAULT late cmd=02 ms=700");
    stage.says(&["identify"], 0, "slot 7, score ");
    stage.play("SILENCE");
    stage.fails(&["count"], "no answer to command");
    stage.play("POWER");
    stage.says(&["count"], 0, "1 of 200\n");
    stage.play("ERASE 7");
    transfers(&mut stage);
    imaging(&mut stage, "192 192");
    stage.says(&["baud", "115200"], 0, "115200 baud\n");
    stage.speed = "@115200";
    stage.says(&["info"], 0, "model        r503\n");
}

#[test]
fn r503_v12() {
    let mut stage = Stage::new("r503-v1.2");
    probed(&stage, "EF 01", "r503-v1.2");
    common(&mut stage, 200);
    transfers(&mut stage);
    stage.says(&["led", "green", "flash"], 0, "");
}

#[test]
fn synochip() {
    let mut stage = Stage::new("synochip");
    probed(&stage, "EF 01", "synochip");
    common(&mut stage, 100);
    transfers(&mut stage);
    stage.says(&["led", "red"], 0, "");
}

#[test]
fn zfm20() {
    let mut stage = Stage::new("zfm20");
    probed(&stage, "EF 01", "zfm20");
    common(&mut stage, 162);
    stage.fails(&["led", "blue"], "this module has no command 35h");
    transfers(&mut stage);
    imaging(&mut stage, "256 288");
}

#[test]
fn gt511c3() {
    let mut stage = Stage::new("gt511c3");
    probed(&stage, "GT-511", "gt511c3");
    common(&mut stage, 200);
    stage.says(&["led", "white", "on"], 0, "");
    stage.fails(&["led", "white", "flash"], "has no light but one that is on or off");
    stage.fails(&["password", "0", "1"], "has no password");
    transfers(&mut stage);
    imaging(&mut stage, "258 202");
    stage.says(&["baud", "57600"], 0, "57600 baud\n");
}

#[test]
fn gt521f52() {
    let mut stage = Stage::new("gt521f52");
    common(&mut stage, 3_000);
}

#[test]
fn waveshare() {
    let mut stage = Stage::new("waveshare");
    probed(&stage, "F5", "waveshare");
    common(&mut stage, 500);
    stage.fails(&["led", "blue"], "has no light");
    transfers(&mut stage);
    imaging(&mut stage, "140 140");
    stage.says(&["baud", "57600"], 0, "57600 baud\n");
}

#[test]
fn fpc1020a() {
    let mut stage = Stage::new("1020a");
    common(&mut stage, 200);
}

#[test]
fn sfm() {
    let mut stage = Stage::new("sfm");
    probed(&stage, "SFM", "sfm");
    common(&mut stage, 1_900);
    stage.play("STORE 1 anna duress\nPLACE anna duress");
    stage.fails(&["identify"], "duress");
    stage.play("ERASE 1\nLIFT");
    transfers(&mut stage);
    imaging(&mut stage, "96 100");
}

#[test]
fn bmlite() {
    let mut stage = Stage::new("bmlite");
    probed(&stage, "HCP", "bmlite");
    common(&mut stage, 100);
    transfers(&mut stage);
    imaging(&mut stage, "160 160");
}

/// Templates leave, and come back into a module that lost them.
fn transfers(stage: &mut Stage) {
    stage.play("STORE 4 anna\nSTORE 9 bert\nPLACE bert");
    let file = stage.file("templates");
    let path = file.to_str().unwrap();
    stage.says(&["backup", path], 0, "2 templates in ");
    stage.fails(&["backup", path], "exists");
    stage.fails(&["restore", path], "slot 4 is in use");
    stage.play("ERASE 4\nERASE 9");
    stage.says(&["identify"], 1, "no match\n");
    damaged(stage, &file);
    stage.says(&["restore", path], 0, "restored slot 4\nrestored slot 9\n");
    stage.says(&["identify"], 0, "slot 9, score ");
    let foreign = std::fs::read(&file).unwrap();
    let other = stage.file("foreign");
    std::fs::write(&other, [b"EPFT1\nother", &foreign[6 + stage.profile.len()..]].concat())
        .unwrap();
    stage.fails(&["restore", other.to_str().unwrap()], "those of a other");
}

/// A file that is damaged anywhere restores nothing.
fn damaged(stage: &Stage, file: &Path) {
    let whole = std::fs::read(file).unwrap();
    let bad = stage.file("bad");
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for bytes in [&whole[..whole.len() - 9], &whole[..whole.len() - 1], &whole[..3], &flipped] {
        std::fs::write(&bad, bytes).unwrap();
        stage.fails(&["restore", bad.to_str().unwrap()], "give another file");
    }
    stage.says(&["list"], 0, "");
}

fn imaging(stage: &mut Stage, size: &str) {
    stage.play("PLACE anna");
    let file = stage.file("finger.pgm");
    let said = format!("{} in ", size.replace(' ', " x "));
    stage.says(&["image", file.to_str().unwrap()], 0, &said);
    let image = std::fs::read(&file).unwrap();
    let header = format!("P5\n{size}\n255\n");
    assert!(image.starts_with(header.as_bytes()));
    let pixels: usize = size.split(' ').map(|n| n.parse::<usize>().unwrap()).product();
    assert_eq!(image.len(), header.len() + pixels);
}

#[test]
fn nobody_answers() {
    let mut stage = Stage::named("r503", "silent");
    stage.play("SILENCE");
    let (code, out, complaint) = stage.run(&["probe"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(complaint.contains("no known module answers; check"), "{complaint}");
}

#[test]
fn a_script_is_read_or_refused_before_anything_is_served() {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = dir.join("bad-script");
    std::fs::write(&file, "STORE 3 anna\nTAP\n").unwrap();
    let output = program("devices")
        .args(["fingerprint", "--profile", "r503", "--tcp", "127.0.0.1:0", "--script"])
        .arg(&file)
        .output()
        .unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    let expected = "bad-script: line 2, column 4: the name of a finger is missing";
    assert!(complaint.contains(expected), "{complaint}");
}
