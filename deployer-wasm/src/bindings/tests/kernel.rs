//! A kernel: carries out commands on a clock that jumps to the first sleeper's end.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};

use super::Machine;
use super::workspace::Workspace;

pub(super) const SEED: [u8; 32] = [42; 32];

/// More turns than any run takes; a run that hangs fails instead of hanging the tests.
const TURNS: usize = 5_000;

pub(super) struct Kernel {
    pub(super) workspace: Workspace,
    pub(super) seed: [u8; 32],
    pub(super) events: Vec<Value>,
    pub(super) schema_commands: Vec<Value>,
    pub(super) most_under_way: usize,
    pub(super) withdrawn: usize,
    machine: Machine,
    now_ms: u64,
    under_way: BTreeMap<u64, Value>,
}

impl Kernel {
    pub(super) fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            seed: SEED,
            events: Vec::new(),
            schema_commands: Vec::new(),
            most_under_way: 0,
            withdrawn: 0,
            machine: Machine::default(),
            now_ms: 1_795_446_000_000,
            under_way: BTreeMap::new(),
        }
    }

    /// Runs an operation to its end; the last turn.
    pub(super) fn run(&mut self, start: Value) -> Value {
        self.start(start);
        self.go_on_until(|_| false)
    }

    pub(super) fn start(&mut self, start: Value) {
        let answer = self.call_start(start);
        assert_eq!(answer["accepted"], true, "{answer}");
    }

    pub(super) fn call_start(&mut self, mut start: Value) -> Value {
        start["seed"] = Base64::encode_string(&self.seed).into();
        start["now_ms"] = self.now_ms.into();
        self.call(Machine::start, start)
    }

    /// One call, of the version that the module speaks.
    pub(super) fn call(&mut self, call: fn(&mut Machine, &[u8]) -> Vec<u8>, mut input: Value) -> Value {
        input["protocol"] = 2.into();
        let answer = call(&mut self.machine, input.to_string().as_bytes());
        let answer: Value = serde_json::from_slice(&answer).expect("every answer is JSON");
        assert_eq!(answer["protocol"], 2, "every answer says its version");
        answer
    }

    /// One turn: its events are kept, its commands are under way.
    pub(super) fn poll(&mut self) -> Value {
        let turn = self.call(Machine::poll, json!({"now_ms": self.now_ms}));
        let list = |key: &str| turn[key].as_array().unwrap_or_else(|| panic!("no {key} in {turn}")).clone();
        self.events.extend(list("events"));
        for mut command in list("commands") {
            let id = command["id"].as_u64().expect("commands have ids");
            if let Some(duration) = command["duration_ms"].as_u64() {
                command["until_ms"] = (self.now_ms + duration).into();
            }
            if command["kind"] == "schema" {
                self.schema_commands.push(command.clone());
            }
            assert!(self.under_way.insert(id, command).is_none(), "ids are unique");
        }
        for id in list("withdrawn") {
            let id = id.as_u64().expect("ids are numbers");
            assert!(self.under_way.remove(&id).is_some(), "only what was handed over is withdrawn");
            self.withdrawn += 1;
            let late = self.call(Machine::resolve, json!({"id": id, "answer": null}));
            assert!(turn["state"] != "running" || late["accepted"] == false, "{late}");
        }
        self.most_under_way = self.most_under_way.max(self.under_way.len());
        if turn["state"] != "running" {
            self.under_way.clear();
        }
        turn
    }

    /// Carries on until the run ends or `enough`; the last turn.
    pub(super) fn go_on_until(&mut self, enough: impl Fn(&Self) -> bool) -> Value {
        for _ in 0..TURNS {
            let turn = self.poll();
            if turn["state"] != "running" || enough(self) {
                return turn;
            }
            self.carry_one_out();
        }
        panic!("the run does not end; under way: {:?}", self.under_way);
    }

    /// The youngest request first, so that answers come out of order; sleeps when all else is done.
    fn carry_one_out(&mut self) {
        let work = self.under_way.iter().rev().find(|(_, command)| command["kind"] != "sleep");
        let sleep = || self.under_way.iter().min_by_key(|(_, command)| command["until_ms"].as_u64());
        let (&id, command) = work.or_else(sleep).expect("a run that waits waits for something");
        let answer = match command["kind"].as_str() {
            Some("request") => json!({"response": self.workspace.answer(&command["request"])}),
            Some("schema") => self.workspace.run_script(&command["script"]),
            Some("probe") => json!({"error": {"kind": "refused", "message": "not in this test"}}),
            Some("sleep") => {
                self.now_ms = self.now_ms.max(command["until_ms"].as_u64().expect("set above"));
                Value::Null
            }
            other => panic!("no such kind of command: {other:?}"),
        };
        self.under_way.remove(&id);
        let resolved = self.call(Machine::resolve, json!({"id": id, "answer": answer}));
        assert_eq!(resolved["accepted"], true, "{resolved}");
    }

    pub(super) fn under_way(&self) -> usize {
        self.under_way.len()
    }

    pub(super) fn first_under_way(&self) -> u64 {
        *self.under_way.keys().next().expect("something is under way")
    }

    /// Whether a step said that it is in `state`.
    pub(super) fn told(&self, state: &str) -> bool {
        self.events.iter().any(|event| event["state"] == state)
    }
}
