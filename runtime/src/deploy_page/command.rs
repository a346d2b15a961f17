//! `tellr-app deploy-page`: the deploy page on the user's own machine.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use deployer::command_line::program::NATIVE;
use deployer::error::{DeployError, ErrorClass, Failure};

use super::session::PAGE;
use super::{DeployPage, Session};
use crate::deploy::printer::{print, print_error, style_of_stderr};
use crate::http::frontend;
use crate::http::listener::{self, StopSignals};
use crate::logging;
use crate::settings::Environment;
use crate::workspace::oauth::{self, SignIn};
use crate::workspace::sign_in::{self, SelectionArguments};
use crate::workspace::{Workspace, browser, client};

/// The flags of `deploy-page`.
#[derive(Debug, Args)]
pub struct Flags {
    /// A profile of ~/.databrickscfg; else the environment's credential, else `DEFAULT`
    #[arg(long)]
    profile: Option<String>,
    /// The workspace's address (default: `DATABRICKS_HOST`, then the profile's). Where no credential for it is
    /// found, the page begins with a sign-in
    #[arg(long)]
    host: Option<String>,
    /// Sign in in the browser even where there is a credential
    #[arg(long)]
    sign_in: bool,
    /// The port to listen on, on this machine only; 0 takes any that is free
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Show each request
    #[arg(long, short)]
    verbose: bool,
}

/// Serves the deploy page until the process is asked to end.
pub async fn run(flags: Flags) -> ExitCode {
    match serve(flags).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&style_of_stderr().error(&error, NATIVE));
            match error.class {
                ErrorClass::Input => ExitCode::from(2),
                ErrorClass::Deployment => ExitCode::FAILURE,
            }
        }
    }
}

async fn serve(flags: Flags) -> Result<(), DeployError> {
    let asked = SelectionArguments { host: flags.host, profile: flags.profile };
    let found = sign_in::find(&asked, |name| std::env::var(name).ok())?;
    let problem = |problem: String| DeployError::from(Failure::Unreachable { problem });
    let http = client().map_err(|error| problem(error.to_string()))?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, flags.port));
    let unopened = |error: std::io::Error| {
        let problem = match error.kind() {
            std::io::ErrorKind::AddrInUse => "Another program uses it".to_owned(),
            _ => format!("The system says: {error}"),
        };
        Failure::PortUnavailable { port: flags.port, problem }
    };
    let listener = listener::bind(address).map_err(unopened)?;
    let address = listener.local_addr().map_err(unopened)?;

    logging::start(Environment::Development, if flags.verbose { "info" } else { "warn" });
    if !frontend::contents().is_built {
        tracing::warn!("this program was built without the page; it shows a placeholder");
    }
    let (session, entrance) = Session::new(address.port())
        .map_err(|error| problem(format!("The operating system returned no random bytes: {error}")))?;
    let url = format!("http://{address}{entrance}");
    let (workspace, sign_in) = if found.has_credential() && !flags.sign_in {
        (Workspace::new(http, found.credential()?), None)
    } else {
        let back = format!("http://{address}{PAGE}");
        let sign_in = SignIn::new(http.clone(), found.host, Some(back));
        let begun = sign_in.begin().await.map_err(oauth::failure)?;
        (Workspace::of_person(http, sign_in), Some(begun.address))
    };
    let stop = StopSignals::new().map_err(|error| problem(format!("Signals can't be received: {error}")))?;
    print(&format!(
        "Deploy page  {url}\n             works once; the browser that opens it acts on your behalf\n\
         Workspace    {}\n",
        workspace.host()
    ));
    if let Some(address) = sign_in {
        print(&format!(
            "Sign in      {address}\n             in a browser on this machine, within {} minutes (also \
             linked on the deploy page)\n",
            oauth::PATIENCE.as_secs() / 60
        ));
    }
    print("Press Ctrl-C to stop\n");
    // Keeps the file until the browser has read it.
    let opened = if flags.open { browser::open(&url) } else { None };
    if flags.open && opened.is_none() {
        print("No browser could be started; open the address by hand\n");
    }
    let roots = std::env::var_os("PGSSLROOTCERT").map(PathBuf::from);
    let page = DeployPage::new(workspace, session, roots);
    listener::serve(listener, super::router(page), stop.received(), listener::DRAIN).await;
    Ok(())
}
