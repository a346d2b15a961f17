//! A workspace with real app processes and a client of its API and of its apps.

use std::sync::Once;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use local_workspace::platform::LogLine;
use local_workspace::{LocalWorkspace, Options};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) const ADA: &str = "ada@example.com";
pub(crate) const BEN: &str = "ben@example.com";
pub(crate) const APP: &str = include_str!("app.py");

const SOURCE: &str = "/Workspace/Users/ada@example.com/tellr";
/// Long enough for a slow machine; tests that pass never wait this long.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Local {
    pub(crate) workspace: LocalWorkspace,
    pub(crate) http: reqwest::Client,
}

impl Local {
    pub(crate) async fn start(options: Options) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            rustls::crypto::ring::default_provider().install_default().expect("the first provider");
        });
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let local = Self {
            workspace: LocalWorkspace::start(options).await.expect("a workspace"),
            http: http.build().expect("a client"),
        };
        local.call(Method::POST, "workspace/mkdirs", json!({"path": SOURCE})).await;
        local
    }

    /// A workspace with an app that was never deployed.
    pub(crate) async fn with_app(spec: Value) -> Self {
        let local = Self::start(Options::default()).await;
        let mut app = json!({"name": "tellr"});
        if let (Value::Object(app), Value::Object(spec)) = (&mut app, spec) {
            app.extend(spec);
        }
        local.call(Method::POST, "apps", app).await;
        local
    }

    /// Calls the API as ada; it must succeed.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}/api/2.0/{path}", self.workspace.host());
        let request = self.http.request(method, url).bearer_auth(self.workspace.token(ADA)).json(&body);
        let response = request.send().await.expect("an answer");
        let status = response.status();
        let text = response.text().await.expect("a whole answer");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    pub(crate) async fn upload(&self, name: &str, content: &str) {
        let content = BASE64.encode(content);
        let path = format!("{SOURCE}/{name}");
        let body = json!({"path": path, "content": content, "format": "AUTO", "overwrite": true});
        self.call(Method::POST, "workspace/import", body).await;
    }

    /// Deploys what was uploaded and returns the finished deployment's status.
    pub(crate) async fn deploy(&self) -> Value {
        self.deploy_with(json!({})).await
    }

    /// The same with further fields of the request.
    pub(crate) async fn deploy_with(&self, further: Value) -> Value {
        let mut body = json!({"source_code_path": SOURCE});
        if let (Value::Object(body), Value::Object(further)) = (&mut body, further) {
            body.extend(further);
        }
        let deployment = self.call(Method::POST, "apps/tellr/deployments", body).await;
        let id = deployment["deployment_id"].as_str().expect("an id");
        let path = format!("apps/tellr/deployments/{id}");
        let finished = async {
            loop {
                let deployment = self.call(Method::GET, &path, json!({})).await;
                if deployment["status"]["state"] != "IN_PROGRESS" {
                    return deployment["status"].clone();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, finished).await.expect("the deployment ends")
    }

    /// Deploys the small app; it must come up.
    pub(crate) async fn deploy_version(&self, version: &str) {
        self.upload("server.py", APP).await;
        let manifest = format!(
            "command: [python, server.py, $DATABRICKS_APP_PORT]\nenv:\n  - name: VERSION\n    value: {version}\n"
        );
        self.upload("app.yaml", &manifest).await;
        let status = self.deploy().await;
        assert_eq!(status["state"], "SUCCEEDED", "{status} {:?}", self.logs());
    }

    pub(crate) fn url(&self, path: &str) -> String {
        let url = self.workspace.control().platform.url("tellr").expect("the app's URL");
        format!("{url}{path}")
    }

    /// A request to the app as Ada, by a program that signed in.
    pub(crate) fn visit(&self, path: &str) -> reqwest::RequestBuilder {
        let token = self.workspace.control().identities.mint_oauth(ADA);
        self.http.get(self.url(path)).bearer_auth(token)
    }

    /// Signs a browser in; its cookie.
    pub(crate) async fn session(&self, user: &str) -> String {
        let answer = self.http.get(self.url(&format!("/.auth/login?as={user}"))).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 302);
        let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
        cookie.split(';').next().expect("a pair").to_owned()
    }

    /// What the small app was told.
    pub(crate) async fn ask(&self, request: reqwest::RequestBuilder) -> Value {
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        response.json().await.expect("JSON")
    }

    pub(crate) fn logs(&self) -> Vec<LogLine> {
        self.workspace.control().platform.logs("tellr")
    }

    pub(crate) fn has_logged(&self, text: &str) -> bool {
        self.logs().iter().any(|line| line.message.contains(text))
    }
}
