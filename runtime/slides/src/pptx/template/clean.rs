//! A master, layout or theme as it may be passed on: without what acts, refers to other places, or needs
//! parts that aren't taken along.
//!
//! What stays is what the tree reader keeps (`DrawingML` and `PresentationML`), minus links and actions, sounds
//! and films, controls, embedded objects, animations and customer data. Pictures stay if they are kept; a
//! shape that needs one that isn't is left out. If the file's slides have another size, places and sizes of
//! text are brought to ours.

use super::sheet::Size;
use super::tree::{Attribute, Node, Ns};

/// Elements that aren't passed on.
const DROPPED: [&str; 24] = [
    "hlinkClick",
    "hlinkHover",
    "hlinkMouseOver",
    "custDataLst",
    "controls",
    "oleObj",
    "contentPart",
    "timing",
    "transition",
    "snd",
    "sndAc",
    "audioFile",
    "videoFile",
    "wavAudioFile",
    "audioCd",
    "quickTimeFile",
    "embeddedFontLst",
    "sldLayoutIdLst",
    "tags",
    "htmlPubPr",
    "externalData",
    "custData",
    "sldMasterIdLst",
    "relIds",
];

/// Attributes that aren't: what programs run.
const ACTING: [&str; 2] = ["macro", "action"];

/// Gives the id under which a part refers to a picture, for the id in the file; none: it isn't kept.
pub(super) type Picture<'a> = &'a mut dyn FnMut(&str) -> Option<String>;

/// A whole document, the root of which is one of ours.
pub(super) fn document(root: &Node, size: Size, picture: Picture<'_>) -> Node {
    let mut clean = root.clone_alone();
    clean.attributes.retain(|attribute| !attribute.is_relationship);
    clean.children = root.children.iter().filter_map(|child| node(child, picture)).collect();
    if root.ns == Ns::P {
        scale(&mut clean, size.scale());
    }
    clean
}

fn node(from: &Node, picture: Picture<'_>) -> Option<Node> {
    let is_ours = matches!(from.ns, Ns::A | Ns::P);
    if !is_ours || DROPPED.contains(&&*from.name) {
        return None;
    }
    let is_table = from.path(&[(Ns::A, "graphic"), (Ns::A, "graphicData"), (Ns::A, "tbl")]).is_some();
    if &*from.name == "graphicFrame" && !is_table {
        return None;
    }
    let mut attributes = Vec::new();
    for attribute in &from.attributes {
        if ACTING.contains(&&*attribute.name) {
            continue;
        }
        if attribute.is_relationship {
            if &*from.name != "blip" {
                return None;
            }
            // The link to a picture outside is dropped, and its copy inside is used.
            if &*attribute.name == "embed" {
                let value = picture(&attribute.value)?.into();
                attributes.push(Attribute { value, ..attribute.clone() });
            }
        } else {
            attributes.push(attribute.clone());
        }
    }
    if &*from.name == "blip" && attributes.iter().all(|attribute| !attribute.is_relationship) {
        return None;
    }
    let mut clean = Node { attributes, ..from.clone_alone() };
    for child in &from.children {
        match node(child, picture) {
            Some(child) => clean.children.push(child),
            None if is_style_list(&from.name) => clean.children.push(plain()),
            None => {}
        }
    }
    let lacks = |ns, name| from.child(ns, name).is_some() && clean.child(ns, name).is_none();
    let is_broken = match &*from.name {
        // A fill without its picture; a picture without its fill; a background without any.
        "blipFill" | "buBlip" => lacks(Ns::A, "blip") || clean.children.is_empty(),
        "pic" => lacks(Ns::P, "blipFill"),
        "bgPr" => !clean.children.iter().any(|fill| fill.name.ends_with("Fill")),
        "bg" => clean.children.is_empty(),
        _ => false,
    };
    (!is_broken).then_some(clean)
}

/// Lists in a theme whose places are counted: what is dropped leaves a gap.
fn is_style_list(name: &str) -> bool {
    matches!(name, "fillStyleLst" | "bgFillStyleLst")
}

/// The colour that a style is used with.
fn plain() -> Node {
    let mut color = Node::a("schemeClr");
    color.attributes.push(Attribute { is_relationship: false, name: "val".into(), value: "phClr".into() });
    let mut fill = Node::a("solidFill");
    fill.children.push(color);
    fill
}

/// Brings places from the file's size of slides to ours.
fn scale(root: &mut Node, [x, y]: [f64; 2]) {
    if (x - 1.0).abs() < 0.001 && (y - 1.0).abs() < 0.001 {
        return;
    }
    let common = root.children.iter_mut().find(|child| child.is(Ns::P, "cSld"));
    let tree = common.and_then(|common| common.children.iter_mut().find(|child| child.is(Ns::P, "spTree")));
    if let Some(tree) = tree {
        for shape in &mut tree.children {
            // A picture keeps its shape, around its middle.
            let keeps_shape = &*shape.name == "pic";
            for form in &mut shape.children {
                if matches!(&*form.name, "spPr" | "grpSpPr") {
                    for frame in form.children.iter_mut().filter(|frame| &*frame.name == "xfrm") {
                        place(frame, [x, y], keeps_shape);
                    }
                } else if &*form.name == "xfrm" {
                    place(form, [x, y], keeps_shape);
                }
            }
        }
    }
    sizes(root, y);
}

fn place(frame: &mut Node, by: [f64; 2], keeps_shape: bool) {
    let mut of = |element: &str, names: [&str; 2], change: &dyn Fn([f64; 2]) -> [f64; 2]| {
        let node = frame.children.iter_mut().find(|child| &*child.name == element)?;
        let before = [number(node, names[0])?, number(node, names[1])?];
        let after = change(before);
        for (name, value) in names.into_iter().zip(after) {
            set(node, name, value);
        }
        Some((before, after))
    };
    let same = if keeps_shape { [by[0].min(by[1]); 2] } else { by };
    let size = of("ext", ["cx", "cy"], &|[width, height]| [width * same[0], height * same[1]]);
    let shift = size.map_or([0.0; 2], |(before, after)| {
        [(before[0] * by[0] - after[0]) / 2.0, (before[1] * by[1] - after[1]) / 2.0]
    });
    of("off", ["x", "y"], &|[left, top]| [left * by[0] + shift[0], top * by[1] + shift[1]]);
}

/// Sizes of text and its distances, which don't grow with their shape.
fn sizes(node: &mut Node, by: f64) {
    let names: &[&str] = match &*node.name {
        "rPr" | "defRPr" | "endParaRPr" => &["sz"],
        "bodyPr" => &["lIns", "tIns", "rIns", "bIns"],
        "spcPts" => &["val"],
        "ln" => &["w"],
        name if name.ends_with("pPr") => &["marL", "marR", "indent", "defTabSz"],
        _ => &[],
    };
    for name in names {
        if let Some(value) = number(node, name) {
            // Sizes of text are whole points at the smallest.
            let least = if *name == "sz" { 100.0 } else { f64::NEG_INFINITY };
            set(node, name, (value * by).max(least));
        }
    }
    for child in &mut node.children {
        sizes(child, by);
    }
}

fn number(node: &Node, name: &str) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "bounded")]
    node.number(name).map(|number| number.clamp(-1_000_000_000, 1_000_000_000) as f64)
}

fn set(node: &mut Node, name: &str, value: f64) {
    if let Some(attribute) = node.attributes.iter_mut().find(|one| !one.is_relationship && &*one.name == name)
    {
        attribute.value = format!("{:.0}", value.clamp(-2e9, 2e9)).into();
    }
}
