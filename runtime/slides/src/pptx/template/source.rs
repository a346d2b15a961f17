//! What is read of a file: its first master with the layouts, the theme, and their pictures.
//!
//! Slides, notes, embedded fonts, controls and everything else of the file are never unpacked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::color::Palette;
use super::media::{MAX_PICTURE, picture};
use super::package::{Package, Relationships};
use super::refused::Refused;
use super::sheet::{Sheet, Size};
use super::tree::{Node, Ns};
use crate::export::PictureFile;

/// Layouts that are read; files have 11 to some 80.
const MAX_LAYOUTS: usize = 120;
/// Pictures that are kept, and their bytes.
const MAX_PICTURES: usize = 200;
const MAX_PICTURE_BYTES: usize = 24 * 1024 * 1024;

/// The style of a PowerPoint file: its first master, layouts and theme.
pub struct Template {
    /// What the theme is called.
    pub(super) name: String,
    pub(super) size: Size,
    pub(super) theme: Node,
    pub(super) theme_relationships: Relationships,
    pub(super) master: Sheet,
    /// At least one.
    pub(super) layouts: Vec<Sheet>,
    /// By the name of the part.
    pub(super) pictures: BTreeMap<String, PictureFile>,
    /// What was left out, in words for people.
    pub(super) notes: Vec<String>,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template")
            .field("name", &self.name)
            .field("layouts", &self.layouts.len())
            .field("pictures", &self.pictures.len())
            .finish_non_exhaustive()
    }
}

/// Reads a file, `.pptx` or `.potx`. Takes time and memory in proportion to the file's size, which is bounded.
pub fn read(bytes: &[u8]) -> Result<Template, Refused> {
    let mut package = Package::open(bytes)?;
    let part = package.presentation.clone();
    let presentation = package.xml(&part)?;
    if presentation.ns == Ns::Strict {
        return Err(Refused::Strict);
    }
    if !presentation.is(Ns::P, "presentation") {
        return Err(Refused::NotPowerPoint);
    }
    let relationships = package.relationships(&part)?;
    let size = Size::of(presentation.child(Ns::P, "sldSz"));
    let masters = presentation.child(Ns::P, "sldMasterIdLst").map_or(&[][..], |list| &list.children);
    let master_part = masters
        .iter()
        .find_map(|one| relationships.get(one.relationship("id")?, "slideMaster"))
        .ok_or(Refused::NoMaster)?;
    let master = Sheet::read(&mut package, master_part, "sldMaster", size)?;
    let theme_part = master.relationships.first("theme").ok_or(Refused::NoMaster)?.to_owned();
    let theme = package.xml(&theme_part)?;
    if !theme.is(Ns::A, "theme") {
        return Err(Refused::damaged("the theme isn't one"));
    }
    let theme_relationships = package.relationships(&theme_part)?;

    let mut notes = Vec::new();
    let mut listed: Vec<String> = master
        .root
        .child(Ns::P, "sldLayoutIdLst")
        .map_or(&[][..], |list| &list.children)
        .iter()
        .filter_map(|one| master.relationships.get(one.relationship("id")?, "slideLayout").map(str::to_owned))
        .collect();
    // Each once, in the order of the list.
    let mut known = BTreeSet::new();
    listed.retain(|part| known.insert(part.to_ascii_lowercase()));
    let mut layouts = Vec::new();
    for part in listed.iter().take(MAX_LAYOUTS) {
        layouts.push(Sheet::read(&mut package, part, "sldLayout", size)?);
    }
    if layouts.is_empty() {
        return Err(Refused::NoMaster);
    }
    if listed.len() > MAX_LAYOUTS {
        notes.push(format!("Only the first {MAX_LAYOUTS} layouts were read."));
    }
    if masters.len() > 1 {
        notes.push(format!("The file has {} slide masters; the first one was read.", masters.len()));
    }
    if presentation.child(Ns::P, "embeddedFontLst").is_some() {
        notes.push("Fonts in the file were left out; they may be used in PowerPoint only.".to_owned());
    }
    let name = theme.get("name").unwrap_or_default().chars().filter(|c| !c.is_control()).take(100).collect();
    let mut template = Template {
        name,
        size,
        theme,
        theme_relationships,
        master,
        layouts,
        pictures: BTreeMap::new(),
        notes,
    };
    template.load_pictures(&mut package)?;
    template.note_links();
    Ok(template)
}

impl Template {
    fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        std::iter::once(&self.master).chain(&self.layouts)
    }

    fn load_pictures(&mut self, package: &mut Package<'_>) -> Result<(), Refused> {
        let all = self.sheets().map(|sheet| &sheet.relationships).chain([&self.theme_relationships]);
        let mut parts: Vec<String> = all.flat_map(|one| one.of_kind("image")).map(str::to_owned).collect();
        parts.sort();
        parts.dedup();
        let (mut bytes, mut left_out) = (0, 0_usize);
        for part in parts {
            let room = MAX_PICTURE.min(MAX_PICTURE_BYTES - bytes);
            let file = if self.pictures.len() < MAX_PICTURES { package.bytes(&part, room)? } else { None };
            match file.and_then(picture) {
                Some(file) => {
                    bytes += file.bytes.len();
                    self.pictures.insert(part, file);
                }
                None => left_out += 1,
            }
        }
        if left_out > 0 {
            self.notes.push(format!(
                "{left_out} {} left out: only PNG and JPEG pictures of up to {} MB are taken over.",
                if left_out == 1 { "picture was" } else { "pictures were" },
                MAX_PICTURE / 1024 / 1024,
            ));
        }
        Ok(())
    }

    fn note_links(&mut self) {
        let external: usize = self.sheets().map(|sheet| sheet.relationships.external).sum();
        if external + self.theme_relationships.external > 0 {
            self.notes.push(
                "Links from the master and layouts to places outside of the file were left out.".to_owned(),
            );
        }
    }

    /// The master's colours.
    pub(super) fn palette(&self) -> Palette {
        let scheme = self.theme.path(&[(Ns::A, "themeElements"), (Ns::A, "clrScheme")]);
        Palette::new(scheme).mapped(self.master.root.child(Ns::P, "clrMap"))
    }

    /// The name of the font of headings (`major`) or of the rest (`minor`).
    pub(super) fn typeface(&self, which: &str) -> Option<&str> {
        let fonts = self.theme.path(&[(Ns::A, "themeElements"), (Ns::A, "fontScheme")])?;
        fonts.path(&[(Ns::A, which), (Ns::A, "latin")])?.get("typeface")
    }

    /// The font that a style of the master names for its first level, in place of the theme's.
    pub(super) fn own_typeface(&self, style: &str) -> Option<&str> {
        let steps =
            [(Ns::P, "txStyles"), (Ns::P, style), (Ns::A, "lvl1pPr"), (Ns::A, "defRPr"), (Ns::A, "latin")];
        self.master.root.path(&steps)?.get("typeface").filter(|name| !name.starts_with('+'))
    }
}
