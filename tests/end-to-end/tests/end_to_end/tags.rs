//! Tags of the app: the wanted ones are set, and others stay.

use std::collections::BTreeMap;

use deployer::config::{CreateArguments, Pairs, UpdateArguments};
use end_to_end::stage::{ADA, Stage, update_of_default};
use end_to_end::words::{Expected, assert_says};
use local_workspace::faults::{Action, Rule, When};
use local_workspace::pace::Pace;
use local_workspace::tags::GovernedTag;
use reqwest::Method;
use serde_json::json;

use super::plan_changes::{UPDATE, deploy};

const TAGS: &str = "/api/2.0/entity-tag-assignments";
const OF_TELLR: &str = "/api/2.0/entity-tag-assignments/apps/tellr/tags";

async fn stage() -> Stage {
    Stage::with(Pace::scaled(0.01)).await
}

fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn tagged(tags: &[(&str, &str)]) -> CreateArguments {
    CreateArguments { tags: Some(pairs(tags)), ..CreateArguments::default() }
}

fn update_tagged(tags: &[(&str, &str)]) -> UpdateArguments {
    UpdateArguments { tags: Some(pairs(tags)), ..update_of_default() }
}

fn there(stage: &Stage) -> BTreeMap<String, String> {
    stage.workspace.control().tags.of("tellr")
}

#[tokio::test]
async fn wanted_tags_are_set_and_others_stay() {
    let stage = stage().await;
    let plan = stage.plan_create(tagged(&[("team", "slides")])).await.expect("a plan");
    assert!(plan.notes.iter().any(|line| line == "Tag the app with `team=slides`"), "{:?}", plan.notes);
    assert!(plan.steps.iter().any(|step| step.step == "tags"), "{:?}", plan.steps);
    stage.create(tagged(&[("team", "slides"), ("Kosten Ö", "")])).await.expect("create");
    assert_eq!(there(&stage), pairs(&[("Kosten Ö", ""), ("team", "slides")]));

    // Another user's tag, and an update without tags.
    let theirs = json!({"entity_type": "apps", "entity_id": "tellr", "tag_key": "owner", "tag_value": "ben"});
    assert_eq!(stage.send_as(ADA, Method::POST, TAGS, Some(theirs)).await.0, 200);
    stage.workspace.control().journal.clear();
    stage.update(update_of_default()).await.expect("update");
    let asked = stage.workspace.control().journal.entries();
    assert!(asked.iter().all(|entry| !entry.path.starts_with(TAGS)), "{asked:?}");

    // One is new, one has another value, one is as wanted; nothing is deployed again for it.
    let wanted = update_tagged(&[("team", "decks"), ("Kosten Ö", ""), ("cost_center", "4711")]);
    let plan = stage.plan_update(wanted.clone()).await.expect("a plan");
    assert!(
        plan.notes.iter().any(|line| line == "Tag the app with `cost_center=4711`, `team=decks`"),
        "{:?}",
        plan.notes
    );
    let made: Vec<_> = plan.changes.iter().filter(|change| change.is_made()).collect();
    let [app] = made.as_slice() else { panic!("only the app changes: {made:#?}") };
    let fields: Vec<&str> = app.fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["tags.cost_center", "tags.team"]);
    assert_eq!(app.fields[1].remote, Some("slides".into()));
    assert_eq!(
        stage.made("POST", TAGS) + stage.made("PATCH", &format!("{OF_TELLR}/team")),
        0,
        "only planned"
    );
    stage.update(wanted.clone()).await.expect("update");
    assert_eq!(stage.made("POST", TAGS), 1);
    assert_eq!(stage.made("PATCH", &format!("{OF_TELLR}/team")), 1);
    let now = pairs(&[("Kosten Ö", ""), ("cost_center", "4711"), ("owner", "ben"), ("team", "decks")]);
    assert_eq!(there(&stage), now);
    assert!(stage.plan_update(wanted).await.expect("a plan").empty);

    // A rollback to a release that was deployed with others leaves them, and says so.
    let described = UpdateArguments { description: Some("Slides".into()), ..update_of_default() };
    stage.update(described).await.expect("a second release");
    let plan = stage.plan_rollback(None).await.expect("a plan");
    assert!(plan.recoverable.iter().any(|line| line.contains("no tags")), "{:?}", plan.recoverable);
    stage.rollback(None).await.expect("rollback");
    assert_eq!(there(&stage), now);
    stage.end().await;
}

#[tokio::test]
async fn an_app_with_several_pages_of_tags_is_read_to_its_end() {
    let stage = stage().await;
    let many: Vec<(String, String)> =
        (0..45).map(|number| (format!("k{number:02}"), "v".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    stage.create(tagged(&many)).await.expect("create");
    assert_eq!(there(&stage).len(), 45);
    assert!(stage.plan_update(update_tagged(&many)).await.expect("a plan").empty);
    // With these it would have 51.
    let more: Vec<String> = (0..6).map(|number| format!("more{number}")).collect();
    let more: Vec<(&str, &str)> = more.iter().map(|key| (key.as_str(), "")).collect();
    let error = stage.update(update_tagged(&more)).await.expect_err("too many");
    assert_says(&error, Expected { code: "INVALID_VALUE", names: "`tags`", because: "it would get 51" });
    assert_eq!(there(&stage).len(), 45);
    stage.end().await;
}

#[tokio::test]
async fn a_governed_tag_is_refused_in_the_platforms_words() {
    let stage = stage().await;
    let policy = GovernedTag { values: vec!["low".into(), "high".into()], assigners: None };
    stage.set(|settings| {
        settings.governed_tags.insert("risk".into(), policy);
    });
    let error = stage.create(tagged(&[("risk", "middle")])).await.expect_err("it isn't a value of the tag");
    assert!(error.message.contains("set the tag `risk` of the app `tellr`"), "{error:#?}");
    assert!(error.cause.contains("Allowed values: low, high"), "{error:#?}");
    assert!(error.remedy.contains("Use an allowed value"), "{error:#?}");
    // The run goes on with another value.
    stage.create(tagged(&[("risk", "high")])).await.expect("it resumes");
    assert_eq!(there(&stage), pairs(&[("risk", "high")]));

    stage.set(|settings| {
        let policy = GovernedTag { assigners: Some(Vec::new()), ..GovernedTag::default() };
        settings.governed_tags.insert("risk".into(), policy);
    });
    let error = stage.update(update_tagged(&[("risk", "low")])).await.expect_err("it may not be assigned");
    let because = "ASSIGN permission on tag policy risk";
    assert_says(&error, Expected { code: "PERMISSION_DENIED", names: "set the tag `risk`", because });
    assert!(error.remedy.contains("governed tag `risk`") && error.remedy.contains("ASSIGN"), "{error:#?}");
    // Who doesn't change it needs no right.
    stage.update(update_tagged(&[("risk", "high"), ("team", "slides")])).await.expect("update");
    assert_eq!(there(&stage), pairs(&[("risk", "high"), ("team", "slides")]));
    stage.end().await;
}

#[tokio::test]
async fn a_saved_plan_is_outdated_when_another_user_changes_a_tag() {
    let stage = stage().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let path = stage.workspace.control().dir.join("plan.json");
    let file = path.to_str().expect("a path as text");
    let planning = [&["plan"], &UPDATE[..], &["--tag", "owner=mine"]].concat();
    let (code, told, errors) = deploy(&stage, &[&planning[..], &["--out", file]].concat()).await;
    assert!(code == Some(0) && told.contains("tags.owner: mine"), "{told}{errors}");
    let theirs =
        json!({"entity_type": "apps", "entity_id": "tellr", "tag_key": "owner", "tag_value": "finance"});
    assert_eq!(stage.send_as(ADA, Method::POST, TAGS, Some(theirs)).await.0, 200);
    let (code, _, errors) = deploy(&stage, &["update", "--plan", file]).await;
    assert!(code == Some(2) && errors.contains("PLAN_OUTDATED"), "{errors}");
    assert_eq!(there(&stage), pairs(&[("owner", "finance")]));
    // A new plan shows whose tag it replaces.
    let (_, told, _) = deploy(&stage, &planning).await;
    assert!(told.contains("tags.owner: finance -> mine"), "{told}");
    stage.end().await;
}

/// The answer to the first request is lost. The tag exists when the request is repeated.
#[tokio::test]
async fn a_tag_whose_answer_was_lost_is_set_once() {
    let stage = stage().await;
    let lost = Rule { method: Some("POST".into()), when: When::After, ..Rule::next(TAGS, Action::Cut) };
    stage.workspace.control().faults.add(lost).expect("a good rule");
    stage.create(tagged(&[("team", "slides")])).await.expect("create");
    assert_eq!(there(&stage), pairs(&[("team", "slides")]));
    let asked = stage.workspace.control().journal.entries();
    let sent = asked.iter().filter(|entry| entry.method == "POST" && entry.path == TAGS);
    assert_eq!((sent.count(), stage.made("POST", TAGS)), (2, 1), "it was sent again");
    stage.end().await;
}

#[tokio::test]
async fn a_workspace_without_tags_says_so_before_anything_is_changed() {
    let stage = stage().await;
    stage.create(CreateArguments::default()).await.expect("create");
    let body = json!({"error_code": "ENDPOINT_NOT_FOUND", "message": "No API found for 'GET /entity-tag-assignments'"});
    let action = Action::Answer { status: 404, headers: [].into(), body };
    let missing = Rule { times: None, ..Rule::next(OF_TELLR, action) };
    stage.workspace.control().faults.add(missing).expect("a good rule");
    stage.workspace.control().journal.clear();
    let error = stage.update(update_tagged(&[("team", "slides")])).await.expect_err("there are no tags");
    assert!(error.message.contains("read the tags of the app `tellr`"), "{error:#?}");
    let asked = stage.workspace.control().journal.entries();
    assert!(asked.iter().all(|entry| !entry.effect), "nothing was changed: {asked:?}");
    stage.end().await;
}
