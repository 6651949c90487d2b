use std::format;
use std::string::{String, ToString};

use super::Report;
use crate::card::{Atr, CardReader, Response};
use crate::{Error, ErrorKind};

/// The hand at the slot.
pub trait CardStimulus {
    /// Puts a card in that answers commands.
    fn insert(&mut self);

    /// Takes it out.
    fn remove(&mut self);

    /// Lets some milliseconds pass; called between polls, a thousand times at
    /// most for one event.
    fn pause(&mut self);
}

/// SELECT of the payment system environment: every card answers it, if only
/// with an error.
const SELECT: &[u8] = b"\x00\xA4\x04\x00\x0E1PAY.SYS.DDF01\x00";

type Checked = Result<(), String>;

/// The suite for a [`CardReader`]. Begins and ends with an empty slot.
pub fn card(reader: &mut impl CardReader, stimulus: &mut impl CardStimulus) -> Report {
    let mut report = Report::new();
    empty_slot(&mut report, reader, stimulus);
    stimulus.insert();
    report.check("a card that is put in is seen", inserted(reader, stimulus));
    let stays = reader.poll_removed();
    report.check("a slot with a card is not empty", would_block(stays));
    active_card(&mut report, reader, stimulus);
    deactivation(&mut report, reader);
    report.check("a card can be activated again", activates(reader));
    stimulus.remove();
    let gone = transmit(reader, SELECT).map(|_| ());
    report.check("a card taken out is absent for a command", fails(gone, ErrorKind::Absent));
    report.check("a card taken out is seen to be gone", removed(reader, stimulus));
    report.check("an empty slot can be deactivated", text(reader.deactivate()));
    report
}

fn empty_slot(report: &mut Report, reader: &mut impl CardReader, stimulus: &mut impl CardStimulus) {
    report.check("an empty slot is seen to be empty", removed(reader, stimulus));
    report.check("an empty slot has no card", would_block(reader.poll_inserted()));
    let none = reader.activate(&mut [0; Atr::MAX]).map(|_| ());
    report.check("activation without a card says absent", fails(none, ErrorKind::Absent));
    let none = transmit(reader, SELECT).map(|_| ());
    report.check("a command without a card says absent", fails(none, ErrorKind::Absent));
}

fn active_card(
    report: &mut Report,
    reader: &mut impl CardReader,
    stimulus: &mut impl CardStimulus,
) {
    let short = reader.activate(&mut [0; 1]).map(|_| ());
    report.check("an ATR that does not fit says argument", fails(short, ErrorKind::Argument));
    report.check("activation gives a sound ATR", activates(reader));
    report.check("a command is answered with a status word", answers(reader));
    let short = reader.transmit(SELECT, &mut [0; 1]).map(|_| ());
    report.check("a response that does not fit says argument", fails(short, ErrorKind::Argument));
    for len in [0, 3, 5_000] {
        let none = reader.transmit(&std::vec![0; len], &mut [0; Response::MAX]).map(|_| ());
        report.check("what is no command says argument", fails(none, ErrorKind::Argument));
    }
    report.check("after all that, a command is answered", answers(reader));
    report.check("the same command gets the same answer", repeats(reader));
    report.check("a look at the slot leaves the card active", looked_at(reader, stimulus));
    report.check("an active card can be activated anew", activates(reader));
}

fn deactivation(report: &mut Report, reader: &mut impl CardReader) {
    report.check("a card can be deactivated", text(reader.deactivate()));
    report.check("and once more", text(reader.deactivate()));
    let off = transmit(reader, SELECT).map(|_| ());
    report.check("a card without power answers no command", fails(off, ErrorKind::Absent));
}

fn text<T, E: Error>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn fails<E: Error>(result: Result<(), E>, kind: ErrorKind) -> Checked {
    match result {
        Err(error) if error.kind() == kind => Ok(()),
        Err(error) => Err(format!("kind {:?}: {error}", error.kind())),
        Ok(()) => Err("it succeeds".to_string()),
    }
}

fn would_block<E: Error>(result: nb::Result<(), E>) -> Checked {
    match result {
        Err(nb::Error::WouldBlock) => Ok(()),
        Err(nb::Error::Other(error)) => Err(error.to_string()),
        Ok(()) => Err("it says so all the same".to_string()),
    }
}

fn waited<E: Error>(
    stimulus: &mut impl CardStimulus,
    mut poll: impl FnMut() -> nb::Result<(), E>,
) -> Checked {
    for _ in 0..1_000 {
        match poll() {
            Ok(()) => return Ok(()),
            Err(nb::Error::WouldBlock) => stimulus.pause(),
            Err(nb::Error::Other(error)) => return Err(error.to_string()),
        }
    }
    Err("not in a thousand polls".to_string())
}

fn inserted(reader: &mut impl CardReader, stimulus: &mut impl CardStimulus) -> Checked {
    waited(stimulus, || reader.poll_inserted())
}

fn removed(reader: &mut impl CardReader, stimulus: &mut impl CardStimulus) -> Checked {
    waited(stimulus, || reader.poll_removed())
}

fn activates(reader: &mut impl CardReader) -> Checked {
    let mut atr = [0; Atr::MAX];
    let len = text(reader.activate(&mut atr))?;
    let atr = atr.get(..len).ok_or_else(|| format!("{len} bytes of ATR"))?;
    Atr::new(atr).map(|_| ()).map_err(|error| error.to_string())
}

fn transmit<R: CardReader>(reader: &mut R, command: &[u8]) -> Result<std::vec::Vec<u8>, R::Error> {
    let mut response = [0; Response::MAX];
    let len = reader.transmit(command, &mut response)?;
    Ok(response.get(..len).unwrap_or_default().into())
}

fn answers(reader: &mut impl CardReader) -> Checked {
    let response = text(transmit(reader, SELECT))?;
    let response = Response::new(&response).map_err(|error| error.to_string())?;
    match response.status().sw1() {
        // ISO/IEC 7816-3:2006, 12.2.1.
        0x61..=0x6F | 0x90..=0x9F => Ok(()),
        _ => Err(format!("status word {}", response.status())),
    }
}

fn looked_at(reader: &mut impl CardReader, stimulus: &mut impl CardStimulus) -> Checked {
    // As many as it takes for one to ask the reader.
    for _ in 0..200 {
        would_block(reader.poll_removed())?;
        stimulus.pause();
        match reader.poll_inserted() {
            Ok(()) | Err(nb::Error::WouldBlock) => {}
            Err(nb::Error::Other(error)) => return Err(error.to_string()),
        }
    }
    answers(reader)
}

fn repeats(reader: &mut impl CardReader) -> Checked {
    let first = text(transmit(reader, SELECT))?;
    let second = text(transmit(reader, SELECT))?;
    if first == second { Ok(()) } else { Err(format!("{first:02X?}, then {second:02X?}")) }
}
