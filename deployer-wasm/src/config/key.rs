//! The key that encrypts what the app stores of its users' Google accounts.
//!
//! In Fernet's own format: 32 random bytes as 44 characters of URL-safe base64. It is overwritten in memory
//! when dropped, never printed by `Debug`, and has no serde implementation: the only way to write it is an
//! explicit call of [`FernetKey::expose`].

use std::fmt;

use base64ct::{Base64Url, Encoding as _};
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::Failure;

/// A Fernet key.
#[derive(Clone, PartialEq, Eq)]
pub struct FernetKey(Zeroizing<String>);

impl FernetKey {
    /// Checks `text`, which was given as `key`. The error doesn't repeat it.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        let refusal = || Failure::InvalidSecret {
            key: key.to_owned(),
            expected: "a Fernet key: 32 bytes as 44 characters of URL-safe base64".to_owned(),
        };
        if text.len() != 44 {
            return Err(refusal());
        }
        let bytes = Zeroizing::new(Base64Url::decode_vec(text).map_err(|_| refusal())?);
        if bytes.len() == 32 { Ok(Self(Zeroizing::new(text.to_owned()))) } else { Err(refusal()) }
    }

    /// A new key from 32 cryptographically secure random bytes.
    pub fn generate(mut random: [u8; 32]) -> Self {
        let key = Self(Zeroizing::new(Base64Url::encode_string(&random)));
        random.zeroize();
        key
    }

    /// The key itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FernetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FernetKey([hidden])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::properties::fixed_seed;
    use crate::error::DeployError;

    #[test]
    fn a_generated_key_is_one_that_can_be_given() {
        let key = FernetKey::generate([0xfb; 32]);
        assert_eq!(key.expose().len(), 44);
        assert!(key.expose().contains('-') || key.expose().contains('_'), "{}", key.expose());
        assert_eq!(FernetKey::parse("k", key.expose()).unwrap(), key);
    }

    #[test]
    fn what_is_no_key_is_refused_without_repeating_it() {
        let good = FernetKey::generate([0xfb; 32]).expose().to_owned();
        for text in [
            String::new(),
            good[..43].to_owned(),
            format!("{good}\n"),
            good.replace('-', "+").replace('_', "/"),
            format!("{}!{}", &good[..20], &good[21..]),
            "é".repeat(22),
        ] {
            let error = DeployError::from(FernetKey::parse("encryption_key", &text).unwrap_err());
            let shown = format!("{error:?}");
            assert!(shown.contains("encryption_key"));
            assert!(text.is_empty() || !shown.contains(&text), "{shown}");
        }
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", FernetKey::generate([1; 32])), "FernetKey([hidden])");
    }

    proptest! {
        #![proptest_config(fixed_seed())]

        #[test]
        fn all_random_bytes_make_a_key(random in any::<[u8; 32]>()) {
            let key = FernetKey::generate(random);
            prop_assert_eq!(FernetKey::parse("k", key.expose()).unwrap(), key);
        }
    }
}
