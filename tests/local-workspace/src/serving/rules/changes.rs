//! Changes to a deck: from words to edits. Slides that are to be written get an instruction, from which
//! the call for the slide works.

use serde::Serialize;

use super::intent::{Intent, intents, targets};
use super::language::Language;
use super::outline::{Beat, evidence};
use super::prompt::{Prompt, SlideBrief};
use super::table::{Shape, Table};
use super::{periods, phrases};

/// The model's answer.
#[derive(Debug, Serialize)]
pub(crate) struct Changes {
    pub(crate) reply: String,
    pub(crate) edits: Vec<Edit>,
}

/// One edit; empty texts are not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Edit {
    pub(crate) action: &'static str,
    pub(crate) slide: String,
    pub(crate) after: String,
    pub(crate) title: String,
    pub(crate) layout: String,
    pub(crate) sources: Vec<String>,
    pub(crate) instruction: String,
    pub(crate) value: String,
}

impl Default for Edit {
    fn default() -> Self {
        Self {
            action: "rewrite_slide",
            slide: String::new(),
            after: String::new(),
            title: String::new(),
            // There is no name for no layout.
            layout: "title_and_text".to_owned(),
            sources: Vec::new(),
            instruction: String::new(),
            value: String::new(),
        }
    }
}

struct Deck<'a> {
    slides: Vec<SlideBrief>,
    title: String,
    sources: &'a [Table],
    /// The language in which the person asks.
    said: Language,
    /// The language of the deck.
    language: Language,
    /// The numbers that the request names.
    targets: Vec<usize>,
}

pub(crate) fn answer(prompt: &Prompt<'_>) -> Changes {
    let slides = prompt.slides();
    let texts: String =
        slides.iter().flat_map(|slide| &slide.lines).fold(String::new(), |all, line| all + line + "\n");
    let tag = prompt.attribute("deck", "language").filter(|tag| !tag.is_empty());
    let language = tag
        .map(|tag| Language::of_tag(&tag))
        .or_else(|| Language::of_text(&texts))
        .unwrap_or(Language::English);
    let deck = Deck {
        title: prompt.attribute("deck", "title").unwrap_or_default(),
        sources: &prompt.sources,
        said: Language::of_text(&prompt.request).unwrap_or(language),
        language,
        targets: targets(&prompt.request),
        slides,
    };
    let mut edits = Vec::new();
    let mut replies: Vec<String> = Vec::new();
    for intent in intents(&prompt.request) {
        let (reply, more) = deck.edits(&intent);
        replies.push(reply);
        edits.extend(more);
    }
    if replies.is_empty() {
        let (reply, more) = deck.rewrite_as_told(&prompt.request);
        replies.push(reply);
        edits = more;
    }
    Changes { reply: replies.join(" "), edits: merged(edits) }
}

/// A slide is written once: its instructions are joined.
fn merged(edits: Vec<Edit>) -> Vec<Edit> {
    let mut kept: Vec<Edit> = Vec::new();
    for edit in edits {
        let same = kept.iter_mut().find(|other| {
            edit.action == "rewrite_slide" && other.action == edit.action && other.slide == edit.slide
        });
        match same {
            Some(other) => other.instruction = format!("{}. {}", other.instruction, edit.instruction),
            None => kept.push(edit),
        }
    }
    kept
}

impl Deck<'_> {
    fn number(&self, number: usize) -> Option<&SlideBrief> {
        let last = self.slides.len();
        self.slides.get(number.min(last).checked_sub(1)?).filter(|_| number <= last || number == usize::MAX)
    }

    /// Named slides, else selected ones.
    fn chosen(&self) -> Vec<&SlideBrief> {
        let named: Vec<&SlideBrief> = self.targets.iter().filter_map(|number| self.number(*number)).collect();
        if !named.is_empty() {
            return named;
        }
        self.slides.iter().filter(|slide| slide.is_selected).collect()
    }

    fn say(&self, english: &str, german: &str) -> String {
        self.said.pick(english, german).to_owned()
    }

    fn rewrite(slide: &SlideBrief, instruction: &str) -> Edit {
        Edit {
            action: "rewrite_slide",
            slide: slide.id.clone(),
            title: slide.title().to_owned(),
            layout: slide.layout.clone(),
            instruction: instruction.to_owned(),
            ..Edit::default()
        }
    }

    fn edits(&self, intent: &Intent) -> (String, Vec<Edit>) {
        match intent {
            Intent::Count(count) => self.count(*count),
            Intent::Translate(language) => self.translate(*language),
            Intent::TableToChart => self.turn("table", "chart_and_takeaway", "Turn the table into a chart"),
            Intent::ChartToTable => self.turn("chart", "table", "Turn the chart into a table"),
            Intent::Add { about, after } => self.add(about, *after),
            Intent::NewNumbers(about) => self.new_numbers(about),
            Intent::Shorter => {
                let slides = self.chosen_or(|slide| !slide.is_frame());
                let edits = slides.iter().map(|slide| Self::rewrite(slide, "Make it shorter")).collect();
                (self.say("I shorten the text.", "Ich kürze den Text."), edits)
            }
            Intent::MoreVisual => self.more_visual(),
            Intent::Title(title) => self.retitle(title),
            Intent::Theme(theme) => {
                let edit = Edit { action: "set_theme", value: (*theme).to_owned(), ..Edit::default() };
                (
                    self.say("The deck gets another theme.", "Die Präsentation bekommt ein anderes Design."),
                    vec![edit],
                )
            }
            Intent::Delete(numbers) => self.delete(numbers),
            Intent::Move { slide, after } => self.move_slide(*slide, *after),
        }
    }

    fn chosen_or(&self, is_meant: impl Fn(&SlideBrief) -> bool) -> Vec<&SlideBrief> {
        let chosen = self.chosen();
        if chosen.is_empty() { self.slides.iter().filter(|slide| is_meant(slide)).collect() } else { chosen }
    }

    /// Fewer slides: those that say least go first. More: what the sources have beyond the deck.
    fn count(&self, count: usize) -> (String, Vec<Edit>) {
        let is = self.slides.len();
        if count < is {
            let weight = |slide: &SlideBrief| match slide.layout.as_str() {
                "cover" => 9,
                "closing" => 8,
                "metrics" => 7,
                "chart_and_takeaway" | "chart" => 6,
                "two_charts" => 5,
                "comparison" | "steps" | "statement" => 4,
                "table" | "title_and_text" | "two_columns" => 3,
                _ => 2,
            };
            let mut order: Vec<(usize, &SlideBrief)> = self.slides.iter().enumerate().collect();
            order.sort_by_key(|(index, slide)| (weight(slide), std::cmp::Reverse(*index)));
            let edits = order.iter().take(is - count).map(|(_, slide)| Self::remove(slide)).collect();
            return (
                self.said.pick(
                    format!("I keep the {count} slides that say most."),
                    format!("Ich behalte die {count} wichtigsten Folien."),
                ),
                edits,
            );
        }
        let tables: Vec<&Table> = self.sources.iter().filter(|table| table.shape() != Shape::Other).collect();
        let after = self.before_closing();
        let known = |beat: &Beat| self.slides.iter().any(|slide| slide.title() == beat.title);
        let more = evidence(&tables, self.language).into_iter().filter(|beat| !known(beat)).take(count - is);
        let mut edits: Vec<Edit> = more.map(|beat| Self::new_slide(beat, &after)).collect();
        while edits.len() < count - is {
            let number = edits.len() + 1;
            edits.push(Edit {
                action: "add_slide",
                after: after.clone(),
                title: format!("{} {number}", phrases::BACKUP.say(self.language, &[])),
                layout: "title_and_text".to_owned(),
                instruction: phrases::TEXT_OF.say(self.language, &[]),
                ..Edit::default()
            });
        }
        let reply = if count == is {
            self.said.pick(
                format!("The deck has {count} slides already."),
                format!("Die Präsentation hat schon {count} Folien."),
            )
        } else {
            self.say("I add slides before the last one.", "Ich ergänze Folien vor der letzten.")
        };
        (reply, edits)
    }

    fn new_slide(beat: Beat, after: &str) -> Edit {
        Edit {
            action: "add_slide",
            after: after.to_owned(),
            title: beat.title,
            layout: beat.layout.to_owned(),
            sources: beat.sources,
            instruction: beat.content,
            ..Edit::default()
        }
    }

    fn remove(slide: &SlideBrief) -> Edit {
        Edit { action: "remove_slide", slide: slide.id.clone(), ..Edit::default() }
    }

    /// The slide before the closing one; the last one without it.
    fn before_closing(&self) -> String {
        let body = self.slides.iter().rposition(|slide| slide.layout != "closing");
        body.map(|index| self.slides[index].id.clone()).unwrap_or_default()
    }

    fn translate(&self, language: Language) -> (String, Vec<Edit>) {
        let chosen = self.chosen();
        let is_whole = chosen.is_empty();
        let slides: Vec<&SlideBrief> = if is_whole { self.slides.iter().collect() } else { chosen };
        let mut edits = Vec::new();
        if is_whole {
            edits.push(Edit { action: "set_language", value: language.tag().to_owned(), ..Edit::default() });
            if let Some(title) =
                phrases::translated(&self.title, language).filter(|title| *title != self.title)
            {
                edits.push(Edit { action: "set_title", value: title, ..Edit::default() });
            }
        }
        let instruction = language.pick("Translate to English", "Translate to German");
        edits.extend(slides.iter().map(|slide| Self::rewrite(slide, instruction)));
        // The items of a list are written in one line.
        let texts_of = |line: &String| -> Vec<String> {
            let text = line.split_once(": ").map_or("", |(_, text)| text);
            text.split("; ").map(str::to_owned).collect()
        };
        let unknown = slides
            .iter()
            .flat_map(|slide| slide.lines.iter().filter(|line| is_words(line)).flat_map(texts_of))
            .any(|text| phrases::translated(&text, language).is_none());
        let mut reply = language.pick(
            self.say("I translate the text to English.", "Ich übersetze den Text ins Englische."),
            self.say("I translate the text to German.", "Ich übersetze den Text ins Deutsche."),
        );
        if unknown {
            reply.push_str(&self.say(
                " Some of it I can't translate; it stays as it is.",
                " Einiges kann ich nicht übersetzen; es bleibt, wie es ist.",
            ));
        }
        (reply, edits)
    }

    fn turn(&self, from: &str, layout: &str, instruction: &str) -> (String, Vec<Edit>) {
        let has = |slide: &&SlideBrief| slide.has(from);
        let slide = self.chosen().into_iter().find(has).or_else(|| self.slides.iter().find(has));
        let Some(slide) = slide else {
            return (
                self.said.pick(
                    format!("There is no {from} to change."),
                    "Es gibt nichts, was sich so ändern lässt.".to_owned(),
                ),
                Vec::new(),
            );
        };
        let edit = Edit { layout: layout.to_owned(), ..Self::rewrite(slide, instruction) };
        (
            self.say(
                "I show the same data in the other form.",
                "Ich zeige dieselben Daten in der anderen Form.",
            ),
            vec![edit],
        )
    }

    fn add(&self, about: &str, after: Option<usize>) -> (String, Vec<Edit>) {
        let after = match after {
            Some(0) => "start".to_owned(),
            Some(number) => {
                self.number(number).map_or_else(|| self.before_closing(), |slide| slide.id.clone())
            }
            None => self.before_closing(),
        };
        // The newest source first: it was looked up for this.
        let scored = self.sources.iter().map(|table| (table.matches(about), table));
        let best =
            scored.filter(|(score, _)| *score > 0).max_by_key(|(score, _)| *score).map(|(_, table)| table);
        let shown = best.and_then(|table| {
            let found = super::slide::shown(table, about, about, self.language)?;
            Some((table, found))
        });
        let edit = match shown {
            Some((table, found)) => Edit {
                action: "add_slide",
                after,
                title: found.title,
                layout: "chart_and_takeaway".to_owned(),
                sources: vec![table.id.clone()],
                instruction: found.content,
                ..Edit::default()
            },
            None => Edit {
                action: "add_slide",
                after,
                title: phrases::ABOUT.say(self.language, &[("x", about)]),
                layout: "title_and_text".to_owned(),
                instruction: about.to_owned(),
                ..Edit::default()
            },
        };
        let reply = if edit.sources.is_empty() {
            self.say(
                "I add a slide in words, as I have no data on this.",
                "Ich ergänze eine Folie in Worten, da mir Daten dazu fehlen.",
            )
        } else {
            self.say("I add a slide with a chart.", "Ich ergänze eine Folie mit Diagramm.")
        };
        (reply, vec![edit])
    }

    fn new_numbers(&self, about: &str) -> (String, Vec<Edit>) {
        let named = periods::named(about);
        let in_label = |table: &&Table| {
            let label = table.label.to_lowercase();
            named
                .as_ref()
                .map_or_else(|| table.matches(about) > 0, |period| label.contains(&period.to_lowercase()))
        };
        let in_rows = |table: &&Table| match table.shape() {
            Shape::Time(time) => table.names(time).iter().any(|name| periods::is_named(name, about)),
            _ => false,
        };
        let table = self.sources.iter().rfind(in_label).or_else(|| self.sources.iter().rfind(in_rows));
        let Some(table) = table else {
            let reply = self.said.pick(
                format!("I have no numbers of {about}, so the deck stays as it is."),
                format!("Zu {about} habe ich keine Zahlen, daher bleibt die Präsentation, wie sie ist."),
            );
            return (reply, Vec::new());
        };
        let is_data = |slide: &SlideBrief| slide.has("chart") || slide.has("table") || slide.has("metric");
        let slides = self.chosen();
        let slides = if slides.is_empty() {
            self.slides.iter().filter(|slide| is_data(slide) && !slide.has("metric")).take(1).collect()
        } else {
            slides
        };
        let edit = |slide: &&SlideBrief| Edit {
            sources: vec![table.id.clone()],
            layout: "chart_and_takeaway".to_owned(),
            ..Self::rewrite(slide, &format!("Use the numbers of {about}"))
        };
        let reply = self.said.pick(
            format!("The slide shows the numbers of {about}."),
            format!("Die Folie zeigt die Zahlen von {about}."),
        );
        (reply, slides.iter().map(edit).collect())
    }

    fn more_visual(&self) -> (String, Vec<Edit>) {
        let slides = self.chosen_or(|slide| !slide.is_frame() && !slide.has("chart") && !slide.has("metric"));
        let edit = |slide: &&SlideBrief| {
            let text = slide.lines.join(" ");
            let best = self
                .sources
                .iter()
                .map(|table| (table.matches(&text), table))
                .filter(|(score, _)| *score > 0);
            let sources = best.rev().max_by_key(|(score, _)| *score).map(|(_, table)| table.id.clone());
            Edit { sources: sources.into_iter().collect(), ..Self::rewrite(slide, "Make it more visual") }
        };
        let edits: Vec<Edit> = slides.iter().map(edit).collect();
        let reply = if edits.is_empty() {
            self.say(
                "The slides are visual already; select one to change it.",
                "Die Folien sind schon bildlich; wähle eine aus, um sie zu ändern.",
            )
        } else {
            self.say(
                "I show it as pictures where the data allows.",
                "Ich zeige es bildlich, wo die Daten es erlauben.",
            )
        };
        (reply, edits)
    }

    fn retitle(&self, title: &str) -> (String, Vec<Edit>) {
        let chosen = self.chosen();
        let reply = self.say("I changed the title.", "Ich habe den Titel geändert.");
        let instruction = format!("Change the title to \"{title}\"");
        if !chosen.is_empty() {
            return (reply, chosen.iter().map(|slide| Self::rewrite(slide, &instruction)).collect());
        }
        let mut edits = vec![Edit { action: "set_title", value: title.to_owned(), ..Edit::default() }];
        let cover = self.slides.first().filter(|slide| slide.layout == "cover");
        edits.extend(cover.map(|slide| Self::rewrite(slide, &instruction)));
        (reply, edits)
    }

    fn delete(&self, numbers: &[usize]) -> (String, Vec<Edit>) {
        let edits: Vec<Edit> =
            numbers.iter().filter_map(|number| self.number(*number)).map(Self::remove).collect();
        let reply = if edits.is_empty() {
            self.say("There is no such slide.", "Diese Folie gibt es nicht.")
        } else {
            self.say("I removed it.", "Ich habe sie entfernt.")
        };
        (reply, edits)
    }

    fn move_slide(&self, slide: usize, after: usize) -> (String, Vec<Edit>) {
        let place = match after {
            0 => Some("start".to_owned()),
            usize::MAX => Some(String::new()),
            number => self.number(number).map(|slide| slide.id.clone()),
        };
        match (self.number(slide), place) {
            (Some(slide), Some(after)) if slide.id != after => {
                let edit = Edit { action: "move_slide", slide: slide.id.clone(), after, ..Edit::default() };
                (self.say("I moved it.", "Ich habe sie verschoben."), vec![edit])
            }
            _ => (self.say("There is no such slide.", "Diese Folie gibt es nicht."), Vec::new()),
        }
    }

    /// Anything else: the selected slides, or the first with content, by the words of the person.
    fn rewrite_as_told(&self, request: &str) -> (String, Vec<Edit>) {
        let chosen = self.chosen();
        let slides: Vec<&SlideBrief> = if chosen.is_empty() {
            self.slides.iter().find(|slide| !slide.is_frame()).or(self.slides.first()).into_iter().collect()
        } else {
            chosen
        };
        let edits = slides.iter().map(|slide| Self::rewrite(slide, request)).collect();
        (self.say("I changed the slide as you said.", "Ich habe die Folie wie gewünscht geändert."), edits)
    }
}

/// Whether the line is a block in words.
fn is_words(line: &str) -> bool {
    ["title:", "subtitle:", "text:", "bullets:", "callout:"]
        .iter()
        .any(|kind| line.trim_start().starts_with(kind))
}
