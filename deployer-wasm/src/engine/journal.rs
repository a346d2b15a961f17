//! What a deployment remembers, in the workspace.
//!
//! A run can die between any two requests, together with the machine it ran on. So before each
//! effect the journal says what is about to happen, and after it what came of it; the file lies
//! beside the app's files, where the next run finds it from whatever machine. It answers the one
//! question that looking at the platform cannot: *whose* is this app, ours or somebody else's?
//! Everything else a new run finds out by looking, so a journal that is behind is never wrong,
//! only less informed.
//!
//! It holds names and ids and never a secret. Steps that run side by side share one file; writes
//! wait for one another and each carries everything known by then, so N steps that journal at the
//! same time cost at most two writes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use futures_util::lock::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::decode::{decode, null_as_default};
use crate::error::Failure;
use crate::host::{Host, Timestamp};
use crate::workspace::files::{self, Exported, PutMode};
use crate::workspace::{ApiError, Client, ErrorKind};

/// The journal's format. A newer one is refused, an older one is read.
const VERSION: u32 = 1;

/// What the file holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The format.
    pub version: u32,
    /// The version of the deployer that wrote it last.
    pub deployer: String,
    /// The app it is about.
    pub app_name: String,
    /// The latest run.
    pub run: RunRecord,
    /// What was done or is about to be, by step.
    #[serde(default, deserialize_with = "null_as_default")]
    pub entries: BTreeMap<String, Entry>,
}

impl Record {
    fn close(&mut self, status: RunStatus) {
        self.run.status = status;
        if status == RunStatus::Finished {
            self.settle();
        }
    }

    /// A run that ended well has found or made whatever it or an earlier one was about to make.
    fn settle(&mut self) {
        for entry in self.entries.values_mut() {
            entry.state = EntryState::Done;
        }
    }
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "LastRun", optional_fields))]
pub struct RunRecord {
    /// Its id.
    pub id: String,
    /// `create`, `update` or `delete`.
    #[cfg_attr(test, ts(type = "Operation"))]
    pub operation: String,
    /// Who started it.
    pub by: String,
    /// When, by the workspace's clock.
    pub started_at: Timestamp,
    /// Where it stands; `running` where it is under way or died.
    pub status: RunStatus,
    /// Its arguments, to go on with: all of them but a key and a wheel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "CreateArguments | UpdateArguments | DeleteArguments"))]
    #[serde(default)]
    pub arguments: Option<Value>,
    /// The file name of the wheel that it deploys, which has to be given again to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(default)]
    pub wheel: Option<String>,
}

/// Where a run stands. A run that died stays `Running`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RunStatus {
    /// Under way, or died.
    Running,
    /// Ended well.
    Finished,
    /// Ended with an error.
    Failed,
    /// Stopped by whoever started it.
    Cancelled,
}

/// What the journal says of one step's effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// About to happen, or happened.
    pub state: EntryState,
    /// When that was written, by the workspace's clock.
    pub at: Timestamp,
    /// The run that wrote it.
    pub run: String,
    /// Names and ids.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[serde(default)]
    pub detail: Value,
}

/// The two moments an effect is journalled at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// The request is about to be sent.
    Intended,
    /// It had its effect.
    Done,
}

/// The folder beside the app's files that journal and lock lie in.
pub fn folder(workspace_path: &str) -> String {
    format!("{workspace_path}/.tellr")
}

fn file(workspace_path: &str) -> String {
    format!("{}/deployment.json", folder(workspace_path))
}

/// Reads the journal of `workspace_path`; none where there is none or it can't be understood.
///
/// # Errors
/// The workspace's refusal, or a journal of a newer deployer.
pub async fn read<H: Host>(
    client: &Client<'_, H>,
    workspace_path: &str,
) -> Result<Result<Option<Record>, Failure>, ApiError> {
    let path = file(workspace_path);
    let exported = client.find(files::export(&path)).await?;
    Ok(exported.map_or(Ok(None), |exported| parse(&path, exported)))
}

fn parse(path: &str, exported: Exported) -> Result<Option<Record>, Failure> {
    // A file cut short by a dying workspace is treated as none: the run then knows less, and an app
    // that is there counts as somebody else's, which is the safe side to be wrong on.
    let Some(json) = exported.json() else {
        return Ok(None);
    };
    let version = json["version"].as_u64().and_then(|version| u32::try_from(version).ok());
    if let Some(newer) = version.filter(|version| *version > VERSION) {
        return Err(Failure::JournalNewer { path: path.to_owned(), version: newer, known: VERSION });
    }
    Ok(decode(json).ok())
}

/// The journal of a run under way.
pub struct Journal {
    path: String,
    record: RefCell<Record>,
    /// Counts changes to `record`.
    changed: Cell<u64>,
    /// The count that the file has. Held while a write is under way.
    written: Mutex<u64>,
}

impl Journal {
    /// Begins a run, keeping what `earlier` runs knew.
    pub fn begin(workspace_path: &str, app_name: &str, run: RunRecord, earlier: Option<Record>) -> Self {
        let entries = earlier.filter(|record| record.app_name == app_name).map(|mut record| {
            // Of runs that ended well before every run did this itself.
            if record.run.status == RunStatus::Finished {
                record.settle();
            }
            record.entries
        });
        let record = Record {
            version: VERSION,
            deployer: env!("CARGO_PKG_VERSION").to_owned(),
            app_name: app_name.to_owned(),
            run,
            entries: entries.unwrap_or_default(),
        };
        Self {
            path: file(workspace_path),
            record: RefCell::new(record),
            changed: Cell::new(1),
            written: Mutex::new(0),
        }
    }

    /// Writes the file if there is none; false if there is one.
    ///
    /// # Errors
    /// The workspace's refusal.
    pub async fn found<H: Host>(&self, client: &Client<'_, H>) -> Result<bool, ApiError> {
        let mut written = self.written.lock().await;
        let (now, content) = (self.changed.get(), files::json(&*self.record.borrow()));
        match client.send(files::import(&self.path, &content, PutMode::CreateNew)).await {
            Ok(_) => {
                *written = now;
                Ok(true)
            }
            Err(error) if error.is(ErrorKind::AlreadyExists) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Who wrote the file after this run, if that can be read.
    pub async fn successor<H: Host>(&self, client: &Client<'_, H>) -> Option<String> {
        let there = parse(&self.path, client.find(files::export(&self.path)).await.ok()??).ok()??;
        (there.run.id != self.record.borrow().run.id).then_some(there.run.by)
    }

    /// What is known of `step`.
    pub fn entry(&self, step: &str) -> Option<Entry> {
        self.record.borrow().entries.get(step).cloned()
    }

    /// The steps that this run began to have effects in, whether or not they got to their end.
    pub fn begun_in_this_run(&self) -> Vec<String> {
        let record = self.record.borrow();
        let begun = record.entries.iter().filter(|(_, entry)| entry.run == record.run.id);
        begun.map(|(step, _)| step.clone()).collect()
    }

    /// Says that `step` is about to have an effect, and waits until that is written.
    ///
    /// # Errors
    /// When it can't be written: then the effect must not happen.
    pub async fn intend<H: Host>(
        &self,
        client: &Client<'_, H>,
        step: &str,
        detail: Value,
    ) -> Result<(), ApiError> {
        self.put(client, step, EntryState::Intended, detail);
        self.flush(client).await
    }

    /// Says what came of `step`, and waits until that is written.
    ///
    /// # Errors
    /// When it can't be written.
    pub async fn done<H: Host>(
        &self,
        client: &Client<'_, H>,
        step: &str,
        detail: Value,
    ) -> Result<(), ApiError> {
        self.put(client, step, EntryState::Done, detail);
        self.flush(client).await
    }

    /// Forgets all entries: the app is gone.
    pub fn forget_entries(&self) {
        self.record.borrow_mut().entries.clear();
        self.changed.set(self.changed.get() + 1);
    }

    /// Forgets `step`: what it did matters to nobody after this run.
    pub fn forget(&self, step: &str) {
        self.record.borrow_mut().entries.remove(step);
        self.changed.set(self.changed.get() + 1);
    }

    /// Ends the run.
    ///
    /// # Errors
    /// When it can't be written.
    pub async fn end<H: Host>(&self, client: &Client<'_, H>, status: RunStatus) -> Result<(), ApiError> {
        self.record.borrow_mut().close(status);
        self.changed.set(self.changed.get() + 1);
        self.flush(client).await
    }

    fn put<H: Host>(&self, client: &Client<'_, H>, step: &str, state: EntryState, detail: Value) {
        let mut record = self.record.borrow_mut();
        let entry = Entry { state, at: client.workspace_now(), run: record.run.id.clone(), detail };
        record.entries.insert(step.to_owned(), entry);
        self.changed.set(self.changed.get() + 1);
    }

    /// Writes what is not written yet.
    async fn flush<H: Host>(&self, client: &Client<'_, H>) -> Result<(), ApiError> {
        let wanted = self.changed.get();
        let mut written = self.written.lock().await;
        if *written >= wanted {
            return Ok(());
        }
        let (now, written_as) = (self.changed.get(), files::json(&*self.record.borrow()));
        client.send(files::import(&self.path, &written_as, PutMode::Overwrite)).await?;
        *written = now;
        Ok(())
    }
}
