//! VERIFY (EMV Book 3, 6.5.12).

use core::fmt;

use zeroize::{Zeroize, Zeroizing};

use super::{Pin, PinFault};
#[cfg(feature = "async")]
use crate::card::AsyncCardReader;
use crate::card::{CardReader, Command, StatusWord};
use crate::emv::command::Apdu;

/// VERIFY, with a PIN in it. It can be sent to the card, and nothing else.
///
/// It stands in the memory of the transaction, which is wiped when the card has
/// answered, and on drop.
///
/// ```
/// use embedded_pos::card::CardReader;
/// use embedded_pos::emv::cvm::SecretCommand;
///
/// fn verify<R: CardReader>(command: SecretCommand<'_>, reader: &mut R) -> Result<usize, R::Error> {
///     command.transmit(reader, &mut [0; 2])
/// }
/// ```
///
/// Its bytes cannot be had:
///
/// ```compile_fail,E0616
/// fn read<'a>(command: embedded_pos::emv::cvm::SecretCommand<'a>) -> &'a [u8] {
///     command.apdu
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn read<'a>(command: &'a embedded_pos::emv::cvm::SecretCommand<'a>) -> &'a [u8] {
///     command.as_ref()
/// }
/// ```
#[derive(Clone, Copy)]
pub struct SecretCommand<'a> {
    apdu: &'a [u8],
}

impl SecretCommand<'_> {
    /// Sends it. The response goes to the front of `response`, which needs 2
    /// bytes; returns its length.
    ///
    /// # Errors
    /// As [`CardReader::transmit`].
    pub fn transmit<R: CardReader + ?Sized>(
        &self,
        reader: &mut R,
        response: &mut [u8],
    ) -> Result<usize, R::Error> {
        reader.transmit(self.apdu, response)
    }

    /// As [`transmit`](Self::transmit), async.
    ///
    /// # Errors
    /// As [`AsyncCardReader::transmit`].
    #[cfg(feature = "async")]
    pub async fn transmit_async<R: AsyncCardReader + ?Sized>(
        &self,
        reader: &mut R,
        response: &mut [u8],
    ) -> Result<usize, R::Error> {
        reader.transmit(self.apdu, response).await
    }
}

/// Shows that it is there, and nothing of it.
impl fmt::Debug for SecretCommand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretCommand(VERIFY)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for SecretCommand<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "SecretCommand(VERIFY)");
    }
}

/// What the card said to VERIFY (EMV Book 3, 6.5.12.5 and 10.5.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verified {
    /// The PIN is right.
    Right,
    /// It is wrong, and so many tries are left, at least one.
    Wrong(u8),
    /// No tries are left, or there were none.
    NoTries,
    /// Something else; the PIN does not count as right.
    Other(StatusWord),
}

impl Verified {
    pub(crate) const fn of(status: StatusWord) -> Self {
        match status {
            StatusWord(0x9000) => Self::Right,
            StatusWord(0x63C0 | 0x6983 | 0x6984) => Self::NoTries,
            StatusWord(0x63C1..=0x63CF) => Self::Wrong(status.0.to_be_bytes()[1] & 0x0F),
            _ => Self::Other(status),
        }
    }
}

/// Header, PIN block and challenge, in front of the padding (EMV Book 2, 7.2).
const FRONT: usize = 1 + 8 + 8;

impl<const N: usize> Apdu<N> {
    /// VERIFY with the PIN in the clear, built in its place.
    ///
    /// # Errors
    /// It is none; there is then no command.
    pub(crate) fn verify(&mut self, pin: &Pin) -> Result<(), PinFault> {
        self.forget();
        pin.check()?;
        self.write(&Command::new(0x00, 0x20, 0x00, 0x80).data(pin.block()));
        Ok(())
    }

    /// VERIFY with the PIN enciphered (EMV Book 2, 7.2), built in its place.
    ///
    /// `key` is what `Tag::PIN_KEY` holds: the length of the exponent, exponent,
    /// modulus. `challenge` came from GET CHALLENGE just now, `random` fills
    /// with what nobody can guess, and `recover` is the public operation of RSA
    /// (modulus, exponent, input, output).
    ///
    /// # Errors
    /// The PIN is none, or the key cannot encipher it; there is then no command.
    pub(crate) fn verify_enciphered<E>(
        &mut self,
        pin: &Pin,
        key: &[u8],
        challenge: &[u8; 8],
        random: impl FnOnce(&mut [u8]),
        recover: impl FnOnce(&[u8], &[u8], &[u8], &mut [u8]) -> Result<(), E>,
    ) -> Result<(), PinFault> {
        self.forget();
        pin.check()?;
        let (exponent, modulus) = parts(key).ok_or(PinFault::Key)?;
        let lc = u8::try_from(modulus.len()).map_err(|_| PinFault::Key)?;
        let mut clear = Zeroizing::new([0; 248]);
        let clear = clear.get_mut(..modulus.len()).ok_or(PinFault::Key)?;
        fill(clear, pin, challenge, random).ok_or(PinFault::Key)?;

        let (header, data) = self.buf.split_first_chunk_mut().ok_or(PinFault::Key)?;
        let data = data.get_mut(..modulus.len()).ok_or(PinFault::Key)?;
        recover(modulus, exponent, clear, data).map_err(|_| PinFault::Key)?;
        *header = [0x00, 0x20, 0x00, 0x88, lc];
        self.len = header.len() + modulus.len();
        Ok(())
    }

    /// The command, to be sent and not to be seen.
    pub(crate) fn secret(&self) -> SecretCommand<'_> {
        SecretCommand { apdu: self.bytes() }
    }

    /// Wipes the command.
    pub(crate) fn forget(&mut self) {
        self.buf.zeroize();
        self.len = 0;
    }
}

/// Exponent and modulus of a key as it was recovered.
fn parts(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = key.split_first()?;
    rest.split_at_checked(length.into())
}

/// What is enciphered (EMV Book 2, 7.2). Each part is written where it
/// stands.
fn fill(
    clear: &mut [u8],
    pin: &Pin,
    challenge: &[u8; 8],
    random: impl FnOnce(&mut [u8]),
) -> Option<()> {
    let (front, padding) = clear.split_first_chunk_mut::<FRONT>()?;
    let (header, front) = front.split_first_mut()?;
    let (block, number) = front.split_first_chunk_mut::<8>()?;
    *header = 0x7F;
    block.copy_from_slice(pin.block());
    number.copy_from_slice(challenge);
    random(padding);
    Some(())
}

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};
    use std::vec::Vec;
    use std::{format, vec};

    use super::*;
    use crate::ErrorType;
    use crate::emv::command::AnyApdu;

    fn bytes(hex: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(digit).collect()
    }

    fn pin(digits: &str) -> Pin {
        let mut pin = Pin::new();
        digits.bytes().for_each(|digit| pin.push(digit - b'0').unwrap());
        pin
    }

    /// A field of the vector, whose values are strings.
    fn field(name: &str) -> String {
        let vector = include_str!("../../../tests/vectors/cvm/verify.jsonl");
        let begin = format!("\"{name}\": \"");
        let (_, rest) = vector.split_once(begin.as_str()).unwrap();
        rest.split_once('"').unwrap().0.to_string()
    }

    fn key(modulus: &[u8]) -> Vec<u8> {
        [&[1, 3], modulus].concat()
    }

    #[test]
    fn both_commands_are_those_of_a_session_that_was_recorded() {
        let mut apdu = AnyApdu::new();
        apdu.verify(&pin(&field("pin"))).unwrap();
        assert_eq!(apdu.bytes(), bytes(&field("plain")));

        let (modulus, padding) = (bytes(&field("modulus")), bytes(&field("padding"))[0]);
        let challenge: [u8; 8] = bytes(&field("challenge")).try_into().unwrap();
        let sent = bytes(&field("enciphered"));
        let mut clear = [&[0x7F, 0x24, 0x12, 0x34], &[0xFF; 5][..], &challenge].concat();
        clear.resize(modulus.len(), padding);
        let recover = |n: &[u8], e: &[u8], input: &[u8], out: &mut [u8]| {
            assert_eq!((n, e, input), (&*modulus, &[3][..], &*clear));
            out.copy_from_slice(&sent[5..]);
            Ok::<_, ()>(())
        };
        let random = |fill: &mut [u8]| fill.fill(padding);
        let pin = pin(&field("pin"));
        apdu.verify_enciphered(&pin, &key(&modulus), &challenge, random, recover).unwrap();
        assert_eq!(apdu.bytes(), sent);
        apdu.forget();
        assert!(apdu.bytes().is_empty());
        assert!(apdu.buf.iter().all(|&byte| byte == 0));
    }

    #[test]
    fn the_padding_is_random_to_its_end() {
        let mut seen = Vec::new();
        let echo = |_: &[u8], _: &[u8], input: &[u8], out: &mut [u8]| {
            out.copy_from_slice(input);
            Ok::<_, ()>(())
        };
        for length in [17, 18, 128, 248] {
            let mut apdu = AnyApdu::new();
            let key = key(&vec![0xC1; length]);
            let random = |fill: &mut [u8]| fill.fill(0xA7);
            apdu.verify_enciphered(&pin("123456789012"), &key, &[9; 8], random, echo).unwrap();
            let (front, padding) = apdu.bytes()[5..].split_at(FRONT);
            assert_eq!(front[..10], [0x7F, 0x2C, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0xFF, 9]);
            assert!(padding.iter().all(|&byte| byte == 0xA7));
            seen.push(padding.len());
        }
        assert_eq!(seen, [0, 1, 111, 231]);
    }

    #[test]
    fn without_a_pin_or_a_key_there_is_no_command() {
        let recover = |_: &[u8], _: &[u8], _: &[u8], _: &mut [u8]| Ok::<_, ()>(());
        let refuse = |_: &[u8], _: &[u8], _: &[u8], _: &mut [u8]| Err(());
        let keys = [vec![], vec![2, 3], key(&[0xC1; 16]), key(&[0xC1; 249]), key(&[0xC1; 300])];
        for key in keys {
            let mut apdu = AnyApdu::new();
            apdu.verify(&pin("1234")).unwrap();
            let sealed = apdu.verify_enciphered(&pin("1234"), &key, &[0; 8], |_| (), recover);
            assert_eq!((sealed, apdu.bytes()), (Err(PinFault::Key), &[][..]));
        }
        let mut apdu = AnyApdu::new();
        let key = key(&[0xC1; 128]);
        let sealed = apdu.verify_enciphered(&pin("1234"), &key, &[0; 8], |_| (), refuse);
        assert_eq!((sealed, apdu.bytes()), (Err(PinFault::Key), &[][..]));
        for short in ["", "1", "123"] {
            assert_eq!(apdu.verify(&pin(short)), Err(PinFault::Short));
            let sealed = apdu.verify_enciphered(&pin(short), &key, &[0; 8], |_| (), recover);
            assert_eq!((sealed, apdu.bytes()), (Err(PinFault::Short), &[][..]));
        }
    }

    #[test]
    fn what_the_card_says_is_known() {
        let of = |status| Verified::of(StatusWord(status));
        assert_eq!(of(0x9000), Verified::Right);
        assert_eq!([0x63C0, 0x6983, 0x6984].map(of), [Verified::NoTries; 3]);
        assert_eq!((of(0x63C1), of(0x63CF)), (Verified::Wrong(1), Verified::Wrong(15)));
        for other in [0x9001, 0x6300, 0x63D0, 0x63BF, 0x6982, 0x6985, 0x6A88, 0x6D00, 0x0000] {
            assert_eq!(of(other), Verified::Other(StatusWord(other)));
        }
    }

    #[derive(Debug, Default)]
    struct Tap(Vec<u8>);

    impl ErrorType for Tap {
        type Error = crate::ErrorKind;
    }

    impl CardReader for Tap {
        fn poll_inserted(&mut self) -> nb::Result<(), crate::ErrorKind> {
            Ok(())
        }

        fn poll_removed(&mut self) -> nb::Result<(), crate::ErrorKind> {
            Ok(())
        }

        fn activate(&mut self, _: &mut [u8]) -> Result<usize, crate::ErrorKind> {
            Ok(0)
        }

        fn transmit(&mut self, command: &[u8], out: &mut [u8]) -> Result<usize, crate::ErrorKind> {
            self.0 = command.to_vec();
            out[..2].copy_from_slice(&[0x63, 0xC2]);
            Ok(2)
        }

        fn deactivate(&mut self) -> Result<(), crate::ErrorKind> {
            Ok(())
        }
    }

    #[cfg(feature = "async")]
    impl AsyncCardReader for Tap {
        async fn inserted(&mut self) -> Result<(), crate::ErrorKind> {
            Ok(())
        }

        async fn removed(&mut self) -> Result<(), crate::ErrorKind> {
            Ok(())
        }

        async fn activate(&mut self, _: &mut [u8]) -> Result<usize, crate::ErrorKind> {
            Ok(0)
        }

        async fn transmit(
            &mut self,
            command: &[u8],
            out: &mut [u8],
        ) -> Result<usize, crate::ErrorKind> {
            CardReader::transmit(self, command, out)
        }

        async fn deactivate(&mut self) -> Result<(), crate::ErrorKind> {
            Ok(())
        }
    }

    #[test]
    #[cfg(all(feature = "async", feature = "sim"))]
    fn it_can_be_awaited() {
        let mut apdu = AnyApdu::new();
        apdu.verify(&pin("1234")).unwrap();
        let (mut reader, mut response) = (Tap::default(), [0; 2]);
        let sent = crate::sim::block_on(apdu.secret().transmit_async(&mut reader, &mut response));
        assert_eq!((sent, reader.0.len(), response), (Ok(2), 13, [0x63, 0xC2]));
    }

    #[test]
    fn it_goes_to_the_card_and_does_not_show() {
        let mut apdu = AnyApdu::new();
        apdu.verify(&pin("97531")).unwrap();
        let (mut reader, mut response) = (Tap::default(), [0; 2]);
        let secret = apdu.secret();
        assert_eq!(secret.transmit(&mut reader, &mut response), Ok(2));
        assert_eq!(response, [0x63, 0xC2]);
        let sent = [0, 0x20, 0, 0x80, 8, 0x25, 0x97, 0x53, 0x1F, 0xFF, 0xFF, 0xFF, 0xFF];
        assert_eq!(reader.0, sent);
        assert_eq!(format!("{secret:?}"), "SecretCommand(VERIFY)");
    }
}
