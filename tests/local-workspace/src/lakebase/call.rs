//! One request to Lakebase: its caller, its parameters, its workspace.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::Lakebase;
use super::operations::OperationFault;
use super::request::Parameters;
use crate::clock::Timestamp;
use crate::extract::read_query;
use crate::identity::{Principal, Right};
use crate::pace::Durations;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Objects with permissions of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    Project,
    Instance,
}

impl ObjectKind {
    /// The object type of the permissions API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Project => "database-projects",
            Self::Instance => "database-instances",
        }
    }
}

/// The parts of a request that every handler needs, apart from path and body.
pub(crate) struct Call {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) principal: Principal,
    pub(crate) parameters: Parameters,
    pub(crate) fault: Option<OperationFault>,
}

impl FromRequestParts<Arc<Workspace>> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, workspace: &Arc<Workspace>) -> Result<Self, Problem> {
        let principal = parts
            .extensions
            .get::<Principal>()
            .cloned()
            .ok_or_else(|| Problem::unauthenticated("Credential was not sent."))?;
        let parameters = read_query(parts.uri.query())?;
        Ok(Self {
            workspace: Arc::clone(workspace),
            principal,
            parameters,
            fault: parts.extensions.get::<OperationFault>().cloned(),
        })
    }
}

impl Call {
    pub(crate) fn lakebase(&self) -> &Lakebase {
        &self.workspace.lakebase
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.workspace.clock.now()
    }

    pub(crate) fn durations(&self) -> Durations {
        self.workspace.settings.get().pace.durations
    }

    /// Refuses callers who may not see databases.
    pub(crate) fn may_read(&self) -> Result<(), Problem> {
        self.workspace.require(&self.principal, Right::ReadLakebase)
    }

    /// Refuses callers who may not create projects or instances.
    pub(crate) fn may_create(&self) -> Result<(), Problem> {
        self.workspace.require(&self.principal, Right::CreateLakebase)
    }

    /// Refuses callers who may not change this project or instance.
    pub(crate) fn may_manage(&self, kind: ObjectKind, id: &str) -> Result<(), Problem> {
        self.workspace.require(&self.principal, Right::ManageLakebase)?;
        self.has_level(kind, id, "CAN_MANAGE")
    }

    /// Refuses callers who may not connect to this project or instance, with or without a role.
    pub(crate) fn may_use(&self, kind: ObjectKind, id: &str) -> Result<(), Problem> {
        self.has_level(kind, id, "CAN_USE")
    }

    fn has_level(&self, kind: ObjectKind, id: &str, level: &str) -> Result<(), Problem> {
        let permissions = &self.workspace.permissions;
        if permissions.can(&self.principal, kind.as_str(), id, level) {
            return Ok(());
        }
        Err(Problem::permission_denied(format!(
            "User {} does not have {level} permission on {} '{id}'.",
            self.principal.user_name,
            kind.as_str().trim_end_matches('s')
        )))
    }

    /// Whether the change of this request is carried out.
    pub(crate) fn takes_effect(&self) -> bool {
        OperationFault::keeps_effect(self.fault.as_ref())
    }
}
