//! Long-running changes, and their outcomes.
//!
//! Every write to an autoscaling resource returns an operation. It stays `done: false` until a time by the
//! clock, can be read long after its resource was deleted, and may end in an error, or without a response,
//! if a test requested that. Deletes end with an `Empty` response, because clients treat a missing one as a
//! failure.

use serde_json::{Value, json};

use crate::clock::Timestamp;

/// Requests a failure of the operation that a request starts. The fault layer puts it into the request's
/// extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperationFault {
    /// It ends in this error.
    Error {
        /// `error.error_code`.
        error_code: String,
        /// `error.message`.
        message: String,
        /// Whether the change happens anyway.
        keeps_effect: bool,
    },
    /// The change happens; the finished operation has no `response`.
    WithoutResponse,
}

impl OperationFault {
    /// Whether the change is carried out.
    pub(crate) fn keeps_effect(fault: Option<&Self>) -> bool {
        !matches!(fault, Some(Self::Error { keeps_effect: false, .. }))
    }
}

/// The resource type of an operation; part of the type names in its JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Project,
    Branch,
    Endpoint,
    Role,
    Database,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Project => "Project",
            Self::Branch => "Branch",
            Self::Endpoint => "Endpoint",
            Self::Role => "Role",
            Self::Database => "Database",
        }
    }
}

/// The outcome of an operation.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// With the resource. The value is its last known state.
    Resource(Value),
    /// With a deleted resource.
    Empty,
    /// With an error.
    Failed { error_code: String, message: String },
    /// Done, without a response.
    Silent,
}

/// One change, in progress or done.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) resource: String,
    pub(crate) kind: Kind,
    pub(crate) done: Timestamp,
    pub(crate) outcome: Outcome,
}

impl Operation {
    /// The operation as a client sees it at `now`. `current` is the resource's current state, if it still
    /// exists.
    pub(crate) fn to_json(&self, now: Timestamp, current: Option<Value>) -> Value {
        let kind = self.kind.as_str();
        let mut json = json!({
            "name": self.name,
            "done": self.done <= now,
            "metadata": {"@type": type_url(&format!("{kind}OperationMetadata"))},
        });
        if self.done > now {
            return json;
        }
        match &self.outcome {
            Outcome::Resource(last) => {
                let mut response = current.unwrap_or_else(|| last.clone());
                response["@type"] = type_url(kind);
                json["response"] = response;
            }
            Outcome::Empty => {
                json["response"] = json!({"@type": "type.googleapis.com/google.protobuf.Empty"});
            }
            Outcome::Failed { error_code, message } => {
                json["error"] = json!({"error_code": error_code, "message": message});
            }
            Outcome::Silent => {}
        }
        json
    }
}

fn type_url(name: &str) -> Value {
    format!("type.googleapis.com/databricks.postgres.v1.{name}").into()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Kind, Operation, Outcome};
    use crate::clock::Timestamp;

    fn operation(outcome: Outcome) -> Operation {
        Operation {
            name: "projects/p/operations/o".to_owned(),
            resource: "projects/p".to_owned(),
            kind: Kind::Project,
            done: Timestamp(10),
            outcome,
        }
    }

    #[test]
    fn a_pending_operation_tells_nothing_but_that() {
        let json = operation(Outcome::Empty).to_json(Timestamp(9), None);
        assert_eq!(json["done"], false);
        assert!(json.get("response").is_none());
        assert!(json.get("error").is_none());
    }

    #[test]
    fn a_finished_delete_has_a_response() {
        let json = operation(Outcome::Empty).to_json(Timestamp(10), None);
        assert_eq!(json["response"]["@type"], "type.googleapis.com/google.protobuf.Empty");
    }

    #[test]
    fn a_finished_change_answers_with_the_resource_as_it_is_now() {
        let last = json!({"name": "projects/p", "status": {"display_name": "old"}});
        let now = json!({"name": "projects/p", "status": {"display_name": "new"}});
        let operation = operation(Outcome::Resource(last));
        let seen = |current: Option<Value>| {
            operation.to_json(Timestamp(11), current)["response"]["status"]["display_name"].clone()
        };
        assert_eq!(seen(Some(now)), "new");
        assert_eq!(seen(None), "old");
    }
}
