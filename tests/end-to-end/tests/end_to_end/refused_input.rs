//! What is wrong with the input is told before the first request: with the key, and with what
//! would be right. The same through the library, as a notebook uses it, and on the command line.

use deployer::config::{CreateArguments, DeleteArguments, UpdateArguments, WheelArgument};
use deployer::error::{DeployError, ErrorClass};
use end_to_end::kill;
use end_to_end::stage::Stage;
use end_to_end::words::{Expected, assert_says};
use local_workspace::pace::Pace;
use serde_json::{Value, json};

/// Refused as input, in good words of a length that one can read.
fn assert_refused(error: &DeployError, expected: Expected<'_>) {
    assert_eq!(error.class, ErrorClass::Input, "{error:#?}");
    assert_says(error, expected);
    for text in [&error.message, &error.cause, &error.remedy] {
        assert!(text.chars().count() < 700, "nobody reads that: {error:#?}");
        assert!(!text.contains(char::is_control), "no line's end of theirs in our sentences: {error:#?}");
    }
}

fn create(arguments: Value) -> DeployError {
    match CreateArguments::from_json(arguments.clone()).and_then(|given| given.resolve(None, None)) {
        Ok(config) => panic!("{arguments} was taken as {config:?}"),
        Err(error) => error,
    }
}

fn create_from(file: &str) -> DeployError {
    match CreateArguments::default().resolve(Some(file), None) {
        Ok(config) => panic!("{file} was taken as {config:?}"),
        Err(error) => error,
    }
}

#[test]
fn a_bad_value_is_told_with_its_key_and_what_would_be_right() {
    let ninety = "a".repeat(90);
    for (key, value, because) in [
        ("app_name", json!("Tellr"), "2 to 30 lower-case letters"),
        ("app_name", json!("t"), "such as `tellr`"),
        ("app_name", json!("tellr\n"), "2 to 30 lower-case letters"),
        ("app_name", json!("tellr; rm -rf /"), "2 to 30 lower-case letters"),
        ("app_name", json!(ninety), "2 to 30 lower-case letters"),
        ("app_name", json!("a".repeat(10_000_000)), "2 to 30 lower-case letters"),
        ("lakebase_name", json!("x\"\n  - name: EVIL\n    value: \"1"), "such as `tellr-db`"),
        ("lakebase_name", json!(""), "1 to 63 letters"),
        ("schema_name", json!("app\n"), "such as `app_data`"),
        ("schema_name", json!("App"), "lower-case"),
        ("schema_name", json!("a-b"), "lower-case letters, digits and underscores"),
        ("schema_name", json!("pg_x"), "belong to Postgres"),
        ("schema_name", json!("public"), "shared with other users"),
        ("schema_name", json!("a".repeat(64)), "1 to 63"),
        ("app_file_workspace_path", json!("tellr"), "an absolute path"),
        ("app_file_workspace_path", json!("/Workspace/Users/ada/../eve/x"), "`.`, `..`"),
        ("app_file_workspace_path", json!("/Volumes/a/b/c"), "begins with `/Workspace/`"),
        ("app_file_workspace_path", json!("/Workspace/Users/ada@example.com"), "a folder of the app's own"),
        ("lakebase_compute", json!("CU_3"), "`CU_1`"),
        ("lakebase_compute", json!("CU_1 "), "`CU_8`"),
        ("app_compute", json!("LIQUID"), "`MEDIUM`, `LARGE` or `XLARGE`"),
        ("app_compute", json!("HUGE"), "`MEDIUM`"),
        ("app_version", json!(">=1.0"), "one exact version"),
        ("app_version", json!("1.0\n--index-url x"), "one exact version"),
        ("app_version", json!("v1.0"), "such as `0.1.20`"),
        ("description", json!("two\nlines"), "one line"),
        ("description", json!("é".repeat(501)), "500 characters"),
        ("encryption_key_storage", json!("vault"), "`secret_scope` or `app_yaml`"),
        ("app_package", json!("tellr"), "`tellr-app` or `databricks-tellr-app`"),
        ("extra_scopes", json!(["sql, genie"]), "such as `catalog.tables:read`"),
        ("environment", json!("production"), "configuration file"),
    ] {
        let error = create(json!({key: value}));
        assert_refused(&error, Expected { code: "INVALID_VALUE", names: &format!("`{key}"), because });
    }
}

#[test]
fn a_wrong_type_is_told_with_its_key_and_the_right_one() {
    for (key, value, because) in [
        ("app_name", json!(7), "text"),
        ("app_name", json!(["tellr"]), "text"),
        ("use_test_pypi", json!("yes"), "`true` or `false`"),
        ("seed_databricks_defaults", json!(1), "`true` or `false`"),
        ("extra_scopes", json!("sql"), "a list of text values"),
        ("local_wheel", json!("a.whl"), "keys"),
        ("description", json!({"en": "x"}), "text"),
    ] {
        let error = create(json!({key: value}));
        let names = format!("`{key}` has the wrong type");
        assert_refused(&error, Expected { code: "WRONG_TYPE", names: &names, because });
    }
}

#[test]
fn an_unknown_key_is_told_with_the_nearest_one() {
    for (key, nearest) in [
        ("app_nmae", "app_name"),
        ("schema", "schema_name"),
        ("app_compte", "app_compute"),
        ("version", "app_version"),
    ] {
        let error = create(json!({key: "x"}));
        let names = format!("no key `{key}`");
        assert_refused(&error, Expected { code: "UNKNOWN_KEY", names: &names, because: nearest });
    }
    let error = create(json!({"reset_database": true}));
    assert_refused(
        &error,
        Expected { code: "UNKNOWN_KEY", names: "`reset_database`", because: "`app_name`" },
    );
    let error = create(json!({"x\u{1b}[2J\n": 1}));
    assert_refused(&error, Expected { code: "UNKNOWN_KEY", names: "no key", because: "`app_name`" });
}

#[test]
fn update_and_delete_want_to_be_told_what() {
    let update =
        |arguments| UpdateArguments::from_json(arguments).and_then(|given| given.resolve(None, None));
    for (given, missing) in [
        (json!({}), "`app_name`"),
        (json!({"app_name": "tellr"}), "`lakebase_name`"),
        (json!({"app_name": "tellr", "lakebase_name": "tellr-db"}), "`schema_name`"),
    ] {
        let error = update(given).expect_err("something is missing");
        let because = "changed only if these settings are given explicitly";
        assert_refused(&error, Expected { code: "MISSING_VALUE", names: missing, because });
    }
    let error = DeleteArguments::from_json(json!({}))
        .and_then(|given| given.resolve(None, None))
        .expect_err("no name");
    assert_refused(
        &error,
        Expected { code: "MISSING_VALUE", names: "`app_name`", because: "given explicitly" },
    );
}

#[test]
fn a_file_that_is_not_what_it_shows_is_refused_with_its_line() {
    for (file, code, names, because) in [
        ("app_name: tellr\nschema_name: *a\n", "YAML_SYNTAX", "line 2, column 14", "unknown anchor"),
        ("app_name: !ours tellr\n", "YAML_SYNTAX", "line 1, column 11", "tag"),
        ("app_name: tellr\napp_name: other\n", "YAML_SYNTAX", "line", "appears twice"),
        ("app_name: tellr\n---\napp_name: other\n", "YAML_SYNTAX", "line 3", "second document"),
        ("", "YAML_SYNTAX", "configuration", "The file is empty"),
        ("# later\n", "YAML_SYNTAX", "configuration", "only comments"),
        ("? [a]\n: b\n", "YAML_SYNTAX", "line 1, column 3", "Expected a key that is a single text"),
        ("app_version: 0.1.0\napp_nam: tellr\n", "UNKNOWN_KEY", "(line 2, column 1)", "`app_name`"),
        ("environments:\n  a:\n    app_nam: tellr\n", "UNKNOWN_KEY", "(line 3, column 5)", "`app_name`"),
        ("app_name: [tellr\n", "YAML_SYNTAX", "line", "YAML parser"),
        ("app_name: \"tellr\n", "YAML_SYNTAX", "line", "YAML parser"),
        ("app_name: tellr\n\tschema_name: x\n", "YAML_SYNTAX", "line 2, column 1", "tab"),
        ("just text\n", "WRONG_TYPE", "`configuration`", "found text"),
        ("- app_name: tellr\n", "WRONG_TYPE", "`configuration`", "list"),
        ("app_name: 7\n", "WRONG_TYPE", "`app_name`", "number"),
        ("\napp_version: 0.10 # ours\n", "WRONG_TYPE", "line 2, column 14", "the number `0.10`"),
        ("use_test_pypi: sometimes\n", "WRONG_TYPE", "`use_test_pypi`", "`true` or `false`"),
        ("app_nam: tellr\n", "UNKNOWN_KEY", "did you mean `app_name`", "`app_name`"),
        ("app_compute: LIQUID\n", "INVALID_VALUE", "`app_compute`", "`MEDIUM`"),
        ("encryption_key: x\n", "SECRET_IN_FILE", "`encryption_key`", "no longer secret"),
        ("environments: [development]\n", "WRONG_TYPE", "`environments`", "list"),
        ("environments: {}\n", "UNKNOWN_ENVIRONMENT", "`development`", "no environments"),
        ("environments:\n  a: {}\n  b: {}\n", "UNKNOWN_ENVIRONMENT", "`development`", "`a` and `b`"),
        (
            "environments:\n  development:\n    lakebase: {shema: x}\n",
            "UNKNOWN_KEY",
            "`environments.development.lakebase.shema`",
            "`schema`",
        ),
        (
            "environments:\n  development:\n    lakebase: {capacity: CU_16}\n",
            "INVALID_VALUE",
            "`environments.development.lakebase.capacity`",
            "`CU_8`",
        ),
        (
            "environments:\n  development: {compute_size: LIQUID}\n",
            "INVALID_VALUE",
            "`environments.development.compute_size`",
            "`LARGE`",
        ),
        ("environments:\n  development: {}\napp_name: x\n", "UNKNOWN_KEY", "`app_name`", "`environments`"),
    ] {
        assert_refused(&create_from(file), Expected { code, names, because });
    }
}

#[test]
fn ten_megabytes_of_anything_are_refused_at_once() {
    const SIZE: usize = 10 * 1024 * 1024;
    for piece in ["a", "[", "{a: ", "- ", "\n", "app_name: tellr\n", "\"", "&a ", "? ", "# x\n"] {
        let file = piece.repeat(SIZE / piece.len());
        let error = create_from(&file);
        let names = format!("{} bytes (limit", file.len());
        assert_refused(
            &error,
            Expected { code: "YAML_TOO_LARGE", names: &names, because: "not a configuration file" },
        );
    }
}

#[test]
fn a_bomb_within_the_limit_does_not_go_off() {
    let laughs = (1..20).fold("a0: &a0 [x,x]\n".to_owned(), |file, n| {
        let before = n - 1;
        file + &format!("a{n}: &a{n} [*a{before},*a{before},*a{before}]\n")
    });
    assert_refused(&create_from(&laughs), Expected { code: "YAML_SYNTAX", names: "line", because: "values" });
    for (opening, because) in [("[", "brackets are open"), ("{a: ", "brackets are open"), ("- ", "nested")] {
        let error = create_from(&opening.repeat(200_000 / opening.len()));
        assert_refused(&error, Expected { code: "YAML_SYNTAX", names: "line 1", because });
    }
}

#[test]
fn a_wheel_that_the_platform_will_not_take_is_refused() {
    let wheel = |file_name: &str, content: String| {
        let wheel = WheelArgument { file_name: file_name.into(), content };
        let arguments = CreateArguments { local_wheel: Some(wheel), ..CreateArguments::default() };
        arguments.resolve(None, None).expect_err("not a good wheel")
    };
    let good = "tellr_app-0.1.0-py3-none-any.whl";
    // Ten megabytes and one byte, in base64.
    let error = wheel(good, "AAAA".repeat(10_485_760 / 3 + 1));
    assert_refused(&error, Expected { code: "FILE_TOO_LARGE", names: good, because: "10 MB" });
    for (name, content) in
        [("other-0.1.0-py3-none-any.whl", "AAAA"), ("../x.whl", "AAAA"), (good, ""), (good, "?")]
    {
        let error = wheel(name, content.into());
        assert_refused(
            &error,
            Expected { code: "INVALID_VALUE", names: "`local_wheel_path`", because: "Expected" },
        );
    }
}

#[test]
fn a_bad_key_is_refused_and_not_repeated() {
    let error = create(json!({"encryption_key": "marked-and-not-a-key"}));
    assert_refused(
        &error,
        Expected { code: "INVALID_VALUE", names: "`encryption_key`", because: "44 characters" },
    );
    assert!(!format!("{error:?}").contains("marked"), "{error:?}");
}

/// The command line, in a workspace of its own.
struct Run<'a> {
    stage: &'a Stage,
}

impl Run<'_> {
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.stage.workspace.control().dir.join(name);
        std::fs::write(&path, content).expect("a temporary folder");
        path.display().to_string()
    }

    async fn deploy(&self, operation: &str, flags: &[&str], variables: &[(&str, &str)]) -> (i32, String) {
        let mut command = kill::deploy(self.stage, operation);
        let output = command.args(flags).envs(variables.iter().copied()).output().await;
        let output = output.expect("the program runs");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!errors.contains("panicked"), "{errors}");
        let text = String::from_utf8(output.stdout).expect("text") + &errors;
        (output.status.code().expect("an exit code"), text)
    }

    /// Refused with these words, and nothing was sent.
    async fn refused(&self, operation: &str, flags: &[&str], words: &[&str]) {
        let (code, text) = self.deploy(operation, flags, &[]).await;
        self.assert_refused(code, &text, words);
    }

    fn assert_refused(&self, code: i32, text: &str, words: &[&str]) {
        assert_eq!(code, 2, "{text}");
        for word in words {
            assert!(text.contains(word), "`{word}` is said: {text}");
        }
        let sent = self.stage.workspace.control().journal.entries();
        assert!(sent.is_empty(), "nothing is sent: {sent:#?}");
    }
}

#[tokio::test]
async fn the_command_line_refuses_bad_flags_with_exit_code_2_and_sends_nothing() {
    let stage = Stage::with(Pace::none()).await;
    let run = Run { stage: &stage };
    let why = "Why:";
    let now = "What now:";
    run.refused("create", &["--app-name", "Bad Name"], &["`--app-name`", "lower-case", why, now]).await;
    run.refused("create", &["--app-compute", "LIQUID"], &["`--app-compute`", "`MEDIUM`", why, now]).await;
    run.refused("create", &["--lakebase-compute", "CU_3"], &["`--lakebase-compute`", "`CU_1`"]).await;
    run.refused("create", &["--app-version", ">=1"], &["`--app-version`", "one exact version"]).await;
    run.refused("create", &["--schema-name", "pg_x"], &["`--schema-name`", "Postgres"]).await;
    run.refused("create", &["--app-file-workspace-path", "x"], &["absolute path"]).await;
    run.refused("create", &["--environment", "production"], &["`--environment`"]).await;
    run.refused("create", &["--local-wheel-path", "/nowhere.whl"], &["`--local-wheel-path`", "/nowhere.whl"])
        .await;
    run.refused("create", &["--config", "/nowhere.yaml"], &["`--config`", "/nowhere.yaml"]).await;
    run.refused("create", &["--app-nam", "x"], &["--app-nam", "--app-name"]).await;
    run.refused("update", &[], &["`--app-name`, `--lakebase-name` and `--schema-name` are missing"]).await;
    run.refused("delete", &[], &["`--app-name` is missing", "`tellr-app deploy delete tellr`"]).await;
    run.refused("delete", &["--app-compute", "LARGE"], &["--app-compute"]).await;
    stage.end().await;
}

#[tokio::test]
async fn the_command_line_refuses_bad_files_with_exit_code_2_and_sends_nothing() {
    let stage = Stage::with(Pace::none()).await;
    let run = Run { stage: &stage };
    let good = run.file("good.yaml", "app_name: tellr\n");
    run.refused("create", &["--config", &good, "--app-name", "x1"], &["combined with `app_name`"]).await;
    let other = run.file("other.yaml", "environments:\n  a: {}\n  b: {}\n");
    let words = ["has no environment `development`", "Set `--environment` (or the variable `ENVIRONMENT`)"];
    run.refused("create", &["--config", &other], &words).await;
    let none = run.file("none.yaml", "environments: {}\n");
    run.refused("create", &["--config", &none], &["It has no environments", "omit `--environment`"]).await;
    let unknown = run.file("unknown.yaml", "app_nam: tellr\n");
    run.refused("create", &["--config", &unknown], &["did you mean `app_name`?"]).await;
    let alias = run.file("alias.yaml", "app_name: *a\n");
    run.refused("create", &["--config", &alias], &["line 1, column 11"]).await;
    let large = run.file("large.yaml", "a".repeat(10 * 1024 * 1024));
    run.refused("create", &["--config", &large], &["10485760 bytes (limit"]).await;
    let binary = run.file("binary.yaml", [0xff, 0xfe, 0x00]);
    run.refused("create", &["--config", &binary], &["UTF-8"]).await;
    let wrong = run.file("wrong.yaml", "app_name: [tellr]\n");
    run.refused("create", &["--config", &wrong], &["`app_name` has the wrong type"]).await;
    let liquid = run.file("liquid.yaml", "environments:\n  development:\n    compute_size: LIQUID\n");
    run.refused("update", &["--config", &liquid], &["`environments.development.compute_size`"]).await;
    let wheel = run.file("tellr_app-0.1.0-py3-none-any.whl", vec![7; 10_485_761]);
    run.refused("create", &["--local-wheel-path", &wheel], &["10485761 bytes", "10 MB"]).await;
    let (code, text) = run.deploy("create", &["--config", &liquid], &[("ENVIRONMENT", "staging")]).await;
    run.assert_refused(code, &text, &["no environment `staging`", "`development`"]);
    stage.end().await;
}

#[tokio::test]
async fn for_programs_a_refusal_is_one_line_of_json_with_the_class_input() {
    let stage = Stage::with(Pace::none()).await;
    let run = Run { stage: &stage };
    let (code, text) = run.deploy("create", &["--json", "--app-name", "Bad Name"], &[]).await;
    run.assert_refused(code, &text, &[]);
    let line: Value = serde_json::from_str(text.trim()).expect("one line of JSON and nothing else");
    assert_eq!((&line["type"], &line["error"]["class"]), (&json!("error"), &json!("input")));
    assert_eq!(line["error"]["code"], "INVALID_VALUE");
    stage.end().await;
}
