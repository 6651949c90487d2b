//! Commands from standard input.

use std::io::BufRead as _;

use embedded_pos::card::Atr;

use crate::{Bad, Bytes, Session, hex, info};

/// Takes one command a line, until the input ends.
pub(crate) fn run(session: &mut Session, mut atr: Atr) -> Result<(), Bad> {
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(Bad::Log)?;
        match line.trim() {
            "" => {}
            text if text.starts_with('#') => {}
            "quit" => break,
            "atr" => info::show_atr(&atr),
            "info" => info::show(session, &atr)?,
            "reset" => atr = session.activate()?,
            text => match hex(text) {
                Ok(Bytes(command)) => session.show(&command)?,
                Err(error) => say!("? {error}; HEX, atr, info, reset or quit"),
            },
        }
    }
    Ok(())
}
