//! `pkg/workspace_routes.json`: what a forwarder in another language passes on.

use expect_test::expect_file;
use serde_json::json;

use crate::workspace::routes::{ROUTES, Route};

#[test]
fn the_table_of_requests_is_up_to_date() {
    // One route a line, so that a change reads as one.
    let route = |route: &Route| {
        let method = route.method.to_string();
        json!({"method": method, "path": route.path, "query": route.query}).to_string()
    };
    let lines: Vec<String> = ROUTES.iter().map(route).collect();
    let text = format!("[\n  {}\n]\n", lines.join(",\n  "));
    expect_file!["../../../../pkg/workspace_routes.json"].assert_eq(&text);
}
