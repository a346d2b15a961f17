//! What a question asks for. A word that should matter and isn't known is asked back.

use super::period::{Period, Words, take, takes_year_over_year};
use super::words::{
    Dimension, Measure, dimensions, is_german, is_growth, is_highest, is_lowest, is_trend, measures, number,
    product, region, split,
};

/// How growth is computed over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Growth {
    /// Against the row before.
    Previous,
    /// Against the same time a year before.
    YearOverYear,
}

/// The first rows by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rank {
    pub(super) count: usize,
    pub(super) lowest: bool,
}

/// A question that is understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) german: bool,
    pub(super) measures: Vec<Measure>,
    pub(super) dimensions: Vec<Dimension>,
    pub(super) regions: Vec<&'static str>,
    pub(super) products: Vec<&'static str>,
    pub(super) period: Option<Period>,
    pub(super) rank: Option<Rank>,
    pub(super) growth: Option<Growth>,
}

/// Why a question can't be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// It doesn't say what it asks for.
    NoMeasure,
    /// The data isn't split by this.
    NoSuchDimension(String),
    /// This measure isn't known by this dimension.
    NotBy(Measure, Dimension),
    /// A ranking of what isn't in the data, or isn't named.
    NothingToRank,
    /// More than two dimensions.
    TooMany,
    /// A time without data.
    NoData(Period),
    /// Growth of what isn't a sum of sales.
    NoGrowth(Measure),
}

/// Words after `by` that don't name a dimension.
const FILLERS: [&str; 13] =
    ["the", "each", "every", "its", "their", "sold", "our", "der", "die", "dem", "den", "jedem", "jeder"];

fn add<T: PartialEq>(list: &mut Vec<T>, new: impl IntoIterator<Item = T>) {
    for item in new {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

/// Understands a question; what it leaves out may be in the one before.
pub(super) fn understand(text: &str, before: Option<&Question>) -> Result<Question, Doubt> {
    let mut words = Words::new(split(text));
    let mut question = Question { german: is_german(&words.words), ..Question::default() };
    if takes_year_over_year(&mut words) {
        question.growth = Some(Growth::YearOverYear);
    }
    question.period = take(&mut words);
    let mut trend = false;
    let mut ranked_at = None;
    for at in 0..words.words.len() {
        if words.used[at] {
            continue;
        }
        let word = words.at(at);
        let sample =
            word == "sales" && (words.at(at + 1) == "data" || at > 0 && words.at(at - 1) == "sample");
        let mut found = if sample { Vec::new() } else { measures(word) };
        let new = at > 0 && ["new", "neue", "neuen", "neuer"].contains(&words.at(at - 1));
        if new && found == [Measure::Customers] {
            found = vec![Measure::NewCustomers];
        }
        // `Neukunden` has `kund` in it, `Umsatzziel` has `umsatz`.
        if found.contains(&Measure::NewCustomers) {
            found.retain(|measure| *measure != Measure::Customers);
        }
        add(&mut question.measures, found);
        add(&mut question.dimensions, dimensions(word));
        add(&mut question.regions, region(word));
        add(&mut question.products, product(word));
        if is_growth(word) {
            question.growth.get_or_insert(Growth::Previous);
        }
        trend |= is_trend(word) || word == "time" && at > 0 && words.at(at - 1) == "over";
        if is_highest(word) || is_lowest(word) {
            let count =
                number(words.at(at + 1)).or_else(|| at.checked_sub(1).and_then(|at| number(words.at(at))));
            question.rank = Some(Rank { count: count.unwrap_or(5), lowest: is_lowest(word) });
            ranked_at = Some(at + 1 + usize::from(number(words.at(at + 1)).is_some()));
        }
    }
    follow(&mut question, before, words.at(0));
    check_by(&words)?;
    if question.measures.is_empty() {
        return Err(Doubt::NoMeasure);
    }
    let has_time = question.dimensions.iter().any(|dimension| dimension.is_time());
    if trend && !has_time {
        question.dimensions.insert(0, Dimension::Month);
    }
    finest_time(&mut question.dimensions);
    if let Some(at) = ranked_at {
        // Single customers aren't in the data, whatever is asked of them.
        let customers = measures(words.at(at)).contains(&Measure::Customers);
        if question.dimensions.is_empty() || customers {
            return Err(Doubt::NothingToRank);
        }
    }
    if question.regions.len() > 1 {
        add(&mut question.dimensions, [Dimension::Region]);
    }
    if question.products.len() > 1 {
        add(&mut question.dimensions, [Dimension::ProductLine]);
    }
    if question.dimensions.len() > 2 {
        return Err(Doubt::TooMany);
    }
    if let Some(period) = question.period
        && period.with_data().is_none()
    {
        return Err(Doubt::NoData(period));
    }
    Ok(question)
}

/// Takes over what a question such as "and by region?" leaves out.
fn follow(question: &mut Question, before: Option<&Question>, first: &str) {
    let Some(before) = before else { return };
    if !question.measures.is_empty() && !["and", "und", "what", "same"].contains(&first) {
        return;
    }
    let says_something = !question.dimensions.is_empty()
        || !question.regions.is_empty()
        || !question.products.is_empty()
        || question.period.is_some()
        || !question.measures.is_empty()
        || question.growth.is_some();
    if !says_something {
        return;
    }
    if question.measures.is_empty() {
        question.measures.clone_from(&before.measures);
    }
    if question.dimensions.is_empty() {
        question.dimensions.clone_from(&before.dimensions);
    }
    if question.regions.is_empty() {
        question.regions.clone_from(&before.regions);
    }
    if question.products.is_empty() {
        question.products.clone_from(&before.products);
    }
    question.period = question.period.or(before.period);
}

/// Refuses a dimension that isn't known, which would otherwise be missing from the answer without a word.
fn check_by(words: &Words) -> Result<(), Doubt> {
    for at in 0..words.words.len() {
        if !["by", "per", "nach", "pro", "je"].contains(&words.at(at)) {
            continue;
        }
        let Some(index) = (at + 1..words.words.len()).find(|index| !FILLERS.contains(&words.at(*index)))
        else {
            continue;
        };
        let word = words.at(index);
        let known = words.used[index]
            || !measures(word).is_empty()
            || !dimensions(word).is_empty()
            || region(word).is_some()
            || product(word).is_some()
            || is_growth(word)
            || number(word).is_some()
            || ["new", "neue", "neuen", "gross", "total", "value", "time", "size"].contains(&word);
        if !known {
            return Err(Doubt::NoSuchDimension(word.to_owned()));
        }
    }
    Ok(())
}

/// Keeps one dimension of time, the finest, and puts it first.
fn finest_time(dimensions: &mut Vec<Dimension>) {
    let finest = [Dimension::Month, Dimension::Quarter, Dimension::Year]
        .into_iter()
        .find(|dimension| dimensions.contains(dimension));
    dimensions.retain(|dimension| !dimension.is_time());
    if let Some(finest) = finest {
        dimensions.insert(0, finest);
    }
}

impl Doubt {
    /// What Genie asks back.
    pub(super) fn words(&self, german: bool) -> String {
        let range = |period: Period| period.name(german);
        let data = range(Period::ALL);
        match (self, german) {
            (Self::NoMeasure, false) => "What would you like to know? I can show revenue, units, cost and margin by \
                month, quarter, year, region and product line, customers and churn by month and region, and \
                revenue targets by quarter and region."
                .to_owned(),
            (Self::NoMeasure, true) => "Was möchten Sie wissen? Ich kann Umsatz, Stückzahl, Kosten und Marge nach \
                Monat, Quartal, Jahr, Region und Produktlinie zeigen, Kunden und Abwanderung nach Monat und \
                Region, und Umsatzziele nach Quartal und Region."
                .to_owned(),
            (Self::NoSuchDimension(word), false) => format!(
                "The data is not split by \"{word}\". Would month, quarter, year, region or product line help?"
            ),
            (Self::NoSuchDimension(word), true) => format!(
                "Die Daten sind nicht nach „{word}“ gegliedert. Hilft Monat, Quartal, Jahr, Region oder \
                 Produktlinie?"
            ),
            (Self::NotBy(measure, dimension), false) => format!(
                "The data has no {} by {}. Would another split help?",
                measure.name(false),
                dimension.names(false).0
            ),
            (Self::NotBy(measure, dimension), true) => format!(
                "Die Daten enthalten {} nicht nach {}. Hilft eine andere Gliederung?",
                measure.name(true),
                dimension.names(true).0
            ),
            (Self::NothingToRank, false) => {
                "The data has no single customers or orders. I can rank regions, product lines, months or \
                 quarters. Which one would you like?"
                    .to_owned()
            }
            (Self::NothingToRank, true) => {
                "Die Daten enthalten keine einzelnen Kunden oder Bestellungen. Ich kann Regionen, Produktlinien, \
                 Monate oder Quartale ordnen. Was davon möchten Sie?"
                    .to_owned()
            }
            (Self::TooMany, false) => "I can split by two dimensions at most. Which two would you like?".to_owned(),
            (Self::TooMany, true) => {
                "Ich kann nach höchstens zwei Dimensionen gliedern. Welche beiden möchten Sie?".to_owned()
            }
            (Self::NoData(period), false) => {
                format!("There is no data for {}. The data covers {data}. Which period would you like?", range(*period))
            }
            (Self::NoData(period), true) => format!(
                "Für {} gibt es keine Daten. Die Daten reichen von {data}. Welcher Zeitraum soll es sein?",
                range(*period)
            ),
            (Self::NoGrowth(measure), false) => format!(
                "I can compare {} over time only. By month, quarter or year?",
                measure.name(false)
            ),
            (Self::NoGrowth(measure), true) => format!(
                "{} kann ich nur über die Zeit vergleichen. Nach Monat, Quartal oder Jahr?",
                measure.name(true)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Doubt, Growth, Question, Rank, understand};
    use crate::genie::words::{Dimension, Measure};

    fn doubt(text: &str) -> Doubt {
        understand(text, None).expect_err(text)
    }

    fn understood(text: &str) -> Question {
        understand(text, None).unwrap_or_else(|doubt| panic!("{text}: {doubt:?}"))
    }

    #[test]
    fn measures_and_dimensions_are_found_in_two_languages() {
        for (text, measures, dimensions) in [
            ("Revenue by quarter", vec![Measure::Revenue], vec![Dimension::Quarter]),
            ("Umsatz nach Produktlinie", vec![Measure::Revenue], vec![Dimension::ProductLine]),
            ("Quartalsumsatz je Region", vec![Measure::Revenue], vec![Dimension::Quarter, Dimension::Region]),
            (
                "Customers and churn by month",
                vec![Measure::Customers, Measure::Churn],
                vec![Dimension::Month],
            ),
            (
                "Kunden und Abwanderung nach Monat",
                vec![Measure::Customers, Measure::Churn],
                vec![Dimension::Month],
            ),
            ("Neukunden pro Monat", vec![Measure::NewCustomers], vec![Dimension::Month]),
            (
                "How many new customers did we win per quarter?",
                vec![Measure::NewCustomers],
                vec![Dimension::Quarter],
            ),
            (
                "Umsatz und Umsatzziel nach Quartal",
                vec![Measure::Revenue, Measure::Target],
                vec![Dimension::Quarter],
            ),
            ("What is the margin of each product line?", vec![Measure::Margin], vec![Dimension::ProductLine]),
            ("Revenue trend", vec![Measure::Revenue], vec![Dimension::Month]),
            ("revenue over time", vec![Measure::Revenue], vec![Dimension::Month]),
            ("Umsatzentwicklung nach Quartal", vec![Measure::Revenue], vec![Dimension::Quarter]),
            (
                "revenue of EMEA and APAC by quarter",
                vec![Measure::Revenue],
                vec![Dimension::Quarter, Dimension::Region],
            ),
        ] {
            let question = understood(text);
            assert_eq!((question.measures, question.dimensions), (measures, dimensions), "{text}");
        }
    }

    #[test]
    fn rankings_growth_and_filters_are_found() {
        let top = understood("Top 3 product lines by revenue in 2026");
        assert_eq!(top.rank, Some(Rank { count: 3, lowest: false }));
        assert_eq!(
            understood("Die fünf schwächsten Monate nach Umsatz").rank,
            Some(Rank { count: 5, lowest: true })
        );
        assert_eq!(understood("Umsatzwachstum nach Quartal").growth, Some(Growth::Previous));
        assert_eq!(understood("Revenue by quarter compared to last year").growth, Some(Growth::YearOverYear));
        let cloud = understood("Revenue of cloud subscriptions in APAC by month");
        assert_eq!((cloud.regions, cloud.products), (vec!["APAC"], vec!["Cloud subscriptions"]));
    }

    #[test]
    fn what_is_not_understood_is_asked_back() {
        assert_eq!(doubt("Hello"), Doubt::NoMeasure);
        assert_eq!(doubt("Quarterly review of the sample sales data"), Doubt::NoMeasure);
        assert_eq!(doubt("Revenue by salesperson"), Doubt::NoSuchDimension("salesperson".to_owned()));
        assert_eq!(doubt("Top 5 customers by revenue"), Doubt::NothingToRank);
        assert_eq!(doubt("revenue by month, region and product line"), Doubt::TooMany);
        assert!(matches!(doubt("revenue in 2019"), Doubt::NoData(_)));
    }

    #[test]
    fn a_question_can_continue_the_one_before() {
        let first = understood("Revenue by quarter in 2026");
        let next = understand("And by region?", Some(&first)).expect("understood");
        assert_eq!((&next.measures, &next.dimensions), (&first.measures, &vec![Dimension::Region]));
        assert_eq!(next.period, first.period);
        let other = understand("Churn by month", Some(&first)).expect("understood");
        assert_eq!((other.measures, other.period), (vec![Measure::Churn], None));
        assert_eq!(understand("Thanks!", Some(&first)), Err(Doubt::NoMeasure));
    }
}
