//! `inspect vin`: vehicle identification numbers.

use embedded_pos::scan::document::vin::{Vin, VinError};
use serde_json::{Value, json};

use super::{Args, Bad};

/// Takes one number apart.
pub fn line(input: &str, _args: &Args) -> Result<Value, Bad> {
    let vin = Vin::parse(input.as_bytes()).map_err(|error| {
        let offset = match error {
            VinError::Length(at) | VinError::Letter(at) | VinError::Character(at) => at,
            _ => 0,
        };
        Bad { error: error.to_string(), offset }
    })?;
    Ok(json!({
        "check": vin.check().to_string(),
        "years": vin.years().map_or_else(Vec::new, Vec::from),
        "year_hint": vin.year_hint(),
        "wmi": vin.wmi(),
        "vds": vin.vds(),
        "vis": vin.vis(),
        "small_maker": vin.small_maker(),
        "region": vin.region().name(),
        "country": vin.country(),
        "strict": vin.is_check_mandatory(),
        "last_six": vin.last_six(),
        "advice": vin.advice().sentences().collect::<Vec<_>>(),
    }))
}
