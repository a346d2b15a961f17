//! The Fernet key that encrypts stored Google credentials.
//!
//! It is made once per app. Whatever else goes wrong, a key that has encrypted something must not
//! be replaced: so every place a key may be in is looked at first, an existing one is kept (and
//! moved, if asked), and none is made where encrypted data shows that one is missing.

use base64ct::{Base64, Encoding as _};
use serde_json::json;
use zeroize::Zeroize as _;

use crate::config::{FernetKey, KeyStorage};
use crate::engine::{Done, StepError, StepHandle};
use crate::error::Failure;
use crate::host::Host;
use crate::manifest::{DeployedKey, DeployedManifest};
use crate::schema::SchemaState;
use crate::workspace::apps::{App, Resource};
use crate::workspace::secrets;
use crate::workspace::{ApiError, Client, ErrorKind};

/// The key of the secret, in a scope per app.
const SECRET: &str = "encryption-key";
/// The name under which the secret is attached to the app.
pub const RESOURCE: &str = "encryption_key";

/// Where the app finds its key.
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
}

impl KeyPlace {
    /// The secret as it is attached to the app.
    pub fn resource(&self) -> Option<Resource> {
        match self {
            Self::Secret { scope, key } => {
                Some(Resource::Secret { scope: scope.clone(), key: key.clone(), permission: "READ".into() })
            }
            Self::AppYaml(_) => None,
        }
    }
}

/// What is wanted and what is known.
pub struct Wanted<'a> {
    /// The app.
    pub app: &'a str,
    /// Where it should be; `None`: where it is.
    pub storage: Option<KeyStorage>,
    /// The key given by the person.
    pub given: Option<&'a FernetKey>,
    /// The app's record, where there is one.
    pub record: Option<&'a App>,
    /// The `app.yaml` that lies there.
    pub deployed: Option<&'a DeployedManifest>,
    /// The schema, where the database was there before: it tells whether a key is in use.
    pub schema: Option<SchemaState>,
}

/// What of the key is there already, without the key itself.
pub struct ObservedKey {
    /// The scope that its secret is in, or would be.
    pub scope: String,
    /// The secret's key in that scope, or what it would be.
    pub key: String,
    /// Whether there is that scope.
    pub scope_exists: bool,
    /// Whether there is that secret.
    pub in_secret: bool,
    /// Where the key will be.
    pub storage: KeyStorage,
    in_yaml: Option<FernetKey>,
}

impl ObservedKey {
    /// Whether the deployed `app.yaml` holds a key.
    pub fn in_yaml(&self) -> bool {
        self.in_yaml.is_some()
    }
}

/// Looks where a key is, and reads none but that of a deployed `app.yaml`.
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
    // Without a secret of the app's and with a key that goes elsewhere, the scope is nobody's business;
    // unless there is data that a key kept there may have encrypted.
    let encrypted = wanted.schema.as_ref().is_some_and(|schema| schema.encrypted_data);
    let concerned =
        attached.is_some() || storage == KeyStorage::SecretScope || (in_yaml.is_none() && encrypted);
    let (scope, key) = attached.unwrap_or_else(|| (format!("tellr-{}", wanted.app), SECRET.to_owned()));
    let in_scope = if concerned { client.find(secrets::list(&scope)).await? } else { None };
    let scope_exists = in_scope.is_some();
    let in_secret = in_scope.is_some_and(|list| list.secrets.iter().any(|secret| secret.key == key));
    Ok(ObservedKey { scope, key, scope_exists, in_secret, storage, in_yaml })
}

/// Finds the key or makes one.
///
/// # Errors
/// `KEY_MISSING`, `KEY_DIFFERS`, or the workspace's refusal.
pub async fn ensure<H: Host>(
    step: StepHandle<'_, '_, H>,
    wanted: Wanted<'_>,
) -> Result<Done<KeyPlace>, StepError> {
    let ObservedKey { scope, key, scope_exists, in_secret, storage, in_yaml } =
        look(step.client(), &wanted).await?;
    let to_yaml = wanted.storage == Some(KeyStorage::AppYaml);
    // The stored key is read only where it has to be compared or moved.
    let compared = in_secret && (in_yaml.is_some() || wanted.given.is_some() || to_yaml);
    let stored = if compared { Some(read(&step, &scope, &key).await?) } else { None };
    let differs = |place: &str| Failure::KeyDiffers { app: wanted.app.to_owned(), place: place.to_owned() };

    let conflict = matches!((&in_yaml, &stored), (Some(yaml), Some(stored)) if yaml != stored);
    if conflict && wanted.storage == Some(KeyStorage::SecretScope) {
        return Err(Failure::TwoKeys { app: wanted.app.to_owned(), scope, key }.into());
    }
    // What `app.yaml` says is what the app runs with.
    let place =
        if in_yaml.is_some() { "`app.yaml`".to_owned() } else { format!("the secret scope `{scope}`") };
    let in_use = in_yaml.clone().or(stored);
    if matches!((&in_use, wanted.given), (Some(in_use), Some(given)) if in_use != given) {
        return Err(differs(&place).into());
    }
    if storage == KeyStorage::SecretScope && in_secret {
        let message = format!("kept the encryption key in the secret scope `{scope}`");
        return Ok(Done::unchanged(KeyPlace::Secret { scope, key }, message));
    }
    let (chosen, origin) = match (in_use, wanted.given) {
        (Some(found), _) => (found, format!("kept the encryption key from {place}")),
        (None, Some(given)) => (given.clone(), "using the given encryption key".to_owned()),
        (None, None) if wanted.schema.is_some_and(|schema| schema.encrypted_data) => {
            let places = vec![format!("secret {scope}/{key}"), "app.yaml".to_owned()];
            return Err(Failure::KeyMissing { app: wanted.app.to_owned(), places }.into());
        }
        (None, None) => (generate(&step), "created an encryption key".to_owned()),
    };
    match storage {
        KeyStorage::AppYaml => {
            Ok(Done::unchanged(KeyPlace::AppYaml(chosen), format!("{origin}, in `app.yaml`")))
        }
        KeyStorage::SecretScope => {
            let detail = json!({"scope": scope.as_str(), "key": key.as_str()});
            step.intend(detail.clone()).await?;
            if !scope_exists {
                create_scope(&step, &scope).await?;
            }
            step.client().send(secrets::put(&scope, &key, chosen.expose())).await?;
            step.did(detail).await?;
            let message = format!("{origin}, in the secret scope `{scope}`");
            Ok(Done::changed(KeyPlace::Secret { scope, key }, message))
        }
    }
}

async fn create_scope<H: Host>(step: &StepHandle<'_, '_, H>, scope: &str) -> Result<(), StepError> {
    match step.client().send(secrets::create_scope(scope)).await {
        Ok(_) => Ok(()),
        // Ours, with the answer lost, or made a moment ago by somebody who then may manage it.
        Err(error) if error.is(ErrorKind::AlreadyExists) => Ok(()),
        Err(error) if error.is(ErrorKind::QuotaExceeded) => {
            Err(Failure::SecretScopeQuota { scope: scope.to_owned(), problem: error.into_message() }.into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn read<H: Host>(step: &StepHandle<'_, '_, H>, scope: &str, key: &str) -> Result<FernetKey, StepError> {
    let value = step.client().send(secrets::get(scope, key)).await?;
    let text = Base64::decode_vec(value.value.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let mut text = text.unwrap_or_default();
    let parsed = FernetKey::parse(key, text.trim());
    text.zeroize();
    Ok(parsed.map_err(|_| Failure::KeyUnreadable { secret: format!("{scope}/{key}") })?)
}

/// The secret that the app has attached under a name.
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
