//! The true answers: what Graph says when nothing goes wrong, and the refusals that are the caller's fault.

use std::time::Instant;

use axum::http::header;
use serde_json::{Value, json};

use super::answer::Answer;
use super::auth;
use super::call::Call;
use super::fields;
use super::graph_error::GraphError;
use super::inspection;
use super::paging::{self, PageFaults};
use super::registration;
use super::state::{PhoneNumber, Token, World};
use super::versions;

/// Where the sandbox is reached and what shall be odd about lists.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub(super) base_url: &'a str,
    pub(super) now: Instant,
    pub(super) pages: PageFaults,
}

/// Answers `call`, and carries it out if it is a write.
pub(super) fn answer(world: &mut World, call: &Call, around: &Surroundings<'_>) -> Answer {
    let account = call.object().and_then(|object| world.account_of(object)).map(str::to_owned);
    match route(world, call, around) {
        Ok(body) => Answer::ok(call, account.as_deref().unwrap_or_default(), body),
        Err(error) => {
            let resolved = (error.subcode != Some(33)).then_some(account).flatten();
            Answer::error(call, resolved.as_deref(), &error)
        }
    }
}

fn route(world: &mut World, call: &Call, around: &Surroundings<'_>) -> Result<Value, GraphError> {
    let unknown_path = || GraphError::unknown_path(&call.path);
    call.version().filter(|version| versions::is_known(version)).ok_or_else(unknown_path)?;
    let object = call.object().filter(|_| !call.is_too_long()).ok_or_else(unknown_path)?;
    if inspection::is_asked(call) {
        return inspection::answer(world, call);
    }
    let token = auth::check(world, call)?;
    let unsupported = || GraphError::unsupported(&call.method, object);
    world.account_of(object).filter(|account| token.sees(account)).ok_or_else(unsupported)?;
    match (call.method.as_str(), call.edge(), world.accounts.contains_key(object)) {
        ("GET", "", true) => get_account(world, object, call),
        ("GET", "", false) => get_number(world, object, call, around.now),
        ("GET", "phone_numbers", true) => list(world, object, call, &token, around),
        ("POST", "", false) => set_pin(world, object, call, around.now),
        ("POST", "register", false) => {
            let pin = pin_in(call)?;
            let now = around.now + world.ahead;
            registration::register(number_mut(world, object)?, pin, now)
        }
        ("POST", "settings", false) => registration::settle(number_mut(world, object)?, &call.body),
        _ => Err(unsupported()),
    }
}

fn get_account(world: &World, id: &str, call: &Call) -> Result<Value, GraphError> {
    let name = world.accounts.get(id).map(String::as_str).unwrap_or_default();
    fields::of_account(id, name, call.param("fields")).map(Value::Object)
}

fn get_number(world: &World, id: &str, call: &Call, now: Instant) -> Result<Value, GraphError> {
    let number = world.numbers.get(id).ok_or_else(|| GraphError::unsupported("get", id))?;
    fields::of_number(number, call.param("fields"), now).map(Value::Object)
}

fn list(
    world: &World,
    account: &str,
    call: &Call,
    token: &Token,
    around: &Surroundings<'_>,
) -> Result<Value, GraphError> {
    fields::check_number_fields(call.param("fields"))?;
    let page = paging::page(&world.numbers_of(account), call, &around.pages)?;
    let data = page.numbers.iter().map(|number| {
        fields::of_number(number, call.param("fields"), around.now).map(Value::Object)
    });
    let data = data.collect::<Result<Vec<_>, _>>()?;
    // Meta's links carry the caller's token: whoever logs or follows them must know that.
    let link =
        format!("{}{}?access_token={}", around.base_url, call.path, urlencoded(&token.value));
    Ok(json!({ "data": data, "paging": page.links(&link, call) }))
}

fn set_pin(world: &mut World, id: &str, call: &Call, now: Instant) -> Result<Value, GraphError> {
    let pin = pin_in(call)?;
    let lag = world.flag_lag;
    let number = number_mut(world, id)?;
    if !number.registered && !number.registration.takes_pin_before {
        return Err(GraphError::not_registered());
    }
    number.set_pin(pin, now, lag);
    Ok(json!({ "success": true }))
}

fn number_mut<'a>(world: &'a mut World, id: &str) -> Result<&'a mut PhoneNumber, GraphError> {
    world.numbers.get_mut(id).ok_or_else(|| GraphError::unsupported("post", id))
}

/// The PIN in the body: a JSON string of exactly six digits.
fn pin_in(call: &Call) -> Result<String, GraphError> {
    let content_type = call.header(header::CONTENT_TYPE).unwrap_or_default();
    if content_type.split(';').next().map(str::trim) != Some("application/json") {
        return Err(GraphError::bad_parameter("The body must be sent as application/json"));
    }
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|_| GraphError::bad_parameter("The body is not valid JSON"))?;
    let pin = body["pin"]
        .as_str()
        .ok_or_else(|| GraphError::bad_parameter("Param pin must be a string"))?;
    if pin.len() != 6 || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(GraphError::bad_parameter("Param pin must be 6 characters long, digits only"));
    }
    Ok(pin.to_owned())
}

fn urlencoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
