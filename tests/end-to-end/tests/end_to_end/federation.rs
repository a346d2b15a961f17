//! A job of GitHub Actions deploys without a stored secret: its identity token is exchanged for the workspace's.

use std::process::Output;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use end_to_end::kill;
use end_to_end::stage::Stage;
use local_workspace::identity::{PrincipalSpec, Right};
use local_workspace::pace::Pace;
use local_workspace::settings::FederationPolicy;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::process::Command;

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const SUBJECT: &str = "repo:my-org/my-repo:environment:production";
/// What GitHub gives a job to ask for its identity token.
const OF_THE_REQUEST: &str = "marked-token-of-the-request";
/// Ends each identity token, so that it is found where it must not be.
const SIGNATURE: &str = "marked-signature-of-the-identity";

/// GitHub's endpoint for identity tokens.
struct GitHub {
    url: String,
    /// The paths of the requests.
    asked: Arc<Mutex<Vec<String>>>,
}

impl GitHub {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/token?api-version=2.0", listener.local_addr().expect("an address"));
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let paths = Arc::clone(&asked);
        tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.expect("a connection");
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(connection.read_u8().await.expect("a request"));
                }
                let request = String::from_utf8(request).expect("text");
                let path = request.split(' ').nth(1).expect("a path").to_owned();
                let is_authorised =
                    request.to_lowercase().contains(&format!("authorization: bearer {OF_THE_REQUEST}"));
                let (status, body) = if is_authorised {
                    ("200 OK", json!({"count": 1, "value": identity_token(&path)}))
                } else {
                    ("401 Unauthorized", json!({"message": format!("not {OF_THE_REQUEST}")}))
                };
                paths.lock().expect("no panic").push(path);
                let (body, length) = (body.to_string(), body.to_string().len());
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                connection.write_all((head + &body).as_bytes()).await.expect("it is read");
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

/// The identity token for the audience that a path asks for.
fn identity_token(path: &str) -> String {
    let url = reqwest::Url::parse(&format!("http://github.example{path}")).expect("an address");
    let audience = url.query_pairs().find(|(name, _)| name == "audience").map(|(_, text)| text.into_owned());
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({"iss": ISSUER, "sub": SUBJECT, "aud": audience});
    format!("{}.{}.{SIGNATURE}", part(json!({"alg": "RS256"})), part(claims))
}

/// The id of a service principal that may do everything, with a policy for tokens with this audience.
fn deployer(stage: &Stage, audience: &str) -> String {
    let spec = PrincipalSpec {
        user_name: "deployer-robot".into(),
        display_name: None,
        service_principal: true,
        rights: Right::of_admin(),
    };
    let client_id = stage.workspace.control().add_principal(spec).user_name;
    let policy = FederationPolicy {
        client_id: client_id.clone(),
        issuer: ISSUER.into(),
        audience: audience.into(),
        subject: SUBJECT.into(),
    };
    stage.set(|settings| settings.federation = vec![policy]);
    client_id
}

/// `tellr-app deploy …` in a job of GitHub Actions.
fn job(stage: &Stage, github: &GitHub, client_id: &str, operation: &str) -> Command {
    let mut command = kill::deploy(stage, operation);
    command
        .env_remove("DATABRICKS_TOKEN")
        .env("DATABRICKS_AUTH_TYPE", "github-oidc")
        .env("DATABRICKS_CLIENT_ID", client_id)
        .env("ACTIONS_ID_TOKEN_REQUEST_URL", &github.url)
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", OF_THE_REQUEST);
    command
}

/// What was printed, without a secret.
async fn said(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command.output().await.expect("it runs");
    let said = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(!said.contains("marked-"), "{said}");
    (status.code(), said)
}

#[tokio::test]
async fn a_workflow_deploys_without_a_stored_secret() {
    let stage = Stage::with(Pace::none()).await;
    let (github, host) = (GitHub::start().await, stage.workspace.host().to_owned());
    // The audience is the one that the workspace names.
    let client_id = deployer(&stage, &format!("{host}/oidc/v1/token"));
    let (code, output) = said(&mut job(&stage, &github, &client_id, "create")).await;
    assert_eq!(code, Some(0), "{output}");
    assert_eq!(stage.get("/api/2.0/apps/tellr").await.1["creator"], client_id.as_str());
    assert_eq!(github.asked().len(), 1, "a token is kept while it is valid: {:?}", github.asked());

    let client_id = deployer(&stage, "https://github.com/my-org");
    let mut status = job(&stage, &github, &client_id, "status");
    let (code, output) =
        said(status.arg("tellr").env("DATABRICKS_TOKEN_AUDIENCE", "https://github.com/my-org")).await;
    assert_eq!(code, Some(0), "{output}");
    stage.end().await;
}

/// Variables of a job, and what has to be said about them.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

#[tokio::test]
async fn what_keeps_a_workflow_from_signing_in_is_told() {
    let stage = Stage::with(Pace::none()).await;
    let github = GitHub::start().await;
    let client_id = deployer(&stage, "https://github.com/my-org");
    let cases: [Case<'_>; 5] = [
        (&[("DATABRICKS_TOKEN_AUDIENCE", "other")], &["federation policy", &client_id, "audience"]),
        (&[("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "marked-wrong")], &["GitHub issued no identity token", "401"]),
        (&[("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "")], &["`permissions: {id-token: write}`"]),
        (
            &[("ACTIONS_ID_TOKEN_REQUEST_URL", "http://github.example/token")],
            &["doesn't begin with `https://`"],
        ),
        (&[("DATABRICKS_CLIENT_ID", "")], &["without the `client_id`"]),
    ];
    for (variables, parts) in cases {
        let mut command = job(&stage, &github, &client_id, "status");
        let (code, output) = said(command.arg("tellr").envs(variables.iter().copied())).await;
        assert_eq!(code, Some(1), "{variables:?}: {output}");
        for part in parts.iter().chain(&["NOT_SIGNED_IN"]) {
            assert!(output.contains(part), "{variables:?}: {part}: {output}");
        }
    }
    stage.end().await;
}
