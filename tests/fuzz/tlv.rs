//! Objects, trees and lists of them, beside a reading of its own.

use embedded_pos::emv::cvm::CvmList;
use embedded_pos::emv::{Afl, Dol, Script, Tag};
use embedded_pos::tlv::{Objects, Walk, Writer, find};

/// The input is TLV, and every kind of list.
pub fn run(data: &[u8]) {
    let found: Vec<_> = Objects::new(data).map_while(Result::ok).collect();
    let (wanted, whole) = objects(data);
    let pairs: Vec<_> = found.iter().map(|object| (object.tag.0, object.value)).collect();
    assert_eq!(pairs, wanted);
    assert_eq!(Objects::new(data).all(|object| object.is_ok()), whole);
    for object in &found {
        let start = object.value_offset();
        assert_eq!(data.get(start..start + object.value.len()), Some(object.value));
        let first = found.iter().find(|other| other.tag == object.tag).unwrap();
        assert_eq!(find(data, &[object.tag]), Ok(Some(*first)));
    }
    written(&wanted);
    tree(data);
    lists(data);
}

type Pair<'a> = (u32, &'a [u8]);

/// The objects up to the first that is none, and whether they are all.
fn objects(mut rest: &[u8]) -> (Vec<Pair<'_>>, bool) {
    let mut found = Vec::new();
    loop {
        while let [0x00, behind @ ..] = rest {
            rest = behind;
        }
        if rest.is_empty() {
            return (found, true);
        }
        let Some((tag, value, behind)) = object(rest) else { return (found, false) };
        found.push((tag, value));
        rest = behind;
    }
}

fn object(bytes: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let mut at = 1;
    if bytes[0] % 32 == 31 {
        while *bytes.get(at)? >= 0x80 {
            at += 1;
        }
        at += 1;
    }
    if at > 4 {
        return None;
    }
    let tag = bytes[..at].iter().fold(0, |tag, &byte| tag * 256 + u32::from(byte));
    let mut length = usize::from(*bytes.get(at)?);
    at += 1;
    if length >= 0x80 {
        let count = length - 0x80;
        if !(1..=4).contains(&count) {
            return None;
        }
        let digits = bytes.get(at..at + count)?;
        length = digits.iter().fold(0, |length, &byte| length * 256 + usize::from(byte));
        at += count;
    }
    let rest = &bytes[at..];
    (rest.len() >= length).then(|| (tag, &rest[..length], &rest[length..]))
}

/// What is written is read again.
fn written(pairs: &[Pair<'_>]) {
    let mut buf = [0; 512];
    let mut writer = Writer::new(&mut buf);
    let mut kept = Vec::new();
    for &(tag, value) in pairs {
        let before = writer.len();
        match writer.put(Tag(tag), value) {
            Ok(()) => kept.push((tag, value)),
            Err(_) => assert_eq!(writer.len(), before, "half an object"),
        }
    }
    assert_eq!(objects(writer.written()), (kept, true));
}

/// Each object of a tree stands in the one it is said to stand in.
fn tree(data: &[u8]) {
    let mut ends = Vec::new();
    let mut count = 0;
    for visit in Walk::new(data) {
        count += 1;
        let Ok(visit) = visit else { break };
        assert!(visit.depth < Walk::MAX_DEPTH && visit.depth <= ends.len());
        ends.truncate(visit.depth);
        let end = visit.object.value_offset() + visit.object.value.len();
        assert!(ends.last().is_none_or(|&outer| end <= outer));
        ends.push(end);
    }
    // An object has two bytes at least; behind the last there may be a fault.
    assert!(count <= data.len() / 2 + 1);
}

fn lists(data: &[u8]) {
    let dol = Dol::new(data);
    let entries: Result<Vec<_>, _> = dol.entries().collect();
    assert_eq!(entries.is_ok(), dol.check().is_ok());
    let mut out = [0x5A; 300];
    match (dol.fill(&mut out, |_| Some(&[0x12, 0x34, 0x56])), entries) {
        (Ok(length), Ok(entries)) => {
            let lengths = entries.iter().map(|entry| usize::from(entry.length));
            assert_eq!(length, lengths.sum());
            assert!(out[length..].iter().all(|&byte| byte == 0x5A), "more than was asked for");
            let mut fed: Vec<u8> = Vec::new();
            dol.feed(|_| Some(&[0x12, 0x34, 0x56]), |piece| fed.extend(piece)).unwrap();
            assert_eq!(fed, out[..length]);
        }
        (Err(_), Ok(entries)) => {
            let lengths = entries.iter().map(|entry| usize::from(entry.length));
            assert!(lengths.sum::<usize>() > out.len());
        }
        (filled, Err(_)) => assert!(filled.is_err()),
    }
    if let Ok(afl) = Afl::new(data) {
        let expected = data.chunks(4).map(|entry| usize::from(entry[2] - entry[1]) + 1);
        assert_eq!(afl.records().count(), expected.sum());
        assert!(afl.records().all(|record| (1..=30).contains(&record.sfi) && record.number > 0));
    }
    if let Ok(list) = CvmList::new(data) {
        let bytes: Vec<u8> = list.rules().flat_map(|rule| rule.to_bytes()).collect();
        assert_eq!(bytes, data[8..]);
    }
    let script = Script::new(data);
    if script.check().is_ok() {
        let sizes = script.commands().map(<[u8]>::len).all(|size| (4..=261).contains(&size));
        assert!(sizes && objects(data).1);
    }
}
