//! Prints what each driver makes of an R503 that misbehaves, as
//! tables.

fn main() {
    // The panics of the peers are caught, and are in the table.
    std::panic::set_hook(Box::new(|_| {}));
    println!("{}\n\n{}", peers::faults::table(), peers::transfers::table());
}
