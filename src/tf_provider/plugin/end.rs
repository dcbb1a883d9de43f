//! How the process ends: phases, what happens to it, and one deadline alive at a time.
//!
//! Whoever learns something that concerns the end says one word to [`Ending`]. [`until_over`] hears
//! all of them; [`Phase::next`] alone decides what follows.

use std::{future, pin::pin, time::Duration};

use tokio::{
    sync::mpsc,
    time::{self, Instant},
};
use tokio_util::sync::CancellationToken;

use crate::tf_provider::calls::Calls;
use crate::tf_provider::plugin::presence::Presence;

/// What happens to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// The first client has proved who it is.
    Connected,
    /// A signal asked for the end.
    Signalled,
    /// The host is dead, as far as can be told, so nobody will ask.
    HostGone,
    /// The host asked for the end.
    ShutdownAsked,
    /// No call is in flight any more.
    CallsEnded,
    /// The server serves no more.
    ServerEnded,
    /// The phase has lasted as long as it may.
    TimeIsUp,
}

/// Where a process is on its way to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nobody has come yet.
    Knocking,
    /// Calls are served.
    Serving,
    /// Calls in flight are stopped, later ones are born stopped; the answers still go out.
    Stopping,
    /// The server takes no more, and silent streams end.
    Closing,
    /// Calls that nobody reads the answer of come to their end.
    Draining,
    /// Nothing follows.
    Over,
}

impl Phase {
    /// What follows. Nothing leads back.
    fn next(self, event: Event) -> Self {
        use Event::{
            CallsEnded, Connected, HostGone, ServerEnded, ShutdownAsked, Signalled, TimeIsUp,
        };
        match (self, event) {
            (Self::Over, _) | (Self::Knocking, TimeIsUp) => Self::Over,
            (_, ServerEnded) => Self::Draining,
            (Self::Knocking, Connected) => Self::Serving,
            (Self::Knocking | Self::Serving, Signalled | HostGone) => Self::Stopping,
            (Self::Knocking | Self::Serving | Self::Stopping, ShutdownAsked)
            | (Self::Stopping, Signalled | CallsEnded | TimeIsUp) => Self::Closing,
            (Self::Closing | Self::Draining, TimeIsUp) | (Self::Draining, CallsEnded) => Self::Over,
            (same, _) => same,
        }
    }

    /// How long it may last; none for ever. `grace` is what the provider asks for its calls.
    fn limit(self, limits: &Limits, grace: Duration) -> Option<Duration> {
        match self {
            Self::Knocking => limits.first_connection,
            Self::Serving => None,
            Self::Stopping => Some(grace),
            Self::Closing | Self::Draining => Some(limits.shutdown),
            Self::Over => Some(Duration::ZERO),
        }
    }

    fn awaits_calls(self) -> bool {
        matches!(self, Self::Stopping | Self::Draining)
    }
}

/// How long things may take, beside the calls: see [`Calls::grace`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// From the start to the first connection; without it the process waits for ever.
    pub(super) first_connection: Option<Duration>,
    /// From the loss of the last connection until the host counts as dead; without it connections come
    /// and go.
    pub(super) host_away: Option<Duration>,
    /// From the request to shut down to the end.
    pub(super) shutdown: Duration,
}

impl Limits {
    /// Under Terraform, which itself gives a plugin one minute to start, and kills two seconds after
    /// its request to shut down. A connection that broke is made anew within a second or two.
    pub(super) const HOSTED: Self = Self {
        first_connection: Some(Duration::from_secs(60)),
        host_away: Some(Duration::from_secs(10)),
        shutdown: Duration::from_secs(1),
    };
    /// Without TLS the host may lend the process to others, who come and go.
    pub(super) const LENT: Self = Self { host_away: None, ..Self::HOSTED };
    /// In debug mode Terraform comes and goes, the first time perhaps after lunch.
    pub(super) const DEBUG: Self = Self { first_connection: None, ..Self::LENT };
}

/// Where others say what happens, and learn that the server closes.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    events: mpsc::UnboundedSender<Event>,
    closing: CancellationToken,
}

/// What was said, in order.
pub(super) type Events = mpsc::UnboundedReceiver<Event>;

impl Ending {
    /// Both sides.
    pub(super) fn new() -> (Self, Events) {
        let (events, said) = mpsc::unbounded_channel();
        (Self { events, closing: CancellationToken::new() }, said)
    }

    /// Says what has happened; from any thread.
    pub(super) fn say(&self, event: Event) {
        // Nobody listens any more when all is over.
        let _ = self.events.send(event);
    }

    /// Returns when the server takes no more.
    pub(super) async fn closing(&self) {
        self.closing.cancelled().await;
    }
}

/// How a session ended.
#[derive(Debug)]
pub(super) enum Ended<E> {
    /// As it was asked to, or by the server's own end.
    Served(Result<(), E>),
    /// Nobody came within this time.
    NoConnection(Duration),
}

/// Drives `server`, whose connections are counted by `presence`, from the first phase to the last.
pub(super) async fn until_over<E>(
    server: impl Future<Output = Result<(), E>>,
    presence: Presence,
    calls: &Calls,
    (ending, mut said): (Ending, Events),
    limits: Limits,
) -> Ended<E> {
    let mut server = pin!(server);
    let mut host_lost = pin!(presence.lost(limits.host_away));
    let mut served = None;
    let mut phase = Phase::Knocking;
    let mut deadline = limits.first_connection.map(|limit| Instant::now() + limit);
    while phase != Phase::Over {
        let event = tokio::select! {
            Some(event) = said.recv() => event,
            () = presence.first(), if phase == Phase::Knocking => Event::Connected,
            () = &mut host_lost, if phase == Phase::Serving => Event::HostGone,
            outcome = &mut server, if served.is_none() => {
                served = Some(outcome);
                Event::ServerEnded
            }
            () = calls.ended(), if phase.awaits_calls() => Event::CallsEnded,
            () = reached(deadline) => Event::TimeIsUp,
        };
        let next = phase.next(event);
        tracing::debug!(?event, ?phase, ?next, "on the way to the end");
        match (phase, next, limits.first_connection) {
            (Phase::Knocking, Phase::Over, Some(limit)) => return Ended::NoConnection(limit),
            (before, after, _) if before == after => continue,
            (_, Phase::Stopping, _) => calls.stop_for_good(),
            (_, Phase::Closing, _) => ending.closing.cancel(),
            _ => {}
        }
        // Draining has what closing left of its time.
        if (phase, next) != (Phase::Closing, Phase::Draining) {
            let limit = next.limit(&limits, calls.grace());
            deadline = limit.map(|limit| Instant::now() + limit);
        }
        phase = next;
    }
    Ended::Served(served.unwrap_or(Ok(())))
}

#[expect(clippy::disallowed_methods, reason = "the one deadline")]
async fn reached(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => time::sleep_until(deadline).await,
        None => future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHASES: [Phase; 6] = [
        Phase::Knocking,
        Phase::Serving,
        Phase::Stopping,
        Phase::Closing,
        Phase::Draining,
        Phase::Over,
    ];
    const EVENTS: [Event; 7] = [
        Event::Connected,
        Event::Signalled,
        Event::HostGone,
        Event::ShutdownAsked,
        Event::CallsEnded,
        Event::ServerEnded,
        Event::TimeIsUp,
    ];

    #[test]
    fn every_pair_of_phase_and_event_leads_where_the_table_says() {
        use Phase::{Closing, Draining, Knocking, Over, Serving, Stopping};
        #[rustfmt::skip]
        let table = [
            // Connected  Signalled HostGone  Shutdown CallsEnded ServerEnded TimeIsUp
            [Serving,     Stopping, Stopping, Closing, Knocking,  Draining,   Over],
            [Serving,     Stopping, Stopping, Closing, Serving,   Draining,   Serving],
            [Stopping,    Closing,  Stopping, Closing, Closing,   Draining,   Closing],
            [Closing,     Closing,  Closing,  Closing, Closing,   Draining,   Over],
            [Draining,    Draining, Draining, Draining, Over,     Draining,   Over],
            [Over,        Over,     Over,     Over,    Over,      Over,       Over],
        ];
        for (phase, row) in PHASES.into_iter().zip(table) {
            assert_eq!(EVENTS.map(|event| phase.next(event)), row, "{phase:?}");
        }
    }

    #[test]
    fn nothing_leads_back_and_every_phase_that_was_asked_to_end_does_so_by_time_alone() {
        let place = |phase| PHASES.iter().position(|known| *known == phase).expect("all are there");
        for phase in PHASES {
            for event in EVENTS {
                assert!(place(phase.next(event)) >= place(phase), "{phase:?} {event:?}");
            }
        }
        let second = Duration::from_secs(1);
        for mut phase in [Phase::Stopping, Phase::Closing, Phase::Draining] {
            for _ in PHASES {
                assert!(phase.limit(&Limits::DEBUG, second).is_some(), "{phase:?}");
                phase = phase.next(Event::TimeIsUp);
            }
            assert_eq!(phase, Phase::Over);
        }
        assert_eq!(Phase::Serving.limit(&Limits::HOSTED, second), None);
    }

    #[test]
    fn calls_have_what_the_provider_asks_for_and_the_host_does_not_wait_to_kill() {
        let ten_minutes = Duration::from_secs(600);
        assert_eq!(Phase::Stopping.limit(&Limits::HOSTED, ten_minutes), Some(ten_minutes));
        let closing = Phase::Closing.limit(&Limits::HOSTED, ten_minutes);
        assert!(closing.is_some_and(|limit| limit < Duration::from_secs(2)));
    }
}
