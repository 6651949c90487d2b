//! The packet that host and module speak, all fields little-endian:
//!
//! ```text
//! 40 | command | param (4) | size (4) | flag | sum | 0A
//! 41 | terminal (2) | command | param (4) | size (4) | flag | sum | 0A
//! ```
//!
//! The second form is that of RS-422 and RS-485. `sum` is that of all bytes
//! before it, modulo 256.

use core::fmt;

use heapless::Vec;

/// The longest packet, that of a network.
pub const MAX_PACKET: usize = 15;

const SINGLE: (u8, usize) = (0x40, 13);
const NETWORK: (u8, usize) = (0x41, MAX_PACKET);
const END: u8 = 0x0A;

/// A packet, request or response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Packet {
    /// On a network, the module's number.
    pub terminal: Option<u16>,
    /// What is to be done, and in a response, what was.
    pub command: u8,
    /// A user ID or a status.
    pub param: u32,
    /// A value, or how many bytes of data follow the packet.
    pub size: u32,
    /// In a request an option, in a response the result.
    pub flag: u8,
}

/// Bytes that are no packet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum PacketError {
    /// They begin with neither 40h nor 41h.
    Start(u8),
    /// They begin well, but end too soon.
    Incomplete,
    /// The last byte is not 0Ah.
    End(u8),
    /// The sum in the packet, which should be the second one.
    Sum(u8, u8),
}

impl PacketError {
    /// Where in the bytes the error is; for an incomplete packet, its end.
    #[must_use]
    pub fn offset(self, bytes: &[u8]) -> usize {
        let len = form(bytes).map_or(0, |(_, len)| len);
        match self {
            Self::Start(_) => 0,
            Self::Incomplete => bytes.len(),
            Self::End(_) => len.saturating_sub(1),
            Self::Sum(..) => len.saturating_sub(2),
        }
    }
}

impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(byte) => write!(f, "{byte:02X} at the start, not 40 or 41"),
            Self::Incomplete => f.write_str("the packet is cut off"),
            Self::End(byte) => write!(f, "{byte:02X} at the end, not 0A"),
            Self::Sum(found, right) => write!(f, "sum {found:02X}, not {right:02X}"),
        }
    }
}

impl core::error::Error for PacketError {}

/// Start byte and length of the form that the bytes begin with.
fn form(bytes: &[u8]) -> Option<(u8, usize)> {
    let start = bytes.first()?;
    [SINGLE, NETWORK].into_iter().find(|(byte, _)| byte == start)
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (field, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*field)
}

impl Packet {
    /// Splits a packet off the front.
    ///
    /// # Errors
    /// As early as the bytes allow; a whole packet with a wrong end or sum.
    pub fn split(bytes: &[u8]) -> Result<(Self, &[u8]), PacketError> {
        let Some(start) = bytes.first() else { return Err(PacketError::Incomplete) };
        let (_, len) = form(bytes).ok_or(PacketError::Start(*start))?;
        let (packet, rest) = bytes.split_at_checked(len).ok_or(PacketError::Incomplete)?;
        let [body @ .., found, end] = packet else { return Err(PacketError::Incomplete) };
        if *end != END {
            return Err(PacketError::End(*end));
        }
        if *found != sum(body) {
            return Err(PacketError::Sum(*found, sum(body)));
        }
        Ok((Self::fields(body).ok_or(PacketError::Incomplete)?, rest))
    }

    /// The fields of a body whose length is that of its start byte.
    fn fields(mut body: &[u8]) -> Option<Self> {
        let [start] = take(&mut body)?;
        let terminal = match start {
            start if start == NETWORK.0 => Some(u16::from_le_bytes(take(&mut body)?)),
            _ => None,
        };
        let [command] = take(&mut body)?;
        let param = u32::from_le_bytes(take(&mut body)?);
        let size = u32::from_le_bytes(take(&mut body)?);
        let [flag] = take(&mut body)?;
        Some(Self { terminal, command, param, size, flag })
    }

    /// The bytes of the packet: 13, or with a terminal 15.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8, MAX_PACKET> {
        let mut bytes = Vec::new();
        // Cannot fail: the fields are no longer than the longest packet.
        let _ = self.encode(&mut bytes);
        bytes
    }

    fn encode(&self, out: &mut Vec<u8, MAX_PACKET>) -> Result<(), heapless::CapacityError> {
        let start = if self.terminal.is_some() { NETWORK.0 } else { SINGLE.0 };
        out.extend_from_slice(&[start])?;
        if let Some(terminal) = self.terminal {
            out.extend_from_slice(&terminal.to_le_bytes())?;
        }
        out.extend_from_slice(&[self.command])?;
        out.extend_from_slice(&self.param.to_le_bytes())?;
        out.extend_from_slice(&self.size.to_le_bytes())?;
        out.extend_from_slice(&[self.flag])?;
        let sum = sum(out);
        out.extend_from_slice(&[sum, END])
    }
}

/// What a [`Parser`] found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found {
    /// A packet with a right sum.
    Packet(Packet),
    /// A start byte, and behind it no packet.
    Damaged,
}

/// Finds packets in a stream of bytes, and finds its way back to them.
#[derive(Clone, Debug)]
pub struct Parser {
    start: u8,
    bytes: Vec<u8, MAX_PACKET>,
    found: Option<Found>,
}

impl Parser {
    /// A parser that has seen nothing, of one form of packet.
    #[must_use]
    pub const fn new(network: bool) -> Self {
        let (start, _) = if network { NETWORK } else { SINGLE };
        Self { start, bytes: Vec::new(), found: None }
    }

    /// Takes bytes until something is found; returns how many. What was found
    /// is to be [taken](Self::take) before the next bytes.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        for (taken, byte) in bytes.iter().enumerate() {
            if self.found.is_some() {
                return taken;
            }
            if self.bytes.push(*byte).is_err() {
                self.bytes.clear();
            }
            self.judge();
        }
        bytes.len()
    }

    /// What was found, if anything.
    pub fn take(&mut self) -> Option<Found> {
        self.found.take()
    }

    /// Whether a packet has begun and not ended.
    #[must_use]
    pub fn is_within_packet(&self) -> bool {
        !self.bytes.is_empty()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.found = None;
    }

    /// Skips what cannot begin a packet, and judges the rest.
    fn judge(&mut self) {
        while let Some(first) = self.bytes.first() {
            if *first == self.start {
                match Packet::split(&self.bytes) {
                    Err(PacketError::Incomplete) => return,
                    Ok((packet, _)) => {
                        self.found = Some(Found::Packet(packet));
                        return self.bytes.clear();
                    }
                    // Within it, another one may begin.
                    Err(_) => self.found = Some(Found::Damaged),
                }
            }
            self.bytes.rotate_left(1);
            self.bytes.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Printed in the UniFinger packet protocol manual: ES of user ID 9929h.
    const ES: [u8; 13] = [0x40, 0x05, 0x29, 0x99, 0, 0, 0, 0, 0, 0, 0, 0x07, 0x0A];

    fn found(stream: &[u8], chunk: usize) -> std::vec::Vec<Found> {
        let mut parser = Parser::new(false);
        let mut all = std::vec::Vec::new();
        for mut bytes in stream.chunks(chunk) {
            while !bytes.is_empty() {
                bytes = &bytes[parser.push(bytes)..];
                all.extend(parser.take());
            }
        }
        all
    }

    #[test]
    fn the_printed_packet_both_ways() {
        let packet = Packet { terminal: None, command: 5, param: 0x9929, size: 0, flag: 0 };
        assert_eq!(Packet::split(&ES), Ok((packet, &[][..])));
        assert_eq!(packet.to_bytes(), ES);
    }

    #[test]
    fn a_network_packet_both_ways() {
        let packet = Packet {
            terminal: Some(0x1234),
            command: 0x11,
            param: 0x0102_0304,
            size: 0x0506_0708,
            flag: 0x61,
        };
        let bytes = packet.to_bytes();
        let fields = [0x41, 0x34, 0x12, 0x11, 4, 3, 2, 1, 8, 7, 6, 5, 0x61];
        assert_eq!(bytes[..13], fields);
        assert_eq!(bytes[13..], [fields.iter().fold(0u8, |n, b| n.wrapping_add(*b)), 0x0A]);
        assert_eq!(Packet::split(&bytes), Ok((packet, &[][..])));
    }

    #[test]
    fn each_length_and_each_bit() {
        for len in 0..ES.len() {
            assert_eq!(Packet::split(&ES[..len]), Err(PacketError::Incomplete));
        }
        for bit in 0..ES.len() * 8 {
            let mut bytes = ES;
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Packet::split(&bytes).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_packet_within_a_false_one_is_found() {
        let mut stream = std::vec![0xA5, 0x40, 0x11, 0x00];
        stream.extend(ES);
        stream.extend(ES);
        for chunk in 1..stream.len() {
            let all = found(&stream, chunk);
            assert_eq!(all[0], Found::Damaged);
            assert_eq!(all.len(), 3, "{all:?}");
            assert!(all[1] == all[2] && all[1] != Found::Damaged);
        }
    }

    #[test]
    fn another_form_is_none() {
        let packet = Packet { terminal: Some(1), command: 5, param: 1, size: 0, flag: 0 };
        assert!(found(&packet.to_bytes(), 4).is_empty());
    }
}
