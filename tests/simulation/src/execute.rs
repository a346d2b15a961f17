//! Runs processes side by side in one thread, on virtual time.
//!
//! A process is polled when something woke it, it lives, and it doesn't stand still. When none can go on, the
//! clock moves to the end of the earliest sleep.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Wake, Waker};

use crate::process::Process;
use crate::world::World;

/// A process's work.
pub type Work = Pin<Box<dyn Future<Output = ()>>>;

/// How long processes may take from the beginning, in milliseconds.
const LONGEST_MS: u64 = 24 * 3_600_000;
/// How often they may be polled.
const MOST_POLLS: u64 = 200_000;

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Task {
    process: Rc<Process>,
    work: Work,
    flag: Arc<Flag>,
    waker: Waker,
}

impl Task {
    fn new((process, work): (Rc<Process>, Work)) -> Self {
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        Self { process, work, waker: Waker::from(Arc::clone(&flag)), flag }
    }

    /// When it can go on: at once, later, or only when it is woken.
    fn from(&self, now: u64) -> Option<u64> {
        let thaws = self.process.frozen.get().map_or(0, |frozen| frozen.until_ms);
        self.flag.0.load(Ordering::Relaxed).then_some(thaws.max(now))
    }
}

/// Runs `first`, and the processes that are started on the way, to their ends; returns the number of polls.
///
/// # Errors
/// If they don't end.
pub fn execute(
    world: &Rc<World>,
    first: Vec<(Rc<Process>, Work)>,
    mut begin: impl FnMut(usize) -> Option<(Rc<Process>, Work)>,
) -> Result<u64, String> {
    let mut tasks: Vec<Task> = first.into_iter().map(Task::new).collect();
    let (began, mut polls) = (world.time.now_ms(), 0u64);
    loop {
        let now = world.time.now_ms();
        let mut polled = false;
        let mut index = 0;
        while index < tasks.len() {
            let task = &mut tasks[index];
            if task.from(now).is_some_and(|from| from <= now) {
                polled = true;
                polls += 1;
                task.process.thaw();
                task.flag.0.store(false, Ordering::Relaxed);
                let ended = task.work.as_mut().poll(&mut Context::from_waker(&task.waker)).is_ready();
                task.process.waits();
                world.turned();
                if ended || task.process.is_dead() {
                    tasks.remove(index);
                    continue;
                }
            }
            index += 1;
        }
        for number in world.to_start() {
            polled = true;
            tasks.extend(begin(number).map(Task::new));
        }
        if tasks.is_empty() {
            return Ok(polls);
        }
        if polls > MOST_POLLS {
            return Err(format!("no end after {MOST_POLLS} polls"));
        }
        if polled {
            continue;
        }
        let sleeps = world.time.earliest();
        let thaws = tasks.iter().filter_map(|task| task.from(now)).min();
        let Some(next) = sleeps.into_iter().chain(thaws).min() else {
            return Err("everybody waits for something that doesn't come".to_owned());
        };
        if next > began + LONGEST_MS {
            return Err(format!("no end after {} h", LONGEST_MS / 3_600_000));
        }
        world.time.move_to(next);
    }
}
