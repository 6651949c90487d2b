//! Wall time: `cargo bench --bench wall`.

use peers::{ENTRIES, Entry};

fn main() {
    divan::main();
}

#[divan::bench(args = ENTRIES)]
fn job(entry: &Entry) -> u64 {
    (entry.run)()
}
