//! One page, many who wait for it, and what may come between: a stop, and a PIN that is set while
//! the page is on its way. In each round another order, and in every order nobody is lost.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::graph::dice::Dice;
use crate::graph::test_server::{Reply, Server, answer};
use crate::graph::{
    AccessToken, Class, Client, PhoneNumberId, RootCertificates, Settings, Surroundings,
};
use crate::provider::fleet::Fleet;

const ROUNDS: u64 = 2_000;
const NUMBERS: u64 = 12;

fn number(index: u64) -> PhoneNumberId {
    (1 + index).to_string().parse().expect("an ID")
}

fn client(port: u16) -> Client {
    let settings = Settings {
        base_url: format!("http://127.0.0.1:{port}").parse().expect("loopback is allowed"),
        api_version: "v24.0".parse().expect("a version"),
        access_token: AccessToken::parse("EAAG").expect("a token"),
        app_secret: None,
        request_timeout: Duration::from_secs(20),
        max_retries: 0,
        surroundings: Surroundings::default(),
        extra_roots: RootCertificates::default(),
        user_agent: "test/1".to_owned(),
    };
    Client::new(settings).expect("good settings")
}

/// What becomes of one who waits.
#[derive(Debug, Eq, PartialEq)]
enum End {
    Listed,
    Alone,
    Stopped,
}

/// One round: all ask, the page is let go, some are stopped, one PIN is set; in any order.
struct Round {
    fleet: Arc<Fleet>,
    stops: Vec<CancellationToken>,
    waiting: JoinSet<(u64, End)>,
}

impl Round {
    fn begin(client: &Client) -> Self {
        let fleet = Arc::new(Fleet::new(vec!["900".parse().expect("an ID")]));
        let stops: Vec<_> = (0..NUMBERS).map(|_| CancellationToken::new()).collect();
        let mut waiting = JoinSet::new();
        for index in 0..NUMBERS {
            let (fleet, client) = (Arc::clone(&fleet), client.clone());
            let stop = stops[usize::try_from(index).expect("few")].clone();
            waiting.spawn(async move { (index, look_up(&fleet, &client, index, &stop).await) });
        }
        Self { fleet, stops, waiting }
    }
}

async fn look_up(fleet: &Fleet, client: &Client, index: u64, stop: &CancellationToken) -> End {
    match fleet.look_up(client, &number(index), None, stop).await {
        Ok(looked_up) if looked_up.listed.is_some() => End::Listed,
        Ok(_) => End::Alone,
        Err(failure) => {
            assert_eq!(failure.error.class(), Class::Cancelled, "{failure:?}");
            End::Stopped
        }
    }
}

#[tokio::test]
async fn whoever_waits_for_a_page_gets_it_whatever_comes_between() {
    let let_go = Arc::new(Semaphore::new(0));
    let entries: Vec<_> = (1..=NUMBERS).map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    let page = format!(r#"{{"data":[{}]}}"#, entries.join(","));
    let wait = Arc::clone(&let_go);
    let server =
        Server::start(move |_| Reply::WithLeave(Arc::clone(&wait), answer(200, &[], &page))).await;
    let client = client(server.port);
    for seed in 0..ROUNDS {
        let mut dice = Dice::new(seed);
        let mut round = Round::begin(&client);
        let all_stop = dice.below(8) == 0;
        let stopped: Vec<_> = (0..NUMBERS).filter(|_| all_stop || dice.below(4) == 0).collect();
        let set = dice.below(NUMBERS);
        let mut deeds = [0, 1, 2];
        deeds.rotate_left(usize::try_from(dice.below(3)).expect("below three"));
        for deed in deeds {
            for _ in 0..dice.below(12) {
                yield_now().await;
            }
            match deed {
                0 => let_go.add_permits(1),
                1 => stopped.iter().for_each(|index| {
                    round.stops[usize::try_from(*index).expect("few")].cancel();
                }),
                _ => round.fleet.outdate(&number(set)),
            }
        }
        let ends = timeout(Duration::from_secs(20), async {
            let mut ends = Vec::new();
            while let Some(end) = round.waiting.join_next().await {
                ends.push(end.expect("no panic"));
            }
            ends
        });
        for (index, end) in ends.await.expect("nobody is lost") {
            let is_right = match end {
                End::Listed => true,
                End::Stopped => stopped.contains(&index),
                // Read by a call of its own, because the page may be older than the PIN.
                End::Alone => index == set,
            };
            assert!(is_right, "round {seed}: number {index} is {end:?}");
        }
        // Whatever of the page is still on its way goes now: the next round begins without.
        let again = CancellationToken::new();
        let_go.add_permits(100);
        let later = timeout(Duration::from_secs(20), async {
            (
                look_up(&round.fleet, &client, set, &again).await,
                look_up(&round.fleet, &client, (set + 1) % NUMBERS, &again).await,
            )
        });
        let expected = (End::Alone, End::Listed);
        assert_eq!(later.await.expect("nobody is lost"), expected, "round {seed}");
        let_go.forget_permits(100);
    }
    assert!(server.heard() as u64 <= 2 * ROUNDS, "one page for a round, or one more after a stop");
}
