//! `inspect camera`.

use clap::Parser;
use embedded_pos::sim::camera::Sight;
use serde_json::{Value, json};

use crate::inspect::{Args, answer_line, decoder, hex};

fn answer(vendor: &[&str], message: &[u8]) -> Value {
    let args = [&["inspect", "camera", "--json"], vendor].concat();
    answer_line(hex(message).as_bytes(), &Args::parse_from(args), decoder("camera").unwrap())
}

fn sight() -> Sight {
    Sight {
        plate: "津A00001".into(),
        colour: '蓝',
        sure: vec![99, 98, 97, 96, 95, 94, 93],
        seconds: 1_458_882_234,
        number: 7,
        again: false,
        pictures: (2000, 300),
    }
}

#[test]
fn an_array_of_readings_by_vendor() {
    let time = "2016-03-25T13:03:54.000000+08:00";
    let seen = answer(&["--vendor", "hikvision"], &sight().hikvision_form());
    let expected = json!({ "ok": true, "value": [{
        "plate": "津A00001", "colour": "blue", "class": "ordinary", "confidence": 93,
        "time": time, "event": "00000007-1dd2-11b2-a842-be6ebc977415",
    }] });
    assert_eq!(seen, expected);
    let seen = answer(&["--vendor", "dahua"], &Sight::dahua_stream(&[sight(), sight()]));
    assert_eq!(seen["value"].as_array().map(Vec::len), Some(2));
    let expected = json!({
        "plate": "津A00001", "colour": "blue", "class": "ordinary", "confidence": 93,
        "time": "2016-03-25T13:03:54.250000+08:00", "event": "7",
    });
    assert_eq!(seen["value"][1], expected);
    let seen = answer(&["--vendor", "axis"], sight().axis().as_bytes());
    assert_eq!(seen["value"][0]["confidence"], 93.0);
    let seen = answer(&["--vendor", "gat1400"], Sight::gat1400(&[sight()]).as_bytes());
    assert_eq!(seen["value"][0]["time"], "2016-03-25T13:03:54.000000");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let seen = answer(&["--vendor", "gat1400"], b"{\"a\":}");
    assert_eq!((&seen["ok"], &seen["offset"]), (&json!(false), &json!(5)));
    let seen = answer(&[], b"{}");
    assert_eq!(seen["error"], "no --vendor");
    let none = "<EventNotificationAlert><ANPR><licensePlate>unknown</licensePlate></ANPR></EventNotificationAlert>";
    let seen = answer(&["--vendor", "hikvision"], none.as_bytes());
    assert_eq!(seen["value"][0]["plate"], Value::Null);
}
