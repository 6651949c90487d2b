use std::vec::Vec;

/// A command as it stands on the wire.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) address: u32,
    pub(super) opcode: u8,
    pub(super) parameters: Vec<u8>,
}

/// Takes the first command out of what came in; `None` until it is whole.
/// `Some(Err)`: its sum is wrong.
pub(super) fn next_request(inbox: &mut Vec<u8>) -> Option<Result<Request, u32>> {
    loop {
        let start = inbox.windows(2).position(|pair| pair == [0xEF, 0x01]);
        let Some(start) = start else {
            let tail = inbox.last().copied().filter(|byte| *byte == 0xEF);
            inbox.clear();
            inbox.extend(tail);
            return None;
        };
        inbox.drain(..start);
        let head: [u8; 9] = inbox.get(..9)?.try_into().ok()?;
        let length = usize::from(head[7]) * 256 + usize::from(head[8]);
        if head[6] != 1 || !(3..=258).contains(&length) {
            inbox.drain(..2);
            continue;
        }
        let frame: Vec<u8> = inbox.get(..9 + length)?.to_vec();
        inbox.drain(..9 + length);
        return Some(decode(&frame));
    }
}

fn decode(frame: &[u8]) -> Result<Request, u32> {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |n: u32, byte| n * 256 + u32::from(*byte));
    let address = frame.get(2..6).map_or(0, |bytes| {
        bytes.iter().fold(0, |n: u32, byte| n.wrapping_shl(8) | u32::from(*byte))
    });
    let (body, sum) = frame.split_at(frame.len().saturating_sub(2));
    let total: u32 = body.iter().skip(6).map(|byte| u32::from(*byte)).sum();
    if total % 65_536 != number(sum) {
        return Err(address);
    }
    let opcode = body.get(9).copied().unwrap_or(0);
    Ok(Request { address, opcode, parameters: body.get(10..).unwrap_or(&[]).to_vec() })
}

/// What stands at the front of what came in while data are due.
#[derive(Debug)]
pub(super) enum Packet {
    /// Nothing whole.
    Partial,
    Command,
    /// Its sum is wrong.
    Damaged,
    Whole {
        address: u32,
        pid: u8,
        content: Vec<u8>,
    },
}

/// Takes the first data packet out of what came in; leaves a command there.
pub(super) fn next_packet(inbox: &mut Vec<u8>) -> Packet {
    loop {
        let start = inbox.windows(2).position(|pair| pair == [0xEF, 0x01]);
        inbox.drain(..start.unwrap_or(inbox.len().saturating_sub(1)));
        let head: Option<[u8; 9]> = inbox.get(..9).and_then(|head| head.try_into().ok());
        let Some(head) = head else { return Packet::Partial };
        let length = usize::from(head[7]) * 256 + usize::from(head[8]);
        match head[6] {
            1 => return Packet::Command,
            2 | 8 if (3..=258).contains(&length) => {}
            _ => {
                inbox.drain(..2);
                continue;
            }
        }
        if inbox.len() < 9 + length {
            return Packet::Partial;
        }
        let mut content: Vec<u8> = inbox.drain(..9 + length).skip(9).collect();
        let sum = content.split_off(length - 2);
        let [_, _, a, b, c, d, pid, high, low] = head;
        let covered = [pid, high, low].into_iter().chain(content.iter().copied());
        let total: u32 = covered.map(u32::from).sum();
        if total.to_be_bytes().get(2..) != Some(sum.as_slice()) {
            return Packet::Damaged;
        }
        return Packet::Whole { address: u32::from_be_bytes([a, b, c, d]), pid, content };
    }
}

/// An acknowledgement.
pub(super) fn acknowledge(address: u32, content: &[u8]) -> Vec<u8> {
    packet(address, 7, content)
}

/// A packet.
pub(super) fn packet(address: u32, pid: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() + 2).to_be_bytes();
    let mut frame = std::vec![0xEF, 0x01];
    frame.extend(address.to_be_bytes());
    frame.push(pid);
    frame.extend(length.iter().skip(length.len() - 2));
    frame.extend(content);
    let total: u32 = frame.iter().skip(6).map(|byte| u32::from(*byte)).sum();
    frame.extend(total.to_be_bytes().iter().skip(2));
    frame
}
