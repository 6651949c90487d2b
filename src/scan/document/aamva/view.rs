use super::parts::{day_of, feet};
use super::{
    Aamva, Address, Country, Day, DayForm, Height, Issuer, Name, Sex, Truncation, Version,
};
use crate::scan::document::number;

/// The elements that have a meaning here.
const IDS: [[u8; 3]; 47] = [
    *b"DAA", *b"DAB", *b"DAC", *b"DAD", *b"DAE", *b"DAG", *b"DAH", *b"DAI", *b"DAJ", *b"DAK",
    *b"DAL", *b"DAM", *b"DAN", *b"DAO", *b"DAP", *b"DAQ", *b"DAR", *b"DAS", *b"DAT", *b"DCA",
    *b"DCB", *b"DCD", *b"DAU", *b"DAV", *b"DBA", *b"DBB", *b"DBC", *b"DBD", *b"DCG", *b"DCS",
    *b"DCT", *b"DCU", *b"DDA", *b"DDD", *b"DDE", *b"DDF", *b"DDG", *b"DDK", *b"DDL", *b"DDM",
    *b"DDN", *b"DDO", *b"DDP", *b"DDB", *b"DDH", *b"DDI", *b"DDJ",
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
            let slot = IDS.iter().position(|id| *id == element.id);
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
            Some(full) if parts == Name::default() => Name::of(full),
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
