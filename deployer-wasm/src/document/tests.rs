//! What is read, what is refused and with which words, and that the library says the same.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

use super::*;

fn read(text: &str) -> Value {
    parse(text).unwrap_or_else(|problem| panic!("{problem:?}: {text}")).into()
}

fn refusal(text: &str) -> (Option<(usize, usize)>, String) {
    match parse(text) {
        Err(Problem::Syntax { place, problem }) => (place.map(|place| (place.line, place.column)), problem),
        other => panic!("{other:?}: {text}"),
    }
}

#[test]
fn what_people_write_is_read() {
    for (text, value) in [
        ("a: b # a comment", json!({"a": "b"})),
        ("# above\na: 'b # no comment'\n\n# below", json!({"a": "b # no comment"})),
        ("a: b#c", json!({"a": "b#c"})),
        ("a: &x b\nc: *x", json!({"a": "b", "c": "b"})),
        (
            "x: &x {a: b, c: d}\ny:\n  <<: *x\n  c: e",
            json!({"x": {"a": "b", "c": "d"}, "y": {"c": "e", "a": "b"}}),
        ),
        ("<<: [{a: b}, {a: c, d: e}]", json!({"a": "b", "d": "e"})),
        ("x: &x {<<: {a: b}}\n<<: *x", json!({"x": {"a": "b"}, "a": "b"})),
        ("a: |\n  b\n  c\n", json!({"a": "b\nc\n"})),
        ("a: >-\n  b\n  c\n", json!({"a": "b c"})),
        ("a: {b: c,\n  d:\n    e}", json!({"a": {"b": "c", "d": "e"}})),
        ("a: [b,\n\n  c,]", json!({"a": ["b", "c"]})),
        ("\"a\": 'it''s'\n'b': \"\\u00fc\"", json!({"a": "it's", "b": "ü"})),
        ("\u{feff}a: b\r\nc: d\r\n---\r\n", json!({"a": "b", "c": "d"})),
        ("%YAML 1.1\n---\na: b\n...\n", json!({"a": "b"})),
        ("a: !!str 12", json!({"a": "12"})),
        ("a:\nb: ~\nc: null", json!({"a": null, "b": null, "c": null})),
        ("a: True", json!({"a": true})),
        (
            "a: yes\nb: on\nc: 1:30\nd: 2026-11-28",
            json!({"a": "yes", "b": "on", "c": "1:30", "d": "2026-11-28"}),
        ),
        (
            "a: R&D *all* slides!\nb: http://h/?a=1&b=2",
            json!({"a": "R&D *all* slides!", "b": "http://h/?a=1&b=2"}),
        ),
        ("a: 'ü'\nb: 😀 012", json!({"a": "ü", "b": "😀 012"})),
        ("", Value::Null),
        ("---\n", Value::Null),
        ("# nothing", Value::Null),
    ] {
        assert_eq!(read(text), value, "{text}");
    }
}

#[test]
fn a_number_keeps_its_source() {
    for number in [
        "1.10",
        "0.10",
        "012",
        "1e3",
        "7",
        "-7",
        "+7",
        "0x1f",
        "0o7",
        ".inf",
        ".5",
        "00",
        "18446744073709551616",
    ] {
        for text in [
            format!("ä: 😀\na: {number}"),
            format!("a: {number} # ü"),
            format!("[x, {number}]"),
            format!("a: &x {number}\nb: *x"),
            format!("\u{feff}a: {number}\r\n"),
        ] {
            let node = parse(&text).unwrap();
            let scalars = match &node {
                Node::Map(entries) => entries.iter().map(|(_, value)| value).collect::<Vec<_>>(),
                Node::List(items) => items.iter().collect(),
                _ => panic!("{text}"),
            };
            let wanted = Node::Scalar(Scalar { text: number.to_owned(), kind: ScalarKind::Number });
            assert!(scalars.contains(&&wanted), "{text}");
        }
        for quoted in [format!("'{number}'"), format!("\"{number}\""), format!("|-\n  {number}")] {
            let node = parse(&format!("ä: 😀\na: {quoted}")).unwrap();
            assert!(node.get("a") == Some(&Node::text(number)), "{quoted}");
        }
    }
}

#[test]
fn what_is_refused_is_told_with_its_place_and_the_remedy() {
    for (text, place, told) in [
        ("a: b\na: c", Some((2, 1)), "The key `a` appears twice"),
        ("x:\n  - a: b\n    a: c", Some((3, 5)), "twice"),
        ("a: b\n\tc: d", Some((2, 1)), "Indentation must use spaces, not tabs"),
        ("a:\n\t- b", Some((2, 1)), "use spaces"),
        ("a: b\n---\na: c", Some((3, 1)), "a second document begins here"),
        ("a: @b", Some((1, 4)), "needs quotes"),
        ("a: `b`", Some((1, 4)), "needs quotes"),
        ("a: {{ name }}", Some((1, 5)), "put quotes around"),
        ("? [a]\n: b", Some((1, 3)), "a key that is a single text"),
        ("a: !mine b", Some((1, 4)), "Custom tags"),
        ("a: b\nc: *x", Some((2, 4)), "unknown anchor"),
        ("a: 'b", None, "end of stream"),
        ("a: b: c", Some((1, 5)), "mapping values are not allowed"),
        ("a: [b", None, "did not find expected"),
        ("<<: b", None, "`<<` takes a mapping"),
        ("<<: [b]", None, "`<<` takes a mapping"),
    ] {
        let (found, problem) = refusal(text);
        assert!(problem.contains(told), "{text}: {problem}");
        assert!(place.is_none() || found == place, "{text}: {found:?} {problem}");
    }
}

#[test]
fn what_is_no_utf8_is_named() {
    let utf16: Vec<u8> = "a: b".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xfe\xff".as_slice(), b"\0a\0:\0 \0b"].concat();
    assert_eq!(decode(&marked), Err(Problem::Encoding { found: "UTF-16" }));
    assert_eq!(
        decode(b"a: \xe4\n"),
        Err(Problem::Encoding { found: "not text, or text in another encoding" })
    );
    let text = decode(&utf16).unwrap();
    assert_eq!(parse(text), Err(Problem::Encoding { found: "UTF-16" }));
    // As a browser reads such files.
    assert_eq!(parse("a: \u{fffd}"), Err(Problem::Encoding { found: "text in another encoding" }));
    assert!(matches!(parse("a: |\n  b\0c\n"), Err(Problem::Encoding { .. })));
    assert!(decode("\u{feff}a: ü".as_bytes()).is_ok());
}

/// Each is small and would be large, deep or slow.
#[test]
fn hostile_documents_end_at_the_limits() {
    let size = SIZE_LIMIT_BYTES;
    let levels: Vec<String> = (1..10)
        .map(|level| format!("l{level}: &l{level} [{}]", vec![format!("*l{}", level - 1); 9].join(",")))
        .collect();
    let laughs = format!("l0: &l0 [lol]\n{}", levels.join("\n"));
    let long = format!("a: &a {}\nb: [{}]", "x".repeat(size / 2), vec!["*a"; 10_000].join(","));
    let merged: Vec<String> = (1..10)
        .map(|level| {
            format!("m{level}: &m{level} {{a: [{}]}}", vec![format!("*m{}", level - 1); 9].join(","))
        })
        .collect();
    for text in [
        laughs,
        long,
        format!("m0: &m0 {{x: y}}\n{}\n<<: *m9", merged.join("\n")),
        "[".repeat(size),
        "{".repeat(size),
        "[{".repeat(size / 2),
        "a: ".repeat(size / 3),
        "- ".repeat(size / 2),
        "? ".repeat(size / 2),
        "[".repeat(500) + &"a,".repeat(size / 4),
        "&a ".repeat(size / 3),
        "!a ".repeat(size / 3),
        "'".repeat(size - 1),
        "\"".repeat(size - 1),
        "a: \"".to_owned() + &"\\".repeat(size - 5),
        "a: |\n".to_owned() + &" ".repeat(size - 10),
        "a: |\n".to_owned() + &"\n".repeat(size - 10),
        "#".repeat(size),
        "\n".repeat(size),
        "---\n".repeat(size / 4),
        "--- a\n".repeat(size / 6),
        "%a\n".repeat(size / 3),
        "a\n".repeat(size / 2),
        "a ".repeat(size / 2),
        "a: ".to_owned() + &"b: ".repeat(size / 4),
        "a:\n".repeat(size / 3),
        (0..NODE_LIMIT).map(|key| format!("k{key}: v")).collect::<Vec<_>>().join("\n"),
        (0..NODE_LIMIT / 2).map(|key| format!("k{key}: &k{key} v")).collect::<Vec<_>>().join("\n"),
        "*a ".repeat(size / 3),
        "<<: ".repeat(size / 4),
        "\u{feff}".repeat(size / 3),
        "\t".repeat(size),
        ",".repeat(size),
        ":".repeat(size),
        "-".repeat(size),
    ] {
        // What is quadratic would take minutes here, and what grows would take all memory.
        match parse(&text) {
            Ok(Node::Map(entries)) => assert_eq!(entries.len(), 1),
            Ok(node) => assert!(matches!(node, Node::Null | Node::Scalar(_)), "{node:?}"),
            Err(problem) => assert!(matches!(problem, Problem::Syntax { .. }), "{problem:?}"),
        }
    }
    assert_eq!(parse(&" ".repeat(size + 1)), Err(Problem::TooLarge { bytes: size + 1 }));
    let nested = |depth: usize| format!("{}x{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(DEPTH_LIMIT)).is_ok());
    assert!(refusal(&nested(DEPTH_LIMIT + 1)).1.contains("nested more than 32 deep"));
    let many = |count: usize| format!("[{}]", vec!["a"; count].join(","));
    assert!(parse(&many(NODE_LIMIT - 1)).is_ok());
    assert!(refusal(&many(NODE_LIMIT)).1.contains("more than 20000 values"));
}

#[test]
fn a_key_is_located() {
    let text = "\u{feff}a: b\nenvironments:\n  dev:\n    x: 1.10\n    list: [p,\n      q]\n  dev.two: {x: y}\nempty:\n";
    for (path, place) in [
        ("a", Some((1, 4))),
        ("environments.dev.x", Some((4, 8))),
        ("environments.dev.list[1]", Some((6, 7))),
        ("environments.dev.two.x", Some((7, 16))),
        ("environments.dev", Some((4, 5))),
        ("environments.none", None),
        ("environments.dev.list[2]", None),
        ("b", None),
    ] {
        assert_eq!(locate(text, path).map(|place| (place.line, place.column)), place, "{path}");
    }
    for (path, place) in [
        ("a", Some((1, 1))),
        ("environments.dev.x", Some((4, 5))),
        ("environments.dev", Some((3, 3))),
        ("environments.dev.two.x", Some((7, 13))),
        ("empty", Some((8, 1))),
        ("environments.none", None),
    ] {
        assert_eq!(locate_key(text, path).map(|place| (place.line, place.column)), place, "key {path}");
    }
}

fn fixed_seed() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(0x7e11),
        failure_persistence: None,
        ..ProptestConfig::with_cases(2000)
    }
}

/// What the library reads as values, in our form; none for what is left out on purpose: keys that are no
/// texts, tags, and what is merged.
fn as_ours(value: &serde_yaml::Value) -> Option<Value> {
    use serde_yaml::Value as Yaml;

    Some(match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(*flag),
        Yaml::Number(_) => json!("a number"),
        Yaml::String(text) => json!(text),
        Yaml::Sequence(items) => Value::Array(items.iter().map(as_ours).collect::<Option<_>>()?),
        Yaml::Mapping(entries) => {
            let entry = |(key, value): (&Yaml, &Yaml)| match key {
                Yaml::String(key) if key != "<<" => Some((key.clone(), as_ours(value)?)),
                _ => None,
            };
            Value::Object(entries.iter().map(entry).collect::<Option<_>>()?)
        }
        Yaml::Tagged(_) => return None,
    })
}

fn without_numbers(node: Node) -> Value {
    match node {
        Node::Scalar(Scalar { kind: ScalarKind::Number, ref text })
            if !text.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit())
                || !text.trim_start_matches(['+', '-']).starts_with('0')
                || text.len() == 1 =>
        {
            json!("a number")
        }
        Node::List(items) => Value::Array(items.into_iter().map(without_numbers).collect()),
        Node::Map(entries) => {
            Value::Object(entries.into_iter().map(|(key, value)| (key, without_numbers(value))).collect())
        }
        other => other.into(),
    }
}

const LINES: &[&str] = &[
    "a: b # c",
    "a: &x b",
    "c: *x",
    "d:",
    "  e: 'f'",
    "  - g",
    "- h",
    "  i: |",
    "    j",
    "k: >-",
    "    l",
    "m: {n: o,",
    "  p: q}",
    "r: [s, t]",
    "\"u\": v",
    "---",
    "...",
    "# w",
    "",
    "\tx: y",
    "? z",
    ": 1",
    "a: 1.10",
    "b: 012",
    "<<: {c: d}",
    "e: !t f",
    "g: \"h",
    "  i\"",
    "j: k: l",
    "m: 'n",
    "o: ~",
    "- p: q",
    "  r: s",
    "a: b\r",
    "%YAML 1.2",
];

proptest! {
    #![proptest_config(fixed_seed())]

    /// Not only what is read is the same: also whether it is read.
    #[test]
    fn lines_of_all_kinds_are_accepted_as_the_library_accepts_them(
        lines in proptest::collection::vec(proptest::sample::select(LINES), 1..9),
    ) {
        agree(&(lines.join("\n") + "\n"))?;
    }

    #[test]
    fn any_characters_are_accepted_as_the_library_accepts_them(text in "[ab10:, \\[\\]{}'\"#\\n&*!|>?~.%@\\t\\\\-]{0,40}") {
        agree(&text)?;
    }

    #[test]
    fn every_text_is_written_so_that_it_reads_as_itself(text in "(\\PC|[\\x01-\\x1f\u{7f}-\u{9f}\u{2028}\u{2029}\u{feff}\"'\\\\#:&*!|>%@`{}\\[\\], \\n-]){0,20}") {
        // Which stands for what couldn't be decoded.
        prop_assume!(!text.contains('\u{fffd}'));
        for node in [Node::text(text.clone()), Node::Map(vec![("a".into(), Node::List(vec![Node::text(text.clone())]))])] {
            let written = write(&node);
            prop_assert!(parse(&written) == Ok(node), "{:?}: {}", text, written);
        }
    }

    #[test]
    fn words_and_numbers_are_written_so_that_they_read_as_texts(
        text in "(true|False|YES|on|no|y|N|null|~|\\.inf|\\.NaN|[-+]?[0-9_]{1,4}(\\.[0-9]*)?([eE][-+]?[0-9])?|0x[0-9a-f]{1,4}|0o[0-7]{1,3}|0[0-9]{1,3}|[0-9]:[0-9]{2}|<<|=)",
    ) {
        let node = Node::Map(vec![(text.clone(), Node::text(text.clone()))]);
        let written = write(&node);
        prop_assert!(parse(&written) == Ok(node.clone()) || text == "<<", "{}", written);
        let other: std::collections::BTreeMap<String, String> = serde_yaml::from_str(&written).unwrap();
        prop_assert_eq!(other.get(&text), Some(&text), "{}", written);
    }
}

/// Ours accepts exactly what the library accepts, and reads the same, apart from what is refused on purpose.
fn agree(text: &str) -> Result<(), TestCaseError> {
    let theirs = serde_yaml::from_str::<serde_yaml::Value>(text);
    match (parse(text), theirs) {
        (Ok(ours), Ok(theirs)) => {
            if let Some(theirs) = as_ours(&theirs) {
                prop_assert_eq!(without_numbers(ours), theirs, "{}", text);
            }
        }
        (Err(problem), Ok(theirs)) => {
            // Left out on purpose.
            prop_assert!(as_ours(&theirs).is_none(), "{:?}: {}", problem, text);
        }
        (Ok(ours), Err(error)) => {
            // An empty document at the end, and keys that are numbers of one value.
            let ends = text.contains("---") || text.contains("...");
            let (ends, same) = (
                ends && error.to_string().contains("more than one document"),
                error.to_string().contains("duplicate entry"),
            );
            prop_assert!(ends || same, "{:?}, {}: {}", ours, error, text);
        }
        (Err(_), Err(_)) => {}
    }
    Ok(())
}
