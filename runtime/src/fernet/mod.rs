//! Fernet tokens, used to encrypt stored secrets.
//!
//! Problem: the deployment's contract is a Fernet key (version 0x80: AES-128 in CBC mode under an
//! HMAC-SHA256), and rows written by other programs with that key must stay readable.
//!
//! Choice: the format is implemented in about a hundred lines on RustCrypto's primitives. The crate
//! `fernet` can be built without OpenSSL by its feature `rustcrypto`, but isn't used: its last release
//! (0.2.2, of 2024) would add second, older versions of `aes`, `cbc`, `hmac`, `sha2` and `getrandom` with
//! their dependencies to the program, and has the MPL licence, unlike all other dependencies. The
//! primitives are the library's; the tests include the published vectors. The order is fixed: the MAC is
//! checked over the whole token, in constant time, before a single byte is decrypted, so padding errors
//! reveal nothing to an attacker.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aes::Aes128;
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const VERSION: u8 = 0x80;
const HALF: usize = 16;
const IV: usize = 16;
const MAC: usize = 32;
/// Version, time and initialisation vector.
const HEADER: usize = 1 + 8 + IV;
/// How far ahead the clock of the program that wrote a token may be.
const MAX_CLOCK_SKEW_SECS: u64 = 60;

/// Writers add padding; readers accept missing padding, which gets lost when keys are pasted.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A Fernet key: half of it signs, half of it encrypts. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key {
    signing: [u8; HALF],
    encryption: [u8; HALF],
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A text that is not a Fernet key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a Fernet key: 32 bytes in URL-safe base64, 44 characters")]
pub struct InvalidKey;

/// Why a token was not accepted. The reasons are for tests and the log; they must not be shown to the
/// sender of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// Not base64, too short, or of another version.
    #[error("the text is not a Fernet token")]
    Malformed,
    /// Encrypted with another key, or modified.
    #[error("the token was not written with this key, or was changed since")]
    Forged,
    /// Older than the caller accepts.
    #[error("the token is too old")]
    Expired,
    /// Its time is in the future.
    #[error("the token is from the future")]
    NotYetValid,
}

/// The machine has no source of randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system returned no random bytes")]
pub struct NoRandomness;

impl Key {
    /// Parses a key in the format of `GOOGLE_OAUTH_ENCRYPTION_KEY`.
    pub fn parse(text: &SecretString) -> Result<Self, InvalidKey> {
        let bytes = BASE64.decode(text.expose_secret().trim()).map(Zeroizing::new).map_err(|_| InvalidKey)?;
        let (signing, encryption) = bytes.split_at_checked(HALF).ok_or(InvalidKey)?;
        Ok(Self {
            signing: signing.try_into().map_err(|_| InvalidKey)?,
            encryption: encryption.try_into().map_err(|_| InvalidKey)?,
        })
    }

    /// Encrypts; the result is text and safe to store.
    pub fn encrypt(&self, plaintext: &[u8]) -> Result<String, NoRandomness> {
        let mut iv = [0; IV];
        getrandom::fill(&mut iv).map_err(|_| NoRandomness)?;
        Ok(self.encrypt_at(plaintext, unix_now(), iv))
    }

    /// Decrypts a token, however old.
    pub fn decrypt(&self, token: &str) -> Result<Zeroizing<Vec<u8>>, InvalidToken> {
        self.decrypt_at(token, unix_now(), None)
    }

    /// Decrypts a token, unless it is older than this.
    pub fn decrypt_within(&self, token: &str, age: Duration) -> Result<Zeroizing<Vec<u8>>, InvalidToken> {
        self.decrypt_at(token, unix_now(), Some(age.as_secs()))
    }

    /// The deterministic part of [`Key::encrypt`]. Never call it twice with the same `iv`.
    fn encrypt_at(&self, plaintext: &[u8], unix_secs: u64, iv: [u8; IV]) -> String {
        let ciphertext = cbc::Encryptor::<Aes128>::new(&self.encryption.into(), &iv.into())
            .encrypt_padded_vec::<Pkcs7>(plaintext);
        let mut token = Vec::with_capacity(HEADER + ciphertext.len() + MAC);
        token.push(VERSION);
        token.extend_from_slice(&unix_secs.to_be_bytes());
        token.extend_from_slice(&iv);
        token.extend_from_slice(&ciphertext);
        let mac = self.mac(&token).finalize().into_bytes();
        token.extend_from_slice(&mac);
        BASE64.encode(token)
    }

    /// The deterministic part of [`Key::decrypt`]; `ttl_secs` limits a token's age.
    fn decrypt_at(
        &self,
        token: &str,
        now_unix_secs: u64,
        ttl_secs: Option<u64>,
    ) -> Result<Zeroizing<Vec<u8>>, InvalidToken> {
        let bytes = BASE64.decode(token).map_err(|_| InvalidToken::Malformed)?;
        let signed_len = bytes.len().checked_sub(MAC).ok_or(InvalidToken::Malformed)?;
        let (signed, mac) = bytes.split_at(signed_len);
        let (header, ciphertext) = signed.split_at_checked(HEADER).ok_or(InvalidToken::Malformed)?;
        let (&version, header) = header.split_first().ok_or(InvalidToken::Malformed)?;
        let (time, iv) = header.split_first_chunk::<8>().ok_or(InvalidToken::Malformed)?;
        let iv: [u8; IV] = iv.try_into().map_err(|_| InvalidToken::Malformed)?;
        if version != VERSION {
            return Err(InvalidToken::Malformed);
        }
        self.mac(signed).verify_slice(mac).map_err(|_| InvalidToken::Forged)?;
        let written = u64::from_be_bytes(*time);
        if ttl_secs.is_some_and(|ttl| written.saturating_add(ttl) < now_unix_secs) {
            return Err(InvalidToken::Expired);
        }
        if written > now_unix_secs.saturating_add(MAX_CLOCK_SKEW_SECS) {
            return Err(InvalidToken::NotYetValid);
        }
        cbc::Decryptor::<Aes128>::new(&self.encryption.into(), &iv.into())
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .map(Zeroizing::new)
            .map_err(|_| InvalidToken::Malformed)
    }

    fn mac(&self, signed: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.signing).expect("HMAC takes keys of any length");
        mac.update(signed);
        mac
    }
}

/// A clock before 1970 counts as 1970: then a token may be found too new, but never too old.
fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

#[cfg(test)]
mod tests;
