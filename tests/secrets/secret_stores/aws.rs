//! AWS Secrets Manager: an ID for each version, and labels for two of them. What has no label any more is
//! listed on request only, and deleted when AWS likes; here it is gone at once.

use secrecy::SecretString;
use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Context, DataSource, Diagnostic, EphemeralResource, Field, Opened, Outcome, Registry, Warned,
};

use crate::kept;

pub(crate) fn register(registry: &mut Registry<()>) {
    registry.data_source(Versions);
    registry.ephemeral_resource(Value);
}

model! {
    /// The versions that have a label.
    struct Listed {
        required secret_id: String,
        optional include_deprecated: bool,
        computed arn: String,
        computed id: String,
        computed versions: Vec<Version>,
    }
}

model! {
    /// One of them.
    struct Version {
        created_time: String,
        last_accessed_date: String,
        version_id: String,
        version_stages: Vec<String>,
    }
}

struct Versions;

impl DataSource for Versions {
    type Client = ();
    type Model = Listed;

    fn type_name(&self) -> &'static str {
        "aws_secretsmanager_secret_versions"
    }

    async fn read(&self, _context: &Context<()>, config: Listed) -> Outcome<Listed> {
        let secret = config.secret_id.known().map_or("", String::as_str);
        let listed = labelled(secret)?.into_iter().map(|(version, label)| Version {
            created_time: Field::Null,
            last_accessed_date: Field::Null,
            version_id: Field::Known(version.id),
            version_stages: Field::Known(vec![label.to_owned()]),
        });
        let arn = Field::Known(format!("arn:aws:secretsmanager:eu-west-1:1:secret:{secret}"));
        let id = Field::Known(secret.to_owned());
        let versions = Field::Known(listed.collect());
        Ok(Warned::from(Listed { arn, id, versions, ..config }))
    }
}

model! {
    /// A version with its value.
    struct Read {
        required secret_id: String,
        optional_computed version_id: String,
        optional_computed version_stage: String,
        computed arn: String,
        computed secret_string: SecretString [sensitive],
    }
}

struct Value;

impl EphemeralResource for Value {
    type Client = ();
    type Model = Read;

    fn type_name(&self) -> &'static str {
        "aws_secretsmanager_secret_version"
    }

    async fn open(&self, _context: &Context<()>, config: Read) -> Outcome<Opened<Read>> {
        let secret = config.secret_id.known().map_or("", String::as_str);
        let kept = labelled(secret)?.into_iter().map(|(version, _)| version).collect();
        let version = kept::version(kept, config.version_id.known().map(String::as_str))?;
        let result = Read {
            arn: Field::Known(format!("arn:aws:secretsmanager:eu-west-1:1:secret:{secret}")),
            secret_string: Field::Known(SecretString::from(version.value)),
            version_id: Field::Known(version.id),
            version_stage: match config.version_stage {
                Field::Known(stage) => Field::Known(stage),
                _ => Field::Known(CURRENT.to_owned()),
            },
            secret_id: config.secret_id,
        };
        Ok(Warned::from(Opened::new(result)))
    }
}

/// The two versions that have a label, the newest last.
fn labelled(secret: &str) -> Result<Vec<(kept::Version, &'static str)>, Diagnostic> {
    let versions = kept::versions(secret)?.into_iter().rev();
    let mut labelled: Vec<_> = versions.zip([CURRENT, "AWSPREVIOUS"]).collect();
    labelled.reverse();
    Ok(labelled)
}

const CURRENT: &str = "AWSCURRENT";
