//! What a registration says of its failures, and of what is not certain.

use crate::graph::Error;
use crate::provider::actions::register::{Failure, Job};
use crate::provider::failure::Attempt;
use crate::tf_provider::{Diagnostic, Diagnostics};

impl Job<'_> {
    pub(super) fn not_read(&self, failure: &Failure) -> Diagnostics {
        let error = match failure {
            Failure::NoClient(problems) => return problems.clone(),
            Failure::Graph(error) => error,
        };
        let read = Attempt::read("Reading the registration of", &self.number).by_action();
        let told = read.failed(error, self.context.client().run());
        told.with_paragraph("Nothing was sent: without its state, a number is not registered.")
            .into()
    }

    pub(super) fn region_refused(&self, error: &Error) -> Diagnostic {
        let choice = Attempt::write("Choosing a region for the data of", &self.number, "region");
        let told = choice.by_action().failed(error, self.context.client().run());
        told.with_paragraph(
            "The number was not registered. A region can be chosen only while a number is not \
             registered: one that is has to be deregistered first.",
        )
    }

    pub(super) fn not_registered(&self, error: &Error) -> Diagnostic {
        let sending = Attempt::register(&self.number);
        let state = if error.outcome_unknown() {
            "The number may or may not have been registered: the call was sent, no definite answer \
             came back, and it was not sent again. Look at the number in WhatsApp Manager in a \
             minute."
        } else {
            "The number was not registered. The call was not repeated: ten in 72 hours block a \
             number."
        };
        sending.failed(error, self.context.client().run()).with_paragraph(state)
    }

    pub(super) fn registered_after_all(&self, error: &Error) -> Diagnostic {
        Diagnostic::warning(
            "Registered Without an Answer",
            format!(
                "The registration of phone number ID {} was sent, and no definite answer came \
                 back: {error}. Meta shows the number as registered and connected since. That the \
                 PIN is the one that was sent is likely, and not proved.",
                self.number
            ),
        )
    }

    pub(super) fn more(&self, more: &str) -> Diagnostic {
        Diagnostic::warning(
            "Registration Answered With More Than Success",
            format!(
                "Meta registered phone number ID {}, and said with it: {more}\n\nMeta lets a \
                 number that was registered already keep its former PIN and says so in such a \
                 place. If it does here, set the PIN with whatsapp_two_step_verification or with \
                 the action whatsapp_set_two_step_verification_pin.",
                self.number
            ),
        )
    }

    pub(super) fn wait_stopped(&self) -> Diagnostic {
        Diagnostic::warning(
            "Wait for the Phone Number Stopped",
            format!(
                "Phone number ID {} was registered. The wait for Meta to show it as connected \
                 (wait_for_connected) was stopped on request, and Meta did not show it so far. Look \
                 at its status with the data source whatsapp_phone_number before registering it \
                 again.",
                self.number
            ),
        )
    }

    pub(super) fn not_connected(&self) -> Diagnostic {
        Diagnostic::warning(
            "Phone Number Not Connected Yet",
            format!(
                "Phone number ID {} was registered, and Meta did not show it as connected within \
                 wait_for_connected. Meta names no time for that. Look at its status with the data \
                 source whatsapp_phone_number before registering it again.",
                self.number
            ),
        )
    }
}
