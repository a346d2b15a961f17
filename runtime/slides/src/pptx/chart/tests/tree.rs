//! XML as a tree, and the cells of a workbook, read by a library that had no part in writing them.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
    pub(super) text: String,
}

impl Node {
    /// Reads a document; panics where it isn't well-formed.
    pub(super) fn read(xml: &str) -> Self {
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => open.push(Self::start(&start)),
                Event::Empty(start) => open.last_mut().unwrap().children.push(Self::start(&start)),
                Event::End(_) => {
                    let closed = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(closed);
                }
                Event::Text(text) => {
                    open.last_mut().unwrap().text.push_str(&text.xml_content(XmlVersion::Explicit1_0));
                }
                Event::GeneralRef(entity) => {
                    let name = entity.xml_content(XmlVersion::Explicit1_0);
                    let character = match &*name {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        "quot" => "\"",
                        "#39" => "'",
                        other => panic!("entity {other}"),
                    };
                    open.last_mut().unwrap().text.push_str(character);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open.len(), 1, "everything is closed");
        open.pop().unwrap().children.pop().expect("a root")
    }

    fn start(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned();
            (attribute.key.as_ref().to_owned(), value)
        });
        let name = start.name().as_ref().to_owned();
        Self { name, attributes: attributes.collect(), ..Self::default() }
    }

    /// All elements of a name below this one.
    pub(super) fn all(&self, name: &str) -> Vec<&Self> {
        let mut found = Vec::new();
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            found.extend(child.all(name));
        }
        found
    }

    /// The first element at a path below this one, each name an element within the one before.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |node, name| node.children.iter().find(|child| child.name == name))
    }

    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// The `val` of the first element at a path.
    pub(super) fn val(&self, path: &str) -> &str {
        self.at(path).map_or("", |node| node.attribute("val"))
    }

    /// The points of a cache, in order; none where there is none.
    pub(super) fn cache(&self) -> Vec<Option<String>> {
        let number: usize = self.val("c:ptCount").parse().unwrap();
        let mut points = vec![None; number];
        for point in self.children.iter().filter(|child| child.name == "c:pt") {
            let index: usize = point.attribute("idx").parse().unwrap();
            points[index] = Some(point.at("c:v").unwrap().text.clone());
        }
        points
    }
}

/// The cells of a workbook's sheet that aren't empty, by their names, as in `B2`.
pub(super) fn cells(workbook: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        Node::read(&text)
    };
    let strings = part("xl/sharedStrings.xml");
    let strings: Vec<&str> = strings.all("t").iter().map(|node| node.text.as_str()).collect();
    let sheet = part("xl/worksheets/sheet1.xml");
    let cell = |node: &&Node| {
        let value = node.at("v").unwrap().text.clone();
        let is_text = node.attribute("t") == "s";
        let value =
            if is_text { strings[value.parse::<usize>().unwrap()].replace("_x005F_", "_") } else { value };
        (node.attribute("r").to_owned(), value)
    };
    sheet.all("c").iter().map(cell).collect()
}

/// The names of the cells of a formula; panics where it is more than one range, which PowerPoint can't edit.
pub(super) fn named(formula: &str) -> Vec<String> {
    let range = formula.strip_prefix("Data!").expect("the sheet").replace('$', "");
    let (first, last) = range.split_once(':').unwrap_or((&range, &range));
    let column: String = first.chars().take_while(char::is_ascii_alphabetic).collect();
    let row = |name: &str| name.strip_prefix(&*column).expect("one column").parse::<usize>().unwrap();
    (row(first)..=row(last)).map(|row| format!("{column}{row}")).collect()
}
