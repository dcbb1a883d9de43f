//! The provider block.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::call::Call;
use crate::tf_provider::server::coding::decode;
use crate::tf_provider::server::{Shared, validate};
use crate::tf_provider::value::{Model, Path, Value};

impl Call for pb::prepare_provider_config::Request {
    type Answer = pb::prepare_provider_config::Response;
    const NAME: &'static str = "PrepareProviderConfig";

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let config = shared.config(self.config.as_ref())?;
        let mut diagnostics = validate::refusals(&shared.block.schema, &config);
        diagnostics.extend(shared.provider.validate(&typed::<P>(config)?));
        let prepared_config = self.config.clone();
        let answer = Self::Answer { prepared_config, diagnostics: Vec::new() };
        Ok(answer.with(diagnostics))
    }
}

/// The latest configuration holds: a debugged provider gets several.
impl Call for pb::configure::Request {
    type Answer = pb::configure::Response;
    const NAME: &'static str = "Configure";

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let config = typed::<P>(shared.config(self.config.as_ref())?)?;
        let configured = tokio::select! {
            configured = shared.provider.configure(config, &self.terraform_version) => configured?,
            () = stop.cancelled() => return Err(stopped()),
        };
        shared.set_client(configured.value);
        Ok(Self::Answer::default().with(configured.warnings))
    }
}

impl<P: Provider> Shared<P> {
    fn config(&self, config: Option<&pb::DynamicValue>) -> Result<Value, Diagnostics> {
        let value = decode("a provider configuration", config, &self.block.of)?;
        if value.is_null() {
            return Err(Diagnostic::bug("No provider configuration came.").into());
        }
        Ok(value)
    }
}

fn typed<P: Provider>(config: Value) -> Result<P::Config, Diagnostics> {
    P::Config::from_object(config, &Path::root()).map_err(|error| {
        Diagnostic::bug(format!("The configuration does not fit: {error}.")).into()
    })
}

/// A configuration makes a client and changes nothing, so it may be left half-way.
fn stopped() -> Diagnostics {
    Diagnostic::error("Stopped", "The run was stopped before the provider was configured.").into()
}
