//! The two doors of the service: for calls with one answer, and for streams. Whatever passes runs as
//! a task of its own, logged, and guarded against panics.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::panic_hook::{self, PanicReport, guarded};
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::stream::{Event, Events, Outlet};
use crate::tf_provider::server::{Service, Shared};

/// A call, by its request: what the log and the guard have to know, and what it does.
pub(super) trait Call: Send + Sync + 'static {
    type Answer: Answer;

    /// As the protocol calls it.
    const NAME: &'static str;

    /// The call goes on when the client hangs up: what it does must not be cut in half.
    const NEVER_CUT: bool = false;

    /// The type that the call is about, for the log.
    fn about(&self) -> &str {
        ""
    }

    /// Does it.
    fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
    ) -> impl Future<Output = Result<Self::Answer, Diagnostics>> + Send;

    /// The answer, without diagnostics, if it fails or panics.
    fn otherwise<P: Provider>(&self, shared: &Shared<P>) -> Self::Answer {
        let _ = shared;
        Self::Answer::default()
    }
}

/// A call that is answered by a stream of events. The members are those of a [`Call`].
pub(super) trait Streaming: Send + Sync + 'static {
    type Event: Event;

    const NAME: &'static str;

    const NEVER_CUT: bool = false;

    fn about(&self) -> &str;

    /// How many events are wanted, if not all.
    fn limit(&self) -> Option<usize> {
        None
    }

    /// Sends events, and hands back warnings for the end of the stream.
    fn answer<P: Provider>(
        &self,
        shared: &Shared<P>,
        stop: CancellationToken,
        outlet: &Outlet<Self::Event>,
    ) -> impl Future<Output = Result<Diagnostics, Diagnostics>> + Send;
}

impl<P: Provider> Service<P> {
    /// The door of a call.
    pub(super) async fn run<C: Call>(&self, request: C) -> C::Answer {
        let (request, stop) = (Arc::new(request), self.shared.calls.token());
        let answer = {
            let (shared, request) = (Arc::clone(&self.shared), Arc::clone(&request));
            let stop = stop.clone();
            async move {
                let answered = attempt(C::NAME, request.answer(&shared, stop)).await;
                let mut answer =
                    answered.unwrap_or_else(|failure| request.otherwise(&shared).with(failure));
                if answer.failure().is_some() {
                    answer = answer.with(crashed());
                }
                shared.conceal(answer.diagnostics());
                answer
            }
        };
        let span = span(C::NAME, request.about());
        let task = self.shared.calls.spawn(logged(answer, C::Answer::failure).instrument(span));
        // Dropped when the client hangs up, which Terraform never does and OpenTofu may.
        let hung_up = stop.drop_guard();
        if C::NEVER_CUT {
            hung_up.disarm();
        }
        // The runtime ends before its tasks only when the process does.
        let ending = |_| Diagnostic::bug("The provider is ending.").into();
        task.await.unwrap_or_else(|cut| request.otherwise(&self.shared).with(ending(cut)))
    }

    /// The door of a stream. It ends as its [`Event`] says, whatever happens.
    pub(super) fn stream<C: Streaming>(&self, request: C) -> Events<C::Event> {
        let stop = self.shared.calls.token();
        let shared = Arc::clone(&self.shared);
        let concealing = Arc::clone(&shared);
        let conceal = move |said: &mut [_]| concealing.conceal(said);
        let (outlet, events) = Outlet::new(request.limit(), stop.clone(), conceal);
        let span = span(C::NAME, request.about());
        let work = async move {
            let ended = {
                let mut answer =
                    pin!(attempt(C::NAME, request.answer(&shared, stop.clone(), &outlet)));
                tokio::select! {
                    ended = &mut answer => ended,
                    () = outlet.reader_gone(), if !C::NEVER_CUT => {
                        stop.cancel();
                        answer.await
                    }
                }
            };
            outlet.end(ended.map_err(with_the_crash)).await
        };
        self.shared.calls.spawn(logged(work, Option::clone).instrument(span));
        events
    }
}

/// The author's work; a panic becomes a failure, and a failure has an error for certain.
async fn attempt<T>(
    rpc: &str,
    work: impl Future<Output = Result<T, Diagnostics>>,
) -> Result<T, Diagnostics> {
    match guarded(work).await {
        Ok(outcome) => outcome.map_err(Diagnostics::into_failure),
        Err(report) => Err(panicked(rpc, &report)),
    }
}

/// The diagnostics of a call that panicked.
pub(super) fn panicked(rpc: &str, report: &PanicReport) -> Diagnostics {
    Diagnostic::bug(format!("The provider panicked during {rpc}: {report}.")).into()
}

/// Where a crash was that belongs to no call, told beside the failure that it mostly is the cause of.
fn crashed() -> Diagnostics {
    let told = |crash| {
        Diagnostic::bug(format!("The provider panicked outside of any call: {crash}.")).into()
    };
    panic_hook::untold().map(told).unwrap_or_default()
}

fn with_the_crash(mut failure: Diagnostics) -> Diagnostics {
    failure.extend(crashed());
    failure
}

/// A call with its time, and what failed in it.
async fn logged<T>(work: impl Future<Output = T>, failure: impl Fn(&T) -> Option<String>) -> T {
    let started = Instant::now();
    tracing::debug!("call received");
    let outcome = work.await;
    let tf_req_duration_ms = started.elapsed().as_millis();
    match failure(&outcome) {
        None => tracing::debug!(tf_req_duration_ms, failed = false, "call answered"),
        Some(error) => tracing::debug!(tf_req_duration_ms, failed = true, error, "call answered"),
    }
    outcome
}

fn span(rpc: &'static str, type_name: &str) -> tracing::Span {
    tracing::info_span!(
        "rpc",
        tf_rpc = rpc,
        tf_resource_type = type_name,
        tf_req_id = NEXT_REQUEST.fetch_add(1, Ordering::Relaxed),
        tf_proto_version = "5.10",
    )
}

static NEXT_REQUEST: AtomicU64 = AtomicU64::new(1);
