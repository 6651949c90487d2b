//! Finger minutiae records: read to the last bit; what is in order is built again
//! and reads the same.
#![no_main]

use embedded_pos::fingerprint::record::{
    BuildError, Builder, Capture, Edition, Minutiae, NewView, Quality, Record,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    Minutiae::card_compact(data).count();
    Minutiae::card_normal(data).count();
    let editions = [
        Edition::Iso2005,
        Edition::Iso2011,
        Edition::Ansi2004,
        Edition::Ansi2009,
        Edition::Ansi2009Am1,
    ];
    for edition in editions {
        let _ = Record::as_edition(data, edition);
    }
    let Ok(record) = Record::new(data) else { return };
    record.check(&mut |note| assert!(note.offset <= data.len(), "{note}"));
    for view in record.views() {
        let _ = (view.qualities().count(), view.certifications().count());
        for minutia in view.minutiae() {
            let _ = (minutia.angle.degrees(), minutia.to_card_compact(), minutia.to_card_normal());
        }
        for extension in view.extensions() {
            extension.ridge_counts().map(Iterator::count);
            extension.landmarks().map(Iterator::count);
        }
    }
    if record.first_note().is_none() {
        let mut again = vec![0; data.len() + 8 * record.views().len() * 256];
        if let Ok(length) = build(&record, &mut again) {
            let built = Record::as_edition(&again[..length], record.edition()).unwrap();
            assert!(record.views().zip(built.views()).all(|(a, b)| {
                a.position() == b.position()
                    && a.minutiae()
                        .zip(b.minutiae())
                        .all(|(a, b)| (a.x, a.y, a.angle) == (b.x, b.y, b.angle))
            }));
        }
    }
});

fn build(record: &Record<'_>, out: &mut [u8]) -> Result<usize, BuildError> {
    let mut builder = Builder::new(record.edition(), record.head(), out)?;
    for view in record.views() {
        let quality = view.qualities().next();
        builder.view(&NewView {
            position: view.position(),
            number: view.number(),
            impression: view.impression(),
            quality: quality.unwrap_or(Quality { score: 0, vendor: 0, algorithm: 0 }),
            image: view.image(),
            capture: view.capture().unwrap_or(Capture::UNKNOWN),
        })?;
        view.minutiae().try_for_each(|minutia| builder.minutia(&minutia))?;
        view.extensions().try_for_each(|it| builder.extension(it.kind, it.data))?;
    }
    builder.finish()
}
