//! Distorts a true answer on its way out.

use serde_json::{Value, json};

use super::answer::{Answer, Delivery, Payload};
use super::faults::Fault;

/// Applies one fault to `answer`; faults of other stages change nothing.
pub(super) fn twist(answer: &mut Answer, fault: &Fault) {
    match fault {
        Fault::ServedVersion(version) => {
            answer.set_header("Facebook-Api-Version", version.clone());
        }
        Fault::CloseMidBody => {
            answer.delivery = Delivery::Half;
            promise_length(answer);
        }
        Fault::Drip(pause) => answer.delivery = Delivery::Drip(*pause),
        Fault::Garbage => answer.body = Payload::Raw(GARBAGE.to_vec()),
        Fault::EmptyBody => answer.body = Payload::Raw(Vec::new()),
        Fault::CutJson => {
            let bytes = answer.body.bytes_mut();
            bytes.truncate(bytes.len() / 2);
        }
        Fault::WrongContentType => answer.set_header("Content-Type", "text/html".into()),
        Fault::OversizedBody => answer.body.bytes_mut().resize(OVERSIZE, b' '),
        Fault::ByteOrderMark => drop(answer.body.bytes_mut().splice(..0, *BYTE_ORDER_MARK)),
        Fault::Gzip => {
            let packed = gzip(answer.body.bytes_mut());
            answer.body = Payload::Raw(packed);
            answer.set_header("Content-Encoding", "gzip".into());
        }
        Fault::DeepNesting => nest(answer.body.bytes_mut()),
        structural => {
            if let Payload::Json(value) = &mut answer.body {
                restructure(value, structural);
            }
        }
    }
}

fn restructure(value: &mut Value, fault: &Fault) {
    match fault {
        Fault::NumbersForStrings => numbers_for_strings(value),
        Fault::SuccessAsText if value["success"].is_boolean() => {
            value["success"] = json!(value["success"].to_string());
        }
        Fault::WithoutPinFlag => each_object(value, &|object| {
            object.remove("is_pin_enabled");
        }),
        Fault::ExtraField => each_object(value, &|object| {
            object.insert("field_of_next_year".into(), json!({ "is": ["new", 1, null] }));
        }),
        _ => {}
    }
}

/// The node itself, or every node of a list.
fn each_object(value: &mut Value, change: &dyn Fn(&mut serde_json::Map<String, Value>)) {
    if let Some(Value::Array(nodes)) = value.get_mut("data") {
        nodes.iter_mut().filter_map(Value::as_object_mut).for_each(change);
    } else if let Some(node) = value.as_object_mut() {
        change(node);
    }
}

fn numbers_for_strings(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Ok(number) = text.parse::<u64>() {
                *value = json!(number);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(numbers_for_strings),
        Value::Object(map) => map.values_mut().for_each(numbers_for_strings),
        _ => {}
    }
}

/// Adds a field to the outermost object; written by hand, as a tree this deep would not survive.
fn nest(bytes: &mut Vec<u8>) {
    let deep = format!(r#"{{"deep":{}{},"#, "[".repeat(NESTING), "]".repeat(NESTING));
    if bytes.first() == Some(&b'{') {
        bytes.splice(..1, deep.into_bytes());
    }
}

/// A gzip member with one stored block: valid, and nothing has to be compressed for it.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    let stored = &bytes[..usize::from(length)];
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(stored);
    packed.extend(crc32(stored).to_le_bytes());
    packed.extend(u32::from(length).to_le_bytes());
    packed
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

/// A streamed body has no length of its own; without one its early end could pass for its end.
fn promise_length(answer: &mut Answer) {
    let length = answer.body.bytes_mut().len();
    answer.set_header("Content-Length", length.to_string());
}

/// Neither UTF-8 nor anything else that is read.
const GARBAGE: &[u8; 8] = b"\x00\xff\xfe{\x80\x1b\xc0\"";
const BYTE_ORDER_MARK: &[u8; 3] = b"\xef\xbb\xbf";
const OVERSIZE: usize = (1 << 20) + 1024;
const NESTING: usize = 10_000;
