//! A workspace on this machine is reached directly, whatever proxies the environment names.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use end_to_end::kill;
use end_to_end::stage::Stage;
use local_workspace::pace::Pace;
use tokio::net::TcpListener;

/// A proxy that counts the connections to it and closes them.
async fn proxy() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("it has an address").to_string();
    let counted = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&counted);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    (address, counted)
}

#[tokio::test]
async fn no_proxy_gets_the_credential_for_a_workspace_on_this_machine() {
    let stage = Stage::with(Pace::none()).await;
    let (address, connections) = proxy().await;
    let by_name = stage.workspace.host().replace("127.0.0.1", "localhost");
    for (name, host) in [
        ("HTTP_PROXY", stage.workspace.host()),
        ("http_proxy", stage.workspace.host()),
        ("ALL_PROXY", stage.workspace.host()),
        ("HTTP_PROXY", by_name.as_str()),
    ] {
        for value in [address.clone(), format!("http://{address}")] {
            let mut command = kill::deploy(&stage, "status");
            let output = command.env(name, value).env("DATABRICKS_HOST", host).env("NO_PROXY", "x.example");
            let output = output.output().await.expect("it runs");
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert_eq!(connections.load(Ordering::Relaxed), 0);
    stage.end().await;
}

#[tokio::test]
async fn another_workspace_is_reached_through_the_proxy_and_its_fault_is_told_as_that() {
    let stage = Stage::with(Pace::none()).await;
    let (address, connections) = proxy().await;
    for (proxy, words) in [(address.as_str(), "proxy"), ("http://127.0.0.1:1", "The proxy for my.example")] {
        let mut command = kill::deploy(&stage, "status");
        let output = command.env("HTTPS_PROXY", proxy).env("DATABRICKS_HOST", "https://my.example");
        let output = output.env_remove("NO_PROXY").output().await.expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    }
    assert!(connections.load(Ordering::Relaxed) > 0);
    stage.end().await;
}
