use core::fmt::{self, Display};

use super::money::Capital;
use super::{CivilTime, Date, DecisionNumber, Fen, MaskedPan, OrderKey};
use crate::fingerprint::SensorId;
use crate::scan::plate::Hpzl;

/// A value with its kind: what a template prints and what a record says.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field<'a> {
    /// Nothing is known.
    Empty,
    /// A text.
    Text(&'a str),
    /// A number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// An amount.
    Money(Fen),
    /// An amount to be shown in capital figures.
    Capital(Capital),
    /// A day.
    Date(Date),
    /// A time.
    Time(CivilTime),
    /// The number of a decision or certificate.
    Decision(DecisionNumber),
    /// The key of a payment.
    Order(OrderKey),
    /// A masked card number.
    Pan(MaskedPan),
    /// A plate-type code.
    Hpzl(Hpzl),
    /// Which fingerprint sensor.
    Sensor(SensorId),
}

impl Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Money(amount) => amount.fmt(f),
            Self::Capital(amount) => amount.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Time(time) => time.fmt(f),
            Self::Decision(number) => number.fmt(f),
            Self::Order(key) => key.fmt(f),
            Self::Pan(pan) => pan.fmt(f),
            Self::Hpzl(hpzl) => hpzl.fmt(f),
            Self::Sensor(id) => id.fmt(f),
        }
    }
}

impl<'a> From<&'a str> for Field<'a> {
    fn from(text: &'a str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

macro_rules! field_from {
    ($($type:ty => $field:ident),* $(,)?) => {$(
        impl From<$type> for Field<'_> {
            fn from(value: $type) -> Self {
                Self::$field(value.into())
            }
        }
    )*};
}

field_from! {
    Fen => Money,
    CivilTime => Time,
    Date => Date,
    DecisionNumber => Decision,
    OrderKey => Order,
    MaskedPan => Pan,
    Hpzl => Hpzl,
    SensorId => Sensor,
    bool => Flag,
    u64 => Number,
    u32 => Number,
    u16 => Number,
    u8 => Number,
}

impl<'a, T: Into<Field<'a>>> From<Option<T>> for Field<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}
