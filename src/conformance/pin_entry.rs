use std::format;
use std::string::String;

use super::Report;
use crate::emv::cvm::{Entered, Pin, PinBlock, PinEntry, PinFormat, PinRequest};
use crate::emv::{Amount, Currency};
use crate::{Error, ErrorKind};

/// The person at a PIN pad.
pub trait PinEntryStimulus {
    /// At the entry that is under way, types these digits and confirms.
    fn types(&mut self, digits: &str);

    /// At the entry that is under way, wants none, in the way of this pad.
    fn bypasses(&mut self);

    /// At the entry that is under way, presses the red key.
    fn cancels(&mut self);

    /// Presses no key until the entry that is under way is given up.
    fn leaves(&mut self);

    /// Lets some time pass: a millisecond or more.
    fn pause(&mut self);
}

/// How many pauses an entry may take.
const PATIENCE: usize = 120_000;
/// How many pauses of silence are proof of silence.
const SILENCE: usize = 100;

/// A card number, as `5A` has it.
const ACCOUNT: [u8; 8] = [0x62, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05];

/// What [`PinEntry`] promises. No entry is under way. What the pad does not
/// support at all, PINs for the card or for the issuer, is not checked.
pub fn pin_entry(device: &mut impl PinEntry, stimulus: &mut impl PinEntryStimulus) -> Report {
    let mut report = Report::new();
    let mut bench = Bench { device, stimulus };
    report.check("ending an entry that is not there does nothing", bench.ends());
    let offline = bench.supports_offline();
    report.check("a PIN for the card is asked for, or not supported", told(&offline));
    if offline == Ok(true) {
        offline_checks(&mut report, &mut bench);
    }
    let online = bench.supports_online();
    report.check("a PIN for the issuer is asked for, or not supported", told(&online));
    if online == Ok(true) {
        online_checks(&mut report, &mut bench);
    }
    let any = [offline, online].contains(&Ok(true));
    let none = String::from("both are not");
    report.check("one of both is supported", if any { Ok(()) } else { Err(none) });
    report
}

fn offline_checks<D: PinEntry, S: PinEntryStimulus>(
    report: &mut Report,
    bench: &mut Bench<'_, D, S>,
) {
    report.check("nothing is given while nothing is typed", bench.silent());
    report.check("a PIN of 4 digits is given", bench.gives("1234"));
    report.check(
        "a PIN of 12 digits is given, and none of the one before",
        bench.gives("098765432109"),
    );
    report.check("a PIN may begin with zeros", bench.gives("0000"));
    report.check(
        "an entry that is bypassed says so, without digits",
        bench.ends_in(Entered::Bypassed),
    );
    report
        .check("one that is cancelled says so, without digits", bench.ends_in(Entered::Cancelled));
    report
        .check("one at which nobody is says so, without digits", bench.ends_in(Entered::TimedOut));
    report.check("after an entry was ended, the next has its own digits", bench.begins_anew());
    report.check("fewer than 4 digits are not given", bench.refuses_short());
    report.check("digits that were there before are cleared", bench.clears());
}

fn online_checks<D: PinEntry, S: PinEntryStimulus>(
    report: &mut Report,
    bench: &mut Bench<'_, D, S>,
) {
    report.check("a PIN for the issuer is given enciphered", bench.enciphers());
    report.check("another PIN makes another block", bench.differs());
    report.check("a block of format 4 is another each time", bench.is_random());
    report.check("a bypass for the issuer is told", bench.ends_online(Entered::Bypassed));
    report.check("a cancel for the issuer is told", bench.ends_online(Entered::Cancelled));
    report.check("a request without a card number is refused", bench.needs_account());
}

/// Whether it could be found out.
fn told(supported: &Result<bool, String>) -> Result<(), String> {
    supported.as_ref().map(|_| ()).map_err(String::clone)
}

struct Bench<'a, D, S> {
    device: &'a mut D,
    stimulus: &'a mut S,
}

const OFFLINE: PinRequest<'static> = PinRequest::offline(Amount::ZERO, Currency::CNY);
const ONLINE: PinRequest<'static> = PinRequest::online(Amount::ZERO, Currency::CNY, &ACCOUNT);

/// What is done at an entry that is under way.
enum Deed<'a> {
    Types(&'a str),
    Ends(Entered),
}

impl<D: PinEntry, S: PinEntryStimulus> Bench<'_, D, S> {
    fn ends(&mut self) -> Result<(), String> {
        self.device.cancel().map_err(|error| format!("cancel: {error}"))
    }

    /// Begins an entry.
    fn begin(&mut self, pin: &mut Pin) -> Result<(), String> {
        match self.device.poll_offline(&OFFLINE, pin) {
            Err(nb::Error::WouldBlock) => Ok(()),
            Err(nb::Error::Other(error)) => Err(format!("poll: {error}")),
            Ok(entered) => Err(format!("{entered:?} at once")),
        }
    }

    fn supports_offline(&mut self) -> Result<bool, String> {
        match self.device.poll_offline(&OFFLINE, &mut Pin::new()) {
            Err(nb::Error::WouldBlock) => self.ends().map(|()| true),
            Err(nb::Error::Other(error)) if error.kind() == ErrorKind::Unsupported => Ok(false),
            Err(nb::Error::Other(error)) => Err(format!("poll: {error}")),
            Ok(entered) => Err(format!("{entered:?} at once")),
        }
    }

    fn supports_online(&mut self) -> Result<bool, String> {
        match self.device.poll_online(&ONLINE) {
            Err(nb::Error::WouldBlock) => self.ends().map(|()| true),
            Err(nb::Error::Other(error)) if error.kind() == ErrorKind::Unsupported => Ok(false),
            Err(nb::Error::Other(error)) => Err(format!("poll: {error}")),
            Ok(entered) => Err(format!("{entered:?} at once")),
        }
    }

    fn does(&mut self, deed: &Deed<'_>) {
        match deed {
            Deed::Types(digits) => self.stimulus.types(digits),
            Deed::Ends(Entered::Bypassed) => self.stimulus.bypasses(),
            Deed::Ends(Entered::Cancelled) => self.stimulus.cancels(),
            Deed::Ends(_) => self.stimulus.leaves(),
        }
    }

    /// How the entry under way ends, within so many pauses.
    fn await_offline(&mut self, pin: &mut Pin, pauses: usize) -> Result<Option<Entered>, String> {
        for _ in 0..pauses {
            match self.device.poll_offline(&OFFLINE, pin) {
                Ok(entered) => return Ok(Some(entered)),
                Err(nb::Error::WouldBlock) => self.stimulus.pause(),
                Err(nb::Error::Other(error)) => return Err(format!("poll: {error}")),
            }
        }
        Ok(None)
    }

    fn enter(&mut self, deed: &Deed<'_>, pin: &mut Pin) -> Result<Entered, String> {
        self.begin(pin)?;
        self.does(deed);
        self.await_offline(pin, PATIENCE)?.ok_or_else(|| String::from("it does not end"))
    }

    fn silent(&mut self) -> Result<(), String> {
        let mut pin = Pin::new();
        self.begin(&mut pin)?;
        let seen = self.await_offline(&mut pin, SILENCE)?;
        self.ends()?;
        match seen {
            None if pin.is_empty() => Ok(()),
            None => Err(String::from("there are digits")),
            Some(entered) => Err(format!("{entered:?}")),
        }
    }

    fn gives(&mut self, digits: &str) -> Result<(), String> {
        let mut pin = Pin::new();
        match self.enter(&Deed::Types(digits), &mut pin)? {
            Entered::Given(()) => same(&pin, digits),
            other => Err(format!("{other:?}")),
        }
    }

    fn ends_in(&mut self, how: Entered) -> Result<(), String> {
        let mut pin = Pin::new();
        let entered = self.enter(&Deed::Ends(how), &mut pin)?;
        if entered != how {
            return Err(format!("{entered:?}"));
        }
        if pin.is_empty() { Ok(()) } else { Err(format!("{} digits", pin.len())) }
    }

    fn begins_anew(&mut self) -> Result<(), String> {
        let mut pin = Pin::new();
        self.begin(&mut pin)?;
        self.ends()?;
        self.gives("5678")
    }

    fn refuses_short(&mut self) -> Result<(), String> {
        let mut pin = Pin::new();
        self.begin(&mut pin)?;
        self.stimulus.types("123");
        let seen = self.await_offline(&mut pin, SILENCE)?;
        match seen {
            Some(Entered::Given(())) => Err(format!("{} digits", pin.len())),
            Some(_) => Ok(()),
            None => self.ends(),
        }
    }

    fn clears(&mut self) -> Result<(), String> {
        let mut pin = Pin::new();
        for digit in [9, 9, 9, 9, 9] {
            pin.push(digit).map_err(|fault| format!("{fault}"))?;
        }
        match self.enter(&Deed::Types("2468"), &mut pin)? {
            Entered::Given(()) => same(&pin, "2468"),
            other => Err(format!("{other:?}")),
        }
    }

    fn enter_online(&mut self, deed: &Deed<'_>) -> Result<Entered<PinBlock>, String> {
        match self.device.poll_online(&ONLINE) {
            Err(nb::Error::WouldBlock) => self.does(deed),
            Err(nb::Error::Other(error)) => return Err(format!("poll: {error}")),
            Ok(entered) => return Err(format!("{entered:?} at once")),
        }
        for _ in 0..PATIENCE {
            match self.device.poll_online(&ONLINE) {
                Ok(entered) => return Ok(entered),
                Err(nb::Error::WouldBlock) => self.stimulus.pause(),
                Err(nb::Error::Other(error)) => return Err(format!("poll: {error}")),
            }
        }
        Err(String::from("it does not end"))
    }

    fn block(&mut self, digits: &str) -> Result<PinBlock, String> {
        match self.enter_online(&Deed::Types(digits))? {
            Entered::Given(block) => Ok(block),
            other => Err(format!("{other:?}")),
        }
    }

    fn enciphers(&mut self) -> Result<(), String> {
        let block = self.block("1234")?;
        // 1234 under this card number, not enciphered; the PIN alone likewise.
        let clear = match block.format() {
            PinFormat::Iso0 => {
                [&[0x04, 0x12, 0x34, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF][..], &[0x04, 0x12, 0x34]]
            }
            PinFormat::Iso4 => [&[0x44, 0x12, 0x34, 0xAA, 0xAA][..], &[0x44, 0x12, 0x34]],
        };
        let bare = clear.iter().any(|clear| block.bytes().starts_with(clear));
        if bare { Err(String::from("it is in the clear")) } else { Ok(()) }
    }

    fn differs(&mut self) -> Result<(), String> {
        let (first, second) = (self.block("1234")?, self.block("4321")?);
        if first == second { Err(String::from("it is the same")) } else { Ok(()) }
    }

    fn is_random(&mut self) -> Result<(), String> {
        let (first, second) = (self.block("1234")?, self.block("1234")?);
        match first.format() {
            PinFormat::Iso4 if first == second => Err(String::from("it is the same")),
            _ => Ok(()),
        }
    }

    fn ends_online(&mut self, how: Entered) -> Result<(), String> {
        let entered = self.enter_online(&Deed::Ends(how))?;
        match (how, entered) {
            (Entered::Bypassed, Entered::Bypassed) | (Entered::Cancelled, Entered::Cancelled) => {
                Ok(())
            }
            _ => Err(format!("{entered:?}")),
        }
    }

    fn needs_account(&mut self) -> Result<(), String> {
        match self.device.poll_online(&OFFLINE) {
            Err(nb::Error::Other(error)) if error.kind() == ErrorKind::Argument => Ok(()),
            Err(nb::Error::Other(error)) => Err(format!("poll: {error}")),
            Err(nb::Error::WouldBlock) => {
                self.ends()?;
                Err(String::from("it is asked for"))
            }
            Ok(entered) => Err(format!("{entered:?} at once")),
        }
    }
}

/// Whether a PIN has these digits; it does not say which it has.
fn same(pin: &Pin, digits: &str) -> Result<(), String> {
    let mut expected = Pin::new();
    for digit in digits.bytes() {
        expected.push(digit.wrapping_sub(b'0')).map_err(|fault| format!("{fault}"))?;
    }
    if pin.block() == expected.block() { Ok(()) } else { Err(String::from("other digits")) }
}
