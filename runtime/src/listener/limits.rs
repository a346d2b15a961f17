//! How many connections there may be, and for how long.

use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};

/// How long running requests have to finish when the platform asks the app to end.
pub const DRAIN: Duration = Duration::from_secs(9);

/// The largest header list of a request: names and values, and 32 bytes for each field as HTTP/2 counts.
/// The same for both versions of HTTP, as a proxy may turn one into the other.
pub const LARGEST_HEADER_LIST_BYTES: usize = 64 * 1024;
/// The most fields of a header list. HTTP/1.1's parser has to reserve space for them.
pub const MOST_HEADERS: usize = 100;

/// Open files that are not connections of the listener: the database's, the workspace's, logs, the runtime's.
const OTHER_FILES: usize = 128;

/// The limits of one listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time.
    pub connections: usize,
    /// Connections of one address at a time, so that one address can't take the places of all others.
    pub per_peer: usize,
    /// How long a client may take to send the head of a request; for the first one, from when it connects.
    pub head: Duration,
    /// How long a connection may be idle between two requests. Longer than the proxies in front of it keep
    /// one (60 s, or 75 s), so that it is the proxy that closes, which knows whether it is about to send.
    pub keep_alive: Duration,
    /// How long a client may read nothing of an answer that is ready.
    pub write: Duration,
    /// How long what was sent before the server was asked to end may take to be read.
    pub linger: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            per_peer: 768,
            head: Duration::from_secs(20),
            keep_alive: Duration::from_mins(2),
            write: Duration::from_secs(30),
            linger: Duration::from_millis(250),
        }
    }
}

impl Limits {
    /// The default, or less where the process may not open as many files. As many as it may are asked for
    /// first: shells and service managers commonly start programs with 256 or 1,024.
    pub(super) fn of_this_process() -> Self {
        let limits = Self::default();
        let mut files = getrlimit(Resource::Nofile);
        if files.current < files.maximum {
            let raised = rustix::process::Rlimit { current: files.maximum, maximum: files.maximum };
            // Some systems refuse the number that they call the maximum.
            if setrlimit(Resource::Nofile, raised).is_ok() {
                files = raised;
            }
        }
        let files = files.current.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX));
        limits.within(files)
    }

    /// With no more connections than there are files for.
    fn within(self, files: usize) -> Self {
        let connections = self.connections.min(files.saturating_sub(OTHER_FILES)).max(1);
        Self { connections, per_peer: self.per_peer.min(connections - connections / 4), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_more_connections_than_files() {
        for (files, connections, per_peer) in
            [(usize::MAX, 1024, 768), (1152, 1024, 768), (1024, 896, 672), (256, 128, 96), (0, 1, 1)]
        {
            let limits = Limits::default().within(files);
            assert_eq!((limits.connections, limits.per_peer), (connections, per_peer), "{files}");
        }
    }
}
