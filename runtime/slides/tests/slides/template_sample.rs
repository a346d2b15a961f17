//! PowerPoint files as companies have them, part by part, to be changed and read.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use flate2::Crc;
use flate2::write::ZlibEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const DECLARE: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "application/vnd.openxmlformats-officedocument.presentationml";

pub(crate) const MASTER: &str = "ppt/slideMasters/slideMaster1.xml";
pub(crate) const THEME: &str = "ppt/theme/theme1.xml";
/// The layout of most slides.
pub(crate) const CONTENT: &str = "ppt/slideLayouts/slideLayout2.xml";

/// A file, part by part.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) parts: Vec<(String, Vec<u8>)>,
}

impl Sample {
    /// White slides with six accents, a logo at the upper right, and dark covers and sections.
    pub(crate) fn ordinary() -> Self {
        let mut sample = Self { parts: Vec::new() };
        sample.set("[Content_Types].xml", &content_types("presentation"));
        sample.set("_rels/.rels", &relationships(&[("rId1", "officeDocument", "ppt/presentation.xml")]));
        sample.set("ppt/presentation.xml", &format!(
            "<p:presentation {DECLARE}><p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst>\
             <p:sldSz cx=\"12192000\" cy=\"6858000\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
        ));
        sample.set(
            "ppt/_rels/presentation.xml.rels",
            &relationships(&[("rId1", "slideMaster", "slideMasters/slideMaster1.xml")]),
        );
        let layouts: String = (1..=4).fold(String::new(), |mut list, n| {
            let _ = write!(list, "<p:sldLayoutId id=\"{}\" r:id=\"rId{n}\"/>", 2_147_483_648_u64 + n);
            list
        });
        let logo = picture_xml("rId9", [10_096_500, 228_600, 1_428_750, 381_000]);
        sample.set("ppt/slideMasters/slideMaster1.xml", &format!(
            "<p:sldMaster {DECLARE}><p:cSld><p:bg><p:bgRef idx=\"1001\"><a:schemeClr val=\"bg1\"/></p:bgRef></p:bg><p:spTree>{TREE}{}{}{logo}</p:spTree></p:cSld>\
             <p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/>\
             <p:sldLayoutIdLst>{layouts}</p:sldLayoutIdLst>\
             <p:txStyles><p:titleStyle><a:lvl1pPr><a:defRPr sz=\"3200\"><a:solidFill><a:schemeClr val=\"tx1\"/></a:solidFill><a:latin typeface=\"+mj-lt\"/></a:defRPr></a:lvl1pPr></p:titleStyle>\
             <p:bodyStyle><a:lvl1pPr marL=\"228600\"><a:defRPr sz=\"2000\"><a:solidFill><a:schemeClr val=\"tx1\"/></a:solidFill><a:latin typeface=\"+mn-lt\"/></a:defRPr></a:lvl1pPr></p:bodyStyle><p:otherStyle/></p:txStyles></p:sldMaster>",
            placeholder(2, "title", [762_000, 381_000, 9_000_000, 838_200]),
            placeholder(3, "body", [762_000, 1_524_000, 10_668_000, 4_572_000]),
        ));
        sample.set(
            "ppt/slideMasters/_rels/slideMaster1.xml.rels",
            &relationships(&[
                ("rId1", "slideLayout", "../slideLayouts/slideLayout1.xml"),
                ("rId2", "slideLayout", "../slideLayouts/slideLayout2.xml"),
                ("rId3", "slideLayout", "../slideLayouts/slideLayout3.xml"),
                ("rId4", "slideLayout", "../slideLayouts/slideLayout4.xml"),
                ("rId5", "theme", "../theme/theme1.xml"),
                ("rId9", "image", "../media/image1.png"),
            ]),
        );
        let dark = "<p:bg><p:bgPr><a:solidFill><a:srgbClr val=\"0B1F3A\"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>";
        let white = "<a:lstStyle><a:lvl1pPr><a:defRPr><a:solidFill><a:srgbClr val=\"FFFFFF\"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>";
        let title = format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Title\"/><p:cNvSpPr/><p:nvPr><p:ph type=\"ctrTitle\"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>{white}<a:p/></p:txBody></p:sp>"
        );
        for (number, kind, name, ground, shapes) in [
            (1, "title", "Title Slide", dark, title.clone()),
            (
                2,
                "obj",
                "Title and Content",
                "",
                placeholder(2, "title", [762_000, 381_000, 9_000_000, 838_200])
                    + &placeholder(3, "", [762_000, 1_524_000, 10_668_000, 4_572_000]),
            ),
            (3, "secHead", "Section", dark, title.replace("ctrTitle", "title")),
            (
                4,
                "titleOnly",
                "Title Only",
                "",
                placeholder(2, "title", [762_000, 381_000, 9_000_000, 838_200]),
            ),
        ] {
            sample.set(&format!("ppt/slideLayouts/slideLayout{number}.xml"), &format!(
                "<p:sldLayout {DECLARE} type=\"{kind}\"><p:cSld name=\"{name}\">{ground}<p:spTree>{TREE}{shapes}</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
            ));
            sample.set(
                &format!("ppt/slideLayouts/_rels/slideLayout{number}.xml.rels"),
                &relationships(&[("rId1", "slideMaster", "../slideMasters/slideMaster1.xml")]),
            );
        }
        sample.set(
            "ppt/theme/theme1.xml",
            &theme(&[
                ("dk1", "0B1F3A"),
                ("lt1", "FFFFFF"),
                ("dk2", "143C6E"),
                ("lt2", "F2F4F7"),
                ("accent1", "1F5FD6"),
                ("accent2", "229D8D"),
                ("accent3", "B95A36"),
                ("accent4", "941041"),
                ("accent5", "8E44AD"),
                ("accent6", "3B3B3B"),
                ("hlink", "1F5FD6"),
                ("folHlink", "941041"),
            ]),
        );
        sample.parts.push(("ppt/media/image1.png".to_owned(), png(300, 80)));
        sample
    }

    /// Adds a part or replaces it.
    pub(crate) fn set(&mut self, path: &str, text: &str) {
        self.set_bytes(path, text.as_bytes().to_vec());
    }

    pub(crate) fn set_bytes(&mut self, path: &str, bytes: Vec<u8>) {
        match self.parts.iter_mut().find(|(known, _)| known == path) {
            Some((_, known)) => *known = bytes,
            None => self.parts.push((path.to_owned(), bytes)),
        }
    }

    /// The same with a text replaced in a part, in which it has to be.
    pub(crate) fn with(mut self, path: &str, from: &str, to: &str) -> Self {
        let part = self.parts.iter_mut().find(|(known, _)| known == path).expect("the part");
        let text = String::from_utf8(std::mem::take(&mut part.1)).expect("text");
        assert!(text.contains(from), "{path} has no {from}");
        part.1 = text.replace(from, to).into_bytes();
        self
    }

    pub(crate) fn text(&self, path: &str) -> &str {
        let (_, bytes) = self.parts.iter().find(|(known, _)| known == path).expect("the part");
        std::str::from_utf8(bytes).expect("text")
    }

    /// As a file.
    pub(crate) fn zip(&self) -> Vec<u8> {
        self.packed(CompressionMethod::Deflated)
    }

    /// As a file whose parts are packed in some way.
    pub(crate) fn packed(&self, method: CompressionMethod) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        for (path, bytes) in &self.parts {
            zip.start_file(path.as_str(), options).expect("a part");
            zip.write_all(bytes).expect("its bytes");
        }
        zip.finish().expect("a file").into_inner()
    }
}

/// What a tree of shapes begins with.
pub(crate) const TREE: &str =
    "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>";

/// A place for content; without a kind, for any.
pub(crate) fn placeholder(id: u32, kind: &str, [x, y, width, height]: [i64; 4]) -> String {
    let kind = if kind.is_empty() { String::new() } else { format!(" type=\"{kind}\"") };
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"Place {id}\"/><p:cNvSpPr/><p:nvPr><p:ph{kind} idx=\"{id}\"/></p:nvPr></p:nvSpPr><p:spPr>\
         <a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp>"
    )
}

/// A picture at a place in EMU.
pub(crate) fn picture_xml(id: &str, [x, y, width, height]: [i64; 4]) -> String {
    format!(
        "<p:pic><p:nvPicPr><p:cNvPr id=\"9\" name=\"Logo\"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed=\"{id}\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill>\
         <p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>"
    )
}

/// A list of relationships: id, kind, target.
pub(crate) fn relationships(list: &[(&str, &str, &str)]) -> String {
    let mut xml =
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">".to_owned();
    for (id, kind, target) in list {
        let _ = write!(xml, "<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>");
    }
    xml + "</Relationships>"
}

/// The types of parts; `kind` is `presentation`, `template` or another.
pub(crate) fn content_types(kind: &str) -> String {
    format!(
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"png\" ContentType=\"image/png\"/><Override PartName=\"/ppt/presentation.xml\" ContentType=\"{MAIN}.{kind}.main+xml\"/></Types>"
    )
}

/// A theme with colours by name.
pub(crate) fn theme(colors: &[(&str, &str)]) -> String {
    let mut scheme = String::new();
    for (name, color) in colors {
        let _ = write!(scheme, "<a:{name}><a:srgbClr val=\"{color}\"/></a:{name}>");
    }
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>";
    let line = format!("<a:ln w=\"9525\">{fill}</a:ln>");
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>";
    format!(
        "<a:theme {DECLARE} name=\"Acme\"><a:themeElements><a:clrScheme name=\"Acme\">{scheme}</a:clrScheme>\
         <a:fontScheme name=\"Acme\"><a:majorFont><a:latin typeface=\"Segoe UI\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/></a:majorFont>\
         <a:minorFont><a:latin typeface=\"Arial\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/></a:minorFont></a:fontScheme>\
         <a:fmtScheme name=\"Acme\"><a:fillStyleLst>{fill}{fill}{fill}</a:fillStyleLst><a:lnStyleLst>{line}{line}{line}</a:lnStyleLst>\
         <a:effectStyleLst>{effect}{effect}{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}{fill}{fill}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
}

/// A picture in one colour.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = vec![0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A];
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        bytes.extend(u32::try_from(data.len()).expect("small").to_be_bytes());
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(data);
        bytes.extend(kind);
        bytes.extend(data);
        bytes.extend(crc.sum().to_be_bytes());
    };
    let mut head = width.to_be_bytes().to_vec();
    head.extend(height.to_be_bytes());
    // Grey, 8 bits.
    head.extend([8, 0, 0, 0, 0]);
    chunk(b"IHDR", &head);
    let mut data = ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..height {
        data.write_all(&[0]).expect("memory");
        data.write_all(&vec![90; width as usize]).expect("memory");
    }
    chunk(b"IDAT", &data.finish().expect("memory"));
    chunk(b"IEND", &[]);
    bytes
}
