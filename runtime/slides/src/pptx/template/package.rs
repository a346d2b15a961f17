//! The parts of a PowerPoint file and how they refer to each other (Open Packaging Conventions).

use std::collections::BTreeMap;

use super::archive::Archive;
use super::refused::Refused;
use super::tree::{Budget, MAX_XML, Node, Ns, parse};

/// The first bytes of what Office wrote until 2003, and of what it encrypts.
const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

const TRANSITIONAL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
const STRICT: &str = "http://purl.oclc.org/ooxml/officeDocument/relationships/";

/// Relationships of a part.
const MAX_RELATIONSHIPS: usize = 2_000;

pub(super) struct Package<'a> {
    archive: Archive<'a>,
    budget: Budget,
    /// The name of the part that is the presentation.
    pub(super) presentation: String,
}

/// What a part refers to within the file.
#[derive(Debug, Default)]
pub(super) struct Relationships {
    /// By id: the last word of the type, and the name of the part.
    to: BTreeMap<String, (String, String)>,
    /// How many lead out of the file. They are never followed.
    pub(super) external: usize,
}

impl Relationships {
    /// The part of an id, if it is of a kind.
    pub(super) fn get(&self, id: &str, kind: &str) -> Option<&str> {
        self.to.get(id).filter(|(known, _)| known == kind).map(|(_, part)| part.as_str())
    }

    /// The parts of a kind.
    pub(super) fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &str> {
        self.to.values().filter(move |(known, _)| known == kind).map(|(_, part)| part.as_str())
    }

    /// The first part of a kind.
    pub(super) fn first(&self, kind: &str) -> Option<&str> {
        self.to.values().find(|(known, _)| known == kind).map(|(_, part)| part.as_str())
    }
}

impl<'a> Package<'a> {
    /// Opens a file that is a presentation without macros.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Refused> {
        if bytes.starts_with(&OLE) {
            return Err(of_ole(bytes));
        }
        if !bytes.starts_with(b"PK") {
            return Err(Refused::NotPowerPoint);
        }
        let archive = Archive::open(bytes)?;
        let is_macro = |name: &str| name.ends_with("vbaproject.bin") || name.ends_with("vbadata.xml");
        if archive.names().any(is_macro) {
            return Err(Refused::Macros);
        }
        if !archive.has("[Content_Types].xml") {
            return Err(Refused::NotPowerPoint);
        }
        let mut package = Self { archive, budget: Budget::default(), presentation: String::new() };
        let types = package.xml("[Content_Types].xml")?;
        let mut all = types.children.iter().filter_map(|one| one.get("ContentType"));
        if all.any(is_macro_type) {
            return Err(Refused::Macros);
        }
        let root = package.relationships("")?;
        let presentation = root.first("officeDocument").ok_or(Refused::NotPowerPoint)?.to_owned();
        if !is_presentation(&types, &presentation) {
            return Err(Refused::NotPowerPoint);
        }
        package.presentation = presentation;
        Ok(package)
    }

    /// A part that is XML and has to be there.
    pub(super) fn xml(&mut self, name: &str) -> Result<Node, Refused> {
        if self.archive.size(name).is_some_and(|size| size > MAX_XML) {
            return Err(Refused::large(
                "one of its parts has too much text",
                format!("{} MB", MAX_XML / 1024 / 1024),
            ));
        }
        let bytes = self.archive.read(name)?.ok_or_else(|| Refused::damaged("a part is missing"))?;
        parse(&bytes, &mut self.budget)
    }

    /// The bytes of a part; none if it is missing or larger than a limit.
    pub(super) fn bytes(&mut self, name: &str, limit: usize) -> Result<Option<Vec<u8>>, Refused> {
        match self.archive.size(name) {
            Some(size) if size <= limit => self.archive.read(name),
            _ => Ok(None),
        }
    }

    /// What a part refers to; with an empty name, what the package does.
    pub(super) fn relationships(&mut self, of: &str) -> Result<Relationships, Refused> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let slash = if folder.is_empty() { "" } else { "/" };
        let name = format!("{folder}{slash}_rels/{file}.rels");
        if !self.archive.has(&name) {
            return Ok(Relationships::default());
        }
        let list = self.xml(&name)?;
        if list.children.len() > MAX_RELATIONSHIPS {
            return Err(Refused::complex("a part refers to too many others"));
        }
        let mut relationships = Relationships::default();
        for one in list.children.iter().filter(|one| &*one.name == "Relationship") {
            let (Some(id), Some(kind), Some(target)) = (one.get("Id"), one.get("Type"), one.get("Target"))
            else {
                continue;
            };
            if kind.starts_with(STRICT) {
                return Err(Refused::Strict);
            }
            if kind.ends_with("/vbaProject") {
                return Err(Refused::Macros);
            }
            if one.get("TargetMode").is_some_and(|mode| !mode.eq_ignore_ascii_case("internal")) {
                relationships.external += 1;
                continue;
            }
            let Some(kind) = kind.strip_prefix(TRANSITIONAL) else { continue };
            let part = resolve(folder, target)?;
            relationships.to.insert(id.to_owned(), (kind.to_owned(), part));
        }
        Ok(relationships)
    }
}

fn is_macro_type(content_type: &str) -> bool {
    let lower = content_type.to_ascii_lowercase();
    lower.contains("macroenabled") || lower.contains("vbaproject")
}

/// Whether a part is a presentation, a template or a show. By its own type or that of its ending.
fn is_presentation(types: &Node, part: &str) -> bool {
    let is_part = |one: &&Node| {
        &*one.name == "Override"
            && one.get("PartName").is_some_and(|name| name.trim_start_matches('/').eq_ignore_ascii_case(part))
    };
    let ending = part.rsplit('.').next().unwrap_or_default();
    let is_ending = |one: &&Node| {
        &*one.name == "Default"
            && one.get("Extension").is_some_and(|known| known.eq_ignore_ascii_case(ending))
    };
    let children = || types.children.iter().filter(|one| one.ns == Ns::Package);
    let own = children().find(is_part).or_else(|| children().find(is_ending));
    own.and_then(|one| one.get("ContentType")).is_some_and(|content_type| {
        content_type.starts_with("application/vnd.openxmlformats-officedocument.presentationml.")
            && content_type.ends_with(".main+xml")
    })
}

/// The name of a part that another in a folder refers to.
fn resolve(folder: &str, target: &str) -> Result<String, Refused> {
    let outside = || Refused::outside(target);
    // Addresses, shares and other systems' paths have no place in a file's own references.
    if target.contains(['\\', ':', '\0']) || target.starts_with("//") || target.len() > 512 {
        return Err(outside());
    }
    let target = target.split('#').next().unwrap_or_default();
    let mut steps: Vec<&str> = Vec::new();
    if !target.starts_with('/') {
        steps.extend(folder.split('/').filter(|step| !step.is_empty()));
    }
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop().ok_or_else(outside)?;
            }
            step => steps.push(step),
        }
    }
    Ok(steps.join("/"))
}

/// What an OLE file is: its parts have names in UTF-16.
fn of_ole(bytes: &[u8]) -> Refused {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|part| part == name)
    };
    if has("EncryptedPackage") || has("EncryptionInfo") {
        Refused::Protected
    } else if has("PowerPoint Document") {
        Refused::Old
    } else {
        Refused::NotPowerPoint
    }
}
