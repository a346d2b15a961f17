//! People who use an app on the platform: their requests come from its page, and carry what its proxy says of
//! them.

use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use tellr_app::sharing::Groups;

use super::app::{RunningApp, Variables, impatient};
use super::directory::Directory;

/// An app on the platform, its database initialised.
pub(crate) async fn on_the_platform(variables: Variables) -> RunningApp {
    let variables = variables.with("DATABRICKS_APP_NAME", "tellr");
    variables.initialise().await.expect("a database");
    variables.serve().await
}

/// The same, of a workspace that knows people and groups.
pub(crate) async fn on_the_platform_of(variables: Variables, directory: &Directory) -> RunningApp {
    let variables = variables.with("DATABRICKS_APP_NAME", "tellr");
    variables.initialise().await.expect("a database");
    let groups = Groups::new(Some(directory.workspace()));
    RunningApp::start_with(variables.settings(), impatient(), |app| app.groups = groups).await
}

/// A person, by a short name.
#[derive(Clone, Copy)]
pub(crate) struct Person<'a> {
    pub(crate) app: &'a RunningApp,
    pub(crate) id: &'a str,
}

impl RunningApp {
    pub(crate) fn person<'a>(&'a self, id: &'a str) -> Person<'a> {
        Person { app: self, id }
    }
}

impl Person<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_from("same-origin", method, path)
    }

    /// From a page of this site, in a browser's words.
    pub(crate) fn request_from(&self, site: &str, method: Method, path: &str) -> RequestBuilder {
        let email = format!("{}@example.com", self.id);
        self.app
            .client
            .request(method, format!("{}{path}", self.app.url))
            .header("origin", &self.app.url)
            .header("x-forwarded-user", format!("{}@42", self.id))
            .header("x-forwarded-email", &email)
            .header("x-forwarded-preferred-username", &email)
            .header("sec-fetch-site", site)
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        answered(request.send().await.expect("an answer")).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, Some(&body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::PUT, path, Some(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::PATCH, path, Some(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> u16 {
        self.send(Method::DELETE, path, None).await.0
    }

    /// A new session; its path below the app's address.
    pub(crate) async fn session(&self, body: Value) -> String {
        let (status, session) = self.post("/api/sessions", body).await;
        assert_eq!(status, 201, "{session}");
        format!("/api/sessions/{}", session["id"].as_str().expect("an id"))
    }

    /// Makes themselves known to the app, as whoever shares with them needs it without a workspace.
    pub(crate) async fn arrives(&self) {
        let path = self.session(serde_json::json!({})).await;
        assert_eq!(self.delete(&path).await, 204);
    }

    /// Shares a session of theirs with another person.
    pub(crate) async fn shares(&self, session: &str, with: &Person<'_>, access: &str) {
        with.arrives().await;
        let path = format!("{session}/shares/user/{}", with.id);
        let (status, share) = self.put(&path, serde_json::json!({ "access": access })).await;
        assert_eq!(status, 200, "{share}");
    }
}

/// The status and the body of an answer: JSON, or null if it is none.
pub(crate) async fn answered(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let body = answer.bytes().await.expect("a body");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// The code of an error.
pub(crate) fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"]["code"].as_str().unwrap_or_default())
}
