//! Phone numbers as Meta describes them: looking one up, and listing those of an account.

mod lookup;
mod number;
mod numbers;

use crate::graph::{self, BusinessAccountId};
use crate::tf_provider::Field;

pub(crate) use lookup::{accounts, listing, not_listed};
pub(crate) use number::PhoneNumberDataSource;
pub(crate) use numbers::PhoneNumbersDataSource;

crate::model! {
    /// What Meta says about a number.
    pub(crate) struct PhoneNumber {
        business_account_id: String,
        code_verification_status: String,
        display_phone_number: String,
        is_pin_enabled: bool,
        name_status: String,
        phone_number_id: String,
        platform_type: String,
        quality_rating: String,
        status: String,
        verified_name: String,
    }
}

impl PhoneNumber {
    /// A number as it stands in the list of an account, if it is known in which.
    fn of(account: Option<&BusinessAccountId>, number: graph::PhoneNumber) -> Self {
        Self {
            business_account_id: account.map(ToString::to_string).into(),
            code_verification_status: number.code_verification_status.into(),
            display_phone_number: number.display_phone_number.into(),
            is_pin_enabled: number.is_pin_enabled.into(),
            name_status: number.name_status.into(),
            phone_number_id: Field::Known(number.id.to_string()),
            platform_type: number.platform_type.into(),
            quality_rating: number.quality_rating.into(),
            status: number.status.into(),
            verified_name: number.verified_name.into(),
        }
    }
}

/// The description of every lookup's account.
pub(crate) const ACCOUNT_DESCRIPTION: &str = "ID of the WhatsApp Business Account, digits only. Without it, all accounts in the provider's \
     `business_account_ids` are covered.";
