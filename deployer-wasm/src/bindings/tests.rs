//! Runs driven the way a kernel drives them: by JSON alone, against a scripted workspace.

use serde_json::{Value, json};

use super::machine::Machine;

mod kernel;
mod workspace;

use kernel::{Kernel, SEED};
use workspace::Workspace;

fn create() -> Value {
    json!({"operation": "create", "arguments": {}})
}

#[test]
fn a_create_runs_to_its_end_over_the_queue() {
    let mut kernel = Kernel::new(Workspace::new());
    let last = kernel.run(create());
    assert_eq!(last["state"], "finished", "{last}");
    let result = &last["result"];
    for (key, wanted) in [
        ("url", "https://tellr-1.example.com"),
        ("app_name", "tellr"),
        ("lakebase_name", "tellr-db"),
        ("schema_name", "app_data"),
        ("status", "created"),
        ("lakebase_type", "autoscaling"),
    ] {
        assert_eq!(result[key], wanted, "{result}");
    }
    let sequences: Vec<u64> = kernel.events.iter().filter_map(|event| event["sequence"].as_u64()).collect();
    assert_eq!(sequences, (0..kernel.events.len() as u64).collect::<Vec<_>>(), "in order, without gaps");
    assert_eq!(kernel.events.last().map(|event| &event["kind"]), Some(&json!("finished")));
    assert!(kernel.most_under_way >= 4, "steps run side by side: {}", kernel.most_under_way);
    assert!(kernel.under_way() == 0, "nothing is left to carry out");
}

#[test]
fn a_schema_command_carries_the_statements_and_what_to_connect_to() {
    let mut kernel = Kernel::new(Workspace::new());
    kernel.run(create());
    let [command] = kernel.schema_commands.as_slice() else {
        panic!("one schema command: {:?}", kernel.schema_commands)
    };
    assert_eq!(
        command["at"],
        json!({
            "host": "ep-1.example.com", "database": "databricks_postgres", "user": "ada@example.com",
            "credential": {"kind": "endpoint", "name": "projects/tellr-db/branches/production/endpoints/primary"},
        })
    );
    assert_eq!(command["operation"]["operation"], "set_up");
    assert_eq!(
        (&command["script"]["transaction"], &command["script"]["returns_rows"]),
        (&json!(true), &json!(false))
    );
    let statements = command["script"]["statements"].to_string();
    assert!(statements.contains("CREATE SCHEMA IF NOT EXISTS"), "{statements}");
}

#[test]
fn keys_and_run_ids_come_from_the_seed() {
    let made = |seed: [u8; 32]| {
        let mut kernel = Kernel::new(Workspace::new());
        kernel.seed = seed;
        kernel.run(create());
        let run = kernel.events[0]["run"].to_string();
        (run, kernel.workspace.secret().expect("create makes a key"))
    };
    let (first, again, other) = (made(SEED), made(SEED), made([7; 32]));
    assert_eq!(first, again);
    assert!(first.0 != other.0 && first.1 != other.1);
}

#[test]
fn a_cancelled_run_ends_at_a_safe_point_and_frees_its_lock() {
    let mut kernel = Kernel::new(Workspace::new().never_ready());
    kernel.start(create());
    kernel.go_on_until(|kernel| kernel.told("waiting"));
    assert!(kernel.workspace.has_file("locks/tellr.json"));
    assert_eq!(kernel.call(Machine::cancel, json!({}))["accepted"], true);
    let last = kernel.go_on_until(|_| false);
    assert_eq!((&last["state"], &last["error"]["code"]), (&json!("failed"), &json!("CANCELLED")), "{last}");
    assert!(!kernel.workspace.has_file("locks/tellr.json"));
    assert!(kernel.withdrawn > 0, "sleeps that were cut short are withdrawn");
}

#[test]
fn wrong_arguments_fail_before_the_first_command() {
    for (start, code) in [
        (json!({"operation": "create", "arguments": {"app_name": "Tellr!"}}), "INVALID_VALUE"),
        (json!({"operation": "create", "arguments": {"app_nme": "tellr"}}), "UNKNOWN_KEY"),
        (json!({"operation": "update", "arguments": {}}), "MISSING_VALUE"),
        (json!({"operation": "plan", "plan_of": "update", "arguments": {}}), "MISSING_VALUE"),
        (json!({"operation": "plan", "plan_of": "create", "arguments": {"app_name": 7}}), "WRONG_TYPE"),
        (json!({"operation": "status", "arguments": {"app_name": "Tellr!"}}), "INVALID_VALUE"),
        (json!({"operation": "status", "arguments": {"schema_name": "x"}}), "UNKNOWN_KEY"),
        (
            json!({"operation": "create", "arguments": {"app_name": "a1"}, "config_yaml": "app_name: b1"}),
            "CONFIG_CONFLICT",
        ),
    ] {
        let mut kernel = Kernel::new(Workspace::new());
        let last = kernel.run(start);
        assert_eq!((&last["state"], &last["error"]["code"]), (&json!("failed"), &json!(code)), "{last}");
        assert_eq!(last["error"]["class"], "input");
        assert_eq!(kernel.workspace.requests, 0);
    }
}

#[test]
fn a_file_and_the_environment_variable_choose_what_is_deployed() {
    let yaml = "environments:\n  development:\n    app_name: tellr-dev\n  production:\n    app_name: tellr\n    lakebase:\n      schema: slides\n";
    let mut kernel = Kernel::new(Workspace::new());
    let last = kernel.run(
        json!({"operation": "create", "arguments": {}, "config_yaml": yaml, "environment": "production"}),
    );
    assert_eq!(
        (&last["result"]["app_name"], &last["result"]["schema_name"]),
        (&json!("tellr"), &json!("slides")),
        "{last}"
    );
}

#[test]
fn a_plan_and_a_status_come_over_the_queue_and_only_read() {
    let mut kernel = Kernel::new(Workspace::new());
    let plan = kernel.run(json!({"operation": "plan", "plan_of": "create", "arguments": {}}));
    assert_eq!(
        (&plan["state"], &plan["result"]["operation"]),
        (&json!("finished"), &json!("create")),
        "{plan}"
    );
    assert_eq!(kernel.workspace.changes, 0);
    assert!(kernel.events.is_empty() && kernel.schema_commands.is_empty());
    kernel.run(create());
    let told = kernel.events.iter().find(|event| event["kind"] == "plan").expect("the run's plan");
    assert_eq!(plan["result"]["steps"], told["steps"], "what was planned is what was done");
    let (changes, events) = (kernel.workspace.changes, kernel.events.len());
    let status = kernel.run(json!({"operation": "status", "arguments": {"app_name": "tellr"}}));
    let result = &status["result"];
    assert_eq!(
        (&result["app"]["compute"], &result["can_resume"]),
        (&json!("ACTIVE"), &json!(false)),
        "{status}"
    );
    assert_eq!(result["last_run"]["arguments"]["schema_name"], "app_data");
    let arguments = json!({"app_name": "tellr", "reset_database": true});
    let plan = kernel.run(json!({"operation": "plan", "plan_of": "delete", "arguments": arguments}));
    assert_eq!(plan["result"]["steps"][5]["step"], "remove_app", "{plan}");
    assert_eq!((kernel.workspace.changes, kernel.events.len()), (changes, events), "they only looked");
}

#[test]
fn a_plan_says_of_what_and_nothing_else_does() {
    let mut kernel = Kernel::new(Workspace::new());
    for wrong in [
        json!({"operation": "plan", "arguments": {}}),
        json!({"operation": "plan", "plan_of": "status", "arguments": {}}),
        json!({"operation": "create", "plan_of": "create", "arguments": {}}),
        json!({"operation": "status", "plan_of": "create", "arguments": {}}),
    ] {
        let answer = kernel.call_start(wrong);
        assert_eq!(answer["refused"]["code"], "PROTOCOL_FAULT", "{answer}");
    }
}

#[test]
fn what_the_database_refuses_reaches_the_catalogue() {
    let refusal =
        json!({"error": {"kind": "database", "sqlstate": "42501", "message": "must be owner of schema"}});
    let mut kernel = Kernel::new(Workspace::new().refusing_sql(refusal));
    let last = kernel.run(create());
    assert_eq!(last["error"]["code"], "SCHEMA_NOT_OWNED", "{last}");
}

#[test]
fn another_version_is_told_by_its_numbers() {
    let mut machine = Machine::default();
    for (call, spoken) in [
        (json!({"protocol": 3, "something": "new"}), "version 3"),
        (json!({"operation": "create"}), "names no protocol version"),
        (json!({"protocol": "1"}), "names no protocol version"),
    ] {
        let answer: Value = serde_json::from_slice(&machine.start(call.to_string().as_bytes())).unwrap();
        let refused = &answer["refused"];
        assert_eq!((&answer["protocol"], &refused["code"]), (&json!(2), &json!("PROTOCOL_MISMATCH")));
        assert!(refused["cause"].as_str().unwrap().contains(spoken), "{refused}");
    }
}

#[test]
fn a_call_that_does_not_fit_is_refused_and_repeats_nothing() {
    let mut kernel = Kernel::new(Workspace::new());
    let refused = |answer: &Value| {
        assert_eq!(answer["refused"]["code"], "PROTOCOL_FAULT", "{answer}");
        assert!(!answer.to_string().contains("marked-secret"), "{answer}");
    };
    refused(&kernel.call(Machine::poll, json!({"now_ms": 0})));
    refused(&kernel.call(Machine::cancel, json!({})));
    for bytes in
        [&b""[..], b"marked-secret", b"[1]", b"\"marked-secret\"", b"{\"protocol\": 1, marked-secret"]
    {
        refused(&serde_json::from_slice(&Machine::default().start(bytes)).unwrap());
    }
    for wrong in [
        json!({"operation": "destroy-marked-secret"}),
        json!({"operation": "create", "arguments": {}, "now_ms": 0, "seed": "marked-secret"}),
        json!({"operation": "create", "arguments": {}, "now_ms": "marked-secret", "seed": "AAAA"}),
        json!({"operation": "create", "arguments": {}, "now_ms": 0, "seed": "AAAA", "marked-secret": 1}),
    ] {
        refused(&kernel.call(Machine::start, wrong));
    }
    kernel.start(create());
    refused(&kernel.call_start(create()));
    refused(&kernel.call(Machine::resolve, json!({"id": 99, "answer": null})));
}

#[test]
fn an_answer_of_another_kind_is_refused_and_the_command_can_still_be_resolved() {
    let mut kernel = Kernel::new(Workspace::new());
    kernel.start(create());
    kernel.poll();
    let id = kernel.first_under_way();
    for wrong in [json!(null), json!({"row": null}), json!({"response": {"status": "marked-secret"}})] {
        let answer = kernel.call(Machine::resolve, json!({"id": id, "answer": wrong}));
        assert_eq!(answer["refused"]["code"], "PROTOCOL_FAULT", "{answer}");
        assert!(!answer.to_string().contains("marked-secret"));
    }
    let last = kernel.go_on_until(|_| false);
    assert_eq!(last["state"], "finished", "{last}");
}

#[test]
fn an_answer_that_comes_twice_is_not_accepted() {
    let mut kernel = Kernel::new(Workspace::new());
    kernel.start(create());
    kernel.poll();
    let id = kernel.first_under_way();
    let answer = json!({"id": id, "answer": {"error": {"kind": "connection", "message": "cut"}}});
    assert_eq!(kernel.call(Machine::resolve, answer.clone())["accepted"], true);
    assert_eq!(kernel.call(Machine::resolve, answer)["accepted"], false);
}

#[test]
fn after_the_end_the_module_takes_another_run() {
    let mut kernel = Kernel::new(Workspace::new());
    assert_eq!(kernel.run(create())["state"], "finished");
    let again = kernel.run(create());
    assert_eq!(again["error"]["code"], "APP_ALREADY_EXISTS", "{again}");
    let deleted = kernel.run(json!({"operation": "delete", "arguments": {"app_name": "tellr"}}));
    assert_eq!(deleted["result"]["status"], "deleted", "{deleted}");
}
