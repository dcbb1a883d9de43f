//! The provider block.

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::{Inner, decode};
use crate::tf_provider::value::{Model, Path};

impl<P: Provider> Inner<P> {
    /// PrepareProviderConfig.
    pub(super) fn prepare_config(
        &self,
        request: pb::prepare_provider_config::Request,
    ) -> Result<pb::prepare_provider_config::Response, Diagnostics> {
        let config = self.config(request.config.as_ref())?;
        let answer = pb::prepare_provider_config::Response {
            prepared_config: request.config,
            diagnostics: Vec::new(),
        };
        Ok(answer.with(self.provider.validate(&config)))
    }

    /// Configure. The latest configuration holds: a debugged provider gets several.
    pub(super) async fn configure(
        &self,
        request: pb::configure::Request,
    ) -> Result<pb::configure::Response, Diagnostics> {
        let config = self.config(request.config.as_ref())?;
        let configured = self.provider.configure(config, &request.terraform_version).await?;
        self.set_client(configured.value);
        Ok(pb::configure::Response::default().with(configured.warnings))
    }

    fn config(&self, config: Option<&pb::DynamicValue>) -> Result<P::Config, Diagnostics> {
        let value =
            decode("a provider configuration", config, &self.provider.schema().object_type())?;
        if value.is_null() {
            return Err(Diagnostic::bug("Terraform sent no provider configuration.").into());
        }
        P::Config::from_object(value, &Path::root()).map_err(|error| {
            Diagnostic::bug(format!("The configuration does not fit: {error}.")).into()
        })
    }
}
