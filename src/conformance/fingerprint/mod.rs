mod image;
mod transfer;

use std::format;
use std::string::String;
use std::vec::Vec;

pub use image::imaging;
pub use transfer::template_transfer;

use super::Report;
use crate::fingerprint::{Enrolment, FingerprintSensor, Library, Match, Slot};
use crate::{Error, ErrorKind, nb};

/// The hand in front of a fingerprint sensor: a simulator's, or a person who
/// is asked and has done it when the method returns.
pub trait FingerprintStimulus {
    /// Lays down a finger: 0 and 1 are two different ones.
    fn place(&mut self, finger: usize);

    /// Lifts it.
    fn lift(&mut self);

    /// Lets about a millisecond pass.
    fn wait(&mut self);
}

/// How often a poll is tried before it counts as one that never ends.
const POLLS: u32 = 10_000;

type Outcome<T = ()> = Result<T, String>;

/// Checks what [`FingerprintSensor`] promises, with an empty library, which is
/// empty again afterwards.
pub fn fingerprint(
    device: &mut impl FingerprintSensor,
    hand: &mut impl FingerprintStimulus,
) -> Report {
    let mut report = Report::new();
    let mut bench = Bench { device, hand };
    for (promise, check) in Bench::CHECKS {
        report.check(promise, check(&mut bench));
    }
    report
}

struct Bench<'a, D, H> {
    device: &'a mut D,
    hand: &'a mut H,
}

type Check<'a, D, H> = fn(&mut Bench<'a, D, H>) -> Outcome;

impl<'a, D: FingerprintSensor, H: FingerprintStimulus> Bench<'a, D, H> {
    const CHECKS: [(&'static str, Check<'a, D, H>); 14] = [
        ("an empty library holds nothing and has room", Self::empty),
        ("without a finger, a poll would block", Self::nobody),
        ("an empty library matches nobody", Self::matches_nobody),
        ("an enrolment asks for each capture, lifted in between, then stores", Self::enrols),
        ("the library counts what it holds", Self::counts),
        ("an enrolled finger is found in its slot", Self::identifies),
        ("a strange finger is no match and no error", Self::strange),
        ("a finger is verified in its slot and in no other", Self::verifies),
        ("a slot in use is not written over", Self::occupied),
        ("a finger is not enrolled twice", Self::twice),
        ("a slot beyond the library is an argument out of range", Self::beyond),
        ("another call abandons a pending poll", Self::abandons),
        ("a poll of another kind abandons a pending poll", Self::switches),
        ("a deleted template matches no more, and deletes again", Self::deletes),
    ];

    fn empty(&mut self) -> Outcome {
        match self.library()? {
            Library { stored: 0, capacity: 2.. } => Ok(()),
            library => Err(format!("{library:?}")),
        }
    }

    fn nobody(&mut self) -> Outcome {
        self.hand.lift();
        for _ in 0..200 {
            match self.device.poll_identify() {
                Err(nb::Error::WouldBlock) => self.hand.wait(),
                Ok(found) => return Err(format!("found {found:?}")),
                Err(nb::Error::Other(error)) => return Err(format!("{error}")),
            }
        }
        Ok(())
    }

    fn matches_nobody(&mut self) -> Outcome {
        self.hand.place(0);
        expect(&self.identify()?, &None)
    }

    fn enrols(&mut self) -> Outcome {
        self.hand.lift();
        let (steps, result) = self.enrol(Slot(1), 0);
        result.map_err(|kind| format!("{kind} after {steps:?}"))?;
        let places = steps.iter().filter(|step| matches!(step, Enrolment::Place(_))).count();
        if places == 0 {
            return Err(format!("{steps:?}"));
        }
        let mut expected = Vec::new();
        for capture in 1..=u8::try_from(places).unwrap_or(u8::MAX) {
            expected.extend([Enrolment::Place(capture), Enrolment::Lift]);
        }
        expected.pop();
        expected.push(Enrolment::Stored(Slot(1)));
        expect(&steps, &expected)
    }

    fn counts(&mut self) -> Outcome {
        expect(&self.library()?.stored, &1)
    }

    fn identifies(&mut self) -> Outcome {
        self.hand.place(0);
        expect(&self.identify()?.map(|found| found.slot), &Some(Slot(1)))
    }

    fn strange(&mut self) -> Outcome {
        self.hand.place(1);
        expect(&self.identify()?, &None)
    }

    fn verifies(&mut self) -> Outcome {
        self.hand.place(0);
        expect(&self.verify(Slot(1))?.map(|found| found.slot), &Some(Slot(1)))?;
        expect(&self.verify(Slot(0))?, &None)?;
        self.hand.place(1);
        expect(&self.verify(Slot(1))?, &None)
    }

    fn occupied(&mut self) -> Outcome {
        self.refuses(Slot(1), 1, ErrorKind::Refused)
    }

    fn twice(&mut self) -> Outcome {
        self.refuses(Slot(0), 0, ErrorKind::Refused)
    }

    fn beyond(&mut self) -> Outcome {
        let slot = Slot(self.library()?.capacity);
        self.refuses(slot, 1, ErrorKind::Argument)?;
        let deleted = self.device.delete(slot).map_err(|error| error.kind());
        expect(&deleted, &Err(ErrorKind::Argument))
    }

    fn abandons(&mut self) -> Outcome {
        self.hand.lift();
        for polls in 0..20 {
            self.poll_in_vain(polls)?;
            expect(&self.library()?.stored, &1)?;
        }
        Ok(())
    }

    fn switches(&mut self) -> Outcome {
        self.hand.lift();
        self.poll_in_vain(7)?;
        self.hand.place(0);
        expect(&self.verify(Slot(0))?, &None)?;
        expect(&self.identify()?.map(|found| found.slot), &Some(Slot(1)))
    }

    fn deletes(&mut self) -> Outcome {
        for _ in 0..2 {
            self.device.delete(Slot(1)).map_err(|error| format!("{error}"))?;
        }
        expect(&self.library()?.stored, &0)?;
        self.hand.place(0);
        expect(&self.identify()?, &None)
    }

    fn library(&mut self) -> Outcome<Library> {
        self.device.library().map_err(|error| format!("{error}"))
    }

    fn poll_in_vain(&mut self, polls: u32) -> Outcome {
        for _ in 0..polls {
            if let Ok(found) = self.device.poll_identify() {
                return Err(format!("found {found:?}"));
            }
            self.hand.wait();
        }
        Ok(())
    }

    fn identify(&mut self) -> Outcome<Option<Match>> {
        self.until_done(D::poll_identify).map_err(|kind| format!("{kind}"))
    }

    fn verify(&mut self, slot: Slot) -> Outcome<Option<Match>> {
        self.until_done(|device| device.poll_verify(slot)).map_err(|kind| format!("{kind}"))
    }

    fn refuses(&mut self, slot: Slot, finger: usize, kind: ErrorKind) -> Outcome {
        self.hand.lift();
        let stored = self.library()?.stored;
        let (steps, result) = self.enrol(slot, finger);
        if result != Err(kind) {
            return Err(format!("{result:?} after {steps:?}"));
        }
        expect(&self.library()?.stored, &stored)
    }

    /// Enrols as a person does who does as told.
    fn enrol(&mut self, slot: Slot, finger: usize) -> (Vec<Enrolment>, Result<(), ErrorKind>) {
        let mut steps = Vec::new();
        loop {
            let step = match self.until_done(|device| device.poll_enrol(slot)) {
                Ok(step) => step,
                Err(kind) => return (steps, Err(kind)),
            };
            steps.push(step);
            match step {
                Enrolment::Place(_) => self.hand.place(finger),
                Enrolment::Lift => self.hand.lift(),
                Enrolment::Stored(_) => return (steps, Ok(())),
                Enrolment::Poor(_) | Enrolment::Captured(_) | Enrolment::Merging => {}
            }
            if steps.len() > 100 {
                return (steps, Err(ErrorKind::Timeout));
            }
        }
    }

    /// A poll that never ends counts as a time-out.
    fn until_done<T>(
        &mut self,
        mut poll: impl FnMut(&mut D) -> nb::Result<T, D::Error>,
    ) -> Result<T, ErrorKind> {
        for _ in 0..POLLS {
            match poll(self.device) {
                Ok(output) => return Ok(output),
                Err(nb::Error::Other(error)) => return Err(error.kind()),
                Err(nb::Error::WouldBlock) => self.hand.wait(),
            }
        }
        Err(ErrorKind::Timeout)
    }
}

fn expect<T: PartialEq + std::fmt::Debug>(found: &T, wanted: &T) -> Outcome {
    if found == wanted { Ok(()) } else { Err(format!("{found:?} instead of {wanted:?}")) }
}
