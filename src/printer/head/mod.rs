//! Bare thermal mechanisms: a line head of 384 dots and a stepper motor, as
//! they stand in terminals.
//!
//! [`Head`] drives one over three small traits: [`HeadIo`] (data, latch,
//! strobes), [`StepperIo`] (coils), [`HeadSense`] (temperature, voltage, paper,
//! platen). [`SpiHead`], [`StepperPins`] and [`Sensors`] make them of
//! `embedded-hal` parts. It is one polled state machine with the time as an
//! argument; it never waits, and allocates nothing. There is no async face:
//! what has to be done every 20 µs is not for an executor's queue.
//!
//! Text is set by columns as on every printer here, with glyphs of a [`Font`];
//! a [`Job`] gives rows of dots one by one, so no picture of a line is kept.
//! Joined with a clock it is a [`Printer`], whose papers are
//! [`Proven`]: it has burnt each row itself.
//!
//! [`Printer`]: crate::printer::Printer
//! [`Proven`]: crate::printer::Completion::Proven
//!
//! # What it does
//!
//! - **Division.** The black dots of a row are heated in as few groups as the
//!   limits of head and supply allow: whole blocks under strobe lines, if that
//!   takes no more groups (the row is shifted once), else runs of dots, each
//!   shifted alone; a head with one strobe always by runs.
//! - **Width.** `t = E R / V^2` of Seiko's manuals: `E` by paper and
//!   temperature, `R` by how many dots are on, `V` at the load of those dots,
//!   which is learnt from measuring it while they are on. What a pulse lacked,
//!   because the supply broke down further than was thought, follows it.
//! - **History.** A dot that was black in the row before, or in the last two,
//!   is warm and gets less: a group then takes up to three strobes. Without
//!   it, [`Config::history`], there is one strobe a group.
//! - **Battery.** Below the head's lowest voltage under load, half as many dots
//!   are heated at once, down to 16; that they break it down, too, is an error.
//!   After 64 rows without, 8 more are tried.
//! - **Paper.** It accelerates by `v^2 + 2 a`; a row that takes longer to heat
//!   spreads its steps over that time. The coils hold before the first step
//!   and after the last, then let go. After the platen was open, and at the
//!   start, the play of the gears is taken up.
//!
//! # Safety
//!
//! A dot that stays on burns paper, platen and head within a tenth of a second.
//!
//! - Nothing is heated without paper, with an open platen, from 80 C (until it
//!   has cooled to 60 C, a minute at most), out of the range of voltage.
//!   Paper and platen are looked at in every poll; heat stops at once, and goes
//!   on if a switch has only bounced (20 ms).
//! - With [`HeadIo::strobe_pulse`], a timer or a monostable ends each strobe
//!   whatever the program does. Wire it so if you can.
//! - Without, a strobe ends at the first poll after its end. It only begins
//!   when the last two polls were at most 200 µs apart; a poll later than
//!   that behind the end is [`Fault::Overrun`]. A program that hangs in between
//!   burns the head: no software can help then.
//! - A clock that goes back, or stands still for a thousand polls of a strobe,
//!   is [`Fault::Clock`]. It is to have a resolution of 20 µs or better.
//! - A supply that rises, by a charger say, has fewer dots on from the next
//!   strobe.
//! - On every error, on [`Head::stop`], on [`Head::release`] and on drop the
//!   strobes and coils are off, and the latch is empty. As a [`Printer`],
//!   nothing is heated between two calls.
//! - Use pull resistors that keep strobes off while the processor resets.
//!
//! # Mechanisms
//!
//! **Bold** was read in manuals (or drivers that ship), the rest is from memory
//! or assumed: check it against the manual of yours before you heat it.
//!
//! | | [LTP02-245](Profile::LTP02_245) | [LTP1245](Profile::LTP1245) | [FTP-628](Profile::FTP_628) | [SS205](Profile::SS205) |
//! | --- | --- | --- | --- | --- |
//! | maker | Seiko; energy: LTP01-245 | Seiko | Fujitsu | APS |
//! | voltage | **5.5-8.0 V** | **4.2-8.5 V** | 4.2-8.5 V | 4.75-8.5 V |
//! | element | **180 Ω, 162 at least** | **178.5 Ω, 169 at least** | 176 Ω | 176 Ω |
//! | driver, common | **9 Ω, 0.279 Ω a dot** | **25 Ω, 0.1 Ω a dot** | 10 Ω, 0.2 Ω | 10 Ω, 0.2 Ω |
//! | strobes | **1** | 6 of 64, left first | **6 of 64, right first** | 6 of 64, left first |
//! | strobe heats when | **high** | **high** | low | **low** |
//! | dots at once | **45** | **64** | 64 | **64** |
//! | current | 2.3 A | **2.7 A** | 3 A | **2.3 A** |
//! | clock | **8 MHz** | **4 MHz** | **8 MHz** | 8 MHz |
//! | latch (low): set-up, width, hold | **120, 120, 70 ns** | **120, 120, 120 ns** | **300, 200, 50 ns** | as FTP-628 |
//! | latch to strobe | **8 µs** | **120 ns**, 1 µs here | **300 ns and 3 µs** | 4 µs |
//! | phases | 4 full steps | 4 full steps | **8 half-steps** | 4 full steps |
//! | speed | 80 mm/s | 80 mm/s | **60 mm/s** | **35 mm/s** |
//!
//! All: two steps a row (**read**), ramps, 5 ms of hold, 64 steps of play (a
//! handheld feeds **several tens of dots**), thermistor 30 kΩ at 25 C with
//! B = 3 950 K, 96 rows to the bar. The papers' energies ([`Stock`]) were
//! **read** in the LTP01-245 manual. How much less a warm dot needs
//! ([`History`]) is assumed: no manual that we have says it; print a grey wedge
//! and adjust it.
//!
//! # Wiring
//!
//! MOSI and SCK to data and clock, mode 0, no faster than
//! [`Lines::clock_hz`]; latch, strobes and four motor inputs to outputs at
//! rest. The thermistor to ground with a resistor to the converter's
//! reference, [`Thermistor`]. The supply through a divider, measured at the
//! head's connector, with 1 000 µF beside it.
//!
//! # Timing
//!
//! Poll every 20 µs while it prints: a step comes as late as a poll, and steps
//! that are late by more than a thirtieth slow the motor down. A poll that
//! shifts a row takes as long as its 48 bytes (48 µs at 8 MHz), one that
//! draws a row a few µs more; neither is done in the last 300 µs of a strobe
//! that no timer ends. Between jobs nothing has to be called, but
//! [`Head::poll_rest`] until it lets the motor go.
//!
//! # When it does not work
//!
//! | what you see | why |
//! | --- | --- |
//! | stripes across, every other block | strobe pins in another order than [`Profile::strobes`] |
//! | mirrored | the head is filled from the other side: the bus sends the lowest bit first |
//! | black from edge to edge at power-up | strobes of the other polarity |
//! | faint where rows are dense | [`Config::wiring`]: the wires are longer than you think |
//! | compressed, or it squeals | lost steps: too fast a ramp, too weak a motor supply, wrong order of coils |
//! | [`Fault::Slow`] | the loop takes too long, and no timer ends strobes |
//!
//! # Example
//!
//! ```
//! # #[cfg(feature = "sim")] {
//! use embedded_pos::port::Clocked;
//! use embedded_pos::printer::head::{Config, Head, Profile};
//! use embedded_pos::printer::{Completion, Item, Printer};
//! use embedded_pos::sim::VirtualClock;
//! use embedded_pos::sim::head::{Model, SimHead};
//!
//! let clock = VirtualClock::new();
//! let sim = SimHead::new(Model::FTP_628, clock.clone());
//! let (io, motor, sense, font) = sim.parts(&Profile::FTP_628);
//! let head = Head::new(io, motor, sense, font, &Profile::FTP_628, Config::DEFAULT);
//! let mut printer = Clocked::new(head, clock.clone());
//! printer.print(&Item::Columns("罚款", "￥200.00"))?;
//! printer.print(&Item::Cut)?;
//! while printer.poll_printed() != Ok(Completion::Proven) {
//!     clock.advance(embedded_pos::port::Duration::from_millis(1));
//! }
//! assert!(sim.device().is_safe() && sim.device().violations().is_empty());
//! # }
//! # Ok::<(), embedded_pos::printer::head::Fault>(())
//! ```

mod adapter;
mod burn;
mod clocked;
mod driver;
mod fault;
mod font;
mod guard;
mod heat;
mod io;
mod job;
mod line;
mod page;
mod plan;
mod profile;
mod refusal;
mod stepper;
mod thermistor;
mod watch;

pub use adapter::{Bus, Device, Sensors, ShiftOut, SpiHead, StepperPins};
pub use burn::Counts;
pub use driver::{Config, Head};
pub use fault::Fault;
pub use font::{Font, Gb2312Font, HEIGHT};
pub use heat::{Conditions, Stock};
pub use io::{HeadIo, HeadSense, IoFault, StepperIo};
pub use job::Job;
pub use profile::{DOTS, Drop, Element, History, Lines, Motor, Profile, Row};
pub use refusal::Refusal;
pub use thermistor::Thermistor;
