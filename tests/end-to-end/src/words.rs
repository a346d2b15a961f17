//! Checks the texts of errors.

use deployer::error::{DeployError, ErrorClass};

/// The required parts of an error: its code, its subject, and its cause.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The catalogue's code.
    pub code: &'a str,
    /// A part of the message: the name of the subject.
    pub names: &'a str,
    /// A part of the cause: the platform's own message, if there was one.
    pub because: &'a str,
}

/// Asserts that the error has the required parts, in readable sentences.
pub fn assert_says(error: &DeployError, expected: Expected<'_>) {
    assert_good_words(error);
    assert_eq!(error.code, expected.code, "{error:#?}");
    assert!(error.message.contains(expected.names), "the message names `{}`: {error:#?}", expected.names);
    assert!(error.cause.contains(expected.because), "the cause says `{}`: {error:#?}", expected.because);
}

/// Asserts the rules for every error: sentences instead of data, a cause, and what to do.
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
