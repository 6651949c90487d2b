use super::bulk::{Cargo, none};
use super::command::{Command, GetRandomCode, Order, ReadIndexTable, TempleteNum, Terms};
use super::confirmation::Confirmation;
use super::dialect::{Dialect, Profile};
use super::doubt::{Doubt, Setting};
use super::fault::Fault;
use super::link::Link;
use crate::fingerprint::wire::Silence;
use crate::fingerprint::{SensorId, Slot};
use crate::port::Line;

/// A good answer, or the code of a refusal that the command provides for.
pub type Answer<T> = nb::Result<Result<T, Confirmation>, Fault>;

/// Keeps what an answer says, or a refusal; whether that is what it can say.
pub(super) type Keep<'k> = &'k mut dyn FnMut(Result<&[u8], Confirmation>) -> bool;

/// Whether this can be the answer to such a command.
pub(super) fn judge(terms: &Terms, content: &[u8], dialect: Dialect) -> Answer<()> {
    let out_of_step = nb::Error::Other(Fault::OutOfStep(terms.opcode));
    let (&code, reply) = content.split_first().ok_or(out_of_step)?;
    let code = Confirmation::read(code, dialect);
    let exact = reply.len() == terms.reply;
    if code == terms.good {
        return exact.then_some(Ok(())).ok_or(out_of_step);
    }
    match code {
        // Some modules pad a refusal to the length of a good answer.
        _ if !exact && !reply.is_empty() => Err(out_of_step),
        Confirmation::PacketDamaged => Err(Fault::Garbled(terms.opcode).into()),
        code if terms.refusals.contains(&code) => Ok(Err(code)),
        Confirmation::Locked | Confirmation::NotVerified => Err(Fault::Locked.into()),
        code if is_for_any(code) => Err(Fault::Refused(terms.opcode, code).into()),
        _ => Err(out_of_step),
    }
}

/// Whether any command can be refused with this code.
fn is_for_any(code: Confirmation) -> bool {
    matches!(
        code,
        Confirmation::WrongAddress
            | Confirmation::SensorFault
            | Confirmation::Undefined
            | Confirmation::RandomFailed
            | Confirmation::Busy
            | Confirmation::Unsupported
            | Confirmation::Blocked
            | Confirmation::HardwareFault
            | Confirmation::BadParameter
            | Confirmation::ExecutionFailed
            | Confirmation::NotOpen
    )
}

/// What a [`Script`](super::Script) speaks to the module through.
pub type Session<'a> = crate::fingerprint::Session<'a, Link>;

impl Session<'_> {
    /// What modules of the configured dialect have in common.
    #[must_use]
    pub fn profile(&self) -> &'static Profile {
        self.config().dialect.profile()
    }

    pub(super) fn link(&mut self) -> &mut Link {
        self.link
    }

    /// Sends a command, or goes on with it: ask for the same one until it is
    /// answered. Opens a session first where there is none.
    ///
    /// An answer is sure only once that to another command, of another length,
    /// has come behind it: see [`zfm`](super), and [`seal`](Self::seal).
    ///
    /// # Errors
    /// `WouldBlock` until it is answered; pass that on. After a fault the
    /// session is closed; the next command opens another.
    pub fn ask<C: Command>(&mut self, command: &C) -> Answer<C::Reply> {
        match self.carry(command, &mut none)? {
            Ok(()) => self.read(command).map(Ok),
            Err(code) => Ok(Err(code)),
        }
    }

    /// The same, without reading what a good answer says.
    pub(super) fn carry(&mut self, order: &dyn Order, cargo: Cargo<'_>) -> Answer<()> {
        self.admit_order(order)?;
        self.speak(|link, now| link.carry(order, Silence::Quiet, cargo, now))
    }

    /// [`demand`](Self::demand), of whatever type. `keep` keeps what the answer
    /// says, if it says what it can.
    pub(super) fn demand_order(
        &mut self,
        order: &dyn Order,
        keep: Keep<'_>,
    ) -> nb::Result<(), Fault> {
        let opcode = order.terms().opcode;
        match self.carry(order, &mut none)? {
            Ok(()) if keep(Ok(self.link.reply())) => Ok(()),
            Ok(()) => Err(self.displaced(opcode)),
            Err(code) if keep(Err(code)) => Ok(()),
            Err(code) => Err(Fault::Refused(opcode, code).into()),
        }
    }

    /// What the good answer that just came says.
    pub(super) fn read<C: Command>(&mut self, command: &C) -> nb::Result<C::Reply, Fault> {
        let reply = command.decode(self.link.reply());
        reply.ok_or_else(|| self.displaced(C::OPCODE))
    }

    /// It says nothing that it could.
    fn displaced(&mut self, opcode: u8) -> nb::Error<Fault> {
        self.close();
        Fault::OutOfStep(opcode).into()
    }

    /// Whether the dialect has the command, with these parameters. Nothing is
    /// sent.
    ///
    /// # Errors
    /// [`Fault::Unsupported`], [`Fault::Value`].
    pub fn admit<C: Command>(&self, command: &C) -> Result<(), Fault> {
        self.admit_order(command)
    }

    fn admit_order(&self, order: &dyn Order) -> Result<(), Fault> {
        let (dialect, opcode) = (self.config().dialect, order.terms().opcode);
        match (order.is_known_to(dialect), order.fits(self.profile())) {
            (true, true) => Ok(()),
            (true, false) => Err(Fault::Value(opcode)),
            (false, _) => Err(Fault::Unsupported(opcode)),
        }
    }

    /// [`ask`](Self::ask), for a command that is to succeed.
    ///
    /// # Errors
    /// [`Fault::Refused`], else as [`ask`](Self::ask).
    pub fn demand<C: Command>(&mut self, command: &C) -> nb::Result<C::Reply, Fault> {
        self.transfer(command, &mut none)
    }

    /// The answer to `C` is believed only if this passes behind it: had another
    /// one taken its place, it would itself now stand where one of another
    /// length is due.
    ///
    /// # Errors
    /// As [`demand`](Self::demand).
    pub fn seal<C: Command>(&mut self) -> nb::Result<(), Fault> {
        self.seal_terms(Terms::of::<C>())
    }

    pub(super) fn seal_terms(&mut self, terms: &Terms) -> nb::Result<(), Fault> {
        let seal: &dyn Order = match terms.reply {
            GetRandomCode::REPLY => &TempleteNum,
            _ => &GetRandomCode,
        };
        self.demand_order(seal, &mut |answer| answer.is_ok())?;
        if terms.runs {
            self.link.running = false;
        }
        Ok(())
    }

    /// Whether a module answers to a command as one that has it does, in
    /// whatever dialect; only for commands that do no harm in any.
    pub(super) fn probe(&mut self, order: &dyn Order) -> nb::Result<bool, Fault> {
        self.speak(|link, now| {
            link.raw(order, Silence::Quiet, &mut none, now)?;
            let content = link.core.frames().answer();
            Ok(content.len() == 1 + order.terms().reply && content.first() == Some(&0))
        })
    }

    /// How many templates the library holds. Opens a session where there is
    /// none.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub fn capacity(&mut self) -> nb::Result<u16, Fault> {
        self.open()?;
        Ok(self.link.capacity)
    }

    /// Makes sure that the library has this slot.
    ///
    /// # Errors
    /// [`Fault::Slot`], else as [`ask`](Self::ask).
    pub fn check(&mut self, slot: Slot) -> nb::Result<(), Fault> {
        if slot.0 < self.capacity()? { Ok(()) } else { Err(Fault::Slot(slot).into()) }
    }

    /// Whether a slot that the library has is in use; to be sealed.
    pub(super) fn is_used(&mut self, slot: Slot) -> nb::Result<bool, Fault> {
        self.check(slot)?;
        let [page, _] = slot.0.to_be_bytes();
        Ok(self.demand(&ReadIndexTable { page })?.holds(slot))
    }

    /// The line is at this speed, as far as the host knows; `set` has it set to
    /// that, and returns `WouldBlock` for that once.
    pub(super) fn tune(&mut self, baud: u32) -> nb::Result<(), Fault> {
        self.link.baud = baud;
        self.link.core.set(Line::Baud(baud))
    }

    pub(super) fn doubt(&mut self, doubt: Doubt) {
        self.link.doubt = Some(doubt);
    }

    /// The other of the two that may be in force is the likelier one.
    pub(super) fn swap(&mut self) {
        self.link.swap();
    }

    /// Whether the host has this value, and the module, if a session is open.
    pub(super) fn is_in_force(&self, setting: &Setting) -> bool {
        match setting {
            Setting::Password(password) => self.config().password == *password,
            Setting::Address(address) => self.config().address == *address,
            Setting::Baud(baud) => self.link.baud == *baud,
        }
    }

    /// Nothing was changed.
    pub(super) fn forget(&mut self) {
        self.link.doubt = None;
    }

    pub(super) fn excuse_restart(&mut self) {
        self.link.core.frames_mut().excuse_restart();
    }

    /// The module says that it is this one.
    pub(super) fn recognise(&mut self, id: SensorId) {
        let known = self.link.id.replace(id);
        if known.is_some_and(|known| known != id) {
            self.link.core.interrupted();
        }
    }
}
