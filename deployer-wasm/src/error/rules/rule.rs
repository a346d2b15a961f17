//! A rule, and how tables of rules are written.

/// A text with a known meaning.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// A stable name, such as `PIP_NO_VERSION`.
    pub(crate) code: &'static str,
    /// Where the text, and what it means, are known from.
    #[cfg(test)]
    pub(super) source: &'static str,
    /// Names of `error_code` or of a reason that mean this whatever the text is.
    pub(super) codes: &'static [&'static str],
    /// Phrases in lower case, one of which is in a line of the text. `*` stands for any text in that line.
    pub(super) says: &'static [&'static str],
    /// Whether other rules are preferred: the text says that something failed, but not why.
    pub(super) is_general: bool,
    /// Why it failed: a sentence without a full stop.
    pub(crate) cause: &'static str,
    /// What to do, and who can: an imperative that "then run it again" can follow.
    pub(crate) remedy: &'static str,
    /// Where to read more.
    pub(crate) docs: &'static str,
}

/// A table of rules, each with its source as its documentation.
macro_rules! rules {
    ($(#[$about:meta])* $table:ident;
     $($(#[doc = $source:literal])+ $code:ident $([$($name:literal)+])? {
        $(general: $general:literal,)?
        says: [$($phrase:literal),* $(,)?],
        cause: $cause:expr,
        remedy: $remedy:expr,
        docs: $docs:expr $(,)?
     })+) => {
        $(#[$about])*
        pub(super) const $table: &[Rule] = &[$(Rule {
            code: stringify!($code),
            #[cfg(test)]
            source: concat!($($source),+),
            codes: &[$($($name),+)?],
            says: &[$($phrase),*],
            is_general: false $(|| $general)?,
            cause: $cause,
            remedy: $remedy,
            docs: $docs,
        }),+];
    };
}
pub(super) use rules;

impl Rule {
    /// Whether `line`, in lower case, says this.
    pub(super) fn fits(&self, line: &str) -> bool {
        self.says.iter().any(|phrase| holds(line, phrase))
    }
}

/// Whether the parts of `phrase` between `*` are in `line`, in this order.
pub(super) fn holds(line: &str, phrase: &str) -> bool {
    let mut rest = line;
    phrase.split('*').all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}
