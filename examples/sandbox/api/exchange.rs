//! One request from arrival to answer.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use super::call::Call;
use super::events::Outcome;
use super::faults::{Ending, Fault};
use super::server::Line;
use super::shared::{Admission, Shared};
use super::twist::twist;

/// Answers every Graph path. A panic of ours is kept for the test that owns the sandbox.
pub(super) async fn graph(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let exchange = AssertUnwindSafe(exchange(shared.clone(), line, request));
    exchange.catch_unwind().await.unwrap_or_else(|panic| {
        shared.lock().panics.push(panic_text(panic.as_ref()));
        (StatusCode::INTERNAL_SERVER_ERROR, "the sandbox panicked").into_response()
    })
}

async fn exchange(shared: Arc<Shared>, line: Line, request: Request) -> Response {
    let mut call = Call::read(request).await;
    let admission = shared.admit(&mut call);
    for fault in &admission.faults {
        if let Fault::Delay(delay) = fault {
            tokio::time::sleep(*delay).await;
        }
    }
    let (ending, pin_set) = ending(&shared, &call, &admission);
    for fault in &admission.faults {
        if let Fault::DelayAnswer(delay) = fault {
            tokio::time::sleep(*delay).await;
        }
    }
    admission.finished(outcome(&ending, pin_set));
    match ending {
        Ending::Answer(answer) => answer.into_response(),
        Ending::Close => line.cut().await,
        Ending::Hang => std::future::pending().await,
    }
}

/// How the exchange ends, and whether it changed a PIN on the way.
fn ending(shared: &Shared, call: &Call, admission: &Admission) -> (Ending, bool) {
    let account = admission.account.as_deref();
    let (mut ending, mut pin_set) = (None, false);
    for fault in &admission.faults {
        ending = ending.or_else(|| fault.instead(call, account));
    }
    let mut ending = ending.unwrap_or_else(|| {
        let answer = shared.carry_out(call, &admission.faults);
        pin_set = call.sets_pin() && answer.code.is_none();
        Ending::Answer(answer)
    });
    for fault in &admission.faults {
        ending = match (ending, fault) {
            (_, Fault::Lost(loss)) => loss.ending(call, account),
            (Ending::Answer(mut answer), fault) => {
                twist(&mut answer, fault);
                Ending::Answer(answer)
            }
            (gone, _) => gone,
        };
    }
    (ending, pin_set)
}

fn outcome(ending: &Ending, pin_set: bool) -> Outcome {
    match ending {
        Ending::Answer(answer) => Outcome {
            status: Some(answer.status),
            code: answer.code,
            pin_set,
            told_to_wait: answer.told_to_wait(),
        },
        Ending::Close | Ending::Hang => Outcome { pin_set, ..Outcome::default() },
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref().cloned()).unwrap_or_else(|| "no text".into())
}
