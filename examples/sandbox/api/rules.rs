//! Which call a fault strikes.

use std::time::Instant;

use serde::Deserialize;

use super::call::Call;
use super::faults::Fault;
use super::throttle::Budgets;

/// A fault and the calls it is meant for: without further words every Graph call, for ever.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What goes wrong.
    pub fault: Fault,
    /// Only calls of this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only calls whose path names this phone number or account ID.
    #[serde(default)]
    pub object: Option<String>,
    /// Only calls to this edge: `phone_numbers`, or nothing for the node itself.
    #[serde(default)]
    pub edge: Option<String>,
    /// Lets so many matching calls pass first.
    #[serde(default)]
    pub skip: u64,
    /// Strikes so many times.
    #[serde(default)]
    pub times: Option<u64>,
}

/// Names an injected rule, to take it back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RuleId(pub(super) u64);

impl Rule {
    /// `fault` on every call, for ever.
    pub fn new(fault: Fault) -> Self {
        Self { fault, method: None, object: None, edge: None, skip: 0, times: None }
    }

    /// Only on POST.
    pub fn on_posts(mut self) -> Self {
        self.method = Some("POST".into());
        self
    }

    /// Only on GET of a node, not of a list.
    pub fn on_gets(mut self) -> Self {
        (self.method, self.edge) = (Some("GET".into()), Some(String::new()));
        self
    }

    /// Only on lists of numbers.
    pub fn on_lists(mut self) -> Self {
        (self.method, self.edge) = (Some("GET".into()), Some("phone_numbers".into()));
        self
    }

    /// Only on calls that name this phone number or account.
    pub fn on_object(mut self, id: impl Into<String>) -> Self {
        self.object = Some(id.into());
        self
    }

    /// Lets `calls` matching calls pass first.
    pub fn skip(mut self, calls: u64) -> Self {
        self.skip = calls;
        self
    }

    /// Strikes `times` times, then no more.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    fn matches(&self, call: &Call) -> bool {
        let is_list = call.edge() == "phone_numbers";
        self.method.as_ref().is_none_or(|method| *method == call.method)
            && self.object.as_deref().is_none_or(|object| call.object() == Some(object))
            && self.edge.as_ref().is_none_or(|edge| edge == call.edge())
            && (is_list || !self.fault.is_about_lists())
            && self.fault.page().is_none_or(|page| page == call.page())
    }
}

impl From<Fault> for Rule {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

/// The rules in force, in the order in which they were injected.
#[derive(Debug, Default)]
pub(super) struct Rules {
    active: Vec<Active>,
    injected: u64,
}

#[derive(Debug)]
struct Active {
    id: u64,
    rule: Rule,
    seen: u64,
    struck: u64,
    budgets: Budgets,
}

impl Rules {
    pub(super) fn inject(&mut self, rule: Rule) -> RuleId {
        self.injected += 1;
        let id = self.injected;
        self.active.push(Active { id, rule, seen: 0, struck: 0, budgets: Budgets::default() });
        RuleId(id)
    }

    pub(super) fn remove(&mut self, id: RuleId) {
        self.active.retain(|active| active.id != id.0);
    }

    /// The faults in force.
    pub(super) fn names(&self) -> Vec<String> {
        self.active.iter().map(|active| active.rule.fault.name()).collect()
    }

    pub(super) fn clear(&mut self) {
        self.active.clear();
    }

    /// The faults that strike `call`, by name. At most one of them takes the answer away: others of
    /// that kind keep their turn for a later call, so that pairs of faults strike one after the other.
    pub(super) fn strike(
        &mut self,
        call: &Call,
        account: &str,
        now: Instant,
    ) -> (Vec<String>, Vec<Fault>) {
        let mut taken = false;
        let mut struck = Vec::new();
        for active in self.active.iter_mut().filter(|active| active.rule.matches(call)) {
            let takes_the_answer = active.rule.fault.takes_the_answer();
            if taken && takes_the_answer {
                continue;
            }
            if let Some(fault) = active.strike(account, now) {
                taken |= takes_the_answer;
                struck.push((active.rule.fault.name(), fault));
            }
        }
        struck.into_iter().unzip()
    }
}

impl Active {
    /// A throttle strikes as the error it refuses with.
    fn strike(&mut self, account: &str, now: Instant) -> Option<Fault> {
        self.seen += 1;
        let may_strike = self.rule.times.is_none_or(|times| self.struck < times);
        if self.seen <= self.rule.skip {
            return None;
        }
        if let Fault::Throttle(throttle) = &self.rule.fault {
            let refusal = self.budgets.count(throttle, account, now, may_strike)?;
            self.struck += u64::from(refusal.opens_block);
            return Some(Fault::Error(refusal.error));
        }
        self.struck += u64::from(may_strike);
        may_strike.then(|| self.rule.fault.clone())
    }
}
