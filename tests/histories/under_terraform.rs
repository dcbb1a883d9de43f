//! Histories under real Terraform: a dozen share each run, every one with an API and a provider process
//! of its own.

use std::thread;

use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};

use crate::judge::judge;
use crate::meta::Meta;
use crate::reference::Reference;
use crate::search::{runner, seed, shown};
use crate::step::{How, Import, Step, command, ending, happening};
use crate::terraform::{Feature, cli};
use crate::workspace::Workspace;

#[test]
fn every_history_under_terraform_goes_as_the_model_says() {
    let seed = seed();
    println!("{BATCHES} times {TOGETHER} histories under {}, HISTORIES_SEED={seed}", cli());
    thread::scope(|scope| {
        for batch in 0..BATCHES {
            scope.spawn(move || live_together(seed + batch));
        }
    });
}

/// One history of those that share the runs.
pub(crate) struct Tale {
    pub(crate) meta: Meta,
    pub(crate) reference: Reference,
    told: Vec<Step>,
}

/// Draws histories and the runs that they share, and lives through them round by round.
fn live_together(seed: u64) {
    let rounds = vec(vec(happening(), 1..5), ROUNDS);
    let drawn = (vec(rounds, TOGETHER), vec(command(), ROUNDS)).new_tree(&mut runner(seed));
    let (histories, commands) = drawn.expect("nothing that is drawn is refused").current();
    let workspace = Workspace::new();
    let mut tales: Vec<_> = histories.iter().map(|_| Tale::begin()).collect();
    for (round, command) in commands.iter().enumerate() {
        for (index, tale) in tales.iter_mut().enumerate() {
            histories[index][round].iter().for_each(|step| tale.happen(&workspace, index, step));
        }
        run(&workspace, &mut tales, command, seed);
    }
    for step in ending() {
        match step {
            Step::Plan | Step::Apply => run(&workspace, &mut tales, &step, seed),
            _ => {
                let tales = tales.iter_mut().enumerate();
                tales.for_each(|(index, tale)| tale.happen(&workspace, index, &step));
            }
        }
    }
}

/// One run for all, and a look at what it did to each.
fn run(workspace: &Workspace, tales: &mut [Tale], command: &Step, seed: u64) {
    tales.iter().for_each(|tale| tale.meta.prepare(&tale.reference));
    let finished = workspace.run(tales, command);
    for (index, tale) in tales.iter_mut().enumerate() {
        tale.told.push(command.clone());
        let judged = judge(&mut tale.reference, &tale.meta, command, &finished.of(index));
        if let Err(error) = judged {
            panic!(
                "HISTORIES_SEED={seed} fails in history {index}:\n{}\n{error}\n\n{}",
                shown(&tale.told),
                finished.output
            );
        }
    }
}

impl Tale {
    fn begin() -> Self {
        Self { meta: Meta::start(), reference: Reference::new(), told: Vec::new() }
    }

    fn happen(&mut self, workspace: &Workspace, index: usize, step: &Step) {
        let step = suited(step);
        let object = match step {
            Step::Forget { number } | Step::Taint { number } => self.reference.object(number),
            _ => None,
        };
        if !self.reference.happen(&step) {
            return;
        }
        self.meta.happen(&step);
        match (&step, object) {
            (Step::Later, _) => workspace.age(index),
            (Step::Forget { .. }, Some(name)) => workspace.forget(index, name),
            (Step::Taint { .. }, Some(name)) => workspace.taint(index, name),
            _ => {}
        }
        self.told.push(step);
    }
}

/// What this tool can do in the place of the step; a command for each history would take long.
fn suited(step: &Step) -> Step {
    match *step {
        Step::Declare { number, pin, .. } if !cli().has(Feature::WriteOnly) => {
            Step::Declare { number, pin, how: How::Pin }
        }
        Step::Import { number, by } => {
            let is_identity = by == Import::IdentityBlock && cli().has(Feature::ImportByIdentity);
            Step::Import { number, by: if is_identity { by } else { Import::Block } }
        }
        ref step => step.clone(),
    }
}

/// Runs of Terraform at a time.
const BATCHES: u64 = 2;
/// Histories in each of them.
const TOGETHER: usize = 15;
/// Runs of each history before its end.
const ROUNDS: usize = 5;
