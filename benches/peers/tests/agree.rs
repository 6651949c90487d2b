//! Every way of a job comes to the same result; ours allocates nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};

use embedded_pos::sim::printer::{EscPosPrinter, Event, Model};
use peers::{ENTRIES, chinese, linear, receipt};

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
fn both_chinese_receipts_say_all_of_it() {
    let ways: [Print; 2] = [|port| chinese::ours_to(port), |port| chinese::escpos_to(port)];
    for print in ways {
        let paper = printed(print);
        let times = |text: &str| {
            let (text, ..) = encoding_rs::GB18030.encode(text);
            paper.windows(text.len()).filter(|window| *window == &*text).count()
        };
        assert_eq!((times(chinese::TITLE), times(chinese::CODE)), (1, 1));
        for line in chinese::LINES {
            assert_eq!(times(line), chinese::TIMES, "{line}");
        }
    }
}

/// On a simulated printer: the lines, the codes, a cut, and nothing else.
#[test]
fn all_receipts_are_the_same_on_paper() {
    let ours: [Print; 2] = [receipt::ours_to, receipt::ours_in_slices_to];
    assert_eq!(printed(ours[0]), printed(ours[1]));
    let ways: [Print; 4] =
        [ours[0], receipt::escpos_to, receipt::papermint_to, receipt::thermoprint_to];
    for print in ways {
        let printer = EscPosPrinter::decoded(Model::EPSON_80MM, &printed(print));
        let lines = receipt::LINES.concat().repeat(receipt::TIMES);
        assert!(printer.text().trim_start().starts_with(&lines), "{}", printer.text());
        let number = format!("{}{}", receipt::NUMBER, receipt::CHECK);
        let (mut codes, mut cuts) = (0, 0);
        for event in printer.events() {
            match event {
                Event::Barcode { kind: "ean13", text, .. } => {
                    assert_eq!(*text, number);
                    codes += 1;
                }
                Event::Qr { data, level: 'M', .. } => {
                    assert_eq!(data, receipt::CODE.as_bytes());
                    codes += 1;
                }
                Event::Cut { .. } => cuts += 1,
                Event::Text { .. } | Event::Feed { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((codes, cuts), (2, 1));
    }
}

fn printed(print: Print) -> Vec<u8> {
    let paper = RefCell::new(Vec::new());
    print(&|bytes: &[u8]| paper.borrow_mut().extend_from_slice(bytes));
    paper.into_inner()
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
fn longer_input_is_read_too() {
    for times in [1, 4, 16] {
        assert_eq!(peers::linear::sdt(times), 1);
        assert_eq!(peers::linear::classes(times), peers::linear::classes(1));
        assert_ne!(peers::linear::classes(times), 0);
    }
}

#[test]
fn the_counter_counts() {
    let tree = ENTRIES.iter().find(|entry| entry.name == "tlv/iso7816_tlv").expect("listed");
    assert!(allocations(tree.run) > 0);
}

#[test]
fn inputs_of_all_sizes_are_read_to_their_end() {
    for times in [1, 4, 16] {
        assert_eq!(linear::gat1400(times), times as u64);
        assert_eq!(linear::hikvision_poll(times), times as u64);
    }
    // The pieces of pictures are events, too.
    for times in [1, 4, 16] {
        assert!(linear::dahua(times) > 2 * times as u64);
        assert!(linear::hikvision_pictures(times) > 1);
    }
}
