use core::fmt;

use super::{APPLICATION_DATA, COMMON_DATA};
use crate::tlv::{Objects, Tag};

/// Bytes of a card: a number or a track. Shown to nobody; `Debug` is empty. The
/// code they stand in overwrites them.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Sensitive<'a>(&'a [u8]);

impl<'a> Sensitive<'a> {
    /// The bytes, for the host and for nobody else: digits two to a byte,
    /// padded with `F`.
    #[must_use]
    pub const fn expose(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Sensitive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(redacted)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Sensitive<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Sensitive(redacted)");
    }
}

/// What the payer's side computed for the issuer.
/// `Debug` shows nothing.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct ChipData<'a> {
    /// The application cryptogram, an ARQC (`9F26`).
    pub cryptogram: Option<&'a [u8]>,
    /// What kind of cryptogram it is (`9F27`).
    pub information: Option<&'a [u8]>,
    /// Issuer application data (`9F10`).
    pub issuer_data: Option<&'a [u8]>,
    /// The application transaction counter (`9F36`).
    pub counter: Option<&'a [u8]>,
    /// The unpredictable number (`9F37`).
    pub unpredictable: Option<&'a [u8]>,
    /// The application interchange profile (`82`).
    pub profile: Option<&'a [u8]>,
}

impl fmt::Debug for ChipData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChipData(redacted)")
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for ChipData<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "ChipData(redacted)");
    }
}

/// An application, or what is common to all.
#[derive(Clone)]
pub struct Template<'a>(pub(super) Objects<'a>);

impl<'a> Template<'a> {
    /// The content of an element.
    #[must_use]
    pub fn get(&self, tag: Tag) -> Option<&'a [u8]> {
        self.0.clone().find(tag).ok()?.map(|object| object.value)
    }

    /// The application identifier (`4F`), 5 to 16 bytes; it must be in every
    /// application.
    #[must_use]
    pub fn aid(&self) -> Option<&'a [u8]> {
        self.get(Tag(0x4F))
    }

    /// The application label (`50`).
    #[must_use]
    pub fn label(&self) -> Option<&'a [u8]> {
        self.get(Tag(0x50))
    }

    /// The card number (`5A`).
    #[must_use]
    pub fn pan(&self) -> Option<Sensitive<'a>> {
        self.get(Tag(0x5A)).map(Sensitive)
    }

    /// Track 2 equivalent data (`57`).
    #[must_use]
    pub fn track2(&self) -> Option<Sensitive<'a>> {
        self.get(Tag(0x57)).map(Sensitive)
    }

    /// The name of the holder (`5F20`).
    #[must_use]
    pub fn holder(&self) -> Option<Sensitive<'a>> {
        self.get(Tag(0x5F20)).map(Sensitive)
    }

    /// The languages the payer prefers, two letters each (`5F2D`).
    #[must_use]
    pub fn languages(&self) -> Option<&'a [u8]> {
        self.get(Tag(0x5F2D))
    }

    /// The issuer's link (`5F50`).
    #[must_use]
    pub fn issuer_url(&self) -> Option<&'a [u8]> {
        self.get(Tag(0x5F50))
    }

    /// The version of the application (`9F08`).
    #[must_use]
    pub fn application_version(&self) -> Option<&'a [u8]> {
        self.get(Tag(0x9F08))
    }

    /// Who asked for the token (`9F19`).
    #[must_use]
    pub fn token_requestor(&self) -> Option<&'a [u8]> {
        self.get(Tag(0x9F19))
    }

    /// The payment account reference (`9F24`).
    #[must_use]
    pub fn account_reference(&self) -> Option<Sensitive<'a>> {
        self.get(Tag(0x9F24)).map(Sensitive)
    }

    /// The last four digits of the card number (`9F25`).
    #[must_use]
    pub fn last_digits(&self) -> Option<&'a [u8]> {
        self.get(Tag(0x9F25))
    }

    /// What is for the issuer: what stands in the template for it (`63`, `64`),
    /// or else beside it. `None` if there is no cryptogram.
    #[must_use]
    pub fn cryptogram(&self) -> Option<ChipData<'a>> {
        let inside = self.transparent();
        let of = |tag| {
            let inside = inside.as_ref().and_then(|inside| inside.get(Tag(tag)));
            inside.or_else(|| self.get(Tag(tag)))
        };
        let data = ChipData {
            cryptogram: of(0x9F26),
            information: of(0x9F27),
            issuer_data: of(0x9F10),
            counter: of(0x9F36),
            unpredictable: of(0x9F37),
            profile: of(0x82),
        };
        data.cryptogram.is_some().then_some(data)
    }

    /// The objects in it.
    #[must_use]
    pub fn objects(&self) -> Objects<'a> {
        self.0.clone()
    }

    fn transparent(&self) -> Option<Self> {
        let is = |tag| matches!(tag, APPLICATION_DATA | COMMON_DATA);
        let mut all = self.objects().filter_map(Result::ok);
        all.find(|object| is(object.tag))?.children().map(Self)
    }
}

impl fmt::Debug for Template<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Template(redacted)")
    }
}
