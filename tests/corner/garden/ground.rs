//! What others would call the API: a folder with a file for each bed, and a diary.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use terraform_provider_whatsapp::tf_provider::Diagnostic;

/// The garden as it is.
#[derive(Debug)]
pub(crate) struct Ground(PathBuf);

/// What the garden knows of a bed.
#[derive(Debug, PartialEq)]
pub(crate) struct Plot {
    /// How often it was dug.
    pub(crate) revision: i64,
    pub(crate) soil: String,
    pub(crate) plants: Vec<String>,
}

impl Ground {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// What is known of a bed; nothing if there is none.
    pub(crate) fn plot(&self, name: &str) -> Result<Option<Plot>, Diagnostic> {
        match fs::read_to_string(self.file(name)) {
            Ok(text) => Plot::read(&text).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Makes a bed, or changes it.
    pub(crate) fn dig(&self, name: &str, plot: &Plot) -> Result<(), Diagnostic> {
        let Plot { revision, soil, plants } = plot;
        let text = format!("{revision}\n{soil}\n{}", plants.join("\n"));
        fs::write(self.file(name), text).map_err(|error| failed(&error))
    }

    /// Removes a bed. One that is not there is removed already.
    pub(crate) fn clear(&self, name: &str) -> Result<(), Diagnostic> {
        match fs::remove_file(self.file(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&error)),
            _ => Ok(()),
        }
    }

    /// The names of all beds, in their order.
    pub(crate) fn names(&self) -> Result<Vec<String>, Diagnostic> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(|error| failed(&error))? {
            let file = entry.map_err(|error| failed(&error))?.file_name();
            let file = file.to_string_lossy();
            names.extend(file.strip_suffix(BED).map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// Writes a line into the diary.
    pub(crate) fn note(&self, line: &str) -> Result<(), Diagnostic> {
        let diary = OpenOptions::new().create(true).append(true).open(self.0.join("diary"));
        diary.and_then(|mut diary| writeln!(diary, "{line}")).map_err(|error| failed(&error))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}{BED}"))
    }
}

impl Plot {
    fn read(text: &str) -> Result<Self, Diagnostic> {
        let mut lines = text.lines();
        let (revision, soil) = (lines.next().and_then(|line| line.parse().ok()), lines.next());
        let (Some(revision), Some(soil)) = (revision, soil) else {
            let detail = "The file of the bed was written by somebody else.";
            return Err(Diagnostic::error("Bed Not Readable", detail));
        };
        Ok(Self { revision, soil: soil.to_owned(), plants: lines.map(str::to_owned).collect() })
    }
}

fn failed(error: &io::Error) -> Diagnostic {
    Diagnostic::error("Garden Not Reachable", format!("The folder gives an error: {error}."))
}

const BED: &str = ".bed";
