//! What a command line prints: events, plans, statuses, results and errors as text, and the questions before
//! data is deleted.
//!
//! Two command lines print it: `tellr-app deploy`, which is native, and `tellr` of the Python package, which
//! gets the text from the kernel's module. Both therefore say the same words; `tests/end-to-end` and
//! `widget/tests` compare both with the same files.
//!
//! Everything here is pure: it takes values and returns text, with `\n` at the end of each line.
//!
//! | module | content |
//! |---|---|
//! | [`program`] | how to print: the program's name, colour, whether settings are in a file |
//! | [`events`] | an event as a line; steps that are still waiting |
//! | [`report`] | a plan and a status |
//! | [`ending`] | the result of an operation |
//! | [`failure`] | an error |
//! | [`flags`] | the names and the help of flags; an error that names them |
//! | [`confirmation`] | what is lost, and the questions about it |
//! | [`introduction`] | the first line: the workspace and the user |
//! | [`text`] | characters that may reach a terminal; colour |

pub mod confirmation;
pub mod ending;
pub mod events;
pub mod failure;
pub mod flags;
pub mod introduction;
pub mod program;
pub mod report;
pub mod text;
