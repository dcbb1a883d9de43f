//! The managed resource, with an attribute of every type and of every kind.

use std::collections::BTreeMap;

use terraform_provider_whatsapp::model;
use terraform_provider_whatsapp::tf_provider::{
    Change, Context, Diagnostic, Diagnostics, Dynamic, ExposeSecret, Field, ImportSource, Number,
    Outcome, Refreshed, Resource, Saved, SecretString, Set, Upgrader,
};

use crate::garden::ground::{Ground, Plot};

model! {
    /// A bed of the garden.
    pub(crate) struct Bed {
        /// What the bed is called. Another name is another bed.
        required name: String [forces_replacement],
        /// What grows in it, in no order.
        optional plants: Set<Field<String>>,
        /// Its width and its length.
        optional size: (Field<Number>, Field<Number>),
        /// Who works in it, in turn.
        optional shifts: Vec<Field<Shift>>,
        /// What the signs say, and where they stand.
        optional signs: BTreeMap<String, Field<String>>,
        /// Whether it lies in the sun.
        optional sunny: bool,
        /// What kind of bed it is.
        optional r#type: String,
        /// Whatever else is worth a note: a value of any type.
        optional note: Dynamic,
        /// What it is filled with; `loam` if nobody says it.
        optional_computed soil: String,
        /// The key to its gate, which is cut and never stored.
        optional key_wo: SecretString [sensitive, write_only],
        /// Another number has another key cut.
        optional key_wo_version: Number,
        /// How often it was dug.
        computed revision: Number,
        /// Its ID.
        computed id: String [keeps_prior],
    }
}

model! {
    /// One turn.
    pub(crate) struct Shift {
        gardener: String,
        hours: Number,
    }
}

model! {
    /// What finds a bed again.
    pub(crate) identity struct BedIdentity {
        /// The name of the bed.
        required name: String,
    }
}

/// The resource `garden_bed`.
#[derive(Debug)]
pub(crate) struct Beds;

impl Resource for Beds {
    type Client = Ground;
    type Model = Bed;
    type Identity = BedIdentity;

    fn type_name(&self) -> &'static str {
        "garden_bed"
    }

    fn identity(&self, state: &Bed) -> BedIdentity {
        BedIdentity { name: state.name.known().cloned().into() }
    }

    fn validate(&self, config: &Bed) -> Diagnostics {
        match config.name.known() {
            Some(name) if name.is_empty() || name.contains('/') => {
                let detail = "A bed is called something, and without a slash.";
                Diagnostic::error("Invalid Name", detail).at("name").into()
            }
            _ => Diagnostics::new(),
        }
    }

    fn plan_create(&self, change: &mut Change<Bed>) -> Diagnostics {
        fill(change);
        Diagnostics::new()
    }

    fn plan_update(&self, _prior: &Bed, change: &mut Change<Bed>) -> Diagnostics {
        fill(change);
        Diagnostics::new()
    }

    fn plan_destroy(&self, prior: &Bed) -> Diagnostics {
        match &prior.plants {
            Field::Known(plants) if !plants.is_empty() => {
                Diagnostic::warning("Plants Are Lost", "What grows in the bed goes with it.").into()
            }
            _ => Diagnostics::new(),
        }
    }

    async fn create(&self, context: &Context<Ground>, change: Change<Bed>) -> Saved<Bed> {
        Ok(dig(context.client(), change, 1)?.into())
    }

    async fn read(&self, context: &Context<Ground>, state: Bed) -> Outcome<Refreshed<Bed>> {
        Ok(match context.client().plot(state.name())? {
            Some(plot) => Refreshed::Present(state.seen_as(plot)),
            None => Refreshed::Gone,
        }
        .into())
    }

    async fn update(
        &self,
        context: &Context<Ground>,
        prior: Bed,
        change: Change<Bed>,
    ) -> Saved<Bed> {
        let dug = prior.revision.known().and_then(Number::as_i64).unwrap_or_default();
        Ok(dig(context.client(), change, dug + 1)?.into())
    }

    async fn delete(&self, context: &Context<Ground>, prior: Bed) -> Outcome<()> {
        context.client().clear(prior.name())?;
        Ok(().into())
    }

    fn import(&self, source: ImportSource<BedIdentity>) -> Result<Bed, Diagnostics> {
        let name = match source {
            ImportSource::Id(id) => Field::Known(id),
            ImportSource::Identity(identity) => identity.name,
        };
        Ok(Bed { id: name.known().cloned().into(), name, ..Bed::default() })
    }

    fn upgraders(&self) -> Vec<Upgrader> {
        // At first a bed had a title, and later one plant.
        vec![
            |mut stored| {
                let title = stored.remove("title").ok_or("it has no title")?;
                stored.insert("name".to_owned(), title);
                Ok(stored)
            },
            |mut stored| {
                let plants = Vec::from_iter(stored.remove("plant"));
                stored.insert("plants".to_owned(), plants.into());
                Ok(stored)
            },
        ]
    }
}

impl Bed {
    /// A bed of which no more is known than the garden knows.
    pub(crate) fn found(name: String, plot: Plot) -> Self {
        let (id, name) = (Field::Known(name.clone()), Field::Known(name));
        Self { id, name, ..Self::default() }.seen_as(plot)
    }

    fn name(&self) -> &str {
        self.name.known().map_or("", String::as_str)
    }

    /// With what the garden knows in the place of what the state says.
    fn seen_as(mut self, plot: Plot) -> Self {
        self.revision = Field::Known(plot.revision.into());
        self.soil = Field::Known(plot.soil);
        // No plants may be written in two ways; whichever it was stays.
        let nothing = self.plants.known().is_none_or(Set::is_empty);
        if !(nothing && plot.plants.is_empty()) {
            self.plants = Field::Known(plot.plants.into_iter().map(Field::Known).collect());
        }
        self
    }
}

/// What nobody wrote is planned as it will be: so a value that was removed gives way to the default.
fn fill(change: &mut Change<Bed>) {
    if change.config.soil.is_null() {
        change.planned.soil = Field::Known("loam".to_owned());
    }
}

fn dig(ground: &Ground, change: Change<Bed>, revision: i64) -> Result<Bed, Diagnostic> {
    let Change { config, planned, .. } = change;
    if let Some(key) = config.key_wo.known() {
        ground.note(&format!("cut a key with {} notches", key.expose_secret().len()))?;
    }
    let plants = planned.plants.known().into_iter().flatten();
    let plot = Plot {
        revision,
        soil: planned.soil.known().cloned().unwrap_or_default(),
        plants: plants.filter_map(|plant| plant.known().cloned()).collect(),
    };
    ground.dig(planned.name(), &plot)?;
    let id = planned.name.known().cloned().into();
    Ok(Bed { id, revision: Field::Known(revision.into()), ..planned })
}
