//! The connection to a provider: its socket, TLS as Terraform does it, HTTP/2 on top.

use std::{io, sync::Arc, time::Duration};

use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        ResolvesClientCert, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::aws_lc_rs::default_provider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    sign::CertifiedKey,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::transport::{Channel, Endpoint};
use tower::service_fn;

use super::{certificate::ClientIdentity, line::Address};

/// A connected socket of either kind.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

pub(crate) async fn connect(address: &Address) -> io::Result<Box<dyn Socket>> {
    Ok(match address {
        Address::Unix(path) => Box::new(UnixStream::connect(path).await?),
        Address::Tcp(address) => Box::new(TcpStream::connect(address).await?),
    })
}

/// The TLS handshake with the certificate of the handshake line as the only one to be trusted.
pub(crate) async fn secure(
    socket: Box<dyn Socket>,
    server: &CertificateDer<'static>,
    client: Option<&ClientIdentity>,
) -> io::Result<TlsStream<Box<dyn Socket>>> {
    let name = ServerName::try_from("localhost").expect("localhost is a name");
    TlsConnector::from(Arc::new(tls(server, client))).connect(name, socket).await
}

/// HTTP/2 over a stream that stands already.
pub(crate) async fn channel(stream: impl Socket + 'static) -> Result<Channel, tonic::Status> {
    let mut stream = Some(TokioIo::new(stream));
    let connector = service_fn(move |_| {
        let stream = stream.take().ok_or_else(|| io::Error::other("the connection was lost"));
        async move { stream }
    });
    Endpoint::from_static("http://localhost")
        .timeout(CALL_LIMIT)
        .connect_with_connector(connector)
        .await
        .map_err(|error| tonic::Status::from_error(error.into()))
}

/// Until a call begins to answer; longer than any that a test starts.
const CALL_LIMIT: Duration = Duration::from_secs(90);

fn tls(server: &CertificateDer<'static>, client: Option<&ClientIdentity>) -> ClientConfig {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("aws-lc-rs serves TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned::new(server)));
    let mut config = match client {
        Some(identity) => {
            config.with_client_cert_resolver(Arc::new(Presents(identity.certified_key())))
        }
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

/// Trusts one certificate, and checks its name, purpose and dates as Go does.
#[derive(Debug)]
struct Pinned {
    certificate: CertificateDer<'static>,
    webpki: Arc<WebPkiServerVerifier>,
}

impl Pinned {
    fn new(certificate: &CertificateDer<'static>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).expect("field 6 of the handshake line is a certificate");
        let provider = Arc::new(default_provider());
        let webpki = WebPkiServerVerifier::builder_with_provider(roots.into(), provider)
            .build()
            .expect("one root is enough");
        Self { certificate: certificate.clone(), webpki }
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if *end_entity != self.certificate {
            return Err(Error::General("not the certificate of the handshake line".into()));
        }
        self.webpki.verify_server_cert(end_entity, intermediates, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

/// Presents one certificate whatever the server hints at, also with a key that is not its own.
#[derive(Debug)]
struct Presents(Arc<CertifiedKey>);

impl ResolvesClientCert for Presents {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
