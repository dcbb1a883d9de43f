//! The least Graph API that a resource needs: it takes every PIN, and says that it is on.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, Uri},
    routing::post,
};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinHandle,
};

/// A server on loopback. It ends when it is dropped.
pub(crate) struct GraphStub {
    address: SocketAddr,
    behaviour: Arc<Behaviour>,
    server: JoinHandle<()>,
}

/// One request, as `POST /v24.0/1`, and its body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) body: Value,
}

struct Behaviour {
    requests: watch::Sender<Vec<Request>>,
    pin_enabled: Mutex<bool>,
    refusal: Mutex<Option<Value>>,
    /// A permit lets an answer out.
    gate: Semaphore,
}

impl GraphStub {
    /// Answers at once.
    pub(crate) async fn start() -> Self {
        let stub = Self::with_closed_gate().await;
        stub.open_gate();
        stub
    }

    /// Keeps every answer back until the gate is opened.
    pub(crate) async fn with_closed_gate() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let behaviour = Arc::new(Behaviour {
            requests: watch::Sender::new(Vec::new()),
            pin_enabled: Mutex::new(true),
            refusal: Mutex::new(None),
            gate: Semaphore::new(0),
        });
        let routes = Router::new()
            .route("/{version}/{number}", post(set_pin).get(number))
            .with_state(Arc::clone(&behaviour));
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("a listening socket keeps serving");
        });
        Self { address, behaviour, server }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn open_gate(&self) {
        self.behaviour.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// Somebody switches the PIN off in WhatsApp Manager.
    pub(crate) fn disable_pin(&self) {
        *lock(&self.behaviour.pin_enabled) = false;
    }

    /// Answers every further POST with this error.
    pub(crate) fn refuse(&self, error: Value) {
        *lock(&self.behaviour.refusal) = Some(error);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.behaviour.requests.borrow().clone()
    }

    /// Returns when so many requests have come in.
    pub(crate) async fn received(&self, count: usize) {
        let mut requests = self.behaviour.requests.subscribe();
        let arrived = requests.wait_for(|requests| requests.len() >= count);
        arrived.await.expect("the stub lives").len();
    }
}

impl Drop for GraphStub {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn set_pin(
    State(behaviour): State<Arc<Behaviour>>,
    uri: Uri,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    record(&behaviour, "POST", &uri, body);
    pass(&behaviour.gate).await;
    match &*lock(&behaviour.refusal) {
        Some(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))),
        None => (StatusCode::OK, Json(json!({ "success": true }))),
    }
}

async fn number(
    State(behaviour): State<Arc<Behaviour>>,
    Path((_, number)): Path<(String, String)>,
    uri: Uri,
) -> Json<Value> {
    record(&behaviour, "GET", &uri, Value::Null);
    pass(&behaviour.gate).await;
    Json(json!({ "id": number, "is_pin_enabled": *lock(&behaviour.pin_enabled) }))
}

async fn pass(gate: &Semaphore) {
    drop(gate.acquire().await.expect("the gate is never closed for good"));
}

fn record(behaviour: &Behaviour, method: &str, uri: &Uri, body: Value) {
    let request = Request { line: format!("{method} {uri}"), body };
    behaviour.requests.send_modify(|requests| requests.push(request));
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
