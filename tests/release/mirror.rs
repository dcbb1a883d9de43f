//! The folder of a release is a network mirror as it lies there, once it is served over HTTPS.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use serde_json::Value;

use crate::{
    dist::{NAME, VERSION, folder, platforms},
    sandbox::DEFAULT_NUMBER,
    stage::{Stage, support},
    terraform::cli,
};

/// What a mirror needs beside the zips.
pub(crate) const FILES: [&str; 2] = ["index.json", concat!(env!("CARGO_PKG_VERSION"), ".json")];

#[test]
fn the_index_names_this_version_and_every_zip() {
    let [index, version] = FILES.map(|file| {
        let text = fs::read(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        serde_json::from_slice::<Value>(&text).expect("it is JSON")
    });
    assert_eq!(index, serde_json::json!({ "versions": { VERSION: {} } }));
    let archives = version["archives"].as_object().expect("zips by platform");
    assert_eq!(archives.keys().cloned().collect::<Vec<_>>(), platforms());
    for (platform, archive) in archives {
        assert_eq!(archive["url"], format!("{NAME}_{VERSION}_{platform}.zip"));
    }
}

#[test]
fn terraform_installs_from_the_folder_over_https() {
    let mirror = Mirror::serve(folder());
    let mut stage = Stage::new();
    let settings = mirror.settings();
    stage.terraform.set_env("TF_CLI_CONFIG_FILE", &settings.display().to_string());
    stage.terraform.set_env("SSL_CERT_FILE", &mirror.certificate().display().to_string());
    stage.configure(&support(DEFAULT_NUMBER, "048213"));
    stage.terraform.run(["init"]).expect_success();
    let lock = fs::read_to_string(stage.terraform.folder().join(".terraform.lock.hcl"));
    assert!(lock.expect("init writes it").contains(&format!("version = {VERSION:?}")));
    stage.apply();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("048213"));
}

/// A web server that lasts as long as the test process, with a certificate that only the test trusts.
struct Mirror {
    address: SocketAddr,
    home: tempfile::TempDir,
}

impl Mirror {
    fn serve(files: PathBuf) -> Self {
        let names = [Ipv4Addr::LOCALHOST.to_string()];
        let identity = rcgen::generate_simple_self_signed(names).expect("a name is enough");
        let certificate = identity.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(identity.signing_key.serialize_der());
        let config = Arc::new(config(certificate.clone(), key.into()));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, files) = (Arc::clone(&config), files.clone());
                thread::spawn(move || answer(stream, config, &files));
            }
        });
        let mirror =
            Self { address, home: tempfile::tempdir().expect("a temporary folder can be made") };
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            STANDARD.encode(certificate)
        );
        fs::write(mirror.certificate(), pem).expect("the folder is writable");
        mirror
    }

    fn certificate(&self) -> PathBuf {
        self.home.path().join("mirror.pem")
    }

    /// A CLI configuration that knows no other source.
    fn settings(&self) -> PathBuf {
        let path = self.home.path().join("mirror.tfrc");
        let text = format!(
            "provider_installation {{\n  network_mirror {{\n    url = \"https://{}/\"\n  }}\n}}\n",
            self.address
        );
        fs::write(&path, text).expect("the folder is writable");
        path
    }
}

fn config(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> ServerConfig {
    ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("the provider has these versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("the key belongs to the certificate")
}

/// One request, and a file of the folder for it. Whoever hangs up gets no more.
fn answer(stream: TcpStream, config: Arc<ServerConfig>, files: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut reader = BufReader::new(StreamOwned::new(connection, stream));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::from("more");
    while !header.trim().is_empty() {
        header.clear();
        reader.read_line(&mut header)?;
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let place = format!("/{}/waba/whatsapp/", cli().product.registry());
    let file = path.strip_prefix(&place).filter(|name| !name.contains('/'));
    let (status, body) = match file.map(|name| fs::read(files.join(name))) {
        Some(Ok(body)) => ("200 OK", body),
        _ => ("404 Not Found", Vec::new()),
    };
    let kind = if path.ends_with(".json") { "application/json" } else { "application/zip" };
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)?;
    stream.conn.send_close_notify();
    stream.flush()
}
