//! What all hosts in a page have in common: the page's clock, timers, randomness and event listener. They
//! differ only in how they reach the workspace.

use std::rc::Rc;
use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Date, Function, Reflect, TypeError};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::direct_host::DirectHost;
use super::fetch_host::FetchHost;
use super::js_host::JsHost;
use super::value;
use crate::events::DeployEvent;
use crate::host::{
    Host, HostError, HostErrorKind, LakebaseTarget, Probe, SchemaError, Timestamp, WorkspaceRequest,
    WorkspaceResponse,
};
use crate::schema::{SchemaOperation, SchemaOutcome};

/// How the workspace is reached.
pub(super) enum Way {
    /// Through the server beside the page.
    Fetch(FetchHost),
    /// Directly.
    Direct(DirectHost),
    /// Through functions that the page supplied.
    Functions(JsHost),
}

impl Way {
    /// Parses the description that a page supplied.
    pub(super) fn of(host: &JsValue) -> Result<Self, JsValue> {
        let property =
            |name: &str| Reflect::get(host, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
        let fetches = property("kind").as_string().as_deref() == Some("fetch");
        let way = if fetches && property("direct").is_truthy() {
            DirectHost::of(host).map(Self::Direct)
        } else if fetches {
            Some(Self::Fetch(FetchHost::new(property("baseUrl").as_string().unwrap_or_default())))
        } else {
            JsHost::of(host).map(Self::Functions)
        };
        way.ok_or_else(|| {
            TypeError::new(
                "A host is `{kind: \"fetch\", baseUrl}`, the same with `direct: true` and a function `token`, or an object with the functions `request` and `schema`",
            )
            .into()
        })
    }

    /// Whether SQL can be run this way.
    pub(super) fn runs_sql(&self) -> bool {
        match self {
            Self::Direct(host) => host.runs_sql(),
            Self::Fetch(_) | Self::Functions(_) => true,
        }
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// The deployer's host in a page.
pub(super) struct PageHost {
    way: Rc<Way>,
    on_event: Option<Function>,
}

impl PageHost {
    pub(super) fn new(way: Rc<Way>, on_event: Option<Function>) -> Self {
        Self { way, on_event }
    }
}

impl Host for PageHost {
    async fn request(&self, request: WorkspaceRequest) -> Result<WorkspaceResponse, HostError> {
        match &*self.way {
            Way::Fetch(host) => host.request(&request).await,
            Way::Direct(host) => host.request(&request).await,
            Way::Functions(host) => host.request(&request).await,
        }
    }

    async fn schema(
        &self,
        at: &LakebaseTarget,
        operation: SchemaOperation,
    ) -> Result<SchemaOutcome, SchemaError> {
        match &*self.way {
            Way::Fetch(host) => host.schema(at, &operation).await,
            Way::Direct(host) => host.schema(at, &operation).await,
            Way::Functions(host) => host.schema(at, &operation).await,
        }
    }

    async fn probe(&self, probe: &Probe) -> Result<WorkspaceResponse, HostError> {
        match &*self.way {
            Way::Functions(host) => host.probe(probe).await,
            // An app's URL and a package index accept no requests from another origin.
            Way::Fetch(_) | Way::Direct(_) => {
                let message = "A page in the browser can't send requests to other addresses".to_owned();
                Err(HostError { kind: HostErrorKind::Refused, message })
            }
        }
    }

    async fn sleep(&self, duration: Duration) {
        if let Way::Functions(host) = &*self.way
            && host.sleep(duration).await
        {
            return;
        }
        TimeoutFuture::new(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)).await;
    }

    fn now(&self) -> Timestamp {
        #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds, far below 2⁵³")]
        let millis = Date::now() as i64;
        Timestamp::from_millis(millis)
    }

    fn elapsed(&self) -> Duration {
        // Time since the page was opened; also available in workers.
        Duration::try_from_secs_f64(performance_now() / 1000.0).unwrap_or_default()
    }

    fn random(&self, out: &mut [u8]) {
        getrandom::fill(out).expect("every engine that runs WebAssembly has `crypto.getRandomValues`");
    }

    fn emit(&self, event: DeployEvent) {
        if let (Some(listener), Ok(event)) = (&self.on_event, value::write(&event)) {
            // An exception in a listener must not end a deployment halfway.
            listener.call1(&JsValue::NULL, &event).ok();
        }
    }
}
