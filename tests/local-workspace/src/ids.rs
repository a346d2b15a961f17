//! Reproducible identifiers in the platform's formats.
//!
//! Tests compare whole answers, so ids must not change from run to run; but they must not look like
//! counters, or a client that confuses two kinds of id could pass by luck. A counter with a mixing function
//! satisfies both. Secrets are different: they are generated from the system's randomness (`secret`).

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Generates ids for one workspace; clones share the sequence.
#[derive(Clone, Debug, Default)]
pub struct Ids(Arc<AtomicU64>);

impl Ids {
    fn next(&self) -> u64 {
        mix(self.0.fetch_add(1, Ordering::Relaxed).wrapping_add(1))
    }

    /// A version 4 UUID.
    pub fn uuid(&self) -> Uuid {
        let (high, low) = (self.next(), self.next());
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&high.to_be_bytes());
        bytes[8..].copy_from_slice(&low.to_be_bytes());
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// A positive number of 15 digits, as principals and files have.
    pub fn number(&self) -> u64 {
        100_000_000_000_000 + self.next() % 900_000_000_000_000
    }

    /// `len` lower-case letters and digits.
    pub fn short(&self, len: usize) -> String {
        const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        let mut bits = self.next();
        let mut text = String::with_capacity(len);
        for _ in 0..len {
            let index = usize::try_from(bits % 36).unwrap_or(0);
            text.push(char::from(ALPHABET[index]));
            bits = mix(bits);
        }
        text
    }

    /// 32 hexadecimal digits, as deployments have.
    pub fn hex(&self) -> String {
        let mut text = String::with_capacity(32);
        for _ in 0..2 {
            let _ = write!(text, "{:016x}", self.next());
        }
        text
    }
}

/// `prefix` and 128 random bits.
pub fn secret(prefix: &str) -> String {
    format!("{prefix}{}", Uuid::new_v4().simple())
}

// The finalizer of SplitMix64: a bijection, so distinct inputs give distinct ids.
fn mix(input: u64) -> u64 {
    let mut z = input.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
