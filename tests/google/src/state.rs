//! Clients, grants, files and uploads.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::faults::{Act, Fault, On};

pub(crate) type Shared = Arc<Mutex<State>>;

/// A client of the kind "web application".
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Client {
    /// `….apps.googleusercontent.com`.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Where answers may be sent, exactly.
    pub redirect_uris: Vec<String>,
}

/// How a person answers when they are asked for their consent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Consent {
    /// They allow everything.
    Allow {
        /// Who they are.
        email: String,
    },
    /// They allow everything but access to Drive.
    WithoutDrive {
        /// Who they are.
        email: String,
    },
    /// They refuse.
    Refuse,
}

/// A file in Drive.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The media type that it has in Drive.
    pub mime_type: String,
    /// Whose it is: an e-mail address.
    pub owner: String,
    /// The client that made it: others don't see it with the scope `drive.file`.
    pub client_id: String,
    /// Private properties of that client.
    pub app_properties: BTreeMap<String, String>,
    /// Whether it is in the trash.
    pub trashed: bool,
    /// Whether the owner may change it.
    pub can_edit: bool,
    /// How often its content was written.
    pub revision: u32,
    /// The content as it was uploaded, before conversion.
    #[serde(skip)]
    pub content: Vec<u8>,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// What.
    pub on: On,
    /// The method and the path, without parameters.
    pub path: String,
}

/// What a person has allowed a client.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) email: String,
    pub(crate) client_id: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) refresh_token: Option<String>,
    /// The code that it was exchanged for.
    pub(crate) code: String,
}

/// A code that was not exchanged yet, or was.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    pub(crate) email: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) is_offline: bool,
    pub(crate) is_used: bool,
}

/// An upload session.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) email: String,
    pub(crate) client_id: String,
    /// The file whose content is replaced; a new one otherwise.
    pub(crate) target: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) mime_type: Option<String>,
    pub(crate) app_properties: BTreeMap<String, String>,
    pub(crate) media_type: String,
    pub(crate) total: Option<usize>,
    pub(crate) received: Vec<u8>,
    /// The id of the file, once all bytes were received.
    pub(crate) made: Option<String>,
    /// The `fields` that the session was started with.
    pub(crate) fields: Option<String>,
}

pub(crate) struct State {
    pub(crate) address: String,
    pub(crate) clients: Vec<Client>,
    pub(crate) consent: Consent,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) grants: HashMap<Uuid, Grant>,
    /// The grants of access tokens that have not expired.
    pub(crate) access_tokens: HashMap<String, Uuid>,
    pub(crate) files: Vec<File>,
    pub(crate) uploads: HashMap<String, Upload>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) calls: Vec<Call>,
    pub(crate) secrets: Vec<String>,
}

impl State {
    pub(crate) fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            clients: Vec::new(),
            consent: Consent::Allow { email: "ada@gmail.example".to_owned() },
            codes: HashMap::new(),
            grants: HashMap::new(),
            access_tokens: HashMap::new(),
            files: Vec::new(),
            uploads: HashMap::new(),
            faults: Vec::new(),
            calls: Vec::new(),
            secrets: Vec::new(),
        }
    }

    pub(crate) fn register(&mut self, client: Client) {
        self.secrets.push(client.client_secret.clone());
        self.clients.retain(|known| known.client_id != client.client_id);
        self.clients.push(client);
    }

    /// A new secret that begins with `prefix`.
    pub(crate) fn secret(&mut self, prefix: &str) -> String {
        let secret = format!("{prefix}{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        self.secrets.push(secret.clone());
        secret
    }

    pub(crate) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.client_id == id)
    }

    pub(crate) fn grant_of(&self, access_token: &str) -> Option<&Grant> {
        self.grants.get(self.access_tokens.get(access_token)?)
    }

    pub(crate) fn revoke(&mut self, grant: Uuid) {
        self.grants.remove(&grant);
        self.access_tokens.retain(|_, of| *of != grant);
    }

    pub(crate) fn revoke_all(&mut self) {
        self.grants.clear();
        self.access_tokens.clear();
    }

    /// Notes a call, and what is to go wrong with it.
    pub(crate) fn called(&mut self, on: On, path: String) -> Option<Act> {
        self.calls.push(Call { on, path });
        let fault = self.faults.iter_mut().find(|fault| fault.on == on && fault.times > 0)?;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        fault.times -= 1;
        Some(fault.act.clone())
    }
}
