//! One face for all answers: each can take diagnostics, and says what failed.

use crate::tf_provider::diagnostics::{Diagnostics, Severity};
use crate::tf_provider::function::FunctionError;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::wire;

/// An answer to a call.
pub(super) trait Answer: Default + Send + 'static {
    /// Adds diagnostics.
    #[must_use]
    fn with(self, diagnostics: Diagnostics) -> Self;

    /// What failed, for the log.
    fn failure(&self) -> Option<String>;

    /// All that the user will read.
    fn diagnostics(&mut self) -> &mut [pb::Diagnostic];
}

/// What failed, for the log. It stands in Terraform's own output too, so it holds no secret.
pub(super) fn failure(diagnostics: &Diagnostics) -> Option<String> {
    let errors = diagnostics.iter().filter(|found| found.severity() == Severity::Error);
    joined(errors.map(|error| (error.summary(), error.detail())))
}

fn joined<'a>(errors: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let errors: Vec<_> = errors.map(|(title, detail)| format!("{title}: {detail}")).collect();
    (!errors.is_empty()).then(|| errors.join("\n"))
}

macro_rules! answers {
    ($($answer:path),* $(,)?) => {
        $(impl Answer for $answer {
            fn with(mut self, diagnostics: Diagnostics) -> Self {
                self.diagnostics.extend(wire::diagnostics(diagnostics));
                self
            }

            fn failure(&self) -> Option<String> {
                let is_error =
                    |found: &&pb::Diagnostic| found.severity() == pb::diagnostic::Severity::Error;
                let errors = self.diagnostics.iter().filter(is_error);
                joined(errors.map(|error| (error.summary.as_str(), error.detail.as_str())))
            }

            fn diagnostics(&mut self) -> &mut [pb::Diagnostic] {
                &mut self.diagnostics
            }
        })*
    };
}

answers!(
    pb::apply_resource_change::Response,
    pb::close_ephemeral_resource::Response,
    pb::configure::Response,
    pb::generate_resource_config::Response,
    pb::get_functions::Response,
    pb::get_metadata::Response,
    pb::get_provider_schema::Response,
    pb::get_resource_identity_schemas::Response,
    pb::import_resource_state::Response,
    pb::move_resource_state::Response,
    pb::open_ephemeral_resource::Response,
    pb::plan_action::Response,
    pb::plan_resource_change::Response,
    pb::prepare_provider_config::Response,
    pb::read_data_source::Response,
    pb::read_resource::Response,
    pb::renew_ephemeral_resource::Response,
    pb::upgrade_resource_identity::Response,
    pb::upgrade_resource_state::Response,
    pb::validate_action_config::Response,
    pb::validate_data_source_config::Response,
    pb::validate_ephemeral_resource_config::Response,
    pb::validate_list_resource_config::Response,
    pb::validate_resource_type_config::Response,
);

/// A function reports one error text instead of diagnostics.
impl Answer for pb::call_function::Response {
    fn with(mut self, diagnostics: Diagnostics) -> Self {
        let texts = diagnostics.iter().map(|diagnostic| diagnostic.detail().to_owned());
        let texts = texts.collect::<Vec<_>>().join("\n");
        match &mut self.error {
            _ if texts.is_empty() => {}
            Some(error) => error.text = format!("{}\n{texts}", error.text),
            none => {
                *none = Some(wire::function_error(FunctionError::new(texts)));
            }
        }
        self
    }

    fn failure(&self) -> Option<String> {
        self.error.as_ref().map(|error| error.text.clone())
    }

    fn diagnostics(&mut self) -> &mut [pb::Diagnostic] {
        &mut []
    }
}
