//! Escaping as in XML: what people, data and decks say can't end the tag that it stands in.

/// A text in which no character begins or ends a tag.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The same for the value of an attribute.
pub(super) fn attribute(text: &str) -> String {
    escaped(text).replace('"', "&quot;").replace('\n', " ")
}
