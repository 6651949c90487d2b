use super::finding::is_form;
use super::{Amount, Mpm, Object, Objects, id};

/// How often a code is shown.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Initiation {
    /// 11: for more than one payment.
    Static,
    /// 12: for one payment.
    Dynamic,
    /// Another number.
    Other(u8),
}

/// Whose account it is, by identifier (table 4.3).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Network {
    /// 02, 03.
    Visa,
    /// 04, 05.
    Mastercard,
    /// 09, 10.
    Discover,
    /// 11, 12.
    AmericanExpress,
    /// 13, 14.
    Jcb,
    /// 15, 16.
    UnionPay,
    /// 26 to 51: a template that says whose it is.
    Template,
    /// 06 to 08 and 17 to 25, which EMVCo keeps.
    Reserved,
}

/// An account of the merchant with one payment network.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Account<'a>(pub(super) Object<'a>);

impl<'a> Account<'a> {
    /// The object.
    #[must_use]
    pub const fn object(&self) -> Object<'a> {
        self.0
    }

    /// Whose it is.
    #[must_use]
    pub const fn network(&self) -> Network {
        match self.0.id {
            2 | 3 => Network::Visa,
            4 | 5 => Network::Mastercard,
            9 | 10 => Network::Discover,
            11 | 12 => Network::AmericanExpress,
            13 | 14 => Network::Jcb,
            15 | 16 => Network::UnionPay,
            26.. => Network::Template,
            _ => Network::Reserved,
        }
    }

    /// The globally unique identifier of a template (00): an AID, a UUID or a
    /// reversed domain name.
    #[must_use]
    pub fn guid(&self) -> Option<&'a str> {
        let template = (self.network() == Network::Template).then(|| self.0.objects());
        template?.get(0)?.text()
    }

    /// The parts of a UnionPay account.
    #[must_use]
    pub fn unionpay(&self) -> Option<UnionPay<'a>> {
        let text = (self.network() == Network::UnionPay).then(|| self.0.text())??;
        let (acquirer, text) = text.split_at_checked(8)?;
        let (forwarder, merchant) = text.split_at_checked(8)?;
        (merchant.len() == 15).then_some(UnionPay { acquirer, forwarder, merchant })
    }
}

/// A UnionPay account, 31 characters. Its layout is that of codes in the field
/// and of the libraries that make them; UnionPay's own text is not public.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UnionPay<'a> {
    /// The number of the acquirer, 8 digits.
    pub acquirer: &'a str,
    /// The number of who forwards, 8 digits.
    pub forwarder: &'a str,
    /// The number of the merchant, 15 characters.
    pub merchant: &'a str,
}

/// What is added to the amount (55 to 57).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Tip<'a> {
    /// The payer is asked for a tip.
    Ask,
    /// A fixed fee; `None` if it is missing or no amount.
    Fixed(Option<Amount<'a>>),
    /// A fee in percent of the amount; `None` if it is missing or no number.
    Percent(Option<Amount<'a>>),
    /// What is not in the standard.
    Other(&'a [u8]),
}

/// A field of the additional data (62).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Field {
    /// The number of the bill.
    Bill = 1,
    /// A mobile telephone number.
    Mobile = 2,
    /// The shop.
    Store = 3,
    /// The number of a loyalty card.
    Loyalty = 4,
    /// The merchant's or acquirer's reference.
    Reference = 5,
    /// The customer.
    Customer = 6,
    /// The terminal.
    Terminal = 7,
    /// What it is for.
    Purpose = 8,
    /// What the payer's side is asked for: `A` address, `M` mobile number, `E`
    /// e-mail.
    ConsumerData = 9,
    /// The merchant's tax number.
    TaxId = 10,
    /// How the merchant sells, three characters.
    Channel = 11,
}

/// What a field of the additional data says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Said<'a> {
    /// `***`: the payer is asked for it.
    Ask,
    /// This.
    Value(&'a [u8]),
}

/// Name and city in another language (64).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Localised<'a> {
    /// The language, two letters (ISO 639).
    pub language: &'a [u8],
    /// The name.
    pub name: &'a [u8],
    /// The city, where it is said.
    pub city: Option<&'a [u8]>,
}

impl<'a> Mpm<'a> {
    /// The payload format: `01`.
    #[must_use]
    pub fn format(&self) -> Option<&'a str> {
        self.text(id::FORMAT)
    }

    /// How often it is shown; `None` too if it has not its form.
    #[must_use]
    pub fn initiation(&self) -> Option<Initiation> {
        let number: u8 = self.number(id::INITIATION)?.parse().ok()?;
        Some(match number {
            11 => Initiation::Static,
            12 => Initiation::Dynamic,
            other => Initiation::Other(other),
        })
    }

    /// The accounts of the merchant (02 to 51), in the order they stand in.
    pub fn accounts(&self) -> impl Iterator<Item = Account<'a>> {
        let all = self.objects().filter_map(Result::ok);
        all.filter(|object| id::ACCOUNTS.contains(&object.id)).map(Account)
    }

    /// The kind of business, four digits (ISO 18245).
    #[must_use]
    pub fn category(&self) -> Option<&'a str> {
        self.text(id::CATEGORY)
    }

    /// The currency; `None` too if it is not three digits.
    #[must_use]
    pub fn currency(&self) -> Option<super::Currency> {
        self.number(id::CURRENCY)?.parse().ok().map(super::Currency)
    }

    /// The amount, where it is said.
    #[must_use]
    pub fn amount(&self) -> Option<Amount<'a>> {
        Amount::new(self.get(id::AMOUNT)?.value)
    }

    /// The amount in the minor unit of the currency; `None` too if it has a
    /// part of one.
    #[must_use]
    pub fn minor_amount(&self) -> Option<u64> {
        self.amount()?.minor(self.currency()?.exponent())
    }

    /// What is added to the amount.
    #[must_use]
    pub fn tip(&self) -> Option<Tip<'a>> {
        let amount = |id| self.get(id).and_then(|object| Amount::new(object.value));
        Some(match self.get(id::TIP)?.value {
            b"01" => Tip::Ask,
            b"02" => Tip::Fixed(amount(id::FEE)),
            b"03" => Tip::Percent(amount(id::PERCENTAGE)),
            other => Tip::Other(other),
        })
    }

    /// The country of the merchant, two letters (ISO 3166-1).
    #[must_use]
    pub fn country(&self) -> Option<&'a str> {
        self.text(id::COUNTRY)
    }

    /// The name of the merchant. Bytes: not every generator writes UTF-8.
    #[must_use]
    pub fn name(&self) -> Option<&'a [u8]> {
        self.get(id::NAME).map(|object| object.value)
    }

    /// The city of the merchant.
    #[must_use]
    pub fn city(&self) -> Option<&'a [u8]> {
        self.get(id::CITY).map(|object| object.value)
    }

    /// The postal code of the merchant.
    #[must_use]
    pub fn postal_code(&self) -> Option<&'a str> {
        self.text(id::POSTAL_CODE)
    }

    /// A field of the additional data.
    #[must_use]
    pub fn additional(&self, field: Field) -> Option<Said<'a>> {
        Some(match self.template(id::ADDITIONAL)?.get(field as u8)?.value {
            b"***" => Said::Ask,
            value => Said::Value(value),
        })
    }

    /// Name and city in another language.
    #[must_use]
    pub fn localised(&self) -> Option<Localised<'a>> {
        let value = |id| Some(self.template(id::LANGUAGE)?.get(id)?.value);
        Some(Localised { language: value(0)?, name: value(1)?, city: value(2) })
    }

    fn text(&self, id: u8) -> Option<&'a str> {
        self.get(id)?.text()
    }

    /// Digits, and as many as there must be: a program's parser takes a sign too.
    fn number(&self, id: u8) -> Option<&'a str> {
        self.text(id).filter(|text| is_form(id, text.as_bytes()))
    }

    fn template(&self, id: u8) -> Option<Objects<'a>> {
        self.get(id).map(|object| object.objects())
    }
}
