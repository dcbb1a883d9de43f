//! The one way out of a stream: a channel to the reader, with the limit of what is wanted, what went
//! wrong on the way, and the last event.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::tf_provider::diagnostics::Diagnostics;
use crate::tf_provider::proto::tfplugin5 as pb;
use crate::tf_provider::server::answer;
use crate::tf_provider::sink::Sink;
use crate::tf_provider::wire;

/// The reader's side.
pub(super) type Events<E> = ReceiverStream<Result<E, Status>>;

/// What a stream consists of.
pub(super) trait Event: Sized + Send + 'static {
    /// The last event, if this kind of stream has one: with warnings after a success, with errors
    /// after a failure.
    fn end(result: Result<Diagnostics, Diagnostics>) -> Option<Self>;

    /// All that the user will read.
    fn diagnostics(&mut self) -> &mut [pb::Diagnostic];
}

/// An item of a list is an event; a failure is one more, and the last.
impl Event for pb::list_resource::Event {
    fn end(result: Result<Diagnostics, Diagnostics>) -> Option<Self> {
        let failure = result.err()?;
        Some(Self { diagnostic: wire::diagnostics(failure), ..Default::default() })
    }

    fn diagnostics(&mut self) -> &mut [pb::Diagnostic] {
        &mut self.diagnostic
    }
}

/// An action always ends with its completion: Terraform takes a silent end for a success.
impl Event for pb::invoke_action::Event {
    fn end(result: Result<Diagnostics, Diagnostics>) -> Option<Self> {
        use pb::invoke_action::event::{Completed, Type};
        let diagnostics = wire::diagnostics(result.unwrap_or_else(|failure| failure));
        Some(Self { r#type: Some(Type::Completed(Completed { diagnostics })) })
    }

    fn diagnostics(&mut self) -> &mut [pb::Diagnostic] {
        use pb::invoke_action::event::Type;
        match &mut self.r#type {
            Some(Type::Completed(completed)) => &mut completed.diagnostics,
            Some(Type::Progress(_)) | None => &mut [],
        }
    }
}

/// The writer's side.
pub(super) struct Outlet<E> {
    events: mpsc::Sender<Result<E, Status>>,
    state: Mutex<State>,
    stop: CancellationToken,
    conceal: Conceal,
}

/// Takes away what must not be pointed at.
type Conceal = Box<dyn Fn(&mut [pb::Diagnostic]) + Send + Sync>;

/// What became of a stream so far. Once it is not open, nothing opens it again.
enum State {
    /// More is wanted: so much, or all that there is.
    Open { wanted: Option<usize> },
    /// All that was wanted has been sent.
    Enough,
    /// An item could not be sent.
    Failed(Diagnostics),
}

impl<E: Event> Outlet<E> {
    /// Both sides. `stop` is cancelled as soon as nothing more is wanted, whatever the sender still
    /// waits for.
    /// `conceal` is done to the diagnostics of every event.
    pub(super) fn new(
        wanted: Option<usize>,
        stop: CancellationToken,
        conceal: impl Fn(&mut [pb::Diagnostic]) + Send + Sync + 'static,
    ) -> (Self, Events<E>) {
        let (events, stream) = mpsc::channel(EVENTS_AHEAD);
        let state = Mutex::new(State::Open { wanted });
        let conceal = Box::new(conceal);
        (Self { events, state, stop, conceal }, ReceiverStream::new(stream))
    }

    /// Returns when nobody reads any more.
    pub(super) async fn reader_gone(&self) {
        self.events.closed().await;
    }

    /// Sends the last event; `ended` does not count if more had not been wanted. Hands back what
    /// failed, for the log.
    pub(super) async fn end(&self, ended: Result<Diagnostics, Diagnostics>) -> Option<String> {
        let ended = match std::mem::replace(&mut *self.state(), State::Enough) {
            State::Open { .. } => ended,
            State::Enough => Ok(Diagnostics::new()),
            State::Failed(failure) => Err(failure.into_failure()),
        };
        let failure = ended.as_ref().err().and_then(answer::failure);
        if let Some(mut event) = E::end(ended) {
            (self.conceal)(event.diagnostics());
            // Nobody reads on if this fails, and then nobody is there to be told.
            let _ = self.events.send(Ok(event)).await;
        }
        failure
    }

    /// Sends an event, unless enough was sent before.
    async fn send(&self, event: Result<E, Diagnostics>) -> bool {
        let Some(mut event) = self.admit(event) else { return false };
        (self.conceal)(event.diagnostics());
        self.events.send(Ok(event)).await.is_ok() && matches!(*self.state(), State::Open { .. })
    }

    /// The event, if it is to be sent. Counted before it is: items may come from several places at
    /// once.
    fn admit(&self, event: Result<E, Diagnostics>) -> Option<E> {
        let mut state = self.state();
        let State::Open { wanted } = &mut *state else { return None };
        let (event, next) = match (event, wanted) {
            (Err(failure), _) => (None, State::Failed(failure)),
            (Ok(event), Some(last @ ..=1)) => (Some(event).filter(|_| *last == 1), State::Enough),
            (Ok(event), wanted) => {
                let wanted = wanted.map(|wanted| wanted - 1);
                (Some(event), State::Open { wanted })
            }
        };
        *state = next;
        if !matches!(*state, State::Open { .. }) {
            self.stop.cancel();
        }
        event
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change of it is one assignment, so a panic elsewhere cannot have left it half-made.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: Event> Sink<Result<E, Diagnostics>> for Outlet<E> {
    fn put(&self, event: Result<E, Diagnostics>) -> BoxFuture<'_, bool> {
        Box::pin(self.send(event))
    }
}

/// How far a stream may run ahead of its reader.
const EVENTS_AHEAD: usize = 16;
