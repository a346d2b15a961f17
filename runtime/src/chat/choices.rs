//! Endpoints and spaces that a person may use, tested with one click; and what a request uses of them.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;

use super::assistant::Assistant;
use super::queries::choices as queries;
use super::stop::{SIGN_IN, Stop};
use super::types::{
    ChatOptions, Choices, EndpointChoice, LONGEST_MESSAGE, LimitsView, SpaceView, TestOutcome, TestRequest,
    TurnError,
};
use crate::database::Database;
use crate::http::extract::JsonBody;
use crate::http::{ApiError, Rejection};
use crate::identity::User;
use crate::library::types::AssistantOptions;
use crate::library::values;
use crate::workspace::genie::Genie;
use crate::workspace::serving::list::endpoints;
use crate::workspace::serving::{Message, Request};

/// How long the workspace may take to list what there is.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a test may take. A model that was scaled to zero needs minutes; that it starts is an answer, too.
const TEST: Duration = Duration::from_secs(40);

/// The options of a request, completed by those of the profile.
pub(super) async fn resolved(
    database: &Database,
    user: &User,
    given: &ChatOptions,
) -> Result<ChatOptions, ApiError> {
    values::options(&given.assistant)?;
    let schema = database.schema().quoted();
    let connection = database.connection().await?;
    let profile = queries::profile(&connection, &schema, &user.id, given.profile_id).await?;
    if given.profile_id.is_some() && profile.is_none() {
        return Err(
            Rejection::invalid("`options.profile_id`: there is no such profile. Choose another one").into()
        );
    }
    let Some(profile) = profile else { return Ok(given.clone()) };
    // What another version of the app has chosen and this one can't read is not used.
    let of_profile = serde_json::from_value::<AssistantOptions>(profile.options).unwrap_or_default();
    let own = given.assistant.clone();
    Ok(ChatOptions {
        prompt_id: given.prompt_id.or(profile.prompt),
        style_id: given.style_id.or(profile.style),
        profile_id: Some(profile.id),
        assistant: AssistantOptions {
            endpoint: own.endpoint.or(of_profile.endpoint),
            spaces: own.spaces.or(of_profile.spaces),
            review_outline: own.review_outline.or(of_profile.review_outline),
            temperature: own.temperature.or(of_profile.temperature),
        },
    })
}

/// Endpoints and Genie spaces that the caller may use
#[utoipa::path(get, path = "/assistant", tag = "Assistant", responses((status = 200, body = Choices)))]
pub(super) async fn choices(user: User, State(assistant): State<Assistant>) -> Json<Choices> {
    let on_behalf = assistant.for_request(&user);
    let user_authorization = on_behalf.is_some();
    let asked = match &on_behalf {
        Some(workspace) => {
            let genie = Genie::new(workspace.clone());
            let (endpoints, spaces) = tokio::join!(
                tokio::time::timeout(PATIENCE, endpoints(workspace)),
                tokio::time::timeout(PATIENCE, genie.spaces())
            );
            (endpoints.ok().and_then(Result::ok), spaces.ok().and_then(Result::ok))
        }
        None => (None, None),
    };
    let own = assistant.default_endpoint().map(str::to_owned);
    let mut endpoints: Vec<EndpointChoice> = asked
        .0
        .unwrap_or_default()
        .into_iter()
        .map(|endpoint| EndpointChoice { name: endpoint.name, ready: endpoint.ready })
        .collect();
    endpoints.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(own) = &own
        && !endpoints.iter().any(|endpoint| endpoint.name == *own)
    {
        // Asked as the app, which may use it though the person may not.
        endpoints.insert(0, EndpointChoice { name: own.clone(), ready: true });
    }
    let spaces = asked.1;
    let problem = problem(&assistant, &endpoints, user_authorization, spaces.is_none());
    let mut spaces: Vec<SpaceView> = spaces
        .unwrap_or_default()
        .into_iter()
        .map(|space| SpaceView { id: space.id, title: space.title, description: space.description })
        .collect();
    let first = assistant.default_spaces();
    spaces.sort_by_key(|space| first.iter().position(|id| *id == space.id).unwrap_or(usize::MAX));
    let limits = assistant.limits();
    Json(Choices {
        available: assistant.has_workspace() && !endpoints.is_empty(),
        problem,
        endpoint: own,
        endpoints,
        spaces,
        user_authorization,
        limits: LimitsView {
            message_characters: LONGEST_MESSAGE,
            slides: limits.slides,
            tokens: limits.tokens,
            tokens_of_a_day: limits.tokens_of_a_day,
        },
    })
}

fn problem(
    assistant: &Assistant,
    endpoints: &[EndpointChoice],
    user_authorization: bool,
    spaces_failed: bool,
) -> Option<TurnError> {
    let problem =
        |code: &str, message: &str| Some(TurnError { code: code.to_owned(), message: message.to_owned() });
    if !assistant.has_workspace() {
        return problem(
            "no_workspace",
            "This app is not connected to a Databricks workspace, so the assistant has no model. You can still write and edit \
             decks",
        );
    }
    if endpoints.is_empty() {
        return problem(
            "no_endpoint",
            "There is no model endpoint that you may query. Ask the app's administrator to set one with `serving_endpoint`, or the \
             owner of an endpoint for `CAN_QUERY`",
        );
    }
    if !user_authorization {
        return problem(
            "no_user_authorization",
            "This app may not act on your behalf, so it can't ask Genie. Decks will have no data until the app's administrator \
             turns on user authorization",
        );
    }
    if spaces_failed {
        return problem(
            "genie_down",
            "Genie spaces could not be listed. Decks may have no data; try again shortly",
        );
    }
    None
}

/// Test an endpoint or a space
#[utoipa::path(post, path = "/assistant/test", tag = "Assistant", request_body = TestRequest,
    responses((status = 200, body = TestOutcome)))]
pub(super) async fn test(
    user: User,
    State(assistant): State<Assistant>,
    JsonBody(request): JsonBody<TestRequest>,
) -> Result<Json<TestOutcome>, ApiError> {
    let (endpoint, spaces) = (request.endpoint.clone(), request.space.clone().map(|space| vec![space]));
    values::options(&AssistantOptions { endpoint, spaces, ..AssistantOptions::default() })?;
    let started = Instant::now();
    let outcome = match (&request.endpoint, &request.space) {
        (Some(endpoint), None) => test_endpoint(&assistant, &user, endpoint).await,
        (None, Some(space)) => test_space(&assistant, &user, space).await,
        _ => return Err(Rejection::invalid("Give either `endpoint` or `space`").into()),
    };
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (ok, message) = match outcome {
        Ok(message) => (true, message),
        Err(message) => (false, message),
    };
    Ok(Json(TestOutcome { ok, message, duration_ms }))
}

async fn test_endpoint(assistant: &Assistant, user: &User, endpoint: &str) -> Result<String, String> {
    let model = assistant.model_for_request(user, endpoint).ok_or_else(|| SIGN_IN.to_owned())?;
    let question = Message::User("Answer with the word: ready".to_owned());
    let request = Request {
        messages: vec![question],
        tools: Vec::new(),
        schema: None,
        max_tokens: 16,
        temperature: None,
    };
    match tokio::time::timeout(TEST, model.stream(&request, |_| {})).await {
        Ok(Ok(_)) => Ok(format!("`{endpoint}` answers")),
        Ok(Err(error)) => Err(words(&Stop::of_model(error, endpoint))),
        Err(_) => Err(format!(
            "`{endpoint}` did not answer within {} s. It may be starting; try again",
            TEST.as_secs()
        )),
    }
}

async fn test_space(assistant: &Assistant, user: &User, space: &str) -> Result<String, String> {
    let workspace = assistant.for_request(user).ok_or_else(|| SIGN_IN.to_owned())?;
    match tokio::time::timeout(PATIENCE, Genie::new(workspace).spaces()).await {
        Ok(Ok(spaces)) => {
            match spaces.into_iter().find(|one| one.id == space) {
                Some(found) => Ok(format!("You may ask `{}`", found.title)),
                None => Err("You may not ask this space. Ask its owner for `CAN_RUN`, or choose another one"
                    .to_owned()),
            }
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("Genie did not answer. Try again".to_owned()),
    }
}

fn words(stop: &Stop) -> String {
    match stop {
        Stop::Failed { message, .. } => message.clone(),
        Stop::Wait(_, reason) => format!("{reason}. Try again shortly"),
        Stop::SignIn => SIGN_IN.to_owned(),
        Stop::Job(failure) => failure.to_string(),
    }
}
