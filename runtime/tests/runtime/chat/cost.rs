//! What a generation costs beyond the model's own time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tellr_app::chat::Limits;
use tellr_app::jobs::Pace;

use super::{Stand, pace};
use crate::support::counted::Counted;
use crate::support::databricks::{Kind, whole};
use crate::support::{eventually, postgres};

/// Has so many slides written, one after another; the round trips to the database from the first one on, and the
/// seconds.
async fn generated(slides: usize) -> (usize, f64) {
    let counted = Counted::start().await;
    // Nothing but the job itself asks the database.
    let quiet = Pace { heartbeat: Duration::from_mins(10), watch: Duration::from_mins(10), ..pace() };
    let stand = Stand::at(Limits { at_once: 1, ..Limits::default() }, quiet, &counted.url).await;
    let slides: Vec<Value> = (1..=slides)
        .map(|number| json!({ "title": format!("Point {number}"), "layout": "chart_and_takeaway", "sources": ["S1"] }))
        .collect();
    let outline = json!({ "title": "Long", "language": "en", "reply": "Long.", "slides": slides });
    stand.databricks.rule(Kind::Outline, move |_| Some(whole(&outline.to_string())));
    stand.databricks.hold_after(Kind::Slide, 0);
    stand.ada().asks("Review the revenue").await;
    stand.databricks.asked(Kind::Slide, 1).await;
    counted.take();
    let started = Instant::now();
    stand.databricks.let_go(Kind::Slide);
    let done =
        format!("SELECT count(*) FROM {}.jobs WHERE kind = 'chat' AND state = 'succeeded'", stand.schema());
    eventually("it is done", || async { postgres::one::<i64>(&done).await == 1 }).await;
    (counted.take(), started.elapsed().as_secs_f64())
}

#[tokio::test]
async fn a_slide_takes_as_many_statements_in_a_long_deck_as_in_a_short_one() {
    let (short, _) = generated(6).await;
    let (long, seconds) = generated(26).await;
    // The same for each slide; other than slides, only the worker's looks at the queue take statements.
    let per_slide = (long - short + 10) / 20;
    println!("{per_slide} round trips and {:.1} ms a slide beyond the model", seconds * 1_000.0 / 26.0);
    assert!((long - short).abs_diff(per_slide * 20) <= 3, "{short} for 6 and {long} for 26");
    assert!(per_slide <= 20, "{per_slide} round trips a slide");
}
