//! XML as a tree, read within bounds and brought into one form.
//!
//! Only what presentations are made of is kept: elements of `DrawingML` and `PresentationML` and attributes
//! without a namespace or of relationships. Extensions, comments and processing instructions are dropped,
//! and of alternatives (`mc:AlternateContent`) the plain one is taken. Written again, it declares its
//! namespaces itself, so nothing of the file's markup is passed on. A `DOCTYPE` is refused, so the only
//! entities are those of XML itself.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::refused::Refused;
use crate::xml::escape;

/// Bytes of a part that is XML.
pub(super) const MAX_XML: usize = 8 * 1024 * 1024;
/// Bytes of all parts that are read.
const MAX_ALL: usize = 24 * 1024 * 1024;
/// Elements of all parts that are read.
const MAX_ELEMENTS: usize = 250_000;
/// Attributes of all of them.
const MAX_ATTRIBUTES: usize = 500_000;
/// How deep elements nest.
const MAX_DEPTH: usize = 100;
/// Attributes of an element.
const MAX_OWN: usize = 64;
/// Namespaces in force at one place.
const MAX_NAMESPACES: usize = 256;

/// The namespaces that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    /// `DrawingML`, `a:`.
    A,
    /// `PresentationML`, `p:`.
    P,
    /// Relationships, `r:`.
    R,
    /// Of a package's own files: relationships and content types.
    Package,
    /// Alternatives.
    Mc,
    /// The strict variants of the first three.
    Strict,
    /// None at all: most attributes.
    None,
    /// Any other.
    Other,
}

impl Ns {
    fn of(address: &str) -> Self {
        match address {
            "http://schemas.openxmlformats.org/drawingml/2006/main" => Self::A,
            "http://schemas.openxmlformats.org/presentationml/2006/main" => Self::P,
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships" => Self::R,
            "http://schemas.openxmlformats.org/package/2006/relationships"
            | "http://schemas.openxmlformats.org/package/2006/content-types" => Self::Package,
            "http://schemas.openxmlformats.org/markup-compatibility/2006" => Self::Mc,
            "" => Self::None,
            strict if strict.starts_with("http://purl.oclc.org/ooxml/") => Self::Strict,
            _ => Self::Other,
        }
    }
}

/// What may still be read of a file.
pub(super) struct Budget {
    bytes: usize,
    elements: usize,
    attributes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: MAX_ALL, elements: MAX_ELEMENTS, attributes: MAX_ATTRIBUTES }
    }
}

/// An element.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) ns: Ns,
    pub(super) name: Box<str>,
    /// Attributes without a namespace and of relationships (`true`).
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Self>,
    /// The text in it, if it has no elements.
    pub(super) text: String,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attribute {
    /// Whether it names a relationship, as `r:embed` does.
    pub(super) is_relationship: bool,
    pub(super) name: Box<str>,
    pub(super) value: Box<str>,
}

impl Node {
    /// An element of `DrawingML` without anything in it.
    pub(super) fn a(name: &str) -> Self {
        Self {
            ns: Ns::A,
            name: name.into(),
            attributes: Vec::new(),
            children: Vec::new(),
            text: String::new(),
        }
    }

    /// The same without the elements in it.
    pub(super) fn clone_alone(&self) -> Self {
        Self {
            ns: self.ns,
            name: self.name.clone(),
            attributes: self.attributes.clone(),
            children: Vec::new(),
            text: self.text.clone(),
        }
    }

    pub(super) fn is(&self, ns: Ns, name: &str) -> bool {
        self.ns == ns && &*self.name == name
    }

    pub(super) fn child(&self, ns: Ns, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(ns, name))
    }

    /// What is reached by names, each that of a child of the one before.
    pub(super) fn path(&self, steps: &[(Ns, &str)]) -> Option<&Self> {
        steps.iter().try_fold(self, |node, (ns, name)| node.child(*ns, name))
    }

    /// An attribute without a namespace.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attribute(name, false)
    }

    /// An attribute that names a relationship.
    pub(super) fn relationship(&self, name: &str) -> Option<&str> {
        self.attribute(name, true)
    }

    fn attribute(&self, name: &str, is_relationship: bool) -> Option<&str> {
        let is_it = |one: &&Attribute| one.is_relationship == is_relationship && &*one.name == name;
        self.attributes.iter().find(is_it).map(|one| &*one.value)
    }

    /// An attribute as a whole number.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.trim().parse().ok()
    }

    /// Writes it as a document.
    pub(super) fn to_xml(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
        self.write(&mut out, true);
        out
    }

    /// The depth is bounded by that of what was read.
    fn write(&self, out: &mut String, is_root: bool) {
        let prefix = match self.ns {
            Ns::P => "p:",
            _ => "a:",
        };
        out.push('<');
        out.push_str(prefix);
        out.push_str(&self.name);
        if is_root {
            out.push_str(
                " xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"\
                 \x20xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"\
                 \x20xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"",
            );
        }
        for attribute in &self.attributes {
            out.push_str(if attribute.is_relationship { " r:" } else { " " });
            out.push_str(&attribute.name);
            out.push_str("=\"");
            escape(&attribute.value, out);
            out.push('"');
        }
        if self.children.is_empty() && self.text.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        escape(&self.text, out);
        for child in &self.children {
            child.write(out, false);
        }
        out.push_str("</");
        out.push_str(prefix);
        out.push_str(&self.name);
        out.push('>');
    }
}

/// Reads a document.
pub(super) fn parse(bytes: &[u8], budget: &mut Budget) -> Result<Node, Refused> {
    if bytes.len() > MAX_XML {
        return Err(Refused::large(
            "one of its parts has too much text",
            format!("{} MB", MAX_XML / 1024 / 1024),
        ));
    }
    budget.bytes = budget.bytes.checked_sub(bytes.len()).ok_or_else(|| {
        Refused::large("its masters and layouts have too much text", format!("{} MB", MAX_ALL / 1024 / 1024))
    })?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::damaged("a part isn't in UTF-8"))?;
    let mut reader = Reader::from_str(text);
    let mut open = Open { nodes: Vec::new(), namespaces: Vec::new(), root: None };
    loop {
        match reader.read_event().map_err(|_| broken())? {
            Event::Start(start) => open.start(&start, budget)?,
            Event::Empty(start) => {
                open.start(&start, budget)?;
                open.end()?;
            }
            Event::End(_) => open.end()?,
            Event::Text(text) => open.text(&text.xml10_content()),
            Event::CData(text) => open.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().map_err(|_| broken())? {
                    Some(character) => character,
                    None => match &*reference.xml10_content() {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => return Err(Refused::Entities),
                    },
                };
                open.text(character.encode_utf8(&mut [0; 4]));
            }
            Event::DocType(_) => return Err(Refused::Entities),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if !open.nodes.is_empty() {
        return Err(broken());
    }
    open.root.ok_or_else(broken)
}

fn broken() -> Refused {
    Refused::damaged("a part isn't well-formed XML")
}

/// The elements that are open, and the namespaces in force.
struct Open {
    nodes: Vec<Node>,
    /// Prefix, namespace, and the depth of the element that declares it.
    namespaces: Vec<(Box<str>, Ns, usize)>,
    root: Option<Node>,
}

impl Open {
    fn start(&mut self, start: &BytesStart<'_>, budget: &mut Budget) -> Result<(), Refused> {
        let depth = self.nodes.len();
        if depth >= MAX_DEPTH {
            return Err(Refused::complex("its elements nest too deeply"));
        }
        if depth == 0 && self.root.is_some() {
            return Err(broken());
        }
        budget.elements =
            budget.elements.checked_sub(1).ok_or_else(|| Refused::complex("it has too many elements"))?;
        let mut raw = Vec::new();
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| broken())?;
            let name = attribute.key.0;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|_| Refused::damaged("an attribute can't be read"))?;
            budget.attributes = budget
                .attributes
                .checked_sub(1)
                .filter(|_| raw.len() < MAX_OWN)
                .ok_or_else(|| Refused::complex("it has too many attributes"))?;
            let prefix = if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") };
            if let Some(prefix) = prefix {
                if self.namespaces.len() >= MAX_NAMESPACES {
                    return Err(Refused::complex("it has too many namespaces"));
                }
                self.namespaces.push((prefix.into(), Ns::of(&value), depth));
            } else if raw.iter().any(|(known, _)| *known == name) {
                return Err(broken());
            } else {
                raw.push((name, value));
            }
        }
        let qualified = start.name();
        let (prefix, name) = qualified.0.split_once(':').unwrap_or(("", qualified.0));
        let ns = self.resolve(prefix);
        let mut attributes = Vec::new();
        for (name, value) in raw {
            let (prefix, local) =
                name.split_once(':').map_or((None, name), |(prefix, name)| (Some(prefix), name));
            let ns = prefix.map_or(Ns::None, |prefix| self.resolve(prefix));
            if matches!(ns, Ns::None | Ns::R) && is_name(local) {
                let attribute =
                    Attribute { is_relationship: ns == Ns::R, name: local.into(), value: value.into() };
                attributes.push(attribute);
            }
        }
        let ns = if is_name(name) { ns } else { Ns::Other };
        self.nodes.push(Node {
            ns,
            name: name.into(),
            attributes,
            children: Vec::new(),
            text: String::new(),
        });
        Ok(())
    }

    fn resolve(&self, prefix: &str) -> Ns {
        let known = self.namespaces.iter().rev().find(|(known, ..)| **known == *prefix);
        known.map_or(if prefix.is_empty() { Ns::None } else { Ns::Other }, |(_, ns, _)| *ns)
    }

    fn end(&mut self) -> Result<(), Refused> {
        let mut node = self.nodes.pop().ok_or_else(broken)?;
        let depth = self.nodes.len();
        while self.namespaces.pop_if(|(.., declared)| *declared >= depth).is_some() {}
        if !node.children.is_empty() {
            node.text = String::new();
        }
        let Some(parent) = self.nodes.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match node.ns {
            Ns::Mc if &*node.name == "AlternateContent" => {
                let plain = node.children.into_iter().find(|child| &*child.name == "Fallback");
                parent.children.extend(plain.into_iter().flat_map(|plain| plain.children));
            }
            // Alternatives are taken apart when their element ends.
            Ns::Mc => parent.children.push(node),
            Ns::A | Ns::P | Ns::Package if &*node.name != "extLst" => parent.children.push(node),
            Ns::Strict => return Err(Refused::Strict),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(node) = self.nodes.last_mut()
            && node.children.is_empty()
        {
            node.text.push_str(text);
        }
    }
}

/// Whether a name is one that these formats have: letters and digits.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
