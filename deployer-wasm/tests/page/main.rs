//! The deployer's module in a browser, against a local workspace and a real Lakebase.
//!
//! `tests/module/run.mjs` runs it: it puts the server of `tellr-app deploy-page` on this page's own
//! origin. Everything goes through the class that a page uses. [`stage`] holds what the tests have in
//! common; time is the workspace's own, and no test waits for the wall clock.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test_configure;

mod configuration;
mod deploying;
mod direct;
mod faults;
mod hosts;
mod looking;
mod stage;
mod stopping;
mod two_at_once;

wasm_bindgen_test_configure!(run_in_browser);
