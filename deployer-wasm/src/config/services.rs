//! What the app's assistant works with: a model serving endpoint that answers, Genie spaces and a SQL
//! warehouse that hold data.
//!
//! Each is attached to the app as a resource, which gives the app's service principal the permission to use
//! it, and the app learns of it by a variable in `app.yaml`. Two of the variables take their value from the
//! resource (`valueFrom`), so that the app follows if another endpoint or warehouse is attached under the same
//! name in the workspace. A variable can take its value from one resource only. The ids of spaces, of which
//! there may be several, are therefore written as plain text, separated by commas; also if there is only one,
//! so that the variable is written and read in one way. In exchange, other spaces have to be set with the
//! deployer.
//!
//! The three settings differ in a few words, so they are one list for each [`ServiceKind`] here. As with all
//! settings of an existing app, an omitted one keeps what is attached; an empty one detaches it.

use super::settings::Settings;
use super::text::{invalid, refuse_unfilled};
use crate::error::Failure;

/// The most spaces of an app: each is a resource, and the assistant chooses one of them by its title.
const MOST_SPACES: usize = 16;

/// A kind of object that the assistant works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceKind {
    /// Answers prompts.
    ServingEndpoint,
    /// Answers questions about data.
    GenieSpace,
    /// Runs SQL.
    SqlWarehouse,
}

impl ServiceKind {
    /// All of them, in the order of the settings.
    pub const ALL: [Self; 3] = [Self::ServingEndpoint, Self::GenieSpace, Self::SqlWarehouse];

    /// The setting.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::ServingEndpoint => "serving_endpoint",
            Self::GenieSpace => "genie_spaces",
            Self::SqlWarehouse => "sql_warehouse",
        }
    }

    /// What people call it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::ServingEndpoint => "serving endpoint",
            Self::GenieSpace => "Genie space",
            Self::SqlWarehouse => "SQL warehouse",
        }
    }

    /// The name of the attached resource; with several, a number follows.
    pub const fn resource(self) -> &'static str {
        match self {
            Self::ServingEndpoint => "serving_endpoint",
            Self::GenieSpace => "genie_space",
            Self::SqlWarehouse => "sql_warehouse",
        }
    }

    /// The app's environment variable.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::ServingEndpoint => "TELLR_SERVING_ENDPOINT",
            Self::GenieSpace => "TELLR_GENIE_SPACES",
            Self::SqlWarehouse => "TELLR_SQL_WAREHOUSE",
        }
    }

    /// Whether an app may have several.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::GenieSpace)
    }
}

/// The names of endpoints and the ids of spaces and warehouses, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Services([Option<Vec<String>>; 3]);

impl Services {
    /// Checks the settings, and writes them back in normalised form.
    pub(super) fn check(settings: &mut Settings) -> Result<Self, Failure> {
        let Settings { source, serving_endpoint, genie_spaces, sql_warehouse, .. } = settings;
        for (name, text) in [("serving_endpoint", &mut *serving_endpoint), ("sql_warehouse", sql_warehouse)] {
            if let Some(text) = text {
                *text = checked(&source.key(name), text)?;
            }
        }
        if let Some(spaces) = genie_spaces {
            let key = source.key("genie_spaces");
            let mut ids: Vec<String> = Vec::new();
            for (index, text) in spaces.iter().enumerate() {
                let id = checked(&format!("{key}[{index}]"), text)?;
                // On a command line, an empty text is the only way to write an empty list.
                if !id.is_empty() && !ids.contains(&id) {
                    ids.push(id);
                }
            }
            if ids.len() > MOST_SPACES {
                return Err(invalid(
                    &key,
                    &format!("{} spaces", ids.len()),
                    format!("at most {MOST_SPACES}"),
                ));
            }
            *spaces = ids;
        }
        let one = |text: &Option<String>| {
            text.as_ref().map(|id| if id.is_empty() { Vec::new() } else { vec![id.clone()] })
        };
        Ok(Self([one(serving_endpoint), genie_spaces.clone(), one(sql_warehouse)]))
    }

    /// Those of a kind; none if they are to stay as deployed.
    pub fn of(&self, kind: ServiceKind) -> &[String] {
        self.0[kind as usize].as_deref().unwrap_or_default()
    }

    /// All of them with their kinds.
    pub fn iter(&self) -> impl Iterator<Item = (ServiceKind, &str)> {
        ServiceKind::ALL.into_iter().flat_map(|kind| self.of(kind).iter().map(move |id| (kind, id.as_str())))
    }

    /// Those that an app has.
    pub fn deployed(found: [Vec<String>; 3]) -> Self {
        Self(found.map(Some))
    }

    /// The same, with omitted kinds as deployed.
    #[must_use]
    pub fn or(&self, deployed: Self) -> Self {
        let mut all = deployed.0;
        for (there, given) in all.iter_mut().zip(&self.0) {
            if given.is_some() {
                there.clone_from(given);
            }
        }
        Self(all)
    }
}

/// A name or an id, without the spaces around it. The platform's are short and of few characters.
fn checked(key: &str, text: &str) -> Result<String, Failure> {
    refuse_unfilled(key, text)?;
    let id = text.trim();
    let fits = id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits {
        return Ok(id.to_owned());
    }
    let expected =
        "at most 64 letters, digits, hyphens and underscores, as in the address of its page in the workspace";
    Err(invalid(key, text, expected))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::config::{CreateArguments, UpdateArguments};

    const SPACE: &str = "01ef274d35a310b5bffd01dadcbaf577";

    fn update(mut arguments: Value) -> Services {
        for (name, value) in [("app_name", "tellr"), ("lakebase_name", "db"), ("schema_name", "s")] {
            arguments[name] = value.into();
        }
        let arguments = UpdateArguments::from_json(arguments).unwrap();
        arguments.resolve(None, None).unwrap().services
    }

    #[test]
    fn an_omitted_setting_keeps_and_an_empty_one_takes_away() {
        let deployed = || Services::deployed([vec!["model".into()], vec![SPACE.into()], vec!["w1".into()]]);
        let all = |services: &Services| services.iter().map(|(_, id)| id.to_owned()).collect::<Vec<_>>();
        assert_eq!(all(&update(json!({})).or(deployed())), ["model", SPACE, "w1"]);
        let given = json!({"serving_endpoint": "", "genie_spaces": ["a", " b ", "a"]});
        assert_eq!(all(&update(given).or(deployed())), ["a", "b", "w1"]);
        for none in [json!([]), json!([""])] {
            let given = json!({"genie_spaces": none, "sql_warehouse": "w2"});
            assert_eq!(all(&update(given).or(deployed())), ["model", "w2"]);
        }
    }

    #[test]
    fn what_is_no_name_of_the_platforms_is_refused_by_its_key() {
        for (key, given) in [
            ("serving_endpoint", json!({"serving_endpoint": "a/b"})),
            ("serving_endpoint", json!({"serving_endpoint": "${model}"})),
            ("sql_warehouse", json!({"sql_warehouse": "x".repeat(65)})),
            ("genie_spaces[1]", json!({"genie_spaces": ["a", "b,c"]})),
            ("genie_spaces", json!({"genie_spaces": (0..17).map(|n| n.to_string()).collect::<Vec<_>>()})),
        ] {
            let arguments = CreateArguments::from_json(given).unwrap();
            let error = arguments.resolve(None, None).unwrap_err();
            assert_eq!(error.refused.as_ref().and_then(|refused| refused.key.as_deref()), Some(key));
        }
    }
}
