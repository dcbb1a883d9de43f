//! Whether the host is still there, as its connections tell.
//!
//! The host keeps one connection to a plugin for as long as the plugin lives: the open streams of
//! [`services`](crate::tf_provider::plugin::services) keep it from going idle. When the host dies,
//! however it dies, the system closes that connection. So a process that had a connection, and has had
//! none for a while, has lost its host. This tells where [`parent`](crate::tf_provider::plugin::parent)
//! cannot: on Windows, and wherever stderr is no pipe.

use std::time::Duration;

use tokio::{sync::watch, time};

/// Counts the connections that have proved who they are.
#[derive(Clone, Debug)]
pub(super) struct Presence(watch::Sender<Seen>);

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    anybody: bool,
    open: usize,
}

impl Presence {
    /// Nobody has come yet.
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Seen::default()))
    }

    /// Somebody has come, and stays as long as the answer lives.
    pub(super) fn arrive(&self) -> Present {
        self.0.send_modify(|seen| *seen = Seen { anybody: true, open: seen.open + 1 });
        Present(self.clone())
    }

    /// Returns when somebody has come, even if he has left again.
    pub(super) async fn first(&self) {
        // It cannot fail: a sender lives as long as `self`.
        let _ = self.0.subscribe().wait_for(|seen| seen.anybody).await;
    }

    /// Returns when nobody has been there for `grace`, after there was somebody; without a grace never.
    /// Whoever comes meanwhile, however briefly, lets it begin anew.
    pub(super) async fn lost(&self, grace: Option<Duration>) {
        let Some(grace) = grace else { return std::future::pending().await };
        let mut seen = self.0.subscribe();
        loop {
            let _ = seen.wait_for(|seen| seen.anybody && seen.open == 0).await;
            if time::timeout(grace, seen.changed()).await.is_err() {
                return;
            }
        }
    }
}

/// Somebody who is there until this is dropped.
#[derive(Debug)]
pub(super) struct Present(Presence);

impl Drop for Present {
    fn drop(&mut self) {
        self.0.0.send_modify(|seen| seen.open -= 1);
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const GRACE: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn the_last_one_who_leaves_is_awaited_for_the_grace() {
        let presence = Presence::new();
        let (one, other) = (presence.arrive(), presence.arrive());
        drop(one);
        let begun = Instant::now();
        let leaves = async {
            time::sleep(GRACE * 3).await;
            drop(other);
        };
        tokio::join!(presence.lost(Some(GRACE)), leaves);
        assert_eq!(begun.elapsed(), GRACE * 4);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_comes_back_even_for_a_moment_is_awaited_anew() {
        let presence = Presence::new();
        drop(presence.arrive());
        let begun = Instant::now();
        let comes_back = async {
            for _ in 0..3 {
                time::sleep(GRACE - Duration::from_secs(1)).await;
                drop(presence.arrive());
            }
        };
        tokio::join!(presence.lost(Some(GRACE)), comes_back);
        assert_eq!(begun.elapsed(), (GRACE - Duration::from_secs(1)) * 3 + GRACE);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_missed_who_never_came_and_nobody_at_all_without_a_grace() {
        let hour = Duration::from_secs(3600);
        let presence = Presence::new();
        assert!(time::timeout(hour, presence.lost(Some(GRACE))).await.is_err());
        assert!(time::timeout(hour, presence.first()).await.is_err());
        drop(presence.arrive());
        presence.first().await;
        assert!(time::timeout(hour, presence.lost(None)).await.is_err());
    }
}
