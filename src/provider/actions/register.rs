//! `action "whatsapp_register_phone_number"`: registers a number with the Cloud API.
//!
//! Ten registrations in 72 hours block a number, so one is sent only if the number needs it, and once.

use std::time::Duration;

use secrecy::SecretString;

use crate::graph::{Error, PhoneNumberId, Pin, Region, RegistrationState};
use crate::provider::actions::decision::{Decision, decide};
use crate::provider::actions::{phone_number_id, pin, pin_problem};
use crate::provider::connection::Connection;
use crate::provider::failure::Attempt;
use crate::provider::ids;
use crate::tf_provider::{
    Action, Attribute, Context, Diagnostic, Diagnostics, Field, Outcome, Progress, Schema, Type,
    Warned,
};

crate::model! {
    /// The `config` block.
    pub(crate) struct Config {
        data_localization_region: String,
        force: bool,
        phone_number_id: String,
        /// Six digits.
        pin: SecretString,
        wait_for_connected: String,
    }
}

/// The action.
#[derive(Debug)]
pub(crate) struct RegisterPhoneNumber;

impl Action for RegisterPhoneNumber {
    type Client = Connection;
    type Config = Config;

    fn type_name(&self) -> &'static str {
        "whatsapp_register_phone_number"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, config: &Config) -> Diagnostics {
        let mut problems = Diagnostics::new();
        problems.extend(ids::phone_number_problem(&config.phone_number_id));
        problems.extend(pin_problem(&config.pin));
        problems.extend(region(&config.data_localization_region).err());
        problems.extend(duration(&config.wait_for_connected).err());
        problems
    }

    async fn invoke(
        &self,
        context: &Context<Connection>,
        config: Config,
        progress: &Progress<'_>,
    ) -> Outcome<()> {
        let job = Job { context, progress, number: ids::phone_number_id(&config.phone_number_id)? };
        let pin = pin(&config.pin)?;
        let region = region(&config.data_localization_region)?;
        let wait = duration(&config.wait_for_connected)?;
        let force = config.force.known().copied().unwrap_or_default();
        let before = job.state().await.map_err(|error| job.not_read(&error))?;
        let mut warnings = match decide(&job.number, &before, force) {
            Decision::Refuse(refusal) => return Err(refusal.into()),
            Decision::Registered => {
                job.say("is registered and connected already: nothing was sent").await;
                return Ok(Warned::from(()).with(context.client().version_warning()));
            }
            Decision::Send(warnings) => warnings,
        };
        // What Graph refuses is better understood with what was known before.
        let sent = job.register(&pin, region, &before).await;
        let sent = sent.map_err(|failure| with_errors(&warnings, failure))?;
        warnings.extend(sent);
        warnings.extend(job.connected(wait).await);
        Ok(Warned::from(()).with(warnings).with(context.client().version_warning()))
    }
}

/// One invocation.
struct Job<'a> {
    context: &'a Context<Connection>,
    progress: &'a Progress<'a>,
    number: PhoneNumberId,
}

impl Job<'_> {
    async fn state(&self) -> Result<RegistrationState, Failure> {
        let graph = self.context.client().graph().map_err(Failure::NoClient)?;
        let state = graph.registration_state(&self.number, self.context.stop()).await;
        state.map_err(Failure::Graph)
    }

    /// Sends the registration, once, and reads back what became of it if nobody said.
    async fn register(
        &self,
        pin: &Pin,
        region: Option<Region>,
        before: &RegistrationState,
    ) -> Result<Option<Diagnostic>, Diagnostic> {
        let connection = self.context.client();
        let graph = connection.graph().map_err(first)?;
        let stop = self.context.stop();
        if let Some(region) = region {
            let kept = graph.keep_data_in(&self.number, region, stop).await;
            kept.map_err(|error| self.region_refused(&error))?;
            self.say(&format!("will keep its data in {region}")).await;
        }
        let sent = graph.register(&self.number, pin, stop).await;
        connection.outdate(&self.number);
        match sent {
            Ok(registered) => {
                self.say("was registered").await;
                Ok(registered.more.map(|more| self.more(&more)))
            }
            Err(error) if error.outcome_unknown() && before.is_registered() == Some(false) => {
                match self.state().await.map(|state| state.is_registered()) {
                    Ok(Some(true)) => Ok(Some(self.registered_after_all(&error))),
                    _ => Err(self.not_registered(&error)),
                }
            }
            Err(error) => Err(self.not_registered(&error)),
        }
    }

    /// Looks at the number until it is connected; a warning if that does not come in time.
    async fn connected(&self, limit: Option<Duration>) -> Option<Diagnostic> {
        let mut left = limit?;
        let mut pause = FIRST_PAUSE;
        loop {
            if let Ok(state) = self.state().await
                && state.is_registered() == Some(true)
            {
                self.say("is connected").await;
                return None;
            }
            let graph = self.context.client().graph().ok()?;
            let time = pause.min(left);
            if left.is_zero() || !graph.wait(time, self.context.stop()).await {
                return Some(self.not_connected());
            }
            self.say("is not connected yet").await;
            left -= time;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn say(&self, what: &str) {
        self.progress.say(format!("Phone number ID {} {what}", self.number)).await;
    }

    fn not_read(&self, failure: &Failure) -> Diagnostics {
        let error = match failure {
            Failure::NoClient(problems) => return problems.clone(),
            Failure::Graph(error) => error,
        };
        let read = Attempt::read("Reading the registration of", &self.number);
        let told = read.failed(error, self.context.client().run());
        again(&told, "Nothing was sent: without its state, a number is not registered.").into()
    }

    fn region_refused(&self, error: &Error) -> Diagnostic {
        let choice = Attempt::write("Choosing a region for the data of", &self.number, "region");
        let told = choice.failed(error, self.context.client().run());
        again(
            &told,
            "The number was not registered. A region can be chosen only while a number is not \
             registered: one that is has to be deregistered first.",
        )
    }

    fn not_registered(&self, error: &Error) -> Diagnostic {
        let told = Attempt::read("Registering", &self.number);
        let state = if error.outcome_unknown() {
            "The number may or may not have been registered: the call was sent, no definite answer \
             came back, and it was not sent again. Look at the number in WhatsApp Manager in a \
             minute."
        } else {
            "The number was not registered. The call was not repeated: ten in 72 hours block a \
             number."
        };
        again(&told.failed(error, self.context.client().run()), state)
    }

    fn registered_after_all(&self, error: &Error) -> Diagnostic {
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

    fn more(&self, more: &str) -> Diagnostic {
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

    fn not_connected(&self) -> Diagnostic {
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

/// Why a state was not read.
enum Failure {
    NoClient(Diagnostics),
    Graph(Error),
}

/// A failure with what is to be known of an action: nobody repeats it.
fn again(told: &Diagnostic, state: &str) -> Diagnostic {
    let detail = told.detail();
    Diagnostic::error(
        told.summary(),
        format!(
            "{detail}\n\n{state} If this followed a change, the change is made and stays, and the \
             next apply does not repeat the action. To repeat it when the cause is settled: \
             terraform apply -invoke=action.whatsapp_register_phone_number.NAME"
        ),
    )
}

fn with_errors(warnings: &Diagnostics, failure: Diagnostic) -> Diagnostics {
    let mut all = warnings.clone();
    all.push(failure);
    all
}

fn first(problems: Diagnostics) -> Diagnostic {
    let problem = problems.iter().next().cloned();
    problem.expect("whoever has no client says why")
}

fn region(field: &Field<String>) -> Result<Option<Region>, Diagnostic> {
    let Some(text) = field.known() else { return Ok(None) };
    text.parse().map(Some).map_err(|error| {
        let all = Region::ALL.join(", ");
        let detail = format!("data_localization_region {error}. Write one of {all}.");
        Diagnostic::error("Invalid Region", detail).at("data_localization_region")
    })
}

fn duration(field: &Field<String>) -> Result<Option<Duration>, Diagnostic> {
    let Some(text) = field.known() else { return Ok(None) };
    let parsed = humantime::parse_duration(text.trim()).ok().filter(|time| *time <= LONGEST_WAIT);
    parsed.map(Some).ok_or_else(|| {
        let detail = "wait_for_connected is no duration up to 10m. Write one such as 30s or 2m.";
        Diagnostic::error("Invalid Duration", detail).at("wait_for_connected")
    })
}

fn schema() -> Schema {
    Schema::new(
        "Registers a WhatsApp Business phone number with the Cloud API. The number is read first: \
         one that is registered and connected is left alone. The call is sent once and never \
         repeated, because ten registrations in 72 hours block a number. Nothing is stored, and \
         nothing is undone on destroy.",
        [
            phone_number_id(),
            Attribute::required("pin", Type::String).sensitive().write_only().described(
                "The number's PIN if two-step verification is on, else the PIN that it gets: \
                 exactly six digits, as a string. Never stored, in no plan either.",
            ),
            Attribute::optional("data_localization_region", Type::String).described(
                "Country in which Meta keeps the number's data, such as `BR`. Chosen before the \
                 registration, and only while the number is not registered.",
            ),
            Attribute::optional("force", Type::Bool).described(
                "Registers a number that is registered and connected, for example after a new \
                 display name was approved. Defaults to `false`.",
            ),
            Attribute::optional("wait_for_connected", Type::String).described(
                "How long to look until Meta shows the number as connected: a duration such as \
                 `1m`, at most `10m`. Without it, nobody waits. A number that is not connected in \
                 time is a warning.",
            ),
        ],
    )
}

const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// Each look is one of the calls that Meta counts.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
const LONGEST_WAIT: Duration = Duration::from_secs(600);
