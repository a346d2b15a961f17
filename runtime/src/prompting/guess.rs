//! What a request asks for without saying it in a form: a number of slides, and the language it is written in.
//!
//! Both are hints for the model and never refuse anything, so a light guess is enough, and none where it
//! isn't clear.

/// Slides of one request.
pub(super) const MOST_SLIDES: usize = 40;

const NUMBERS: [(&str, u32); 44] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("eighteen", 18),
    ("twenty", 20),
    ("thirty", 30),
    ("dozen", 12),
    ("eine", 1),
    ("einer", 1),
    ("zwei", 2),
    ("drei", 3),
    ("vier", 4),
    ("fünf", 5),
    ("fuenf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("elf", 11),
    ("zwölf", 12),
    ("zwoelf", 12),
    ("dreizehn", 13),
    ("vierzehn", 14),
    ("fünfzehn", 15),
    ("sechzehn", 16),
    ("zwanzig", 20),
    ("dreißig", 30),
    ("dreissig", 30),
    ("dutzend", 12),
    ("single", 1),
];

const SLIDES: [&str; 14] = [
    "slide",
    "slides",
    "folie",
    "folien",
    "page",
    "pages",
    "seiten",
    "slidedeck",
    "diapositives",
    "diapositivas",
    "slajdów",
    "dias",
    "diapositive",
    "pagina's",
];
/// What may stand between a number and its noun.
const BETWEEN: [&str; 14] = [
    "content", "short", "clear", "main", "simple", "good", "kurze", "kurzen", "klare", "klaren", "or", "bis",
    "to", "concise",
];
/// A number after one of these is a place, not a count, unless the noun follows at once.
const PLACES: [&str; 24] = [
    "slide", "slides", "folie", "folien", "page", "seite", "after", "before", "nach", "vor", "on", "auf",
    "from", "number", "nummer", "no", "nr", "hinter", "behind", "top", "last", "letzten", "the", "delete",
];

/// How many slides a request asks for; none if it doesn't say.
pub fn wanted_slides(request: &str) -> Option<u32> {
    let text: String = request.chars().take(5_000).collect::<String>().to_lowercase();
    // `10-slide deck`, `5–7 slides`: the parts of a compound are words; the larger end of a range counts.
    let tokens: Vec<&str> =
        text.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|token| !token.is_empty()).collect();
    let mut found = None;
    for (at, token) in tokens.iter().enumerate() {
        if !SLIDES.contains(token) {
            continue;
        }
        let mut before = at;
        let mut skipped = 0;
        while before > 0 && skipped < 2 && BETWEEN.contains(&tokens[before - 1]) {
            before -= 1;
            skipped += 1;
        }
        let Some(number) = before.checked_sub(1).and_then(|index| number(tokens[index])) else { continue };
        // `after slide 3 slides …`, `chart on 3 slides` are rare; `top 5 slides` and `the last 2 slides` are
        // about slides that are there.
        let previous = before.checked_sub(2).map(|index| tokens[index]);
        let is_place = previous.is_some_and(|word| {
            PLACES.contains(&word) && !matches!(word, "on" | "auf" | "from" | "after" | "nach")
        });
        // One slide for each of them is not one slide.
        let is_each = matches!(
            tokens.get(at + 1..),
            Some(
                ["per" | "pro" | "je", ..]
                    | ["for" | "für", "each" | "every" | "jede" | "jeden" | "jedes", ..]
            )
        );
        let is_limit = (1..=u32::try_from(MOST_SLIDES).unwrap_or(40)).contains(&number);
        if is_limit && !is_place && !is_each && found.is_none() {
            found = Some(number);
        }
    }
    found
}

fn number(word: &str) -> Option<u32> {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.parse().ok();
    }
    NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number)
}

/// Words that are frequent in one language and rare in the others.
const STOPS: [(&str, &[&str]); 7] = [
    (
        "en",
        &[
            "the",
            "and",
            "with",
            "for",
            "of",
            "to",
            "a",
            "an",
            "on",
            "by",
            "our",
            "slides",
            "make",
            "please",
            "show",
            "is",
            "are",
            "what",
            "how",
            "about",
            "deck",
            "presentation",
            "review",
            "data",
        ],
    ),
    (
        "de",
        &[
            "der",
            "die",
            "das",
            "und",
            "mit",
            "für",
            "von",
            "zu",
            "ein",
            "eine",
            "einen",
            "auf",
            "im",
            "zum",
            "zur",
            "den",
            "dem",
            "unsere",
            "unser",
            "folien",
            "folie",
            "bitte",
            "wie",
            "ist",
            "über",
            "nach",
            "aus",
            "mache",
            "erstelle",
            "zeige",
            "präsentation",
            "quartal",
            "umsatz",
        ],
    ),
    (
        "fr",
        &[
            "le",
            "la",
            "les",
            "et",
            "des",
            "du",
            "une",
            "un",
            "pour",
            "avec",
            "sur",
            "nos",
            "notre",
            "est",
            "dans",
            "au",
            "aux",
            "par",
            "présentation",
            "diapositives",
            "fais",
            "crée",
            "ventes",
        ],
    ),
    (
        "es",
        &[
            "el",
            "los",
            "las",
            "y",
            "del",
            "una",
            "un",
            "para",
            "con",
            "por",
            "nuestra",
            "nuestro",
            "es",
            "en",
            "al",
            "presentación",
            "diapositivas",
            "ventas",
            "haz",
            "crea",
            "sobre",
            "qué",
            "cómo",
        ],
    ),
    (
        "it",
        &[
            "il",
            "lo",
            "gli",
            "di",
            "che",
            "una",
            "un",
            "per",
            "con",
            "della",
            "dei",
            "delle",
            "del",
            "è",
            "sul",
            "nostra",
            "nostro",
            "presentazione",
            "crea",
            "vendite",
            "sulle",
            "diapositive",
            "nel",
        ],
    ),
    (
        "pt",
        &[
            "os",
            "as",
            "uma",
            "um",
            "para",
            "com",
            "do",
            "da",
            "dos",
            "das",
            "não",
            "nossa",
            "nosso",
            "é",
            "em",
            "sobre",
            "apresentação",
            "vendas",
            "crie",
            "faça",
            "no",
            "na",
            "ao",
        ],
    ),
    (
        "nl",
        &[
            "het",
            "een",
            "en",
            "van",
            "voor",
            "met",
            "op",
            "onze",
            "ons",
            "is",
            "over",
            "naar",
            "maak",
            "presentatie",
            "dia's",
            "omzet",
            "de",
            "bij",
            "graag",
            "kwartaal",
            "verkoop",
        ],
    ),
];

/// The language of a request, as in `de`; none where it isn't clear.
pub fn language_of(request: &str) -> Option<&'static str> {
    let text: String = request.chars().take(5_000).collect::<String>().to_lowercase();
    if let Some(tag) = by_script(&text) {
        return Some(tag);
    }
    let tokens: Vec<&str> =
        text.split(|c: char| !(c.is_alphabetic() || c == '\'')).filter(|token| !token.is_empty()).collect();
    let mut scores: Vec<(usize, &'static str)> = STOPS
        .iter()
        .map(|(tag, stops)| {
            (tokens.iter().filter(|token| stops.contains(token)).count() * 2 + letters(tag, &text), *tag)
        })
        .collect();
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let [(best, tag), (second, _), ..] = scores[..] else { return None };
    (best >= 2 && best > second).then_some(tag)
}

/// Letters that only one of the languages has.
fn letters(tag: &str, text: &str) -> usize {
    let own = match tag {
        "de" => "äöß",
        "fr" => "êœèç",
        "es" => "ñ¿¡",
        "pt" => "ãõ",
        _ => return 0,
    };
    text.chars().filter(|c| own.contains(*c)).count().min(3)
}

/// The language of a script that one language has, or that is nearly always one language.
fn by_script(text: &str) -> Option<&'static str> {
    let count = |range: &[std::ops::RangeInclusive<char>]| {
        text.chars().filter(|c| range.iter().any(|one| one.contains(c))).count()
    };
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_much = |number: usize| number > 0 && number * 3 >= letters;
    let kana = count(&['\u{3040}'..='\u{30ff}']);
    let han = count(&['\u{4e00}'..='\u{9fff}']);
    if is_much(kana + han) && kana > 0 {
        return Some("ja");
    }
    let scripts = [
        (han, "zh"),
        (count(&['\u{ac00}'..='\u{d7af}']), "ko"),
        (count(&['\u{0600}'..='\u{06ff}']), "ar"),
        (count(&['\u{0590}'..='\u{05ff}']), "he"),
        (count(&['\u{0370}'..='\u{03ff}']), "el"),
        (count(&['\u{0e00}'..='\u{0e7f}']), "th"),
        (count(&['\u{0900}'..='\u{097f}']), "hi"),
    ];
    if let Some((_, tag)) = scripts.iter().find(|(number, _)| is_much(*number)) {
        return Some(tag);
    }
    let cyrillic = count(&['\u{0400}'..='\u{04ff}']);
    is_much(cyrillic).then(|| if text.contains(['і', 'ї', 'є', 'ґ']) { "uk" } else { "ru" })
}

const LANGUAGES: [(&str, &[&str]); 16] = [
    ("en", &["english", "englisch", "anglais", "inglés", "inglese", "inglês", "engels"]),
    ("de", &["german", "deutsch", "allemand", "alemán", "tedesco", "alemão", "duits"]),
    ("fr", &["french", "französisch", "français", "francés", "francese", "francês", "frans"]),
    ("es", &["spanish", "spanisch", "espagnol", "español", "spagnolo", "espanhol", "spaans"]),
    ("it", &["italian", "italienisch", "italien", "italiano", "italiaans"]),
    (
        "pt",
        &["portuguese", "portugiesisch", "portugais", "portugués", "portoghese", "português", "portugees"],
    ),
    ("nl", &["dutch", "niederländisch", "néerlandais", "neerlandés", "olandese", "holandês", "nederlands"]),
    ("pl", &["polish", "polnisch", "polski"]),
    ("ja", &["japanese", "japanisch", "日本語"]),
    ("zh", &["chinese", "chinesisch", "中文"]),
    ("ko", &["korean", "koreanisch", "한국어"]),
    ("ar", &["arabic", "arabisch", "العربية"]),
    ("ru", &["russian", "russisch", "русский"]),
    ("uk", &["ukrainian", "ukrainisch", "українська"]),
    ("sv", &["swedish", "schwedisch", "svenska"]),
    ("tr", &["turkish", "türkisch", "türkçe"]),
];

/// The language tag that a text is or names; none if it is neither.
pub(super) fn tag_of(text: &str) -> Option<String> {
    let text = text.trim();
    let lower = text.to_lowercase();
    if let Some((tag, _)) = LANGUAGES.iter().find(|(_, names)| names.contains(&lower.as_str())) {
        return Some((*tag).to_owned());
    }
    let tag = text.replace('_', "-");
    let mut parts = tag.split('-');
    let is_first = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest_fits =
        parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (is_first && rest_fits && tag.len() <= 35).then_some(tag)
}

/// The name of a language in English, for a prompt.
pub(super) fn name_of(tag: &str) -> String {
    let base = tag.split('-').next().unwrap_or_default().to_lowercase();
    match LANGUAGES.iter().find(|(tag, _)| *tag == base) {
        Some((_, names)) => {
            let mut name = names[0].to_owned();
            name[..1].make_ascii_uppercase();
            if base == tag { name } else { format!("{name} ({tag})") }
        }
        None => format!("the language `{tag}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::wanted_slides;

    #[test]
    fn a_slide_for_each_of_them_is_no_count() {
        assert_eq!(wanted_slides("Did we meet our targets? One slide per region plus a summary"), None);
        assert_eq!(wanted_slides("Eine Folie je Region, fünf Folien insgesamt"), Some(5));
        assert_eq!(wanted_slides("Three slides for the board"), Some(3));
    }
}
