use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::Value;

use super::*;
use crate::settings::WorkspaceAuth;
use crate::workspace::profiles::Profiles;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/credentials")
}

fn json<T: serde::de::DeserializeOwned>(file: &str) -> T {
    let text = std::fs::read_to_string(corpus().join(file)).expect("the file is there");
    serde_json::from_str(&text).expect("it is JSON of the known shape")
}

/// A home folder with these files in it, and the environment of a process there.
struct Home {
    folder: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

impl Home {
    fn with(profiles: &str) -> Self {
        let home = Self::empty();
        std::fs::write(home.folder.path().join(".databrickscfg"), profiles).expect("it is written");
        home
    }

    fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), variables: BTreeMap::new() }
    }

    fn setting(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn find(&self, asked: &SelectionArguments) -> Result<Found, Failure> {
        find(asked, |name| match name {
            "HOME" => Some(self.folder.path().display().to_string()),
            name => self.variables.get(name).cloned(),
        })
    }

    fn keep_tokens(self, text: &str) -> Self {
        let folder = self.folder.path().join(".databricks");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("token-cache.json"), text).expect("it is written");
        self
    }
}

fn to(host: &str) -> SelectionArguments {
    SelectionArguments { host: Some(host.into()), ..SelectionArguments::default() }
}

fn of(profile: &str) -> SelectionArguments {
    SelectionArguments { profile: Some(profile.into()), ..SelectionArguments::default() }
}

fn problem(result: Result<Found, Failure>) -> String {
    match result {
        Err(Failure::NoWorkspace { problem }) => problem,
        other => panic!("{other:?}"),
    }
}

/// Why there is no credential, in the words of the error.
fn why_nobody(found: Result<Found, Failure>) -> String {
    match found.expect("a workspace").credential() {
        Err(Failure::NotSignedIn { problem }) => problem,
        other => panic!("{other:?}"),
    }
}

fn secret(auth: &WorkspaceAuth) -> &str {
    match auth {
        WorkspaceAuth::Token(token) => token.expose_secret(),
        WorkspaceAuth::ClientCredentials { client_secret, .. } => client_secret.expose_secret(),
        WorkspaceAuth::GitHub { identity, .. } => identity.token.expose_secret(),
    }
}

#[derive(Deserialize)]
struct Matrix {
    files: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    says: String,
    file: String,
    environment: BTreeMap<String, String>,
    argument: BTreeMap<String, String>,
    expect: BTreeMap<String, Value>,
}

#[test]
fn the_workspace_is_the_arguments_then_the_environments_then_the_files() {
    let matrix: Matrix = json("matrix.json");
    assert!(matrix.cases.len() >= 30);
    for case in matrix.cases {
        let mut home = matrix.files.get(&case.file).map_or_else(Home::empty, |text| Home::with(text));
        home.variables = case.environment;
        let asked = SelectionArguments {
            host: case.argument.get("host").cloned(),
            profile: case.argument.get("profile").cloned(),
        };
        let (found, says) = (home.find(&asked), case.says);
        if let Some(parts) = case.expect.get("error") {
            let problem = problem(found);
            for part in parts.as_array().expect("parts of a message") {
                let part = part.as_str().expect("text");
                assert!(problem.contains(part), "{says}: `{part}` is missing in `{problem}`");
            }
            continue;
        }
        let found = found.unwrap_or_else(|failure| panic!("{says}: {failure:?}"));
        let expected = |key: &str| case.expect[key].as_str();
        assert_eq!(Some(found.host.as_str()), expected("host"), "{says}");
        assert_eq!(found.profile.as_deref(), expected("profile"), "{says}");
        assert_eq!(found.auth_type, expected("auth"), "{says}");
        assert_eq!(found.auth.as_ref().ok().map(secret), expected("secret"), "{says}");
    }
}

#[derive(Deserialize)]
struct CorpusCase {
    file: String,
    profile: Option<String>,
    sdk: Value,
    here: Option<Value>,
}

#[test]
fn profiles_are_read_as_databricks_sdk_reads_them() {
    let cases: Vec<CorpusCase> = json("databrickscfg.json");
    assert!(cases.len() >= 60);
    for CorpusCase { file, profile, sdk, here } in cases {
        let path = corpus().join("databrickscfg").join(&file).display().to_string();
        let read = |name: &str| (name == "DATABRICKS_CONFIG_FILE").then(|| path.clone());
        let profiles = Profiles::read(&read).map_err(Failure::from);
        let source = profiles.and_then(|profiles| match &profile {
            Some(name) => profiles.named(name),
            None => profiles.default_for(None)?.ok_or_else(|| profiles.missing("DEFAULT")),
        });
        let source = source.and_then(|source| match &source.problem {
            Some(problem) => Err(no_workspace(format!("{} {problem}", source.name))),
            None => Ok(source),
        });
        let (wanted, shown) = (here.unwrap_or(sdk), format!("{file}, {profile:?}"));
        let source = match (source, wanted["refused"].as_str()) {
            (Ok(source), None) => source,
            (Err(Failure::NoWorkspace { problem }), Some(part)) => {
                assert!(problem.contains(part), "{shown}: {problem}");
                continue;
            }
            (Ok(source), Some(part)) => panic!("{shown}: {part} was expected, not {:?}", source.host),
            (Err(failure), _) => panic!("{shown}: {failure:?}"),
        };
        assert_eq!(source.profile.as_deref(), wanted["profile"].as_str(), "{shown}");
        for (key, value) in [
            ("host", &source.host),
            ("workspace_id", &source.workspace_id),
            ("token", &source.token),
            ("client_id", &source.client_id),
            ("client_secret", &source.client_secret),
            ("auth_type", &source.auth_type),
        ] {
            assert_eq!(value.as_deref(), wanted["values"][key].as_str(), "{shown}: {key}");
        }
    }
}

#[test]
fn a_backslash_is_sent_as_it_stands() {
    let home = Home::with("[dev]\nhost = x.example\nclient_id = id\nclient_secret = ab\\ncd\\\\e\n");
    let found = home.find(&of("dev")).expect("a workspace").auth.expect("a credential");
    assert_eq!(secret(&found), "ab\\ncd\\\\e");
    assert!(!format!("{found:?}").contains("cd"), "nor is it printed");
}

#[test]
fn the_sign_in_of_databricks_command_line_is_used_while_it_lasts() {
    let profiles = "[work]\nhost = https://x.example\nauth_type = databricks-cli\n";
    let cache = |key: &str, expiry: &str| {
        let token =
            serde_json::json!({"access_token": "eyJ-cached", "token_type": "Bearer", "expiry": expiry});
        serde_json::json!({"version": 1, "tokens": {key: token}}).to_string()
    };
    for key in ["https://x.example", "https://x.example/", "work"] {
        let home = Home::with(profiles).keep_tokens(&cache(key, "2999-01-02T03:04:05.678901+02:00"));
        let found = home.find(&of("work")).expect("a workspace");
        assert_eq!(found.auth_type, Some("databricks-cli"), "{key}");
        assert_eq!(secret(&found.auth.expect("a credential")), "eyJ-cached");
    }
    for (cache, why) in [
        (cache("https://x.example", "2020-01-01T00:00:00Z"), "has expired"),
        (cache("https://x.example", "soon"), "has expired"),
        (cache("https://y.example", "2999-01-01T00:00:00Z"), "has no token for https://x.example"),
        (
            cache("https://x.example", "2999-01-01T00:00:00Z").replace("\"version\":1", "\"version\":7"),
            "has format 7",
        ),
        ("eyJ-not-json".to_owned(), "isn't a token cache"),
    ] {
        let problem = why_nobody(Home::with(profiles).keep_tokens(&cache).find(&of("work")));
        assert!(problem.contains(why) && problem.contains("--sign-in"), "{problem}");
        assert!(problem.contains("databricks auth login --host https://x.example"), "{problem}");
        assert!(!problem.contains("eyJ"), "{problem}");
    }
    let problem = why_nobody(Home::with(profiles).find(&of("work")));
    assert!(problem.contains("token-cache.json") && problem.contains("--sign-in"), "{problem}");
}

#[test]
fn auth_type_says_which_credential_counts() {
    let both = "[dev]\nhost = x.example\ntoken = dapi-token\nclient_id = id\nclient_secret = dose-secret\n";
    for (auth_type, expected) in
        [("pat", Some("dapi-token")), ("oauth-m2m", Some("dose-secret")), ("azure-cli", None)]
    {
        let found =
            Home::with(&format!("{both}auth_type = {auth_type}\n")).find(&of("dev")).expect("a workspace");
        assert_eq!(found.auth.as_ref().ok().map(secret), expected, "{auth_type}");
    }
    let unknown = Home::with(&format!("{both}auth_type = azure-cli\n")).find(&of("dev"));
    assert!(why_nobody(unknown).contains("`auth_type = azure-cli`, which isn't supported here"));
    let half = Home::with("[dev]\nhost = x.example\nclient_id = id\n").find(&of("dev"));
    assert!(why_nobody(half).contains("a `client_id` without a `client_secret`"));
}

#[test]
fn where_a_workspace_is_known_and_no_credential_somebody_can_sign_in() {
    let found = Home::empty().find(&to("x.example")).expect("a workspace");
    assert!(found.host == "https://x.example" && !found.has_credential());
    let problem = why_nobody(Home::empty().find(&to("x.example")));
    assert!(problem.contains(".databrickscfg") && problem.contains("--sign-in"), "{problem}");
    let nothing = problem_of_nothing();
    assert!(nothing.contains("--host") && nothing.contains("DATABRICKS_HOST"), "{nothing}");
}

fn problem_of_nothing() -> String {
    problem(Home::empty().find(&SelectionArguments::default()))
}

#[test]
fn several_workspaces_may_share_a_host() {
    let profiles = "[dev]\nhost = https://acme.databricks.com\ntoken = t\nworkspace_id = 11\n";
    let id = |asked: &SelectionArguments| Home::with(profiles).find(asked).expect("a workspace").workspace_id;
    assert_eq!(id(&of("dev")).as_deref(), Some("11"));
    assert_eq!(id(&to("https://acme.databricks.com/browse?o=22")).as_deref(), Some("22"));
    let environment = Home::empty()
        .setting("DATABRICKS_HOST", "https://acme.databricks.com/?o=33")
        .setting("DATABRICKS_TOKEN", "dapi-token");
    assert_eq!(
        environment.find(&SelectionArguments::default()).expect("a workspace").workspace_id.as_deref(),
        Some("33")
    );
}

#[test]
fn a_token_is_never_sent_unencrypted() {
    let home =
        Home::empty().setting("DATABRICKS_HOST", "http://far.example").setting("DATABRICKS_TOKEN", "t");
    assert!(problem(home.find(&SelectionArguments::default())).contains("https://"));
}
