//! Recorded refusals, and what each is taken for.

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
