//! Secrets of Google occur nowhere but encrypted in the database.

use google_stand_in::{Act, Fault, On, StandIn};
use reqwest::Method;

use super::{Browser, CLIENT_ID, client_file};
use crate::support::app::Variables;
use crate::support::process::Serving;
use crate::support::{KEY, postgres};

/// All that a schema's tables hold, as text.
pub(super) async fn contents(schema: &str) -> String {
    let admin = postgres::admin().await;
    let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = $1";
    let mut text = String::new();
    for table in admin.query(tables, &[&schema]).await.expect("the tables") {
        let name: String = table.get(0);
        let rows = admin.query(&format!("SELECT t::text FROM {schema}.\"{name}\" t"), &[]).await;
        for row in rows.expect("its rows") {
            text.push_str(row.get(0));
            text.push('\n');
        }
    }
    text
}

#[tokio::test]
async fn no_secret_is_logged_answered_or_stored_in_the_clear() {
    let google = StandIn::start(0).await.expect("a free port");
    let variables =
        Variables::local().with("TELLR_GOOGLE_ADDRESS", &google.address).with("TELLR_LOG", "trace");
    variables.initialise().await.expect("a database");
    let app = Serving::start(&variables).await;
    let browser = Browser::new(&app.url, None);
    let file = client_file(&google, CLIENT_ID, &app.url);
    assert_eq!(browser.send(Method::PUT, "/api/google/client", Some(file)).await.0, 200);

    // Refused, failed, and good; with a token that is refreshed, and an upload that is cut.
    google.fail(Fault::next(On::Exchange, Act::Cut));
    let callback = browser.consents().await;
    browser.opens(&callback).await;
    let callback = browser.consents().await;
    browser.opens(&callback.replace("code=", "code=planted-")).await;
    browser.connects().await;
    browser.opens(&callback).await;
    google.expire_access_tokens();
    google.fail(Fault::next(On::Chunk, Act::Cut));
    let session = browser.deck("Review").await;
    let job = browser.exports(&session).await;
    browser.sees(&job, "succeeded").await;
    browser.get(&format!("/api/jobs/{job}/events?after=0")).await;
    browser.get("/api/google").await;
    // An upload under way, whose address is stored; and one more attempt to connect.
    google.fail(Fault::next(On::Chunk, Act::Hold));
    let job = browser.exports(&session).await;
    crate::support::eventually("it is under way", async || {
        let held = google.calls().iter().filter(|call| call.on == On::Start).count();
        held == 2
            && postgres::one::<i64>(&format!("SELECT count(*) FROM {}.google_uploads", variables.schema()))
                .await
                == 1
    })
    .await;
    browser.consents().await;
    let stored = contents(variables.schema()).await;
    browser.post(&format!("/api/jobs/{job}/cancel"), serde_json::json!({})).await;
    browser.send(Method::DELETE, "/api/google/connection", None).await;
    app.terminate().await;
    let log = app.end().await.output;

    assert!(log.contains("was refreshed"), "the log was read");
    assert!(stored.contains(&session), "the tables were read");
    let answers = browser.read.lock().expect("not poisoned").clone();
    let secrets = google.secrets();
    assert!(secrets.len() >= 10, "codes, tokens, addresses of uploads");
    for secret in secrets.iter().map(String::as_str).chain([KEY, "planted"]) {
        for (place, text) in [("log", &log), ("answers", &answers), ("tables", &stored)] {
            let hex = secret.bytes().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            if let Some(line) = text.lines().find(|line| line.contains(secret) || line.contains(&hex)) {
                panic!("{secret} is in the {place}: {line}");
            }
        }
    }
}
