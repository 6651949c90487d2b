//! Number plates and plate cameras.
//!
//! # Plates
//!
//! [`Plate::parse`] reads what is written on a plate of mainland China, typed
//! by a person or told by a camera, and says what it is:
//!
//! ```
//! use embedded_pos::scan::plate::{Advice, Class, Plate};
//!
//! let plate = Plate::parse("津A·12345")?;
//! assert_eq!(plate.class(), Class::Ordinary);
//! assert_eq!(plate.province().map(|p| p.character()), Some('津'));
//! assert_eq!((plate.issuer().as_str(), plate.serial().as_str()), ("A", "12345"));
//! assert_eq!(plate.to_string(), "津A12345");
//! // The key of the traffic database: a type code, and the number.
//! assert!(plate.hpzl().iter().any(|code| code.to_string() == "02"));
//! assert_eq!(plate.hphm(), "A12345");
//!
//! // The same from GB 2312 bytes, with a colour that some cameras put in front.
//! let trailer = Plate::parse_gbk(b"\xBB\xC6\xBD\xF2A1234\xB9\xD2")?;
//! assert_eq!(trailer.to_string(), "津A1234挂");
//! assert_eq!((trailer.class(), trailer.suffix()), (Class::Trailer, Some("挂")));
//! assert_eq!(trailer.hphm(), "A1234");
//!
//! // Doubtful is not wrong: it is read, and the doubt is told.
//! assert_eq!(Plate::parse("津ABCD12")?.advice(), Advice::MANY_LETTERS);
//! // Wrong is told with its place, in bytes.
//! assert_eq!(Plate::parse("津A12O45").unwrap_err().offset(), 6);
//! # Ok::<(), embedded_pos::scan::plate::PlateError>(())
//! ```
//!
//! | class | form | |
//! | --- | --- | --- |
//! | ordinary | `津A12345` | cars, lorries, motorcycles: [`Plate::hpzl`] gives all, a colour narrows them |
//! | new energy, small | `津AD12345` | letter D A B C E by battery, F G H J K else |
//! | new energy, large | `津A12345D` | ends in D or F; other letters: [`Advice::ENERGY_LETTER`] |
//! | trailer, coach, police | `津A1234挂` `学` `警` | |
//! | Hong Kong, Macau | `粤Z1234港` `澳` | 粤Z only |
//! | test, over-limit | `津A1234试` `超` | |
//! | consulate | `沪A1234领` `沪22412领` | 2012, 2018 |
//! | embassy | `使224123` `224123使` | 2012, 2017 |
//! | emergency | `津X1234应急` `京12345应急` | X fire, S forest; the ministry |
//! | armed police | `WJ津1234X` `WJ012345` `WJ12345` | |
//! | army | `VA12345` | |
//! | aviation | `民航12345` | |
//! | ordinary, 2002 | `京A123ABC` `京AABC123` `京A123456` | 京 津 浙A 粤B; [`Advice::STYLE_2002`] |
//!
//! **Which class, if there are two?** There never are: no text fits two of the
//! forms, and a test shows it. What the text leaves open is the type code of
//! ordinary plates, and 黑: in front of a whole plate it is a colour, else a
//! province.
//!
//! **What is refused.** The letters I and O anywhere; a digit for the issuing
//! letter; plates of farm vehicles (1325) and temporary paper ones (临), whose
//! forms are free. **What is only advised on**: the number of letters, the
//! letter of a large new-energy plate, an issuing letter new to this version, a
//! colour that does not belong.
//!
//! Forms from GA 36-2007, GA 36-2018 and the practice of police programs;
//! reading needs no memory but the line itself, and 24 bytes for the plate.
//!
//! Which plates a key can be, [`Plate::from_key`] tells; [`matching`] looks a text
//! up in a list, whether or not it is a plate; [`votes`] makes one result of many
//! readings of a vehicle.
//!
//! # Cameras
//!
//! A [`PlateCamera`] tells of each vehicle with a [`PlateRead`]: the text as it
//! was sent, the plate if it is one, the camera's own view of class and colour,
//! the time, and the number of the event. Text and sight are kept apart;
//! [`PlateRead::is_consistent`] compares them. One reading may be told twice,
//! after a lost connection for one: compare [`PlateRead::event`] and the time.
//!
//! ```
//! use embedded_pos::ErrorType;
//! use embedded_pos::nb;
//! use embedded_pos::scan::plate::{Plate, PlateCamera, Reading};
//!
//! /// One turn of a super-loop.
//! fn look<C: PlateCamera>(camera: &mut C) -> Result<Option<Plate>, C::Error> {
//!     match camera.poll_plate() {
//!         Ok(read) if read.is_consistent() => Ok(read.plate()),
//!         Ok(_) | Err(nb::Error::WouldBlock) => Ok(None),
//!         Err(nb::Error::Other(error)) => Err(error),
//!     }
//! }
//! ```
//!
//! | driver | cameras | line |
//! | --- | --- | --- |
//! | [`feed::vzenith`] | 臻识 VisionZenith, 千熠 Qianyi, and others built on them | TCP 8131 |
//!
//! Others push what they read, by HTTP most often; for these there is a
//! [`Feed`](feed::Feed) each, into which goes whatever arrived:
//!
//! | feed | cameras | messages |
//! | --- | --- | --- |
//! | [`feed::hikvision`] | 海康威视 Hikvision, ISAPI | XML or JSON, in a form with pictures or alone; answers to polls |
//! | [`feed::dahua`] | 大华 Dahua | lines or JSON, in an answer that never ends or posted |
//! | [`feed::axis`] | Axis with the FF Group's program | JSON |
//! | [`feed::gat1400`] | platforms and cameras of the police, GA/T 1400 | JSON |
//! | [`feed::vzenith::Push`] | 臻识 VisionZenith, 千熠 Qianyi | JSON by HTTP and MQTT; [`feed::vzenith::Answer`] |
//! | [`feed::openalpr`] | OpenALPR, Rekor Scout | JSON |
//! | [`feed::plate_recognizer`] | Plate Recognizer Stream | JSON, alone or in a form with the picture |
//!
//! **Wiring.** These cameras have Ethernet or Wi-Fi; the port is a connected
//! TCP socket, or whatever carries its bytes (a serial gateway does). Readings
//! are bursts of up to 100 KB when pictures are asked for: over a slow line ask
//! for none. A serial gateway needs flow control or a receive buffer of a whole
//! reading, 2 KB without pictures.
//!
//! **Polling.** The drivers answer heartbeats while they are polled. The page of
//! the driver says how often that must be.

mod advice;
mod camera;
mod class;
mod error;
pub mod feed;
mod form;
mod grammar;
mod hpzl;
pub mod matching;
mod note;
mod read;
mod symbol;
mod text;
mod time;
pub mod votes;

pub use advice::Advice;
#[cfg(feature = "async")]
pub use camera::AsyncPlateCamera;
pub use camera::PlateCamera;
pub use class::{Class, Colour, Energy, Province};
pub use error::PlateError;
pub use grammar::Plate;
pub use hpzl::Hpzl;
pub use note::{Code, EventId, Note};
pub use read::{
    Candidate, Characters, Confidence, Pictures, PlateRead, RawText, ReadFlags, Reading,
    VendorCodes,
};
pub use text::PlateText;
pub use time::{ReadTime, Zone};
