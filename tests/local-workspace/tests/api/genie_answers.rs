//! What Genie says about the sample data, compared with the tables.

use serde_json::{Value, json};

use crate::genie::{asked, at_once, start};
use crate::support::{ADA, Local};
use crate::warehouse::rows;

fn names(result: &Value) -> Vec<&str> {
    let columns = result["manifest"]["schema"]["columns"].as_array().expect("columns");
    columns.iter().map(|column| column["name"].as_str().expect("a name")).collect()
}

/// An answer has these columns and as many rows, which are those of the statement.
async fn equals(local: &Local, question: &str, columns: &[&str], count: usize, sql: &str) {
    let (message, result) = asked(local, question).await;
    assert_eq!(names(&result), columns, "{question}");
    let found = &result["result"]["data_array"];
    assert_eq!(found.as_array().map(Vec::len), Some(count), "{question}: {found}");
    assert_eq!(*found, rows(local, sql).await, "{question}");
    let query = &message["attachments"][0]["query"];
    assert_eq!(query["query_result_metadata"], json!({"row_count": count}), "{question}");
    assert_eq!(query["statement_id"], result["statement_id"]);
    assert_eq!(rows(local, query["query"].as_str().expect("SQL")).await, *found, "{question}");
}

#[tokio::test]
async fn answers_equal_the_tables() {
    let local = Local::start().await;
    at_once(&local);
    let sum = "CAST(SUM(revenue_eur) AS DECIMAL(18,2))";
    let quarter = "year(month) || '-Q' || quarter(month)";
    let sales = "FROM warehouse.sales.monthly_sales";
    let cases = [
        (
            "Revenue by quarter",
            vec!["quarter", "revenue_eur"],
            8,
            format!("SELECT {quarter}, {sum} {sales} GROUP BY 1 ORDER BY 1"),
        ),
        (
            "Umsatz nach Region",
            vec!["region", "revenue_eur"],
            4,
            format!("SELECT region, {sum} {sales} GROUP BY 1 ORDER BY 2 DESC"),
        ),
        (
            "Revenue by product line",
            vec!["product_line", "revenue_eur"],
            5,
            format!("SELECT product_line, {sum} {sales} GROUP BY 1 ORDER BY 2 DESC"),
        ),
        (
            "Customers and churn by month",
            vec!["month", "customers", "churn_percent"],
            24,
            "SELECT to_char(month, 'YYYY-MM'), SUM(customers), \
             CAST(100.0 * SUM(churned_customers) / SUM(customers_at_start) AS DECIMAL(5,2)) \
             FROM customers GROUP BY month ORDER BY month"
                .to_owned(),
        ),
        (
            "Revenue by month in 2026",
            vec!["month", "revenue_eur"],
            9,
            format!(
                "SELECT to_char(month, 'YYYY-MM'), {sum} {sales} WHERE year(month) = 2026 GROUP BY month ORDER BY month"
            ),
        ),
        (
            "Revenue by region in March 2026",
            vec!["region", "revenue_eur"],
            4,
            format!(
                "SELECT region, {sum} {sales} WHERE month = DATE '2026-03-01' GROUP BY 1 ORDER BY 2 DESC"
            ),
        ),
        (
            "Revenue and target by quarter",
            vec!["quarter", "revenue_eur", "target_eur"],
            8,
            format!(
                "SELECT s.q, s.r, t.t FROM (SELECT {quarter} AS q, {sum} AS r {sales} GROUP BY 1) s \
                 JOIN (SELECT quarter AS q, SUM(target_eur) AS t FROM targets GROUP BY 1) t USING (q) ORDER BY 1"
            ),
        ),
        (
            "Top 3 product lines by revenue last quarter",
            vec!["product_line", "revenue_eur"],
            3,
            format!(
                "SELECT product_line, {sum} {sales} WHERE month BETWEEN DATE '2026-07-01' AND DATE '2026-09-01' \
                 GROUP BY 1 ORDER BY 2 DESC LIMIT 3"
            ),
        ),
        (
            "Kunden nach Quartal in APAC",
            vec!["quarter", "customers"],
            8,
            format!(
                "SELECT {quarter}, customers FROM customers WHERE region = 'APAC' AND month(month) % 3 = 0 ORDER BY month"
            ),
        ),
        (
            "How many customers do we have?",
            vec!["customers"],
            1,
            "SELECT SUM(customers) FROM customers WHERE month = DATE '2026-09-01'".to_owned(),
        ),
        (
            "What is the margin of each product line in 2025?",
            vec!["product_line", "margin_percent"],
            5,
            format!(
                "SELECT product_line, CAST(100 * (1 - SUM(cost_eur) / SUM(revenue_eur)) AS DECIMAL(6,1)) {sales} \
                 WHERE year(month) = 2025 GROUP BY 1 ORDER BY 2 DESC"
            ),
        ),
    ];
    for (question, columns, count, sql) in cases {
        equals(&local, question, &columns, count, &sql).await;
    }
}
#[tokio::test]
async fn two_dimensions_become_rows_and_columns_and_growth_has_its_own() {
    let local = Local::start().await;
    at_once(&local);
    let (message, wide) = asked(&local, "Revenue by quarter and region").await;
    assert_eq!(message["attachments"][0]["query"]["title"], "Revenue by quarter and region");
    let columns =
        ["quarter", "americas_revenue_eur", "emea_revenue_eur", "apac_revenue_eur", "japan_revenue_eur"];
    assert_eq!(names(&wide), columns);
    let (_, total) = asked(&local, "Revenue by quarter").await;
    let number = |cell: &Value| cell.as_str().and_then(|cell| cell.parse::<f64>().ok()).expect("a number");
    let wide_rows = wide["result"]["data_array"].as_array().expect("rows");
    for (row, total) in wide_rows.iter().zip(total["result"]["data_array"].as_array().expect("rows")) {
        let sum: f64 = (1..=4).map(|column| number(&row[column])).sum();
        assert!((sum - number(&total[1])).abs() < 0.01, "{row} {total}");
    }

    let (_, growth) = asked(&local, "Revenue growth by quarter in 2026").await;
    assert_eq!(names(&growth), ["quarter", "revenue_eur", "revenue_growth_percent"]);
    let growth_rows = growth["result"]["data_array"].as_array().expect("rows");
    assert_eq!(growth_rows.len(), 3);
    let before = number(&total["result"]["data_array"][4][1]);
    let expected = 100.0 * number(&growth_rows[0][1]) / before - 100.0;
    assert!((number(&growth_rows[0][2]) - expected).abs() < 0.051, "{growth_rows:?} {expected}");

    let (message, lines) = asked(&local, "Umsatzwachstum nach Produktlinie 2025 gegenüber dem Vorjahr").await;
    let title = &message["attachments"][0]["query"]["title"];
    assert_eq!(title, "Wachstum: Umsatz nach Produktlinie Q4 2025", "only that is there in both years");
    let slowest = &lines["result"]["data_array"][4];
    assert_eq!(slowest[0], "Software licences");
    assert!(number(&slowest[3]) < -20.0, "{slowest}");

    let (_, regions) = asked(&local, "Umsatzwachstum nach Region").await;
    let columns = ["region", "previous_year_revenue_eur", "revenue_eur", "revenue_growth_percent"];
    assert_eq!(names(&regions), columns);
    assert_eq!(regions["result"]["data_array"][0][0], "APAC", "the fastest comes first");
}

/// Whatever rules understand, the SQL for it has to be valid, and the answer small enough for a slide.
#[tokio::test]
async fn every_question_gets_a_short_answer_or_is_asked_back() {
    let local = Local::start().await;
    at_once(&local);
    let measures = [
        "revenue",
        "units",
        "cost",
        "profit",
        "margin",
        "customers",
        "new customers",
        "churn",
        "target",
        "revenue and target",
        "revenue and customers and churn",
    ];
    let splits = [
        "",
        " by month",
        " by quarter",
        " by year",
        " by region",
        " by product line",
        " by quarter and region",
        " by month and product line",
        " by region and product line",
    ];
    let more = ["", " in March 2026", " of cloud subscriptions in EMEA since May 2025"];
    let (mut answered, mut asked_back) = (0, 0);
    let mut questions = Vec::new();
    for measure in measures {
        for split in splits {
            questions.extend(more.map(|more| format!("{measure}{split}{more}")));
            questions.push(format!("{measure} growth{split}"));
            questions.push(format!("{measure} growth{split} in 2026 compared to last year"));
            questions.push(format!("top 3{split} by {measure}").replace("top 3 by", "top 3"));
        }
    }
    for question in questions {
        let (_, path) = start(&local, ADA, &question).await;
        let message = local.get(&path).await.ok();
        assert_eq!(message["status"], "COMPLETED", "{question}: {message}");
        let query = &message["attachments"][0]["query"];
        if query.is_null() {
            assert!(message["attachments"][0]["text"]["content"].is_string(), "{question}: {message}");
            asked_back += 1;
            continue;
        }
        let rows = query["query_result_metadata"]["row_count"].as_u64().expect("a count");
        assert!((1..=24).contains(&rows), "{question}: {rows} rows, {query}");
        answered += 1;
    }
    assert!(answered > 250 && asked_back > 80, "{answered} answered, {asked_back} asked back");
}
