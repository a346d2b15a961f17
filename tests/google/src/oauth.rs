//! Authorization, tokens, revocation, user info.

use std::collections::HashMap;

use axum::extract::{Query, State as Extracted};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;
use uuid::Uuid;

use crate::connection::Connection;
use crate::faults::On;
use crate::refusal;
use crate::state::{Code, Consent, Grant, Shared, State};

/// What is asked for in short is granted under its whole name.
const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
const DRIVE: &str = "https://www.googleapis.com/auth/drive.file";
const LIFETIME_SECS: u32 = 3599;

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/o/oauth2/v2/auth", get(authorize))
        .route("/token", post(token))
        .route("/revoke", post(revoke))
        .route("/v1/userinfo", get(user_info))
}

type Parameters = HashMap<String, String>;

async fn authorize(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Query(asked): Query<Parameters>,
) -> Response {
    let act = shared.lock().called(On::Authorize, "GET /o/oauth2/v2/auth".to_owned());
    if let Some(refused) = refusal::before(act.as_ref(), &connection).await {
        return refused;
    }
    match answer(&mut shared.lock(), &asked) {
        Ok(redirect) => Redirect::to(redirect.as_str()).into_response(),
        Err(error) => {
            let page = format!("<!doctype html><title>Error 400: {error}</title><h1>Access blocked</h1>");
            (StatusCode::BAD_REQUEST, Html(page)).into_response()
        }
    }
}

/// Where the browser is sent. What isn't the client's own is never sent there.
fn answer(state: &mut State, asked: &Parameters) -> Result<Url, &'static str> {
    let get = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let client = state.client(get("client_id")).ok_or("invalid_client")?;
    let redirect_uri = get("redirect_uri").to_owned();
    if !client.redirect_uris.contains(&redirect_uri) {
        return Err("redirect_uri_mismatch");
    }
    if get("response_type") != "code" || get("scope").is_empty() {
        return Err("invalid_request");
    }
    let challenge = match (get("code_challenge"), get("code_challenge_method")) {
        ("", "") => None,
        (challenge, "S256") if challenge.len() == 43 => Some(challenge.to_owned()),
        _ => return Err("invalid_request"),
    };
    let mut redirect = Url::parse(&redirect_uri).map_err(|_| "redirect_uri_mismatch")?;
    if !get("state").is_empty() {
        redirect.query_pairs_mut().append_pair("state", get("state"));
    }
    let (email, has_drive) = match &state.consent {
        Consent::Refuse => {
            redirect.query_pairs_mut().append_pair("error", "access_denied");
            return Ok(redirect);
        }
        Consent::Allow { email } => (email.clone(), true),
        Consent::WithoutDrive { email } => (email.clone(), false),
    };
    let scopes: Vec<String> = get("scope")
        .split_whitespace()
        .map(|scope| if scope == "email" { EMAIL } else { scope }.to_owned())
        .filter(|scope| has_drive || scope != DRIVE)
        .collect();
    let code = Code {
        client_id: get("client_id").to_owned(),
        redirect_uri,
        challenge,
        email,
        scopes: scopes.clone(),
        // Without asking for consent anew, a refresh token is given only the first time.
        is_offline: get("access_type") == "offline" && get("prompt").contains("consent"),
        is_used: false,
    };
    let secret = state.secret("4/0A");
    state.codes.insert(secret.clone(), code);
    redirect.query_pairs_mut().append_pair("code", &secret).append_pair("scope", &scopes.join(" "));
    Ok(redirect)
}

async fn token(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Form(asked): Form<Parameters>,
) -> Response {
    let is_refresh = asked.get("grant_type").is_some_and(|kind| kind == "refresh_token");
    let on = if is_refresh { On::Refresh } else { On::Exchange };
    let act = shared.lock().called(on, "POST /token".to_owned());
    if let Some(refused) = refusal::before(act.as_ref(), &connection).await {
        return refused;
    }
    let answer = {
        let mut state = shared.lock();
        let get = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
        let is_client =
            state.client(get("client_id")).is_some_and(|client| client.client_secret == get("client_secret"));
        match get("grant_type") {
            _ if !is_client => {
                Err((StatusCode::UNAUTHORIZED, "invalid_client", "The provided client secret is invalid."))
            }
            "authorization_code" => exchange(&mut state, &asked),
            "refresh_token" => refresh(&mut state, &asked),
            _ => Err((StatusCode::BAD_REQUEST, "unsupported_grant_type", "Invalid grant_type")),
        }
    };
    let answer = answer.unwrap_or_else(|(status, error, text)| refusal::oauth(status, error, text));
    refusal::after(act.as_ref(), &connection, answer).await
}

type Refused = (StatusCode, &'static str, &'static str);

fn exchange(state: &mut State, asked: &Parameters) -> Result<Response, Refused> {
    let invalid = |text| (StatusCode::BAD_REQUEST, "invalid_grant", text);
    let get = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let Some(code) = state.codes.get_mut(get("code")) else { return Err(invalid("Malformed auth code.")) };
    if code.client_id != get("client_id") {
        return Err(invalid("Bad Request"));
    }
    if code.is_used {
        // A code that comes twice was stolen: what it was exchanged for ends.
        let of_code = state.grants.iter().find(|(_, grant)| grant.code == get("code")).map(|(id, _)| *id);
        if let Some(grant) = of_code {
            state.revoke(grant);
        }
        return Err(invalid("Bad Request"));
    }
    if code.redirect_uri != get("redirect_uri") {
        return Err((StatusCode::BAD_REQUEST, "redirect_uri_mismatch", "Bad Request"));
    }
    if let Some(challenge) = &code.challenge {
        let verifier = get("code_verifier");
        if verifier.is_empty() {
            return Err(invalid("Missing code verifier."));
        }
        if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != *challenge {
            return Err(invalid("Invalid code verifier."));
        }
    }
    code.is_used = true;
    let code = code.clone();
    let refresh_token = code.is_offline.then(|| state.secret("1//0"));
    let id = Uuid::new_v4();
    let grant = Grant {
        email: code.email,
        client_id: code.client_id,
        scopes: code.scopes,
        refresh_token: refresh_token.clone(),
        code: get("code").to_owned(),
    };
    let scope = grant.scopes.join(" ");
    state.grants.insert(id, grant);
    let access_token = state.secret("ya29.");
    state.access_tokens.insert(access_token.clone(), id);
    let mut answer = json!({
        "access_token": access_token, "expires_in": LIFETIME_SECS, "scope": scope, "token_type": "Bearer",
    });
    if let Some(refresh_token) = refresh_token {
        answer["refresh_token"] = json!(refresh_token);
    }
    Ok(Json(answer).into_response())
}

fn refresh(state: &mut State, asked: &Parameters) -> Result<Response, Refused> {
    let get = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    let is_it = |grant: &Grant| {
        grant.refresh_token.as_deref() == Some(get("refresh_token")) && grant.client_id == get("client_id")
    };
    let Some((id, scope)) =
        state.grants.iter().find(|(_, grant)| is_it(grant)).map(|(id, grant)| (*id, grant.scopes.join(" ")))
    else {
        return Err((StatusCode::BAD_REQUEST, "invalid_grant", "Token has been expired or revoked."));
    };
    let access_token = state.secret("ya29.");
    state.access_tokens.insert(access_token.clone(), id);
    let answer = json!({
        "access_token": access_token, "expires_in": LIFETIME_SECS, "scope": scope, "token_type": "Bearer",
    });
    Ok(Json(answer).into_response())
}

async fn revoke(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    Form(asked): Form<Parameters>,
) -> Response {
    let act = shared.lock().called(On::Revoke, "POST /revoke".to_owned());
    if let Some(refused) = refusal::before(act.as_ref(), &connection).await {
        return refused;
    }
    let answer = {
        let mut state = shared.lock();
        let token = asked.get("token").map(String::as_str).unwrap_or_default();
        let of_refresh = |grant: &Grant| grant.refresh_token.as_deref() == Some(token);
        let found = state
            .access_tokens
            .get(token)
            .copied()
            .or_else(|| state.grants.iter().find(|(_, grant)| of_refresh(grant)).map(|(id, _)| *id));
        match found {
            Some(grant) => {
                state.revoke(grant);
                Json(json!({})).into_response()
            }
            None => refusal::oauth(StatusCode::BAD_REQUEST, "invalid_token", "Token expired or revoked"),
        }
    };
    refusal::after(act.as_ref(), &connection, answer).await
}

async fn user_info(
    Extracted(shared): Extracted<Shared>,
    connection: Connection,
    headers: HeaderMap,
) -> Response {
    let act = shared.lock().called(On::UserInfo, "GET /v1/userinfo".to_owned());
    if let Some(refused) = refusal::before(act.as_ref(), &connection).await {
        return refused;
    }
    match bearer(&shared.lock(), &headers) {
        Ok(grant) if grant.scopes.iter().any(|scope| scope == EMAIL) => {
            let sub = format!("{:021}", grant.email.len());
            Json(json!({ "sub": sub, "email": grant.email, "email_verified": true })).into_response()
        }
        Ok(_) => refusal::oauth(StatusCode::FORBIDDEN, "insufficient_scope", "The scope email is needed"),
        Err(refused) => refused,
    }
}

/// The grant of the request's access token.
pub(crate) fn bearer(state: &State, headers: &HeaderMap) -> Result<Grant, Response> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    state.grant_of(token).cloned().ok_or_else(|| {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token";
        refusal::drive(StatusCode::UNAUTHORIZED, "authError", message)
    })
}

/// The grant, if it allows to use Drive.
pub(crate) fn of_drive(state: &State, headers: &HeaderMap) -> Result<Grant, Response> {
    let grant = bearer(state, headers)?;
    if grant.scopes.iter().any(|scope| scope == DRIVE) {
        return Ok(grant);
    }
    let message = "Request had insufficient authentication scopes.";
    Err(refusal::drive(StatusCode::FORBIDDEN, "insufficientPermissions", message))
}
