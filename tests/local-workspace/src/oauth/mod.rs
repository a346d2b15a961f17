//! OAuth: discovery, tokens for service principals, and users who sign in in a browser.
//!
//! Refusals have OAuth's format, not the platform's. The exchange of a personal token for an OAuth token is
//! here because apps refuse personal tokens. `authorize` handles the browser, `sign_ins` keeps the state.

mod authorize;
mod federation;
mod sign_ins;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::identity::{OAUTH_TOKEN_TTL_MS, TokenKind, basic};
use crate::settings::SignInSettings;
use crate::workspace::Workspace;
pub use sign_ins::SignIns;
use sign_ins::{Redeemed, Refused};

/// The account of this workspace; only its id exists.
const ACCOUNT_ID: &str = "5b7c19e4-0d3a-4c86-9f52-a1e8d47b6c30";

const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// `/oidc/*` and `/.well-known/*`.
pub(crate) fn routes() -> Router<Arc<Workspace>> {
    Router::new()
        .route("/.well-known/databricks-config", get(host_metadata))
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/oidc/.well-known/oauth-authorization-server", get(discovery))
        .route("/oidc/.well-known/openid-configuration", get(discovery))
        .route("/oidc/v1/authorize", get(authorize::show))
        .route("/oidc/v1/token", post(token))
}

async fn host_metadata(State(workspace): State<Arc<Workspace>>) -> Json<Value> {
    Json(json!({
        "oidc_endpoint": format!("{}/oidc", workspace.host),
        "account_id": ACCOUNT_ID,
        "workspace_id": workspace.id.to_string(),
        "cloud": "AWS",
        "token_federation_default_oidc_audiences": [format!("{}/oidc/v1/token", workspace.host)],
    }))
}

async fn discovery(State(workspace): State<Arc<Workspace>>) -> Json<Value> {
    let issuer = format!("{}/oidc", workspace.host);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/v1/authorize"),
        "token_endpoint": format!("{issuer}/v1/token"),
        "request_uri_parameter_supported": false,
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["client_credentials", TOKEN_EXCHANGE, "authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": authorize::SCOPES,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
    }))
}

async fn token(
    State(workspace): State<Arc<Workspace>>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let field = |name: &str| form.get(name).map(String::as_str);
    match field("grant_type") {
        Some("client_credentials") => {
            let posted = || Some((field("client_id")?.to_owned(), field("client_secret")?.to_owned()));
            let Some((client_id, client_secret)) = basic(&headers).or_else(posted) else {
                return refusal(
                    StatusCode::UNAUTHORIZED,
                    "invalid_client",
                    "Client authentication is missing",
                );
            };
            if !workspace.identities.verify_client(&client_id, &client_secret) {
                return refusal(StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed");
            }
            grant(&workspace, &client_id, field("scope"))
        }
        Some(TOKEN_EXCHANGE) if field("client_id").is_some() => {
            match federation::service_principal(&workspace, &form) {
                Ok(client_id) => grant(&workspace, &client_id, field("scope")),
                Err(why) => refusal(StatusCode::BAD_REQUEST, "invalid_request", why),
            }
        }
        Some(TOKEN_EXCHANGE) => {
            match field("subject_token").and_then(|token| workspace.identities.resolve(token)) {
                Some((principal, TokenKind::Personal)) => {
                    grant(&workspace, &principal.user_name, field("scope"))
                }
                _ => refusal(
                    StatusCode::BAD_REQUEST,
                    "invalid_grant",
                    "The subject token is not a valid personal token",
                ),
            }
        }
        Some("authorization_code") => person(&workspace, &form, |rules| {
            let (code, verifier) = (field("code")?, field("code_verifier")?);
            Some(workspace.sign_ins.redeem(code, verifier, field("redirect_uri")?, rules, &workspace))
        }),
        Some("refresh_token") => person(&workspace, &form, |rules| {
            Some(workspace.sign_ins.refresh(field("refresh_token")?, rules, &workspace))
        }),
        Some(other) => refusal(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            &format!("Grant type {other} is not supported by this workspace"),
        ),
        None => refusal(StatusCode::BAD_REQUEST, "invalid_request", "grant_type is missing"),
    }
}

/// Tokens for the public client, which has no secret.
fn person(
    workspace: &Workspace,
    form: &BTreeMap<String, String>,
    redeem: impl FnOnce(&SignInSettings) -> Option<Result<Redeemed, Refused>>,
) -> Response {
    if form.get("client_id").map(String::as_str) != Some(authorize::CLIENT_ID) {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client", "Client is not registered");
    }
    let rules = workspace.settings.get().sign_in;
    match redeem(&rules) {
        None => refusal(StatusCode::BAD_REQUEST, "invalid_request", "A parameter is missing"),
        Some(Err(Refused::Code(why))) => refusal(StatusCode::BAD_REQUEST, "invalid_grant", why),
        Some(Err(Refused::RefreshToken)) => {
            refusal(StatusCode::UNAUTHORIZED, "invalid_grant", "Refresh token is invalid")
        }
        Some(Ok(redeemed)) => {
            let mut answer = json!({
                "access_token": redeemed.access_token,
                "token_type": "Bearer",
                "expires_in": rules.access_token_ms / 1000,
                "scope": redeemed.scope,
            });
            if let Some(refresh_token) = redeemed.refresh_token {
                answer["refresh_token"] = refresh_token.into();
            }
            Json(answer).into_response()
        }
    }
}

fn grant(workspace: &Workspace, user_name: &str, scope: Option<&str>) -> Response {
    Json(json!({
        "access_token": workspace.identities.mint_oauth(user_name),
        "token_type": "Bearer",
        "expires_in": OAUTH_TOKEN_TTL_MS / 1000,
        "scope": scope.unwrap_or("all-apis"),
    }))
    .into_response()
}

fn refusal(status: StatusCode, error: &str, description: &str) -> Response {
    (status, Json(json!({"error": error, "error_description": description}))).into_response()
}
