//! A printer that leaves a picture of its paper.

use std::io;
use std::path::{Path, PathBuf};

use embedded_pos::port::adapter::SystemClock;
use embedded_pos::port::{Clock, Duration};
use embedded_pos::sim::Device;
use embedded_pos::sim::printer::{Bitmap, CpclPrinter, EscPosPrinter, StarPrinter};

use crate::attended::Nobody;
use crate::common::png;
use crate::{Args, Run, running};

/// What the simulated printers have in common.
pub trait Paper: Device + Send + 'static {
    fn is_idle(&self) -> bool;
    fn bitmap(&self) -> &Bitmap;
    fn tear(&mut self);
}

macro_rules! papers {
    ($($printer:ident)*) => {
        $(
            impl Paper for $printer {
                fn is_idle(&self) -> bool {
                    self.is_idle()
                }

                fn bitmap(&self) -> &Bitmap {
                    self.bitmap()
                }

                fn tear(&mut self) {
                    self.tear();
                }
            }
        )*
    };
}

papers!(EscPosPrinter StarPrinter CpclPrinter);

/// What serves a printer.
pub fn serve(device: impl Paper, args: &Args) -> Run {
    let place = args.png.clone();
    let mut papers = 1..;
    running(device, Nobody, args.once, move |printer, clock| {
        end(printer, clock);
        let Some(place) = &place else { return Ok(()) };
        if printer.bitmap().height() == 0 {
            return Ok(());
        }
        if !place.is_dir() {
            return png::paper(place, printer.bitmap());
        }
        write(place, papers.next().unwrap_or(0), printer)
    })
}

/// The paper of one client.
fn write(dir: &Path, number: u32, printer: &mut impl Paper) -> io::Result<()> {
    let file: PathBuf = dir.join(format!("{number}.png"));
    png::paper(&file, printer.bitmap())?;
    eprintln!("{}", file.display());
    printer.tear();
    Ok(())
}

/// Prints what has come.
fn end(printer: &mut impl Paper, clock: &mut SystemClock) {
    loop {
        let now = clock.now();
        printer.transmit(now);
        if printer.is_idle() {
            return;
        }
        clock.idle(now + Duration::from_millis(5));
    }
}
