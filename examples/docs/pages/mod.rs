//! The pages of the registry, as texts.
//!
//! The layout and the headings are those that the registry and its tools expect. Every name,
//! description and rule comes from the schema, so that a page cannot say anything else than the
//! provider does.

mod import;
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use terraform_provider_whatsapp::provider::WhatsApp;
use terraform_provider_whatsapp::tf_provider::{Catalog, Offer};

/// One kind of thing that a provider offers.
struct Kind {
    /// The folder under `docs/` and `examples/`.
    folder: &'static str,
    /// The words in headings.
    title: &'static str,
    /// How example files begin and end.
    example: (&'static str, &'static str),
}

/// All generated pages, each with its path from the repository's root.
pub(crate) fn all(root: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let catalog = Catalog::of(&WhatsApp::default());
    let mut pages = vec![(PathBuf::from("docs/index.md"), index(root, &catalog)?)];
    let kinds = [
        (&RESOURCE, &catalog.resources),
        (&DATA_SOURCE, &catalog.data_sources),
        (&EPHEMERAL_RESOURCE, &catalog.ephemeral_resources),
        (&LIST_RESOURCE, &catalog.list_resources),
        (&ACTION, &catalog.actions),
    ];
    for (kind, offers) in kinds {
        for offer in offers {
            let name = offer.type_name.trim_start_matches(PREFIX);
            let path = PathBuf::from(format!("docs/{}/{name}.md", kind.folder));
            pages.push((path, page(root, kind, offer)?));
        }
    }
    Ok(pages)
}

fn index(root: &Path, catalog: &Catalog) -> Result<String, String> {
    let mut text = front_matter("whatsapp Provider", catalog.provider.description(), false);
    text += &format!("# whatsapp Provider\n\n{}\n\n", catalog.provider.description());
    text += &examples(&root.join("examples/provider"), "provider", ".tf")?;
    text += &notes(root, "index.md")?;
    text += &schema::section(&catalog.provider);
    Ok(closed(text))
}

fn page(root: &Path, kind: &Kind, offer: &Offer) -> Result<String, String> {
    let Offer { type_name, schema, .. } = offer;
    let title = format!("{type_name} {} - whatsapp", kind.title);
    let mut text = front_matter(&title, schema.description(), true);
    text += &format!("# {type_name} ({})\n\n{}\n\n", kind.title, schema.description());
    let folder = root.join("examples").join(kind.folder).join(type_name);
    text += &examples(&folder, kind.example.0, kind.example.1)?;
    let name = type_name.trim_start_matches(PREFIX);
    text += &notes(root, &format!("{}/{name}.md", kind.folder))?;
    text += &schema::section(schema);
    if let Some(identity) = &offer.identity {
        text += &import::section(&folder, identity)?;
    }
    Ok(closed(text))
}

fn front_matter(title: &str, description: &str, subcategory: bool) -> String {
    let plain = description.replace('`', "");
    let subcategory = if subcategory { "subcategory: \"\"\n" } else { "" };
    format!("---\npage_title: \"{title}\"\n{subcategory}description: |-\n  {plain}\n---\n\n")
}

/// Every example of the folder, in the order of the file names.
fn examples(folder: &Path, prefix: &str, ending: &str) -> Result<String, String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with(prefix) && name.ends_with(ending) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(format!("{} holds no example", folder.display()));
    }
    files.sort();
    let mut text = "## Example Usage\n\n".to_owned();
    for file in files {
        text += &format!("```terraform\n{}\n```\n\n", read(&file)?.trim_end());
    }
    Ok(text)
}

/// What a page says beside its schema: written by hand, and not needed on every page.
fn notes(root: &Path, page: &str) -> Result<String, String> {
    let path = root.join("templates").join(page);
    if path.exists() {
        read(&path).map(|text| format!("{}\n\n", text.trim_end()))
    } else {
        Ok(String::new())
    }
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The text with exactly one line end at its end.
fn closed(text: String) -> String {
    format!("{}\n", text.trim_end())
}

const PREFIX: &str = "whatsapp_";

const RESOURCE: Kind =
    Kind { folder: "resources", title: "Resource", example: ("resource", ".tf") };
const DATA_SOURCE: Kind =
    Kind { folder: "data-sources", title: "Data Source", example: ("data-source", ".tf") };
const EPHEMERAL_RESOURCE: Kind = Kind {
    folder: "ephemeral-resources",
    title: "Ephemeral Resource",
    example: ("ephemeral-resource", ".tf"),
};
const LIST_RESOURCE: Kind = Kind {
    folder: "list-resources",
    title: "List Resource",
    example: ("list-resource", ".tfquery.hcl"),
};
const ACTION: Kind = Kind { folder: "actions", title: "Action", example: ("action", ".tf") };
