//! The action.

use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Action, Context, Diagnostic, Diagnostics, Number, Outcome, Progress,
};

use crate::garden::ground::Ground;

model! {
    /// Waters a bed.
    pub(crate) struct Watering {
        /// Which one.
        required bed: String,
        /// With how many litres; 10 if nobody says it.
        optional litres: Number,
    }
}

/// The action `garden_water`.
#[derive(Debug)]
pub(crate) struct Water;

impl Action for Water {
    type Client = Ground;
    type Config = Watering;

    fn type_name(&self) -> &'static str {
        "garden_water"
    }

    fn validate(&self, config: &Watering) -> Diagnostics {
        match litres(config) {
            Some(1..) | None => Diagnostics::new(),
            Some(_) => {
                let detail = "A bed is watered with one litre or more.";
                Diagnostic::error("No Water", detail).at("litres").into()
            }
        }
    }

    fn plan(&self, _ground: &Ground, config: &Watering) -> Diagnostics {
        match litres(config) {
            Some(1_000..) => {
                let detail = "The butt holds less than 1,000 litres.";
                Diagnostic::error("Too Much Water", detail).at("litres").into()
            }
            _ => Diagnostics::new(),
        }
    }

    async fn invoke(
        &self,
        context: &Context<Ground>,
        config: Watering,
        progress: &Progress<'_>,
    ) -> Outcome<()> {
        let litres = litres(&config).unwrap_or(10);
        let bed = config.bed.into_known().unwrap_or_default();
        progress.say(format!("Carrying {litres} litres to {bed}")).await;
        if context.client().plot(&bed)?.is_none() {
            let detail = format!(
                "There is no bed {bed}, so nothing was watered. Terraform does not repeat this by \
                 itself: make the bed, and run terraform apply -invoke with this action."
            );
            return Err(Diagnostic::error("Bed Not Found", detail).into());
        }
        context.client().note(&format!("watered {bed} with {litres} litres"))?;
        Ok(().into())
    }
}

fn litres(config: &Watering) -> Option<i64> {
    config.litres.known().and_then(Number::as_i64)
}
