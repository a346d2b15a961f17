//! Recorded refusals, and what each is taken for.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::*;

/// An answer as it was recorded, or as the reference lists it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recorded {
    about: String,
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
    body: String,
    /// The name of an [`ErrorKind`].
    kind: String,
    /// The catalogue's code, where no step has words of its own for it.
    code: Option<String>,
}

#[test]
fn recorded_refusals_are_taken_for_what_they_are() {
    let all: Vec<Recorded> = serde_json::from_str(include_str!("recorded_refusals.json")).unwrap();
    assert!(all.len() > 50);
    for Recorded { about, status, headers, body, kind, code } in all {
        let response = WorkspaceResponse { status, headers, body };
        let mut error = match serde_json::from_str::<serde_json::Value>(&response.body) {
            Err(problem) if (200..300).contains(&status) => ApiError::not_json(&response, &problem),
            _ => ApiError::from_response(&response),
        };
        assert_eq!(format!("{:?}", error.kind), kind, "{about}");
        error.interface = Interface::Lakebase;
        if let Some(code) = code {
            let told = DeployError::from(error);
            assert_eq!(told.code, code, "{about}");
            let text = format!("{}{}{}", told.message, told.cause, told.remedy);
            assert!(!text.contains("state=secret"), "{text}");
        }
    }
}

/// A refusal whose cause a rule finds; status 0 is no answer, with the host's message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Explained {
    reason: String,
    status: u16,
    body: String,
}

#[test]
fn every_rule_over_bodies_finds_its_example() {
    let all: Vec<Explained> = serde_json::from_str(include_str!("../../error/rules/bodies.json")).unwrap();
    let mut found = BTreeSet::new();
    for Explained { reason, status, body } in all {
        let response = WorkspaceResponse { status, headers: vec![], body: body.clone() };
        let mut error = match (status, serde_json::from_str::<serde_json::Value>(&body)) {
            (0, _) => {
                ApiError::from_host(HostError { kind: HostErrorKind::Connection, message: body.clone() })
            }
            (200..300, Err(problem)) => ApiError::not_json(&response, &problem),
            _ => ApiError::from_response(&response),
        };
        error.doing = "create the app `tellr`".into();
        let message = error.message.clone();
        let told = DeployError::from(error);
        assert_eq!(told.reason.as_deref(), Some(reason.as_str()), "{body}");
        assert!(told.cause.contains(&message) || told.message.contains(&message), "{told:#?}");
        found.insert(reason);
    }
    let all: BTreeSet<String> = crate::error::body_reasons().into_iter().map(str::to_owned).collect();
    assert_eq!(found, all);
}

#[test]
fn a_request_is_named_by_its_id() {
    let id = |headers: &[(&str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ApiError::from_response(&WorkspaceResponse { status: 418, headers, body: body.to_owned() })
            .request
            .clone()
    };
    let detail = r#"{"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.RequestInfo","request_id":"in-detail"}]}"#;
    assert_eq!(id(&[], detail), "in-detail");
    assert_eq!(id(&[("x-request-id", "in-header")], detail), "in-detail");
    assert_eq!(id(&[], r#"{"message":"m","request_id":"in-body"}"#), "in-body");
    assert_eq!(id(&[("x-request-id", "in-header")], "no JSON"), "in-header");
    assert_eq!(id(&[], "{}"), "");
    for hostile in ["<script>", "a b", &"x".repeat(81), "\u{1b}[0m"] {
        assert_eq!(id(&[("x-request-id", hostile)], "{}"), "", "{hostile}");
    }
}

#[test]
fn a_failure_that_names_neither_status_nor_code_keeps_them_in_its_problem() {
    let problem = |status, headers: &[(&str, &str)], body: &str| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        ApiError::from_response(&WorkspaceResponse { status, headers, body: body.to_owned() }).into_problem()
    };
    let body = r#"{"error_code":"BAD_REQUEST","message":"no"}"#;
    assert_eq!(problem(400, &[("x-request-id", "r-1")], body), "no (400, BAD_REQUEST, request id r-1)");
    assert_eq!(problem(400, &[], ""), "400");
}

#[test]
fn what_kept_an_answer_away_is_named() {
    let code = |message: &str| {
        let (kind, message) = (HostErrorKind::Connection, message.to_owned());
        DeployError::from(ApiError::from_host(HostError { kind, message })).code.clone()
    };
    // As reqwest and Python's requests put it.
    for message in [
        "error sending request: client error (Connect): dns error: failed to lookup address information: Name or service not known",
        "No answer from https://x: [Errno -2] Name or service not known",
        "No answer from https://x: Failed to resolve 'x' ([Errno 8] nodename nor servname provided, or not known)",
    ] {
        assert_eq!(code(message), "WORKSPACE_HOST_NOT_FOUND", "{message}");
    }
    for message in [
        "error sending request: client error (Connect): invalid peer certificate: UnknownIssuer",
        "No answer from https://x: certificate verify failed: unable to get local issuer certificate",
    ] {
        assert_eq!(code(message), "CERTIFICATE_NOT_TRUSTED", "{message}");
    }
    for message in [
        "error sending request: client error (Connect): tunnel error: proxy authorization required: 407",
        "No answer from https://x: Tunnel connection failed: 407 Proxy Authentication Required",
    ] {
        assert_eq!(code(message), "PROXY_AUTHENTICATION", "{message}");
    }
    for message in [
        "No answer from https://x: Connection refused",
        "https://x did not answer in time",
        // A port is not a status.
        "The connection to 127.0.0.1:33407 was interrupted",
    ] {
        assert_eq!(code(message), "WORKSPACE_UNREACHABLE", "{message}");
    }
}

#[test]
fn a_refusal_on_the_way_is_not_attributed_to_the_workspace() {
    let message = "Only workspace admins may deploy from here".to_owned();
    let mut error = ApiError::from_host(HostError { kind: HostErrorKind::Refused, message });
    error.doing = "read the current user".into();
    let error = DeployError::from(error);
    assert_eq!(error.code, "NOT_PASSED_ON");
    assert_eq!(error.cause, "Only workspace admins may deploy from here");
}
