//! Reads the slides of a PowerPoint file back.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// A slide as it was written: its shapes with text, and its tables.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) boxes: Vec<TextShape>,
    pub(super) tables: Vec<WrittenTable>,
    pub(super) links: BTreeMap<String, String>,
}

#[derive(Debug, Default, Clone)]
pub(super) struct TextShape {
    pub(super) placeholder: Option<String>,
    pub(super) wrap: String,
    /// `x`, `y`, width and height in pixels.
    pub(super) place: [f64; 4],
    pub(super) paragraphs: Vec<Paragraph>,
}

#[derive(Debug, Default)]
pub(super) struct WrittenTable {
    pub(super) columns: Vec<f64>,
    pub(super) rows: Vec<(f64, Vec<TextShape>)>,
    pub(super) is_first_a_header: bool,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Paragraph {
    /// Its text; breaks are `\n`.
    pub(super) text: String,
    pub(super) properties: BTreeMap<String, String>,
    /// `•`, `arabicPeriod` and the like; with the number that it starts with, if that isn't 1.
    pub(super) bullet: Option<String>,
    /// Links by their text.
    pub(super) links: Vec<(String, String)>,
    /// `lang`, `sz`, `b`, `i`, `latin`, `ea`, `cs` of its runs.
    pub(super) runs: Vec<BTreeMap<String, String>>,
}

fn attributes(element: &BytesStart<'_>) -> BTreeMap<String, String> {
    element
        .attributes()
        .map(|attribute| {
            let attribute = attribute.unwrap();
            let value = quick_xml::escape::unescape(&attribute.value).unwrap().into_owned();
            (attribute.key.as_ref().to_owned(), value)
        })
        .collect()
}

pub(super) fn links(xml: &str) -> BTreeMap<String, String> {
    let mut reader = Reader::from_str(xml);
    let mut all = BTreeMap::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Empty(element) if element.name().as_ref() == "Relationship" => {
                let of = attributes(&element);
                all.insert(of["Id"].clone(), of["Target"].clone());
            }
            Event::Eof => return all,
            _ => {}
        }
    }
}

pub(super) fn pixels(attributes: &BTreeMap<String, String>, name: &str) -> f64 {
    attributes[name].parse::<f64>().unwrap() / 9525.0
}

/// Reads a slide; fails if it isn't well formed.
pub(super) fn parse(xml: &str) -> Written {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut written = Written::default();
    let mut open: Vec<String> = Vec::new();
    let mut current = TextShape::default();
    let mut paragraph = Paragraph::default();
    let mut run_link = None;
    let mut is_in_frame = false;
    loop {
        let event = reader.read_event().unwrap();
        let (element, is_empty) = match &event {
            Event::Start(element) => (Some(element), false),
            Event::Empty(element) => (Some(element), true),
            _ => (None, false),
        };
        if let Some(element) = element {
            let name = element.name().as_ref().to_owned();
            let of = attributes(element);
            match name.as_str() {
                "p:sp" | "a:tc" => current = TextShape::default(),
                "p:graphicFrame" => is_in_frame = true,
                "a:tbl" => written.tables.push(WrittenTable::default()),
                "a:tblPr" => {
                    written.tables.last_mut().unwrap().is_first_a_header = of["firstRow"] == "1";
                }
                "a:gridCol" => written.tables.last_mut().unwrap().columns.push(pixels(&of, "w")),
                "a:tr" => written.tables.last_mut().unwrap().rows.push((pixels(&of, "h"), Vec::new())),
                "p:ph" => current.placeholder = Some(of.get("type").cloned().unwrap_or_default()),
                "a:bodyPr" => current.wrap = of.get("wrap").cloned().unwrap_or_default(),
                "a:off" if !is_in_frame && of.contains_key("x") => {
                    (current.place[0], current.place[1]) = (pixels(&of, "x"), pixels(&of, "y"));
                }
                "a:ext" if !is_in_frame && of.contains_key("cx") => {
                    (current.place[2], current.place[3]) = (pixels(&of, "cx"), pixels(&of, "cy"));
                }
                "a:p" => paragraph = Paragraph::default(),
                "a:pPr" => paragraph.properties = of,
                "a:buChar" => paragraph.bullet = Some(of["char"].clone()),
                "a:buAutoNum" => {
                    let start = of.get("startAt").map(|start| format!(" {start}")).unwrap_or_default();
                    paragraph.bullet = Some(format!("{}{start}", of["type"]));
                }
                "a:br" => paragraph.text.push('\n'),
                "a:rPr" if open.last().is_some_and(|parent| parent == "a:r") => {
                    run_link = None;
                    paragraph.runs.push(of);
                }
                "a:latin" | "a:ea" | "a:cs" if open.iter().any(|one| one == "a:r") => {
                    paragraph.runs.last_mut().unwrap().insert(name.clone(), of["typeface"].clone());
                }
                "a:hlinkClick" => {
                    assert!(!open.iter().any(|one| one == "a:br"), "a break is never a link");
                    run_link = Some(of["r:id"].clone());
                }
                _ => {}
            }
            if !is_empty {
                open.push(name);
            }
        }
        let is_text = open.last().is_some_and(|name| name == "a:t");
        let say = |text: &str, paragraph: &mut Paragraph| {
            if is_text {
                paragraph.text.push_str(text);
                if let Some(link) = &run_link {
                    paragraph.links.push((text.to_owned(), link.clone()));
                }
            }
        };
        match event {
            Event::Text(text) => say(&text, &mut paragraph),
            Event::GeneralRef(entity) => {
                let entity = format!("&{};", &*entity);
                let text = quick_xml::escape::unescape(&entity).unwrap();
                say(&text, &mut paragraph);
            }
            Event::End(element) => {
                assert_eq!(open.pop().unwrap(), element.name().as_ref());
                match element.name().as_ref() {
                    "a:p" => current.paragraphs.push(std::mem::take(&mut paragraph)),
                    "a:tc" => {
                        written.tables.last_mut().unwrap().rows.last_mut().unwrap().1.push(current.clone());
                    }
                    "p:sp" if !current.paragraphs.is_empty() => written.boxes.push(current.clone()),
                    "p:graphicFrame" => is_in_frame = false,
                    _ => {}
                }
            }
            Event::Eof => {
                assert!(open.is_empty(), "all elements are closed");
                return written;
            }
            _ => {}
        }
    }
}
