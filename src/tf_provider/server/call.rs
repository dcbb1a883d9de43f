//! How every call runs: as a task of its own, logged, guarded against panics.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use tokio_util::sync::CancellationToken;
use tonic::Response;
use tracing::Instrument;

use crate::tf_provider::diagnostics::{Diagnostic, Diagnostics};
use crate::tf_provider::panic_hook::{PanicReport, guarded};
use crate::tf_provider::provider::Provider;
use crate::tf_provider::server::answer::Answer;
use crate::tf_provider::server::{Inner, RpcResult, Service};

/// What a call is, for the log and the guard.
#[derive(Clone, Debug)]
pub(super) struct Rpc {
    name: &'static str,
    type_name: String,
    /// The call goes on when the client hangs up: what it does must not be cut in half.
    never_cut: bool,
}

impl Rpc {
    /// A call without a type name.
    pub(super) fn named(name: &'static str) -> Self {
        Self::of(name, "")
    }

    /// A call about a type.
    pub(super) fn of(name: &'static str, type_name: &str) -> Self {
        Self { name, type_name: type_name.to_owned(), never_cut: false }
    }

    /// A call that changes something outside.
    pub(super) fn never_cut(mut self) -> Self {
        self.never_cut = true;
        self
    }

    fn span(&self) -> tracing::Span {
        tracing::info_span!(
            "rpc",
            tf_rpc = self.name,
            tf_resource_type = self.type_name,
            tf_req_id = NEXT_REQUEST.fetch_add(1, Ordering::Relaxed),
            tf_proto_version = "5.10",
        )
    }
}

impl<P: Provider> Service<P> {
    /// Runs a call that has nothing to answer if it fails.
    pub(super) async fn run<A, F>(
        &self,
        rpc: Rpc,
        call: impl FnOnce(Arc<Inner<P>>, CancellationToken) -> F,
    ) -> RpcResult<A>
    where
        A: Answer,
        F: Future<Output = Result<A, Diagnostics>> + Send + 'static,
    {
        self.run_or(rpc, A::default, call).await
    }

    /// Runs a call; `otherwise` makes the answer, without diagnostics, if it fails.
    pub(super) async fn run_or<A, F>(
        &self,
        rpc: Rpc,
        otherwise: impl FnOnce() -> A,
        call: impl FnOnce(Arc<Inner<P>>, CancellationToken) -> F,
    ) -> RpcResult<A>
    where
        A: Answer,
        F: Future<Output = Result<A, Diagnostics>> + Send + 'static,
    {
        let stop = self.lifecycle.call_token();
        let call = call(Arc::clone(&self.inner), stop.clone());
        let task = self.lifecycle.calls().spawn(guarded(logged(&rpc, call)));
        // Dropped when the client hangs up, which Terraform never does and OpenTofu may.
        let hung_up = stop.drop_guard();
        if rpc.never_cut {
            hung_up.disarm();
        }
        let failure = match task.await {
            Ok(Ok(Ok(answer))) => return Ok(Response::new(answer)),
            Ok(Ok(Err(diagnostics))) => diagnostics.into_failure(),
            Ok(Err(report)) => panicked(rpc.name, &report),
            // The runtime ends before its tasks only when the process does.
            Err(_) => Diagnostic::bug("The provider is ending.").into(),
        };
        Ok(Response::new(otherwise().with(failure)))
    }
}

/// The diagnostics of a call that panicked.
pub(super) fn panicked(rpc: &str, report: &PanicReport) -> Diagnostics {
    Diagnostic::bug(format!("The provider panicked during {rpc}: {report}.")).into()
}

/// The call under a span of its own, with its time and whether it failed.
pub(super) fn logged<T, F>(rpc: &Rpc, call: F) -> impl Future<Output = F::Output> + Send + 'static
where
    F: Future<Output = Result<T, Diagnostics>> + Send + 'static,
{
    let started = Instant::now();
    let timed = async move {
        tracing::trace!("call received");
        let result = call.await;
        let failed = result.is_err();
        tracing::debug!(
            tf_req_duration_ms = started.elapsed().as_millis(),
            failed,
            "call answered"
        );
        result
    };
    timed.instrument(rpc.span())
}

static NEXT_REQUEST: AtomicU64 = AtomicU64::new(1);
