//! Who may send a call, and when: pure rules, given the time.
//!
//! An open gate lets everybody through. Closed, it lets nobody through until its time has come.
//! Then it opens by degrees: one call tries first; each call that goes through doubles how many may
//! be on their way together, until the gate is open again; a call that is throttled closes it
//! again. So a crowd that waits at a limit of N calls sends N and a few, not all at once.

use std::{
    cmp::Reverse,
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crate::graph::error::Error;
use crate::graph::retry::LONGEST_PAUSE;

#[derive(Debug, Default)]
pub(super) struct Rules {
    closed: Option<Closed>,
    /// How many calls may be on their way together; `None` is any number.
    width: Option<usize>,
    on_their_way: usize,
    /// Counts the closings: a call admitted before the last one says nothing about the time since.
    epoch: u64,
    /// Waits that ended with one more call being throttled, counted from the start.
    vain_waits: u32,
    /// Of those, the ones before a call last went through: they no longer count against anybody.
    forgiven: u32,
    queue: BTreeSet<Ticket>,
    next: u64,
}

/// A place in the queue: whoever has tried most often goes first, then whoever came first. Without
/// the former, an unlucky call could use up its retries behind luckier ones.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Ticket {
    attempts: Reverse<u32>,
    number: u64,
    /// How many waits had been in vain when the call came.
    vain_before: u32,
}

/// The answer to: may I?
pub(crate) enum Admission<T> {
    /// Yes, now.
    Go(T),
    /// Ask again after this long, or when the lane changes.
    Wait(Duration),
    /// Ask again when the lane changes.
    Behind,
    /// No: the wait is longer than a call should sleep, or others have waited in vain as often as
    /// this call may. Why, and how long the lane stays closed.
    GiveUp(Error, Duration),
}

impl<T> Admission<T> {
    pub(super) fn map<U>(self, go: impl FnOnce(T) -> U) -> Admission<U> {
        match self {
            Self::Go(permit) => Admission::Go(go(permit)),
            Self::Wait(wait) => Admission::Wait(wait),
            Self::Behind => Admission::Behind,
            Self::GiveUp(because, wait) => Admission::GiveUp(because, wait),
        }
    }
}

#[derive(Debug)]
struct Closed {
    until: Instant,
    because: Error,
}

impl Rules {
    pub(super) fn enqueue(&mut self, attempts: u32) -> Ticket {
        let (number, vain_before) = (self.next, self.vain_waits);
        let ticket = Ticket { attempts: Reverse(attempts), number, vain_before };
        self.next += 1;
        self.queue.insert(ticket);
        ticket
    }

    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.queue.remove(&ticket);
    }

    /// With `Go` comes the epoch, to be given back to [`settle`](Self::settle).
    pub(super) fn admit(
        &mut self,
        ticket: Ticket,
        max_retries: u32,
        now: Instant,
    ) -> Admission<u64> {
        if let Some(closed) = &self.closed {
            let left = closed.until.saturating_duration_since(now);
            let in_vain = !left.is_zero() && self.tries(ticket) > max_retries;
            if left > LONGEST_PAUSE || in_vain {
                return Admission::GiveUp(closed.because.clone(), left);
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

    /// A call has come back; `through` if it was not throttled.
    pub(super) fn settle(&mut self, epoch: u64, through: bool) {
        if epoch != self.epoch {
            return;
        }
        self.on_their_way = self.on_their_way.saturating_sub(1);
        if through {
            self.forgiven = self.vain_waits;
            self.width = self.width.map(|width| width * 2).filter(|width| *width < WIDE_OPEN);
        }
    }

    /// How often the call has been sent, or has waited while another was throttled in its place:
    /// all calls that wait at a limit which does not lift give up together.
    fn tries(&self, ticket: Ticket) -> u32 {
        let vain = self.vain_waits - ticket.vain_before.max(self.forgiven);
        ticket.attempts.0.saturating_add(vain)
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
            Self { rules: Rules::default(), now: Instant::now() }
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
            match self.rules.admit(ticket, 4, self.now) {
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
            let admission = scene.rules.admit(ticket, 4, scene.now);
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

    #[test]
    fn a_wait_in_vain_counts_for_all_who_waited_until_a_call_goes_through() {
        let mut scene = Scene::new();
        scene.close_for(1);
        let patient = scene.enqueue(0);
        for in_vain in 1..=4 {
            scene.pass(1);
            let probe = scene.enqueue(9);
            assert!(scene.admit(probe).is_some());
            scene.close_for(1);
            assert_eq!(scene.rules.tries(patient), in_vain);
            let newcomer = scene.enqueue(0);
            assert_eq!(scene.rules.tries(newcomer), 0, "who comes now has not waited");
            scene.rules.leave(newcomer);
        }
        let still = scene.rules.admit(patient, 4, scene.now);
        assert!(matches!(still, Admission::Wait(_)));
        let enough = scene.rules.admit(patient, 3, scene.now);
        assert!(matches!(enough, Admission::GiveUp(..)));
        scene.rules.settle(scene.rules.epoch, true);
        assert_eq!(scene.rules.tries(patient), 0);
    }

    #[test]
    fn many_calls_throttled_together_are_one_wait() {
        let mut scene = Scene::new();
        let crowd: Vec<_> = (0..50).map(|_| scene.enqueue(0)).collect();
        let epochs: Vec<_> = crowd.iter().filter_map(|ticket| scene.admit(*ticket)).collect();
        let waiting = scene.enqueue(0);
        for epoch in epochs {
            let until = scene.now + Duration::from_secs(1);
            scene.rules.close(Some(epoch), until, &Error::new(Kind::Timeout));
        }
        assert_eq!(scene.rules.tries(waiting), 0, "nobody has waited yet");
    }

    #[test]
    fn a_wait_longer_than_a_call_should_sleep_is_reported_at_once() {
        let mut scene = Scene::new();
        scene.close_for(61);
        let ticket = scene.enqueue(0);
        let admission = scene.rules.admit(ticket, 4, scene.now);
        assert!(matches!(admission, Admission::GiveUp(_, w) if w == Duration::from_secs(61)));
        scene.pass(1);
        assert!(matches!(scene.rules.admit(ticket, 4, scene.now), Admission::Wait(_)));
        scene.pass(60);
        assert!(scene.admit(ticket).is_some());
    }
}
