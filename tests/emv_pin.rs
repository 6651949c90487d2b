//! PINs: digits, PIN blocks, PIN pads.

mod emv_cvm_support;
mod memory;

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::rc::Rc;

use aes::cipher::consts::{U8, U16};
use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use des::TdesEde2;
use embedded_pos::conformance::{PinEntryStimulus, Report, pin_entry};
use embedded_pos::emv::cvm::{
    AsyncPinEntry, Entered, KeySerial, Pin, PinBlock, PinEntry, PinFault, PinFormat, PinRequest,
};
use embedded_pos::emv::{Amount, Currency, Pan};
use embedded_pos::mock::MockPinEntry;
use embedded_pos::sim::block_on;
use embedded_pos::sim::pin_pad::{Prompt, SimPinPad};
use embedded_pos::{Error, ErrorKind, ErrorType, nb};
use emv_cvm_support::bytes;
use memory::holds;
use serde_json::Value;

const ACCOUNT: [u8; 8] = [0x62, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05];
const OFFLINE: PinRequest<'static> = PinRequest::offline(Amount::ZERO, Currency::CNY);
const ONLINE: PinRequest<'static> = PinRequest::online(Amount::ZERO, Currency::CNY, &ACCOUNT);

fn pin(digits: &str) -> Pin {
    let mut pin = Pin::new();
    digits.bytes().for_each(|digit| pin.push(digit - b'0').unwrap());
    pin
}

fn pan(digits: &str) -> Pan {
    Pan::from_digits(digits).unwrap()
}

/// No cipher at all: what goes in comes out, and is kept.
struct Bare<S>(std::marker::PhantomData<S>);

macro_rules! bare {
    ($size:ty) => {
        impl BlockSizeUser for Bare<$size> {
            type BlockSize = $size;
        }

        impl BlockCipherEncrypt for Bare<$size> {
            fn encrypt_with_backend(
                &self,
                _: impl aes::cipher::BlockCipherEncClosure<BlockSize = $size>,
            ) {
            }
        }
    };
}

bare!(U8);
bare!(U16);

fn bare<S>() -> Bare<S> {
    Bare(std::marker::PhantomData)
}

#[test]
fn digits_go_in_and_do_not_come_out() {
    let mut pin = Pin::default();
    assert!(pin.is_empty());
    for length in 0..12 {
        let check = if length < 4 { Err(PinFault::Short) } else { Ok(()) };
        assert_eq!((pin.len(), pin.check()), (length, check));
        assert_eq!(pin.push(10), Err(PinFault::Digit));
        assert_eq!(pin.push(b'1'), Err(PinFault::Digit));
        pin.push(u8::try_from(length % 10).unwrap()).unwrap();
    }
    assert_eq!((pin.push(0), pin.len(), pin.check()), (Err(PinFault::Long), 12, Ok(())));
    assert_eq!(format!("{pin:?}{pin:#?}"), "Pin(redacted)Pin(redacted)");
    pin.clear();
    assert!(pin.is_empty());
    assert_eq!(PinFault::Key.kind(), ErrorKind::Protocol);
    assert_eq!(PinFault::Short.to_string(), "a PIN has at least 4 digits");
}

#[test]
fn a_digit_that_is_taken_back_leaves_nothing() {
    let account = pan("6200000000000005");
    let block = |pin: &Pin| PinBlock::iso0(pin, &account, &bare::<U8>()).unwrap();
    let mut other = pin("123456789012");
    for left in (4..12).rev() {
        other.pop();
        assert_eq!(other.len(), left);
        assert_eq!(block(&other), block(&pin(&"123456789012"[..left])));
    }
    for _ in 0..10 {
        other.pop();
    }
    assert!(other.is_empty());
    "9876".bytes().for_each(|digit| other.push(digit - b'0').unwrap());
    assert_eq!(block(&other), block(&pin("9876")));
}

#[test]
fn a_pin_leaves_no_digits_in_memory() {
    const DIGITS: [u8; 4] = [0x27, 0x18, 0x28, 0x18];
    let mut cleared = pin("27182818");
    assert!(holds(&cleared, &DIGITS));
    cleared.clear();
    assert!(!holds(&cleared, &DIGITS[..2]));

    let mut slot = MaybeUninit::<Pin>::uninit();
    slot.write(pin("27182818"));
    assert!(holds(&slot, &DIGITS));
    // SAFETY: it was written just now, and is not used after this.
    unsafe { slot.assume_init_drop() };
    assert!(!holds(&slot, &DIGITS[..2]));
}

#[test]
fn blocks_of_others_are_made() {
    let mut seen = [0; 2];
    for line in include_str!("vectors/cvm/pin_block.jsonl").lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap();
        let key: [u8; 16] = bytes(text("key")).try_into().unwrap();
        let (pin, pan) = (pin(text("pin")), pan(text("pan")));
        let block = match vector["format"].as_u64() {
            Some(0) => PinBlock::iso0(&pin, &pan, &TdesEde2::new(&key.into())),
            _ => {
                let random = |fill: &mut [u8]| fill.copy_from_slice(&bytes(text("random")));
                PinBlock::iso4(&pin, &pan, random, &Aes128::new(&key.into()))
            }
        };
        let block = block.unwrap();
        assert_eq!(block.bytes(), bytes(text("block")), "{line}");
        seen[usize::from(block.format() == PinFormat::Iso4)] += 1;
    }
    assert_eq!(seen, [60, 60]);
}

#[test]
fn blocks_that_were_published_are_made() {
    // ANSI X9.24-1:2009, A.4, and tests of psec: format 0 in the clear.
    for (digits, account, block) in [
        ("1234", "4012345678909", "041274EDCBA9876F"),
        ("1234", "5555555551234567", "041261AAAAEDCBA9"),
        ("123456789", "5555555551234567", "091261032D8DCBA9"),
        ("1234567890", "5555555551234567", "0A1261032D82CBA9"),
        ("123456789012", "5555555551234567", "0C1261032D8226A9"),
    ] {
        let made = PinBlock::iso0(&pin(digits), &pan(account), &bare::<U8>()).unwrap();
        assert_eq!(made.bytes(), bytes(block));
    }
    // Tests of psec: format 4.
    let key: [u8; 16] = bytes("00112233445566778899AABBCCDDEEFF").try_into().unwrap();
    let random = |fill: &mut [u8]| fill.fill(0xFF);
    let account = pan("1234567890123456789");
    let made = PinBlock::iso4(&pin("1234"), &account, random, &Aes128::new(&key.into())).unwrap();
    assert_eq!(made.bytes(), bytes("28B41FDDD29B743E93124BD8E32D921E"));

    // ep2 8.0.0, 8.4: the random bytes are not published, so they are
    // deciphered; what is made with them is the block.
    let key: [u8; 16] = bytes("C1D0F8FB4958670DBA40AB1F3752EF0D").try_into().unwrap();
    let block: [u8; 16] = bytes("CC17F65586BFD0953010226C4FC5B3CA").try_into().unwrap();
    let cipher = Aes128::new(&key.into());
    let mut open = Array::from(block);
    cipher.decrypt_block(&mut open);
    let field = bytes("64321987654321098700000000000000");
    open.iter_mut().zip(field).for_each(|(byte, other)| *byte ^= other);
    cipher.decrypt_block(&mut open);
    assert_eq!(open[..8], [0x44, 0x12, 0x34, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA]);
    let random = |fill: &mut [u8]| fill.copy_from_slice(&open[8..]);
    let made = PinBlock::iso4(&pin("1234"), &pan("432198765432109870"), random, &cipher).unwrap();
    assert_eq!(made.bytes(), block);
}

#[test]
fn longer_keys_and_short_numbers_do() {
    let (pin, random) = (pin("123456"), |fill: &mut [u8]| fill.fill(7));
    let pan = pan("62000005");
    for block in [
        PinBlock::iso4(&pin, &pan, random, &Aes192::new(&[1; 24].into())),
        PinBlock::iso4(&pin, &pan, random, &Aes256::new(&[1; 32].into())),
    ] {
        assert_eq!(block.unwrap().format(), PinFormat::Iso4);
    }
    // Seven digits before the check digit, with zeros in front.
    let made = PinBlock::iso0(&pin, &pan, &bare::<U8>()).unwrap();
    assert_eq!(made.bytes(), bytes("06123456F9DFFFFF").as_slice());
}

#[test]
fn a_block_shows_only_its_format() {
    for short in ["", "123"] {
        let account = pan("6200000000000005");
        let made = PinBlock::iso0(&pin(short), &account, &bare::<U8>());
        assert_eq!(made, Err(PinFault::Short));
        let made = PinBlock::iso4(&pin(short), &account, |_| (), &bare::<U16>());
        assert_eq!(made, Err(PinFault::Short));
    }
    let block = PinBlock::from_iso4([0xC3; 16]).with_serial(KeySerial::Aes([0x11; 12]));
    assert_eq!(format!("{block:?}"), "PinBlock(Iso4, redacted)");
    assert_eq!(block.serial().unwrap().bytes(), [0x11; 12]);
    assert_eq!(KeySerial::Tdea([0x22; 10]).bytes(), [0x22; 10]);
    assert_eq!((PinBlock::from_iso0([1; 8]).serial(), block.bytes()), (None, &[0xC3; 16][..]));
    assert_eq!(ONLINE.pan(), Some(pan("6200000000000005")));
    assert_eq!((OFFLINE.pan(), OFFLINE.is_online()), (None, false));
    let shown = format!("{ONLINE:?}");
    assert!(shown.contains("online: true") && !shown.contains("62"), "{shown}");
}

/// The pad, and the person at it.
#[derive(Clone)]
struct Pad(Rc<RefCell<SimPinPad>>);

impl Pad {
    fn new(load: impl FnOnce(&mut SimPinPad)) -> Self {
        let mut pad = SimPinPad::new();
        load(&mut pad);
        Self(Rc::new(RefCell::new(pad)))
    }
}

impl ErrorType for Pad {
    type Error = ErrorKind;
}

impl PinEntry for Pad {
    fn poll_offline(
        &mut self,
        request: &PinRequest<'_>,
        pin: &mut Pin,
    ) -> nb::Result<Entered, ErrorKind> {
        self.0.borrow_mut().poll_offline(request, pin)
    }

    fn poll_online(
        &mut self,
        request: &PinRequest<'_>,
    ) -> nb::Result<Entered<PinBlock>, ErrorKind> {
        self.0.borrow_mut().poll_online(request)
    }

    fn cancel(&mut self) -> Result<(), ErrorKind> {
        PinEntry::cancel(&mut *self.0.borrow_mut())
    }
}

impl PinEntryStimulus for Pad {
    fn types(&mut self, digits: &str) {
        self.0.borrow_mut().types(digits);
    }

    fn bypasses(&mut self) {
        self.0.borrow_mut().bypasses();
    }

    fn cancels(&mut self) {
        self.0.borrow_mut().cancels();
    }

    fn leaves(&mut self) {
        self.0.borrow_mut().leaves();
    }

    fn pause(&mut self) {}
}

#[test]
fn the_pad_conforms() {
    type Load = fn(&mut SimPinPad);
    let loads: [(Load, usize); 3] = [
        (|_| (), 14),
        (|pad| pad.load_tdes(*b"0123456789ABCDEF"), 20),
        (|pad| pad.load_aes([0x5A; 16]), 20),
    ];
    for (load, checks) in loads {
        let pad = Pad::new(load);
        let report = pin_entry(&mut &mut pad.clone(), &mut pad.clone());
        assert!(report.passed(), "{report}");
        assert_eq!(report.checks.len(), checks, "{report}");
    }
}

/// How a pad breaks a promise.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Broken {
    KeepsDigits,
    AddsADigit,
    BypassIsCancel,
    CancelDoesNothing,
    EnciphersNothing,
    AlwaysTheSame,
    TakesNoAccount,
    SupportsNothing,
}

struct BrokenPad(Pad, Broken);

impl ErrorType for BrokenPad {
    type Error = ErrorKind;
}

impl PinEntry for BrokenPad {
    fn poll_offline(
        &mut self,
        request: &PinRequest<'_>,
        pin: &mut Pin,
    ) -> nb::Result<Entered, ErrorKind> {
        if self.1 == Broken::SupportsNothing {
            return Err(nb::Error::Other(ErrorKind::Unsupported));
        }
        let mut typed = Pin::new();
        let entered = self.0.poll_offline(request, &mut typed)?;
        match (self.1, entered) {
            (Broken::KeepsDigits, Entered::Given(())) if !pin.is_empty() => {}
            (Broken::KeepsDigits, Entered::TimedOut) => pin.push(7).unwrap(),
            (Broken::AddsADigit, Entered::Given(())) => {
                *pin = typed;
                let _ = pin.push(1);
            }
            (Broken::BypassIsCancel, Entered::Bypassed) => return Ok(Entered::Cancelled),
            _ => *pin = typed,
        }
        Ok(entered)
    }

    fn poll_online(
        &mut self,
        request: &PinRequest<'_>,
    ) -> nb::Result<Entered<PinBlock>, ErrorKind> {
        if self.1 == Broken::SupportsNothing {
            return Err(nb::Error::Other(ErrorKind::Unsupported));
        }
        let request = if self.1 == Broken::TakesNoAccount { &ONLINE } else { request };
        let entered = self.0.poll_online(request)?;
        Ok(match (self.1, entered) {
            (Broken::EnciphersNothing, Entered::Given(_)) => Entered::Given(PinBlock::from_iso4([
                0x44, 0x12, 0x34, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 1, 2, 3, 4, 5, 6, 7, 8,
            ])),
            (Broken::AlwaysTheSame, Entered::Given(_)) => {
                Entered::Given(PinBlock::from_iso4([0x77; 16]))
            }
            _ => entered,
        })
    }

    fn cancel(&mut self) -> Result<(), ErrorKind> {
        match self.1 {
            Broken::CancelDoesNothing => Err(ErrorKind::Hardware),
            _ => PinEntry::cancel(&mut self.0),
        }
    }
}

#[test]
fn a_pad_that_breaks_a_promise_is_found_out() {
    let broken = |how: Broken| -> Report {
        let pad = Pad::new(|pad| pad.load_aes([0x5A; 16]));
        pin_entry(&mut BrokenPad(pad.clone(), how), &mut pad.clone())
    };
    for (how, promises) in [
        (
            Broken::KeepsDigits,
            &[
                "one at which nobody is says so, without digits",
                "digits that were there before are cleared",
            ][..],
        ),
        (
            Broken::AddsADigit,
            &[
                "a PIN of 4 digits is given",
                "a PIN may begin with zeros",
                "after an entry was ended, the next has its own digits",
                "digits that were there before are cleared",
            ],
        ),
        (Broken::BypassIsCancel, &["an entry that is bypassed says so, without digits"]),
        (
            Broken::EnciphersNothing,
            &[
                "a PIN for the issuer is given enciphered",
                "another PIN makes another block",
                "a block of format 4 is another each time",
            ],
        ),
        (
            Broken::AlwaysTheSame,
            &["another PIN makes another block", "a block of format 4 is another each time"],
        ),
        (Broken::TakesNoAccount, &["a request without a card number is refused"]),
        (Broken::SupportsNothing, &["one of both is supported"]),
    ] {
        let report = broken(how);
        let found: Vec<_> = report.failures().map(|check| check.promise).collect();
        assert_eq!(found, promises, "{how:?}\n{report}");
    }
    let report = broken(Broken::CancelDoesNothing);
    let found: Vec<_> = report.failures().map(|check| check.promise).collect();
    assert!(found.contains(&"ending an entry that is not there does nothing"), "{report}");
}

#[test]
fn the_pad_shows_what_it_is_asked_to() {
    let mut pad = SimPinPad::new();
    let amount = Amount::from_minor(20_000).unwrap();
    let mut request = PinRequest::offline(amount, Currency::CNY);
    (request.tries, request.again) = (Some(1), true);
    let mut entered = Pin::new();
    assert_eq!(pad.poll_offline(&request, &mut entered), Err(nb::Error::WouldBlock));
    assert!(pad.is_asking());
    let shown = Prompt { amount: 20_000, online: false, tries: Some(1), again: true };
    assert_eq!(pad.prompts(), [shown]);
    pad.types("12");
    pad.types("1234");
    assert_eq!(nb::block!(pad.poll_offline(&request, &mut entered)), Ok(Entered::Given(())));
    assert_eq!((entered.len(), pad.prompts().len(), pad.is_asking()), (4, 1, false));
    pad.breaks(Some(ErrorKind::Hardware));
    let broken = nb::block!(pad.poll_offline(&request, &mut entered));
    assert_eq!((broken, entered.len()), (Err(ErrorKind::Hardware), 0));
    pad.breaks(None);
    assert_eq!(pad.poll_online(&ONLINE), Err(nb::Error::Other(ErrorKind::Unsupported)));
    pad.load_tdes([0x11; 16]);
    pad.types("2718281");
    let shown = format!("{pad:?}");
    assert!(!shown.contains("2718") && !shown.contains("17"), "{shown}");
}

/// The pad's own blocks and the library's are the same.
#[test]
fn the_pad_and_the_library_agree() {
    for length in 4..=12 {
        let digits = &"907856341209"[..length];
        for account in [
            &[0x62, 0, 0, 5][..],
            &ACCOUNT,
            &[0x98, 0x76, 0x54, 0x32, 0x10, 0x98, 0x76, 0x54, 0x32, 0x1F],
        ] {
            let request = PinRequest::online(Amount::ZERO, Currency::CNY, account);
            let key = *b"0123456789ABCDEF";
            let mut pad = SimPinPad::new();
            pad.load_tdes(key);
            pad.types(digits);
            let Ok(Entered::Given(given)) = nb::block!(pad.poll_online(&request)) else {
                panic!("no block");
            };
            let pan = request.pan().unwrap();
            let made = PinBlock::iso0(&pin(digits), &pan, &TdesEde2::new(&key.into())).unwrap();
            assert_eq!(given, made);

            pad.load_aes(key);
            pad.types(digits);
            let Ok(Entered::Given(given)) = nb::block!(pad.poll_online(&request)) else {
                panic!("no block");
            };
            // The random bytes are the pad's: its block is deciphered for them.
            let cipher = Aes128::new(&key.into());
            let mut open = Array::from(<[u8; 16]>::try_from(given.bytes()).unwrap());
            cipher.decrypt_block(&mut open);
            open.iter_mut()
                .zip(account_field(pan.expose()))
                .for_each(|(byte, other)| *byte ^= other);
            cipher.decrypt_block(&mut open);
            assert_eq!(open[..8], bytes(&format!("4{length:X}{digits:A<14}")));
            let random = |fill: &mut [u8]| fill.copy_from_slice(&open[8..]);
            assert_eq!(given, PinBlock::iso4(&pin(digits), &pan, random, &cipher).unwrap());
        }
    }
}

/// Format 4's card number field.
fn account_field(digits: &str) -> Vec<u8> {
    let above = digits.len().saturating_sub(12);
    bytes(&format!("{:0<32}", format!("{above}{digits:0>12}")))
}

#[test]
fn a_mock_does_as_it_is_told() {
    let mut pad = MockPinEntry::new();
    pad.expect_poll_offline().once().returning(|request, pin| {
        assert_eq!(request.tries, Some(2));
        [4, 3, 2, 1].into_iter().for_each(|digit| pin.push(digit).unwrap());
        Ok(Entered::Given(()))
    });
    pad.expect_poll_online().once().returning(|_| Ok(Entered::TimedOut));
    pad.expect_cancel().once().returning(|| Err(ErrorKind::Line));
    let mut request = OFFLINE;
    request.tries = Some(2);
    let mut entered = Pin::new();
    assert_eq!(pad.poll_offline(&request, &mut entered), Ok(Entered::Given(())));
    assert_eq!(entered.len(), 4);
    assert_eq!(pad.poll_online(&ONLINE), Ok(Entered::TimedOut));
    assert_eq!(pad.cancel(), Err(ErrorKind::Line));
}

/// For any pad, also a borrowed one.
async fn ask(mut pad: impl AsyncPinEntry<Error = ErrorKind>, pin: &mut Pin) -> Entered<PinBlock> {
    pad.cancel().await.unwrap();
    assert_eq!(pad.offline(&OFFLINE, pin).await, Ok(Entered::Given(())));
    pad.online(&ONLINE).await.unwrap()
}

#[test]
fn a_pad_can_be_awaited() {
    let mut pad = SimPinPad::new();
    pad.load_aes([3; 16]);
    pad.types("1234");
    pad.bypasses();
    let mut entered = Pin::new();
    assert_eq!(block_on(ask(&mut pad, &mut entered)), Entered::Bypassed);
    assert_eq!(entered.len(), 4);
}
