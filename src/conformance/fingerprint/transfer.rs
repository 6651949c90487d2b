use std::string::String;
use std::vec::Vec;
use std::{format, vec};

use super::{Bench, FingerprintStimulus, Outcome, Report, expect};
use crate::fingerprint::{FingerprintSensor, Slot, TemplateTransfer};
use crate::{Error, ErrorKind};

/// Checks what [`TemplateTransfer`] promises, with an empty library, which is
/// empty again afterwards.
pub fn template_transfer<D: FingerprintSensor + TemplateTransfer>(
    device: &mut D,
    hand: &mut impl FingerprintStimulus,
) -> Report {
    let mut report = Report::new();
    let mut desk = Desk { bench: Bench { device, hand }, template: Vec::new() };
    for (promise, check) in Desk::CHECKS {
        report.check(promise, check(&mut desk));
    }
    report
}

struct Desk<'a, D, H> {
    bench: Bench<'a, D, H>,
    /// That of finger 0.
    template: Vec<u8>,
}

type Check<'a, D, H> = fn(&mut Desk<'a, D, H>) -> Outcome;

impl<'a, D: FingerprintSensor + TemplateTransfer, H: FingerprintStimulus> Desk<'a, D, H> {
    const CHECKS: [(&'static str, Check<'a, D, H>); 8] = [
        ("a template that was enrolled fits into the room that is told", Self::reads),
        ("a template reads the same again", Self::same),
        ("a buffer that is too small is an argument out of range", Self::small),
        ("there is no template in an empty slot", Self::absent),
        ("a slot beyond the library is an argument out of range", Self::beyond),
        ("nothing is no template", Self::nothing),
        ("a slot in use is not written over", Self::occupied),
        ("a template that was written is there, and its finger is found", Self::moves),
    ];

    fn reads(&mut self) -> Outcome {
        self.bench.hand.lift();
        let (steps, result) = self.bench.enrol(Slot(1), 0);
        result.map_err(|kind| format!("{kind} after {steps:?}"))?;
        let size = self.bench.device.template_size().map_err(|error| format!("{error}"))?;
        self.template = self.read(Slot(1), size).map_err(|kind| format!("{kind}"))?;
        if self.template.is_empty() { Err(String::from("it is empty")) } else { Ok(()) }
    }

    fn same(&mut self) -> Outcome {
        let again = self.read(Slot(1), self.template.len() + 1);
        self.is_template(&again)
    }

    fn small(&mut self) -> Outcome {
        let size = self.template.len().saturating_sub(1);
        expect(&self.read(Slot(1), size), &Err(ErrorKind::Argument))
    }

    fn absent(&mut self) -> Outcome {
        expect(&self.read(Slot(0), self.template.len()), &Err(ErrorKind::Absent))
    }

    fn beyond(&mut self) -> Outcome {
        let slot = Slot(self.bench.library()?.capacity);
        expect(&self.read(slot, self.template.len()), &Err(ErrorKind::Argument))?;
        expect(&self.write(slot), &Err(ErrorKind::Argument))
    }

    fn nothing(&mut self) -> Outcome {
        let written = self.bench.device.write_template(Slot(0), &[]);
        expect(&written.map_err(|error| error.kind()), &Err(ErrorKind::Argument))
    }

    fn occupied(&mut self) -> Outcome {
        expect(&self.write(Slot(1)), &Err(ErrorKind::Refused))
    }

    fn moves(&mut self) -> Outcome {
        self.bench.device.delete(Slot(1)).map_err(|error| format!("{error}"))?;
        let written = self.write(Slot(0)).map_err(|kind| format!("{kind}"));
        let read = self.read(Slot(0), self.template.len());
        self.bench.hand.place(0);
        let found = self.bench.identify();
        self.bench.device.delete(Slot(0)).map_err(|error| format!("{error}"))?;
        written?;
        self.is_template(&read)?;
        expect(&found?.map(|found| found.slot), &Some(Slot(0)))?;
        expect(&self.bench.library()?.stored, &0)
    }

    fn read(&mut self, slot: Slot, room: usize) -> Result<Vec<u8>, ErrorKind> {
        let mut buffer = vec![0; room];
        let read = self.bench.device.read_template(slot, &mut buffer);
        buffer.truncate(read.map_err(|error| error.kind())?);
        Ok(buffer)
    }

    fn write(&mut self, slot: Slot) -> Result<(), ErrorKind> {
        let written = self.bench.device.write_template(slot, &self.template);
        written.map_err(|error| error.kind())
    }

    /// A template does not show, not even here.
    fn is_template(&self, read: &Result<Vec<u8>, ErrorKind>) -> Outcome {
        match read {
            Ok(read) if *read == self.template => Ok(()),
            Ok(read) => Err(format!("{} other bytes", read.len())),
            Err(kind) => Err(format!("{kind}")),
        }
    }
}
