use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::picture;
use crate::sim::Draw;

/// What a camera that pushes its readings saw, and the messages in which each
/// vendor would tell it. Written from the shapes that are published, with no
/// parser's help.
///
/// ```
/// use embedded_pos::sim::Draw;
/// use embedded_pos::sim::camera::Sight;
///
/// let sight = Sight::draw(&mut Draw::new(1));
/// assert!(sight.hikvision("www.isapi.org").contains(&sight.plate));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sight {
    /// What is written on the plate.
    pub plate: String,
    /// The character of its colour: 蓝, 黄, 白, 黑 or 绿.
    pub colour: char,
    /// How sure the camera is of each character, of 100.
    pub sure: Vec<u8>,
    /// Seconds since 1970 in UTC. The camera's clock is that of China.
    pub seconds: u32,
    /// A number of the event, not 0.
    pub number: u32,
    /// It was told before.
    pub again: bool,
    /// The bytes of the pictures, of the scene and of the plate.
    pub pictures: (usize, usize),
}

impl Sight {
    /// A vehicle of Tianjin, with a plate out of a lot that is not issued: its
    /// serial begins with 0000.
    #[must_use]
    pub fn draw(draw: &mut Draw) -> Self {
        let letter = draw.text("ABCDEFGHJKLMNPQR", 1);
        let digit = draw.text("0123456789", 1);
        let colour = draw.one_of(&['蓝', '黄', '黑']).copied().unwrap_or('蓝');
        let sure = (0..7).map(|_| u8::try_from(draw.below(101)).unwrap_or_default()).collect();
        Self {
            plate: format!("津{letter}0000{digit}"),
            colour,
            sure,
            seconds: 1_400_000_000 + u32::try_from(draw.below(400_000_000)).unwrap_or_default(),
            number: 1 + u32::try_from(draw.below(1_000_000)).unwrap_or_default(),
            again: draw.below(4) == 0,
            pictures: (1000 + draw.below(3000), 100 + draw.below(900)),
        }
    }

    /// How sure the camera is of the whole: as of the worst character.
    #[must_use]
    pub fn least(&self) -> u8 {
        self.sure.iter().copied().min().unwrap_or_default()
    }

    /// The event as a UUID.
    #[must_use]
    pub fn uuid(&self) -> String {
        format!("{:08x}-1dd2-11b2-a842-be6ebc977415", self.number)
    }

    /// The event as GA/T 1400 names objects: 48 digits.
    #[must_use]
    pub fn object(&self) -> String {
        format!("12000000001190000001022016032513035{:013}", self.number)
    }

    /// The time in China: year, month, day, hour, minute and second.
    fn clock(&self) -> [u32; 6] {
        let local = self.seconds + 8 * 3600;
        let (mut day, mut year) = (local / 86_400, 1970);
        let leap = |year: u32| {
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
        };
        while day >= 365 + u32::from(leap(year)) {
            day -= 365 + u32::from(leap(year));
            year += 1;
        }
        let mut month = 1;
        for days in [31, 28 + u32::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30] {
            if day < days {
                break;
            }
            day -= days;
            month += 1;
        }
        [year, month, day + 1, local / 3600 % 24, local / 60 % 60, local % 60]
    }

    /// The date and the time of the day, in digits.
    fn digits(&self) -> (String, String) {
        let [year, month, day, hour, minute, second] = self.clock();
        (format!("{year:04}{month:02}{day:02}"), format!("{hour:02}{minute:02}{second:02}"))
    }

    fn iso(&self) -> String {
        let [year, month, day, hour, minute, second] = self.clock();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+08:00")
    }

    /// The colour in English, with a capital letter.
    fn word(&self) -> &'static str {
        match self.colour {
            '蓝' => "Blue",
            '黄' => "Yellow",
            '白' => "White",
            '黑' => "Black",
            _ => "Green",
        }
    }

    fn believe(&self) -> String {
        let sure: Vec<_> = self.sure.iter().map(ToString::to_string).collect();
        sure.join(",")
    }

    /// An `EventNotificationAlert` of Hikvision, with that namespace.
    #[must_use]
    pub fn hikvision(&self, namespace: &str) -> String {
        let Self { plate, colour, again, .. } = self;
        let (time, least, uuid, sure) = (self.iso(), self.least(), self.uuid(), self.believe());
        let word = self.word().to_lowercase();
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<EventNotificationAlert version="2.0" xmlns="http://{namespace}/ver20/XMLSchema">
<ipAddress>192.168.1.64</ipAddress>
<channelID>1</channelID>
<dateTime>{time}</dateTime>
<eventType>ANPR</eventType>
<eventState>active</eventState>
<ANPR>
<country>58</country>
<licensePlate>{colour}{plate}</licensePlate>
<line>1</line>
<direction>forward</direction>
<confidenceLevel>{least}</confidenceLevel>
<plateType>02TypePersonalized</plateType>
<plateColor>{word}</plateColor>
<plateCharBelieve>{sure}</plateCharBelieve>
<vehicleInfo><index>1</index><color>white</color></vehicleInfo>
<pictureInfoList>
<pictureInfo><fileName>licensePlatePicture.jpg</fileName><type>licensePlatePicture</type></pictureInfo>
<pictureInfo><fileName>detectionPicture.jpg</fileName><type>detectionPicture</type></pictureInfo>
</pictureInfoList>
</ANPR>
<UUID>{uuid}</UUID>
<picNum>2</picNum>
<isDataRetransmission>{again}</isDataRetransmission>
</EventNotificationAlert>
"#
        )
    }

    /// The same as JSON, as some firmware sends it.
    #[must_use]
    pub fn hikvision_json(&self) -> String {
        let Self { plate, colour, again, .. } = self;
        let (time, least, uuid, sure) = (self.iso(), self.least(), self.uuid(), self.believe());
        let word = self.word().to_lowercase();
        format!(
            r#"{{"ipAddress":"192.168.1.64","dateTime":"{time}","eventType":"ANPR","ANPR":{{
"licensePlate":"{colour}{plate}","confidenceLevel":{least},"direction":"forward",
"plateType":"02TypePersonalized","plateColor":"{word}","plateCharBelieve":"{sure}",
"pictureInfoList":[{{"fileName":"licensePlatePicture.jpg","type":"licensePlatePicture"}},
{{"fileName":"detectionPicture.jpg","type":"detectionPicture"}}]}},
"UUID":"{uuid}","isDataRetransmission":{again}}}"#
        )
    }

    /// The form that a Hikvision camera posts: the XML and two pictures.
    #[must_use]
    pub fn hikvision_form(&self) -> Vec<u8> {
        let xml = self.hikvision("www.hikvision.com");
        let mut form = Vec::new();
        part(&mut form, "anpr.xml", "text/xml", xml.as_bytes());
        part(&mut form, "licensePlatePicture.jpg", "image/jpeg", &picture(self.pictures.1));
        part(&mut form, "detectionPicture.jpg", "image/jpeg", &picture(self.pictures.0));
        form.extend(b"--boundary--\r\n");
        form
    }

    /// What a Hikvision camera answers that is polled for plates.
    #[must_use]
    pub fn hikvision_poll(sights: &[Self]) -> String {
        let mut text = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<Plates version=\"2.0\" \
             xmlns=\"http://www.hikvision.com/ver20/XMLSchema\">\n",
        );
        for sight in sights {
            let (date, hour) = sight.digits();
            let (plate, number) = (&sight.plate, sight.number);
            text += &format!(
                "<Plate>\n<captureTime>{date}T{hour}+0800</captureTime>\n\
                 <plateNumber>{plate}</plateNumber>\n<picName>{number:018}</picName>\n\
                 <country>CHN</country>\n<laneNo>1</laneNo>\n<direction>reverse</direction>\n\
                 <matchingResult>otherlist</matchingResult>\n</Plate>\n"
            );
        }
        text + "</Plates>\n"
    }

    /// The lines of a Dahua event, as the one of this number.
    #[must_use]
    pub fn dahua_lines(&self, index: usize) -> String {
        let (local, utc, number) = (self.seconds + 8 * 3600, self.seconds, self.number);
        let lines = [
            "EventBaseInfo.Code=TrafficJunction".to_string(),
            "EventBaseInfo.Action=Pulse".to_string(),
            format!("EventID={number}"),
            "CountInGroup=1".to_string(),
            format!("UTC={local}"),
            "UTCMS=250".to_string(),
            format!("RealUTC={utc}"),
            format!("Object.BoundingBox[0]={number}"),
            "Object.ObjectType=Plate".to_string(),
            format!("Object.Confidence={}", self.least()),
            format!("TrafficCar.PlateNumber={}", self.plate),
            format!("TrafficCar.PlateColor={}", self.word()),
            "TrafficCar.PlateType=Normal".to_string(),
        ];
        lines.map(|line| format!("Events[{index}].{line}\r\n")).concat()
    }

    /// An answer of a Dahua camera that never ends, as far as it has come: a
    /// heartbeat, and of each sight its lines and its picture.
    #[must_use]
    pub fn dahua_stream(sights: &[Self]) -> Vec<u8> {
        let mut stream = Vec::new();
        part(&mut stream, "", "text/plain", b"Heartbeat\r\n");
        for sight in sights {
            part(&mut stream, "", "text/plain", sight.dahua_lines(0).as_bytes());
            part(&mut stream, "", "image/jpeg", &picture(sight.pictures.0));
        }
        stream
    }

    fn dahua_data(&self) -> String {
        let (local, utc, number) = (self.seconds + 8 * 3600, self.seconds, self.number);
        let (plate, word, least) = (&self.plate, self.word(), self.least());
        format!(
            r#"{{"CountInGroup":1,"EventID":{number},"Lane":1,
"Object":{{"BoundingBox":[1341,2072,1841,2512],"Confidence":{least},"ObjectType":"Plate","Text":"{plate}"}},
"RealUTC":{utc},"TrafficCar":{{"PlateColor":"{word}","PlateNumber":"{plate}","PlateType":"Normal","Speed":0}},
"UTC":{local},"UTCMS":250}}"#
        )
    }

    /// A line of Dahua's `eventManager`.
    #[must_use]
    pub fn dahua_event(&self) -> String {
        format!("Code=TrafficJunction;action=Pulse;index=0;data={}\r\n", self.dahua_data())
    }

    /// Dahua's `client.notifyEventStream`.
    #[must_use]
    pub fn dahua_notify(sights: &[Self]) -> String {
        let events = sights.iter().map(|sight| {
            let data = sight.dahua_data();
            format!(r#"{{"Action":"Pulse","Code":"TrafficJunction","Data":{data},"Index":0}}"#)
        });
        let events: Vec<_> = events.collect();
        format!(
            r#"{{"id":7,"method":"client.notifyEventStream","params":{{"SID":513,"eventList":[{}]}}}}"#,
            events.join(",")
        )
    }

    /// A message of the FF Group's program on an Axis camera.
    #[must_use]
    pub fn axis(&self) -> String {
        let (plate, number, least) = (&self.plate, self.number, self.least());
        let (date, hour) = self.digits();
        format!(
            r#"{{"packetCounter":"12","datetime":"{date} {hour}250","capture_timestamp":"{}250",
"plateText":"{plate}","plateUTF8":"{plate}","plateCountry":"CHN","plateConfidence":"0.{least:02}0000",
"carState":"new","roiID":"1","carID":"{number}","carMoveDirection":"in","plateImageSize":"{}",
"plateCoordinates":[10,20,100,40],"geotag":{{"lat":39.1,"lon":117.2}}}}"#,
            self.seconds, self.pictures.1
        )
    }

    /// A `POST /VIID/MotorVehicles` of GA/T 1400.
    #[must_use]
    pub fn gat1400(sights: &[Self]) -> String {
        let vehicles = sights.iter().map(|sight| {
            let (id, plate, least) = (sight.object(), &sight.plate, sight.least());
            let (date, hour) = sight.digits();
            let time = date + &hour;
            let code = match sight.colour {
                '黑' => 1,
                '白' => 2,
                '蓝' => 5,
                '黄' => 6,
                _ => 9,
            };
            let characters = plate.chars().zip(&sight.sure).map(|(c, sure)| format!("{c}-{sure}"));
            let characters = characters.collect::<Vec<_>>().join(",");
            let picture = "QUJD".repeat(sight.pictures.0 / 4);
            format!(
                r#"{{"MotorVehicleID":"{id}","InfoKind":1,"SourceID":"x","DeviceID":"12000000001190000001",
"StorageUrl1":"http://192.168.1.9:8080/pic?{id}","LeftTopX":10,"HasPlate":"1","PlateClass":"02",
"PlateColor":"{code}","PlateNo":"{plate}","PlateReliability":"{least}",
"PlateCharReliability":"{characters}","PassTime":"{time}","Direction":"2","SubImageList":
{{"SubImageInfoObject":[{{"ImageID":"1","ShotTime":"{time}","Type":"01","Data":"{picture}"}}]}}}}"#
            )
        });
        let vehicles: Vec<_> = vehicles.collect();
        format!(r#"{{"MotorVehicleListObject":{{"MotorVehicleObject":[{}]}}}}"#, vehicles.join(","))
    }
}

/// A part of a form, behind a boundary.
fn part(form: &mut Vec<u8>, name: &str, mime: &str, body: &[u8]) {
    let mut head = format!("--boundary\r\nContent-Type: {mime}\r\n");
    if !name.is_empty() {
        head +=
            &format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", body.len());
    form.extend(head.as_bytes());
    form.extend(body);
    form.extend(b"\r\n");
}
