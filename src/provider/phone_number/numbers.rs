//! `data "whatsapp_phone_numbers"`: every number of an account.

use crate::provider::connection::Connection;
use crate::provider::ids::account_problem;
use crate::provider::phone_number::lookup;
use crate::provider::phone_number::{ACCOUNT_DESCRIPTION, PhoneNumber};
use crate::tf_provider::{
    Attribute, Context, DataSource, Diagnostics, Field, FieldType, Outcome, Schema, Type, Warned,
};

crate::model! {
    /// Configuration and result.
    pub(crate) struct Model {
        business_account_id: String,
        phone_numbers: Vec<PhoneNumber>,
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

    fn schema(&self) -> Schema {
        let numbers = Type::List(Box::new(PhoneNumber::terraform_type()));
        Schema::new(
            "Lists every phone number of a WhatsApp Business Account, in the order of the API.",
            [
                Attribute::optional_computed("business_account_id", Type::String)
                    .described(ACCOUNT_DESCRIPTION),
                Attribute::computed("phone_numbers", numbers).described(
                    "The numbers, each an object with the attributes of the data source \
                     `whatsapp_phone_number`.",
                ),
            ],
        )
    }

    fn validate(&self, config: &Model) -> Diagnostics {
        account_problem(&config.business_account_id).into_iter().collect()
    }

    async fn read(&self, context: &Context<Connection>, config: Model) -> Outcome<Model> {
        let connection = context.client();
        let account = lookup::account(&config.business_account_id, connection)?;
        let numbers = lookup::every_number(connection, &account, context.stop()).await?;
        let model = Model {
            business_account_id: Field::Known(account.to_string()),
            phone_numbers: Field::Known(numbers.iter().cloned().map(PhoneNumber::from).collect()),
        };
        Ok(Warned::from(model).with(connection.version_warning()))
    }
}
