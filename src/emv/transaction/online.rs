use core::fmt;

use crate::emv::cvm::PinBlock;
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

/// What a host wants to know of a transaction that is over, in a confirmation,
/// an advice or a reversal: how its scripts went, what the terminal found in the
/// end, and the card's last cryptogram. A default, as [`FIELD_55`].
pub const CONFIRMATION: &[Tag] =
    &[Tag::AC, Tag::CID, Tag::IAD, Tag::ATC, Tag::TVR, Tag::ARC, Tag::SCRIPT_RESULTS];

/// Which card the terminal's lists are asked about.
#[derive(Clone, Copy, Debug)]
pub struct Question<'t> {
    pub(super) store: &'t Store<'t>,
}

impl Question<'_> {
    /// The card number.
    #[must_use]
    pub fn pan(&self) -> Option<Pan> {
        Pan::from_compressed(self.store.get(Tag::PAN)?)
    }

    /// Which of the cards with this number it is, `5F34`, as two coded digits.
    #[must_use]
    pub fn pan_sequence(&self) -> Option<u8> {
        self.store.get(Tag::PAN_SEQUENCE)?.first().copied()
    }
}

/// What the issuer is asked, with the card's ARQC.
#[derive(Clone, Copy, Debug)]
pub struct OnlineRequest<'t> {
    pub(super) payment: &'t Payment,
    pub(super) store: &'t Store<'t>,
    pub(super) pin_block: Option<&'t PinBlock>,
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

    /// The PIN that the issuer is to verify, enciphered, if one was entered.
    #[must_use]
    pub const fn pin_block(&self) -> Option<&'t PinBlock> {
        self.pin_block
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
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OnlineResponse<'r> {
    approved: bool,
    arc: [u8; 2],
    authentication: Option<&'r [u8]>,
    /// Field 55, in which the scripts stand.
    field: &'r [u8],
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

impl<'r> OnlineResponse<'r> {
    /// The issuer approved, with this Authorisation Response Code: as a rule
    /// the response code of the message, `*b"00"`.
    #[must_use]
    pub const fn approved(arc: [u8; 2]) -> Self {
        Self { approved: true, arc, authentication: None, field: &[] }
    }

    /// The issuer declined, or wants to be called, with this code.
    #[must_use]
    pub const fn declined(arc: [u8; 2]) -> Self {
        Self { approved: false, arc, authentication: None, field: &[] }
    }

    /// Adds what field 55 of the response holds: Issuer Authentication Data,
    /// `91`, and scripts for the card, `71` and `72`.
    ///
    /// # Errors
    /// It cannot be used. The response stands as it was, and the issuer's word
    /// with it: it is still to be [given](super::Transaction::online) to the
    /// transaction. The card then decides without issuer authentication, and
    /// a refusal has its reversal.
    pub fn field_55(&mut self, bytes: &'r [u8]) -> Result<(), ResponseFault> {
        let mut added = Self { field: bytes, ..*self };
        for object in Objects::new(bytes) {
            let object = object.map_err(ResponseFault::Malformed)?;
            // The code of the message counts; what else there is, is for
            // others.
            if object.tag == Tag::ISSUER_AUTHENTICATION {
                added.authentication(object.value)?;
            }
        }
        *self = added;
        Ok(())
    }

    /// Adds Issuer Authentication Data, `91`.
    ///
    /// # Errors
    /// They have not 8 to 16 bytes. The response stands as it was.
    pub fn authentication(&mut self, data: &'r [u8]) -> Result<(), ResponseFault> {
        if !(8..=16).contains(&data.len()) {
            return Err(ResponseFault::Authentication(data.len()));
        }
        self.authentication = Some(data);
        Ok(())
    }

    /// Whether the issuer sent scripts for the card.
    #[must_use]
    pub fn has_scripts(&self) -> bool {
        self.scripts().next().is_some()
    }

    /// The templates of the scripts, each with its content.
    pub(super) fn scripts(&self) -> impl Iterator<Item = (Tag, &'r [u8])> + use<'r> {
        let objects = Objects::new(self.field).map_while(Result::ok);
        objects
            .filter(|object| matches!(object.tag, Tag::SCRIPT_1 | Tag::SCRIPT_2))
            .map(|object| (object.tag, object.value))
    }

    pub(super) const fn is_approved(&self) -> bool {
        self.approved
    }

    pub(super) const fn arc(&self) -> [u8; 2] {
        self.arc
    }

    pub(super) const fn issuer_authentication(&self) -> Option<&'r [u8]> {
        self.authentication
    }
}
