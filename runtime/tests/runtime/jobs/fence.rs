//! A worker that comes too late changes nothing, and an answer that is lost changes nothing either.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use tellr_app::jobs::{Done, Failure, Jobs, Kinds, Pace};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::{AtWork, Stand, does, effect, fast, of, still};
use crate::support::app::Variables;
use crate::support::{eventually, postgres};

#[tokio::test]
async fn a_worker_that_wakes_after_its_lease_changes_nothing() {
    // One slot: the paused worker doesn't take the job a second time.
    let stand = Stand::new(Pace { slots: 1, ..still() }).await;
    let id = stand.enqueue(&of("ada", "effect")).await;
    let (woken, mut results) = mpsc::unbounded_channel();
    let (gate, (began, mut begun)) = (Arc::new(Semaphore::new(0)), mpsc::unbounded_channel());
    let waiting = Arc::clone(&gate);
    // It writes its effect, sleeps, and then wants to end the job and to tell something.
    let _paused = stand.worker(Kinds::new().with(does("effect", move |job| {
        let (gate, woken, began) = (Arc::clone(&waiting), woken.clone(), began.clone());
        Box::pin(async move {
            let mut connection = job.connection().await?;
            let transaction = job.begin(&mut connection).await?;
            transaction.execute("INSERT INTO effects VALUES ($1, $2)", &[&job.id(), &job.attempt()]).await?;
            began.send(()).expect("the test listens");
            gate.acquire().await.expect("open").forget();
            let told = job.tell("late", Value::Null).await;
            let ended = job.succeed(&transaction, json!("late")).await;
            woken.send((told.is_err(), matches!(ended, Err(Failure::Lost)))).expect("the test listens");
            ended
        })
    })));
    begun.recv().await.expect("it began");
    stand.leases_run_out().await;
    let _other = stand.worker(Kinds::new().with(effect()));
    stand.is(id, "succeeded").await;

    gate.add_permits(1);

    assert_eq!(results.recv().await, Some((true, true)), "telling and ending are refused");
    assert_eq!(stand.told(id).await, "queued started retried started succeeded");
    assert_eq!(stand.one::<i64>("SELECT count(*) FROM effects").await, 1);
    assert_eq!(stand.one::<i32>("SELECT attempt FROM effects").await, 2);
    let view = stand.jobs.view(id, "ada").await.expect("a database").expect("a job");
    assert_eq!(view.result, Some(json!({ "attempt": 2 })));
}

#[tokio::test]
async fn a_worker_stops_what_it_has_lost_when_it_learns_of_it() {
    let stand = Stand::new(fast()).await;
    let id = stand.enqueue(&of("ada", "effect")).await;
    let (dropped, stopped) = oneshot::channel::<()>();
    let dropped = std::sync::Mutex::new(Some(dropped));
    let _paused = stand.worker(Kinds::new().with(does("effect", move |_| {
        // Dropped with the attempt.
        let dropped = dropped.lock().expect("no panic").take();
        Box::pin(async move {
            let _dropped = dropped;
            std::future::pending().await
        })
    })));
    stand.is(id, "running").await;
    // Another has it: the attempt is another one.
    stand.run("UPDATE jobs SET attempt = attempt + 1").await;
    assert!(stopped.await.is_err(), "the attempt was dropped");
}

#[tokio::test]
async fn a_worker_that_can_not_reach_the_database_stops_before_another_may_begin() {
    let front = crate::support::front::Front::plain().await;
    let stand = Stand::new(Pace { shortest_poll: std::time::Duration::from_millis(5), ..fast() }).await;
    let id = stand.enqueue(&of("ada", "effect")).await;
    let variables = stand.variables.clone().with("DATABASE_URL", &front.url());
    let (dropped, stopped) = oneshot::channel::<()>();
    let dropped = std::sync::Mutex::new(Some(dropped));
    let _cut_off = AtWork::start(
        Jobs::new(variables.database(), stand.pace),
        Kinds::new().with(does("effect", move |_| {
            let dropped = dropped.lock().expect("no panic").take();
            Box::pin(async move {
                let _dropped = dropped;
                std::future::pending().await
            })
        })),
    );
    stand.is(id, "running").await;
    front.set(crate::support::front::Mode::Broken);
    assert!(stopped.await.is_err(), "the attempt was dropped");
    let _other = stand.worker(Kinds::new().with(effect()));
    stand.is(id, "succeeded").await;
}

/// Passes everything on, until the server's answer to a message that holds `needle`: the connection is cut
/// instead. As often as `times` says.
async fn front_that_loses_answers(needle: &'static str, times: Arc<AtomicU32>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client, needle, Arc::clone(&times)));
        }
    });
    format!("postgresql://{}@127.0.0.1:{port}/postgres?sslmode=disable", postgres::ADMIN)
}

async fn pass(mut client: TcpStream, needle: &str, times: Arc<AtomicU32>) {
    let mut server = TcpStream::connect(("127.0.0.1", postgres::port())).await.expect("PostgreSQL answers");
    let (mut asked, mut answered) = (vec![0; 65536], vec![0; 65536]);
    let mut loses = false;
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read {
                Ok(size) if size > 0 => {
                    let hit = asked[..size].windows(needle.len()).any(|part| part == needle.as_bytes());
                    let left = |left: u32| left.checked_sub(1);
                    loses |= hit && times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok();
                    if server.write_all(&asked[..size]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
            read = server.read(&mut answered) => match read {
                // The server has done what it was asked for.
                Ok(size) if size > 0 && !loses => {
                    if client.write_all(&answered[..size]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}

/// A worker whose connection loses the answer to a message that holds `needle`, once.
async fn worker_that_loses(stand: &Stand, needle: &'static str, kinds: Kinds) -> (AtWork, Arc<AtomicU32>) {
    let times = Arc::new(AtomicU32::new(1));
    let url = front_that_loses_answers(needle, Arc::clone(&times)).await;
    let variables: Variables = stand.variables.clone().with("DATABASE_URL", &url);
    (AtWork::start(Jobs::new(variables.database(), stand.pace), kinds), times)
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_commit_does_not_repeat_the_effect() {
    let stand = Stand::new(still()).await;
    let id = stand.enqueue(&of("ada", "effect")).await;
    let (_worker, times) = worker_that_loses(&stand, "COMMIT", Kinds::new().with(effect())).await;
    stand.is(id, "succeeded").await;
    eventually("an answer was lost", async || times.load(Ordering::SeqCst) == 0).await;
    let next = stand.enqueue(&of("ada", "effect")).await;
    stand.is(next, "succeeded").await;
    assert_eq!(stand.told(id).await, "queued started succeeded");
    assert_eq!(stand.one::<i64>("SELECT count(*) FROM effects").await, 2);
}

#[tokio::test]
async fn an_answer_that_is_lost_when_the_end_was_recorded_does_not_end_it_twice() {
    let stand = Stand::new(still()).await;
    let id = stand.enqueue(&of("ada", "plain")).await;
    let plain = does("plain", |_| Box::pin(async { Ok(Done::Succeeded(json!("done"))) }));
    let (_worker, times) = worker_that_loses(&stand, "AS repeats", Kinds::new().with(plain)).await;
    // Looking for lost jobs is such a statement as well; the one that counts comes later.
    eventually("an answer was lost", async || times.load(Ordering::SeqCst) == 0).await;
    times.store(1, Ordering::SeqCst);
    stand.is(id, "succeeded").await;
    assert_eq!(stand.told(id).await, "queued started succeeded");
}

#[tokio::test]
async fn an_answer_that_is_lost_when_a_job_was_taken_loses_only_time() {
    let stand = Stand::new(fast()).await;
    let id = stand.enqueue(&of("ada", "effect")).await;
    let (_worker, times) =
        worker_that_loses(&stand, "SKIP LOCKED\n             ), job", Kinds::new().with(effect())).await;
    stand.is(id, "succeeded").await;
    assert_eq!(times.load(Ordering::SeqCst), 0, "an answer was lost");
    // Nobody knew of the first attempt, so its lease had to run out.
    assert_eq!(stand.told(id).await, "queued started retried started succeeded");
    assert_eq!(stand.one::<i64>("SELECT count(*) FROM effects").await, 1);
}
