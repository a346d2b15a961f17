//! The SQL for a question, with its title and description.
//!
//! A result has the dimensions first and then the measures, with the unit in the name of the column. Of two
//! dimensions the second becomes columns, so that a result has few rows and can be drawn as it is. It is
//! sorted by time, otherwise by value.

use super::period::{Month, Period};
use super::question::{Doubt, Growth, Question};
use super::words::{Dimension, Measure, PRODUCT_LINES, REGIONS};

/// A query that answers a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) title: String,
    pub(super) description: String,
    pub(super) sql: String,
}

/// The tables of the sample data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    Sales,
    Customers,
    Targets,
}

impl Table {
    fn of(measure: Measure) -> Self {
        match measure {
            Measure::Customers | Measure::NewCustomers | Measure::Churn => Self::Customers,
            Measure::Target => Self::Targets,
            _ => Self::Sales,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sales => "monthly_sales",
            Self::Customers => "customers",
            Self::Targets => "targets",
        }
    }

    fn has(self, dimension: Dimension) -> bool {
        match dimension {
            Dimension::ProductLine => self == Self::Sales,
            Dimension::Month => self != Self::Targets,
            _ => true,
        }
    }

    /// The expression of a dimension.
    fn expression(self, dimension: Dimension) -> &'static str {
        match (self, dimension) {
            (Self::Targets, Dimension::Quarter) => "quarter",
            (Self::Targets, Dimension::Year) => "CAST(LEFT(quarter, 4) AS INT)",
            (_, Dimension::Month) => "date_format(month, 'yyyy-MM')",
            (_, Dimension::Quarter) => "concat(year(month), '-Q', quarter(month))",
            (_, Dimension::Year) => "year(month)",
            (_, Dimension::Region) => "region",
            (_, Dimension::ProductLine) => "product_line",
        }
    }

    fn during(self, period: Period) -> String {
        match self {
            Self::Targets => format!(
                "quarter BETWEEN '{}' AND '{}'",
                period.from.quarter_label(),
                period.to.quarter_label()
            ),
            _ => format!("month BETWEEN DATE '{}' AND DATE '{}'", period.from.date(), period.to.date()),
        }
    }
}

/// The aggregate of a measure, of all rows or of those that a condition is true for.
fn aggregate(measure: Measure, condition: Option<&str>) -> String {
    let sum = |what: &str| match condition {
        None => format!("SUM({what})"),
        Some(condition) => format!("SUM(CASE WHEN {condition} THEN {what} END)"),
    };
    match measure {
        Measure::Revenue => format!("CAST({} AS DECIMAL(18,2))", sum("revenue_eur")),
        Measure::Cost => format!("CAST({} AS DECIMAL(18,2))", sum("cost_eur")),
        Measure::Profit => format!("CAST({} AS DECIMAL(18,2))", sum("revenue_eur - cost_eur")),
        Measure::Margin => {
            format!("CAST(100 * {} / {} AS DECIMAL(6,1))", sum("revenue_eur - cost_eur"), sum("revenue_eur"))
        }
        Measure::Units => sum("units"),
        Measure::NewCustomers => sum("new_customers"),
        Measure::Customers => {
            let also = condition.map_or_else(String::new, |condition| format!(" AND {condition}"));
            format!("SUM(CASE WHEN month = last_month{also} THEN customers END)")
        }
        Measure::Churn => format!(
            "CAST(100.0 * {} / {} AS DECIMAL(5,2))",
            sum("churned_customers"),
            sum("customers_at_start")
        ),
        Measure::Target => sum("target_eur"),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `emea`, `cloud_subscriptions`.
fn snake(text: &str) -> String {
    text.to_lowercase().replace(' ', "_")
}

/// Writes the query for a question.
pub(super) fn write(question: &Question) -> Result<Query, Doubt> {
    let mut question = question.clone();
    for measure in &question.measures {
        let table = Table::of(*measure);
        let wanted = question.dimensions.iter().copied();
        let filters = (!question.products.is_empty()).then_some(Dimension::ProductLine);
        if let Some(dimension) = wanted.chain(filters).find(|dimension| !table.has(*dimension)) {
            return Err(Doubt::NotBy(*measure, dimension));
        }
    }
    let with_targets = question.measures.contains(&Measure::Target);
    if with_targets {
        // Targets are for quarters; what they are compared with has to be too.
        question.period = question.period.map(Period::in_quarters);
    }
    let over_time = question.dimensions.first().is_some_and(|dimension| dimension.is_time());
    let pivot = question.dimensions.len() == 2 && question.rank.is_none();
    let sql = if question.growth.is_some() && !over_time {
        growth_of_categories(&question)?
    } else if pivot {
        question.measures.truncate(1);
        question.growth = None;
        pivoted(&question)
    } else if question.growth.is_some() {
        growth_over_time(&question)
    } else {
        format!("{}\n{}", body(&question, question.period), order(&question))
    };
    Ok(Query { title: title(&question), description: description(&question, with_targets), sql })
}

/// One table, grouped by the dimensions of the question.
fn part(table: Table, question: &Question, columns: &[String], period: Option<Period>) -> String {
    let mut selected: Vec<String> = question
        .dimensions
        .iter()
        .map(|dimension| {
            let expression = table.expression(*dimension);
            if expression == dimension.column() {
                expression.to_owned()
            } else {
                format!("{expression} AS {}", dimension.column())
            }
        })
        .collect();
    selected.extend_from_slice(columns);
    let mut conditions = Vec::new();
    if let Some(period) = period {
        conditions.push(table.during(period.with_data().unwrap_or(period)));
    }
    for (column, values) in [("region", &question.regions), ("product_line", &question.products)] {
        match values.as_slice() {
            [] => {}
            [one] => conditions.push(format!("{column} = {}", quoted(one))),
            several => {
                let list: Vec<String> = several.iter().map(|value| quoted(value)).collect();
                conditions.push(format!("{column} IN ({})", list.join(", ")));
            }
        }
    }
    let filter =
        if conditions.is_empty() { String::new() } else { format!("\nWHERE {}", conditions.join(" AND ")) };
    let name = format!("warehouse.sales.{}", table.name());
    // The number of customers is the one at the end of each period.
    let from = if columns.iter().any(|column| column.contains("last_month")) {
        let time = question.dimensions.iter().find(|dimension| dimension.is_time());
        let partition =
            time.map_or_else(String::new, |time| format!("PARTITION BY {}", table.expression(*time)));
        format!(
            "FROM (\n  SELECT *, MAX(month) OVER ({partition}) AS last_month\n  FROM {name}{}\n) AS months",
            filter.replace('\n', "\n  ")
        )
    } else {
        format!("FROM {name}{filter}")
    };
    let numbers: Vec<String> = (1..=question.dimensions.len()).map(|number| number.to_string()).collect();
    let group = if numbers.is_empty() { String::new() } else { format!("\nGROUP BY {}", numbers.join(", ")) };
    format!("SELECT {}\n{from}{group}", selected.join(", "))
}

/// All measures by all dimensions, without an order.
fn body(question: &Question, period: Option<Period>) -> String {
    let column = |measure: &Measure| format!("{} AS {}", aggregate(*measure, None), measure.column());
    let mut tables: Vec<Table> = Vec::new();
    for measure in &question.measures {
        if !tables.contains(&Table::of(*measure)) {
            tables.push(Table::of(*measure));
        }
    }
    let of = |table: Table| {
        let own = question.measures.iter().filter(|measure| Table::of(**measure) == table);
        let columns: Vec<String> = own.map(column).collect();
        part(table, question, &columns, period)
    };
    if let [table] = tables.as_slice() {
        return of(*table);
    }
    let parts: Vec<String> = tables
        .iter()
        .map(|table| format!("by_{} AS (\n  {}\n)", table.name(), of(*table).replace('\n', "\n  ")))
        .collect();
    let dimensions: Vec<&str> = question.dimensions.iter().map(|dimension| dimension.column()).collect();
    let measures = question.measures.iter().map(|measure| measure.column());
    let columns: Vec<&str> = dimensions.iter().copied().chain(measures).collect();
    let mut from = format!("by_{}", tables[0].name());
    for table in &tables[1..] {
        if dimensions.is_empty() {
            from = format!("{from} CROSS JOIN by_{}", table.name());
        } else {
            from = format!("{from} JOIN by_{} USING ({})", table.name(), dimensions.join(", "));
        }
    }
    format!("WITH {}\nSELECT {}\nFROM {from}", parts.join(", "), columns.join(", "))
}

fn order(question: &Question) -> String {
    let measure = question.measures[0].column();
    let over_time = question.dimensions.first().is_some_and(|dimension| dimension.is_time());
    match question.rank {
        Some(rank) => {
            let how = if rank.lowest { "ASC" } else { "DESC" };
            format!("ORDER BY {measure} {how} NULLS LAST\nLIMIT {}", rank.count)
        }
        None if over_time => format!("ORDER BY {}", question.dimensions[0].column()),
        None if question.dimensions.is_empty() => String::new(),
        None => format!("ORDER BY {measure} DESC NULLS LAST"),
    }
}

/// The first dimension as rows, the second as columns.
fn pivoted(question: &Question) -> String {
    let measure = question.measures[0];
    let (rows, columns) = match question.dimensions.as_slice() {
        // Regions are the columns.
        [Dimension::Region, Dimension::ProductLine] => (Dimension::ProductLine, Dimension::Region),
        [rows, columns, ..] => (*rows, *columns),
        _ => return body(question, question.period),
    };
    let (all, chosen): (&[&str], _) = match columns {
        Dimension::Region => (&REGIONS, &question.regions),
        _ => (&PRODUCT_LINES, &question.products),
    };
    let values = all.iter().filter(|value| chosen.is_empty() || chosen.contains(value));
    let selected: Vec<String> = values
        .map(|value| {
            let condition = format!("{} = {}", columns.column(), quoted(value));
            let expression = aggregate(measure, Some(&condition));
            format!("\n  {expression} AS {}_{}", snake(value), measure.column())
        })
        .collect();
    let mut one = question.clone();
    one.dimensions = vec![rows];
    let table = part(Table::of(measure), &one, &selected, question.period);
    format!("{table}\nORDER BY 1")
}

/// The name of a measure without its unit.
fn bare(measure: Measure) -> &'static str {
    let column = measure.column();
    column.strip_suffix("_eur").or_else(|| column.strip_suffix("_percent")).unwrap_or(column)
}

/// Each row against an earlier one.
fn growth_over_time(question: &Question) -> String {
    let time = question.dimensions[0];
    let measure = question.measures[0].column();
    let lag = match (question.growth, time) {
        (Some(Growth::YearOverYear), Dimension::Month) => 12,
        (Some(Growth::YearOverYear), Dimension::Quarter) => 4,
        _ => 1,
    };
    let column = format!("{}_growth_percent", bare(question.measures[0]));
    let label = |month: Month| match time {
        Dimension::Month => quoted(&month.label()),
        Dimension::Quarter => quoted(&month.quarter_label()),
        _ => month.year().to_string(),
    };
    // Rows before the period are needed for its first growth.
    let filter = question.period.map_or_else(String::new, |period| {
        format!("\nWHERE {} BETWEEN {} AND {}", time.column(), label(period.from), label(period.to))
    });
    let inner = body(question, None).replace('\n', "\n    ");
    format!(
        "SELECT *\nFROM (\n  SELECT *, CAST(100.0 * {measure} / LAG({measure}, {lag}) OVER (ORDER BY {}) - 100 AS \
         DECIMAL(6,1)) AS {column}\n  FROM (\n    {inner}\n  ) AS periods\n) AS growth{filter}\n{}",
        time.column(),
        order(question)
    )
}

/// A period against the same one a year before, for each category.
fn growth_of_categories(question: &Question) -> Result<String, Doubt> {
    let measure = question.measures[0];
    let summed = matches!(measure, Measure::Revenue | Measure::Cost | Measure::Units | Measure::Profit);
    if !summed || question.dimensions.len() > 1 {
        return Err(Doubt::NoGrowth(measure));
    }
    let latest = Period { from: Month::LAST.minus(11), to: Month::LAST };
    let period = question.period.and_then(Period::with_data).unwrap_or(latest);
    let before = Period { from: period.from.minus(12), to: period.to.minus(12) };
    let (now, then) = (Table::Sales.during(period), Table::Sales.during(before));
    let (now, then) = (aggregate(measure, Some(&now)), aggregate(measure, Some(&then)));
    let column = measure.column();
    let growth = format!("{}_growth_percent", bare(measure));
    let columns = [
        format!("\n  {then} AS previous_year_{column}"),
        format!("\n  {now} AS {column}"),
        format!("\n  CAST(100.0 * {now} / {then} - 100 AS DECIMAL(6,1)) AS {growth}"),
    ];
    let table = part(Table::Sales, question, &columns, None);
    let order = match question.rank {
        Some(rank) => {
            let how = if rank.lowest { "ASC" } else { "DESC" };
            format!("\nORDER BY {growth} {how} NULLS LAST\nLIMIT {}", rank.count)
        }
        None if question.dimensions.is_empty() => String::new(),
        None => format!("\nORDER BY {growth} DESC NULLS LAST"),
    };
    Ok(format!("{table}{order}"))
}

fn joined(names: &[&str], german: bool) -> String {
    let and = if german { " und " } else { " and " };
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{}{and}{last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// Such as `Revenue and target by quarter in 2026`.
fn title(question: &Question) -> String {
    let german = question.german;
    let measures: Vec<&str> = question.measures.iter().map(|measure| measure.name(german)).collect();
    let mut what = joined(&measures, german);
    if question.growth.is_some() {
        what = if german { format!("Wachstum: {what}") } else { format!("{what} growth") };
    }
    let by = if german { "nach" } else { "by" };
    let single: Vec<&str> = question.dimensions.iter().map(|dimension| dimension.names(german).0).collect();
    let mut title = match (question.rank, question.dimensions.as_slice()) {
        (Some(rank), [dimension, ..]) => {
            let which = match (rank.lowest, german) {
                (false, _) => "Top",
                (true, false) => "Bottom",
                (true, true) => "Letzte",
            };
            format!("{which} {} {} {by} {what}", rank.count, dimension.names(german).1)
        }
        (_, []) => what,
        _ => format!("{what} {by} {}", joined(&single, german)),
    };
    let shown = |values: &[&str], dimension: Dimension| {
        values.len() == 1 || (!values.is_empty() && !question.dimensions.contains(&dimension))
    };
    let mut filters: Vec<&str> = Vec::new();
    if shown(&question.products, Dimension::ProductLine) {
        filters.extend(&question.products);
    }
    if shown(&question.regions, Dimension::Region) {
        filters.extend(&question.regions);
    }
    if !filters.is_empty() {
        title = format!("{title}, {}", joined(&filters, german));
    }
    if let Some(period) = question.period {
        let name = period.name(german);
        title = match (german, name.contains(' ') && !name.starts_with('Q')) {
            (true, false) => format!("{title} {name}"),
            (true, true) if !name.contains(" bis ") => format!("{title} im {name}"),
            (_, true) if name.contains(" bis ") || name.contains(" to ") => format!("{title}, {name}"),
            _ => format!("{title} in {name}"),
        };
    }
    let mut letters = title.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn description(question: &Question, with_targets: bool) -> String {
    let german = question.german;
    let period = question.period.and_then(Period::with_data).unwrap_or(Period::ALL).name(german);
    let mut told =
        if german { format!("Zeitraum der Daten: {period}.") } else { format!("Data of {period}.") };
    let mut add = |english: &str, translated: &str| {
        told.push(' ');
        told.push_str(if german { translated } else { english });
    };
    if question.measures.contains(&Measure::Customers) {
        add("Customers are those at the end of each period.", "Kunden sind die am Ende jedes Zeitraums.");
    }
    if question.measures.contains(&Measure::Churn) {
        add(
            "Churn is the share of customers that left in a month.",
            "Abwanderung ist der Anteil der Kunden, die in einem Monat gekündigt haben.",
        );
    }
    if question.measures.contains(&Measure::Margin) {
        add(
            "Margin is revenue without cost, in percent of revenue.",
            "Marge ist Umsatz ohne Kosten in Prozent.",
        );
    }
    if with_targets {
        add("Targets are for whole quarters.", "Ziele gelten für ganze Quartale.");
    }
    match (question.growth, question.dimensions.first().is_some_and(|dimension| dimension.is_time())) {
        (None, _) => {}
        (Some(Growth::Previous), true) => {
            add("Growth is against the row before.", "Wachstum gegenüber der Zeile davor.");
        }
        _ => add("Growth is against the year before.", "Wachstum gegenüber dem Vorjahr."),
    }
    told
}
