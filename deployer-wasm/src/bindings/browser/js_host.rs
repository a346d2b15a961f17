//! A host whose requests are carried out by functions that the page supplies: in a notebook's widget, by its
//! kernel.

use std::time::Duration;

use js_sys::{Array, Error, Function, Promise, Reflect};
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::value;
use crate::host::{
    HostError, HostErrorKind, LakebaseTarget, Probe, SchemaError, SchemaErrorKind, WorkspaceRequest,
    WorkspaceResponse,
};
use crate::schema::{SchemaOperation, SchemaOutcome};

/// An object with two required and two optional functions.
pub(super) struct JsHost {
    object: JsValue,
    request: Function,
    schema: Function,
    probe: Option<Function>,
    /// Browsers delay the timers of a hidden page by up to a minute, and a lock has to be renewed sooner. A
    /// page with a more reliable clock supplies it here.
    sleep: Option<Function>,
}

impl JsHost {
    /// The host described by `object`, if it has the required functions.
    pub(super) fn of(object: &JsValue) -> Option<Self> {
        let function = |name: &str| Reflect::get(object, &JsValue::from_str(name)).ok()?.dyn_into().ok();
        Some(Self {
            request: function("request")?,
            schema: function("schema")?,
            probe: function("probe"),
            sleep: function("sleep"),
            object: object.clone(),
        })
    }

    pub(super) async fn request(&self, request: &WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        self.answer(&self.request, value::write(request)).await
    }

    pub(super) async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        let Some(function) = &self.probe else {
            let message = "The page's host has no function `probe`".to_owned();
            return Err(HostError { kind: HostErrorKind::Refused, message });
        };
        self.answer(function, value::write(probe)).await
    }

    /// The answer of `function` to a query.
    async fn answer(
        &self,
        function: &Function,
        question: Result<JsValue, JsValue>,
    ) -> Result<WorkspaceResponse, HostError> {
        let answer = match question {
            Ok(question) => call(&self.object, function, &[question]).await,
            Err(problem) => Err(problem),
        };
        let broken = |message| HostError { kind: HostErrorKind::Connection, message };
        match answer {
            Ok(answer) => value::read(&answer).map_err(|problem| broken(said(&problem))),
            Err(thrown) => Err(known(&thrown).unwrap_or_else(|| broken(said(&thrown)))),
        }
    }

    pub(super) async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: &SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        run_schema(&self.object, &self.schema, at, operation).await
    }

    /// Waits with the page's own clock; false if there is none or it fails.
    pub(super) async fn sleep(&self, duration: Duration) -> bool {
        let Some(sleep) = &self.sleep else { return false };
        let millis = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
        call(&self.object, sleep, &[millis.into()]).await.is_ok()
    }
}

/// Calls a function of the page's object, and awaits the result if it is a promise.
pub(super) async fn call(
    object: &JsValue,
    function: &Function,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    let arguments: Array = arguments.iter().collect();
    let answer = function.apply(object, &arguments)?;
    JsFuture::from(Promise::resolve(&answer)).await
}

/// Has the page's function `schema` run an operation.
pub(super) async fn run_schema(
    object: &JsValue,
    schema: &Function,
    at: &LakebaseTarget,
    operation: &SchemaOperation,
) -> Result<SchemaOutcome, SchemaError> {
    let answer = match (value::write(at), value::write(operation)) {
        (Ok(at), Ok(operation)) => call(object, schema, &[at, operation]).await,
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    let broken = |message| SchemaError { kind: SchemaErrorKind::Connection, sqlstate: None, message };
    match answer {
        Ok(answer) => value::read(&answer).map_err(|problem| broken(said(&problem))),
        Err(thrown) => Err(known(&thrown).unwrap_or_else(|| broken(said(&thrown)))),
    }
}

/// The thrown value, if it is an error of the host's own types.
fn known<T: DeserializeOwned>(thrown: &JsValue) -> Option<T> {
    // `null` and plain strings are JSON too, but not errors of these types.
    if thrown.is_object() { value::read(thrown).ok() } else { None }
}

/// The message of a thrown value.
pub(super) fn said(thrown: &JsValue) -> String {
    let message = thrown.dyn_ref::<Error>().map(|error| String::from(error.message()));
    message.or_else(|| thrown.as_string()).unwrap_or_else(|| "The page's host gave no reason".to_owned())
}
