use core::fmt;

use heapless::Vec;

use crate::emv::tlv::{Full, Malformed, Objects, Tag, Writer};
use crate::emv::{Amount, Currency, Pan, Payment, Store, Track2};

/// The data elements that a UnionPay host expects in field 55 of an
/// authorisation request. Hosts differ: it is a default, not a rule.
pub const FIELD_55: &[Tag] = &[
    Tag::AC,
    Tag::CID,
    Tag::IAD,
    Tag::UNPREDICTABLE_NUMBER,
    Tag::ATC,
    Tag::TVR,
    Tag::DATE,
    Tag::TRANSACTION_TYPE,
    Tag::AMOUNT,
    Tag::CURRENCY,
    Tag::AIP,
    Tag::COUNTRY,
    Tag::AMOUNT_OTHER,
    Tag::TERMINAL_CAPABILITIES,
    Tag::CVM_RESULTS,
    Tag::TERMINAL_TYPE,
    Tag::IFD_SERIAL,
    Tag::DF_NAME,
    Tag::VERSION_TERMINAL,
    Tag::SEQUENCE,
];

/// What the issuer is asked, with the card's ARQC.
#[derive(Clone, Copy, Debug)]
pub struct OnlineRequest<'t> {
    pub(super) payment: &'t Payment,
    pub(super) store: &'t Store<'t>,
}

impl<'t> OnlineRequest<'t> {
    /// The amount.
    #[must_use]
    pub const fn amount(&self) -> Amount {
        self.payment.amount
    }

    /// Its currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.payment.currency
    }

    /// The card number.
    #[must_use]
    pub fn pan(&self) -> Option<Pan> {
        Pan::from_compressed(self.data(Tag::PAN)?)
    }

    /// Which of the cards with this number it is, `5F34`, as two coded digits.
    #[must_use]
    pub fn pan_sequence(&self) -> Option<u8> {
        self.data(Tag::PAN_SEQUENCE)?.first().copied()
    }

    /// When the card expires, `5F24`: YYMMDD in coded digits.
    #[must_use]
    pub fn expiration_date(&self) -> Option<[u8; 3]> {
        self.data(Tag::EXPIRATION_DATE)?.try_into().ok()
    }

    /// Track 2, where the card gives it.
    #[must_use]
    pub fn track2(&self) -> Option<Track2> {
        Track2::new(self.data(Tag::TRACK2)?)
    }

    /// Any element of the transaction.
    #[must_use]
    pub fn data(&self, tag: Tag) -> Option<&'t [u8]> {
        self.store.get(tag)
    }

    /// Writes those of these elements that there are to the front of `out`, as
    /// field 55 of ISO 8583 has them; returns the length.
    ///
    /// # Errors
    /// They do not fit; 255 bytes are enough for [`FIELD_55`].
    pub fn field_55(&self, tags: &[Tag], out: &mut [u8]) -> Result<usize, Full> {
        let mut writer = Writer::new(out);
        for &tag in tags {
            if let Some(value) = self.data(tag) {
                writer.put(tag, value)?;
            }
        }
        Ok(writer.len())
    }
}

/// What the issuer answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OnlineResponse {
    approved: bool,
    arc: [u8; 2],
    authentication: Vec<u8, 16>,
    scripts: bool,
}

/// Field 55 of a response that cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ResponseFault {
    /// It is no TLV.
    Malformed(Malformed),
    /// The issuer authentication data, `91`, have not 8 to 16 bytes.
    Authentication(usize),
}

impl fmt::Display for ResponseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Authentication(length) => {
                write!(f, "91 has {length} bytes, it must have 8 to 16")
            }
        }
    }
}

impl core::error::Error for ResponseFault {}

impl crate::Error for ResponseFault {
    fn kind(&self) -> crate::ErrorKind {
        crate::ErrorKind::Protocol
    }
}

impl OnlineResponse {
    /// The issuer approved, with this Authorisation Response Code: as a rule
    /// the response code of the message, `*b"00"`.
    #[must_use]
    pub const fn approved(arc: [u8; 2]) -> Self {
        Self { approved: true, arc, authentication: Vec::new(), scripts: false }
    }

    /// The issuer declined, or wants to be called, with this code.
    #[must_use]
    pub const fn declined(arc: [u8; 2]) -> Self {
        Self { approved: false, arc, authentication: Vec::new(), scripts: false }
    }

    /// Adds what field 55 of the response holds.
    ///
    /// # Errors
    /// It cannot be used. The response stands as it was, and the issuer's word
    /// with it: it is still to be [given](super::Transaction::online) to the
    /// transaction. The card then decides without issuer authentication, and
    /// a refusal has its reversal.
    pub fn field_55(&mut self, bytes: &[u8]) -> Result<(), ResponseFault> {
        let mut added = self.clone();
        for object in Objects::new(bytes) {
            let object = object.map_err(ResponseFault::Malformed)?;
            match object.tag {
                Tag::ISSUER_AUTHENTICATION => added.authentication(object.value)?,
                Tag::SCRIPT_1 | Tag::SCRIPT_2 => added.scripts = true,
                // The code of the message counts; what else there is, is for
                // others.
                _ => {}
            }
        }
        *self = added;
        Ok(())
    }

    /// Adds Issuer Authentication Data, `91`.
    ///
    /// # Errors
    /// They have not 8 to 16 bytes. The response stands as it was.
    pub fn authentication(&mut self, data: &[u8]) -> Result<(), ResponseFault> {
        let wrong = ResponseFault::Authentication(data.len());
        (data.len() >= 8).then_some(()).ok_or(wrong)?;
        self.authentication = Vec::from_slice(data).map_err(|_| wrong)?;
        Ok(())
    }

    /// Whether the issuer sent scripts for the card. This kernel does not run
    /// them.
    #[must_use]
    pub const fn has_scripts(&self) -> bool {
        self.scripts
    }

    pub(super) const fn is_approved(&self) -> bool {
        self.approved
    }

    pub(super) const fn arc(&self) -> [u8; 2] {
        self.arc
    }

    pub(super) fn issuer_authentication(&self) -> Option<&[u8]> {
        Some(&*self.authentication).filter(|data| !data.is_empty())
    }
}
