use crate::ErrorKind;
use crate::printer::Completion;
use crate::terminal::payment::{Method, Paid};
use crate::terminal::{
    CivilTime, Date, Decided, DecisionNumber, Fen, Finding, Note, OrderKey, Penalty, Subject, Text,
    Violation,
};

/// Where it happened.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Place {
    /// 违法地点 code, where the place has one.
    pub code: Text<16>,
    /// The place in words.
    pub text: Text<90>,
}

/// 简易程序处罚决定书: what was decided.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Decision {
    /// Its number.
    pub number: DecisionNumber,
    /// What the person did.
    pub behaviour: Text<5>,
    /// The version of the penalty table.
    pub table: u32,
    /// Points.
    pub points: u8,
    /// The fine; zero for a warning.
    pub fine: Fen,
    /// When it happened.
    pub time: CivilTime,
    /// Where.
    pub place: Place,
    /// The violation's number, if the database had it.
    pub violation: Option<Text<22>>,
}

/// What an officer orders on the spot (道路交通安全违法行为处理程序规定, chapter
/// on compulsory measures).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum MeasureKind {
    /// 扣留车辆.
    DetainVehicle,
    /// 扣留机动车驾驶证.
    DetainLicence,
    /// 拖移机动车.
    Tow,
    /// 检验体内酒精、国家管制的精神药品、麻醉药品含量.
    Test,
    /// 收缴物品.
    Confiscate,
}

impl MeasureKind {
    pub(in crate::terminal) const fn name(self) -> &'static str {
        match self {
            Self::DetainVehicle => "detain-vehicle",
            Self::DetainLicence => "detain-licence",
            Self::Tow => "tow",
            Self::Test => "test",
            Self::Confiscate => "confiscate",
        }
    }

    /// The words on the paper.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::DetainVehicle => "扣留车辆",
            Self::DetainLicence => "扣留机动车驾驶证",
            Self::Tow => "拖移机动车",
            Self::Test => "检验体内酒精、国家管制的精神药品、麻醉药品含量",
            Self::Confiscate => "收缴物品",
        }
    }
}

/// 行政强制措施凭证: what was taken, and where to come.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Measure {
    /// Its number.
    pub number: DecisionNumber,
    /// What is ordered.
    pub kind: MeasureKind,
    /// What is taken away.
    pub items: Text<90>,
    /// When.
    pub time: CivilTime,
    /// Where.
    pub place: Place,
    /// Where to come to be dealt with.
    pub come_to: Text<90>,
    /// The last day for it.
    pub come_by: Date,
}

/// What the officer does about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice<'c> {
    /// Issue a decision in the simple procedure.
    Penalty {
        /// What the person did: a code of the penalty table.
        behaviour: &'c str,
        /// When.
        time: CivilTime,
        /// Where.
        place: Place,
        /// The violation's number, if the database had it.
        violation: Option<Text<22>>,
    },
    /// Take the fine of a decision that was made before, with the fee for
    /// being late.
    Settle(Decided),
    /// Take a compulsory measure.
    Measure {
        /// What is ordered.
        kind: MeasureKind,
        /// What is taken away.
        items: Text<90>,
        /// Where it is.
        place: Place,
        /// Where to come to be dealt with.
        come_to: Text<90>,
        /// The last day for it.
        come_by: Date,
    },
    /// Nothing.
    Nothing,
}

impl<'c> Choice<'c> {
    /// What is due for a violation of the list: its decision is settled, or
    /// one is issued.
    #[must_use]
    pub fn about(violation: &'c Violation) -> Self {
        match violation.decided {
            Some(decided) => Self::Settle(decided),
            None => Self::Penalty {
                behaviour: &violation.behaviour,
                time: violation.time,
                place: Place { code: Text::EMPTY, text: violation.place },
                violation: Some(violation.number),
            },
        }
    }
}

/// What the person said to the facts and the penalty.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Confirmation {
    /// No objection.
    Agreed,
    /// A defence, which the officer heard and did not follow.
    Contested(Note),
}

impl Confirmation {
    pub(in crate::terminal) fn note(&self) -> Option<&str> {
        match self {
            Self::Agreed => None,
            Self::Contested(note) => Some(note.as_str()),
        }
    }
}

/// How the person pays.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Tender {
    /// Now, by this method.
    Now(Method),
    /// Within the term, elsewhere.
    Later,
}

/// A paper.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Paper {
    /// 简易程序处罚决定书.
    Decision,
    /// 行政强制措施凭证.
    Measure,
    /// 签购单: the bank's slip.
    Slip,
    /// 罚款票据: the receipt for the fine.
    Receipt,
}

impl Paper {
    /// In the order in which they are printed.
    pub(super) const ALL: [Self; 4] = [Self::Decision, Self::Measure, Self::Slip, Self::Receipt];

    /// A word for records and file names.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Measure => "measure",
            Self::Slip => "slip",
            Self::Receipt => "receipt",
        }
    }
}

/// How printing went.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Printing {
    /// The printer said that it is on paper.
    Proven,
    /// The time it takes has passed and the printer reports no fault.
    Unproven,
    /// It stopped half way. Another copy, marked as such, is asked for.
    Failed(ErrorKind),
    /// The officer gave up; the paper is owed.
    GivenUp,
}

impl Printing {
    pub(in crate::terminal) const fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Unproven => "unproven",
            Self::Failed(_) => "failed",
            Self::GivenUp => "given-up",
        }
    }
}

impl From<Completion> for Printing {
    fn from(completion: Completion) -> Self {
        match completion {
            Completion::Proven => Self::Proven,
            Completion::Unproven => Self::Unproven,
        }
    }
}

/// Whether the person signed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Signature {
    /// Signed.
    Signed,
    /// Refused to; the officer noted it on the paper.
    Refused(Note),
}

impl Signature {
    pub(in crate::terminal) fn note(&self) -> Option<&str> {
        match self {
            Self::Signed => None,
            Self::Refused(note) => Some(note.as_str()),
        }
    }
}

/// Whether the person took the paper. Both count as service.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Delivery {
    /// Taken.
    Accepted,
    /// Refused; the officer noted it, which counts as service.
    Refused(Note),
}

impl Delivery {
    pub(in crate::terminal) fn note(&self) -> Option<&str> {
        match self {
            Self::Accepted => None,
            Self::Refused(note) => Some(note.as_str()),
        }
    }
}

/// Where the money is at the end of a case.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Settlement {
    /// Nothing was to be paid.
    NotDue,
    /// Paid.
    Paid(Paid),
    /// To be paid elsewhere.
    Deferred,
    /// Not known for now: [`Replay`](crate::terminal::payment::Replay) goes on
    /// with it, before the next payment.
    Unresolved(OrderKey),
}

/// How a case ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Outcome {
    /// The number of the decision or certificate.
    pub number: Option<DecisionNumber>,
    /// The case was withdrawn; the number, if there is one, is void.
    pub withdrawn: bool,
    /// Where the money is.
    pub settlement: Settlement,
    /// The archive has all records; else they are still to be sent, within two
    /// days.
    pub uploaded: bool,
}

/// What the case is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Matter<'a> {
    Nothing,
    Penalty { penalty: &'a Penalty<'a>, time: CivilTime, place: Place, violation: Option<Text<22>> },
    Claim { decided: Decided, late_fee: Fen, days: u32 },
    Measure { kind: MeasureKind, items: Text<90>, place: Place, come_to: Text<90>, come_by: Date },
}

impl Matter<'_> {
    pub(super) const fn fine(&self) -> Fen {
        match self {
            Self::Penalty { penalty, .. } => penalty.fine,
            Self::Claim { decided, .. } => decided.fine,
            Self::Nothing | Self::Measure { .. } => Fen::ZERO,
        }
    }

    pub(super) const fn late_fee(&self) -> Fen {
        match self {
            Self::Claim { late_fee, .. } => *late_fee,
            _ => Fen::ZERO,
        }
    }

    pub(super) const fn due(&self) -> Fen {
        self.fine().plus(self.late_fee())
    }
}

/// All that a case knows.
#[derive(Debug)]
pub(super) struct Dossier<'a> {
    pub(super) subject: Subject,
    pub(super) inspection: Option<Finding>,
    pub(super) insurance: Option<Finding>,
    pub(super) matter: Matter<'a>,
    pub(super) confirmation: Confirmation,
    pub(super) number: Option<DecisionNumber>,
    pub(super) issued: Option<CivilTime>,
    pub(super) settlement: Settlement,
    pub(super) paid_at: Option<CivilTime>,
    pub(super) signature: Option<Signature>,
    pub(super) withdrawn: bool,
    pub(super) uploaded: bool,
}

impl Dossier<'_> {
    pub(super) const EMPTY: Self = Self {
        subject: Subject::NOBODY,
        inspection: None,
        insurance: None,
        matter: Matter::Nothing,
        confirmation: Confirmation::Agreed,
        number: None,
        issued: None,
        settlement: Settlement::NotDue,
        paid_at: None,
        signature: None,
        withdrawn: false,
        uploaded: false,
    };

    pub(super) const fn outcome(&self) -> Outcome {
        Outcome {
            number: self.number,
            withdrawn: self.withdrawn,
            settlement: self.settlement,
            uploaded: self.uploaded,
        }
    }
}
