//! Masters and layouts of PowerPoint files, as exported files go on with them.

use tellr_slides::deck::Layout;
use tellr_slides::pptx::template::Parts;

use super::template_sample::{CONTENT, MASTER, Sample};
use super::template_support::{parts, style};

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
