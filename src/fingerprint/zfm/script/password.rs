use super::{Event, Script};
use crate::fingerprint::zfm::command::{Command, SetPwd};
use crate::fingerprint::zfm::config::Password;
use crate::fingerprint::zfm::fault::Fault;
use crate::fingerprint::zfm::session::{Link, Session};
use crate::port::Told;

/// Changes the module's password, and makes sure which one it is afterwards.
///
/// Whatever becomes of the answer, a session is opened with the new password.
/// If the module does not take it, the old one stands.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    new: Password,
    old: Option<Password>,
    refused: Option<Fault>,
}

impl ChangePassword {
    pub(in crate::fingerprint::zfm) const fn new(new: Password) -> Self {
        Self { new, old: None, refused: None }
    }

    fn set(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        // Until there is a session, nothing can have changed.
        session.capacity()?;
        self.refused = match session.ask(&SetPwd(self.new.clone())) {
            Err(nb::Error::WouldBlock) => return Err(nb::Error::WouldBlock),
            Ok(Ok(())) => None,
            Ok(Err(code)) => Some(Fault::Refused(SetPwd::OPCODE, code)),
            Err(nb::Error::Other(fault)) if fault.is_line() || fault == Fault::Restarted => {
                Some(fault)
            }
            Err(fault) => return Err(fault),
        };
        self.old = Some(session.config().password.clone());
        session.adopt(self.new.clone());
        session.link().close();
        Ok(())
    }
}

impl Script for ChangePassword {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        if self.old.is_none() {
            self.set(session)?;
        }
        match session.capacity() {
            Err(nb::Error::Other(Fault::Password)) => {
                session.adopt(self.old.clone().unwrap_or(Password::FACTORY));
                Err(self.refused.unwrap_or(Fault::Password).into())
            }
            result => result.map(|_| Told::Done(())),
        }
    }
}
