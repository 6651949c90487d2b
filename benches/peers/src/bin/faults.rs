//! Prints what each driver makes of an R503 that misbehaves, and each parser
//! of spoilt licences, as tables.

fn main() {
    // The panics of the peers are caught, and are in the table.
    std::panic::set_hook(Box::new(|_| {}));
    println!("{}\n\n{}", peers::faults::table(), peers::transfers::table());
    println!("\n{}", peers::licences::table());
}
