use super::*;

/// Spans in a short form: `b` bold, `i` italic, `<link>`.
fn shown(markup: &str) -> String {
    let one = |span: Span| {
        let looks =
            [(span.bold, "b"), (span.italic, "i")].map(|(is, sign)| if is { sign } else { "" }).concat();
        let link = span.link.map(|link| format!("<{link}>")).unwrap_or_default();
        format!("{looks}{link}'{}'", span.text)
    };
    RichText::new(markup).spans().into_iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn markup_is_read() {
    for (markup, expected) in [
        ("plain", "'plain'"),
        ("a **b** c", "'a ' b'b' ' c'"),
        ("a *b* c", "'a ' i'b' ' c'"),
        ("***both***", "bi'both'"),
        ("**a *b* c**", "b'a ' bi'b' b' c'"),
        ("**a *b** c*", "b'a ' bi'b' i' c'"),
        (
            "see [the **plan**](https://example.com/p)!",
            "'see ' <https://example.com/p>'the ' b<https://example.com/p>'plan' '!'",
        ),
        ("[a](mailto:a@b.c)[b](https://b.c)", "<mailto:a@b.c>'a' <https://b.c>'b'"),
        ("**[a](https://b.c)**", "b<https://b.c>'a'"),
    ] {
        assert_eq!(shown(markup), expected, "{markup}");
    }
}

#[test]
fn a_marker_without_partner_is_shown() {
    for text in [
        "5 * 3 * 2",
        "**",
        "****",
        "a ** b",
        "*open",
        "**open",
        "[a]",
        "[a](",
        "[](https://b.c)",
        "[a] (b)",
        "\\x",
        "a\\",
    ] {
        assert_eq!(shown(text), format!("'{text}'"), "{text}");
    }
    assert_eq!(shown(""), "");
}

#[test]
fn a_backslash_shows_what_follows() {
    assert_eq!(shown(r"\*a\* \[b\](https://c.d) \\"), r"'*a* [b](https://c.d) \'");
}

#[test]
fn other_markup_is_text() {
    for text in ["<script>alert(1)</script>", "<b>x</b>", "&lt;", "# x", "`x`", "__x__", "![x]"] {
        assert_eq!(shown(text), format!("'{text}'"));
    }
}

#[test]
fn a_link_that_may_not_be_followed_is_text() {
    let text = RichText::new("[click](javascript:alert) me");
    assert_eq!(text.spans(), [Span { text: "click me".to_owned(), ..Span::default() }]);
    assert_eq!(text.links(), ["javascript:alert"]);
}

#[test]
fn hostile_text_is_read_in_one_pass() {
    for piece in ["[", "*", "**", "[a](", "](", "\\", "[*", "***[a](b)"] {
        let text = RichText::new(piece.repeat(100_000));
        assert!(text.spans().len() <= 200_001);
    }
}

proptest::proptest! {
    #[test]
    fn plain_text_is_shown_as_it_is(text in r"[*\[\]()\\ a-c\n:/<é𝄞]{0,40}") {
        proptest::prop_assert_eq!(RichText::from_plain(&text).plain(), text);
    }

    #[test]
    fn no_letter_is_lost_outside_of_links(markup in r"[*\\ a-c\n\]]{0,40}") {
        let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>();
        proptest::prop_assert_eq!(letters(&RichText::new(&*markup).plain()), letters(&markup));
    }
}
