//! A part of the file that is being written: what it refers to, and the ids of its shapes.

/// How far PowerPoint counts: 9,525 EMU are a CSS pixel, so a slide is 12,192,000 × 6,858,000.
const EMU: f64 = 9_525.0;

/// A length in pixels as EMU. Lengths on a slide are far below what an `i64` holds.
#[expect(clippy::cast_possible_truncation, reason = "a length on a slide")]
pub(super) fn emu(pixels: f64) -> i64 {
    (pixels * EMU).round().clamp(-1e12, 1e12) as i64
}

/// A size of text in pixels as hundredths of a point.
#[expect(clippy::cast_possible_truncation, reason = "a size of text")]
pub(super) fn hundredths_of_a_point(pixels: f64) -> i64 {
    (pixels * 75.0).round().clamp(100.0, 400_000.0) as i64
}

/// A relationship: what a part refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relationship {
    /// As in `rId3`.
    pub(super) id: String,
    /// The last word of its type, as in `slideLayout`, `image`, `hyperlink`, `chart`, `notesSlide`.
    pub(super) kind: &'static str,
    /// A path in the package relative to the part, or an address.
    pub(super) target: String,
    /// Whether it is an address outside of the file.
    pub(super) is_external: bool,
}

/// What a part of the file refers to, and the ids of its shapes.
#[derive(Debug)]
pub(super) struct Part {
    relationships: Vec<Relationship>,
    last_shape: u32,
}

impl Part {
    /// A part without relationships. Shape 1 is the tree of shapes itself.
    pub(super) fn new() -> Self {
        Self { relationships: Vec::new(), last_shape: 1 }
    }

    /// A part that refers to other parts by ids of its own: the id, the last word of the type, the path.
    pub(super) fn with(relationships: &[(String, &'static str, String)]) -> Self {
        let relationships = relationships.iter().map(|(id, kind, target)| Relationship {
            id: id.clone(),
            kind,
            target: target.clone(),
            is_external: false,
        });
        Self { relationships: relationships.collect(), last_shape: 1 }
    }

    /// The id of a relationship to something in the file; the same one for the same.
    pub(super) fn relate(&mut self, kind: &'static str, target: &str) -> String {
        self.add(kind, target, false)
    }

    /// The id of a hyperlink to an address; the same one for the same.
    pub(super) fn link(&mut self, address: &str) -> String {
        self.add("hyperlink", address, true)
    }

    fn add(&mut self, kind: &'static str, target: &str, is_external: bool) -> String {
        let same =
            |one: &&Relationship| one.kind == kind && one.target == target && one.is_external == is_external;
        if let Some(there) = self.relationships.iter().find(same) {
            return there.id.clone();
        }
        let id = format!("rId{}", self.relationships.len() + 1);
        self.relationships.push(Relationship {
            id: id.clone(),
            kind,
            target: target.to_owned(),
            is_external,
        });
        id
    }

    /// An id for a shape of this part.
    pub(super) fn shape_id(&mut self) -> u32 {
        self.last_shape += 1;
        self.last_shape
    }

    /// Its relationships, in the order in which they were made.
    pub(super) fn relationships(&self) -> &[Relationship] {
        &self.relationships
    }
}
