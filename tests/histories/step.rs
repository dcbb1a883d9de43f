//! What can happen to three numbers, and how a random history of it is drawn.

use std::fmt;

use proptest::prelude::*;
use proptest::sample::select;

use crate::sandbox::{Fault, GraphError, Loss, Rule};

/// One thing that happens. A number is an index; what makes no sense at its time is passed over.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A commit declares a number with this PIN, or gives it another one.
    Declare { number: usize, pin: usize, how: How },
    /// A commit sets `keep_enabled`, or removes the line.
    Keep { number: usize, keep: Option<bool> },
    /// A commit removes a number from the configuration.
    Remove { number: usize },
    /// A commit gives a number's resource another name, with a `moved` block or without.
    Rename { number: usize, moved: bool },
    /// The last commit is taken back.
    Revert,
    /// A person switches two-step verification off in WhatsApp Manager.
    SwitchOff { number: usize },
    /// A person sets a PIN by hand.
    SetByHand { number: usize },
    /// The two minutes after a PIN pass, in which Meta may be late to show it.
    Later,
    /// From now on Meta shows a number so.
    Show { number: usize, shown: Shown },
    /// What the next run that sends this number a PIN gets for answers, one after the other.
    Answers { number: usize, answers: Vec<Reply> },
    /// A number that is declared and not in the state is imported.
    Import { number: usize, by: Import },
    /// `state rm`
    Forget { number: usize },
    /// `taint`
    Taint { number: usize },
    /// `plan`
    Plan,
    /// `apply`
    Apply,
    /// `apply -refresh-only`
    RefreshOnly,
}

/// Which argument carries the PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum How {
    Pin,
    /// `pin_wo`, with a version that names the PIN as a secret store's does.
    PinWo,
}

/// What Graph says of a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shown {
    Whole,
    WithoutFlag,
    /// 100/33, for every call.
    Not,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Import {
    Command,
    Block,
    IdentityBlock,
}

/// An answer to a PIN that is not the plain one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reply {
    /// The PIN is set, and the connection ends.
    LostByClose,
    /// The PIN is set, and a gateway answers 502.
    LostByGateway,
    /// The PIN is set, and Graph answers 500.
    LostByError,
    /// The PIN is set, and the answer has no body.
    LostByEmptyBody,
    /// The PIN is set, and the answer is larger than anybody reads.
    LostByLargeBody,
    /// The connection ends before anything is set.
    Closed,
    /// Graph answers 500 to a PIN that it does not set.
    Error,
    /// The PIN is refused, and not set.
    Refused,
}

impl Reply {
    pub(crate) const ALL: [Self; 8] = [
        Self::LostByClose,
        Self::LostByGateway,
        Self::LostByError,
        Self::LostByEmptyBody,
        Self::LostByLargeBody,
        Self::Closed,
        Self::Error,
        Self::Refused,
    ];

    pub(crate) fn sets_the_pin(self) -> bool {
        !matches!(self, Self::Closed | Self::Error | Self::Refused)
    }

    /// Whether the sandbox makes such answers wait for each other by itself.
    fn waits_for_its_turn(self) -> bool {
        !matches!(self, Self::LostByEmptyBody | Self::LostByLargeBody)
    }

    fn fault(self) -> Fault {
        let down = || GraphError::new(500, 1, "An unknown error occurred").transient(false);
        match self {
            Self::LostByClose => Fault::Lost(Loss::Close),
            Self::LostByGateway => Fault::Lost(Loss::Html(502)),
            Self::LostByError => Fault::Lost(Loss::Error(down())),
            Self::LostByEmptyBody => Fault::EmptyBody,
            Self::LostByLargeBody => Fault::OversizedBody,
            Self::Closed => Fault::Close,
            Self::Error => Fault::Error(down()),
            Self::Refused => Fault::Error(GraphError::not_registered()),
        }
    }
}

/// What makes the sandbox give these answers to a number's PINs, one after the other.
pub(crate) fn rules<'a>(replies: &'a [Reply], number: &'a str) -> impl Iterator<Item = Rule> + 'a {
    replies.iter().enumerate().map(move |(index, reply)| {
        let rule = Rule::new(reply.fault()).on_posts().on_object(number).times(1);
        let others = replies[..index].iter().filter(|other| !other.waits_for_its_turn());
        let skipped = if reply.waits_for_its_turn() { others.count() } else { index };
        rule.skip(skipped as u64)
    })
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// A history: what happens, with a run of Terraform after every few things.
pub(crate) fn history() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(prop_oneof![3 => happening(), 2 => command()], 6..=16)
}

/// Anything but a run of Terraform.
pub(crate) fn happening() -> impl Strategy<Value = Step> {
    let number = || 0..NUMBERS;
    let keep = select(vec![None, Some(true), Some(false), Some(false)]);
    let shown = select(vec![Shown::Whole, Shown::Whole, Shown::WithoutFlag, Shown::Not]);
    let import = select(vec![Import::Command, Import::Block, Import::IdentityBlock]);
    let how = select(vec![How::Pin, How::Pin, How::PinWo]);
    prop_oneof![
        8 => (number(), 0..PINS.len(), how)
            .prop_map(|(number, pin, how)| Step::Declare { number, pin, how }),
        2 => (number(), keep).prop_map(|(number, keep)| Step::Keep { number, keep }),
        2 => number().prop_map(|number| Step::Remove { number }),
        2 => (number(), any::<bool>()).prop_map(|(number, moved)| Step::Rename { number, moved }),
        4 => Just(Step::Revert),
        3 => number().prop_map(|number| Step::SwitchOff { number }),
        1 => number().prop_map(|number| Step::SetByHand { number }),
        2 => Just(Step::Later),
        2 => (number(), shown).prop_map(|(number, shown)| Step::Show { number, shown }),
        6 => (number(), replies()).prop_map(|(number, answers)| Step::Answers { number, answers }),
        2 => (number(), import).prop_map(|(number, by)| Step::Import { number, by }),
        2 => number().prop_map(|number| Step::Forget { number }),
        1 => number().prop_map(|number| Step::Taint { number }),
    ]
}

/// A second attempt costs the time until it is made, so that it is rare; most of them are refused,
/// which leaves open what the first has done.
fn replies() -> impl Strategy<Value = Vec<Reply>> {
    let reply = || select(&Reply::ALL[..]);
    let second = prop_oneof![3 => Just(Reply::Refused), 1 => reply()];
    prop_oneof![
        24 => reply().prop_map(|reply| vec![reply]),
        1 => (reply(), second).prop_map(|(first, second)| vec![first, second]),
    ]
}

pub(crate) fn command() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Apply),
        1 => Just(Step::Plan),
        1 => Just(Step::RefreshOnly),
    ]
}

/// Once everything is well again, one apply suffices.
pub(crate) fn ending() -> Vec<Step> {
    let shown = (0..NUMBERS).map(|number| Step::Show { number, shown: Shown::Whole });
    shown.chain([Step::Later, Step::Apply, Step::Plan]).collect()
}

pub(crate) const NUMBERS: usize = 3;

/// Such as configurations declare.
pub(crate) const PINS: [&str; 4] = ["058213", "730164", "271828", "314159"];

/// What a person sets by hand, and no configuration.
pub(crate) const BY_HAND: &str = "919293";
