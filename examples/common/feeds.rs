//! The feeds of plate cameras, by the vendor's name on the command line.

use clap::ValueEnum;
use embedded_pos::scan::plate::PlateRead;
use embedded_pos::scan::plate::feed::axis::Axis;
use embedded_pos::scan::plate::feed::dahua::Dahua;
use embedded_pos::scan::plate::feed::gat1400::Gat1400;
use embedded_pos::scan::plate::feed::hikvision::Hikvision;
use embedded_pos::scan::plate::feed::openalpr::OpenAlpr;
use embedded_pos::scan::plate::feed::plate_recognizer::PlateRecognizer;
use embedded_pos::scan::plate::feed::vzenith::{Profile, Push};
use embedded_pos::scan::plate::feed::{Event, Fault, Feed};

/// Whose messages they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Vendor {
    Axis,
    Dahua,
    Gat1400,
    Hikvision,
    Openalpr,
    PlateRecognizer,
    QianyiHttp,
    QianyiMqtt,
    VzenithHttp,
    VzenithMqtt,
}

impl Vendor {
    /// Reads what such a camera pushes, with room for a good many plates.
    pub fn feed(self) -> Box<dyn Feed> {
        let (large, small) = (|| vec![0; 1 << 18], || vec![0; 1 << 16]);
        match self {
            Self::Axis => Box::new(Axis::new(small())),
            Self::Dahua => Box::new(Dahua::new(small())),
            Self::Gat1400 => Box::new(Gat1400::new(small())),
            Self::Hikvision => Box::new(Hikvision::new(large(), small())),
            Self::Openalpr => Box::new(OpenAlpr::new(small())),
            Self::PlateRecognizer => Box::new(PlateRecognizer::new(small())),
            Self::QianyiHttp => Box::new(Push::http(Profile::Qianyi, small())),
            Self::QianyiMqtt => Box::new(Push::mqtt(Profile::Qianyi, small())),
            Self::VzenithHttp => Box::new(Push::http(Profile::Vzenith, small())),
            Self::VzenithMqtt => Box::new(Push::mqtt(Profile::Vzenith, small())),
        }
    }
}

/// Pushes bytes; tells each reading, or what is wrong.
pub fn push(feed: &mut dyn Feed, bytes: &[u8], tell: &mut dyn FnMut(Result<&PlateRead, Fault>)) {
    let mut rest = bytes;
    loop {
        let (used, event) = feed.push(rest);
        rest = rest.get(used..).unwrap_or_default();
        let Some(event) = event else { break };
        told(event, tell);
    }
}

/// Ends the message; tells what is left.
pub fn end(feed: &mut dyn Feed, tell: &mut dyn FnMut(Result<&PlateRead, Fault>)) {
    while let Some(event) = feed.end() {
        told(event, tell);
    }
}

fn told(event: Result<Event<'_>, Fault>, tell: &mut dyn FnMut(Result<&PlateRead, Fault>)) {
    match event {
        Ok(Event::Plate(read)) => tell(Ok(&read)),
        Ok(_) => {}
        Err(fault) => tell(Err(fault)),
    }
}
