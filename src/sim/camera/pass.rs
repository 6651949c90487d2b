use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec;
use std::vec::Vec;

/// A vehicle that goes past, and how the camera sees it.
#[derive(Clone, Debug)]
pub struct Pass {
    plate: String,
    class: i32,
    colour: i32,
    confidence: i32,
    trigger: i32,
    offline: bool,
    full: usize,
    clip: usize,
    utf8: bool,
    extra: String,
}

impl Pass {
    /// A vehicle with this plate; `_无_` for none.
    #[must_use]
    pub fn new(plate: &str) -> Self {
        Self {
            plate: plate.to_owned(),
            class: 1,
            colour: 1,
            confidence: 99,
            trigger: 1,
            offline: false,
            full: 51_566,
            clip: 1_103,
            utf8: false,
            extra: String::new(),
        }
    }

    /// Its `type`; 1 (blue) if not called.
    #[must_use]
    pub const fn class(mut self, class: i32) -> Self {
        self.class = class;
        self
    }

    /// Its `colorType`; 1 (blue) if not called.
    #[must_use]
    pub const fn colour(mut self, colour: i32) -> Self {
        self.colour = colour;
        self
    }

    /// How sure the camera is, of 100; 99 if not called.
    #[must_use]
    pub const fn confidence(mut self, confidence: i32) -> Self {
        self.confidence = confidence;
        self
    }

    /// The sizes of its pictures, the scene and the plate, in bytes.
    #[must_use]
    pub const fn pictures(mut self, full: usize, clip: usize) -> Self {
        self.full = full;
        self.clip = clip;
        self
    }

    /// The camera stored it while nobody listened.
    #[must_use]
    pub const fn offline(mut self) -> Self {
        self.offline = true;
        self
    }

    /// The camera was made to look.
    pub(super) const fn by_software(mut self) -> Self {
        self.trigger = 4;
        self
    }

    /// The camera sends UTF-8 instead of GB 2312.
    #[must_use]
    pub const fn utf8(mut self) -> Self {
        self.utf8 = true;
        self
    }

    /// More members for `PlateResult`, each with a comma behind it.
    #[must_use]
    pub fn extra(mut self, members: &str) -> Self {
        members.clone_into(&mut self.extra);
        self
    }

    /// The JSON as jsoncpp writes it, which is what the firmware uses.
    fn json(&self, id: u32, seconds: u64, views: Views) -> String {
        let Self { plate, class, colour, confidence, trigger, extra, .. } = self;
        let offline = i32::from(self.offline);
        let (full, clip) = self.sizes(views);
        let usec = 921_325;
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let sec = EPOCH + seconds;
        format!(
            r#"{{
   "PlateResult" : {{
      {extra}"bright" : 0,
      "carBright" : 0,
      "carColor" : 0,
      "colorType" : {colour},
      "colorValue" : 0,
      "confidence" : {confidence},
      "direction" : 4,
      "isoffline" : {offline},
      "is_fake_plate" : 0,
      "license" : "{plate}",
      "location" : {{
         "RECT" : {{
            "bottom" : 392,
            "left" : 690,
            "right" : 834,
            "top" : 350
         }}
      }},
      "timeStamp" : {{
         "Timeval" : {{
            "sec" : {sec},
            "usec" : {usec}
         }}
      }},
      "timeUsed" : 0,
      "triggerType" : {trigger},
      "type" : {class}
   }},
   "active_id" : 0,
   "clipImgSize" : {clip},
   "cmd" : "ivs_result",
   "fullImgSize" : {full},
   "id" : {id},
   "imageformat" : "jpg",
   "timeString" : "2016-03-25 {hour:02}:{minute:02}:{second:02}"
}}
"#
        )
    }

    fn sizes(&self, views: Views) -> (usize, usize) {
        let full = if views.full { self.full } else { 0 };
        let clip = if views.clip { self.clip } else { 0 };
        (full, clip)
    }

    pub(super) fn body(&self, id: u32, seconds: u64, views: Views) -> Vec<u8> {
        let json = self.json(id, seconds, views);
        let mut body = if self.utf8 { json.into_bytes() } else { gbk(&json) };
        body.push(0);
        let (full, clip) = self.sizes(views);
        body.extend(picture(full));
        body.extend(picture(clip));
        body
    }
}

/// 2016-03-25 00:00:00 in China, when the simulated clock is at zero.
const EPOCH: u64 = 1_458_835_200;

/// Which pictures are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Views {
    pub(super) full: bool,
    pub(super) clip: bool,
}

/// A picture of so many bytes: as good as a JPEG for those who do not look
/// inside, with what could be taken for a frame in it.
#[must_use]
pub fn picture(len: usize) -> Vec<u8> {
    let inside = b"VZ\x00\x00\x00\x00\x00\x20 {\"PlateResult\":{\"license\":\"\"}}\0";
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0];
    bytes.extend(inside.iter().cycle().take(len));
    bytes.truncate(len);
    bytes
}

fn gbk(text: &str) -> Vec<u8> {
    let mut bytes = vec![0; 2 * text.len() + 16];
    let mut encoder = encoding_rs::GBK.new_encoder();
    let (_, _, len) = encoder.encode_from_utf8_without_replacement(text, &mut bytes, true);
    bytes.truncate(len);
    bytes
}
