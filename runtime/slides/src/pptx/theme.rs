//! The theme of the file: colours and fonts that a person finds in PowerPoint's menus.

use std::fmt::Write as _;

use super::markup::{HEAD, escaped};
use super::paint::{Slots, hex};
use crate::theme::{Family, Theme};

/// Fonts for scripts that our families don't have, as they come with Windows and Office.
const SCRIPTS: [(&str, &str); 8] = [
    ("Jpan", "Yu Gothic"),
    ("Hang", "Malgun Gothic"),
    ("Hans", "Microsoft YaHei"),
    ("Hant", "Microsoft JhengHei"),
    ("Arab", "Arial"),
    ("Hebr", "Arial"),
    ("Thai", "Leelawadee UI"),
    ("Deva", "Nirmala UI"),
];

/// Shapes' usual fillings, lines and effects: plain ones.
const FORMATS: &str = concat!(
    r#"<a:fmtScheme name="Plain"><a:fillStyleLst><a:solidFill><a:schemeClr val="phClr"/></a:solidFill>"#,
    r#"<a:solidFill><a:schemeClr val="phClr"/></a:solidFill><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:fillStyleLst>"#,
    r#"<a:lnStyleLst><a:ln w="9525"><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>"#,
    r#"<a:ln w="19050"><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>"#,
    r#"<a:ln w="28575"><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln></a:lnStyleLst>"#,
    r#"<a:effectStyleLst><a:effectStyle><a:effectLst/></a:effectStyle><a:effectStyle><a:effectLst/></a:effectStyle>"#,
    r#"<a:effectStyle><a:effectLst/></a:effectStyle></a:effectStyleLst>"#,
    r#"<a:bgFillStyleLst><a:solidFill><a:schemeClr val="phClr"/></a:solidFill><a:solidFill><a:schemeClr val="phClr"/></a:solidFill>"#,
    r#"<a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:bgFillStyleLst></a:fmtScheme>"#,
);

/// Writes it. `language` decides which East Asian font comes first.
pub(super) fn write(theme: &Theme, language: Option<&str>) -> String {
    let slots = Slots::of(theme);
    let name = escaped(&theme.name);
    let mut xml = format!(
        r#"{HEAD}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="{name}"><a:themeElements><a:clrScheme name="{name}">"#
    );
    let grounds = ["dk1", "lt1", "dk2", "lt2"].into_iter().zip(slots.grounds);
    let accents =
        ["accent1", "accent2", "accent3", "accent4", "accent5", "accent6"].into_iter().zip(slots.accents);
    let links = ["hlink", "folHlink"].into_iter().zip(slots.links);
    for (slot, color) in grounds.chain(accents).chain(links) {
        let _ = write!(xml, r#"<a:{slot}><a:srgbClr val="{}"/></a:{slot}>"#, hex(color));
    }
    let _ = write!(xml, r#"</a:clrScheme><a:fontScheme name="{name}">"#);
    for (tag, family) in [("majorFont", theme.fonts.heading), ("minorFont", theme.fonts.body)] {
        let _ = write!(
            xml,
            r#"<a:{tag}><a:latin typeface="{}"/><a:ea typeface="{}"/><a:cs typeface="{}"/>"#,
            escaped(theme.typeface(family, tag == "majorFont")),
            east_asian(language),
            complex(family)
        );
        for (script, typeface) in SCRIPTS {
            let _ = write!(xml, r#"<a:font script="{script}" typeface="{typeface}"/>"#);
        }
        let _ = write!(xml, "</a:{tag}>");
    }
    let _ = write!(
        xml,
        "</a:fontScheme>{FORMATS}</a:themeElements><a:objectDefaults/><a:extraClrSchemeLst/></a:theme>"
    );
    xml
}

/// The font for Chinese, Japanese and Korean text.
fn east_asian(language: Option<&str>) -> &'static str {
    let tag = language.unwrap_or_default().to_ascii_lowercase();
    let mut parts = tag.split('-');
    match parts.next().unwrap_or_default() {
        "ja" => "Yu Gothic",
        "ko" => "Malgun Gothic",
        "zh" if parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo")) => "Microsoft JhengHei",
        _ => "Microsoft YaHei",
    }
}

/// The font for Arabic, Hebrew and other scripts whose letters depend on their neighbours.
fn complex(family: Family) -> &'static str {
    match family {
        Family::Carlito | Family::Arimo => "Arial",
        Family::Gelasio | Family::Caladea | Family::Tinos => "Times New Roman",
    }
}
