//! Styles from PowerPoint files: what is taken over, and what is changed.

use proptest::prelude::{ProptestConfig, any, prop, proptest};
use tellr_slides::display::{Element, Rect, Shape};
use tellr_slides::fonts::Fonts;
use tellr_slides::lint::{self, Rule};
use tellr_slides::pptx::template::Style;
use tellr_slides::text_layout::TextLayout;
use tellr_slides::theme::{Color, Family, Ground, PictureRole, Theme};
use tellr_slides::{layout, read as deck};

use super::template_sample::{MASTER, Sample, THEME, content_types, picture_xml, png, theme};
use super::template_support::style;

const WHITE_GROUND: &str = "<p:bgRef idx=\"1001\"><a:schemeClr val=\"bg1\"/></p:bgRef>";

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
    assert_eq!((theme.fonts.heading, theme.fonts.body), (Family::Arimo, Family::Arimo));
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
    assert_eq!(notes, ["Slides are drawn in Arimo in place of Segoe UI; PowerPoint files name Segoe UI."]);
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
fn a_picture_over_a_whole_cover_is_its_background() {
    let sample = Sample::ordinary()
        .with("ppt/slideLayouts/slideLayout1.xml", "<p:bg><p:bgPr><a:solidFill><a:srgbClr val=\"0B1F3A\"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>", "")
        .with("ppt/slideLayouts/slideLayout1.xml", "<p:grpSpPr/>", &format!("<p:grpSpPr/>{}", picture_xml("rId7", [0, 0, 12_192_000, 6_858_000])))
        .with("ppt/slideLayouts/_rels/slideLayout1.xml.rels", "</Relationships>", "<Relationship Id=\"rId7\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\" Target=\"../media/image1.png\"/></Relationships>");
    let theme = style(&sample).theme;
    let backdrop = theme.pictures.iter().find(|one| one.role == PictureRole::Backdrop).expect("a backdrop");
    assert_eq!(backdrop.on, [Ground::Cover]);
    // The title is white, so the picture is dark, though the slides are white.
    assert_eq!((theme.cover.background, theme.cover.text), (color("#0B1F3A"), color("#FFFFFF")));
    // A backdrop in a format that isn't taken over is none, and isn't said to be drawn.
    let mut sample = sample;
    sample.set_bytes("ppt/media/image1.png", b"x".to_vec());
    let Style { theme, notes, .. } = style(&sample);
    assert!(theme.pictures.is_empty() && !notes.iter().any(|note| note.contains("faintly")), "{notes:?}");
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

/// Of logos: at the head, and at the foot where sources and the page's number stand.
const PLACES: [[i64; 4]; 4] =
    [[1040, 20, 200, 60], [40, 664, 160, 40], [1090, 664, 160, 40], [560, 664, 160, 40]];

#[test]
fn slides_in_a_style_keep_clear_of_its_logo() {
    let mut text = TextLayout::new(&Fonts::bundled());
    let gallery = deck::from_json(include_str!("../decks/gallery.json")).expect("a deck");
    let awkward = deck::from_json(include_str!("../decks/awkward.json")).expect("a deck");
    for place in PLACES {
        let xml = picture_xml("rId9", place.map(|pixels| pixels * 9_525));
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

#[test]
fn slides_in_any_style_are_read_well() {
    let mut text = TextLayout::new(&Fonts::bundled());
    let gallery = deck::from_json(include_str!("../decks/gallery.json")).expect("a deck");
    for fill in [
        "<a:solidFill><a:srgbClr val=\"202020\"/></a:solidFill>",
        "<a:solidFill><a:srgbClr val=\"C8A2C8\"/></a:solidFill>",
        "<a:blipFill><a:blip r:embed=\"rId9\"/></a:blipFill>",
    ] {
        let theme = style(&grounded(fill)).theme;
        for (slide, list) in gallery.slides.iter().zip(layout::lay_out_all(&mut text, &theme, &gallery)) {
            let found = lint::of_drawing(slide, &list);
            let bad = [Rule::Contrast, Rule::Overlap, Rule::Spill];
            assert!(!found.iter().any(|one| bad.contains(&one.rule)), "{fill}, {}: {found:?}", slide.id);
        }
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
}
