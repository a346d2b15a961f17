//! Straight to the workspace, which has another origin than the page: where it lets the page in,
//! and where it doesn't.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use serde_json::{Value, json};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Sql, Stage, create, delete, direct, fetch, plan, status, text, update};

/// A page's `token`, and how often it was asked.
struct Tokens {
    function: Closure<dyn FnMut() -> JsValue>,
    asked: Rc<Cell<usize>>,
}

impl Tokens {
    /// Gives a promise of what `token` says, by how often it was asked before.
    fn promised(token: impl Fn(usize) -> String + 'static) -> Self {
        let asked = Rc::new(Cell::new(0));
        let count = Rc::clone(&asked);
        let function = Closure::<dyn FnMut() -> JsValue>::new(move || {
            let before = count.replace(count.get() + 1);
            Promise::resolve(&JsValue::from_str(&token(before))).into()
        });
        Self { function, asked }
    }

    fn function(&self) -> &Function {
        self.function.as_ref().unchecked_ref()
    }
}

fn page_origin() -> String {
    let origin = js_sys::Reflect::get(&js_sys::global(), &"origin".into()).expect("a page has one");
    origin.as_string().expect("a text")
}

/// The cause that a person reads.
fn cause(error: &Value) -> &str {
    text(&error["cause"])
}

#[wasm_bindgen_test]
async fn an_app_lives_and_dies_in_a_workspace_that_lets_the_page_in() {
    let stage = Stage::open("straight").await;
    let (host, token) = stage.about().await;
    stage.let_in(Some(&page_origin())).await;
    let tokens = Tokens::promised(move |_| token.clone());
    let deployer = direct(&format!("{host}/"), tokens.function(), Sql::BesideThePage);
    assert_eq!(create(&deployer, stage.create_arguments(json!({}))).await.result()["status"], "created");
    stage.assert_deployed_once().await;
    let next = stage.update_arguments(json!({"app_version": "9.9.9"}));
    assert_eq!(update(&deployer, next).await.result()["status"], "updated");
    let gone = json!({"app_name": stage.app, "reset_database": true});
    assert_eq!(delete(&deployer, gone).await.result()["status"], "deleted");
    let sent = stage.journal("").await;
    let from_the_page: Vec<&Value> =
        sent.iter().filter(|entry| entry["headers"]["origin"].is_string()).collect();
    assert_eq!(tokens.asked.get(), from_the_page.len(), "one token a request, and none kept");
    assert!(from_the_page.len() > 60, "{}", from_the_page.len());
    for entry in from_the_page {
        assert_eq!(entry["principal"], "ada@example.com");
        assert_eq!(entry["headers"]["cookie"], Value::Null, "no cookie goes along");
    }
    stage.let_in(None).await;
}

#[wasm_bindgen_test]
async fn a_workspace_that_lets_no_page_in_is_told_with_the_reason_and_the_way_around() {
    let stage = Stage::open("kept-out").await;
    let (host, token) = stage.about().await;
    let tokens = Tokens::promised(move |_| token.clone());
    let deployer = direct(&host, tokens.function(), Sql::BesideThePage);
    for other in [None, Some("http://127.0.0.1:1")] {
        stage.let_in(other).await;
        let began = stage.now_ms().await;
        let refused = create(&deployer, stage.create_arguments(json!({}))).await;
        let error = refused.error();
        assert_eq!(error["code"], "ORIGIN_REFUSED", "{error:#}");
        for part in ["CORS", &page_origin(), &host] {
            assert!(cause(error).contains(part), "`{part}`: {error:#}");
        }
        assert!(text(&error["remedy"]).contains("`tellr-app deploy-page`"), "{error:#}");
        assert_eq!(stage.now_ms().await, began, "it is not tried again");
    }
    let sent = stage.journal("").await;
    assert!(!sent.is_empty(), "it was asked whether it is there");
    for entry in sent {
        assert_eq!(entry["principal"], Value::Null, "no token reached it: {entry:#}");
    }
    stage.let_in(None).await;
}

#[wasm_bindgen_test]
async fn an_address_where_nobody_answers_is_told_as_that() {
    let stage = Stage::open("nowhere").await;
    let tokens = Tokens::promised(|_| "some-token".to_owned());
    let deployer = direct("http://127.0.0.1:1", tokens.function(), Sql::BesideThePage);
    let failed = create(&deployer, stage.create_arguments(json!({}))).await;
    let error = failed.error();
    assert_eq!(error["code"], "WORKSPACE_UNREACHABLE", "{error:#}");
    assert!(cause(error).contains("`http://127.0.0.1:1`") && !cause(error).contains("CORS"), "{error:#}");
    assert!(!error.to_string().contains("some-token"));
}

#[wasm_bindgen_test]
async fn a_page_that_gives_no_token_is_told_so_and_nothing_is_sent() {
    let stage = Stage::open("tokenless").await;
    let (host, _) = stage.about().await;
    stage.let_in(Some("*")).await;
    for (gives, because) in [
        ("throw new Error('the session is over');", "the session is over"),
        ("return Promise.reject('locked');", "locked"),
        ("return undefined;", "is not valid in a header"),
        ("return 'marked-token\\r\\nx-evil: 1';", "is not valid in a header"),
    ] {
        let deployer = direct(&host, &Function::new_no_args(gives), Sql::BesideThePage);
        let failed = create(&deployer, stage.create_arguments(json!({}))).await;
        let error = failed.error();
        assert_eq!(error["code"], "NOT_SIGNED_IN", "{error:#}");
        assert!(cause(error).contains(because), "{error:#}");
        assert!(!error.to_string().contains("marked-token"), "{error:#}");
    }
    assert_eq!(stage.journal("").await.len(), 0);
    stage.let_in(None).await;
}

#[wasm_bindgen_test]
async fn without_a_way_to_run_sql_what_needs_none_is_done_and_the_rest_is_not_begun() {
    let stage = Stage::open("sqlless").await;
    let (host, token) = stage.about().await;
    stage.let_in(Some("*")).await;
    let tokens = Tokens::promised(move |_| token.clone());
    let deployer = direct(&host, tokens.function(), Sql::Nobody);
    let refused = create(&deployer, stage.create_arguments(json!({}))).await;
    let error = refused.error();
    assert_eq!(error["code"], "SQL_UNAVAILABLE", "{error:#}");
    assert!(text(&error["remedy"]).contains("`schema`"), "{error:#}");
    assert_eq!((tokens.asked.get(), refused.events.len()), (0, 0), "it was not begun");
    let planned = plan(&deployer, "create", stage.create_arguments(json!({}))).await;
    assert_eq!(planned.result()["operation"], "create");
    create(&fetch(), stage.create_arguments(json!({}))).await.result();
    let stands = status(&deployer, json!({"app_name": stage.app})).await;
    assert_eq!(stands.result()["last_run"]["status"], "finished");
    let gone = delete(&deployer, json!({"app_name": stage.app})).await;
    assert_eq!(gone.result()["status"], "deleted");
    stage.let_in(None).await;
}

#[wasm_bindgen_test]
async fn a_connection_that_breaks_half_way_is_no_refusal() {
    let stage = Stage::open("straight-cut").await;
    let (host, token) = stage.about().await;
    stage.let_in(Some("*")).await;
    let tokens = Tokens::promised(move |_| token.clone());
    let deployer = direct(&host, tokens.function(), Sql::BesideThePage);
    stage.fault(json!({"method": "POST", "path": "/api/2.0/apps", "when": "after", "action": "cut"})).await;
    create(&deployer, stage.create_arguments(json!({}))).await.result();
    stage.assert_deployed_once().await;
    stage.let_in(None).await;
}

#[wasm_bindgen_test]
async fn a_redirect_is_told_and_not_followed() {
    let stage = Stage::open("redirected").await;
    let (host, token) = stage.about().await;
    stage.let_in(Some("*")).await;
    let headers = json!({"Location": "/login.html"});
    let action = json!({"answer": {"status": 303, "headers": headers, "body": ""}});
    stage.fault(json!({"path": "/api/2.0/preview/scim/v2/Me", "action": action})).await;
    let tokens = Tokens::promised(move |_| token.clone());
    let deployer = direct(&host, tokens.function(), Sql::BesideThePage);
    let failed = create(&deployer, stage.create_arguments(json!({}))).await;
    assert_eq!(failed.error()["code"], "WORKSPACE_REDIRECTS", "{:#}", failed.error());
    let followed = stage.journal("").await.iter().any(|entry| entry["path"] == "/login.html");
    assert!(!followed, "a token goes to nobody else");
    stage.let_in(None).await;
}

#[wasm_bindgen_test]
async fn a_token_that_was_renewed_is_used_at_once() {
    let stage = Stage::open("renewed").await;
    let (host, token) = stage.about().await;
    stage.let_in(Some("*")).await;
    let asked = "expired-token";
    let tokens = Tokens::promised(move |before| if before == 3 { asked.to_owned() } else { token.clone() });
    let deployer = direct(&host, tokens.function(), Sql::BesideThePage);
    let failed = create(&deployer, stage.create_arguments(json!({}))).await;
    assert_eq!(failed.error()["code"], "TOKEN_EXPIRED", "{:#}", failed.error());
    create(&deployer, stage.create_arguments(json!({}))).await.result();
    stage.assert_deployed_once().await;
    stage.let_in(None).await;
}

/// A page that is isolated from other origins, for threads or exact clocks.
#[wasm_bindgen_test]
async fn an_isolated_page_is_told_both_that_it_may_be() {
    let stage = Stage::open("isolated").await;
    let (host, token) = stage.about().await;
    stage.let_in(None).await;
    let tokens = Tokens::promised(move |_| token.clone());
    let deployer = direct(&host, tokens.function(), Sql::BesideThePage);
    let isolated = js_sys::Object::new();
    let set = |name: &str, value: bool| {
        js_sys::Reflect::set(&isolated, &name.into(), &value.into()).expect("a property");
    };
    set("value", true);
    set("configurable", true);
    js_sys::Object::define_property(js_sys::global().as_ref(), &"crossOriginIsolated".into(), &isolated);
    let planned = plan(&deployer, "create", stage.create_arguments(json!({}))).await;
    set("value", false);
    js_sys::Object::define_property(js_sys::global().as_ref(), &"crossOriginIsolated".into(), &isolated);
    let error = planned.error();
    assert!(cause(error).contains("CORS") && cause(error).contains("isolated"), "{error:#}");
    assert!(!error.to_string().contains("dapi-local"), "{error:#}");
}
