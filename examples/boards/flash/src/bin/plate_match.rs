//! A misread text looked up in a list, and what differs.
#![no_std]
#![no_main]

use embedded_pos::scan::plate::matching::{Difference, Query, Spelling};
use flash::{unknown, wanted};

/// Takes as much .bss as a query has state.
#[used]
static mut STATE: core::mem::MaybeUninit<Query> = core::mem::MaybeUninit::uninit();

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let text = [unknown() as u8; 12];
    let listed = core::str::from_utf8(&text).unwrap_or_default();
    let list = [Spelling::new(listed), Spelling::from_gbk(&text)];
    let query = Query::new(Spelling::from_gbk(&text)).characters(&text);
    for near in &query.nearest::<_, 4>(&list) {
        wanted(near.distance.into());
        for difference in query.differences(near.entry) {
            wanted(matches!(difference, Difference::Changed { similar: true, .. }).into());
        }
    }
}
