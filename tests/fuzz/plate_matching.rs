//! Misread texts against a list.

use embedded_pos::scan::plate::matching::{Query, Spelling};

/// The first line is read, the others are the list; the first byte is the limit,
/// the second how sure of each character.
pub fn run(data: &[u8]) {
    let [limit, sure, text @ ..] = data else { return };
    let mut lines = text.split(|byte| *byte == b'\n');
    let read = Spelling::from_gbk(lines.next().unwrap_or_default());
    let query = Query::new(read).characters(&[*sure; 6]).limit(u16::from(*limit) * 4);
    let list: Vec<Spelling> = lines
        .map(|line| match core::str::from_utf8(line) {
            Ok(text) => Spelling::new(text),
            Err(_) => Spelling::from_gbk(line),
        })
        .collect();
    let found = query.nearest::<_, 4>(&list);
    assert!(found.iter().is_sorted_by_key(|near| near.distance));
    for near in &found {
        assert!(near.distance <= u16::from(*limit) * 4);
        assert_eq!(near.distance == 0 && read.len() == near.entry.len(), read == *near.entry);
        assert!(query.differences(near.entry).count() <= 22);
    }
    if let Ok(plate) = read.plate() {
        assert_eq!(Spelling::from(plate), read);
    }
}
