use std::format;
use std::string::{String, ToString};

use super::Report;
use crate::scan::document::IdReader;
use crate::scan::document::card::IdText;
use crate::{Error, ErrorKind};

/// The hand that lays cards on a reader.
pub trait IdReaderStimulus {
    /// Lays one of two cards on the reader, in place of what lies there.
    fn lay(&mut self, second: bool);

    /// Lifts it.
    fn lift(&mut self);

    /// Lets some time pass: a millisecond or more.
    fn pause(&mut self);
}

/// How many pauses a card may take to be noticed.
const PATIENCE: usize = 5_000;
/// How many pauses of silence are proof of silence.
const SILENCE: usize = 1_500;

/// What [`IdReader`] promises. The reader is initialised, with nothing on it.
pub fn id_reader(device: &mut impl IdReader, stimulus: &mut impl IdReaderStimulus) -> Report {
    let mut report = Report::new();
    let mut bench = Bench { device, stimulus, first: None };
    report.check("nothing is reported while nothing lies there", bench.silent());
    report.check("what is not there was lifted", bench.gone());
    report.check("without a card, reading fails as absent", bench.reads_nothing());
    report.check("a card that is laid on is reported", bench.lays(false));
    report.check("it is read, twice the same", bench.reads_twice());
    report.check("it is reported once", bench.silent());
    report.check("it is not lifted while it lies there", bench.stays());
    report.check("it is read after that", bench.reads());
    report.check("lifting it is reported", bench.lifts());
    report.check("a lifted card is not read, and nothing of it is left", bench.reads_nothing());
    report.check("another card is reported", bench.lays(true));
    report.check("what is read of it is its own", bench.differs());
    report.check("a card in place of another is reported", bench.lays(false));
    report.check("a card lifted too soon is an error, and no text", bench.too_soon());
    report.check(
        "after an error the next card is read",
        bench.lays(true).and_then(|()| bench.reads()),
    );
    report
}

struct Bench<'a, D, S> {
    device: &'a mut D,
    stimulus: &'a mut S,
    /// What was read of the first card.
    first: Option<IdText>,
}

impl<D: IdReader, S: IdReaderStimulus> Bench<'_, D, S> {
    /// Whether it says so within so many pauses.
    fn poll(
        &mut self,
        poll: fn(&mut D) -> nb::Result<(), D::Error>,
        pauses: usize,
    ) -> Result<bool, String> {
        for _ in 0..pauses {
            match poll(self.device) {
                Ok(()) => return Ok(true),
                Err(nb::Error::WouldBlock) => self.stimulus.pause(),
                Err(nb::Error::Other(error)) => return Err(format!("poll: {error}")),
            }
        }
        Ok(false)
    }

    fn silent(&mut self) -> Result<(), String> {
        match self.poll(D::poll_card, SILENCE)? {
            false => Ok(()),
            true => Err("a card was reported".into()),
        }
    }

    fn gone(&mut self) -> Result<(), String> {
        match self.poll(D::poll_removal, PATIENCE)? {
            true => Ok(()),
            false => Err("it still lies there".into()),
        }
    }

    fn stays(&mut self) -> Result<(), String> {
        match self.poll(D::poll_removal, SILENCE)? {
            false => Ok(()),
            true => Err("it was said to be lifted".into()),
        }
    }

    fn lays(&mut self, second: bool) -> Result<(), String> {
        self.stimulus.lay(second);
        match self.poll(D::poll_card, PATIENCE)? {
            true => Ok(()),
            false => Err("nothing was reported".into()),
        }
    }

    fn lifts(&mut self) -> Result<(), String> {
        self.stimulus.lift();
        self.gone()
    }

    fn text(&mut self) -> Result<IdText, String> {
        let mut text = IdText::new();
        self.device.read(&mut text).map_err(|error| error.to_string())?;
        if *text.as_bytes() == [0; IdText::LEN] { Err("no text".into()) } else { Ok(text) }
    }

    fn reads(&mut self) -> Result<(), String> {
        self.text().map(drop)
    }

    fn reads_twice(&mut self) -> Result<(), String> {
        let (first, second) = (self.text()?, self.text()?);
        let same = first.as_bytes() == second.as_bytes();
        self.first = Some(first);
        if same { Ok(()) } else { Err("it was not the same".into()) }
    }

    fn differs(&mut self) -> Result<(), String> {
        let text = self.text()?;
        match &self.first {
            Some(first) if first.as_bytes() != text.as_bytes() => Ok(()),
            _ => Err("it is that of the first".into()),
        }
    }

    /// Fails as one of these, and leaves nothing in the buffer.
    fn fails(&mut self, kinds: &[ErrorKind]) -> Result<(), String> {
        let mut text = IdText::from([0xA5; IdText::LEN]);
        match self.device.read(&mut text) {
            Ok(()) => Err("it was read".into()),
            Err(error) if !kinds.contains(&error.kind()) => Err(format!("{error}")),
            Err(_) if *text.as_bytes() != [0; IdText::LEN] => Err("text is left".into()),
            Err(_) => Ok(()),
        }
    }

    fn reads_nothing(&mut self) -> Result<(), String> {
        self.fails(&[ErrorKind::Absent])
    }

    fn too_soon(&mut self) -> Result<(), String> {
        self.stimulus.lift();
        self.fails(&[ErrorKind::Absent, ErrorKind::Retry])
    }
}
