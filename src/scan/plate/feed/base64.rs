//! Base64 (RFC 4648, section 4), of which padding may be missing.

use heapless::Vec;

/// The bytes; `None` if the text is something else, or more.
pub(super) fn decode<const N: usize>(text: &[u8]) -> Option<Vec<u8, N>> {
    let text = text.strip_suffix(b"=").unwrap_or(text);
    let text = text.strip_suffix(b"=").unwrap_or(text);
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text {
        bits = bits << 6 | u32::from(sextet(*byte)?);
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., byte] = (bits >> count).to_be_bytes();
            bytes.push(byte).ok()?;
        }
    }
    // Six bits left are less than a byte.
    (count < 6).then_some(bytes)
}

const fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn vectors_of_rfc_4648() {
        for (text, bytes) in [
            ("", Some("")),
            ("Zg==", Some("f")),
            ("Zm8=", Some("fo")),
            ("Zm9v", Some("foo")),
            ("Zm9vYmFy", Some("foobar")),
            ("Zm8", Some("fo")),
            ("Z", None),
            ("Zm9v!", None),
            ("津", None),
        ] {
            let decoded = decode::<6>(text.as_bytes());
            assert_eq!(decoded.as_deref(), bytes.map(str::as_bytes), "{text}");
        }
        assert_eq!(decode::<5>(b"Zm9vYmFy"), None);
    }
}
