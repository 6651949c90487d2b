use std::format;
use std::string::String;
use std::vec::Vec;

use super::Report;
use crate::scan::{Scan, Scanner};

/// The hand that holds codes in front of a scanner.
pub trait ScannerStimulus {
    /// Holds up a code with this payload, until the engine has seen it or it
    /// is [withdrawn](Self::withdraw).
    fn present(&mut self, payload: &[u8]);

    /// Takes away what is held up.
    fn withdraw(&mut self);

    /// Lets some time pass: a millisecond or more.
    fn pause(&mut self);
}

/// How many pauses a code may take.
const PATIENCE: usize = 3_000;
/// How many pauses of silence are proof of silence.
const SILENCE: usize = 500;

/// What [`Scanner`] promises. The scanner is initialised, and not looking.
pub fn scanner(device: &mut impl Scanner, stimulus: &mut impl ScannerStimulus) -> Report {
    let mut report = Report::new();
    let mut bench = Bench { device, stimulus };
    report.check("a scanner that was not started reports nothing", bench.idle(b"conformance 0"));
    report.check("a code held up after the start is reported", bench.reads(b"conformance 1"));
    report.check("a code is reported once", bench.silent());
    report.check(
        "zero bytes, control characters and bytes above 7F are payload",
        bench.reads(b"\0\x01\r\n\x02\x03\x1D\x1E\x04\x7F\x80\xFF\0"),
    );
    report.check("a code may be short", bench.reads(b"7"));
    report.check("a code of 200 bytes is reported", bench.reads(&[b'a'; 200]));
    report.check("a code longer than the buffer is marked truncated", bench.truncates());
    report.check("a scanner that was stopped reports nothing", bench.stops());
    report.check("it can be started again", bench.reads(b"conformance 4"));
    report.check("times do not go back", bench.times());
    report
}

struct Bench<'a, D, S> {
    device: &'a mut D,
    stimulus: &'a mut S,
}

impl<D: Scanner, S: ScannerStimulus> Bench<'_, D, S> {
    fn start(&mut self) -> Result<(), String> {
        self.device.start().map_err(|error| format!("start: {error}"))
    }

    fn stop(&mut self) -> Result<(), String> {
        self.device.stop().map_err(|error| format!("stop: {error}"))
    }

    /// What is reported within so many pauses.
    fn poll(&mut self, buf: &mut [u8], pauses: usize) -> Result<Option<Scan>, String> {
        for _ in 0..pauses {
            match self.device.poll_scan(buf) {
                Ok(scan) => return Ok(Some(scan)),
                Err(nb::Error::WouldBlock) => self.stimulus.pause(),
                Err(nb::Error::Other(error)) => return Err(format!("poll: {error}")),
            }
        }
        Ok(None)
    }

    fn scan(&mut self, payload: &[u8], buf: &mut [u8]) -> Result<Scan, String> {
        self.start()?;
        self.stimulus.present(payload);
        let scan = self.poll(buf, PATIENCE);
        self.stimulus.withdraw();
        scan?.ok_or_else(|| String::from("nothing was reported"))
    }

    fn reads(&mut self, payload: &[u8]) -> Result<(), String> {
        let mut buf = [0xA5; 256];
        let scan = self.scan(payload, &mut buf)?;
        let read = buf.get(..scan.len).map(Vec::from);
        if read.as_deref() != Some(payload) {
            return Err(format!("{} bytes, not the {} shown", scan.len, payload.len()));
        }
        if scan.truncated { Err(String::from("marked truncated")) } else { Ok(()) }
    }

    fn silent(&mut self) -> Result<(), String> {
        match self.poll(&mut [0; 256], SILENCE)? {
            None => Ok(()),
            Some(scan) => Err(format!("{} bytes were reported", scan.len)),
        }
    }

    fn idle(&mut self, payload: &[u8]) -> Result<(), String> {
        self.stimulus.present(payload);
        let result = self.silent();
        self.stimulus.withdraw();
        result
    }

    fn truncates(&mut self) -> Result<(), String> {
        let mut buf = [0; 8];
        let scan = self.scan(b"conformance 2", &mut buf)?;
        match (scan.truncated, &buf) {
            (true, b"conforma") if scan.len == 8 => Ok(()),
            (false, _) => Err(String::from("it was not")),
            (true, _) => Err(format!("{} bytes, not the first 8", scan.len)),
        }
    }

    fn stops(&mut self) -> Result<(), String> {
        self.start()?;
        self.stop()?;
        self.idle(b"conformance 3")
    }

    fn times(&mut self) -> Result<(), String> {
        let first = self.scan(b"conformance 5", &mut [0; 64])?;
        self.stimulus.pause();
        let second = self.scan(b"conformance 6", &mut [0; 64])?;
        if first.at <= second.at { Ok(()) } else { Err(String::from("the later has the earlier")) }
    }
}
