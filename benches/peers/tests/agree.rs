//! Every way of a job comes to the same result; ours allocates nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};

use peers::{ENTRIES, receipt};

/// Counts what this thread allocates.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as promised to us.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as promised to us.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(run: fn() -> u64) -> u64 {
    let before = ALLOCATIONS.get();
    run();
    ALLOCATIONS.get() - before
}

#[test]
fn all_ways_of_a_job_agree() {
    for ways in ENTRIES.chunk_by(|a, b| a.job() == b.job()) {
        let wanted = (ways[0].run)();
        for way in ways {
            assert_eq!((way.run)(), wanted, "{way}");
        }
    }
}

type Print = fn(&dyn Fn(&[u8]));

#[test]
fn both_receipts_say_all_of_it() {
    let ways: [Print; 2] = [|port| receipt::ours_to(port), |port| receipt::escpos_to(port)];
    for print in ways {
        let paper = RefCell::new(Vec::new());
        print(&|bytes: &[u8]| paper.borrow_mut().extend_from_slice(bytes));
        let times = |text: &str| {
            let (text, ..) = encoding_rs::GB18030.encode(text);
            paper.borrow().windows(text.len()).filter(|window| *window == &*text).count()
        };
        assert_eq!((times(receipt::TITLE), times(receipt::CODE)), (1, 1));
        for line in receipt::LINES {
            assert_eq!(times(line), receipt::TIMES, "{line}");
        }
    }
}

#[test]
fn ours_allocates_nothing() {
    let ours: Vec<_> = ENTRIES.iter().filter(|entry| entry.is_ours()).collect();
    assert!(!ours.is_empty());
    for entry in ours {
        assert_eq!(allocations(entry.run), 0, "{entry}");
    }
}

#[test]
fn the_counter_counts() {
    let tree = ENTRIES.iter().find(|entry| entry.name == "tlv/iso7816_tlv").expect("listed");
    assert!(allocations(tree.run) > 0);
}
