/// The country of an issuer.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Country {
    /// `USA`: dates are MMDDCCYY.
    Usa,
    /// `CAN`: dates are CCYYMMDD.
    Canada,
    /// `MEX`.
    Mexico,
}

/// A jurisdiction that issues licences, by its number.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Issuer {
    /// Two letters; `US` is the State Department's office for diplomats.
    pub short: &'static str,
    /// Where it is.
    pub country: Country,
}

/// From this number on, without gaps.
const FIRST_OLD: u32 = 636_000;
/// AAMVA, "Issuer Identification Numbers (IIN)", as of 2023-12.
const OLD: [&str; 63] = [
    "VA", "NY", "MA", "MD", "NC", "SC", "CT", "LA", "MT", "NM", "FL", "DE", "ON", "NS", "CA", "TX",
    "NL", "NB", "IA", "GU", "CO", "AR", "KS", "OH", "VT", "PA", "AZ", "US", "BC", "OR", "MO", "WI",
    "MI", "AL", "ND", "IL", "NJ", "IN", "MN", "NH", "UT", "ME", "SD", "DC", "SK", "WA", "KY", "HI",
    "MB", "NV", "ID", "MS", "RI", "TN", "NE", "GA", "CU", "HL", "OK", "AK", "WY", "WV", "VI",
];
const FIRST_NEW: u32 = 604_426;
const NEW: [&str; 9] = ["PE", "AS", "QC", "YT", "MP", "PR", "AB", "NU", "NT"];
const CANADA: [&str; 13] =
    ["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"];
/// Coahuila and Hidalgo.
const MEXICO: [&str; 2] = ["CU", "HL"];

impl Issuer {
    /// The jurisdiction with this issuer identification number; `None` for one
    /// that is in no list, such as North Carolina's 360040 on old licences.
    #[must_use]
    pub fn of(iin: u32) -> Option<Self> {
        let within = |first, list: &[&'static str]| {
            list.get(usize::try_from(iin.checked_sub(first)?).ok()?).copied()
        };
        let short = within(FIRST_OLD, &OLD).or_else(|| within(FIRST_NEW, &NEW))?;
        let country = if CANADA.contains(&short) {
            Country::Canada
        } else if MEXICO.contains(&short) {
            Country::Mexico
        } else {
            Country::Usa
        };
        Some(Self { short, country })
    }
}
