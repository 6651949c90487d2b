//! Packets of SSI engines, and what a driver makes of them.

use embedded_pos::port::{Clock, Duration, Instant};
use embedded_pos::scan::engine::ssi::{Config, Layout, Packet, Settings, Ssi};
use embedded_pos::sim::scanner::{SsiEngine, SsiLayout, SsiLong};
use embedded_pos::sim::{Simulated, VirtualClock};

/// What a packet says is within it; a driver that hears the bytes, in whatever
/// pieces, tells the same code, and is not kept from its work.
pub fn run(data: &[u8]) {
    if let Ok(packet) = Packet::parse(data) {
        let layouts = [Layout::Classic, Layout::Extended].map(|layout| layout.read(packet.data()));
        for code in layouts.into_iter().flatten() {
            assert!(packet.data().ends_with(code.payload));
        }
        let mut settings = Settings::new(packet.data());
        assert!(settings.by_ref().count() <= packet.data().len());
        assert!(packet.data().ends_with(settings.rest()));
    }
    assert_eq!(hear(data, 1), hear(data, usize::MAX));
}

/// The first code, and whether it is known to be whole.
fn hear(data: &[u8], chunk: usize) -> Option<(Vec<u8>, bool)> {
    let engine = Simulated::new(SsiEngine::new(SsiLayout::Classic, SsiLong::Continued));
    let mut clock = VirtualClock::in_steps(Duration::from_millis(20));
    let port = engine.port(clock.clone()).chunked(chunk);
    let mut driver: Ssi<_> = Ssi::new(port, Config::new());
    driver.init().wait(&mut clock).unwrap();
    let now = clock.now();
    engine.device().outbox.push(now, Duration::ZERO, data);
    let scan = driver.scan(Duration::from_millis(500)).wait(&mut clock);
    let code = driver.payload().map(|(_, payload)| payload.to_vec());
    driver.forget();
    let truncated = scan.is_ok_and(|scan| scan.truncated);
    clock.advance(Duration::from_secs(3));
    let start = driver.start().wait(&mut clock);
    assert!(start.is_ok() && engine.device().is_looking(), "{start:?}");
    assert!(clock.now() < Instant::ZERO + Duration::from_secs(20));
    code.map(|code| (code, truncated))
}
