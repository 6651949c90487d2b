use super::{Condition, Misfortune, Module, Unable, When};
use crate::port::Instant;
use crate::sim::fingerprint::{
    BmLiteMisbehaviour, BmLiteModule, F5Misbehaviour, F5Module, Gt511Misbehaviour, Gt511Module,
    Misbehaviour, R503Module, SfmMisbehaviour, SfmModule, Skin, Touch,
};

/// As the families see it that know bad skin, and take a fake for a finger.
fn skin(condition: Condition) -> Result<Skin, Unable> {
    match condition {
        Condition::Good => Ok(Skin::Good),
        Condition::Dry => Ok(Skin::Dry),
        Condition::Wet => Ok(Skin::Wet),
        Condition::Moving => Ok(Skin::Moving),
        other => Err(Unable::Finger(other)),
    }
}

/// For the families to which all templates are alike.
fn plain(condition: Condition) -> Result<(), Unable> {
    if condition == Condition::Good { Ok(()) } else { Err(Unable::Finger(condition)) }
}

/// A command's number, in as many bytes as the family's have.
fn number<N: TryFrom<u16>>(command: u16) -> Result<N, Unable> {
    N::try_from(command).map_err(|_| Unable::Command(command))
}

/// What every family does alike, each with misbehaviours of its own type;
/// `foreign` is its reply from another address, if it has any.
macro_rules! alike {
    ($how:ident, foreign: $foreign:expr) => {
        fn lift(&mut self) {
            self.lift();
        }

        fn fault(&mut self, when: When, how: Misfortune) -> Result<(), Unable> {
            let how = match how {
                Misfortune::Line(fault) => $how::Line(fault),
                Misfortune::Stale(command, gap) => $how::Stale(number(command)?, gap),
                Misfortune::Foreign => $foreign.ok_or(Unable::Foreign)?,
                Misfortune::Power => $how::PowerCycle,
            };
            match when {
                When::Command(command) => self.misbehave_on(number(command)?, how),
                When::After(replies) => self.misbehave_after(replies, how),
            }
            Ok(())
        }
    };
}

/// The same for those that take a fake for a finger, and know bad skin.
macro_rules! skinned {
    () => {
        fn place(&mut self, finger: &str, condition: Condition) -> Result<(), Unable> {
            self.place_badly(finger, skin(condition)?);
            Ok(())
        }
    };
}

fn within(slot: u16, capacity: u16) -> Result<(), Unable> {
    if slot < capacity { Ok(()) } else { Err(Unable::Slot(slot)) }
}

impl Module for R503Module {
    // That of no module: they are delivered with FFFFFFFFh.
    alike!(Misbehaviour, foreign: Some(Misbehaviour::Address(0x0000_0001)));
    skinned!();

    fn store(&mut self, slot: u16, finger: &str, condition: Condition) -> Result<(), Unable> {
        plain(condition)?;
        within(slot, self.capacity())?;
        self.store(slot, finger);
        Ok(())
    }

    fn erase(&mut self, slot: u16) -> Result<(), Unable> {
        within(slot, self.capacity())?;
        self.erase(slot);
        Ok(())
    }

    fn power(&mut self, now: Instant) {
        self.power_cycle(now);
    }
}

impl Module for Gt511Module {
    alike!(Gt511Misbehaviour, foreign: None);
    skinned!();

    fn store(&mut self, slot: u16, finger: &str, condition: Condition) -> Result<(), Unable> {
        plain(condition)?;
        within(slot, self.capacity())?;
        self.store(slot, finger);
        Ok(())
    }

    fn erase(&mut self, slot: u16) -> Result<(), Unable> {
        within(slot, self.capacity())?;
        self.erase(slot);
        Ok(())
    }

    fn power(&mut self, _now: Instant) {
        self.power_cycle();
    }
}

// It numbers from 1 what is a slot from 0 to everybody else.
impl Module for F5Module {
    alike!(F5Misbehaviour, foreign: None);
    skinned!();

    fn store(&mut self, slot: u16, finger: &str, condition: Condition) -> Result<(), Unable> {
        /// What is kept with the template; what it means, the application says.
        const PERMISSION: u8 = 1;
        plain(condition)?;
        within(slot, self.capacity())?;
        self.store(slot + 1, finger, PERMISSION);
        Ok(())
    }

    fn erase(&mut self, slot: u16) -> Result<(), Unable> {
        within(slot, self.capacity())?;
        self.erase(slot + 1);
        Ok(())
    }

    fn power(&mut self, _now: Instant) {
        self.power_cycle();
    }
}

impl Module for BmLiteModule {
    alike!(BmLiteMisbehaviour, foreign: None);

    fn place(&mut self, finger: &str, condition: Condition) -> Result<(), Unable> {
        let touch = match skin(condition)? {
            Skin::Good => Touch::Good,
            _ => Touch::Poor,
        };
        self.place_so(finger, touch);
        Ok(())
    }

    fn store(&mut self, slot: u16, finger: &str, condition: Condition) -> Result<(), Unable> {
        plain(condition)?;
        self.store(slot, finger);
        Ok(())
    }

    fn erase(&mut self, slot: u16) -> Result<(), Unable> {
        self.erase(slot);
        Ok(())
    }

    fn power(&mut self, _now: Instant) {
        self.power_cycle();
    }
}

// User 1 is slot 0.
impl Module for SfmModule {
    // Another's, or on a line of its own the form with a number.
    alike!(SfmMisbehaviour, foreign: Some(SfmMisbehaviour::Terminal(0xFFFF)));

    fn place(&mut self, finger: &str, condition: Condition) -> Result<(), Unable> {
        let touch = match condition {
            Condition::Good | Condition::Duress => Touch::Good,
            Condition::Fake => Touch::Fake,
            Condition::Dry | Condition::Wet | Condition::Moving => Touch::Poor,
        };
        self.place_so(finger, touch);
        Ok(())
    }

    fn store(&mut self, slot: u16, finger: &str, condition: Condition) -> Result<(), Unable> {
        match condition {
            Condition::Duress => self.store_duress(u32::from(slot) + 1, finger),
            other => {
                plain(other)?;
                self.store(u32::from(slot) + 1, finger);
            }
        }
        Ok(())
    }

    fn erase(&mut self, slot: u16) -> Result<(), Unable> {
        self.erase(u32::from(slot) + 1);
        Ok(())
    }

    fn power(&mut self, _now: Instant) {
        self.power_cycle();
    }
}
