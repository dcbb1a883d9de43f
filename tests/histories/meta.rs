//! Meta's side of a history: a sandbox with three numbers for each.

use crate::reference::Reference;
use crate::sandbox::{Fault, GraphError, Rule, Sandbox};
use crate::step::{BY_HAND, NUMBERS, Shown, Step, rules};

/// The three numbers of one history.
#[derive(Debug)]
pub(crate) struct Meta {
    pub(crate) api: Sandbox,
}

impl Meta {
    /// The last of the numbers has a PIN that nobody declared.
    pub(crate) fn start() -> Self {
        let last = id(NUMBERS - 1);
        let api = Sandbox::builder()
            .numbers_with(NUMBERS as u64, |number| match number.id == last {
                true => number.with_pin(BY_HAND),
                false => number,
            })
            .start();
        Self { api }
    }

    /// What people do at Meta.
    pub(crate) fn happen(&self, step: &Step) {
        match *step {
            Step::SwitchOff { number } => self.api.switch_pin_off(&id(number)),
            Step::SetByHand { number } => {
                self.api.edit_number(&id(number), |known| *known = known.clone().with_pin(BY_HAND));
            }
            _ => {}
        }
    }

    /// Prepares the answers of the next run.
    pub(crate) fn prepare(&self, reference: &Reference) {
        self.api.clear_faults();
        self.api.forget_events();
        for number in 0..NUMBERS {
            let id = id(number);
            let (shown, answers) = reference.answers(number);
            let hidden = Fault::Error(GraphError::unsupported("get", &id));
            match shown {
                Shown::Not => {
                    self.api.inject(Rule::new(hidden).on_object(&id));
                    continue;
                }
                Shown::WithoutFlag => {
                    self.api.inject(Rule::new(Fault::WithoutPinFlag).on_gets().on_object(&id));
                }
                Shown::Whole => {}
            }
            for rule in rules(answers, &id) {
                self.api.inject(rule);
            }
        }
    }

    /// The PINs that are in force.
    pub(crate) fn pins(&self) -> [Option<String>; NUMBERS] {
        [0, 1, 2].map(|number| self.api.pin(&id(number)))
    }
}

/// A number's ID.
pub(crate) fn id(number: usize) -> String {
    Sandbox::number_id(number as u64)
}
