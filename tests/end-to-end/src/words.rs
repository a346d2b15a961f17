//! What a person may be shown when something went wrong.

use deployer::error::{DeployError, ErrorClass};

/// What an error has to say: its code, the thing it is about, and why.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The catalogue's code.
    pub code: &'a str,
    /// A part of the message: the name of the thing.
    pub names: &'a str,
    /// A part of the cause: the platform's own words, where it had some.
    pub because: &'a str,
}

/// Asserts that the error says what it has to, in words for people.
pub fn assert_says(error: &DeployError, expected: Expected<'_>) {
    assert_good_words(error);
    assert_eq!(error.code, expected.code, "{error:#?}");
    assert!(error.message.contains(expected.names), "the message names `{}`: {error:#?}", expected.names);
    assert!(error.cause.contains(expected.because), "the cause says `{}`: {error:#?}", expected.because);
}

/// Asserts what holds for every error: sentences instead of data, a reason, and something to do.
pub fn assert_good_words(error: &DeployError) {
    let plain = |c: char| c.is_ascii_uppercase() || c == '_';
    assert!(!error.code.is_empty() && error.code.chars().all(plain), "{error:#?}");
    for text in [&error.message, &error.cause, &error.remedy, &error.docs] {
        assert!(!text.trim().is_empty(), "nothing is left unsaid: {error:#?}");
    }
    assert!(!error.message.ends_with('.'), "{error:#?}");
    let log = error.log.iter();
    for text in [&error.message, &error.cause, &error.remedy].into_iter().chain(log) {
        for raw in ["{\"", "\":", "<html", "<pre>", "<!doctype", "Some(", "None", "ErrorKind", "panicked"] {
            assert!(!text.contains(raw), "`{raw}` is not for people: {error:#?}");
        }
    }
    let of_the_whole_run = ["CANCELLED", "LOCK_LOST"].contains(&error.code.as_str());
    if error.class == ErrorClass::Deployment && !of_the_whole_run {
        assert!(error.step.is_some(), "it happened somewhere: {error:#?}");
    }
}
