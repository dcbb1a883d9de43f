//! Which list to read on, and when a number is read alone: pure rules, without a call.
//!
//! A page costs a call and answers for a hundred numbers, so lists pay off when many numbers are
//! asked for. How many will be asked for is not known beforehand. So there are never more pages than
//! distinct numbers asked for so far; a number that the pages do not have gets a call of its own.
//! Together that is at most two calls for each number, and one for a hundred in a whole account.

use std::collections::{HashMap, HashSet};

use crate::graph::{BusinessAccountId, Class, Error, PhoneNumber, PhoneNumberId};

/// The lists of all accounts, as far as they have been read.
#[derive(Debug)]
pub(super) struct Rules {
    lists: Vec<List>,
    asked: HashSet<PhoneNumberId>,
    /// Pages that were begun, of all lists.
    pages: usize,
    /// Numbers whose PIN this process has set: what a list says of them is older, or may be.
    outdated: HashSet<PhoneNumberId>,
    /// A failure that every other call would meet as well.
    hopeless: Option<Failure>,
    untold: Vec<Failure>,
}

/// A list that failed.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) account: BusinessAccountId,
    pub(crate) error: Error,
}

/// What lists say about a number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Listed {
    /// Whether it has a PIN, where the API says so.
    pub(crate) is_pin_enabled: Option<bool>,
    pub(crate) account: BusinessAccountId,
}

/// What somebody who asks for a number has to do.
#[derive(Debug)]
pub(super) struct Step {
    /// Lists whose next page must now be fetched.
    pub(super) fetch: Vec<usize>,
    pub(super) then: Then,
}

#[derive(Debug)]
pub(super) enum Then {
    Found(Listed),
    /// Ask again when something has changed.
    Wait,
    /// More pages may be read as soon as somebody asks for another number; else read it alone.
    Hungry,
    /// No list can answer.
    Alone,
    /// A call for the number alone would fail in the same way.
    Hopeless(Failure),
}

#[derive(Debug)]
struct List {
    account: BusinessAccountId,
    progress: Progress,
    pages: usize,
    numbers: HashMap<PhoneNumberId, Option<bool>>,
    /// How many of the numbers have been asked for.
    wanted: usize,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Progress {
    /// There may be another page.
    Open,
    OnItsWay,
    Ended,
}

impl Rules {
    pub(super) fn new(accounts: impl IntoIterator<Item = BusinessAccountId>) -> Self {
        let list = |account| List {
            account,
            progress: Progress::Open,
            pages: 0,
            numbers: HashMap::new(),
            wanted: 0,
        };
        Self {
            lists: accounts.into_iter().map(list).collect(),
            asked: HashSet::new(),
            pages: 0,
            outdated: HashSet::new(),
            hopeless: None,
            untold: Vec::new(),
        }
    }

    pub(super) fn account(&self, list: usize) -> &BusinessAccountId {
        &self.lists[list].account
    }

    /// Somebody needs a number that was last seen in the account `home`.
    pub(super) fn ask(&mut self, number: &PhoneNumberId, home: Option<&BusinessAccountId>) -> Step {
        let is_new = self.asked.insert(number.clone());
        if self.outdated.contains(number) {
            return Step { fetch: Vec::new(), then: Then::Alone };
        }
        if let Some(list) = self.lists.iter().position(|list| list.numbers.contains_key(number)) {
            self.lists[list].wanted += usize::from(is_new);
            let fetch = self.ahead(list).into_iter().collect();
            return Step { fetch, then: Then::Found(self.listed(list, number)) };
        }
        if let Some(failure) = &self.hopeless {
            return Step { fetch: Vec::new(), then: Then::Hopeless(failure.clone()) };
        }
        let lists = self.candidates(home);
        let fetch = self.begin(&lists);
        let on_its_way = |list: &usize| self.lists[*list].progress == Progress::OnItsWay;
        let then = match lists.is_empty() {
            true => Then::Alone,
            false if lists.iter().any(on_its_way) => Then::Wait,
            false => Then::Hungry,
        };
        Step { fetch, then }
    }

    /// A page has come. The list whose next page shall be fetched although nobody waits for it.
    pub(super) fn arrived(&mut self, list: usize, page: Option<Vec<PhoneNumber>>) -> Option<usize> {
        let this = &mut self.lists[list];
        let Some(page) = page else {
            this.progress = Progress::Ended;
            return None;
        };
        this.progress = Progress::Open;
        this.wanted += page.iter().filter(|number| self.asked.contains(&number.id)).count();
        this.numbers.extend(page.into_iter().map(|number| (number.id, number.is_pin_enabled)));
        self.ahead(list)
    }

    /// No page comes. After a stop, the next who asks begins with the same page.
    pub(super) fn failed(&mut self, list: usize, error: Error) {
        let this = &mut self.lists[list];
        if error.class() == Class::Cancelled {
            this.progress = Progress::Open;
            return;
        }
        this.progress = Progress::Ended;
        if error.class() == Class::NotTried {
            // Of what was not tried there is nothing to tell: each number says it of itself.
            return;
        }
        let failure = Failure { account: this.account.clone(), error };
        if concerns_every_call(&failure.error) {
            self.hopeless = Some(failure);
        } else {
            self.untold.push(failure);
        }
    }

    /// The list ends here: nobody fetches it any more.
    pub(super) fn abandoned(&mut self, list: usize) {
        self.lists[list].progress = Progress::Ended;
    }

    /// Failures of lists that nobody has been told of.
    pub(super) fn take_untold(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.untold)
    }

    /// What is listed of a number is older than what was set, or may be.
    pub(super) fn outdate(&mut self, number: &PhoneNumberId) {
        self.outdated.insert(number.clone());
    }

    fn listed(&self, list: usize, number: &PhoneNumberId) -> Listed {
        let List { account, numbers, .. } = &self.lists[list];
        let is_pin_enabled = numbers.get(number).copied().flatten();
        Listed { is_pin_enabled, account: account.clone() }
    }

    /// Lists that may still have the number, those with the fewest pages first. While the list of
    /// its home can be read on, no other has to be.
    fn candidates(&self, home: Option<&BusinessAccountId>) -> Vec<usize> {
        let open = |list: &usize| self.lists[*list].progress != Progress::Ended;
        let is_home = |list: &usize| home.is_some_and(|home| self.lists[*list].account == *home);
        let mut lists: Vec<_> = (0..self.lists.len()).filter(open).collect();
        if let Some(home) = lists.iter().copied().find(is_home) {
            return vec![home];
        }
        lists.sort_by_key(|list| self.lists[*list].pages);
        lists
    }

    fn begin(&mut self, lists: &[usize]) -> Vec<usize> {
        let mut begun = Vec::new();
        for list in lists {
            let this = &mut self.lists[*list];
            if this.progress == Progress::Open && self.pages < self.asked.len() {
                this.progress = Progress::OnItsWay;
                this.pages += 1;
                self.pages += 1;
                begun.push(*list);
            }
        }
        begun
    }

    /// Whoever has asked for half of what is listed will ask for the rest, and for what follows.
    fn ahead(&mut self, list: usize) -> Option<usize> {
        let List { pages, wanted, ref numbers, .. } = self.lists[list];
        let expected = pages > 0 && wanted > 0 && wanted * 2 >= numbers.len();
        if expected { self.begin(&[list]).pop() } else { None }
    }
}

/// Whether a call for a single number would meet the same failure.
fn concerns_every_call(error: &Error) -> bool {
    let class_says_so =
        matches!(error.class(), Class::Auth | Class::Connect | Class::Redirect | Class::Tls);
    class_says_so || error.is_about_app_secret() || error.is_about_version()
}
