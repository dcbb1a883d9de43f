//! `list "whatsapp_two_step_verification"`: every number of an account that has two-step
//! verification on, for `terraform query`.

use crate::graph::{self, PhoneNumberFields};
use crate::provider::ids::account_problem;
use crate::provider::phone_number::{ACCOUNT_DESCRIPTION, account, not_listed};
use crate::provider::two_step_verification::{Identity, Model, TwoStepVerification};
use crate::tf_provider::{
    Attribute, Context, Diagnostic, Diagnostics, Field, Items, ListItem, ListRequest, ListResource,
    Resource, Schema, Type,
};

crate::model! {
    /// The `config` block.
    pub(crate) struct Config {
        business_account_id: String,
    }
}

/// The list resource.
#[derive(Debug)]
pub(crate) struct TwoStepVerificationList;

impl ListResource for TwoStepVerificationList {
    type Resource = TwoStepVerification;
    type Config = Config;

    fn resource(&self) -> TwoStepVerification {
        TwoStepVerification::default()
    }

    fn schema(&self) -> Schema {
        Schema::new(
            "Lists the phone numbers of a WhatsApp Business Account that have two-step \
             verification on.",
            [Attribute::optional("business_account_id", Type::String)
                .described(ACCOUNT_DESCRIPTION)],
        )
    }

    fn validate(&self, config: &Config) -> Diagnostics {
        account_problem(&config.business_account_id).into_iter().collect()
    }

    async fn list(
        &self,
        context: &Context<<TwoStepVerification as Resource>::Client>,
        config: Config,
        request: ListRequest,
        items: &Items<'_, TwoStepVerification>,
    ) -> Result<(), Diagnostics> {
        let account = account(&config.business_account_id, context.client())?;
        let graph = context.client().graph()?;
        let mut pages = graph.phone_numbers(account.clone(), PhoneNumberFields::Details);
        let mut warnings = Diagnostics::new();
        if request.include_state {
            warnings.push(pin_must_be_added());
        }
        loop {
            let page = pages.next_page(context.stop()).await;
            let Some(page) =
                page.map_err(|error| not_listed(&account, &error, context.client()))?
            else {
                return Ok(());
            };
            for number in page.into_iter().filter(|number| number.is_pin_enabled == Some(true)) {
                warnings.extend(context.client().version_warning());
                let mut item = item(number, request.include_state);
                // What concerns all of them is said with the first.
                item.warnings = std::mem::take(&mut warnings);
                if !items.send(item).await {
                    return Ok(());
                }
            }
        }
    }
}

fn item(number: graph::PhoneNumber, include_state: bool) -> ListItem<TwoStepVerification> {
    let id = Field::Known(number.id.to_string());
    let display_name = match (number.display_phone_number, number.verified_name) {
        (Some(display), Some(name)) => format!("{display} ({name})"),
        (Some(display), None) => display,
        (None, _) => number.id.to_string(),
    };
    ListItem {
        identity: Identity { phone_number_id: id.clone() },
        display_name,
        state: include_state.then(|| Model {
            id: id.clone(),
            is_pin_enabled: number.is_pin_enabled.into(),
            phone_number_id: id,
            ..Model::default()
        }),
        warnings: Diagnostics::new(),
    }
}

/// Said here because Terraform (1.14, 1.15) shows no warning about the configuration that it
/// generates from the items.
fn pin_must_be_added() -> Diagnostic {
    Diagnostic::warning(
        "PINs Must Be Added",
        "Meta shows no PIN to anybody, so configuration that is generated from this list has none \
         yet and is refused as it is. In each resource, replace the lines pin and pin_wo by the \
         PIN to set, and write pin_wo_version with pin_wo:\n\n  pin_wo         = var.pin   # \
         never stored\n  pin_wo_version = \"1\"\n\nThe next apply sets these PINs, whatever they were \
         before.",
    )
}
