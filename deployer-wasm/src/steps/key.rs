//! The Fernet key that encrypts stored Google credentials.
//!
//! It is created once per app. A key that has encrypted something must never be replaced: so every place that
//! may hold a key is checked first, an existing one is kept (and moved, if requested), and none is created if
//! encrypted data shows that one is missing.

use base64ct::{Base64, Encoding as _};
use serde_json::json;
use zeroize::Zeroize as _;

use crate::config::{AppPackage, FernetKey, KeyStorage};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::{DeployError, Failure};
use crate::host::Host;
use crate::manifest::{DeployedKey, DeployedManifest};
use crate::schema::SchemaState;
use crate::workspace::apps::{App, Resource};
use crate::workspace::secrets;
use crate::workspace::{ApiError, Client, ErrorKind};

/// The key of the secret, in a scope per app.
const SECRET: &str = "encryption-key";
/// The name of the attached secret resource.
pub const RESOURCE: &str = "encryption_key";

/// The table in which the original app keeps its key.
const KEY_TABLE: &str = "encryption_keys";

/// The source of the app's key.
#[derive(Debug, Clone)]
pub enum KeyPlace {
    /// In a secret, attached to the app.
    Secret {
        /// The scope.
        scope: String,
        /// The key in it.
        key: String,
    },
    /// In `app.yaml` itself.
    AppYaml(FernetKey),
    /// In a table of the original app, from version 0.4 on: the app finds it there by itself.
    Database,
}

impl KeyPlace {
    /// The secret as it is attached to the app.
    pub fn resource(&self) -> Option<Resource> {
        match self {
            Self::Secret { scope, key } => {
                Some(Resource::Secret { scope: scope.clone(), key: key.clone(), permission: "READ".into() })
            }
            Self::AppYaml(_) | Self::Database => None,
        }
    }
}

/// The input of the key step.
pub struct Wanted<'a> {
    /// The app.
    pub app: &'a str,
    /// The app's package.
    pub package: AppPackage,
    /// Where to store it; `None`: keep the current place.
    pub storage: Option<KeyStorage>,
    /// The key given by the user.
    pub given: Option<&'a FernetKey>,
    /// The app's record, if it exists.
    pub record: Option<&'a App>,
    /// The deployed `app.yaml`.
    pub deployed: Option<&'a DeployedManifest>,
    /// The schema, if the database existed before: it shows whether a key is in use.
    pub schema: Option<SchemaState>,
}

impl Wanted<'_> {
    /// Whether the original app keeps its key in a table of its own, as it does from version 0.4 on.
    fn has_key_table(&self) -> bool {
        let tables = self.schema.as_ref().map(|schema| schema.largest.as_slice()).unwrap_or_default();
        let is_originals = self.deployed.and_then(DeployedManifest::package) == Some(self.package);
        self.package == AppPackage::DatabricksTellrApp
            && is_originals
            && tables.iter().any(|table| table.name == KEY_TABLE)
    }
}

/// Where keys were found, without the keys themselves.
pub struct ObservedKey {
    /// The scope of its secret, existing or to be created.
    pub scope: String,
    /// The secret's key in that scope, existing or to be created.
    pub key: String,
    /// Whether the scope exists.
    pub scope_exists: bool,
    /// Whether the secret exists.
    pub in_secret: bool,
    /// Where the key will be stored.
    pub storage: KeyStorage,
    /// Whether it stays in a table of the original app.
    pub in_database: bool,
    in_yaml: Option<FernetKey>,
}

impl ObservedKey {
    /// Whether the deployed `app.yaml` holds a key.
    pub fn in_yaml(&self) -> bool {
        self.in_yaml.is_some()
    }

    /// The secret as it is attached to the app, if the key is stored in it.
    pub fn resource(&self) -> Resource {
        Resource::Secret { scope: self.scope.clone(), key: self.key.clone(), permission: "READ".into() }
    }

    /// The key that the deployed `app.yaml` holds.
    pub fn yaml_key(&self) -> Option<&FernetKey> {
        self.in_yaml.as_ref()
    }

    /// Whether the stored key is compared with another one.
    fn is_compared(&self, wanted: &Wanted<'_>) -> bool {
        let other = match self.in_yaml {
            Some(_) => wanted.storage == Some(KeyStorage::SecretScope),
            None => wanted.given.is_some(),
        };
        self.in_secret && other
    }

    /// Where the key in use is, in words.
    fn place(&self) -> String {
        match self.in_yaml {
            Some(_) => "`app.yaml`".to_owned(),
            None => format!("the secret scope `{}`", self.scope),
        }
    }
}

/// The secret of a new app, as it is attached to it.
pub fn own_secret(app: &str) -> Resource {
    Resource::Secret { scope: own_scope(app), key: SECRET.to_owned(), permission: "READ".into() }
}

/// Finds where a key is, without reading any except that of a deployed `app.yaml`.
///
/// # Errors
/// The workspace's refusal.
pub async fn look<H: Host>(client: &Client<'_, H>, wanted: &Wanted<'_>) -> Result<ObservedKey, ApiError> {
    let deployed = wanted.deployed.and_then(DeployedManifest::key);
    let (in_yaml, resource) = match deployed {
        Some(DeployedKey::Literal(key)) => (Some(key.clone()), RESOURCE),
        Some(DeployedKey::Resource(resource)) => (None, resource.as_str()),
        None => (None, RESOURCE),
    };
    let attached = attached(wanted.record, resource).or_else(|| attached(wanted.record, RESOURCE));
    let storage = wanted.storage.unwrap_or(match in_yaml {
        Some(_) => KeyStorage::AppYaml,
        None => KeyStorage::SecretScope,
    });
    // Without an attached secret and with a key that is stored elsewhere, the scope needn't be checked;
    // unless there is data that a key in it may have encrypted, or the files say that it is in a secret: a run that
    // moved it there may have died before it attached the secret.
    let in_resource = matches!(deployed, Some(DeployedKey::Resource(_)));
    let encrypted = wanted.schema.as_ref().is_some_and(|schema| schema.encrypted_data);
    let concerned = attached.is_some()
        || storage == KeyStorage::SecretScope
        || in_resource
        || (in_yaml.is_none() && encrypted);
    let (scope, key) = attached.unwrap_or_else(|| (own_scope(wanted.app), SECRET.to_owned()));
    let in_scope = if concerned { client.find(secrets::list(&scope)).await? } else { None };
    let scope_exists = in_scope.is_some();
    let in_secret = in_scope.is_some_and(|list| list.secrets.iter().any(|secret| secret.key == key));
    let elsewhere = in_yaml.is_some() || in_secret || wanted.given.is_some() || wanted.storage.is_some();
    let in_database = !elsewhere && wanted.has_key_table();
    Ok(ObservedKey { scope, key, scope_exists, in_secret, storage, in_database, in_yaml })
}

/// Starts the read of [`look`], as it is for a key in the app's own scope.
pub async fn ahead<H: Host>(client: &Client<'_, H>, app: &str) {
    client.ahead(secrets::list(&own_scope(app))).await;
}

/// The scope of the app's secret, if the app has no other.
fn own_scope(app: &str) -> String {
    format!("tellr-{app}")
}

/// Finds the key or creates one.
///
/// # Errors
/// `KEY_MISSING`, `KEY_DIFFERS`, or the workspace's refusal.
pub async fn ensure<H: Host>(
    step: StepHandle<'_, '_, H>,
    wanted: Wanted<'_>,
) -> Result<Done<KeyPlace>, StepError> {
    let seen = look(step.client(), &wanted).await?;
    let is_moved = seen.in_secret && seen.in_yaml.is_none() && wanted.storage == Some(KeyStorage::AppYaml);
    let stored = if is_moved || seen.is_compared(&wanted) {
        Some(read(step.client(), &seen.scope, &seen.key).await?)
    } else {
        None
    };
    refuse(&wanted, &seen, stored.as_ref())?;
    if seen.in_database {
        let message = format!("the encryption key is in the app's table `{KEY_TABLE}`");
        return Ok(Done::unchanged(KeyPlace::Database, message));
    }
    let place = seen.place();
    let ObservedKey { scope, key, scope_exists, in_secret, storage, in_yaml, .. } = seen;
    let in_use = in_yaml.or(stored);
    let differs = |place: &str| Failure::KeyDiffers { app: wanted.app.to_owned(), place: place.to_owned() };
    if storage == KeyStorage::SecretScope && in_secret {
        let message = format!("kept the encryption key in the secret scope `{scope}`");
        return Ok(Done::unchanged(KeyPlace::Secret { scope, key }, message));
    }
    let given = in_use.is_some() || wanted.given.is_some();
    let (chosen, origin) = match (in_use, wanted.given) {
        (Some(found), _) => (found, format!("kept the encryption key from {place}")),
        (None, Some(given)) => (given.clone(), "using the given encryption key".to_owned()),
        (None, None) => (generate(&step), "created an encryption key".to_owned()),
    };
    match storage {
        KeyStorage::AppYaml => {
            Ok(Done::unchanged(KeyPlace::AppYaml(chosen), format!("{origin}, in `app.yaml`")))
        }
        KeyStorage::SecretScope => {
            let detail = json!({"scope": scope.as_str(), "key": key.as_str()});
            step.intend(detail.clone()).await?;
            if !scope_exists && !create_scope(&step, &scope).await? {
                // The scope exists after all, so it may hold a key. A key is never replaced.
                let list = step.client().find(secrets::list(&scope)).await?;
                if list.is_some_and(|list| list.secrets.iter().any(|secret| secret.key == key)) {
                    let there = read(step.client(), &scope, &key).await?;
                    if given && there != chosen {
                        return Err(differs(&format!("the secret scope `{scope}`")).into());
                    }
                    step.did(detail).await?;
                    let message = format!("kept the encryption key in the secret scope `{scope}`");
                    return Ok(Done::unchanged(KeyPlace::Secret { scope, key }, message));
                }
            }
            step.client().send(secrets::put(&scope, &key, chosen.expose())).await?;
            step.did(detail).await?;
            let message = format!("{origin}, in the secret scope `{scope}`");
            Ok(Done::changed(KeyPlace::Secret { scope, key }, message))
        }
    }
}

/// Refuses what the run would refuse, without changing anything. A stored key is read only to compare it.
///
/// # Errors
/// `TWO_KEYS`, `KEY_DIFFERS`, `KEY_MISSING`, or the workspace's refusal.
pub async fn check<H: Host>(
    client: &Client<'_, H>,
    wanted: &Wanted<'_>,
    seen: &ObservedKey,
) -> Result<(), DeployError> {
    let stored =
        if seen.is_compared(wanted) { Some(read(client, &seen.scope, &seen.key).await?) } else { None };
    Ok(refuse(wanted, seen, stored.as_ref())?)
}

/// Refuses keys that contradict each other, and a missing one; `stored` if it was read.
fn refuse(wanted: &Wanted<'_>, seen: &ObservedKey, stored: Option<&FernetKey>) -> Result<(), Failure> {
    let ObservedKey { scope, key, in_secret, in_yaml, .. } = seen;
    let app = wanted.app.to_owned();
    let conflict = matches!((in_yaml, stored), (Some(yaml), Some(stored)) if yaml != stored);
    if conflict && wanted.storage == Some(KeyStorage::SecretScope) {
        return Err(Failure::TwoKeys { app, scope: scope.clone(), key: key.clone() });
    }
    // The app runs with the key in `app.yaml`.
    match (in_yaml.as_ref().or(stored), wanted.given) {
        (Some(in_use), Some(given)) if in_use != given => {
            Err(Failure::KeyDiffers { app, place: seen.place() })
        }
        (None, None)
            if !in_secret
                && !seen.in_database
                && wanted.schema.as_ref().is_some_and(|schema| schema.encrypted_data) =>
        {
            let places = vec![format!("secret {scope}/{key}"), "app.yaml".to_owned()];
            Err(Failure::KeyMissing { app, places })
        }
        _ => Ok(()),
    }
}

/// Creates the scope; false if it existed already.
async fn create_scope<H: Host>(step: &StepHandle<'_, '_, H>, scope: &str) -> Result<bool, StepError> {
    match step.client().send(secrets::create_scope(scope)).await {
        Ok(_) => Ok(true),
        // Created by us with the answer lost, or a moment ago by another user, who may then manage it.
        Err(error) if error.is(ErrorKind::AlreadyExists) => Ok(false),
        Err(error) if error.is(ErrorKind::QuotaExceeded) => {
            Err(Failure::SecretScopeQuota { scope: scope.to_owned(), problem: error.into_message() }.into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn read<H: Host>(client: &Client<'_, H>, scope: &str, key: &str) -> Result<FernetKey, DeployError> {
    let value = client.send(secrets::get(scope, key)).await?;
    let text = Base64::decode_vec(value.value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let mut text = text.unwrap_or_default();
    let parsed = FernetKey::parse(key, text.trim());
    text.zeroize();
    Ok(parsed.map_err(|_| Failure::KeyUnreadable { secret: format!("{scope}/{key}") })?)
}

/// The secret that is attached to the app under a name.
fn attached(record: Option<&App>, resource: &str) -> Option<(String, String)> {
    match Resource::find(&record?.resources, resource)? {
        Resource::Secret { scope, key, .. } => Some((scope, key)),
        _ => None,
    }
}

fn generate<H: Host>(step: &StepHandle<'_, '_, H>) -> FernetKey {
    let mut random = [0u8; 32];
    step.random(&mut random);
    let key = FernetKey::generate(random);
    random.zeroize();
    key
}
