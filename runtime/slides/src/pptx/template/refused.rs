//! Why a file is not read.

/// A file that no style is made from, with the reason for the person who chose it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each says itself what happened")]
pub enum Refused {
    #[error("This isn't a PowerPoint file. Choose a .pptx or .potx file")]
    NotPowerPoint,
    #[error("The file is protected by a password. Remove the password in PowerPoint and upload it again")]
    Protected,
    #[error("The file has the format of PowerPoint 97–2003. Save it as .pptx and upload it again")]
    Old,
    #[error("The file contains macros. Save it as .pptx or .potx, which have none, and upload it again")]
    Macros,
    #[error(
        "The file is saved as Strict Open XML. Save it as PowerPoint Presentation (.pptx) and upload it again"
    )]
    Strict,
    #[error(
        "The file is too large: {what} (at most {limit} are read). Delete its slides and large pictures and upload it again"
    )]
    TooLarge { what: String, limit: String },
    #[error(
        "The file is built in an unusual way, and reading it would take too long: {what}. Save it in PowerPoint and upload it again"
    )]
    TooComplex { what: String },
    #[error("The file defines entities (`DOCTYPE`), which PowerPoint never does. It was not read")]
    Entities,
    #[error("The file refers to a place outside of itself: `{target}`. It was not read")]
    Outside { target: String },
    #[error("The file is damaged: {what}. Open and save it in PowerPoint and upload it again")]
    Damaged { what: String },
    #[error("The file has no slide master, so there is no style in it")]
    NoMaster,
}

impl Refused {
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }

    pub(super) fn complex(what: impl Into<String>) -> Self {
        Self::TooComplex { what: what.into() }
    }

    pub(super) fn large(what: impl Into<String>, limit: impl Into<String>) -> Self {
        Self::TooLarge { what: what.into(), limit: limit.into() }
    }

    /// The place that is named is cut, as it comes from the file.
    pub(super) fn outside(target: &str) -> Self {
        let target = target.chars().filter(|c| !c.is_control()).take(80).collect();
        Self::Outside { target }
    }
}
