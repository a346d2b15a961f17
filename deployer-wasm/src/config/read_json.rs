//! Reading arguments from JSON.
//!
//! The interfaces differ in how they collect arguments (keyword arguments, flags, a form) but pass them in
//! the same types: [`CreateArguments`] and its siblings, or the same as JSON through `from_json`, which
//! refuses unknown keys and wrong types with the same messages as for a file.

use serde_json::Value;

use super::key_schema;
use super::setting::Taker;
use super::settings::{
    CreateArguments, DeleteArguments, RestoreArguments, RollbackArguments, Settings, StatusArguments,
    UpdateArguments,
};
use crate::document::Node;
use crate::error::Result;

impl Settings {
    /// Reads an operation's arguments from JSON.
    pub(super) fn read(taker: Taker, value: Value) -> Result<Self> {
        let keys = key_schema::arguments(taker);
        let node = Node::from(value);
        key_schema::check("", &keys, key_schema::mapping("arguments", &node)?)?;
        let mut settings = Self::default();
        if let Node::Map(entries) = node {
            settings.set_all(key_schema::by_setting(&keys, entries));
        }
        Ok(settings)
    }
}

/// One operation's arguments, read from JSON.
macro_rules! from_json {
    ($($Name:ident: $taker:ident),+) => {$(
        impl $Name {
            /// Reads them from JSON.
            ///
            /// # Errors
            /// `UNKNOWN_KEY` and `WRONG_TYPE`, with the key and what would be right.
            pub fn from_json(value: Value) -> Result<Self> {
                Ok(Settings::read(Taker::$taker, value)?.into())
            }
        }
    )+};
}
from_json!(
    CreateArguments: Create,
    UpdateArguments: Update,
    DeleteArguments: Delete,
    StatusArguments: Status,
    RollbackArguments: Rollback,
    RestoreArguments: Restore
);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::SecretText;

    #[test]
    fn arguments_are_read_from_json() {
        let arguments = CreateArguments::from_json(json!({
            "app_name": "slides",
            "description": null,
            "use_test_pypi": true,
            "extra_scopes": ["files"],
            "local_wheel": {"file_name": "a.whl", "content": "AAAA"},
            "encryption_key": "marked-secret",
        }))
        .unwrap();
        assert_eq!(arguments.app_name.as_deref(), Some("slides"));
        assert_eq!(arguments.description, None);
        assert_eq!(arguments.use_test_pypi, Some(true));
        assert_eq!(arguments.encryption_key.as_ref().map(SecretText::expose), Some("marked-secret"));
        assert!(!format!("{arguments:?}").contains("marked-secret"));
    }

    #[test]
    fn each_operation_has_its_own_keys() {
        assert!(UpdateArguments::from_json(json!({"reset_database": true})).is_ok());
        assert!(DeleteArguments::from_json(json!({"reset_database": true})).is_ok());
        assert_eq!(
            CreateArguments::from_json(json!({"reset_database": true})).unwrap_err().code,
            "UNKNOWN_KEY"
        );
        assert_eq!(
            UpdateArguments::from_json(json!({"lakebase_compute": "CU_1"})).unwrap_err().code,
            "UNKNOWN_KEY"
        );
        assert_eq!(DeleteArguments::from_json(json!({"description": "x"})).unwrap_err().code, "UNKNOWN_KEY");
    }

    #[test]
    fn every_setting_is_read_by_the_operations_that_take_it() {
        use crate::config::setting::Kind;
        use crate::config::settings::SETTINGS;

        for taker in Taker::ALL {
            let taken = SETTINGS.iter().filter(|setting| setting.is_taken_by(taker));
            let sample = |kind| match kind {
                Kind::Text | Kind::Secret => json!("x"),
                Kind::Count => json!(1),
                Kind::Flag => json!(true),
                Kind::Texts => json!(["x"]),
                Kind::Map => json!({"X": "x"}),
                Kind::Wheel => json!({"file_name": "x", "content": "x"}),
            };
            let all: Value =
                taken.clone().map(|setting| (setting.name.to_owned(), sample(setting.kind))).collect();
            let read = Settings::read(taker, all).unwrap();
            for setting in SETTINGS {
                assert_eq!(read.is_given(setting.name), setting.is_taken_by(taker), "{}", setting.name);
            }
        }
    }

    #[test]
    fn a_wrong_type_of_a_secret_does_not_repeat_it() {
        let error = CreateArguments::from_json(json!({"encryption_key": ["marked-secret"]})).unwrap_err();
        assert_eq!(error.code, "WRONG_TYPE");
        assert!(!format!("{error:?}").contains("marked-secret"));
        let error = CreateArguments::from_json(json!("marked-secret")).unwrap_err();
        assert!(!format!("{error:?}").contains("marked-secret"));
    }
}
