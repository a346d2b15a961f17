//! The published test vectors of the format (generate, verify, invalid), and round trips.

use super::*;

const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
const TOKEN: &str =
    "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
/// 1985-10-26T01:20:00-07:00, the moment of the vectors.
const MOMENT: u64 = 499_162_800;
const IV_COUNTING_UP: [u8; IV] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

fn key() -> Key {
    Key::parse(&SecretString::from(KEY)).expect("the key of the vectors")
}

/// A token whose MAC is right and whose contents are what the caller says.
fn signed(version: u8, time: u64, iv: [u8; IV], ciphertext: &[u8]) -> String {
    let mut bytes = vec![version];
    bytes.extend_from_slice(&time.to_be_bytes());
    bytes.extend_from_slice(&iv);
    bytes.extend_from_slice(ciphertext);
    let mac = key().mac(&bytes).finalize().into_bytes();
    bytes.extend_from_slice(&mac);
    BASE64.encode(bytes)
}

#[test]
fn generates_the_published_token() {
    assert_eq!(key().encrypt_at(b"hello", MOMENT, IV_COUNTING_UP), TOKEN);
}

#[test]
fn verifies_the_published_token() {
    let plain = key().decrypt_at(TOKEN, MOMENT + 1, Some(60)).expect("valid");
    assert_eq!(plain.as_slice(), b"hello");
}

#[test]
fn refuses_every_published_invalid_token() {
    const A_SECOND_LATER: u64 = MOMENT + 1;
    const TOO_LATE: u64 = MOMENT + 91;
    for (flaw, now, token, reason) in [
        (
            "incorrect MAC",
            A_SECOND_LATER,
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
            InvalidToken::Forged,
        ),
        (
            "too short",
            A_SECOND_LATER,
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==",
            InvalidToken::Malformed,
        ),
        (
            "invalid base64",
            A_SECOND_LATER,
            "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            InvalidToken::Malformed,
        ),
        (
            "payload size not a multiple of the block size",
            A_SECOND_LATER,
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm",
            InvalidToken::Malformed,
        ),
        (
            "payload padding error",
            A_SECOND_LATER,
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==",
            InvalidToken::Malformed,
        ),
        (
            "time in the far future",
            A_SECOND_LATER,
            "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==",
            InvalidToken::NotYetValid,
        ),
        (
            "expired",
            TOO_LATE,
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            InvalidToken::Expired,
        ),
        (
            "incorrect initialisation vector",
            A_SECOND_LATER,
            "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==",
            InvalidToken::Malformed,
        ),
    ] {
        assert_eq!(key().decrypt_at(token, now, Some(60)), Err(reason), "{flaw}");
    }
}

#[test]
fn refuses_a_wrong_mac() {
    let mut bytes = BASE64.decode(TOKEN).expect("base64");
    *bytes.last_mut().expect("not empty") ^= 1;
    let token = BASE64.encode(bytes);
    assert_eq!(key().decrypt_at(&token, MOMENT, None), Err(InvalidToken::Forged));
}

#[test]
fn refuses_a_token_that_is_cut_off() {
    for length in [0, 4, 40, TOKEN.len() - 44] {
        let result = key().decrypt_at(&TOKEN[..length], MOMENT, None);
        assert!(result.is_err(), "{length} characters were accepted");
    }
}

#[test]
fn refuses_what_is_not_base64() {
    let token = format!("%%%%{}", &TOKEN[4..]);
    assert_eq!(key().decrypt_at(&token, MOMENT, None), Err(InvalidToken::Malformed));
}

#[test]
fn refuses_a_payload_that_is_no_whole_number_of_blocks() {
    let token = signed(VERSION, MOMENT, IV_COUNTING_UP, &[7; 17]);
    assert_eq!(key().decrypt_at(&token, MOMENT, None), Err(InvalidToken::Malformed));
}

#[test]
fn refuses_an_empty_payload() {
    let token = signed(VERSION, MOMENT, IV_COUNTING_UP, &[]);
    assert_eq!(key().decrypt_at(&token, MOMENT, None), Err(InvalidToken::Malformed));
}

#[test]
fn refuses_wrong_padding() {
    // The published token with another vector: the last byte of the only block no longer is a padding.
    let bytes = BASE64.decode(TOKEN).expect("base64");
    let ciphertext = &bytes[HEADER..bytes.len() - MAC];
    let mut iv = IV_COUNTING_UP;
    iv[15] ^= 0x55;
    let token = signed(VERSION, MOMENT, iv, ciphertext);
    assert_eq!(key().decrypt_at(&token, MOMENT, None), Err(InvalidToken::Malformed));
}

#[test]
fn refuses_another_version() {
    let token = signed(0x81, MOMENT, IV_COUNTING_UP, &[0; 16]);
    assert_eq!(key().decrypt_at(&token, MOMENT, None), Err(InvalidToken::Malformed));
}

#[test]
fn refuses_a_token_from_the_far_future() {
    let early = MOMENT - MAX_CLOCK_SKEW_SECS - 1;
    assert_eq!(key().decrypt_at(TOKEN, early, None), Err(InvalidToken::NotYetValid));
    assert!(key().decrypt_at(TOKEN, early + 1, None).is_ok());
}

#[test]
fn refuses_an_expired_token_only_where_age_matters() {
    assert!(key().decrypt_at(TOKEN, MOMENT + 60, Some(60)).is_ok());
    assert_eq!(key().decrypt_at(TOKEN, MOMENT + 61, Some(60)), Err(InvalidToken::Expired));
    assert!(key().decrypt_at(TOKEN, MOMENT + 40 * 365 * 86_400, None).is_ok());
}

#[test]
fn decrypts_what_it_encrypted_at_every_length_around_a_block() {
    for length in 0..=48 {
        let plain = vec![b'x'; length];
        let token = key().encrypt(&plain).expect("randomness");
        assert_eq!(key().decrypt(&token).expect("own token").as_slice(), plain);
    }
}

#[test]
fn never_writes_the_same_token_twice() {
    let one = key().encrypt(b"hello").expect("randomness");
    let two = key().encrypt(b"hello").expect("randomness");
    assert_ne!(one, two);
}

#[test]
fn accepts_only_keys_of_32_bytes() {
    let without_padding = KEY.trim_end_matches('=');
    for good in [KEY, without_padding, &format!(" {KEY}\n")] {
        assert!(Key::parse(&SecretString::from(good)).is_ok(), "{good:?}");
    }
    for bad in ["", "short", &KEY[4..], &format!("AAAA{KEY}"), &KEY.replace('_', "/")] {
        assert_eq!(Key::parse(&SecretString::from(bad)).err(), Some(InvalidKey), "{bad:?} was accepted");
    }
}

#[test]
fn does_not_show_the_key() {
    assert_eq!(format!("{:?}", key()), "Key(…)");
}
