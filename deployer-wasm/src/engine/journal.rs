//! The record of a deployment, kept in the workspace.
//!
//! A run can die between any two requests, together with its machine. So the journal records each effect
//! before the request and again after its outcome; the file is beside the app's files, where the next run
//! finds it from any machine. It answers the one question that the platform's state can't: *whose* is this
//! app, ours or another user's? A new run reads everything else from the platform, so an outdated journal has
//! less information but is never wrong.
//!
//! It holds names and ids and never a secret. Steps that run concurrently share one file; writes are
//! serialised and each contains everything known by then, so N steps that write at the same time cost at most
//! two writes.

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

/// The journal's format version. A newer one is refused, an older one is read.
const VERSION: u32 = 1;

/// The content of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The format version.
    pub version: u32,
    /// The version of the deployer that last wrote it.
    pub deployer: String,
    /// The app it is about.
    pub app_name: String,
    /// The latest run.
    pub run: RunRecord,
    /// The effects that were made or are about to be, by step.
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

    /// A successful run has completed or found every effect that it or an earlier run had announced.
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
    /// The user who started it.
    pub by: String,
    /// The start time, by the workspace's clock.
    pub started_at: Timestamp,
    /// Its state; `running` if it is in progress or died.
    pub status: RunStatus,
    /// Its arguments, to resume it: all except a key and a wheel.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        test,
        ts(
            optional,
            type = "CreateArguments | UpdateArguments | DeleteArguments | RollbackArguments | RestoreArguments"
        )
    )]
    #[serde(default)]
    pub arguments: Option<Value>,
    /// The file name of the wheel that it deploys, which has to be given again to resume it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(default)]
    pub wheel: Option<String>,
    /// The release that was put back when the app of this run wasn't healthy: nothing of the run is left to do then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(default)]
    pub put_back: Option<u32>,
}

impl RunRecord {
    /// Whether the same run, started again, would go on where this one stopped.
    pub fn is_unfinished(&self) -> bool {
        self.status != RunStatus::Finished && self.put_back.is_none()
    }
}

/// The state of a run. A run that died stays `Running`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum RunStatus {
    /// In progress, or died.
    Running,
    /// Succeeded.
    Finished,
    /// Failed.
    Failed,
    /// Cancelled by the user.
    Cancelled,
}

/// The journal's entry for one step's effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// About to happen, or happened.
    pub state: EntryState,
    /// The time of the entry, by the workspace's clock.
    pub at: Timestamp,
    /// The run that wrote it.
    pub run: String,
    /// Names and ids.
    #[serde(skip_serializing_if = "Value::is_null")]
    #[serde(default)]
    pub detail: Value,
}

/// The two points at which an effect is journalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// The request is about to be sent.
    Intended,
    /// The effect has happened.
    Done,
}

/// The folder beside the app's files that holds journal and lock.
pub fn folder(workspace_path: &str) -> String {
    format!("{workspace_path}/.tellr")
}

fn file(workspace_path: &str) -> String {
    format!("{}/deployment.json", folder(workspace_path))
}

/// Reads the journal of `workspace_path`; `None` if there is none or it can't be parsed.
///
/// # Errors
/// The workspace's refusal, or a journal written by a newer deployer.
pub async fn read<H: Host>(
    client: &Client<'_, H>,
    workspace_path: &str,
) -> Result<Result<Option<Record>, Failure>, ApiError> {
    let path = file(workspace_path);
    let exported = client.find(files::export(&path)).await?;
    Ok(exported.map_or(Ok(None), |exported| parse(&path, exported)))
}

/// Starts the read of [`read`].
pub async fn ahead<H: Host>(client: &Client<'_, H>, workspace_path: &str) {
    client.ahead(files::export(&file(workspace_path))).await;
}

fn parse(path: &str, exported: Exported) -> Result<Option<Record>, Failure> {
    // A truncated file is treated as missing: the run then knows less, and an existing app counts as another
    // user's, which is the safe assumption.
    let Some(json) = exported.json() else {
        return Ok(None);
    };
    let version = json["version"].as_u64().and_then(|version| u32::try_from(version).ok());
    if let Some(newer) = version.filter(|version| *version > VERSION) {
        return Err(Failure::JournalNewer { path: path.to_owned(), version: newer, known: VERSION });
    }
    Ok(decode(json).ok())
}

/// The journal of a run in progress.
pub struct Journal {
    path: String,
    record: RefCell<Record>,
    /// Counts changes to `record`.
    changed: Cell<u64>,
    /// The version of `record` in the file. Held during a write.
    written: Mutex<u64>,
}

impl Journal {
    /// Starts a run, keeping the record of `earlier` runs.
    pub fn begin(workspace_path: &str, app_name: &str, run: RunRecord, earlier: Option<Record>) -> Self {
        let entries = earlier.filter(|record| record.app_name == app_name).map(|mut record| {
            // For successful runs of older versions, which didn't do this themselves.
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

    /// Writes the file if it doesn't exist; false if it does.
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

    /// The run that wrote the file after this run, if it can be read.
    pub async fn successor<H: Host>(&self, client: &Client<'_, H>) -> Option<String> {
        let there = parse(&self.path, client.find(files::export(&self.path)).await.ok()??).ok()??;
        (there.run.id != self.record.borrow().run.id).then_some(there.run.by)
    }

    /// The id of the run.
    pub fn run(&self) -> String {
        self.record.borrow().run.id.clone()
    }

    /// The entry of `step`.
    pub fn entry(&self, step: &str) -> Option<Entry> {
        self.record.borrow().entries.get(step).cloned()
    }

    /// The steps in which this run announced effects, whether or not they completed.
    pub fn begun_in_this_run(&self) -> Vec<String> {
        let record = self.record.borrow();
        let begun = record.entries.iter().filter(|(_, entry)| entry.run == record.run.id);
        begun.map(|(step, _)| step.clone()).collect()
    }

    /// Records that `step` is about to have an effect, and waits until that is written.
    ///
    /// # Errors
    /// If it can't be written: then the effect must not happen.
    pub async fn intend<H: Host>(
        &self,
        client: &Client<'_, H>,
        step: &str,
        detail: Value,
    ) -> Result<(), ApiError> {
        self.put(client, step, EntryState::Intended, detail);
        self.flush(client).await
    }

    /// Records the effect of `step`, and waits until that is written.
    ///
    /// # Errors
    /// If it can't be written.
    pub async fn done<H: Host>(
        &self,
        client: &Client<'_, H>,
        step: &str,
        detail: Value,
    ) -> Result<(), ApiError> {
        self.put(client, step, EntryState::Done, detail);
        self.flush(client).await
    }

    /// Removes all entries: the app is deleted.
    pub fn forget_entries(&self) {
        self.record.borrow_mut().entries.clear();
        self.changed.set(self.changed.get() + 1);
    }

    /// Removes the entry of `step`: it doesn't matter after this run.
    pub fn forget(&self, step: &str) {
        self.record.borrow_mut().entries.remove(step);
        self.changed.set(self.changed.get() + 1);
    }

    /// The run has failed, and the release `number` runs again. Written when the run ends.
    pub fn put_back(&self, number: u32) {
        self.record.borrow_mut().run.put_back = Some(number);
        self.changed.set(self.changed.get() + 1);
    }

    /// Ends the run.
    ///
    /// # Errors
    /// If it can't be written.
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

    /// Writes the changes that are not written yet.
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
