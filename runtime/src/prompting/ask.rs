//! What a model is sent: a system text of templates, and a user text whose parts stand in tags.
//!
//! What people, data and decks say is escaped as in XML, so that none of it can end its tag. All parts are
//! bounded: what is longer is cut before it is sent.

use serde_json::{Value, json};
use tellr_slides::deck::Deck;
use tellr_slides::id::SlideId;
use tellr_slides::theme::Theme;

use super::change::{Changes, ThemeChoice};
use super::draft::SlideDraft;
use super::guess::{language_of, name_of, wanted_slides};
use super::outline::{Outline, OutlineSlide};
use super::schema::schema_of;
use super::source::SourceTable;
use super::tags::{attribute, escaped};
use super::text_of_deck;
use super::words;

mod csv;

/// What a model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// Who it is, and the rules.
    pub system: String,
    /// The request and what belongs to it.
    pub user: String,
    /// The name and JSON Schema of its answer; none for an answer in words.
    pub schema: Option<(&'static str, Value)>,
    /// What it may call.
    pub tools: Vec<ToolSpec>,
}

/// A tool that a model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: String,
    /// The JSON Schema of its parameters.
    pub parameters: Value,
}

/// What shapes the system text besides the rules.
#[derive(Debug, Clone)]
pub struct Guidance {
    /// What the deck is to tell: a deck prompt.
    pub deck_prompt: Option<String>,
    /// How its slides are to be written: a slide style.
    pub style: Option<String>,
    /// The theme, whose guidance counts where there is no style.
    pub theme: Theme,
    /// The themes that a deck can change to.
    pub themes: Vec<ThemeChoice>,
    /// The Genie spaces that can be asked.
    pub spaces: Vec<SpaceBrief>,
}

/// A Genie space, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceBrief {
    /// Its title, by which the model names it.
    pub title: String,
    /// What it knows.
    pub description: String,
}

/// What is known of the slide that is to be written.
#[derive(Debug, Clone, Default)]
pub struct SlideAsk<'a> {
    /// What the person wrote.
    pub request: &'a str,
    /// The deck's language, where it is known.
    pub language: Option<&'a str>,
    /// The data that was found.
    pub sources: &'a [SourceTable],
    /// The titles of all slides, in order.
    pub outline: &'a [String],
    /// The slide's number, from 1.
    pub number: usize,
    /// What is planned for it.
    pub slide: OutlineSlide,
    /// Of a slide that is rewritten: its draft and its data.
    pub current: Option<(&'a SlideDraft, &'a [SourceTable])>,
    /// Of a slide that is rewritten: what to do.
    pub instruction: Option<&'a str>,
    /// Of a repair: what was found wrong.
    pub findings: &'a [String],
}

const SYSTEM: &str = include_str!("templates/system.md");
const UNTRUSTED: &str = include_str!("templates/untrusted.md");
const DESIGN: &str = include_str!("templates/design.md");
const CHARTS: &str = include_str!("templates/charts.md");
const GATHER: &str = include_str!("templates/gather.md");
const OUTLINE: &str = include_str!("templates/outline.md");
const SLIDE: &str = include_str!("templates/slide.md");
const REWRITE: &str = include_str!("templates/rewrite.md");
const CHANGES: &str = include_str!("templates/changes.md");

/// Bytes of all sources of a prompt, and rows of one.
const MOST_SOURCES: usize = 48 * 1024;
const MOST_ROWS: usize = 50;
/// Characters of a tool's answer in words, of a request, a deck prompt and a style.
const MOST_ANSWER: usize = 8_000;
const MOST_REQUEST: usize = 12_000;
const MOST_GUIDANCE: usize = 6_000;
/// Earlier turns that are sent along, and characters of each text.
const TURNS: usize = 6;
const TURN: usize = 1_000;
const MOST_SPACES: usize = 20;
/// Data of a slide that is rewritten may have more rows, as it can only be copied from there.
const MOST_OWN_ROWS: usize = 200;

/// Asks for data: a loop of calls that ends with a short text for the person.
pub fn gather(guidance: &Guidance, request: &str, deck: Option<&Deck>, selection: &[SlideId]) -> Prompt {
    let deck = deck.filter(|deck| !deck.slides.is_empty());
    let mut user = tag("request", &words::text(request, MOST_REQUEST));
    if let Some(deck) = deck {
        user.push('\n');
        user.push_str(&text_of_deck::tagged(deck, selection));
    }
    let language = language_of(request).or(deck.and_then(|deck| deck.language.as_deref()));
    Prompt { system: system(guidance, &[GATHER], language), user, schema: None, tools: tools(guidance) }
}

/// Asks for the outline of a new deck.
pub fn outline(guidance: &Guidance, request: &str, sources: &[SourceTable]) -> Prompt {
    let language = language_of(request);
    let slides = wanted_slides(request);
    let mut user = tag("request", &words::text(request, MOST_REQUEST));
    user.push('\n');
    user.push_str(&sources_tag(sources));
    let attributes = [
        language.map(|language| format!(" language=\"{language}\"")),
        slides.map(|slides| format!(" slides=\"{slides}\"")),
    ];
    let attributes: String = attributes.into_iter().flatten().collect();
    if !attributes.is_empty() {
        user.push_str("\n<wanted");
        user.push_str(&attributes);
        user.push_str("/>");
    }
    Prompt {
        system: system(guidance, &[DESIGN, CHARTS, OUTLINE], language),
        user,
        schema: Some(("outline", schema_of::<Outline>())),
        tools: Vec::new(),
    }
}

/// Asks for one slide.
pub fn slide(guidance: &Guidance, ask: &SlideAsk<'_>) -> Prompt {
    let language = ask.language.or_else(|| language_of(ask.request));
    let mut parts = vec![tag("request", &words::text(ask.request, MOST_REQUEST)), sources_tag(ask.sources)];
    let titles = ask.outline.iter().enumerate().take(300);
    let titles: Vec<String> =
        titles.map(|(index, title)| format!("{}. {}", index + 1, words::line(title, 160))).collect();
    parts.push(tag("outline", &titles.join("\n")));
    if let Some(language) = language {
        parts.push(format!("<wanted language=\"{}\"/>", attribute(language)));
    }
    parts.push(format!(
        "<slide number=\"{}\" of=\"{}\" layout=\"{}\" sources=\"{}\">{}</slide>",
        ask.number,
        ask.outline.len().max(ask.number),
        ask.slide.layout.name(),
        attribute(&ask.slide.sources.join(" ")),
        escaped(&format!(
            "{}\n{}",
            words::line(&ask.slide.title, 300),
            words::text(&ask.slide.content, 1_500)
        ))
    ));
    let mut call = vec![DESIGN, CHARTS, SLIDE];
    if let Some((draft, data)) = ask.current {
        call.push(REWRITE);
        let json = serde_json::to_string(draft).unwrap_or_default();
        parts.push(tag("current", &words::cut(&json, 16_000)));
        parts.push(data_tag(data));
    }
    if let Some(instruction) = ask.instruction {
        parts.push(tag("instruction", &words::text(instruction, 3_000)));
    }
    if !ask.findings.is_empty() {
        let lines: Vec<String> = ask.findings.iter().take(20).map(|line| words::line(line, 300)).collect();
        parts.push(tag("findings", &lines.join("\n")));
    }
    Prompt {
        system: system(guidance, &call, language),
        user: parts.join("\n"),
        schema: Some(("slide", schema_of::<SlideDraft>())),
        tools: Vec::new(),
    }
}

/// The most themes that a prompt names.
const MOST_THEMES: usize = 30;

/// Asks for changes of a deck.
pub fn changes(
    guidance: &Guidance,
    request: &str,
    sources: &[SourceTable],
    deck: &Deck,
    selection: &[SlideId],
) -> Prompt {
    let language = deck.language.as_deref().or_else(|| language_of(request));
    let parts = [
        tag("request", &words::text(request, MOST_REQUEST)),
        sources_tag(sources),
        text_of_deck::tagged(deck, selection),
    ];
    let themes: Vec<String> = guidance.themes.iter().take(MOST_THEMES).map(ThemeChoice::named).collect();
    let call = CHANGES.replace("{themes}", &themes.join(", "));
    Prompt {
        system: system(guidance, &[DESIGN, &call], language),
        user: parts.join("\n"),
        schema: Some(("changes", schema_of::<Changes>())),
        tools: Vec::new(),
    }
}

/// The last of earlier turns, each a text of the person and one of the assistant, shortened.
pub fn history(turns: &[(String, String)]) -> Vec<(String, String)> {
    let start = turns.len().saturating_sub(TURNS);
    let short = |text: &str| words::text(text, TURN);
    turns[start..].iter().map(|(person, assistant)| (short(person), short(assistant))).collect()
}

/// What a tool answers with a table.
pub fn tool_result(space: &str, source: &SourceTable) -> String {
    let (csv, rows) = csv::written(source, MOST_ROWS, MOST_SOURCES / 2);
    format!(
        "<result source=\"{}\" space=\"{}\" rows=\"{}\" truncated=\"{}\" untrusted=\"true\">\n{}</result>",
        attribute(&source.id),
        attribute(space),
        source.rows.len(),
        source.truncated || rows < source.rows.len(),
        escaped(&csv)
    )
}

/// What a tool answers in words only.
pub fn tool_answer(space: &str, text: &str) -> String {
    let text = escaped(&words::text(text, MOST_ANSWER));
    format!("<result space=\"{}\" untrusted=\"true\">{text}</result>", attribute(space))
}

/// What a tool answers when it failed: what went wrong and what to do.
pub fn tool_error(text: &str) -> String {
    tag("error", &words::text(text, 1_000))
}

fn system(guidance: &Guidance, call: &[&str], language: Option<&str>) -> String {
    let mut parts: Vec<String> = vec![SYSTEM.trim().to_owned(), UNTRUSTED.trim().to_owned()];
    let language = match language {
        Some(tag) => format!("Write in {}, unless the request asks for another language.", name_of(tag)),
        None => "Write in the language of the request.".to_owned(),
    };
    parts.push(format!("# Language\n\n{language} Names of columns and sources stay as they are."));
    let bounded = |text: &Option<String>| {
        text.as_deref().map(|text| words::text(text, MOST_GUIDANCE)).filter(|text| !text.is_empty())
    };
    parts.extend(call.iter().map(|text| text.trim().to_owned()));
    if let Some(prompt) = bounded(&guidance.deck_prompt) {
        parts.push(format!("# What the deck tells\n\n{}", tag("deck_prompt", &prompt)));
    }
    let theme = Some(guidance.theme.guidance.clone());
    if let Some(style) = bounded(&guidance.style).or_else(|| bounded(&theme)) {
        let note =
            "Fonts and colours are set by the theme; follow what this says about words, density and charts.";
        parts.push(format!("# How its slides are written\n\n{note}\n\n{}", tag("slide_style", &style)));
    }
    parts.push(spaces(guidance));
    parts.join("\n\n")
}

fn spaces(guidance: &Guidance) -> String {
    if guidance.spaces.is_empty() {
        return "# Data\n\nThere is no data to ask for. Say so, and don't make up numbers.".to_owned();
    }
    let lines: Vec<String> = guidance
        .spaces
        .iter()
        .take(MOST_SPACES)
        .map(|space| {
            let (title, about) = (words::line(&space.title, 120), words::line(&space.description, 300));
            format!("<space title=\"{}\">{}</space>", attribute(&title), escaped(&about))
        })
        .collect();
    format!("# Data\n\nThese spaces hold the data:\n{}", lines.join("\n"))
}

fn tools(guidance: &Guidance) -> Vec<ToolSpec> {
    if guidance.spaces.is_empty() {
        return Vec::new();
    }
    let titles: Vec<String> =
        guidance.spaces.iter().take(MOST_SPACES).map(|one| words::line(&one.title, 120)).collect();
    let parameters = json!({
        "type": "object",
        "properties": {
            "space": { "type": "string", "enum": titles, "description": "Title of the space to ask" },
            "question": { "type": "string", "description": "One question in plain language that a table answers" }
        },
        "required": ["space", "question"],
        "additionalProperties": false
    });
    let description =
        "Asks a data space a question in plain language and gives a table of the answer.".to_owned();
    vec![ToolSpec { name: "query_data", description, parameters }]
}

fn sources_tag(sources: &[SourceTable]) -> String {
    if sources.is_empty() {
        return "<sources></sources>".to_owned();
    }
    format!("<sources>\n{}\n</sources>", tagged_sources(sources, MOST_ROWS))
}

fn data_tag(data: &[SourceTable]) -> String {
    if data.is_empty() {
        return "<data></data>".to_owned();
    }
    format!("<data>\n{}\n</data>", tagged_sources(data, MOST_OWN_ROWS))
}

fn tagged_sources(sources: &[SourceTable], most_rows: usize) -> String {
    let mut left = MOST_SOURCES;
    let mut all = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        // What is left is shared by those that come.
        let share = left / (sources.len() - index);
        let (csv, _) = csv::written(source, most_rows, share);
        left = left.saturating_sub(csv.len());
        all.push(format!(
            "<source id=\"{}\" label=\"{}\" rows=\"{}\">\n{}</source>",
            attribute(&source.id),
            attribute(&words::line(&source.label, 200)),
            source.rows.len(),
            escaped(&csv)
        ));
    }
    all.join("\n")
}

fn tag(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escaped(text))
}
