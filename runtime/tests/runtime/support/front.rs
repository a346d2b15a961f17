//! A front before PostgreSQL, as Lakebase has one: it ends TLS, and it can be broken and stalled.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::{eventually, postgres};

/// How the front treats connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As it should.
    Open,
    /// Takes new ones and leaves them waiting until the mode changes.
    Stalled,
    /// Passes nothing on any more, but keeps all connections, and takes new ones.
    Frozen,
    /// Passes nothing on any more from those there are, but keeps them, and serves new ones.
    Lost,
    /// Cuts those there are and refuses new ones.
    Broken,
}

pub(crate) struct Front {
    /// An address, or the name of one.
    pub(crate) host: String,
    pub(crate) port: u16,
    mode: watch::Sender<Mode>,
    waiting: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

/// A certificate for some names, and the file a client needs to trust it.
pub(crate) struct Certificate {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) root_file: NamedTempFile,
}

impl Certificate {
    pub(crate) fn for_names(names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let chain = vec![CertificateDer::from(made.cert.der().to_vec())];
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("protocol versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate that fits its key");
        let mut root_file = NamedTempFile::new().expect("a temporary file");
        root_file.write_all(made.cert.pem().as_bytes()).expect("written");
        Self { acceptor: TlsAcceptor::from(Arc::new(config)), root_file }
    }
}

impl Front {
    /// Without TLS.
    pub(crate) async fn plain() -> Self {
        Self::start(None).await
    }

    /// With TLS, as Lakebase.
    pub(crate) async fn with_tls(certificate: &Certificate) -> Self {
        Self::start(Some(certificate.acceptor.clone())).await
    }

    /// On an address of its own and on the port that every Lakebase has.
    pub(crate) async fn as_lakebase() -> (Self, Certificate) {
        // Somebody else, another run of these tests for one, may have the first ones.
        for last in 1..=254_u8 {
            if let Ok(listener) = TcpListener::bind((Ipv4Addr::new(127, 83, 84, last), 5432)).await {
                let host = listener.local_addr().expect("an address").ip().to_string();
                let certificate = Certificate::for_names(&[&host]);
                return (Self::on(listener, Some(certificate.acceptor.clone())), certificate);
            }
        }
        panic!("the port of PostgreSQL is in use on every address");
    }

    async fn start(tls: Option<TlsAcceptor>) -> Self {
        Self::on(TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port"), tls)
    }

    fn on(listener: TcpListener, tls: Option<TlsAcceptor>) -> Self {
        let address = listener.local_addr().expect("an address");
        let (host, port) = (address.ip().to_string(), address.port());
        let (mode, _) = watch::channel(Mode::Open);
        let (count, waiting) = watch::channel(0);
        let modes = mode.clone();
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                tokio::spawn(pass(stream, tls.clone(), modes.subscribe(), count.clone()));
            }
        });
        Self { host, port, mode, waiting, task }
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    /// Until a connection is being kept waiting.
    pub(crate) async fn somebody_waits(&self) {
        eventually("somebody connects to the stalled front", async || *self.waiting.borrow() > 0).await;
    }

    pub(crate) fn url(&self) -> String {
        format!("postgresql://{}@127.0.0.1:{}/postgres", postgres::ADMIN, self.port)
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(
    client: TcpStream,
    tls: Option<TlsAcceptor>,
    mut mode: watch::Receiver<Mode>,
    waiting: watch::Sender<usize>,
) {
    let is_held = |mode: &Mode| matches!(mode, Mode::Stalled | Mode::Frozen);
    let held = is_held(&mode.borrow());
    if held {
        waiting.send_modify(|count| *count += 1);
        let changed = mode.wait_for(|mode| !is_held(mode)).await.is_ok();
        waiting.send_modify(|count| *count -= 1);
        if !changed {
            return;
        }
    }
    if *mode.borrow() == Mode::Broken {
        return;
    }
    // What is open stays so while it is frozen, on both sides.
    let (mut frozen, mut thawed, mut lost) = (mode.clone(), mode.clone(), mode.clone());
    let was_there_before = *mode.borrow() != Mode::Lost;
    let mut piped = pin!(pipe(client, tls));
    let breaks = async { mode.wait_for(|mode| *mode == Mode::Broken).await.is_ok() };
    let is_lost = async { was_there_before && lost.wait_for(|mode| *mode == Mode::Lost).await.is_ok() };
    let freezes = async { frozen.wait_for(|mode| *mode == Mode::Frozen).await.is_ok() };
    tokio::select! {
        // Either side may end a connection as it likes; the tests look at what the app makes of it.
        _ = &mut piped => {}
        _ = freezes => {
            let _ = thawed.wait_for(|mode| *mode != Mode::Frozen).await;
        }
        true = is_lost => std::future::pending().await,
        _ = breaks => {}
    }
}

async fn pipe(mut client: TcpStream, tls: Option<TlsAcceptor>) -> std::io::Result<()> {
    let mut server = TcpStream::connect(("127.0.0.1", postgres::port())).await?;
    match tls {
        None => copy_bidirectional(&mut client, &mut server).await?,
        Some(tls) => {
            // The eight bytes that ask for TLS, answered with "S".
            client.read_exact(&mut [0; 8]).await?;
            client.write_all(b"S").await?;
            let mut client = tls.accept(client).await?;
            copy_bidirectional(&mut client, &mut server).await?
        }
    };
    Ok(())
}
