//! `transaction`: a payment with a card that was logged, played to its end.

use embedded_pos::civil::{CivilTime, Date};
use embedded_pos::emv::oda::{Authorities, Capk, Method};
use embedded_pos::emv::{
    ActionCodes, Amount, Application, Approval, Assessment, Capabilities, Currency, Decline,
    Limits, OnlineResponse, Outcome, Payment, Step, Store, Tag, Terminal, Transaction, Tvr,
    Verdict,
};
use embedded_pos::tlv;
use serde_json::{Map, Value, json};

use super::{Args, Bad, bytes, hex};

/// One payment as a JSON object: `terminal` and `transaction` (elements by
/// their tags), `aids` (`aid`, `partial`), `capks` (`rid`, `index`, `modulus`,
/// `exponent`), `tac` (`denial`, `online`, `default`), `exchanges` (commands and
/// answers in their order), `generate_ac` (answers to the first GENERATE AC by
/// P1), `online` (field 55 of the issuer's answer with `8A`, or null). The first
/// candidate is taken; there is no PIN pad and no random selection.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let input: Value = serde_json::from_str(input)
        .map_err(|error| Bad { error: error.to_string(), offset: error.column() })?;
    let names = Names::read(&input)?;
    let keys = names.keys()?;
    let applications = names.applications()?;
    let terminal = Terminal {
        applications: &applications,
        authorities: Authorities { keys: &keys, revoked: &[] },
        ..names.terminal()?
    };
    let payment = payment(&input["transaction"])?;
    let mut memory = [0; Store::ROOM];
    let mut transaction = Transaction::new(&terminal, payment, &mut memory);
    let mut log = Log::read(&input)?;
    let outcome = log.play(&mut transaction);
    Ok(log.answer(&transaction, outcome))
}

fn bad(error: impl Into<String>) -> Bad {
    Bad { error: error.into(), offset: 0 }
}

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

fn sized<const N: usize>(value: &Value, name: &str) -> Result<Option<[u8; N]>, Bad> {
    let wrong = |_| bad(format!("`{name}` does not have {N} bytes"));
    field(value, name)?.map(|bytes| bytes.try_into().map_err(wrong)).transpose()
}

/// A number in coded digits.
fn digits(value: &Value, name: &str) -> Result<Option<u64>, Bad> {
    let text = value[name].as_str();
    let wrong = |_| bad(format!("`{name}` is no number"));
    text.map(|text| text.parse().map_err(wrong)).transpose()
}

fn short(value: &Value, name: &str) -> Result<Option<u16>, Bad> {
    let wrong = |_| bad(format!("`{name}` is too large"));
    digits(value, name)?.map(|number| number.try_into().map_err(wrong)).transpose()
}

fn amount(value: &Value, name: &str) -> Result<Amount, Bad> {
    let minor = digits(value, name)?.unwrap_or_default();
    Amount::from_minor(minor).ok_or_else(|| bad(format!("`{name}` is too large")))
}

/// What the configuration borrows.
struct Names<'v> {
    input: &'v Value,
    aids: Vec<(Vec<u8>, bool)>,
    keys: Vec<(Vec<u8>, Vec<u8>)>,
    merchant: String,
    ddol: Vec<u8>,
    tdol: Vec<u8>,
}

impl<'v> Names<'v> {
    fn read(input: &'v Value) -> Result<Self, Bad> {
        let list = |name: &str| input[name].as_array().map_or(&[][..], Vec::as_slice);
        let aid = |entry| Ok((need(entry, "aid")?, entry["partial"] == true));
        let key = |entry| Ok((need(entry, "modulus")?, need(entry, "exponent")?));
        let own = &input["terminal"];
        let merchant = field(own, "9F4E")?.unwrap_or_default();
        Ok(Self {
            input,
            aids: list("aids").iter().map(aid).collect::<Result<_, Bad>>()?,
            keys: list("capks").iter().map(key).collect::<Result<_, Bad>>()?,
            merchant: String::from_utf8_lossy(&merchant).into_owned(),
            ddol: field(own, "9F49")?.unwrap_or_default(),
            tdol: field(own, "97")?.unwrap_or_default(),
        })
    }

    fn keys(&self) -> Result<Vec<Capk<'_>>, Bad> {
        let entries = self.input["capks"].as_array().map_or(&[][..], Vec::as_slice);
        let missing = || bad("a key has no `rid` or no `index`");
        let pairs = entries.iter().zip(&self.keys);
        let keys = pairs.map(|(entry, (modulus, exponent))| {
            let rid = sized(entry, "rid")?.ok_or_else(missing)?;
            let [index] = sized(entry, "index")?.ok_or_else(missing)?;
            Ok(Capk::new(rid, index, modulus, exponent))
        });
        keys.collect()
    }

    fn applications(&self) -> Result<Vec<Application<'_>>, Bad> {
        let own = &self.input["terminal"];
        let floor = sized(own, "9F1B")?.map(u32::from_be_bytes).unwrap_or_default();
        let code = |name: &str| -> Result<Tvr, Bad> {
            Ok(sized(&self.input["tac"], name)?.map_or(Tvr::empty(), Tvr::from_bytes))
        };
        let common = Application {
            version: sized(own, "9F09")?.map_or(0, u16::from_be_bytes),
            limits: Limits {
                floor: Amount::from_minor(floor.into()).unwrap_or(Amount::MAX),
                threshold: Amount::ZERO,
                target_percent: 0,
                maximum_percent: 0,
            },
            codes: ActionCodes {
                denial: code("denial")?,
                online: code("online")?,
                default: code("default")?,
            },
            default_ddol: &self.ddol,
            default_tdol: &self.tdol,
            ..Application::UNIONPAY
        };
        let applications = self.aids.iter();
        Ok(applications
            .map(|(aid, partial)| Application { aid, partial: *partial, ..common })
            .collect())
    }

    fn terminal(&self) -> Result<Terminal<'_>, Bad> {
        let own = &self.input["terminal"];
        let given = Terminal::CHINA;
        Ok(Terminal {
            country: short(own, "9F1A")?.unwrap_or(given.country),
            kind: sized(own, "9F35")?.map_or(0x22, |[kind]| kind),
            acquirer: digits(own, "9F01")?,
            capabilities: sized(own, "9F33")?.map_or(given.capabilities, Capabilities::from_bytes),
            additional_capabilities: sized(own, "9F40")?.unwrap_or(given.additional_capabilities),
            terminal_id: sized(own, "9F1C")?.unwrap_or(given.terminal_id),
            ifd_serial: sized(own, "9F1E")?.unwrap_or(given.ifd_serial),
            merchant_id: sized(own, "9F16")?.unwrap_or(given.merchant_id),
            merchant_category: short(own, "9F15")?.unwrap_or(given.merchant_category),
            merchant_name: &self.merchant,
            ..given
        })
    }
}

fn payment(own: &Value) -> Result<Payment, Bad> {
    let pairs = |name: &str| -> Result<[u8; 3], Bad> {
        let coded = sized(own, name)?.unwrap_or([0; 3]);
        Ok(coded.map(|byte| (byte >> 4) * 10 + (byte & 0x0F)))
    };
    let ([year, month, day], [hour, minute, second]) = (pairs("9A")?, pairs("9F21")?);
    let date = Date::new(2000 + u16::from(year), month, day).map_err(|_| bad("`9A` is no day"))?;
    let time = CivilTime::new(date, hour, minute, second).map_err(|_| bad("`9F21` is no time"))?;
    Ok(Payment {
        amount: amount(own, "9F02")?,
        cashback: amount(own, "9F03")?,
        currency: Currency {
            code: short(own, "5F2A")?.unwrap_or(Currency::CNY.code),
            exponent: sized(own, "5F36")?.map_or(2, |[exponent]| exponent),
        },
        kind: sized(own, "9C")?.map_or(0, |[kind]| kind),
        time,
        sequence: u32::try_from(digits(own, "9F41")?.unwrap_or_default()).unwrap_or_default(),
        unpredictable_number: sized(own, "9F37")?.unwrap_or_default(),
        selection: 99,
        forced_online: false,
    })
}

/// The card as it was logged, and what is sent to it.
struct Log {
    exchanges: Vec<(Vec<u8>, Vec<u8>)>,
    generate_ac: Map<String, Value>,
    online: Option<Vec<u8>>,
    commands: Vec<Value>,
    /// TVR and TSI, as sent in the first GENERATE AC.
    sent: Option<(String, String)>,
}

impl Log {
    fn read(input: &Value) -> Result<Self, Bad> {
        let list = input["exchanges"].as_array().map_or(&[][..], Vec::as_slice);
        let exchange = |pair: &Value| {
            let side = |at: usize| {
                let digits = pair[at].as_str().ok_or_else(|| bad("an exchange is no pair"))?;
                bytes(digits)
            };
            Ok((side(0)?, side(1)?))
        };
        Ok(Self {
            exchanges: list.iter().map(exchange).collect::<Result<_, Bad>>()?,
            generate_ac: input["generate_ac"].as_object().cloned().unwrap_or_default(),
            online: field(input, "online")?,
            commands: Vec::new(),
            sent: None,
        })
    }

    fn play(&mut self, transaction: &mut Transaction<'_>) -> Outcome {
        loop {
            match transaction.step() {
                Step::Transmit(command) => {
                    let command = command.to_vec();
                    let answer = self.card(&command, transaction);
                    transaction.response(&answer);
                }
                Step::Choose(_) => transaction.choose(0),
                Step::Assess(_) => transaction.assessed(&Assessment::default()),
                Step::GoOnline(_) => self.issuer(transaction),
                Step::Done(outcome) => return outcome,
                // There is no PIN pad.
                _ => transaction.pin_pad_failed(),
            }
        }
    }

    fn card(&mut self, command: &[u8], transaction: &Transaction<'_>) -> Vec<u8> {
        self.commands.push(hex(command).into());
        if command.starts_with(&[0x80, 0xAE]) && self.sent.is_none() {
            self.sent = Some((told(transaction, Tag::TVR), told(transaction, Tag::TSI)));
            let p1 = command.get(2).map_or(String::new(), |p1| format!("{p1:02X}"));
            let answer = self.generate_ac.get(&p1).and_then(Value::as_str);
            if let Some(Ok(answer)) = answer.map(bytes) {
                return answer;
            }
        }
        match self.exchanges.iter().position(|(asked, _)| asked == command) {
            Some(index) => self.exchanges.remove(index).1,
            None if command.starts_with(&[0x80, 0xCA]) => vec![0x6A, 0x88],
            None => vec![0x6D, 0x00],
        }
    }

    fn issuer(&self, transaction: &mut Transaction<'_>) {
        let answer = self.online.as_deref().and_then(|field| {
            let code = tlv::find(field, &[Tag::ARC]).ok().flatten()?.value.try_into().ok()?;
            // Approved; approved for a part; approved, and the cardholder is known.
            let mut response = match &code {
                b"00" | b"10" | b"11" => OnlineResponse::approved(code),
                _ => OnlineResponse::declined(code),
            };
            // What cannot be used is as good as absent: the card then decides.
            let _ = response.field_55(field);
            Some(response)
        });
        match answer {
            Some(response) => transaction.online(&response),
            None => transaction.unable_to_go_online(),
        }
    }

    fn answer(self, transaction: &Transaction<'_>, outcome: Outcome) -> Value {
        let (tvr, tsi) = self.sent.unwrap_or_default();
        let mut out = json!({
            "aid": told(transaction, Tag::DF_NAME),
            "commands": self.commands,
            "oda_method": match transaction.method_of_authentication() {
                Some(Method::Sda) => "sda",
                Some(Method::Dda) => "dda",
                Some(Method::Cda) => "cda",
                None => "none",
            },
            "tvr": tvr,
            "tsi": tsi,
            "tvr_final": told(transaction, Tag::TVR),
            "tsi_final": told(transaction, Tag::TSI),
            "cvm_results": told(transaction, Tag::CVM_RESULTS),
            "cid": told(transaction, Tag::CID),
            "ac": told(transaction, Tag::AC),
            "outcome": word(outcome.result),
            "reversal_due": outcome.reversal_due,
        });
        if let Some(fault) = transaction.fault_of_authentication() {
            out["oda_fault"] = fault.to_string().into();
        }
        if let Verdict::Failed(fault) = outcome.result {
            out["fault"] = fault.to_string().into();
        }
        let why = transaction.why().map(|rule| format!("{rule} ({})", rule.clause()));
        out["why"] = why.collect();
        out
    }
}

fn told(transaction: &Transaction<'_>, tag: Tag) -> String {
    hex(transaction.data(tag).unwrap_or_default())
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Approved(Approval::Offline | Approval::UnableOnline) => "approved",
        Verdict::Approved(Approval::Online) => "online-approved",
        Verdict::Declined(Decline::Issuer | Decline::CardAfterIssuer) => "online-declined",
        Verdict::Declined(_) => "declined",
        Verdict::Failed(_) => "failed",
    }
}
