//! `data "whatsapp_phone_number"`: one number, by its ID or as people write it.

use crate::graph::{PhoneNumberFields, PhoneNumberId};
use crate::provider::connection::Connection;
use crate::provider::failure::{Attempt, is_about_number};
use crate::provider::ids::{account_problem, phone_number_id, phone_number_problem};
use crate::provider::phone_number::PhoneNumber;
use crate::provider::phone_number::lookup::{self, only_match};
use crate::tf_provider::{Context, DataSource, Diagnostic, Diagnostics, Field, Outcome, Warned};

crate::model! {
    /// Looks up a WhatsApp Business phone number, by its ID or by the number as people write it.
    /// Attributes that Meta does not answer are null. To look up many, use `whatsapp_phone_numbers`,
    /// which costs one call for a hundred numbers.
    pub(crate) struct Model {
        /// ID of the phone number, digits only. Exactly one of `phone_number_id` and
        /// `display_phone_number` must be set.
        optional_computed phone_number_id: String,

        /// The phone number as people write it, with its country code, such as `+1 555-010-0001` or
        /// `001 555 010 0001`; only its digits are compared. Looks in `business_account_id`, or in all
        /// accounts of the provider.
        optional_computed display_phone_number: String,

        /// ID of the WhatsApp Business Account, digits only. Without it, all accounts in the provider's
        /// `business_account_ids` are covered, and it becomes the number's account, if Meta names it.
        optional_computed business_account_id: String,

        /// State of the number's verification by SMS or voice: `NOT_VERIFIED`, `VERIFIED` or `EXPIRED`.
        /// It says nothing about the PIN.
        computed code_verification_status: String,

        /// Whether two-step verification is on.
        computed is_pin_enabled: bool,

        /// State of the displayed name's review, such as `APPROVED` or `DECLINED`.
        computed name_status: String,

        /// Where the number is registered: `CLOUD_API`, `ON_PREMISE`, or `NOT_APPLICABLE` if it is not.
        computed platform_type: String,

        /// Rating of the messages' quality: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
        computed quality_rating: String,

        /// State of the number, such as `CONNECTED` or `BANNED`.
        computed status: String,

        /// The name that recipients see.
        computed verified_name: String,
    }
}

/// The data source.
#[derive(Debug)]
pub(crate) struct PhoneNumberDataSource;

impl DataSource for PhoneNumberDataSource {
    type Client = Connection;
    type Model = Model;

    fn type_name(&self) -> &'static str {
        "whatsapp_phone_number"
    }

    fn validate(&self, config: &Model) -> Diagnostics {
        let mut problems = Diagnostics::new();
        problems.extend(phone_number_problem(&config.phone_number_id));
        problems.extend(account_problem(&config.business_account_id));
        problems.extend(exactly_one_lookup(config));
        problems
    }

    async fn read(&self, context: &Context<Connection>, config: Model) -> Outcome<Model> {
        let found = match &config.phone_number_id {
            Field::Known(_) => by_id(context, phone_number_id(&config.phone_number_id)?).await?,
            _ => by_display_number(context, &config).await?,
        };
        let warnings = context.client().version_warning();
        Ok(Warned::from(result(config, found)).with(warnings))
    }
}

async fn by_id(
    context: &Context<Connection>,
    number: PhoneNumberId,
) -> Result<PhoneNumber, Diagnostics> {
    let client = context.client().graph()?;
    let found = client.phone_number(&number, PhoneNumberFields::Details, context.stop()).await;
    let account = client.account_of(&number);
    found.map(|found| PhoneNumber::of(account.as_ref(), found)).map_err(|error| {
        let failure = Attempt::read("Reading", &number).failed(&error, context.client().run());
        if is_about_number(&error) { failure.at("phone_number_id").into() } else { failure.into() }
    })
}

async fn by_display_number(
    context: &Context<Connection>,
    config: &Model,
) -> Result<PhoneNumber, Diagnostics> {
    let wanted = config.display_phone_number.known().map(String::as_str).unwrap_or_default();
    let accounts = lookup::accounts(&config.business_account_id, context.client())?;
    let listed = lookup::every_number(context.client(), &accounts, context.stop()).await?;
    let (account, found) = only_match(&listed, wanted, &accounts)?;
    Ok(PhoneNumber::of(Some(&account), found))
}

fn exactly_one_lookup(config: &Model) -> Option<Diagnostic> {
    match (&config.phone_number_id, &config.display_phone_number) {
        (Field::Null, Field::Null) => Some(Diagnostic::error(
            "Nothing to Look Up",
            "Set exactly one of phone_number_id and display_phone_number.",
        )),
        (Field::Known(_), Field::Known(_)) => Some(
            Diagnostic::error(
                "Two Things to Look Up",
                "Set only one of phone_number_id and display_phone_number.",
            )
            .at("display_phone_number"),
        ),
        (_, Field::Known(text)) if !text.contains(|c: char| c.is_ascii_digit()) => Some(
            Diagnostic::error(
                "Invalid Phone Number",
                "The phone number has no digits. Write it as people do, such as \
                 \"+1 555-010-0001\".",
            )
            .at("display_phone_number"),
        ),
        _ => None,
    }
}

/// What was found, with what was configured as it was written.
fn result(config: Model, found: PhoneNumber) -> Model {
    Model {
        business_account_id: configured_or(config.business_account_id, found.business_account_id),
        code_verification_status: found.code_verification_status,
        display_phone_number: configured_or(
            config.display_phone_number,
            found.display_phone_number,
        ),
        is_pin_enabled: found.is_pin_enabled,
        name_status: found.name_status,
        phone_number_id: configured_or(config.phone_number_id, found.phone_number_id),
        platform_type: found.platform_type,
        quality_rating: found.quality_rating,
        status: found.status,
        verified_name: found.verified_name,
    }
}

fn configured_or(configured: Field<String>, found: Field<String>) -> Field<String> {
    if configured.known().is_some() { configured } else { found }
}
