//! The data source.

use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Context, DataSource, Diagnostic, Field, Outcome, Warned,
};

use crate::garden::ground::Ground;

model! {
    /// Looks at a bed.
    pub(crate) struct View {
        /// What the bed is called.
        required name: String,
        /// What it is filled with.
        computed soil: String,
        /// What grows in it.
        computed plants: Vec<Field<String>>,
    }
}

/// The data source `garden_bed`.
#[derive(Debug)]
pub(crate) struct Views;

impl DataSource for Views {
    type Client = Ground;
    type Model = View;

    fn type_name(&self) -> &'static str {
        "garden_bed"
    }

    async fn read(&self, context: &Context<Ground>, config: View) -> Outcome<View> {
        let name = config.name.known().map_or("", String::as_str);
        let missing = || {
            let detail = "The garden has no bed of this name.";
            Diagnostic::error("Bed Not Found", detail).at("name")
        };
        let plot = context.client().plot(name)?.ok_or_else(missing)?;
        let plants = plot.plants.into_iter().map(Field::Known).collect();
        let (soil, plants) = (Field::Known(plot.soil), Field::Known(plants));
        Ok(Warned::from(View { soil, plants, ..config }))
    }
}
