use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::timestamp::Timestamp;

#[derive(Debug, Deserialize, PartialEq)]
struct Outer {
    name: String,
    #[serde(default, deserialize_with = "null_as_default")]
    inner: Inner,
    #[serde(default, deserialize_with = "null_as_default")]
    list: Vec<Inner>,
    closed: Option<Closed>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Closed {}

#[derive(Debug, Default, Deserialize, PartialEq)]
struct Inner {
    count: Option<u16>,
    at: Option<Timestamp>,
    word: Option<Word>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Word {
    OneThing,
    Other,
}

#[test]
fn a_value_that_does_not_fit_is_told_by_its_place_and_kind() {
    for (value, problem) in [
        (json!({"name": "x", "inner": {"count": "7"}}), "`inner.count` is text, a whole number was expected"),
        (
            json!({"name": "x", "inner": {"count": 70_000}}),
            "`inner.count` can't be used, a whole number was expected",
        ),
        (json!({"name": 7}), "`name` is a number, text was expected"),
        (json!({"name": null}), "`name` is null, text was expected"),
        (json!({"name": true}), "`name` is true or false, text was expected"),
        (json!({}), "`name` is missing"),
        (json!({"name": "x", "list": [{}, {"at": 5}]}), "`list[1].at` is a number, text was expected"),
        (json!({"name": "x", "list": {}}), "`list` is an object, a list was expected"),
        (json!({"name": "x", "list": {"at": 5}}), "`list` is an object, a list was expected"),
        (json!({"name": "x", "inner": [7, null, null]}), "`inner` is a list, an object was expected"),
        (json!(["x"]), "it is a list, an object was expected"),
        (
            json!({"name": "x", "inner": {"at": "noon"}}),
            "`inner.at` can't be used, an RFC 3339 time was expected",
        ),
        (
            json!({"name": "x", "inner": {"word": "third"}}),
            "`inner.word` can't be used, `one_thing` or `other` was expected",
        ),
        (json!({"name": "x", "closed": {"a": 1}}), "`closed` has an unknown key"),
        (json!("x"), "it is text, an object was expected"),
    ] {
        assert_eq!(decode::<Outer>(value).unwrap_err().to_string(), problem);
    }
}

#[test]
fn absent_and_null_are_the_same() {
    let plain = Outer { name: "x".into(), inner: Inner::default(), list: vec![], closed: None };
    assert_eq!(decode::<Outer>(json!({"name": "x"})).as_ref(), Ok(&plain));
    assert_eq!(decode::<Outer>(json!({"name": "x", "inner": null, "list": null, "new": 1})), Ok(plain));
}

#[test]
fn no_value_is_repeated() {
    const SECRET: &str = "marked-secret, expected `marked-secret`";
    for value in [
        json!({"name": [SECRET]}),
        json!({"name": "x", "inner": SECRET}),
        json!({"name": "x", "inner": {"count": SECRET}}),
        json!({"name": "x", "inner": {"at": SECRET}}),
        json!({"name": "x", "inner": {"word": SECRET}}),
        json!({"name": "x", "closed": {"marked.secret": 1}}),
        json!(SECRET),
    ] {
        let problem = decode::<Outer>(value).unwrap_err().to_string();
        assert!(!problem.contains("marked"), "{problem}");
    }
}
