//! The words that questions consist of, in English and German.

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Revenue,
    Units,
    Cost,
    Profit,
    Margin,
    Customers,
    NewCustomers,
    Churn,
    Target,
}

/// By what it can be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    Month,
    Quarter,
    Year,
    Region,
    ProductLine,
}

impl Dimension {
    pub(super) fn is_time(self) -> bool {
        matches!(self, Self::Month | Self::Quarter | Self::Year)
    }

    /// The name of its column.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::Region => "region",
            Self::ProductLine => "product_line",
        }
    }

    /// Its name in a title, for one and for several.
    pub(super) fn names(self, german: bool) -> (&'static str, &'static str) {
        match (self, german) {
            (Self::Month, false) => ("month", "months"),
            (Self::Month, true) => ("Monat", "Monate"),
            (Self::Quarter, false) => ("quarter", "quarters"),
            (Self::Quarter, true) => ("Quartal", "Quartale"),
            (Self::Year, false) => ("year", "years"),
            (Self::Year, true) => ("Jahr", "Jahre"),
            (Self::Region, false) => ("region", "regions"),
            (Self::Region, true) => ("Region", "Regionen"),
            (Self::ProductLine, false) => ("product line", "product lines"),
            (Self::ProductLine, true) => ("Produktlinie", "Produktlinien"),
        }
    }
}

impl Measure {
    /// The name of its column, with the unit.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Revenue => "revenue_eur",
            Self::Units => "units",
            Self::Cost => "cost_eur",
            Self::Profit => "margin_eur",
            Self::Margin => "margin_percent",
            Self::Customers => "customers",
            Self::NewCustomers => "new_customers",
            Self::Churn => "churn_percent",
            Self::Target => "target_eur",
        }
    }

    /// Its name in a title.
    pub(super) fn name(self, german: bool) -> &'static str {
        match (self, german) {
            (Self::Revenue, false) => "revenue",
            (Self::Revenue, true) => "Umsatz",
            (Self::Units, false) => "units",
            (Self::Units, true) => "Stückzahl",
            (Self::Cost, false) => "cost",
            (Self::Cost, true) => "Kosten",
            (Self::Profit, false) => "gross margin",
            (Self::Profit, true) => "Rohertrag",
            (Self::Margin, false) => "margin",
            (Self::Margin, true) => "Marge",
            (Self::Customers, false) => "customers",
            (Self::Customers, true) => "Kunden",
            (Self::NewCustomers, false) => "new customers",
            (Self::NewCustomers, true) => "Neukunden",
            (Self::Churn, false) => "churn",
            (Self::Churn, true) => "Abwanderung",
            (Self::Target, false) => "target",
            (Self::Target, true) => "Ziel",
        }
    }
}

/// The regions, and the product lines, as they are in the tables.
pub(super) const REGIONS: [&str; 4] = ["Americas", "EMEA", "APAC", "Japan"];
pub(super) const PRODUCT_LINES: [&str; 5] =
    ["Cloud subscriptions", "Edge devices", "Software licences", "Support", "Training"];

/// A word belongs to a meaning if it is one of some words, begins like some, or contains some (German
/// puts words together).
struct Meaning<T>(T, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

impl<T: Copy> Meaning<T> {
    fn fits(&self, word: &str) -> bool {
        self.1.contains(&word)
            || self.2.iter().any(|start| word.starts_with(start))
            || self.3.iter().any(|part| word.contains(part))
    }
}

fn all<T: Copy>(table: &[Meaning<T>], word: &str) -> Vec<T> {
    table.iter().filter(|meaning| meaning.fits(word)).map(|meaning| meaning.0).collect()
}

const MEASURES: [Meaning<Measure>; 9] = [
    Meaning(Measure::Revenue, &["sales", "turnover"], &["revenue"], &["umsatz", "umsätz", "erlös"]),
    Meaning(
        Measure::Units,
        &["unit", "units", "volume", "volumes"],
        &["quantit"],
        &["stück", "absatz", "absätz"],
    ),
    Meaning(Measure::Cost, &["cost", "costs"], &[], &["kosten"]),
    Meaning(Measure::Profit, &["gewinn", "gewinne"], &["profit"], &["rohertrag", "deckungsbeitr"]),
    Meaning(Measure::Margin, &["margin", "margins"], &[], &["marge"]),
    Meaning(Measure::NewCustomers, &[], &["neukund"], &[]),
    Meaning(Measure::Customers, &[], &["customer", "kund"], &["bestandskund"]),
    Meaning(Measure::Churn, &["attrition"], &["churn"], &["abwander", "kündig"]),
    Meaning(
        Measure::Target,
        &["plan", "plans", "planned", "goal", "goals", "quota", "soll", "ziel", "ziele", "zielen"],
        &["target", "budget", "planwert", "zielwert"],
        &["umsatzziel"],
    ),
];

const DIMENSIONS: [Meaning<Dimension>; 5] = [
    Meaning(Dimension::Month, &["month", "months", "monthly"], &[], &["monat"]),
    Meaning(Dimension::Quarter, &["quarter", "quarters", "quarterly"], &[], &["quartal"]),
    Meaning(
        Dimension::Year,
        &["year", "years", "yearly", "annual", "annually", "jahr", "jahre", "jahren", "jahres"],
        &["jährlich"],
        &[],
    ),
    Meaning(Dimension::Region, &["markets"], &["region", "territor", "vertriebsgebiet"], &[]),
    Meaning(Dimension::ProductLine, &[], &["product", "produkt", "sparte"], &[]),
];

const REGION_WORDS: [Meaning<&str>; 4] = [
    Meaning("Americas", &["america", "americas", "amerika"], &[], &[]),
    Meaning("EMEA", &["emea"], &[], &[]),
    Meaning("APAC", &["apac", "asia", "asien"], &[], &[]),
    Meaning("Japan", &["japan"], &[], &[]),
];

const PRODUCT_WORDS: [Meaning<&str>; 5] = [
    Meaning("Cloud subscriptions", &["cloud"], &["subscription", "abonnement"], &[]),
    Meaning("Edge devices", &["edge", "geräte", "geräten"], &["device"], &[]),
    Meaning("Software licences", &[], &["licence", "license"], &["lizenz"]),
    Meaning("Support", &["support", "wartung"], &[], &[]),
    Meaning("Training", &["training", "trainings"], &["schulung"], &[]),
];

const GROWTH: Meaning<()> = Meaning(
    (),
    &["grow", "grows", "grew", "grown", "growing", "change", "changes", "changed", "increase", "yoy"],
    &["growth"],
    &["wachstum", "gewachsen", "veränder", "zuwachs", "steigerung"],
);
const TREND: Meaning<()> =
    Meaning((), &["trend", "trends", "timeline"], &["develop"], &["entwick", "verlauf"]);
const HIGHEST: Meaning<()> = Meaning(
    (),
    &["top", "best", "largest", "biggest", "highest", "strongest", "most", "meisten"],
    &["größte", "höchste", "beste"],
    &["stärkste"],
);
const LOWEST: Meaning<()> = Meaning(
    (),
    &["bottom", "worst", "lowest", "smallest", "weakest", "least", "wenigsten"],
    &["kleinste", "niedrigste", "schlechteste"],
    &["schwächste"],
);
const GERMAN: [&str; 30] = [
    "nach", "je", "pro", "und", "der", "das", "den", "dem", "im", "wie", "welche", "welcher", "zeige",
    "zeig", "bitte", "nur", "mit", "von", "vom", "für", "seit", "letztes", "letzten", "letzter", "mai",
    "januar", "februar", "juni", "juli", "oktober",
];

/// The words of a question in lower case.
pub(super) fn split(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

pub(super) fn measures(word: &str) -> Vec<Measure> {
    all(&MEASURES, word)
}

pub(super) fn dimensions(word: &str) -> Vec<Dimension> {
    all(&DIMENSIONS, word)
}

pub(super) fn region(word: &str) -> Option<&'static str> {
    all(&REGION_WORDS, word).first().copied()
}

pub(super) fn product(word: &str) -> Option<&'static str> {
    all(&PRODUCT_WORDS, word).first().copied()
}

pub(super) fn is_growth(word: &str) -> bool {
    GROWTH.fits(word)
}

pub(super) fn is_trend(word: &str) -> bool {
    TREND.fits(word)
}

pub(super) fn is_highest(word: &str) -> bool {
    HIGHEST.fits(word)
}

pub(super) fn is_lowest(word: &str) -> bool {
    LOWEST.fits(word)
}

/// A number up to twelve, or in digits.
pub(super) fn number(word: &str) -> Option<usize> {
    const NUMBERS: [[&str; 2]; 12] = [
        ["one", "eine"],
        ["two", "zwei"],
        ["three", "drei"],
        ["four", "vier"],
        ["five", "fünf"],
        ["six", "sechs"],
        ["seven", "sieben"],
        ["eight", "acht"],
        ["nine", "neun"],
        ["ten", "zehn"],
        ["eleven", "elf"],
        ["twelve", "zwölf"],
    ];
    let digits = word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        return word.parse().ok().filter(|number| *number > 0);
    }
    NUMBERS.iter().position(|names| names.contains(&word)).map(|at| at + 1)
}

/// Whether the question is in German: a word only German has, or an umlaut.
pub(super) fn is_german(words: &[String]) -> bool {
    words.iter().any(|word| {
        GERMAN.contains(&word.as_str())
            || word.contains(['ä', 'ö', 'ü', 'ß'])
            || ["umsatz", "kunden", "quartal", "monat", "kosten", "marge"]
                .iter()
                .any(|part| word.contains(part))
    })
}
