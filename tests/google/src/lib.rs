//! A stand-in for Google on loopback: its sign-in (authorization, tokens, revocation, user info) and the part of
//! Drive that the export to Google Slides uses (resumable uploads with conversion, and files).
//!
//! Problem: a test can't sign in at Google, and Google can't be asked to break off in the middle of an upload.
//!
//! Choice: an independent reading of Google's documentation, which refuses what Google refuses: redirect addresses
//! that differ in one character, codes used twice, verifiers that don't fit, chunks that aren't a multiple of
//! 256 KiB, ids chosen by the caller for converted files. Faults are ordered through [`StandIn`] or below
//! `/__local/`. It shares no type with the app: shared types would hide shared mistakes.
//!
//! | module | content |
//! |---|---|
//! | `state` | clients, grants, files, uploads |
//! | [`faults`] | what goes wrong, and when |
//! | `oauth` | authorization, tokens, revocation, user info |
//! | `drive` | files: list, get, change, delete |
//! | `query` | the `q` of a list |
//! | `upload` | resumable uploads |
//! | `control` | `/__local/` |
//! | `connection` | connections that can be cut |

mod connection;
mod control;
mod drive;
pub mod faults;
mod oauth;
mod query;
mod refusal;
mod state;
mod upload;

use std::io;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use faults::{Act, Fault, On};
pub use state::{Call, Client, Consent, File};
use state::{Shared, State};

/// Google, until it is dropped.
pub struct StandIn {
    /// `http://127.0.0.1:port`.
    pub address: String,
    shared: Shared,
    serving: JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl StandIn {
    /// Starts it on a port of 127.0.0.1; 0 takes a free one.
    ///
    /// # Errors
    /// If the port can't be opened.
    pub async fn start(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let shared: Shared = Arc::new(parking_lot::Mutex::new(State::new(&address)));
        let router = Router::new()
            .merge(oauth::routes())
            .merge(drive::routes())
            .merge(upload::routes())
            .merge(control::routes())
            .with_state(Arc::clone(&shared));
        let serving = tokio::spawn(connection::serve(listener, router));
        Ok(Self { address, shared, serving })
    }

    /// Registers a client of the kind "web application", as in Google's console.
    pub fn register(&self, client: Client) {
        self.shared.lock().register(client);
    }

    /// How people answer from now on when they are asked for their consent.
    pub fn answers(&self, consent: Consent) {
        self.shared.lock().consent = consent;
    }

    /// Orders a fault.
    pub fn fail(&self, fault: Fault) {
        self.shared.lock().faults.push(fault);
    }

    /// The files in Drive, of everybody, also those in the trash.
    pub fn files(&self) -> Vec<File> {
        self.shared.lock().files.clone()
    }

    /// Changes a file, as its owner does in Drive.
    pub fn change(&self, id: &str, change: impl FnOnce(&mut File)) {
        if let Some(file) = self.shared.lock().files.iter_mut().find(|file| file.id == id) {
            change(file);
        }
    }

    /// Deletes a file for ever.
    pub fn delete(&self, id: &str) {
        self.shared.lock().files.retain(|file| file.id != id);
    }

    /// Lets all access tokens expire.
    pub fn expire_access_tokens(&self) {
        self.shared.lock().access_tokens.clear();
    }

    /// Ends all grants, as people do on the page of their account: refreshing is answered with `invalid_grant`.
    pub fn revoke_everything(&self) {
        self.shared.lock().revoke_all();
    }

    /// How many grants are valid.
    pub fn grants(&self) -> usize {
        self.shared.lock().grants.len()
    }

    /// Forgets all upload sessions, as Google does after a week.
    pub fn forget_uploads(&self) {
        self.shared.lock().uploads.clear();
    }

    /// What was asked, in order: never with secrets.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.lock().calls.clone()
    }

    /// Every secret that it has given out or taken: codes, tokens, client secrets, addresses of uploads.
    pub fn secrets(&self) -> Vec<String> {
        self.shared.lock().secrets.clone()
    }
}
