//! The groups that a person is in, as the workspace tells.
//!
//! Problem: each request needs them, the workspace takes its time to answer, and it may not answer at all.
//!
//! Choice: an answer is used for a minute, so that leaving a group has an effect soon. When the workspace
//! doesn't answer in time it is left alone for a while; what it said last is used for ten minutes, and after
//! that the person has no groups. So shares with a group end when it can't be asked, and shares with a
//! person always work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::identity::{Source, User};
use crate::workspace::Workspace;
use crate::workspace::scim::Group;

/// How long an answer is used without asking again.
const FRESH: Duration = Duration::from_mins(1);
/// How long an answer is used if the workspace can't be asked.
const USABLE: Duration = Duration::from_mins(10);
/// How long a request waits for the workspace.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the workspace is left alone after it could not be asked.
const PAUSE: Duration = Duration::from_secs(15);
/// The most people remembered.
const MOST: usize = 10_000;
/// The workspace's group of administrators.
const ADMINS: &str = "admins";

/// The groups of people; cheap to clone.
#[derive(Clone)]
pub struct Groups(Arc<Inner>);

struct Inner {
    workspace: Option<Arc<Workspace>>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    people: HashMap<String, (Arc<[Group]>, Instant)>,
    ask_again_at: Option<Instant>,
}

impl Groups {
    /// As this workspace tells them; without one, nobody is in a group.
    pub fn new(workspace: Option<Arc<Workspace>>) -> Self {
        Self(Arc::new(Inner { workspace, known: Mutex::default() }))
    }

    /// The workspace that is asked.
    pub fn workspace(&self) -> Option<&Arc<Workspace>> {
        self.0.workspace.as_ref()
    }

    /// The groups of a person.
    pub async fn of(&self, user: &User) -> Arc<[Group]> {
        let Some(workspace) = &self.0.workspace else { return Arc::default() };
        let now = Instant::now();
        let last = match self.remembered(&user.id, now) {
            Remembered::Enough(groups) => return groups,
            Remembered::AskAgain(last) => last,
        };
        let answer = tokio::time::timeout(PATIENCE, workspace.groups_of(&user.id)).await;
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let reason = match answer {
            Ok(Ok(groups)) => {
                let groups: Arc<[Group]> = groups.into();
                if known.people.len() >= MOST {
                    known.people.retain(|_, (_, at)| now.duration_since(*at) < FRESH);
                }
                if known.people.len() < MOST {
                    known.people.insert(user.id.clone(), (Arc::clone(&groups), now));
                }
                known.ask_again_at = None;
                return groups;
            }
            Ok(Err(error)) => error.message,
            Err(_) => format!("no answer within {} s", PATIENCE.as_secs()),
        };
        known.ask_again_at = Some(Instant::now() + PAUSE);
        tracing::warn!(
            reason,
            "the workspace could not be asked for a person's groups; shares with people still work"
        );
        last
    }

    /// Whether a person is one of the workspace's administrators. Without a workspace, the local user is.
    pub async fn is_admin(&self, user: &User) -> bool {
        match self.0.workspace {
            Some(_) => self.of(user).await.iter().any(|group| group.name == ADMINS),
            None => user.source == Source::Local,
        }
    }

    fn remembered(&self, id: &str, now: Instant) -> Remembered {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.people.get(id).map(|(groups, at)| (Arc::clone(groups), now.duration_since(*at)));
        let is_paused = known.ask_again_at.is_some_and(|at| now < at);
        match entry {
            Some((groups, age)) if age < FRESH || (is_paused && age < USABLE) => Remembered::Enough(groups),
            Some((groups, age)) if age < USABLE => Remembered::AskAgain(groups),
            _ if is_paused => Remembered::Enough(Arc::default()),
            _ => Remembered::AskAgain(Arc::default()),
        }
    }
}

enum Remembered {
    /// To be used as it is.
    Enough(Arc<[Group]>),
    /// To be used only if the workspace can't be asked.
    AskAgain(Arc<[Group]>),
}
