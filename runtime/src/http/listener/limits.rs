//! Limits on the number and duration of connections.

use std::time::Duration;

use rustix::process::{Resource, getrlimit, setrlimit};

/// How long running requests may take to finish after the app is asked to stop.
pub const DRAIN: Duration = Duration::from_secs(9);

/// The maximum size of a request's header list: names and values, and 32 bytes for each field as HTTP/2
/// counts. The same for both versions of HTTP, as a proxy may convert between them.
pub const LARGEST_HEADER_LIST_BYTES: usize = 64 * 1024;
/// The maximum number of header fields. HTTP/1.1's parser has to reserve space for them.
pub const MOST_HEADERS: usize = 100;

/// File descriptors for other uses: the database, the workspace, logs, the runtime.
const OTHER_FILES: usize = 128;

/// The limits of one listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The maximum number of connections.
    pub connections: usize,
    /// The maximum number of connections per address, so that one address can't take up all of them.
    pub per_peer: usize,
    /// The time limit for sending the head of a request; for the first one, counted from connecting.
    pub head: Duration,
    /// The time limit for an idle connection. Longer than that of the proxies in front (60 s, or 75 s), so
    /// that the proxy closes it, which knows whether it is about to send a request.
    pub keep_alive: Duration,
    /// The time limit for a client that doesn't read its answer.
    pub write: Duration,
    /// The time limit for reading the requests sent before the server was asked to stop.
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
    /// The default, or less if the process may not open as many files. The soft limit is raised to the
    /// maximum first: shells and service managers commonly start programs with 256 or 1,024.
    pub(super) fn of_this_process() -> Self {
        let limits = Self::default();
        let mut files = getrlimit(Resource::Nofile);
        if files.current < files.maximum {
            let raised = rustix::process::Rlimit { current: files.maximum, maximum: files.maximum };
            // Some systems refuse the number that they report as the maximum.
            if setrlimit(Resource::Nofile, raised).is_ok() {
                files = raised;
            }
        }
        let files = files.current.map_or(usize::MAX, |files| usize::try_from(files).unwrap_or(usize::MAX));
        limits.within(files)
    }

    /// Reduces the number of connections to the available file descriptors.
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
