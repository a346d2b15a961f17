//! Where the workspace sends the browser back to: a port of this machine that is open for one answer.
//!
//! Any page can send a browser here, and so can anybody on this machine. What they could want is to
//! have their own account signed in, so that somebody deploys into it. An answer therefore counts only
//! if it carries the `state` of the attempt that is under way, which nobody was told but the person, and
//! its code works only with the verifier of that attempt, which leaves this process only for the token
//! endpoint. It has to be a page that is opened, not something that a page loads. The first answer with
//! the right state ends the attempt, whatever it says; others change nothing, so that nobody can end a
//! sign-in from outside either.

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
use super::{Outcome, SignIn};
use crate::listener;

/// The ports that Databricks' own tools try with this client, in their order.
const PORTS: std::ops::RangeInclusive<u16> = 8020..=8040;
/// How long the last answer may take to be read.
const DRAIN: Duration = Duration::from_secs(5);
/// Longer values are no code and no state.
const LONGEST_VALUE: usize = 4096;

/// A port of this machine, for `localhost` in both of its meanings.
pub(super) struct RedirectListener {
    port: u16,
    v4: TcpListener,
    v6: Option<TcpListener>,
}

impl RedirectListener {
    /// Takes the first free port.
    pub(super) fn open() -> Result<Self, HostError> {
        for port in PORTS {
            let Ok(v4) = listener::bind((Ipv4Addr::LOCALHOST, port).into()) else { continue };
            match listener::bind((Ipv6Addr::LOCALHOST, port).into()) {
                Ok(v6) => return Ok(Self { port, v4, v6: Some(v6) }),
                // Browsers try this one first: the answer would go to whoever has it.
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
                // There is no IPv6 here.
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

    /// The address to come back to, as it is registered for the client.
    pub(super) fn address(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

/// An attempt, as the answer to it needs it.
pub(super) struct Attempt {
    pub(super) sign_in: Arc<SignIn>,
    pub(super) endpoints: Endpoints,
    pub(super) redirect_uri: String,
    /// Taken out by the answer that counts.
    pub(super) proof: Mutex<Option<Proof>>,
    pub(super) outcome: watch::Sender<Outcome>,
}

/// Waits for the answer behind `listener`, for `limit` at most, or until the attempt is given up.
pub(super) async fn wait(listener: RedirectListener, attempt: Arc<Attempt>, limit: Duration) {
    let router = Router::new().fallback(receive).with_state(Arc::clone(&attempt)).layer(from_fn(close));
    let mut outcome = attempt.outcome.subscribe();
    let (stop, stopped) = watch::channel(false);
    let over = async {
        // An error means that the attempt is gone, which ends it as well.
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

/// Ends the connection with each answer: kept open, it would take the browser's next answer, which is for
/// another attempt at the same port.
async fn close(request: Request, next: Next) -> Response {
    let is_http1 = request.version() != Version::HTTP_2;
    let mut response = next.run(request).await;
    if is_http1 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

impl Attempt {
    /// Ends the attempt without an answer, unless one is being looked at.
    pub(super) async fn give_up(&self, why: &str) {
        if self.take().is_some() {
            self.sign_in.failed(&self.outcome, why).await;
        }
    }

    /// Ends the attempt for a newer one.
    pub(super) fn replace(&self) {
        if self.take().is_some() {
            self.outcome.send_replace(Outcome::Failed("another sign-in was started".to_owned()));
        }
    }

    /// The proof, for whoever is first.
    fn take(&self) -> Option<Proof> {
        self.proof.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The proof, if it is the one for `state`.
    fn take_for(&self, state: &str) -> Option<Proof> {
        self.proof.lock().unwrap_or_else(PoisonError::into_inner).take_if(|proof| proof.is_of(state))
    }
}

/// What the workspace says through the browser.
enum Said {
    Code(SecretString),
    Error(String),
}

async fn receive(State(attempt): State<Arc<Attempt>>, request: Request) -> Response {
    let sign_in = Arc::clone(&attempt.sign_in);
    let refuse = |status, words: &str| page(status, "You are not signed in", words, sign_in.back());
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
    // In a task of its own: a code works once, and who closes the tab early is signed in as well.
    let finished = tokio::spawn(async move { finish(&attempt, &proof, said).await });
    match finished.await {
        Ok(Ok(())) => {
            let words = format!(
                "Tellr's deployer now acts on your behalf at {}. You can close this tab and return to the deployer.",
                sign_in.host()
            );
            page(StatusCode::OK, "You are signed in", &words, sign_in.back())
        }
        Ok(Err(why)) => refuse(StatusCode::BAD_REQUEST, &format!("The sign-in did not succeed: {why}.")),
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "The sign-in was interrupted. Start it again."),
    }
}

/// Makes of the answer what can be made of it, and ends the attempt.
async fn finish(attempt: &Attempt, proof: &Proof, said: Said) -> Result<(), String> {
    let exchanged = match said {
        Said::Error(words) => Err(format!("the workspace says: {words}")),
        Said::Code(code) => {
            let Attempt { sign_in, endpoints, redirect_uri, .. } = attempt;
            sign_in.exchange(endpoints, &code, proof, redirect_uri).await
        }
    };
    match &exchanged {
        Ok(()) => attempt.sign_in.succeeded(&attempt.outcome),
        Err(why) => attempt.sign_in.failed(&attempt.outcome, why).await,
    }
    exchanged
}

/// Whether a browser opens this as a page, under the name by which it was sent here.
fn is_opened_here(redirect_uri: &str, request: &Request) -> bool {
    let headers = request.headers();
    let is = |name: &HeaderName, wanted: &str| headers.get(name).is_none_or(|value| value == wanted);
    let host = redirect_uri.trim_start_matches("http://");
    let asked = request.uri().authority().map(axum::http::uri::Authority::as_str);
    // Each browser sends the host, and those of today the other two.
    headers.contains_key(header::HOST)
        && is(&header::HOST, host)
        && asked.is_none_or(|asked| asked == host)
        && is(&HeaderName::from_static("sec-fetch-mode"), "navigate")
        && is(&HeaderName::from_static("sec-fetch-dest"), "document")
}

/// The state, and what was said with it.
fn read(uri: &Uri) -> Option<(String, Said)> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    let mut values = BTreeMap::new();
    for (name, value) in pairs {
        if value.len() > LONGEST_VALUE || values.insert(name, value).is_some() {
            return None;
        }
    }
    let state = values.remove("state")?;
    let said = match (values.remove("code"), values.remove("error")) {
        (Some(code), None) if !code.is_empty() => Said::Code(code.into()),
        (None, Some(error)) => Said::Error(match values.remove("error_description") {
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
                Said::Code(code) => code.expose_secret().to_owned(),
                Said::Error(words) => format!("error: {words}"),
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
        let http = crate::deploy::workspace::client().expect("a client");
        let sign_in = SignIn::new(http, "https://x.example".to_owned(), None);
        let listener = RedirectListener::open().expect("a free port");
        let address: reqwest::Url = "https://x.example/a".parse().expect("an address");
        let endpoints = Endpoints { authorization: address.clone(), token: address };
        let (outcome, mut ended) = watch::channel(Outcome::Waiting);
        let attempt = Arc::new(Attempt {
            sign_in: Arc::clone(&sign_in),
            endpoints,
            redirect_uri: listener.address(),
            proof: Mutex::new(Some(Proof::new().expect("random bytes"))),
            outcome,
        });
        wait(listener, attempt, Duration::ZERO).await;
        let why = "it was not finished within 0 minutes";
        assert_eq!(*ended.borrow_and_update(), Outcome::Failed(why.to_owned()));
        let problem = sign_in.bearer().await.expect_err("nobody is signed in");
        assert_eq!(problem.message, format!("The sign-in did not succeed: {why}"));
    }
}
