//! Where in a value something is: `phone_numbers[3].status`.

use std::fmt;

/// A way from the root of a block to one value. Extending a path leaves the original as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into the attribute of an object.
    Attribute(String),
    /// Into the element of a map.
    Key(String),
    /// Into the element of a list or tuple, counted from zero.
    Index(usize),
}

impl Path {
    /// The block itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// This path, continued into an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Self {
        self.step(Step::Attribute(name.to_owned()))
    }

    /// This path, continued into a map's element.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_owned()))
    }

    /// This path, continued into a list's element.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// The steps, from the root on.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl From<&str> for Path {
    /// The path of a top-level attribute.
    fn from(attribute: &str) -> Self {
        Self::root().attribute(attribute)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => write!(f, "{name}")?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_like_hcl() {
        let path = Path::from("numbers").index(3).attribute("tags").key("team");
        assert_eq!(path.to_string(), r#"numbers[3].tags["team"]"#);
    }

    #[test]
    fn extending_a_path_leaves_the_original_alone() {
        let parent = Path::from("numbers");
        let _child = parent.index(0);
        assert_eq!(parent, Path::from("numbers"));
    }
}
