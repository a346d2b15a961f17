//! SCIM: the people and groups of the workspace.
//!
//! Ids go into paths and texts into filters, so both are checked or escaped here.

use deployer::host::{HostError, HostErrorKind, Method, WorkspaceRequest, WorkspaceResponse};
use serde::Deserialize;

use super::Workspace;

/// The most results of one kind that a search asks for.
const MOST_FOUND: usize = 10;
/// The longest id of the platform's.
const LONGEST_ID: usize = 100;

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Persons.
    Users,
    /// Service principals.
    ServicePrincipals,
    /// Groups.
    Groups,
}

/// A person, service principal or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which kind.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// A display name.
    pub name: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Resource {
    id: String,
    display_name: Option<String>,
    user_name: Option<String>,
    application_id: Option<String>,
    groups: Vec<Membership>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Membership {
    value: String,
    display: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Page {
    resources: Vec<Resource>,
}

impl Kind {
    fn path(self) -> &'static str {
        match self {
            Self::Users => "Users",
            Self::ServicePrincipals => "ServicePrincipals",
            Self::Groups => "Groups",
        }
    }

    fn attributes(self) -> &'static str {
        match self {
            Self::Users => "id,displayName,userName",
            Self::ServicePrincipals => "id,displayName,applicationId",
            Self::Groups => "id,displayName",
        }
    }

    fn found(self, resource: Resource) -> Option<Found> {
        let Resource { id, display_name, user_name, application_id, .. } = resource;
        let name =
            [display_name, user_name, application_id].into_iter().flatten().find(|name| !name.is_empty())?;
        (is_id(&id) && name.chars().count() <= 255).then_some(Found { kind: self, id, name })
    }
}

impl Workspace {
    /// The groups of a person or service principal; none if there is no such.
    pub async fn groups_of(&self, id: &str) -> Result<Vec<Group>, HostError> {
        for kind in [Kind::Users, Kind::ServicePrincipals] {
            if let Some(resource) = self.resource(kind, id, "id,groups").await? {
                let groups = resource.groups.into_iter().filter(|group| is_id(&group.value));
                return Ok(groups.map(|group| Group { id: group.value, name: group.display }).collect());
            }
        }
        Ok(Vec::new())
    }

    /// The person, service principal or group of an id.
    pub async fn principal(&self, kinds: &[Kind], id: &str) -> Result<Option<Found>, HostError> {
        for kind in kinds {
            if let Some(resource) = self.resource(*kind, id, kind.attributes()).await? {
                return Ok(kind.found(resource));
            }
        }
        Ok(None)
    }

    /// Those of a kind whose name contains a text.
    pub async fn find(&self, kind: Kind, text: &str) -> Result<Vec<Found>, HostError> {
        let text = quoted(text);
        let filter = match kind {
            Kind::Users => format!("displayName co {text} or userName co {text}"),
            Kind::ServicePrincipals | Kind::Groups => format!("displayName co {text}"),
        };
        let query = vec![
            ("filter".to_owned(), filter),
            ("attributes".to_owned(), kind.attributes().to_owned()),
            ("count".to_owned(), MOST_FOUND.to_string()),
        ];
        let answer = self.scim(kind.path().to_owned(), query).await?;
        let page: Page = read(&answer)?;
        Ok(page.resources.into_iter().take(MOST_FOUND).filter_map(|one| kind.found(one)).collect())
    }

    async fn resource(&self, kind: Kind, id: &str, attributes: &str) -> Result<Option<Resource>, HostError> {
        if !is_id(id) {
            return Ok(None);
        }
        let query = vec![("attributes".to_owned(), attributes.to_owned())];
        let answer = self.scim(format!("{}/{id}", kind.path()), query).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        read(&answer).map(Some)
    }

    async fn scim(&self, path: String, query: Vec<(String, String)>) -> Result<WorkspaceResponse, HostError> {
        let path = format!("/api/2.0/preview/scim/v2/{path}");
        self.request(&WorkspaceRequest { method: Method::Get, path, query, body: None, sensitive: false })
            .await
    }
}

fn read<T: for<'a> Deserialize<'a>>(answer: &WorkspaceResponse) -> Result<T, HostError> {
    if answer.status != 200 {
        let message = format!("the workspace answered {} to a SCIM request", answer.status);
        return Err(HostError { kind: HostErrorKind::Refused, message });
    }
    serde_json::from_str(&answer.body).map_err(|_| HostError {
        kind: HostErrorKind::Refused,
        message: "the workspace's answer to a SCIM request can't be read".to_owned(),
    })
}

/// Whether it can be an id of the platform's: a number, for some kinds a UUID.
fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A text as a value of a filter.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_a_value_of_the_filter() {
        assert_eq!(
            quoted(r#"a" or userName pr or displayName eq "b\"#),
            r#""a\" or userName pr or displayName eq \"b\\""#
        );
    }

    #[test]
    fn ids_stay_one_part_of_a_path() {
        for good in ["1001", "8d1f0a3e-0000-4000-8000-000000000000"] {
            assert!(is_id(good), "{good}");
        }
        for bad in ["", "a/b", "..", "a?b", "a%2fb", "dev@localhost"] {
            assert!(!is_id(bad), "{bad}");
        }
    }
}
