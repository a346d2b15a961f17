//! Decks as HTML files, and slides as SVG files.

use std::ops::ControlFlow;

use serde_json::json;
use tellr_slides::deck::Deck;
use tellr_slides::display::Shape;
use tellr_slides::export::ExportError;
use tellr_slides::html::write;
use tellr_slides::id::ImageId;
use tellr_slides::svg::standalone;

use crate::layout::decks;
use crate::pdf::{Press, deck, png};

fn html(press: &mut Press, deck: &Deck) -> String {
    let bytes = press.with(deck, |export| write(export, &mut |_| ControlFlow::Continue(())));
    String::from_utf8(bytes.unwrap()).unwrap()
}

/// A text as it stands in markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[test]
fn all_that_is_drawn_is_in_the_file_as_text() {
    let mut press = Press::new();
    let mut seen = 0;
    for (name, deck) in decks().iter().take(150) {
        let page = html(&mut press, deck);
        let texts: Vec<String> = press.with(deck, |export| {
            let elements = export.slides.iter().flat_map(|list| &list.elements);
            let texts = elements.filter_map(|element| match &element.shape {
                Shape::Text(text) => Some(text),
                _ => None,
            });
            let runs = texts.flat_map(|text| &text.lines).flat_map(|line| &line.runs);
            runs.map(|run| run.text.clone()).filter(|text| !text.trim().is_empty()).collect()
        });
        for text in texts {
            assert!(page.contains(&format!(">{}</text>", escaped(&text))), "{name}: {text}");
            seen += 1;
        }
        for slide in &deck.slides {
            for line in slide.notes.lines().filter(|line| !line.trim().is_empty()) {
                assert!(page.contains(&format!("<p dir=\"auto\">{}</p>", escaped(line))), "{name}: {line}");
            }
        }
    }
    assert!(seen > 2_000, "{seen}");
}

#[test]
fn hostile_text_is_text() {
    let mut press = Press::new();
    press.author = Some("\"><script>alert(1)</script>");
    let mut seen = 0;
    for (name, deck) in decks().iter().take(120) {
        let page = html(&mut press, deck);
        // The one of the file itself, before whose hash no other runs.
        assert_eq!(page.matches("<script").count(), 1, "{name}");
        assert_eq!(page.matches("</script").count(), 1, "{name}");
        assert_eq!(page.matches("<style").count(), 1, "{name}");
        for never in [" style=", "javascript:", " onload", " onclick", "http-equiv=\"refresh"] {
            assert!(!page.contains(never), "{name}: {never}");
        }
        seen += usize::from(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &amp;amp;"));
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn the_file_needs_no_network() {
    let image = json!({ "type": "image", "id": "i", "image": "logo", "alt": "Our logo" });
    let again = json!({ "type": "image", "id": "j", "image": "logo", "fit": "cover" });
    let link = json!({ "type": "text", "id": "x", "text": "[Plan](https://example.com/plan)" });
    let slides = json!([
        { "id": "a", "layout": "image_half", "blocks": [image, link] },
        { "id": "b", "layout": "image_full", "blocks": [again] },
    ]);
    let mut press = Press::new();
    press.pictures.insert(ImageId::try_from("logo".to_owned()).unwrap(), png());
    let page = html(&mut press, &deck("Images", slides));
    for policy in ["default-src &#39;none&#39;", "img-src data:", "font-src data:", "base-uri &#39;none&#39;"]
    {
        assert!(page.contains(policy), "{policy}");
    }
    for loose in ["unsafe-inline", "unsafe-eval", "connect-src", "<link", " src="] {
        assert!(!page.contains(loose), "{loose}");
    }
    for address in page.split("href=\"").skip(1).chain(page.split("url(").skip(1)) {
        let is_inside = address.starts_with("data:") || address.starts_with('#');
        assert!(is_inside || address.starts_with("https://example.com/plan\""), "{}", &address[..40]);
    }
    assert_eq!(page.matches("data:image/png;base64,").count(), 1, "an image is there once");
    assert_eq!(page.matches("<use href=\"#picture-1\"").count(), 2);
    // One family, of which only the regular face is used.
    assert_eq!(page.matches("@font-face").count(), 1);
}

#[test]
fn a_reader_who_sees_nothing_is_told_what_is_there() {
    let deck = tellr_slides::read::from_value(crate::sample::deck()).unwrap();
    let page = html(&mut Press::new(), &deck);
    for part in [
        "<html lang=\"en\">",
        "<title>Quarterly review</title>",
        "<h1 class=\"unseen\">Quarterly review</h1>",
        "<h2 class=\"unseen\">EMEA grew 18 %</h2>",
        "<h2 class=\"unseen\">Slide 2</h2>",
        "aria-label=\"Slide 3 / 3\"",
        "<g role=\"img\" aria-label=\"Bar chart. EMEA: Q1 1 €, Q2 no value\">",
        "<h3>Notes</h3><p dir=\"auto\">Slowly.</p>",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn the_same_deck_is_the_same_file() {
    let (mut one, mut other) = (Press::new(), Press::new());
    for (name, deck) in decks().iter().take(20) {
        assert!(html(&mut one, deck) == html(&mut other, deck), "{name}");
    }
}

#[test]
fn an_export_can_be_stopped() {
    let (_, gallery) = decks().remove(0);
    let stopped = Press::new().with(&gallery, |export| {
        write(export, &mut |slides| {
            if slides == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
    });
    assert!(matches!(stopped, Err(ExportError::Stopped)));
}

#[test]
fn a_slide_by_itself_has_its_fonts_and_images() {
    let image = json!({ "type": "image", "id": "i", "image": "logo", "alt": "Our <logo>" });
    let title = json!({ "type": "title", "id": "t", "text": "A **bold** *word* & more" });
    let slides = json!([
        { "id": "a", "layout": "cover", "blocks": [] },
        { "id": "b", "layout": "title_and_text", "blocks": [title, image] },
    ]);
    let mut press = Press::new();
    press.pictures.insert(ImageId::try_from("logo".to_owned()).unwrap(), png());
    let picture = press.with(&deck("One", slides), |export| standalone(&export.slides[1], export));
    assert!(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(picture.contains("<title>A bold word &amp; more</title>"));
    assert!(picture.contains("href=\"data:image/png;base64,"));
    assert!(picture.contains("<title>Our &lt;logo&gt;</title>"));
    // Bold and bold italic, and the page's number.
    assert_eq!(picture.matches("src:url(data:font/woff2;base64,").count(), 3);
    assert_eq!(picture.matches("url(").count(), 3 + 1, "fonts and one clip");
}
