//! The tags in which the app writes what people, data and decks say.
//!
//! Not an XML parser: the app escapes `&`, `<` and `>` inside of elements, so an element ends at the first
//! closing tag of its name, and elements of one name are never nested.

/// An element: its attributes, and what stands in it, still escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    attributes: &'a str,
    pub(crate) raw: &'a str,
}

impl Element<'_> {
    /// The text in it.
    pub(crate) fn text(&self) -> String {
        unescape(self.raw).trim().to_owned()
    }

    /// The value of an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            let (key, after) = rest.split_once("=\"")?;
            let (value, after) = after.split_once('"')?;
            if key.trim() == name {
                return Some(unescape(value));
            }
            rest = after;
        }
    }
}

/// All elements of this name, in order.
pub(crate) fn elements<'a>(text: &'a str, name: &str) -> Vec<Element<'a>> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(&open) {
        let after = &rest[start + open.len()..];
        // `<slides>` is not a `<slide>`.
        if !after.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace()) {
            rest = after;
            continue;
        }
        let Some(end) = after.find('>') else { break };
        let (head, body) = (&after[..end], &after[end + 1..]);
        if let Some(attributes) = head.strip_suffix('/') {
            found.push(Element { attributes, raw: "" });
            rest = body;
            continue;
        }
        let (raw, next) = match body.find(&close) {
            Some(length) => (&body[..length], &body[length + close.len()..]),
            None => (body, ""),
        };
        found.push(Element { attributes: head, raw });
        rest = next;
    }
    found
}

/// The first element of this name.
pub(crate) fn element<'a>(text: &'a str, name: &str) -> Option<Element<'a>> {
    elements(text, name).into_iter().next()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&#10;", "\n")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{element, elements};

    #[test]
    fn elements_are_found_with_attributes_and_text() {
        let text = "<sources>\n<source id=\"S1\" label=\"a &quot;b&quot;\" rows=\"2\">x&lt;y\n1&amp;2</source>\n\
                    <source id=\"S2\"/></sources><wanted language=\"de\" slides=\"6\"/>";
        let found = elements(text, "source");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].attribute("label").as_deref(), Some("a \"b\""));
        assert_eq!(found[0].text(), "x<y\n1&2");
        assert_eq!(found[1].attribute("id").as_deref(), Some("S2"));
        assert_eq!(found[1].attribute("rows"), None);
        let wanted = element(text, "wanted").expect("an empty element");
        assert_eq!(wanted.attribute("slides").as_deref(), Some("6"));
        assert!(element(text, "deck").is_none());
    }
}
