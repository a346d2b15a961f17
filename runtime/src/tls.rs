//! TLS verification of servers.
//!
//! Every TLS connection verifies the certificate's chain, its dates and the host name; there is no option
//! to turn that off. The trusted roots are the machine's. A machine without any (the platform's base image
//! is not documented to have them) uses Mozilla's, which are compiled in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Environment variables for additional root certificates, as used by Python's `requests` and by curl.
/// `SSL_CERT_FILE` and `SSL_CERT_DIR`, which replace the machine's roots, are read by the library.
const BUNDLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// A file of root certificates could not be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// It could not be read, or is not PEM.
    #[error("{variable} names `{}`, which could not be read: {source}", path.display())]
    RootFile {
        /// The environment variable.
        variable: &'static str,
        /// The file.
        path: PathBuf,
        /// What went wrong.
        source: rustls::pki_types::pem::Error,
    },
    /// It contains no CA certificate.
    #[error("{variable} names `{}`, which holds no certificate", path.display())]
    NoRoot {
        /// The environment variable.
        variable: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The library refused its own defaults.
    #[error("TLS could not be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// A client that trusts the machine's roots, those of a company's proxy, and those in `further_roots`, the
/// file named by `PGSSLROOTCERT`.
pub fn client_config(further_roots: Option<&Path>) -> Result<ClientConfig, TlsError> {
    // Otherwise servers would be verified against other roots than the configured ones.
    if let Some(path) = named_by("SSL_CERT_FILE") {
        add_file(&mut RootCertStore::empty(), "SSL_CERT_FILE", &path)?;
    }
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::debug!(error = %error, "a place for root certificates could not be read");
    }
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for variable in BUNDLES {
        match named_by(variable) {
            // The variable may name a folder as well.
            Some(path) if path.is_dir() => {
                let found = rustls_native_certs::load_certs_from_paths(None, Some(&path));
                roots.add_parsable_certificates(found.certs);
            }
            Some(path) => add_file(&mut roots, variable, &path)?,
            None => {}
        }
    }
    if let Some(path) = further_roots {
        add_file(&mut roots, "PGSSLROOTCERT", path)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// The file named by an environment variable.
fn named_by(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from)
}

fn add_file(roots: &mut RootCertStore, variable: &'static str, path: &Path) -> Result<(), TlsError> {
    let unreadable = |source| TlsError::RootFile { variable, path: path.to_owned(), source };
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable)?;
    let (added, _) = roots.add_parsable_certificates(certificates);
    if added == 0 {
        return Err(TlsError::NoRoot { variable, path: path.to_owned() });
    }
    Ok(())
}
