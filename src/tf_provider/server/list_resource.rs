//! List resources: a stream of what exists.

use tokio_util::sync::CancellationToken;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::erased::{AnyListResource, AnyResource, ListedItem};
use crate::tf_provider::list_resource::ListRequest;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::call::{Call, Streaming};
use crate::tf_provider::server::coding::{decode, encode};
use crate::tf_provider::server::stream::Outlet;
use crate::tf_provider::server::{Shared, find, no_such, validate};
use crate::tf_provider::sink::Through;
use crate::tf_provider::wire;

impl<P: Provider> Shared<P> {
    fn list_resource(
        &self,
        type_name: &str,
    ) -> Result<&dyn AnyListResource<P::Client>, Diagnostics> {
        find("list resource", &self.registry.list_resources, type_name)
    }
}

impl Call for pb::validate_list_resource_config::Request {
    type Answer = pb::validate_list_resource_config::Response;
    const NAME: &'static str = "ValidateListResourceConfig";

    fn about(&self) -> &str {
        &self.type_name
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        _: CancellationToken,
    ) -> Result<Self::Answer, Diagnostics> {
        let list = shared.list_resource(&self.type_name)?;
        let validate = |config| list.validate(config);
        let found = validate::checked(list.shape(), self.config.as_ref(), validate)?;
        Ok(Self::Answer::default().with(found))
    }
}

impl Streaming for pb::list_resource::Request {
    type Event = pb::list_resource::Event;
    const NAME: &'static str = "ListResource";

    fn about(&self) -> &str {
        &self.type_name
    }

    fn limit(&self) -> Option<usize> {
        usize::try_from(self.limit).ok().filter(|limit| *limit > 0)
    }

    async fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
        outlet: &Outlet<Self::Event>,
    ) -> Result<Diagnostics, Diagnostics> {
        let list = shared.list_resource(&self.type_name)?;
        let resource = shared.resource(&self.type_name)?;
        let config = decode("a configuration", self.config.as_ref(), &list.shape().of)?;
        let include_state = self.include_resource_object;
        let wanted = ListRequest { include_state, limit: self.limit() };
        let context = shared.context(stop)?;
        let items = Through { convert: |item| event(&self.type_name, resource, item), to: outlet };
        list.list(&context, config, wanted, &items).await?;
        Ok(Diagnostics::new())
    }
}

fn event<C>(
    type_name: &str,
    resource: &dyn AnyResource<C>,
    item: ListedItem,
) -> Result<pb::list_resource::Event, Diagnostics> {
    let schema = resource.identity_schema().ok_or_else(|| no_such("identity", type_name))?;
    let identity = encode("identity", &item.identity, &schema.object_type())?;
    let state = item.state.map(|state| encode("listed state", &state, &resource.shape().of));
    Ok(pb::list_resource::Event {
        identity: Some(pb::ResourceIdentityData { identity_data: Some(identity) }),
        display_name: wire::one_line(&item.display_name),
        resource_object: state.transpose()?,
        diagnostic: wire::diagnostics(item.warnings),
    })
}
