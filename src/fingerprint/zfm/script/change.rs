use super::{Event, Script};
use crate::fingerprint::zfm::command::{
    Command, ReadSysPara, Register, SetAdder, SetPwd, WriteReg,
};
use crate::fingerprint::zfm::doubt::{Doubt, Setting};
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::link::Link;
use crate::fingerprint::zfm::session::{Answer, Session};
use crate::port::Told;

/// A unit of the module's register for its speed.
const BAUD_UNIT: u32 = 9_600;

/// Changes what host and module must have alike: password, address, speed.
///
/// Whatever becomes of the answer, a session is opened with the new value; if
/// the module does not take it, with the old one. Until one of them is proven,
/// in this call or another one, neither is forgotten.
#[derive(Clone, Debug)]
pub struct Change {
    new: Setting,
    state: State,
    refused: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Begin,
    Send,
    Prove,
}

impl Change {
    pub(in crate::fingerprint::zfm) const fn new(new: Setting) -> Self {
        Self { new, state: State::Begin, refused: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        loop {
            match self.state {
                State::Begin => self.begin(session)?,
                State::Send => {
                    self.send(session)?;
                    session.close();
                    self.state = State::Prove;
                }
                State::Prove => {
                    session.open()?;
                    let fault = self.refused.unwrap_or(Fault::NotTaken(self.opcode()));
                    return if session.is_in_force(&self.new) { Ok(()) } else { Err(fault.into()) };
                }
            }
        }
    }

    /// Until there is a session, nothing can have changed. A line whose speed
    /// cannot be set is found out before anything is sent.
    fn begin(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        if let Setting::Baud(new) = self.new {
            session.admit(&write(new)?)?;
        }
        session.open()?;
        if let Setting::Baud(_) = self.new {
            let old = u32::from(session.demand(&ReadSysPara)?.baud) * BAUD_UNIT;
            // A line that is set to what no module has finds none again.
            session.admit(&write(old)?)?;
            self.state = State::Send;
            return session.tune(old);
        }
        self.state = State::Send;
        Ok(())
    }

    fn send(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        session.doubt(Doubt::new(self.new.clone()));
        match self.ask(session) {
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            Ok(Ok(())) => session.swap(),
            // From the old address: it is still in force.
            Err(nb::Error::Other(Fault::Foreign(old))) if old == session.config().address => {
                self.refused = Some(Fault::NotTaken(self.opcode()));
            }
            Ok(Err(code)) => self.refused = Some(Fault::Refused(self.opcode(), code)),
            Err(nb::Error::Other(fault)) if fault.is_line() || fault == Fault::Restarted => {
                self.refused = Some(fault);
                session.swap();
            }
            Err(nb::Error::Other(fault @ (Fault::Unsupported(_) | Fault::Value(_)))) => {
                session.forget();
                return Err(fault.into());
            }
            // It may be the answer to another command, and this one have taken.
            Err(nb::Error::Other(fault)) => self.refused = Some(fault),
        }
        Ok(())
    }

    fn ask(&self, session: &mut Session<'_>) -> Answer<()> {
        match &self.new {
            Setting::Password(new) => session.ask(&SetPwd(new.clone())),
            Setting::Address(new) => session.ask(&SetAdder(*new)),
            Setting::Baud(new) => session.ask(&write(*new)?),
        }
    }

    const fn opcode(&self) -> u8 {
        match self.new {
            Setting::Password(_) => SetPwd::OPCODE,
            Setting::Address(_) => SetAdder::OPCODE,
            Setting::Baud(_) => WriteReg::OPCODE,
        }
    }
}

/// Sets this speed, if it is one that can be told.
fn write(baud: u32) -> Result<WriteReg, Fault> {
    let units = u8::try_from(baud / BAUD_UNIT).ok().filter(|_| baud.is_multiple_of(BAUD_UNIT));
    let value = units.ok_or(Fault::Value(WriteReg::OPCODE))?;
    Ok(WriteReg { register: Register::Baud, value })
}

impl Script for Change {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        self.advance(session).map(Told::Done)
    }
}

/// Sets a parameter that the host need not have alike, and reads it back.
#[derive(Clone, Copy, Debug)]
pub struct SetParameter {
    write: WriteReg,
    written: bool,
}

impl SetParameter {
    pub(in crate::fingerprint::zfm) const fn new(register: Register, value: u8) -> Self {
        Self { write: WriteReg { register, value }, written: false }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        if !self.written {
            session.demand(&self.write)?;
            self.written = true;
        }
        // Of another length than the answer before: it seals that, too.
        let parameters = session.demand(&ReadSysPara)?;
        let value = match self.write.register {
            Register::Baud => parameters.baud,
            Register::Level => parameters.level,
            Register::Packet => parameters.packet.0,
        };
        if value != u16::from(self.write.value) {
            return Err(Fault::NotTaken(WriteReg::OPCODE).into());
        }
        if self.write.register == Register::Packet {
            let config = session.link().config_mut();
            config.packet = config.packet.and(parameters.packet.bytes());
        }
        Ok(())
    }
}

impl Script for SetParameter {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.written = false)
    }
}
