//! The access tokens of people, with which the app asks the workspace on their behalf.
//!
//! Problem: the platform's proxy sends a person's token along with each request. Work that the person started
//! goes on after that request, and the token expires in the middle of it.
//!
//! Choice: the last token of each person is kept in memory, and each request brings a newer one. It is never
//! stored or logged: a process that takes over the work waits for the person's next request. An hour after
//! the last one it is dropped, when it has expired anyway.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;
use tokio::time::Instant;

use super::IdentityRule;
use crate::settings::token_problem;

const HEADER: &str = "x-forwarded-access-token";
/// How long after a person's last request their token is kept.
const KEPT: Duration = Duration::from_hours(1);
/// How often those that are due are dropped.
const SWEEP: Duration = Duration::from_mins(1);
/// The most people. One more replaces the person whose last request is the longest ago.
const MOST: usize = 10_000;
/// The longest token, in bytes. The platform's have about one kilobyte.
const LONGEST: usize = 16 * 1024;

/// The tokens of people, by the platform's id of each ([`super::User::id`]); cheap to clone.
#[derive(Clone)]
pub struct PersonTokens(Arc<Inner>);

struct Inner {
    people: Mutex<People>,
    /// Changes with each new token.
    news: watch::Sender<()>,
}

#[derive(Default)]
struct People {
    held: HashMap<String, Held>,
    is_swept: bool,
}

/// The secret is overwritten with zeros when it is dropped.
struct Held {
    token: SecretString,
    /// The workspace rejected it. It is kept to know it again: requests may still bring it.
    is_refused: bool,
    last_request: Instant,
}

impl Default for PersonTokens {
    fn default() -> Self {
        Self(Arc::new(Inner { people: Mutex::default(), news: watch::Sender::new(()) }))
    }
}

impl fmt::Debug for PersonTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonTokens").finish_non_exhaustive()
    }
}

impl PersonTokens {
    /// Takes the token that a request brought.
    pub fn note(&self, user_id: &str, token: SecretString) {
        let now = Instant::now();
        let mut people = self.people();
        match people.held.get_mut(user_id) {
            Some(held) if is_same(&held.token, &token) => held.last_request = now,
            _ => {
                if people.held.len() >= MOST && !people.held.contains_key(user_id) {
                    people.drop_oldest();
                }
                let held = Held { token, is_refused: false, last_request: now };
                people.held.insert(user_id.to_owned(), held);
                self.0.news.send_replace(());
            }
        }
        self.sweep_from_now_on(&mut people);
    }

    /// A person's token, unless the workspace rejected it.
    pub fn get(&self, user_id: &str) -> Option<SecretString> {
        self.people().usable(user_id).cloned()
    }

    /// The workspace rejected this token.
    pub fn refused(&self, user_id: &str, token: &SecretString) {
        if let Some(held) = self.people().held.get_mut(user_id)
            && is_same(&held.token, token)
        {
            held.is_refused = true;
        }
    }

    /// A person's token other than `than`, as soon as a request brings one; `None` if none does in time.
    pub async fn newer(
        &self,
        user_id: &str,
        than: Option<&SecretString>,
        within: Duration,
    ) -> Option<SecretString> {
        let mut news = self.0.news.subscribe();
        let newer = async {
            loop {
                news.mark_unchanged();
                let usable = self.get(user_id);
                if let Some(token) = usable.filter(|token| than.is_none_or(|than| !is_same(than, token))) {
                    return Some(token);
                }
                news.changed().await.ok()?;
            }
        };
        tokio::time::timeout(within, newer).await.ok().flatten()
    }

    fn people(&self) -> MutexGuard<'_, People> {
        self.0.people.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the task that drops tokens, if it isn't running. It ends when there are none left.
    fn sweep_from_now_on(&self, people: &mut People) {
        if !people.is_swept
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            people.is_swept = true;
            runtime.spawn(sweep(Arc::downgrade(&self.0)));
        }
    }
}

impl People {
    fn usable(&self, user_id: &str) -> Option<&SecretString> {
        let held = self.held.get(user_id).filter(|held| !held.is_refused)?;
        (held.last_request.elapsed() < KEPT).then_some(&held.token)
    }

    fn drop_oldest(&mut self) {
        let oldest = self.held.iter().min_by_key(|(_, held)| held.last_request).map(|(id, _)| id.clone());
        if let Some(oldest) = oldest {
            self.held.remove(&oldest);
        }
    }
}

async fn sweep(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let Some(inner) = inner.upgrade() else { return };
        let mut people = inner.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.held.retain(|_, held| held.last_request.elapsed() < KEPT);
        if people.held.is_empty() {
            people.is_swept = false;
            return;
        }
    }
}

fn is_same(one: &SecretString, other: &SecretString) -> bool {
    one.expose_secret() == other.expose_secret()
}

/// Takes the token out of each request, so that no handler sees it, and keeps it if the platform vouches for
/// whose it is.
pub async fn keep(
    State((rule, tokens)): State<(IdentityRule, PersonTokens)>,
    mut request: Request,
    next: Next,
) -> Response {
    let sent = request.headers_mut().remove(HEADER);
    if rule == IdentityRule::Platform
        && let Some(sent) = sent
        && let Ok(token) = sent.to_str()
        && token.len() <= LONGEST
        && token_problem(token).is_none()
        && let Some(user) = rule.user(request.headers())
    {
        tokens.note(&user.id, SecretString::from(token.to_owned()));
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const ALMOST: Duration = KEPT.saturating_sub(SECOND);

    fn secret(text: &str) -> SecretString {
        SecretString::from(text.to_owned())
    }

    fn held(tokens: &PersonTokens, user: &str) -> Option<String> {
        tokens.get(user).map(|token| token.expose_secret().to_owned())
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_dropped_an_hour_after_the_last_request() {
        let tokens = PersonTokens::default();
        tokens.note("ada", secret("first"));
        tokio::time::advance(ALMOST).await;
        assert_eq!(held(&tokens, "ada").as_deref(), Some("first"));
        tokens.note("ada", secret("first"));
        tokio::time::advance(ALMOST).await;
        assert_eq!(held(&tokens, "ada").as_deref(), Some("first"), "a request with the same token counts");
        tokio::time::advance(SECOND).await;
        assert_eq!(held(&tokens, "ada"), None);
        // The memory is freed without another request, and the next token is swept again.
        tokio::time::sleep(SWEEP * 2).await;
        assert!(tokens.people().held.is_empty() && !tokens.people().is_swept);
        tokens.note("ada", secret("second"));
        tokio::time::sleep(KEPT + SWEEP * 2).await;
        assert!(tokens.people().held.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_not_given_again_but_a_newer_one_is() {
        let tokens = PersonTokens::default();
        tokens.note("ada", secret("first"));
        tokens.refused("ada", &secret("another"));
        assert_eq!(held(&tokens, "ada").as_deref(), Some("first"), "it was another that was refused");
        tokens.refused("ada", &secret("first"));
        tokens.note("ada", secret("first"));
        assert_eq!(held(&tokens, "ada"), None, "a request brought it again");
        tokens.note("ada", secret("second"));
        assert_eq!(held(&tokens, "ada").as_deref(), Some("second"));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_newer_token_gets_it_with_the_next_request() {
        let tokens = PersonTokens::default();
        let (old, minute) = (secret("old"), Duration::from_mins(1));
        tokens.note("ada", old.clone());
        let wait = tokens.newer("ada", Some(&old), minute);
        let requests = async {
            tokio::task::yield_now().await;
            tokens.note("grace", secret("of another person"));
            tokens.note("ada", old.clone());
            tokio::task::yield_now().await;
            tokens.note("ada", secret("new"));
        };
        let (newer, ()) = tokio::join!(wait, requests);
        assert_eq!(newer.expect("a token").expose_secret(), "new");
        let present = tokens.newer("ada", None, minute).await;
        assert_eq!(present.expect("a token").expose_secret(), "new", "one that is there is given at once");
        assert!(tokens.newer("ada", Some(&secret("new")), minute).await.is_none());
        assert!(tokens.newer("alan", None, minute).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn people_have_a_bound_and_the_longest_away_makes_room() {
        let tokens = PersonTokens::default();
        for person in 0..MOST {
            tokens.note(&person.to_string(), secret("a token"));
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        tokens.note("0", secret("a token"));
        tokens.note("one more", secret("a token"));
        assert_eq!(tokens.people().held.len(), MOST);
        assert!(tokens.get("0").is_some() && tokens.get("one more").is_some());
        assert!(tokens.get("1").is_none());
    }

    #[tokio::test]
    async fn nothing_is_shown_of_a_token_or_of_a_person() {
        let tokens = PersonTokens::default();
        tokens.note("ada", secret("planted-token"));
        let shown = format!("{tokens:?}");
        assert!(!shown.contains("planted") && !shown.contains("ada"), "{shown}");
    }
}
