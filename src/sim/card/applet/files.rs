//! What stands in the records of an application.

use std::vec::Vec;

use super::personal::{CardApplication, IN_FCI, Personalisation, Placement};
use super::wire::{compressed, element, tags, tlv, value};
use crate::sim::card::pki::{Algorithm, Flaw, Signed, Signer};

/// The elements that a card gives to GET DATA alone.
const NOT_IN_RECORDS: [u32; 4] = [0x9F36, 0x9F13, 0x9F17, 0x9F4F];

/// The elements of certificates: they are made over the others.
const CERTIFIED: [u32; 7] = [0x90, 0x92, 0x93, 0x9F46, 0x9F48, 0x9F2D, 0x9F2F];

/// A record.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) file: u8,
    pub(super) number: u8,
    pub(super) content: Vec<u8>,
    pub(super) authenticated: bool,
}

type Elements = Vec<(u32, Vec<u8>)>;

impl Personalisation {
    /// The records of an application, with certificates of this algorithm, and
    /// these flaws in them.
    pub(super) fn records(
        &self,
        application: &CardApplication,
        flaws: &[(Signed, Flaw)],
        algorithm: Algorithm,
    ) -> Vec<Record> {
        let mut elements = self.plain(application, algorithm);
        overwrite(&mut elements, &application.elements);
        let certificates = self.certificates(application, &elements, flaws, algorithm);
        elements.extend(certificates);
        overwrite(&mut elements, &application.elements);
        let mut records = placed(&application.placements, &elements);
        if application.authentication.is_none() {
            records.iter_mut().for_each(|record| record.authenticated = false);
        }
        records.extend(application.records.iter().map(|(file, number, content)| Record {
            file: *file,
            number: *number,
            content: content.clone(),
            authenticated: false,
        }));
        records
    }

    /// All that needs no signature.
    fn plain(&self, application: &CardApplication, algorithm: Algorithm) -> Elements {
        let track = std::format!("{}D31122200000000000", self.pan);
        let mut elements = std::vec![
            (0x57, compressed(&track)),
            (0x5F20, b"TEST/CARD".to_vec()),
            (0x5A, compressed(&self.pan)),
            (0x5F24, [0x31, 0x12, 0x31].into()),
            (0x5F34, [self.pan_sequence].into()),
            (0x5F28, [0x01, 0x56].into()),
            (0x8C, application.cdol1.clone()),
            (0x8D, application.cdol2.clone()),
        ];
        if let Some(pki) = &application.authentication {
            let index = Signer::new(pki, &self.pan, &[], algorithm).index();
            elements.extend([(0x8F, [index].into()), (0x9F4A, [0x82].into())]);
        }
        if application.profile.first().is_some_and(|first| first & 0x20 != 0) {
            elements.push((0x9F49, [0x9F, 0x37, 0x04].into()));
        }
        elements
    }

    fn certificates(
        &self,
        application: &CardApplication,
        elements: &Elements,
        flaws: &[(Signed, Flaw)],
        algorithm: Algorithm,
    ) -> Elements {
        let Some(pki) = &application.authentication else { return Elements::new() };
        let signer = Signer::new(pki, &self.pan, flaws, algorithm);
        let static_data = static_data(application, elements);
        let [ways, _] = application.profile;
        let issuer = signer.issuer_certificate();
        let mut made = std::vec![
            (0x90, issuer.certificate),
            (0x9F32, issuer.exponent),
            (0x92, issuer.remainder),
        ];
        if ways & 0x40 != 0 {
            made.push((0x93, signer.static_data([0xDA, 0xC0], &static_data)));
        }
        if ways & 0x21 != 0 {
            let card = signer.card_certificate(&static_data);
            made.extend([
                (0x9F46, card.certificate),
                (0x9F47, card.exponent),
                (0x9F48, card.remainder),
            ]);
        }
        if let Some(pin) = signer.pin_certificate() {
            let of_pin = [(0x9F2D, pin.certificate), (0x9F2E, pin.exponent)];
            made.extend(of_pin);
            made.push((0x9F2F, pin.remainder));
        }
        made.retain(|(_, value)| !value.is_empty());
        made
    }
}

/// Puts other values in place of these, takes empty ones away, and adds new
/// ones.
fn overwrite(elements: &mut Elements, with: &Elements) {
    for (tag, value) in with {
        match elements.iter_mut().find(|(known, _)| known == tag) {
            Some((_, old)) => old.clone_from(value),
            None if CERTIFIED.contains(tag) || value.is_empty() => {}
            None => elements.push((*tag, value.clone())),
        }
    }
    elements.retain(|(_, value)| !value.is_empty());
}

fn placed(placements: &[Placement], elements: &Elements) -> Vec<Record> {
    let named: Vec<u32> = placements.iter().flat_map(|placement| placement.tags.clone()).collect();
    let elsewhere = [&NOT_IN_RECORDS[..], &IN_FCI].concat();
    let is_rest = |tag: &u32| !named.contains(tag) && !elsewhere.contains(tag);
    let records = placements.iter().map(|placement| {
        let mut content = Vec::new();
        for &tag in &placement.tags {
            match tag {
                Placement::REST => {
                    let rest = elements.iter().filter(|(tag, _)| is_rest(tag));
                    content.extend(rest.flat_map(|(tag, value)| element(*tag, value)));
                }
                _ => content
                    .extend(value(elements, tag).into_iter().flat_map(|value| element(tag, value))),
            }
        }
        let Placement { file, number, authenticated, .. } = *placement;
        Record { file, number, content, authenticated }
    });
    records.filter(|record| !record.content.is_empty()).collect()
}

/// Static Data to be Authenticated (EMV Book 3, 10.3): what is in the records,
/// with their templates where the file is above 10, then what the tag list
/// names.
fn static_data(application: &CardApplication, elements: &Elements) -> Vec<u8> {
    let records = placed(&application.placements, elements);
    let records = records.into_iter().filter(|record| record.authenticated);
    let mut data: Vec<u8> = records
        .flat_map(|record| match record.file {
            ..=10 => record.content,
            _ => tlv(&[0x70], &record.content),
        })
        .collect();
    let listed = value(elements, 0x9F4A).map(|list| tags(list)).unwrap_or_default();
    if listed.contains(&0x82) {
        data.extend(application.profile);
    }
    data
}

/// The Application File Locator of these records, in their order: what follows
/// itself in a file is one entry.
pub(super) fn locator(records: &[Record]) -> Vec<u8> {
    let mut entries: Vec<[u8; 4]> = Vec::new();
    for record in records {
        let authenticated = u8::from(record.authenticated);
        match entries.last_mut() {
            Some([file, first, last, count])
                if *file == record.file << 3
                    && last.checked_add(1) == Some(record.number)
                    && (!record.authenticated || *count == *last - *first + 1) =>
            {
                *last = record.number;
                *count += authenticated;
            }
            _ => entries.push([record.file << 3, record.number, record.number, authenticated]),
        }
    }
    entries.concat()
}
