//! Certificates for the database hosts.
//!
//! Each workspace has its own authority, whose certificate is a file that clients trust through libpq's
//! standard variable `PGSSLROOTCERT`; so `sslmode=verify-full` works here as elsewhere. A certificate is
//! for a host's name, or for its address if it has no name.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The protocol's ALPN name, required for clients that skip the unencrypted negotiation.
pub(crate) const ALPN: &[u8] = b"postgresql";

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Creating or signing it failed.
    #[error("making a certificate failed: {0}")]
    Making(#[from] rcgen::Error),
    /// TLS does not accept it.
    #[error("setting up TLS failed: {0}")]
    Tls(#[from] rustls::Error),
    /// The authority's certificate could not be written.
    #[error("writing {path}: {error}")]
    Writing {
        /// The file.
        path: PathBuf,
        /// The system's message.
        #[source]
        error: std::io::Error,
    },
}

/// A workspace's certificate authority.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    /// Creates one and writes its certificate to `<directory>/ca.pem`.
    pub(crate) fn create(directory: &Path) -> Result<Self, CertificateError> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Local workspace databases");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let file = directory.join("ca.pem");
        std::fs::write(&file, issuer.pem())
            .map_err(|error| CertificateError::Writing { path: file.clone(), error })?;
        Ok(Self { issuer, file })
    }

    /// The file with the authority's certificate.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// TLS for the server `host`, which is a name if there is no `address`.
    pub(crate) fn server(
        &self,
        host: &str,
        address: Option<Ipv4Addr>,
    ) -> Result<Arc<ServerConfig>, CertificateError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, host);
        params.subject_alt_names = vec![match address {
            Some(address) => SanType::IpAddress(address.into()),
            None => SanType::DnsName(host.try_into()?),
        }];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Arc::new(config))
    }
}
