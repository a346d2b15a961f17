//! What was copied for a person becomes theirs when they first ask for their sessions or profiles.
//!
//! The original knows people by their user names, this app by the platform's ids, and only a request brings both.
//! Each process looks once for each person.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio_postgres::types::Type;

use super::placeholder::placeholder;
use crate::database::{Database, DatabaseError};
use crate::identity::{IdentityRule, User};
use crate::sharing::queries::{caller_is_known, caller_parameters};

/// The most people that are remembered. Beyond it, they are looked for again.
const MOST: usize = 10_000;
/// Where people find what was copied for them.
const PLACES: [&str; 2] = ["/sessions", "/settings"];

/// The people for whom was looked; cheap to clone.
#[derive(Clone, Debug)]
pub struct Claims(Option<Arc<Mutex<HashSet<String>>>>);

impl Claims {
    /// Of an app that copied data, or of one that did not and never looks.
    pub fn new(has_copied: bool) -> Self {
        Self(has_copied.then(Arc::default))
    }
}

/// The layer around the API.
pub async fn look(
    State((claims, identity, database)): State<(Claims, IdentityRule, Database)>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let path = path.strip_prefix("/api").unwrap_or(path);
    if let Some(seen) = &claims.0
        && PLACES.iter().any(|place| path.starts_with(place))
        && let Some(user) = identity.user(request.headers())
    {
        let is_known = seen.lock().unwrap_or_else(PoisonError::into_inner).contains(&user.id);
        // While the database is down, the request itself says so, and the next one looks again.
        if !is_known && claim(&database, &user).await.is_ok() {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.len() >= MOST {
                seen.clear();
            }
            seen.insert(user.id);
        }
    }
    next.run(request).await
}

/// Makes what was copied for a person theirs. A profile stays with its placeholder if they have one of its name.
///
/// # Errors
/// Of the database.
pub async fn claim(database: &Database, user: &User) -> Result<(), DatabaseError> {
    let schema = database.schema().quoted();
    let mut names = vec![placeholder(&user.name)];
    names.extend(user.email.as_deref().map(placeholder));
    let statement = format!(
        "WITH theirs AS (SELECT id FROM {schema}.users WHERE id = ANY ($5)),
              me AS ({known}),
              sessions AS (UPDATE {schema}.sessions SET owner = $1 WHERE owner IN (SELECT id FROM theirs)),
              turns AS (UPDATE {schema}.chat_turns SET author = $1 WHERE author IN (SELECT id FROM theirs)),
              profiles AS (UPDATE {schema}.profiles p SET owner = $1 WHERE p.owner IN (SELECT id FROM theirs)
                           AND NOT EXISTS (SELECT FROM {schema}.profiles x
                                           WHERE x.owner = $1 AND lower(x.name) = lower(p.name)))
         SELECT count(*) FROM theirs",
        known = caller_is_known(&schema),
    );
    let mut parameters = caller_parameters(user).to_vec();
    parameters.push((&names, Type::TEXT_ARRAY));
    let rows = database.connection().await?.query(&statement, &parameters).await?;
    if rows.first().is_some_and(|row| row.get::<_, i64>(0) > 0) {
        tracing::debug!("a person's data of the original app is now theirs");
    }
    Ok(())
}
