//! The class for web pages.
//!
//! ```js
//! const deployer = new Deployer({ kind: "fetch", baseUrl: "" });
//! const result = await deployer.create({ app_name: "tellr" }, { onEvent: console.log, signal });
//! ```
//!
//! Values cross the boundary as JSON types: object, list, string, number, boolean, null.
//!
//! Errors in the page don't interrupt a run: exceptions thrown by `onEvent` are ignored, and aborting
//! `signal` stops the run at the next safe point, like any cancellation.

use std::rc::Rc;

use js_sys::{Error, Function, Object, Promise, Reflect};
use serde_json::Value;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use wasm_bindgen::{JsCast as _, intern};
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use self::host::{PageHost, Way};
use super::task::{Operation, TaskKind};
use super::{direct, form};
use crate::engine::Cancellation;
use crate::error::DeployError;

mod direct_host;
mod exchange;
mod fetch_host;
mod host;
mod js_host;
mod value;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type {
  CreateArguments, CreateResult, DeleteArguments, DeleteResult, DeployError, DeployEvent, History,
  LakebaseTarget, Operation, Plan, RestoreArguments, RestoreResult, RollbackArguments, RollbackResult,
  SchemaOperation, SchemaOutcome, Status, StatusArguments, UpdateArguments, UpdateResult, WorkspaceRequest,
  WorkspaceResponse,
} from "./types.js";
export * from "./types.js";

/** The page's server passes requests on: `/api/workspace/…` and `/api/workspace-schema`. */
export interface FetchHost {
  kind: "fetch";
  /** What stands before these paths; empty for the page's own origin. */
  baseUrl?: string;
}

/** Straight to a workspace that answers pages of other origins. Databricks' own don't; a proxy in front of
 * one may. It should also let the page read the headers `date` and `retry-after`. */
export interface DirectHost {
  kind: "fetch";
  direct: true;
  /** The workspace's address. */
  baseUrl: string;
  /** Gives a token, before each request; it is not kept. */
  token(): string | Promise<string>;
  /** Runs SQL, which a page can't. Without it only what needs none can be done. */
  schema?(at: LakebaseTarget, operation: SchemaOperation): Promise<SchemaOutcome>;
}

/** Whoever holds the page, such as a notebook's kernel, carries requests out. What is rejected is
 * an object of the shape `HostError` or `SchemaError`; anything else counts as a broken connection. */
export interface FunctionsHost {
  request(request: WorkspaceRequest): Promise<WorkspaceResponse>;
  schema(at: LakebaseTarget, operation: SchemaOperation): Promise<SchemaOutcome>;
  /** A clock that runs while nobody looks at the page; its own timers, if left out. */
  sleep?(durationMs: number): Promise<void>;
}

export interface RunOptions {
  /** Hears what happens, in order. */
  onEvent?: (event: DeployEvent) => void;
  /** Stops the run at its next safe point. */
  signal?: AbortSignal;
  /** Which of a file's `environments`, where the configuration is a file's text. */
  environment?: string;
}

/** What only looks tells no events. */
export type LookOptions = Omit<RunOptions, "onEvent">;
"#;

/// Deploys Tellr through a host.
#[wasm_bindgen]
pub struct Deployer {
    way: Rc<Way>,
}

#[wasm_bindgen]
impl Deployer {
    /// A deployer that reaches the workspace through `host`.
    ///
    /// # Errors
    /// A `TypeError` if `host` is not a valid host.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "FetchHost | DirectHost | FunctionsHost")] host: JsValue,
    ) -> Result<Self, JsValue> {
        Ok(Self { way: Rc::new(Way::of(&host)?) })
    }

    /// What is wrong with a configuration, or nothing. Checked for `create` by default.
    ///
    /// # Errors
    /// A `TypeError` if `config` is not JSON.
    #[wasm_bindgen(unchecked_return_type = "DeployError | undefined")]
    pub fn validate(
        &self,
        #[wasm_bindgen(
            unchecked_param_type = "CreateArguments | UpdateArguments | DeleteArguments | RollbackArguments | RestoreArguments | string"
        )]
        config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Operation")] operation: JsValue,
    ) -> Result<JsValue, JsValue> {
        let operation = if operation.is_undefined() { Operation::Create } else { value::read(&operation)? };
        match form::validate(operation, value::read(&config)?) {
            Some(error) => value::write(&error),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// A configuration file as arguments for `create`, all defaults filled in.
    ///
    /// # Errors
    /// The catalogue's entry, with the key, or line and column.
    #[wasm_bindgen(js_name = parseYaml, unchecked_return_type = "CreateArguments")]
    pub fn parse_yaml(&self, file: &str, environment: Option<String>) -> Result<JsValue, JsValue> {
        let arguments = form::parse_yaml(file, environment.as_deref()).map_err(thrown)?;
        value::write(&arguments)
    }

    /// The names of a configuration file's environments, for the user to choose from; empty for a file that
    /// describes one deployment.
    ///
    /// # Errors
    /// The catalogue's entry, with line and column.
    pub fn environments(&self, file: &str) -> Result<Vec<String>, JsValue> {
        form::environments(file).map_err(thrown)
    }

    /// Arguments for `create` as a configuration file, without the key.
    ///
    /// # Errors
    /// The catalogue's entry.
    #[wasm_bindgen(js_name = toYaml)]
    pub fn to_yaml(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CreateArguments")] config: JsValue,
    ) -> Result<String, JsValue> {
        form::to_yaml(value::read(&config)?).map_err(thrown)
    }

    /// Creates an app and everything it needs. `config` is an object of arguments, or a file's text.
    ///
    /// It rejects with the catalogue's entry.
    #[wasm_bindgen(unchecked_return_type = "Promise<CreateResult>")]
    pub fn create(
        &self,
        #[wasm_bindgen(unchecked_param_type = "CreateArguments | string")] config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RunOptions")] options: JsValue,
    ) -> Promise {
        self.promise(Ok(TaskKind::Run(Operation::Create)), config, options)
    }

    /// Change the version or the settings of an app, or empty its database.
    ///
    /// It rejects with the catalogue's entry.
    #[wasm_bindgen(unchecked_return_type = "Promise<UpdateResult>")]
    pub fn update(
        &self,
        #[wasm_bindgen(unchecked_param_type = "UpdateArguments | string")] config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RunOptions")] options: JsValue,
    ) -> Promise {
        self.promise(Ok(TaskKind::Run(Operation::Update)), config, options)
    }

    /// Deletes the app and keeps the database and the key.
    ///
    /// It rejects with the catalogue's entry.
    #[wasm_bindgen(unchecked_return_type = "Promise<DeleteResult>")]
    pub fn delete(
        &self,
        #[wasm_bindgen(unchecked_param_type = "DeleteArguments | string")] config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RunOptions")] options: JsValue,
    ) -> Promise {
        self.promise(Ok(TaskKind::Run(Operation::Delete)), config, options)
    }

    /// Deploys an earlier release again: its files, version and settings, not its data.
    ///
    /// It rejects with the catalogue's entry.
    #[wasm_bindgen(unchecked_return_type = "Promise<RollbackResult>")]
    pub fn rollback(
        &self,
        #[wasm_bindgen(unchecked_param_type = "RollbackArguments | string")] config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RunOptions")] options: JsValue,
    ) -> Promise {
        self.promise(Ok(TaskKind::Run(Operation::Rollback)), config, options)
    }

    /// Gives the app the data of a restore point; its present data is kept in a branch.
    ///
    /// It rejects with the catalogue's entry.
    #[wasm_bindgen(unchecked_return_type = "Promise<RestoreResult>")]
    pub fn restore(
        &self,
        #[wasm_bindgen(unchecked_param_type = "RestoreArguments | string")] config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RunOptions")] options: JsValue,
    ) -> Promise {
        self.promise(Ok(TaskKind::Run(Operation::Restore)), config, options)
    }

    /// What an operation would do. Sends read-only requests, and fails where the operation would fail.
    ///
    /// It rejects with the catalogue's entry.
    #[wasm_bindgen(unchecked_return_type = "Promise<Plan>")]
    pub fn plan(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Operation")] operation: JsValue,
        #[wasm_bindgen(
            unchecked_param_type = "CreateArguments | UpdateArguments | DeleteArguments | RollbackArguments | RestoreArguments | string"
        )]
        config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "LookOptions")] options: JsValue,
    ) -> Promise {
        self.promise(value::read(&operation).map(TaskKind::Plan), config, options)
    }

    /// The status of an app: what is deployed, the last run, and the run in progress.
    ///
    /// It rejects with the catalogue's entry.
    #[wasm_bindgen(unchecked_return_type = "Promise<Status>")]
    pub fn status(
        &self,
        #[wasm_bindgen(unchecked_param_type = "StatusArguments | string")] config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "LookOptions")] options: JsValue,
    ) -> Promise {
        self.promise(Ok(TaskKind::Status), config, options)
    }

    /// The releases of an app, and the restore points of its database.
    ///
    /// It rejects with the catalogue's entry.
    #[wasm_bindgen(unchecked_return_type = "Promise<History>")]
    pub fn history(
        &self,
        #[wasm_bindgen(unchecked_param_type = "StatusArguments | string")] config: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "LookOptions")] options: JsValue,
    ) -> Promise {
        self.promise(Ok(TaskKind::History), config, options)
    }
}

impl Deployer {
    /// The promise of what was asked for. Written once: an `async` method would bring a copy of everything
    /// around its future.
    fn promise(&self, asked: Result<TaskKind, JsValue>, config: JsValue, options: JsValue) -> Promise {
        let way = Rc::clone(&self.way);
        future_to_promise(async move { run(way, asked?, config, options).await })
    }

    /// The same run as a future, for tests in Rust. It ends where it is dropped, as in a page that is closed; a
    /// promise goes on.
    #[doc(hidden)]
    pub fn future(
        &self,
        operation: Operation,
        config: JsValue,
        options: JsValue,
    ) -> impl Future<Output = Result<JsValue, JsValue>> + use<> {
        run(Rc::clone(&self.way), TaskKind::Run(operation), config, options)
    }
}

async fn run(way: Rc<Way>, asked: TaskKind, config: JsValue, options: JsValue) -> Result<JsValue, JsValue> {
    let config: Value = value::read(&config)?;
    let environment = option(&options, "environment").as_string();
    let on_event = option(&options, "onEvent").dyn_into::<Function>().ok();
    let task = form::task(asked, config, environment.as_deref()).map_err(thrown)?;
    if task.needs_sql() && !way.runs_sql() {
        return Err(thrown(direct::no_sql().into()));
    }
    let cancellation = Cancellation::new();
    let _listening = option(&options, "signal")
        .dyn_into::<AbortSignal>()
        .ok()
        .map(|signal| Listening::to(signal, &cancellation))
        .transpose()?;
    let host = PageHost::new(way, on_event);
    let outcome = task.run(&host, &cancellation).await.map_err(thrown)?;
    value::write(&outcome)
}

/// The property `name` of an options object; undefined if there is no object.
fn option(options: &JsValue, name: &str) -> JsValue {
    // Reading fails only where `options` is not an object.
    Reflect::get(options, &JsValue::from_str(intern(name))).unwrap_or(JsValue::UNDEFINED)
}

/// An error as a page catches it: an `Error` that has the catalogue's fields.
fn thrown(error: DeployError) -> JsValue {
    let thrown = Error::new(&error.message);
    thrown.set_name("DeployError");
    if let Ok(fields) = value::write(&error) {
        Object::assign(&thrown, fields.unchecked_ref());
    }
    thrown.into()
}

/// Cancels while an abort signal is listened to; stops listening when dropped.
struct Listening {
    signal: AbortSignal,
    closure: Closure<dyn FnMut()>,
}

const ABORT: &str = "abort";

impl Listening {
    fn to(signal: AbortSignal, cancellation: &Cancellation) -> Result<Self, JsValue> {
        if signal.aborted() {
            cancellation.cancel();
        }
        let handle = cancellation.clone();
        let closure = Closure::<dyn FnMut()>::new(move || handle.cancel());
        signal.add_event_listener_with_callback(ABORT, closure.as_ref().unchecked_ref())?;
        Ok(Self { signal, closure })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // A listener that isn't removed would at most cancel a run that has already ended.
        self.signal.remove_event_listener_with_callback(ABORT, self.closure.as_ref().unchecked_ref()).ok();
    }
}
