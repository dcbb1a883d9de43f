//! Data sources.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::erased::AnyDataSource;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::{Inner, configured, decode, encode, find};

impl<P: Provider> Inner<P> {
    fn data_source(&self, type_name: &str) -> Result<&dyn AnyDataSource<P::Client>, Diagnostics> {
        find("data source", &self.registry.data_sources, type_name)
    }

    /// ValidateDataSourceConfig.
    pub(super) fn validate_data_source(
        &self,
        request: &pb::validate_data_source_config::Request,
    ) -> Result<pb::validate_data_source_config::Response, Diagnostics> {
        let source = self.data_source(&request.type_name)?;
        let shape = source.shape();
        let config = decode("a configuration", request.config.as_ref(), &shape.of)?;
        let mut diagnostics = configured::refusals(&shape.schema, &config);
        diagnostics.extend(source.validate(config)?);
        Ok(pb::validate_data_source_config::Response::default().with(diagnostics))
    }

    /// ReadDataSource.
    pub(super) async fn read_data_source(
        &self,
        request: pb::read_data_source::Request,
        stop: CancellationToken,
    ) -> Result<pb::read_data_source::Response, Diagnostics> {
        let source = self.data_source(&request.type_name)?;
        let of = &source.shape().of;
        let config = decode("a configuration", request.config.as_ref(), of)?;
        let read = source.read(&self.context(stop)?, config).await?;
        let state = Some(encode("data", &read.value, of)?);
        Ok(pb::read_data_source::Response { state, ..Default::default() }.with(read.warnings))
    }
}
