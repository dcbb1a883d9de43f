//! A state that several machines share, as Terraform's backend "http" wants it: with a password and a
//! lock.

use std::{
    net::TcpListener,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header::AUTHORIZATION},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use tokio::runtime;
use tokio_util::sync::CancellationToken;

/// Serves until it is dropped.
#[derive(Debug)]
pub(crate) struct StateStore {
    /// Where the state is; the lock is at `{address}/lock`.
    pub(crate) address: String,
    kept: Arc<Mutex<Kept>>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl StateStore {
    /// An empty store for whoever comes with these.
    pub(crate) fn start(username: &str, password: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        listener.set_nonblocking(true).expect("a fresh listener can be switched");
        let login = format!("Basic {}", BASE64_STANDARD.encode(format!("{username}:{password}")));
        let kept = Arc::<Mutex<Kept>>::default();
        let store = Store { login: login.into(), kept: kept.clone() };
        let router = Router::new().fallback(answer).with_state(store);
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("the system grants a runtime").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime runs");
                stopped.run_until_cancelled(async { axum::serve(listener, router).await }).await;
            });
        });
        let address = format!("http://127.0.0.1:{port}/state");
        Self { address, kept, stop, thread: Some(thread) }
    }

    /// Changes the attributes of all instances.
    pub(crate) fn edit(&self, edit: impl Fn(&mut Value)) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let text = kept.state.as_deref().expect("a state was written");
        let mut state: Value = serde_json::from_str(text).expect("a state is JSON");
        for resource in state["resources"].as_array_mut().expect("a state lists its resources") {
            for instance in resource["instances"].as_array_mut().expect("and their instances") {
                edit(&mut instance["attributes"]);
            }
        }
        kept.state = Some(state.to_string());
    }
}

impl Drop for StateStore {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic in there has failed a request, and so the test.
            let _ = thread.join();
        }
    }
}

#[derive(Clone, Debug)]
struct Store {
    login: Arc<str>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    state: Option<String>,
    holder: Option<String>,
}

impl Store {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Plain servers lock with `LOCK` and `UNLOCK`, GitLab with `POST` and `DELETE` on the lock.
async fn answer(
    State(store): State<Store>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, String) {
    if headers.get(AUTHORIZATION).is_none_or(|login| login.as_bytes() != store.login.as_bytes()) {
        return (StatusCode::UNAUTHORIZED, String::new());
    }
    let mut kept = store.kept();
    match (method.as_str(), uri.path().ends_with("/lock")) {
        ("GET", false) => match &kept.state {
            Some(state) => (StatusCode::OK, state.clone()),
            None => (StatusCode::NOT_FOUND, String::new()),
        },
        ("POST", false) => {
            kept.state = Some(body);
            (StatusCode::OK, String::new())
        }
        ("LOCK" | "POST", true) => match &kept.holder {
            Some(holder) => (StatusCode::LOCKED, holder.clone()),
            None => {
                kept.holder = Some(body);
                (StatusCode::OK, String::new())
            }
        },
        ("UNLOCK" | "DELETE", true) => {
            kept.holder = None;
            (StatusCode::OK, String::new())
        }
        _ => (StatusCode::METHOD_NOT_ALLOWED, String::new()),
    }
}
