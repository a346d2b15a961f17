//! PowerPoint files that are broken, or made to do harm: each is refused with a reason, in bounded time and room.

use proptest::prelude::{ProptestConfig, any, prop, proptest};
use tellr_slides::pptx::template::{MAX_BYTES, MAX_ENTRIES, MAX_UNPACKED, Refused, read};

use super::template_sample::{CONTENT, MASTER, Sample, THEME, content_types, relationships};
use super::template_support::{id, refused};

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
    for target in
        ["../../../../etc/passwd", "/../x", "\\\\server\\share", "C:\\x", "..\\x", "file:///etc/passwd"]
    {
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

/// Pieces one after the other.
fn numbered(count: u32, piece: impl Fn(u32) -> String) -> String {
    (0..count).map(piece).collect::<Vec<String>>().concat()
}

#[test]
fn deep_and_endless_xml_is_refused() {
    let declare = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"";
    let theme = |inner: &str| format!("<a:theme {declare}>{inner}</a:theme>");
    let many = |piece: &str, count: usize| piece.repeat(count);
    let namespaces = numbered(300, |n| format!(" xmlns:n{n}=\"urn:{n}\""));
    for text in [
        theme(&(many("<a:x>", 5_000) + &many("</a:x>", 5_000))),
        theme(&many("<a:x/>", 300_000)),
        theme(&many("<a:x a=\"1\" b=\"2\" c=\"3\" d=\"4\" e=\"5\"/>", 120_000)),
        format!("<a:theme {declare}{namespaces}/>"),
        theme(&format!("<a:x {}/>", numbered(100, |n| format!("a{n}=\"\" ")))),
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
    let layouts = numbered(1_000, |n| format!("<p:sldLayoutId id=\"{n}\" r:id=\"rId2\"/>"));
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

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
    assert_eq!((MAX_BYTES, MAX_UNPACKED, MAX_ENTRIES), (64 << 20, 64 << 20, 4_096));
}
