//! Who may send a call, and when: pure rules, given the time.
//!
//! An open gate lets everybody through. Closed, it lets nobody through until its time has come.
//! Then it opens by degrees: one call tries first; each call that goes through doubles how many may
//! be on their way together, until the gate is open again; a call that is throttled closes it
//! again. So a crowd that waits at a limit of N calls sends N and a few, not all at once.
//!
//! A limit that does not lift is given up for everybody, those who come later too: after one wait in
//! vain more than a call has retries. By then one call has used up all its attempts, and another one
//! has met the limit as well, so that it is nothing that only the first would meet.

use std::{
    cmp::Reverse,
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crate::graph::error::Error;
use crate::graph::retry::LONGEST_PAUSE;

#[derive(Debug)]
pub(super) struct Rules {
    max_retries: u32,
    closed: Option<Closed>,
    /// How many calls may be on their way together; `None` is any number.
    width: Option<usize>,
    on_their_way: usize,
    /// Counts the closings: a call admitted before the last one says nothing about the time since.
    epoch: u64,
    /// Waits that ended with one more call being throttled, since a call last went through.
    vain_waits: u32,
    queue: BTreeSet<Ticket>,
    next: u64,
}

/// A place in the queue: whoever has tried most often goes first, then whoever came first. Without
/// the former, an unlucky call could use up its retries behind luckier ones.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Ticket {
    attempts: Reverse<u32>,
    number: u64,
}

/// The answer to: may I?
pub(crate) enum Admission<T> {
    /// Yes, now.
    Go(T),
    /// Ask again after this long, or when the lane changes.
    Wait(Duration),
    /// Ask again when the lane changes.
    Behind,
    /// No: the wait is longer than a call should sleep. Why, and how long the lane stays closed.
    TooLong(Error, Duration),
    /// No, and nobody else may either: all waits were in vain. Why.
    GivenUp(Error),
}

impl<T> Admission<T> {
    pub(super) fn map<U>(self, go: impl FnOnce(T) -> U) -> Admission<U> {
        match self {
            Self::Go(permit) => Admission::Go(go(permit)),
            Self::Wait(wait) => Admission::Wait(wait),
            Self::Behind => Admission::Behind,
            Self::TooLong(because, wait) => Admission::TooLong(because, wait),
            Self::GivenUp(because) => Admission::GivenUp(because),
        }
    }
}

#[derive(Debug)]
struct Closed {
    until: Instant,
    because: Error,
}

impl Rules {
    /// For calls that are sent again so often.
    pub(super) fn new(max_retries: u32) -> Self {
        Self {
            max_retries,
            closed: None,
            width: None,
            on_their_way: 0,
            epoch: 0,
            vain_waits: 0,
            queue: BTreeSet::new(),
            next: 0,
        }
    }

    pub(super) fn enqueue(&mut self, attempts: u32) -> Ticket {
        let ticket = Ticket { attempts: Reverse(attempts), number: self.next };
        self.next += 1;
        self.queue.insert(ticket);
        ticket
    }

    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.queue.remove(&ticket);
    }

    /// With `Go` comes the epoch, to be given back to [`settle`](Self::settle).
    pub(super) fn admit(&mut self, ticket: Ticket, now: Instant) -> Admission<u64> {
        if let Some(closed) = &self.closed {
            let left = closed.until.saturating_duration_since(now);
            if left > LONGEST_PAUSE {
                return Admission::TooLong(closed.because.clone(), left);
            }
            if self.is_given_up() {
                return Admission::GivenUp(closed.because.clone());
            }
            if !left.is_zero() {
                return Admission::Wait(left);
            }
            self.closed = None;
        }
        if !self.is_next(ticket) {
            return Admission::Behind;
        }
        self.queue.remove(&ticket);
        self.on_their_way += 1;
        Admission::Go(self.epoch)
    }

    /// Whether nothing has closed since a call was admitted in this epoch.
    pub(super) fn is_current(&self, epoch: u64) -> bool {
        epoch == self.epoch
    }

    /// A call admitted in this epoch was throttled, or one that was not admitted here at all: closes
    /// until then, or later if that was said before.
    pub(super) fn close(&mut self, epoch: Option<u64>, until: Instant, because: &Error) {
        if epoch == Some(self.epoch) && self.width.is_some() {
            self.vain_waits += 1;
        }
        if self.closed.as_ref().is_none_or(|closed| closed.until < until) {
            self.closed = Some(Closed { until, because: because.clone() });
        }
        self.epoch += 1;
        self.width = Some(1);
        self.on_their_way = 0;
    }

    /// Why nobody gets through, while nobody does.
    pub(super) fn reason(&self) -> Option<&Error> {
        self.closed.as_ref().map(|closed| &closed.because)
    }

    /// Whether nobody is let through any more, until a call that is still on its way gets through.
    pub(super) fn is_given_up(&self) -> bool {
        self.vain_waits > self.max_retries
    }

    /// A call has come back; `through` if it was not throttled.
    pub(super) fn settle(&mut self, epoch: u64, through: bool) {
        if through {
            self.vain_waits = 0;
        }
        if epoch != self.epoch {
            return;
        }
        self.on_their_way = self.on_their_way.saturating_sub(1);
        if through {
            self.width = self.width.map(|width| width * 2).filter(|width| *width < WIDE_OPEN);
        }
    }

    fn is_next(&self, ticket: Ticket) -> bool {
        match self.width {
            None => true,
            Some(width) => {
                let free = width.saturating_sub(self.on_their_way);
                self.queue.iter().take(free).any(|first| *first == ticket)
            }
        }
    }
}

/// From this width on, calls are no longer counted.
const WIDE_OPEN: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::error::Kind;

    struct Scene {
        rules: Rules,
        now: Instant,
    }

    impl Scene {
        fn new() -> Self {
            Self { rules: Rules::new(4), now: Instant::now() }
        }

        fn close_for(&mut self, seconds: u64) {
            let until = self.now + Duration::from_secs(seconds);
            self.rules.close(Some(self.rules.epoch), until, &Error::new(Kind::Timeout));
        }

        fn pass(&mut self, seconds: u64) {
            self.now += Duration::from_secs(seconds);
        }

        fn enqueue(&mut self, attempts: u32) -> Ticket {
            self.rules.enqueue(attempts)
        }

        /// The epoch, if admitted.
        fn admit(&mut self, ticket: Ticket) -> Option<u64> {
            match self.rules.admit(ticket, self.now) {
                Admission::Go(epoch) => Some(epoch),
                _ => None,
            }
        }
    }

    #[test]
    fn an_open_gate_lets_everybody_through() {
        let mut scene = Scene::new();
        for _ in 0..1_000 {
            let ticket = scene.enqueue(0);
            assert!(scene.admit(ticket).is_some());
        }
    }

    #[test]
    fn a_closed_gate_names_the_same_moment_to_everybody() {
        let mut scene = Scene::new();
        scene.close_for(10);
        for left in [10, 6, 2] {
            let ticket = scene.enqueue(0);
            let admission = scene.rules.admit(ticket, scene.now);
            assert!(matches!(admission, Admission::Wait(w) if w == Duration::from_secs(left)));
            scene.pass(4);
        }
    }

    #[test]
    fn after_the_wait_one_call_tries_first_and_success_doubles_the_number() {
        let mut scene = Scene::new();
        scene.close_for(10);
        scene.pass(10);
        let tickets: Vec<_> = (0..80).map(|_| scene.enqueue(1)).collect();
        let mut sizes = Vec::new();
        let mut waiting = tickets;
        while !waiting.is_empty() {
            let admitted: Vec<_> = waiting.iter().filter_map(|t| scene.admit(*t)).collect();
            waiting.retain(|ticket| scene.rules.queue.contains(ticket));
            sizes.push(admitted.len());
            scene.rules.settle(admitted[0], true);
            admitted[1..].iter().for_each(|epoch| scene.rules.settle(*epoch, false));
        }
        assert_eq!(sizes, [1, 2, 4, 8, 16, 49]);
    }

    #[test]
    fn a_throttled_first_call_closes_the_gate_again() {
        let mut scene = Scene::new();
        scene.close_for(10);
        scene.pass(10);
        let (first, second) = (scene.enqueue(1), scene.enqueue(1));
        let epoch = scene.admit(first).expect("the first may try");
        assert_eq!(scene.admit(second), None);
        scene.close_for(5);
        scene.rules.settle(epoch, false);
        assert_eq!(scene.admit(second), None);
        scene.pass(5);
        assert!(scene.admit(second).is_some());
    }

    #[test]
    fn whoever_tried_most_often_goes_first_and_then_whoever_came_first() {
        let mut scene = Scene::new();
        scene.close_for(1);
        scene.pass(1);
        let late = scene.enqueue(0);
        let later = scene.enqueue(0);
        let unlucky = scene.enqueue(3);
        assert_eq!([scene.admit(late), scene.admit(later)], [None, None]);
        let epoch = scene.admit(unlucky).expect("first");
        scene.rules.settle(epoch, false);
        assert_eq!(scene.admit(later), None);
        assert!(scene.admit(late).is_some());
    }

    #[test]
    fn a_place_given_up_makes_room_for_the_next() {
        let mut scene = Scene::new();
        scene.close_for(1);
        scene.pass(1);
        let (first, second) = (scene.enqueue(0), scene.enqueue(0));
        assert_eq!(scene.admit(second), None);
        scene.rules.leave(first);
        assert!(scene.admit(second).is_some());
    }

    #[test]
    fn calls_from_before_the_closing_neither_open_the_gate_nor_take_room() {
        let mut scene = Scene::new();
        let old = scene.enqueue(0);
        let old = scene.admit(old).expect("open");
        scene.close_for(1);
        scene.pass(1);
        scene.rules.settle(old, true);
        let (first, second) = (scene.enqueue(0), scene.enqueue(0));
        assert!(scene.admit(first).is_some());
        assert_eq!(scene.admit(second), None);
    }

    #[test]
    fn a_shorter_wait_does_not_shorten_a_longer_one() {
        let mut scene = Scene::new();
        scene.close_for(30);
        scene.close_for(1);
        scene.pass(29);
        let ticket = scene.enqueue(0);
        assert_eq!(scene.admit(ticket), None);
    }

    /// What happens at a gate.
    #[derive(Clone, Copy, Debug)]
    enum Event {
        /// Its time comes; a call tries, and meets the limit again.
        InVain,
        /// Its time comes; a call tries, and gets through.
        Through,
        /// A call from before the first closing meets the limit, or gets through.
        OldLimited,
        OldThrough,
        /// A call that did not pass the gate meets its limit.
        StrangerLimited,
    }
    use Event::{InVain, OldLimited, OldThrough, StrangerLimited, Through};

    /// Closes the gate of calls with so many retries, plays a scene, and says whether it is given up.
    fn is_given_up_after(max_retries: u32, events: &[Event]) -> bool {
        let (mut rules, mut now) = (Rules::new(max_retries), Instant::now());
        let (wait, because) = (Duration::from_secs(1), Error::new(Kind::Timeout));
        let old = rules.epoch;
        rules.close(Some(old), now + wait, &because);
        for event in events {
            match event {
                InVain | Through => {
                    now += wait;
                    let probe = rules.enqueue(0);
                    let Admission::Go(epoch) = rules.admit(probe, now) else { return true };
                    if matches!(event, InVain) {
                        rules.close(Some(epoch), now + wait, &because);
                    }
                    rules.settle(epoch, matches!(event, Through));
                }
                OldLimited => rules.close(Some(old), now + wait, &because),
                OldThrough => rules.settle(old, true),
                StrangerLimited => rules.close(None, now + wait, &because),
            }
        }
        let who_comes_now = rules.enqueue(0);
        let given_up = matches!(rules.admit(who_comes_now, now), Admission::GivenUp(_));
        assert_eq!(given_up, rules.is_given_up());
        now += Duration::from_secs(3_600);
        let who_comes_later = rules.enqueue(0);
        let later = matches!(rules.admit(who_comes_later, now), Admission::GivenUp(_));
        assert_eq!(given_up, later, "no time that passes opens it again");
        given_up
    }

    #[test]
    fn a_gate_is_given_up_after_one_wait_in_vain_more_than_a_call_has_retries() {
        let table: [(&str, u32, &[Event], bool); 11] = [
            ("closed, and nobody has waited", 4, &[], false),
            ("the same without retries", 0, &[], false),
            ("as many as there are retries", 4, &[InVain; 4], false),
            ("one more", 4, &[InVain; 5], true),
            ("one more than one", 1, &[InVain; 2], true),
            ("one more than none", 0, &[InVain], true),
            ("a success in between", 1, &[InVain, Through, InVain], false),
            ("two in a row after a success", 1, &[InVain, Through, InVain, InVain], true),
            ("a success on its way from before", 1, &[InVain, InVain, OldThrough], false),
            ("many throttled together are one wait", 1, &[OldLimited; 50], false),
            ("nor do calls of which nobody knew", 1, &[StrangerLimited; 50], false),
        ];
        for (name, max_retries, events, expected) in table {
            assert_eq!(is_given_up_after(max_retries, events), expected, "{name}");
        }
    }

    #[test]
    fn a_gate_that_was_given_up_and_is_taken_back_lets_one_call_try_first() {
        let mut scene = Scene::new();
        let old = scene.rules.epoch;
        for _ in 0..6 {
            scene.close_for(1);
            scene.pass(1);
        }
        let (first, second) = (scene.enqueue(0), scene.enqueue(0));
        assert_eq!(scene.admit(first), None);
        scene.rules.settle(old, true);
        assert!(scene.admit(first).is_some());
        assert_eq!(scene.admit(second), None);
    }

    #[test]
    fn a_wait_longer_than_a_call_should_sleep_is_reported_at_once() {
        let mut scene = Scene::new();
        scene.close_for(61);
        let ticket = scene.enqueue(0);
        let admission = scene.rules.admit(ticket, scene.now);
        assert!(matches!(admission, Admission::TooLong(_, w) if w == Duration::from_secs(61)));
        scene.pass(1);
        assert!(matches!(scene.rules.admit(ticket, scene.now), Admission::Wait(_)));
        scene.pass(60);
        assert!(scene.admit(ticket).is_some());
    }
}
