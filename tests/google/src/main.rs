//! The command line of the stand-in for Google.

use std::process::ExitCode;

use clap::Parser;
use google_stand_in::{Client, StandIn};

/// Google's sign-in and Drive on loopback.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 8788)]
    port: u16,
    /// An address that answers may be sent to, such as `http://127.0.0.1:8000/api/google/callback`.
    #[arg(long, required = true)]
    redirect_uri: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let google = match StandIn::start(cli.port).await {
        Ok(google) => google,
        Err(error) => {
            eprintln!("google-stand-in: port {} can't be opened: {error}", cli.port);
            return ExitCode::FAILURE;
        }
    };
    google.register(Client {
        client_id: "1234567890-local.apps.googleusercontent.com".to_owned(),
        client_secret: "GOCSPX-local-stand-in-secret".to_owned(),
        redirect_uris: cli.redirect_uri,
    });
    println!("Google's stand-in is at {}", google.address);
    println!(
        "Start the app with TELLR_GOOGLE_ADDRESS={0} and upload {0}/__local/client.json",
        google.address
    );
    println!("Files in Drive: {}/__local/files", google.address);
    if tokio::signal::ctrl_c().await.is_err() {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
