//! All that a provider offers, by type name.

use std::{collections::BTreeMap, fmt};

use crate::tf_provider::action::Action;
use crate::tf_provider::data_source::DataSource;
use crate::tf_provider::ephemeral_resource::EphemeralResource;
use crate::tf_provider::erased::{
    AnyAction, AnyBlock, AnyDataSource, AnyEphemeralResource, AnyListResource, AnyResource,
    ErasedAction, ErasedDataSource, ErasedEphemeralResource, ErasedListResource, ErasedResource,
};
use crate::tf_provider::function::{Function, Parameter};
use crate::tf_provider::list_resource::ListResource;
use crate::tf_provider::resource::Resource;
use crate::tf_provider::schema::{Schema, name_problem};

/// What a provider registers its offers with. The order of registration does not matter.
pub struct Registry<C> {
    pub(crate) resources: Offers<dyn AnyResource<C>>,
    pub(crate) data_sources: Offers<dyn AnyDataSource<C>>,
    pub(crate) ephemeral_resources: Offers<dyn AnyEphemeralResource<C>>,
    pub(crate) list_resources: Offers<dyn AnyListResource<C>>,
    pub(crate) actions: Offers<dyn AnyAction<C>>,
    pub(crate) functions: Offers<dyn Function>,
}

/// The offers of one kind by their names, in the order of these.
pub(crate) struct Offers<T: ?Sized> {
    by_name: BTreeMap<&'static str, Box<T>>,
    twice: Vec<&'static str>,
}

impl<T: ?Sized> Offers<T> {
    fn none() -> Self {
        Self { by_name: BTreeMap::new(), twice: Vec::new() }
    }

    fn add(&mut self, name: &'static str, offer: Box<T>) {
        if self.by_name.insert(name, offer).is_some() {
            self.twice.push(name);
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        self.by_name.get(name).map(|offer| &**offer)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.by_name.keys().copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &T)> {
        self.by_name.iter().map(|(name, offer)| (*name, &**offer))
    }
}

impl<C: Send + Sync + 'static> Registry<C> {
    /// Nothing yet.
    pub(crate) fn empty() -> Self {
        Self {
            resources: Offers::none(),
            data_sources: Offers::none(),
            ephemeral_resources: Offers::none(),
            list_resources: Offers::none(),
            actions: Offers::none(),
            functions: Offers::none(),
        }
    }

    /// Adds a managed resource.
    pub fn resource<R: Resource<Client = C>>(&mut self, resource: R) {
        self.resources.add(resource.type_name(), Box::new(ErasedResource::new(resource)));
    }

    /// Adds a data source.
    pub fn data_source<D: DataSource<Client = C>>(&mut self, data_source: D) {
        self.data_sources
            .add(data_source.type_name(), Box::new(ErasedDataSource::new(data_source)));
    }

    /// Adds an ephemeral resource.
    pub fn ephemeral_resource<E: EphemeralResource<Client = C>>(&mut self, resource: E) {
        self.ephemeral_resources
            .add(resource.type_name(), Box::new(ErasedEphemeralResource::new(resource)));
    }

    /// Adds a list resource.
    pub fn list_resource<L>(&mut self, list: L)
    where
        L: ListResource,
        L::Resource: Resource<Client = C>,
    {
        let name = list.resource().type_name();
        self.list_resources.add(name, Box::new(ErasedListResource::new(list)));
    }

    /// Adds an action.
    pub fn action<A: Action<Client = C>>(&mut self, action: A) {
        self.actions.add(action.type_name(), Box::new(ErasedAction::new(action)));
    }

    /// Adds a function.
    pub fn function<F: Function>(&mut self, function: F) {
        self.functions.add(function.name(), Box::new(function));
    }

    /// The schema of every block.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.blocks().map(|block| &block.shape().schema)
    }

    fn blocks(&self) -> impl Iterator<Item = &dyn AnyBlock> {
        let resources = self.resources.iter().map(|(_, of)| of as &dyn AnyBlock);
        let sources = self.data_sources.iter().map(|(_, of)| of as &dyn AnyBlock);
        let ephemeral = self.ephemeral_resources.iter().map(|(_, of)| of as &dyn AnyBlock);
        let lists = self.list_resources.iter().map(|(_, of)| of as &dyn AnyBlock);
        let actions = self.actions.iter().map(|(_, of)| of as &dyn AnyBlock);
        resources.chain(sources).chain(ephemeral).chain(lists).chain(actions)
    }

    /// What is wrong with what was registered, in names that begin with `prefix`.
    pub(crate) fn problems(&self, prefix: &str) -> Vec<String> {
        let twice = [
            &self.resources.twice,
            &self.data_sources.twice,
            &self.ephemeral_resources.twice,
            &self.list_resources.twice,
            &self.actions.twice,
            &self.functions.twice,
        ];
        let twice = twice.into_iter().flatten().map(|name| format!("{name}: is registered twice"));
        let listed = self.list_resources.names().filter(|name| !self.has_identity(name));
        let listed =
            listed.map(|name| format!("{name}: is listed and has no resource with identity"));
        let types = self.resources.names().chain(self.data_sources.names());
        let types = types.chain(self.ephemeral_resources.names()).chain(self.actions.names());
        let misnamed = types.filter(|name| !is_type_of(name, prefix));
        let misnamed = misnamed.map(|name| format!("{name}: is not named after {prefix}"));
        let functions = self.functions.iter().flat_map(|(_, function)| function_problems(function));
        let own = self.blocks().flat_map(|block| block.problems());
        twice.chain(listed).chain(misnamed).chain(functions).chain(own).collect()
    }

    fn has_identity(&self, type_name: &str) -> bool {
        self.resources.get(type_name).is_some_and(|resource| resource.identity_schema().is_some())
    }
}

/// Shows the names.
impl<T: ?Sized> fmt::Debug for Offers<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}

impl<C> fmt::Debug for Registry<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("resources", &self.resources)
            .field("data_sources", &self.data_sources)
            .field("ephemeral_resources", &self.ephemeral_resources)
            .field("list_resources", &self.list_resources)
            .field("actions", &self.actions)
            .field("functions", &self.functions)
            .finish()
    }
}

fn function_problems(function: &dyn Function) -> Vec<String> {
    let definition = function.definition();
    let place = format!("function {}", function.name());
    let mut problems = Vec::from_iter(name_problem(function.name()).map(str::to_owned));
    if definition.summary.is_empty() || definition.description.is_empty() {
        problems.push("has no summary or no description".to_owned());
    }
    let mut seen = Vec::new();
    for Parameter { name, description, .. } in
        definition.parameters.iter().chain(&definition.variadic)
    {
        problems
            .extend(name_problem(name).map(|problem| format!("the parameter {name} {problem}")));
        if description.is_empty() {
            problems.push(format!("the parameter {name} has no description"));
        }
        if seen.contains(name) {
            problems.push(format!("the parameter {name} is declared twice"));
        }
        seen.push(name);
    }
    problems.into_iter().map(|problem| format!("{place}: {problem}")).collect()
}

fn is_type_of(name: &str, prefix: &str) -> bool {
    let rest = name.strip_prefix(prefix);
    name_problem(name).is_none()
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}
