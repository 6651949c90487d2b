//! What cameras and programs push: whole messages, with all that comes beside
//! what is wanted.

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

/// What OpenALPR's daemon posts of one picture: the plates in it, each with a
/// confidence of 100 and candidates. As it does, `img_width` and `img_height`
/// come twice.
#[must_use]
pub fn openalpr(uuid: &str, epoch_millis: u64, plates: &[(&str, &str)]) -> String {
    let result = |(index, (plate, confidence)): (usize, &(&str, &str))| {
        format!(
            r#"{{"plate":"{plate}","confidence":{confidence},"matches_template":0,
"plate_index":{index},"region":"","region_confidence":0,"processing_time_ms":20.151,
"requested_topn":10,"coordinates":[{{"x":204,"y":134}},{{"x":709,"y":222}},
{{"x":658,"y":500}},{{"x":167,"y":383}}],"candidates":[
{{"plate":"{plate}","confidence":{confidence},"matches_template":0}},
{{"plate":"{plate}X","confidence":70.5,"matches_template":0}}]}}"#
        )
    };
    let results: Vec<String> = plates.iter().enumerate().map(result).collect();
    format!(
        r#"{{"version":2,"data_type":"alpr_results","epoch_time":{epoch_millis},
"img_width":1280,"img_height":720,"processing_time_ms":60.5,
"regions_of_interest":[{{"x":0,"y":0,"width":1280,"height":720}}],
"results":[{}],"uuid":"{uuid}","camera_id":1,"site_id":"gate","img_width":1280,
"img_height":720,"company_id":"synthetic"}}"#,
        results.join(",")
    )
}

/// The boundary of the form that [`plate_recognizer`] posts.
pub const BOUNDARY: &str = "------------------------5f3c7a1e";

/// What Plate Recognizer Stream posts of one picture: plates with scores of 1,
/// and the picture, in a form.
#[must_use]
pub fn plate_recognizer(file: &str, plates: &[(&str, &str)], picture: &[u8]) -> Vec<u8> {
    let result = |(plate, score): &(&str, &str)| {
        format!(
            r#"{{"box":{{"xmin":143,"ymin":481,"xmax":282,"ymax":575}},"plate":"{plate}",
"score":{score},"dscore":0.757,"region":{{"code":"cn","score":0.179}},
"candidates":[{{"score":{score},"plate":"{plate}"}},{{"score":0.5,"plate":"{plate}x"}}],
"vehicle":{{"score":0.8,"type":"Sedan","box":{{"xmin":67,"ymin":113,"xmax":908,"ymax":653}}}},
"color":[{{"color":"white","score":0.9}}],"direction":123.4,"position_sec":"4.2",
"source_url":"rtsp://camera/1"}}"#
        )
    };
    let results: Vec<String> = plates.iter().map(result).collect();
    let json = format!(
        r#"{{"hook":{{"target":"http://host/","id":"camera-1","event":"recognition",
"filename":"{file}"}},"data":{{"camera_id":"camera-1","filename":"{file}",
"timestamp":"2016-03-25T05:03:54.921325Z",
"timestamp_local":"2016-03-25 13:03:54.921325+08:00","results":[{}]}}}}"#,
        results.join(",")
    );
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{json}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"upload\"; filename=\"{file}\"\r\n\
         Content-Type: image/jpeg\r\n\r\n"
    )
    .into_bytes();
    body.extend(picture);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// What a camera of 臻识 VisionZenith pushes of a vehicle.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// The plate.
    pub license: String,
    /// Its `type` and its `colorType`.
    pub codes: (i32, i32),
    /// Of 100.
    pub confidence: u32,
    /// The number of the reading.
    pub plate_id: u64,
    /// It was stored while nobody listened.
    pub offline: bool,
    /// How many bytes of picture come with it, in Base64.
    pub image: usize,
}

impl Alarm {
    /// A car with this plate, without a picture.
    #[must_use]
    pub fn new(license: &str) -> Self {
        Self {
            license: license.to_string(),
            codes: (1, 1),
            confidence: 96,
            plate_id: 21_085,
            offline: false,
            image: 0,
        }
    }

    fn alarm(&self, license: &str) -> String {
        let Self { codes: (class, colour), confidence, plate_id, image, .. } = self;
        let offline = u8::from(self.offline);
        let picture = base64(&super::picture(*image));
        format!(
            r#"{{"channel":0,"deviceName":"东门口\\1","ipaddr":"192.168.55.131","result":{{
"PlateResult":{{"bright":0,"carBright":0,"carColor":255,"car_brand":{{"brand":255,"type":255,
"year":65535}},"carlocation":{{"RECT":{{"bottom":0,"left":0,"right":0,"top":0}}}},
"colorType":{colour},"colorValue":0,"confidence":{confidence},"direction":4,
"imageFile":"{picture}","imageFileLen":{image},"imageFragmentFile":"",
"imageFragmentFileLen":0,"gioouts":[{{"ctrltype":0,"ionum":"0"}}],"is_fake_plate":0,
"isoffline":{offline},"license":"{license}","license_ext_type":0,"location":{{"RECT":
{{"bottom":674,"left":1002,"right":1263,"top":565}}}},"plateid":{plate_id},"plates":[
{{"color":{colour},"license":"{license}","plate_width":281,"pos":{{"bottom":674,"left":1002,
"right":1263,"top":565}},"type":{class}}}],"timeStamp":{{"Timeval":{{"decday":25,"dechour":13,
"decmin":3,"decmon":3,"decsec":54,"decyear":2016,"sec":1458882234,"usec":921325}}}},
"timeUsed":0,"triggerType":4,"type":{class}}}}},"rule_id":1,"serialno":"0ba76bc6-e26d52eb",
"user_data":""}}"#
        )
    }

    /// By HTTP.
    #[must_use]
    pub fn http(&self) -> String {
        format!(r#"{{"AlarmInfoPlate":{}}}"#, self.alarm(&self.license))
    }

    /// By MQTT: in an envelope, the plate in Base64.
    #[must_use]
    pub fn mqtt(&self) -> String {
        let alarm = self.alarm(&base64(self.license.as_bytes()));
        format!(
            r#"{{"id":"17","sn":"0ba76bc6-e26d52eb","name":"ivs_result","version":"1.0",
"timestamp":1458882234,"payload":{{"AlarmInfoPlate":{alarm}}}}}"#
        )
    }
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| {
        let digit = usize::try_from(bits & 63).ok().and_then(|digit| DIGITS.get(digit));
        char::from(digit.copied().unwrap_or(b'='))
    };
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0; 4];
        group.iter_mut().skip(1).zip(chunk).for_each(|(to, from)| *to = *from);
        let bits = u32::from_be_bytes(group);
        (0..=chunk.len()).for_each(|at| text.push(digit(bits >> (18 - 6 * at))));
        (chunk.len()..3).for_each(|_| text.push('='));
    }
    text
}
