//! Which API versions exist, and which one serves a call.

/// Whether Graph knows this version; any other is an unknown path component to it.
pub(super) fn is_known(version: &str) -> bool {
    EXPIRED.contains(&version) || LIVE.contains(&version)
}

/// Calls to an expired version are served by the oldest one that still lives.
pub(super) fn serving(asked: &str) -> &str {
    if EXPIRED.contains(&asked) { LIVE[0] } else { asked }
}

const EXPIRED: [&str; 2] = ["v19.0", "v20.0"];

const LIVE: [&str; 6] = ["v21.0", "v22.0", "v23.0", "v24.0", "v25.0", "v26.0"];
