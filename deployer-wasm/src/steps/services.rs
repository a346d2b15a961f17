//! What the assistant works with: whether it may be used, and under which names it is attached to the app.
//!
//! All of this is looked at before anything is changed, as attaching is one of the last steps, minutes after
//! the run began. Whether the platform lets the caller attach an object can't be asked beforehand; its refusal
//! is reported by [`super::resources`].

use serde_json::Value;

use crate::config::services::{ServiceKind, Services};
use crate::error::Failure;
use crate::host::Host;
use crate::together;
use crate::workspace::apps::Resource;
use crate::workspace::services::{self, Service};
use crate::workspace::{ApiError, Client, ErrorKind};

/// Refuses what can't be used.
///
/// # Errors
/// `SERVICE_NOT_FOUND`, `SERVING_ENDPOINT_NOT_READY`, `PERMISSION_DENIED`, or the workspace's refusal.
pub async fn look<H: Host>(client: &Client<'_, H>, wanted: &Services) -> Result<(), Failure> {
    let looked = wanted.iter().map(|(kind, id)| look_at(client, kind, id));
    together::each(looked).await.into_iter().collect()
}

/// Starts the reads of [`look`].
pub async fn ahead<H: Host>(client: &Client<'_, H>, wanted: &Services) {
    together::all(wanted.iter().map(|(kind, id)| client.ahead(services::get(kind, id))).collect()).await;
}

/// Refuses one of them, if it can't be used.
///
/// # Errors
/// As [`look`].
pub async fn look_at<H: Host>(client: &Client<'_, H>, kind: ServiceKind, id: &str) -> Result<(), Failure> {
    let found = client.send(services::get(kind, id)).await;
    judge(kind, id, found)
}

fn judge(kind: ServiceKind, id: &str, found: Result<Service, ApiError>) -> Result<(), Failure> {
    let what = format!("{} `{id}`", kind.noun());
    let missing =
        |problem| Err(Failure::ServiceNotFound { what: what.clone(), setting: kind.setting(), problem });
    match found {
        // An id that can't be one is refused as invalid; a workspace may have none of a kind at all.
        Err(error)
            if matches!(
                error.kind,
                ErrorKind::NotFound | ErrorKind::Invalid | ErrorKind::InterfaceMissing
            ) =>
        {
            missing(error.into_message())
        }
        Err(error) => Err(error.into_failure()),
        Ok(found) if found.is_deleted() => missing(String::new()),
        Ok(found) if found.is_view_only() => Err(Failure::PermissionDenied {
            doing: format!("use the {what}"),
            what: format!("the {what}"),
            needed: services::needed(kind).into(),
            problem: String::new(),
        }),
        Ok(found) => match found.unready() {
            Some(state) => Err(Failure::EndpointNotReady { name: id.to_owned(), state: state.to_owned() }),
            None => Ok(()),
        },
    }
}

/// The kind of a resource that this deployer attached, by its name and its content.
fn kind_of(entry: &Value) -> Option<(ServiceKind, String)> {
    let name = entry["name"].as_str()?;
    let Resource::Service { kind, id, .. } = Resource::read(entry)? else { return None };
    let number = name.strip_prefix(kind.resource())?;
    let is_ours = match number.strip_prefix('_') {
        Some(number) => kind.is_list() && number.parse::<u16>().is_ok(),
        None => number.is_empty() && !kind.is_list(),
    };
    is_ours.then_some((kind, id))
}

/// Whether this deployer attached a resource for the assistant.
pub fn is_ours(entry: &Value) -> bool {
    kind_of(entry).is_some()
}

/// What is attached to an app.
pub fn attached(there: &[Value]) -> Services {
    let mut found: [Vec<String>; 3] = Default::default();
    for (kind, id) in there.iter().filter_map(kind_of) {
        found[kind as usize].push(id);
    }
    Services::deployed(found)
}

/// The resources for `wanted`. Each that is attached already keeps its name, whatever the order of the spaces.
pub fn resources(wanted: &Services, there: &[Value]) -> Vec<(String, Resource)> {
    let mut all: Vec<(String, Resource)> = Vec::new();
    for (kind, id) in wanted.iter() {
        let same = there.iter().find(|entry| kind_of(entry).is_some_and(|(of, it)| of == kind && it == id));
        let kept = same.and_then(|entry| entry["name"].as_str());
        let name = match kept {
            Some(kept) => kept.to_owned(),
            None if !kind.is_list() => kind.resource().to_owned(),
            None => {
                let is_taken = |name: &str| {
                    there.iter().any(|entry| entry["name"] == name)
                        || all.iter().any(|(other, _)| other == name)
                };
                let mut names = (1..).map(|number: u16| format!("{}_{number}", kind.resource()));
                names.find(|name| !is_taken(name)).unwrap_or_default()
            }
        };
        all.push((name, Resource::service(kind, id)));
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn services(endpoint: &[&str], spaces: &[&str], warehouse: &[&str]) -> Services {
        Services::deployed(
            [endpoint, spaces, warehouse].map(|ids| ids.iter().map(|id| (*id).into()).collect()),
        )
    }

    fn names(wanted: &Services, there: &[Value]) -> Vec<String> {
        resources(wanted, there).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn what_is_attached_keeps_its_name() {
        let all = services(&["m"], &["a", "b"], &["w"]);
        let made = resources(&all, &[]);
        let there: Vec<Value> = made.iter().map(|(name, resource)| resource.named(name)).collect();
        let expected = ["serving_endpoint", "genie_space_1", "genie_space_2", "sql_warehouse"];
        assert_eq!(names(&all, &[]), expected);
        assert_eq!(attached(&there), all);
        let others = services(&["n"], &["c", "b"], &[]);
        assert_eq!(names(&others, &there), ["serving_endpoint", "genie_space_3", "genie_space_2"]);
    }

    #[test]
    fn what_people_attached_is_theirs() {
        let theirs = [
            json!({"name": "serving-endpoint", "serving_endpoint": {"name": "m", "permission": "CAN_QUERY"}}),
            json!({"name": "genie_space", "genie_space": {"name": "s", "space_id": "s", "permission": "CAN_RUN"}}),
            json!({"name": "genie_space_x", "genie_space": {"name": "s", "space_id": "s", "permission": "CAN_RUN"}}),
            json!({"name": "genie_space_1", "secret": {"scope": "s", "key": "k", "permission": "READ"}}),
            json!({"name": "sql_warehouse", "job": {"id": "1", "permission": "CAN_VIEW"}}),
        ];
        assert!(!theirs.iter().any(is_ours));
        assert_eq!(attached(&theirs), services(&[], &[], &[]));
        assert_eq!(names(&services(&[], &["s"], &[]), &theirs), ["genie_space_2"], "a name is never taken");
    }
}
