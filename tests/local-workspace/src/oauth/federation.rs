//! Workload identity federation: an identity token of another issuer, exchanged for a token of a service principal.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::workspace::Workspace;

const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// The service principal that the form's identity token stands for, by the account's policies.
pub(super) fn service_principal(
    workspace: &Workspace,
    form: &BTreeMap<String, String>,
) -> Result<String, &'static str> {
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if field("subject_token_type") != JWT {
        return Err("subject_token_type has to be a JWT");
    }
    let claims = claims(field("subject_token")).ok_or("Failed to parse the subject token")?;
    let policies = workspace.settings.get().federation;
    let of_principal = policies.iter().filter(|policy| policy.client_id == field("client_id"));
    let matching = of_principal.into_iter().find(|policy| {
        claims["iss"] == policy.issuer.as_str()
            && claims["aud"] == policy.audience.as_str()
            && claims["sub"] == policy.subject.as_str()
    });
    let why = "The identity token matches no federation policy: check its issuer, audience and subject";
    matching.map(|policy| policy.client_id.clone()).ok_or(why)
}

/// The claims of a token; its signature is not checked.
fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}
