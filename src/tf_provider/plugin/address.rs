//! The provider's source address, which Terraform and OpenTofu read differently: where it names no
//! host, each means its own public registry.

use crate::tf_provider::plugin::Plugin;

const PUBLIC_REGISTRIES: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

impl Plugin {
    /// What a configuration names: without a host if the provider is in the public registries.
    pub(super) fn source(&self) -> &'static str {
        self.publicly().unwrap_or(self.address)
    }

    /// The full addresses under which Terraform and OpenTofu know that source.
    pub(super) fn addresses(&self) -> Vec<String> {
        match self.publicly() {
            Some(source) => PUBLIC_REGISTRIES.map(|host| format!("{host}/{source}")).into(),
            None => vec![self.address.to_owned()],
        }
    }

    fn publicly(&self) -> Option<&'static str> {
        let (host, source) = self.address.split_once('/')?;
        PUBLIC_REGISTRIES.contains(&host).then_some(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_provider_is_named_without_a_host_and_known_under_two() {
        for address in ["registry.terraform.io/acme/sample", "registry.opentofu.org/acme/sample"] {
            let info = Plugin { address, ..Plugin::sample() };
            assert_eq!(info.source(), "acme/sample");
            let both = ["registry.terraform.io/acme/sample", "registry.opentofu.org/acme/sample"];
            assert_eq!(info.addresses(), both);
        }
    }

    #[test]
    fn a_private_provider_has_one_address_for_everything() {
        let info = Plugin::sample();
        assert_eq!(info.source(), "registry.example.com/acme/sample");
        assert_eq!(info.addresses(), ["registry.example.com/acme/sample"]);
    }
}
