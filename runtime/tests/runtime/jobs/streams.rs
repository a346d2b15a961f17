//! What is told about a job: each event once and in order, on whichever process the reader comes back.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use reqwest::{Client, Response};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use tellr_app::http::listener;
use tellr_app::identity::IdentityRule;
use tellr_app::jobs::{Done, Jobs, Kinds, Pace, routes};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{AtWork, Stand, does, of, still};
use crate::support::app::{Variables, client};
use crate::support::eventually;
use crate::support::process::Serving;

#[derive(Clone)]
struct Shared {
    jobs: Jobs,
    identity: IdentityRule,
}

impl FromRef<Shared> for Jobs {
    fn from_ref(shared: &Shared) -> Self {
        shared.jobs.clone()
    }
}

impl FromRef<Shared> for IdentityRule {
    fn from_ref(shared: &Shared) -> Self {
        shared.identity.clone()
    }
}

/// The routes as in another process, for one person.
struct Process {
    url: String,
    client: Client,
    jobs: Jobs,
    _listens: AtWork,
}

impl Process {
    async fn start(stand: &Stand, person: &str) -> Self {
        Self::with(stand, person, stand.pace).await
    }

    async fn with(stand: &Stand, person: &str, pace: Pace) -> Self {
        Self::of(Jobs::new(stand.variables.database(), pace), person).await
    }

    /// The routes of the same process, for another person.
    async fn of_same(process: &Self, person: &str) -> Self {
        Self::of(process.jobs.clone(), person).await
    }

    async fn of(jobs: Jobs, person: &str) -> Self {
        let shared = Shared { jobs: jobs.clone(), identity: IdentityRule::Local(person.to_owned()) };
        let router = Router::new().nest("/api", routes::router().into()).with_state(shared);
        let socket = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}/api/jobs", socket.local_addr().expect("an address"));
        tokio::spawn(listener::serve(socket, router, std::future::pending(), listener::DRAIN));
        Self {
            url,
            client: client(|builder| builder),
            _listens: AtWork::start(jobs.clone(), Kinds::new()),
            jobs,
        }
    }

    async fn stream(&self, id: Uuid, after: Option<i64>) -> Response {
        let mut request = self.client.get(format!("{}/{id}/events", self.url));
        if let Some(after) = after {
            request = request.header("last-event-id", after.to_string());
        }
        request.send().await.expect("an answer")
    }

    async fn json(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}/{path}", self.url)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }
}

/// An event as a browser reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    id: i64,
    kind: String,
    data: Value,
}

/// Reads events until there are `most`, or the stream ends.
async fn read(response: &mut Response, buffer: &mut String, most: usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    while seen.len() < most {
        let Some((block, _)) = buffer.split_once("\n\n") else {
            match response.chunk().await {
                Ok(Some(chunk)) => buffer.push_str(std::str::from_utf8(&chunk).expect("text")),
                _ => return seen,
            }
            continue;
        };
        let field = |name: &str| {
            block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
        };
        if let Some(id) = field("id") {
            seen.push(Seen {
                id: id.parse().expect("a number"),
                kind: field("event").expect("a kind"),
                data: serde_json::from_str(&field("data").expect("data")).expect("JSON"),
            });
        }
        let used = block.len() + 2;
        buffer.drain(..used);
    }
    seen
}

/// A job that tells a number each time it may.
fn counts(may: &Arc<Semaphore>, to: u32) -> Kinds {
    let may = Arc::clone(may);
    Kinds::new().with(does("count", move |job| {
        let may = Arc::clone(&may);
        Box::pin(async move {
            for number in 1..=to {
                may.acquire().await.expect("open").forget();
                job.tell("number", json!(number)).await?;
            }
            Ok(Done::Succeeded(json!("counted")))
        })
    }))
}

#[tokio::test]
async fn a_stream_is_taken_up_on_another_process_without_a_gap_or_a_repetition() {
    let stand = Stand::new(still()).await;
    let (one, other) = (Process::start(&stand, "ada").await, Process::start(&stand, "ada").await);
    let id = stand.enqueue(&of("ada", "count")).await;
    let may = Arc::new(Semaphore::new(0));
    let _worker = stand.worker(counts(&may, 200));

    let mut seen = Vec::new();
    // Live, and from process to process.
    for (step, process) in [&one, &other].into_iter().cycle().take(8).enumerate() {
        let after = seen.last().map(|event: &Seen| event.id);
        let mut stream = process.stream(id, after).await;
        assert_eq!(stream.status(), 200);
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        may.add_permits(25);
        // Sometimes it breaks in the middle of what was sent.
        let most = if step % 2 == 0 { 20 } else { 25 };
        seen.extend(read(&mut stream, &mut String::new(), most).await);
    }
    let mut stream = other.stream(id, seen.last().map(|event| event.id)).await;
    seen.extend(read(&mut stream, &mut String::new(), usize::MAX).await);

    let ids: Vec<i64> = seen.iter().map(|event| event.id).collect();
    assert_eq!(ids, (1..=203).collect::<Vec<_>>());
    let numbers: Vec<&Value> =
        seen.iter().filter(|event| event.kind == "number").map(|event| &event.data["body"]).collect();
    assert_eq!(numbers, (1..=200).map(Value::from).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    assert_eq!(seen[0].kind, "queued");
    assert_eq!(seen[1].kind, "started");
    assert_eq!(seen[202].kind, "succeeded");
    assert_eq!(seen[202].data["body"], json!({ "result": "counted" }));
    // A browser that comes back once more is told that nothing follows.
    assert_eq!(one.stream(id, Some(203)).await.status(), 204);
}

#[tokio::test]
async fn polling_gives_the_same_events() {
    let stand = Stand::new(still()).await;
    let process = Process::start(&stand, "ada").await;
    let id = stand.enqueue(&of("ada", "count")).await;
    let (status, first) = process.json(&format!("{id}/events?after=0")).await;
    assert_eq!((status, &first["state"], &first["last_event"]), (200, &json!("queued"), &json!(1)));
    let _worker = stand.worker(counts(&Arc::new(Semaphore::new(700)), 700));
    stand.is(id, "succeeded").await;
    let (mut after, mut ids) = (0, Vec::new());
    loop {
        let (_, page) = process.json(&format!("{id}/events?after={after}")).await;
        let events = page["events"].as_array().expect("a list");
        assert!(events.len() <= 500, "a page is bounded");
        let Some(last) = events.last() else { break };
        after = last["id"].as_i64().expect("an id");
        ids.extend(events.iter().map(|event| event["id"].as_i64().expect("an id")));
    }
    assert_eq!(ids, (1..=703).collect::<Vec<_>>());
    let (_, job) = process.json(&id.to_string()).await;
    assert_eq!(
        (&job["state"], &job["result"], &job["position"]),
        (&json!("succeeded"), &json!("counted"), &Value::Null)
    );
    // The stream of all of them is more than a page as well.
    let all = read(&mut process.stream(id, None).await, &mut String::new(), usize::MAX).await;
    assert_eq!(all.len(), 703);
}

#[tokio::test]
async fn a_job_is_its_owners() {
    let stand = Stand::new(still()).await;
    let id = stand.enqueue(&of("ada", "effect")).await;
    let (ada, ben) = (Process::start(&stand, "ada").await, Process::start(&stand, "ben").await);
    for path in [String::new(), "/events".to_owned(), "/events?after=0".to_owned()] {
        for (who, status) in [(&ben, 404), (&ada, 200)] {
            let answer = who.client.get(format!("{}/{id}{path}", who.url)).send().await.expect("an answer");
            assert_eq!(answer.status(), status, "{path}");
        }
    }
    let cancelled = async |who: &Process| {
        who.client.post(format!("{}/{id}/cancel", who.url)).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(cancelled(&ben).await, 404);
    assert_eq!(stand.state(id).await, "queued");
    assert_eq!(cancelled(&ada).await, 202);
    assert_eq!(stand.state(id).await, "cancelled");
    for bad in ["nothing", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(ada.json(bad).await.0, 404, "{bad}");
    }
    assert_eq!(ada.json(&format!("{id}/events?after=x")).await.0, 400);
    let odd = ada.client.get(format!("{}/{id}/events", ada.url)).header("last-event-id", "x");
    assert_eq!(odd.send().await.expect("an answer").status(), 400);
}

#[tokio::test]
async fn a_stream_says_that_it_is_alive_and_ends_before_the_proxy_ends_it() {
    let stand = Stand::new(still()).await;
    let pace = Pace { stream: Duration::from_millis(500), ping: Duration::from_millis(50), ..stand.pace };
    let process = Process::with(&stand, "ada", pace).await;
    let id = stand.enqueue(&of("ada", "count")).await;
    let mut stream = process.stream(id, None).await;
    let mut text = String::new();
    while let Some(chunk) = stream.chunk().await.expect("the stream ends well") {
        text.push_str(std::str::from_utf8(&chunk).expect("text"));
    }
    assert!(text.starts_with("retry: 1000\n\n"), "{text}");
    assert!(text.contains(": waiting\n"), "{text}");
    assert_eq!(text.matches("id: ").count(), 1, "{text}");
}

#[tokio::test]
async fn streams_end_when_the_process_stops() {
    let stand = Stand::new(still()).await;
    let process = Process::start(&stand, "ada").await;
    let id = stand.enqueue(&of("ada", "count")).await;
    let mut stream = process.stream(id, None).await;
    let mut buffer = String::new();
    assert_eq!(read(&mut stream, &mut buffer, 1).await.len(), 1);
    process.jobs.close();
    assert_eq!(read(&mut stream, &mut buffer, 1).await, []);
}

/// `NOTIFY` is only a hint: without it, what happened is seen by looking.
#[tokio::test]
async fn events_come_also_if_no_hint_does() {
    let stand = Stand::new(still()).await;
    let pace = Pace { watch: Duration::from_millis(30), ..stand.pace };
    let process = Process::with(&stand, "ada", pace).await;
    let id = stand.enqueue(&of("ada", "count")).await;
    let mut stream = process.stream(id, None).await;
    let mut buffer = String::new();
    assert_eq!(read(&mut stream, &mut buffer, 1).await.len(), 1);
    stand
        .run(&format!(
            "UPDATE jobs SET last_event = 2;
             INSERT INTO job_events (job_id, id, attempt, kind) VALUES ('{id}', 2, 0, 'quiet')"
        ))
        .await;
    assert_eq!(read(&mut stream, &mut buffer, 1).await[0].kind, "quiet");
}

#[tokio::test]
async fn the_app_serves_jobs_and_stops_with_open_streams() {
    let stand = Stand::new(still()).await;
    let mut app = Serving::start(&stand.variables).await;
    let client = client(|builder| builder);
    let id = stand.enqueue(&of("dev@localhost", "count")).await;
    let mut stream = client.get(format!("{}/api/jobs/{id}/events", app.url)).send().await.expect("an answer");
    let mut buffer = String::new();
    assert_eq!(read(&mut stream, &mut buffer, 1).await[0].kind, "queued");
    let may = Arc::new(Semaphore::new(1));
    let _worker = stand.worker(counts(&may, 2));
    let more = read(&mut stream, &mut buffer, 2).await;
    assert_eq!((more[0].kind.as_str(), more[1].kind.as_str()), ("started", "number"));
    // Its own worker is at work: the daily sweep was done.
    let swept = "SELECT count(*) FROM jobs WHERE kind = 'sweep' AND state = 'succeeded'";
    eventually("the app has swept", async || stand.one::<i64>(swept).await == 1).await;

    app.terminate().await;

    app.line_with("no new connections are accepted").await;
    assert_eq!(read(&mut stream, &mut buffer, 1).await, []);
    let ended = app.end().await;
    assert!(ended.status.success(), "{}", ended.output);
    assert!(ended.output.contains("all requests were answered"), "{}", ended.output);
}

#[tokio::test]
async fn a_person_leaves_streams_to_others() {
    let stand = Stand::new(still()).await;
    let pace = Pace { streams: 3, streams_per_person: 2, ..stand.pace };
    let process = Process::with(&stand, "ada", pace).await;
    let of_ben = Process::of_same(&process, "ben").await;
    let (id, bens) = (stand.enqueue(&of("ada", "count")).await, stand.enqueue(&of("ben", "count")).await);
    let first = process.stream(id, None).await;
    let _second = process.stream(id, None).await;
    let refused = process.stream(id, None).await;
    assert_eq!(refused.status(), 429);
    let error = refused.json::<Value>().await.expect("JSON")["error"].clone();
    assert_eq!(error["code"], "too_many_streams");
    assert!(error["message"].as_str().expect("a message").contains("Close other windows"), "{error}");
    assert_eq!(process.json(&format!("{id}/events?after=0")).await.0, 200, "polling is possible");

    let _third = of_ben.stream(bens, None).await;
    let refused = of_ben.stream(bens, None).await;
    assert_eq!(refused.status(), 429, "as many as the process has");
    drop(first);
    eventually("a stream that ends makes room", async || process.stream(id, None).await.status() == 200)
        .await;
}

#[tokio::test]
async fn five_hundred_streams_are_open_at_once() {
    let stand = Stand::on(Variables::local().with("DATABRICKS_APP_NAME", "tellr"), still()).await;
    let mut app = Serving::start(&stand.variables).await;
    // Of ten people, as many as each may have.
    let mut jobs = Vec::new();
    for number in 1..=10 {
        let person = format!("person {number}");
        jobs.push((stand.enqueue(&of(&person, "count")).await, person));
    }
    let files = getrlimit(Resource::Nofile);
    // The test's own end of each is a file as well.
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, maximum: files.maximum })
        .expect("more files");
    let client = client(|builder| builder);
    let before = app.resident_kib();
    let mut streams = Vec::new();
    for (id, person) in jobs.iter().cycle().take(500) {
        let url = format!("{}/api/jobs/{id}/events", app.url);
        let request = client.get(url).header("x-forwarded-user", person);
        let mut stream = request.send().await.expect("an answer");
        let mut buffer = String::new();
        assert_eq!(read(&mut stream, &mut buffer, 1).await[0].kind, "queued");
        streams.push((stream, buffer));
        // What it logs has to be read, or it stands still.
        app.line_with("/events answered 200").await;
    }
    let each = app.resident_kib().saturating_sub(before) / 500;
    let _worker = stand.worker(counts(&Arc::new(Semaphore::new(30)), 3));
    for (mut stream, mut buffer) in streams {
        let rest = read(&mut stream, &mut buffer, usize::MAX).await;
        assert_eq!(rest.iter().map(|event| event.id).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
    }
    println!("500 open event streams: {each} KiB each");
    assert!(each < 64, "{each} KiB each");
}
