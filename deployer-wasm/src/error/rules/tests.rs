//! Each rule finds its example and nothing ordinary.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;

use super::rule::holds;
use super::*;
use crate::error::{DeployError, Failure};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogTail {
    reason: String,
    message: String,
    lines: Vec<String>,
}

fn failed(problem: &str, log: &[&str]) -> DeployError {
    let (app, url, problem) = ("tellr".to_owned(), "https://x.example".to_owned(), problem.to_owned());
    let log = log.iter().map(|line| (*line).to_owned()).collect();
    Failure::DeploymentFailed { app, url, problem, log }.into()
}

#[test]
fn every_rule_over_log_tails_finds_its_example() {
    let examples: Vec<LogTail> = serde_json::from_str(include_str!("log_tails.json")).unwrap();
    for LogTail { reason, message, lines } in &examples {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let error = failed(message, &lines);
        assert_eq!(error.reason.as_deref(), Some(reason.as_str()), "{message}{lines:?}");
        let rule = LOG_TAILS.iter().find(|rule| rule.code == reason).unwrap();
        assert!(error.code == "DEPLOYMENT_FAILED" && error.cause.starts_with(rule.cause), "{error:#?}");
        assert!(error.remedy.starts_with(rule.remedy) && error.remedy.contains("https://x.example/logz"));
        assert_eq!(error.log, lines, "the lines are kept");
    }
    let found: BTreeSet<&str> = examples.iter().map(|example| example.reason.as_str()).collect();
    assert_eq!(found, LOG_TAILS.iter().map(|rule| rule.code).collect());
}

#[test]
fn there_are_sixty_rules_each_with_a_source_and_its_own_name() {
    let all: Vec<&Rule> = BODIES.iter().chain(LOG_TAILS).collect();
    assert!(all.len() >= 60, "{}", all.len());
    assert_eq!(all.iter().map(|rule| rule.code).collect::<BTreeSet<_>>().len(), all.len());
    for rule in all {
        assert!(rule.source.trim().len() > 10, "{rule:?}");
        assert!(!rule.says.is_empty() || !rule.codes.is_empty(), "{rule:?}");
        for phrase in rule.says {
            assert_eq!(*phrase, phrase.to_ascii_lowercase());
            // A shorter one might be a part of a name; the shortest are codes of PostgreSQL.
            assert!(phrase.len() >= 5, "{phrase}");
        }
        for text in [rule.cause, rule.remedy] {
            assert!(text.len() > 8 && !text.ends_with('.'), "{text}");
            assert!(!text.contains("[hidden]"), "{text}");
        }
        assert!(rule.docs.starts_with("https://") || rule.docs.contains(".md"), "{}", rule.docs);
    }
}

#[test]
fn an_ordinary_log_has_no_cause() {
    let ordinary = [
        "[INFO] Deployment 01f0bf7f started",
        "Requirement already satisfied: pip in ./.venv/lib/python3.11/site-packages (24.0)",
        "Collecting tellr-app==0.1.0",
        "  Downloading tellr_app-0.1.0-py3-none-manylinux_2_17_x86_64.whl (7.1 MB)",
        "Installing collected packages: tellr-app",
        "Successfully installed tellr-app-0.1.0",
        "INFO the schema `app_data` is at migration 5; nothing to do",
        "INFO tellr-app 0.1.0 listens on http://0.0.0.0:8000 with a autoscaling database at ep-1.example.com:5432",
        "INFO:     Started server process [12]",
        "INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)",
        "INFO:     10.0.0.1:0 - \"GET /api/health HTTP/1.1\" 200 OK",
        "WARN this program was built without the page; it shows a placeholder",
        "DEBUG a database credential was issued lifetime_secs=3600",
        "INFO signal received: terminating",
    ];
    for log in [&ordinary[..], &[], &["", "   ", "\u{1b}[0m"]] {
        let error = failed("", log);
        assert_eq!((error.reason.as_deref(), error.cause.as_str()), (None, "Databricks gave no reason"));
    }
    for line in ordinary {
        assert!(BODIES.iter().all(|rule| !rule.fits(&line.to_ascii_lowercase())), "{line}");
    }
    assert_eq!(failed("The deployment failed", &ordinary).reason, None);
}

#[test]
fn a_later_line_counts_more_than_an_earlier_one_and_a_reason_more_than_a_failure() {
    let (old, new) = ("ERROR: 403 Client Error: Forbidden for url: x", "role \"5b0c\" does not exist");
    assert_eq!(failed("", &[old, new]).reason.as_deref(), Some("DATABASE_ROLE_MISSING"));
    assert_eq!(failed("", &[new, old]).reason.as_deref(), Some("INDEX_REFUSES"));
    // The message is about this deployment.
    assert_eq!(failed(new, &[old]).reason.as_deref(), Some("DATABASE_ROLE_MISSING"));
    // That installing failed says less than why it did, although it is the last line.
    assert_eq!(failed("error installing packages", &[old]).reason.as_deref(), Some("INDEX_REFUSES"));
}

#[test]
fn a_cause_is_found_in_more_lines_than_are_shown() {
    let mut lines = vec!["ModuleNotFoundError: No module named 'x'"];
    lines.resize(60, "  at somewhere");
    let error = failed("", &lines);
    assert_eq!((error.reason.as_deref(), error.log.len()), (Some("MODULE_MISSING"), 20));
}

#[test]
fn what_fits_no_rule_keeps_what_was_written_and_says_how_to_report_it() {
    let failure = Failure::UnexpectedAnswer {
        doing: "create the app `tellr`".into(),
        status: 418,
        code: "TEAPOT".into(),
        request: "5b0c-9a1e".into(),
        problem: "short and stout".into(),
    };
    let error = DeployError::from(failure);
    assert_eq!(error.reason, None);
    assert!(error.message.contains("418 TEAPOT"), "{error:#?}");
    assert_eq!(error.cause, "The workspace says: short and stout (request id 5b0c-9a1e)");
    assert!(
        error.remedy.contains("report it to Databricks support") && error.remedy.contains("without tokens")
    );
}

#[test]
fn colours_do_not_hide_a_cause() {
    let line = "\u{1b}[31mModuleNotFoundError\u{1b}[0m\u{1b}[1m: No module named 'x'";
    assert_eq!(failed("", &[line]).reason.as_deref(), Some("MODULE_MISSING"));
}

#[test]
fn a_timeout_has_its_cause_in_the_log_alone() {
    let (app, url) = ("tellr".to_owned(), "https://x.example".to_owned());
    let log = vec!["INFO: pip is looking at multiple versions of mlflow".to_owned()];
    let error: DeployError =
        Failure::DeploymentTimeout { app, url, waited: Duration::from_mins(20), log }.into();
    assert_eq!(
        (error.code.as_str(), error.reason.as_deref()),
        ("DEPLOYMENT_TIMEOUT", Some("PIP_BACKTRACKS"))
    );
}

#[test]
fn long_and_hostile_texts_are_bounded() {
    // Only the end of a long text is read, on a boundary of characters.
    let long = format!("No module named 'x'\n{}", "ü\n".repeat(4 * READ_BYTES));
    assert_eq!(failed(&long, &[]).reason, None);
    let huge = format!("{}\nrole \"x\" does not exist", "*".repeat(1 << 20));
    let error = failed(&huge, &[&huge]);
    assert_eq!(error.reason.as_deref(), Some("DATABASE_ROLE_MISSING"));
    assert!(error.cause.len() < 3_000 && error.log.iter().all(|line| line.len() < 1_000));
    // A wildcard of a phrase is none in the text, and repeated parts take no exponential time.
    let parts = "error while ".repeat(1_000);
    assert!(!holds(&parts, "error*while*error*while*loading"));
    assert!(!holds("role * does not exist", "role \"*\" does not exist"));
}

#[test]
fn secrets_of_a_log_do_not_get_into_the_error() {
    let line = "connection to server at \"db\" failed: postgresql://app:hunter2@db/x password=hunter2 \
                Authorization: Bearer hunter2hunter2";
    let error = failed(line, &[line, "PGPASSWORD: hunter2"]);
    assert_eq!(error.reason.as_deref(), Some("DATABASE_UNREACHABLE"));
    assert!(!format!("{error:?}").contains("hunter2"), "{error:#?}");
}
