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
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.username().is_empty()
            && url.password().is_none()
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
                    && url.password().is_none()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read_of(variables: &[(&str, &str)]) -> (TraceSettings, Vec<&'static str>) {
        let lookup = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let mut reader = Reader::new(&lookup);
        let settings = read(&mut reader);
        (settings, reader.problems.iter().map(|problem| problem.variable).collect())
    }

    fn unusable(settings: &TraceSettings) -> Vec<&'static str> {
        settings.unusable.iter().map(|problem| problem.variable).collect()
    }

    #[test]
    fn they_are_off_and_without_content_by_default() {
        let (settings, problems) = read_of(&[]);
        assert!(settings.collector.is_none() && settings.mlflow.is_none() && !settings.has_content);
        assert!(problems.is_empty() && settings.unusable.is_empty());
    }

    #[test]
    fn the_platforms_variables_are_taken_as_it_sets_them() {
        let (settings, _) = read_of(&[
            (ENDPOINT, "http://localhost:4314"),
            (PROTOCOL, "grpc"),
            (HEADERS, "x-a=planted-key, x-b=with%20space"),
            ("OTEL_RESOURCE_ATTRIBUTES", "workspace.id=12,app.name=tellr%2C%20mine,broken"),
            ("OTEL_SERVICE_NAME", "my-app"),
        ]);
        let collector = settings.collector.as_ref().expect("a collector");
        assert_eq!((collector.protocol, collector.endpoint.port()), (Protocol::Grpc, Some(4314)));
        assert_eq!(collector.headers["x-b"], "with space");
        let resource = [("workspace.id", "12"), ("app.name", "tellr, mine")];
        assert_eq!(settings.resource, resource.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(settings.service, "my-app");
        assert!(!format!("{settings:?}").contains("planted"), "{settings:?}");
    }

    #[test]
    fn what_is_not_the_apps_own_never_stops_it() {
        for (variables, wanted) in [
            (&[(ENDPOINT, "http://x:1"), (PROTOCOL, "http/json")][..], PROTOCOL),
            (&[(ENDPOINT, "ftp://x")], ENDPOINT),
            (&[(ENDPOINT, "http://me:planted@x:1")], ENDPOINT),
            (&[(ENDPOINT, "https://x:1"), (PROTOCOL, "grpc")], ENDPOINT),
            (&[(ENDPOINT, "http://x:1"), (HEADERS, "a b=planted")], HEADERS),
            (&[(ENDPOINT, "http://x:1"), (HEADERS, "a=%0aplanted")], HEADERS),
        ] {
            let (settings, problems) = read_of(variables);
            assert!(settings.collector.is_none() && problems.is_empty(), "{variables:?}");
            assert_eq!(unusable(&settings), [wanted]);
            assert!(!format!("{settings:?}").contains("planted"), "{settings:?}");
        }
    }

    #[test]
    fn what_is_the_apps_own_is_checked() {
        let (settings, problems) =
            read_of(&[(EXPERIMENT, "123"), (SERVER, "http://localhost:5000/ml"), (CONTENT, "true")]);
        let mlflow = settings.mlflow.expect("an experiment");
        assert_eq!(mlflow.server.map(String::from).as_deref(), Some("http://localhost:5000/ml"));
        assert!(problems.is_empty() && settings.has_content);
        let (settings, _) = read_of(&[(EXPERIMENT, "123"), (SERVER, "databricks"), (WAREHOUSE, "8f3c")]);
        let mlflow = settings.mlflow.expect("an experiment");
        assert_eq!((mlflow.server, mlflow.warehouse.as_deref()), (None, Some("8f3c")));
        // Without an experiment, an address may be there for other programs.
        assert!(read_of(&[(SERVER, "sqlite:///mlflow.db")]).1.is_empty());
        for (variables, wanted) in [
            (&[(EXPERIMENT, "/Shared/traces")][..], EXPERIMENT),
            (&[(EXPERIMENT, "1"), (SERVER, "sqlite:///mlflow.db")], SERVER),
            (&[(EXPERIMENT, "1"), (WAREHOUSE, "a/b")], WAREHOUSE),
            (&[(CONTENT, "yes please")], CONTENT),
        ] {
            assert_eq!(read_of(variables).1, [wanted], "{variables:?}");
        }
    }
}
