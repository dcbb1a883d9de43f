//! `list "whatsapp_two_step_verification"`: every number of an account, or those on which two-step
//! verification is on or off, for `terraform query`.

use std::collections::HashSet;

use crate::graph::{self, BusinessAccountId, Error, PhoneNumberFields, PhoneNumberId};
use crate::provider::ids::account_problem;
use crate::provider::phone_number::{ACCOUNT_DESCRIPTION, accounts, not_listed};
use crate::provider::two_step_verification::{Identity, Model, TwoStepVerification};
use crate::tf_provider::{
    Context, Diagnostic, Diagnostics, Field, Items, ListItem, ListRequest, ListResource, Resource,
};

crate::model! {
    /// Lists the phone numbers of a WhatsApp Business Account, or of all accounts of the provider, those
    /// without two-step verification too.
    pub(crate) struct Config {
        optional business_account_id: String [described(ACCOUNT_DESCRIPTION)],

        /// Lists only numbers on which two-step verification is on (`true`) or off (`false`). A number
        /// of which Meta does not say so is listed only without this filter.
        optional is_pin_enabled: bool,
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
        let accounts = accounts(&config.business_account_id, context.client())?;
        let mut listing = Listing {
            context,
            request,
            items,
            is_pin_enabled: config.is_pin_enabled.known().copied(),
            names_account: accounts.len() > 1,
            seen: HashSet::new(),
            warnings: Diagnostics::new(),
        };
        if listing.request.include_state {
            listing.warnings.push(pin_must_be_added());
        }
        let mut failures = Diagnostics::new();
        for account in accounts {
            match listing.send_all(&account).await? {
                Ok(Reader::WantsMore) => {}
                Ok(Reader::HasEnough) => return Ok(()),
                // The other accounts are worth listing all the same.
                Err(error) => failures.push(not_listed(&account, &error, context.client())),
            }
        }
        if failures.has_errors() { Err(failures) } else { Ok(()) }
    }
}

/// A list that is under way.
struct Listing<'a> {
    context: &'a Context<<TwoStepVerification as Resource>::Client>,
    request: ListRequest,
    items: &'a Items<'a, TwoStepVerification>,
    /// Only numbers of which Meta says this; none for all.
    is_pin_enabled: Option<bool>,
    /// Whether each number says which account it is in.
    names_account: bool,
    seen: HashSet<PhoneNumberId>,
    /// What concerns all of them is said with the first.
    warnings: Diagnostics,
}

enum Reader {
    WantsMore,
    HasEnough,
}

impl Listing<'_> {
    /// Sends the numbers of an account, page by page, as long as somebody reads.
    async fn send_all(
        &mut self,
        account: &BusinessAccountId,
    ) -> Result<Result<Reader, Error>, Diagnostics> {
        let graph = self.context.client().graph()?;
        let mut pages = graph.phone_numbers(account.clone(), PhoneNumberFields::Details);
        loop {
            let page = match pages.next_page(self.context.stop()).await {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(Ok(Reader::WantsMore)),
                Err(error) => return Ok(Err(error)),
            };
            let wanted = self.is_pin_enabled;
            for number in page.into_iter().filter(|number| is_wanted(number, wanted)) {
                // Configuration that is generated twice for one number would own it twice.
                let is_new = self.seen.insert(number.id.clone());
                if !is_new && self.request.include_state {
                    continue;
                }
                self.warnings.extend(self.context.client().version_warning());
                let shown = self.names_account.then_some(account);
                let item = item(number, shown, self.request.include_state);
                let item = item.with(std::mem::take(&mut self.warnings));
                if !self.items.send(item).await {
                    return Ok(Ok(Reader::HasEnough));
                }
            }
        }
    }
}

fn is_wanted(number: &graph::PhoneNumber, is_pin_enabled: Option<bool>) -> bool {
    is_pin_enabled.is_none_or(|wanted| number.is_pin_enabled == Some(wanted))
}

fn item(
    number: graph::PhoneNumber,
    account: Option<&BusinessAccountId>,
    include_state: bool,
) -> ListItem<TwoStepVerification> {
    let id = Field::Known(number.id.to_string());
    let display_name = match (number.display_phone_number, number.verified_name) {
        (Some(display), Some(name)) => format!("{display} ({name})"),
        (Some(display), None) => display,
        (None, _) => number.id.to_string(),
    };
    let display_name = match account {
        Some(account) => format!("{display_name} in account {account}"),
        None => display_name,
    };
    let item = ListItem::new(Identity { phone_number_id: id.clone() }, display_name);
    if !include_state {
        return item;
    }
    item.with_state(Model {
        id: id.clone(),
        is_pin_enabled: number.is_pin_enabled.into(),
        phone_number_id: id,
        ..Model::default()
    })
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
