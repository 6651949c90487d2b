//! The simulated payment card for vpcd, the virtual reader of vsmartcard.
//!
//! Both sides send a length of two bytes and so many bytes. One byte from vpcd is
//! an order, more are an APDU.
//!
//! As Debian sets it up, vpcd listens on every address: keep it in a network
//! namespace, as `tools/pcsc-virtual` does.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::str::FromStr;

use embedded_pos::sim::card::Application;

use crate::common::stage;

/// Where vpcd listens.
#[derive(Clone, Debug)]
pub(crate) struct Address(String);

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let address = text.strip_prefix("vpcd:").and_then(|address| {
            let (_, port) = address.rsplit_once(':')?;
            port.parse::<u16>().ok().map(|_| address)
        });
        address.map(|address| Self(address.into())).ok_or("vpcd:HOST:PORT is wanted".into())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "vpcd:{}", self.0)
    }
}

/// Orders of vpcd.
const OFF: u8 = 0;
const ON: u8 = 1;
const RESET: u8 = 2;
const ATR: u8 = 4;

/// T=1 alone, "POS".
const ANSWER: [u8; 7] = [0x3B, 0x83, 0x01, b'P', b'O', b'S', 0x83 ^ 0x01 ^ b'P' ^ b'O' ^ b'S'];

/// Is the card until vpcd ends the connection.
pub(crate) fn serve(at: &Address) -> io::Result<()> {
    let mut vpcd = TcpStream::connect(&at.0)?;
    let mut applet = stage::applet();
    loop {
        let mut len = [0; 2];
        match vpcd.read_exact(&mut len) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        let mut told = vec![0; u16::from_be_bytes(len).into()];
        vpcd.read_exact(&mut told)?;
        let answer = match told[..] {
            [OFF] => continue,
            [ON | RESET] => {
                applet.reset();
                continue;
            }
            [ATR] => ANSWER.to_vec(),
            [] | [_] => continue,
            _ => applet.process(&told),
        };
        let len = u16::try_from(answer.len()).map_err(io::Error::other)?;
        vpcd.write_all(&[&len.to_be_bytes()[..], &answer].concat())?;
    }
}
