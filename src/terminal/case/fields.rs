use super::dossier::Matter;
use super::{Case, Phase, Settlement};
use crate::terminal::payment::Paid;
use crate::terminal::{Field, Fields, Finding, Standing};

/// What the templates of the papers can print. A field is empty while it is
/// not known; `unpaid`, `warning`, `reprint`, `unsigned` and `contested` are
/// there to be asked for with [`Line::When`](crate::terminal::Line::When).
/// `unresolved` is the order of which nobody knows whether it was paid: a paper
/// that then asks for money makes people pay twice.
///
/// | of | fields |
/// | --- | --- |
/// | the terminal | `authority terminal officer officer_name`, and the [`Rules::terms`](super::Rules::terms) |
/// | the person | `plate hpzl hpzl_name hphm licence name inspection insurance` |
/// | the facts | `time place place_code behaviour behaviour_text forbidden_by punished_by table violation contested` |
/// | the decision | `number issued points fine warning late_fee days due due_capital unpaid unresolved unsigned` |
/// | the measure | `measure items come_to come_by` |
/// | the payment | `order method amount amount_capital reference authorisation batch trace pan paid_at` |
/// | the copy | `copy reprint` |
impl Fields for Case<'_> {
    fn field(&self, name: &str) -> Option<Field<'_>> {
        self.of_terminal(name)
            .or_else(|| self.of_person(name))
            .or_else(|| self.of_facts(name))
            .or_else(|| self.of_decision(name))
            .or_else(|| self.of_measure(name))
            .or_else(|| self.of_payment(name))
            .or_else(|| self.term(name))
    }
}

impl Case<'_> {
    fn term(&self, name: &str) -> Option<Field<'_>> {
        let mut terms = self.rules.terms.iter();
        terms.find(|(term, _)| *term == name).map(|(_, text)| (*text).into())
    }

    fn of_terminal(&self, name: &str) -> Option<Field<'_>> {
        let copy = if let Phase::Print(_, copy) = self.phase { copy } else { 1 };
        Some(match name {
            "authority" => self.rules.authority.into(),
            "terminal" => self.rules.terminal.as_str().into(),
            "officer" => self.session.officer().id.as_str().into(),
            "officer_name" => self.session.officer().name.into(),
            "copy" => copy.into(),
            "reprint" => (copy > 1).then_some(copy).into(),
            _ => return None,
        })
    }

    fn of_person(&self, name: &str) -> Option<Field<'_>> {
        let vehicle = self.dossier.subject.vehicle.as_ref().map(|(vehicle, _)| vehicle);
        let driver = self.dossier.subject.driver.as_ref().map(|(driver, _)| driver);
        Some(match name {
            "plate" => vehicle.map(|vehicle| vehicle.plate.as_str()).into(),
            "hpzl" => vehicle.map(|vehicle| vehicle.hpzl).into(),
            "hpzl_name" => vehicle.and_then(|vehicle| vehicle.hpzl.name()).into(),
            "hphm" => vehicle.map(|vehicle| vehicle.hphm.as_str()).into(),
            "licence" => driver.map(|driver| driver.licence.as_str()).into(),
            "name" => driver.map(|driver| driver.name.as_str()).into(),
            "inspection" => standing(self.dossier.inspection),
            "insurance" => standing(self.dossier.insurance),
            _ => return None,
        })
    }

    fn of_facts(&self, name: &str) -> Option<Field<'_>> {
        let matter = &self.dossier.matter;
        let (time, place) = match matter {
            Matter::Penalty { time, place, .. } => (Some(*time), Some(place)),
            Matter::Measure { place, .. } => (self.dossier.issued, Some(place)),
            _ => (None, None),
        };
        let (penalty, violation) = match matter {
            Matter::Penalty { penalty, violation, .. } => (Some(*penalty), violation.as_ref()),
            _ => (None, None),
        };
        Some(match name {
            "time" => time.into(),
            "place" => place.map(|place| place.text.as_str()).into(),
            "place_code" => place.map(|place| place.code.as_str()).into(),
            "behaviour" => penalty.map(|penalty| penalty.behaviour).into(),
            "behaviour_text" => penalty.map(|penalty| penalty.text).into(),
            "forbidden_by" => penalty.map(|penalty| penalty.forbidden_by).into(),
            "punished_by" => penalty.map(|penalty| penalty.punished_by).into(),
            "table" => penalty.map(|_| self.rules.table.version).into(),
            "violation" => violation.map(|number| number.as_str()).into(),
            "contested" => self.dossier.confirmation.note().into(),
            _ => return None,
        })
    }

    fn of_decision(&self, name: &str) -> Option<Field<'_>> {
        let matter = &self.dossier.matter;
        let due = matter.due();
        let (points, warning) = match matter {
            Matter::Penalty { penalty, .. } => (Some(penalty.points), penalty.fine.0 == 0),
            _ => (None, false),
        };
        let days = if let Matter::Claim { days, .. } = matter { Some(*days) } else { None };
        let claimed = if let Matter::Claim { decided, .. } = matter { Some(decided) } else { None };
        let (paid, unresolved) = match self.dossier.settlement {
            Settlement::Paid(_) => (true, None),
            Settlement::Unresolved(key) => (false, Some(key)),
            _ => (false, None),
        };
        let note = self.dossier.signature.as_ref().and_then(|signature| signature.note());
        Some(match name {
            "number" => self.dossier.number.or(claimed.map(|decided| decided.number)).into(),
            "issued" => self.dossier.issued.into(),
            "points" => points.into(),
            "fine" => matter.fine().into(),
            "warning" => warning.then_some(true).into(),
            "late_fee" => (matter.late_fee().0 > 0).then_some(matter.late_fee()).into(),
            "days" => days.into(),
            "due" => due.into(),
            "due_capital" => Field::Capital(due.capital()),
            "unpaid" => (due.0 > 0 && !paid && unresolved.is_none()).then_some(true).into(),
            "unresolved" => unresolved.into(),
            "unsigned" => note.into(),
            _ => return None,
        })
    }

    fn of_measure(&self, name: &str) -> Option<Field<'_>> {
        let (kind, items, to, by) = match &self.dossier.matter {
            Matter::Measure { kind, items, come_to, come_by, .. } => {
                (Some(kind), Some(items), Some(come_to), Some(*come_by))
            }
            _ => (None, None, None, None),
        };
        Some(match name {
            "measure" => kind.map(|kind| kind.title()).into(),
            "items" => items.map(|items| items.as_str()).into(),
            "come_to" => to.map(|to| to.as_str()).into(),
            "come_by" => by.into(),
            _ => return None,
        })
    }

    fn of_payment(&self, name: &str) -> Option<Field<'_>> {
        let paid = match &self.dossier.settlement {
            Settlement::Paid(paid) => Some(paid),
            _ => None,
        };
        let approval = paid.map(|paid| &paid.approval);
        Some(match name {
            "order" => paid.map(|Paid { key, .. }| *key).into(),
            "method" => paid.map(|paid| paid.method.title()).into(),
            "amount" => approval.map(|approval| approval.amount).into(),
            "amount_capital" => {
                approval.map_or(Field::Empty, |approval| Field::Capital(approval.amount.capital()))
            }
            "reference" => approval.map(|approval| approval.reference.as_str()).into(),
            "authorisation" => approval.map(|approval| approval.authorisation.as_str()).into(),
            "batch" => approval.map(|approval| approval.batch).into(),
            "trace" => approval.map(|approval| approval.trace).into(),
            "pan" => approval.and_then(|approval| approval.pan).into(),
            "paid_at" => self.dossier.paid_at.into(),
            _ => return None,
        })
    }
}

fn standing(finding: Option<Finding>) -> Field<'static> {
    match finding {
        Some(Finding::Standing(Standing::Until(last))) => last.into(),
        Some(Finding::Standing(Standing::None)) => Field::Text("无"),
        _ => Field::Empty,
    }
}
