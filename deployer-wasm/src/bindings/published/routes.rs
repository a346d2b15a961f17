//! `pkg/workspace_routes.json`: the requests that a forwarder in another language lets through.

use expect_test::expect_file;
use serde_json::json;

use crate::workspace::routes::{ROUTES, Route};

#[test]
fn the_table_of_requests_is_up_to_date() {
    // One route per line, so that a diff shows one change as one line.
    let route = |route: &Route| {
        let method = route.method.to_string();
        json!({"method": method, "path": route.path, "query": route.query}).to_string()
    };
    let lines: Vec<String> = ROUTES.iter().map(route).collect();
    let text = format!("[\n  {}\n]\n", lines.join(",\n  "));
    expect_file!["../../../../pkg/workspace_routes.json"].assert_eq(&text);
}
