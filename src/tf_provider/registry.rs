//! All that a provider offers, by type name.

use std::{collections::BTreeMap, fmt};

use crate::tf_provider::action::Action;
use crate::tf_provider::data_source::DataSource;
use crate::tf_provider::ephemeral_resource::EphemeralResource;
use crate::tf_provider::erased::{
    AnyAction, AnyDataSource, AnyEphemeralResource, AnyListResource, AnyResource, ErasedAction,
    ErasedDataSource, ErasedEphemeralResource, ErasedListResource, ErasedResource,
};
use crate::tf_provider::function::{Function, Parameter};
use crate::tf_provider::list_resource::ListResource;
use crate::tf_provider::resource::Resource;
use crate::tf_provider::schema::{Schema, name_problem};

/// What a provider registers its offers with. The order of registration does not matter.
pub struct Registry<C> {
    pub(crate) resources: BTreeMap<&'static str, Box<dyn AnyResource<C>>>,
    pub(crate) data_sources: BTreeMap<&'static str, Box<dyn AnyDataSource<C>>>,
    pub(crate) ephemeral_resources: BTreeMap<&'static str, Box<dyn AnyEphemeralResource<C>>>,
    pub(crate) list_resources: BTreeMap<&'static str, Box<dyn AnyListResource<C>>>,
    pub(crate) actions: BTreeMap<&'static str, Box<dyn AnyAction<C>>>,
    pub(crate) functions: BTreeMap<&'static str, Box<dyn Function>>,
    twice: Vec<&'static str>,
}

impl<C: Send + Sync + 'static> Registry<C> {
    /// Nothing yet.
    pub(crate) fn empty() -> Self {
        Self {
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            ephemeral_resources: BTreeMap::new(),
            list_resources: BTreeMap::new(),
            actions: BTreeMap::new(),
            functions: BTreeMap::new(),
            twice: Vec::new(),
        }
    }

    /// The schema of every block.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let resources = self.resources.values().map(|of| &of.shape().schema);
        let sources = self.data_sources.values().map(|of| &of.shape().schema);
        let ephemeral = self.ephemeral_resources.values().map(|of| &of.shape().schema);
        let lists = self.list_resources.values().map(|of| &of.shape().schema);
        let actions = self.actions.values().map(|of| &of.shape().schema);
        resources.chain(sources).chain(ephemeral).chain(lists).chain(actions)
    }

    /// Adds a managed resource.
    pub fn resource<R: Resource<Client = C>>(&mut self, resource: R) {
        let name = resource.type_name();
        let before = self.resources.insert(name, Box::new(ErasedResource::new(resource)));
        self.twice.extend(before.map(|_| name));
    }

    /// Adds a data source.
    pub fn data_source<D: DataSource<Client = C>>(&mut self, data_source: D) {
        let name = data_source.type_name();
        let before = self.data_sources.insert(name, Box::new(ErasedDataSource::new(data_source)));
        self.twice.extend(before.map(|_| name));
    }

    /// Adds an ephemeral resource.
    pub fn ephemeral_resource<E: EphemeralResource<Client = C>>(&mut self, resource: E) {
        let name = resource.type_name();
        let before =
            self.ephemeral_resources.insert(name, Box::new(ErasedEphemeralResource::new(resource)));
        self.twice.extend(before.map(|_| name));
    }

    /// Adds a list resource.
    pub fn list_resource<L>(&mut self, list: L)
    where
        L: ListResource,
        L::Resource: Resource<Client = C>,
    {
        let name = list.resource().type_name();
        let before = self.list_resources.insert(name, Box::new(ErasedListResource::new(list)));
        self.twice.extend(before.map(|_| name));
    }

    /// Adds an action.
    pub fn action<A: Action<Client = C>>(&mut self, action: A) {
        let name = action.type_name();
        let before = self.actions.insert(name, Box::new(ErasedAction::new(action)));
        self.twice.extend(before.map(|_| name));
    }

    /// Adds a function.
    pub fn function<F: Function>(&mut self, function: F) {
        let name = function.name();
        let before = self.functions.insert(name, Box::new(function));
        self.twice.extend(before.map(|_| name));
    }

    /// What is wrong with what was registered, in names that begin with `prefix`.
    pub(crate) fn problems(&self, prefix: &str) -> Vec<String> {
        let twice = self.twice.iter().map(|name| format!("{name}: is registered twice"));
        let listed = self.list_resources.keys().filter(|name| !self.has_identity(name));
        let listed =
            listed.map(|name| format!("{name}: is listed and has no resource with identity"));
        let types = self.resources.keys().chain(self.data_sources.keys());
        let types = types.chain(self.ephemeral_resources.keys()).chain(self.actions.keys());
        let misnamed = types.filter(|name| !is_type_of(name, prefix));
        let misnamed = misnamed.map(|name| format!("{name}: is not named after {prefix}"));
        let functions = self.functions.values().flat_map(|function| function_problems(&**function));
        let own = [
            self.resources.values().flat_map(|resource| resource.problems()).collect::<Vec<_>>(),
            self.data_sources.values().flat_map(|source| source.problems()).collect(),
            self.ephemeral_resources.values().flat_map(|resource| resource.problems()).collect(),
            self.list_resources.values().flat_map(|list| list.problems()).collect(),
            self.actions.values().flat_map(|action| action.problems()).collect(),
        ];
        twice.chain(listed).chain(misnamed).chain(functions).chain(own.concat()).collect()
    }

    fn has_identity(&self, type_name: &str) -> bool {
        self.resources.get(type_name).is_some_and(|resource| resource.identity_schema().is_some())
    }
}

impl<C> fmt::Debug for Registry<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("resources", &self.resources.keys())
            .field("data_sources", &self.data_sources.keys())
            .field("ephemeral_resources", &self.ephemeral_resources.keys())
            .field("list_resources", &self.list_resources.keys())
            .field("actions", &self.actions.keys())
            .field("functions", &self.functions.keys())
            .finish_non_exhaustive()
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
