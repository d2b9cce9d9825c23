//! Which passwords are good enough.
//!
//! Pure: knows no person but the name, and asks no network. Length comes before variety (BSI ORP.4, OWASP ASVS 2.1): there
//! are no rules about digits and signs, but what an attacker tries first is refused. Invariant: a refusal says why.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

/// Fewest characters.
const LEAST: usize = 12;

/// Most characters: more only costs time.
const MOST: usize = 256;

/// Fewest characters that differ from each other, and fewest that are not simply the next one (`aaaa`, `1234`, `dcba`).
const DISTINCT: (usize, usize) = (6, 5);

/// The 1.4 million most common passwords of at least twelve characters (`data/README.md` says where they are from): the
/// first 32 bits of the SHA-256 of each in small letters, in order, as differences in a Rice code.
static COMMON: &[u8] = include_bytes!("../../data/passwords.bin");

/// Bits of the rest in the Rice code.
const REST: u32 = 11;

/// The common ones, unpacked when somebody first sets a password.
static UNPACKED: LazyLock<Vec<u32>> = LazyLock::new(|| unpacked(COMMON));

/// What is wrong with a password for a person.
///
/// # Errors
/// In words.
pub(super) fn check(name: &str, password: &str) -> Result<(), String> {
    let length = password.chars().count();
    if !(LEAST..=MOST).contains(&length) {
        return Err(format!("a password has {LEAST} to {MOST} characters"));
    }
    let small = password.to_lowercase();
    if small.contains(&name.to_lowercase()) {
        return Err("a password does not contain its owner's name".to_owned());
    }
    if is_monotonous(&small) {
        let least = DISTINCT.0;
        return Err(format!("a password has at least {least} different characters, and not only sequences like 1234"));
    }
    if is_common(&small) || repeated(&small).is_some_and(is_common) {
        return Err("this password is among those that attackers try first: choose another one".to_owned());
    }
    Ok(())
}

fn is_monotonous(small: &str) -> bool {
    let letters: Vec<char> = small.chars().collect();
    let mut different = letters.clone();
    different.sort_unstable();
    different.dedup();
    let steps = letters.windows(2).filter(|two| match two {
        [one, next] => u32::from(*one).abs_diff(u32::from(*next)) > 1,
        _ => false,
    });
    different.len() < DISTINCT.0 || steps.count() < DISTINCT.1
}

/// What a password is made of by writing it twice or more.
fn repeated(small: &str) -> Option<&str> {
    let parts = (1..=small.len() / 2).filter(|length| small.len().is_multiple_of(*length));
    let mut parts = parts.filter_map(|length| small.get(..length));
    parts.find(|part| part.repeat(small.len() / part.len().max(1)) == small)
}

fn is_common(small: &str) -> bool {
    let digest = Sha256::digest(small.as_bytes());
    let first = digest.iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    UNPACKED.binary_search(&first).is_ok()
}

fn unpacked(packed: &[u8]) -> Vec<u32> {
    let (head, body) = packed.split_at_checked(4).unwrap_or_default();
    let count = head.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
    let mut bytes = body.iter();
    // a window on the bits: the next one is the highest, and `known` of them are read
    let (mut window, mut known) = (0_u64, 0_u32);
    let mut all = Vec::with_capacity(count);
    let mut last = 0_u32;
    while all.len() < count {
        while known <= u64::BITS - 8
            && let Some(byte) = bytes.next()
        {
            window |= u64::from(*byte) << (u64::BITS - 8 - known);
            known += 8;
        }
        // so many ones and a zero, then the rest in a fixed number of bits
        let high = window.leading_ones();
        let Some(left) = known.checked_sub(high + 1 + REST) else { break };
        let rest = window << (high + 1) >> (u64::BITS - REST);
        window <<= high + 1 + REST;
        known = left;
        last = last.wrapping_add((high << REST).wrapping_add(u32::try_from(rest).unwrap_or_default()));
        all.push(last);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_attackers_try_first_is_refused() {
        let common =
            ["123456789012", "passwordpassword", "PasswortPasswort", "qwertyuiop123", "Willkommen123", "geheim123456"];
        for password in common {
            assert!(check("anna", password).is_err(), "{password}");
        }
        let monotonous =
            ["aaaaaaaaaaaaaaaa", "abcdefghijklmnop", "1234567890987654321", "ababababababab", "zyxwvutsrqponml"];
        for password in monotonous {
            assert!(check("anna", password).unwrap_err().contains("different characters"), "{password}");
        }
        assert!(check("anna", "kurz").unwrap_err().contains("12 to 256"));
        assert!(check("anna", "xAnNa-und-noch-mehr").unwrap_err().contains("owner's name"));
    }

    #[test]
    fn a_long_one_of_ones_own_is_good() {
        for password in ["langes-kennwort", "lang genug und geheim", "vier Wörter sind besser", "x7#Kq2!vR9pL"] {
            assert_eq!(check("anna", password), Ok(()), "{password}");
        }
    }

    #[test]
    fn the_list_is_whole_and_in_order() {
        assert_eq!(UNPACKED.len(), 1_428_055);
        assert!(UNPACKED.is_sorted());
    }
}
