//! No secret is written anywhere but where it belongs.
//!
//! Secrets of every kind are known or recognisable here: the workspace token, the client secret and
//! OAuth token of a service principal, database passwords, the Fernet key. Everything that a run
//! writes is searched for them: events, results, errors, every version of every file that it put
//! into the workspace (a lock or journal of the middle of a run as well), every other request, and
//! what the command line prints.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments};
use deployer::error::DeployError;
use end_to_end::kill;
use end_to_end::rivals::LOCK;
use end_to_end::stage::{ADA, FOLDER, Stage, delete_of_default, update_of_default};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, Rule, When};
use local_workspace::identity::{PrincipalSpec, Right};
use local_workspace::journal::Entry;
use local_workspace::pace::Pace;
use local_workspace::settings::{Denial, DeploymentOutcome};
use serde_json::Value;

/// A good Fernet key that one recognises.
const KEY: &str = "bWFya2VkLWtleS1tYXJrZWQta2V5LW1hcmtlZC1rZXk=";
/// How tokens and passwords of the local workspace begin.
const PATTERNS: [(&str, &str); 4] = [
    ("a database password", "eyJlocal."),
    ("an OAuth token", "eyJ.local."),
    ("a personal token", "dapi-local-"),
    ("a part of the key", "bWFya2VkLWtleS"),
];

/// What must not be found.
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    async fn of(stage: &Stage) -> Self {
        let mut known: Vec<(&str, String)> =
            PATTERNS.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        known.push(("the workspace token", stage.workspace.token(ADA).to_owned()));
        if let Some(key) = key_of(stage).await {
            known.push(("the encryption key in base64", STANDARD.encode(&key)));
            known.push(("the encryption key", key.trim_end_matches('=').to_owned()));
        }
        Self(known)
    }

    fn found_in(&self, text: &str) -> Option<&'static str> {
        self.0.iter().find(|(_, secret)| text.contains(secret.as_str())).map(|(name, _)| *name)
    }

    fn assert_none_in(&self, place: &str, text: &str) {
        if let Some(found) = self.found_in(text) {
            panic!("{found} in {place}:\n{text}");
        }
    }

    fn assert_none_in_error(&self, error: &DeployError) {
        self.assert_none_in("an error", &format!("{error}\n{error:?}\n{error:#?}"));
        self.assert_none_in("an error as JSON", &serde_json::to_string(error).expect("JSON"));
    }

    /// Everything that was sent to the workspace, but for where secrets belong.
    fn assert_none_sent(&self, stage: &Stage) {
        let entries = stage.workspace.control().journal.entries();
        assert!(!entries.is_empty());
        for entry in entries {
            let place = format!("{} {} ({})", entry.method, entry.path, entry.seq);
            self.assert_none_in(&place, entry.query.as_deref().unwrap_or_default());
            self.assert_none_in(&place, &format!("{:?}", entry.headers));
            match entry.path.as_str() {
                "/api/2.0/secrets/put" | "/oidc/v1/token" => {}
                "/api/2.0/workspace/import" => {
                    let (path, content) = written(&entry);
                    self.assert_none_in(&path, &content);
                }
                _ => self.assert_none_in(&place, entry.body.as_deref().unwrap_or_default()),
            }
        }
    }
}

/// A file that was written: its path and content.
fn written(entry: &Entry) -> (String, String) {
    let body: Value = serde_json::from_str(entry.body.as_deref().expect("a body")).expect("JSON");
    let content = STANDARD.decode(body["content"].as_str().expect("content")).expect("base64");
    let path = body["path"].as_str().expect("a path").to_owned();
    (path, String::from_utf8(content).expect("text"))
}

/// All versions of the files of this name that were ever written.
fn versions(stage: &Stage, name: &str) -> Vec<String> {
    let entries = stage.workspace.control().journal.entries();
    let imports = entries.iter().filter(|entry| entry.path == "/api/2.0/workspace/import");
    imports.map(written).filter(|(path, _)| path.ends_with(name)).map(|(_, content)| content).collect()
}

async fn key_of(stage: &Stage) -> Option<String> {
    let (status, secret) = stage.get("/api/2.0/secrets/get?scope=tellr-tellr&key=encryption-key").await;
    let bytes = STANDARD.decode(secret["value"].as_str()?).ok()?;
    (status == 200).then(|| String::from_utf8(bytes).expect("text"))
}

fn key() -> CreateArguments {
    CreateArguments { encryption_key: Some(KEY.to_owned().into()), ..CreateArguments::default() }
}

#[tokio::test]
async fn a_run_that_goes_well_writes_no_secret() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let host = stage.host(ADA);
    let created = stage.create_on(&host, CreateArguments::default()).await.expect("create");
    let secrets = Secrets::of(&stage).await;
    assert!(key_of(&stage).await.is_some_and(|key| key.len() == 44), "there is a key to look for");
    let events = host.events();
    assert!(events.len() > 10);
    secrets.assert_none_in("the events", &format!("{events:?}"));
    secrets.assert_none_in("the events", &serde_json::to_string(&events).expect("JSON"));
    secrets.assert_none_in("the result", &format!("{created:?}"));
    secrets.assert_none_in("the result", &serde_json::to_string(&created).expect("JSON"));

    let updated = stage.update_on(&host, update_of_default()).await.expect("update");
    let reset = UpdateArguments { reset_database: Some(true), ..update_of_default() };
    let reset = stage.update_on(&host, reset).await.expect("reset");
    let arguments = DeleteArguments { reset_database: Some(true), ..delete_of_default() };
    let deleted = stage.delete(arguments).await.expect("delete");
    for result in [format!("{updated:?}"), format!("{reset:?}"), format!("{deleted:?}")] {
        secrets.assert_none_in("a result", &result);
    }
    secrets.assert_none_in("the events", &format!("{:?}", host.events()));
    secrets.assert_none_sent(&stage);
    // What was searched is what was meant: journals and locks of the middle of a run.
    let journals = versions(&stage, "/.tellr/deployment.json");
    assert!(journals.len() > 20 && journals.iter().all(|text| text.contains("\"arguments\"")));
    assert!(versions(&stage, LOCK).len() > 3);
    drop(host);
    stage.end().await;
}

#[tokio::test]
async fn a_key_that_was_given_goes_to_the_secret_scope_and_nowhere_else() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    assert!(!format!("{:?}", key()).contains(KEY));
    assert!(!format!("{:?}", key().resolve(None, None)).contains(KEY));
    let host = stage.host(ADA);
    stage.create_on(&host, key()).await.expect("create");
    assert_eq!(key_of(&stage).await.as_deref(), Some(KEY));
    let secrets = Secrets::of(&stage).await;
    assert_eq!(secrets.found_in(&format!("x{KEY}")), Some("a part of the key"), "it would be found");
    secrets.assert_none_in("the events", &format!("{:?}", host.events()));
    secrets.assert_none_sent(&stage);
    let app_yaml = stage.file(&format!("{FOLDER}/app.yaml")).await.expect("app.yaml");
    assert!(app_yaml.contains("valueFrom: encryption_key"), "{app_yaml}");
    drop(host);
    stage.end().await;
}

/// Neither with the key given, nor with it in a deployed `app.yaml`.
#[tokio::test]
async fn a_plan_and_a_status_hold_no_secret() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let storage = || Some("app_yaml".to_owned());
    let with_key = || CreateArguments { encryption_key_storage: storage(), ..key() };
    let plan = stage.plan_create(with_key()).await.expect("a plan");
    stage.create(with_key()).await.expect("create");
    let update = UpdateArguments { encryption_key: Some(KEY.to_owned().into()), ..update_of_default() };
    let update = stage.plan_update(update).await.expect("a plan");
    let delete = stage.plan_delete(delete_of_default()).await.expect("a plan");
    let status = stage.status().await;
    let secrets = Secrets::of(&stage).await;
    for plan in [plan, update, delete] {
        secrets.assert_none_in("a plan", &format!("{plan:?}"));
        secrets.assert_none_in("a plan", &serde_json::to_string(&plan).expect("JSON"));
    }
    assert_eq!(status.last_run.as_ref().map(|run| run.arguments.is_some()), Some(true));
    secrets.assert_none_in("a status", &format!("{status:?}"));
    secrets.assert_none_in("a status", &serde_json::to_string(&status).expect("JSON"));
    stage.end().await;
}

/// As the original did: the key in `app.yaml` itself, and still in no other place.
#[tokio::test]
async fn a_key_that_is_to_stand_in_app_yaml_stands_only_there() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let storage = Some("app_yaml".to_owned());
    let arguments = CreateArguments { encryption_key_storage: storage, ..key() };
    let host = stage.host(ADA);
    stage.create_on(&host, arguments).await.expect("create");
    stage.update_on(&host, update_of_default()).await.expect("update");
    let secrets = Secrets::of(&stage).await;
    secrets.assert_none_in("the events", &format!("{:?}", host.events()));
    let entries = stage.workspace.control().journal.entries();
    let mut with_the_key = Vec::new();
    for entry in entries.iter().filter(|entry| entry.path == "/api/2.0/workspace/import") {
        let (path, content) = written(entry);
        if secrets.found_in(&content).is_some() {
            with_the_key.push(path);
        }
    }
    assert_eq!(with_the_key, [format!("{FOLDER}/app.yaml")]);
    for entry in entries.iter().filter(|entry| entry.path != "/api/2.0/workspace/import") {
        secrets.assert_none_in(&entry.path, entry.body.as_deref().unwrap_or_default());
    }
    drop(host);
    stage.end().await;
}

/// A `create` that fails under this rule or these settings; everything it wrote is searched.
async fn failing(prepare: impl FnOnce(&Stage)) {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    prepare(&stage);
    let host = stage.host(ADA);
    let error = stage.create_on(&host, key()).await.expect_err("something is in its way");
    let secrets = Secrets::of(&stage).await;
    secrets.assert_none_in_error(&error);
    secrets.assert_none_in("the events", &format!("{:?}", host.events()));
    secrets.assert_none_in("the events", &serde_json::to_string(&host.events()).expect("JSON"));
    secrets.assert_none_sent(&stage);
    drop(host);
    stage.end().await;
}

fn rule(stage: &Stage, rule: Rule) {
    stage.workspace.control().faults.add(Rule { times: None, ..rule }).expect("a good rule");
}

#[tokio::test]
async fn a_run_that_fails_writes_no_secret() {
    let broken = || Action::error(500, "INTERNAL_ERROR", "Something broke.");
    for path in ["/api/2.0/secrets/put", "/api/2.0/apps/tellr/update", "/api/2.0/apps/tellr/deployments"] {
        failing(|stage| rule(stage, Rule::next(path, broken()).on("POST"))).await;
    }
    // An answer that nobody can read, in the place where a password comes.
    let garbled =
        || Action::Answer { status: 200, headers: [].into(), body: "{\"token\": \"eyJlocal.x".into() };
    failing(|stage| rule(stage, Rule::next("/api/2.0/postgres/credentials", garbled()))).await;
    // A password that the database does not take.
    let body = serde_json::json!({"token": "eyJlocal.wrong", "expire_time": "2026-11-23T16:00:00Z"});
    let wrong = Action::Answer { status: 200, headers: [].into(), body };
    failing(|stage| rule(stage, Rule::next("/api/2.0/postgres/credentials", wrong))).await;
    for what in [Right::UseLakebase, Right::ManageSecrets, Right::WriteFiles] {
        let denial = Denial { principal: ADA.into(), what };
        failing(|stage| stage.set(|settings| settings.denials.push(denial))).await;
    }
    let outcome = DeploymentOutcome::Failed { message: "exit code 1".into(), logs: vec![] };
    failing(|stage| stage.set(|settings| settings.outcomes.deployment = outcome)).await;
    failing(|stage| {
        rule(stage, Rule { when: When::After, ..Rule::next("/api/2.0/secrets/put", Action::Cut) });
    })
    .await;
}

#[tokio::test]
async fn a_stored_key_that_is_none_is_told_without_repeating_it() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    stage.create(key()).await.expect("create");
    let garbled = STANDARD.encode("bWFya2VkLWtleS-and-something-else");
    let body = serde_json::json!({"key": "encryption-key", "value": garbled});
    rule(
        &stage,
        Rule::next("/api/2.0/secrets/get", Action::Answer { status: 200, headers: [].into(), body }),
    );
    let storage = Some("app_yaml".to_owned());
    let arguments = UpdateArguments { encryption_key_storage: storage, ..update_of_default() };
    let error = stage.update(arguments).await.expect_err("that is no key");
    stage.workspace.control().faults.clear();
    let secrets = Secrets::of(&stage).await;
    secrets.assert_none_in_error(&error);
    let names = "`tellr-tellr/encryption-key`";
    assert_says(&error, Expected { code: "KEY_UNREADABLE", names, because: "not a Fernet key" });
    secrets.assert_none_sent(&stage);
    stage.end().await;
}

/// The platform's words may repeat what it was sent, and go on for pages.
#[tokio::test]
async fn a_secret_that_the_platform_echoes_is_blanked_and_its_words_are_short() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let token = stage.workspace.token(ADA).to_owned();
    let page = "Stack frame.\n".repeat(500);
    let message = format!("Invalid string_value \"{KEY}\" for Bearer {token}\n{page}");
    let echo = Action::error(400, "INVALID_PARAMETER_VALUE", &message);
    stage.workspace.control().faults.add(Rule::next("/api/2.0/secrets/put", echo)).expect("a good rule");
    let arguments =
        CreateArguments { encryption_key: Some(KEY.to_owned().into()), ..CreateArguments::default() };
    let host = stage.host(ADA);
    let error = stage.create_on(&host, arguments).await.expect_err("it is refused");
    let text = format!("{error:?} {:?}", host.events());
    assert!(text.contains("Invalid string_value") && text.contains("[hidden]"), "{text}");
    assert!(!text.contains("bWFya2VkLWtleS") && !text.contains(&token), "{text}");
    assert!(error.cause.lines().count() <= 6, "{}", error.cause);
    drop(host);
    stage.end().await;
}

#[tokio::test]
async fn the_secret_scope_is_left_alone_where_the_key_goes_elsewhere() {
    let stage = Stage::with(Pace::scaled(0.01)).await;
    let arguments =
        CreateArguments { encryption_key_storage: Some("app_yaml".into()), ..CreateArguments::default() };
    stage.create(arguments).await.expect("create");
    let entries = stage.workspace.control().journal.entries();
    assert!(entries.iter().all(|entry| !entry.path.starts_with("/api/2.0/secrets/")), "nobody asks for it");
    stage.end().await;
}

/// What the command line prints, on both channels.
async fn printed(
    stage: &Stage,
    operation: &str,
    flags: &[&str],
    variables: &[(&str, &str)],
) -> (bool, String) {
    let mut command = kill::deploy(stage, operation);
    // The most talkative it can be.
    command.args(flags).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    let output = command.envs(variables.iter().copied()).output().await.expect("the program runs");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), text.concat())
}

#[tokio::test]
async fn the_command_line_prints_no_secret() {
    for json in [&[][..], &["--json"]] {
        let stage = Stage::with(Pace::none()).await;
        let outcome = DeploymentOutcome::Failed { message: "exit code 1".into(), logs: vec![] };
        stage.set(|settings| settings.outcomes.deployment = outcome);
        let variables = [("TELLR_ENCRYPTION_KEY", KEY)];
        let (well, failed) = printed(&stage, "create", json, &variables).await;
        assert!(!well && failed.contains("DEPLOYMENT_FAILED"), "{failed}");
        stage.set(|settings| settings.outcomes.deployment = DeploymentOutcome::Real);
        let (well, created) = printed(&stage, "create", json, &variables).await;
        assert!(well, "{created}");
        let another = [("TELLR_ENCRYPTION_KEY", "bWFya2VkLWtleS-not-a-key")];
        let (well, refused) = printed(&stage, "create", json, &another).await;
        assert!(!well && refused.contains("--encryption-key-file"), "{refused}");
        let secrets = Secrets::of(&stage).await;
        for text in [failed, created, refused] {
            secrets.assert_none_in("what is printed", &text);
        }
        secrets.assert_none_sent(&stage);
        stage.end().await;
    }
}

#[tokio::test]
async fn the_secret_of_a_service_principal_is_printed_and_written_nowhere() {
    let stage = Stage::with(Pace::none()).await;
    let (user_name, rights) = ("deployer".to_owned(), Right::of_admin());
    let spec = PrincipalSpec { user_name, display_name: None, service_principal: true, rights };
    let robot = stage.workspace.control().add_principal(spec);
    let client_secret = robot.client_secret.expect("a service principal has one");
    let variables = [
        ("DATABRICKS_TOKEN", ""),
        ("DATABRICKS_CLIENT_ID", robot.user_name.as_str()),
        ("DATABRICKS_CLIENT_SECRET", client_secret.as_str()),
    ];
    let (well, created) = printed(&stage, "create", &["--json"], &variables).await;
    assert!(well, "{created}");
    let wrong = format!("{client_secret}x");
    let mut with_wrong = variables;
    with_wrong[2].1 = &wrong;
    let (well, refused) = printed(&stage, "create", &["--app-name", "another"], &with_wrong).await;
    assert!(!well && refused.contains("NOT_SIGNED_IN"), "{refused}");
    let mut secrets = Secrets::of(&stage).await;
    secrets.0.push(("the client secret", client_secret.clone()));
    secrets.assert_none_in("what is printed", &created);
    secrets.assert_none_in("what is printed", &refused);
    secrets.assert_none_sent(&stage);
    stage.end().await;
}
