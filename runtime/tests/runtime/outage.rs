//! PostgreSQL goes away under load and comes back; a credential for it expires under load; the workspace that
//! issues it hangs.
//!
//! An outage lasts until each client was refused several times, one request after another, with the time limits
//! that `serve` has: some ten seconds. A fixed time would prove less on a slow machine, where a client may not have
//! asked twice in it.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tellr_app::database::{Database, Effort};
use tellr_app::http::site::ANSWER_TIMEOUT;

use crate::decks::{one_text, set_text, text};
use crate::support::app::{RunningApp, Variables, impatient};
use crate::support::front::{Certificate, Front};
use crate::support::people::Person;
use crate::support::postgres::Cluster;
use crate::support::reached;
use crate::support::workspace::Workspace;

const WRITERS: usize = 8;
const CREATORS: usize = 4;
const READERS: usize = 4;
const NOT_READERS: usize = WRITERS + CREATORS;
const CLIENTS: usize = NOT_READERS + READERS;
/// So often is each client served before and after an outage, without a refusal in between.
const SERVED: i64 = 10;
/// So often is each client refused during an outage.
const REFUSED: i64 = 4;

/// What the database is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    /// Fine since the beginning.
    Fine,
    /// Going away or coming back.
    Turning,
    /// Away.
    Away,
    /// Fine again.
    Back,
    /// Fine, and clients end.
    Over,
}

enum Answer {
    Served(Value),
    /// 503. What was asked for may have been done.
    Refused,
    /// 409: the deck has another version.
    Conflict,
}

/// What a client has seen in this period.
#[derive(Clone, Copy, Default)]
struct Seen {
    served_in_a_row: i64,
    refused: i64,
}

/// All clients. They run in the test's own task, one step of one of them at a time.
struct Load<'a> {
    app: &'a RunningApp,
    period: Cell<Period>,
    seen: RefCell<[Seen; CLIENTS]>,
    acknowledged: Cell<usize>,
    longest: Cell<Duration>,
}

impl<'a> Load<'a> {
    fn new(app: &'a RunningApp) -> Self {
        Self {
            app,
            period: Cell::new(Period::Fine),
            seen: RefCell::default(),
            acknowledged: Cell::new(0),
            longest: Cell::new(Duration::ZERO),
        }
    }

    fn turns(&self, period: Period) {
        self.seen.replace(<[Seen; CLIENTS]>::default());
        self.period.set(period);
    }

    fn is_over(&self) -> bool {
        self.period.get() == Period::Over
    }

    /// Waits until `count` of each client is as high as this.
    async fn each(&self, what: &str, goal: i64, count: impl Fn(&Seen) -> i64) {
        let clients = i64::try_from(CLIENTS).expect("few");
        let sum = async || self.seen.borrow().iter().map(|seen| count(seen).min(goal)).sum();
        reached(what, clients * goal, sum).await;
    }

    /// The answer to a request, which has to suit the period if all of it was within one.
    async fn ask(&self, client: usize, request: RequestBuilder) -> Answer {
        let (period, began) = (self.period.get(), Instant::now());
        let answer = request.send().await.expect("an answer");
        let (status, retry_after) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
        let body = answer.bytes().await.expect("a body");
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        self.longest.set(self.longest.get().max(began.elapsed()));
        let within = Some(period).filter(|period| *period == self.period.get());
        let seen = &mut self.seen.borrow_mut()[client];
        match status {
            503 => {
                assert_eq!((&body["error"]["code"], retry_after), (&json!("database_unavailable"), true));
                assert_ne!(within, Some(Period::Fine), "refused although the database is fine");
                seen.served_in_a_row = 0;
                seen.refused += 1;
                Answer::Refused
            }
            409 => {
                assert_eq!(body["error"]["code"], "version_conflict");
                Answer::Conflict
            }
            _ => {
                assert!(matches!(status, 200 | 201 | 304), "{status}: {body}");
                assert_ne!(within, Some(Period::Away), "served without a database");
                seen.served_in_a_row += 1;
                Answer::Served(body)
            }
        }
    }

    /// The answer to a request that is repeated until it is served; `None` if the clients end before.
    async fn insist(&self, client: usize, request: impl Fn() -> RequestBuilder) -> Option<Value> {
        loop {
            if let Answer::Served(body) = self.ask(client, request()).await {
                return Some(body);
            }
            if self.is_over() {
                return None;
            }
        }
    }

    /// Writes to a deck of its own. Whatever was acknowledged is there, and nothing else but what may have been done
    /// although the answer was a refusal.
    async fn write(&self, client: usize, person: Person<'_>, deck: String) {
        let (patches, deck) = (format!("{deck}/patches"), format!("{deck}/deck"));
        let (mut version, mut kept) = (1, "as created".to_owned());
        // Texts that may be written yet: a statement that was sent is carried out, also if nobody waits for it.
        let mut unknown: Vec<String> = Vec::new();
        let mut matches = |deck: &Value, version: &mut i64, unknown: &mut Vec<String>| {
            let (now, text) = (deck["version"].as_i64().expect("a version"), text(deck));
            if now == *version {
                assert_eq!(text, kept, "an acknowledged write of version {now} was lost");
            } else {
                assert_eq!(now, *version + 1, "a write was done twice, or one that was never sent");
                assert!(unknown.iter().any(|one| one == text), "{text} was not written at version {now}");
                unknown.clear();
                (*version, kept) = (now, text.to_owned());
            }
        };
        for number in 0.. {
            if self.is_over() {
                break;
            }
            let text = format!("write {number} of client {client}");
            let request = person.request(Method::POST, &patches).json(&set_text(version, &text));
            unknown.push(text);
            if let Answer::Served(body) = self.ask(client, request).await {
                assert_eq!(body["version"], version + 1);
                self.acknowledged.set(self.acknowledged.get() + 1);
                let now =
                    json!({ "version": version + 1, "deck": one_text(unknown.last().expect("it"))["deck"] });
                matches(&now, &mut version, &mut unknown);
            } else if let Some(now) = self.insist(client, || person.request(Method::GET, &deck)).await {
                matches(&now, &mut version, &mut unknown);
            }
        }
        let (status, now) = person.get(&deck).await;
        assert_eq!(status, 200);
        matches(&now, &mut version, &mut unknown);
    }

    /// Creates decks. Each that was acknowledged is there.
    async fn create(&self, client: usize, person: Person<'_>) {
        let mut created = Vec::new();
        for number in 0.. {
            if self.is_over() {
                break;
            }
            let title = format!("Deck {number}");
            let request = person.request(Method::POST, "/api/sessions").json(&json!({ "title": title }));
            if let Answer::Served(session) = self.ask(client, request).await {
                self.acknowledged.set(self.acknowledged.get() + 1);
                created.push((session["id"].as_str().expect("an id").to_owned(), title));
            }
        }
        for (id, title) in created {
            let (status, session) = person.get(&format!("/api/sessions/{id}")).await;
            assert_eq!((status, &session["title"]), (200, &json!(title)), "an acknowledged deck was lost");
        }
    }

    /// Does what an open page does.
    async fn read(&self, client: usize, person: Person<'_>, deck: String) {
        let paths = ["/api/sessions".to_owned(), format!("{deck}/deck"), "/api/settings/prompts".to_owned()];
        for path in paths.iter().cycle() {
            if self.is_over() {
                return;
            }
            let request = person.request(Method::GET, path).header("if-none-match", "\"v1\"");
            self.ask(client, request).await;
        }
    }

    /// Runs all clients until they end.
    async fn run(&self) {
        let ids: Vec<String> = (0..CLIENTS).map(|client| format!("{}", 1000 + client)).collect();
        let people: Vec<Person> = ids.iter().map(|id| self.app.person(id)).collect();
        let decks = join_all(people.iter().map(|person| person.session(one_text("as created")))).await;
        let clients =
            people.into_iter().zip(decks).enumerate().map(async |(client, (person, deck))| match client {
                ..WRITERS => self.write(client, person, deck).await,
                WRITERS..NOT_READERS => self.create(client, person).await,
                _ => self.read(client, person, deck).await,
            });
        join_all(clients).await;
    }
}

/// An app on the platform with a database of its own, and with these limits.
async fn app_on(cluster: &Cluster, effort: Effort) -> RunningApp {
    let variables =
        Variables::local().with("DATABASE_URL", &cluster.url()).with("DATABRICKS_APP_NAME", "tellr");
    variables.initialise().await.expect("a database");
    variables.serve_with(effort).await
}

impl Load<'_> {
    async fn is_served(&self) {
        self.each("clients are served", SERVED, |seen| seen.served_in_a_row).await;
        self.turns(Period::Turning);
    }

    async fn is_refused(&self) {
        self.turns(Period::Away);
        let began = Instant::now();
        self.each("clients are refused", REFUSED, |seen| seen.refused).await;
        self.turns(Period::Turning);
        println!("{CLIENTS} clients, {:.1} s without the database", began.elapsed().as_secs_f64());
    }

    async fn is_served_again(&self) {
        self.turns(Period::Back);
        let began = Instant::now();
        self.each("clients are served again", SERVED, |seen| seen.served_in_a_row).await;
        self.turns(Period::Over);
        println!(
            "all were served {:.1} s after it was back; {} writes were acknowledged; the longest answer took {:.1} s",
            began.elapsed().as_secs_f64(),
            self.acknowledged.get(),
            self.longest.get().as_secs_f64(),
        );
    }
}

#[tokio::test]
async fn no_acknowledged_write_is_lost_when_postgresql_crashes_under_load() {
    let mut cluster = Cluster::start();
    let app = app_on(&cluster, Effort::serving()).await;
    let load = Load::new(&app);
    let outage = async {
        load.is_served().await;
        cluster.stop().await;
        load.is_refused().await;
        cluster.start_again().await;
        load.is_served_again().await;
    };
    tokio::join!(load.run(), outage);
    assert!(load.longest.get() < ANSWER_TIMEOUT, "{:?}", load.longest);
    assert_eq!(app.json("/api/ready").await.0, 200);
}

/// As a machine does that stands still: what was sent to it is done when it goes on, though nobody waits any more.
#[tokio::test]
async fn no_acknowledged_write_is_lost_when_postgresql_freezes_under_load() {
    let cluster = Cluster::start();
    // Shorter than those of `serve`, and more than a busy machine needs.
    let (short, statement) = (Duration::from_secs(1), Duration::from_secs(2));
    let effort = Effort { attempt: short, connection: short, statement, ..Effort::serving() };
    let app = app_on(&cluster, effort).await;
    let load = Load::new(&app);
    let outage = async {
        load.is_served().await;
        let frozen = cluster.freeze();
        load.is_refused().await;
        drop(frozen);
        load.is_served_again().await;
    };
    tokio::join!(load.run(), outage);
    assert_eq!(app.json("/api/ready").await.0, 200);
}

/// An app on Lakebase with clients, whose connections are replaced all the time.
struct OnLakebase {
    workspace: Workspace,
    app: RunningApp,
    database: Database,
    /// The requests of each client.
    served: RefCell<[i64; OnLakebase::CLIENTS]>,
    over: Cell<bool>,
    _front: Front,
    _certificate: Certificate,
}

impl OnLakebase {
    const CLIENTS: usize = 8;

    /// Credentials live this long, as the workspace says.
    async fn start(life: Duration) -> Self {
        let workspace = Workspace::start().await;
        workspace.credentials_live(life);
        let certificate = Certificate::for_names(&["127.0.0.1"]);
        let front = Front::with_tls(&certificate).await;
        let variables = Variables::autoscaling(&workspace, &front, &certificate)
            .await
            .with("DATABRICKS_APP_NAME", "tellr");
        variables.initialise().await.expect("initialised");
        let mut database = None;
        let app = RunningApp::start_with(variables.settings(), impatient(), |app| {
            database = Some(app.database.clone());
        });
        let app = app.await;
        Self {
            workspace,
            app,
            database: database.expect("the app's"),
            served: RefCell::default(),
            over: Cell::new(false),
            _front: front,
            _certificate: certificate,
        }
    }

    /// A request whose caller goes away while its statement runs. Its connection is not used again, so that the
    /// next request has to connect, with a credential.
    async fn abandon(&self) {
        let connection = self.database.connection().await.expect("a connection");
        let mut statement = std::pin::pin!(connection.query("SELECT pg_sleep(0.2)", &[]));
        assert!(futures_util::poll!(&mut statement).is_pending());
    }

    async fn client(&self, client: usize) {
        let id = format!("{}", 1001 + client);
        let person = self.app.person(&id);
        let deck = person.session(one_text("as created")).await;
        for version in 1.. {
            if self.over.get() {
                return;
            }
            if client == 0 {
                self.abandon().await;
            }
            let written = person.post(&format!("{deck}/patches"), set_text(version, "text")).await;
            assert_eq!((written.0, &written.1["version"]), (200, &json!(version + 1)), "{}", written.1);
            let (status, list) = person.get("/api/sessions").await;
            assert_eq!(status, 200, "{list}");
            self.served.borrow_mut()[client] += 1;
        }
    }

    async fn clients(&self) {
        join_all((0..Self::CLIENTS).map(|client| self.client(client))).await;
    }

    /// Until each client was served a few times more.
    async fn goes_on(&self) {
        const TIMES: i64 = 5;
        let before = *self.served.borrow();
        let more = async || {
            let served = self.served.borrow();
            served.iter().zip(before).map(|(served, before)| (served - before).min(TIMES)).sum()
        };
        reached("clients are served", TIMES * i64::try_from(Self::CLIENTS).expect("few"), more).await;
    }
}

#[tokio::test]
async fn no_request_fails_when_credentials_expire_under_load() {
    let lakebase = OnLakebase::start(Duration::from_hours(1)).await;
    let minted = || i64::try_from(lakebase.workspace.passwords().len()).expect("few");
    let expiring = async {
        for _ in 0..5 {
            lakebase.goes_on().await;
            let before = minted();
            // The one that the app keeps, before the time that it was told.
            lakebase.workspace.expire_credentials().await;
            reached("another credential is issued", before + 1, async || minted()).await;
        }
        lakebase.goes_on().await;
        lakebase.over.set(true);
    };
    tokio::join!(lakebase.clients(), expiring);
}

#[tokio::test]
async fn no_request_fails_while_the_workspace_hangs() {
    const LIFE: Duration = Duration::from_secs(12);
    let lakebase = OnLakebase::start(LIFE).await;
    let minted = || i64::try_from(lakebase.workspace.passwords().len()).expect("few");
    let hanging = async {
        lakebase.goes_on().await;
        lakebase.workspace.hangs(true);
        let asked = async || i64::try_from(lakebase.workspace.hanging()).expect("few");
        // After half of its life.
        reached("the app asks for another credential", 1, asked).await;
        let before = minted();
        // For another quarter of its life it is used; a slow machine needs longer than that.
        let _ = tokio::time::timeout(LIFE / 4, lakebase.goes_on()).await;
        assert_eq!(minted(), before, "the present one was used");
        lakebase.workspace.hangs(false);
        reached("another credential is issued", before + 1, async || minted()).await;
        lakebase.goes_on().await;
        lakebase.over.set(true);
    };
    tokio::join!(lakebase.clients(), hanging);
}
