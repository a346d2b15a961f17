//! A local workspace behind the page, and deployers in the page.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use deployer::bindings::browser::Deployer;
use deployer::events::DeployEvent;
use deployer::operations::Operation;
use js_sys::{Function, JSON, Object, Reflect};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::AbortSignal;

mod page {
    use super::{Function, JsValue, wasm_bindgen};

    #[wasm_bindgen(module = "/tests/page/stage.js")]
    extern "C" {
        #[wasm_bindgen(catch)]
        pub(super) async fn begin() -> Result<JsValue, JsValue>;
        pub(super) fn end();
        #[wasm_bindgen(catch)]
        pub(super) async fn control(
            method: &str,
            path: &str,
            body: Option<String>,
        ) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(catch)]
        pub(super) async fn ask(method: &str, path: &str, body: Option<String>) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(catch)]
        pub(super) async fn about() -> Result<JsValue, JsValue>;
        #[wasm_bindgen(js_name = directHost)]
        pub(super) fn direct_host(base_url: &str, token: &Function, runs_sql: bool) -> JsValue;
        #[wasm_bindgen(js_name = functionsHost)]
        pub(super) fn functions_host(answer: Option<Function>) -> JsValue;
    }
}

/// One test's app in the workspace that all of them share, and the page's time.
pub(crate) struct Stage {
    /// The app, which no other test has.
    pub(crate) app: &'static str,
    /// What was in the workspace's journal before.
    earlier: u64,
}

/// The run of one operation, as a page sees it.
pub(crate) struct Ran {
    /// What the promise became.
    pub(crate) ended: Result<Value, Value>,
    /// What `onEvent` heard.
    pub(crate) events: Vec<DeployEvent>,
}

impl Stage {
    pub(crate) async fn open(app: &'static str) -> Self {
        page::begin().await.expect("the local workspace answers");
        let mut stage = Self { app, earlier: 0 };
        stage.earlier = stage.journal("").await.last().map_or(0, |entry| number(&entry["seq"]));
        stage
    }

    /// Arguments of `create` for this test's app, changed by `more`.
    pub(crate) fn create_arguments(&self, more: Value) -> Value {
        merged(json!({"app_name": self.app, "lakebase_name": format!("{}-db", self.app)}), more)
    }

    /// Arguments of `update` for it.
    pub(crate) fn update_arguments(&self, more: Value) -> Value {
        let arguments = json!({
            "app_name": self.app,
            "lakebase_name": format!("{}-db", self.app),
            "schema_name": "app_data",
            "app_file_workspace_path": self.folder(),
        });
        merged(arguments, more)
    }

    pub(crate) fn folder(&self) -> String {
        format!("/Workspace/Users/ada@example.com/.apps/{}", self.app)
    }

    /// Adds a fault; see the local workspace's README.
    pub(crate) async fn fault(&self, rule: Value) {
        self.control("POST", "/faults", Some(rule)).await;
    }

    /// Where the workspace is for who goes straight to it, and Ada's token.
    pub(crate) async fn about(&self) -> (String, String) {
        let about = page::about().await.unwrap_or_else(|error| panic!("{error:?}"));
        let about: Value = serde_json::from_str(&about.as_string().expect("a text")).expect("JSON");
        (text(&about["host"]).to_owned(), text(&about["token"]).to_owned())
    }

    /// Has the workspace let pages of `origin` in, or nobody.
    pub(crate) async fn let_in(&self, origin: Option<&str>) {
        let features = json!({"features": {"cors_origin": origin}});
        self.control("PATCH", "/settings", Some(features)).await;
    }

    pub(crate) async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let text = page::control(method, path, body.map(|body| body.to_string())).await;
        let text = text.unwrap_or_else(|error| panic!("{error:?}")).as_string().expect("a text");
        serde_json::from_str(&text).expect("JSON")
    }

    /// What the workspace was asked in this test; `filter` is a part of the query.
    pub(crate) async fn journal(&self, filter: &str) -> Vec<Value> {
        let journal = self.control("GET", &format!("/journal?after={}{filter}", self.earlier), None).await;
        journal["entries"].as_array().expect("a list").clone()
    }

    /// How many requests of this method and path had an effect.
    pub(crate) async fn made(&self, method: &str, path: &str) -> usize {
        let effects = self.journal("&mutations=true").await;
        effects.iter().filter(|entry| entry["method"] == method && entry["path"] == path).count()
    }

    /// Asks the workspace itself, as Ada and past the deployer; the status, and the answer's body.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u64, String) {
        let answer = page::ask(method, path, body.map(|body| body.to_string())).await;
        value(&answer.unwrap_or_else(|error| panic!("{error:?}")))
    }

    /// A file in the app's folder, if it is there.
    pub(crate) async fn file(&self, name: &str) -> Option<String> {
        self.read(&format!("{}/{name}", self.folder())).await
    }

    /// The lock of the app, if somebody holds it.
    pub(crate) async fn lock(&self) -> Option<String> {
        self.read(&format!("/Workspace/Shared/.tellr/locks/{}.json", self.app)).await
    }

    async fn read(&self, path: &str) -> Option<String> {
        let path = format!("/api/2.0/workspace/export?direct_download=true&path={path}");
        let (status, content) = self.ask("GET", &path, None).await;
        assert!(status == 200 || status == 404, "{path}: {status} {content}");
        (status == 200).then_some(content)
    }

    /// The different keys that were put into the secret scope, by the digests of what was sent.
    pub(crate) async fn keys(&self) -> BTreeSet<String> {
        let sent = self.journal("&mutations=true").await;
        let puts = sent.iter().filter(|entry| entry["path"] == "/api/2.0/secrets/put");
        puts.map(|entry| text(&entry["body_digest"]).to_owned()).collect()
    }

    /// The workspace's time.
    pub(crate) async fn now_ms(&self) -> u64 {
        number(&self.control("GET", "/clock", None).await["now_ms"])
    }

    /// Asserts that one app runs, with one database and one key, and that nobody holds the lock.
    pub(crate) async fn assert_deployed_once(&self) {
        assert_eq!(self.made("POST", "/api/2.0/apps").await, 1, "one app");
        assert_eq!(self.made("POST", "/api/2.0/postgres/projects").await, 1, "one database");
        assert_eq!(self.keys().await.len(), 1, "one key");
        assert_eq!(self.lock().await, None, "the lock is released");
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        page::end();
    }
}

/// A deployer through the server beside the page.
pub(crate) fn fetch() -> Deployer {
    fetch_from("")
}

/// A deployer through the server whose paths begin with `base_url`.
pub(crate) fn fetch_from(base_url: &str) -> Deployer {
    deployer(&js(&json!({"kind": "fetch", "baseUrl": base_url})))
}

/// A deployer through functions.
pub(crate) fn functions() -> Deployer {
    deployer(&page::functions_host(None))
}

/// A deployer through functions, of which `answer(method, path)` may put something else in place
/// of what the workspace says: a value, a promise, or an exception.
pub(crate) fn functions_with(answer: &str) -> Deployer {
    deployer(&page::functions_host(Some(Function::new_with_args("method, path", answer))))
}

/// A deployer that goes straight to `base_url`; `token` is asked for one before each request.
pub(crate) fn direct(base_url: &str, token: &Function, sql: Sql) -> Deployer {
    deployer(&page::direct_host(base_url, token, sql == Sql::BesideThePage))
}

/// Who runs SQL for a deployer that goes straight to the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sql {
    /// The page's server.
    BesideThePage,
    /// Nobody.
    Nobody,
}

/// Runs `plan` of an operation.
pub(crate) async fn plan(deployer: &Deployer, operation: &str, arguments: Value) -> Ran {
    let listener = Listener::new(|_| ());
    let ended = deployer.plan(operation.into(), js(&arguments), listener.options(None)).await;
    listener.ran(ended)
}

/// Runs `status`.
pub(crate) async fn status(deployer: &Deployer, arguments: Value) -> Ran {
    let listener = Listener::new(|_| ());
    let ended = deployer.status(js(&arguments), listener.options(None)).await;
    listener.ran(ended)
}

/// Runs `create`.
pub(crate) async fn create(deployer: &Deployer, arguments: Value) -> Ran {
    create_until(deployer, arguments, None, |_| ()).await
}

/// Runs `create` with a signal, and `heard` hears each event at once.
pub(crate) async fn create_until(
    deployer: &Deployer,
    arguments: Value,
    signal: Option<AbortSignal>,
    heard: impl Fn(&DeployEvent) + 'static,
) -> Ran {
    let listener = Listener::new(heard);
    let ended = deployer.create(js(&arguments), listener.options(signal)).await;
    listener.ran(ended)
}

/// Runs `create` in a page that is closed where this is dropped.
pub(crate) async fn create_unless_closed(
    deployer: &Deployer,
    arguments: Value,
    heard: impl Fn(&DeployEvent) + 'static,
) -> Ran {
    let listener = Listener::new(heard);
    let ended = deployer.future(Operation::Create, js(&arguments), listener.options(None)).await;
    listener.ran(ended)
}

/// Runs `update`.
pub(crate) async fn update(deployer: &Deployer, arguments: Value) -> Ran {
    let listener = Listener::new(|_| ());
    let ended = deployer.update(js(&arguments), listener.options(None)).await;
    listener.ran(ended)
}

/// Runs `delete`.
pub(crate) async fn delete(deployer: &Deployer, arguments: Value) -> Ran {
    let listener = Listener::new(|_| ());
    let ended = deployer.delete(js(&arguments), listener.options(None)).await;
    listener.ran(ended)
}

impl Ran {
    pub(crate) fn result(&self) -> &Value {
        self.ended.as_ref().unwrap_or_else(|error| panic!("it does not fail: {error:#}"))
    }

    /// The error, which is the catalogue's and says something to people.
    pub(crate) fn error(&self) -> &Value {
        let Err(error) = &self.ended else { panic!("it fails: {:?}", self.ended) };
        for part in ["code", "class", "message", "cause", "remedy", "docs"] {
            assert!(error[part].as_str().is_some_and(|text| !text.is_empty()), "`{part}` of {error:#}");
        }
        error
    }
}

/// `onEvent`.
struct Listener {
    events: Rc<RefCell<Vec<DeployEvent>>>,
    function: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    fn new(heard: impl Fn(&DeployEvent) + 'static) -> Self {
        let events = Rc::new(RefCell::new(Vec::new()));
        let kept = Rc::clone(&events);
        let function = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let event: DeployEvent = value(&event);
            heard(&event);
            kept.borrow_mut().push(event);
        });
        Self { events, function }
    }

    fn options(&self, signal: Option<AbortSignal>) -> JsValue {
        let options = Object::new();
        let set =
            |name: &str, value: &JsValue| Reflect::set(&options, &name.into(), value).expect("a property");
        set("onEvent", self.function.as_ref());
        if let Some(signal) = signal {
            set("signal", &signal);
        }
        options.into()
    }

    fn ran(self, ended: Result<JsValue, JsValue>) -> Ran {
        let ended = match ended {
            Ok(result) => Ok(value(&result)),
            Err(error) => Err(as_caught(&error)),
        };
        Ran { ended, events: self.events.take() }
    }
}

/// An error as a page catches it: an `Error` with fields of its own.
pub(crate) fn as_caught(error: &JsValue) -> Value {
    let error = error.dyn_ref::<js_sys::Error>().unwrap_or_else(|| panic!("no `Error`: {error:?}"));
    let fields = Object::assign(&Object::new(), error);
    merged(json!({"message": String::from(error.message())}), value(&fields))
}

fn deployer(host: &JsValue) -> Deployer {
    Deployer::new(host.clone()).expect("a host")
}

/// A value for the page.
pub(crate) fn js(value: &Value) -> JsValue {
    JSON::parse(&value.to_string()).expect("JSON")
}

/// A value of the page's.
pub(crate) fn value<T: DeserializeOwned>(value: &JsValue) -> T {
    let text = JSON::stringify(value).expect("JSON").as_string().unwrap_or_else(|| "null".to_owned());
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn merged(mut all: Value, more: Value) -> Value {
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
        all.extend(more);
    }
    all
}

/// A value that is a text.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}
