//! Finger minutiae records (ISO/IEC 19794-2, ANSI INCITS 378), as hex.

use embedded_pos::fingerprint::record::{Image, Malformed, Record, View};
use serde_json::{Value, json};

use super::{Args, Bad};

/// `format`, `width`, `height`, `resolution` (pixels to the centimetre; both if
/// they differ) of the first view, `views`, `notes`. Codes and angles are the
/// standard's numbers.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let bytes = super::bytes(input)?;
    let bad = |error: Malformed| Bad { error: error.what.to_string(), offset: error.offset };
    let record = Record::new(&bytes).map_err(bad)?;
    let image = record.image();
    let mut notes = Vec::new();
    record.check(&mut |note| notes.push(note.to_string()));
    Ok(json!({
        "format": record.edition().name(),
        "width": image.map(|image| image.width),
        "height": image.map(|image| image.height),
        "resolution": image.map(resolution),
        "views": record.views().map(|view| view_of(&view)).collect::<Vec<_>>(),
        "notes": notes,
    }))
}

fn resolution(image: Image) -> Value {
    match (image.x_resolution, image.y_resolution) {
        (x, y) if x == y => json!(x),
        both => json!(both),
    }
}

fn view_of(view: &View<'_>) -> Value {
    let minutiae = view.minutiae().map(|minutia| {
        json!({
            "type": minutia.kind.code(),
            "x": minutia.x,
            "y": minutia.y,
            "angle": minutia.angle.raw,
            "quality": minutia.quality,
        })
    });
    let extensions = view
        .extensions()
        .map(|extension| json!({ "type": extension.kind, "data": super::hex(extension.data) }));
    json!({
        "position": view.position().code(),
        "impression": view.impression().code(),
        "quality": view.qualities().next().map(|quality| quality.score),
        "minutiae": minutiae.collect::<Vec<_>>(),
        "extensions": extensions.collect::<Vec<_>>(),
    })
}
