//! The configuration as a team keeps it: commits, some of which are taken back.

use std::collections::BTreeMap;

use crate::step::{How, Import, NUMBERS, PINS, Step};

/// A resource's name: the number's index and how often it was renamed.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Name {
    pub(crate) number: usize,
    pub(crate) renamed: usize,
}

/// A PIN as it is declared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Declared {
    pub(crate) pin: usize,
    pub(crate) how: How,
}

impl Declared {
    pub(crate) fn pin(self) -> &'static str {
        PINS[self.pin]
    }

    /// What identifies the PIN where Terraform cannot see it.
    pub(crate) fn version(self) -> Option<String> {
        (self.how == How::PinWo).then(|| format!("version-{}", self.pin))
    }
}

/// One resource.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) name: Name,
    pub(crate) declared: Declared,
    pub(crate) keep_enabled: Option<bool>,
}

/// One commit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Configuration {
    blocks: [Option<Block>; NUMBERS],
    /// Blocks `moved`, from and to.
    pub(crate) moved: Vec<(Name, Name)>,
}

impl Configuration {
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().flatten()
    }

    pub(crate) fn of(&self, number: usize) -> Option<&Block> {
        self.blocks[number].as_ref()
    }
}

#[derive(Debug, Default)]
pub(crate) struct Repository {
    commits: Vec<Configuration>,
    /// No name comes twice, so that no move leads in a circle.
    renamed: [usize; NUMBERS],
    /// Blocks `import`, which go when they have been applied.
    pub(crate) imports: BTreeMap<Name, Import>,
}

impl Repository {
    pub(crate) fn head(&self) -> Configuration {
        self.commits.last().cloned().unwrap_or_default()
    }

    /// Makes the commit of a step; false if the step is none that could be made now.
    pub(crate) fn commit(&mut self, step: &Step) -> bool {
        let mut next = self.head();
        match *step {
            Step::Declare { number, pin, how } => {
                let declared = Declared { pin, how };
                let name = Name { number, renamed: self.renamed[number] };
                let block = Block { name, declared, keep_enabled: None };
                next.blocks[number].get_or_insert(block).declared = declared;
            }
            Step::Keep { number, keep } => match &mut next.blocks[number] {
                Some(block) => block.keep_enabled = keep,
                None => return false,
            },
            Step::Remove { number } => {
                if next.blocks[number].take().is_none() {
                    return false;
                }
            }
            Step::Rename { number, moved } => {
                let Some(block) = &mut next.blocks[number] else { return false };
                self.renamed[number] += 1;
                let from = block.name;
                block.name.renamed = self.renamed[number];
                next.moved.extend(moved.then_some((from, block.name)));
            }
            Step::Revert => {
                let [.., before, _] = &self.commits[..] else { return false };
                next = before.clone();
            }
            _ => return false,
        }
        self.commits.push(next);
        let head = self.head();
        self.imports.retain(|name, _| head.blocks().any(|block| block.name == *name));
        true
    }
}
