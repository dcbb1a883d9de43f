//! `benches/results.json`: the recorded numbers, from which `benches/report.py` makes what people
//! read.

use std::fs;

use serde::Serialize;
use serde_json::{Map, Value};

use super::binary::ROOT;

/// Replaces one section of the recorded numbers and keeps the others.
pub(crate) fn record(section: &str, numbers: impl Serialize) {
    let path = format!("{ROOT}/benches/results.json");
    let mut all: Map<String, Value> = match fs::read(&path) {
        Ok(text) => serde_json::from_slice(&text).expect("the recorded numbers are JSON"),
        Err(_) => Map::new(),
    };
    let numbers = serde_json::to_value(numbers).expect("numbers and texts only");
    all.insert(section.to_owned(), numbers);
    let text = serde_json::to_string_pretty(&all).expect("it was JSON before");
    fs::write(path, text + "\n").expect("the folder of the benchmarks is writable");
}

/// The value in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => f64::midpoint(sorted[middle - 1], sorted[middle]),
        _ => sorted[middle],
    }
}

/// Two durations that were measured by turns, in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Comparison {
    /// Median of the floor.
    pub(crate) floor_ms: f64,
    /// Median of the provider.
    pub(crate) provider_ms: f64,
    /// Median of the ratios of neighbours: what slows both of a pair leaves it alone.
    pub(crate) ratio: f64,
    /// How many pairs there were.
    pub(crate) pairs: usize,
}

impl Comparison {
    /// Of pairs `(floor, provider)`.
    pub(crate) fn of(pairs: &[(f64, f64)]) -> Self {
        Self {
            floor_ms: rounded(median(pairs.iter().map(|pair| pair.0))),
            provider_ms: rounded(median(pairs.iter().map(|pair| pair.1))),
            ratio: rounded(median(pairs.iter().map(|pair| pair.1 / pair.0))),
            pairs: pairs.len(),
        }
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
