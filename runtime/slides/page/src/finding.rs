//! Advice as JSON.

use serde::Serialize;
use tellr_slides::lint::Finding;
use tellr_slides::patch::Patch;

#[derive(Serialize)]
pub(crate) struct FindingJson {
    rule: String,
    slide: String,
    block: Option<String>,
    message: String,
    fix: Option<Patch>,
}

impl From<Finding> for FindingJson {
    fn from(finding: Finding) -> Self {
        Self {
            rule: format!("{:?}", finding.rule),
            slide: finding.slide.to_string(),
            block: finding.block.map(|block| block.to_string()),
            message: finding.message,
            fix: finding.fix,
        }
    }
}
