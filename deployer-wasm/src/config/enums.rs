//! Settings with a fixed set of values.
//!
//! Sizes are read in either case, as people write both in a file; they are written as the platform writes
//! them.

use super::text::invalid;
use crate::error::Failure;

/// Defines such a setting: the enum, its values as strings, and their serde representation.
macro_rules! choice {
    ($(#[$attribute:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it is written in a configuration.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

choice! {
    /// The size of an app's compute.
    ComputeSize {
        /// 2 vCPU, 6 GB.
        Medium = "MEDIUM",
        /// 4 vCPU, 12 GB.
        Large = "LARGE",
        /// The largest.
        Xlarge = "XLARGE",
    }
}

impl ComputeSize {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        if let Some(size) = Self::ALL.iter().find(|size| size.as_str().eq_ignore_ascii_case(text)) {
            return Ok(*size);
        }
        Err(invalid(
            key,
            text,
            if text.eq_ignore_ascii_case("LIQUID") {
                "`MEDIUM`, `LARGE` or `XLARGE`; `LIQUID` is not in the current API (an app that has it keeps it if this setting is omitted)"
            } else {
                "`MEDIUM`, `LARGE` or `XLARGE`"
            },
        ))
    }
}

choice! {
    /// What happens to a release whose app isn't healthy.
    OnFailure {
        /// The previous release is put back.
        Rollback = "rollback",
        /// The failed release stays.
        Keep = "keep",
    }
}

impl OnFailure {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        let known = Self::ALL.iter().find(|known| known.as_str() == text);
        known.copied().ok_or_else(|| invalid(key, text, "`rollback` or `keep`"))
    }
}

choice! {
    /// The size of a database, in Lakebase's compute units.
    Capacity {
        /// One unit.
        Cu1 = "CU_1",
        /// Two units.
        Cu2 = "CU_2",
        /// Four units.
        Cu4 = "CU_4",
        /// Eight units.
        Cu8 = "CU_8",
    }
}

impl Capacity {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        Self::ALL
            .iter()
            .find(|capacity| capacity.as_str().eq_ignore_ascii_case(text))
            .copied()
            .ok_or_else(|| invalid(key, text, "`CU_1`, `CU_2`, `CU_4` or `CU_8`"))
    }

    /// The minimum and maximum compute units of an autoscaling database of this size: half of it and twice
    /// it. The platform allows a spread of at most 16.
    pub const fn autoscaling_limits(self) -> (f64, f64) {
        match self {
            Self::Cu1 => (0.5, 2.0),
            Self::Cu2 => (1.0, 4.0),
            Self::Cu4 => (2.0, 8.0),
            Self::Cu8 => (4.0, 16.0),
        }
    }
}

choice! {
    /// Which of the two apps is deployed; only the two generated files differ.
    AppPackage {
        /// The native app of this project.
        TellrApp = "tellr-app",
        /// The original Python app.
        DatabricksTellrApp = "databricks-tellr-app",
    }
}

impl AppPackage {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        Self::ALL
            .iter()
            .find(|package| package.as_str() == text)
            .copied()
            .ok_or_else(|| invalid(key, text, "`tellr-app` or `databricks-tellr-app`"))
    }
}

choice! {
    /// Where the key that encrypts the app's data is kept.
    KeyStorage {
        /// In a secret scope; `app.yaml` only references it.
        SecretScope = "secret_scope",
        /// In `app.yaml` itself, readable by everyone with access to the app's files.
        AppYaml = "app_yaml",
    }
}

impl KeyStorage {
    /// Checks `text`, which was given as `key`.
    pub fn parse(key: &str, text: &str) -> Result<Self, Failure> {
        Self::ALL
            .iter()
            .find(|storage| storage.as_str() == text)
            .copied()
            .ok_or_else(|| invalid(key, text, "`secret_scope` or `app_yaml`"))
    }
}

choice! {
    /// The index that the app's package is installed from.
    PackageIndex {
        /// The public one.
        Pypi = "pypi",
        /// `TestPyPI`; packages that it doesn't have are still installed from `PyPI`.
        TestPypi = "test_pypi",
    }
}

choice! {
    /// The initial content of the database.
    Seeds {
        /// The default content.
        Standard = "standard",
        /// The default content, and content about Databricks.
        Databricks = "databricks",
    }
}

impl From<bool> for PackageIndex {
    /// From the argument `use_test_pypi`.
    fn from(use_test_pypi: bool) -> Self {
        if use_test_pypi { Self::TestPypi } else { Self::Pypi }
    }
}

impl From<bool> for Seeds {
    /// From the argument `seed_databricks_defaults`.
    fn from(seed_databricks_defaults: bool) -> Self {
        if seed_databricks_defaults { Self::Databricks } else { Self::Standard }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
        match result {
            Err(Failure::InvalidValue { expected, .. }) => expected,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn sizes_are_read_in_either_case() {
        assert_eq!(ComputeSize::parse("k", "large").unwrap(), ComputeSize::Large);
        assert_eq!(Capacity::parse("k", "cu_4").unwrap(), Capacity::Cu4);
    }

    #[test]
    fn liquid_is_refused_and_explained() {
        assert!(refusal(ComputeSize::parse("app_compute", "LIQUID")).contains("not in the current API"));
        assert!(!refusal(ComputeSize::parse("app_compute", "HUGE")).contains("LIQUID"));
    }

    #[test]
    fn a_wrong_choice_is_told_the_right_ones() {
        assert!(refusal(Capacity::parse("k", "CU_3")).contains("`CU_4`"));
        assert!(refusal(AppPackage::parse("k", "tellr")).contains("`tellr-app`"));
        assert!(refusal(KeyStorage::parse("k", "vault")).contains("`secret_scope`"));
    }

    #[test]
    fn serde_uses_the_same_words() {
        for package in AppPackage::ALL {
            assert_eq!(serde_json::to_value(package).unwrap(), package.as_str());
        }
        for capacity in Capacity::ALL {
            assert_eq!(serde_json::to_value(capacity).unwrap(), capacity.as_str());
            let (min, max) = capacity.autoscaling_limits();
            assert!(min < max && max - min <= 16.0, "the platform takes a spread of at most 16");
        }
    }
}
