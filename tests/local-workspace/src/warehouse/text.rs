//! The text of a statement: what may be executed, and its translation to PostgreSQL.
//!
//! Databricks SQL and PostgreSQL differ in how names and strings are quoted, and parameters have names.
//! Everything else is passed on as it is.

use std::fmt::Write as _;

use serde::Deserialize;

use super::statement::Failure;
use crate::problem::Problem;

/// A parameter, as the API takes it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Parameter {
    name: String,
    value: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// A statement that PostgreSQL understands; its parameters are texts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Translated {
    pub(super) sql: String,
    pub(super) values: Vec<Option<String>>,
}

/// Statements that return rows.
const READING: [&str; 4] = ["SELECT", "WITH", "VALUES", "TABLE"];
/// Statements that the platform knows, and that need more than the right to read.
const WRITING: [&str; 20] = [
    "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "DROP", "ALTER", "TRUNCATE", "REPLACE", "COPY", "GRANT",
    "REVOKE", "OPTIMIZE", "VACUUM", "REFRESH", "COMMENT", "CALL", "EXECUTE", "SET", "USE",
];

/// Refuses types that parameters can't have, before anything is executed.
pub(super) fn check_parameters(parameters: &[Parameter]) -> Result<(), Problem> {
    for Parameter { name, kind, .. } in parameters {
        if kind.as_deref().is_some_and(|kind| type_of(kind).is_none()) {
            let kind = kind.as_deref().unwrap_or_default();
            return Err(Problem::invalid_parameter(format!(
                "Parameter '{name}' has the type {kind}, which is not supported."
            )));
        }
    }
    Ok(())
}

/// The type of PostgreSQL for a type of Databricks SQL.
fn type_of(kind: &str) -> Option<String> {
    let kind = kind.trim().to_ascii_uppercase();
    let (name, arguments) = match kind.split_once('(') {
        Some((name, rest)) => (name.trim_end(), Some(rest.strip_suffix(')')?)),
        None => (kind.as_str(), None),
    };
    let known = match name {
        "STRING" | "VARCHAR" | "CHAR" => "text",
        "BYTE" | "TINYINT" | "SHORT" | "SMALLINT" => "smallint",
        "INT" | "INTEGER" => "integer",
        "LONG" | "BIGINT" => "bigint",
        "FLOAT" | "REAL" => "real",
        "DOUBLE" => "double precision",
        "BOOLEAN" => "boolean",
        "DATE" => "date",
        "TIMESTAMP" => "timestamptz",
        "TIMESTAMP_NTZ" => "timestamp",
        "DECIMAL" | "DEC" | "NUMERIC" => {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            return match arguments {
                None => Some("numeric".to_owned()),
                Some(given)
                    if given.split(',').count() <= 2 && given.split(',').all(|n| digits(n.trim())) =>
                {
                    Some(format!("numeric({given})"))
                }
                Some(_) => None,
            };
        }
        _ => return None,
    };
    Some(known.to_owned())
}

/// Translates one reading statement.
pub(super) fn translate(statement: &str, parameters: &[Parameter]) -> Result<Translated, Failure> {
    let mut sql = String::with_capacity(statement.len());
    let mut used: Vec<&Parameter> = Vec::new();
    let mut rest = statement;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => copy(&mut sql, rest, quoted(rest, '\'')),
            '"' => {
                let length = quoted(rest, '"');
                let inner = rest[1..length].trim_end_matches('"').replace("\"\"", "\"");
                let _ = write!(sql, "'{}'", inner.replace('\'', "''"));
                length
            }
            '`' => {
                let length = quoted(rest, '`');
                let inner = rest[1..length].trim_end_matches('`').replace("``", "`");
                let _ = write!(sql, "\"{}\"", inner.replace('"', "\"\""));
                length
            }
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            ';' if rest[1..].trim().is_empty() => rest.len(),
            ';' => return Err(syntax_error(";")),
            ':' if rest.starts_with("::") => copy(&mut sql, rest, 2),
            ':' => {
                let name: String =
                    rest[1..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if name.is_empty() {
                    return Err(syntax_error(":"));
                }
                let Some(parameter) = parameters.iter().find(|parameter| parameter.name == name) else {
                    return Err(Failure::new(
                        "42P02",
                        format!(
                            "[UNBOUND_SQL_PARAMETER] Found the unbound parameter: {name}. Please, fix `args` \
                             and provide a mapping of the parameter to either a SQL literal or collection \
                             constructor functions such as `map()`, `array()`, `struct()`."
                        ),
                    ));
                };
                let position = used.iter().position(|known| known.name == name).unwrap_or_else(|| {
                    used.push(parameter);
                    used.len() - 1
                });
                let kind = parameter.kind.as_deref().and_then(type_of).unwrap_or_else(|| "text".to_owned());
                let _ = write!(sql, "CAST(${}::text AS {kind})", position + 1);
                1 + name.len()
            }
            other => copy(&mut sql, rest, other.len_utf8()),
        };
        rest = &rest[length..];
    }
    check_kind(&sql)?;
    Ok(Translated { sql, values: used.into_iter().map(|parameter| parameter.value.clone()).collect() })
}

fn copy(sql: &mut String, rest: &str, length: usize) -> usize {
    sql.push_str(&rest[..length]);
    length
}

/// The length of a quoted text with its quotes; to the end if it isn't closed.
fn quoted(rest: &str, quote: char) -> usize {
    let mut inside = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = inside.next() {
        if character == quote {
            match inside.peek() {
                Some((_, next)) if *next == quote => {
                    inside.next();
                }
                _ => return at + quote.len_utf8(),
            }
        }
    }
    rest.len()
}

/// Refuses what doesn't only read.
fn check_kind(sql: &str) -> Result<(), Failure> {
    let text = sql.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    let upper = word.to_ascii_uppercase();
    if READING.contains(&upper.as_str()) {
        return Ok(());
    }
    if WRITING.contains(&upper.as_str()) {
        return Err(Failure::new(
            "42501",
            "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have permission MODIFY on the \
             catalog 'warehouse'.",
        ));
    }
    if text.is_empty() {
        return Err(Failure::new(
            "42601",
            "[PARSE_EMPTY_STATEMENT] Syntax error, unexpected empty statement.",
        ));
    }
    Err(syntax_error(if word.is_empty() {
        &text[..text.chars().next().map_or(0, char::len_utf8)]
    } else {
        &word
    }))
}

fn syntax_error(at: &str) -> Failure {
    Failure::new("42601", format!("[PARSE_SYNTAX_ERROR] Syntax error at or near '{at}'."))
}

#[cfg(test)]
mod tests {
    use super::{Parameter, translate, type_of};

    fn parameter(name: &str, value: &str, kind: Option<&str>) -> Parameter {
        Parameter { name: name.to_owned(), value: Some(value.to_owned()), kind: kind.map(str::to_owned) }
    }

    fn sql(statement: &str) -> String {
        translate(statement, &[]).expect(statement).sql
    }

    #[test]
    fn quotes_are_those_of_databricks_sql() {
        assert_eq!(sql("SELECT `a``b`, \"it's\", 'x''y' -- c\n;"), "SELECT \"a`b\", 'it''s', 'x''y' \n");
        assert_eq!(sql("SELECT ':no', /* :no ; */ 1::int;  "), "SELECT ':no',  1::int");
        assert_eq!(sql("SELECT 'open"), "SELECT 'open");
    }

    #[test]
    fn parameters_become_numbers_with_a_type() {
        let given = [parameter("a", "1", Some("INT")), parameter("b", "x", None)];
        let translated = translate("SELECT :b, :a, :b", &given).expect("a statement");
        assert_eq!(
            translated.sql,
            "SELECT CAST($1::text AS text), CAST($2::text AS integer), CAST($1::text AS text)"
        );
        assert_eq!(translated.values, [Some("x".to_owned()), Some("1".to_owned())]);
        assert_eq!(translate("SELECT :c", &given).expect_err("unknown").sql_state, "42P02");
        assert_eq!(type_of("decimal(10, 2)").as_deref(), Some("numeric(10, 2)"));
        assert_eq!(type_of("DECIMAL(10); DROP"), None);
        assert_eq!(type_of("ARRAY<INT>"), None);
    }

    #[test]
    fn only_one_reading_statement_is_accepted() {
        for (statement, state) in [
            ("DELETE FROM customers", "42501"),
            ("/* SELECT */ drop table customers", "42501"),
            ("SELECT 1; SELECT 2", "42601"),
            ("SELEC 1", "42601"),
            ("  ;", "42601"),
            ("", "42601"),
        ] {
            assert_eq!(translate(statement, &[]).expect_err(statement).sql_state, state, "{statement}");
        }
        assert!(translate("(WITH a AS (SELECT 1) SELECT * FROM a)", &[]).is_ok());
    }
}
