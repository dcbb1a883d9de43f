//! What stands in an argument, and whether a message about it may point there.

use std::fmt::Display;

use crate::graph::is_unprintable;
use crate::graph::token::ParseSecretError;
use crate::provider::accounts::AccountIds;
use crate::provider::arguments::{APP_ID, Argument};
use crate::provider::line::may_hold_secret;
use crate::tf_provider::{Field, Number};

/// What the user wrote.
pub(super) trait Written {
    /// Whether Terraform may print the line with it. Secrets that are declared as such are kept from
    /// that by the schema; this is about those in the wrong place.
    fn may_be_shown(&self, argument: Argument) -> bool;
}

impl Written for str {
    fn may_be_shown(&self, argument: Argument) -> bool {
        // What is no ID of an app is most likely the secret that stands beside it.
        argument.name != APP_ID.name && !may_hold_secret(self)
    }
}

impl Written for AccountIds {
    fn may_be_shown(&self, _argument: Argument) -> bool {
        !self.0.iter().filter_map(Field::known).any(|id| may_hold_secret(id))
    }
}

impl Written for Number {
    fn may_be_shown(&self, _argument: Argument) -> bool {
        true
    }
}

/// Says of what is refused that there is something in it that nobody sees, which a file or a copied
/// text leaves behind.
pub(super) fn seen<T, E: Display>(
    parse: impl Fn(&str) -> Result<T, E>,
) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        parse(text).map_err(|problem| {
            let is_hidden = |c: char| is_unprintable(c) && !c.is_whitespace();
            match text.contains(is_hidden) {
                true => ParseSecretError::Invisible.to_string(),
                false => problem.to_string(),
            }
        })
    }
}
