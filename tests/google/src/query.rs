//! The `q` of a list of files: conditions joined by `and`. Others than those below are refused.

use crate::state::File;

/// One condition.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// `trashed = false`
    Trashed(bool),
    /// `mimeType = 'x'`
    MimeType(String),
    /// `'me' in owners`
    Mine,
    /// `appProperties has { key='k' and value='v' }`
    Property(String, String),
}

impl Condition {
    pub(crate) fn holds(&self, file: &File, email: &str) -> bool {
        match self {
            Self::Trashed(trashed) => file.trashed == *trashed,
            Self::MimeType(kind) => file.mime_type == *kind,
            Self::Mine => file.owner == email,
            Self::Property(key, value) => file.app_properties.get(key) == Some(value),
        }
    }
}

/// The conditions of a query; `None` if it can't be read.
pub(crate) fn read(query: &str) -> Option<Vec<Condition>> {
    let mut conditions = Vec::new();
    let mut rest = query.trim();
    while !rest.is_empty() {
        let (condition, after) = one(rest)?;
        conditions.push(condition);
        rest = after.trim_start();
        if rest.is_empty() {
            break;
        }
        rest = rest.strip_prefix("and ")?.trim_start();
    }
    Some(conditions)
}

fn one(text: &str) -> Option<(Condition, &str)> {
    if let Some(rest) = text.strip_prefix("trashed") {
        let rest = after_equals(rest)?;
        return match (rest.strip_prefix("true"), rest.strip_prefix("false")) {
            (Some(rest), _) => Some((Condition::Trashed(true), rest)),
            (_, Some(rest)) => Some((Condition::Trashed(false), rest)),
            _ => None,
        };
    }
    if let Some(rest) = text.strip_prefix("mimeType") {
        let (kind, rest) = quoted(after_equals(rest)?)?;
        return Some((Condition::MimeType(kind), rest));
    }
    if let Some(rest) = text.strip_prefix("'me' in owners") {
        return Some((Condition::Mine, rest));
    }
    let rest = text.strip_prefix("appProperties has {")?.trim_start().strip_prefix("key")?;
    let (key, rest) = quoted(after_equals(rest)?)?;
    let rest = rest.trim_start().strip_prefix("and ")?.trim_start().strip_prefix("value")?;
    let (value, rest) = quoted(after_equals(rest)?)?;
    Some((Condition::Property(key, value), rest.trim_start().strip_prefix('}')?))
}

fn after_equals(text: &str) -> Option<&str> {
    text.trim_start().strip_prefix('=').map(str::trim_start)
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let (inner, rest) = text.strip_prefix('\'')?.split_once('\'')?;
    (!inner.contains('\\')).then(|| (inner.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        let query = "appProperties has { key='k' and value='v' } and 'me' in owners and trashed = false \
                     and mimeType='a/b'";
        let expected = vec![
            Condition::Property("k".to_owned(), "v".to_owned()),
            Condition::Mine,
            Condition::Trashed(false),
            Condition::MimeType("a/b".to_owned()),
        ];
        assert_eq!(read(query), Some(expected));
        for bad in
            ["trashed", "name = 'x'", "trashed = false or trashed = true", "mimeType = 'x", "trashed=maybe"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
