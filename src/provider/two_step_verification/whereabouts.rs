//! The account in which a number was last seen, kept in its private data: that account's list is
//! looked into first. What is kept is a hint. If it is damaged, from another version or wrong, it
//! costs calls and nothing else.

use serde_json::{Value, json};

use crate::graph::BusinessAccountId;
use crate::tf_provider::Private;

/// The account that was remembered last.
pub(super) fn remembered(private: &Private) -> Option<BusinessAccountId> {
    let kept: Value = serde_json::from_slice(&private.bytes()).ok()?;
    kept.get(ACCOUNT)?.as_str()?.parse().ok()
}

/// Remembers an account, and leaves alone what another version keeps beside it.
pub(super) fn remember(private: &Private, account: &BusinessAccountId) {
    if remembered(private).as_ref() == Some(account) {
        return;
    }
    let kept: Option<Value> = serde_json::from_slice(&private.bytes()).ok();
    let mut kept = kept.filter(Value::is_object).unwrap_or_else(|| json!({}));
    kept[ACCOUNT] = json!(account.as_str());
    private.keep(kept.to_string());
}

const ACCOUNT: &str = "business_account_id";
