//! What the environment may hold.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::*;

const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";

const AUTOSCALING: &[(&str, &str)] = &[
    ("ENVIRONMENT", "production"),
    ("LAKEBASE_TYPE", "autoscaling"),
    ("LAKEBASE_PG_HOST", "ep-1.database.example.com"),
    ("LAKEBASE_ENDPOINT_NAME", "projects/p/branches/production/endpoints/primary"),
    ("LAKEBASE_INSTANCE", ""),
    ("DATABRICKS_HOST", "workspace.example.com"),
    ("DATABRICKS_CLIENT_ID", "client"),
    ("DATABRICKS_CLIENT_SECRET", "planted-secret"),
    ("GOOGLE_OAUTH_ENCRYPTION_KEY", KEY),
];

fn read(pairs: &[(&str, &str)], changes: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let map: BTreeMap<&str, &str> = pairs.iter().chain(changes).copied().collect();
    Settings::read(&|name| map.get(name).map(|value| (*value).to_owned()))
}

fn problems(pairs: &[(&str, &str)], changes: &[(&str, &str)]) -> Vec<&'static str> {
    let error = read(pairs, changes).expect_err("settings with a problem");
    error.0.iter().map(|problem| problem.variable).collect()
}

fn lakebase(settings: &Settings) -> (&Lakebase, &WorkspaceSettings, String, &str) {
    match &settings.database.target {
        Target::Lakebase { lakebase, user, .. } => {
            let workspace = settings.workspace.as_ref().expect("Lakebase has a workspace");
            (lakebase, workspace, settings.database.target.address(), user)
        }
        Target::Postgres(_) => panic!("not Lakebase"),
    }
}

#[test]
fn autoscaling_is_read_as_the_deployer_writes_it() {
    let settings = read(AUTOSCALING, &[("DATABRICKS_APP_NAME", "tellr")]).expect("good settings");
    let (name, workspace, address, user) = lakebase(&settings);
    let endpoint = "projects/p/branches/production/endpoints/primary".to_owned();
    assert_eq!(name, &Lakebase::Autoscaling { endpoint });
    assert_eq!(workspace.host, "https://workspace.example.com");
    assert_eq!(address, "ep-1.database.example.com:5432");
    assert_eq!(user, "client");
    assert_eq!(settings.environment, Environment::Production);
    assert_eq!(settings.listen.to_string(), "0.0.0.0:8000");
    assert_eq!(settings.database.schema.as_str(), "app_data");
}

#[test]
fn provisioned_takes_the_host_of_the_platforms_resource() {
    let settings = read(
        AUTOSCALING,
        &[
            ("LAKEBASE_TYPE", "provisioned"),
            ("LAKEBASE_INSTANCE", "tellr-db"),
            ("LAKEBASE_PG_HOST", ""),
            ("LAKEBASE_ENDPOINT_NAME", ""),
            ("PGHOST", "instance.example.com"),
            ("PGPORT", "5433"),
            ("PGUSER", "role"),
        ],
    )
    .expect("good settings");
    let (name, _, address, user) = lakebase(&settings);
    assert_eq!(name, &Lakebase::Provisioned { instance: "tellr-db".to_owned() });
    assert_eq!(address, "instance.example.com:5433");
    assert_eq!(user, "role");
}

#[test]
fn workspace_host_is_taken_with_and_without_a_scheme() {
    for (given, wanted) in [
        ("w.example.com", "https://w.example.com"),
        ("https://w.example.com/", "https://w.example.com"),
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("http://localhost:8787/", "http://localhost:8787"),
        ("http://[::1]:8787", "http://[::1]:8787"),
    ] {
        let settings = read(AUTOSCALING, &[("DATABRICKS_HOST", given)]).expect("a good host");
        assert_eq!(lakebase(&settings).1.host, wanted);
    }
    for bad in ["http://w.example.com", "ftp://w", "https://", "user@w", "http://localhost.evil.example"] {
        assert_eq!(problems(AUTOSCALING, &[("DATABRICKS_HOST", bad)]), ["DATABRICKS_HOST"], "{bad}");
    }
}

#[test]
fn a_token_inside_the_workspaces_address_is_not_repeated() {
    let token = format!("dapi{}", "0123456789abcdef".repeat(2));
    for bad in [
        format!("https://token:{token}@w.example.com"),
        format!("https://w.example.com token={token}"),
        format!("{token} w.example.com"),
        format!("token:{token}@w .example.com"),
    ] {
        let problem = crate::settings::workspace_address(&bad).expect_err("no address");
        assert!(!problem.contains(&token[..16]), "{problem}");
    }
}

#[test]
fn off_the_platform_other_machines_can_connect_only_if_told_so() {
    assert_eq!(read(AUTOSCALING, &[]).expect("good settings").listen.to_string(), "127.0.0.1:8000");
    let told = [("TELLR_LISTEN", "0.0.0.0"), ("TELLR_HOSTS", "Tellr.example.com, other.example.com,")];
    let settings = read(AUTOSCALING, &told).expect("good settings");
    assert_eq!(settings.listen.to_string(), "0.0.0.0:8000");
    assert_eq!(settings.hosts, ["tellr.example.com", "other.example.com"]);
    for (name, bad) in [
        ("TELLR_LISTEN", "localhost"),
        ("TELLR_LISTEN", "127.0.0.1:8000"),
        ("TELLR_HOSTS", "https://tellr.example.com"),
        ("TELLR_HOSTS", "tellr.example.com:8000"),
        ("TELLR_HOSTS", "*"),
    ] {
        assert_eq!(problems(AUTOSCALING, &[(name, bad)]), [name], "{bad}");
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let found = problems(
        &[],
        &[
            ("ENVIRONMENT", "prod"),
            ("DATABRICKS_APP_PORT", "http"),
            ("GOOGLE_OAUTH_ENCRYPTION_KEY", "short"),
            ("LAKEBASE_SCHEMA", "pg_catalog"),
        ],
    );
    assert_eq!(
        found,
        [
            "ENVIRONMENT",
            "DATABRICKS_APP_PORT",
            "GOOGLE_OAUTH_ENCRYPTION_KEY",
            "LAKEBASE_SCHEMA",
            "DATABASE_URL"
        ]
    );
}

#[test]
fn what_a_kind_of_database_needs_is_named() {
    assert_eq!(problems(AUTOSCALING, &[("LAKEBASE_ENDPOINT_NAME", "")]), ["LAKEBASE_ENDPOINT_NAME"]);
    assert_eq!(problems(AUTOSCALING, &[("LAKEBASE_PG_HOST", "")]), ["LAKEBASE_PG_HOST"]);
    assert_eq!(problems(AUTOSCALING, &[("LAKEBASE_TYPE", "provisioned")]), ["LAKEBASE_INSTANCE"]);
    assert_eq!(problems(AUTOSCALING, &[("LAKEBASE_TYPE", "serverless")]), ["LAKEBASE_TYPE"]);
    assert_eq!(problems(AUTOSCALING, &[("DATABRICKS_CLIENT_SECRET", "")]), ["DATABRICKS_CLIENT_SECRET"]);
    assert_eq!(problems(AUTOSCALING, &[("PGSSLMODE", "disable")]), ["PGSSLMODE"]);
}

#[test]
fn a_database_url_wins_and_is_encrypted_unless_it_is_this_machine() {
    use tokio_postgres::config::SslMode;
    for (url, wanted) in [
        ("postgresql://u:pw@localhost/d", SslMode::Disable),
        ("postgresql://u@127.0.0.1:5433/d", SslMode::Disable),
        ("host=/run/postgresql dbname=d user=u", SslMode::Disable),
        ("postgresql://u:pw@db.example.com/d", SslMode::Require),
        ("postgresql://u:pw@db.example.com/d?sslmode=disable", SslMode::Disable),
        ("postgresql://u:pw@db.example.com/d?sslmode=verify-full", SslMode::Require),
        ("postgresql://u:pw@localhost/d?sslmode=require", SslMode::Require),
    ] {
        let settings = read(AUTOSCALING, &[("DATABASE_URL", url)]).expect("a good URL");
        match &settings.database.target {
            Target::Postgres(config) => assert_eq!(config.get_ssl_mode(), wanted, "{url}"),
            Target::Lakebase { .. } => panic!("{url} did not win"),
        }
    }
}

#[test]
fn a_database_url_leaves_the_workspace_to_the_assistant() {
    const URL: (&str, &str) = ("DATABASE_URL", "postgresql://localhost/d");
    let of = |changes: &[(&str, &str)]| read(&[URL], changes).expect("good settings").workspace;
    let host = ("DATABRICKS_HOST", "w.example.com");
    let workspace = of(&[host, ("DATABRICKS_TOKEN", "planted-token")]).expect("a workspace");
    assert_eq!(workspace.host, "https://w.example.com");
    assert!(matches!(workspace.auth, WorkspaceAuth::Token(_)));
    let pair = [host, ("DATABRICKS_CLIENT_ID", "client"), ("DATABRICKS_CLIENT_SECRET", "planted-secret")];
    assert!(matches!(of(&pair).expect("a workspace").auth, WorkspaceAuth::ClientCredentials { .. }));
    // What other programs use is no problem of the app.
    for incomplete in [&[host][..], &[pair[1], pair[2]], &[host, pair[1]], &[host, pair[2]], &[]] {
        assert!(of(incomplete).is_none(), "{incomplete:?}");
    }
    let bad = [("DATABRICKS_HOST", "http://w.example.com"), ("DATABRICKS_TOKEN", "planted-token")];
    assert_eq!(problems(&[URL], &bad), ["DATABRICKS_HOST"]);
}

#[test]
fn a_profile_counts_off_the_platform_only() {
    let profile = ("DATABRICKS_CONFIG_PROFILE", "dev");
    let url = ("DATABASE_URL", "postgresql://localhost/d");
    assert_eq!(read(&[url, profile], &[]).expect("good settings").profile.as_deref(), Some("dev"));
    let on_platform = read(&[url, profile], &[("DATABRICKS_APP_NAME", "tellr")]).expect("good settings");
    assert_eq!(on_platform.profile, None);
}

#[test]
fn what_the_assistant_uses_is_checked() {
    let url = ("DATABASE_URL", "postgresql://localhost/d");
    let of = |changes: &[(&str, &str)]| read(&[url], changes).expect("good settings").assistant;
    assert_eq!(of(&[]), AssistantSettings::default());
    let told = of(&[
        ("TELLR_SERVING_ENDPOINT", " databricks-claude-sonnet-4.5 "),
        ("TELLR_GENIE_SPACES", "01ef0a, 01ef0b,,01ef0a,"),
    ]);
    assert_eq!(told.endpoint.as_deref(), Some("databricks-claude-sonnet-4.5"));
    assert_eq!(told.spaces, ["01ef0a", "01ef0b"]);
    let many: Vec<String> = (0..21).map(|number| format!("id{number}")).collect();
    for (name, bad) in [
        ("TELLR_SERVING_ENDPOINT", "https://w.example.com/serving-endpoints/x/invocations"),
        ("TELLR_SERVING_ENDPOINT", ".."),
        ("TELLR_SERVING_ENDPOINT", &"x".repeat(256)),
        ("TELLR_GENIE_SPACES", "01ef0a;01ef0b"),
        ("TELLR_GENIE_SPACES", "https://w.example.com/genie/rooms/01ef0a"),
        ("TELLR_GENIE_SPACES", &many.join(",")),
    ] {
        assert_eq!(problems(&[url], &[(name, bad)]), [name], "{bad}");
    }
}

#[test]
fn secrets_are_in_no_message_and_no_debug_output() {
    let bad = read(AUTOSCALING, &[("DATABASE_URL", "postgresql://u:planted-secret@[bad/d")])
        .expect_err("a bad URL");
    assert!(!format!("{bad} {bad:?}").contains("planted-secret"));
    let url = "postgresql://u:planted-secret@db.example.com/d";
    for changes in [vec![], vec![("DATABASE_URL", url)]] {
        let shown = format!("{:?}", read(AUTOSCALING, &changes).expect("good settings"));
        assert!(!shown.contains("planted-secret") && !shown.contains(KEY), "{shown}");
    }
}

#[test]
fn schema_names_are_quoted_for_sql() {
    assert_eq!(SchemaName::parse("app data").expect("a name").quoted(), "\"app data\"");
    assert_eq!(SchemaName::parse("a\"b").expect("a name").quoted(), "\"a\"\"b\"");
    for bad in ["", "pg_x", "a\0b", "a\nb", &"x".repeat(64)] {
        assert!(SchemaName::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn the_list_of_variables_names_nothing_that_is_not_read() {
    let seen = RefCell::new(BTreeSet::new());
    for (kind, instance) in [("autoscaling", ""), ("provisioned", "i"), ("", "")] {
        for url in ["", "postgresql://localhost/d"] {
            let map: BTreeMap<&str, &str> = AUTOSCALING
                .iter()
                .copied()
                .chain([
                    ("LAKEBASE_TYPE", kind),
                    ("LAKEBASE_INSTANCE", instance),
                    ("LAKEBASE_ENDPOINT_NAME", ""),
                    ("DATABASE_URL", url),
                ])
                .collect();
            // Whether these are good settings is not the question here.
            let _ = Settings::read(&|name| {
                seen.borrow_mut().insert(name.to_owned());
                map.get(name).map(|value| (*value).to_owned())
            });
        }
    }
    let _ = Settings::read(&|name| {
        seen.borrow_mut().insert(name.to_owned());
        AUTOSCALING.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned())
    });
    for variable in VARIABLES {
        // The log is started before settings can fail, so it reads its variable itself.
        let is_the_logs = variable.name == "TELLR_LOG";
        assert!(is_the_logs || seen.borrow().contains(variable.name), "{} is never read", variable.name);
        assert!(documentation().contains(variable.name));
    }
}

#[test]
fn a_host_is_taken_as_people_paste_it() {
    for text in [
        "my.cloud.databricks.com",
        "https://my.cloud.databricks.com",
        "https://my.cloud.databricks.com/",
        "  https://my.cloud.databricks.com\n",
        "HTTPS://My.Cloud.Databricks.COM",
        "https://my.cloud.databricks.com:443",
        "https://my.cloud.databricks.com/browse",
        "https://my.cloud.databricks.com/?o=123#settings/account",
        "\"https://my.cloud.databricks.com\"",
        "<https://my.cloud.databricks.com/browse/folders/1?o=123>",
    ] {
        assert_eq!(normalise_host(text).as_deref(), Ok("https://my.cloud.databricks.com"), "{text}");
    }
    let address = workspace_address("https://adb-12.3.azuredatabricks.net/?o=12#job/4").expect("an address");
    assert_eq!(address.workspace_id.as_deref(), Some("12"));
    assert_eq!(normalise_host("http://127.0.0.1:8080/x").as_deref(), Ok("http://127.0.0.1:8080"));
}

#[test]
fn what_is_no_workspace_is_named_for_what_it_is() {
    for (text, what) in [
        ("https://accounts.cloud.databricks.com", "the account console"),
        ("https://accounts.azuredatabricks.net/workspaces", "the account console"),
        ("accounts.gcp.databricks.com", "the account console"),
        ("https://tellr-123.aws.databricksapps.com/", "the address of an app"),
        ("https://tellr-123.4.azure.databricksapps.com", "the address of an app"),
        ("https://docs.databricks.com/aws/en/", "a site of Databricks'"),
        ("https://login.databricks.com", "a site of Databricks'"),
        ("http://my.cloud.databricks.com", "Use `https://`"),
        ("ftp://my.cloud.databricks.com", "starts with `ftp://`"),
        ("my cloud.databricks.com", "isn't an address"),
        ("https://", "isn't an address"),
        ("https://ada:marked-secret@my.cloud.databricks.com", "a user name or a password"),
        ("ada:marked-secret@my cloud", "isn't an address"),
    ] {
        let problem = normalise_host(text).expect_err(text);
        assert!(problem.contains(what) && !problem.contains("marked-secret"), "{text}: {problem}");
    }
}

#[test]
fn a_parameter_that_is_not_known_is_named_and_nothing_else() {
    let message = |url: &str| match read(&[], &[("DATABASE_URL", url)]) {
        Err(SettingsError(problems)) => {
            let [problem] = problems.as_slice() else { panic!("{url}: {problems:?}") };
            assert_eq!(problem.variable, "DATABASE_URL");
            assert!(!problem.message.contains("planted"), "{}", problem.message);
            problem.message.clone()
        }
        Ok(_) => panic!("{url} was taken"),
    };
    let server = "postgresql://me:planted@db.example.com/tellr";
    for (query, words) in [
        ("?foo=1", "parameter `foo`, which tellr-app doesn't know"),
        ("?sslmode=require&pgbouncer=true", "parameter `pgbouncer`"),
        ("?sslrootcert=/a.pem", "PGSSLROOTCERT"),
        ("?schema=decks", "LAKEBASE_SCHEMA"),
        ("?sslmode=allow", "unknown `sslmode`"),
        ("?connect_timeout=soon", "`connect_timeout`"),
    ] {
        let told = message(&format!("{server}{query}"));
        assert!(told.contains(words), "{query}: {told}");
    }
    assert!(message("host=db user=me password=planted gssencmode=disable").contains("`gssencmode`"));
    // A password that should have been quoted: its second half looks like a parameter.
    assert!(message("host=db user=me password=half planted=x").contains("is not a PostgreSQL"));
}
