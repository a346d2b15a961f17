//! Parses a refusal's body, in each of the formats that the platform and the proxies in front of it use.

use serde_json::Value;

/// The maximum length of an outside message, in characters.
const LONGEST: usize = 1_000;
/// The maximum length of a request's id, in bytes.
const LONGEST_ID: usize = 80;

/// The content of a refusal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// `error_code`, as a name; may be empty.
    pub(super) code: String,
    /// The `reason` of `details`, such as `QUOTA_EXCEEDED`; may be empty.
    pub(super) reason: String,
    /// The message for users.
    pub(super) message: String,
    /// The id of the request; may be empty.
    pub(super) request: String,
    /// Whether it is an HTML page instead of an API answer.
    pub(super) is_page: bool,
}

impl Body {
    /// Parses `text`, the body of an answer with `status`.
    pub(super) fn read(text: &str, status: u16) -> Self {
        let text = text.trim();
        if let Ok(Value::Object(object)) = serde_json::from_str(text) {
            return Self::of_object(&object, status);
        }
        if text.starts_with('<') {
            return Self { message: shortened(&page_text(text)), is_page: true, ..Self::default() };
        }
        // `MALFORMED_REQUEST: malformed parameters`
        if let Some((code, message)) = text.split_once(':')
            && !code.is_empty()
            && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        {
            return Self { code: code.to_owned(), message: shortened(message), ..Self::default() };
        }
        Self { message: shortened(text), ..Self::default() }
    }

    fn of_object(object: &serde_json::Map<String, Value>, status: u16) -> Self {
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
        // SCIM's refusals name their schema or repeat the status; a `detail` alone is another service's.
        let is_scim = object.contains_key("schemas") || object.contains_key("status");
        if let Some(detail) = text("detail").filter(|_| is_scim) {
            let message = text("scimType").map(|kind| format!("{kind} {detail}")).unwrap_or(detail);
            return Self { code: format!("SCIM_{status}"), message: shortened(&message), ..Self::default() };
        }
        // OAuth puts the code in `error`; the old API puts the whole message there.
        let oauth = object.contains_key("error_description").then(|| text("error")).flatten();
        let code = code_name(object.get("error_code")).or(oauth).unwrap_or_default();
        let message = text("message")
            .or_else(|| text("error_description"))
            .or_else(|| text("error"))
            .or_else(|| text("detail"))
            .unwrap_or_default();
        let details = object.get("details").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let request = details
            .iter()
            .find_map(|detail| detail["request_id"].as_str())
            .or_else(|| object.get("request_id").and_then(Value::as_str));
        Self {
            code,
            reason: reason(details).unwrap_or_default(),
            message: shortened(&message),
            request: request.map(request_id).unwrap_or_default(),
            is_page: false,
        }
    }
}

/// The name of an `error_code`, which may be text, a gRPC status number, or the HTTP status.
fn code_name(code: Option<&Value>) -> Option<String> {
    let text = match code? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let name = match text.as_str() {
        "3" => "INVALID_ARGUMENT",
        "4" => "DEADLINE_EXCEEDED",
        "5" => "NOT_FOUND",
        "6" => "ALREADY_EXISTS",
        "7" => "PERMISSION_DENIED",
        "8" => "RESOURCE_EXHAUSTED",
        "9" => "FAILED_PRECONDITION",
        "10" => "ABORTED",
        "12" => "NOT_IMPLEMENTED",
        "13" => "INTERNAL_ERROR",
        "14" => "TEMPORARILY_UNAVAILABLE",
        "16" => "UNAUTHENTICATED",
        other => other,
    };
    Some(name.to_owned())
}

/// The first reason in a refusal's `details`; for entries without one, their type.
fn reason(details: &[Value]) -> Option<String> {
    details.iter().find_map(|detail| match detail.get("reason").and_then(Value::as_str) {
        Some(reason) if !reason.is_empty() => Some(reason.to_owned()),
        _ if detail["@type"].as_str()?.ends_with("google.rpc.QuotaFailure") => {
            Some("QUOTA_EXCEEDED".to_owned())
        }
        _ => None,
    })
}

/// A request's id, if it looks like one: it is shown and reported.
pub(super) fn request_id(text: &str) -> String {
    let fits = text.len() <= LONGEST_ID
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'));
    if fits { text.to_owned() } else { String::new() }
}

/// The text of the `<pre>`, else of the `<title>`, of an HTML page.
fn page_text(page: &str) -> String {
    for tag in ["pre", "title", "h1"] {
        let text = page
            .split_once(&format!("<{tag}>"))
            .and_then(|(_, rest)| rest.split_once(&format!("</{tag}>")))
            .map(|(text, _)| text.trim());
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            return text.to_owned();
        }
    }
    "An HTML page without a title".to_owned()
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_error_body_is_read() {
        let cases = [
            (
                404,
                r#"{"error_code":"NOT_FOUND","message":"project id not found"}"#,
                "NOT_FOUND",
                "project id not found",
            ),
            (400, r#"{"error_code":3,"message":"x"}"#, "INVALID_ARGUMENT", "x"),
            (403, r#"{"error_code":403,"message":"x"}"#, "403", "x"),
            (500, r#"{"error":"ERROR: TypeError: y"}"#, "", "ERROR: TypeError: y"),
            (404, r#"{"detail":"User not found","status":"404"}"#, "SCIM_404", "User not found"),
            (400, "MALFORMED_REQUEST: malformed parameters", "MALFORMED_REQUEST", "malformed parameters"),
            (403, "<html><pre> no access </pre></html>", "", "no access"),
            (502, "<html><title>Bad Gateway</title></html>", "", "Bad Gateway"),
            (
                401,
                r#"{"error":"invalid_client","error_description":"unknown secret"}"#,
                "invalid_client",
                "unknown secret",
            ),
            (503, "", "", ""),
        ];
        for (status, text, code, message) in cases {
            let body = Body::read(text, status);
            assert_eq!((body.code.as_str(), body.message.as_str()), (code, message), "{text}");
        }
    }

    #[test]
    fn the_words_of_others_are_shortened_between_characters() {
        let text = "é".repeat(2 * LONGEST);
        assert_eq!(Body::read(&text, 500).message.chars().count(), LONGEST + 2);
    }
}
