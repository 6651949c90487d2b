//! The families: how a sensor of each is opened, and what only it can do.

use embedded_pos::fingerprint::{
    Capabilities, FingerprintSensor, Identified, Imaging, Light as _, Slot, TemplateTransfer,
    bmlite, f5, gt511, sfm, zfm,
};
use embedded_pos::port::CallError;

use crate::args::{Access, Light};
use crate::common::AnyPort;
use crate::common::profile::Profile;
use crate::tool::{Failure, Remedy, Sensor, Tool};

/// A driver of this model. No I/O.
pub fn open(profile: Profile, port: AnyPort, access: Access) -> Box<dyn Tool> {
    let capacity = profile.capacity();
    match profile {
        Profile::R503 | Profile::R503V12 | Profile::Zfm20 | Profile::Synochip => {
            let password = zfm::Password::new(access.password);
            let mut config = match profile {
                Profile::R503V12 => zfm::Config::r503_v12(password),
                Profile::Zfm20 => zfm::Config::zfm20(password),
                Profile::Synochip => zfm::Config::synochip(password),
                _ => zfm::Config::r503(password),
            };
            config.address = access.address;
            Box::new(Sensor::new(zfm::Zfm::new(port, config)))
        }
        Profile::Gt511c3 | Profile::Gt521f52 => {
            let config = gt511::Config::with_capacity(capacity);
            Box::new(Sensor::new(gt511::Gt511::new(port, config)))
        }
        Profile::Waveshare | Profile::Fpc1020a => {
            Box::new(Sensor::new(f5::F5::new(port, f5::Config::with_capacity(capacity))))
        }
        Profile::Sfm => Box::new(Sensor::new(sfm::Sfm::new(port, sfm::Config::new()))),
        Profile::Bmlite => {
            Box::new(Sensor::new(bmlite::BmLite::new(port, bmlite::Config::new(capacity))))
        }
    }
}

/// Slot by slot, those of which `holds` says so.
fn holding<S: FingerprintSensor<Error = Failure>>(
    sensor: &mut S,
    mut holds: impl FnMut(&mut S, Slot) -> Result<bool, Failure>,
) -> Result<Vec<Slot>, Failure> {
    let library = sensor.library()?;
    let mut found = Vec::new();
    for slot in (0..library.capacity).map(Slot) {
        if found.len() == usize::from(library.stored) {
            break;
        }
        if holds(sensor, slot)? {
            found.push(slot);
        }
    }
    Ok(found)
}

impl Remedy for zfm::Fault {
    fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Occupied(_) => Some("take another, or delete it first"),
            Self::Duplicate(_) => Some("delete that first"),
            Self::Foreign(_) => Some("give it with `--address`"),
            Self::Password => Some("give it with `--password`"),
            Self::Slot(_) => Some("`count` says how many there are"),
            Self::NoFinger => Some("lay it down within twenty seconds"),
            Self::Unsupported(_) => Some("is it another `--model`?"),
            _ => None,
        }
    }
}

impl Tool for Sensor<zfm::Link> {
    fn list(&mut self) -> Result<Vec<Slot>, Failure> {
        let capacity = self.library()?.capacity;
        let (driver, clock) = self.0.parts();
        let mut slots = Vec::new();
        for page in 0..capacity.div_ceil(256) {
            let page = u8::try_from(page).unwrap_or(u8::MAX);
            slots.extend(driver.index(page).wait(clock)?.slots());
        }
        Ok(slots)
    }

    fn info(&mut self) -> Result<Vec<(&'static str, String)>, Failure> {
        let (driver, clock) = self.0.parts();
        let parameters = driver.parameters().wait(clock)?;
        Ok(vec![
            ("level", parameters.level.to_string()),
            ("address", format!("{:08X}", parameters.address)),
            ("speed", format!("{} baud", u32::from(parameters.baud) * 9_600)),
        ])
    }

    fn light(&mut self, light: Light) -> Result<(), Failure> {
        Ok(self.0.light(light.mode.into(), light.colour.into())?)
    }

    fn templates(&mut self) -> Option<&mut dyn TemplateTransfer<Error = Failure>> {
        Some(self)
    }

    fn images(&mut self) -> Option<&mut dyn Imaging<Error = Failure>> {
        self.capabilities().contains(Capabilities::IMAGE).then_some(self as _)
    }

    fn identity(&mut self) -> Option<&mut dyn Identified<Error = Failure>> {
        Some(self)
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), Failure> {
        let (driver, clock) = self.0.parts();
        driver.set_baud(baud).wait(clock)?;
        Ok(())
    }

    fn set_password(&mut self, new: u32) -> Result<(), Failure> {
        let (driver, clock) = self.0.parts();
        driver.set_password(zfm::Password::new(new)).wait(clock)?;
        Ok(())
    }
}

impl Remedy for gt511::Fault {}

impl Tool for Sensor<gt511::Link> {
    fn list(&mut self) -> Result<Vec<Slot>, Failure> {
        holding(self, |sensor, slot| {
            let (driver, clock) = sensor.0.parts();
            match driver.ask(gt511::command::CheckEnrolled(slot)).wait(clock) {
                Ok(()) => Ok(true),
                Err(CallError::Device(gt511::Fault::Refused(_, gt511::Nack::NotUsed))) => Ok(false),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn info(&mut self) -> Result<Vec<(&'static str, String)>, Failure> {
        let (driver, clock) = self.0.parts();
        let info = driver.init().wait(clock)?;
        let serial = info.serial.iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(vec![("firmware", format!("{:08X}", info.firmware)), ("serial", serial)])
    }

    fn light(&mut self, light: Light) -> Result<(), Failure> {
        let (driver, clock) = self.0.parts();
        let Some(on) = light.switched() else {
            return Err(Failure::unsupported("light but one that is on or off"));
        };
        driver.led(on).wait(clock)?;
        Ok(())
    }

    fn templates(&mut self) -> Option<&mut dyn TemplateTransfer<Error = Failure>> {
        Some(self)
    }

    fn images(&mut self) -> Option<&mut dyn Imaging<Error = Failure>> {
        Some(self)
    }

    fn identity(&mut self) -> Option<&mut dyn Identified<Error = Failure>> {
        Some(self)
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), Failure> {
        let (driver, clock) = self.0.parts();
        driver.set_baud(baud).wait(clock)?;
        Ok(())
    }
}

impl Remedy for f5::Fault {}

impl Tool for Sensor<f5::Link> {
    fn list(&mut self) -> Result<Vec<Slot>, Failure> {
        let (driver, clock) = self.0.parts();
        Ok(driver.list().wait(clock)?.iter().collect())
    }

    fn info(&mut self) -> Result<Vec<(&'static str, String)>, Failure> {
        let (driver, clock) = self.0.parts();
        let level = driver.ask(f5::command::ReadLevel {}).wait(clock)?;
        let serial = driver.serial().wait(clock)?;
        Ok(vec![("serial", format!("{serial:06X}")), ("level", level.to_string())])
    }

    fn templates(&mut self) -> Option<&mut dyn TemplateTransfer<Error = Failure>> {
        Some(self)
    }

    fn images(&mut self) -> Option<&mut dyn Imaging<Error = Failure>> {
        Some(self)
    }

    fn identity(&mut self) -> Option<&mut dyn Identified<Error = Failure>> {
        Some(self)
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), Failure> {
        let (driver, clock) = self.0.parts();
        driver.set_baud(baud).wait(clock)?;
        Ok(())
    }
}

impl Remedy for sfm::Fault {}

impl Tool for Sensor<sfm::Link> {
    fn list(&mut self) -> Result<Vec<Slot>, Failure> {
        holding(self, |sensor, slot| {
            let (driver, clock) = sensor.0.parts();
            Ok(driver.templates(slot).wait(clock)? > 0)
        })
    }

    fn info(&mut self) -> Result<Vec<(&'static str, String)>, Failure> {
        let (driver, clock) = self.0.parts();
        let level = driver.security_level().wait(clock)?;
        let fakes = driver.fake_detection().wait(clock)?;
        Ok(vec![("level", format!("{level:?}")), ("fakes", format!("{fakes:?}"))])
    }

    fn templates(&mut self) -> Option<&mut dyn TemplateTransfer<Error = Failure>> {
        Some(self)
    }

    fn images(&mut self) -> Option<&mut dyn Imaging<Error = Failure>> {
        Some(self)
    }

    fn identity(&mut self) -> Option<&mut dyn Identified<Error = Failure>> {
        Some(self)
    }
}

impl Remedy for bmlite::Fault {}

impl Tool for Sensor<bmlite::Link> {
    fn list(&mut self) -> Result<Vec<Slot>, Failure> {
        holding(self, |sensor, slot| {
            let (driver, clock) = sensor.0.parts();
            Ok(driver.holds(slot).wait(clock)?)
        })
    }

    fn info(&mut self) -> Result<Vec<(&'static str, String)>, Failure> {
        Ok(vec![("number", self.sensor_id()?.to_string())])
    }

    fn templates(&mut self) -> Option<&mut dyn TemplateTransfer<Error = Failure>> {
        Some(self)
    }

    fn images(&mut self) -> Option<&mut dyn Imaging<Error = Failure>> {
        Some(self)
    }

    fn identity(&mut self) -> Option<&mut dyn Identified<Error = Failure>> {
        Some(self)
    }
}
