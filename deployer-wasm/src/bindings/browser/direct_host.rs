//! Direct access to a workspace that accepts requests from other origins, with a token supplied by the page.
//!
//! The page is asked for a token before each request, so it can renew the token as needed; the token is
//! dropped after the request. Cookies are not sent, and redirects are not followed.

use std::cell::Cell;

use gloo_net::Error as FetchError;
use gloo_net::http::{Method, Response};
use js_sys::{Function, Reflect};
use serde_json::Value;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{RequestCredentials, RequestMode, RequestRedirect};
use zeroize::Zeroizing;

use super::exchange;
use super::js_host::{self, said};
use crate::bindings::direct::{Address, Unanswered, is_token, no_token};
use crate::host::{
    HostError, HostErrorKind, LakebaseTarget, SchemaError, SchemaErrorKind, WorkspaceRequest,
    WorkspaceResponse,
};
use crate::schema::{SchemaOperation, SchemaOutcome};

/// A workspace that the page reaches directly.
pub(super) struct DirectHost {
    object: JsValue,
    workspace: String,
    token: Function,
    schema: Option<Function>,
    /// Whether any answer was read, that is, whether the workspace accepts this page's origin.
    let_in: Cell<bool>,
}

impl DirectHost {
    /// The host described by `object`, if it has an address and a function that supplies tokens.
    pub(super) fn of(object: &JsValue) -> Option<Self> {
        let property = |name: &str| Reflect::get(object, &JsValue::from_str(name)).ok();
        let workspace = property("baseUrl")?.as_string().filter(|url| !url.is_empty())?;
        Some(Self {
            workspace: workspace.trim_end_matches('/').to_owned(),
            token: property("token")?.dyn_into().ok()?,
            schema: property("schema").and_then(|schema| schema.dyn_into().ok()),
            object: object.clone(),
            let_in: Cell::new(false),
        })
    }

    /// Whether the page supplied a function that runs SQL.
    pub(super) fn runs_sql(&self) -> bool {
        self.schema.is_some()
    }

    pub(super) async fn request(&self, request: &WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        let token = self.token().await?;
        let mut builder = exchange::of_logic(&self.workspace, request)
            .credentials(RequestCredentials::Omit)
            .redirect(RequestRedirect::Manual)
            .header("authorization", &Zeroizing::new(format!("Bearer {}", *token)));
        let body = request.body.as_ref().map(Value::to_string);
        if body.is_some() {
            builder = builder.header("content-type", "application/json");
        }
        match exchange::send(builder, body).await {
            Ok(answer) => {
                self.let_in.set(true);
                self.read(answer).await
            }
            Err(error) => Err(self.why(&error).await),
        }
    }

    pub(super) async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: &SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        let Some(schema) = &self.schema else {
            // Unreachable: operations that need SQL are refused before they start.
            let message = "The page's host has no function `schema`".to_owned();
            return Err(SchemaError { kind: SchemaErrorKind::Credential, sqlstate: None, message });
        };
        js_host::run_schema(&self.object, schema, at, operation).await
    }

    async fn token(&self) -> Result<Zeroizing<String>, HostError> {
        let given = js_host::call(&self.object, &self.token, &[]).await;
        let given = given.map_err(|thrown| no_token(&said(&thrown)))?;
        let token = Zeroizing::new(given.as_string().unwrap_or_default());
        if is_token(&token) { Ok(token) } else { Err(no_token("its value is not valid in a header")) }
    }

    async fn read(&self, answer: Response) -> Result<WorkspaceResponse, HostError> {
        // The browser hides the status of a redirect that it doesn't follow.
        if answer.status() == 0 {
            return Ok(WorkspaceResponse { status: 302, headers: Vec::new(), body: String::new() });
        }
        exchange::read(answer).await.map_err(|error| self.lost(&error.to_string(), "").later())
    }

    /// Why there was no answer.
    async fn why(&self, error: &FetchError) -> HostError {
        if exchange::is_timeout(error) {
            let message = format!("`{}` did not answer in time", self.workspace);
            return HostError { kind: HostErrorKind::Timeout, message };
        }
        let said = error.to_string();
        if self.let_in.get() {
            return self.lost(&said, "").later();
        }
        let origin = of_page("origin").as_string().unwrap_or_else(|| "null".to_owned());
        self.lost(&said, &origin).at_first(self.address().await)
    }

    fn lost<'a>(&'a self, said: &'a str, origin: &'a str) -> Unanswered<'a> {
        Unanswered { workspace: &self.workspace, origin, said }
    }

    /// Whether anything answers at the workspace's address. Sent without a credential and in `no-cors` mode,
    /// so the page learns nothing else.
    async fn address(&self) -> Address {
        if of_page("crossOriginIsolated").is_truthy() {
            return Address::Unknown;
        }
        let asked = exchange::to(&format!("{}/", self.workspace), Method::GET)
            .mode(RequestMode::NoCors)
            .credentials(RequestCredentials::Omit);
        if exchange::send(asked, None).await.is_ok() { Address::Answers } else { Address::Silent }
    }
}

/// A property of the page itself.
fn of_page(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
