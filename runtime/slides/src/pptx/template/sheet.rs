//! A master or a layout: what stands on it, and where.

use super::color::Palette;
use super::package::{Package, Relationships};
use super::refused::Refused;
use super::tree::{Node, Ns};
use crate::display::{HEIGHT, Rect, WIDTH};
use crate::theme::Color;

/// The size of a file's slides in EMU.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The sizes that PowerPoint allows: 1 to 56 inches.
const SIDES: std::ops::RangeInclusive<i64> = 914_400..=51_206_400;
/// Pictures of a sheet, and its places for content; more aren't looked at.
const MAX_DRAWN: usize = 64;
const MAX_PLACEHOLDERS: usize = 100;
/// Characters of what a sheet or a place is for.
const MAX_KIND: usize = 20;

impl Size {
    /// From a `sldSz`; the usual size where there is none or an impossible one.
    pub(super) fn of(node: Option<&Node>) -> Self {
        let side = |name| node.and_then(|node| node.number(name)).filter(|side| SIDES.contains(side));
        #[expect(clippy::cast_precision_loss, reason = "below 52 million")]
        let float = |side: i64| side as f64;
        match (side("cx"), side("cy")) {
            (Some(width), Some(height)) => Self { width: float(width), height: float(height) },
            _ => Self { width: 12_192_000.0, height: 6_858_000.0 },
        }
    }

    /// How many times wider and higher our slides are.
    pub(super) fn scale(self) -> [f64; 2] {
        [12_192_000.0 / self.width, 6_858_000.0 / self.height]
    }

    /// Whether slides have the shape of ours.
    pub(super) fn is_wide(self) -> bool {
        let [x, y] = self.scale();
        (x / y - 1.0).abs() < 0.005
    }

    /// A place in pixels, stretched as the slide is.
    fn stretched(self, emu: Rect) -> Rect {
        let (x, y) = (WIDTH / self.width, HEIGHT / self.height);
        Rect::new(emu.x * x, emu.y * y, emu.width * x, emu.height * y)
    }

    /// The place of a picture in pixels: it keeps its shape, and its distance from the nearer edges.
    fn placed(self, emu: Rect) -> Rect {
        let stretched = self.stretched(emu);
        if emu.width >= 0.9 * self.width && emu.height >= 0.9 * self.height {
            return stretched;
        }
        let scale = (WIDTH / self.width).min(HEIGHT / self.height);
        let (width, height) = (emu.width * scale, emu.height * scale);
        let at = |start: f64, side: f64, whole: f64, to: f64| {
            if whole - side > 1.0 { start / (whole - side) * to } else { 0.0 }
        };
        Rect::new(
            at(emu.x, emu.width, self.width, WIDTH - width),
            at(emu.y, emu.height, self.height, HEIGHT - height),
            width,
            height,
        )
    }
}

/// A place that a layout has for text or another content.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placeholder {
    /// As in `title`, `body`, `pic`; `obj` for any content.
    pub(super) kind: String,
    /// Its number, by which slides name it.
    pub(super) index: u32,
    /// In pixels; none: where the master has it.
    pub(super) bounds: Option<Rect>,
}

/// A picture on a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drawn {
    /// The part with its bytes; none: it isn't in the file.
    pub(super) part: Option<String>,
    /// In pixels.
    pub(super) bounds: Rect,
    /// Whether only a part of it is shown.
    pub(super) is_cropped: bool,
    /// Whether it is turned or mirrored.
    pub(super) is_turned: bool,
}

/// A master or a layout.
pub(super) struct Sheet {
    /// What it is called.
    pub(super) name: String,
    /// What it is for, as in `title`; empty if it doesn't say.
    pub(super) kind: String,
    /// Its elements.
    pub(super) root: Node,
    pub(super) relationships: Relationships,
    pub(super) placeholders: Vec<Placeholder>,
    pub(super) pictures: Vec<Drawn>,
    /// Other shapes that aren't placeholders.
    pub(super) shapes: usize,
}

impl Sheet {
    /// Reads a part whose root has some name.
    pub(super) fn read(
        package: &mut Package<'_>,
        part: &str,
        root: &str,
        size: Size,
    ) -> Result<Self, Refused> {
        let node = package.xml(part)?;
        let common = node.child(Ns::P, "cSld");
        if !node.is(Ns::P, root) || common.is_none() {
            return Err(Refused::damaged("a master or layout isn't one"));
        }
        let relationships = package.relationships(part)?;
        let name = common.and_then(|common| common.get("name")).unwrap_or_default();
        let mut sheet = Self {
            name: name.chars().filter(|c| !c.is_control()).take(100).collect(),
            kind: node.get("type").unwrap_or_default().chars().take(MAX_KIND).collect(),
            placeholders: Vec::new(),
            pictures: Vec::new(),
            shapes: 0,
            relationships,
            root: Node::a("none"),
        };
        if let Some(tree) = common.and_then(|common| common.child(Ns::P, "spTree")) {
            sheet.collect(tree, Transform::default(), size);
        }
        sheet.root = node;
        Ok(sheet)
    }

    fn collect(&mut self, tree: &Node, transform: Transform, size: Size) {
        for shape in tree.children.iter().filter(|shape| shape.ns == Ns::P) {
            if is_hidden(shape) {
                continue;
            }
            match &*shape.name {
                "sp" | "pic" | "graphicFrame" => self.shape(shape, transform, size),
                "cxnSp" => self.shapes += 1,
                "grpSp" => self.collect(shape, transform.within(shape), size),
                _ => {}
            }
        }
    }

    fn shape(&mut self, shape: &Node, transform: Transform, size: Size) {
        let form = shape.child(Ns::P, "spPr");
        let frame = form.and_then(|form| form.child(Ns::A, "xfrm")).or_else(|| shape.child(Ns::P, "xfrm"));
        let bounds = frame.and_then(rect).map(|rect| transform.apply(rect));
        if let Some(place) =
            shape.children.iter().find_map(|child| child.path(&[(Ns::P, "nvPr"), (Ns::P, "ph")]))
        {
            if self.placeholders.len() >= MAX_PLACEHOLDERS {
                return;
            }
            self.placeholders.push(Placeholder {
                kind: place.get("type").unwrap_or("obj").chars().take(MAX_KIND).collect(),
                index: place.get("idx").and_then(|index| index.parse().ok()).unwrap_or(0),
                bounds: bounds.map(|bounds| size.stretched(bounds)),
            });
            return;
        }
        let fill =
            shape.child(Ns::P, "blipFill").or_else(|| form.and_then(|form| form.child(Ns::A, "blipFill")));
        let (Some(fill), Some(bounds)) = (fill, bounds) else {
            // A text without a ground, such as a note of confidentiality, is a shape as well.
            self.shapes += 1;
            return;
        };
        if self.pictures.len() >= MAX_DRAWN {
            self.shapes += 1;
            return;
        }
        let crop = |side| {
            fill.child(Ns::A, "srcRect")
                .and_then(|crop| crop.get(side))
                .and_then(super::color::fraction)
                .is_some_and(|part| part.abs() > 0.01)
        };
        let frame_says = |name| frame.and_then(|frame| frame.get(name)).unwrap_or_default();
        let is_flipped = ["flipH", "flipV"].iter().any(|name| matches!(frame_says(name), "1" | "true"));
        self.pictures.push(Drawn {
            part: picture_part(fill, &self.relationships),
            bounds: size.placed(bounds),
            is_cropped: ["l", "t", "r", "b"].into_iter().any(crop),
            is_turned: is_flipped || !matches!(frame_says("rot"), "" | "0"),
        });
    }

    /// Whether pictures and shapes of the master are seen.
    pub(super) fn shows_master(&self) -> bool {
        !matches!(self.root.get("showMasterSp"), Some("0" | "false"))
    }

    /// Its colours: the master's, unless it has another order of roles.
    pub(super) fn palette(&self, master: &Palette) -> Palette {
        let own = self.root.path(&[(Ns::P, "clrMapOvr"), (Ns::A, "overrideClrMapping")]);
        master.mapped(own)
    }

    pub(super) fn has(&self, kinds: &[&str]) -> bool {
        self.placeholder(kinds).is_some()
    }

    pub(super) fn placeholder(&self, kinds: &[&str]) -> Option<&Placeholder> {
        self.placeholders.iter().find(|one| kinds.contains(&one.kind.as_str()))
    }

    /// The colour that it gives its title.
    pub(super) fn title_color(&self, palette: &Palette) -> Option<Color> {
        let tree = self.root.path(&[(Ns::P, "cSld"), (Ns::P, "spTree")])?;
        let is_title = |shape: &&Node| {
            shape
                .path(&[(Ns::P, "nvSpPr"), (Ns::P, "nvPr"), (Ns::P, "ph")])
                .and_then(|place| place.get("type"))
                .is_some_and(|kind| matches!(kind, "title" | "ctrTitle"))
        };
        let style = tree.children.iter().find(is_title)?.path(&[(Ns::P, "txBody"), (Ns::A, "lstStyle")])?;
        first_level_color(style, palette)
    }
}

/// The colour of the first level of a list of styles.
pub(super) fn first_level_color(style: &Node, palette: &Palette) -> Option<Color> {
    let fill = style.path(&[(Ns::A, "lvl1pPr"), (Ns::A, "defRPr"), (Ns::A, "solidFill")])?;
    palette.color_in(fill, None)
}

/// The part that a fill shows.
pub(super) fn picture_part(fill: &Node, relationships: &Relationships) -> Option<String> {
    let id = fill.child(Ns::A, "blip")?.relationship("embed")?;
    relationships.get(id, "image").map(str::to_owned)
}

fn is_hidden(shape: &Node) -> bool {
    let own = shape.children.iter().find_map(|child| child.child(Ns::P, "cNvPr"));
    own.and_then(|own| own.get("hidden")).is_some_and(|hidden| matches!(hidden, "1" | "true"))
}

/// Two numbers of an element, bounded so that sums and products of them stay ordinary numbers.
fn pair(node: Option<&Node>, names: [&str; 2]) -> Option<[f64; 2]> {
    let node = node?;
    #[expect(clippy::cast_precision_loss, reason = "bounded")]
    let number = |name| node.number(name).map(|number| number.clamp(-1_000_000_000, 1_000_000_000) as f64);
    Some([number(names[0])?, number(names[1])?])
}

fn rect(frame: &Node) -> Option<Rect> {
    let [x, y] = pair(frame.child(Ns::A, "off"), ["x", "y"])?;
    let [width, height] = pair(frame.child(Ns::A, "ext"), ["cx", "cy"])?;
    Some(Rect::new(x, y, width, height))
}

/// How the coordinates within a group become those of the slide.
#[derive(Debug, Clone, Copy)]
struct Transform {
    scale: [f64; 2],
    shift: [f64; 2],
}

impl Default for Transform {
    fn default() -> Self {
        Self { scale: [1.0; 2], shift: [0.0; 2] }
    }
}

impl Transform {
    fn apply(self, rect: Rect) -> Rect {
        let [x, y] = self.scale;
        let far = |number: f64| number.clamp(-1e12, 1e12);
        Rect::new(
            far(rect.x * x + self.shift[0]),
            far(rect.y * y + self.shift[1]),
            far(rect.width * x),
            far(rect.height * y),
        )
    }

    /// Within a group.
    fn within(self, group: &Node) -> Self {
        let frame = group.path(&[(Ns::P, "grpSpPr"), (Ns::A, "xfrm")]);
        let of = |name, names| pair(frame.and_then(|frame| frame.child(Ns::A, name)), names);
        let (Some(to), Some(size), Some(from), Some(inner)) = (
            of("off", ["x", "y"]),
            of("ext", ["cx", "cy"]),
            of("chOff", ["x", "y"]),
            of("chExt", ["cx", "cy"]),
        ) else {
            return self;
        };
        let mut within = self;
        for axis in 0..2 {
            let scale = if inner[axis] > 0.0 { (size[axis] / inner[axis]).clamp(0.0, 1e6) } else { 1.0 };
            within.scale[axis] = (self.scale[axis] * scale).clamp(0.0, 1e6);
            within.shift[axis] =
                (self.shift[axis] + self.scale[axis] * (to[axis] - from[axis] * scale)).clamp(-1e12, 1e12);
        }
        within
    }
}
