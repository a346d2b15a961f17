//! The messages of PostgreSQL's protocol that the front handles itself.
//!
//! Everything before the password is handled here; everything after is forwarded unread. Messages before
//! the start have no type byte: length (including itself), a code, then the rest.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const CANCEL: u32 = 80_877_102;
const SSL: u32 = 80_877_103;
const GSS: u32 = 80_877_104;
const PROTOCOL_MAJOR: u32 = 3;

/// PostgreSQL's own limit for messages of unauthenticated clients.
const LONGEST_OPENING: u32 = 10_000;
/// A minted token has some hundred bytes; PostgreSQL allows 65535.
const LONGEST_PASSWORD: u32 = 65_535;

/// Length of the message by which a server reports that it waits for its client.
pub(crate) const READY_BYTES: usize = 6;

/// Whether this is that message: `ReadyForQuery`.
pub(crate) fn is_ready(message: &[u8]) -> bool {
    message.len() == READY_BYTES && message.starts_with(&[b'Z', 0, 0, 0, 5])
}

/// A client's first message.
#[derive(Debug)]
pub(crate) enum Opening {
    /// Requests TLS.
    Tls,
    /// Requests GSSAPI encryption.
    Gss,
    /// Cancels a query of another connection; the raw message.
    Cancel(Vec<u8>),
    /// Starts a session.
    Startup(Startup),
}

/// The start of a session.
#[derive(Debug, Clone)]
pub(crate) struct Startup {
    protocol: u32,
    parameters: Vec<(String, String)>,
}

impl Startup {
    /// The role to connect as.
    pub(crate) fn user(&self) -> &str {
        self.parameters.iter().find(|(name, _)| name == "user").map_or("", |(_, value)| value)
    }

    /// Adds a server setting, as if the client had sent it in `options`.
    pub(crate) fn add_option(&mut self, option: &str) {
        match self.parameters.iter_mut().find(|(name, _)| name == "options") {
            Some((_, value)) => {
                value.push(' ');
                value.push_str(option);
            }
            None => self.parameters.push(("options".to_owned(), option.to_owned())),
        }
    }

    /// The message, for forwarding.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut body = self.protocol.to_be_bytes().to_vec();
        for (name, value) in &self.parameters {
            for text in [name, value] {
                body.extend_from_slice(text.as_bytes());
                body.push(0);
            }
        }
        body.push(0);
        with_length(body)
    }
}

/// Reads a client's first message.
pub(crate) async fn read_opening(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Opening> {
    let body = read_body(stream, LONGEST_OPENING).await?;
    let Some((code, rest)) = body.split_first_chunk::<4>() else {
        return Err(violation("the opening message is too short"));
    };
    match u32::from_be_bytes(*code) {
        SSL => Ok(Opening::Tls),
        GSS => Ok(Opening::Gss),
        CANCEL => Ok(Opening::Cancel(with_length(body))),
        protocol if protocol >> 16 == PROTOCOL_MAJOR => {
            Ok(Opening::Startup(Startup { protocol, parameters: parameters(rest)? }))
        }
        _ => Err(violation("unsupported frontend protocol")),
    }
}

/// Requests the password in cleartext (inside TLS) and reads it.
pub(crate) async fn ask_password(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> io::Result<String> {
    // AuthenticationCleartextPassword
    stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]).await?;
    stream.flush().await?;
    if stream.read_u8().await? != b'p' {
        return Err(violation("expected a password"));
    }
    let mut body = read_body(stream, LONGEST_PASSWORD).await?;
    if body.pop() != Some(0) {
        return Err(violation("the password does not end"));
    }
    String::from_utf8(body).map_err(|_| violation("the password is no text"))
}

/// Sends a FATAL error, after which the connection can't be used.
pub(crate) async fn refuse(
    stream: &mut (impl AsyncWrite + Unpin),
    sql_state: &str,
    message: &str,
) -> io::Result<()> {
    let mut body = Vec::new();
    for (field, text) in [(b'S', "FATAL"), (b'V', "FATAL"), (b'C', sql_state), (b'M', message)] {
        body.push(field);
        body.extend_from_slice(text.as_bytes());
        body.push(0);
    }
    body.push(0);
    let mut bytes = vec![b'E'];
    bytes.extend(with_length(body));
    stream.write_all(&bytes).await?;
    stream.flush().await?;
    stream.shutdown().await
}

fn parameters(mut rest: &[u8]) -> io::Result<Vec<(String, String)>> {
    let mut parameters = Vec::new();
    loop {
        let name = text(&mut rest)?;
        if name.is_empty() {
            return Ok(parameters);
        }
        parameters.push((name, text(&mut rest)?));
    }
}

fn text(rest: &mut &[u8]) -> io::Result<String> {
    let end = rest.iter().position(|byte| *byte == 0).ok_or_else(|| violation("a parameter does not end"))?;
    let (text, after) = rest.split_at(end);
    *rest = &after[1..];
    String::from_utf8(text.to_vec()).map_err(|_| violation("a parameter is no text"))
}

async fn read_body(stream: &mut (impl AsyncRead + Unpin), longest: u32) -> io::Result<Vec<u8>> {
    let length = stream.read_u32().await?;
    if !(4..=longest).contains(&length) {
        return Err(violation("a message has an impossible length"));
    }
    let mut body = vec![0; length as usize - 4];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

fn with_length(body: Vec<u8>) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(body);
    bytes
}

fn violation(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::{Opening, Startup, read_opening};

    async fn open(bytes: &[u8]) -> std::io::Result<Opening> {
        let mut bytes = bytes;
        read_opening(&mut bytes).await
    }

    #[tokio::test]
    async fn a_startup_message_is_sent_on_as_it_came() {
        let startup = Startup {
            protocol: 196_608,
            parameters: vec![("user".to_owned(), "ada@example.com".to_owned())],
        };
        let Ok(Opening::Startup(read)) = open(&startup.to_bytes()).await else {
            panic!("a startup message was expected");
        };
        assert_eq!(read.user(), "ada@example.com");
        assert_eq!(read.to_bytes(), startup.to_bytes());
    }

    #[tokio::test]
    async fn an_added_option_follows_those_of_the_client() {
        let mut startup =
            Startup { protocol: 196_608, parameters: vec![("options".to_owned(), "-c a=b".to_owned())] };
        startup.add_option("-c c=d");
        assert_eq!(startup.parameters[0].1, "-c a=b -c c=d");
    }

    #[tokio::test]
    async fn nonsense_is_refused_without_reading_on() {
        assert!(open(&[0xff; 8]).await.is_err());
        assert!(open(&[0, 0, 0, 3]).await.is_err());
        assert!(open(&[0, 0, 0, 9, 0, 3, 0, 0, b'u']).await.is_err());
        assert!(open(b"GET / HTTP/1.1\r\n\r\n").await.is_err());
    }
}
