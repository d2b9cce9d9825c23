//! When a certificate ends: the one thing of X.509 that is read here.
//!
//! Must not know what it is for. Invariant: whatever the bytes are, reading ends, with an error where they are no certificate.

use std::io;
use std::path::Path;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// The moment at which the first certificate of a PEM file ends, in seconds since 1970.
///
/// # Errors
/// Where the file cannot be read or holds no certificate.
pub fn certificate_end(file: &Path) -> io::Result<i64> {
    let read = CertificateDer::from_pem_file(file).map_err(|why| io::Error::other(why.to_string()))?;
    end(&read).ok_or_else(|| io::Error::other("it is no certificate"))
}

/// A piece of DER: its tag, what is in it, and what follows it (ITU-T X.690, 8.1).
fn piece(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (inner, rest) = rest.split_at_checked(length)?;
    Some((*tag, inner, rest))
}

/// `tbsCertificate.validity.notAfter` (RFC 5280, 4.1).
fn end(der: &[u8]) -> Option<i64> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xa0;
    const UTC_TIME: u8 = 0x17;
    let inside = |bytes| piece(bytes).filter(|(tag, ..)| *tag == SEQUENCE).map(|(_, inner, _)| inner);
    let mut rest = inside(inside(der)?)?;
    if let (VERSION, _, behind) = piece(rest)? {
        rest = behind;
    }
    // serial number, signature, issuer
    for _ in 0..3 {
        rest = piece(rest)?.2;
    }
    let (_, _, behind) = piece(inside(rest)?)?;
    let (tag, text, _) = piece(behind)?;
    let text = std::str::from_utf8(text).ok()?;
    let century = match tag {
        UTC_TIME if text < "50" => "20",
        UTC_TIME => "19",
        _ => "",
    };
    let moment = DateTime::strptime("%Y%m%d%H%M%SZ", format!("{century}{text}")).ok()?;
    Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece of DER with this tag.
    fn der(tag: u8, inner: &[u8]) -> Vec<u8> {
        let length = u8::try_from(inner.len()).unwrap();
        [&[tag, 0x81, length], inner].concat()
    }

    fn certificate(version: bool, tag: u8, ends: &str) -> Vec<u8> {
        let validity = der(0x30, &[der(0x17, b"240101000000Z"), der(tag, ends.as_bytes())].concat());
        let mut parts = vec![der(2, &[1]), der(0x30, &[]), der(0x30, &[]), validity];
        if version {
            parts.insert(0, der(0xa0, &der(2, &[2])));
        }
        der(0x30, &der(0x30, &parts.concat()))
    }

    #[test]
    fn the_end_is_read() {
        assert_eq!(end(&certificate(true, 0x17, "300101000000Z")), Some(1_893_456_000));
        assert_eq!(end(&certificate(false, 0x18, "20300101000000Z")), Some(1_893_456_000));
        assert_eq!(end(&certificate(true, 0x17, "300101")), None);
    }

    #[test]
    fn whatever_is_cut_off_is_no_certificate() {
        let whole = certificate(true, 0x17, "300101000000Z");
        for length in 0..whole.len() {
            assert_eq!(end(&whole[..length]), None, "{length}");
        }
        assert_eq!(end(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
