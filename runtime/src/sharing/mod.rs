//! Who may see and change a deck: its owner, and the people and groups it is shared with.
//!
//! Every statement on a deck finds the caller's role in the same round trip ([`queries::role`]), so there is no
//! moment between the check and the effect.

mod caller;
mod directory;
mod groups;
mod path;
pub mod queries;
mod role;
mod routes;
pub mod types;

pub use caller::Caller;
pub use groups::Groups;
pub use path::{SessionPath, no_deck};
pub use role::{Role, may_edit, must_own, visible};
pub use routes::routes;
pub use types::Person;
