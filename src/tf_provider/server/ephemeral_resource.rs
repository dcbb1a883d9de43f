//! Ephemeral resources.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::ephemeral_resource::Lease;
use crate::tf_provider::erased::AnyEphemeralResource;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::call::Call;
use crate::tf_provider::server::coding::{decode, encode};
use crate::tf_provider::server::{Shared, find, validate};

impl<P: Provider> Shared<P> {
    fn ephemeral_resource(
        &self,
        type_name: &str,
    ) -> Result<&dyn AnyEphemeralResource<P::Client>, Diagnostics> {
        find("ephemeral resource", &self.registry.ephemeral_resources, type_name)
    }
}

impl Call for pb::validate_ephemeral_resource_config::Request {
    type Answer = pb::validate_ephemeral_resource_config::Response;
    const NAME: &'static str = "ValidateEphemeralResourceConfig";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.ephemeral_resource(&self.type_name)?;
        let validate = |config| resource.validate(config);
        let found = validate::checked(resource.shape(), self.config.as_ref(), validate)?;
        Ok(Self::Answer::default().with(found))
    }
}

impl Call for pb::open_ephemeral_resource::Request {
    type Answer = pb::open_ephemeral_resource::Response;
    const NAME: &'static str = "OpenEphemeralResource";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.ephemeral_resource(&self.type_name)?;
        let of = &resource.shape().of;
        let config = decode("a configuration", self.config.as_ref(), of)?;
        let opened = resource.open(&shared.context(stop)?, config).await?;
        let (renew_at, private) = leased(opened.value.lease);
        let answer = Self::Answer {
            result: Some(encode("ephemeral value", &opened.value.result, of)?),
            renew_at,
            private,
            ..Default::default()
        };
        Ok(answer.with(opened.warnings))
    }
}

impl Call for pb::renew_ephemeral_resource::Request {
    type Answer = pb::renew_ephemeral_resource::Response;
    const NAME: &'static str = "RenewEphemeralResource";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.ephemeral_resource(&self.type_name)?;
        let private = self.private.clone().unwrap_or_default();
        let renewed = resource.renew(&shared.context(stop)?, private).await?;
        let (renew_at, private) = leased(renewed.value);
        let answer = Self::Answer { renew_at, private, ..Default::default() };
        Ok(answer.with(renewed.warnings))
    }
}

impl Call for pb::close_ephemeral_resource::Request {
    type Answer = pb::close_ephemeral_resource::Response;
    const NAME: &'static str = "CloseEphemeralResource";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let resource = shared.ephemeral_resource(&self.type_name)?;
        let private = self.private.clone().unwrap_or_default();
        let closed = resource.close(&shared.context(stop)?, private).await?;
        Ok(Self::Answer::default().with(closed.warnings))
    }
}

fn leased(lease: Option<Lease>) -> (Option<prost_types::Timestamp>, Option<Vec<u8>>) {
    match lease {
        Some(lease) => (lease.renew_at.map(Into::into), Some(lease.private)),
        None => (None, None),
    }
}
