//! The PN532 reader against a simulated chip on its three buses.

mod pn532_support;

use embedded_pos::card::Tck;
use embedded_pos::card::reader::pn532::{Config, Fault};
use embedded_pos::port::Port;
use embedded_pos::sim::card::{Echo, Pn532 as Chip};
use pn532_support::{
    Bench, Card, READ, echo, hsu, i2c, longest_command, polled_i2c, polled_spi, spi,
};

/// A whole session; the APDUs and the answers as the chip had them.
fn session<P: Port>(mut bench: Bench<P>, card: Card) -> Vec<Vec<u8>> {
    assert_eq!(bench.look(), Ok(false));
    let card = bench.bring(card);
    assert_eq!(bench.look(), Ok(true));
    let n = bench.activate().unwrap();
    let atr = *bench.reader.atr().unwrap();
    assert_eq!((atr.as_bytes().len(), atr.tck()), (n, Tck::Valid));
    assert_eq!(bench.transmit(&longest_command()).unwrap().len(), 257);
    assert_eq!(bench.look(), Ok(true));
    assert_eq!(bench.transmit(&READ).unwrap().len(), 258);
    bench.deactivate().unwrap();
    assert_eq!(bench.transmit(&READ), Err(Fault::Inactive));
    bench.take(card);
    assert_eq!(bench.look(), Ok(false));
    bench.no_violations();
    let chip = bench.chip.device();
    chip.exchanges().to_vec()
}

#[test]
fn a_session_goes_the_same_on_all_buses() {
    for part in [262, 100, 1] {
        for chunk in [262, 20] {
            let config = Config { chunk, ..Config::DEFAULT };
            let chip = || Chip::new().in_parts(part);
            let log = session(hsu(chip(), config), echo());
            assert_eq!(log.len(), 4);
            assert_eq!(log, session(spi(chip(), config), echo()));
            assert_eq!(log, session(polled_spi(chip(), config), echo()));
            assert_eq!(log, session(i2c(chip(), config), echo()));
            assert_eq!(log, session(polled_i2c(chip(), config), echo()));
            assert_eq!(log, session(hsu(chip(), config), Card::b(Echo)));
        }
    }
}
