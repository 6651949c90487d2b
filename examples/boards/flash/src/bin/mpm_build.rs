//! A merchant-presented code, made.
#![no_std]
#![no_main]

use embedded_pos::scan::code::mpm::{BuildError, Builder, Currency, Initiation, UnionPay};
use flash::{unknown, wanted};

fn build(buf: &mut [u8], merchant: &str) -> Result<usize, BuildError> {
    let mut builder = Builder::new(buf, Initiation::Dynamic)?;
    builder.unionpay(&UnionPay { acquirer: "00000000", forwarder: "00000000", merchant })?;
    builder.merchant("9399", "CN", merchant, "TIANJIN")?;
    builder.price(Currency::CNY, Some(unknown().into()))?;
    builder.template(62, &[(5, merchant)])?;
    builder.finish().map(str::len)
}

#[unsafe(no_mangle)]
extern "C" fn start() {
    flash::runtime();
    let text = [unknown() as u8; 15];
    let Ok(text) = core::str::from_utf8(&text) else { return };
    let mut buf = [0; 256];
    wanted(build(&mut buf, text).map_or(0, |len| len as u32));
    wanted(buf.iter().fold(0, |sum, byte| sum ^ u32::from(*byte)));
}
