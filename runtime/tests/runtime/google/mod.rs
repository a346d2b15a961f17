//! Google Slides: connections and exports, against a stand-in for Google, whatever breaks in between.

mod broken;
mod client;
mod connecting;
mod exporting;
mod killed;
mod rotation;
mod secrets;

use std::sync::Mutex;
use std::time::Duration;

use google_stand_in::{Client, File, StandIn};
use image::{DynamicImage, ImageFormat, RgbImage};
use reqwest::{Method, Response, redirect};
use serde_json::{Value, json};
use tellr_app::google::{Exporting, Limits};
use tellr_app::jobs::{Jobs, Kinds, Pace, Worker};
use tellr_app::sharing::Groups;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::app::{RunningApp, Variables, client, impatient};
use crate::support::directory::Directory;
use crate::support::people::answered;
use crate::support::{eventually, postgres};

pub(crate) const CLIENT_ID: &str = "1234567890-tests.apps.googleusercontent.com";
pub(crate) const CLIENT_SECRET: &str = "GOCSPX-planted-client-secret";
const KIB: usize = 1024;

/// An app on the platform with Google behind it, and a worker of its own.
pub(crate) struct Stand {
    pub(crate) google: StandIn,
    pub(crate) app: RunningApp,
    pub(crate) variables: Variables,
    pub(crate) jobs: Jobs,
    exporting: Exporting,
    worker: Option<(JoinHandle<()>, oneshot::Sender<()>)>,
    _directory: Directory,
}

fn pace() -> Pace {
    Pace {
        lease: Duration::from_hours(1),
        heartbeat: Duration::from_millis(100),
        shortest_poll: Duration::from_millis(20),
        first_pause: Duration::from_millis(5),
        longest_pause: Duration::from_millis(20),
        ..Pace::default()
    }
}

/// As in `serve`, with smaller chunks; nothing that waits for a person looks again by itself.
fn limits() -> Limits {
    let day = Duration::from_hours(24);
    Limits { chunk_bytes: 256 * KIB, first_wait: day / 2, longest_wait: day / 2, patience: day }
}

impl Stand {
    /// With an app that an administrator has set up.
    pub(crate) async fn new() -> Self {
        let mut stand = Self::bare(Variables::local()).await;
        stand.set_up().await;
        stand.work();
        stand
    }

    /// Without an OAuth client, and without a worker.
    pub(crate) async fn bare(variables: Variables) -> Self {
        let google = StandIn::start(0).await.expect("a free port");
        let variables =
            variables.with("DATABRICKS_APP_NAME", "tellr").with("TELLR_GOOGLE_ADDRESS", &google.address);
        Box::pin(variables.initialise()).await.expect("a database");
        Self::on(google, variables).await
    }

    async fn on(google: StandIn, variables: Variables) -> Self {
        let directory = Directory::start().await;
        directory.group("g-admins", "admins");
        directory.user("root", "Root", &["g-admins"]);
        for person in ["ada", "eve"] {
            directory.user(person, person, &[]);
        }
        let mut parts = None;
        let app = RunningApp::start_with(variables.settings(), impatient(), |app| {
            app.jobs = Jobs::new(app.database.clone(), pace());
            app.groups = Groups::new(Some(directory.workspace()));
            app.google = app.google.with_limits(limits());
            parts = Some((app.jobs.clone(), Exporting::new(app.google.clone(), app.maker)));
        })
        .await;
        let (jobs, exporting) = parts.expect("set");
        Self { google, app, variables, jobs, exporting, worker: None, _directory: directory }
    }

    /// The same database, with another key, in another process.
    pub(crate) async fn restarted_with(self, key: &str) -> Self {
        let Self { google, variables, .. } = self;
        let mut stand = Self::on(google, variables.with("GOOGLE_OAUTH_ENCRYPTION_KEY", key)).await;
        stand.work();
        stand
    }

    pub(crate) async fn set_up(&self) {
        let client = self.client(CLIENT_ID);
        let (status, answer) =
            self.browser("root").send(Method::PUT, "/api/google/client", Some(client)).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Registers a client at Google; the file that Google offers for it.
    pub(crate) fn client(&self, id: &str) -> Value {
        client_file(&self.google, id, &self.app.url)
    }

    pub(crate) fn work(&mut self) {
        let (stop, stopped) = oneshot::channel::<()>();
        let worker = Worker::new(&self.jobs, Kinds::new().with(self.exporting.clone()));
        let task = tokio::spawn(worker.run(async {
            let _ = stopped.await;
        }));
        self.worker = Some((task, stop));
    }

    /// Ends the worker as SIGKILL does, and its lease as time does.
    pub(crate) async fn kill(&mut self) {
        let (task, _stop) = self.worker.take().expect("it works");
        task.abort();
        let _ = task.await;
        self.run("UPDATE jobs SET lease_until = now() WHERE state = 'running'").await;
    }

    pub(crate) fn browser(&self, person: &str) -> Browser {
        Browser::new(&self.app.url, Some(person))
    }

    /// A statement past the app.
    pub(crate) async fn run(&self, statement: &str) {
        postgres::run(&format!("SET search_path TO {}; {statement}", self.variables.schema())).await;
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        postgres::one(&format!("SELECT count(*) FROM {}.{table}", self.variables.schema())).await
    }

    /// The only file in Drive.
    pub(crate) fn file(&self) -> File {
        let files = self.google.files();
        assert_eq!(files.len(), 1, "{:?}", files.iter().map(|file| &file.name).collect::<Vec<_>>());
        files.into_iter().next().expect("a file")
    }

    /// Has a job that waits be done now.
    pub(crate) async fn hurry(&self) {
        self.run("UPDATE jobs SET run_after = now() WHERE state = 'queued'").await;
        self.jobs.announce();
    }
}

/// Registers a client at Google; the file that Google offers for it.
pub(crate) fn client_file(google: &StandIn, id: &str, app: &str) -> Value {
    let redirect = format!("{app}/api/google/callback");
    google.register(Client {
        client_id: id.to_owned(),
        client_secret: CLIENT_SECRET.to_owned(),
        redirect_uris: vec![redirect.clone()],
    });
    json!({ "web": {
        "client_id": id,
        "project_id": "tests",
        "auth_uri": "https://evil.example/auth",
        "token_uri": "https://evil.example/token",
        "client_secret": CLIENT_SECRET,
        "redirect_uris": [redirect],
    } })
}

/// A browser in which a person is signed in.
pub(crate) struct Browser {
    url: String,
    client: reqwest::Client,
    person: Option<String>,
    pub(crate) cookie: Mutex<Option<String>>,
    /// The bodies of all answers.
    pub(crate) read: Mutex<String>,
}

impl Browser {
    /// Of a person on the platform, or of the local user.
    pub(crate) fn new(url: &str, person: Option<&str>) -> Self {
        Self {
            url: url.to_owned(),
            client: client(|builder| builder.redirect(redirect::Policy::none())),
            person: person.map(str::to_owned),
            cookie: Mutex::default(),
            read: Mutex::default(),
        }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(person) = &self.person {
            request = request
                .header("x-forwarded-user", format!("{person}@42"))
                .header("x-forwarded-email", format!("{person}@example.com"));
        }
        if let Some(cookie) = &*self.cookie.lock().expect("not poisoned") {
            request = request.header("cookie", cookie);
        }
        request
    }

    /// From the app's page.
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request =
            self.request(method, path).header("origin", &self.url).header("sec-fetch-site", "same-origin");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        self.keep_cookie(&answer);
        let (status, body) = answered(answer).await;
        self.read.lock().expect("not poisoned").push_str(&body.to_string());
        (status, body)
    }

    fn keep_cookie(&self, answer: &Response) {
        if let Some(set) = answer.headers().get("set-cookie") {
            let pair = set.to_str().expect("text").split(';').next().expect("a pair");
            *self.cookie.lock().expect("not poisoned") = Some(pair.to_owned());
        }
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Begins a connection, and agrees (or not) at Google: the address that Google sends the browser to.
    pub(crate) async fn consents(&self) -> String {
        let (status, answer) = self.send(Method::POST, "/api/google/connection", None).await;
        assert_eq!(status, 200, "{answer}");
        self.consents_at(answer["url"].as_str().expect("an address")).await
    }

    pub(crate) async fn consents_at(&self, url: &str) -> String {
        let answer = self.client.get(url).send().await.expect("an answer");
        assert_eq!(answer.status(), 303, "{:?}", answer.text().await);
        let location = answer.headers()["location"].to_str().expect("text").to_owned();
        location.strip_prefix(&self.url).expect("the app").to_owned()
    }

    /// Follows a link, as after Google's page.
    pub(crate) async fn opens(&self, path: &str) -> (u16, String) {
        let answer = self.request(Method::GET, path).header("sec-fetch-site", "cross-site");
        let answer = answer.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("text");
        self.read.lock().expect("not poisoned").push_str(&text);
        (status, text)
    }

    pub(crate) async fn connects(&self) {
        let callback = self.consents().await;
        let (status, page) = self.opens(&callback).await;
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("data-outcome=\"connected\""), "{page}");
    }

    /// A deck whose file has some 700 KiB; its session.
    pub(crate) async fn deck(&self, title: &str) -> String {
        self.deck_with(title, 490).await
    }

    /// A deck with a picture of so many pixels on a side, three bytes each, that can't be compressed.
    pub(crate) async fn deck_with(&self, title: &str, side: u32) -> String {
        let mut random = 0x2545_f491_u32;
        let mut next = || {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            u8::try_from(random >> 24).expect("eight bits")
        };
        let pixels = usize::try_from(side * side * 3).expect("small");
        let picture =
            RgbImage::from_raw(side, side, (0..pixels).map(|_| next()).collect()).expect("an image");
        let mut bytes = std::io::Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(picture).write_to(&mut bytes, ImageFormat::Png).expect("an image");
        let upload = self
            .request(Method::POST, "/api/images")
            .header("origin", &self.url)
            .header("content-type", "image/png")
            .body(bytes.into_inner());
        let (status, image) = answered(upload.send().await.expect("an answer")).await;
        assert_eq!(status, 201, "{image}");
        let block = json!({ "type": "image", "id": "i", "image": image["id"], "alt": "Noise" });
        let slide = json!({ "id": "s", "layout": "image_half", "blocks": [block] });
        let deck = json!({ "format": 1, "title": title, "theme": "clear", "slides": [slide] });
        let (status, session) = self.post("/api/sessions", json!({ "deck": deck })).await;
        assert_eq!(status, 201, "{session}");
        session["id"].as_str().expect("an id").to_owned()
    }

    /// Asks for an export; the job.
    pub(crate) async fn exports(&self, session: &str) -> String {
        let (status, answer) = self.post("/api/export/google-slides", json!({ "session_id": session })).await;
        assert_eq!(status, 202, "{answer}");
        answer["job_id"].as_str().expect("an id").to_owned()
    }

    /// Waits until a job is in a state.
    pub(crate) async fn sees(&self, job: &str, state: &str) -> Value {
        let last = Mutex::new(Value::Null);
        eventually(&format!("the job is {state}"), || async {
            let (_, now) = self.get(&format!("/api/jobs/{job}")).await;
            let is_there = now["state"] == state;
            assert!(is_there || !matches!(now["state"].as_str(), Some("failed" | "succeeded")), "{now}");
            *last.lock().expect("not poisoned") = now;
            is_there
        })
        .await;
        last.into_inner().expect("not poisoned")
    }

    /// Waits until a job has told something of a kind, so often; the last one.
    pub(crate) async fn hears(&self, job: &str, kind: &str, times: usize) -> Value {
        let last = Mutex::new(Value::Null);
        eventually(&format!("{kind} is told"), || async {
            let (_, page) = self.get(&format!("/api/jobs/{job}/events?after=0")).await;
            let events = page["events"].as_array().cloned().unwrap_or_default();
            let told: Vec<&Value> = events.iter().filter(|event| event["kind"] == kind).collect();
            *last.lock().expect("not poisoned") =
                told.last().map_or(Value::Null, |event| event["body"].clone());
            told.len() >= times
        })
        .await;
        last.into_inner().expect("not poisoned")
    }
}
