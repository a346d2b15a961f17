//! A way to the test's PostgreSQL that counts the round trips.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};

use super::postgres;

pub(crate) struct Counted {
    pub(crate) url: String,
    round_trips: Arc<AtomicUsize>,
}

impl Counted {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let round_trips = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&round_trips);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, Arc::clone(&counter)));
            }
        });
        let url = format!("postgresql://{}@127.0.0.1:{port}/postgres?sslmode=disable", postgres::ADMIN);
        Self { url, round_trips }
    }

    /// The round trips since the last time.
    pub(crate) fn take(&self) -> usize {
        self.round_trips.swap(0, Ordering::SeqCst)
    }
}

async fn pass(client: TcpStream, counter: Arc<AtomicUsize>) {
    let server = TcpStream::connect(("127.0.0.1", postgres::port())).await.expect("PostgreSQL answers");
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
    // The first message has no type.
    let mut has_type = false;
    loop {
        let kind = if has_type { from_client.read_u8().await.ok() } else { Some(0) };
        let (Some(kind), Ok(length)) = (kind, from_client.read_u32().await) else { return };
        let mut rest = vec![0; length as usize - 4];
        if from_client.read_exact(&mut rest).await.is_err() {
            return;
        }
        // A simple query, or the end of an extended one.
        if matches!(kind, b'Q' | b'S') {
            counter.fetch_add(1, Ordering::SeqCst);
        }
        let mut message = Vec::with_capacity(rest.len() + 5);
        if has_type {
            message.push(kind);
        }
        message.extend(length.to_be_bytes());
        message.extend(rest);
        has_type = true;
        if to_server.write_all(&message).await.is_err() {
            return;
        }
    }
}
