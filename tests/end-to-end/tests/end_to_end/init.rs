//! `tellr-app deploy init` writes a configuration file; `completions` prints a shell's script.

use std::process::Output;

use deployer::config::CreateArguments;
use end_to_end::kill;
use end_to_end::stage::Stage;
use end_to_end::terminal::Terminal;
use local_workspace::pace::Pace;

async fn stage() -> Stage {
    Stage::with(Pace::none()).await
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

async fn run(stage: &Stage, words: &[&str]) -> Output {
    kill::deploy(stage, words[0]).args(&words[1..]).output().await.expect("the program runs")
}

fn path(stage: &Stage, name: &str) -> String {
    stage.workspace.control().dir.join(name).display().to_string()
}

#[tokio::test]
async fn init_writes_a_file_that_create_accepts_and_replaces_none() {
    let stage = stage().await;
    let file = path(&stage, "tellr.yaml");
    let words = [
        "init",
        "--output",
        &file,
        "--app-name",
        "slides",
        "--lakebase-compute",
        "CU_2",
        "--genie-space",
        "a1",
    ];
    let output = run(&stage, &words).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let written = std::fs::read_to_string(&file).expect("it is written");
    let first = written.lines().next().expect("a line");
    assert!(first.starts_with("# yaml-language-server: $schema=https://"), "{first}");
    let config = CreateArguments::default().resolve(Some(&written), None).expect("a valid file");
    assert_eq!((config.app_name.as_str(), config.lakebase_compute.as_str()), ("slides", "CU_2"));

    let refused = run(&stage, &words).await;
    assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
    assert!(said(&refused).contains("already exists"), "{}", said(&refused));
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), written);

    // The suggested command can be pasted into a shell.
    let spaced = path(&stage, "it's mine.yaml");
    let output = run(&stage, &["init", "--yes", "-o", &spaced]).await;
    let quoted = format!("--config=\"{spaced}\"`");
    assert!(said(&output).contains(&quoted), "{}", said(&output));

    let defaults = path(&stage, "defaults.yaml");
    let output = run(&stage, &["init", "--yes", "-o", &defaults]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(stage.workspace.control().journal.entries().is_empty(), "nothing is sent");
    let planned = run(&stage, &["plan", "create", "--config", &defaults]).await;
    assert_eq!(planned.status.code(), Some(0), "{}", said(&planned));
    stage.end().await;
}

#[tokio::test]
async fn init_without_a_terminal_and_without_answers_names_the_flags() {
    let stage = stage().await;
    let file = path(&stage, "tellr.yaml");
    let wrong = [&["init", "-o", &file][..], &["--app-name", "Tellr"]].concat();
    let nowhere = path(&stage, "nowhere/tellr.yaml");
    for (words, parts) in [
        (&["init", "-o", &file][..], ["no terminal", "`--yes`", "`--app-name`"]),
        (&wrong, ["`--app-name`", "lower-case", "Nothing has been changed"]),
        (&["init", "--yes", "-o", &nowhere], ["can't be written", "nowhere", "`--output`"]),
    ] {
        let output = run(&stage, words).await;
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", said(&output));
        for part in parts {
            assert!(said(&output).contains(part), "{words:?}: {part}: {}", said(&output));
        }
    }
    assert!(!std::path::Path::new(&file).exists());
    // A secret and a file of this machine can't be in a file.
    for flag in ["--encryption-key-file", "--local-wheel-path", "--config"] {
        assert_eq!(run(&stage, &["init", flag, "x"]).await.status.code(), Some(2), "{flag}");
    }
    stage.end().await;
}

#[tokio::test]
async fn on_a_terminal_init_asks_and_repeats_a_question_until_the_answer_is_right() {
    let stage = stage().await;
    let file = path(&stage, "tellr.yaml");
    let mut command = kill::deploy(&stage, "init");
    command.args(["--output", &file, "--schema-name", "decks"]);
    let mut terminal = Terminal::start(command);
    terminal.until("App name [tellr]: ").await;
    terminal.enter("Slides!");
    terminal.until("App name [tellr]: ").await;
    terminal.enter("slides");
    for (question, answer) in [
        ("Lakebase database [tellr-db]: ", ""),
        ("App size (MEDIUM, LARGE, XLARGE) [MEDIUM]: ", "LARGE"),
        ("Database size (CU_1, CU_2, CU_4, CU_8) [CU_1]: ", ""),
        ("Serving endpoint [chosen in the app]: ", ""),
        ("Genie spaces (ids, separated by commas) [chosen in the app]: ", "a1, b2"),
        ("SQL warehouse [none]: ", ""),
    ] {
        terminal.until(question).await;
        terminal.enter(answer);
    }
    terminal.until("Wrote `").await;
    let written = std::fs::read_to_string(&file).expect("it is written");
    let config = CreateArguments::default().resolve(Some(&written), None).expect("a valid file");
    let given = [config.app_name.as_str(), config.schema_name.as_str(), config.app_compute.as_str()];
    assert_eq!(given, ["slides", "decks", "LARGE"]);
    assert!(written.contains("genie_spaces:\n- a1\n- b2\n"), "{written}");
    stage.end().await;
}

#[tokio::test]
async fn completions_have_the_operations_and_their_flags() {
    let stage = stage().await;
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let output = run(&stage, &["completions", shell]).await;
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let script = said(&output);
        assert!(script.contains("lakebase-name") && script.contains("deploy-page"), "{shell}");
        // Those of `deploy all create`; the library's script for fish ends a level above.
        assert!(script.contains("concurrency") || shell == "fish", "{shell}");
    }
    let checked = run(&stage, &["completions", "bash"]).await.stdout;
    let script = path(&stage, "completions.bash");
    std::fs::write(&script, checked).expect("it is written");
    let bash = tokio::process::Command::new("bash").args(["-n", &script]).output().await.expect("bash runs");
    assert!(bash.status.success(), "{}", said(&bash));
    // What the shell offers for a word at each depth.
    for (words, offered) in [
        (&["dep"][..], "deploy"),
        (&["deploy", "rollb"], "rollback"),
        (&["deploy", "create", "--lakebase-na"], "--lakebase-name"),
        (&["deploy", "all", "plan", "upd"], "update"),
    ] {
        let asked = format!(
            "source '{script}'; COMP_WORDS=(tellr-app {}); COMP_CWORD={}; _tellr__app tellr-app '{}' ''; \
             echo \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len(),
            words.last().expect("a word"),
        );
        let bash =
            tokio::process::Command::new("bash").args(["-c", &asked]).output().await.expect("bash runs");
        assert!(said(&bash).split_whitespace().any(|word| word == offered), "{words:?}: {}", said(&bash));
    }
    stage.end().await;
}
