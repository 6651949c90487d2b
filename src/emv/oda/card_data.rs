use super::Authorities;
use super::dynamic::{combined_authentication, dynamic_authentication, dynamic_signature};
use super::fault::{Check, OdaFault};
use super::key::kept;
use super::keys::{recover_icc_key, recover_pin_key};
use super::static_data::{keep_record, static_authentication, static_data};
use crate::civil::Date;
use crate::emv::store::Store;
use crate::emv::tlv::{Full, Objects, Tag};
use crate::emv::{Aip, Cid};

/// The data of a card, to be authenticated without a transaction: from a log, in
/// a test, or for a kernel of one's own.
#[derive(Debug)]
pub struct CardData<'m>(Store<'m>);

/// What was sent to the card, for [`CardData::cda`]: values without tags.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent<'a> {
    /// The Unpredictable Number among it.
    pub unpredictable_number: &'a [u8],
    /// For the PDOL, with GET PROCESSING OPTIONS.
    pub pdol_data: &'a [u8],
    /// For CDOL1, with the first GENERATE AC.
    pub cdol1_data: &'a [u8],
    /// For CDOL2, with the second GENERATE AC, if the answer is to that.
    pub cdol2_data: Option<&'a [u8]>,
}

impl<'m> CardData<'m> {
    /// A card with this application and profile. What is kept stands in
    /// `memory`; [`Store::ROOM`] bytes are enough.
    ///
    /// # Errors
    /// There is no room for it.
    pub fn new(memory: &'m mut [u8], aid: &[u8], aip: Aip) -> Result<Self, Full> {
        let mut store = Store::new(memory);
        store.add(Tag::AID_TERMINAL, aid)?;
        store.add(Tag::AIP, &aip.bits().to_be_bytes())?;
        Ok(Self(store))
    }

    /// A record as READ RECORD brought it, without the status word, and whether
    /// it takes part in authentication by the [file locator](crate::emv::Afl). An
    /// object that came before is not replaced.
    ///
    /// # Errors
    /// There is no room for it, or its content is no TLV.
    pub fn record(&mut self, sfi: u8, authenticated: bool, data: &[u8]) -> Result<(), OdaFault> {
        let malformed = |_| OdaFault::Failed(Tag::RECORD, Check::Fields);
        if authenticated {
            keep_record(&mut self.0, sfi, data)?;
        }
        let template = Objects::new(data).find(Tag::RECORD).map_err(malformed)?;
        for object in template.and_then(|template| template.children()).into_iter().flatten() {
            let object = object.map_err(malformed)?;
            if !object.tag.is_constructed() && !object.tag.is_not_the_cards() {
                self.0.add(object.tag, object.value)?;
            }
        }
        Ok(())
    }

    /// An element, from the records or from authentication.
    #[must_use]
    pub fn data(&self, tag: Tag) -> Option<&[u8]> {
        self.0.get(tag)
    }

    /// The static data to be authenticated, piece by piece.
    ///
    /// # Errors
    /// A record without template takes part, or the tag list has another tag
    /// than `82`.
    pub fn static_data(&self) -> Result<impl Iterator<Item = &[u8]>, OdaFault> {
        static_data(&self.0)
    }

    /// Static data authentication. Afterwards there is a Data Authentication
    /// Code, `9F45`.
    ///
    /// # Errors
    /// It failed.
    pub fn sda(&mut self, authorities: &Authorities<'_>, date: Date) -> Result<(), OdaFault> {
        static_authentication(&mut self.0, authorities, date)
    }

    /// Dynamic data authentication: `response` came to INTERNAL AUTHENTICATE
    /// with these data, without the status word. Afterwards there is an ICC
    /// Dynamic Number, `9F4C`, if the card formed it as it should.
    ///
    /// # Errors
    /// It failed.
    pub fn dda(
        &mut self,
        authorities: &Authorities<'_>,
        date: Date,
        response: &[u8],
        ddol_data: &[u8],
    ) -> Result<(), OdaFault> {
        recover_icc_key(&mut self.0, authorities, date)?;
        dynamic_authentication(&mut self.0, dynamic_signature(response)?, ddol_data)
    }

    /// Combined data authentication: `response` came to GENERATE AC, without the
    /// status word. Afterwards there are an ICC Dynamic Number, `9F4C`, and the
    /// cryptogram, `9F26`.
    ///
    /// # Errors
    /// It failed.
    pub fn cda(
        &mut self,
        authorities: &Authorities<'_>,
        date: Date,
        response: &[u8],
        sent: &Sent<'_>,
    ) -> Result<(), OdaFault> {
        recover_icc_key(&mut self.0, authorities, date)?;
        let malformed = |_| OdaFault::Failed(Tag::RESPONSE_2, Check::Fields);
        let template = Objects::new(response).find(Tag::RESPONSE_2).map_err(malformed)?;
        let template = template.ok_or(OdaFault::Missing(Tag::RESPONSE_2))?;
        let cid = Objects::new(template.value).find(Tag::CID).map_err(malformed)?;
        let cid = match cid.map(|object| object.value) {
            Some(&[cid]) => Cid(cid),
            Some(_) => return Err(OdaFault::Failed(Tag::CID, Check::Fields)),
            None => return Err(OdaFault::Missing(Tag::CID)),
        };
        let store = &mut self.0;
        store.set(Tag::CID, &[cid.0])?;
        store.set(Tag::UNPREDICTABLE_NUMBER, sent.unpredictable_number)?;
        store.set(Tag::PDOL_DATA, sent.pdol_data)?;
        store.set(Tag::CDOL1_DATA, sent.cdol1_data)?;
        store.set(Tag::CDOL2_DATA, sent.cdol2_data.unwrap_or_default())?;
        combined_authentication(store, cid, template.value, sent.cdol2_data.is_some())
    }

    /// The key that a PIN is enciphered with for this card, modulus and
    /// exponent: the card's own for that, or that for its signatures (EMV Book
    /// 2, 7.1).
    ///
    /// # Errors
    /// Its certificate failed, or is missing.
    pub fn pin_key(
        &mut self,
        authorities: &Authorities<'_>,
        date: Date,
    ) -> Result<(&[u8], &[u8]), OdaFault> {
        recover_pin_key(&mut self.0, authorities, date)?;
        let key = kept(&self.0, Tag::PIN_KEY)?;
        Ok((key.modulus, key.exponent))
    }
}
