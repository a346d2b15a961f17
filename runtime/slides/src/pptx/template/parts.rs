//! The master, layouts, theme and pictures of a file as parts of another one.
//!
//! They have fixed names, ids and order, so that the writer adds them as they are, and adds only slides that
//! refer to a layout.

use super::clean::document;
use super::color::Palette;
use super::package::Relationships;
use super::roles::layout_for;
use super::sheet::Sheet;
use super::source::Template;
use super::tree::{Attribute, Node, Ns};
use crate::deck::Layout;
use crate::display::Rect;
use crate::export::PictureKind;

/// What a file with the company's master needs beside slides.
#[derive(Debug, Clone)]
pub struct Parts {
    /// All parts: the master, its theme, the layouts, and pictures.
    pub parts: Vec<TemplatePart>,
    /// The layouts, in order.
    pub layouts: Vec<LayoutPart>,
    /// For each of ours, the number of the layout that stands for it ([`Parts::layout_for`]).
    stand_for: Vec<(Layout, usize)>,
}

/// A part of a package.
#[derive(Debug, Clone)]
pub struct TemplatePart {
    /// Its path, as in `/ppt/slideMasters/slideMaster1.xml`.
    pub path: String,
    /// Its content type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it refers to: id, the last word of the type, and the path relative to the part. Never outside.
    pub relationships: Vec<(String, &'static str, String)>,
}

/// A layout.
#[derive(Debug, Clone)]
pub struct LayoutPart {
    /// Its path, as in `/ppt/slideLayouts/slideLayout3.xml`.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// Its places for content.
    pub placeholders: Vec<PlaceholderPart>,
}

/// A place for content.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceholderPart {
    /// The `type` of its `p:ph`, as in `title`, `ctrTitle`, `body`; `obj`: it has none.
    pub kind: String,
    /// The `idx` of its `p:ph`; 0: it has none.
    pub index: u32,
    /// Where it is, in pixels of our slides; none: where the master has it.
    pub bounds: Option<Rect>,
}

/// The first ids of the master and its layouts; PowerPoint wants all of them above 2³¹ and different.
const MASTER_ID: u32 = 2_147_483_648;

/// The layouts that decks have.
const ALL: [Layout; 17] = [
    Layout::Cover,
    Layout::Section,
    Layout::Agenda,
    Layout::Statement,
    Layout::TitleAndText,
    Layout::TwoColumns,
    Layout::ChartAndTakeaway,
    Layout::Chart,
    Layout::TwoCharts,
    Layout::Metrics,
    Layout::Table,
    Layout::Comparison,
    Layout::Steps,
    Layout::Quote,
    Layout::ImageHalf,
    Layout::ImageFull,
    Layout::Closing,
];

impl Parts {
    /// The id of the master in `p:sldMasterIdLst`. Those of its layouts follow.
    pub const MASTER_ID: u32 = MASTER_ID;
    /// The path of the master.
    pub const MASTER: &'static str = "/ppt/slideMasters/slideMaster1.xml";
    /// The path of its theme.
    pub const THEME: &'static str = "/ppt/theme/theme1.xml";

    /// The layout that stands for one of ours.
    pub fn layout_for(&self, layout: Layout) -> &LayoutPart {
        let place = self.stand_for.iter().find(|(known, _)| *known == layout).map_or(0, |(_, place)| *place);
        &self.layouts[place]
    }
}

/// The pictures that were referred to so far, by the parts they come from.
struct Media<'a> {
    template: &'a Template,
    used: Vec<&'a str>,
}

impl<'a> Media<'a> {
    /// The path of a picture relative to the folder of a master, layout or theme.
    fn path(&mut self, part: &str) -> Option<String> {
        let (key, file) = self.template.pictures.get_key_value(part)?;
        let number = self.used.iter().position(|used| used == key).unwrap_or_else(|| {
            self.used.push(key);
            self.used.len() - 1
        });
        Some(format!("../media/template{}.{}", number + 1, ending(file.kind)))
    }

    fn into_parts(self) -> Vec<TemplatePart> {
        let numbered = (1..).zip(&self.used);
        let part = |(number, key): (usize, &&'a str)| {
            let file = self.template.pictures.get(*key)?;
            Some(TemplatePart {
                path: format!("/ppt/media/template{number}.{}", ending(file.kind)),
                content_type: match file.kind {
                    PictureKind::Png => "image/png",
                    PictureKind::Jpeg => "image/jpeg",
                },
                bytes: file.bytes.to_vec(),
                relationships: Vec::new(),
            })
        };
        numbered.filter_map(part).collect()
    }
}

fn ending(kind: PictureKind) -> &'static str {
    match kind {
        PictureKind::Png => "png",
        PictureKind::Jpeg => "jpeg",
    }
}

pub(super) fn parts(template: &Template) -> Parts {
    let mut media = Media { template, used: Vec::new() };
    let mut parts = vec![master(template, &mut media)];
    let (mut theme, pictures) = cleaned(template, &template.theme, &template.theme_relationships, &mut media);
    theme.attributes.retain(|attribute| &*attribute.name == "name");
    parts.push(TemplatePart {
        path: Parts::THEME.to_owned(),
        content_type: "application/vnd.openxmlformats-officedocument.theme+xml",
        bytes: theme.to_xml().into_bytes(),
        relationships: pictures,
    });
    let mut layouts = Vec::new();
    for (number, sheet) in (1..).zip(&template.layouts) {
        let (root, mut relationships) = cleaned(template, &sheet.root, &sheet.relationships, &mut media);
        relationships
            .insert(0, ("rId1".to_owned(), "slideMaster", "../slideMasters/slideMaster1.xml".to_owned()));
        let path = format!("/ppt/slideLayouts/slideLayout{number}.xml");
        parts.push(TemplatePart {
            path: path.clone(),
            content_type: "application/vnd.openxmlformats-officedocument.presentationml.slideLayout+xml",
            bytes: root.to_xml().into_bytes(),
            relationships,
        });
        layouts.push(layout(sheet, path));
    }
    parts.extend(media.into_parts());
    let stand_for = ALL.map(|layout| (layout, layout_for(template, layout))).into();
    Parts { parts, layouts, stand_for }
}

fn layout(sheet: &Sheet, path: String) -> LayoutPart {
    let placeholders = sheet.placeholders.iter().map(|one| PlaceholderPart {
        kind: one.kind.clone(),
        index: one.index,
        bounds: one.bounds,
    });
    LayoutPart { path, name: sheet.name.clone(), placeholders: placeholders.collect() }
}

type Related = Vec<(String, &'static str, String)>;

/// A document as it may be passed on, and the pictures that it refers to.
fn cleaned(
    template: &Template,
    root: &Node,
    relationships: &Relationships,
    media: &mut Media<'_>,
) -> (Node, Related) {
    let mut pictures: Vec<(String, &'static str, String)> = Vec::new();
    let clean = document(root, template.size, &mut |id| {
        let path = media.path(relationships.get(id, "image")?)?;
        if let Some((known, ..)) = pictures.iter().find(|(.., known)| *known == path) {
            return Some(known.clone());
        }
        let id = format!("rIdPicture{}", pictures.len() + 1);
        pictures.push((id.clone(), "image", path));
        Some(id)
    });
    (clean, pictures)
}

/// The master, with its list of layouts made anew.
fn master(template: &Template, media: &mut Media<'_>) -> TemplatePart {
    let sheet = &template.master;
    let (mut root, pictures) = cleaned(template, &sheet.root, &sheet.relationships, media);
    let mut relationships = vec![("rId1".to_owned(), "theme", "../theme/theme1.xml".to_owned())];
    let mut list = p("sldLayoutIdLst");
    for (number, _) in (1_u64..).zip(&template.layouts) {
        let id = format!("rIdLayout{number}");
        let mut entry = p("sldLayoutId");
        let own = (u64::from(MASTER_ID) + number).to_string();
        entry.attributes.push(Attribute { is_relationship: false, name: "id".into(), value: own.into() });
        entry.attributes.push(Attribute {
            is_relationship: true,
            name: "id".into(),
            value: id.clone().into(),
        });
        list.children.push(entry);
        relationships.push((id, "slideLayout", format!("../slideLayouts/slideLayout{number}.xml")));
    }
    relationships.extend(pictures);
    // Its place is behind the colours, of which a master without any gets the usual order.
    let known = root.children.iter().position(|child| child.is(Ns::P, "clrMap"));
    let place = known.unwrap_or_else(|| {
        let place = root.children.len().min(1);
        root.children.insert(place, usual_map());
        place
    });
    root.children.insert(place + 1, list);
    TemplatePart {
        path: Parts::MASTER.to_owned(),
        content_type: "application/vnd.openxmlformats-officedocument.presentationml.slideMaster+xml",
        bytes: root.to_xml().into_bytes(),
        relationships,
    }
}

fn p(name: &str) -> Node {
    Node { ns: Ns::P, ..Node::a(name) }
}

fn usual_map() -> Node {
    let mut map = p("clrMap");
    for (role, name) in Palette::usual() {
        map.attributes.push(Attribute { is_relationship: false, name: role.into(), value: name.into() });
    }
    map
}
