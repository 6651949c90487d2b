use super::{Aamva, Country, Issuer, Version};
use crate::civil::Date;
use crate::scan::document::number;

/// The elements that have a meaning here.
const IDS: [&[u8; 3]; 47] = [
    b"DAA", b"DAB", b"DAC", b"DAD", b"DAE", b"DAG", b"DAH", b"DAI", b"DAJ", b"DAK", b"DAL", b"DAM",
    b"DAN", b"DAO", b"DAP", b"DAQ", b"DAR", b"DAS", b"DAT", b"DCA", b"DCB", b"DCD", b"DAU", b"DAV",
    b"DBA", b"DBB", b"DBC", b"DBD", b"DCG", b"DCS", b"DCT", b"DCU", b"DDA", b"DDD", b"DDE", b"DDF",
    b"DDG", b"DDK", b"DDL", b"DDM", b"DDN", b"DDO", b"DDP", b"DDB", b"DDH", b"DDI", b"DDJ",
];

/// What the elements of a payload mean, over all versions.
///
/// Values are without their padding; `None` is an element that is not there,
/// is empty or is doubtful. What a value says in another way than the standard
/// has it is not guessed: [`Aamva::get`] has it as it stands.
#[derive(Clone, Copy)]
pub struct Card<'a> {
    values: [Option<&'a [u8]>; IDS.len()],
    version: Version,
    issuer: Option<Issuer>,
}

impl<'a> Card<'a> {
    /// One pass over the elements.
    pub(super) fn new(of: &Aamva<'a>) -> Self {
        let (version, issuer) = (of.version(), of.issuer());
        let mut card = Self { values: [None; IDS.len()], version, issuer };
        for element in of.elements().filter(|element| !element.doubtful) {
            let slot = IDS.iter().position(|id| **id == element.id);
            let value = slot.and_then(|slot| card.values.get_mut(slot));
            if let Some(free @ None) = value {
                *free = Some(element.value);
            }
        }
        card
    }
}

impl core::fmt::Debug for Card<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Card").finish_non_exhaustive()
    }
}

/// A name, in the parts that the version has. `Debug` does not show it.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Name<'a> {
    /// `DCS`; in version 01 `DAB`, or the first part of `DAA`.
    pub family: Option<&'a [u8]>,
    /// `DAC`, or the second part of `DAA`.
    pub first: Option<&'a [u8]>,
    /// `DAD`, or the third part of `DAA`.
    pub middle: Option<&'a [u8]>,
    /// `DCU`; in version 01 `DAE`, or the fourth part of `DAA`.
    pub suffix: Option<&'a [u8]>,
    /// `DCT` of versions 02 and 03: all given names.
    pub given: Option<&'a [u8]>,
    /// `DAA` of version 01 without a comma: in what order, no standard says.
    pub full: Option<&'a [u8]>,
}

impl core::fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Name").finish_non_exhaustive()
    }
}

/// An address. `Debug` does not show it.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Address<'a> {
    /// `DAG`; in version 01 `DAL`, if that is all there is.
    pub street: Option<&'a [u8]>,
    /// `DAH` or `DAM`.
    pub street_2: Option<&'a [u8]>,
    /// `DAI` or `DAN`.
    pub city: Option<&'a [u8]>,
    /// `DAJ` or `DAO`.
    pub jurisdiction: Option<&'a [u8]>,
    /// `DAK` or `DAP`.
    pub postal_code: Option<&'a [u8]>,
}

impl core::fmt::Debug for Address<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Address").finish_non_exhaustive()
    }
}

/// How a day is written.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DayForm {
    /// MMDDCCYY, of the United States.
    MonthFirst,
    /// CCYYMMDD, of Canada, and of version 01.
    YearFirst,
    /// MM-DD-CCYY, on some licences of version 01.
    Dashes,
}

/// A day as an element has it. `Debug` does not show it.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Day<'a> {
    /// As it stands.
    pub raw: &'a [u8],
    /// The day, if it is one of the calendar in one of the forms. None can be
    /// read in two forms: a month is no century from 18 to 21.
    pub date: Option<Date>,
    /// The form that it has.
    pub form: Option<DayForm>,
    /// Whether that is the form of the country and version.
    pub usual: bool,
}

impl core::fmt::Debug for Day<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Day").field("form", &self.form).finish_non_exhaustive()
    }
}

/// What `DBC` says.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Sex {
    /// `1`; also `M`, in version 01.
    Male,
    /// `2`; also `F`, in version 01.
    Female,
    /// `9`; also `X`.
    NotSpecified,
}

/// How tall the holder is, as written.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Height {
    /// In inches.
    Inches(u16),
    /// In centimetres.
    Centimetres(u16),
}

/// Whether a name was cut to fit.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Truncation {
    /// `T`.
    Truncated,
    /// `N`.
    Whole,
    /// `U`: the issuer does not know.
    Unknown,
}

impl<'a> Card<'a> {
    fn text(&self, id: &str) -> Option<&'a [u8]> {
        let slot = IDS.iter().position(|known| known.as_slice() == id.as_bytes())?;
        let value = self.values.get(slot).copied().flatten();
        value.map(<[u8]>::trim_ascii).filter(|value| !value.is_empty())
    }

    fn letter(&self, id: &str) -> Option<u8> {
        match self.text(id)? {
            [letter] => Some(letter.to_ascii_uppercase()),
            _ => None,
        }
    }

    /// Version 01 has its own elements.
    fn is_of_2000(&self) -> bool {
        self.version.read_as() == 1
    }

    /// The number of the licence: `DAQ`.
    #[must_use]
    pub fn number(&self) -> Option<&'a [u8]> {
        self.text("DAQ")
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> Name<'a> {
        let old = self.is_of_2000();
        let (family, suffix) = if old { ("DAB", "DAE") } else { ("DCS", "DCU") };
        let parts = Name {
            family: self.text(family),
            first: self.text("DAC"),
            middle: self.text("DAD"),
            suffix: self.text(suffix),
            given: if old { None } else { self.text("DCT") },
            full: None,
        };
        match self.text("DAA") {
            Some(full) if parts == Name::default() => name_of(full),
            _ => parts,
        }
    }

    /// The address: the mailing address, or in version 01 the residence, if
    /// there is no other.
    #[must_use]
    pub fn address(&self) -> Address<'a> {
        let of = |[street, street_2, city, jurisdiction, postal_code]: [&str; 5]| Address {
            street: self.text(street),
            street_2: self.text(street_2),
            city: self.text(city),
            jurisdiction: self.text(jurisdiction),
            postal_code: self.text(postal_code),
        };
        let mailing = of(["DAG", "DAH", "DAI", "DAJ", "DAK"]);
        if self.is_of_2000() && mailing == Address::default() {
            return of(["DAL", "DAM", "DAN", "DAO", "DAP"]);
        }
        mailing
    }

    /// Vehicle class, restrictions and endorsements, in the jurisdiction's own
    /// codes: `DCA`, `DCB`, `DCD`; in version 01 `DAR`, `DAS`, `DAT`. An ID card
    /// has none.
    #[must_use]
    pub fn driving(&self) -> [Option<&'a [u8]>; 3] {
        let old = self.is_of_2000();
        let ids = if old { ["DAR", "DAS", "DAT"] } else { ["DCA", "DCB", "DCD"] };
        ids.map(|id| self.text(id))
    }

    /// The day of birth: `DBB`.
    #[must_use]
    pub fn birth(&self) -> Option<Day<'a>> {
        self.day("DBB")
    }

    /// The last day that it is good: `DBA`.
    #[must_use]
    pub fn expiry(&self) -> Option<Day<'a>> {
        self.day("DBA")
    }

    /// The day of issue: `DBD`.
    #[must_use]
    pub fn issue(&self) -> Option<Day<'a>> {
        self.day("DBD")
    }

    fn day(&self, id: &str) -> Option<Day<'a>> {
        let raw = self.text(id)?;
        let read = day_of(raw);
        let country = self.country();
        let usual = match read {
            Some((_, DayForm::MonthFirst)) => country == Some(Country::Usa) && !self.is_of_2000(),
            Some((_, DayForm::YearFirst)) => country == Some(Country::Canada) || self.is_of_2000(),
            _ => false,
        };
        Some(Day { raw, date: read.map(|read| read.0), form: read.map(|read| read.1), usual })
    }

    /// The country: `DCG`, or else that of the issuer.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        match self.text("DCG") {
            Some(b"USA") => Some(Country::Usa),
            Some(b"CAN") => Some(Country::Canada),
            Some(b"MEX") => Some(Country::Mexico),
            Some(_) => None,
            None => self.issuer.map(|issuer| issuer.country),
        }
    }

    /// Who issued it, by the number in the header.
    #[must_use]
    pub const fn issuer(&self) -> Option<Issuer> {
        self.issuer
    }

    /// The last version of the card's design: `DDB`, from version 03 on.
    #[must_use]
    pub fn revision(&self) -> Option<Day<'a>> {
        self.day("DDB")
    }

    /// The days when the holder turns 18, 19 and 21: `DDH`, `DDI`, `DDJ`, from
    /// version 05 on.
    #[must_use]
    pub fn ages(&self) -> [Option<Day<'a>>; 3] {
        ["DDH", "DDI", "DDJ"].map(|id| self.day(id))
    }

    /// The sex.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        match self.letter("DBC")? {
            b'1' | b'M' => Some(Sex::Male),
            b'2' | b'F' => Some(Sex::Female),
            b'9' | b'X' => Some(Sex::NotSpecified),
            _ => None,
        }
    }

    /// The height: `069 in` or `175 cm`; in version 01 feet and inches, `509`
    /// or `5-09`, in `DAU` or `DAV`, or centimetres in `DAV`.
    #[must_use]
    pub fn height(&self) -> Option<Height> {
        if self.is_of_2000() {
            let centimetres = || number(self.text("DAV")?).filter(|cm| *cm > 99);
            return match self.text("DAU").or_else(|| self.text("DAV")).and_then(feet) {
                Some(inches) => Some(Height::Inches(inches)),
                None => centimetres().map(Height::Centimetres),
            };
        }
        let (digits, unit) = self.text("DAU")?.split_at_checked(3)?;
        let height = number(digits)?;
        match unit.trim_ascii_start() {
            [b'i' | b'I', b'n' | b'N'] => Some(Height::Inches(height)),
            [b'c' | b'C', b'm' | b'M'] => Some(Height::Centimetres(height)),
            _ => None,
        }
    }

    /// Whether family, first and middle name were cut: `DDE`, `DDF`, `DDG`,
    /// from version 04 on.
    #[must_use]
    pub fn truncation(&self) -> [Option<Truncation>; 3] {
        ["DDE", "DDF", "DDG"].map(|id| match self.letter(id)? {
            b'T' => Some(Truncation::Truncated),
            b'N' => Some(Truncation::Whole),
            b'U' => Some(Truncation::Unknown),
            _ => None,
        })
    }

    /// Whether it complies with the REAL ID act: `DDA` is `F`, or `M` for
    /// materially, before 2016; `N` does not.
    #[must_use]
    pub fn real_id(&self) -> Option<bool> {
        match self.letter("DDA")? {
            b'F' | b'M' => Some(true),
            b'N' => Some(false),
            _ => None,
        }
    }

    /// A commercial licence or learner's permit: `DDM`, of 2025. Like all
    /// indicators, `1` or absent; some issuers write `0`.
    #[must_use]
    pub fn commercial(&self) -> Option<bool> {
        self.indicator("DDM")
    }

    /// A commercial one, of a holder who is domiciled elsewhere: `DDN`, of
    /// 2025.
    #[must_use]
    pub fn non_domiciled(&self) -> Option<bool> {
        self.indicator("DDN")
    }

    /// An enhanced licence or ID card: `DDO`, of 2025.
    #[must_use]
    pub fn enhanced(&self) -> Option<bool> {
        self.indicator("DDO")
    }

    /// A permit: `DDP`, of 2025.
    #[must_use]
    pub fn permit(&self) -> Option<bool> {
        self.indicator("DDP")
    }

    /// The holder may stay for a limited time: `DDD`.
    #[must_use]
    pub fn limited_duration(&self) -> Option<bool> {
        self.indicator("DDD")
    }

    /// An organ donor: `DDK`, from version 06 on.
    #[must_use]
    pub fn organ_donor(&self) -> Option<bool> {
        self.indicator("DDK")
    }

    /// A veteran: `DDL`, from version 07 on.
    #[must_use]
    pub fn veteran(&self) -> Option<bool> {
        self.indicator("DDL")
    }

    /// An indicator: `1` or `0`.
    fn indicator(&self, id: &str) -> Option<bool> {
        match self.letter(id)? {
            b'1' => Some(true),
            b'0' => Some(false),
            _ => None,
        }
    }
}

/// `FAMILY,FIRST,MIDDLE,SUFFIX`.
fn name_of(full: &[u8]) -> Name<'_> {
    if !full.contains(&b',') {
        return Name { full: Some(full), ..Name::default() };
    }
    let mut parts = full.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    let mut next = || parts.next().filter(|part| !part.is_empty());
    Name { family: next(), first: next(), middle: next(), suffix: next(), ..Name::default() }
}

fn day_of(raw: &[u8]) -> Option<(Date, DayForm)> {
    let date = |year: &[u8], month: &[u8], day: &[u8]| {
        let month = u8::try_from(number(month)?).ok()?;
        let day = u8::try_from(number(day)?).ok()?;
        let year = number(year).filter(|year| (1800..2200).contains(year))?;
        Date::new(year, month, day).ok()
    };
    match raw {
        [m1, m2, b'-', d1, d2, b'-', year @ ..] if year.len() == 4 => {
            Some((date(year, &[*m1, *m2], &[*d1, *d2])?, DayForm::Dashes))
        }
        [m1, m2, d1, d2, rest @ ..] if rest.len() == 4 => {
            let american = date(rest, &[*m1, *m2], &[*d1, *d2]);
            let (month, day) = rest.split_at_checked(2)?;
            let canadian = || date(&[*m1, *m2, *d1, *d2], month, day);
            american
                .map(|date| (date, DayForm::MonthFirst))
                .or_else(|| canadian().map(|date| (date, DayForm::YearFirst)))
        }
        _ => None,
    }
}

/// Feet and inches, as inches: `509`, `5-09`, `5'09"`, `5'9`.
fn feet(text: &[u8]) -> Option<u16> {
    let (feet, rest) = text.split_first_chunk::<1>()?;
    let rest = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let rest = rest.strip_suffix(b"\"").unwrap_or(rest);
    let inches = number(rest).filter(|inches| *inches < 12 && matches!(rest.len(), 1 | 2))?;
    Some(number(feet)? * 12 + inches)
}
