//! What the author of a provider function implements.

use crate::tf_provider::value::{Type, Value};

/// A pure function, called as `provider::NAME::FUNCTION(…)`. It has no client: Terraform calls
/// functions on a provider that is not configured, and compares the results of plan and apply.
pub trait Function: Send + Sync + 'static {
    /// The name, without any prefix.
    fn name(&self) -> &'static str;

    /// Parameters and result.
    fn definition(&self) -> Definition;

    /// Calls the function. Arguments are known and not null.
    fn call(&self, arguments: Vec<Value>) -> Result<Value, FunctionError>;
}

/// The signature of a function.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Definition {
    /// One line of plain text.
    pub summary: &'static str,
    /// What it does, in Markdown.
    pub description: &'static str,
    /// The parameters in order.
    pub parameters: Vec<Parameter>,
    /// The parameter that takes all further arguments.
    pub variadic: Option<Parameter>,
    /// The type of the result.
    pub returns: Type,
}

impl Definition {
    /// A function without parameters.
    pub fn new(summary: &'static str, description: &'static str, returns: Type) -> Self {
        Self { summary, description, parameters: Vec::new(), variadic: None, returns }
    }

    /// Adds a parameter behind those that are there.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Adds the parameter that takes all further arguments.
    #[must_use]
    pub fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }
}

/// One parameter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name in messages.
    pub name: &'static str,
    /// Its type.
    pub of: Type,
    /// What it means, in Markdown.
    pub description: &'static str,
}

impl Parameter {
    /// A parameter; `description` is Markdown.
    pub fn new(name: &'static str, of: Type, description: &'static str) -> Self {
        Self { name, of, description }
    }
}

/// Why a call failed. The text must make sense without the argument's position.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionError {
    /// A sentence for the user.
    pub text: String,
    /// The argument at fault, counted from zero.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// A failure of the whole call.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), argument: None }
    }

    /// The same with the argument at fault, counted from zero.
    #[must_use]
    pub fn at(mut self, argument: usize) -> Self {
        self.argument = Some(argument);
        self
    }
}
