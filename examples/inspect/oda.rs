//! `oda`: offline data authentication of a card that was logged.

use embedded_pos::civil::Date;
use embedded_pos::emv::oda::{Authorities, Capk, CardData, Method, OdaFault, Sent, method};
use embedded_pos::emv::{Afl, Aip, Capabilities, Dol, Store, Tag};
use serde_json::{Map, Value};

use super::{Args, Bad, bytes, hex};

/// One card as a JSON object: `aip`, `afl`, `records` (`sfi`, `number`, `data`),
/// `aid`, `capk` (`rid`, `index`, `modulus`, `exponent`; perhaps `checksum`),
/// `date` YYMMDD, and what the method needs of `unpredictable_number`,
/// `internal_authenticate_response`, `generate_ac_response`, `pdol_data`,
/// `cdol1_data`, `cdol2_data`; all in hexadecimal.
///
/// `method` is the strongest that the profile has; `result` valid or failed;
/// `reason`, where it failed.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let input: Value = serde_json::from_str(input)
        .map_err(|error| Bad { error: error.to_string(), offset: error.column() })?;
    let card = Card::read(&input)?;
    let every = Capabilities::SDA | Capabilities::DDA | Capabilities::CDA;
    let method = method(card.aip, every);
    let name = match method {
        Some(Method::Sda) => "sda",
        Some(Method::Dda) => "dda",
        Some(Method::Cda) => "cda",
        None => "none",
    };
    let mut out = Map::new();
    out.insert("method".into(), name.into());
    match method.map(|method| card.authenticate(method, &mut out)) {
        Some(Ok(())) => _ = out.insert("result".into(), "valid".into()),
        Some(Err(reason)) => {
            out.insert("result".into(), "failed".into());
            out.insert("reason".into(), reason.into());
        }
        None => {
            out.insert("result".into(), "failed".into());
            out.insert("reason".into(), "the profile has no method".into());
        }
    }
    Ok(Value::Object(out))
}

struct Record {
    sfi: u8,
    number: u8,
    data: Vec<u8>,
}

struct Authority {
    rid: [u8; 5],
    index: u8,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    checksum: Option<[u8; 20]>,
}

struct Card<'v> {
    input: &'v Value,
    aip: Aip,
    afl: Vec<u8>,
    aid: Vec<u8>,
    records: Vec<Record>,
    authority: Option<Authority>,
    date: Date,
}

fn bad(error: String) -> Bad {
    Bad { error, offset: 0 }
}

/// Bytes of this field; none where it is absent.
fn field(value: &Value, name: &str) -> Result<Option<Vec<u8>>, Bad> {
    match &value[name] {
        Value::Null => Ok(None),
        Value::String(digits) => bytes(digits).map(Some),
        _ => Err(bad(format!("`{name}` is no string"))),
    }
}

fn need(value: &Value, name: &str) -> Result<Vec<u8>, Bad> {
    field(value, name)?.ok_or_else(|| bad(format!("`{name}` is missing")))
}

fn sized<const N: usize>(value: &Value, name: &str) -> Result<[u8; N], Bad> {
    let bytes = need(value, name)?;
    bytes.try_into().map_err(|_| bad(format!("`{name}` does not have {N} bytes")))
}

fn number(value: &Value, name: &str) -> Result<u8, Bad> {
    let number = value[name].as_u64().and_then(|number| u8::try_from(number).ok());
    number.ok_or_else(|| bad(format!("`{name}` is no number below 256")))
}

fn date(value: &Value) -> Result<Date, Bad> {
    let digits = sized::<3>(value, "date")?.map(|byte| (byte >> 4) * 10 + (byte & 0x0F));
    let [year, month, day] = digits;
    Date::new(2000 + u16::from(year), month, day).map_err(|_| bad("`date` is no day".into()))
}

impl Authority {
    fn read(value: &Value) -> Result<Option<Self>, Bad> {
        if value.is_null() {
            return Ok(None);
        }
        Ok(Some(Self {
            rid: sized(value, "rid")?,
            index: u8::from_be_bytes(sized(value, "index")?),
            modulus: need(value, "modulus")?,
            exponent: need(value, "exponent")?,
            checksum: match value["checksum"].is_null() {
                true => None,
                false => Some(sized(value, "checksum")?),
            },
        }))
    }

    fn key(&self) -> Capk<'_> {
        let key = Capk::new(self.rid, self.index, &self.modulus, &self.exponent);
        Capk { checksum: self.checksum, ..key }
    }
}

impl<'v> Card<'v> {
    fn read(input: &'v Value) -> Result<Self, Bad> {
        let records = input["records"].as_array().map_or(&[][..], Vec::as_slice);
        let record = |record| {
            let (sfi, number) = (number(record, "sfi")?, number(record, "number")?);
            Ok(Record { sfi, number, data: need(record, "data")? })
        };
        Ok(Self {
            input,
            aip: Aip::from_bits_retain(u16::from_be_bytes(sized(input, "aip")?)),
            afl: need(input, "afl")?,
            aid: need(input, "aid")?,
            records: records.iter().map(record).collect::<Result<_, Bad>>()?,
            authority: Authority::read(&input["capk"])?,
            date: date(input)?,
        })
    }

    /// What came out goes to `out`; an error is the reason why it failed.
    fn authenticate(&self, method: Method, out: &mut Map<String, Value>) -> Result<(), String> {
        let mut memory = [0; Store::ROOM];
        let told = |fault: OdaFault| fault.to_string();
        let mut card =
            CardData::new(&mut memory, &self.aid, self.aip).map_err(|full| full.to_string())?;
        let afl = Afl::new(&self.afl).map_err(|fault| fault.to_string())?;
        for wanted in afl.records() {
            let is = |record: &&Record| (record.sfi, record.number) == (wanted.sfi, wanted.number);
            let found = self.records.iter().find(is);
            let record = found.ok_or_else(|| format!("{wanted:?} is not there"))?;
            card.record(wanted.sfi, wanted.authenticated, &record.data).map_err(told)?;
        }
        let pieces: Vec<&[u8]> = card.static_data().map_err(told)?.collect();
        out.insert("static_data".into(), hex(&pieces.concat()).into());
        let key = self.authority.as_ref().map(Authority::key);
        if let Some(key) = &key {
            key.check().map_err(|fault| fault.to_string())?;
        }
        let authorities = Authorities { keys: key.as_slice(), revoked: &[] };
        self.carry_out(method, &mut card, &authorities)?;
        for (name, tag) in [
            ("data_authentication_code", Tag::AUTHENTICATION_CODE),
            ("icc_dynamic_number", Tag::DYNAMIC_NUMBER),
            ("cid", Tag::CID),
            ("ac", Tag::AC),
        ] {
            if let Some(value) = card.data(tag) {
                out.insert(name.into(), hex(value).into());
            }
        }
        Ok(())
    }

    fn carry_out(
        &self,
        method: Method,
        card: &mut CardData<'_>,
        authorities: &Authorities<'_>,
    ) -> Result<(), String> {
        let text = |fault: OdaFault| fault.to_string();
        let get = |name| field(self.input, name).map_err(|bad| format!("{name}: {}", bad.error));
        let need = |name| get(name)?.ok_or_else(|| format!("`{name}` is missing"));
        match method {
            Method::Sda => card.sda(authorities, self.date).map_err(text),
            Method::Dda => {
                let number = need("unpredictable_number")?;
                let response = need("internal_authenticate_response")?;
                asks_for(card.data(Tag::DDOL), &number)?;
                card.dda(authorities, self.date, &response, &number).map_err(text)
            }
            Method::Cda => {
                let response = need("generate_ac_response")?;
                let (number, second) = (need("unpredictable_number")?, get("cdol2_data")?);
                let sent = Sent {
                    unpredictable_number: &number,
                    pdol_data: &get("pdol_data")?.unwrap_or_default(),
                    cdol1_data: &get("cdol1_data")?.unwrap_or_default(),
                    cdol2_data: second.as_deref(),
                };
                card.cda(authorities, self.date, &response, &sent).map_err(text)
            }
        }
    }
}

/// The DDOL has to ask for the Unpredictable Number, and for nothing else: more
/// is not in the log (EMV Book 3, 6.5.9.2).
fn asks_for(ddol: Option<&[u8]>, number: &[u8]) -> Result<(), String> {
    let ddol = ddol.unwrap_or(&[0x9F, 0x37, 0x04]);
    let mut entries = Dol::new(ddol).entries();
    match (entries.next(), entries.next()) {
        (Some(Ok(entry)), None)
            if entry.tag == Tag::UNPREDICTABLE_NUMBER
                && usize::from(entry.length) == number.len() =>
        {
            Ok(())
        }
        _ => Err("9F49 asks for more than the unpredictable number".into()),
    }
}
