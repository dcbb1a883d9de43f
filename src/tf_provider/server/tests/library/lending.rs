//! The action.

use secrecy::{ExposeSecret, SecretString};

use super::book::wait_for_stop;
use super::{Desk, refused};
use crate::tf_provider::{Action, Context, Diagnostic, Diagnostics, Outcome, Progress, Warned};

crate::model! {
    /// Lends a book.
    pub(in super::super) struct Loan {
        /// Who borrows.
        required reader: String,
        /// The reader's card.
        required card_wo: SecretString [sensitive, write_only],
    }
}

/// The action `library_lend`.
#[derive(Debug)]
pub(super) struct Lend;

impl Action for Lend {
    type Client = Desk;
    type Config = Loan;

    fn type_name(&self) -> &'static str {
        "library_lend"
    }

    fn validate(&self, config: &Loan) -> Diagnostics {
        match config.reader.known().map(String::as_str) {
            Some("panic in validate") => panic!("in validate"),
            Some("") => Diagnostic::error("No Reader", "A reader has a name.").at("reader").into(),
            _ => Diagnostics::new(),
        }
    }

    fn plan(&self, client: &Desk, config: &Loan) -> Diagnostics {
        client.probe.note("planned a loan".to_owned());
        match config.reader.known().map(String::as_str) {
            Some("panic in plan") => panic!("in plan"),
            Some("banned") => refused(),
            None => Diagnostic::warning("Somebody", "Nobody knows yet who borrows.").into(),
            Some(_) => Diagnostics::new(),
        }
    }

    async fn invoke(
        &self,
        context: &Context<Desk>,
        config: Loan,
        progress: &Progress<'_>,
    ) -> Outcome<()> {
        let reader = config.reader.into_known().unwrap_or_default();
        let card = config.card_wo.into_known().unwrap_or_default();
        let wanted = progress.say(format!("looking for\u{1b} {reader}")).await;
        let probe = &context.client().probe;
        probe.note(format!("card of {} letters", card.expose_secret().len()));
        match reader.as_str() {
            "panic" => panic!("in invoke"),
            "refused" => Err(refused()),
            "slow" => {
                wait_for_stop(context).await;
                Err(refused())
            }
            "patient" => {
                probe.started.notify_one();
                probe.release.notified().await;
                let wanted = progress.say("found").await;
                probe.note(if context.stop().is_cancelled() { "cut" } else { "lent" });
                probe.note(if wanted { "heard" } else { "unheard" });
                probe.finished.notify_one();
                Ok(().into())
            }
            "talkative" => {
                for line in 0..100 {
                    assert!(progress.say(format!("page {line}")).await, "somebody listens");
                }
                Ok(().into())
            }
            _ if !wanted => Err(refused()),
            _ => {
                let late = Diagnostic::warning("Late", "The book is due tomorrow.");
                Ok(Warned::from(()).with([late]))
            }
        }
    }
}
