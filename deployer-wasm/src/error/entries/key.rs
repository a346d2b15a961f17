//! The texts about the key that the app encrypts with.

use super::{DOCS_APPS, DOCS_CONFIG, DOCS_SECRETS, Entry, list, said};

pub(super) fn missing(app: &str, places: &[String]) -> Entry {
    Entry {
        code: "KEY_MISSING",
        message: format!("The encryption key of app `{app}` can't be found, and its database holds encrypted data"),
        cause: format!("Not found in {}. A new key couldn't decrypt that data, so none is created", list(places)),
        remedy: "Set `encryption_key` to the key. If the key is lost, set `schema_name` to a new name: the app starts with an empty schema there, and this data is kept".into(),
        docs: DOCS_SECRETS,
    }
}

pub(super) fn differs(app: &str, place: &str) -> Entry {
    Entry {
        code: "KEY_DIFFERS",
        message: format!("`encryption_key` differs from the key that app `{app}` uses"),
        cause: format!("The key in {place} is in use; existing data couldn't be decrypted with another one"),
        remedy: "Omit `encryption_key` to keep the current key".into(),
        docs: DOCS_SECRETS,
    }
}

pub(super) fn app_yaml_unreadable(path: &str, problem: &str) -> Entry {
    Entry {
        code: "APP_YAML_UNREADABLE",
        message: format!("The deployed `{path}` can't be read"),
        cause: format!("{problem}. The file may hold the key that the app's data is encrypted with, so it is not replaced"),
        remedy: "Open the file in the workspace and correct it, then run it again. If it holds no `GOOGLE_OAUTH_ENCRYPTION_KEY` that is still needed, move it to another folder instead".into(),
        docs: DOCS_APPS,
    }
}

pub(super) fn entry_unreadable(path: &str, problem: &str) -> Entry {
    Entry {
        code: "KEY_ENTRY_UNREADABLE",
        message: format!("The encryption key in `{path}` can't be read"),
        cause: format!("Its entry `GOOGLE_OAUTH_ENCRYPTION_KEY` can't be used: {problem}. A new key couldn't decrypt existing data, so none is created"),
        remedy: "Write the entry in the workspace's file as `- name: GOOGLE_OAUTH_ENCRYPTION_KEY` with `value: <the key>` or `valueFrom: <the attached secret>` below it, then run it again. Remove it only if nothing was encrypted with it".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn unreadable(secret: &str) -> Entry {
    Entry {
        code: "KEY_UNREADABLE",
        message: format!("The secret `{secret}` is not an encryption key"),
        cause: "It is not a Fernet key, so it was probably replaced; its value is not shown".into(),
        remedy: "Restore the previous key; or, if the encrypted data is not needed, delete the secret and run it again".into(),
        docs: DOCS_SECRETS,
    }
}

pub(super) fn scope_quota(scope: &str, problem: &str) -> Entry {
    Entry {
        code: "SECRET_SCOPE_QUOTA",
        message: format!("The secret scope `{scope}` can't be created: the workspace's limit of secret scopes is reached"),
        cause: said(problem, "The workspace's maximum number of secret scopes is reached"),
        remedy: "Delete a scope that is no longer used, or set `encryption_key_storage` to `app_yaml`, which needs no scope".into(),
        docs: DOCS_SECRETS,
    }
}

pub(super) fn two(app: &str, scope: &str, key: &str) -> Entry {
    Entry {
        code: "TWO_KEYS",
        message: format!("The app `{app}` has two encryption keys that differ"),
        cause: format!("The app uses the one in its `app.yaml`; the other is the secret `{scope}/{key}`, which would be overwritten"),
        remedy: "Keep the key where it is (`encryption_key_storage: app_yaml`); or, if nothing was encrypted with the secret's key, delete that secret and run it again".into(),
        docs: DOCS_SECRETS,
    }
}
