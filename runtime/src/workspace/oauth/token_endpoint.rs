//! Requests tokens.

use std::time::{Duration, Instant};

use deployer::host::{HostError, HostErrorKind};
use reqwest::{RequestBuilder, StatusCode};
use secrecy::SecretString;
use serde::Deserialize;

use crate::workspace::answer::{text, without};
use crate::workspace::no_answer::no_answer;

/// A token is renewed this long before its expiry; a short-lived one after half of its lifetime.
const LAST_MOMENT: Duration = Duration::from_mins(1);
/// The assumed lifetime of a token without one in the answer.
const UNKNOWN_LIFE: Duration = Duration::from_mins(10);
/// The maximum lifetime of an access token of the platform.
const LONGEST_LIFE: Duration = Duration::from_hours(24);
/// The maximum length of an explanation.
const LONGEST_WORDS: usize = 300;

/// The server's tokens.
pub(in crate::workspace) struct Granted {
    /// The access token.
    pub(in crate::workspace) access: SecretString,
    /// When it was requested.
    pub(in crate::workspace) asked: Instant,
    /// How long it is valid from then on.
    pub(in crate::workspace) life: Duration,
    /// When to renew it.
    pub(in crate::workspace) renew_at: Instant,
    /// When it expires.
    pub(in crate::workspace) good_until: Instant,
    /// The refresh token; absent if the previous one stays valid, or there is none.
    pub(in crate::workspace) refresh: Option<SecretString>,
}

/// Why the request failed.
#[derive(Debug, thiserror::Error)]
pub(in crate::workspace) enum NotGranted {
    /// The server refused, with an OAuth error. A retry does not help.
    #[error("{status}: {why}")]
    Refused {
        status: StatusCode,
        /// A message for users that is safe to print.
        why: String,
    },
    /// Any other failure.
    #[error(transparent)]
    Failed(HostError),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    access_token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<Seconds>,
    refresh_token: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// The platform sends a number; some servers send a string.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

impl Seconds {
    fn life(self) -> Option<Duration> {
        match self {
            Self::Number(secs) => Some(secs),
            Self::Text(text) => text.parse().ok(),
        }
        .map(Duration::from_secs)
    }
}

/// Sends `request`, a POST to a token endpoint. If the server's message repeats one of the `secrets` that
/// were sent, that part is redacted.
pub(in crate::workspace) async fn ask(
    request: RequestBuilder,
    secrets: &[&SecretString],
) -> Result<Granted, NotGranted> {
    // Taken before sending: a token must not seem younger than it is.
    let asked = Instant::now();
    let answer = request.send().await.map_err(|error| NotGranted::Failed(no_answer(&error)))?;
    let status = answer.status();
    let body = text(answer).await.map_err(NotGranted::Failed)?;
    read(status, &body, asked).map_err(|error| match error {
        NotGranted::Refused { status, why } => {
            let why = secrets.iter().fold(why, |why, secret| without(secret, why));
            NotGranted::Refused { status, why: printable(&why) }
        }
        failed @ NotGranted::Failed(_) => failed,
    })
}

fn read(status: StatusCode, body: &str, asked: Instant) -> Result<Granted, NotGranted> {
    let failed = |kind, message| Err(NotGranted::Failed(HostError { kind, message }));
    if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
        let message = format!("The workspace issues no tokens at the moment ({status})");
        return failed(HostErrorKind::Connection, message);
    }
    if status.is_redirection() {
        let message = format!(
            "The workspace redirects the token request ({status}), so the address is probably not that of a \
             workspace. The request is not repeated elsewhere, because it holds a secret"
        );
        return failed(HostErrorKind::Refused, message);
    }
    let answer: Answer = serde_json::from_str(body).unwrap_or_default();
    if let Some(error) = answer.error {
        let why = match answer.error_description {
            Some(description) if !description.trim().is_empty() => format!("{description} ({error})"),
            _ => error,
        };
        return Err(NotGranted::Refused { status, why });
    }
    let is_bearer = answer.token_type.is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    let token = answer.access_token.filter(|token| !token.is_empty() && is_bearer && status.is_success());
    let Some(token) = token else {
        let message = format!("The workspace's answer to the token request can't be read ({status})");
        return failed(HostErrorKind::Refused, message);
    };
    let life = answer.expires_in.and_then(Seconds::life).unwrap_or(UNKNOWN_LIFE).min(LONGEST_LIFE);
    let early = life.saturating_sub(LAST_MOMENT.min(life / 2));
    Ok(Granted {
        access: token.into(),
        asked,
        life,
        renew_at: asked + early,
        good_until: asked + life,
        refresh: answer.refresh_token.filter(|token| !token.is_empty()).map(SecretString::from),
    })
}

/// A server's message may contain anything; it is shown on a terminal or in a page.
pub(in crate::workspace) fn printable(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn good(body: &str) -> Granted {
        match read(StatusCode::OK, body, Instant::now()) {
            Ok(granted) => granted,
            Err(error) => panic!("{error:?}"),
        }
    }

    fn bad(status: u16, body: &str) -> NotGranted {
        let status = StatusCode::from_u16(status).expect("a status");
        read(status, body, Instant::now()).err().expect("nothing was granted")
    }

    #[test]
    fn a_token_is_renewed_before_its_end() {
        for lives in ["3600", "\"3600\""] {
            let granted = good(&format!(
                r#"{{"access_token": "t", "token_type": "bearer", "expires_in": {lives}, "refresh_token": "r"}}"#
            ));
            assert_eq!(granted.access.expose_secret(), "t");
            assert_eq!(granted.good_until - granted.renew_at, LAST_MOMENT);
            assert_eq!(granted.refresh.expect("a refresh token").expose_secret(), "r");
        }
        let short = good(r#"{"access_token": "t", "expires_in": 30}"#);
        assert_eq!(short.good_until - short.renew_at, Duration::from_secs(15));
        let endless = good(&format!(r#"{{"access_token": "t", "expires_in": {}}}"#, u64::MAX));
        assert!(endless.good_until <= Instant::now() + LONGEST_LIFE);
    }

    #[test]
    fn a_redirect_is_told_as_one() {
        let NotGranted::Failed(error) = bad(307, "") else { panic!("nothing was refused") };
        assert!(error.message.contains("redirects the token request (307"), "{}", error.message);
    }

    #[test]
    fn a_refusal_is_told_apart_from_a_bad_moment() {
        let refused =
            bad(400, r#"{"error": "invalid_grant", "error_description": "Refresh\u001b[2J token"}"#);
        let NotGranted::Refused { why, .. } = refused else { panic!("{refused:?}") };
        assert_eq!(printable(&why), "Refresh [2J token (invalid_grant)");
        assert!(matches!(bad(401, r#"{"error": "invalid_client"}"#), NotGranted::Refused { .. }));
        for (status, body, kind) in [
            (503, "upstream connect error", HostErrorKind::Connection),
            (429, r#"{"error": "slow_down"}"#, HostErrorKind::Connection),
            (403, r#"{"error_code": "PERMISSION_DENIED"}"#, HostErrorKind::Refused),
            (302, "", HostErrorKind::Refused),
            (200, "<html>", HostErrorKind::Refused),
            (200, r#"{"access_token": ""}"#, HostErrorKind::Refused),
            (200, r#"{"access_token": "t", "token_type": "mac"}"#, HostErrorKind::Refused),
        ] {
            let failed = bad(status, body);
            assert!(matches!(&failed, NotGranted::Failed(error) if error.kind == kind), "{status} {body}");
        }
    }
}
