//! A workspace that can't be reached: the command line says why, and soon.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::app::Variables;
use crate::support::front::Certificate;
use crate::support::process::{self, Ended};

/// Somebody waits this long for an answer, at most, before the first one; twice, as machines are slow at times.
const SOON: Duration = Duration::from_secs(10);

/// `tellr-app deploy status` in this environment.
async fn status(variables: &[(&str, &str)]) -> Ended {
    let mut all = Variables::nothing().with("DATABRICKS_TOKEN", "dapi-token-of-nobody");
    for (name, value) in variables {
        all = all.with(name, value);
    }
    let began = Instant::now();
    let ended = process::run(&["deploy", "status", "tellr"], &all).await;
    assert!(began.elapsed() < SOON, "{:?}: {}", began.elapsed(), ended.output);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.output);
    ended
}

fn assert_says(ended: &Ended, parts: &[&str]) {
    for part in parts {
        assert!(ended.output.contains(part), "`{part}` is missing in:\n{}", ended.output);
    }
    assert!(!ended.output.contains("dapi-token-of-nobody"), "{}", ended.output);
}

/// Somebody who answers each connection with these bytes; what it was sent, by connection.
async fn answering(
    answer: &'static [u8],
    tls: Option<Certificate>,
) -> (SocketAddr, UnboundedReceiver<Vec<u8>>) {
    async fn speak(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: &[u8]) -> Vec<u8> {
        let mut said = vec![0; 4096];
        let count = stream.read(&mut said).await.unwrap_or_default();
        said.truncate(count);
        // Who breaks off has heard enough.
        let _ = stream.write_all(answer).await;
        let _ = stream.shutdown().await;
        said
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (sender, acceptor) = (sender.clone(), tls.as_ref().map(|tls| tls.acceptor.clone()));
            tokio::spawn(async move {
                let said = match acceptor {
                    None => speak(stream, answer).await,
                    Some(acceptor) => match acceptor.accept(stream).await {
                        Ok(stream) => speak(stream, answer).await,
                        Err(_) => Vec::new(),
                    },
                };
                let _ = sender.send(said);
            });
        }
    });
    (address, receiver)
}

const REFUSES: &[u8] =
    b"HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\ncontent-length: 39\r\n\
    connection: close\r\n\r\n{\"error_code\":\"401\",\"message\":\"no such\"}";

#[tokio::test]
async fn a_host_that_refuses_or_does_not_resolve_is_told_at_once() {
    let refused = status(&[("DATABRICKS_HOST", "https://127.0.0.1:1")]).await;
    assert_says(&refused, &["Workspace https://127.0.0.1:1\n", "127.0.0.1:1 refused the connection"]);
    let unknown = status(&[("DATABRICKS_HOST", "https://my-workspcae.invalid")]).await;
    assert_says(&unknown, &["Failed to resolve my-workspcae.invalid", "typing errors"]);
}

#[tokio::test]
async fn a_host_that_is_silent_is_told_within_seconds() {
    // Its queue of connections is full with two (one more than it asks for): a further one gets no answer.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let listener = socket.listen(1).expect("it listens");
    let address = listener.local_addr().expect("an address");
    let waiting = [TcpStream::connect(address).await, TcpStream::connect(address).await];
    assert!(waiting.iter().all(Result::is_ok), "{waiting:?}");
    let silent = status(&[("DATABRICKS_HOST", &format!("https://{address}"))]).await;
    assert_says(&silent, &[&format!("No connection to {address} in time")]);
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_told_at_once() {
    let certificate = Certificate::for_names(&["127.0.0.1"]);
    let file = certificate.root_file.path().display().to_string();
    let kept = std::fs::read(&certificate.root_file).expect("the certificate");
    let (address, mut said) = answering(REFUSES, Some(certificate)).await;
    let host = format!("https://{address}");
    let unknown = status(&[("DATABRICKS_HOST", &host)]).await;
    assert_says(
        &unknown,
        &["CERTIFICATE_NOT_TRUSTED", "it was not issued by a trusted authority", "`SSL_CERT_FILE`"],
    );
    assert_eq!(said.recv().await, Some(Vec::new()), "nothing was sent");
    // The status asks two things at once, and neither again.
    let more: Vec<_> = std::iter::from_fn(|| said.try_recv().ok()).collect();
    assert!(more.len() <= 1 && more.iter().all(Vec::is_empty), "{more:?}");
    // A company's authority, as other tools are told of it.
    assert!(!kept.is_empty());
    for variable in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
        let trusted = status(&[("DATABRICKS_HOST", &host), (variable, &file)]).await;
        assert_says(&trusted, &["TOKEN_EXPIRED"]);
        let missing = status(&[("DATABRICKS_HOST", &host), (variable, "/nowhere/ca.pem")]).await;
        assert_says(&missing, &[&format!("{variable} names `/nowhere/ca.pem`, which could not be read")]);
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_told_at_once() {
    let certificate = Certificate::for_names(&["elsewhere.example.com"]);
    let file = certificate.root_file.path().display().to_string();
    let (address, _said) = answering(REFUSES, Some(certificate)).await;
    let other = status(&[("DATABRICKS_HOST", &format!("https://{address}")), ("SSL_CERT_FILE", &file)]).await;
    assert_says(&other, &["CERTIFICATE_NOT_TRUSTED", "it was issued for another name"]);
}

#[tokio::test]
async fn a_port_without_tls_is_named_as_that() {
    let (address, _said) = answering(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", None).await;
    let plain = status(&[("DATABRICKS_HOST", &format!("https://{address}"))]).await;
    assert_says(&plain, &[&format!("{address} doesn't speak TLS on this port")]);
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_named_as_that() {
    let asks = b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"x\"\r\n\
        content-length: 0\r\n\r\n";
    let (proxy, mut said) = answering(asks, None).await;
    let proxy = format!("http://ada:marked-secret@{proxy}");
    let ended =
        status(&[("DATABRICKS_HOST", "https://my.cloud.databricks.com"), ("HTTPS_PROXY", &proxy)]).await;
    assert_says(&ended, &["PROXY_AUTHENTICATION", "(407", "`HTTPS_PROXY`"]);
    assert!(!ended.output.contains("marked-secret"), "{}", ended.output);
    let connect = String::from_utf8(said.recv().await.expect("it was asked")).expect("text");
    assert!(connect.starts_with("CONNECT my.cloud.databricks.com:443 "), "{connect}");
}

#[tokio::test]
async fn a_socks_proxy_is_used_and_named() {
    // It knows no way to sign in that is offered.
    let (proxy, mut said) = answering(&[5, 0xff], None).await;
    let proxy = format!("socks5h://{proxy}");
    let ended =
        status(&[("DATABRICKS_HOST", "https://my.cloud.databricks.com"), ("ALL_PROXY", &proxy)]).await;
    assert_says(&ended, &["The proxy for my.cloud.databricks.com refused the connection"]);
    assert_eq!(said.recv().await.expect("it was asked").first(), Some(&5), "SOCKS, version 5");
}
