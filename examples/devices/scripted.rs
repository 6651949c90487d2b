//! A fingerprint module of any family, played by a script and by what is typed.

use std::io::{self, BufRead};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use embedded_pos::port::Instant;
use embedded_pos::sim::Device;
use embedded_pos::sim::fingerprint::script::{Module, Script, Scripted};

use crate::common::profile::Profile;

/// A module, and the commands that come on standard input.
pub struct Played {
    scripted: Scripted<Box<dyn Module + Send>>,
    typed: Receiver<Script>,
}

impl Played {
    pub fn new(profile: Profile, script: Option<&Path>) -> io::Result<Self> {
        let script = script.map_or(Ok(Script::default()), read)?;
        let scripted = Scripted::new(profile.module()).playing(script);
        Ok(Self { scripted, typed: listen() })
    }

    fn look(&mut self) {
        while let Ok(script) = self.typed.try_recv() {
            self.scripted.play(script);
        }
    }
}

fn read(path: &Path) -> io::Result<Script> {
    let wrong =
        |error: &dyn std::fmt::Display| io::Error::other(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    text.parse().map_err(|error| wrong(&error))
}

/// What is typed from now on, line by line.
fn listen() -> Receiver<Script> {
    let (typed, commands) = channel();
    thread::spawn(move || {
        for (number, line) in (1..).zip(io::stdin().lock().lines().map_while(Result::ok)) {
            match Script::line(number, &line) {
                Ok(script) => {
                    if typed.send(script).is_err() {
                        return;
                    }
                }
                Err(error) => eprintln!("standard input, {error}"),
            }
        }
    });
    commands
}

impl Device for Played {
    fn receive(&mut self, bytes: &[u8], now: Instant) {
        self.look();
        self.scripted.receive(bytes, now);
    }

    fn transmit(&mut self, now: Instant) -> Vec<u8> {
        self.look();
        let said = self.scripted.transmit(now);
        for failure in self.scripted.failures() {
            eprintln!("fingerprint, {failure}");
        }
        said
    }
}
