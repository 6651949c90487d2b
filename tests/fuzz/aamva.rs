//! Licences and ID cards of North America.

use embedded_pos::scan::document::aamva::Aamva;

/// Places are within the input, elements in order and cut out of it, and what
/// is read strictly has no fault.
pub fn run(data: &[u8]) {
    let aamva = match Aamva::parse(data) {
        Ok(aamva) => aamva,
        Err(fault) => return assert!(fault.at <= data.len(), "{fault}"),
    };
    let mut end = 0;
    for element in aamva.elements() {
        assert!(element.at >= end, "{element:?}");
        assert_eq!(data.get(element.at..element.at + 3), Some(&element.id[..]));
        end = element.at + 3 + element.value.len();
        assert_eq!(data.get(element.at + 3..end), Some(element.value));
    }
    let faults = aamva.faults().inspect(|fault| assert!(fault.at <= data.len(), "{fault}"));
    let (faults, parts) = (faults.count(), aamva.subfiles().count());
    assert!(aamva.subfiles().all(|part| part.at <= data.len()) && parts > 0);
    assert_eq!(Aamva::strict(data).is_ok(), faults == 0);
    let card = aamva.card();
    let _ = (card.name(), card.address(), card.birth(), card.sex(), card.height());
    assert!(card.number().is_none_or(|number| !number.is_empty()));
}
