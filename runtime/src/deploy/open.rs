//! `tellr-app deploy open`: opens an app in the browser.

use deployer::engine::Cancellation;
use deployer::error::{DeployError, Failure};
use deployer::operations;
use serde::Serialize;

use super::connection::{connect, find};
use super::flags::StatusFlags;
use super::native_host::NativeHost;
use super::printer::{Style, output_lost, print_result};
use crate::workspace::{app_url, browser};

/// What `open` prints.
#[derive(Debug, Serialize)]
struct Opening {
    /// The app's URL.
    url: String,
    /// Whether a browser was started.
    opened: bool,
}

/// Prints the app's URL and opens it.
pub(super) async fn open(flags: StatusFlags, style: Style) -> Result<(), DeployError> {
    let (connection, config) = flags.read()?;
    let workspace = connect(&connection, find(&connection)?).await?;
    let address = workspace.host().to_owned();
    let host = NativeHost::of(workspace, None, |_| {});
    let app = operations::app_state(&host, &config, &Cancellation::new()).await?;
    // The address comes from outside, and a browser opens more than web pages.
    let url = app_url(app.url.as_deref().unwrap_or_default(), &address).ok_or_else(|| {
        let problem = format!("The workspace shows no address for the app `{}`", config.app_name);
        Failure::Unreachable { problem }
    })?;
    let url = url.to_string();
    let opened = browser::open_page(&url);
    let sentence = if opened {
        url.clone()
    } else {
        format!("{url}\nNo browser could be started; open the address by hand")
    };
    let text = match style {
        Style::Json => style.result(&Opening { url, opened }, ""),
        Style::Lines { .. } => format!("{sentence}\n"),
    };
    print_result(&text).map_err(|error| output_lost(&error))
}
