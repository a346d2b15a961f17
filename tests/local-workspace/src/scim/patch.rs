//! PATCH (RFC 7644, 3.5.2): operations on a resource in the platform's format.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::filter::{Filter, Path, member};
use super::problem::ScimProblem;

/// The maximum number of operations of one request.
const MAX_OPERATIONS: usize = 1000;

/// The body of a PATCH.
#[derive(Debug, Deserialize)]
pub(super) struct Patch {
    #[serde(default, rename = "Operations", alias = "operations")]
    operations: Vec<Operation>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    op: String,
    path: Option<String>,
    value: Option<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Add,
    Replace,
    Remove,
}

impl Patch {
    /// Applies the operations in order.
    pub(super) fn apply(self, resource: Value) -> Result<Value, ScimProblem> {
        if self.operations.len() > MAX_OPERATIONS {
            let detail = format!("More than {MAX_OPERATIONS} operations in one request.");
            return Err(ScimProblem::bad("tooMany", detail));
        }
        let Value::Object(mut fields) = resource else {
            return Ok(resource);
        };
        for operation in self.operations {
            operation.apply(&mut fields)?;
        }
        Ok(Value::Object(fields))
    }
}

/// `attribute`, `attribute.inner`, `attribute[filter]` or `attribute[filter].inner`.
struct Target {
    attribute: String,
    filter: Option<Filter>,
    inner: Option<String>,
}

impl Target {
    fn parse(text: &str) -> Result<Self, ScimProblem> {
        let invalid = || ScimProblem::bad("invalidPath", format!("{text} is not a path."));
        let (name, filter, inner) = match text.split_once('[') {
            None => (text, None, None),
            Some((name, rest)) => {
                let (filter, inner) = rest.rsplit_once(']').ok_or_else(invalid)?;
                let inner = match inner {
                    "" => None,
                    dotted => Some(dotted.strip_prefix('.').ok_or_else(invalid)?.to_owned()),
                };
                (name, Some(Filter::parse(filter)?), inner)
            }
        };
        let path = Path::parse(name).ok_or_else(invalid)?;
        let [attribute, nested @ ..] = path.names() else {
            return Err(invalid());
        };
        Ok(Self { attribute: attribute.clone(), filter, inner: inner.or_else(|| nested.first().cloned()) })
    }
}

impl Operation {
    fn apply(self, fields: &mut Map<String, Value>) -> Result<(), ScimProblem> {
        let kind = match self.op.to_ascii_lowercase().as_str() {
            "add" => Kind::Add,
            "replace" => Kind::Replace,
            "remove" => Kind::Remove,
            other => {
                return Err(ScimProblem::bad("invalidSyntax", format!("{other} is not a patch operation.")));
            }
        };
        let target = match self.path.as_deref().filter(|path| !path.is_empty()) {
            Some(path) => Target::parse(path)?,
            None => return merge_all(kind, fields, self.value),
        };
        if kind == Kind::Remove {
            remove(fields, &target, self.value.as_ref());
            return Ok(());
        }
        let value = self.value.ok_or_else(|| ScimProblem::bad("invalidValue", "value is missing."))?;
        let name = spelled(fields, &target.attribute);
        let at = fields.entry(name).or_insert(Value::Null);
        match (&target.filter, &target.inner) {
            (None, None) => set(kind, at, value),
            (None, Some(inner)) => {
                if !at.is_object() {
                    *at = Value::Object(Map::new());
                }
                if let Some(object) = at.as_object_mut() {
                    object.insert(inner.clone(), value);
                }
            }
            (Some(filter), inner) => {
                let mut hit = false;
                for one in at.as_array_mut().into_iter().flatten().filter(|one| filter.matches(one)) {
                    hit = true;
                    match (inner, one.as_object_mut()) {
                        (Some(inner), Some(object)) => {
                            object.insert(inner.clone(), value.clone());
                        }
                        _ => *one = value.clone(),
                    }
                }
                if !hit {
                    return Err(ScimProblem::bad("noTarget", "The path matches no value."));
                }
            }
        }
        Ok(())
    }
}

/// The attribute's name as written in the resource.
fn spelled(fields: &Map<String, Value>, name: &str) -> String {
    fields.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned().unwrap_or_else(|| name.to_owned())
}

fn merge_all(kind: Kind, fields: &mut Map<String, Value>, value: Option<Value>) -> Result<(), ScimProblem> {
    match (kind, value) {
        (Kind::Remove, _) => Err(ScimProblem::bad("noTarget", "remove needs a path.")),
        (kind, Some(Value::Object(changes))) => {
            for (name, value) in changes {
                let name = spelled(fields, &name);
                set(kind, fields.entry(name).or_insert(Value::Null), value);
            }
            Ok(())
        }
        _ => Err(ScimProblem::bad("invalidValue", "Without a path the value must be an object.")),
    }
}

fn set(kind: Kind, at: &mut Value, value: Value) {
    match (at, value) {
        (Value::Array(known), value) if kind == Kind::Add => {
            let added = match value {
                Value::Array(list) => list,
                one => vec![one],
            };
            for one in added {
                if !known.iter().any(|present| same(present, &one)) {
                    known.push(one);
                }
            }
        }
        (Value::Object(known), Value::Object(added)) => known.extend(added),
        (at, value) => *at = value,
    }
}

/// Whether both are the same value of a list, ignoring their other members.
fn same(a: &Value, b: &Value) -> bool {
    match (member(a, "value"), member(b, "value")) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn remove(fields: &mut Map<String, Value>, target: &Target, value: Option<&Value>) {
    let name = spelled(fields, &target.attribute);
    match (&target.filter, &target.inner, value) {
        (None, None, Some(listed)) if fields.get(&name).is_some_and(Value::is_array) => {
            let listed = match listed {
                Value::Array(list) => list.as_slice(),
                one => std::slice::from_ref(one),
            };
            if let Some(known) = fields.get_mut(&name).and_then(Value::as_array_mut) {
                known.retain(|one| !listed.iter().any(|unwanted| same(one, unwanted)));
            }
        }
        (None, None, _) => {
            fields.remove(&name);
        }
        (None, Some(inner), _) => {
            if let Some(object) = fields.get_mut(&name).and_then(Value::as_object_mut) {
                object.remove(inner);
            }
        }
        (Some(filter), inner, _) => {
            let Some(known) = fields.get_mut(&name).and_then(Value::as_array_mut) else { return };
            match inner {
                None => known.retain(|one| !filter.matches(one)),
                Some(inner) => {
                    for one in known.iter_mut().filter(|one| filter.matches(one)) {
                        if let Some(object) = one.as_object_mut() {
                            object.remove(inner);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Patch;

    fn patched(operations: Value) -> Result<Value, super::ScimProblem> {
        let resource = json!({
            "displayName": "team",
            "members": [{"value": "1", "display": "Ada"}, {"value": "2", "display": "Ben"}],
            "name": {"givenName": "A"},
        });
        let patch: Patch = serde_json::from_value(json!({"Operations": operations})).expect("operations");
        patch.apply(resource)
    }

    #[test]
    fn lists_grow_without_doubles_and_shrink_by_filter_or_value() {
        let added =
            patched(json!([{"op": "Add", "path": "members", "value": [{"value": "2"}, {"value": "3"}]}]));
        assert_eq!(added.expect("added")["members"].as_array().map(Vec::len), Some(3));
        let merged =
            patched(json!([{"op": "add", "value": {"members": [{"value": "3"}], "displayName": "x"}}]));
        let merged = merged.expect("merged");
        assert_eq!(
            (merged["members"].as_array().map(Vec::len), &merged["displayName"]),
            (Some(3), &json!("x"))
        );
        let by_filter = patched(json!([{"op": "remove", "path": "members[value eq \"1\"]"}]));
        assert_eq!(by_filter.expect("removed")["members"], json!([{"value": "2", "display": "Ben"}]));
        let by_value = patched(json!([{"op": "remove", "path": "members", "value": [{"value": "2"}]}]));
        assert_eq!(by_value.expect("removed")["members"], json!([{"value": "1", "display": "Ada"}]));
        let all = patched(json!([{"op": "remove", "path": "members"}]));
        assert_eq!(all.expect("removed").get("members"), None);
    }

    #[test]
    fn attributes_are_replaced_whatever_their_case() {
        let replaced = patched(json!([
            {"op": "replace", "path": "DISPLAYNAME", "value": "new"},
            {"op": "replace", "path": "name.familyName", "value": "B"},
            {"op": "replace", "path": "members[value eq \"1\"].display", "value": "Adele"},
        ]))
        .expect("replaced");
        assert_eq!(replaced["displayName"], "new");
        assert_eq!(replaced["name"], json!({"givenName": "A", "familyName": "B"}));
        assert_eq!(replaced["members"][0]["display"], "Adele");
    }

    #[test]
    fn what_is_no_operation_is_refused() {
        for broken in [
            json!([{"op": "move", "path": "members"}]),
            json!([{"op": "remove"}]),
            json!([{"op": "add", "path": "members"}]),
            json!([{"op": "add", "value": 7}]),
            json!([{"op": "add", "path": "members[value eq", "value": 1}]),
            json!([{"op": "add", "path": "a b", "value": 1}]),
            json!([{"op": "replace", "path": "members[value eq \"9\"].display", "value": "x"}]),
        ] {
            assert!(patched(broken.clone()).is_err(), "{broken}");
        }
    }
}
