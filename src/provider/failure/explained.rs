//! The same failure of many numbers is explained once: of the others, one line says like which
//! number they failed. An expired token would otherwise fill thousands of lines with one text.

use std::collections::{HashMap, HashSet};
use std::mem::{self, Discriminant};

use crate::graph::Error;
use crate::graph::error::TlsReason;
use crate::provider::failure::{Attempt, By, Object, title};

/// The failures that have been explained, each with the first object that met it.
#[derive(Debug, Default)]
pub(crate) struct Explained {
    failures: HashMap<Kind, Object>,
    /// The types of the actions of which it was said how they are repeated.
    ways_on: HashSet<&'static str>,
}

/// What makes two failures the same: that whoever reads of one would do the same about the other.
#[derive(Debug, Eq, Hash, PartialEq)]
struct Kind {
    title: &'static str,
    code: Option<i64>,
    subcode: Option<i64>,
    host: Option<String>,
    /// Of what kind the reason is; what it says of the certificate and the clock may differ.
    tls_reason: Option<Discriminant<TlsReason>>,
    /// What is to be done after an apply is not to be done after an action.
    by: By,
}

impl Explained {
    /// The object whose failure of the same kind has been explained already; none if this is the
    /// first of its kind.
    pub(super) fn before(&mut self, error: &Error, attempt: &Attempt) -> Option<Object> {
        let kind = Kind {
            title: title(error, attempt.on),
            code: error.code(),
            subcode: error.subcode(),
            host: error.host().map(str::to_owned),
            tls_reason: error.tls_reason().map(mem::discriminant),
            by: attempt.by,
        };
        if let Some(first) = self.failures.get(&kind) {
            return Some(first.clone());
        }
        self.failures.insert(kind, attempt.object.clone());
        None
    }

    /// Whether nobody has been told yet how an action of this type is repeated.
    pub(crate) fn is_new_way_on(&mut self, type_name: &'static str) -> bool {
        self.ways_on.insert(type_name)
    }
}
