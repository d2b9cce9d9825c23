//! Where files are kept as they were received and sent.
//!
//! Knows nothing of how they are kept. Invariant: a folder is named where files are kept in one, and nowhere else.

use std::path::PathBuf;

use serde::Deserialize;
use store::Kept;

/// Where files are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Archive {
    /// In the database: a backup has them too.
    #[default]
    Database,
    /// In a folder beside it.
    Folder(PathBuf),
    /// Nowhere.
    Off,
}

/// `[archive]` in einmal.toml.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ArchiveTable {
    keep: Place,
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    #[default]
    Database,
    Folder,
    Off,
}

impl ArchiveTable {
    /// The setting, or what is wrong with it.
    pub(crate) fn read(self) -> std::result::Result<Archive, String> {
        match (self.keep, self.folder) {
            (Place::Folder, Some(folder)) if !folder.as_os_str().is_empty() => Ok(Archive::Folder(folder)),
            (Place::Folder, _) => Err("archive.folder: is empty".to_owned()),
            (_, Some(_)) => Err("archive.folder: belongs to keep = \"folder\"".to_owned()),
            (Place::Database, None) => Ok(Archive::Database),
            (Place::Off, None) => Ok(Archive::Off),
        }
    }
}

impl Archive {
    /// What the books say of a file that is kept by this setting.
    pub(crate) fn kept(&self) -> Option<Kept> {
        match self {
            Archive::Database => Some(Kept::Database),
            Archive::Folder(_) => Some(Kept::Folder),
            Archive::Off => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_says_where() {
        let read = |text: &str| toml::from_str::<ArchiveTable>(text).unwrap().read();
        assert_eq!(read(""), Ok(Archive::Database));
        assert_eq!(read("keep = \"off\""), Ok(Archive::Off));
        assert_eq!(read("keep = \"folder\"\nfolder = \"archiv\""), Ok(Archive::Folder("archiv".into())));
        assert_eq!(read("keep = \"folder\""), Err("archive.folder: is empty".to_owned()));
        assert_eq!(read("folder = \"archiv\""), Err("archive.folder: belongs to keep = \"folder\"".to_owned()));
    }
}
