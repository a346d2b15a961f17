//! Where traces of the assistant's work go, and what they hold.
//!
//! The platform sets OpenTelemetry's variables, and other programs on a person's machine may. So one of them that
//! can't be used turns its destination off with a warning; the app starts all the same. The variables that are set
//! for this app alone are checked like all others.

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::problem::Problem;
use super::variables::Reader;

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
const EXPERIMENT: &str = "MLFLOW_EXPERIMENT_ID";
const SERVER: &str = "MLFLOW_TRACKING_URI";
const WAREHOUSE: &str = "MLFLOW_TRACING_SQL_WAREHOUSE_ID";
const CONTENT: &str = "TELLR_TRACE_CONTENT";
/// The most headers or attributes of a list.
const MOST_PAIRS: usize = 64;
/// The longest id of an experiment or a warehouse.
const LONGEST_ID: usize = 64;

/// Where traces go, and what they hold.
#[derive(Clone, Debug)]
pub struct TraceSettings {
    /// A collector of OpenTelemetry.
    pub collector: Option<CollectorSettings>,
    /// An experiment of MLflow.
    pub mlflow: Option<MlflowSettings>,
    /// The name of the service in traces.
    pub service: String,
    /// More about the process, for traces.
    pub resource: Vec<(String, String)>,
    /// Traces hold prompts, answers and data.
    pub has_content: bool,
    /// Variables that are not the app's own and can't be used.
    pub unusable: Vec<Problem>,
}

/// A collector of OpenTelemetry.
#[derive(Clone, Debug)]
pub struct CollectorSettings {
    /// Its address, without the path of traces.
    pub endpoint: Url,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Headers of each request. They may hold credentials, so they are marked as sensitive.
    pub headers: HeaderMap,
}

/// How OTLP is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// gRPC, without TLS: for a collector beside the app, as the platform has one.
    Grpc,
    /// Protobuf over HTTP.
    Http,
}

/// An experiment of MLflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MlflowSettings {
    /// Its id.
    pub experiment: String,
    /// An MLflow server of one's own; `None` for the workspace's.
    pub server: Option<Url>,
    /// The warehouse that the workspace uses for feedback on traces.
    pub warehouse: Option<String>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> TraceSettings {
    let mut unusable = Vec::new();
    let mut complain = |variable, message: String| unusable.push(Problem { variable, message });
    let collector = collector(reader, &mut complain);
    let resource = pairs(&reader.text("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default());
    let service = reader.text("OTEL_SERVICE_NAME").unwrap_or_else(|| "tellr".to_owned());
    let has_content = content(reader);
    let mlflow = mlflow(reader);
    TraceSettings { collector, mlflow, service, resource, has_content, unusable }
}

fn collector(
    reader: &Reader<'_>,
    complain: &mut impl FnMut(&'static str, String),
) -> Option<CollectorSettings> {
    let protocol = reader.text(PROTOCOL);
    let headers = reader.secret(HEADERS);
    let text = reader.text(ENDPOINT)?;
    let protocol = match protocol.as_deref() {
        Some("grpc") => Protocol::Grpc,
        None | Some("http/protobuf") => Protocol::Http,
        Some(other) => {
            complain(PROTOCOL, format!("is `{}`; `grpc` and `http/protobuf` are supported", shown(other)));
            return None;
        }
    };
    let with_scheme = if text.contains("://") { text } else { format!("http://{text}") };
    // It isn't repeated in messages: it may hold a password.
    let endpoint = Url::parse(&with_scheme).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && url.username().is_empty()
    });
    let Some(endpoint) = endpoint else {
        complain(ENDPOINT, "isn't an address such as `http://localhost:4318`".to_owned());
        return None;
    };
    if protocol == Protocol::Grpc && endpoint.scheme() == "https" {
        complain(
            ENDPOINT,
            format!("is gRPC with TLS, which isn't supported. Set {PROTOCOL} to `http/protobuf`"),
        );
        return None;
    }
    let mut map = HeaderMap::new();
    for (name, value) in pairs(headers.as_ref().map(super::variables::expose).unwrap_or_default()) {
        let header = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(&value).ok());
        let Some((name, mut value)) = header else {
            complain(
                HEADERS,
                "has a name or a value that can't be a header's. Its values are not shown".to_owned(),
            );
            return None;
        };
        value.set_sensitive(true);
        map.insert(name, value);
    }
    Some(CollectorSettings { endpoint, protocol, headers: map })
}

fn mlflow(reader: &mut Reader<'_>) -> Option<MlflowSettings> {
    let (server, warehouse) = (reader.text(SERVER), reader.text(WAREHOUSE));
    let experiment = id(reader, EXPERIMENT, reader.text(EXPERIMENT)?)?;
    let warehouse = match warehouse {
        Some(warehouse) => Some(id(reader, WAREHOUSE, warehouse)?),
        None => None,
    };
    let server = match server.as_deref() {
        None | Some("databricks") => None,
        Some(text) => {
            let url = Url::parse(text).ok().filter(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.host_str().is_some()
                    && url.username().is_empty()
            });
            if url.is_none() {
                reader.problem(
                    SERVER,
                    "isn't an address such as `http://localhost:5000`; leave it out, or use `databricks`, for the \
                     workspace's MLflow",
                );
            }
            Some(url?)
        }
    };
    Some(MlflowSettings { experiment, server, warehouse })
}

fn id(reader: &mut Reader<'_>, name: &'static str, text: String) -> Option<String> {
    let is_id = text.len() <= LONGEST_ID
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if is_id {
        return Some(text);
    }
    reader.problem(name, format!("is `{}`; expected an id, such as `123456789`", shown(&text)));
    None
}

fn content(reader: &mut Reader<'_>) -> bool {
    match reader.text(CONTENT).as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            reader.problem(CONTENT, format!("is `{}`; expected `true` or `false`", shown(other)));
            false
        }
    }
}

/// The pairs of `name=value,name=value`; names and values may be encoded as in a URL.
fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let (name, value) = (decoded(name.trim()), decoded(value.trim()));
        (!name.is_empty()).then_some((name, value))
    };
    text.split(',').filter_map(pair).take(MOST_PAIRS).collect()
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).filter(|_| byte == b'%');
        if let Some(decoded) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(decoded);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A value for a message.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}
