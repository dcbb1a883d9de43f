//! Ephemeral resources.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::ephemeral_resource::Lease;
use crate::tf_provider::erased::AnyEphemeralResource;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::{Inner, configured, decode, encode, find};

impl<P: Provider> Inner<P> {
    fn ephemeral_resource(
        &self,
        type_name: &str,
    ) -> Result<&dyn AnyEphemeralResource<P::Client>, Diagnostics> {
        find("ephemeral resource", &self.registry.ephemeral_resources, type_name)
    }

    /// ValidateEphemeralResourceConfig.
    pub(super) fn validate_ephemeral(
        &self,
        request: &pb::validate_ephemeral_resource_config::Request,
    ) -> Result<pb::validate_ephemeral_resource_config::Response, Diagnostics> {
        let resource = self.ephemeral_resource(&request.type_name)?;
        let shape = resource.shape();
        let config = decode("a configuration", request.config.as_ref(), &shape.of)?;
        let mut diagnostics = configured::refusals(&shape.schema, &config);
        diagnostics.extend(resource.validate(config)?);
        Ok(pb::validate_ephemeral_resource_config::Response::default().with(diagnostics))
    }

    /// OpenEphemeralResource.
    pub(super) async fn open_ephemeral(
        &self,
        request: pb::open_ephemeral_resource::Request,
        stop: CancellationToken,
    ) -> Result<pb::open_ephemeral_resource::Response, Diagnostics> {
        let resource = self.ephemeral_resource(&request.type_name)?;
        let of = &resource.shape().of;
        let config = decode("a configuration", request.config.as_ref(), of)?;
        let opened = resource.open(&self.context(stop)?, config).await?;
        let (renew_at, private) = leased(opened.value.lease);
        let answer = pb::open_ephemeral_resource::Response {
            result: Some(encode("ephemeral value", &opened.value.result, of)?),
            renew_at,
            private,
            ..Default::default()
        };
        Ok(answer.with(opened.warnings))
    }

    /// RenewEphemeralResource.
    pub(super) async fn renew_ephemeral(
        &self,
        request: pb::renew_ephemeral_resource::Request,
        stop: CancellationToken,
    ) -> Result<pb::renew_ephemeral_resource::Response, Diagnostics> {
        let resource = self.ephemeral_resource(&request.type_name)?;
        let private = request.private.unwrap_or_default();
        let renewed = resource.renew(&self.context(stop)?, private).await?;
        let (renew_at, private) = leased(renewed.value);
        let answer =
            pb::renew_ephemeral_resource::Response { renew_at, private, ..Default::default() };
        Ok(answer.with(renewed.warnings))
    }

    /// CloseEphemeralResource.
    pub(super) async fn close_ephemeral(
        &self,
        request: pb::close_ephemeral_resource::Request,
        stop: CancellationToken,
    ) -> Result<pb::close_ephemeral_resource::Response, Diagnostics> {
        let resource = self.ephemeral_resource(&request.type_name)?;
        let private = request.private.unwrap_or_default();
        let closed = resource.close(&self.context(stop)?, private).await?;
        Ok(pb::close_ephemeral_resource::Response::default().with(closed.warnings))
    }
}

fn leased(lease: Option<Lease>) -> (Option<prost_types::Timestamp>, Option<Vec<u8>>) {
    match lease {
        Some(lease) => (Some(lease.renew_at.into()), Some(lease.private)),
        None => (None, None),
    }
}
