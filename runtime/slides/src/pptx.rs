//! Writes a deck as a PowerPoint file.
//!
//! The file is made to be worked on: a theme with the deck's colours and fonts, a master, a layout for each of a
//! deck's, text as text, tables as tables, charts with their data. Places and line breaks are those of the display
//! list; what something is comes from the deck. There is no library in between: the parts are few, and each is
//! written here as PowerPoint writes it, so that no program has anything to repair.
//!
//! | module | part of the file |
//! |---|---|
//! | `slide` | a slide: which element becomes what |
//! | `text`, `table`, `chart`, `shapes`, `media` | what stands on it |
//! | `notes` | what the speaker says |
//! | `layouts`, `design`, `master`, `theme` | how new slides look |
//! | `template`, `company` | a company's master and layouts in place of these |
//! | `presentation`, `properties` | the whole |
//! | `package`, `part` | the zip file, its parts and what they refer to |
//! | `placeholder`, `paint`, `markup`, `lines` | what several parts have in common |

mod chart;
mod company;
mod design;
mod layouts;
mod lines;
mod markup;
mod master;
mod media;
mod notes;
mod package;
mod paint;
mod part;
mod placeholder;
mod presentation;
mod properties;
mod shapes;
mod slide;
mod table;
pub mod template;
mod text;
mod theme;
mod workbook;

pub use lines::Lines;

use company::Company;
use design::Design;
use package::Package;
use part::Part;
use slide::Slides;
use template::Template;

use crate::export::{Export, ExportError, Progress, tell};

/// Writes a deck. With the `template` that its theme was made of, its slides have the company's master and layouts.
pub fn write(
    export: &Export<'_>,
    lines: Lines,
    template: Option<&Template>,
    progress: Progress<'_>,
) -> Result<Vec<u8>, ExportError> {
    let language = export.deck.language.as_deref();
    let designs = layouts::designs(export.theme, export.fonts);
    let company = template.map(|template| Company::new(template, export.theme));
    let mut package = Package::default();
    let none = Part::new();

    let (xml, part) = presentation::write(export.slides.len(), language);
    package.add("ppt/presentation.xml", "officedocument.presentationml.presentation.main", xml, &part);
    let mut slides = Slides::new(export, lines, &designs, company.as_ref());
    for (number, (slide, list)) in (1..).zip(export.deck.slides.iter().zip(export.slides)) {
        slides.add(slide, list, number, &mut package);
        tell(&mut *progress, number)?;
    }
    let theme = theme::write(export.theme, language);
    match &company {
        Some(company) => company.parts.add_to(&mut package),
        None => own_layouts(export, &designs, theme.clone(), &mut package),
    }
    let (xml, part) = notes::master();
    package.add("ppt/notesMasters/notesMaster1.xml", "officedocument.presentationml.notesMaster", xml, &part);
    package.add("ppt/theme/theme2.xml", "officedocument.theme", theme, &none);
    for (path, kind, xml) in [
        ("ppt/presProps.xml", "officedocument.presentationml.presProps", presentation::properties()),
        ("ppt/viewProps.xml", "officedocument.presentationml.viewProps", presentation::view()),
        ("ppt/tableStyles.xml", "officedocument.presentationml.tableStyles", presentation::table_styles()),
        ("docProps/core.xml", "package.core-properties", properties::core(export)),
        ("docProps/app.xml", "officedocument.extended-properties", properties::app(export)),
    ] {
        package.add(path, kind, xml, &none);
    }

    let mut root = Part::new();
    root.relate("officeDocument", "ppt/presentation.xml");
    root.relate("core-properties", "docProps/core.xml");
    root.relate("extended-properties", "docProps/app.xml");
    package.finish(&root)
}

/// Adds our own master, layouts and theme.
fn own_layouts(export: &Export<'_>, designs: &[Design], theme: String, package: &mut Package) {
    let (xml, part) = master::write(export.theme, designs);
    package.add("ppt/slideMasters/slideMaster1.xml", "officedocument.presentationml.slideMaster", xml, &part);
    for (number, design) in (1..).zip(designs) {
        let (xml, part) = layouts::write(design, export.theme);
        let path = format!("ppt/slideLayouts/slideLayout{number}.xml");
        package.add(&path, "officedocument.presentationml.slideLayout", xml, &part);
    }
    package.add("ppt/theme/theme1.xml", "officedocument.theme", theme, &Part::new());
}
