use std::collections::BTreeMap;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::NetFault;
use super::network::Network;
use crate::terminal::{
    DecisionNumber, NumberBlock, Platform, Record, Seq, Series, Standing, Subject, Vehicle,
    Violation,
};
use crate::{ErrorKind, ErrorType};

/// A vehicle's file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VehicleFile {
    /// 年检.
    pub inspection: Standing,
    /// 交强险.
    pub insurance: Standing,
}

/// The traffic police's databases, numbers and archive.
///
/// The archive stores a record once, whatever is sent again, and acknowledges
/// up to the last before a gap.
#[derive(Debug)]
pub struct Authority {
    files: BTreeMap<(String, String), VehicleFile>,
    violations: Vec<(String, Violation)>,
    granted: u64,
    block: u32,
    archive: BTreeMap<u32, Record>,
    network: Network<(u32, Record)>,
    offline: bool,
}

impl Default for Authority {
    fn default() -> Self {
        Self {
            files: BTreeMap::new(),
            violations: Vec::new(),
            granted: 0,
            block: 10,
            archive: BTreeMap::new(),
            network: Network::default(),
            offline: false,
        }
    }
}

fn key_of(vehicle: &Vehicle) -> (String, String) {
    (vehicle.hpzl.to_string(), vehicle.hphm.to_string())
}

fn owner(vehicle: &Vehicle) -> String {
    let (hpzl, hphm) = key_of(vehicle);
    format!("{hpzl}/{hphm}")
}

impl Authority {
    /// Databases without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a vehicle.
    pub fn register(&mut self, vehicle: &Vehicle, file: VehicleFile) {
        self.files.insert(key_of(vehicle), file);
    }

    /// A violation of a vehicle.
    pub fn accuse(&mut self, vehicle: &Vehicle, violation: Violation) {
        self.violations.push((owner(vehicle), violation));
    }

    /// A violation of a driver, by licence.
    pub fn accuse_driver(&mut self, licence: &str, violation: Violation) {
        self.violations.push((licence.to_string(), violation));
    }

    /// How many numbers a block has from here on.
    pub fn grant_blocks_of(&mut self, count: u32) {
        self.block = count;
    }

    /// Nothing can be reached, or everything again.
    pub fn set_offline(&mut self, offline: bool) {
        self.offline = offline;
    }

    /// What the network does to the next record that is sent.
    pub fn inject(&mut self, fault: impl Into<Option<NetFault>>) {
        self.network.script(fault.into());
    }

    /// From here on the way of the records fails by this seed.
    pub fn seed(&mut self, seed: u64) {
        self.network.seed(seed);
    }

    /// The network is whole from here on; what is under way stays so.
    pub fn heal(&mut self) {
        self.network.heal();
    }

    /// The records it has, in their order.
    pub fn archive(&self) -> impl Iterator<Item = (Seq, &Record)> {
        self.archive.iter().map(|(seq, record)| (Seq(*seq), record))
    }

    fn online(&self) -> Result<(), ErrorKind> {
        if self.offline { Err(ErrorKind::Line) } else { Ok(()) }
    }

    fn file(&self, vehicle: &Vehicle) -> Result<Option<VehicleFile>, ErrorKind> {
        self.online()?;
        Ok(self.files.get(&key_of(vehicle)).copied())
    }

    fn store(&mut self, seq: u32, record: Record) -> Result<Seq, ErrorKind> {
        let known = self.archive.entry(seq).or_insert(record);
        if *known != record {
            return Err(ErrorKind::Protocol);
        }
        let stored = (1..).take_while(|seq| self.archive.contains_key(seq)).last();
        Ok(Seq(stored.unwrap_or(0)))
    }
}

impl ErrorType for Authority {
    type Error = ErrorKind;
}

impl Platform for Authority {
    fn violations(
        &mut self,
        subject: &Subject,
        list: &mut [Option<Violation>],
    ) -> Result<usize, ErrorKind> {
        self.online()?;
        let vehicle = subject.vehicle.as_ref().map(|(vehicle, _)| owner(vehicle));
        let driver = subject.driver.as_ref().map(|(driver, _)| driver.licence.to_string());
        let wanted =
            |owner: &String| vehicle.as_ref() == Some(owner) || driver.as_ref() == Some(owner);
        let found = self.violations.iter().filter(|(owner, _)| wanted(owner));
        let mut count = 0;
        for (place, (_, violation)) in list.iter_mut().zip(found) {
            *place = Some(*violation);
            count += 1;
        }
        Ok(count)
    }

    fn inspection(&mut self, vehicle: &Vehicle) -> Result<Standing, ErrorKind> {
        Ok(self.file(vehicle)?.map_or(Standing::None, |file| file.inspection))
    }

    fn insurance(&mut self, vehicle: &Vehicle) -> Result<Standing, ErrorKind> {
        Ok(self.file(vehicle)?.map_or(Standing::None, |file| file.insurance))
    }

    fn numbers(&mut self, series: Series) -> Result<NumberBlock, ErrorKind> {
        self.online()?;
        let kind = match series {
            Series::Decision => 1,
            Series::Measure => 2,
        };
        // Place 120101, kind of paper, nine digits of serial.
        let first = format!("120101{kind}{:09}", self.granted + 1);
        self.granted += u64::from(self.block);
        let first = DecisionNumber::new(&first).map_err(|_| ErrorKind::Other)?;
        Ok(NumberBlock::new(first, self.block))
    }

    fn upload(&mut self, seq: Seq, record: &Record) -> Result<Seq, ErrorKind> {
        self.online()?;
        for (late, record) in self.network.arrivals() {
            self.store(late, record)?;
        }
        match self.network.fate() {
            None => self.store(seq.0, *record),
            Some(NetFault::RequestLost) => Err(ErrorKind::Timeout),
            Some(NetFault::Delayed(messages)) => {
                self.network.delay(messages, (seq.0, *record));
                Err(ErrorKind::Timeout)
            }
            Some(fault) => {
                self.store(seq.0, *record)?;
                let garbled = fault == NetFault::Garbled;
                Err(if garbled { ErrorKind::Protocol } else { ErrorKind::Timeout })
            }
        }
    }
}
