//! What a list costs doesn't depend on how much other people have.

use serde_json::Value;
use tokio_postgres::Client;

use crate::support::app::Variables;
use crate::support::postgres;

/// The lists that a person sees, for the person `ada`.
const LISTS: [(&str, &str); 6] = [
    (
        "own sessions",
        "SELECT id, title, slide_count, theme, cover, version, updated_at
         FROM sessions JOIN decks ON decks.session_id = sessions.id
         WHERE owner = 'ada' ORDER BY last_activity_at DESC, id LIMIT 20",
    ),
    (
        "sessions shared with the person or a group",
        "SELECT sessions.id, title FROM shares JOIN sessions ON sessions.id = shares.session_id
         JOIN decks ON decks.session_id = sessions.id
         WHERE (principal_kind, principal) IN (('user', 'ada'), ('group', 'team')) ORDER BY last_activity_at DESC LIMIT 20",
    ),
    (
        "search in own decks",
        "SELECT id, title FROM sessions JOIN decks ON decks.session_id = sessions.id
         WHERE owner = 'ada' AND search @@ to_tsquery('simple', 'word:*')",
    ),
    (
        "save points of a deck",
        "SELECT number, name, created_at, slide_count FROM save_points
         WHERE session_id = (SELECT id FROM sessions WHERE owner = 'ada' ORDER BY last_activity_at DESC, id LIMIT 1)
         ORDER BY number DESC",
    ),
    ("own images", "SELECT id, name, width FROM images WHERE owner = 'ada' ORDER BY created_at DESC, id LIMIT 20"),
    (
        "own prompts and shared ones",
        "SELECT id, name FROM deck_prompts WHERE is_active AND owner = 'ada'
         UNION ALL SELECT id, name FROM deck_prompts WHERE is_active AND owner IS NULL",
    ),
];

/// Gives each of these people some of everything.
const FILL: &str = "
    INSERT INTO users (id, name, display_name) SELECT person, person, person FROM people ON CONFLICT DO NOTHING;
    WITH made AS (
        INSERT INTO sessions (owner, last_activity_at)
        SELECT person, now() - n * interval '1 min' FROM people, generate_series(1, 20) AS n RETURNING id, owner
    ), filled AS (
        INSERT INTO decks (session_id, document, search)
        SELECT id, '{\"title\": \"A deck\", \"theme\": \"clear\", \"slides\": [{}]}', to_tsvector('simple', 'words') FROM made
        RETURNING session_id
    ), saved AS (
        INSERT INTO save_points (session_id, number, document, version, name)
        SELECT session_id, n, '{\"slides\": []}', n, 'Saved' FROM filled, generate_series(1, 3) AS n
    ), shared AS (
        INSERT INTO shares (session_id, principal_kind, principal, display_name, permission)
        SELECT id, 'user', CASE owner WHEN 'ben' THEN 'ada' ELSE 'nobody' END, 'x', 'view' FROM made
    )
    INSERT INTO images (owner, media_type, bytes, size_bytes, sha256, width, height)
    SELECT person, 'image/png', 'x', 1, sha256((person || n)::bytea), 1, 1 FROM people, generate_series(1, 20) AS n;
    INSERT INTO deck_prompts (owner, name, content)
    SELECT person, 'Prompt ' || n, 'x' FROM people, generate_series(1, 20) AS n;
    ANALYZE";

async fn fill(client: &Client, people: &str) {
    let statements = format!("CREATE TEMPORARY TABLE people AS {people}; {FILL}; DROP TABLE people");
    client.batch_execute(&statements).await.expect("filled");
}

/// The pages that a query looked at, and the rows it gave.
async fn cost(client: &Client, query: &str) -> (i64, i64) {
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {query}");
    // Once to warm up what the first one of a session reads.
    client.query(&explain, &[]).await.expect(query);
    let plan: Value = client.query_one(&explain, &[]).await.expect(query).get(0);
    let of = |field: &str| plan[0]["Plan"][field].as_i64().expect("a number");
    let rows = client.query(query, &[]).await.expect(query).len();
    (of("Shared Hit Blocks") + of("Shared Read Blocks"), i64::try_from(rows).expect("few"))
}

#[tokio::test]
async fn lists_cost_the_same_however_much_others_have() {
    let variables = Variables::local();
    variables.initialise().await.expect("initialised");
    let client = postgres::admin().await;
    client.batch_execute(&format!("SET search_path TO {}", variables.schema())).await.expect("a schema");
    let others = "SELECT 'person ' || n AS person FROM generate_series";
    fill(&client, &format!("SELECT unnest(ARRAY['ada', 'ben']) AS person UNION ALL {others}(1, 48) AS n"))
        .await;
    let mut before = Vec::new();
    for (_, query) in LISTS {
        before.push(cost(&client, query).await);
    }

    fill(&client, &format!("{others}(49, 500) AS n")).await;

    for ((name, query), (pages, rows)) in LISTS.into_iter().zip(before) {
        let (pages_now, rows_now) = cost(&client, query).await;
        println!("{name}: {rows_now} rows, {pages} pages among 1,000 sessions, {pages_now} among 10,000");
        assert!(rows > 0 && rows_now == rows, "{name}: {rows} rows, then {rows_now}");
        // An index may be a level deeper, for each row and table.
        assert!(pages_now <= pages + 3 * rows + 10, "{name}: {pages} pages, then {pages_now}");
    }
}
