//! Deployer, app and local workspace together. One program: linking one for each file took longer than
//! compiling them.

mod asked_app;
mod browser_sign_in;
mod command_line;
mod configurations;
mod confirmation;
mod defects;
mod extra_env;
mod failures_others;
mod failures_platform;
mod failures_reset;
mod failures_rights;
mod failures_transport;
mod frozen_holder;
mod interruption;
mod interruption_later;
mod lifecycle;
mod lock_file;
mod look_then_lock;
mod lost_keys;
mod mistakes;
mod one_lock;
mod own_program;
mod ownership;
mod pace;
mod plan;
mod platform_answers;
mod refused_input;
mod restore_points;
mod safekeeping;
mod schema_races;
mod secrets;
mod sign_in;
mod status;
mod takeover;
mod two_at_once;
