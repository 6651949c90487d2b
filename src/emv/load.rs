//! Configuration that comes at run time, as TLV.

use core::fmt;

use super::tlv::{Malformed, Object, Objects, Tag};
use super::{
    ActionCodes, Amount, Application, ApplicationFault, Capabilities, Limits, Terminal, Tvr,
};
use crate::ErrorKind;

/// A configuration that cannot be taken over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LoadFault {
    /// The bytes are no TLV.
    Malformed(Malformed),
    /// An element has a length or a value that it cannot have.
    Value {
        /// The element.
        tag: Tag,
        /// Where it begins.
        offset: usize,
    },
    /// An element is there twice.
    Twice {
        /// The element.
        tag: Tag,
        /// Where it stands again.
        offset: usize,
    },
    /// An element is missing that decides about money.
    Missing(Tag),
    /// The elements do not go together.
    Application(ApplicationFault),
}

impl fmt::Display for LoadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Value { tag, offset } => {
                write!(f, "at byte {offset}: {tag} has a length or value that cannot be")
            }
            Self::Twice { tag, offset } => write!(f, "at byte {offset}: {tag} is there twice"),
            Self::Missing(tag) => write!(f, "{tag} is missing"),
            Self::Application(fault) => fault.fmt(f),
        }
    }
}

impl core::error::Error for LoadFault {}

impl crate::Error for LoadFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Malformed(_) => ErrorKind::Protocol,
            _ => ErrorKind::Argument,
        }
    }
}

/// An application as acquirers in China give it out, in field 62 of the
/// response to the download of chip card parameters (UnionPay, Q/CUP 009.1).
///
/// That text is not public; tags and formats are as in the parameters and
/// headers that makers of terminals have published, which agree on them:
///
/// | tag | element | format | |
/// | --- | --- | --- | --- |
/// | `9F06` | application identifier | 5 to 16 bytes | must be there |
/// | `DF01` | Application Selection Indicator: `00` a name that begins with it will do, `01` only the whole name | 1 byte | without it, the whole name |
/// | `9F09`, or `9F08` for it | version of the application | 2 bytes | must be there; `9F09` counts |
/// | `DF11` | Terminal Action Code, default | 5 bytes | must be there |
/// | `DF12` | Terminal Action Code, online | 5 bytes | must be there |
/// | `DF13` | Terminal Action Code, denial | 5 bytes | must be there |
/// | `9F1B` | floor limit | number of 4 bytes | must be there |
/// | `DF15` | threshold of biased random selection | number of 4 bytes | must be there |
/// | `DF16` | maximum target percentage | 2 coded digits | must be there |
/// | `DF17` | target percentage | 2 coded digits | must be there |
/// | `DF14` | default DDOL | list | |
/// | `97` | default TDOL | list | |
/// | `DF18` | whether PINs go online with this application: `00` or `01` | 1 byte | |
/// | `9F7B` | electronic cash: limit of a transaction | 12 coded digits | |
/// | `DF19` | contactless: offline floor limit | 12 coded digits | |
/// | `DF20` | contactless: limit of a transaction | 12 coded digits | |
/// | `DF21` | contactless: limit without cardholder verification | 12 coded digits | |
///
/// ```
/// use embedded_pos::emv::{Amount, ApplicationParameters, aid};
///
/// // As a host sent it, behind the byte that says "here is a parameter".
/// let bytes: &[u8] = &[
///     0x9F, 0x06, 0x08, 0xA0, 0x00, 0x00, 0x03, 0x33, 0x01, 0x01, 0x01, // UnionPay debit
///     0xDF, 0x01, 0x01, 0x00, 0x9F, 0x08, 0x02, 0x00, 0x20, //
///     0xDF, 0x11, 0x05, 0xD8, 0x40, 0x00, 0xA8, 0x00, //
///     0xDF, 0x12, 0x05, 0xD8, 0x40, 0x04, 0xF8, 0x00, //
///     0xDF, 0x13, 0x05, 0x00, 0x10, 0x00, 0x00, 0x00, //
///     0x9F, 0x1B, 0x04, 0x00, 0x00, 0xC3, 0x50, 0xDF, 0x15, 0x04, 0x00, 0x00, 0x00, 0x00, //
///     0xDF, 0x16, 0x01, 0x99, 0xDF, 0x17, 0x01, 0x99, 0xDF, 0x14, 0x03, 0x9F, 0x37, 0x04, //
///     0xDF, 0x18, 0x01, 0x01, 0xDF, 0x7D, 0x01, 0x01,
/// ];
/// let parameters = ApplicationParameters::from_tlv(bytes)?;
/// assert_eq!(parameters.application.aid, aid::UNIONPAY_DEBIT);
/// assert_eq!(parameters.application.limits.floor, Amount::from_minor(500_00).unwrap());
/// assert_eq!(parameters.online_pin, Some(true));
/// // What is not known is passed over, and can be reported.
/// assert_eq!(parameters.passed_over().count(), 1);
/// # Ok::<(), embedded_pos::emv::LoadFault>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ApplicationParameters<'a> {
    /// The application, for [`Terminal::applications`].
    pub application: Application<'a>,
    /// Whether PINs go online with it.
    pub online_pin: Option<bool>,
    /// Limit of a transaction with electronic cash.
    pub electronic_cash: Option<Amount>,
    /// Limits of contactless transactions.
    pub contactless: ContactlessLimits,
    bytes: &'a [u8],
}

/// Limits of contactless transactions, kept for a kernel that makes them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ContactlessLimits {
    /// From here on they go online.
    pub floor: Option<Amount>,
    /// From here on there are none.
    pub transaction: Option<Amount>,
    /// From here on the cardholder is verified.
    pub verification: Option<Amount>,
}

const ASI: Tag = Tag(0xDF01);
const TAC_DEFAULT: Tag = Tag(0xDF11);
const TAC_ONLINE: Tag = Tag(0xDF12);
const TAC_DENIAL: Tag = Tag(0xDF13);
const DEFAULT_DDOL: Tag = Tag(0xDF14);
const THRESHOLD: Tag = Tag(0xDF15);
const MAXIMUM_PERCENT: Tag = Tag(0xDF16);
const TARGET_PERCENT: Tag = Tag(0xDF17);
const ONLINE_PIN: Tag = Tag(0xDF18);
const CONTACTLESS_FLOOR: Tag = Tag(0xDF19);
const CONTACTLESS_LIMIT: Tag = Tag(0xDF20);
const CONTACTLESS_CVM_LIMIT: Tag = Tag(0xDF21);
const ELECTRONIC_CASH: Tag = Tag(0x9F7B);

const APPLICATION_TAGS: &[Tag] = &[
    Tag::AID_TERMINAL,
    Tag::APPLICATION_VERSION,
    Tag::VERSION_TERMINAL,
    Tag::FLOOR_LIMIT,
    Tag::TDOL,
    ASI,
    TAC_DEFAULT,
    TAC_ONLINE,
    TAC_DENIAL,
    DEFAULT_DDOL,
    THRESHOLD,
    MAXIMUM_PERCENT,
    TARGET_PERCENT,
    ONLINE_PIN,
    CONTACTLESS_FLOOR,
    CONTACTLESS_LIMIT,
    CONTACTLESS_CVM_LIMIT,
    ELECTRONIC_CASH,
];

impl<'a> ApplicationParameters<'a> {
    /// Takes the parameters of one application over.
    ///
    /// # Errors
    /// An element cannot be or is missing, or they do not go together.
    pub fn from_tlv(bytes: &'a [u8]) -> Result<Self, LoadFault> {
        let elements = Elements::new(bytes, APPLICATION_TAGS)?;
        let version = elements.get(Tag::VERSION_TERMINAL, self::version)?;
        let other = elements.get(Tag::APPLICATION_VERSION, self::version)?;
        let application = Application {
            aid: elements.need(Tag::AID_TERMINAL, Some)?,
            partial: elements.get(ASI, flag)?.is_some_and(|whole| !whole),
            version: version.or(other).ok_or(LoadFault::Missing(Tag::VERSION_TERMINAL))?,
            limits: Limits {
                floor: elements.need(Tag::FLOOR_LIMIT, binary_amount)?,
                threshold: elements.need(THRESHOLD, binary_amount)?,
                target_percent: elements.need(TARGET_PERCENT, percent)?,
                maximum_percent: elements.need(MAXIMUM_PERCENT, percent)?,
            },
            codes: ActionCodes {
                denial: elements.need(TAC_DENIAL, code)?,
                online: elements.need(TAC_ONLINE, code)?,
                default: elements.need(TAC_DEFAULT, code)?,
            },
            default_ddol: elements.get(DEFAULT_DDOL, Some)?.unwrap_or_default(),
            default_tdol: elements.get(Tag::TDOL, Some)?.unwrap_or_default(),
        };
        application.check().map_err(LoadFault::Application)?;
        Ok(Self {
            application,
            online_pin: elements.get(ONLINE_PIN, flag)?,
            electronic_cash: elements.get(ELECTRONIC_CASH, amount)?,
            contactless: ContactlessLimits {
                floor: elements.get(CONTACTLESS_FLOOR, amount)?,
                transaction: elements.get(CONTACTLESS_LIMIT, amount)?,
                verification: elements.get(CONTACTLESS_CVM_LIMIT, amount)?,
            },
            bytes,
        })
    }

    /// The elements that stand there and are none of these.
    pub fn passed_over(&self) -> impl Iterator<Item = Tag> + 'a {
        passed_over(self.bytes, APPLICATION_TAGS)
    }
}

const TERMINAL_TAGS: &[Tag] = &[
    Tag::ACQUIRER,
    Tag::CATEGORY,
    Tag::MERCHANT,
    Tag::COUNTRY,
    Tag::TERMINAL_ID,
    Tag::IFD_SERIAL,
    Tag::TERMINAL_CAPABILITIES,
    Tag::TERMINAL_TYPE,
    Tag::ADDITIONAL_CAPABILITIES,
    Tag::MERCHANT_NAME,
];

impl<'a> Terminal<'a> {
    /// This terminal, with those of its data elements that stand in `bytes`
    /// under the tags of EMV Book 3, annex A: `9F01`, `9F15`, `9F16`, `9F1A`,
    /// `9F1C`, `9F1E`, `9F33`, `9F35`, `9F40`, `9F4E`. Others are [passed
    /// over](Self::passed_over). The merchant's name is UTF-8.
    ///
    /// Look at the whole with [`check`](Self::check).
    ///
    /// ```
    /// use embedded_pos::emv::Terminal;
    ///
    /// let bytes = [
    ///     0x9F, 0x1A, 0x02, 0x01, 0x56, //
    ///     0x9F, 0x1C, 0x08, b'T', b'J', b'0', b'0', b'0', b'0', b'4', b'2',
    /// ];
    /// let terminal = Terminal::CHINA.with_tlv(&bytes)?;
    /// assert_eq!(terminal.terminal_id, *b"TJ000042");
    /// assert_eq!(terminal.check(), Ok(()));
    /// # Ok::<(), embedded_pos::emv::LoadFault>(())
    /// ```
    ///
    /// # Errors
    /// The bytes are no TLV, or an element cannot be.
    pub fn with_tlv(mut self, bytes: &'a [u8]) -> Result<Self, LoadFault> {
        let elements = Elements::new(bytes, TERMINAL_TAGS)?;
        if let Some(acquirer) = elements.get(Tag::ACQUIRER, acquirer)? {
            self.acquirer = Some(acquirer);
        }
        elements.put(Tag::CATEGORY, number, &mut self.merchant_category)?;
        elements.put(Tag::MERCHANT, text, &mut self.merchant_id)?;
        elements.put(Tag::COUNTRY, number, &mut self.country)?;
        elements.put(Tag::TERMINAL_ID, text, &mut self.terminal_id)?;
        elements.put(Tag::IFD_SERIAL, text, &mut self.ifd_serial)?;
        elements.put(Tag::TERMINAL_CAPABILITIES, capabilities, &mut self.capabilities)?;
        elements.put(Tag::TERMINAL_TYPE, byte, &mut self.kind)?;
        elements.put(Tag::ADDITIONAL_CAPABILITIES, text, &mut self.additional_capabilities)?;
        elements.put(Tag::MERCHANT_NAME, utf8, &mut self.merchant_name)?;
        Ok(self)
    }

    /// The elements in `bytes` that [`with_tlv`](Self::with_tlv) does not
    /// know.
    pub fn passed_over(bytes: &'a [u8]) -> impl Iterator<Item = Tag> + 'a {
        passed_over(bytes, TERMINAL_TAGS)
    }
}

/// Elements of which none that is known is there twice.
#[derive(Clone, Copy)]
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    fn new(bytes: &'a [u8], known: &[Tag]) -> Result<Self, LoadFault> {
        for object in Objects::new(bytes) {
            let Object { tag, offset, .. } = object.map_err(LoadFault::Malformed)?;
            let first = Objects::new(bytes).find(tag).ok().flatten();
            if known.contains(&tag) && first.is_some_and(|first| first.offset != offset) {
                return Err(LoadFault::Twice { tag, offset });
            }
        }
        Ok(Self(bytes))
    }

    fn get<T>(self, tag: Tag, read: fn(&'a [u8]) -> Option<T>) -> Result<Option<T>, LoadFault> {
        let Ok(Some(object)) = Objects::new(self.0).find(tag) else { return Ok(None) };
        let wrong = LoadFault::Value { tag, offset: object.offset };
        read(object.value).map(Some).ok_or(wrong)
    }

    fn need<T>(self, tag: Tag, read: fn(&'a [u8]) -> Option<T>) -> Result<T, LoadFault> {
        self.get(tag, read)?.ok_or(LoadFault::Missing(tag))
    }

    fn put<T>(
        self,
        tag: Tag,
        read: fn(&'a [u8]) -> Option<T>,
        place: &mut T,
    ) -> Result<(), LoadFault> {
        if let Some(value) = self.get(tag, read)? {
            *place = value;
        }
        Ok(())
    }
}

fn passed_over<'a>(bytes: &'a [u8], known: &'static [Tag]) -> impl Iterator<Item = Tag> + 'a {
    let tags = Objects::new(bytes).map_while(Result::ok).map(|object| object.tag);
    tags.filter(move |tag| !known.contains(tag))
}

/// Coded digits of any length.
fn digits(value: &[u8]) -> Option<u64> {
    value.iter().try_fold(0_u64, |number, &byte| {
        let (tens, ones) = (byte >> 4, byte & 0x0F);
        let pair = (tens < 10 && ones < 10).then_some(u64::from(tens) * 10 + u64::from(ones))?;
        number.checked_mul(100)?.checked_add(pair)
    })
}

fn number(value: &[u8]) -> Option<u16> {
    digits(<&[u8; 2]>::try_from(value).ok()?).and_then(|number| number.try_into().ok())
}

fn acquirer(value: &[u8]) -> Option<u64> {
    digits(<&[u8; 6]>::try_from(value).ok()?)
}

fn amount(value: &[u8]) -> Option<Amount> {
    digits(<&[u8; 6]>::try_from(value).ok()?).and_then(Amount::from_minor)
}

fn binary_amount(value: &[u8]) -> Option<Amount> {
    Amount::from_minor(u32::from_be_bytes(value.try_into().ok()?).into())
}

fn percent(value: &[u8]) -> Option<u8> {
    digits(<&[u8; 1]>::try_from(value).ok()?).and_then(|percent| percent.try_into().ok())
}

fn flag(value: &[u8]) -> Option<bool> {
    match value {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    }
}

fn byte(value: &[u8]) -> Option<u8> {
    value.try_into().ok().map(u8::from_be_bytes)
}

fn version(value: &[u8]) -> Option<u16> {
    value.try_into().ok().map(u16::from_be_bytes)
}

fn code(value: &[u8]) -> Option<Tvr> {
    value.try_into().ok().map(Tvr::from_bytes)
}

fn capabilities(value: &[u8]) -> Option<Capabilities> {
    value.try_into().ok().map(Capabilities::from_bytes)
}

fn text<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    value.try_into().ok()
}

fn utf8(value: &[u8]) -> Option<&str> {
    core::str::from_utf8(value).ok()
}
