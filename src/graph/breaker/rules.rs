//! When calls are held, and when the rest of a run is given up: pure rules, given the time.
//!
//! Calm, they let everybody go. An attempt that fails because of the API or the way to it raises a
//! suspicion: from then on three calls at most go on and find out, while all others are held. A
//! success calms. Three calls in a row that failed for good confirm it; so does one, if nothing has
//! succeeded for three minutes. Then nobody is let go any more.

use std::time::{Duration, Instant};

use crate::graph::breaker::sign::Sign;
use crate::graph::error::Error;

#[derive(Debug, Default)]
pub(super) struct Rules {
    state: State,
    /// Counts the suspicions: who was on trial in one is nobody in the next.
    suspicions: u64,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Calm,
    Suspicious(Suspicion),
    GivenUp {
        because: Error,
        /// The token is refused, which no answer that is still on its way takes back.
        is_final: bool,
    },
}

#[derive(Debug)]
struct Suspicion {
    since: Instant,
    /// Calls that go on and have not ended.
    trials: u32,
    /// The last call that failed for good, and how many have.
    failed: Option<(u32, Error)>,
}

/// Proof that a call is one of those that go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Trial(u64);

/// The answer to: may I?
#[derive(Debug)]
pub(crate) enum Leave {
    Go,
    /// Ask again after this long, or when something has changed.
    Held(Duration),
    /// Never: the run is given up, because of this.
    Never(Error),
}

impl Rules {
    pub(super) fn ask(&mut self, trial: &mut Option<Trial>, now: Instant) -> Leave {
        self.confirm_by_time(now);
        match &self.state {
            State::Calm => Leave::Go,
            State::GivenUp { because, .. } => Leave::Never(because.clone()),
            State::Suspicious(suspicion) => {
                let held = until_next_round(now.saturating_duration_since(suspicion.since));
                self.put_on_trial(trial);
                if trial.is_some() { Leave::Go } else { Leave::Held(held) }
            }
        }
    }

    /// An attempt failed. `is_last` if the call has failed for good.
    pub(super) fn failed(
        &mut self,
        trial: &mut Option<Trial>,
        sign: Sign,
        error: &Error,
        is_last: bool,
        now: Instant,
    ) {
        match sign {
            Sign::Token => {
                self.state = State::GivenUp { because: error.clone(), is_final: true };
            }
            Sign::Up => self.answered(),
            Sign::Outage if is_last => self.failed_for_good(trial, error, now),
            Sign::Outage => {
                self.suspect(now);
                self.put_on_trial(trial);
            }
            Sign::None => {}
        }
        if is_last {
            self.leave(trial);
        }
    }

    /// The API has answered as it should.
    pub(super) fn answered(&mut self) {
        if !matches!(self.state, State::GivenUp { is_final: true, .. }) {
            self.state = State::Calm;
        }
    }

    /// A call has ended, in whatever way.
    pub(super) fn leave(&mut self, trial: &mut Option<Trial>) {
        if let (Some(Trial(of)), State::Suspicious(suspicion)) = (trial.take(), &mut self.state)
            && of == self.suspicions
        {
            suspicion.trials -= 1;
        }
    }

    /// Why the run is given up, if it is.
    pub(super) fn given_up(&self) -> Option<&Error> {
        match &self.state {
            State::GivenUp { because, .. } => Some(because),
            _ => None,
        }
    }

    fn suspect(&mut self, now: Instant) {
        if matches!(self.state, State::Calm) {
            self.suspicions += 1;
            self.state = State::Suspicious(Suspicion { since: now, trials: 0, failed: None });
        }
    }

    /// Calls that have failed for good had their trial: three in all find out.
    fn put_on_trial(&mut self, trial: &mut Option<Trial>) {
        let State::Suspicious(suspicion) = &mut self.state else { return };
        if *trial == Some(Trial(self.suspicions)) {
            return;
        }
        let failed = suspicion.failed.as_ref().map_or(0, |(count, _)| *count);
        *trial = (suspicion.trials + failed < MOST_TRIALS).then_some(Trial(self.suspicions));
        suspicion.trials += u32::from(trial.is_some());
    }

    fn failed_for_good(&mut self, trial: &mut Option<Trial>, error: &Error, now: Instant) {
        self.suspect(now);
        self.leave(trial);
        if let State::Suspicious(suspicion) = &mut self.state {
            let before = suspicion.failed.take().map_or(0, |(count, _)| count);
            suspicion.failed = Some((before + 1, error.clone()));
            if before + 1 >= MOST_TRIALS {
                self.state = State::GivenUp { because: error.clone(), is_final: false };
            }
        }
        self.confirm_by_time(now);
    }

    fn confirm_by_time(&mut self, now: Instant) {
        if let State::Suspicious(Suspicion { since, failed: Some((_, error)), .. }) = &self.state
            && now.saturating_duration_since(*since) >= PATIENCE
        {
            self.state = State::GivenUp { because: error.clone(), is_final: false };
        }
    }
}

/// What calls on trial come to is a question of three minutes only if one has failed for good; else
/// of as many more as they need.
fn until_next_round(passed: Duration) -> Duration {
    let in_this_round = passed.as_nanos() % PATIENCE.as_nanos();
    PATIENCE - Duration::from_nanos(u64::try_from(in_this_round).unwrap_or_default())
}

const MOST_TRIALS: u32 = 3;

/// With one call at a time, three of them would take eight minutes to fail.
const PATIENCE: Duration = Duration::from_secs(3 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::error::Kind;

    /// What happens to a call, by its letter.
    #[derive(Clone, Copy, Debug)]
    enum Event {
        /// An attempt fails in this way, and another may follow.
        Fails(Sign),
        /// The call fails for good.
        Ends(Sign),
        Succeeds,
        /// The call ends without anybody knowing what became of it.
        Leaves,
        /// So many seconds pass.
        Pass(u64),
    }
    use Event::{Ends, Fails, Leaves, Pass, Succeeds};
    use Sign::{None as Neither, Outage, Token, Up};

    /// Plays a scene, and then asks for a call: one that is new, and each that took part.
    fn play(scene: &[(char, Event)]) -> (String, String) {
        let (mut rules, mut now) = (Rules::default(), Instant::now());
        let mut calls: Vec<(char, Option<Trial>)> = Vec::new();
        for (call, event) in scene {
            if !calls.iter().any(|(name, _)| name == call) {
                calls.push((*call, None));
            }
            let (_, trial) = calls.iter_mut().find(|(name, _)| name == call).expect("put there");
            let error = Error::new(Kind::Timeout);
            match event {
                Fails(sign) => rules.failed(trial, *sign, &error, false, now),
                Ends(sign) => rules.failed(trial, *sign, &error, true, now),
                Succeeds => {
                    rules.answered();
                    rules.leave(trial);
                }
                Leaves => rules.leave(trial),
                Pass(seconds) => now += Duration::from_secs(*seconds),
            }
        }
        let mut letter = |trial: &mut Option<Trial>| match rules.ask(trial, now) {
            Leave::Go => 'g',
            Leave::Held(_) => 'h',
            Leave::Never(_) => 'n',
        };
        let of_all: String = calls.iter_mut().map(|(_, trial)| letter(trial)).collect();
        let of_new: String = (0..4).map(|_| letter(&mut None)).collect();
        (of_all, of_new)
    }

    /// What is played, and who may go at its end: the calls of the scene, then four new ones. g is for
    /// go, h for held, n for never.
    type Scene = (&'static str, &'static [(char, Event)], &'static str, &'static str);

    const TABLE: &[Scene] = &[
        ("nothing has happened", &[], "", "gggg"),
        ("a success", &[('a', Succeeds)], "g", "gggg"),
        ("one failed attempt leaves two places", &[('a', Fails(Outage))], "g", "gghh"),
        (
            "three that failed go on, the fourth is held",
            &[
                ('a', Fails(Outage)),
                ('b', Fails(Outage)),
                ('c', Fails(Outage)),
                ('d', Fails(Outage)),
            ],
            "gggh",
            "hhhh",
        ),
        (
            "one failed for good leaves two places",
            &[('a', Fails(Outage)), ('a', Ends(Outage))],
            "g",
            "ghhh",
        ),
        (
            "three failed for good, one after the other",
            &[('a', Ends(Outage)), ('b', Ends(Outage)), ('c', Ends(Outage))],
            "nnn",
            "nnnn",
        ),
        (
            "a success in between begins the count again",
            &[
                ('a', Ends(Outage)),
                ('b', Ends(Outage)),
                ('c', Succeeds),
                ('d', Ends(Outage)),
                ('e', Ends(Outage)),
            ],
            "ghhhh",
            "hhhh",
        ),
        (
            "a refusal of the number is an answer like any other",
            &[('a', Ends(Outage)), ('b', Ends(Outage)), ('c', Ends(Up)), ('d', Ends(Outage))],
            "gghh",
            "hhhh",
        ),
        (
            "refusals alone",
            &[('a', Ends(Up)), ('b', Ends(Up)), ('c', Ends(Up)), ('d', Ends(Up))],
            "gggg",
            "gggg",
        ),
        (
            "what says nothing of the API",
            &[('a', Ends(Neither)), ('b', Ends(Neither)), ('c', Ends(Neither))],
            "ggg",
            "gggg",
        ),
        ("a refused token", &[('a', Ends(Token))], "n", "nnnn"),
        (
            "a refused token, and an answer that was on its way",
            &[('a', Ends(Token)), ('b', Succeeds)],
            "nn",
            "nnnn",
        ),
        (
            "a success after giving up takes it back",
            &[('a', Ends(Outage)), ('b', Ends(Outage)), ('c', Ends(Outage)), ('d', Succeeds)],
            "gggg",
            "gggg",
        ),
        (
            "three minutes, and one failed for good",
            &[('a', Fails(Outage)), ('b', Fails(Outage)), ('a', Ends(Outage)), ('x', Pass(180))],
            "nnn",
            "nnnn",
        ),
        (
            "a second less than three minutes",
            &[('a', Fails(Outage)), ('b', Fails(Outage)), ('a', Ends(Outage)), ('x', Pass(179))],
            "ggh",
            "hhhh",
        ),
        (
            "three minutes, and none failed for good",
            &[('a', Fails(Outage)), ('x', Pass(400))],
            "gg",
            "ghhh",
        ),
        (
            "the three minutes begin with the first failure since the last success",
            &[
                ('a', Fails(Outage)),
                ('x', Pass(170)),
                ('b', Succeeds),
                ('c', Ends(Outage)),
                ('x', Pass(170)),
            ],
            "gghh",
            "hhhh",
        ),
        (
            "one that is stopped gives its place to another",
            &[
                ('a', Fails(Outage)),
                ('b', Fails(Outage)),
                ('c', Fails(Outage)),
                ('a', Leaves),
                ('d', Fails(Outage)),
            ],
            "hggg",
            "hhhh",
        ),
    ];

    #[test]
    fn each_scene_ends_as_the_table_says() {
        for (name, scene, of_all, of_new) in TABLE {
            let expected = ((*of_all).to_owned(), (*of_new).to_owned());
            assert_eq!(play(scene), expected, "{name}");
        }
    }

    #[test]
    fn who_was_on_trial_before_a_success_takes_no_place_in_the_next_suspicion() {
        let (mut rules, now) = (Rules::default(), Instant::now());
        let error = Error::new(Kind::Timeout);
        let mut old = None;
        rules.failed(&mut old, Outage, &error, false, now);
        rules.answered();
        let mut new = None;
        rules.failed(&mut new, Outage, &error, false, now);
        rules.leave(&mut old);
        let places = (0..5).filter(|_| matches!(rules.ask(&mut None, now), Leave::Go)).count();
        assert_eq!(places, 2, "the one that left had none of the three");
    }
}
