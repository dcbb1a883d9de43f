//! The ephemeral resource `whatsapp_pin`.

use std::collections::BTreeSet;

use serde_json::json;

use crate::host::Host;

#[tokio::test]
async fn every_opening_draws_six_digits_without_a_token() {
    let host = Host::start().await;
    host.provider.configure(json!({})).await.none("Configure");
    let mut pins = BTreeSet::new();
    for _ in 0..5 {
        let opened = host.provider.open_and_close("whatsapp_pin", json!({})).await;
        let pin = opened["pin"].as_str().expect("a string, or leading zeros are lost").to_owned();
        assert!(pin.len() == 6 && pin.bytes().all(|byte| byte.is_ascii_digit()), "{pin:?}");
        pins.insert(pin);
    }
    assert!(pins.len() > 1, "the same PIN five times in a row: {pins:?}");
    host.end().await;
}
