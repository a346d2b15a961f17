//! A source of the prompt as a table, and what its columns are.

use super::csv;
use super::language::Language;
use super::nouns::{noun, words};
use super::numbers::Unit;
use super::tags::Element;

/// What stands in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Periods or dates, in order.
    Time,
    /// Names.
    Category,
    /// Numbers.
    Number(Unit),
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// As the source writes it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// A source with its rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<String>>,
    /// The measure that the request is about, if it names one.
    pub(crate) stressed: Option<usize>,
}

/// Measures by a part of their column's name, with words that ask for them. The first that is asked for counts.
const MEASURES: &[(&str, &[&str])] = &[
    ("churn", &["churn", "leave", "leaving", "attrition", "retention", "abwander", "kündig"]),
    ("new_customers", &["new customer", "neukund"]),
    ("percent", &["margin", "marge"]),
    ("margin", &["profit", "gewinn", "rohertrag"]),
    ("cost", &["cost", "kosten"]),
    ("units", &["unit", "volume", "stück", "absatz"]),
];

/// How the rows are to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A row for each period.
    Time(usize),
    /// A row for each name.
    Parts(usize),
    /// A row for each pair: of the first, and of the second column.
    Grid(usize, usize),
    /// One row of numbers.
    Single,
    /// Nothing to draw.
    Other,
}

impl Table {
    /// Reads a `<source>`; `None` without a column.
    pub(crate) fn read(element: &Element<'_>) -> Option<Self> {
        let mut records = csv::records(&element.text()).into_iter();
        let header = records.next()?;
        let width = header.len();
        let rows: Vec<Vec<String>> = records
            .map(|mut row| {
                row.resize(width, String::new());
                row
            })
            .collect();
        let columns =
            header.into_iter().enumerate().map(|(index, name)| column(name.trim(), index, &rows)).collect();
        Some(Self {
            id: element.attribute("id")?,
            label: element.attribute("label").unwrap_or_default(),
            columns,
            rows,
            stressed: None,
        })
    }

    /// Puts the measure first that a request asks for.
    pub(crate) fn stress(&mut self, request: &str) {
        let lower = request.to_lowercase();
        let asked = MEASURES.iter().filter(|(_, words)| words.iter().any(|word| lower.contains(word)));
        self.stressed = asked.map(|(part, _)| *part).find_map(|part| {
            let is = |index: &usize| self.columns[*index].name.to_lowercase().contains(part);
            self.measures().into_iter().find(is)
        });
    }

    /// What the label says after the name of the space.
    pub(crate) fn subject(&self) -> &str {
        self.label.split_once(": ").map_or(self.label.as_str(), |(_, subject)| subject)
    }

    /// The name of the space, if the label has one.
    pub(crate) fn space(&self) -> Option<&str> {
        self.label.split_once(": ").map(|(space, _)| space)
    }

    /// The columns with numbers, the most important one first.
    pub(crate) fn measures(&self) -> Vec<usize> {
        let is_number = |column: &Column| matches!(column.kind, Kind::Number(_));
        let others = (0..self.columns.len()).filter(|index| Some(*index) != self.stressed);
        self.stressed.into_iter().chain(others).filter(|index| is_number(&self.columns[*index])).collect()
    }

    /// How it is to be shown.
    pub(crate) fn shape(&self) -> Shape {
        if self.measures().is_empty() || self.rows.is_empty() {
            return Shape::Other;
        }
        let of = |wanted: Kind| -> Vec<usize> {
            (0..self.columns.len()).filter(|index| self.columns[*index].kind == wanted).collect()
        };
        let (time, categories) = (of(Kind::Time), of(Kind::Category));
        let unique = |index: &usize| {
            let mut names = self.names(*index);
            names.sort_unstable();
            names.windows(2).all(|pair| pair[0] != pair[1])
        };
        if self.rows.len() == 1 {
            return Shape::Single;
        }
        if let Some(index) = time.iter().find(|index| unique(index)) {
            return Shape::Time(*index);
        }
        if let Some(index) = categories.iter().find(|index| unique(index)) {
            return Shape::Parts(*index);
        }
        match (time.first(), &categories[..]) {
            (Some(time), [category, ..]) => Shape::Grid(*time, *category),
            (None, [first, second, ..]) => Shape::Grid(*first, *second),
            _ => Shape::Other,
        }
    }

    /// The texts of a column.
    pub(crate) fn names(&self, column: usize) -> Vec<&str> {
        self.rows.iter().map(|row| row[column].trim()).collect()
    }

    /// The numbers of a column.
    pub(crate) fn numbers(&self, column: usize) -> Vec<Option<f64>> {
        self.rows.iter().map(|row| number(&row[column])).collect()
    }

    /// What a column counts.
    pub(crate) fn unit(&self, column: usize) -> Unit {
        match &self.columns[column].kind {
            Kind::Number(unit) => unit.clone(),
            _ => Unit::Plain,
        }
    }

    /// What people call a column, in lower case where the language has it.
    pub(crate) fn noun(&self, column: usize, language: Language) -> String {
        const UNITS: &[&str] = &[
            "eur", "euro", "€", "usd", "$", "gbp", "£", "chf", "keur", "teur", "meur", "k€", "m€", "mio",
            "pct", "percent", "%", "prozent", "total", "sum", "sold", "gesamt",
        ];
        let mut words = words(&self.columns[column].name);
        if words.iter().any(|word| !UNITS.contains(&word.as_str())) {
            words.retain(|word| !UNITS.contains(&word.as_str()));
        }
        noun(&words.join(" "), language)
    }

    /// How many words the table's label and columns share with a text, in either language.
    pub(crate) fn matches(&self, text: &str) -> usize {
        let lower = text.to_lowercase();
        let mut names: Vec<String> = words(self.subject());
        for index in 0..self.columns.len() {
            names.push(self.noun(index, Language::English).to_lowercase());
            names.push(self.noun(index, Language::German).to_lowercase());
        }
        names.sort();
        names.dedup();
        names.iter().filter(|name| name.len() > 3 && lower.contains(name.as_str())).count()
    }
}

fn column(name: &str, index: usize, rows: &[Vec<String>]) -> Column {
    let values: Vec<&str> = rows.iter().map(|row| row[index].trim()).filter(|text| !is_empty(text)).collect();
    let words = words(name);
    let named = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_time = named(&[
        "quarter", "month", "year", "week", "date", "day", "period", "quartal", "monat", "jahr", "woche",
        "datum", "tag",
    ]) || (!values.is_empty() && values.iter().all(|value| looks_like_time(value)));
    let largest = values.iter().map(|value| number(value));
    let numbers: Option<Vec<f64>> = largest.collect();
    let kind = match numbers {
        _ if is_time => Kind::Time,
        Some(numbers) if !numbers.is_empty() && !named(&["id", "code"]) => {
            Kind::Number(Unit::of(&words, numbers.iter().fold(0.0, |most, value| most.max(value.abs()))))
        }
        _ => Kind::Category,
    };
    Column { name: name.to_owned(), kind }
}

fn is_empty(text: &str) -> bool {
    text.is_empty() || text.eq_ignore_ascii_case("null")
}

/// A number as data writes it, such as `3.336E8`.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let starts = text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit() || c == '.');
    text.parse().ok().filter(|number: &f64| starts && number.is_finite())
}

fn looks_like_time(text: &str) -> bool {
    let digits: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(digits.as_str(), "0000-00" | "0000-00-00" | "Q0 0000" | "0000-Q0" | "0000 Q0" | "0000Q0" | "Q0")
        || digits.starts_with("0000-00-00T")
}

#[cfg(test)]
mod tests {
    use super::{Kind, Shape, Table, number};
    use crate::serving::rules::language::Language;
    use crate::serving::rules::numbers::Unit;
    use crate::serving::rules::tags::element;

    fn table(csv: &str) -> Table {
        let text = format!("<source id=\"S1\" label=\"Sample sales: x\" rows=\"4\">{csv}</source>");
        Table::read(&element(&text, "source").expect("an element")).expect("a table")
    }

    #[test]
    fn columns_are_told_by_names_and_values() {
        let read = table("when,region,revenue_eur,order_id\n2025-01,EMEA,3.336E8,17\n2025-02,EMEA,null,18\n");
        let kinds: Vec<Kind> = read.columns.iter().map(|column| column.kind.clone()).collect();
        let euro = Unit::Money { symbol: "€", exponent: 0 };
        assert_eq!(kinds, [Kind::Time, Kind::Category, Kind::Number(euro), Kind::Category]);
        assert_eq!(read.numbers(2), [Some(333_600_000.0), None]);
        assert_eq!(
            (read.noun(2, Language::German), read.space()),
            ("Umsatz".to_owned(), Some("Sample sales"))
        );
        assert_eq!(number("inf"), None);
    }

    #[test]
    fn the_shape_is_what_makes_a_row() {
        assert_eq!(table("quarter,revenue\nQ1,1\nQ2,2\n").shape(), Shape::Time(0));
        assert_eq!(table("revenue,region\n1,A\n2,B\n").shape(), Shape::Parts(1));
        assert_eq!(
            table("quarter,region,revenue\nQ1,A,1\nQ1,B,2\nQ2,A,3\nQ2,B,3\n").shape(),
            Shape::Grid(0, 1)
        );
        assert_eq!(table("revenue\n1\n").shape(), Shape::Single);
        assert_eq!(table("name\nx\ny\n").shape(), Shape::Other);
        assert_eq!(table("name,n\n").shape(), Shape::Other);
    }
}
