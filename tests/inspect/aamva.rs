//! `inspect aamva`.

use clap::Parser;
use embedded_pos::sim::Draw;
use embedded_pos::sim::documents::aamva::{Defect, Licence};
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder, hex};

fn answer(payload: &[u8], more: &[&str]) -> Value {
    let args = Args::parse_from(["inspect", "aamva", "--json"].iter().chain(more));
    answer_line(hex(payload).as_bytes(), &args, decoder("aamva").unwrap())
}

#[test]
fn all_fields_of_a_licence() {
    let sound = b"@\n\x1E\rANSI 636000100102DL00410018ZV00590008DLDAQT1\nDCSSAMPLE \rZVZVA01\r";
    let expected = json!({
        "ok": true, "version": 10, "advice": null, "jurisdiction_version": 1, "iin": "636000",
        "issuer": "VA", "subfiles": ["DL", "ZV"],
        "elements": { "DAQ": "T1", "DCS": "SAMPLE ", "ZVA": "01" }, "doubtful": [], "not_listed": [],
        "repairs": [],
    });
    let mut sound = sound.to_vec();
    sound[29..31].copy_from_slice(b"19");
    sound[35..37].copy_from_slice(b"60");
    assert_eq!(answer(&sound, &["--strict"]), expected);
    let typed: Vec<u8> = sound.iter().filter(|byte| **byte != b'\r').copied().collect();
    let repaired = answer(&typed, &[]);
    assert_eq!(repaired["elements"], expected["elements"]);
    assert_eq!(repaired["repairs"][0], json!({ "kind": "cr-lost", "at": 3 }));
    let refused = answer(&typed, &["--strict"]);
    assert_eq!(refused, json!({ "ok": false, "error": "cr-lost", "offset": 3 }));
    assert_eq!(answer(b"no licence", &[])["error"], "not-aamva");
}

#[test]
fn drawn_ones_are_what_they_were_made_of() {
    let mut draw = Draw::new(5);
    for defect in Defect::ALL {
        let licence = Licence::draw(&mut draw, 11);
        let answer = answer(&licence.spoilt(defect).bytes, &[]);
        for (id, value) in licence.subfiles.iter().flat_map(|part| &part.elements) {
            assert_eq!(answer["elements"][id], json!(value), "{defect:?}");
        }
        assert_ne!(answer["repairs"], json!([]), "{defect:?}");
    }
}
