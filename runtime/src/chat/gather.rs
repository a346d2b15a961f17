//! The first stage: the model asks Genie for the data that it needs.
//!
//! Each round is kept before its questions are asked, each question when it was put, and each answer with its
//! source. So an attempt that begins in the middle asks the model only for the next round, and waits for the message
//! that Genie is working on instead of asking again.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use serde_json::json;

use super::apply;
use super::context::{Context, event};
use super::genie::{self, Found, Question};
use super::queries::sources;
use super::queries::stages::{self, Kept};
use super::stop::Stop;
use super::turn::{Call, Gathered, Round, SpaceChoice, TurnRow};
use super::types::{Stage, TurnKind};
use crate::jobs::Failure;
use crate::prompting;
use crate::workspace::genie::{Answer, Genie};
use crate::workspace::serving::{Message, Request, Spent, Tool, ToolCall};

/// Spaces that are offered to the model if the person chose none.
const SPACES_BY_DEFAULT: usize = 5;
/// Questions of one round.
const QUESTIONS_AT_ONCE: usize = 6;
/// Turns before this one that the model is shown.
const HISTORY: i64 = 6;
/// The longest text of the model that is kept, in characters.
const LONGEST_TEXT: usize = 20_000;
/// The longest text that is kept of an answer in words.
const LONGEST_ANSWER: usize = 4_000;

/// Gathers data, and moves the turn to the next stage.
pub(super) async fn run(context: &Context<'_>, turn: &mut TurnRow) -> Result<(), Stop> {
    let deck = context.deck(turn).await?;
    let kind = if apply::is_blank(&deck) { TurnKind::Create } else { TurnKind::Change };
    turn.kind = Some(kind);
    let spaces = spaces(context, turn).await?;
    let mut notices = Vec::new();
    if spaces.is_empty() {
        if kind == TurnKind::Create {
            notices.push(
                "No data source is chosen. Numbers are the assistant's own and are marked; check them"
                    .to_owned(),
            );
        }
    } else {
        let guidance = context.guidance(turn, &deck.theme).await?;
        let history =
            stages::history(&context.job.connection().await?, &context.schema, turn, HISTORY).await?;
        let history = prompting::history(&history);
        let shown = (kind == TurnKind::Change).then_some(&deck);
        let prompt = prompting::gather(&guidance, &turn.message, shown, &apply::ids(&turn.selection));
        rounds(context, turn, &spaces, &prompt, &history).await?;
    }
    turn.stage = Stage::Plan;
    let kept = Kept {
        kind: Some(kind),
        stage: Some(Stage::Plan),
        gathered: Some(&turn.gathered),
        notices: &notices,
        ..Kept::default()
    };
    let mut events: Vec<_> = notices.iter().map(|text| event("notice", json!({ "text": text }))).collect();
    events.push(event("stage", json!({ "stage": "plan" })));
    context.keep(turn, &kept, &events).await
}

/// The spaces that may be asked, looked up once a turn.
async fn spaces(context: &Context<'_>, turn: &mut TurnRow) -> Result<Vec<SpaceChoice>, Stop> {
    if let Some(spaces) = &turn.gathered.spaces {
        return Ok(spaces.clone());
    }
    let assistant = context.assistant;
    let chosen = match (&turn.options.assistant.spaces, assistant.default_spaces()) {
        (Some(chosen), _) => Some(chosen.clone()),
        (None, []) => None,
        (None, defaults) => Some(defaults.to_vec()),
    };
    let found = if chosen.as_ref().is_some_and(Vec::is_empty) {
        Vec::new()
    } else {
        look_up(context, turn, chosen.as_deref()).await?
    };
    turn.gathered.spaces = Some(found.clone());
    let kept = Kept { gathered: Some(&turn.gathered), ..Kept::default() };
    context.keep(turn, &kept, &[event("stage", json!({ "stage": "gather" }))]).await?;
    Ok(found)
}

async fn look_up(
    context: &Context<'_>,
    turn: &TurnRow,
    chosen: Option<&[String]>,
) -> Result<Vec<SpaceChoice>, Stop> {
    let (genie, on_behalf) = match chosen {
        Some(_) => context.assistant.genie(&turn.author).await?,
        // Without spaces of one's own choice a deck can be made without data.
        None => match context.assistant.genie_if_signed_in(&turn.author) {
            Some(genie) => genie,
            None => return Ok(Vec::new()),
        },
    };
    let listed = match genie.spaces().await {
        Ok(listed) => listed,
        Err(error) => {
            if let Some(stop) = Stop::of_genie(&error) {
                context.assistant.refused(&turn.author, &on_behalf);
                return Err(stop);
            }
            if chosen.is_none() {
                return Ok(Vec::new());
            }
            return Err(if let Some(pause) = genie::passing(&error) {
                Stop::Wait(pause, "Genie is busy".to_owned())
            } else {
                Stop::failed("genie", format!("Genie could not be asked: {error}"))
            });
        }
    };
    let mut found: Vec<SpaceChoice> = listed
        .into_iter()
        .filter(|space| chosen.is_none_or(|chosen| chosen.contains(&space.id)))
        .map(|space| SpaceChoice { id: space.id, title: space.title, description: space.description })
        .collect();
    if chosen.is_none() {
        found.truncate(SPACES_BY_DEFAULT);
    }
    Ok(found)
}

/// Asks the model, and Genie for what it wants to know, until it wants nothing more.
async fn rounds(
    context: &Context<'_>,
    turn: &mut TurnRow,
    spaces: &[SpaceChoice],
    prompt: &prompting::Prompt,
    history: &[(String, String)],
) -> Result<(), Stop> {
    let limits = context.assistant.limits();
    loop {
        if let Some(round) = turn.gathered.rounds.last()
            && round.calls.iter().any(|call| call.result.is_none())
        {
            questions(context, turn, spaces).await?;
        }
        let asked: usize = turn.gathered.rounds.iter().map(|round| round.calls.len()).sum();
        if !turn.gathered.text.is_empty()
            || asked >= limits.questions
            || turn.gathered.rounds.len() >= limits.rounds
        {
            return Ok(());
        }
        context.check_budget(turn)?;
        let model = context.model(turn).await?;
        let request = Request {
            messages: messages(prompt, history, &turn.gathered),
            tools: prompt
                .tools
                .iter()
                .map(|tool| Tool {
                    name: tool.name,
                    description: tool.description.clone(),
                    parameters: tool.parameters.clone(),
                })
                .collect(),
            schema: None,
            max_tokens: limits.tokens_of_an_answer,
            temperature: turn.options.assistant.temperature,
        };
        // What was said in an earlier round stands in a paragraph of its own.
        let has_spoken = turn.gathered.rounds.iter().any(|round| !round.text.trim().is_empty());
        let lead = if has_spoken { "\n\n" } else { "" };
        let under = context.trace.stage_id(Stage::Gather.as_str());
        let completion = context.stream(&model, under, &request, lead).await?;
        let left = limits.questions.saturating_sub(asked).min(QUESTIONS_AT_ONCE);
        let calls: Vec<Call> = completion
            .calls
            .into_iter()
            .take(left)
            .enumerate()
            .map(|(number, call)| Call {
                id: if call.id.is_empty() {
                    format!("call_{}_{number}", turn.gathered.rounds.len())
                } else {
                    kept(&call.id)
                },
                name: kept(&call.name),
                arguments: kept(&call.arguments),
                ..Call::default()
            })
            .collect();
        let spent = Spent { usage: completion.usage, calls: 1 };
        turn.spend(&spent);
        if calls.is_empty() {
            // A model that says nothing has nothing more to ask, either.
            let text = kept(&completion.text);
            turn.gathered.text = if text.trim().is_empty() { "–".to_owned() } else { text };
        } else {
            turn.gathered.rounds.push(Round { text: kept(&completion.text), calls });
        }
        let kept = Kept { gathered: Some(&turn.gathered), spent, ..Kept::default() };
        context.keep(turn, &kept, &[event("usage", turn.usage())]).await?;
    }
}

/// A text of the model as it is kept: bounded, and without the character that the database doesn't take.
fn kept(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST_TEXT).collect()
}

/// The conversation so far.
fn messages(prompt: &prompting::Prompt, history: &[(String, String)], gathered: &Gathered) -> Vec<Message> {
    let mut messages = vec![Message::System(prompt.system.clone())];
    for (question, answer) in history {
        messages.push(Message::User(question.clone()));
        messages.push(Message::Assistant { text: answer.clone(), calls: Vec::new() });
    }
    messages.push(Message::User(prompt.user.clone()));
    for round in &gathered.rounds {
        let calls = round.calls.iter().map(|call| ToolCall {
            id: call.id.clone(),
            name: call.name.clone(),
            arguments: call.arguments.clone(),
        });
        messages.push(Message::Assistant { text: round.text.clone(), calls: calls.collect() });
        for call in &round.calls {
            let text = call.result.clone().unwrap_or_default();
            messages.push(Message::Tool { call: call.id.clone(), text });
        }
    }
    messages
}

/// Asks Genie the questions of the last round that have no answer yet.
async fn questions(context: &Context<'_>, turn: &mut TurnRow, spaces: &[SpaceChoice]) -> Result<(), Stop> {
    let (client, on_behalf) = context.assistant.genie(&turn.author).await?;
    let answered = put_and_wait(context, turn, spaces, &client).await;
    if matches!(answered, Err(Stop::SignIn)) {
        context.assistant.refused(&turn.author, &on_behalf);
    }
    answered
}

async fn put_and_wait(
    context: &Context<'_>,
    turn: &mut TurnRow,
    spaces: &[SpaceChoice],
    client: &Genie,
) -> Result<(), Stop> {
    let Some(last) = turn.gathered.rounds.len().checked_sub(1) else { return Ok(()) };
    // Sources are numbered as the model asked, not as Genie was fast: the same request gives the same deck.
    let mut waiting = FuturesOrdered::new();
    for index in 0..turn.gathered.rounds[last].calls.len() {
        let call = &turn.gathered.rounds[last].calls[index];
        if call.result.is_some() {
            continue;
        }
        let mut tool = context.trace.tool(Stage::Gather.as_str(), "query_data");
        tool.text("gen_ai.tool.call.id", || call.id.clone());
        tool.text("gen_ai.tool.call.arguments", || call.arguments.clone());
        let question = match genie::question(&call.name, &call.arguments, spaces) {
            Ok(question) => question,
            Err(why) => {
                tool.fail("invalid_call", || why.clone());
                settle(context, turn, (last, index), prompting::tool_error(&why)).await?;
                continue;
            }
        };
        let asked = match call.asked.clone() {
            Some(asked) => asked,
            None => match genie::ask(context, client, &question).await? {
                Ok(asked) => {
                    turn.gathered.rounds[last].calls[index].asked = Some(asked.clone());
                    let kept = Kept { gathered: Some(&turn.gathered), ..Kept::default() };
                    context.keep(turn, &kept, &[told(&question, "asked")]).await?;
                    asked
                }
                Err(why) => {
                    tool.fail("not_asked", || why.clone());
                    let result = prompting::tool_error(&why);
                    settle(context, turn, (last, index), result).await?;
                    continue;
                }
            },
        };
        waiting.push_back(async move {
            let found = genie::answer(context, client, &asked).await;
            (index, question, found, tool)
        });
    }
    while let Some((index, question, found, mut tool)) = waiting.next().await {
        match found? {
            Found::Answer(answer) => {
                let rows: usize = answer.results.iter().map(|result| result.rows.len()).sum();
                tool.count("tellr.rows", i64::try_from(rows).unwrap_or(i64::MAX));
                keep_answer(context, turn, (last, index), &question, answer).await?;
                let result = turn.gathered.rounds[last].calls[index].result.as_deref();
                tool.text("gen_ai.tool.call.result", || result.unwrap_or_default().to_owned());
                tool.end();
            }
            Found::Nothing(why) => {
                tool.fail("no_answer", || why.clone());
                turn.gathered.rounds[last].calls[index].result = Some(prompting::tool_error(&why));
                let kept = Kept { gathered: Some(&turn.gathered), ..Kept::default() };
                let mut body = told(&question, "failed");
                body.1["reason"] = json!(why);
                context.keep(turn, &kept, &[body]).await?;
            }
        }
    }
    Ok(())
}

fn told(question: &Question, state: &str) -> (String, serde_json::Value) {
    event("query", json!({ "space": question.space.title, "question": question.text, "state": state }))
}

async fn settle(
    context: &Context<'_>,
    turn: &mut TurnRow,
    (round, call): (usize, usize),
    result: String,
) -> Result<(), Stop> {
    turn.gathered.rounds[round].calls[call].result = Some(result);
    let kept = Kept { gathered: Some(&turn.gathered), ..Kept::default() };
    context.keep(turn, &kept, &[]).await
}

/// Keeps an answer: its data as sources, together with what the model is told of them.
async fn keep_answer(
    context: &Context<'_>,
    turn: &mut TurnRow,
    (round, call): (usize, usize),
    question: &Question,
    answer: Answer,
) -> Result<(), Stop> {
    let mut connection = context.job.connection().await?;
    let transaction = context.job.begin(&mut connection).await?;
    let mut events = vec![told(question, "answered")];
    let mut told_to_model = Vec::new();
    for result in answer.results {
        let (new, mut table) = genie::source(question, result);
        let of = (turn.session, turn.id, turn.author.as_str());
        let added = sources::add(&transaction, &context.schema, of, &new).await?;
        let Some(added) = added else { continue };
        table.id.clone_from(&added.name);
        table.label.clone_from(&added.label);
        told_to_model.push(prompting::tool_result(&question.space.title, &table));
        let body = serde_json::to_value(&added)
            .map_err(|error| Stop::Job(Failure::Final(format!("A source can't be told: {error}"))))?;
        events.push(event("source", body));
    }
    let words: String = answer.text.chars().filter(|c| *c != '\0').take(LONGEST_ANSWER).collect();
    if told_to_model.is_empty() && words.trim().is_empty() {
        told_to_model.push(prompting::tool_error("Genie found nothing. Ask in another way."));
    } else if !words.trim().is_empty() {
        told_to_model.push(prompting::tool_answer(&question.space.title, &words));
    }
    turn.gathered.rounds[round].calls[call].result = Some(told_to_model.join("\n"));
    let kept = Kept { gathered: Some(&turn.gathered), ..Kept::default() };
    stages::keep(&transaction, &context.schema, turn.id, &kept).await?;
    context.job.tell_in(&transaction, &events, None).await?;
    transaction.commit().await?;
    context.job.told();
    Ok(())
}
