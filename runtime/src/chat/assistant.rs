//! What all turns share, and on whose behalf the workspace is asked.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::limits::Limits;
use super::stop::{Stop, no_endpoint};
use crate::identity::tokens::PersonTokens;
use crate::identity::{IdentityRule, User};
use crate::settings::AssistantSettings;
use crate::traces::Traces;
use crate::workspace::Workspace;
use crate::workspace::genie::Genie;
use crate::workspace::serving::{ChatEndpoint, Learnt};

/// How long an attempt waits for a person's token before it lets another process try.
const TOKEN: Duration = Duration::from_secs(3);

/// The assistant; cheap to clone.
#[derive(Clone)]
pub struct Assistant(Arc<Inner>);

struct Inner {
    workspace: Option<Workspace>,
    tokens: PersonTokens,
    rule: IdentityRule,
    endpoint: Option<String>,
    spaces: Vec<String>,
    learnt: Learnt,
    limits: Limits,
    traces: Traces,
}

/// The workspace on behalf of a person.
pub(super) struct OnBehalf {
    pub(super) workspace: Workspace,
    /// The token that is used; none where the person is the local user.
    pub(super) token: Option<SecretString>,
}

impl Assistant {
    /// With the workspace, the people's tokens and the defaults of the app's settings.
    pub fn new(
        workspace: Option<Workspace>,
        (rule, tokens): (IdentityRule, PersonTokens),
        settings: AssistantSettings,
        limits: Limits,
    ) -> Self {
        let AssistantSettings { endpoint, spaces } = settings;
        let (learnt, traces) = (Learnt::default(), Traces::default());
        Self(Arc::new(Inner { workspace, tokens, rule, endpoint, spaces, learnt, limits, traces }))
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        let traces = self.0.traces.clone();
        self.with_both(limits, traces)
    }

    /// The same, which traces its work.
    #[must_use]
    pub fn traced(self, traces: Traces) -> Self {
        let limits = self.0.limits;
        self.with_both(limits, traces)
    }

    fn with_both(self, limits: Limits, traces: Traces) -> Self {
        let Inner { workspace, tokens, rule, endpoint, spaces, learnt, .. } = &*self.0;
        Self(Arc::new(Inner {
            workspace: workspace.clone(),
            tokens: tokens.clone(),
            rule: rule.clone(),
            endpoint: endpoint.clone(),
            spaces: spaces.clone(),
            learnt: learnt.clone(),
            limits,
            traces,
        }))
    }

    /// Where its work is traced.
    pub(super) fn traces(&self) -> &Traces {
        &self.0.traces
    }

    /// How much is too much.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The endpoint that the app was deployed with.
    pub fn default_endpoint(&self) -> Option<&str> {
        self.0.endpoint.as_deref()
    }

    /// The spaces that are used if the person chose none.
    pub fn default_spaces(&self) -> &[String] {
        &self.0.spaces
    }

    /// Whether there is a workspace to ask.
    pub fn has_workspace(&self) -> bool {
        self.0.workspace.is_some()
    }

    /// The workspace on behalf of the person of a request; none if the request has no token of theirs.
    pub(super) fn for_request(&self, user: &User) -> Option<Workspace> {
        self.known(&user.id).map(|on_behalf| on_behalf.workspace)
    }

    /// The workspace on behalf of a person. Waits a while for their page to ask for anything, as only requests carry
    /// tokens.
    pub(super) async fn on_behalf_of(&self, person: &str) -> Result<OnBehalf, Stop> {
        if self.0.workspace.is_none() {
            return Err(no_workspace());
        }
        if let Some(known) = self.known(person) {
            return Ok(known);
        }
        let token = self.0.tokens.newer(person, None, TOKEN).await.ok_or(Stop::SignIn)?;
        self.with(token).ok_or_else(no_workspace)
    }

    fn known(&self, person: &str) -> Option<OnBehalf> {
        match self.0.rule {
            IdentityRule::Platform => self.with(self.0.tokens.get(person)?),
            IdentityRule::Local(_) => Some(OnBehalf { workspace: self.0.workspace.clone()?, token: None }),
            IdentityRule::Nobody => None,
        }
    }

    fn with(&self, token: SecretString) -> Option<OnBehalf> {
        let workspace = self.0.workspace.as_ref()?.of_token(token.clone());
        Some(OnBehalf { workspace, token: Some(token) })
    }

    /// The workspace refused this token of a person's. Another one is used as soon as there is one.
    pub(super) fn refused(&self, person: &str, used: &OnBehalf) {
        if let Some(token) = &used.token {
            self.0.tokens.refused(person, token);
        }
    }

    /// The model of an endpoint: the app's own is asked as the app, another one on behalf of the person.
    pub(super) async fn model(
        &self,
        person: &str,
        endpoint: Option<&str>,
    ) -> Result<(ChatEndpoint, Option<OnBehalf>), Stop> {
        let own = self.0.endpoint.as_deref();
        let Some(name) = endpoint.or(own) else { return Err(no_endpoint()) };
        let learnt = self.0.learnt.clone();
        if own == Some(name) {
            let workspace = self.0.workspace.clone().ok_or_else(no_workspace)?;
            return Ok((ChatEndpoint::new(workspace, name, learnt), None));
        }
        let on_behalf = self.on_behalf_of(person).await?;
        Ok((ChatEndpoint::new(on_behalf.workspace.clone(), name, learnt), Some(on_behalf)))
    }

    /// The model of an endpoint on behalf of the person of a request.
    pub(super) fn model_for_request(&self, user: &User, endpoint: &str) -> Option<ChatEndpoint> {
        let learnt = self.0.learnt.clone();
        let workspace = if self.default_endpoint() == Some(endpoint) {
            self.0.workspace.clone()?
        } else {
            self.for_request(user)?
        };
        Some(ChatEndpoint::new(workspace, endpoint, learnt))
    }

    /// Genie on behalf of a person whose token is there; it isn't waited for.
    pub(super) fn genie_if_signed_in(&self, person: &str) -> Option<(Genie, OnBehalf)> {
        let on_behalf = self.known(person)?;
        Some((Genie::new(on_behalf.workspace.clone()), on_behalf))
    }

    /// Genie on behalf of a person.
    pub(super) async fn genie(&self, person: &str) -> Result<(Genie, OnBehalf), Stop> {
        let on_behalf = self.on_behalf_of(person).await?;
        Ok((Genie::new(on_behalf.workspace.clone()), on_behalf))
    }
}

fn no_workspace() -> Stop {
    Stop::failed(
        "no_workspace",
        "This app is not connected to a Databricks workspace, so there is no model to ask. Set `DATABRICKS_HOST` and \
         credentials, then restart it",
    )
}
