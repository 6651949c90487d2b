use super::{Ask, Command, refused};
use crate::fingerprint::f5::command::{Get, ReadSerial, Set, SetSerial};
use crate::fingerprint::f5::fault::Fault;
use crate::fingerprint::f5::session::{Link, Session};
use crate::fingerprint::script::Script;
use crate::fingerprint::{Event, SensorId};
use crate::port::Told;

/// Sets a parameter and reads it back.
#[derive(Clone, Copy, Debug)]
pub struct Adjust<const CODE: u8> {
    most: u8,
    set: Ask<Set<CODE>>,
    get: Option<Ask<Get<CODE>>>,
}

impl<const CODE: u8> Adjust<CODE> {
    pub(in crate::fingerprint::f5) const fn new(set: Set<CODE>, most: u8) -> Self {
        Self { most, set: Ask::new(set), get: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let Set(value) = self.set.command;
        if value > self.most {
            return Err(Fault::Value(CODE).into());
        }
        let get = match &mut self.get {
            Some(get) => get,
            none => {
                self.set.poll(session)?.map_err(refused::<Set<CODE>>)?;
                none.insert(Ask::new(Get))
            }
        };
        match get.poll(session)?.map_err(refused::<Get<CODE>>)? {
            kept if kept == value => Ok(()),
            _ => Err(Fault::NotTaken(CODE).into()),
        }
    }
}

impl<const CODE: u8> Script for Adjust<CODE> {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.get = None)
    }
}

/// Gives the module another serial number and reads it back.
#[derive(Clone, Copy, Debug)]
pub struct Rename {
    set: Ask<SetSerial>,
    read: Option<Ask<ReadSerial>>,
}

/// The number has so many bits.
const BITS: u32 = 24;

impl Rename {
    pub(in crate::fingerprint::f5) const fn new(serial: u32) -> Self {
        Self { set: Ask::new(SetSerial(serial)), read: None }
    }

    fn advance(&mut self, session: &mut Session<'_>) -> nb::Result<(), Fault> {
        let serial = self.set.command.0;
        if serial >> BITS != 0 {
            return Err(Fault::Value(SetSerial::CODE).into());
        }
        let read = match &mut self.read {
            Some(read) => read,
            none => {
                session.rename();
                self.set.poll(session)?.map_err(refused::<SetSerial>)?;
                none.insert(Ask::new(ReadSerial))
            }
        };
        match read.poll(session)?.map_err(refused::<ReadSerial>)? {
            kept if kept == serial => Ok(()),
            _ => Err(Fault::NotTaken(SetSerial::CODE).into()),
        }
    }
}

impl Script for Rename {
    type Link = Link;
    type Output = ();

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<(), Event>, Fault> {
        session.persist_from(self, Self::advance, |it| it.read = None)
    }
}

/// Asks the module which one it is: its serial number.
#[derive(Clone, Copy, Debug)]
pub struct Identity(Ask<ReadSerial>);

impl Identity {
    pub(in crate::fingerprint::f5) const fn new() -> Self {
        Self(Ask::new(ReadSerial))
    }
}

impl Script for Identity {
    type Link = Link;
    type Output = SensorId;

    fn run(&mut self, session: &mut Session<'_>) -> nb::Result<Told<SensorId, Event>, Fault> {
        let serial = match self.0.run(session)? {
            Told::Done(serial) => serial,
            Told::Event(event) => return Ok(Told::Event(event)),
        };
        let [_, number @ ..] = serial.to_be_bytes();
        // One that was never given is that of many.
        let id = SensorId::new(&number, ![0, 0x00FF_FFFF].contains(&serial));
        session.recognise(id);
        Ok(Told::Done(id))
    }
}
