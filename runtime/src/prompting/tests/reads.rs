//! Reading is lenient in form and strict in bounds; and the guesses about a request.

use serde_json::json;

use super::support::texts;
use crate::prompting::{Outline, SlideDraft, SlideLayout, language_of, wanted_slides};

#[test]
fn an_outline_is_read_as_models_write_it() {
    let outline = Outline::read(json!({ "outline": {
        "title": "Sales\u{0}\n2025", "language": "German", "reply": null, "extra": 1,
        "slides": [
            { "title": "Start", "layout": "Title Slide", "sources": "S1" },
            { "layout": "Chart & takeaway", "content": "Revenue by quarter", "sources": ["S1", "", 2] },
            {}, null, "x",
        ],
    }}))
    .unwrap();
    assert_eq!((outline.title.as_str(), outline.language.as_str()), ("Sales 2025", "de"));
    assert_eq!(outline.slides.len(), 2);
    assert_eq!(outline.slides[0].layout, SlideLayout::Cover);
    assert_eq!(outline.slides[0].sources, ["S1"]);
    assert_eq!(outline.slides[1].title, "Revenue by quarter");
    assert_eq!(outline.slides[1].layout, SlideLayout::ChartAndTakeaway);
    assert_eq!(outline.slides[1].sources, ["S1", "2"]);
    assert!(texts(&outline.notes)[0].contains("Title Slide"));
}

#[test]
fn what_is_unusable_says_what_to_mend() {
    for (value, wanted) in [
        (json!("no"), "JSON object"),
        (json!([]), "JSON object"),
        (json!({ "slides": [] }), "`slides`"),
        (json!({ "slides": [{ "title": " " }] }), "`slides`"),
    ] {
        let error = Outline::read(value).unwrap_err();
        assert!(error.contains(wanted), "{error}");
    }
    for value in
        [json!({ "layout": "chart", "charts": [{}] }), json!({ "title": null, "bullets": ["", null] })]
    {
        assert!(SlideDraft::read(value).unwrap_err().contains("`title`"));
    }
}

#[test]
fn too_much_is_cut_with_a_note() {
    let slides: Vec<_> =
        (0..500).map(|n| json!({ "title": format!("Slide {n} {}", "word ".repeat(200)) })).collect();
    let outline = Outline::read(json!({ "title": "x".repeat(100_000), "slides": slides })).unwrap();
    assert_eq!(outline.slides.len(), 40);
    assert!(outline.title.chars().count() <= 200 && outline.title.ends_with('…'));
    assert!(outline.slides[0].title.ends_with("word…"));
    let notes = texts(&outline.notes).join("\n");
    assert!(notes.contains("`slides`") && notes.contains("`title`"), "{notes}");
}

#[test]
fn numbers_may_be_texts() {
    let draft = SlideDraft::read(json!({ "title": "x", "metrics": [
        { "label": "a", "value": "1.234,5" }, { "label": "b", "value": "€ 3.4 M" }, { "label": "c", "value": "many" },
        { "label": "d", "value": "12 %" }, { "label": "e", "value": 1e300 }, { "label": "f", "value": "3.336E8" },
    ] }))
    .unwrap();
    let values: Vec<f64> = draft.metrics.iter().map(|metric| metric.value.as_f64()).collect();
    assert_eq!(values, [1234.5, 3_400_000.0, 12.0, 333_600_000.0]);
    assert!(texts(&draft.remarks).iter().any(|text| text.contains("“c”")));
}

#[test]
fn the_number_of_slides_is_found() {
    for (request, slides) in [
        ("Quarterly review of the sample sales data, 6 slides with charts", 6),
        ("fünf Folien über den Umsatz", 5),
        ("a 10-slide deck for the board", 10),
        ("Make it 5 slides", 5),
        ("Erstelle 8 Folien, bitte", 8),
        ("in zwölf kurzen Folien", 12),
        ("Seven slides, please", 7),
        ("5-7 slides on churn", 7),
        ("about 4 to 6 slides", 6),
        ("Kürze auf drei Folien", 3),
        ("a deck of twelve pages", 12),
    ] {
        assert_eq!(wanted_slides(request), Some(slides), "{request}");
    }
    for request in [
        "Add a slide on churn after slide 3",
        "after slide 3",
        "translate slides 2 and 4",
        "nach Folie 3 eine Folie",
        "remove the last two slides",
        "the top 5 customers",
        "1000 slides",
        "0 slides",
        "",
        "slides",
    ] {
        assert_eq!(wanted_slides(request).filter(|number| *number > 1), None, "{request}");
    }
}

#[test]
fn the_language_is_guessed_where_it_is_clear() {
    for (request, language) in [
        ("Quarterly review of the sample sales data, 6 slides with charts", "en"),
        ("Erstelle eine Präsentation über den Umsatz nach Regionen mit 6 Folien", "de"),
        ("Fais une présentation sur les ventes du trimestre pour la direction", "fr"),
        ("Crea una presentación sobre las ventas del trimestre para la dirección", "es"),
        ("Crea una presentazione sulle vendite del trimestre per la direzione", "it"),
        ("Faça uma apresentação sobre as vendas do trimestre para a direção", "pt"),
        ("Maak een presentatie over de omzet van het kwartaal voor de directie", "nl"),
        ("四半期の売上レビューを作って", "ja"),
        ("季度销售回顾,六页", "zh"),
        ("Сделай презентацию о продажах", "ru"),
    ] {
        assert_eq!(language_of(request), Some(language), "{request}");
    }
    for request in ["", "Sales Q3 2025", "12345", "KPI"] {
        assert_eq!(language_of(request), None, "{request}");
    }
}
