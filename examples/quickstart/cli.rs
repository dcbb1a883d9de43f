//! Which of the two tools runs the provider, and what its version can do. The tests ask the same.
//!
//! Terraform and OpenTofu count their versions apart: 1.10 of the one has what 1.10 of the other has
//! not. So nobody compares numbers; a [`Feature`] is asked for.

use std::fmt;

/// A command-line tool that can run the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Terraform,
    OpenTofu,
}

impl Product {
    /// What its users type.
    pub(crate) fn command(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::OpenTofu => "tofu",
        }
    }

    /// Where it looks for providers whose source names no host.
    pub(crate) fn registry(self) -> &'static str {
        match self {
            Self::Terraform => "registry.terraform.io",
            Self::OpenTofu => "registry.opentofu.org",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Terraform, Self::OpenTofu].into_iter().find(|product| product.to_string() == name)
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terraform => "Terraform",
            Self::OpenTofu => "OpenTofu",
        })
    }
}

/// What not every version can do, and users or tests of the provider need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Running the provider at all.
    Provider,
    ImportBlock,
    /// `import` blocks with `for_each`.
    ImportForEach,
    /// Write-only arguments, such as `pin_wo`.
    WriteOnly,
    /// Ephemeral resources and variables.
    Ephemeral,
    /// `import` blocks with `identity`.
    ImportByIdentity,
    /// The command `query` and list resources.
    Query,
    /// Actions, triggered or invoked.
    Actions,
}

impl Feature {
    pub(crate) const ALL: [Self; 8] = [
        Self::Provider,
        Self::ImportBlock,
        Self::ImportForEach,
        Self::WriteOnly,
        Self::Ephemeral,
        Self::ImportByIdentity,
        Self::Query,
        Self::Actions,
    ];

    /// The first version of a tool that has it, as major and minor number; none if no version has.
    pub(crate) fn since(self, product: Product) -> Option<(u32, u32)> {
        let (terraform, open_tofu) = match self {
            Self::Provider => ((1, 0), Some((1, 6))),
            Self::ImportBlock => ((1, 5), Some((1, 6))),
            Self::ImportForEach => ((1, 7), Some((1, 7))),
            Self::WriteOnly => ((1, 11), Some((1, 11))),
            Self::Ephemeral => ((1, 10), Some((1, 11))),
            Self::ImportByIdentity => ((1, 12), Some((1, 12))),
            Self::Query | Self::Actions => ((1, 14), None),
        };
        match product {
            Product::Terraform => Some(terraform),
            Product::OpenTofu => open_tofu,
        }
    }
}

/// A tool in one version. As a text: `OpenTofu 1.12.5`.
#[derive(Clone, Debug)]
pub(crate) struct Cli {
    pub(crate) product: Product,
    /// The version it gives, for example `1.12.2` or `1.13.0-beta1`.
    pub(crate) version: String,
    /// Such as `linux_amd64`.
    pub(crate) platform: String,
    numbers: (u32, u32),
}

impl Cli {
    /// Understands what the command `version` prints; none if it is something else.
    ///
    /// What `version -json` prints does not tell the two apart: it says `terraform_version` for both.
    pub(crate) fn introduced_by(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (name, version) = lines.next()?.split_once(" v")?;
        let platform = lines.next()?.strip_prefix("on ")?;
        let mut numbers = version.split('.').map_while(|part| part.parse().ok());
        Some(Self {
            product: Product::named(name)?,
            version: version.to_owned(),
            platform: platform.to_owned(),
            numbers: (numbers.next()?, numbers.next()?),
        })
    }

    /// Whether this tool in this version can do it.
    pub(crate) fn has(&self, feature: Feature) -> bool {
        feature.since(self.product).is_some_and(|first| self.numbers >= first)
    }
}

impl fmt::Display for Cli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.product, self.version)
    }
}
