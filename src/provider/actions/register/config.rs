//! The `config` block: what there is to write, and what is wrong with it.

use std::time::Duration;

use secrecy::SecretString;

use crate::graph::Region;
use crate::provider::arguments::API_VERSION;
use crate::provider::connection::Connection;
use crate::tf_provider::{Diagnostic, Field};

crate::model! {
    /// Registers a WhatsApp Business phone number with the Cloud API. The number is read first: one that
    /// is registered and connected is left alone. The call is sent once and never repeated, because ten
    /// registrations in 72 hours block a number. Nothing is stored, and nothing is undone on destroy.
    pub(crate) struct Config {
        /// ID of the phone number, as WhatsApp Manager shows it: digits only, and not the phone number
        /// itself.
        required phone_number_id: String,

        /// The number's PIN if two-step verification is on, else the PIN that it gets: exactly six
        /// digits, as a string. Never stored, in no plan either.
        required pin: SecretString [sensitive, write_only],

        /// Country in which Meta keeps the number's data, such as `BR`. Chosen before the registration,
        /// and only while the number is not registered. It needs an `api_version` of `v21.0` or later.
        optional data_localization_region: String,

        /// Registers a number that is registered and connected, for example after a new display name was
        /// approved. Defaults to `false`.
        optional force: bool,

        /// How long to look until Meta shows the number as connected: a duration such as `1m`, at most
        /// `10m`. Without it, nobody waits. A number that is not connected in time is a warning.
        optional wait_for_connected: String,
    }
}

pub(super) fn region(field: &Field<String>) -> Result<Option<Region>, Diagnostic> {
    let Some(text) = field.known() else { return Ok(None) };
    text.parse().map(Some).map_err(|error| {
        let all = Region::ALL.join(", ");
        let detail = format!("data_localization_region {error}. Write one of {all}.");
        Diagnostic::error("Invalid Region", detail).at("data_localization_region")
    })
}

/// Why the API takes no region in the configured version. In those before, it was part of the
/// registration itself; no server has answered for them since.
pub(super) fn region_before_its_time(
    field: &Field<String>,
    connection: &Connection,
) -> Option<Diagnostic> {
    let version = connection.api_version().filter(|version| *version < Region::SINCE)?;
    field.known()?;
    let detail = format!(
        "data_localization_region is chosen by a call that came with Graph API {since}, and the \
         provider is configured for {version}. Nothing was sent. Set the provider's argument {name}, \
         or the environment variable {variable}, to {since} or later, or leave the region out.",
        since = Region::SINCE,
        name = API_VERSION.name,
        variable = API_VERSION.variable,
    );
    let refusal = Diagnostic::error("Region Needs a Later Version of the Graph API", detail);
    Some(refusal.at("data_localization_region"))
}

pub(super) fn duration(field: &Field<String>) -> Result<Option<Duration>, Diagnostic> {
    let Some(text) = field.known() else { return Ok(None) };
    let parsed = humantime::parse_duration(text.trim()).ok().filter(|time| *time <= LONGEST_WAIT);
    parsed.map(Some).ok_or_else(|| {
        let detail = "wait_for_connected is no duration up to 10m. Write one such as 30s or 2m.";
        Diagnostic::error("Invalid Duration", detail).at("wait_for_connected")
    })
}

const LONGEST_WAIT: Duration = Duration::from_secs(600);
