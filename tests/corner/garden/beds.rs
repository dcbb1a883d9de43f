//! The list of all beds.

use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Context, Diagnostics, Field, Items, ListItem, ListRequest, ListResource,
};

use crate::garden::bed::{Bed, BedIdentity, Beds};
use crate::garden::ground::Ground;

model! {
    /// The beds of the garden.
    pub(crate) struct Search {
        /// Only beds with this soil.
        optional soil: String,
    }
}

/// The list resource `garden_bed`.
#[derive(Debug)]
pub(crate) struct AllBeds;

impl ListResource for AllBeds {
    type Resource = Beds;
    type Config = Search;

    fn resource(&self) -> Beds {
        Beds
    }

    async fn list(
        &self,
        context: &Context<Ground>,
        config: Search,
        request: ListRequest,
        items: &Items<'_, Beds>,
    ) -> Result<(), Diagnostics> {
        let ground = context.client();
        for name in ground.names()? {
            // It may have gone since the names were read.
            let Some(plot) = ground.plot(&name)? else { continue };
            if config.soil.known().is_some_and(|soil| *soil != plot.soil) {
                continue;
            }
            let identity = BedIdentity { name: Field::Known(name.clone()) };
            let mut item = ListItem::new(identity, format!("{name}, {}", plot.soil));
            if request.include_state {
                item = item.with_state(Bed::found(name, plot));
            }
            if !items.send(item).await {
                break;
            }
        }
        Ok(())
    }
}
