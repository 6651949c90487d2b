use std::vec::Vec;

pub(super) const ACK: [u8; 6] = [0x00, 0x00, 0xFF, 0x00, 0xFF, 0x00];

/// What the host said.
pub(super) enum Parsed {
    Nothing,
    Ack,
    Nack,
    Command(Vec<u8>),
}

/// What stands at the front, and how many bytes of it; `None` while it is not
/// whole.
pub(super) fn parse(bytes: &[u8]) -> Option<(Parsed, usize)> {
    let [first, second, rest @ ..] = bytes else { return None };
    if (*first, *second) != (0x00, 0xFF) {
        return Some((Parsed::Nothing, 1));
    }
    let adds_up =
        |bytes: &[u8]| bytes.iter().copied().map(u32::from).sum::<u32>().is_multiple_of(256);
    let (head, len, fits) = match rest {
        [0x00, 0xFF, ..] => return Some((Parsed::Ack, 4)),
        [0xFF, 0x00, ..] => return Some((Parsed::Nack, 4)),
        [0xFF, 0xFF, m, l, check, ..] => {
            let len = usize::from(*m) * 256 + usize::from(*l);
            (7, len, adds_up(&[*m, *l, *check]))
        }
        [0xFF, 0xFF, ..] => return None,
        [len, check, ..] => (4, usize::from(*len), adds_up(&[*len, *check])),
        _ => return None,
    };
    if !fits || !(1..=265).contains(&len) {
        return Some((Parsed::Nothing, 2));
    }
    let data = bytes.get(head..=head + len)?;
    match data {
        [0xD4, content @ .., _] if adds_up(data) => {
            Some((Parsed::Command(content.into()), head + len + 1))
        }
        _ => Some((Parsed::Nothing, head + len + 1)),
    }
}

/// A frame to the host: normal up to 255 bytes of data, else extended.
pub(super) fn frame(data: &[u8]) -> Vec<u8> {
    let mut bytes = std::vec![0x00, 0x00, 0xFF];
    let [.., high, low] = data.len().to_be_bytes();
    if high > 0 {
        bytes.extend([0xFF, 0xFF, high]);
    }
    bytes.extend([low, 0_u8.wrapping_sub(high).wrapping_sub(low)]);
    bytes.extend(data);
    bytes.push(data.iter().fold(0, |sum: u8, byte| sum.wrapping_sub(*byte)));
    bytes.push(0x00);
    bytes
}
