//! The hosts, as a small table: one vehicle with one violation, and a bank that
//! approves. A product has a network here.

use embedded_pos::terminal::payment::{
    Acquirer, Approval, Charge, OrderState, Reply, Reversal, Sale, Tender, Undo,
};
use embedded_pos::terminal::{
    CivilTime, Date, DecisionNumber, Fault, MaskedPan, NumberBlock, OrderKey, Platform, Record,
    Seq, Series, Standing, Subject, Text, Vehicle, Violation,
};
use embedded_pos::{Error, ErrorKind, ErrorType};

/// The vehicle the table knows.
const NUMBER: &str = "A12345";

/// The table.
pub struct Table {
    archived: u32,
    order: Option<Reply>,
}

impl Table {
    /// No order, nothing archived.
    pub const fn new() -> Self {
        Self { archived: 0, order: None }
    }

    /// How many records it has.
    pub const fn archived(&self) -> u32 {
        self.archived
    }
}

fn violation() -> Result<Violation, Fault> {
    Ok(Violation {
        number: Text::new("1201011900000001")?,
        time: CivilTime::new(Date::new(2026, 11, 18)?, 8, 41, 0)?,
        place: Text::new("和平区南京路与营口道交口")?,
        behaviour: Text::new("1625")?,
        decided: None,
    })
}

fn broken(_: impl Error) -> ErrorKind {
    ErrorKind::Protocol
}

fn until(year: u16, month: u8, day: u8) -> Result<Standing, ErrorKind> {
    Date::new(year, month, day).map(Standing::Until).map_err(broken)
}

impl ErrorType for Table {
    type Error = ErrorKind;
}

impl Platform for Table {
    fn violations(
        &mut self,
        subject: &Subject,
        list: &mut [Option<Violation>],
    ) -> Result<usize, ErrorKind> {
        let known = |(vehicle, _): &(Vehicle, _)| vehicle.hphm.as_str() == NUMBER;
        match list.first_mut() {
            Some(first) if subject.vehicle.as_ref().is_some_and(known) => {
                *first = Some(violation().map_err(broken)?);
                Ok(1)
            }
            _ => Ok(0),
        }
    }

    fn inspection(&mut self, _vehicle: &Vehicle) -> Result<Standing, ErrorKind> {
        until(2027, 5, 31)
    }

    fn insurance(&mut self, _vehicle: &Vehicle) -> Result<Standing, ErrorKind> {
        until(2027, 3, 14)
    }

    fn numbers(&mut self, _series: Series) -> Result<NumberBlock, ErrorKind> {
        let first = DecisionNumber::new("1201011000000001").map_err(broken)?;
        Ok(NumberBlock::new(first, 10))
    }

    fn upload(&mut self, seq: Seq, _record: &Record) -> Result<Seq, ErrorKind> {
        self.archived = self.archived.max(seq.0);
        Ok(Seq(self.archived))
    }
}

impl Acquirer for Table {
    fn pay(&mut self, sale: Sale<'_>) -> Result<Reply, ErrorKind> {
        let charge = sale.charge();
        let pan = match sale.tender() {
            Tender::Card(card) => core::str::from_utf8(card.pan.expose()).ok().and_then(masked),
            Tender::Code(_) => None,
        };
        let approval = Approval {
            amount: charge.amount(),
            reference: Text::new("000000000001").map_err(broken)?,
            authorisation: Text::new("A00001").map_err(broken)?,
            batch: 24,
            trace: 1,
            pan,
        };
        let reply = Reply { key: charge.key(), state: OrderState::Paid(approval) };
        self.order = Some(reply);
        Ok(reply)
    }

    fn show(&mut self, _charge: Charge, _code: &mut [u8]) -> Result<usize, ErrorKind> {
        Err(ErrorKind::Unsupported)
    }

    fn query(&mut self, key: OrderKey) -> Result<Reply, ErrorKind> {
        let known = self.order.filter(|order| order.key == key);
        Ok(known.unwrap_or(Reply { key, state: OrderState::NotFound }))
    }

    fn cancel(&mut self, key: OrderKey) -> Result<Undo, ErrorKind> {
        self.order = Some(Reply { key, state: OrderState::Closed });
        Ok(Undo::Done)
    }

    fn close(&mut self, key: OrderKey) -> Result<Undo, ErrorKind> {
        self.cancel(key)
    }

    fn reverse(&mut self, reversal: &Reversal) -> Result<Undo, ErrorKind> {
        self.cancel(reversal.key)
    }
}

/// First six, last four.
fn masked(pan: &str) -> Option<MaskedPan> {
    MaskedPan::of(&embedded_pos::emv::Pan::from_digits(pan)?).ok()
}
