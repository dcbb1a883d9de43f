//! One environment, and the ways that Terraform and the provider take in it.

use std::fs;

use crate::proxy::Proxy;
use crate::sandbox::{DEFAULT_NUMBER, DEFAULT_TOKEN, PROXIED_HOST, Sandbox};
use crate::terraform::{Finished, Terraform};

/// A host that only a proxy knows, the proxy, and two folders with the same environment.
pub(crate) struct Stage {
    api: Sandbox,
    port: u16,
    pub(crate) proxy: Proxy,
}

/// What somebody asked of the proxy, and how it ended.
#[derive(Debug)]
pub(crate) struct Went {
    pub(crate) asked: Vec<String>,
    pub(crate) finished: Finished,
}

impl Stage {
    pub(crate) fn new(leads: bool) -> Self {
        let api = Sandbox::builder().start_tls();
        let port = api.base_url().rsplit(':').next().and_then(|port| port.parse().ok());
        let port = port.expect("a port");
        Self { api, port, proxy: Proxy::to(leads.then_some(port)) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Terraform's own way: an empty state is asked for at the host.
    pub(crate) fn terraform(&self, environment: &[(&str, String)]) -> Went {
        let terraform = self.in_environment(environment);
        let url = format!("https://{PROXIED_HOST}:{}/v24.0/{DEFAULT_NUMBER}", self.port);
        let backend = format!(
            "terraform {{\n  backend \"http\" {{\n    address = \"{url}\"\n    retry_max = 1\n    \
             retry_wait_min = 1\n    retry_wait_max = 1\n  }}\n}}\n"
        );
        terraform.write("main.tf", &backend);
        let finished = terraform.run(["init", "-input=false"]);
        Went { asked: self.proxy.take_seen(), finished }
    }

    /// The provider's way: a number is looked up there.
    pub(crate) fn provider(&self, environment: &[(&str, String)]) -> Went {
        let terraform = self.in_environment(environment);
        let terraform = terraform
            .env("WHATSAPP_BASE_URL", format!("https://{PROXIED_HOST}:{}", self.port))
            .env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN)
            .env("WHATSAPP_MAX_RETRIES", "0")
            .env("WHATSAPP_REQUEST_TIMEOUT", "5s");
        terraform.write("main.tf", &look_up());
        let finished = terraform.run(["plan", "-json"]);
        Went { asked: self.proxy.take_seen(), finished }
    }

    /// Both trust the host by the variable that Go knows.
    fn in_environment(&self, environment: &[(&str, String)]) -> Terraform {
        let mut terraform = Terraform::new();
        let root = terraform.folder().join("root.pem");
        fs::write(&root, self.api.ca_pem().expect("it speaks TLS")).expect("writable");
        terraform = terraform.env("SSL_CERT_FILE", root);
        for (name, value) in environment {
            terraform = terraform.env(*name, value);
        }
        terraform
    }
}

fn look_up() -> String {
    format!(
        "terraform {{\n  required_providers {{\n    whatsapp = {{ source = \"waba/whatsapp\" }}\n  }}\n}}\n\
         data \"whatsapp_phone_number\" \"it\" {{\n  phone_number_id = \"{DEFAULT_NUMBER}\"\n}}\n"
    )
}
