//! BER-TLV: reading, walking, writing.

use embedded_pos::emv::Tag;
use embedded_pos::emv::tlv::{self, Full, Malformed, Objects, Walk, What, Writer};
use proptest::prelude::*;

fn tags(bytes: &[u8]) -> Result<Vec<String>, Malformed> {
    Objects::new(bytes).map(|object| object.map(|object| object.tag.to_string())).collect()
}

#[test]
fn tags_that_other_parsers_stumble_over() {
    // Second byte below 1F, which ISO does not allow and EMV is full of.
    assert_eq!(tags(b"\x9F\x02\x00\x9F\x10\x00\x9F\x1A\x00").unwrap(), ["9F02", "9F10", "9F1A"]);
    // Three bytes, four bytes.
    assert_eq!(tags(b"\xDF\x81\x16\x00\xDF\x81\x81\x16\x00").unwrap(), ["DF8116", "DF818116"]);
    // FF begins a tag, 00 is padding.
    assert_eq!(tags(b"\x00\xFF\x74\x00\x00\x00\x50\x00\x00").unwrap(), ["FF74", "50"]);
    // A length octet that is a value elsewhere, and a value that looks like tags.
    let object = Objects::new(b"\x91\x02\x91\x91").next().unwrap().unwrap();
    assert_eq!((object.tag, object.value), (Tag(0x91), &[0x91, 0x91][..]));
}

#[test]
fn every_form_of_length_is_read_and_no_other() {
    for form in [&b"\x03"[..], b"\x81\x03", b"\x82\x00\x03", b"\x83\x00\x00\x03", b"\x84\0\0\0\x03"]
    {
        let bytes = [b"\x5A", form, b"abc"].concat();
        let object = Objects::new(&bytes).next().unwrap().unwrap();
        assert_eq!(object.value, b"abc");
        assert_eq!((object.offset, object.value_offset()), (0, 1 + form.len()));
        for end in 1..bytes.len() {
            assert!(tags(&bytes[..end]).is_err(), "{bytes:02X?} cut at {end}");
        }
    }
    for form in (0x85..=0xFF).chain([0x80]) {
        let error = tags(&[0x5A, form, 0, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!(error, Malformed { offset: 1, what: What::LengthForm(Tag::PAN) });
    }
    let error = tags(b"\x5A\x84\xFF\xFF\xFF\xFFx").unwrap_err();
    assert!(matches!(error.what, What::Overrun { left: 1, .. }), "{error}");
}

#[test]
fn the_last_short_object_is_not_lost() {
    assert_eq!(tags(b"\x50\x01A\x87\x00").unwrap(), ["50", "87"]);
}

#[test]
fn a_nested_object_longer_than_its_parent_fails_at_its_own_place() {
    let bytes = b"\x70\x05\x5A\x01\x12\x8C\x04\x9F\x02\x06\x00";
    let walked: Result<Vec<_>, _> = Walk::new(bytes).collect();
    let what = What::Overrun { tag: Tag::CDOL1, length: 4, left: 0 };
    assert_eq!(walked.unwrap_err(), Malformed { offset: 6, what });
    assert_eq!(
        tlv::find(bytes, &[Tag::RECORD, Tag::CDOL1]).unwrap_err().to_string(),
        "at byte 6: 8C claims 4 bytes where 0 are left"
    );
    // What stands before it can be had.
    assert!(tlv::find(bytes, &[Tag::RECORD, Tag::PAN]).unwrap().is_some());
}

#[test]
fn content_is_parsed_only_when_asked_for() {
    // Says "constructed", is none.
    let bytes = b"\x73\x02\xFF\xFF\x50\x01A";
    assert_eq!(tags(bytes).unwrap(), ["73", "50"]);
    assert!(Walk::new(bytes).any(|visit| visit.is_err()));
}

#[test]
fn a_path_leads_to_an_object_or_to_nothing() {
    let bytes = b"\x6F\x0A\x84\x01x\xA5\x05\x50\x03abc";
    let found = tlv::find(bytes, &[Tag::FCI, Tag::FCI_PROPRIETARY, Tag::LABEL]).unwrap().unwrap();
    assert_eq!((found.value, found.offset, found.value_offset()), (&b"abc"[..], 7, 9));
    assert_eq!(tlv::find(bytes, &[Tag::FCI, Tag::PAN]).unwrap(), None);
    assert_eq!(tlv::find(bytes, &[Tag::FCI, Tag::DF_NAME, Tag::LABEL]).unwrap(), None);
    assert_eq!(tlv::find(bytes, &[]).unwrap(), None);
}

#[test]
fn content_is_not_shown() {
    let object = Objects::new(b"\x5A\x03\x62\x00\x05").next().unwrap().unwrap();
    assert_eq!(format!("{object:?}"), "Object(5A at 0, 3 bytes)");
}

#[test]
fn a_writer_writes_the_shortest_length() {
    let mut buf = [0; 70_000];
    for (length, header) in [
        (0, &b"\x5A\x00"[..]),
        (127, b"\x5A\x7F"),
        (128, b"\x5A\x81\x80"),
        (255, b"\x5A\x81\xFF"),
        (256, b"\x5A\x82\x01\x00"),
        (65_536, b"\x5A\x83\x01\x00\x00"),
    ] {
        let value = vec![0x11; length];
        for nested in [false, true] {
            let mut writer = Writer::new(&mut buf);
            if nested {
                writer.constructed(Tag(0x7A), |inner| inner.put(Tag::PAN, &value)).unwrap();
                let outer = tlv::find(writer.written(), &[Tag(0x7A), Tag::PAN]).unwrap().unwrap();
                assert_eq!(outer.value, value);
            } else {
                writer.put(Tag::PAN, &value).unwrap();
                assert_eq!(writer.written(), [header, &value].concat());
            }
        }
    }
}

#[test]
fn what_does_not_fit_leaves_no_trace() {
    // 5 bytes, then 2 around 4 and 4.
    for room in 0..15 {
        let mut buf = vec![0; room];
        let mut writer = Writer::new(&mut buf);
        let first = writer.put(Tag::ATC, &[1, 2]);
        assert_eq!(first.is_ok(), room >= 5);
        let before = writer.len();
        let nested = writer.constructed(Tag::RECORD, |inner| {
            inner.put(Tag::CID, &[3])?;
            inner.put(Tag::ARC, b"00")
        });
        assert!(nested.is_err());
        assert_eq!(writer.len(), before);
    }
}

/// An object of a tree.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Leaf(u32, Vec<u8>),
    Node(u32, Vec<Tree>),
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf_tag = prop_oneof![Just(0x5A), Just(0x9F02), Just(0x9F8116), Just(0xDF81_8116)];
    let node_tag = prop_oneof![Just(0x70), Just(0xBF0C), Just(0xFF74), Just(0x7F21)];
    let leaf = (leaf_tag, prop::collection::vec(any::<u8>(), 0..300))
        .prop_map(|(tag, value)| Tree::Leaf(tag, value));
    leaf.prop_recursive(5, 32, 4, move |inner| {
        (node_tag.clone(), prop::collection::vec(inner, 0..4))
            .prop_map(|(tag, children)| Tree::Node(tag, children))
    })
}

fn write(tree: &Tree, writer: &mut Writer<'_>) -> Result<(), Full> {
    match tree {
        Tree::Leaf(tag, value) => writer.put(Tag(*tag), value),
        Tree::Node(tag, children) => writer.constructed(Tag(*tag), |inner| {
            children.iter().try_for_each(|child| write(child, inner))
        }),
    }
}

fn read(objects: Objects<'_>) -> Vec<Tree> {
    let tree = |object: tlv::Object<'_>| match object.children() {
        Some(children) => Tree::Node(object.tag.0, read(children)),
        None => Tree::Leaf(object.tag.0, object.value.to_vec()),
    };
    objects.map(|object| tree(object.unwrap())).collect()
}

/// The tags of a tree and how deep they stand, each before those in it.
fn flat(trees: &[Tree], depth: usize) -> Vec<(usize, u32)> {
    let one = |tree: &Tree| match tree {
        Tree::Leaf(tag, _) => vec![(depth, *tag)],
        Tree::Node(tag, children) => [vec![(depth, *tag)], flat(children, depth + 1)].concat(),
    };
    trees.iter().flat_map(one).collect()
}

proptest! {
    #[test]
    fn what_was_written_is_read(trees in prop::collection::vec(tree(), 0..5)) {
        let mut buf = vec![0; 100_000];
        let mut writer = Writer::new(&mut buf);
        for tree in &trees {
            write(tree, &mut writer).unwrap();
        }
        prop_assert_eq!(&read(Objects::new(writer.written())), &trees);
        let walked = Walk::new(writer.written()).map(|visit| visit.map(|visit| (visit.depth, visit.object.tag.0)));
        prop_assert_eq!(walked.collect::<Result<Vec<_>, _>>(), Ok(flat(&trees, 0)));
    }

    #[test]
    fn any_bytes_end_in_objects_within_them_or_in_an_error_within_them(
        bytes in prop::collection::vec(any::<u8>(), 0..600)
    ) {
        for visit in Walk::new(&bytes) {
            match visit {
                Ok(visit) => {
                    let start = visit.object.value_offset();
                    let end = start + visit.object.value.len();
                    prop_assert_eq!(bytes.get(start..end), Some(visit.object.value));
                    prop_assert!(visit.object.offset < start);
                }
                Err(malformed) => prop_assert!(malformed.offset <= bytes.len()),
            }
        }
    }

    #[test]
    fn an_iterator_stays_at_its_end(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut objects = Objects::new(&bytes);
        while let Some(Ok(_)) = objects.next() {}
        prop_assert!(objects.next().is_none());
        let mut walk = Walk::new(&bytes);
        while let Some(Ok(_)) = walk.next() {}
        prop_assert!(walk.next().is_none());
    }
}
