//! Reading the files of [`super::template_sample`].

use tellr_slides::id::ThemeId;
use tellr_slides::pptx::template::{Parts, Refused, Style, read};

use super::template_sample::Sample;

pub(crate) fn style(sample: &Sample) -> Style {
    let template = read(&sample.zip()).expect("a style");
    let style = template.style(id(), "Acme");
    assert_eq!(style.theme.problems(), []);
    style
}

pub(crate) fn parts(sample: &Sample) -> Parts {
    read(&sample.zip()).expect("a style").parts()
}

pub(crate) fn refused(sample: &Sample) -> Refused {
    read(&sample.zip()).expect_err("refused")
}

pub(crate) fn id() -> ThemeId {
    ThemeId::try_from("style-1".to_owned()).expect("an id")
}
