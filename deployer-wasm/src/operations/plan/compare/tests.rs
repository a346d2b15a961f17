//! The comparison against the step that changes the app's record, for generated apps.

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::config::record::RecordSettings;
use crate::decode::decode;
use crate::steps::resources::{Wanted, differences};

/// Few values, so that equal ones are common; some differ only as the platform spells them.
fn description() -> impl Strategy<Value = String> {
    prop_oneof![Just(""), Just("Slides"), Just(" Slides\n"), Just("Other"), Just("a\nb"), Just("a\r\nb")]
        .prop_map(str::to_owned)
}

fn size() -> impl Strategy<Value = String> {
    prop_oneof![Just("MEDIUM"), Just("medium"), Just("LARGE"), Just("LIQUID")].prop_map(str::to_owned)
}

fn scopes() -> impl Strategy<Value = Vec<String>> {
    btree_set(prop_oneof![Just("sql"), Just("files"), Just("genie")], 0..4)
        .prop_map(|set| set.into_iter().map(str::to_owned).collect())
}

fn attachment() -> impl Strategy<Value = (String, Resource)> {
    let names = prop_oneof![Just("encryption_key"), Just("other")];
    (names, prop_oneof![Just("a"), Just("b")]).prop_map(|(name, scope)| {
        let (key, permission) = ("k".to_owned(), "READ".to_owned());
        (name.to_owned(), Resource::Secret { scope: scope.to_owned(), key, permission })
    })
}

fn attached() -> impl Strategy<Value = Vec<(String, Resource)>> {
    vec(attachment(), 0..3).prop_map(|mut all| {
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all.dedup_by(|(one, _), (other, _)| one == other);
        all
    })
}

fn entries(all: &[(String, Resource)]) -> Vec<Value> {
    all.iter().map(|(name, resource)| resource.named(name)).collect()
}

fn release(app: &Value) -> Release {
    decode(json!({
        "number": 1, "operation": "create", "by": "ada", "at": "2026-11-23T15:00:00Z", "run": "r",
        "state": "healthy", "package": "tellr-app", "settings": {}, "app": app,
    }))
    .unwrap()
}

proptest! {
    #[test]
    fn a_plan_has_a_change_of_the_record_exactly_where_the_run_has(
        (old_text, old_size, old_scopes) in (description(), size(), scopes()),
        (there_text, there_size, there_scopes) in (option::of(description()), option::of(size()), scopes()),
        (text, size, scopes) in (option::of(description()), option::of(size()), scopes()),
        (old_attached, there_attached, attached) in (attached(), attached(), attached()),
        is_recorded in any::<bool>(),
    ) {
        let found: App = decode(json!({
            "name": "tellr", "description": there_text, "compute_size": there_size,
            "user_api_scopes": there_scopes, "resources": entries(&there_attached),
            "compute_status": {"state": "ACTIVE"},
        })).unwrap();
        let release = release(&json!({
            "description": old_text, "compute_size": old_size, "user_api_scopes": old_scopes,
            "resources": entries(&old_attached),
        }));
        let current = is_recorded.then_some(&release);
        let wanted = Wanted {
            resources: attached.clone(), scopes: scopes.clone(), description: text.clone(),
            compute_size: size.clone(), settings: RecordSettings::default(),
        };
        let run = differences(&found, &wanted);
        let wanted = WantedApp {
            name: "tellr", description: text.as_deref(), compute_size: size.as_deref(), scopes,
            settings: RecordSettings::default(), grants: Vec::new(), tags: Vec::new(),
        };
        let planned = app(&wanted, Some(&found), current);
        for name in ["description", "compute_size", "user_api_scopes"] {
            let field = planned.fields.iter().find(|field| field.field == name);
            prop_assert_eq!(field.is_some_and(FieldChange::is_made), run.contains_key(name), "{}", name);
            if let Some(field) = field {
                prop_assert!(is_recorded || field.reason == Reason::Wanted, "{:?}", field);
            }
        }
        let attachments: Vec<WantedAttachment> =
            attached.into_iter().map(|(name, resource)| (name, Some(resource))).collect();
        let planned = super::attachments(&attachments, &found.resources, current);
        prop_assert_eq!(planned.iter().any(ResourceChange::is_made), run.contains_key("resources"));
    }
}

#[test]
fn what_a_person_wrote_into_requirements_is_shown_as_a_hash() {
    let rows = requirement_rows("# x\n--extra-index-url https://me:secret@index/simple\ntellr-app==1\n");
    assert_eq!(rows[0], ("package".to_owned(), "tellr-app==1".into()));
    assert_eq!(rows[1].0, "options");
    assert!(!format!("{rows:?}").contains("secret"), "{rows:?}");
}

#[test]
fn a_state_that_the_platform_is_changing_is_no_change() {
    for (state, reason) in [("STARTING", Reason::Managed), ("STOPPED", Reason::Drifted)] {
        let found: App = decode(json!({"name": "t", "compute_status": {"state": state}})).unwrap();
        let field = compute(&found, true).unwrap();
        assert_eq!((field.reason, field.is_made()), (reason, reason == Reason::Drifted));
    }
}
