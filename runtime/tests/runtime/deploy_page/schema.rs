//! Schema operations for the page, on a real PostgreSQL behind TLS.

use axum::body::Body;
use axum::http::Response;
use deployer::host::{CredentialTarget, LakebaseTarget};
use serde_json::{Value, json};

use crate::support::front::Front;
use crate::support::page::{Answer, Page};
use crate::support::postgres;
use crate::support::upstream::{ENDPOINT, INSTANCE, Upstream};

const PATH: &str = "/api/workspace-schema";

struct Stage {
    upstream: Upstream,
    page: Page,
    role: String,
    schema: String,
    front: Front,
    _certificate: crate::support::front::Certificate,
}

async fn stage() -> Stage {
    let upstream = Upstream::start().await;
    let (front, certificate) = Front::as_lakebase().await;
    let (role, schema) = (postgres::unique("deployer"), postgres::unique("page"));
    postgres::run(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'planted-password'; GRANT CREATE ON DATABASE postgres TO {role}; \
         CREATE ROLE {schema}_app"
    ))
    .await;
    upstream.set_database(&front.host, "planted-password");
    let page = Page::start_trusting(&upstream, Some(certificate.root_file.path())).await;
    Stage { upstream, page, role, schema, front, _certificate: certificate }
}

impl Stage {
    fn at(&self, credential: CredentialTarget) -> LakebaseTarget {
        LakebaseTarget {
            host: self.front.host.clone(),
            database: "postgres".to_owned(),
            user: self.role.clone(),
            credential,
        }
    }

    async fn ask(&self, at: &LakebaseTarget, operation: Value) -> Answer {
        self.page.post(PATH, &json!({"at": at, "operation": operation})).await
    }

    fn operation(&self, name: &str) -> Value {
        match name {
            "drop" => json!({"operation": "drop", "app": "tellr", "schema": self.schema}),
            name => {
                let role = format!("{}_app", self.schema);
                json!({"operation": name, "app": "tellr", "schema": self.schema, "role": role})
            }
        }
    }
}

fn endpoint() -> CredentialTarget {
    CredentialTarget::Endpoint(ENDPOINT.to_owned())
}

#[tokio::test]
async fn a_schema_is_set_up_looked_at_emptied_and_dropped() {
    let stage = stage().await;
    for target in [endpoint(), CredentialTarget::Instance(INSTANCE.to_owned())] {
        let at = stage.at(target);
        for name in ["set_up", "reset"] {
            let answer = stage.ask(&at, stage.operation(name)).await;
            assert_eq!(
                (answer.status, answer.json()),
                (200, json!({"outcome": {"outcome": "done"}})),
                "{name}"
            );
            let found = stage.ask(&at, stage.operation("inspect")).await.json();
            let state = &found["outcome"];
            assert_eq!((&state["outcome"], &state["exists"]), (&"inspected".into(), &true.into()), "{found}");
            assert_eq!(
                (&state["owner"], &state["role_granted"]),
                (&stage.role.as_str().into(), &true.into())
            );
        }
        assert_eq!(stage.ask(&at, stage.operation("drop")).await.status, 200);
        let found = stage.ask(&at, stage.operation("inspect")).await.json();
        assert_eq!(found["outcome"]["exists"], false, "{found}");
    }
}

#[tokio::test]
async fn the_database_refusal_comes_back_typed() {
    let stage = stage().await;
    let mut operation = stage.operation("set_up");
    operation["role"] = "nobody-of-this-name".into();
    let answer = stage.ask(&stage.at(endpoint()), operation).await;
    let error = &answer.json()["error"];
    assert_eq!(
        (answer.status, &error["kind"], &error["sqlstate"]),
        (200, &"database".into(), &"42704".into())
    );
}

#[tokio::test]
async fn what_the_workspace_says_on_the_way_comes_back_typed() {
    let stage = stage().await;
    for (status, kind) in [(503, "unavailable"), (401, "signed_out"), (404, "credential")] {
        // Asked for the host, and asked for the credential.
        for asked_before in 0..2 {
            for _ in 0..asked_before {
                let endpoints = json!({"endpoints": [
                    {"name": ENDPOINT, "status": {"hosts": {"host": stage.front.host}}},
                ]});
                stage.upstream.answer_next(Response::new(Body::from(endpoints.to_string())));
            }
            let refusal = Response::builder().status(status).body(Body::from(r#"{"message": "not now"}"#));
            stage.upstream.answer_next(refusal.expect("a response"));
            let answer = stage.ask(&stage.at(endpoint()), stage.operation("inspect")).await;
            assert_eq!(
                (answer.status, &answer.json()["error"]["kind"]),
                (200, &kind.into()),
                "{}",
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn no_credential_goes_to_a_host_that_the_page_made_up() {
    let stage = stage().await;
    let (other, _certificate) = Front::as_lakebase().await;
    for host in [other.host.as_str(), "evil.example", "", "/var/run/postgresql", "127.0.0.1"] {
        let at = LakebaseTarget { host: host.to_owned(), ..stage.at(endpoint()) };
        let answer = stage.ask(&at, stage.operation("inspect")).await;
        assert_eq!((answer.status, answer.host_error()), (403, Some("refused")), "{host}: {}", answer.body);
        let asked = stage.upstream.received_lines();
        assert!(asked.iter().all(|line| !line.contains("credentials")), "{host}: {asked:?}");
    }
}

#[tokio::test]
async fn a_name_can_not_become_another_request() {
    let stage = stage().await;
    for name in [
        "",
        "primary",
        "/endpoints/primary",
        "projects/a/endpoints/primary",
        "projects/a/branches/../../secrets/endpoints/primary",
        "../../2.0/token/list/endpoints/primary",
        "projects/a/branches/b?x=/endpoints/primary",
    ] {
        let at = stage.at(CredentialTarget::Endpoint(name.to_owned()));
        let answer = stage.ask(&at, stage.operation("inspect")).await;
        let asked = stage.upstream.received_lines();
        assert_eq!(answer.status, 403, "{name}: {} {asked:?}", answer.body);
        // A name with odd letters may be asked for, as a name.
        for line in asked {
            assert!(
                line.starts_with("GET /api/2.0/postgres/projects/a/branches/b%3Fx%3D/endpoints"),
                "{line}"
            );
        }
    }
    for name in ["", "..", "a/b", "a%2Fb"] {
        let at = stage.at(CredentialTarget::Instance(name.to_owned()));
        assert_eq!(stage.ask(&at, stage.operation("inspect")).await.status, 403, "{name}");
        assert_eq!(stage.upstream.received_lines(), [""; 0], "{name}");
    }
}

#[tokio::test]
async fn statements_are_not_taken() {
    let stage = stage().await;
    let at = stage.at(endpoint());
    for operation in [
        json!({"operation": "run", "sql": "DROP SCHEMA public"}),
        json!({"operation": "drop", "schema": "public"}),
        json!({"operation": "drop", "schema": "a\"; DROP ROLE x; --"}),
        json!("DROP SCHEMA public"),
        json!(null),
    ] {
        let answer = stage.ask(&at, operation.clone()).await;
        assert_eq!((answer.status, answer.host_error()), (422, Some("refused")), "{operation}");
    }
    let further = json!({"at": at, "operation": stage.operation("inspect"), "statements": ["SELECT 1"]});
    assert_eq!(stage.page.post(PATH, &further).await.status, 422);
    assert_eq!(stage.upstream.received_lines(), [""; 0]);
}

#[tokio::test]
async fn a_certificate_of_nobody_known_ends_the_connection() {
    let stage = stage().await;
    let distrusting = Page::start(&stage.upstream).await;
    let body = json!({"at": stage.at(endpoint()), "operation": stage.operation("inspect")});
    let answer = distrusting.post(PATH, &body).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]["kind"]),
        (200, &"connection".into()),
        "{}",
        answer.body
    );
}
