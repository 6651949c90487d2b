use std::boxed::Box;
use std::convert::Infallible;
use std::string::String;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::vec::Vec;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin};

use crate::port::{Class, Clock, Duration, Instant};
use crate::sim::VirtualClock;
use crate::sim::card::{ContactCard, Mishap, Speaker};

use super::seat::{Character, Seat};
use super::uart::{IoLine, SimUart};

/// A TDA8035 or TDA8024 on the level of its pins, with a slot behind it.
///
/// It does what its data sheet says in its data sheet's times, checks what the
/// host does with its pins, and what the card gets against ISO/IEC 7816-3:
/// [`violations`](Self::violations).
#[derive(Clone, Debug)]
pub struct Socket {
    chip: Arc<Mutex<Chip>>,
    clock: VirtualClock,
}

/// The pins of the host.
#[derive(Clone, Debug)]
pub struct Pins {
    /// CMDVCCN.
    pub cmdvccn: SimPin,
    /// RSTIN.
    pub rstin: SimPin,
    /// OFFN.
    pub offn: SimPin,
    /// EN_5V/3VN.
    pub en_5v: SimPin,
    /// EN_1.8VN.
    pub en_1v8n: SimPin,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Role {
    Cmdvccn,
    Rstin,
    Offn,
    En5v,
    En1v8n,
}

/// One pin of a [`Socket`].
#[derive(Clone, Debug)]
pub struct SimPin {
    socket: Socket,
    role: Role,
}

/// How far a session of the chip is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sequence {
    Inactive,
    /// VCC and then CLK and RST, at these times.
    Activating {
        supply_at: Instant,
        clock_at: Instant,
    },
    Active,
    /// VCC is down then.
    Deactivating {
        off_at: Instant,
    },
}

#[derive(Debug)]
struct Chip {
    seat: Seat,
    hertz: u32,
    supply_after: Duration,
    clock_after: Duration,
    off_after: Duration,
    debounce: Duration,
    with_1v8: bool,
    cmdvccn: bool,
    rstin: bool,
    five: bool,
    low_voltage_n: bool,
    sequence: Sequence,
    /// OFFN is low until CMDVCCN goes high.
    tripped: bool,
    seen_at: Option<Instant>,
    /// The card is pulled once it has heard so many characters.
    pull_after: Option<usize>,
}

impl Socket {
    /// A TDA8035 with a clock of 4 MHz: VCC after 3.1 ms, CLK 320 us later.
    #[must_use]
    pub fn tda8035(clock: VirtualClock) -> Self {
        Self::new(clock, [3_100, 3_420, 250, 4_500], true)
    }

    /// A TDA8024 with a clock of 4 MHz: seven periods of 25 us, and no 1.8 V.
    #[must_use]
    pub fn tda8024(clock: VirtualClock) -> Self {
        Self::new(clock, [40, 220, 100, 8_000], false)
    }

    fn new(clock: VirtualClock, times: [u64; 4], with_1v8: bool) -> Self {
        let [supply_after, clock_after, off_after, debounce] = times.map(Duration::from_micros);
        let chip = Chip {
            seat: Seat::new(),
            hertz: 4_000_000,
            supply_after,
            clock_after,
            off_after,
            debounce,
            with_1v8,
            cmdvccn: true,
            rstin: false,
            five: true,
            low_voltage_n: true,
            sequence: Sequence::Inactive,
            tripped: false,
            seen_at: None,
            pull_after: None,
        };
        Self { chip: Arc::new(Mutex::new(chip)), clock }
    }

    fn chip(&self) -> (MutexGuard<'_, Chip>, Instant) {
        let now = self.clock.clone().now();
        let mut chip = self.chip.lock().unwrap_or_else(PoisonError::into_inner);
        chip.pass(now);
        (chip, now)
    }

    /// The host's pins.
    #[must_use]
    pub fn pins(&self) -> Pins {
        let pin = |role| SimPin { socket: self.clone(), role };
        Pins {
            cmdvccn: pin(Role::Cmdvccn),
            rstin: pin(Role::Rstin),
            offn: pin(Role::Offn),
            en_5v: pin(Role::En5v),
            en_1v8n: pin(Role::En1v8n),
        }
    }

    /// A plain UART on I/OUC.
    #[must_use]
    pub fn uart(&self) -> SimUart {
        SimUart::new(self.chip.clone(), 1, self.clock.clone())
    }

    /// Puts a card in.
    pub fn insert(&self, card: impl Into<Box<dyn ContactCard>>) {
        let (mut chip, now) = self.chip();
        chip.seat.insert(card.into());
        chip.seen_at = Some(now + chip.debounce);
    }

    /// Pulls the card out.
    pub fn remove(&self) {
        let (mut chip, now) = self.chip();
        chip.remove(now);
    }

    /// Pulls the card out once it has heard so many characters more.
    pub fn remove_after(&self, characters: usize) {
        let (mut chip, _) = self.chip();
        chip.pull_after = Some(chip.seat.heard() + characters);
    }

    /// Overload, heat, or a supply that drops: the chip ends the session.
    pub fn trip(&self) {
        let (mut chip, now) = self.chip();
        chip.trip(now);
    }

    /// The card answers at one supply only.
    pub fn only(&self, class: Class) {
        self.chip().0.seat.only(class);
    }

    /// From RST to TS, in clock cycles.
    pub fn answers_after(&self, cycles: u64) {
        self.chip().0.seat.answers_after(cycles);
    }

    /// The `n`th character of the card from now, counted from 0, has wrong
    /// parity.
    pub fn damage(&self, n: usize) {
        self.mishap(Some(Speaker::Card), n, Mishap::Damaged);
    }

    /// The card does not hear the `n`th character from now, counted from 0.
    pub fn lose(&self, n: usize) {
        self.mishap(Some(Speaker::Host), n, Mishap::Dropped);
    }

    /// What happens to the `n`th character from now, counted from 0: of this
    /// side, or whoever sends it.
    pub fn mishap(&self, of: Option<Speaker>, n: usize, mishap: Mishap) {
        self.chip().0.seat.mishap(of, n, mishap);
    }

    /// The characters so far, before anything happened to them.
    #[must_use]
    pub fn said(&self) -> Vec<(Speaker, u8)> {
        self.chip().0.seat.said()
    }

    /// Whether the card has power.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.chip().0.seat.is_powered()
    }

    /// What was done wrong, by host and chip.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.chip().0.seat.violations()
    }
}

impl Chip {
    /// What was due until now.
    fn pass(&mut self, now: Instant) {
        if self.pull_after.is_some_and(|heard| self.seat.heard() >= heard) {
            self.pull_after = None;
            self.remove(now);
        }
        if let Sequence::Activating { supply_at, clock_at } = self.sequence {
            if now >= supply_at && !self.seat.is_powered() {
                self.seat.power(self.class(), supply_at);
            }
            if now >= clock_at {
                self.seat.run_clock(self.hertz, clock_at);
                self.sequence = Sequence::Active;
                self.seat.set_reset(self.rstin, clock_at);
            }
        }
        if let Sequence::Deactivating { off_at } = self.sequence
            && now >= off_at
        {
            self.seat.off(off_at);
            self.sequence = Sequence::Inactive;
        }
    }

    fn class(&self) -> Class {
        match (self.five, self.low_voltage_n || !self.with_1v8) {
            (_, false) => Class::C,
            (true, true) => Class::A,
            (false, true) => Class::B,
        }
    }

    fn remove(&mut self, now: Instant) {
        self.seat.remove();
        self.seen_at = None;
        self.trip(now);
    }

    /// Ends a session by hardware; OFFN says so.
    fn trip(&mut self, now: Instant) {
        if !self.cmdvccn {
            self.tripped = true;
            self.seat.trip();
            self.deactivate(now);
        }
    }

    fn deactivate(&mut self, now: Instant) {
        if self.sequence != Sequence::Inactive {
            self.seat.set_reset(false, now);
            self.sequence = Sequence::Deactivating { off_at: now + self.off_after };
        }
    }

    fn set(&mut self, role: Role, high: bool, now: Instant) {
        match role {
            Role::Cmdvccn if high != self.cmdvccn => self.command(high, now),
            Role::Rstin if high != self.rstin => {
                self.rstin = high;
                if self.sequence == Sequence::Active {
                    self.seat.set_reset(high, now);
                }
            }
            Role::En5v if high != self.five => {
                self.five = high;
                self.supply_changed();
            }
            Role::En1v8n if high != self.low_voltage_n => {
                self.low_voltage_n = high;
                self.supply_changed();
            }
            Role::Offn => self.seat.violation("OFFN is an output of the chip".into()),
            _ => {}
        }
    }

    fn supply_changed(&mut self) {
        if self.sequence != Sequence::Inactive {
            self.seat.violation("another supply while the card has one".into());
        }
    }

    fn command(&mut self, high: bool, now: Instant) {
        self.cmdvccn = high;
        if high {
            self.tripped = false;
            return self.deactivate(now);
        }
        if self.rstin {
            self.seat.violation("RSTIN is high as the activation begins".into());
        }
        if !self.low_voltage_n && !self.with_1v8 {
            self.seat.violation("there is no pin EN_1.8VN".into());
        }
        if self.sequence != Sequence::Inactive {
            self.seat.violation("activation before the deactivation is over".into());
        }
        if !self.seat.is_present() {
            // It does not begin, and says so.
            self.tripped = true;
            return self.seat.violation("activation of an empty slot".into());
        }
        let (supply_at, clock_at) = (now + self.supply_after, now + self.clock_after);
        self.sequence = Sequence::Activating { supply_at, clock_at };
    }

    fn offn(&self, now: Instant) -> bool {
        match self.cmdvccn {
            true => self.seen_at.is_some_and(|seen| now >= seen),
            false => !self.tripped,
        }
    }
}

impl IoLine for Chip {
    fn hear(&mut self, _: usize, character: Character, at: Instant) -> (Instant, Instant) {
        self.pass(at);
        self.seat.hear(character, at)
    }

    fn take(&mut self, _: usize, now: Instant) -> Vec<Character> {
        self.pass(now);
        self.seat.take(now)
    }
}

impl ErrorType for SimPin {
    type Error = Infallible;
}

impl OutputPin for SimPin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        let (mut chip, now) = self.socket.chip();
        chip.set(self.role, false, now);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        let (mut chip, now) = self.socket.chip();
        chip.set(self.role, true, now);
        Ok(())
    }
}

impl InputPin for SimPin {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        let (chip, now) = self.socket.chip();
        Ok(chip.offn(now))
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}
