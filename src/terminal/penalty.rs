use super::{Date, Fault, Fen};

/// What a behaviour costs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Penalty<'a> {
    /// 违法行为代码 (GA/T 408.1): four or five digits. Points are never derived
    /// from its digits: the scale changed in 2022 and the codes did not.
    pub behaviour: &'a str,
    /// What it is, for the paper.
    pub text: &'a str,
    /// The clause that forbids it.
    pub forbidden_by: &'a str,
    /// The clause that sets the penalty.
    pub punished_by: &'a str,
    /// Points (记分).
    pub points: u8,
    /// The fine; zero for a warning.
    pub fine: Fen,
}

/// What behaviours cost, from some day on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PenaltyTable<'a> {
    /// The version, which goes to the records.
    pub version: u32,
    /// The first day it is in force.
    pub from: Date,
    /// The last day, once a successor is known.
    pub until: Option<Date>,
    /// The highest fine of the simple procedure (行政处罚法 article 51:
    /// 200 yuan for a citizen). Zero is a warning and always allowed.
    pub limit: Fen,
    /// One for each behaviour.
    pub penalties: &'a [Penalty<'a>],
}

impl<'a> PenaltyTable<'a> {
    /// The penalty of a behaviour that happened on a day.
    ///
    /// # Errors
    /// [`Fault::NotInForce`], [`Fault::UnknownBehaviour`], or
    /// [`Fault::AboveLimit`] when it needs the ordinary procedure.
    pub fn find(&self, behaviour: &str, day: Date) -> Result<&'a Penalty<'a>, Fault> {
        if day < self.from || self.until.is_some_and(|until| day > until) {
            return Err(Fault::NotInForce);
        }
        let mut penalties = self.penalties.iter();
        let found = penalties.find(|penalty| penalty.behaviour == behaviour);
        let penalty = found.ok_or(Fault::UnknownBehaviour)?;
        if penalty.fine > self.limit { Err(Fault::AboveLimit) } else { Ok(penalty) }
    }
}
