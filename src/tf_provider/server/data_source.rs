//! Data sources.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::erased::AnyDataSource;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::call::Call;
use crate::tf_provider::server::coding::{decode, encode};
use crate::tf_provider::server::{Shared, find, validate};

impl<P: Provider> Shared<P> {
    fn data_source(&self, type_name: &str) -> Result<&dyn AnyDataSource<P::Client>, Diagnostics> {
        find("data source", &self.registry.data_sources, type_name)
    }
}

impl Call for pb::validate_data_source_config::Request {
    type Answer = pb::validate_data_source_config::Response;
    const NAME: &'static str = "ValidateDataSourceConfig";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let source = shared.data_source(&self.type_name)?;
        let validate = |config| source.validate(config);
        let found = validate::checked(source.shape(), self.config.as_ref(), validate)?;
        Ok(Self::Answer::default().with(found))
    }
}

impl Call for pb::read_data_source::Request {
    type Answer = pb::read_data_source::Response;
    const NAME: &'static str = "ReadDataSource";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let source = shared.data_source(&self.type_name)?;
        let of = &source.shape().of;
        let config = decode("a configuration", self.config.as_ref(), of)?;
        let read = source.read(&shared.context(stop)?, config).await?;
        let state = Some(encode("data", &read.value, of)?);
        Ok(Self::Answer { state, ..Default::default() }.with(read.warnings))
    }
}
