//! Prepares text from outside (the platform, the database, the environment) for display: removes secrets, and
//! shortens it.

/// The replacement for a secret.
pub const HIDDEN: &str = "[hidden]";
/// The maximum length of a shown text.
const MAX_LINES: usize = 6;
const MAX_CHARS: usize = 1200;
/// The maximum number of log lines.
pub const MAX_LOG_LINES: usize = 20;
/// The maximum length of a log line.
const MAX_LINE_CHARS: usize = 400;

/// Removes what looks like a secret: tokens of the platform and of others, JSON web tokens, Fernet keys and the data
/// encrypted with them, private keys, credentials in a URL, in an `Authorization` header, or after a name such as
/// `password`.
pub fn blank_secrets(text: &str) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    // The token before, the separator after it, and the token that this separator gives a name to.
    let (mut before, mut named) = ("", "");
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("://") {
            blanked.push_str("://");
            (rest, before, named) = (after, "://", "");
            if let Some(end) = authority(after).rfind('@') {
                blanked.push_str(HIDDEN);
                rest = &after[end..];
            }
            continue;
        }
        if let Some(end) = private_key(rest) {
            blanked.push_str(HIDDEN);
            (rest, before, named) = (&rest[end..], "", "");
            continue;
        }
        let end = rest.find(|c: char| !is_of_a_token(c)).unwrap_or(rest.len());
        if end == 0 {
            let next = rest.chars().next().map_or(rest.len(), char::len_utf8);
            blanked.push_str(&rest[..next]);
            if !rest.starts_with([' ', '"', '\'']) {
                named = if rest.starts_with(':') { before } else { "" };
                before = &rest[..next];
            }
            rest = &rest[next..];
            continue;
        }
        let token = &rest[..end];
        // `password = x` and `password="x"`: the sign stands by itself, or ends the name.
        if let Some(name) = token.strip_suffix('=').filter(|name| name.is_empty() || names_a_secret(name)) {
            blanked.push_str(token);
            named = if name.is_empty() { before } else { name };
            (before, rest) = ("=", &rest[end..]);
            continue;
        }
        let is_named = matches!(before, ":" | "=") && (hides(named, token) || names_scheme(token, named));
        if is_named && names_scheme(token, named) {
            // `Authorization: Bearer x`: what follows is the secret.
            blanked.push_str(token);
            (before, named, rest) = (token, "", &rest[end..]);
            continue;
        }
        let secret = if is_named { Some(0) } else { secret_in(token, before) };
        if let Some(from) = secret {
            blanked.push_str(&token[..from]);
            blanked.push_str(HIDDEN);
            // A password may hold characters that end a token.
            let is_value = is_named || token[..from].ends_with('=');
            rest = &rest[if is_value { end_of_value(rest, end) } else { end }..];
        } else {
            blanked.push_str(token);
            rest = &rest[end..];
        }
        (before, named) = (token, "");
    }
    blanked
}

/// The end of a value that is known to be a secret: up to a space, a quote or what separates values.
fn end_of_value(text: &str, from: usize) -> usize {
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';' | '&' | ')' | ']' | '}');
    text[from..].find(ends).map_or(text.len(), |at| from + at)
}

/// The length of a private key in PEM that `text` begins with; of a cut off one, all of it.
fn private_key(text: &str) -> Option<usize> {
    let header = text.strip_prefix("-----BEGIN ")?;
    let label = header[..header.find('-')?].trim_end();
    if !label.ends_with("PRIVATE KEY") {
        return None;
    }
    let end = format!("-----END {label}-----");
    Some(text.find(&end).map_or(text.len(), |at| at + end.len()))
}

/// The authority at the beginning of `text`, which follows the `://` of a URL. A `?` or `#` may be part of a password that
/// was not percent-encoded.
fn authority(text: &str) -> &str {
    &text[..text.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(text.len())]
}

/// Whether an authority has a password; `x.example?to=a:b@c` and `x.example:8080?to=a@b` have none.
fn has_password(authority: &str) -> bool {
    let user = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
    user.is_some_and(|(name, password)| {
        let after_port = password.trim_start_matches(|c: char| c.is_ascii_digit());
        !password.is_empty() && !name.contains(['?', '#']) && !after_port.starts_with(['?', '#'])
    })
}

/// Whether a given value contains a token of a known form, a key, or a URL with a password. Stricter than
/// [`blank_secrets`], as a value is refused for it: a word such as `password=` before a text doesn't make it a secret.
pub fn holds_credential(value: &str) -> bool {
    value.match_indices("://").any(|(at, sign)| has_password(authority(&value[at + sign.len()..])))
        || value.match_indices("-----BEGIN ").any(|(at, _)| private_key(&value[at..]).is_some())
        || value
            .split(|c| !is_of_a_token(c))
            .any(|token| known_form(token.trim_end_matches('.'), is_credential).is_some())
}

/// The text without secrets, shortened for display.
pub(super) fn shown(text: &str) -> String {
    let text = blank_secrets(text);
    let text = text.trim();
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let mut short: String = lines[..lines.len().min(MAX_LINES)].join("\n");
    let mut cut = lines.len() > MAX_LINES;
    if let Some((end, _)) = short.char_indices().nth(MAX_CHARS) {
        short.truncate(end);
        cut = true;
    }
    if cut {
        short.push_str(" …");
    }
    short
}

/// The last non-empty lines of a log, prepared for display: without terminal control sequences, other control
/// characters and secrets, and shortened. A secret such as a private key may have several lines.
pub(super) fn log_lines(lines: &[String]) -> Vec<String> {
    let text = lines.iter().map(|line| plain(line)).collect::<Vec<_>>().join("\n");
    let text = blank_secrets(&text);
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(MAX_LOG_LINES)..].iter().map(|line| log_line(line)).collect()
}

/// A log line, shortened for display.
fn log_line(line: &str) -> String {
    match line.char_indices().nth(MAX_LINE_CHARS) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line.to_owned(),
    }
}

/// A line from outside without terminal control sequences, other control characters and secrets.
pub fn plain_line(line: &str) -> String {
    blank_secrets(plain(line).trim_end())
}

/// A line without terminal control sequences and other control characters.
pub(super) fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len().min(MAX_LINE_CHARS));
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            // `ESC [` … to a letter: colours and movements.
            ('\u{1b}', Some('[')) => {
                rest.next();
                while rest.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
            }
            // `ESC ]` … to BEL, or to `ESC \`: titles and links.
            ('\u{1b}', Some(']')) => {
                while rest.next().is_some_and(|c| c != '\u{7}' && c != '\u{1b}') {}
                if rest.peek() == Some(&'\\') {
                    rest.next();
                }
            }
            ('\t', _) => plain.push(' '),
            // Also characters that change the text direction.
            (c, _) if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {}
            (c, _) => plain.push(c),
        }
    }
    plain
}

fn is_of_a_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '=' | '~')
}

/// The offset of the secret in a token, if it holds one. `before` is the preceding token.
fn secret_in(token: &str, before: &str) -> Option<usize> {
    let bare = token.trim_end_matches('.');
    if (before.eq_ignore_ascii_case("bearer") || before.eq_ignore_ascii_case("basic")) && bare.len() >= 8 {
        return Some(0);
    }
    let named =
        token.find('=').filter(|at| at + 1 < bare.len()).map(|at| (token[..at].to_ascii_lowercase(), at + 1));
    if let Some((name, from)) = named
        && (names_a_secret(&name) || ["token", "secret"].iter().any(|word| name.ends_with(word)))
    {
        return Some(from);
    }
    known_form(bare, is_secret)
}

/// The offset of a part of `token` that is a secret according to `is_secret`: the whole token, or what follows a `=`.
fn known_form(token: &str, is_secret: fn(&str) -> bool) -> Option<usize> {
    let after_equals = token.match_indices('=').map(|(at, _)| at + 1);
    std::iter::once(0).chain(after_equals).find(|from| is_secret(&token[*from..]))
}

/// Whether what follows `name` and `:` or `=` is a secret, whatever it looks like.
fn names_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["password", "passwd", "pwd", "client_secret", "access_token", "refresh_token", "api_key", "apikey"]
        .iter()
        .any(|word| name.ends_with(word))
}

/// Whether `token`, which follows `name` and a separator, is a secret. After `token:` and `secret:` a word may
/// follow that says something about it.
fn hides(name: &str, token: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let may = ["token", "secret", "encryption_key", "authorization"].iter().any(|word| lower.ends_with(word));
    names_a_secret(name) || (may && token.len() >= 16 && token.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Whether `token` is the scheme in front of a credential.
fn names_scheme(token: &str, name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
        && (token.eq_ignore_ascii_case("bearer") || token.eq_ignore_ascii_case("basic"))
}

/// The beginnings of the platform's tokens, which 32 hexadecimal digits follow.
const OF_THE_PLATFORM: [&str; 3] = ["dapi", "dkea", "dose"];

/// Stricter than [`is_secret`]: what begins like a token of the platform may be a name, such as `dose-response-2026`.
fn is_credential(text: &str) -> bool {
    match OF_THE_PLATFORM.iter().find_map(|prefix| text.strip_prefix(prefix)) {
        Some(rest) => rest.len() >= 32 && rest.bytes().take(32).all(|byte| byte.is_ascii_hexdigit()),
        None => is_secret(text),
    }
}

fn is_secret(text: &str) -> bool {
    let of_the_platform = OF_THE_PLATFORM.iter().any(|prefix| text.starts_with(prefix));
    // Tokens of package indexes and code hosts, which stand in installers' output, and of services that apps call.
    let of_others = [
        "pypi-AgE",
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "sk-",
        "xoxb-",
        "xoxp-",
        "AKIA",
        "AIza",
    ];
    let is_random = text.len() >= 20 && !text.contains('.') && text.bytes().any(|byte| byte.is_ascii_digit());
    if is_random && of_others.iter().any(|prefix| text.starts_with(prefix)) {
        return true;
    }
    let web_token = text.starts_with("eyJ") && text.len() >= 40;
    let encrypted = text.starts_with("gAAAAA") && text.len() >= 60;
    let fernet_key = text.len() == 44 && text.ends_with('=') && !text[..43].contains(['.', '+', '=', '~']);
    (of_the_platform
        && text.len() >= 20
        && text[4..].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        || web_token
        || encrypted
        || fernet_key
}

#[cfg(test)]
mod tests {
    use super::*;

    const FERNET: &str = "Zmlyc3QtZmlyc3QtZmlyc3QtZmlyc3QtZmlyc3QtMTI=";

    #[test]
    fn secrets_that_a_text_repeats_are_hidden() {
        let dapi = format!("dapi{}", "0123456789abcdef".repeat(2));
        let jwt = format!("eyJhbGciOi.{}.{}", "a".repeat(40), "b".repeat(20));
        for secret in [FERNET, dapi.as_str(), jwt.as_str()] {
            for text in [
                format!("Invalid value \"{secret}\" for string_value"),
                format!("invalid: {secret}."),
                format!("key={secret}, and more"),
                format!("'{secret}'"),
                format!("https://{secret}@host.example.com/path"),
                format!("https://token:{secret}@host.example.com"),
                format!("https://host.example.com/?o=1&token={secret}"),
                format!("Authorization: Bearer {secret}"),
            ] {
                let blanked = blank_secrets(&text);
                assert!(!blanked.contains(&secret[..12]) && blanked.contains(HIDDEN), "{text} → {blanked}");
            }
        }
        assert_eq!(blank_secrets("host=db password=hunter2 user=x"), "host=db password=[hidden] user=x");
        assert_eq!(blank_secrets("Basic dXNlcjpwYXNz"), "Basic [hidden]");
        for password in ["p#ss", "p?ss", "p:ss"] {
            let text = format!("postgresql://ada:{password}@host/db");
            assert_eq!(blank_secrets(&text), "postgresql://[hidden]@host/db");
        }
    }

    #[test]
    fn a_value_is_a_credential_by_its_form_and_not_by_a_word_before_it() {
        let dapi = format!("dapi{}", "0123456789abcdef".repeat(2));
        let key = format!("sk-proj-{}", "a1".repeat(20));
        for value in [
            FERNET,
            &dapi,
            &key,
            &format!("Bearer {dapi}"),
            &format!("https://x.example/?key={dapi}"),
            "postgresql://ada:hunter2@db.example.com/x",
            "postgresql://ada:p#ss@db.example.com/x",
            "-----BEGIN RSA PRIVATE KEY-----\\nMII",
        ] {
            assert!(holds_credential(value), "{value}");
        }
        for value in [
            "",
            "abfss://container@account.dfs.core.windows.net/path",
            "ssh://git@github.com/org/repo.git",
            "postgresql://user@host:5432/db",
            "https://x.example?to=a:b@c.example",
            "https://x.example/#a:b@c",
            "next_token=5",
            "password: none",
            "basic authentication",
            "https://x.example:8080?to=a@b.example",
            "sk-learn-model-serving",
            "dose-response-analysis-2026",
            "dapi-gateway-production",
            "https://pypi-proxy.corp.example.com/simple",
            "4711",
        ] {
            assert!(!holds_credential(value), "{value}");
        }
    }

    #[test]
    fn a_value_with_the_name_of_a_secret_is_hidden_whole() {
        for (text, blanked) in [
            ("password: hunter2", "password: [hidden]"),
            ("{\"password\": \"hunter2\", \"user\": \"x\"}", "{\"password\": \"[hidden]\", \"user\": \"x\"}"),
            ("PGPASSWORD = hunter2 next", "PGPASSWORD = [hidden] next"),
            ("PGPASSWORD='hunter2'", "PGPASSWORD='[hidden]'"),
            ("password=hun/ter$2!x next", "password=[hidden] next"),
            ("client_secret: a/b/c d", "client_secret: [hidden] d"),
            ("token: 0123456789abcdef0123", "token: [hidden]"),
            ("Authorization: Bearer abcdefgh", "Authorization: Bearer [hidden]"),
            (
                "postgresql://app:hun%2Fter@db:5432/x?sslmode=require",
                "postgresql://[hidden]@db:5432/x?sslmode=require",
            ),
            (
                "index https://__token__:pypi-AgEIcHlwaS5vcmcCJGFh@pypi.example/simple",
                "index https://[hidden]@pypi.example/simple",
            ),
            ("using pypi-AgEIcHlwaS5vcmcCJGFh now", "using [hidden] now"),
            ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nafter", "[hidden]\nafter"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "[hidden]"),
        ] {
            assert_eq!(blank_secrets(text), blanked, "{text}");
        }
        for text in [
            "token: expired",
            "the secret: it is missing",
            "-----BEGIN CERTIFICATE-----",
            "Invalid password",
            "x = 5; y: 6",
            "Error: token is expiring within 30 seconds. (token expired)",
        ] {
            assert_eq!(blank_secrets(text), text);
        }
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "",
            "The app `tellr` (6f9a0c1e-1111-4222-8333-0123456789ab) is in /Workspace/Users/ada+x@example.com/.apps",
            "Couldn't find projects/tellr-db/branches/pre-reset-20261123-150405 [TraceId: 00-4bf92f3577b34da6a3ce929d0e0e4736]",
            "relation \"encryption_check\" does not exist; token expired; secret scope tellr-tellr",
            "https://dbc-1.cloud.databricks.com/apps/tellr?o=123 — größer als 10 MB",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "bearer of news",
        ] {
            assert_eq!(blank_secrets(text), text);
        }
    }

    #[test]
    fn a_line_of_a_log_is_plain_text() {
        for (line, plain) in [
            ("\u{1b}[1;31mERROR\u{1b}[0m\tno such wheel\r\n", "ERROR no such wheel"),
            ("\u{1b}]0;title\u{7}after \u{1b}]8;;https://x\u{1b}\\link", "after link"),
            ("a\u{0}b\u{8}c\u{9b}d\u{202e}e", "abcde"),
            ("ends in \u{1b}[31", "ends in"),
            ("\u{1b}", ""),
            ("password=\u{1b}[1mhunter2", "password=[hidden]"),
            ("größer — 日本", "größer — 日本"),
        ] {
            assert_eq!(log_lines(&[line.to_owned()]).concat(), plain, "{line:?}");
        }
        assert_eq!(log_lines(&["ü".repeat(100_000)]).concat().chars().count(), MAX_LINE_CHARS + 2);
        let key = ["before", "-----BEGIN PRIVATE KEY-----", "MIIEvQ", "-----END PRIVATE KEY-----", "after"];
        assert_eq!(log_lines(&key.map(str::to_owned)), ["before", "[hidden]", "after"]);
    }

    #[test]
    fn a_long_text_is_shortened() {
        let page = (0..400).map(|n| format!("line {n}\n\n")).collect::<Vec<_>>().concat();
        let short = shown(&page);
        assert!(short.starts_with("line 0\nline 1") && short.ends_with(" …"), "{short}");
        assert_eq!(short.lines().count(), MAX_LINES);
        let one_line = shown(&"ü".repeat(100_000));
        assert_eq!(one_line.chars().count(), MAX_CHARS + 2);
        assert_eq!(shown(" two\nlines \n"), "two\nlines");
    }
}
