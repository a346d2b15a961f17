//! The redirect target of the sign-in: a local port that accepts one answer.
//!
//! Any page can send a browser here, and so can any user of this machine. An attacker's aim would be to
//! have their own account signed in, so that the user deploys into it. An answer is therefore accepted only
//! with the `state` of the attempt in progress, which is known only to the user's browser, and its code
//! works only with that attempt's verifier, which this process sends only to the token endpoint. It has to
//! be a top-level navigation, not a resource loaded by a page. The first answer with the right state ends
//! the attempt, whatever its content; others change nothing, so that a sign-in can't be aborted from
//! outside either.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use deployer::host::{HostError, HostErrorKind};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::authorization::{Endpoints, Proof};
use super::page::page;
use super::token_endpoint::printable;
use super::user_tokens::UserTokens;
use crate::http::listener;

/// The ports that Databricks' own tools try with this client, in the same order.
const PORTS: std::ops::RangeInclusive<u16> = 8020..=8040;
/// How long the browser may take to read the last answer.
const DRAIN: Duration = Duration::from_secs(5);
/// Longer values are not valid codes or states.
const LONGEST_VALUE: usize = 4096;

/// A local port, on both the IPv4 and the IPv6 address of `localhost`.
pub(super) struct RedirectListener {
    port: u16,
    v4: TcpListener,
    v6: Option<TcpListener>,
}

impl RedirectListener {
    /// Opens the first free port.
    pub(super) fn open() -> Result<Self, HostError> {
        for port in PORTS {
            let Ok(v4) = listener::bind((Ipv4Addr::LOCALHOST, port).into()) else { continue };
            match listener::bind((Ipv6Addr::LOCALHOST, port).into()) {
                Ok(v6) => return Ok(Self { port, v4, v6: Some(v6) }),
                // Browsers try IPv6 first: the answer would reach another program that listens there.
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
                // There is no IPv6 on this machine.
                Err(_) => return Ok(Self { port, v4, v6: None }),
            }
        }
        let message = format!(
            "None of the ports {} to {} is free, and the workspace redirects the browser to no other \
             port. Stop a program that uses one of them",
            PORTS.start(),
            PORTS.end()
        );
        Err(HostError { kind: HostErrorKind::Refused, message })
    }

    /// The redirect URL, as registered for the client.
    pub(super) fn address(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

/// The outcome of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Waiting,
    SignedIn,
    Failed(String),
}

/// The part of an attempt that is needed to process its answer.
pub(super) struct Attempt {
    pub(super) tokens: Arc<UserTokens>,
    /// The page that links to the sign-in, if there is one.
    pub(super) back: Option<String>,
    pub(super) endpoints: Endpoints,
    pub(super) redirect_uri: String,
    /// Taken by the first valid answer.
    pub(super) proof: Mutex<Option<Proof>>,
    pub(super) outcome: watch::Sender<Outcome>,
}

/// Waits for the answer on `listener`, at most for `limit`, or until the attempt is cancelled.
pub(super) async fn wait(listener: RedirectListener, attempt: Arc<Attempt>, limit: Duration) {
    let router = Router::new().fallback(receive).with_state(Arc::clone(&attempt)).layer(from_fn(close));
    let mut outcome = attempt.outcome.subscribe();
    let (stop, stopped) = watch::channel(false);
    let over = async {
        // An error means that the attempt was dropped, which ends it as well.
        let ended = outcome.wait_for(|outcome| *outcome != Outcome::Waiting);
        if tokio::time::timeout(limit, ended).await.is_err() {
            let minutes = limit.as_secs() / 60;
            attempt.give_up(&format!("it was not finished within {minutes} minutes")).await;
        }
        stop.send_replace(true);
    };
    let serve = |listener| {
        let mut stopped = stopped.clone();
        let stop = async move {
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        listener::serve_quietly(listener, router.clone(), stop, DRAIN)
    };
    let v6 = async {
        if let Some(listener) = listener.v6 {
            serve(listener).await;
        }
    };
    tokio::join!(over, serve(listener.v4), v6);
}

/// Closes the connection after each answer: otherwise the browser would reuse it for the answer to another
/// attempt at the same port.
async fn close(request: Request, next: Next) -> Response {
    let is_http1 = request.version() != Version::HTTP_2;
    let mut response = next.run(request).await;
    if is_http1 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

impl Attempt {
    /// Cancels the attempt, unless an answer is being processed.
    pub(super) async fn give_up(&self, why: &str) {
        if self.take().is_some() {
            self.failed(why).await;
        }
    }

    /// Cancels the attempt in favour of a newer one.
    pub(super) fn replace(&self) {
        if self.take().is_some() {
            self.outcome.send_replace(Outcome::Failed("another sign-in was started".to_owned()));
        }
    }

    async fn failed(&self, why: &str) {
        tracing::warn!("the sign-in did not succeed: {why}");
        self.tokens.not_granted(why).await;
        self.outcome.send_replace(Outcome::Failed(why.to_owned()));
    }

    /// The verifier; only the first caller gets it.
    fn take(&self) -> Option<Proof> {
        self.proof.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The verifier, if `state` matches.
    fn take_for(&self, state: &str) -> Option<Proof> {
        self.proof.lock().unwrap_or_else(PoisonError::into_inner).take_if(|proof| proof.is_of(state))
    }
}

/// The workspace's answer, sent through the browser.
enum Answer {
    Code(SecretString),
    Error(String),
}

async fn receive(State(attempt): State<Arc<Attempt>>, request: Request) -> Response {
    let back = attempt.back.clone();
    let host = attempt.tokens.host.clone();
    let refuse = |status, words: &str| page(status, "You are not signed in", words, back.as_deref());
    if !is_opened_here(&attempt.redirect_uri, &request) {
        return refuse(StatusCode::FORBIDDEN, "This address only accepts the workspace's sign-in.");
    }
    if request.method() != Method::GET || request.uri().path() != "/" {
        return refuse(StatusCode::NOT_FOUND, "There is no page at this address.");
    }
    let answer = read(request.uri());
    let Some((proof, said)) = answer.and_then(|(state, said)| Some((attempt.take_for(&state)?, said))) else {
        let words = "This answer doesn't belong to the sign-in in progress. Start the sign-in again.";
        return refuse(StatusCode::BAD_REQUEST, words);
    };
    // In a separate task: a code works once, and the sign-in should succeed even if the user closes the tab
    // early.
    let finished = tokio::spawn(async move { finish(&attempt, &proof, said).await });
    match finished.await {
        Ok(Ok(())) => {
            let words = format!(
                "Tellr's deployer now acts on your behalf at {host}. You can close this tab and return to the deployer."
            );
            page(StatusCode::OK, "You are signed in", &words, back.as_deref())
        }
        Ok(Err(why)) => refuse(StatusCode::BAD_REQUEST, &format!("The sign-in did not succeed: {why}.")),
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "The sign-in was interrupted. Start it again."),
    }
}

/// Processes the answer, and ends the attempt.
async fn finish(attempt: &Attempt, proof: &Proof, said: Answer) -> Result<(), String> {
    let exchanged = match said {
        Answer::Error(words) => Err(format!("the workspace says: {words}")),
        Answer::Code(code) => {
            let Attempt { tokens, endpoints, redirect_uri, .. } = attempt;
            tokens.exchange(endpoints, &code, proof, redirect_uri).await
        }
    };
    match &exchanged {
        Ok(()) => {
            tracing::info!("signed in to {}", attempt.tokens.host);
            attempt.outcome.send_replace(Outcome::SignedIn);
        }
        Err(why) => attempt.failed(why).await,
    }
    exchanged
}

/// Whether this is a top-level navigation of a browser to the expected host name.
fn is_opened_here(redirect_uri: &str, request: &Request) -> bool {
    let headers = request.headers();
    let is = |name: &HeaderName, wanted: &str| headers.get(name).is_none_or(|value| value == wanted);
    let host = redirect_uri.trim_start_matches("http://");
    let asked = request.uri().authority().map(axum::http::uri::Authority::as_str);
    // Every browser sends the host, and current ones the other two.
    headers.contains_key(header::HOST)
        && is(&header::HOST, host)
        && asked.is_none_or(|asked| asked == host)
        && is(&HeaderName::from_static("sec-fetch-mode"), "navigate")
        && is(&HeaderName::from_static("sec-fetch-dest"), "document")
}

/// The state, and the answer sent with it.
fn read(uri: &Uri) -> Option<(String, Answer)> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    let mut values = BTreeMap::new();
    for (name, value) in pairs {
        if value.len() > LONGEST_VALUE || values.insert(name, value).is_some() {
            return None;
        }
    }
    let state = values.remove("state")?;
    let said = match (values.remove("code"), values.remove("error")) {
        (Some(code), None) if !code.is_empty() => Answer::Code(code.into()),
        (None, Some(error)) => Answer::Error(match values.remove("error_description") {
            Some(description) if !description.trim().is_empty() => {
                printable(&format!("{description} ({error})"))
            }
            _ => printable(&error),
        }),
        _ => return None,
    };
    Some((state, said))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn said(query: &str) -> Option<(String, String)> {
        let (state, said) = read(&format!("/?{query}").parse().expect("an address"))?;
        Some((
            state,
            match said {
                Answer::Code(code) => code.expose_secret().to_owned(),
                Answer::Error(words) => format!("error: {words}"),
            },
        ))
    }

    #[test]
    fn an_answer_says_one_thing_once() {
        assert_eq!(said("code=c&state=s"), Some(("s".to_owned(), "c".to_owned())));
        assert_eq!(
            said("error=access_denied&error_description=Not%0Atoday&state=s"),
            Some(("s".to_owned(), "error: Not today (access_denied)".to_owned()))
        );
        let long = format!("code={}&state=s", "c".repeat(LONGEST_VALUE + 1));
        for bad in [
            "",
            "code=c",
            "state=s",
            "code=&state=s",
            "code=c&error=e&state=s",
            "code=c&code=d&state=s",
            "code=c&state=s&state=t",
            &long,
        ] {
            assert_eq!(said(bad).map(|(_, said)| said), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn who_does_not_come_back_in_time_is_not_waited_for() {
        let http = crate::workspace::client().expect("a client");
        let tokens = UserTokens::new(http, "https://x.example".to_owned());
        let listener = RedirectListener::open().expect("a free port");
        let address: reqwest::Url = "https://x.example/a".parse().expect("an address");
        let endpoints = Endpoints { authorization: address.clone(), token: address };
        let (outcome, mut ended) = watch::channel(Outcome::Waiting);
        let attempt = Arc::new(Attempt {
            tokens: Arc::clone(&tokens),
            back: None,
            endpoints,
            redirect_uri: listener.address(),
            proof: Mutex::new(Some(Proof::new().expect("random bytes"))),
            outcome,
        });
        wait(listener, attempt, Duration::ZERO).await;
        let why = "it was not finished within 0 minutes";
        assert_eq!(*ended.borrow_and_update(), Outcome::Failed(why.to_owned()));
        let problem = tokens.bearer().await.expect_err("nobody is signed in");
        assert_eq!(problem.message, format!("The sign-in did not succeed: {why}"));
    }
}
