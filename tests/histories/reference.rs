//! What should be: a small model of Meta, of the state, and of what a run does to both.
//!
//! It knows nothing of Terraform's protocol and of Graph's answers. Whatever it foretells is compared
//! with what comes out.

use std::collections::{BTreeMap, BTreeSet};

use crate::kept::{Action, End, Kept, change, sends, stored};
use crate::repository::{Block, Configuration, Declared, Name, Repository};
use crate::step::{BY_HAND, Import, NUMBERS, Reply, Shown, Step};

pub(crate) type Plan = BTreeMap<Name, Action>;

/// A number at Meta.
#[derive(Clone, Debug)]
struct Number {
    pin: Option<&'static str>,
    shown: Shown,
    /// What its next PINs get for answers, in the next run.
    answers: Vec<Reply>,
}

#[derive(Debug)]
pub(crate) struct Reference {
    pub(crate) repository: Repository,
    numbers: [Number; NUMBERS],
    pub(crate) state: BTreeMap<Name, Kept>,
}

impl Reference {
    /// Three numbers, the last of which has a PIN already.
    pub(crate) fn new() -> Self {
        let number = Number { pin: None, shown: Shown::Whole, answers: Vec::new() };
        let mut numbers = [(); NUMBERS].map(|()| number.clone());
        numbers[NUMBERS - 1].pin = Some(BY_HAND);
        Self { repository: Repository::default(), numbers, state: BTreeMap::new() }
    }

    /// Lets a step happen that is no run; false if it makes no sense now.
    pub(crate) fn happen(&mut self, step: &Step) -> bool {
        match *step {
            Step::SwitchOff { number } => self.numbers[number].pin.take().is_some(),
            Step::SetByHand { number } => {
                self.numbers[number].pin.replace(BY_HAND) != Some(BY_HAND)
            }
            Step::Show { number, shown } => {
                std::mem::replace(&mut self.numbers[number].shown, shown) != shown
            }
            Step::Answers { number, ref answers } => {
                self.numbers[number].answers.clone_from(answers);
                true
            }
            Step::Later => {
                self.state.values_mut().for_each(|kept| kept.lately = false);
                true
            }
            Step::Forget { number } => {
                self.object(number).and_then(|name| self.state.remove(&name)).is_some()
            }
            Step::Taint { number } => {
                let kept = self.object(number).and_then(|name| self.state.get_mut(&name));
                kept.map(|kept| kept.tainted = true).is_some()
            }
            Step::Import { number, by } => self.import(number, by),
            _ => self.repository.commit(step),
        }
    }

    /// Any object of the number.
    pub(crate) fn object(&self, number: usize) -> Option<Name> {
        self.state.keys().find(|name| name.number == number).copied()
    }

    fn import(&mut self, number: usize, by: Import) -> bool {
        let head = self.repository.head();
        let Some(block) = head.of(number).filter(|_| self.object(number).is_none()) else {
            return false;
        };
        if by == Import::Command {
            self.take_in(block.name);
        } else {
            self.repository.imports.insert(block.name, by);
        }
        true
    }

    fn take_in(&mut self, name: Name) {
        let read = self.read(name.number, Kept::default());
        self.state.insert(name, read);
    }

    /// What a refresh makes of an object.
    fn read(&self, number: usize, kept: Kept) -> Kept {
        let Number { pin, shown, .. } = &self.numbers[number];
        let is_pin_enabled = match shown {
            Shown::Whole => Some(pin.is_some() || kept.lately),
            Shown::WithoutFlag => None,
            Shown::Not => kept.is_pin_enabled,
        };
        Kept { is_pin_enabled, ..kept }
    }

    /// The state after the moves that the configuration asks for.
    fn moved(&self, head: &Configuration) -> BTreeMap<Name, Kept> {
        let mut state = self.state.clone();
        for (from, to) in &head.moved {
            if let (false, Some(kept)) = (state.contains_key(to), state.get(from).copied()) {
                state.remove(from);
                state.insert(*to, kept);
            }
        }
        state
    }

    fn refreshed(&self, head: &Configuration) -> BTreeMap<Name, Kept> {
        let state = self.moved(head).into_iter();
        state.map(|(name, kept)| (name, self.read(name.number, kept))).collect()
    }

    /// What a plan refreshes, imports and shows.
    fn planned(&self) -> (BTreeMap<Name, Kept>, Plan) {
        let head = self.repository.head();
        let mut state = self.refreshed(&head);
        for name in self.repository.imports.keys() {
            state.entry(*name).or_insert_with(|| self.read(name.number, Kept::default()));
        }
        let mut plan: Plan = state.keys().map(|name| (*name, Action::Delete)).collect();
        for block in head.blocks() {
            match change(state.get(&block.name), block) {
                Some(action) => plan.insert(block.name, action),
                None => plan.remove(&block.name),
            };
        }
        (state, plan)
    }

    pub(crate) fn plan(&self) -> Plan {
        self.planned().1
    }

    pub(crate) fn refresh_only(&mut self) {
        self.state = self.refreshed(&self.repository.head());
    }

    /// Carries a plan out; the resources that fail.
    pub(crate) fn apply(&mut self) -> BTreeSet<Name> {
        let head = self.repository.head();
        let (mut state, plan) = self.planned();
        let attempts = self.attempts();
        let mut failed = BTreeSet::new();
        for (name, action) in plan {
            let Some(block) = head.blocks().find(|block| block.name == name) else {
                state.remove(&name);
                continue;
            };
            let prior = state.get(&name).copied().filter(|_| action == Action::Update);
            let after = match prior {
                Some(kept) if !sends(&kept, block) => {
                    Some(Kept { keep_enabled: block.keep_enabled, ..kept })
                }
                _ => {
                    let end = self.send(name.number, block.declared, attempts);
                    if end != End::Set {
                        failed.insert(name);
                    }
                    stored(end, prior, block)
                }
            };
            state.remove(&name);
            state.extend(after.map(|kept| (name, kept)));
        }
        self.state = state;
        self.repository.imports.clear();
        self.numbers.iter_mut().for_each(|number| number.answers.clear());
        failed
    }

    /// How Meta shows a number, and what its next PINs get for answers.
    pub(crate) fn answers(&self, number: usize) -> (Shown, &[Reply]) {
        let Number { shown, answers, .. } = &self.numbers[number];
        (*shown, answers)
    }

    /// How often a PIN is sent at most: as often as some number has answers prepared.
    pub(crate) fn attempts(&self) -> usize {
        self.numbers.iter().map(|number| number.answers.len()).max().unwrap_or_default().max(1)
    }

    fn send(&mut self, number: usize, declared: Declared, attempts: usize) -> End {
        let number = &mut self.numbers[number];
        let mut end = End::Refused;
        for attempt in 0..attempts {
            if number.shown == Shown::Not {
                return end;
            }
            let Some(reply) = number.answers.get(attempt) else {
                number.pin = Some(declared.pin());
                return End::Set;
            };
            if reply.sets_the_pin() {
                number.pin = Some(declared.pin());
            }
            if *reply == Reply::Refused {
                return end;
            }
            end = End::Unknown;
        }
        end
    }

    /// The PINs that are in force.
    pub(crate) fn pins(&self) -> [Option<&'static str>; NUMBERS] {
        [0, 1, 2].map(|number| self.numbers[number].pin)
    }

    /// Whether a number may lack its declared PIN although Terraform sees nothing to do: somebody did
    /// that by hand, and nobody could see it, or it is meant to be left.
    pub(crate) fn is_excused(&self, block: &Block, pin: Option<&str>) -> bool {
        let number = &self.numbers[block.name.number];
        let state = self.moved(&self.repository.head());
        let lately = state.get(&block.name).is_some_and(|kept| kept.lately);
        match pin {
            Some(pin) => pin == BY_HAND,
            None => number.shown != Shown::Whole || lately || block.keep_enabled == Some(false),
        }
    }
}
