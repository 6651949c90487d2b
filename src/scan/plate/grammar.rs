use core::fmt;

use super::advice::Advice;
use super::class::{Class, Colour, Energy, Province};
use super::error::PlateError;
use super::form::{Form, LONGEST, Slot, find, forms};
use super::hpzl::Hpzl;
use super::symbol::{Line, Symbol, leading_colour};
use super::text::PlateText;

/// A number plate of mainland China.
///
/// Two plates are equal when all that was read of them is, the colour in front
/// included; to compare numbers, compare [`canonical`](Self::canonical).
///
/// ```
/// use embedded_pos::scan::plate::{Class, Energy, Plate};
///
/// let plate = Plate::parse("津a·d12345")?;
/// assert_eq!(plate.class(), Class::NewEnergySmall);
/// assert_eq!(plate.canonical(), "津AD12345");
/// assert_eq!(plate.energy(), Some(Energy::Electric));
/// assert_eq!(plate.hphm(), "AD12345");
/// assert!(plate.hpzl().iter().all(|code| code.code() == 52));
/// # Ok::<(), embedded_pos::scan::plate::PlateError>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Plate {
    symbols: [Symbol; LONGEST],
    form: &'static Form,
    colour: Option<Colour>,
    advice: Advice,
}

impl Plate {
    /// Reads a plate.
    ///
    /// Separators (blank, `.`, `-`, `·`, `•` and their like) are passed over
    /// wherever they stand; small and full-width letters and digits count as
    /// capitals. A colour in front (`蓝津A12345`) is taken off and kept.
    ///
    /// # Errors
    /// The text has none of the forms; says where it leaves the one it follows
    /// longest.
    pub fn parse(text: &str) -> Result<Self, PlateError> {
        Self::read(&Line::from_utf8(text)?)
    }

    /// As [`parse`](Self::parse), from GBK, GB 2312 or GB 18030 bytes.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); the offset counts these bytes.
    pub fn parse_gbk(bytes: &[u8]) -> Result<Self, PlateError> {
        Self::read(&Line::from_gbk(bytes)?)
    }

    /// The plates that the traffic database may keep under this key: several
    /// where the province or the mark is not in it (a consulate's of 2012 and
    /// of 2018, 试 and 超 under 22), none where the number has no such form.
    /// Letter case and separators do not matter.
    ///
    /// Each has the key: its [`hpzl`](Self::hpzl) contains the code, its
    /// [`hphm`](Self::hphm) is the number. Keys of temporary plates with six
    /// characters (20, 21, 22) make none: their forms are free.
    ///
    /// ```
    /// use embedded_pos::scan::plate::{Hpzl, Plate, Province};
    ///
    /// let trailer = Hpzl::new(15).unwrap();
    /// let tianjin = Province::from_character('津').unwrap();
    /// let plates: Vec<Plate> = Plate::from_key(trailer, "A1234", tianjin).collect();
    /// assert_eq!(plates, [Plate::parse("津A1234挂").unwrap()]);
    /// ```
    pub fn from_key(hpzl: Hpzl, hphm: &str, province: Province) -> impl Iterator<Item = Self> {
        // What no plate has is in no number.
        let line = Line::from_utf8(hphm).unwrap_or_default();
        forms().filter_map(move |form| {
            let symbols = form.fill(line.symbols(), province.symbol())?;
            let plate = Self::new(form, symbols.get(..form.slots.len())?, None);
            plate.hpzl().contains(&hpzl).then_some(plate)
        })
    }

    pub(super) fn read(line: &Line) -> Result<Self, PlateError> {
        let symbols = line.symbols();
        let whole = match find(symbols) {
            Ok(form) => return Ok(Self::new(form, symbols, None)),
            Err(place) => place,
        };
        // A colour is looked for second, for 黑 is a province too.
        let Some((colour, taken)) = leading_colour(symbols) else {
            return Err(error(line, whole, 0));
        };
        let rest = symbols.get(taken..).unwrap_or_default();
        match find(rest) {
            Ok(form) => Ok(Self::new(form, rest, Some(colour))),
            Err(place) if taken + place > whole => Err(error(line, taken + place, taken)),
            Err(_) => Err(error(line, whole, 0)),
        }
    }

    fn new(form: &'static Form, symbols: &[Symbol], colour: Option<Colour>) -> Self {
        let mut plate = Self { symbols: [0; LONGEST], form, colour, advice: Advice::empty() };
        for (slot, symbol) in plate.symbols.iter_mut().zip(symbols) {
            *slot = *symbol;
        }
        plate.advice = plate.oddities();
        plate
    }

    fn oddities(&self) -> Advice {
        let Form { class, slots } = *self.form;
        let letters = self.of(Slot::is_serial).filter(u8::is_ascii_alphabetic).count();
        let trial = self.form.is_trial();
        let mut advice = Advice::empty();
        advice.set(
            Advice::MANY_LETTERS,
            letters > 2 && !trial && !matches!(class, Class::Army | Class::ArmedPolice),
        );
        advice.set(
            Advice::ENERGY_LETTER,
            matches!(slots, [.., Slot::Energy]) && !matches!(self.symbols, [.., b'D' | b'F']),
        );
        advice.set(Advice::UNKNOWN_ISSUER, self.is_issuer_unknown());
        advice.set(Advice::COLOUR, self.colour.is_some_and(|colour| !self.fits(colour)));
        advice.set(Advice::STYLE_2002, trial);
        advice
    }

    pub(super) fn symbols(&self) -> &[Symbol] {
        self.symbols.get(..self.form.slots.len()).unwrap_or_default()
    }

    fn is_issuer_unknown(&self) -> bool {
        match (self.form.slots, self.symbols) {
            ([Slot::Province, Slot::Issuer, ..], [province, letter, ..]) => {
                Province::of(province).is_some_and(|province| !province.issues(letter))
            }
            _ => false,
        }
    }

    fn all(&self) -> impl Iterator<Item = (Slot, Symbol)> {
        self.form.slots.iter().copied().zip(self.symbols)
    }

    fn of(&self, wanted: impl Fn(Slot) -> bool) -> impl Iterator<Item = Symbol> {
        self.all().filter(move |(slot, _)| wanted(*slot)).map(|(_, symbol)| symbol)
    }

    /// What kind of plate.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.form.class
    }

    /// The province; `None` where the plate names none (embassies, army).
    #[must_use]
    pub fn province(&self) -> Option<Province> {
        self.all().find_map(|(_, symbol)| Province::of(symbol))
    }

    /// Who issued it: one letter; two on army plates; the brigade's on
    /// emergency plates; empty where the plate names none.
    #[must_use]
    pub fn issuer(&self) -> PlateText {
        PlateText::of(self.of(Slot::is_issuer))
    }

    /// The number behind the issuer, without the mark.
    #[must_use]
    pub fn serial(&self) -> PlateText {
        PlateText::of(self.of(Slot::is_serial))
    }

    /// The mark behind the number, such as `挂`; `None` when there is none, or
    /// when it stands in front (`使123456`).
    #[must_use]
    pub fn suffix(&self) -> Option<&'static str> {
        match self.form.slots {
            [.., Slot::Mark(_)] => self.form.class.mark(),
            _ => None,
        }
    }

    /// What drives it, on new-energy plates.
    #[must_use]
    pub fn energy(&self) -> Option<Energy> {
        self.of(|slot| slot == Slot::Energy).find_map(Energy::of)
    }

    /// The country code of an embassy or consulate plate that has one: three
    /// digits, beginning with 1, 2 or 3.
    #[must_use]
    pub fn country(&self) -> Option<u16> {
        let mut digits = self.all().skip_while(|(slot, _)| *slot != Slot::Country);
        let mut next = || digits.next().map(|(_, symbol)| u16::from(symbol.wrapping_sub(b'0')));
        Some(next()? * 100 + next()? * 10 + next()?)
    }

    /// The colour that stood in front of the text.
    #[must_use]
    pub const fn colour(&self) -> Option<Colour> {
        self.colour
    }

    /// The plate, in capitals and without separators: one text for one plate.
    #[must_use]
    pub fn canonical(&self) -> PlateText {
        PlateText::of(self.of(|_| true))
    }

    /// The number under which the traffic database keeps it, 号牌号码: without
    /// province and mark.
    #[must_use]
    pub fn hphm(&self) -> PlateText {
        PlateText::of(self.of(|_| true).filter(u8::is_ascii))
    }

    /// The type codes it can have, 号牌种类, the likely ones first. Fewer if a
    /// colour stood in front.
    #[must_use]
    pub fn hpzl(&self) -> &'static [Hpzl] {
        self.hpzl_of(self.colour)
    }

    /// As [`hpzl`](Self::hpzl), for a plate of this colour.
    #[must_use]
    pub fn hpzl_in(&self, colour: Colour) -> &'static [Hpzl] {
        self.hpzl_of(Some(colour))
    }

    fn hpzl_of(&self, colour: Option<Colour>) -> &'static [Hpzl] {
        if self.form.is_trial() {
            return Hpzl::TRIAL;
        }
        Hpzl::candidates(self.form.class, colour)
    }

    /// What is odd about it.
    #[must_use]
    pub const fn advice(&self) -> Advice {
        self.advice
    }

    /// Whether plates of this class come in that colour; see [`Class::fits`].
    /// Those of the trial of 2002 fit all, for no source tells theirs.
    #[must_use]
    pub fn fits(&self, colour: Colour) -> bool {
        self.form.is_trial() || self.form.class.fits(colour)
    }
}

/// What is wrong at this place; the plate begins behind the first `taken`.
fn error(line: &Line, place: usize, taken: usize) -> PlateError {
    let symbols = line.symbols();
    let offset = line.offset(place);
    match symbols.get(place) {
        None if symbols.is_empty() => PlateError::Empty,
        None => PlateError::Short { offset },
        Some(b'I' | b'O') => PlateError::Letter { offset },
        Some(_) if place >= taken + LONGEST => PlateError::Long { offset },
        Some(_) => PlateError::Misplaced { offset },
    }
}

impl fmt::Display for Plate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.canonical().fmt(f)
    }
}

impl fmt::Debug for Plate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plate")
            .field("text", &self.canonical())
            .field("class", &self.form.class)
            .field("colour", &self.colour)
            .field("advice", &self.advice)
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Plate {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{} ({}, {})", self.canonical(), self.form.class, self.advice);
    }
}

impl core::str::FromStr for Plate {
    type Err = PlateError;

    fn from_str(text: &str) -> Result<Self, PlateError> {
        Self::parse(text)
    }
}
