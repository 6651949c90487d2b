//! `inspect camera`.

use clap::Parser;
use embedded_pos::sim::camera::Sight;
use embedded_pos::sim::camera::pushed::{self, Alarm};
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
fn programs_and_cameras_that_push_to_a_server() {
    let openalpr = pushed::openalpr("cam1-17", 1_458_882_234_921, &[("A12345", "89.5")]);
    let expected = json!({
        "plate": "A12345", "colour": null, "class": null, "confidence": 89.5,
        "time": "2016-03-25T05:03:54.921000+00:00", "event": "cam1-17",
    });
    assert_eq!(answer(&["--vendor", "openalpr"], openalpr.as_bytes())["value"], json!([expected]));
    let form = pushed::plate_recognizer("1.jpg", &[("粤z1234港", "0.75")], b"\xFF\xD8");
    let seen = &answer(&["--vendor", "plate-recognizer"], &form)["value"][0];
    assert_eq!((&seen["plate"], &seen["confidence"]), (&json!("粤Z1234港"), &json!(75.0)));
    assert_eq!(seen["event"], "1.jpg/粤z1234港");
    let mut alarm = Alarm::new("津AD12345");
    alarm.codes = (11, 5);
    let expected = json!({
        "plate": "津AD12345", "colour": "green", "class": "new-energy-small", "confidence": 96,
        "time": "2016-03-25T05:03:54.921325", "event": "21085",
    });
    let seen = answer(&["--vendor", "qianyi-http"], alarm.http().as_bytes());
    assert_eq!(seen["value"], json!([expected]));
    let seen = answer(&["--vendor", "vzenith-mqtt"], alarm.mqtt().as_bytes());
    assert_eq!(seen["value"], json!([expected]));
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
