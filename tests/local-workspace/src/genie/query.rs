//! The SQL for a question, with its title and description.
//!
//! A result has the dimensions first and then the measures, with the unit in the name of the column. Of two
//! dimensions the second becomes columns, so that a result has few rows and can be drawn as it is. It is
//! sorted by time, otherwise by value.

use super::period::{Month, Period};
use super::question::{Doubt, Growth, Question};
use super::title::{description, title};
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

/// The aggregate of a measure, of all rows or of those that a condition is true for. `by_month` is said of the
/// rows of the result.
fn aggregate(measure: Measure, condition: Option<&str>, by_month: bool) -> String {
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
        Measure::Customers if by_month => sum("customers"),
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
    let mut only_first = false;
    let sql = if question.growth.is_some() && !over_time {
        let (sql, period) = growth_of_categories(&question)?;
        question.period = Some(period);
        sql
    } else if pivot {
        only_first = question.measures.len() > 1;
        question.measures.truncate(1);
        question.growth = None;
        pivoted(&question)
    } else if question.growth.is_some() {
        growth_over_time(&question)
    } else {
        format!("{}\n{}", body(&question, question.period), order(&question))
    };
    let mut description = description(&question, with_targets);
    if only_first {
        description.push_str(if question.german {
            " Bei zwei Dimensionen wird nur die erste Kennzahl gezeigt."
        } else {
            " With two dimensions only the first measure is shown."
        });
    }
    Ok(Query { title: title(&question), description, sql: sql.trim_end().to_owned() })
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
    let by_month = question.dimensions.contains(&Dimension::Month);
    let column =
        |measure: &Measure| format!("{} AS {}", aggregate(*measure, None, by_month), measure.column());
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
            let expression = aggregate(measure, Some(&condition), rows == Dimension::Month);
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
fn growth_of_categories(question: &Question) -> Result<(String, Period), Doubt> {
    let measure = question.measures[0];
    let summed = matches!(measure, Measure::Revenue | Measure::Cost | Measure::Units | Measure::Profit);
    if !summed || question.dimensions.len() > 1 {
        return Err(Doubt::NoGrowth(measure));
    }
    let latest = Period { from: Month::LAST.minus(11), to: Month::LAST };
    let asked = question.period.unwrap_or(latest);
    // Only months that are there in both years can be compared.
    let comparable = Period { from: asked.from.max(Month::FIRST.plus(12)), to: asked.to };
    let period = comparable.with_data().filter(|_| comparable.from <= comparable.to);
    let period = period.ok_or(Doubt::NoData(asked.a_year_before()))?;
    let before = period.a_year_before();
    let (now, then) = (Table::Sales.during(period), Table::Sales.during(before));
    let (now, then) = (aggregate(measure, Some(&now), false), aggregate(measure, Some(&then), false));
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
    Ok((format!("{table}{order}"), period))
}
