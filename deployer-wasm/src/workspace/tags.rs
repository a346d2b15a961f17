//! Tags of an app: `/api/2.0/entity-tag-assignments`, which has one assignment for each key of an object.

use serde::Deserialize;
use serde_json::json;

use super::{Call, page, segment};
use crate::decode::null_as_default;
use crate::host::Method;

/// The kind of the object, as the platform names it. The object's id is the app's name.
const APPS: &str = "apps";

/// A page of an app's tags.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Assigned {
    #[serde(default, deserialize_with = "null_as_default")]
    tag_assignments: Vec<Assignment>,
}
page!(Assigned, tag_assignments);

/// A tag.
#[derive(Debug, Clone, Deserialize)]
pub struct Assignment {
    #[serde(default, deserialize_with = "null_as_default")]
    tag_key: String,
    /// Absent if it has none.
    #[serde(default, deserialize_with = "null_as_default")]
    tag_value: String,
}

impl Assigned {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.tag_assignments.len()
    }

    /// The value of the tag `key`, which may be empty; `None` if the app has no such tag.
    pub fn value(&self, key: &str) -> Option<&str> {
        let found = self.tag_assignments.iter().find(|tag| tag.tag_key == key);
        found.map(|tag| tag.tag_value.as_str())
    }
}

/// Lists the tags of an app.
pub fn list(app: &str) -> Call<Assigned> {
    let path = format!("{PATH}/{APPS}/{}/tags", segment(app));
    Call::new(
        Method::Get,
        path,
        format!("read the tags of the app `{app}`"),
        format!("the app `{app}`"),
        "CAN USE",
    )
}

/// Gives an app a tag that it doesn't have.
pub fn create(app: &str, key: &str, value: &str) -> Call<Assignment> {
    set(Method::Post, PATH.to_owned(), app, (key, value))
}

/// Changes the value of a tag.
pub fn update(app: &str, key: &str, value: &str) -> Call<Assignment> {
    let path = format!("{PATH}/{APPS}/{}/tags/{}", segment(app), segment(key));
    set(Method::Patch, path, app, (key, value)).query("update_mask", "tag_value")
}

const PATH: &str = "/api/2.0/entity-tag-assignments";

fn set(method: Method, path: String, app: &str, (key, value): (&str, &str)) -> Call<Assignment> {
    let body = json!({"entity_type": APPS, "entity_id": app, "tag_key": key, "tag_value": value});
    // A governed tag, which has a policy of its own, is the usual reason of a refusal.
    let (doing, what) =
        (format!("set the tag `{key}` of the app `{app}`"), format!("the governed tag `{key}`"));
    Call::new(method, path, doing, what, "ASSIGN").body(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    #[test]
    fn a_tag_without_a_value_is_there() {
        let there: Assigned = decode(json!({
            "tag_assignments": [
                {"tag_key": "team", "tag_value": "slides"}, {"tag_key": "reviewed"},
                {"tag_key": "empty", "tag_value": null}, {},
            ],
            "next_page_token": "",
        }))
        .unwrap();
        assert_eq!(there.value("team"), Some("slides"));
        assert_eq!((there.value("reviewed"), there.value("empty")), (Some(""), Some("")));
        assert_eq!(there.value("Team"), None);
        assert_eq!(decode::<Assigned>(json!({})).unwrap().value("team"), None);
    }
}
