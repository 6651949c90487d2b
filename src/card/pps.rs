//! Protocol and parameters selection (ISO/IEC 7816-3:2006, clause 9).

/// PPSS: opens every request and response.
const PPSS: u8 = 0xFF;

/// Asks for a protocol, at the speed of the reset: PPSS, PPS0, PCK.
pub(super) const fn request(protocol: u8) -> [u8; 3] {
    [PPSS, protocol, PPSS ^ protocol]
}

/// Whether the card agreed: the response is the request (9.3).
pub(super) fn agreed(request: &[u8; 3], response: &[u8]) -> bool {
    response == request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_for_t1_and_its_answers() {
        let ask = request(1);
        assert_eq!(ask, [0xFF, 0x01, 0xFE]);
        assert!(agreed(&ask, &[0xFF, 0x01, 0xFE]));
        assert!(!agreed(&ask, &[0xFF, 0x00, 0xFF]));
        assert!(!agreed(&ask, &[0xFF, 0x01]));
    }
}
