//! A running workspace and a client that speaks for one principal after another.

use std::sync::Once;
use std::time::Duration;

use local_workspace::clock::{Clock, Timestamp};
use local_workspace::pace::Pace;
use local_workspace::platform::AppsMode;
use local_workspace::settings::Settings;
use local_workspace::workspace::Workspace;
use local_workspace::{LocalWorkspace, Options};
use reqwest::{Method, StatusCode};
use serde_json::Value;

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const BEN: &str = "ben@example.com";
pub(crate) const CARLA: &str = "carla@example.com";

/// Long enough for a slow machine; tests that pass never wait this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The first moment of virtual time.
pub(crate) const DAWN: Timestamp = Timestamp(1_795_000_000_000);

pub(crate) struct Local {
    pub(crate) workspace: LocalWorkspace,
    pub(crate) client: reqwest::Client,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
    /// `null` when the answer is not JSON.
    pub(crate) json: Value,
}

impl Answer {
    /// The answer of a call that must succeed.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json
    }

    /// Status, error code and message of a call that must be refused.
    #[track_caller]
    pub(crate) fn refusal(&self) -> (u16, &str, &str) {
        assert!(!self.status.is_success(), "not refused: {}", self.text);
        let text = |field: &str| self.json[field].as_str().unwrap_or_default();
        (self.status.as_u16(), text("error_code"), text("message"))
    }
}

pub(crate) fn client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().expect("the first provider");
    });
    reqwest::Client::builder().no_proxy().build().expect("a client without options")
}

impl Local {
    /// Machine's clock, no delays, no app processes.
    pub(crate) async fn start() -> Self {
        Self::with(Clock::real(), Pace::none()).await
    }

    /// A clock that stands still, and delays as on the platform.
    pub(crate) async fn start_virtual() -> Self {
        Self::with(Clock::virtual_from(DAWN), Pace::realistic()).await
    }

    /// Machine's clock, no delays, apps as real processes.
    pub(crate) async fn start_with_processes() -> Self {
        Self::launch(Options::default()).await
    }

    async fn with(clock: Clock, pace: Pace) -> Self {
        let settings = Settings { pace, ..Settings::default() };
        Self::launch(Options { clock, settings, apps: AppsMode::Scripted, ..Options::default() }).await
    }

    async fn launch(options: Options) -> Self {
        let workspace = LocalWorkspace::start(options).await.expect("a workspace");
        Self { workspace, client: client() }
    }

    pub(crate) fn state(&self) -> &Workspace {
        self.workspace.control()
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Settings)) {
        self.state().settings.update(change);
    }

    pub(crate) fn pass_ms(&self, ms: u64) {
        self.state().clock.advance(ms).expect("a virtual clock");
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.workspace.host()))
    }

    pub(crate) fn request_by(&self, who: &str, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.request(method, path).bearer_auth(self.workspace.token(who))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a whole answer");
        let json = serde_json::from_str(&text).unwrap_or_default();
        Answer { status, headers, text, json }
    }

    pub(crate) async fn get_by(&self, who: &str, path: &str) -> Answer {
        self.send(self.request_by(who, Method::GET, path)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_by(ADA, path).await
    }

    pub(crate) async fn post_by(&self, who: &str, path: &str, body: Value) -> Answer {
        self.send(self.request_by(who, Method::POST, path).json(&body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_by(ADA, path, body).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request_by(ADA, Method::PATCH, path).json(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(self.request_by(ADA, Method::PUT, path).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request_by(ADA, Method::DELETE, path)).await
    }
}
