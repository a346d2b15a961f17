//! The code that does a kind of job.

use std::collections::BTreeMap;
use std::pin::Pin;

use super::outcome::{Done, Failure};
use super::running::Running;

/// An attempt under way. Dropped if the job is lost or cancelled, or the process stops.
pub type Attempt<'a> = Pin<Box<dyn Future<Output = Result<Done, Failure>> + Send + 'a>>;

/// What a job is busy with, which decides how many of them a process does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Load {
    /// The processor.
    Processor,
    /// Waiting for answers of other systems.
    Network,
}

/// The code that does one kind of job.
///
/// A job may be begun again at any point: effects belong into the transaction of [`Running::succeed`], or must be
/// harmless when they happen twice.
pub trait Work: Send + Sync + 'static {
    /// The kind, as in [`super::NewJob::kind`].
    fn kind(&self) -> &'static str;

    /// What such a job is busy with.
    fn load(&self) -> Load {
        Load::Processor
    }

    /// Does the job.
    fn run<'a>(&'a self, job: &'a Running) -> Attempt<'a>;
}

/// The kinds of jobs that a worker does. It leaves others to processes that know them.
#[derive(Default)]
pub struct Kinds(BTreeMap<&'static str, Box<dyn Work>>);

impl Kinds {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// This one, too.
    #[must_use]
    pub fn with(mut self, work: impl Work) -> Self {
        self.0.insert(work.kind(), Box::new(work));
        self
    }

    /// The kinds that are busy with one of these.
    pub(super) fn names(&self, loads: &[Load]) -> Vec<&'static str> {
        self.0.iter().filter(|(_, work)| loads.contains(&work.load())).map(|(kind, _)| *kind).collect()
    }

    pub(super) fn get(&self, kind: &str) -> Option<&dyn Work> {
        self.0.get(kind).map(AsRef::as_ref)
    }
}
