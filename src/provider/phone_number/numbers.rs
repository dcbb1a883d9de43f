//! `data "whatsapp_phone_numbers"`: every number of an account, or of all of them.

use crate::provider::connection::Connection;
use crate::provider::ids::account_problem;
use crate::provider::phone_number::lookup;
use crate::provider::phone_number::{ACCOUNT_DESCRIPTION, PhoneNumber};
use crate::tf_provider::{Context, DataSource, Diagnostics, Field, Outcome, Warned};

crate::model! {
    /// Lists every phone number of a WhatsApp Business Account, or of all accounts of the provider, in
    /// the order of the API. A number that two accounts share stands under both.
    pub(crate) struct Model {
        optional business_account_id: String [described(ACCOUNT_DESCRIPTION)],

        /// The numbers, each an object with the attributes of the data source `whatsapp_phone_number`.
        computed phone_numbers: Vec<PhoneNumber>,
    }
}

/// The data source.
#[derive(Debug)]
pub(crate) struct PhoneNumbersDataSource;

impl DataSource for PhoneNumbersDataSource {
    type Client = Connection;
    type Model = Model;

    fn type_name(&self) -> &'static str {
        "whatsapp_phone_numbers"
    }

    fn validate(&self, config: &Model) -> Diagnostics {
        account_problem(&config.business_account_id).into_iter().collect()
    }

    async fn read(&self, context: &Context<Connection>, config: Model) -> Outcome<Model> {
        let connection = context.client();
        let accounts = lookup::accounts(&config.business_account_id, connection)?;
        let listed = lookup::every_number(connection, &accounts, context.stop()).await?;
        let number = |(account, number)| PhoneNumber::of(Some(&account), number);
        let model = Model {
            business_account_id: config.business_account_id,
            phone_numbers: Field::Known(listed.into_iter().map(number).collect()),
        };
        Ok(Warned::from(model).with(connection.version_warning()))
    }
}
