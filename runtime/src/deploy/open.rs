//! `tellr-app deploy open`: opens an app in the browser.

use deployer::command_line::opening::{self, Opening};
use deployer::engine::Cancellation;
use deployer::error::DeployError;
use deployer::operations;

use super::connection::{connect, find};
use super::flags::StatusFlags;
use super::native_host::NativeHost;
use super::printer::{Style, output_lost, print_result};
use crate::workspace::{app_url, browser};

/// Prints the app's URL and opens it.
pub(super) async fn open(flags: StatusFlags, style: Style) -> Result<(), DeployError> {
    let (connection, config) = flags.read()?;
    let workspace = connect(&connection, find(&connection)?).await?;
    let address = workspace.host().to_owned();
    let host = NativeHost::of(workspace, None, |_| {});
    let app = operations::app_state(&host, &config, &Cancellation::new()).await?;
    // The address comes from outside, and a browser opens more than web pages.
    let url = app_url(app.url.as_deref().unwrap_or_default(), &address)
        .ok_or_else(|| opening::no_address(config.app_name.as_str()))?;
    let url = url.to_string();
    let opened = browser::open_page(&url);
    let text = Opening { url: &url, opened }.text(style);
    print_result(&text).map_err(|error| output_lost(&error))
}
