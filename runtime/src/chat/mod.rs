//! The assistant: from what a person asks to a deck, or to a change of one.
//!
//! Problem: an answer takes a dozen calls of a model and of Genie, some minutes, and the person's rights. Endpoints
//! are busy, processes end, sign-ins expire, and each call costs money.
//!
//! Choice: what a person asks is a *turn*, a row that a job works on in stages: gather data, plan, write slides, check
//! them. What a stage came to is committed together with the event that tells it and with what it cost, under the
//! fence of the job. So an attempt goes on from what is stored, whichever process makes it, and asks nothing twice;
//! and a turn that failed or was stopped can be resumed. A slide goes into the deck as a patch as soon as it is
//! written, so it is there for all who have the deck open; a change of a deck is applied at once, as one version that
//! can be taken back.
//!
//! What a model says is data: prompts and drafts are those of [`crate::prompting`], which copies numbers from the
//! sources instead of taking them from the model. Genie is asked on behalf of the person, and so is an endpoint
//! that the person chose; the endpoint that the app was deployed with is asked as the app. Tokens of people are kept
//! in memory only: a job without one waits until the person's page asks for anything in this process.
//!
//! Alternative considered: keeping the person's token, encrypted, with the turn. Then a stolen database and key
//! would open the person's data; so would a bug.
//!
//! | module | content |
//! |---|---|
//! | [`assistant`] | what all turns share; on whose behalf is asked |
//! | [`limits`] | how much is too much |
//! | [`types`], `turn` | turns: for the API, and for the job |
//! | `queries` | every statement |
//! | `stop` | why a stage ends early |
//! | `answering` | the job |
//! | `context` | what the stages have: the turn, its model, what they keep |
//! | `gather` | stage 1: the model asks Genie; `genie`: one question |
//! | `plan` | stage 2: an outline, or changes |
//! | `slides` | stage 3: slides, three at a time |
//! | `check` | stage 4: one repair a slide |
//! | `traced` | turns and stages in traces |
//! | `apply` | slides and changes into the deck, and back |
//! | `choices` | endpoints and spaces that a person may use, tested |
//! | `asking` | a request becomes a turn, or is refused |
//! | [`routes`], `original` | the API, and the paths of the original Tellr |

mod answering;
mod apply;
mod asking;
pub mod assistant;
mod check;
mod choices;
mod context;
mod gather;
mod genie;
pub mod limits;
mod original;
mod plan;
mod queries;
pub mod routes;
mod slides;
mod stop;
mod traced;
mod turn;
pub mod types;

pub use answering::Answering;
pub use assistant::Assistant;
pub use limits::Limits;
