//! Styles from PowerPoint files: what is taken over, what is changed, and which files are refused.

use proptest::prelude::{ProptestConfig, any, prop, proptest};
use tellr_slides::deck::Layout;
use tellr_slides::display::{Element, Rect, Shape};
use tellr_slides::fonts::Fonts;
use tellr_slides::id::ThemeId;
use tellr_slides::pptx::template::{self, Parts, Refused, Style, read};
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::{Color, Family, Ground, PictureRole, Theme};
use tellr_slides::{layout, read as deck};

use super::template_sample::{Sample, content_types, picture_xml, png, relationships, theme};

const MASTER: &str = "ppt/slideMasters/slideMaster1.xml";
const THEME: &str = "ppt/theme/theme1.xml";
const CONTENT: &str = "ppt/slideLayouts/slideLayout2.xml";
const WHITE_GROUND: &str = "<p:bgRef idx=\"1001\"><a:schemeClr val=\"bg1\"/></p:bgRef>";

fn style(sample: &Sample) -> Style {
    let template = read(&sample.zip()).expect("a style");
    let style = template.style(id(), "Acme");
    assert_eq!(style.theme.problems(), []);
    style
}

fn refused(sample: &Sample) -> Refused {
    read(&sample.zip()).expect_err("refused")
}

fn id() -> ThemeId {
    ThemeId::try_from("style-1".to_owned()).expect("an id")
}

fn color(text: &str) -> Color {
    text.to_owned().try_into().expect("a colour")
}

/// The master with another fill as its background.
fn grounded(fill: &str) -> Sample {
    Sample::ordinary().with(MASTER, WHITE_GROUND, &format!("<p:bgPr>{fill}<a:effectLst/></p:bgPr>"))
}

#[test]
fn a_company_is_recognised_in_its_style() {
    let Style { theme, pictures, notes } = style(&Sample::ordinary());
    assert_eq!(theme.name, "Acme");
    assert_eq!(theme.colors.background, color("#FFFFFF"));
    assert_eq!(theme.colors.surface, color("#F2F4F7"));
    assert_eq!(theme.colors.text, color("#0B1F3A"));
    assert_eq!(theme.colors.accent, color("#1F5FD6"));
    assert_eq!((theme.cover.background, theme.cover.text), (color("#0B1F3A"), color("#FFFFFF")));
    assert_eq!(theme.section.background, color("#0B1F3A"));
    assert_eq!((theme.fonts.heading, theme.fonts.body), (Family::Carlito, Family::Arimo));
    let names = theme.typefaces.expect("names");
    assert_eq!((names.heading.as_str(), names.body.as_str()), ("Segoe UI", "Arial"));
    // 762,000 EMU are 80 pixels, and 381,000 are 40; the logo ends at 64.
    assert_eq!((theme.spacing.margin_side, theme.spacing.margin_top), (80, 72));
    let [logo] = &theme.pictures[..] else { panic!("one logo: {:?}", theme.pictures) };
    assert_eq!((logo.bounds.x, logo.bounds.y, logo.bounds.width, logo.bounds.height), (1060, 24, 150, 40));
    assert_eq!(
        (logo.role, &logo.on[..]),
        (PictureRole::Logo, &[Ground::Content, Ground::Cover, Ground::Section][..])
    );
    assert_eq!((pictures.len(), pictures[0].1.width, pictures[0].1.height), (1, 300, 80));
    assert_eq!(pictures[0].0, logo.image);
    assert_eq!(notes, ["Slides are drawn in Carlito in place of Segoe UI; PowerPoint files name Segoe UI."]);
}

#[test]
fn charts_have_the_accents_if_they_are_told_apart() {
    let sample = Sample::ordinary().with(THEME, "3B3B3B", "041F3F");
    let chart = style(&sample).theme.colors.chart.map(|color| color.to_string());
    assert_eq!(chart, ["#1F5FD6", "#229D8D", "#B95A36", "#941041", "#8E44AD", "#041F3F"]);
}

#[test]
fn a_template_and_a_show_are_read_as_a_presentation_is() {
    for kind in ["template", "slideshow"] {
        let mut sample = Sample::ordinary();
        sample.set("[Content_Types].xml", &content_types(kind));
        assert_eq!(style(&sample).theme, style(&Sample::ordinary()).theme);
    }
}

#[test]
fn a_dark_company_has_dark_slides() {
    // The roles say it, not the names of the colours.
    let sample = Sample::ordinary().with(
        MASTER,
        "bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\"",
        "bg1=\"dk1\" tx1=\"lt1\" bg2=\"dk2\" tx2=\"lt2\"",
    );
    let theme = style(&sample).theme;
    assert_eq!((theme.colors.background, theme.colors.text), (color("#0B1F3A"), color("#FFFFFF")));
    assert!(theme.colors.accent.luminance() > color("#1F5FD6").luminance());
}

#[test]
fn what_cannot_be_read_is_changed_as_little_as_needed_and_said() {
    let sample = Sample::ordinary().with(
        THEME,
        "<a:srgbClr val=\"1F5FD6\"/></a:accent1>",
        "<a:srgbClr val=\"F2B705\"/></a:accent1>",
    );
    let Style { theme, notes, .. } = style(&sample);
    let accent = theme.colors.accent;
    let contrast = accent.contrast(theme.colors.surface);
    assert!((4.5..5.0).contains(&contrast), "{accent}: {contrast}");
    assert!(
        notes.contains(&format!("The accent was darkened from #F2B705 to {accent}, so that it can be read.")),
        "{notes:?}"
    );
}

#[test]
fn a_ground_on_which_nothing_can_be_read_is_changed() {
    let Style { theme, notes, .. } =
        style(&grounded("<a:solidFill><a:srgbClr val=\"808080\"/></a:solidFill>"));
    let ground = theme.colors.background;
    assert!(ground.luminance() > color("#808080").luminance(), "the text is dark: {ground}");
    assert!(notes.iter().any(|note| note.contains("#808080")), "{notes:?}");
}

#[test]
fn a_gradient_is_shown_in_its_main_colour() {
    let gradient = "<a:gradFill><a:gsLst><a:gs pos=\"0\"><a:srgbClr val=\"FFFFFF\"/></a:gs><a:gs pos=\"100000\"><a:srgbClr val=\"E0E0FF\"/></a:gs></a:gsLst><a:lin ang=\"0\"/></a:gradFill>";
    let Style { theme, notes, .. } = style(&grounded(gradient));
    assert_eq!(theme.colors.background, color("#F0F0FF"));
    assert!(notes[0].contains("gradient"), "{notes:?}");
}

#[test]
fn a_picture_behind_slides_becomes_a_backdrop() {
    let Style { theme, notes, pictures } =
        style(&grounded("<a:blipFill><a:blip r:embed=\"rId9\"/><a:stretch/></a:blipFill>"));
    let backdrops: Vec<_> = theme.pictures.iter().filter(|one| one.role == PictureRole::Backdrop).collect();
    assert_eq!(backdrops.len(), 1);
    assert_eq!(backdrops[0].on, [Ground::Content]);
    assert_eq!(theme.colors.background, color("#FFFFFF"), "what the text was chosen for");
    assert_eq!(pictures.len(), 1, "the logo is the same picture");
    assert!(notes[0].contains("drawn faintly"), "{notes:?}");
}

#[test]
fn the_background_that_most_layouts_have_is_taken() {
    let sample = Sample::ordinary().with(
        "ppt/slideLayouts/slideLayout4.xml",
        "name=\"Title Only\">",
        "name=\"Title Only\"><p:bg><p:bgPr><a:solidFill><a:srgbClr val=\"EEFFEE\"/></a:solidFill></p:bgPr></p:bg>",
    );
    assert_eq!(style(&sample).theme.colors.background, color("#FFFFFF"), "of two, the first");
}

#[test]
fn slides_of_another_shape_are_fitted() {
    let sample = Sample::ordinary().with("ppt/presentation.xml", "cx=\"12192000\"", "cx=\"9144000\"").with(
        MASTER,
        "<a:off x=\"10096500\" y=\"228600\"/><a:ext cx=\"1428750\" cy=\"381000\"/>",
        "<a:off x=\"7524750\" y=\"228600\"/><a:ext cx=\"1428750\" cy=\"381000\"/>",
    );
    let Style { theme, notes, .. } = style(&sample);
    let logo = theme.pictures[0].bounds;
    assert_eq!((logo.width, logo.height), (150, 40), "it keeps its shape");
    assert!(logo.x + logo.width > 1200, "it stays at the right: {logo:?}");
    assert!(notes.iter().any(|note| note.contains("16:9")), "{notes:?}");
}

#[test]
fn a_company_without_accents_has_charts() {
    let sample = {
        let mut sample = Sample::ordinary();
        sample.set(THEME, &theme(&[("dk1", "000000"), ("lt1", "FFFFFF")]));
        sample
    };
    let Style { notes, theme, .. } = style(&sample);
    assert!(notes.iter().any(|note| note.contains("no accents")), "{notes:?}");
    assert_eq!(theme.typefaces.map(|names| names.body), Some("Arial".to_owned()));
}

#[test]
fn a_logo_keeps_its_place_or_moves_out_of_the_way() {
    let at = |place: [i64; 4]| {
        let xml = picture_xml("rId9", place.map(|pixels| pixels * 9_525));
        style(&Sample::ordinary().with(
            MASTER,
            &picture_xml("rId9", [10_096_500, 228_600, 1_428_750, 381_000]),
            &xml,
        ))
    };
    let bounds = |style: &Style| {
        style.theme.pictures.first().map(|one| {
            let area = one.bounds;
            [area.x, area.y, area.width, area.height]
        })
    };
    assert_eq!(bounds(&at([60, 660, 120, 40])), Some([60, 660, 120, 40]));
    // Too high for the head of a slide: smaller, at the same edge.
    let high = at([1040, 20, 200, 120]);
    let [x, y, width, height] = bounds(&high).expect("a logo");
    assert!(y + height <= 64 && width < 200 && x > 1100, "{:?}", bounds(&high));
    assert!(high.notes.iter().any(|note| note.contains("moved or made smaller")), "{:?}", high.notes);
    for (place, why) in [
        ([540, 320, 200, 80], "stands where the text is"),
        ([100, 100, 900, 400], "room that text needs"),
        ([1200, 20, 200, 40], "over the edge"),
        ([10, 10, 4, 4], "tiny"),
    ] {
        let style = at(place);
        assert_eq!(bounds(&style), None, "{place:?}");
        assert!(style.notes.iter().any(|note| note.contains(why)), "{why}: {:?}", style.notes);
    }
}

#[test]
fn logos_of_a_group_are_where_the_group_puts_them() {
    let logo = picture_xml("rId9", [10_096_500, 228_600, 1_428_750, 381_000]);
    let inner = picture_xml("rId9", [0, 0, 100, 100]);
    let group = format!(
        "<p:grpSp><p:nvGrpSpPr/><p:grpSpPr><a:xfrm><a:off x=\"952500\" y=\"190500\"/><a:ext cx=\"952500\" cy=\"381000\"/><a:chOff x=\"0\" y=\"0\"/><a:chExt cx=\"100\" cy=\"100\"/></a:xfrm></p:grpSpPr>{inner}</p:grpSp>"
    );
    let theme = style(&Sample::ordinary().with(MASTER, &logo, &group)).theme;
    let area = theme.pictures[0].bounds;
    assert_eq!([area.x, area.y, area.width, area.height], [100, 20, 100, 40]);
}

#[test]
fn pictures_of_other_formats_are_left_out() {
    let mut sample = Sample::ordinary();
    sample.set_bytes("ppt/media/image1.png", b"\x01\0\0\0 a metafile".to_vec());
    let Style { theme, pictures, notes } = style(&sample);
    assert!(theme.pictures.is_empty() && pictures.is_empty());
    assert!(notes.iter().any(|note| note.contains("only PNG and JPEG")), "{notes:?}");
    for broken in [&png(8, 8)[..40], &png(0, 8), &png(20_000, 1), b"\xFF\xD8\xFF\xC0\0\x08"] {
        sample.set_bytes("ppt/media/image1.png", broken.to_vec());
        assert!(style(&sample).pictures.is_empty());
    }
}

#[test]
fn slides_in_a_style_keep_clear_of_its_logo() {
    let mut text = TextLayout::new(&Fonts::bundled());
    let gallery = deck::from_json(include_str!("../decks/gallery.json")).expect("a deck");
    let awkward = deck::from_json(include_str!("../decks/awkward.json")).expect("a deck");
    for place in [
        [1040, 20, 200, 60],
        [40, 664, 160, 40],
        [1090, 664, 160, 40],
        [560, 664, 160, 40],
        [80, 16, 120, 40],
    ] {
        let xml = picture_xml("rId9", place.map(|pixels: i64| pixels * 9_525));
        let logo = picture_xml("rId9", [10_096_500, 228_600, 1_428_750, 381_000]);
        let theme = style(&Sample::ordinary().with(MASTER, &logo, &xml)).theme;
        let mut logos = 0;
        for list in [&gallery, &awkward].iter().flat_map(|deck| layout::lay_out_all(&mut text, &theme, deck))
        {
            let places: Vec<Rect> = list.elements.iter().filter_map(logo_at).collect();
            logos += places.len();
            for place in places {
                for frame in &list.frames {
                    assert!(!frame.bounds.overlaps(place, 0.5), "{place:?} {frame:?} of {}", list.slide);
                }
                for element in &list.elements {
                    let Shape::Text(text) = &element.shape else { continue };
                    for line in &text.lines {
                        let words = Rect::new(line.x, line.baseline - text.size * 0.8, line.width, text.size);
                        assert!(!words.overlaps(place, 0.5), "{place:?} {words:?} of {}", list.slide);
                    }
                }
            }
        }
        assert!(logos > 20, "{logos} slides with a logo at {place:?}");
    }
}

fn logo_at(element: &Element) -> Option<Rect> {
    match &element.shape {
        Shape::Image(picture) if element.of.is_none() => Some(picture.bounds),
        _ => None,
    }
}

#[test]
fn a_backdrop_lies_under_a_veil() {
    let theme = style(&grounded("<a:blipFill><a:blip r:embed=\"rId9\"/></a:blipFill>")).theme;
    let gallery = deck::from_json(include_str!("../decks/gallery.json")).expect("a deck");
    let lists = layout::lay_out_all(&mut TextLayout::new(&Fonts::bundled()), &theme, &gallery);
    let [Element { shape: Shape::Image(_), .. }, Element { shape: Shape::Rect(veil), .. }, ..] =
        &lists[1].elements[..]
    else {
        panic!("{:?}", &lists[1].elements[..2]);
    };
    assert_eq!(veil.fill, Some(theme.colors.background));
    assert!(veil.opacity > 0.8 && veil.opacity < 1.0);
}

// The parts for export.

fn parts(sample: &Sample) -> Parts {
    read(&sample.zip()).expect("a style").parts()
}

fn xml<'a>(parts: &'a Parts, path: &str) -> &'a str {
    let part = parts.parts.iter().find(|part| part.path == path).expect("the part");
    std::str::from_utf8(&part.bytes).expect("text")
}

#[test]
fn the_master_goes_on_with_its_layouts_theme_and_logo() {
    let parts = parts(&Sample::ordinary());
    let paths: Vec<&str> = parts.parts.iter().map(|part| part.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/ppt/slideMasters/slideMaster1.xml",
            "/ppt/theme/theme1.xml",
            "/ppt/slideLayouts/slideLayout1.xml",
            "/ppt/slideLayouts/slideLayout2.xml",
            "/ppt/slideLayouts/slideLayout3.xml",
            "/ppt/slideLayouts/slideLayout4.xml",
            "/ppt/media/template1.png",
        ]
    );
    let master = xml(&parts, Parts::MASTER);
    assert!(master.contains("<p:sldLayoutId id=\"2147483652\" r:id=\"rIdLayout4\"/>"), "{master}");
    assert!(master.contains("<a:blip r:embed=\"rIdPicture1\"/>"), "{master}");
    let kept = [("rIdPicture1".to_owned(), "image", "../media/template1.png".to_owned())];
    assert_eq!(parts.parts[0].relationships[5..], kept);
    for (ours, theirs) in [
        (Layout::Cover, "Title Slide"),
        (Layout::Closing, "Title Slide"),
        (Layout::Section, "Section"),
        (Layout::TitleAndText, "Title and Content"),
        (Layout::TwoColumns, "Title and Content"),
        (Layout::Chart, "Title Only"),
        (Layout::ImageFull, "Title Only"),
    ] {
        assert_eq!(parts.layout_for(ours).name, theirs, "{ours:?}");
    }
    let places = &parts.layout_for(Layout::Agenda).placeholders;
    assert_eq!((places[0].kind.as_str(), places[1].kind.as_str(), places[1].index), ("title", "obj", 3));
}

#[test]
fn layouts_without_types_are_known_by_their_places() {
    let sample = (1..=4).fold(Sample::ordinary(), |sample, number| {
        let kind = ["title", "obj", "secHead", "titleOnly"][number - 1];
        sample.with(&format!("ppt/slideLayouts/slideLayout{number}.xml"), &format!(" type=\"{kind}\""), "")
    });
    let sample = sample.with(CONTENT, "<p:ph type=\"title\" idx=\"2\"/>", "<p:ph type=\"title\"/>");
    assert_eq!(style(&sample).theme, style(&Sample::ordinary()).theme);
    let parts = parts(&sample);
    assert_eq!(parts.layout_for(Layout::Table).name, "Title Only");
}

#[test]
fn nothing_that_acts_or_leads_outside_is_passed_on() {
    let links = "<Relationship Id=\"rId20\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink\" Target=\"https://evil.example\" TargetMode=\"External\"/>\
        <Relationship Id=\"rId21\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\" Target=\"file://server/share.png\" TargetMode=\"External\"/>\
        <Relationship Id=\"rId22\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/oleObject\" Target=\"../embeddings/ole.bin\"/></Relationships>";
    let shapes = "<p:sp macro=\"Run\"><p:nvSpPr><p:cNvPr id=\"30\" name=\"Link\"><a:hlinkClick r:id=\"rId20\" action=\"ppaction://macro?name=Evil\"/></p:cNvPr><p:cNvSpPr/><p:nvPr><a:audioFile r:link=\"rId20\"/><p:custDataLst><p:custData r:id=\"rId22\"/></p:custDataLst></p:nvPr></p:nvSpPr><p:spPr><a:blipFill><a:blip r:link=\"rId21\"/></a:blipFill></p:spPr></p:sp>\
        <p:graphicFrame><p:nvGraphicFramePr/><p:xfrm/><a:graphic><a:graphicData uri=\"x\"><p:oleObj r:id=\"rId22\" progId=\"Package\"/></a:graphicData></a:graphic></p:graphicFrame>\
        <mc:AlternateContent xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"><mc:Choice Requires=\"p14\"><p:contentPart r:id=\"rId22\"/></mc:Choice><mc:Fallback><p:cxnSp><p:nvCxnSpPr/><p:spPr/></p:cxnSp></mc:Fallback></mc:AlternateContent>\
        <p:pic><p:nvPicPr/><p:blipFill><a:blip r:embed=\"rId21\"/></p:blipFill><p:spPr/></p:pic></p:spTree><p:extLst><p:ext uri=\"{x}\"><evil:x xmlns:evil=\"urn:evil\"/></p:ext></p:extLst>";
    let sample = Sample::ordinary()
        .with(MASTER, "</p:spTree>", shapes)
        .with(MASTER, "<p:txStyles>", "<p:timing><p:tnLst/></p:timing><p:txStyles>")
        .with("ppt/slideMasters/_rels/slideMaster1.xml.rels", "</Relationships>", links);
    let notes = style(&sample).notes;
    assert!(notes.iter().any(|note| note.contains("outside of the file")), "{notes:?}");
    let parts = parts(&sample);
    for part in &parts.parts {
        for (_, kind, target) in &part.relationships {
            assert!(["slideMaster", "slideLayout", "theme", "image"].contains(kind), "{kind}");
            assert!(target.starts_with("../") && !target.contains(':'), "{target}");
        }
    }
    let master = xml(&parts, Parts::MASTER);
    for gone in [
        "evil",
        "macro",
        "hlinkClick",
        "audioFile",
        "custData",
        "oleObj",
        "graphicFrame",
        "contentPart",
        "extLst",
        "timing",
        "rId2",
        "mc:",
    ] {
        assert!(!master.contains(gone), "{gone}: {master}");
    }
    assert!(master.contains("<p:cxnSp>") && master.contains("name=\"Link\""), "{master}");
    // Only the logo is left of pictures.
    assert_eq!(master.matches("<p:pic>").count(), 1);
}

#[test]
fn parts_of_slides_of_another_size_are_brought_to_ours() {
    let sample = Sample::ordinary().with(
        "ppt/presentation.xml",
        "cx=\"12192000\" cy=\"6858000\"",
        "cx=\"9144000\" cy=\"5143500\"",
    );
    let parts = parts(&sample);
    let master = xml(&parts, Parts::MASTER);
    // Four thirds of 762,000 and of 32 points.
    assert!(master.contains("<a:off x=\"1016000\" y=\"508000\"/>"), "{master}");
    assert!(master.contains("sz=\"4267\"") && master.contains("marL=\"304800\""), "{master}");
}

// Hostile files.

#[test]
fn what_is_no_presentation_is_refused_with_a_reason() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let ole = |name: &str| {
        [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 500], &utf16(name)].concat()
    };
    for (bytes, expected) in [
        (Vec::new(), Refused::NotPowerPoint),
        (b"%PDF-1.7".to_vec(), Refused::NotPowerPoint),
        (ole("EncryptedPackage"), Refused::Protected),
        (ole("PowerPoint Document"), Refused::Old),
        (ole("Workbook"), Refused::NotPowerPoint),
    ] {
        assert_eq!(read(&bytes).expect_err("refused"), expected);
    }
    let mut word = Sample::ordinary();
    word.set(
        "[Content_Types].xml",
        &content_types("x").replace("presentationml.x", "wordprocessingml.document"),
    );
    assert_eq!(refused(&word), Refused::NotPowerPoint);
    let nothing = Sample { parts: vec![("readme.txt".to_owned(), b"hello".to_vec())] };
    assert_eq!(refused(&nothing), Refused::NotPowerPoint);
    assert!(Refused::Protected.to_string().contains("protected by a password"));
}

#[test]
fn macros_are_refused_wherever_they_show() {
    let mut named = Sample::ordinary();
    named.set("ppt/vbaProject.bin", "x");
    let mut typed = Sample::ordinary();
    typed.set(
        "[Content_Types].xml",
        &content_types("presentation").replace(
            "vnd.openxmlformats-officedocument.presentationml.presentation",
            "vnd.ms-powerpoint.presentation.macroEnabled",
        ),
    );
    let related = Sample::ordinary().with(
        "ppt/_rels/presentation.xml.rels",
        "</Relationships>",
        "<Relationship Id=\"rId8\" Type=\"http://schemas.microsoft.com/office/2006/relationships/vbaProject\" Target=\"x.bin\"/></Relationships>",
    );
    for sample in [named, typed, related] {
        assert_eq!(refused(&sample), Refused::Macros);
    }
}

#[test]
fn entities_are_refused_unread() {
    for text in [
        "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><a>&b;</a>",
        "<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\">&unknown;</a:theme>",
    ] {
        let mut sample = Sample::ordinary();
        sample.set(THEME, text);
        assert_eq!(refused(&sample), Refused::Entities, "{text}");
    }
}

#[test]
fn places_outside_of_the_file_are_refused() {
    for target in [
        "../../../../etc/passwd",
        "/../x",
        "\\\\server\\share",
        "C:\\x",
        "..\\x",
        "file:///etc/passwd",
        "%2e%2e/x",
    ] {
        let mut sample = Sample::ordinary();
        sample.set("ppt/_rels/presentation.xml.rels", &relationships(&[("rId1", "slideMaster", target)]));
        assert!(matches!(refused(&sample), Refused::Outside { .. }), "{target}: {}", refused(&sample));
    }
    for name in ["../evil.xml", "/etc/passwd", "ppt/../../x", "C:/x", "ppt\\..\\x"] {
        let mut sample = Sample::ordinary();
        sample.set(name, "x");
        assert!(matches!(refused(&sample), Refused::Outside { .. }), "{name}");
    }
    // The presentation itself is outside: there is nothing to read.
    let mut sample = Sample::ordinary();
    let outside = relationships(&[("rId1", "officeDocument", "https://evil.example/x")])
        .replace("/>", " TargetMode=\"External\"/>");
    sample.set("_rels/.rels", &outside);
    assert_eq!(refused(&sample), Refused::NotPowerPoint);
}

/// Where the list of entries has a part.
fn listed(zip: &[u8], name: &str) -> usize {
    let is_entry =
        |at: &usize| zip[*at..].starts_with(b"PK\x01\x02") && zip[at + 46..].starts_with(name.as_bytes());
    (0..zip.len() - 46).find(is_entry).expect("an entry")
}

#[test]
fn sizes_are_judged_before_anything_is_unpacked() {
    let zip = Sample::ordinary().zip();
    let at = listed(&zip, THEME);
    let mut huge = zip.clone();
    huge[at + 24..at + 28].copy_from_slice(&0x7FFF_FFFF_u32.to_le_bytes());
    assert!(matches!(read(&huge), Err(Refused::TooLarge { .. })));
    let mut zip64 = zip.clone();
    zip64[at + 24..at + 28].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(read(&zip64), Err(Refused::TooLarge { .. })));
    // Less than there is: it is unpacked so far and no further.
    let mut less = zip;
    less[at + 24..at + 28].copy_from_slice(&64_u32.to_le_bytes());
    assert!(matches!(read(&less), Err(Refused::Damaged { .. })));
}

#[test]
fn bombs_are_stopped() {
    // 60 MB of spaces pack to some 60 KB, and are larger than any part that is text.
    let mut sample = Sample::ordinary();
    sample.set_bytes(THEME, vec![b' '; 60 * 1024 * 1024]);
    let bomb = sample.zip();
    assert!(bomb.len() < 200_000);
    assert!(matches!(read(&bomb), Err(Refused::TooLarge { .. })));
    // One entry used by many names: together they say too much.
    let mut sample = Sample::ordinary();
    for number in 0..9 {
        sample.set_bytes(&format!("ppt/media/x{number}.png"), vec![0; 8 * 1024 * 1024]);
    }
    assert!(matches!(read(&sample.zip()), Err(Refused::TooLarge { .. })));
    let mut sample = Sample::ordinary();
    for number in 0..5_000 {
        sample.set(&format!("x{number}"), "");
    }
    assert!(matches!(read(&sample.zip()), Err(Refused::TooLarge { .. })));
}

#[test]
fn deep_and_endless_xml_is_refused() {
    let declare = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"";
    let theme = |inner: &str| format!("<a:theme {declare}>{inner}</a:theme>");
    let many = |piece: &str, count: usize| piece.repeat(count);
    let namespaces: String = (0..300).map(|n| format!(" xmlns:n{n}=\"urn:{n}\"")).collect();
    for text in [
        theme(&(many("<a:x>", 5_000) + &many("</a:x>", 5_000))),
        theme(&many("<a:x/>", 300_000)),
        theme(&many("<a:x a=\"1\" b=\"2\" c=\"3\" d=\"4\" e=\"5\"/>", 120_000)),
        format!("<a:theme {declare}{namespaces}/>"),
        theme(&format!("<a:x {}/>", (0..100).map(|n| format!("a{n}=\"\" ")).collect::<String>())),
    ] {
        let mut sample = Sample::ordinary();
        sample.set(THEME, &text);
        assert!(
            matches!(refused(&sample), Refused::TooComplex { .. }),
            "{}…: {}",
            &text[..80],
            refused(&sample)
        );
    }
    for text in ["", "<", "<a>", "<a></b>", "<a/><a/>", "\u{feff}", "no XML", "<a:theme xmlns:a=\"x\"/>"] {
        let mut sample = Sample::ordinary();
        sample.set(THEME, text);
        assert!(matches!(refused(&sample), Refused::Damaged { .. }), "{text:?}");
    }
}

#[test]
fn a_file_that_refers_to_itself_is_read_once() {
    let mut sample = Sample::ordinary();
    let layouts: String = (0..1_000).map(|n| format!("<p:sldLayoutId id=\"{n}\" r:id=\"rId2\"/>")).collect();
    let master = sample.text(MASTER).to_owned();
    let (start, rest) = master.split_once("<p:sldLayoutIdLst>").expect("a list");
    let (_, end) = rest.split_once("</p:sldLayoutIdLst>").expect("its end");
    sample.set(MASTER, &format!("{start}<p:sldLayoutIdLst>{layouts}</p:sldLayoutIdLst>{end}"));
    let template = read(&sample.zip()).expect("a style");
    assert_eq!(template.parts().layouts.len(), 1);
}

#[test]
fn a_file_that_lacks_a_part_is_refused() {
    let whole = Sample::ordinary();
    for path in
        [THEME, MASTER, CONTENT, "ppt/presentation.xml", "_rels/.rels", "ppt/_rels/presentation.xml.rels"]
    {
        let mut sample = whole.clone();
        sample.parts.retain(|(known, _)| known != path);
        read(&sample.zip()).expect_err(path);
    }
    let strict = Sample::ordinary().with(
        "_rels/.rels",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    );
    assert_eq!(refused(&strict), Refused::Strict);
}

/// Reads a file, and if it is read, makes all that is made of it.
fn digest(bytes: &[u8]) {
    match read(bytes) {
        Ok(template) => {
            let style = template.style(id(), template.name());
            assert_eq!(style.theme.problems(), []);
            assert!(style.notes.len() <= 30);
            let parts = template.parts();
            let total: usize = parts.parts.iter().map(|part| part.bytes.len()).sum();
            assert!(total <= 100 * 1024 * 1024, "{total} bytes");
        }
        Err(refused) => {
            let reason = refused.to_string();
            assert!(reason.len() < 400 && !reason.contains('\n'), "{reason}");
        }
    }
}

#[test]
fn a_cut_file_is_refused() {
    let zip = Sample::ordinary().zip();
    for end in (0..zip.len()).step_by(97) {
        read(&zip[..end]).expect_err("cut");
    }
}

#[test]
fn themes_from_files_keep_the_rules_of_themes() {
    let theme = style(&Sample::ordinary()).theme;
    let json = serde_json::to_string(&theme).expect("JSON");
    assert_eq!(serde_json::from_str::<Theme>(&json).expect("a theme"), theme);
    let broken = |change: fn(&mut Theme)| {
        let mut theme = theme.clone();
        change(&mut theme);
        theme.problems().into_iter().map(|problem| problem.path).collect::<Vec<_>>()
    };
    assert_eq!(broken(|theme| theme.pictures[0].bounds.y = 300), ["pictures[0].bounds"]);
    assert_eq!(broken(|theme| theme.pictures[0].bounds.x = 2_000), ["pictures[0].bounds"]);
    assert_eq!(broken(|theme| theme.pictures[0].on.clear()), ["pictures[0].on"]);
    assert_eq!(broken(|theme| theme.pictures = vec![theme.pictures[0].clone(); 9]), ["pictures"]);
    assert_eq!(broken(|theme| theme.spacing.margin_side = 7), ["spacing.margin_side"]);
    assert_eq!(broken(|theme| theme.name.clear()), ["name"]);
    assert_eq!(broken(|theme| theme.colors.text = theme.colors.background), ["colors", "colors"]);
    let typeface = |theme: &mut Theme| theme.typefaces.as_mut().expect("names").body = "x\"/><a".to_owned();
    assert_eq!(broken(typeface), ["typefaces.body"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_colours_give_a_theme_that_can_be_read(
        colors in prop::collection::vec(any::<[u8; 3]>(), 12), ground in any::<[u8; 3]>(), cover in any::<[u8; 3]>()
    ) {
        let names = ["dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink"];
        let hex = |[r, g, b]: [u8; 3]| format!("{r:02X}{g:02X}{b:02X}");
        let scheme: Vec<(&str, String)> = names.into_iter().zip(colors.iter().copied().map(hex)).collect();
        let scheme: Vec<(&str, &str)> = scheme.iter().map(|(name, color)| (*name, color.as_str())).collect();
        let mut sample = grounded(&format!("<a:solidFill><a:srgbClr val=\"{}\"/></a:solidFill>", hex(ground)));
        sample.set(THEME, &theme(&scheme));
        let sample = sample.with("ppt/slideLayouts/slideLayout1.xml", "0B1F3A", &hex(cover));
        let theme = style(&sample).theme;
        let mut chart = theme.colors.chart.map(|color| color.rgb);
        chart.sort_unstable();
        assert!(chart.windows(2).all(|pair| pair[0] != pair[1]), "{chart:?}");
    }

    #[test]
    fn flipped_bits_never_get_through_unseen(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let mut zip = Sample::ordinary().zip();
        let at = at.index(zip.len());
        zip[at] ^= 1 << bit;
        digest(&zip);
    }

    #[test]
    fn broken_text_of_a_part_is_digested(part in 0..16_usize, from in any::<prop::sample::Index>(), length in 0..40_usize, with in "[ -~]{0,12}") {
        let mut sample = Sample::ordinary();
        let number = part % sample.parts.len();
        let bytes = &mut sample.parts[number].1;
        let from = from.index(bytes.len().max(1)).min(bytes.len());
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, with.into_bytes());
        digest(&sample.zip());
    }
}

#[test]
fn limits_are_those_that_are_documented() {
    assert_eq!(
        (template::MAX_BYTES, template::MAX_UNPACKED, template::MAX_ENTRIES),
        (64 << 20, 64 << 20, 4_096)
    );
}
