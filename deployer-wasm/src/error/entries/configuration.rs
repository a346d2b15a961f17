//! The texts about settings: arguments, flags and the configuration file.

use super::{DOCS_CONFIG, DOCS_SECRETS, Entry, list};

pub(super) fn invalid_value(key: &str, given: &str, expected: &str) -> Entry {
    Entry {
        code: "INVALID_VALUE",
        message: format!("`{key}` can't be `{given}`"),
        cause: format!("Expected {expected}"),
        remedy: format!("Change `{key}` and run it again. Nothing has been changed"),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn invalid_secret(key: &str, expected: &str) -> Entry {
    Entry {
        code: "INVALID_VALUE",
        message: format!("`{key}` is not valid (its value is not shown)"),
        cause: format!("Expected {expected}"),
        remedy: format!("Set a valid `{key}`, or omit it to have one created. Nothing has been changed"),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn looks_secret(key: &str) -> Entry {
    Entry {
        code: "INVALID_VALUE",
        message: format!("`{key}` looks like a secret (its value is not shown)"),
        cause: "All users who can see the app could read it".into(),
        remedy: format!(
            "Remove it from `{key}`, store it in a secret scope and attach it to the app. Nothing has been changed"
        ),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn missing_value(keys: &[String], why: String) -> Entry {
    let keys_are = if keys.len() == 1 { "is" } else { "are" };
    let keys = list(keys);
    Entry {
        code: "MISSING_VALUE",
        message: format!("{keys} {keys_are} missing"),
        cause: why,
        remedy: format!("Set {keys} and run it again. Nothing has been changed"),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn secret_in_file(key: &str) -> Entry {
    Entry {
        code: "SECRET_IN_FILE",
        message: format!("`{key}` is not allowed in a configuration file"),
        cause: "Configuration files are shared and committed, so a key in one is no longer secret".into(),
        remedy: format!(
            "Remove it: a key is created, stored and reused automatically. To use your own, pass the argument `{}` in addition to the file",
            key.rsplit('.').next().unwrap_or(key)
        ),
        docs: DOCS_SECRETS,
    }
}

pub(super) fn conflict(arguments: &[String]) -> Entry {
    Entry {
        code: "CONFIG_CONFLICT",
        message: format!("A configuration file can't be combined with {}", list(arguments)),
        cause: "The file and the arguments could contradict each other".into(),
        remedy: "Put all settings into the file, or omit the file".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn yaml_syntax(place: Option<(usize, usize)>, problem: String) -> Entry {
    Entry {
        code: "YAML_SYNTAX",
        message: match place {
            Some((line, column)) => {
                format!("The configuration can't be read at line {line}, column {column}")
            }
            None => "The configuration can't be read".into(),
        },
        cause: problem,
        remedy: "Correct the file and run it again. Nothing has been changed".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn yaml_too_large(bytes: usize, limit: usize) -> Entry {
    Entry {
        code: "YAML_TOO_LARGE",
        message: format!("The configuration file is too large: {bytes} bytes (limit {limit})"),
        cause: "This is probably not a configuration file".into(),
        remedy: "Check the path of the file".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn yaml_encoding(found: &str) -> Entry {
    Entry {
        code: "YAML_ENCODING",
        message: "The configuration is not a text file in UTF-8".into(),
        cause: format!("It seems to be {found}"),
        remedy: "Save the file as UTF-8 (in Windows Notepad: Save as, Encoding: UTF-8) and run it again. Nothing has been changed".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn unknown_key(key: &str, known: &[String], nearest: Option<&str>) -> Entry {
    Entry {
        code: "UNKNOWN_KEY",
        message: match nearest {
            Some(nearest) => format!("There is no key `{key}`; did you mean `{nearest}`?"),
            None => format!("There is no key `{key}`"),
        },
        cause: format!("The keys allowed here are {}", list(known)),
        remedy: "Correct the key or remove it. Nothing has been changed".into(),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn wrong_type(key: &str, expected: &str, found: &str) -> Entry {
    Entry {
        code: "WRONG_TYPE",
        message: format!("`{key}` has the wrong type"),
        cause: format!("Expected {expected}, found {found}"),
        remedy: format!("Change `{key}` and run it again. Nothing has been changed"),
        docs: DOCS_CONFIG,
    }
}

pub(super) fn unknown_environment(wanted: &str, known: &[String]) -> Entry {
    Entry {
        code: "UNKNOWN_ENVIRONMENT",
        message: format!("The configuration has no environment `{wanted}`"),
        cause: match known {
            [] => "It has no environments".into(),
            known => format!("The environments in it are {}", list(known)),
        },
        remedy: match known {
            [] => format!(
                "Add `{wanted}` below `environments` in the file, or omit `environment` (and the variable `ENVIRONMENT`)"
            ),
            _ => "Set `environment` (or the variable `ENVIRONMENT`) to one of them, or add it to the file"
                .into(),
        },
        docs: DOCS_CONFIG,
    }
}
