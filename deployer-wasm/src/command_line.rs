//! What a command line prints: events, plans, statuses, results and errors as text, and the questions before
//! data is deleted.
//!
//! Two command lines print it. `tellr-app deploy` is native and calls this module. `tellr`, the command of the
//! Python package, asks the kernel's module for the texts (`bindings/command.rs`). So both print the same
//! words, and the tests of both compare with the same files (`tests/end-to-end/…/golden`).
//!
//! Two designs were possible for `tellr`: compile the native command line into the module, with its parser
//! (clap), or parse in Python and take the texts from the module. The parser and its help would add a quarter to
//! a module that is downloaded with each installation, and the rest of the native command line consists of what
//! the module can't do: terminals, files, signals and sign-in. So Python parses, by a table that is generated from
//! clap's description (`widget/src/tellr/command/commands.json`).
//!
//! Everything here is pure: it takes values and returns text, with `\n` at the end of each line.
//!
//! | module | content |
//! |---|---|
//! | [`style`] | text or JSON lines |
//! | [`events`] | an event as a line; steps that are still waiting |
//! | [`report`] | a plan, a status and a history |
//! | [`looking`] | the list of apps, and findings |
//! | [`log`] | lines of an app's log, and messages about it |
//! | [`ending`] | the result of an operation |
//! | [`opening`] | an app that was opened in the browser |
//! | [`failure`] | an error, and its exit code |
//! | [`flags`] | an error that names flags; values of flags |
//! | [`saved`] | the settings of a saved plan |
//! | [`confirmation`] | what is lost, and the questions about it |
//! | [`introduction`] | the first line: the workspace and the user |
//! | [`program`] | the names of the two commands |
//! | [`text`] | characters that may reach a terminal; colour |

pub mod confirmation;
pub mod ending;
pub mod events;
pub mod failure;
pub mod flags;
pub mod introduction;
pub mod log;
pub mod looking;
pub mod opening;
pub mod program;
pub mod report;
pub mod saved;
pub mod style;
pub mod text;
